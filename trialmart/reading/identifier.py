"""A source that is an identifier (`PMC1234567`) -> the article's XML, fetched from Europe PMC and kept in a cache.

Belongs here: one polite HTTP request with retries, and its errors in words. Does not: reading the XML (jats). Nothing is fetched that is
in the cache already, so a run without network gives what an earlier one gave.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from trialmart.document import Unreadable

EUROPE_PMC = "https://www.ebi.ac.uk/europepmc/webservices/rest"
SECONDS_BETWEEN = 0.34  # three requests a second: far below what the service allows
TIMEOUT = (10.0, 60.0)  # to connect, between two packets
MOST_BYTES = 60_000_000

_IDENTIFIER = re.compile(r"(?:PMCID\s*:?\s*)?(PMC\s?\d{1,9})", re.IGNORECASE)
_turn = threading.Lock()
_last = 0.0


def is_identifier(source: str) -> bool:
    """Whether a source names an article of PubMed Central rather than a file."""
    return _IDENTIFIER.fullmatch(source.strip()) is not None


def normalized(source: str) -> str:
    """`pmc 1234567` -> `PMC1234567`."""
    found = _IDENTIFIER.fullmatch(source.strip())
    if not found:
        raise Unreadable(f"not an identifier of PubMed Central: {source}")
    return found.group(1).upper().replace(" ", "")


def fetch(
    source: str, cache_folder: Path, base_url: str | None = None, backoff: float = 0.5, timeout: tuple[float, float] = TIMEOUT
) -> Path:
    """The file with the article's full-text XML, from the cache or from Europe PMC (`base_url`, or TRIALMART_EUROPE_PMC, for a mirror).

    Tries again where that can help (no answer, 429, 5xx), waiting longer each time from `backoff` seconds, or as long as the service
    asks. Raises Unreadable, in one line, where there is no open-access full text or no answer.
    """
    identifier = normalized(source)
    path = cache_folder / f"{identifier}.nxml"
    if path.exists() and path.stat().st_size:
        return path
    url = f"{(base_url or os.environ.get('TRIALMART_EUROPE_PMC') or EUROPE_PMC).rstrip('/')}/{identifier}/fullTextXML"
    content = _get(identifier, url, backoff, timeout)
    if b"<article" not in content[:20_000]:
        raise Unreadable(f"{identifier}: the service's answer is not an article's XML")
    cache_folder.mkdir(parents=True, exist_ok=True)
    # written beside and moved: a run that is interrupted leaves no half file in the cache
    unfinished = cache_folder / f".{identifier}.{os.getpid()}.part"
    unfinished.write_bytes(content)
    unfinished.replace(path)
    return path


def _get(identifier: str, url: str, backoff: float, timeout: tuple[float, float]) -> bytes:
    import requests  # here: most runs read files only
    from requests.adapters import HTTPAdapter
    from urllib3.util.retry import Retry

    retry = Retry(
        total=4, backoff_factor=backoff, status_forcelist=(429, 500, 502, 503, 504), allowed_methods=("GET",), raise_on_status=False
    )
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=retry))
        session.mount("http://", HTTPAdapter(max_retries=retry))
        _wait_for_turn()
        try:
            with session.get(url, timeout=timeout, stream=True, headers={"User-Agent": "trialmart", "Accept": "application/xml"}) as answer:
                if answer.status_code == 404:
                    raise Unreadable(f"{identifier}: Europe PMC has no open-access full text of it")
                if answer.status_code != 200:
                    raise Unreadable(f"{identifier}: Europe PMC answers {answer.status_code} {answer.reason}".rstrip())
                return _body(identifier, answer.iter_content(65536))
        except requests.Timeout:
            raise Unreadable(f"{identifier}: Europe PMC does not answer in time") from None
        except requests.RequestException as error:
            timed_out = "timed out" in str(error).lower()
            raise Unreadable(
                f"{identifier}: " + ("Europe PMC does not answer in time" if timed_out else "no connection to Europe PMC")
            ) from None


def _body(identifier: str, chunks: Iterable[bytes]) -> bytes:
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > MOST_BYTES:
            raise Unreadable(f"{identifier}: the answer is larger than {MOST_BYTES // 1_000_000} MB")
    return bytes(content)


def _wait_for_turn() -> None:
    """Keep requests apart, also those of several threads."""
    global _last
    with _turn:
        wait = _last + SECONDS_BETWEEN - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        _last = time.monotonic()
