"""Adverse events of two arms: how many patients had each, and how much more often.

Belongs here: the drawing. Does not: the differences and their limits (mart.safety).

Left: percent of patients in each arm, a filled circle and an open triangle, readable without colour. Right: risk difference with its
Miettinen-Nurminen limits. Terms stand in the order of the difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trialmart.figures.canvas import GREY, INK, LIGHT, figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW = 0.2  # inches


def draw(
    safety: pd.DataFrame, arm: pd.DataFrame, article_id: str, grade: str = "any", min_percent: float = 0.0, most: int = 40
) -> Figure | None:  # fmt: skip
    """The plot of one article's first contrast in one grade band; None where it has no such events.

    safety: the mart; arm: evidence.arm, for labels. Terms that at least `min_percent` of either arm had, the `most` with the
    largest differences; terms that nobody had are left out.
    """
    rows = safety[(safety["article_id"] == article_id) & safety["grade"].fillna("any").eq(grade) & safety["risk_difference"].notna()]
    most_frequent = rows[["percent", "reference_percent"]].max(axis=1)
    rows = rows[(most_frequent >= min_percent) & (most_frequent > 0)]
    if not len(rows):
        return None
    first = rows.iloc[0]
    rows = rows[(rows["arm_id"] == first["arm_id"]) & (rows["reference_arm_id"] == first["reference_arm_id"])]
    shown = rows.reindex(rows["risk_difference"].abs().sort_values(ascending=False, kind="stable").index[:most])
    shown = shown.sort_values("risk_difference", ascending=False, kind="stable")
    figures, (left, right) = figure(8.2, 1.15 + _ROW * len(shown), columns=2)
    labels = arm[arm["article_id"] == article_id].set_index("arm_id")["label"]
    names = [labels.get(first[name], first[name]) for name in ("arm_id", "reference_arm_id")]
    ns = [shown["n"].iloc[0], shown["reference_n"].iloc[0]]
    _shares(
        left,
        shown,
        [
            f"{name} (N = {n})" if (shown[column] == n).all() else name
            for name, n, column in zip(names, ns, ("n", "reference_n"), strict=True)
        ],
    )
    _differences(right, shown, names)
    height = figures.get_figheight()
    left.set_position((0.31, 0.5 / height, 0.33, 1 - 1.1 / height))
    right.set_position((0.67, 0.5 / height, 0.31, 1 - 1.1 / height))
    band = "any grade" if grade == "any" else f"grade {grade}".replace("-", "\u2013")
    figures.suptitle(f"Adverse events, {band}", x=0.02, y=1 - 0.06 / height, ha="left", va="top", fontsize=10, fontweight="bold")
    left.legend(loc="lower left", bbox_to_anchor=(-0.93, 1.0), ncols=2, frameon=False, fontsize=8, handletextpad=0.2, borderaxespad=0.3)
    return figures


def _shares(axes: Axes, rows: pd.DataFrame, names: list[str]) -> None:
    places = np.arange(len(rows))
    ours, theirs = (rows[name].astype(float).to_numpy() for name in ("percent", "reference_percent"))
    axes.hlines(places, np.minimum(ours, theirs), np.maximum(ours, theirs), color=GREY, linewidth=0.8, zorder=1)
    axes.plot(ours, places, linestyle="", marker="o", markersize=4.5, color=INK, label=names[0], zorder=2)
    axes.plot(theirs, places, linestyle="", marker="^", markersize=5.5, markerfacecolor="none", markeredgecolor=GREY, markeredgewidth=1.2,
              label=names[1], zorder=3)  # fmt: skip
    axes.set_yticks(places, [_short(term) for term in rows["term"]], fontsize=8)
    widest = max(ours.max(), theirs.max())
    axes.set_xlim(-0.02 * widest, 1.05 * widest)  # a marker at zero stays whole
    axes.set_xlabel("Patients with the event (%)", fontsize=8)
    _rows_of(axes, len(rows))


def _differences(axes: Axes, rows: pd.DataFrame, names: list[str]) -> None:
    places = np.arange(len(rows))
    middle, low, high = (100 * rows[name].astype(float).to_numpy() for name in ("risk_difference", "rd_lower", "rd_upper"))
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.hlines(places, low, high, color=INK, linewidth=1)
    axes.plot(middle, places, linestyle="", marker="s", markersize=4, color=INK)
    axes.set_yticks([])
    axes.set_xlabel("Risk difference, percentage points (95% CI)", fontsize=8)
    axes.text(
        0.0, 1.0, f"\u2190 less  |  more with {_short(names[0])} \u2192", transform=axes.transAxes, ha="left", va="bottom", fontsize=7
    )
    _rows_of(axes, len(rows))


def _rows_of(axes: Axes, n: int) -> None:
    for place in range(1, n, 2):
        axes.axhspan(place - 0.5, place + 0.5, color=LIGHT, zorder=-5, linewidth=0)
    axes.set_ylim(n - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=8)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)


def _short(label: str, width: int = 34) -> str:
    return label if len(label) <= width else label[: width - 1].rstrip() + "\u2026"
