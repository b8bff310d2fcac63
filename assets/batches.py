"""A stop's rows, batch by batch: in this process, or in others where there are many articles.

Belongs here: calling the library, and what came of it. Does not: which articles (staleness.py), how rows land (contract.py), which
processes there are (dagster_project/helpers.py). Both ways run `one_batch`, so their rows are the same.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import schemas
from assets.frames import Frames
from assets.landing import batches
from assets.stop import STOPS, Stop

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

SPREAD = 120  # from so many articles other processes help: starting them takes as long as a hundred articles
SHARE = 125  # articles that one of them gets at most at a time


@dataclass(slots=True)
class Result:
    """What a stop made of its stale articles. Rows are Arrow tables, or the names of Parquet files that another process has written."""

    frames: list[list[Any]]  # by model
    checked: list[int]
    broken: list[int]
    derivation: dict[str, list[Any]] = field(default_factory=dict)  # by table
    failures: list[Any] = field(default_factory=list)  # rows of quality.quarantine: rows that broke a contract
    refused: list[tuple[str, str, str]] = field(default_factory=list)  # article that broke the stop, its first table, why

    @classmethod
    def empty(cls, stop: Stop) -> Result:
        return cls([[] for _ in stop.models], [0] * len(stop.models), [0] * len(stop.models))

    def add(self, stop: Stop, frames: Sequence[Any], derivation: Any = None) -> None:
        """Takes the frames of one batch: rows that keep their contract, and those that don't as failures."""
        if derivation is not None and len(derivation):
            for table, rows in with_article(derivation).groupby("table_name", sort=False):
                self.derivation.setdefault(str(table), []).append(rows)
        for i, (model, frame) in enumerate(zip(stop.models, frames, strict=True)):
            if not len(frame):  # nothing to check; an empty frame's columns are no one's concern
                continue
            good, failures = model.check(frame.filter(list(model.columns)))  # without the keys that the library merged rows by
            self.checked[i] += len(frame)
            self.broken[i] += len(frame) - len(good)
            self.frames[i].append(good)
            if len(failures):
                self.failures.append(failures)

    def merge(self, other: Result) -> None:
        for i in range(len(self.frames)):
            self.frames[i] += other.frames[i]
            self.checked[i] += other.checked[i]
            self.broken[i] += other.broken[i]
        for table, rows in other.derivation.items():
            self.derivation.setdefault(table, []).extend(rows)
        self.failures += other.failures
        self.refused += other.refused

    def put_down(self, stop: Stop, prefix: str) -> Result:
        """The same with its rows in files: names go from process to process quicker than frames."""
        self.frames = [_files(model, frames, prefix) for model, frames in zip(stop.models, self.frames, strict=True)]
        derived = schemas.TABLES["lineage.derivation"]
        self.derivation = {table: _files(derived, frames, f"{prefix}.{table}") for table, frames in self.derivation.items()}
        return self


def _files(model: type[schemas.Contract], frames: list[Any], prefix: str) -> list[str]:
    import pyarrow.parquet as pq

    rows = concat(frames)
    if not len(rows):
        return []
    path = f"{prefix}.{model.name}.parquet"
    pq.write_table(model.arrow(rows), path, compression="lz4")
    return [path]


def concat(frames: Sequence[Any]) -> Any:
    """One frame or table of several, without those that have no rows (their columns have no type that would be worth keeping). Names of files
    stay as they are; no rows at all are an empty list, which storage takes for no rows of any table."""
    import pandas as pd
    import pyarrow as pa

    filled = [frame for frame in frames if len(frame)]
    if not filled or isinstance(filled[0], str):
        return filled
    if isinstance(filled[0], pa.Table):
        return pa.concat_tables(filled)
    return filled[0] if len(filled) == 1 else pd.concat(filled, ignore_index=True)


def head(frames: Sequence[Any], rows: int) -> pd.DataFrame | None:
    """The first rows; None where there are none."""
    first = next((frame for frame in frames if len(frame)), None)
    if isinstance(first, str):
        import pyarrow.parquet as pq

        return next(pq.ParquetFile(first).iter_batches(rows)).to_pandas()
    return None if first is None else first.slice(0, rows).to_pandas()


def with_article(derivation: pd.DataFrame) -> pd.DataFrame:
    """A derivation with the article that each row_id begins with."""
    if "article_id" in derivation.columns:
        return derivation
    return derivation.assign(article_id=derivation.row_id.str.split(":", n=1).str[0])


def compute(pipeline: Any, stop: Stop, stale: Sequence[str], most: int) -> Result:
    """The stop's rows of these articles, by batches of at most `most`."""
    result = Result.empty(stop)
    stale = _left(result, stale, pipeline.made_ahead(stop.name))
    helpers = pipeline.helpers() if len(stale) >= SPREAD and "workers" not in stop.options else None
    size = min(most, SHARE, max(1, -(-len(stale) // helpers.count))) if helpers else most
    work = [(part, told) for articles, told in _alike(pipeline, stop, stale) for part in batches(articles, size)]
    done = 0
    if stale:
        pipeline.progress(stop.name, 0, len(stale), stale[0])
    for (articles, _), made in zip(work, _elsewhere(helpers, stop, work) if helpers else _here(pipeline, stop, work), strict=True):
        result.merge(made)
        done += len(articles)
        pipeline.progress(stop.name, done, len(stale), articles[-1])
    if result.refused:
        result.failures.append(pipeline.quarantine_rows(result.refused))
    return result


def _left(result: Result, stale: Sequence[str], made: Sequence[tuple[list[str], Result]]) -> list[str]:
    """The stale articles that nobody has worked on yet. What was made of the others goes to the result."""
    left = dict.fromkeys(stale)
    for articles, each in made:
        if left.keys() >= set(articles):
            result.merge(each)
            left = {article: None for article in left if article not in set(articles)}
    return list(left)


def _alike(pipeline: Any, stop: Stop, stale: Sequence[str]) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """(articles, what the function is told of the run), by the number that varies between articles."""
    told = {name: pipeline.option(name, stop.name) for name in stop.options if name != stop.varies}
    groups: dict[Any, list[str]] = {}
    for article in stale:
        groups.setdefault(pipeline.option_of(stop.varies, article) if stop.varies else None, []).append(article)
    for number, articles in groups.items():
        yield articles, told | ({stop.varies: number} if stop.varies else {})


def _here(pipeline: Any, stop: Stop, work: Sequence[tuple[list[str], dict[str, Any]]]) -> Iterator[Result]:
    for articles, told in work:
        yield one_batch(pipeline, stop, articles, told)


def _elsewhere(helpers: Any, stop: Stop, work: Sequence[tuple[list[str], dict[str, Any]]]) -> Iterator[Result]:
    """In the order of the work, whoever is done first. What a lost process had to do is done here."""
    asked = [(stop.name, helpers.files(stop.reads, articles), articles, told, helpers.prefix(stop.name)) for articles, told in work]
    futures = [helpers.submit(from_files, *each) for each in asked]
    for each, future in zip(asked, futures, strict=True):
        try:
            yield future.result()
        except BrokenExecutor:
            yield from_files(*each)


def from_files(name: str, files: Mapping[str, str], articles: list[str], told: dict[str, Any], prefix: str) -> Result:
    """`one_batch` in a process that has no warehouse: reads files, writes files."""
    from assets import all_assets

    if name not in STOPS:
        all_assets()
    pathlib.Path(prefix).parent.mkdir(parents=True, exist_ok=True)
    return one_batch(Frames(lambda table, wanted: _read(files[table], wanted)), STOPS[name], articles, told).put_down(STOPS[name], prefix)


def _read(path: str, articles: Sequence[str]) -> pa.Table:
    from pyarrow import feather

    return of_articles(feather.read_table(path), articles)


def of_articles(rows: pa.Table, articles: Sequence[str]) -> pa.Table:
    """The rows of these articles."""
    import pyarrow as pa
    import pyarrow.compute as pc

    mine = pc.is_in(rows["article_id"], pa.array(articles, pa.string()))
    return rows if pc.all(mine).as_py() is not False else rows.filter(mine)


def one_batch(frames: Any, stop: Stop, articles: list[str], told: Mapping[str, Any]) -> Result:
    """What the stop makes of these articles. Where it fails, halves are tried, so that one article breaks nothing but itself."""
    result = Result.empty(stop)
    assert stop.function is not None
    try:
        made = stop.function(*(frames.frame(table, articles, stop.name) for table in stop.reads), **told)
    except ImportError:
        raise  # no article's fault
    except Exception as error:
        if len(articles) > 1:
            middle = len(articles) // 2
            result = one_batch(frames, stop, articles[:middle], told)
            result.merge(one_batch(frames, stop, articles[middle:], told))
        else:
            reason = f"{stop.name} failed: {type(error).__name__}: {' '.join(str(error).split())}"[:500]
            result.refused.append((articles[0], stop.tables[0], reason))
        return result
    *rows, derivation = made if stop.derives else (*(made if isinstance(made, tuple) else (made,)), None)
    result.add(stop, rows, derivation)
    return result
