"""The words of a sentence and where they stand, held against the patterns that they are used in place of."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from trialmart.extraction.lazy import lazy
from trialmart.extraction.prose_words import behind_of, in_order, last_word, lower, places, word_before, words_of

TEXT = st.text(alphabet=st.sampled_from("ab_A1 .,-(\u00b5\u03b2\u00b1\u0130\u2264"), max_size=40)


@given(TEXT)
def test_words_are_those_of_the_pattern(text: str) -> None:
    low = lower(text)
    assert len(low) == len(text)
    assert words_of(low) == set(re.findall(r"\w+", low))


@given(TEXT)
def test_a_word_is_found_wherever_it_stands_alone(text: str) -> None:
    low = lower(text)
    for word in words_of(low):
        assert places(low, word) == [m.start() for m in re.finditer(rf"\b{re.escape(word)}\b", low)]


@given(TEXT)
def test_words_come_in_the_order_of_the_text(text: str) -> None:
    low = lower(text)
    assert in_order(low, words_of(low)) == [(m.start(), m.group()) for m in re.finditer(r"\w+", low)]


@given(TEXT, st.integers(0, 40))
def test_the_word_before_a_place(text: str, at: int) -> None:
    words = re.findall(r"\w+", text[:at])
    assert word_before(text, min(at, len(text))) == (words[-1] if words else "")


@given(TEXT)
def test_the_word_at_the_end(text: str) -> None:
    end = re.search(r"\w*\Z", text)
    assert last_word(text) == (end.group() if end else "")


def test_places_a_few_words_back() -> None:
    text = "in the low-dose  group"
    at = text.index("group")
    assert [text[behind_of(text, at, count) :].split()[0] for count in (1, 2, 3, 9)] == ["low-dose", "the", "in", "in"]


def test_a_lazy_attribute_is_worked_out_once() -> None:
    asked: list[int] = []

    class Owner:
        @lazy
        def value(self) -> int:
            """What it is."""
            asked.append(1)
            return len(asked)

    owner = Owner()
    assert (owner.value, owner.value, Owner().value) == (1, 1, 2)
    assert Owner.value.__doc__ == "What it is."
