"""What an article prints about itself above its abstract: title, journal, year, DOI, registry number.

Belongs here: reading them from text without markup. Does not: XML's own metadata (jats).
"""

from __future__ import annotations

import re
from collections import Counter

from trialmart.document import Article, Metadata

DOI = re.compile(r"\b(10\.\d{4,9}/[^\s\"<>\])},;]+)", re.IGNORECASE)
NCT = re.compile(r"\bNCT\s?(\d{8})\b")
PMID = re.compile(r"\bPMID\s*:?\s*(\d{5,9})\b", re.IGNORECASE)
PMCID = re.compile(r"\bPMC\d{5,9}\b")
CITATION = re.compile(
    r"(?P<journal>[A-Z][\w.&:\-]*(?:\s+(?:of|the|and|for|in|on|&|[A-Z(][\w.&:()\-]*)){0,10}?)[.,]?\s+(?P<year>(?:19|20)\d\d)[^.;\n]{0,15};\s*\d+"
)
JOURNAL = re.compile(r"^(?:journal|published in|source)\s*:\s*(?P<journal>[^\n.;,]{3,100})", re.IGNORECASE | re.MULTILINE)
YEAR = re.compile(r"(?i)(?:published|publication date|accepted|copyright|©|\(c\))[^\n]{0,40}?\b((?:19|20)\d\d)\b")


def read_metadata(article: Article, given: dict[str, str] | None = None) -> Metadata:
    """Metadata from the paragraphs above the first section, registry numbers from everywhere but the references.

    given: what the file says in fields of their own (a header of `key: value`, <meta> elements); it comes first.
    """
    given = given or {}
    front = "\n".join(p.passage.text for p in article.paragraphs[:12] if p.section in ("title", "other", "notes"))
    own = "\n".join(p.passage.text for p in article.paragraphs if p.section not in ("other", "references"))
    title = next((" ".join(p.passage.text.split()) for p in article.paragraphs if p.section == "title"), None)
    citation = CITATION.search(front)
    journal = JOURNAL.search(front)
    year = citation.group("year") if citation else None
    if year is None and (found := YEAR.search(front)):
        year = found.group(1)
    doi = DOI.search(front) or DOI.search(own)
    pmcid = PMCID.search(front)
    named = journal or citation
    pmid = PMID.search(front)
    printed_year = re.search(r"(?:19|20)\d\d", given.get("year") or given.get("date") or year or "")
    printed_doi = DOI.search(given.get("doi", "")) or doi
    return Metadata(
        title=given.get("title") or title,
        journal=given.get("journal") or (named.group("journal").strip(" .") if named else None),
        year=int(printed_year.group()) if printed_year else None,
        doi=printed_doi.group(1).rstrip(".") if printed_doi else None,
        pmid=given.get("pmid") or (pmid.group(1) if pmid else None),
        pmcid=given.get("pmcid") or (pmcid.group() if pmcid else None),
        nct_id=_registry_number(article, "\n".join([front, own, *given.values()])),
    )


def _registry_number(article: Article, own: str) -> str | None:
    """The trial's number: the one in the abstract, else the one most often printed; another trial's may be mentioned too."""
    abstract = "\n".join(p.passage.text for p in article.paragraphs if p.section == "abstract")
    for text in (abstract, own):
        counts = Counter(NCT.findall(text))
        if counts:
            return "NCT" + counts.most_common(1)[0][0]
    return None
