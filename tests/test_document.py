"""Passages know where their characters stand, also when the page cuts them in two."""

import pytest

from trialmart.document import Mark, Passage, Piece

TEXT = "rate was 34.7% (95% CI,\nTABLE 9\n28.4 to 41.3)."
CUT = Passage("rate was 34.7% (95% CI, 28.4 to 41.3).", (Piece(0, 0, 23), Piece(24, 32, 14)))


def test_each_half_of_a_cut_passage_keeps_its_own_place():
    assert TEXT[slice(*CUT.place(9, 13))] == "34.7"
    assert TEXT[slice(*CUT.place(24, 28))] == "28.4"


def test_a_range_over_the_cut_is_one_contiguous_place_that_contains_both_ends():
    assert TEXT[slice(*CUT.place(9, 36))] == "34.7% (95% CI,\nTABLE 9\n28.4 to 41.3"


def test_a_place_outside_the_passage_is_refused():
    with pytest.raises(ValueError, match="outside"):
        CUT.place(60, 61)


def test_marks_are_blanked_and_offsets_stay():
    passage = Passage("16.8 (14.2-28.5)2 mo", (Piece(0, 0, 20),), (Mark(16, 17, "note", "2"),))
    assert passage.words == "16.8 (14.2-28.5)  mo"
    assert passage.label == "16.8 (14.2-28.5) mo"
