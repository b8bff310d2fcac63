"""Passages over a text that has its offsets, and a text that grows while a tree is read.

Belongs here: what every reader needs to keep `text[piece] == passage[piece]` true. Does not: any format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from trialmart.document import EMPTY, Mark, Passage, Piece

# a range of the article's text, or characters that stand nowhere in it and only keep words apart
Segment = tuple[int, int] | str

#: A piece from (offset, start, length). Piece(...) does the same in a frame of Python: twice the time, for every cell.
new_piece: Callable[[tuple[int, int, int]], Piece] = partial(tuple.__new__, Piece)


def compose(text: str, segments: Iterable[Segment], marks: Iterable[Mark] = (), locator: str | None = None) -> Passage:
    """A passage made of ranges of `text` and of glue. Ranges that touch become one piece."""
    segments = list(segments)
    if len(segments) == 1 and not isinstance(segments[0], str) and segments[0][0] < segments[0][1]:
        start, end = segments[0]
        return Passage(text[start:end], (Piece(0, start, end - start),), tuple(marks), locator)
    parts: list[str] = []
    pieces: list[Piece] = []
    offset = 0
    for segment in segments:
        if isinstance(segment, str):
            parts.append(segment)
            offset += len(segment)
            continue
        start, end = segment
        if end <= start:
            continue
        last = pieces[-1] if pieces else None
        if last and last.start + last.length == start and last.offset + last.length == offset:
            pieces[-1] = Piece(last.offset, last.start, last.length + end - start)
        else:
            pieces.append(Piece(offset, start, end - start))
        parts.append(text[start:end])
        offset += end - start
    if not pieces:
        return EMPTY if locator is None else Passage("", (), (), locator)
    return Passage("".join(parts), tuple(pieces), tuple(marks), locator)


def part(passage: Passage, start: int, end: int) -> Passage:
    """The passage's characters [start, end)."""
    pieces = []
    for offset, at, size in passage.pieces:
        first, last = max(offset, start), min(offset + size, end)
        if first < last:
            pieces.append(Piece(first - start, at + first - offset, last - first))
    marks = tuple(Mark(m.start - start, m.end - start, m.kind, m.symbol) for m in passage.marks if start <= m.start and m.end <= end)
    return Passage(passage.text[start:end], tuple(pieces), marks, passage.locator)


def without_start(passage: Passage, length: int) -> Passage:
    """The passage without its first `length` characters: a note without its mark, a caption without its label."""
    return part(passage, length, len(passage.text))


def joined(first: Passage, second: Passage) -> Passage:
    """Two passages read as one, with a space between."""
    shift = len(first.text) + 1
    pieces = tuple(Piece(offset + shift, start, length) for offset, start, length in second.pieces)
    marks = tuple(Mark(m.start + shift, m.end + shift, m.kind, m.symbol) for m in second.marks)
    return Passage(f"{first.text} {second.text}", first.pieces + pieces, first.marks + marks, first.locator)
