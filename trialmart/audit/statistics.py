"""The statistics that the rules recompute, over arrays.

Belongs here: intervals and tests on counts, each with its source. Does not: what a difference from print means (the rules), and derived
effects for analysis (trialmart/effects). Only scipy.special is used: it loads in a tenth of the time of scipy.stats.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

Limits = tuple[np.ndarray, np.ndarray]


def clopper_pearson(events: np.ndarray, n: np.ndarray, level: float = 0.95) -> Limits:
    """Exact limits of a proportion. events, n: shape (k,), patients. Returns (lower, upper), proportions of shape (k,).

    Source: Clopper & Pearson 1934 (doi:10.1093/biomet/26.4.404), as beta quantiles.
    """
    from scipy.special import betaincinv

    x, n = np.asarray(events, float), np.asarray(n, float)
    tail = (1 - level) / 2
    with np.errstate(invalid="ignore"):
        lower = np.where(x > 0, betaincinv(np.maximum(x, 1), n - x + 1, tail), 0.0)
        upper = np.where(x < n, betaincinv(x + 1, np.maximum(n - x, 1), 1 - tail), 1.0)
    return lower, upper


def wilson(events: np.ndarray, n: np.ndarray, level: float = 0.95, continuity: bool = False) -> Limits:
    """Score limits of a proportion. Source: Wilson 1927 (doi:10.1080/01621459.1927.10502953); with continuity correction Newcombe 1998
    (doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E), method 4."""
    z = normal_quantile((1 + level) / 2)
    x, n = np.asarray(events, float), np.asarray(n, float)
    p = x / n
    if continuity:
        with np.errstate(invalid="ignore"):
            lower = (2 * x + z**2 - 1 - z * np.sqrt(z**2 - 2 - 1 / n + 4 * p * (n * (1 - p) + 1))) / (2 * (n + z**2))
            upper = (2 * x + z**2 + 1 + z * np.sqrt(z**2 + 2 - 1 / n + 4 * p * (n * (1 - p) - 1))) / (2 * (n + z**2))
        return np.where(x > 0, np.maximum(lower, 0), 0.0), np.where(x < n, np.minimum(upper, 1), 1.0)
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return centre - half, centre + half


def wald(events: np.ndarray, n: np.ndarray, level: float = 0.95, continuity: bool = False) -> Limits:
    """Limits p ± z·√(p(1−p)/n), plus 1/(2n) with continuity correction; clipped to [0, 1]. Source: Newcombe 1998, methods 1 and 2."""
    z = normal_quantile((1 + level) / 2)
    x, n = np.asarray(events, float), np.asarray(n, float)
    p = x / n
    half = z * np.sqrt(p * (1 - p) / n) + (0.5 / n if continuity else 0.0)
    return np.maximum(p - half, 0), np.minimum(p + half, 1)


def agresti_coull(events: np.ndarray, n: np.ndarray, level: float = 0.95) -> Limits:
    """Limits with z²/2 added to events and to non-events. Source: Agresti & Coull 1998 (doi:10.1080/00031305.1998.10480550)."""
    z = normal_quantile((1 + level) / 2)
    return wald(np.asarray(events, float) + z**2 / 2, np.asarray(n, float) + z**2, level)


PROPORTION_LIMITS = {
    "Clopper–Pearson": clopper_pearson,
    "Wilson": wilson,
    "Wald": wald,
    "Wilson with continuity correction": lambda x, n, level=0.95: wilson(x, n, level, continuity=True),
    "Wald with continuity correction": lambda x, n, level=0.95: wald(x, n, level, continuity=True),
    "Agresti–Coull": agresti_coull,
}


def normal_quantile(p: float | np.ndarray) -> float | np.ndarray:
    from scipy.special import ndtri

    return ndtri(p)


def two_sided_p(z: np.ndarray | float) -> np.ndarray:
    from scipy.special import ndtr

    return 2 * ndtr(-np.abs(z))


def z_of_p(p: np.ndarray | float) -> np.ndarray:
    """|z| of a two-sided p."""
    return -normal_quantile(np.clip(np.asarray(p, float), 1e-300, 1) / 2)


def woolf(a: float, n1: float, c: float, n2: float, level: float = 0.95) -> tuple[float, float, float]:
    """Crude odds ratio of a/n1 against c/n2 with logit limits. NaN where a cell is zero. Source: Woolf 1955
    (doi:10.1111/j.1469-1809.1955.tb01348.x)."""
    b, d = n1 - a, n2 - c
    if min(a, b, c, d) <= 0:
        return (np.nan,) * 3
    log, se = np.log(a * d / (b * c)), np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    return _around(log, se, level)


def katz(a: float, n1: float, c: float, n2: float, level: float = 0.95) -> tuple[float, float, float]:
    """Crude risk ratio with log limits. Source: Katz et al. 1978 (doi:10.2307/2530610)."""
    if min(a, c) <= 0:
        return (np.nan,) * 3
    return _around(np.log(a / n1 / (c / n2)), np.sqrt(1 / a - 1 / n1 + 1 / c - 1 / n2), level)


def _around(log: float, se: float, level: float) -> tuple[float, float, float]:
    z = normal_quantile((1 + level) / 2)
    return float(np.exp(log)), float(np.exp(log - z * se)), float(np.exp(log + z * se))


def log_factorials(n: int) -> np.ndarray:
    """ln 0!, ln 1! ... ln n!: shape (n + 1,)."""
    n = int(n)
    bits = max(n, 1).bit_length()
    return _log_factorials(2**bits)[: n + 1] if bits <= 16 else _log_factorials.__wrapped__(n + 1)  # no table of millions is kept


@lru_cache
def _log_factorials(n: int) -> np.ndarray:
    """The first n of them."""
    from scipy.special import gammaln

    table = gammaln(np.arange(n) + 1.0)
    table.flags.writeable = False
    return table


def _support(a: int, n1: int, c: int, n2: int) -> tuple[np.ndarray, np.ndarray]:
    """Counts that arm 1 may have with both margins fixed, and the log of their central hypergeometric weights."""
    m, total = a + c, n1 + n2
    x = np.arange(max(0, m - n2), min(m, n1) + 1)
    f = log_factorials(total)
    return x, -(f[x] + f[n1 - x] + f[m - x] + f[n2 - m + x])


def fisher(a: int, n1: int, c: int, n2: int) -> tuple[float, float, float]:
    """Fisher's exact p of a/n1 against c/n2: (two-sided, lower tail, upper tail). Two-sided by summing tables no likelier than the observed
    one, as R and scipy do. Source: Fisher 1935 (doi:10.2307/2342435)."""
    x, weight = _support(a, n1, c, n2)
    p = np.exp(weight - weight.max())
    p /= p.sum()
    at = int(a - x[0])
    two = p[p <= p[at] * (1 + 1e-7)].sum()
    return min(float(two), 1.0), float(p[: at + 1].sum()), float(p[at:].sum())


def chi_square(table: np.ndarray, yates: bool = False) -> float:
    """P of Pearson's chi-square test on an r×c table of counts; NaN where a margin is zero. Source: Pearson 1900
    (doi:10.1080/14786440009463897); continuity correction Yates 1934 (doi:10.2307/2983604)."""
    from scipy.special import chdtrc

    rows = [row for row in np.asarray(table, float).tolist() if sum(row) > 0]
    columns = [sum(column) for column in zip(*rows, strict=True)]
    if 0 in columns:
        rows, columns = [[x for x, size in zip(row, columns, strict=True) if size] for row in rows], [size for size in columns if size]
    if min(len(rows), len(columns)) < 2:
        return np.nan
    total, found = sum(columns), 0.0
    for row in rows:  # tables are small: plain numbers are quicker than arrays
        size = sum(row)
        for x, column in zip(row, columns, strict=True):
            expected = size * column / total
            off = abs(x - expected)
            found += (max(off - 0.5, 0.0) if yates else off) ** 2 / expected
    return float(chdtrc((len(rows) - 1) * (len(columns) - 1), found))


def trend(table: np.ndarray) -> float:
    """P of the linear-by-linear (Mantel) test for ordered rows and two columns. Source: Mantel 1963 (doi:10.1080/01621459.1963.10500879)."""
    table = np.asarray(table, float)
    n, scores = table.sum(), np.arange(len(table))
    rows, arms = table.sum(axis=1), table.sum(axis=0)
    if n < 2 or (arms == 0).any():
        return np.nan
    mean = (scores * rows).sum() / n
    variance = ((scores - mean) ** 2 * rows).sum() / (n - 1)
    observed = (scores * table[:, 0]).sum() - arms[0] * mean
    spread = arms[0] * arms[1] / n * variance
    return float(two_sided_p(observed / np.sqrt(spread))) if spread > 0 else np.nan


def required_events(hazard_ratio: float, alpha_one_sided: float, power: float, share: float = 0.5) -> float:
    """Events that a log-rank test needs. share: the part of patients in one arm. Source: Schoenfeld 1983 (doi:10.2307/2531021)."""
    z = normal_quantile(1 - alpha_one_sided) + normal_quantile(power)
    return float(z**2 / (np.log(hazard_ratio) ** 2 * share * (1 - share)))
