"""Great Expectations on what has landed, in a process of its own.

Belongs here: the frames for the suites, the child process and its end, results as rows. Does not: what is expected (schemas/suites.py), the
asset checks that show it (assets/).

The import takes some three seconds. A thread would hold up everything else meanwhile, so a child process is started at the run's first
step and is ready when the last table has landed (docs/adr/0004).
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any

import schemas

if TYPE_CHECKING:
    import pandas as pd

    from dagster_project.warehouse import Warehouse

PROJECT = pathlib.Path(__file__).resolve().parents[1]
PATIENCE = 1.0  # seconds that the child gets to end by itself, and again when it is asked to


class Failed(RuntimeError):
    """The child process ended or could not check. The message is one line."""


class Handle:
    """The child process. Ends with close(), at the end of a `with`, or with the process that started it, whatever comes first."""

    def __init__(self) -> None:
        self._errors: IO[bytes] = tempfile.TemporaryFile()
        environment = {
            **os.environ,
            "GX_ANALYTICS_ENABLED": "False",  # no telemetry
            "TQDM_DISABLE": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")])),
            "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dagster_project.expectations_worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, env=environment, cwd=PROJECT, start_new_session=True,
        )  # fmt: skip

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def validate(self, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
        """Runs the suites on their frames (as `gather` gives them) and returns rows of quality.validation_result.

        Raises Failed when the child process has ended or a suite could not be run.
        """
        from dagster_project.expectations_worker import receive, send

        try:
            send(self._process.stdin, dict(frames))  # type: ignore[arg-type]
            answer = receive(self._process.stdout)  # type: ignore[arg-type]
        except (EOFError, OSError, ValueError):
            raise Failed(f"Great Expectations ended: {self._last_words()}") from None
        if isinstance(answer, Exception):
            raise Failed(str(answer))
        return as_results(answer)

    def close(self) -> None:
        """Ends the child process. Does no harm when it has ended already."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        for end in (lambda: None, self._process.terminate, self._process.kill):
            end()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(PATIENCE)
                break
        self._errors.close()

    def _last_words(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"exit status {self._process.poll()}"


def start() -> Handle:
    """Starts the child process and returns at once, while it imports."""
    return Handle()


def gather(warehouse: Warehouse) -> dict[str, pd.DataFrame]:
    """The frames of all suites, each a small result of a query on what has landed."""
    from schemas.suites import SUITES

    return {suite.frame: warehouse.frame(suite.query) for suite in SUITES}


def check(warehouse: Warehouse, handle: Handle) -> pd.DataFrame:
    """Everything for quality.validation_result: Pandera's results and Great Expectations'."""
    import pandas as pd

    return pd.concat([contract_results(warehouse), handle.validate(gather(warehouse))], ignore_index=True)


def contract_results(warehouse: Warehouse) -> pd.DataFrame:
    """Pandera's results: a row for each table's contract, and one for each of its checks that a row failed. Rows were checked before they
    landed; those set aside are in quality.quarantine."""
    failed = warehouse.query(
        "SELECT table_name, column_name, rule, count(DISTINCT row_key), list_slice(list(DISTINCT row_key ORDER BY row_key), 1, 5) "
        "FROM quality.quarantine WHERE kind = 'row' AND table_name IS NOT NULL GROUP BY ALL ORDER BY ALL"
    )
    aside = dict(
        warehouse.query("SELECT table_name, count(DISTINCT row_key) FROM quality.quarantine WHERE kind = 'row' GROUP BY table_name")
    )
    landed = warehouse.counts()
    rows = [
        _contract_row(table, None, "every row keeps the contract", landed[table] + aside.get(table, 0), aside.get(table, 0), [])
        for table in landed
        if table not in ("quality.validation_result", "main.meta")
    ]
    rows += [_contract_row(table, column, rule, landed.get(table, 0) + aside[table], n, keys) for table, column, rule, n, keys in failed]
    return as_results(rows)


def _contract_row(table: str, column: str | None, rule: str, checked: int, failed: int, examples: list[str]) -> dict[str, Any]:
    return {
        "result_id": f"pandera:contract:{table}:{column or ''}:{rule}",
        "tool": "pandera",
        "suite": "contract",
        "table_name": table,
        "column_name": column,
        "check_name": rule,
        "success": failed == 0,
        "severity": "major",
        "n_checked": checked,
        "n_failed": failed,
        "examples": examples,
        "message": "nothing to check: no rows" if not checked else f"{checked - failed} of {checked} rows have landed",
    }


def as_results(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The rows as a typed frame of quality.validation_result."""
    import pandas as pd

    return schemas.ValidationResult.coerce(pd.DataFrame(rows, columns=list(schemas.ValidationResult.columns)))
