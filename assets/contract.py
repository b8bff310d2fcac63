"""The decorator that makes a stop: one declaration gives storage, the blocking check, column schema, lineage and the incremental run.

Belongs here: what is the same for every stop. Does not: what one stop reads and calls (the modules beside it), the declaration of a
table (schemas/), how rows are written (dagster_project/io_manager.py).

A stop works article by article. It runs on the stale ones: those whose key (its own code, and the keys of the stops that it reads)
is not the one that their rows were made with. docs/adr/0002 says why this is no partition.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import pathlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import dagster as dg

import schemas
from assets.landing import Landing, Part, batches

if TYPE_CHECKING:
    import pandas as pd

OWNERS = ["team:evidence"]
#: For stops that meet the world outside: a file system that hiccups, a warehouse that another process has open for a moment. What a stop
#: computes would fail again, so no other stop is retried.
RETRY = dg.RetryPolicy(max_retries=2, delay=2, backoff=dg.Backoff.EXPONENTIAL)
BATCH = 250  # articles that one call of the library gets at most: memory stays bounded, vectorization pays
CHECK = "contract"
LISTED = 20  # failure cases and preview rows that the UI shows
_ROOT = pathlib.Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Stop:
    """A stop as declared."""

    name: str
    models: tuple[type[schemas.Contract], ...]
    reads: tuple[str, ...]  # tables, as "evidence.arm"
    code_version: str
    lineage: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)  # table -> column -> source columns
    options: tuple[str, ...] = ()  # what it is told of the run
    derives: bool = False  # whether it gives rows of lineage.derivation
    varies: tuple[str, ...] = ()  # the option, if any, that is a number of its own for each article; 0: what was made before may stay

    @property
    def settings(self) -> tuple[str, ...]:
        """The options that change its rows; how many processes make them does not."""
        return tuple(name for name in self.options if name not in ("workers", "progress", *self.varies))

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(model.name for model in self.models)


#: Every stop by its name, and the stop that fills each table. Filled as the modules beside this one are imported.
STOPS: dict[str, Stop] = {}
FILLED_BY: dict[str, str] = {}


def asset_key(table: str) -> dg.AssetKey:
    """`evidence.arm` is the asset evidence/arm."""
    return dg.AssetKey(table.split("."))


def table_named(name: str) -> str:
    """The full name of the table that a parameter is named after. Raises KeyError where there is none or more than one."""
    found = [table for table in schemas.TABLES if table.split(".")[1] == name]
    if len(found) != 1:
        raise KeyError(f"{len(found)} tables are called {name}")
    return found[0]


@functools.cache
def _digest(path: pathlib.Path) -> bytes:
    return hashlib.blake2b(path.read_bytes(), digest_size=16).digest()


def code_version(*parts: str) -> str:
    """A version that changes with the code: of these modules or packages, each as a path below the project (`trialmart/facts`)."""
    digest = hashlib.blake2b(digest_size=6)
    for part in parts:
        path = _ROOT / part
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]:
            digest.update(_digest(file))
    return digest.hexdigest()


def contract_asset(
    *models: type[schemas.Contract],
    group: str,
    code: Sequence[str],
    lineage: Mapping[str, Sequence[str]] | None = None,
    derives: bool = False,
    kinds: Sequence[str] = ("pandas", "duckdb"),
    batch: int = BATCH,
    varies: Sequence[str] = (),
    verdicts: Sequence[str] = (),
    judge: Callable[[Any], Sequence[Verdict]] | None = None,
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Makes a stop of a function whose parameters are named after the tables that it reads; keyword-only ones after the run's options.

    models: the tables that it returns, one frame each. code: the parts of the library that it calls; a change there makes its rows stale.
    lineage: column -> source columns (`evidence.arm.label`); a column not named comes from its namesake in the tables read.
    derives: one more frame is returned, the rows of lineage.derivation. verdicts, judge: names of further checks on the first table, and the
    function of the pipeline that gives them.
    """

    def decorate(function: Callable[..., Any]) -> dg.AssetsDefinition:
        parameters = inspect.signature(function).parameters.values()
        reads = tuple(table_named(each.name) for each in parameters if each.kind is not each.KEYWORD_ONLY)
        asked = tuple(each.name for each in parameters if each.kind is each.KEYWORD_ONLY)
        columns = {model.name: _column_lineage(model, reads, lineage or {}) for model in models}
        version = code_version(*code, "trialmart/numbers", "schemas")
        stop = Stop(function.__name__, models, reads, version, columns, asked, derives, tuple(varies))

        def work(context: dg.AssetExecutionContext) -> Iterator[Any]:
            yield from _run(context, stop, function, batch)
            for verdict in judge(context.resources.pipeline) if judge is not None else ():
                yield verdict_result(models[0], verdict)

        return define(stop, work, group=group, kinds=kinds, description=inspect.getdoc(function), verdicts=verdicts)

    return decorate


def define(
    stop: Stop, work: Callable[..., Iterator[Any]], *, group: str, kinds: Sequence[str] = (), description: str | None = None,
    verdicts: Sequence[str] = (), **options: Any,
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


def _column_lineage(model: type[schemas.Contract], reads: Sequence[str], declared: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
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


def wanted_keys(stop: Stop, pipeline: Any) -> dict[str, str]:
    """What each article's rows would be made from now: the stop's code, its settings, and the keys of the stops that it reads."""
    sources = sorted({FILLED_BY[table] for table in stop.reads if table in FILLED_BY} - {stop.name})
    if "extraction" in sources and stop.name != "correction":
        sources.append("correction")
    before = [pipeline.keys.get(source, {}) for source in sources]
    own = repr((stop.code_version, [pipeline.option(name) for name in stop.settings])).encode()
    keys = {}
    for article in pipeline.keys.get("extraction", {}):
        digest = hashlib.blake2b(own, digest_size=12)
        for known in before:
            digest.update(str(known.get(article)).encode())
        keys[article] = digest.hexdigest() + "".join(f":{pipeline.option_of(name, article)}" for name in stop.varies)
    return keys


def is_stale(stop: Stop, have: str | None, want: str) -> bool:
    """Whether rows made from `have` must be made again to be those of `want`. Rows that took more than is asked for now stay."""
    if have is None or not stop.varies or not want.endswith(":0"):
        return have != want
    return have.rpartition(":")[0] != want.rpartition(":")[0]


@dataclass(slots=True)
class Result:
    """What a stop made of its stale articles."""

    frames: list[list[Any]]  # by model
    checked: list[int]
    broken: list[int]
    derivation: list[Any] = field(default_factory=list)
    failures: list[Any] = field(default_factory=list)  # rows of quality.quarantine: rows that broke a contract, articles that broke the stop

    @classmethod
    def empty(cls, stop: Stop) -> Result:
        return cls([[] for _ in stop.models], [0] * len(stop.models), [0] * len(stop.models))

    def add(self, stop: Stop, frames: Sequence[Any], derivation: Any = None) -> None:
        """Takes the frames of one batch: rows that keep their contract, and those that don't as failures."""
        if derivation is not None:
            self.derivation.append(with_article(derivation))
        for i, (model, frame) in enumerate(zip(stop.models, frames, strict=True)):
            if not len(frame):  # nothing to check; an empty frame's columns are no one's concern
                continue
            good, failures = model.split(frame.filter(list(model.columns)))  # without the keys that the library merged rows by
            self.checked[i] += len(frame)
            self.broken[i] += len(frame) - len(good)
            self.frames[i].append(good)
            if len(failures):
                self.failures.append(failures)


def _run(context: Any, stop: Stop, function: Callable[..., Any], batch: int) -> Iterator[Any]:
    pipeline = context.resources.pipeline
    started = time.time()
    wanted, have = wanted_keys(stop, pipeline), pipeline.keys.get(stop.name, {})
    stale = sorted(article for article, key in wanted.items() if is_stale(stop, have.get(article), key))
    gone = sorted(article for article in have if article not in wanted)
    if stale or gone:
        pipeline.prepare()
    result = _compute(pipeline, stop, function, stale, batch)
    yield from land(context, stop, result, stale, gone, {**dict.fromkeys(gone), **{a: wanted[a] for a in stale}}, started)


def _compute(pipeline: Any, stop: Stop, function: Callable[..., Any], stale: Sequence[str], batch: int) -> Result:
    result = Result.empty(stop)
    groups: dict[tuple[Any, ...], list[str]] = {}
    for article in stale:
        groups.setdefault(tuple(pipeline.option_of(name, article) for name in stop.varies), []).append(article)
    done = 0
    for articles in (each for group in groups.values() for each in batches(group, batch)):
        pipeline.progress(stop.name, done, len(stale), articles[0])
        done += len(articles)
        for frames in _call(pipeline, stop, function, articles, result):
            if stop.derives:
                *frames, derivation = frames
                result.add(stop, frames, derivation)
            else:
                result.add(stop, frames)
    return result


def _call(pipeline: Any, stop: Stop, function: Callable[..., Any], articles: list[str], result: Result) -> Iterator[tuple[Any, ...]]:
    """The function's frames for these articles. Where it fails, halves are tried, so that one article breaks nothing but itself."""
    try:
        told = {name: pipeline.option_of(name, articles[0]) if name in stop.varies else pipeline.option(name, stop.name) for name in stop.options}
        frames = function(*(pipeline.frame(table, articles, stop.name) for table in stop.reads), **told)
        yield frames if isinstance(frames, tuple) else (frames,)
    except ImportError:
        raise  # no article's fault
    except Exception as error:
        if len(articles) > 1:
            middle = len(articles) // 2
            yield from _call(pipeline, stop, function, articles[:middle], result)
            yield from _call(pipeline, stop, function, articles[middle:], result)
        else:
            pipeline.log_failure(stop.name, articles[0], error)
            reason = f"{stop.name} failed: {type(error).__name__}: {' '.join(str(error).split())}"[:500]
            result.failures.append(pipeline.quarantine_rows([(articles[0], stop.tables[0], reason)]))


def with_article(derivation: pd.DataFrame) -> pd.DataFrame:
    """A derivation with the article that each row_id begins with."""
    if "article_id" in derivation.columns:
        return derivation
    return derivation.assign(article_id=derivation.row_id.str.split(":", n=1).str[0])


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
        frame = next((each for each in result.frames[i] if len(each)), None)
        if frame is not None:
            metadata["preview"] = dg.MetadataValue.md(preview(frame))
        yield dg.Output(landing, output_name=model.name.replace(".", "__"), metadata=metadata)
        yield check_result(model, result.checked[i], result.broken[i], result.failures)
    pipeline.landed(stop, keys)


def _parts(pipeline: Any, context: Any, stop: Stop, i: int, result: Result, touched: list[str], last: bool, started: float) -> Iterator[Part]:
    """The table's own rows; what rests on which value; rows set aside; with the last table one row of lineage.run for each."""
    model, tables = stop.models[i], schemas.TABLES
    yield Part(model, concat(result.frames[i]), touched)
    quarantine, derivation = tables["quality.quarantine"], tables["lineage.derivation"]
    yield Part(quarantine, concat([frame[frame.table_name == model.name] for frame in result.failures]), touched, {"table_name": model.name})
    if result.derivation:
        rests = [frame[frame.table_name == model.name] for frame in result.derivation]
        yield Part(derivation, concat(rests), touched, {"table_name": model.name})
    elif stop.derives:
        yield Part(derivation, [], touched, {"table_name": model.name})
    if last:
        rows = {each.name: sum(map(len, frames)) for each, frames in zip(stop.models, result.frames, strict=True)}
        yield Part(tables["lineage.run"], pipeline.run_rows(context.run_id, stop.code_version, started, rows), ())


def concat(frames: Sequence[pd.DataFrame]) -> Any:
    """One frame of several, without those that have no rows (their columns have no type that would be worth keeping). No rows at all are an
    empty list, which storage takes for no rows of any table."""
    import pandas as pd

    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return []
    return filled[0] if len(filled) == 1 else pd.concat(filled, ignore_index=True)


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


def preview(frame: pd.DataFrame, rows: int = 8) -> str:
    """The first rows as a Markdown table, long texts cut."""
    head = frame.head(rows)
    lines = ["| " + " | ".join(map(str, head.columns)) + " |", "|" + " --- |" * len(head.columns)]
    for row in head.itertuples(index=False):
        cells = (" ".join(str(cell).split())[:60].replace("|", "\\|") for cell in row)
        lines.append("| " + " | ".join("" if cell in ("None", "nan", "<NA>", "NaT") else cell for cell in cells) + " |")
    return "\n".join(lines)
