"""Exact inference for 2 x 2 tables with their margins fixed: Fisher's test and the conditional odds ratio, for thousands of tables.

Belongs here: sums over the (noncentral) hypergeometric distribution. Does not: approximations (trialmart/effects/proportions).

scipy.stats has both, one table a call (some milliseconds each for the limits); a safety table has hundreds of rows and a literature
tens of thousands. Tables are laid out as rows of a matrix over their supports, in chunks that bound memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike

from trialmart.effects.proportions import Array, counts

_CHUNK = 1_000_000  # matrix elements
_STEPS = 80
_WIDEST = 60.0  # log odds ratio


class _Tables:
    """Tables with their supports: `k` the possible events in the first arm, `log_weight` log of the ways to get them; -inf is padding."""

    def __init__(self, x: Array, n: Array, y: Array, m: Array):
        from scipy.special import gammaln

        total = x + y
        first, last = np.maximum(0, total - m), np.minimum(n, total)
        steps = np.arange(int((last - first).max()) + 1)
        possible = steps <= (last - first)[:, None]
        self.x, self.k = x[:, None], np.where(possible, first[:, None] + steps, first[:, None])
        j, n, m = total[:, None] - self.k, n[:, None], m[:, None]
        ways = -gammaln(self.k + 1) - gammaln(n - self.k + 1) - gammaln(j + 1) - gammaln(m - j + 1)
        self.log_weight = np.where(possible, ways, -np.inf)
        self.at_first, self.at_last = x == first, x == last
        # Sample log odds ratio with 1/2 in every cell: where the searches start.
        a, b, c, d = (cell[:, 0] + 0.5 for cell in (self.x, n - self.x, total[:, None] - self.x, m - total[:, None] + self.x))
        self.log_odds = np.log(a * d / (b * c))

    def mean_and_slope(self, log_odds: Array) -> tuple[Array, Array]:
        """Expected events less those seen, and how fast that grows with the log odds ratio."""
        p = self.probabilities(log_odds)
        mean = (p * self.k).sum(axis=1)
        return mean - self.x[:, 0], (p * self.k**2).sum(axis=1) - mean**2

    def tail_and_slope(self, log_odds: Array, in_tail: Array, target: float) -> tuple[Array, Array]:
        """Log of a tail's probability less that of its target (concave in the log odds ratio, so Newton's steps are safe), and slope."""
        p = self.probabilities(log_odds)
        tail = p * in_tail
        mass = np.maximum(tail.sum(axis=1), 1e-300)
        return np.log(mass / target), (tail * self.k).sum(axis=1) / mass - (p * self.k).sum(axis=1)

    def probabilities(self, log_odds: Array | float = 0.0) -> Array:
        """P(events in the first arm = k) at this log odds ratio, one row a table."""
        log_p = self.log_weight + self.k * np.reshape(log_odds, (-1, 1))
        p = np.exp(log_p - log_p.max(axis=1, keepdims=True))
        return p / p.sum(axis=1, keepdims=True)


def fisher_p(events: ArrayLike, n: ArrayLike, events_ref: ArrayLike, n_ref: ArrayLike) -> Array:
    """Fisher's exact two-sided p: all tables with the same margins that are at most as likely as the one seen.

    Events and n as in proportions. Returns shape (k,). Source: Fisher 1935; ties within a relative 1e-7 count, as in R and scipy.
    """

    def p(tables: _Tables) -> tuple[Array]:
        likely = tables.probabilities()
        seen = likely[np.arange(len(likely)), (tables.x[:, 0] - tables.k[:, 0]).astype(int)]
        return (np.minimum((likely * (likely <= seen[:, None] * (1 + 1e-7))).sum(axis=1), 1),)

    return _apply(p, 1, events, n, events_ref, n_ref)[0]


def conditional_odds_ratio(
    events: ArrayLike, n: ArrayLike, events_ref: ArrayLike, n_ref: ArrayLike, level: float = 0.95
) -> tuple[Array, Array, Array]:
    """Conditional maximum likelihood odds ratio with exact limits: (ratio, lower, upper).

    0 or inf where the events lie at an end of their support; NaN where the margins leave one table only. Source: Cornfield 1956 and
    Gart 1970, as in R's fisher.test.
    """
    tail = (1 - level) / 2

    def limits(t: _Tables) -> tuple[Array, ...]:
        def upper_tail(theta: Array) -> tuple[Array, ...]:
            return tuple(-part for part in t.tail_and_slope(theta, t.k <= t.x, tail))

        ratio = np.exp(_root(t.mean_and_slope, t.log_odds, t.at_first | t.at_last))
        lower = np.exp(_root(lambda theta: t.tail_and_slope(theta, t.k >= t.x, tail), t.log_odds - 0.5, t.at_first))
        upper = np.exp(_root(upper_tail, t.log_odds + 0.5, t.at_last))
        ratio = np.where(t.at_first, 0.0, np.where(t.at_last, np.inf, ratio))
        found = ratio, np.where(t.at_first, 0.0, lower), np.where(t.at_last, np.inf, upper)
        return tuple(np.where(t.at_first & t.at_last, np.nan, value) for value in found)

    return tuple(_apply(limits, 3, events, n, events_ref, n_ref))  # type: ignore[return-value]


def _root(function: Callable[[Array], Sequence[Array]], start: Array, without: Array) -> Array:
    """Roots of increasing functions of a log odds ratio, each given with its slope: Newton's steps, halvings where one leaves the bracket.

    `without` marks the functions that have none; their result means nothing.
    """
    low, high, theta = np.full_like(start, -_WIDEST), np.full_like(start, _WIDEST), start
    settled = without.copy()
    for _ in range(_STEPS):
        value, slope = function(theta)
        value = np.where(without, 0.0, value)
        low, high = np.where(value < 0, theta, low), np.where(value < 0, high, theta)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = theta - value / slope
        good = np.isfinite(step) & (step >= low) & (step <= high)
        theta, last = np.where(settled, theta, np.where(good, step, (low + high) / 2)), theta
        settled |= np.abs(theta - last) < 1e-9  # Newton's last step squared the error; each root by itself, whatever stands beside it
        if settled.all():
            break
    return theta


def _apply(function: Callable[[_Tables], tuple[Array, ...]], n_results: int, *cells: ArrayLike) -> list[Array]:
    """Runs `function` on chunks of tables with supports of similar size and puts the results back in order."""
    x, n, y, m = counts(*cells)
    results = [np.full(len(x), np.nan) for _ in range(n_results)]
    for rows in _chunks(np.minimum(n, x + y) - np.maximum(0, x + y - m) + 1):
        for result, part in zip(results, function(_Tables(x[rows], n[rows], y[rows], m[rows])), strict=True):
            result[rows] = _significant(part)
    return results


def _significant(values: Array, digits: int = 9) -> Array:
    """Rounded, so that a table's figures are the same to the last bit whichever tables stand beside it in the matrix."""
    finite = np.isfinite(values) & (values != 0)
    scale = 10.0 ** (digits - 1 - np.floor(np.log10(np.abs(np.where(finite, values, 1.0)))))
    with np.errstate(over="ignore", invalid="ignore"):
        rounded = np.round(values * scale) / scale
    return np.where(finite & np.isfinite(rounded), rounded, values)


def _chunks(sizes: Array) -> Iterator[Array]:
    """Row numbers in order of support size, in chunks of at most about _CHUNK matrix elements."""
    order, start = np.argsort(sizes, kind="stable"), 0
    while start < len(order):
        end = start + 1
        while end < len(order) and (end + 1 - start) * sizes[order[end]] <= _CHUNK and sizes[order[end]] <= 2 * sizes[order[start]] + 8:
            end += 1
        yield order[start:end]
        start = end
