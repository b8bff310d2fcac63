"""The lineage tables: where each printed figure stands and what rests on it. Belongs here: spans, derivations, column lineage, runs.
Does not: the macro that walks them (sql/010_trace.sql)."""

import datetime
import typing

from schemas.contract import Contract, column, rule
from schemas.vocabulary import SECTIONS, SPAN_ROLES

if typing.TYPE_CHECKING:
    import pandas as pd


class SourceSpan(Contract):
    """A run of characters in an article's text. Always text[char_start:char_end] = quote."""

    span_id: str = column("Span: article@start-end", example="paloma2@10234-10238")
    article_id: str = column("Article", references="evidence.article")
    section: str | None = column("Part of the article", isin=SECTIONS)
    table_id: str | None = column("Table that it stands in", references="evidence.article_table")
    row_index: int | None = column("Row of the spread grid", ge=0)
    column_index: int | None = column("Column of the spread grid", ge=0)
    line: int | None = column("Line of the canonical text, from 1", ge=1)
    locator: str | None = column("XPath, for XML and HTML")
    page: int | None = column("Page, for paginated sources", ge=1)
    char_start: int = column("First character, from 0", ge=0)
    char_end: int = column("Character after the last", ge=0)
    quote: str = column("The characters, unchanged")

    class Config:
        name = "lineage.source_span"
        unique = ("span_id",)

    @rule("the quote is as long as the span")
    def quote_fits(cls, rows: "pd.DataFrame") -> "pd.Series":
        return rows.quote.str.len() == rows.char_end - rows.char_start


class ValueSpan(Contract):
    """A place that gave a value its meaning: its own characters, its row label, its column header, a footnote, a sentence."""

    value_id: str = column("Value", references="evidence.published_value")
    span_id: str = column("Place", references="lineage.source_span")
    article_id: str = column("Article", references="evidence.article")
    role: str = column("What the place gave", isin=SPAN_ROLES)

    class Config:
        name = "lineage.value_span"
        unique = ("value_id", "span_id", "role")


class Derivation(Contract):
    """A printed value that a typed or mart row rests on."""

    row_id: str = column("Row")
    table_name: str = column("Table of the row", example="mart.safety")
    value_id: str = column("Value", references="evidence.published_value")
    article_id: str = column("Article", references="evidence.article")

    class Config:
        name = "lineage.derivation"
        unique = ("row_id", "table_name", "value_id")


class ColumnLineage(Contract):
    """A column and one that it is computed from."""

    table_name: str = column("Table", example="mart.safety")
    column_name: str = column("Column", example="risk_difference")
    source_table: str = column("Table that it is computed from", example="evidence.adverse_event")
    source_column: str = column("Column that it is computed from", example="n")

    class Config:
        name = "lineage.column_lineage"
        unique = ("table_name", "column_name", "source_table", "source_column")


class Run(Contract):
    """A step of a run: which asset, by which code, when, how many rows. Of the last 1,000 runs, and what last wrote to each table."""

    run_id: str = column("Run")
    asset: str = column("Asset")
    code_version: str | None = column("Version of the code that made it")
    started: datetime.datetime = column("Start, UTC")
    finished: datetime.datetime | None = column("End, UTC")
    rows: int | None = column("Rows written", unit="rows", ge=0)

    class Config:
        name = "lineage.run"
        unique = ("run_id", "asset", "started")


class Meta(Contract):
    """One row: what this database is."""

    schema_version: str = column("Version of the contracts that its tables follow")
    run_id: str = column("Run that published it")
    published_at: datetime.datetime = column("When it was published, UTC")
    warehouse_revision: int = column("How often rows of the warehouse had changed by then", ge=0)
    sql_sha256: str = column("SHA-256 of the SQL files that made its views and macros")

    class Config:
        name = "main.meta"
        unique = ("run_id",)
