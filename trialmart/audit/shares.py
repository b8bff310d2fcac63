"""Counts and percents of a table that the nearest denominator does not give: why, column by column.

Belongs here: the search for what the percents are of, and the finding where there is nothing. Does not: pairs that agree, or stand in a
sentence (proportions.py).
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from trialmart.audit.denominators import Alternatives, Judged, common_size
from trialmart.audit.evidence import Evidence
from trialmart.audit.findings import Findings
from trialmart.audit.percents import SOURCE, counts_text, fits, implied, printed_sizes, table_name


def judge_tables(e: Evidence, found: Findings, judged: Judged, failing: np.ndarray) -> None:
    """Pairs that their nearest denominator does not give, column by column: another printed denominator, another N behind the column, or wrong."""
    if not len(failing):
        return
    alternatives = Alternatives(e, np.unique(e.article_code[judged.percent[failing]]))
    places = Places(e, judged, failing)
    left: list[int] = []
    for key, members in places.failing.items():
        if _no_patients(e, found, judged, members, places.column[key], places.table[key[0]]):
            continue
        members = [k for k in members if not _counts_all(e, found, judged, k)]
        unexplained = [k for k in members if not _by_alternative(e, found, judged, k, alternatives, places.column[key])]
        left += _other_size(e, found, judged, unexplained, places.column[key]) if len(unexplained) > 1 else unexplained
    left = [k for k in left if not _of_a_part(e, found, judged, k, places)]
    rows: dict[tuple[int, int], list[int]] = defaultdict(list)
    for k in left:
        rows[int(e.table[judged.percent[k]]), int(e.row[judged.percent[k]])].append(k)
    for key, members in rows.items():
        table = places.table[key[0]]
        sound = len(table) >= 10 and sum(judged.gap[k] < 2 for k in table) >= 0.9 * len(table)
        if not _whole_row(e, found, judged, members, len(places.row[key]), sound):
            for k in members:
                percent = judged.percent[k]
                beside = [j for j in places.column[key[0], int(e.who[percent])] if judged.source[j] == judged.source[k] and _is_sharp(e, judged, j)]
                held = sum(judged.gap[j] == 0 for j in beside)
                _wrong_pair(e, found, judged, k, alternatives, held if 2 * held > len(beside) else 0)


def _is_sharp(e: Evidence, judged: Judged, k: int) -> bool:
    """Whether a count and its percent leave little choice of N."""
    fitting = common_size(e, judged.count[[k]], judged.percent[[k]])
    return fitting is not None and fitting[1] - fitting[0] <= 0.06 * fitting[0]


class Places:
    """The pairs of tables by column (table and arm), row and table; `failing` those that their denominator does not give."""

    def __init__(self, e: Evidence, judged: Judged, failing: np.ndarray) -> None:
        self.column: dict[tuple[int, int], list[int]] = defaultdict(list)
        self.failing: dict[tuple[int, int], list[int]] = defaultdict(list)
        self.table: dict[int, list[int]] = defaultdict(list)
        self.row: dict[tuple[int, int], list[int]] = defaultdict(list)
        self.row_failing: dict[tuple[int, int], list[int]] = defaultdict(list)
        tables, who, rows = (x[judged.percent].tolist() for x in (e.table, e.who, e.row))
        concerned = set(e.table[judged.percent[failing]].tolist())
        for k in np.flatnonzero(e.in_table[judged.percent] & (judged.gap < 3)).tolist():
            if tables[k] in concerned:
                self.column[tables[k], who[k]].append(k)
                self.table[tables[k]].append(k)
                self.row[tables[k], rows[k]].append(k)
        for k in failing.tolist():
            self.failing[tables[k], who[k]].append(k)
            self.row_failing[tables[k], rows[k]].append(k)


def _no_patients(e: Evidence, found: Findings, judged: Judged, members: list[int], column: list[int], table: list[int]) -> bool:
    """Columns that cannot be patients and their share: more counted than there are patients, or a table whose percents mostly fail."""
    events = [k for k in members if judged.source[k] != "own" and e.value[judged.count[k]] > judged.size[k]]
    worked_out = judged.source[members[0]] == "column"
    telling = [k for k in table if e.value[judged.count[k]] > 0 and (judged.source[k] == "column") == worked_out]
    mostly = len(telling) >= 4 and sum(judged.gap[k] == 2 for k in telling) > 0.5 * len(telling)
    shared = common_size(e, judged.count[members], judged.percent[members]) if len(members) > 2 else None
    mostly = mostly and (shared is None or shared[0] > 2 * judged.size[members[0]])
    failing = [k for k in telling if judged.gap[k] == 2]
    none_of_some = any(e.value[judged.percent[k]] == 0 for k in failing) or 2 * len(failing) > len(telling)
    parts = len(failing) > 2 and none_of_some and all(e.decimals[judged.percent[k]] == 0 and e.value[judged.percent[k]] <= e.value[judged.count[k]] for k in failing)
    if not len(events) > 1 and not mostly and not parts:
        return False
    first = judged.percent[members[0]]
    why = (f"{e.printed[judged.count[events[0]]]} are counted of {judged.size[events[0]]:.0f} patients, so events and not patients" if events
           else "the second figure is never more than the first, so a part of it and no percent" if parts
           else "most percents of this table are not shares of its N")  # fmt: skip
    found.add(tuple(judged.percent[members]), "not_checkable", "info", f"{table_name(e, first)}, {e.arm_name(first)}: {why}; what the percents are of is not told.",
              published=f"{len(members)} percents")  # fmt: skip
    return True


def _by_alternative(e: Evidence, found: Findings, judged: Judged, k: int, alternatives: Alternatives, column: list[int]) -> bool:
    """Whether another printed denominator gives this pair and all pairs beside it in its block."""
    count, percent = judged.count[k], judged.percent[k]
    if judged.source[k] == "own":
        return False
    parents = e.path[count][:-1]
    block = [j for j in column if e.path[judged.count[j]][:-1] == parents] if parents else [k]
    for size, words in alternatives.of(count):
        across = words.startswith("all ")
        peers = [k] if across or "counts" in words else block
        if fits(e, count, percent, size) and all(fits(e, judged.count[j], judged.percent[j], size, gap=1) for j in peers):
            if across and not _percents_across(e, judged, block, column, alternatives):
                continue
            _explain(e, found, judged, k, size, words)
            return True
    for size, words in alternatives.printed(count):
        if len(block) > 1 and fits(e, count, percent, size) and all(fits(e, judged.count[j], judged.percent[j], size, gap=1) for j in block):
            _explain(e, found, judged, k, size, words)
            return True
    return False


def _counts_all(e: Evidence, found: Findings, judged: Judged, k: int) -> bool:
    """A row that counts the column's patients, with their share of a greater total (`2145 (49%)` children in this group)."""
    count, percent = judged.count[k], judged.percent[k]
    if judged.source[k] != "column" or abs(e.value[count] / judged.size[k] - 1) > 0.03 or e.value[percent] > 90:
        return False
    found.add((percent, count), "explained", "info", f"{e.where(count)} ({e.arm_name(count)}): {e.printed[count]} ({e.shown(percent)}) counts the column's patients; the percent is of "
              "more than those.", published=f"{e.printed[count]} ({e.shown(percent)})", method="a row of sizes", confidence=0.6)  # fmt: skip
    return True


def _percents_across(e: Evidence, judged: Judged, block: list[int], column: list[int], alternatives: Alternatives) -> bool:
    """Whether the block's (or column's) percents are shares of their rows."""

    def across(j: int) -> bool:
        size = sum(alternatives.across.get((e.table[judged.count[j]], e.row[judged.count[j]]), {}).values())
        return fits(e, judged.count[j], judged.percent[j], size)

    return (len(block) > 1 and all(across(j) for j in block)) or sum(across(j) for j in column) >= max(2, len(column) / 2)


def _explain(e: Evidence, found: Findings, judged: Judged, k: int, size: float, words: str) -> None:
    count, percent = judged.count[k], judged.percent[k]
    recomputed = 100 * e.value[count] / size
    found.add((percent, count), "explained", "minor", f"{e.where(count)} ({e.arm_name(count)}): {e.printed[count]} ({e.shown(percent)}) is not of "
              f"{judged.size[k]:.0f} ({SOURCE[judged.source[k]]}; {100 * e.value[count] / judged.size[k]:.1f}%) but of {words}.",
              published=f"{e.printed[count]} ({e.shown(percent)})", low=recomputed, high=recomputed, method="N: another one that is printed")  # fmt: skip


def _whole_row(e: Evidence, found: Findings, judged: Judged, members: list[int], n_pairs: int, sound: bool) -> bool:
    """Rows that fail in most arms: two arms exchanged, or, unless the table is sound otherwise, no counts and percents at all."""
    if len(members) < 2 or 3 * len(members) < 2 * n_pairs or any(judged.source[k] == "own" for k in members):
        return False
    first = judged.percent[members[0]]
    shown = [f"{e.printed[judged.count[k]]} ({e.shown(judged.percent[k])})" for k in members]
    values = tuple(int(v) for k in members for v in (judged.percent[k], judged.count[k]))
    if len(members) == 2:
        k, j = members
        if fits(e, judged.count[k], judged.percent[k], judged.size[j]) and fits(e, judged.count[j], judged.percent[j], judged.size[k]):
            found.add(values, "inconsistent", "major", f"{e.where(first)}: {shown[0]} is no share of {judged.size[k]:.0f} ({e.arm_name(first)}) and {shown[1]} none of {judged.size[j]:.0f} "
                      f"({e.arm_name(judged.percent[j])}), but each is one of the other arm: the two are probably exchanged.", published=", ".join(shown),
                      method="arms exchanged", suspects=values)  # fmt: skip
            return True
    if sound:
        return False
    found.add(values, "not_checkable", "info", f"{e.where(first)}: {', '.join(shown[:4])} are no counts with their percents in most arms; what they are is not told.",
              published=", ".join(shown[:4]))  # fmt: skip
    return True


def _of_a_part(e: Evidence, found: Findings, judged: Judged, k: int, places: Places) -> bool:
    """Whether the percent is of a part of the column's patients: its row fails in other arms too, or its block in other rows, the same way."""
    count, percent = judged.count[k], judged.percent[k]
    if judged.source[k] == "own" or not np.isfinite(judged.size[k]):
        return False
    key = (int(e.table[percent]), int(e.row[percent]))
    row = [j for j in places.row_failing[key] if e.who[judged.percent[j]] != e.who[percent]]
    block = [j for j in places.failing[key[0], int(e.who[percent])] if j != k and len(e.path[count]) > 1 and e.path[judged.count[j]][:-1] == e.path[count][:-1]]
    most = max([judged.size[k], *(n for n in e.arm_sizes.get(int(e.who[percent]), ()))])
    sizes = [common_size(e, judged.count[[j]], judged.percent[[j]]) for j in (k, *row)]
    if row and 2 * (len(row) + 1) >= len({int(e.who[judged.percent[j]]) for j in places.row[key]}) and _same_way(judged, (k, *row), sizes, most):
        near = all(s[1] >= 0.8 * judged.size[j] for j, s in zip((k, *row), sizes, strict=True) if s)
        why = "the row's other arms are alike, so " + ("patients without a value were probably left out" if near else "a part of the patients is meant that is not printed")
    elif len(block) >= 2 and _same_way(judged, (k, *block), [common_size(e, judged.count[[j]], judged.percent[[j]]) for j in (k, *block)], judged.size[k]):
        why = "other rows of the block are alike, so a part of the patients is meant that is not printed"
    else:
        return False
    n = sizes[0]
    found.add((percent, count), "explained", "minor", f"{e.where(count)} ({e.arm_name(count)}): {e.printed[count]} ({e.shown(percent)}) is not of "
              f"{judged.size[k]:.0f} ({SOURCE[judged.source[k]]}) but of {counts_text(n)}; {why}.", published=f"{e.printed[count]} ({e.shown(percent)})",
              low=n[0], high=n[1], method="N: a part of the patients", confidence=0.7)  # fmt: skip
    return True


def _same_way(judged: Judged, members: tuple[int, ...], sizes: list[tuple[int, int] | None], most: float) -> bool:
    """All need fewer patients than the denominator, or all more (but no more than the article prints for the arm)."""
    if any(s is None for s in sizes):
        return False
    less = all(s[0] < judged.size[j] for j, s in zip(members, sizes, strict=True))
    more = all(judged.size[j] < s[1] and s[0] <= most for j, s in zip(members, sizes, strict=True))
    return less or more


def _other_size(e: Evidence, found: Findings, judged: Judged, members: list[int], column: list[int]) -> list[int]:
    """Several percents of a column that one other N gives: the header is contradicted, once. Returns the pairs that this leaves."""
    at = np.array(members)
    needed = common_size(e, judged.count[at], judged.percent[at])
    if needed is None and len(members) > 3:
        needed, at = _largest_agreement(e, judged, at)
    sharp = needed is not None and needed[1] - needed[0] <= max(2, 0.05 * needed[0])
    enough = len(at) >= 3 or (len(at) == 2 and sharp and len(set(e.row[judged.percent[at]].tolist())) > 1)
    if needed is None or not sharp or not enough:
        return members
    size, source = judged.size[members[0]], judged.source[members[0]]
    n = f"{needed[0]}" if needed[0] == needed[1] else f"{needed[0]} to {needed[1]}"
    first = judged.percent[at[0]]
    examples = ", ".join(f"{e.printed[judged.count[k]]} ({e.shown(judged.percent[k])})" for k in at[:4])
    more = needed[0] > size
    printed_n = [words for number, words in printed_sizes(e, judged.count[at[0]]) if needed[0] <= number <= needed[1]]
    verdict = "explained" if printed_n else "inconsistent"
    severity = "minor" if printed_n or not more else "major"
    tail = f", which the article prints elsewhere: {printed_n[0]}" if printed_n else "; the denominator of these rates is in doubt" if more else ", as if a few patients had no value"
    head = int(judged.position[members[0]])
    values = tuple(judged.percent[at]) + tuple(judged.count[at]) + ((head,) if head >= 0 else ())
    rule_id, found.rule_id = found.rule_id, "denominators"
    found.add(values, verdict, severity, f"{table_name(e, first)}, {e.arm_name(first)}: {len(at)} percents ({examples}{', …' if len(at) > 4 else ''}) are not of "
              f"{size:.0f} ({SOURCE[source]}) but of {n}{tail}.", published=f"N={size:.0f}", low=needed[0], high=needed[1],
              method="the N that gives all of them", suspects=values, confidence=0.9)  # fmt: skip
    found.rule_id = rule_id
    return [k for k in members if k not in set(at.tolist())]


def _largest_agreement(e: Evidence, judged: Judged, at: np.ndarray) -> tuple[tuple[int, int] | None, np.ndarray]:
    """The N that the most of these pairs share, and those pairs."""
    ranges = [common_size(e, judged.count[[k]], judged.percent[[k]]) for k in at]
    bounds = [(r[0], r[1]) for r in ranges if r]
    if not bounds:
        return None, at
    best = max((low for low, _ in bounds), key=lambda x: sum(low <= x <= high for low, high in bounds))
    inside = np.array([k for k, r in zip(at, ranges, strict=True) if r and r[0] <= best <= r[1]])
    return common_size(e, judged.count[inside], judged.percent[inside]), inside


def _wrong_pair(e: Evidence, found: Findings, judged: Judged, k: int, alternatives: Alternatives, alike: int) -> None:
    """`alike`: how many of the column's other percents are shares of the same kind of N, if most are."""
    count, percent, size = judged.count[k], judged.percent[k], judged.size[k]
    recomputed = 100 * e.value[count] / size
    other = next((words for n, words in alternatives.printed(count) if n != size and fits(e, count, percent, n)), None)
    loose = judged.source[k] == "randomized" and alike < 2
    if judged.source[k] == "row" and not alike:
        found.add((percent, count), "not_checkable", "info", f"{e.where(count)}: {e.printed[count]} ({e.shown(percent)}) is not of {size:.0f} ({SOURCE['row']}), and no other "
                  "percent of the table is of its row's N: what the figures are is not told.", published=f"{e.printed[count]} ({e.shown(percent)})")  # fmt: skip
        return
    needed = common_size(e, judged.count[[k]], judged.percent[[k]])
    few = needed is not None and judged.source[k] != "own" and 0.97 * size <= needed[1] < size  # as if a few patients had no value
    severity = "minor" if other or loose or few else "major"
    fitting = implied(e.value[percent], e.decimals[percent], size)
    gives = f"{e.shown(percent)} would be {counts_text(fitting)} patients" if fitting else f"no count of {size:.0f} gives {e.shown(percent)}"
    hint = f" It would fit {other}." if other else f" It would fit {counts_text(needed)} patients, as if a few had no value." if few else ""
    head = judged.position[k]
    values = (percent, count) if head < 0 else (percent, count, head)
    found.add(values, "inconsistent", severity, f"{e.where(count)} ({e.arm_name(count)}) prints {e.printed[count]} ({e.shown(percent)}); {e.printed[count]} of "
              f"{size:.0f} ({SOURCE[judged.source[k]]}) is {recomputed:.1f}%, and {gives}.{hint}",
              published=f"{e.printed[count]} ({e.shown(percent)})", low=recomputed, high=recomputed, suspects=(count, percent),
              implied=counts_text(fitting) if fitting else None, confidence=0.7 if loose else 0.95)  # fmt: skip


def judge_one_unit_off(e: Evidence, found: Findings, judged: Judged, members: np.ndarray) -> None:
    """Percents one unit of the last place beyond rounding; many in one table are one finding."""
    tables: dict[int, list[int]] = defaultdict(list)
    for k in members:
        tables[int(e.table[judged.percent[k]])].append(int(k))
    for pairs in tables.values():
        chunks = [pairs] if len(pairs) > 3 else [[k] for k in pairs]
        for chunk in chunks:
            first = judged.percent[chunk[0]]
            texts = [f"{e.printed[judged.count[k]]} ({e.shown(judged.percent[k])}) is {100 * e.value[judged.count[k]] / judged.size[k]:.2f}%" for k in chunk]
            place = e.where(first) + f" ({e.arm_name(first)})" if len(chunk) == 1 else f"{table_name(e, first)}, {len(chunk)} cells"
            values = tuple(int(judged.percent[k]) for k in chunk) + tuple(int(judged.count[k]) for k in chunk)
            high = [e.value[judged.percent[k]] > 100 * e.value[judged.count[k]] / judged.size[k] for k in chunk]
            far = max(abs(e.value[judged.percent[k]] - 100 * e.value[judged.count[k]] / judged.size[k]) * 10.0 ** e.decimals[judged.percent[k]] for k in chunk)
            why = "all too high, as if a few patients had no value" if len(chunk) > 3 and all(high) else (
                "as double rounding or truncation leaves it" if far < 1 else "more than double rounding or truncation leave")  # fmt: skip
            found.add(values, "inconsistent", "minor", f"{place}: {'; '.join(texts[:5])}{'; …' if len(texts) > 5 else ''}: one unit of the last place off, {why}.", published=f"{e.printed[judged.count[chunk[0]]]} ({e.shown(first)})",
                      low=100 * e.value[judged.count[chunk[0]]] / judged.size[chunk[0]], high=100 * e.value[judged.count[chunk[0]]] / judged.size[chunk[0]],
                      suspects=values)  # fmt: skip
