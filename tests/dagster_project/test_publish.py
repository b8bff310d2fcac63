"""Publication: an immutable file behind a link that is swapped at once."""

import os
import stat
import threading

import duckdb
import pandas as pd
import pytest

import schemas
from dagster_project.warehouse import LINK, Warehouse
from tests.dagster_project.test_warehouse import arms, land


@pytest.fixture
def warehouse(tmp_path):
    with Warehouse(tmp_path) as opened:
        land(opened, arms("a", "x", "y"), ["a"])
        yield opened


def query(home, text, values=()):
    with duckdb.connect(str(home / LINK), read_only=True) as connection:
        return connection.execute(text, list(values)).fetchall()


def test_what_is_published_holds_every_table_and_no_other(warehouse, tmp_path):
    published = warehouse.publish("run-1")
    assert published.changed and published.path.name == "evidence-run-1.duckdb"
    tables = query(tmp_path, "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal")
    assert {name for (name,) in tables} == set(schemas.PUBLISHED)
    assert query(tmp_path, "SELECT arm_id FROM evidence.arm") == [("x",), ("y",)]


def test_every_table_and_column_carries_its_description(warehouse, tmp_path):
    warehouse.publish("run-1")
    bare = "SELECT table_name FROM duckdb_tables() WHERE comment IS NULL UNION ALL SELECT column_name FROM duckdb_columns() c JOIN duckdb_tables() t " \
           "USING (table_oid) WHERE c.comment IS NULL"  # fmt: skip
    assert query(tmp_path, bare) == []
    assert query(tmp_path, "SELECT comment FROM duckdb_tables() WHERE table_name = 'arm'") == [(schemas.Arm.description(),)]


def test_meta_says_what_it_is(warehouse, tmp_path):
    warehouse.publish("run-1")
    ((version, run),) = query(tmp_path, "SELECT schema_version, run_id FROM meta")
    assert (version, run) == (schemas.SCHEMA_VERSION, "run-1")


def test_the_file_may_only_be_read_and_the_link_is_relative(warehouse, tmp_path):
    path = warehouse.publish("run-1").path
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert os.readlink(tmp_path / LINK) == path.name
    assert {each.name for each in tmp_path.iterdir() if not each.name.startswith((".template-", "warehouse."))} == {LINK, path.name}


def test_nothing_new_is_not_published_again(warehouse):
    first = warehouse.publish("run-1")
    with warehouse.transaction() as transaction:
        transaction.set_keys("stop", {"a": "1"})  # no row of an analyst's
    assert warehouse.publish("run-2") == (first.path, False)


def test_a_change_of_rows_or_of_sql_is_published(warehouse, tmp_path):
    folder = tmp_path / "views"
    folder.mkdir()
    warehouse.sql_folder = folder
    warehouse.publish("run-1")
    land(warehouse, arms("a", "z"), ["a"])
    assert warehouse.publish("run-2").changed
    (folder / "010_view.sql").write_text("CREATE VIEW evidence.labels AS SELECT label FROM evidence.arm;")
    assert warehouse.publish("run-3").changed
    assert query(tmp_path, "FROM evidence.labels") == [("Z",)]


def test_a_published_file_that_has_gone_is_made_again(warehouse):
    warehouse.publish("run-1").path.unlink()
    assert warehouse.published() is None
    assert warehouse.publish("run-2").changed


def test_the_template_is_made_once_for_the_same_contracts_and_sql(warehouse, tmp_path):
    folder = tmp_path / "views"
    folder.mkdir()
    names = []
    for sql in ("", "", "CREATE VIEW evidence.v AS SELECT 1 AS a;"):
        (folder / "010_v.sql").write_text(sql or "CREATE VIEW evidence.v AS SELECT 0 AS a;")
        warehouse.sql_folder = folder
        land(warehouse, arms("a", f"x{len(names)}"), ["a"])
        warehouse.publish("run")
        (template,) = tmp_path.glob(".template-*")
        names.append(template.name)
    assert names[0] == names[1] != names[2]
    assert query(tmp_path, "FROM evidence.v") == [(1,)]


def test_two_runs_files_are_kept(warehouse, tmp_path):
    for run in range(3):
        land(warehouse, arms("a", f"x{run}"), ["a"])
        warehouse.publish(f"run-{run}")
    assert sorted(path.name for path in tmp_path.glob("evidence-*")) == ["evidence-run-1.duckdb", "evidence-run-2.duckdb"]


def test_a_run_that_publishes_twice_writes_a_second_file(warehouse):
    first = warehouse.publish("run-1").path
    land(warehouse, arms("a", "z"), ["a"])
    assert warehouse.publish("run-1").path != first and first.exists()


def test_an_sql_file_that_fails_is_named_and_the_link_stays(warehouse, tmp_path):
    before = warehouse.publish("run-1").path
    folder = tmp_path / "views"
    folder.mkdir()
    (folder / "010_fine.sql").write_text("CREATE VIEW evidence.fine AS FROM evidence.arm;")
    (folder / "020_broken.sql").write_text("CREATE VIEW evidence.broken AS FROM evidence.nowhere;")
    warehouse.sql_folder = folder
    with pytest.raises(RuntimeError, match="sql/020_broken.sql can't be run"):
        warehouse.publish("run-2")
    assert warehouse.published() == before
    assert not list(tmp_path.glob(".building*")) and len(list(tmp_path.glob("evidence-*"))) == 1
    assert query(tmp_path, "SELECT count(*) FROM evidence.arm") == [(2,)]


def test_a_reader_who_has_it_open_sees_its_own_run_to_the_end(warehouse, tmp_path):
    warehouse.publish("run-1")
    with duckdb.connect(str(tmp_path / LINK), read_only=True) as reader:
        assert reader.execute("SELECT count(*) FROM evidence.arm").fetchone() == (2,)
        land(warehouse, arms("a", "z"), ["a"])
        warehouse.publish("run-2")
        assert reader.execute("SELECT arm_id FROM evidence.arm").fetchall() == [("x",), ("y",)]
    assert query(tmp_path, "SELECT arm_id FROM evidence.arm") == [("z",)]


def test_a_client_that_opens_it_for_writing_harms_nobody_else(warehouse, tmp_path):
    # where it may (as root), it writes beside the file of its own run; the next run's file has another name
    warehouse.publish("run-1")
    try:
        client = duckdb.connect(str(tmp_path / LINK))
        client.execute("CREATE TABLE scratch (a BIGINT)")
    except duckdb.Error:
        client = None  # refused, as it should be for whom file permissions hold
    land(warehouse, arms("a", "z"), ["a"])
    warehouse.publish("run-2")
    assert query(tmp_path, "SELECT arm_id FROM evidence.arm") == [("z",)]
    if client is not None:
        client.close()
    assert query(tmp_path, "SELECT arm_id FROM evidence.arm") == [("z",)]


def test_a_reader_never_meets_a_missing_or_half_written_file(warehouse, tmp_path):
    warehouse.publish("run-0")
    done, problems, seen = threading.Event(), [], set()

    def look() -> None:
        while not done.is_set():
            try:
                seen.add(tuple(arm for (arm,) in query(tmp_path, "SELECT arm_id FROM evidence.arm")))
            except Exception as problem:
                problems.append(problem)
                return

    reader = threading.Thread(target=look)
    reader.start()
    for run in range(1, 4):
        land(warehouse, arms("a", f"x{run}", f"y{run}"), ["a"])
        warehouse.publish(f"run-{run}")
    done.set()
    reader.join()
    assert not problems
    assert seen <= {("x", "y"), *((f"x{run}", f"y{run}") for run in range(1, 4))}


def test_trace_leads_from_a_row_to_the_printed_characters(warehouse, tmp_path):
    import pandas as pd

    text = "Median was 24.8 months."
    with warehouse.transaction() as transaction:
        transaction.replace(schemas.Article, pd.DataFrame(
            {"article_id": ["a"], "study_id": "a", "source_path": "a.txt", "n_characters": len(text), "n_tables_found": 0, "n_tables_extracted": 0,
             "n_values": 1, "status": "extracted"}), ["a"])  # fmt: skip
        transaction.replace(schemas.PublishedValue, pd.DataFrame(
            {"value_id": ["v"], "article_id": "a", "source_kind": "prose", "span_id": "a@11-15", "scope": "arm", "statistic": "median", "value": 24.8,
             "printed": "24.8", "is_assumption": False, "section": "results"}), ["a"])  # fmt: skip
        transaction.replace(schemas.SourceSpan, pd.DataFrame(
            {"span_id": ["a@11-15", "a@0-6"], "article_id": "a", "line": 1, "char_start": [11, 0], "char_end": [15, 6], "quote": ["24.8", "Median"]}),
            ["a"])  # fmt: skip
        transaction.replace(schemas.ValueSpan, pd.DataFrame(
            {"value_id": ["v", "v"], "span_id": ["a@11-15", "a@0-6"], "article_id": "a", "role": ["value", "context"]}), ["a"])  # fmt: skip
        transaction.replace(schemas.Derivation, pd.DataFrame(
            {"row_id": ["a:efficacy:1"], "table_name": "mart.efficacy", "value_id": "v", "article_id": "a"}), ["a"])  # fmt: skip
        transaction.replace(schemas.Correction, pd.DataFrame(
            {"value_id": ["v"], "article_id": "a", "original_printed": "24.8", "printed": "24.9", "reason": "erratum", "recorded_at": "2026-01-01",
             "status": "applied"}), ["a"])  # fmt: skip
    warehouse.publish("run-1")
    wanted = [("24.8", "value", 1, 11, "24.8", "24.9"), ("24.8", "context", 1, 0, "Median", "24.9")]
    for asked in ("a:efficacy:1", "v"):
        found = query(tmp_path, "SELECT printed, role, line, char_start, quote, corrected_to FROM lineage.trace(?)", [asked])
        assert found == wanted
    assert query(tmp_path, "FROM lineage.trace('nobody')") == []


def test_the_steps_of_old_runs_are_forgotten_but_not_what_last_wrote_a_table(warehouse, tmp_path, monkeypatch):
    monkeypatch.setattr("dagster_project.warehouse.KEPT_RUNS", 2)
    steps = [
        ("first", "evidence.arm", 1),
        ("first", "mart.safety", 1),
        ("second", "evidence.arm", 2),
        ("third", "evidence.arm", 3),
        ("fourth", "evidence.arm", 4),
    ]
    frame = pd.DataFrame(
        [{"run_id": run, "asset": asset, "started": pd.Timestamp(f"2026-01-0{day}", tz="UTC"), "rows": 1} for run, asset, day in steps]
    )
    with warehouse.transaction() as transaction:
        transaction.append(schemas.Run, frame)
    warehouse.publish("run-1")
    kept = query(tmp_path, "SELECT run_id, asset FROM lineage.run ORDER BY ALL")
    assert kept == [("first", "mart.safety"), ("fourth", "evidence.arm"), ("third", "evidence.arm")]


def test_large_blocks_for_a_literature_hold_the_same_rows(tmp_path):
    with Warehouse(tmp_path, large=True) as opened:
        land(opened, arms("a", "x", "y"), ["a"])
        opened.publish("run-1")
        assert opened.query("SELECT block_size FROM pragma_database_size() WHERE database_name = 'warehouse'") == [(262_144,)]
    assert query(tmp_path, "SELECT arm_id FROM evidence.arm") == [("x",), ("y",)]
