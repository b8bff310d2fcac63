"""What a row tells of all its figures, and a column of all of its.

Belongs here: bringing together, once a row and once a column, what labels, headers and their notes say. Does not: single cells
(table_values), whose figures are (table_scopes).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from trialmart.document import Cell
from trialmart.extraction import table_words, vocabulary
from trialmart.extraction.headers import Column, Layout
from trialmart.extraction.rows import N_ROW, Row, is_statistic_label
from trialmart.extraction.statistics import Slot
from trialmart.extraction.table_columns import head_endpoints
from trialmart.extraction.table_context import Context, Names
from trialmart.extraction.table_scopes import Scopes
from trialmart.extraction.values import Place

TEST_STATISTIC = re.compile(
    r"(?:(?:paired|unpaired|student'?s?)\s)?(?:[tFZUHW]|[χx]|chi)(?:[\s-]*(?:\^?2|²|squared?))?(?:[\s-]*(?:test|values?|statistics?|score))?"
    r"(?:\s?(?:or|/)\s?(?:[tFZUHW]|[χx]\s?\^?[2²]))?|test\sstatistics?|wald\b.*|effect\ssizes?\b.*|(?:cohen|hedge)\b.*|η.*",
    re.IGNORECASE,
)
WITH_ENDPOINTS = frozenset(("efficacy", "survival", "subgroup"))  # kinds of tables


@dataclass(slots=True)
class Meaning:
    """What the figures of cells of one form are, in a column and under one set of names."""

    slots: tuple[Slot, ...]
    told: bool  # all are accounted for


@dataclass(slots=True)
class RowFacts:
    """What a row tells of all its figures, worked out once a row."""

    path: tuple[str, ...]
    names: tuple[Names, tuple[Names, ...], tuple[Names, ...], bool]  # own, parents', notes', two groups side by side
    form: int  # the same for all rows of these names
    places: tuple[Place, ...]
    adjusted: bool | None
    endpoint: str | None
    assessed: bool  # False where the row counts who was not assessed: the endpoint of caption and headers is not its own
    assessor: str | None
    is_n: bool  # it counts patients


@dataclass(slots=True)
class ColumnFacts:
    """What a column tells of all its figures, and where the walk down it stands."""

    column: Column
    index: int
    is_contrast: bool
    names: tuple[tuple[Names, ...], tuple[Names, ...], bool]  # headers', notes', compares
    places: tuple[Place, ...]
    adjusted: bool | None
    grade: str | None
    endpoint: str | None  # of a figure whose row names none: its headers', else the caption's
    headed: str | None  # the endpoint that its headers name
    text: str
    beside: str | None  # count or percent: headed by that alone, beside a column of the same arm headed by the other alone
    n: int | None  # patients under whom the figures stand now
    above: Names | None = None  # statistics that a cell of words names for the figures below it
    headed_by: tuple[int, str] = (-1, "")  # row and words of that cell
    sub_head: Names | None = None  # what a row of headers in mid-table names
    estimate: str | None = None  # the value that limits in a row of their own belong to
    meanings: dict[object, Meaning] = field(default_factory=dict)


class Facts:
    """What a table's columns tell, and each row when it is asked for."""

    def __init__(self, layout: Layout, kind: str, context: Context, scopes: Scopes, response_rates: set[int]) -> None:
        self.layout, self.kind, self.context, self.scopes, self.response_rates = layout, kind, context, scopes, response_rates
        self.places: dict[int, Place] = {}  # by id of a cell
        self.forms: dict[object, int] = {}  # of rows, by what they name
        self.columns = self._columns()

    def _columns(self) -> list[ColumnFacts]:
        endpoints: dict[int, str | None] = {}
        of_caption = None
        if self.kind in WITH_ENDPOINTS:
            endpoints, of_caption = head_endpoints(self.layout), vocabulary.known_endpoint(self.layout.table.caption.label)
        found = []
        for column in self.layout.columns:
            text = " ".join([part.text for part in column.parts])
            is_contrast = column.role in ("p", "contrast")
            heads = tuple([f.named for f in column.chain])
            if column.role == "p":  # whatever spans it and the columns of the arms
                heads = (("pvalue",), *heads)
            elif column.role == "contrast" and any(TEST_STATISTIC.fullmatch(part.text) for part in column.parts):
                heads = (("test",),)
            if not heads and column.role == "arm" and self._before_percent(column):
                heads = (("count",),)  # `Responders` beside `%`
            names = (heads, self.context.noted(column.cells), is_contrast)
            places = tuple([self._place("column_header", cell) for cell in column.cells])
            grade = column.grade or self.context.noted_grade(column.cells)
            endpoint = endpoints.get(column.index, of_caption)
            adjusted = table_words.adjusted(text)
            found.append(
                ColumnFacts(
                    column,
                    column.index,
                    is_contrast,
                    names,
                    places,
                    adjusted,
                    grade,
                    endpoint,
                    endpoints.get(column.index),
                    text,
                    self._beside(column),
                    column.n,
                )
            )
        return found

    def _beside(self, column: Column) -> str | None:
        """What both of two figures in a cell are where counts and percentages have a column each: `2 (1)` beside `4.3 (2.2)`."""
        own = column.chain[0].named if column.chain else ()
        for shift, this, other in ((1, "count", "percent"), (-1, "percent", "count")):
            near = next((c for c in self.layout.columns if c.index == column.index + shift), None)
            if own == (this,) and near is not None and near.chain and near.chain[0].named == (other,) and near.arm_id == column.arm_id:
                return this
        return None

    def _before_percent(self, column: Column) -> bool:
        """Whether the column to the right is headed by a percent sign alone, under the same arm."""
        after = next((c for c in self.layout.columns if c.index == column.index + 1), None)
        return after is not None and [f.named for f in after.chain] == [("percent",)] and after.arm_id == column.arm_id

    def _place(self, role: str, cell: Cell) -> Place:
        place = self.places.get(id(cell))
        if place is None:
            place = self.places[id(cell)] = Place(role, *cell.passage.place(0, len(cell.passage.text)), cell.row, cell.column)
        return place

    def of_row(self, row: Row) -> RowFacts:
        path, chain = row.path, row.chain
        own = path[-1] if path else ""
        endpoint, assessor = None, None
        if self.kind in WITH_ENDPOINTS:
            endpoint = (
                "objective response" if row.index in self.response_rates else table_words.endpoint(path, bool(chain) and "sd" in chain[0])
            )
            assessor = table_words.first_assessor(path) or self.context.assessor
        named = chain[0].named if chain else ()
        if "mean" in named and len(chain) > 1 and "change" in chain[1] and "change" not in named and is_statistic_label(own):
            named = ("change", *named)  # `Mean (SD)` under `Change from baseline`
        names = (
            named,
            tuple([f.named for f in chain[1:] if f.named]),
            self.context.noted(row.cells[-1:]) or self.context.noted(row.cells[-2:-1]),  # its own note, else its heading's
            table_words.is_side_by_side(own),
        )
        places = tuple([self._place("row_label", cell) for cell in row.cells])
        assessed = not table_words.NOT_ASSESSED.match(own)
        is_n = row.is_n or N_ROW.fullmatch(own) is not None
        form = self.forms.setdefault(names, len(self.forms))
        return RowFacts(self.scopes.path(row), names, form, places, table_words.adjusted(own), endpoint, assessed, assessor, is_n)
