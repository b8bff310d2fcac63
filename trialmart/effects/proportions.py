"""Two independent proportions: their difference and ratio, with limits.

Belongs here: formulas on counts. Does not: zero cell policy of a mart beyond the +1/2 rule, and anything that knows what was counted.

All functions take arrays of shape (k,): `events` of `n` patients, and `events_ref` of `n_ref` in the reference arm. Interval functions
return (lower, upper), each of shape (k,). All raise ValueError where events are negative or exceed n, or n is not positive.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

Array = np.ndarray
_STEPS = 48  # halvings of an interval of length <= 2: the root is known to 1e-14


def z_of(level: float) -> float:
    """The normal quantile of a two-sided confidence level, 1.96 for 0.95."""
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, not {level}")
    return NormalDist().inv_cdf((1 + level) / 2)


def counts(*pairs: ArrayLike) -> tuple[Array, ...]:
    """The arguments as float arrays of one shape; pairs of (events, n) are checked. Raises ValueError."""
    arrays = np.broadcast_arrays(*(np.atleast_1d(np.asarray(a, dtype=float)) for a in pairs))
    for events, n in zip(arrays[::2], arrays[1::2], strict=True):
        if np.any(~(n > 0)):
            raise ValueError("n must be positive")
        if np.any(~((events >= 0) & (events <= n))):
            raise ValueError("events must lie between 0 and n")
    return tuple(arrays)


def risk_difference(events: ArrayLike, n: ArrayLike, events_ref: ArrayLike, n_ref: ArrayLike) -> Array:
    """Difference of two proportions, as a proportion."""
    x, n, y, m = counts(events, n, events_ref, n_ref)
    return x / n - y / m


def miettinen_nurminen(
    events: ArrayLike, n: ArrayLike, events_ref: ArrayLike, n_ref: ArrayLike, level: float = 0.95
) -> tuple[Array, Array]:
    """Score limits for a difference of two proportions, as proportions.

    Inverts the score test, with the factor N/(N-1), by bisection on both sides of the estimate. Source: Miettinen & Nurminen 1985
    (doi:10.1002/sim.4780040211).
    """
    x, n, y, m = counts(events, n, events_ref, n_ref)
    z, estimate = z_of(level), x / n - y / m

    def inside(difference: Array) -> Array:
        return np.abs(_score(x, n, y, m, difference)) <= z

    return _edge(inside, estimate, -np.ones_like(estimate)), _edge(inside, estimate, np.ones_like(estimate))


def _score(x: Array, n: Array, y: Array, m: Array, difference: Array) -> Array:
    """The score statistic of the null hypothesis p - p_ref = difference."""
    p = _restricted(x / n, n, y / m, m, difference)
    p_ref = p - difference
    total = n + m
    variance = (p * (1 - p) / n + p_ref * (1 - p_ref) / m) * total / (total - 1)
    gap = x / n - y / m - difference
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.abs(gap) < 1e-15, 0.0, gap / np.sqrt(np.maximum(variance, 0)))


def _restricted(p: Array, n: Array, p_ref: Array, m: Array, d: Array) -> Array:
    """The proportion that is most likely where it may differ from the reference by d only: the closed root of the paper's cubic.

    In the form of Farrington & Manning 1990 (doi:10.1002/sim.4780091208), with t = m / n.
    """
    t = m / n
    a = 1 + t
    b = -(1 + t + p + t * p_ref + d * (t + 2)) / (3 * a)
    c = (d * d + d * (2 * p + t + 1) + p + t * p_ref) / a
    v = b**3 - b * c / 2 - p * d * (1 + d) / (2 * a)
    u = np.where(v > 0, 1.0, -1.0) * np.sqrt(np.maximum(b * b - c / 3, 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        angle = np.arccos(np.clip(np.where(u == 0, 0.0, v / u**3), -1, 1))
    root = 2 * u * np.cos((np.pi + angle) / 3) - b
    return np.clip(root, np.maximum(d, 0), np.minimum(1 + d, 1))


def _edge(inside: Callable[[Array], Array], start: Array, end: Array) -> Array:
    """The last point from `start` (inside) towards `end` that is inside, by bisection; `end` itself where all of it is."""
    near, far = start.copy(), end.copy()
    for _ in range(_STEPS):
        middle = (near + far) / 2
        is_in = inside(middle)
        near, far = np.where(is_in, middle, near), np.where(is_in, far, middle)
    return np.where(far == end, end, (near + far) / 2)


def wilson(events: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Array, Array]:
    """Score limits for one proportion. Source: Wilson 1927 (doi:10.1080/01621459.1927.10502953)."""
    x, n = counts(events, n)
    z = z_of(level)
    p, z2n = x / n, z * z / n
    half = z * np.sqrt(p * (1 - p) / n + z2n / (4 * n))
    lower, upper = (p + z2n / 2 - half) / (1 + z2n), (p + z2n / 2 + half) / (1 + z2n)
    return np.where(x == 0, 0.0, lower), np.where(x == n, 1.0, upper)


def clopper_pearson(events: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Array, Array]:
    """Exact limits for one proportion. Source: Clopper & Pearson 1934 (doi:10.1093/biomet/26.4.404)."""
    from scipy.special import betaincinv

    x, n = counts(events, n)
    tail = (1 - level) / 2
    with np.errstate(invalid="ignore"):
        lower = np.where(x == 0, 0.0, betaincinv(x, n - x + 1, tail))
        upper = np.where(x == n, 1.0, betaincinv(x + 1, n - x, 1 - tail))
    return lower, upper


def newcombe(events: ArrayLike, n: ArrayLike, events_ref: ArrayLike, n_ref: ArrayLike, level: float = 0.95) -> tuple[Array, Array]:
    """Limits for a difference of two proportions from Wilson's limits of each (square and add), as proportions.

    Source: Newcombe 1998, method 10 (doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I).
    """
    x, n, y, m = counts(events, n, events_ref, n_ref)
    p, q = x / n, y / m
    (low, high), (low_ref, high_ref) = wilson(x, n, level), wilson(y, m, level)
    lower = p - q - np.hypot(p - low, high_ref - q)
    return np.maximum(lower, -1), np.minimum(p - q + np.hypot(high - p, q - low_ref), 1)


def zero_cells(events: ArrayLike, n: ArrayLike, events_ref: ArrayLike, n_ref: ArrayLike) -> tuple[Array, Array]:
    """Where a cell of the 2 x 2 table is zero (bool, shape (k,)), and where no ratio exists: no events in both arms, or all in both."""
    x, n, y, m = counts(events, n, events_ref, n_ref)
    any_zero = (x == 0) | (y == 0) | (x == n) | (y == m)
    return any_zero, ((x == 0) & (y == 0)) | ((x == n) & (y == m))


def _corrected(events: ArrayLike, n: ArrayLike, events_ref: ArrayLike, n_ref: ArrayLike, zero: Callable) -> tuple[Array, ...]:
    """Counts with +1/2 in each cell where `zero` holds, and only there; NaN where both arms have none."""
    x, n, y, m = counts(events, n, events_ref, n_ref)
    half = np.where(zero(x, n, y, m), 0.5, 0.0)
    gone = zero_cells(x, n, y, m)[1]
    return tuple(np.where(gone, np.nan, a) for a in (x + half, n + 2 * half, y + half, m + 2 * half))


def risk_ratio(events: ArrayLike, n: ArrayLike, events_ref: ArrayLike, n_ref: ArrayLike, level: float = 0.95) -> tuple[Array, Array, Array]:
    """Ratio of two proportions with log limits: (ratio, lower, upper).

    +1/2 to each cell only where an arm has no event; NaN where neither has any, or all patients of both have one. Source: Katz et
    al. 1978 (doi:10.2307/2530610).
    """
    x, n, y, m = _corrected(events, n, events_ref, n_ref, lambda x, n, y, m: (x == 0) | (y == 0))
    ratio = (x / n) / (y / m)
    half = z_of(level) * np.sqrt(1 / x - 1 / n + 1 / y - 1 / m)
    return ratio, ratio * np.exp(-half), ratio * np.exp(half)


def odds_ratio(events: ArrayLike, n: ArrayLike, events_ref: ArrayLike, n_ref: ArrayLike, level: float = 0.95) -> tuple[Array, Array, Array]:
    """Crude (sample) odds ratio with Woolf's log limits: (ratio, lower, upper).

    +1/2 to each cell only where a cell is zero (Haldane 1956, Anscombe 1956); NaN where a row or column of the table is empty.
    Source: Woolf 1955 (doi:10.1111/j.1469-1809.1955.tb01348.x).
    """
    x, n, y, m = _corrected(events, n, events_ref, n_ref, lambda *cells: zero_cells(*cells)[0])
    a, b, c, d = x, n - x, y, m - y
    ratio = a * d / (b * c)
    half = z_of(level) * np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    return ratio, ratio * np.exp(-half), ratio * np.exp(half)
