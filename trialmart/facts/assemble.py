"""Published values of one kind to rows of a typed table: one row a fact, each figure with the value it was taken from.

Belongs here: what is the same for all typed tables: which values make one row, which of several prints of a fact is taken, ids. Does not:
what the key of a table is (the modules beside it).

A fact printed twice is one row: table before results before abstract, with all value_ids. Two places that have the same key and print
figures that cannot be the same number stay two rows, the later one with a note: which is meant is not ours to guess.

Written on arrays, a few for each column: an article's tables have tens of rows, and there a frame's own bookkeeping costs more than the work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from trialmart.facts.keys import codes, mapped, nth, row_ids

Array = np.ndarray
_SECTIONS = {"results": 1, "abstract": 2, "discussion": 3}


def rank(values: pd.DataFrame) -> Array:
    """Which print of a fact is taken first: tables (0), results (1), abstract (2), discussion (3), footnotes and all others (4)."""
    prose = mapped(values["section"], lambda section: _SECTIONS.get(section, 4), 4).astype(int)
    kind = values["source_kind"].to_numpy(object)
    return np.where(kind == "table", 0, np.where(kind == "footnote", 4, prose))


def assemble(
    values: pd.DataFrame, table: str, key: Sequence[str], figures: Sequence[str], carried: Sequence[str] = (), keep: Mapping[str, str] = {}
) -> pd.DataFrame:  # fmt: skip
    """Rows of a typed table.

    values: one row a published value with the columns of `key` (already filled, hashable or None), `figure` (the column of the typed
    table that it fills), `fact` (its fact key) and the published columns. carried: columns taken from the row's first value that has
    them. keep: typed column -> published column to carry per figure, such as {"percent_comparator": "percent.comparator"}.
    """
    if not len(values):
        figure_columns = [name for figure in figures for name in (figure, f"{figure}_value_id")]
        return pd.DataFrame(columns=["row_id", "article_id", "table_id", *key, *carried, *figure_columns, *keep, "value_ids", "note"])
    facts = _facts(values, key, figures)
    column = {name: values[name].to_numpy(object)[facts.order] for name in {"article_id", "table_id", "value_id", *key, *carried}}
    head = facts.first_of_row
    out: dict[str, Array | list] = {name: _none(column[name][facts.namesake]) for name in ("article_id", "table_id", *key)}
    for name in carried:
        out[name] = _first_known(facts, column[name])
    value = values["value"].to_numpy(float)[facts.order]
    for place, name in enumerate(figures):
        row, at = facts.cells(place)
        out[name], out[f"{name}_value_id"] = np.full(len(head), np.nan), np.full(len(head), None, object)
        out[name][row], out[f"{name}_value_id"][row] = value[at], column["value_id"][at]  # type: ignore[index]
    for name, source in keep.items():
        figure, own = source.split(".")
        row, at = facts.cells(list(figures).index(figure))
        out[name] = np.full(len(head), None, object)
        out[name][row] = _none(values[own].to_numpy(object)[facts.order][at])  # type: ignore[index]
    ids, ends = column["value_id"].tolist(), [*head[1:].tolist(), len(facts.order)]
    out["value_ids"] = [ids[start:end] for start, end in zip(head.tolist(), ends, strict=True)]
    out["note"] = _notes(values, facts, figures)
    own = pd.DataFrame({name: out[name] for name in ("article_id", *key)} | {"occurrence": facts.occurrence[head]})
    return pd.DataFrame({"row_id": row_ids(own, table, [*key, "occurrence"])} | out)


@dataclass
class _Facts:
    """Values in the order (row, rank of print, article), with what each belongs to. Arrays of shape (values,) in that order."""

    order: Array  # places in the frame
    row: Array
    figure: Array  # place in the list of figures
    occurrence: Array
    n_figures: int
    first_of_row: Array  # shape (rows,)
    namesake: Array  # shape (rows,): the value whose key the row has; one that repeats another's fact may say less of it

    def __post_init__(self) -> None:
        self._cell, self._at = np.unique(self.row * self.n_figures + self.figure, return_index=True)

    def cells(self, figure: int) -> tuple[Array, Array]:
        """Rows that have this figure, and the place of the value that each takes: the first in the order."""
        own = self._cell % self.n_figures == figure
        return self._cell[own] // self.n_figures, self._at[own]

    @property
    def taken(self) -> Array:
        """For each value, the place of the value that its row takes for its figure."""
        return self._at[np.searchsorted(self._cell, self.row * self.n_figures + self.figure)]


def _facts(values: pd.DataFrame, key: Sequence[str], figures: Sequence[str]) -> _Facts:
    """Which values make one row."""
    n = len(values)
    keys = codes(*(values[name] for name in ("article_id", *key)))
    figure = pd.Categorical(values["figure"], categories=list(figures)).codes.astype(np.int64)
    if figure.min() < 0:
        raise ValueError("a value fills no figure of the table")
    ranks = rank(values)
    place = _places(values, keys, figure)
    _join_dependents(values, keys, place)
    moved = _join_repeats(values, keys, place, figure)
    occurrence = _occurrences(values, keys, place, figure, ranks, moved)
    row = codes(keys, occurrence)
    order = np.lexsort((np.arange(n), ranks, row))
    first = np.flatnonzero(np.r_[True, np.diff(row[order]) != 0])
    own = np.flatnonzero(~moved[order])
    namesake = own[np.unique(row[order][own], return_index=True)[1]]
    return _Facts(order, row[order], figure[order], occurrence[order], len(figures), first, namesake)


def _places(values: pd.DataFrame, keys: Array, figure: Array) -> Array:
    """Number of the physical place that a value's fact is printed in: a grid row for tables; in prose the nth print of a figure."""
    kind = codes(values["source_kind"])
    prose = (values["source_kind"] != "table").to_numpy()
    section, table = codes(values["section"]), codes(values["table_id"])
    line = np.where(prose, -1, values["row_index"].astype(float).fillna(-1).to_numpy())
    times = np.where(prose, nth(codes(keys, figure, section, kind)), nth(codes(keys, figure, table, line)))
    return codes(keys, np.where(prose, -1, table), line, times, np.where(prose, section, -1))


def _join_dependents(values: pd.DataFrame, keys: Array, place: Array) -> None:
    """Moves limits, p values, percents to the key and place of the estimate that they belong to: never to a neighbour's."""
    here = np.arange(len(values))
    at = pd.Index(values["value_id"]).get_indexer(pd.Index(values["estimate_id"]))
    at = np.where(at < 0, here, at)
    at = at[at]  # a limit of a percent of a count
    for array in (keys, place):
        array[:] = array[at]


def _join_repeats(values: pd.DataFrame, keys: Array, place: Array, figure: Array) -> Array:
    """Moves a value that repeats another one's fact to that one's key, place and figure. Returns which moved."""
    here = np.arange(len(values))
    at = pd.Index(values["value_id"]).get_indexer(pd.Index(values["fact"]))
    at = np.where(at < 0, here, at)
    at = np.where((at[at] == here) & (here < at), here, at)  # of two that name each other the first stays
    for _ in range(3):  # a repeat of a repeat
        at = at[at]
    moved = (at != here) & (at[at] == at)
    for array in (keys, place, figure):
        array[moved] = array[at[moved]]
    return moved


def _occurrences(values: pd.DataFrame, keys: Array, place: Array, figure: Array, ranks: Array, moved: Array) -> Array:
    """0 for places that can be the same fact as the first print of their key; 1, 2, ... for those that contradict it."""
    value = values["value"].to_numpy(float)
    low, high = (np.where(np.isnan(end), value, end) for end in (values[name].to_numpy(float) for name in ("value_low", "value_high")))
    judged = np.flatnonzero(~moved & ~np.isnan(value))
    judged = judged[np.lexsort((judged, ranks[judged]))]
    _, first, back = np.unique(keys[judged] * (int(figure.max()) + 1) + figure[judged], return_index=True, return_inverse=True)
    lead = judged[first][back]
    differs = (low[judged] > high[lead] + 1e-9) | (high[judged] < low[lead] - 1e-9)
    # A sentence that says all that the table's row says, population too, speaks of that row, also where it prints another figure.
    differs &= ~((ranks[lead] == 0) & (ranks[judged] > 0) & values["population"].notna().to_numpy()[judged])
    apart = np.unique(place[judged[differs]])
    key_of = np.zeros(int(place.max()) + 1, np.int64)
    key_of[place] = keys
    number = np.zeros(int(place.max()) + 1, np.int64)
    number[apart] = nth(key_of[apart]) + 1
    return number[place]


def _none(column: Array) -> Array:
    """The column with None for every kind of missing."""
    missing = pd.isna(column)
    return np.where(missing, None, column) if missing.any() else column


def _first_known(facts: _Facts, column: Array) -> Array:
    """Row by row the first value that is there."""
    known = np.flatnonzero(~pd.isna(column))
    result = np.full(len(facts.first_of_row), None, object)
    row, at = np.unique(facts.row[known], return_index=True)
    result[row] = column[known[at]]
    return result


def _notes(values: pd.DataFrame, facts: _Facts, figures: Sequence[str]) -> list[str | None]:
    """What the extraction resolved, repeats that print another figure, and rows that share their key with another."""
    notes: dict[int, list[str]] = {}
    column = {name: values[name].to_numpy(object)[facts.order] for name in ("note", "printed", "section")}
    value = values["value"].to_numpy(float)[facts.order]
    ends = (values[name].to_numpy(float)[facts.order] for name in ("value_low", "value_high"))
    low, high = (np.where(np.isnan(end), value, end) for end in ends)
    for at in np.flatnonzero(~pd.isna(column["note"])):
        notes.setdefault(int(facts.row[at]), []).append(column["note"][at])
    taken = facts.taken
    for at in np.flatnonzero((low > high[taken] + 1e-9) | (high < low[taken] - 1e-9)):
        where = column["section"][at] if isinstance(column["section"][at], str) else "a note"
        notes.setdefault(int(facts.row[at]), []).append(f"{figures[facts.figure[at]]} is printed as {column['printed'][at]} in {where}")
    for row in np.flatnonzero(facts.occurrence[facts.first_of_row] > 0):
        notes.setdefault(int(row), []).append("another place of the article prints other figures under the same labels")
    scope, arm = (values[name].to_numpy(object)[facts.order][facts.namesake] for name in ("scope", "arm_id"))
    for row in np.flatnonzero((scope == "arm") & pd.isna(arm)):
        notes[int(row)] = ["the text does not tell the arm"]
    return ["; ".join(dict.fromkeys(notes[row])) if row in notes else None for row in range(len(facts.first_of_row))]
