"""Names for the same thing come out as one name."""

import re

import pytest

from trialmart.extraction import vocabulary
from trialmart.extraction.prose_words import words_of


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


#: What follows the first word of each phrase.
_RESTS = (
    "-disease-free-survival", "-relapse-free-survival", "-free-survival", "-metastasis-free-survival", "-free-interval", " or death", " free of disease",
    "-specific-survival", "-to-failure", "-to-progression", " time", "-to-next-treatment", "-to-response", "-of-response", "-duration", "-up", "-of-follow-up",
    "-pathologic-complete-response", "-complete-response", "-response", "-benefit", "-control", "-disease", "-rate", "-survival", " survival", " of death",
    "-year-survival", " of any cause", "-cause-mortality", "-mortality", " from any cause", "", " without progression", "-death",
)  # fmt: skip


def test_phrases_looked_for_at_their_first_words_are_those_that_one_pattern_finds_anywhere():
    every = re.compile(
        r"\b(?:" + "|".join(rf"(?P<e{i}>(?:{phrase})(?!\w))" for i, (_, phrase, _) in enumerate(vocabulary._ENDPOINTS)) + ")"
    )
    words = {word for _, phrase, _ in vocabulary._ENDPOINTS for word in re.findall(r"[a-z]+", phrase)}
    words |= {
        "metastasis",
        "metastases",
        "tumor",
        "tumour",
        "pathological",
        "pathologically",
        "radiological",
        "followup",
        "rates",
        "2",
        "1.5",
    }
    seen = 0
    for text in (f"the {before}{word}{rest} was" for before in ("", "overall ", "2-") for word in sorted(words) for rest in _RESTS):
        expected = [(m.start(), m.end(), vocabulary._ENDPOINTS[int(m.lastgroup[1:])][0]) for m in every.finditer(text)]
        assert vocabulary._phrases_in(text, words_of(text)) == expected, text
        seen += len(expected)
    assert seen > 1000


def test_phrases_are_found_at_any_place_of_a_sentence() -> None:
    text = "The 2-year overall survival, PFS and time to progression; tumour response rates at follow-up, not 5-year old."
    assert [name for _, _, name in vocabulary.endpoints_in(text)] == [
        "overall survival", "progression-free survival", "time to progression", "objective response", "duration of follow-up",
    ]  # fmt: skip


def test_an_abbreviation_is_what_the_article_defines():
    from trialmart.extraction.vocabulary import endpoints_in, known_endpoint

    assert endpoints_in("mean (SD) of 2.8 days", {}) == []
    assert known_endpoint("(SD)", {}) is None
    assert known_endpoint("SD", {"SD": "stable disease"}) == "stable disease"
    assert endpoints_in("The rate of PCR was 40%", {"PCR": "pentostatin, cyclophosphamide and rituximab"}) == []
    assert [name for *_, name in endpoints_in("OS was longer", {})] == ["overall survival"]
    assert endpoints_in("OS rose in both arms", {"OS": "oxidative stress"}) == []
