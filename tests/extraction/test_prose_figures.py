"""Numbers of a sentence: where each stands, and what stands beside it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialmart.extraction.prose_figures import find_numbers, number_of, word_before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in 1,234 of 5678 adults", [("1,234", "in", "o"), ("5678", "of", "a")]),
        ("P < .05 and 0.7 %", [(".05", "<", "a"), ("0.7", "and", "%")]),
        ("version 1.2.3", [("1.2", "version", "."), ("3", ".", "")]),  # no point of its own behind a number
        ("July 4, 2014", [("4", "july", ","), ("2014", "july", "")]),
        ("1 200 patients, 3 200 mg", [("1 200", "", "p"), ("3", "", "2"), ("200", "", "m")]),  # a space groups digits before people only
    ],
)
def test_numbers_carry_what_stands_beside_them(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(n.printed, n.word, n.behind) for n in find_numbers(text, text.lower())] == expected


@given(st.text(alphabet="0123456789., ()%abP<-\u2009\u00a0", max_size=40))
def test_numbers_are_the_text_s_own_and_leave_no_digit_out(text: str) -> None:
    found = find_numbers(text, text.lower())
    assert all(text[n.start : n.end] == n.printed and number_of(n.printed) >= 0 for n in found)
    inside = {place for n in found for place in range(n.start, n.end)}
    assert all(place in inside for place, character in enumerate(text) if character.isdigit())
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))


def test_the_word_before_skips_the_day_of_a_date() -> None:
    low = "until february 26, 2016"
    assert word_before(low, low.index("2016")) == "february"
    assert word_before("see fig. 3", 9) == "fig."
    assert word_before("grades \u2265 3", 9) == "\u2265"
