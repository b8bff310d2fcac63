"""Plain text as people copy it from a page: tab-separated tables, page noise, lines that break or do not.

Belongs here: telling rows, headings, labels, paragraphs and noise apart by how they are set. Does not: which caption or note belongs to
which table (page). Offsets index into the decoded text, which is never changed.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from trialmart.document import EMPTY, Article, Cell, Passage, Piece
from trialmart.reading.canonical import Segment, compose
from trialmart.reading.front_matter import read_metadata
from trialmart.reading.lost_spans import place_headers
from trialmart.reading.marks import SYMBOLS, find_marks
from trialmart.reading.page import (
    BUTTON,
    CUT_OFF,
    LABEL,
    SENTENCE_END,
    Block,
    Page,
    has_note_mark,
    is_label,
    is_note,
    label_kind,
    raise_if_cut_off,
    spread_header,
    with_marks,
)
from trialmart.reading.recognise import decode
from trialmart.reading.sections import looks_like_heading, section_of

LINK = re.compile(r"\[([^\[\]\n]*)\](\((?:#[^\s()]*|(?:https?|mailto|doi):[^\s()]*|/[^\s()]*)?\))")
BARRED = re.compile(r"\|.*\|.*\|")
RULE = re.compile(r"\|(?:\s*:?-+:?\s*\|)+")
SPACES = " \u00a0\u2009\u200b\ufeff"


@dataclass(slots=True)
class Line:
    """A line that holds something, without the spaces around it, and without a banner that ran into it."""

    start: int
    end: int
    text: str
    after_blank: bool = False
    sep: str = ""  # what parts the cells that the line may hold: a tab, or a bar where bars stand at both ends
    is_row: bool = False
    words: str = ""  # of a line without cells: lower case, without links, to tell banners

    def cells(self) -> Iterator[tuple[int, str]]:
        """The contents between the separators, with where they begin in the article's text."""
        text = self.text[1:-1] if self.sep == "|" else self.text
        start = self.start + (self.sep == "|")
        for content in text.split(self.sep):
            yield start, content
            start += len(content) + 1


def read_plain_text(data: bytes, source_path: str, article_id: str) -> Article:
    """Read a plain text file. Raises Unreadable where it holds no text."""
    text = decode(data)
    lines = _without_banners(_lines(text))
    _find_rows(lines)
    article = Article(article_id, source_path, "text", hashlib.sha256(data).hexdigest(), text)
    blocks = list(_blocks(text, lines))
    article.tables, article.paragraphs = Page(blocks).read()
    raise_if_cut_off(article.tables, blocks, text)
    article.metadata = read_metadata(article)
    return article


# -- lines ---------------------------------------------------------------------------------------------------------------------------


def _lines(text: str) -> list[Line]:
    lines: list[Line] = []
    end, blank = 0, True
    for found in re.finditer(r"[^\r\n\f\v]+", text):
        raw, start = found.group(), found.start()
        blank = blank or text[end:start] not in ("\n", "\r\n", "\r")
        end = found.end()
        words = raw.strip()
        if not words and not ("\t" in raw and lines and not blank and lines[-1].sep == "\t"):
            blank = True
            continue
        if RULE.fullmatch(words) and lines and not blank and lines[-1].sep == "|":
            continue  # the dashes under a header
        # the tabs of a row's empty cells are part of it, the spaces around a line are not
        if len(words) != len(raw):
            left = len(raw) - len(raw.lstrip(SPACES))
            words = raw.strip(SPACES)
            start += left
        sep = "\t" if "\t" in words else "|" if BARRED.fullmatch(words) else ""
        lines.append(Line(start, start + len(words), words, blank, sep))
        blank = False
    return lines


def _plain(text: str) -> str:
    if "](" in text:
        text = LINK.sub(r"\1", text)
    return " ".join(text.replace("*", "").lower().split())


def _banners(lines: list[Line]) -> set[str]:
    """Lines that the page repeats three times or more: its own words, not the article's. Table rows repeat by right."""
    # the last line of a wrapped paragraph may repeat too: that one begins inside a sentence, or right below another line
    prose = [line for line in lines if not line.sep]
    for line in prose:
        line.words = _plain(line.text)
    counts = Counter(line.words for line in prose if not line.text[0].islower())
    alone = Counter(line.words for line in prose if line.after_blank)
    # the same footnote stands under several tables
    above = zip(lines, lines[1:], strict=False)
    notes = {line.words for before, line in above if before.sep and not line.sep and is_note(line.text)}
    repeated = [text for text, count in counts.items() if count >= 2 and len(text) >= 12 and " " in text]
    if not repeated:
        return set()
    page = " ".join(counts)
    banners = set()
    for text in repeated:
        # one that also ran into other lines counts there too
        within = page.count(text) - 1 if len(text) >= 20 and alone[text] >= 2 else 0
        times = counts[text] + within
        if times >= 3 and text not in notes and not LABEL.match(text) and section_of(text) is None:
            banners.add(text)
    return banners


def _without_banners(lines: list[Line]) -> list[Line]:
    banners = _banners(lines)
    if not banners:
        return lines
    # only a long one is told from the article's own words inside a line
    distinct = sorted((banner for banner in banners if len(banner) >= 20), key=len, reverse=True)
    inner = re.compile(rf"\s*[{SYMBOLS}*•·|]*\s*(?:" + "|".join(map(_loose, distinct)) + ")")
    openers = {" ".join(banner.split()[:2]) for banner in distinct}
    kept = []
    blank = False
    for line in lines:
        lowered = line.text.lower()
        if not line.sep and line.words in banners:
            blank = True
            continue
        line.after_blank |= blank
        blank = False
        found = inner.search(lowered) if any(opener in lowered for opener in openers) and not line.sep else None
        if found and len(line.text.lower()) == len(line.text):
            around = _around(line, found.start(), found.end())
            kept += around
            blank = not around
            continue
        kept.append(line)
    return kept


def _around(line: Line, start: int, end: int) -> list[Line]:
    """What stands before and behind a banner in a line; the part behind goes on with the one before."""
    head, tail = line.text[:start].rstrip(), line.text[end:]
    parts = [Line(line.start, line.start + len(head), head, line.after_blank)] if head else []
    if tail.strip():
        begin = line.start + end + len(tail) - len(tail.lstrip())
        parts.append(Line(begin, begin + len(tail.strip()), tail.strip(), line.after_blank and not head))
    return parts


def _loose(banner: str) -> str:
    return r"[\s\[\]]+".join(re.escape(word) for word in banner.split()) + r"(?:\]\([^()]*\))?"


def _is_wrapped(lines: list[Line]) -> bool:
    """Whether the file breaks its lines at a width, so that a line's end says nothing."""
    widths = sorted(line.end - line.start for line in lines if not line.sep and line.end - line.start > 30)
    return len(widths) > 10 and widths[int(len(widths) * 0.98)] <= 130 and widths[len(widths) // 2] >= 50


def _find_rows(lines: list[Line]) -> None:
    """Mark the rows of grids: runs of lines with tabs, two or more of which hold two cells or more. A line without a tab between
    two rows is a row whose empty cells were lost, at the end of the file one that was cut."""
    index = 0
    while index < len(lines):
        if not lines[index].sep:
            index += 1
            continue
        end = index
        while end < len(lines):
            line = lines[end]
            if end > index and line.after_blank and not _goes_on(lines, index, end):
                break
            if line.sep != lines[index].sep:
                between = not line.after_blank and (end + 1 == len(lines) or lines[end + 1].sep and not lines[end + 1].after_blank)
                if (
                    not between
                    or line.sep
                    or lines[index].sep == "|"
                    or (end + 1 == len(lines) and SENTENCE_END.search(line.text))
                    or len(line.text) > 120
                    or is_note(line.text)
                    or LABEL.match(line.text)
                ):
                    break
            end += 1
        while not lines[end - 1].text.strip():
            lines.pop(end - 1)  # tabs alone below the last row
            end -= 1
        run = lines[index:end]
        full = sum(sum(bool(cell.strip()) for _, cell in line.cells()) >= 2 for line in run if line.sep)
        for line in run if full >= 2 else ():
            line.is_row = True
            line.sep = lines[index].sep
        index = max(end, index + 1)


def _goes_on(lines: list[Line], first: int, at: int) -> bool:
    """Whether a grid goes on behind an empty line: the same columns, and a body row, not a header."""
    cells, above, top = (
        [cell for _, cell in line.cells()] if line.sep else [line.text] for line in (lines[at], lines[at - 1], lines[first])
    )
    if at == first + 1 and len(cells) == len(top) > 1:
        return True  # one row is no grid: the first goes with what follows
    if len(cells) < 2 or len(cells) != len(above) or len(cells) != len(top):
        return False
    values = [cell.strip() for cell in cells[1:] if cell.strip()]
    return not values or not any(cell[0].isalpha() for cell in values)


# -- blocks --------------------------------------------------------------------------------------------------------------------------


def _blocks(text: str, lines: list[Line]) -> Iterator[Block]:
    """Group lines into blocks and say what each is set as."""
    wrapped = _is_wrapped(lines)
    index = 0
    while index < len(lines):
        end = index + 1
        if lines[index].is_row:
            while end < len(lines) and lines[end].is_row and (not lines[end].after_blank or _goes_on(lines, index, end)):
                end += 1
            yield _grid(lines[index:end], at_end=end == len(lines))
        else:
            while (
                end < len(lines)
                and not lines[end].after_blank
                and not lines[end].is_row
                and _continues(lines[end - 1], lines[end], wrapped)
            ):
                end += 1
            yield _block(text, lines[index:end], is_last=end == len(lines))
        index = end


def _continues(line: Line, following: Line, wrapped: bool) -> bool:
    """Whether a line's text goes on in the next one."""
    if is_label(following.text) or (has_note_mark(following.text) and (SENTENCE_END.search(line.text) or not following.text[0].isalnum())):
        return False
    if re.match(r"[a-h][A-Z][a-z]", following.text) and not line.text.endswith("-"):
        return False
    if re.match(r"(?:[-•·]\s|\d{1,3}[.)]\s)", following.text):
        return False
    if wrapped:
        return len(line.text) >= 40 or (not looks_like_heading(line.text) and not SENTENCE_END.search(line.text))
    if SENTENCE_END.search(line.text):
        return False
    return following.text[0].islower() or (len(line.text) > 60 and not looks_like_heading(line.text))


def _block(text: str, lines: list[Line], is_last: bool) -> Block:
    passage = compose(text, _segments(text, lines))
    kind, number = _kind(passage.text, len(lines) == 1, is_last)
    return Block(kind, with_marks(passage), lines[0].start, number, attached=not lines[0].after_blank)


def _kind(text: str, is_line: bool, is_last: bool) -> tuple[str, str | None]:
    if is_label(text):
        return label_kind(text)
    if is_line and BUTTON.fullmatch(text):
        return "noise", None
    if is_line and looks_like_heading(text) and not (is_last and section_of(text) is None):
        return "heading", None
    if not any(character.isalpha() for character in text):
        return "noise", None
    inside = text[0].islower() or text[0].isdigit() or text[0] in ",;)%–"
    if inside or (len(text.split()) < 5 and not SENTENCE_END.search(text)):
        return "fragment", None
    return "paragraph", None


def _segments(text: str, lines: list[Line]) -> list[Segment]:
    """The lines' ranges with a space between; link targets left out. A word broken at a hyphen closes up."""
    segments: list[Segment] = []
    for index, line in enumerate(lines):
        if index:
            before = lines[index - 1].text
            hyphen = before[-1] in "-–" and before[-2:-1].isalpha() and line.text[0].islower()
            segments.append("" if hyphen else " ")
        segments.extend(_without_links(text, line.start, line.end))
    return segments


def _without_links(text: str, start: int, end: int) -> list[Segment]:
    if text.find("](", start, end) < 0:
        return [(start, end)]
    segments: list[Segment] = []
    for found in LINK.finditer(text, start, end):
        segments += [(start, found.start()), (found.start(1), found.end(1))]
        start = found.end()
    return [*segments, (start, end)]


def _grid(lines: list[Line], at_end: bool) -> Block:
    """The rows as cells, padded to the same length, and what is wrong with them."""
    rows = []
    for index, line in enumerate(lines):
        row = []
        for column, (start, content) in enumerate(line.cells()):
            words = content.strip()
            passage = EMPTY
            if words:
                left = start + len(content) - len(content.lstrip())
                passage = Passage(words, (Piece(0, left, len(words)),), find_marks(words, in_table=True))
            row.append(Cell(passage, index, column))
        rows.append(row)
    message = _ragged(rows, any(line.text.endswith("\t") for line in lines), at_end)
    message = place_headers(rows) or message
    width = max(map(len, rows))
    for index, row in enumerate(rows):
        row.extend(Cell(EMPTY, index, column) for column in range(len(row), width))
    return Block("grid", EMPTY, lines[0].start, grid=rows, n_header_rows=spread_header(rows), message=message)


def _ragged(rows: list[list[Cell]], keeps_tabs: bool, at_end: bool) -> str | None:
    """keeps_tabs: whether empty cells at a row's end still have their tabs, so that a short row lacks something."""
    widths = [len(row) for row in rows]
    usual = Counter(widths).most_common(1)[0][0]
    last = rows[-1][-1].text
    if at_end and (widths[-1] < usual or last.count("(") != last.count(")")):
        return CUT_OFF
    odd = sum(width > usual or (keeps_tabs and width < usual) for width in widths)
    return f"ragged table: {odd} of {len(rows)} rows have not {usual} cells" if odd else None
