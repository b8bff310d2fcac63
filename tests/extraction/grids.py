"""Tables for tests: a few lines of text, cells apart by `|`, leading dots for indentation."""

from __future__ import annotations

from trialmart.document import Article, Table
from trialmart.extraction import arms, tables
from trialmart.extraction.values import Arm, Observation, PublishedValue, TableRecord
from trialmart.reading.jats import read_jats


def xml_table(lines: str, caption: str = "", notes: str = "", header: int = 1, name: str = "T1") -> str:
    """A table-wrap. `<2>x` spans two columns; a line of `---` is not needed: `header` says how many rows are head."""
    rows = []
    for number, line in enumerate(filter(str.strip, lines.strip("\n").split("\n"))):
        cells = []
        for text in line.strip().split("|"):
            text, span, tag = text.strip(), "", "th" if number < header else "td"
            if text.startswith("<") and text[2:3] == ">":
                span, text = f' colspan="{text[1]}"', text[3:]
            indent = len(text) - len(text.lstrip("."))
            text = "\u2003" * indent + text[indent:] if not text.startswith("..") or text.strip(".") else text
            cells.append(f"<{tag}{span}>{text.replace('&', '&amp;').replace('<', '&lt;') if '<sup' not in text else text}</{tag}>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    feet = "".join(f"<p>{note}</p>" for note in filter(None, notes.split("\n")))
    return (
        f'<table-wrap id="{name}"><label>Table 1</label><caption><p>{caption}</p></caption><table><thead>{"".join(rows[:header])}</thead>'
        f"<tbody>{''.join(rows[header:])}</tbody></table><table-wrap-foot>{feet}</table-wrap-foot></table-wrap>"
    )


def article_of(*wraps: str, abstract: str = "Patients were randomly assigned to drug or placebo.", methods: str = "") -> Article:
    data = (
        f"<article><front><article-meta><title-group><article-title>Drug versus placebo</article-title></title-group><abstract><p>{abstract}</p></abstract></article-meta></front>"
        f'<body><sec sec-type="methods"><title>Methods</title><p>{methods or "As planned."}</p>{"".join(wraps)}</sec></body></article>'
    )
    return read_jats(data.encode(), "a.xml", "a")


def extracted(*wraps: str, **words: str) -> tuple[list[Arm], list[TableRecord], list[PublishedValue], list[Observation]]:
    article = article_of(*wraps, **words)
    found = arms.find_arms(article)
    return found, *tables.extract_tables(article, found)


def cell(values: list[PublishedValue], row: int, column: int) -> list[tuple[str, float | None]]:
    """(statistic, value) of a cell's numbers, in order."""
    return [(value.statistic, value.value) for value in values if (value.row_index, value.column_index) == (row, column)]


def first(values: list[PublishedValue], row: int, column: int) -> PublishedValue:
    return next(value for value in values if (value.row_index, value.column_index) == (row, column))


__all__ = ["Table", "article_of", "cell", "extracted", "first", "xml_table"]
