"""Types of frames: what comes back is what went in, whatever it came as."""

import datetime

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import schemas
from schemas.contract import Contract, column


class AllTypes(Contract):
    """One column of each type that there is, required and not."""

    text: str = column("Text")
    maybe_text: str | None = column("Text")
    whole: int = column("Integer")
    maybe_whole: int | None = column("Integer")
    real: float = column("Number")
    maybe_real: float | None = column("Number")
    truth: bool = column("Truth")
    maybe_truth: bool | None = column("Truth")
    moment: datetime.datetime = column("Time")
    maybe_moment: datetime.datetime | None = column("Time")
    words: list[str] = column("Words")

    class Config:
        name = "evidence.all_types"
        unique = ("text",)


BIG = 2**53 + 1  # the first integer that a float can't hold
text = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
whole = st.integers(-(2**63), 2**63 - 1)
real = st.floats(allow_nan=False)
moment = st.datetimes(min_value=datetime.datetime(1900, 1, 1), max_value=datetime.datetime(2200, 1, 1), timezones=st.just(datetime.UTC))
rows = st.lists(
    st.tuples(text, st.none() | text, whole, st.none() | whole, real, st.none() | real, st.booleans(), st.none() | st.booleans(), moment,
              st.none() | moment, st.lists(text, max_size=3)),
    max_size=5,
)  # fmt: skip


def plain(frame: pd.DataFrame) -> list[tuple]:
    """The frame's rows with None for every kind of NULL, so that they compare."""
    return [
        tuple(list(cell) if isinstance(cell, list) else None if pd.isna(cell) else cell for cell in row)
        for row in frame.astype(object).itertuples(index=False)
    ]


@settings(max_examples=60, deadline=None)
@given(rows)
def test_any_row_comes_back_through_arrow_as_it_was(given_rows):
    frame = AllTypes.coerce(pd.DataFrame(given_rows, columns=list(AllTypes.columns), dtype=object))
    there_and_back = AllTypes.coerce(AllTypes.arrow(frame))
    assert plain(there_and_back) == given_rows
    pd.testing.assert_series_equal(there_and_back.dtypes, AllTypes.empty().dtypes)


def test_a_large_integer_beside_a_null_keeps_its_last_digit():
    frame = AllTypes.arrow(pd.DataFrame({"text": ["a", "b"], "whole": 1, "real": 1.0, "truth": True, "moment": pd.Timestamp(0, tz="UTC"),
                                         "maybe_whole": pd.array([BIG, None], dtype="Int64")}))  # fmt: skip
    assert AllTypes.coerce(frame).maybe_whole.tolist() == [BIG, pd.NA]


@pytest.mark.parametrize("name", schemas.TABLES)
def test_an_empty_frame_is_typed_as_a_full_one(name):
    model = schemas.TABLES[name]
    pd.testing.assert_frame_equal(model.empty(), model.coerce(model.arrow(model.empty())))


def test_missing_columns_are_null_and_lists_are_empty():
    frame = schemas.Arm.coerce(pd.DataFrame({"article_id": ["a"], "arm_id": ["x"], "label": ["X"], "role": ["unknown"]}))
    assert frame.n_randomized.isna().all() and frame.aliases.tolist() == [[]] and list(frame) == list(schemas.Arm.columns)


def test_a_missing_list_column_of_an_arrow_table_is_empty():
    table = pa.table({"article_id": ["a"], "arm_id": ["x"], "label": ["X"], "role": ["unknown"], "members": [["y"]]})
    assert schemas.Arm.arrow(table)["aliases"].to_pylist() == [[]]
    assert schemas.Arm.coerce(table).aliases.tolist() == [[]]


def test_a_null_list_is_an_empty_one():
    frame = pd.DataFrame({"article_id": "a", "arm_id": ["x", "y"], "label": "X", "role": "unknown", "aliases": [None, ("p", "q")]})
    assert schemas.Arm.coerce(frame).aliases.tolist() == [[], ["p", "q"]]


def test_a_misspelt_column_is_an_error_not_a_column_of_nulls():
    with pytest.raises(ValueError, match="evidence.arm has no column lable and needs label"):
        schemas.Arm.coerce(pd.DataFrame({"article_id": ["a"], "arm_id": ["x"], "lable": ["X"], "role": ["unknown"]}))


def test_a_value_of_the_wrong_type_is_named():
    with pytest.raises(ValueError, match="evidence.arm.n_randomized is not BIGINT"):
        schemas.Arm.coerce(pd.DataFrame({"article_id": "a", "arm_id": ["x"], "label": "X", "role": "unknown", "n_randomized": ["many"]}))


def test_half_a_patient_is_not_rounded():
    with pytest.raises(ValueError, match="n_randomized"):
        schemas.Arm.coerce(pd.DataFrame({"article_id": "a", "arm_id": ["x"], "label": "X", "role": "unknown", "n_randomized": [2.5]}))


def test_one_string_is_no_list_of_its_letters():
    with pytest.raises(ValueError, match=r"evidence.arm.aliases is not VARCHAR\[\]"):
        schemas.Arm.coerce(pd.DataFrame({"article_id": "a", "arm_id": ["x"], "label": "X", "role": "unknown", "aliases": ["placebo"]}))
