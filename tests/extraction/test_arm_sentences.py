"""Groups named in sentences. The sentences are made up; each shape is one that articles have."""

from __future__ import annotations

import pytest

from trialmart.document import Article, Paragraph, Passage, Piece
from trialmart.extraction.arm_sentences import named_in_sentences
from trialmart.extraction.arms import find_arms


def article(*told: tuple[str, str]) -> Article:
    text, paragraphs = "", []
    for section, words in told:
        paragraphs.append(Paragraph(Passage(words, (Piece(0, len(text), len(words)),)), section))
        text += words + "\n"
    return Article("a", "a.txt", "text", "0", text, paragraphs=paragraphs)


def names(*told: tuple[str, str]) -> list[str]:
    made = article(*told)
    named = named_in_sentences(made)
    assert all(made.text[name.start : name.end] == name.text for name in named)  # the lineage of a name
    return [name.text for name in named]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Adults were randomly assigned to velatrin or placebo for 12 weeks.", ["velatrin", "placebo"]),
        ("Forty women were randomly divided into a yoga group (n = 20) and a control group (n = 20).", ["yoga", "control"]),
        ("They will be randomized to one of three groups: early surgery (ES), late surgery (LS) or usual care.", ["early surgery", "late surgery", "usual care"]),
        ("Patients were randomised (1:1) to either oral iron or intravenous iron once daily.", ["oral iron", "intravenous iron"]),
        ("They were allocated to 20 mg sorvastin or 40 mg sorvastin.", ["20 mg sorvastin", "40 mg sorvastin"]),
        ("Sixty eyes were randomized to two arms, 30 control and 30 gel.", ["control", "gel"]),
        ("Boys were assigned randomly to two groups of control and training, and the training was held at school.", ["control", "training"]),
        ("Patients have randomly been divided into the P group (n = 31) and T group (n = 30).", ["P group", "T group"]),
    ],
)  # fmt: skip
def test_the_sentence_on_allocation(sentence: str, expected: list[str]) -> None:
    assert names(("abstract", sentence)) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "This randomised controlled trial was designed to evaluate the safety and optimise the dose of sorvastin.",
        "Children were randomly selected from those who came to the Northern Heart Research and Treatment Center.",
        "Treatment fails where a patient ends the assigned treatment for other reasons or undergoes surgery or another procedure.",
        "They were randomized to receive either a bolus of 3 mg, a maintenance dose of 2 mg, or saline.",
        "They were randomized to receive velatrin and sorvastin.",
        "Blocks were randomised in the order of the list and stratified by site or age.",
        "The effect of velatrin is lower compared with sorvastin and placebo.",
    ],
)
def test_sentences_that_only_look_like_one(sentence: str) -> None:
    assert names(("abstract", sentence)) == []


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Comparison of efficacy of velatrin versus sorvastin in acute gout", ["velatrin", "sorvastin"]),
        ("Correction: an open-label study of velatrin-lumefin vs. arteflor for malaria", ["velatrin-lumefin", "arteflor"]),
        ("Laser vs laser with topical gel: a split-face trial", ["Laser", "laser with topical gel"]),
        ("Velatrin in gout", []),
    ],
)
def test_a_title(title: str, expected: list[str]) -> None:
    assert names(("title", title)) == expected


def test_letters_are_groups_where_each_is_there_and_two_are_named_again() -> None:
    told = "Group A had 4 ml of saline. Group B had velatrin."
    assert names(("abstract", told), ("methods", "Pain was less in group B than in Group A.")) == ["Group A", "Group B"]
    assert names(("abstract", told)) == []
    assert names(("methods", "In group B and group C pain was less. Group B and group C had velatrin.")) == []


def test_the_article_gets_arms_with_aliases_n_and_roles() -> None:
    arms = find_arms(article(("methods", "They were randomized to early surgery (ES, n = 31) or usual care (UC, n = 30).")))
    assert [(arm.label, arm.aliases, arm.n_randomized, arm.role) for arm in arms] == [
        ("early surgery", ("ES",), 31, "experimental"),
        ("usual care", ("UC",), 30, "control"),
    ]
