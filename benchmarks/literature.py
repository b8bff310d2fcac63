"""A whole literature: `python -m benchmarks.literature [--sizes 250 500 1000 2000] [--workers 2]`.

Copies of the corpus beside the project with changed numbers, audited, landed and published, as a multiple of a floor: an lxml pass that
parses the same files and pulls every table cell. Then the same again unchanged. Survival is left out. Prints seconds, the ratio to the floor,
milliseconds a file, CPU seconds and peak memory of all processes together, and at the end the seconds of each stop.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time
from typing import Any

import psutil

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


def floor(folder: pathlib.Path) -> float:
    """Seconds to parse every file and pull every table cell, in one process."""
    from lxml import etree

    started = time.perf_counter()
    for path in folder.glob("*.nxml"):
        tree = etree.parse(str(path), etree.XMLParser(load_dtd=False, no_network=True, recover=True))
        ["".join(cell.itertext()) for cell in tree.iter("td", "th")]
    return time.perf_counter() - started


def run(folder: pathlib.Path, home: pathlib.Path, workers: int) -> tuple[float, Watch, dict[str, Any]]:
    """Seconds, what the processes took, and what the command says."""
    command = [sys.executable, "-m", "dagster_project.cli", "run", str(folder), "--home", str(home), "--workers", str(workers), "--no-survival", "--json"]
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as told, subprocess.Popen(command, cwd=ROOT, stdout=told) as process:
        watch = Watch(process.pid)
        while process.poll() is None:
            watch.look()
            time.sleep(0.2)
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


def steps(home: pathlib.Path) -> list[tuple[str, float, int]]:
    """(first table, seconds, rows) of each stop."""
    import duckdb

    query = """SELECT min(asset), max(epoch(finished - started)), sum(rows) FROM lineage.run WHERE run_id = (SELECT run_id FROM meta)
               GROUP BY started ORDER BY started"""
    with duckdb.connect(str(home / "evidence.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[250, 500, 1000, 2000])
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    if not CORPUS.is_dir():
        raise SystemExit("needs ../shared/corpus, which cannot be shipped")
    print(f"{'files':>6}{'floor s':>9}{'run s':>9}{'x floor':>9}{'ms/file':>9}{'CPU s':>8}{'again s':>9}{'values':>10}{'refused':>9}{'peak MB':>9}")
    for size in asked.sizes:
        with tempfile.TemporaryDirectory() as place:
            folder, home = pathlib.Path(place) / "articles", pathlib.Path(place) / "home"
            folder.mkdir()
            copies(folder, size)
            base = floor(folder)
            seconds, watch, told = run(folder, home, asked.workers)
            table = steps(home)
            again, _, _ = run(folder, home, asked.workers)
            print(
                f"{size:6}{base:9.2f}{seconds:9.1f}{seconds / base:9.1f}{1000 * seconds / size:9.1f}{watch.cpu:8.1f}{again:9.1f}"
                f"{told['values']:10,}{len(told['refused']):9}{watch.peak // 2**20:9}",
                flush=True,
            )
    print(f"\n{'stop':34}{'seconds':>9}{'rows':>12}")
    for name, seconds, rows in table:
        print(f"{name:34}{seconds:9.1f}{rows:12,}")


if __name__ == "__main__":
    main()
