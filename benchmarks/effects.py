"""How long effects take: one two-by-two table, a trial's safety table, a literature's. `python -m benchmarks.effects`

Belongs here: times and the comparison with the one-at-a-time functions of scipy. Does not: whether the numbers are right (tests/effects).
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

SIZES = (1, 140, 10_000)  # a question, a trial's safety table, a hundred trials'


def seconds(function: Callable[[], object]) -> float:
    """The best of some runs that take a fifth of a second together."""
    best, spent = np.inf, 0.0
    while spent < 0.2:
        start = time.perf_counter()
        function()
        took = time.perf_counter() - start
        best, spent = min(best, took), spent + took
    return best


def tables(k: int) -> tuple[np.ndarray, ...]:
    """Counts of k terms in arms of some hundred patients, a third of them rare, as adverse events are."""
    rng = np.random.default_rng(5)
    n, m = rng.integers(100, 500, k), rng.integers(100, 500, k)
    risk = np.where(rng.random(k) < 1 / 3, 0.01, rng.uniform(0.05, 0.6, k))
    return rng.binomial(n, risk), n, rng.binomial(m, risk * rng.uniform(0.5, 1, k)), m


def main() -> None:
    from scipy.stats import fisher_exact
    from scipy.stats.contingency import odds_ratio

    from trialmart.effects import exact, interaction, proportions

    ours: dict[str, Callable[..., object]] = {
        "Miettinen-Nurminen limits": proportions.miettinen_nurminen,
        "Newcombe limits": proportions.newcombe,
        "Woolf odds ratio": proportions.odds_ratio,
        "Fisher p": exact.fisher_p,
        "conditional exact odds ratio": exact.conditional_odds_ratio,
    }
    print(f"{'microseconds a table':32}" + "".join(f"{size:>12,}" for size in SIZES) + f"{'scipy, one':>14}")
    one = tables(40)
    grids = [[[a, b - a], [c, d - c]] for a, b, c, d in zip(*one, strict=True)]
    theirs = {
        "Fisher p": lambda: [fisher_exact(grid) for grid in grids],
        "conditional exact odds ratio": lambda: [odds_ratio(grid).confidence_interval() for grid in grids],
    }
    for name, function in ours.items():
        times = [1e6 * seconds(lambda function=function, size=size: function(*tables(size))) / size for size in SIZES]
        single = f"{1e6 * seconds(theirs[name]) / len(grids):14.1f}" if name in theirs else ""
        print(f"{name:32}" + "".join(f"{value:12.1f}" for value in times) + single)
    k = 10_000
    rng = np.random.default_rng(6)
    estimate, se, group = rng.normal(size=k), rng.uniform(0.1, 0.5, k), np.arange(k) // 3
    print(f"{'interaction, a level':32}{'':24}{1e6 * seconds(lambda: interaction.interaction(estimate, se, group)) / k:12.1f}")


if __name__ == "__main__":
    main()
