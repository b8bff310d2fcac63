"""When the graph runs by itself. Belongs here: times. Does not: what makes a run at other times (sensors.py)."""

from __future__ import annotations

import dagster as dg

from dagster_project.jobs import everything

#: Before the working day, so that the morning's readers find yesterday's articles.
daily = dg.ScheduleDefinition(
    name="daily",
    job=everything,
    cron_schedule="0 5 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="The whole graph, every morning at five (UTC). With nothing new it costs a few seconds.",
)

SCHEDULES = [daily]
