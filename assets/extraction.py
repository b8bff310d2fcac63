"""Second stop: what each article prints.

Belongs here: which articles are read again, and where their rows go. Does not: how a page is read or understood (trialmart/), how the
work is spread over processes (dagster_project/extractor.py).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

import schemas
from assets.contract import LISTED, check_result, define, lineage_metadata, preview
from assets.landing import Landing, Part
from assets.stop import Stop, code_version
from schemas.pipeline import SourceFile

STOP = Stop(
    "extraction",
    (
        schemas.Article, schemas.ArticleText, schemas.ArticleTable, schemas.Arm, schemas.SourceSpan, schemas.PublishedValue,
        schemas.ValueSpan, schemas.TextObservation, schemas.Quarantine,
    ),
    (SourceFile.name,),
    code_version(
        "trialmart/document", "trialmart/numbers", "trialmart/frames", "trialmart/reading", "trialmart/extraction", "schemas/evidence"
    ),
    {schemas.Article.name: {"article_id": ("pipeline.source_file.article_id",), "source_path": ("pipeline.source_file.source_path",),
                            "sha256": ("pipeline.source_file.sha256",)}},
)  # fmt: skip
REFUSED = "refused"  # the stop under which the keys of unreadable files stand, so that they are not tried again until they change


@dataclass(slots=True)
class _Read:
    """What this run read: paths of shards by table, articles by outcome, rows by table."""

    shards: dict[str, list[str]] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    checked: dict[str, int] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)

    def add(self, shard: Any) -> None:
        for table, path in shard.paths.items():
            self.shards.setdefault(table, []).append(path)
        self.read += shard.read
        self.refused += shard.refused
        for table, (checked, broken) in shard.rows.items():
            self.checked[table] = self.checked.get(table, 0) + checked
            self.broken[table] = self.broken.get(table, 0) + broken


def _key(file: Mapping[str, Any]) -> str:
    """What an article's rows are made from: its bytes and our code."""
    told = (STOP.code_version, file["sha256"], file["message"])
    return hashlib.blake2b(repr(told).encode(), digest_size=12).hexdigest()


def _work(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Every printed number with its meaning and its place, for the articles whose bytes or whose reader changed.

    An article that can't be read is refused with one line of reason; what was landed of it before stays as it was, and the rest goes on.
    """
    pipeline, started = context.resources.pipeline, time.time()
    files = {file["article_id"]: file for file in pipeline.warehouse.rows(SourceFile.name)}
    read, refused = pipeline.keys.get(STOP.name, {}), pipeline.keys.get(REFUSED, {})
    removed = [article for article, file in files.items() if file["status"] == "removed" and (article in read or article in refused)]
    wanted = {article: _key(file) for article, file in files.items() if file["status"] != "removed"}
    stale = [article for article, key in sorted(wanted.items()) if key not in (read.get(article), refused.get(article))]
    back = [article for article in refused if article in wanted and read.get(article) == wanted[article]]  # as it was before it was refused
    if stale or removed or back:
        pipeline.prepare()
    result = _read(pipeline, [files[article] for article in stale])
    keys = {
        STOP.name: {**dict.fromkeys(removed), **{article: wanted[article] for article in result.read}},
        REFUSED: {**dict.fromkeys([*removed, *back, *result.read]), **{article: wanted[article] for article, _ in result.refused}},
    }
    yield from _land(context, result, removed, back, keys, started, len(stale))
    for stop, each in keys.items():
        pipeline.take_keys(stop, each)
    pipeline.read = len(result.read)
    pipeline.landed(STOP, keys[STOP.name])


def _read(pipeline: Any, files: list[Mapping[str, Any]]) -> _Read:
    result = _Read(refused=[(file["article_id"], file["message"]) for file in files if file["message"]])
    sources = [(file["article_id"], file["source_path"]) for file in files if not file["message"]]
    if sources:
        for shard in pipeline.extract(sources):
            result.add(shard)
            pipeline.take_ahead(shard.made)
    return result


def _land(
    context: Any, result: _Read, removed: list[str], back: list[str], keys: Any, started: float, stale: int
) -> Iterator[Any]:  # fmt: skip
    pipeline = context.resources.pipeline
    touched = result.read + removed
    seconds = max(time.time() - started, 1e-9)
    broken = [_frame(path) for path in result.shards.get(schemas.Quarantine.name, [])[:LISTED]]
    for model in STOP.models:
        metadata: dict[str, Any] = {
            "articles read now": len(result.read),
            "dagster/column_lineage": lineage_metadata(STOP.name, model.name),
        }
        if model is schemas.Article and stale:
            metadata |= {"articles refused": len(result.refused), "articles a second": round(stale / seconds, 2)}
        if model is schemas.Quarantine:
            parts, keyed = _quarantine(pipeline, result, touched, back), keys
            if touched:
                rows = {each.name: result.checked.get(each.name, 0) for each in STOP.models}
                parts.append(Part(schemas.Run, pipeline.run_rows(context.run_id, STOP.code_version, started, rows), ()))
            if result.refused:
                metadata["refused"] = dg.MetadataValue.md("\n".join(f"- `{article}`: {reason}" for article, reason in result.refused[:50]))
        else:
            paths = result.shards.get(model.name, [])
            parts, keyed = [Part(model, sorted(paths), touched)] if touched else [], {}
        if model is schemas.Arm and result.shards:
            metadata["preview"] = dg.MetadataValue.md(preview(_frame(result.shards[model.name][0])))
        yield dg.Output(Landing(model.name, parts, keyed), output_name=model.name.replace(".", "__"), metadata=metadata)
        yield check_result(model, result.checked.get(model.name, 0), result.broken.get(model.name, 0), broken)


def _quarantine(pipeline: Any, result: _Read, touched: list[str], back: list[str]) -> list[Part]:
    """Refused articles and rows that broke their contract. An article that is read now leaves the quarantine."""
    refused = [(article, None, reason) for article, reason in result.refused]
    parts = []
    if touched:
        parts.append(Part(schemas.Quarantine, result.shards.get(schemas.Quarantine.name, []), touched))
    if back:
        parts.append(Part(schemas.Quarantine, [], back, {"kind": "article"}))
    if refused:
        rows = pipeline.quarantine_rows(refused)
        parts.append(Part(schemas.Quarantine, rows, [article for article, *_ in refused], {"kind": "article"}))
    return parts


def _frame(path: str) -> Any:
    import pyarrow.parquet as pq

    return pq.read_table(path).to_pandas()


extraction = define(STOP, _work, group="extraction", kinds=("lxml", "duckdb"), description=_work.__doc__)
