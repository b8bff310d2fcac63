"""Plain text as people copy it from a page: tab-separated tables, captions that moved away, page noise, sentences cut in two.

Belongs here: telling grids, captions, notes, headings, paragraphs and noise apart by how they are set, and joining what a table or a
banner cut. Does not: what a table's rows mean (trialmart/extraction). Offsets index into the decoded text, which is never changed.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from trialmart.document import EMPTY, Article, Cell, Note, Paragraph, Passage, Piece, Table
from trialmart.reading.canonical import Segment, compose
from trialmart.reading.front_matter import read_metadata
from trialmart.reading.marks import SYMBOLS, find_marks, glued_marks
from trialmart.reading.recognise import decode
from trialmart.reading.sections import DISCUSSION, OTHER, Outline, bare, looks_like_heading, section_of

LABEL = re.compile(
    r"(?:supplementa(?:ry|l)\s+|e)?(table|tab\.|figure|fig\.|box|panel|scheme|chart)\s*(S?\d{1,2}[A-Za-z]?|[IVX]{1,5})(?![\w-])\s*(.*)",
    re.IGNORECASE,
)
NOTE_MARK = re.compile(
    rf"""\s*(?:
      \$\s*\^\s*\{{?(?P<latex>[^{{}}$]{{1,12}}?)\}}?\s*\$ | \^\s?\{{(?P<brace>[^{{}}]{{1,12}})\}} | \^(?P<caret>[a-z0-9]|\*{{1,3}}|[{SYMBOLS}]{{1,2}})\^?(?![\w])
    | \[(?P<bracket>[{SYMBOLS}*#|]{{1,4}}|[a-z])\] | (?P<symbol>[{SYMBOLS}]{{1,4}}|\|\||\*{{1,4}}(?=\s|[A-Z"“])|\#{{1,2}}(?=\s))
    | (?P<superscript>[⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᶠᵍʰ]) | (?P<plain>[a-z]|\d)(?=[.):]?\s+[A-Z"“]|[A-Z][a-z])[.):]?
    )\s*""",
    re.VERBOSE,
)
NOTE_START = re.compile(
    r"(?:abbreviations?\b|notes?\s*[.:]|(?:data|values|results|numbers|figures|percentages)\s+(?:are|were|shown|in parenthes|may|represent|given)"
    r"|all\s+(?:values|data)\b|\*?\s*p\s*(?:<|=|values?\b)|[A-Z][A-Za-z0-9-]{0,9}\s*(?:,|=|:|denotes|indicates|stands for)\s+\w+"
    r"|(?:some|because|owing to|unless)\b.*\b(?:percentages?|sum|rounding|otherwise)\b|source\s*:)",
    re.IGNORECASE,
)
LINK = re.compile(r"\[([^\[\]\n]*)\](\((?:#[^\s()]*|(?:https?|mailto|doi):[^\s()]*|/[^\s()]*)?\))")
SENTENCE_END = re.compile(r"[.!?:;…][\"”’')\]]*$")
LETTERS = re.compile(r"[^\W\d_]")


@dataclass(slots=True)
class Line:
    """A line that holds something, without the spaces around it, and without a banner that ran into it."""

    start: int
    end: int
    text: str
    number: int
    is_row: bool = False
    after_blank: bool = False


@dataclass(slots=True)
class Block:
    """What is set as one thing: a heading, a paragraph, a grid, a label, a note, noise."""

    kind: str
    lines: list[Line]
    text: str = ""
    table: str | None = None
    segments: list[Segment] = field(default_factory=list)

    @property
    def start(self) -> int:
        return self.lines[0].start


def read_plain_text(data: bytes, source_path: str, article_id: str) -> Article:
    """Read a plain text file. Raises Unreadable where it holds no text."""
    text = decode(data)
    page = Page(text)
    article = Article(article_id, source_path, "text", hashlib.sha256(data).hexdigest(), text)
    article.tables = page.tables()
    article.paragraphs = page.paragraphs()
    article.metadata = read_metadata(article)
    return article


class Page:
    """The blocks of a text, tables first, since what a table claims (caption, notes) is no paragraph."""

    def __init__(self, text: str) -> None:
        self.text = text
        lines = _lines(text)
        self.banners = _banners(lines)
        self.lines = _without_banners(lines, self.banners)
        self.wrapped = _is_wrapped(self.lines)
        _find_rows(self.lines)
        self.blocks = list(_blocks(self.lines, self.wrapped))
        for block in self.blocks:
            block.segments = _segments(text, block.lines)
            block.text = compose(text, block.segments).text if block.kind != "grid" else ""

    # -- tables ------------------------------------------------------------------------------------------------------------------

    def tables(self) -> list[Table]:
        grids = [index for index, block in enumerate(self.blocks) if block.kind == "grid"]
        notes = {grid: self._claim_notes(grid) for grid in grids}
        labels = self._match_labels(grids)
        tables = []
        for order, grid in enumerate(grids, 1):
            label, caption = self._caption(grid, labels.get(grid, []), notes[grid])
            tables.append(self._table(grid, order, label, caption, notes[grid]))
        taken: Counter[str] = Counter()
        for table in tables:
            taken[table.table_id] += 1
            if taken[table.table_id] > 1:
                table.table_id = f"{table.table_id}#{taken[table.table_id]}"
        return tables

    def _claim_notes(self, grid: int) -> list[Block]:
        """The footnotes: blocks right under a grid that begin with a mark or as general notes do."""
        claimed = []
        for block in self.blocks[grid + 1 :]:
            if block.kind == "noise":
                continue
            if block.kind not in ("paragraph", "heading", "fragment") or not _is_note(block.text):
                break
            block.kind = "note"
            claimed.append(block)
        return claimed

    def _match_labels(self, grids: list[int]) -> dict[int, list[Block]]:
        """Which printed labels belong to which grid: the nearest number before it that no other grid has, else the one after it."""
        labels = [(index, block) for index, block in enumerate(self.blocks) if block.kind == "label"]
        numbers = list(dict.fromkeys(block.table for _, block in labels))
        places = {number: [(index, block) for index, block in labels if block.table == number] for number in numbers}
        matched: dict[int, list[Block]] = {}
        free = dict(places)
        below = bool(grids) and not any(index < grids[0] for index, _ in labels)
        for position, grid in enumerate(grids):
            previous = grids[position - 1] if position else -1
            following = grids[position + 1] if position + 1 < len(grids) else len(self.blocks)
            over = [n for n, at in free.items() if any(previous < index < grid for index, _ in at)]
            under = [n for n, at in free.items() if any(grid < index < following for index, _ in at)]
            choice = (under[:1] or over[-1:]) if below else over[-1:]
            if not choice and not below:
                # several labels above several grids that follow one another, or a label that only stands below
                earlier = [n for n, at in free.items() if at[0][0] < grid]
                rest_have_own = position + 1 < len(grids) and len(under) < 2
                choice = earlier[:1] or ([] if rest_have_own and position + 1 < len(grids) else under[:1])
            if choice:
                matched[grid] = [block for _, block in free.pop(choice[0])]
        return matched

    def _caption(self, grid: int, labels: list[Block], notes: list[Block]) -> tuple[str, Passage]:
        """The label as printed and the caption: behind the label, under it, or behind the notes. A title printed twice is taken once."""
        label = caption = None
        for block in labels:
            found = LABEL.match(block.text)
            assert found is not None
            rest = found.group(3).lstrip(".:|–—- ")
            label = label or block.text[: found.end(2)]
            if rest and (caption is None or len(rest) > len(caption.text)):
                offset = len(block.text) - len(rest)
                caption = _tail(self.text, block.segments, offset)
                label = block.text[: found.end(2)]
            block.kind = "caption"
        if caption is None:
            near = self._title_after(self.blocks.index(labels[-1]), grid) if labels and labels[-1].start < self.blocks[grid].start else None
            near = near or self._title_behind(grid, notes) or self._title_above(grid, labels)
            if near:
                near.kind = "caption"
                caption = compose(self.text, near.segments)
        if caption:
            for block in self._by_words.get(_plain(caption.text), ()):
                if block.kind in ("paragraph", "heading", "fragment"):
                    block.kind = "repeat"
            caption.marks = find_marks(caption.text)
        return label or "", caption or EMPTY

    @cached_property
    def _by_words(self) -> dict[str, list[Block]]:
        found: dict[str, list[Block]] = {}
        for block in self.blocks:
            if block.kind in ("paragraph", "heading", "fragment"):
                found.setdefault(_plain(block.text), []).append(block)
        return found

    def _title_after(self, label: int, grid: int) -> Block | None:
        following = next((b for b in self.blocks[label + 1 : grid] if b.kind != "noise"), None)
        return following if following and _is_title(following) else None

    def _title_above(self, grid: int, labels: list[Block]) -> Block | None:
        above = next((b for b in reversed(self.blocks[:grid]) if b.kind != "noise"), None)
        known = above is not None and above.kind == "heading" and section_of(above.text)
        return above if labels == [] and above and not known and above.kind in ("heading", "paragraph") and _is_title(above) else None

    def _title_behind(self, grid: int, notes: list[Block]) -> Block | None:
        last = self.blocks.index(notes[-1]) if notes else grid
        following = next((b for b in self.blocks[last + 1 :] if b.kind != "noise"), None)
        return following if following and _is_title(following) and following.text.endswith(".") else None

    def _table(self, grid: int, order: int, label: str, caption: Passage, notes: list[Block]) -> Table:
        found = LABEL.match(label) if label else None
        number = found.group(2) if found else str(order)
        block = self.blocks[grid]
        read_notes = [_note(self.text, b) for b in notes]
        symbols = [note.symbol for note in read_notes if note.symbol]
        cells, message = _grid(self.text, block.lines, symbols, at_end=not any(line.start > block.lines[-1].start for line in self.lines))
        n_header = _spread_header(cells)
        return Table(f"t{number.lower()}", label, caption, cells, n_header, read_notes, f"line {block.lines[0].number}", message)

    # -- prose -------------------------------------------------------------------------------------------------------------------

    def paragraphs(self) -> list[Paragraph]:
        blocks = [b for b in self.blocks if b.kind in ("heading", "paragraph", "fragment", "repeat", "caption", "label", "grid", "note", "figure")]
        joined = _stitch(blocks)
        headings = [bare(b.text).lower() for b in blocks if b.kind == "heading"]
        outline = Outline()
        has_introduction = any(section_of(b.text) == "introduction" for b in blocks[1:] if b.kind == "heading") and headings.count("introduction") > 0
        result = []
        title = self._title(blocks)
        seen: Counter[str] = Counter()
        for block in blocks:
            if block is title:
                result.append(Paragraph(_passage(self.text, block.segments), "title"))
            elif block.kind == "heading":
                words = bare(block.text).lower()
                seen[words] += 1
                outline.open(block.text, later=headings.count(words) > seen[words])
            elif block.kind in ("paragraph", "fragment"):
                if id(block) in joined.swallowed:
                    continue
                segments = joined.segments.get(id(block), block.segments)
                section = outline.paragraph(has_introduction, long=len(block.text) > 200)
                if block.kind == "fragment" and id(block) not in joined.segments:
                    section = OTHER
                result.append(Paragraph(_passage(self.text, segments), section, outline.heading))
            elif block.kind in ("repeat", "figure"):
                result.append(Paragraph(_passage(self.text, block.segments), OTHER, outline.heading))
        return result

    @cached_property
    def _front(self) -> int:
        """The number of blocks above the abstract or the first section."""
        for index, block in enumerate(self.blocks):
            if block.kind == "heading" and section_of(block.text) in ("abstract", "introduction", "methods", "results"):
                return index
        return min(len(self.blocks), 6)

    def _title(self, blocks: list[Block]) -> Block | None:
        front = [b for b in self.blocks[: self._front] if b.kind in ("heading", "paragraph", "fragment")]
        for block in front:
            words = block.text.split()
            if 4 <= len(words) <= 45 and not re.match(r"(?i)authors?\b|published|copyright|doi\b|https?:|received|correspond", block.text):
                return block
        return None


# -- lines ---------------------------------------------------------------------------------------------------------------------------


def _lines(text: str) -> list[Line]:
    lines, blank = [], True
    for number, found in enumerate(re.finditer(r"[^\r\n\f\v]*(?:\r\n|[\r\n\f\v]|$)", text), 1):
        raw = found.group().rstrip("\r\n\f\v")
        if not raw.strip():
            blank = True
            continue
        # the tabs of a row's empty cells are part of it, the spaces around a line are not
        left = len(raw) - len(raw.lstrip(" \u00a0\u2009\u200b\ufeff"))
        right = len(raw.rstrip(" \u00a0\u2009\u200b\ufeff"))
        start = found.start()
        lines.append(Line(start + left, start + right, raw[left:right], number, after_blank=blank))
        blank = False
    return lines


def _plain(text: str) -> str:
    if "](" in text:
        text = LINK.sub(r"\1", text)
    return " ".join(text.replace("*", "").lower().split())


def _banners(lines: list[Line]) -> set[str]:
    """Lines that the page repeats three times or more: its own words, not the article's. Table rows repeat by right."""
    counts = Counter(_plain(line.text) for line in lines if "\t" not in line.text)
    return {text for text, count in counts.items() if count >= 3 and len(text) >= 12 and " " in text and not LABEL.match(text)}


def _without_banners(lines: list[Line], banners: set[str]) -> list[Line]:
    if not banners:
        return lines
    # only a long one is told from the article's own words inside a line
    distinct = sorted((banner for banner in banners if len(banner) >= 20), key=len, reverse=True)
    inner = re.compile(rf"\s*[{SYMBOLS}*•·|]*\s*(?:" + "|".join(map(_loose, distinct)) + ")")
    openers = {" ".join(banner.split()[:2]) for banner in distinct}
    longest = 200 + max(map(len, banners))
    kept = []
    blank = False
    for line in lines:
        lowered = line.text.lower()
        if "\t" not in lowered and len(lowered) < longest and _plain(line.text) in banners:
            blank = True
            continue
        line.after_blank |= blank
        blank = False
        found = inner.search(lowered) if any(opener in lowered for opener in openers) and "\t" not in lowered else None
        if found and len(line.text.lower()) == len(line.text):
            head, tail = line.text[: found.start()], line.text[found.end() :]
            if len(tail.strip()) > len(head.strip()):
                shift = found.end() + len(tail) - len(tail.lstrip())
                line.start, line.text = line.start + shift, line.text[shift:]
            else:
                line.end, line.text = line.start + len(head.rstrip()), head.rstrip()
            if not line.text.strip():
                blank = True
                continue
        kept.append(line)
    return kept


def _loose(banner: str) -> str:
    return r"[\s\[\]]+".join(re.escape(word) for word in banner.split()) + r"(?:\]\([^()]*\))?"


def _is_wrapped(lines: list[Line]) -> bool:
    """Whether the file breaks its lines at a width, so that a line's end says nothing."""
    widths = sorted(line.end - line.start for line in lines if "\t" not in line.text and line.end - line.start > 30)
    return len(widths) > 10 and widths[int(len(widths) * 0.98)] <= 130 and widths[len(widths) // 2] >= 50


def _find_rows(lines: list[Line]) -> None:
    """Mark the rows of grids: runs of lines with tabs, two or more of which hold two cells or more. A line without a tab between
    two rows is a row whose empty cells were lost."""
    index = 0
    while index < len(lines):
        if "\t" not in lines[index].text:
            index += 1
            continue
        end = index
        while end < len(lines):
            line = lines[end]
            if end > index and line.after_blank and not _goes_on(lines, index, end):
                break
            if "\t" not in line.text:
                between = end + 1 < len(lines) and "\t" in lines[end + 1].text and not lines[end + 1].after_blank and not line.after_blank
                if not between or len(line.text) > 120 or _is_note(line.text) or LABEL.match(line.text):
                    break
            end += 1
        run = lines[index:end]
        full = sum(sum(bool(cell.strip()) for cell in line.text.split("\t")) >= 2 for line in run)
        for line in run if full >= 2 else ():
            line.is_row = True
        index = max(end, index + 1)


def _goes_on(lines: list[Line], first: int, at: int) -> bool:
    """Whether a grid goes on behind an empty line: the same columns, and a body row, not a header."""
    cells = lines[at].text.split("\t")
    if len(cells) < 2 or len(cells) != len(lines[at - 1].text.split("\t")) or len(cells) != len(lines[first].text.split("\t")):
        return False
    values = [cell.strip() for cell in cells[1:] if cell.strip()]
    return not values or not any(cell[0].isalpha() for cell in values)


# -- blocks --------------------------------------------------------------------------------------------------------------------------


def _blocks(lines: list[Line], wrapped: bool):
    """Group lines into blocks and say what each is set as."""
    index = 0
    while index < len(lines):
        line = lines[index]
        if line.is_row:
            end = index
            while end < len(lines) and lines[end].is_row and (end == index or not lines[end].after_blank or _goes_on(lines, index, end)):
                end += 1
            yield Block("grid", lines[index:end])
            index = end
            continue
        end = index + 1
        while end < len(lines) and not lines[end].after_blank and not lines[end].is_row and _continues(lines[end - 1], lines[end], wrapped):
            end += 1
        group = lines[index:end]
        yield Block(*_kind(group, lines[end] if end < len(lines) else None))
        index = end


def _continues(line: Line, following: Line, wrapped: bool) -> bool:
    """Whether a line's text goes on in the next one."""
    if _is_label(following.text) or (_is_note_mark(following.text) and SENTENCE_END.search(line.text)):
        return False
    if re.match(r"(?:[-•·]\s|\d{1,3}[.)]\s)", following.text):
        return False
    if wrapped:
        return len(line.text) >= 40 or (not looks_like_heading(line.text) and not SENTENCE_END.search(line.text))
    return not SENTENCE_END.search(line.text) and (following.text[:1].islower() or len(line.text) > 60 and not looks_like_heading(line.text))


def _is_label(text: str) -> bool:
    """Whether a line is a table's or a figure's label, alone or with its caption; `Table 1 shows` is a sentence."""
    found = LABEL.match(text)
    if not found or len(text) > 600:
        return False
    rest = found.group(3)
    separated = rest[:1] in (".", ":", "|", "–", "—", "-")
    words = rest.lstrip(".:|–—- ")
    return not words or (words[0].isupper() or words[0].isdigit() or words[0] in "(‘“\"'") and (separated or len(words) < 250) or (
        separated and len(words) < 250
    )


def _kind(lines: list[Line], following: Line | None) -> tuple[str, list[Line], str, str | None]:
    text = " ".join(line.text for line in lines)
    found = LABEL.match(text) if _is_label(text) else None
    if found:
        if found.group(1).lower().startswith("tab"):
            return "label", lines, text, found.group(2).upper()
        return "figure", lines, text, None
    words = text.split()
    if len(lines) == 1 and looks_like_heading(text) and (following is not None or section_of(text)):
        return "heading", lines, text, None
    if not LETTERS.search(text):
        return "noise", lines, text, None
    starts_inside = text[0].islower() or text[0].isdigit() or text[0] in ",;)%–"
    if (len(words) < 5 or starts_inside) and not (SENTENCE_END.search(text) and not starts_inside):
        return "fragment", lines, text, None
    return "paragraph", lines, text, None


def _is_note_mark(text: str) -> bool:
    return NOTE_MARK.match(text) is not None


def _is_note(text: str) -> bool:
    if re.match(r"\*{1,2}[^*\s][^*]*\*{1,2}", text) or re.match(r"\d", text):
        return bool(re.match(r"\d\s+[A-Z][a-z]", text))
    return _is_note_mark(text) or NOTE_START.match(text) is not None


def _is_title(block: Block) -> bool:
    """Whether a block reads as a table's title: one short phrase that starts big, hardly a sentence."""
    words = block.text.split()
    if block.kind not in ("paragraph", "heading", "fragment") or not 2 <= len(words) <= 45 or not block.text[0].isupper():
        return False
    if block.kind == "heading" and section_of(block.text):
        return False
    if ". " in block.text.rstrip(".")[:-1] and len(words) > 30:
        return False
    long_words = [word for word in words if len(word) > 4 and word[0].isalpha()]
    titled = sum(word[0].isupper() for word in long_words)
    return titled >= 0.6 * len(long_words) if long_words else True


# -- passages ------------------------------------------------------------------------------------------------------------------------


def _segments(text: str, lines: list[Line]) -> list[Segment]:
    """The lines' ranges with a space between; link targets left out. A word broken at a hyphen closes up."""
    segments: list[Segment] = []
    for index, line in enumerate(lines):
        if index:
            before = lines[index - 1].text
            hyphen = before[-1:] in "-–" and before[-2:-1].isalpha() and line.text[:1].islower()
            segments.append("" if hyphen else " ")
        segments.extend(_without_links(text, line.start, line.end))
    return segments


def _without_links(text: str, start: int, end: int) -> list[Segment]:
    if "](" not in text[start:end]:
        return [(start, end)]
    segments: list[Segment] = []
    for found in LINK.finditer(text, start, end):
        segments += [(start, found.start()), (found.start(1), found.end(1))]
        start = found.end()
    return [*segments, (start, end)]


def _passage(text: str, segments: list[Segment], in_table: bool = False) -> Passage:
    passage = compose(text, segments)
    passage.marks = find_marks(passage.text, in_table)
    return passage


def _tail(text: str, segments: list[Segment], offset: int) -> Passage:
    """The passage of a block's segments without its first `offset` characters."""
    kept: list[Segment] = []
    for segment in segments:
        length = len(segment) if isinstance(segment, str) else segment[1] - segment[0]
        if offset >= length:
            offset -= length
            continue
        if offset:
            segment = segment[offset:] if isinstance(segment, str) else (segment[0] + offset, segment[1])
            offset = 0
        kept.append(segment)
    return compose(text, kept)


def _note(text: str, block: Block) -> Note:
    found = NOTE_MARK.match(block.text)
    if not found:
        return Note(None, _passage(text, block.segments))
    symbol = next(group for group in found.groups() if group).strip()
    symbol = symbol.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᶠᵍʰ", "0123456789abcdefgh"))
    passage = _tail(text, block.segments, found.end())
    passage.marks = find_marks(passage.text)
    return Note(symbol, passage)


# -- grids ---------------------------------------------------------------------------------------------------------------------------


def _grid(text: str, lines: list[Line], symbols: list[str], at_end: bool) -> tuple[list[list[Cell]], str | None]:
    """The rows as cells, padded to the same length, and what is wrong with them."""
    rows = []
    glued = [symbol for symbol in symbols if len(symbol) <= 2 and symbol.isalnum()]
    for index, line in enumerate(lines):
        row, start = [], line.start
        for column, content in enumerate(line.text.split("\t")):
            left = len(content) - len(content.lstrip())
            stripped = content.strip()
            passage = EMPTY
            if stripped:
                marks = find_marks(stripped, in_table=True)
                if glued and not marks:
                    marks = glued_marks(stripped, glued)
                passage = Passage(stripped, (Piece(0, start + left, len(stripped)),), marks)
            row.append(Cell(passage, index, column))
            start += len(content) + 1
        rows.append(row)
    widths = [len(row) for row in rows]
    width = max(widths)
    usual = Counter(widths).most_common(1)[0][0]
    message = _ragged(rows, widths, usual, any(line.text.endswith("\t") for line in lines), at_end)
    for row in rows:
        row.extend(Cell(EMPTY, row[0].row, column) for column in range(len(row), width))
    return rows, message


def _ragged(rows: list[list[Cell]], widths: list[int], usual: int, keeps_tabs: bool, at_end: bool) -> str | None:
    last = rows[-1][-1].text
    if at_end and (widths[-1] < usual and (keeps_tabs or widths[-1] > 1) or last.count("(") != last.count(")")):
        return "the table is cut off at the end of the file"
    longer = sum(width > usual for width in widths)
    shorter = sum(width < usual for width in widths) if keeps_tabs else 0
    if longer or shorter:
        return f"ragged table: {longer + shorter} of {len(rows)} rows have not {usual} cells"
    return None


def _spread_header(rows: list[list[Cell]]) -> int | None:
    """Count the header rows and spread merged headers over the empty cells that they cover. None where no row is set as a header."""
    if not _is_header(rows[0], first=True):
        return None
    count = 1
    while count < len(rows) - 1 and not rows[count][0].text and _is_header(rows[count], first=False):
        count += 1
    width = len(rows[0])
    for r in range(count):
        below = rows[r + 1] if r + 1 < len(rows) else []
        column = 1
        while column < width:
            span = 1
            while column + span < width and not rows[r][column + span].text and column + span < len(below) and below[column + span].text:
                span += 1
            cell = rows[r][column]
            if span > 1 and cell.text and (r + 1 < count or _is_even(rows[r], span)):
                cell.column_span = span
                for c in range(column, column + span):
                    rows[r][c] = cell
            column += span
    for r in range(1, count):
        above = rows[r - 1][0]
        if above.text and not rows[r][0].text:
            above.row_span = r - above.row + 1
            rows[r][0] = above
    for r in range(count):
        for cell in rows[r]:
            cell.is_header = True
    return count


def _is_even(row: list[Cell], span: int) -> bool:
    """Whether every header of a single header row is followed by as many empty cells: then they are merged, not missing."""
    filled = [c for c, cell in enumerate(row) if cell.text and c]
    return len(row) > span and all(b - a == span for a, b in zip(filled, [*filled[1:], len(row)], strict=True))


def _is_header(row: list[Cell], first: bool) -> bool:
    """Whether a row's cells name columns: no figure begins one, but for a count of patients."""
    values = [cell.text for cell in row[1:] if cell.text]
    if not values:
        return False
    figures = sum(bool(re.match(r"[<>≤≥=]?\s?[-−–]?\d", value)) for value in values)
    return figures == 0 or first and figures < len(values)


# -- stitching -----------------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Joined:
    segments: dict[int, list[Segment]]
    swallowed: set[int]


def _stitch(blocks: list[Block]) -> Joined:
    """Join paragraphs that the page cuts in two: one that ends open with the next block that begins like its continuation.

    A bracket that is open on one side must close on the other. Where two open ends could take one continuation nothing is joined.
    """
    joined = Joined({}, set())
    waiting: list[Block] = []
    between = 0
    for block in blocks:
        if block.kind == "heading" and section_of(block.text) in (DISCUSSION, OTHER, "references"):
            waiting, between = [], 0
        if block.kind not in ("paragraph", "fragment"):
            continue
        if _starts_inside(block.text):
            fitting = [b for b in waiting if _fits(_text_of(b, joined), block.text, between)]
            is_debris = not SENTENCE_END.search(block.text) and len(block.text.split()) < 8 and not _opens(block.text)
            if len(fitting) == 1 and not is_debris:
                head = fitting[0]
                joined.segments[id(head)] = [*joined.segments.get(id(head), head.segments), " ", *block.segments]
                joined.swallowed.add(id(block))
                waiting.remove(head)
                if not SENTENCE_END.search(block.text):
                    waiting.append(head)
                between = 0
            continue
        if len(block.text.split()) >= 5 and not SENTENCE_END.search(_unmarked(block.text)):
            if not waiting:
                between = 0
            waiting.append(block)
        elif len(block.text.split()) >= 5:
            between += 1
    return joined


def _text_of(block: Block, joined: Joined) -> str:
    segments = joined.segments.get(id(block))
    return block.text if segments is None else block.text + " " + "…"


def _unmarked(text: str) -> str:
    for mark in reversed(find_marks(text)):
        text = text[: mark.start] + text[mark.end :]
    return text.rstrip()


def _starts_inside(text: str) -> bool:
    first = text[0]
    if re.match(r"\d{1,3}[.)]\s", text):
        return False
    return first.islower() or first.isdigit() or first in ",;)]%–<>≤≥=$("


def _opens(text: str) -> bool:
    return _balance(text)[1] > 0


def _balance(text: str) -> tuple[int, int]:
    """Closing brackets without an opening one, and opening ones without a closing one."""
    closed = opened = 0
    for character in text:
        if character in "([":
            opened += 1
        elif character in ")]":
            if opened:
                opened -= 1
            else:
                closed += 1
    return closed, opened


def _fits(head: str, tail: str, between: int) -> bool:
    opened, closed = _balance(head)[1], _balance(tail)[0]
    if (opened > 0) != (closed > 0):
        return False
    return between <= 3 if opened else between == 0
