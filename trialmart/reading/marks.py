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
# superscripts that belong to their word: 25th, HER2+
NOT_MARKS = frozenset(
    ("th", "st", "nd", "rd", "®", "™", "©", "+", "-", "−", "–", "++", "o", "°", "x", "TM", ",", "2+", "-/-", "+/+", "+/-")
)

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
    """,
    re.VERBOSE,
)
BEGINNING = re.compile(rf"[$^\[|*\#⁻{SUPERSCRIPTS}ᵃᵇᶜᵈᵉᶠᵍʰ{SYMBOLS}]")  # the characters that one of those begins with
PLAIN = re.compile(r"[.,;](?<=[a-z]{3}[.,;])(?P<plain>\d{1,3}(?:[,–-]\d{1,3})*)(?=\s+[A-Z“\"(]|\s*$)")  # disease.12 However
MODIFIERS = dict(zip("ᵃᵇᶜᵈᵉᶠᵍʰ", "abcdefgh", strict=True))
# whether there may be a mark at all; one class of characters leads, so that the engine skips to them: asked of every cell
QUICK = re.compile(rf"[\^\[{SUPERSCRIPTS}ᵃᵇᶜᵈᵉᶠᵍʰ{SYMBOLS}*#|.,;](?:(?<=[^|.,;])|(?<=[a-z][.,;])\d|(?<=\|)\|)")


def find_marks(text: str, in_table: bool = False) -> tuple[Mark, ...]:
    """The marks in a cell (in_table) or in prose, caption or note."""
    if not QUICK.search(text):
        return ()
    marks = []
    for found in _candidates(text):
        kind = found.lastgroup or ""
        symbol = found.group(kind).strip().replace("\\", "")
        start, end = found.span(kind) if kind == "plain" else found.span()
        before = text[max(0, start - 12) : start]
        if kind == "superscript":
            symbol = symbol.translate(DIGITS)
        elif kind == "letter":
            symbol = MODIFIERS[symbol]
        raised = kind in ("brace", "caret", "superscript", "latex", "latex1")
        if raised and is_exponent(symbol, before) or (kind == "number" and not _is_reference(found.group("number"), before, in_table)):
            continue
        if kind == "star" and _is_emphasis(text, start):
            continue
        marks.append(Mark(start, end, _kind_of(kind, symbol, in_table), symbol))
    return tuple(marks)


def _candidates(text: str) -> list[re.Match[str]]:
    """What may be a mark, in the order of the text. The engine skips to the characters that a mark begins with: that is fast."""
    found, end = [], 0
    for beginning in BEGINNING.finditer(text):
        if beginning.start() >= end and (candidate := CANDIDATE.match(text, beginning.start())):
            found.append(candidate)
            end = candidate.end()
    plain = list(PLAIN.finditer(text))
    return sorted([*found, *plain], key=lambda match: match.start()) if plain else found


def glued_marks(text: str, symbols: Iterable[str]) -> tuple[Mark, ...]:
    """A mark that a cell's end carries as a plain letter or digit: only a note with that symbol tells it from the cell's words.

    symbols: letters and digits that mark notes of the table.
    """
    for symbol in symbols:
        if not text.endswith(symbol) or len(text) == len(symbol):
            continue
        head = text[: -len(symbol)]
        # a letter after a figure (not after a name: let-7a), or a word of its own; a digit only behind a bracket or percent sign
        after_figure = head[-1].isdigit() and not any(character.isalpha() for character in head)
        if head[-1] in ")%" or symbol.isalpha() and (after_figure or head[-1] == " "):
            return (Mark(len(head), len(text), "note", symbol),)
    return ()


def _kind_of(kind: str, symbol: str, in_table: bool) -> str:
    if kind in ("number", "plain"):
        return "reference"
    if symbol[:1].isdigit():
        return "unknown" if in_table else "reference"
    return "note"


def is_exponent(symbol: str, before: str) -> bool:
    """Whether a superscript is part of a figure or unit, told by the characters before it."""
    if not re.fullmatch(r"[-−–]?\d{1,2}", symbol):
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
