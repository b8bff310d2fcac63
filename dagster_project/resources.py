"""What a run works with: the article library, the warehouse, and what this run has been asked to do.

Belongs here: files and folders, ids of articles, the run's options, what is remembered between runs. Does not: how rows are stored
(warehouse.py, io_manager.py), how an article is read (trialmart/reading).
"""

from __future__ import annotations

import datetime
import functools
import glob
import hashlib
import os
import pathlib
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import dagster as dg

from assets import ahead
from assets.frames import Frames

if TYPE_CHECKING:
    import pandas as pd

    from dagster_project.extractor import Shard

PROJECT = pathlib.Path(__file__).resolve().parents[1]
ARTICLE_FOLDER = PROJECT / "articles"
SUFFIXES = {".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".xml", ".nxml", ".jats"}


def default_home() -> pathlib.Path:
    return pathlib.Path(os.environ.get("TRIALMART_HOME") or "data")


@dataclass(slots=True)
class SourceFile:
    """A file that a run was given, as it stands now. A row of pipeline.source_file."""

    article_id: str
    source_path: str
    sha256: str | None = None
    size: int | None = None
    mtime_ns: int | None = None
    status: str = "present"  # present, missing, removed
    message: str | None = None
    named: bool = field(default=False, compare=False)  # asked for by name in this run, not only by folder


class ArticleLibrary:
    """Sources (files, folders, globs, PubMed Central ids) to files with ids.

    An id is the file's stem in lower case; a second path with the same stem gets `-2`, the next `-3`. What a path was called once it is called
    for ever, so `known` (rows of pipeline.source_file) comes in.
    """

    def __init__(self, known: Iterable[SourceFile] = (), home: pathlib.Path | None = None) -> None:
        self.by_path = {each.source_path: each for each in known}
        self.taken = {each.article_id for each in self.by_path.values()}
        self.home = home or default_home()

    def scan(self, sources: Sequence[str]) -> list[SourceFile]:
        """The files that the sources name, in the order of their paths, each once."""
        found: dict[str, SourceFile] = {}
        for path, named, message in self._paths(sources):
            if path not in found:
                found[path] = self._look(path, named, message)
            found[path].named |= named
        return [found[path] for path in sorted(found)]

    def _paths(self, sources: Sequence[str]) -> Iterator[tuple[str, bool, str | None]]:
        for source in sources:
            path = pathlib.Path(source).expanduser()
            if path.is_dir():
                own = _absolute(self.home) + os.sep  # what a run wrote is no article
                yield from ((each, False, None) for each in map(_absolute, files_in(path)) if not each.startswith(own))
            elif path.exists():
                yield _absolute(path), True, None
            elif glob.has_magic(source):
                matches = [pathlib.Path(match) for match in sorted(glob.glob(str(path), recursive=True))]
                files = [match for match in matches if match.is_file()]
                yield from ((_absolute(each), False, None) for each in files)
                if not files:
                    yield source, True, "no file matches"
            elif is_identifier(source):
                yield self._fetch(source)
            else:
                yield _absolute(path), True, "no such file"

    def _fetch(self, identifier: str) -> tuple[str, bool, str | None]:
        from trialmart.document import Unreadable
        from trialmart.reading import identifier as service

        try:
            return _absolute(service.fetch(identifier, self.home / "fetched")), True, None
        except Unreadable as error:
            return identifier, True, " ".join(str(error).split())

    def _look(self, path: str, named: bool, message: str | None) -> SourceFile:
        """The file as it stands. Its bytes are read only where size or time differ from what was seen last."""
        known = self.by_path.get(path)
        article_id = known.article_id if known else self._new_id(path)
        if message:
            return SourceFile(article_id, path, status="missing", message=message, named=named)
        try:
            stat = os.stat(path)
            if known and known.sha256 and (known.size, known.mtime_ns) == (stat.st_size, stat.st_mtime_ns):
                sha256 = known.sha256
            else:
                sha256 = hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
        except OSError as error:
            return SourceFile(article_id, path, status="missing", message=error.strerror or "can't be read", named=named)
        return SourceFile(article_id, path, sha256, stat.st_size, stat.st_mtime_ns, named=named)

    def _new_id(self, path: str) -> str:
        stem = re.sub(r"[^a-z0-9_.\-]+", "-", pathlib.PurePath(path).stem.lower()).strip("-.") or "article"
        article_id, number = stem, 2
        while article_id in self.taken:
            article_id, number = f"{stem}-{number}", number + 1
        self.taken.add(article_id)
        return article_id


def _absolute(path: pathlib.Path) -> str:
    return str(pathlib.Path(os.path.abspath(path)))


def is_identifier(source: str) -> bool:
    return re.fullmatch(r"PMC\d+", source, re.IGNORECASE) is not None


def files_in(folder: pathlib.Path) -> Iterator[pathlib.Path]:
    """The articles in a folder and below. What stands beside an article (`x.curves.csv`, `x.comments.md`) is none."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        beside = "." in path.stem or path.stem.lower() == "readme"
        if path.suffix.lower() in SUFFIXES and not hidden and not beside and path.is_file():
            yield path


DRAWS = 5  # reconstructions by default: the reference and four more


@dataclass(slots=True)
class Options:
    """What a run was asked to do."""

    home: pathlib.Path
    sources: tuple[str, ...] = ()  # none: only what is known from earlier runs
    curves: str | None = None
    draws: int | None = None  # reconstructions of every article; None: DRAWS where there is a reason to make any
    workers: int | None = None
    cluster: str | None = None
    time_limit: float = 120.0
    survival: bool = True  # False: no patient data are reconstructed


class Pipeline:
    """One run's state: its options, the warehouse, the keys of what is landed, and frames that several stops read."""

    def __init__(self, options: Options, warehouse: Any, log: Any = None, progress: Callable[..., None] | None = None) -> None:
        self.options, self.warehouse, self.log = options, warehouse, log
        self.progress = progress or _say_nothing
        self._keys: dict[str, dict[str, str]] | None = None
        self._frames = Frames(warehouse.arrow)
        self._helpers: Any = None
        self.given: list[str] = []  # ids of the articles that this run was given, read or not
        self._checker: Any = None
        self.named: set[str] = set()  # those that were named one by one
        self.read = 0  # articles that this run has read anew
        self._ahead: dict[str, list[tuple[list[str], Any]]] = {}  # by stop: rows that the processes that read articles have made already

    @property
    def keys(self) -> dict[str, dict[str, str]]:
        """By stop: what each article's rows were made from."""
        if self._keys is None:
            self._keys = self.warehouse.keys()
        return self._keys

    def landed(self, stop: Any, keys: Mapping[str, str | None]) -> None:
        """Takes note of what a stop has just landed."""
        self.take_keys(stop.name, keys)
        if keys:
            self._frames.forget(stop.tables)
            if self._helpers is not None:
                self._helpers.forget(stop.tables)

    def take_keys(self, stop: str, keys: Mapping[str, str | None]) -> None:
        mine = self.keys.setdefault(stop, {})
        for article, key in keys.items():
            if key is None:
                mine.pop(article, None)
            else:
                mine[article] = key

    def option(self, name: str, stop: str = "") -> Any:
        """What a stop is told of this run: one of its options, or the function that shows its progress."""
        if name == "progress":
            return lambda done, total, text="": self.progress(stop, done, total, text)
        return getattr(self.options, name)

    def option_of(self, name: str, article: str) -> Any:
        """An option's value for one article. Patient data are reconstructed, which takes seconds, where the run says how often, where an
        article has curve data, and where a person named the article; not for each of thousands in a folder."""
        value = self.option(name)
        if name == "draws" and value is None:
            return DRAWS if article in self.named or article in self.keys.get("curves", {}) else 0
        return value

    def frame(self, table: str, articles: Sequence[str], stop: str | None = None) -> pd.DataFrame:
        """The rows of these articles, for a stop to read."""
        return self._frames.frame(table, articles, stop)

    def contents(self, tables: Sequence[str], articles: Sequence[str]) -> dict[str, str]:
        """What the tables hold of each article, as one text to compare by."""
        return self.warehouse.contents(tables, articles)

    def helpers(self) -> Any:
        """The processes that stops are computed in; None where the run is to have one only."""
        if self._helpers is None and (self.options.cluster or (self.options.workers or os.cpu_count() or 1) > 1):
            from dagster_project.helpers import Helpers

            self._helpers = Helpers(self.warehouse, self.options.home / "batches", self.options.workers, self.options.cluster)
        return self._helpers

    def scan(self) -> tuple[list[SourceFile], list[SourceFile]]:
        """(files known from earlier runs, files that this run was given)."""
        known = [SourceFile(**row) for row in self.warehouse.rows("pipeline.source_file")]
        library = ArticleLibrary(known, self.options.home)
        return known, library.scan(self.options.sources)

    def extract(self, sources: Sequence[tuple[str, str]]) -> Iterator[Shard]:
        """Reads these files, (article_id, path) each, and yields what each chunk of them gave."""
        from dagster_project import extractor

        options = self.options
        self.drop_shards()  # of a run that was killed
        return extractor.run(
            [extractor.Source(*source) for source in sources], str(self.shards), limit=options.time_limit, workers=options.workers, cluster=options.cluster,
            progress=lambda done, article: self.progress("extraction", done, len(sources), article),
            follow=self._follow(),
        )  # fmt: skip

    def _follow(self) -> Any:
        """What a process does with articles that it has read: the stops behind, but not for those that reviewers have corrected."""
        text, corrected = self.corrections_text(), frozenset[str]()
        if text.strip():
            from trialmart import corrections

            try:
                corrected = frozenset(corrections.read(text).article_id)
            except ValueError:  # for the stop of corrections to tell
                return None
        return functools.partial(ahead.follow, apart=corrected)

    def take_ahead(self, made: Mapping[str, tuple[list[str], Any]]) -> None:
        """Keeps what a process that read articles has made of them beyond its own stop, until the other stops' turn comes."""
        for stop, each in made.items():
            self._ahead.setdefault(stop, []).append(each)

    def made_ahead(self, stop: str) -> list[tuple[list[str], Any]]:
        """(articles, rows) that this run has already made for a stop, each given once."""
        return self._ahead.pop(stop, [])

    @property
    def shards(self) -> pathlib.Path:
        """Where the Parquet files of the processes that read articles stand until the run ends."""
        return self.options.home / "shards"

    def drop_shards(self) -> None:
        import shutil

        shutil.rmtree(self.shards, ignore_errors=True)

    def corrections_file(self) -> pathlib.Path:
        return self.options.home / "corrections"

    def corrections_text(self) -> str:
        """The reviewers' corrections as recorded, one a line; empty where there are none."""
        try:
            return self.corrections_file().read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def sidecars(self) -> dict[str, tuple[str, str]]:
        """(path, text) of each article's curve sidecar: given with --curves, or standing beside it as `<stem>.curves.csv`."""
        found = {}
        for article, source in self.source_paths().items():
            kept = self.options.home / "curves" / f"{article}.curves.csv"
            beside = pathlib.PurePath(source).with_suffix("")
            for path in (kept, pathlib.Path(f"{beside}.curves.csv")):
                if path.is_file():
                    found[article] = (str(path), path.read_text(encoding="utf-8-sig"))
                    break
        return found

    def write_report(self, version: str | None) -> tuple[pathlib.Path, bool]:
        """report/index.html for the published database; (its path, whether it was written anew)."""
        from dagster_project.evidence import Evidence

        path = self.options.home / "report" / "index.html"
        with Evidence(self.options.home) as evidence:
            mark = f"<!-- {evidence.path.name} {version} -->"
            if path.exists() and path.read_text(encoding="utf-8").endswith(mark):
                return path, False
            from dagster_project import drawings
            from trialmart import report

            told = evidence.report()
            told["figures"] = {title: f"figures/{name}" for title, name in drawings.draw_all(evidence, path.parent / "figures").items()}
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(report.page(told) + mark, encoding="utf-8")
        os.replace(part, path)
        return path, True

    def prepare(self) -> None:
        """There is something to do: the process that will check it starts, since it takes seconds to import what it needs."""
        if self._checker is None:
            from dagster_project import expectations

            self._checker = expectations.start()

    def expect(self) -> pd.DataFrame:
        """Rows of quality.validation_result for all that has landed."""
        from dagster_project import expectations

        self.prepare()
        return expectations.check(self.warehouse, self._checker)

    def validation_tally(self) -> dict[str, tuple[int, int]]:
        """By suite: expectations passed and failed."""
        query = "SELECT suite, count(*) FILTER (success), count(*) FILTER (NOT success) FROM quality.validation_result GROUP BY suite"
        return {suite: (passed, failed) for suite, passed, failed in self.warehouse.query(query)}

    def open_findings(self) -> dict[str, int]:
        """By severity: findings of the number audit that contradict what is printed."""
        query = "SELECT severity, count(*) FROM quality.number_check WHERE verdict IN ('inconsistent', 'impossible') GROUP BY severity"
        return dict(self.warehouse.query(query))

    def unmet_figures(self) -> list[dict[str, Any]]:
        """Published figures that a reconstruction was made to meet and does not, with how far it is off."""
        names = ("article_id", "endpoint", "arm_id", "draw", "statistic", "printed", "reconstructed", "distance")
        query = f"SELECT {', '.join(names)} FROM mart.reconstruction_check WHERE fitted AND agrees = false ORDER BY ALL"
        return [dict(zip(names, row, strict=True)) for row in self.warehouse.query(query)]

    def close(self) -> None:
        """Ends the other processes, removes their files; the warehouse is closed by whoever opened it."""
        if self._helpers is not None:
            self._helpers.close()
            self._helpers = None
        if self._checker is not None:
            self._checker.close()
            self._checker = None
        self.drop_shards()

    def quarantine_rows(self, refused: Iterable[tuple[str, str | None, str]]) -> pd.DataFrame:
        """Rows of quality.quarantine for (article, table or None for the whole article, reason)."""
        import pandas as pd

        refused = list(refused)
        for article, _, reason in refused if self.log is not None else ():
            self.log.warning(f"{article}: {reason}")
        paths = self.source_paths()
        rows = [
            {
                "quarantine_id": f"{article}:{table or 'article'}",
                "article_id": article,
                "kind": "article",
                "source_path": paths.get(article),
                "table_name": table,
                "reason": reason,
            }
            for article, table, reason in refused
        ]
        return pd.DataFrame(rows)

    def source_paths(self) -> dict[str, str]:
        return {row["article_id"]: row["source_path"] for row in self.warehouse.rows("pipeline.source_file")}

    def run_rows(self, run_id: str, version: str, started: float, rows: Mapping[str, int]) -> pd.DataFrame:
        """Rows of lineage.run: what a stop has written to each of its tables."""
        import pandas as pd

        began, ended = (datetime.datetime.fromtimestamp(seconds, datetime.UTC) for seconds in (started, time.time()))
        told = {"run_id": run_id, "code_version": version, "started": began, "finished": ended}
        return pd.DataFrame([{**told, "asset": table, "rows": count} for table, count in rows.items()])


def _say_nothing(*_: Any) -> None:
    return None


PIPELINE_CONFIG = {
    "home": dg.Field(
        dg.Noneable(str), default_value=None, description="Folder of all that a run writes. Default: TRIALMART_HOME, else data"
    ),
    "sources": dg.Field([str], default_value=[], description="Files, folders, globs, PMC ids. Default: the article folder"),
    "curves": dg.Field(dg.Noneable(str), default_value=None, description="Curve coordinates or numbers at risk (CSV)"),
    "draws": dg.Field(
        dg.Noneable(int),
        default_value=None,
        description="Reconstructions of every article, the reference draw among them. Default: 5 for articles with curve data, else none",
    ),
    "workers": dg.Field(dg.Noneable(int), default_value=None, description="Processes that read articles. Default: one a core"),
    "cluster": dg.Field(dg.Noneable(str), default_value=None, description="Address of a dask scheduler"),
    "time_limit": dg.Field(float, default_value=120.0, description="Seconds that one article may take"),
}


def watched_folder() -> pathlib.Path:
    """The folder whose new articles start a run: TRIALMART_ARTICLES, else the project's own."""
    return pathlib.Path(os.environ.get("TRIALMART_ARTICLES") or ARTICLE_FOLDER)


@dg.resource(required_resource_keys={"warehouse"}, config_schema=PIPELINE_CONFIG, description="What this run has been asked to do")
def pipeline_resource(context: dg.InitResourceContext) -> Iterator[Pipeline]:
    config = dict(context.resource_config)
    home = pathlib.Path(config.pop("home") or default_home())
    sources = tuple(config.pop("sources")) or (str(watched_folder()),)
    pipeline = Pipeline(Options(home=home, sources=sources, **config), context.resources.warehouse, context.log)
    try:
        yield pipeline
    finally:
        pipeline.close()


@dg.resource(
    config_schema={"home": PIPELINE_CONFIG["home"]}, description="warehouse.duckdb: one connection a run, opened when it is first used"
)
def warehouse_resource(context: dg.InitResourceContext) -> Iterator[Any]:
    from dagster_project.warehouse import Warehouse

    warehouse = Warehouse(pathlib.Path(context.resource_config["home"] or default_home()))
    try:
        yield warehouse
    finally:
        warehouse.close()


def production_resources() -> dict[str, Any]:
    from dagster_project.io_manager import io_manager

    return {"warehouse": warehouse_resource, "pipeline": pipeline_resource, "io_manager": io_manager}
