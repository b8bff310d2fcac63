"""Exact tests against scipy and R's documented example."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialmart.effects.exact import conditional_odds_ratio, fisher_p


def test_convictions_of_twins():
    # R's help of fisher.test (Fisher 1962): 2 of 12 dizygotic... against 10 of 13: p and the conditional estimate that R prints
    assert fisher_p(2, 17, 10, 13)[0] == pytest.approx(0.0005367, abs=5e-8)
    assert conditional_odds_ratio(2, 17, 10, 13)[0][0] == pytest.approx(0.04693661, abs=5e-8)


def test_many_tables_at_once_as_scipy_has_them_one_by_one():
    from scipy.stats import fisher_exact
    from scipy.stats.contingency import odds_ratio

    rng = np.random.default_rng(7)
    n, m = rng.integers(5, 400, 25), rng.integers(5, 400, 25)
    x, y = rng.binomial(n, rng.random(25)), rng.binomial(m, rng.random(25))
    p, (ratio, lower, upper) = fisher_p(x, n, y, m), conditional_odds_ratio(x, n, y, m)
    for i, table in enumerate(np.array([[x, n - x], [y, m - y]]).transpose(2, 0, 1)):
        known = odds_ratio(table)
        interval = known.confidence_interval()
        assert p[i] == pytest.approx(fisher_exact(table).pvalue, rel=1e-6, abs=1e-14)
        assert (ratio[i], lower[i], upper[i]) == pytest.approx((known.statistic, interval.low, interval.high), rel=1e-5, nan_ok=True)


def test_events_at_an_end_of_their_support_leave_one_limit():
    ratio, lower, upper = conditional_odds_ratio([0, 8, 0, 20], [20, 20, 20, 20], [8, 0, 0, 20], [20, 20, 20, 20])
    assert ratio[0] == lower[0] == 0 and 0 < upper[0] < 1
    assert np.isinf(ratio[1]) and np.isinf(upper[1]) and lower[1] == pytest.approx(1 / upper[0])
    assert np.isnan(np.array([ratio, lower, upper])[:, 2:]).all()  # the margins leave one table: nothing can be said


counts = st.integers(1, 80).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(max_examples=60, deadline=None)
@given(counts, counts)
def test_swapping_arms_keeps_p_and_inverts_the_ratio(arm, reference):
    assert fisher_p(*arm, *reference)[0] == pytest.approx(fisher_p(*reference, *arm)[0])
    ours = np.array(conditional_odds_ratio(*arm, *reference))[:, 0]
    with np.errstate(divide="ignore"):
        swapped = 1 / np.array(conditional_odds_ratio(*reference, *arm))[[0, 2, 1], 0]
    assert ours == pytest.approx(swapped, rel=1e-5, nan_ok=True)
