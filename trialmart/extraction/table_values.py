"""From a cell to its published values: each number's statistic, interval, unit and place, and which estimate it belongs to.

Belongs here: landing every figure of a grid, row by row. Does not: what rows and columns tell (table_facts), what is
named for a cell (table_hints), whose it is (table_scopes), the decision on statistics (statistics).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from trialmart.document import Article, Cell, Passage
from trialmart.extraction import statistics, table_hints, table_words
from trialmart.extraction.cells import Atom, Parsed, parsed_from
from trialmart.extraction.headers import Column, Layout
from trialmart.extraction.label_counts import arm_counts
from trialmart.extraction.labels import features
from trialmart.extraction.rows import Row
from trialmart.extraction.statistics import Slot
from trialmart.extraction.table_columns import spans_arms
from trialmart.extraction.table_context import Context, Names
from trialmart.extraction.table_facts import WITH_ENDPOINTS, ColumnFacts, Facts, Meaning, RowFacts
from trialmart.extraction.table_lines import figures_of, lines_of
from trialmart.extraction.table_scopes import COMPARING, Scopes
from trialmart.extraction.values import Observation, Place, PublishedValue
from trialmart.numbers import rounding_interval

EXACT = frozenset(("count", "denominator", "n", "n_events"))
COUNTED = frozenset(("count", "n_events", "n"))
RATIOS = frozenset(("hazard_ratio", "odds_ratio", "risk_ratio"))
DEPENDENT = frozenset(("ci_lower", "ci_upper", "minimum", "maximum", "q1", "q3", "sd", "se"))
LIMITS = frozenset(("ci_lower", "ci_upper"))
PERCENT = frozenset(("percent", "km_percent"))
BESIDE = DEPENDENT | PERCENT | {"p_value"}
NO_ESTIMATE = DEPENDENT | {"p_value", "n", "other"}
AT_TIME = re.compile(r"\d+(?:\.\d+)?\s(?:year|month)")
CHANGES = re.compile(r"\bchanges?\b|\bdifferences?\b.*\bbefore and after\b", re.IGNORECASE)
BELOW_ZERO = re.compile(r"\b(?:baseline|before|pre|initial|[TZ][\s-]?scores?|SDS|log\w*|endpoint)\b", re.IGNORECASE)
LEVEL = re.compile(r"\d{2}(?:\.\d+)?(?=\s?%)")
_ONE = parsed_from((Atom(0, 1, "0", 0.0, 0, "=", None, 0, "", False, "", ""),), "#")
_N = (Slot("n", 0),)
NOTHING_BETWEEN = (None, None, ())
_interval = lru_cache(maxsize=50_000)(rounding_interval)


@dataclass(slots=True)
class _Shared:
    """What all figures of a cell share."""

    stem: str
    fields: tuple[Any, ...]  # of PublishedValue, from row_path to timepoint
    offset: int | None  # of the passage in the article's text, where it is unbroken
    places: tuple[Place, ...]
    adjusted: bool | None


class Landing:
    """Lands one table's figures. `values` and `observations` are what was found."""

    def __init__(
        self, article: Article, layout: Layout, kind: str, context: Context, scopes: Scopes, facts: Facts, convention: Names
    ) -> None:
        self.text, self.layout, self.table, self.kind = article.text, layout, layout.table, kind
        self.context, self.scopes, self.facts, self.columns, self.convention = (
            context,
            scopes,
            facts,
            facts.columns,
            context.convention or convention,
        )
        self.rule = table_hints.rule_of(context.rule.named, context.exception.named)
        self.stem = f"{article.article_id}:{layout.table.table_id}:"
        self.values: list[PublishedValue] = []
        self.observations: list[Observation] = []
        self.n_figures = 0
        self.other_at: list[str] = []  # where figures are not understood
        self.forms: dict[object, set[Names]] = {}  # what figures of a form are where the table tells
        self.untold: list[tuple[object, str, list[PublishedValue]]] = []  # figures that nothing accounts for, by form
        self.in_row: dict[int, PublishedValue] = {}  # by column: the first figure of the row's cell

    @property
    def n_other(self) -> int:
        return sum(value.statistic == "other" and value.missing_reason is None for value in self.values)

    def land(self, rows: list[Row]) -> None:
        """All figures of headers and rows."""
        self._headers()
        for row in rows:
            if row.is_data or row.path or row.continues:
                self._row(row)
        self._by_form()
        self._changes(rows)

    # -- rows and headers --------------------------------------------------------------------------------------------------------------------------

    def _row(self, row: Row) -> None:
        index, grid = row.index, self.table.grid[row.index]
        self.in_row = {}
        level = row.chain[0].level if row.chain else None
        if level is not None and row.cells[-1].row == index:
            self._level(row.cells[-1], index, row.cells[-1].column, 0, level)
        if row.cells and row.cells[-1].row == index:
            self._arm_counts(row, row.cells[-1], int(level is not None))
        lines = lines_of(row, [grid[column.index] for column in self.columns])
        if lines and len(lines[0].path) > len(row.path):
            row = replace(row, path=lines[0].path[:-1])  # what holds for all lines hangs on their common label
        facts: RowFacts | None = None
        words: dict[int, Names] = {}
        for column in self.columns:
            cell = grid[column.index]
            if cell.row != index or cell.column != column.index or not cell.passage.text:
                continue
            parsed = self.layout.read(cell)
            if not parsed.atoms and not parsed.missing:
                if named := features(cell.label).named:
                    column.above = words[column.index] = named
                    column.headed_by = index, cell.label
                continue
            facts = facts or self.facts.of_row(row)
            if parsed.missing:
                self._missing(row, facts, column, cell, parsed.missing)
            elif lines and len(figures := figures_of(cell)) == len(lines):
                done = 0
                for line, part in zip(lines, figures, strict=True):
                    self._figures(line, self.facts.of_row(line), column, cell, part, done)
                    done += len(part.atoms)
            else:
                self._figures(row, facts, column, cell, parsed)
        if facts is None and row.continues and len(words) > 1:
            for column in self.columns:
                column.sub_head = words.get(column.index)

    def _headers(self) -> None:
        """N and confidence levels that header cells print."""
        done: set[int] = set()
        for column in self.layout.columns:
            for part, cell in zip(column.parts, column.cells, strict=True):
                if id(cell) in done:
                    continue
                done.add(id(cell))
                if part.n_at:
                    landed = self._land(cell, cell.row, cell.column, 0, part.n_at, "n", float(part.n or 0))
                    landed.arm_id = column.arm_id if column.role == "arm" and not spans_arms(self.layout, cell) else None
                    landed.scope = "arm" if landed.arm_id else "total"
                    landed.population, landed.subgroup = column.population or self.context.population, column.subgroup
                    landed.unit = "patients"
                if part.features.level is not None:
                    self._level(cell, cell.row, cell.column, int(bool(part.n_at)), part.features.level)

    def _level(self, cell: Cell, row: int, column: int, ordinal: int, level: float) -> None:
        """The level of a confidence interval that a header or label prints."""
        found = LEVEL.search(cell.passage.words)
        if found and float(found.group()) == level:
            self._land(cell, row, column, ordinal, found.span(), "ci_level", level).unit = "%"

    def _arm_counts(self, row: Row, cell: Cell, ordinal: int) -> None:
        """Numbers of patients that a row label prints for each arm: the denominators of what follows."""
        for start, end, n, arm_id in arm_counts(cell.passage.words, self.scopes.roster):
            landed = self._land(cell, cell.row, cell.column, ordinal, (start, end), "n", float(n))
            landed.scope, landed.arm_id, landed.unit = "arm", arm_id, "patients"
            landed.row_path, landed.population, landed.timepoint = row.path, row.population or self.context.population, row.time
            ordinal += 1
            for column in self.columns:
                column.n = n if column.column.arm_id == arm_id and column.column.role == "arm" else column.n

    def _land(self, cell: Cell, row: int, column: int, ordinal: int, at: tuple[int, int], statistic: str, value: float) -> PublishedValue:
        """An exact number that stands in a header or label."""
        start, end = cell.passage.place(*at)
        landed = PublishedValue(
            f"{self.stem}r{row}c{column}:{ordinal}", "table", start, end, self.text[start:end], statistic, value, "results", self.table.table_id,
            row, column, decimals=0, value_low=value, value_high=value, locator=cell.passage.locator,
        )  # fmt: skip
        self.values.append(landed)
        return landed

    # -- one cell --------------------------------------------------------------------------------------------------------------------------

    def _figures(self, row: Row, facts: RowFacts, column: ColumnFacts, cell: Cell, parsed: Parsed, done: int = 0) -> None:
        """Lands the figures of a cell, or of one of its lines (`done`: how many figures the lines above have)."""
        atoms = parsed.atoms
        fits = _fits(atoms, column.n)
        meaning = self._meaning(row, facts, column, cell, parsed, fits)
        slots = meaning.slots
        if len(atoms) == 1 and not column.is_contrast and (facts.is_n or column.column.counts_patients) and not atoms[0].decimals:
            slots = _N
            self._reset_n(row, column, cell, atoms[0])
        elif len(atoms) == 1 and cell.passage.text[0] in "([" and cell.passage.text[-1] in ")]":
            slots = self._bracket_beside(slots, column, self._names(row, facts, column, cell, fits))
        shared = self._shared(row, facts, column, cell)
        landed: list[PublishedValue] = []
        with_p = False
        for ordinal, (atom, (statistic, main)) in enumerate(zip(atoms, slots, strict=True)):
            statistic = self._possible(statistic, atom, row, column, fits, slots)
            with_p = with_p or statistic == "p_value"
            estimate = None
            if main != ordinal:
                estimate = landed[main].estimate_id = landed[main].value_id
            elif statistic in BESIDE:
                estimate = self._estimate_of(statistic, column, landed)
            landed.append(self._value(atom, statistic, estimate, done + ordinal, row, column, cell, shared))
            if statistic == "other" and atom.missing is None and len(self.other_at) < 4:
                self.other_at.append(f"row {row.index} column {column.index}: {cell.label[:40]}")
        self.n_figures += len(slots)
        self.values += landed
        if with_p:
            self._p_details(row, column, cell, landed)
        if not meaning.told and any(value.statistic == "other" for value in landed):
            self.untold.append((parsed.form, fits, landed))
        if slots[0].statistic not in NO_ESTIMATE:
            column.estimate = landed[0].value_id
            self.in_row[column.index] = landed[0]

    def _bracket_beside(self, slots: tuple[Slot, ...], column: ColumnFacts, names: tuple[Names, ...]) -> tuple[Slot, ...]:
        """`mean (SD)` over two cells, `52.1` and `(11.7)`: what the bracket of that label is, not a second mean."""
        left = self.in_row.get(column.index - 1)
        head = next((c for c in self.layout.columns if c.index == column.index - 1), None)
        statistic = slots[0].statistic
        if left is None or head is None or head.arm_id != column.column.arm_id or left.statistic != statistic:
            return slots
        named = {name for several in names for name in several}
        if statistic in ("mean", "mean_change"):
            return (Slot(next((spread for spread in ("sd", "se") if spread in named), "other"), 0),)
        return (Slot("percent", 0),) if statistic == "count" and "percent" in named else slots

    def _missing(self, row: Row, facts: RowFacts, column: ColumnFacts, cell: Cell, reason: str) -> None:
        """A cell that says why it has no figure."""
        statistic = statistics.assign(_ONE, self._names(row, facts, column, cell, ""), column.column.role, self.kind, "whole")[0].statistic
        shared = self._shared(row, facts, column, cell)
        _, scope, arm_id, reference, *_ = shared.fields
        if reason == "dash" and scope == "contrast" and arm_id is not None and arm_id == reference:
            reason = "reference"
        text = cell.passage.words
        atom = Atom(len(text) - len(text.lstrip()), len(text.rstrip()), text.strip(), None, 0, "=", reason, 0, "", False, "", "")
        value = self._value(atom, statistic, None, 0, row, column, cell, shared)
        value.decimals, value.adjusted = None, column.adjusted
        self.values.append(value)

    def _names(self, row: Row, facts: RowFacts, column: ColumnFacts, cell: Cell, fits: str) -> tuple[Names, ...]:
        """What is named for a cell, the strongest first."""
        return table_hints.in_order(facts.names, column.names, self._between(row, column, cell, fits), self.rule, fits == "percent")

    def _between(self, row: Row, column: ColumnFacts, cell: Cell, fits: str) -> tuple[Names | None, Names | None, tuple[Names, ...]]:
        """What stands between row and column: a cell of words above, a row of headers in mid-table, notes to the cell itself."""
        if not row.continues and column.sub_head is None and not cell.passage.marks:
            return NOTHING_BETWEEN
        above = column.above if row.continues else None
        noted: tuple[Names, ...] = ()
        if cell.passage.marks and fits != "percent" and column.column.role in ("contrast", "value"):
            noted = tuple([names for names in self.context.noted((cell,)) if not COMPARING.isdisjoint(names)])
        return above, None if above else column.sub_head, noted

    def _meaning(self, row: Row, facts: RowFacts, column: ColumnFacts, cell: Cell, parsed: Parsed, fits: str) -> Meaning:
        """What a cell's figures are. Cells of one column and form under the same names are judged once."""
        between = self._between(row, column, cell, fits)
        key = (parsed.signs, fits, facts.form, between)
        meaning = column.meanings.get(key)
        if meaning is None:
            names = table_hints.in_order(facts.names, column.names, between, self.rule, fits == "percent")
            meaning = column.meanings[key] = self._judge(column, parsed, names, fits)
        return meaning

    def _judge(self, column: ColumnFacts, parsed: Parsed, names: tuple[Names, ...], fits: str) -> Meaning:
        role = column.column.role
        slots = statistics.assign(parsed, names, role, self.kind, fits)
        if (
            column.beside
            and fits != "percent"
            and slots[0].statistic in ("count", "percent", "other")
            and _are_alike(parsed, column.beside)
        ):
            slots = (Slot(column.beside, 0), Slot(column.beside, 1))
        if len(slots) == 1 or column.is_contrast:
            return Meaning(slots, True)
        meant = tuple([slot.statistic for slot in slots])
        if "other" not in meant:
            self.forms.setdefault(parsed.form, set()).add(meant)
            return Meaning(slots, True)
        if self.convention and fits != "percent":
            slots = statistics.assign(parsed, (*names, self.convention), role, self.kind, fits)
        return Meaning(slots, False)

    def _shared(self, row: Row, facts: RowFacts, column: ColumnFacts, cell: Cell) -> _Shared:
        """What all figures of a cell share."""
        head, context, path = column.column, self.context, facts.path
        if row.continues and column.headed_by[0] == row.index - 1:
            path = (*path, column.headed_by[1])  # words right above a figure without a label are its label
        scope, arm_id, reference = self.scopes.of(row, head, cell, column.above if row.continues else None)
        fields = (
            path,
            scope,
            arm_id,
            reference,
            (row.population if self.kind != "baseline" else None) or head.population or context.population,
            facts.endpoint or (column.endpoint if facts.assessed else None),
            facts.assessor,
            " > ".join(path) if self.kind == "subgroup" and path else head.subgroup,
            (column.grade or row.grade or context.grade) if self.kind == "adverse_events" else None,
            head.time or row.time or context.time,
        )
        adjusted = column.adjusted if column.adjusted is not None else facts.adjusted
        stem = f"{self.stem}r{row.index}c{column.index}:"
        return _Shared(stem, fields, _offset(cell.passage), facts.places + column.places, adjusted)

    def _value(
        self, atom: Atom, statistic: str, estimate: str | None, ordinal: int, row: Row, column: ColumnFacts, cell: Cell, shared: _Shared
    ) -> PublishedValue:
        missing, number, unit = atom.missing, atom.value, row.unit
        low: float | None
        high: float | None
        if number is None:
            low = high = None
            if missing == "nr":
                missing = "not_reached" if statistic in ("median", "ci_lower", "ci_upper", "other") else "not_reported"
        elif statistic in EXACT:
            low = high = number
            unit = "patients"
        else:
            low, high = _interval(number, atom.decimals)
            if statistic in PERCENT:
                unit = "%"
            elif statistic == "p_value":
                low, high, unit = (0.0, number, None) if atom.comparator == "<" else (low, high, None)
        if shared.offset is None:
            start, end = cell.passage.place(atom.start, atom.end)
        else:
            start, end = shared.offset + atom.start, shared.offset + atom.end
        return PublishedValue(
            f"{shared.stem}{ordinal}", "table", start, end, self.text[start:end], statistic, number, "results", self.table.table_id, row.index,
            column.index, *shared.fields, unit, estimate, None, None, shared.adjusted, atom.comparator, missing, atom.decimals, low, high,
            False, None, cell.passage.locator, shared.places,
        )  # fmt: skip

    # -- statistics that need more than names ----------------------------------------------------------------------------------------------

    def _possible(self, statistic: str, atom: Atom, row: Row, column: ColumnFacts, fits: str, slots: tuple[Slot, ...]) -> str:
        """The statistic told apart from its like (a difference of means or of percentages, a Kaplan-Meier percentage); `other` where the
        number can't be one: half a patient, a ratio below zero, a p value above one."""
        value = atom.value
        if statistic in EXACT:
            return statistic if value is None or value >= 0 and value == int(value) else "other"
        if statistic == "mean_difference":
            return table_words.difference(row.path[-1] if row.path else "", column.text)
        if statistic == "percent":
            return "km_percent" if fits != "percent" and self._is_km(row, column, slots) else statistic
        if value is None:
            return statistic
        if statistic in RATIOS:
            return statistic if value >= 0 else "other"
        return "other" if statistic == "p_value" and not 0 <= value <= 1 else statistic

    def _is_km(self, row: Row, column: ColumnFacts, slots: tuple[Slot, ...]) -> bool:
        """Whether percentages are Kaplan-Meier estimates: the table says so, or row or headers tell who is free of an event at a time."""
        if self.context.kaplan_meier and self.kind != "baseline":
            return True
        if self.kind not in WITH_ENDPOINTS or any(slot.statistic in COUNTED for slot in slots):
            return False
        headed = (column.headed or "").endswith("survival") and AT_TIME.match(column.column.time or "") is not None
        return headed or any(map(table_words.is_free_at, row.path))

    def _reset_n(self, row: Row, column: ColumnFacts, cell: Cell, atom: Atom) -> None:
        """A row that counts patients gives the denominator of what follows; one that differs from its column's header is remarked."""
        if atom.value is None:
            return
        n = column.column.n
        if n is not None and atom.value != n:
            start, end = cell.passage.place(atom.start, atom.end)
            told = f"{atom.text} in row {row.index}, {n} in the header"
            value_id = f"{self.stem}r{row.index}c{column.index}:0"
            self.observations.append(
                Observation("header_denominator", start, end, self.table.table_id, (value_id,), column.column.arm_id, told)
            )
        column.n = int(atom.value)

    # -- what belongs together -------------------------------------------------------------------------------------------------------------

    def _estimate_of(self, statistic: str, column: ColumnFacts, landed: list[PublishedValue]) -> str | None:
        """The estimate of a figure that its own cell gives none: that of the cell's first figure, in the row to the left, or above."""
        if landed:
            return landed[0].estimate_id if statistic in DEPENDENT else None
        return self._beside(column.column, statistic) or (column.estimate if statistic in DEPENDENT else None)

    def _beside(self, column: Column, statistic: str) -> str | None:
        """The estimate in the same row to which a column of limits, percentages or p values belongs: the nearest to the left of its arm or contrast."""
        for index in range(column.index - 1, -1, -1):
            left = self.in_row.get(index)
            if left is None:
                continue
            if statistic == "p_value":
                if left.scope != "contrast":
                    return None
            elif index < column.index - (3 if statistic in LIMITS else 2) or not _goes_with(statistic, left.statistic):
                return None
            other = next(c for c in self.layout.columns if c.index == index)
            if statistic != "p_value" and (other.arm_id != column.arm_id or other.role != column.role):
                return None
            left.estimate_id = left.value_id
            return left.value_id
        return None

    def _p_details(self, row: Row, column: ColumnFacts, cell: Cell, landed: list[PublishedValue]) -> None:
        """Sides and test of p values: from the cell's own marks, one a number, else from header and notes."""
        said = self.context.said_by_note
        marked = [said(mark.symbol) for mark in cell.passage.marks] if self.context.notes else []
        if not marked or len(marked) < len(landed):
            cells = (*column.column.cells, *row.cells[-1:]) if self.context.notes else ()
            around = [said(mark.symbol) for c in cells for mark in c.passage.marks]
            marked = [" ".join((column.text, *marked, *around))] * len(landed)
        for value, text in zip(landed, marked, strict=False):
            if value.statistic == "p_value":
                value.sides, value.method = table_words.sides(text), table_words.method(text)

    def _by_form(self) -> None:
        """Figures that nothing accounts for are what all the table's other figures of their form are, where these agree."""
        for form, fits, landed in self.untold:
            known = self.forms.get(form, set())
            if landed[0].decimals:
                known = {meant for meant in known if meant[0] not in EXACT}
            if len(known) != 1:
                continue
            meant = next(iter(known))
            if (fits == "percent") != (meant[0] in ("count", "n_events")):
                continue
            if any(
                statistic in EXACT and value.decimals or statistic in PERCENT and (value.value or 0) > 100
                for value, statistic in zip(landed, meant, strict=True)
            ):
                continue
            for value, statistic in zip(landed, meant, strict=True):
                value.statistic = statistic
                value.note = "as the table's other figures of this form"
                value.estimate_id = landed[0].value_id
                value.unit = "%" if statistic in PERCENT else value.unit

    def _changes(self, rows: list[Row]) -> None:
        """Means of a table of changes are mean changes where many lie below zero and no row or column tells of a state before."""
        if not CHANGES.search(self.table.caption.label):
            return
        means = [value for value in self.values if value.statistic == "mean" and value.value is not None and value.scope != "contrast"]
        if len(means) < 4 or 3 * sum((value.value or 0) < 0 for value in means) < len(means):
            return
        if any(map(BELOW_ZERO.search, (*(column.text for column in self.columns), *(label for row in rows for label in row.path)))):
            return
        for value in means:
            value.statistic, value.note = "mean_change", "a caption of changes, means below zero"


def _are_alike(parsed: Parsed, statistic: str) -> bool:
    """Whether a cell is one figure and a second in brackets that may both be the same statistic."""
    signs = parsed.signs
    two = len(signs) == 2 and signs[1].group > 0 and not signs[1].link
    return two and (statistic != "count" or signs[0].whole and signs[1].whole)


def _offset(passage: Passage) -> int | None:
    """What to add to a place in an unbroken passage for that in the article."""
    pieces = passage.pieces
    return pieces[0].start if len(pieces) == 1 and pieces[0].offset == 0 and pieces[0].length >= len(passage.text) else None


def _goes_with(statistic: str, left: str) -> bool:
    """Whether a column of this statistic can belong to the estimate in the column to its left."""
    if statistic in PERCENT:
        return left in ("count", "n_events")
    return left not in ("count", "n_events", "n", "denominator", "other")


def _fits(atoms: tuple[Atom, ...], n: int | None) -> str:
    """What arithmetic with N says of the first two numbers: which is a count of N, which its percentage."""
    first = atoms[0]
    if len(atoms) == 1:
        return "whole" if n and first.value is not None and first.decimals == 0 and 0 <= first.value <= n else ""
    second = atoms[1]
    if first.value is None or second.value is None:
        return ""
    if len(atoms) > 2 and all(atom.link == "/" for atom in atoms[1:]):
        return "both" if n and sum(atom.value or 0 for atom in atoms) == n else ""
    if second.link == "/":
        if n and first.value + second.value == n:
            return "both"
        if n and second.value == n:
            return "over_n"
        return "over" if first.value <= second.value and not (n and second.value > n) else "no"
    if second.link or not n:
        return ""
    for part, share, name in ((first, second, "percent"), (second, first, "count")):
        if part.decimals == 0 and 0 <= part.value <= n and abs(100 * part.value / n - share.value) <= 0.5 * 10.0**-share.decimals + 0.55:  # type: ignore[operator]
            return name
    return "no"
