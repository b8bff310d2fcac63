"""Which way round a difference is."""

import pytest

from tests.facts.test_typed_tables import tables, trial

CONTRAST = {"arm_id": "drug", "reference_arm_id": "placebo", "scope": "contrast"}


def arms(page, statistic, drug, placebo, **where):
    for arm_id, printed in (("drug", drug), ("placebo", placebo)):
        page.value(statistic, printed, arm_id=arm_id, **where)


@pytest.mark.parametrize(("drug", "placebo", "arm"), [("56", "51", "drug"), ("51", "56", "placebo"), ("56", "49", "drug")])
def test_a_sentences_difference_is_of_the_arm_with_more(drug, placebo, arm):
    page = trial()
    where = {"endpoint": "overall survival", "timepoint": "2-year"}
    arms(page, "percent", drug, placebo, unit="%", **where)
    page.estimate("risk_difference", "5.3", "-3.2", "13.7", "0.2", **where, **CONTRAST)
    row = tables(page)["comparison"].iloc[0]
    assert (row.arm_id, row.reference_arm_id) == (arm, {"drug": "placebo", "placebo": "drug"}[arm])
    assert (row.estimate, row.ci_lower, row.p_value) == (5.3, -3.2, 0.2)  # in one row still


@pytest.mark.parametrize(
    ("differences", "arm"), [(("-1.0", "2.0"), "placebo"), (("-1.0", "-2.0"), "drug"), (("-1.0", "9.9"), "drug")], ids=["turned", "mixed", "one alone"]
)
def test_a_tables_column_has_one_direction(differences, arm):
    page = trial(("t3", "efficacy"))
    for row, ((drug, placebo), difference) in enumerate(zip((("3.0", "2.0"), ("5.0", "7.0")), differences, strict=True), start=1):
        where = {"table_id": "t3", "row_index": row, "row_path": (f"Score {row}",)}
        for column, (arm_id, printed) in enumerate((("drug", drug), ("placebo", placebo)), start=1):
            page.value("mean", printed, column_index=column, arm_id=arm_id, **where)
        page.value("mean_difference", difference, column_index=3, **where, **CONTRAST)
    assert set(tables(page)["comparison"].arm_id) == {arm}
