"""trialmart/facts/columns.py: codes stand for text."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from trialmart.facts.columns import Columns, dense

TEXTS = st.lists(st.tuples(st.sampled_from(["a", "b", None, "", "c"]), st.sampled_from(["x", None, "y"])), min_size=1, max_size=30)


def test_missing_is_none_however_the_frame_says_it():
    columns = Columns(pd.DataFrame({"arm_id": ["a", None, np.nan, pd.NA, "a"]}, dtype=object))
    assert columns.text("arm_id").tolist() == ["a", None, None, None, "a"]
    assert columns.code("arm_id").tolist() == [1, 0, 0, 0, 1]
    assert columns.text("assessor").tolist() == [None] * 5  # a column that the frame lacks
    assert columns.code("assessor").tolist() == [0] * 5


def test_texts_that_do_not_occur():
    columns = Columns(pd.DataFrame({"scope": ["arm", "total"]}))
    assert columns.is_in("scope", ("contrast", "total")).tolist() == [False, True]
    assert columns.is_in("subgroup", ("women",)).tolist() == [False, False]


@given(TEXTS)
def test_equal_codes_where_the_texts_are_equal(rows):
    columns = Columns(pd.DataFrame(rows, columns=["one", "two"], dtype=object))
    codes = columns.combined("one", "two")
    assert set(codes.tolist()) == set(range(len(set(rows))))
    assert [[a == b for b in rows] for a in rows] == [[a == b for b in codes] for a in codes]


def test_codes_too_large_to_count():
    far = np.array([2**40, 5, 2**40, 0])
    assert dense(far, np.array([1, 1, 1, 2**30])).tolist() == [0, 1, 0, 2]
