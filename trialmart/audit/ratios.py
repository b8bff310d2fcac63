"""Ratios and differences with their limits and p values, and the counts behind them.

Belongs here: ci_symmetry, ratio_p, ratio_events, odds_ratio, median_ratio. Does not: tests on counts alone (tests_of_counts.py), subgroups.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from trialmart.audit import statistics as s
from trialmart.audit.evidence import Evidence
from trialmart.audit.findings import Findings
from trialmart.audit.proportions import implied_count
from trialmart.audit.registry import rule
from trialmart.effects.exact import conditional_odds_ratio

RATIOS = ("hazard_ratio", "odds_ratio", "risk_ratio", "ratio")
_NAMES = {"hazard_ratio": "hazard ratio", "odds_ratio": "odds ratio", "risk_ratio": "risk ratio", "ratio": "ratio"}


def _level_z(e: Evidence, i: int) -> float:
    at = e.dependents.get(int(i), {}).get("ci_level")
    level = e.value[at] if at is not None else 95.0
    return float(s.normal_quantile((1 + (level if 50 < level < 100 else 95) / 100) / 2))


def _with_limits(e: Evidence, statistics: tuple[str, ...] = RATIOS) -> list[tuple[int, int, int]]:
    """Estimates with both limits printed: positions of estimate, lower, upper. Of ratios those above zero."""
    found = []
    ratios = statistics == RATIOS
    for i in np.flatnonzero(e.of(*statistics) & e.limited & np.isfinite(e.value) & ((e.value > 0) | (not ratios)) & ~e.assumed).tolist():
        linked = e.dependents[i]
        lower, upper = linked["ci_lower"], linked["ci_upper"]
        if not ratios or (e.high[lower] > 0 < e.value[upper] and e.high[i] > 0):
            found.append((i, lower, upper))
    return found


def _limits_around_differences(e: Evidence, found: Findings) -> None:
    """A table's mean differences against the middle of their limits (t limits are symmetric; ranks and bootstrap need not be)."""
    tables: dict[int, list[tuple[tuple[int, int, int], float]]] = defaultdict(list)
    for case in _with_limits(e, ("mean_difference",)):
        if e.in_table[case[0]]:
            tables[int(e.table[case[0]])].append((case, _off_middle(e, *case)))
    for cases in tables.values():
        off = [case for case, shift in cases if shift > 0.1]
        if len(cases) - len(off) < 4 or len(off) > 0.1 * len(cases):
            continue  # this table's limits are not of that kind, or its figures are not read well
        for (i, lower, upper), shift in cases:
            low, high = (e.low[lower] + e.low[upper]) / 2, (e.high[lower] + e.high[upper]) / 2
            printed, values = f"{e.printed[i]} ({e.printed[lower]} to {e.printed[upper]})", (i, lower, upper)
            if shift <= 0:
                found.add(values, "consistent", "info", f"{printed}: the estimate is the middle of its limits.", published=printed, low=low, high=high,
                          method="symmetric limits")  # fmt: skip
            elif shift > 0.1:
                turned = [at for at in values if e.value[at] and _off_middle(e, i, lower, upper, turned=at) <= 0]
                sign = f" With the other sign of {e.printed[turned[0]]} it would be the middle: the sign is probably wrong." if len(turned) == 1 else ""
                found.add(values, "inconsistent", "major" if sign or shift > 0.5 else "minor", f"{e.where(i)} ({e.fact(i)}) prints {printed}; the limits put the estimate at "
                          f"{low:.3g} to {high:.3g}. The table's other differences lie in the middle of their limits, so one of the three figures is probably misprinted.{sign}",
                          published=printed, low=low, high=high, suspects=values, confidence=0.8)  # fmt: skip


def _off_middle(e: Evidence, i: int, lower: int, upper: int, turned: int = -1) -> float:
    """Least distance of an estimate from the middle of its limits that rounding allows, in standard errors; `turned`: the one of the
    three figures that is taken with the other sign."""
    (own_low, own_high), first, second = [
        (-e.high[at], -e.low[at]) if at == turned else (e.low[at], e.high[at]) for at in (i, lower, upper)
    ]  # fmt: skip
    low, high = (first[0] + second[0]) / 2, (first[1] + second[1]) / 2
    half = max(second[1] - first[0], first[1] - second[0]) / 2 / _level_z(e, i)
    off = max(low - own_high, own_low - high)
    return off / max(half, 1e-9) if off > 1e-9 else 0.0


def _printed(e: Evidence, i: int, lower: int, upper: int) -> str:
    return f"{e.printed[i]} ({e.printed[lower]}–{e.printed[upper]})"


@rule("ci_symmetry", needs=("ci_lower", "ci_upper"))
def limits_lie_around_the_ratio(e: Evidence, found: Findings) -> None:
    """On the log scale the limits of a ratio lie symmetrically: √(lower·upper) meets the ratio.

    Holds for Wald limits (Cox, logistic, Mantel–Haenszel); profile, exact and bootstrap limits are slightly off: up to a quarter of a standard
    error is explained, unless the table's other ratios keep to the middle; half a standard error is major. An estimate outside its limits
    is impossible. Limits that are symmetric as they stand are those of a difference. A table's mean differences are judged as they stand,
    where at least four and nine of ten of them keep to the middle.
    """
    _limits_around_differences(e, found)
    cases = _with_limits(e)
    strict = Counter(int(e.table[i]) for i, lower, upper in cases if e.in_table[i] and e.low[lower] > 0 and _shift(e, i, lower, upper) == 0)
    every = Counter(int(e.table[i]) for i, *_ in cases if e.in_table[i])
    for i, lower, upper in cases:
        values, printed = (i, lower, upper), _printed(e, i, lower, upper)
        low, high = np.sqrt(max(e.low[lower], 0) * max(e.low[upper], 0)), np.sqrt(e.high[lower] * e.high[upper])
        outside = e.low[lower] > e.high[i] or e.low[i] > e.high[upper] or e.value[lower] > e.value[upper]
        if outside and not e.in_table[i] and not e.value[lower] / 3 <= e.value[i] <= 3 * e.value[upper]:
            found.add(values, "not_checkable", "info", f"{e.where(i)}: {printed} cannot be one estimate and its limits; the sentence gives several figures.", published=printed)
        elif outside:
            found.add(values, "impossible", "major", f"{e.where(i)} ({e.fact(i)}): the {_NAMES[e.statistic[i]]} {e.printed[i]} lies outside its own limits "
                      f"{e.printed[lower]}–{e.printed[upper]}.", published=printed, low=low, high=high, suspects=values)  # fmt: skip
        if outside:
            continue
        if low <= e.high[i] + 1e-12 and e.low[i] - 1e-12 <= high:
            found.add(values, "consistent", "info", f"√({e.printed[lower]}·{e.printed[upper]}) = {np.sqrt(e.value[lower] * e.value[upper]):.3f} meets {e.printed[i]}.",
                      published=printed, low=low, high=high, method="log-symmetric limits")  # fmt: skip
            continue
        shift = _shift(e, i, lower, upper)
        if e.low[lower] + e.low[upper] <= 2 * e.high[i] and 2 * e.low[i] <= e.high[lower] + e.high[upper]:
            found.add(values, "explained", "info", f"{e.where(i)}: the limits of {printed} are symmetric as they stand, not on the log scale: a difference, or a ratio with "
                      "limits by another method.", published=printed, low=low, high=high, method="symmetric on the natural scale")  # fmt: skip
        elif e.in_table[i] and shift > 0.1 and strict[int(e.table[i])] >= max(2, 0.7 * every[int(e.table[i])]):
            found.add(values, "inconsistent", "major" if shift > 0.5 else "minor", f"{e.where(i)} ({e.fact(i)}) prints {printed}; the limits put the estimate at {low:.3f}–{high:.3f}. "
                      "The table's other ratios lie in the middle of their limits, so one of the three figures is probably misprinted.", published=printed, low=low,
                      high=high, suspects=values, confidence=0.7)  # fmt: skip
        elif shift <= 0.25:
            found.add(values, "explained", "info", f"{e.where(i)}: {printed} is {shift:.2f} standard errors off the middle of its limits on the log scale "
                      f"(middle {low:.3f}–{high:.3f}), as profile, exact or bootstrap limits are.", published=printed, low=low, high=high,
                      method="not log-symmetric")  # fmt: skip
        else:
            found.add(values, "inconsistent", "major" if shift > 0.5 else "minor", f"{e.where(i)} ({e.fact(i)}) prints {printed}; limits on the log scale put the estimate at "
                      f"{low:.3f}–{high:.3f}, {shift:.1f} standard errors away: one of the three figures is probably misprinted.", published=printed, low=low, high=high,
                      suspects=values, confidence=0.75)  # fmt: skip


def _shift(e: Evidence, i: int, lower: int, upper: int) -> float:
    """Least distance of the log ratio from the middle of its log limits that rounding allows, in standard errors."""
    half = (np.log(e.high[upper]) - np.log(max(e.low[lower], 1e-9))) / 2 / _level_z(e, i)
    low, high = (np.log(np.sqrt(max(a, 1e-9) * b)) for a, b in ((e.low[lower], e.low[upper]), (e.high[lower], e.high[upper])))
    return float(max(low - np.log(e.high[i]), np.log(max(e.low[i], 1e-9)) - high, 0) / max(half, 1e-9))


@rule("ratio_p", needs=("p_value",))
def p_follows_from_the_limits(e: Evidence, found: Findings) -> None:
    """z = ln(ratio)/SE with SE from the limits, one- and two-sided, against the printed p.

    Source: Tierney et al. 2007 (doi:10.1186/1745-6215-8-16); Altman & Bland 2011 (doi:10.1136/bmj.d2304). A (stratified) log-rank or
    score p need not equal the Wald p of the same model: near misses are explained.
    """
    columns: dict[tuple[int, int], list[tuple]] = defaultdict(list)
    for i, lower, upper in _with_limits(e):
        at = e.dependents[i].get("p_value")
        if at is None or not np.isfinite(e.high[at]) or e.value[lower] <= 0 or e.value[lower] >= e.value[upper]:
            continue
        z_low, z_high = _z_range(e, i, lower, upper)
        p_low, p_high = float(s.two_sided_p(z_high)), float(s.two_sided_p(z_low))
        values, printed = (at, i, lower, upper), f"{_printed(e, i, lower, upper)}, P{e.comparator[at] or '='}{e.printed[at]}"
        known = {"published": printed, "low": p_low, "high": p_high}
        least, most = e.low[at], e.high[at]
        if e.comparator[at] in (">", ">="):
            least, most = e.value[at], 1.0
        if p_low <= most and least <= p_high:
            found.add(values, "consistent", "info", f"The limits give P = {_p(p_low)} to {_p(p_high)}, as printed ({e.shown(at)}).", method="Wald, two-sided", **known)
            columns[int(e.table[i]), int(e.column[at])].append(())
        elif p_low / 2 <= most and least <= p_high / 2:
            found.add(values, "explained", "info", f"{e.where(i)}: {e.shown(at)} is the one-sided value; two-sided it is {_p(p_low)} to {_p(p_high)}.",
                      method="Wald, one-sided", **known)  # fmt: skip
        elif 1 - p_high / 2 <= most and least <= 1 - p_low / 2:
            found.add(values, "explained", "info", f"{e.where(i)}: {e.shown(at)} is one-sided, for a difference in the other direction; two-sided it is {_p(p_low)} to "
                      f"{_p(p_high)}.", method="Wald, one-sided, other direction", **known)  # fmt: skip
        else:
            columns[int(e.table[i]) if e.in_table[i] else -1, int(e.column[at])].append((values, z_low, z_high, least, most, known))
    for (table, _), cases in columns.items():
        off = [case for case in cases if case]
        of_something_else = table >= 0 and len(off) > 1 and len(off) >= 0.3 * len(cases)
        for case in off:
            if of_something_else:
                found.add(case[0], "not_checkable", "info", f"{e.where(case[0][1])}: {case[-1]['published']}; most P of this column do not follow from the limits, so they are of "
                          "another test, an interaction or a trend.", published=case[-1]["published"])  # fmt: skip
            else:
                _judge_p(e, found, *case)


def _z_range(e: Evidence, i: int, lower: int, upper: int) -> tuple[float, float]:
    """The least and largest |z| that rounding allows."""
    z = _level_z(e, i)
    ratio = np.log([max(e.low[i], 1e-9), e.high[i]])
    widest = np.log(e.high[upper]) - np.log(max(e.low[lower], 1e-9))
    narrowest = max(np.log(max(e.low[upper], 1e-9)) - np.log(max(e.high[lower], 1e-9)), 1e-6)
    least = 0.0 if ratio[0] <= 0 <= ratio[1] else float(np.abs(ratio).min())
    return least * 2 * z / widest, float(np.abs(ratio).max()) * 2 * z / narrowest


def _judge_p(e: Evidence, found: Findings, values: tuple[int, ...], z_low: float, z_high: float, least: float, most: float, known: dict) -> None:
    at, i, lower, upper = values
    printed_low, printed_high = float(s.z_of_p(most)), float(s.z_of_p(max(least, 1e-12)))
    off = max(z_low - printed_high, printed_low - z_high, 0)
    excludes = e.low[lower] > 1 or e.high[upper] < 1
    includes = e.high[lower] < 1 < e.low[upper]
    flips = (excludes and least > 0.05) or (includes and most < 0.05)
    told = f"the limits give P = {_p(known['low'])} to {_p(known['high'])}"
    if off <= 0.35 or (not flips and off <= 1.0):
        found.add(values, "explained", "info", f"{e.where(i)} ({e.fact(i)}): {known['published']}; {told}. A log-rank, score or stratified test explains a difference "
                  "of this size.", method="another test", **known)  # fmt: skip
        return
    severity = "major" if flips and off > 1.0 else "minor"
    tail = "; one says that there is a difference and the other does not." if flips else "."
    found.add(values, "inconsistent", severity, f"{e.where(i)} ({e.fact(i)}) prints {known['published']}, but {told}{tail}", suspects=(at,), confidence=0.7, **known)


def _p(p: float) -> str:
    return "<0.0001" if p < 0.0001 else f"{p:.4f}" if p < 0.01 else f"{p:.3f}"


# counts behind a ratio


class ArmCounts:
    """Events and patients of the arms in each table row that compares them: printed, or implied by a percent."""

    def __init__(self, e: Evidence) -> None:
        self.e = e
        self.rows: dict[tuple[int, int], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        compared = np.zeros(int(e.line.max(initial=0)) + 1, bool)
        compared[e.line[e.in_table & ((e.scope == "contrast") | e.of("p_value", *RATIOS))]] = True
        percent = e.of("percent")
        at = np.flatnonzero((e.of("count", "n_events") & (e.decimals <= 0) | percent) & e.in_table & (e.scope == "arm") & (e.who >= 0) & (e.value >= 0) & compared[e.line])
        for i, table, row, who in zip(at.tolist(), *(x[at].tolist() for x in (e.table, e.row, e.who)), strict=True):
            self.rows[table, row][who].append(i)

    def of(self, contrast: int) -> list[tuple[int, float, tuple[int, int]]] | None:
        """For the two arms of a contrast's row: (position, N, fewest and most events); None where they are not both there."""
        e = self.e
        arms = self.rows.get((int(e.table[contrast]), int(e.row[contrast])))
        if not arms or len(arms) < 2:
            return None
        names = {e.arm_id[members[0]]: who for who, members in arms.items()}
        if e.arm_id[contrast] is not None and e.reference[contrast] is not None:
            if e.arm_id[contrast] not in names or e.reference[contrast] not in names:
                return None
            order = [names[e.arm_id[contrast]], names[e.reference[contrast]]]
        elif len(arms) == 2:
            order = list(arms)
        else:
            return None
        pair = [self._events(arms[who]) for who in order]
        return None if None in pair else pair  # type: ignore[return-value]

    def _events(self, members: list[int]) -> tuple[int, float, tuple[int, int]] | None:
        e = self.e
        counts = [i for i in members if e.statistic[i] in ("count", "n_events")]
        if len(counts) > 1 or (not counts and len(members) > 1):
            return None
        i = counts[0] if counts else members[0]
        if counts:
            size = next((e.value[e.sizes[name][i]] for name in ("own", "row", "block", "header") if e.sizes[name][i] >= 0), e.randomized_size[i])
            return (i, float(size), (int(e.value[i]), int(e.value[i]))) if np.isfinite(size) and size >= e.value[i] else None
        known = implied_count(e, i)
        return (i, float(known[0]), known[1]) if known and known[1] else None


def arm_counts(e: Evidence) -> ArmCounts:
    """The counts of a batch, worked out once for all the rules that ask."""
    if "arm_counts" not in e.shared:
        e.shared["arm_counts"] = ArmCounts(e)
    return e.shared["arm_counts"]


@rule("odds_ratio", needs=("odds_ratio",))
def crude_ratios(e: Evidence, found: Findings) -> None:
    """An odds or risk ratio against the crude one of its row's counts (Woolf, Katz and conditional exact limits).

    Sources: statistics.py. A printed ratio that the crude counts do not give is explained as stratified or adjusted where its limits are
    symmetric on the log scale and hold the crude ratio.
    """
    counts = arm_counts(e)
    cases = []
    for i, lower, upper in _with_limits(e):
        if e.statistic[i] not in ("odds_ratio", "risk_ratio") or not e.in_table[i]:
            continue
        arms = counts.of(i)
        crude = _crude(arms, e.statistic[i]) if arms is not None else []
        if crude:
            cases.append(((i, lower, upper), arms, crude))
    for case, exact in zip(cases, _exact(e, cases), strict=True):
        _judge_crude(e, found, *case, exact)


def _exact(e: Evidence, cases: list[tuple]) -> np.ndarray:
    """The conditional exact odds ratio and its limits for the odds ratios that no crude one gives, shape (cases, 3); NaN for the others."""
    found = np.full((len(cases), 3), np.nan)
    asked = [k for k, (values, _, crude) in enumerate(cases) if e.statistic[values[0]] == "odds_ratio" and not any(_gives(e, values, *c[1:])[1] for c in crude)]
    if asked:
        cells = np.array([[n for _, size, counts in cases[k][1] for n in (counts[0], int(size))] for k in asked])
        found[asked] = np.column_stack(conditional_odds_ratio(*cells.T))
    return found


def _gives(e: Evidence, values: tuple[int, int, int], estimate: float, low: float, high: float) -> tuple[bool, bool]:
    """Whether an estimate is the printed one, and whether its limits are too."""
    i, lower, upper = values
    point = bool(e.low[i] - 1e-9 <= estimate <= e.high[i] + 1e-9)
    return point, point and bool(e.low[lower] - 1e-9 <= low <= e.high[lower] + 1e-9 and e.low[upper] - 1e-9 <= high <= e.high[upper] + 1e-9)


def _crude(arms: list[tuple[int, float, tuple[int, int]]], statistic: str) -> list[tuple[str, float, float, float]]:
    """(method, estimate, lower, upper) for every pair of counts that the rates allow."""
    (_, n1, x1), (_, n2, x2) = arms
    method, ratio = ("Woolf", s.woolf) if statistic == "odds_ratio" else ("Katz", s.katz)
    options = [(a, c) for a in range(x1[0], min(x1[1], x1[0] + 8) + 1) for c in range(x2[0], min(x2[1], x2[0] + 8) + 1)]
    found = [(method, *ratio(a, n1, c, n2)) for a, c in options]
    return [f for f in found if np.isfinite(f[1])]


def _judge_crude(e: Evidence, found: Findings, values: tuple[int, int, int], arms: list, crude: list, exact: np.ndarray) -> None:
    i, lower, upper = values
    printed = _printed(e, i, lower, upper)
    low, high = min(c[1] for c in crude), max(c[1] for c in crude)
    known = {"published": printed, "low": low, "high": high}
    everything = (*values, arms[0][0], arms[1][0])
    name = _NAMES[e.statistic[i]]
    data = " against ".join(f"{x[0] if x[0] == x[1] else f'{x[0]} to {x[1]}'}/{n:.0f}" for _, n, x in arms)

    for method, estimate, lo, hi in crude:
        for turned, (p, a, b) in (("", (estimate, lo, hi)), (", arms exchanged", (1 / estimate, 1 / hi, 1 / lo))):
            if _gives(e, values, p, a, b)[1]:
                verdict = "explained" if turned else "consistent"
                found.add(everything, verdict, "info", f"{data} give a crude {name} of {p:.2f} ({a:.2f}–{b:.2f}), as printed{turned}.", method=method + turned, **known)
                return
    if np.isfinite(exact[0]) and exact[0] > 0 and _gives(e, values, *exact.tolist())[1]:
        found.add(everything, "consistent", "info", f"{data} give a conditional exact odds ratio of {exact[0]:.2f} ({exact[1]:.2f}–{exact[2]:.2f}), as printed.",
                  method="conditional exact", **known)  # fmt: skip
        return
    symmetric = _shift(e, i, lower, upper) <= 0.1
    holds = any(e.low[lower] <= c[1] <= e.high[upper] for c in crude)
    exchanged = any(e.low[lower] <= 1 / c[1] <= e.high[upper] for c in crude)
    best = min(crude, key=lambda c: abs(np.log(c[1]) - np.log(e.value[i])))
    point = any(_gives(e, values, *c[1:])[0] for c in crude)
    told = f"{data} give a crude {name} of {best[1]:.2f} ({best[2]:.2f}–{best[3]:.2f}, {best[0]})"
    if holds or exchanged:
        why = "its limits come from another method" if point else "it is stratified or adjusted" + (", with the arms exchanged" if not holds else "")
        found.add(everything, "explained", "info", f"{e.where(i)}: {told}, printed is {printed}; {why}"
                  f"{' (its limits are symmetric on the log scale)' if symmetric and not point else ''}.",
                  method="stratified or adjusted" if not point else "limits by another method", confidence=0.9 if symmetric else 0.7, **known)  # fmt: skip
    else:
        found.add(everything, "inconsistent", "minor", f"{e.where(i)}: {told}, but printed is {printed}, whose limits do not even hold the crude ratio; adjustment would have to "
                  "change it that far, or the ratio is of other patients.", suspects=(i,), confidence=0.6, **known)  # fmt: skip


@rule("ratio_events", needs=("hazard_ratio", "n_events"))
def error_follows_from_events(e: Evidence, found: Findings) -> None:
    """The standard error of a log hazard ratio is near √(1/e₁ + 1/e₂).

    Source: Tierney et al. 2007 (doi:10.1186/1745-6215-8-16). Information only where the ratio of the two leaves 0.85–1.15: stratification
    and unequal follow-up change it.
    """
    counts = arm_counts(e)
    for i, lower, upper in _with_limits(e):
        if e.statistic[i] != "hazard_ratio" or not e.in_table[i] or e.value[lower] <= 0:
            continue
        arms = counts.of(i)
        if arms is None or not all(x[0] == x[1] and x[0] > 4 for _, _, x in arms):
            continue
        events = [x[0] for _, _, x in arms]
        expected = float(np.sqrt(1 / events[0] + 1 / events[1]))
        printed = float((np.log(e.value[upper]) - np.log(e.value[lower])) / 2 / _level_z(e, i))
        ratio = printed / expected
        verdict = "consistent" if 0.85 <= ratio <= 1.15 else "explained"
        found.add((i, lower, upper, arms[0][0], arms[1][0]), verdict, "info", f"{e.where(i)}: the limits of {_printed(e, i, lower, upper)} mean a standard error of {printed:.3f}; "
                  f"{events[0]} and {events[1]} events mean {expected:.3f} (ratio {ratio:.2f}).", published=_printed(e, i, lower, upper), low=expected, high=expected,
                  method="1/events", confidence=0.7)  # fmt: skip


@rule("median_ratio", needs=("hazard_ratio", "median"))
def medians_against_the_hazard_ratio(e: Evidence, found: Findings) -> None:
    """Under constant hazards the control median over the experimental one is the hazard ratio: information only, never a conflict."""
    medians: dict[tuple, dict[int, int]] = defaultdict(dict)
    for i in np.flatnonzero(e.of("median") & np.isfinite(e.value) & (e.who >= 0) & (e.value > 0) & ~e.assumed):
        place = (int(e.table[i]), int(e.row[i])) if e.in_table[i] else e.section[i]
        if e.endpoint[i] is not None:
            medians[int(e.article_code[i]), e.endpoint[i], e.assessor[i], place].setdefault(int(e.who[i]), int(i))
    for i in np.flatnonzero(e.of("hazard_ratio") & np.isfinite(e.value) & (e.value > 0) & ~e.assumed):
        if e.subgroup[i] is not None or e.endpoint[i] is None or e.arm_id[i] is None or e.reference[i] is None:
            continue
        place = (int(e.table[i]), int(e.row[i])) if e.in_table[i] else e.section[i]
        found_here = medians.get((int(e.article_code[i]), e.endpoint[i], e.assessor[i], place), {})
        by_arm = {e.arm_id[m]: m for m in found_here.values()}
        treated, control = by_arm.get(e.arm_id[i]), by_arm.get(e.reference[i])
        if treated is None or control is None:
            continue
        ratio = e.value[control] / e.value[treated]
        low, high = e.low[control] / e.high[treated], e.high[control] / max(e.low[treated], 1e-9)
        found.add((i, treated, control), "consistent" if 0.67 <= ratio / e.value[i] <= 1.5 else "explained", "info",
                  f"Medians of {e.printed[control]} and {e.printed[treated]} would mean a hazard ratio of {ratio:.2f} under constant hazards; printed is {e.printed[i]}.",
                  low=low, high=high, method="constant hazards", confidence=0.5)  # fmt: skip
