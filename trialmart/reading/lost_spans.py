"""Rows that are shorter than their grid, since a copy keeps no place for merged cells.

Belongs here: over which columns the cells of such a header stand, as far as the rows below prove it, and not to guess where they do not.
Does not: grids that keep an empty cell for each merged one (page.spread_header).
"""

from __future__ import annotations

import re
from collections import Counter

from trialmart.document import EMPTY, Cell
from trialmart.reading.canonical import joined

# a figure with what may stand with it: limits, the words for spread, marks
FIGURE = re.compile(r"[<>≤≥=]?\s?[-−–+±]?\d(?:[\d.,·\s()\[\]%<>≤≥/–−±;*†‡§¶‖#-]|\((?:SD|SE|SEM|IQR|range)\b[^()]*\))*")
IN_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
WITH_N = re.compile(r"\s*\(?\b[nN]\s?=\s?[\d,\s]+\)?$")
UNPLACED = "ragged table: its header does not tell over which columns its cells stand"
UNPLACED_ROW = "ragged table: a row does not tell in which columns its figures stand"


def place_headers(rows: list[list[Cell]]) -> str | None:
    """Headers and labels in their columns, in place; the reason where a header could not be placed."""
    message = _place_headers(rows)
    for r, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell.column_span == 1 and (cell.column != column or cell.row != r):
                row[column] = Cell(cell.passage, r, column, indent=cell.indent)
    return message


def _place_headers(rows: list[list[Cell]]) -> str | None:
    """Put empty cells where header rows lost theirs, in place. Where their columns can't be told, the row becomes one cell over all of
    them, so that none gets a wrong name, and the reason is returned."""
    n_head = next((r for r, row in enumerate(rows) if any(FIGURE.fullmatch(cell.text) for cell in row[1:])), 0)
    head = [row for row in rows[:n_head] if len(row) > 1]
    _place_labels(head, rows[n_head:])
    widths = Counter(len(row) for row in rows[n_head:] if len(row) > 1)
    width = widths.most_common(1)[0][0] if widths else 0
    message = _place_figures(rows[n_head:], width)
    for row in head:  # empty cells at the end stand over columns that have no name
        while 2 < len(row) < width and not row[-1].text and all(cell.text for cell in row[1:-1]):
            row.pop()
    if not any(1 < len(row) < width and all(cell.text for cell in row[1:]) for row in head):
        return message
    paired = _are_pairs(rows[n_head:], width)
    for upper, lower in zip(reversed([None, *head[:-1]]), reversed(head), strict=True):
        if paired and len(lower) == 1 + width // 2:
            _insert(lower, [1, *[2] * (width // 2)])
        if len(lower) >= width:
            continue
        below = head[head.index(lower) + 1] if lower is not head[-1] else None
        if not (_place_pair(upper, lower, width) if below is None and upper else below and _place_over(lower, below)):
            _merge(lower, width)
            message = UNPLACED
    return message


def _place_labels(head: list[list[Cell]], body: list[list[Cell]]) -> None:
    """Where labels stand in several columns, a row whose label was set over them all is shorter: its figures belong to the last columns.

    Only where every row ends with as many figures (or empty cells) as the header names columns.
    """
    rows = [row for row in body if len(row) > 1]
    named = sum(bool(cell.text) for cell in head[-1][1:]) if len(head) == 1 else 0
    width = max(map(len, rows), default=0)
    longest = [row for row in rows if len(row) == width]
    if not named or width - named < 2 or len(longest) == len(rows) or len(longest) < 2:
        return
    values = all(len(row) > named and all(not c.text or FIGURE.fullmatch(c.text) for c in row[-named:]) for row in rows)
    labels = sum(FIGURE.fullmatch(row[width - named - 1].text) is None for row in longest)
    if values and labels >= 0.7 * len(longest):
        for row in (*head, *rows):
            row[-named:-named] = [_empty() for _ in range(width - len(row))]


def _place_figures(rows: list[list[Cell]], width: int) -> str | None:
    """A row that begins with a figure where the others begin with a label: without that label, which stands in a merged cell above, it is
    one cell short; shorter ones tell no column."""
    labelled = sum(FIGURE.fullmatch(row[0].text) is None for row in rows)
    short = [row for row in rows if 1 < len(row) < width and FIGURE.fullmatch(row[0].text) and all(cell.text for cell in row)]
    if labelled < 0.7 * len(rows):
        return None
    for row in short:
        if len(row) == width - 1:
            row.insert(0, _empty())
        else:
            _merge(row, width)
    return UNPLACED_ROW if any(row[0].column_span > 1 for row in short) else None


def _are_pairs(rows: list[list[Cell]], width: int) -> bool:
    """Whether every second column holds brackets that belong to the figure before: `52.1 | (11.7)`."""
    if width % 2 == 0 or width < 5:
        return False
    seconds = [cell.text for row in rows if len(row) == width for cell in row[2::2] if cell.text]
    firsts = [cell.text for row in rows if len(row) == width for cell in row[1::2] if cell.text]
    return len(seconds) >= 4 and all(map(IN_BRACKETS.fullmatch, seconds)) and not any(map(IN_BRACKETS.fullmatch, firsts))


def _place_pair(upper: list[Cell], lower: list[Cell], width: int) -> bool:
    """A lower row without the first column, and without the last ones, that the upper row's cells stand over in both."""
    alone = width - 1 - len(lower)
    if alone < 0:
        return False
    names = [cell.label for cell in lower]
    # the lower row's last columns may have no header above them
    bare = next((n for n in range(3) if _spans(upper, names[: len(names) - n], alone)), None)
    if bare is None:
        return False
    _insert(upper, _spans(upper, names[: len(names) - bare], alone) or [])
    upper.extend(_empty() for _ in range(width - len(upper)))
    lower[:] = [_empty(), *lower, *(_empty() for _ in range(alone))]
    return True


def _place_over(upper: list[Cell], lower: list[Cell]) -> bool:
    """A short row over a whole one."""
    names = [WITH_N.sub("", cell.label) for cell in lower]
    for alone in range(max(len(upper) - 2, 0)):
        spans = _spans(upper, names[1 : len(names) - alone], alone)
        if spans is not None:
            _insert(upper, spans)
            return True
    spans = _spans_of_groups([cell.label for cell in upper[1:]], names[1:])
    # the last columns of the lower row may have no header above them
    spans = spans or next((found for bare in (1, 2, 3) if (found := _spans(upper, names[1 : len(names) - bare], 0))), None)
    if spans is None:
        return False
    _insert(upper, spans)
    upper.extend(_empty() for _ in range(len(lower) - len(upper)))
    return True


def _spans_of_groups(upper: list[str], lower: list[str]) -> list[int] | None:
    """The same names again and again, in both rows: `arms, p` over `A, B, C, -`. In each group the first name above covers the names
    below, the others one unnamed column each."""
    for groups in range(2, min(len(upper), len(lower) // 2) + 1):
        if len(upper) % groups or len(lower) % groups:
            continue
        each, size = len(upper) // groups, len(lower) // groups
        above, below = upper[:each], [name.lower() for name in lower[:size]]
        named = [name for name in below if name]
        if [name.lower() for name in lower] != below * groups or not below[0] or len(set(named)) < len(named) or not all(upper):
            continue
        if each == 1:
            return [1, *[size] * groups]
        unnamed = next((n for n, name in enumerate(reversed(below)) if name), 0)
        if upper == above * groups and unnamed == each - 1:
            return [1, *[size - unnamed, *[1] * unnamed] * groups]
    return None


def _spans(row: list[Cell], names: list[str], alone: int) -> list[int] | None:
    """How many columns each cell of a row covers: its first one the labels', its last ones (`alone`) one each, and the groups between
    the same names, which repeat group by group."""
    groups = len(row) - 1 - alone
    if groups < 2 or len(names) % groups or len(names) == groups:
        return None
    size = len(names) // groups
    names = [name.lower() for name in names]
    group = names[:size]
    if not all(group) or len(set(group)) < size or names != group * groups:
        return None
    return [1, *[size] * groups, *[1] * alone]


def _insert(row: list[Cell], spans: list[int]) -> None:
    row[:] = [new for cell, span in zip(row, spans, strict=True) for new in (cell, *(_empty() for _ in range(span - 1)))]


def _merge(row: list[Cell], width: int) -> None:
    passage = EMPTY
    for cell in row:
        if cell.text:
            passage = joined(passage, cell.passage) if passage.text else cell.passage
    row[:] = [Cell(passage, row[0].row, 0, 1, width)] * width


def _empty() -> Cell:
    return Cell(EMPTY, -1, -1)  # its place follows when its row is whole
