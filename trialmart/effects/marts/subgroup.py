"""mart.subgroup: effects in the levels of a factor, on the analysis scale, with the factor's interaction test."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trialmart.effects.interaction import interaction
from trialmart.effects.log_ratio import LogRatio, Rounded, log_ratio, shared_arm_covariance
from trialmart.effects.marts.pairs import Prints, trusted_figures
from trialmart.effects.proportions import z_of
from trialmart.facts.keys import codes, derivation, nth, row_ids
from trialmart.facts.labels import key

TABLE = "mart.subgroup"
RATIOS = ("hazard_ratio", "odds_ratio", "risk_ratio", "ratio")
_CONTEXT = ["article_id", "endpoint", "assessor", "population", "timepoint", "measure", "arm_id", "reference_arm_id"]
_DISJOINT = "the factor's levels are taken as disjoint and complete"


def subgroup(
    subgroup_effect: pd.DataFrame, published_value: pd.DataFrame, trust: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """One row for each level and contrast, and what it rests on.

    The interaction test stands on each level of its factor: z for two levels, Cochran's Q for more; NULL where the factor is unknown or
    a level has no standard error. Contrasts that share their reference arm carry the covariance that its events give.
    """
    frame = trusted_figures(subgroup_effect, ["estimate", "ci_lower", "ci_upper"], trust, published_value).reset_index(drop=True)
    frame["ci_level_assumed"] = frame["ci_level"].isna() & frame["ci_lower"].notna()
    frame["ci_level"] = frame["ci_level"].fillna(95.0).where(frame["ci_lower"].notna() | frame["ci_upper"].notna())
    prints = Prints(published_value)
    log = log_of(frame, prints)
    names = ("log_estimate", "log_se", "log_se_low", "log_se_high")
    for name, value in zip(names, log, strict=True):
        frame[name] = np.where(frame["measure"].isin(RATIOS), value, np.nan)
    frame = frame.rename(columns={"arm_n": "n", "n_events": "events", "reference_n_events": "reference_events"})
    frame["interaction_p_printed"] = frame["interaction_p_value"]
    frame["shared_arm_covariance"] = _shared(frame)
    frame = _with_interaction(frame, _half_width(frame, prints))
    frame["level_key"], frame["factor_key"] = frame["level"].map(key), frame["factor"].map(key, na_action="ignore")
    names = [*_CONTEXT[1:], "factor_key", "level_key"]
    times = nth(codes(*(frame[name] for name in ("article_id", *names))))
    frame["row_id"] = row_ids(frame.assign(nth=times), TABLE, [*names, "nth"])
    return frame, derivation(frame, TABLE)


def log_of(frame: pd.DataFrame, prints: Prints) -> LogRatio:
    """Log estimate and standard error of each row's printed ratio and limits."""
    printed = [prints.rounding(frame[f"{name}_value_id"]) for name in ("estimate", "ci_lower", "ci_upper")]
    rounded = [Rounded(*(part[name].to_numpy() for name in ("value", "low", "high"))) for part in printed]
    return log_ratio(*rounded, level=frame["ci_level"].astype(float).fillna(95).to_numpy() / 100)


def _half_width(frame: pd.DataFrame, prints: Prints) -> np.ndarray:
    """How far the log of each estimate may lie from the truth by its rounding."""
    printed = prints.rounding(frame["estimate_value_id"])
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = (np.log(printed[name].where(printed[name] > 0)).to_numpy() for name in ("low", "high"))
    return np.nan_to_num((high - low) / 2)


def _shared(frame: pd.DataFrame) -> np.ndarray:
    """Covariance of the row's contrast with another of the same level and reference arm; NaN where there is none or no events are known."""
    names = [name for name in _CONTEXT if name != "arm_id"]
    group = codes(*(frame[name] for name in (*names, "factor", "level")))
    arms = frame["arm_id"].fillna("").groupby(group).transform("nunique") if len(frame) else pd.Series(dtype=float)
    covariance = shared_arm_covariance(frame["reference_events"].astype(float)) if len(frame) else np.empty(0)
    return np.where((arms > 1) & (frame["measure"] == "hazard_ratio") & frame["reference_arm_id"].notna(), covariance, np.nan)


def _with_interaction(frame: pd.DataFrame, half: np.ndarray) -> pd.DataFrame:
    """The interaction test of each factor, with the p values at the ends of what rounding allows."""
    empty = {"interaction_statistic": np.nan, "interaction_df": pd.NA, "interaction_p": np.nan, "interaction_p_low": np.nan,
             "interaction_p_high": np.nan, "ratio_of_ratios": np.nan, "ror_lower": np.nan, "ror_upper": np.nan}  # fmt: skip
    frame = frame.assign(**empty, interaction_test=None)
    frame["interaction_note"] = np.where(frame["factor"].isna(), "no factor is known for the level", "the endpoint is not told")
    known = frame[frame["factor"].notna() & frame["endpoint"].notna()]
    if not len(known):
        return frame
    group = codes(*(known[name] for name in (*_CONTEXT, "factor")))
    y, half = known["log_estimate"].to_numpy(float), half[known.index]
    test = interaction(y, known["log_se"].to_numpy(float), group)
    ends = [interaction(*moved, group).p[group] for moved in _extremes(y, known, half, group)]
    levels, p = test.levels[group], test.p[group]
    tested = ~np.isnan(p)
    statistic = np.where(tested, test.statistic[group], np.nan)
    frame.loc[known.index, "interaction_test"] = np.where(tested, np.where(levels == 2, "z", "Q"), None)
    frame.loc[known.index, "interaction_df"] = pd.array(np.where(tested, levels - 1, np.nan), dtype="Int64")
    for name, value in (("statistic", statistic), ("p", p), ("p_low", np.fmin(*ends)), ("p_high", np.fmax(*ends))):
        frame.loc[known.index, f"interaction_{name}"] = np.where(tested, value, np.nan)
    why = np.where(levels == 1, "the article gives one level of the factor", "a level has no standard error")
    frame.loc[known.index, "interaction_note"] = np.where(tested, _DISJOINT, why)
    return _with_ratio(frame, known.index[tested & (levels == 2)], group[tested & (levels == 2)])


def _extremes(y: np.ndarray, known: pd.DataFrame, half: np.ndarray, group: np.ndarray) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Estimates and standard errors within their rounding that lie as far apart as can be, and as near."""
    mean = pd.Series(y).groupby(group).transform("mean").to_numpy()
    away = np.sign(y - mean)
    near = y - away * np.minimum(half, np.abs(y - mean))
    return (y + away * half, known["log_se_low"].to_numpy(float)), (near, known["log_se_high"].to_numpy(float))


def _with_ratio(frame: pd.DataFrame, index: pd.Index, group: np.ndarray) -> pd.DataFrame:
    """Ratio of the effects of a factor's two levels, first over second, on both rows."""
    if not len(index):
        return frame
    rows = frame.loc[index].assign(group=group)
    rows["turn"] = rows.sort_values("level_order", kind="stable").groupby("group").cumcount().reindex(rows.index)
    y = rows.pivot(index="group", columns="turn", values="log_estimate").astype(float)
    se = rows.pivot(index="group", columns="turn", values="log_se").astype(float)
    log, half = y[0] - y[1], z_of(0.95) * np.hypot(se[0], se[1])
    for name, value in (("ratio_of_ratios", log), ("ror_lower", log - half), ("ror_upper", log + half)):
        frame.loc[index, name] = np.exp(value.reindex(group).to_numpy())
    return frame
