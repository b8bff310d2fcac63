"""What is true of a whole table: how its caption and notes say that figures are set, its grade, time, population, and its notes by mark.

Belongs here: captions, notes and marks. Does not: rows, columns and cells, beyond the marks that they carry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from trialmart.document import Article, Cell, Note, Table
from trialmart.extraction import table_words
from trialmart.extraction.headers import Layout
from trialmart.extraction.labels import (
    NOTHING,
    Features,
    centre_and_spread,
    convention_of,
    features,
    format_features,
    grade_of,
    sole_population,
    timepoint_in,
)
from trialmart.extraction.rows import is_statistic_label
from trialmart.extraction.values import Observation

Names = tuple[str, ...]
CI_BRACKETED = re.compile(
    r"\bconfidence (?:intervals?|limits?)\b[^.;]{0,20}\b(?:in|within|between) (?:parenthes[ei]s|brackets)", re.IGNORECASE
)
BRACKETED = re.compile(r"[(\[]([^()\[\]]{1,40}(?:\([^()]*\))?)[)\]]")
CENTRE = re.compile(r"(?:mean|median)s?\b", re.IGNORECASE)
SEVERAL = re.compile(r"[\s,]+")
PARENTHESES = re.compile(r"\b(?:in|within|between) (?:parenthes[ei]s|brackets)\b", re.IGNORECASE)


@dataclass(slots=True)
class Context:
    """What is true of a whole table."""

    rule: Features = NOTHING
    exception: Features = NOTHING
    convention: Names = ()  # what its caption says that two figures in a cell are
    grade: str | None = None
    time: str | None = None
    population: str | None = None
    assessor: str | None = None
    kaplan_meier: bool = False  # its percentages are Kaplan-Meier estimates
    notes: dict[str, list[Note]] = field(default_factory=dict)  # by mark

    def noted(self, cells: Iterable[Cell]) -> tuple[Names, ...]:
        """What the notes say of figures to which these cells' marks point."""
        if not self.notes:
            return ()
        notes = [note for cell in cells for mark in cell.passage.marks for note in self.notes.get(mark.symbol, ())]
        return tuple([named for note in notes if (named := _note_features(note.passage.words))])

    def said_by_note(self, symbol: str) -> str:
        return " ".join([note.passage.words for note in self.notes.get(symbol, ())])

    def noted_grade(self, cells: Iterable[Cell]) -> str | None:
        """The grade that a note to these cells tells."""
        if not self.notes:
            return None
        notes = (note for cell in cells for mark in cell.passage.marks for note in self.notes.get(mark.symbol, ()))
        return next((grade for note in notes if (grade := grade_of(note.passage.words))), None)


def context_of(layout: Layout) -> Context:
    """What caption, notes and the label column's header say of all figures."""
    table, context = layout.table, Context()
    caption = table.caption.label
    general: list[str] = []
    for note in table.notes:
        if note.symbol:
            context.notes.setdefault(note.symbol, []).append(note)
        else:
            general.append(note.passage.words)
    if context.notes:
        in_caption = {mark.symbol for mark in table.caption.marks}
        in_cells = {mark.symbol for row in table.grid for cell in row if cell.passage.marks for mark in cell.passage.marks}
        for symbol, notes in context.notes.items():
            if symbol in in_caption or symbol not in in_cells:
                general.extend(note.passage.words for note in notes)
    rule, exception = _rule(caption, tuple(general))
    context.rule, context.exception = rule if rule.named else _label_rule(layout), exception
    context.convention = centre_and_spread(features(caption).named) or _label_convention(layout)
    context.kaplan_meier = any(map(table_words.tells_km_rates, (caption, *general)))
    context.grade, context.time, context.population = grade_of(caption), timepoint_in(caption), sole_population(caption)
    context.assessor = table_words.assessor(caption)
    return context


def _label_rule(layout: Layout) -> Features:
    """The format of figures that the label column's header tells: `Characteristic, n (%)`."""
    if not layout.n_head or 0 not in layout.label_columns:
        return NOTHING
    named = features(layout.table.grid[layout.n_head - 1][0].label).named
    is_format = "percent" in named and {"count", "percent", "mean", "sd", "median", "iqr", "range"}.issuperset(named)
    return Features(named) if is_format else NOTHING


def convention(article: Article) -> Names:
    """How the article says that it gives all its figures; nothing where it says so twice and differently."""
    said = [found for p in article.paragraphs if p.section in ("methods", "results") and (found := convention_of(p.passage.text).named)]
    return said[0] if said and all(set(other) == set(said[0]) for other in said) else ()


def _label_convention(layout: Layout) -> Names:
    """What the label column's header says that two figures in a cell are: `Change from baseline, mean (SE)`."""
    if not layout.n_head or 0 not in layout.label_columns:
        return ()
    named = features(layout.table.grid[layout.n_head - 1][0].label).named
    return named if centre_and_spread(named) else ()


@lru_cache(maxsize=5_000)
def _rule(caption: str, notes: tuple[str, ...]) -> tuple[Features, Features]:
    """How a table's figures are set, from its caption and its notes without mark."""
    rule: list[str] = []
    exception: list[str] = []
    for text in (caption, *notes):
        named, other = format_features(text)
        rule.extend(name for name in named.named if name not in rule)
        exception.extend(name for name in other.named if name not in exception)
    for found in BRACKETED.finditer(caption):
        rule.extend(name for name in features(found.group(1)).named if name not in rule and name not in ("pvalue", "ci"))
    if "ci" not in rule and any("onfidence" in text.lower() and CI_BRACKETED.search(text) for text in (caption, *notes)):
        rule.append("ci")
    ratios = [name for name in features(caption).named if name in ("hr", "or", "rr")]
    if ratios and re.search(r"hazard|odds|relative|risk ratio|rate ratio", caption, re.IGNORECASE):
        rule.extend((*ratios, "ci"))
    if CENTRE.match(caption):
        rule.extend(name for name in features(caption[:60]).named if name not in rule)
    return Features(tuple(rule)), Features(tuple(exception))


@lru_cache(maxsize=5_000)
def _note_features(text: str) -> tuple[str, ...]:
    """What a marked note says of the figures beside its mark: a short note that names a statistic, or a sentence on format."""
    named = tuple(name for name in format_features(text)[0].named if name != "pvalue")
    if named:
        return named
    if len(text) < 90 and PARENTHESES.search(text):
        return tuple(name for name in features(text).named if name not in ("pvalue", "diff"))
    return tuple(name for name in features(text).named if name != "pvalue") if len(text) < 60 and is_statistic_label(text) else ()


def unmatched_marks(table: Table, context: Context) -> list[Observation]:
    """Marks without a note, and notes without a mark."""
    if not table.notes:
        return []
    found: list[Observation] = []
    used: set[str] = set()
    seen: set[int] = set()
    cells = [cell for row in table.grid for cell in row if cell.passage.marks]
    for passage in [table.caption, *(cell.passage for cell in cells)]:
        if id(passage) in seen:
            continue
        seen.add(id(passage))
        for mark in passage.marks:
            if mark.kind == "reference":
                continue
            symbols = {mark.symbol, *SEVERAL.split(mark.symbol)}
            used |= symbols
            if mark.kind == "note" and not any(symbol in context.notes for symbol in symbols):
                start, end = passage.place(mark.start, mark.end)
                found.append(Observation("mark_without_note", start, end, table.table_id, detail=mark.symbol))
    for symbol, notes in context.notes.items():
        if symbol not in used:
            start, end = notes[0].passage.place(0, min(len(notes[0].passage.text), 80))
            found.append(Observation("note_without_mark", start, end, table.table_id, detail=symbol))
    return found
