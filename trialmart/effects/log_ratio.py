"""A printed ratio with its limits as a log estimate and its standard error, with what rounding leaves open.

Belongs here: hazard, odds and risk ratios as meta-analysis takes them. Does not: differences, and judging whether the figures agree
(trialmart/audit).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from trialmart.effects.proportions import z_of

Array = np.ndarray


class LogRatio(NamedTuple):
    """All of shape (k,). `se_low` and `se_high` are the ends that the rounding of the limits allows; NaN where nothing is known."""

    estimate: Array
    se: Array
    se_low: Array
    se_high: Array


class Rounded(NamedTuple):
    """Printed numbers, each an array of shape (k,) with the ends of its rounding interval. NaN where nothing is printed."""

    value: Array
    low: Array
    high: Array


def log_ratio(ratio: Rounded, lower: Rounded, upper: Rounded, level: ArrayLike = 0.95) -> LogRatio:
    """Log of a ratio and its standard error from its confidence limits.

    Both limits: SE = (ln upper - ln lower) / 2z. One limit only (the other not estimable): SE from its distance to the estimate. level:
    confidence, scalar or shape (k,). Where a limit or the ratio may be zero its log is unknown (NaN). Source: Parmar et al. 1998
    (doi:10.1002/(SICI)1097-0258(19981230)17:24<2815::AID-SIM110>3.0.CO;2-8).
    """
    z = np.vectorize(z_of, otypes=[float])(np.broadcast_to(level, np.shape(ratio.value)))
    log = [[_log(part) for part in printed] for printed in (ratio, lower, upper)]
    (point, point_low, point_high), (low, low_low, low_high), (high, high_low, high_high) = log
    widths = [(high - low) / 2, (high_low - low_high) / 2, (high_high - low_low) / 2]
    below = [point - low, point_low - low_high, point_high - low_low]
    above = [high - point, high_low - point_high, high_high - point_low]
    se, se_low, se_high = (_first_known(*ways) / z for ways in zip(widths, below, above, strict=True))
    wrong = ~(se > 0)  # limits that coincide at printed precision, or stand the wrong way round
    se_low = np.maximum(se_low, 0)
    return LogRatio(point, *(np.where(wrong, np.nan, part) for part in (se, se_low, se_high)))


def _log(x: ArrayLike) -> Array:
    x = np.asarray(x, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(x > 0, np.log(np.where(x > 0, x, 1)), np.nan)


def _first_known(*ways: Array) -> Array:
    found = ways[0]
    for way in ways[1:]:
        found = np.where(np.isnan(found), way, found)
    return found


def wald_p(estimate: ArrayLike, se: ArrayLike) -> Array:
    """Two-sided p of no effect from a log ratio (or a difference) and its standard error."""
    from scipy.special import ndtr

    return 2 * ndtr(-np.abs(np.asarray(estimate, dtype=float) / np.asarray(se, dtype=float)))


def shared_arm_covariance(reference_events: ArrayLike, reference_n: ArrayLike | None = None, measure: str = "hazard_ratio") -> Array:
    """Covariance of two contrasts with the same reference arm: the variance that this arm gives to each.

    log hazard ratio: 1/e; log odds ratio: 1/e + 1/(n - e); log risk ratio: 1/e - 1/n; risk difference: p(1 - p)/n. NaN where unknown.
    Source: Gleser & Olkin 2009, in The Handbook of Research Synthesis and Meta-Analysis, chapter 19.
    """
    e = np.atleast_1d(np.asarray(reference_events, dtype=float))
    e = np.where(e > 0, e, np.nan) if measure != "risk_difference" else e
    if measure == "hazard_ratio":
        return 1 / e
    n = np.atleast_1d(np.asarray(np.nan if reference_n is None else reference_n, dtype=float))
    with np.errstate(divide="ignore", invalid="ignore"):
        ways = {"odds_ratio": 1 / e + 1 / (n - e), "risk_ratio": 1 / e - 1 / n, "risk_difference": e / n * (1 - e / n) / n}
    if measure not in ways:
        raise ValueError(f"no covariance is known for {measure}")
    return np.where(np.isfinite(ways[measure]), ways[measure], np.nan)
