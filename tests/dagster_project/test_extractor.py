"""Reading many articles: in this process, in a pool, on a cluster; what hangs or dies is cut off, and the rows are the same."""

from __future__ import annotations

import os
import pathlib
import signal
import threading
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dagster_project import extractor
from dagster_project.extractor import Source
from tests.dagster_project.small import article
from trialmart.reading.limits import TooLong, time_limit


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> list[Source]:
    folder = tmp_path_factory.mktemp("many")
    for i in range(24):
        (folder / f"a{i:02}.md").write_text(article(f"Drug{i}", nausea=i + 5), encoding="utf-8")
    (folder / "a05.md").write_bytes(b"")
    return [Source(path.stem, str(path)) for path in sorted(folder.glob("*.md"))]


def tables(shards: list[extractor.Shard]) -> dict[str, list[str]]:
    """All rows by table, sorted: what must not depend on how the work was spread."""
    found: dict[str, list[pa.Table]] = {}
    for shard in shards:
        for table, path in shard.paths.items():
            found.setdefault(table, []).append(pq.read_table(path))
    whole = {name: pa.concat_tables(parts) for name, parts in found.items()}
    return {name: sorted(map(repr, table.to_pylist())) for name, table in whole.items()}


def outcome(shards: list[extractor.Shard]) -> tuple[list[str], list[tuple[str, str]]]:
    return sorted(a for shard in shards for a in shard.read), sorted(r for shard in shards for r in shard.refused)


@pytest.fixture(scope="module")
def inline(sources, tmp_path_factory):
    return list(extractor.run(sources, str(tmp_path_factory.mktemp("inline")), workers=1))


def test_a_bad_file_is_refused_and_the_rest_is_read(inline):
    read, refused = outcome(inline)
    assert len(read) == 23
    assert [article for article, _ in refused] == ["a05"]


def test_a_pool_gives_the_same_rows(inline, sources, tmp_path):
    told = []
    shards = list(extractor.run(sources, str(tmp_path), workers=2, progress=lambda done, name: told.append(done)))
    assert outcome(shards) == outcome(inline)
    assert tables(shards) == tables(inline)
    assert told == sorted(told) and len(told) == len(sources)


def test_a_file_that_hangs_is_cut_off(sources, tmp_path):
    pipe = tmp_path / "hangs.md"
    os.mkfifo(pipe)  # opening it waits for a writer that never comes
    started = time.monotonic()
    shards = list(extractor.run([*sources[:2], Source("hangs", str(pipe))], str(tmp_path / "out"), workers=1, limit=0.5))
    assert time.monotonic() - started < 10
    read, refused = outcome(shards)
    assert read == ["a00", "a01"]
    assert refused == [("hangs", "took longer than 0.5 s")]


def test_a_worker_that_is_killed_loses_its_article_only(sources, tmp_path):
    pipe = tmp_path / "kills.md"
    os.mkfifo(pipe)
    pool = extractor._Pool(2, str(tmp_path), 60.0, lambda done, name: None)
    shards = []

    def kill() -> None:
        deadline = time.monotonic() + 50
        while time.monotonic() < deadline:
            for hand in list(hands):
                if hand.article == "kills":
                    time.sleep(0.2)
                    os.kill(hand.process.pid, signal.SIGKILL)
                    return
            time.sleep(0.05)

    hands: list = []
    hire = pool._hire
    pool._hire = lambda: hands.append(hire()) or hands[-1]  # type: ignore[method-assign]
    killer = threading.Thread(target=kill)
    killer.start()
    shards = list(pool.run([*sources[:12], Source("kills", str(pipe)), *sources[12:]]))
    killer.join()
    read, refused = outcome(shards)
    assert len(read) == 23
    assert dict(refused)["kills"].startswith("reader ended with exit code")


def dies(rows, articles, prefix):
    """A follow-up that takes its process with it."""
    os._exit(9)


def cannot_import(rows, articles, prefix):
    import trialmart.no_such_module  # noqa: F401 # type: ignore[import-not-found]


def test_a_worker_that_dies_behind_the_reading_loses_no_article(inline, sources, tmp_path):
    shards = list(extractor.run(sources, str(tmp_path), workers=2, follow=dies))
    assert outcome(shards) == outcome(inline)
    assert tables(shards) == tables(inline)
    assert not any(shard.made for shard in shards)


def test_a_follow_up_that_fails_is_left_to_the_stops(inline, sources, tmp_path):
    shards = list(extractor.run(sources, str(tmp_path), workers=2, follow=cannot_import))
    assert outcome(shards) == outcome(inline)
    assert not any(shard.made for shard in shards)


def cannot_write(sources, folder, limit, starts=None, follow=None):
    raise OSError("no space left on device")


def test_what_is_no_articles_fault_fails_the_run_and_refuses_nothing(sources, tmp_path, monkeypatch):
    class Ended:
        sent = [("failed", "OSError: no space left on device")]

        def poll(self):
            return True

        def recv(self):
            return self.sent[0]

    pool = extractor._Pool(1, str(tmp_path), 60.0, lambda done, name: None)
    hand = extractor._Hand(None, Ended(), chunk=sources[:1], busy=True)
    with pytest.raises(RuntimeError, match="could not go on: OSError: no space left"):
        list(pool._hear(hand, extractor.deque()))


def test_a_full_disk_is_told_by_the_worker(sources, tmp_path, monkeypatch):
    monkeypatch.setattr(extractor, "extract_chunk", cannot_write)
    told = []

    class Connection:
        def recv(self):
            return sources[:1]

        def send(self, message):
            told.append(message)

    before = signal.getsignal(signal.SIGINT)
    extractor._worker(Connection(), str(tmp_path), 60.0, None)
    signal.signal(signal.SIGINT, before)
    assert told == [("failed", "OSError: no space left on device")]


def test_a_cluster_gives_the_same_rows_though_a_worker_dies(inline, sources, tmp_path):
    pytest.importorskip("distributed")
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50) as cluster:
        shards, killed = [], False
        for shard in extractor.run(sources, str(tmp_path), cluster=cluster.scheduler_address):
            shards.append(shard)
            if not killed:
                os.kill(next(iter(cluster.workers.values())).process.process.pid, signal.SIGKILL)
                killed = True
    assert outcome(shards) == outcome(inline)
    assert tables(shards) == tables(inline)


def test_chunks_are_even_and_bounded():
    sources = [Source(str(i), "") for i in range(2001)]
    sizes = [len(chunk) for chunk in extractor.chunks(sources, 2)]
    assert sum(sizes) == 2001 and max(sizes) <= 250
    assert [len(chunk) for chunk in extractor.chunks(sources[:3], 2)] == [1, 1, 1]


@pytest.mark.parametrize("in_thread", [False, True])
def test_the_limit_stops_python_code(in_thread):
    raised = []

    def spin() -> None:
        try:
            with time_limit(0.2):
                end = time.monotonic() + 5
                while time.monotonic() < end:
                    pass
        except TooLong:
            raised.append(True)

    if in_thread:
        thread = threading.Thread(target=spin)
        thread.start()
        thread.join()
    else:
        spin()
    assert raised


def test_the_limit_leaves_quick_code_alone(tmp_path: pathlib.Path):
    with time_limit(0.1):
        pass
    time.sleep(0.2)
    assert signal.getsignal(signal.SIGALRM) == signal.SIG_DFL
