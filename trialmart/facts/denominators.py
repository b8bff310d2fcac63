"""The patients that a figure is about, and where the article says so.

Belongs here: the order of places that may hold a row's N. Does not: whether percent and N agree (trialmart/audit).

Nearest first: the figure's own cell or row, a block of the table that resets the denominator, the header, another place of the article
that prints one N for this arm and population, patients randomized for the ITT population. Where places disagree there is none.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

_FOUND = ["arm_n", "arm_n_source", "arm_n_value_id"]


def arm_ns(values: pd.DataFrame, arm: pd.DataFrame, article_table: pd.DataFrame) -> pd.DataFrame:
    """arm_n, arm_n_source, arm_n_value_id, and of a contrast's comparator reference_n, ..., for each value; index as `values`."""
    frame = _prepare(values, article_table)
    against = np.flatnonzero((values["scope"] == "contrast").to_numpy() & values["reference_arm_id"].notna().to_numpy())
    comparator = frame.iloc[against].assign(who=values["reference_arm_id"].to_numpy(object)[against])
    asking = pd.concat([frame, comparator.set_axis(len(frame) + against)])
    asking = asking[asking["asks"] & (asking["who"] != "")]
    found = np.full((2 * len(frame), len(_FOUND)), None, dtype=object)
    for places in (_own, _same_row, _block, _header, _elsewhere, _randomized(arm)):
        asking = asking[pd.isna(found[asking.index, 0])]
        if len(asking):
            hits = places(asking, frame)
            hits = hits[hits["arm_n"].notna() & (hits["arm_n"] > 0)]
            found[hits.index.to_numpy(int)] = hits[_FOUND].to_numpy(object)
    names = [*_FOUND, *(name.replace("arm_n", "reference_n") for name in _FOUND)]
    return pd.DataFrame(np.hstack([found[: len(frame)], found[len(frame) :]]), columns=names, index=values.index)


def _randomized(arm: pd.DataFrame) -> Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]:
    """For figures of the ITT population: the patients randomized to the arm."""
    known = arm.drop_duplicates(["article_id", "arm_id"]).set_index(["article_id", "arm_id"])["n_randomized"]

    def find(asking: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
        asking = asking[asking["population"] == "ITT"]
        n = known.reindex(pd.MultiIndex.from_frame(asking[["article_id", "who"]])).to_numpy()
        return pd.DataFrame({"arm_n": n, "arm_n_source": "randomized", "arm_n_value_id": None}, index=asking.index)

    return find


def _prepare(values: pd.DataFrame, article_table: pd.DataFrame) -> pd.DataFrame:
    names = ["value_id", "article_id", "table_id", "row_index", "column_index", "row_path", "population", "timepoint", "statistic",
             "estimate_id", "value", "source_kind"]  # fmt: skip
    frame = values[names].reset_index(drop=True)
    for name in ("population", "timepoint"):
        frame[name] = frame[name].astype(object).where(frame[name].notna(), "")
    frame["row_index"] = frame["row_index"].astype(float)
    frame["column_index"] = frame["column_index"].astype(float)
    total = (values["scope"] == "total").to_numpy()
    frame["who"] = np.where(total, "(total)", values["arm_id"].astype(object).where(values["arm_id"].notna(), "").to_numpy())
    heads = article_table.drop_duplicates(["article_id", "table_id"]).set_index(["article_id", "table_id"])["n_header_rows"]
    frame["n_header_rows"] = heads.reindex(pd.MultiIndex.from_frame(frame[["article_id", "table_id"]])).to_numpy(float)
    frame["is_n"] = frame["statistic"].isin(("n", "denominator")) & (frame["value"] % 1 == 0)
    in_header = frame["row_index"] < frame["n_header_rows"]
    frame["place"] = np.where(frame["source_kind"] != "table", "prose", np.where(in_header, "header", "body"))
    body = frame["population"].where((frame["place"] == "body") & (frame["population"] != ""))
    frame["at_populations"] = body.groupby([frame["article_id"], frame["table_id"].fillna("")]).transform("nunique")
    frame["asks"] = ~frame["statistic"].isin(("ci_lower", "ci_upper", "ci_level", "p_value"))
    return frame


def _as_found(pairs: pd.DataFrame, source: str) -> pd.DataFrame:
    """Pairs of an asking value (`at`) and its N; none where an asking value has several that differ."""
    if not len(pairs):
        return pd.DataFrame(columns=_FOUND)
    told = pairs.groupby("at", sort=False)["n"].nunique()
    pairs = pairs[pairs["at"].map(told).eq(1)].drop_duplicates("at").set_index("at")
    return pd.DataFrame({"arm_n": pairs["n"], "arm_n_source": source, "arm_n_value_id": pairs["n_id"]})


def _pairs(asking: pd.DataFrame, ns: pd.DataFrame, on: list[str], more: list[str] = []) -> pd.DataFrame:  # noqa: B006
    left = asking[[*on, *[name for name in more if name not in on]]].assign(at=asking.index)
    right = ns[[*on, *[name for name in more if name not in on]]].assign(n=ns["value"].to_numpy(), n_id=ns["value_id"].to_numpy(object))
    return left.merge(right, on=on, suffixes=("", "_of_n"))


def _own(asking: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """A denominator printed with the figure: in its cell, or tied to it (`3 of the 222 patients (1.4 %)`)."""
    ns = frame[frame["is_n"] & (frame["statistic"] == "denominator")]
    cell = _pairs(
        asking[asking["table_id"].notna()], ns[ns["place"] == "body"], ["article_id", "table_id", "row_index", "column_index", "who"]
    )
    tied = []
    for name in ("value_id", "estimate_id"):
        keyed = asking[asking[name].notna()]
        tied.append(_pairs(keyed.assign(tie=keyed[name]), ns[ns["estimate_id"].notna()].assign(tie=ns["estimate_id"]), ["tie"]))
    return _as_found(pd.concat([cell[["at", "n", "n_id"]], *[t[["at", "n", "n_id"]] for t in tied]]), "row")


def _same_row(asking: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """An N column: the N of the same arm in the same row."""
    ns = frame[frame["is_n"] & (frame["place"] == "body")]
    pairs = _pairs(asking[asking["place"] == "body"], ns, ["article_id", "table_id", "row_index", "who", "population", "timepoint"])
    return _as_found(pairs[["at", "n", "n_id"]] if len(pairs) else pairs, "row")


def _block(asking: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """The nearest row above that prints an N for the arm, where the figure's row stands under it."""
    ns = frame[frame["is_n"] & (frame["statistic"] == "n") & (frame["place"] == "body")]
    more = ["row_index", "row_path", "population", "timepoint", "column_index", "value"]
    pairs = _pairs(asking[asking["place"] == "body"], ns, ["article_id", "table_id", "who"], more)
    pairs = pairs[pairs["row_index_of_n"] <= pairs["row_index"]]
    if not len(pairs):
        return pd.DataFrame(columns=_FOUND)
    same = (pairs["population"] == pairs["population_of_n"]) & (pairs["timepoint"] == pairs["timepoint_of_n"])
    under = [
        list(path[: max(len(of_n) - 1, 0)]) == list(of_n[:-1]) for path, of_n in zip(pairs["row_path"], pairs["row_path_of_n"], strict=True)
    ]
    pairs = pairs[same & np.array(under, bool)]
    nearest = pairs.groupby("at")["row_index_of_n"].transform("max")
    return _as_found(pairs[pairs["row_index_of_n"] == nearest], "block")


def _header(asking: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """The N of the column header; where the arm has several in this table, that of the population and time, or of the very column."""
    ns = frame[frame["is_n"] & (frame["place"] == "header")]
    pairs = _pairs(asking[asking["place"] == "body"], ns, ["article_id", "table_id", "who"], ["population", "timepoint", "column_index", "row_index"])
    if not len(pairs):
        return pd.DataFrame(columns=_FOUND)
    # Of two N above one column the lower is the column's; the upper one is of all columns below its header.
    here = (pairs["column_index"] == pairs["column_index_of_n"]).to_numpy()
    lowest = pairs["row_index_of_n"].where(here).groupby(pairs["at"]).transform("max")
    pairs = pairs[~here | (pairs["row_index_of_n"] == lowest).to_numpy()]
    same = (pairs["population"] == pairs["population_of_n"]) & (pairs["timepoint"] == pairs["timepoint_of_n"])
    column = pairs["column_index"] == pairs["column_index_of_n"]
    # A header that does not name its population holds for a table with one, not for the blocks of a table with several.
    several = asking["at_populations"].reindex(pairs["at"]).to_numpy() > 1
    unnamed = ((pairs["population_of_n"] == "") & ~several) | (pairs["population"] == "")
    open_n = unnamed | (pairs["population"] == pairs["population_of_n"])
    ways = [_as_found(pairs[rule], "header") for rule in (column & open_n, same, open_n)]
    return _first(ways)


def _elsewhere(asking: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """For figures of the prose: the one N that the article's table headers print for this arm and population."""
    ns = frame[frame["is_n"] & (frame["place"] == "header")]
    asking = asking[asking["place"] == "prose"]
    same = _pairs(asking[asking["population"] != ""], ns, ["article_id", "who", "population"])
    unsaid = _pairs(asking[asking["population"] == ""], ns, ["article_id", "who"])
    return _first([_as_found(pairs, "other place of the article") for pairs in (same, unsaid)])


def _first(ways: list[pd.DataFrame]) -> pd.DataFrame:
    found = pd.concat([way for way in ways if len(way)]) if any(len(way) for way in ways) else ways[0]
    return found[~found.index.duplicated()]
