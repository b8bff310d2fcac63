"""mart.efficacy: the effect of one arm against another on each endpoint: as published, on the analysis scale, and recomputed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from trialmart.effects import proportions
from trialmart.effects.log_ratio import wald_p
from trialmart.effects.marts.pairs import Prints, side_by_side, stacked, trusted_figures, with_implied_counts
from trialmart.effects.marts.subgroup import RATIOS, log_of
from trialmart.effects.proportions import z_of
from trialmart.facts.keys import codes, derivation, nth, row_ids, union_of_lists
from trialmart.facts.labels import key

TABLE = "mart.efficacy"
_SPOT = ["article_id", "endpoint_key", "assessor", "population", "timepoint", "subgroup"]
_DIFFERENCES = ("mean_difference", "risk_difference", "percent_difference")
_COUNTED = ("odds_ratio", "risk_ratio", "risk_difference")
#: How counts of two arms give each measure, and what that is called.
_WAYS: dict[str, tuple[Callable[..., Sequence[np.ndarray]], str]] = {
    "odds_ratio": (lambda *cells: proportions.odds_ratio(*cells), "crude, Woolf limits"),
    "risk_ratio": (lambda *cells: proportions.risk_ratio(*cells), "crude, log limits"),
    "risk_difference": (
        lambda *cells: [100 * part for part in (proportions.risk_difference(*cells), *proportions.miettinen_nurminen(*cells))],
        "crude, Miettinen-Nurminen limits, percentage points",
    ),
}
_ARM = ["arm_value", "arm_lower", "arm_upper", "unit", "events", "n", "counts_basis", "value_ids", "trusted", "flag"]


def efficacy(
    comparison: pd.DataFrame,
    response: pd.DataFrame,
    time_to_event: pd.DataFrame,
    published_value: pd.DataFrame,
    arm: pd.DataFrame,
    trust: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Published effects with both arms' figures and what their counts give, then effects derived from counts alone; and their derivation.

    A published odds ratio is compared with the crude one of the counts (Woolf). Where it differs and its limits are symmetric on the
    log scale it is a sound estimate of another model: explained (stratified or adjusted). Hazard ratios need patients: not checkable.
    """
    prints = Prints(published_value)
    outcomes = _outcomes(response, time_to_event, published_value, prints, trust)
    frame = stacked(_published(comparison, outcomes, published_value, prints, trust), _derived(comparison, outcomes, arm))
    frame["ci_level_assumed"] = frame["ci_level"].isna() & frame["ci_lower"].notna()
    frame["ci_level"] = frame["ci_level"].astype(float).fillna(95.0).where(frame["ci_lower"].notna() | frame["ci_upper"].notna())
    frame = _recomputed(frame)
    names = ["endpoint_key", *_SPOT[2:], "measure", "source", "method", "adjusted", "arm_id", "reference_arm_id"]
    frame["row_id"] = row_ids(frame.assign(nth=nth(codes(*(frame[name] for name in ("article_id", *names))))), TABLE, [*names, "nth"])
    return frame, derivation(frame, TABLE)


def _outcomes(
    response: pd.DataFrame, time_to_event: pd.DataFrame, published_value: pd.DataFrame, prints: Prints, trust: pd.DataFrame | None
) -> pd.DataFrame:
    """Each arm's rate (with its patients) or median (with its events), as one table."""
    rates = with_implied_counts(
        trusted_figures(response, ["n", "percent", "ci_lower", "ci_upper"], trust, published_value), prints
    )
    rates = rates.assign(arm_value=rates["percent"], unit="%", events=rates["n"], family="rate")
    times = trusted_figures(time_to_event, ["median", "n_events", "ci_lower", "ci_upper"], trust, published_value)
    times = times[times["timepoint"].isna()]
    times = times.assign(arm_value=times["median"], events=times["n_events"], counts_basis="printed", family="time")
    both = stacked(rates, times)
    both = both[(both["scope"] == "arm") & both["arm_id"].notna()].drop(columns="n", errors="ignore")
    both = both.rename(columns={"ci_lower": "arm_lower", "ci_upper": "arm_upper", "arm_n": "n"})
    both["endpoint_key"] = both["endpoint"].map(key)
    return both.reset_index(drop=True)


def _published(
    comparison: pd.DataFrame, outcomes: pd.DataFrame, published_value: pd.DataFrame, prints: Prints, trust: pd.DataFrame | None
) -> pd.DataFrame:
    """Estimates of efficacy that the article prints, with log estimate and standard error, and both arms' figures beside them."""
    wanted = comparison["domain"].isin(("efficacy", "survival", "subgroup")) | comparison["measure"].isin(RATIOS)
    wanted &= (comparison["measure"] != "p_value") & ~comparison["domain"].isin(("adverse_events", "baseline")) & _of_arms(comparison)
    frame = trusted_figures(comparison[wanted], ["estimate", "ci_lower", "ci_upper", "p_value"], trust, published_value).reset_index(
        drop=True
    )
    frame["source"], frame["endpoint_key"] = "published", frame["endpoint"].map(key)
    ratio = frame["measure"].isin(RATIOS)
    frame["scale"] = np.where(ratio, "log", "identity")
    for name, value in zip(("log_estimate", "log_se", "log_se_low", "log_se_high"), log_of(frame, prints), strict=True):
        frame[name] = np.where(ratio, value, np.nan)
    printed = prints.rounding(frame["estimate_value_id"])
    frame["estimate_low"], frame["estimate_high"] = printed["low"], printed["high"]
    frame["family"] = np.where(frame["measure"] == "hazard_ratio", "time", "rate")
    frame = frame.drop(columns=[name for name in ("unit", "arm_n", "reference_n") if name in frame])
    return _with_outcomes(_with_outcomes(frame, outcomes, "arm_id", ""), outcomes, "reference_arm_id", "reference_")


def _of_arms(comparison: pd.DataFrame) -> pd.Series:
    """Whether a comparison is one of two arms: not of an arm with itself, nor of levels of a prognostic factor.

    A ratio without its arms may compare anything (a marker's doubling, women with men). A difference that a table of outcomes prints is
    kept: those that do not name the arms once more have them in their caption. A row that has only a p value left is no effect.
    """
    arm, reference = comparison["arm_id"], comparison["reference_arm_id"]
    named = arm.notna() & reference.notna() & (arm != reference)
    difference = arm.isna() & reference.isna() & comparison["measure"].isin(_DIFFERENCES) & comparison["table_id"].notna()
    told = comparison[["estimate", "ci_lower", "ci_upper"]].notna().any(axis=1) | comparison["estimate_missing_reason"].notna()
    return (named | (difference & comparison["domain"].isin(("efficacy", "survival")))) & told


def _with_outcomes(frame: pd.DataFrame, outcomes: pd.DataFrame, side: str, prefix: str) -> pd.DataFrame:
    """The frame with the figures of one side's arm: what it reached, and how many of how many patients had the event."""
    names = {"arm_value": "reference_value", "arm_lower": "reference_lower", "arm_upper": "reference_upper"} if prefix else {}
    frame, ids, flags = frame.copy(), [frame["value_ids"]], [frame["flag"]]
    for block in (["arm_value", "arm_lower", "arm_upper", "unit"], ["events", "n", "counts_basis"]):
        found = _of_arm(frame, outcomes[outcomes[block[0]].notna()], side)
        for name in block:
            column = names.get(name, name if name == "unit" else f"{prefix}{name}")
            value = pd.Series(found[name].to_numpy(object), index=frame.index, dtype=object)
            frame[column] = frame[column].where(frame[column].notna(), value) if prefix and name == "unit" else value
        ids.append(found["value_ids"])
        flags.append(found["flag"])
    frame["value_ids"] = union_of_lists(*ids)
    frame["flag"] = _joined(*flags)
    return frame


def _of_arm(frame: pd.DataFrame, outcomes: pd.DataFrame, side: str) -> pd.DataFrame:
    """For each comparison the outcome of one side's arm: the one of the same endpoint, population, assessor and time.

    Where there is none, the arm's only outcome for the endpoint, if neither contradicts the other. What a sentence leaves untold is the
    trial's own analysis: the investigators' judgement of the patients as randomized.
    """
    spot = [*_SPOT, "family"]
    mine = {name: frame[name].astype(object).where(frame[name].notna(), "").to_numpy(object) for name in spot}
    theirs = outcomes.assign(**{name: outcomes[name].astype(object).where(outcomes[name].notna(), "") for name in spot})
    arm = frame[side].fillna("").to_numpy(object)
    exact = theirs.drop_duplicates([*spot, "arm_id"], keep=False).set_index([*spot, "arm_id"])
    at = exact.index.get_indexer(pd.MultiIndex.from_arrays([*mine.values(), arm])) if len(exact) else np.full(len(frame), -1)
    fewer = ["article_id", "endpoint_key", "subgroup", "family"]
    loose = theirs.drop_duplicates([*fewer, "arm_id"], keep=False).set_index([*fewer, "arm_id"])
    near = (
        loose.index.get_indexer(pd.MultiIndex.from_arrays([*(mine[name] for name in fewer), arm]))
        if len(loose)
        else np.full(len(frame), -1)
    )
    for name, usual in (("assessor", ("", "investigator")), ("population", ("", "ITT")), ("timepoint", ("",))):
        other = loose[name].to_numpy(object)[near] if len(loose) else np.full(len(frame), "", object)
        fits = (mine[name] == other) | (mine[name] == "") | ((other == "") & np.isin(mine[name], usual))
        near = np.where(fits, near, -1)
    columns = ["arm_value", "arm_lower", "arm_upper", "unit", "events", "n", "counts_basis", "value_ids", "flag"]
    rows = pd.concat([exact[columns], loose[columns]], ignore_index=True)
    place = np.where(at >= 0, at, np.where(near >= 0, near + len(exact), -1))
    return rows.reindex(place).set_axis(frame.index)


def _joined(*texts: pd.Series) -> list[str | None]:
    rows = zip(*(column.to_numpy(object) for column in texts), strict=True)
    return ["; ".join(dict.fromkeys(text for text in row if isinstance(text, str))) or None for row in rows]


def _derived(comparison: pd.DataFrame, outcomes: pd.DataFrame, arm: pd.DataFrame) -> pd.DataFrame:
    """Risk difference and odds ratio from the patients of both arms, for responses whose comparison the article does not print."""
    rates = outcomes[
        (outcomes["family"] == "rate") & outcomes["events"].notna() & outcomes["n"].notna() & (outcomes["counts_basis"].notna())
    ]
    rates = rates[rates["events"].astype(float).between(0, rates["n"].astype(float)) & (rates["n"].astype(float) > 0)]
    pairs = side_by_side(rates, arm, _SPOT, [*_ARM, "endpoint"])
    pairs = pairs.rename(columns={f"reference_arm_{name}": f"reference_{name}" for name in ("value", "lower", "upper")})
    pairs["value_ids"] = union_of_lists(pairs["value_ids"], pairs["reference_value_ids"])
    pairs["flag"] = _joined(pairs["flag"], pairs["reference_flag"])
    pairs["trusted"] = pairs["trusted"].astype(bool) & pairs["reference_trusted"].astype(bool)
    printed = comparison[comparison["measure"].isin(_COUNTED)]
    known = pd.MultiIndex.from_arrays([printed["article_id"], printed["endpoint"].map(key), printed["arm_id"], printed["measure"]])
    frames = []
    for measure in ("odds_ratio", "risk_difference"):
        here = pd.MultiIndex.from_arrays([pairs["article_id"], pairs["endpoint_key"], pairs["arm_id"], [measure] * len(pairs)])
        frames.append(pairs[~here.isin(known)].assign(measure=measure))
    frame = stacked(*frames).assign(source="derived", adjusted=False)
    cells = _cells(frame)
    without = (frame["measure"] == "odds_ratio").to_numpy() & ((cells[0] + cells[2] == 0) | (cells[0] + cells[2] == cells[1] + cells[3]))
    frame = frame[~without].reset_index(drop=True)  # nobody, or everybody, in both arms: there are no odds to compare
    cells = _cells(frame)
    is_odds = (frame["measure"] == "odds_ratio").to_numpy()
    found = np.full((len(frame), 3), np.nan)
    for which, (way, _) in ((is_odds, _WAYS["odds_ratio"]), (~is_odds, _WAYS["risk_difference"])):
        if which.any():
            found[which] = np.column_stack(way(*(cell[which] for cell in cells)))
    frame["estimate"], frame["ci_lower"], frame["ci_upper"] = found.T
    with np.errstate(invalid="ignore", divide="ignore"):
        frame["log_estimate"] = np.where(is_odds, np.log(found[:, 0]), np.nan)
        frame["log_se"] = np.where(is_odds, np.log(found[:, 2] / found[:, 1]) / (2 * z_of(0.95)), np.nan)
    frame["log_se_low"] = frame["log_se_high"] = frame["log_se"]
    frame["scale"] = np.where(is_odds, "log", "identity")
    frame["method"] = np.where(is_odds, "crude, Woolf limits", "crude, Miettinen-Nurminen limits, percentage points")
    return frame.assign(ci_level=95.0).drop(columns="note", errors="ignore")


def _cells(frame: pd.DataFrame) -> list[np.ndarray]:
    return [frame[name].astype(float).to_numpy() for name in ("events", "n", "reference_events", "reference_n")]


def _recomputed(frame: pd.DataFrame) -> pd.DataFrame:
    """What the counts give beside what is printed, and whether they agree."""
    frame = frame.copy()
    for name in ("recomputed_estimate", "recomputed_lower", "recomputed_upper", "arm_recomputed_lower", "arm_recomputed_upper",
                 "reference_recomputed_lower", "reference_recomputed_upper"):  # fmt: skip
        frame[name] = np.nan
    frame["recomputed_method"] = None
    cells = np.column_stack(_cells(frame)) if len(frame) else np.empty((0, 4))
    within = [(cells[:, at] >= 0) & (cells[:, at] <= cells[:, at + 1]) & (cells[:, at + 1] > 0) for at in (0, 2)]
    sound = within[0] & within[1]
    for at, side in ((0, "arm"), (2, "reference")):
        known = (frame["family"] == "rate").to_numpy() & within[at // 2]
        lower, upper = proportions.clopper_pearson(*cells[known, at : at + 2].T) if known.any() else ([], [])
        frame.loc[known, f"{side}_recomputed_lower"], frame.loc[known, f"{side}_recomputed_upper"] = (
            100 * np.array(lower),
            100 * np.array(upper),
        )
    derived = (frame["source"] == "derived").to_numpy()
    for measure, (way, words) in _WAYS.items():
        use = sound & (frame["measure"] == measure).to_numpy() & (frame["family"] == "rate").to_numpy()
        fresh = use & ~derived
        if fresh.any():
            for name, value in zip(("estimate", "lower", "upper"), way(*cells[fresh].T), strict=True):
                frame.loc[fresh, f"recomputed_{name}"] = value
        frame.loc[use, "recomputed_method"] = words
    share = sound & (frame["measure"] == "percent_difference").to_numpy() & (frame["family"] == "rate").to_numpy() & ~derived
    points = np.column_stack(_WAYS["risk_difference"][0](*cells[share].T)) if share.any() else np.empty((0, 3))
    meets = _near(frame[share], points[:, 0])  # else it may be relative, or of something else
    share[share] = meets
    frame.loc[share, ["recomputed_estimate", "recomputed_lower", "recomputed_upper"]] = points[meets]
    frame.loc[share, "recomputed_method"] = _WAYS["risk_difference"][1]
    known = sound & derived  # those are what the counts give
    for name, source in (("estimate", "estimate"), ("lower", "ci_lower"), ("upper", "ci_upper")):
        frame.loc[known, f"recomputed_{name}"] = frame.loc[known, source].astype(float)
    frame["p_recomputed"] = _p(frame)
    return _agreement(frame)


def _p(frame: pd.DataFrame) -> np.ndarray:
    log, se = frame["log_estimate"].astype(float).to_numpy(), frame["log_se"].astype(float).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(se > 0, wald_p(log, np.where(se > 0, se, np.nan)), np.nan) if len(frame) else np.empty(0)


def _near(frame: pd.DataFrame, recomputed: np.ndarray) -> np.ndarray:
    """Whether figures meet the printed estimates; a unit of the last place more, since printed results are often rounded twice."""
    low, high = (frame[f"estimate_{end}"].astype(float).to_numpy() for end in ("low", "high"))
    slack = high - low
    return (recomputed >= low - slack) & (recomputed <= high + slack)


def _agreement(frame: pd.DataFrame) -> pd.DataFrame:
    """agrees, explained, differs or not_checkable, with the reason in words."""
    recomputed = frame["recomputed_estimate"].astype(float).to_numpy()
    derived = (frame["source"] == "derived").to_numpy()
    agrees = _near(frame, recomputed)
    lower, upper, estimate = (frame[name].astype(float).to_numpy() for name in ("ci_lower", "ci_upper", "estimate"))
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = np.where((lower > 0) & (upper > 0), np.sqrt(lower * upper), np.nan)
        symmetric = frame["measure"].isin(RATIOS).to_numpy() & (np.abs(np.log(middle / estimate)) <= 0.05)
    checkable = ~np.isnan(recomputed) & ~np.isnan(estimate) & ~derived
    states = [~checkable, agrees, symmetric & ~(frame["adjusted"] == False).to_numpy()]  # noqa: E712
    frame["agreement"] = np.select(states, ["not_checkable", "agrees", "explained"], "differs")
    hazard = (frame["measure"] == "hazard_ratio").to_numpy()
    counted = frame[["events", "n", "reference_events", "reference_n"]].notna().all(axis=1).to_numpy()
    relative = (frame["measure"] == "percent_difference").to_numpy() & counted
    unknown = np.where(relative, "not the difference of the shares: it may be relative", "no counts of both arms are known")
    why = np.where(hazard, "a hazard ratio needs patient data", unknown)
    notes = [np.where(derived, "computed from the counts; the article prints none", why), "the counts give the printed estimate",
             "the counts give another crude estimate; the limits are symmetric on the log scale: stratified or adjusted"]  # fmt: skip
    frame["agreement_note"] = np.select(states, notes, "the counts give another estimate")
    return frame
