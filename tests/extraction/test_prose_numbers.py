"""Which printed numbers are results, and what kind each is: sentences in our own words."""

import pytest

from tests.extraction.test_prose import CONTROL, DRUG, read, rows
from trialmart.extraction.prose_figures import number_of


def kinds(words: str, *fields: str):
    values, _ = read(words)
    return rows(values, *(fields or ("statistic", "value")))


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("twenty-one", 21),
        ("one hundred", 100),
        ("One hundred and two", 102),
        ("two hundred forty-seven", 247),
        ("Two-hundred", 200),
        ("three thousand two hundred and five", 3205),
        ("1 204", 1204),
    ],
)
def test_numbers_in_words(words, number):
    assert number_of(words) == number
    assert kinds(f"In all, {words} patients had recovered.") == [("count", number)]


@pytest.mark.parametrize("sd", ["SD", "sd", "s.d.", "S.D.", "standard deviation", "sd =", "s.d. ="])
def test_short_forms_of_the_standard_deviation(sd):
    assert kinds(f"The mean age was 38.8 years ({sd} 12.4) at entry.") == [("mean", 38.8), ("sd", 12.4)]


def test_children_are_no_test_statistic():
    assert kinds("The mean age of the children was 8.4 years.") == [("mean", 8.4)]
    assert kinds("The groups differed in the mean score (chi-square = 4.2).") == []


def test_registry_numbers_with_a_hyphen():
    values, _ = read("Eudra-CT number: 2011-004321-17.", section="abstract")
    assert rows(values, "statistic", "printed") == [("identifier", "2011-004321-17")]


def test_pressures_come_in_pairs():
    values, _ = read(
        "Reductions in mean blood pressure were \u221221.4/\u221212.6 mmHg with zelotin\u2013letrozole and \u22129.8/\u22124.1 mmHg with placebo\u2013letrozole."
    )
    assert rows(values, "statistic", "value", "arm_id", "unit") == [
        ("mean_change", -21.4, DRUG, "mmHg"), ("mean_change", -12.6, DRUG, "mmHg"),
        ("mean_change", -9.8, CONTROL, "mmHg"), ("mean_change", -4.1, CONTROL, "mmHg"),
    ]  # fmt: skip
    assert all(v.estimate_id is None for v in values)
    assert kinds("Blood pressure had to be below 140/90 mmHg.") == []


def test_a_percent_with_a_standard_deviation_is_a_mean():
    assert kinds("Time in contact was 29% (SD 13) with zelotin\u2013letrozole.") == [("mean", 29), ("sd", 13)]


def test_probabilities_and_majorities_are_shares():
    assert kinds("The mean age was 56.5 years, and the majority (79.9%) were women.") == [("mean", 56.5), ("percent", 79.9)]
    words = "Averaged over the baseline, the probability was 4% with placebo\u2013letrozole and 52% with zelotin\u2013letrozole."
    assert kinds(words) == [("percent", 4), ("percent", 52)]


def test_falls_are_events():
    assert kinds("There were 62 falls in the zelotin\u2013letrozole group and 57 falls in the placebo\u2013letrozole group.") == [
        ("n_events", 62),
        ("n_events", 57),
    ]


@pytest.mark.parametrize(
    "words",
    [
        "Incidence was lower among adults with HbA1c levels \u22656.5% and < 9.0%.",
        "Adherence was defined as less than 10% of doses missed.",
        "The lower limit did not cross our 10% noninferiority threshold.",
        "We tested correlations with a cut-off at P = 0.01.",
        "Satisfaction was rated on a range from 1 to 6.",
        "Pain was at least 5/10 VAS at entry.",
        "The half-life was estimated as t 1/2 in patients.",
        "Data were collected at 1, 4, 8, and 12 weeks for each participant.",
        "Lessons were held in groups of five students.",
        "Volunteers were given 20 and 50 mg zelotin in turn.",
    ],
)
def test_limits_of_definitions_scales_and_doses_are_no_results(words):
    assert kinds(words) == []


def test_shares_beside_a_limit_stay():
    assert kinds("In all, 64.3% had achieved a \u226550% reduction of the load.") == [("percent", 64.3)]
    assert kinds("Less than 5% of patients stopped early.") == [("percent", 5)]
    assert kinds("A total of 234 year 9 students took part.") == [("count", 234)]


def test_significance_levels_told_behind_their_number():
    words = "The trial had 90% power at a two-sided 5% significance level, allowing for a withdrawal rate of 15%."
    values, _ = read(words, section="methods")
    assert [v.value for v in values if v.endpoint == "alpha"] == [5]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("In all, 33 of 44 eyes (75%) healed.", [(33, "eyes"), (44, "eyes"), (75, "%")]),
        ("In all, 355 aspirated follicles (43%) were empty.", [(355, "follicles"), (43, "%")]),
        ("In all, 12 women with sore knees (30%) returned.", [(12, "patients"), (30, "%")]),
        ("Most had daily injections (59%) or 1\u20132 injections (30%) a day.", [(59, "%"), (30, "%")]),
    ],
)
def test_what_is_counted(words, expected):
    assert kinds(words, "value", "unit") == expected


def test_levels_are_no_changes():
    words = "Mean scores changed from 16.27 to 16.85 (mean change \u22120.58) with zelotin\u2013letrozole."
    assert kinds(words) == [("mean", 16.27), ("mean", 16.85), ("mean_change", -0.58)]
    words = "No significant change in the mean rate was seen with zelotin\u2013letrozole (93.9 \u00b1 18.3 vs. 93.8 \u00b1 17.2)."
    assert [k for k in kinds(words) if k[0] != "sd"] == [("mean", 93.9), ("mean", 93.8)]


def test_ends_of_a_range_of_percents():
    assert kinds("Response varied between 5% and 20% of the sites.") == [("minimum", 5), ("maximum", 20)]


def test_numbers_of_events():
    assert kinds("The numbers of relapses were 36 and 96, respectively.") == [("n_events", 36), ("n_events", 96)]
    assert kinds("The number of patients with rash was 12.") == [("count", 12)]
    assert kinds("The number needed to treat was 5.") == []


def test_angles_and_groups_are_no_differences():
    assert kinds("There was no difference in force (P > .05 at 60\u00b0, 70\u00b0, and 80\u00b0) in the 3 groups.") == [("p_value", 0.05)]


@pytest.mark.parametrize(
    "words",
    [
        "Adults aged 77 years or younger were compared.",
        "They had failed to use 80% or more of the test food.",
        "All were given 30 ml 0.75% ropivacaine.",
        "The difference was clear for the 4502 Da peptide among both cases.",
        "Sessions were held in groups of 12 participants.",
    ],
)
def test_numbers_of_a_design_are_no_results(words):
    assert kinds(words) == []


def test_percents_of_people_and_pairs_of_changes():
    assert kinds("Dose reductions were required by 66 and 15% of patients.") == [("percent", 66), ("percent", 15)]
    assert kinds("We saw increases from baseline of 7.9% and 11.7%.") == [("mean_change", 7.9), ("mean_change", 11.7)]
    assert kinds("Pain was common, with 30% to 50% of the women affected.") == [("minimum", 30), ("maximum", 50)]
    assert kinds("Rash was seen in 1% or less of patients.") == [("percent", 1)]


def test_decimal_commas_where_a_passage_plainly_uses_them():
    values, _ = read(
        "The mean number of visits was 5,24 (SD 5,75). In all, 67,5% came back.", "Refs 5,24 and tables 1,2 hold 1,204 patients."
    )
    assert rows(values, "statistic", "value", "printed") == [
        ("mean", 5.24, "5,24"),
        ("sd", 5.75, "5,75"),
        ("percent", 67.5, "67,5"),
        ("count", 1204, "1,204"),
    ]


def test_an_unnamed_bracket_that_reaches_too_far_for_quartiles_is_a_range():
    words = "The median number of cycles given was 6 (1\u2013{}) with zelotin\u2013letrozole."
    assert kinds(words.format(36)) == [("median", 6), ("minimum", 1), ("maximum", 36)]
    assert kinds(words.format(9)) == [("median", 6)]


def test_times_of_measurement_are_no_results():
    assert kinds("Mean pressure differed from baseline at 1 and 5 min following the injection.") == []
    assert kinds("No difference was seen between groups at 20, 30 and 35 min post-insertion.") == []
