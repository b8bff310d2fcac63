"""The survival marts: reconstructed patients and what is estimated from them. Belongs here: names, units and ranges. Does not: the
algorithms (trialmart/survival).

Every row says from which draw it comes (0 is the reference draw; NULL where the row summarises the ensemble) and is synthetic unless it
repeats a published figure.
"""

import typing

from schemas.contract import column, rule
from schemas.mart import MartRow

if typing.TYPE_CHECKING:
    import pandas as pd


class SurvivalRow(MartRow):
    """What every survival row says first."""

    endpoint: str = column("Endpoint", example="progression-free survival")
    assessor: str | None = column("Who assessed the endpoint")
    population: str | None = column("Analysis population")


class ReconstructedPatient(SurvivalRow):
    """A pseudo patient: time and event that together reproduce the published figures. Synthetic; no real patient."""

    arm_id: str = column("Arm", references="evidence.arm")
    draw: int = column("Draw; 0 is the reference draw", ge=0)
    patient: int = column("Number of the pseudo patient within arm and draw", ge=0)
    time_months: float = column("Time to event or censoring", unit="months of 30.4375 days", ge=0)
    event: int = column("1 = event, 0 = censored", isin=(0, 1))
    method: str = column("Way of reconstruction", example="summaries")
    seed: int = column("Seed of the draw", ge=0)
    synthetic: bool = column("Always true", isin=(True,))

    class Config:
        name = "mart.reconstructed_patient"
        unique = ("article_id", "endpoint", "assessor", "population", "arm_id", "draw", "patient")


class ReconstructionCheck(SurvivalRow):
    """A published figure against what the reconstruction gives."""

    arm_id: str | None = column("Arm; of a contrast the numerator", references="evidence.arm")
    reference_arm_id: str | None = column("Comparator of a contrast", references="evidence.arm.arm_id")
    draw: int = column("Draw; 0 is the reference draw", ge=0)
    statistic: str = column("Figure that is compared", example="median")
    time_months: float | None = column("Time that the figure is for", unit="months", ge=0)
    value_id: str | None = column("Published value; NULL where the figure comes from a sidecar", references="evidence.published_value")
    source: str | None = column("Where the figure is published: article or sidecar")
    printed: str | None = column("The figure as printed")
    published: float | None = column("The figure as a number; NULL where not estimable")
    published_low: float | None = column("Lower end of what the printed digits can stand for")
    published_high: float | None = column("Upper end of what the printed digits can stand for")
    reconstructed: float | None = column("What the reconstruction gives; NULL where not estimable")
    fitted: bool = column("Whether the reconstruction was made to meet the figure; meeting a fitted figure validates nothing")
    agrees: bool | None = column("Whether they agree at printed precision; NULL where that cannot be said")
    distance: float | None = column("How far outside the printed digits, 0 within", ge=0)
    note: str | None = column("What the comparison assumes, or why it fails")

    class Config:
        name = "mart.reconstruction_check"
        unique = ("row_id",)


class SurvivalCurve(SurvivalRow):
    """A point of a survival curve: Kaplan–Meier of the reconstructed patients, with log-log limits and the ensemble's spread."""

    arm_id: str = column("Arm", references="evidence.arm")
    draw: int = column("Draw; 0 is the reference draw", ge=0)
    time_months: float = column("Time since randomization", unit="months", ge=0)
    survival: float = column("Proportion free of the event", unit="proportion", ge=0, le=1)
    ci_lower: float | None = column("Lower 95 % limit, log-log", unit="proportion", ge=0, le=1)
    ci_upper: float | None = column("Upper 95 % limit, log-log", unit="proportion", ge=0, le=1)
    at_risk: int | None = column("Patients at risk just before the time", unit="patients", ge=0)
    events: int | None = column("Events at the time", unit="patients", ge=0)
    censored: int | None = column("Patients censored at the time", unit="patients", ge=0)
    ensemble_low: float | None = column("Smallest value among the draws", unit="proportion", ge=0, le=1)
    ensemble_high: float | None = column("Largest value among the draws", unit="proportion", ge=0, le=1)
    method: str = column("Way of reconstruction", example="summaries")
    synthetic: bool = column("Whether it rests on pseudo patients")

    class Config:
        name = "mart.survival_curve"
        unique = ("row_id",)


class Estimated(SurvivalRow):
    """What estimates of one arm and of contrasts share."""

    estimate: float | None = column("Estimate; NULL where it is not reached or not estimable")
    se: float | None = column("Standard error", ge=0)
    ci_lower: float | None = column("Lower confidence limit: the sampling interval")
    ci_upper: float | None = column("Upper confidence limit; NULL where not estimable")
    ci_level: float | None = column("Confidence level", unit="%", gt=0, lt=100)
    unit: str | None = column("Unit of estimate and limits", example="months")
    ensemble_low: float | None = column("Smallest estimate among the draws")
    ensemble_high: float | None = column("Largest estimate among the draws")
    n_draws: int | None = column("Draws in the ensemble", unit="draws", ge=1)
    bound_low: float | None = column("Smallest value that the published figures allow")
    bound_high: float | None = column("Largest value that the published figures allow")
    method: str | None = column("Estimator, or the model of an extrapolation")
    missing_reason: str | None = column("Why there is no estimate")
    synthetic: bool = column("Whether it rests on pseudo patients")
    note: str | None = column("What the estimate assumes")

    @rule("the ensemble's range is in order")
    def ensemble_in_order(cls, rows: "pd.DataFrame") -> "pd.Series":
        return rows.ensemble_low.isna() | rows.ensemble_high.isna() | (rows.ensemble_low <= rows.ensemble_high)

    @rule("the bounds are in order")
    def bounds_in_order(cls, rows: "pd.DataFrame") -> "pd.Series":
        return rows.bound_low.isna() | rows.bound_high.isna() | (rows.bound_low <= rows.bound_high)


class SurvivalEstimate(Estimated):
    """An estimate for one arm: median, landmark survival, restricted mean, follow-up."""

    arm_id: str = column("Arm", references="evidence.arm")
    draw: int | None = column("Draw; 0 is the reference draw, NULL summarises the ensemble", ge=0)
    measure: str = column("What is estimated", example="rmst")
    time_months: float | None = column("Landmark, or the limit of a restricted mean", unit="months", ge=0)

    class Config:
        name = "mart.survival_estimate"
        unique = ("row_id",)


class SurvivalContrast(Estimated):
    """An estimate between two arms: hazard ratio, log-rank, restricted-mean difference, proportional hazards, piecewise hazard ratio."""

    arm_id: str = column("Arm in the numerator", references="evidence.arm")
    reference_arm_id: str = column("Comparator", references="evidence.arm.arm_id")
    draw: int | None = column("Draw; 0 is the reference draw, NULL summarises the ensemble", ge=0)
    measure: str = column("What is estimated", example="hazard_ratio")
    time_months: float | None = column("Limit of a restricted mean, or start of a piece", unit="months", ge=0)
    time_end_months: float | None = column("End of a piece", unit="months", ge=0)
    statistic: float | None = column("Test statistic")
    p_value: float | None = column("P value", ge=0, le=1)

    class Config:
        name = "mart.survival_contrast"
        unique = ("row_id",)


class SurvivalModel(SurvivalRow):
    """A parametric model fitted to one arm's reconstructed patients, for extrapolation."""

    arm_id: str = column("Arm", references="evidence.arm")
    draw: int = column("Draw; 0 is the reference draw", ge=0)
    model: str = column("Distribution", example="weibull")
    parameters: str | None = column("Parameters with standard errors, as JSON")
    n_parameters: int = column("Parameters fitted", unit="parameters", ge=0)
    log_likelihood: float | None = column("Log likelihood")
    aic: float | None = column("Akaike information criterion")
    bic: float | None = column("Bayesian information criterion")
    converged: bool = column("Whether the fit has converged")
    median_months: float | None = column("Median of the model", unit="months", ge=0)
    mean_months: float | None = column("Extrapolated mean up to the horizon", unit="months", ge=0)
    horizon_months: float | None = column("Horizon of the extrapolated mean", unit="months", gt=0)
    survival_horizon: float | None = column("Proportion free of the event at the horizon", unit="proportion", ge=0, le=1)
    synthetic: bool = column("Whether it rests on pseudo patients")
    note: str | None = column("Why a fit failed, or what it assumes")

    class Config:
        name = "mart.survival_model"
        unique = ("row_id",)


class DesignCheck(SurvivalRow):
    """A figure of the trial's design recomputed: events and power by Schoenfeld, the interim boundary, the power of the observed events."""

    measure: str = column("What is recomputed", example="schoenfeld_events")
    published: float | None = column("What the article prints")
    recomputed: float | None = column("What its other figures give")
    agrees: bool | None = column("Whether they agree; NULL where that cannot be said")
    inputs: str | None = column("Figures that it was recomputed from, as JSON")
    method: str = column("Formula and its source")
    value_ids: list[str] = column("Printed values that it rests on", references="evidence.published_value.value_id")
    note: str | None = column("What the formula assumes")

    class Config:
        name = "mart.design_check"
        unique = ("row_id",)
