"""Published values of one kind to rows of a typed table: one row a fact, each figure with the value it was taken from.

Belongs here: what is the same for all typed tables: which values make one row, which of several prints of a fact is taken, ids. Does not:
what the key of a table is (the modules beside it).

A fact printed twice is one row: table before results before abstract, with all value_ids. Two places that have the same key and print
figures that cannot be the same number stay two rows, the later one with a note: which is meant is not ours to guess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from trialmart.facts.keys import codes, row_ids

_SECTIONS = {"results": 1, "discussion": 3, "abstract": 2}
INTEGERS = {"n", "n_events", "reference_n_events"}


def rank(values: pd.DataFrame) -> np.ndarray:
    """Which print of a fact is taken first: tables (0), results (1), abstract (2), discussion (3), footnotes and all others (4)."""
    prose = values["section"].map(_SECTIONS).fillna(4).to_numpy()
    return np.where(values["source_kind"] == "table", 0, np.where(values["source_kind"] == "footnote", 4, prose))


def assemble(
    values: pd.DataFrame, table: str, key: Sequence[str], figures: Sequence[str], carried: Sequence[str] = (), keep: Mapping[str, str] = {}
) -> pd.DataFrame:  # fmt: skip
    """Rows of a typed table.

    values: one row a published value with the columns of `key` (already filled, hashable or None), `figure` (the column of the typed
    table that it fills), `fact` (its fact key) and the published columns. carried: columns taken from the row's first value that has
    them. keep: typed column -> published column to carry per figure, such as {"percent_comparator": "percent.comparator"}.
    """
    if not len(values):
        return pd.DataFrame(
            columns=["row_id", "article_id", "table_id", *key, *carried, *_figure_columns(figures), *keep, "value_ids", "note"]
        )
    rows = _rows(values, key)
    rows = rows.sort_values(["row", "rank", "order"], kind="stable")
    first = rows.drop_duplicates(["row", "figure"])
    heads = rows.drop_duplicates("row").set_index("row")
    out = pd.DataFrame({name: heads[name] for name in ("article_id", "table_id", *key, "occurrence")})
    for name in carried:
        known = rows[rows[name].notna()].drop_duplicates("row").set_index("row")[name]
        out[name] = known.reindex(out.index).astype(object).where(lambda s: s.notna(), None)
    for name in figures:
        own = first[first["figure"] == name].set_index("row")
        out[name] = own["value"].reindex(out.index).astype(float)
        out[f"{name}_value_id"] = own["value_id"].reindex(out.index).astype(object).where(lambda s: s.notna(), None)
    for name, source in keep.items():
        figure, column = source.split(".")
        own = first[first["figure"] == figure].set_index("row")[column]
        out[name] = own.reindex(out.index).astype(object).where(lambda s: s.notna(), None)
    out["value_ids"] = rows.groupby("row", sort=True)["value_id"].agg(list).reindex(out.index)
    out["note"] = _notes(rows, first, out)
    out = out.sort_index().reset_index(drop=True)
    out.insert(0, "row_id", row_ids(out, table, [*key, "occurrence"]))
    return out.drop(columns="occurrence")


def _figure_columns(figures: Sequence[str]) -> list[str]:
    return [name for figure in figures for name in (figure, f"{figure}_value_id")]


def _rows(values: pd.DataFrame, key: Sequence[str]) -> pd.DataFrame:
    """The values with the number of the row that each belongs to (`row`) and which of several rows of its key that is (`occurrence`)."""
    rows = values.assign(rank=rank(values), order=np.arange(len(values)))
    rows["key"] = codes(*(rows[name].astype(object).where(rows[name].notna(), None) for name in ("article_id", *key)))
    rows["place"] = _places(rows)
    _join_repeats(rows)
    occurrence = _occurrences(rows)
    rows["occurrence"] = occurrence
    # Rows in the order of the article: by the first value of their key.
    rows["row"] = codes(rows["key"], rows["occurrence"])
    return rows


def _places(rows: pd.DataFrame) -> np.ndarray:
    """Number of the physical place that a value's fact is printed in: a grid row for tables; in prose the nth print of a figure."""
    prose = (rows["source_kind"] != "table").to_numpy()
    nth = rows.groupby(["key", "figure", "section", "source_kind"], dropna=False, sort=False).cumcount().to_numpy()
    return codes(
        rows["key"], np.where(prose, "", rows["table_id"].fillna("")), np.where(prose, -1, rows["row_index"].astype(float).fillna(-1)),
        np.where(prose, nth, _nth_cell(rows)), np.where(prose, rows["section"].fillna(""), ""),
    )  # fmt: skip


def _nth_cell(rows: pd.DataFrame) -> np.ndarray:
    """Within one grid row, the nth print of the same figure under the same key."""
    return rows.groupby(["key", "figure", "table_id", "row_index"], dropna=False, sort=False).cumcount().to_numpy()


def _join_repeats(rows: pd.DataFrame) -> None:
    """A value that repeats another one's fact moves to that one's key, place and figure."""
    repeated = (rows["fact"] != rows["value_id"]).to_numpy()
    base = rows.drop_duplicates("value_id").set_index("value_id")[["key", "place", "figure"]]
    there = base.reindex(rows["fact"])
    moved = repeated & there["key"].notna().to_numpy()
    for name in ("key", "place", "figure"):
        rows[name] = np.where(moved, there[name].to_numpy(), rows[name].to_numpy())
    rows["key"], rows["place"] = rows["key"].astype(int), rows["place"].astype(int)
    rows["moved"] = moved


def _occurrences(rows: pd.DataFrame) -> np.ndarray:
    """0 for places that can be the same fact as the first print of their key; 1, 2, ... for those that contradict it."""
    low = rows["value_low"].astype(float).fillna(rows["value"]).to_numpy()
    high = rows["value_high"].astype(float).fillna(rows["value"]).to_numpy()
    judged = rows.assign(low=low, high=high)[~rows["moved"].to_numpy()].sort_values(["rank", "order"], kind="stable")
    leading = judged.drop_duplicates(["key", "figure"]).set_index(["key", "figure"])[["low", "high", "rank"]]
    leading_rank = leading.pop("rank")
    lead = leading.reindex(pd.MultiIndex.from_frame(judged[["key", "figure"]])).to_numpy(float)
    differs = ~((judged["low"].to_numpy() <= lead[:, 1] + 1e-9) & (lead[:, 0] <= judged["high"].to_numpy() + 1e-9))
    differs &= judged["value"].notna().to_numpy() & ~np.isnan(lead[:, 0])
    # A sentence that says all that the table's row says, population too, speaks of that row, also where it prints another figure.
    led_by_table = leading_rank.reindex(pd.MultiIndex.from_frame(judged[["key", "figure"]])).to_numpy() == 0
    differs &= ~(led_by_table & (judged["rank"] > 0).to_numpy() & judged["population"].notna().to_numpy())
    apart = judged.assign(differs=differs).groupby(["key", "place"], sort=False)["differs"].any()
    apart = apart[apart].reset_index()[["key", "place"]]
    apart["occurrence"] = apart.groupby("key").cumcount() + 1
    found = rows[["key", "place"]].merge(apart, on=["key", "place"], how="left")["occurrence"]
    return found.fillna(0).astype(int).to_numpy()


def _notes(rows: pd.DataFrame, first: pd.DataFrame, out: pd.DataFrame) -> pd.Series:
    """What the extraction resolved, repeats that print another figure, and rows that share their key with another."""
    notes: dict[int, list[str]] = {}
    told = rows[rows["note"].notna()].drop_duplicates(["row", "note"])
    for row, note in zip(told["row"], told["note"], strict=True):
        notes.setdefault(row, []).append(note)
    taken = first.set_index(["row", "figure"])[["value", "value_low", "value_high"]]
    lead = taken.reindex(pd.MultiIndex.from_frame(rows[["row", "figure"]])).to_numpy(float)
    low, high = (rows[name].astype(float).fillna(rows["value"]).to_numpy() for name in ("value_low", "value_high"))
    differs = (low > np.where(np.isnan(lead[:, 2]), lead[:, 0], lead[:, 2]) + 1e-9) | (
        high < np.where(np.isnan(lead[:, 1]), lead[:, 0], lead[:, 1]) - 1e-9
    )
    other = rows[differs]
    for row, figure, printed, where in zip(other["row"], other["figure"], other["printed"], other["section"].fillna("a note"), strict=True):
        notes.setdefault(row, []).append(f"{figure} is printed as {printed} in {where}")
    for row in out.index[out["occurrence"] > 0]:
        notes.setdefault(row, []).append("another place of the article prints other figures under the same labels")
    return pd.Series({row: "; ".join(dict.fromkeys(texts)) for row, texts in notes.items()}, dtype=object).reindex(out.index).where(
        lambda s: s.notna(), None
    )  # fmt: skip
