"""Each published figure beside what the pseudo patients give, judged by lifelines.

Belongs here: the verdict. Does not: making patients meet the figures. lifelines is an independent second implementation of everything that
the reconstruction was steered by.

A figure that was fitted is met because it was fitted: that validates nothing. Figures not fitted (median follow-up, log-rank p, events that
contradict a given curve) are reported as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from trialmart.survival.estimates import median_follow_up
from trialmart.survival.patients import Patients
from trialmart.survival.published import Arm, Figure, PublishedCurve

TOLERANCE = 1e-9


def judge(
    curve: PublishedCurve, arms: tuple[Patients, ...], fitted: frozenset[str], follow_up: Figure | None = None
) -> list[dict[str, Any]]:
    """One row for each published figure: statistic, time_months, published, reconstructed, fitted, agrees, distance.

    fitted: the statistics that the reconstruction was made to meet. follow_up: published median follow-up of all arms, if any.
    """
    rows = [row for arm, patients in zip(curve.arms, arms, strict=True) for row in _arm_rows(arm, patients, fitted)]
    if len(arms) == 2:
        rows += _contrast_rows(curve, arms, fitted)
    if curve.total_events is not None:
        total = float(sum(p.n_events for p in arms))
        rows.append(_row("n_events", curve.total_events, total, "n_events" in fitted, None, None, note="both arms together"))
    if follow_up is not None:
        together = Patients(np.concatenate([p.time for p in arms]), np.concatenate([p.event for p in arms]))
        rows.append(_row("median_follow_up", follow_up, median_follow_up(together).value, False, None, None,
                         note="reverse Kaplan-Meier of all arms; how the article computed its figure is often not told"))  # fmt: skip
    return rows


def _arm_rows(arm: Arm, patients: Patients, fitted: frozenset[str]) -> Iterator[dict[str, Any]]:
    from lifelines import KaplanMeierFitter
    from lifelines.utils import median_survival_times

    model = KaplanMeierFitter().fit(patients.time, patients.event)
    limits = median_survival_times(model.confidence_interval_).to_numpy().ravel()
    values = {"median": model.median_survival_time_, "ci_lower": limits[0], "ci_upper": limits[1]}
    yield _row("n", Figure.exact(arm.n, arm.n_id), float(len(patients)), True, arm.arm_id, None)
    if arm.events is not None:
        yield _row("n_events", arm.events, float(model.event_table["observed"].sum()), "n_events" in fitted, arm.arm_id, None)
    for name, figure in (("median", arm.median), ("ci_lower", arm.lower), ("ci_upper", arm.upper)):
        if figure is not None:
            value = float(values[name])
            yield _row(name, figure, value if np.isfinite(value) else np.nan, name in fitted, arm.arm_id, None,
                       note=None if name == "median" else "95 % log-log limit of the median")  # fmt: skip
    for mark in arm.landmarks:
        survival = float(model.predict(mark.time))
        yield _row("km_percent", mark.survival, survival, "km_percent" in fitted, arm.arm_id, None, mark.time, note="as a proportion")
    counted = patients.at_risk(np.array(arm.risk_times))
    for time, number, value in zip(arm.risk_times, arm.at_risk, counted, strict=True):
        figure = Figure.exact(number, source="sidecar")
        yield _row(
            "n_at_risk",
            figure,
            float(value),
            "n_at_risk" in fitted,
            arm.arm_id,
            None,
            time,
            note=f"just before the time; from {arm.curve_source}",
        )


def _contrast_rows(curve: PublishedCurve, arms: tuple[Patients, ...], fitted: frozenset[str]) -> Iterator[dict[str, Any]]:
    import pandas as pd
    from lifelines import CoxPHFitter
    from lifelines.statistics import logrank_test

    if curve.hazard_ratio is None and curve.p_value is None:
        return
    one, two = arms
    frame = pd.DataFrame({"time": np.concatenate((one.time, two.time)), "event": np.concatenate((one.event, two.event)),
                          "arm": np.repeat([1.0, 0.0], [len(one), len(two)])})  # fmt: skip
    between = (curve.arms[0].arm_id, curve.arms[1].arm_id)
    if curve.hazard_ratio is not None:
        try:
            summary = CoxPHFitter().fit(frame, "time", "event").summary.loc["arm"]
            values = [float(summary[name]) for name in ("exp(coef)", "exp(coef) lower 95%", "exp(coef) upper 95%")]
        except Exception as failure:  # noqa: BLE001 - lifelines raises several kinds where a fit has no maximum
            values = [np.nan] * 3
            failed: str | None = f"lifelines: {type(failure).__name__}"
        else:
            failed = None
        note = failed or "unstratified Cox model (Efron); the published one may be stratified"
        names = ("hazard_ratio", "ci_lower", "ci_upper")
        for name, figure, value in zip(names, (curve.hazard_ratio, curve.hr_lower, curve.hr_upper), values, strict=True):
            if figure is not None:
                yield _row(name, figure, value, "hazard_ratio" in fitted, *between, note=note)
    if curve.p_value is not None:
        p = float(logrank_test(one.time, two.time, one.event, two.event).p_value)
        yield _row("p_value", curve.p_value, p, False, *between, note="unstratified two-sided log-rank test")


def _row(
    statistic: str, figure: Figure, value: float, fitted: bool, arm_id: str | None, reference: str | None, time: float | None = None,
    note: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    distance = figure.distance(value)
    return {
        "arm_id": arm_id, "reference_arm_id": reference, "statistic": statistic, "time_months": time, "value_id": figure.value_id,
        "source": figure.source, "printed": figure.printed or None, "published": figure.value,
        "published_low": figure.low, "published_high": figure.high, "reconstructed": value, "fitted": fitted,
        "agrees": bool(distance <= TOLERANCE), "distance": distance if np.isfinite(distance) else np.nan, "note": note,
    }  # fmt: skip
