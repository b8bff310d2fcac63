"""Estimators against figures published from R, lifelines, statsmodels, or the same quantity by another formula."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialmart.survival import estimates
from trialmart.survival.patients import Patients

# Freireich et al. 1963 (doi:10.1182/blood.V21.6.699.699): weeks in remission on 6-mercaptopurine and on placebo
MERCAPTOPURINE = Patients(
    np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35], float),
    np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]) == 1,
)
PLACEBO = Patients(np.array([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], float), np.full(21, True))

patients = st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=4, max_size=60).map(
    lambda rows: Patients(np.array([t for t, _ in rows], float), np.array([e for _, e in rows]))
)


@pytest.fixture(scope="module")
def lung() -> tuple[Patients, Patients]:
    """Women and men of the lung cancer data of R's survival package, which lifelines ships too."""
    from lifelines.datasets import load_lung

    rows = load_lung()[["time", "status", "sex"]].dropna()
    return tuple(Patients(g.time.to_numpy(float), g.status.to_numpy() == 1) for g in (rows[rows.sex == 2], rows[rows.sex == 1]))  # type: ignore[return-value]


def test_kaplan_meier_of_the_6_mp_arm():
    # Klein & Moeschberger 2003, table 4.1A: survival and its standard error at 6, 7, 10, 13, 16, 22 and 23 weeks
    km = estimates.kaplan_meier(MERCAPTOPURINE)
    weeks = [6, 7, 10, 13, 16, 22, 23]
    found = [estimates.landmark(km, week) for week in weeks]
    assert [round(e.value, 3) for e in found] == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert [round(e.se, 3) for e in found] == [0.076, 0.087, 0.096, 0.107, 0.114, 0.128, 0.135]
    assert estimates.median(km).value == 23
    assert estimates.median(estimates.kaplan_meier(PLACEBO)).value == 8


def test_log_rank_and_cox_of_the_leukaemia_trial():
    # R: survdiff gives chi-squared 16.8; coxph(ties = "efron") gives 1.5721 (0.4124), as in Therneau & Grambsch 2000
    assert estimates.log_rank(MERCAPTOPURINE, PLACEBO).statistic == pytest.approx(16.79, abs=0.005)
    cox = estimates.cox(PLACEBO, MERCAPTOPURINE)
    assert (cox.log_hazard_ratio, cox.se) == pytest.approx((1.5721, 0.4124), abs=5e-5)
    assert cox.estimate[2:] == pytest.approx((2.147, 10.81), abs=5e-3)


def test_lung_cancer_as_r_prints_it(lung):
    # R's survival: survdiff 10.3; coxph -0.5310 (0.1672); cox.zph 2.86, p 0.091; survfit rmean of men up to 1022 days 326 (22.9)
    women, men = lung
    cox = estimates.cox(women, men)
    assert (cox.log_hazard_ratio, cox.se) == pytest.approx((-0.5310, 0.1672), abs=5e-5)
    assert estimates.log_rank(women, men).statistic == pytest.approx(10.3, abs=0.05)
    proportional = estimates.proportional_hazards(women, men)
    assert tuple(proportional.test)[:2] == pytest.approx((2.86, 0.091), abs=5e-3)
    mean = estimates.rmst(estimates.kaplan_meier(men), 1022)
    assert (mean.value, mean.se) == pytest.approx((326, 22.9), abs=0.5)
    assert [estimates.median(estimates.kaplan_meier(arm)).value for arm in lung] == [426, 270]


@settings(max_examples=25, deadline=None)
@given(patients)
def test_kaplan_meier_limits_and_medians_are_those_of_lifelines(arm):
    from lifelines import KaplanMeierFitter
    from lifelines.utils import median_survival_times

    model = KaplanMeierFitter().fit(arm.time, arm.event)
    km = estimates.kaplan_meier(arm)
    assert km.survival == pytest.approx(model.survival_function_.iloc[-len(km.time) :, 0].to_numpy(), abs=1e-12)
    inside = (km.survival > 0) & (km.survival < 1)
    limits = model.confidence_interval_.iloc[-len(km.time) :].to_numpy()
    assert km.lower[inside] == pytest.approx(limits[inside, 0], abs=1e-9)
    assert km.upper[inside] == pytest.approx(limits[inside, 1], abs=1e-9)
    if np.abs(km.survival - 0.5).min() < 1e-9:
        return  # exactly one half: rounding alone decides in lifelines
    found = estimates.median(km).value
    assert found == model.median_survival_time_ or (np.isnan(found) and np.isinf(model.median_survival_time_))
    if inside.all():
        theirs = median_survival_times(model.confidence_interval_).to_numpy().ravel()
        mine = np.nan_to_num(estimates.median(km)[2:], nan=np.inf)
        assert mine == pytest.approx(theirs)


@settings(max_examples=25, deadline=None)
@given(patients, patients)
def test_log_rank_is_that_of_lifelines(arm, reference):
    from lifelines.statistics import logrank_test

    mine = estimates.log_rank(arm, reference)
    if np.isfinite(mine.statistic):
        assert mine.statistic == pytest.approx(logrank_test(arm.time, reference.time, arm.event, reference.event).test_statistic, abs=1e-8)


def test_cox_is_that_of_lifelines_with_many_ties():
    import pandas as pd
    from lifelines import CoxPHFitter

    rng = np.random.default_rng(7)
    arms = [Patients(np.ceil(rng.exponential(mean, n)), rng.random(n) < 0.8) for mean, n in ((6, 150), (4, 90))]
    rows = pd.DataFrame(
        {"t": np.concatenate([a.time for a in arms]), "e": np.concatenate([a.event for a in arms]), "x": np.repeat([1, 0], [150, 90])}
    )
    theirs = CoxPHFitter().fit(rows, "t", "e").summary.loc["x"]
    mine = estimates.cox(*arms)
    assert (mine.log_hazard_ratio, mine.se) == pytest.approx((theirs["coef"], theirs["se(coef)"]), abs=1e-5)


def test_no_hazard_ratio_where_one_arm_has_no_events():
    assert np.isnan(estimates.cox(PLACEBO, Patients(PLACEBO.time, np.full(21, False))).log_hazard_ratio)


@settings(max_examples=60, deadline=None)
@given(patients, st.integers(2, 30))
def test_variance_of_a_restricted_mean_is_the_double_integral_of_the_covariance(arm, until):
    # Var = integral of Cov(S(s), S(t)) = S(s) S(t) sum_{u <= min(s, t)} d / (n (n - d)): the same quantity from the other side
    km = estimates.kaplan_meier(arm)
    mine = estimates.rmst(km, until)
    if not np.isfinite(mine.se) or (km.survival == 0).any():
        return
    edges = np.unique(np.concatenate(([0.0], km.time[km.time < until], [until])))
    width, at = np.diff(edges), edges[:-1]
    s = km.at(at)
    v = np.concatenate(([0.0], km.greenwood))[np.searchsorted(km.time, at, side="right")]
    covariance = np.outer(s, s) * np.minimum.outer(v, v)
    assert mine.se**2 == pytest.approx(width @ covariance @ width, abs=1e-9)
    assert mine.value == pytest.approx(width @ s)


def test_restricted_mean_without_censoring_is_the_mean_with_its_variance():
    mean = estimates.rmst(estimates.kaplan_meier(PLACEBO), 23)
    assert mean.value == pytest.approx(PLACEBO.time.mean())
    assert mean.se**2 == pytest.approx(PLACEBO.time.var() / 21)


def test_no_restricted_mean_beyond_the_curve():
    assert np.isnan(estimates.rmst(estimates.kaplan_meier(MERCAPTOPURINE), 40).value)
    assert np.isfinite(estimates.rmst(estimates.kaplan_meier(PLACEBO), 40).value)  # down to 0: nothing is left to know


def test_proportional_hazards_is_the_score_of_a_changing_ratio(lung):
    # the same score test from numeric derivatives of Efron's partial likelihood with a slope on 1 - Kaplan-Meier
    women, men = lung
    time, event = np.concatenate((women.time, men.time)), np.concatenate((women.event, men.event))
    x = np.repeat([1.0, 0.0], [len(women), len(men)])
    km = estimates.kaplan_meier(Patients(time, event))
    before = dict(zip(km.time, np.concatenate(([1.0], km.survival[:-1])), strict=True))

    def log_likelihood(b: float, slope: float) -> float:
        total = 0.0
        for t in np.unique(time[event]):
            dead, at_risk = (time == t) & event, time >= t
            risk = np.exp(x * (b + slope * (1 - before[t])))
            total += np.log(risk[dead]).sum()
            total -= sum(np.log(risk[at_risk].sum() - j / dead.sum() * risk[dead].sum()) for j in range(dead.sum()))
        return total

    b, h = estimates.cox(women, men).log_hazard_ratio, 1e-3
    f = {(i, j): log_likelihood(b + i * h, j * h) for i in (-1, 0, 1) for j in (-1, 0, 1)}
    score = (f[0, 1] - f[0, -1]) / (2 * h)
    bb, ss = (2 * f[0, 0] - f[1, 0] - f[-1, 0]) / h**2, (2 * f[0, 0] - f[0, 1] - f[0, -1]) / h**2
    bs = -(f[1, 1] - f[1, -1] - f[-1, 1] + f[-1, -1]) / (4 * h**2)
    assert estimates.proportional_hazards(women, men).test.statistic == pytest.approx(score**2 / (ss - bs**2 / bb), rel=1e-3)


def test_stratified_log_rank_adds_up_the_strata(lung):
    rng = np.random.default_rng(3)
    women, men = lung
    time, event = np.concatenate((women.time, men.time)), np.concatenate((women.event, men.event))
    group, stratum = np.repeat([1, 0], [len(women), len(men)]), rng.integers(0, 3, len(time))
    excess = variance = 0.0
    for k in range(3):
        for t in np.unique(time[event & (stratum == k)]):
            risk = (time >= t) & (stratum == k)
            n, n1, d = risk.sum(), (risk & (group == 1)).sum(), (event & (time == t) & risk).sum()
            excess += (event & (time == t) & risk & (group == 1)).sum() - d * n1 / n
            variance += d * n1 * (n - n1) * (n - d) / (n**2 * (n - 1)) if n > 1 else 0
    assert estimates.stratified_log_rank(time, event, group, stratum).statistic == pytest.approx(excess**2 / variance)


def test_at_risk_counts_those_whose_time_is_not_before_the_tick():
    assert list(MERCAPTOPURINE.at_risk(np.array([0, 6, 6.01, 35, 36]))) == [21, 21, 17, 1, 0]


def test_pieces_of_a_hazard_ratio(lung):
    (_, _, whole), *rest = estimates.piecewise_hazard_ratios(*lung, np.array([0.0, 5000.0]))
    assert not rest
    assert whole == pytest.approx(estimates.cox(*lung))
    early, late = estimates.piecewise_hazard_ratios(*lung, np.array([0.0, 300.0, 5000.0]))
    weights = [1 / piece[2].se ** 2 for piece in (early, late)]
    pooled = np.average([early[2].log_hazard_ratio, late[2].log_hazard_ratio], weights=weights)
    assert pooled == pytest.approx(whole.log_hazard_ratio, abs=0.03)  # the pieces hold the whole


def test_reverse_kaplan_meier():
    # without events everyone is followed to the own time; their median is the follow-up
    assert estimates.median_follow_up(Patients(np.arange(1.0, 12.0), np.full(11, False))).value == 6
