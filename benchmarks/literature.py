"""A whole literature: `python -m benchmarks.literature [--sizes 250 500 1000 2000] [--workers 2]`.

Copies of the corpus beside the project with changed numbers, audited, landed and published, as a multiple of a floor: an lxml pass that
parses the same files and pulls every table cell. Then the same again unchanged, against a graph of 25 empty assets and 0.2 ms a file. Survival
is left out. Both ratios of the run are printed, of seconds and of CPU seconds of all processes together, since a machine may have other work;
then the memory of all processes (pages that they share counted once), and at the end when each stop began and how long it took.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Any

import psutil

from benchmarks.run_overhead import prepare_empty_graph, timed

ROOT = pathlib.Path(__file__).resolve().parents[1]
CORPUS = ROOT.parent / "shared" / "corpus"


def copies(folder: pathlib.Path, count: int) -> None:
    """`count` files: the corpus over and over, in each copy one digit of every table figure with a decimal moved, so that no two are equal."""
    sources = sorted(CORPUS.glob("*.nxml"))
    for i in range(count):
        source, change = sources[i % len(sources)], random.Random(i)
        text = source.read_text(encoding="utf-8")
        if i >= len(sources):
            text = re.sub(r"(?<=\d\.)\d(?=</td>)", lambda found, change=change: str(change.randrange(10)), text)
        (folder / f"{source.stem}_{i}.nxml").write_text(text, encoding="utf-8")


def floor(folder: pathlib.Path) -> tuple[float, float]:
    """Seconds, and CPU seconds, to parse every file and pull every table cell, in one process: the middle of three passes."""
    from lxml import etree

    passes = []
    for _ in range(3):
        started, cpu = time.perf_counter(), time.process_time()
        for path in folder.glob("*.nxml"):
            tree = etree.parse(str(path), etree.XMLParser(load_dtd=False, no_network=True, recover=True))
            ["".join(cell.itertext()) for cell in tree.iter("td", "th")]
        passes.append((time.perf_counter() - started, time.process_time() - cpu))
    return sorted(passes)[1]


def empty_graph(folder: pathlib.Path) -> float:
    """Seconds of a run of 25 empty assets: the middle of three."""
    command, environment = prepare_empty_graph(folder)
    return statistics.median(timed(command, environment, folder) for _ in range(3))


def run(folder: pathlib.Path, home: pathlib.Path, workers: int) -> tuple[float, Watch, dict[str, Any]]:
    """Seconds, what the processes took, and what the command says."""
    command = [
        sys.executable,
        "-m",
        "dagster_project.cli",
        "run",
        str(folder),
        "--home",
        str(home),
        "--workers",
        str(workers),
        "--no-survival",
        "--json",
    ]
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as told, subprocess.Popen(command, cwd=ROOT, stdout=told) as process:
        watch = Watch(process.pid)
        while process.poll() is None:
            watch.look()
            time.sleep(1)  # a look at the memory takes a twentieth of a second
        seconds = time.perf_counter() - started
        told.seek(0)
        answer = json.loads(told.read() or "{}")
    if process.returncode not in (0, 3):
        raise SystemExit(answer.get("failure") or f"exit status {process.returncode}")
    return seconds, watch, answer


class Watch:
    """CPU seconds and memory of a process and all that it started."""

    def __init__(self, pid: int) -> None:
        self.process, self.cpu_of, self.peak = psutil.Process(pid), {}, 0

    def look(self) -> None:
        memory = 0
        with contextlib.suppress(psutil.Error):
            for each in [self.process, *self.process.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    times = each.cpu_times()
                    self.cpu_of[each.pid] = times.user + times.system
                    memory += each.memory_full_info().pss if hasattr(psutil, "PROCFS_PATH") else each.memory_info().rss  # shared pages once
        self.peak = max(self.peak, memory)

    @property
    def cpu(self) -> float:
        return sum(self.cpu_of.values())


def steps(home: pathlib.Path) -> list[tuple[str, float, float, int]]:
    """(first table, seconds after the first stop, seconds, rows) of each stop."""
    import duckdb

    query = """SELECT min(asset), epoch(started - min(started) OVER ()), max(epoch(finished - started)), sum(rows) FROM lineage.run
               WHERE run_id = (SELECT run_id FROM meta) GROUP BY started ORDER BY started"""
    with duckdb.connect(str(home / "evidence.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


HEADER = (
    f"{'files':>6}{'floor ms':>9}{'run s':>8}{'x floor':>8}{'CPU s':>8}{'x CPU':>7}{'ms/file':>8}{'again s':>8}{'may be':>8}{'values':>10}{'refused':>8}"
    f"{'peak MB':>8}"
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[250, 500, 1000, 2000])
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    if not CORPUS.is_dir():
        raise SystemExit("needs ../shared/corpus, which cannot be shipped")
    print(f"{HEADER}\nfloor: a file; may be: 1.3 x the empty graph + 0.2 ms a file")
    for size in asked.sizes:
        with tempfile.TemporaryDirectory() as place:
            folder, home = pathlib.Path(place) / "articles", pathlib.Path(place) / "home"
            folder.mkdir()
            copies(folder, size)
            base, base_cpu = floor(folder)
            seconds, watch, told = run(folder, home, asked.workers)
            table = steps(home)
            again = statistics.median(run(folder, home, asked.workers)[0] for _ in range(3))
            limit = 1.3 * empty_graph(pathlib.Path(place)) + 0.0002 * size
            print(
                f"{size:6}{1000 * base / size:9.2f}{seconds:8.1f}{seconds / base:8.1f}{watch.cpu:8.1f}{watch.cpu / base_cpu:7.1f}"
                f"{1000 * seconds / size:8.1f}{again:8.2f}{limit:8.2f}{told['values']:10,}{len(told['refused']):8}{watch.peak // 2**20:8}",
                flush=True,
            )
    print(f"\n{'stop':34}{'from s':>9}{'seconds':>9}{'rows':>12}")
    for name, start, seconds, rows in table:
        print(f"{name:34}{start:9.1f}{seconds:9.1f}{rows:12,}")


if __name__ == "__main__":
    main()
