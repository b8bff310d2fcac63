"""The state of reading one sentence: its numbers, which of them are understood already, and the words that govern the rest.

Belongs here: what every kind of figure needs to be read. Does not: any kind of figure (see prose_numbers for the list and the order).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from trialmart.extraction.prose_figures import COUNTING, DIGITS, UNIT, WORD, Figure, find_numbers, missing_reason, number_of, time_unit
from trialmart.extraction.prose_sentences import Sentence

_TEST_STATISTIC = re.compile(r"\b[tFzr]\s?[=(]|\bchi|\u03c72?\b|\bdf\b|\bCohen", re.IGNORECASE)
#: The words that tell what the number behind them is.
_GOVERNING = {
    word: kind
    for kind, words in {
        "median": "median medians",
        "mean": "mean means average averages averaged",
        "difference": "difference differences increment increments",
        "change": "change changes reduction reductions decrease decreases decreased decline declines declined increase increases increased improve improved improvement improvements",
        "rate": "rate rates incidence incidences proportion proportions percentage percentages prevalence frequency frequencies",
        "sd_stat": "kappa icc correlation correlations correlated coefficient coefficients auc cohen",
    }.items()
    for word in words.split()
}  # fmt: skip
ALL_RATIOS = frozenset(("hazard_ratio", "odds_ratio", "risk_ratio"))
_NUMBER_WORD = re.compile(rf"\b{WORD}\b")
_NEW_CLAUSE = re.compile(r";[^;]*\b(?:was|were|is|are)\b")
_LISTED_NUMBER = re.compile(
    rf"(?:\s*[(\[][^()\[\]]{{0,60}}[)\]])?\s*(?:,\s*and|,|and|or|vs\.?|versus|compared\s+with|as\s+compared\s+with|to|/|-)\s*(?:-\s?)?(?:{DIGITS})",
    re.IGNORECASE,
)
_ALPHA = re.compile(r"[a-z]+")


class Governor(NamedTuple):
    """A word that tells the statistic of the figures behind it."""

    lastgroup: str
    first: int
    last: int

    def start(self) -> int:
        return self.first

    def end(self) -> int:
        return self.last

    def span(self) -> tuple[int, int]:
        return self.first, self.last


_BRACKET = re.compile(r"\s*[(\[][^()\[\]]{0,60}[)\]]")


class Scan:
    """Reads one sentence. `figures` holds what was understood, in order of print."""

    def __init__(
        self,
        sentence: Sentence,
        masked: list[tuple[int, int]] | None = None,
        known_spread: str | None = None,
        ratios: frozenset[str] = ALL_RATIOS,
    ) -> None:
        self.text = text = sentence.text
        low = text.lower()
        self.low = low if len(low) == len(text) else text  # patterns without capitals run on it, much faster than with IGNORECASE
        self.ratios = ratios  # those that the article speaks of: HR is a heart rate in an article without hazards
        self.figures: list[Figure] = []
        self.taken = bytearray(len(self.text))
        self.words = set(_ALPHA.findall(self.low))
        self._count_starts: list[int] | None = None
        self._governors: list[Governor] | None = None
        self.spread = known_spread  # what a bare bracket after an estimate holds: ci, iqr, range, sd
        for start, end in masked or ():
            self.take(start, end)
        self.numbers = find_numbers(self.text)

    def free(self, start: int, end: int) -> bool:
        return self.taken.find(1, start, end) < 0

    def take(self, start: int, end: int) -> None:
        self.taken[start:end] = b"\x01" * (end - start)

    def add(self, start: int, end: int, statistic: str, **more: object) -> Figure:
        printed = self.text[start:end]
        value = more.pop("value", None)
        if value is None and "missing_reason" not in more:
            value = number_of(printed)
        figure = Figure(start, end, statistic, value, **more)  # type: ignore[arg-type]
        figure.opens = figure.opens or start
        figure.closes = figure.closes or end
        self.figures.append(figure)
        self.take(start, end)
        return figure

    def signed(self, m: re.Match[str], group: str, statistic: str, **more: object) -> Figure | None:
        """A number that may carry a minus, or a word in its place."""
        start, end = m.span(group)
        printed = self.text[start:end]
        if printed[:1].isalpha() or printed[:1] == "\u221e":
            if re.fullmatch(WORD, printed, re.IGNORECASE):
                return self.add(start, end, statistic, **more)
            return self.add(start, end, statistic, comparator=None, missing_reason=missing_reason(printed), **more)
        return self.add(
            start, end, statistic, value=number_of(printed.replace("-", "").strip()) * (-1 if printed.startswith("-") else 1), **more
        )

    def count_starts(self) -> list[int]:
        """Where a count may begin: at every number, and at every number word."""
        if self._count_starts is None:
            starts = [m.start() for m in self.numbers]
            if not COUNTING.isdisjoint(self.words):
                starts += [m.start() for m in _NUMBER_WORD.finditer(self.low)]
            self._count_starts = sorted(starts)
        return self._count_starts

    def governor(self, at: int) -> Governor | None:
        """The last word before `at` that tells a statistic, in the same part of the sentence."""
        if self._governors is None:
            told = _GOVERNING.keys().isdisjoint(self.words)
            self._governors = (
                []
                if told
                else [Governor(kind, m.start(), m.end()) for m in _ALPHA.finditer(self.low) if (kind := _GOVERNING.get(m.group()))]
            )
            if "=" in self.text or "\u03c7" in self.low or "chi" in self.low:
                self._governors += [Governor("sd_stat", m.start(), m.end()) for m in _TEST_STATISTIC.finditer(self.text)]
                self._governors.sort(key=lambda g: g.first)
        last = None
        for m in self._governors:
            if m.start() >= at:
                break
            if m.lastgroup == "rate" and last is not None and last.lastgroup in ("median", "mean") and m.start() - last.end() < 60:
                continue
            if (
                m.lastgroup == "change"
                and last is not None
                and last.lastgroup in ("mean", "median", "difference")
                and m.start() - last.end() < 60
            ):
                continue
            if m.lastgroup == "difference" and last is not None and last.lastgroup == "mean" and m.start() - last.end() < 40:
                continue
            last = m
        if last is not None and _NEW_CLAUSE.search(self.text, last.end(), at):
            return None
        return last

    def unit(self, end: int) -> str | None:
        """The unit behind a number, or behind the last number of its list (`2.8 vs. 4.2 months`, `-7.0 (-7.9, -6.0), ... mmol/mol`)."""
        text = self.text
        m = UNIT.match(text, end)
        if m:
            return m["time"] and time_unit(m["time"]) or m["other"]
        listed = _LISTED_NUMBER.match(text, end)
        if listed and listed.end() < len(text):
            return self.unit(listed.end())
        bracket = _BRACKET.match(text, end)
        if bracket:
            m = UNIT.match(text, bracket.end())
            return (m["time"] and time_unit(m["time"]) or m["other"]) if m else None
        return None

    def with_sign(self, start: int, end: int) -> tuple[int, int]:
        if "-" not in self.text[max(0, start - 2) : start]:
            return start, end
        m = re.search(r"(?:^|(?<=[\s(\[,;=:/]))-\s?$", self.text[:start])
        if (
            m
            and not re.search(r"[\w)\]]\s-\s$", self.text[:start])
            or m
            and re.search(r"\b(?:of|was|were|by|to|and|is|vs\.?|versus)\s-\s?$", self.text[:start])
        ):
            return m.start(), end
        return start, end
