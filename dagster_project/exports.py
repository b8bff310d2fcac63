"""`trialmart export`: the published tables in the shapes that other tools read.

Belongs here: file formats and their column names. Does not: what is computed; an export selects, renames and reshapes.

csv, parquet: each table as it is. xlsx: one workbook, a sheet a mart. metafor: effects with yi, vi, sei, and event counts as escalc() takes
them (ai, n1i, ci, n2i). ard: CDISC analysis results data, one statistic a row, with the column names of the R package cards.
"""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable, Iterator
from typing import Any

from dagster_project.evidence import Evidence

SCHEMAS = ("mart", "evidence", "quality")
LONG_TEXTS = ("article_text",)  # of no use outside the database

EFFECTS = """
SELECT e.study_id AS study, concat_ws(', ', e.study_id, e.endpoint, e.population, e.assessor, e.subgroup) AS slab, e.article_id, e.endpoint,
       e.population, e.assessor, e.timepoint, e.subgroup, e.measure, a.label AS arm, r.label AS reference_arm, e.log_estimate AS yi,
       e.log_se * e.log_se AS vi, e.log_se AS sei, e.estimate, e.ci_lower, e.ci_upper, e.ci_level, e.adjusted, e.trusted, e.row_id
FROM mart.efficacy e
LEFT JOIN evidence.arm a ON a.article_id = e.article_id AND a.arm_id = e.arm_id
LEFT JOIN evidence.arm r ON r.article_id = e.article_id AND r.arm_id = e.reference_arm_id
WHERE e.log_se IS NOT NULL ORDER BY ALL"""

EVENTS = """
SELECT s.study_id AS study, concat_ws(', ', s.study_id, s.term, 'grade ' || s.grade) AS slab, s.article_id, s.term, s.grade, s.population,
       a.label AS arm, r.label AS reference_arm, s.events AS ai, s.n AS n1i, s.reference_events AS ci, s.reference_n AS n2i,
       s.counts_basis, s.trusted, s.row_id
FROM mart.safety s
LEFT JOIN evidence.arm a ON a.article_id = s.article_id AND a.arm_id = s.arm_id
LEFT JOIN evidence.arm r ON r.article_id = s.article_id AND r.arm_id = s.reference_arm_id
ORDER BY ALL"""

#: table -> (what the row is about, statistics by column: name, label)
RESULTS: dict[str, tuple[str, dict[str, str]]] = {
    "mart.efficacy": (
        "coalesce(endpoint, '') || coalesce(' (' || assessor || ')', '')",
        {"estimate": "Estimate", "ci_lower": "Lower confidence limit", "ci_upper": "Upper confidence limit", "ci_level": "Confidence level",
         "log_estimate": "Log estimate", "log_se": "Standard error of the log estimate", "p_value": "p value"},
    ),
    "mart.safety": (
        "term",
        {"events": "Patients with the event", "n": "Patients at risk", "reference_events": "Patients with the event, reference",
         "reference_n": "Patients at risk, reference", "risk_difference": "Risk difference", "rd_lower": "Lower limit of the risk difference",
         "rd_upper": "Upper limit of the risk difference", "risk_ratio": "Risk ratio", "odds_ratio": "Odds ratio", "fisher_p": "Fisher p value",
         "p_adjusted": "Adjusted p value"},
    ),
    "mart.subgroup": (
        "coalesce(factor, 'subgroup')",
        {"estimate": "Estimate", "ci_lower": "Lower confidence limit", "ci_upper": "Upper confidence limit", "log_estimate": "Log estimate",
         "log_se": "Standard error of the log estimate", "interaction_p": "Interaction p value"},
    ),
}  # fmt: skip
LEVEL = {"mart.efficacy": "subgroup", "mart.safety": "grade", "mart.subgroup": "level"}


def export(evidence: Evidence, form: str, out: pathlib.Path) -> list[pathlib.Path]:
    """Writes the files and returns their paths. A file of the same name is replaced, complete or not at all."""
    out.mkdir(parents=True, exist_ok=True)
    return list(FORMS[form](evidence, out))


def _whole(path: pathlib.Path, write: Callable[[pathlib.Path], None]) -> pathlib.Path:
    part = path.with_name(f".{path.name}.part")
    write(part)
    os.replace(part, path)
    return path


def _copy(evidence: Evidence, query: str, path: pathlib.Path, options: str) -> pathlib.Path:
    def write(part: pathlib.Path) -> None:
        target = str(part).replace("'", "''")
        evidence.connection.execute(f"COPY ({query}) TO '{target}' ({options})")

    return _whole(path, write)


def _tables(evidence: Evidence, schemas: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for schema in schemas:
        for table in evidence.table_counts(schema):
            if table not in LONG_TEXTS:
                yield schema, table


def _csv(evidence: Evidence, out: pathlib.Path) -> Iterator[pathlib.Path]:
    for schema, table in _tables(evidence, SCHEMAS):
        yield _copy(evidence, f'FROM "{schema}"."{table}"', out / f"{schema}.{table}.csv", "FORMAT csv, HEADER true")


def _parquet(evidence: Evidence, out: pathlib.Path) -> Iterator[pathlib.Path]:
    for schema, table in _tables(evidence, SCHEMAS):
        yield _copy(evidence, f'FROM "{schema}"."{table}"', out / f"{schema}.{table}.parquet", "FORMAT parquet, COMPRESSION zstd")


def _metafor(evidence: Evidence, out: pathlib.Path) -> Iterator[pathlib.Path]:
    yield _copy(evidence, EFFECTS, out / "effects.csv", "FORMAT csv, HEADER true, NULLSTR 'NA'")
    yield _copy(evidence, EVENTS, out / "events.csv", "FORMAT csv, HEADER true, NULLSTR 'NA'")


def _ard_query(table: str) -> str:
    about, statistics = RESULTS[table]
    long = " UNION ALL ".join(
        f"SELECT article_id, study_id, row_id, {about} AS variable, {LEVEL[table]}::VARCHAR AS variable_level, arm_id, reference_arm_id,"
        f" '{name}' AS stat_name, '{label}' AS stat_label, {name}::DOUBLE AS stat FROM {table}"
        for name, label in statistics.items()
    )
    return (
        f"SELECT '{table}' AS context, study_id, article_id, 'arm' AS group1, arm_id AS group1_level, 'reference' AS group2,"
        f" reference_arm_id AS group2_level, variable, variable_level, stat_name, stat_label, stat, row_id FROM ({long})"
        " WHERE stat IS NOT NULL"
    )


def _ard(evidence: Evidence, out: pathlib.Path) -> Iterator[pathlib.Path]:
    query = " UNION ALL ".join(_ard_query(table) for table in RESULTS)
    yield _copy(evidence, f"SELECT * FROM ({query}) ORDER BY ALL", out / "ard.csv", "FORMAT csv, HEADER true")


def _xlsx(evidence: Evidence, out: pathlib.Path) -> Iterator[pathlib.Path]:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    most = 1_048_575  # rows that a sheet holds below its header
    for schema, table in _tables(evidence, ("mart",)):
        sheet = book.create_sheet(table[:31])
        sheet.freeze_panes = "A2"
        cursor = evidence.connection.execute(f'FROM "{schema}"."{table}" LIMIT {most}')
        header = [WriteOnlyCell(sheet, column[0]) for column in cursor.description]
        for cell in header:
            cell.font = Font(bold=True)
        sheet.append(header)
        while rows := cursor.fetchmany(5000):
            for row in rows:
                sheet.append([_excel(value) for value in row])
    yield _whole(out / "marts.xlsx", lambda part: book.save(part))


def _excel(value: Any) -> Any:
    """What a sheet can hold: lists as text, and no text that Excel would take for a formula."""
    if isinstance(value, (list, tuple)):
        value = "; ".join(map(str, value))
    if isinstance(value, str):
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

        value = ILLEGAL_CHARACTERS_RE.sub(" ", value)
        return "'" + value if value[:1] in ("=", "+", "@") else value
    return value


FORMS: dict[str, Callable[[Evidence, pathlib.Path], Iterator[pathlib.Path]]] = {
    "csv": _csv, "parquet": _parquet, "metafor": _metafor, "ard": _ard, "xlsx": _xlsx,
}  # fmt: skip
