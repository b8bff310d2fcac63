"""Log ratios and their standard errors, interaction, and what contrasts of one arm share."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialmart.effects.interaction import interaction
from trialmart.effects.log_ratio import LogRatio, Rounded, log_ratio, shared_arm_covariance, wald_p

# Published subgroup hazard ratios of PALOMA-2 with their limits, and the interaction that they imply
SUBGROUPS = [
    ("site", 0.63, 0.47, 0.85), ("site", 0.50, 0.36, 0.70),
    ("prior hormonal therapy", 0.53, 0.40, 0.70), ("prior hormonal therapy", 0.63, 0.44, 0.90),
    ("disease-free interval", 0.50, 0.33, 0.76), ("disease-free interval", 0.52, 0.36, 0.73), ("disease-free interval", 0.67, 0.46, 0.99),
]  # fmt: skip


def printed(values, decimals=2) -> Rounded:
    values = np.asarray(values, dtype=float)
    half = 0.5 * 10.0**-decimals
    return Rounded(values, values - half, values + half)


def ratios(rows) -> LogRatio:
    return log_ratio(*(printed(column) for column in zip(*rows, strict=True)))


def test_interaction_of_published_subgroups():
    factor, *figures = zip(*SUBGROUPS, strict=True)
    log = ratios(zip(*figures, strict=True))
    test = interaction(log.estimate, log.se, factor)
    found = {name: (round(s, 2), round(p, 2)) for name, s, p in zip(test.group, test.statistic, test.p, strict=True)}
    assert found["site"][1] == 0.31
    assert found["prior hormonal therapy"][1] == 0.46
    assert found["disease-free interval"] == (1.29, 0.52)  # Cochran's Q, three levels


def test_altman_and_bland_2003():
    # doi:10.1136/bmj.326.7382.219: relative risks 0.67 (0.46 to 0.98) and 0.88 (0.71 to 1.08) have log SEs 0.1929 and 0.1070,
    # and differ with z 1.24 (-1.24 in their direction), p 0.2
    log = ratios([(0.67, 0.46, 0.98), (0.88, 0.71, 1.08)])
    assert log.se == pytest.approx([0.1929, 0.1070], abs=1e-4)
    test = interaction(log.estimate, log.se, ["younger or older than 60"] * 2)
    assert round(test.statistic[0], 2) == 1.24 and round(test.p[0], 1) == 0.2


def test_a_level_without_a_standard_error_makes_its_factor_untestable():
    test = interaction([0.1, 0.2, 0.3], [0.1, np.nan, 0.1], ["a", "a", "b"])
    assert np.isnan(test.p).all() and list(test.levels) == [2, 1]


def test_one_limit_still_gives_a_standard_error():
    # 0.58 (0.46 to 0.72), and the same with its upper limit not estimable: near, as the log interval is nearly symmetric
    both, lower_only = ratios([(0.58, 0.46, 0.72), (0.58, 0.46, np.nan)]).se
    assert lower_only == pytest.approx(np.log(0.58 / 0.46) / 1.959964, rel=1e-6)
    assert both == pytest.approx(lower_only, rel=0.05)


@pytest.mark.parametrize("row", [(1.2, 0.0, 0.0), (1.2, 3.0, 0.4), (np.nan, np.nan, np.nan), (1.0, 1.0, 1.0)])
def test_limits_that_give_no_error_give_none(row):
    log = ratios([row])
    assert np.isnan([log.se[0], log.se_low[0], log.se_high[0]]).all()


@settings(deadline=None)
@given(st.floats(0.2, 5), st.floats(0.05, 0.6), st.integers(1, 3))
def test_rounding_never_hides_the_true_error(ratio, se, decimals):
    limits = ratio * np.exp(-1.959963985 * se), ratio * np.exp(1.959963985 * se)
    rounded = [printed([round(x, decimals)], decimals) for x in (ratio, *limits)]
    log = log_ratio(*rounded)
    if not np.isnan(log.se_low[0]):
        assert log.se_low[0] - 1e-9 <= se <= log.se_high[0] + 1e-9


def test_wald_p_of_a_known_quantile():
    assert wald_p([1.959964], [1.0])[0] == pytest.approx(0.05, abs=1e-7)


def test_the_shared_arm_carries_the_covariance():
    # Three arms, two log odds ratios against the third: the covariance is that arm's part of each variance, so the variance of their
    # difference is the variance of the direct contrast of the other two arms
    a, b, c = (12, 60), (20, 70), (9, 50)
    part = {arm: 1 / arm[0] + 1 / (arm[1] - arm[0]) for arm in (a, b, c)}
    covariance = shared_arm_covariance(c[0], c[1], "odds_ratio")[0]
    assert (part[a] + part[c]) + (part[b] + part[c]) - 2 * covariance == pytest.approx(part[a] + part[b])
    assert shared_arm_covariance([137, 0])[0] == 1 / 137 and np.isnan(shared_arm_covariance([137, 0])[1])
    with pytest.raises(ValueError, match="covariance"):
        shared_arm_covariance(1, 2, "mean_difference")
