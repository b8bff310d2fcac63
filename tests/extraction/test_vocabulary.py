"""Names for the same thing come out as one name."""

import pytest

from trialmart.extraction import vocabulary


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("PFS", "progression-free survival"),
        ("Progression‐free survival", "progression-free survival"),
        ("Median duration of response — mo (95% CI)", "duration of response"),
        ("Rate of objective response — % (95% CI)*", "objective response"),
        ("Clinical benefit rate", "clinical benefit response"),
        ("3-year survival rate", "overall survival"),
        ("Time to progression", "time to progression"),
        ("CR", "complete response"),
        ("Disease-free interval", "disease-free interval"),  # a characteristic at baseline, not disease-free survival
        ("Weight gain — no. (%)", "weight gain"),
    ],
)
def test_canonical_endpoint(label, name):
    assert vocabulary.canonical_endpoint(label) == name


def test_an_unknown_label_names_no_known_endpoint():
    assert vocabulary.known_endpoint("Nausea") is None


def test_abbreviations_that_the_article_defines():
    text = "Drug-induced liver injury (DILI) and epirubicin, oxaliplatin, and capecitabine (EOC) were studied (N=20) in patients (see Methods)."
    assert vocabulary.abbreviations(text) == {"DILI": "Drug-induced liver injury", "EOC": "epirubicin, oxaliplatin, and capecitabine"}


def test_an_abbreviation_with_two_meanings_counts_only_where_defined():
    text = "CR was seen."
    assert vocabulary.endpoints_in(text) == []
    assert [e[2] for e in vocabulary.endpoints_in(text, {"CR": "complete response"})] == ["complete response"]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("in the intention-to-treat population", "ITT"), ("all randomized patients", "ITT"), ("the modified intention-to-treat population", "modified ITT"),
        ("the as-treated population", "as_treated"), ("patients with measurable disease", "measurable"), ("per-protocol analysis", "per_protocol"),
        ("women with pain", None),
    ],
)  # fmt: skip
def test_populations(words, name):
    assert vocabulary.population(words) == name


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("by blinded independent central review", "blinded independent central review"), ("an independent, blinded review", "blinded independent central review"),
        ("investigator-assessed response", "investigator"), ("as assessed by the investigators", "investigator"), ("the response", None),
    ],
)  # fmt: skip
def test_assessors(words, name):
    assert vocabulary.assessor(words) == name
