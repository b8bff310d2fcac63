"""The typed evidence tables: baseline, adverse events, response, time to event, subgroups, comparisons, each fact once. Belongs here:
what one fact is made of. Does not: effects computed from it (mart.py), nor how values become facts (trialmart/facts).

An article's own arithmetic errors must be able to land, since the audit judges them. So rules here reject only what no page can
mean (a percent of patients above 100, more patients with an event than at risk where the row itself prints both), and a rejected row
is listed in quality.quarantine with its printed values still in evidence.published_value.
"""

import typing

from schemas.contract import Contract, column, figure, rule
from schemas.vocabulary import ARM_N_SOURCES, COMPARATORS, GRADE_BANDS, MEASURES, MISSING_REASONS

if typing.TYPE_CHECKING:
    import pandas as pd

FACT_SCOPES = ("arm", "total")


class Fact(Contract):
    """What every typed row says first and last."""

    row_id: str = column("Row: article, table and a hash of the key columns; the same in every run")
    article_id: str = column("Article", references="evidence.article")
    study_id: str = column("Study: the registry number where printed, else the article's id")
    table_id: str | None = column("Table that the row is taken from; NULL for prose", references="evidence.article_table")
    value_ids: list[str] = column(
        "All printed values behind the row, repeats in other places included", references="evidence.published_value.value_id", last=True
    )
    note: str | None = column("How a field was resolved where the text alone does not tell", last=True)


class CountsWithinArm(Contract):
    """The rule that rows with a count and its denominator share."""

    @rule("no more patients than the row's denominator")
    def n_within_arm(cls, rows: "pd.DataFrame") -> "pd.Series":
        return rows.n.isna() | rows.arm_n.isna() | (rows.n <= rows.arm_n).fillna(True)


class LimitsInOrder(Contract):
    """The rule that rows with an interval share. A limit on the wrong side of its estimate may be a misprint, so it lands for the audit."""

    @rule("the lower limit is not above the upper")
    def limits_in_order(cls, rows: "pd.DataFrame") -> "pd.Series":
        return rows.ci_lower.isna() | rows.ci_upper.isna() | (rows.ci_lower <= rows.ci_upper)


class BaselineCharacteristic(Fact, CountsWithinArm):
    """A characteristic of the patients at baseline, by level, arm and population, as printed."""

    parent_path: list[str] = column("Labels above the characteristic, outermost first")
    characteristic: str = column("Characteristic, as printed without marks and units", example="ECOG performance status")
    level: str | None = column("Level of a categorical characteristic", example="0")
    level_order: int | None = column("Place of the level in the article's order, from 0", ge=0)
    levels_exclusive: bool | None = column("Whether each patient has one level; NULL where the page does not tell")
    scope: str = column("One arm, or all arms together", isin=FACT_SCOPES)
    arm_id: str | None = column("Arm; NULL for the total", references="evidence.arm")
    population: str | None = column("Analysis population")
    timepoint: str | None = column("Time of measurement, as printed")
    unit: str | None = column("Unit of mean, median and their spread", example="years")
    arm_n: int | None = figure("Patients that the row's percents are of", unit="patients", ge=0)
    arm_n_source: str | None = column("Where the denominator is printed", isin=ARM_N_SOURCES)
    n: int | None = figure("Patients with the level", unit="patients", ge=0)
    percent: float | None = figure("Patients with the level", unit="%", ge=0, le=100)
    mean: float | None = figure("Mean")
    sd: float | None = figure("Standard deviation", ge=0)
    se: float | None = figure("Standard error", ge=0)
    median: float | None = figure("Median")
    minimum: float | None = figure("Smallest value")
    maximum: float | None = figure("Largest value")
    q1: float | None = figure("First quartile")
    q3: float | None = figure("Third quartile")
    ci_lower: float | None = figure("Lower confidence limit")
    ci_upper: float | None = figure("Upper confidence limit")

    class Config:
        name = "evidence.baseline_characteristic"
        unique = ("row_id",)


class AdverseEvent(Fact, CountsWithinArm):
    """Patients with an adverse event, by grade and arm, as printed."""

    parent_path: list[str] = column("Labels above the term, outermost first")
    term: str = column("Adverse event, as printed without footnote marks", example="Neutropenia")
    term_order: int | None = column("Place of the term in the article's order, from 0", ge=0)
    grade: str | None = column("CTCAE grade band", isin=GRADE_BANDS)
    scope: str = column("One arm, or all arms together", isin=FACT_SCOPES)
    arm_id: str | None = column("Arm; NULL for the total", references="evidence.arm")
    population: str | None = column("Analysis population, usually as_treated")
    timepoint: str | None = column("Time of observation, as printed")
    causality: str | None = column("Any event, or only those related to treatment", isin=("any", "related"))
    seriousness: str | None = column("Any event, or only serious ones", isin=("any", "serious"))
    arm_n: int | None = figure("Patients at risk in the arm", unit="patients", ge=0)
    arm_n_source: str | None = column("Where the denominator is printed", isin=ARM_N_SOURCES)
    n: int | None = figure("Patients with the event", unit="patients", ge=0)
    n_comparator: str | None = column("Sign printed before n", isin=COMPARATORS)
    percent: float | None = figure("Patients with the event", unit="%", ge=0, le=100)
    percent_comparator: str | None = column("Sign printed before percent", isin=COMPARATORS)
    n_events: int | None = figure("Events, not patients", unit="events", ge=0)

    class Config:
        name = "evidence.adverse_event"
        unique = ("row_id",)


class Response(Fact, CountsWithinArm, LimitsInOrder):
    """Patients with a response, by endpoint, assessor, population, time and arm, as printed."""

    endpoint: str = column("Endpoint", example="objective response")
    assessor: str | None = column("Who assessed the endpoint")
    population: str | None = column("Analysis population")
    timepoint: str | None = column("Time of assessment, as printed")
    subgroup: str | None = column("Subgroup level, as printed")
    scope: str = column("One arm, or all arms together", isin=FACT_SCOPES)
    arm_id: str | None = column("Arm; NULL for the total", references="evidence.arm")
    arm_n: int | None = figure("Patients assessed in the arm", unit="patients", ge=0)
    arm_n_source: str | None = column("Where the denominator is printed", isin=ARM_N_SOURCES)
    n: int | None = figure("Patients with the response", unit="patients", ge=0)
    percent: float | None = figure("Patients with the response", unit="%", ge=0, le=100)
    percent_comparator: str | None = column("Sign printed before percent", isin=COMPARATORS)
    ci_lower: float | None = figure("Lower confidence limit of percent", unit="%", ge=0, le=100)
    ci_upper: float | None = figure("Upper confidence limit of percent", unit="%", ge=0, le=100)
    ci_level: float | None = column("Confidence level; NULL where it is not told", unit="%", gt=0, lt=100)

    class Config:
        name = "evidence.response"
        unique = ("row_id",)


class TimeToEvent(Fact, LimitsInOrder):
    """Events, median and event-free shares of a time-to-event endpoint, by assessor, population and arm, as printed."""

    endpoint: str = column("Endpoint", example="progression-free survival")
    assessor: str | None = column("Who assessed the endpoint")
    population: str | None = column("Analysis population")
    subgroup: str | None = column("Subgroup level, as printed")
    timepoint: str | None = column("NULL: the row holds median and events; set: the share free of the event at that time")
    scope: str = column("One arm, or all arms together", isin=FACT_SCOPES)
    arm_id: str | None = column("Arm; NULL for the total", references="evidence.arm")
    arm_n: int | None = figure("Patients in the arm", unit="patients", ge=0)
    arm_n_source: str | None = column("Where the denominator is printed", isin=ARM_N_SOURCES)
    n_events: int | None = figure("Patients with the event", unit="patients", ge=0)
    percent: float | None = figure("Patients with the event", unit="%", ge=0, le=100)
    median: float | None = figure("Median time to the event, in the row's unit", ge=0)
    median_missing_reason: str | None = column("Why there is no median", isin=MISSING_REASONS)
    unit: str | None = column("Unit of median and mean", example="months")
    ci_lower: float | None = figure("Lower confidence limit of median or share", ge=0)
    ci_lower_missing_reason: str | None = column("Why there is no lower limit", isin=MISSING_REASONS)
    ci_upper: float | None = figure("Upper confidence limit of median or share", ge=0)
    ci_upper_missing_reason: str | None = column("Why there is no upper limit", isin=MISSING_REASONS)
    ci_level: float | None = column("Confidence level; NULL where it is not told", unit="%", gt=0, lt=100)
    km_percent: float | None = figure("Patients free of the event at timepoint, by Kaplan–Meier", unit="%", ge=0, le=100)
    mean: float | None = figure("Mean time to the event, in the row's unit", ge=0)

    class Config:
        name = "evidence.time_to_event"
        unique = ("row_id",)

    @rule("no more patients with the event than the row's denominator")
    def events_within_arm(cls, rows: "pd.DataFrame") -> "pd.Series":
        return rows.n_events.isna() | rows.arm_n.isna() | (rows.n_events <= rows.arm_n).fillna(True)


class SubgroupEffect(Fact, LimitsInOrder):
    """An effect in one level of a subgroup factor, for one contrast, as printed."""

    endpoint: str | None = column("Endpoint")
    assessor: str | None = column("Who assessed the endpoint")
    population: str | None = column("Analysis population")
    timepoint: str | None = column("Time of assessment, as printed")
    factor: str | None = column("Factor that the level belongs to", example="disease site")
    level: str = column("Level", example="visceral")
    level_order: int | None = column("Place of the level in the article's order, from 0", ge=0)
    arm_id: str | None = column("Arm in the numerator", references="evidence.arm")
    reference_arm_id: str | None = column("Comparator", references="evidence.arm.arm_id")
    measure: str = column("Effect measure", isin=MEASURES)
    estimate: float | None = figure("Effect estimate")
    estimate_missing_reason: str | None = column("Why there is no estimate", isin=MISSING_REASONS)
    ci_lower: float | None = figure("Lower confidence limit")
    ci_upper: float | None = figure("Upper confidence limit")
    ci_level: float | None = column("Confidence level; NULL where it is not told", unit="%", gt=0, lt=100)
    p_value: float | None = figure("P value of the effect", ge=0, le=1)
    p_value_comparator: str | None = column("Sign printed before the p value", isin=COMPARATORS)
    interaction_p_value: float | None = figure("P value of the interaction", ge=0, le=1)
    interaction_p_comparator: str | None = column("Sign printed before the interaction p value", isin=COMPARATORS)
    arm_n: int | None = figure("Patients of the level in the arm", unit="patients", ge=0)
    arm_n_source: str | None = column("Where arm_n is printed", isin=ARM_N_SOURCES)
    reference_n: int | None = figure("Patients of the level in the comparator", unit="patients", ge=0)
    reference_n_source: str | None = column("Where reference_n is printed", isin=ARM_N_SOURCES)
    n_events: int | None = figure("Patients of the level with the event in the arm", unit="patients", ge=0)
    reference_n_events: int | None = figure("Patients of the level with the event in the comparator", unit="patients", ge=0)
    percent: float | None = figure("Share of the arm that is in the level", unit="%", ge=0, le=100)
    reference_percent: float | None = figure("Share of the comparator that is in the level", unit="%", ge=0, le=100)
    factor_source: str | None = column("How the factor is known", isin=("printed", "table", "resolved"))

    class Config:
        name = "evidence.subgroup_effect"
        unique = ("row_id",)


class Comparison(Fact, LimitsInOrder):
    """A comparison between arms: an effect estimate with its limits and test, or a test alone, as printed."""

    domain: str = column("What is compared", isin=("efficacy", "baseline", "adverse_events", "survival", "subgroup", "other"))
    endpoint: str = column("Endpoint, characteristic or event")
    assessor: str | None = column("Who assessed the endpoint")
    population: str | None = column("Analysis population")
    timepoint: str | None = column("Time of assessment, as printed")
    subgroup: str | None = column("Subgroup level, as printed")
    measure: str = column("Effect measure; p_value where a test stands alone", isin=MEASURES)
    method: str | None = column("Method, as printed")
    adjusted: bool | None = column("Whether the estimate is adjusted or stratified, where told")
    arm_id: str | None = column("Arm in the numerator", references="evidence.arm")
    reference_arm_id: str | None = column("Comparator; both NULL for a test over all groups", references="evidence.arm.arm_id")
    estimate: float | None = figure("Effect estimate")
    estimate_comparator: str | None = column("Sign printed before the estimate", isin=COMPARATORS)
    estimate_missing_reason: str | None = column("Why there is no estimate", isin=MISSING_REASONS)
    unit: str | None = column("Unit of a difference")
    ci_lower: float | None = figure("Lower confidence limit")
    ci_lower_missing_reason: str | None = column("Why there is no lower limit", isin=MISSING_REASONS)
    ci_upper: float | None = figure("Upper confidence limit")
    ci_upper_missing_reason: str | None = column("Why there is no upper limit", isin=MISSING_REASONS)
    ci_level: float | None = figure("Confidence level; NULL where it is not told", unit="%", gt=0, lt=100)
    p_value: float | None = figure("P value", ge=0, le=1)
    p_value_comparator: str | None = column("Sign printed before the p value", isin=COMPARATORS)
    sides: int | None = column("Sides of the test, where told", isin=(1, 2))
    arm_n: int | None = figure("Patients in the arm", unit="patients", ge=0)
    arm_n_source: str | None = column("Where arm_n is printed", isin=ARM_N_SOURCES)
    reference_n: int | None = figure("Patients in the comparator", unit="patients", ge=0)
    reference_n_source: str | None = column("Where reference_n is printed", isin=ARM_N_SOURCES)

    class Config:
        name = "evidence.comparison"
        unique = ("row_id",)
