"""What one table cell prints: its numbers in order, how they are joined and bracketed, and the words for what is missing.

Belongs here: the grammar of a cell, from its characters alone. Does not: which statistic a number is (statistics), for which row and
header are needed.

A cell's numbers are `Atom`s. `link` says how an atom follows the one before it: `±`, `-` (a range), `/`, `,`, `;`, `x` or nothing.
`group` is 0 outside brackets and counts the brackets inside which an atom stands.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from trialmart.numbers import MINUS, POINT, THOUSANDS

_DIGITS = rf"(?:\d{{1,3}}(?:[{THOUSANDS}]\d{{3}})+(?![\d])|\d{{1,3}}(?:\ \d{{3}})+(?![\d{POINT}])|\d+)(?:[{POINT}]\d+)?|[{POINT}]\d+"
TOKEN = re.compile(
    rf"""
    (?P<level>\b\d{{2}}(?:\.\d+)?\s?%\s?[-–]?\s?(?:exact\ |BCa\ |bootstrap\ )?(?:C\.?I\.?\b|CL\b|confidence\ (?:intervals?|limits?)|credible\ intervals?|CrI\b))
    |(?P<number>(?:{_DIGITS})(?:\s?[×x]\s?10\^?\s?[{MINUS}]?\d{{1,3}}|[eE][-−+]?\d{{1,3}}\b)?)
    |(?P<pm>±|\+\s?/\s?[{MINUS}]|\+[{MINUS}])
    |(?P<missing>\b(?:NR|NE|NA|N/A|N\.A\.|ND|NC|n\.s\.|NS|not\ (?:reached|reported|estimable|evaluable|applicable|available|determined|estimated|calculated|done|assessed|significant))\b|\bN(?=\s?[)\]])|∞)
    |(?P<word>[^\W\d_]+(?:[.'’][^\W\d_]+)*\.?)
    |(?P<percent>[%％])
    |(?P<compare><\s?=|>\s?=|[<>≤≥⩽⩾≦≧＜＞]|=)
    |(?P<open>[(\[{{])
    |(?P<close>[)\]}}])
    |(?P<dash>[{MINUS}]|\bto\b|~)
    |(?P<mark>[,;/:|×*^&+])
    """,
    re.VERBOSE,
)
COMPARE = {
    "<": "<",
    ">": ">",
    "≤": "<=",
    "≥": ">=",
    "⩽": "<=",
    "⩾": ">=",
    "≦": "<=",
    "≧": ">=",
    "＜": "<",
    "＞": ">",
    "=": "=",
    "<=": "<=",
    ">=": ">=",
}
DASH = re.compile(rf"[(\[]?\s*[{MINUS}]{{1,3}}\s*[)\]]?(?:\s*\([{MINUS}\s]*\))?|\.{{2,4}}|…|·+|/|—")

#: A whole cell that says why there is no figure. `NR` is read by the statistic: a median not reached, anything else not reported.
MISSING_CELL = {
    "na": "not_applicable", "n/a": "not_applicable", "n.a.": "not_applicable", "n.a": "not_applicable", "not applicable": "not_applicable",
    "nr": "nr", "n/r": "nr", "not reached": "not_reached", "not yet reached": "not_reached", "not reported": "not_reported",
    "ne": "not_estimable", "not estimable": "not_estimable", "not evaluable": "not_estimable", "nc": "not_estimable",
    "not calculable": "not_estimable", "not calculated": "not_estimable", "not estimated": "not_estimable", "∞": "not_estimable",
    "nd": "not_determined", "n.d.": "not_determined", "not determined": "not_determined", "not done": "not_determined",
    "not assessed": "not_determined", "not available": "not_reported", "not significant": "not_significant", "ns": "not_significant",
    "n.s.": "not_significant", "n.s": "not_significant", "n/s": "not_significant", "ref": "reference", "ref.": "reference",
    "reference": "reference", "referent": "reference", "(ref)": "reference", "(reference)": "reference", "missing": "not_reported",
    "unknown": "not_reported",
}  # fmt: skip
NONE_WORDS = frozenset(("none", "nil", "zero", "no patients"))
_PLAIN = str.maketrans({**{c: None for c in THOUSANDS + " "}, **{c: "." for c in POINT}, **{c: "-" for c in MINUS}})
EXPONENT = re.compile(rf"\s?[×x]\s?10\^?\s?([{MINUS}]?)(\d{{1,3}})$")


class Atom(NamedTuple):
    """One printed number (or the word in its place) of a cell. Offsets are into the cell's words."""

    start: int
    end: int
    text: str
    value: float | None
    decimals: int
    comparator: str
    missing: str | None
    group: int
    link: str
    percent: bool
    words: str  # what stands before it in the same bracket, lower case: `n`, `p`, `range`, `ci`
    after: str  # the word right behind it


class Sign(NamedTuple):
    """What of an atom decides its statistic."""

    group: int
    link: str
    percent: bool
    word: str  # mean, sd, ci ... where the cell says so before the number
    whole: bool  # printed without decimals
    share: bool  # may be a percentage: 0 to 100


class Parsed(NamedTuple):
    """A cell read: its numbers, its shape (numbers as #, words kept), and why a cell without numbers is empty."""

    atoms: tuple[Atom, ...]
    shape: str
    missing: str | None  # the whole cell is a word or dash for a missing figure
    n_words: int
    signs: tuple[Sign, ...] = ()
    form: tuple[tuple[object, ...], ...] = ()  # how the figures are set, whatever they are: brackets, joins, percent signs, words


EMPTY_CELL = Parsed((), "", None, 0)
CELL_WORDS = {
    "p": "pvalue", "hr": "hr", "or": "or", "rr": "rr", "n": "n", "ci": "ci", "range": "range", "iqr": "iqr", "sd": "sd", "mean": "mean", "median": "median",
    "se": "se", "sem": "se", "m": "mean", "f": "test", "t": "test", "z": "test", "u": "test", "χ": "test", "x": "test",
}  # fmt: skip


def parsed_from(atoms: tuple[Atom, ...], shape: str, n_words: int = 0) -> Parsed:
    """A cell of these atoms, with what decides their statistics."""
    signs = tuple(
        Sign(
            a.group,
            a.link,
            a.percent,
            CELL_WORDS.get(a.words.rsplit(" ", 1)[-1].strip(".="), "") if a.words else "",
            a.decimals == 0,
            a.value is None or 0 <= a.value <= 100,
        )
        for a in atoms
    )
    return Parsed(atoms, shape, None, n_words, signs, tuple(sign[:4] for sign in signs))


@lru_cache(maxsize=30_000)
def parse_cell(text: str) -> Parsed:
    """Read a cell. Marks must be blanked already (`Passage.words`)."""
    parts = FIGURE.split(text)  # words, figure, words, figure, ... words
    if len(parts) > 1:
        model = _model(HOLE.join(parts[::2]))
        if model is None or model.may_part and PARTED.search(text):
            return _Scanner(text).read()
        return _by_model(model, parts)
    stripped = text.strip()
    if not stripped:
        return EMPTY_CELL
    lower = stripped.lower()
    missing = MISSING_CELL.get(lower) or ("dash" if DASH.fullmatch(stripped) else None)
    if missing:
        return Parsed((), "", missing, 0)
    if lower in NONE_WORDS:
        start = text.index(stripped)
        return parsed_from((Atom(start, start + len(stripped), stripped, 0.0, 0, "=", None, 0, "", False, "", ""),), "#")
    return _Scanner(text).read()


#: Cells of figures and signs alone, without spaces or commas among a figure's digits: how they are read does not depend on the digits.
SIGNS_ONLY = re.compile(r"[\0.·\s()\[\]<>≤≥=,;:/%±–−\-‐to]*")
FIGURE = re.compile(r"(\d+(?:[.·]\d+)?|[.·]\d+)")
PARTED = re.compile(rf"\d[{THOUSANDS} ]\d{{3}}")
MAY_PART = re.compile(rf"\0[{THOUSANDS} ]\0")
HOLE = "\0"
SIGN = frozenset(MINUS + " ")


class _Model:
    """How all cells that differ in their digits only are read."""

    __slots__ = ("likes", "shape", "n_words", "form", "may_part", "signs")

    def __init__(self, parsed: Parsed, leads: list[int], may_part: bool) -> None:
        #: By figure: how far before its digits it begins (its sign), and the fields of its Atom that do not hang on its digits
        self.likes = [(lead, tuple(atom[5:])) for lead, atom in zip(leads, parsed.atoms, strict=True)]
        self.shape, self.n_words, self.form, self.may_part = parsed.shape, parsed.n_words, parsed.form, may_part
        self.signs: dict[int, tuple[Sign, ...]] = {}  # by two bits a figure: whether it is whole, whether it may be a percentage

    def signed(self, looks: int) -> tuple[Sign, ...]:
        known = self.signs.get(looks)
        if known is None:
            bits = [looks >> 2 * at for at in reversed(range(len(self.form)))]
            known = self.signs[looks] = tuple(
                [Sign(*like, bool(bit & 2), bool(bit & 1)) for like, bit in zip(self.form, bits, strict=True)]  # type: ignore[arg-type]
            )
        return known


@lru_cache(maxsize=5_000)
def _model(holed: str) -> _Model | None:
    """The model of cells with holes in place of figures. None where digits decide how such a cell is read."""
    if HOLE + HOLE in holed or not SIGNS_ONLY.fullmatch(holed):
        return None
    parsed = _Scanner(holed.replace(HOLE, "1")).read()
    places = [at for at, character in enumerate(holed) if character == HOLE]
    if [atom.end for atom in parsed.atoms] != [at + 1 for at in places]:
        return None
    leads = [at - atom.start for at, atom in zip(places, parsed.atoms, strict=True)]
    if any(set(holed[at - lead : at]) - SIGN for at, lead in zip(places, leads, strict=True)):
        return None  # something else than a sign became part of the figure
    return _Model(parsed, leads, MAY_PART.search(holed) is not None)


def _by_model(model: _Model, parts: list[str]) -> Parsed:
    """A cell read as another with other digits was."""
    atoms: list[Atom] = []
    at = looks = position = 0
    for lead, like in model.likes:
        digits = parts[position + 1]
        start = at + len(parts[position])
        at = start + len(digits)
        position += 2
        value, decimals, look = _figure(digits)
        if lead:
            start, digits, value, look = start - lead, parts[position - 2][-lead:] + digits, -value, look if not value else look & 2
        atoms.append(_new_atom(Atom, (start, at, digits, value, decimals) + like))
        looks = looks << 2 | look
    return _new_parsed(Parsed, (tuple(atoms), model.shape, None, model.n_words, model.signs.get(looks) or model.signed(looks), model.form))


@lru_cache(maxsize=30_000)
def _figure(digits: str) -> tuple[float, int, int]:
    """Value and decimals of a figure without sign, and in two bits whether it is whole and whether it may be a percentage."""
    plain = digits.replace("·", ".")
    value, decimals = float(plain), len(plain.partition(".")[2])
    return value, decimals, (not decimals) << 1 | (value <= 100)


_new_atom = _new_parsed = tuple.__new__  # past the checks of arguments: hundreds of figures an article


FREEDOM = re.compile(r"\([\d.,;\s]+\)\s?=")


class _Scanner:
    """One pass over a cell's tokens."""

    __slots__ = (
        "text",
        "atoms",
        "shape",
        "group",
        "groups",
        "link",
        "sign",
        "comparator",
        "words",
        "test",
        "last",
        "n_words",
        "depth",
        "last_end",
    )

    def __init__(self, text: str) -> None:
        self.text = text
        self.atoms: list[Atom] = []
        self.shape: list[str] = []
        self.group = self.groups = self.depth = 0
        self.link = ""
        self.sign: int | None = None  # where a minus sign stands
        self.comparator = "="
        self.words: list[str] = []
        self.test = ""  # the letter of a test whose degrees of freedom stand in brackets: `t (50) = 0.43`
        self.last = ""  # kind of the last token
        self.n_words = 0
        self.last_end = 0

    def read(self) -> Parsed:
        for found in TOKEN.finditer(self.text):
            kind = found.lastgroup or ""
            getattr(self, "_" + kind)(found)
            self.last, self.last_end = kind, found.end()
        return parsed_from(tuple(self.atoms), "".join(self.shape), self.n_words)

    def _level(self, found: re.Match[str]) -> None:
        self.words.append("ci")
        self.shape.append("ci")

    def _number(self, found: re.Match[str]) -> None:
        start, end = found.span()
        if start and (self.text[start - 1].isalpha() or self.text[start - 1] in "_^"):
            self.shape.append(found.group())  # FEV1, 10^9: part of a name
            return
        if end < len(self.text) and self.text[end : end + 2].isalpha() and self.text[end : end + 2] in ("st", "nd", "rd", "th"):
            self.shape.append(found.group())
            return
        if self.sign is not None:
            start = self.sign
        text = self.text[start:end]
        value, decimals = _value(text)
        words = " ".join(self.words) or self.test
        self._append(Atom(start, end, text, value, decimals, self.comparator, None, self.group, self.link, False, words, ""))
        self.test = self.test if self.group else ""

    def _missing(self, found: re.Match[str]) -> None:
        word = " ".join(found.group().split()).lower()
        if word == "n" and not self.link:
            self.words.append(word)
            return
        reason = "nr" if word == "n" else MISSING_CELL.get(word, "not_reported")
        self._append(Atom(*found.span(), found.group(), None, 0, "=", reason, self.group, self.link, False, " ".join(self.words), ""))

    def _append(self, atom: Atom) -> None:
        self.atoms.append(atom)
        self.shape.append("#")
        self.link, self.sign, self.comparator = "", None, "="
        self.words = []

    def _pm(self, found: re.Match[str]) -> None:
        self.link = "±"
        self.shape.append("±")

    def _word(self, found: re.Match[str]) -> None:
        word = found.group().lower()
        if word == "to" and self.last in ("number", "percent", "missing", "word"):
            self._dash(found)
            return
        if word == "and" and self.last in ("number", "percent"):
            self.link = ","
            self.shape.append(",")
            return
        if word == "x" and self.last == "number":
            self.link = "x"
        if self.link == "-" and self.last == "dash":
            self.link = ""
        self.n_words += len(word) > 1
        if self.last in ("number", "percent") and self.atoms and not self.atoms[-1].after:
            self.atoms[-1] = self.atoms[-1]._replace(after=word)
        self.words.append(word)
        self.shape.append(word)

    def _percent(self, found: re.Match[str]) -> None:
        if self.last == "number" and self.atoms:
            self.atoms[-1] = self.atoms[-1]._replace(percent=True)
        self.shape.append("%")

    def _compare(self, found: re.Match[str]) -> None:
        self.comparator = COMPARE.get(found.group().replace(" ", ""), "=")
        if found.group() == "=":
            self.shape.append("=")

    def _open(self, found: re.Match[str]) -> None:
        self.depth += 1
        self.groups += 1
        self.group = self.groups
        self.link = self.link if self.link == "-" else ""
        if self.words and CELL_WORDS.get(self.words[-1]) == "test" and FREEDOM.match(self.text, found.start()):
            self.test = self.words[-1]
        self.words = []
        self.shape.append("(")

    def _close(self, found: re.Match[str]) -> None:
        self.depth = max(self.depth - 1, 0)
        self.group = 0 if not self.depth else self.group
        self.link = ""
        self.words = []
        self.shape.append(")")

    def _dash(self, found: re.Match[str]) -> None:
        joins = self.last in ("number", "percent", "missing", "close") and "\n" not in self.text[self.last_end : found.start()]
        if joins or found.group().lower() in ("to", "~"):
            self.link = "-"
            self.shape.append("-")
        elif _number_follows(self.text, found.end()):
            self.sign = found.start()
        else:
            self.shape.append("-")

    def _mark(self, found: re.Match[str]) -> None:
        character = found.group()
        if character in ",;/:|" and self.last in ("number", "percent", "missing", "close", "word"):
            self.link = {"|": "/", ":": ":"}.get(character, character)
        elif character in "×*" and self.last == "number":
            self.link = "x"
        self.shape.append(character)


def _number_follows(text: str, at: int) -> bool:
    while at < len(text) and text[at] in " \u00a0\u2009\u202f":
        at += 1
    return text[at : at + 1].isdigit() or text[at : at + 1] in tuple(POINT) and text[at + 1 : at + 2].isdigit()


def _value(text: str) -> tuple[float, int]:
    power = 0
    if found := EXPONENT.search(text):
        power = int(found.group(2)) * (-1 if found.group(1) else 1)
        text = text[: found.start()]
    plain = text.translate(_PLAIN)
    mantissa, _, exponent = plain.lower().partition("e")
    decimals = len(mantissa) - mantissa.index(".") - 1 if "." in mantissa else 0
    value = float(plain)
    if exponent:
        return value, decimals - int(exponent)
    return (float(f"{plain}e{power}"), decimals - power) if power else (value, decimals)
