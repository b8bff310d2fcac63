"""What a table's rows are: which are headings, which hold figures, and under which parents each stands.

Belongs here: row hierarchy from indentation, second label columns, row spans, emphasis and empty cells, and what the words of labels say.
Does not: the statistic of a figure (statistics), parents that only the figures tell (row_parents). Where the page does not tell the hierarchy,
a row hangs on the nearest heading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from trialmart.document import Cell, Table
from trialmart.extraction.arm_names import bag
from trialmart.extraction.headers import Layout, is_figure, read_header
from trialmart.extraction.labels import UNITS, WORDS, Features, bare_grade, features, grade_of, population_of, timepoint_in, unit_of
from trialmart.extraction.table_words import RESPONSE

FILLER = re.compile(
    r"[\s()\[\],;:/±.—–*%-]|\b(?:in|of|the|and|or|to|for|at|exact|values?|patients|subjects|participants|standard|estimated?|two-sided|adjusted|unadjusted|years?|months?|weeks?|days?)\b",
    re.IGNORECASE,
)
N_ROW = re.compile(
    r"(?:(?:total\s)?(?:no\.?|numbers?|n)\s?(?:of\s)?(?:\w+\s){0,2}(?:patients|subjects|participants|women|men|children|persons|individuals|people|infants|cases|eyes|knees)"
    r"|(?:patients|subjects|participants|(?:women|children)(?=\s\w))(?:\s(?:in\spopulation|analy[sz]ed|evaluated|randomi[sz]ed|assessed|treated|enrolled|included|at\srisk|evaluable))?"
    r"|(?:no\.|(?i:numbers?|n)\b)|sample\ssize)"
    r"(?:\s(?:randomi[sz]ed|in\s\w+|evaluable|analy[sz]ed|treated|at\srisk|included|enrolled|assessed|evaluated|screened|with\sdata|available|exposed))*[\s,:;—–-]*(?:[(\[]?\s*(?:n|no\.?)\s*[)\]]?)?\W*",
    re.IGNORECASE,
)
POPULATION_ROW = re.compile(
    r"\b(?:randomly assigned|randomi[sz]ed|measurable disease|evaluable|(?:analysis|study|safety|treat|protocol) population|population|analy[sz]ed|assessable|full analysis set)\b",
    re.IGNORECASE,
)
COUNT_TAIL = re.compile(r"[,—–(\s-]\s*(?:no\.?|n|number)\s*\)?\W*$", re.IGNORECASE)
CAPITALIZED, SHARE, LETTERS = re.compile(r"[A-Z][a-z]+"), re.compile(r"\d{2}\s?%"), re.compile(r"[^\W\d_]{2}")
HEADER_WORD = re.compile(
    r"(?:characteristics?|variables?|parameters?|outcomes?|events?|adverse|measures?|items?|end-?\s?points?|factors?|categor\w+)\b",
    re.IGNORECASE,
)
IN_BRACKETS = re.compile(r"\([^()]{1,20}\)")
COUNTS = re.compile(r"#%?(?:[/:]#%?)?(?:\(#%?\))?")


@dataclass(slots=True)
class Row:
    """A body row. `path` has the outermost parent first and the row's own label last."""

    index: int
    path: tuple[str, ...] = ()
    cells: tuple[Cell, ...] = ()  # the label cells along the path
    chain: tuple[Features, ...] = ()  # own first, then the parents'
    is_data: bool = False
    continues: bool = False  # no label of its own: goes on with the row above
    is_n: bool = False  # its figures are numbers of patients under whom the rows below stand
    grade: str | None = None
    time: str | None = None
    population: str | None = None
    unit: str | None = None


@dataclass(slots=True)
class _Entry:
    """A label on the way down: what may be a parent of what follows."""

    level: float
    cell: Cell
    label: str
    is_block: bool
    counted: int = 0  # rows of counts that followed
    others: int = 0


@lru_cache(maxsize=20_000)
def is_statistic_label(label: str) -> bool:
    """Whether a label only names a statistic: `Median, months`, `95% CI`, `Range`."""
    if not features(label).named:
        return False
    rest = WORDS.sub(" ", CAPITALIZED.sub(lambda m: m.group().lower(), label))
    rest = FILLER.sub(" ", SHARE.sub(" ", rest))
    return all(word.lower() in UNITS or not LETTERS.search(word) for word in rest.split())


def read_rows(layout: Layout) -> list[Row]:
    """All body rows of a table, with their paths."""
    return _Hierarchy(layout).rows()


class _Hierarchy:
    """Walks down a table's labels with a stack of open parents."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.table: Table = layout.table
        self.body = range(layout.n_head, layout.table.n_rows)
        self.labels = [column for column in layout.label_columns if column < layout.n_labels]
        self.figures = [column.index for column in layout.columns]
        arms = any(column.role in ("arm", "total") for column in layout.columns)
        self.main = [column.index for column in layout.columns if not arms or column.role not in ("p", "contrast")] or self.figures
        self.header_rows = {row for row in self.body if self._repeats_header(row)}
        self.kinds = {row: self._kind(row) for row in self.body}
        self.continued = self._continued()
        self.levels = self._levels()
        self.repeated = self._repeats()
        self.stack: list[_Entry] = []
        self.flat: set[tuple[object, ...]] = set()  # headings whose rows are set in no further than they are
        self.block_levels: dict[tuple[object, ...], float] = {}

    # -- what a row is -----------------------------------------------------------------------------------------------------------

    def _label_cells(self, row: int) -> list[tuple[int, Cell]]:
        """(position, cell) of the label cells that have words; a cell spread over several columns counts once."""
        if len(self.labels) == 1:
            cell = self.table.grid[row][self.labels[0]]
            return [(0, cell)] if cell.label else []
        cells: list[tuple[int, Cell]] = []
        for position, column in enumerate(self.labels):
            cell = self.table.grid[row][column]
            if cell.label and not any(cell is other for _, other in cells):
                cells.append((position, cell))
        return cells

    def _kind(self, row: int) -> str:
        """blank, block (words, no figures), data, bare (figures, no words)."""
        grid = self.table.grid[row]
        labels = [cell for column in self.labels if (cell := grid[column]).label]
        labelled = [cell for cell in labels if cell.row == row]
        n_labels, own, main = self.layout.n_labels, False, False
        for column in self.figures:
            cell = grid[column]
            if cell.row == row and cell.column >= n_labels and cell.label:
                own = True
                if column in self.main or cell.column_span > 1:
                    main = True
                    break
        if not own or row in self.header_rows and labelled:
            return "block" if labelled else "blank"
        if not main and labelled and "pvalue" not in features(labelled[-1].label):
            return "block" if self._figures_follow(row) else "data"
        return "data" if labels else "bare"

    def _repeats_header(self, row: int) -> bool:
        """Whether a row of the body prints the headers again: the columns' names, with other numbers of patients."""
        grid, found = self.table.grid[row], 0
        for column in self.layout.columns:
            cell = grid[column.index]
            text = cell.passage.text.lstrip()
            if not text or cell.row != row:
                continue
            if not text[0].isalpha() or not text[-1:].isdigit() and text[-1] not in ")]":
                return False
            part = read_header(cell.passage.words)
            if part.n is None or bag(part.name) not in [bag(other.name) for other in column.parts if other.name]:
                return False
            found += 1
        return found >= 2

    def _continued(self) -> dict[int, tuple[Cell, str]]:
        """By id of a label cell that goes on in the row below with nothing but brackets, as `Antibody` does with `(U/mL)`, and of the cell
        below: the upper cell and the whole label. Only where another label column has the levels."""
        found: dict[int, tuple[Cell, str]] = {}
        if len(self.labels) < 2:
            return found
        for row in self.body[1:]:
            above, cell = self.table.grid[row - 1][self.labels[0]], self.table.grid[row][self.labels[0]]
            if cell.row == row and above.row == row - 1 and IN_BRACKETS.fullmatch(cell.label) and above.label[-1:].isalnum():
                if cell.column_span == above.column_span == 1 and all(self.table.grid[r][self.labels[1]].label for r in (row - 1, row)):
                    found[id(above)] = found[id(cell)] = (above, f"{above.label} {cell.label}")
        return found

    def _figures_follow(self, row: int) -> bool:
        """Whether the next row has figures in the main columns: then this one, with a p value alone, is a heading."""
        if row + 1 >= self.table.n_rows:
            return False
        grid = self.table.grid[row + 1]
        return any(grid[column].label and grid[column].row == row + 1 and is_figure(self.layout.read(grid[column])) for column in self.main)

    def _levels(self) -> dict[int, float]:
        """The level of each row's first label: as set in, else by emphasis, else 0."""
        first = {row: self.table.grid[row][self.labels[0]] for row in self.body}
        own = {row: cell for row, cell in first.items() if cell.label and cell.row == row}
        if any(cell.indent for cell in own.values()):
            return {row: float(cell.indent) for row, cell in own.items()}
        for emphasis in ("bold", "italic"):
            blocks = [
                row
                for row, cell in own.items()
                if self.kinds[row] == "block" and cell.emphasis == emphasis and cell.column_span < self.table.n_columns
            ]
            plain = [row for row, cell in own.items() if self.kinds[row] == "data" and cell.emphasis != emphasis]
            marked = [row for row, cell in own.items() if self.kinds[row] == "data" and cell.emphasis == emphasis]
            if (
                blocks
                and plain
                and all(own[row].emphasis == emphasis for row in own if self.kinds[row] == "block")
                and (marked or len(blocks) > 1)
            ):
                return {row: 0.0 if cell.emphasis == emphasis else 1.0 for row, cell in own.items()}
        return dict.fromkeys(own, 0.0)

    def _repeats(self) -> bool:
        """Whether labels repeat down the table: then rows that count patients are headings of what follows."""
        labels = [
            self.table.grid[row][self.labels[0]].label
            for row in self.body
            if self.kinds[row] == "data" and self.table.grid[row][self.labels[0]].row == row
        ]
        return len(set(labels)) < len(labels) - 1

    # -- the walk ----------------------------------------------------------------------------------------------------------------

    def rows(self) -> list[Row]:
        rows: list[Row] = []
        previous: Row | None = None
        self._open_by_header()
        for index in self.body:
            kind = self.kinds[index]
            if kind == "blank":
                if not any(self.levels.values()):
                    self._close_sections()
                rows.append(Row(index))
                continue
            if kind == "bare" and previous is not None:
                row = Row(
                    index,
                    previous.path,
                    previous.cells,
                    previous.chain,
                    True,
                    True,
                    False,
                    previous.grade,
                    previous.time,
                    previous.population,
                    previous.unit,
                )
            else:
                row = self._labelled(index, kind)
            rows.append(row)
            if row.is_data:
                previous = row
        return rows

    def _open_by_header(self) -> None:
        """The last header row's label may head the first rows: when a heading further down is of its kind (`Haematological, n (%)`,
        `Other, n (%)`) and the rows below the header have no heading of their own."""
        if not self.layout.n_head or not len(self.body) or self.kinds[self.body[0]] != "data" or any(self.levels.values()):
            return
        cell = self.table.grid[self.layout.n_head - 1][self.labels[0]]
        if self.header_rows and cell.row == self.layout.n_head - 1 and cell.label:
            self.stack.append(_Entry(-0.5, cell, cell.label, True))
            return
        named = features(cell.label).named
        if not named or cell.row != self.layout.n_head - 1 or not re.search(r"[a-z]{5}", cell.label) or HEADER_WORD.match(cell.label):
            return
        headings = [self.table.grid[row][self.labels[0]].label for row in self.body if self.kinds[row] == "block"]
        if any(features(label).named == named for label in headings):
            self.stack.append(_Entry(-0.5, cell, cell.label, True))

    def _close_sections(self) -> None:
        while self.stack and self.stack[-1].level == int(self.stack[-1].level):
            self.stack.pop()

    def _labelled(self, index: int, kind: str) -> Row:
        cells = self._label_cells(index)
        is_n = False
        for position, cell in cells:
            cell, label = self.continued.get(id(cell), (cell, cell.label))
            if any(entry.cell is cell for entry in self.stack):  # spans from above: still open
                while self.stack and self.stack[-1].cell is not cell:
                    self.stack.pop()
                continue
            block = kind == "block" and cell is cells[-1][1]
            is_n = index in self.header_rows
            if kind == "data" and position == 0 and len(cells) == 1:
                is_n = self._is_population_row(index, cell)
            level = position * 100 + self._level(index, cell, position, block or is_n)
            while self.stack and self.stack[-1].level >= level:
                self.stack.pop()
            if kind == "data" and not is_n and position == 0:
                level = self._place(index, cell, level)
            self.stack.append(_Entry(level, cell, label, block or is_n))
        return self._row(index, kind, is_n)

    def _place(self, index: int, cell: Cell, level: float) -> float:
        """Closes a heading whose rows are over; hangs a row that is only a statistic on the row above."""
        if self.stack and self.stack[-1].is_block and self.stack[-1].level != int(self.stack[-1].level):
            parent = self.stack[-1]
            if self._is_over(parent, index, cell):
                self.stack.pop()
            else:
                counts = self._counts(index)
                parent.counted += counts
                parent.others += not counts
        return level

    def _is_over(self, parent: _Entry, index: int, cell: Cell) -> bool:
        """Whether a row does not belong to the heading above it: that had rows of counts, and this one names another kind of figure."""
        spread = "±" in self.layout.read(self.table.grid[index][self.main[0]]).shape
        if parent.counted < (1 if spread else 2) or parent.others or is_statistic_label(cell.label):
            return False
        if cell.label[:1] in "<>≤≥⩽⩾" or parent.cell.column_span >= self.table.n_columns > 2 and not features(parent.label).named:
            return False
        return not self._counts(index)

    def _counts(self, index: int) -> bool:
        """Whether a row's first figures are counts and percentages by their shape and label."""
        cell = self.table.grid[index][self.main[0]]
        label = self.table.grid[index][self.labels[-1]].label
        named = features(label)
        if any(name in named for name in ("mean", "median", "sd", "range", "iqr")) and not RESPONSE.fullmatch(label):
            return False
        parsed = self.layout.read(cell)
        return not parsed.atoms or bool(COUNTS.fullmatch(parsed.shape)) and parsed.atoms[0].decimals == 0

    def _level(self, index: int, cell: Cell, position: int, block: bool) -> float:
        level = self.levels.get(index, 0.0) if position == 0 else float(cell.indent)
        if not block or position:
            return level
        following = next((row for row in range(index + 1, self.table.n_rows) if self.kinds[row] in ("data", "block")), None)
        if following is None:
            return level
        below = self.levels.get(following)
        style = (cell.column_span >= self.table.n_columns, cell.emphasis, cell.label.isupper())
        if below is None or below > level:
            return level - 0.5 if (style, level) in self.flat else level
        if below < level and self.kinds[following] != "block":
            return level
        if self.kinds[following] == "block":
            other = self.table.grid[following][self.labels[0]]
            inner = (other.column_span >= self.table.n_columns, other.emphasis, other.label.isupper())
            if below == level and (inner != style or self.block_levels.get(style) != level - 0.25):
                self.block_levels.setdefault(inner, level - 0.25) if inner != style else None
                self.block_levels[style] = level - 0.5 if inner != style else self.block_levels.get(style, level - 0.5)
                return level - 0.5
        above = self._block_just_above(index)
        if above is not None and above.level < level - 0.25:
            return level - 0.25
        self.flat.add((style, level))
        return self.block_levels.get(style, level - 0.5)

    def _block_just_above(self, index: int) -> _Entry | None:
        before = index - 1
        while before in self.kinds and self.kinds[before] == "blank":
            before -= 1
        if before in self.kinds and self.kinds[before] == "block" and self.stack and self.stack[-1].is_block:
            return self.stack[-1]
        return None

    def _is_population_row(self, index: int, cell: Cell) -> bool:
        """Whether a row of figures counts the patients of whom the rows below tell, such as those with measurable disease."""
        if not COUNT_TAIL.search(cell.label) or not (POPULATION_ROW.search(cell.label) or population_of(cell.label)) or not self.repeated:
            return False
        return all(self.layout.read(self.table.grid[index][column]).shape in ("#", "") for column in self.main)

    def _row(self, index: int, kind: str, is_n: bool) -> Row:
        entries = self.stack
        path = tuple([entry.label for entry in entries])
        row = Row(index, path, tuple([entry.cell for entry in entries]), tuple([features(label) for label in path[::-1]]))
        row.is_data = (
            kind == "data"
            or kind == "bare"
            or any(
                self.table.grid[index][column].label
                for column in self.figures
                if self.table.grid[index][column].row == index and self.table.grid[index][column].column >= self.layout.n_labels
            )
        )
        row.is_n = is_n
        for label in reversed(path):
            grade, time, population, unit = _said(label)
            row.grade = row.grade or grade
            row.time = row.time or time
            row.population = row.population or population
            row.unit = row.unit or unit
        return row


@lru_cache(maxsize=20_000)
def _said(label: str) -> tuple[str | None, str | None, str | None, str | None]:
    """Grade, time, population and unit of a label."""
    return grade_of(label), timepoint_in(label), population_of(label), unit_of(label)


def grade_rows(rows: list[Row], said: str) -> None:
    """Gives rows whose label is a bare grade (`I-II`, `3`) that grade. For tables of adverse events only; plain digits are grades only
    where the table (`said`: its caption, headers and notes) speaks of grades or toxicity."""
    speaks = re.search(r"grade|CTC|\bWHO\b|toxic|severity", said, re.IGNORECASE) or any(row.grade for row in rows)
    bare = [row for row in rows if row.is_data and len(row.path) > 1 and bare_grade(row.path[-1]) not in (None, "any")]
    bare = [row for row in bare if speaks or not row.path[-1][:1].isdigit()]
    if len(bare) < 2:
        return
    for row in rows:
        if row.is_data and len(row.path) > 1 and row.grade is None and (row in bare or bare_grade(row.path[-1]) == "any"):
            row.grade = bare_grade(row.path[-1])
