"""The figures of a sentence, read by how they are set: `160 of the 444 patients (36.0%)`, `HR 0.58 (95% CI, 0.46 to 0.72)`, `8.2% [n = 36]`.

Belongs here: the order in which the kinds of figures are read, what is set unmistakably first. Does not: any kind itself (prose_limits,
prose_p_values, prose_ratios, prose_counts, prose_percents, prose_estimates; prose_masks for numbers that are none), which arm, endpoint or
population they speak of (prose_attribution, prose_meaning), and what the article planned (prose_design).
"""

from __future__ import annotations

import re

from trialmart.extraction.prose_counts import read_after_arms, read_counts, read_words
from trialmart.extraction.prose_estimates import read_governed
from trialmart.extraction.prose_figures import DIGITS, EVENTS, NOUNS, WORD, Figure, number_of
from trialmart.extraction.prose_limits import read_bracket_pairs, read_limits, read_plus_minus, read_spreads
from trialmart.extraction.prose_masks import mask
from trialmart.extraction.prose_p_values import read_p_values
from trialmart.extraction.prose_percents import read_percents
from trialmart.extraction.prose_ratios import ratios_of, read_ratios
from trialmart.extraction.prose_scan import ALL_RATIOS, Scan
from trialmart.extraction.prose_sentences import Sentence, holds

__all__ = ["DIGITS", "EVENTS", "NOUNS", "WORD", "Figure", "Scan", "number_of", "ratios_of", "read", "read_after_arms"]

_SIGNS = re.compile(r"[=<>\u2264\u2265]|less|greater|value|\\[lg]e|of")
_SPREAD_NAMED = re.compile(r"[(\[\u00b1]\s*(?:\u00b1\s*)?(SD|SEM|SE)\s*[)\]]")
_LIMITS_NAMED = ("CI", "onfidence", "redib", "C.I")
_SPREADS_NAMED = ("rang", "Rang", "SD", "SE", "S.D", "IQR", "Q.R", "quartile", "tandard")


def read(
    sentence: Sentence,
    masked: list[tuple[int, int]] | None = None,
    known_spread: str | None = None,
    ratios: frozenset[str] = ALL_RATIOS,
) -> Scan:
    """The sentence's figures, in order of print, in `Scan.figures`.

    `masked`: places that hold none. `known_spread`: what bare brackets hold since an earlier sentence said so. `ratios`: those that the
    article speaks of by name.
    """
    scan = Scan(sentence, masked, known_spread, ratios)
    if scan.numbers:
        _read_digits(scan)
    read_words(scan)
    scan.figures.sort(key=lambda f: f.start)
    return scan


def _read_digits(scan: Scan) -> None:
    text = scan.text
    if holds(text, _LIMITS_NAMED):
        read_limits(scan)
    if ("p" in text or "P" in text or "ignificance" in text) and _SIGNS.search(text):
        read_p_values(scan)
    if holds(text, _SPREADS_NAMED):
        read_spreads(scan)
    named = _SPREAD_NAMED.search(text) if scan.spread is None and "(" in text else None
    if named:
        scan.spread = "sd" if named.group(1).upper().startswith("SD") else "se"
    mask(scan)
    if holds(text, ("\u00b1", "+/-", "pm")):
        read_plus_minus(scan)
    if holds(text, ("R", "atio", "elative")):
        read_ratios(scan)
    read_bracket_pairs(scan)
    read_counts(scan)
    if holds(text, ("%", "percent", "per cent")):
        read_percents(scan)
    read_governed(scan)
