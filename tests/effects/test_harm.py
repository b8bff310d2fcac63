"""Numbers needed to treat, with Altman's two-limb form."""

import numpy as np
import pytest

from trialmart.effects.harm import number_needed


def test_two_limbs_where_the_interval_includes_no_difference():
    # Altman 1998 (doi:10.1136/bmj.317.7168.1309): an absolute risk reduction of 10 % (-5 % to 25 %) is
    # NNTB 10 (NNTB 4 to infinity to NNTH 20); a reduction of a bad event is a negative difference here
    number = number_needed(-0.10, -0.25, 0.05)
    assert number.kind[0] == "NNTB" and number.number[0] == pytest.approx(10)
    assert (number.benefit_limit[0], number.harm_limit[0]) == pytest.approx((4, 20))
    assert np.isnan(number.lower[0]) and np.isnan(number.upper[0])
    assert number.text[0] == "NNTB 10 (NNTB 4.0 to \u221e to NNTH 20)"


def test_one_limb():
    number = number_needed([0.1, -0.1], [0.05, -0.2], [0.2, -0.05])
    assert list(number.kind) == ["NNTH", "NNTB"]
    assert number.lower == pytest.approx([5, 5]) and number.upper == pytest.approx([20, 20])
    assert number.text[0] == "NNTH 10 (5.0 to 20)"


def test_no_difference_has_no_number():
    number = number_needed(0.0, -0.1, 0.1)
    assert np.isnan(number.number[0]) and number.kind[0] is None and number.text[0] is None
    assert (number.harm_limit[0], number.benefit_limit[0]) == pytest.approx((10, 10))


def test_a_limit_at_zero_is_infinity():
    assert number_needed(0.1, 0.0, 0.2).text[0] == "NNTH 10 (NNTH 5.0 to \u221e)"


def test_limits_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match="lower"):
        number_needed(0.1, 0.2, 0.0)
