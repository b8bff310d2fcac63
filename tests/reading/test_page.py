"""What text, Markdown and HTML share: header rows, notes, titles, stitching."""

import pytest

from trialmart.document import EMPTY, Cell, Passage
from trialmart.reading.page import FIGURE, is_label, is_note, spread_header


def grid(rows):
    return [[Cell(Passage(text, ()) if text else EMPTY, r, c) for c, text in enumerate(row.split("|"))] for r, row in enumerate(rows)]


def spread(rows, at_least=0):
    cells = grid(rows)
    count = spread_header(cells, at_least)
    return count, ["|".join(cell.text for cell in row) for row in cells[: count or 0]]


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        # one row, nothing merged
        (["Event|Alpha|Beta", "Rash|1|2"], ["Event|Alpha|Beta"]),
        # two rows, arms over grades that are figures
        (["Event|Alpha|||Beta||", "|1|2|3|1|2|3", "Rash|5|1|0|4|1|0"], ["Event|Alpha|Alpha|Alpha|Beta|Beta|Beta", "Event|1|2|3|1|2|3"]),
        # three rows, the row labels named in the last; a lone header may stand over some columns only: it tells none apart
        (
            ["|Arm||||", "|Alpha||Beta||", "Event|n|%|n|%|p", "Rash|1|5.0|2|6.0|0.3"],
            ["Arm|Arm|Arm|Arm|Arm|Arm", "|Alpha|Alpha|Beta|Beta|", "Event|n|%|n|%|p"],
        ),
        # a p value behind the last arm is not that arm's
        (["|Alpha||Beta||", "|Mean|SD|Mean|SD|P", "Age|61|9|60|8|0.4"], ["|Alpha|Alpha|Beta|Beta|", "|Mean|SD|Mean|SD|P"]),
        # a header of both rows stands beside merged ones
        (["Event|Alpha||P value", "|n|%|", "Rash|1|5.0|0.3"], ["Event|Alpha|Alpha|P value", "Event|n|%|P value"]),
        # one row whose headers cover as many columns each
        (["Event|Alpha||Beta|", "Rash|1|(5.0)|2|(6.0)"], ["Event|Alpha|Alpha|Beta|Beta"]),
        # a title over everything, then the names
        (["Outcomes||", "Outcome|Alpha|Beta", "Rash|1|2"], None),
        # a child's header does not reach beyond its parent's
        (
            ["|Drug||||Placebo|", "|Low||High|||", "|n|%|n|%|n|%", "Rash|1|2|3|4|5|6"],
            ["|Drug|Drug|Drug|Drug|Placebo|Placebo", "|Low|Low|High|High|Placebo|Placebo", "|n|%|n|%|n|%"],
        ),
        # doses are names
        (["|Alpha||Beta", "|10 mg|20 mg|10 mg", "Rash|1|2|3"], ["|Alpha|Alpha|Beta", "|10 mg|20 mg|10 mg"]),
        # no header at all
        (["Age|61|60", "Sex|9|10"], None),
        # a section row below the header is not a header
        (["Event|Alpha|Beta", "Skin||", "Rash|1|2"], ["Event|Alpha|Beta"]),
    ],
)
def test_header_rows(rows, header):
    count, found = spread(rows)
    assert found == (header or [])
    assert count == (len(header) if header else None)


def test_a_marked_up_header_is_one_whatever_its_cells_are():
    assert spread(["Grade|1|2", "Rash|3|4"], at_least=1) == (1, ["Grade|1|2"])
    assert spread(["Outcomes||", "Outcome|Alpha|Beta", "Rash|1|2"], at_least=1)[0] == 2


@pytest.mark.parametrize("text", ["12", "3.4", "<0.001", "12 (3.4)", "1.2–3.4", "12/30", "−0.5", "12·5", "5 ± 2", "45%"])
def test_figures(text):
    assert FIGURE.fullmatch(text)


@pytest.mark.parametrize("text", ["10 mg", "3-month", "N=12", "Alpha", "95% CI", "n"])
def test_names_with_figures(text):
    assert not FIGURE.fullmatch(text)


@pytest.mark.parametrize(
    "text",
    [
        "* Race was self-reported.", "† Median.", "[‡] By grade.", "^a One death.", "^{**} Rash.", "¹ Missing.", "a Adjusted for age.", "aAdjusted for age.",
        "1 One missing.", "|| Excluded.", "[^1]: One missing.", "*p < 0.05", "Abbreviations: CI, confidence interval.", "Note. Values are means.",
        "CI, confidence interval; HR, hazard ratio.", "NA=not applicable.", "ITT: intention to treat", "Data are mean (SD) or n (%).", "Data are †n (%)",
        "Values are numbers of patients.", "Percentages may not sum to 100.", "-, not applicable.", "Mean (SD) unless otherwise stated", "N, (%)",
    ],
)  # fmt: skip
def test_notes(text):
    assert is_note(text)


@pytest.mark.parametrize(
    "text",
    [
        "Therefore, all analyses are exploratory.", "Consequently, the drug was stopped.", "Data were collected by the investigators.", "A total of 12 patients died.",
        "The results are as follows.", "Patients were randomized.", "In 12 patients, the drug was stopped.", "28.4 to 41.3) and", "**Results**",
    ],
)  # fmt: skip
def test_what_is_no_note(text):
    assert not is_note(text)


@pytest.mark.parametrize(
    "text",
    [
        "TABLE 1",
        "Table 2. Events",
        "Table 3: events",
        "Table IV Events in Both Groups",
        "Table S1 — Events",
        "Supplementary Table 2. X",
        "Figure 1",
    ],
)
def test_labels(text):
    assert is_label(text)


@pytest.mark.parametrize("text", ["Table 1 shows the events.", "Tables 1 and 2 list", "A table", "Table of contents", "Table 1-based"])
def test_what_is_no_label(text):
    assert not is_label(text)
