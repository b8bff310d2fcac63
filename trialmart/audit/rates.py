"""Confidence limits of a rate.

Belongs here: rate_ci. Does not: limits of a ratio or a difference (ratios.py).
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from trialmart.audit import statistics as s
from trialmart.audit.evidence import Evidence
from trialmart.audit.findings import Findings
from trialmart.audit.proportions import implied_count, is_no_share
from trialmart.audit.registry import rule


@rule("rate_ci", needs=("ci_lower", "ci_upper"))
def limits_of_a_rate(e: Evidence, found: Findings) -> None:
    """The limits of a rate, recomputed from its (implied) count by six methods; which one gives the printed limits is recorded.

    Sources: statistics.py, per method. Limits that no method gives are explained where they are as wide as exact ones (another method or a
    model), and inconsistent where one end is far from all methods.
    """
    cases = _cases(e)
    if not cases:
        return
    percent, lower, upper = (np.array([c[k] for c in cases]) for k in range(3))
    tried: list[tuple[int, float, int]] = []  # case, N, count
    for k, (*_, sizes) in enumerate(cases):
        for size, counts in sizes:
            tried += [(k, size, x) for x in range(counts[0], min(counts[1], counts[0] + 12) + 1)]
    case, n, x = (np.array([t[k] for t in tried]) for k in range(3))
    level = np.array([_level(e, i) for i in percent])[case]
    matched: dict[int, list[str]] = defaultdict(list)
    exact: dict[int, tuple[float, float, float]] = {}
    ends: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for method, limits in s.PROPORTION_LIMITS.items():
        low, high = np.empty(len(n)), np.empty(len(n))
        for each in np.unique(level):
            at = level == each
            low[at], high[at] = limits(x[at], n[at], each)
        low, high = 100 * low, 100 * high
        off_low, off_high = (_outside(v, e.low[p[case]], e.high[p[case]]) for v, p in ((low, lower), (high, upper)))
        for t in range(len(tried)):
            ends[tried[t][0]].append((off_low[t], off_high[t]))
            if method == "Clopper–Pearson":
                exact.setdefault(tried[t][0], (low[t], high[t], n[t]))
            if off_low[t] <= 1e-6 and off_high[t] <= 1e-6:
                matched[tried[t][0]].append(method)
    for k, (i, low_at, high_at, _) in enumerate(cases):
        _judge(e, found, i, low_at, high_at, list(dict.fromkeys(matched[k])), exact[k], ends[k])


def _level(e: Evidence, i: int) -> float:
    at = e.dependents.get(int(i), {}).get("ci_level")
    level = e.value[at] if at is not None else 95.0
    return level / 100 if 50 < level < 100 else 0.95


def _outside(value: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    return np.maximum(np.maximum(low - value, value - high), 0)


def _cases(e: Evidence) -> list[tuple[int, int, int, list[tuple[float, tuple[int, int]]]]]:
    """Percents with both limits, and the (N, counts) that they may be of."""
    percents = np.flatnonzero(e.of("percent") & np.isfinite(e.value) & (e.value >= 0) & (e.value <= 100) & (e.who >= 0))
    count_of = dict(zip(e.pairs.percent.tolist(), e.pairs.count.tolist(), strict=True))
    owner = np.arange(len(e))
    owner[e.pairs.percent] = e.pairs.count
    limited = (e.linked("ci_lower", percents) >= 0) | (e.linked("ci_lower", owner[percents]) >= 0)
    cases = []
    for i in percents[limited]:
        linked = {**e.dependents.get(int(i), {}), **(e.dependents.get(count_of[i], {}) if i in count_of else {})}
        lower, upper = linked.get("ci_lower"), linked.get("ci_upper")
        if lower is None or upper is None or not (np.isfinite(e.value[lower]) and np.isfinite(e.value[upper])):
            continue
        if e.value[lower] < 0 or e.scope[i] == "contrast" or any(map(is_no_share, (e.endpoint[i], *e.path[i][-1:]))):
            continue  # a difference, or an estimate of a model
        sizes = []
        if i in count_of and np.isfinite(e.value[count_of[i]]):
            x = int(e.value[count_of[i]])
            options = [e.value[e.sizes[name][j]] for name in ("own", "row", "block", "header") for j in (i, count_of[i]) if e.sizes[name][j] >= 0]
            options += [e.randomized_size[i]] if np.isfinite(e.randomized_size[i]) else []
            sizes = [(n, (x, x)) for n in dict.fromkeys(options) if n >= x and abs(100 * x / n - e.value[i]) <= 3 * 10.0 ** -e.decimals[i]]
        else:
            known = implied_count(e, i)
            if known is not None and known[1] is not None:
                sizes = [(known[0], known[1])]
            elif known is not None:
                below = int(np.floor(e.value[i] * known[0] / 100))
                sizes = [(known[0], (below, min(below + 1, int(known[0]))))]
        if sizes:
            cases.append((int(i), int(lower), int(upper), sizes))
    return cases


def _judge(
    e: Evidence, found: Findings, i: int, lower: int, upper: int, methods: list[str], exact: tuple[float, float, float], ends: list[tuple[float, float]]
) -> None:
    values = (i, lower, upper)
    printed = f"{e.shown(i)} ({e.printed[lower]}–{e.printed[upper]})"
    low, high, n = exact
    recomputed = {"low": low, "high": high, "published": printed}
    if methods:
        found.add(values, "consistent", "info", f"{printed} of {n:.0f}: its limits are {methods[0]}{' (also ' + ', '.join(methods[1:]) + ')' if methods[1:] else ''}.",
                  method=methods[0], **recomputed)  # fmt: skip
        return
    if not e.low[lower] <= e.high[i] or not e.low[i] <= e.high[upper]:
        if not e.in_table[i] and not e.value[lower] / 2 <= e.value[i] <= 2 * e.value[upper]:
            return  # figures of two estimates
        found.add(values, "impossible", "major", f"{e.where(i)} ({e.arm_name(i)}): the estimate {e.shown(i)} lies outside its own limits {e.printed[lower]}–"
                  f"{e.printed[upper]}.", suspects=values, **recomputed)  # fmt: skip
        return
    width = (e.value[upper] - e.value[lower]) / max(high - low, 1e-9)
    off_low, off_high = min(a for a, _ in ends), min(b for _, b in ends)
    unit = 10.0 ** -max(e.decimals[lower], e.decimals[upper])
    near = all(off <= max(unit, 0.1 * (high - low)) for off in (off_low, off_high))
    one_end = min(off_low, off_high) <= 1e-6 and max(off_low, off_high) > max(1.5 * unit, 0.06 * (high - low))
    bad = lower if off_low > off_high else upper
    if one_end:
        far = max(off_low, off_high) > 0.15 * (high - low)
        found.add(values, "inconsistent", "major" if far else "minor", f"{e.where(i)} ({e.arm_name(i)}): of the limits {e.printed[lower]}–{e.printed[upper]} around "
                  f"{e.shown(i)} only one is given by any method for {n:.0f} patients; {e.printed[bad]} is {max(off_low, off_high):.1f} points from the nearest "
                  f"(exact limits {low:.1f}–{high:.1f}).", suspects=(bad,), confidence=0.8, **recomputed)  # fmt: skip
    elif near or 0.85 <= width <= 1.15:
        found.add(values, "explained", "info", f"{printed} of {n:.0f}: no common method gives these limits (exact {low:.1f}–{high:.1f}), but they are about as wide; "
                  "another method, a stratified or model-based estimate.", method="unknown, as wide as exact", **recomputed)  # fmt: skip
    else:
        fits = _size_of_width(e, i, lower, upper)
        found.add(values, "inconsistent", "minor", f"{e.where(i)} ({e.arm_name(i)}): the limits {e.printed[lower]}–{e.printed[upper]} around "
                  f"{e.shown(i)} are {width:.2f} times as wide as exact limits of {n:.0f} patients ({low:.1f}–{high:.1f}); that width needs about {fits:.0f} patients.",
                  suspects=(lower, upper), confidence=0.6, **recomputed)  # fmt: skip


def _size_of_width(e: Evidence, i: int, lower: int, upper: int) -> float:
    p = e.value[i] / 100
    half = (e.value[upper] - e.value[lower]) / 200
    z = s.normal_quantile((1 + _level(e, i)) / 2)
    return float(z**2 * max(p * (1 - p), 1e-4) / max(half, 1e-4) ** 2)
