"""Kaplan-Meier curves with their limits, the published medians and the numbers at risk.

Belongs here: the drawing. Does not: estimates (trialmart/survival), or what is published.

Arms differ by dash, not colour. Thin lines are 95 % log-log limits: sampling. The grey band is the range of all draws: what the
published figures leave open. Patients are pseudo patients, and the figure says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trialmart.figures.canvas import GREY, INK, figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DASHES = ("-", (0, (5, 2)), (0, (1, 1.2)), "-.")
BANDS = ("#9a9a9a", "#c9c9c9", "#dddddd", "#bbbbbb")


def draw(
    survival_curve: pd.DataFrame, survival_contrast: pd.DataFrame, reconstruction_check: pd.DataFrame, arm: pd.DataFrame, article_id: str,
    endpoint: str | None = None, assessor: str | None = None,
) -> Figure | None:  # fmt: skip
    """The figure of one article and endpoint (default: its first); None where it has no curve. Frames as in the schemas of these names."""
    curves = one_curve(survival_curve, article_id, endpoint, assessor)
    if not len(curves):
        return None
    checks = same_curve(reconstruction_check, curves)
    arms = list(curves.arm_id.unique())
    names = labels(arm, article_id)
    drawn, axes = figure(7.2, 4.5 + 0.2 * len(arms))
    drawn.subplots_adjust(left=0.22, right=0.97, top=0.9, bottom=0.19 + 0.042 * len(arms))
    for place, arm_id in enumerate(arms):
        step_curve(axes, curves[curves.arm_id == arm_id], place, names.get(arm_id, arm_id))
    last = float(curves.time_months.max())
    ticks = _ticks(checks, last)
    axes.set(xlim=(0, last * 1.01), ylim=(0, 1.02), xlabel="Months since randomization", xticks=ticks)
    axes.set_ylabel(f"{_sentence(curves.endpoint.iloc[0])}, proportion", labelpad=8)
    axes.set_yticks(np.linspace(0, 1, 6))
    axes.spines[["top", "right"]].set_visible(False)
    _medians(axes, checks[checks.draw == 0], arms, names)
    _risk_table(axes, curves, arms, names, ticks)
    axes.legend(loc="upper right", frameon=False, fontsize=8, handlelength=3.2)
    _titles(drawn, curves, same_curve(survival_contrast, curves), checks)
    return drawn


def one_curve(frame: pd.DataFrame, article_id: str, endpoint: str | None, assessor: str | None) -> pd.DataFrame:
    """The rows of one article's endpoint and assessor; by default of the first that it has."""
    rows = frame[frame.article_id == article_id]
    if endpoint is not None:
        rows = rows[rows.endpoint == endpoint]
    if assessor is not None:
        rows = rows[rows.assessor == assessor]
    return same_curve(rows, rows) if len(rows) else rows


def same_curve(frame: pd.DataFrame, like: pd.DataFrame) -> pd.DataFrame:
    """The rows of `frame` of the same article, endpoint, assessor and population as the first row of `like`."""
    first = like.iloc[0]
    keep = np.ones(len(frame), bool)
    for name in ("article_id", "endpoint", "assessor", "population"):
        wanted = first[name]
        column = frame[name]
        keep &= (column == wanted).fillna(False).to_numpy(bool) if isinstance(wanted, str) else column.isna().to_numpy(bool)
    return frame[keep]


def labels(arm: pd.DataFrame, article_id: str) -> dict[str, str]:
    rows = arm[arm.article_id == article_id]
    return dict(zip(rows.arm_id, rows.label, strict=True))


def step_curve(axes: Axes, rows: pd.DataFrame, place: int, name: str) -> None:
    """One arm: curve, censoring ticks, limits and the ensemble's band."""
    t, s = rows.time_months.to_numpy(float), rows.survival.to_numpy(float)
    dash = DASHES[place % len(DASHES)]
    low, high = rows.ensemble_low.to_numpy(float), rows.ensemble_high.to_numpy(float)
    if np.nanmax(high - low) > 0:
        axes.fill_between(t, low, high, step="post", color=BANDS[place % len(BANDS)], alpha=0.75, linewidth=0, zorder=1)
    for limit in ("ci_lower", "ci_upper"):
        axes.step(t, rows[limit].to_numpy(float), where="post", color=GREY, linewidth=0.6, linestyle=dash, zorder=2)
    axes.step(t, s, where="post", color=INK, linewidth=1.5, linestyle=dash, label=name, zorder=3)
    lost = rows.censored.to_numpy(float) > 0
    axes.plot(t[lost], s[lost], linestyle="none", marker="|", markersize=3.2, markeredgewidth=0.5, color=INK, zorder=3)


def _ticks(checks: pd.DataFrame, last: float) -> np.ndarray:
    """The times of the published risk table, or even steps."""
    printed = np.unique(checks[(checks.statistic == "n_at_risk") & (checks.draw == 0)].time_months.to_numpy(float))
    if 3 <= len(printed) <= 16:
        return printed
    step = next((s for s in (0.5, 1, 2, 3, 6, 12, 24, 60) if last / s <= 12), 120)
    return np.arange(0, last + 1e-9, step)


def _medians(axes: Axes, checks: pd.DataFrame, arms: list[str], names: dict[str, str]) -> None:
    """Published medians at the half, each with its limits written beside."""
    axes.axhline(0.5, color=GREY, linewidth=0.5, linestyle=":", zorder=0)
    lines = []
    for place, arm_id in enumerate(arms):
        rows = checks[(checks.arm_id == arm_id) & checks.reference_arm_id.isna()].set_index("statistic")
        if "median" not in rows.index:
            continue
        printed = {name: str(rows.loc[name, "printed"]) for name in ("median", "ci_lower", "ci_upper") if name in rows.index}
        value = float(rows.loc["median", "published"])
        limits = f" ({printed['ci_lower']}\u2013{_short(printed['ci_upper'])})" if len(printed) == 3 else ""
        lines.append(f"{names.get(arm_id, arm_id)}: {_short(printed['median'])}{limits}")
        if np.isfinite(value):
            marker: dict[str, Any] = {"marker": "vo^s"[place % 4], "markersize": 6, "markerfacecolor": "white", "markeredgecolor": INK}
            axes.plot([value], [0.5], linestyle="none", zorder=5, **marker)
            axes.plot([value, value], [0, 0.5], color=GREY, linewidth=0.6, linestyle=":", zorder=0)
    if lines:
        axes.text(0.02, 0.035, "Published median (95 % CI), months\n" + "\n".join(lines), transform=axes.transAxes, fontsize=7.5, va="bottom",
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 2, "alpha": 0.85}, zorder=6)  # fmt: skip


def _short(printed: str) -> str:
    return printed if printed[:1].isdigit() else "NE"


def _risk_table(axes: Axes, curves: pd.DataFrame, arms: list[str], names: dict[str, str], ticks: np.ndarray) -> None:
    """Patients at risk just before each tick, below the axis."""
    across = axes.get_xaxis_transform()
    axes.text(-0.045, -0.185, "No. at risk", transform=axes.transAxes, ha="right", fontsize=7.5, fontweight="bold")
    for place, arm_id in enumerate(arms):
        rows = curves[curves.arm_id == arm_id].sort_values("time_months")
        at = np.searchsorted(rows.time_months.to_numpy(float), ticks - 1e-9)
        numbers = np.append(rows.at_risk.to_numpy(int), 0)[at]
        y = -0.185 - 0.062 * (place + 1)
        axes.text(-0.045, y, _shorten(names.get(arm_id, arm_id), 26), transform=axes.transAxes, ha="right", fontsize=7.5)
        for tick, number in zip(ticks, numbers, strict=True):
            axes.text(tick, y, f"{number}", transform=across, ha="center", fontsize=7.5)


def _shorten(name: str, most: int) -> str:
    return name if len(name) <= most else name[: most - 1] + "\u2026"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _titles(drawn: Figure, curves: pd.DataFrame, contrasts: pd.DataFrame, checks: pd.DataFrame) -> None:
    first = curves.iloc[0]
    by = f", {first.assessor}" if isinstance(first.assessor, str) else ""
    drawn.suptitle(f"{_sentence(first.endpoint)}{by}", x=0.02, y=0.985, ha="left", va="top", fontsize=10, fontweight="bold")
    ratio = checks[(checks.draw == 0) & checks.reference_arm_id.notna()].set_index("statistic").printed
    words = []
    if "hazard_ratio" in ratio.index:
        words.append(
            f"published HR {ratio['hazard_ratio']}"
            + (f" ({ratio['ci_lower']}\u2013{ratio['ci_upper']})" if {"ci_lower", "ci_upper"} <= set(ratio.index) else "")
        )
    own = contrasts[contrasts.measure == "hazard_ratio"]
    if len(own):
        row = own.iloc[0]
        words.append(f"pseudo patients' HR {row.estimate:.2f} ({row.ci_lower:.2f}\u2013{row.ci_upper:.2f})")
    draws = int(contrasts.n_draws.max()) if len(contrasts) and contrasts.n_draws.notna().any() else 1
    drawn.text(0.02, 0.925, "; ".join(words), fontsize=7.5, va="top")
    drawn.text(0.98, 0.01, f"Synthetic: pseudo patients reconstructed from published {first.method}. Thin lines: 95 % limits. "
               f"Grey: range of {draws} draws.", fontsize=6.3, ha="right", color=GREY)  # fmt: skip
