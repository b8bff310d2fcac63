"""The published values as the rules see them: arrays, row labels, denominators, pairs of count and percent.

Belongs here: what several rules need and is worked out once for all articles of a batch. Does not: a judgement (each family of rules has a
file of its own) and anything that depends on which article it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from trialmart.facts.columns import Columns, dense
from trialmart.facts.labels import clean
from trialmart.facts.matching import CONFIDENT, estimate_positions, match

SIZES = ("denominator", "n")


def _dense(article: np.ndarray, code: np.ndarray) -> np.ndarray:
    """A number from 0 for each code of an article; -1 where it has none."""
    return dense(np.where(code > 0, article * (int(code.max(initial=0)) + 1) + code, 0)) - bool((code == 0).any())


def _integers(frame: pd.DataFrame, name: str) -> np.ndarray:
    return pd.to_numeric(frame[name]).astype(float).fillna(-1).to_numpy().astype(np.int64)


def share_gap(count: np.ndarray, size: np.ndarray, percent: np.ndarray, decimals: np.ndarray) -> np.ndarray:
    """How far a count over its size is from the printed percent: 0 within rounding, 1 within one unit of the last place more, 2 beyond, 3 unknown.

    Whole-number arithmetic, so that a tie counts as within: |100·n/N − p| ≤ ½·10⁻ᵈ is |200·n·10ᵈ − 2·P·N| ≤ N for P = p·10ᵈ.
    """
    known = np.isfinite(count) & np.isfinite(size) & np.isfinite(percent) & (size > 0) & (decimals >= 0)
    n, total, places = (np.where(known, x, 1).astype(np.int64) for x in (count, size, decimals))
    scale = 10 ** np.clip(places, 0, 6)
    printed = np.where(known, np.rint(np.where(known, percent, 0) * scale), 0).astype(np.int64)
    off = np.abs(200 * n * scale - 2 * printed * total)
    return np.where(known, np.where(off <= total, 0, np.where(off <= 3 * total, 1, 2)), 3)


@lru_cache(maxsize=50_000)
def _is_measured(label: str) -> bool:
    """A label with a figure in it (`Age ≥65, years`) may be a level, whose figures are patients."""
    text, unit = clean(label)
    return unit is not None and unit not in ("days", "score", "points") and not any(map(str.isdigit, text))


@dataclass(frozen=True)
class Pairs:
    """A count and the percent printed with it; positions in the evidence's arrays."""

    count: np.ndarray
    percent: np.ndarray


class Plain(NamedTuple):
    """Columns as lists, for what is worked out one figure at a time: there plain numbers are several times quicker than an array's."""

    value: list[float]
    decimals: list[int]
    row: list[int]


class Evidence:
    """All values of a batch of articles, with what the rules need to know about each. `x[i]` below is about value number i."""

    def __init__(self, values: pd.DataFrame, arms: pd.DataFrame, tables: pd.DataFrame, observations: pd.DataFrame) -> None:
        self.values = values if isinstance(values.index, pd.RangeIndex) else values.reset_index(drop=True)
        self.arms, self.tables, self.observations = arms, tables, observations
        v = self.values
        self.columns = c = Columns(v)
        article, table = c.code("article_id"), c.code("table_id")
        total, arm = c.is_in("scope", ("total",)), np.where(c.is_in("scope", ("contrast", "trial")), 0, c.code("arm_id"))
        self.id = c.text("value_id")
        self.article = c.text("article_id")
        self.source = c.text("source_kind")
        self.statistic = c.text("statistic")
        self.table_id = c.text("table_id")
        self.arm_id = c.text("arm_id")
        self.reference = c.text("reference_arm_id")
        self.scope = c.text("scope")
        self.printed = c.text("printed")
        self.comparator = c.text("comparator")
        self.endpoint = c.text("endpoint")
        self.population = c.text("population")
        self.grade = c.text("grade")
        self.timepoint = c.text("timepoint")
        self.subgroup = c.text("subgroup")
        self.assessor = c.text("assessor")
        self.section = c.text("section")
        self.estimate_id = c.text("estimate_id")
        self.path = c.paths
        self.value = pd.to_numeric(v["value"]).to_numpy(float)
        self.decimals = np.maximum(_integers(v, "decimals"), 0)  # a number in words has none
        self.low = pd.to_numeric(v["value_low"]).to_numpy(float)
        self.high = pd.to_numeric(v["value_high"]).to_numpy(float)
        self.row, self.column = _integers(v, "row_index"), _integers(v, "column_index")
        self.assumed = v["is_assumption"].fillna(False).to_numpy(bool) if "is_assumption" in v else np.zeros(len(v), bool)
        self.sided = pd.to_numeric(v["sides"]).to_numpy(float) if "sides" in v else np.full(len(v), np.nan)
        self.in_table = c.is_in("source_kind", ("table",)) & (self.row >= 0) & (table > 0)
        self.article_code = article - 1
        self.table = _dense(article, table)
        self.who = _dense(article, np.where(total, len(c.names("arm_id")) + 1, arm))  # arm of an article, or its total; -1 where neither
        self.shared: dict[str, Any] = {}  # what one rule worked out and another may use

    def __len__(self) -> int:
        return len(self.id)

    @cached_property
    def plain(self) -> Plain:
        return Plain(self.value.tolist(), self.decimals.tolist(), self.row.tolist())

    @cached_property
    def by_article(self) -> dict[str, np.ndarray]:
        """The positions of each article's values."""
        order = np.argsort(self.article_code, kind="stable")
        parts = np.split(order, np.flatnonzero(np.diff(self.article_code[order])) + 1)
        return {self.article[part[0]]: part for part in parts if len(part)}

    def of(self, *statistics: str) -> np.ndarray:
        """Which values are of one of these statistics."""
        return self.columns.is_in("statistic", statistics)

    @cached_property
    def position(self) -> dict[str, int]:
        return dict(zip(self.id.tolist(), range(len(self)), strict=True))

    @cached_property
    def estimate(self) -> np.ndarray:
        """The position of the estimate that each value belongs to; its own where it is none's or its own."""
        return estimate_positions(self.values, self.columns, self.position)

    @cached_property
    def dependents(self) -> dict[int, dict[str, int]]:
        """For each estimate: the limits, p value, percent ... that belong to it, by statistic."""
        found: dict[int, dict[str, int]] = {}
        theirs = np.flatnonzero(self.estimate != np.arange(len(self)))
        for i, estimate, statistic in zip(theirs.tolist(), self.estimate[theirs].tolist(), self.statistic[theirs].tolist(), strict=True):
            found.setdefault(estimate, {}).setdefault(statistic, i)
        return found

    @cached_property
    def limited(self) -> np.ndarray:
        """Which values have both of their limits printed."""
        every = np.arange(len(self))
        limits = (self.linked(name, every) for name in ("ci_lower", "ci_upper"))
        return np.logical_and.reduce([(at >= 0) & np.isfinite(self.value[at]) for at in limits])

    def linked(self, statistic: str, of: np.ndarray) -> np.ndarray:
        """The position of the value of this statistic that belongs to each of the estimates `of`; -1 where there is none."""
        mine = np.flatnonzero(self.of(statistic) & (self.estimate != np.arange(len(self))))
        where = np.full(len(self), -1, np.int64)
        where[self.estimate[mine][::-1]] = mine[::-1]
        return where[of]

    @cached_property
    def cell(self) -> np.ndarray:
        """A number from 0 for each table cell; -1 outside tables."""
        inside = np.where(self.in_table, 1, 0)
        return dense(inside * (self.table + 1), inside * (self.row + 1), inside * (self.column + 2)) - int(not self.in_table.all())

    @cached_property
    def line(self) -> np.ndarray:
        """A number from 0 for each row of a table; all values outside tables have one."""
        inside = np.where(self.in_table, 1, 0)
        return dense(inside * (self.table + 1), inside * (self.row + 1))

    @cached_property
    def is_header(self) -> np.ndarray:
        """Whether a value stands in its table's header rows."""
        n_header = {(a, t): n for a, t, n in self.tables[["article_id", "table_id", "n_header_rows"]].itertuples(index=False)}
        return self.in_table & (self.row < np.nan_to_num(self._of_table(n_header, 1).astype(float), nan=1))

    @cached_property
    def kind(self) -> np.ndarray:
        """The kind of table that each value stands in; None outside tables."""
        kinds = {(a, t): k for a, t, k in self.tables[["article_id", "table_id", "kind"]].itertuples(index=False)}
        return self._of_table(kinds, None)

    def _of_table(self, known: dict[tuple[str, str], Any], otherwise: Any) -> np.ndarray:
        """What is known of each value's table, looked up once a table."""
        first = np.unique(self.table, return_index=True)[1]
        by_table = np.full(int(self.table.max(initial=-1)) + 2, otherwise, object)
        for i in first.tolist():
            if self.table[i] >= 0:
                by_table[self.table[i]] = known.get((self.article[i], self.table_id[i]), otherwise)
        return by_table[self.table]

    @cached_property
    def table_label(self) -> dict[tuple[str, str], str]:
        return {(a, t): label or t for a, t, label in self.tables[["article_id", "table_id", "label"]].itertuples(index=False)}

    @cached_property
    def arm_label(self) -> dict[tuple[str, str], str]:
        return {(a, arm): label for a, arm, label in self.arms[["article_id", "arm_id", "label"]].itertuples(index=False)}

    @cached_property
    def randomized(self) -> dict[tuple[str, str], int]:
        known = self.arms[self.arms["n_randomized"].notna()]
        return {(a, arm): int(n) for a, arm, n in known[["article_id", "arm_id", "n_randomized"]].itertuples(index=False)}

    @cached_property
    def arms_randomized(self) -> dict[str, dict[str, int]]:
        """The number randomized to each arm, by article."""
        found: dict[str, dict[str, int]] = {}
        for (article, arm), n in self.randomized.items():
            found.setdefault(article, {})[arm] = n
        return found

    @cached_property
    def members(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """Arms that a pooled arm is made of."""
        rows = self.arms[["article_id", "arm_id", "members"]].itertuples(index=False)
        return {(a, arm): tuple(m) for a, arm, m in rows if m is not None and not isinstance(m, float) and len(m)}

    @cached_property
    def matched(self) -> pd.DataFrame:
        """The same fact in several places (facts/matching.py)."""
        return match(self.values, self.estimate, self.columns)

    @cached_property
    def table_place(self) -> dict[int, int]:
        """For each figure of the prose the table place that surely prints the same fact, and the same figure."""
        keys, sure = self.matched["fact_key"].to_numpy(object), self.matched["confidence"].to_numpy(float)
        found = {}
        for i in np.flatnonzero((sure >= CONFIDENT) & ~self.in_table & (keys != self.id)).tolist():
            there = self.position[keys[i]]
            if self.in_table[there] and self.value[i] == self.value[there]:
                found[i] = there
        return found

    # pairs of count and percent

    @cached_property
    def pairs(self) -> Pairs:
        """Each percent with the count that it belongs to: by its estimate, else the only count of its cell."""
        percent = np.flatnonzero(self.of("percent") & np.isfinite(self.value))
        count = self._in_order(percent, self.estimate[percent])
        linked = (count != percent) & self.of("count", "n_events")[count]
        alone = percent[~linked & (self.cell[percent] >= 0)]
        counts = np.flatnonzero(self.of("count") & self.in_table & np.isfinite(self.value))
        n_percents = np.bincount(self.cell[percent] + 1)
        only = alone[n_percents[self.cell[alone] + 1] == 1]
        found = self._sole(self.cell, counts)[only]
        only, found = only[found >= 0], found[found >= 0]
        exact = (self.comparator[percent] == "=") & self._whole[count] & ~self.measured[percent]
        plain = (self.comparator[only] == "=") & self._whole[found] & ~self.measured[only]
        percents = np.r_[percent[linked & exact], only[plain]]
        counts = np.r_[count[linked & exact], found[plain]]
        order = np.argsort(percents, kind="stable")
        return Pairs(counts[order], percents[order])

    @cached_property
    def measured(self) -> np.ndarray:
        """Values in a row whose label tells the unit of a measurement (`Age, years`), whatever else its figures were taken for."""
        return np.fromiter((bool(path) and _is_measured(path[-1]) for path in self.path), bool, len(self))

    def _sole(self, code: np.ndarray, of: np.ndarray) -> np.ndarray:
        """For each value the only one of the values `of` that has its code (from -1); -1 where there is none, or several."""
        size = int(code.max(initial=-1)) + 2
        times, where = np.bincount(code[of] + 1, minlength=size), np.full(size, -1, np.int64)
        where[code[of] + 1] = of
        return np.where(times == 1, where, -1)[code + 1]

    def _in_order(self, percent: np.ndarray, count: np.ndarray) -> np.ndarray:
        """In a cell of several counts and as many percents (`25/21 (54.3/45.7)`) the first belongs to the first, the second to the second."""
        counts = np.flatnonzero(self.of("count") & self.in_table)
        n_counts, n_percents = (pd.Series(self.cell[x]).value_counts() for x in (counts, percent))
        several = n_counts[n_counts > 1].index.intersection(n_percents[n_percents > 1].index)
        several = [c for c in several if c >= 0 and n_counts[c] == n_percents[c]]
        if not several:
            return count
        result = count.copy()
        wanted = np.isin(self.cell[percent], several)
        by_cell = {c: counts[self.cell[counts] == c] for c in several}
        seen: dict[int, int] = {}
        for k in np.flatnonzero(wanted).tolist():
            cell = int(self.cell[percent[k]])
            result[k] = by_cell[cell][seen.get(cell, 0)]
            seen[cell] = seen.get(cell, 0) + 1
        return result

    @cached_property
    def _whole(self) -> np.ndarray:
        """Values that can be a count: whole, not negative, printed without decimals."""
        with np.errstate(invalid="ignore"):
            return (self.value >= 0) & (self.decimals <= 0) & (self.value == np.floor(self.value))

    @cached_property
    def counts(self) -> np.ndarray:
        """Positions of the counts in table bodies whose arm (or total) is known."""
        return np.flatnonzero(self.of("count") & self.in_table & ~self.is_header & self._whole & (self.who >= 0))

    # denominators

    @cached_property
    def sizes(self) -> dict[str, np.ndarray]:
        """For each value the position of the printed N that could be its denominator; -1 where there is none.

        own: in the same cell or linked; row: another cell of the row; block: a row above in the body; header: the column's.
        """
        none = np.full(len(self), -1, np.int64)
        is_size = self.of(*SIZES) & np.isfinite(self.value) & (self.value > 0)
        body = is_size & self.in_table & ~self.is_header
        return {
            "own": self._own_size(is_size),
            "row": self._row_size(body),
            "block": self._block_size(body),
            "header": self._header_size(is_size & self.is_header & (self.who >= 0)) if is_size.any() else none,
        }

    def _own_size(self, is_size: np.ndarray) -> np.ndarray:
        own = self.linked("denominator", np.arange(len(self)))
        estimates = self.estimate
        own = np.where(own >= 0, own, own[estimates])
        sizes = np.flatnonzero(is_size & self.in_table & ~self.is_header)
        own = np.where((own < 0) & (self.cell >= 0), self._sole(self.cell, sizes), own)
        return np.where(is_size, -1, own)

    def _row_size(self, body: np.ndarray) -> np.ndarray:
        sizes = np.flatnonzero(body & (self.who >= 0))
        found = self._sole(dense(self.table + 1, self.row + 1, self.who + 1), sizes)
        same_cell = (found >= 0) & (self.cell[np.maximum(found, 0)] == self.cell)
        return np.where(same_cell | body | ~self.in_table, -1, found)

    def _block_size(self, body: np.ndarray) -> np.ndarray:
        """The nearest row above that prints a lone N for the arm, where the value's row stands under it or at its level."""
        alone = np.bincount(self.cell + 1)
        sizes = np.flatnonzero(body & (self.who >= 0))
        sizes = sizes[alone[self.cell[sizes] + 1] == 1]
        result = np.full(len(self), -1, np.int64)
        if not len(sizes):
            return result
        looking = np.flatnonzero(self.in_table & (self.who >= 0) & ~body & ~self.is_header)
        # first the size in the value's own column, then one of its arm anywhere in the row
        for group in (dense(self.table + 1, self.who + 1, self.column + 2), dense(self.table + 1, self.who + 1)):
            looking = looking[result[looking] < 0]
            for i, size in zip(*self._above(sizes, looking, group), strict=True):
                above, mine = self.path[size], self.path[i]
                level = len(above) - 1
                if mine[:level] == above[:level]:
                    result[i] = size
        return result

    def _above(self, sizes: np.ndarray, looking: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For each value looked at the nearest size in a row above in its group: (values, their sizes)."""
        span = int(self.row.max()) + 2
        sizes = sizes[np.lexsort((self.row[sizes], group[sizes]))]
        keys = group[sizes] * span + self.row[sizes]
        at = np.searchsorted(keys, group[looking] * span + self.row[looking], side="left") - 1
        found = sizes[np.maximum(at, 0)]
        ok = (at >= 0) & (group[found] == group[looking])
        return looking[ok], found[ok]

    def _header_size(self, header: np.ndarray) -> np.ndarray:
        """The arm's N in the header: of the value's column or the nearest column on its left (a header cell may span several)."""
        sizes = np.flatnonzero(header)
        result = np.full(len(self), -1, np.int64)
        if not len(sizes):
            return result
        group = dense(self.table + 1, self.who + 1)
        span = int(self.column.max()) + 2
        sizes = sizes[np.lexsort((self.row[sizes], self.column[sizes], group[sizes]))]
        keys = group[sizes] * span + self.column[sizes]
        looking = np.flatnonzero(self.in_table & (self.who >= 0) & ~header)
        key = group[looking] * span + self.column[looking]
        left = np.searchsorted(keys, key, side="right") - 1
        right = np.minimum(left + 1, len(sizes) - 1)
        left = np.maximum(left, 0)
        fits_left, fits_right = (group[sizes[side]] == group[looking] for side in (left, right))
        result[looking] = np.where(fits_left, sizes[left], np.where(fits_right, sizes[right], -1))
        return result

    @cached_property
    def row_counts(self) -> dict[tuple[int, int, int], list[int]]:
        """Counts that stand without a percent, by table, row and arm."""
        paired = set(self.pairs.count.tolist())
        found: dict[tuple[int, int, int], list[int]] = {}
        for i in self.counts.tolist():
            if i not in paired:
                found.setdefault((int(self.table[i]), int(self.row[i]), int(self.who[i])), []).append(i)
        return found

    @cached_property
    def arm_sizes(self) -> dict[int, dict[int, str]]:
        """Every N that the article prints for an arm (or for the total), with where it stands: alternatives when the nearest does not fit."""
        found: dict[int, dict[int, str]] = {}
        sizes = np.flatnonzero(self.of(*SIZES) & (self.who >= 0) & np.isfinite(self.value) & (self.value > 0) & ~self.assumed)
        for i, who, n in zip(sizes.tolist(), self.who[sizes].tolist(), self.value[sizes].astype(np.int64).tolist(), strict=True):
            known = found.setdefault(who, {})
            if n not in known:
                known[n] = self.where(i)
        named = np.flatnonzero((self.who >= 0) & pd.notna(self.arm_id) & (self.scope != "total"))
        named = named[np.unique(self.who[named], return_index=True)[1]]
        codes = {(self.article[i], self.arm_id[i]): self.who[i] for i in named.tolist()}
        for key, n in self.randomized.items():
            if key in codes:
                found.setdefault(int(codes[key]), {}).setdefault(n, "the number randomized")
        return found

    @cached_property
    def randomized_size(self) -> np.ndarray:
        """The number randomized to each value's arm; the sum over arms for a total; NaN where the article does not tell."""
        total: dict[str, float] = {}
        for (article, arm), n in self.randomized.items():
            if (article, arm) not in self.members:
                total[article] = total.get(article, 0) + n
        by_who = np.full(int(self.who.max(initial=-1)) + 2, np.nan)
        for i in np.unique(self.who, return_index=True)[1].tolist():
            if self.who[i] >= 0:
                by_who[self.who[i]] = total.get(self.article[i], np.nan) if self.scope[i] == "total" else self._arm_size((self.article[i], self.arm_id[i]))
        sizes = by_who[self.who]
        return sizes

    def is_exact_row(self, i: int) -> bool:
        """Whether a table row prints one p value only, so that it is clear what it is about."""
        return self._p_values.get((int(self.table[i]), int(self.row[i])), 0) == 1

    @cached_property
    def _p_values(self) -> dict[tuple[int, int], int]:
        found: dict[tuple[int, int], int] = {}
        for i in np.flatnonzero(self.of("p_value") & self.in_table):
            key = (int(self.table[i]), int(self.row[i]))
            found[key] = found.get(key, 0) + 1
        return found

    def _arm_size(self, arm: tuple[str, str]) -> float:
        """The number randomized to an arm; of a pooled arm the sum over its members."""
        if arm in self.randomized:
            return self.randomized[arm]
        return sum(self.randomized.get((arm[0], member), np.nan) for member in self.members.get(arm, ())) or np.nan

    # words for explanations

    def where(self, i: int) -> str:
        """Where a value is printed, in words."""
        if self.source[i] == "table" or self.table_id[i] is not None:
            label = self.table_label.get((self.article[i], self.table_id[i]), self.table_id[i])
            if self.source[i] == "footnote":
                return f"a note to {label}"
            if self.path[i]:
                return f"{label}, row “{' > '.join(self.path[i])}”"
            return f"{label}, header" if self.row[i] >= 0 and self.is_header[i] else f"{label}"
        if self.section[i] in ("results", "discussion", "methods", "introduction"):
            return f"the {self.section[i]} section"
        return "the abstract" if self.section[i] == "abstract" else "the text"

    def arm_name(self, i: int) -> str:
        """The arm (or contrast) that a value is about, in words."""
        if self.scope[i] == "total":
            return "all patients"
        label = self.arm_label.get((self.article[i], self.arm_id[i]), self.arm_id[i])
        if self.scope[i] == "contrast":
            return "the comparison" if label is None else f"{label} against {self.arm_label.get((self.article[i], self.reference[i]), 'the other arm')}"
        return str(label) if label is not None else "an arm that is not told"

    def fact(self, i: int) -> str:
        """What a value is about, in words: its term, arm and grade."""
        term = self.endpoint[i] or (self.path[i][-1] if self.path[i] else None) or self.statistic[i]
        grade = f", grade {self.grade[i]}" if self.grade[i] not in (None, "any") else ""
        return f"{term}{grade} ({self.arm_name(i)})"

    def shown(self, i: int) -> str:
        """A value as the page shows it, with its sign and percent mark."""
        if self.statistic[i] == "p_value":
            return f"P {self.comparator[i] or '='} {self.printed[i]}"
        sign = self.comparator[i] if self.comparator[i] not in (None, "=") else ""
        return f"{sign}{self.printed[i]}{'%' if self.statistic[i] in ('percent', 'km_percent') else ''}"
