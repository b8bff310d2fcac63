"""All tables of an article -> their records and published values.

Belongs here: the order of the work on one table, and its record. Does not: the steps. A table's headers are laid out (headers), its columns
matched with arms (table_columns), its rows hung on their parents (rows), and its figures landed (table_values).
"""

from __future__ import annotations

from collections.abc import Sequence

from trialmart.document import Article, Table
from trialmart.extraction.arm_names import Roster
from trialmart.extraction.headers import Layout, lay_out
from trialmart.extraction.kinds import kind_of
from trialmart.extraction.row_parents import hang_rows
from trialmart.extraction.rows import grade_rows, read_rows
from trialmart.extraction.short_forms import unmask, unmask_columns
from trialmart.extraction.table_columns import resolve_columns, take_headers
from trialmart.extraction.table_context import Names, context_of, convention, unmatched_marks
from trialmart.extraction.table_facts import Facts
from trialmart.extraction.table_scopes import Scopes
from trialmart.extraction.table_values import Landing
from trialmart.extraction.values import Arm, Observation, PublishedValue, TableRecord


def extract_tables(
    article: Article, arms: list[Arm], layouts: Sequence[Layout] | None = None
) -> tuple[list[TableRecord], list[PublishedValue], list[Observation]]:
    """Every table's record, every number in a grid as a value, and what the tables show of themselves."""
    if layouts is None:
        layouts = [lay_out(table) for table in article.tables if table.grid]
    by_table = {id(layout.table): layout for layout in layouts}
    records: list[TableRecord] = []
    values: list[PublishedValue] = []
    observations: list[Observation] = []
    said, roster = convention(article), Roster(arms)
    first_of_wrap: dict[str, Layout] = {}
    for table in article.tables:
        layout = by_table.get(id(table))
        if layout is None:
            records.append(_unread(table))
            continue
        wrap = table.table_id.partition("#")[0]
        record, landing = _extract(article, layout, roster, said, first_of_wrap.get(wrap))
        first_of_wrap.setdefault(wrap, layout)
        records.append(record)
        values.extend(landing.values)
        observations.extend(landing.observations)
    return records, values, observations


def _extract(article: Article, layout: Layout, roster: Roster, said: Names, above: Layout | None) -> tuple[TableRecord, Landing]:
    """One table from grid to values. `said`: the article's own format of figures. `above`: the first table of the same wrap."""
    table, context = layout.table, context_of(layout)
    arm = resolve_columns(layout, roster)
    if above is not None:
        take_headers(layout, above)
    kind = kind_of(layout, any(column.arm_id for column in layout.columns))
    rows = read_rows(layout)
    hang_rows(layout, rows)
    if kind == "adverse_events":
        heads = " ".join(part.text for column in layout.columns for part in column.parts)
        grade_rows(rows, " ".join((table.caption.label, heads, *(note.passage.words for note in table.notes))))
    response_rates = unmask(table, kind, rows)
    unmask_columns(layout.columns)
    scopes = Scopes(layout, rows, roster, arm)
    landing = Landing(article, layout, kind, context, scopes, Facts(layout, kind, context, scopes, response_rates), said)
    landing.land(rows)
    landing.observations += unmatched_marks(table, context)
    return _record(layout, kind, landing), landing


def _record(layout: Layout, kind: str, landing: Landing) -> TableRecord:
    table, n_other, places = layout.table, landing.n_other, landing.other_at
    status, message = "extracted", None
    if n_other:
        status = "partial"
        message = f"{n_other} of {landing.n_figures} figures are not understood: {', '.join(places[:3])}{' ...' if len(places) > 3 else ''}"
    elif not landing.n_figures:
        message = "the table holds no figures"
    if table.message:
        status, message = "partial", "; ".join(filter(None, (table.message, message)))
    return TableRecord(
        table.table_id, table.label, table.caption.label, kind, table.n_rows, table.n_columns, layout.n_head, status, message
    )


def _unread(table: Table) -> TableRecord:
    message = table.message or "the table has no cells"
    return TableRecord(table.table_id, table.label, table.caption.label, "other", 0, 0, 0, "quarantined", message)
