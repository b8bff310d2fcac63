"""First stop: which files there are.

Belongs here: the catalogue of the files that runs were given. Does not: finding them (dagster_project/resources.py) or reading them
(the next stop).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import dagster as dg

from assets.contract import RETRY, check_result, define, lineage_metadata
from assets.landing import Landing, Part
from assets.stop import Stop, code_version
from schemas.pipeline import SourceFile

STOP = Stop("articles", (SourceFile,), (), code_version("schemas/pipeline"))


def _work(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """The files that this run was given, with their ids and fingerprints. A path keeps its id for ever; a removed article comes back only
    when its file is named."""
    pipeline = context.resources.pipeline
    known, given = pipeline.scan()
    before = {each.article_id: each for each in known}
    changed = [
        each for each in given if each != before.get(each.article_id) and (each.named or not _is_removed(before.get(each.article_id)))
    ]
    pipeline.given = [each.article_id for each in given]
    pipeline.named = {each.article_id for each in given if each.named}
    parts = [Part(SourceFile, _columns(changed), [each.article_id for each in changed])] if changed else []
    missing = sum(each.status == "missing" for each in given)
    metadata = {
        "files given": len(given),
        "new or changed": len(changed),
        "missing": missing,
        "dagster/column_lineage": lineage_metadata(STOP.name, SourceFile.name),
    }
    yield dg.Output(Landing(SourceFile.name, parts), output_name="pipeline__source_file", metadata=metadata)
    yield check_result(SourceFile, len(given), 0)


def _is_removed(file: Any) -> bool:
    return file is not None and file.status == "removed"


def _columns(files: list[Any]) -> Any:
    import pyarrow as pa

    return pa.Table.from_pylist([{name: asdict(file)[name] for name in SourceFile.columns} for file in files])


articles = define(STOP, _work, group="articles", kinds=("file", "duckdb"), description=_work.__doc__, retry_policy=RETRY)
