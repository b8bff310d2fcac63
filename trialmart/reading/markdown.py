"""Markdown with GitHub's pipe tables.

Belongs here: headings, tables, emphasis, links and notes as Markdown writes them. Does not: which caption or note belongs to which table
(page). The article's text is the source, unchanged; emphasis signs, backslashes and link targets are left out of the passages, so that
they break no word.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from trialmart.document import EMPTY, Article, Cell, Mark, Passage
from trialmart.reading.canonical import Segment, compose
from trialmart.reading.front_matter import read_metadata
from trialmart.reading.lost_spans import place_headers
from trialmart.reading.marks import NOT_MARKS, is_exponent
from trialmart.reading.page import (
    BUTTON,
    CUT_OFF,
    SENTENCE_END,
    Block,
    Page,
    has_note_mark,
    is_label,
    label_kind,
    raise_if_cut_off,
    spread_header,
    with_marks,
)
from trialmart.reading.recognise import decode
from trialmart.reading.sections import looks_like_heading, section_of

ALIGNMENT = re.compile(r"\s{0,3}\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?$|\s{0,3}\|\s*:?-+:?\s*$|\s*:?-+:?\s*\|\s*:?-+:?\s*$")
HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*?)(?:\s+#+)?\s*$")
BOLD_LINE = re.compile(r"(\*\*|__)(?=\S)([^*_]+)\1:?\s*$")
ITEM = re.compile(r"\s*(?:[-+•·]|\d{1,3}[.)])\s+|\s*\*\s(?=\S)(?=[^*]*$)")
DEFINITION = re.compile(r"\[\^[^\]\s]{1,12}\]:")
FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.DOTALL)
BARRED = re.compile(r"\s{0,3}\|(?=.*(?<!\\)\|.*\|\s*$).*\|\s*")
BREAK = re.compile(r"(?<!\\)\|")

INLINE = re.compile(
    r"""
      \\(?P<escape>[!-/:-@\[-`{-~])
    | (?P<image>!\[[^\[\]\n]*\]\([^()\n]*\))
    | (?P<note>\[\^[^\]\s]{1,12}\])
    | (?P<link>\[)(?=(?:[^\[\]\n]|\[[^\[\]\n]*\])*\](?:\([^()\n]*\)|\[[^\[\]\n]*\]))
    | (?P<target>\](?:\([^()\n]*\)|\[[^\[\]\n]*\]))
    | (?P<sup><sup>\s*(?P<content>[^<>]{0,20}?)\s*</sup>)
    | (?P<br><br\s*/?>)
    | (?P<tag></?(?:b|i|u|em|strong|sub|span|a|p|small|div|font|center|code|mark|ins|del|s)\b[^<>]*>|<!--.*?-->)
    | (?P<entity>&(?:\#\d{1,6}|\#x[0-9a-fA-F]{1,5}|[A-Za-z]{2,10});)
    | (?P<emphasis>\*{4,}|\*{1,3}|(?<![A-Za-z0-9])_{1,3}|_{1,3}(?![A-Za-z0-9])|~~|`+)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(slots=True)
class Line:
    start: int
    end: int
    text: str


def read_markdown(data: bytes, source_path: str, article_id: str) -> Article:
    """Read a Markdown file. Raises Unreadable where it holds no text."""
    text = decode(data)
    article = Article(article_id, source_path, "markdown", hashlib.sha256(data).hexdigest(), text)
    blocks = list(_blocks(text))
    article.tables, article.paragraphs = Page(blocks).read()
    raise_if_cut_off(article.tables, blocks, text)
    article.metadata = read_metadata(article, _front_matter(text))
    return article


# -- blocks --------------------------------------------------------------------------------------------------------------------------


def _front_matter(text: str) -> dict[str, str]:
    found = FRONT_MATTER.match(text)
    pairs = re.findall(r"^(\w+)\s*:\s*[\"']?(.+?)[\"']?\s*$", found.group(1), re.MULTILINE) if found else []
    return {key.lower(): value for key, value in pairs}


def _lines(text: str) -> list[Line]:
    start = found.end() if (found := FRONT_MATTER.match(text)) else 0
    lines = []
    for raw in re.finditer(r"[^\r\n]*(?:\r\n|[\r\n]|$)", text[start:]):
        content = raw.group().rstrip("\r\n")
        quoted = re.match(r"(?:\s{0,3}>\s?)*", content)
        skipped = quoted.end() if quoted else 0
        lines.append(Line(start + raw.start() + skipped, start + raw.start() + len(content), content[skipped:]))
    return lines


def _blocks(text: str) -> Iterator[Block]:
    lines = _lines(text)
    index = 0
    while index < len(lines):
        line = lines[index]
        if not line.text.strip():
            index += 1
        elif re.match(r"\s{0,3}(?:```|~~~)", line.text):
            index = _after_fence(lines, index)
        elif line.text.lstrip().startswith("<!--"):
            index = _after_comment(lines, index)
        elif _is_table(lines, index):
            end = _end_of_table(lines, index)
            yield _grid(text, lines, index, end)
            index = end
        elif found := HEADING.match(line.text):
            yield _heading(text, line.start + found.start(2), line.start + found.end(2), len(found.group(1)))
            index += 1
        elif index + 1 < len(lines) and re.fullmatch(r"\s{0,3}(?:=+|-{3,})\s*", lines[index + 1].text):
            yield _heading(text, line.start, line.end, 1 if "=" in lines[index + 1].text else 2)
            index += 2
        elif re.fullmatch(r"\s{0,3}(?:[-*_]\s*){3,}", line.text):
            index += 1
        else:
            end = index + 1
            while end < len(lines) and _continues(lines, end):
                end += 1
            block = _paragraph(text, lines[index:end])
            block.attached = index > 0 and bool(lines[index - 1].text.strip())
            yield block
            index = end


def _after_fence(lines: list[Line], index: int) -> int:
    fence = lines[index].text.strip()[:3]
    end = index + 1
    while end < len(lines) and not lines[end].text.strip().startswith(fence):
        end += 1
    return end + 1


def _after_comment(lines: list[Line], index: int) -> int:
    while index < len(lines) and "-->" not in lines[index].text:
        index += 1
    return index + 1


def _continues(lines: list[Line], index: int) -> bool:
    """Whether a line goes on with the paragraph above it."""
    text, above = lines[index].text, lines[index - 1].text
    if not text.strip() or HEADING.match(text) or ITEM.match(text) or DEFINITION.match(text) or _is_table(lines, index):
        return False
    if re.match(r"\s{0,3}(?:```|~~~|<!--)", text) or is_label(text.strip(" *_")) or BOLD_LINE.match(above.strip()):
        return False
    if DEFINITION.match(above) and SENTENCE_END.search(above):
        return False
    plain = re.sub(r"^(?:\\|<sup>)", "", text.strip())
    ended = SENTENCE_END.search(above.strip()) or above.endswith(("  ", "\\"))
    return not (ended and (has_note_mark(plain) or text.strip().startswith("<sup>") or re.match(r"\\\*|\*\w\*", text.strip())))


def _heading(text: str, start: int, end: int, level: int) -> Block:
    passage = with_marks(inline(text, start, end))
    if is_label(passage.text):
        kind, number = label_kind(passage.text)
        return Block(kind, passage, start, number)
    return Block("heading", passage, start, level=level)


def _paragraph(text: str, lines: list[Line]) -> Block:
    first = lines[0]
    item = ITEM.match(first.text)
    begin = first.start + (item.end() if item and not re.match(r"\s*\d", first.text) else 0)
    ranges = [(begin, first.end), *((line.start, line.end) for line in lines[1:])]
    passage = with_marks(inline(text, *_trimmed(text, ranges)))
    if not any(character.isalpha() for character in passage.text) or BUTTON.fullmatch(passage.text):
        return Block("noise", passage, begin)
    if is_label(passage.text):
        kind, number = label_kind(passage.text)
        return Block(kind, passage, begin, number)
    if len(lines) == 1 and BOLD_LINE.match(first.text.strip()) and (looks_like_heading(passage.text) or section_of(passage.text)):
        return Block("heading", passage, begin)
    return Block("paragraph", passage, begin)


def _trimmed(text: str, ranges: list[tuple[int, int]]) -> tuple[int, int, list[int]]:
    """One range from the first line to the last, and where lines break in it."""
    start, end = ranges[0][0], ranges[-1][1]
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end, [line_end for _, line_end in ranges[:-1]]


# -- tables --------------------------------------------------------------------------------------------------------------------------


def _is_table(lines: list[Line], index: int) -> bool:
    """A row above a row of dashes with as many cells, or rows with bars at both ends, as scrapers leave tables without a header."""
    if index + 1 >= len(lines) or "|" not in lines[index].text:
        return False
    if ALIGNMENT.fullmatch(lines[index + 1].text):
        is_open = _is_open(lines[index + 1])
        return len(_cells(lines[index], is_open)) == len(_cells(lines[index + 1], is_open))
    run = lines[index : index + 3]
    return len(run) == 3 and all(BARRED.fullmatch(line.text) for line in run)


def _is_open(alignment: Line) -> bool:
    """Whether rows are set without bars at their ends: one at an end then parts an empty cell from the next."""
    stripped = alignment.text.strip()
    return not stripped.startswith("|") and not stripped.endswith("|")


def _end_of_table(lines: list[Line], index: int) -> int:
    """The table goes on to the first line without a bar; in one without bars at the ends a row of one cell has none."""
    is_open = ALIGNMENT.fullmatch(lines[index + 1].text) is not None and _is_open(lines[index + 1])
    end = index + 2
    while end < len(lines) and not HEADING.match(lines[end].text):
        text = lines[end].text
        follows = end + 1 < len(lines) and BREAK.search(lines[end + 1].text)
        if not (BREAK.search(text) or is_open and follows and text.strip() and len(text) <= 120):
            break
        end += 1
    return end


def _cells(line: Line, is_open: bool = False) -> list[tuple[int, int]]:
    """The ranges of a row's cells, without the spaces around them."""
    left = len(line.text) - len(line.text.lstrip())
    right = len(line.text.rstrip())
    bars = [found.start() for found in BREAK.finditer(line.text, left, right)]
    if not is_open or (bars and bars[0] == left and bars[-1] == right - 1 and right - left > 1):
        if bars and bars[0] == left:
            bars, left = bars[1:], left + 1
        if bars and bars[-1] == right - 1:
            bars, right = bars[:-1], right - 1
    ranges = []
    for start, end in zip([left, *(bar + 1 for bar in bars)], [*bars, right], strict=True):
        content = line.text[start:end]
        ranges.append((line.start + start + len(content) - len(content.lstrip()), line.start + start + len(content.rstrip())))
    return [(start, max(start, end)) for start, end in ranges]


def _grid(text: str, lines: list[Line], index: int, end: int) -> Block:
    marked = ALIGNMENT.fullmatch(lines[index + 1].text) is not None
    is_open = marked and _is_open(lines[index + 1])
    set_as_rows = [lines[index], *lines[index + 2 : end]] if marked else lines[index:end]
    if marked and not any(stop > start for start, stop in _cells(lines[index], is_open)) and len(set_as_rows) > 2:
        set_as_rows = set_as_rows[1:]  # a header row that a converter put above the table's own
    rows = [_row(text, line, number, is_open) for number, line in enumerate(set_as_rows)]
    width = len(rows[0]) if marked else max(map(len, rows))
    odd = sum(len(row) > width or 1 < len(row) < width for row in rows)
    cut = not any(line.text.strip() for line in lines[end:]) and len(rows) > 1 and len(rows[-1]) < width
    unplaced = place_headers(rows)
    widest = max(map(len, rows))
    for number, row in enumerate(rows):
        row.extend(Cell(EMPTY, number, column) for column in range(len(row), widest))
    message = CUT_OFF if cut else unplaced or (f"ragged table: {odd} of {len(rows)} rows have not {width} cells" if odd else None)
    n_header_rows = spread_header(rows, at_least=1 if marked else 0)
    return Block("grid", EMPTY, lines[index].start, grid=rows, n_header_rows=n_header_rows, message=message)


def _row(text: str, line: Line, number: int, is_open: bool) -> list[Cell]:
    row = []
    for column, (start, stop) in enumerate(_cells(line, is_open)):
        lead = re.match(r"(?:&nbsp;|&emsp;|&ensp;|\u00a0|\u2003|\u2002)+", text[start:stop])
        passage = with_marks(inline(text, start + (lead.end() if lead else 0), stop), in_table=True) if stop > start else EMPTY
        indent = len(re.findall(r"&\w+;|.", lead.group())) if lead else 0
        row.append(Cell(passage if passage.text.strip() else EMPTY, number, column, indent=indent))
    return row


# -- inline ----------------------------------------------------------------------------------------------------------------------------


def inline(text: str, start: int, end: int, breaks: list[int] | None = None) -> Passage:
    """The words of a range: without emphasis signs, backslashes, tags and link targets; entities decoded; <sup> as marks."""
    breaks = [at for at in breaks or [] if start <= at < end]
    if not breaks and not re.search(r"[\\*_`~\[\]<&!]", text[start:end]):
        return compose(text, [(start, end)])
    tokens = list(INLINE.finditer(text, start, end))
    dropped = _paired(text, tokens, start, end)
    segments: list[Segment] = []
    marks: list[Mark] = []
    length = 0
    position = start

    def add(upto: int) -> None:
        nonlocal position, length
        while breaks and breaks[0] < upto:
            at = breaks.pop(0)
            if at >= position:
                segments.extend([(position, at), " "])
                length += at - position + 1
                position = at
                while position < upto and (text[position].isspace() or text[position] == ">"):
                    position += 1
        if upto > position:
            segments.append((position, upto))
            length += upto - position

    for number, token in enumerate(tokens):
        kind = token.lastgroup if token.lastgroup != "content" else "sup"
        if token.start() < position or kind == "note" or (kind == "emphasis" and number not in dropped):
            continue
        add(token.start())
        position = token.end()
        if kind == "escape":
            position = token.end() - 1
        elif kind in ("br", "entity"):
            glue = " " if kind == "br" else html.unescape(token.group()).replace("\u00a0", " ")
            segments.append(glue)
            length += len(glue)
        elif kind == "sup" and token.group("content"):
            content = token.group("content")
            if content in NOT_MARKS or len(content) > 5 and content.isalpha():
                pass
            elif is_exponent(content, text[max(start, token.start() - 12) : token.start()].rstrip(" ")):
                segments.append("^")
                length += 1
            else:
                kind_of = "reference" if content[0].isdigit() else "note"
                marks.append(Mark(length, length + len(content), kind_of, content.replace("\\", "")))
            segments.append((token.start("content"), token.end("content")))
            length += len(content)
    add(end)
    return compose(text, segments, marks)


def _paired(text: str, tokens: list[re.Match[str]], start: int, end: int) -> set[int]:
    """The emphasis signs that have their partner: they set words in bold or italics. One without a partner is a character of its own."""
    stack: list[tuple[int, str]] = []
    paired: set[int] = set()
    for number, token in enumerate(tokens):
        if token.lastgroup != "emphasis":
            continue
        sign = token.group()
        if len(sign) > 3:  # one emphasis ends where the next begins
            paired.add(number)
            continue
        before = text[token.start() - 1] if token.start() > start else " "
        after = text[token.end()] if token.end() < end else " "
        opening = next((i for i in range(len(stack) - 1, -1, -1) if stack[i][1] == sign), None)
        if opening is not None and not before.isspace():
            paired |= {stack[opening][0], number}
            del stack[opening:]
        elif not after.isspace() and (before.isspace() or not before.isalnum()):
            stack.append((number, sign))
    return paired
