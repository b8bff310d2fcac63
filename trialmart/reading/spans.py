"""How many rows and columns a cell covers, by what files have as its attributes.

Belongs here: reading `rowspan` and `colspan`. Does not: setting cells into a grid (jats_tables, html).
"""

from __future__ import annotations

from lxml import etree

USUAL = 30


def span(told: str | None) -> int:
    """The number that a span attribute tells; 1 where it is none, 0 where it is 0 (to the end of the rows)."""
    told = (told or "1").strip()
    return min(int(told[:6]), 9999) if told.isascii() and told.isdecimal() else 1


def columns(cell: etree._Element) -> int:
    """How many columns a cell covers. A number beyond any table (1000) is a converter's way to say: the rest of them."""
    told = span(cell.get("colspan")) or 1
    row = cell.getparent()
    if told <= USUAL or row is None:
        return told
    table = next(row.iterancestors("table", "array"), row)
    return max(1, min(told, max((len(other) for other in table.iter("tr")), default=1) - len(row) + 1))
