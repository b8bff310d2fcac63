"""The grammar of a cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialmart.extraction import cells
from trialmart.extraction.cells import parse_cell


def numbers(text):
    return [(atom.value, atom.comparator, atom.group, atom.link) for atom in parse_cell(text).atoms]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("142 (60)", [(142, "=", 0, ""), (60, "=", 1, "")]),
        ("1 (<1%)", [(1, "=", 0, ""), (1, "<", 1, "")]),
        ("58.0 \u00b1 9.9", [(58, "=", 0, ""), (9.9, "=", 0, "\u00b1")]),
        ("62 (26\u201383; 54\u201368)", [(62, "=", 0, ""), (26, "=", 1, ""), (83, "=", 1, "-"), (54, "=", 1, ";"), (68, "=", 1, "-")]),
        ("\u2212 1.3 (\u2212 1.5, \u2212 1.1)", [(-1.3, "=", 0, ""), (-1.5, "=", 1, ""), (-1.1, "=", 1, ",")]),  # minus signs set apart
        ("17\u221232%", [(17, "=", 0, ""), (32, "=", 0, "-")]),  # a minus sign as the dash of a range
        ("<0\u00b70001", [(0.0001, "<", 0, "")]),  # middle dot
        ("10\u2009090", [(10090, "=", 0, "")]),  # thin space
        ("10 090", [(10090, "=", 0, "")]),
        ("4/191 (2.1)", [(4, "=", 0, ""), (191, "=", 0, "/"), (2.1, "=", 1, "")]),
        ("0.80 (0.73 to 0.89)", [(0.8, "=", 0, ""), (0.73, "=", 1, ""), (0.89, "=", 1, "-")]),
        ("HR 0.8 (95% CI 0.6-1.0; p=0.03)", [(0.8, "=", 0, ""), (0.6, "=", 1, ""), (1.0, "=", 1, "-"), (0.03, "=", 1, ";")]),
        ("2.1 \u00d7 10^-4", [(0.00021, "=", 0, "")]),
        ("n = 72\n\u22120.85%", [(72, "=", 0, ""), (-0.85, "=", 0, "")]),  # a sign, not a range, behind a line break
        ("FEV1", []),
    ],
)
def test_numbers_of_a_cell(text, expected):
    assert numbers(text) == expected


def test_limits_that_are_words():
    atoms = parse_cell("24.6 (12.6\u2013NR)").atoms
    assert [(atom.value, atom.missing) for atom in atoms] == [(24.6, None), (12.6, None), (None, "nr")]


@pytest.mark.parametrize(
    "text, reason",
    [
        ("\u2014", "dash"),
        ("..", "dash"),
        ("NA", "not_applicable"),
        ("NR", "nr"),
        ("Reference", "reference"),
        ("NS", "not_significant"),
        ("", None),
    ],
)
def test_cells_without_a_figure(text, reason):
    parsed = parse_cell(text)
    assert parsed.missing == reason and not parsed.atoms


def test_none_is_zero():
    assert parse_cell("None").atoms[0].value == 0.0


decimals = st.builds(
    lambda whole, places, digits: f"{whole}.{digits % 10**places:0{places}d}" if places else str(whole),
    st.integers(0, 9999),
    st.integers(0, 3),
    st.integers(0, 999),
)


@given(decimals, decimals, st.sampled_from(["{} ({})", "{} \u00b1 {}", "{}\u2013{}", "({}, {})", "{}\n[{}]", "{} ({}%)"]))
def test_what_is_printed_is_read_at_its_place(a, b, form):
    text = form.format(a, b)
    atoms = parse_cell(text).atoms
    assert [atom.value for atom in atoms] == [float(a), float(b)]
    assert [text[atom.start : atom.end] for atom in atoms] == [a, b]


@given(st.text(alphabet="0123456789.·  ,;:/()[]%<≤=±–−-to", max_size=24).filter(lambda text: any(c.isdigit() for c in text)))
def test_a_cell_read_as_others_of_its_signs_is_read_as_the_scanner_reads_it(text):
    assert parse_cell.__wrapped__(text) == cells._Scanner(text).read()


def test_powers_of_ten_have_the_decimals_of_their_last_digit():
    assert [(atom.value, atom.decimals) for text in ("4.23E−05", "1e-4", "3.1 × 10^-3", "2E3") for atom in parse_cell(text).atoms] == [
        (4.23e-05, 7), (1e-4, 4), (3.1e-3, 4), (2000.0, -3),
    ]  # fmt: skip
