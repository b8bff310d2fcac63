"""Which rows may land: each kind of failure sets its own row aside, says why, and leaves the others."""

import pandas as pd
import pandera.pandas
import pytest

import schemas


def value(number: int, **changes) -> dict:
    """A printed value that keeps the contract, with changes."""
    return {
        "value_id": f"a:t1:r{number}c1:0", "article_id": "a", "source_kind": "table", "table_id": "t1", "row_index": number, "column_index": 1,
        "span_id": f"a@{number}-{number + 1}", "row_path": ["Age"], "scope": "arm", "arm_id": "x", "statistic": "count", "value": 3.0,
        "printed": "3", "value_low": 3.0, "value_high": 3.0, "is_assumption": False, "comparator": "=", **changes,
    }  # fmt: skip


def values(*changes: dict) -> pd.DataFrame:
    return pd.DataFrame([value(number, **change) for number, change in enumerate(changes)])


def test_rows_that_keep_the_contract_all_land():
    good, failures = schemas.PublishedValue.split(values({}, {}, {}))
    assert len(good) == 3 and failures.empty
    pd.testing.assert_series_equal(failures.dtypes, schemas.Quarantine.empty().dtypes)


@pytest.mark.parametrize(
    "change, column, rule",
    [
        ({"row_index": "first"}, "row_index", "is BIGINT"),
        ({"row_index": -1}, "row_index", "≥ 0"),
        ({"span_id": None}, "span_id", "not null"),
        ({"is_assumption": None}, "is_assumption", "not null"),
        ({"statistic": "average"}, "statistic", "one of count"),
        ({"value": None, "value_low": None, "value_high": None}, None, "a value or the reason why there is none"),
        ({"missing_reason": "not_reached"}, None, "a value or the reason why there is none"),
        ({"value": 3.5, "value_high": 4.0}, None, "a count, N or denominator is a whole number"),
        ({"value": 9.0}, None, "the value lies in its rounding interval"),
        ({"column_index": None}, None, "a value of a table has its cell"),
        ({"statistic": "p_value", "value": 1.5, "value_high": 1.55}, None, "a p value lies between 0 and 1"),
        ({"statistic": "hazard_ratio", "value": -0.5, "value_low": -0.55}, None, "a ratio is not negative"),
        ({"statistic": "ci_level", "value": 5.0, "value_high": 5.5}, None, "a confidence level lies between 50 and 100 %"),
        ({"value_id": "a:t1:r0c1:0"}, None, "unique value_id"),
    ],
)
def test_a_row_that_breaks_one_rule_is_set_aside_and_named(change, column, rule):
    good, failures = schemas.PublishedValue.split(values({}, change, {}))
    assert good.row_index.tolist() == [0, 2]
    (failure,) = [row for row in failures.to_dict("records") if row["rule"].startswith(rule)]
    assert (failure["column_name"] if column else None) == column
    assert failure["article_id"] == "a" and failure["kind"] == "row" and failure["table_name"] == "evidence.published_value"
    assert failure["row_key"] == ("value_id=a:t1:r0c1:0" if "value_id" in change else "value_id=a:t1:r1c1:0")
    assert "\n" not in failure["reason"] and failure["reason"].startswith("evidence.published_value")


def test_the_value_that_failed_is_told():
    _, failures = schemas.PublishedValue.split(values({"statistic": "average"}))
    assert failures.failure_case.tolist() == ["average"]
    _, failures = schemas.PublishedValue.split(values({"value": 9.0}))
    assert failures.failure_case.tolist() == ["value=9.0, value_low=3.0, value_high=3.0"]


def test_an_articles_own_misprint_lands():
    # a limit on the wrong side of its estimate, 120 % of a percent change, a P of 0: matters of the audit, not of the contract
    odd = values(
        {"statistic": "percent", "value": 120.0, "value_low": 119.5, "value_high": 120.5},
        {"statistic": "mean_change", "value": -150.0, "value_low": -150.5, "value_high": -149.5},
        {"statistic": "p_value", "value": 0.0, "value_low": 0.0, "value_high": 0.0005},
    )
    assert len(schemas.PublishedValue.split(odd)[0]) == 3


def test_a_date_in_words_needs_no_number():
    date = values({"statistic": "date", "value": None, "value_low": None, "value_high": None, "printed": "February 26, 2016"})
    assert len(schemas.PublishedValue.split(date)[0]) == 1


def test_every_reason_of_a_row_is_listed_once():
    _, failures = schemas.PublishedValue.split(values({"statistic": "average", "row_index": -1}))
    assert sorted(failures.column_name) == ["row_index", "statistic"]
    assert failures.quarantine_id.is_unique


def test_failures_keep_their_own_contract():
    _, failures = schemas.PublishedValue.split(values(*[{"statistic": "average", "value_id": "same"}] * 3))
    good, again = schemas.Quarantine.split(failures)
    assert len(good) == len(failures) == 5 and again.empty  # three words that are none, two repeats of the key


def test_a_row_that_fails_in_the_middle_of_chunks_is_the_one_that_goes(monkeypatch):
    from schemas import validation

    monkeypatch.setattr(validation, "CHUNK", 2)
    good, failures = schemas.PublishedValue.split(values({}, {}, {}, {"row_index": -1}, {"value_id": "a:t1:r0c1:0"}))
    assert good.row_index.tolist() == [0, 1, 2] and len(failures) == 2


def test_a_fault_of_the_code_is_an_error_not_a_failure_of_rows():
    with pytest.raises(ValueError, match="has no column arm"):
        schemas.PublishedValue.split(values({}).rename(columns={"arm_id": "arm"}))


def test_an_empty_frame_has_neither_rows_nor_failures():
    good, failures = schemas.PublishedValue.split(schemas.PublishedValue.empty())
    assert good.empty and failures.empty


def test_more_patients_with_an_event_than_at_risk_are_set_aside_but_an_unknown_denominator_is_not():
    rows = pd.DataFrame(
        {"row_id": ["1", "2", "3"], "article_id": "a", "study_id": "a", "parent_path": [[]] * 3, "term": "Nausea", "scope": "arm", "n": [5, 7, 7],
         "arm_n": pd.array([6, 6, None], dtype="Int64"), "value_ids": [[]] * 3}
    )  # fmt: skip
    good, failures = schemas.AdverseEvent.split(rows)
    assert good.row_id.tolist() == ["1", "3"]
    assert failures.rule.tolist() == ["no more patients than the row's denominator"]


@pytest.mark.parametrize("name", schemas.TABLES)
def test_every_contract_makes_a_pandera_model_that_takes_its_empty_frame(name):
    contract = schemas.TABLES[name]
    model = contract.model()
    assert issubclass(model, pandera.pandas.DataFrameModel)
    assert list(model.to_schema().columns) == list(contract.columns)
    schema = model.to_schema()
    assert schema.strict and schema.coerce and schema.ordered and list(schema.unique) == list(contract.unique)
    model.validate(contract.empty())


def test_the_pandera_model_alone_refuses_a_broken_row():
    with pytest.raises(pandera.errors.SchemaErrors, match="one of|isin|statistic"):
        schemas.PublishedValue.model().validate(schemas.PublishedValue.coerce(values({"statistic": "average"})), lazy=True)


def test_a_frame_of_plain_values_becomes_the_table_that_a_typed_one_becomes():
    plain = values(
        {}, {"value": None, "value_low": float("nan"), "value_high": None, "missing_reason": "not_reached", "row_path": ("Age", "65")}, {}
    )
    direct = schemas.PublishedValue.arrow(plain)
    assert direct.equals(schemas.PublishedValue.arrow(schemas.PublishedValue.coerce(plain)))
    assert direct["value_low"].null_count == 1 and direct["row_path"].to_pylist()[1] == ["Age", "65"]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"row_index": -1},
        {"span_id": None},
        {"statistic": "average"},
        {"column_index": None},
        {"value_id": "a:t1:r0c1:0"},
        {"row_index": "first"},
    ],
)
def test_looking_at_all_columns_at_once_says_what_going_column_by_column_says(changes, monkeypatch):
    from schemas import validation

    quick = schemas.PublishedValue.check(values({}, changes, {}))
    monkeypatch.setattr(validation, "_holds", lambda contract, rows: False)  # always column by column
    slow = schemas.PublishedValue.check(values({}, changes, {}))
    assert quick[0].equals(slow[0])
    pd.testing.assert_frame_equal(quick[1], slow[1])


@pytest.mark.parametrize("name", schemas.TABLES)
def test_pandera_is_asked_the_same_by_model_and_by_column(name):
    from schemas import validation

    contract = schemas.TABLES[name]
    own, model = validation._by_column(contract), contract.model().to_schema()
    for column, declared in model.columns.items():
        assert own.columns[column].nullable == declared.nullable
        assert {repr(check) for check in own.columns[column].checks} == {repr(check) for check in declared.checks}
    assert [check.error for check in own.checks] == [check.error for check in model.checks]


def test_plain_rows_have_none_and_nan_for_null():
    rows = schemas.PublishedValue.arrow(
        values({"adjusted": None}, {"table_id": None, "row_index": None, "column_index": None, "source_kind": "prose"})
    )
    frame = schemas.PublishedValue.plain(rows)
    assert frame.table_id.tolist() == ["t1", None] and frame.row_path.tolist() == [["Age"], ["Age"]]
    assert frame.row_index.dtype == "float64" and frame.adjusted.tolist() == [None, None]
