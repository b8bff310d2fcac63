"""What makes the graph run or speak up at other times. Belongs here: the article folder's sensor, the failure sensor. Does not: times
(schedules.py)."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from typing import Any

import dagster as dg

from dagster_project.jobs import everything
from dagster_project.resources import files_in, watched_folder


@dg.sensor(job=everything, minimum_interval_seconds=30, default_status=dg.DefaultSensorStatus.RUNNING)
def article_folder(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Runs the graph when an article in the folder is new or changed. The cursor holds each file's size and time."""
    folder = watched_folder()
    if not folder.is_dir():
        yield dg.SkipReason(f"no folder {folder.name}")
        return
    seen = json.loads(context.cursor) if context.cursor else {}
    now = {}
    for path in files_in(folder):
        stat = os.stat(path)
        now[str(path.relative_to(folder))] = f"{stat.st_size}:{stat.st_mtime_ns}"
    changed = sorted(name for name, state in now.items() if seen.get(name) != state)
    context.update_cursor(json.dumps(now, sort_keys=True))
    if not changed:
        yield dg.SkipReason("no new or changed article")
        return
    state = hashlib.blake2b(json.dumps(now, sort_keys=True).encode(), digest_size=8).hexdigest()
    told = ", ".join(changed[:5]) + (f" and {len(changed) - 5} more" if len(changed) > 5 else "")
    yield dg.RunRequest(
        run_key=state,
        run_config={"resources": {"pipeline": {"config": {"sources": [str(folder)]}}}},
        tags={"trialmart/articles": told},
    )


@dg.run_failure_sensor(default_status=dg.DefaultSensorStatus.RUNNING, minimum_interval_seconds=30)
def failed_run(context: dg.RunFailureSensorContext) -> None:
    """Says in the log which run failed at which step, in one line each: what an alerting service picks up."""
    context.log.error(f"run {context.dagster_run.run_id} of {context.dagster_run.job_name} failed: {context.failure_event.message}")
    for event in context.get_step_failure_events():
        context.log.error(f"step {event.step_key}: {root_cause(event.step_failure_data.error)}")


def root_cause(error: Any) -> str:
    """The error that began it, in one line, without Dagster's wrapping."""
    while error is not None and error.cause is not None:
        error = error.cause
    return " ".join(error.message.split()) if error is not None else "no reason told"


SENSORS = [article_folder, failed_run]
