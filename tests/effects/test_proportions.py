"""Proportions against published worked examples, a second implementation, and the laws that any such interval obeys."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialmart.effects import proportions as prop

# Newcombe 1998 (doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I), table II, examples (a) to (h): the counts,
# then the limits of Miettinen & Nurminen (his method 6) and of his own method 10
NEWCOMBE_TABLE_II = [
    ((56, 70, 48, 80), (0.0528, 0.3382), (0.0524, 0.3339)),
    ((9, 10, 3, 10), (0.1700, 0.8406), (0.1705, 0.8090)),
    ((6, 7, 2, 7), (0.0342, 0.8534), (0.0582, 0.8062)),
    ((5, 56, 0, 29), (-0.0326, 0.1933), (-0.0381, 0.1926)),
    ((0, 10, 0, 20), (-0.1658, 0.2844), (-0.1611, 0.2775)),
    ((0, 10, 0, 10), (-0.2879, 0.2879), (-0.2775, 0.2775)),
    ((10, 10, 0, 20), (0.7156, 1.0), (0.6791, 1.0)),
    ((10, 10, 0, 10), (0.6636, 1.0), (0.6075, 1.0)),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "score", "square_and_add"), NEWCOMBE_TABLE_II)
def test_limits_of_a_difference_as_published(cells, score, square_and_add):
    assert [x[0] for x in prop.miettinen_nurminen(*cells)] == pytest.approx(score, abs=5.1e-5)
    assert [x[0] for x in prop.newcombe(*cells)] == pytest.approx(square_and_add, abs=5.1e-5)


def test_score_limits_far_from_zero():
    # neutropenia in PALOMA-2, where statsmodels 0.15 gives 0.685 to 0.773
    lower, upper = prop.miettinen_nurminen(353, 444, 14, 222)
    assert (round(lower[0], 3), round(upper[0], 3)) == (0.678, 0.777)


def test_exact_limits_reproduce_a_published_response_rate():
    # PALOMA-2's table 3: 187 of 444 responded, 42.1 % (37.5 to 46.9)
    lower, upper = prop.clopper_pearson(187, 444)
    assert (round(100 * lower[0], 1), round(100 * upper[0], 1)) == (37.5, 46.9)


def test_one_proportion_as_a_second_implementation_has_it():
    from statsmodels.stats.proportion import proportion_confint

    events, n = np.array([0, 1, 7, 81, 20]), np.array([10, 30, 20, 263, 20])
    for ours, method in ((prop.wilson, "wilson"), (prop.clopper_pearson, "beta")):
        assert np.array(ours(events, n)) == pytest.approx(np.array(proportion_confint(events, n, method=method)), abs=1e-9)


def test_ratios_as_a_second_implementation_has_them():
    from statsmodels.stats.contingency_tables import Table2x2

    table = Table2x2([[30, 70], [18, 92]])
    ratio, lower, upper = (x[0] for x in prop.odds_ratio(30, 100, 18, 110))
    assert (ratio, lower, upper) == pytest.approx((table.oddsratio, *table.oddsratio_confint()))
    ratio, lower, upper = (x[0] for x in prop.risk_ratio(30, 100, 18, 110))
    assert (ratio, lower, upper) == pytest.approx((table.riskratio, *table.riskratio_confint()))


def test_half_is_added_only_where_a_cell_is_zero():
    ratio = prop.odds_ratio([5, 0, 5, 0, 9], [9, 9, 9, 9, 9], [3, 3, 0, 0, 9], [9, 9, 9, 9, 9])[0]
    assert ratio[0] == pytest.approx((5 * 6) / (4 * 3))
    assert ratio[1] == pytest.approx((0.5 * 6.5) / (9.5 * 3.5))
    assert ratio[2] == pytest.approx((5.5 * 9.5) / (4.5 * 0.5))
    assert np.isnan(ratio[3:]).all()  # none in both arms, all in both arms: no ratio, though the difference stays
    assert prop.risk_difference([0], [9], [0], [9])[0] == 0
    assert prop.risk_ratio(9, 9, 3, 9)[0][0] == pytest.approx(3)  # a full arm leaves the ratio of risks untouched


@pytest.mark.parametrize("cells", [(5, 4, 1, 4), (-1, 4, 1, 4), (0, 0, 1, 4), (np.nan, 4, 1, 4), (1, 4, 1, np.nan)])
def test_impossible_counts_are_refused(cells):
    with pytest.raises(ValueError, match="must"):
        prop.miettinen_nurminen(*cells)


def test_confidence_levels_outside_0_and_1_are_refused():
    with pytest.raises(ValueError, match="level"):
        prop.wilson(1, 2, level=95)


counts = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(max_examples=60, deadline=None)
@given(counts, counts, st.sampled_from([prop.miettinen_nurminen, prop.newcombe]))
def test_swapping_arms_negates_a_difference(arm, reference, interval):
    lower, upper = interval(*arm, *reference)
    swapped_lower, swapped_upper = interval(*reference, *arm)
    assert (lower[0], upper[0]) == pytest.approx((-swapped_upper[0], -swapped_lower[0]), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(counts, counts, st.sampled_from([prop.risk_ratio, prop.odds_ratio]))
def test_swapping_arms_inverts_a_ratio(arm, reference, function):
    ratio, lower, upper = (x[0] for x in function(*arm, *reference))
    swapped = [x[0] for x in function(*reference, *arm)]
    assert (ratio, lower, upper) == pytest.approx((1 / swapped[0], 1 / swapped[2], 1 / swapped[1]), nan_ok=True, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(counts, counts)
def test_limits_lie_around_the_estimate_and_widen_with_confidence(arm, reference):
    difference = prop.risk_difference(*arm, *reference)[0]
    for interval in (prop.miettinen_nurminen, prop.newcombe):
        lower, upper = interval(*arm, *reference)
        wide_lower, wide_upper = interval(*arm, *reference, level=0.99)
        assert -1 <= wide_lower[0] <= lower[0] + 1e-9 and lower[0] <= difference + 1e-9
        assert difference - 1e-9 <= upper[0] and upper[0] <= wide_upper[0] + 1e-9 <= 1 + 1e-8


@settings(max_examples=60, deadline=None)
@given(counts, counts)
def test_score_limits_are_where_the_score_test_rejects(arm, reference):
    # The law that defines the interval, evaluated at its ends: |score| = z there unless the end is the range's own
    for limit in prop.miettinen_nurminen(*arm, *reference):
        if abs(limit[0]) < 1 - 1e-6:
            x, n, y, m = (np.array([float(v)]) for v in (*arm, *reference))
            assert abs(prop._score(x, n, y, m, limit)[0]) == pytest.approx(prop.z_of(0.95), rel=1e-4)


@settings(max_examples=60, deadline=None)
@given(counts, counts)
def test_one_more_event_raises_the_difference_and_both_its_limits(arm, reference):
    events, n = arm
    if events < n:
        fewer, more = (prop.miettinen_nurminen(e, n, *reference) for e in (events, events + 1))
        assert fewer[0][0] <= more[0][0] + 1e-9 and fewer[1][0] <= more[1][0] + 1e-9
