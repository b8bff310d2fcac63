"""Numbers needed to treat or to harm.

Belongs here: the way from a risk difference with its limits to a number of patients and to the words for it. Does not: which direction is
good; the caller knows it or leaves it out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

Array = np.ndarray


class NumberNeeded(NamedTuple):
    """All of shape (k,). Limits are of the same kind as the estimate, smaller first; where the interval of the risk difference spans
    zero there is no such pair (NaN): it runs from `harm_limit` through infinity to `benefit_limit`."""

    number: Array
    kind: Array  # NNTH (number needed to treat for one more to be harmed), NNTB (to benefit), None where there is no difference
    lower: Array
    upper: Array
    harm_limit: Array
    benefit_limit: Array
    text: Array


def number_needed(difference: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> NumberNeeded:
    """Patients to treat for one more to have a BAD event (NNTH), or for one fewer (NNTB).

    difference, lower, upper: risk difference of a bad event and its limits, as proportions. Raises ValueError where lower > upper.
    Source: Altman 1998 (doi:10.1136/bmj.317.7168.1309), who gives the two-limb form for an interval that includes no difference.
    """
    d, low, high = (np.atleast_1d(np.asarray(a, dtype=float)) for a in (difference, lower, upper))
    if np.any(low > high):
        raise ValueError("lower limit above upper")
    with np.errstate(divide="ignore", invalid="ignore"):
        number, at_low, at_high = 1 / np.abs(d), 1 / np.abs(low), 1 / np.abs(high)
    kind = np.where(d > 0, "NNTH", np.where(d < 0, "NNTB", None))
    spans = (low <= 0) & (high >= 0)
    first, last = np.minimum(at_low, at_high), np.maximum(at_low, at_high)
    result = NumberNeeded(
        number=np.where(d == 0, np.nan, number),
        kind=kind,
        lower=np.where(spans, np.nan, first),
        upper=np.where(spans, np.nan, last),
        harm_limit=np.where(spans & (high > 0), at_high, np.nan),
        benefit_limit=np.where(spans & (low < 0), at_low, np.nan),
        text=np.full(d.shape, None, dtype=object),
    )
    result.text[:] = [_words(*row) for row in zip(*result[:6], spans, strict=True)]
    return result


def _words(number: float, kind: str | None, lower: float, upper: float, harm: float, benefit: float, spans: bool) -> str | None:
    """`NNTH 12 (9 to 18)`, or over two limbs `NNTH 40 (NNTH 15 to \u221e to NNTB 60)`."""
    if kind is None or not np.isfinite(number):
        return None
    head = f"{kind} {_patients(number)}"
    if not spans:
        return f"{head} ({_patients(lower)} to {_patients(upper)})"
    limbs = [("NNTH", harm), ("NNTB", benefit)]
    (near, near_limit), (far, far_limit) = limbs if kind == "NNTH" else limbs[::-1]
    other_limb = f" to {far} {_patients(far_limit)}" if np.isfinite(far_limit) else ""
    return f"{head} ({near} {_patients(near_limit)} to \u221e{other_limb})"


def _patients(number: float) -> str:
    """Rounded up, as whole patients are treated; one decimal below ten, where rounding up would mislead."""
    return f"{number:.1f}" if number < 10 else f"{np.ceil(round(number, 6)):.0f}"
