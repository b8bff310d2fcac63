"""What the article says of itself, read from its text where the reader could not: doi, pmid, registry number, year, journal, title.

Belongs here: filling gaps of Article.metadata. Does not: overwriting what the format marks up.
"""

from __future__ import annotations

import re

from trialmart.document import Article

# each begins with the characters that it looks for: the engine skips to them
_DOI = re.compile(r"[Dd](?<!\w[Dd])(?i:oi:?\s*|oi\.org/)(10\.\d{4,9}/[^\s\"'<>)\]]+)")
_BARE_DOI = re.compile(r"10\.(?<!\w10\.)\d{4,9}/[^\s\"'<>)\]]+")
_PMID = re.compile(r"[Pp](?<!\w[Pp])(?i:MID|ubMed\s+ID)\s*:?\s*(\d{5,8})\b")
_PMCID = re.compile(r"PMC(?<!\wPMC)\s?(\d{5,8})\b")
_NCT = re.compile(r"NCT(?<!\wNCT)\s?(\d{8})\b")
_CITATION = re.compile(r"(?P<journal>[A-Z][A-Za-z.&\s]{3,60}?)\.?\s+(?P<year>(?:19|20)\d\d)\s?;\s?\d+")
_YEAR = re.compile(r"\b(?:Published|Copyright|\u00a9|Accepted|Received)[^\n]{0,40}?\b((?:19|20)\d\d)\b")
_HEAD = 6_000  # characters in which an article names itself; its references come later


def complete(article: Article) -> None:
    """Fills what is missing in `article.metadata`, in place. What the text does not say stays None."""
    meta, text = article.metadata, article.text
    head = text[:_HEAD]
    if meta.doi is None:
        m = _DOI.search(head) or _BARE_DOI.search(head)
        found = m.group(m.lastindex or 0) if m else None
        meta.doi = found.rstrip(".,;") if found else None
    if meta.pmid is None and (m := _PMID.search(head)):
        meta.pmid = m.group(1)
    if meta.pmcid is None and (m := _PMCID.search(head)):
        meta.pmcid = "PMC" + m.group(1)
    if meta.nct_id is None:
        meta.nct_id = _registry_number(article)
    citation = _CITATION.search(head) if meta.year is None or meta.journal is None else None
    if citation:
        meta.journal = meta.journal or " ".join(citation["journal"].split())
        meta.year = meta.year or int(citation["year"])
    if meta.year is None and (m := _YEAR.search(head)):
        meta.year = int(m.group(1))
    if meta.title is None:
        meta.title = next((p.passage.label for p in article.paragraphs if p.section == "title"), None)


def _registry_number(article: Article) -> str | None:
    """The number that the abstract or methods give; a number of another trial stands in the introduction or discussion."""
    if "NCT" not in article.text:
        return None
    own = [p for p in article.paragraphs if p.section in ("abstract", "methods", "title", "notes")]
    for paragraph in own:
        m = _NCT.search(paragraph.passage.text)
        if m:
            return "NCT" + m.group(1)
    numbers = {m.group(1) for m in _NCT.finditer(article.text)}
    return "NCT" + numbers.pop() if len(numbers) == 1 else None
