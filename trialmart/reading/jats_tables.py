"""A JATS table -> its spread grid.

Belongs here: row groups, spans, cells with their words, marks, indentation and emphasis. Does not: a table's caption, notes and id (jats),
nor what its rows mean (trialmart/extraction).
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from lxml import etree

from trialmart.document import EMPTY, Cell, Mark, Passage
from trialmart.reading.canonical import new_piece
from trialmart.reading.jats_inline import Inline, collapsed
from trialmart.reading.marks import SUPERSCRIPTS, SYMBOLS, find_marks
from trialmart.reading.spans import columns, span

WIDTH = {
    "\u2003": 2.0,
    "\u2001": 2.0,
    "\u2002": 1.0,
    "\u2000": 1.0,
    "\u00a0": 1.0,
    "\u2004": 0.7,
    "\u2005": 0.5,
    "\u2006": 0.4,
    "\u2009": 0.4,
    "\u202f": 0.4,
    "\u3000": 2.0,
}
# whether a cell may hold a mark, asked of every one: a class of characters leads, so that the engine skips to them
MAY_BE_MARK = re.compile(rf"[\^\[{SUPERSCRIPTS}ᵃᵇᶜᵈᵉᶠᵍʰ{SYMBOLS}*#|.,;](?:(?<=[^.,;])|(?<=[a-z][.,;])\d)")
PADDING = re.compile(r"(?:padding-left|text-indent|margin-left)\s*:\s*(\d+(?:\.\d+)?)")
EMPHASIS = ("bold", "italic")
Words = tuple[str, tuple[Mark, ...], float, str]
NO_WORDS: Words = ("", (), 0.0, "")


class Grid(NamedTuple):
    """A table's cells and what it says of them."""

    rows: list[list[Cell]]
    n_header_rows: int | None
    message: str | None
    text: str  # as it goes into the article's text: a row a line, a tab behind each cell


def read_grid(table: etree._Element, path: str, start: int) -> Grid:
    """path: the XPath of the table; start: where its text will begin in the article's."""
    grid: list[list[Cell | None]] = []
    widths: list[tuple[Cell, float]] = []
    written: list[str] = []
    header_rows = 0
    for name, group_path, rows in _row_groups(table, path):
        in_head = name == "thead"
        if in_head:
            header_rows += len(rows)
        first, last = len(grid), len(grid) + len(rows)
        grid.extend([] for _ in rows)
        for number, row in enumerate(rows, 1):
            line = _row(row, f"{group_path}/tr[{number}]", start, first + number - 1, last, grid, in_head, widths)
            written.append(line)
            start += len(line)
    if widths:
        _set_indents(widths)
    message = _square(grid)
    return Grid(grid, header_rows or _leading_th_rows(grid), message, "".join(written))  # type: ignore[arg-type]


def _row(
    row: etree._Element,
    path: str,
    start: int,
    at: int,
    last: int,
    grid: list[list[Cell | None]],
    in_head: bool,
    widths: list[tuple[Cell, float]],
) -> str:
    """Puts a row's cells into the grid and gives its line of the text, which begins at `start`."""
    column = tds = ths = 0
    line = grid[at]
    texts: list[str] = []
    passages: list[Passage] = []
    for element in row:
        tag = element.tag
        if tag == "td":
            tds += 1
            number = tds
        elif tag == "th":
            ths += 1
            number = ths
        else:
            continue
        text, marks, width, emphasis = _words(element)
        texts.append(text)
        if text:
            passage = Passage(text, (new_piece((0, start, len(text))),), marks, f"{path}/{tag}[{number}]")
            passages.append(passage)
            start += len(text) + 1
        else:
            passage = EMPTY
            start += 1
        while column < len(line) and line[column] is not None:
            column += 1
        cell = Cell(passage, at, column, 1, 1, in_head or tag == "th", 0, emphasis)
        if element.get("rowspan", "1") == "1" == element.get("colspan", "1"):
            if column == len(line):
                line.append(cell)
            else:
                line[column] = cell
            column += 1
        else:
            cell.row_span = min(span(element.get("rowspan")) or last - at, last - at)
            cell.column_span = columns(element)
            _spread(cell, grid)
            column += cell.column_span
        if width and not in_head:
            widths.append((cell, width))
    texts.append("\n")
    written = "\t".join(texts)
    if MAY_BE_MARK.search(written):
        for passage in passages:
            if MAY_BE_MARK.search(passage.text):
                passage.marks = more_marks(passage)
    return written


def _words(cell: etree._Element) -> Words:
    """A cell's text, the marks that are set in markup, how far it is set in, its emphasis."""
    raw, emphasis = cell.text or "", ""
    if count := len(cell):
        # a rule below the words, or all of them bold or italic, is the most usual markup
        first = cell[0]
        tag = first.tag
        if count > 1 or first.tail or len(first) or tag != "hr" and (tag not in EMPHASIS or raw and not raw.isspace()):
            return _mixed_words(cell, first)
        if tag != "hr":
            emphasis = tag
            raw += first.text or ""
    text = raw.strip()
    if not text:
        return NO_WORDS
    if "  " in text or "\n" in text or "\t" in text or "\r" in text:
        text = collapsed(text)
    style = cell.get("style")
    return text, (), _indent(raw, style) if style or raw[0].isspace() else 0.0, emphasis


def _mixed_words(cell: etree._Element, first: etree._Element) -> Words:
    inline = Inline(True)
    inline.element(cell)
    whole, found = inline.read()
    text = whole.strip()
    if not text:
        return NO_WORDS
    marks: tuple[Mark, ...] = ()
    if found:
        cut, length = len(whole) - len(whole.lstrip()), len(text)
        marks = tuple(Mark(m.start - cut, m.end - cut, m.kind, m.symbol) for m in found if cut <= m.start and m.end - cut <= length)
    raw, emphasis = cell.text or "", ""
    if first.tag in EMPHASIS and not raw.strip():
        emphasis = first.tag
        raw += first.text or ""
    style = cell.get("style")
    return text, marks, _indent(raw, style) if style or raw[:1].isspace() else 2.0 * (first.tag == "list"), emphasis


def _spread(cell: Cell, grid: list[list[Cell | None]]) -> None:
    """Puts a cell at all its positions; where another already stands, that one stays."""
    over = range(cell.column, cell.column + cell.column_span)
    for row in range(cell.row, cell.row + cell.row_span):
        line = grid[row]
        if len(line) < over.stop:
            line.extend([None] * (over.stop - len(line)))
        for column in over:
            if line[column] is None:
                line[column] = cell


def _row_groups(table: etree._Element, path: str) -> list[tuple[str, str, list[etree._Element]]]:
    """(name, XPath, rows) of head, bodies and foot in the order in which the page sets them."""
    groups: list[tuple[str, str, list[etree._Element]]] = []
    feet: list[tuple[str, str, list[etree._Element]]] = []
    counts: Counter[str] = Counter()
    for child in table:
        tag = child.tag
        if tag in ("thead", "tbody", "tfoot"):
            counts[tag] += 1
            group = (tag, f"{path}/{tag}[{counts[tag]}]", [row for row in child if row.tag == "tr"])
            (feet if tag == "tfoot" else groups).append(group)
    loose = [child for child in table if child.tag == "tr"]
    return (groups + [("", path, loose)] if loose else groups) + feet


def _square(grid: list[list[Cell | None]]) -> str | None:
    """Fills what rows lack with empty cells, so that all have the same length. Says so where there is no cell at all."""
    width = max(map(len, grid), default=0)
    for at, row in enumerate(grid):
        row.extend([None] * (width - len(row)))
        for column, cell in enumerate(row):
            if cell is None:
                row[column] = Cell(EMPTY, at, column)
    return None if width else "the table has no cells"


def _leading_th_rows(grid: list[list[Cell]]) -> int | None:  # type: ignore[type-arg]
    count = 0
    for row in grid:
        if not row or not all(cell.is_header for cell in row):
            break
        count += 1
    return count if 0 < count < len(grid) else None


def _indent(raw: str, style: str | None) -> float:
    """How far a cell's words are set in, in halves of an em. A line break and what follows it is the file's layout, not the page's."""
    lead = raw[: len(raw) - len(raw.lstrip())]
    width = sum(WIDTH.get(character, 0.0) for character in lead)
    if not width and lead and "\n" not in lead and len(lead) > 1:
        width = len(lead) / 2
    if style and (found := PADDING.search(style)):
        width += float(found.group(1))
    return width


def _set_indents(widths: list[tuple[Cell, float]]) -> None:
    """Widths to levels: the narrowest is 1; widths that differ by less than a thin space or two are the same level."""
    level_of: dict[int, dict[float, int]] = {}
    for column in {cell.column for cell, _ in widths}:
        level, last = 0, -1.0
        levels = level_of[column] = {}
        for width in sorted({width for cell, width in widths if cell.column == column}):
            if width - last >= 0.9:
                level += 1
                last = width
            levels[width] = level
    for cell, width in widths:
        cell.indent = level_of[cell.column][width]


def more_marks(passage: Passage) -> tuple[Mark, ...]:
    """Marks set in markup and those that are plain characters; where both cover a place, the markup's."""
    found = [
        mark
        for mark in find_marks(passage.text, in_table=True)
        if passage.text[mark.start] != "^" and not any(m.start < mark.end and mark.start < m.end for m in passage.marks)
    ]
    return tuple(sorted((*passage.marks, *found))) if found else passage.marks
