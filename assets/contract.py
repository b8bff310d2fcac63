"""The decorator that makes a stop: one declaration gives storage, the blocking check, column schema, lineage and the incremental run.

Belongs here: what Dagster sees of every stop. Does not: what one stop reads and calls (the modules beside it), the declaration of a
table (schemas/), how rows are written (dagster_project/io_manager.py).

A stop works article by article, on the stale ones (staleness.py), by batches (batches.py). docs/adr/0002 says why this is no partition.
"""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import dagster as dg

import schemas
from assets.batches import Result, compute, concat, head
from assets.landing import Landing, Part
from assets.staleness import plan
from assets.stop import FILLED_BY, STOPS, Stop, code_of, code_version, table_named

if TYPE_CHECKING:
    import pandas as pd

OWNERS = ["team:evidence"]
#: For stops that meet the world outside: a file system that hiccups, a warehouse that another process has open for a moment. What a stop
#: computes would fail again, so no other stop is retried.
RETRY = dg.RetryPolicy(max_retries=2, delay=2, backoff=dg.Backoff.EXPONENTIAL)
BATCH = 250  # articles that one call of the library gets at most: memory stays bounded, vectorization pays
CHECK = "contract"
LISTED, PREVIEWED = 20, 8  # failure cases and rows that the UI shows


def asset_key(table: str) -> dg.AssetKey:
    """`evidence.arm` is the asset evidence/arm."""
    return dg.AssetKey(table.split("."))


def contract_asset(
    *models: type[schemas.Contract],
    group: str,
    code: Sequence[str],
    lineage: Mapping[str, Sequence[str]] | None = None,
    derives: bool = False,
    kinds: Sequence[str] = ("pandas", "duckdb"),
    batch: int = BATCH,
    varies: str = "",
    by_content: bool = False,
    verdicts: Sequence[str] = (),
    judge: Callable[[Any], Sequence[Verdict]] | None = None,
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Makes a stop of a function whose parameters are named after the tables that it reads; keyword-only ones after the run's options.

    models: the tables that it returns, one frame each. code: the parts of the library that it calls; a change there makes its rows stale.
    lineage: column -> source columns (`evidence.arm.label`); a column not named comes from its namesake in the tables read.
    derives: one more frame is returned, the rows of lineage.derivation. varies, by_content: see Stop. verdicts, judge: names of further checks on the first table, and the
    function of the pipeline that gives them.
    """

    def decorate(function: Callable[..., Any]) -> dg.AssetsDefinition:
        parameters = inspect.signature(function).parameters.values()
        reads = tuple(table_named(each.name) for each in parameters if each.kind is not each.KEYWORD_ONLY)
        asked = tuple(each.name for each in parameters if each.kind is each.KEYWORD_ONLY)
        columns = {model.name: _column_lineage(model, reads, lineage or {}) for model in models}
        version = code_version(*code, "trialmart/numbers", *code_of(models))
        stop = Stop(function.__name__, models, reads, version, columns, asked, derives, varies, by_content, function)

        def work(context: dg.AssetExecutionContext) -> Iterator[Any]:
            yield from _run(context, stop, batch)
            for verdict in judge(context.resources.pipeline) if judge is not None else ():
                yield verdict_result(models[0], verdict)

        return define(stop, work, group=group, kinds=kinds, description=inspect.getdoc(function), verdicts=verdicts)

    return decorate


def define(
    stop: Stop,
    work: Callable[..., Iterator[Any]],
    *,
    group: str,
    kinds: Sequence[str] = (),
    description: str | None = None,
    verdicts: Sequence[str] = (),
    **options: Any,
) -> dg.AssetsDefinition:
    """The assets of a stop, with one blocking check a table, and its place in STOPS."""
    STOPS[stop.name] = stop
    FILLED_BY.update(dict.fromkeys(stop.tables, stop.name))
    reads = {table for table in stop.reads if table not in stop.tables}
    if "evidence.published_value" in reads and stop.name != "correction":
        reads.add("quality.correction")
    outs = {
        model.name.replace(".", "__"): dg.AssetOut(
            key=asset_key(model.name),
            io_manager_key="io_manager",
            description=description if len(stop.models) == 1 else f"{model.description()}\n\n{description or ''}",
            metadata={"dagster/column_schema": column_schema(model), "dagster/table_name": model.name},
            group_name=group,
            code_version=stop.code_version,
            owners=OWNERS,
            kinds=set(kinds),
            dagster_type=dg.Any,
        )
        for model in stop.models
    }
    checks = [
        dg.AssetCheckSpec(CHECK, asset=asset_key(model.name), blocking=True, description=f"Every row keeps the contract of {model.name}.")
        for model in stop.models
    ]
    checks += [dg.AssetCheckSpec(name, asset=asset_key(stop.models[0].name), blocking=True) for name in verdicts]

    @dg.multi_asset(
        name=stop.name,
        outs=outs,
        deps=[asset_key(table) for table in sorted(reads)],
        check_specs=checks,
        required_resource_keys={"pipeline"},
        pool="warehouse",
        **options,
    )
    def stop_assets(context):  # type: ignore[no-untyped-def] # dagster wants no annotation that it cannot resolve
        yield from work(context)

    return stop_assets


def column_schema(model: type[schemas.Contract]) -> dg.TableSchema:
    """A contract as the UI shows it."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name, kind, description,
                dg.TableColumnConstraints(nullable=nullable, unique=model.unique == (name,), other=[w for w in words if w != "not null"]),
            )
            for name, kind, nullable, description, words in model.column_rows()
        ],
        constraints=dg.TableConstraints(other=[rule.description for rule in model.rules]),
    )  # fmt: skip


def _column_lineage(
    model: type[schemas.Contract], reads: Sequence[str], declared: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Source columns by column: as declared, else the namesake in the first table read that has one."""
    found: dict[str, tuple[str, ...]] = {}
    for column in model.columns:
        if column in declared:
            found[column] = tuple(declared[column])
            continue
        source = next((table for table in reads if column in schemas.TABLES[table].columns), None)
        if source is not None:
            found[column] = (f"{source}.{column}",)
    return found


@functools.cache
def lineage_metadata(stop_name: str, table: str) -> dg.TableColumnLineage:
    """The column lineage of a table as the UI shows it."""
    columns = STOPS[stop_name].lineage.get(table, {})
    return dg.TableColumnLineage({column: [_column_dep(source) for source in sources] for column, sources in columns.items()})


def _column_dep(source: str) -> dg.TableColumnDep:
    table, column = source.rsplit(".", 1)
    return dg.TableColumnDep(asset_key(table), column)


# --- the incremental run -----------------------------------------------------------------------------------------------------------


def _run(context: Any, stop: Stop, batch: int) -> Iterator[Any]:
    pipeline, started = context.resources.pipeline, time.time()
    planned = plan(stop, pipeline)
    if planned.stale or planned.gone:
        pipeline.prepare()
    result = compute(pipeline, stop, planned.stale, batch)
    yield from land(context, stop, result, planned.stale, planned.gone, planned.keys, started)


def land(
    context: Any, stop: Stop, result: Result, stale: list[str], gone: list[str], keys: Mapping[str, str | None], started: float
) -> Iterator[Any]:
    """Hands each table to the I/O manager, then says how its check went. The keys land with the last table: a run cut off before
    that finds these articles stale again."""
    pipeline = context.resources.pipeline
    touched = stale + gone
    for i, model in enumerate(stop.models):
        last = i == len(stop.models) - 1
        parts = _parts(pipeline, context, stop, i, result, touched, last, started) if touched else []
        landing = Landing(model.name, parts, {stop.name: keys} if last else {})
        metadata: dict[str, Any] = {"articles read now": len(stale), "dagster/column_lineage": lineage_metadata(stop.name, model.name)}
        first = head(result.frames[i], PREVIEWED)
        if first is not None:
            metadata["preview"] = dg.MetadataValue.md(preview(first))
        yield dg.Output(landing, output_name=model.name.replace(".", "__"), metadata=metadata)
        yield check_result(model, result.checked[i], result.broken[i], result.failures)
    pipeline.landed(stop, keys)


def _parts(
    pipeline: Any, context: Any, stop: Stop, i: int, result: Result, touched: list[str], last: bool, started: float
) -> Iterator[Part]:
    """The table's own rows; what rests on which value; rows set aside; with the last table one row of lineage.run for each."""
    model, tables = stop.models[i], schemas.TABLES
    yield Part(model, concat(result.frames[i]), touched)
    quarantine, derivation = tables["quality.quarantine"], tables["lineage.derivation"]
    yield Part(
        quarantine, concat([frame[frame.table_name == model.name] for frame in result.failures]), touched, {"table_name": model.name}
    )
    if stop.derives:
        yield Part(derivation, concat(result.derivation.get(model.name, [])), touched, {"table_name": model.name})
    if last:
        rows = {each.name: checked - broken for each, checked, broken in zip(stop.models, result.checked, result.broken, strict=True)}
        yield Part(tables["lineage.run"], pipeline.run_rows(context.run_id, stop.code_version, started, rows), ())


def check_result(model: type[schemas.Contract], checked: int, broken: int, failures: Sequence[pd.DataFrame] = ()) -> dg.AssetCheckResult:
    """Passed where every row landed. Rows that broke the contract did not land, so what comes after is safe (a warning); where not a
    single row kept it, the stop itself is at fault and nothing may go on (an error)."""
    metadata: dict[str, Any] = {"rows checked": checked, "rows set aside": broken}
    if broken:
        mine = concat([frame[frame.table_name == model.name] for frame in failures])
        metadata["failure cases"] = dg.MetadataValue.md(preview(mine, LISTED) if len(mine) else "in quality.quarantine")
    severity = dg.AssetCheckSeverity.ERROR if broken and broken == checked else dg.AssetCheckSeverity.WARN
    return dg.AssetCheckResult(passed=not broken, asset_key=asset_key(model.name), check_name=CHECK, severity=severity, metadata=metadata)


class Verdict(NamedTuple):
    """The outcome of a check that only warns."""

    name: str
    passed: bool
    metadata: dict[str, Any]


def verdict_result(model: type[schemas.Contract], verdict: Verdict) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=verdict.passed, asset_key=asset_key(model.name), check_name=verdict.name, severity=dg.AssetCheckSeverity.WARN,
        metadata=verdict.metadata,
    )  # fmt: skip


def preview(frame: pd.DataFrame, rows: int = PREVIEWED) -> str:
    """The first rows as a Markdown table, long texts cut."""
    head = frame.head(rows)
    lines = ["| " + " | ".join(map(str, head.columns)) + " |", "|" + " --- |" * len(head.columns)]
    for row in head.itertuples(index=False):
        cells = (" ".join(str(cell).split())[:60].replace("|", "\\|") for cell in row)
        lines.append("| " + " | ".join("" if cell in ("None", "nan", "<NA>", "NaT") else cell for cell in cells) + " |")
    return "\n".join(lines)
