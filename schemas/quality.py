"""The quality tables: number checks, results of validation, quarantine, corrections. Belongs here: what was found about the evidence.
Does not: the checks themselves (trialmart/audit, validation.py, suites.py)."""

import typing

from schemas.contract import Contract, column, rule
from schemas.validation import lists_failures
from schemas.vocabulary import CORRECTION_STATUSES, SEVERITIES, VERDICTS

if typing.TYPE_CHECKING:
    import pandas as pd


class NumberCheck(Contract):
    """A finding of the number audit: what is printed, what was recomputed, and how they agree. One row per finding."""

    check_id: str = column("Finding: rule and first value", example="count_percent:paloma2:t2:r4c1:0")
    article_id: str = column("Article", references="evidence.article")
    rule_id: str = column("Rule of the audit", example="count_percent")
    value_ids: list[str] = column("Printed values that the finding rests on", references="evidence.published_value.value_id")
    published: str | None = column("What is printed")
    recomputed_low: float | None = column("Lower end of what the other figures allow")
    recomputed_high: float | None = column("Upper end of what the other figures allow")
    verdict: str = column("How they agree", isin=VERDICTS)
    severity: str = column("What it would change; critical changes a conclusion or an effect estimate", isin=SEVERITIES)
    explanation: str = column("The finding in a sentence")
    method: str | None = column("What reproduces the figure", example="clopper_pearson")
    confidence: float | None = column("Confidence that the figures are about the same fact", ge=0, le=1)
    table_id: str | None = column("Table that the finding is about", references="evidence.article_table")
    implied_counts: str | None = column("Integer counts that a printed percent allows", example="153, 154")

    class Config:
        name = "quality.number_check"
        unique = ("check_id",)

    @rule("the recomputed range is in order")
    def range_in_order(cls, rows: "pd.DataFrame") -> "pd.Series":
        return rows.recomputed_low.isna() | rows.recomputed_high.isna() | (rows.recomputed_low <= rows.recomputed_high)


class ValidationResult(Contract):
    """The result of one check of Pandera or Great Expectations on what has landed in one table."""

    result_id: str = column("Result: tool, table, column and check")
    tool: str = column("Who checked", isin=("pandera", "great_expectations"))
    suite: str = column("Suite or contract that the check belongs to", example="completeness")
    table_name: str = column("Table", example="evidence.published_value")
    column_name: str | None = column("Column; NULL for a check of the whole row or table")
    check_name: str = column("Check", example="not null")
    success: bool = column("Whether it passed")
    severity: str = column("How much a failure matters", isin=SEVERITIES)
    n_checked: int = column("Rows checked", unit="rows", ge=0)
    n_failed: int = column("Rows that failed", unit="rows", ge=0)
    examples: list[str] = column("Up to five of the values that failed")
    message: str | None = column("What was expected and what was observed")

    class Config:
        name = "quality.validation_result"
        unique = ("result_id",)

    @rule("no more rows failed than were checked")
    def failed_within_checked(cls, rows: "pd.DataFrame") -> "pd.Series":
        return rows.n_failed <= rows.n_checked


@lists_failures
class Quarantine(Contract):
    """What did not land: an article that could not be read, or a row that failed its contract, with the reason."""

    quarantine_id: str = column("Entry: article, table, row and rule")
    article_id: str = column("Article")
    kind: str = column("A whole article, or a row", isin=("article", "row"))
    source_path: str | None = column("File of a quarantined article")
    sha256: str | None = column("SHA-256 of the file's bytes")
    table_name: str | None = column("Table that the row was meant for")
    row_key: str | None = column("The row's key, column by column")
    column_name: str | None = column("Column that failed; NULL for a rule between columns")
    rule: str | None = column("Rule that failed")
    failure_case: str | None = column("Value that failed")
    reason: str = column("Why, in one line")

    class Config:
        name = "quality.quarantine"
        unique = ("quarantine_id",)


class Correction(Contract):
    """A reviewer's correction of a printed value: what the page says, what is used instead, and whether it was applied."""

    value_id: str = column("Value that is corrected")
    article_id: str | None = column("Article")
    original_printed: str = column("What the page prints")
    printed: str = column("What is used instead")
    reason: str = column("Why")
    reviewer: str | None = column("Who says so")
    recorded_at: str = column("When it was recorded, ISO 8601 in UTC", example="2026-01-31T09:00:00+00:00")
    status: str = column(
        "applied; changed: the page's value is no longer the original; missing: no such value; superseded: a later one counts",
        isin=CORRECTION_STATUSES,
    )

    class Config:
        name = "quality.correction"
        unique = ("value_id", "recorded_at")
