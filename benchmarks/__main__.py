"""`make bench`: the benchmarks one after the other, each with its table. `python -m benchmarks.NAME` runs one alone, with its options.

--quick: only those that take a minute or less, at their smallest size.
"""

from __future__ import annotations

import argparse
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
#: Options of those that would take long by themselves; with --quick, and only these are run then.
SMALL = {"literature": ["--sizes", "100", "200"]}
QUICK = {
    "run_overhead": ["--times", "1"],
    "literature": ["--sizes", "40"],
    "extraction_speed": ["--rounds", "1"],
    "effects": [],
    "facts": [],
    "formats": ["--articles", "6"],
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--quick", action="store_true", help="a few of them, small")
    chosen = QUICK if parser.parse_args().quick else {path.stem: SMALL.get(path.stem, []) for path in sorted(HERE.glob("[a-z]*.py"))}
    failed = []
    for name, options in chosen.items():
        print(f"\n== {name}", flush=True)
        done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *options], cwd=HERE.parent)
        if done.returncode:
            failed.append(name)
    if failed:
        print(f"\nnot run: {', '.join(failed)} (see above; some need ../shared)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
