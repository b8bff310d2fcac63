"""An article as every reader makes it and every extractor takes it.

Belongs here: what a page holds (passages, tables, notes) and where each character stands. Does not: how a format is read
(trialmart/reading) and what a figure means (trialmart/extraction).

One rule carries the lineage: `Article.text` is the canonical text, and every passage knows which of its characters stand where in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Piece(NamedTuple):
    """A run of a passage's characters that stands unbroken in the article's text."""

    offset: int  # in Passage.text
    start: int  # in Article.text
    length: int


class Mark(NamedTuple):
    """Characters of a passage that are a footnote or reference mark, not part of its words."""

    start: int  # in Passage.text
    end: int
    kind: str  # note: points to a table footnote; reference: points to the bibliography; unknown
    symbol: str  # the mark without brackets or carets: †, a, **, 12


@dataclass(slots=True)
class Passage:
    """Text that is read as one: a paragraph, a cell, a caption, a footnote.

    `pieces` has one entry for an unbroken passage, more for one that the page cuts in two. Between pieces stand glue characters
    (a space) that are nowhere in the article's text.
    """

    text: str
    pieces: tuple[Piece, ...]
    marks: tuple[Mark, ...] = ()
    locator: str | None = None  # XPath for XML and HTML
    _label: str = field(default="", init=False, repr=False, compare=False)
    _labelled: tuple[Mark, ...] | None = field(default=None, init=False, repr=False, compare=False)  # the marks that _label goes without

    @property
    def words(self) -> str:
        """The text with every mark blanked by spaces of the same length: offsets stay, digits of marks can't be read as figures."""
        if not self.marks:
            return self.text
        text = self.text
        for mark in self.marks:
            text = text[: mark.start] + " " * (mark.end - mark.start) + text[mark.end :]
        return text

    @property
    def label(self) -> str:
        """The words with white space collapsed: how a row label or a header is compared and shown."""
        if self._labelled is not self.marks:  # asked for many times a cell
            self._label = " ".join(self.words.split())
            self._labelled = self.marks
        return self._label

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the article's text of the passage's characters [start, end): one contiguous range that contains them."""
        if len(self.pieces) == 1:
            offset, begin, length = self.pieces[0]
            if offset == 0 and end <= length:
                return begin + start, begin + end
        first = last = None
        for piece in self.pieces:
            if first is None and start < piece.offset + piece.length:
                first = piece.start + max(start - piece.offset, 0)
            if end > piece.offset:
                last = piece.start + min(end - piece.offset, piece.length)
        if first is None or last is None:
            raise ValueError(f"[{start}, {end}) is outside the passage")
        return first, last


EMPTY = Passage("", ())


@dataclass(slots=True)
class Paragraph:
    """A paragraph of prose and the part of the article that it stands in."""

    passage: Passage
    section: str  # title, abstract, introduction, methods, results, discussion, notes, other
    heading: str = ""  # the nearest heading above it, as printed


@dataclass(slots=True)
class Cell:
    """A table cell. A cell that spans rows or columns is one object that stands at each of its grid positions."""

    passage: Passage
    row: int  # its top left position in the spread grid
    column: int
    row_span: int = 1
    column_span: int = 1
    is_header: bool = False  # marked up as header (th, thead)
    indent: int = 0  # levels of indentation as set on the page; 0 where the format does not tell
    emphasis: str = ""  # bold or italic where the cell begins so

    @property
    def text(self) -> str:
        return self.passage.text

    @property
    def label(self) -> str:
        passage = self.passage
        return passage._label if passage._labelled is passage.marks else passage.label


@dataclass(slots=True)
class Note:
    """A table footnote: its mark (None for a general note) and its words."""

    symbol: str | None
    passage: Passage


@dataclass(slots=True)
class Table:
    """A table as a spread grid. `grid[r][c]` is a Cell; every row has the same length.

    A table that could not be read has an empty grid and says why in `message`.
    """

    table_id: str
    label: str  # as printed: "Table 2"
    caption: Passage
    grid: list[list[Cell]]
    n_header_rows: int | None = None  # as marked up; None where the format does not tell
    notes: list[Note] = field(default_factory=list)
    locator: str | None = None
    message: str | None = None  # why the grid is missing or incomplete

    @property
    def n_rows(self) -> int:
        return len(self.grid)

    @property
    def n_columns(self) -> int:
        return len(self.grid[0]) if self.grid else 0


@dataclass(slots=True)
class Metadata:
    """What the article says about itself. None where it does not."""

    title: str | None = None
    journal: str | None = None
    year: int | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    nct_id: str | None = None


@dataclass(slots=True)
class Article:
    """One publication: its canonical text and everything read from it."""

    article_id: str
    source_path: str
    format: str  # text, markdown, jats, html
    sha256: str  # of the source's bytes
    text: str
    metadata: Metadata = field(default_factory=Metadata)
    paragraphs: list[Paragraph] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)

    def quote(self, start: int, end: int) -> str:
        return self.text[start:end]


class Unreadable(ValueError):
    """The source is no article that can be read. The message is one line for a person."""
