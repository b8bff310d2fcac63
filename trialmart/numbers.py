"""A printed number: its value, its decimals, and the numbers that it may stand for.

Belongs here: how digits are printed and what rounding hides. Does not: what a number means.

A number printed with d decimals stands for any x in [x - 0.5*10^-d, x + 0.5*10^-d], both ends in (rounding half up and half even both
pass). Counts and denominators are exact.
"""

from __future__ import annotations

import re
from typing import NamedTuple

MINUS = "-\u2212\u2010\u2011\u2012\u2013\u2014"  # hyphen, minus sign, and the dashes that print uses for it
THOUSANDS = "\u2009\u202f\u00a0,"  # thin, narrow no-break, no-break space, comma; a plain space is as often between two numbers
POINT = ".\u00b7\u2219\u22c5"  # full stop and the middle dots of some journals

#: An unsigned number as printed: digits in groups of three or plain, then an optional fraction. No sign: whether a dash is a minus or
#: a range is the reader's judgement.
UNSIGNED = rf"(?:\d{{1,3}}(?:[{THOUSANDS}]\d{{3}})+(?!\d)|\d+)(?:[{POINT}]\d+)?|[{POINT}]\d+"
NUMBER = re.compile(UNSIGNED)
_NOT_DIGITS = str.maketrans({**{c: None for c in THOUSANDS + " "}, **{c: "." for c in POINT}, **{c: "-" for c in MINUS}})


class Printed(NamedTuple):
    """A number as printed: `text` its own characters, `low` and `high` the ends of what it may stand for."""

    text: str
    value: float
    decimals: int
    low: float
    high: float


def parse(text: str, exact: bool = False) -> Printed:
    """Reads one printed number, sign included. Raises ValueError where `text` is none.

    `exact` is for counts and denominators, which rounding does not touch.
    """
    plain = text.strip().translate(_NOT_DIGITS)
    value = float(plain)
    decimals = len(plain) - plain.index(".") - 1 if "." in plain else 0
    if exact:
        return Printed(text, value, decimals, value, value)
    low, high = rounding_interval(value, decimals)
    return Printed(text, value, decimals, low, high)


def rounding_interval(value: float, decimals: int) -> tuple[float, float]:
    """The closed interval that a number printed with `decimals` places stands for."""
    if not decimals and value % 1 == 0:
        return value - 0.5, value + 0.5
    half = 0.5 * 10.0**-decimals
    return round(value - half, decimals + 1), round(value + half, decimals + 1)
