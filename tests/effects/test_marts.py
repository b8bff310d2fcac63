"""The marts on PALOMA-2's figures, and the choices that they make."""

import numpy as np
import pandas as pd
import pytest

import schemas
from tests.facts.page import Page, frames
from tests.facts.test_typed_tables import one, trial
from trialmart.effects import marts
from trialmart.effects.marts.pairs import contrasts, stacked
from trialmart.effects.marts.study_summary import _arms
from trialmart.facts import typed_tables


def safety_of(page: Page, trust: pd.DataFrame | None = None) -> pd.DataFrame:
    published = frames(page)
    events = typed_tables(**published)["evidence.adverse_event"]
    return marts.safety(events, published["arm"], published["published_value"], trust)[0]


def event(
    page: Page, term: str, drug: str | None, placebo: str | None, row: int = 1, percents: tuple = (None, None), grade: str = "any"
) -> None:
    """A row of an adverse-event table."""
    for column, (arm, n, percent) in enumerate(zip(("drug", "placebo"), (drug, placebo), percents, strict=True), start=1):
        where = {"table_id": "t2", "row_index": row, "column_index": column, "arm_id": arm, "row_path": (term,), "grade": grade}
        page.share(n, percent, **where)


def test_neutropenia(made):
    row = one(made["safety"], term="Neutropenia", grade="any")
    assert (row.events, row.n, row.reference_events, row.reference_n) == (353, 444, 14, 222)
    assert (round(row.rd_lower, 3), round(row.rd_upper, 3)) == (0.678, 0.777)  # Miettinen-Nurminen
    assert row.nnt_kind == "NNTH" and not row.zero_cell and row.trusted


def test_every_term_has_its_contrast_in_every_grade(made):
    rows = made["safety"]
    assert rows.groupby("grade").size().to_dict() == {"3": 35, "3-4": 35, "4": 35, "any": 35}
    assert rows.row_id.is_unique


def test_grades_3_and_4_are_summed_where_the_table_holds_worst_grades(made):
    row = one(made["safety"], term="Anemia", grade="3-4")
    assert (row.events, row.reference_events, row.grade_basis) == (24, 4, "sum of worst grades")
    assert "worst grade" in row.assumption


def test_a_printed_grade_band_is_used_before_a_sum_and_fits_it(made):
    row = one(made["safety"], term="Neutropenia", grade="3-4")  # the text prints 66.4 % and 1.4 %
    assert (row.grade_basis, row.counts_basis) == ("printed", "implied by percent")
    assert (row.events, row.reference_events) == (249 + 46, 2 + 1)


def test_nothing_is_summed_where_a_row_shows_that_patients_stand_in_several_columns():
    page = trial(("t2", "adverse_events"))
    for column, (grade, n) in enumerate((("any", "10"), ("3", "8"), ("4", "5")), start=1):
        for arm, offset in (("drug", 0), ("placebo", 3)):
            where = {"table_id": "t2", "row_index": 1, "column_index": column + offset, "arm_id": arm, "row_path": ("Nausea",)}
            page.share(n, None, grade=grade, **where)
    assert set(safety_of(page).grade) == {"any", "3", "4"}


def test_zero_cells_are_flagged_and_two_zeros_leave_only_the_difference(made):
    rows = made["safety"]
    alopecia = one(rows, term="Alopecia", grade="3")
    assert alopecia.zero_cell and np.isnan(alopecia.risk_ratio) and np.isnan(alopecia.odds_ratio)
    assert alopecia.risk_difference == 0 and alopecia.rd_lower < 0 < alopecia.rd_upper and alopecia.nnt_kind is None
    leukopenia = one(rows, term="Leukopenia", grade="3")
    assert leukopenia.zero_cell and leukopenia.risk_ratio == pytest.approx((107.5 / 445) / (0.5 / 223))
    assert np.isnan(leukopenia.or_exact_upper)  # infinite


def test_adjusted_p_values_are_of_one_grade_and_contrast(made):
    from scipy.stats import false_discovery_control

    rows = made["safety"][made["safety"].grade == "any"]
    assert rows.p_adjusted.to_numpy() == pytest.approx(false_discovery_control(rows.fisher_p))


def test_a_percent_counts_only_where_it_leaves_one_integer():
    page = trial(("t2", "adverse_events"))
    event(page, "Rash", None, None, 1, ("12.0", "5.0"))
    event(page, "Cough", None, None, 2, ("12.5", "5.0"))  # no patient count of 100 gives 12.5 %
    page.header("t2", drug=100, placebo=100)
    rows = safety_of(page)
    assert list(rows.term) == ["Rash"] and rows.counts_basis.iloc[0] == "implied by percent"
    assert (rows.events.iloc[0], rows.reference_events.iloc[0]) == (12, 5)


def test_a_doubted_figure_is_replaced_where_the_audit_names_a_better_print_and_flagged_else():
    page = trial(("t2", "adverse_events"))
    event(page, "Rash", "12", "5")
    event(page, "Cough", "30", "5", row=2)
    better = page.value("count", "13", arm_id="drug", endpoint="eruption", grade="any", scope="arm")
    rash, cough = (next(v["value_id"] for v in page.values if v["printed"] == n and v["table_id"]) for n in ("12", "30"))
    trust = pd.DataFrame(
        [(rash, False, "no percent gives it", better), (cough, False, "contradicts the text", None)],
        columns=["value_id", "trusted", "reason", "replaced_by"],
    )
    rows = safety_of(page, trust).set_index("term")
    assert rows.events["Rash"] == 13 and rows.trusted["Rash"] and "13 used for the printed 12" in rows.flag["Rash"]
    assert rows.events["Cough"] == 30 and not rows.trusted["Cough"] and "contradicts" in rows.flag["Cough"]


def arms(*rows: tuple[str, str, list[str]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["arm_id", "role", "members"])
    return frame.assign(article_id="x")


def test_every_arm_meets_the_control_and_pooled_arms_meet_none():
    table = arms(("a", "experimental", []), ("c", "control", []), ("b", "unknown", []), ("ab", "pooled", ["a", "b"]))
    assert contrasts(table)[["arm_id", "reference_arm_id"]].to_numpy().tolist() == [["a", "c"], ["b", "c"]]


def test_without_a_control_all_pairs_are_compared_once():
    table = arms(("a", "unknown", []), ("b", "unknown", []), ("c", "experimental", []))
    assert contrasts(table)[["arm_id", "reference_arm_id"]].to_numpy().tolist() == [["a", "b"], ["a", "c"], ["b", "c"]]


def test_the_published_hazard_ratio_on_the_log_scale(made):
    row = one(made["efficacy"], endpoint="progression-free survival", assessor="investigator")
    assert row.log_estimate == pytest.approx(np.log(0.58))
    assert row.log_se == pytest.approx(np.log(0.72 / 0.46) / (2 * 1.959964), rel=1e-6)
    assert row.log_se_low < row.log_se < row.log_se_high
    assert (row.arm_value, row.reference_value, row.unit, row.events, row.reference_events) == (24.8, 14.5, "months", 194, 137)
    assert row.agreement == "not_checkable" and row.ci_level_assumed


def test_untold_events_are_those_of_the_trials_own_analysis_and_of_no_other():
    page = trial(("t9", "other"))
    contrast = {"arm_id": "drug", "reference_arm_id": "placebo", "scope": "contrast", "endpoint": "progression-free survival"}
    for assessor, figures in (("investigator", ("0.70", "0.50", "0.98")), ("blinded independent central review", ("0.80", "0.60", "1.07"))):
        page.estimate("hazard_ratio", *figures, assessor=assessor, **contrast)
        page.estimate("median", figures[0], arm_id="drug", unit="months", endpoint="progression-free survival", assessor=assessor)
    page.value("n_events", "60", arm_id="drug", endpoint="progression-free survival")  # by whom, the sentence does not say
    published = frames(page)
    typed = {name.removeprefix("evidence."): frame for name, frame in typed_tables(**published).items()}
    rows = marts.efficacy(typed["comparison"], typed["response"], typed["time_to_event"], published["published_value"], published["arm"])[0]
    own, central = (one(rows, assessor=name) for name in ("investigator", "blinded independent central review"))
    assert (own.events, own.arm_value) == (60, 0.7)
    assert pd.isna(central.events) and central.arm_value == 0.8


def test_response_limits_are_those_that_the_counts_give(made):
    row = one(made["efficacy"], endpoint="objective response", population="ITT", measure="odds_ratio")
    assert (row.events, row.n, row.reference_events, row.reference_n, row.counts_basis) == (187, 444, 77, 222, "implied by percent")
    assert (round(row.arm_recomputed_lower, 1), round(row.arm_recomputed_upper, 1)) == (37.5, 46.9)
    # 1.40 is printed; the crude ratio is 1.37, and the limits are symmetric on the log scale: another model
    assert round(row.recomputed_estimate, 2) == 1.37 and row.agreement == "explained"
    assert one(made["efficacy"], endpoint="objective response", population="measurable", measure="odds_ratio").agreement == "agrees"


def test_a_difference_that_is_not_printed_is_derived_and_says_so(made):
    row = one(made["efficacy"], endpoint="objective response", population="ITT", measure="risk_difference")
    assert row.source == "derived" and row.estimate == pytest.approx(100 * (187 / 444 - 77 / 222))
    assert row.ci_lower < row.estimate < row.ci_upper and row.agreement == "not_checkable"


@pytest.mark.parametrize(
    ("level", "test", "p"),
    [("visceral disease", "z", 0.31), ("prior hormonal therapy", "z", 0.46), ("newly metastatic disease", "Q", 0.52)],
)
def test_interaction_by_factor(made, level, test, p):
    row = one(made["subgroup"], level=level)
    assert (row.interaction_test, round(row.interaction_p, 2)) == (test, p)
    assert row.interaction_p_low < row.interaction_p < row.interaction_p_high


def test_the_ratio_of_two_ratios_is_first_level_over_second(made):
    row = one(made["subgroup"], level="nonvisceral disease")
    assert row.ratio_of_ratios == pytest.approx(0.63 / 0.50)
    assert row.ror_lower < 1 < row.ror_upper
    assert np.isnan(one(made["subgroup"], level="newly metastatic disease").ratio_of_ratios)  # three levels have none


def test_contrasts_against_one_arm_carry_its_covariance():
    page = Page()
    for arm, role in (("low", "experimental"), ("high", "experimental"), ("placebo", "control")):
        page.arm(arm, arm, 100, role)
    page.table("t4", "subgroup")
    where = {"table_id": "t4", "row_index": 1, "row_path": ("Age", "<65 yr")}
    page.value("n_events", "40", arm_id="placebo", column_index=3, **where)
    for column, arm in enumerate(("low", "high"), start=1):
        page.estimate("hazard_ratio", "0.80", "0.60", "1.07", arm_id=arm, reference_arm_id="placebo", scope="contrast",
                      endpoint="overall survival", column_index=column, **where)  # fmt: skip
    published = frames(page)
    frame = marts.subgroup(typed_tables(**published)["evidence.subgroup_effect"], published["published_value"])[0]
    assert list(frame.shared_arm_covariance) == [1 / 40, 1 / 40]
    assert set(frame.interaction_note) == {"the article gives one level of the factor"}


def test_page_one(made):
    row = made["study_summary"].iloc[0]
    assert (row.n_arms, row.n_randomized, row.endpoint, row.estimate) == (2, 666, "progression-free survival", 0.58)
    assert (row.arm_value, row.reference_value, row.top_adverse_event, row.n_critical, row.n_findings) == (24.8, 14.5, "Neutropenia", 1, 1)
    assert row.top_severe_adverse_event == "Neutropenia"


def test_every_row_rests_on_printed_values(made, inputs):
    links, known = made["links"], set(inputs["published_value"].value_id)
    assert set(links.value_id) <= known
    for name in ("safety", "efficacy", "subgroup", "study_summary"):
        assert set(made[name].row_id) == set(links.loc[links.table_name == f"mart.{name}", "row_id"])


@pytest.mark.parametrize("name", ["safety", "efficacy", "subgroup", "study_summary"])
def test_rows_satisfy_their_contracts(made, name):
    model = schemas.TABLES[f"mart.{name}"]
    frame = made[name]
    assert set(model.columns) <= set(frame)
    good, failures = model.split(model.coerce(frame[list(model.columns)]))
    assert len(good) == len(frame) > 0 and not len(failures)


def test_a_database_without_articles_has_empty_marts():
    published = frames(Page())
    typed = {name.removeprefix("evidence."): frame for name, frame in typed_tables(**published).items()}
    values, arm = published["published_value"], published["arm"]
    assert len(marts.safety(typed["adverse_event"], arm, values)[0]) == 0
    assert len(marts.efficacy(typed["comparison"], typed["response"], typed["time_to_event"], values, arm)[0]) == 0
    assert len(marts.subgroup(typed["subgroup_effect"], values)[0]) == 0


def test_only_effects_of_arms_are_effects():
    page = Page()
    page.arm("drug", "Drug", 50, "experimental")
    page.arm("placebo", "Placebo", 50, "control")
    page.table("t3", "efficacy")
    about = {"scope": "contrast", "endpoint": "overall survival"}
    page.estimate("hazard_ratio", "2.10", "1.47", "3.00", **about)  # of a marker, for all the text tells
    page.estimate("hazard_ratio", "0.80", "0.60", "1.07", arm_id="drug", reference_arm_id="placebo", **about)
    page.estimate("mean_difference", "0.22", "0.01", "0.43", table_id="t3", row_index=1, scope="contrast", endpoint="haemoglobin")
    page.value("mean_difference", "-", missing_reason="dash", table_id="t3", row_index=1, scope="contrast", endpoint="haemoglobin",
               arm_id="placebo", reference_arm_id="placebo")  # fmt: skip
    made = frames(page)
    typed = typed_tables(*(made[name] for name in ("published_value", "arm", "article", "article_table")))
    names = ("evidence.comparison", "evidence.response", "evidence.time_to_event")
    efficacy, _ = marts.efficacy(*(typed[name] for name in names), made["published_value"], made["arm"])
    assert sorted(efficacy["estimate"]) == [0.22, 0.80]


@pytest.mark.parametrize("printed, expected", [(("104",), 104), (("743", "104"), 104), (("743",), 100), ((), 100)])
def test_patients_randomized_are_those_that_the_text_prints_where_the_arms_fit(printed, expected):
    """PMC4283272: 70 randomized, 46 + 22 in the table's header. A larger number (screened) is no total of these arms."""
    page = Page()
    page.arm("drug", "Drug", 50, "experimental")
    page.arm("placebo", "Placebo", 50, "control")
    for n in printed:
        page.value("n", n, scope="total", endpoint="randomized")
    made = frames(page)
    assert _arms(made["arm"], made["published_value"])["n_randomized"].tolist() == [expected]


@pytest.mark.filterwarnings("error::FutureWarning")
def test_effects_of_counts_alone_where_nothing_is_published(inputs, made):
    names = ("response", "time_to_event", "published_value", "arm")
    alone, _ = marts.efficacy(inputs["comparison"].iloc[:0], *(inputs[name] for name in names))
    derived = made["efficacy"][made["efficacy"]["source"] == "derived"]
    assert set(alone["source"]) == {"derived"} and set(alone["agreement"]) == {"not_checkable"}
    assert set(derived["row_id"]) <= set(alone["row_id"])
    assert set(made["efficacy"].columns) - {"_derivation"} == set(alone.columns)


def test_frames_below_each_other_keep_the_type_of_what_is_told():
    told = pd.DataFrame({"n": [1.5, 2.0], "flag": [True, False], "note": ["a", None]})
    untold = pd.DataFrame({"n": [None], "more": [7]}, dtype=object)
    both = stacked(told.iloc[:0], told, untold)
    assert both.dtypes.map(str).to_dict() == {"n": "float64", "flag": "object", "note": "object", "more": "object"}
    assert both["note"].tolist() == ["a", None, None] and both["n"].isna().tolist() == [False, False, True]
    assert list(stacked(told.iloc[:0], untold.iloc[:0]).columns) == ["n", "flag", "note", "more"]


def test_those_without_an_event_are_in_no_effect():
    page = trial(("t2", "adverse_events"))
    event(page, "Nausea", "90", "95", row=1, grade="0")
    event(page, "Nausea", "10", "5", row=2, grade="1-4")
    assert safety_of(page)["grade"].tolist() == ["1-4"]


@pytest.mark.parametrize(("printed", "agreement"), [("27.0", "agrees"), ("125", "not_checkable")])
def test_a_difference_of_percents_is_of_points_where_the_counts_give_it(printed, agreement):
    page = trial(("t3", "efficacy"))
    where = {"table_id": "t3", "row_index": 1, "row_path": ("Response",), "endpoint": "response"}
    page.share("48", "48.0", column_index=1, arm_id="drug", **where)
    page.share("21", "21.0", column_index=2, arm_id="placebo", **where)
    contrast = {"arm_id": "drug", "reference_arm_id": "placebo", "scope": "contrast"}
    page.estimate("percent_difference", printed, "14.0", "39.0", column_index=3, **contrast, **where)
    published = frames(page)
    typed = {name.removeprefix("evidence."): frame for name, frame in typed_tables(**published).items()}
    rows = marts.efficacy(typed["comparison"], typed["response"], typed["time_to_event"], published["published_value"], published["arm"])[0]
    row = one(rows, measure="percent_difference")
    assert row.agreement == agreement and pd.notna(row.recomputed_estimate) == (agreement == "agrees")
