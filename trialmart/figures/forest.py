"""A forest plot: effects with their limits, the whole trial and its subgroups.

Belongs here: the drawing. Does not: which effects are drawn and what they are (mart.efficacy, mart.subgroup).

Drawn for print: readable without colour, text in the figure, square size by information (1 / SE^2), an arrow where a limit lies outside the
axis, a diamond for the whole trial.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trialmart.figures.canvas import INK, LIGHT, figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_RATIOS = ("hazard_ratio", "odds_ratio", "risk_ratio", "ratio")
_NAMES = {"hazard_ratio": "Hazard ratio", "odds_ratio": "Odds ratio", "risk_ratio": "Risk ratio", "ratio": "Ratio"}
_ROW = 0.27  # inches
_WIDEST = 8.0  # ratios beyond this factor of the middle are clipped


def draw(
    efficacy: pd.DataFrame, subgroup: pd.DataFrame, arm: pd.DataFrame, article_id: str, endpoint: str | None = None
) -> Figure | None:  # fmt: skip
    """The forest plot of one article and endpoint (default: the one with most subgroups); None where it has no ratio with limits.

    efficacy, subgroup: the marts; arm: evidence.arm, for labels.
    """
    rows = _rows(efficacy, subgroup, article_id, endpoint)
    if rows is None:
        return None
    figures, axes = figure(8.8, 1.55 + _ROW * (len(rows) + 1))
    low, high = _range(rows)
    _axis(
        axes,
        low,
        high,
        len(rows),
        _NAMES[rows[0]["measure"]],
        _labels(arm, article_id, next(row for row in rows if row["kind"] != "factor")),
    )
    largest = max((1 / row["log_se"] ** 2 for row in rows if row["kind"] == "level" and row["log_se"] > 0), default=1.0)
    for place, row in enumerate(rows):
        _text(axes, row, place)
        if row["kind"] != "factor":
            _mark(axes, row, place, low, high, largest)
    figures.suptitle(rows[0]["title"], x=0.02, y=1 - 0.06 / figures.get_figheight(), ha="left", va="top", fontsize=10, fontweight="bold")
    return figures


def _rows(efficacy: pd.DataFrame, subgroup: pd.DataFrame, article_id: str, endpoint: str | None) -> list[dict] | None:
    """What the plot's lines show, from the top: the whole trial, then each factor with its levels."""
    own = subgroup[(subgroup["article_id"] == article_id) & _drawable(subgroup)]
    whole = efficacy[(efficacy["article_id"] == article_id) & _drawable(efficacy)]
    whole = whole[(whole["source"] == "published") & whole["subgroup"].isna()]
    names = own["endpoint"].dropna() if own["endpoint"].notna().any() else whole["endpoint"].dropna()
    if not len(names):
        return None
    chosen = endpoint or names.value_counts().index[0]
    own, whole = own[own["endpoint"] == chosen], whole[whole["endpoint"] == chosen]
    if not len(own) and not len(whole):
        return None
    first = own.iloc[0] if len(own) else whole.iloc[0]
    same = ["measure", "arm_id", "reference_arm_id"]
    own, whole = (part[(part[same].fillna("") == first[same].fillna("")).all(axis=1)] for part in (own, whole))
    title = chosen[0].upper() + chosen[1:]
    rows = [_row(row, "whole", _whole_label(row, len(whole) > 1), title) for _, row in whole.iterrows()]
    factors = own["factor"].astype(object).where(own["factor"].notna(), "")
    for factor in dict.fromkeys(factors):
        levels = own[factors == factor].sort_values("level_order", kind="stable")
        if factor:
            rows.append(
                {"kind": "factor", "label": factor, "p": levels["interaction_p"].iloc[0], "title": title, "measure": first["measure"]}
            )
        rows += [
            _row(row, "level", ("   " if factor else "") + row["level"][:1].upper() + row["level"][1:], title)
            for _, row in levels.iterrows()
        ]
    return rows


def _drawable(rows: pd.DataFrame) -> pd.Series:
    """Ratios with an estimate and an error."""
    return rows["measure"].isin(_RATIOS) & rows["log_se"].gt(0) & rows["estimate"].gt(0)


def _whole_label(row: pd.Series, several: bool) -> str:
    said = [row[name] for name in ("assessor", "population") if isinstance(row[name], str)] if several else []
    return f"All patients ({', '.join(said)})" if said else "All patients"


def _row(row: pd.Series, kind: str, label: str, title: str) -> dict:
    numbers = ("estimate", "ci_lower", "ci_upper", "log_se", "n", "reference_n")
    return {"kind": kind, "label": label, "title": title, "measure": row["measure"], "arm_id": row["arm_id"],
            "reference_arm_id": row["reference_arm_id"], **{name: _float(row[name]) for name in numbers}}  # fmt: skip


def _float(value: object) -> float:
    return float(value) if value is not None and value == value else np.nan  # type: ignore[arg-type, comparison-overlap]


def _range(rows: list[dict]) -> tuple[float, float]:
    """The axis: all limits, 1 always, but nothing further from 1 than a factor of _WIDEST."""
    drawn = [row for row in rows if row["kind"] != "factor"]
    ends = [row[name] for row in drawn for name in ("estimate", "ci_lower", "ci_upper") if np.isfinite(row[name]) and row[name] > 0]
    low, high = min([*ends, 0.8]) / 1.12, max([*ends, 1.25]) * 1.12
    return max(low, 1 / _WIDEST), min(high, _WIDEST)


def _axis(axes: Axes, low: float, high: float, rows: int, measure: str, sides: tuple[str, str]) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    axes.set_position((0.42, 0.62 / axes.figure.get_figheight(), 0.29, 1 - 1.32 / axes.figure.get_figheight()))
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(rows - 0.4, -0.6)
    ticks = [tick for tick in (0.125, 0.25, 0.5, 0.75, 1, 1.5, 2, 4, 8) if low <= tick <= high]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_yticks([])
    axes.axvline(1, color=INK, linewidth=0.8)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.set_xlabel(f"{measure} (95% CI, log scale)", fontsize=8, labelpad=16)
    middle = np.log(1 / low) / np.log(high / low)
    for x, words, way in (
        (middle - 0.03, sides[0] and f"\u2190 {sides[0]}", "right"),
        (middle + 0.03, sides[1] and f"{sides[1]} \u2192", "left"),
    ):
        axes.text(
            x, -0.3 / axes.get_window_extent().height * axes.figure.dpi, words, transform=axes.transAxes, ha=way, va="top", fontsize=7
        )
    for x, words, way in ((_X["label"], "Subgroup", "left"), (_X["n"], "Patients", "center"), (_X["estimate"], f"{measure} (95% CI)", "left"),
                          (_X["p"], "P inter-\naction", "right")):  # fmt: skip
        axes.text(x, -0.85, words, transform=axes.get_yaxis_transform(), ha=way, va="bottom", fontsize=8, fontweight="bold")


_X = {"label": -1.4, "n": -0.17, "estimate": 1.06, "p": 1.94}  # columns of text, in widths of the axes


def _labels(arm: pd.DataFrame, article_id: str, row: dict) -> tuple[str, str]:
    """What lies on each side of 1. Which side is good is known for hazards of bad events only; else the sides say more and less."""
    known = arm[arm["article_id"] == article_id].set_index("arm_id")["label"]
    if row["arm_id"] not in known.index or row["reference_arm_id"] not in known.index:
        return "", ""
    ours, theirs = (_short(known[row[name]]) for name in ("arm_id", "reference_arm_id"))
    bad = row["measure"] == "hazard_ratio" and any(
        word in row["title"].lower() for word in ("survival", "progression", "recurrence", "death")
    )
    return (f"favours {ours}", f"favours {theirs}") if bad else (f"less with {ours}", f"more with {ours}")


def _short(label: str, width: int = 24) -> str:
    return label if len(label) <= width else label[: width - 1].rstrip() + "\u2026"


def _text(axes: Axes, row: dict, place: int) -> None:
    def write(column: str, words: str, way: str = "left", weight: str = "normal") -> None:
        axes.text(_X[column], place, words, transform=axes.get_yaxis_transform(), ha=way, va="center", fontsize=8, fontweight=weight)

    if place % 2:
        axes.axhspan(place - 0.5, place + 0.5, xmin=_X["label"], xmax=_X["p"] + 0.01, color=LIGHT, clip_on=False, zorder=-5, linewidth=0)
    write("label", _short(row["label"], 52), weight="bold" if row["kind"] == "factor" else "normal")
    if row["kind"] == "factor":
        if np.isfinite(_float(row["p"])):
            write("p", f"{row['p']:.2f}" if row["p"] >= 0.005 else "<0.01", "right")
        return
    counts = [f"{row[name]:.0f}" for name in ("n", "reference_n") if np.isfinite(row[name])]
    write("n", " / ".join(counts), "center")
    ends = [f"{row[name]:.2f}" if np.isfinite(row[name]) else "NE" for name in ("ci_lower", "ci_upper")]
    write("estimate", f"{row['estimate']:.2f} ({ends[0]}\u2013{ends[1]})", weight="bold" if row["kind"] == "whole" else "normal")


def _mark(axes: Axes, row: dict, place: int, low: float, high: float, largest: float) -> None:
    """A square with its interval, or the diamond; an arrowhead where the interval goes on beyond the axis or has no end."""
    start, end = (row[name] if np.isfinite(row[name]) else edge for name, edge in (("ci_lower", 0.0), ("ci_upper", np.inf)))
    left, right = max(start, low), min(end, high)
    if row["kind"] == "whole" and start >= low and end <= high:
        axes.fill([start, row["estimate"], end, row["estimate"]], [place, place - 0.28, place, place + 0.28], color=INK, linewidth=0)
        return
    axes.plot([left, right], [place, place], color=INK, linewidth=1, solid_capstyle="butt", clip_on=False)
    for beyond, x, head in ((start < low, left, "<"), (end > high, right, ">")):
        if beyond:
            axes.plot([x], [place], marker=head, color=INK, markersize=5, clip_on=False)
    if low <= row["estimate"] <= high:
        size = 3.2 + 5 * np.sqrt(min(1 / row["log_se"] ** 2 / largest, 1)) if row["log_se"] > 0 else 3.2
        axes.plot([row["estimate"]], [place], marker="D" if row["kind"] == "whole" else "s", color=INK, markersize=size, linewidth=0)
