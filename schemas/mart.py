"""The marts: effects, subgroups and the page-one numbers, ready for analysis. Belongs here: what an analyst reads. Does not: the facts
as printed (facts.py), nor the formulas (trialmart/effects)."""

import typing

from schemas.contract import Contract, column, rule
from schemas.vocabulary import AGREEMENTS, COMPARATORS, COUNTS_BASES, GRADE_BANDS, MEASURES

if typing.TYPE_CHECKING:
    import pandas as pd


class MartRow(Contract):
    """What every mart row says first and last."""

    row_id: str = column("Row: article, table and a hash of the key columns; the same in every run")
    article_id: str = column("Article", references="evidence.article")
    study_id: str = column("Study: the registry number where printed, else the article's id")


class Audited(MartRow):
    """A mart row that says whether the number audit trusts its figures."""

    trusted: bool = column("False where a critical or major finding touches a figure of the row", last=True)
    flag: str | None = column("What the audit found, and which figure is used", last=True)
    value_ids: list[str] = column("Printed values that the row rests on", references="evidence.published_value.value_id", last=True)
    note: str | None = column("Assumptions and choices, in words", last=True)


class Efficacy(Audited):
    """An efficacy effect of one contrast: as published, on the analysis scale, and recomputed."""

    endpoint: str = column("Endpoint")
    assessor: str | None = column("Who assessed the endpoint")
    population: str | None = column("Analysis population")
    timepoint: str | None = column("Time of assessment, as printed")
    subgroup: str | None = column("Subgroup level, as printed")
    arm_id: str | None = column("Arm in the numerator", references="evidence.arm")
    reference_arm_id: str | None = column("Comparator", references="evidence.arm.arm_id")
    measure: str = column("Effect measure", isin=MEASURES)
    source: str = column("Printed in the article, or computed from its counts", isin=("published", "derived"))
    scale: str = column("Scale of analysis", isin=("log", "identity"))
    estimate: float | None = column("Effect estimate")
    ci_lower: float | None = column("Lower confidence limit")
    ci_upper: float | None = column("Upper confidence limit")
    ci_level: float | None = column("Confidence level", unit="%", gt=0, lt=100)
    ci_level_assumed: bool = column("The level is not told; 95 % is assumed")
    log_estimate: float | None = column("Natural logarithm of the estimate")
    log_se: float | None = column("Standard error on the log scale, from the limits", ge=0)
    log_se_low: float | None = column("Smallest standard error that the printed digits allow", ge=0)
    log_se_high: float | None = column("Largest standard error that the printed digits allow", ge=0)
    p_value: float | None = column("P value as printed", ge=0, le=1)
    p_value_comparator: str | None = column("Sign printed before the p value", isin=COMPARATORS)
    p_recomputed: float | None = column("P value recomputed from estimate and limits", ge=0, le=1)
    method: str | None = column("Method, as printed or used")
    adjusted: bool | None = column("Whether the estimate is adjusted or stratified, where told")
    unit: str | None = column("Unit of the arms' values")
    arm_value: float | None = column("The arm's rate or median, as published")
    arm_lower: float | None = column("Its lower limit, as published")
    arm_upper: float | None = column("Its upper limit, as published")
    reference_value: float | None = column("The comparator's rate or median, as published")
    reference_lower: float | None = column("Its lower limit, as published")
    reference_upper: float | None = column("Its upper limit, as published")
    events: int | None = column("Patients with the event in the arm", unit="patients", ge=0)
    n: int | None = column("Patients in the arm", unit="patients", ge=0)
    reference_events: int | None = column("Patients with the event in the comparator", unit="patients", ge=0)
    reference_n: int | None = column("Patients in the comparator", unit="patients", ge=0)
    counts_basis: str | None = column("Where the counts come from", isin=COUNTS_BASES)
    recomputed_estimate: float | None = column("Estimate recomputed from the counts")
    recomputed_lower: float | None = column("Its lower limit")
    recomputed_upper: float | None = column("Its upper limit")
    recomputed_method: str | None = column("How it was recomputed")
    arm_recomputed_lower: float | None = column("Clopper–Pearson lower limit of the arm's rate", unit="%", ge=0, le=100)
    arm_recomputed_upper: float | None = column("Clopper–Pearson upper limit of the arm's rate", unit="%", ge=0, le=100)
    reference_recomputed_lower: float | None = column("Clopper–Pearson lower limit of the comparator's rate", unit="%", ge=0, le=100)
    reference_recomputed_upper: float | None = column("Clopper–Pearson upper limit of the comparator's rate", unit="%", ge=0, le=100)
    agreement: str = column("How the published and the recomputed estimate agree", isin=AGREEMENTS)
    agreement_note: str | None = column("Why, in words")

    class Config:
        name = "mart.efficacy"
        unique = ("row_id",)


class Safety(Audited):
    """How much more often an adverse event occurred in one arm than in another. Differences are proportions, not %. Grade 0, patients without
    the event, stays in evidence.adverse_event."""

    parent_path: list[str] = column("Labels above the term, outermost first")
    term: str = column("Adverse event")
    grade: str | None = column("CTCAE grade band", isin=GRADE_BANDS)
    grade_basis: str = column("Printed, or grade 3 + grade 4 where columns hold the worst grade", isin=("printed", "sum of worst grades"))
    assumption: str | None = column("What a summed grade band assumes")
    population: str | None = column("Analysis population")
    timepoint: str | None = column("Time of observation, as printed")
    causality: str | None = column("Any event, or only those related to treatment", isin=("any", "related"))
    seriousness: str | None = column("Any event, or only serious ones", isin=("any", "serious"))
    arm_id: str = column("Arm", references="evidence.arm")
    reference_arm_id: str = column("Comparator", references="evidence.arm.arm_id")
    events: int = column("Patients with the event in the arm", unit="patients", ge=0)
    n: int = column("Patients at risk in the arm", unit="patients", gt=0)
    percent: float = column("Patients with the event in the arm", unit="%", ge=0, le=100)
    reference_events: int = column("Patients with the event in the comparator", unit="patients", ge=0)
    reference_n: int = column("Patients at risk in the comparator", unit="patients", gt=0)
    reference_percent: float = column("Patients with the event in the comparator", unit="%", ge=0, le=100)
    counts_basis: str = column("Where the counts come from", isin=COUNTS_BASES)
    risk_difference: float | None = column("Risk difference", unit="proportion", ge=-1, le=1)
    rd_lower: float | None = column("Miettinen–Nurminen lower limit", unit="proportion", ge=-1, le=1)
    rd_upper: float | None = column("Miettinen–Nurminen upper limit", unit="proportion", ge=-1, le=1)
    rd_newcombe_lower: float | None = column("Newcombe lower limit", unit="proportion", ge=-1, le=1)
    rd_newcombe_upper: float | None = column("Newcombe upper limit", unit="proportion", ge=-1, le=1)
    risk_ratio: float | None = column("Risk ratio; NULL where both arms have none", ge=0)
    rr_lower: float | None = column("Lower limit of the risk ratio", ge=0)
    rr_upper: float | None = column("Upper limit of the risk ratio", ge=0)
    odds_ratio: float | None = column("Odds ratio; NULL where both arms have none", ge=0)
    or_lower: float | None = column("Woolf lower limit of the odds ratio", ge=0)
    or_upper: float | None = column("Woolf upper limit of the odds ratio", ge=0)
    or_conditional: float | None = column("Conditional maximum-likelihood odds ratio; NULL where infinite", ge=0)
    or_exact_lower: float | None = column("Conditional exact lower limit", ge=0)
    or_exact_upper: float | None = column("Conditional exact upper limit; NULL where infinite", ge=0)
    zero_cell: bool = column("A cell is zero: ½ was added for the ratio measures")
    fisher_p: float | None = column("Two-sided Fisher p value", ge=0, le=1)
    p_adjusted: float | None = column("Benjamini–Hochberg adjusted p value within article and grade", ge=0, le=1)
    nnt: float | None = column("Patients to treat for one more (NNTH) or one less (NNTB) with the event", unit="patients", gt=0)
    nnt_kind: str | None = column("To harm or to benefit; NULL where the good direction is unknown", isin=("NNTH", "NNTB"))
    nnt_lower: float | None = column("Lower limit, where the interval does not span zero", unit="patients", gt=0)
    nnt_upper: float | None = column("Upper limit, where the interval does not span zero", unit="patients", gt=0)
    nnth_limit: float | None = column("Limit to harm, where the interval spans zero", unit="patients", gt=0)
    nntb_limit: float | None = column("Limit to benefit, where the interval spans zero", unit="patients", gt=0)
    nnt_text: str | None = column("The number needed with its interval, in words", example="NNTH 22 to ∞ to NNTB 50")

    class Config:
        name = "mart.safety"
        unique = ("row_id",)

    @rule("no more patients with the event than at risk, in either arm")
    def events_within_n(cls, rows: "pd.DataFrame") -> "pd.Series":
        return (rows.events <= rows.n) & (rows.reference_events <= rows.reference_n)

    @rule("the risk difference lies in its interval")
    def difference_within_limits(cls, rows: "pd.DataFrame") -> "pd.Series":
        known = rows.risk_difference.notna() & rows.rd_lower.notna() & rows.rd_upper.notna()
        return ~known | rows.risk_difference.between(rows.rd_lower - 1e-9, rows.rd_upper + 1e-9)


class Subgroup(Audited):
    """An effect in one level of a factor, on the analysis scale, with the factor's interaction test."""

    endpoint: str | None = column("Endpoint")
    assessor: str | None = column("Who assessed the endpoint")
    population: str | None = column("Analysis population")
    timepoint: str | None = column("Time of assessment, as printed")
    factor: str | None = column("Factor that the level belongs to")
    level: str = column("Level")
    level_order: int | None = column("Place of the level in the article's order, from 0", ge=0)
    arm_id: str | None = column("Arm in the numerator", references="evidence.arm")
    reference_arm_id: str | None = column("Comparator", references="evidence.arm.arm_id")
    measure: str = column("Effect measure", isin=MEASURES)
    estimate: float | None = column("Effect estimate, as printed")
    ci_lower: float | None = column("Lower confidence limit, as printed")
    ci_upper: float | None = column("Upper confidence limit, as printed")
    ci_level: float | None = column("Confidence level", unit="%", gt=0, lt=100)
    ci_level_assumed: bool = column("The level is not told; 95 % is assumed")
    log_estimate: float | None = column("Natural logarithm of the estimate")
    log_se: float | None = column("Standard error on the log scale, from the limits", ge=0)
    log_se_low: float | None = column("Smallest standard error that the printed digits allow", ge=0)
    log_se_high: float | None = column("Largest standard error that the printed digits allow", ge=0)
    n: int | None = column("Patients of the level in the arm", unit="patients", ge=0)
    reference_n: int | None = column("Patients of the level in the comparator", unit="patients", ge=0)
    events: int | None = column("Patients of the level with the event in the arm", unit="patients", ge=0)
    reference_events: int | None = column("Patients of the level with the event in the comparator", unit="patients", ge=0)
    shared_arm_covariance: float | None = column("Covariance with contrasts that share the comparator, log scale")
    interaction_test: str | None = column("Test of interaction: z for two levels, Q for more", isin=("z", "Q"))
    interaction_statistic: float | None = column("Its statistic")
    interaction_df: int | None = column("Its degrees of freedom", ge=1)
    interaction_p: float | None = column("Its p value", ge=0, le=1)
    interaction_p_low: float | None = column("Smallest p value that the printed digits allow", ge=0, le=1)
    interaction_p_high: float | None = column("Largest p value that the printed digits allow", ge=0, le=1)
    ratio_of_ratios: float | None = column("Ratio of the effects of two levels", ge=0)
    ror_lower: float | None = column("Its lower limit", ge=0)
    ror_upper: float | None = column("Its upper limit", ge=0)
    interaction_p_printed: float | None = column("P value of interaction as printed", ge=0, le=1)
    interaction_note: str | None = column("Why there is no interaction test, or what it assumes")

    class Config:
        name = "mart.subgroup"
        unique = ("row_id",)


class StudySummary(Contract):
    """The page-one numbers of an article: who, what, how large the effect, how safe, how sound the figures."""

    row_id: str = column("Row: article, table and a hash of the key columns; the same in every run")
    article_id: str = column("Article", references="evidence.article")
    study_id: str = column("Study: the registry number where printed, else the article's id")
    title: str | None = column("Title as printed")
    journal: str | None = column("Journal as printed")
    year: int | None = column("Year of publication")
    nct_id: str | None = column("ClinicalTrials.gov number")
    doi: str | None = column("Digital object identifier")
    n_arms: int = column("Arms, pooled ones not counted", unit="arms", ge=0)
    arms: list[str] = column("Labels of the arms, the control last")
    n_randomized: int | None = column("Patients randomized", unit="patients", ge=0)
    endpoint: str | None = column("Endpoint of the first efficacy contrast, the primary one where told")
    arm_id: str | None = column("Arm in the numerator", references="evidence.arm")
    reference_arm_id: str | None = column("Comparator", references="evidence.arm.arm_id")
    measure: str | None = column("Effect measure", isin=MEASURES)
    estimate: float | None = column("Effect estimate")
    ci_lower: float | None = column("Lower confidence limit")
    ci_upper: float | None = column("Upper confidence limit")
    p_value: float | None = column("P value as printed", ge=0, le=1)
    p_value_comparator: str | None = column("Sign printed before the p value", isin=COMPARATORS)
    arm_value: float | None = column("The arm's rate or median")
    reference_value: float | None = column("The comparator's rate or median")
    unit: str | None = column("Unit of the arms' values")
    events: int | None = column("Patients with the event in the arm", unit="patients", ge=0)
    reference_events: int | None = column("Patients with the event in the comparator", unit="patients", ge=0)
    median_follow_up: float | None = column("Median follow-up", ge=0)
    follow_up_unit: str | None = column("Unit of the follow-up")
    n_sites: int | None = column("Sites", unit="sites", ge=0)
    n_countries: int | None = column("Countries", unit="countries", ge=0)
    data_cutoff: str | None = column("Data cutoff, as printed")
    n_adverse_event_terms: int = column("Adverse-event terms in the article", unit="terms", ge=0)
    top_adverse_event: str | None = column("Adverse event with the largest difference in risk")
    top_rd: float | None = column("Its risk difference", unit="proportion", ge=-1, le=1)
    top_rd_lower: float | None = column("Its lower limit", unit="proportion", ge=-1, le=1)
    top_rd_upper: float | None = column("Its upper limit", unit="proportion", ge=-1, le=1)
    top_severe_adverse_event: str | None = column("Grade 3–4 adverse event that is most frequent in the arm")
    top_severe_percent: float | None = column("Patients with it in the arm", unit="%", ge=0, le=100)
    top_severe_reference_percent: float | None = column("Patients with it in the comparator", unit="%", ge=0, le=100)
    n_published_values: int = column("Printed values read", unit="values", ge=0)
    n_findings: int = column("Open findings of the number audit", unit="findings", ge=0)
    n_critical: int = column("… that are critical", unit="findings", ge=0)
    n_major: int = column("… that are major", unit="findings", ge=0)
    n_minor: int | None = column("… that are minor", unit="findings", ge=0)
    value_ids: list[str] = column("Printed values that the row rests on", references="evidence.published_value.value_id")

    class Config:
        name = "mart.study_summary"
        unique = ("article_id",)
