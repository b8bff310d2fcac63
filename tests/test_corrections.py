"""trialmart/corrections.py: the original is kept, the last correction counts, a changed page is not corrected."""

import pandas as pd
import pytest

from trialmart import corrections


@pytest.fixture
def values() -> pd.DataFrame:
    return pd.DataFrame({"value_id": ["a:1", "a:2"], "article_id": "a", "statistic": ["percent", "count"], "printed": ["21.1", "77"], "value": [21.1, 77.0],
                         "decimals": [1, 0], "value_low": [21.05, 77], "value_high": [21.15, 77], "note": None})  # fmt: skip


def written(*lines: tuple[str, str, str]) -> pd.DataFrame:
    return corrections.read("\n".join(corrections.line(*line, "misprint", "2026-01-01T00:00:00+00:00", "R. Reviewer") for line in lines))


def test_a_correction_is_applied_and_the_original_kept(values):
    corrected, status = corrections.apply(values, written(("a:1", "21.1", "34.7")))
    assert corrected.loc[0, ["printed", "value", "value_low", "value_high"]].tolist() == ["34.7", 34.7, 34.65, 34.75]
    assert status.loc[0, ["status", "original_printed", "article_id"]].tolist() == ["applied", "21.1", "a"]
    assert values.loc[0, "printed"] == "21.1"
    assert "the page prints 21.1" in corrected.loc[0, "note"]


def test_what_becomes_of_corrections_that_cannot_be_applied(values):
    corrected, status = corrections.apply(values, written(("a:1", "99.9", "34.7"), ("a:9", "1", "2"), ("a:2", "77", "78"), ("a:2", "77", "79")))
    assert status["status"].tolist() == ["changed", "missing", "superseded", "applied"]
    assert corrected["printed"].tolist() == ["21.1", "79"]
    assert corrected.loc[1, ["value_low", "value_high"]].tolist() == [79, 79]  # a count is exact


def test_no_corrections_leave_everything(values):
    corrected, status = corrections.apply(values, corrections.read(""))
    pd.testing.assert_frame_equal(corrected, values)
    assert status.empty and list(status.columns) == corrections.COLUMNS


def test_a_broken_line_and_a_correction_without_a_number_are_refused():
    with pytest.raises(ValueError, match="line 2"):
        corrections.read('{"value_id": "a", "printed": "1"}\nnot json')
    with pytest.raises(ValueError):
        corrections.line("a:1", "21.1", "about a third", "misprint", "2026-01-01")
    with pytest.raises(ValueError, match="reason"):
        corrections.line("a:1", "21.1", "34.7", " ", "2026-01-01")
