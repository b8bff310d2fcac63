"""The report: one page of HTML for a person, with nothing fetched from elsewhere.

Belongs here: the page. Does not: what is shown (rows come in), where it is written (dagster_project/).
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

Rows = Sequence[Mapping[str, Any]]

STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); --accent: #2563a8; --bad: #b3261e; --warn: #9a6700; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2.5rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0 } h2 { font-size: 1.15rem; margin: 2.4rem 0 .6rem; border-bottom: 1px solid var(--line); padding-bottom: .2rem }
h3 { font-size: 1rem; margin: 1.2rem 0 .2rem } .quiet { opacity: .7 } p { margin: .3rem 0 }
.tiles { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1.2rem 0 } .tile { border: 1px solid var(--line); border-radius: .5rem; padding: .6rem 1rem; min-width: 7rem }
.tile b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums }
table { border-collapse: collapse; width: 100%; font-size: .9rem } th { text-align: left; font-weight: 600 } .scroll { overflow-x: auto }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top } td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.critical, .major { color: var(--bad); font-weight: 600 } .minor { color: var(--warn) } code { font-size: .8em; opacity: .75 }
svg { max-width: 100%; height: auto } svg text { fill: currentColor; font: 12px system-ui, sans-serif } figure { margin: 1rem 0; background: #fff } figure img { max-width: 100% }
"""


def page(told: Mapping[str, Any]) -> str:
    """The whole page. `told` holds: run (run_id, published_at), counts (name -> number), figures (title -> file beside the page),
    and rows as dictionaries: studies, findings, efficacy, subgroups, safety, articles, refused, tables."""
    run = told["run"] or {}
    several = len(told["articles"]) > 1
    efficacy, subgroups = ([_effect(row, several) for row in told[name]] for name in ("efficacy", "subgroups"))
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'><title>trialmart</title>",
        f"<style>{STYLE}</style><h1>Evidence report</h1>",
        f"<p class=quiet>Run {_text(run.get('run_id'))}, {_text(str(run.get('published_at', ''))[:16])} UTC. Every figure is one that an article prints, "
        "or is computed from such; <code>trialmart trace ID</code> leads back to its characters.</p>",
        "<div class=tiles>" + "".join(f"<div class=tile><b>{number:,}</b>{_text(name)}</div>" for name, number in told["counts"].items()) + "</div>",
        "".join(_study(row) for row in told["studies"]),
        _section("Findings of the number audit", _findings(told["findings"], several), "Nothing printed contradicts itself."),
        _section("Efficacy", forest(told["efficacy"], several) + _table(efficacy), "No effect with limits was found."),
        _section("Subgroups", forest(told["subgroups"], several) + _table(subgroups), ""),
        _section("Reconstructed survival (synthetic patients)", _figures(told["figures"]), ""),
        _section("Largest differences in adverse events", _table([_harm(row, several) for row in told["safety"]]), "No adverse events by arm were found."),
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


def _study(row: Mapping[str, Any]) -> str:
    """What a reader would put on page one of a review: the study, its arms, its main result."""
    arms = " v ".join(_text(arm) for arm in row["arms"] or ())
    facts = [f"{row['n_randomized']:,} randomized" if row["n_randomized"] else "", arms]
    result = ""
    if row["estimate"] is not None:
        result = f"{_text(row['endpoint'])}: {_text(_words(row['measure']))} {_estimate(row)}"
    seen = [_text(x) for x in (row["study_id"], row["journal"], row["year"]) if x]
    return f"<h3>{_text(row['title'])}</h3><p class=quiet>{' · '.join(seen)}</p><p>{' · '.join(x for x in (*facts, result) if x)}</p>"


def _words(name: Any) -> str:
    return str(name or "").replace("_", " ")


def _estimate(row: Mapping[str, Any]) -> str:
    """An estimate with its limits; a limit that is not told is a question mark."""
    if row["ci_lower"] is None and row["ci_upper"] is None:
        return f"{row['estimate']:.4g}"
    low, high = (f"{x:.4g}" if x is not None else "?" for x in (row["ci_lower"], row["ci_upper"]))
    return f"{row['estimate']:.4g} ({low} to {high})"


def _compared(row: Mapping[str, Any]) -> str:
    return f"{row['arm']} v {row['reference_arm']}" if row["arm"] and row["reference_arm"] else row["arm"] or ""


def _effect(row: Mapping[str, Any], several: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {"article": row["article_id"]} if several else {}
    shown |= {"endpoint": row["endpoint"], "level": row.get("level"), "population": row["population"], "assessor": row["assessor"]}
    shown |= {"comparison": _compared(row), "measure": _words(row["measure"]), "estimate (limits)": _estimate(row)}
    return shown | {"agreement": _words(row.get("agreement")), "on the page": row["place"], "row": row["row_id"]}


def _harm(row: Mapping[str, Any], several: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {"article": row["article_id"]} if several else {}
    limits = [f"{x:.1f}" if x is not None else "?" for x in (row["lower"], row["upper"])]
    return shown | {
        "term": row["term"],
        "grade": row["grade"],
        "comparison": _compared(row),
        "patients": f"{row['events']}/{row['n']} v {row['reference_events']}/{row['reference_n']}",
        "difference, percentage points": f"{row['difference']:.1f} ({limits[0]} to {limits[1]})",
        "adjusted P": row["p_adjusted"],
        "row": row["row_id"],
    }


def _cell(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return f"<td>{'yes' if value else 'no'}</td>"
    if isinstance(value, float):
        return f"<td class=n>{value:.3g}</td>"
    if isinstance(value, int):
        return f"<td class=n>{value}</td>"
    if isinstance(value, (list, tuple)):
        value = ", ".join(map(str, value))
    return f"<td><code>{_text(value)}</code></td>" if name == "row" else f"<td>{_text(value)}</td>"


def _table(rows: Rows) -> str:
    """Rows as a table; columns that are empty throughout are left out."""
    if not rows:
        return ""
    names = [name for name in rows[0] if any(row[name] not in (None, "") for row in rows)]
    head = "".join(f"<th>{_text(_words(name))}</th>" for name in names)
    body = "".join("<tr>" + "".join(_cell(name, row[name]) for name in names) + "</tr>" for row in rows)
    return f"<div class=scroll><table><tr>{head}</tr>{body}</table></div>"


def _findings(rows: Rows, several: bool) -> str:
    if not rows:
        return ""
    lines = []
    for row in rows:
        article = f"<td>{_text(row['article_id'])}</td>" if several else ""
        lines.append(
            f"<tr><td class={_text(row['severity'])}>{_text(row['severity'])}</td>{article}"
            f"<td>{_text(row['explanation'])}<br><code>{_text(row['check_id'])}</code></td></tr>"
        )
    return f"<div class=scroll><table>{''.join(lines)}</table></div>"


def _figures(figures: Mapping[str, str]) -> str:
    return "".join(f"<figure><img src='{_text(path)}' alt='{_text(title)}'></figure>" for title, path in figures.items())


def forest(rows: Rows, several: bool = False, width: int = 900, most: int = 40) -> str:
    """A forest plot of ratios on a log axis as inline SVG. Rows without estimate and both limits are left out."""
    shown = [row for row in rows if row["scale"] == "log" and None not in (row["estimate"], row["ci_lower"], row["ci_upper"])]
    shown = [row for row in shown if 0 < row["ci_lower"] <= row["ci_upper"] and row["estimate"] > 0][:most]
    if not shown:
        return ""
    low = max(0.05, min(0.5, *(row["ci_lower"] for row in shown)))
    high = min(20.0, max(2.0, *(row["ci_upper"] for row in shown)))
    left, right, step = 400, width - 150, 24

    def x(value: float) -> float:
        part = (math.log(value) - math.log(low)) / (math.log(high) - math.log(low))
        return left + min(max(part, 0.0), 1.0) * (right - left)

    parts = []
    for i, row in enumerate(shown):
        y = 18 + i * step
        names = ("article_id", "endpoint", "level", "measure", "population", "assessor") if several else ("endpoint", "level", "measure", "population", "assessor")
        label = ", ".join(_words(row[name]) for name in names if row.get(name))
        parts.append(f"<text x=0 y={y + 4}>{_text(label if len(label) <= 64 else label[:63] + '…')}</text>")
        parts.append(f"<line x1={x(row['ci_lower']):.1f} x2={x(row['ci_upper']):.1f} y1={y} y2={y} stroke=currentColor stroke-width=1.5 />")
        parts.append(f"<rect x={x(row['estimate']) - 4:.1f} y={y - 4} width=8 height=8 fill=var(--accent) />")
        parts.append(f"<text x={right + 14} y={y + 4}>{row['estimate']:.2f} ({row['ci_lower']:.2f} to {row['ci_upper']:.2f})</text>")
    bottom = 18 + len(shown) * step
    parts.append(f"<line x1={x(1):.1f} x2={x(1):.1f} y1=4 y2={bottom - 8} stroke=currentColor stroke-dasharray=3 opacity=.6 />")
    ticks = [tick for tick in (0.1, 0.25, 0.5, 1, 2, 4, 10) if low <= tick <= high]
    parts += [f"<text x={x(tick):.1f} y={bottom + 8} text-anchor=middle>{tick:g}</text>" for tick in ticks]
    return f"<svg viewBox='0 0 {width} {bottom + 14}' role=img aria-label='Forest plot of the published ratios'>{''.join(parts)}</svg>"
