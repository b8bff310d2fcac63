"""`make ui`: the Dagster UI on a home, with schedules and sensors running. Belongs here: starting it. Does not: anything that it shows."""

from __future__ import annotations

import argparse
import os
import pathlib
import shutil
import sys

from dagster_project.run import instance_folder

PROJECT = pathlib.Path(__file__).resolve().parents[1]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make ui", description="The Dagster UI, schedules and sensors.")
    parser.add_argument("--home", type=pathlib.Path, default=pathlib.Path(os.environ.get("TRIALMART_HOME") or "data"))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", default="3000")
    asked = parser.parse_args()
    home = asked.home.absolute()
    os.environ.update(DAGSTER_HOME=str(instance_folder(home)), TRIALMART_HOME=str(home), DAGSTER_DISABLE_TELEMETRY="yes")
    beside = pathlib.Path(sys.executable).with_name("dagster")
    command = str(beside) if beside.exists() else shutil.which("dagster") or "dagster"
    print(f"http://{asked.host}:{asked.port}  (Ctrl-C ends it)", flush=True)
    os.chdir(PROJECT)
    os.execv(command, [command, "dev", "-w", str(PROJECT / "workspace.yaml"), "-h", asked.host, "-p", asked.port])


if __name__ == "__main__":
    sys.exit(main())
