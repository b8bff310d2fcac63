"""Which printed numbers are results, and what kind each is: sentences in our own words."""

import pytest

from tests.extraction.test_prose import read, rows
from trialmart.extraction.prose_figures import number_of


def kinds(words: str, *fields: str):
    values, _ = read(words)
    return rows(values, *(fields or ("statistic", "value")))


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("twenty-one", 21),
        ("one hundred", 100),
        ("One hundred and two", 102),
        ("two hundred forty-seven", 247),
        ("Two-hundred", 200),
        ("three thousand two hundred and five", 3205),
        ("1 204", 1204),
    ],
)
def test_numbers_in_words(words, number):
    assert number_of(words) == number
    assert kinds(f"In all, {words} patients had recovered.") == [("count", number)]


@pytest.mark.parametrize("sd", ["SD", "sd", "s.d.", "S.D.", "standard deviation", "sd =", "s.d. ="])
def test_short_forms_of_the_standard_deviation(sd):
    assert kinds(f"The mean age was 38.8 years ({sd} 12.4) at entry.") == [("mean", 38.8), ("sd", 12.4)]


def test_children_are_no_test_statistic():
    assert kinds("The mean age of the children was 8.4 years.") == [("mean", 8.4)]
    assert kinds("The groups differed in the mean score (chi-square = 4.2).") == []


def test_registry_numbers_with_a_hyphen():
    values, _ = read("Eudra-CT number: 2011-004321-17.", section="abstract")
    assert rows(values, "statistic", "printed") == [("identifier", "2011-004321-17")]
