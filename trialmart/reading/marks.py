"""Footnote and reference marks that are characters among the words: which ones they are, and which only look like it.

Belongs here: marks in formats that have no markup for them (plain text, Markdown). Does not: <sup> elements (jats, html), and what a
mark points to. A power of ten, a square metre or R² is a figure, not a mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from trialmart.document import Mark

SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
DIGITS = str.maketrans(SUPERSCRIPTS + "⁻", "0123456789-")
SYMBOLS = "†‡§¶‖"

# what stands before a superscript that is an exponent: a power of ten, a unit of length, a statistic that is written with a square
POWER_OF_TEN = re.compile(r"(?:^|[^\w.\-–])10$")
SQUARED = re.compile(r"(?:^|[^A-Za-z])(?:k?m|[cmµμn]m|dm|ft|in|[RrIχητωxXQsS])$")
PER_UNIT = re.compile(r"(?:^|[^A-Za-z])(?:m|cm|mm|dm|km|s|sec|min|h|hr|kg|g|mg|mL|ml|L|l|dL|yr|y|d|day|days|wk|mo)$")

CANDIDATE = re.compile(
    rf"""
    \$\s*\^\s*(?:\{{(?P<latex>[^{{}}$]{{1,20}})\}}|(?P<latex1>[^\s{{}}$]))\s*\$   # $^{{a}}$, $^a$
    | \^\s?\{{(?P<brace>[^{{}}]{{1,20}})\}}                                       # ^{{**}}, ^{{6,10}}
    | \^(?P<caret>[a-z](?![\w])|\*{{1,3}}|[{SYMBOLS}#]{{1,3}}|\|\||-?\d{{1,3}}(?:[,–-]\d{{1,3}})*)\^?
    | \[(?P<bracket>[{SYMBOLS}*#]{{1,4}}|\|\|?)\]                                  # [†]
    | \[\^(?P<footnote>[\w*{SYMBOLS}-]{{1,12}})\](?!:)                             # [^1], Markdown's own
    | \[(?P<number>\d{{1,3}}(?:\s?[,;–-]\s?\d{{1,3}})*)\]                          # [12], [3,4]
    | (?P<superscript>⁻?[{SUPERSCRIPTS}](?:[{SUPERSCRIPTS}⁻,–-]*[{SUPERSCRIPTS}])?)
    | (?P<letter>[ᵃᵇᶜᵈᵉᶠᵍʰ])
    | (?P<symbol>[{SYMBOLS}]{{1,4}}|\|\|)
    | (?<=[\w)%.\]])(?P<star>\*{{1,3}}|\#{{1,2}})(?=[\s,;:.)]|$)
    | (?<=[a-z]{{3}}[.,;])(?P<plain>\d{{1,3}}(?:[,–-]\d{{1,3}})*)(?=\s+[A-Z“"(]|\s*$)        # disease.12 However
    """,
    re.VERBOSE,
)
MODIFIERS = dict(zip("ᵃᵇᶜᵈᵉᶠᵍʰ", "abcdefgh", strict=True))
QUICK = re.compile(rf"[\^\[{SUPERSCRIPTS}ᵃᵇᶜᵈᵉᶠᵍʰ{SYMBOLS}*#]|\|\||[a-z][.,;]\d")


def find_marks(text: str, in_table: bool = False) -> tuple[Mark, ...]:
    """The marks in a cell (in_table) or in prose, caption or note."""
    if not QUICK.search(text):
        return ()
    marks = []
    for found in CANDIDATE.finditer(text):
        kind = found.lastgroup or ""
        symbol = found.group(kind).strip().replace("\\", "")
        before = text[max(0, found.start() - 12) : found.start()]
        if kind == "superscript":
            symbol = symbol.translate(DIGITS)
        elif kind == "letter":
            symbol = MODIFIERS[symbol]
        if _is_exponent(kind, symbol, before) or (kind == "number" and not _is_reference(found.group("number"), before, in_table)):
            continue
        if kind == "star" and _is_emphasis(text, found.start()):
            continue
        marks.append(Mark(found.start(), found.end(), _kind_of(kind, symbol, in_table), symbol))
    return tuple(marks)


def glued_marks(text: str, symbols: Iterable[str], known: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """Marks that a cell's end carries as plain letters or digits; they are told from its words only by a note with that symbol."""
    if known:
        return known
    for symbol in symbols:
        if not (len(symbol) <= 2 and symbol.isalnum()):
            continue
        after_figure = r"(?<=[\d)%])" if symbol.isalpha() else r"(?<=[)%])"
        found = re.search(rf"(?:{after_figure}|(?<=[\w)%])\s){re.escape(symbol)}\s*$", text)
        # a lone "a" after a word needs the word before it; digits after a space could be a figure of their own
        if found and found.start() > 0 and not (symbol.isdigit() and text[found.start()].isspace()):
            start = found.start() + (len(found.group()) - len(found.group().lstrip()))
            return (Mark(start, start + len(symbol), "note", symbol),)
    return known


def _kind_of(kind: str, symbol: str, in_table: bool) -> str:
    if kind in ("number", "plain"):
        return "reference"
    if symbol[:1].isdigit():
        return "unknown" if in_table else "reference"
    return "note"


def _is_exponent(kind: str, symbol: str, before: str) -> bool:
    if kind not in ("brace", "caret", "superscript", "latex", "latex1") or not re.fullmatch(r"[-−–]?\d{1,2}", symbol):
        return False
    if POWER_OF_TEN.search(before):
        return True
    if symbol[0] in "-−–":
        return bool(PER_UNIT.search(before))
    return symbol in ("2", "3") and bool(SQUARED.search(before))


def _is_reference(number: str, before: str, in_table: bool) -> bool:
    """Whether a number in brackets points to the bibliography: not directly after a figure, where it is a range or a percentage."""
    head = before.rstrip()
    if not head or re.search(r"[\d%=]$", head) or (in_table and head == before and not head[-1].isalpha()):
        return False
    return not (in_table and re.search(r"\d", head)) and not re.search(r"(?i)\b(?:median|mean|range|iqr|ci)[,:]?$", head)


def _is_emphasis(text: str, at: int) -> bool:
    """Whether a star closes *emphasis* that an earlier star opened."""
    opened = re.search(r"(?:^|[\s(\[])\*{1,3}(?=\w)", text[:at])
    return bool(opened)
