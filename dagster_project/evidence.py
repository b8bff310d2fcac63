"""The published database as the command line reads it.

Belongs here: opening it read-only, and the few questions that the command line asks. Does not: what analysts ask (sql/).
"""

from __future__ import annotations

import os
import pathlib
from collections.abc import Sequence
from typing import Any

SEVERITIES = ("critical", "major", "minor", "info")
FINDINGS = ("impossible", "inconsistent", "explained")  # in the order in which they are shown


# effects with the arms' names and the place of the estimate on the page
_EFFECTS = """
SELECT e.article_id, e.endpoint, e.assessor, e.population, a.label AS arm, r.label AS reference_arm, e.measure, e.estimate, e.ci_lower, e.ci_upper,
    e.row_id, {columns}, coalesce(v.table_id || ', row ' || v.row_index, 'line ' || s.line, s.section) AS place
FROM mart.{table} e
LEFT JOIN evidence.arm a ON a.article_id = e.article_id AND a.arm_id = e.arm_id
LEFT JOIN evidence.arm r ON r.article_id = e.article_id AND r.arm_id = e.reference_arm_id
LEFT JOIN evidence.published_value v ON v.value_id = e.value_ids[1]
LEFT JOIN lineage.source_span s ON s.span_id = v.span_id
WHERE e.estimate IS NOT NULL ORDER BY e.article_id, {order}, e.row_id LIMIT 100
"""
_HARMS = """
SELECT h.article_id, h.term, h.grade, a.label AS arm, r.label AS reference_arm, h.events, h.n, h.reference_events, h.reference_n,
    100 * h.risk_difference AS difference, 100 * h.rd_lower AS lower, 100 * h.rd_upper AS upper, h.p_adjusted, h.row_id
FROM mart.safety h
LEFT JOIN evidence.arm a ON a.article_id = h.article_id AND a.arm_id = h.arm_id
LEFT JOIN evidence.arm r ON r.article_id = h.article_id AND r.arm_id = h.reference_arm_id
WHERE h.risk_difference IS NOT NULL ORDER BY abs(h.risk_difference) DESC, h.row_id LIMIT 25
"""


class NotPublished(Exception):
    """There is no published database yet. The message is one line for a person."""


class Evidence:
    """evidence.duckdb of a home, read-only."""

    def __init__(self, home: pathlib.Path) -> None:
        import duckdb

        link = home / "evidence.duckdb"
        if not link.exists():
            raise NotPublished(f"no database in {home}: run `trialmart run` first")
        # the file behind the link: a run that publishes meanwhile doesn't change what this reader sees
        self.path = pathlib.Path(os.path.realpath(link))
        self.connection = duckdb.connect(str(self.path), read_only=True)

    def __enter__(self) -> Evidence:
        return self

    def __exit__(self, *_: Any) -> None:
        self.connection.close()

    def rows(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        cursor = self.connection.execute(query, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def counts(self) -> dict[str, Any]:
        """Articles by status, tables, values, what the audit and the contracts found."""
        (total,) = self.rows(
            "SELECT count(*) AS articles, coalesce(sum(n_tables_found), 0)::BIGINT AS tables_found,"
            " coalesce(sum(n_tables_extracted), 0)::BIGINT AS tables_extracted, coalesce(sum(n_values), 0)::BIGINT AS values FROM evidence.article"
        )
        quarantined = self.rows("SELECT count(*) AS n FROM quality.quarantine WHERE kind = 'article' AND table_name IS NULL")[0]["n"]
        return {
            **total,
            "quarantined": quarantined,
            "checks": self._tally("SELECT verdict, count(*) FROM quality.number_check GROUP BY ALL"),
            "findings": {severity: n for severity, n in self._severities().items()},
            "validation": {
                ("passed" if passed else "failed"): n
                for passed, n in self._tally("SELECT success, count(*) FROM quality.validation_result GROUP BY ALL").items()
            },
            "marts": {table: n for table, n in self.table_counts("mart").items() if n},
        }

    def _tally(self, query: str) -> dict[Any, int]:
        return dict(self.connection.execute(query).fetchall())

    def _severities(self) -> dict[str, int]:
        found = self._tally(
            "SELECT severity, count(*) FROM quality.number_check WHERE verdict IN ('inconsistent', 'impossible') GROUP BY ALL"
        )
        return {severity: found[severity] for severity in SEVERITIES if severity in found}

    def table_counts(self, schema: str) -> dict[str, int]:
        """Rows of each table of a schema."""
        names = self.connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE schema_name = ? AND database_name = current_database() ORDER BY ALL", [schema]
        )
        tables = [name for (name,) in names.fetchall()]
        return {name: self.connection.execute(f'SELECT count(*) FROM "{schema}"."{name}"').fetchall()[0][0] for name in tables}

    def findings(self, limit: int = 10) -> list[dict[str, Any]]:
        """Open findings, the gravest first."""
        return self.rows(
            "SELECT article_id, severity, rule_id, explanation FROM quality.number_check WHERE verdict IN ('inconsistent', 'impossible')"
            " ORDER BY list_position(['critical', 'major', 'minor', 'info'], severity), article_id, check_id LIMIT ?",
            limit,
        )

    def quarantined(self, articles: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """Articles that were refused, or that broke a stop, with the reason; of these articles, or all."""
        return self.rows(
            "SELECT article_id, source_path, reason FROM quality.quarantine WHERE kind = 'article'"
            " AND (?::VARCHAR[] IS NULL OR list_contains(?::VARCHAR[], article_id)) ORDER BY article_id",
            None if articles is None else list(articles),
            None if articles is None else list(articles),
        )

    def articles(self, limit: int = 20) -> list[dict[str, Any]]:
        return self.rows(
            "SELECT article_id, study_id, title, n_tables_extracted, n_tables_found, n_values, status FROM evidence.article ORDER BY article_id LIMIT ?",
            limit,
        )

    def last_run(self) -> dict[str, Any] | None:
        found = self.rows("SELECT run_id, published_at FROM main.meta")
        return found[0] if found else None

    def trace(self, name: str) -> list[dict[str, Any]]:
        """The printed figures behind a row, value or check, each with its place and what a reviewer has made of it."""
        corrected = {
            each.pop("value_id"): each
            for each in self.rows("SELECT value_id, printed AS corrected_to, reason, reviewer FROM quality.correction "
                                  "WHERE status = 'applied' ORDER BY recorded_at")
        }  # fmt: skip
        return [place | corrected.get(place["value_id"], {}) for place in self.rows("FROM lineage.trace(?)", name)]

    def report(self) -> dict[str, Any]:
        """What the report shows: the first hundred or so rows of each kind, the most telling first."""
        counts = self.counts()
        return {
            "run": self.last_run(),
            "counts": {
                "articles": counts["articles"],
                "tables": counts["tables_extracted"],
                "printed values": counts["values"],
                "number checks": sum(counts["checks"].values()),
                "open findings": sum(counts["findings"].values()),
            },
            "findings": self.rows(
                "SELECT check_id, article_id, severity, explanation FROM quality.number_check WHERE verdict IN ('inconsistent', 'impossible')"
                " ORDER BY list_position(['critical', 'major', 'minor', 'info'], severity), article_id, check_id LIMIT 100"
            ),
            "studies": self.rows("FROM mart.study_summary ORDER BY article_id LIMIT 12"),
            "efficacy": self.rows(
                _EFFECTS.format(table="efficacy", columns="scale, agreement", order="scale <> 'log', measure, endpoint, population")
            ),
            "subgroups": self.rows(
                _EFFECTS.format(table="subgroup", columns="'log' AS scale, factor, level", order="endpoint, factor, level")
            ),
            "safety": self.rows(_HARMS),
            "articles": self.articles(200),
            "refused": self.quarantined(),
            "tables": self.rows(
                "SELECT article_id, table_id, label, kind, status, message FROM evidence.article_table WHERE status <> 'extracted' ORDER BY ALL LIMIT 200"
            ),
        }
