"""Tables from their printed form to values: each case is a way in which journals set tables."""

import importlib.util
import json

import pytest

from tests.extraction.grids import cell, extracted, first, xml_table
from trialmart.extraction import arms, tables
from trialmart.reading import read


def test_levels_under_headings_with_counts_and_percentages():
    lines = """Characteristic | Drug (N = 40) | Placebo (N = 42) | P value
    Age, years | | |
    .Median (range) | 62 (30–89) | 61 (28–88) | 0.3
    .<65 | 10 (25) | 21 (50) |
    Sex, male | 20 (50.0) | 21 (50.0) | <0.001"""
    found, records, values, _ = extracted(xml_table(lines, "Baseline characteristics. Data are n (%), unless otherwise stated."))
    assert [(arm.label, arm.role) for arm in found] == [("Drug", "experimental"), ("Placebo", "control")]
    assert records[0].kind == "baseline" and records[0].status == "extracted"
    assert cell(values, 0, 1) == [("n", 40)]
    assert cell(values, 2, 1) == [("median", 62), ("minimum", 30), ("maximum", 89)]
    assert cell(values, 3, 2) == [("count", 21), ("percent", 50)]
    assert first(values, 3, 1).row_path == ("Age, years", "<65") and first(values, 4, 1).row_path == ("Sex, male",)
    p = first(values, 4, 3)
    assert (p.statistic, p.comparator, p.scope, p.value_low, p.value_high) == ("p_value", "<", "contrast", 0.0, 0.001)
    median, low = first(values, 2, 1), next(v for v in values if v.statistic == "minimum")
    assert low.estimate_id == median.value_id == median.estimate_id


def test_every_value_stands_where_it_says_and_ids_are_unique():
    lines = """Characteristic | Drug (N = 40) | Placebo (N = 42)
    BMI (kg/m<sup>2</sup>), mean ± SD | − 1.3 ± 0.2 | 24.1 ± 3.2
    Response (95% CI) | 12 (30; 16–45) | NE"""
    from tests.extraction.grids import article_of

    article = article_of(xml_table(lines, "Outcomes"))
    _, values, _ = tables.extract_tables(article, arms.find_arms(article))
    assert all(article.text[value.start : value.end] == value.printed for value in values)
    assert len({value.value_id for value in values}) == len(values)
    for value in values:
        for place in value.places:
            assert article.text[place.start : place.end].strip()


def test_grades_in_columns():
    lines = """Event | <2>Drug (N = 444) | <2>Placebo (N = 222)
    | Any grade | Grade ≥3 | Any grade | Grade ≥3
    Neutropenia | 353 (79.5) | 249 (56.1) | 14 (6.3) | 0"""
    _, records, values, _ = extracted(xml_table(lines, "Adverse events in the safety population", header=2))
    assert records[0].kind == "adverse_events"
    assert [(v.arm_id, v.grade, v.statistic, v.value) for v in values if v.row_index == 2] == [
        ("drug", "any", "count", 353), ("drug", "any", "percent", 79.5), ("drug", ">=3", "count", 249), ("drug", ">=3", "percent", 56.1),
        ("placebo", "any", "count", 14), ("placebo", "any", "percent", 6.3), ("placebo", ">=3", "count", 0),
    ]  # fmt: skip
    assert {v.population for v in values} == {"as_treated"}


def test_grades_that_are_bare_numbers_and_dashes_that_stay_dashes():
    lines = """Event | <3>Drug (N=62), n(%) | <3>Placebo (N=67), n(%) | <2>p-value
    | 0 | 1 | 2 | 0 | 1 | 2 | WMW | Fisher
    Fever | 50(81) | - | 7(11) | 37(55) | 8(12) | - | 0.013 | 0.421"""
    _, _, values, _ = extracted(xml_table(lines, "Worst degree of toxic events", header=2))
    assert [(v.grade, v.value, v.missing_reason) for v in values if v.row_index == 2 and v.column_index in (2, 3)] == [
        ("1", None, "dash"),
        ("2", 7, None),
        ("2", 11, None),
    ]
    assert [(v.scope, v.method) for v in values if v.column_index > 6 and v.row_index == 2] == [("contrast", "WMW"), ("contrast", "Fisher")]


def test_grades_in_rows_and_in_the_caption():
    lines = """ | Drug (60) N (%) | Placebo (61) N (%)
    Anemia | |
    .I–II | 41 (68.3) | 26 (42.6)
    .III–IV | 6 (10.0) | 32 (52.5)"""
    _, _, values, _ = extracted(
        xml_table(lines, "Hematological toxicities"),
        xml_table(" | Drug (60) N | Placebo (61) N\nVomiting | 2 | 3", "Grade III–IV toxicities", name="T2"),
    )
    assert [v.grade for v in values if v.table_id == "T1" and v.row_index == 3 and v.statistic == "percent"] == ["3-4", "3-4"]
    assert [(v.grade, v.statistic, v.value) for v in values if v.table_id == "T2" and v.row_index == 1] == [
        ("3-4", "count", 2),
        ("3-4", "count", 3),
    ]
    assert [v.value for v in values if v.row_index == 0 and v.table_id == "T1"] == [60, 61]


def test_headings_without_indentation_and_populations_that_reset_the_denominator():
    lines = """Variable | Drug (N=444) | Placebo (N=222) | Odds Ratio (95% CI)
    All randomly assigned patients — no. | 444 | 222 |
    Rate of objective response — % (95% CI) | 42.1 (37.5-46.9) | 34.7 (28.4-41.3) | 1.40 (0.98-2.01)
    Median duration of response — mo (95% CI) | 22.5 (19.8-28.0) | 16.8 (14.2-28.5) |
    Patients with measurable disease — no. | 338 | 171 |
    Rate of objective response — % (95% CI) | 55.3 (49.9-60.7) | 44.4 (36.9-52.2) | 1.55 (1.05-2.28)
    Median duration of response — mo (95% CI) | 22.5 (19.8-28.0) | 16.8 (15.4-28.5) |"""
    _, _, values, _ = extracted(xml_table(lines, "Best overall response"))
    assert cell(values, 4, 1) == [("n", 338)] and cell(values, 5, 1) == [("percent", 55.3), ("ci_lower", 49.9), ("ci_upper", 60.7)]
    assert first(values, 5, 1).row_path == ("Patients with measurable disease — no.", "Rate of objective response — % (95% CI)")
    assert [first(values, row, 1).population for row in (2, 5)] == ["ITT", "measurable"]
    assert cell(values, 5, 3) == [("odds_ratio", 1.55), ("ci_lower", 1.05), ("ci_upper", 2.28)]
    ratio = first(values, 5, 3)
    assert (ratio.scope, ratio.arm_id, ratio.reference_arm_id) == ("contrast", "drug", "placebo")
    assert first(values, 3, 1).unit == "months"


def test_limits_in_a_row_of_their_own_belong_to_the_estimate_above():
    lines = """Variable | Drug (N = 238) | Placebo (N = 244) | Hazard ratio | 95% CI | P
    <6>Overall survival
    .Median, months | 15.3 | 24.6 | 1.17 | 0.84–1.63 | 0.825a
    .95% CI | 11.4–25.3 | 12.6–NR | | | """.replace("0.825a", "0.825<sup>a</sup>")
    _, _, values, _ = extracted(xml_table(lines, "Efficacy", "<sup>a</sup>One-sided stratified log-rank test"))
    low = first(values, 3, 1)
    assert low.statistic == "ci_lower" and low.estimate_id == first(values, 2, 1).value_id
    assert [(v.statistic, v.missing_reason) for v in values if (v.row_index, v.column_index) == (3, 2)] == [
        ("ci_lower", None),
        ("ci_upper", "not_reached"),
    ]
    limits = first(values, 2, 4)
    assert (limits.statistic, limits.scope, limits.estimate_id) == ("ci_lower", "contrast", first(values, 2, 3).value_id)
    p = first(values, 2, 5)
    assert (p.sides, p.method) == (1, "stratified log-rank test")


def test_a_stable_disease_is_no_standard_deviation():
    _, _, values, _ = extracted(
        xml_table(
            "Response | Drug N (%) | Placebo N (%)\nCR | 20 (31.7) | 29 (46.8)\nPR | 26 (41.3) | 29 (46.8)\nSD | 14 (22.2) | 3 (4.8)",
            "Response",
        )
    )
    assert cell(values, 3, 1) == [("count", 14), ("percent", 22.2)]


def test_totals_are_no_arm_and_a_pooled_arm_has_members():
    lines = """Variable | Drug (N=64) | Placebo (N=70) | Total (N=134)
    Male | 42 (66%) | 42 (60%) | 84 (63%)"""
    pooled = xml_table("Variable | Drug + Placebo | P\nDeaths, n (%) | 30 (22) | 0.5", "Mortality", name="T2")
    found, _, values, _ = extracted(xml_table(lines, "Baseline characteristics"), pooled)
    assert first(values, 1, 3).scope == "total" and first(values, 1, 3).arm_id is None
    assert [(arm.arm_id, arm.members) for arm in found if arm.members] in ([], [("drug_placebo", ("drug", "placebo"))])


def test_arms_keep_their_identity_under_other_names():
    one = xml_table(
        "Variable | Letrozole–Drug (N=444) | Placebo (N=222)\nAge, median (range) | 62 (30–89) | 61 (28–88)", "Baseline characteristics"
    )
    two = xml_table("Event | Drug + letrozole (N=440) | Placebo–Letrozole (N=220)\nRash | 10 (2) | 9 (4)", "Adverse events", name="T2")
    found, _, values, _ = extracted(one, two)
    assert len(found) == 2 and found[1].label == "Placebo" and "Placebo–Letrozole" in found[1].aliases
    assert [v.arm_id for v in values if v.table_id == "T2" and v.row_index == 1] == ["letrozole_drug"] * 2 + ["placebo"] * 2


def test_arms_in_rows_leave_the_path():
    lines = """Genotype | Groups | (n) | Incidence (%) | p values | Relative risk (95% CI)
    SA-type | Drug | (7) | 0.0 | 0.003 | 0.4 (0.2–0.8)
     | Placebo | (9) | 77.8 | | reference"""
    base = xml_table("Variable | Drug (N=7) | Placebo (N=9)\nMale | 4 | 5", "Baseline characteristics", name="T0")
    _, _, values, _ = extracted(base, xml_table(lines, "Primary end point"))
    rows = [v for v in values if v.table_id == "T1" and v.row_index]
    assert [(v.row_path, v.scope, v.arm_id, v.statistic) for v in rows[:2]] == [
        (("SA-type",), "arm", "drug", "n"),
        (("SA-type",), "arm", "drug", "percent"),
    ] or rows[0].statistic == "count"
    assert [(v.scope, v.arm_id, v.reference_arm_id) for v in rows if v.statistic == "risk_ratio" and v.value] == [
        ("contrast", "drug", "placebo")
    ]
    assert [v.missing_reason for v in rows if v.value is None] == ["reference"]


def test_rows_that_compare_arms():
    lines = """ | Drug 5 mg (n = 440) | Drug 15 mg (n = 448) | Placebo (n = 437)
    Fasting glucose | | |
    .LS mean change from baseline (95% CI) | − 1.3 (− 1.5, − 1.1) | − 1.0 (− 1.2, − 0.9) | − 0.9 (− 1.1, − 0.7)
    ..Difference vs. placebo (95% CI) | − 0.4 (− 0.7, − 0.2) | − 0.1 (− 0.4, 0.1) | −"""
    _, _, values, _ = extracted(xml_table(lines, "Efficacy at week 52"))
    change, difference = first(values, 2, 1), first(values, 3, 1)
    assert (change.statistic, change.value, change.timepoint, change.scope) == ("mean_change", -1.3, "week 52", "arm")
    assert (difference.statistic, difference.scope, difference.arm_id, difference.reference_arm_id) == (
        "mean_difference",
        "contrast",
        "drug_5_mg",
        "placebo",
    )
    assert difference.row_path == ("Fasting glucose", "LS mean change from baseline (95% CI)", "Difference vs. placebo (95% CI)")
    assert first(values, 3, 3).missing_reason == "reference"


@pytest.mark.parametrize(
    "label, printed, expected",
    [
        ("Sex (M/F, n)", "24/16", [("count", 24), ("count", 16)]),
        ("Infection, n/N (%)", "4/40 (10.0)", [("count", 4), ("denominator", 40), ("percent", 10)]),
        ("HbA1c (mmol/mol, %), mean ± SD", "61.8 ± 6.6 (7.8 ± 0.6)", [("mean", 61.8), ("sd", 6.6), ("mean", 7.8), ("sd", 0.6)]),
        ("Age, median [IQR]", "62 [54–68]", [("median", 62), ("q1", 54), ("q3", 68)]),
        ("Weight, mean (SE)", "71.2 (3.4)", [("mean", 71.2), ("se", 3.4)]),
        ("Deaths, no. (3-year KM%)", "6 (16.2)", [("count", 6), ("km_percent", 16.2)]),
        ("Stay, mean (median [IQR])", "2.4 (0 [0–5])", [("mean", 2.4), ("median", 0), ("q1", 0), ("q3", 5)]),
        ("Alive at 1 year, %", "45", [("percent", 45)]),
    ],
)
def test_formats(label, printed, expected):
    _, _, values, _ = extracted(
        xml_table(f"Variable | Drug (N = 40) | Placebo (N = 42)\n{label} | {printed} | {printed}", "Characteristics and outcomes")
    )
    assert cell(values, 1, 1) == expected


def test_what_is_not_understood_is_landed_as_such_and_the_table_says_so():
    _, records, values, _ = extracted(xml_table("Variable | Drug (N = 40) | Placebo (N = 42)\nIndex | 3.25 | 2.75", "Indices"))
    assert cell(values, 1, 1) == [("other", 3.25)]
    assert records[0].status == "partial" and "2 of 2 figures are not understood" in records[0].message


def test_the_article_and_the_table_say_what_unlabelled_figures_are():
    told = {"methods": "Continuous variables are expressed as mean (SD)."}
    _, _, values, _ = extracted(
        xml_table("Variable | Drug (N = 40) | Placebo (N = 42)\nWeight, kg | 81.1 (14.3) | 84.3 (17.8)", "Characteristics"), **told
    )
    assert cell(values, 1, 1) == [("mean", 81.1), ("sd", 14.3)]
    lines = "Variable | Drug (N = 40) | Placebo (N = 42)\nAge, mean (SD) | 50.2 (8.1) | 51.0 (9.0)\nWeight, kg | 81.1 (14.3) | 84.3 (17.8)"
    _, _, values, _ = extracted(xml_table(lines, "Characteristics"))
    weight = first(values, 2, 1)
    assert cell(values, 2, 1) == [("mean", 81.1), ("sd", 14.3)] and weight.note


def test_decimal_commas():
    _, _, values, _ = extracted(
        xml_table("Item | Drug mean (SD) | Placebo mean (SD)\nA | 5,65 (1,12) | 5,92 (1,08)\nB | 4,2 (0,9) | 4,1 (1,0)", "Scores")
    )
    assert cell(values, 1, 1) == [("mean", 5.65), ("sd", 1.12)] and first(values, 1, 1).printed == "5,65"


def test_a_picture_is_no_table():
    picture = '<table-wrap id="T7"><label>Table 7</label><graphic xmlns:x="http://www.w3.org/1999/xlink" x:href="t7.jpg"/></table-wrap>'
    _, records, values, _ = extracted(picture)
    assert (records[0].table_id, records[0].status, values) == ("T7", "quarantined", []) and "image" in records[0].message


def test_marks_and_notes_that_miss_each_other():
    lines = "Event | Drug (N = 40)<sup>d</sup> | Placebo (N = 42)\nRash<sup>a</sup> | 4 (10) | 2 (5)"
    _, _, _, observations = extracted(xml_table(lines, "Adverse events", "<sup>a</sup>Worst grade.\n<sup>b</sup>Never used."))
    assert [(o.kind, o.detail) for o in observations] == [("mark_without_note", "d"), ("note_without_mark", "b")]


def test_paloma2_first_table(shared):
    path = shared / "articles" / "paloma2.txt"
    article = read(path.read_bytes(), str(path), "paloma2")
    found = arms.find_arms(article)
    records, values, _ = tables.extract_tables(article, found)
    assert [(arm.role, arm.n_randomized) for arm in found] == [("experimental", 444), ("control", 222)]
    assert [record.status for record in records] == ["extracted"] * 3
    counts = {name: sum(v.table_id == name and v.statistic == "count" for v in values) for name in ("t1", "t2")}
    # 42 rows of table 1, of which one is a median, by two arms; 35 rows of table 2 by two arms and three grades
    assert counts == {"t1": 41 * 2, "t2": 35 * 6}
    assert [v.row_path[0] for v in values if v.table_id == "t3" and v.statistic == "odds_ratio"] == [
        "All randomly assigned patients — no.", "All randomly assigned patients — no.", "Patients with measurable disease — no.", "Patients with measurable disease — no.",
    ]  # fmt: skip


def test_keys_made_by_hand(shared):
    """The eight keyed articles: every keyed number is found at its place and understood (the bars are those of the acceptance)."""
    spec = importlib.util.spec_from_file_location("scorer", shared / "tools" / "score_extraction.py")
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    wanted = hit = right = placed = held = 0
    for folder in sorted(p for p in (shared / "corpus_key").iterdir() if (p / "cells.csv").exists()):
        source = shared / "corpus" / f"{folder.name}.nxml"
        article = read(source.read_bytes(), str(source), folder.name.lower())
        known = arms.find_arms(article)
        _, values, _ = tables.extract_tables(article, known)
        db = _Rows(values, known)
        key = list(scorer.key_cells(folder))
        found = list(scorer.found_cells(db, article.article_id, key))
        pairs = scorer.pair_up(key, found)
        names = scorer.arm_names(db, article.article_id, json.loads((folder / "article.json").read_text(encoding="utf-8")), pairs)
        good = [(k, f) for k, f in pairs if f and scorer.understood(k, f, names)]
        wanted, held = wanted + len(key), held + len(found)
        hit += sum(f is not None for _, f in pairs)
        right += len(good)
        placed += sum(k["parent"] in ("", f["parent"]) for k, f in good)
    assert 2 * hit / (wanted + held) >= 0.995
    assert 2 * right / (wanted + held) >= 0.98
    assert 2 * placed / (wanted + held) >= 0.95


def test_the_header_of_the_label_column_tells_the_format_where_nothing_else_does():
    values = extracted(
        xml_table("""
            Weight at birth (%) | Drug | Placebo
            Low | 9 (3.1) | 11 (4.5)
            Normal | 248 (86.7) | 207 (84.8)
        """)
    )[2]
    assert cell(values, 1, 1) == [("count", 9), ("percent", 3.1)]


def test_a_caption_that_puts_confidence_intervals_in_brackets():
    values = extracted(
        xml_table(
            """
            Group | 5 years | 10 years
            Drug | 0.46 (0.38-0.54) | 0.61 (0.52-0.69)
            """,
            caption="Probability of recurrence at different times (95% confidence intervals in parentheses)",
        )
    )[2]
    assert cell(values, 1, 1) == [("other", 0.46), ("ci_lower", 0.38), ("ci_upper", 0.54)]


def test_standard_deviations_in_labels_of_pressures():
    values = extracted(
        xml_table("""
            Characteristic | Drug (N = 328) | Placebo (N = 80)
            SBP, mm Hg (SD) | 167.6 (5.4) | 167.1 (5.8)
            BP, mm Hg: min, max | 141.0, 177.0 | 139.0, 180.0
        """)
    )[2]
    assert cell(values, 1, 1) == [("mean", 167.6), ("sd", 5.4)]
    assert cell(values, 2, 2) == [("minimum", 139), ("maximum", 180)]


def test_a_column_of_statistics_labels_its_rows():
    values = extracted(
        xml_table("""
            Parameter | Statistic | Drug (n = 53) | Placebo (n = 53)
            Age | mean (SD) | 48.1 (13.6) | 47.1 (12.6)
            Sex | male | 51 (96.2) | 50 (94.3)
            Employment | yes | 19 (35.8) | 17 (32.1)
        """)
    )[2]
    assert cell(values, 1, 2) == [("mean", 48.1), ("sd", 13.6)]
    assert first(values, 2, 2).row_path == ("Sex", "male")


def test_a_row_of_headers_in_mid_table_holds_for_what_follows():
    values = extracted(
        xml_table(
            """
            | <2>Drug | <2>Placebo
            | M | SD | M | SD
            Age | 14.5 | 1.9 | 14.5 | 1.8
            | n | % | n | %
            Men | 18 | 45 | 21 | 52.5
            Women | 22 | 55 | 19 | 47.5
            """,
            header=2,
        )
    )[2]
    assert cell(values, 2, 1) == [("mean", 14.5)]
    assert cell(values, 2, 2) == [("sd", 1.9)]
    assert cell(values, 5, 1) == [("count", 22)]
    assert cell(values, 5, 4) == [("percent", 47.5)]


def test_stacked_headers_name_one_arm_twice():
    arms = extracted(
        xml_table(
            """
            | Group A | Group B
            | Drug | Placebo
            | N = 143 | N = 142
            Deaths, n (%) | 14 (9.8) | 20 (14.1)
            """,
            header=3,
        )
    )[0]
    assert [(arm.label, arm.aliases) for arm in arms] == [("Drug", ("Group A",)), ("Placebo", ("Group B",))]


def test_a_header_over_several_arms_is_no_subgroup_and_its_n_no_arms():
    values = extracted(
        xml_table(
            """
            | <2>Any dose (n = 77) | Other (n = 42)
            | Drug 5 mg (n = 42) | Drug 9 mg (n = 35) | Placebo (n = 42)
            Deaths, n (%) | 21 (50.0) | 7 (20.0) | 14 (33.3)
            """,
            header=2,
        )
    )[2]
    assert first(values, 0, 1).scope == "total"
    assert first(values, 2, 1).subgroup is None


def test_endpoints_and_times_of_headers_over_arms_in_rows():
    lines = """Group | <3>OS rate (%) | <3>PFS rate (%) | <3>LRFS rate (%)
    | 1-year | 3-year | P | 1-year | 3-year | P | 1-year | 3-year | P
    Arm A | 88.1 | 80.2 | 0.31 | 91.3 | 70.4 | 0.52 | 82.5 | 79.1 | 0.66
    Arm B | 90.8 | 84.2 | | 95.0 | 74.5 | | 90.2 | 85.3 | """
    arms_of = "Characteristic | Arm A (n = 63) | Arm B (n = 62)\nMale, n (%) | 40 (63.5) | 41 (66.1)"
    base = xml_table(arms_of, "Baseline characteristics", name="B")
    _, _, values, _ = extracted(base, xml_table(lines, "Overall survival (OS) and progression-free survival (PFS) rates", header=2))
    found = {(v.row_index, v.column_index): v for v in values if v.table_id == "T1" and v.row_index >= 2 and v.value is not None}
    assert [(found[2, c].endpoint, found[2, c].timepoint, found[2, c].statistic) for c in (1, 2, 4, 5)] == [
        ("overall survival", "1 year", "km_percent"), ("overall survival", "3 years", "km_percent"),
        ("progression-free survival", "1 year", "km_percent"), ("progression-free survival", "3 years", "km_percent"),
    ]  # fmt: skip
    assert [(found[2, c].endpoint, found[2, c].timepoint, found[2, c].statistic) for c in (3, 6)] == [
        ("overall survival", None, "p_value"), ("progression-free survival", None, "p_value"),
    ]  # fmt: skip
    assert {found[2, c].endpoint for c in (7, 8, 9)}.isdisjoint(("overall survival", "progression-free survival"))
    percents = [v for v in found.values() if v.statistic != "p_value"]
    assert len({(v.arm_id, v.endpoint, v.timepoint) for v in percents}) == len(percents) == 12


def test_rr_among_responses_is_a_response_rate_and_who_was_not_assessed_did_not_respond():
    lines = """Response | Drug (N = 40) | Placebo (N = 42)
    CR (cases) | 2 | 0
    PR (cases) | 14 | 7
    SD (cases) | 19 | 30
    PD (cases) | 3 | 4
    RR (%) | 40.0 | 16.7
    Nonevaluable | 2 | 1"""
    _, records, values, _ = extracted(xml_table(lines, "Objective response of patients"))
    assert records[0].status == "extracted"
    assert [(v.statistic, v.scope, v.arm_id, v.endpoint) for v in values if v.row_index == 5] == [
        ("percent", "arm", "drug", "objective response"), ("percent", "arm", "placebo", "objective response"),
    ]  # fmt: skip
    assert [(v.statistic, v.endpoint) for v in values if v.row_index in (3, 6)][2:] == [("count", None)] * 2
    assert {v.statistic for v in values if v.row_index == 3} == {"count"}
    under = """Outcome | Drug (N = 40) | Placebo (N = 42)
    Response rate, n (%) | |
    .Responders | 16 (40.0) | 7 (16.7)
    .Not assessed | 2 (5.0) | 1 (2.4)"""
    _, _, values, _ = extracted(xml_table(under, "Efficacy outcomes"))
    assert [first(values, row, 1).endpoint for row in (2, 3)] == ["objective response", None]
    ratio = """Outcome | Drug (N = 40) | Placebo (N = 42)
    Death, n (%) | 16 (40.0) | 7 (16.7)
    .RR (95% CI) | 2.40 (1.10–5.20) |"""
    _, _, values, _ = extracted(xml_table(ratio, "Efficacy outcomes"))
    assert [v.statistic for v in values if v.row_index == 2 and v.source_kind == "table" and v.value][-3:] == [
        "risk_ratio",
        "ci_lower",
        "ci_upper",
    ]


def roles_of(first_line, abstract):
    wrap = xml_table(
        f"Characteristic | {first_line}\nMale, n (%) | " + " | ".join("3 (50)" for _ in first_line.split("|")), "Baseline characteristics"
    )
    return [arm.role for arm in extracted(wrap, abstract=abstract)[0]]


def test_a_role_needs_words_that_tell_it():
    doses = "Arm A XYZ+QRS (200 mg + 80 mg) n = 6 | Arm B XYZ+QRS (300 mg + 120 mg) + TUV (800 mg) n = 22 | Arm C XYZ+QRS (300 mg + 120 mg) n = 22"
    said = (
        "Patients were randomly assigned to one of three arms. The safety of xyzine + qrsine (XYZ+QRS) was compared with doses of 200 mg."
    )
    assert roles_of(doses, said) == ["unknown"] * 3
    plain = "Patients were randomly assigned."
    assert (
        roles_of("QRX 10 mg (n = 6) | QRX 20 mg (n = 6)", "We studied QRX 20 mg versus 10 mg. Patients were randomly assigned.")
        == ["unknown"] * 2
    )
    assert roles_of("QRX-B (Arm A) (n = 6) | QRX (Arm B) (n = 6)", plain) == ["experimental", "control"]
    assert roles_of("QRX 10 mg (n = 6) | QRX 20 mg (n = 6) | Placebo (n = 6)", plain) == ["experimental", "experimental", "control"]


class _Rows:
    """Answers the scorer's two questions to the database from records."""

    def __init__(self, values, known):
        self.values, self.known = values, known

    def execute(self, query, _parameters):
        if "evidence.arm" in query:
            self.rows = [(arm.arm_id, arm.label, list(arm.aliases)) for arm in self.known]
        else:
            self.rows = [
                (
                    v.table_id,
                    v.row_index,
                    v.column_index,
                    list(v.row_path),
                    v.scope,
                    v.arm_id,
                    v.grade,
                    v.statistic,
                    v.value,
                    v.comparator,
                    v.printed,
                )
                for v in sorted(self.values, key=lambda v: v.value_id)
                if v.value is not None
            ]
        return self

    def fetchall(self):
        return self.rows


def test_numbers_of_patients_in_a_row_label():
    lines = """Event | Drug | Placebo
    <3>Toxicity of tablets (n=266 in the drug group; n=263 in the placebo group)
    Nausea | 172 (65) | 171 (65)
    <3>Toxicity of infusions (drug: 254, placebo: 246)
    Rash | 51 (20) | 49 (20)"""
    _, _, values, _ = extracted(xml_table(lines, "Adverse events"))
    assert [(v.arm_id, v.value, v.unit) for v in values if v.statistic == "n"] == [
        ("drug", 266, "patients"), ("placebo", 263, "patients"), ("drug", 254, "patients"), ("placebo", 246, "patients"),
    ]  # fmt: skip
    assert first(values, 2, 1).row_path[-1] == "Nausea" and cell(values, 4, 1) == [("count", 51), ("percent", 20)]


def test_a_label_that_names_one_arm_counts_nobody():
    lines = "Event | Drug | Placebo\nRash (n=4 in the drug group) | 4 | 0"
    assert not [v for v in extracted(xml_table(lines, "Adverse events"))[2] if v.statistic == "n"]


def test_responses_in_short_with_a_unit_are_end_points():
    lines = "Response | Drug | Placebo\nCR (cases) | 3 | 1\nPR, n (%) | 20 (50) | 11 (26)\nSD — no. | 10 | 19\nPR (bpm) | 72 | 75"
    _, _, values, _ = extracted(xml_table(lines, "Response to treatment"))
    assert [first(values, row, 1).endpoint for row in (1, 2, 3)] == ["complete response", "partial response", "stable disease"]
    assert first(values, 4, 1).endpoint != "partial response"  # the pulse


def test_headers_printed_again_in_mid_table_are_headings_with_new_denominators():
    lines = """After induction | Drug (n=59) | Placebo (n=56)
    CR | 0 | 0
    PR | 50 | 49
    After radiotherapy | Drug (n=63) | Placebo (n=61)
    CR | 60 | 55
    PR | 3 | 6
    SD (cases) | 0 | 0"""
    _, records, values, _ = extracted(xml_table(lines, "Responses"))
    assert first(values, 6, 1).row_path == ("After radiotherapy", "SD (cases)") and first(values, 6, 1).statistic == "count"
    assert [first(values, row, 1).row_path for row in (1, 4)] == [("After induction", "CR"), ("After radiotherapy", "CR")]
    assert cell(values, 4, 1) == [("count", 60)] and cell(values, 3, 2) == [("n", 61)] and records[0].status == "extracted"


def test_a_part_larger_than_its_row_hangs_on_the_row_above():
    lines = """Event | Drug (n=266) | Placebo (n=271)
    Infections | 110 (41) | 110 (41)
    Nasopharyngitis | 17 (6) | 30 (11)
    .Cystitis | 26 (10) | 16 (6)
    .Influenza | 13 (5) | 13 (5)
    Injuries | 73 (27) | 65 (24)
    .Fall | 28 (11) | 23 (8)"""
    _, _, values, _ = extracted(xml_table(lines, "Adverse events"))
    paths = [first(values, row, 1).row_path for row in range(1, 7)]
    assert paths == [
        ("Infections",),
        ("Infections", "Nasopharyngitis"),
        ("Infections", "Cystitis"),
        ("Infections", "Influenza"),
        ("Injuries",),
        ("Injuries", "Fall"),
    ]


def test_intervals_in_a_row_below_their_estimates():
    lines = """Factor | Odds ratio (95% CI)
    Sex: | 0.43
    Men vs women | (0.13-1.47)
    Age: | 1.78
    Over 60 vs younger | (0.76-4.15)"""
    _, _, values, _ = extracted(xml_table(lines, "Prognostic factors of response"))
    low = first(values, 2, 1)
    assert (low.statistic, low.row_path, low.estimate_id) == ("ci_lower", ("Sex:", "Men vs women"), first(values, 1, 1).value_id)
    assert first(values, 4, 1).row_path == ("Age:", "Over 60 vs younger")


def test_a_label_that_goes_on_in_brackets_below():
    lines = """Test | Level | Drug (n=94) | Placebo (n=95)
    Sex | Men | 43 (45.7) | 47 (49.5)
     | Women | 51 (54.3) | 48 (50.5)
    Antibody | Low | 34 (36.2) | 28 (29.5)
    (U/mL) | Middle | 29 (30.9) | 36 (37.9)
     | High | 31 (33.0) | 31 (32.6)"""
    _, _, values, _ = extracted(xml_table(lines, "Characteristics of patients"))
    assert [first(values, row, 2).row_path for row in (3, 4, 5)] == [("Antibody (U/mL)", level) for level in ("Low", "Middle", "High")]


def test_doses_under_one_header_are_arms_of_their_own():
    lines = """Measure | Placebo group | <3>Drugamab groups
    | | 5 mg | 10 mg | 5/10 mg pooled
    n | 97 | 100 | 99 | 199
    Age, mean (SD) | 37.0 (7.7) | 37.6 (7.8) | 35.7 (7.2) | 36.6 (7.5)"""
    found, _, values, _ = extracted(
        xml_table(lines, "Patients' characteristics", header=2), abstract="Patients were randomly assigned to drugamab or placebo."
    )
    assert [(arm.label, arm.role, arm.members) for arm in found] == [
        ("Placebo group", "control", ()),
        ("Drugamab 5 mg", "experimental", ()),
        ("Drugamab 10 mg", "experimental", ()),
        ("Drugamab 5/10 mg pooled", "pooled", ("drugamab_5_mg", "drugamab_10_mg")),
    ]
    assert [first(values, 3, column).arm_id for column in (1, 2, 3, 4)] == [arm.arm_id for arm in found]
    assert {value.subgroup for value in values} == {None}


def test_a_caption_that_names_means_and_deviations():
    lines = "Scale | Total | Drug | Placebo | F\nBeliefs | 3.21 (1.0) | 3.85 (0.86) | 2.60 (0.72) | 5.54"
    _, _, values, _ = extracted(xml_table(lines, "Attitudes, unadjusted means and standard deviations"))
    assert cell(values, 1, 2) == [("mean", 3.85), ("sd", 0.86)] and cell(values, 1, 4) == [("other", 5.54)]


def test_counts_and_percentages_in_columns_of_their_own_with_a_second_figure_in_brackets():
    lines = """Event (related) | <2>Drug (n = 46) | <2>Placebo (n = 46)
    | No. of cases | % | No. of cases | %
    Nausea | 2 (1) | 4.3 (2.2) | 0 | 0
    Calls, mean (SD) | 1.1 (0.9) | | 1.4 (0.5) |"""
    _, _, values, _ = extracted(xml_table(lines, "Adverse events", header=2))
    assert cell(values, 2, 1) == [("count", 2), ("count", 1)] and cell(values, 2, 2) == [("percent", 4.3), ("percent", 2.2)]
    assert cell(values, 3, 1) == [("mean", 1.1), ("sd", 0.9)]


def test_a_mean_under_a_heading_of_changes_is_a_mean_change():
    lines = """ | Drug | Placebo | p value
    Change from baseline to 12 months | | |
    .Mean (SD) | −229 (306) | −253 (366) | 0.91<sup>a</sup>"""
    note = "<sup>a</sup>p value for the difference between the changes"
    _, _, values, _ = extracted(xml_table(lines, "Primary outcome", note))
    assert cell(values, 2, 1) == [("mean_change", -229), ("sd", 306)] and cell(values, 2, 3) == [("p_value", 0.91)]


def test_test_statistics_are_no_estimates():
    lines = """Scale | Drug | Placebo | Between group analyses | t or F
    Stress | 8.1 ± 1.6 | 6.3 ± 1.7 | t (50) = 0.43; p = .51 | −4.29"""
    _, _, values, _ = extracted(xml_table(lines, "Scores", "M ± SD: mean ± standard deviation"))
    assert cell(values, 1, 3) == [("other", 50), ("other", 0.43), ("p_value", 0.51)] and cell(values, 1, 4) == [("other", -4.29)]


def test_limits_under_a_header_that_also_names_the_estimate():
    lines = "Outcome | Drug | Placebo | Mean difference | 95% CI of the mean difference\nWeight | 1 | 2 | -3.4 | -5.5, -1.3"
    _, _, values, _ = extracted(xml_table(lines, "Results"))
    assert cell(values, 1, 4) == [("ci_lower", -5.5), ("ci_upper", -1.3)]
    assert first(values, 1, 4).estimate_id == first(values, 1, 3).value_id


def test_several_groups_side_by_side():
    lines = "Variable | Drug (n=81) | Placebo (n=79)\nSingle/married/other | 64/8/9 | 62/10/7\nYears (1-8/9-11/>11) | 17/47/17 | 20/43/15"
    _, _, values, _ = extracted(xml_table(lines, "Characteristics"))
    assert [name for name, _ in cell(values, 1, 1)] == ["count"] * 3 and [name for name, _ in cell(values, 2, 1)] == ["count"] * 3
    assert [name for name, _ in cell(values, 2, 2)] == ["count"] * 3  # as many as the label's parts; one patient has no value


def test_the_header_of_the_label_column_tells_pairs_of_figures():
    lines = "LS mean change from baseline (SE) | Drug | Placebo\n5 min | 0.140 (0.015) | 0.009 (0.022)\nn | 40 | 20"
    _, _, values, _ = extracted(xml_table(lines, "Serial measurements of lung function"))
    assert cell(values, 1, 1) == [("mean_change", 0.14), ("se", 0.015)] and cell(values, 2, 1) == [("n", 40)]


def test_a_column_beside_percentages_holds_counts():
    lines = """Response | <2>Test drug | <2>Placebo
    | Responders | % | Responders | %
    Week 12 | 47 | 78.3 | 45 | 79.7"""
    _, _, values, _ = extracted(xml_table(lines, "Efficacy", header=2))
    assert cell(values, 2, 1) == [("count", 47)] and cell(values, 2, 2) == [("percent", 78.3)]


def test_a_treatment_called_test_is_an_arm():
    lines = "Variable | Drugamab (test) (n = 60) | Drugamab (control) (n = 61)\nMen, n (%) | 20 (33) | 21 (35)"
    found, _, values, _ = extracted(xml_table(lines, "Baseline characteristics"), abstract="Drugamab was randomly assigned.")
    assert [arm.label for arm in found] == ["Drugamab (test)", "Drugamab (control)"] and first(values, 1, 1).arm_id == found[0].arm_id


def test_responses_in_columns():
    lines = "Months | Number of patients | CR | PR | SD | PD\nGroup A | | | | |\n.3 | 43 | 33 | 5 | 3 | 2\nGroup B | | | | |\n.3 | 60 | 49 | 6 | 3 | 2"
    _, _, values, _ = extracted(xml_table(lines, "Responses to ablation in group A and group B"))
    stable = first(values, 2, 4)
    assert (stable.statistic, stable.value, stable.endpoint) == ("count", 3, "stable disease")


def test_means_below_zero_in_a_table_of_changes():
    lines = """Parameter | <2>Drug (n=61) | <2>Placebo (n=56)
     | 1 year | End of trial | 1 year | End of trial
    Weight | −1.4 ± 2.2 | −1.1 ± 3.3 | −0.5 ± 2.4 | 0.6 ± 2.8"""
    note = "Data are mean ± SD."
    _, records, values, _ = extracted(xml_table(lines, "Changes in parameters by group", note))
    assert cell(values, 2, 1) == [("mean_change", -1.4), ("sd", 2.2)] and first(values, 2, 4).statistic == "mean_change"
    assert records[0].n_header_rows == 2 and first(values, 2, 1).timepoint == "1 year"
    _, _, values, _ = extracted(xml_table(lines.replace("End of trial", "Baseline"), "Changes in T-scores by group", note))
    assert first(values, 2, 1).statistic == "mean"


def test_limits_in_columns_of_their_own_belong_to_the_estimate_to_their_left():
    lines = """Factor | n | Odds ratio | P value | <2>95% CI
    | | | | Lower | Upper
    Men | 546 | 2.5 | 0.069 | 0.8 | 8.0
    Age | 541 | 1.7 | 0.002 | 1.2 | 2.5"""
    _, _, values, _ = extracted(xml_table(lines, "Effects of drug and placebo", header=2))
    for row in (2, 3):
        ratio, low, high = (first(values, row, column) for column in (2, 4, 5))
        assert {ratio.scope, low.scope, high.scope} == {"contrast"}
        assert low.estimate_id == high.estimate_id == ratio.value_id


def test_a_test_statistic_in_a_row_of_changes_and_a_p_value_under_a_header_that_spans_all():
    lines = """Outcome | Drug (n=30) | Placebo (n=31) | T-test | P
    | <4>Mean (SD)
    Change in score | 2.35 (8.2) | -0.34 (7.5) | 2.41 | 0.016"""
    _, _, values, _ = extracted(xml_table(lines, "Effects", header=2))
    assert cell(values, 2, 1) == [("mean_change", 2.35), ("sd", 8.2)]
    assert cell(values, 2, 3) == [("other", 2.41)] and cell(values, 2, 4) == [("p_value", 0.016)]


def test_a_population_over_arms_is_no_contrast():
    lines = """Score | <2>PP analysis | <2>ITT analysis
    | Drug (N=50) | Placebo (N=53) | Drug (N=60) | Placebo (N=59)
    Baseline | 16.6 ± 6.1 | 17.4 ± 6.3 | 16.7 ± 6.0 | 17.2 ± 6.2"""
    _, _, values, _ = extracted(xml_table(lines, "Core components", header=2))
    value = first(values, 2, 3)
    assert (value.scope, value.arm_id, value.population, value.statistic) == ("arm", "drug", "ITT", "mean")


def test_lines_of_cells_are_rows():
    stage = "Clinical stage (Rai) 0\n\u2003\u2003\u2003\u2003\u2003\u2003\u2003\u2003\u2003\u2003I-II\n\u2003\u2003\u2003\u2003\u2003\u2003\u2003\u2003\u2003\u2003III-IV"
    wrap = xml_table(
        "Variable | Drug (n=33) | Placebo (n=32) | P\nSTAGE | FIRST | SECOND | 0.24\nMen | 20 (61) | 23 (72) | 0.43",
        "Baseline characteristics",
    )
    wrap = (
        wrap.replace("STAGE", stage)
        .replace("FIRST", "0 (0)\n21 (64)\n12 (36)")
        .replace("SECOND", "3 (9)\n17 (53)\n12 (38)")
        .replace("\n", "<break/>")
    )
    _, _, values, _ = extracted(wrap)
    own = [v for v in values if (v.row_index, v.column_index) == (1, 2)]
    assert [(v.statistic, v.value, v.row_path[-1]) for v in own] == [
        ("count", 3, "0"), ("percent", 9, "0"), ("count", 17, "I-II"), ("percent", 53, "I-II"), ("count", 12, "III-IV"), ("percent", 38, "III-IV"),
    ]  # fmt: skip
    assert len({v.value_id for v in own}) == 6 and {v.row_path[0] for v in own} == {"Clinical stage (Rai)"}
    assert own[3].estimate_id == own[2].value_id and first(values, 1, 3).row_path == ("Clinical stage (Rai)",)


def test_a_label_and_figures_that_merely_wrap_are_one_row():
    wrap = xml_table("Time | Drug | Placebo\nLABEL | FIRST | SECOND", "Outcomes").replace("LABEL", "Immediately post\nexercise")
    wrap = wrap.replace("FIRST", "76.9 ± 7.2\n77.4 (64 - 87)").replace("SECOND", "75.9 ± 7.2\n76.4 (63 - 87)").replace("\n", "<break/>")
    _, _, values, _ = extracted(wrap)
    assert {v.row_path for v in values if v.row_index == 1} == {("Immediately post exercise",)}


def test_a_line_of_a_cut_off_below_the_line_it_cuts():
    wrap = xml_table("Variable | Drug (n=33) | Placebo (n=32)\nLABEL | FIRST | SECOND", "Baseline characteristics")
    wrap = wrap.replace("LABEL", "Microglobulin [median (range); g/L]\n≥4 g/L").replace("FIRST", "3.6 (0.3-9.0)\n14 (42.4%)")
    _, _, values, _ = extracted(wrap.replace("SECOND", "3.8 (0.3-10.0)\n13 (40.6%)").replace("\n", "<break/>"))
    assert cell(values, 1, 1) == [("median", 3.6), ("minimum", 0.3), ("maximum", 9), ("count", 14), ("percent", 42.4)]
    own = [v.row_path for v in values if (v.row_index, v.column_index) == (1, 1)]
    assert own[0] == ("Microglobulin [median (range); g/L]",) and own[3] == (*own[0], "≥4 g/L")


def test_headings_told_by_emphasis_close_each_other():
    lines = """Variable | Drug (n=81) | Placebo (n=79)
    <bold>Gender</bold> | |
    <bold>Female/male</bold> | 31/50 | 33/46
    <bold>Marital status</bold> | |
    Single | 64 | 62
    <bold>Occupation</bold> | |
    With occupation | 36 | 38"""
    wrap = xml_table(lines, "Characteristics").replace("&lt;", "<")
    _, _, values, _ = extracted(wrap)
    paths = [first(values, row, 1).row_path for row in (2, 4, 6)]
    assert paths == [("Gender", "Female/male"), ("Marital status", "Single"), ("Occupation", "With occupation")]


def test_a_median_and_the_width_of_its_range_behind_a_mean():
    lines = "Variable | Drug | Placebo\nActivity | 8.1±4.5 (7.0, 5.6) | 25.4±6.5 (24.8, 9.7)"
    _, _, values, _ = extracted(
        xml_table(lines, "Biochemical parameters", "Results are presented as mean±SD (median, interquartile range).")
    )
    assert cell(values, 1, 1) == [("mean", 8.1), ("sd", 4.5), ("median", 7), ("other", 5.6)]


def test_words_right_above_figures_without_a_label_are_their_label():
    lines = """Response | Drug (N=56) | Placebo (N=58)
    Overall response | 24 (43) | 14 (24)
    | RR (95% CI), P-value |
    | 0.56 (0.33–0.97), P=0.05 |"""
    _, _, values, _ = extracted(xml_table(lines, "Response to treatment"))
    ratio = first(values, 3, 1)
    assert (ratio.statistic, ratio.row_path, ratio.endpoint) == (
        "risk_ratio",
        ("Overall response", "RR (95% CI), P-value"),
        "objective response",
    )


def test_any_beside_a_grade_under_one_arm_is_all_grades():
    lines = """Toxicity | <2>Drug (%) (N = 282) | <2>Placebo (%) (N = 280)
    | Any | Grade 3/4 | Any | Grade 3/4
    Rash | 72 | 6 | 29 | 1"""
    _, _, values, _ = extracted(xml_table(lines, "Toxicities", header=2))
    assert [first(values, 2, column).grade for column in (1, 2, 3, 4)] == ["any", "3-4", "any", "3-4"]


def test_a_characteristic_is_no_population():
    lines = "Characteristic, n (%) | Drug (N = 50) | Placebo (N = 50)\nMeasurable disease | 40 (80) | 41 (82)"
    _, _, values, _ = extracted(xml_table(lines, "Characteristics at baseline"))
    assert first(values, 1, 1).population is None


def test_a_fold_change_is_a_ratio():
    _, _, values, _ = extracted(xml_table("Gene | Drug, fold change | Placebo, fold change\nlet-7a | 1.43 | 0.98", "Expression"))
    assert cell(values, 1, 1) == [("ratio", 1.43)]


def test_as_many_counts_as_the_label_has_parts():
    _, _, values, _ = extracted(xml_table("Airway | Drug | Placebo\nAttempts (1/2/3/failed) | 26/4/0/0 | 25/4/1/0", "Airway management"))
    assert cell(values, 1, 1) == [("count", 26), ("count", 4), ("count", 0), ("count", 0)]


def test_percentages_with_counts_beside_means_with_deviations():
    lines = """Characteristic | Drug (N = 26,476) | Placebo (N = 353)
    | <2>Mean ± SD or % (n)
    Age, years | 22.8 ± 5.5 | 23.1 ± 5.1
    BMI <18.5 | 39.4 (10,369) | 40.2 (142)
    Male | 51.2 (13,033) | 52.6 (170)"""
    _, _, values, _ = extracted(xml_table(lines, "Characteristics", header=2))
    assert cell(values, 2, 1) == [("mean", 22.8), ("sd", 5.5)]
    assert cell(values, 3, 1) == [("percent", 39.4), ("count", 10369)]
    assert cell(values, 4, 1) == [("percent", 51.2), ("count", 13033)]  # of those with a birth


def test_figures_of_a_form_that_they_cannot_have_stay_open():
    lines = """Measure | Drug (N = 353) | Placebo (N = 350)
    Preterm, % (n) | 10.8 (36) | 13.4 (17)
    Gestation, days | 276.2 (18.1) | 275.9 (17.7)"""
    _, _, values, _ = extracted(xml_table(lines, "Validity"))
    assert cell(values, 2, 1) == [("other", 276.2), ("other", 18.1)]


@pytest.mark.parametrize("head", ["\u03c7<sup>2</sup>", "\u03c7 2", "\u03a72"])
def test_chi_square_is_no_estimate(head):
    lines = f"Event, n (%) | Drug (n = 295) | Placebo (n = 294) | {head} | P value\nDeath | 2 (0.7) | 0 (0.0) | 2.00 | 0.16"
    _, _, values, _ = extracted(xml_table(lines, "End points"))
    assert cell(values, 1, 3) == [("other", 2.0)] and first(values, 1, 3).scope == "contrast"


def test_a_bracket_in_a_cell_of_its_own_is_the_spread() -> None:
    table = """
     | <2>Drug | <2>Placebo
    Age (years), mean (SD) | 52.1 | (11.7) | 51.6 | (11.6)
    Weight (kg), mean (SE) | 72.1 | (1.7) | 71.6 | (1.6)
    Smoking, n (%) | 12 | (24.0) | 13 | (26.0)
    """
    values = extracted(xml_table(table, caption="Baseline characteristics"))[2]
    first = [(v.printed, v.statistic, v.estimate_id and v.estimate_id[-6:]) for v in values if v.arm_id == "drug"]
    assert first == [
        ("52.1", "mean", "r1c1:0"), ("11.7", "sd", "r1c1:0"), ("72.1", "mean", "r2c1:0"), ("1.7", "se", "r2c1:0"),
        ("12", "count", "r3c1:0"), ("24.0", "percent", "r3c1:0"),
    ]  # fmt: skip


def test_a_note_on_a_heading_tells_what_its_rows_hold() -> None:
    table = """
     | Drug | Placebo
    Intervals<sup>a</sup> | |
    .Last visit | 76.1 (12.5) | 75.2 (11.0)
    .First visit | 36.1 (2.5) | 35.2 (1.0)
    """
    values = extracted(xml_table(table, notes="<sup>a</sup> Values are mean (SD)."))[2]
    assert {v.statistic for v in values} == {"mean", "sd"}


def test_a_response_ratio_is_a_ratio() -> None:
    table = """
     | Drug | Placebo
    Responders, n (%) | 20 (40.0) | 10 (20.0)
    Response ratio vs placebo (95% CI) | 2.0 (1.1 to 3.8) |
    """
    values = extracted(xml_table(table, caption="Clinical response at week 8"))[2]
    assert [v.statistic for v in values if v.printed in ("2.0", "1.1", "3.8")] == ["risk_ratio", "ci_lower", "ci_upper"]
