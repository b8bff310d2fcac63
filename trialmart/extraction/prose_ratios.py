"""Hazard, odds and risk ratios: `HR 0.58`, `odds ratio of 1.9 and 2.3`.

Belongs here: the number that such a word governs. Does not: its limits (prose_limits).
"""

from __future__ import annotations

import re

from trialmart.extraction.prose_figures import DIGITS, NOUNS, TIME, Figure, comparing_sign, number_of
from trialmart.extraction.prose_scan import Scan
from trialmart.extraction.prose_sentences import holds

_RATIO = re.compile(
    r"(?P<hazard_ratio>\b(?:(?:[Aa]djusted|unadjusted|stratified|crude|pooled|multivariate|multivariable)\s+)?[Hh]azards?[\s-]+[Rr]atios?\b|\ba?HRs?\b(?![-+])(?!QoL))"
    r"|(?P<odds_ratio>\b[Oo]dds[\s-]+[Rr]atios?\b|\ba?ORs?\b(?![-+]))"
    r"|(?P<risk_ratio>\b(?:[Rr]elative|[Rr]isk)[\s-]+(?:risks?|ratios?)(?:\s+reduction)?\b|\brelative\s+rates?\b|\b(?:incidence\s+)?rate\s+ratios?\b|\bRRs?\b(?![-+\s]?int)|\bIRRs?\b)"
)
_NEXT_RATIO = re.compile(
    rf"\s*(?:[(\[][^()\[\]]*[)\]])?(?:\s+for\s+[\w\s-]{{1,40}}?)?\s*(?:,\s*and|,|and|vs\.?|versus)\s+(?P<value>{DIGITS})(?!\d|\.\d|\s?%|\s?-\s?\d|\s*(?:{TIME}|{NOUNS}))",
    re.IGNORECASE,
)


def ratios_of(body: str) -> frozenset[str]:
    """Which ratios an article speaks of by their full names."""
    low = body.lower()
    named = {
        "hazard_ratio": ("hazard",),
        "odds_ratio": ("odds",),
        "risk_ratio": ("relative risk", "risk ratio", "relative rate", "rate ratio"),
    }
    return frozenset(ratio for ratio, words in named.items() if holds(low, words))


def read_ratios(scan: Scan) -> None:
    text = scan.text
    for m in _RATIO.finditer(text) if scan.ratios else ():
        if m.lastgroup not in scan.ratios:
            continue
        if (
            m.lastgroup == "odds_ratio"
            and m.group() == "OR"
            and re.search(r"[A-Z]\s*$|^\s*[A-Z]{2}", text[: m.start()][-2:] + text[m.end() :][:3])
        ):
            continue
        figure = _ratio_value(scan, m)
        while figure:  # several values of one word: `HRs were 0.93 (...) and 0.96 (...), respectively`
            n = _NEXT_RATIO.match(text[figure.end :])
            if not n or not scan.free(figure.end + n.start("value"), figure.end + n.end("value")):
                break
            figure = scan.add(figure.end + n.start("value"), figure.end + n.end("value"), figure.statistic, governor=m.span())


def _ratio_value(scan: Scan, m: re.Match[str]) -> Figure | None:
    text, at = scan.text, m.end()
    limit = min(len(text), at + 150)
    for number in scan.numbers:
        if number.start() < at:
            continue
        if number.start() >= limit:
            return None
        gap = text[at : number.start()]
        if ";" in gap.strip(" ;:,") or re.search(r"\.\s|\bp\s?[=<]", gap):
            return None
        if not scan.free(number.start(), number.end()):
            continue
        if _RATIO.search(gap) and not re.fullmatch(r"\s*[(\[]\s*[\w]+\s*[)\]].*", gap, re.DOTALL):
            return None  # a nearer word governs it
        after = text[number.end() : number.end() + 3]
        if (
            after.lstrip().startswith("%")
            or re.match(rf"\s*{TIME}", text[number.end() : number.end() + 10])
            or not _plausible_ratio(number.group())
        ):
            return None
        if len(gap) > 25 and not re.search(r"\b(?:was|were|of|is|[=:,;(])\s*(?:also\s+)?$|[=:,;(\[]\s*$|\b(?:was|were|of)\b", gap):
            return None
        sign = re.search(r"[<>\u2264\u2265]\s*$", gap)
        return scan.add(
            number.start(),
            number.end(),
            m.lastgroup or "ratio",
            governor=m.span(),
            comparator=comparing_sign(sign.group().strip()) if sign else "=",
        )
    return None


def _plausible_ratio(printed: str) -> bool:
    return "." in printed or number_of(printed) < 20
