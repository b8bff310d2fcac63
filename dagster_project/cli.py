"""The trialmart command.

Belongs here: options, exit codes, and what a person sees. Does not: the work (run.py, evidence.py, exports.py). Nothing heavy is imported
before the options are understood.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import pathlib
import sys
from collections.abc import Sequence
from typing import Any

from dagster_project.trouble import FAILED, OK, Trouble

FORMATS = ("csv", "parquet", "xlsx", "metafor", "ard")


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point. Returns the exit code; no stack trace for anything that input or options can cause."""
    arguments = parser().parse_args(argv)
    try:
        return arguments.command(arguments)
    except KeyboardInterrupt:
        return _complain("interrupted; what was landed stays, the next run goes on from there", 130)
    except BrokenPipeError:  # the reader of our output has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:
        if os.environ.get("TRIALMART_DEBUG"):
            raise
        return _complain(_one_line(error))


def _one_line(error: Exception) -> str:
    from dagster_project.evidence import NotPublished

    text = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, (Trouble, NotPublished)):
        return text
    if "lock" in text.lower() and "duckdb" in text.lower():
        return "another run is writing to this home; try again when it is done"
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror.lower()}"
    return f"{type(error).__name__}: {text}"[:400]


def _complain(text: str, code: int = FAILED) -> int:
    print(f"trialmart: {text}", file=sys.stderr)
    return code


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="trialmart", description="From published randomized trials to an evidence database.")
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, function: Any, help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help)
        sub.set_defaults(command=function)
        sub.add_argument(
            "--home",
            type=pathlib.Path,
            default=None,
            metavar="DIR",
            help="where everything is written (default: TRIALMART_HOME, else data)",
        )
        return sub

    run = command("run", _run, "read articles, audit them, derive effects, publish")
    run.add_argument(
        "articles", nargs="*", metavar="ARTICLE", help="files, folders, globs or PubMed Central ids (default: the article folder)"
    )
    run.add_argument("--curves", metavar="FILE", help="curve coordinates or numbers at risk of the article (CSV)")
    run.add_argument(
        "--draws",
        type=_count,
        metavar="N",
        help="reconstructions of patient data of every article, the reference among them "
        "(default: 5 for articles named one by one or with curve data, none for others)",
    )
    run.add_argument("--no-survival", dest="survival", action="store_false", help="leave the reconstruction of patient data out")
    where = run.add_mutually_exclusive_group()
    where.add_argument("--workers", type=_count, metavar="N", help="processes that read articles (default: one a core)")
    where.add_argument("--cluster", metavar="ADDRESS", help="dask scheduler that reads articles, such as tcp://127.0.0.1:8786")
    run.add_argument("--time-limit", type=float, default=120.0, metavar="SECONDS", help="time that one article may take (default 120)")
    run.add_argument("--json", action="store_true", help="print the summary as JSON")

    status = command("status", _status, "articles, tables, values, open findings, last run")
    status.add_argument("--json", action="store_true", help="print as JSON")
    trace = command("trace", _trace, "from a row or value back to the printed characters")
    trace.add_argument("id", metavar="ID", help="a row_id or value_id")
    trace.add_argument("--json", action="store_true", help="print as JSON")
    sql = command("sql", _sql, "a read-only shell, or one query, on the published database")
    sql.add_argument("query", nargs="?", metavar="QUERY")
    correct = command("correct", _correct, "record a reviewer's correction of a printed value")
    correct.add_argument("value_id", metavar="VALUE_ID")
    correct.add_argument("--to", required=True, metavar="PRINTED", help="what should stand on the page")
    correct.add_argument("--reason", required=True, metavar="TEXT")
    correct.add_argument("--reviewer", default=None, metavar="NAME")
    remove = command("remove", _remove, "take an article out of the published database")
    remove.add_argument("article_id", metavar="ARTICLE_ID")
    export = command("export", _export, "the marts in the shapes that other tools read")
    export.add_argument("--format", required=True, choices=FORMATS)
    export.add_argument("--out", type=pathlib.Path, default=None, metavar="DIR", help="folder (default: exports/ in the home)")
    return top


def _count(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return number


def home_of(arguments: argparse.Namespace) -> pathlib.Path:
    return pathlib.Path(os.path.abspath(arguments.home or os.environ.get("TRIALMART_HOME") or "data"))


# --- commands ----------------------------------------------------------------------------------------------------------------------


def _run(arguments: argparse.Namespace) -> int:
    gc.disable()  # until the graph is loaded: a sixth of the time of imports, whose objects all stay
    from dagster_project import run
    from dagster_project.show import progress_bar, show_summary

    if arguments.curves and not pathlib.Path(arguments.curves).is_file():
        raise Trouble(f"no such curve file: {arguments.curves}")
    options = run.options(
        home_of(arguments), arguments.articles, draws=arguments.draws, workers=arguments.workers, cluster=arguments.cluster,
        curves=arguments.curves, time_limit=arguments.time_limit, survival=arguments.survival,
    )  # fmt: skip
    with progress_bar(enabled=sys.stderr.isatty() and not arguments.json) as progress:
        outcome = run.run(options, progress)
    if arguments.json:
        print(json.dumps(outcome.as_dict(), indent=2, default=str))
    else:
        show_summary(outcome)
    return outcome.exit_code


def _status(arguments: argparse.Namespace) -> int:
    from dagster_project.evidence import Evidence
    from dagster_project.show import show_status

    home = home_of(arguments)
    with Evidence(home) as evidence:
        counts, last = evidence.counts(), evidence.last_run()
        if arguments.json:
            told = {**counts, "last_run": last, "open_findings": evidence.findings(1000), "quarantine": evidence.quarantined()}
            print(json.dumps(told, indent=2, default=str))
        else:
            show_status(home, counts, last, evidence.articles(), evidence.findings(), evidence.quarantined())
    return OK


def _trace(arguments: argparse.Namespace) -> int:
    from dagster_project.evidence import Evidence
    from dagster_project.show import show_trace

    with Evidence(home_of(arguments)) as evidence:
        places = evidence.trace(arguments.id)
        if not places:
            raise Trouble(f"no row or value is called {arguments.id}")
        if arguments.json:
            print(json.dumps(places, indent=2, default=str))
        else:
            show_trace(arguments.id, places)
    return OK


def _sql(arguments: argparse.Namespace) -> int:
    from dagster_project.evidence import Evidence
    from dagster_project.shell import one_query, shell

    with Evidence(home_of(arguments)) as evidence:
        return one_query(evidence, arguments.query) if arguments.query else shell(evidence)


def _correct(arguments: argparse.Namespace) -> int:
    from dagster_project.run import record_correction

    told = record_correction(home_of(arguments), arguments.value_id, arguments.to, arguments.reason, arguments.reviewer)
    print(f"recorded: {told['value_id']} prints {told['original_printed']}, corrected to {told['printed']}. The next run applies it.")
    return OK


def _remove(arguments: argparse.Namespace) -> int:
    from dagster_project import run

    outcome = run.remove(home_of(arguments), arguments.article_id)
    if outcome.exit_code == FAILED:
        raise Trouble(outcome.failure or "the run failed")
    print(f"removed {arguments.article_id}; its files, corrections and history stay")
    return OK


def _export(arguments: argparse.Namespace) -> int:
    from dagster_project.evidence import Evidence
    from dagster_project.exports import export

    home = home_of(arguments)
    out = pathlib.Path(arguments.out or home / "exports" / arguments.format)
    with Evidence(home) as evidence:
        written = export(evidence, arguments.format, out)
    for path in written:
        print(path)
    return OK


if __name__ == "__main__":
    sys.exit(main())
