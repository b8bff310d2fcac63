"""Acceptance stop: Great Expectations on all that has landed, before anything is published.

Belongs here: when it runs and which asset checks show it. Does not: what is expected (schemas/suites.py), the child process that checks
(dagster_project/expectations.py).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from typing import Any

import dagster as dg

import schemas
from assets.contract import Verdict, check_result, define, lineage_metadata, preview, verdict_result
from assets.landing import WHOLE, Landing, Part
from assets.stop import STOPS, Stop, code_version
from schemas.suites import SUITES

STOP = Stop(
    "acceptance",
    (schemas.ValidationResult,),
    tuple(name for name in schemas.PUBLISHED if name.split(".")[0] in ("evidence", "mart", "lineage", "quality")),
    code_version("schemas/suites", "dagster_project/expectations", "dagster_project/expectations_worker"),
)
CHECKS = tuple(dict.fromkeys(suite.name for suite in SUITES))


def _work(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Completeness, references between tables, lineage, value sets and distributions of what has landed.

    A failed expectation is a warning that the publication carries in quality.validation_result: an article's own arithmetic is the audit's
    matter, and one article's oddity must not keep the others from their readers.
    """
    pipeline, started = context.resources.pipeline, time.time()
    key = _key(pipeline)
    parts, rows = [], 0
    metadata: dict[str, Any] = {"dagster/column_lineage": lineage_metadata(STOP.name, schemas.ValidationResult.name)}
    if pipeline.keys.get(STOP.name, {}).get(WHOLE) != key:
        results = pipeline.expect()
        rows = len(results)
        parts.append(Part(schemas.ValidationResult, results, None))
        parts.append(
            Part(schemas.Run, pipeline.run_rows(context.run_id, STOP.code_version, started, {schemas.ValidationResult.name: rows}), ())
        )
        metadata["preview"] = dg.MetadataValue.md(preview(results.sort_values("success")))
    landing = Landing(schemas.ValidationResult.name, parts, {STOP.name: {WHOLE: key}} if parts else {})
    yield dg.Output(landing, output_name="quality__validation_result", metadata=metadata)
    pipeline.landed(STOP, {WHOLE: key})
    yield check_result(schemas.ValidationResult, rows, 0)
    tally = pipeline.validation_tally()
    for name in CHECKS:
        passed, failed = tally.get(name, (0, 0))
        yield verdict_result(schemas.ValidationResult, Verdict(name, failed == 0, {"passed": passed, "failed": failed}))


def _key(pipeline: Any) -> str:
    """Changes with anything that any stop has landed."""
    landed = sorted(
        (stop, sorted(keys.items())) for stop, keys in pipeline.keys.items() if stop in STOPS and stop != STOP.name or stop == "refused"
    )
    return hashlib.blake2b(repr((STOP.code_version, landed)).encode(), digest_size=12).hexdigest()


def acceptance() -> dg.AssetsDefinition:
    """The stop. A function since it comes after every other one: they must have been declared."""
    filled = tuple(table for table in STOP.reads if any(table in stop.tables for stop in STOPS.values()))
    stop = Stop(STOP.name, STOP.models, filled, STOP.code_version)
    return define(stop, _work, group="acceptance", kinds=("greatexpectations", "duckdb"), description=_work.__doc__, verdicts=CHECKS)
