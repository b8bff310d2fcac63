"""Articles' files in, Parquet shards of evidence out; in this process, in a pool of processes, or on a dask cluster.

Belongs here: how the work is spread, watched and cut off. Does not: how an article is read (trialmart/), what other processes go on to do
with what they have read (assets/ahead.py). All three ways run `extract_chunk`, so their rows are the same.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import pathlib
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

INLINE = 8  # up to so many articles a pool costs more than it gives
MOST, LEAST = 100, 20  # articles that a worker gets at a time
GRACE = 5.0  # seconds beyond an article's limit after which its process is ended


class Source(NamedTuple):
    """A file to read, and the id that its article has."""

    article_id: str
    path: str


@dataclass(slots=True)
class Shard:
    """What a chunk of articles yielded: a Parquet file a table, the articles read, those refused with the reason."""

    paths: dict[str, str] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    rows: dict[str, tuple[int, int]] = field(default_factory=dict)  # table -> (rows checked, rows that broke the contract)
    made: dict[str, Any] = field(default_factory=dict)  # what `follow` made of the articles read


Progress = Callable[[int, str], None]  # articles done, the last one's id
Follow = Callable[[dict[str, Any], list[str], str], dict[str, Any]]  # rows by table, their articles, what names of files begin with


def chunks(sources: Sequence[Source], workers: int, most: int = MOST) -> list[list[Source]]:
    """Slices of the sources: no larger than memory allows, smaller towards the end so that no worker is left with the last one, but not so
    small that the overhead tells."""
    least = max(1, min(LEAST, -(-len(sources) // (4 * workers))))
    slices, start = [], 0
    while start < len(sources):
        size = min(most, max(least, -(-(len(sources) - start) // (4 * workers))))
        slices.append(list(sources[start : start + size]))
        start += size
    return slices


def read_one(source: Source, limit: float) -> tuple[Any, Any]:
    """(article, extraction). Raises document.Unreadable with a one-line reason, whatever goes wrong."""
    from trialmart import reading
    from trialmart.document import Unreadable
    from trialmart.extraction import extract
    from trialmart.reading.limits import TooLong, time_limit
    from trialmart.reading.trial import is_trial

    try:
        with time_limit(limit):
            article = reading.read(pathlib.Path(source.path).read_bytes(), source.path, source.article_id)
            reason = is_trial(article)
            if reason:
                raise Unreadable(reason)
            return article, extract(article)
    except Unreadable:
        raise
    except TooLong:
        raise Unreadable(f"took longer than {limit:g} s") from None
    except FileNotFoundError:
        raise Unreadable("no such file") from None
    except OSError as error:
        raise Unreadable(error.strerror or type(error).__name__) from None
    except Exception as error:
        raise Unreadable(f"reader failed: {type(error).__name__}: {' '.join(str(error).split())}"[:300]) from error


def extract_chunk(
    sources: Sequence[Source], folder: str, limit: float, starts: Callable[[str], None] | None = None, follow: Follow | None = None
) -> Iterator[Shard]:
    """Reads the articles and writes one Parquet file a table into `folder`. An article that can't be read is refused, the rest goes on.
    Where the articles are to be followed up, a second shard holds what was made of them.

    A chunk that runs twice (its worker was lost) writes the same files again, each moved into place when complete.
    """
    from trialmart.document import Unreadable
    from trialmart.frames import to_tables

    shard, articles, extractions = Shard(), [], []
    with _uncollected():
        for source in sources:
            if starts is not None:
                starts(source.article_id)
            try:
                article, extraction = read_one(source, limit)
            except Unreadable as error:
                shard.refused.append((source.article_id, " ".join(str(error).split())))
            else:
                articles.append(article)
                extractions.append(extraction)
        shard.read = [article.article_id for article in articles]
        if not articles:
            yield shard
            return
        tables = to_tables(articles, extractions)
        articles.clear()
        extractions.clear()
        prefix = str(
            pathlib.Path(folder) / f"{shard.read[0]}-{hashlib.blake2b(chr(10).join(shard.read).encode(), digest_size=8).hexdigest()}"
        )
        rows = _write(shard, tables, prefix)
        yield shard
        if follow is not None:
            made = {}
            with contextlib.suppress(Exception):  # what fails here fails again, and is told, when the stop's turn comes
                made = follow(rows, shard.read, prefix)
            yield Shard(made=made)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Without the cyclic garbage collector: records of articles have no cycles, and walking them takes a sixth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _write(shard: Shard, tables: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Writes only rows that keep their contract; those that don't are a table of their own. Returns the rows that land."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    import schemas

    broken = []
    for table in sorted(tables, key=lambda name: name != "evidence.published_value"):  # others depend on which values land
        printed = tables[table].num_rows
        tables[table], failures = schemas.TABLES[table].check(tables[table])
        shard.rows[table] = (printed, printed - tables[table].num_rows)
        if len(failures):
            broken.append(schemas.TABLES["quality.quarantine"].arrow(failures))
            if table == "evidence.published_value":
                _leave_out(tables)
    written = tables | ({"quality.quarantine": pa.concat_tables(broken)} if broken else {})
    for table, columns in written.items():
        path = pathlib.Path(f"{prefix}.{table}.parquet")
        part = path.with_suffix(f".{os.getpid()}.part")
        pq.write_table(columns, part, compression="zstd")
        os.replace(part, path)
        shard.paths[table] = str(path)
    return tables


def _leave_out(tables: dict[str, Any]) -> None:
    """Places of values that did not land go too, and an article's n_values counts what landed."""
    import pyarrow as pa
    import pyarrow.compute as pc

    values, spans, article = (tables[name] for name in ("evidence.published_value", "lineage.value_span", "evidence.article"))
    tables["lineage.value_span"] = spans.filter(pc.is_in(spans["value_id"], value_set=values["value_id"].combine_chunks()))
    landed: dict[str, int] = {each["values"].as_py(): each["counts"].as_py() for each in pc.value_counts(values["article_id"])}
    counts = pa.array([landed.get(name, 0) for name in article["article_id"].to_pylist()], pa.int64())
    tables["evidence.article"] = article.set_column(article.schema.get_field_index("n_values"), "n_values", counts)


def run(
    sources: Sequence[Source], folder: str, *, limit: float = 120.0, workers: int | None = None, cluster: str | None = None,
    progress: Progress | None = None, follow: Follow | None = None,
) -> Iterator[Shard]:  # fmt: skip
    """All shards of the sources, in the order in which they are done. follow: what other processes do with the articles that they have read;
    where there are none, the rows are soon read back as cheaply."""
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    report = progress or (lambda done, article: None)
    if cluster:
        yield from _on_cluster(sources, folder, limit, cluster, report, follow)
    elif workers == 1 or (workers is None and len(sources) <= INLINE):
        yield from _inline(sources, folder, limit, report)
    else:
        yield from _Pool(min(workers or os.cpu_count() or 1, len(sources)), folder, limit, report, follow).run(sources)


def forking() -> Any:
    """How processes are made: forks of a server that has imported all that they need. A fork of this process would copy the database's threads
    and locks."""
    import multiprocessing

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["dagster_project.preloaded"])
    return context


def warm_up(workers: int | None, cluster: str | None) -> None:
    """Starts the server, which takes seconds to import, while this process has something else to do."""
    if not cluster and workers != 1:
        from multiprocessing import forkserver

        forking()
        forkserver.ensure_running()


def _inline(sources: Sequence[Source], folder: str, limit: float, report: Progress) -> Iterator[Shard]:
    done = 0
    for chunk in chunks(sources, 1):
        yield from extract_chunk(chunk, folder, limit)
        done += len(chunk)
        report(done, chunk[-1].article_id)


def _on_cluster(
    sources: Sequence[Source], folder: str, limit: float, address: str, report: Progress, follow: Follow | None
) -> Iterator[Shard]:
    """Workers read the files and write the shards themselves: both folders must be theirs too. A lost worker's chunks run elsewhere."""
    from distributed import Client, as_completed

    with Client(address, timeout="30s", set_as_default=False) as client:
        spread = max(1, sum(client.nthreads().values()))
        work = [
            (chunk, os.path.abspath(folder), limit, follow)
            for chunk in chunks([Source(s.article_id, os.path.abspath(s.path)) for s in sources], spread)
        ]
        futures = [client.submit(_whole_chunk, *each, pure=False, retries=3) for each in work]
        done = 0
        for future, shards in as_completed(futures, loop=client.loop, with_results=True):
            future.release()
            for shard in shards:
                done += len(shard.read) + len(shard.refused)
                report(done, (shard.read or [shard.refused[-1][0]])[-1]) if shard.read or shard.refused else None
                yield shard


def _whole_chunk(sources: Sequence[Source], folder: str, limit: float, follow: Follow | None) -> list[Shard]:
    return list(extract_chunk(sources, folder, limit, follow=follow))


# --- the pool: processes that are watched, since only ending a process stops code that hangs in C --------------------------------------


def _worker(connection: Any, folder: str, limit: float, follow: Follow | None) -> None:
    """Serves chunks until it is told to stop. Says which article it starts, so that the parent knows which one hangs."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt ends
    try:
        while (chunk := connection.recv()) is not None:
            for shard in extract_chunk(chunk, folder, limit, lambda article: connection.send(("start", article)), follow):
                connection.send(("done", shard))
            connection.send(("free", None))
    except (ImportError, OSError) as error:  # no article's fault
        connection.send(("failed", f"{type(error).__name__}: {error}"))


@dataclass(slots=True)
class _Hand:
    """A worker process and what it is at."""

    process: Any
    connection: Any
    chunk: list[Source] = field(default_factory=list)  # what it has still to read
    article: str | None = None
    since: float = 0.0
    busy: bool = False  # it reads, or follows up what it has read
    ended: bool = False  # its end of the connection is closed


class _Pool:
    """Processes that take chunks. One that dies or hangs loses its article (refused with the reason), not the rest of its chunk; what it had
    not followed up is left to the stops."""

    def __init__(self, size: int, folder: str, limit: float, report: Progress, follow: Follow | None = None) -> None:
        self.context = forking()
        self.size, self.folder, self.limit, self.report, self.follow = size, folder, limit, report, follow
        self.started = 0

    def run(self, sources: Sequence[Source]) -> Iterator[Shard]:
        todo: deque[list[Source]] = deque(chunks(sources, self.size))
        hands = [self._hire() for _ in range(min(self.size, len(todo)))]
        try:
            for hand in hands:
                self._give(hand, todo)
            while any(hand.busy for hand in hands):
                for hand in self._ready(hands):
                    yield from self._hear(hand, todo)
                for i, hand in enumerate(hands):
                    lost = self._lost(hand)
                    if lost:
                        yield self._let_go(hand, lost, todo)
                        hands[i] = self._hire()
                        self._give(hands[i], todo)
                    elif not hand.busy and todo:
                        self._give(hand, todo)
        finally:
            for hand in hands:
                hand.process.kill()
                hand.connection.close()

    def _hire(self) -> _Hand:
        ours, theirs = self.context.Pipe()
        process = self.context.Process(target=_worker, args=(theirs, self.folder, self.limit, self.follow), daemon=True)
        process.start()
        theirs.close()
        return _Hand(process, ours)

    def _give(self, hand: _Hand, todo: deque[list[Source]]) -> None:
        hand.chunk, hand.article, hand.since = (todo.popleft() if todo else []), None, time.monotonic()
        hand.busy = bool(hand.chunk)
        if hand.busy:
            hand.connection.send(hand.chunk)

    def _ready(self, hands: list[_Hand]) -> list[_Hand]:
        from multiprocessing.connection import wait

        busy = {hand.connection: hand for hand in hands if hand.busy}
        return [busy[connection] for connection in wait(list(busy), timeout=0.5)]  # type: ignore[index]

    def _hear(self, hand: _Hand, todo: deque[list[Source]]) -> Iterator[Shard]:
        try:
            while hand.busy and hand.connection.poll():
                kind, what = hand.connection.recv()
                hand.since = time.monotonic()
                if kind == "start":
                    hand.article = what
                    self.started += 1
                    self.report(self.started - 1, what)
                elif kind == "done":
                    hand.chunk, hand.article = [], None
                    yield what
                elif kind == "free":
                    self._give(hand, todo)
                else:
                    raise RuntimeError(f"a process that reads articles could not go on: {what}")
        except (EOFError, ConnectionResetError):
            hand.ended = True

    def _lost(self, hand: _Hand) -> str | None:
        """Why this worker will not finish its chunk; None while it may."""
        if not hand.busy:
            return None
        if hand.ended:
            hand.process.join(GRACE)
            return f"reader ended with exit code {hand.process.exitcode}"
        if self.limit > 0 and hand.article and time.monotonic() - hand.since > self.limit + GRACE:
            return f"took longer than {self.limit:g} s"
        return None

    def _let_go(self, hand: _Hand, reason: str, todo: deque[list[Source]]) -> Shard:
        """Ends the process. Its article is refused; the others of its chunk go back, in two parts so that the second is not held up."""
        hand.process.kill()
        hand.connection.close()
        if not hand.chunk:
            return Shard()
        culprit = hand.article or hand.chunk[0].article_id
        rest = [source for source in hand.chunk if source.article_id != culprit]
        if rest:
            todo.appendleft(rest)
        self.started -= len(rest)
        return Shard(refused=[(culprit, reason)])
