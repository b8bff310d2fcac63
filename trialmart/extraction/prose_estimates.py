"""Figures that a word before them tells: `median 24.8 months`, `mean change of -0.4`, `a difference of 3.1 points`.

Belongs here: which statistic the governing word gives a number. Does not: figures that are set unmistakably (the other kinds).
"""

from __future__ import annotations

import re

from trialmart.extraction.prose_figures import CHANGE, DIGITS, EVENTS, NOUNS, TIME, number_of, whole
from trialmart.extraction.prose_scan import Scan

_SAYS_HOW_MUCH = re.compile(
    r"(?:\b(?:of|was|were|is|by|vs\.?|versus|and|to)|[:=;,]|[)\]])\s*(?:approximately\s+|about\s+|only\s+|-\s?)?$", re.IGNORECASE
)
_SPREAD_BEHIND = re.compile(r"\s?(?:[a-zA-Z/%]{1,8}\s?)?(?:[(\[]|,)\s*(?:SD|S\.D\.|SEM|SE|standard\s+deviation)\b")
_PAIRING = re.compile(r"\b(?:vs\.?|versus|and)\s+(?:-\s?)?$", re.IGNORECASE)
_SPREAD_IN_BRACKET = re.compile(rf"\s*\(\s*(?:{DIGITS})\s*\)")
_IN_BRACKET_OF_NUMBER = re.compile(r"\d\s?%?\s*[(\[]\s*$")
_STEP = re.compile(r"\s+(?:were|was)\s+(?:then\s+)?(?:randomi[sz]ed|randomly|assigned|allocated|enrol+ed|recruited|excluded|screened)\b")
_FOLLOWING_NOUN = re.compile(
    rf"\s+(?:(?!and\b|or\b|vs\b|versus\b|of\b|in\b|to\b)[\w'/-]+\s+){{0,4}}?(?P<noun>{NOUNS}|{EVENTS}|centers|centres|sites|hospitals|countries)\b",
    re.IGNORECASE,
)
_SURVIVAL = re.compile(r"\b(?:PFS|OS|DFS|TTP|EFS|RFS|TTF|DO[Rr])\b|\b(?i:survival|duration\s+of\s+response|time\s+to)\b")
_TIME_RE = re.compile(r"(?:months|years|weeks|days|hours|minutes|seconds)$")


def read_governed(scan: Scan) -> None:
    for number in scan.numbers:
        if not scan.free(number.start(), number.end()):
            continue
        start, end = scan.with_sign(number.start(), number.end())
        unit = scan.unit(end)
        statistic, governor = _told(scan, start, end, unit)
        if statistic is None:
            continue
        value = number_of(number.group()) * (-1 if start < number.start() else 1)
        scan.add(
            start,
            end,
            statistic,
            value=value,
            unit=unit,
            governor=governor,
            exact=statistic in ("count", "n", "n_events", "denominator"),
        )
        _bracket_sd(scan, end, statistic)
        scan.take(start, end)


def _told(scan: Scan, start: int, end: int, unit: str | None) -> tuple[str | None, tuple[int, int] | None]:
    text = scan.text
    is_whole = whole(text[start:end])
    following = _FOLLOWING_NOUN.match(text, end) if is_whole else None
    if following and is_whole and text[start] != "-":
        noun = following["noun"].lower()
        if noun.startswith(("center", "centre", "site", "hospital", "countr")):
            return None, None  # design, read elsewhere
        if re.fullmatch(EVENTS, noun) and not noun.startswith("death"):
            return "n_events", None
        return ("count", None) if not re.search(r"\bper\s*$", text[max(0, start - 6) : start]) else (None, None)
    if re.match(r"\s*(?:-|to)\s*\d", text[end : end + 6]) or re.search(r"\d\s?-\s?$", text[max(0, start - 4) : start]):
        return None, None  # a range of values, of which neither is the mean
    if _SPREAD_BEHIND.match(text, end):
        return "mean", None
    if _IN_BRACKET_OF_NUMBER.search(text, max(0, start - 5), start):
        return None, None
    if is_whole and _STEP.match(text, end):
        return "count", None
    governor = scan.governor(start)
    if (
        unit
        and _TIME_RE.match(unit)
        and (governor is None or governor.lastgroup not in ("median", "mean"))
        and _is_survival_time(scan, start, end)
    ):
        return "median", None
    if governor is None:
        return None, None
    kind, gap = governor.lastgroup, text[governor.end() : start]
    if kind == "sd_stat" or kind == "rate":
        return None, None
    if re.search(r"\b(?:median|mean)\b", gap) or len(gap) > 220:
        return None, None
    near = re.search(
        r"(?:\b(?:was|were|of|is|at|by|to|from|vs\.?|versus|against|and|or|with|than|for|in|only|being|about|reached)|[,:;=(\[/-])\s*(?:approximately\s+|about\s+|also\s+)?$",
        text[max(0, start - 45) : start],
        re.IGNORECASE,
    )
    listed = kind == "mean" and scan.spread in ("sd", "se") and _SPREAD_IN_BRACKET.match(text, end) and "(" in gap
    if not near and not listed and not re.fullmatch(r"[\s\w-]{0,25}", gap):
        return None, None
    if re.search(
        r"\b(?:aged?|older|years\s+old|week|day|month|year|item|question|step|visit)\s*$",
        text[max(0, start - 14) : start],
        re.IGNORECASE,
    ):
        return None, None
    if kind in ("median", "mean"):
        if _TIME_RE.match(unit or "") is None and is_whole and not unit and kind == "median" and not near:
            return None, None
        statistic = kind
        words = text[max(0, governor.start() - 25) : start].lower()
        if kind == "mean" and re.search(r"\bdifferences?\b", words):
            statistic = "mean_difference"
        elif kind == "mean" and CHANGE.search(words):
            statistic = "mean_change"
        elif kind == "median" and re.search(r"\bdifferences?\b", words):
            return None, None
        return statistic, governor.span()
    if kind in ("difference", "change") and _PAIRING.search(text, max(0, start - 12), start):
        last = max((f for f in scan.figures if f.end <= start), key=lambda f: f.end, default=None)
        if last is None or not last.statistic.endswith(("_change", "_difference")) and last.owner is None:
            return None, None
    if (
        kind in ("difference", "change")
        and not _SAYS_HOW_MUCH.search(text, max(0, start - 24), start)
        and not re.fullmatch(r"\s*[(\[]?\s*", gap)
    ):
        return None, None
    if kind == "difference":
        return "mean_difference", governor.span()
    if kind == "change" and (unit or "." in text[start:end]):
        return (
            ("mean_change", governor.span()) if re.search(r"\b(?:of|by|was|were|vs\.?|versus|and|[,(])\s*$", text[:start]) else (None, None)
        )
    return None, None


def _is_survival_time(scan: Scan, start: int, end: int) -> bool:
    """A time with limits beside a time-to-event endpoint: sentences leave `median` out there."""
    limits = re.match(r"\s*\w+\s*[;,]?\s*[(\[]?\s*(?:9\d%|CI)", scan.text[end:])
    listed = re.match(rf"\s*(?:vs\.?|versus|and|compared\s+with)\s+{DIGITS}\s*(?:{TIME})", scan.text[end:]) or re.search(
        rf"{DIGITS}\s*(?:{TIME})?\s*(?:vs\.?|versus|and)\s*$", scan.text[:start]
    )
    return bool((limits or listed) and _SURVIVAL.search(scan.text[:start]))


def _bracket_sd(scan: Scan, end: int, statistic: str) -> None:
    """`15.6 (6.9) days`: the spread of a mean."""
    if statistic not in ("mean", "mean_change"):
        return
    m = re.match(rf"\s?(?:%|[a-zA-Z/]{{1,8}})?\s*[(\[]\s*(?P<sd>{DIGITS})\s*[)\]]", scan.text[end:])
    if m and scan.free(end + m.start("sd"), end + m.end("sd")) and (scan.spread in ("sd", "se", None)):
        scan.add(end + m.start("sd"), end + m.end("sd"), "se" if scan.spread == "se" else "sd", owner=scan.figures[-1])
