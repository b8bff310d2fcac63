"""Which articles a stop must work on again.

Belongs here: the keys that rows are remembered by. Does not: the work (batches.py), where keys are stored (dagster_project/warehouse.py).

A key says what an article's rows were made from: the stop's code and settings, and the keys of the stops that it reads. A stop whose work
takes seconds an article has a key of three parts, `sources:content:number`: where the sources' keys are others but the rows read are
the same, the rows made from them stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from assets.stop import FILLED_BY, Stop


class Plan(NamedTuple):
    """What a stop has to do, and the keys to remember when it is done (None forgets one)."""

    stale: list[str]
    gone: list[str]
    keys: dict[str, str | None]


def plan(stop: Stop, pipeline: Any) -> Plan:
    wanted, have = wanted_keys(stop, pipeline), pipeline.keys.get(stop.name, {})
    gone = sorted(article for article in have if article not in wanted)
    if stop.by_content:
        stale, keys = _by_content(stop, pipeline, wanted, have)
    else:
        stale = sorted(article for article, key in wanted.items() if have.get(article) != key)
        keys = {article: wanted[article] for article in stale}
    return Plan(stale, gone, {**dict.fromkeys(gone), **keys})


def wanted_keys(stop: Stop, pipeline: Any) -> dict[str, str]:
    """What each article's rows would be made from now."""
    sources = sorted({FILLED_BY[table] for table in stop.reads if table in FILLED_BY} - {stop.name})
    if "extraction" in sources and stop.name != "correction":
        sources.append("correction")
    before = [pipeline.keys.get(source, {}) for source in sources]
    own = _own(stop, pipeline)
    keys = {}
    for article in pipeline.keys.get("extraction", {}):
        digest = hashlib.blake2b(own, digest_size=12)
        for known in before:
            digest.update(str(known.get(article)).encode())
        keys[article] = digest.hexdigest()
    return keys


def _own(stop: Stop, pipeline: Any) -> bytes:
    return repr((stop.code_version, [pipeline.option(name) for name in stop.settings])).encode()


def _by_content(stop: Stop, pipeline: Any, wanted: Mapping[str, str], have: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """(stale articles, keys to remember). The rows read are looked at only where a source's key has changed."""
    asked = {article: int(pipeline.option_of(stop.varies, article)) for article in wanted}
    parts = {article: tuple(key.split(":")) for article, key in have.items()}
    known = {article: part for article, part in parts.items() if len(part) == 3}
    unsure = sorted(article for article, key in wanted.items() if article not in known or known[article][0] != key)
    read = (*stop.reads, "quality.correction")
    contents = pipeline.contents(read, unsure) if unsure else {}
    own = _own(stop, pipeline)
    stale, keys = [], {}
    for article, sources in sorted(wanted.items()):
        before, number, had = known.get(article), asked[article], 0
        content = before[1] if before else ""
        if article in contents:
            content = hashlib.blake2b(own + contents[article].encode(), digest_size=12).hexdigest()
        same = before is not None and before[1] == content
        if same and before is not None:
            had = int(before[2])
        if not same or number not in (0, had):
            stale.append(article)
            keys[article] = f"{sources}:{content}:{number}"
        elif article in contents:
            keys[article] = f"{sources}:{content}:{had}"
    return stale, keys
