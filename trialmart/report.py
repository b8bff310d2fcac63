"""The report: one page of HTML for a person, with nothing fetched from elsewhere.

Belongs here: the page. Does not: what is shown (frames come in), where it is written (dagster_project/).
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

Rows = Sequence[Mapping[str, Any]]

STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); --accent: #2563a8; --bad: #b3261e; --warn: #9a6700; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2.5rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0 } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid var(--line); padding-bottom: .2rem }
.tiles { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1.2rem 0 } .tile { border: 1px solid var(--line); border-radius: .5rem; padding: .6rem 1rem; min-width: 7rem }
.tile b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums } .quiet { opacity: .7 }
table { border-collapse: collapse; width: 100%; font-size: .9rem } th { text-align: left; font-weight: 600 }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top } td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.critical, .major { color: var(--bad); font-weight: 600 } .minor { color: var(--warn) } .scroll { overflow-x: auto }
code { font-size: .85em } svg { max-width: 100%; height: auto } svg text { fill: currentColor; font: 12px system-ui, sans-serif }
"""


def page(told: Mapping[str, Any]) -> str:
    """The whole page. `told` holds: run (run_id, published_at), counts (name -> number), articles, tables, efficacy, safety, findings,
    refused: rows as dictionaries."""
    run = told["run"] or {}
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'><title>trialmart</title>",
        f"<style>{STYLE}</style><h1>Evidence report</h1>",
        f"<p class=quiet>Run {_text(run.get('run_id'))}, {_text(str(run.get('published_at', ''))[:16])} UTC. Every figure is one that an article prints, "
        "or is computed from such; <code>trialmart trace ID</code> leads back to its characters.</p>",
        "<div class=tiles>" + "".join(f"<div class=tile><b>{number:,}</b>{_text(name)}</div>" for name, number in told["counts"].items()) + "</div>",
        _section("Findings of the number audit", _findings(told["findings"]), "Nothing printed contradicts itself."),
        _section("Efficacy", forest(told["efficacy"]) + _table(told["efficacy"], skip=("log_estimate", "log_se")), "No ratio with limits was found."),
        _section("Largest differences in adverse events", _table(told["safety"]), "No adverse events by arm were found."),
        _section("Articles", _table(told["articles"]), "No article was read."),
        _section("Refused", _table(told["refused"]), ""),
        _section("Tables that were not fully read", _table(told["tables"]), "Every table was read."),
    ]
    return "\n".join(part for part in parts if part)


def _section(title: str, body: str, otherwise: str) -> str:
    if not body and not otherwise:
        return ""
    return f"<h2>{_text(title)}</h2>" + (body or f"<p class=quiet>{_text(otherwise)}</p>")


def _text(value: Any) -> str:
    return html.escape("" if value is None else str(value))


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return f"<td>{'yes' if value else 'no'}</td>"
    if isinstance(value, float):
        return f"<td class=n>{value:.4g}</td>"
    if isinstance(value, int):
        return f"<td class=n>{value}</td>"
    if isinstance(value, (list, tuple)):
        value = ", ".join(map(str, value))
    return f"<td>{_text(value)}</td>"


def _table(rows: Rows, skip: Sequence[str] = ()) -> str:
    if not rows:
        return ""
    names = [name for name in rows[0] if name not in skip and any(row[name] is not None for row in rows)]
    head = "".join(f"<th>{_text(name.replace('_', ' '))}</th>" for name in names)
    body = "".join("<tr>" + "".join(_cell(row[name]) for name in names) + "</tr>" for row in rows)
    return f"<div class=scroll><table><tr>{head}</tr>{body}</table></div>"


def _findings(rows: Rows) -> str:
    if not rows:
        return ""
    lines = (
        f"<tr><td class={_text(row['severity'])}>{_text(row['severity'])}</td><td>{_text(row['article_id'])}</td><td>{_text(row['explanation'])}"
        f"<br><code class=quiet>{_text(row['check_id'])}</code></td></tr>"
        for row in rows
    )
    return f"<div class=scroll><table>{''.join(lines)}</table></div>"


def forest(rows: Rows, width: int = 860) -> str:
    """A forest plot of ratios on a log axis as inline SVG. Rows without estimate and both limits are left out."""
    import math

    shown = [row for row in rows if row.get("scale") == "log" and None not in (row["estimate"], row["ci_lower"], row["ci_upper"])]
    shown = [row for row in shown if 0 < row["ci_lower"] <= row["ci_upper"] and row["estimate"] > 0][:30]
    if not shown:
        return ""
    low = min(0.5, *(row["ci_lower"] for row in shown))
    high = max(2.0, *(row["ci_upper"] for row in shown))
    left, right, step = 340, width - 170, 24

    def x(value: float) -> float:
        return left + (math.log(value) - math.log(low)) / (math.log(high) - math.log(low)) * (right - left)

    parts = []
    for i, row in enumerate(shown):
        y = 18 + i * step
        label = " · ".join(str(row[name]) for name in ("article_id", "endpoint", "measure") if row.get(name))
        parts.append(f"<text x=0 y={y + 4}>{_text(label[:52])}</text>")
        parts.append(f"<line x1={x(row['ci_lower']):.1f} x2={x(row['ci_upper']):.1f} y1={y} y2={y} stroke=currentColor stroke-width=1.5 />")
        parts.append(f"<rect x={x(row['estimate']) - 4:.1f} y={y - 4} width=8 height=8 fill=var(--accent) />")
        parts.append(f"<text x={right + 14} y={y + 4}>{row['estimate']:.2f} ({row['ci_lower']:.2f} to {row['ci_upper']:.2f})</text>")
    bottom = 18 + len(shown) * step
    parts.append(f"<line x1={x(1):.1f} x2={x(1):.1f} y1=4 y2={bottom - 8} stroke=currentColor stroke-dasharray=3 opacity=.6 />")
    ticks = [tick for tick in (0.1, 0.25, 0.5, 1, 2, 4, 10) if low <= tick <= high]
    parts += [f"<text x={x(tick):.1f} y={bottom + 8} text-anchor=middle>{tick:g}</text>" for tick in ticks]
    return f"<svg viewBox='0 0 {width} {bottom + 14}' role=img aria-label='Forest plot of the published ratios'>{''.join(parts)}</svg>"
