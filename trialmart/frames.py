"""Articles and their extractions as columns.

Belongs here: turning records into Arrow tables, one list a column, so that neither pandas nor the database sees a row at a time. Does
not: what the records mean (extraction), types and rules of the tables (schemas/).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from trialmart.document import Article
from trialmart.extraction.values import Extraction, PublishedValue

if TYPE_CHECKING:
    Columns = dict[str, list[Any]]

TEXT, WHOLE, REAL, FLAG, TEXTS = pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.list_(pa.string())

#: How a field is stored where it is no string. The published tables' own types are in schemas/; these only keep an empty column typed.
_TYPES: dict[str, pa.DataType] = {
    **dict.fromkeys(
        ("year", "n_characters", "n_tables_found", "n_tables_extracted", "n_values", "n_randomized", "n_rows", "n_columns", "n_header_rows",
         "row_index", "column_index", "sides", "decimals", "line", "page", "char_start", "char_end"), WHOLE),
    **dict.fromkeys(("value", "value_low", "value_high"), REAL),
    **dict.fromkeys(("adjusted", "is_assumption"), FLAG),
    **dict.fromkeys(("aliases", "members", "row_path", "value_ids"), TEXTS),
}  # fmt: skip

_METADATA = ("title", "journal", "year", "doi", "pmid", "pmcid", "nct_id")
_ARTICLE = (
    "article_id", "study_id", "source_path", "format", "sha256", *_METADATA, "n_characters", "n_tables_found", "n_tables_extracted",
    "n_values", "status", "message",
)  # fmt: skip
_ARM = ("arm_id", "label", "aliases", "role", "members", "n_randomized")
_TABLE = ("table_id", "label", "caption", "kind", "n_rows", "n_columns", "n_header_rows", "status", "message")
#: The fields of PublishedValue that are columns; its offsets and locator go to source_span, its places to value_span.
_VALUE = tuple(name for name in PublishedValue.__slots__ if name not in ("start", "end", "locator", "places"))
_OBSERVATION = ("kind", "table_id", "value_ids", "arm_id", "detail")
_SPAN = (
    "span_id", "article_id", "section", "table_id", "row_index", "column_index", "line", "locator", "page", "char_start", "char_end", "quote",
)  # fmt: skip

TABLES = (
    "evidence.article", "evidence.article_text", "evidence.article_table", "evidence.arm", "evidence.published_value",
    "evidence.text_observation", "lineage.source_span", "lineage.value_span",
)  # fmt: skip


def to_tables(articles: Sequence[Article], extractions: Sequence[Extraction]) -> dict[str, pa.Table]:
    """All tables that reading and extraction fill, for these articles; `articles[i]` yielded `extractions[i]`.

    An article's rows stand together, in the order of the article: the same input gives the same bytes whoever worked on it.
    """
    parts: dict[str, list[Columns]] = {name: [] for name in TABLES}
    for article, extraction in zip(articles, extractions, strict=True):
        spans = _Spans(article)
        parts["evidence.article"].append(_article(article, extraction))
        parts["evidence.article_text"].append({"article_id": [article.article_id], "text": [article.text]})
        parts["evidence.article_table"].append(_records(article, extraction.tables, _TABLE))
        parts["evidence.arm"].append(_records(article, extraction.arms, _ARM))
        parts["evidence.published_value"].append(_values(article, extraction, spans))
        parts["evidence.text_observation"].append(_observations(article, extraction, spans))
        parts["lineage.value_span"].append(_value_spans(article, extraction, spans))
        parts["lineage.source_span"].append(spans.columns())
    return {name: _table(name, columns) for name, columns in parts.items()}


def empty_tables() -> dict[str, pa.Table]:
    """The same tables without rows."""
    return to_tables([], [])


_NAMES = {
    "evidence.article": _ARTICLE,
    "evidence.article_text": ("article_id", "text"),
    "evidence.article_table": ("article_id", *_TABLE),
    "evidence.arm": ("article_id", *_ARM),
    "evidence.published_value": ("article_id", *_VALUE, "span_id"),
    "evidence.text_observation": ("observation_id", "article_id", *_OBSERVATION, "span_id"),
    "lineage.value_span": ("article_id", "value_id", "span_id", "role"),
    "lineage.source_span": _SPAN,
}


def _table(name: str, parts: Iterable[Columns]) -> pa.Table:
    columns: Columns = {column: [] for column in _NAMES[name]}
    for part in parts:
        for column, values in columns.items():
            values.extend(part[column])
    return pa.table({column: pa.array(values, type=_TYPES.get(column, TEXT)) for column, values in columns.items()})


def _records(article: Article, records: Sequence[Any], fields: Sequence[str]) -> Columns:
    """One list a field, and the article's id."""
    columns: Columns = (
        dict(zip(fields, map(list, zip(*map(attrgetter(*fields), records), strict=True)), strict=True))
        if records
        else {f: [] for f in fields}
    )
    columns["article_id"] = [article.article_id] * len(records)
    return columns


def _article(article: Article, extraction: Extraction) -> Columns:
    metadata = article.metadata
    extracted = sum(table.status == "extracted" for table in extraction.tables)
    row = {name: getattr(metadata, name) for name in _METADATA} | {
        "article_id": article.article_id,
        "study_id": metadata.nct_id or article.article_id,
        "source_path": article.source_path,
        "format": article.format,
        "sha256": article.sha256,
        "n_characters": len(article.text),
        "n_tables_found": len(extraction.tables),
        "n_tables_extracted": extracted,
        "n_values": len(extraction.values),
        "status": "extracted" if extracted == len(extraction.tables) and not extraction.messages else "partial",
        "message": "; ".join(extraction.messages) or None,
    }
    return {name: [row[name]] for name in _ARTICLE}


def _values(article: Article, extraction: Extraction, spans: _Spans) -> Columns:
    columns = _records(article, extraction.values, _VALUE)
    columns["span_id"] = [
        spans.add(v.start, v.end, v.section, v.table_id, v.row_index, v.column_index, v.locator) for v in extraction.values
    ]
    return columns


def _observations(article: Article, extraction: Extraction, spans: _Spans) -> Columns:
    columns = _records(article, extraction.observations, _OBSERVATION)
    columns["span_id"] = [spans.add(o.start, o.end, table_id=o.table_id) for o in extraction.observations]
    columns["observation_id"] = _unique(f"{article.article_id}:{o.kind}:{o.start}" for o in extraction.observations)
    return columns


def _value_spans(article: Article, extraction: Extraction, spans: _Spans) -> Columns:
    """The value's own place first, then what gave it its meaning; a place that serves twice in one role stands once."""
    rows: dict[tuple[str, str, str], None] = {}
    for value in extraction.values:
        value_id, section, table_id = value.value_id, value.section, value.table_id
        rows[value_id, spans.id_of(value.start, value.end), "value"] = None
        for place in value.places:
            in_table = table_id if place.row_index is not None or place.role == "footnote" else None
            span = spans.add(place.start, place.end, section, in_table, place.row_index, place.column_index)
            rows[value_id, span, place.role] = None
    values, ids, roles = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
    return {"article_id": [article.article_id] * len(rows), "value_id": values, "span_id": ids, "role": roles}


def _unique(ids: Iterable[str]) -> list[str]:
    """Ids with `#2`, `#3` behind the second and third of the same name."""
    seen: dict[str, int] = {}
    result = []
    for each in ids:
        seen[each] = seen.get(each, 0) + 1
        result.append(each if seen[each] == 1 else f"{each}#{seen[each]}")
    return result


class _Spans:
    """The places of one article that something points to, each once, by its offsets."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.line_starts = [0]
        find, at = article.text.find, article.text.find("\n")
        while at >= 0:
            self.line_starts.append(at + 1)
            at = find("\n", at + 1)
        self.rows: dict[tuple[int, int], tuple[Any, ...]] = {}
        self.ids: dict[tuple[int, int], str] = {}

    def id_of(self, start: int, end: int) -> str:
        return self.ids[start, end]

    def add(self, start: int, end: int, section: str | None = None, table_id: str | None = None, row: int | None = None,
            column: int | None = None, locator: str | None = None) -> str:  # fmt: skip
        """The span's id. What a later mention knows of the place is filled in where the first did not."""
        place, told = (start, end), (section, table_id, row, column, locator)
        known = self.rows.get(place)
        if known is None:
            self.rows[place], self.ids[place] = told, f"{self.article.article_id}@{start}-{end}"
        elif known != told and None in known:
            self.rows[place] = tuple([new if old is None else old for old, new in zip(known, told, strict=True)])
        return self.ids[place]

    def columns(self) -> Columns:
        text, article_id = self.article.text, self.article.article_id
        ends = sorted(self.rows)
        told = [self.rows[key] for key in ends]
        section, table_id, row, column, locator = (list(each) for each in zip(*told, strict=True)) if told else ([], [], [], [], [])
        return {
            "span_id": [self.ids[place] for place in ends],
            "article_id": [article_id] * len(ends),
            "section": section,
            "table_id": table_id,
            "row_index": row,
            "column_index": column,
            "line": [bisect_right(self.line_starts, start) for start, _ in ends],
            "locator": locator,
            "page": [None] * len(ends),
            "char_start": [start for start, _ in ends],
            "char_end": [end for _, end in ends],
            "quote": [text[start:end] for start, end in ends],
        }
