"""How an asset's result reaches the warehouse and how the next asset reads it.

Belongs here: the hand-over, one transaction an asset. Does not: connections and statements (warehouse.py), what a stop hands over
(assets/landing.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

import schemas

if TYPE_CHECKING:
    import pandas as pd

    from dagster_project.warehouse import Warehouse


class TableReader:
    """A landed table that is read when it is asked for, so that nobody loads a library to look at one article."""

    def __init__(self, warehouse: Warehouse, table: str) -> None:
        self.warehouse = warehouse
        self.table = table

    def read(self, article_ids: Sequence[str] | None = None, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The rows of these articles (None: all) as a typed frame."""
        return self.warehouse.read(self.table, article_ids, columns)


class WarehouseIOManager(dg.IOManager):
    """Writes what an asset returns in one transaction, by column name; reads it back typed.

    An asset may return a Landing (anything with `land(transaction) -> {table: rows}`), or a frame or Arrow table that replaces its whole
    table, which its metadata names as `dagster/table_name`. A row that breaks the contract does not land but is listed in
    quality.quarantine.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        with self.warehouse.transaction() as transaction:
            rows = obj.land(transaction) if hasattr(obj, "land") else _land_whole(transaction, table_of(context), obj)
        table = table_of(context, required=False)
        landed = rows.get(table, 0) if table else sum(rows.values())
        context.add_output_metadata({"rows landed": landed, **getattr(obj, "metadata", {})})
        if table and landed:
            context.add_output_metadata({"dagster/row_count": self.warehouse.count(table)})

    def load_input(self, context: dg.InputContext) -> TableReader:
        upstream = context.upstream_output
        if upstream is None:
            raise dg.DagsterInvariantViolationError("only an asset's table can be read from the warehouse")
        return TableReader(self.warehouse, table_of(upstream))


def table_of(context: dg.OutputContext, required: bool = True) -> str | None:
    """The table that an asset fills: its metadata `dagster/table_name`, else its key (evidence/arm is evidence.arm)."""
    named = (context.definition_metadata or {}).get("dagster/table_name")
    name = str(getattr(named, "value", named)) if named is not None else ".".join(context.asset_key.path) if context.has_asset_key else None
    if name in schemas.TABLES:
        return name
    if required:
        raise dg.DagsterInvariantViolationError(f"{context.get_identifier()} fills no table that has a contract")
    return None


def _land_whole(transaction: Any, table: str | None, data: Any) -> dict[str, int]:
    model = schemas.TABLES[str(table)]
    good, failures = model.split(data)
    landed = transaction.replace(model, good)
    transaction.replace(schemas.Quarantine, failures, table_name=model.name)
    return {model.name: landed}


@dg.io_manager(required_resource_keys={"warehouse"}, description="Each asset's rows in the warehouse, in one transaction")
def io_manager(context: dg.InitResourceContext) -> Iterator[WarehouseIOManager]:
    """The I/O manager over the run's one warehouse."""
    yield WarehouseIOManager(context.resources.warehouse)
