"""trialmart/intervals.py: the true result is always inside."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialmart.intervals import Interval, total

printed = st.tuples(st.integers(-9999, 9999), st.integers(0, 3)).map(lambda x: str(Decimal(x[0]).scaleb(-x[1])))
positive = st.tuples(st.integers(1, 9999), st.integers(0, 3)).map(lambda x: str(Decimal(x[0]).scaleb(-x[1])))


def inside(interval: Interval, number: Fraction) -> bool:
    return Fraction(interval.low) <= number <= Fraction(interval.high)


def test_both_ends_of_the_rounding_interval_are_in():
    assert Interval.printed("38.5") == (Decimal("38.45"), Decimal("38.55"))
    assert Interval.printed("38.5").covers(Decimal("38.45")) and Interval.printed("38.5").covers(Decimal("38.55"))
    assert Interval.printed("10") == (Decimal("9.5"), Decimal("10.5"))
    assert Interval.printed("222", exact=True) == (222, 222)


@given(printed, printed, st.fractions(0, 1), st.fractions(0, 1))
def test_sums_differences_and_products_hold_every_possible_result(a, b, u, v):
    x, y = Interval.printed(a), Interval.printed(b)
    at_x = Fraction(x.low) + u * (Fraction(x.high) - Fraction(x.low))
    at_y = Fraction(y.low) + v * (Fraction(y.high) - Fraction(y.low))
    assert inside(x + y, at_x + at_y)
    assert inside(x - y, at_x - at_y)
    assert inside(x * y, at_x * at_y)
    if not y.low <= 0 <= y.high:
        assert inside(x / y, at_x / at_y)


@given(positive)
def test_root_and_logarithm_are_rounded_outwards(text):
    x = Interval.printed(text, exact=True)
    root = x.sqrt()
    assert Fraction(root.low) ** 2 <= Fraction(x.low) <= Fraction(root.high) ** 2
    log = x.log()
    assert log.low < log.high
    assert Decimal(text).ln() >= log.low - Decimal("1e-27") and Decimal(text).ln() <= log.high + Decimal("1e-27")


@given(st.lists(printed, min_size=1, max_size=5), st.randoms())
def test_the_order_of_a_sum_does_not_matter(texts, random):
    parts = [Interval.printed(t) for t in texts]
    before = total(*parts)
    random.shuffle(parts)
    assert total(*parts) == before


def test_what_is_not_defined_raises():
    with pytest.raises(ZeroDivisionError):
        Interval.printed("1") / Interval.printed("0.0")
    with pytest.raises(ValueError, match="logarithm"):
        Interval.printed("0.0").log()
