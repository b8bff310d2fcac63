"""Published summaries -> pseudo patients that meet every published figure at its printed precision.

Belongs here: one draw from start to end, the ensemble of draws, and the bounds on what is not published. Does not: the smooth plan
(plan.py), the search in whole patients (whole.py), or the verdict beside each published figure (check.py).

A draw aims at a point in each figure's rounding interval, with a prior of its own (stiffness, bends, visits), so that draws differ by what
the summaries leave open. Draw 0, the reference, aims at the middles with the plainest prior. A draw depends on its seed alone.

The figures that go in are fitted: meeting them validates nothing. See benchmarks/survival_summaries.py for round trips.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from trialmart.survival import plan, whole
from trialmart.survival.estimates import kaplan_meier, landmark, rmst
from trialmart.survival.patients import DAYS_PER_MONTH, Patients
from trialmart.survival.published import PublishedCurve

ATTEMPTS = 8
VISIT_WEEKS = (6, 8, 9, 12)  # usual distances between assessments; 0 (none) is always tried
REACHABLE = 30.0  # half the sum of squares in tight tolerances that the search in whole patients still closes
HOPELESS = 20.0  # events or half cells: figures so far off contradict each other, and no start will bring them together
ENDS = (1.2, 2.0, 3.5)  # ends of follow-up that bounds allow for, in latest printed times, where no numbers at risk tell
ROUGHNESS_CAP = 2.2  # of the log hazards' bends, a knot; with MARGIN set so that bounds cover the truth in round trips on public data
MARGIN = 0.5
Progress = Callable[[int, int, str], None]
Job = TypeVar("Job")
Result = TypeVar("Result")
_Start = tuple[plan.Shape, plan.Targets, np.ndarray, float, float]


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """One draw. `missed` names each published figure that could not be met and by how much, in its own unit; empty: all met."""

    arms: tuple[Patients, ...]
    draw: int
    seed: int
    visit_weeks: int
    attempts: int
    missed: dict[str, float] = field(default_factory=dict)

    @property
    def note(self) -> str:
        words = f"events gathered at visits each {self.visit_weeks} weeks (a hypothesis)" if self.visit_weeks else "smooth hazard"
        if self.missed:
            words += "; not met: " + ", ".join(f"{name} (off by {by:.3g})" for name, by in self.missed.items())
        return words


@dataclass(frozen=True, slots=True)
class Bounds:
    """Smallest and largest value of an estimand that the published figures allow, up to a cap on the hazards' roughness."""

    low: float
    high: float


def reconstruct(
    curve: PublishedCurve, seed: int, draws: int = 1, workers: int = 1, progress: Progress | None = None
) -> list[Reconstruction]:
    """`draws` reconstructions, the reference draw first; draw k has seed `seed + k`, so any one can be made again alone.

    Raises ValueError where nothing but numbers of patients is published. workers: processes; the result is the same for any number.
    """
    if not can_reconstruct(curve):
        raise ValueError("neither a median, nor numbers at risk with events, nor survival at a time is published for each arm")
    weeks = reachable_visits(curve)
    jobs = [(curve, seed + k, k, weeks) for k in range(draws)]
    made = []
    for one in in_order(_job, jobs, workers if draws >= 6 else 1):
        made.append(one)
        if progress is not None:
            progress(len(made), draws, f"{curve.article_id} {curve.endpoint}: draw {one.draw}")
    return made


def can_reconstruct(curve: PublishedCurve) -> bool:
    """Whether each arm has a figure that tells where its curve lies."""
    return all(
        (arm.median is not None and arm.median.value is not None)
        or bool(arm.landmarks)
        or (bool(arm.at_risk) and (arm.events is not None or curve.total_events is not None))
        for arm in curve.arms
    )


def in_order(function: Callable[[Job], Result], jobs: Sequence[Job], workers: int) -> Iterator[Result]:
    """function of each job, in order, in up to `workers` processes where this one may have any."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    if workers <= 1 or len(jobs) <= 1 or multiprocessing.current_process().daemon:
        yield from map(function, jobs)
        return
    with ProcessPoolExecutor(min(workers, len(jobs)), mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(function, jobs)


def _job(job: tuple[PublishedCurve, int, int, tuple[int, ...]]) -> Reconstruction:
    return one_draw(*job)


def one_draw(curve: PublishedCurve, seed: int, draw: int = 0, weeks: tuple[int, ...] | None = None) -> Reconstruction:
    """One reconstruction. Tries again with another start where a figure stays missed, and returns the nearest if none meets all."""
    weeks = reachable_visits(curve) if weeks is None else weeks
    best: tuple[float, Reconstruction] | None = None
    for attempt in range(ATTEMPTS):
        rng = np.random.default_rng([seed, attempt])
        visit = weeks[0] if draw == 0 and attempt == 0 else int(rng.choice(weeks))
        shape = _shape(curve, visit, None if draw == 0 and attempt == 0 else rng)
        targets = plan.aim(curve, None if draw == 0 and attempt < 2 else rng)
        theta, _ = plan.solve(shape, targets, steps=60)
        groups = whole.make(shape, theta, targets)
        loss = whole.refine(curve, groups, rng)
        arms = tuple(group.patients() for group in groups)
        missed = whole.remaining(curve, list(arms))
        done = Reconstruction(arms, draw, seed, visit, attempt + 1, missed)
        if not missed:
            return done
        if best is None or loss < best[0]:
            best = (loss, done)
        if attempt >= 2 and best[0] > HOPELESS:
            break
    assert best is not None
    return best[1]


def reachable_visits(curve: PublishedCurve) -> tuple[int, ...]:
    """Distances between visits, in weeks, under which a smooth plan comes near all figures; 0 stands for none. Best first."""
    if not any(arm.at_risk for arm in curve.arms):
        return (0, *VISIT_WEEKS)  # not rated: with so few figures the plain plan seldom needs another
    rated = []
    for weeks in (0, *VISIT_WEEKS):
        shape = _shape(curve, weeks, None)
        targets = plan.aim(curve)
        theta, _ = plan.solve(shape, targets, steps=50)
        rated.append((plan.unmet(shape, targets, theta), weeks))
    best = min(rated)
    within = [weeks for unmet, weeks in rated if unmet <= max(REACHABLE, 1.5 * best[0])]
    first = 0 if rated[0][0] <= REACHABLE else best[1]
    return (first, *(weeks for weeks in within if weeks != first))


def _shape(curve: PublishedCurve, weeks: int, rng: np.random.Generator | None) -> plan.Shape:
    """The plan's frame: plain for the reference draw, otherwise with a stiffness, bends and an end of its own."""
    arms = len(curve.arms)
    last = max(curve.last_time, 1.0)
    spacing = max((arm.risk_times[-1] - arm.risk_times[-2] for arm in curve.arms if len(arm.risk_times) > 1), default=0.0)
    stretch = 0.7 if rng is None else float(rng.uniform(0.3, 1.0))
    end = last + stretch * spacing if spacing else last * (1.1 + 0.6 * stretch)
    if not spacing and any(f is not None and f.value is None for arm in curve.arms for f in (arm.median, arm.upper)):
        end = last * (1.02 + 0.4 * stretch)
    stiffness, weight = (0.3, 0.5) if rng is None else (float(np.exp(rng.uniform(np.log(0.1), np.log(0.6)))), float(rng.uniform(0.3, 0.7)))
    cells, knots = (plan.GRID, plan.KNOTS) if spacing else (plan.GRID_PLAIN, plan.KNOTS_PLAIN)
    centre = np.zeros((arms, knots))
    if rng is not None:
        steps = rng.normal(0, rng.uniform(0, 0.25), (arms + 1, knots))
        centre = np.cumsum(steps[:arms] + steps[arms], axis=1)  # bends of its own beside bends that the arms share
        centre -= centre.mean(axis=1, keepdims=True)
    grid = np.linspace(0, end, cells + 1)
    return plan.Shape(curve, end, plan.visits(grid, weeks * 7 / DAYS_PER_MONTH, weight), centre, stiffness)


@dataclass(frozen=True, slots=True)
class Estimand:
    """Something that the summaries leave open: `survival` or `rmst` of an arm (its place), or `rmst_difference` of the two, at a time."""

    measure: str
    time: float
    arm: int = 0

    def of_plan(self, shape: plan.Shape, made: list[plan.Path]) -> np.ndarray:
        """Its value for a batch of smooth plans, shape (b,)."""
        if self.measure == "survival":
            return np.exp(-plan.at_times(made[self.arm].hazard, shape.grid, self.time))
        if self.measure == "rmst":
            return _area(shape, made[self.arm], self.time)
        return _area(shape, made[0], self.time) - _area(shape, made[1], self.time)

    def of_patients(self, arms: Sequence[Patients]) -> float:
        """Its value for whole patients; NaN where it can't be estimated."""
        curves = [kaplan_meier(arm) for arm in arms]
        if self.measure == "survival":
            return landmark(curves[self.arm], self.time).value
        if self.measure == "rmst":
            return rmst(curves[self.arm], self.time).value
        return rmst(curves[0], self.time).value - rmst(curves[1], self.time).value

    @property
    def scale(self) -> float:
        """A step that is small for it."""
        return 0.04 if self.measure == "survival" else 0.02 * self.time


def _area(shape: plan.Shape, path: plan.Path, until: float) -> np.ndarray:
    s = np.exp(-path.hazard)
    cells = (s[:, 1:] + s[:, :-1]) / 2 * (shape.grid[1] - shape.grid[0])
    return plan.at_times(np.concatenate((np.zeros((len(s), 1)), np.cumsum(cells, axis=1)), axis=1), shape.grid, until)


def bounds(
    curve: PublishedCurve, estimands: Sequence[Estimand], made: Sequence[Reconstruction] = (), cap: float = ROUGHNESS_CAP, workers: int = 1
) -> dict[Estimand, Bounds]:
    """The range of each estimand over the smooth plans that meet the figures with a roughness up to `cap`, and over the draws `made`.

    A range is found by pulling the estimand further and further from its plain value until the figures or the cap give way, from the
    plain plan and from the best one with visits. Deterministic. Whole patients scatter about a plan, so MARGIN is added at both ends.
    """
    if any(arm.at_risk for arm in curve.arms):
        starts = [_bounds_start(curve, visit) for visit in reachable_visits(curve)[:2]]
    else:  # nothing tells when follow-up ended
        starts = [_bounds_start(curve, 0, end * max(curve.last_time, 1.0)) for end in ENDS]
    found = {}
    ranges = in_order(_range_of, [(starts, estimand, cap) for estimand in estimands], workers if len(estimands) >= 6 else 1)
    for estimand, ends in zip(estimands, ranges, strict=True):
        ends += [value for one in made if np.isfinite(value := estimand.of_patients(one.arms))]
        margin = MARGIN * estimand.scale
        found[estimand] = Bounds(min(ends) - margin, max(ends) + margin)
        if estimand.measure != "rmst_difference":
            highest = 1.0 if estimand.measure == "survival" else estimand.time
            found[estimand] = Bounds(max(found[estimand].low, 0.0), min(found[estimand].high, highest))
    return found


def _range_of(job: tuple[list[_Start], Estimand, float]) -> list[float]:
    starts, estimand, cap = job
    ends = []
    for shape, targets, theta, allowed, limit in starts:
        cap = max(cap, limit)
        plain = float(estimand.of_plan(shape, plan.paths(shape, theta[None]))[0])
        reach = max(_reach(shape, targets, theta, estimand, cap), estimand.scale / 10)
        ends += [_pull(shape, targets, theta, estimand, plain, sign * reach, allowed, cap) for sign in (-1, 1)]
    return ends


def _reach(shape: plan.Shape, targets: plan.Targets, theta: np.ndarray, estimand: Estimand, cap: float) -> float:
    """How far the estimand can be pulled before the cap, were everything linear: sqrt(2 loss g' H^-1 g)."""
    small = 1e-5
    moved = theta + small * np.eye(len(theta))
    r = plan.residuals(shape, targets, theta[None])[0]
    jacobian = (plan.residuals(shape, targets, moved, one_by_one=True) - r).T / small
    values = estimand.of_plan(shape, plan.paths(shape, moved, one_by_one=True))
    slope = (values - estimand.of_plan(shape, plan.paths(shape, theta[None]))[0]) / small
    curvature = jacobian.T @ jacobian
    bends = len(shape.curve.arms) * (shape.n_knots - 2)
    loss = 0.5 * bends * shape.stiffness**2 * max(cap**2 - plan.roughness(shape, theta) ** 2, 0.1)
    spread = float(slope @ np.linalg.solve(curvature + 1e-6 * np.diag(np.diag(curvature) + 1e-4), slope))
    return float(np.sqrt(max(2 * loss * spread, 0)))


def _bounds_start(curve: PublishedCurve, weeks: int, end: float | None = None) -> _Start:
    plain = _shape(curve, weeks, None)
    if end is not None:
        plain = plan.Shape(curve, end, plain.kernel, plain.centre, plain.stiffness)
    shape = plan.Shape(curve, plain.end, plain.kernel, plain.centre, 0.12)
    targets = plan.aim(curve)
    theta, _ = plan.solve(plain, targets, steps=80)
    return shape, targets, theta, plan.unmet(shape, targets, theta) + 10.0, 1.5 * plan.roughness(shape, theta)


def _pull(
    shape: plan.Shape, targets: plan.Targets, theta: np.ndarray, estimand: Estimand, plain: float, reach: float, allowed: float, cap: float
) -> float:
    """The furthest value on one side that a plan within the limits was found for. reach: signed first try."""
    reached, step = plain, reach
    for _ in range(5):
        wanted = reached + step
        moved, _ = plan.solve(shape, targets, theta, (estimand.of_plan, wanted, estimand.scale / 50), steps=16)
        value = float(estimand.of_plan(shape, plan.paths(shape, moved[None]))[0])
        near = abs(value - wanted) < max(abs(step) / 3, estimand.scale / 10)
        if near and plan.unmet(shape, targets, moved) <= allowed and plan.roughness(shape, moved) <= cap:
            reached, theta, step = value, moved, step * 0.4
        else:
            step *= 0.45
        if abs(step) < max(abs(reach) / 12, estimand.scale / 20):
            break
    return reached
