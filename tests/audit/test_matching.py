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
