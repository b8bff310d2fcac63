"""What extraction yields: published values with their places, arms, tables, and observations on the text.

Belongs here: the records. Does not: how they are found, nor which words their fields may hold (schemas/vocabulary.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Place(NamedTuple):
    """A place in the article that gave a value its meaning. Offsets are into `Article.text`."""

    role: str  # context, row_label, column_header, footnote; the value's own place is in the value
    start: int
    end: int
    row_index: int | None = None  # where the place is a cell
    column_index: int | None = None


@dataclass(slots=True)
class PublishedValue:
    """One printed number, or the word that stands in its place. Field by field as in evidence.published_value.

    What the text does not tell stays None. `start` and `end` are the offsets in `Article.text` of `printed`, and of nothing else.
    """

    value_id: str
    source_kind: str  # table, prose, footnote
    start: int
    end: int
    printed: str
    statistic: str
    value: float | None
    section: str | None = None
    table_id: str | None = None
    row_index: int | None = None
    column_index: int | None = None
    row_path: tuple[str, ...] = ()
    scope: str = "trial"
    arm_id: str | None = None
    reference_arm_id: str | None = None
    population: str | None = None
    endpoint: str | None = None
    assessor: str | None = None
    subgroup: str | None = None
    grade: str | None = None
    timepoint: str | None = None
    unit: str | None = None
    estimate_id: str | None = None
    method: str | None = None
    sides: int | None = None
    adjusted: bool | None = None
    comparator: str | None = "="
    missing_reason: str | None = None
    decimals: int | None = None
    value_low: float | None = None
    value_high: float | None = None
    is_assumption: bool = False
    note: str | None = None  # how a field was resolved where the text alone does not tell
    locator: str | None = None
    places: tuple[Place, ...] = ()


@dataclass(slots=True)
class Arm:
    """A treatment arm, one identity across the article."""

    arm_id: str  # from its label: lower case, words joined by "_"
    label: str  # as its first table or the randomization sentence prints it
    aliases: tuple[str, ...] = ()  # every other wording that names it
    role: str = "unknown"
    members: tuple[str, ...] = ()  # arm_ids of a pooled arm or factorial margin
    n_randomized: int | None = None
    start: int | None = None  # where it is named first
    end: int | None = None


@dataclass(slots=True)
class TableRecord:
    """A table of the article, read or not: a row of evidence.article_table."""

    table_id: str
    label: str
    caption: str
    kind: str = "other"
    n_rows: int = 0
    n_columns: int = 0
    n_header_rows: int = 0
    status: str = "extracted"
    message: str | None = None


@dataclass(slots=True)
class Observation:
    """Something about the text itself that a later check needs and no single value holds: a row of evidence.text_observation."""

    kind: str  # mark_without_note, note_without_mark, unknown_arm, claim, header_denominator
    start: int
    end: int
    table_id: str | None = None
    value_ids: tuple[str, ...] = ()
    arm_id: str | None = None
    detail: str | None = None  # what was seen, in words or as JSON


@dataclass(slots=True)
class Extraction:
    """Everything that one article yields."""

    arms: list[Arm] = field(default_factory=list)
    tables: list[TableRecord] = field(default_factory=list)
    values: list[PublishedValue] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)  # why the article is partial
