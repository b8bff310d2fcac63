"""What we rely on in DuckDB and its documentation does not promise. A failure here after an upgrade says what to look at."""

import os
import subprocess
import sys

import duckdb
import pyarrow as pa
import pytest


def test_insert_by_name_takes_columns_by_name_and_refuses_unknown_ones():
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (a BIGINT NOT NULL, b VARCHAR)")
        connection.register("rows", pa.table({"b": ["x"], "a": [1]}))
        connection.execute("INSERT INTO t BY NAME SELECT * FROM rows")
        assert connection.execute("SELECT a, b FROM t").fetchall() == [(1, "x")]
        with pytest.raises(duckdb.Error, match="c"):
            connection.execute("INSERT INTO t BY NAME SELECT 1 AS a, 2 AS c")


def test_insert_and_delete_return_the_number_of_rows():
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (a BIGINT)")
        assert connection.execute("INSERT INTO t VALUES (1), (2)").fetchone() == (2,)
        assert connection.execute("DELETE FROM t WHERE a = 1").fetchone() == (1,)


def test_rowid_keeps_the_order_of_insertion_when_other_rows_go():
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t AS SELECT range AS a FROM range(300000)")
        connection.execute("DELETE FROM t WHERE a % 3 = 0")
        connection.execute("INSERT INTO t SELECT 1000000 - range FROM range(100000)")
        found = [a for (a,) in connection.execute("SELECT a FROM t ORDER BY rowid").fetchall()]
        assert found == [a for a in range(300000) if a % 3] + [1000000 - a for a in range(100000)]


def test_comments_stand_on_tables_views_columns_and_table_macros_but_not_on_schemas():
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE SCHEMA s; CREATE TABLE s.t (a BIGINT); CREATE VIEW s.v AS FROM s.t; CREATE MACRO s.m(x) AS TABLE SELECT x"
        )
        for what in ("TABLE s.t", "COLUMN s.t.a", "VIEW s.v", "MACRO TABLE s.m"):
            connection.execute(f"COMMENT ON {what} IS 'words'")
        with pytest.raises(duckdb.Error):
            connection.execute("COMMENT ON SCHEMA s IS 'words'")


def test_a_macro_of_an_attached_database_finds_its_tables_only_after_use(tmp_path):
    with duckdb.connect(str(tmp_path / "a.duckdb")) as connection:
        connection.execute("CREATE SCHEMA s; CREATE TABLE s.t AS SELECT 1 AS a; CREATE MACRO s.m() AS TABLE SELECT a FROM s.t")
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{tmp_path / 'a.duckdb'}' AS other (READ_ONLY)")
        with pytest.raises(duckdb.Error):
            connection.execute("FROM other.s.m()")
        connection.execute("USE other")
        assert connection.execute("FROM s.m()").fetchall() == [(1,)]


def test_a_link_is_opened_as_the_file_behind_it_and_its_wal_stands_beside_that_file(tmp_path):
    target, link = tmp_path / "target.duckdb", tmp_path / "link.duckdb"
    duckdb.connect(str(target)).close()
    link.symlink_to(target.name)
    writer = duckdb.connect(str(link))
    writer.execute("CREATE TABLE t (a BIGINT)")
    assert not (tmp_path / "link.duckdb.wal").exists(), "a write-ahead log at the link would break whoever opens the next file"
    writer.close()


def test_a_file_that_may_only_be_read_is_opened_read_only_and_refused_for_writing(tmp_path):
    target = tmp_path / "target.duckdb"
    duckdb.connect(str(target)).close()
    target.chmod(0o444)
    with duckdb.connect(str(target), read_only=True) as reader:
        assert reader.execute("SELECT 1").fetchone() == (1,)
    if os.geteuid() == 0:
        pytest.skip("root may write to any file, so that what others meet can't be shown")
    with pytest.raises(duckdb.Error):
        duckdb.connect(str(target))


def test_many_processes_read_one_file(tmp_path):
    target = str(tmp_path / "target.duckdb")
    duckdb.connect(target).close()
    with duckdb.connect(target, read_only=True):
        code = f"import duckdb; print(duckdb.connect({target!r}, read_only=True).execute('SELECT 1').fetchone()[0])"
        assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "1"


def test_a_reader_keeps_its_file_when_the_name_is_given_to_another(tmp_path):
    first, second = tmp_path / "first.duckdb", tmp_path / "second.duckdb"
    for number, path in enumerate((first, second)):
        with duckdb.connect(str(path)) as connection:
            connection.execute(f"CREATE TABLE t AS SELECT {number} AS a")
    with duckdb.connect(str(first), read_only=True) as reader:
        os.replace(second, first)
        assert reader.execute("FROM t").fetchone() == (0,)


def test_text_is_counted_in_characters_as_python_counts_them():
    text = "µ 10⁹ ≥ 4 — é 𝛼"
    with duckdb.connect() as connection:
        assert connection.execute("SELECT length(?), substring(?, 4, 4)", [text, text]).fetchone() == (len(text), text[3:7])


def test_a_result_with_an_end_not_yet_seen_keeps_the_connection_from_other_work():
    with duckdb.connect() as connection:
        connection.execute("SELECT 1").fetchone()
        with pytest.raises(duckdb.Error, match="unfinished result"):
            connection.sql("SELECT 2").to_arrow_table()
        connection.execute("SELECT 1").fetchall()
        assert connection.sql("SELECT 2").to_arrow_table().num_rows == 1


def test_a_writers_log_beside_a_file_that_is_replaced_in_place_keeps_everybody_out(tmp_path):
    # why a publication is a link to a file of its own name
    published, fresh = tmp_path / "published.duckdb", tmp_path / "fresh.duckdb"
    for path in (published, fresh):
        with duckdb.connect(str(path)) as connection:
            connection.execute("CREATE TABLE t (a BIGINT)")
    code = f"import duckdb, os; c = duckdb.connect({str(published)!r}); c.execute('CREATE TABLE mine (a BIGINT)'); os._exit(0)"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert (tmp_path / "published.duckdb.wal").exists()
    os.replace(fresh, published)
    with pytest.raises(duckdb.Error):
        duckdb.connect(str(published), read_only=True)


def test_a_small_block_size_is_taken_for_a_new_file(tmp_path):
    sizes = []
    for block in (262_144, 16_384):
        path = tmp_path / f"{block}.duckdb"
        with duckdb.connect(str(path), config={"default_block_size": block}) as connection:
            connection.execute("; ".join(f"CREATE TABLE t{i} AS SELECT range AS a, range::VARCHAR AS b FROM range(50)" for i in range(40)))
        sizes.append(path.stat().st_size)
    assert sizes[1] < sizes[0] / 4
