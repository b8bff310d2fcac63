"""What several families say about counts and percents: whether they fit, which counts a percent allows, and how it is worded.

Belongs here: small functions without a judgement. Does not: a rule.
"""

from __future__ import annotations

import numpy as np

from trialmart.audit.evidence import Evidence

SOURCE = {"own": "its own denominator", "row": "the row's N", "block": "the block's N", "header": "the column's N", "randomized": "the number randomized",
          "column": "the N that the column's other percents are of", "beside": "the count of another column, as in the other rows"}  # fmt: skip


def fits(e: Evidence, count: int, percent: int, size: float, gap: int = 0) -> bool:
    if not size > 0:  # unknown too
        return False
    value = e.plain.value
    scale = 10 ** e.plain.decimals[percent]
    off = abs(200 * int(value[count]) * scale - 2 * round(value[percent] * scale) * int(size))
    return off <= (1 if gap == 0 else 3) * int(size)


def printed_sizes(e: Evidence, count: int) -> list[tuple[float, str]]:
    sizes = [(float(n), f"{n} ({where})") for n, where in e.arm_sizes.get(int(e.who[count]), {}).items() if n >= e.value[count]]
    randomized = e.randomized_size[count]
    return ([(randomized, f"{randomized:.0f} (the number randomized)")] if np.isfinite(randomized) else []) + sizes


def table_name(e: Evidence, i: int) -> str:
    return str(e.table_label.get((e.article[i], e.table_id[i]), e.table_id[i]))


def implied(percent: float, decimals: int, size: float, slack: int = 1) -> tuple[int, int] | None:
    """The fewest and most patients of `size` that give the printed percent; None where no whole number does. Whole-number arithmetic.

    slack: half units of the last place that the percent may be off: 1 is rounding, 3 also double rounding and truncation.
    """
    scale = 10 ** max(int(decimals), 0)
    printed, total = round(percent * scale), int(size)
    fewest = -((-(2 * printed - slack) * total) // (200 * scale))
    most = ((2 * printed + slack) * total) // (200 * scale)
    fewest, most = max(fewest, 0), min(most, total)
    return (fewest, most) if fewest <= most else None


def gives(sizes: np.ndarray, percent: float, decimals: int) -> np.ndarray:
    """Which of these numbers of patients (whole, shape (n,)) have a count that gives the printed percent: `implied` for many at once."""
    scale = 10 ** max(int(decimals), 0)
    printed = round(percent * scale)
    fewest = -((-(2 * printed - 1) * sizes) // (200 * scale))
    most = ((2 * printed + 1) * sizes) // (200 * scale)
    return np.maximum(fewest, 0) <= np.minimum(most, sizes)


def counts_text(counts: tuple[int, int]) -> str:
    return str(counts[0]) if counts[0] == counts[1] else f"{counts[0]} to {counts[1]}"
