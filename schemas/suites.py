"""What must hold of all that has landed: the Great Expectations suites, as plain data.

Belongs here: for each suite the query that gives it a small frame, and its expectations. Does not: the running of them
(dagster_project/expectations.py), what must hold of one row (the contracts), an article's own arithmetic (trialmart/audit).

Great Expectations reads frames and does not reach DuckDB, so each query brings the landed rows down to what the expectations look at: a row
per article, per table or per reference. A library of ten thousand articles is then checked as fast as one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from schemas import PUBLISHED

SPAN_SAMPLE = 200  # articles whose quotes are compared with their text, the same ones in each run


@dataclass(frozen=True, slots=True)
class Expectation:
    """One expectation: the Great Expectations class, its arguments, and what a failure would mean.

    about: the column of the landed table that it is about, where that is not the frame's own column.
    """

    kind: str
    check: str  # what is expected, in words
    arguments: dict[str, Any] = field(default_factory=dict)
    severity: str = "major"
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Suite:
    """Expectations on one frame. key: the frame's columns that name a row. Where `table_name` is among them each row of the frame is a
    result of its own, with `n_rows` checked and the expectation's column as the number that failed."""

    name: str
    table: str
    query: str
    key: tuple[str, ...]
    expectations: tuple[Expectation, ...]

    @property
    def frame(self) -> str:
        """What the frame is called between the process that reads and the one that checks."""
        return f"{self.name}:{self.table}"


def none(column: str, check: str, severity: str = "major", about: str | None = None) -> Expectation:
    """The column counts what is wrong, so it must be 0 in every row."""
    return Expectation("ExpectColumnValuesToBeInSet", check, {"column": column, "value_set": [0]}, severity, about)


def between(column: str, check: str, low: float | None, high: float | None, mostly: float = 1.0, severity: str = "minor") -> Expectation:
    """The column lies in a range, in at least the share `mostly` of the rows that have it."""
    arguments = {"column": column, "min_value": low, "max_value": high, "mostly": mostly}
    return Expectation("ExpectColumnValuesToBeBetween", check, arguments, severity)


# --- completeness ------------------------------------------------------------------------------------------------------------------

ARTICLES = Suite(
    name="completeness",
    table="evidence.article",
    key=("article_id",),
    query="""
        WITH found AS (
            SELECT article_id, count(*) AS tables, count(*) FILTER (status = 'extracted') AS whole, count(*) FILTER (status <> 'quarantined') AS read
            FROM evidence.article_table GROUP BY article_id),
        printed AS (SELECT article_id, count(*) AS n FROM evidence.published_value GROUP BY article_id),
        texts AS (SELECT article_id, length(text) AS n FROM evidence.article_text)
        SELECT a.article_id,
            abs(a.n_values - coalesce(printed.n, 0)) AS values_lost,
            abs(a.n_tables_found - coalesce(found.tables, 0)) AS tables_lost,
            (a.n_tables_extracted NOT BETWEEN coalesce(found.whole, 0) AND coalesce(found.read, 0))::BIGINT AS extracted_miscounted,
            (a.status <> 'quarantined' AND texts.n IS NULL)::BIGINT AS text_missing,
            abs(a.n_characters - coalesce(texts.n, a.n_characters)) AS characters_lost,
            (a.status <> 'quarantined' AND coalesce(printed.n, 0) = 0)::BIGINT AS without_values
        FROM evidence.article a LEFT JOIN found USING (article_id) LEFT JOIN printed USING (article_id) LEFT JOIN texts USING (article_id)
        ORDER BY a.article_id""",
    expectations=(
        none("values_lost", "as many values have landed as the article gave", about="n_values"),
        none("tables_lost", "every table of the article has its row", "critical", about="n_tables_found"),
        none("extracted_miscounted", "as many tables are read as the article says", about="n_tables_extracted"),
        none("text_missing", "every article that was read has its text", "critical"),
        none("characters_lost", "the text is as long as it was when it was read", "critical", about="n_characters"),
        between("without_values", "nine in ten articles that were read gave values", 0, 0, mostly=0.9),
    ),
)

TABLES = Suite(
    name="completeness",
    table="evidence.article_table",
    key=("article_id", "table_id"),
    query="""
        WITH printed AS (
            SELECT article_id, table_id, count(*) AS n, count(DISTINCT row_index) AS rows, max(row_index) AS last_row, max(column_index) AS last_column,
                min(row_index) AS first_row
            FROM evidence.published_value WHERE source_kind = 'table' GROUP BY article_id, table_id),
        body AS (
            SELECT v.article_id, v.table_id, count(DISTINCT v.row_index) AS rows
            FROM evidence.published_value v JOIN evidence.article_table t USING (article_id, table_id)
            WHERE v.source_kind = 'table' AND v.row_index >= t.n_header_rows GROUP BY v.article_id, v.table_id)
        SELECT t.article_id, t.table_id,
            CASE WHEN t.status = 'extracted' AND t.kind <> 'other' THEN (coalesce(printed.n, 0) = 0)::BIGINT END AS without_values,
            (coalesce(printed.last_row, -1) >= t.n_rows OR coalesce(printed.last_column, -1) >= t.n_columns)::BIGINT AS outside_grid,
            greatest(coalesce(body.rows, 0) - (t.n_rows - t.n_header_rows), 0) AS rows_beyond,
            CASE WHEN t.status = 'extracted' AND printed.n > 0 AND t.n_rows > t.n_header_rows
                THEN coalesce(body.rows, 0) / (t.n_rows - t.n_header_rows) END AS rows_with_values
        FROM evidence.article_table t LEFT JOIN printed USING (article_id, table_id) LEFT JOIN body USING (article_id, table_id)
        ORDER BY t.article_id, t.table_id""",
    expectations=(
        between("without_values", "four in five extracted tables of a known kind gave values", 0, 0, mostly=0.8),
        none("outside_grid", "every value stands in its table's grid", "critical", about="n_rows"),
        none("rows_beyond", "no more rows have values than the grid has", "critical", about="n_rows"),
        between("rows_with_values", "at least a third of an extracted table's rows have values", 1 / 3, 1, mostly=0.9),
    ),
)

TYPED = Suite(
    name="completeness",
    table="evidence.published_value",
    key=("article_id", "table_id"),
    query="""
        WITH typed AS (
            SELECT article_id, unnest(value_ids) AS value_id FROM evidence.baseline_characteristic
            UNION SELECT article_id, unnest(value_ids) FROM evidence.adverse_event)
        SELECT v.article_id, v.table_id, count(*) AS n_values, count(typed.value_id) / count(*) AS share_typed
        FROM evidence.published_value v
        JOIN evidence.article_table t ON t.article_id = v.article_id AND t.table_id = v.table_id AND t.kind IN ('baseline', 'adverse_events')
        LEFT JOIN typed ON typed.article_id = v.article_id AND typed.value_id = v.value_id
        WHERE v.source_kind = 'table' AND v.row_index >= t.n_header_rows AND v.statistic IN ('count', 'percent')
            AND v.value IS NOT NULL AND v.arm_id IS NOT NULL
        GROUP BY ALL ORDER BY ALL""",
    expectations=(between("share_typed", "the arms' counts and percents of a table are rows of its typed table", 0.9, 1, mostly=0.9),),
)


# --- referential integrity ---------------------------------------------------------------------------------------------------------


def references() -> Iterator[tuple[str, str, str, str]]:
    """(table, column, table referred to, its column), as the contracts declare them."""
    for name, model in PUBLISHED.items():
        for declared in model.columns.values():
            if declared.references is None:
                continue
            parts = declared.references.split(".")
            target = ".".join(parts[:2])
            column = parts[2] if len(parts) == 3 else declared.name
            if (name, declared.name) != (target, column):
                yield name, declared.name, target, column


def _entries(table: str, column: str) -> str:
    """A query of every entry of a column that refers to something."""
    entry = f'unnest("{column}")' if PUBLISHED[table].columns[column].kind == list[str] else f'"{column}"'
    return f"SELECT '{table}' AS table_name, '{column}' AS column_name, article_id, {entry} AS entry FROM {table}"


def _orphans(target: str, key: str, sources: list[tuple[str, str]]) -> str:
    """A query of how many entries each column has that refers to this one, and how many refer to nothing. One join for all columns: a join
    for each costs ten times as much on a small library. Arms, tables and values are looked for within the article."""
    both = "s.entry = t.article_id" if key == "article_id" else f"s.article_id = t.article_id AND s.entry = t.{key}"
    return (
        f"SELECT table_name, column_name, '{target}.{key}' AS refers_to, count(*) AS n_rows, count(*) FILTER (t.article_id IS NULL) AS orphans "
        f"FROM ({' UNION ALL '.join(_entries(*each) for each in sources)}) s "
        f"LEFT JOIN (SELECT DISTINCT article_id, {key} FROM {target}) t ON {both} WHERE s.entry IS NOT NULL GROUP BY ALL"
    ).replace("article_id, article_id", "article_id")


def _all_orphans() -> str:
    by_target: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for table, column, target, key in references():
        by_target.setdefault((target, key), []).append((table, column))
    queries = [_orphans(target, key, sources) for (target, key), sources in by_target.items()]
    return f"{' UNION ALL '.join(queries)} ORDER BY table_name, column_name"


REFERENCES = Suite(
    name="references",
    table="lineage.derivation",
    key=("table_name", "column_name"),
    query=_all_orphans(),
    expectations=(none("orphans", "every entry refers to something that is there", "critical"),),
)

_DERIVED = ("mart.efficacy", "mart.safety", "mart.subgroup")
DERIVED = Suite(
    name="lineage",
    table="lineage.derivation",
    key=("table_name",),
    query=" UNION ALL ".join(
        f"SELECT '{table}' AS table_name, count(*) AS n_rows, "
        f"(SELECT count(*) FROM {table} m ANTI JOIN lineage.derivation d ON d.row_id = m.row_id AND d.table_name = '{table}') AS underived FROM {table}"
        for table in _DERIVED
    ),
    expectations=(none("underived", "every row rests on printed values", "critical"),),
)

# Apart from the values: a join that carried the texts along would hold one for every span.
SPANS = Suite(
    name="lineage",
    table="lineage.source_span",
    key=("article_id",),
    query=f"""
        WITH sample AS (SELECT article_id FROM evidence.article ORDER BY md5(article_id), article_id LIMIT {SPAN_SAMPLE}),
        quoted AS (
            SELECT s.article_id, count(*) FILTER (substring(t.text, s.char_start + 1, s.char_end - s.char_start) <> s.quote) AS misquoted
            FROM lineage.source_span s JOIN sample USING (article_id) JOIN evidence.article_text t USING (article_id) GROUP BY s.article_id),
        printed AS (
            SELECT s.article_id, count(*) FILTER (NOT contains(s.quote, v.printed)) AS not_in_quote
            FROM lineage.source_span s JOIN sample USING (article_id)
            JOIN evidence.published_value v ON v.article_id = s.article_id AND v.span_id = s.span_id GROUP BY s.article_id)
        SELECT article_id, misquoted, coalesce(not_in_quote, 0) AS not_in_quote
        FROM quoted LEFT JOIN printed USING (article_id) ORDER BY article_id""",
    expectations=(
        none("misquoted", "text[char_start:char_end] is the quote", "critical", about="quote"),
        none("not_in_quote", "the quote contains what is printed", "critical", about="quote"),
    ),
)


# --- value sets --------------------------------------------------------------------------------------------------------------------


def _value_set(table: str) -> Suite:
    """The words that a table's closed columns hold, against the contract's lists."""
    closed = {name: one.isin for name, one in PUBLISHED[table].columns.items() if one.isin is not None and one.kind is str}
    columns = ", ".join(closed)
    return Suite(
        name="value_sets",
        table=table,
        key=tuple(closed),
        query=f"SELECT {columns}, count(*) AS n_rows FROM {table} GROUP BY ALL ORDER BY ALL",
        expectations=tuple(
            Expectation("ExpectColumnValuesToBeInSet", "only words of its list", {"column": name, "value_set": list(words)}, "critical")
            for name, words in closed.items()
        ),
    )


VALUE_SETS = tuple(
    _value_set(table)
    for table in ("evidence.arm", "evidence.article_table", "evidence.published_value", "evidence.adverse_event", "quality.number_check")
)


# --- distributions -----------------------------------------------------------------------------------------------------------------

VALUES = Suite(
    name="distributions",
    table="evidence.published_value",
    key=("article_id",),
    query="""
        SELECT article_id, count(*) AS n_values,
            avg((statistic = 'other')::BIGINT) FILTER (source_kind = 'table') AS share_other,
            avg((scope <> 'arm' OR arm_id IS NOT NULL)::BIGINT) FILTER (source_kind = 'table') AS share_placed,
            avg((value IS NULL)::BIGINT) AS share_missing,
            min(value) FILTER (statistic IN ('percent', 'km_percent')) AS smallest_percent,
            max(value) FILTER (statistic IN ('percent', 'km_percent') AND scope IN ('arm', 'total')) AS largest_percent,
            min(value) FILTER (statistic IN ('hazard_ratio', 'odds_ratio', 'risk_ratio', 'ratio')) AS smallest_ratio,
            max(value) FILTER (statistic IN ('hazard_ratio', 'odds_ratio', 'risk_ratio', 'ratio')) AS largest_ratio,
            median(value) FILTER (statistic = 'n' AND scope = 'arm') AS median_n
        FROM evidence.published_value GROUP BY article_id ORDER BY article_id""",
    expectations=(
        between("n_values", "an article prints between 20 and 10,000 figures", 20, 10_000, mostly=0.9),
        between("share_other", "at most a third of the tables' figures are of unknown meaning", 0, 1 / 3, mostly=0.9),
        between("share_placed", "nine in ten of the arms' figures in tables have their arm", 0.9, 1, mostly=0.9),
        between("share_missing", "at most a third of the figures are missing", 0, 1 / 3, mostly=0.95),
        between("smallest_percent", "percents of patients are hardly ever negative", 0, None, mostly=0.9),
        between("largest_percent", "percents of patients hardly ever exceed 100", 0, 100, mostly=0.9),
        between("smallest_ratio", "ratios are above 0.005", 0.005, None, mostly=0.95),
        between("largest_ratio", "ratios are below 200", None, 200, mostly=0.95),
        between("median_n", "arms have between 3 and 50,000 patients", 3, 50_000, mostly=0.95),
    ),
)

SUITES: tuple[Suite, ...] = (ARTICLES, TABLES, TYPED, REFERENCES, DERIVED, SPANS, *VALUE_SETS, VALUES)
