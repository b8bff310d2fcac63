"""The I/O manager in a real run: one transaction an asset, rows by name, listed failures, nothing held after a failure."""

import dagster as dg
import pandas as pd
import pytest

import schemas
from dagster_project.io_manager import TableReader, io_manager
from dagster_project.warehouse import Warehouse
from tests.dagster_project.test_warehouse import arms

ARM = {"dagster/table_name": "evidence.arm"}


@pytest.fixture
def warehouse(tmp_path):
    with Warehouse(tmp_path) as opened:
        yield opened


def run(warehouse, *assets, ok=True):
    result = dg.materialize(list(assets), resources={"io_manager": io_manager, "warehouse": warehouse}, raise_on_error=False)
    assert result.success == ok
    return result


class TwoTables:
    """What a stop hands over, as assets.landing.Landing does."""

    metadata = {"articles read now": 1}

    def __init__(self, broken: bool = False) -> None:
        self.broken = broken

    def land(self, transaction) -> dict[str, int]:
        rows = transaction.replace(schemas.Arm, arms("a", "x", "y"), ["a"])
        transaction.set_keys("stop", {"a": "1"})
        if self.broken:
            raise ZeroDivisionError
        return {"evidence.arm": rows}


def test_a_frame_lands_in_the_table_that_the_asset_names(warehouse):
    @dg.asset(io_manager_key="io_manager", metadata=ARM)
    def some_arms():
        return arms("a", "x")

    result = run(warehouse, some_arms)
    assert warehouse.read("evidence.arm").arm_id.tolist() == ["x"]
    (event,) = result.asset_materializations_for_node("some_arms")
    assert event.metadata["dagster/row_count"].value == 1


def test_swapped_columns_land_where_they_belong(warehouse):
    @dg.asset(io_manager_key="io_manager", metadata=ARM)
    def some_arms():
        frame = arms("a", "x")
        return frame[["label", "arm_id", *(name for name in frame if name not in ("label", "arm_id"))]]

    run(warehouse, some_arms)
    assert warehouse.rows("evidence.arm")[0]["label"] == "X"


def test_an_empty_first_frame_makes_a_typed_table(warehouse):
    @dg.asset(io_manager_key="io_manager", key=["evidence", "arm"])
    def some_arms():
        return schemas.Arm.empty()

    run(warehouse, some_arms)
    pd.testing.assert_frame_equal(warehouse.read("evidence.arm"), schemas.Arm.empty())


def test_a_row_that_breaks_the_contract_does_not_land_and_is_listed(warehouse):
    @dg.asset(io_manager_key="io_manager", metadata=ARM)
    def some_arms():
        return pd.concat([arms("a", "x"), arms("a", "y").assign(role="chief")])

    run(warehouse, some_arms)
    assert warehouse.read("evidence.arm").arm_id.tolist() == ["x"]
    (listed,) = warehouse.rows("quality.quarantine")
    assert (listed["column_name"], listed["failure_case"], listed["row_key"]) == ("role", "chief", "article_id=a, arm_id=y")
    run(warehouse, some_arms)
    assert warehouse.count("quality.quarantine") == 1, "the same failure is listed once"


def test_a_landing_lands_whole(warehouse):
    @dg.asset(io_manager_key="io_manager", metadata=ARM)
    def some_arms():
        return TwoTables()

    result = run(warehouse, some_arms)
    assert warehouse.count("evidence.arm") == 2 and warehouse.keys() == {"stop": {"a": "1"}}
    metadata = result.asset_materializations_for_node("some_arms")[0].metadata
    assert metadata["rows landed"].value == 2 and metadata["articles read now"].value == 1


def test_an_asset_that_fails_while_it_lands_leaves_nothing_and_holds_nothing(warehouse, tmp_path):
    @dg.asset(io_manager_key="io_manager", metadata=ARM)
    def some_arms():
        return TwoTables(broken=True)

    run(warehouse, some_arms, ok=False)
    assert not warehouse.is_open
    with Warehouse(tmp_path, wait=0) as other:
        assert other.count("evidence.arm") == 0 and other.keys() == {}


def test_the_next_asset_reads_what_it_asks_for(warehouse):
    seen = []

    @dg.asset(io_manager_key="io_manager", metadata=ARM)
    def some_arms():
        return pd.concat([arms("a", "x"), arms("b", "y")])

    @dg.asset_check(asset=some_arms)
    def looks(some_arms: TableReader):
        seen.extend([some_arms.read(["b"], columns=["arm_id"]).arm_id.tolist(), len(some_arms.read())])
        return dg.AssetCheckResult(passed=True)

    run(warehouse, some_arms, looks)
    assert seen == [["y"], 2]


def test_an_asset_whose_table_has_no_contract_is_refused(warehouse):
    @dg.asset(io_manager_key="io_manager")
    def nobody_knows():
        return arms("a", "x")

    result = run(warehouse, nobody_knows, ok=False)
    assert "fills no table that has a contract" in str(result.get_step_failure_events()[0].event_specific_data.error)
