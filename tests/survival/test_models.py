"""Parametric models against flexsurv's published output, lifelines, and their own definitions."""

import json

import numpy as np
import pytest

from trialmart.survival import models
from trialmart.survival.patients import Patients

# R's survival::ovarian: days and deaths (Edmonson et al. 1979)
OVARIAN = Patients(
    np.array(
        [
            59,
            115,
            156,
            421,
            431,
            448,
            464,
            475,
            477,
            563,
            638,
            744,
            769,
            770,
            803,
            855,
            1040,
            1106,
            1129,
            1206,
            1227,
            268,
            329,
            353,
            365,
            377,
        ],
        float,
    ),
    np.array([1, 1, 1, 0, 1, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0]) == 1,
)


@pytest.fixture(scope="module")
def fits() -> dict[str, models.Fit]:
    return {fit.family.name: fit for fit in models.fit_all(OVARIAN)}


def test_generalized_gamma_and_weibull_as_flexsurv_prints_them(fits):
    # flexsurvreg(Surv(futime, fustat) ~ 1, data = ovarian): gengamma log-likelihood -96.949, AIC 199.898, mu 6.426, sigma 1.426, Q -0.766;
    # weibull -97.954, AIC 199.908, shape 1.108, scale 1225 (Jackson 2016, doi:10.18637/jss.v070.i08, and the package's help)
    gamma, weibull = fits["generalized gamma"], fits["weibull"]
    assert (gamma.log_likelihood, gamma.aic) == pytest.approx((-96.949, 199.898), abs=6e-4)
    assert list(gamma.natural.values()) == pytest.approx([6.426, 1.426, -0.766], abs=2e-3)
    assert (weibull.log_likelihood, weibull.aic) == pytest.approx((-97.954, 199.908), abs=6e-4)
    assert list(weibull.natural.values()) == pytest.approx([1.108, 1225], rel=5e-4)


@pytest.mark.parametrize(
    ("name", "fitter"),
    [
        ("exponential", "ExponentialFitter"),
        ("weibull", "WeibullFitter"),
        ("log-normal", "LogNormalFitter"),
        ("log-logistic", "LogLogisticFitter"),
    ],
)
def test_likelihood_and_median_are_those_of_lifelines(fits, name, fitter):
    import lifelines

    theirs = getattr(lifelines, fitter)().fit(OVARIAN.time, OVARIAN.event)
    assert fits[name].log_likelihood == pytest.approx(theirs.log_likelihood_, abs=1e-3)
    assert fits[name].median(5000) == pytest.approx(theirs.median_survival_time_, rel=3e-3)


def test_a_spline_without_inner_knots_is_a_weibull(fits):
    spline = models.fit(OVARIAN, models.families(OVARIAN, knots=0)[-1])
    assert spline.log_likelihood == pytest.approx(fits["weibull"].log_likelihood, abs=1e-5)
    assert spline.natural["gamma1"] == pytest.approx(fits["weibull"].natural["shape"], abs=1e-3)


def test_spline_finds_the_maximum_that_lifelines_finds_from_there(fits):
    from lifelines import SplineFitter

    mine = next(fit for name, fit in fits.items() if name.startswith("royston"))
    theirs = SplineFitter(np.exp(mine.family.knots)).fit(OVARIAN.time, OVARIAN.event, initial_point=mine.theta)
    assert theirs.log_likelihood_ == pytest.approx(mine.log_likelihood, abs=1e-3)


def test_every_model_is_consistent_with_itself(fits):
    # hazard = -d log S / dt, and the reported parameters draw the same curve
    t = np.linspace(50, 1200, 40)
    for fit in fits.values():
        log_h, _ = fit.family.logs(fit.theta, t)
        before, after = (fit.family.logs(fit.theta, t + d)[1] for d in (-1e-2, 1e-2))
        assert np.exp(log_h) == pytest.approx((before - after) / 2e-2, rel=1e-4), fit.family.name
        assert models.curve_of(fit.family.name, json.loads(json.dumps(fit.natural)), t) == pytest.approx(fit.survival(t)), fit.family.name
        assert fit.converged, fit.note


def test_gompertz_finds_what_made_the_data():
    # inverse of the survival function: S = exp(-rate (exp(shape t) - 1) / shape)
    rng = np.random.default_rng(1)
    t = np.log(1 - 0.08 * np.log(rng.random(4000)) / 0.03) / 0.08
    fit = models.fit(Patients(np.minimum(t, 30), t < 30), models.families(OVARIAN)[5])
    assert list(fit.natural.values()) == pytest.approx([0.08, 0.03], rel=0.08)


def test_extrapolated_mean():
    fit = models.fit(OVARIAN, models.families(OVARIAN)[0])
    rate = fit.natural["rate"]
    assert rate == pytest.approx(12 / OVARIAN.time.sum())  # the closed form
    assert fit.restricted_mean(2000) == pytest.approx((1 - np.exp(-rate * 2000)) / rate, rel=1e-6)


def test_a_likelihood_without_maximum_is_said():
    # all events at one time: the Weibull's shape grows without end
    fit = models.fit(Patients(np.full(20, 5.0), np.full(20, True)), models.families(OVARIAN)[1])
    assert not fit.converged
    assert fit.note


def test_too_few_events_for_any_model():
    assert models.fit_all(Patients(np.arange(1.0, 21.0), np.arange(20) < 4)) == []
