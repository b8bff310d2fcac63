"""What is named for a cell: the statistics that its row, its column, the cells above it, the notes and the whole table name, in the order in
which these hold.

Belongs here: which of several names goes before which. Does not: what words name (labels), the statistic that follows (statistics).
"""

from __future__ import annotations

from functools import lru_cache

from trialmart.extraction import statistics

Names = tuple[str, ...]
OF_ARMS = frozenset(("mean", "median", "count", "percent", "sd", "se"))
_MEAN, _MEDIAN, _COUNT = (
    frozenset(("mean", "sd", "se", "change")),
    frozenset(("median", "iqr", "range", "minimum", "maximum")),
    frozenset(("count", "percent", "events", "km")),
)


def in_order(
    row: tuple[Names, tuple[Names, ...], tuple[Names, ...], bool],
    column: tuple[tuple[Names, ...], tuple[Names, ...], bool],
    between: tuple[Names | None, Names | None, tuple[Names, ...]],
    rule: tuple[Names, ...],
    fits_percent: bool,
) -> tuple[Names, ...]:
    """What is named for a cell, the strongest first.

    row: its own names, its parents', its notes', and whether it sets two groups side by side. column: its headers' names, its notes', and
    whether it compares. between: what a cell of words above the cell names, a row of headers in mid-table, the notes to the cell itself.
    rule: what holds for the whole table. fits_percent: the cell is a count of N and its percentage.
    """
    own, parents, row_noted, side_by_side = row
    column_heads, column_noted, is_contrast = column
    above, sub_head, cell_noted = between
    heads = [names for names in (above, sub_head) if names] + list(column_heads)
    if above:
        own = ()
    if (
        own in ((), ("change",))  # `minimally improved to no change`
        and fits_percent
        and not is_contrast
        and not any("km" in names for names in (*parents, *heads))
    ):
        own = ("count", "percent")
    moved = next((name for name in ("diff", "change") if name in own), None)
    if moved and heads and "mean" in heads[0] and moved not in heads[0]:
        heads[0] = (moved, *heads[0])
    noted = (*row_noted, *column_noted)
    if is_contrast:
        # what the table says of its figures holds for those of the arms: a test statistic is no mean
        rule = tuple([tuple([name for name in names if name not in OF_ARMS]) for names in rule])
        ordered = [*cell_noted, *heads, own, *noted, *parents, *rule]
    else:
        rows = [own, *parents] if own else list(parents)
        ordered = [*cell_noted, *_rows_and_heads(rows, heads), *noted, *rule]
    if side_by_side:
        ordered.append(("side",))
    return tuple([names for names in ordered if names])


def rule_of(named: Names, exception: Names) -> tuple[Names, ...]:
    """What a caption or note says of the whole table, as it stands among other names."""
    return (statistics.RULE, named, exception)


def _rows_and_heads(rows: list[Names], heads: list[Names]) -> list[Names]:
    """Rows go before headers, unless the lowest header only says more exactly what the row does."""
    first = rows[0] if rows else ()
    if heads and (not first or _family(heads[0]) == _family(first) != frozenset() or first == ("percent",) and "mean" in _family(heads[0])):
        return [heads[0], *rows, *heads[1:]]
    return [*rows, *heads]


@lru_cache(maxsize=20_000)
def _family(names: Names) -> frozenset[str]:
    said = set(names)
    return frozenset(name for name, members in (("mean", _MEAN), ("median", _MEDIAN), ("count", _COUNT)) if said & members)
