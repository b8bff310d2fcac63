"""Changes, differences, standard errors, and the arms that brackets, colons and short names tie figures to: sentences in our own words."""

import pytest

from tests.extraction.test_prose import CONTROL, DRUG, TWO_ARMS, read, rows, table_value
from trialmart.extraction.values import Arm

DOSES = (
    Arm("combined_relatine", "Combined relatine", (), "pooled", ("20_mg", "30_mg")),
    Arm("20_mg", "20 mg", (), "experimental"),
    Arm("30_mg", "30 mg", (), "experimental"),
    Arm("placebo", "Placebo", (), "control"),
)
WEEKS = (Arm("rb36w", "RB36W"), Arm("rb12w", "RB12W"))
TWO = (Arm("surgery", "Surgery"), Arm("exercise", "Exercise"))


def told(words: str, arms, *fields: str):
    values, _ = read(words, arms=arms)
    return rows(values, *(fields or ("statistic", "value", "arm_id")))


# -- what a figure is -----------------------------------------------------------------------------------------------------------------------


def test_changes_with_standard_errors_of_four_arms():
    found = told(
        "Change of the score (adjusted mean \u00b1 SE) in the combined relatine, 20, 30 mg and placebo groups was \u22122.4 \u00b1 0.2, "
        "\u22122.3 \u00b1 0.3, \u22122.5 \u00b1 0.4 and \u22121.6 \u00b1 0.1, respectively.",
        DOSES,
    )
    assert found == [
        ("mean_change", -2.4, "combined_relatine"), ("se", 0.2, "combined_relatine"), ("mean_change", -2.3, "20_mg"), ("se", 0.3, "20_mg"),
        ("mean_change", -2.5, "30_mg"), ("se", 0.4, "30_mg"), ("mean_change", -1.6, "placebo"), ("se", 0.1, "placebo"),
    ]  # fmt: skip


def test_a_standard_deviation_stays_one():
    assert ("sd", 4.1, "surgery") in told("Mean score was 52.0 \u00b1 4.1 in the surgery group.", TWO)


def test_a_bare_estimate_before_its_limits():
    found = told("The adjusted estimate of the treatment effect on the scale was 5.4 (95% CI 1.2 to 9.6) in favour of surgery.", TWO, "statistic", "value", "scope")  # fmt: skip
    assert [f for f in found if f[0] != "ci_level"] == [
        ("mean_difference", 5.4, "contrast"), ("ci_lower", 1.2, "contrast"), ("ci_upper", 9.6, "contrast"),
    ]  # fmt: skip


def test_differences_of_percents():
    found = told("Response rates were 81.5% versus 71.2% (RD: 10.3% [95% CI: \u22122.1% to 22.7%]).", TWO, "statistic", "value")
    assert ("risk_difference", 10.3) in found and found.count(("percent", 81.5)) == 1
    found = told(
        "Compared with exercise, the rate with surgery increased by 12.5% (95% CI 2.0% to 23.0%).", TWO, "statistic", "value", "scope"
    )
    assert ("percent_difference", 12.5, "contrast") in found


def test_ranges_of_two_arms_are_no_means():
    found = told(
        "The change ranged from \u2212 1.7 to \u2212 1.6 in the surgery group and from \u2212 1.5 to \u2212 1.3 in the exercise group.", TWO
    )
    assert found == [
        ("minimum", -1.7, "surgery"),
        ("maximum", -1.6, "surgery"),
        ("minimum", -1.5, "exercise"),
        ("maximum", -1.3, "exercise"),
    ]


def test_costs_count_no_patients():
    found = told("The mean cost of surgery was \u00a33100 (35% staff time).", TWO, "statistic", "value", "unit")
    assert ("mean", 3100, "\u00a3") in found and all(f[0] != "count" for f in found)


def test_the_age_and_sex_of_all():
    found = told("In total, 240 patients (mean age 63.1 years, 58% male) were included.", TWO, "statistic", "value")
    assert {("mean", 63.1), ("percent", 58)} <= set(found)


# -- whose it is ----------------------------------------------------------------------------------------------------------------------------


def test_a_number_told_arm_by_arm_in_its_bracket_is_a_total():
    values, _ = read("A total of 46 patients (13.6%) stopped (20 mg group, n = 13 [15.1%]; 30 mg group, n = 16 [18.6%]; placebo group, n = 17 [10.2%]).", arms=DOSES)  # fmt: skip
    assert rows(values, "value", "scope", "arm_id") == [
        (46, "total", None), (13.6, "total", None), (13, "arm", "20_mg"), (15.1, "arm", "20_mg"), (16, "arm", "30_mg"), (18.6, "arm", "30_mg"),
        (17, "arm", "placebo"), (10.2, "arm", "placebo"),
    ]  # fmt: skip


def test_a_list_with_brackets_in_the_order_of_the_sentence_before():
    values, _ = read(
        "In all, 46 patients stopped (20 mg group, n = 13; 30 mg group, n = 16; placebo group, n = 17). "
        "Rash was the reason in few (n = 4 [4.7%], n = 5 [5.8%] and n = 6 [3.6%], respectively).",
        arms=DOSES,
    )
    assert rows(values[-6:], "value", "arm_id") == [
        (4, "20_mg"),
        (4.7, "20_mg"),
        (5, "30_mg"),
        (5.8, "30_mg"),
        (6, "placebo"),
        (3.6, "placebo"),
    ]


def test_a_bracket_and_a_colon_govern_what_follows():
    found = told("Response was more frequent with the drug (20 mg: adults, 36.2%; overall, 34.4%; 30 mg: adults, 31.3%; overall, 33.8%) than in the placebo group (adults, 21.6%; overall, 27.9%).", DOSES, "value", "arm_id")  # fmt: skip
    assert found == [(36.2, "20_mg"), (34.4, "20_mg"), (31.3, "30_mg"), (33.8, "30_mg"), (21.6, "placebo"), (27.9, "placebo")]


def test_two_times_of_one_arm():
    found = told("Mean scores improved from 41.3 (SD 19.8) to 60.1 (24.6) in the surgery group, and from 37.4 (17.1) to 51.2 (22.9) in the exercise group.", TWO)  # fmt: skip
    assert [f[2] for f in found] == ["surgery"] * 4 + ["exercise"] * 4


def test_events_have_the_arm_of_their_patients():
    found = told("There were 151 events (in 99 [71%] of 139 patients) in the surgery group versus 104 events (in 87 [59%] of 147 patients) in the exercise group.", TWO, "value", "arm_id")  # fmt: skip
    assert dict(found) == {**dict.fromkeys((151, 99, 71, 139), "surgery"), **dict.fromkeys((104, 87, 59, 147), "exercise")}


def test_one_of_two_arms_is_named_and_the_figures_go_its_way():
    words = "Patients treated with zelotin plus letrozole had a {} response rate (54.5% vs 31.3%)."
    assert told(words.format("higher"), TWO_ARMS, "value", "arm_id") == [(54.5, DRUG), (31.3, CONTROL)]
    assert told(words.format("lower"), TWO_ARMS, "value", "arm_id") == [(54.5, None), (31.3, None)]  # not what the sentence says


def test_comparisons_within_arms():
    found = told("Response was rarer in the frail in the 36-week arm (76.5% versus 37.8%, P = 0.003) and 12-week arm (52.7% versus 5.6%, P = 0.001).", WEEKS, "value", "scope", "arm_id")  # fmt: skip
    assert found == [
        (76.5, "arm", "rb36w"), (37.8, "arm", "rb36w"), (0.003, "arm", "rb36w"), (52.7, "arm", "rb12w"), (5.6, "arm", "rb12w"), (0.001, "arm", "rb12w"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        "Rates of 36-week treatment and 12-week treatment were 70.2% and 46.2%, respectively.",
        "Patients receiving 36 weeks of treatment had a greater rate than those receiving 12 weeks of treatment (70.2% versus 46.2%).",
    ],
)
def test_arms_named_by_their_duration(words):
    assert told(words, WEEKS, "value", "arm_id") == [(70.2, "rb36w"), (46.2, "rb12w")]


def test_weeks_of_follow_up_name_no_arm():
    assert told("At 36 weeks of follow-up 70.2% had responded.", WEEKS, "value", "arm_id") == [(70.2, None)]


def test_a_row_that_prints_both_figures_tells_their_arms():
    table = [
        table_value(91.5, "rb36w", row="Viral load", row_index=1),
        table_value(88.2, "rb12w", row="Viral load", ordinal=1, row_index=1),
    ]
    values, _ = read("Early response (91.5% versus 88.2%) was similar.", arms=WEEKS, tables=table)
    assert rows(values, "value", "arm_id") == [(91.5, "rb36w"), (88.2, "rb12w")]


def test_rows_that_disagree_tell_nothing():
    table = [
        table_value(91.5, "rb36w", row="Viral load", row_index=1),
        table_value(88.2, "rb12w", row="Viral load", ordinal=1, row_index=1),
    ]
    table += [
        table_value(88.2, "rb36w", row="Genes", ordinal=2, row_index=2),
        table_value(91.5, "rb12w", row="Genes", ordinal=3, row_index=2),
    ]
    values, _ = read("Early response (91.5% versus 88.2%) was similar.", arms=WEEKS, tables=table)
    assert rows(values, "value", "arm_id") == [(91.5, None), (88.2, None)]


def test_two_figures_behind_a_difference_are_its_limits():
    found = told("Surgery led to an 17.2% difference ([2.0; 32.4], p = 0.02) in response.", TWO, "statistic", "value", "scope")
    assert found == [
        ("risk_difference", 17.2, "contrast"),
        ("ci_lower", 2.0, "contrast"),
        ("ci_upper", 32.4, "contrast"),
        ("p_value", 0.02, "contrast"),
    ]


def test_a_ratio_is_no_difference():
    words = "Death was rarer with surgery than with exercise (hazard ratio 0.76, 95% CI 0.63 to 0.92), as was relapse (0.66, 95% CI 0.54 to 0.80)."
    found = told(words, TWO, "statistic", "value")
    assert ("hazard_ratio", 0.66) in found and all(statistic != "mean_difference" for statistic, _ in found)
    found = told("Survival differed (hazard ratio for death in the surgery group 1.18 [95% CI 0.95-1.45]).", TWO, "statistic", "value")
    assert ("hazard_ratio", 1.18) in found
    assert all(
        f[0] != "mean_difference" for f in told("Survival was worse with exercise than with surgery (1.30, 95% CI 1.05 to 1.61).", TWO)
    )


def test_a_correlation_is_found_within_an_arm():
    found = told("Relapse was correlated with dose for surgery (r = 0.52, P = 0.028).", TWO, "statistic", "value", "scope", "arm_id")
    assert found == [("p_value", 0.028, "arm", "surgery")]
