"""The child process that runs Great Expectations.

Belongs here: the import that takes seconds, frames in, results out. Does not: what is expected (schemas/suites.py), who asks
(expectations.py).

It imports at once, then waits for a message. Messages are a length and a pickle on standard input and output; standard input closed, also
by the death of whoever started it, is its end.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
import tempfile
from typing import Any, BinaryIO

from schemas.suites import SUITES, Expectation, Suite

EXAMPLES = 5
LENGTH = struct.Struct(">Q")
GX_SEVERITY = {"critical": "critical", "major": "critical", "minor": "warning", "info": "info"}


def send(stream: BinaryIO, message: Any) -> None:
    """Writes one message."""
    packed = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(LENGTH.pack(len(packed)))
    stream.write(packed)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """Reads one message. Raises EOFError when the other side is gone."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    (length,) = LENGTH.unpack(head)
    packed = stream.read(length)
    if len(packed) < length:
        raise EOFError
    return pickle.loads(packed)


class Checker:
    """A Great Expectations context that keeps nothing, and the frames it is shown."""

    def __init__(self) -> None:
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

        self.context = gx.get_context(mode="ephemeral")
        self.context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
        self.source = self.context.data_sources.add_pandas("landed")
        self.asked = 0

    def check(self, suite: Suite, frame: Any) -> list[dict[str, Any]]:
        """Rows of quality.validation_result: one an expectation, or one an expectation and row of the frame (see Suite)."""
        if not len(frame):
            return [] if "table_name" in suite.key else [_nothing(suite, one) for one in suite.expectations]
        import great_expectations as gx
        import great_expectations.expectations as kinds

        self.asked += 1
        batch = self.source.add_dataframe_asset(f"{suite.frame}:{self.asked}").add_batch_definition_whole_dataframe("all")
        asked = [
            getattr(kinds, one.kind)(**_given(one.arguments), severity=GX_SEVERITY[one.severity], meta={"place": place})
            for place, one in enumerate(suite.expectations)
        ]
        answer = batch.get_batch(batch_parameters={"dataframe": frame}).validate(
            gx.ExpectationSuite(name=suite.frame, expectations=asked),
            result_format={"result_format": "COMPLETE", "unexpected_index_column_names": list(suite.key)},
        )
        found = [each.to_json_dict() for each in answer.results]
        found.sort(key=lambda each: each["expectation_config"]["meta"]["place"])
        rows = []
        for expectation, result in zip(suite.expectations, found, strict=True):
            rows += (
                _by_row(suite, expectation, result, frame)
                if "table_name" in suite.key
                else [_as_row(suite, expectation, result, len(frame))]
            )
        return rows


def _given(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if value is not None}


def _nothing(suite: Suite, one: Expectation) -> dict[str, Any]:
    return _row(suite, suite.table, _about(one), one, True, 0, 0, [], "nothing to check: no rows")


def _about(one: Expectation) -> str | None:
    return one.about or one.arguments.get("column")


def _as_row(suite: Suite, one: Expectation, result: dict[str, Any], length: int) -> dict[str, Any]:
    """A result as it is."""
    error = _error(result)
    found = result.get("result") or {}
    checked = found.get("element_count", length) - (found.get("missing_count") or 0)
    failed = found.get("unexpected_count", 0 if result["success"] else length)
    examples = [_example(each) for each in (found.get("unexpected_index_list") or [])[:EXAMPLES]]
    message = error or f"{checked - failed} of {checked} as expected"
    return _row(
        suite, suite.table, _about(one), one, bool(result["success"]) and error is None, checked, min(failed, checked), examples, message
    )


def _by_row(suite: Suite, one: Expectation, result: dict[str, Any], frame: Any) -> list[dict[str, Any]]:
    """A result for each row of the frame: the expectation counts in it what failed among `n_rows`."""
    error = _error(result)
    bad = {tuple(str(each[name]) for name in suite.key) for each in (result.get("result") or {}).get("unexpected_index_list") or []}
    rows = []
    for record in frame.to_dict("records"):
        passed = tuple(str(record[name]) for name in suite.key) not in bad and error is None
        failed, checked = int(record[one.arguments["column"]]), int(record["n_rows"])
        message = error or (f"refers to {record['refers_to']}" if "refers_to" in record else f"{checked - failed} of {checked} as expected")
        rows.append(_row(suite, record["table_name"], record.get("column_name"), one, passed, checked, failed, [], message))
    return rows


def _error(result: dict[str, Any]) -> str | None:
    raised = result.get("exception_info") or {}
    details = [raised] if "raised_exception" in raised else list(raised.values())
    for each in details:
        if each.get("raised_exception"):
            return f"could not be checked: {each.get('exception_message')}"
    return None


def _example(place: Any) -> str:
    return ", ".join(f"{name}={value}" for name, value in place.items()) if isinstance(place, dict) else str(place)


def _row(
    suite: Suite,
    table: str,
    column: str | None,
    one: Expectation,
    success: bool,
    checked: int,
    failed: int,
    examples: list[str],
    message: str,
) -> dict[str, Any]:
    return {
        "result_id": f"great_expectations:{suite.name}:{table}:{column or ''}:{one.check}",
        "tool": "great_expectations",
        "suite": suite.name,
        "table_name": table,
        "column_name": column,
        "check_name": one.check,
        "success": success,
        "severity": one.severity,
        "n_checked": checked,
        "n_failed": failed,
        "examples": examples,
        "message": message,
    }


def main() -> None:
    """Imports, then answers until standard input ends or somebody asks it to stop."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the folder below is removed
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get among the answers
    with tempfile.TemporaryDirectory(prefix="trialmart-expectations-") as folder:
        tempfile.tempdir = folder  # what a library leaves behind goes with us
        _serve(sys.stdin.buffer, answers)
    os._exit(0)  # nothing is left to be saved, and taking down so many modules takes time


def _serve(questions: BinaryIO, answers: BinaryIO) -> None:
    suites = {suite.frame: suite for suite in SUITES}
    checker = Checker()
    while True:
        try:
            frames = receive(questions)
        except EOFError:
            return
        try:
            answer: Any = [row for name, frame in frames.items() for row in checker.check(suites[name], frame)]
        except Exception as reason:
            answer = RuntimeError(f"{type(reason).__name__}: {reason}")
        send(answers, answer)


if __name__ == "__main__":
    main()
