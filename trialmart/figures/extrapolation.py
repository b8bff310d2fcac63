"""Parametric models over the Kaplan-Meier curves, and beyond them.

Belongs here: the drawing. Does not: the fits (trialmart/survival/models.py). One panel for each arm; models differ by dash and marker.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from trialmart.figures.canvas import GREY, INK, figure
from trialmart.figures.kaplan_meier import labels, one_curve, same_curve

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STYLES = {
    "exponential": ((0, (1, 1.5)), ""), "weibull": ("-", ""), "log-normal": ("-", "^"), "log-logistic": ("-", "s"), "generalized gamma": ((0, (6, 2)), ""),
    "gompertz": ("-", "o"),
}  # fmt: skip
OTHER = ("-.", "")


def draw(
    survival_curve: pd.DataFrame, survival_model: pd.DataFrame, arm: pd.DataFrame, article_id: str, endpoint: str | None = None,
    assessor: str | None = None,
) -> Figure | None:  # fmt: skip
    """The figure of one article and endpoint (default: its first); None where no model was fitted."""
    curves = one_curve(survival_curve, article_id, endpoint, assessor)
    if not len(curves):
        return None
    fits = same_curve(survival_model, curves)
    if not len(fits):
        return None
    arms = [arm_id for arm_id in curves.arm_id.unique() if (fits.arm_id == arm_id).any()]
    names = labels(arm, article_id)
    drawn, panels = figure(4.3 * len(arms), 4.0, len(arms))
    drawn.subplots_adjust(left=0.08 if len(arms) > 1 else 0.13, right=0.98, top=0.84, bottom=0.14, wspace=0.16)
    for axes, arm_id in zip(np.atleast_1d(panels), arms, strict=True):
        _panel(axes, curves[curves.arm_id == arm_id], fits[fits.arm_id == arm_id], names.get(arm_id, arm_id))
    first = curves.iloc[0]
    title = first.endpoint[:1].upper() + first.endpoint[1:] + (f", {first.assessor}" if isinstance(first.assessor, str) else "")
    drawn.suptitle(f"{title}: extrapolation", x=0.02, y=0.985, ha="left", va="top", fontsize=10, fontweight="bold")
    drawn.text(0.98, 0.01, "Synthetic: pseudo patients of the reference draw. Steps: Kaplan\u2013Meier. Right of the dotted line nothing was observed.",
               fontsize=6.3, ha="right", color=GREY)  # fmt: skip
    return drawn


def _panel(axes: Axes, curve: pd.DataFrame, fits: pd.DataFrame, name: str) -> None:
    from trialmart.survival.models import curve_of

    observed = float(curve.time_months.max())
    times = np.linspace(0, 3 * observed, 301)
    axes.axvline(observed, color=GREY, linewidth=0.6, linestyle=":")
    for place, row in enumerate(fits.sort_values("aic").itertuples()):
        dash, marker = STYLES.get(row.model, OTHER)
        words = f"{row.model}  {row.aic:.1f}" + ("" if row.converged else " (not converged)")
        axes.plot(times, curve_of(row.model, json.loads(row.parameters), times), color=INK, linewidth=0.9, linestyle=dash, marker=marker,
                  markevery=(8 + 3 * place, 40), markersize=3.5, markerfacecolor="white", markeredgewidth=0.7, label=words)  # fmt: skip
    axes.step(curve.time_months, curve.survival, where="post", color=GREY, linewidth=2.4, alpha=0.7, zorder=0)
    axes.set(xlim=(0, times[-1]), ylim=(0, 1.02), xlabel="Months since randomization", title=name)
    axes.title.set_fontsize(8.5)
    axes.set_ylabel("Proportion free of the event")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper right", frameon=False, fontsize=6.8, title="Model  AIC", title_fontsize=6.8, handlelength=3.4)
