"""The patients that a figure is about, and where the article says so.

Belongs here: the order of places that may hold a row's N. Does not: whether percent and N agree (trialmart/audit).

Nearest first: the figure's own cell or row, a block of the table that resets the denominator, the header, another place of the article
that prints one N for this arm and population, patients randomized for the ITT population. Where places disagree there is none.

Everything is compared as whole numbers (columns.py): `asking` are positions in twice the values, first each value for its own arm, then
each contrast for its comparator.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
import pandas as pd

from trialmart.facts.columns import Columns, dense

Array = np.ndarray
Found = tuple[Array, Array]  # which of those asking have an N, and the position of the value that prints it
_NAMES = ("arm_n", "arm_n_source", "arm_n_value_id", "reference_n", "reference_n_source", "reference_n_value_id")
_WITHOUT = ("ci_lower", "ci_upper", "ci_level", "p_value")


def arm_ns(columns: Columns, arm: pd.DataFrame, article_table: pd.DataFrame) -> pd.DataFrame:
    """arm_n, arm_n_source, arm_n_value_id, and of a contrast's comparator reference_n, ..., for each of the values that `columns` is of."""
    values, places = columns.frame, _Places(columns, article_table)
    asking = np.flatnonzero(np.tile(~places.columns.is_in("statistic", _WITHOUT), 2) & (places.who > 0))
    n, source, value_id = np.full(len(places.who), np.nan), np.full(len(places.who), None, object), np.full(len(places.who), None, object)
    ways: list[tuple[str, Callable[[_Places, Array], Found]]] = [
        ("row", _own), ("row", _same_row), ("block", _block), ("header", _header), ("other place of the article", _elsewhere),
    ]  # fmt: skip
    for name, way in ways:
        at, by = way(places, asking)
        real = places.value[by] > 0
        at, by = at[real], by[real]
        n[at], source[at], value_id[at] = places.value[by], name, places.ids[by]
        asking = asking[np.isnan(n[asking])]
    at, patients = _randomized(places, asking, arm)
    n[at], source[at] = patients, "randomized"
    found = (np.where(np.isnan(n), None, n), source, value_id)
    size = len(values)
    return pd.DataFrame(dict(zip(_NAMES, (*(column[:size] for column in found), *(column[size:] for column in found)), strict=True)), index=values.index)


class _Places:
    """What is asked about the place of each value. `who`: the arm (or all patients) that a value, or its comparator, is about; 0 if not told."""

    def __init__(self, columns: Columns, article_table: pd.DataFrame) -> None:
        self.columns, values = columns, columns.frame
        c, self.size = columns, len(columns)
        self.ids, self.value = values["value_id"].to_numpy(object), values["value"].to_numpy(float)
        self.row, self.column = (values[name].to_numpy(float) for name in ("row_index", "column_index"))
        self.population, self.timepoint = c.code("population"), c.code("timepoint")
        self.article, self.table = c.code("article_id"), c.combined("article_id", "table_id")
        arms = {name: at for at, name in enumerate(c.names("arm_id"), 1)}
        for name in c.names("reference_arm_id"):
            arms.setdefault(name, len(arms) + 1)
        self.arms, total = arms, len(arms) + 1
        against = np.array([0, *(arms[name] for name in c.names("reference_arm_id"))])[c.code("reference_arm_id")]
        own = np.where(c.is_in("scope", ("total",)), total, c.code("arm_id"))
        self.who = np.r_[own, np.where(c.is_in("scope", ("contrast",)), against, 0)]
        heads = dict(zip(zip(article_table["article_id"], article_table["table_id"], strict=True), article_table["n_header_rows"], strict=True))
        first = np.unique(self.table, return_index=True)[1]
        tables = zip(*(c.text(name)[first].tolist() for name in ("article_id", "table_id")), strict=True)
        n_heads = np.array([heads.get(table, np.nan) for table in tables], float)[self.table]
        with np.errstate(invalid="ignore"):
            above = self.row < n_heads
        self.is_n = c.is_in("statistic", ("n", "denominator")) & (self.value % 1 == 0)
        in_table = c.is_in("source_kind", ("table",))
        self.body, self.header, self.prose = in_table & ~above, in_table & above, ~in_table

    @cached_property
    def several_populations(self) -> Array:
        """Which values stand in a table whose body names more than one population."""
        told = self.body & (self.population > 0)
        pairs = np.unique(np.column_stack([self.table[told], self.population[told]]), axis=0)[:, 0]
        return (np.bincount(pairs, minlength=int(self.table.max(initial=0)) + 1) > 1)[self.table]

    def same(self, asking: Array, ns: Array, *codes: Array) -> Found:
        """Each pair of those asking and those N (positions of values) that have the same arm and the same codes; the N in order."""
        place, n_who = dense(*codes), int(self.who.max(initial=0)) + 1
        return _equal(asking, place[asking % self.size] * n_who + self.who[asking], ns, place[ns] * n_who + self.who[ns])


def _equal(asking: Array, key: Array, ns: Array, key_of_n: Array) -> Found:
    """Every pair of an asking value and an N whose keys are equal, in order of both."""
    order = np.argsort(key_of_n, kind="stable")
    ns, keys = ns[order], key_of_n[order]
    first = np.searchsorted(keys, key)
    times = np.searchsorted(keys, key, side="right") - first
    at = np.arange(times.sum()) + np.repeat(first - (np.cumsum(times) - times), times)
    return np.repeat(asking, times), ns[at]


def _agreed(places: _Places, at: Array, by: Array) -> Found:
    """Of pairs the first N of each asking value; none where an asking value has several that differ."""
    if not len(at):
        return at, by
    order = np.argsort(at, kind="stable")
    at, by = at[order], by[order]
    starts = np.flatnonzero(np.r_[True, np.diff(at) != 0])
    n = places.value[by]
    one = np.minimum.reduceat(n, starts) == np.maximum.reduceat(n, starts)
    return at[starts[one]], by[starts[one]]


def _of_first(ways: list[Found]) -> Found:
    """What the first of several ways finds."""
    at, by = (np.concatenate(part) for part in zip(*ways, strict=True))
    firsts = np.unique(at, return_index=True)[1]
    return at[firsts], by[firsts]


def _own(places: _Places, asking: Array) -> Found:
    """A denominator printed with the figure: in its cell, or tied to it (`3 of the 200 patients (1.5 %)`)."""
    ns = np.flatnonzero(places.is_n & places.columns.is_in("statistic", ("denominator",)))
    in_table = asking[places.columns.code("table_id")[asking % places.size] > 0]
    pairs = [places.same(in_table, ns[places.body[ns]], places.table, _whole(places.row), _whole(places.column))]
    estimates = places.columns.text("estimate_id")
    tied = ns[np.not_equal(estimates[ns], None)]
    code, names = pd.factorize(estimates[tied])
    known = dict(zip(names.tolist(), range(len(names)), strict=True))
    for ids in (places.ids, estimates) if len(tied) else ():
        own = np.array([known.get(each, -1) for each in ids.tolist()], np.int64)[asking % places.size]
        pairs.append(_equal(asking[own >= 0], own[own >= 0], tied, code))
    return _agreed(places, *(np.concatenate(part) for part in zip(*pairs, strict=True)))


def _whole(column: Array) -> Array:
    """Row or column numbers from 1; 0 where there is none."""
    return np.where(np.isnan(column), -1, column).astype(np.int64) + 1


def _same_row(places: _Places, asking: Array) -> Found:
    """An N column: the N of the same arm in the same row."""
    asking, ns = asking[places.body[asking % places.size]], np.flatnonzero(places.is_n & places.body)
    return _agreed(places, *places.same(asking, ns, places.table, _whole(places.row), places.population, places.timepoint))


def _block(places: _Places, asking: Array) -> Found:
    """The nearest row above that prints an N for the arm, where the figure's row stands under it."""
    ns = np.flatnonzero(places.is_n & places.body & places.columns.is_in("statistic", ("n",)))
    at, by = places.same(asking[places.body[asking % places.size]], ns, places.table, places.population, places.timepoint)
    own = at % places.size
    above = places.row[by] <= places.row[own]
    at, by, own = at[above], by[above], own[above]
    paths = places.columns.paths
    under = [paths[i][: max(len(paths[n]) - 1, 0)] == paths[n][:-1] for i, n in zip(own.tolist(), by.tolist(), strict=True)]
    at, by = at[np.array(under, bool)], by[np.array(under, bool)]
    nearest = np.full(len(places.who), -1.0)
    np.maximum.at(nearest, at, places.row[by])
    close = places.row[by] == nearest[at]
    return _agreed(places, at[close], by[close])


def _header(places: _Places, asking: Array) -> Found:
    """The N of the column header; where the arm has several in this table, that of the population and time, or of the very column."""
    ns = np.flatnonzero(places.is_n & places.header)
    at, by = places.same(asking[places.body[asking % places.size]], ns, places.table)
    own = at % places.size
    # Of two N above one column the lower is the column's; the upper one is of all columns below its header.
    here = places.column[own] == places.column[by]
    lowest = np.full(len(places.who), -1.0)
    np.maximum.at(lowest, at[here], places.row[by[here]])
    kept = ~here | (places.row[by] == lowest[at])
    at, by, own, here = at[kept], by[kept], own[kept], here[kept]
    population, of_n = places.population[own], places.population[by]
    same = (population == of_n) & (places.timepoint[own] == places.timepoint[by])
    # A header that does not name its population holds for a table with one, not for the blocks of a table with several.
    open_n = ((of_n == 0) & ~places.several_populations[own]) | (population == 0) | (population == of_n)
    return _of_first([_agreed(places, at[rule], by[rule]) for rule in (here & open_n, same, open_n)])


def _elsewhere(places: _Places, asking: Array) -> Found:
    """For figures of the prose: the one N that the article's table headers print for this arm and population."""
    ns = np.flatnonzero(places.is_n & places.header)
    asking = asking[places.prose[asking % places.size]]
    told = places.population[asking % places.size] > 0
    same = places.same(asking[told], ns, places.article, places.population)
    unsaid = places.same(asking[~told], ns, places.article)
    return _of_first([_agreed(places, *pairs) for pairs in (same, unsaid)])


def _randomized(places: _Places, asking: Array, arm: pd.DataFrame) -> tuple[Array, Array]:
    """For figures of the ITT population: the patients randomized to the arm. Returns (those asking, patients)."""
    asking = asking[places.columns.is_in("population", ("ITT",))[asking % places.size]]
    known: dict[tuple[str, int], float] = {}
    for article, name, n in zip(arm["article_id"], arm["arm_id"], arm["n_randomized"], strict=True):
        if name in places.arms:
            known.setdefault((article, places.arms[name]), n)
    articles = places.columns.text("article_id")[asking % places.size].tolist()
    n = np.array([known.get(pair, np.nan) for pair in zip(articles, places.who[asking].tolist(), strict=True)], float)
    with np.errstate(invalid="ignore"):
        real = n > 0
    return asking[real], n[real]
