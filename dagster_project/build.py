"""How the graph is put together, for production, tests and the command line alike.

Belongs here: which stops, resources, jobs, schedules and sensors make up the code location. Does not: any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg


def build_defs(*, resources: Mapping[str, Any] | None = None, automation: bool = True) -> dg.Definitions:
    """The code location. `resources` replaces those of production by name; `automation=False` leaves schedules and sensors out."""
    from assets import all_assets
    from dagster_project.jobs import JOBS
    from dagster_project.resources import production_resources

    automatic: dict[str, Any] = {}
    if automation:
        from dagster_project.schedules import SCHEDULES
        from dagster_project.sensors import SENSORS

        automatic = {"schedules": SCHEDULES, "sensors": SENSORS}
    assets, checks = all_assets()
    return dg.Definitions(
        assets=assets,
        asset_checks=checks,
        jobs=JOBS,
        resources={**production_resources(), **(resources or {})},
        executor=dg.in_process_executor,  # one warehouse, one writer; what runs in parallel runs inside a stop
        **automatic,
    )
