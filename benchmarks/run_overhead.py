"""What a run costs beside an empty graph: `python -m benchmarks.run_overhead [ARTICLE] [--times N]`.

The measure is a graph of 25 empty assets with 25 empty checks, run by `dagster asset materialize` in process. In the same minute, so that the
machine is the same: the first run on one article in a fresh home, a warm run of the article when its content has changed, an unchanged run.
Each figure is the median of N. The runs leave the survival stop out (it has a benchmark of its own), the empty graph has none.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
EMPTY = """
import dagster as dg


def make(i):
    @dg.asset(name=f"a{i}", deps=[f"a{i - 1}"] if i else [])
    def empty(): ...

    @dg.asset_check(asset=f"a{i}", name="check")
    def check():
        return dg.AssetCheckResult(passed=True)

    return empty, check


pairs = [make(i) for i in range(25)]
defs = dg.Definitions(assets=[a for a, _ in pairs], asset_checks=[c for _, c in pairs], executor=dg.in_process_executor)
"""


def timed(command: list[str], environment: dict[str, str], cwd: pathlib.Path, accepted: tuple[int, ...] = (0,)) -> float:
    started = time.perf_counter()
    done = subprocess.run(command, env={**os.environ, **environment}, cwd=cwd, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    if done.returncode not in accepted:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-500:]}")
    return seconds


def prepare_empty_graph(folder: pathlib.Path) -> tuple[list[str], dict[str, str]]:
    """(command, environment) that runs the empty graph in the folder; run once already, for the caches of file system and bytecode."""
    (folder / "empty_graph.py").write_text(EMPTY)
    home = folder / "dagster_home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    command = [str(pathlib.Path(sys.executable).with_name("dagster")), "asset", "materialize", "--select", "*", "-f", "empty_graph.py"]
    environment = {"DAGSTER_HOME": str(home)}
    timed(command, environment, folder)
    return command, environment


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("article", nargs="?", type=pathlib.Path, default=ROOT / "articles" / "paloma2.md")
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    times: dict[str, list[float]] = {"empty graph": [], "first run": [], "changed article, warm": [], "unchanged": []}
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        empty, environment = prepare_empty_graph(folder)
        article = folder / asked.article.name
        shutil.copyfile(asked.article, article)
        run = [sys.executable, "-m", "dagster_project.cli", "run", str(article), "--no-survival", "--home"]
        for i in range(asked.times):
            times["empty graph"].append(timed(empty, environment, folder))
            home = str(folder / f"home{i}")
            times["first run"].append(timed([*run, home], {}, ROOT, (0, 3)))
            with open(article, "a", encoding="utf-8") as file:
                file.write("\n")
            times["changed article, warm"].append(timed([*run, home], {}, ROOT, (0, 3)))
            times["unchanged"].append(timed([*run, home], {}, ROOT, (0, 3)))
    base = statistics.median(times["empty graph"])
    limits = {"changed article, warm": 2.5, "unchanged": 1.3}
    print(f"{'':24}{'seconds':>9}{'ratio':>8}{'limit':>8}")
    for name, values in times.items():
        middle = statistics.median(values)
        print(f"{name:24}{middle:9.2f}{middle / base:8.2f}{limits.get(name, ''):>8}")


if __name__ == "__main__":
    main()
