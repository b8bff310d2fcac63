"""`trialmart sql`: one query, or a small read-only shell. Belongs here: reading queries and showing rows. Does not: the queries (sql/)."""

from __future__ import annotations

import sys
from typing import Any

from dagster_project.evidence import Evidence

HELP = """Any SQL of DuckDB, read-only; end it with ; or an empty line. \\d lists tables and views, \\q leaves.
Try: FROM mart.efficacy;   FROM lineage.trace('...');   SUMMARIZE evidence.published_value;"""
LISTED = "SELECT schema_name AS schema, name, comment FROM ({}) ORDER BY ALL".format(
    " UNION ALL ".join(
        f"SELECT schema_name, {kind}_name AS name, comment FROM duckdb_{kind}s() WHERE NOT internal AND database_name = current_database()"
        for kind in ("table", "view")
    )
)


def one_query(evidence: Evidence, query: str) -> int:
    """Runs a query. A box on a terminal; CSV in a pipe, for the next tool."""
    import duckdb

    try:
        _show(evidence.connection, query)
    except duckdb.Error as error:
        print(f"trialmart: {_first_lines(error)}", file=sys.stderr)
        return 1
    return 0


def _first_lines(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:2])


def _show(connection: Any, query: str) -> None:
    if sys.stdout.isatty():
        relation = connection.sql(query)
        if relation is not None:  # None: a statement without rows
            relation.show(max_rows=100, max_width=_width())
        return
    import csv

    cursor = connection.execute(query)
    if cursor.description:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow([column[0] for column in cursor.description])
        while rows := cursor.fetchmany(10_000):
            writer.writerows(rows)


def _width() -> int:
    import shutil

    return shutil.get_terminal_size((120, 40)).columns


def shell(evidence: Evidence) -> int:
    """Reads queries until the end of input. An error is one line; the shell goes on."""
    talking = sys.stdin.isatty()
    if talking:
        import readline  # noqa: F401 - gives input() history and editing

        print(f"{evidence.path.name}, read-only. \\? for help.")
    buffer: list[str] = []
    worst = 0
    while True:
        try:
            line = input(("trialmart> " if not buffer else "      ...> ") if talking else "")
        except EOFError:
            break
        except KeyboardInterrupt:
            buffer.clear()
            print()
            continue
        word = line.strip()
        if not buffer and word in ("\\q", "quit", "exit"):
            return worst
        if not buffer and word in ("\\?", "help"):
            print(HELP)
        elif not buffer and word == "\\d":
            one_query(evidence, LISTED)
        elif word:
            buffer.append(line)
        if buffer and (word.endswith(";") or not word):
            worst = max(worst, one_query(evidence, "\n".join(buffer)))
            buffer.clear()
    if buffer:
        worst = max(worst, one_query(evidence, "\n".join(buffer)))
    return 0 if talking else worst
