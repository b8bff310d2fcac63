"""Whether an article reports a randomized trial at all.

Belongs here: the evidence for it, in words that any field uses. Does not: what the trial found. Conservative: only what lacks the marks of
a trial report is turned away; whether a trial is a good one is not asked.
"""

from __future__ import annotations

import re
from itertools import islice

from trialmart.document import Article, Table

RANDOM = re.compile(
    r"\brandomi[sz](?:ed|ation|ing)\b|\brandom(?:ly)?\s+(?:\w+\s+){0,2}(?:assign|allocat|divided|selected|distributed)\w*|\brandom\s+(?:order|allocation|assignment)"
    r"|\ballocat(?:ed|ion)\s+to\b|\bassigned\s+(?:to|in a)\b|\bcross-?over\b",
    re.IGNORECASE,
)
CONTROLLED = re.compile(
    r"\bplacebo\b|\bdouble[- ]blind|\bsingle[- ]blind|\bopen[- ]label|\bcontrol(?:led)?\s+(?:group|arm|trial|study|condition)|\bphase\s+(?:[1-4]|I{1,3}V?)\b"
    r"|\b(?:treatment|intervention|experimental|study)\s+(?:group|arm)s?\b|\bNCT\d{8}\b|\bISRCTN\d+",
    re.IGNORECASE,
)
PEOPLE = re.compile(
    r"\b(?:patients?|participants?|subjects?|women|men|children|infants|volunteers|adults|individuals|adolescents|families|mothers|students"
    r"|veterans|smokers|residents|nurses|practices|clusters|eyes|teeth|animals|schools|villages|households|workers|physicians)\b",
    re.IGNORECASE,
)
RESULT = re.compile(r"\d\s?%|\bp\s?(?:-?value)?\s?[<=>≤]\s?0?[.·]\d|\b[Nn]\s?=\s?\d|\d\s?±\s?\d|\d \(\d+(?:[.·]\d+)?[,;)%–-]")
CODE_LINE = re.compile(
    r"^\s*(?:import |from \w+ import|def |class |return\b|#include|function\b|public |private |const |let |var |if \(|for \(|@\w+|[})\];]+\s*$).*$|[{;]\s*$"
)
REVIEW_TITLE = re.compile(
    r"\b(?:systematic review|meta-?analys[ei]s|narrative review|scoping review|literature review|overview of|umbrella review|guidelines?)\b",
    re.IGNORECASE,
)
OWN = re.compile(r"\b(?:we|patients|participants|subjects|women|men|children)\b[^.]{0,60}?\brandom(?:ly|i[sz]ed)", re.IGNORECASE)
SEARCHED = re.compile(
    r"\b(?:MEDLINE|EMBASE|Cochrane (?:Library|Central)|CINAHL|search(?:ed)? (?:strategy|terms|for)|we searched|included (?:studies|trials)|eligible (?:studies|trials)"
    r"|study selection|data extraction|pooled (?:analysis|estimate)|heterogeneity|I²|I\^2)",
    re.IGNORECASE,
)


def is_trial(article: Article) -> str | None:
    """None where the article reads as a report of a randomized comparison, else the reason why not, in one line.

    A journal's own XML with tables or a word on randomization is taken as it is: its tables are worth their rows, and a letter or a
    conference abstract may report a trial in three sentences.
    """
    has_grid = any(table.grid for table in article.tables)
    if article.format == "jats" and (has_grid or RANDOM.search(article.text) or CONTROLLED.search(article.text)):
        return None
    if _is_code(article):
        return "not a trial article: it reads as a source file"
    prose = "\n".join(p.passage.text for p in article.paragraphs if p.section != "other")
    # short texts without any heading have all their paragraphs in `other`
    text = "\n".join([prose if len(prose) > 1000 else article.text, *map(_words_of, article.tables)])
    if not _at_least(RANDOM, text, 1) and not _at_least(CONTROLLED, text, 2):
        return "not a trial article: nothing in it tells of a randomized or controlled comparison"
    if not PEOPLE.search(text):
        return "not a trial article: no patients or participants are mentioned"
    if not _at_least(RESULT, text, 3):
        return "not a trial article: it reports no results"
    if _is_review(article, text):
        return "not a trial article: it reads as a review of trials, not a report of one"
    return None


def _at_least(pattern: re.Pattern[str], text: str, count: int) -> bool:
    return len(list(islice(pattern.finditer(text), count))) == count


def _words_of(table: Table) -> str:
    header = " ".join(cell.text for row in table.grid[: table.n_header_rows or 1] for cell in row)
    figures = " ".join(cell.text for row in table.grid[:6] for cell in row)
    return f"{table.caption.text} {header} {figures}"


def _is_code(article: Article) -> bool:
    lines = [line for line in article.text.splitlines()[:2000] if line.strip()]
    return len(lines) >= 8 and sum(CODE_LINE.search(line) is not None for line in lines) > 0.2 * len(lines)


def _is_review(article: Article, text: str) -> bool:
    """A review names itself in the title and tells how it searched; a trial may do either, hardly both."""
    title = article.metadata.title or ""
    if REVIEW_TITLE.search(title) and _at_least(SEARCHED, text, 3):
        return True
    return _at_least(SEARCHED, text, 8) and OWN.search(text) is None
