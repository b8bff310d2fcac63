"""Arithmetic on what printed numbers may stand for.

Belongs here: sums, products, ratios, roots and logarithms of rounding intervals, exact where the operation is (Decimal) and rounded outwards
where it is not, so that the true result is never lost. Does not: how a number is printed (numbers.py) or what a disagreement means (audit/).
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import NamedTuple

_DOWN, _UP = Context(prec=40, rounding=ROUND_FLOOR), Context(prec=40, rounding=ROUND_CEILING)


class Interval(NamedTuple):
    """A closed interval of numbers, `low` <= `high`."""

    low: Decimal
    high: Decimal

    @classmethod
    def printed(cls, text: str, exact: bool = False) -> Interval:
        """What a printed decimal number stands for: half a unit of its last place to both sides, or itself where it is a count."""
        value = Decimal(text)
        half = Decimal(0) if exact else Decimal(5).scaleb(int(value.as_tuple().exponent) - 1)
        return cls(value - half, value + half)

    def __add__(self, other: Interval) -> Interval:  # type: ignore[override]
        return Interval(_DOWN.add(self.low, other.low), _UP.add(self.high, other.high))

    def __sub__(self, other: Interval) -> Interval:
        return Interval(_DOWN.subtract(self.low, other.high), _UP.subtract(self.high, other.low))

    def __mul__(self, other: Interval) -> Interval:  # type: ignore[override]
        ends = [(a, b) for a in self for b in other]
        return Interval(min(_DOWN.multiply(a, b) for a, b in ends), max(_UP.multiply(a, b) for a, b in ends))

    def __truediv__(self, other: Interval) -> Interval:
        if other.low <= 0 <= other.high:
            raise ZeroDivisionError("the divisor may be zero")
        ends = [(a, b) for a in self for b in other]
        return Interval(min(_DOWN.divide(a, b) for a, b in ends), max(_UP.divide(a, b) for a, b in ends))

    def log(self) -> Interval:
        if self.low <= 0:
            raise ValueError("the logarithm of a number that may be zero or less")
        low, high = self.low.ln(_DOWN), self.high.ln(_UP)
        return Interval(low.next_minus(_DOWN), high.next_plus(_UP))  # Decimal.ln rounds half even whatever the context says

    def sqrt(self) -> Interval:
        if self.low < 0:
            raise ValueError("the root of a number that may be negative")
        low, high = self.low.sqrt(_DOWN), self.high.sqrt(_UP)
        return Interval(max(low.next_minus(_DOWN), Decimal(0)), high.next_plus(_UP))

    def meets(self, other: Interval) -> bool:
        return self.low <= other.high and other.low <= self.high

    def covers(self, number: Decimal | int | float) -> bool:
        return self.low <= Decimal(number) <= self.high

    def widened(self, by: Decimal) -> Interval:
        return Interval(self.low - by, self.high + by)


def total(*parts: Interval) -> Interval:
    """The sum of several."""
    result = Interval(Decimal(0), Decimal(0))
    for part in parts:
        result = result + part
    return result
