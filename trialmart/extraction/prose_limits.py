"""What stands beside an estimate: `95% CI, 0.46 to 0.72`, `range, 0.2 to 31`, `IQR 3-9`, `12.1 \u00b1 3.4`, `8.8 (7.7-9.8)`.

Belongs here: limits and spreads. Does not: which estimate they belong to (prose_attribution.attach).
"""

from __future__ import annotations

import re

from trialmart.extraction.prose_figures import DIGITS, MISSING, SIGNED, TIME, WORD, Figure
from trialmart.extraction.prose_scan import Scan
from trialmart.extraction.prose_sentences import holds
from trialmart.extraction.prose_words import in_order

_CI = re.compile(
    r"""(?:(?P<level>\d{2}(?:\.\d+)?)\s?%[\s-]*(?:two-sided\s+|one-sided\s+|exact\s+|Bayesian\s+)?)?
    (?P<name>\bC\.?I\.?s?\b(?![a-z])|\b(?:confiden\w+|credible|credibility)\s+(?:intervals?|limits?|bounds?)(?:\s*[(\[]\s*(?:CI|CrI|CL)s?\s*[)\]])?|\bCrIs?\b)\s?(?:[(\[]?(?P<after>\d{2})\s?%[)\]]?)?""",
    re.VERBOSE | re.IGNORECASE,
)
_TO = r"\s?%?\s*(?:\bto\b|-|,|;|/|\band\b|\.\.\.|~)\s*"
_LIMITS = re.compile(
    rf"\s*(?:[:,;=]|of|was|were|is|from|between|(?:for\s+[\w\s]{{1,50}}?\s)?rang(?:ed?|ing)|for\s+[\w\s]{{1,40}})?\s*(?:from\s+|between\s+)?[(\[]?\s*(?P<lower>{SIGNED}|{MISSING})\s?%?(?:\s?(?:{TIME}))?{_TO}(?P<upper>{SIGNED}|{MISSING})",
    re.IGNORECASE,
)
_BARE_PAIR = re.compile(rf"\s?%?(?:\s(?:{TIME}))?,\s*(?P<lower>{DIGITS})\s?-\s?(?P<upper>{DIGITS})(?=\s*[;,)\]])")
_PAIR_TO = r"\s?%?\s*(?:\bto\b|-|,|;|\band\b|~)\s*"
_PAIR = re.compile(
    rf"\s?%?(?:\s?[a-zA-Z/]{{1,9}}\.?)?\s*[(\[]{{1,2}}\s*(?P<lower>{SIGNED}|{MISSING}){_PAIR_TO}(?P<upper>{SIGNED}|{MISSING})\s?%?(?:\s?[a-zA-Z/]{{1,8}})?\s*(?P<close>[)\]]|[,;])",
    re.IGNORECASE,
)
_SPREAD = re.compile(
    rf"""(?P<name>\bI\.?Q\.?R\.?\b|\binter-?quartile(?:\s+range)?s?(?:\s*[(\[]IQR[)\]])?|\b(?:observed\s+|age\s+|total\s+)?range(?:d|s|\sof)?\b|\branging\b|\bSD\b|\bS\.D\.?(?!\w)|\bstandard\s+deviations?(?:\s*[(\[]SD[)\]])?|\bSEM?\b|\bstandard\s+errors?)
    \s*(?:[:,;=]|of|was|from|between|is|\u00b1)?\s*(?:from\s+|between\s+)?[(\[]?\s*(?P<lower>{SIGNED}|{WORD}|{MISSING})(?![\w%]*\s*[(\[])(?:\s?%|\s?(?!to\b|and\b)[a-z/]{{1,6}}\b)?(?:\s*(?:\bto\b|-|,|;|\band\b)\s*(?P<upper>{SIGNED}|{WORD}|{MISSING}))?""",
    re.VERBOSE | re.IGNORECASE,
)
_PLUS_MINUS = re.compile(rf"(?P<mean>(?:-\s?)?(?:{DIGITS}))\s?%?(?:\s?[a-zA-Z/]{{1,8}})?\s*(?:\u00b1|\+/-|\+-|\\pm)\s*(?P<sd>{DIGITS})")
_PAIR_IN_BRACKET = re.compile(rf"[(\[]\s*(?=[-.\dnuli\u221e])(?:{SIGNED}|{MISSING}){_PAIR_TO}(?:{SIGNED}|{MISSING})", re.IGNORECASE)
_BARE_PAIR_AHEAD = re.compile(rf",\s*(?:{DIGITS})\s?-\s?(?:{DIGITS})\s*[;,)\]]")
_BARE_PAIR_BEHIND = frozenset("%,mywdhs")
#: A sentence without one of these words names no limits, or no spread.
_LIMITS_NAMED = frozenset("c ci cis cri cris credible credibility confident confidence".split())
_SPREADS_NAMED = frozenset("iqr inter interquartile interquartiles quartile range ranged ranges ranging sd sem se standard".split())
_LETTERS = (("s.d", "s"), ("i.q.r", "i"))  # short forms with full stops, and the word that each begins with
_BEFORE_RANGE = frozenset(("observed", "age", "total"))
#: `on a range from 1 to 6`, `normal range 0.4-1.2`: what may be measured, not what was.
OF_A_SCALE = re.compile(r"\b(?:on\s+an?|scales?,?|possible|normal|reference|therapeutic)[\s(]*$")
_DEVIATIONS = frozenset(("sd", "sem", "se"))
_SPREAD_NAMED = re.compile(r"[(\[\u00b1]\s*(?:\u00b1\s*)?(SD|SEM|SE|sd|sem|se)\s*[)\]]")
_HAS_LIMITS = ("hazard_ratio", "odds_ratio", "risk_ratio", "ratio", "mean_difference", "risk_difference")


def read_limits(scan: Scan) -> None:
    named = _LIMITS_NAMED & scan.words
    if not named or not holds(scan.text, ("CI", "onfidence", "redib", "C.I")):
        return
    text, last = scan.text, 0
    for start in sorted([at for at, _ in in_order(scan.low, named)] + [n.start for n in scan.numbers if n.behind == "%"]):
        m = _CI.match(text, start) if start >= last else None
        if m is None:
            continue
        last = m.end()
        if not scan.free(m.start("name"), m.end("name")):
            continue
        limits = _LIMITS.match(text, m.end())
        level = _level(scan, m)
        scan.take(m.start(), m.end())
        scan.spread = "ci"
        if limits is None or not scan.free(*limits.span("lower")):
            continue
        lower = scan.signed(limits, "lower", "ci_lower")
        upper = scan.signed(limits, "upper", "ci_upper")
        for figure in (level, lower, upper):
            if figure:
                figure.opens, figure.closes = m.start(), limits.end()


def _level(scan: Scan, m: re.Match[str]) -> Figure | None:
    group = "level" if m["level"] else "after" if m["after"] else None
    return scan.add(*m.span(group), "ci_level", unit="%", exact=True) if group and scan.free(*m.span(group)) else None


def read_spreads(scan: Scan) -> None:
    named = _SPREADS_NAMED & scan.words
    for letters, word in _LETTERS:
        if word in scan.words and letters in scan.low:
            named |= {word}
    if named:
        _read_named_spreads(scan, named)
    if scan.spread is None and "(" in scan.text and not _DEVIATIONS.isdisjoint(scan.words):
        bare = _SPREAD_NAMED.search(scan.text)
        if bare:
            scan.spread = "sd" if bare.group(1).lower() == "sd" else "se"


def _read_named_spreads(scan: Scan, named: frozenset[str]) -> None:
    last = 0
    for at, _ in in_order(scan.low, named | _BEFORE_RANGE & scan.words):
        m = _SPREAD.match(scan.text, at) if at >= last else None
        if m is None:
            continue
        last = m.end()
        start, end = m.span("lower")
        name = m["name"].lower()
        if "rang" in name and OF_A_SCALE.search(scan.low, max(0, at - 14), at):
            scan.take(m.start(), m.end())
            continue
        kind = (
            "iqr"
            if name[:1] == "i"
            else "range"
            if "rang" in name
            else "sd"
            if "sd" in name or "s.d" in name or "deviation" in name
            else "se"
        )
        if not scan.free(start, end) or (kind in ("iqr", "range") and not m["upper"]):
            scan.spread = kind if kind != "range" and scan.free(m.start(), m.end("name")) else scan.spread
            continue
        low, high = {"iqr": ("q1", "q3"), "range": ("minimum", "maximum"), "sd": ("sd", "sd"), "se": ("se", "se")}[kind]
        first = scan.signed(m, "lower", low)
        second = scan.signed(m, "upper", high) if kind in ("iqr", "range") and m["upper"] else None
        stop = m.end() if second else end
        for figure in (first, second):
            if figure:
                figure.opens, figure.closes = m.start(), stop
        scan.take(m.start(), stop)
        scan.spread = kind


def read_plus_minus(scan: Scan) -> None:
    text, last = scan.text, 0
    if "\u00b1" not in text and "+/-" not in text and "\\pm" not in text:
        return
    for number in scan.left:
        dash = text.rfind("-", max(last, number.start - 2), number.start)
        start = dash if dash >= 0 and not text[dash + 1 : number.start].strip() else number.start
        m = _PLUS_MINUS.match(text, start) if start >= last else None
        if m is None:
            continue
        last = m.end()
        if not scan.free(*m.span("sd")) or not scan.free(*m.span("mean")):
            continue
        mean = scan.signed(m, "mean", "mean", unit=scan.unit(m.end("sd")) or scan.unit(m.end("mean")), closes=m.end())
        scan.add(*m.span("sd"), "sd", owner=mean, unit=mean.unit if mean else None)


def read_bracket_pairs(scan: Scan) -> None:
    """`8.8 months (7.7-9.8)`: limits named once in the sentence, or a range behind a median."""
    text = scan.text
    paired = ("(" in text or "[" in text) and _PAIR_IN_BRACKET.search(text) is not None
    bare = ("(" in text or "[" in text) and "," in text and _BARE_PAIR_AHEAD.search(text) is not None
    if not paired and not bare:
        return
    for number in scan.numbers:
        start, end = number.start, number.end
        m = _PAIR.match(text, end) if paired else None
        if m is None and bare and number.behind in _BARE_PAIR_BEHIND and (scan.spread == "ci" or _is_ratio(scan, end)):
            m = _BARE_PAIR.match(text, end)
        if not m or not scan.free(*m.span("lower")) or not scan.free(*m.span("upper")):
            continue
        kind = "range" if scan.spread is None and _is_whole_range(scan, start, end, m) else scan.spread
        if kind not in ("ci", "iqr", "range"):
            before = scan.figures and max((f for f in scan.figures if f.end <= end), key=lambda f: f.end, default=None)
            if not before or before.end != end or before.statistic not in _HAS_LIMITS:
                governor = scan.governor(start)
                if governor is None or governor.kind != "difference":
                    scan.take(m.start(), m.end())  # two figures in a bracket that nothing names
                    continue
            kind = "ci"
        low, high = {"ci": ("ci_lower", "ci_upper"), "iqr": ("q1", "q3"), "range": ("minimum", "maximum")}[kind]
        for figure in (scan.signed(m, "lower", low), scan.signed(m, "upper", high)):
            if figure:
                figure.opens, figure.closes = m.start(), m.end()


def _is_whole_range(scan: Scan, start: int, end: int, m: re.Match[str]) -> bool:
    """`median number of cycles 6 (1-36)`: from 0 or 1 to so many times the median, in whole numbers, reach no quartiles."""
    median, upper = scan.text[start:end], m["upper"]
    if m["lower"] not in ("0", "1") or not (median.isdigit() and upper.isdigit()) or int(median) < 3 or int(upper) < 4 * int(median):
        return False
    governor = scan.governor(start)
    return governor is not None and governor.kind == "median" and "number of" in scan.low[governor.end : start]


def _is_ratio(scan: Scan, end: int) -> bool:
    return any(f.end == end and f.statistic in _HAS_LIMITS for f in scan.figures)
