"""The article and what was read from it, as published. Belongs here: articles, texts, arms, tables, printed values, observations, curve
sidecars. Does not: the typed tables (facts.py), nor how anything is read (trialmart/reading, trialmart/extraction)."""

import typing

from schemas.contract import Contract, column, rule
from schemas.vocabulary import (
    COMPARATORS,
    FORMATS,
    GRADE_BANDS,
    MISSING_REASONS,
    OBSERVATION_KINDS,
    ROLES,
    SCOPES,
    SECTIONS,
    SOURCE_KINDS,
    STATISTICS,
    STATUSES,
    TABLE_KINDS,
)

if typing.TYPE_CHECKING:
    import pandas as pd


class Article(Contract):
    """One publication that a run was given, readable or not."""

    article_id: str = column("Article: the file's stem in lower case; -2, -3 for later paths with the same stem", example="paloma2")
    study_id: str = column("Study: the registry number where printed, else the article's id", example="NCT01740427")
    source_path: str = column("File that the article was read from")
    format: str | None = column("Format, recognised from the content", isin=FORMATS)
    sha256: str | None = column("SHA-256 of the file's bytes", matches="^[0-9a-f]{64}$")
    title: str | None = column("Title as printed")
    journal: str | None = column("Journal as printed")
    year: int | None = column("Year of publication", ge=1900, le=2100)
    doi: str | None = column("Digital object identifier", example="10.1056/NEJMoa1607303")
    pmid: str | None = column("PubMed identifier", matches="^[0-9]+$")
    pmcid: str | None = column("PubMed Central identifier", matches="^PMC[0-9]+$")
    nct_id: str | None = column("ClinicalTrials.gov number", matches="^NCT[0-9]{8}$")
    n_characters: int = column("Length of the canonical text", unit="characters", ge=0)
    n_tables_found: int = column("Tables in the article, read or not", unit="tables", ge=0)
    n_tables_extracted: int = column("Tables that gave values", unit="tables", ge=0)
    n_values: int = column("Printed values that were landed", unit="values", ge=0)
    status: str = column("How far the article was read", isin=STATUSES)
    message: str | None = column("Why it is partial or quarantined, in one line")

    class Config:
        name = "evidence.article"
        unique = ("article_id",)

    @rule("no more tables extracted than found")
    def extracted_within_found(cls, rows: "pd.DataFrame") -> "pd.Series":
        return rows.n_tables_extracted <= rows.n_tables_found


class ArticleText(Contract):
    """The canonical text that every span indexes into."""

    article_id: str = column("Article", references="evidence.article")
    text: str = column("Canonical text; for a plain-text file its decoded content, unchanged")

    class Config:
        name = "evidence.article_text"
        unique = ("article_id",)


class Arm(Contract):
    """A treatment arm: one identity across the article."""

    article_id: str = column("Article", references="evidence.article")
    arm_id: str = column("Arm, from its label: lower case, words joined by _", example="palbociclib_letrozole")
    label: str = column("Arm as its first table or the randomization sentence prints it")
    aliases: list[str] = column("Every other wording that names the arm")
    role: str = column("Role where the text tells it", isin=ROLES)
    members: list[str] = column(
        "Arms that a pooled arm or factorial margin holds; such an arm never adds to totals", references="evidence.arm.arm_id"
    )
    n_randomized: int | None = column("Patients randomized to the arm", unit="patients", ge=0)

    class Config:
        name = "evidence.arm"
        unique = ("article_id", "arm_id")


class ArticleTable(Contract):
    """A table of the article. One that could not be read has its row too, with the reason."""

    article_id: str = column("Article", references="evidence.article")
    table_id: str = column("Table: its XML id where there is one, else t1, t2, … by label", example="t2")
    label: str = column("Label as printed; empty where there is none", example="Table 2")
    caption: str = column("Caption as printed; empty where there is none")
    kind: str = column("What the table is about", isin=TABLE_KINDS)
    n_rows: int = column("Rows of the grid after row and column spans are spread, header rows counted", unit="rows", ge=0)
    n_columns: int = column("Columns of the grid", unit="columns", ge=0)
    n_header_rows: int = column("Rows of the grid that are header", unit="rows", ge=0)
    status: str = column("How far the table was read", isin=STATUSES)
    message: str | None = column("Why it is partial or quarantined, in one line")

    class Config:
        name = "evidence.article_table"
        unique = ("article_id", "table_id")

    @rule("no more header rows than rows")
    def header_within_grid(cls, rows: "pd.DataFrame") -> "pd.Series":
        return rows.n_header_rows <= rows.n_rows

    @rule("a table that was not extracted says why")
    def reason_given(cls, rows: "pd.DataFrame") -> "pd.Series":
        return (rows.status == "extracted") | rows.message.notna()


class PublishedValue(Contract):
    """One printed number, or the word that stands in its place."""

    value_id: str = column("Value: the same in every run, order and number of workers", example="paloma2:t2:r4c1:0")
    article_id: str = column("Article", references="evidence.article")
    source_kind: str = column("Where it is printed", isin=SOURCE_KINDS)
    table_id: str | None = column("Table that it is printed in or under", references="evidence.article_table")
    row_index: int | None = column("Row of the spread grid, from 0, header rows counted", ge=0)
    column_index: int | None = column("Column of the spread grid, from 0", ge=0)
    section: str | None = column("Part of the article", isin=SECTIONS)
    span_id: str = column("Characters that it is printed in", references="lineage.source_span")
    row_path: list[str] = column("Row labels, outermost parent first, as printed without footnote marks; empty in prose")
    scope: str = column("What the value describes", isin=SCOPES)
    arm_id: str | None = column("Arm; of a contrast the numerator", references="evidence.arm")
    reference_arm_id: str | None = column("Comparator of a contrast", references="evidence.arm.arm_id")
    population: str | None = column("Analysis population: ITT, as_treated, per_protocol, measurable, or as printed")
    endpoint: str | None = column("Endpoint, characteristic or event, in lower case", example="progression-free survival")
    assessor: str | None = column("Who assessed the endpoint", example="blinded independent central review")
    subgroup: str | None = column("Subgroup level, as printed")
    grade: str | None = column("Adverse-event grade band; NULL outside adverse events", isin=GRADE_BANDS)
    timepoint: str | None = column("Time of measurement, as printed", example="week 52")
    statistic: str = column("What the number is", isin=STATISTICS)
    unit: str | None = column("Unit as understood", example="%")
    estimate_id: str | None = column("Estimate that a limit, p value or spread belongs to", references="evidence.published_value.value_id")
    method: str | None = column("Method where told, as printed")
    sides: int | None = column("Sides of a test", isin=(1, 2))
    adjusted: bool | None = column("Whether the estimate is adjusted, where told")
    value: float | None = column("The number; NULL where a word says that there is none")
    comparator: str | None = column("Sign before the number; = where none is printed", isin=COMPARATORS)
    missing_reason: str | None = column("Why there is no number", isin=MISSING_REASONS)
    printed: str = column("The number's own characters, or the word that stands for it", example="24.8")
    decimals: int | None = column("Digits printed after the decimal mark", unit="digits", ge=0)
    value_low: float | None = column("Lower end of what the printed digits can stand for")
    value_high: float | None = column("Upper end of what the printed digits can stand for")
    is_assumption: bool = column("A planning figure, not a result")
    note: str | None = column("How a field was resolved where the text alone does not tell, and by what")

    class Config:
        name = "evidence.published_value"
        unique = ("value_id",)

    @rule("a value or the reason why there is none, not both; a date or identifier may have neither")
    def value_or_reason(cls, rows: "pd.DataFrame") -> "pd.Series":
        in_words = rows.statistic.isin(("date", "identifier")) & rows.value.isna()
        return in_words | (rows.value.notna() != rows.missing_reason.notna())

    @rule("the value lies in its rounding interval")
    def within_rounding(cls, rows: "pd.DataFrame") -> "pd.Series":
        low_holds = rows.value.isna() | rows.value_low.isna() | (rows.value_low <= rows.value)
        return low_holds & (rows.value.isna() | rows.value_high.isna() | (rows.value <= rows.value_high))

    @rule("a value of a table has its cell")
    def cell_known(cls, rows: "pd.DataFrame") -> "pd.Series":
        return (rows.source_kind != "table") | (rows.table_id.notna() & rows.row_index.notna() & rows.column_index.notna())

    @rule("a count, N or denominator is a whole number of at least 0")
    def counts_are_whole(cls, rows: "pd.DataFrame") -> "pd.Series":
        counted = rows.statistic.isin(("count", "denominator", "n", "n_events")) & rows.value.notna()
        return ~counted | ((rows.value >= 0) & (rows.value % 1 == 0))

    @rule("a p value lies between 0 and 1")
    def p_is_probability(cls, rows: "pd.DataFrame") -> "pd.Series":
        return (rows.statistic != "p_value") | rows.value.isna() | rows.value.between(0, 1)

    @rule("a ratio is not negative")
    def ratio_not_negative(cls, rows: "pd.DataFrame") -> "pd.Series":
        ratio = rows.statistic.isin(("hazard_ratio", "odds_ratio", "risk_ratio", "ratio"))
        return ~ratio | rows.value.isna() | (rows.value >= 0)

    @rule("a confidence level lies between 50 and 100 %")
    def level_is_level(cls, rows: "pd.DataFrame") -> "pd.Series":
        return (rows.statistic != "ci_level") | rows.value.isna() | rows.value.between(50, 100)


class TextObservation(Contract):
    """Something about the text itself that a check needs and no single value holds: a mark without a note, an unknown arm, a claim."""

    observation_id: str = column("Observation: article, kind and first character", example="paloma2:claim:10234")
    article_id: str = column("Article", references="evidence.article")
    kind: str = column("What was seen", isin=OBSERVATION_KINDS)
    table_id: str | None = column("Table that it stands in", references="evidence.article_table")
    span_id: str = column("Characters that it was seen in", references="lineage.source_span")
    value_ids: list[str] = column("Values that it governs", references="evidence.published_value.value_id")
    arm_id: str | None = column("Arm that fits, where the article tells one", references="evidence.arm")
    detail: str | None = column("What was seen, in words or as JSON")

    class Config:
        name = "evidence.text_observation"
        unique = ("observation_id",)


class CurvePoint(Contract):
    """A coordinate or number at risk from a curve sidecar beside the article, since articles hold them only in figures."""

    article_id: str = column("Article", references="evidence.article")
    endpoint: str = column("Endpoint of the curve", example="progression-free survival")
    assessor: str | None = column("Who assessed the endpoint")
    population: str | None = column("Analysis population")
    arm_id: str = column("Arm", references="evidence.arm")
    kind: str = column("What the value is", isin=("number_at_risk", "survival", "total_events"))
    time_months: float = column("Time since randomization", unit="months", ge=0)
    value: float = column("Patients at risk, proportion free of the event, or events in all", ge=0)
    source: str | None = column("Where the coordinates come from, as the sidecar says")
    source_path: str = column("Sidecar file")
    line: int = column("Line of the sidecar", ge=1)

    class Config:
        name = "evidence.curve_point"
        unique = ("article_id", "source_path", "line")

    @rule("a proportion is at most 1")
    def proportion_at_most_one(cls, rows: "pd.DataFrame") -> "pd.Series":
        return (rows.kind != "survival") | (rows.value <= 1)

    @rule("a number of patients or events is whole")
    def patients_are_whole(cls, rows: "pd.DataFrame") -> "pd.Series":
        return (rows.kind == "survival") | (rows.value % 1 == 0)
