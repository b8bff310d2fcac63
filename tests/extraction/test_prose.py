"""Sentences, in our own words, and what must be read from them; then the facts of a real article."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialmart.document import Article, Note, Paragraph, Passage, Piece, Table
from trialmart.extraction import prose
from trialmart.extraction.values import Arm, PublishedValue
from trialmart.numbers import rounding_interval

TWO_ARMS = (
    Arm("zelotin_letrozole", "Zelotin–Letrozole", ("zelotin plus letrozole",), "experimental"),
    Arm("placebo_letrozole", "Placebo–Letrozole", ("placebo plus letrozole",), "control"),
)
THREE_ARMS = (
    Arm("gliform_15", "Gliform 15 mg", (), "experimental"),
    Arm("gliform_5", "Gliform 5 mg", (), "experimental"),
    Arm("oldimide", "Oldimide", (), "control"),
)
DRUG, CONTROL = "zelotin_letrozole", "placebo_letrozole"


def article(*sentences: str, section: str = "results", note: str | None = None) -> Article:
    text = "\n".join([*sentences, note or ""])
    made = Article("made_up", "made_up.txt", "text", "0" * 64, text)
    at = 0
    for sentence in sentences:
        made.paragraphs.append(Paragraph(Passage(sentence, (Piece(0, at, len(sentence)),)), section))
        at += len(sentence) + 1
    if note:
        made.tables.append(Table("t1", "Table 1", Passage("", ()), [], notes=[Note(None, Passage(note, (Piece(0, at, len(note)),)))]))
    return made


def read(*sentences: str, arms=TWO_ARMS, section: str = "results", tables=(), note: str | None = None):
    return prose.extract_prose(article(*sentences, section=section, note=note), arms, tables)


def rows(values, *fields: str):
    return [tuple(getattr(v, f) for f in fields) for v in values]


def only(values, statistic: str):
    return [v for v in values if v.statistic == statistic]


# -- figures -------------------------------------------------------------------------------------------------------------------------------


def test_medians_with_limits_and_a_ratio_of_two_arms():
    values, _ = read(
        "Median progression-free survival reached 24.8 months (95% CI, 22.1 to not estimable) in the zelotin–letrozole group and 14.5 months "
        "(95% CI, 12.9 to 17.1) in the placebo–letrozole group (hazard ratio, 0.58; 95% CI, 0.46 to 0.72; two-sided P<0.001)."
    )
    assert rows(only(values, "median"), "printed", "arm_id", "endpoint", "unit") == [
        ("24.8", DRUG, "progression-free survival", "months"),
        ("14.5", CONTROL, "progression-free survival", "months"),
    ]
    upper = only(values, "ci_upper")
    assert rows(upper, "value", "missing_reason", "printed") == [
        (None, "not_estimable", "not estimable"),
        (17.1, None, "17.1"),
        (0.72, None, "0.72"),
    ]
    ratio, p = only(values, "hazard_ratio")[0], only(values, "p_value")[0]
    assert (ratio.scope, ratio.arm_id, ratio.reference_arm_id) == ("contrast", DRUG, CONTROL)
    assert (p.value, p.comparator, p.sides, p.estimate_id, p.value_low, p.value_high) == (0.001, "<", 2, ratio.value_id, 0.0, 0.001)
    assert {v.estimate_id for v in upper} == {v.value_id for v in values if v.statistic in ("median", "hazard_ratio")}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Nausea occurred in 43 patients (9.7%) in the zelotin–letrozole group.", [("count", 43), ("percent", 9.7)]),
        ("The dose was reduced in 160 of the 444 patients (36.0%) in the zelotin–letrozole group.", [("count", 160), ("denominator", 444), ("percent", 36)]),
        ("Response was seen in 33/44 (75%) in the zelotin–letrozole group.", [("count", 33), ("denominator", 44), ("percent", 75)]),
        ("Progression was found (194 [43.7%] events in the zelotin–letrozole group).", [("count", 194), ("percent", 43.7)]),
        ("Rash developed in 15.0 % (6/40 patients) in the zelotin–letrozole group.", [("percent", 15), ("count", 6), ("denominator", 40)]),
        ("Rash was less frequent with zelotin–letrozole (8.2% [n = 36]).", [("percent", 8.2), ("count", 36)]),
        ("Rash was seen in 48 (17%) of 276 patients in the zelotin–letrozole group.", [("count", 48), ("percent", 17), ("denominator", 276)]),
        ("Febrile neutropenia was noted in eight patients (1.8%) in the zelotin–letrozole group.", [("count", 8), ("percent", 1.8)]),
    ],
)  # fmt: skip
def test_counts_with_their_percents_and_denominators(words, expected):
    values, _ = read(words)
    assert [(v.statistic, v.value) for v in values] == expected
    assert {v.arm_id for v in values} == {DRUG}
    count = only(values, "count")[0]
    assert all(v.estimate_id == count.value_id for v in values)
    assert (count.value_low, count.value_high) == (count.value, count.value)


def test_middle_dots_and_limits_named_once():
    values, _ = read(
        "Median overall survival was 8·8 months (95% CI 7·7–9·8) with zelotin–letrozole compared with 11·3 months (9·6–13·0) with placebo–letrozole."
    )
    assert rows(values, "statistic", "value", "arm_id") == [
        ("median", 8.8, DRUG), ("ci_level", 95, DRUG), ("ci_lower", 7.7, DRUG), ("ci_upper", 9.8, DRUG),
        ("median", 11.3, CONTROL), ("ci_lower", 9.6, CONTROL), ("ci_upper", 13.0, CONTROL),
    ]  # fmt: skip


def test_means_with_spreads_ranges_and_quartiles():
    values, _ = read(
        "The mean age was 41.7 (17.2) years in the zelotin–letrozole group and 40.1 ± 13.5 years in the placebo–letrozole group.",
        "Median follow-up was 30 months (interquartile range 24 to 36).",
    )
    assert rows(values, "statistic", "value", "arm_id", "unit") == [
        ("mean", 41.7, DRUG, "years"), ("sd", 17.2, DRUG, "years"), ("mean", 40.1, CONTROL, "years"), ("sd", 13.5, CONTROL, "years"),
        ("median", 30, None, "months"), ("q1", 24, None, "months"), ("q3", 36, None, "months"),
    ]  # fmt: skip


def test_counts_in_words_and_bounds():
    values, _ = read(
        "Pneumonitis occurred in seven patients in the zelotin–letrozole arm and in none of the patients in the placebo–letrozole arm.",
        "No grade 3 or 4 skin events occurred in more than 2.5% of patients in the zelotin–letrozole group.",
    )
    assert rows(values, "printed", "statistic", "value", "comparator", "arm_id") == [
        ("seven", "count", 7, "=", DRUG), ("none", "count", 0, "=", CONTROL), ("2.5", "percent", 2.5, "<=", DRUG),
    ]  # fmt: skip
    assert (values[-1].grade, values[-1].value_low, values[-1].value_high) == ("3-4", 0, 2.5)


@pytest.mark.parametrize(
    "words",
    [
        "Grading followed CTCAE version 4.0, and disease was assessed with RECIST 1.1 (Table 2 and Figs 1 and 3).",
        "CDK4/6 inhibition, p16 loss and the earlier ZELOMA-1 trial were described before [12, 14–16].",
        "Letrozole was given at 2.5 mg/day on days 1 to 28 of each 4-week cycle to women aged ≥65 years.",
        "Scans were repeated within 12 weeks on day 1 of every cycle, in 2012 and 2014.",
        "The HR rose to 83.4 beats and stayed high at week 12.",
    ],
)
def test_what_is_no_result_gives_none(words):
    assert read(words)[0] == []


# -- arms ----------------------------------------------------------------------------------------------------------------------------------


def test_a_list_inherits_arms_grade_and_predicate_from_its_first_item():
    values, _ = read(
        "The most common grade 3 or 4 events were neutropenia (occurring in 66.4% of the patients in the zelotin–letrozole group vs. 1.4% in the "
        "placebo–letrozole group), leukopenia (24.8% vs. 0%), and anemia (5.4% vs. 1.8%)."
    )
    assert rows(values, "endpoint", "arm_id", "value", "grade") == [
        ("neutropenia", DRUG, 66.4, "3-4"), ("neutropenia", CONTROL, 1.4, "3-4"), ("leukopenia", DRUG, 24.8, "3-4"),
        ("leukopenia", CONTROL, 0, "3-4"), ("anemia", DRUG, 5.4, "3-4"), ("anemia", CONTROL, 1.8, "3-4"),
    ]  # fmt: skip


def test_respectively_ties_three_figures_to_three_arms():
    values, _ = read(
        "At week 52, the mean changes (95% CI) in body weight were −3.4 kg (−3.7, −3.0), −3.0 kg (−3.3, −2.6), and 0.9 kg (0.6, 1.3) in the "
        "gliform 15 mg, gliform 5 mg, and oldimide groups, respectively.",
        arms=THREE_ARMS,
    )
    assert rows(only(values, "mean_change"), "value", "arm_id", "unit", "timepoint") == [
        (-3.4, "gliform_15", "kg", "week 52"), (-3.0, "gliform_5", "kg", "week 52"), (0.9, "oldimide", "kg", "week 52"),
    ]  # fmt: skip
    assert rows(only(values, "ci_lower"), "value", "arm_id") == [(-3.7, "gliform_15"), (-3.3, "gliform_5"), (0.6, "oldimide")]


@pytest.mark.parametrize(
    "words",
    [
        "Fatigue was rarer with zelotin plus letrozole (20%) than with placebo plus letrozole (30%).",
        "Fatigue was rarer with zelotin plus letrozole than with placebo plus letrozole (20% vs. 30%).",
        "Fatigue occurred in 20% of patients in the zelotin–letrozole group and 30% in the placebo–letrozole group.",
        "Fatigue occurred in 20% and 30% of patients in the zelotin–letrozole and placebo–letrozole groups, respectively.",
        "In the zelotin–letrozole group, fatigue was reported by 20%, and in the placebo–letrozole group by 30%.",
        "Fatigue was reported (zelotin–letrozole, 20%; placebo–letrozole, 30%).",
    ],
)
def test_ways_to_say_the_same_of_two_arms(words):
    values, _ = read(words)
    assert rows(values, "value", "arm_id", "statistic") == [(20, DRUG, "percent"), (30, CONTROL, "percent")]


def test_a_sentence_without_an_arm_leaves_it_open():
    values, _ = read("The rate of objective response was 55.3% (95% CI, 49.9 to 60.7).")
    assert rows(values, "arm_id", "scope", "endpoint") == [(None, "arm", "objective response")] * 4


def test_an_order_of_arms_is_not_carried_to_a_sentence_on_other_groups():
    values, _ = read(
        "Fever occurred in 20% in the zelotin–letrozole group and 30% in the placebo–letrozole group. In the screening group against controls, rash was seen (5% vs. 6%)."
    )
    assert rows(values, "value", "arm_id")[2:] == [(5, None), (6, None)]


def test_all_patients_are_a_total():
    values, _ = read("Among all the patients, 48.6% had visceral disease and 62.8% had received earlier treatment.")
    assert rows(values, "scope", "arm_id", "endpoint") == [
        ("total", None, "visceral disease"),
        ("total", None, "received earlier treatment"),
    ]


# -- what tables resolve -------------------------------------------------------------------------------------------------------------------


def table_value(value, arm_id, statistic="percent", row="Visceral", ordinal=0, **more):
    return PublishedValue(
        f"made_up:t1:r1c{ordinal}:0",
        "table",
        0,
        1,
        str(value),
        statistic,
        value,
        table_id="t1",
        row_path=(row,),
        scope="arm",
        arm_id=arm_id,
        **more,
    )


def test_a_table_that_prints_a_figure_once_tells_its_arm_and_population():
    estimate = table_value(55.3, DRUG, row="Objective response", population="measurable")
    limits = [
        table_value(49.9, DRUG, "ci_lower", ordinal=1, estimate_id=estimate.value_id),
        table_value(60.7, DRUG, "ci_upper", ordinal=2, estimate_id=estimate.value_id),
    ]
    values, _ = read("The rate of objective response was 55.3% (95% CI, 49.9 to 60.7).", tables=[estimate, *limits])
    assert rows(values, "arm_id", "population") == [(DRUG, "measurable")] * 4
    assert all("t1" in v.note for v in values)


def test_a_table_that_prints_a_figure_twice_tells_nothing():
    places = [table_value(55.3, arm, row="Objective response", ordinal=i) for i, arm in enumerate((DRUG, CONTROL))]
    values, _ = read("The rate of objective response was 55.3%.", tables=places)
    assert rows(values, "arm_id", "note") == [(None, None)]


UNKNOWN_ARM = "Patients with visceral disease were included (48.2% in the zelotin–placebo group vs. 49.5% in the placebo–letrozole group)."


def test_an_arm_that_does_not_exist_is_observed_and_gets_no_arm():
    values, observations = read(UNKNOWN_ARM)
    unknown = [o for o in observations if o.kind == "unknown_arm"]
    assert [(o.detail, o.arm_id, o.value_ids) for o in unknown] == [("zelotin–placebo group", None, (values[0].value_id,))]
    assert rows(values, "arm_id") == [(None,), (CONTROL,)]


def test_table_shares_resolve_an_arm_that_does_not_exist():
    values, observations = read(UNKNOWN_ARM, tables=[table_value(48.2, DRUG), table_value(49.5, CONTROL, ordinal=1)])
    assert values[0].arm_id == DRUG and "zelotin–placebo group" in values[0].note
    assert [o.arm_id for o in observations if o.kind == "unknown_arm"] == [DRUG]


# -- planning, design, claims ----------------------------------------------------------------------------------------------------------------


def test_planning_figures_are_assumptions_with_their_meaning():
    values, _ = read(
        "We calculated that 347 events would be required to detect a hazard ratio of 0.69 with 90% power and a one-sided alpha level of 0.025.",
        "We planned to enrol a sample size of 650 patients.",
        "An interim analysis was planned after 65% of the events, with a Haybittle–Peto boundary (alpha level of 0.000013).",
        section="methods",
    )
    assert all(v.is_assumption for v in values)
    assert {(v.statistic, v.value, v.endpoint, v.method, v.sides) for v in values if v.statistic != "hazard_ratio"} == {
        ("n_events", 347, "planned events", None, None), ("percent", 90, "power", None, None), ("threshold", 0.025, "alpha", "one-sided", 1),
        ("n", 650, "planned sample size", None, None), ("percent", 65, "interim fraction", None, None),
        ("threshold", 0.000013, "interim alpha", "Haybittle-Peto", None),
    }  # fmt: skip
    assert only(values, "hazard_ratio")[0].value == 0.69


def test_design_facts():
    values, _ = read(
        "Between February 2013 and July 2014, 666 women were randomized in a 2:1 ratio at 186 sites in 17 countries to the "
        "zelotin–letrozole group (444 patients) or the placebo–letrozole group (222 patients).",
        "The data cutoff was February 26, 2016 (ClinicalTrials.gov number, NCT00000001).",
    )
    found = {(v.endpoint, v.statistic, v.printed, v.scope, v.arm_id) for v in values}
    assert found == {
        ("enrolment start", "date", "February 2013", "trial", None), ("enrolment end", "date", "July 2014", "trial", None),
        ("randomized", "n", "666", "total", None), ("sites", "count", "186", "trial", None), ("countries", "count", "17", "trial", None),
        ("randomization ratio", "ratio", "2:1", "trial", None), ("randomized", "n", "444", "arm", DRUG), ("randomized", "n", "222", "arm", CONTROL),
        ("data cutoff", "date", "February 26, 2016", "trial", None), ("registry number", "identifier", "NCT00000001", "trial", None),
    }  # fmt: skip


def claim(words, **more):
    return [json.loads(o.detail) for o in read(words, **more)[1] if o.kind == "claim"]


def test_claims_are_observed():
    common = claim(
        "The most common serious adverse events in the zelotin–letrozole group were neutropenia, nausea, and alopecia (Table 2)."
    )[0]
    assert (common["claim"], common["qualifier"], common["terms"], common["arm_id"], common["table"]) == (
        "most_common", "serious", ["neutropenia", "nausea", "alopecia"], DRUG, "Table 2",
    )  # fmt: skip
    longer = claim("Overall survival was significantly longer with zelotin–letrozole than with placebo–letrozole.")[0]
    assert (longer["claim"], longer["direction"], longer["endpoint"], longer["arm_id"]) == (
        "difference",
        "higher",
        "overall survival",
        DRUG,
    )
    assert claim("There was no significant difference in overall survival.")[0]["claim"] == "no_difference"


def test_one_printed_number_for_each_of_a_list_stays_one_value():
    values, _ = read(
        "", note="Grade 4 events in the zelotin–letrozole group were sepsis, ileus, and gout; these were reported in one patient each, except for gout, which was reported in two patients."
    )  # fmt: skip
    assert rows(values, "printed", "value", "endpoint", "arm_id", "grade", "source_kind", "table_id") == [
        ("one", 1, "sepsis; ileus", DRUG, "4", "footnote", "t1"), ("two", 2, "gout", DRUG, "4", "footnote", "t1"),
    ]  # fmt: skip


def test_subgroup_ratios_with_their_shares():
    values, _ = read(
        "Benefit in progression-free survival was seen in patients with bone disease (40.1% in the zelotin–letrozole group vs. 41.9% in the placebo–letrozole group; "
        "hazard ratio, 0.52; 95% CI, 0.36 to 0.73) and in patients who had not received earlier tablets (59.9% vs. 58.1%; hazard ratio, 0.60; 95% CI, 0.50 to 0.90)."
    )
    assert rows(values, "statistic", "value", "subgroup", "scope")[:3] == [
        ("percent", 40.1, "bone disease", "arm"), ("percent", 41.9, "bone disease", "arm"), ("hazard_ratio", 0.52, "bone disease", "contrast"),
    ]  # fmt: skip
    assert {v.subgroup for v in values[6:]} == {"not received earlier tablets"}
    assert rows(only(values, "percent"), "arm_id") == [(DRUG,), (CONTROL,), (DRUG,), (CONTROL,)]


def test_a_discussion_keeps_what_the_article_printed_before_and_no_other_study():
    made = article("Median overall survival was 14.5 months in the placebo–letrozole group.")
    words = "The median of 14.5 months agrees with the 13.2 months of an earlier trial."
    at = len(made.text)
    made.text += words
    made.paragraphs.append(Paragraph(Passage(words, (Piece(0, at, len(words)),)), "discussion"))
    values, _ = prose.extract_prose(made, TWO_ARMS)
    assert rows(values, "printed", "section") == [("14.5", "results"), ("14.5", "discussion")]


# -- laws ----------------------------------------------------------------------------------------------------------------------------------

figure = st.decimals(min_value="0.1", max_value="99.9", places=1).map(str)


@given(a=figure, b=figure, lower=figure, upper=figure)
def test_every_value_stands_where_it_says(a, b, lower, upper):
    words = f"Rash occurred in {a}% (95% CI, {lower} to {upper}) in the zelotin–letrozole group and {b}% in the placebo–letrozole group."
    made = article("Some words first.", words)
    values, _ = prose.extract_prose(made, TWO_ARMS)
    assert [made.quote(v.start, v.end) for v in values] == [v.printed for v in values] == [a, "95", lower, upper, b]
    for v in values:
        if v.statistic != "ci_level":
            assert (v.value_low, v.value_high) == rounding_interval(float(v.printed), 1)
    assert len({v.value_id for v in values}) == len(values)


@given(st.text(max_size=300))
def test_no_text_breaks_it(words):
    prose.extract_prose(article(words), TWO_ARMS)


# -- ways of saying that went wrong once -----------------------------------------------------------------------------------------------------


def test_list_members_without_their_verb_name_their_own_term():
    values, _ = read(
        "At grade 3 or 4, neutropenia occurred in 66.4% in the zelotin–letrozole arm vs. 1.4% in the placebo–letrozole arm, leukopenia in 24.8% vs. 0%, "
        "and anemia in 5.4% vs. 1.8%."
    )
    assert rows(values, "endpoint", "value", "arm_id", "grade") == [
        ("neutropenia", 66.4, DRUG, "3-4"), ("neutropenia", 1.4, CONTROL, "3-4"), ("leukopenia", 24.8, DRUG, "3-4"), ("leukopenia", 0, CONTROL, "3-4"),
        ("anemia", 5.4, DRUG, "3-4"), ("anemia", 1.8, CONTROL, "3-4"),
    ]  # fmt: skip


def test_a_predicate_said_once_holds_for_its_chain():
    values, _ = read(
        "While on treatment, 10 patients (2.3%) in the zelotin–letrozole arm and 4 patients (1.8%) in the placebo–letrozole arm died."
    )
    assert rows(values, "endpoint", "value", "arm_id") == [
        ("death", 10, DRUG),
        ("death", 2.3, DRUG),
        ("death", 4, CONTROL),
        ("death", 1.8, CONTROL),
    ]


def test_two_percents_that_are_not_compared_are_not_given_to_two_arms():
    values, _ = read(
        "Median age was 62 years in the zelotin–letrozole arm and 61 years in the placebo–letrozole arm. "
        "Earlier tablets had been given to 56.3%, and 22.7% had disease in bone."
    )
    assert rows(values, "value", "arm_id")[2:] == [(56.3, None), (22.7, None)]


def test_a_ratio_within_one_arm_compares_no_arms():
    values, _ = read(
        "Among patients assigned zelotin–letrozole, early rash was an independent factor for overall survival (hazard ratio 0.24, 95% CI 0.16–0.35)."
    )
    assert rows(values, "scope", "arm_id", "reference_arm_id") == [("contrast", None, None)] * 4


def test_counts_with_a_slash_and_counts_behind_a_semicolon():
    values, _ = read(
        "In all, 657 patients died; 314 in the placebo–letrozole group and 343 in the zelotin–letrozole group (343/77.3% with zelotin–letrozole)."
    )
    assert rows(values, "statistic", "value", "arm_id")[1:] == [
        ("count", 314, CONTROL),
        ("count", 343, DRUG),
        ("count", 343, DRUG),
        ("percent", 77.3, DRUG),
    ]


def test_heart_rate_is_no_hazard_ratio():
    assert only(read("The HR fell to 0.58 of its value.")[0], "hazard_ratio") == []


def test_many_blanks_do_not_slow_it_down():
    # names of arms are blanked before words are matched: runs of spaces once made a pattern try every way to share them
    words = "Rash occurred in 5% " + " " * 4000 + " of the patients " + "very, " * 400 + "and 6%."
    assert len(read(words)[0]) >= 1


def test_a_count_that_the_arms_add_up_to_is_of_all_arms():
    values, _ = read(
        "Progression had been recorded in 31 patients: 14 (7.0%) in the zelotin–letrozole group and 17 (8.5%) in the placebo–letrozole group.",
    )
    assert rows(values, "printed", "scope", "arm_id")[0] == ("31", "total", None)
    assert [r[2] for r in rows(values, "printed", "scope", "arm_id")[1:]] == [DRUG, DRUG, CONTROL, CONTROL]


def test_shares_with_a_p_value_are_no_event_rates_because_a_table_has_such():
    rate = PublishedValue("made_up:t9:r1c1:0", "table", 0, 1, "7", "km_percent", 7.0, table_id="t9")
    sentence = "Mucositis occurred in 38.1% of the zelotin–letrozole group and in 59.0% of the placebo–letrozole group (P = 0.02)."
    values, _ = read(sentence, tables=[rate])
    assert {v.statistic for v in values if v.printed in ("38.1", "59.0")} == {"percent"}


# -- what a figure is about ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "endpoint"),
    [
        (
            "The rate of cardiac death, infarction, or stroke was 7.9% in the zelotin group and 9.5% in the placebo group.",
            "cardiac death, infarction, or stroke",
        ),
        (
            "Zelotin reduced the composite of cardiac death, stroke, and urgent bypass (10.1% versus 11.8%; HR, 0.83).",
            "composite of cardiac death, stroke, and urgent bypass",
        ),
        (
            "The composite of all-cause death, stroke, or amputation occurred in 5% of the zelotin group and in 7% of the placebo group.",
            "composite of all-cause death, stroke, or amputation",
        ),
        ("After one year, hives or itching (12% vs. 15%) remained.", "hives or itching"),
        ("All-cause death occurred in 5% of the zelotin group and in 7% of the placebo group.", "death from any cause"),
        ("There was no significant difference in major bleeding (13.2% vs. 12.3%).", "major bleeding"),
        ("A complete or partial response was seen in 40% of the zelotin group and in 30% of the placebo group.", "objective response"),
    ],
)
def test_an_outcome_of_several_events_keeps_them_all(words, endpoint):
    values, _ = read(words)
    assert {v.endpoint for v in only(values, "percent") + only(values, "km_percent")} == {endpoint}


def test_a_clause_has_its_own_endpoint():
    values, _ = read(
        "Overall survival was 16.0 months for zelotin and 15.6 months for placebo (P=0.34); ORR was 9% and 3% in the zelotin and placebo "
        "groups, respectively."
    )
    assert {v.endpoint for v in only(values, "percent")} == {"objective response"}


def test_each_count_has_the_outcome_that_its_patients_had():
    values, _ = read(
        "The zelotin group had 20 patients with complete response, 26 patients with partial response and 2 patients with stable disease."
    )
    assert [v.endpoint for v in values] == ["complete response", "partial response", "stable disease"]


def test_a_response_to_something_else_is_no_objective_response():
    values, _ = read("The virologic response rate was 78% in the zelotin group and 80% in the placebo group.")
    assert "objective response" not in {v.endpoint for v in values}


def test_patients_who_were_lost_have_no_duration_of_follow_up():
    values, _ = read("In the zelotin group, 4 patients (5%) were lost to follow-up.")
    assert "duration of follow-up" not in {v.endpoint for v in values}


def test_an_arm_is_no_endpoint():
    arms = (Arm("pcr", "PCR", (), "control"), Arm("pcr_b", "PCR-B", (), "experimental"))
    values, _ = read("Progression was seen in 12 patients (36%) on PCR-B and in 17 patients (53%) on PCR.", arms=arms)
    assert {v.endpoint for v in values} == {"progression"}


def test_a_capital_opens_a_time():
    values, _ = read("Week 8 scores improved in 12% of the zelotin group.", "By Week 12, hives were seen in 9% of the zelotin group.")
    assert values[-1].timepoint == "week 12"


@pytest.mark.parametrize(
    ("words", "subgroup"),
    [
        ("In the hypertensive patients, hives were seen in 12% of the zelotin group.", "hypertensive"),
        ("Among patients with diabetes, hives were seen in 12% of the zelotin group.", "diabetes"),
        ("Hives were seen in 12% of the zelotin group; in patients without diabetes, 12% had hives.", None),
        ("In the zelotin group, the rate of hives was 12% in patients without diabetes.", "no diabetes"),
        ("In all randomized patients, hives were seen in 12% of the zelotin group.", None),
        ("Among patients receiving zelotin plus letrozole, hives were seen in 12%.", None),
        ("In this study, hives were seen in 12% of the zelotin group.", None),
    ],
)
def test_a_sentence_on_some_of_the_patients_tells_which(words, subgroup):
    values, _ = read(words)
    assert values[0].subgroup == subgroup


def test_patients_named_behind_two_figures_are_those_of_both():
    values, _ = read("The rates of hives were 12% versus 9% for women and 14% versus 8% for men.")
    assert [v.subgroup for v in values] == ["women", "women", "men", "men"]


def test_those_whom_the_title_names_are_no_subgroup():
    made = article("In patients with gouty arthritis, hives were seen in 12% of the zelotin group.")
    made.metadata.title = "Zelotin in gouty arthritis"
    values, _ = prose.extract_prose(made, TWO_ARMS)
    assert values[0].subgroup is None


def test_a_population_named_behind_its_figures_is_theirs():
    values, _ = read("Healing was seen in 79% and 74% in the per-protocol analysis and in 75% and 71% in the intention-to-treat analysis.")
    assert [v.population for v in values] == ["per_protocol", "per_protocol", "ITT", "ITT"]


@pytest.mark.parametrize(
    ("words", "scope", "arm_id"),
    [
        ("Zelotin plus letrozole: Z = -2.32; P = .01, after a year.", "arm", DRUG),
        ("Scores improved from baseline in the zelotin plus letrozole group (P < 0.001).", "arm", DRUG),
        ("Participants had a marked weight loss (2.96 \u00b1 1.6 kg, P < 0.001).", "total", None),
        ("Scores improved from baseline more in the zelotin plus letrozole group than in the other (P < 0.001).", "contrast", None),
    ],
)
def test_a_change_tested_within_an_arm_compares_no_arms(words, scope, arm_id):
    values, _ = read(words)
    assert rows(only(values, "p_value"), "scope", "arm_id") == [(scope, arm_id)]


def test_patients_of_the_trial_are_of_no_arm():
    values, _ = read("A total of 120 patients were randomized to receive either zelotin plus letrozole or placebo plus letrozole.")
    assert rows(values, "statistic", "value", "scope", "arm_id") == [("n", 120.0, "total", None)]


def test_the_last_size_is_that_of_the_last_arm():
    arms = (Arm("open", "Open herniotomy", (), "control"), Arm("keyhole", "Keyhole herniotomy", (), "experimental"))
    values, _ = read("Patients were randomized to the usual (UH, n = 51) and keyhole herniotomy (KH, n = 49).", arms=arms)
    assert rows(values, "arm_id", "value") == [("open", 51.0), ("keyhole", 49.0)]


def test_a_median_survival_is_taken_at_no_time():
    values, _ = read("The median 4-month progression-free survival was 99 and 98 days for zelotin and placebo.")
    assert {v.timepoint for v in only(values, "median")} == {None}


def test_those_screened_are_not_those_randomized():
    values, _ = read("Of the 309 patients screened, 98 were randomized.", section="results")
    assert {(v.value, v.endpoint) for v in values if v.statistic == "n"} == {(309, "screened"), (98, "randomized")}


def test_a_bracket_right_behind_an_arm_is_its_own():
    values, _ = read(
        "Zelotin plus letrozole gave greater reductions from baseline (adjusted mean change -31.6 mmHg) than placebo plus letrozole "
        "(adjusted mean change -28.0 mmHg; P = 0.006)."
    )
    assert rows(only(values, "mean_change"), "value", "arm_id")[-1] == (-28.0, CONTROL)


def test_each_count_tells_its_own_step():
    values, _ = read("Seventy-three patients were screened and the study closed early after 59 patients were randomized.")
    assert rows(values, "value", "statistic", "endpoint") == [(73.0, "n", "screened"), (59.0, "n", "randomized")]


def test_a_ratio_behind_which_its_patients_are_named():
    values, _ = read(
        "The odds ratio for hives was 1.26 (95% CI 0.81 to 1.95) in all patients and 4.09 (95% CI 1.80 to 9.93) in hypertensive patients."
    )
    assert rows(only(values, "odds_ratio"), "value", "subgroup") == [(1.26, None), (4.09, "hypertensive")]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "A mean [SD] fall in cortisol was noted in the low- and high-dose groups (−5.8 [±7.2] μg/L and −4.3 [±6.8] μg/L, respectively).",
            [("−5.8", "lo"), ("7.2", "lo"), ("−4.3", "hi"), ("6.8", "hi")],
        ),
        ("Titres rose in ≥96% and ≥93% of infants in the low dose and high dose groups, respectively.", [("96", "lo"), ("93", "hi")]),
        (
            "Overall, 67 and 81% of low-dose patients, and 61 and 74% of high-dose patients were free of pain and asleep, respectively.",
            [("67", "lo"), ("81", "lo"), ("61", "hi"), ("74", "hi")],
        ),
        (
            "Nausea was seen in 5% and 6% and fever in 7% and 8% of the low dose and high dose groups, respectively.",
            [("5", "lo"), ("6", "hi"), ("7", "lo"), ("8", "hi")],
        ),
    ],
)
def test_figures_and_arms_in_the_same_order(sentence, expected):
    doses = (Arm("lo", "Low dose"), Arm("hi", "High dose"), Arm("pl", "Placebo", (), "control"))
    assert rows(read(sentence, arms=doses)[0], "printed", "arm_id") == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Median survival was 6.3 versus 5.9 months and one-year survival was 24% versus 17% in the low dose and high dose groups.",
            [("6.3", "median"), ("5.9", "median"), ("24", "percent"), ("17", "percent")],
        ),
        (
            "The median follow-up was 55 months, and 163 patients had died (83 in the low dose group and 80 in the high dose group).",
            [("55", "median"), ("163", "count"), ("83", "count"), ("80", "count")],
        ),
        (
            "Mean titres rose for protein D. For each serotype, 93.6% of infants had antibodies in the low dose group.",
            [("93.6", "percent")],
        ),
    ],
)
def test_a_median_or_mean_governs_no_share_and_no_new_clause(sentence, expected):
    doses = (Arm("lo", "Low dose"), Arm("hi", "High dose"))
    values = read(sentence, arms=doses)[0]
    assert rows(values, "printed", "statistic") == expected
    assert not any(v.endpoint == "duration of follow-up" for v in values if v.statistic == "count")


def test_what_is_said_of_those_randomized_is_of_no_arm():
    doses = (Arm("lo", "Low dose"), Arm("hi", "High dose"))
    values = read("Ninety adults (31 women) whose mean age was 57.4 years were randomized to low dose or high dose.", arms=doses)[0]
    assert rows(values, "printed", "statistic", "arm_id") == [
        ("Ninety", "count", None),
        ("31", "count", None),
        ("57.4", "mean", None),
    ]


def test_a_response_named_right_before_its_count():
    doses = (Arm("lo", "Low dose"), Arm("hi", "High dose"))
    sentence = "Responses were alike (low dose: complete response [CR], 2 [4%]; partial response [PR], 4 [8%]; high dose: complete response, 1 [2%])."
    assert rows(read(sentence, arms=doses)[0], "printed", "arm_id", "endpoint") == [
        ("2", "lo", "complete response"), ("4", "lo", "complete response"), ("4", "lo", "partial response"), ("8", "lo", "partial response"),
        ("1", "hi", "complete response"), ("2", "hi", "complete response"),
    ]  # fmt: skip


def test_the_spread_of_a_mean_is_no_stable_disease():
    sentence = (
        "The mean (SD) change was +0.7 (2.4) points with zelotin plus letrozole, compared with +0.2 (2.3) with placebo plus letrozole."
    )
    assert not any(v.endpoint == "stable disease" for v in read(sentence)[0])


def test_a_clause_behind_a_comma_is_no_part_of_a_subgroup():
    sentence = (
        "In patients with pneumonia, it was 5.7 and 9.1 days in the zelotin–letrozole and placebo–letrozole groups, respectively "
        "(mean difference −3.4 days; 95% CI −4.9, −1.7)."
    )
    assert {v.subgroup for v in read(sentence)[0]} <= {None, "pneumonia"}


def test_an_order_of_arms_is_not_carried_through_a_discussion():
    words = (
        "Rates were 5% and 6% in the zelotin–letrozole and placebo–letrozole groups, respectively. A response was seen in 93.5% vs. 73.0%."
    )
    made = article(words)
    at = len(made.text)
    made.text += words
    made.paragraphs.append(Paragraph(Passage(words, (Piece(0, at, len(words)),)), "discussion"))
    values = [v for v in prose.extract_prose(made, TWO_ARMS)[0] if v.printed in ("93.5", "73.0")]
    assert rows(values, "section", "arm_id") == [
        ("results", "zelotin_letrozole"), ("results", "placebo_letrozole"), ("discussion", None), ("discussion", None),
    ]  # fmt: skip
