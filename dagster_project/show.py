"""What the command line shows a person. Belongs here: layout, colours (only on a terminal), progress. Does not: what is counted
(evidence.py)."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

STYLE = {"critical": "bold red", "major": "red", "minor": "yellow", "info": "dim"}


def _console(stderr: bool = False) -> Any:
    """Colours and boxes on a terminal, plain text in a pipe. NO_COLOR is honoured by rich."""
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=120, no_color=True)


@contextlib.contextmanager
def progress_bar(enabled: bool) -> Iterator[Callable[..., None] | None]:
    """A function (stop, done, total, text) that moves the bar; None where there is no terminal to show one on."""
    if not enabled:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("[bold]{task.description:<16}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeElapsedColumn(),
        TimeRemainingColumn(), TextColumn("[dim]{task.fields[text]}"),
    )  # fmt: skip
    with Progress(*columns, console=_console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None, text="", rate="")

        def move(stop: str, done: int, total: int, text: str = "") -> None:
            if bar.tasks[0].description != stop:
                bar.reset(task, description=stop, total=total or None, completed=done, text=text, rate="")
            speed = bar.tasks[0].speed
            bar.update(task, completed=done, total=total or None, text=str(text)[:40], rate=f"{speed:.1f}/s" if speed and total > 1 else "")

        yield move


def _columns(rows: Sequence[tuple[str, str]]) -> Any:
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, text in rows:
        table.add_row(name, text)
    return table


def _tally(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {str(name).replace('_', ' ')}" for name, number in counts.items()) or "none"


def _counts(counts: Mapping[str, Any]) -> list[tuple[str, str]]:
    findings = " · ".join(f"[{STYLE[severity]}]{number} {severity}[/]" for severity, number in counts["findings"].items())
    articles = f"{counts['articles']:,}" + (f", {counts['quarantined']:,} quarantined" if counts["quarantined"] else "")
    return [
        ("articles", articles),
        ("tables", f"{counts['tables_extracted']:,} of {counts['tables_found']:,} extracted"),
        ("values", f"{counts['values']:,} printed numbers, each with its place on the page"),
        ("number checks", _tally(counts["checks"])),
        ("open findings", findings or "none"),
        ("validation", _tally(counts["validation"])),
        ("rows to analyse", " · ".join(f"{name} {number:,}" for name, number in counts["marts"].items()) or "none"),
    ]


def _show_findings(console: Any, findings: Sequence[Mapping[str, Any]], most: int = 5) -> None:
    from rich.markup import escape

    for finding in findings[:most]:
        console.print(
            f"  [{STYLE[finding['severity']]}]{finding['severity']}[/] {escape(finding['article_id'])}: {escape(_short_of(finding['explanation']))}"
        )
    if len(findings) > most:
        console.print(
            "  … all of them: trialmart sql \"FROM quality.number_check WHERE verdict IN ('inconsistent', 'impossible')\"", style="dim"
        )


def _short_of(text: str, most: int = 240) -> str:
    """The first sentences, as many as fit; the whole is in quality.number_check and in the report."""
    if len(text) <= most:
        return text
    cut = text.rfind(". ", 0, most)
    return text[: cut + 1] + " …" if cut > 0 else text[:most].rsplit(" ", 1)[0] + " …"


def _show_refused(console: Any, refused: Sequence[Mapping[str, Any]], most: int = 10) -> None:
    from rich.markup import escape

    for each in refused[:most]:
        console.print(f"  [red]refused[/] {escape(each['source_path'] or each['article_id'])}: {escape(each['reason'])}")
    if len(refused) > most:
        console.print(f"  … and {len(refused) - most} more in quality.quarantine", style="dim")


def show_summary(outcome: Any) -> None:
    """A run in a screenful."""
    console = _console()
    if outcome.failure:
        _console(stderr=True).print(f"[bold red]run failed[/] {outcome.failure}", soft_wrap=True)
    if outcome.counts:
        did = f"{outcome.read:,} read" if outcome.read else "nothing new to read"
        console.print(f"[bold]trialmart[/] · {len(outcome.given):,} given, {did}, {outcome.seconds:.1f} s")
        console.print(_columns(_counts(outcome.counts)))
        _show_refused(console, outcome.refused)
        _show_findings(console, outcome.findings)
    places = [("database", outcome.database), ("report", outcome.report)]
    for name, path in places:
        if path:
            console.print(f"[bold]{name}[/] {_short(path)}", soft_wrap=True)
    if outcome.database and not outcome.failure:
        console.print(
            '[bold]next[/] trialmart status · trialmart sql "FROM forest()" · trialmart export --format csv · make ui', soft_wrap=True
        )


def _short(path: str) -> str:
    with contextlib.suppress(ValueError):
        return str(pathlib.Path(path).relative_to(pathlib.Path.cwd()))
    return path


def show_status(
    home: pathlib.Path, counts: Mapping[str, Any], last: Mapping[str, Any] | None, articles: Sequence[Mapping[str, Any]],
    findings: Sequence[Mapping[str, Any]], refused: Sequence[Mapping[str, Any]],
) -> None:  # fmt: skip
    """What stands in the published database."""
    console = _console()
    rows = _counts(counts)
    if last:
        rows.append(("last run", f"{last['published_at']:%Y-%m-%d %H:%M} UTC, {last['run_id']}"))
    console.print(_columns(rows))
    _show_refused(console, refused)
    _show_findings(console, findings, most=10)
    if articles:
        console.print(_table(articles))
    if counts["articles"] > len(articles):
        console.print(f"… and {counts['articles'] - len(articles)} more articles", style="dim")


def _table(rows: Sequence[Mapping[str, Any]]) -> Any:
    from rich.box import SIMPLE
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=SIMPLE, expand=True)
    for name, value in rows[0].items():
        side = "right" if isinstance(value, int) else "left"
        if name == "title":  # gives way to the others where the terminal is narrow
            table.add_column(name, overflow="ellipsis", no_wrap=True, ratio=1)
        else:
            table.add_column(name, justify=side, no_wrap=True, min_width=max(len(name), *(len(str(row[name] or "")) for row in rows)))
    for row in rows:
        table.add_row(*("" if value is None else escape(str(value)) for value in row.values()))
    return table


def show_trace(name: str, places: Sequence[Mapping[str, Any]]) -> None:
    """A row or value, the printed figures that it rests on, and where each stands."""
    from rich.markup import escape

    console = _console()
    console.print(f"[bold]{escape(name)}[/]")
    for place in places:
        console.print("  " + escape(" · ".join(f"{key} {value}" for key, value in place.items() if value is not None)), soft_wrap=True)
