"""Parametric models of one arm, for extrapolation: likelihood, fit, convergence, information criteria, means.

Belongs here: the distributions and their fit to right-censored times. Does not: which models a report shows, or figures.

All are fitted by one maximum-likelihood routine from several starting points, and a fit counts as converged only where the gradient is
nil and the curvature positive: lifelines' SplineFitter can stop at a start that is none and say nothing. Sources: Weibull to
log-logistic as in Kalbfleisch & Prentice 2002; generalized gamma in the form of Prentice 1974 (doi:10.1093/biomet/61.3.539); Gompertz as in
flexsurv (Jackson 2016, doi:10.18637/jss.v070.i08); splines by Royston & Parmar 2002 (doi:10.1002/sim.1203).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from trialmart.survival.patients import Patients

HORIZON = 360.0  # months; thirty years
GRADIENT = 1e-2  # at the maximum, in log likelihood a unit of a parameter on its fitting scale
Likelihood = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True, slots=True)
class Family:
    """A distribution. `logs(theta, t)` gives log hazard and log survival at times t > 0, shape (k,) each."""

    name: str
    parameters: tuple[str, ...]
    logs: Likelihood
    starts: tuple[np.ndarray, ...]
    natural: Callable[[np.ndarray], np.ndarray]  # theta as reported
    knots: tuple[float, ...] = ()  # of a spline, in log time


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model. `se` are standard errors of theta on the fitting scale."""

    family: Family
    theta: np.ndarray
    se: np.ndarray
    log_likelihood: float
    n: int
    n_events: int
    converged: bool
    note: str

    @property
    def aic(self) -> float:
        return 2 * len(self.theta) - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """With the number of patients, as R's BIC; some prefer the number of events."""
        return len(self.theta) * float(np.log(self.n)) - 2 * self.log_likelihood

    @property
    def natural(self) -> dict[str, float]:
        """Parameters as reported, and a spline's knots: enough to draw the curve again (`curve_of`)."""
        values = dict(zip(self.family.parameters, map(float, self.family.natural(self.theta)), strict=True))
        return values | {f"log_knot{i}": float(k) for i, k in enumerate(self.family.knots)}

    def survival(self, times: np.ndarray) -> np.ndarray:
        """Survival at the times, 1 at 0."""
        t = np.asarray(times, float)
        return np.where(t <= 0, 1.0, np.exp(self.family.logs(self.theta, np.maximum(t, 1e-9))[1]))

    def restricted_mean(self, until: float = HORIZON) -> float:
        """Area under the model's curve up to `until`."""
        edges = until * np.linspace(0, 1, 4001) ** 2  # finer where curves are steep
        middle = (edges[1:] + edges[:-1]) / 2
        s = self.survival(edges)
        return float(np.sum((s[:-1] + 4 * self.survival(middle) + s[1:]) * np.diff(edges)) / 6)  # Simpson

    def median(self, until: float = 10 * HORIZON) -> float:
        """The model's median; NaN beyond `until`."""
        times = until * np.linspace(0, 1, 20001) ** 2
        s = self.survival(times)
        return float(np.interp(-0.5, -s, times)) if s[-1] < 0.5 else float("nan")


def fit_all(patients: Patients) -> list[Fit]:
    """Every model that the arm has events enough for: none below five events."""
    if patients.n_events < 5:
        return []
    return [fit(patients, family) for family in families(patients)]


def families(patients: Patients, knots: int = 1) -> list[Family]:
    """The seven distributions, with starting points from these patients. knots: internal knots of the spline."""
    t = np.maximum(patients.time, 1e-9)
    rate = np.log(max(patients.n_events, 0.5) / t.sum())
    middle = -rate + np.log(np.log(2))
    spread = float(np.std(np.log(t[patients.event]))) if patients.n_events > 1 else 1.0
    sigma = np.log(max(spread, 0.2))
    gamma_starts = tuple(np.array([middle, sigma, q]) for q in (0.01, 1.0, -0.7))
    mean = float(t.mean())  # the Gompertz shape is fitted in its unit, so that a step means the same for days and years
    gompertz_starts = tuple(np.array([shape, rate]) for shape in (0.01, -0.3, 0.5))
    return [
        Family("exponential", ("rate",), _exponential, (np.array([rate]),), np.exp),
        Family("weibull", ("shape", "scale"), _weibull, (np.array([0.0, -rate]), np.array([0.4, -rate])), np.exp),
        Family("log-normal", ("mu", "sigma"), _log_normal, (np.array([middle, sigma]),), lambda x: np.array([x[0], np.exp(x[1])])),
        Family("log-logistic", ("shape", "scale"), _log_logistic, (np.array([0.3, middle]),), np.exp),
        Family("generalized gamma", ("mu", "sigma", "Q"), _generalized_gamma, gamma_starts, lambda x: np.array([x[0], np.exp(x[1]), x[2]])),
        Family("gompertz", ("shape", "rate"), lambda x, t: _gompertz(np.array([x[0] / mean, x[1]]), t), gompertz_starts,
               lambda x: np.array([x[0] / mean, np.exp(x[1])])),
        _spline(patients, knots),
    ]  # fmt: skip


def curve_of(model: str, parameters: dict[str, float], times: np.ndarray) -> np.ndarray:
    """Survival at the times of a model as reported: its name and the parameters of `Fit.natural`."""
    t = np.maximum(np.asarray(times, float), 1e-9)
    knots = np.array([v for k, v in parameters.items() if k.startswith("log_knot")])
    p = np.array([v for k, v in parameters.items() if not k.startswith("log_knot")])
    if len(knots):
        return np.exp(_spline_logs(knots)(p, t)[1])
    logs, theta = {
        "exponential": (_exponential, lambda: np.log(p)),
        "weibull": (_weibull, lambda: np.log(p)),
        "log-normal": (_log_normal, lambda: np.array([p[0], np.log(p[1])])),
        "log-logistic": (_log_logistic, lambda: np.log(p)),
        "generalized gamma": (_generalized_gamma, lambda: np.array([p[0], np.log(p[1]), p[2]])),
        "gompertz": (_gompertz, lambda: np.array([p[0], np.log(p[1])])),
    }[model]
    return np.exp(logs(theta(), t)[1])


def _exponential(theta: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.full_like(t, theta[0]), -np.exp(theta[0]) * t


def _weibull(theta: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    shape = np.exp(theta[0])
    x = np.log(t) - theta[1]
    return theta[0] - theta[1] + (shape - 1) * x, -np.exp(np.clip(shape * x, -700, 700))


def _log_normal(theta: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import log_ndtr

    w = (np.log(t) - theta[0]) / np.exp(theta[1])
    log_s = log_ndtr(-w)
    return -(w**2) / 2 - 0.5 * np.log(2 * np.pi) - theta[1] - np.log(t) - log_s, log_s


def _log_logistic(theta: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    shape = np.exp(theta[0])
    x = shape * (np.log(t) - theta[1])
    log_s = -np.logaddexp(0, x)
    return theta[0] + x - np.log(t) + log_s, log_s


def _generalized_gamma(theta: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import gammainc, gammaincc, gammaln

    mu, log_sigma, q = theta
    if abs(q) < 1e-3:
        return _log_normal(theta[:2], t)
    k, w = q**-2, (np.log(t) - mu) / np.exp(log_sigma)
    u = k * np.exp(np.clip(q * w, -700, 700))
    log_f = np.log(abs(q)) - log_sigma - np.log(t) + k * np.log(k) + k * q * w - u - gammaln(k)
    log_s = np.log(np.maximum(gammaincc(k, u) if q > 0 else gammainc(k, u), 1e-300))
    return log_f - log_s, log_s


def _gompertz(theta: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    shape, log_rate = theta
    growth = np.clip(shape * t, -700, 700)
    area = t if abs(shape) < 1e-10 else np.expm1(growth) / shape
    return log_rate + shape * t, -np.exp(log_rate) * area


def _spline_logs(at: np.ndarray) -> Likelihood:
    """log cumulative hazard = restricted cubic spline of log time with knots `at`, the outer two the ends."""
    low, high = at[0], at[-1]

    def basis(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        columns, slopes = [np.ones_like(x), x], [np.zeros_like(x), np.ones_like(x)]
        for k in at[1:-1]:
            share = (high - k) / (high - low)
            parts = [np.maximum(x - c, 0) for c in (k, low, high)]
            columns.append(parts[0] ** 3 - share * parts[1] ** 3 - (1 - share) * parts[2] ** 3)
            slopes.append(3 * (parts[0] ** 2 - share * parts[1] ** 2 - (1 - share) * parts[2] ** 2))
        return np.stack(columns), np.stack(slopes)

    def logs(theta: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x = np.log(t)
        values, slopes = basis(x)
        log_cumulative, slope = np.clip(theta @ values, -700, 700), theta @ slopes
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(slope > 0, np.log(np.maximum(slope, 1e-300)) + log_cumulative - x, -1e6), -np.exp(log_cumulative)

    return logs


def _spline(patients: Patients, knots: int) -> Family:
    """Knots at quantiles of the log event times, the ends at their extremes."""
    at = np.quantile(np.log(np.maximum(patients.time[patients.event], 1e-9)), np.linspace(0, 1, knots + 2))
    rate = np.log(max(patients.n_events, 0.5) / patients.time.sum())
    starts = tuple(np.concatenate(([shape * rate, shape], np.zeros(knots))) for shape in (1.0, 0.8, 1.3))
    names = tuple(f"gamma{i}" for i in range(knots + 2))
    return Family(f"royston-parmar, {knots} knot{'s' * (knots != 1)}", names, _spline_logs(at), starts, lambda x: x, tuple(map(float, at)))


def fit(patients: Patients, family: Family) -> Fit:
    """Maximum likelihood for right-censored times, from each starting point; the best maximum counts."""
    from scipy.optimize import minimize

    t, event = np.maximum(patients.time, 1e-9), patients.event.astype(bool)

    def negative(theta: np.ndarray) -> float:
        with np.errstate(all="ignore"):
            log_h, log_s = family.logs(theta, t)
            value = -float(log_h[event].sum() + log_s.sum())
        return value if np.isfinite(value) else 1e10

    best = None
    for start in family.starts:
        found = minimize(negative, start, method="BFGS", options={"gtol": 1e-4, "maxiter": 200})
        if not found.success:  # a line search that got stuck: the simplex needs no slope
            found = minimize(
                negative, found.x, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-8, "maxiter": 1500, "maxfev": 1500}
            )
            found = minimize(negative, found.x, method="BFGS", options={"gtol": 1e-4, "maxiter": 100})
        if best is None or found.fun < best.fun - 1e-9:
            best = found
    assert best is not None
    with np.errstate(all="ignore"):
        gradient, curvature = _derivatives(negative, best.x)
    note, se = "", np.full(len(best.x), np.nan)
    eigenvalues = np.linalg.eigvalsh(curvature) if np.isfinite(curvature).all() else np.array([-1.0])
    if eigenvalues.min() > 1e-8:
        se = np.sqrt(np.diag(np.linalg.inv(curvature)))
    else:
        note = "the likelihood has no maximum here: it is flat or open in some direction"
    if not np.abs(gradient * np.where(np.isfinite(se), se, 1)).max() < GRADIENT:
        note = note or "the gradient is not nil at the best point found"
    if best.fun >= 1e9:
        note = "no finite likelihood was found"
    return Fit(family, best.x, se, -float(best.fun), len(patients), patients.n_events, not note, note)


def _derivatives(function: Callable[[np.ndarray], float], x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gradient and Hessian by central differences."""
    k = len(x)
    h = 1e-4 * np.maximum(np.abs(x), 0.05)
    unit = np.eye(k) * h
    centre = function(x)
    gradient = np.array([(function(x + e) - function(x - e)) / (2 * e.sum()) for e in unit])
    hessian = np.empty((k, k))
    for i in range(k):
        hessian[i, i] = (function(x + unit[i]) - 2 * centre + function(x - unit[i])) / h[i] ** 2
        for j in range(i):
            corners = [function(x + a * unit[i] + b * unit[j]) for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
            hessian[i, j] = hessian[j, i] = (corners[0] - corners[1] - corners[2] + corners[3]) / (4 * h[i] * h[j])
    return gradient, hessian
