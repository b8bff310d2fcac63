"""Parents of rows that the page does not set and the figures tell.

Belongs here: arithmetic between rows, for tables whose indentation is lost. Does not: what headings and indentation tell (rows).
"""

from __future__ import annotations

import re

from trialmart.extraction.cells import Parsed
from trialmart.extraction.headers import Layout
from trialmart.extraction.rows import Row, is_statistic_label

SUM = re.compile(r"(?:total|all|any|overall)\b", re.IGNORECASE)


def hang_rows(layout: Layout, rows: list[Row]) -> None:
    """Hangs rows on the parents that their figures tell, and takes them from those that their figures rule out."""
    columns = [column.index for column in layout.columns if column.role == "arm"]
    _hang_intervals(layout, rows)
    if len(columns) < 2:
        return
    if any(cell.indent for row in rows for cell in row.cells):
        _adopt(layout, rows, columns)
    else:
        _hang_parts(layout, rows, columns)


def _hang(row: Row, parent: Row) -> None:
    row.path, row.cells = (*parent.path, row.path[-1]), (*parent.cells, row.cells[-1])
    row.chain = (row.chain[0], *parent.chain)


def _first_count(layout: Layout, row: Row, column: int) -> float | None:
    """The whole number that a cell begins with."""
    atoms = layout.read(layout.table.grid[row.index][column]).atoms
    return atoms[0].value if atoms and not atoms[0].decimals and not atoms[0].percent else None


# -- counts that a parent can't have ---------------------------------------------------------------------------------------------------


def _adopt(layout: Layout, rows: list[Row], columns: list[int]) -> None:
    """A row with a part larger than itself is no parent: where the row above both counts more in every column, both hang on that."""
    for position, parent in enumerate(rows):
        parts = _parts_of(rows, position)
        if not parts or not parent.is_data or not any(_exceeds(layout, part, parent, columns) for part in parts):
            continue
        above = next((row for row in rows[:position][::-1] if row.is_data and row.path[:-1] == parent.path[:-1]), None)
        if above is None or SUM.match(above.path[-1]) or any(_exceeds(layout, row, above, columns, True) for row in (parent, *parts)):
            continue
        for row in (parent, *parts):
            _hang(row, above)


def _parts_of(rows: list[Row], position: int) -> list[Row]:
    """The rows right below one that hang on it."""
    parent, parts = rows[position], []
    for row in rows[position + 1 :]:
        if not row.is_data or not row.path or row.path[:-1] != parent.path:
            break
        parts.append(row)
    return parts


def _exceeds(layout: Layout, part: Row, whole: Row, columns: list[int], untold: bool = False) -> bool:
    """Whether a row counts more than another in some column. untold: the answer where a count is missing."""
    pairs = [(_first_count(layout, part, column), _first_count(layout, whole, column)) for column in columns]
    return any(untold if n is None or of is None else n > of for n, of in pairs)


# -- intervals below their estimates -----------------------------------------------------------------------------------------------------


def _hang_intervals(layout: Layout, rows: list[Row]) -> None:
    """A row of intervals alone below a row of single figures goes on with it, whatever its label: `Age:` with 0.43, `>60 vs <60` with
    (0.13-1.47)."""
    for above, row in zip(rows, rows[1:], strict=False):
        if not row.is_data or row.continues or not above.is_data or not _begin_with_brackets(layout, row):
            continue
        if row.cells[-1].row != row.index or row.path[:-1] != above.path[:-1] or is_statistic_label(row.path[-1]):
            continue
        upper, lower = _figures(layout, above), _figures(layout, row)
        if {len(parsed.atoms) for parsed in upper if parsed.atoms} == {1} and all(map(_is_interval, lower)):
            _hang(row, above)


def _begin_with_brackets(layout: Layout, row: Row) -> bool:
    grid = layout.table.grid[row.index]
    own = (text for column in layout.columns if grid[column.index].row == row.index and (text := grid[column.index].passage.text.lstrip()))
    first = next(own, "")
    return first[:1] in ("(", "[") and all(text[0] in "([" for text in own)


def _figures(layout: Layout, row: Row) -> list[Parsed]:
    """A row's own cells, read, as far as they hold anything."""
    cells = [layout.table.grid[row.index][column.index] for column in layout.columns]
    return [layout.read(cell) for cell in cells if cell.row == row.index and cell.label]


def _is_interval(parsed: Parsed) -> bool:
    return len(parsed.atoms) == 2 and parsed.atoms[0].group > 0 and parsed.atoms[1].link in ("-", ",", ";")


# -- counts that add up ------------------------------------------------------------------------------------------------------------------


def _hang_parts(layout: Layout, rows: list[Row], columns: list[int]) -> None:
    """Hangs rows on the row above them where indentation is lost and arithmetic leaves one reading: rows whose labels begin alike and whose
    counts add up to those of the row above in every column, as `Haemoglobin 8.5-9.9` and `Haemoglobin <8.5` do under `Anaemia`."""
    position = 0
    while position < len(rows) - 2:
        parent = rows[position]
        parts = _alike_below(rows, position)
        if len(parts) >= 2 and _add_up(layout, parent, parts, columns):
            for row in parts:
                _hang(row, parent)
            position += len(parts)
        position += 1


def _alike_below(rows: list[Row], position: int) -> list[Row]:
    """The rows right below one that stand at its level and whose labels share their first word, which the row's own label has not."""
    parent, after = rows[position], rows[position + 1]
    if not parent.is_data or not after.is_data or not parent.path or parent.path[:-1] != after.path[:-1] or SUM.match(parent.path[-1]):
        return []
    parts: list[Row] = []
    for row in rows[position + 1 :]:
        if not row.is_data or not row.path or row.path[:-1] != parent.path[:-1]:
            break
        words = row.path[-1].split()
        if len(words) < 2 or words[0] in parent.path[-1].split() or parts and parts[0].path[-1].split()[0] != words[0]:
            break
        parts.append(row)
    return parts


def _add_up(layout: Layout, parent: Row, parts: list[Row], columns: list[int]) -> bool:
    """Whether the first whole numbers of the parts sum to the parent's in every column, none being empty."""
    for column in columns:
        counts = []
        for row in (parent, *parts):
            atoms = layout.read(layout.table.grid[row.index][column]).atoms
            if not atoms or atoms[0].value is None or atoms[0].decimals:
                return False
            counts.append(atoms[0].value)
        if counts[0] < 3 or counts[0] != sum(counts[1:]):  # ones and zeros add up by chance
            return False
    return True
