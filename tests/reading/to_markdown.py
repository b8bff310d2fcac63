"""JATS -> the Markdown that converters of web pages write (pipe tables, merged cells as empty ones, superscripts as HTML)."""

from __future__ import annotations

import re

from lxml import etree, html
from lxml.html import document_fromstring

from .to_html import to_html

AROUND = {"em": "*", "i": "*", "strong": "**", "b": "**"}
BLOCKS = ("p", "h1", "h2", "h3", "h4", "table", "ul")
LEFT_OUT = frozenset(("head", "script", "style", "nav", "aside", "footer", "header"))


def escaped(text: str | None) -> str:
    return re.sub(r"([\\`*_|<])", r"\\\1", " ".join((text or "").replace("\n", " ").split(" ")))


def inline(element: etree._Element) -> str:
    out = [escaped(element.text)]
    for child in element:
        inner = inline(child)
        if child.tag in AROUND and inner.strip():
            # emphasis holds no white space at its ends
            lead, tail = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
            out.append(f"{lead}{AROUND[child.tag]}{inner.strip()}{AROUND[child.tag]}{tail}")
        elif child.tag in ("sup", "sub"):
            out.append(f"<{child.tag}>{inner}</{child.tag}>")
        elif child.tag == "a" and child.get("href"):
            out.append(f"[{inner}]({child.get('href')})")
        elif child.tag in ("br", "p"):
            out.append(f" {inner}")
        else:
            out.append(inner)
        out.append(escaped(child.tail))
    return "".join(out)


def one_line(element: etree._Element) -> str:
    return re.sub(r"[ \t\n]+", " ", inline(element)).strip(" ")


def spread(table: etree._Element) -> list[list[str]]:
    """Rows of cells; a cell that spans others stands at its first place, the others are empty."""
    rows = [row for row in table.iter("tr")]
    grid: list[dict[int, str]] = [{} for _ in rows]
    for r, row in enumerate(rows):
        column = 0
        for cell in row.iterchildren("td", "th"):
            while column in grid[r]:
                column += 1
            down, across = int(cell.get("rowspan") or 1), int(cell.get("colspan") or 1)
            for rr in range(r, min(r + down, len(rows))):
                for cc in range(column, column + across):
                    grid[rr].setdefault(cc, "")
            grid[r][column] = one_line(cell)
            column += across
    width = max((max(row, default=-1) + 1 for row in grid), default=0)
    return [[row.get(c, "") for c in range(width)] for row in grid]


def pipes(table: etree._Element) -> str:
    rows = spread(table)
    if not rows or not rows[0]:
        return ""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])


def gathered(element: etree._Element) -> list[etree._Element]:
    """The blocks in an element; words that stand between them are paragraphs of their own."""
    out: list[etree._Element] = []
    loose = html.Element("p")
    loose.text = element.text

    def end() -> None:
        nonlocal loose
        if "".join(loose.itertext()).strip():
            out.append(loose)
        loose = html.Element("p")

    for child in list(element):
        tail, child.tail = child.tail, None
        if (
            child.tag in (*BLOCKS, *LEFT_OUT, "section", "div", "main", "article", "li")
            or next(child.iterdescendants(*BLOCKS), None) is not None
        ):
            end()
            out.append(child)
            loose.text = tail
        else:
            child.tail = tail
            loose.append(child)
    end()
    return out


def blocks(element: etree._Element) -> list[str]:
    out: list[str] = []
    for child in gathered(element):
        tag = child.tag
        if tag in LEFT_OUT or child.get("id") == "cookie-banner":
            continue
        if tag == "table":
            out.append(pipes(child))
        elif re.fullmatch(r"h[1-6]", tag):
            out.append(f"{'#' * int(tag[1])} {one_line(child)}")
        elif tag == "li":
            out.append(f"- {one_line(child)}")
        elif tag != "section" and next(child.iterdescendants(*BLOCKS), None) is None:
            out.append(one_line(child))
        else:
            out.extend(blocks(child))
    return [block for block in out if block.strip("# ")]


def to_markdown(data: bytes) -> bytes:
    page = document_fromstring(to_html(data))
    return "\n\n".join(blocks(page.find("body"))).encode()
