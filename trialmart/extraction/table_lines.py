"""A row that the page sets as several lines of one cell each: a label of three lines beside figures of three lines.

Belongs here: telling such rows from labels and figures that merely wrap, and parting them. Does not: rows of their own (rows).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialmart.document import Cell
from trialmart.extraction.cells import Parsed, parse_cell
from trialmart.extraction.labels import features
from trialmart.extraction.rows import Row

COMPARED = "<>≤≥⩽⩾"
EM, LETTERS_AN_EM = "\u2003", 2


def lines_of(row: Row, cells: Sequence[Cell]) -> list[Row]:
    """The rows that are lines of one; empty where it is one row. `cells`: the row's cells of figures.

    Lines are rows where the label has as many as the figures of two cells or more, and the figures of each cell are set alike, or the
    label's later lines are cut-offs of the first.
    """
    label = row.cells[-1].passage.words if row.cells else ""
    if "\n" not in label:
        return []
    lines = [line.rstrip() for line in label.split("\n") if line.strip()]
    several = [parsed for cell in cells if len(parsed := figures_of(cell)) == len(lines)]
    if len(lines) < 2 or len(several) < 2 or not all(parsed[0].atoms for parsed in several):
        return []
    if not all(line.lstrip()[0] in COMPARED for line in lines[1:]) and any(len({p.form for p in parsed}) > 1 for parsed in several):
        return []
    paths = [(*row.path[:-1], *path) for path in _labels(lines)]
    return [_line(row, path) for path in paths]


def figures_of(cell: Cell) -> list[Parsed]:
    """A cell read line by line. The places of its figures are those in the cell."""
    words, at, found = cell.passage.words, 0, []
    for line in words.split("\n"):
        if line.strip():
            parsed = parse_cell(line)
            found.append(parsed._replace(atoms=tuple([atom._replace(start=atom.start + at, end=atom.end + at) for atom in parsed.atoms])))
        at += len(line) + 1
    return found


def _labels(lines: list[str]) -> list[tuple[str, ...]]:
    """The labels of lines. Later lines that are set in stand below the place where the first one's own label begins: an em space is about
    two letters wide."""
    plain = [" ".join(line.split()) for line in lines]
    if all(label[0] in COMPARED for label in plain[1:]):
        return [(plain[0],), *((plain[0], label) for label in plain[1:])]
    inset = {len(line) - len(line.lstrip()) for line in lines[1:]}
    if len(inset) > 1 or inset == {0} or not lines[1].startswith(EM):
        return [(label,) for label in plain]
    width = LETTERS_AN_EM * inset.pop()
    breaks = [at for at, letter in enumerate(plain[0]) if letter == " " and abs(at + 1 - width) <= 3]
    if not breaks:
        return [(label,) for label in plain]
    at = min(breaks, key=lambda at: abs(at + 1 - width))
    parent = plain[0][:at]
    return [(parent, plain[0][at + 1 :]), *((parent, label) for label in plain[1:])]


def _line(row: Row, path: tuple[str, ...]) -> Row:
    added = [features(label) for label in path[len(row.path) - 1 :]][::-1]
    return replace(row, path=path, chain=(*added, *row.chain[1:]))
