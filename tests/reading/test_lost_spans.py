"""Headers that lost the places of their merged cells."""

import pytest

from trialmart.document import EMPTY, Cell, Passage
from trialmart.reading.lost_spans import UNPLACED, UNPLACED_ROW, place_headers


def placed(rows):
    grid = [[Cell(Passage(t, ()) if t else EMPTY, r, c) for c, t in enumerate(row.split("|"))] for r, row in enumerate(rows)]
    message = place_headers(grid)
    return message, ["|".join(cell.text for cell in row) for row in grid]


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        # the labels' header spanned both rows
        (["Event|Alpha|Beta", "n|%|n|%", "Rash|1|5.0|2|6.0"], ["Event|Alpha||Beta|", "|n|%|n|%"]),
        # so did that of the last column
        (["Event|Alpha|Beta|P", "n|%|n|%", "Rash|1|5.0|2|6.0|0.4"], ["Event|Alpha||Beta||P", "|n|%|n|%|"]),
        (["Event|Alpha|Beta|", "n|%|n|%|Chi|P", "Rash|1|5.0|2|6.0|0.1|0.4"], ["Event|Alpha||Beta|||", "|n|%|n|%|Chi|P"]),
        # the lower row is whole
        (["Event|Alpha|Beta", "|n|%|n|%", "Rash|1|5.0|2|6.0"], ["Event|Alpha||Beta|", "|n|%|n|%"]),
        (["|Alpha|Beta|P", "Event|n|%|n|%|value", "Rash|1|5.0|2|6.0|0.4"], ["|Alpha||Beta||P", "Event|n|%|n|%|value"]),
        # nothing is lost
        (["Event|Alpha|Beta", "Rash|1|2", "Pain|3|4"], ["Event|Alpha|Beta"]),
        (["Event|Alpha||Beta|", "|n|%|n|%", "Rash|1|5.0|2|6.0"], ["Event|Alpha||Beta|", "|n|%|n|%"]),
    ],
)
def test_names_that_repeat_tell_the_groups(rows, header):
    message, found = placed(rows)
    assert message is None and found[: len(header)] == header and found[len(header) :] == rows[len(header) :]


@pytest.mark.parametrize(
    "rows",
    [
        ["Event|Alpha|Beta", "Rash|1|5.0|2|6.0", "Pain|3|4.0|4|5.0"],  # one row: two columns each, or three and one
        ["Event|Alpha|Beta", "n|%|mean|SD", "Rash|1|5.0|2|6.0", "Pain|3|4.0|4|5.0"],  # nothing repeats
    ],
)
def test_what_does_not_tell_its_columns_names_none(rows):
    message, found = placed(rows)
    assert message == UNPLACED
    assert found[0] == "|".join(["Event Alpha Beta"] * 5)


def test_a_label_over_two_label_columns():
    rows = ["||Alpha|Beta", "Age|35 (27)|36 (28)", "Sex|Male|5 (50)|6 (60)", "|Female|5 (50)|4 (40)"]
    assert placed(rows)[1] == ["||Alpha|Beta", "Age||35 (27)|36 (28)", "Sex|Male|5 (50)|6 (60)", "|Female|5 (50)|4 (40)"]


def test_a_row_without_its_label():
    rows = ["Event|Alpha|Beta|P", "Age|1|2|0.5", "3|4|0.5", "Sex|5|6|0.7", "Pain|5|6|0.7", "7|8", "Rash|5|6|0.7", "Fall|5|6|0.7"]
    message, found = placed(rows)
    assert found[2] == "|3|4|0.5" and found[5] == "7 8|7 8|7 8|7 8" and message == UNPLACED_ROW
    assert [row for n, row in enumerate(found) if n not in (2, 5)] == [row for n, row in enumerate(rows) if n not in (2, 5)]


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        # brackets in every second column belong to the figure before
        (
            ["|Alpha|Beta", "Age|52.1|(11.7)|51.6|(11.6)", "Weight|72.1|(9.7)|71.6|(9.6)"],
            ["|Alpha||Beta|"],
        ),
        # groups of arms with an unnamed column for p, N other in each group
        (
            ["Item|Boys|Girls", "|Dose|P|Dose|P", "|Low (n = 4)|High (n = 5)||Low (n = 6)|High (n = 7)|", "Rash|1|2|0.5|3|4|0.6"],
            ["Item|Boys|||Girls||", "|Dose||P|Dose||P", "|Low (n = 4)|High (n = 5)||Low (n = 6)|High (n = 7)|"],
        ),
        # two columns without a header above them
        (["Item|Alpha|Beta", "|n|%|n|%|chi|p", "Rash|1|5.0|2|6.0|0.1|0.4"], ["Item|Alpha||Beta|||", "|n|%|n|%|chi|p"]),
    ],
)  # fmt: skip
def test_groups_of_columns(rows, header):
    message, found = placed(rows)
    assert message is None and found[: len(header)] == header and found[len(header) :] == rows[len(header) :]


def test_figures_with_words_and_marks_are_figures():
    rows = ["||Alpha|Beta", "Age|35 (SD 27)*|36 (SD 28)†", "Sex|Male|5 (<1%)|6 (60%)", "|Female|5 (50%)|4 (40%)"]
    assert placed(rows)[1][1] == "Age||35 (SD 27)*|36 (SD 28)†"


def test_a_label_merged_over_rows():
    rows = ["Day|Arm|N|Mean|P", "Day 2|Alpha|46|5.1|0.4", "Beta|45|4.9", "Day 3|Alpha|44|5.0|0.5", "Beta|43|4.8"]
    message, found = placed(rows)
    assert found[2] == "Day 2|Beta|45|4.9|" and found[4] == "Day 3|Beta|43|4.8|" and message is None


def test_figures_for_each_group_of_columns():
    rows = [
        "Item|Alpha|Beta|P",
        "n|%|n|%",
        "Men|Old|1|5.0|2|6.0|0.4",
        "|Young|1|5.0|2|6.0|0.4",
        "Age|No.|46|45|0.4",
        "Rest|Total|7|8|9|1|2",
    ]
    message, found = placed(rows)
    assert found[:2] == ["Item||Alpha||Beta||P", "||n|%|n|%|"] and found[4] == "Age|No.|46|46|45|45|0.4" and message is None


def test_a_row_that_lacks_cells_below_groups_names_no_arm():
    rows = ["Item|Alpha|Beta", "n|%|n|%", "Men|1|5.0|2|6.0", "Old|1|5.0|2|6.0", "Age|46|45|44"]
    _, found = placed([*rows, "Mean|46"])
    assert found[-1] == "|".join(["Mean 46"] * 5)


def test_one_name_over_all_columns():
    rows = ["Item|All patients", "Alpha|Beta|Gamma", "Men|1|2|3", "Old|1|2|3"]
    assert placed(rows) == (None, ["Item|All patients||", "|Alpha|Beta|Gamma", *rows[2:]])
