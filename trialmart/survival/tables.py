"""Evidence tables in, the survival marts out.

Belongs here: which way a curve is reconstructed, and the rows that tell the result. Does not: the methods themselves (the modules
beside this one), or storage.

Coordinates, where a sidecar gives them for each arm, go before summaries: they hold more. What they contradict (a published number of
events, medians, a hazard ratio) shows in the check table; they are never bent to meet it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from trialmart.facts.keys import derivation, row_ids
from trialmart.survival import check, design, estimates, from_coordinates, from_summaries, inputs, models
from trialmart.survival.from_summaries import in_order
from trialmart.survival.patients import Patients, month_factor
from trialmart.survival.published import Figure, PublishedCurve

SEED = 20161117
NOT_ASKED = "no reconstruction asked for (no curve data: name the file or give --draws)"
MANY = 4  # curves from which on each has a process to itself
Progress = Callable[[int, int, str], None]
CURVE = ["endpoint", "assessor", "population"]
KEYS = {
    "mart.reconstructed_patient": [*CURVE, "arm_id", "draw", "patient"],
    "mart.reconstruction_check": [*CURVE, "arm_id", "reference_arm_id", "draw", "statistic", "time_months", "note"],
    "mart.survival_curve": [*CURVE, "arm_id", "draw", "time_months"],
    "mart.survival_estimate": [*CURVE, "arm_id", "draw", "measure", "time_months"],
    "mart.survival_contrast": [*CURVE, "arm_id", "reference_arm_id", "draw", "measure", "time_months", "time_end_months"],
    "mart.survival_model": [*CURVE, "arm_id", "draw", "model"],
    "mart.design_check": ["endpoint", "measure"],
}
COLUMNS = {
    "mart.reconstructed_patient": "row_id article_id study_id endpoint assessor population arm_id draw patient time_months event method seed synthetic",
    "mart.reconstruction_check": "row_id article_id study_id endpoint assessor population arm_id reference_arm_id draw statistic time_months value_id "
    "source printed published published_low published_high reconstructed fitted agrees distance note",
    "mart.survival_curve": "row_id article_id study_id endpoint assessor population arm_id draw time_months survival ci_lower ci_upper at_risk events "
    "censored ensemble_low ensemble_high method synthetic",
    "mart.survival_estimate": "row_id article_id study_id endpoint assessor population estimate se ci_lower ci_upper ci_level unit ensemble_low "
    "ensemble_high n_draws bound_low bound_high method missing_reason synthetic note arm_id draw measure time_months",
    "mart.survival_contrast": "row_id article_id study_id endpoint assessor population estimate se ci_lower ci_upper ci_level unit ensemble_low "
    "ensemble_high n_draws bound_low bound_high method missing_reason synthetic note arm_id reference_arm_id draw measure time_months "
    "time_end_months statistic p_value",
    "mart.survival_model": "row_id article_id study_id endpoint assessor population arm_id draw model parameters n_parameters log_likelihood aic bic "
    "converged median_months mean_months horizon_months survival_horizon synthetic note",
    "mart.design_check": "row_id article_id study_id endpoint assessor population measure published recomputed agrees inputs method value_ids note",
}


@dataclass(frozen=True, slots=True)
class Draw:
    """Pseudo patients of each arm, and where they come from."""

    arms: tuple[Patients, ...]
    draw: int
    seed: int
    note: str


@dataclass(frozen=True, slots=True)
class Reconstructed:
    """A curve with its draws: `method` is summaries or coordinates, `fitted` the statistics that were aimed at."""

    curve: PublishedCurve
    draws: tuple[Draw, ...]
    method: str
    fitted: frozenset[str]
    bounds: dict[from_summaries.Estimand, from_summaries.Bounds]


def survival_tables(
    time_to_event: pd.DataFrame, comparison: pd.DataFrame, published_value: pd.DataFrame, arm: pd.DataFrame, article: pd.DataFrame,
    curve_point: pd.DataFrame | None = None, *, draws: int = 5, seed: int = SEED, workers: int = 2, progress: Progress | None = None,
) -> dict[str, Any]:  # fmt: skip
    """All survival marts by name, "lineage.derivation", and "messages": why an endpoint has no reconstruction.

    draws = 0: no reconstruction, which the messages say; the design checks stay. Frames as in the schemas of the same names. The result depends on them, draws and seed alone: not on workers, or the machine.
    """
    if draws < 1:
        curves: list[Any] = []
        messages = [f"{article_id}: {NOT_ASKED}" for article_id in article.article_id]
    else:
        curves, messages = inputs.from_evidence(time_to_event, comparison, published_value, arm, article, curve_point)
    jobs = [(curve, draws, seed, _follow_up(published_value[published_value.article_id == curve.article_id])) for curve in curves]
    rows: dict[str, list[pd.DataFrame]] = {name: [] for name in COLUMNS}
    for found, said in _all_curves(jobs, workers, progress):
        messages += said
        for name, frame in found.items():
            rows[name].append(frame)
    rows["mart.design_check"].append(design.checks(published_value, arm, article, time_to_event))
    tables: dict[str, Any] = {}
    derived = []
    for name, columns in COLUMNS.items():
        tables[name], links = _finish(name, rows[name], columns.split())
        derived.append(links)
    tables["lineage.derivation"] = pd.concat(derived, ignore_index=True)
    tables["messages"] = messages
    return tables


Job = tuple[PublishedCurve, int, int, Figure | None]


def _all_curves(jobs: list[Job], workers: int, progress: Progress | None) -> Iterator[tuple[dict[str, pd.DataFrame], list[str]]]:
    """Each curve's frames and messages, in order: many curves in several processes, the draws of few."""
    total = sum(job[1] + 1 for job in jobs)
    done = 0
    if len(jobs) >= MANY and workers > 1:
        for job, made in zip(jobs, in_order(_one_curve, jobs, workers), strict=True):
            done += job[1] + 1
            if progress is not None:
                progress(done, total, f"{job[0].article_id} {job[0].endpoint}")
            yield made
        return
    for job in jobs:

        def report(step: int, _total: int, text: str, before: int = done) -> None:
            if progress is not None:
                progress(before + step, total, text)

        yield _one_curve(job, workers, report)
        done += job[1] + 1
        if progress is not None:
            progress(done, total, f"{job[0].article_id} {job[0].endpoint}: estimates")


def _one_curve(job: Job, workers: int = 1, progress: Progress | None = None) -> tuple[dict[str, pd.DataFrame], list[str]]:
    curve, draws, seed, follow_up = job
    made, said = run(curve, draws, seed, workers, progress)
    messages = [f"{curve.article_id}: {curve.endpoint}: {text}" for text in said]
    return (frames(made, follow_up) if made is not None else {}), messages


def _finish(name: str, parts: list[pd.DataFrame], columns: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    parts = [part for part in parts if len(part)]
    if not parts:
        empty = pd.DataFrame(columns=columns)
        return empty, derivation(empty.assign(value_ids=[]), name)
    frame = pd.concat(parts, ignore_index=True)
    frame["row_id"] = row_ids(frame, name, KEYS[name])
    links = derivation(frame, name)
    return frame[columns], links


# One curve -----------------------------------------------------------------------------------------------------------------------


def run(
    curve: PublishedCurve, draws: int = 5, seed: int = SEED, workers: int = 1, progress: Progress | None = None
) -> tuple[Reconstructed | None, list[str]]:
    """(the reconstruction or None, messages)."""
    messages: list[str] = []
    if all(arm.clicks and arm.at_risk for arm in curve.arms):
        found, said = _coordinates(curve, seed)
        messages += said
        if found is not None:
            return found, messages
    if not from_summaries.can_reconstruct(curve):
        return None, [*messages, "neither median, survival at a time nor numbers at risk with events for each arm: no curve"]
    made = from_summaries.reconstruct(curve, seed, draws, workers, progress)
    messages += [f"draw {one.draw}: {one.note}" for one in made if one.missed]
    wanted = _estimands(curve, made[0].arms)
    bounds = from_summaries.bounds(curve, wanted, made, workers=workers)
    chosen = tuple(Draw(one.arms, one.draw, one.seed, one.note) for one in made)
    fitted = {"median", "ci_lower", "ci_upper", "n_events", "km_percent", "hazard_ratio", "n_at_risk"}
    return Reconstructed(curve, chosen, "summaries", frozenset(fitted), bounds), messages


def _coordinates(curve: PublishedCurve, seed: int) -> tuple[Reconstructed | None, list[str]]:
    """From clicks. Refuses, and says so, where they contradict the risk table; drops published events that they can't hold."""
    arms, messages, fitted = [], [], {"n_at_risk", "n_events"}
    for arm in curve.arms:
        t, s = np.array(arm.clicks).T
        events = int(arm.events.value) if arm.events is not None and arm.events.value is not None else None
        given = (t, s, np.array(arm.risk_times), np.array(arm.at_risk))
        try:
            try:
                arms.append(from_coordinates.reconstruct(*given, events))
            except from_coordinates.Contradiction as contradiction:
                if events is None:
                    raise
                arms.append(from_coordinates.reconstruct(*given))
                fitted.discard("n_events")
                messages.append(
                    f"{arm.label}: {contradiction}. The coordinates are not of the curve that the article's events belong to; the events were not used"
                )
        except ValueError as refusal:
            return None, [*messages, f"{arm.label}: coordinates refused: {refusal}"]
    draw = Draw(tuple(arms), 0, seed, "Guyot 2012 from curve coordinates and numbers at risk")
    return Reconstructed(curve, (draw,), "coordinates", frozenset(fitted), {}), messages


def _times(curve: PublishedCurve, arms: Sequence[Patients]) -> list[float]:
    """Round landmark times within every arm's follow-up, at most three."""
    last = min(min(float(p.time.max()) for p in arms), curve.last_time if curve.last_time > 0 else np.inf)
    step = next((s for s in (1, 3, 6, 12, 24, 60, 120) if last / s < 4), 240)
    return [float(k * step) for k in range(1, 4) if k * step <= last]


def _estimands(curve: PublishedCurve, arms: Sequence[Patients]) -> list[from_summaries.Estimand]:
    wanted = []
    for time in _times(curve, arms):
        for i in range(len(arms)):
            wanted += [from_summaries.Estimand("survival", time, i), from_summaries.Estimand("rmst", time, i)]
        if len(arms) == 2:
            wanted.append(from_summaries.Estimand("rmst_difference", time))
    return wanted


def _follow_up(values: pd.DataFrame) -> Figure | None:
    """The published median follow-up, where there is just one."""
    rows = values[
        (values.statistic == "median") & values.endpoint.astype("string").str.contains("follow-up|follow up", case=False, na=False)
    ]
    rows = rows[rows.value.notna() & ~rows.is_assumption.astype(bool)]
    if len(rows) == 0 or rows.value.nunique() > 1:
        return None
    row = rows.iloc[0]
    factor = month_factor(row.unit if isinstance(row.unit, str) else None)
    if factor is None:
        return None
    return Figure(row.value * factor, row.value_low * factor, row.value_high * factor, str(row.printed), row.value_id)


# Rows ----------------------------------------------------------------------------------------------------------------------------


def frames(made: Reconstructed, follow_up: Figure | None = None) -> dict[str, pd.DataFrame]:
    """The marts' rows of one curve, without row_id, with value_ids."""
    parts = {
        "mart.reconstructed_patient": _patients(made),
        "mart.reconstruction_check": _checks(made, follow_up),
        "mart.survival_curve": _curves(made),
        "mart.survival_estimate": _estimates(made),
        "mart.survival_contrast": _contrasts(made),
        "mart.survival_model": _models(made),
    }
    curve = made.curve
    return {
        name: frame.assign(
            article_id=curve.article_id,
            study_id=curve.study_id,
            endpoint=curve.endpoint,
            assessor=curve.assessor,
            population=curve.population,
        )
        for name, frame in parts.items()
        if len(frame)
    }


def value_ids(curve: PublishedCurve) -> list[str]:
    """Every printed value that the reconstruction of a curve rests on."""
    figures: list[Figure | None] = [curve.hazard_ratio, curve.hr_lower, curve.hr_upper, curve.total_events]
    for arm in curve.arms:
        figures += [arm.events, arm.median, arm.lower, arm.upper, *(mark.survival for mark in arm.landmarks)]
        figures.append(Figure.exact(arm.n, arm.n_id))
    return list(dict.fromkeys(f.value_id for f in figures if f is not None and f.value_id))


def _with_ids(frame: pd.DataFrame, curve: PublishedCurve) -> pd.DataFrame:
    ids = value_ids(curve)
    frame["value_ids"] = [ids] * len(frame)
    return frame


def _patients(made: Reconstructed) -> pd.DataFrame:
    parts = []
    for draw in made.draws:
        for arm, patients in zip(made.curve.arms, draw.arms, strict=True):
            order = np.argsort(patients.time, kind="stable")
            parts.append(pd.DataFrame({"arm_id": arm.arm_id, "draw": draw.draw, "patient": np.arange(len(order)), "time_months": patients.time[order],
                                       "event": patients.event[order].astype(int), "method": made.method, "seed": draw.seed, "synthetic": True}))  # fmt: skip
    return _with_ids(pd.concat(parts, ignore_index=True), made.curve)


def _checks(made: Reconstructed, follow_up: Figure | None) -> pd.DataFrame:
    rows = []
    for draw in made.draws:
        for row in check.judge(made.curve, draw.arms, made.fitted, follow_up):
            ids = [row["value_id"]] if row["value_id"] else []
            rows.append({**row, "draw": draw.draw, "value_ids": ids})
    frame = pd.DataFrame(rows)
    if made.method == "coordinates":
        frame["fitted"] = frame.fitted & frame.statistic.isin([*made.fitted, "n"])
    return frame


def _curves(made: Reconstructed) -> pd.DataFrame:
    """The reference draw's Kaplan-Meier curves from time 0 on, with the range of all draws beside them."""
    parts = []
    for i, arm in enumerate(made.curve.arms):
        all_curves = [estimates.kaplan_meier(draw.arms[i]) for draw in made.draws]
        km = all_curves[0]
        time = np.concatenate(([0.0], km.time)) if km.time[0] > 0 else km.time
        pad = len(time) - len(km.time)
        spread = np.stack([one.at(time) for one in all_curves])
        with np.errstate(all="ignore"):
            low, high = np.fmin.reduce(spread, axis=0), np.fmax.reduce(spread, axis=0)

        def padded(values: np.ndarray, first: float, pad: int = pad) -> np.ndarray:
            return np.concatenate(([first] * pad, values))

        parts.append(pd.DataFrame({
            "arm_id": arm.arm_id, "draw": 0, "time_months": time, "survival": padded(km.survival, 1.0), "ci_lower": padded(km.lower, np.nan),
            "ci_upper": padded(km.upper, np.nan), "at_risk": padded(km.at_risk, arm.n).astype(int), "events": padded(km.events, 0).astype(int),
            "censored": padded(km.censored, 0).astype(int), "ensemble_low": low, "ensemble_high": high, "method": made.method, "synthetic": True,
        }))  # fmt: skip
    return _with_ids(pd.concat(parts, ignore_index=True), made.curve)


def _ranged(rows_by_draw: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The reference draw's rows with the range of their estimate over all draws."""
    out = []
    for rows in zip(*rows_by_draw, strict=True):
        values = np.array([row["estimate"] for row in rows], float)
        known = values[np.isfinite(values)]
        low, high = (float(known.min()), float(known.max())) if known.size else (np.nan, np.nan)
        out.append(
            {**rows[0], "draw": 0, "ensemble_low": low, "ensemble_high": high, "n_draws": len(rows), "ci_level": 95.0, "synthetic": True}
        )
    return out


def _estimate(
    measure: str, value: estimates.Estimate, unit: str, method: str, time: float | None = None, note: str | None = None
) -> dict[str, Any]:
    reason = None if np.isfinite(value.value) else "not_reached" if measure.startswith("median") else "not_estimable"
    return {"measure": measure, "time_months": time, "estimate": value.value, "se": value.se, "ci_lower": value.lower, "ci_upper": value.upper,
            "unit": unit, "method": method, "missing_reason": reason, "note": note}  # fmt: skip


def _estimates(made: Reconstructed) -> pd.DataFrame:
    times = _times(made.curve, made.draws[0].arms)
    rows = []
    for i, arm in enumerate(made.curve.arms):
        ranged = _ranged([_arm_estimates(draw.arms[i], times) for draw in made.draws])
        for row in ranged:
            bound = (
                made.bounds.get(from_summaries.Estimand(row["measure"], row["time_months"], i)) if row["time_months"] is not None else None
            )
            rows.append({**row, "arm_id": arm.arm_id, **_bound(bound)})
    return _with_ids(pd.DataFrame(rows), made.curve)


def _bound(bound: from_summaries.Bounds | None) -> dict[str, float]:
    return {"bound_low": np.nan, "bound_high": np.nan} if bound is None else {"bound_low": bound.low, "bound_high": bound.high}


def _arm_estimates(patients: Patients, times: Iterable[float]) -> list[dict[str, Any]]:
    km = estimates.kaplan_meier(patients)
    rows = [
        _estimate("median", estimates.median(km), "months", "Kaplan-Meier, log-log limits"),
        _estimate("median_follow_up", estimates.median_follow_up(patients), "months", "reverse Kaplan-Meier"),
    ]
    for time in times:
        rows.append(_estimate("survival", estimates.landmark(km, time), "proportion", "Kaplan-Meier, log-log limits", time))
        rows.append(_estimate("rmst", estimates.rmst(km, time), "months", "area under Kaplan-Meier, Greenwood-type variance", time))
    return rows


def _contrasts(made: Reconstructed) -> pd.DataFrame:
    if len(made.curve.arms) < 2:
        return pd.DataFrame()
    times = _times(made.curve, made.draws[0].arms)
    one, two = made.curve.arms
    rows = []
    for row in _ranged([_arm_contrasts(*draw.arms, times) for draw in made.draws]):
        bound = (
            made.bounds.get(from_summaries.Estimand(row["measure"], row["time_months"])) if row["measure"] == "rmst_difference" else None
        )
        rows.append({**row, "arm_id": one.arm_id, "reference_arm_id": two.arm_id, **_bound(bound)})
    return _with_ids(pd.DataFrame(rows), made.curve)


def _arm_contrasts(arm: Patients, reference: Patients, times: list[float]) -> list[dict[str, Any]]:
    unstratified = "unstratified: pseudo patients have no strata"
    none = estimates.Estimate(np.nan, np.nan, np.nan, np.nan)
    test = estimates.log_rank(arm, reference)
    hazards = estimates.proportional_hazards(arm, reference).test
    cox = estimates.cox(arm, reference)

    def row(measure: str, value: estimates.Estimate, unit: str | None, method: str, **more: Any) -> dict[str, Any]:
        return {**_estimate(measure, value, "", method), "unit": unit, "time_end_months": None, "statistic": None, "p_value": None, **more}

    rows = [
        row("hazard_ratio", cox.estimate, None, "Cox, Efron's ties", note=f"se is of the log; {unstratified}", p_value=_wald(cox)),
        row("log_rank", none, None, "log-rank, two-sided", statistic=test.statistic, p_value=test.p, missing_reason=None, note=unstratified),
        row("proportional_hazards", none, None, "Grambsch-Therneau score test, Kaplan-Meier time", statistic=hazards.statistic, p_value=hazards.p,
            missing_reason=None),
    ]  # fmt: skip
    curves = estimates.kaplan_meier(arm), estimates.kaplan_meier(reference)
    for time in times:
        difference, p = estimates.rmst_difference(*curves, time)
        rows.append(row("rmst_difference", difference, "months", "difference of areas under Kaplan-Meier", time_months=time, p_value=p))
    for start, end, piece in estimates.piecewise_hazard_ratios(arm, reference, np.array([0.0, *times])):
        rows.append(row("piecewise_hazard_ratio", piece.estimate, None, "Cox among those at risk at the start", time_months=start, time_end_months=end,
                        p_value=_wald(piece), note="se is of the log"))  # fmt: skip
    return rows


def _wald(cox: estimates.Comparison) -> float:
    from scipy.special import ndtr

    return float(2 * ndtr(-abs(cox.log_hazard_ratio / cox.se))) if cox.se > 0 else np.nan


def _models(made: Reconstructed) -> pd.DataFrame:
    rows = []
    for arm, patients in zip(made.curve.arms, made.draws[0].arms, strict=True):
        for fit in models.fit_all(patients):
            end = float(fit.survival(np.array([models.HORIZON]))[0])
            note = fit.note or ("survival at the horizon is above 1 %: the mean depends on where it is cut" if end > 0.01 else None)
            rows.append({
                "arm_id": arm.arm_id, "draw": 0, "model": fit.family.name, "parameters": json.dumps(fit.natural),
                "n_parameters": len(fit.theta), "log_likelihood": fit.log_likelihood, "aic": fit.aic, "bic": fit.bic, "converged": fit.converged,
                "median_months": fit.median(), "mean_months": fit.restricted_mean(), "horizon_months": models.HORIZON, "survival_horizon": end,
                "synthetic": True, "note": note,
            })  # fmt: skip
    return _with_ids(pd.DataFrame(rows), made.curve) if rows else pd.DataFrame()


def with_clicks(curve: PublishedCurve, clicks: Sequence[Sequence[tuple[float, float]]]) -> PublishedCurve:
    """The curve with coordinates of each arm."""
    arms = tuple(replace(arm, clicks=tuple(points)) for arm, points in zip(curve.arms, clicks, strict=True))
    return replace(curve, arms=arms)
