"""Which way round a printed difference is.

Belongs here: comparing a difference with the two arms' own figures beside it. Does not: which arms a sentence names (trialmart/extraction).

`56% with the old and 51% with the new drug (absolute difference 5.3%)` leaves open which arm is taken from which. Its two rates tell: a
difference that is the reference less the arm, and not the arm less the reference, is turned round.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from trialmart.facts.keys import codes, positions

_OF = {"risk_difference": "share", "percent_difference": "share", "mean_difference": "mean"}
_ARMS = {"percent": "share", "km_percent": "share", "mean": "mean", "mean_change": "mean"}
_SPOT = ["article_id", "table_id", "row_index", "section", "endpoint", "timepoint", "subgroup", "what"]
_SIDES = (("arm_id", "reference_arm_id"), ("arm_n", "reference_n"), ("arm_n_source", "reference_n_source"), ("arm_n_value_id", "reference_n_value_id"))


def turned(contrasts: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """The contrasts with their arms exchanged where a difference is only right that way round; limits and p go with their difference.

    contrasts, values: published values with arm_n columns; `values` are all of the articles', of which those of one arm beside a
    difference are used: in its table row, or of its endpoint, time and section in the prose.
    """
    known = (contrasts["arm_id"].notna() & contrasts["reference_arm_id"].notna()).to_numpy()
    asked = contrasts[known & contrasts["statistic"].isin(_OF).to_numpy() & contrasts["value"].notna().to_numpy()]
    of_arms = (values["scope"] == "arm") & values["statistic"].isin(_ARMS) & values["arm_id"].notna() & values["value"].notna()
    rates = values[of_arms.to_numpy()]
    if not len(asked) or not len(rates):
        return contrasts
    asked, rates = asked.assign(what=asked["statistic"].map(_OF)), rates.assign(what=rates["statistic"].map(_ARMS))
    both = pd.concat([part[[*_SPOT]] for part in (asked, rates)])
    in_table = both["table_id"].notna().to_numpy()
    spot = codes(*(np.where(in_table, None, both[name]) if name in ("section", "endpoint") else both[name] for name in _SPOT))
    arms = codes(pd.concat([asked["arm_id"], asked["reference_arm_id"], rates["arm_id"]]))
    n = len(asked)
    beside = codes(np.r_[spot[:n], spot[:n], spot[n:]], arms)
    rates = rates.assign(beside=beside[2 * n :])
    one = rates.groupby("beside").agg(low=("value_low", "max"), high=("value_high", "min"), value=("value", "nunique"))
    one = one[one["value"] == 1]  # an arm with several figures there tells nothing
    own, other = (one.reindex(beside[start : start + n])[["low", "high"]].to_numpy(float) for start in (0, n))
    low, high = asked["value_low"].to_numpy(float), asked["value_high"].to_numpy(float)
    straight = (low <= own[:, 1] - other[:, 0] + 1e-9) & (own[:, 0] - other[:, 1] <= high + 1e-9)
    back = (low <= other[:, 1] - own[:, 0] + 1e-9) & (other[:, 0] - own[:, 1] <= high + 1e-9)
    wrong = asked["value_id"].to_numpy(object)[_by_column(asked, straight, back, np.isfinite(own[:, 0] - other[:, 0]))]
    return _exchanged(contrasts, wrong) if len(wrong) else contrasts


def _by_column(asked: pd.DataFrame, straight: np.ndarray, back: np.ndarray, told: np.ndarray) -> np.ndarray:
    """Which differences are the wrong way round: in a sentence each for itself; in a table all of a column or none, since a column has one
    direction: where at least two rows say so, half of those that tell their arms' figures, and no row says the reverse (a difference
    adjusted for the baseline meets its arms' figures by chance only)."""
    column = codes(asked["article_id"], asked["table_id"], asked["column_index"])
    against, for_it, all_told = (np.bincount(column, weights=which)[column] for which in (straight & ~back, back & ~straight, told))
    in_table = asked["table_id"].notna().to_numpy()
    return np.where(in_table, (against == 0) & (for_it >= 2) & (2 * for_it >= all_told), back & ~straight)


def _exchanged(contrasts: pd.DataFrame, wrong: np.ndarray) -> pd.DataFrame:
    """The contrasts with the arms of these differences, and of all that belongs to them, exchanged."""
    rows = (positions(wrong, contrasts["value_id"].to_numpy(object)) >= 0) | (positions(wrong, contrasts["estimate_id"].to_numpy(object)) >= 0)
    contrasts = contrasts.copy()
    for own, other in _SIDES:
        columns = contrasts[own].to_numpy(object), contrasts[other].to_numpy(object)
        contrasts[own], contrasts[other] = np.where(rows, columns[1], columns[0]), np.where(rows, columns[0], columns[1])
    return contrasts
