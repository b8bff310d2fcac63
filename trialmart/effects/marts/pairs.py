"""Which arms are compared, and which printed figures are used.

Belongs here: contrasts of a trial, the audit's trust in a figure, patients that a percent implies. Does not: what is computed from them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from trialmart.facts.keys import codes, nth

PRINTED, IMPLIED = "printed", "implied by percent"


def contrasts(arm: pd.DataFrame) -> pd.DataFrame:
    """article_id, arm_id, reference_arm_id: every arm against the control; all pairs, in the order of the article, where no control is known.

    Pooled arms and factorial margins are left out: they hold patients of other arms.
    """
    pooled = (arm["role"] == "pooled") | arm["members"].map(lambda members: members is not None and len(members) > 0)
    own = arm.loc[~pooled, ["article_id", "arm_id", "role"]].reset_index(drop=True)
    own["place"] = np.arange(len(own))
    pairs = own.merge(own, on="article_id", suffixes=("", "_of_reference"))
    pairs = pairs[pairs["place"] != pairs["place_of_reference"]]
    controlled = pairs["article_id"].isin(own.loc[own["role"] == "control", "article_id"])
    against_control = (pairs["role_of_reference"] == "control") & (pairs["role"] != "control")
    in_order = pairs["place"] < pairs["place_of_reference"]
    pairs = pairs[np.where(controlled, against_control, in_order)]
    return (
        pairs[["article_id", "arm_id", "arm_id_of_reference"]]
        .rename(columns={"arm_id_of_reference": "reference_arm_id"})
        .reset_index(drop=True)
    )


def stacked(*frames: pd.DataFrame) -> pd.DataFrame:
    """Frames below each other with the columns of all; a part without rows, or without a known value in a column, says nothing about types."""
    names = dict.fromkeys(name for frame in frames for name in frame.columns)
    filled = [frame for frame in frames if len(frame)] or list(frames)
    return pd.DataFrame({name: _below([frame[name].to_numpy() if name in frame else np.full(len(frame), None) for frame in filled]) for name in names})


def _below(parts: list[np.ndarray]) -> np.ndarray:
    """Arrays one after the other, as the type of those that hold something."""
    missing = [pd.isna(part) for part in parts]
    told = [part.dtype for part, absent in zip(parts, missing, strict=True) if not absent.all()]
    kind = np.result_type(*told) if told else np.dtype(object)
    if kind.kind not in "fO" and any(absent.any() for absent in missing):
        kind = np.dtype(object)  # whole numbers and flags have no place for a missing one
    result = np.empty(sum(map(len, parts)), kind)
    result[:] = np.concatenate([np.where(absent, np.nan, part) if kind.kind == "f" else part for part, absent in zip(parts, missing, strict=True)])
    return result


def side_by_side(rows: pd.DataFrame, arm: pd.DataFrame, key: list[str], carried: list[str]) -> pd.DataFrame:
    """One row for each contrast that both arms have rows for: `key` once, `carried` for the arm and, with `reference_`, its reference.

    Rows that agree in key and arm (an article that prints a label twice) are paired in order.
    """
    keyed = rows[rows["arm_id"].notna()].copy()
    keyed["_spot"] = codes(*(keyed[name] for name in key))
    keyed["_spot"] = codes(keyed["_spot"], nth(codes(keyed["_spot"], keyed["arm_id"])))
    left = keyed.merge(contrasts(arm), on=["article_id", "arm_id"])
    right = keyed[["_spot", "arm_id", *carried]].rename(columns={name: f"reference_{name}" for name in ("arm_id", *carried)})
    return left.merge(right, on=["_spot", "reference_arm_id"]).drop(columns="_spot")


def trusted_figures(rows: pd.DataFrame, names: list[str], trust: pd.DataFrame | None, published_value: pd.DataFrame) -> pd.DataFrame:
    """The rows with untrusted figures replaced where the audit names a better print of the same fact, and columns `trusted` and `flag`.

    trust: value_id, trusted, reason, replaced_by of values that the audit does not trust. A figure without a replacement stays, flagged.
    """
    rows = rows.copy()
    rows["trusted"], rows["flag"] = True, None
    if trust is None or not len(trust):
        return rows
    doubts = trust[~trust["trusted"].astype(bool)].drop_duplicates("value_id").set_index("value_id")
    value = published_value.drop_duplicates("value_id").set_index("value_id")["value"]
    flags: list[list[str]] = [[] for _ in range(len(rows))]
    for name in names:
        ids = rows[f"{name}_value_id"]
        doubtful = np.flatnonzero(ids.isin(doubts.index).to_numpy())
        for at in doubtful:
            doubt = doubts.loc[ids.iloc[at]]
            better = doubt["replaced_by"] if isinstance(doubt["replaced_by"], str) else None
            if better is not None and better in value.index:
                printed = rows[name].iloc[at]
                rows.iloc[at, rows.columns.get_loc(name)] = value[better]
                rows.iloc[at, rows.columns.get_loc(f"{name}_value_id")] = better
                flags[at].append(f"{name} {value[better]:g} used for the printed {printed:g}: {doubt['reason']}")
            else:
                rows.iloc[at, rows.columns.get_loc("trusted")] = False
                flags[at].append(f"{name}: {doubt['reason']}")
    others = _doubted_repeats(rows, doubts, names, published_value)
    for at, text in others:
        flags[at].append(text)
    rows["flag"] = pd.Series(["; ".join(dict.fromkeys(texts)) or None for texts in flags], index=rows.index, dtype=object)
    return rows


def _doubted_repeats(
    rows: pd.DataFrame, doubts: pd.DataFrame, names: list[str], published_value: pd.DataFrame
) -> list[tuple[int, str]]:  # fmt: skip
    """Doubted values among a row's repeats, which the row does not use: said, since a reader may know the article by them."""
    used = rows[[f"{name}_value_id" for name in names]].to_numpy(object)
    reasons, found = doubts["reason"].to_dict(), []
    prints = published_value[published_value["value_id"].isin(doubts.index)].set_index("value_id")[["printed", "section"]].to_dict("index")
    for at, ids in enumerate(rows["value_ids"]):
        for value in ids:
            if value in reasons and value not in used[at]:
                said = prints.get(value, {"printed": "another figure", "section": None})
                found.append((at, f"{said['printed']} in {said['section'] or 'the article'} is not used: {reasons[value]}"))
    return found


class Prints:
    """The figures of published values by id, looked up without going through all of them each time."""

    def __init__(self, published_value: pd.DataFrame) -> None:
        ids = published_value["value_id"].to_numpy(object)
        self._at = dict(zip(reversed(ids.tolist()), range(len(ids) - 1, -1, -1), strict=True))  # of two alike the first
        value, low, high = (published_value[name].to_numpy(float) for name in ("value", "value_low", "value_high"))
        ends = (np.where(np.isnan(end), value, end) for end in (low, high))
        self._figures = [np.r_[column, np.nan] for column in (value, *ends)]  # the last row is that of no value

    @classmethod
    def of(cls, published_value: pd.DataFrame | Prints) -> Prints:
        return published_value if isinstance(published_value, Prints) else cls(published_value)

    def rounding(self, value_id: pd.Series) -> pd.DataFrame:
        """value, low, high of the printed values behind ids; NaN where there is none."""
        find = self._at.get
        at = np.array([find(each, -1) for each in value_id.tolist()], np.int64)
        return pd.DataFrame({name: column[at] for name, column in zip(("value", "low", "high"), self._figures, strict=True)}, index=value_id.index)


def with_implied_counts(rows: pd.DataFrame, published_value: pd.DataFrame | Prints) -> pd.DataFrame:
    """The rows with `n` filled where percent and arm_n leave one integer, and `counts_basis`: printed, implied by percent, or None."""
    rows = rows.copy()
    printed = rows["n"].notna().to_numpy()
    percent = Prints.of(published_value).rounding(rows["percent_value_id"])
    arm_n = rows["arm_n"].astype(float).to_numpy()
    first = np.ceil(percent["low"].to_numpy() * arm_n / 100 - 1e-9)
    last = np.floor(percent["high"].to_numpy() * arm_n / 100 + 1e-9)
    exact = rows["percent_comparator"].isna() | (rows["percent_comparator"] == "=")
    one = (first == last) & exact.to_numpy() & ~printed & (last <= arm_n)
    rows["n"] = np.where(one, first, rows["n"].astype(float))
    rows["counts_basis"] = np.where(printed, PRINTED, np.where(one, IMPLIED, None))
    return rows
