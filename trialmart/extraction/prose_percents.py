"""Percents that stand without a count: `66.4% vs. 1.4%`, `less than 5%`, `a reduction of 31%`, `10-20%`.

Belongs here: the percent and whether it is a rate, a change or a difference. Does not: percents beside their counts (prose_counts).
"""

from __future__ import annotations

import re

from trialmart.extraction.prose_figures import CHANGE, DIGITS, NOUNS, SPREAD_BEHIND, SPREADS, TIME, number_of
from trialmart.extraction.prose_scan import Governor, Scan

_SHARED = re.compile(
    rf"(?<![\w.%/])(?P<value>(?:-\s?)?(?:{DIGITS}))(?=\s*(?:vs\.?|versus|and|or|,|,\s*and|compared\s+(?:with|to)|as\s+compared\s+with|/)\s*(?:(?:-\s?)?(?:{DIGITS})\s*(?:,|and|,\s*and|/)\s*)*(?:-\s?)?(?:{DIGITS})\s?%)",
    re.IGNORECASE,
)
_PERCENT_RANGE = re.compile(rf"(?<![\w.])(?P<low>{DIGITS})\s?%?\s?-\s?(?P<high>{DIGITS})\s?%")
_PERCENT_TO = re.compile(rf"(?<![\w.])(?P<low>{DIGITS})\s?%?\s+to\s+(?P<high>{DIGITS})\s?%\s+of\b", re.IGNORECASE)
_COUNTED_OR_TIME = re.compile(rf"\s*(?:{TIME}|{NOUNS})", re.IGNORECASE)
_DIFFERENCE_IS = re.compile(
    r"\s*[;:,=(]?\s*(?:\([^()]*\)\s*)?(?:(?:[^();]|\([^()]*\)){0,120}\b(?:of|was|were|is|be|by)\s*(?:only\s+|approximately\s+|about\s+)?)?[(\[]?",
    re.IGNORECASE,
)


_AND = re.compile(r"\s?%?\s*(?:,|,?\s*and|vs\.?|versus)\s+")
_COMPARED = re.compile(
    r"([<>\u2264\u2265]|\b(?:lower|less|fewer)\s+than|\b(?:more|higher|greater|over)\s+than|\bat\s+least|\bup\s+to|\bat\s+most|\bmore\s+than|\bover|\bnearly|\babout|\bapproximately|~)\s*$"
)
_COMPARING = ("<", ">", "\u2264", "\u2265", "than", "at least", "up to", "at most", "over")  # what those end with that change the sign
_PERCENT_WORDS = frozenset(("percent", "per", "percents"))
_SHARING = frozenset(",/vaocVAOC")  # `and`, `or`, `versus`, `compared`


def read_percents(scan: Scan) -> None:
    text = scan.text
    in_words = not _PERCENT_WORDS.isdisjoint(scan.words)
    if not in_words and "%" not in text:
        return
    found = []
    numbers = [n for n in scan.left if not scan.taken[n.start]]
    if "-" in text:
        for number in numbers:
            _range(scan, _PERCENT_RANGE.match(text, number.start) if number.behind in _BEFORE_RANGE else None)
    if "to" in scan.words and "from" not in scan.words:
        for number in numbers:
            _range(scan, _PERCENT_TO.match(text, number.start) if number.behind in _BEFORE_TO else None)
    if "between" in scan.words and "and" in scan.words:
        for number in numbers:
            _range(scan, _PERCENT_AND.match(text, number.start) if number.word == "between" else None)
    for number in numbers:
        start, end, behind = number.start, number.end, number.behind
        if behind == "%" or behind == "p" and in_words and _PERCENT_BEHIND.match(text, end):
            start, end = scan.with_sign(start, end)
            if scan.free(start, end):
                found.append((start, end))
        elif behind in _SHARING and _SHARED.match(text, start):
            start, end = scan.with_sign(start, end)
            if scan.free(start, end) and not _COUNTED_OR_TIME.match(text, end):
                found.append((start, end))
    for start, end in found:
        if scan.free(start, end):
            _percent(scan, start, end)


_UNDER = ("lower", "less", "fewer")
_OVER = ("more", "higher", "greater", "over")
_NEGATION = re.compile(r"\b(?:no|none|never|not|neither)\b")
_RANGE_TO = re.compile(rf"\s?%?\s*-\s*(?P<value>{DIGITS})\s?%")
_BEFORE_RANGE = frozenset("%-")
_BEFORE_TO = frozenset("%t")
_PERCENT_AND = re.compile(rf"(?P<low>{DIGITS})\s?%?\s+and\s+(?P<high>{DIGITS})\s?%")
_PERCENT_BEHIND = re.compile(r"\s{0,9}(?:percent(?!ag|il)|per cent)")
_RISK_WORDS = frozenset("risk rd rds absolute".split())
_OF_PATIENTS = re.compile(
    r"\brates?\b|\bof\s+(?:the\s+)?patients|"
    r"\b(?:year|month|week)s?[\s-]+(?:\w+[\s-]+){0,3}survival\b"
)  # between `median` and a percent: what the percent is of
_OF_PERSONS = re.compile(rf"(?:{DIGITS})\s?%?(?:\s*(?:,|and|vs\.?|versus)\s*(?:{DIGITS})\s?%)?\s+of\s+(?:the\s+)?{NOUNS}\b")
_DIFFERENCE = re.compile(r"\bdifferences?\b")
_OF_MEANS = re.compile(r"\bmean\b|\bHbA1c\b|change")
_BY = re.compile(r"\bby\s*$|\b(?:of|was|by)\s*(?:approximately\s+|about\s+)?$")
_RISK_DIFFERENCE = re.compile(r"\brisk\s+differences?\b|\bRDs?\b|\babsolute\s+(?:risk\s+)?(?:difference|reduction)")


def _range(scan: Scan, m: re.Match[str] | None) -> None:
    """The ends of a range: `30-50%`, `30% to 50% of patients`, `between 5% and 20%`."""
    if m and scan.free(*m.span("low")) and scan.free(*m.span("high")):
        scan.add(*m.span("low"), "minimum", unit="%", keep={"range": True})
        scan.add(*m.span("high"), "maximum", unit="%", keep={"range": True})


def _percent(scan: Scan, start: int, end: int) -> None:
    text = scan.text
    behind = _RANGE_TO.match(text, end) if "-" in text[end : end + 6] else None
    if behind and scan.free(*behind.span("value")) and text[start] != "-":
        scan.add(start, end, "minimum", unit="%", keep={"range": True})
        scan.add(*behind.span("value"), "maximum", unit="%", keep={"range": True})
        return
    value = number_of(text[start:end].replace("-", "").strip()) * (-1 if text[start] == "-" else 1)
    governor = scan.governor(start)
    statistic = _told(text, start, governor) if governor else "percent"
    if statistic == "percent" and governor is not None and governor.kind == "change" and _joins_change(scan, start):
        statistic = "mean_change"
    if statistic == "percent" and not SPREADS.isdisjoint(scan.words) and SPREAD_BEHIND.match(text, end):
        statistic = "mean"  # `29% (SD 13)`
    if (
        not _RISK_WORDS.isdisjoint(scan.words)
        and _RISK_DIFFERENCE.search(text, max(0, start - 60), start)
        and "%" not in text[max(0, start - 25) : start]
    ):
        statistic = "risk_difference"
    comparator = _comparator(scan.low, start)
    scan.add(start, end, statistic, value=value, unit="%", comparator=comparator, governor=governor.span() if governor else None)


def _joins_change(scan: Scan, start: int) -> bool:
    """Whether a percent is the second of two changes: `increases of 7.9% and 11.7%`."""
    last = max((f for f in scan.figures if f.end <= start), key=lambda f: f.end, default=None)
    return last is not None and last.statistic == "mean_change" and _AND.fullmatch(scan.text, last.end, start) is not None


def _comparator(low: str, start: int) -> str:
    """The sign that the words before a percent stand for: `<` for `less than`, `<=` for `no ... in more than`."""
    head = low[max(0, start - 30) : start].rstrip()
    if not head.endswith(_COMPARING):
        return "="
    m = _COMPARED.search(head)
    compared = m.group(1) if m else ""
    sign = {"<": "<", ">": ">", "\u2264": "<=", "\u2265": ">=", "at least": ">=", "up to": "<=", "at most": "<="}.get(compared)
    if sign is None:
        sign = "<" if compared.startswith(_UNDER) else ">" if compared.startswith(_OVER) else "="
    return "<=" if sign == ">" and _NEGATION.search(low, max(0, start - 140), start) else sign


def _told(text: str, start: int, governor: Governor) -> str:
    """Which statistic the governing word makes of a percent."""
    kind = governor.kind
    if kind in ("median", "mean") and not (_OF_PATIENTS.search(text[governor.end : start]) or _OF_PERSONS.match(text, start)):
        if kind == "mean" and _DIFFERENCE.search(text[governor.start : start]):
            return "mean_difference"
        if kind == "mean" and CHANGE.search(text[max(0, governor.start - 25) : start]):
            return "mean_change"
        return kind
    if kind == "difference" and _DIFFERENCE_IS.fullmatch(text, governor.end, start):
        return "mean_difference" if _OF_MEANS.search(text[max(0, governor.start - 30) : start]) else "risk_difference"
    if kind == "change" and _BY.search(text[max(0, start - 24) : start]) and not _OF_PERSONS.match(text, start):
        low = text[max(0, governor.start - 40) : start]
        return "percent_difference" if "risk" in low or "hazard" in low else "mean_change"
    return "percent"
