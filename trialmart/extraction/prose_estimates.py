"""Figures that a word before them tells: `median 24.8 months`, `mean change of -0.4`, `a difference of 3.1 points`.

Belongs here: which statistic the governing word gives a number. Does not: figures that are set unmistakably (the other kinds).
"""

from __future__ import annotations

import re

from trialmart.extraction.prose_figures import CHANGE, DIGITS, EVENTS, NOUNS, SPREAD_BEHIND, SPREADS, TIME, number_of, whole, word_before
from trialmart.extraction.prose_scan import Governor, Scan

_SAYS_HOW_MUCH = re.compile(
    r"(?:\b(?:of|was|were|is|by|vs\.?|versus|and|to)|[:=;,]|[)\]])\s*(?:approximately\s+|about\s+|only\s+|-\s?)?$", re.IGNORECASE
)
_SAYING = frozenset("of was were is by vs vs. versus and to".split())
_PAIRING = frozenset(("vs", "vs.", "versus", "and"))
_SPREAD_IN_BRACKET = re.compile(rf"\s*\(\s*(?:{DIGITS})\s*\)")
_IN_BRACKET_OF_NUMBER = re.compile(r"\d\s?%?\s*[(\[]\s*$")
_STEP = re.compile(r"\s+(?:were|was)\s+(?:then\s+)?(?:randomi[sz]ed|randomly|assigned|allocated|enrol+ed|recruited|excluded|screened)\b")
_FOLLOWING_NOUN = re.compile(
    rf"\s+(?:(?!(?:and|or|vs|versus|of|in|to|among|for|from|with|at|on|by|per|than|that|which|who|when|if)\b)[\w'/-]+\s+){{0,4}}?(?P<noun>{NOUNS}|{EVENTS}|centers|centres|sites|hospitals|countries)\b"
)
_SURVIVAL = re.compile(r"\b(?:PFS|OS|DFS|TTP|EFS|RFS|TTF|DO[Rr])\b|\b(?i:survival|duration\s+of\s+response|time\s+to)\b")
_TIME_UNITS = re.compile(r"months|years|weeks|days|hours|minutes|seconds")
_SURVIVAL_WORDS = frozenset("pfs os dfs ttp efs rfs ttf dor survival duration time".split())
_OPENING = frozenset("([")
_BEFORE_RANGE = frozenset("-t")  # `5-7`, `5 to 7`


def read_governed(scan: Scan) -> None:
    for number in scan.left:
        if not scan.free(number.start, number.end):
            continue
        start, end = scan.with_sign(number.start, number.end)
        word = number.word if start == number.start else word_before(scan.low, start)
        if scan.text[start - 2 : start].rstrip()[-1:] == ",":
            word = ""  # the word of a date stands before the comma, it does not lead to this number
        statistic, governor = _told(scan, start, end, word, number.behind)
        if statistic is None:
            continue
        value = number_of(number.printed) * (-1 if start < number.start else 1)
        exact = statistic in ("count", "n", "n_events", "denominator")
        scan.add(start, end, statistic, value=value, unit=scan.unit(end), governor=governor, exact=exact)
        _bracket_sd(scan, end, statistic)
        scan.take(start, end)


#: `at 1 and 5 min following the injection`, `20, 30 and 35 min post-insertion`: when was measured.
_MEASURED_AT = re.compile(rf"(?:\s*(?:,\s*and|,|and|or)\s*\d+)*\s*{TIME}[\s-]+(?:post|after|following|before|prior|later)\b")
_AT = re.compile(r"\bat\s+(?:\d+\s*(?:,\s*and|,|and|or)\s*)*$")
_TO_BEHIND = re.compile(r"[^.;]{0,40}\bto\b")
_TIME_BEHIND = re.compile(rf"\s+{TIME}(?!\s+(?:\d|events|deaths))")
_NUMBER_OF = re.compile(
    rf"\s+of\s+(?P<noun>(?!needed)[a-z][a-z\s-]{{2,40}}?)\s+(?:[(\[][^()\[\]]*[)\]]\s*)?(?:(?:was|were)\s+(?:[a-z]+\s+)?|[^.;\d]{{0,20}}\b(?:was|were)\s+(?:{DIGITS})\s+[^.;\d]{{0,40}}\b(?:and|vs\.?|versus)\s+)$"
)
_RANGE_AFTER = re.compile(r"\s*(?:-|to)\s*\d")
_CHANGED_FROM = re.compile(
    r"\b(?:changed|increased|decreased|improved|reduced|rose|risen|fell|fallen|declined|dropped)\b[^.;\d]{0,40}\bfrom\s+(?:-\s?)?$"
)
_RANGE_BEFORE = re.compile(r"\d\s?-\s?$")
_IS_EVENT = re.compile(EVENTS)
_PER = re.compile(r"\b(?:per|(?:groups|blocks|pairs|sets)\s+of)\s*$")
_AVERAGE = re.compile(r"\b(?:median|mean)\b")
_NEAR = re.compile(
    r"(?:\b(?:was|were|of|is|at|by|to|from|vs\.?|versus|against|and|or|with|than|for|in|only|being|about|reached)|[,:;=(\[/-])\s*(?:approximately|about|also)?$"
)
_NEAR_WORDS = frozenset("was were of is at by to from vs vs. versus against and or with than for in only being about reached".split())
_ADVERBS = frozenset(("approximately", "also"))
_FEW_WORDS = re.compile(r"[\s\w-]{0,25}")
_LABEL_OR_AGE = frozenset("age aged older week day month year item question step visit".split())
_YEARS_OLD = re.compile(r"\byears\s+old\s*$")
_BRACKET_ONLY = re.compile(r"\s*[(\[]?\s*")
_CHANGED_BY = frozenset("of by was were vs vs. versus and".split())
_CHANGED_BY_SIGN = re.compile(r"\b[,(]\s*$")
_DIFFERENCE = re.compile(r"\bdifferences?\b")
_LIMITS_BEHIND = re.compile(r"\s*\w+\s*[;,]?\s*[(\[]?\s*(?:9\d%|CI)")
_LISTED_BEHIND = re.compile(rf"\s*(?:vs\.?|versus|and|compared\s+with)\s+{DIGITS}\s*(?:{TIME})")
_LISTED_BEFORE = re.compile(rf"{DIGITS}\s*(?:{TIME})?\s*(?:vs\.?|versus|and)\s*$")
_BRACKETED = re.compile(rf"\s?(?:%|[a-zA-Z/]{{1,8}})?\s*[(\[]\s*(?:±\s?)?(?P<sd>{DIGITS})\s*[)\]]")
#: What a median or mean does not govern: patients counted in a clause of their own.
_NEW_CLAUSE = re.compile(
    r",\s+(?:and|but|while|whereas|with)\s+(?:the\s+|all\s+)?\d[\d,]*\s+(?:\w+\s+){1,3}(?:had|have|were|was|did|died|received|completed|experienced)\b"
)
_Told = tuple[str | None, tuple[int, int] | None]
_NOTHING: _Told = (None, None)


def _told(scan: Scan, start: int, end: int, word: str, behind: str) -> _Told:
    """The statistic of a number (a `word` before it, a character `behind` it), and where the word stands that tells it.

    That is a noun behind it, else the word that governs it.
    """
    text = scan.text
    is_whole = whole(text[start:end])
    spaced = text[end : end + 1].isspace()
    if is_whole and spaced and text[start] != "-":
        following = _FOLLOWING_NOUN.match(scan.low, end)
        if following and not _TIME_BEHIND.match(scan.low, end):
            return _counted(text, start, following["noun"])
    ahead = text[max(0, start - 5) : start].rstrip()[-1:]
    if (
        behind in _BEFORE_RANGE
        and _RANGE_AFTER.match(text, end, end + 6)
        and not (word == "from" and _CHANGED_FROM.search(scan.low, max(0, start - 60), start))
        or ahead == "-"
        and _RANGE_BEFORE.search(text, max(0, start - 4), start)
    ):
        return _NOTHING  # a range of values, of which neither is the mean
    if not SPREADS.isdisjoint(scan.words) and SPREAD_BEHIND.match(text, end):
        return "mean", None
    if ahead in _OPENING and _IN_BRACKET_OF_NUMBER.search(text, max(0, start - 5), start):
        return _NOTHING
    if is_whole and behind == "w" and _STEP.match(text, end):
        return "count", None
    governor = scan.governor(start)
    if (
        (governor is None or governor.kind not in ("median", "mean"))
        and not _SURVIVAL_WORDS.isdisjoint(scan.words)
        and _TIME_UNITS.fullmatch(scan.unit(end) or "")
        and _is_survival_time(scan, start, end)
    ):
        return "median", None
    return _NOTHING if governor is None or governor.kind in ("sd_stat", "rate") else _governed(scan, start, end, word, governor)


def _counted(text: str, start: int, noun: str) -> _Told:
    """A whole number before a noun."""
    if noun.startswith(("center", "centre", "site", "hospital", "countr")):
        return _NOTHING  # design, read elsewhere
    if _IS_EVENT.fullmatch(noun) and not noun.startswith("death"):
        return "n_events", None
    return _NOTHING if _PER.search(text, max(0, start - 12), start) else ("count", None)


def _governed(scan: Scan, start: int, end: int, word: str, governor: Governor) -> _Told:
    """What the governing word makes of a number, if it reaches that far."""
    text = scan.text
    if word in _LABEL_OR_AGE or word == "old" and _YEARS_OLD.search(scan.low, max(0, start - 14), start):
        return _NOTHING
    kind, gap = governor.kind, text[governor.end : start]
    if (kind in ("difference", "change") or _AT.search(scan.low, max(0, start - 40), start)) and _MEASURED_AT.match(scan.low, end):
        return _NOTHING
    if len(gap) > 220 or ("median" in gap or "mean" in gap) and _AVERAGE.search(gap):
        return _NOTHING
    near = _is_near(scan.low, start, word)
    listed = kind == "mean" and scan.spread in ("sd", "se") and _SPREAD_IN_BRACKET.match(text, end) and "(" in gap
    if not near and not listed and not _FEW_WORDS.fullmatch(gap):
        return _NOTHING
    if kind == "number":
        return _number_of(scan, start, end, governor)
    if kind in ("median", "mean"):
        if _NEW_CLAUSE.search(gap):
            return _NOTHING
        if word == "from" and whole(text[start:end]) and not scan.unit(end) and not _TO_BEHIND.match(scan.low, end):
            return _NOTHING  # `the mean of results from 10 assays`
        bare = kind == "median" and not near and whole(text[start:end]) and not scan.unit(end)
        return _NOTHING if bare else _average(text, start, governor)
    if word in _PAIRING:  # the second of two: a change only where the first is one
        last = max((f for f in scan.figures if f.end <= start), key=lambda f: f.end, default=None)
        if last is None or not last.statistic.endswith(("_change", "_difference")) and last.owner is None:
            return _NOTHING
    if word not in _SAYING and not _SAYS_HOW_MUCH.search(text, max(0, start - 24), start) and not _BRACKET_ONLY.fullmatch(gap):
        return _NOTHING
    if text[end : end + 1] == "\u00b0":
        return _NOTHING  # an angle at which was measured: only an average of angles is a result
    if kind == "difference":
        return "mean_difference", governor.span()
    if ("." in text[start:end] or scan.unit(end)) and (word in _CHANGED_BY or _CHANGED_BY_SIGN.search(text[max(0, start - 4) : start])):
        return "mean_change", governor.span()
    return _NOTHING


def _number_of(scan: Scan, start: int, end: int, governor: Governor) -> _Told:
    """`the numbers of falls were 36 and 96`: a count of what the words behind `number` name."""
    m = _NUMBER_OF.match(scan.low, governor.end, start)
    if m is None or not whole(scan.text[start:end]) or scan.unit(end) or scan.text[start] == "-":
        return _NOTHING
    return ("n_events" if _IS_EVENT.search(m["noun"]) and "deaths" not in m["noun"] else "count"), governor.span()


def _is_near(low: str, start: int, word: str) -> bool:
    """Whether the words ahead of a number end with one that hands it on to them: `was`, `of`, `(`."""
    return word in _NEAR_WORDS or (word == "" or word in _ADVERBS) and _NEAR.search(low[max(0, start - 45) : start].rstrip()) is not None


def _average(text: str, start: int, governor: Governor) -> _Told:
    """A median or mean: of values, of a change, of a difference."""
    words = text[max(0, governor.start - 25) : start].lower()
    if _DIFFERENCE.search(words):
        return ("mean_difference", governor.span()) if governor.kind == "mean" else _NOTHING
    if governor.kind == "mean" and CHANGE.search(words):
        return "mean_change", governor.span()
    return governor.kind, governor.span()


def _is_survival_time(scan: Scan, start: int, end: int) -> bool:
    """A time with limits beside a time-to-event endpoint: sentences leave `median` out there."""
    text = scan.text
    beside = _LIMITS_BEHIND.match(text, end) or _LISTED_BEHIND.match(text, end) or _LISTED_BEFORE.search(text, 0, start)
    return beside is not None and _SURVIVAL.search(text, 0, start) is not None


def _bracket_sd(scan: Scan, end: int, statistic: str) -> None:
    """`15.6 (6.9) days`: the spread of a mean."""
    m = _BRACKETED.match(scan.text, end) if statistic in ("mean", "mean_change") and scan.spread in ("sd", "se", None) else None
    if m and scan.free(*m.span("sd")):
        scan.add(*m.span("sd"), "se" if scan.spread == "se" else "sd", owner=scan.figures[-1])
