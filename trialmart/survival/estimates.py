"""What patients of one arm or two tell: Kaplan-Meier, medians, landmarks, restricted means, log-rank, Cox, proportional hazards.

Belongs here: estimators on whole patients, each with its source. Does not: parametric models (models.py), or how patients come about.

Own code where lifelines is slow (it sits in the inner loop of a reconstruction) or wrong (its variance of a restricted mean is the
variance of the time, not of the estimate); every own estimator is tested against lifelines, statsmodels or figures published from R.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from trialmart.survival.patients import Patients

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Curve:
    """A Kaplan-Meier curve: one entry for each distinct time. `lower` and `upper` are log-log limits, NaN where there are none."""

    time: np.ndarray
    survival: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    censored: np.ndarray
    greenwood: np.ndarray  # running sum of d / (n (n - d))

    def at(self, times: np.ndarray) -> np.ndarray:
        """Survival at the times, NaN where nobody was at risk any more and the curve has not reached 0."""
        value = np.concatenate(([1.0], self.survival))[np.searchsorted(self.time, times, side="right")]
        return np.where((np.asarray(times) > self.time[-1]) & (self.survival[-1] > 0), np.nan, value)


class Estimate(NamedTuple):
    """An estimate with standard error and 95 % limits. NaN: not estimable."""

    value: float
    se: float
    lower: float
    upper: float


class Comparison(NamedTuple):
    """A Cox model with one binary covariate."""

    log_hazard_ratio: float
    se: float

    @property
    def estimate(self) -> Estimate:
        b, se = self
        return Estimate(*(float(x) for x in (np.exp(b), se, np.exp(b - Z95 * se), np.exp(b + Z95 * se))))


class Test(NamedTuple):
    """A chi-squared test."""

    statistic: float
    p: float
    degrees: int = 1


def kaplan_meier(patients: Patients) -> Curve:
    """Product-limit estimate with Greenwood's variance and log-log limits.

    Kaplan & Meier 1958 (doi:10.1080/01621459.1958.10501452); limits: Kalbfleisch & Prentice 1980. Limits are NaN where survival is 1 or 0.
    """
    time, which = np.unique(patients.time, return_inverse=True)
    events = np.bincount(which, weights=patients.event, minlength=len(time))
    leaving = np.bincount(which, minlength=len(time))
    at_risk = len(patients) - np.concatenate(([0], np.cumsum(leaving)[:-1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(1 - events / at_risk)
        greenwood = np.cumsum(events / (at_risk * (at_risk - events)))
        log_s = np.log(survival)
        half = Z95 * np.sqrt(greenwood) / np.abs(log_s)
        lower, upper = np.exp(log_s * np.exp(half)), np.exp(log_s * np.exp(-half))
    none = ~((survival > 0) & (survival < 1))
    lower[none] = upper[none] = np.nan
    return Curve(time, survival, lower, upper, at_risk, events.astype(int), (leaving - events).astype(int), greenwood)


def median(curve: Curve, level: float = 0.5) -> Estimate:
    """The first time at which survival is at most `level`, with limits where the log-log limits cross it.

    Brookmeyer & Crowley 1982 (doi:10.2307/2530286), in the form of R's survfit and of lifelines. NaN where a curve never comes down to it.
    """
    return Estimate(
        _first(curve.time, curve.survival, level), np.nan, _first(curve.time, curve.lower, level), _first(curve.time, curve.upper, level)
    )


def _first(time: np.ndarray, values: np.ndarray, level: float) -> float:
    below = values <= level + 1e-12
    at = int(np.argmax(below))
    return float(time[at]) if below[at] else np.nan


def landmark(curve: Curve, time: float) -> Estimate:
    """Survival at a time with log-log limits."""
    at = int(np.searchsorted(curve.time, time, side="right")) - 1
    if at < 0:
        return Estimate(1.0, 0.0, np.nan, np.nan)
    if time > curve.time[-1] and curve.survival[-1] > 0:
        return Estimate(np.nan, np.nan, np.nan, np.nan)
    s = curve.survival[at]
    se = s * np.sqrt(curve.greenwood[at]) if s > 0 else 0.0
    return Estimate(float(s), float(se), float(curve.lower[at]), float(curve.upper[at]))


def rmst(curve: Curve, until: float) -> Estimate:
    """Restricted mean survival time up to `until`, in the unit of time.

    Variance: sum over event times of (area under the curve from there on)^2 d / (n (n - d)). Klein & Moeschberger 2003, section 4.5;
    Royston & Parmar 2013 (doi:10.1186/1471-2288-13-152). NaN where the curve ends before `until` above 0.
    """
    if until > curve.time[-1] and curve.survival[-1] > 0:
        return Estimate(np.nan, np.nan, np.nan, np.nan)
    inside = curve.time < until
    edges = np.concatenate(([0.0], curve.time[inside], [until]))
    pieces = np.concatenate(([1.0], curve.survival[inside])) * np.diff(edges)
    rest = np.cumsum(pieces[::-1])[::-1][1:]  # area from each event time on
    n, d = curve.at_risk[inside], curve.events[inside]
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(n > d, rest**2 * d / (n * (n - d)), 0.0)  # nobody left: no area left either
    value, se = float(pieces.sum()), float(np.sqrt(terms.sum()))
    return Estimate(value, se, value - Z95 * se, value + Z95 * se)


def rmst_difference(first: Curve, second: Curve, until: float) -> tuple[Estimate, float]:
    """RMST of the first minus that of the second, for independent arms, and the two-sided normal p."""
    from scipy.special import ndtr

    a, b = rmst(first, until), rmst(second, until)
    difference, se = a.value - b.value, float(np.hypot(a.se, b.se))
    p = float(2 * ndtr(-abs(difference) / se)) if se > 0 else np.nan
    return Estimate(difference, se, difference - Z95 * se, difference + Z95 * se), p


def median_follow_up(patients: Patients) -> Estimate:
    """Median time to censoring by the reverse Kaplan-Meier estimate. Schemper & Smith 1996 (doi:10.1016/0197-2456(96)00075-X)."""
    return median(kaplan_meier(Patients(patients.time, ~patients.event.astype(bool))))


class _Table(NamedTuple):
    """Two arms at their distinct event times: events and numbers at risk of each."""

    time: np.ndarray
    d1: np.ndarray
    d0: np.ndarray
    n1: np.ndarray
    n0: np.ndarray


def _table(arm: Patients, reference: Patients) -> _Table:
    time = np.unique(np.concatenate((arm.time[arm.event], reference.time[reference.event])))
    d1, d0 = (np.bincount(np.searchsorted(time, a.time[a.event]), minlength=len(time)) for a in (arm, reference))
    return _Table(time, d1, d0, arm.at_risk(time), reference.at_risk(time))


def efron(table: tuple[np.ndarray, ...]) -> tuple[np.ndarray, ...]:
    """Events one by one, so that ties are Efron's: (whether each is one of x = 1, numbers at risk lessened by its tie).

    Efron 1977 (doi:10.1080/01621459.1977.10480613). table: d1, d0, n1, n0.
    """
    d1, d0, n1, n0 = table
    d = d1 + d0
    if (d <= 1).all():
        return d1, n1, n0
    which = np.repeat(np.arange(len(d)), d)
    rank = np.arange(len(which)) - np.repeat(np.cumsum(d) - d, d)
    share = rank / d[which]
    return (rank < d1[which]).astype(float), n1[which] - share * d1[which], n0[which] - share * d0[which]


def cox_from_table(d1: np.ndarray, d0: np.ndarray, n1: np.ndarray, n0: np.ndarray, start: float = 0.0) -> Comparison:
    """Cox model of one binary covariate from events and numbers at risk at each event time, shape (k,). See `cox`."""
    x, at1, at0 = efron((d1, d0, n1, n0))
    b = start
    for _ in range(50):
        r = at1 * np.exp(b)
        p = r / (r + at0)
        information = np.sum(p * (1 - p))
        if information <= 1e-12:
            return Comparison(np.nan, np.nan)
        step = float(np.clip(np.sum(x - p) / information, -1, 1))
        b += step
        if abs(step) < 1e-9:
            break
    if abs(b) > 15:  # one arm has no events while the other is at risk: the likelihood has no maximum
        return Comparison(np.nan, np.nan)
    return Comparison(float(b), float(1 / np.sqrt(information)))


def cox(arm: Patients, reference: Patients) -> Comparison:
    """Log hazard ratio of `arm` against `reference` by Cox regression with Efron's ties. NaN where it has no finite estimate.

    Cox 1972 (doi:10.1111/j.2517-6161.1972.tb00899.x).
    """
    return cox_from_table(*_table(arm, reference)[1:])


def log_rank(arm: Patients, reference: Patients) -> Test:
    """Two-sided log-rank test. Mantel 1966; Peto & Peto 1972 (doi:10.2307/2344317). Hypergeometric variance."""
    from scipy.special import chdtrc

    _, d1, d0, n1, n0 = _table(arm, reference)
    n, d = n1 + n0, d1 + d0
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(n > 1, d * n1 * n0 * (n - d) / (n**2 * (n - 1.0)), 0.0).sum()
    if variance <= 0:
        return Test(np.nan, np.nan)
    statistic = float((d1 - d * n1 / n).sum() ** 2 / variance)
    return Test(statistic, float(chdtrc(1, statistic)))


def stratified_log_rank(time: np.ndarray, event: np.ndarray, group: np.ndarray, stratum: np.ndarray) -> Test:
    """Log-rank test stratified, for real data with strata (statsmodels). Pseudo patients have no strata: their labels are unknown."""
    from statsmodels.duration.survfunc import survdiff

    statistic, p = survdiff(np.asarray(time), np.asarray(event, int), np.asarray(group), strata=np.asarray(stratum))
    return Test(float(statistic), float(p), len(np.unique(group)) - 1)


class ProportionalHazards(NamedTuple):
    """Test of proportional hazards, and the residuals for its plot: scaled Schoenfeld residuals at event times."""

    test: Test
    time: np.ndarray
    log_hazard_ratio: np.ndarray  # residual scaled to the log hazard ratio at that time


def proportional_hazards(arm: Patients, reference: Patients) -> ProportionalHazards:
    """Score test of a log hazard ratio that changes with 1 - Kaplan-Meier of both arms together.

    Grambsch & Therneau 1994 (doi:10.1093/biomet/81.3.515), exact in the form of R's survival >= 3 (one covariate): the score for a slope on
    g(t), given the fitted hazard ratio. Residuals are scaled by the average variance, as usual in the plot.
    """
    from scipy.special import chdtrc

    time, d1, d0, n1, n0 = _table(arm, reference)
    b = cox_from_table(d1, d0, n1, n0).log_hazard_ratio
    if not np.isfinite(b) or len(time) < 3:
        return ProportionalHazards(Test(np.nan, np.nan), time, np.full(len(time), np.nan))
    d = d1 + d0
    before = np.concatenate(([1.0], np.cumprod(1 - d / (n1 + n0))[:-1]))
    g = np.repeat(1 - before, d)
    x, at1, at0 = (np.repeat(a, d) if len(a) == len(d) and (d > 1).any() else a for a in efron((d1, d0, n1, n0)))
    p = at1 * np.exp(b) / (at1 * np.exp(b) + at0)
    v = p * (1 - p)
    centred = g - np.average(g, weights=v)
    statistic = float(np.sum(centred * (x - p)) ** 2 / np.sum(centred**2 * v))
    residual = b + (x - p) * len(x) / v.sum()
    return ProportionalHazards(Test(statistic, float(chdtrc(1, statistic))), np.repeat(time, d), residual)


def within(patients: Patients, start: float, end: float) -> Patients:
    """Those at risk at `start`, followed until `end`."""
    inside = patients.time >= start
    time, event = patients.time[inside], patients.event[inside]
    return Patients(np.minimum(time, end), event & (time < end))


def piecewise_hazard_ratios(arm: Patients, reference: Patients, bounds: np.ndarray) -> list[tuple[float, float, Comparison]]:
    """(start, end, Cox model) of each piece between bounds: the hazard ratio among those still at risk."""
    return [(float(a), float(b), cox(within(arm, a, b), within(reference, a, b))) for a, b in zip(bounds[:-1], bounds[1:], strict=True)]
