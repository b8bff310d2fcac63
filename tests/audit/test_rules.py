"""The rules, each on a small frame: PALOMA-2's figures, or the key's problems of other articles in our own frames."""

import pytest

from tests.audit.frames import NO_OBSERVATIONS, PAIR, arms, cell, header, responses, tables, two_arms, value, values
from trialmart import audit


def run(*rows, kinds=None, observations=NO_OBSERVATIONS, sizes=PAIR):
    return audit.check(
        values(*rows), arms(**sizes), tables(**(kinds or {"t1": "baseline", "t2": "adverse_events", "t3": "efficacy"})), observations
    )


def of(checks, rule_id):
    return checks[checks["rule_id"] == rule_id]


def findings(checks):
    return checks[checks["verdict"].isin(["inconsistent", "impossible"])]


def test_the_misprinted_response_rate_is_one_critical_finding():
    checks = findings(run(responses()))
    assert len(checks) == 1
    finding = checks.iloc[0]
    assert (finding["rule_id"], finding["severity"]) == ("text_table", "critical")
    assert "No count of 222 gives 21.1%; 34.7% is 77 of 222" in finding["explanation"]


def test_marts_use_the_table_where_no_count_gives_the_sentence():
    frame = values(responses())
    checks = audit.check(frame, arms(**PAIR), tables(t3="efficacy"), NO_OBSERVATIONS)
    trusted = audit.trust(frame, checks).set_index("value_id")
    assert trusted.loc["a1:text:250", "replaced_by"] == "a1:t3:r2c2:0"
    assert not trusted["trusted"].any()


def test_counts_and_percents_of_the_columns_n():
    checks = run(header("t1"), two_arms("t1", 1, "count percent", "263 (59.2)", "141 (63.5)", row_path=("Age", "<65 yr")))
    assert list(of(checks, "count_percent")["verdict"]) == ["consistent", "consistent"]


@pytest.mark.parametrize("printed", ["264 (59.2)", "263 (58.2)", "236 (59.2)"])
def test_a_wrong_digit_is_a_major_finding(printed):
    checks = run(header("t1"), two_arms("t1", 1, "count percent", printed, "141 (63.5)", row_path=("Age", "<65 yr")))
    finding = findings(checks)
    assert len(finding) == 1
    assert finding.iloc[0]["severity"] == "major"


def test_a_block_with_its_own_n():
    block = ("Patients with measurable disease",)
    checks = run(header("t3"), two_arms("t3", 5, "n", "338", "171", row_path=block),
                 two_arms("t3", 6, "count percent", "187 (55.3)", "76 (44.4)", row_path=("Objective response",)))  # fmt: skip
    assert findings(checks).empty
    assert list(of(checks, "count_percent")["method"]) == ["N: block", "N: block"]
    assert of(checks, "denominators")["method"].tolist().count("block denominator") == 1


def test_a_header_that_its_column_contradicts_is_one_finding():
    # PMC2990616, table 2: the header says 40, the investigator's block is of 41
    rows = [cell("t3", r, 2, "count percent", text, arm_id="placebo", row_path=("Overall response", name))
            for r, (text, name) in enumerate([("18 (43.9)", "CR"), ("10 (24.4)", "PR"), ("28 (68.3)", "Overall"), ("5 (12.2)", "SD")], start=2)]  # fmt: skip
    checks = findings(run(cell("t3", 0, 2, "n", "40", arm_id="placebo"), *rows))
    assert checks["rule_id"].tolist() == ["denominators"]
    assert checks.iloc[0]["severity"] == "major"
    assert "41" in checks.iloc[0]["explanation"]


def test_missing_values_left_out_in_every_arm_are_explained():
    # PMC4392433, table 1: eGFR below 60, denominators with missing values not printed
    checks = run(header("t1", 10080, 10090), two_arms("t1", 1, "count percent", "1476 (14.8)", "1383 (13.9)", row_path=("eGFR <60",)),
                 sizes={"active": 10080, "placebo": 10090})  # fmt: skip
    assert set(of(checks, "count_percent")["verdict"]) == {"explained"}


def test_own_denominator_is_what_the_cell_means():
    # PMC2990616, table 1: 20/52 printed as 37.4%
    rows = cell("t1", 1, 1, "count denominator percent", "20/52 (37.4)", arm_id="active", row_path=("Weight loss", ">=10%"))
    checks = findings(run(header("t1", 53, 44), rows, sizes={"active": 53, "placebo": 44}))
    assert checks["rule_id"].tolist() == ["count_percent"]
    assert checks.iloc[0]["severity"] == "major"


def test_more_patients_in_a_header_than_were_randomized():
    # PMC3598549: 72 in the toxicity table, 70 randomized
    checks = findings(run(cell("t1", 0, 1, "n", "70", arm_id="active"), cell("t2", 0, 1, "n", "72", arm_id="active"), sizes={"active": 70}))
    assert checks["rule_id"].tolist() == ["denominators"]
    assert checks.iloc[0]["severity"] == "major"


def test_a_total_row_that_is_not_the_sum():
    # PMC5827032, table 2: 20+26+14+2 printed as 63
    rows = [cell("t3", r, 1, "count percent", text, arm_id="active", row_path=(name,))
            for r, (text, name) in enumerate([("20 (31.7)", "CR"), ("26 (41.3)", "PR"), ("14 (22.2)", "SD"), ("2 (3.2)", "PD"), ("63 (100)", "Total")], start=1)]  # fmt: skip
    checks = findings(run(cell("t3", 0, 1, "n", "63", arm_id="active"), *rows, sizes={"active": 63}))
    assert checks["rule_id"].tolist() == ["levels_sum"]
    assert checks.iloc[0]["severity"] == "major"


def test_overlapping_levels_are_not_summed():
    rows = [two_arms("t1", r, "count", a, p, row_path=("Prior therapies", name))
            for r, (a, p, name) in enumerate([("213", "109", "Chemotherapy"), ("249", "126", "Hormonal therapy"), ("54", "32", "Neoadjuvant")], start=1)]  # fmt: skip
    assert of(run(header("t1"), *rows), "levels_sum").empty


@pytest.mark.parametrize(("mistyped", "rules"), [("33/46", []), ("33/49", ["levels_sum"])])
def test_levels_in_one_cell_sum_to_the_patients(mistyped, rules):
    rows = [two_arms("t1", 1, "count count", "31/50", mistyped, row_path=("Female/male",)),
            two_arms("t1", 2, "count count", "40/41", "39/40", row_path=("Working/not",))]  # fmt: skip
    checks = findings(run(header("t1", 81, 79), *rows, sizes={"active": 81, "placebo": 79}))
    assert checks["rule_id"].tolist() == rules
    assert all("Female/male" in text for text in checks["explanation"])


def test_grades_exceed_any_grade():
    row = ("Neutropenia",)
    good = [cell("t2", r, c, "count percent", text, arm_id="active", grade=g, row_path=(name,))
            for r, name, texts in ((1, "Fatigue", ("166 (37.4)", "8 (1.8)", "3 (0.7)")), (2, "Leukopenia", ("173 (39.0)", "107 (24.1)", "3 (0.7)")))
            for c, (g, text) in enumerate(zip(("any", "3", "4"), texts, strict=True), start=1)]  # fmt: skip
    bad = [cell("t2", 3, c, "count percent", text, arm_id="active", grade=g, row_path=row)
           for c, (g, text) in enumerate((("any", "253 (57.0)"), ("3", "249 (56.1)"), ("4", "46 (10.4)")), start=1)]  # fmt: skip
    assert findings(run(header("t2"), *good)).empty
    assert findings(run(header("t2"), *good, *bad))["rule_id"].tolist() == ["grades_within"]


def test_two_arms_exchanged_are_one_finding():
    checks = findings(run(header("t1"), two_arms("t1", 1, "count percent", "110 (49.5)", "214 (48.2)", row_path=("Visceral disease",))))
    assert checks["method"].tolist() == ["arms exchanged"]
    assert checks.iloc[0]["severity"] == "major"


def test_counts_of_a_level_exchanged_between_equal_arms():
    # the percents fit either arm (PMC3669518: 275 and 278 patients); the sums of the levels do not
    rows = [two_arms("t1", r, "count percent", a, b, row_path=("Site", name))
            for r, (a, b, name) in enumerate([("111 (40)", "108 (39)", "Oesophagus"), ("94 (34)", "75 (27)", "Junction"), ("89 (32)", "76 (27)", "Stomach")], start=1)]  # fmt: skip
    checks = findings(run(header("t1", 275, 278), *rows, sizes={"active": 275, "placebo": 278}))
    assert checks["rule_id"].tolist() == ["levels_sum"]


def test_events_are_not_taken_for_patients():
    rows = [two_arms("t2", r, "count percent", "450 (30)", "424 (26)", row_path=(f"Hypoglycaemia {r}",)) for r in (1, 2)]
    checks = run(header("t2", 46, 22), *rows, sizes={"active": 46, "placebo": 22})
    assert findings(checks).empty
    assert set(of(checks, "count_percent")["verdict"]) == {"not_checkable"}


def test_percents_that_only_another_n_gives():
    # PMC5654157: percents of 18 patients under a header of 22
    rows = [
        cell("t2", r, 1, "percent", text, arm_id="active", row_path=(f"Event {r}",))
        for r, text in enumerate(("22.2", "72.2", "11.1", "5.6"), start=1)
    ]
    checks = run(cell("t2", 0, 1, "n", "22", arm_id="active"), *rows, sizes={"active": 22})
    check = of(checks, "denominators").query("method == 'the N that gives all of them'").iloc[0]
    assert (check["verdict"], check["recomputed_low"]) == ("explained", 18)


def test_percents_without_counts_sum_to_a_hundred():
    rows = [
        two_arms("t1", r, "percent", a, b, row_path=("Prior surgery", name))
        for r, (a, b, name) in enumerate([("12.5", "20.0", "Yes"), ("87.5", "86.0", "No")], start=1)
    ]
    assert findings(run(header("t1", 40, 50), *rows, sizes={"active": 40, "placebo": 50}))["rule_id"].tolist() == ["levels_sum"]


def test_limits_of_a_rate_name_their_method():
    checks = of(run(responses()), "rate_ci")
    table = checks[checks["table_id"] == "t3"]
    assert set(table["verdict"]) == {"consistent"}
    assert set(table["method"]) == {"Clopper–Pearson"}


def ratio(estimate, lower, upper, p=None, statistic="hazard_ratio", row=1, **known):
    about = {"scope": "contrast", "arm_id": "active", "reference_arm_id": "placebo", "row_path": ("Row",), **known}
    statistics, printed = f"{statistic} ci_lower ci_upper", f"{estimate} ({lower} {upper})"
    made = cell("t3", row, 3, statistics, printed, **about)
    if p:
        made += [value("p_value", p.lstrip("<"), table_id="t3", row_index=row, column_index=4, comparator="<" if "<" in p else "=", value_id=f"a1:t3:r{row}c4:0",
                       span_id="a1@9-10", estimate_id=made[0]["value_id"], **about)]  # fmt: skip
    return made


@pytest.mark.parametrize(
    ("figures", "symmetry", "p"),
    [
        (("0.58", "0.46", "0.72", "<0.001"), "consistent", "consistent"),  # PALOMA-2, both assessments
        (("0.65", "0.51", "0.84", "0.001"), "consistent", "consistent"),
        (("0.58", "0.36", "0.72", "<0.001"), "inconsistent", "consistent"),  # a digit of the lower limit changed
        (("0.93", "0.71", "1.21", "0.28"), "consistent", "explained"),  # PMC3598549: adjusted ratio, unadjusted test
        (("0.93", "0.71", "1.21", "0.001"), "consistent", "inconsistent"),
    ],
)
def test_ratio_limits_and_p(figures, symmetry, p):
    checks = run(ratio(*figures))
    assert of(checks, "ci_symmetry")["verdict"].tolist() == [symmetry]
    if symmetry == "consistent":
        assert of(checks, "ratio_p")["verdict"].tolist() == [p]


def differences(*more):
    """PMC5689110, table 3: differences from placebo with t limits, and `more`."""
    rows = [("-0.35", "-0.58", "-0.12"), ("-0.03", "-0.22", "0.17"), ("-0.22", "-0.43", "-0.02"), ("-0.10", "-0.29", "0.09"), ("-0.29", "-0.48", "-0.09"),
            ("-0.02", "-1.28", "1.24"), ("-0.56", "-1.84", "0.73"), ("-0.07", "-0.79", "0.65"), ("-0.41", "-1.14", "0.33"), *more]  # fmt: skip
    return of(run(*(ratio(*figures, statistic="mean_difference", row=r) for r, figures in enumerate(rows, start=1))), "ci_symmetry")


def test_a_lost_sign_of_a_limit_is_found_among_symmetric_differences():
    checks = differences(("-0.17", "-0.39", "-0.05"))
    assert set(checks["verdict"][:9]) == {"consistent"}
    found = checks[checks["verdict"] == "inconsistent"]
    assert found["severity"].tolist() == ["major"] and "other sign of -0.05" in found["explanation"].iloc[0]


def test_differences_of_a_table_whose_limits_are_not_symmetric_are_not_judged():
    skewed = [("2.0", "1.5", "4.0"), ("3.0", "2.5", "6.0"), ("1.0", "0.5", "3.0")]
    assert len(differences(*skewed)) == 0


def test_a_ratio_outside_its_limits_is_impossible():
    assert of(run(ratio("0.85", "0.46", "0.72")), "ci_symmetry")["verdict"].tolist() == ["impossible"]


def test_the_stratified_odds_ratio_is_explained_and_a_crude_one_found():
    stratified = run(responses(), ratio("1.40", "0.98", "2.01", statistic="odds_ratio", row=2))
    assert of(stratified, "odds_ratio")["verdict"].tolist() == ["explained"]
    crude = run(responses(), ratio("1.37", "0.98", "1.91", statistic="odds_ratio", row=2))
    assert of(crude, "odds_ratio")["verdict"].tolist() == ["consistent"]
    assert of(crude, "odds_ratio")["method"].tolist() == ["Woolf"]


def test_baseline_p_that_only_fewer_levels_give():
    counts = [two_arms("t1", r, "count percent", a, p, row_path=("ECOG performance status", level))
              for r, (a, p, level) in enumerate([("257 (57.9)", "102 (45.9)", "0"), ("178 (40.1)", "117 (52.7)", "1"), ("9 (2.0)", "3 (1.4)", "2")], start=1)]  # fmt: skip
    note = value("p_value", "0.004", at=5, source_kind="footnote", table_id="t1", scope="contrast", endpoint="ECOG performance status")
    check = of(run(header("t1"), *counts, note), "baseline_p").iloc[0]
    assert check["verdict"] == "explained"
    assert "“0” against “1 or 2”" in check["explanation"]


def test_fisher_names_the_tail():
    # Fisher's tea: 3 of 4 against 1 of 4: two-sided 0.486, one-sided 0.243 (Agresti, Categorical Data Analysis)
    p = value(
        "p_value",
        "0.243",
        table_id="t3",
        row_index=1,
        column_index=3,
        scope="contrast",
        row_path=("Right",),
        value_id="a1:t3:r1c3:0",
        span_id="a1@1-2",
    )
    checks = run(header("t3", 4, 4), two_arms("t3", 1, "count", "3", "1", row_path=("Right",)), p, sizes={"active": 4, "placebo": 4})
    assert of(checks, "fisher_p")["method"].tolist() == ["Fisher, one-sided"]


def test_planned_events_of_the_protocol():
    plan = [
        value("hazard_ratio", "0.69", at=1, is_assumption=True, scope="trial", endpoint="progression-free survival"),
        value("n_events", "347", at=2, is_assumption=True, scope="trial", endpoint="planned events"),
        value("percent", "90", at=3, is_assumption=True, scope="trial", endpoint="power"),
        value("threshold", "0.025", at=4, is_assumption=True, scope="trial", endpoint="alpha", sides=1),
        value("threshold", "0.000013", at=5, is_assumption=True, scope="trial", endpoint="interim alpha", method="Haybittle-Peto"),
    ]
    checks = run(plan)
    planned = of(checks, "planned_events").iloc[0]
    assert (planned["verdict"], planned["recomputed_low"]) == ("consistent", 344)
    assert of(checks, "interim_alpha")["verdict"].tolist() == ["consistent"]


def test_a_misprinted_limit_is_found_without_words():
    # PMC4392433: 1.24 (0.92-1.66) in the table, 1.22 (0.92-1.62) in the text, the same p
    said = [value(s, t, at=100 + k, scope="contrast", endpoint="major bleeding", estimate_id="a1:text:100")
            for k, (s, t) in enumerate((("hazard_ratio", "1.22"), ("ci_lower", "0.92"), ("ci_upper", "1.62"), ("p_value", "0.16")))]  # fmt: skip
    checks = findings(run(ratio("1.24", "0.92", "1.66", "0.16", row_path=("Severe bleeding",)), said))
    assert checks["rule_id"].tolist() == ["text_table"]
    assert checks.iloc[0]["severity"] == "major"


def test_one_and_two_sided_p_of_one_test_are_no_conflict():
    # PMC2855860: 0.999 one-sided in the table, 0.002 two-sided in the abstract
    said = [value(s, t, at=100 + k, scope="contrast", arm_id="active", reference_arm_id="placebo", endpoint="progression-free survival", estimate_id="a1:text:100")
            for k, (s, t) in enumerate((("hazard_ratio", "1.47"), ("ci_lower", "1.16"), ("ci_upper", "1.87"), ("p_value", "0.002")))]  # fmt: skip
    checks = run(ratio("1.47", "1.16", "1.87", "0.999", row_path=("Progression-free survival",)), said)
    assert findings(checks).empty
    assert "one- and two-sided" in of(checks, "text_table")["method"].tolist()


def test_an_arm_that_does_not_exist_and_the_arm_that_its_figures_fit():
    import pandas as pd

    rows = [
        two_arms("t1", 1, "count percent", "214 (48.2)", "110 (49.5)", row_path=("Disease site", "Visceral")),
        value("percent", "48.2", at=7, endpoint="visceral disease"),
    ]
    seen = pd.DataFrame(
        [
            {
                "article_id": "a1",
                "kind": "unknown_arm",
                "table_id": None,
                "value_ids": ["a1:text:7"],
                "arm_id": None,
                "detail": "active-placebo group",
            }
        ]
    )
    finding = findings(run(header("t1"), *rows, observations=seen)).iloc[0]
    assert (finding["rule_id"], finding["method"]) == ("arm_label", "arm: active")


def test_common_events_called_serious():
    import json

    import pandas as pd

    rows = [header("t2"), *(cell("t2", 1, 1, "count percent", "353 (79.5)", arm_id="active", grade="any", row_path=("Neutropenia",)),),
            value("percent", "19.6", at=7, arm_id="active", endpoint="serious adverse events")]  # fmt: skip
    claim = json.dumps({"claim": "most_common", "qualifier": "serious", "terms": ["neutropenia"], "arm_id": "active"})
    seen = pd.DataFrame([{"article_id": "a1", "kind": "claim", "table_id": None, "value_ids": [], "arm_id": "active", "detail": claim}])
    assert findings(run(*rows, observations=seen))["rule_id"].tolist() == ["claim_scope"]


def test_marks_without_notes_are_one_finding_a_table():
    import pandas as pd

    seen = pd.DataFrame(
        [
            {"article_id": "a1", "kind": "mark_without_note", "table_id": "t1", "value_ids": [], "arm_id": None, "detail": d}
            for d in ("*", "†")
        ]
    )
    assert len(run(header("t1"), observations=seen).query("rule_id == 'footnote_marks'")) == 1


def test_nothing_to_check_gives_an_empty_frame():
    import pandas as pd

    empty = values(header("t1")).iloc[:0]
    checks = audit.check(empty, arms(**PAIR), tables(t1="baseline"), NO_OBSERVATIONS)
    assert list(checks.columns) == audit.COLUMNS
    assert isinstance(checks, pd.DataFrame) and checks.empty


def test_an_article_that_breaks_a_rule_costs_the_others_nothing(monkeypatch, caplog):
    import pandas as pd

    def judge(evidence, found):
        if "a2" in evidence.article:
            raise ZeroDivisionError("made for this test")

    monkeypatch.setattr(audit, "RULES", [rule._replace(judge=judge) if rule.rule_id == "levels_sum" else rule for rule in audit.RULES])
    rows = [*header("t1"), *two_arms("t1", 1, "count percent", "263 (59.2)", "141 (63.5)", row_path=("Age", "<65 yr"))]
    other = [
        {
            **r,
            "article_id": "a2",
            "value_id": r["value_id"].replace("a1", "a2"),
            "estimate_id": (r["estimate_id"] or "").replace("a1", "a2") or None,
        }
        for r in rows
    ]
    both = [pd.concat([frame, frame.assign(article_id="a2")]) for frame in (arms(**PAIR), tables(t1="baseline"))]
    checks = audit.check(values(rows, other), *both, NO_OBSERVATIONS)
    assert len(of(checks, "count_percent")) == 4
    assert of(checks, "levels_sum")[["article_id", "verdict"]].to_numpy().tolist() == [["a2", "not_checkable"]]
    said = [record.getMessage() for record in caplog.records if record.name == "trialmart.audit" and record.levelname == "WARNING"]
    assert "Rule levels_sum broke on article a2: ZeroDivisionError: made for this test" in said  # and not without a word


def grades_of(counts_of_rows, n=63):
    """A row of grades 0, 1, 2 for each tuple, in two arms' columns of `n`; the second arm's levels sum to `n`."""
    rows = []
    for r, counts in enumerate(counts_of_rows):
        for level, count in enumerate(counts):
            path = (f"Toxicity {r}", f"Grade {level}")
            rows += [cell("t2", 1 + 3 * r + level, 1, "count", str(count), arm_id="active", row_path=path),
                     cell("t2", 1 + 3 * r + level, 2, "count", str(n // 3), arm_id="placebo", row_path=path)]  # fmt: skip
    return of(run(header("t2", n, n), *rows, sizes={"active": n, "placebo": n}), "levels_sum")


def test_rows_that_all_sum_to_another_number_are_about_other_patients():
    """PMC3845560, table 2: toxicity after the second cycle is told of 59 of 63 patients."""
    checks = grades_of([(47, 9, 3), (55, 4, 0), (20, 32, 7)])
    apart = checks[checks["verdict"] != "consistent"]
    assert apart["verdict"].tolist() == ["explained"] and "59 patients" in apart["explanation"].iloc[0]


def test_rows_that_sum_to_different_numbers_are_findings_each():
    checks = grades_of([(47, 9, 3), (21, 21, 21), (40, 21, 21)])
    assert sorted(checks["verdict"]) == ["consistent"] * 4 + ["inconsistent"] * 2


def test_the_n_of_a_header_over_several_columns_is_no_arms_own():
    """PMC5723032, table 4: all 310 patients above every column, then each arm's own number."""
    rows = [header("t1", 266, 271), cell("t2", 0, 1, "n", "310", arm_id="active"), cell("t2", 1, 1, "n", "70", arm_id="active")]
    kinds = tables(t1="baseline", t2="efficacy")
    assert not len(findings(audit.check(values(*rows), arms(active=266, placebo=271), kinds.assign(n_header_rows=[1, 2]), NO_OBSERVATIONS)))
    alone = audit.check(values(*rows[:2]), arms(active=266, placebo=271), kinds, NO_OBSERVATIONS)
    assert findings(alone)["rule_id"].tolist() == ["denominators"]


def test_measurements_are_no_patients_and_their_share():
    # median (IQR) of years and millimetres that were read as percents and counts (seen in a baseline table)
    rows = [r for k, (label, a, b) in enumerate((("Age, years", "55 (19)", "54 (18)"), ("ESR, mm", "13 (15)", "11 (17)")), start=1)
            for r in two_arms("t1", k, "percent count", a, b, row_path=(label,))]  # fmt: skip
    assert not set(run(header("t1", 35, 32), *rows)["rule_id"]) & {"count_percent", "percent_possible"}
    # a level that a measurement sets is one of patients
    level = two_arms("t1", 1, "percent count", "55.0 (19)", "56.2 (18)", row_path=("Age ≥65, years",))
    assert "count_percent" in set(run(header("t1", 35, 32), *level)["rule_id"])


@pytest.mark.parametrize(("printed", "severity"), [("0.6302", "minor"), ("0.31", "major"), ("0.049", "major")])
def test_two_p_values_that_say_the_same_are_a_minor_matter(printed, severity):
    known = {"scope": "contrast", "arm_id": "active", "reference_arm_id": "placebo", "endpoint": "total score"}
    rows = [
        cell(
            "t3",
            1,
            3,
            "mean_difference ci_lower ci_upper p_value",
            f"-0.4 (-2.2 to 1.4) {p}".replace(" to ", " "),
            row_path=("Total score",),
            **known,
        )
        for p in ("0.65",)
    ]
    said = [value(statistic, text, at=at, estimate_id="a1:text:10", **known)
            for at, statistic, text in ((10, "mean_difference", "-0.4"), (20, "ci_lower", "-2.2"), (30, "ci_upper", "1.4"), (40, "p_value", printed))]  # fmt: skip
    assert of(findings(run(*rows, said)), "text_table")["severity"].tolist() == [severity]


def test_a_share_of_no_rows_n_is_not_judged():
    # `M28V (3%), Q30R (98%)` read as 3 (98%): the row's only N is of something else, and no row of the table shows the contrary
    rows = [
        cell("t1", 1, 1, "n", "3", arm_id="active", row_path=("Breakthrough",)),
        cell("t1", 1, 2, "count percent", "3 (98)", arm_id="active", row_path=("Breakthrough",)),
    ]
    assert set(of(run(*rows), "count_percent")["verdict"]) == {"not_checkable"}
    good = [
        r
        for k in (2, 3)
        for r in (
            cell("t1", k, 1, "n", "40", arm_id="active", row_path=(f"Row {k}",)),
            cell("t1", k, 2, "count percent", f"{4 * k} ({10 * k})", arm_id="active", row_path=(f"Row {k}",)),
        )
    ]
    assert "inconsistent" in set(of(run(*rows, *good), "count_percent")["verdict"])


def test_a_percent_of_the_patients_randomized_is_judged_where_the_tables_others_are():
    rows = [r for k, (a, b) in enumerate((("32 (34)", "33 (26)"), ("40 (30)", "64 (50)"), ("66 (50)", "32 (25)")), start=1)
            for r in two_arms("t3", k, "count percent", a, b, row_path=(f"Response {k}",))]  # fmt: skip
    checks = findings(run(*rows, sizes={"active": 132, "placebo": 128}))
    assert checks[["rule_id", "severity"]].to_numpy().tolist() == [["count_percent", "major"]]


def of_a_column(*cells_of_arms, kinds=None):
    """Counts with percents, without any N: rows of the active arm's column."""
    return run(
        *[
            cell("t1", k, 1, "count percent", text, arm_id="active", row_path=(f"Row {k}",))
            for k, text in enumerate(cells_of_arms, start=1)
        ],
        sizes={"active": None},
    )


def test_a_column_without_n_is_judged_by_the_n_that_its_percents_share():
    good = ("119 (24.4)", "368 (75.6)", "237 (48.7)", "250 (51.3)", "151 (31.0)")  # of 487
    assert set(of_a_column(*good)["verdict"]) == {"consistent"}
    wrong = findings(of_a_column(*good[:4], "151 (37.0)"))
    assert wrong[["rule_id", "severity"]].to_numpy().tolist() == [["count_percent", "major"]]
    assert "151 of 487 (the N that the column's other percents are of)" in wrong["explanation"].iloc[0]
    assert findings(of_a_column("12 (30)", "5 (11)", "9 (28)", "3 (50)", "8 (17)")).empty  # they share none


def test_percents_of_the_count_beside_them():
    of_rows = [(36, "13 (36)"), (268, "24 (9)"), (18, "2 (11)"), (76, "5 (7)"), (84, "5 (6)"), (50, "25 (80)")]
    rows = [v for k, (n, text) in enumerate(of_rows, start=1)
            for v in (cell("t1", k, 1, "count", str(n), arm_id="active", row_path=(f"Farm {k}",)), cell("t1", k, 2, "count percent", text, arm_id="active", row_path=(f"Farm {k}",)))]  # fmt: skip
    checks = findings(run(*rows, sizes={"active": None}))
    assert len(checks) == 1 and "25 of 50 (the count of another column, as in the other rows)" in checks["explanation"].iloc[0]


def test_nobody_is_no_percent_of_anybody():
    checks = run(cell("t1", 1, 1, "count percent", "0 (3.8)", arm_id="active", row_path=("Low",)), sizes={"active": None})
    assert findings(checks)["severity"].tolist() == ["major"]


def test_a_share_of_more_than_all_is_impossible():
    rows = [
        cell("t1", k, 1, "percent", text, arm_id="active", row_path=(f"Item {k}",))
        for k, text in enumerate(("50.0", "25.0", "75.0", "120"), start=1)
    ]
    assert of(findings(run(header("t1", 40, 40), *rows)), "percent_possible")["published"].tolist() == ["120%"]


def test_of_percents_alone_one_that_the_others_n_does_not_give():
    # of 18 patients under a header of 22
    good = ("22.2", "72.2", "11.1", "5.6", "16.7", "33.3")
    for texts, found in ((good, []), ((*good[:5], "33.9"), ["33.9%"])):
        rows = [cell("t1", k, 1, "percent", text, arm_id="active", row_path=(f"Event {k}",)) for k, text in enumerate(texts, start=1)]
        checks = findings(run(header("t1", 22, 40), *rows))
        assert checks["published"].tolist() == found
