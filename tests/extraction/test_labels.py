"""What words say of figures."""

import pytest

from trialmart.extraction.labels import bare_grade, convention_of, features, format_features, grade_of, population_of, timepoint_in, unit_of
from trialmart.extraction.rows import is_statistic_label


@pytest.mark.parametrize(
    "text, named",
    [
        ("ECOG PS, n (%)", ("count", "percent")),
        ("Median (range; IQR)", ("median", "range", "iqr")),
        ("LS mean change from baseline (95% CI), mmol/L", ("mean", "change", "ci")),
        ("Age (y), median (25th to 75th percentiles)", ("median", "iqr")),
        ("HR (95% CI)", ("hr", "ci")),
        ("P", ("pvalue",)),
        ("3-Year KM%", ("km", "percent")),
        ("Events, n (%)", ("events", "count", "percent")),
        ("Any adverse event", ()),
        ("Male or female", ()),
        ("Voice changes", ("change",)),  # the kind of table decides that this is a term
        ("Estimated GFR <60 mL/min", ()),
    ],
)
def test_statistics_that_a_label_names(text, named):
    assert features(text).named == named


def test_level_of_an_interval():
    assert features("97.5% CI").level == 97.5


@pytest.mark.parametrize(
    "text, rule, exception",
    [
        ("Data are n (%), unless otherwise stated. EOC=epirubicin", ("count", "percent"), ()),
        ("Values are absolute numbers (%), except for weight (mean and standard deviation).", ("count", "percent"), ("mean", "sd")),
        ("Data are count (%) or mean (s.d.).", ("count", "percent", "mean", "sd"), ()),
        ("Abbreviations: SD, standard deviation; CI, confidence interval; IQR, range", (), ()),
    ],
)
def test_how_a_note_says_that_figures_are_set(text, rule, exception):
    assert (format_features(text)[0].named, format_features(text)[1].named) == (rule, exception)


def test_convention_of_the_statistics_paragraph():
    assert convention_of("Continuous variables are expressed as mean (SD) and compared by t test.").named == ("mean", "sd")
    assert convention_of("The mean was lower.").named == ()


@pytest.mark.parametrize(
    "text, grade",
    [("Grade 3\u20135", "3-5"), ("Any grade", "any"), ("any grade 3 or 4 adverse events", "3-4"), ("Grade \u22653", ">=3"), ("grade III\u2013IV toxicity", "3-4"), ("G3/4", "3-4"),
     ("grade 3 or higher", ">=3"), ("GV (n = 53)", None), ("CTCAE grade", None)],
)  # fmt: skip
def test_grade(text, grade):
    assert grade_of(text) == grade


@pytest.mark.parametrize("text, grade", [("III\u2013IV", "3-4"), ("3", "3"), ("\u22653", ">=3"), ("All", "any"), ("10", None)])
def test_bare_grade(text, grade):
    assert bare_grade(text) == grade


def test_time_population_unit():
    assert (
        timepoint_in("Efficacy endpoints at 3 years") == "3 years"
        and timepoint_in("Week 52") == "week 52"
        and timepoint_in("Age, years") is None
    )
    assert population_of("Patients with measurable disease") == "measurable" and population_of("Intention-to-treat population") == "ITT"
    assert unit_of("Median \u2014 mo (95% CI)") == "months" and unit_of("BMI (kg/m^2)") == "kg/m^2" and unit_of("Sex, male") is None


@pytest.mark.parametrize(
    "label, is_one", [("95% CI", True), ("Median, months", True), ("Range", True), ("Age, mean (SD)", False), ("Male", False)]
)
def test_labels_that_only_name_a_statistic(label, is_one):
    assert is_statistic_label(label) == is_one
