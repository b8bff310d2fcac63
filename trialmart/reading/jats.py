"""JATS and NLM XML, as PubMed Central and publishers give it out.

Belongs here: which elements are prose, tables, captions and notes, where they stand, what their markup says (header rows, spans,
indentation, marks). Does not: what a table's rows mean (trialmart/extraction).

XML has no text of its own, so this reader writes the canonical one: a paragraph a line, a table row a line with tabs between cells.
An exponent set as superscript is written with a caret (10^9, m^2) lest it be read as digits of the number before it.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from html.entities import html5

from lxml import etree

from trialmart.document import EMPTY, Article, Cell, Mark, Metadata, Note, Paragraph, Passage, Piece, Table, Unreadable
from trialmart.reading.marks import SUPERSCRIPTS, SYMBOLS, find_marks
from trialmart.reading.sections import section_of

WIDTH = {
    "\u2003": 2.0,
    "\u2001": 2.0,
    "\u2002": 1.0,
    "\u2000": 1.0,
    "\u00a0": 1.0,
    "\u2004": 0.7,
    "\u2005": 0.5,
    "\u2006": 0.4,
    "\u2009": 0.4,
    "\u202f": 0.4,
    "\u3000": 2.0,
}
# whether a cell may hold a mark, asked of every one: a class of characters leads, so that the engine skips to them
MAY_BE_MARK = re.compile(rf"[\^\[{SUPERSCRIPTS}ᵃᵇᶜᵈᵉᶠᵍʰ{SYMBOLS}*#|.,;](?:(?<=[^.,;])|(?<=[a-z][.,;])\d)")
PADDING = re.compile(r"(?:padding-left|text-indent|margin-left)\s*:\s*(\d+(?:\.\d+)?)")
NOTE_WORDS = re.compile(r"\s*([*∗†‡§¶‖#]{1,5}|[a-z]\)|\([a-z]\)|\[[a-z]\]|\d\)|[a-z](?=[A-Z])|[a-z](?= [A-Z]))\s*")
EXPONENT_BASE = re.compile(r"(?:(?:^|[^\w.])|[x×*]\s?)10$|(?:^|[^A-Za-z])(?:k?m|[cdmµμn]m|ft|in|[RrIχητωxXQ])$")
PER_UNIT = re.compile(r"[A-Za-zµμ)]\s?$|10$")
EXPONENT = re.compile(r"[-−–]?\s?\d{1,2}\s?[-−–]?")
NOT_MARKS = frozenset(
    ("th", "st", "nd", "rd", "®", "™", "©", "+", "-", "−", "–", "++", "o", "°", "x", "TM", ",", "2+", "-/-", "+/+", "+/-")
)
NCT = re.compile(r"NCT(?<!\wNCT)\s?(\d{8})\b")  # begins with what it looks for: the engine skips to it
PMC_DIGITS = re.compile(r"(?:PMC)?(\d+)")

#: What stands in a paragraph but is a block of its own.
BLOCKS = frozenset(
    ("table-wrap", "table-wrap-group", "fig", "fig-group", "list", "def-list", "disp-quote", "boxed-text", "supplementary-material", "fn",
     "media", "floats-wrap", "floats-group", "array")
)  # fmt: skip
SILENT = frozenset(
    (
        "hr",
        "graphic",
        "inline-graphic",
        "media",
        "object-id",
        "tex-math",
        "alt-text",
        "label-alternatives",
        "permissions",
        "col",
        "colgroup",
    )
)
LINES = frozenset(("p", "list-item", "list", "title", "def-item"))
#: Types of the abstract itself; others are teasers, summaries for lay readers, pictures.
ABSTRACT_TYPES = frozenset((None, "structured", "abstract", "main", "normal"))
SECTION_TYPES = {
    "intro": "introduction", "introduction": "introduction", "background": "introduction", "method": "methods", "methods": "methods",
    "subjects": "methods", "patients": "methods", "material": "methods", "materials": "methods", "result": "results", "results": "results",
    "findings": "results", "discussion": "discussion", "discussions": "discussion", "conclusion": "discussion", "conclusions": "discussion",
    "supplementary-material": "notes", "coi-statement": "notes", "ack": "notes", "trial registration": "notes",
}  # fmt: skip


def read_jats(data: bytes, source_path: str, article_id: str) -> Article:
    """Read a JATS or NLM article. Raises Unreadable where the XML is broken or holds no article."""
    root = _parse(data)
    reader = _Reader(root)
    reader.read()
    article = Article(article_id, source_path, "jats", hashlib.sha256(data).hexdigest(), reader.text())
    article.paragraphs, article.tables = reader.paragraphs, reader.tables
    if not any(p.section != "title" for p in article.paragraphs) and not article.tables:
        raise Unreadable("the article has neither an abstract nor a body")
    article.metadata = _metadata(root, reader)
    return article


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        remove_comments=True, remove_pis=True, no_network=True, load_dtd=False, resolve_entities=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise Unreadable(f"broken XML{f' at line {line}' if line else ''}: {str(error).splitlines()[0][:160]}") from None
    for element in root.iter("{*}article"):
        if element.tag != "article":
            _strip_namespace(element)
        return element
    raise Unreadable(f"XML that is no article: its root is <{etree.QName(root).localname}>")


def _collapsed(text: str) -> str:
    """Runs of white space as one space each; a no-break space stays. XML has no white space beyond these four characters."""
    if "\n" in text or "\t" in text or "\r" in text:
        text = text.replace("\n", " ").replace("\t", " ").replace("\r", " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def _raw_text(element: etree._Element) -> str:
    """All characters of an element as they stand in the file."""
    return "".join(element.itertext()) if len(element) else element.text or ""


def _words(element: etree._Element | None) -> str:
    """A short element (label, heading) in one line; empty where there is none."""
    return "" if element is None else " ".join(_raw_text(element).split())


def _child(element: etree._Element, tag: str) -> etree._Element | None:
    return next(element.iterchildren(tag), None)


def _strip_namespace(article: etree._Element) -> None:
    """JATS under a namespace (OAI-PMH) reads as JATS without; MathML keeps its own."""
    prefix = article.tag[: article.tag.index("}") + 1]
    for element in article.iter(prefix + "*"):
        element.tag = element.tag[len(prefix) :]


class _Inline:
    """Text of mixed content with white space collapsed, and the marks in it. Offsets are into `text()`."""

    __slots__ = ("parts", "length", "marks", "in_table", "last", "left_out")

    def __init__(self, in_table: bool) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.marks: list[Mark] = []
        self.in_table = in_table
        self.last = "\n"
        self.left_out = False  # whether an element was skipped because the caller asked for it

    def add(self, text: str) -> None:
        text = _collapsed(text)
        if text[:1] == " " and self.last in " \n":
            text = text[1:]
        if not text:
            return
        self.parts.append(text)
        self.length += len(text)
        self.last = text[-1]

    def line(self) -> None:
        if self.last != "\n":
            self.parts.append("\n" if self.in_table else " ")
            self.length += 1
            self.last = "\n" if self.in_table else " "

    def element(self, element: etree._Element, skip: frozenset[str] = frozenset()) -> None:
        """The content of an element, without its tail. Elements named in `skip` are left out."""
        if text := element.text:
            self.add(text)
        for child in element:
            tag = child.tag
            if tag in skip:
                self.left_out = True
            elif (read := INLINE.get(tag)) is not None:
                read(self, child, skip)
            elif isinstance(tag, str):
                if len(child):
                    self.element(child, skip)
                elif text := child.text:
                    self.add(text)
            else:  # an entity that the DTD would have resolved
                self.add(html5.get(f"{getattr(child, 'name', '')};", ""))
            if text := child.tail:
                self.add(text)

    def _silent(self, element: etree._Element, skip: frozenset[str]) -> None:
        """Nothing of it is text."""

    def _break(self, element: etree._Element, skip: frozenset[str]) -> None:
        self.line()

    def _lines(self, element: etree._Element, skip: frozenset[str]) -> None:
        """What stands in lines of its own."""
        self.line()
        self.element(element, skip)
        self.line()

    def _alternatives(self, element: etree._Element, skip: frozenset[str]) -> None:
        """One of several forms of the same thing: the one that has text."""
        for child in element:
            if isinstance(child.tag, str) and child.tag not in SILENT:
                self.element(child)
                return

    def _mark(self, text: str, kind: str, symbol: str) -> None:
        start = self.length
        self.add(text)
        if self.length > start:
            self.marks.append(Mark(start, self.length, kind, symbol))

    def _xref(self, element: etree._Element, skip: frozenset[str]) -> None:
        kind = element.get("ref-type", "")
        text = _raw_text(element)
        symbol = text.strip().strip("[]()")
        if kind in ("table-fn", "fn") and len(symbol) <= 6:
            self._mark(text, "note", symbol)
        elif kind == "bibr":
            self._mark(text, "reference", symbol)
        else:
            self.element(element)

    def _sup(self, element: etree._Element, skip: frozenset[str]) -> None:
        text = _raw_text(element)
        symbol = text.strip()
        reference = next(element.iter("xref"), None) if len(element) else None
        if reference is not None:
            kind = "reference" if reference.get("ref-type") == "bibr" else "note"
            self._mark(text, kind, symbol.strip("[]()"))
        elif EXPONENT.fullmatch(symbol):
            self._figure_above(element, symbol)
        elif symbol in NOT_MARKS or len(symbol) > 5:
            self.element(element)
        else:
            self._mark(text, "note" if self.in_table or not symbol.isalnum() else "unknown", symbol)

    def _figure_above(self, element: etree._Element, symbol: str) -> None:
        """Superscript digits: an exponent, a mass number before an element's symbol, or a mark."""
        before = "".join(self.parts[-6:])[-12:]
        signed = not symbol.isdigit()
        if PER_UNIT.search(before) if signed else (EXPONENT_BASE.search(before) and (symbol in ("2", "3") or before.endswith("10"))):
            self.add("^" + symbol.replace(" ", ""))
            return
        tail = element.tail or ""
        if len(symbol) >= 2 and tail[:1].isupper() and (not before or not before[-1].isalnum()):
            self.add(symbol)
            return
        self._mark(symbol, "unknown" if self.in_table else "reference", symbol)

    def text(self) -> str:
        return "".join(self.parts)


#: How an element inside running text is read; every other one is read through.
INLINE = {
    **dict.fromkeys(SILENT, _Inline._silent),
    **dict.fromkeys(LINES, _Inline._lines),
    "break": _Inline._break,
    "sup": _Inline._sup,
    "xref": _Inline._xref,
    "alternatives": _Inline._alternatives,
}


def _joined_references(text: str, marks: list[Mark]) -> tuple[Mark, ...]:
    """Reference marks that stand in one bracket or in a row are one mark, bracket included."""
    joined: list[Mark] = []
    for mark in marks:
        last = joined[-1] if joined else None
        if last and last.kind == mark.kind == "reference" and not text[last.end : mark.start].strip(" ,;–-−and"):
            joined[-1] = Mark(last.start, mark.end, "reference", f"{last.symbol},{mark.symbol}")
        else:
            joined.append(mark)
    for index, mark in enumerate(joined):
        if mark.kind == "reference" and mark.start and mark.end < len(text) and text[mark.start - 1] + text[mark.end] in ("[]", "()"):
            joined[index] = Mark(mark.start - 1, mark.end + 1, mark.kind, mark.symbol)
    return tuple(joined)


class _Reader:
    """Goes down the document once and writes text, paragraphs and tables."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.tree = root.getroottree()
        self.parts: list[str] = []
        self.length = 0
        self.paragraphs: list[Paragraph] = []
        self.tables: list[Table] = []
        self.taken: Counter[str] = Counter()

    def text(self) -> str:
        return "".join(self.parts)

    def _write(self, text: str) -> int:
        start = self.length
        self.parts.append(text)
        self.length += len(text)
        return start

    def _passage(self, inline: _Inline, element: etree._Element) -> Passage | None:
        """A passage in a line of its own; None where the element has no words."""
        text = inline.text()
        stripped = text.rstrip()
        if not stripped:
            return None
        marks = inline.marks
        if len(marks) > 1 or marks and marks[0].kind == "reference":
            marks = list(_joined_references(text, marks))
        kept = tuple(m for m in marks if m.end <= len(stripped)) if marks else ()
        passage = Passage(stripped, (Piece(0, self.length, len(stripped)),), kept, self.tree.getpath(element))
        self._write(stripped + "\n")
        return passage

    # -- prose -------------------------------------------------------------------------------------------------------------------

    def read(self) -> None:
        root = self.root
        meta = root.find("front/article-meta")
        if meta is not None:
            title = meta.find("title-group/article-title")
            if title is not None:
                self._prose(title, "title", "", frozenset(("fn", "xref")))
            for abstract in meta.iterchildren("abstract"):
                section = "abstract" if abstract.get("abstract-type") in ABSTRACT_TYPES else "other"
                self._blocks(abstract, section, "")
        for part, section in (("body", "other"), ("back", "notes"), ("floats-wrap", "results"), ("floats-group", "results")):
            for element in root.iterchildren(part):
                self._blocks(element, section, "")

    def _prose(self, element: etree._Element, section: str, heading: str, skip: frozenset[str] = BLOCKS) -> bool:
        """A paragraph. Says whether blocks in it were left out."""
        inline = _Inline(False)
        inline.element(element, skip)
        passage = self._passage(inline, element)
        if passage is not None:
            self.paragraphs.append(Paragraph(passage, section, heading))
        return inline.left_out

    def _blocks(self, parent: etree._Element, section: str, heading: str) -> None:
        for child in parent:
            tag = child.tag
            if not isinstance(tag, str):
                continue
            if tag == "p":
                if self._prose(child, section, heading):
                    self._blocks_inside(child, section, heading)
            elif tag in ("sec", "ack", "app", "notes", "glossary"):
                self._section(child, section)
            elif tag == "table-wrap":
                self._table_wrap(child)
            elif tag == "fig":
                self._figure(child)
            elif tag in ("title", "label") and parent.tag != "list-item":
                if text := _words(child):
                    self._write("\n" + text + "\n")
            elif tag in ("ref-list", "graphic", "media", "object-id", "permissions"):
                continue
            else:
                self._blocks(child, section, heading)

    def _blocks_inside(self, paragraph: etree._Element, section: str, heading: str) -> None:
        for child in paragraph:
            if child.tag == "table-wrap":
                self._table_wrap(child)
            elif child.tag == "fig":
                self._figure(child)
            elif child.tag in BLOCKS:
                self._blocks(child, section, heading)

    def _section(self, element: etree._Element, section: str) -> None:
        heading = _words(_child(element, "title"))
        if section in ("other", "notes"):
            told = (element.get("sec-type") or "").lower().split("|")
            named = next((SECTION_TYPES[word] for word in reversed(told) if word in SECTION_TYPES), None) or (
                section_of(heading) if heading else None
            )
            section = named or section
        if element.tag in ("ack", "notes", "glossary"):
            section = "notes"
        elif element.tag == "app":
            section = "other"
        self._blocks(element, section, heading)

    def _figure(self, element: etree._Element) -> None:
        label = element.findtext("label") or "Figure"
        for caption in element.iterchildren("caption"):
            for child in caption:
                if child.tag in ("p", "title"):
                    self._prose(child, "other", " ".join(label.split()))

    # -- tables ------------------------------------------------------------------------------------------------------------------

    def _table_wrap(self, wrap: etree._Element) -> None:
        label = _words(_child(wrap, "label"))
        self._write("\n" + label + " " if label else "\n")
        caption_element = _child(wrap, "caption")
        caption = EMPTY
        if caption_element is not None:
            inline = _Inline(False)
            inline.in_table = True
            inline.element(caption_element, frozenset(("fn", "graphic")))
            if (passage := self._passage(inline, caption_element)) is not None:
                caption = passage
                caption.marks = _more_marks(caption)
        tables = list(wrap.iter("table"))
        read = [self._table(table, self._table_id(wrap, label), label, caption) for table in tables]
        if not tables:
            read = [Table(self._table_id(wrap, label), label, caption, [], None, [], self.tree.getpath(wrap), _why_no_table(wrap))]
        notes = self._notes(wrap)
        for table in read:
            table.notes = notes
        self.tables.extend(read)

    def _table_id(self, wrap: etree._Element, label: str) -> str:
        number = re.search(r"(\d+|[IVX]+)\W*$", label)
        name = wrap.get("id") or f"t{number.group(1).lower() if number else len(self.tables) + 1}"
        self.taken[name] += 1
        return name if self.taken[name] == 1 else f"{name}#{self.taken[name]}"

    def _table(self, element: etree._Element, table_id: str, label: str, caption: Passage) -> Table:
        path = self.tree.getpath(element)
        grid: list[list[Cell | None]] = []
        widths: list[tuple[Cell, float]] = []
        header_rows = 0
        for name, group_path, rows in _row_groups(element, path):
            in_head = name == "thead"
            if in_head:
                header_rows += len(rows)
            first = len(grid)
            grid.extend([] for _ in rows)
            for offset, row in enumerate(rows):
                self._row(row, f"{group_path}/tr[{offset + 1}]", first + offset, first + len(rows), grid, in_head, widths)
        _set_indents(widths)
        message = _square(grid)
        return Table(table_id, label, caption, grid, header_rows or _leading_th_rows(grid), [], path, message)  # type: ignore[arg-type]

    def _row(
        self,
        row: etree._Element,
        path: str,
        at: int,
        last: int,
        grid: list[list[Cell | None]],
        in_head: bool,
        widths: list[tuple[Cell, float]],
    ) -> None:
        column = tds = ths = 0
        line = grid[at]
        for element in row:
            tag = element.tag
            if tag == "td":
                tds += 1
                locator = f"{path}/td[{tds}]"
            elif tag == "th":
                ths += 1
                locator = f"{path}/th[{ths}]"
            else:
                continue
            while column < len(line) and line[column] is not None:
                column += 1
            passage, width, emphasis = self._mixed_cell(element, locator) if len(element) else self._plain_cell(element, locator)
            cell = Cell(passage, at, column, 1, 1, in_head or tag == "th", 0, emphasis)
            down, across = element.get("rowspan", "1"), element.get("colspan", "1")
            if down == "1" == across:
                if column == len(line):
                    line.append(cell)
                else:
                    line[column] = cell
                column += 1
            else:
                cell.row_span = min(_span(down) or last - at, last - at)
                cell.column_span = min(_span(across) or 1, 100)
                _spread(cell, grid)
                column += cell.column_span
            if width and not in_head:
                widths.append((cell, width))
        self._write("\n")

    def _plain_cell(self, element: etree._Element, locator: str) -> tuple[Passage, float, str]:
        """A cell without markup: its passage, how far it is set in, its emphasis (none)."""
        raw = element.text or ""
        text = _collapsed(raw).strip()
        if not text:
            return self._no_words()
        style = element.get("style")
        width = _indent(raw, style) if style or raw[0].isspace() else 0.0
        return self._cell(text, (), locator), width, ""

    def _mixed_cell(self, element: etree._Element, locator: str) -> tuple[Passage, float, str]:
        """A cell with markup: its passage, how far it is set in, its emphasis."""
        first = element[0]
        if first.tag == "hr" and not first.tail and len(element) == 1:
            return self._plain_cell(element, locator)
        inline = _Inline(True)
        inline.element(element)
        text = inline.text()
        stripped = text.strip()
        if not stripped:
            return self._no_words()
        raw, emphasis = element.text or "", ""
        if first.tag in ("bold", "italic") and not raw.strip():
            emphasis = first.tag
            raw += first.text or ""
        style = element.get("style")
        width = _indent(raw, style) if style or raw[:1].isspace() else 2.0 * (first.tag == "list")
        marks: tuple[Mark, ...] = ()
        if inline.marks:
            cut = len(text) - len(text.lstrip())
            marks = tuple(
                Mark(m.start - cut, m.end - cut, m.kind, m.symbol) for m in inline.marks if cut <= m.start and m.end - cut <= len(stripped)
            )
        return self._cell(stripped, marks, locator), width, emphasis

    def _no_words(self) -> tuple[Passage, float, str]:
        self._write("\t")
        return EMPTY, 0.0, ""

    def _cell(self, text: str, marks: tuple[Mark, ...], locator: str) -> Passage:
        length = len(text)
        passage = Passage(text, (Piece(0, self.length, length),), marks, locator)
        if MAY_BE_MARK.search(text):
            passage.marks = _more_marks(passage)
        self.parts.append(text + "\t")
        self.length += length + 1
        return passage

    def _notes(self, wrap: etree._Element) -> list[Note]:
        notes: list[Note] = []
        for foot in wrap.iterchildren("table-wrap-foot"):
            for element in foot.iter("fn", "p"):
                if element.tag == "fn":
                    symbol = _child(element, "label")
                    told = None if symbol is None else _words(symbol)
                    for paragraph in element.iterchildren("p"):
                        notes.extend(self._note(paragraph, told))
                        told = None
                elif element.getparent().tag != "fn":
                    notes.extend(self._note(element, None))
        return notes

    def _note(self, element: etree._Element, symbol: str | None) -> list[Note]:
        """The notes of a paragraph: one, or several where marks open each sentence."""
        inline = _Inline(True)
        inline.element(element, BLOCKS)
        passage = self._passage(inline, element)
        if passage is None:
            return []
        text = passage.text
        cuts = [
            mark for mark in passage.marks if mark.kind != "reference" and (mark.start == 0 or text[: mark.start].rstrip()[-1:] in ".;,\n")
        ]
        cuts = [mark for mark in cuts if mark.start == 0 or re.match(r"\s*[A-Z]", text[mark.end :])]
        if symbol is not None:
            return [Note(symbol.strip("()[]. "), passage)]
        if not cuts:
            found = NOTE_WORDS.match(text)
            return [Note(found.group(1).strip("()[]") if found else None, passage)]
        starts = [mark.start for mark in cuts]
        notes = [Note(None, _part(passage, 0, starts[0]))] if starts[0] > 0 else []
        for mark, end in zip(cuts, [*starts[1:], len(text)], strict=True):
            notes.append(Note(mark.symbol, _part(passage, mark.start, end)))
        return notes


def _part(passage: Passage, start: int, end: int) -> Passage:
    text = passage.text[start:end].rstrip()
    marks = tuple(
        Mark(m.start - start, m.end - start, m.kind, m.symbol) for m in passage.marks if start <= m.start and m.end <= start + len(text)
    )
    return Passage(text, (Piece(0, passage.pieces[0].start + start, len(text)),), marks, passage.locator)


def _more_marks(passage: Passage) -> tuple[Mark, ...]:
    """Marks set in markup and those that are plain characters; where both cover a place, the markup's."""
    found = [
        mark
        for mark in find_marks(passage.text, in_table=True)
        if passage.text[mark.start] != "^" and not any(m.start < mark.end and mark.start < m.end for m in passage.marks)
    ]
    return tuple(sorted((*passage.marks, *found))) if found else passage.marks


def _why_no_table(wrap: etree._Element) -> str:
    picture = next(wrap.iter("graphic", "inline-graphic", "media"), None)
    if picture is None:
        return "the source has no grid for this table"
    name = next((value for key, value in picture.attrib.items() if key.endswith("href")), "")
    return f"the table is an image{f' ({name})' if name else ''}: its figures are not in the text"


def _spread(cell: Cell, grid: list[list[Cell | None]]) -> None:
    """Puts a cell at all its positions; where another already stands, that one stays."""
    over = range(cell.column, cell.column + cell.column_span)
    for row in range(cell.row, cell.row + cell.row_span):
        line = grid[row]
        if len(line) < over.stop:
            line.extend([None] * (over.stop - len(line)))
        for column in over:
            if line[column] is None:
                line[column] = cell


def _row_groups(table: etree._Element, path: str) -> list[tuple[str, str, list[etree._Element]]]:
    """(name, XPath, rows) of head, bodies and foot in the order in which the page sets them."""
    groups: list[tuple[str, str, list[etree._Element]]] = []
    feet: list[tuple[str, str, list[etree._Element]]] = []
    counts: Counter[str] = Counter()
    for child in table:
        tag = child.tag
        if tag in ("thead", "tbody", "tfoot"):
            counts[tag] += 1
            group = (tag, f"{path}/{tag}[{counts[tag]}]", [row for row in child if row.tag == "tr"])
            (feet if tag == "tfoot" else groups).append(group)
    loose = [child for child in table if child.tag == "tr"]
    return (groups + [("", path, loose)] if loose else groups) + feet


def _span(text: str) -> int:
    return int(text) if text.isdigit() else 1


def _square(grid: list[list[Cell | None]]) -> str | None:
    """Fills what rows lack with empty cells, so that all have the same length. Says so where there is no cell at all."""
    width = max(map(len, grid), default=0)
    for at, row in enumerate(grid):
        row.extend([None] * (width - len(row)))
        for column, cell in enumerate(row):
            if cell is None:
                row[column] = Cell(EMPTY, at, column)
    return None if width else "the table has no cells"


def _leading_th_rows(grid: list[list[Cell]]) -> int | None:  # type: ignore[type-arg]
    count = 0
    for row in grid:
        if not row or not all(cell.is_header for cell in row):
            break
        count += 1
    return count if 0 < count < len(grid) else None


def _indent(raw: str, style: str | None) -> float:
    """How far a cell's words are set in, in halves of an em. A line break and what follows it is the file's layout, not the page's."""
    lead = raw[: len(raw) - len(raw.lstrip())]
    width = sum(WIDTH.get(character, 0.0) for character in lead)
    if not width and lead and "\n" not in lead and len(lead) > 1:
        width = len(lead) / 2
    if style and (found := PADDING.search(style)):
        width += float(found.group(1))
    return width


def _set_indents(widths: list[tuple[Cell, float]]) -> None:
    """Widths to levels: the narrowest is 1; widths that differ by less than a thin space or two are the same level."""
    level_of: dict[int, dict[float, int]] = {}
    for column in {cell.column for cell, _ in widths}:
        level, last = 0, -1.0
        levels = level_of[column] = {}
        for width in sorted({width for cell, width in widths if cell.column == column}):
            if width - last >= 0.9:
                level += 1
                last = width
            levels[width] = level
    for cell, width in widths:
        cell.indent = level_of[cell.column][width]


def _metadata(root: etree._Element, reader: _Reader) -> Metadata:
    meta = root.find("front/article-meta")
    if meta is None:
        return Metadata()
    ids = {element.get("pub-id-type"): (element.text or "").strip() for element in meta.iterchildren("article-id")}
    journal = root.find("front/journal-meta//journal-title")
    title = next((p.passage.label for p in reader.paragraphs if p.section == "title"), None)
    pmc = PMC_DIGITS.fullmatch(ids.get("pmc") or ids.get("pmcid") or ids.get("pmc-uid") or "")
    return Metadata(
        title=title or None,
        journal=_words(journal) if journal is not None else None,
        year=_year(meta),
        doi=ids.get("doi") or None,
        pmid=ids.get("pmid") or None,
        pmcid=f"PMC{pmc.group(1)}" if pmc else None,
        nct_id=_registry_number(reader),
    )


def _year(meta: etree._Element) -> int | None:
    """The year of the issue, else of the first publication; the archive's own release date does not count."""
    dates = {date.get("pub-type") or date.get("date-type") or "": date.findtext("year") for date in meta.iterchildren("pub-date")}
    for kind in ("ppub", "collection", "epub-ppub", "epub", "pub", *dates):
        if kind != "pmc-release" and (year := dates.get(kind)) and year.strip().isdigit():
            return int(year)
    return None


def _registry_number(reader: _Reader) -> str | None:
    """The trial's number: the abstract's, else the one most often printed (another trial's may be mentioned too)."""
    abstract = "\n".join(p.passage.text for p in reader.paragraphs if p.section == "abstract")
    for text in (abstract, reader.text()):
        if "NCT" in text and (numbers := Counter(NCT.findall(text))):
            return "NCT" + numbers.most_common(1)[0][0]
    return None
