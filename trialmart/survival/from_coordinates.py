"""Curve coordinates and numbers at risk -> pseudo patients, one arm at a time.

Belongs here: the clean-up of clicks, the split of each interval's leavers into events and censorings, and their times. Does not: two
arms together, or figures other than the curve's own (from_summaries.py).

Source: Guyot, Ades, Ouwens & Welton 2012 (doi:10.1186/1471-2288-12-9). Where they iterate on the number censored until the curve is
met, the closed form of a constant censoring hazard is used, so that numbers at risk are exact by construction. Events lie between
clicks, at the quantiles of their density: placing them at clicks makes times late.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from trialmart.survival.patients import Patients

RISE = 0.05  # a digitized curve that rises by more than this anywhere was not read along one curve
MISFIT = 0.03  # survival that reading errors may hide between curve and risk table
TRUST = 0.3  # how far the times of censoring give way, on the log scale, where whole events leave a gap to the curve; the rest is even
FLOOR = 1e-4  # survival below this is 0 on any printed curve


class Contradiction(ValueError):
    """Coordinates and numbers that no patients can have together. The message says where and by how much."""


@dataclass(frozen=True, slots=True)
class _Intervals:
    """The time between ticks, and the rest after the last: starts, ends, survival at both, patients entering and leaving."""

    start: np.ndarray
    end: np.ndarray
    survival: np.ndarray  # at starts and the last end
    at_risk: np.ndarray  # at starts
    leaving: np.ndarray
    tail: bool  # whether the last interval is the rest after the last tick, of which nobody's number at risk is printed


def reconstruct(
    times: np.ndarray, survival: np.ndarray, risk_times: np.ndarray, at_risk: np.ndarray, total_events: int | None = None
) -> Patients:
    """Pseudo patients of one arm.

    times, survival: clicks along the curve, shape (k,), survival as a proportion. risk_times, at_risk: the risk table, shape (m,), from
    time 0 on, patients at risk just before each time. total_events: exact number of events, where published.
    Returns as many patients as at_risk[0], with numbers at risk exact and total_events exact. Raises Contradiction where curve,
    risk table and events can't belong together; ValueError where an input is malformed.
    """
    ticks, numbers = _risk_table(risk_times, at_risk)
    t, s = clean(times, survival)
    spans = _intervals(t, s, ticks, numbers)
    expected, events, patients = _follow(spans, t, s, None)
    if total_events is None or total_events == events.sum():
        return patients
    fewest, most = _range(spans)
    met = _meet_total(expected, fewest, most, spans, float(total_events))
    cumulative = np.floor(np.cumsum(met) + 0.5 + 1e-9)  # rounding the running sum: one interval makes good for the other
    return _follow(spans, t, s, np.diff(cumulative, prepend=0.0))[2]


def clean(times: np.ndarray, survival: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Clicks in order of time, starting at (0, 1), made monotone by isotonic regression (Barlow et al. 1972, pool adjacent violators)."""
    from scipy.optimize import isotonic_regression

    t, s = np.asarray(times, float), np.asarray(survival, float)
    if t.shape != s.shape or t.ndim != 1 or not t.size:
        raise ValueError(f"times and survival must be two equally long lists, not {t.shape} and {s.shape}")
    if not (np.isfinite(t).all() and np.isfinite(s).all()) or t.min() < 0:
        raise ValueError("times and survival must be numbers, times not negative")
    if s.max() > 1 + RISE or s.min() < -RISE:
        raise ValueError(f"survival must be a proportion, but reaches from {s.min():g} to {s.max():g}")
    order = np.lexsort((-s, t))  # two clicks at one time: the upper first, as along a step
    t, s = t[order], np.clip(s[order], 0, 1)
    smooth = isotonic_regression(s, increasing=False).x
    worst = int(np.argmax(np.abs(smooth - s)))
    if abs(smooth[worst] - s[worst]) > RISE:
        raise Contradiction(f"the curve rises near time {t[worst]:g}: the click at {s[worst]:.3f} is off any falling curve by "
                            f"{abs(smooth[worst] - s[worst]):.3f}")  # fmt: skip
    smooth = isotonic_regression(_without_noise(s), increasing=False).x
    t, s = np.concatenate(([0.0], t)), np.concatenate(([1.0], np.clip(smooth, 0, 1)))
    return t, np.where(s < FLOOR, 0.0, s)


def _without_noise(s: np.ndarray) -> np.ndarray:
    """Whittaker smoothing of the clicks, as strong as generalized cross-validation finds: none where the steps are larger than the noise.

    Garcia 2010 (doi:10.1016/j.csda.2009.09.020), by cosine transform about the line from first to last click.
    """
    from scipy.fft import dct, idct

    k = len(s)
    if k < 20:
        return s
    line = np.linspace(s[0], s[-1], k)
    waves = dct(s - line, norm="ortho")
    keep = _filters(k)
    residual = ((1 - keep) ** 2) @ waves**2
    score = residual / (k - keep.sum(axis=1)) ** 2
    return line + idct(keep[int(np.argmin(score))] * waves, norm="ortho")


@functools.lru_cache(maxsize=8)
def _filters(k: int) -> np.ndarray:
    """What each strength of smoothing keeps of each wave, shape (strengths, k)."""
    stiffness = (2 - 2 * np.cos(np.pi * np.arange(k) / k)) ** 2
    return 1 / (1 + np.geomspace(1e-3, 1e3, 19)[:, None] * stiffness)


def event_range(times: np.ndarray, survival: np.ndarray, risk_times: np.ndarray, at_risk: np.ndarray) -> tuple[float, float]:
    """Fewest and most events that the curve with its risk table can hold, before reading errors.

    Fewest: all censorings of an interval before its events; most: after them.
    """
    ticks, numbers = _risk_table(risk_times, at_risk)
    low, high = _range(_intervals(*clean(times, survival), ticks, numbers))
    return float(low.sum()), float(high.sum())


def _risk_table(risk_times: np.ndarray, at_risk: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    ticks, numbers = np.asarray(risk_times, float), np.asarray(at_risk, float)
    if ticks.shape != numbers.shape or ticks.ndim != 1 or not ticks.size:
        raise ValueError("risk_times and at_risk must be two equally long lists")
    if ticks[0] != 0 or (np.diff(ticks) <= 0).any():
        raise ValueError("numbers at risk must start at time 0 and their times must increase")
    if (numbers % 1 != 0).any() or numbers[0] < 1 or (numbers < 0).any():
        raise ValueError("numbers at risk must be whole and start with at least one patient")
    rising = np.flatnonzero(np.diff(numbers) > 0)
    if rising.size:
        i = int(rising[0])
        raise Contradiction(f"the number at risk rises from {numbers[i]:g} at time {ticks[i]:g} to {numbers[i + 1]:g} at {ticks[i + 1]:g}")
    return ticks, numbers


def _intervals(t: np.ndarray, s: np.ndarray, ticks: np.ndarray, numbers: np.ndarray) -> _Intervals:
    bounds, tail = ticks, numbers[-1] > 0
    leaving = -np.diff(numbers)
    if tail:  # those at risk at the last tick leave by the end of the curve, or at once where it ends there
        step = ticks[-1] - ticks[-2] if len(ticks) > 1 else max(t[-1], 1.0)
        bounds = np.append(ticks, max(t[-1], ticks[-1] + 1e-3 * step))
        leaving = np.append(leaving, numbers[-1])
    at = np.interp(bounds, t, s)
    at[0] = 1.0
    spans = _Intervals(bounds[:-1], bounds[1:], at, numbers[: len(bounds) - 1], leaving, bool(tail))
    _refuse(spans)
    return spans


def _refuse(spans: _Intervals) -> None:
    known = len(spans.start) - spans.tail
    after = (spans.at_risk - spans.leaving)[:known]
    least = spans.survival[:known] * after / np.maximum(spans.at_risk[:known], 1)  # where every leaver had an event
    gap = least - spans.survival[1 : known + 1]
    one_patient = spans.survival[:known] / np.maximum(spans.at_risk[:known], 1)  # whose step may fall on either side of a tick
    noise = np.maximum(MISFIT, 1.5 * one_patient)
    if (gap > noise).any():
        i = int(np.argmax(gap - noise))
        raise Contradiction(
            f"between times {spans.start[i]:g} and {spans.end[i]:g} the curve falls from {spans.survival[i]:.3f} to "
            f"{spans.survival[i + 1]:.3f}, but only {spans.leaving[i]:g} of {spans.at_risk[i]:g} patients leave: it can't fall below "
            f"{least[i]:.3f}"
        )


def _range(spans: _Intervals) -> tuple[np.ndarray, np.ndarray]:
    """Fewest and most events of each interval."""
    before = np.maximum(spans.survival[:-1], FLOOR)
    ratio = np.clip(spans.survival[1:] / before, 0, 1)
    after = spans.at_risk - spans.leaving
    most = np.minimum(spans.at_risk * (1 - ratio), spans.leaving)
    with np.errstate(divide="ignore", invalid="ignore"):
        fewest = np.where(ratio > 0, after * (1 - ratio) / np.maximum(ratio, FLOOR), spans.leaving * (ratio < 1))
    return np.minimum(fewest, most), most


def _meet_total(expected: np.ndarray, fewest: np.ndarray, most: np.ndarray, spans: _Intervals, total: float) -> np.ndarray:
    """The events closest to expectation, each weighted by what is not known of it, that add up to the total."""
    slack = max(6.0, MISFIT * spans.at_risk[0])  # steps that fall on a tick count on either side of it
    if not fewest.sum() - slack <= total <= min(most.sum() + slack, spans.at_risk[0]):
        raise Contradiction(
            f"the curve with its numbers at risk holds {fewest.sum():.0f} to {most.sum():.0f} events, so {total:g} can't be its total"
        )
    reading = MISFIT / 6 * spans.at_risk  # what an error of half a percent in reading one tick makes
    low, high = np.zeros_like(expected), spans.leaving
    spread = ((most - fewest) / 3) ** 2 + (reading / 2) ** 2 + 1e-3
    fixed = expected.copy()
    for _ in range(len(fixed) + 1):
        missing = total - fixed.sum()
        free = (fixed < high) if missing > 0 else (fixed > low)
        if abs(missing) < 1e-9 or not free.any():
            break
        fixed = np.clip(fixed + np.where(free, spread, 0) * missing / spread[free].sum(), low, high)
    return fixed


def _follow(spans: _Intervals, t: np.ndarray, s: np.ndarray, fixed: np.ndarray | None) -> tuple[np.ndarray, np.ndarray, Patients]:
    """(expected events, whole events, patients) of each interval, one after the other, so that an interval makes good for the last.

    Between ticks numbers at risk are n(t) = S(t) (n_a/S_a - integral of dC/S), so the censored number is c = (n_a/S_a - n_b/S_b) /
    (mean of 1/S over the times of censoring): evenly spread, unless the events are `fixed`, which tells when the censorings were.
    """
    height = np.log(np.maximum(s, FLOOR))
    reached, expected, events, parts = 1.0, [], [], []
    for i, (a, b) in enumerate(zip(spans.start, spans.end, strict=True)):
        entering, leaving = spans.at_risk[i], spans.leaving[i]
        grid = np.concatenate(([a], t[(t > a) & (t < b)], [b]))
        curve = np.minimum(np.exp(np.interp(grid, t, height)), reached)
        curve[0] = reached
        runs_out = 0 < entering == leaving  # nobody is left at its end
        flow = entering / reached - (0.0 if runs_out else (entering - leaving) / curve[-1])
        even = np.sum(np.diff(grid) * (1 / curve[1:] + 1 / curve[:-1])) / (2 * (b - a))
        expected.append(float(np.clip(leaving - flow / even, 0, leaving)))
        down = curve <= 0.3 * reached / max(entering, 1)
        ends_at_0 = runs_out and bool(down[-1])  # the last patient had the event
        if ends_at_0:
            expected[-1] = max(expected[-1], 1.0)
        d = np.floor(expected[-1] + 0.5) if fixed is None else fixed[i]
        event_times, censored_times = _times(grid, curve, entering, int(d), int(leaving - d), flow)
        if ends_at_0 and d:  # where the curve comes down; not on the tick itself, where it would count as at risk
            event_times[-1] = min(grid[int(np.argmax(down))], b - 1e-6 * (b - a))
        events.append(int(d))
        parts.append((event_times, censored_times))
        before = entering - np.arange(d) - np.searchsorted(censored_times, event_times)
        reached = max(float(reached * np.prod(1 - 1 / np.maximum(before, 1))), FLOOR)
    times = np.concatenate([part[0] for part in parts] + [part[1] for part in parts])
    is_event = np.repeat([True, False], [sum(events), len(times) - sum(events)])
    return np.array(expected), np.array(events), Patients(times, is_event)


_SKEWS = np.geomspace(0.15, 6.0, 25)[:, None]


def _times(grid: np.ndarray, curve: np.ndarray, entering: float, d: int, c: int, flow: float) -> tuple[np.ndarray, np.ndarray]:
    """Times of d events along the curve and of c censorings, early or late in the interval as the curve's fall demands."""
    place = (grid - grid[0]) / (grid[-1] - grid[0])
    skewed = place**_SKEWS  # share of censorings before each grid time, by skew
    inverse = 1 / curve
    mean = np.diff(skewed, axis=1) @ ((inverse[1:] + inverse[:-1]) / 2)
    power = 1.0
    if c and d and mean[-1] - mean[0] > 1e-9:
        power = float(np.exp(TRUST * np.interp(flow / c, mean, np.log(_SKEWS[:, 0]))))
    gone = place**power
    at_risk = curve * (entering / curve[0] - c * np.concatenate(([0.0], np.cumsum(np.diff(gone) * (inverse[1:] + inverse[:-1]) / 2))))
    at_risk = np.maximum(at_risk, 0.5)
    mass = -np.diff(np.log(curve)) * (at_risk[1:] + at_risk[:-1]) / 2 + 1e-9 * np.diff(place)
    share = np.concatenate(([0.0], np.cumsum(mass)))
    events = np.interp((np.arange(d) + 0.5) / max(d, 1), share / share[-1], grid)
    censored = grid[0] + (grid[-1] - grid[0]) * ((np.arange(c) + 0.5) / max(c, 1)) ** (1 / power)
    return events, censored
