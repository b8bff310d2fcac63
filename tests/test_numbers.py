"""Printed numbers and what rounding hides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialmart.numbers import NUMBER, parse

PRINTED_AS = {
    "24.8": (24.8, 1),
    "0\u00b758": (0.58, 2),  # the middle dot of some journals
    "10\u2009090": (10090.0, 0),  # thin space between thousands
    "1,476": (1476.0, 0),
    "\u22120.6": (-0.6, 1),  # a real minus sign
    ".04": (0.04, 2),  # no leading zero
}


@pytest.mark.parametrize("text", PRINTED_AS)
def test_print_styles(text):
    number = parse(text)
    assert (number.value, number.decimals) == PRINTED_AS[text]


def test_counts_are_exact_and_measurements_are_not():
    assert parse("187", exact=True)[3:] == (187.0, 187.0)
    assert parse("42.1")[3:] == (42.05, 42.15)


@given(st.integers(0, 10**6), st.integers(0, 4))
def test_any_number_rounded_to_its_print_is_within_the_interval(digits, decimals):
    x = digits / 7
    number = parse(f"{x:.{decimals}f}")
    assert number.low - 1e-9 <= x <= number.high + 1e-9


def test_only_a_space_that_typesetters_use_within_numbers_groups_thousands():
    assert NUMBER.findall("10\u2009090 patients, 353 444") == ["10\u2009090", "353", "444"]
    assert NUMBER.findall("2016;375:1925") == ["2016", "375", "1925"]
