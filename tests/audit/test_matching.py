"""trialmart/facts/matching.py: the same fact in several places."""

from tests.audit.frames import cell, header, responses, two_arms, value, values
from trialmart.facts.matching import CONFIDENT, fact_keys, match, words


def test_words_of_a_term_do_not_depend_on_spelling_or_number():
    assert words("Febrile neutropaenia (no.)") == words("febrile neutropenia")
    assert words("Rate of confirmed objective responses") == words("objective response")
    assert words("non-visceral disease") != words("visceral disease")


def test_a_sentence_finds_the_table_row_also_where_it_misprints_one_arm():
    frame = values(responses())
    matched = match(frame).set_index(frame["value_id"])
    assert matched.loc["a1:text:100", "fact_key"] == "a1:t3:r2c1:0"
    assert matched.loc["a1:text:250", "fact_key"] == "a1:t3:r2c2:0"  # 21.1 for 34.7: the other arm's figure shows the row
    assert matched.loc["a1:text:250", "confidence"] >= CONFIDENT
    assert matched.loc["a1:text:260", "fact_key"] == "a1:t3:r2c2:1"  # its limits follow


def test_another_grade_is_another_fact():
    frame = values(
        header("t2"),
        cell("t2", 1, 1, "count percent", "353 (79.5)", arm_id="active", row_path=("Neutropenia",), grade="any"),
        value("percent", "66.4", at=10, arm_id="active", endpoint="neutropenia", grade="3-4"),
        value("percent", "79.5", at=50, arm_id="active", endpoint="neutropenia", grade="any"),
    )
    keys = fact_keys(frame).set_axis(frame["value_id"])
    assert keys["a1:text:10"] == "a1:text:10"
    assert keys["a1:text:50"] == "a1:t2:r1c1:1"


def test_abstract_and_results_without_a_table():
    frame = values(
        value("median", "24.8", at=10, arm_id="active", endpoint="progression-free survival", section="abstract", unit="months"),
        value("median", "24.8", at=900, arm_id="active", endpoint="progression-free survival", section="results", unit="months"),
        value("median", "14.5", at=60, arm_id="placebo", endpoint="progression-free survival", section="abstract", unit="months"),
    )
    keys = fact_keys(frame)
    assert keys[0] == keys[1] == "a1:text:900"
    assert keys[2] == "a1:text:60"


def test_an_arm_that_is_not_told_matches_nothing():
    frame = values(two_arms("t1", 1, "count percent", "8 (1.8)", "3 (1.4)", row_path=("Black",)), value("percent", "1.8", at=5, endpoint="black"))
    assert fact_keys(frame).iloc[-1] == "a1:text:5"


def test_a_figure_without_a_term_of_its_own_belongs_to_the_row_of_the_figure_before():
    rows = responses()
    for row in rows[-3:]:
        row["endpoint"] = "among those"
    frame = values(rows)
    matched = match(frame).set_index(frame["value_id"])
    assert matched.loc["a1:text:250", "fact_key"] == "a1:t3:r2c2:0"
    assert matched.loc["a1:text:270", "fact_key"] == "a1:t3:r2c2:2"



def difference(printed: str, at: int, **known):
    return value("mean_difference", printed, at=at, **{"scope": "contrast", "arm_id": "active", "reference_arm_id": "placebo", "endpoint": "score", **known})


def test_a_figure_beside_the_repeated_one_is_about_something_else():
    # abstract: a difference of 6.8 exceeded 6.1, the smallest that matters; results: 6.8
    alone = [difference("6.1", 10, section="abstract"), difference("6.8", 900)]
    beside = [*alone, difference("6.8", 200, section="abstract", endpoint="difference in score")]
    assert [len(set(fact_keys(values(*rows))[[0, 1]])) for rows in (alone, beside)] == [1, 2]


def test_what_a_result_is_held_against_is_none():
    rows = [difference("6.1", 10, section="abstract", endpoint="minimum clinically important difference"), difference("6.8", 900, endpoint="minimum clinically important difference")]
    assert fact_keys(values(*rows)).tolist() == ["a1:text:10", "a1:text:900"]
