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
FIGURE = re.compile(r"[<>≤≥=]?\s?[-−–+±]?\d(?:[\d.,·\s()\[\]%<>≤≥/–−±;*†‡§¶‖#-]|\sto\s(?=\W?\d)|\((?:SD|SE|SEM|IQR|range)\b[^()]*\))*")
IN_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
WITH_N = re.compile(r"\s*\(?\b[nN]\s?=\s?[\d,\s]+\)?$")
UNPLACED = "ragged table: its header does not tell over which columns its cells stand"
UNPLACED_ROW = "ragged table: a row does not tell in which columns its figures stand"


def place_headers(rows: list[list[Cell]]) -> str | None:
    """Headers and labels in their columns, in place; the reason where a header could not be placed."""
    message = _place_headers(rows)
    for r, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell.column_span == 1 == cell.row_span and (cell.column != column or cell.row != r):
                row[column] = Cell(cell.passage, r, column, indent=cell.indent)
    return message


def _place_headers(rows: list[list[Cell]]) -> str | None:
    """Put empty cells where header rows lost theirs, in place. Where their columns can't be told, the row becomes one cell over all of
    them, so that none gets a wrong name, and the reason is returned."""
    n_head = next((r for r, row in enumerate(rows) if any(FIGURE.fullmatch(cell.text) for cell in row[1:])), 0)
    head = [row for row in rows[:n_head] if len(row) > 1]
    _place_labels(head, rows[n_head:])
    unplaced = _place_by_kind(head, rows[n_head:])
    widths = Counter(len(row) for row in rows[n_head:] if len(row) > 1)
    width = widths.most_common(1)[0][0] if widths else 0
    message = _place_figures(rows[n_head:], width) or unplaced
    labels = _label_columns(rows[n_head:], width)
    whole = not head or len(head[-1]) + labels - 1 > width
    unnamed = _place_short_head(head, rows[n_head:], width, 1 if whole else labels)
    return unnamed or _place_merged(head, rows[n_head:], width, labels) or message


def _label_columns(rows: list[list[Cell]], width: int) -> int:
    """How many columns hold labels: those before the first one of figures."""
    whole = [row for row in rows if len(row) == width]
    columns = [_kinds([row[column] for row in whole]) for column in range(width)] if len(whole) > 1 else []
    return next((n for n, kinds in enumerate(columns) if kinds == {"figure"}), 1) or 1


def _place_short_head(head: list[list[Cell]], body: list[list[Cell]], width: int, labels: int) -> str | None:
    message = None
    width -= labels - 1
    for row in head:  # empty cells at the end stand over columns that have no name
        while 2 < len(row) < width and not row[-1].text and all(cell.text for cell in row[1:-1]):
            row.pop()
    if labels == 1 and not any(1 < len(row) < width and all(cell.text for cell in row[1:]) for row in head):
        return message
    paired = labels == 1 and _are_pairs(body, width)
    for upper, lower in zip(reversed([None, *head[:-1]]), reversed(head), strict=True):
        if paired and len(lower) == 1 + width // 2:
            _insert(lower, [1, *[2] * (width // 2)])
        if len(lower) >= width:
            continue
        below = head[head.index(lower) + 1] if lower is not head[-1] else None
        if not (_place_pair(upper, lower, width) if below is None and upper else below and _place_over(lower, below)):
            _merge(lower, width)
            message = UNPLACED
    if labels > 1:
        for row in head:
            at = 0 if row[0].column_span > 1 else 1
            row[at:at] = [_empty() if at else row[0] for _ in range(labels - 1)]
    return message


def _place_merged(head: list[list[Cell]], body: list[list[Cell]], width: int, labels: int) -> str | None:
    """Rows with one figure for each group of columns: `Age | 46 | 45 | 0.4` where the header says `Alpha: n, %; Beta: n, %; P`.

    Other rows that lack two cells or more tell no column.
    """
    top = head[0] if len(head) > 1 else []
    starts = [column for column in range(labels, width) if top[column].text] if len(top) == width else []
    if not starts or len(starts) == width - labels or any(cell.column_span > 1 for cell in top):
        return None
    message = None
    for row in body:
        if not (1 < len(row) < width - 1 and any(_kind(cell) == "figure" for cell in row[1:])):
            continue
        words = next((n for n, cell in enumerate(row) if _kind(cell) == "figure"), 0)
        figures = row[words:]
        # the last group may be one column that is merged over several rows, as that of p is
        lacking = len(starts) - len(figures)
        if not 1 <= words <= labels or not (lacking == 0 or lacking == 1 and starts[-1] == width - 1):
            _merge(row, width)
            message = UNPLACED_ROW
            continue
        placed = [*row[:words], *(_empty() for _ in range(starts[0] - words))]
        for cell, start, end in zip(figures, starts, [*starts[1:], width], strict=False):
            cell.column, cell.column_span = start, end - start
            placed += [cell] * (end - start)
        row[:] = [*placed, *(_empty() for _ in range(width - len(placed)))]
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


def _place_by_kind(head: list[list[Cell]], body: list[list[Cell]]) -> str | None:
    """Rows that lost a merged label to the row above them: `Day 2 | Alpha | 46 | 5.1`, then `Beta | 45 | 4.9`.

    Each goes to the one place where its words stand under words and its figures under figures; where there are several, to none.
    """
    width = max((len(row) for row in (*head, *body)), default=0)
    whole = [row for row in body if len(row) == width]
    short = [row for row in body if 1 < len(row) < width and any(_kind(cell) == "figure" for cell in row)]
    if not short or len(whole) < 2:
        return None
    kinds = [_kinds([row[column] for row in whole]) for column in range(width)]
    if not kinds[0] == kinds[1] == {"word"} or all(kind == {"word"} for kind in kinds):
        return None  # one column of labels: nothing can have moved
    message = None
    names = Counter(row[0].label for row in short)
    repeated = {name for name, count in names.items() if count > 1} | {row[1].label for row in whole}
    for row in short:
        told = [_kind(cell) for cell in row]
        fits = [at for at in range(width - len(row) + 1) if all(not kind or kind in kinds[at + column] for column, kind in enumerate(told))]
        grouped = len(head) > 1 and len(head[0]) < width and width - len(row) - (fits or [0])[0] >= 2
        if fits[:1] == [0] or not fits and len(whole) < len(short) or grouped:
            continue  # where it stands, or for _place_merged
        if len(fits) == 1:
            _place_at(row, fits[0], width, body, repeated)
        else:
            _merge(row, width)
            message = UNPLACED_ROW
    return message


def _place_at(row: list[Cell], at: int, width: int, body: list[list[Cell]], repeated: set[str]) -> None:
    """A name that stands in several rows is one of a group's, whose own label is merged over them; any other one may itself be merged
    over the columns of labels: it gets no label from above."""
    index = next(n for n, other in enumerate(body) if other is row)
    above = body[index - 1] if index else []
    rest = [_empty() for _ in range(width - len(row) - at)]
    if row[0].label in repeated and len(above) == width:
        for cell in above[:at]:
            cell.row_span = max(cell.row_span, row[0].row - cell.row + 1) if cell.text else 1
        row[:] = [*above[:at], *row, *rest]
    else:
        row[:] = [row[0], *(_empty() for _ in range(at)), *row[1:], *rest]


def _kind(cell: Cell) -> str:
    """word or figure; empty where a cell may stand anywhere."""
    text = cell.text.strip(" *†‡§¶‖#")
    if not any(map(str.isalnum, text)) or text in ("NR", "NA", "NE", "ND", "N/A"):
        return ""
    letters = sum(map(str.isalpha, text))
    return "figure" if letters < 0.3 * len(text) and any(map(str.isdigit, text)) else "word"


def _kinds(cells: list[Cell]) -> set[str]:
    """What a column holds: words, figures, or both where neither is rare."""
    kinds = [kind for cell in cells if (kind := _kind(cell))]
    words = kinds.count("word") / max(len(kinds), 1)
    return {"word", "figure"} if not kinds or 0.2 < words < 0.8 else {"word"} if words >= 0.8 else {"figure"}


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
    if len(upper) == 2 and not alone:
        upper.extend(_empty() for _ in range(width - 2))  # one name over all columns but the labels'
        lower.insert(0, _empty())
        return True
    names = [WITH_N.sub("", cell.label) for cell in lower]
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
    if len(upper) == 2 and len(lower) > 2 and all(cell.text for cell in lower[1:]) and upper[1].text:
        upper.extend(_empty() for _ in range(len(lower) - 2))
        return True
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
