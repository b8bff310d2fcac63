"""`make bench`: the benchmarks one after the other, each with its table. `python -m benchmarks.NAME` runs one alone, with its options."""

from __future__ import annotations

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SMALL = {"literature": ["--sizes", "100", "200"]}  # those that would take long by themselves


def main() -> int:
    failed = []
    for path in sorted(HERE.glob("[a-z]*.py")):
        print(f"\n== {path.stem}", flush=True)
        done = subprocess.run([sys.executable, "-m", f"benchmarks.{path.stem}", *SMALL.get(path.stem, [])], cwd=HERE.parent)
        if done.returncode:
            failed.append(path.stem)
    if failed:
        print(f"\nnot run: {', '.join(failed)} (see above; some need ../shared)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
