"""Great Expectations in its child process: what it finds, what it costs the others, and that it always ends."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

import schemas
from dagster_project import expectations
from dagster_project.warehouse import Warehouse
from schemas.suites import SUITES

TEXT = "Nausea 3 (30 %) 1"


WATCH = """
import os, sys
def watch(event, given):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        with open(os.environ["WATCHED"], "a") as log:
            log.write(f"{event} {given[1:]}\\n")
sys.addaudithook(watch)
"""


@pytest.fixture(scope="module")
def calls(tmp_path_factory):
    """A file in which the child process notes each connection that it tries to make."""
    folder = tmp_path_factory.mktemp("watch")
    (folder / "sitecustomize.py").write_text(WATCH)
    return folder / "calls"


@pytest.fixture(scope="module")
def handle(calls):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(calls.parent))
        patch.setenv("WATCHED", str(calls))
        started = expectations.start()
    with started:
        yield started


@pytest.fixture(scope="module")
def landed(tmp_path_factory):
    home = tmp_path_factory.mktemp("landed")
    with Warehouse(home) as opened:
        land_an_article(opened)
    return home


@pytest.fixture
def warehouse(tmp_path, landed):
    shutil.copy(landed / "warehouse.duckdb", tmp_path)
    with Warehouse(tmp_path) as opened:
        yield opened


def land_an_article(warehouse, **changes) -> None:
    """One article with one adverse-event table of one row that holds a count and a percent: everything refers to something that is there."""
    frames = {
        "evidence.article": [{"article_id": "a", "study_id": "a", "source_path": "a.txt", "n_characters": len(TEXT), "n_tables_found": 1,
                              "n_tables_extracted": 1, "n_values": 2, "status": "extracted"}],
        "evidence.article_text": [{"article_id": "a", "text": TEXT}],
        "evidence.arm": [{"article_id": "a", "arm_id": "x", "label": "X", "role": "unknown"}],
        "evidence.article_table": [{"article_id": "a", "table_id": "t1", "label": "Table 1", "caption": "", "kind": "adverse_events", "n_rows": 2,
                                    "n_columns": 3, "n_header_rows": 1, "status": "extracted"}],
        "lineage.source_span": [
            {"span_id": "a@7-8", "article_id": "a", "char_start": 7, "char_end": 8, "quote": "3"},
            {"span_id": "a@10-12", "article_id": "a", "char_start": 10, "char_end": 12, "quote": "30"}],
        "evidence.published_value": [
            {"value_id": "a:t1:r1c1:0", "article_id": "a", "source_kind": "table", "table_id": "t1", "row_index": 1, "column_index": 1,
             "span_id": "a@7-8", "scope": "arm", "arm_id": "x", "statistic": "count", "value": 3.0, "printed": "3", "is_assumption": False},
            {"value_id": "a:t1:r1c1:1", "article_id": "a", "source_kind": "table", "table_id": "t1", "row_index": 1, "column_index": 1,
             "span_id": "a@10-12", "scope": "arm", "arm_id": "x", "statistic": "percent", "value": 30.0, "printed": "30", "is_assumption": False,
             "estimate_id": "a:t1:r1c1:0"}],
        "evidence.adverse_event": [{"row_id": "a:ae:1", "article_id": "a", "study_id": "a", "term": "Nausea", "scope": "arm", "arm_id": "x", "n": 3,
                                    "value_ids": ["a:t1:r1c1:0", "a:t1:r1c1:1"]}],
        **changes,
    }  # fmt: skip
    with warehouse.transaction() as transaction:
        for name, rows in frames.items():
            good, failures = schemas.TABLES[name].split(pd.DataFrame(rows))
            transaction.replace(name, good, ["a"])
            transaction.replace("quality.quarantine", failures, ["a"], table_name=name)


def failed(results: pd.DataFrame) -> set[tuple]:
    serious = results[~results.success & results.severity.isin(["major", "critical"])]
    return {(row.table_name, None if pd.isna(row.column_name) else row.column_name, row.suite) for row in serious.itertuples()}


def test_what_landed_whole_passes_every_suite(warehouse, handle):
    results = expectations.check(warehouse, handle)
    assert failed(results) == set()
    good, failures = schemas.ValidationResult.split(results)
    assert len(good) == len(results) and failures.empty
    assert set(results.suite) == {"contract", "completeness", "references", "lineage", "value_sets", "distributions"}


def test_the_same_landing_gives_the_same_results(warehouse, handle):
    pd.testing.assert_frame_equal(expectations.check(warehouse, handle), expectations.check(warehouse, handle))


def broken(statement: str, *found: tuple):
    return pytest.param(statement, set(found), id=statement[:60])


@pytest.mark.parametrize(
    "statement, found",
    [
        broken("DELETE FROM evidence.published_value WHERE statistic = 'percent'",
               ("evidence.article", "n_values", "completeness"), ("evidence.adverse_event", "value_ids", "references")),
        broken("DELETE FROM evidence.article_table", ("evidence.article", "n_tables_found", "completeness"),
               ("evidence.article", "n_tables_extracted", "completeness"), ("evidence.published_value", "table_id", "references")),
        broken("DELETE FROM evidence.article_text", ("evidence.article", "text_missing", "completeness")),
        broken("UPDATE evidence.published_value SET row_index = 2", ("evidence.article_table", "n_rows", "completeness")),
        broken("UPDATE evidence.published_value SET arm_id = 'y'", ("evidence.published_value", "arm_id", "references")),
        broken("UPDATE evidence.published_value SET statistic = 'average' WHERE statistic = 'percent'",
               ("evidence.published_value", "statistic", "value_sets")),
        broken("UPDATE lineage.source_span SET quote = 'Naus3a' WHERE char_start = 7", ("lineage.source_span", "quote", "lineage")),
        broken("UPDATE evidence.published_value SET printed = '31' WHERE statistic = 'percent'", ("lineage.source_span", "quote", "lineage")),
        broken("DELETE FROM lineage.source_span WHERE char_start = 7", ("evidence.published_value", "span_id", "references")),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_found(warehouse, handle, statement, found):
    warehouse.query(statement)
    assert failed(expectations.check(warehouse, handle)) == found


def test_a_row_that_was_set_aside_is_among_the_results(warehouse, handle):
    land_an_article(warehouse, **{"evidence.arm": [{"article_id": "a", "arm_id": "x", "label": "X", "role": "unknown"},
                                                   {"article_id": "a", "arm_id": "y", "label": "Y", "role": "chief"}]})  # fmt: skip
    results = expectations.check(warehouse, handle)
    assert failed(results) == {
        ("evidence.arm", None, "contract"),
        ("evidence.arm", "role", "contract"),
    }
    of_role = results[(results.tool == "pandera") & (results.column_name == "role")].iloc[0]
    assert (of_role.n_checked, of_role.n_failed, of_role.examples) == (2, 1, ["article_id=a, arm_id=y"])


def test_a_warehouse_without_rows_is_checked_and_says_so(tmp_path, handle):
    with Warehouse(tmp_path) as empty:
        results = expectations.check(empty, handle)
    assert results.success.all()
    assert (results[results.suite == "distributions"].message == "nothing to check: no rows").all()


def test_an_unknown_frame_is_one_line_of_error_and_the_next_question_is_answered(warehouse, handle):
    with pytest.raises(expectations.Failed, match="KeyError"):
        handle.validate({"no such suite": pd.DataFrame({"a": [1]})})
    assert len(handle.validate(expectations.gather(warehouse)))


def test_the_watch_on_connections_sees_one(calls, tmp_path):
    log = tmp_path / "calls"
    code = "import socket; s = socket.socket(); s.settimeout(0.1); s.connect_ex(('127.0.0.1', 9))"
    environment = {**os.environ, "PYTHONPATH": str(calls.parent), "WATCHED": str(log)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert "socket.connect" in log.read_text()


def test_starting_makes_nobody_wait_and_stopping_early_neither():
    before = time.monotonic()
    started = expectations.start()
    assert time.monotonic() - before < 0.5
    started.close()
    started.close()
    assert not started.is_running and time.monotonic() - before < 3


def test_a_run_that_fails_ends_the_child():
    with pytest.raises(ZeroDivisionError):
        with expectations.start() as started:
            raise ZeroDivisionError
    assert not started.is_running


def test_a_child_that_dies_is_told_in_one_line(warehouse):
    with expectations.start() as started:
        os.kill(started._process.pid, signal.SIGKILL)
        with pytest.raises(expectations.Failed, match="Great Expectations ended"):
            started.validate(expectations.gather(warehouse))


def test_the_child_ends_with_its_parent_and_leaves_no_file(tmp_path):
    # the parent is killed while the child still imports: nobody is there to close anything
    code = (
        "import sys, time; from dagster_project import expectations\nprint(expectations.start()._process.pid, flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path), "HOME": str(tmp_path)}
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment, cwd=expectations.PROJECT)
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until = time.monotonic() + 30
    while time.monotonic() < until and _alive(child):
        time.sleep(0.1)
    assert not _alive(child)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def _alive(pid: int) -> bool:
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_no_telemetry_no_progress_bars_no_chatter(warehouse, handle, calls):
    handle.validate(expectations.gather(warehouse))
    assert not calls.exists(), calls.read_text()
    handle._errors.seek(0)
    assert handle._errors.read() == b""


def test_suites_are_plain_data_about_tables_that_exist():
    assert len({suite.frame for suite in SUITES}) == len(SUITES)
    assert {suite.table for suite in SUITES} <= set(schemas.PUBLISHED)
    assert len({(suite.name, suite.table, one.check, str(one.about or one.arguments.get("column"))) for suite in SUITES for one in suite.expectations}) == sum(
        len(suite.expectations) for suite in SUITES
    )  # fmt: skip
