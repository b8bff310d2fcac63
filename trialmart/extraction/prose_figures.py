"""What a figure of prose is, and the words and digits that print one: `400`, `1,234`, `.58`, `twenty-one`, `not reached`.

Belongs here: how numbers, number words, units and missing values are written. Does not: what kind of result a number is; each kind has a
module of its own (prose_limits, prose_p_values, prose_ratios, prose_counts, prose_percents, prose_estimates).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from trialmart.extraction.prose_sentences import NUMBER_WORDS as WORDS

_TENS = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
_ONES = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_BELOW_HUNDRED = rf"(?:{_TENS}(?:[\s-]{_ONES})?|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|{_ONES})"
WORD = rf"(?:{_BELOW_HUNDRED}(?:[\s-]thousand(?:,?\s(?:and\s)?{_ONES}[\s-]hundred)?|[\s-]hundred)?(?:(?<=d)\s(?:and\s)?{_BELOW_HUNDRED})?)"
_THIN = "\u2009\u202f\u00a0,"
DIGITS = rf"(?:\d{{1,3}}(?:[{_THIN}]\d{{3}})+(?![\d])|\d{{1,3}}(?: \d{{3}})+(?=\s+(?:patients|participants|women|men|subjects|children)\b)|\d+)(?:\.\d+)?|\.\d+"
SIGNED = rf"(?:-\s?)?(?:{DIGITS})"
MISSING = (
    r"(?:(?:(?:upper|lower)\s+(?:limit|bound)\s+)?not?\s+(?:yet\s+)?(?:been\s+)?(?:reached|estimable|evaluable|calculable|available|reported|determined|defined|computable)|inestimable|non-?estimable|"
    r"unreached|undefined|infinity|\u221e|N\.?[RE]\.?(?![A-Za-z])|NA(?![A-Za-z])|NC(?![A-Za-z]))"
)
_REASONS = (
    ("reach", "not_reached"),
    ("NR", "not_reached"),
    ("N.R", "not_reached"),
    ("available", "not_reported"),
    ("reported", "not_reported"),
    ("determined", "not_determined"),
)
NOUNS = (
    r"(?:(?:[a-zA-Z]+-)?(?:patients?|participants?|subjects?|women|men|children|adults|infants|individuals|persons|people|volunteers|boys|girls|cases?|"
    r"recipients|females?|males?|responders?|survivors|mothers|adolescents|students|controls|residents|smokers))"
)
EVENTS = r"(?:events?|deaths?|relapses?|recurrences?|progressions?|episodes?|failures?|withdrawals?|discontinuations?|infections?|fractures?|complications?|responses?|dropouts?|falls|seizures|exacerbations|hospitali[sz]ations)"
TIME = r"(?:months?|mo|years?|yrs?|weeks?|wks?|days?|hours?|hrs?|minutes?|mins?|seconds?|h)\b"
UNIT = re.compile(
    rf"[\s-]?(?P<time>{TIME})|\s?(?P<other>(?:mm\s?Hg|mmHg|kg/m2|kg|mg/dl|mg/L|g/dl|g/L|g/dL|mg/dL|mmol/mol|mmol/l|mmol/L|\u00b5mol/[lL]|\u03bcmol/[lL]|ng/ml|ng/mL|pg/mL|pg/ml|IU/[lLmM]+|U/L|"
    r"cm|mm|ml/min(?:/1\.73 m2)?|mL/min(?:/1\.73 m2)?|ml|mL|points?|bpm|beats/min|kcal/day|kcal|g|mg|m/s|score points|units?|cells/[\w\u00b5\u03bc]+|log10|logs?)(?![\w]))"
)  # fmt: skip
#: Every number of a text. Begins with one class of characters, which the engine finds fast, and looks at what it found afterwards.
_NUMBER = re.compile(
    rf"[.0-9](?:(?<=\d)(?:\d{{0,2}}(?:[{_THIN}]\d{{3}})+(?!\d)|\d{{0,2}}(?: \d{{3}})+(?=\s+(?:patients|participants|women|men|subjects|children)\b)|\d*)(?:\.\d+)?|(?<!\d\.)(?<=\.)\d+)(?=\s{{0,9}}(\S?))"
)
_GROUPING = re.compile(rf"[{_THIN} ]")
_PARTS = re.compile(r"[\s,-]+")
COUNTING = frozenset(WORDS)
MONTH_NAMES = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
_SPACES = " \u00a0\u2009\u202f"
_COMPARING = frozenset("<>\u2265\u2264")
#: The spread that makes the number before it a mean, and the words that one begins with.
SPREAD_BEHIND = re.compile(r"\s?(?:[a-zA-Z/%]{1,8}\s?)?(?:[(\[]|,)\s*(?:(?i:SD|SEM|SE|standard\s+deviation)\b|(?i:S\.D)(?!\w))")
SPREADS = frozenset("sd s sem se standard".split())
CHANGE = re.compile(r"\bchanges?\b|\b(?:increases?|decreases?|reductions?|declines?|improvements?|loss|gain)\b", re.IGNORECASE)


@dataclass(slots=True, eq=False)
class Figure:
    """One printed number of a sentence. `owner` is the figure that it belongs to (a limit's estimate, a percent's count)."""

    start: int
    end: int
    statistic: str
    value: float | None
    comparator: str | None = "="
    unit: str | None = None
    owner: Figure | None = None
    missing_reason: str | None = None
    sides: int | None = None
    method: str | None = None
    endpoint: str | None = None
    exact: bool = False
    governor: tuple[int, int] | None = None  # where the word stands that told the statistic
    closes: int = 0  # end of what is set together with it, its bracket included
    opens: int = 0  # start of the same
    keep: dict[str, object] = field(default_factory=dict)


@lru_cache(maxsize=4096)
def number_of(text: str) -> float:
    """The value of printed digits or of a count in words."""
    word = text.strip().lower()
    if not word[:1].isalpha():
        try:
            return float(word)
        except ValueError:
            return float(_GROUPING.sub("", text))
    value = below = 0
    for part in _PARTS.split(word):
        if part == "thousand":
            value, below = below * 1000, 0
        elif part == "hundred":
            below *= 100
        else:
            below += WORDS.get(part, 0)
    return float(value + below)


def missing_reason(text: str) -> str:
    """Which missing reason a word in a number's place stands for."""
    return next((reason for sign, reason in _REASONS if sign.lower() in text.lower()), "not_estimable")


class Number(NamedTuple):
    """Digits of a sentence: their place, and what stands beside them but for spaces: the word before (or a sign), the character behind."""

    start: int
    end: int
    printed: str
    word: str
    behind: str


def find_numbers(text: str, low: str) -> list[Number]:
    """Every number of a text, which is given in lower case too."""
    return [Number(start := m.start(), m.end(), m[0], word_before(low, start), m[1]) for m in _NUMBER.finditer(text)]


def word_before(low: str, start: int) -> str:
    """The word right before a place in a text in lower case; a sign of comparison where one stands there."""
    origin = start - 24 if start > 24 else 0
    head = low[origin:start].rstrip(_SPACES)
    word = head[head.rfind(" ") + 1 :]
    if word.isalpha():
        return word
    last = head[-1:]
    if last in _COMPARING:
        return last
    at = len(head) - 1
    if last.isalpha() or last == ".":
        while at > 0 and head[at - 1].isalpha():
            at -= 1
        return head[at:]
    if last == ",":  # `February 26, 2016`, `July, 2014`
        while at > 0 and head[at - 1].isalnum():
            at -= 1
        word = head[at:-1]
        return word_before(low, origin + at) if word.isdigit() else word if word in MONTH_NAMES else ""
    return ""


def time_unit(word: str) -> str:
    letter = word.lower()
    for start, unit in (
        ("mo", "months"),
        ("mi", "minutes"),
        ("y", "years"),
        ("w", "weeks"),
        ("d", "days"),
        ("h", "hours"),
        ("s", "seconds"),
    ):
        if letter.startswith(start):
            return unit
    return word


def whole(printed: str) -> bool:
    return "." not in printed


def comparing_sign(sign: str) -> str:
    return {"\u2264": "<=", "\u2265": ">=", "~": "="}.get(sign, sign)
