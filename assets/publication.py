"""Last stops: the published database and the report.

Belongs here: when they are made anew. Does not: how a database is published (dagster_project/warehouse.py), what the report looks like
(trialmart/report.py).
"""

from __future__ import annotations

import datetime
import hashlib
from typing import Any

import dagster as dg

import schemas
from assets.contract import OWNERS, RETRY, asset_key
from assets.landing import WHOLE
from assets.stop import STOPS, code_version

#: The daily schedule and two hours of grace.
DAILY = dg.FreshnessPolicy.time_window(fail_window=datetime.timedelta(hours=26), warn_window=datetime.timedelta(hours=25))
DATABASE, REPORT = dg.AssetKey(["published", "evidence"]), dg.AssetKey(["published", "report"])


def column_lineage_rows() -> list[dict[str, str]]:
    """lineage.column_lineage: what the stops declare, one row a source column."""
    rows = []
    for stop in STOPS.values():
        for table, columns in stop.lineage.items():
            for column, sources in columns.items():
                for source in sources:
                    source_table, source_column = source.rsplit(".", 1)
                    if source_table in schemas.TABLES and table in schemas.TABLES:
                        rows.append(
                            {"table_name": table, "column_name": column, "source_table": source_table, "source_column": source_column}
                        )
    return rows


def _land_column_lineage(pipeline: Any) -> None:
    rows = column_lineage_rows()
    key = hashlib.blake2b(repr(rows).encode(), digest_size=12).hexdigest()
    if pipeline.keys.get("column_lineage", {}).get(WHOLE) == key:
        return
    import pyarrow as pa

    with pipeline.warehouse.transaction() as transaction:
        transaction.replace(schemas.ColumnLineage, pa.Table.from_pylist(rows), None)
        transaction.set_keys("column_lineage", {WHOLE: key})
    pipeline.take_keys("column_lineage", {WHOLE: key})


def publication_assets() -> list[dg.AssetsDefinition]:
    """The two assets that come after all others: acceptance has waited for every table."""

    @dg.asset(
        key=DATABASE, deps=[asset_key("quality.validation_result")], group_name="publication", kinds={"duckdb"}, owners=OWNERS, code_version=code_version("dagster_project/warehouse"),
        required_resource_keys={"pipeline"}, pool="warehouse", metadata={"dagster/table_name": "evidence.duckdb"},
        retry_policy=RETRY, freshness_policy=DAILY,
    )  # fmt: skip
    def published_database(context):  # type: ignore[no-untyped-def]
        """The database that analysts open: an immutable, read-only file of this run, behind a link that is swapped at once."""
        pipeline = context.resources.pipeline
        _land_column_lineage(pipeline)
        published = pipeline.warehouse.publish(context.run_id)
        pipeline.published = published
        return dg.MaterializeResult(metadata={"path": dg.MetadataValue.path(str(published.path)), "changed": published.changed})

    @dg.asset(
        key=REPORT, deps=[DATABASE], group_name="publication", kinds={"html"}, owners=OWNERS, code_version=code_version("trialmart/report"),
        required_resource_keys={"pipeline"},
    )  # fmt: skip
    def report(context):  # type: ignore[no-untyped-def]
        """One page for a person: articles, tables, values, effects, findings, and where each figure comes from."""
        pipeline = context.resources.pipeline
        path, written = pipeline.write_report(report.code_versions_by_key[REPORT])
        return dg.MaterializeResult(metadata={"path": dg.MetadataValue.path(str(path)), "changed": written})

    return [published_database, report]
