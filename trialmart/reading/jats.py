"""JATS and NLM XML, as PubMed Central and publishers give it out.

Belongs here: which elements are prose, tables, captions and notes, where they stand, what their markup says (header rows, spans,
indentation, marks). Does not: what a table's rows mean (trialmart/extraction).

XML has no text of its own, so this reader writes the canonical one: a paragraph a line, a table row a line with tabs between cells.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from html.entities import html5

from lxml import etree

from trialmart.document import EMPTY, Article, Mark, Metadata, Note, Paragraph, Passage, Piece, Table, Unreadable
from trialmart.reading.canonical import new_piece
from trialmart.reading.jats_inline import Inline, joined_references, words
from trialmart.reading.jats_tables import more_marks, read_grid
from trialmart.reading.recognise import decode
from trialmart.reading.sections import section_of

NOTE_WORDS = re.compile(r"\s*([*∗†‡§¶‖#]{1,5}|[a-z]\)|\([a-z]\)|\[[a-z]\]|\d\)|[a-z](?=[A-Z])|[a-z](?= [A-Z]))\s*")
NCT = re.compile(r"NCT(?<!\wNCT)\s?(\d{8})\b")  # begins with what it looks for: the engine skips to it
PMC_DIGITS = re.compile(r"(?:PMC)?(\d+)")

# entities that are neither XML's own nor numbers; names that a file defines; where an encoding is declared; prefixes of names
PREDEFINED = (b"amp", b"lt", b"gt", b"quot", b"apos")
NAMED_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]*);")
OWN_ENTITY = re.compile(rb"<!ENTITY\s+(\w+)")
DECLARED = re.compile(rb"\s*(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)")
UNDECLARED = re.compile(rb"(</?|\s)(?!xml:|xmlns:)[A-Za-z][\w-]*:([A-Za-z][\w-]*(?=[\s/>=]))")

#: What stands in a paragraph but is a block of its own.
BLOCKS = frozenset(
    ("table-wrap", "table-wrap-group", "fig", "fig-group", "list", "def-list", "disp-quote", "boxed-text", "supplementary-material", "fn",
     "media", "floats-wrap", "floats-group", "array", "table")
)  # fmt: skip
TABLES = frozenset(("table-wrap", "table", "array"))
NOT_XML = (etree.XMLSyntaxError, ValueError)
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
    paragraphs, tables, text = reader.paragraphs, reader.tables, "".join(reader.parts)
    if not tables and all(p.section == "title" for p in paragraphs):
        raise Unreadable("the article has neither an abstract nor a body")
    metadata = _metadata(root, paragraphs, text)
    return Article(article_id, source_path, "jats", hashlib.sha256(data).hexdigest(), text, metadata, paragraphs, tables)


def _parse(data: bytes) -> etree._Element:
    root = _tree(data)
    articles = [root] if root.tag == "article" else list(root.iter("{*}article"))
    if not articles:
        raise Unreadable(f"XML that is no article: its root is <{etree.QName(root).localname}>")
    if len(articles) > 1:
        raise Unreadable(f"the file holds {len(articles)} articles: save each in a file of its own")
    if articles[0].tag != "article":
        _strip_namespace(articles[0])
    return articles[0]


def _tree(data: bytes) -> etree._Element:
    """The XML's elements. What files have wrong most often is mended: a broken reference list, entities, the encoding, prefixes."""
    encoding = "utf-8" if _is_utf8_in_spite(data) else None
    resolve = True
    try:
        return _elements(_without_references(data), encoding)
    except NOT_XML:
        pass
    while True:
        try:
            return _elements(data, encoding, resolve)
        except NOT_XML as error:
            told = str(error)
            if told.startswith("Entity") and (named := _with_named_characters(data)) != data:
                data = named
            elif told.startswith("Entity") and resolve:
                resolve = False  # one of a DTD that is not at hand: its character is lost, not the article
            elif "encoding" in told and encoding is None and b"\0" not in data:
                data, encoding = decode(data).encode(), "utf-8"
            elif told.startswith("Namespace prefix") and (bare := UNDECLARED.sub(rb"\1\2", data)) != data:
                data = bare  # cut out of a larger file
            else:
                line = getattr(error, "lineno", None)
                raise Unreadable(f"broken XML{f' at line {line}' if line else ''}: {told.splitlines()[0][:160]}") from None


def _elements(data: bytes, encoding: str | None, resolve: bool = True) -> etree._Element:
    # entities that the file itself defines are resolved; nothing is loaded for others
    parser = etree.XMLParser(
        remove_comments=True, remove_pis=True, no_network=True, load_dtd=False, huge_tree=False, encoding=encoding,
        resolve_entities="internal" if resolve else False,
    )  # fmt: skip
    root = etree.fromstring(data, parser)
    if root is None:
        raise ValueError("no element in it")
    return root


def _with_named_characters(data: bytes) -> bytes:
    """`&nbsp;` and its like as numbers: the DTD that names them is not loaded, or not there."""
    own = set(OWN_ENTITY.findall(data[:50_000]))

    def number(found: re.Match[bytes]) -> bytes:
        name = found.group(1)
        known = html5.get(name.decode() + ";") if name not in own and name not in PREDEFINED else None
        return "".join(f"&#{ord(character)};" for character in known).encode() if known else found.group()

    return NAMED_ENTITY.sub(number, data)


def _is_utf8_in_spite(data: bytes) -> bool:
    """Whether a file that declares another encoding is UTF-8: bytes above 127 hardly ever form UTF-8 by chance."""
    declared = DECLARED.match(data[:200])
    if (
        not declared
        or declared.group(1).lower() in (b"utf-8", b"utf8")
        or declared.group(1).lower().startswith(b"utf-16")
        or data.isascii()
    ):
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _without_references(data: bytes) -> bytes:
    """The file with its reference list emptied: a third of most files, and nothing of it is read. One with several lists stays whole."""
    start = data.find(b"<ref-list")
    begin, end = data.find(b">", start) + 1, data.rfind(b"</ref-list>")
    if start < 0 or not 0 < begin <= end or b"<ref-list" in data[begin:end]:
        return data
    return data[:begin] + data[end:]


def _child(element: etree._Element, tag: str) -> etree._Element | None:
    return next(element.iterchildren(tag), None)


def _strip_namespace(article: etree._Element) -> None:
    """JATS under a namespace (OAI-PMH) reads as JATS without; MathML keeps its own."""
    prefix = article.tag[: article.tag.index("}") + 1]
    for element in article.iter(prefix + "*"):
        element.tag = element.tag[len(prefix) :]


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
        self.seen: set[str] = set()  # XPaths of the tables that were read, and of their wraps

    def _write(self, text: str) -> int:
        start = self.length
        self.parts.append(text)
        self.length += len(text)
        return start

    def _passage(self, inline: Inline, element: etree._Element) -> Passage | None:
        """A passage in a line of its own; None where the element has no words."""
        text, marks = inline.read()
        stripped = text.rstrip()
        if not stripped:
            return None
        if marks:
            if len(marks) > 1 or marks[0].kind == "reference":
                marks = joined_references(text, marks)
            while marks and marks[-1].end > len(stripped):
                marks.pop()
        passage = Passage(stripped, (new_piece((0, self.length, len(stripped))),), tuple(marks), self.tree.getpath(element))
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
        if len(self.seen) < sum(1 for _ in root.iter("table-wrap", "table")):
            self._tables_elsewhere()

    def _tables_elsewhere(self) -> None:
        """Tables where none are looked for (a figure's caption, a heading, the front): read too, but for those of an article within this one."""
        for wrap in self.root.iter("table-wrap", "table"):
            path = self.tree.getpath(wrap)
            outer = next((a for a in wrap.iterancestors("table-wrap", "table", "sub-article", "response", "ref-list")), None)
            if path in self.seen or (outer is not None and outer.tag in ("table-wrap", "table")):
                continue
            if outer is None:
                self._table_wrap(wrap)
            else:
                label = words(_child(wrap, "label"))
                why = f"the table stands in a <{outer.tag}>, which is not read"
                self.tables.append(Table(self._table_id(wrap, label), label, EMPTY, [], None, [], path, why))

    def _prose(self, element: etree._Element, section: str, heading: str, skip: frozenset[str] = BLOCKS) -> bool:
        """A paragraph. Says whether blocks in it were left out."""
        inline = Inline(False)
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
            elif tag in TABLES:
                self._table_wrap(child)
            elif tag == "fig":
                self._figure(child)
            elif tag in ("title", "label") and parent.tag != "list-item":
                if text := words(child):
                    self._write("\n" + text + "\n")
            elif tag in ("ref-list", "graphic", "media", "object-id", "permissions"):
                continue
            else:
                self._blocks(child, section, heading)

    def _blocks_inside(self, paragraph: etree._Element, section: str, heading: str) -> None:
        for child in paragraph:
            tag = child.tag
            if tag in TABLES:
                self._table_wrap(child)
            elif tag == "fig":
                self._figure(child)
            elif tag in BLOCKS:
                self._blocks(child, section, heading)
            elif isinstance(tag, str) and len(child):
                self._blocks_inside(child, section, heading)  # a block in words set bold, say

    def _section(self, element: etree._Element, section: str) -> None:
        heading = words(_child(element, "title"))
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
        label = words(_child(wrap, "label"))
        if wrap.tag == "table-wrap":
            self.seen.add(self.tree.getpath(wrap))
        self._write("\n" + label + " " if label else "\n")
        caption_element = _child(wrap, "caption")
        caption = EMPTY
        if caption_element is not None:
            inline = Inline(True)
            inline.element(caption_element, frozenset(("fn", "graphic")))
            if (passage := self._passage(inline, caption_element)) is not None:
                caption = passage
                caption.marks = more_marks(caption)
        tables = list(wrap.iter("table")) or ([wrap] if wrap.tag == "array" else [])
        within = list(wrap.iterdescendants("table-wrap", "array"))
        if within:  # wraps inside are read by themselves
            tables = [table for table in tables if not any(outer in within for outer in table.iterancestors())]
        read = []
        for table in tables:
            path = self.tree.getpath(table)
            if table.tag == "table":
                self.seen.add(path)
            grid = read_grid(table, path, self.length)
            self._write(grid.text)
            read.append(Table(self._table_id(wrap, label), label, caption, grid.rows, grid.n_header_rows, [], path, grid.message))
        if not tables and not within:
            read = [Table(self._table_id(wrap, label), label, caption, [], None, [], self.tree.getpath(wrap), _why_no_table(wrap))]
        notes = self._notes(wrap)
        for grid_of in read:
            grid_of.notes = notes
        self.tables.extend(read)
        for inner in within:
            if not any(outer in within for outer in inner.iterancestors()):
                self._table_wrap(inner)

    def _table_id(self, wrap: etree._Element, label: str) -> str:
        number = re.search(r"(\d+|[IVX]+)\W*$", label)
        name = wrap.get("id") or f"t{number.group(1).lower() if number else len(self.tables) + 1}"
        self.taken[name] += 1
        return name if self.taken[name] == 1 else f"{name}#{self.taken[name]}"

    def _notes(self, wrap: etree._Element) -> list[Note]:
        notes: list[Note] = []
        for foot in wrap.iterchildren("table-wrap-foot"):
            for element in foot.iter("fn", "p"):
                if element.tag == "fn":
                    symbol = _child(element, "label")
                    told = None if symbol is None else words(symbol)
                    for paragraph in element.iterchildren("p"):
                        notes.extend(self._note(paragraph, told))
                        told = None
                elif element.getparent().tag != "fn":
                    notes.extend(self._note(element, None))
        return notes

    def _note(self, element: etree._Element, symbol: str | None) -> list[Note]:
        """The notes of a paragraph: one, or several where marks open each sentence."""
        inline = Inline(True)
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


def _why_no_table(wrap: etree._Element) -> str:
    picture = next(wrap.iter("graphic", "inline-graphic", "media"), None)
    if picture is None:
        return "the source has no grid for this table"
    name = next((value for key, value in picture.attrib.items() if key.endswith("href")), "")
    return f"the table is an image{f' ({name})' if name else ''}: its figures are not in the text"


def _metadata(root: etree._Element, paragraphs: list[Paragraph], text: str) -> Metadata:
    front = _child(root, "front")
    meta = None if front is None else _child(front, "article-meta")
    if front is None or meta is None:
        return Metadata()
    ids = {element.get("pub-id-type"): (element.text or "").strip() for element in meta.iterchildren("article-id")}
    about_journal = _child(front, "journal-meta")
    journal = None if about_journal is None else next(about_journal.iter("journal-title"), None)
    title = next((p.passage.label for p in paragraphs if p.section == "title"), None)
    pmc = PMC_DIGITS.fullmatch(ids.get("pmc") or ids.get("pmcid") or ids.get("pmc-uid") or "")
    return Metadata(
        title=title or None,
        journal=words(journal) if journal is not None else None,
        year=_year(meta),
        doi=ids.get("doi") or None,
        pmid=ids.get("pmid") or None,
        pmcid=f"PMC{pmc.group(1)}" if pmc else None,
        nct_id=_registry_number(paragraphs, text),
    )


def _year(meta: etree._Element) -> int | None:
    """The year of the issue, else of the first publication; the archive's own release date does not count."""
    dates = {date.get("pub-type") or date.get("date-type") or "": date.findtext("year") for date in meta.iterchildren("pub-date")}
    for kind in ("ppub", "collection", "epub-ppub", "epub", "pub", *dates):
        if kind != "pmc-release" and (year := dates.get(kind)) and year.strip().isdigit():
            return int(year)
    return None


def _registry_number(paragraphs: list[Paragraph], text: str) -> str | None:
    """The trial's number: the abstract's, else the one most often printed (another trial's may be mentioned too)."""
    if "NCT" not in text:
        return None
    abstract = "\n".join(p.passage.text for p in paragraphs if p.section == "abstract")
    for part in (abstract, text):
        if numbers := Counter(NCT.findall(part)):
            return "NCT" + numbers.most_common(1)[0][0]
    return None
