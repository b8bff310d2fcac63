"""Printed labels without units and statistics."""

import pytest

from trialmart.facts.labels import Label, clean, is_grade, is_name, key

CLEANED = {
    "Age, median (range) \u2014 yr": ("Age", "years"),
    "Median (range) \u2014 yr": ("", "years"),
    "Race \u2014 no. (%)": ("Race", None),
    "\u226565 yr \u2014 no. (%)": ("\u226565 yr", None),  # a level keeps its unit: without it, it says another thing
    "\u226412 mo": ("\u226412 mo", None),
    "BMI (kg/m\u00b2), mean \u00b1 SD": ("BMI", "kg/m2"),
    "Mean (SD) age, y": ("age", "years"),
    "Duration of disease, months, median (IQR)": ("Duration of disease", "months"),
    "Time from diagnosis (months); median [range]": ("Time from diagnosis", "months"),
    "Male sex (%)": ("Male sex", None),
    "Sex (male/female)": ("Sex (male/female)", None),  # a bracket that is no unit stays
    "Stage I-II": ("Stage I-II", None),
    "T1\u20132": ("T1\u20132", None),
    "n (%)": ("", None),
    "Mean": ("", None),
    "Total": ("Total", None),  # a level of its own
    "0": ("0", None),
}


@pytest.mark.parametrize("printed", CLEANED)
def test_units_and_statistics_leave_the_label(printed):
    assert clean(printed) == Label(*CLEANED[printed])


@pytest.mark.parametrize(("label", "grade"), [("Grade 3-4", True), ("grade \u22653", True), ("All grades", True), ("3", False), ("Stage 3", False),
                                              ("Graded exercise", False)])  # fmt: skip
def test_a_grade_row_names_nothing_else(label, grade):
    assert is_grade(label) is grade


def test_terms_are_compared_without_case_dashes_and_space():
    assert key("Disease\u2013free  interval:") == key("disease-free interval")


@pytest.mark.parametrize("said", ["overall survival", "permanent discontinuation of study treatment because of adverse events", "died due to adverse reactions",
                                  "disorders of the skin", "response (confirmed)"])  # fmt: skip
def test_names_of_outcomes(said):
    assert is_name(said)


@pytest.mark.parametrize("said", ["most toxicities were similar between the groups, except there", "three in the and", "responses) (n = 17), the response",
                                  "more likely to develop rash", "95% ci of the response"])  # fmt: skip
def test_pieces_of_clauses_are_no_names(said):
    assert not is_name(said)
