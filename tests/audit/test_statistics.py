"""trialmart/audit/statistics.py against published worked examples and second implementations."""

import numpy as np
import pytest

from trialmart.audit import statistics as s


# Newcombe 1998 (doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E), table I: 81/263, 15/148, 0/20, 1/29
@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("Wald", [(0.2522, 0.3638), (0.0527, 0.1500), (0.0000, 0.0000), (0.0000, 0.1009)]),
        ("Wald with continuity correction", [(0.2503, 0.3657), (0.0494, 0.1534), (0.0000, 0.0250), (0.0000, 0.1181)]),
        ("Wilson", [(0.2553, 0.3662), (0.0624, 0.1605), (0.0000, 0.1611), (0.0061, 0.1718)]),
        ("Wilson with continuity correction", [(0.2535, 0.3682), (0.0598, 0.1644), (0.0000, 0.2005), (0.0018, 0.1963)]),
        ("Clopper–Pearson", [(0.2527, 0.3676), (0.0578, 0.1617), (0.0000, 0.1684), (0.0009, 0.1776)]),
    ],
)
def test_limits_of_a_proportion(method, expected):
    lower, upper = s.PROPORTION_LIMITS[method](np.array([81, 15, 0, 1]), np.array([263, 148, 20, 29]))
    assert np.column_stack([lower, upper]) == pytest.approx(np.array(expected), abs=6e-5)


def test_agresti_coull_against_statsmodels():
    from statsmodels.stats.proportion import proportion_confint

    assert np.ravel(s.agresti_coull(np.array([5, 40]), np.array([20, 41]))) == pytest.approx(
        np.ravel(proportion_confint(np.array([5, 40]), np.array([20, 41]), method="agresti_coull")), abs=1e-9
    )


@pytest.mark.parametrize("table", [(7, 12, 1, 15), (43, 444, 13, 222), (0, 20, 5, 20), (46, 238, 66, 244)])
def test_fisher_against_scipy(table):
    from scipy.stats import fisher_exact

    a, n1, c, n2 = table
    grid = [[a, n1 - a], [c, n2 - c]]
    expected = [fisher_exact(grid, alternative=side)[1] for side in ("two-sided", "less", "greater")]
    assert s.fisher(*table) == pytest.approx(expected, rel=1e-7)


def test_crude_ratios_against_statsmodels():
    from statsmodels.stats.contingency_tables import Table2x2

    table = Table2x2([[187, 257], [77, 145]])
    assert s.woolf(187, 444, 77, 222) == pytest.approx((table.oddsratio, *table.oddsratio_confint()), rel=1e-9)
    assert s.katz(187, 444, 77, 222) == pytest.approx((table.riskratio, *table.riskratio_confint()), rel=1e-9)


def test_chi_square_and_trend():
    from scipy.stats import chi2_contingency

    table = [[257, 102], [178, 117], [9, 3]]
    assert s.chi_square(table) == pytest.approx(chi2_contingency(table)[1], rel=1e-9)
    assert s.chi_square(table[:2], yates=True) == pytest.approx(chi2_contingency(table[:2])[1], rel=1e-9)
    # a level or an arm without patients says nothing, and one row alone is no test
    assert s.chi_square([[257, 102, 0], [0, 0, 0], [178, 117, 0]]) == pytest.approx(chi2_contingency(table[:2], correction=False)[1], rel=1e-9)
    assert np.isnan(s.chi_square([[257, 102], [0, 0]]))
    # two rows: Mantel's test is Pearson's chi-square times (n-1)/n
    statistic = chi2_contingency(table[:2], correction=False)[0] * 653 / 654
    assert s.trend(table[:2]) == pytest.approx(float(s.two_sided_p(np.sqrt(statistic))), rel=1e-9)


def test_required_events_of_schoenfelds_formula():
    # two-sided 5 %, 90 % power, equal arms: hazard ratios 0.5 and 0.75 need 88 and 508 events (Collett, Modelling Survival Data, ch. on sample size)
    assert s.required_events(0.5, 0.025, 0.9) == pytest.approx(87.5, abs=0.1)
    assert s.required_events(0.75, 0.025, 0.9) == pytest.approx(507.8, abs=0.1)
    assert s.required_events(0.69, 0.025, 0.9, share=2 / 3) == pytest.approx(343.4, abs=0.1)
