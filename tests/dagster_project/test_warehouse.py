"""The warehouse: rows land whole, by name, typed, or not at all."""

import math
import subprocess
import sys

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import schemas
from dagster_project import warehouse as module
from dagster_project.warehouse import InUse, Warehouse


@pytest.fixture
def warehouse(tmp_path):
    with Warehouse(tmp_path) as opened:
        yield opened


def arms(article: str, *arm_ids: str) -> pd.DataFrame:
    return pd.DataFrame(
        {"article_id": article, "arm_id": list(arm_ids), "label": [arm.upper() for arm in arm_ids], "aliases": [["drug", arm] for arm in arm_ids],
         "role": "unknown", "members": [[] for _ in arm_ids], "n_randomized": pd.array([None] * len(arm_ids), dtype="Int64")}
    )  # fmt: skip


def land(warehouse: Warehouse, frame, article_ids, model=schemas.Arm, **where) -> int:
    with warehouse.transaction() as transaction:
        return transaction.replace(model, frame, article_ids, **where)


def test_every_table_exists_typed_before_its_first_row(warehouse):
    for name, model in schemas.TABLES.items():
        pd.testing.assert_frame_equal(warehouse.read(name), model.empty())


def test_rows_come_back_typed_and_in_the_order_in_which_they_landed(warehouse):
    land(warehouse, arms("b", "z", "y"), ["b"])
    land(warehouse, arms("a", "x"), ["a"])
    back = warehouse.read(schemas.Arm)
    assert back.arm_id.tolist() == ["x", "z", "y"]
    pd.testing.assert_series_equal(back.dtypes, schemas.Arm.empty().dtypes)
    assert back.aliases.tolist()[0] == ["drug", "x"]


def test_replacing_an_articles_rows_leaves_all_others(warehouse):
    land(warehouse, pd.concat([arms("a", "x", "y"), arms("b", "z")]), ["a", "b"])
    assert land(warehouse, arms("a", "w"), ["a"]) == 1
    assert warehouse.read(schemas.Arm, columns=["article_id", "arm_id"]).values.tolist() == [["a", "w"], ["b", "z"]]


def test_an_article_without_rows_now_loses_those_of_before(warehouse):
    land(warehouse, arms("a", "x"), ["a"])
    assert land(warehouse, schemas.Arm.empty(), ["a"]) == 0
    assert warehouse.count(schemas.Arm) == 0


def test_where_narrows_what_is_replaced(warehouse):
    rows = pd.DataFrame({"row_id": ["1", "2"], "table_name": ["mart.safety", "mart.efficacy"], "value_id": "v", "article_id": "a"})
    land(warehouse, rows, ["a"], schemas.Derivation)
    land(warehouse, rows[:1].assign(row_id="3"), ["a"], schemas.Derivation, table_name="mart.safety")
    assert sorted(warehouse.read(schemas.Derivation).row_id) == ["2", "3"]


def test_columns_land_by_name_not_by_place(warehouse):
    frame = arms("a", "x").assign(n_randomized=7)
    land(warehouse, frame[list(reversed(frame.columns))], ["a"])
    row = warehouse.rows(schemas.Arm)[0]
    assert (row["article_id"], row["arm_id"], row["label"], row["n_randomized"]) == ("a", "x", "X", 7)


def test_rows_of_an_article_that_is_not_being_replaced_are_refused(warehouse):
    with pytest.raises(ValueError, match="evidence.arm: rows of articles that are not being replaced: b"):
        land(warehouse, arms("b", "x"), ["a"])
    assert warehouse.count(schemas.Arm) == 0


@pytest.mark.parametrize("empty", [False, True])
def test_a_column_that_the_contract_lacks_is_refused(warehouse, empty):
    frame = arms("a", "x").rename(columns={"label": "lable"})
    with pytest.raises(ValueError, match="no column lable"):
        land(warehouse, frame[:0] if empty else frame, ["a"])


def test_an_arrow_table_and_parquet_shards_land_as_a_frame_does(warehouse, tmp_path):
    frame = arms("a", "x", "y")
    land(warehouse, schemas.Arm.arrow(frame), ["a"])
    as_arrow = warehouse.read(schemas.Arm)
    shards = []
    for number in range(2):
        shards.append(tmp_path / f"it's {number}.parquet")
        table = pa.Table.from_pylist(frame[number : number + 1].drop(columns=["members"]).to_dict("records"))
        pq.write_table(table.set_column(table.column_names.index("n_randomized"), "n_randomized", pa.nulls(1, pa.int64())), shards[-1])
    assert land(warehouse, shards, ["a"]) == 2
    pd.testing.assert_frame_equal(warehouse.read(schemas.Arm), as_arrow)
    assert land(warehouse, [], ["a"]) == 0


def test_an_asset_that_fails_in_mid_transaction_leaves_everything_as_it_was(warehouse):
    land(warehouse, arms("a", "x"), ["a"])
    with pytest.raises(ZeroDivisionError):
        with warehouse.transaction() as transaction:
            transaction.replace(schemas.Arm, arms("a", "y"), ["a"])
            transaction.set_keys("stop", {"a": "new"})
            raise ZeroDivisionError
    assert not warehouse.is_open, "a failed asset must not hold the database"
    assert warehouse.read(schemas.Arm).arm_id.tolist() == ["x"] and warehouse.keys() == {}
    land(warehouse, arms("a", "z"), ["a"])
    assert warehouse.count(schemas.Arm) == 1


def test_a_failure_of_the_database_itself_leaves_everything_as_it_was(warehouse, tmp_path):
    land(warehouse, arms("a", "x"), ["a"])
    shard = tmp_path / "shard.parquet"  # read by DuckDB itself, so that the NULL meets the table's own constraint
    pq.write_table(pa.Table.from_pylist(arms("a", "y").assign(label=None, n_randomized=1).to_dict("records")), shard)
    with pytest.raises(duckdb.ConstraintException, match="NOT NULL"):
        land(warehouse, [shard], ["a"])
    assert warehouse.read(schemas.Arm).arm_id.tolist() == ["x"]


def test_two_assets_can_not_share_a_transaction(warehouse):
    with warehouse.transaction():
        with pytest.raises(RuntimeError, match="open already"):
            with warehouse.transaction():
                pass


def test_a_process_that_is_killed_in_mid_transaction_leaves_the_warehouse_whole(warehouse, tmp_path):
    land(warehouse, arms("a", "x"), ["a"])
    warehouse.close()
    code = (
        "import os, sys; from dagster_project.warehouse import Warehouse; import schemas\n"
        "w = Warehouse(sys.argv[1])\n"
        "with w.transaction() as t:\n"
        "    t.replace('evidence.arm', schemas.Arm.empty(), ['a']); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=module.SQL_FOLDER.parent, check=False).returncode == 9
    assert warehouse.read(schemas.Arm).arm_id.tolist() == ["x"]


def test_another_process_that_holds_the_warehouse_is_named_not_waited_for_forever(tmp_path):
    code = "import sys, time; from dagster_project.warehouse import Warehouse; w = Warehouse(sys.argv[1]); w.count('evidence.arm'); print(1, flush=True)\nsys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=module.SQL_FOLDER.parent
    ) as other:
        other.stdout.readline()
        with pytest.raises(InUse, match="another process"):
            Warehouse(tmp_path, wait=0.1).count(schemas.Arm)
        other.stdin.close()
    with Warehouse(tmp_path) as free:
        assert free.count(schemas.Arm) == 0


def test_keys_say_what_is_stale(warehouse):
    with warehouse.transaction() as transaction:
        transaction.set_keys("stop", {"a": "1", "b": "1", "c": "1"})
        transaction.set_keys("stop", {"b": "2", "c": None})
    assert warehouse.keys() == {"stop": {"a": "1", "b": "2"}}
    assert warehouse.stale("stop", {"c": "1", "b": "1", "a": "1"}) == ["b", "c"]
    assert warehouse.stale("other", {"a": "1"}) == ["a"]


def test_forgetting_an_article_takes_its_rows_and_keys_but_not_its_history(warehouse):
    with warehouse.transaction() as transaction:
        transaction.replace(schemas.Arm, pd.concat([arms("a", "x"), arms("b", "y")]), ["a", "b"])
        transaction.replace(schemas.SourceFile, pd.DataFrame({"article_id": ["a"], "source_path": ["a.txt"], "status": ["present"]}), ["a"])
        transaction.append(schemas.Run, pd.DataFrame({"run_id": ["r"], "asset": ["evidence.arm"], "started": [pd.Timestamp(0, tz="UTC")]}))
        transaction.set_keys("stop", {"a": "1", "b": "1"})
    with warehouse.transaction() as transaction:
        assert transaction.forget(["a"]) >= 1
    assert warehouse.read(schemas.Arm).article_id.tolist() == ["b"]
    assert warehouse.keys() == {"stop": {"b": "1"}}
    assert warehouse.count(schemas.SourceFile) == warehouse.count(schemas.Run) == 1


def test_times_come_back_in_utc(warehouse):
    moment = pd.Timestamp("2016-02-26 12:00", tz="Europe/Rome")
    land(warehouse, pd.DataFrame({"run_id": ["r"], "asset": ["a"], "started": [moment]}), None, schemas.Run)
    back = warehouse.read(schemas.Run)
    assert back.started[0] == moment and str(back.started.dt.tz) == "UTC" and back.finished.isna().all()


def test_contracts_that_have_changed_keep_the_columns_that_stay(warehouse, tmp_path):
    land(warehouse, arms("a", "x"), ["a"])
    with warehouse.transaction() as transaction:
        transaction.set_keys("stop", {"a": "1"})
    warehouse.query("ALTER TABLE evidence.arm DROP COLUMN n_randomized")
    warehouse.query("ALTER TABLE evidence.arm ADD COLUMN colour VARCHAR")
    warehouse.query("UPDATE pipeline.state SET value = 'older' WHERE name = 'contracts'")
    warehouse.close()
    assert [row["arm_id"] for row in warehouse.rows(schemas.Arm)] == ["x"]
    pd.testing.assert_series_equal(warehouse.read(schemas.Arm).dtypes, schemas.Arm.empty().dtypes)
    assert warehouse.keys() == {}, "rows of an older shape are to be made again"


def test_contracts_that_have_changed_drop_rows_that_can_not_be_kept(warehouse):
    land(warehouse, arms("a", "x"), ["a"])
    warehouse.query("ALTER TABLE evidence.arm DROP COLUMN label")
    warehouse.query("UPDATE pipeline.state SET value = 'older' WHERE name = 'contracts'")
    warehouse.close()
    assert warehouse.rows(schemas.Arm) == []


def test_opening_a_warehouse_again_takes_tens_of_milliseconds_at_most(tmp_path, monkeypatch):
    with Warehouse(tmp_path) as first:
        first.count(schemas.Arm)
    made = []
    monkeypatch.setattr(module, "_follow", lambda *given: made.append(given))
    with Warehouse(tmp_path) as second:
        second.count(schemas.Arm)
    assert made == [], "tables that are as the contracts say are not looked at one by one"


text = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=10)
number = st.floats(allow_nan=False, width=64)
value = st.fixed_dictionaries(
    {
        "printed": text, "value": st.none() | number, "decimals": st.none() | st.integers(0, 2**62), "adjusted": st.none() | st.booleans(),
        "row_path": st.lists(text, max_size=3), "arm_id": st.none() | text,
    }
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(value, max_size=4))
def test_any_value_comes_back_as_it_was(warehouse, given_values):
    same = {"article_id": "a", "source_kind": "prose", "span_id": "s", "scope": "trial", "statistic": "other", "is_assumption": False}
    frame = pd.DataFrame([{"value_id": str(i), **same, **one} for i, one in enumerate(given_values)], dtype=object)
    frame = schemas.PublishedValue.coerce(frame) if given_values else schemas.PublishedValue.empty()
    land(warehouse, frame, ["a"], schemas.PublishedValue)
    pd.testing.assert_frame_equal(warehouse.read(schemas.PublishedValue), frame)


def test_infinity_is_kept_and_nan_is_null(warehouse):
    frame = pd.DataFrame({"row_id": ["1", "2"], "article_id": "a", "study_id": "a", "endpoint": "os", "measure": "x", "method": "m",
                          "published": [math.inf, math.nan]})  # fmt: skip
    land(warehouse, frame, ["a"], schemas.DesignCheck)
    assert warehouse.query("SELECT published FROM mart.design_check ORDER BY row_id") == [(math.inf,), (None,)]
