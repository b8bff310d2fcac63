"""The state of reading one sentence: its numbers, which of them are understood already, and the words that govern the rest.

Belongs here: what every kind of figure needs to be read. Does not: any kind of figure (see prose_numbers for the list and the order).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from trialmart.extraction.prose_figures import COUNTING, DIGITS, UNIT, WORD, Figure, Number, find_numbers, number_of, time_unit, word_before
from trialmart.extraction.prose_figures import missing_reason as reason_of
from trialmart.extraction.prose_sentences import Sentence
from trialmart.extraction.prose_words import places

_AREA = re.compile(r"(?<![a-z])auc(?![a-z])")  # `AUC0-24` is one word
_TEST_STATISTIC = re.compile(r"\b[tFzr]\s?[=(]|\bchi(?![a-z])|\u03c72?\b|\bdf\b|\bCohen", re.IGNORECASE)
_TEST_SIGNS = frozenset("t f z r df cohen cohens".split())
#: The words that tell what the number behind them is.
_GOVERNING = {
    word: kind
    for kind, words in {
        "median": "median medians",
        "mean": "mean means average averages averaged",
        "difference": "difference differences increment increments",
        "change": "change changes reduction reductions decrease decreases decreased decline declines declined increase increases increased improve improved improvement improvements",
        "rate": "rate rates incidence incidences proportion proportions percentage percentages prevalence frequency frequencies probability probabilities likelihood majority",
        "number": "number numbers",
        "sd_stat": "kappa icc correlation correlations correlated coefficient coefficients cohen",
    }.items()
    for word in words.split()
}  # fmt: skip
_GOVERNING_WORDS = frozenset(_GOVERNING)
#: A word that tells a figure's statistic itself keeps a weaker one behind it from doing so: `mean change`, `median rate`, within so many characters.
_OUTRANKED = {
    "rate": (("median", "mean"), 60),
    "change": (("mean", "median", "difference"), 60),
    "number": (("mean", "median", "difference", "change", "rate"), 60),
    "difference": (("mean",), 40),
}
ALL_RATIOS = frozenset(("hazard_ratio", "odds_ratio", "risk_ratio"))
_NUMBER_WORD = re.compile(rf"\b{WORD}\b")
_TOLD_ALREADY = re.compile(r"\b(?:was|were)\s[^,;]{0,25}\d|,\s+(?:and\s+)?the\s")  # `mean age was 56 years, and the majority ...`
_NEW_CLAUSE = re.compile(r";[^;]*\b(?:was|were|is|are)\b")
_LISTED_NUMBER = re.compile(
    rf"(?:\s*[(\[][^()\[\]]{{0,60}}[)\]])?\s*(?:,\s*and|,|and|or|vs\.?|versus|compared\s+with|as\s+compared\s+with|to|/|-)\s*(?:-\s?)?(?:{DIGITS})",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\s*[(\[][^()\[\]]{0,60}[)\]]")
_MINUS_AHEAD = re.compile(r"(?:^|(?<=[\s(\[,;=:/]))-\s?$")
_RANGE_AHEAD = re.compile(r"[\w)\]]\s-\s$")
_MINUS_BEHIND_WORD = re.compile(r"\b(?:of|was|were|by|to|and|is|vs\.?|versus)\s-\s?$")


class Governor(NamedTuple):
    """A word that tells the statistic of the figures behind it, and where it stands."""

    kind: str
    start: int
    end: int

    def span(self) -> tuple[int, int]:
        return self.start, self.end


class Scan:
    """Reads one sentence. `figures` holds what was understood, in order of print."""

    def __init__(
        self,
        sentence: Sentence,
        masked: list[tuple[int, int]] | None = None,
        known_spread: str | None = None,
        ratios: frozenset[str] = ALL_RATIOS,
    ) -> None:
        self.text, self.low, self.words = sentence.text, sentence.low, sentence.words
        self.ratios = ratios  # those that the article speaks of: HR is a heart rate in an article without hazards
        self.figures: list[Figure] = []
        self.taken = bytearray(len(self.text))
        self._number_words: list[int] | None = None
        self._quantities: list[tuple[int, str]] | None = None
        self._governors: list[Governor] | None = None
        self.spread = known_spread  # what a bare bracket after an estimate holds: ci, iqr, range, sd
        for start, end in masked or ():
            self.take(start, end)
        self.left: list[Number] = []  # numbers that the mask left free: any figure but limits and p values is one of them
        self.numbers = find_numbers(self.text, self.low) if sentence.digits else []

    def free(self, start: int, end: int) -> bool:
        return self.taken.find(1, start, end) < 0

    def take(self, start: int, end: int) -> None:
        self.taken[start:end] = b"\x01" * (end - start)

    def add(
        self,
        start: int,
        end: int,
        statistic: str,
        value: float | None = None,
        missing_reason: str | None = None,
        opens: int = 0,
        closes: int = 0,
        unit: str | None = None,
        owner: Figure | None = None,
        exact: bool = False,
        comparator: str | None = "=",
        governor: tuple[int, int] | None = None,
        sides: int | None = None,
        method: str | None = None,
        keep: dict[str, object] | None = None,
    ) -> Figure:
        """Understands the characters [start, end) as a figure and takes them. Its fields one by one: this is called for every figure."""
        if value is None and missing_reason is None:
            value = number_of(self.text[start:end])
        opens, closes, keep = opens or start, closes or end, {} if keep is None else keep
        figure = Figure(
            start, end, statistic, value, comparator, unit, owner, missing_reason, sides, method, None, exact, governor, closes, opens, keep
        )
        self.figures.append(figure)
        self.taken[start:end] = b"\x01" * (end - start)
        return figure

    def signed(self, m: re.Match[str], group: str, statistic: str, **more: object) -> Figure | None:
        """A number that may carry a minus, or a word in its place."""
        start, end = m.span(group)
        printed = self.text[start:end]
        if printed[:1].isalpha() or printed[:1] == "\u221e":
            if _NUMBER_WORD.fullmatch(printed.lower()):
                return self.add(start, end, statistic, **more)
            return self.add(start, end, statistic, comparator=None, missing_reason=reason_of(printed), **more)
        return self.add(
            start, end, statistic, value=number_of(printed.replace("-", "").strip()) * (-1 if printed.startswith("-") else 1), **more
        )

    def number_words(self) -> list[int]:
        """Where the words stand that a number in words may begin with, `no` and `none` among them."""
        if self._number_words is None:
            self._number_words = sorted(at for word in COUNTING & self.words for at in places(self.low, word))
        return self._number_words

    def quantities(self) -> list[tuple[int, str]]:
        """Where a count may begin, and the word before: every number that is left, and every number in words."""
        if self._quantities is None:
            self._quantities = [(n.start, n.word) for n in self.left]
            if not COUNTING.isdisjoint(self.words):
                last = 0
                for at in self.number_words():
                    m = _NUMBER_WORD.match(self.low, at) if at >= last else None
                    if m:
                        self._quantities.append((at, word_before(self.low, at)))
                        last = m.end()
                self._quantities.sort()
        return self._quantities

    def governor(self, at: int) -> Governor | None:
        """The last word before `at` that tells a statistic, in the same part of the sentence."""
        if self._governors is None:
            self._governors = self._find_governors()
        last = None
        for governor in self._governors:
            if governor.start >= at:
                break
            last = governor
        if last is not None and ";" in self.text[last.end : at] and _NEW_CLAUSE.search(self.text, last.end, at):
            return None
        return last

    def _find_governors(self) -> list[Governor]:
        found = [Governor(_GOVERNING[word], at, at + len(word)) for word in _GOVERNING_WORDS & self.words for at in places(self.low, word)]
        if "=" in self.text or "\u03c7" in self.low or "chi" in self.low:
            found += self._test_statistics()
        if "auc" in self.low:
            found += [Governor("sd_stat", m.start(), m.end()) for m in _AREA.finditer(self.low)]
        found.sort(key=lambda g: g.start)
        kept: list[Governor] = []
        for governor in found:
            stronger, reach = _OUTRANKED.get(governor.kind, ((), 0))
            if kept and kept[-1].kind in stronger and governor.start - kept[-1].end < reach:
                if not _TOLD_ALREADY.search(self.low, kept[-1].end, governor.start):
                    continue
            kept.append(governor)
        return kept

    def _test_statistics(self) -> list[Governor]:
        """Where `t =`, `F(`, `chi`, `df` and the like stand."""
        starts = [at for word in _TEST_SIGNS & self.words for at in places(self.low, word)]
        for sign in ("chi", "\u03c7"):
            at = self.low.find(sign)
            while at >= 0:
                starts.append(at)
                at = self.low.find(sign, at + 1)
        matches = (_TEST_STATISTIC.match(self.text, at) for at in starts)
        return [Governor("sd_stat", m.start(), m.end()) for m in matches if m]

    def unit(self, end: int) -> str | None:
        """The unit behind a number, or behind the last number of its list (`2.8 vs. 4.2 months`, `-7.0 (-7.9, -6.0), ... mmol/mol`)."""
        text = self.text
        behind = text[end : end + 9].lstrip()[:1]
        if behind.isalpha() or behind == "-":
            m = UNIT.match(text, end)
            if m:
                return m["time"] and time_unit(m["time"]) or m["other"]
        elif behind not in _LISTING:
            return None
        listed = _LISTED_NUMBER.match(text, end) if self.numbers and self.numbers[-1].start >= end else None
        if listed and listed.end() < len(text):
            return self.unit(listed.end())
        bracket = _BRACKET.match(text, end) if behind in _OPENING else None
        if bracket:
            m = UNIT.match(text, bracket.end())
            return (m["time"] and time_unit(m["time"]) or m["other"]) if m else None
        return None

    def with_sign(self, start: int, end: int) -> tuple[int, int]:
        """The number with the minus before it, where that is one and no dash of a range or a word."""
        if "-" not in self.text[max(0, start - 2) : start]:
            return start, end
        head = self.text[max(0, start - 12) : start]
        m = _MINUS_AHEAD.search(head)
        if m and (not _RANGE_AHEAD.search(head) or _MINUS_BEHIND_WORD.search(head)):
            return m.start() + start - len(head), end
        return start, end


_OPENING = frozenset("([")
_LISTING = frozenset("([,/-")  # what a list of numbers goes on with, but for words
