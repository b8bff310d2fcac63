"""What a table's columns are: header rows, label columns, and what each column's headers say.

Belongs here: the layout of a table's edge (how many rows are header, how many columns are labels) and the reading of one header cell.
Does not: which arm a name is (arms), what body rows mean (rows).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from trialmart.document import Cell, Table
from trialmart.extraction.cells import CELL_WORDS, Parsed, parse_cell
from trialmart.extraction.labels import TIME, Features, bare_grade, features, grade_of, population_of, timepoint_in

N_PATTERN = re.compile(
    r"[,;:]?\s*[(\[]?\s*(?:\b(?:total|safety|ITT)\s)?\b[nNm]\s{0,2}[=＝:]\s{0,2}(?P<n>\d[\d,\u2009\u202f\u00a0]*(?:\s\d{3})*)(?:\s?(?:or|to|[-–])\s?\d+)?(?:\s(?:patients|subjects|participants|women|men|children|eyes|knees|cases))?\s*[)\]]?"
)
BARE_N = re.compile(
    r"[(\[]\s*(?P<n>\d{1,3}(?:[,\u2009\u202f\u00a0]?\d{3})*)(?:\s(?:patients|subjects|participants|knees|eyes|women|men|children|cases|pts))?\s*[)\]]"
)
_STAT = (
    r"no\.?(?!\w)|nos?\.|n\b|num(?:ber)?\b|#|%|means?\b|medians?\b|M\b|freq(?:uency)?\b|percent(?:age)?s?\b|rates?\b|events?\b|patients\b|subjects\b|participants\b|"
    r"cases\b|S\.?D\.?\b|S\.?E\.?M?\.?\b|I\.?Q\.?R\.?\b|interquartile\b|range\b|standard\sdeviation\b|standard\serror\b|95\s?%\s?CI\b|C\.?I\.?\b|KM\b|kaplan[-–]meier\b|values?\b|scores?\b|"
    r"incidence\b|changes?\b|\d+[-‐]year\b|counts?\b|proportion\b|estimate[ds]?\b|average\b|x[-¯±s ]+\b"
)
TAIL = re.compile(rf"[\s,;:–—/]*(?<![\w-])[(\[]?\s*(?:{_STAT})(?:[\s()\[\]%,;:/±+\-–.=*]|of\b|or\b|and\b|with\b|{_STAT})*$", re.IGNORECASE)
TOTAL = re.compile(
    r"(?:grand\s)?(?:total|overall|all|combined|both|entire|whole)(?:\s(?:patients?|subjects?|participants?|population|cohorts?|samples?|groups?|arms?|treatments?|randomi[sz]ed|study|women|men|"
    r"children|persons|trial|treated|enrolled|cases|group|of|the|both|\(.*\)))*|(?:total|all)\s(?:patients?|subjects?|participants?)\b.*|(?:entire|whole|total)\s(?:cohort|sample|population|group)\b.*",
    re.IGNORECASE,
)
TEST = re.compile(
    r"\b(?:[tFZUHW]\b(?:[\s-]*(?:value|test|statistic|score))?$|X\s?\^[2²]|chi\b|test\b(?<!\(test)(?!\s(?:drug|product|formulation|group|arm|treatment|vaccine)\b)|statistics?\b|analys[ie]s\b(?!\s(?:set|population|sample|cohort))|effect\ssizes?\b|"
    r"estimates?\b|interaction\b|coefficients?\b|β\b|beta\b|regression\b|contrast\b|comparisons?\b|η\b|df\b|mann\b|fisher\b|wilcoxon\b|anova\b|ancova\b|WMW\b|log[- ]?rank\b|between[- ]groups?\b|model\s\d)"
    r"|χ|chi[- ]squared?|cohen",
    re.IGNORECASE,
)
CHI = re.compile(r"[\u03c7\u03a7]\s?\^?[2\u00b2]?")
VS = re.compile(r"\b(?:vs?\.?|versus|compared (?:with|to)|relative to|against)\s|\s[/–-]\s", re.IGNORECASE)
HEADER_LIKE = re.compile(
    r"[(\[]?\s*[nN]\s?[=:]\s?\d[\d,\s\u00a0\u2009]*[)\]]?|[(\[]?\s*%\s*[)\]]?|[nN]\b.{0,12}|No\.?.{0,20}|Mean.{0,20}|Median.{0,25}|SD|SE|IQR|Range|(?:HR|OR|RR)\b.{0,12}|9\d\s?%\s?CI|P\b.{0,10}|M \(SD\)",
    re.IGNORECASE,
)
NOT_ARMS = re.compile(
    r"\b(?:males?|females?|m[ae]n|wom[ae]n|boys|girls|age|years?|months?|weeks?|days?|hours?|min(?:utes)?|baseline|follow-?up|before|after|pre|post|pre-?test|post-?test|pre-?treatment|post-?treatment|"
    r"visit|cycle|variables?|characteristics?|parameters?|outcomes?|measures?|country|cent(?:er|re)s?|study|studies|author|reference|date|mild|moderate|severe|yes|no|positive|negative|"
    r"responders?|non-?responders?|first|second|third|screening|time|change|difference|univariate|multivariate|adjusted|unadjusted|crude|analysis|grades?|model|visceral|completers|"
    r"tertiles?|quartiles?|quintiles?|strat(?:um|a)|definition|description|item|session|theme|score|events?|reason|type|frequency|duration|dose|schedule|route|comments?|sensitivity|specificity|period|range)\b",
    re.IGNORECASE,
)
ARM_WORD = re.compile(
    r"\b(?:group|arm|placebo|control|controls|treatment|treated|intervention|standard|usual|conventional|sham|mg|therapy|care|regimen|vaccine|experimental|active|comparator|plus|alone|routine|"
    r"sequence|cohort|immediate|delayed|early|late|program(?:me)?|training|education|surgery|chemotherapy|radiotherapy)\b|\+",
    re.IGNORECASE,
)


class Part(NamedTuple):
    """One header cell read."""

    text: str
    name: str  # what is left without N and format
    kind: str  # name, stat, p, contrast, total, grade, time, n, empty
    n: int | None
    n_at: tuple[int, int] | None  # where N stands in the cell's words
    features: Features
    grade: str | None
    time: str | None
    population: str | None


@lru_cache(maxsize=20_000)
def read_header(text: str) -> Part:
    """Read a header cell's words (marks blanked)."""
    n, n_at = None, None
    rest = text
    found = N_PATTERN.search(rest) or _bare_n(rest)
    if found:
        n, n_at = int(re.sub(r"\D", "", found.group("n"))), found.span("n")
        rest = rest[: found.start()] + " " + rest[found.end() :]
    rest = " ".join(rest.split())
    named = features(rest)
    if not rest:
        return Part(" ".join(text.split()), "", "n" if n is not None else "empty", n, n_at, named, None, None, None)
    name = _name(rest)
    grade = grade_of(rest)
    population = population_of(rest)
    kind, time = _kind(rest, name, named, grade)
    return Part(" ".join(text.split()), name, kind, n, n_at, named, grade, time, population)


PLAIN_LETTER = re.compile(r"[A-Za-z]")
BEFORE_NAME = re.compile(
    r"^(?:no\.|n|number|mean|median|%|rate)\s+(?:of|in|for)\s+(?:patients|subjects)?\s*(?:in|for|with)?\s*", re.IGNORECASE
)
PLAIN_MARK = re.compile(r"(?<!arm)(?<!group)(?<!regimen)(?<!type)\s[a-f]$", re.IGNORECASE)  # a mark set as plain letter
RISK_RATIO = re.compile(r"relative risk", re.IGNORECASE)
WORDED = re.compile(r"[^\W\d_]{2}|[A-Za-z]\d")
SHORT_NAME = re.compile(r"[A-Z]\d?|\d{1,4}")
LONE_P = re.compile(r"\W*[Pp]\W*")
AFTER_TIME = re.compile(r"\s*(?:\(|after|post|pre)")
TWO_SIDES = re.compile(r"\b(?:vs?\.?|versus|compared (?:with|to)|relative to)\s", re.IGNORECASE)


def _bare_n(text: str) -> re.Match[str] | None:
    """N in brackets without a letter, as in `Group 1 (60)`; not a year, a dose or a page."""
    found = BARE_N.search(text)
    return found if found and PLAIN_LETTER.search(text, 0, found.start()) else None


def _name(text: str) -> str:
    name = text
    for _ in range(3):
        shorter = TAIL.sub("", name).strip(" ,;:–—-/")
        if shorter == name:
            break
        name = shorter
    name = BEFORE_NAME.sub("", name).strip(" ,;:–—-/*_")
    return PLAIN_MARK.sub("", name) if name[-2:-1].isspace() and name[-1:].islower() else name


def _kind(text: str, name: str, named: Features, grade: str | None) -> tuple[str, str | None]:
    said = set(named.named)
    ratio = said & {"hr", "or", "rr", "reduction", "diff"}
    if "pvalue" in said and not ratio:
        return "p", None
    if ratio or RISK_RATIO.match(text):
        return "contrast", None
    if TOTAL.fullmatch(name):
        return "total", None
    if grade is not None and len(text) < 45:
        return "grade", None
    if CHI.fullmatch(name):  # its square may have been taken for a mark
        return "contrast", None
    if not WORDED.search(name) and not SHORT_NAME.fullmatch(name):
        if LONE_P.fullmatch(text):
            return "p", None
        return "stat", timepoint_in(text)
    time = TIME.fullmatch(name) or TIME.match(name)
    if time and (time.end() >= len(name) - 12 or AFTER_TIME.match(name, time.end())) and not ARM_WORD.search(name):
        return "time", " ".join(name.lower().split())
    if TEST.search(text) and not ARM_WORD.search(name) and not population_of(text) or VS.search(name) and TWO_SIDES.search(name):
        return "contrast", None
    return "name", timepoint_in(text)


@dataclass(slots=True)
class Column:
    """A column of figures and everything that its headers say."""

    index: int
    parts: tuple[Part, ...] = ()  # top to bottom
    cells: tuple[Cell, ...] = ()
    labels: tuple[int, ...] = (0,)  # the columns that label its rows
    role: str = "value"  # value, arm, total, contrast, p
    arm_id: str | None = None
    reference_arm_id: str | None = None
    arm_cell: int | None = None  # which part names the arm
    chain: tuple[Features, ...] = ()  # leaf first
    grade: str | None = None
    time: str | None = None
    population: str | None = None
    subgroup: str | None = None
    n: int | None = None
    counts_patients: bool = False  # headed N beside a column of figures of the same arm


@dataclass(slots=True)
class Layout:
    """A table's edges: how many rows are header, which columns are labels, and the columns of figures."""

    table: Table
    n_head: int
    n_labels: int
    columns: list[Column] = field(default_factory=list)
    parsed: dict[int, Parsed] = field(default_factory=dict)  # by id of cell
    label_columns: tuple[int, ...] = (0,)
    shift: int = 0  # how many columns the headers stand to the right of their figures
    decimal_comma: bool = False

    def read(self, cell: Cell) -> Parsed:
        found = self.parsed.get(id(cell))
        if found is None:
            passage = cell.passage
            words = passage.words if passage.marks else passage.text
            if self.decimal_comma:
                words = COMMA.sub(".", words)
            found = self.parsed[id(cell)] = parse_cell(words)
        return found


SUM = re.compile(r"(?:total|all|any|overall)\b", re.IGNORECASE)
NO_LABEL = re.compile(r"(?:characteristics?|variables?|parameters?|outcomes?|measures?|items?|n)?\W*", re.IGNORECASE)
ABOUT_GRADES = re.compile(r"toxic|adverse|side.effect|grade|safety|complication|reaction")
SEVERITY = re.compile(r"mild|moderate|severe|life[\s-]threatening", re.IGNORECASE)
TIME_UNITS = frozenset(("w", "wks", "d", "week", "month", "day", "year", "hour", "minute", "cycle", "visit", "wk", "mo", "yr", "min", "h"))
TIME_HEADER = re.compile(
    r"(?:follow-?up\s)?(?:time(?:\s?points?)?|weeks?|days?|months?|years?|visits?|hours?|periods?|cycles?)\b(?:\s?\(.*\))?", re.IGNORECASE
)


def is_figure(parsed: Parsed) -> bool:
    """Whether a cell holds figures, or a word for missing ones, rather than words with numbers among them."""
    if parsed.missing:
        return True
    if not parsed.atoms or parsed.n_words > 1 and (parsed.n_words > 2 * len(parsed.atoms) or len(parsed.shape) >= 60):
        return False
    if len(parsed.atoms) == 1 and parsed.atoms[0].after.rstrip("s.") in TIME_UNITS:
        return False  # `6 weeks` beside `baseline`
    if not parsed.shape[0].isalpha() or parsed.atoms[0].words.strip(".=") in CELL_WORDS:
        return True
    return len(parsed.atoms) > 1 and any(atom.decimals for atom in parsed.atoms)  # `Day 1` is a label, `before 17.9, after 15.5` is not


def lay_out(table: Table) -> Layout:
    """The layout of a table that has a grid."""
    layout = Layout(table, 0, 1)
    layout.decimal_comma = _uses_comma(table)
    layout.n_head = _header_rows(layout)
    layout.shift = _shift(layout)
    layout.label_columns = _label_columns(layout)
    layout.n_labels = 0
    while layout.n_labels in layout.label_columns:
        layout.n_labels += 1
    for index in range(layout.n_labels, table.n_columns):
        if index in layout.label_columns:
            continue
        layout.columns.append(_column(layout, index))
    _means_beside_spreads(layout)
    _grades_without_word(layout)
    _severities(layout)
    return layout


def _means_beside_spreads(layout: Layout) -> None:
    """`M` over a column is the mean where the column to its right is SD or SE."""
    for column, after in pairwise(layout.columns):
        if column.parts and after.parts and column.parts[-1].text == "M" and after.parts[-1].features.named in (("sd",), ("se",)):
            column.chain = (Features(("mean",)), *column.chain)


COMMA = re.compile(r"(?<=\d),(?=\d{1,2}(?!\d))")
POINT_BETWEEN = re.compile(r"\d[.·]\d")


def _uses_comma(table: Table) -> bool:
    """Whether the table sets decimals with a comma: several figures do and none has a point."""
    commas = 0
    for row in table.grid:
        for cell in row:
            text = cell.passage.text
            if POINT_BETWEEN.search(text) and cell.column:
                return False
            if "," in text and COMMA.search(text):
                commas += 1
    return commas >= 2


def _shift(layout: Layout) -> int:
    """1 where the header has an empty cell more at its left than the rows, which then end one column early."""
    table = layout.table
    body = range(layout.n_head, table.n_rows)
    if not layout.n_head or table.n_columns < 4 or not body or any(table.grid[row][-1].label for row in body):
        return 0
    head = table.grid[layout.n_head - 1]
    beside = [
        table.grid[row][1] for row in body if table.grid[row][1].label and table.grid[row][1].row == row and table.grid[row][1].column == 1
    ]
    figures = sum(is_figure(layout.read(cell)) for cell in beside)
    return int(not head[1].label and bool(head[-1].label) and head[-1].column_span == 1 and bool(beside) and figures >= 0.8 * len(beside))


def _header_rows(layout: Layout) -> int:
    table = layout.table
    grid = table.grid
    marked = table.n_header_rows
    if marked is not None and 0 < marked < table.n_rows:
        count = _without_data_rows(layout, marked)
    else:
        count = _guess_header_rows(layout)
    while count < table.n_rows - 1 and count < 8 and _continues_header(layout, grid[count], count):
        count += 1
    return count


def _without_data_rows(layout: Layout, marked: int) -> int:
    """Rows of figures that are marked up as header are body."""
    for row in range(1, marked):
        cells = layout.table.grid[row]
        if not cells[0].label or cells[0].row != row:
            continue
        figures = [cell for cell in cells[1:] if cell.row == row and layout.read(cell).atoms]
        own = [cell for cell in cells[1:] if cell.row == row and cell.label]
        if len(figures) >= 2 and len(figures) >= 0.7 * len(own) and not any(_is_header_text(cell) for cell in figures):
            return row
    return marked


def _is_header_text(cell: Cell) -> bool:
    label = cell.label
    return bool(HEADER_LIKE.fullmatch(label) or N_PATTERN.search(label) or grade_of(label) or bare_grade(label) or TIME.search(label))


def _guess_header_rows(layout: Layout) -> int:
    """Rows down to the first that has a label and figures; a row of words alone over all columns of figures is header too."""
    for row, cells in enumerate(layout.table.grid[:6]):
        label = cells[0].label
        others = [cell for cell in cells[1:] if cell.row == row and cell is not cells[0]]
        figures = [cell for cell in others if is_figure(layout.read(cell)) and not _is_header_text(cell)]
        if label and figures and len(figures) >= 0.5 * len([cell for cell in others if cell.label]):
            return row
        if row and label and not any(cell.label for cell in others):
            return row
    return 1 if layout.table.n_rows > 1 else 0


def _continues_header(layout: Layout, cells: list[Cell], row: int) -> bool:
    """Whether a body row only goes on with the header: no label, and N, n (%) and the like below names."""
    first = cells[0]
    if first.label and first.row == row and not NO_LABEL.fullmatch(first.label):
        return False
    others = [cell for cell in cells if cell.row == row and cell.column and cell.label]
    if not others:
        return False
    if (
        not first.label
        and len(others) > 1
        and all(TIME.fullmatch(cell.label) or not (layout.read(cell).atoms or layout.read(cell).missing) for cell in others)
    ):
        return True  # words, or `1 year` beside `end of trial`
    if first.label and first.row == row and not all(not layout.read(cell).atoms or _is_header_text(cell) for cell in others):
        return False
    return all(bool(HEADER_LIKE.fullmatch(cell.label)) or first.label and not layout.read(cell).atoms for cell in others)


def _label_columns(layout: Layout) -> tuple[int, ...]:
    """The label columns: the first, those like it that follow, and any in mid-table that only holds words."""
    table = layout.table
    if table.n_columns < 2:
        return (0,)
    labels = [0]
    for column in range(1, table.n_columns - 1):
        if not _is_label_column(layout, column, labels[-1] == column - 1):
            break
        labels.append(column)
    return tuple(labels)


def _is_label_column(layout: Layout, column: int, follows: bool) -> bool:
    table, body = layout.table, range(layout.n_head, layout.table.n_rows)
    texts = figures = spanned = complement = own = numbered = compared = 0
    for row in body:
        cell, before = table.grid[row][column], table.grid[row][column - 1]
        if cell is before:
            spanned += cell.column_span < table.n_columns - 1 or table.grid[row][-1] is not cell
            continue
        if cell.row != row or not cell.label:
            continue
        own += 1
        parsed = layout.read(cell)
        if is_figure(parsed):
            figures += 1
            numbered += not parsed.missing
            compared += any(atom.comparator != "=" for atom in parsed.atoms)
        else:
            texts += 1
        complement += not before.label or before.row != row
    if own == 0:
        # wholly covered by labels that span: part of the label when the header spans too or is empty
        return (
            spanned > 0
            and any(
                table.grid[row][column] is not table.grid[row][column - 1] or not table.grid[row][column].label
                for row in range(layout.n_head)
            )
            and spanned >= 0.5 * len(body)
        )
    head = [table.grid[row][column] for row in range(layout.n_head)]
    header = next((cell for cell in reversed(head) if cell.label), None)
    if header is not None and header.column == column:
        part = read_header(header.passage.words)
        if part.n is not None or part.kind in ("p", "contrast", "total") and figures > 0.3 * own:
            return False
        if (
            follows
            and TIME_HEADER.fullmatch(part.text)
            and all(
                layout.read(table.grid[row][column]).shape in ("#", "") or not is_figure(layout.read(table.grid[row][column]))
                for row in body
            )
        ):
            return True
    unnamed = header is None or header.column < column
    if unnamed and follows and table.n_columns > column + 2 and (texts or compared >= 0.5 * own) and _others_have_more(layout, column):
        return True
    if texts >= 0.7 * own and (texts >= 2 or own == texts):
        return True
    if unnamed and figures and complement >= 0.8 * own and complement >= 2:
        # words and figures below an empty header, each beside an empty first cell: levels such as 0, 1, 2
        return texts > 0 or numbered > 0 and _others_have_more(layout, column)
    return False


def _others_have_more(layout: Layout, column: int) -> bool:
    rows = [row for row in range(layout.n_head, layout.table.n_rows) if layout.table.grid[row][column].label]
    return all(any(cell.column > column and cell.label for cell in layout.table.grid[row]) for row in rows)


def _column(layout: Layout, index: int) -> Column:
    cells: list[Cell] = []
    for row in range(layout.n_head):
        cell = layout.table.grid[row][min(index + layout.shift, layout.table.n_columns - 1)]
        if cell.label and (not cells or cells[-1] is not cell) and cell.column >= layout.n_labels:
            cells.append(cell)
    parts = tuple(read_header(cell.passage.words) for cell in cells)
    column = Column(index, parts, tuple(cells))
    column.chain = tuple(part.features for part in reversed(parts) if part.features.named)
    for part in parts:
        column.grade = part.grade or column.grade
        column.time = part.time or column.time
        column.population = part.population or column.population
        column.n = part.n if part.n is not None else column.n
        if part.kind in ("p", "contrast", "total"):
            column.role = part.kind if column.role != "contrast" or part.kind != "p" else "p"
    return column


def _severities(layout: Layout) -> None:
    """Columns under mild, moderate and severe, and the one under all or total beside them."""
    found = {
        column.index: word
        for column in layout.columns
        for part in column.parts
        if SEVERITY.fullmatch(part.name)
        for word in (part.name.lower(),)
    }
    if len(set(found.values())) < 2:
        return
    for column in layout.columns:
        if column.grade is None:
            column.grade = found.get(column.index) or ("any" if any(SUM.match(part.text) for part in column.parts) else None)
            if column.grade == "any" and column.role == "total":
                column.role = "value"


def _above(column: Column) -> tuple[str, ...]:
    return tuple(part.text for part in column.parts[:-1])


def _grades_without_word(layout: Layout) -> None:
    """Columns headed 0, 1, 2 or I-II, All: grades when most columns of figures under a name have such a header, or one says grade."""
    leaves = [(column, column.parts[-1]) for column in layout.columns if column.parts]
    bare = [(column, bare_grade(part.text if part.n is None else part.name)) for column, part in leaves]
    figures = [(column, grade) for column, grade in bare if grade and grade != "any"]
    worded = sum(column.grade is not None for column in layout.columns)
    caption = layout.table.caption.label.lower()
    about = bool(worded or ABOUT_GRADES.search(caption))
    above = {_above(column) for column in layout.columns if column.grade is not None}
    for column, grade in bare:  # `Any` beside `Grade 3/4` under one arm
        if grade == "any" and column.grade is None and _above(column) and _above(column) in above:
            column.grade = grade
    if not about or len({grade for _, grade in figures} | ({"x"} if worded else set())) < 2:
        return
    for column, grade in bare:
        if grade and column.grade is None:
            column.grade = grade
            if column.role == "total":
                column.role = "value"
