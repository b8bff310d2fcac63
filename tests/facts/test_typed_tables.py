"""Published values to typed tables: one row a fact, nothing lost, nothing made up."""

import pandas as pd
import pytest

import schemas
from tests import scenario
from tests.facts.page import Page, frames
from tests.facts.paloma import ARMS, paloma
from trialmart.facts import typed_tables


def one(frame: pd.DataFrame, **where) -> pd.Series:
    for name, value in where.items():
        frame = frame[frame[name].isna() if value is None else frame[name] == value]
    assert len(frame) == 1, f"{len(frame)} rows with {where}"
    return frame.iloc[0]


def trial(*kinds: tuple[str, str]) -> Page:
    """A two-arm trial with empty tables of these kinds, 100 patients in each header."""
    page = Page()
    page.arm("drug", "Drug", 100, "experimental")
    page.arm("placebo", "Placebo", 100, "control")
    for table_id, kind in kinds:
        page.table(table_id, kind)
        page.header(table_id, drug=100, placebo=100)
    return page


def tables(page: Page) -> dict[str, pd.DataFrame]:
    return {name.removeprefix("evidence."): frame for name, frame in typed_tables(**frames(page)).items()}


@pytest.mark.parametrize("parent, level, n, percent, reference_n, reference_percent", scenario.BASELINE_COUNTS)
def test_baseline_levels_are_as_printed(typed, parent, level, n, percent, reference_n, reference_percent):
    for arm, figures in zip(ARMS, ((n, percent), (reference_n, reference_percent)), strict=True):
        row = one(typed["baseline_characteristic"], characteristic=parent, level=level, arm_id=arm)
        assert (row.n, row.percent) == figures
        assert (row.arm_n, row.arm_n_source) == (scenario.ARM_N[ARMS.index(arm)], "header")


def test_a_continuous_summary_has_its_unit_and_no_level(typed):
    row = one(typed["baseline_characteristic"], characteristic="Age", level=None, arm_id="pal")
    assert (row["median"], row.minimum, row.maximum, row.unit) == (62, 30, 89, "years")


def test_levels_that_share_out_all_patients_are_told_from_those_that_overlap(typed):
    rows = typed["baseline_characteristic"]
    assert one(rows, level="Visceral", arm_id="pal").levels_exclusive is True
    assert one(rows, level="Bone only", arm_id="pal").levels_exclusive is False  # a part of the nonvisceral ones
    assert not rows[rows.characteristic == "Prior adjuvant or neoadjuvant therapies"].levels_exclusive.astype(bool).any()


def test_adverse_events_by_grade_with_zero_as_zero_and_no_percent_where_none_is_printed(typed):
    rows = typed["adverse_event"]
    for term, cells in scenario.ADVERSE_EVENTS.items():
        for place, (n, percent) in enumerate(cells):
            row = one(rows, term=term, grade=("any", "3", "4")[place % 3], arm_id=ARMS[place // 3])
            assert row.n == n and (row.percent == percent or percent is None and pd.isna(row.percent))
            assert row.causality == "any"  # the caption says so


def test_a_count_that_a_percent_implies_is_not_filled_in(typed):
    row = one(typed["adverse_event"], term="neutropenia", grade="3-4", arm_id="pal")
    assert row.percent == 66.4 and pd.isna(row.n)
    assert (row.arm_n, row.arm_n_source) == (444, "other place of the article")  # all headers print the same N


def test_a_sentence_that_repeats_a_table_adds_its_value_and_no_row(typed, published):
    row = one(typed["adverse_event"], term="Neutropenia", grade="any", arm_id="pal")
    values = published["published_value"].set_index("value_id").loc[row.value_ids]
    assert sorted(values.printed) == ["353", "444", "79.5", "79.5"]
    assert set(values.source_kind) == {"table", "prose"}


def test_a_block_in_a_table_resets_the_denominator(typed):
    for population, ns in (("ITT", scenario.ARM_N), ("measurable", scenario.MEASURABLE_N)):
        for arm, n in zip(ARMS, ns, strict=True):
            row = one(typed["response"], endpoint="objective response", population=population, arm_id=arm)
            assert (row.arm_n, row.arm_n_source) == (n, "block")


def test_a_misprint_of_a_tabled_fact_is_noted_and_not_taken(typed):
    row = one(typed["response"], endpoint="objective response", population="ITT", arm_id="pbo")
    assert (row.percent, row.ci_lower, row.ci_upper) == (34.7, 28.4, 41.3)
    assert "percent is printed as 21.1" in row.note


def test_abstract_and_results_are_one_row_each(typed):
    rows = typed["comparison"]
    row = one(rows, endpoint="progression-free survival", assessor="investigator")
    assert (row.estimate, row.ci_lower, row.ci_upper, row.p_value, row.p_value_comparator) == (0.58, 0.46, 0.72, 0.001, "<")
    assert len(row.value_ids) == 8
    assert one(rows, assessor="blinded independent central review").estimate == 0.65
    assert 0.69 not in set(rows.estimate)  # a planning figure is no result


def test_median_limits_that_are_not_estimable_say_so(typed):
    row = one(typed["time_to_event"], endpoint="progression-free survival", arm_id="pal")
    assert (row["median"], row.ci_lower, row.ci_upper_missing_reason, row.unit, row.n_events) == (
        24.8,
        22.1,
        "not_estimable",
        "months",
        194,
    )
    assert pd.isna(row.ci_upper)


@pytest.mark.parametrize(
    ("level", "factor", "n"),
    [
        ("visceral disease", "Disease site", (214, 110)),
        ("newly metastatic disease", "Disease-free interval", (167, 81)),
        ("prior hormonal therapy", "Adjuvant hormonal therapy", (249, 126)),
        ("no prior hormonal therapy", "Adjuvant hormonal therapy", None),  # the shares of the others: nobody printed their number
    ],
)
def test_a_subgroup_of_the_prose_finds_its_baseline_factor(typed, level, factor, n):
    row = one(typed["subgroup_effect"], level=level)
    assert (row.factor, row.factor_source) == (factor, "resolved")
    assert "factor from table t1" in row.note
    assert (row.arm_n, row.reference_n) == n if n else pd.isna(row.arm_n)


def test_a_factor_that_two_rows_fit_stays_unknown():
    page = trial(("t1", "baseline"))
    for row, (parent, level) in enumerate((("Liver disease", "Yes"), ("Lung disease", "Yes")), start=1):
        for column, arm in enumerate(("drug", "placebo"), start=1):
            page.share("40", "40.0", table_id="t1", row_index=row, column_index=column, arm_id=arm, row_path=(parent, level))
    for arm in ("drug", "placebo"):
        page.value("percent", "40.0", unit="%", arm_id=arm, subgroup="patients with organ disease", endpoint="patients with organ disease")
    page.estimate("hazard_ratio", "0.80", "0.60", "1.07", arm_id="drug", reference_arm_id="placebo", scope="contrast",
                  subgroup="patients with organ disease", endpoint="overall survival")  # fmt: skip
    row = one(tables(page)["subgroup_effect"], level="patients with organ disease")
    assert row.factor is None and row.percent == 40


def test_a_subgroup_table_with_its_counts_and_interaction():
    page = trial(("t4", "subgroup"))
    where = {"table_id": "t4", "row_index": 2, "row_path": ("Age", "<65 yr")}
    for column, (arm, events, n) in enumerate((("drug", "10", "50"), ("placebo", "20", "48")), start=1):
        page.value("count", events, arm_id=arm, column_index=column, **where)
        page.value("n", n, arm_id=arm, column_index=column, **where)
    contrast = {"arm_id": "drug", "reference_arm_id": "placebo", "scope": "contrast", "endpoint": "overall survival"}
    page.estimate("hazard_ratio", "0.50", "0.25", "1.00", column_index=3, **contrast, **where)
    page.value("p_value", "0.04", table_id="t4", row_index=1, column_index=4, row_path=("Age",), method="interaction", **contrast)
    page.estimate(
        "hazard_ratio", "0.70", "0.50", "0.98", table_id="t4", row_index=3, column_index=3, row_path=("All patients",), **contrast
    )
    found = tables(page)
    row = one(found["subgroup_effect"], level="<65 yr")
    assert (row.factor, row.factor_source, row.estimate) == ("Age", "printed", 0.5)
    assert (row.arm_n, row.n_events, row.reference_n, row.reference_n_events) == (50, 10, 48, 20)
    assert row.interaction_p_value == 0.04
    assert one(found["comparison"], measure="hazard_ratio").estimate == 0.7  # all patients are no subgroup


def test_labels_that_repeat_under_different_parents_stay_apart():
    page = trial(("t1", "baseline"))
    for row, parent in enumerate(("Liver metastases", "Lung metastases"), start=1):
        page.share(str(10 * row), None, table_id="t1", row_index=row, column_index=1, arm_id="drug", row_path=(parent, "Yes"))
    rows = tables(page)["baseline_characteristic"]
    assert [(r.characteristic, r.level, r.n) for r in rows.itertuples()] == [
        ("Liver metastases", "Yes", 10),
        ("Lung metastases", "Yes", 20),
    ]


def test_grade_rows_give_their_term_and_related_events_are_told():
    page = trial(("t2", "adverse_events"))
    path = ("Treatment-related events", "Nausea", "Grade 3-4")
    page.share("5", "5.0", table_id="t2", row_index=3, column_index=1, arm_id="drug", row_path=path, grade="3-4")
    row = one(tables(page)["adverse_event"], arm_id="drug")
    assert (row.term, row.parent_path, row.grade, row.causality) == ("Nausea", ["Treatment-related events"], "3-4", "related")


def test_the_same_labels_with_other_figures_in_one_table_stay_two_rows():
    page = trial(("t2", "adverse_events"))
    for row, n in ((2, "5"), (9, "7")):
        page.share(n, None, table_id="t2", row_index=row, column_index=1, arm_id="drug", row_path=("Pain",))
    rows = tables(page)["adverse_event"]
    assert sorted(rows.n) == [5, 7] and rows.row_id.is_unique
    assert rows.note.notna().sum() == 1


def test_a_p_value_for_all_groups_is_a_comparison_of_its_domain():
    page = trial(("t1", "baseline"))
    page.value("p_value", "0.004", table_id="t1", row_index=3, column_index=3, scope="contrast", row_path=("ECOG performance status",))
    row = one(tables(page)["comparison"], measure="p_value")
    assert (row.domain, row.endpoint, row.p_value, row.arm_id) == ("baseline", "ECOG performance status", 0.004, None)


def test_a_total_column_is_no_arm():
    page = trial(("t1", "baseline"))
    page.value("n", "200", table_id="t1", row_index=0, column_index=3, scope="total")
    page.share("80", "40.0", table_id="t1", row_index=1, column_index=3, scope="total", row_path=("Sex", "Male"))
    row = one(tables(page)["baseline_characteristic"], level="Male")
    assert (row.scope, row.arm_id, row.arm_n, row.n) == ("total", None, 200, 80)


def test_the_header_of_one_population_is_not_the_denominator_of_another():
    page = trial(("t3", "efficacy"))
    for row, population in ((1, "ITT"), (2, "per_protocol")):
        page.share(
            None, "40.0", table_id="t3", row_index=row, column_index=1, arm_id="drug", endpoint="objective response", population=population
        )
    rows = tables(page)["response"].set_index("population")
    assert (rows.arm_n["ITT"], rows.arm_n_source["ITT"]) == (100, "randomized")
    assert pd.isna(rows.arm_n["per_protocol"])  # the page does not print how many that were


def test_rows_satisfy_their_contracts_and_keys_are_unique(typed):
    for name, frame in typed.items():
        model = schemas.TABLES[f"evidence.{name}"]
        good, failures = model.split(model.coerce(frame[[column for column in frame if column in model.columns]]))
        assert len(good) == len(frame) > 0 and not len(failures)
        assert frame.row_id.is_unique


def test_ids_do_not_depend_on_order_or_company(typed):
    page = paloma()
    other = trial(("t1", "baseline"))
    other.share("1", "1.0", table_id="t1", row_index=1, column_index=1, arm_id="drug", row_path=("Sex", "Male"))
    both = frames(other, page)
    together = typed_tables(**both)
    for name, frame in typed.items():
        again = together[f"evidence.{name}"]
        again = again[again.article_id == "p2"]
        assert list(again.row_id) == list(frame.row_id)


def test_no_values_at_all_give_typed_empty_tables():
    for name, frame in typed_tables(**frames(Page())).items():
        model = schemas.TABLES[name]
        assert len(model.coerce(frame[[column for column in frame if column in model.columns]])) == 0


def test_a_p_value_stays_with_its_own_estimate_where_two_have_one_key():
    page = trial(("t9", "other"))
    contrast = {"arm_id": "drug", "reference_arm_id": "placebo", "scope": "contrast", "endpoint": "overall survival"}
    page.estimate("hazard_ratio", "0.70", "0.50", "0.98", **contrast)
    page.estimate("hazard_ratio", "0.90", "0.70", "1.16", "0.41", **contrast)
    rows = tables(page)["comparison"].set_index("estimate")
    assert pd.isna(rows.p_value[0.7]) and rows.p_value[0.9] == 0.41


def test_endpoints_under_a_heading_are_no_levels_of_a_factor():
    page = trial(("t4", "subgroup"))
    for row, label in enumerate(("Major bleeding", "Minor bleeding"), start=1):
        page.estimate("hazard_ratio", "1.20", "1.00", "1.44", table_id="t4", row_index=row, column_index=1, row_path=("Safety endpoints", label),
                      arm_id="drug", reference_arm_id="placebo", scope="contrast")  # fmt: skip
    found = tables(page)
    assert not len(found["subgroup_effect"])
    assert set(found["comparison"].endpoint) == {"major bleeding", "minor bleeding"}
    assert found["comparison"].subgroup.isna().all()


def test_a_heading_over_rows_is_the_level_and_the_row_the_outcome():
    page = trial(("t4", "subgroup"))
    contrast = {"table_id": "t4", "arm_id": "drug", "reference_arm_id": "placebo", "scope": "contrast"}
    for row, level in ((1, "Mild disease"), (5, "Severe disease")):
        page.estimate(
            "odds_ratio", f"0.{row}0", row_index=row, column_index=3, row_path=("Hospitalization", "n (%)"), subgroup=level, **contrast
        )
        page.estimate(
            "mean_difference", f"-1.{row}", row_index=row + 1, column_index=4, row_path=("Days of treatment",), subgroup=level, **contrast
        )
    found = tables(page)
    assert not len(found["comparison"])
    rows = found["subgroup_effect"][["level", "endpoint", "measure", "estimate"]].to_records(index=False).tolist()
    assert sorted(rows) == [
        ("Mild disease", "days of treatment", "mean_difference", -1.1), ("Mild disease", "hospitalization", "odds_ratio", 0.1),
        ("Severe disease", "days of treatment", "mean_difference", -1.5), ("Severe disease", "hospitalization", "odds_ratio", 0.5),
    ]  # fmt: skip


def test_an_effect_and_the_patients_of_its_row_have_one_endpoint():
    page = trial(("t3", "efficacy"))
    where = {"table_id": "t3", "row_index": 2, "row_path": ("Secondary endpoints", "Hospitalization", "n (%)")}
    page.share("40", "40.0", column_index=1, arm_id="drug", **where)
    page.share("50", "50.0", column_index=2, arm_id="placebo", **where)
    page.estimate(
        "odds_ratio", "0.67", "0.38", "1.17", column_index=3, arm_id="drug", reference_arm_id="placebo", scope="contrast", **where
    )
    found = tables(page)
    assert set(found["response"].endpoint) == set(found["comparison"].endpoint) == {"hospitalization"}


@pytest.mark.parametrize(("yes", "no"), [("Y", "N"), ("Yes", "No"), ("Present", "Absent")])
def test_patients_without_an_event_are_no_event(yes, no):
    page = trial(("t3", "efficacy"))
    for row, (label, count) in enumerate(((yes, "2"), (no, "98")), start=1):
        page.share(count, f"{count}.0", table_id="t3", row_index=row, column_index=1, row_path=("Readmission", label), arm_id="drug")
    rows = tables(page)["response"]
    assert rows[["endpoint", "n"]].to_records(index=False).tolist() == [("readmission", 2.0)]


def test_no_is_a_level_of_a_characteristic():
    page = trial(("t1", "baseline"))
    for row, (label, count) in enumerate((("Yes", "30"), ("No", "70")), start=1):
        page.share(count, f"{count}.0", table_id="t1", row_index=row, column_index=1, row_path=("Diabetes", label), arm_id="drug")
    assert tables(page)["baseline_characteristic"].level.tolist() == ["Yes", "No"]


def test_rows_that_only_say_when_are_times_of_their_outcome():
    page = trial(("t3", "efficacy"))
    for row, when in enumerate(("Week 4", "Week 8 (Drug: 90, Placebo: 88)"), start=1):
        page.share(
            f"{row}0", f"{row}0.0", table_id="t3", row_index=row, column_index=1, row_path=("Responders, n (%)", when), arm_id="drug"
        )
    rows = tables(page)["response"]
    assert rows[["endpoint", "timepoint"]].to_records(index=False).tolist() == [("responders", "week 4"), ("responders", "week 8")]


def test_a_ratio_against_a_reference_level_is_no_treatment_effect():
    page = trial(("t4", "subgroup"))
    where = {"table_id": "t4", "column_index": 1, "arm_id": "drug", "reference_arm_id": "placebo", "scope": "contrast"}
    page.estimate("hazard_ratio", "1.00", row_index=1, row_path=("Performance status", "0"), **where)
    page.estimate("hazard_ratio", "1.38", "1.10", "1.73", row_index=2, row_path=("Performance status", "1-2"), **where)
    page.estimate("hazard_ratio", "0.80", "0.60", "1.07", row_index=3, row_path=("Sex", "Male"), **where)
    assert list(tables(page)["subgroup_effect"].level) == ["Male"]


def test_rows_of_one_endpoint_in_one_table_are_told_apart_by_their_labels():
    page = trial(("t3", "efficacy"))
    for row, (label, percent) in enumerate((("Response at week 8", "30"), ("Response at week 16", "45")), start=1):
        page.share(
            None, percent, table_id="t3", row_index=row, column_index=1, arm_id="drug", endpoint="objective response", row_path=(label,)
        )
    rows = tables(page)["response"]
    assert list(rows.endpoint) == ["objective response: response at week 8", "objective response: response at week 16"]
    assert not rows.note.notna().any()


def test_a_group_of_columns_keeps_its_rows_apart():
    page = trial(("t2", "adverse_events"))
    for column, (cycle, n) in enumerate((("First cycle", "5"), ("Second cycle", "9")), start=1):
        page.share(n, None, table_id="t2", row_index=2, column_index=column, arm_id="drug", row_path=("Anemia",), subgroup=cycle)
    rows = tables(page)["adverse_event"]
    assert [(tuple(row.parent_path), row.term, row.n) for row in rows.itertuples()] == [
        (("First cycle",), "Anemia", 5),
        (("Second cycle",), "Anemia", 9),
    ]


def test_a_header_over_arms_is_no_group_of_rows():
    page = trial(("t2", "adverse_events"))
    for column, (arm, over, n) in enumerate((("drug", "Active treatment", "5"), ("placebo", None, "9")), start=1):
        page.share(n, None, table_id="t2", row_index=2, column_index=column, arm_id=arm, row_path=("Anemia",), subgroup=over)
    rows = tables(page)["adverse_event"]
    assert [(tuple(row.parent_path), row.n) for row in rows.itertuples()] == [((), 5), ((), 9)]


def test_of_two_ns_above_a_column_the_lower_is_its_own():
    page = trial(("t2", "adverse_events"))
    for row, n in enumerate(("797", "266")):  # all patients above all columns, then each arm's (PMC5723032)
        page.value("n", n, table_id="t2", row_index=row, column_index=1, arm_id="drug")
    page.tables[-1] = (*page.tables[-1][:-1], 2)
    page.share("55", "20.7", table_id="t2", row_index=2, column_index=1, arm_id="drug", row_path=("Headache",))
    assert one(tables(page)["adverse_event"], term="Headache").arm_n == 266


def test_an_n_that_the_count_exceeds_is_not_its_denominator():
    page = trial(("t2", "adverse_events"))
    page.share("120", None, table_id="t2", row_index=2, column_index=1, arm_id="drug", row_path=("Headache",))
    row = one(tables(page)["adverse_event"], term="Headache")
    assert row.n == 120 and row.arm_n is None and "no denominator" in row.note


def test_disorders_told_in_the_results_are_adverse_events_and_reasons_to_stop_are_not_events_of_an_endpoint():
    page = Page()
    page.arm("drug", "Drug", 100, "experimental")
    page.share("4", "4.0", endpoint="pulmonary embolism", arm_id="drug")
    page.share("30", "30.0", endpoint="disease progression", arm_id="drug")
    page.share("40", "40.0", endpoint="progression-free survival", arm_id="drug")
    found = tables(page)
    assert list(found["adverse_event"].term) == ["pulmonary embolism"]
    assert list(found["time_to_event"].n_events) == [40]


def test_a_share_whose_arm_the_sentence_does_not_tell_goes_to_the_only_arm_that_it_fits():
    page = trial(("t1", "baseline"))
    for column, (arm, shares) in enumerate({"drug": ("40", "60"), "placebo": ("45", "55")}.items(), start=1):
        for row, (level, n) in enumerate(zip(("Visceral", "Nonvisceral"), shares, strict=True), start=1):
            page.share(n, f"{n}.0", table_id="t1", row_index=row, column_index=column, arm_id=arm, row_path=("Disease site", level))
    of = {"subgroup": "visceral disease", "endpoint": "overall survival"}
    share = of | {"endpoint": "visceral disease"}
    page.value("percent", "40.0", unit="%", **share)  # "in the drug-placebo group": no such arm
    page.value("percent", "45.0", unit="%", arm_id="placebo", **share)
    page.estimate("hazard_ratio", "0.80", "0.60", "1.07", arm_id="drug", reference_arm_id="placebo", scope="contrast", **of)
    row = one(tables(page)["subgroup_effect"], level="visceral disease")
    assert (row.factor, row.percent, row.reference_percent, row.arm_n) == ("Disease site", 40, 45, 40)
    assert "does not tell an arm" in row.note and row.percent_value_id in row.value_ids


def test_a_sentence_whose_outcome_is_a_piece_of_a_clause_lands_no_fact():
    page = trial(("t2", "adverse_events"))
    page.value("percent", "12.0", arm_id="drug", grade="3-4", endpoint="most toxicities were similar, except there")
    page.value("percent", "7.0", arm_id="drug", grade="3-4", endpoint="fatigue")
    assert list(tables(page)["adverse_event"].term) == ["fatigue"]


@pytest.mark.parametrize(
    ("path", "grade", "parents", "term"),
    [
        (("Thrombocytopenia", "III\u2013IV"), "3-4", [], "Thrombocytopenia"),
        (("0", "Fever"), "0", [], "Fever"),
        (("Mild", "Fever"), "mild", [], "Fever"),
        (("Exacerbations", "2"), None, ["Exacerbations"], "2"),  # a level, where no grade is told
        (("Nausea", "Any grade"), "any", [], "Nausea"),
    ],
)
def test_a_label_that_says_only_the_grade_is_no_term(path, grade, parents, term):
    page = trial(("t2", "adverse_events"))
    page.share("3", "3.0", table_id="t2", row_index=1, column_index=1, row_path=path, arm_id="drug", grade=grade)
    row = tables(page)["adverse_event"].iloc[0]
    assert (list(row.parent_path), row.term) == (parents, term)


def test_an_outcome_within_a_subgroup_is_no_share_of_the_arm():
    page = trial()
    page.share(None, "40.0", arm_id="drug", endpoint="objective response", subgroup="hypertension")
    contrast = {"arm_id": "drug", "reference_arm_id": "placebo", "scope": "contrast", "endpoint": "objective response"}
    page.estimate("odds_ratio", "0.70", "0.50", "0.98", subgroup="hypertension", **contrast)
    found = tables(page)
    assert found["subgroup_effect"].percent.isna().all() and found["response"].percent.tolist() == [40.0]
