"""Every question in sql/queries and every macro on the published database of a run on the shipped article."""

import pathlib
from collections.abc import Iterator

import duckdb
import pytest

from tests.conftest import ROOT

QUERIES = sorted((ROOT / "sql" / "queries").glob("*.sql"))


@pytest.fixture(scope="module")
def database(finished_home: pathlib.Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(finished_home / "evidence.duckdb"), read_only=True) as connection:
        yield connection


def rows(database: duckdb.DuckDBPyConnection, query: str, *parameters: object) -> list[dict]:
    found = database.execute(query, list(parameters))
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_there_are_ten_questions_or_more():
    assert len(QUERIES) >= 10


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_question_stands_on_top_and_is_answered(database, path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("-- ") and ("?" in text.splitlines()[0] or ":" in text.splitlines()[0])
    assert rows(database, text)


def test_forest_gives_the_whole_trial_and_its_subgroups(database):
    found = rows(database, "FROM forest(endpoint := 'progression%') WHERE measure = 'hazard_ratio'")
    assert {"0.58 (0.46-0.72)", "0.63 (0.47-0.85)", "0.67 (0.46-0.99)"} <= {row["shown"] for row in found}
    assert not rows(database, "FROM forest(article := 'no such article')")


def test_adverse_events_of_at_least_so_many_percent(database):
    every, many = (rows(database, f"FROM adverse_events({argument})") for argument in ("", "min_percent := 30"))
    assert 0 < len(many) < len(every)
    neutropenia = next(row for row in every if row["term"] == "Neutropenia")
    assert (neutropenia["arm_events"], neutropenia["reference_arm_events"]) == ("353/444 (79.5%)", "14/222 (6.3%)")
    assert (neutropenia["difference"], neutropenia["lower"], neutropenia["upper"]) == (73.2, 67.8, 77.7)


def test_pool_of_one_study_is_that_study(database):
    (row,) = rows(database, "FROM pool(endpoint := 'progression-free survival')")
    assert (row["studies"], row["tau2"], row["i2"]) == (1, 0, 0)
    assert row["common_effect"] == pytest.approx(0.58) and row["random_effects"] == pytest.approx(0.58)


def test_find_leads_to_lines_and_quotes(database):
    found = rows(database, "FROM find('neutropenia')")
    assert any(row["printed"] == "353" and "353" in row["quote"] and row["line"] for row in found)


def test_table_one_in_the_order_of_the_article(database):
    found = rows(database, "FROM table_one()")
    assert found[0]["characteristic"] == "Age" and found[0]["shown"] == "median 62.0 (range 30.0 to 89.0)"


def test_macros_work_on_an_attached_database_after_use(finished_home):
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{finished_home / 'evidence.duckdb'}' AS evidence_db (READ_ONLY)")
        connection.execute("USE evidence_db")
        assert connection.execute("SELECT count(*) FROM adverse_events()").fetchone()[0] > 0


def test_every_view_and_macro_is_explained(database):
    views = rows(database, "SELECT schema_name, view_name, comment FROM duckdb_views() WHERE NOT internal")
    macros = rows(database, "SELECT function_name, comment FROM duckdb_functions() WHERE function_type = 'table_macro' AND NOT internal")
    assert {"effect", "value_in_place", "open_finding", "meta_analysis_input", "table_one", "coverage"} <= {
        row["view_name"] for row in views
    }
    assert {"forest", "adverse_events", "pool", "table_one", "find", "trace"} <= {row["function_name"] for row in macros}
    assert all(row["comment"] for row in (*views, *macros))
