"""From a smooth plan to whole patients, refined until every published figure is met at its printed precision.

Belongs here: whole numbers in each interval, times in whole days, the seeded search for the last misses. Does not: the plan
(plan.py), which figures there are (published.py), or the final verdict, which lifelines gives (check.py).

Events and censorings lie at the (k - 1/2)/d quantiles of their densities. The search moves one patient at a time (a time shifted, an event
exchanged with a censoring) and keeps what brings the figures nearer: the numbers at risk, of which nothing else may change, stay exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from trialmart.survival import plan
from trialmart.survival.estimates import Z95, cox, kaplan_meier, median
from trialmart.survival.patients import DAYS_PER_MONTH, Patients
from trialmart.survival.published import Arm, Figure, PublishedCurve

MOVES = 6000
SHIFT_DAYS = 12
FEW, FEW_SHARE = 3, 0.02  # patients at risk at the last printed time, and their share of the arm


@dataclass(slots=True)
class _Group:
    """One arm during the search: times in steps of `unit` months, events, and the interval between ticks of each patient."""

    arm: Arm
    unit: float
    time: np.ndarray  # whole steps
    event: np.ndarray
    interval: np.ndarray
    first: np.ndarray  # first and last step that lie within each interval
    last: np.ndarray
    free: np.ndarray  # patients that the search may change

    def patients(self) -> Patients:
        return Patients(self.time * self.unit, self.event.copy())


def smallest_step(curve: PublishedCurve) -> float:
    """A day, in months; a fraction of it where a printed cell is too narrow for days."""
    unit = 1 / DAYS_PER_MONTH
    cells = [f.high - f.low for arm in curve.arms for f in (arm.median, arm.lower, arm.upper) if f is not None and f.value is not None]
    while cells and unit > min(cells) / 1.5:
        unit /= 10
    return unit


def make(shape: plan.Shape, theta: np.ndarray, targets: plan.Targets) -> list[_Group]:
    """Whole patients of each arm, as close to the plan as whole numbers allow."""
    unit = smallest_step(shape.curve)
    made = plan.paths(shape, theta[None])
    totals = _totals(shape.curve, made, targets)
    return [_group(shape, i, path, totals[i], unit) for i, path in enumerate(made)]


def _totals(curve: PublishedCurve, made: list[plan.Path], targets: plan.Targets) -> list[int]:
    planned = [float(path.events.sum()) for path in made]
    exact = [int(round(t)) if np.isfinite(t) else None for t in targets.events]
    totals = [int(round(p)) if e is None else e for p, e in zip(planned, exact, strict=True)]
    if np.isfinite(targets.total_events):
        open_arms = [i for i, e in enumerate(exact) if e is None]
        if open_arms:
            totals[open_arms[-1]] += int(round(targets.total_events)) - sum(totals)
    return [min(max(t, 0), arm.n) for t, arm in zip(totals, curve.arms, strict=True)]


def _group(shape: plan.Shape, i: int, path: plan.Path, total: int, unit: float) -> _Group:
    arm, grid = shape.curve.arms[i], shape.grid
    ticks = np.array(arm.risk_times or (0.0,))
    numbers = np.array(arm.at_risk or (arm.n,), float)
    leaving = np.append(-np.diff(numbers), numbers[-1]).astype(int)
    bounds = np.append(ticks, max(grid[-1], ticks[-1] + 2 * unit))
    cumulative = np.concatenate(([0.0], np.cumsum(path.events[0])))
    expected = np.diff(np.interp(bounds, grid, cumulative))
    few = len(numbers) > 1 and numbers[-1] <= max(FEW, FEW_SHARE * arm.n)  # too few to tell of the curve's end: all are censored
    room = np.append(leaving[:-1], 0) if few and total <= leaving[:-1].sum() else leaving
    events = allocate(np.minimum(expected, room), room, total)
    gone = arm.n - path.at_risk[0] - cumulative  # censored so far
    first = np.floor(bounds[:-1] / unit + 1e-6).astype(int) + 1  # never on a printed time
    last = np.maximum(np.ceil(bounds[1:] / unit - 1e-6).astype(int) - 1, first)
    times, flags, where = [], [], []
    for k, (d, c) in enumerate(zip(events, leaving - events, strict=True)):
        for count, density, flag in ((d, cumulative, True), (c, gone, False)):
            at = _quantiles(grid, density, bounds[k], bounds[k + 1], int(count))
            times.append(np.clip(np.round(at / unit).astype(int), first[k], last[k]))
            flags.append(np.full(int(count), flag))
            where.append(np.full(int(count), k))
    interval = np.concatenate(where)
    free = np.flatnonzero(room[interval] > 0)
    return _Group(arm, unit, np.concatenate(times), np.concatenate(flags), interval, first, last, free)


def allocate(expected: np.ndarray, most: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers near `expected`, at most `most` each, that add up to `total`: largest remainder. total is cut to the sum of most."""
    whole = np.minimum(np.floor(np.maximum(expected, 0) + 1e-9), most).astype(int)
    total = int(min(total, most.sum()))
    while whole.sum() != total:
        up = whole.sum() < total
        gap = np.where(whole < most, expected - whole, -np.inf) if up else np.where(whole > 0, whole - expected, -np.inf)
        for at in np.argsort(-gap, kind="stable")[: abs(total - int(whole.sum()))]:
            if np.isfinite(gap[at]):
                whole[at] += 1 if up else -1
    return whole


def _quantiles(grid: np.ndarray, cumulative: np.ndarray, start: float, end: float, count: int) -> np.ndarray:
    inside = grid[(grid > start) & (grid < end)]
    points = np.concatenate(([start], inside, [end]))
    mass = np.maximum.accumulate(np.interp(points, grid, cumulative)) + 1e-9 * (points - start)
    return np.interp((np.arange(count) + 0.5) / max(count, 1), (mass - mass[0]) / max(mass[-1] - mass[0], 1e-12), points)


class _Curve:
    """An arm's figures, quickly: patients one by one, which gives the same Kaplan-Meier steps as tied times do together."""

    __slots__ = ("at", "hazard", "n", "times", "z")

    def __init__(self, group: _Group) -> None:
        # events before censorings at one time, as Kaplan-Meier has it
        key = group.time * 2 + ~group.event
        order = np.argsort(key, kind="stable")
        self.times = group.time[order]
        places = np.flatnonzero(group.event[order])
        self.at = self.times[places]
        self.n = len(key) - places
        n = self.n.astype(float)
        with np.errstate(divide="ignore", invalid="ignore"):
            self.hazard = -np.cumsum(np.log1p(-1 / n))
            # the log-log limits of survival cross one half where z passes -1.96 and 1.96
            self.z = (np.log(self.hazard) - plan.LOGLOG2) * self.hazard / np.sqrt(np.cumsum(1 / (n * (n - 1))))
        self.z[n <= 1] = np.inf

    def gap(self, values: np.ndarray, level: float, first: int, last: int) -> float:
        """How far `values` is from passing `level` between two steps for the first time: too early, or not yet."""
        early, late = self.at.searchsorted(first, "left"), self.at.searchsorted(last, "right")
        before = float(values[:early].max()) if early else -np.inf
        until = float(values[:late].max()) if late else -3.0
        return min(max(before - level, 0.0), 4.0) + min(max(level - until, 0.0), 4.0)


def _fast_cox(one: _Curve, two: _Curve, start: float) -> tuple[float, float]:
    """Newton's method as estimates.cox, with tied events one after the other."""
    n1 = np.concatenate((one.n, len(one.times) - one.times.searchsorted(two.at)))
    n0 = np.concatenate((len(two.times) - two.times.searchsorted(one.at), two.n)).astype(float)
    d1, b, information = len(one.at), start, 0.0
    for _ in range(12):
        r = n1 * np.exp(b)
        p = r / (r + n0)
        information = float(p @ (1 - p))
        if information < 1e-9:
            return np.nan, np.nan
        step = (d1 - float(p.sum())) / information
        b += max(min(step, 1.0), -1.0)
        if abs(step) < 1e-7:
            break
    return b, information**-0.5


def _miss(figure: Figure | None, value: float, inside: float = 0.96) -> float:
    """How many half cells outside."""
    if figure is None or figure.value is None:
        return 0.0
    return max(abs(value - (figure.high + figure.low) / 2) / max(figure.half, 1e-9) - inside, 0.0)


def _arm_loss(group: _Group, curve: _Curve) -> float:
    """What the arm's figures lack, in events by and large: one event moves the hazard at the median by a hundredth, z by a tenth."""
    arm, loss = group.arm, 0.0
    crossings = ((arm.median, curve.hazard, plan.LOG2 - 1e-12, 100.0), (arm.lower, curve.z, -Z95, 10.0), (arm.upper, curve.z, Z95, 10.0))
    for figure, values, level, weight in crossings:
        if figure is None:
            continue
        if figure.value is None:
            highest = float(values.max()) if values.size else -np.inf
            gap = min(max(highest - level + 1e-3, 0.0), 4.0)
        else:
            first, last = np.ceil(figure.low / group.unit - 1e-6), np.floor(figure.high / group.unit + 1e-6)
            gap = curve.gap(values, level, int(first), int(last))
        loss += 0.2 + weight * gap if gap else 0.0
    for mark in arm.landmarks:
        before = int(curve.at.searchsorted(mark.time / group.unit, side="right"))
        loss += _miss(mark.survival, float(np.exp(-curve.hazard[before - 1])) if before else 1.0)
    return loss


def _ratio_loss(curve: PublishedCurve, curves: list[_Curve], start: float) -> tuple[float, float]:
    if curve.hazard_ratio is None and curve.hr_lower is None or len(curves) < 2:
        return 0.0, start
    b, se = _fast_cox(curves[0], curves[1], start)
    if b != b:
        return 50.0, start
    figures = ((curve.hazard_ratio, b), (curve.hr_lower, b - Z95 * se), (curve.hr_upper, b + Z95 * se))
    return sum(_miss(f, float(np.exp(v)), inside=0.93) for f, v in figures), b  # ties are Efron's only in the end


def refine(curve: PublishedCurve, groups: list[_Group], rng: np.random.Generator, moves: int = MOVES) -> float:
    """Moves patients of `groups` until nothing is missed or `moves` are spent; returns the remaining miss, in events or half cells.

    Simulated annealing (Kirkpatrick et al. 1983, doi:10.1126/science.220.4598.671) at a temperature that falls to 0. The number of moves is
    fixed, never a time, so that the result depends on the seed alone.
    """
    curves = [_Curve(group) for group in groups]
    parts = [_arm_loss(group, c) for group, c in zip(groups, curves, strict=True)]
    ratio, b = _ratio_loss(curve, curves, 0.0)
    loss = sum(parts) + ratio
    best, saved = loss, [(g.time.copy(), g.event.copy()) for g in groups]
    picks = np.arange(len(groups))
    for move in range(moves):
        if loss < 0.0399:  # all met: the outer 4 % of cells are kept free
            return 0.0
        misses = np.array(parts) + 0.5 * ratio + 0.05
        i = int(rng.choice(picks, p=misses / misses.sum()))
        group, undo = groups[i], _move(groups[i], rng)
        if undo is None:
            continue
        moved = _Curve(group)
        part = _arm_loss(group, moved)
        trial = [moved if k == i else c for k, c in enumerate(curves)]
        new_ratio, new_b = _ratio_loss(curve, trial, b)
        new = loss - parts[i] - ratio + part + new_ratio
        heat = 0.06 * (1 - move / moves)
        if new <= loss or rng.random() < np.exp(-(new - loss) / max(heat, 1e-9)):
            curves, parts[i], ratio, b, loss = trial, part, new_ratio, new_b, new
            if loss < best:
                best, saved = loss, [(g.time.copy(), g.event.copy()) for g in groups]
        else:
            undo()
    for group, (time, event) in zip(groups, saved, strict=True):
        group.time[:], group.event[:] = time, event
    return best


def _move(group: _Group, rng: np.random.Generator) -> Callable[[], None] | None:
    """Changes one or two patients in place and returns how to undo it; None where the drawn change is none."""
    time, event, free = group.time, group.event, group.free
    j = int(free[int(rng.integers(len(free)))])
    kind = rng.random()
    if kind < 0.6:
        k = int(group.interval[j])
        old = int(time[j])
        reach = round(SHIFT_DAYS / (group.unit * DAYS_PER_MONTH))
        new = min(max(old + int(rng.integers(-reach, reach + 1)), int(group.first[k])), int(group.last[k]))
        if new == old:
            return None
        time[j] = new

        def undo() -> None:
            time[j] = old

        return undo
    other = free[event[free] != event[j]]
    if not other.size:
        return None
    day = 1 / (group.unit * DAYS_PER_MONTH)
    near = other[np.abs(time[other] - time[j]) <= 3 * SHIFT_DAYS * day] if kind < 0.97 else other  # mostly near: the plan's shape stays
    if not near.size:
        return None
    m = int(near[int(rng.integers(near.size))])
    event[j], event[m] = event[m], event[j]

    def swap() -> None:
        event[j], event[m] = event[m], event[j]

    return swap


def _median_by_lifelines(patients: Patients) -> float:
    """Where a curve is exactly one half somewhere, rounding decides on the median; lifelines is the judge."""
    from lifelines import KaplanMeierFitter

    value = float(KaplanMeierFitter().fit(patients.time, patients.event).median_survival_time_)
    return value if np.isfinite(value) else np.nan


def remaining(curve: PublishedCurve, arms: list[Patients]) -> dict[str, float]:
    """The published figures that these patients miss, each with its distance in printed units. Empty: all met."""
    missed: dict[str, float] = {}
    for arm, patients in zip(curve.arms, arms, strict=True):
        km = kaplan_meier(patients)
        m = median(km)
        if (np.abs(km.survival - 0.5) < 1e-9).any():
            m = m._replace(value=_median_by_lifelines(patients))
        figures = [
            ("median", arm.median, m.value),
            ("lower limit of the median", arm.lower, m.lower),
            ("upper limit of the median", arm.upper, m.upper),
        ]
        figures += [("events", arm.events, float(patients.n_events))]
        figures += [(f"survival at {mark.time:g} months", mark.survival, float(km.at(np.array([mark.time]))[0])) for mark in arm.landmarks]
        for name, figure, value in figures:
            if figure is not None and figure.distance(value) > 1e-9:
                missed[f"{name}, {arm.label or arm.arm_id}"] = figure.distance(value)
        off = np.abs(patients.at_risk(np.array(arm.risk_times)) - np.array(arm.at_risk)).max() if arm.at_risk else 0
        if off:
            missed[f"numbers at risk, {arm.label or arm.arm_id}"] = float(off)
    if len(arms) == 2:
        e = cox(*arms).estimate
        for name, figure, value in (("hazard ratio", curve.hazard_ratio, e.value), ("lower limit of the hazard ratio", curve.hr_lower, e.lower), ("upper limit of the hazard ratio", curve.hr_upper, e.upper)):  # fmt: skip
            if figure is not None and figure.distance(value) > 1e-9:
                missed[name] = figure.distance(value)
    if curve.total_events is not None:
        distance = curve.total_events.distance(float(sum(p.n_events for p in arms)))
        if distance:
            missed["events in all"] = distance
    return missed
