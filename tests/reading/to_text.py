"""JATS -> the plain text that is left of a page: copied from a browser, or taken by a scraper. Superscripts are ordinary characters then."""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import document_fromstring

from .to_html import to_html
from .to_markdown import BLOCKS, LEFT_OUT, gathered


def words(element: etree._Element) -> str:
    for line in element.iter("br", "p"):
        line.tail = " " + (line.tail or "")
    return re.sub(r"[ \t\n]+", " ", "".join(element.itertext())).strip(" ")


def rows_of(table: etree._Element, keep_empty: bool) -> list[list[str]]:
    """keep_empty: a cell that spans others is followed by empty ones; else (as a browser copies) it stands alone."""
    rows = [row for row in table.iter("tr")]
    grid: list[dict[int, str | None]] = [{} for _ in rows]
    for r, row in enumerate(rows):
        column = 0
        for cell in row.iterchildren("td", "th"):
            while column in grid[r]:
                column += 1
            down, across = int(cell.get("rowspan") or 1), int(cell.get("colspan") or 1)
            for rr in range(r, min(r + down, len(rows))):
                for cc in range(column, column + across):
                    grid[rr].setdefault(cc, None)
            grid[r][column] = words(cell)
            column += across
    width = max((max(row, default=-1) + 1 for row in grid), default=0)
    if keep_empty:
        return [[row.get(c) or "" for c in range(width)] for row in grid]
    return [[cell for c in sorted(row) if (cell := row[c]) is not None] for row in grid]


def tabs(table: etree._Element) -> list[str]:
    return ["\n".join("\t".join(row) for row in rows_of(table, True))]


def copied(table: etree._Element) -> list[str]:
    return ["\n".join("\t".join(row) for row in rows_of(table, False))]


def bars(table: etree._Element) -> list[str]:
    return ["\n".join("| " + " | ".join(row) + " |" for row in rows_of(table, True))]


def lines(table: etree._Element) -> list[str]:
    return [cell for row in rows_of(table, False) for cell in row if cell]


#: How a table may be left: cells apart by tabs, as a browser copies them (no place kept for merged ones), by bars, a cell a line.
TABLES = {"tabs": tabs, "copied": copied, "bars": bars, "lines": lines}


def blocks(element: etree._Element, style: str) -> list[str]:
    out: list[str] = []
    for child in gathered(element):
        tag = child.tag
        if tag in LEFT_OUT or child.get("id") == "cookie-banner":
            continue
        if tag == "table":
            out.extend(TABLES[style](child))
        elif tag == "li":
            out.append(words(child))
        elif tag != "section" and next(child.iterdescendants(*BLOCKS), None) is None:
            out.append(words(child))
        else:
            out.extend(blocks(child, style))
    return [block for block in out if block.strip()]


def to_text(data: bytes, style: str = "tabs") -> bytes:
    page = document_fromstring(to_html(data))
    title = page.findtext("head/title") or ""
    return "\n\n".join([*([title] if title else []), *blocks(page.find("body"), style)]).encode()
