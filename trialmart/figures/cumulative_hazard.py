"""Log cumulative hazard against log time: parallel curves mean proportional hazards.

Belongs here: the drawing. Does not: the test (trialmart/survival/estimates.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trialmart.figures.canvas import GREY, INK, figure
from trialmart.figures.kaplan_meier import DASHES, labels, one_curve, same_curve

if TYPE_CHECKING:
    import pandas as pd
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
    drawn, axes = figure(6.2, 4.2)
    drawn.subplots_adjust(left=0.11, right=0.97, top=0.86, bottom=0.14)
    for place, (arm_id, rows) in enumerate(curves.groupby("arm_id", sort=False)):
        t, s = rows.time_months.to_numpy(float), rows.survival.to_numpy(float)
        inside = (s > 0) & (s < 1) & (t > 0)
        axes.step(t[inside], np.log(-np.log(s[inside])), where="post", color=INK, linewidth=1.4, linestyle=DASHES[place % len(DASHES)],
                  label=names.get(arm_id, arm_id))  # fmt: skip
    axes.set_xscale("log")
    axes.set(xlabel="Months since randomization (log scale)", ylabel="log(\u2212log survival)")
    low, high = axes.get_xlim()
    ticks = [tick for tick in (0.1, 0.25, 0.5, 1, 2, 3, 6, 12, 24, 48, 96, 192) if low <= tick <= high]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower right", frameon=False, fontsize=8, handlelength=3.2)
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
