"""A snapshot of every asset and check: what the graph is, in one file that a change of the graph must change too.

After a deliberate change: `python -m tests.test_asset_specs` writes it anew.
"""

from __future__ import annotations

import json
import pathlib
from typing import Any

import schemas
from dagster_project.build import build_defs

SNAPSHOT = pathlib.Path(__file__).with_name("asset_specs.json")


def graph() -> dict[str, Any]:
    definitions = build_defs()
    graph = definitions.resolve_asset_graph()
    assets = {}
    for node in graph.asset_nodes:
        schema = node.metadata.get("dagster/column_schema")
        assets[node.key.to_user_string()] = {
            "group": node.group_name,
            "deps": sorted(key.to_user_string() for key in node.parent_keys),
            "kinds": sorted(node.kinds),
            "owners": sorted(node.owners),
            "checks": sorted(check.name for check in node.check_keys),
            "columns": [column.name for column in schema.columns] if schema is not None else None,
            "says what it is": bool(node.description),
            "has a code version": bool(node.code_version),
        }
    return {
        "assets": assets,
        "jobs": sorted(job.name for job in definitions.resolve_all_job_defs() if not job.name.startswith("__")),
        "schedules": {each.name: each.cron_schedule for each in definitions.schedules or []},
        "sensors": sorted(each.name for each in definitions.sensors or []),
    }


def test_the_graph_is_the_one_in_the_snapshot() -> None:
    assert graph() == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_every_published_table_is_an_asset_with_a_contract() -> None:
    assets = graph()["assets"]
    written_by_stops = set(schemas.PUBLISHED) - {"lineage.derivation", "lineage.column_lineage", "lineage.run", "main.meta"}
    assert {name.replace(".", "/") for name in written_by_stops} <= set(assets)
    for name, asset in assets.items():
        assert asset["says what it is"] and asset["has a code version"] and asset["group"] and asset["owners"], name
        if asset["columns"] is not None:
            assert "contract" in asset["checks"], name


if __name__ == "__main__":
    SNAPSHOT.write_text(json.dumps(graph(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
