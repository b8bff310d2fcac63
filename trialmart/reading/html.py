"""HTML pages as publishers and PubMed Central serve them.

Belongs here: telling the article from the site around it, and elements -> blocks. Does not: JATS (jats), nor which caption or note belongs
to which table where the markup does not say it (page). The article's text is built while the page is read: a paragraph a line, a table
row a line with tabs between its cells; locators are XPaths.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from trialmart.document import EMPTY, Article, Cell, Mark, Passage, Piece, Unreadable
from trialmart.reading.front_matter import read_metadata
from trialmart.reading.marks import is_exponent
from trialmart.reading.page import BUTTON, Block, Page, is_label, is_note, label_kind, spread_header, with_marks
from trialmart.reading.recognise import decode
from trialmart.reading.sections import looks_like_heading
from trialmart.reading.spans import columns, span

CHROME = frozenset(
    "script style nav aside noscript form button iframe template svg canvas select input textarea dialog menu object embed audio video head".split()
)
CHROME_NAME = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|banner|breadcrumbs?|nav|navbar|navigation|menu|sidebar|share|sharing|social|adverts?|advertisement|ads?|promo"
    r"|newsletter|popup|modal|skip-?(?:link|nav|to)?|toolbar|recommended|recommendations|related|trending|sr-only|visually-?hidden|screen-?reader\S*"
    r"|site-?(?:header|footer)|page-?footer|usa-banner|action-?bar|metrics|paywall|tooltip)(?:$|[\s_-])",
    re.IGNORECASE,
)
REFERENCES_NAME = re.compile(r"(?:^|[\s_-])(?:ref-?list|references?|bibliography|citations?-list|bibr?-list)(?:$|[\s_-])", re.IGNORECASE)
BLOCKS = frozenset(
    "p div section article main header footer h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table figure figcaption blockquote pre hr address details summary"
    " center fieldset body caption thead tbody tfoot tr td th".split()
)
WRAP_NAME = re.compile(r"(?:^|[\s_-])(?:table-?\S*|tables|tbl\S*|tw|tab\d*|figure|fig)(?:$|[\s_-])", re.IGNORECASE)
CAPTION_NAME = re.compile(
    r"(?:^|[\s_-])(?:caption\S*|captions|figcaption|obj_head|table-?(?:title|label|heading|caption)|title|label)(?:$|[\s_-])", re.IGNORECASE
)
NOTES_NAME = re.compile(
    r"(?:^|[\s_-])(?:tw-foot|\S*foot(?:note)?s?|fn\S*|legend|notes?|table-?(?:notes?|legend|fn)\S*)(?:$|[\s_-])", re.IGNORECASE
)
META = {
    "title": ("citation_title", "dc.title", "og:title"),
    "journal": ("citation_journal_title", "prism.publicationname", "citation_journal_abbrev"),
    "year": (
        "citation_publication_date",
        "citation_date",
        "citation_online_date",
        "prism.publicationdate",
        "dc.date",
        "article:published_time",
    ),
    "doi": ("citation_doi", "prism.doi", "dc.identifier"),
    "pmid": ("citation_pmid",),
    "pmcid": ("citation_pmcid",),
}


def read_html(data: bytes, source_path: str, article_id: str) -> Article:
    """Read an HTML page. Raises Unreadable where no text is left when the site around the article is taken away."""
    source = decode(data)
    # the parser gets one encoding: what the page declares about itself no longer holds once it is decoded
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:
        raise Unreadable("an HTML page without anything in it") from None
    reader = _Reader(root)
    given = _meta(root)
    blocks = list(reader.blocks(_article_of(root)))
    _only_title(blocks, given.get("title"))
    article = Article(article_id, source_path, "html", hashlib.sha256(data).hexdigest(), "".join(reader.parts))
    if not article.text.strip():
        raise Unreadable("an HTML page without text: its content may be loaded by scripts")
    article.tables, article.paragraphs = Page(blocks).read()
    _raise_if_cut_off(source, article)
    article.metadata = read_metadata(article, given)
    return article


def _raise_if_cut_off(source: str, article: Article) -> None:
    """Raises Unreadable for a download that broke off: a page that begins as one but never closes, within a table or before one it names."""
    end = source[-20_000:].lower()
    if "</html" in end or "</body" in end or not re.search(r"<html\b", source[:5000], re.IGNORECASE):
        return
    opened, closed = (len(re.findall(tag, source, re.IGNORECASE)) for tag in (r"<table\b", r"</table\b"))
    named = max((int(number) for number in re.findall(r"\bTables?\s+(\d{1,2})\b", article.text)), default=0)
    if opened > closed:
        raise Unreadable("the page is cut off: it ends within a table")
    if named > len(article.tables):
        raise Unreadable(f"the page is cut off: it names Table {named} and ends before it")


# -- the page ------------------------------------------------------------------------------------------------------------------------


def _meta(root: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or "").lower()
        if name and element.get("content"):
            found.setdefault(name, " ".join(element.get("content").split()))
    given = {field: next((found[name] for name in names if name in found), "") for field, names in META.items()}
    if given["doi"] and "10." not in given["doi"]:
        given["doi"] = ""
    if given["pmcid"] and not given["pmcid"].upper().startswith("PMC"):
        given["pmcid"] = "PMC" + given["pmcid"]
    return {field: value for field, value in given.items() if value}


def _article_of(root: etree._Element) -> etree._Element:
    """The element that holds the article: the innermost <article> or <main> with most of the page's paragraphs, else the body."""
    body = root.find("body")
    body = root if body is None else body
    everything = sum(len(p.text_content()) for p in body.iter("p")) or 1
    for candidate in [*body.iter("article"), *body.iter("main"), *body.xpath(".//*[@role='main']")]:
        if sum(len(p.text_content()) for p in candidate.iter("p")) >= 0.6 * everything and len(list(candidate.iter("table"))) == len(
            list(body.iter("table"))
        ):
            return candidate
    return body


def _only_title(blocks: list[Block], title: str | None) -> None:
    """Of several headings of the first level the one that the page's metadata name is the title; the others are ordinary."""
    first = [b for b in blocks if b.kind == "heading" and b.level == 1]
    same = [b for b in first if title and " ".join(b.text.lower().split()) == title.lower()]
    for block in first if same else ():
        block.level = 1 if block is same[0] else 2


def _name(element: etree._Element) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _is_chrome(element: etree._Element) -> bool:
    tag = element.tag
    if not isinstance(tag, str) or tag in CHROME:
        return True
    if element.get("hidden") is not None or "display:none" in (element.get("style") or "").replace(" ", "").lower():
        return True
    if tag in ("header", "footer") and next(element.iter("h1", "table"), None) is None:
        return True
    if tag == "sup" or tag in ("table", "thead", "tbody", "tr", "td", "th", "body"):
        return False
    return element.get("role") in ("navigation", "banner", "complementary", "search", "dialog") or (
        CHROME_NAME.search(_name(element)) is not None and next(element.iter("table", "h1"), None) is None
    )


class _Reader:
    """Walks the page once, writes the canonical text and makes the blocks."""

    def __init__(self, root: etree._Element) -> None:
        self.tree = root.getroottree()
        self.parts: list[str] = []
        self.length = 0

    # -- text ------------------------------------------------------------------------------------------------------------------

    def write(self, words: str, marks: tuple[Mark, ...], element: etree._Element, end: str = "\n", in_table: bool = False) -> Passage:
        """Append a passage and what separates it from the next."""
        passage = EMPTY
        if words:
            passage = with_marks(Passage(words, (Piece(0, self.length, len(words)),), marks, self.tree.getpath(element)), in_table)
        self.parts.append(words + end)
        self.length += len(words) + len(end)
        return passage

    # -- blocks ----------------------------------------------------------------------------------------------------------------

    def blocks(self, element: etree._Element) -> Iterator[Block]:
        tag = element.tag
        if _is_chrome(element):
            return
        if tag == "table":
            yield from self._table(element, element)
        elif re.fullmatch(r"h[1-6]", tag):
            yield from self._text(_inline(element), element, level=int(tag[1]))
        elif (wrapped := _wrapped_table(element)) is not None:
            yield from self._table(wrapped, element)
        elif tag == "figure" and next(element.iter("table"), None) is None:
            for caption in element.iter("figcaption"):
                words, marks = _inline(caption)
                if words:
                    yield self._figure(words, marks, caption)
        else:
            yield from self._children(element)

    def _figure(self, words: str, marks: tuple[Mark, ...], element: etree._Element) -> Block:
        start = self.length
        kind, number = label_kind(words) if is_label(words) else ("figure", None)
        return Block(kind, self.write(words, marks, element), start, number)

    def _children(self, element: etree._Element) -> Iterator[Block]:
        """An element with blocks in it: its own text between them is read as paragraphs too."""
        loose: list[etree._Element | str] = [element.text or ""]
        for child in element:
            if isinstance(child.tag, str) and (child.tag in BLOCKS or next(child.iter(*BLOCKS), None) is not None):
                yield from self._text(_inline_of(loose), element)
                loose = []
                yield from self.blocks(child)
            elif isinstance(child.tag, str) and not _is_chrome(child):
                loose.append(child)
            loose.append(child.tail or "")
        yield from self._text(_inline_of(loose), element)

    def _text(self, content: tuple[str, tuple[Mark, ...]], element: etree._Element, level: int = 0) -> Iterator[Block]:
        words, marks = content
        if not words or (len(words) < 60 and BUTTON.fullmatch(words)):
            return
        kind: str
        number = None
        if is_label(words):
            kind, number = label_kind(words)
        elif level:
            kind = "heading"
        elif _is_bold(element, words) and looks_like_heading(words):
            kind = "heading"
        elif _in_references(element):
            kind = "figure"
        else:
            kind = "paragraph" if any(c.isalpha() for c in words) else "noise"
        start = self.length
        passage = self.write(words, marks, element)
        yield Block(kind, passage, start, number, level=level if kind == "heading" else 0)

    # -- tables ----------------------------------------------------------------------------------------------------------------

    def _table(self, table: etree._Element, wrap: etree._Element) -> Iterator[Block]:
        """A table with its caption and notes, where the element around it or its own rows hold them."""
        rows = _rows(table)
        narrow = wrap is table and max((len(row) for row, _ in rows), default=0) < 2
        if next(table.iterdescendants("table"), None) is not None or narrow or not rows:
            # a table that only lays out the page, or holds others, is read through
            for cell in table.iter("td", "th", "caption"):
                if cell.iterancestors("table").__next__() is table:
                    yield from self._children(cell)
            return
        caption_parts, note_parts = _around(table, wrap)
        start = self.length
        caption = self._caption(caption_parts)
        grid, n_header, foot, message = self._grid(rows, table)
        notes = [self.write(words, marks, element) for element in [*foot, *note_parts] for words, marks in _note_texts(element) if words]
        table_id = wrap.get("id") or table.get("id")
        block = Block("grid", EMPTY, start, grid=grid, n_header_rows=n_header, notes=notes, caption=caption, message=message)
        block.table_id = table_id if table_id and re.search(r"\d", table_id) else None
        block.locator = self.tree.getpath(table)
        yield block

    def _caption(self, parts: list[etree._Element]) -> Passage | None:
        words, marks = "", ()
        for part in parts:
            more, more_marks = _inline(part)
            if not more or BUTTON.fullmatch(more) or more in words:
                continue
            shift = len(words) + 1 if words else 0
            words = f"{words} {more}" if words else more
            marks = (*marks, *(Mark(m.start + shift, m.end + shift, m.kind, m.symbol) for m in more_marks))
        return self.write(words, marks, max(parts, key=lambda part: len(part.text_content()))) if words else None

    def _grid(self, rows: list[tuple[list[etree._Element], str]], table: etree._Element):
        """The spread grid, the number of header rows, and the elements of rows that are footnotes."""
        width = max(sum(map(columns, row)) for row, _ in rows)
        foot: list[etree._Element] = []
        while rows and len(rows[-1][0]) == 1 and len(rows) > 2:
            cell = rows[-1][0][0]
            if not (rows[-1][1] == "tfoot" or (columns(cell) >= width and is_note(_inline(cell)[0]))):
                break
            foot.insert(0, cell)
            rows = rows[:-1]
        spread: list[dict[int, Cell]] = [{} for _ in rows]
        for r, (row, part) in enumerate(rows):
            column = 0
            for element in row:
                while column in spread[r]:
                    column += 1
                row_span = min(span(element.get("rowspan")) or len(rows), len(rows) - r)
                cell = self._cell(element, r, column, row_span, part == "thead", "\t")
                for rr in range(r, r + row_span):
                    for cc in range(column, column + cell.column_span):
                        spread[rr].setdefault(cc, cell)
                column += cell.column_span
            self.parts.append("\n")
            self.length += 1
        width = max((max(row, default=-1) + 1 for row in spread), default=0)
        short = sum(len(row) < width for row in spread)
        grid = [[row.get(c) or Cell(EMPTY, r, c) for c in range(width)] for r, row in enumerate(spread)]
        _rank_indents(grid)
        n_header = _header_rows(rows, grid)
        if n_header == 1 and _lost_its_spans(grid):
            n_header = spread_header(grid, at_least=1)
        return grid, n_header, foot, f"ragged table: {short} of {len(grid)} rows have not {width} cells" if short else None

    def _cell(self, element: etree._Element, row: int, column: int, row_span: int, in_head: bool, end: str) -> Cell:
        words, marks = _inline(element)
        passage = self.write(words, marks, element, end, in_table=True)
        is_header = in_head or (element.tag == "th" and element.get("scope") not in ("row", "rowgroup"))
        return Cell(passage, row, column, row_span, columns(element), is_header, _indent(element))


# -- tables' elements ------------------------------------------------------------------------------------------------------------------


def _rows(table: etree._Element) -> list[tuple[list[etree._Element], str]]:
    """The rows of a table itself, not of tables in its cells, with the part that they stand in; a foot comes last."""
    rows = []
    for part in table:
        if part.tag == "tr":
            rows.append((part, "tbody"))
        elif part.tag in ("thead", "tbody", "tfoot"):
            rows += [(row, part.tag) for row in part if row.tag == "tr"]
    rows.sort(key=lambda pair: {"thead": 0, "tbody": 1, "tfoot": 2}[pair[1]])
    cells = [([cell for cell in row if cell.tag in ("td", "th")], part) for row, part in rows]
    return [(row, part) for row, part in cells if row]


def _header_rows(rows: list[tuple[list[etree._Element], str]], grid: list[list[Cell]]) -> int | None:
    """Rows of <thead>, else the first rows that are all <th>."""
    marked = sum(part == "thead" for _, part in rows)
    if not marked:
        for row, _ in rows:
            if not all(cell.tag == "th" for cell in row):
                break
            marked += 1
    return marked if 0 < marked < len(grid) else None


def _lost_its_spans(grid: list[list[Cell]]) -> bool:
    """Whether a converter left empty cells where a merged header was: no span in the whole table, and a second header row that names
    what the first leaves empty."""
    if len(grid) < 3 or any(cell.column_span > 1 or cell.row_span > 1 for row in grid for cell in row):
        return False
    first, second = grid[0][1:], grid[1][1:]
    fills = any(below.text and not above.text for above, below in zip(first, second, strict=True))
    return fills and not grid[1][0].text and all(cell.text for cell in second)


def _indent(element: etree._Element) -> int:
    """How far a cell is indented, in any unit: levels are ranked per table."""
    raw = "".join(element.itertext())
    blanks = len(raw) - len(raw.lstrip("\u00a0\u2003\u2002"))
    style = (element.get("style") or "") + "".join(child.get("style") or "" for child in element[:1])
    found = re.search(r"(?:padding-left|text-indent|margin-left)\s*:\s*([\d.]+)", style)
    named = re.search(r"indent[-_]?(\d*)", _name(element))
    return blanks + (round(float(found.group(1))) if found else 0) + ((int(named.group(1) or 1)) if named else 0)


def _rank_indents(grid: list[list[Cell]]) -> None:
    cells = list({id(cell): cell for row in grid for cell in row}.values())
    levels = {amount: level for level, amount in enumerate(sorted({cell.indent for cell in cells if cell.column == 0}))}
    for cell in cells:
        cell.indent = levels.get(cell.indent, 0) if cell.column == 0 else 0


def _wrapped_table(element: etree._Element) -> etree._Element | None:
    """The table that an element wraps with its caption and notes and nothing else."""
    if element.tag not in ("figure", "div", "section") or (element.tag != "figure" and not WRAP_NAME.search(_name(element))):
        return None
    tables = [table for table in element.iter("table") if not any(a.tag == "table" for a in table.iterancestors())]
    if len(tables) != 1 or any(re.fullmatch(r"h[12]", e.tag) for e in element.iter() if isinstance(e.tag, str)):
        return None
    around = len(element.text_content()) - len(tables[0].text_content())
    return tables[0] if around < 6000 else None


def _around(table: etree._Element, wrap: etree._Element) -> tuple[list[etree._Element], list[etree._Element]]:
    """The elements with the caption and those with the notes: named as such, else what stands before and behind the table."""
    captions: list[etree._Element] = [c for c in table if c.tag == "caption"]
    notes: list[etree._Element] = []
    seen = False

    def sort(element: etree._Element) -> None:
        nonlocal seen
        for child in element:
            if child is table:
                seen = True
            elif not isinstance(child.tag, str) or _is_chrome(child):
                continue
            elif any(inner is table for inner in child.iter("table")):
                sort(child)
            elif child.tag == "figcaption" or (CAPTION_NAME.search(_name(child)) and not NOTES_NAME.search(_name(child))) or not seen:
                captions.append(child)
            else:
                notes.append(child)

    if wrap is not table:
        sort(wrap)
    return captions, notes


def _note_texts(element: etree._Element) -> Iterator[tuple[str, tuple[Mark, ...]]]:
    """The footnotes in an element: one a block in it, a mark that stands in a block of its own joined to its words."""
    leaves = [e for e in element.iter("p", "li", "dd", "dt", "div", "td") if not any(c.tag in BLOCKS for c in e.iterdescendants())]
    if not leaves or _has_own_text(element):
        yield from _split_notes(*_inline(element))
        return
    waiting: tuple[str, tuple[Mark, ...]] | None = None
    for leaf in leaves:
        parent = leaf.getparent()
        words, marks = _inline(leaf)
        if (
            parent is not None
            and parent is not element
            and leaf is next((c for c in parent if isinstance(c.tag, str) and c.tag in BLOCKS), None)
        ):
            ahead, ahead_marks = _inline_of([parent.text or "", *_until(parent, leaf)])
            if ahead:
                waiting = (ahead, ahead_marks)
        if not words or BUTTON.fullmatch(words):
            continue
        if len(words) <= 3 and waiting is None:
            waiting = (words, marks)
            continue
        if waiting:
            shift = len(waiting[0]) + 1
            marks = (*waiting[1], *(Mark(m.start + shift, m.end + shift, m.kind, m.symbol) for m in marks))
            words = f"{waiting[0]} {words}"
            waiting = None
        yield from _split_notes(words, marks)


def _until(parent: etree._Element, leaf: etree._Element) -> Iterator[etree._Element | str]:
    for child in parent:
        if child is leaf:
            return
        if isinstance(child.tag, str):
            yield child
            yield child.tail or ""


def _has_own_text(element: etree._Element) -> bool:
    own = (element.text or "") + "".join(child.tail or "" for child in element)
    return len(own.strip()) > 3


def _split_notes(words: str, marks: tuple[Mark, ...]) -> Iterator[tuple[str, tuple[Mark, ...]]]:
    """Several notes run together in one paragraph: each begins with a superscript mark behind the end of a sentence."""
    starts = [0]
    for mark in marks:
        if mark.kind == "note" and mark.start > starts[-1] + 3 and re.search(r"[.;]\s*$", words[: mark.start]):
            starts.append(mark.start)
    for start, end in zip(starts, [*starts[1:], len(words)], strict=True):
        part = words[start:end].rstrip()
        yield (
            part,
            tuple(Mark(m.start - start, m.end - start, m.kind, m.symbol) for m in marks if start <= m.start and m.end <= start + len(part)),
        )


# -- inline ----------------------------------------------------------------------------------------------------------------------------


def _is_bold(element: etree._Element, words: str) -> bool:
    bold = [child for child in element if child.tag in ("b", "strong")]
    return len(bold) == 1 and " ".join(bold[0].text_content().split()).rstrip(":") == words.rstrip(":") and len(words) < 80


def _in_references(element: etree._Element) -> bool:
    return element.tag in ("li", "p", "div", "dd", "cite", "span") and any(
        REFERENCES_NAME.search(_name(ancestor))
        for ancestor in [element, *element.iterancestors()][:5]
        if ancestor.tag not in ("body", "html", "sup")
    )


def _inline(element: etree._Element) -> tuple[str, tuple[Mark, ...]]:
    return _inline_of([element], inside=True)


def _inline_of(nodes: list[etree._Element | str], inside: bool = False) -> tuple[str, tuple[Mark, ...]]:
    """The words of nodes, white space collapsed, and the marks that are set as superscripts or links to notes and references."""
    text: list[str] = []
    marks: list[Mark] = []
    length = 0
    space = True

    def add(raw: str) -> None:
        nonlocal length, space
        collapsed = re.sub(r"[ \t\r\n\f\u00a0\u200b\ufeff]+", " ", raw)
        if space:
            collapsed = collapsed.lstrip(" ")
        if collapsed:
            text.append(collapsed)
            length += len(collapsed)
            space = collapsed.endswith(" ")

    def visit(node: etree._Element) -> None:
        nonlocal space
        tag = node.tag
        if not isinstance(tag, str) or _is_chrome(node) or tag in ("img",):
            return
        if tag == "br" or tag in BLOCKS:
            add(" ")
        before = length
        if tag == "sup" and is_exponent("".join(node.itertext()).strip(), "".join(text[-3:])[-12:]):
            add("^")
        kind = _mark_kind(node)
        add(node.text or "")
        for child in node:
            visit(child)
            add(child.tail or "")
        if kind:
            words = "".join(text)[before:length] if length > before else ""
            symbol = words.strip().strip("[]()^ ")
            if symbol and not words.lstrip().startswith("^") and len(symbol) <= 24 and (tag == "sup" or len(symbol) <= 12):
                lead = len(words) - len(words.lstrip())
                inner = [m for m in marks if m.start >= before]
                for mark in inner:
                    marks.remove(mark)
                kind = inner[0].kind if inner else kind
                marks.append(Mark(before + lead, before + len(words.rstrip()), kind, symbol))
        if tag in BLOCKS and not inside:
            add(" ")

    for node in nodes:
        if isinstance(node, str):
            add(node)
        elif inside:
            add(node.text or "")
            for child in node:
                visit(child)
                add(child.tail or "")
        else:
            visit(node)
    words = "".join(text).rstrip()
    return words, _bracketed(words, sorted(m for m in marks if m.end <= len(words)))


def _bracketed(words: str, marks: list[Mark]) -> tuple[Mark, ...]:
    """Marks with nothing but brackets and commas around them are one mark: `[3, 4]`."""
    if not marks:
        return ()
    blanked = Passage(words, (), tuple(marks)).words
    merged = marks
    for found in re.finditer(r"[\[(][\s,;–-]*[\])]", blanked):
        inner = [m for m in marks if found.start() < m.start and m.end < found.end() + 1]
        if inner and words[found.start() + 1 : found.end() - 1].strip():
            whole = Mark(found.start(), found.end(), inner[0].kind, words[found.start() + 1 : found.end() - 1].strip())
            merged = [m for m in merged if m not in inner] + [whole]
    return tuple(sorted(merged))


def _mark_kind(node: etree._Element) -> str | None:
    """note, reference or unknown where an element is set as a mark; None where it is part of the words."""
    if node.tag == "sup":
        words = "".join(node.itertext()).strip()
        if not words or re.fullmatch(r"(?:st|nd|rd|th|TM|®|™|o|[+−-])", words):
            return None
        return "reference" if re.match(r"[\[(]?\d", words) else "note"
    if node.tag != "a":
        return None
    target = f"{node.get('href') or ''} {_name(node)} {node.get('rid') or ''} {node.get('data-test') or ''} {node.get('rel') or ''}"
    words = "".join(node.itertext()).strip()
    if re.search(r"(?i)(?:fn|foot|note|tf\d)", target) and len(words) <= 4:
        return "note"
    if re.fullmatch(r"[\[(]?\d{1,3}(?:[\s,–-]+\d{1,3})*[\])]?", words) and re.search(r"(?i)bib|(?<!x)ref|cr\d|cit|\bb\d", target):
        return "reference"
    return None
