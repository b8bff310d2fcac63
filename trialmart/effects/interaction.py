"""Whether an effect differs between the levels of a factor.

Belongs here: tests on estimates of disjoint levels with their standard errors. Does not: which levels are disjoint.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

Array = np.ndarray


class Interaction(NamedTuple):
    """One row a group of levels, shape (g,). The statistic is |z| for two levels and Cochran's Q for more; NaN for fewer."""

    group: Array
    levels: Array
    statistic: Array
    df: Array
    p: Array


def interaction(estimate: ArrayLike, se: ArrayLike, group: ArrayLike) -> Interaction:
    """Tests that the estimates (log ratios or differences) of a group's levels are equal.

    estimate, se, group: shape (k,); levels of one group share its value in `group`. Rows without an SE make their group untestable (NaN):
    leaving a level out would test another question. Source: Altman & Bland 2003 (doi:10.1136/bmj.326.7382.219) for two levels; Cochran
    1954 (doi:10.2307/3001666) for more. With two levels Q = z squared.
    """
    from scipy.special import chdtrc

    y, s = np.asarray(estimate, dtype=float), np.asarray(se, dtype=float)
    names, index = np.unique(np.asarray(group), return_inverse=True)
    weight = 1 / s**2
    levels = np.bincount(index, minlength=len(names))

    def total(x: Array) -> Array:
        return np.bincount(index, weights=x, minlength=len(names))

    mean = total(weight * y) / total(weight)
    q = np.where(levels > 1, total(weight * (y - mean[index]) ** 2), np.nan)
    df = np.maximum(levels - 1, 0)
    p = np.where(np.isnan(q), np.nan, chdtrc(np.maximum(df, 1), np.maximum(q, 0)))
    return Interaction(names, levels, np.where(levels == 2, np.sqrt(q), q), df, p)
