"""A page as blocks from top to bottom -> tables with their captions and notes, paragraphs with their sections.

Belongs here: what text, Markdown and HTML have in common once their lines or elements are blocks: which label, caption and footnotes
belong to which grid, what is a paragraph of which section, and which two halves of a sentence belong together. Does not: finding the
blocks (one module a format), nor what a table's rows mean (trialmart/extraction).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from trialmart.document import EMPTY, Cell, Note, Paragraph, Passage, Table, Unreadable
from trialmart.reading.canonical import joined, part, without_start
from trialmart.reading.lost_spans import FIGURE
from trialmart.reading.marks import SYMBOLS, find_marks, glued_marks
from trialmart.reading.sections import ABSTRACT_PART, DISCUSSION, INTRODUCTION, OTHER, Outline, bare, section_of

LABEL = re.compile(
    r"\W{0,3}(?:(?P<extra>supplementa(?:ry|l)|appendix|additional|online)\s+|e)?(?P<what>table|tab\.|figure|fig\.|box|panel|scheme|chart)\s*(?P<number>S?\d{1,2}[A-Za-z]?|[IVX]{1,5})(?![\w-])\s*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
NOTE_MARK = re.compile(
    rf"""\s*(?:
      \$\s*\^\s*\{{?(?P<latex>[^{{}}$]{{1,12}}?)\}}?\s*\$ | \^\s?\{{(?P<brace>[^{{}}]{{1,12}})\}}
    | \^(?P<caret>[a-z0-9]|\*{{1,3}}|[{SYMBOLS}]{{1,2}})\^?(?![\w]) | \[\^(?P<footnote>[^\]\s]{{1,12}})\]:?
    | \[(?P<bracket>[{SYMBOLS}*#|]{{1,4}}|[a-z])\] | (?P<symbol>[{SYMBOLS}]{{1,4}}|\|\||\*{{1,4}}(?=\s|[A-Z"“]|[pn]\s?[<=>])|\#{{1,2}}(?=\s))
    | (?P<superscript>[⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᶠᵍʰ])
    | \((?P<round>[a-z]|\d)\)(?=\s) | (?P<plain>[a-z]|\d)(?=[.):]?\s+[A-Z"“]|[A-Z][a-z])[.):]?
    )\s*""",
    re.VERBOSE,
)
# how a note without a mark begins; an abbreviation is told by its capitals, lest `Therefore, all` be one
NOTE_START = re.compile(
    r"(?:abbreviations?\b|notes?\s*[.:]|legend\s*:|key\s*:|sources?\s*:|footnotes?\b"
    r"|(?:data|values|results|numbers|figures|percentages|scores|means?|medians?|p[\s-]?values?)\s+(?:(?:are|is|were|was)\s+(?:the\s+)?[*†‡§a-c]?\s?"
    r"(?:n\b|no\b|numbers?|means?|medians?|percent\w*|given|shown|presented|expressed|reported as|from|based|for|least|geometric|count|%|\()"
    r"|shown|in parenthes|may not|represent|given|±|from)"
    r"|all\s+(?:values|data|p)\b|\*?\s*p\s*(?:<|=|values?\b)|[-–—−]\s*[,=:]|n\s*=|(?:not|non)[\s-](?:significant|applicable)"
    r"|(?-i:(?=[\w/+%-]*[A-Z0-9][\w/+%-]*[A-Z0-9]|[A-Z]\b)[\w/+%-]{1,15}(?:\s[A-Z0-9]{1,6})?)\s*[,:]\s*[\w(]"
    r"|[\w/+%-]{1,15}(?:\s[\w/+%-]{1,10})?\s*(?:=|denotes?\b|indicates?\b|stands? for\b)\s*\w+"
    r"|(?:(?-i:[A-Z0-9])[\w/+%-]{0,14}\s*[,=:]\s*[\w\s-]{3,60};\s*){2,}"
    r"|(?:some|because|owing to)\b.*\b(?:percentages?|sum|rounding)\b|[^.]{0,120}\bunless otherwise\b)",
    re.IGNORECASE,
)
# what a page sets beside its tables to be clicked on
BUTTON = re.compile(
    r"(?:open|view|see|display|show|hide|expand|enlarge|download|export)(?:\s(?:this|the|an?|in|as|to|full|full-size|large|larger|original|all|new|inline"
    r"|popup|window|tab|tables?|figures?|image|version|size|screen|data|csv|excel|pdf|ppt|powerpoint|slides?|article|details|more|html|text|file|here))*"
    r"(?:\s?\([\w\s./,-]{1,20}\))?|full[- ](?:size(?: (?:table|image))?|table)|popup|csv|excel|powerpoint|\[?table view\]?|go to|back to top|permalink",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"[.!?:;…][\"”’')\]]*$")
TRANSLATED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᶠᵍʰ", "0123456789abcdefgh")
CUT_OFF = "the table is cut off at the end of the file"
PROSE = ("paragraph", "fragment")


@dataclass(slots=True)
class Block:
    """What is set as one thing.

    kind: heading, paragraph, fragment (too short or cut: not a paragraph by itself), label (a table's number, with or without its
    caption), figure, grid, noise; and once claimed: note, caption, repeat (a caption printed again).
    """

    kind: str
    passage: Passage
    order: int  # where it stands: grows down the page
    number: str | None = None  # a label's
    grid: list[list[Cell]] = field(default_factory=list)
    n_header_rows: int | None = None  # as marked up
    notes: list[Passage] = field(default_factory=list)  # marked up as this grid's
    caption: Passage | None = None  # marked up as this grid's
    table_id: str | None = None
    locator: str | None = None
    message: str | None = None
    level: int = 0  # a heading's, where it is marked up
    attached: bool = False  # no empty line between it and what stands above

    @property
    def text(self) -> str:
        return self.passage.text


class Page:
    """The blocks of one article. Tables come first, since what a table claims (its caption, its notes) is no paragraph."""

    def __init__(self, blocks: list[Block]) -> None:
        self.blocks = blocks

    def read(self) -> tuple[list[Table], list[Paragraph]]:
        tables = self._tables()
        return tables, self._paragraphs()

    # -- tables ------------------------------------------------------------------------------------------------------------------

    def _tables(self) -> list[Table]:
        grids = [index for index, block in enumerate(self.blocks) if block.kind == "grid"]
        labels, orphans = self._match_labels(grids)
        notes = {grid: self._claim_notes(grid) for grid in grids}
        found = []
        for grid in grids:
            label, caption = self._caption(grid, labels.get(grid, []), notes[grid])
            found.append((self.blocks[grid].order, self._table(grid, label, caption, notes[grid])))
        found += [(blocks[0].order, self._missing(blocks)) for blocks in orphans]
        tables = [table for _, table in sorted(found, key=lambda pair: pair[0])]
        self._claim_definitions(tables)
        _identify(tables)
        return tables

    def _claim_notes(self, grid: int) -> list[Block]:
        """The footnotes: blocks right under a grid, or under its caption, that begin with a mark or as general notes do."""
        claimed: list[Block] = []
        index = grid + 1
        while index < len(self.blocks):
            block = self.blocks[index]
            if block.kind == "noise" or (block.kind == "label" and not claimed and self._owner.get(id(block)) == grid):
                index += 1
                continue
            # lines without an empty line between belong together: one mark tells them all
            end = index + 1
            while end < len(self.blocks) and self.blocks[end].attached and self.blocks[end].kind in (*PROSE, "heading"):
                end += 1
            group = self.blocks[index:end]
            attached = block.attached and block.kind in PROSE and not is_title(block)
            is_claimed = attached or any(is_note(b.text, b.passage) for b in group)
            if block.kind not in (*PROSE, "heading") or not (is_claimed or self._before_a_note(index)):
                break
            for block in group:
                block.kind = "note"
            claimed += group
            index = end
        return claimed

    def _before_a_note(self, index: int) -> bool:
        """Whether a paragraph right under a grid stands above a footnote with a mark: then it is a general note."""
        block = self.blocks[index]
        following = next((b for b in self.blocks[index + 1 : index + 4] if b.kind != "noise"), None)
        if block.kind != "paragraph" or len(block.text) > 800 or following is None or following.kind not in PROSE or is_title(block):
            return False
        return has_note_mark(following.text) and is_note(following.text, following.passage) and not following.text[0].isdecimal()

    def _claim_definitions(self, tables: list[Table]) -> None:
        """Footnotes that stand at the end of the file (`[^1]: ...`) go to the tables that carry their mark."""
        for block in self.blocks:
            if block.kind not in PROSE or not (found := re.match(r"\[\^([^\]\s]{1,12})\]:\s*", block.text)):
                continue
            symbol = found.group(1)
            for table in tables:
                cells = [cell.passage for row in table.grid for cell in row]
                if any(mark.symbol == symbol for passage in (table.caption, *cells) for mark in passage.marks):
                    table.notes.append(Note(symbol, without_start(block.passage, found.end())))
                    block.kind = "note"

    def _match_labels(self, grids: list[int]) -> tuple[dict[int, list[Block]], list[list[Block]]]:
        """Which printed numbers belong to which grid, and those that no grid has.

        The nearest number above a grid that no other grid has, or the one below it where the page sets captions below.
        """
        places: dict[str, list[int]] = {}
        for index, block in enumerate(self.blocks):
            if block.kind == "label" and block.number:
                places.setdefault(block.number, []).append(index)
        matched: dict[int, list[Block]] = {}
        grids = [grid for grid in grids if self.blocks[grid].caption is None]
        around = [
            (previous, grid, following)
            for previous, grid, following in zip([-1, *grids], grids, [*grids[1:], len(self.blocks)], strict=False)
        ]
        numbers = [index for at in places.values() for index in at]
        above = sum(any(previous < index < grid for index in numbers) for previous, grid, _ in around)
        below = sum(any(grid < index < following for index in numbers) for _, grid, following in around) > above
        for previous, grid, following in around:
            over = [n for n, at in places.items() if any(previous < index < grid for index in at)]
            under = [n for n, at in places.items() if any(grid < index < following for index in at)]
            choice = under[:1] if below else over[-1:]
            if not choice and not below:
                # numbers may stand together above several grids; one below may be the next grid's
                choice = [n for n, at in places.items() if at[0] < grid][:1] or (
                    under[:1] if len(under) > 1 or following == len(self.blocks) else []
                )
            if choice:
                at = places.pop(choice[0])
                # the same number again right above the next grid is that grid's: a table in two parts
                others = any(grid < i < following for places_of in places.values() for i in places_of)
                later = [i for i in at if i > grid] if not below and not others and following < len(self.blocks) else []
                if later:
                    places[choice[0]] = later
                matched[grid] = [self.blocks[index] for index in at if index not in later]
        self._owner = {id(block): grid for grid, blocks in matched.items() for block in blocks}
        # a bare number without a grid is told as a table that could not be read; a supplement's is not in this file
        orphans = [[self.blocks[i] for i in at] for number, at in places.items() if not number.startswith("S")]
        return matched, orphans

    def _caption(self, grid: int, labels: list[Block], notes: list[Block]) -> tuple[str, Passage]:
        """The label as printed and the caption: behind the label, under it, or behind the notes. A title printed twice is taken once."""
        block = self.blocks[grid]
        label, caption = _behind_label(labels)
        if block.caption is not None and block.caption.text:
            found = LABEL.match(block.caption.text)
            label = block.caption.text[: found.end("number")].strip() if found else label
            caption = block.caption
            if found:
                caption = without_start(caption, len(caption.text) - len(found.group("rest").lstrip(".:|–—- ")))
        if caption is None:
            above = labels and labels[-1].order < block.order
            near = self._title_after(self.blocks.index(labels[-1]), grid) if above else None
            near = near or self._title_behind(grid, notes) or self._title_above(grid, labels)
            if near:
                near.kind = "caption"
                caption = near.passage
        if caption:
            for repeat in self._by_words.get(_words(caption.text), ()):
                if repeat.kind in ("paragraph", "heading", "fragment"):
                    repeat.kind = "repeat"
        return label, caption or EMPTY

    @cached_property
    def _by_words(self) -> dict[str, list[Block]]:
        found: dict[str, list[Block]] = {}
        for block in self.blocks:
            if block.kind in ("paragraph", "heading", "fragment"):
                found.setdefault(_words(block.text), []).append(block)
        return found

    def _title_after(self, label: int, grid: int) -> Block | None:
        """The caption under a number that stands alone: one that reads as a title, or all that is set between the number and the grid."""
        between = [b for b in self.blocks[label + 1 : grid] if b.kind != "noise"]
        if between and is_title(between[0]):
            return between[0]
        alone = len(between) == 1 and between[0].kind in (*PROSE, "heading") and len(between[0].text) <= 600
        return between[0] if alone and self.blocks[grid].kind == "grid" else None

    def _title_above(self, grid: int, labels: list[Block]) -> Block | None:
        above = next((b for b in reversed(self.blocks[:grid]) if b.kind != "noise"), None)
        if labels or above is None or above.level or above.kind not in ("heading", "paragraph") or above is self._title:
            return None
        return above if is_title(above) else None

    def _title_behind(self, grid: int, notes: list[Block]) -> Block | None:
        last = self.blocks.index(notes[-1]) if notes else grid
        following = next((b for b in self.blocks[last + 1 :] if b.kind != "noise"), None)
        return following if following and is_title(following) and following.text.endswith(".") else None

    def _table(self, grid: int, label: str, caption: Passage, notes: list[Block]) -> Table:
        block = self.blocks[grid]
        number = label_kind(label)[1] if label and LABEL.match(label) else None
        table_id = block.table_id or (f"t{number.lower()}" if number else "")
        read = [as_note(single) for passage in [*block.notes, *(b.passage for b in notes)] for single in _single_notes(passage)]
        glued = [note.symbol for note in read if note.symbol and len(note.symbol) <= 2 and note.symbol.isalnum()]
        if glued:
            for cell in {id(cell): cell for row in block.grid for cell in row}.values():
                if cell.text and not cell.passage.marks:
                    cell.passage.marks = glued_marks(cell.text, glued)
        return Table(table_id, label, caption, block.grid, block.n_header_rows, read, block.locator, block.message)

    def _missing(self, labels: list[Block]) -> Table:
        label, caption = _behind_label(labels)
        number = labels[0].number or ""
        message = "no grid stands under this label: the table may be an image or missing"
        return Table(f"t{number.lower()}", label, caption or EMPTY, [], None, [], labels[0].locator, message)

    # -- prose -------------------------------------------------------------------------------------------------------------------

    def _paragraphs(self) -> list[Paragraph]:
        whole, swallowed = stitch(self.blocks)
        headings = Counter(bare(b.text).lower() for b in self.blocks if b.kind == "heading")
        has_introduction = self._has_introduction(headings)
        outline = Outline()
        result = []
        for block in self.blocks:
            if block is self._title:
                result.append(Paragraph(block.passage, "title"))
            elif block.kind == "heading":
                words = bare(block.text).lower()
                headings[words] -= 1
                outline.open(block.text, later=headings[words] > 0, level=block.level)
            elif block.kind in PROSE and id(block) not in swallowed:
                passage = whole.get(id(block), block.passage)
                if name := _abstract_part(block.text, outline):
                    outline.open_part(name, block.text)
                section = outline.paragraph(has_introduction, long=len(block.text) > 200)
                if block.kind == "fragment" and id(block) not in whole and not _is_whole(block.text):
                    section = OTHER
                result.append(Paragraph(passage, section, outline.heading))
            elif block.kind in ("repeat", "figure"):
                result.append(Paragraph(block.passage, OTHER, outline.heading))
        return result

    def _has_introduction(self, headings: Counter[str]) -> bool:
        """Whether the introduction has a heading of its own. `Background` may be a part of the abstract: not where a paragraph follows
        the word Abstract, or where it stands twice."""
        told = [b for b in self.blocks if b.kind in ("heading", *PROSE)]
        run_on = any(
            a.kind == "heading" and section_of(a.text) == "abstract" and b.kind in PROSE for a, b in zip(told, told[1:], strict=False)
        )
        return any(section_of(h) == INTRODUCTION and (run_on or h.startswith("intro") or count > 1) for h, count in headings.items())

    @cached_property
    def _title(self) -> Block | None:
        """The article's title: the first heading of the highest level that is marked up, else the first line of some words above the
        abstract or the first section."""
        marked = [b for b in self.blocks if b.kind == "heading" and b.level == 1 and section_of(b.text) is None]
        if marked:
            return marked[0]
        front = len(self.blocks)
        for index, block in enumerate(self.blocks):
            if block.kind == "heading" and section_of(block.text) in ("abstract", "introduction", "methods", "results"):
                front = index
                break
        for block in self.blocks[: min(front, 12)]:
            words = block.text.split()
            if block.kind in ("heading", "paragraph", "fragment") and 4 <= len(words) <= 45 and not _is_byline(block.text):
                return block
        return None


def raise_if_cut_off(tables: list[Table], blocks: list[Block], text: str) -> None:
    """Raises Unreadable where the file ends within a table: a download that broke off, whose figures would stand for all of them."""
    last = next((block for block in reversed(blocks) if block.kind != "noise"), None)
    table = next((table for table in tables if last is not None and table.grid is last.grid and table.grid), None)
    if last is None or table is None:
        return
    cited = {int(number) for number in re.findall(r"\bTables?\s+(\d{1,2})\b", text, re.IGNORECASE)}
    present = {int(found.group(1)) for t in tables if (found := re.search(r"(\d+)\s*$", t.label))}
    unexplained = not table.notes and any(mark.kind == "note" for row in table.grid for cell in row for mark in cell.passage.marks)
    opened = [section_of(block.text) for block in blocks if block.kind == "heading"]
    after_results = opened[max((i for i, section in enumerate(opened) if section == "results"), default=-1) + 1 :]
    concludes = any(section in (DISCUSSION, "notes", OTHER) for section in after_results)
    if table.message == CUT_OFF or (present and cited and max(cited) > max(present)) or (unexplained and not concludes):
        raise Unreadable(f"the file is cut off: it ends within {table.label or 'a table'}")


def _identify(tables: list[Table]) -> None:
    """One id a table: a second grid under one number is `t2#2`; one without a number takes its place in the order, if that is free."""
    taken = Counter(table.table_id for table in tables)
    count: Counter[str] = Counter()
    for order, table in enumerate(tables, 1):
        if not table.table_id:
            number = next(n for n in (order, *range(len(tables) + 1, 3 * len(tables) + 9)) if f"t{n}" not in taken)
            table.table_id = f"t{number}"
            taken[table.table_id] += 1
        count[table.table_id] += 1
        if count[table.table_id] > 1:
            table.table_id = f"{table.table_id}#{count[table.table_id]}"


# -- captions and notes --------------------------------------------------------------------------------------------------------------


def is_label(text: str) -> bool:
    """Whether a line is a table's or a figure's label, alone or with its caption; `Table 1 shows` is a sentence."""
    found = LABEL.match(text) if len(text) <= 1200 else None
    if not found:
        return False
    rest = found.group("rest")
    words = rest.lstrip(".:|–—- ")
    if not words:
        return rest == "" or not rest[0].isalnum()
    separated = rest[0] in ".:|–—-"
    starts_big = words[0].isupper() or words[0].isdigit() or words[0] in "(‘“\"'"
    return separated or starts_big and len(words) < 300


def label_kind(text: str) -> tuple[str, str | None]:
    """label and number for a table's label, figure for anything else that is numbered."""
    found = LABEL.match(text)
    assert found is not None
    if not found.group("what").lower().startswith("tab"):
        return "figure", None
    number = found.group("number").upper()
    return "label", f"S{number}" if found.group("extra") and number[0] != "S" else number


def _behind_label(labels: list[Block]) -> tuple[str, Passage | None]:
    """The label as printed and the caption that stands behind one of its prints."""
    label, caption = "", None
    for block in labels:
        found = LABEL.match(block.text)
        assert found is not None
        rest = found.group("rest").lstrip(".:|–—- ")
        if rest and (caption is None or len(rest) > len(caption.text)):
            caption = without_start(block.passage, len(block.text) - len(rest))
            label = block.text[: found.end("number")].strip()
        label = label or block.text[: found.end("number")].strip()
        block.kind = "caption"
    return label, caption


def has_note_mark(text: str) -> bool:
    return NOTE_MARK.match(text) is not None


def is_note(text: str, passage: Passage | None = None) -> bool:
    """Whether a block under a table reads as its footnote."""
    if passage is not None and passage.marks and passage.marks[0].start == 0 and len(text) > passage.marks[0].end:
        return True
    if re.match(r"(\*{1,2})[^*\s][^*]*[^*\s]\1(?!\w)", text):
        return False
    if text[:1].isdecimal():
        return bool(re.match(r"\d\s+[A-Z][a-z]", text))
    return has_note_mark(text) or NOTE_START.match(text) is not None


def _single_notes(passage: Passage) -> list[Passage]:
    """Notes that run on in one paragraph: each begins with its mark behind the end of a sentence."""
    starts = [0]
    for mark in passage.marks:
        if mark.kind == "note" and mark.start > starts[-1] + 3 and re.search(r"[.;]\s+$", passage.text[: mark.start]):
            starts.append(mark.start)
    ends = [*starts[1:], len(passage.text)]
    return [part(passage, start, start + len(passage.text[start:end].rstrip())) for start, end in zip(starts, ends, strict=True)]


def as_note(passage: Passage) -> Note:
    """A footnote's mark and its words."""
    first = passage.marks[0] if passage.marks and passage.marks[0].start == 0 else None
    found = NOTE_MARK.match(passage.text)
    if first and (found is None or first.end >= found.end()):
        rest = passage.text[first.end :]
        skipped = first.end + len(rest) - len(rest.lstrip(" \t\n.:)"))
        return Note(first.symbol, without_start(passage, skipped))
    if not found:
        return Note(None, passage)
    symbol = next(group for group in found.groups() if group).strip().translate(TRANSLATED)
    return Note(symbol, without_start(passage, found.end()))


def is_title(block: Block) -> bool:
    """Whether a block reads as a table's title: one short phrase that starts big, hardly a sentence."""
    words = block.text.split()
    if block.kind not in ("paragraph", "heading", "fragment") or not 2 <= len(words) <= 45 or not block.text[0].isupper():
        return False
    if block.kind == "heading" and section_of(block.text):
        return False
    if ". " in block.text[:-1] and len(words) > 30:
        return False
    long_words = [word for word in words if len(word) > 4 and word[0].isalpha()]
    titled = sum(word[0].isupper() for word in long_words)
    return titled >= 0.6 * len(long_words) if long_words else True


def _is_whole(text: str) -> bool:
    """Whether a fragment that belongs to nothing can be read by itself: an item of a list, a sentence that begins with a figure, or
    enough words up to the end of a sentence."""
    words = len(text.split())
    if re.match(r"\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s", text):
        return words >= 3
    ended = SENTENCE_END.search(text) is not None and _balance(text) == (0, 0)
    return ended and words >= (5 if text[0].isdigit() else 12)


def _words(text: str) -> str:
    return " ".join(text.replace("*", "").lower().split())


def _is_byline(text: str) -> bool:
    return (
        re.match(
            r"(?i)\W*(?:authors?\b|by\s|published|copyright|©|doi\b|https?:|received|accepted|correspond|vol(?:ume)?\b|pmid|pmc)", text
        )
        is not None
    )


def _abstract_part(text: str, outline: Outline) -> str | None:
    """`Methods: ...` at the start of an abstract's paragraph is its heading."""
    if outline.section != "abstract":
        return None
    found = re.match(r"([A-Z][A-Za-z/ &]{3,40})[:.]\s", text)
    return found.group(1) if found and ABSTRACT_PART.fullmatch(found.group(1)) else None


# -- header rows ---------------------------------------------------------------------------------------------------------------------


def spread_header(rows: list[list[Cell]], at_least: int = 0) -> int | None:
    """Count the header rows and spread merged headers over the empty cells that they cover. None where no row is set as a header."""
    if not at_least and not _is_header(rows[0], first=True):
        return None
    count = max(at_least, 1)
    while count < len(rows) - 1 and _goes_on_as_header(rows[:count], rows[count]):
        count += 1
    for r in range(count):
        _spread_row(rows, r, count)
    for r in range(1, count):
        _spread_down(rows, r)
    for row in rows[:count]:
        for cell in row:
            cell.is_header = True
    return count


def _goes_on_as_header(above: list[list[Cell]], row: list[Cell]) -> bool:
    """Whether a row below the header belongs to it: it fills what the row above leaves empty under merged headers (then its names may
    be figures: grades, years), or it names columns and the row labels of the header are not said yet."""
    over = above[-1]
    filled = all(cell.text or head.text for cell, head in zip(row, over, strict=True))
    fills = any(cell.text and not head.text for cell, head in zip(row[1:], over[1:], strict=True))
    if len(above) == 1 and sum(bool(head.text) for head in over) == 1 and over[0].text:
        return _is_header(row, first=False)  # only a title over all columns so far
    if not row[0].text:
        return (fills and any(head.text for head in over[1:])) or _is_header(row, first=False)
    if not _is_header(row, first=False) or not all(cell.text for cell in row):
        return False
    return not any(header[0].text for header in above) or (filled and fills and any(head.text for head in over[1:]))


def _spread_row(rows: list[list[Cell]], r: int, count: int) -> None:
    """Let each header of a row stand over the empty cells to its right that a row below names, as far as its own parent reaches."""
    row = rows[r]
    named = [any(lower[c].text for lower in rows[r + 1 : count + 2]) for c in range(len(row))]
    if r + 1 == count:
        span = next((c for c in range(2, len(row)) if row[c].text), len(row)) - 1
        if count == len(rows) or (not r and (span < 2 or not _is_even(row, span))):
            return
    column = 0 if r + 1 < count and rows[r + 1][0].text and row[0].text else 1
    lone = [cell for cell in row[1:] if cell.text]
    if len(lone) == 1 and lone[0] is row[1] and not row[0].text and len(row) > 3 and all(named[2:]) and r + 1 < count:
        # over how many of the columns it stands is lost with its span: it is set over all, the labels' too, as a title that tells none apart
        lone[0].column, lone[0].column_span = 0, len(row)
        row[:] = lone * len(row)
        return
    before: list[str] = []
    while column < len(row):
        cell, end = row[column], column + 1
        while end < len(row) and not row[end].text and named[end] and (not r or rows[r - 1][end] is rows[r - 1][column]):
            end += 1
        under = [rows[r + 1][c].label for c in range(column, end)] if r + 1 < count else []
        # columns behind the last group that the other groups do not have (p, difference) stand for themselves
        if cell.text and 0 < len(before) < len(under) and under[: len(before)] == before and end == len(row):
            end = column + len(before)
        if cell.text and end > column + 1:
            cell.column_span = end - column
            row[column:end] = [cell] * (end - column)
        if cell.text:
            before = under
        column = end


def _spread_down(rows: list[list[Cell]], r: int) -> None:
    """A header with nothing but empty cells of a header row below it is set over them all."""
    row = list(rows[r])
    for column, above in enumerate(rows[r - 1]):
        covered = range(above.column, above.column + above.column_span)
        if above.text and not any(row[c].text for c in covered):
            above.row_span = r - above.row + 1
            rows[r][column] = above


def _is_even(row: list[Cell], span: int) -> bool:
    """Whether every header of a single header row is followed by as many empty cells: then they are merged, not missing."""
    filled = [c for c, cell in enumerate(row) if cell.text and c]
    return bool(filled) and len(row) > span and all(b - a == span for a, b in zip(filled, [*filled[1:], len(row)], strict=True))


def _is_header(row: list[Cell], first: bool) -> bool:
    """Whether a row's cells name columns: none of them is a figure alone (`12 mg` is a name)."""
    values = [cell.text for cell in row[1:] if cell.text]
    if not values:
        return False
    figures = sum(FIGURE.fullmatch(value) is not None for value in values)
    return figures == 0 or first and figures < len(values)


# -- stitching -----------------------------------------------------------------------------------------------------------------------


def stitch(blocks: list[Block]) -> tuple[dict[int, Passage], set[int]]:
    """Join paragraphs that the page cuts in two: one that ends open with the next block that begins like its continuation.

    A bracket that is open on one side must close on the other. Where two open ends could take one continuation nothing is joined.
    Returns the joined passages by the id of their first block, and the ids of the blocks that are now part of another.
    """
    whole: dict[int, Passage] = {}
    swallowed: set[int] = set()
    waiting: list[Block] = []
    between = short = 0  # whole paragraphs since the open end, and those of a few words (adverts, titles)
    for block in blocks:
        if block.kind == "heading" and section_of(block.text) in (DISCUSSION, OTHER):
            waiting = []
        if block.kind not in PROSE:
            continue
        long = len(block.text.split()) >= 5
        if starts_inside(block.text):
            fitting = [b for b in waiting if _fits(whole.get(id(b), b.passage).text, block.text, between, short)]
            ends = SENTENCE_END.search(block.text) is not None
            is_debris = not ends and len(block.text.split()) < 8 and not _balance(block.text)[1]
            if len(fitting) == 1 and not is_debris:
                head = fitting[0]
                whole[id(head)] = joined(whole.get(id(head), head.passage), block.passage)
                swallowed.add(id(block))
                waiting = [b for b in waiting if b is not head or not ends]
                between = short = 0
        elif long and not SENTENCE_END.search(_unmarked(block.passage)):
            between, short = (between, short) if waiting else (0, 0)
            waiting.append(block)
        elif long and len(block.text.split()) >= 12:
            between += 1
        else:
            short += 1
    return whole, swallowed


def starts_inside(text: str) -> bool:
    """Whether a text begins in the middle of a sentence; `1. Smith` is a list's item."""
    return not re.match(r"\d{1,3}[.)]\s", text) and (text[0].islower() or text[0].isdigit() or text[0] in ",;)]%–<>≤≥=$(")


def _unmarked(passage: Passage) -> str:
    """The words without the marks at their end, so that the full stop before a reference mark is seen."""
    return passage.words.rstrip()


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


def _fits(head: str, tail: str, between: int, short: int) -> bool:
    opened, closed = _balance(head)[1], _balance(tail)[0]
    if (opened > 0) != (closed > 0):
        return False
    if opened:
        return between <= 3
    return between == 0 and (short == 0 or len(tail.split()) >= 8)


def with_marks(passage: Passage, in_table: bool = False) -> Passage:
    """The passage with the marks that are characters of its text, besides those that were marked up."""
    passage.marks = (
        tuple(sorted((*passage.marks, *find_marks(passage.words, in_table)))) if passage.marks else find_marks(passage.text, in_table)
    )
    return passage
