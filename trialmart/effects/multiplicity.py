"""p values of many terms, adjusted for their number.

Belongs here: adjustments within groups. Does not: which p values form a family.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


def benjamini_hochberg(p: ArrayLike, group: ArrayLike | None = None) -> np.ndarray:
    """False discovery rate adjusted p values within each group, all groups at once.

    p, group: shape (k,); NaN stays NaN and does not count. Raises ValueError for a p outside 0..1. Source: Benjamini & Hochberg 1995
    (doi:10.1111/j.2517-6161.1995.tb02031.x). scipy's false_discovery_control takes one family a call.
    """
    p = np.asarray(p, dtype=float)
    if np.any((p < 0) | (p > 1)):
        raise ValueError("p values lie between 0 and 1")
    index = np.zeros(len(p), dtype=int) if group is None else np.unique(np.asarray(group), return_inverse=True)[1]
    adjusted = np.full(len(p), np.nan)
    rows = np.flatnonzero(~np.isnan(p))
    if not len(rows):
        return adjusted
    rows = rows[np.lexsort((p[rows], index[rows]))]
    g = index[rows]
    size = np.bincount(g)
    rank = np.arange(len(rows)) - np.r_[0, np.cumsum(size)][g] + 1
    scaled = p[rows] * size[g] / rank
    smallest_from_here = pd.Series(scaled[::-1]).groupby(g[::-1], sort=False).cummin().to_numpy()[::-1]
    adjusted[rows] = np.minimum(smallest_from_here, 1)
    return adjusted
