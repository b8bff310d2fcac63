"""Claims of sentences, and the quick test that says which sentences can hold one."""

from __future__ import annotations

from typing import Any, cast

import pytest

from trialmart.extraction.prose_claims import claims, may_claim
from trialmart.extraction.prose_sentences import Sentence
from trialmart.extraction.prose_words import lower, words_of


class _Passage:
    def place(self, start: int, end: int) -> tuple[int, int]:
        return start, end


def _sentence(text: str) -> Sentence:
    low = lower(text)
    return Sentence(text, 0, cast(Any, _Passage()), "results", "", None, False, low, words_of(low))


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("The most common adverse events were rash, fatigue and cough.", "most_common"),
        ("Adverse events that were most often reported were rash and cough.", "most_common"),
        ("There was no difference in pain between the groups.", "no_difference"),
        ("Pain did not differ between the groups.", "no_difference"),
        ("Weight was not significantly lower.", "no_difference"),
        ("Survival was significantly longer.", "difference"),
        ("We saw a statistically significant improvement in pain.", "difference"),
    ],
)
def test_claims_are_found_where_the_quick_test_lets_them(text: str, claim: str) -> None:
    sentence = _sentence(text)
    assert may_claim(sentence)
    assert [f'"claim": "{claim}"' in (o.detail or "") for o in claims(sentence, [], {})] == [True]


@pytest.mark.parametrize("text", ["Patients were followed for 12 weeks.", "Pain was measured at baseline."])
def test_sentences_that_compare_nothing_are_passed_over(text: str) -> None:
    assert not may_claim(_sentence(text)) and claims(_sentence(text), [], {}) == []
