"""Are hazards proportional? Log cumulative hazard against log time (parallel curves), and Schoenfeld residuals against time (level).

Belongs here: the drawing. Does not: the test and its residuals (trialmart/survival/estimates.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trialmart.figures.canvas import GREY, INK, figure
from trialmart.figures.kaplan_meier import DASHES, labels, one_curve, same_curve
from trialmart.survival import estimates
from trialmart.survival.patients import Patients

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw(
    survival_curve: pd.DataFrame, survival_contrast: pd.DataFrame, arm: pd.DataFrame, article_id: str, endpoint: str | None = None,
    assessor: str | None = None,
) -> Figure | None:  # fmt: skip
    """The figure of one article and endpoint (default: its first); None where it has no curve with an event."""
    curves = one_curve(survival_curve, article_id, endpoint, assessor)
    if not len(curves) or not curves.events.sum():
        return None
    names = labels(arm, article_id)
    arms = list(curves.arm_id.unique())
    drawn, panels = figure(9.0 if len(arms) == 2 else 5.6, 4.2, min(len(arms), 2))
    drawn.subplots_adjust(left=0.08 if len(arms) == 2 else 0.12, right=0.98, top=0.85, bottom=0.14, wspace=0.22)
    panels = np.atleast_1d(panels)
    _log_cumulative(panels[0], curves, names)
    if len(arms) == 2:
        _residuals(panels[1], *(_patients(curves[curves.arm_id == arm_id]) for arm_id in arms))
    first = curves.iloc[0]
    title = first.endpoint[:1].upper() + first.endpoint[1:] + (f", {first.assessor}" if isinstance(first.assessor, str) else "")
    drawn.suptitle(title, x=0.02, y=0.985, ha="left", va="top", fontsize=10, fontweight="bold")
    tests = same_curve(survival_contrast, curves)
    tests = tests[tests.measure == "proportional_hazards"]
    if len(tests):
        row = tests.iloc[0]
        drawn.text(
            0.02, 0.915, f"Test of proportional hazards: \u03c7\u00b2 = {row.statistic:.2f}, P = {row.p_value:.2g}", fontsize=7.5, va="top"
        )
    drawn.text(0.98, 0.01, "Synthetic: pseudo patients of the reference draw.", fontsize=6.3, ha="right", color=GREY)
    return drawn


def _log_cumulative(axes: Axes, curves: pd.DataFrame, names: dict[str, str]) -> None:
    for place, (arm_id, rows) in enumerate(curves.groupby("arm_id", sort=False)):
        t, s = rows.time_months.to_numpy(float), rows.survival.to_numpy(float)
        inside = (s > 0) & (s < 1) & (t > 0)
        dash = DASHES[place % len(DASHES)]
        axes.step(
            t[inside], np.log(-np.log(s[inside])), where="post", color=INK, linewidth=1.4, linestyle=dash, label=names.get(arm_id, arm_id)
        )
    axes.set_xscale("log")
    axes.set(xlabel="Months since randomization (log scale)", ylabel="log(\u2212log survival)")
    low, high = axes.get_xlim()
    ticks = [tick for tick in (0.1, 0.25, 0.5, 1, 2, 3, 6, 12, 24, 48, 96, 192) if low <= tick <= high]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower right", frameon=False, fontsize=8, handlelength=3.2)


def _patients(rows: pd.DataFrame) -> Patients:
    """The patients that a curve's rows count."""
    counts = np.concatenate((rows.events.to_numpy(int), rows.censored.to_numpy(int)))
    times = np.tile(rows.time_months.to_numpy(float), 2)
    return Patients(np.repeat(times, counts), np.repeat(np.repeat([True, False], len(rows)), counts))


def _residuals(axes: Axes, arm: Patients, reference: Patients) -> None:
    """Scaled Schoenfeld residuals with their running mean, and the fitted log hazard ratio."""
    found = estimates.proportional_hazards(arm, reference)
    t, r = found.time, found.log_hazard_ratio
    if not np.isfinite(r).all() or not len(r):
        axes.set_axis_off()
        return
    width = max(len(r) // 5, 3)
    order = np.argsort(t, kind="stable")
    mean = np.convolve(r[order], np.ones(width) / width, mode="valid")
    fitted = estimates.cox(arm, reference).log_hazard_ratio
    axes.plot(t, r, linestyle="none", marker=".", markersize=3, color=GREY, label="scaled Schoenfeld residual")
    axes.plot(t[order][width // 2 : width // 2 + len(mean)], mean, color=INK, linewidth=1.4, label=f"running mean of {width} events")
    axes.axhline(fitted, color=INK, linewidth=0.8, linestyle=(0, (5, 2)), label=f"Cox model ({fitted:.2f})")
    axes.set(xlabel="Months since randomization", ylabel="log hazard ratio over time")
    axes.spines[["top", "right"]].set_visible(False)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.28 * (high - low))  # room for the legend
    axes.legend(loc="upper left", frameon=False, fontsize=7)
