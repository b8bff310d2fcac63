"""Marks among words and figures, and what only looks like one."""

import pytest

from trialmart.reading.marks import find_marks, glued_marks


@pytest.mark.parametrize(
    ("text", "words", "in_table"),
    [
        ("versions 1.1,⁸ of", "versions 1.1, of", False),
        ("such as p16.³", "such as p16.", False),
        ("in PALOMA-1⁶ was", "in PALOMA-1 was", False),
        ("palbociclib.^{6,10} Although", "palbociclib. Although", False),
        ("Grade 4 [†]", "Grade 4 ", True),
        ("(N=222) ^a", "(N=222) ", True),
        ("Rash ^{**}", "Rash ", True),
        ("Platelets ^{†† }", "Platelets ", True),
        ("Anemia ^{||}", "Anemia ", True),
        ("mo (95% CI)*", "mo (95% CI)", True),
        ("16.8 (14.2-28.5)‡", "16.8 (14.2-28.5)", True),
        ("no. (%)||", "no. (%)", True),
        ("12.5$^{a}$", "12.5", True),
        ("12ᵃ", "12", True),
        ("gout [12] and [3, 4] or [5–7].", "gout  and  or .", False),
        ("of disease.12 However", "of disease. However", False),
    ],
)
def test_marks(text, words, in_table):
    for mark in reversed(find_marks(text, in_table)):
        text = text[: mark.start] + text[mark.end :]
    assert text == words


@pytest.mark.parametrize(
    ("text", "in_table"),
    [
        ("10⁹ per liter, 5×10⁻³, 40 kg/m², 1.73 m^{2}, R² and χ²", False),
        ("5 mg kg^{-1} or 3 s⁻¹", False),
        ("CYP2D6*4 and 5 * 3", False),
        ("*emphasis* and **more**", False),
        ("194 [43.7%] and 12 [5–7] and [13 months vs. 9]", False),
        ("median [30–89]", False),
        ("62 [30–89]", True),
        ("$P < 0.001$", False),
        ("version 4.0. The 0.5 and 12.34", False),
        ("item #4", False),
    ],
)
def test_what_only_looks_like_a_mark(text, in_table):
    assert find_marks(text, in_table) == ()


@pytest.mark.parametrize(
    ("text", "symbols", "mark"),
    [
        ("12 (3.4)b", ["a", "b"], "b"),
        ("12.5a", ["a"], "a"),
        ("Placebo a", ["a"], "a"),
        ("45%1", ["1"], "1"),
        ("12.51", ["1"], None),  # a figure
        ("let-7a", ["a"], None),  # a name
        ("Alpha", ["a"], None),
        ("a", ["a"], None),
        ("12.5a", ["b"], None),
    ],
)
def test_glued_marks_need_a_note(text, symbols, mark):
    found = glued_marks(text, symbols)
    assert [m.symbol for m in found] == ([] if mark is None else [mark])


def test_kinds():
    assert [m.kind for m in find_marks("a† b¹ c^{12}", in_table=False)] == ["note", "reference", "reference"]
    assert [m.kind for m in find_marks("9¹", in_table=True)] == ["unknown"]
