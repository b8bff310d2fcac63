"""A whole literature: `python -m benchmarks.literature [--sizes 250 500 1000 2000] [--workers 2]`.

Copies of the corpus beside the project with changed numbers, audited, landed and published, as a multiple of a floor: an lxml pass that
parses the same files and pulls every table cell. Then the same again unchanged. Survival is left out. Prints seconds, the ratio to the floor,
milliseconds a file, and the peak memory of the largest process.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import random
import re
import resource
import subprocess
import sys
import tempfile
import time

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


def run(folder: pathlib.Path, home: pathlib.Path, workers: int) -> tuple[float, dict[str, object]]:
    command = [sys.executable, "-m", "dagster_project.cli", "run", str(folder), "--home", str(home), "--workers", str(workers), "--no-survival", "--json"]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode not in (0, 3):
        raise SystemExit(done.stderr[-500:] or json.loads(done.stdout)["failure"])
    return time.perf_counter() - started, json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[250, 500, 1000, 2000])
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    if not CORPUS.is_dir():
        raise SystemExit("needs ../shared/corpus, which cannot be shipped")
    print(f"{'files':>6}{'floor s':>9}{'run s':>9}{'x floor':>9}{'ms/file':>9}{'unchanged s':>13}{'values':>10}{'refused':>9}{'peak MB':>9}")
    for size in asked.sizes:
        with tempfile.TemporaryDirectory() as place:
            folder, home = pathlib.Path(place) / "articles", pathlib.Path(place) / "home"
            folder.mkdir()
            copies(folder, size)
            base = floor(folder)
            seconds, told = run(folder, home, asked.workers)
            again, _ = run(folder, home, asked.workers)
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            refused = len(told["refused"])  # type: ignore[arg-type]
            print(
                f"{size:6}{base:9.1f}{seconds:9.1f}{seconds / base:9.1f}{1000 * seconds / size:9.1f}{again:13.1f}{told['values']:10,}{refused:9}{peak:9.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
