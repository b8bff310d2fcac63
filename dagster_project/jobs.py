"""What can be launched. Belongs here: which stops run together. Does not: when (schedules.py, sensors.py)."""

from __future__ import annotations

import dagster as dg

#: The whole graph. Stops with nothing stale cost next to nothing, so there is no need for smaller jobs.
everything = dg.define_asset_job(
    "everything", selection=dg.AssetSelection.all(), description="Reads new and changed articles, audits, derives, publishes."
)

#: For a quick look at new articles: patient data are not reconstructed, what was reconstructed before stays.
without_survival = dg.define_asset_job(
    "without_survival",
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("survival"),
    description="The whole graph, without reconstruction.",
)

JOBS = [everything, without_survival]
