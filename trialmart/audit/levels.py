"""Sums: levels of a characteristic, total rows, total columns.

Belongs here: levels_sum. Does not: grades of adverse events (grades.py).
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

import numpy as np

from trialmart.audit.evidence import Evidence
from trialmart.audit.findings import Findings
from trialmart.audit.percents import table_name
from trialmart.audit.registry import rule

_TOTAL = re.compile(r"^(?:sub-?)?total\b(?! (?:dose|bili|protein|chol|score|time|number of (?!pat)))|^all$|^overall$", re.I)


@lru_cache(maxsize=50_000)
def _is_total(label: str) -> bool:
    """Columns of a row have the same label, so that it is looked at once."""
    return _TOTAL.search(label) is not None


@rule("levels_sum")
def levels_add_up(e: Evidence, found: Findings) -> None:
    """Exclusive levels of a characteristic, in rows or in one cell (`31/50`), sum to the patients of the column, a `Total` row is the sum of
    the rows above it, and arms add up to the total column. Levels that overlap (they sum to more in most columns) are not summed."""
    blocks: dict[tuple, dict[tuple[int, int], list[int]]] = defaultdict(lambda: defaultdict(list))
    in_cells: dict[tuple[int, int], dict[tuple[int, int], list[int]]] = defaultdict(lambda: defaultdict(list))  # `female/male`: `31/50`
    for i, table, row, who, column in zip(
        e.counts.tolist(), *(x[e.counts].tolist() for x in (e.table, e.row, e.who, e.column)), strict=True
    ):
        blocks[table, e.path[i][:-1], e.timepoint[i]][who, column].append(i)
        in_cells[table, row][who, column].append(i)
    apart: list[tuple[list[int], int, float, str, str]] = []
    block, header = e.sizes["block"], e.sizes["header"]
    size_of = np.where(block >= 0, block, header).tolist()
    for (_, parents, _), columns in blocks.items():
        totals = {key: _split_total(e, members) for key, members in columns.items()}
        if any(total is not None for total, _ in totals.values()):
            _against_total(e, found, totals)
        elif parents:
            _against_size(e, found, columns, size_of, apart)
    for columns in in_cells.values():
        if all(len(members) > 1 for members in columns.values()) and len(columns) > 1:
            _against_size(e, found, columns, size_of, apart, in_cells=True)
    _sums_apart(e, found, apart)
    _percents_to_hundred(e, found)
    _across_arms(e, found)


def _percents_to_hundred(e: Evidence, found: Findings) -> None:
    """Percents printed without counts: where the levels of a characteristic come to 100 in the other columns, they do in this one."""
    alone = e.of("percent") & e.in_table & ~e.is_header & np.isfinite(e.value) & (e.who >= 0)
    alone[e.pairs.percent] = False
    blocks: dict[tuple, dict[tuple[int, int], list[int]]] = defaultdict(lambda: defaultdict(list))
    at = np.flatnonzero(alone)
    value, decimals, row = e.plain
    for i, table, who, column in zip(at.tolist(), *(x[at].tolist() for x in (e.table, e.who, e.column)), strict=True):
        if len(e.path[i]) > 1:
            blocks[table, e.path[i][:-1], e.timepoint[i]][who, column].append(i)
    for columns in blocks.values():
        judged = [(m, sum(value[i] for i in m), sum(0.5 * 10.0 ** -decimals[i] for i in m)) for m in columns.values() if len(m) > 1]
        judged = [(m, s, slack) for m, s, slack in judged if len({row[i] for i in m}) == len(m)]
        if len(judged) < 2:
            continue
        good = [abs(s - 100) <= slack + 1e-9 for _, s, slack in judged]
        if sum(good) < max(1, len(judged) / 2):
            continue
        for (members, summed, slack), fits in zip(judged, good, strict=True):
            if fits:
                continue
            severity = "minor" if abs(summed - 100) <= 2 * slack + 1 else "major"
            found.add(tuple(members), "inconsistent", severity, f"{table_name(e, members[0])}, “{e.path[members[0]][-2]}” ({e.arm_name(members[0])}): the percents sum to {summed:g}, "
                      f"in the other columns to 100 within rounding.", published=" + ".join(str(e.printed[i]) for i in members[:6]), low=summed, high=summed,
                      confidence=0.7)  # fmt: skip


def _split_total(e: Evidence, members: list[int]) -> tuple[int | None, list[int]]:
    """A column's `Total` row and the rows above it that it sums."""
    total = next((i for i in members if e.path[i] and _is_total(e.path[i][-1])), None)
    return total, members if total is None else [i for i in members if e.row[i] < e.row[total]]


def _name(e: Evidence, members: list[int]) -> str:
    """The characteristic whose levels these are: above their rows, or the label of the one row whose cells hold them all."""
    path = e.path[members[0]]
    return path[-1] if len({int(e.row[i]) for i in members}) == 1 or len(path) < 2 else path[-2]


def _against_total(e: Evidence, found: Findings, totals: dict[tuple[int, int], tuple[int | None, list[int]]]) -> None:
    judged = [
        (total, members, sum(e.value[i] for i in members)) for total, members in totals.values() if total is not None and len(members) > 1
    ]
    if not judged or any(abs(s - e.value[t]) > max(2, 0.1 * e.value[t]) for t, _, s in judged):
        return  # what stands above is not what the row sums
    for total, members, summed in judged:
        values = (total, *members)
        terms = " + ".join(str(e.printed[i]) for i in members[:8]) + (" + …" if len(members) > 8 else "")
        if summed == e.value[total]:
            found.add(values, "consistent", "info", f"{terms} = {summed:.0f}, as printed.", low=summed, high=summed)
        else:
            found.add(values, "inconsistent", "major", f"{e.where(total)} ({e.arm_name(total)}) prints {e.printed[total]}, but the rows above sum to {summed:.0f} "
                      f"({terms}): a level is missing or a count is wrong.", low=summed, high=summed, confidence=0.9)  # fmt: skip


def _against_size(
    e: Evidence, found: Findings, columns: dict[tuple[int, int], list[int]], size_of: list[int], apart: list[tuple[list[int], int, float, str, str]],
    in_cells: bool = False,
) -> None:  # fmt: skip
    """A characteristic's levels against the patients of each column (`size_of`: where the N of each value is printed); sums that differ go to `apart`, with severity and last words."""
    sizes = []
    value, row = e.plain.value, e.plain.row
    for members in columns.values():
        if len(members) < 2 or not in_cells and len({row[i] for i in members}) < len(members):
            continue
        at = {size_of[i] for i in members}
        size = at.pop()
        if not at and size >= 0:
            sizes.append((members, size, sum(value[i] for i in members) - value[size]))
    if not sizes:
        return
    if len(sizes) == 2 and sizes[0][2] == -sizes[1][2] != 0 and abs(sizes[0][2]) < 0.5 * min(e.value[size] for _, size, _ in sizes):
        _exchanged_levels(e, found, sizes)
        return
    equal = sum(off == 0 for _, _, off in sizes)
    over = [off for _, _, off in sizes if off > 0]
    alone = equal >= 1 and len(over) == 1 and len(sizes) > 2  # the others may lack values; one that exceeds its patients cannot
    judged = equal >= max(1, len(sizes) / 2) and len(sizes) > 1 or (equal == 1 and len(sizes) == 1)
    near = all(-0.1 * e.value[size] <= off < 0 for _, size, off in sizes)
    close = not near and all(abs(off) <= max(0.03 * e.value[size], 1) for _, size, off in sizes)
    if near:
        _missing_levels(e, found, sizes)
        return
    for members, size, off in sizes:
        terms = " + ".join(str(e.printed[i]) for i in members[:8]) + (" + …" if len(members) > 8 else "")
        summed = e.value[size] + off
        if judged and off == 0:
            found.add(
                (*members, size), "consistent", "info", f"{terms} = {summed:.0f}, all patients of the column.", low=summed, high=summed
            )
        elif judged or (alone and off > 0):
            severity = "major" if off > 0 and off > 0.02 * e.value[size] else "minor"
            words = f"but the column holds {e.printed[size]} patients; in other columns they agree"
            apart.append((members, size, off, severity, words))
        elif close and off > 0:
            apart.append((members, size, off, "minor", f"more than the {e.printed[size]} patients of the column"))


def _sums_apart(e: Evidence, found: Findings, apart: list[tuple[list[int], int, float, str, str]]) -> None:
    """Levels that sum to something else than the column's patients: each a finding, unless several of a column come to the same number,
    which then is the number of patients that those rows are about."""
    alike: dict[tuple[int, int, float], list[tuple[list[int], int, float, str, str]]] = defaultdict(list)
    for case in apart:
        alike[int(e.table[case[0][0]]), case[1], case[2]].append(case)
    for (_, size, off), cases in alike.items():
        first, summed = cases[0][0][0], e.value[size] + off
        if len(cases) >= 3:
            names = ", ".join(f"“{_name(e, members)}”" for members, *_ in cases[:4]) + (", …" if len(cases) > 4 else "")
            values = (*(i for members, *_ in cases for i in members), size)
            found.add(values, "explained", "minor", f"{table_name(e, first)} ({e.arm_name(first)}): the levels of {len(cases)} rows ({names}) all sum to {summed:.0f}, not to the "
                      f"column's {e.printed[size]}: they are about {summed:.0f} patients.", published=f"N={e.printed[size]}", low=summed, high=summed,
                      method="the N that all of them sum to", confidence=0.8)  # fmt: skip
            continue
        for members, _, _, severity, words in cases:
            terms = " + ".join(str(e.printed[i]) for i in members[:8]) + (" + …" if len(members) > 8 else "")
            found.add((*members, size), "inconsistent", severity, f"{table_name(e, members[0])}, “{_name(e, members)}” ({e.arm_name(members[0])}): the levels sum to {summed:.0f} "
                      f"({terms}), {words}.", published=f"N={e.printed[size]}", low=summed, high=summed,
                      confidence=0.8 if "in other columns" in words else 0.7)  # fmt: skip


def _exchanged_levels(e: Evidence, found: Findings, sizes: list[tuple[list[int], int, float]]) -> None:
    """One arm's levels exceed its patients by as many as the other's fall short: a level's two counts are exchanged."""
    first = sizes[0][0][0]
    told = ", ".join(f"{e.value[size] + off:.0f} for {e.printed[size]} patients ({e.arm_name(members[0])})" for members, size, off in sizes)
    found.add(tuple(v for members, size, _ in sizes for v in (*members, size)), "inconsistent", "major", f"{table_name(e, first)}, “{_name(e, sizes[0][0])}”: the levels sum to {told}: too many in one "
              "arm by as many as too few in the other, as if a level's counts were exchanged.", published=f"N={e.printed[sizes[0][1]]}", confidence=0.8)  # fmt: skip


def _missing_levels(e: Evidence, found: Findings, sizes: list[tuple[list[int], int, float]]) -> None:
    """Levels that fall a little short of the column's patients in every arm: values are missing."""
    first = sizes[0][0][0]
    told = ", ".join(f"{e.value[size] + off:.0f} of {e.printed[size]} ({e.arm_name(members[0])})" for members, size, off in sizes)
    values = tuple(v for members, size, _ in sizes for v in (*members, size))
    found.add(values, "explained", "minor", f"{table_name(e, first)}, “{_name(e, sizes[0][0])}”: the levels sum to {told}; the others probably have no value.",
              published=f"N={e.printed[sizes[0][1]]}", method="missing values", confidence=0.7)  # fmt: skip


def _across_arms(e: Evidence, found: Findings) -> None:
    """Counts of the arms against the total column of the same row, where the table's totals are sums of its arms."""
    rows: dict[tuple[int, int, str | None], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    has_total = {int(t) for t in np.unique(e.table[e.in_table & (e.scope == "total") & e.of("count")])}
    if not has_total:
        return
    at = e.counts[np.isin(e.table[e.counts], list(has_total))]
    members_of, value = e.members, e.plain.value
    for i, table, row, who in zip(at.tolist(), *(x[at].tolist() for x in (e.table, e.row, e.who)), strict=True):
        if (e.article[i], e.arm_id[i]) not in members_of:
            rows[table, row, e.grade[i]][who if e.scope[i] == "arm" else -1].append(i)
    by_table: dict[int, list[tuple[int, list[int], float]]] = defaultdict(list)
    for (table, _, _), columns in rows.items():
        parts = [members[0] for who, members in columns.items() if who != -1]
        if len(columns.get(-1, ())) == 1 and len(parts) > 1 and all(len(m) == 1 for m in columns.values()):
            total = columns[-1][0]
            by_table[table].append((total, parts, sum(value[i] for i in parts) - value[total]))
    for judged in by_table.values():
        telling = [off for _, parts, off in judged if sum(value[i] > 0 for i in parts) > 1]  # one arm alone adds up to anything
        good = sum(off == 0 for off in telling)
        if good < 3 or good < 0.8 * len(telling):
            continue
        for total, parts, off in judged:
            terms = " + ".join(str(e.printed[i]) for i in parts)
            summed = e.value[total] + off
            if off == 0:
                found.add(
                    (total, *parts), "consistent", "info", f"{terms} = {summed:.0f}, as the total column prints.", low=summed, high=summed
                )
            else:
                found.add((total, *parts), "inconsistent", "major", f"{e.where(total)}: the arms sum to {summed:.0f} ({terms}), the total column prints "
                          f"{e.printed[total]}.", low=summed, high=summed, confidence=0.9)  # fmt: skip
