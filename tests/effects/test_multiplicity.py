"""Adjusted p values, family by family."""

import numpy as np
import pytest

from trialmart.effects.multiplicity import benjamini_hochberg


def test_families_are_adjusted_apart_as_scipy_does_one_by_one():
    from scipy.stats import false_discovery_control

    rng = np.random.default_rng(3)
    p, family = rng.random(300) ** 3, rng.integers(0, 9, 300)
    ours = benjamini_hochberg(p, family)
    for name in range(9):
        assert ours[family == name] == pytest.approx(false_discovery_control(p[family == name]))


def test_missing_p_values_stay_missing_and_do_not_count():
    assert benjamini_hochberg([0.01, np.nan, 0.04]) == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)
    assert benjamini_hochberg([]).shape == (0,)


def test_a_p_outside_0_and_1_is_refused():
    with pytest.raises(ValueError, match="between"):
        benjamini_hochberg([1.2])


def test_a_small_p_keeps_its_digits_among_many_groups():
    p, group = [1e-15, 0.4] * 2000, [i // 2 for i in range(4000)]
    assert benjamini_hochberg(p, group)[-2] == pytest.approx(2e-15, rel=1e-12)
