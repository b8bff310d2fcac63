"""The smooth plan behind a reconstruction from summaries: hazards of one or two arms that meet all published figures as densities.

Belongs here: the hazard's form, what each published figure demands of it, and the least-squares search. Does not: whole patients
(whole.py), randomness, or what is printed.

log hazard = linear spline + log kernel. The kernel, where there is one, gathers events at evenly spaced assessments (visits), which
narrow printed limits can demand; it is a hypothesis. Where numbers at risk are printed, censoring in each interval is what they leave
over; where none are, patients enter evenly over a time and are followed up to a common end. All times are in months.

The search is Levenberg-Marquardt (Marquardt 1963, doi:10.1137/0111030) on the roughness of the log hazards and, much more heavily, on the
distance from each demand: so an unreachable demand does not stop it, and the remaining distance says which one it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from trialmart.survival.published import Figure, PublishedCurve

LOG2 = float(np.log(2))
LOGLOG2 = float(np.log(LOG2))
Z95 = 1.959963984540054
GRID, KNOTS = 240, 22  # cells of the time grid and knots of a log hazard, where numbers at risk are printed
GRID_PLAIN, KNOTS_PLAIN = 120, 12  # where none are: there is less to follow
Functional = Callable[["Shape", list["Path"]], np.ndarray]


@dataclass(frozen=True, slots=True)
class Targets:
    """The point within each figure's rounding interval that one draw aims at. NaN or None: not published."""

    events: tuple[float, ...]
    median: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]  # inf: published as not estimable
    log_hr: float = float("nan")
    log_hr_se: float = float("nan")
    total_events: float = float("nan")


@dataclass(frozen=True, slots=True)
class Shape:
    """What does not change during a search: the curve's figures, the time grid, the kernel, the prior's centre."""

    curve: PublishedCurve
    end: float
    kernel: np.ndarray  # log kernel on the grid
    centre: np.ndarray  # prior bends of the log hazards, shape (arms, knots)
    stiffness: float
    grid: np.ndarray = field(init=False)
    knots: np.ndarray = field(init=False)
    basis: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        grid = np.linspace(0, self.end, len(self.kernel) + 1)
        knots = np.linspace(0, self.end, self.n_knots)
        middle = (grid[1:] + grid[:-1]) / 2
        width = knots[1] - knots[0]
        basis = np.maximum(0, 1 - np.abs(middle[:, None] - knots) / width)
        for name, value in (("grid", grid), ("knots", knots), ("basis", basis)):
            object.__setattr__(self, name, value)

    @property
    def n_knots(self) -> int:
        return self.centre.shape[1]

    @property
    def n_parameters(self) -> int:
        return len(self.curve.arms) * (self.n_knots + 1) + 1  # log hazards and log dropout of each arm, and the end of accrual


@dataclass(slots=True)
class Path:
    """One arm along the grid, for a batch of parameters: cumulative hazard, patients at risk, events per cell, Greenwood's sum."""

    hazard: np.ndarray  # (b, G + 1)
    at_risk: np.ndarray  # (b, G + 1)
    events: np.ndarray  # (b, G)
    greenwood: np.ndarray  # (b, G + 1)
    shortage: np.ndarray  # (b, intervals): hazard beyond what the numbers at risk allow

    def spread(self, rows: np.ndarray) -> Path:
        """The path with these rows of the batch."""
        return Path(self.hazard[rows], self.at_risk[rows], self.events[rows], self.greenwood[rows], self.shortage[rows])


def visits(grid: np.ndarray, period: float, weight: float, spread: float = 0.3) -> np.ndarray:
    """Log kernel: a share `weight` of the hazard at multiples of `period` months, each with standard deviation `spread`."""
    middle = (grid[1:] + grid[:-1]) / 2
    if period <= 0 or weight <= 0:
        return np.zeros_like(middle)
    off = middle - period * np.maximum(np.round(middle / period), 1)
    peaks = np.exp(-((off / spread) ** 2) / 2) * period / (spread * np.sqrt(2 * np.pi))
    return np.log(1 - weight + weight * peaks)


def paths(shape: Shape, theta: np.ndarray, one_by_one: bool = False) -> list[Path]:
    """Each arm along the grid for a batch of parameters, shape (b, p).

    one_by_one: row j differs from the others in parameter j only, so that each arm needs its own rows alone.
    """
    made = []
    for i in range(len(shape.curve.arms)):
        if not one_by_one or len(shape.curve.arms) == 1:
            made.append(_arm_path(shape, i, theta))
            continue
        own = np.arange(i * (shape.n_knots + 1), (i + 1) * (shape.n_knots + 1))
        other = (1 - i) * (shape.n_knots + 1)  # a row in which nothing of this arm has changed
        rows = np.append(own, [other, len(theta) - 1])
        where = np.full(len(theta), len(own))
        where[own], where[-1] = np.arange(len(own)), len(own) + 1
        made.append(_arm_path(shape, i, theta[rows]).spread(where))
    return made


def _arm_path(shape: Shape, i: int, theta: np.ndarray) -> Path:
    block = theta[:, i * (shape.n_knots + 1) : (i + 1) * (shape.n_knots + 1)]
    step = np.exp(np.clip(block[:, : shape.n_knots] @ shape.basis.T + shape.kernel, -25, 6)) * (shape.grid[1] - shape.grid[0])
    hazard = np.concatenate((np.zeros((len(theta), 1)), np.cumsum(step, axis=1)), axis=1)
    if shape.curve.arms[i].at_risk:
        return _between_ticks(shape, i, hazard, step)
    return _by_accrual(shape, i, hazard, step, block[:, shape.n_knots], theta[:, -1])


def _path(hazard: np.ndarray, at_risk: np.ndarray, step: np.ndarray, shortage: np.ndarray) -> Path:
    middle = np.maximum(np.sqrt(np.maximum(at_risk[:, 1:], 0.3) * np.maximum(at_risk[:, :-1], 0.3)), 0.3)
    variance = np.concatenate((np.zeros((len(step), 1)), np.cumsum(step / middle, axis=1)), axis=1)
    events = step * (at_risk[:, 1:] + at_risk[:, :-1]) / 2
    return Path(hazard, at_risk, events, variance, shortage)


def _between_ticks(shape: Shape, i: int, hazard: np.ndarray, step: np.ndarray) -> Path:
    arm, grid = shape.curve.arms[i], shape.grid
    ticks, numbers = np.array(arm.risk_times), np.maximum(np.array(arm.at_risk, float), 0.3)
    at = _columns(hazard, grid, ticks)
    inside = np.clip(np.searchsorted(ticks, grid, side="right") - 1, 0, len(ticks) - 1)
    room = np.log(numbers[:-1] / numbers[1:])
    censoring = room - np.diff(at, axis=1)  # cumulative hazard of censoring in each interval
    last = len(ticks) - 1
    width = np.append(np.diff(ticks), max(grid[-1] - ticks[-1], 1e-9))
    share = (grid - ticks[inside]) / width[inside]
    rate = np.concatenate((np.maximum(censoring, 0), np.zeros((len(hazard), 1))), axis=1)[:, inside] * share
    log_n = np.log(numbers[inside]) - (hazard - at[:, inside]) - rate
    at_risk = np.exp(log_n)
    rest = inside == last  # after the last tick: followed up to the end, evenly fewer
    at_risk[:, rest] *= np.maximum(1 - share[rest], 0)
    return _path(hazard, at_risk, step, np.minimum(censoring, 0))


def _by_accrual(shape: Shape, i: int, hazard: np.ndarray, step: np.ndarray, dropout: np.ndarray, accrual: np.ndarray) -> Path:
    start = shape.end * _share(accrual)[:, None]
    followed = np.clip((shape.end - shape.grid) / np.maximum(shape.end - start, 1e-6), 0, 1)
    at_risk = shape.curve.arms[i].n * np.exp(-hazard - np.exp(np.clip(dropout, -20, 3))[:, None] * shape.grid) * followed
    return _path(hazard, at_risk, step, np.zeros((len(hazard), 0)))


def _share(x: np.ndarray) -> np.ndarray:
    return 0.98 / (1 + np.exp(-np.clip(x, -30, 30)))


def _columns(values: np.ndarray, grid: np.ndarray, times: np.ndarray) -> np.ndarray:
    """values (b, G + 1) interpolated at times (k,): (b, k)."""
    place = np.clip(np.asarray(times, float) / (grid[1] - grid[0]), 0, len(grid) - 1)
    left = np.minimum(place.astype(int), len(grid) - 2)
    part = place - left
    return values[:, left] * (1 - part) + values[:, left + 1] * part


def at_times(values: np.ndarray, grid: np.ndarray, time: float) -> np.ndarray:
    """values along the grid, shape (b, G + 1), at one time: (b,)."""
    return _columns(values, grid, np.array([time]))[:, 0]


def residuals(
    shape: Shape, targets: Targets, theta: np.ndarray, extra: tuple[Functional, float, float] | None = None, one_by_one: bool = False
) -> np.ndarray:
    """Everything that the search makes small, for a batch of parameters: (b, r). Demands are in units of a tight tolerance."""
    made = paths(shape, theta, one_by_one)
    columns = [_roughness(shape, theta)]
    for i, (arm, path) in enumerate(zip(shape.curve.arms, made, strict=True)):
        total = path.events.sum(axis=1)
        columns.append(path.shortage / 0.003)
        if np.isfinite(targets.events[i]):
            columns.append(_one((total - targets.events[i]) / 0.15))
        columns += _median_demands(shape, targets, i, path)
        for mark in arm.landmarks:
            columns.append(_one((np.exp(-_columns(path.hazard, shape.grid, [mark.time])[:, 0]) - mark.survival.value) / 0.002))
    if np.isfinite(targets.total_events):
        columns.append(_one((sum(path.events.sum(axis=1) for path in made) - targets.total_events) / 0.15))
    if np.isfinite(targets.log_hr) and len(made) == 2:
        columns += _ratio_demands(targets, made)
    if extra is not None:
        estimand, wanted, scale = extra
        columns.append(_one((estimand(shape, made) - wanted) / scale))
    return np.concatenate(columns, axis=1)


def _one(values: np.ndarray) -> np.ndarray:
    return values[:, None]


def _roughness(shape: Shape, theta: np.ndarray) -> np.ndarray:
    columns = []
    for i in range(len(shape.curve.arms)):
        block = theta[:, i * (shape.n_knots + 1) : i * (shape.n_knots + 1) + shape.n_knots] - shape.centre[i]
        columns.append(shape.stiffness * np.diff(block, n=2, axis=1))
        columns.append(0.15 * shape.stiffness * np.diff(block, axis=1))
        columns.append(_one((theta[:, i * (shape.n_knots + 1) + shape.n_knots] - np.log(0.1 / shape.end)) * 0.5))
    columns.append(_one(theta[:, -1] * 0.5))
    return np.concatenate(columns, axis=1)


def _median_demands(shape: Shape, targets: Targets, i: int, path: Path) -> list[np.ndarray]:
    """The median and its log-log limits."""
    columns = []
    if np.isfinite(targets.median[i]):
        columns.append(_one((_columns(path.hazard, shape.grid, [targets.median[i]])[:, 0] - LOG2) / 0.002))
    elif np.isinf(targets.median[i]):
        columns.append(_one(np.maximum(path.hazard[:, -1] - LOG2 + 0.02, 0) / 0.01))
    for time, side in ((targets.lower[i], -Z95), (targets.upper[i], Z95)):
        if np.isfinite(time):
            h = np.maximum(_columns(path.hazard, shape.grid, [time])[:, 0], 1e-6)
            v = _columns(path.greenwood, shape.grid, [time])[:, 0]
            columns.append(_one(((np.log(h) - LOGLOG2) * h / np.sqrt(np.maximum(v, 1e-12)) - side) / 0.02))
        elif np.isinf(time):  # never reached: the demand holds at every time
            h = np.maximum(path.hazard[:, 5:], 1e-6)
            z = (np.log(h) - LOGLOG2) * h / np.sqrt(np.maximum(path.greenwood[:, 5:], 1e-12))
            columns.append(_one(np.maximum(z.max(axis=1) - side + 0.15, 0) / 0.05))
    return columns


def _ratio_demands(targets: Targets, made: list[Path]) -> list[np.ndarray]:
    """The Cox score is 0 at the published log hazard ratio, and its information gives the published standard error."""
    one, two = made
    n1 = (one.at_risk[:, 1:] + one.at_risk[:, :-1]) / 2 * np.exp(targets.log_hr)
    n0 = (two.at_risk[:, 1:] + two.at_risk[:, :-1]) / 2
    p = n1 / np.maximum(n1 + n0, 1e-9)
    information = np.maximum(((one.events + two.events) * p * (1 - p)).sum(axis=1), 1e-3)
    score = (one.events * (1 - p) - two.events * p).sum(axis=1)
    columns = [_one(score / information / 0.002)]
    if np.isfinite(targets.log_hr_se):
        columns.append(_one((0.5 * np.log(information) + np.log(targets.log_hr_se)) / 0.02))
    return columns


def start(shape: Shape, targets: Targets) -> np.ndarray:
    """Constant hazards that meet each arm's median or events, roughly."""
    theta = np.zeros(shape.n_parameters)
    for i, arm in enumerate(shape.curve.arms):
        events = targets.events[i]
        if np.isfinite(targets.median[i]):
            rate = LOG2 / targets.median[i]
        elif arm.at_risk and np.isfinite(events):
            rate = events / max(np.trapezoid(arm.at_risk, arm.risk_times), 1.0)
        elif np.isfinite(events):
            rate = -np.log(max(1 - events / arm.n, 0.02)) / (0.7 * shape.end)
        else:
            rate = 0.5 * LOG2 / shape.end
        theta[i * (shape.n_knots + 1) : i * (shape.n_knots + 1) + shape.n_knots] = np.log(max(rate, 1e-6)) + shape.centre[i]
        theta[i * (shape.n_knots + 1) + shape.n_knots] = np.log(0.1 / shape.end)
    return theta


def solve(
    shape: Shape, targets: Targets, theta: np.ndarray | None = None, extra: tuple[Functional, float, float] | None = None, steps: int = 40
) -> tuple[np.ndarray, float]:
    """(parameters, half the sum of squares) after at most `steps` Levenberg-Marquardt steps. The same numbers on every machine."""
    theta = start(shape, targets) if theta is None else theta.copy()
    damping, small = 1e-2, 1e-5
    r = residuals(shape, targets, theta[None], extra)[0]
    loss = 0.5 * r @ r
    for _ in range(steps):
        moved = residuals(shape, targets, theta + small * np.eye(len(theta)), extra, one_by_one=True)
        jacobian = ((moved - r) / small).T
        gradient, curvature = jacobian.T @ r, jacobian.T @ jacobian
        improved = False
        for _ in range(8):
            step = -np.linalg.solve(curvature + damping * np.diag(np.diag(curvature) + 1e-4), gradient)
            step *= min(1.0, 1.5 / max(np.abs(step).max(), 1e-12))
            trial = residuals(shape, targets, (theta + step)[None], extra)[0]
            new = 0.5 * trial @ trial
            if new < loss:
                improved = True
                break
            damping *= 4
        if not improved:
            break
        gain, theta, r, loss = loss - new, theta + step, trial, new
        damping = max(damping / 5, 1e-9)
        if gain < 1e-6 * (1 + loss):
            break
    return theta, float(loss)


def roughness(shape: Shape, theta: np.ndarray) -> float:
    """Root mean square bend of the log hazards, per knot, free of stiffness and prior."""
    bends = [np.diff(theta[i * (shape.n_knots + 1) : i * (shape.n_knots + 1) + shape.n_knots], n=2) for i in range(len(shape.curve.arms))]
    return float(np.sqrt(np.mean(np.concatenate(bends) ** 2)))


def unmet(shape: Shape, targets: Targets, theta: np.ndarray) -> float:
    """Half the sum of squares of the demands alone."""
    r = residuals(shape, targets, theta[None])[0]
    smooth = _roughness(shape, theta[None])[0]
    return float(0.5 * (r @ r - smooth @ smooth))


def aim(curve: PublishedCurve, rng: np.random.Generator | None = None) -> Targets:
    """A point in each figure's rounding interval: its middle, or drawn evenly from the middle 80 % of it."""

    def point(figure: Figure | None, missing: float = float("nan")) -> float:
        if figure is None:
            return float("nan")
        if figure.value is None:
            return missing
        if rng is None:
            return (figure.low + figure.high) / 2
        return float(rng.uniform(figure.low + 0.2 * figure.half, figure.high - 0.2 * figure.half))

    arms = curve.arms
    columns = [tuple(point(getattr(arm, name), float("inf")) for arm in arms) for name in ("median", "lower", "upper")]
    hr, low, high = (point(f) for f in (curve.hazard_ratio, curve.hr_lower, curve.hr_upper))
    log_hr = float(np.log(hr)) if hr > 0 else float("nan")
    se = float(np.log(high / low) / (2 * Z95)) if low > 0 and high > low else float("nan")
    return Targets(tuple(point(arm.events) for arm in arms), *columns, log_hr, se, point(curve.total_events))
