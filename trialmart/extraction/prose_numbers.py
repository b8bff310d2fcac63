"""The figures of a sentence, read by how they are set: `160 of the 400 patients (40.0%)`, `HR 0.70 (95% CI, 0.50 to 0.98)`, `8.2% [n = 36]`.

Belongs here: the order in which the kinds of figures are read, what is set unmistakably first. Does not: any kind itself (prose_limits,
prose_p_values, prose_ratios, prose_counts, prose_percents, prose_estimates; prose_masks for numbers that are none), which arm, endpoint or
population they speak of (prose_attribution, prose_meaning), and what the article planned (prose_design).
"""

from __future__ import annotations

from trialmart.extraction.prose_counts import read_after_arms, read_counts, read_words
from trialmart.extraction.prose_estimates import read_governed
from trialmart.extraction.prose_figures import COUNTING, DIGITS, EVENTS, NOUNS, WORD, Figure, number_of
from trialmart.extraction.prose_limits import read_bracket_pairs, read_limits, read_plus_minus, read_spreads
from trialmart.extraction.prose_masks import mask
from trialmart.extraction.prose_p_values import read_p_values
from trialmart.extraction.prose_percents import read_percents
from trialmart.extraction.prose_ratios import ratios_of, read_ratios
from trialmart.extraction.prose_scan import ALL_RATIOS, Scan
from trialmart.extraction.prose_sentences import Sentence

__all__ = ["COUNTING", "DIGITS", "EVENTS", "NOUNS", "WORD", "Figure", "Scan", "number_of", "ratios_of", "read", "read_after_arms"]


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
    if len(scan.figures) > 1:
        scan.figures.sort(key=lambda f: f.start)
    return scan


def _read_digits(scan: Scan) -> None:
    read_limits(scan)
    read_p_values(scan)
    read_spreads(scan)
    mask(scan)
    if not scan.left and COUNTING.isdisjoint(scan.words):
        return
    read_plus_minus(scan)
    read_ratios(scan)
    read_bracket_pairs(scan)
    read_counts(scan)
    read_percents(scan)
    read_governed(scan)
