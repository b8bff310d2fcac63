"""Hazard, odds and risk ratios: `HR 0.58`, `odds ratio of 1.9 and 2.3`.

Belongs here: the number that such a word governs. Does not: its limits (prose_limits).
"""

from __future__ import annotations

import re

from trialmart.extraction.prose_figures import DIGITS, NOUNS, TIME, Figure, comparing_sign, number_of
from trialmart.extraction.prose_scan import Scan
from trialmart.extraction.prose_words import in_order

_RATIO = re.compile(
    r"(?P<hazard_ratio>\b(?:(?:[Aa]djusted|unadjusted|stratified|crude|pooled|multivariate|multivariable)\s+)?[Hh]azards?[\s-]+[Rr]atios?\b|\ba?HRs?\b(?![-+])(?!QoL))"
    r"|(?P<odds_ratio>\b[Oo]dds[\s-]+[Rr]atios?\b|\ba?ORs?\b(?![-+]))"
    r"|(?P<risk_ratio>\b(?:[Rr]elative|[Rr]isk)[\s-]+(?:risks?|ratios?)(?:\s+reduction)?\b|\brelative\s+rates?\b|\b(?:incidence\s+)?rate\s+ratios?\b|\bRRs?\b(?![-+\s]?int)|\bIRRs?\b)"
)
_WRITTEN_OUT = frozenset(("ratio", "ratios", "relative"))
_BEGINNINGS = frozenset(
    "adjusted unadjusted stratified crude pooled multivariate multivariable hazard hazards hr hrs ahr ahrs odds or ors aor aors relative risk incidence rate rr rrs irr irrs".split()
)
#: The capitals of every short form, and the short forms in lower case.
_SHORT_FORMS = {
    "hazard_ratio": ("HR", frozenset("hr hrs ahr ahrs".split())),
    "odds_ratio": ("OR", frozenset("or ors aor aors".split())),
    "risk_ratio": ("RR", frozenset("rr rrs irr irrs".split())),
}
_NEXT_RATIO = re.compile(
    rf"\s*(?:[(\[][^()\[\]]*[)\]])?(?:\s+for\s+[\w\s-]{{1,40}}?)?\s*(?:,\s*and|,|and|vs\.?|versus)\s+(?P<value>{DIGITS})(?!\d|\.\d|\s?%|\s?-\s?\d|\s*(?:{TIME}|{NOUNS}))",
    re.IGNORECASE,
)


_CAPITALS_BESIDE = re.compile(r"[A-Z]\s*$|^\s*[A-Z]{2}")
_ENDS_REACH = re.compile(r"\.\s|\bp\s?[=<]")
_IN_BRACKET = re.compile(r"\s*[(\[]\s*[\w]+\s*[)\]].*", re.DOTALL)
_TIME_BEHIND = re.compile(rf"\s*{TIME}")
_LEADS_TO = re.compile(r"\b(?:was|were|of|is|[=:,;(])\s*(?:also\s+)?$|[=:,;(\[]\s*$|\b(?:was|were|of)\b")
_SIGN_AHEAD = re.compile(r"[<>\u2264\u2265]\s*$")


def ratios_of(body: str) -> frozenset[str]:
    """Which ratios an article speaks of by their full names."""
    low = body.encode("utf-8", "surrogatepass").lower()  # much faster than str.lower, and the names are ASCII
    named = {
        "hazard_ratio": (b"hazard",),
        "odds_ratio": (b"odds",),
        "risk_ratio": (b"relative risk", b"risk ratio", b"relative rate", b"rate ratio"),
    }
    return frozenset(ratio for ratio, words in named.items() if any(word in low for word in words))


def read_ratios(scan: Scan) -> None:
    text, words = scan.text, scan.words
    if _WRITTEN_OUT.isdisjoint(words) and not any(_speaks_of(ratio, text, words) for ratio in scan.ratios):
        return
    last = 0
    for at, _ in in_order(scan.low, _BEGINNINGS & words):
        m = _RATIO.match(text, at) if at >= last else None
        if m is None:
            continue
        last = m.end()
        if m.lastgroup not in scan.ratios:
            continue
        if m.group() == "OR" and _CAPITALS_BESIDE.search(text[: m.start()][-2:] + text[m.end() :][:3]):
            continue
        figure = _ratio_value(scan, m)
        while figure:  # several values of one word: `HRs were 0.93 (...) and 0.96 (...), respectively`
            n = _NEXT_RATIO.match(text, figure.end)
            if not n or not scan.free(*n.span("value")):
                break
            figure = scan.add(*n.span("value"), figure.statistic, governor=m.span())


def _speaks_of(ratio: str, text: str, words: set[str]) -> bool:
    """Whether a sentence may name the ratio in short."""
    capitals, forms = _SHORT_FORMS[ratio]
    return capitals in text and not forms.isdisjoint(words)


def _ratio_value(scan: Scan, m: re.Match[str]) -> Figure | None:
    """The first number behind the word, if the word governs it."""
    text, at = scan.text, m.end()
    limit = min(len(text), at + 150)
    for start, end, printed, _, behind in scan.left:
        if start < at:
            continue
        if start >= limit:
            return None
        gap = text[at:start]
        if ";" in gap.strip(" ;:,") or _ENDS_REACH.search(gap):
            return None
        if not scan.free(start, end):
            continue
        if _RATIO.search(gap) and not _IN_BRACKET.fullmatch(gap):
            return None  # a nearer word governs it
        if behind == "%" and "%" in text[end : end + 3] or _TIME_BEHIND.match(text, end) or not _plausible_ratio(printed):
            return None
        if len(gap) > 25 and not _LEADS_TO.search(gap):
            return None
        sign = _SIGN_AHEAD.search(gap)
        comparator = comparing_sign(sign.group().strip()) if sign else "="
        return scan.add(start, end, m.lastgroup or "ratio", governor=m.span(), comparator=comparator)
    return None


def _plausible_ratio(printed: str) -> bool:
    return "." in printed or number_of(printed) < 20
