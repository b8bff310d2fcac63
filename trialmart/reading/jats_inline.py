"""Mixed content of JATS: running text with elements in it -> characters and marks.

Belongs here: white space, superscripts, references, line breaks, alternatives. Does not: which elements are paragraphs or cells, nor where
they stand (jats). An exponent set as superscript is written with a caret (10^9, m^2) lest it be read as digits of the number before it.
"""

from __future__ import annotations

import re
from html.entities import html5
from itertools import accumulate

from lxml import etree

from trialmart.document import Mark
from trialmart.reading.marks import NOT_MARKS

EXPONENT_BASE = re.compile(r"(?:(?:^|[^\w.])|[x×*]\s?)10$|(?:^|[^A-Za-z])(?:k?m|[cdmµμn]m|ft|in|[RrIχητωxXQ])$")
PER_UNIT = re.compile(r"[A-Za-zµμ)]\s?$|10$")
EXPONENT = re.compile(r"[-−–]?\s?\d{1,2}\s?[-−–]?")
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
        # a table within a cell or a caption is read by itself
        "table",
        "table-wrap",
        "array",
    )
)
LINES = frozenset(("p", "list-item", "list", "title", "def-item"))
MATHML = "{http://www.w3.org/1998/Math/MathML}"
NOTHING: frozenset[str] = frozenset()
LINE = "\0"  # in parts: a new line begins here. XML has no such character


def collapsed(text: str) -> str:
    """Runs of white space as one space each; a no-break space stays. XML has no white space beyond these four characters."""
    if "\n" in text or "\t" in text or "\r" in text:
        text = text.replace("\n", " ").replace("\t", " ").replace("\r", " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def raw_text(element: etree._Element) -> str:
    """All characters of an element as they stand in the file."""
    return "".join(element.itertext()) if len(element) else element.text or ""


def words(element: etree._Element | None) -> str:
    """A short element (label, heading) in one line; empty where there is none."""
    return "" if element is None else " ".join(raw_text(element).split())


class Inline:
    """What mixed content holds: its characters part by part as they stand in the file, and which parts are marks."""

    __slots__ = ("parts", "found", "in_table", "left_out")

    def __init__(self, in_table: bool) -> None:
        self.parts: list[str] = []
        self.found: list[tuple[int, str, str]] = []  # place in `parts`, kind and symbol of each mark
        self.in_table = in_table
        self.left_out = False  # whether an element was skipped because the caller asked for it

    def element(self, element: etree._Element, skip: frozenset[str] = NOTHING) -> None:
        """The content of an element, without its tail. Elements named in `skip` are left out."""
        parts = self.parts
        if text := element.text:
            parts.append(text)
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
                    parts.append(text)
            else:  # an entity that the DTD would have resolved
                parts.append(html5.get(f"{getattr(child, 'name', '')};", ""))
            if text := child.tail:
                parts.append(text)

    def read(self) -> tuple[str, list[Mark]]:
        """The text with white space collapsed, and the marks in it."""
        parts = self.parts
        text = "".join(parts)
        if "  " in text or "\n" in text or LINE in text or "\t" in text or "\r" in text or text[:1] == " ":
            parts = self._tidied()
            text = "".join(parts)
        if not self.found:
            return text, []
        ends = list(accumulate(map(len, parts)))
        return text, [Mark(ends[at] - len(parts[at]), ends[at], kind, symbol) for at, kind, symbol in self.found if parts[at]]

    def _tidied(self) -> list[str]:
        """Each part as it is in the text; empty where nothing is left of it."""
        tidied: list[str] = []
        last = "\n"
        for part in self.parts:
            if part == LINE:
                part = "" if last == "\n" else "\n" if self.in_table else " "
            else:
                part = collapsed(part)
                if part[:1] == " " and last in " \n":
                    part = part[1:]
            tidied.append(part)
            last = part[-1:] or last
        return tidied

    def _silent(self, element: etree._Element, skip: frozenset[str]) -> None:
        """Nothing of it is text."""

    def _break(self, element: etree._Element, skip: frozenset[str]) -> None:
        self.parts.append(LINE)

    def _lines(self, element: etree._Element, skip: frozenset[str]) -> None:
        """What stands in lines of its own."""
        self.parts.append(LINE)
        self.element(element, skip)
        self.parts.append(LINE)

    def _alternatives(self, element: etree._Element, skip: frozenset[str]) -> None:
        """One of several forms of the same thing: the one that has text."""
        for child in element:
            if isinstance(child.tag, str) and child.tag not in SILENT:
                self.element(child)
                return

    def _power(self, element: etree._Element, skip: frozenset[str]) -> None:
        """MathML's 10 to the 9th: what stands raised gets a caret, as superscripts do."""
        self._joined(element, "^")

    def _fraction(self, element: etree._Element, skip: frozenset[str]) -> None:
        self._joined(element, "/")

    def _joined(self, element: etree._Element, sign: str) -> None:
        for number, child in enumerate(element):
            part = Inline(self.in_table)
            part.element_itself(child)
            if number and "".join(part.parts).strip():
                self.parts.append(sign)
            self.parts += part.parts

    def element_itself(self, element: etree._Element) -> None:
        """An element as a child is read: by its own rule where it has one."""
        read = INLINE.get(element.tag)
        if read is not None:
            read(self, element, NOTHING)
        elif isinstance(element.tag, str):
            self.element(element)

    def _mark(self, text: str, kind: str, symbol: str) -> None:
        if symbol:
            self.found.append((len(self.parts), kind, symbol))
        self.parts.append(text)

    def _xref(self, element: etree._Element, skip: frozenset[str]) -> None:
        kind = element.get("ref-type")
        if kind == "bibr":
            text = raw_text(element)
            self._mark(text, "reference", text.strip().strip("[]()"))
        elif kind in ("table-fn", "fn") and len(symbol := (text := raw_text(element)).strip().strip("[]()")) <= 6:
            self._mark(text, "note", symbol)
        else:
            self.element(element)

    def _sup(self, element: etree._Element, skip: frozenset[str]) -> None:
        text = raw_text(element)
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
        before = collapsed("".join(self.parts[-6:]).replace(LINE, " "))[-12:]
        signed = not symbol.isdigit()
        if PER_UNIT.search(before) if signed else (EXPONENT_BASE.search(before) and (symbol in ("2", "3") or before.endswith("10"))):
            self.parts.append("^" + symbol.replace(" ", ""))
            return
        tail = element.tail or ""
        if len(symbol) >= 2 and tail[:1].isupper() and (not before or not before[-1].isalnum()):
            self.parts.append(symbol)
            return
        self._mark(symbol, "unknown" if self.in_table else "reference", symbol)


#: How an element inside running text is read; every other one is read through.
INLINE = {
    **dict.fromkeys(SILENT, Inline._silent),
    **dict.fromkeys(LINES, Inline._lines),
    "break": Inline._break,
    "sup": Inline._sup,
    "xref": Inline._xref,
    "alternatives": Inline._alternatives,
    f"{MATHML}msup": Inline._power,
    f"{MATHML}mfrac": Inline._fraction,
    f"{MATHML}annotation": Inline._silent,
    f"{MATHML}annotation-xml": Inline._silent,
}


def joined_references(text: str, marks: list[Mark]) -> list[Mark]:
    """Reference marks that stand in one bracket or in a row are one mark, bracket included."""
    joined: list[Mark] = []
    last: Mark | None = None
    for mark in marks:
        if (
            last is not None
            and last.kind == mark.kind == "reference"
            and (last.end == mark.start or not text[last.end : mark.start].strip(" ,;–-−and"))
        ):
            last = joined[-1] = Mark(last.start, mark.end, "reference", f"{last.symbol},{mark.symbol}")
        else:
            joined.append(mark)
            last = mark
    for index, (start, end, kind, symbol) in enumerate(joined):
        if kind == "reference" and start and text[start - 1] in "[(" and text[start - 1] + text[end : end + 1] in ("[]", "()"):
            joined[index] = Mark(start - 1, end + 1, kind, symbol)
    return joined
