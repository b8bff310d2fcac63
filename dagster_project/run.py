"""One run of the graph from the command line, as one Dagster run that the UI shows too.

Belongs here: the instance, executing the job in this process, what came of it. Does not: options and printing (cli.py, show.py).
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import logging
import os
import pathlib
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from dagster_project.trouble import FAILED, INPUT_REFUSED, OK, Trouble

MANY = 200  # sources from which a new warehouse is made for a literature
TEMPLATE = pathlib.Path(__file__).resolve().parents[1] / "dagster.yaml"


@dataclass(slots=True)
class Outcome:
    """What a run came to."""

    home: pathlib.Path
    run_id: str = ""
    exit_code: int = OK
    failure: str | None = None
    given: list[str] = field(default_factory=list)
    read: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, Any] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)
    database: str | None = None
    report: str | None = None
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        status = {OK: "success", FAILED: "failed"}.get(self.exit_code, "some input refused")
        told = {name: getattr(self, name) for name in self.__slots__ if name not in ("home", "counts")}
        return {"status": status, "home": str(self.home), **told, **self.counts}


def options(home: pathlib.Path, sources: Sequence[str], *, curves: str | None = None, **asked: Any) -> Any:
    """The run's options from the command line's."""
    _warm_up(home, sources, asked.get("workers"), asked.get("cluster"))
    from dagster_project.resources import Options, watched_folder

    return Options(home=home, sources=tuple(sources) or (str(watched_folder()),), curves=curves, **asked)


def _warm_up(home: pathlib.Path, sources: Sequence[str], workers: int | None, cluster: str | None) -> None:
    """In a new home all is to be read: if that is much, the processes that will read it import what they need while this one imports Dagster."""
    from dagster_project import extractor
    from dagster_project.warehouse import FILE

    if not (home / FILE).exists() and _more_than(extractor.INLINE, sources):
        extractor.warm_up(workers, cluster)


def _more_than(number: int, sources: Sequence[str]) -> bool:
    """Whether the sources hold more files than that, at first sight."""
    folders = [path for source in sources if (path := pathlib.Path(source).expanduser()).is_dir()]
    files = itertools.chain(sources, *(folder.rglob("*") for folder in folders))
    return next(itertools.islice(files, number, None), None) is not None


def instance_folder(home: pathlib.Path) -> pathlib.Path:
    """DAGSTER_HOME of a home, with the instance's settings in it."""
    folder = home / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "dagster.yaml").exists():
        shutil.copyfile(TEMPLATE, folder / "dagster.yaml")
    return folder


def run(asked: Any, progress: Callable[..., None] | None = None, instance: Any = None) -> Outcome:
    """Materializes everything. An article's own faults are in the outcome; a fault of the run makes it `failed`, with one line.

    instance: where Dagster keeps the run; default: the home's own, which the UI shows.
    """
    started = time.time()
    outcome = Outcome(asked.home)
    with _quiet(), _warehouse(asked.home, large=_more_than(MANY, asked.sources)) as warehouse:
        from dagster_project.resources import Pipeline

        pipeline = Pipeline(asked, warehouse, progress=progress)
        _ = pipeline.keys  # opens the warehouse: where another run has it, say so before this one begins
        if asked.curves:
            _keep_curves(pipeline)
        with contextlib.closing(pipeline):
            result = _execute(pipeline, instance)
        outcome.run_id, outcome.given = result.run_id, pipeline.given
        outcome.failure = _failure(result)
        outcome.read = pipeline.read
    _conclude(outcome)
    outcome.seconds = round(time.time() - started, 2)
    return outcome


def remove(home: pathlib.Path, article_id: str) -> Outcome:
    """Takes the article out of every table, then runs the graph on what is left."""
    from dagster_project.resources import Options

    with _warehouse(home) as warehouse:
        _mark_removed(warehouse, article_id)
    return run(Options(home=home, sources=()))


def _mark_removed(warehouse: Any, article_id: str) -> None:
    import pyarrow as pa

    from schemas.pipeline import SourceFile

    files = [row for row in warehouse.rows(SourceFile.name) if row["article_id"] == article_id]
    if not files or files[0]["status"] == "removed":
        raise Trouble(f"no article is called {article_id}")
    with warehouse.transaction() as transaction:
        transaction.replace(SourceFile, pa.Table.from_pylist([{**files[0], "status": "removed"}]), [article_id])


def record_correction(home: pathlib.Path, value_id: str, printed: str, reason: str, reviewer: str | None) -> dict[str, Any]:
    """Appends a correction to the home's file. Raises Trouble where no such value is published or nothing would change."""
    import datetime
    import getpass

    from dagster_project.evidence import Evidence
    from trialmart import corrections

    with Evidence(home) as evidence:
        found = evidence.rows("SELECT article_id, printed FROM evidence.published_value WHERE value_id = ?", value_id)
    if not found:
        raise Trouble(f"no value is called {value_id}")
    if found[0]["printed"] == printed:
        raise Trouble(f"{value_id} prints {printed} already")
    told = {
        "value_id": value_id,
        "original_printed": found[0]["printed"],
        "printed": printed,
        "reason": reason,
        "reviewer": reviewer or getpass.getuser(),
        "recorded_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
    try:
        line = corrections.line(**told)
    except ValueError as error:
        raise Trouble(f"not recorded: {error}") from None
    with open(home / "corrections", "a", encoding="utf-8") as file:
        file.write(line + "\n")
    return told


# --- the Dagster run ---------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _warehouse(home: pathlib.Path, large: bool = False) -> Iterator[Any]:
    from dagster_project.warehouse import Warehouse

    home.mkdir(parents=True, exist_ok=True)
    warehouse = Warehouse(home, large=large)
    try:
        yield warehouse
    finally:
        warehouse.close()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The command line has its own progress and summary; Dagster's log is in the instance, for the UI."""
    logger = logging.getLogger("dagster")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _execute(pipeline: Any, instance: Any) -> Any:
    import dagster as dg

    from dagster_project.build import build_defs

    definitions = build_defs(
        resources={
            "warehouse": dg.ResourceDefinition.hardcoded_resource(pipeline.warehouse),
            "pipeline": dg.ResourceDefinition.hardcoded_resource(pipeline),
        },
        automation=False,
    )
    job = definitions.resolve_job_def("everything" if pipeline.options.survival else "without_survival")
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with contextlib.ExitStack() as stack:
        if instance is None:
            folder = instance_folder(pipeline.options.home)
            os.environ["DAGSTER_HOME"] = str(folder)
            instance = stack.enter_context(dg.DagsterInstance.from_config(str(folder)))
        if not gc.isenabled():  # the command line put it off until here
            gc.freeze()
            stack.callback(gc.unfreeze)  # else extension modules miss their objects at exit
            gc.enable()
        return job.execute_in_process(instance=instance, raise_on_error=False, run_config=quiet)


def _failure(result: Any) -> str | None:
    """The first thing that went wrong with the run, in one line."""
    if result.success:
        return None
    for event in result.all_events:
        if event.is_step_failure:
            from dagster_project.sensors import root_cause

            return f"step {event.step_key}: {root_cause(event.step_failure_data.error)}"[:500]
    return "the run failed before its first step"


def _conclude(outcome: Outcome) -> None:
    """What stands in the published database now, and the exit code."""
    from dagster_project.evidence import Evidence, NotPublished

    with contextlib.suppress(NotPublished), Evidence(outcome.home) as evidence:
        outcome.counts = evidence.counts()
        outcome.findings = evidence.findings()
        outcome.refused = evidence.quarantined(outcome.given)
        outcome.database = str(outcome.home / "evidence.duckdb")
    report = outcome.home / "report" / "index.html"
    outcome.report = str(report) if report.exists() else None
    outcome.exit_code = FAILED if outcome.failure else INPUT_REFUSED if outcome.refused else OK


def _keep_curves(pipeline: Any) -> None:
    """Copies the sidecar into the home, under the article's id: later runs find it without being told again."""
    _, given = pipeline.scan()
    path = pathlib.Path(pipeline.options.curves)
    named = [file.article_id for file in given if path.name.lower().startswith(file.article_id + ".")]
    articles = named or [file.article_id for file in given]
    if len(articles) != 1:
        raise Trouble(f"{path.name} must begin with the id of its article, since the run has {len(articles)} articles")
    folder = pipeline.options.home / "curves"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, folder / f"{articles[0]}.curves.csv")
