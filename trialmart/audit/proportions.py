"""Counts, percents and sums of levels.

Belongs here: count_percent, percent_possible, levels_sum. Does not: intervals around a rate (intervals.py), adverse-event grades (grades.py).
"""

from __future__ import annotations

import re
from collections import defaultdict

import numpy as np

from trialmart.audit.denominators import Alternatives, Judged, common_size, judge_pairs
from trialmart.audit.evidence import Evidence
from trialmart.audit.findings import Findings
from trialmart.audit.registry import rule

_SOURCE = {"own": "its own denominator", "row": "the row's N", "block": "the block's N", "header": "the column's N", "randomized": "the number randomized"}
_TOTAL = re.compile(r"^(?:sub-?)?total\b(?! (?:dose|bili|protein|chol|score|time|number of (?!pat)))|^all$|^overall$", re.I)
_UNKNOWN = re.compile(r"\b(?:unknown|missing|not (?:known|reported|available|recorded|evaluable|assessed|done|determined|specified))\b", re.I)
#: Percents of something else than patients, or estimated by a model: no whole number of patients need give them.
NO_SHARE = re.compile(r"surviv|free|actuarial|kaplan|cumulative|estimat|adjusted|\bmean\b|median|change|complian|intensity|variation|index|fraction"
                       r"|concentration|ratio|reduction|increase|decrease|decline|difference|score|hba1c|adheren|power|inhibition|rate at|-year|-month"
                       r"|hazard|weight|volume|lvef|ejection|hematocrit|haematocrit|saturation|predicted|fev", re.I)  # fmt: skip


@rule("count_percent", needs=("count", "percent"))
def counts_agree_with_percents(e: Evidence, found: Findings) -> None:
    """100·n/N meets the printed percent, N being the row's own denominator where it has one (a block row may reset the header's).

    Source: Brown & Heathers 2017 (doi:10.1177/1948550616673876), for percents. One unit of the last place beyond rounding is minor
    (double rounding and truncation are common in print).
    """
    judged = judge_pairs(e)
    in_table = e.in_table[judged.percent]
    _consistent(e, found, judged, np.flatnonzero(judged.gap == 0))
    own = judged.source == "own"
    usual = np.bincount(e.table[judged.percent[own & in_table & (judged.gap == 0)]], minlength=e.table.max(initial=0) + 1) >= 2
    misread = own & (judged.size < e.value[judged.count]) & ~usual[np.maximum(e.table[judged.percent], 0)]  # no n/N, then
    open_pairs = np.flatnonzero((judged.gap == 2) & in_table & ~misread)
    _table_pairs(e, found, judged, open_pairs)
    _one_unit_off(e, found, judged, np.flatnonzero((judged.gap == 1) & in_table))
    for k in np.flatnonzero((judged.gap > 0) & ~in_table | (judged.gap == 3) & in_table):
        _elsewhere(e, found, judged, k)


def _consistent(e: Evidence, found: Findings, judged: Judged, members: np.ndarray) -> None:
    """The many pairs that agree: a line each."""
    recomputed = 100 * e.value[judged.count[members]] / judged.size[members]
    rows = zip(judged.count[members].tolist(), judged.percent[members].tolist(), judged.position[members].tolist(), judged.size[members].tolist(),
               judged.source[members], recomputed.tolist(), strict=True)  # fmt: skip
    for count, percent, at, size, source, exact in rows:
        found.quick((percent, count) if at < 0 else (percent, count, at), f"{e.printed[count]} of {size:.0f} is {exact:.2f}% ({_SOURCE[source]}).",
                    f"{e.printed[count]} ({e.printed[percent]}%)", exact, f"N: {source}")  # fmt: skip


def _elsewhere(e: Evidence, found: Findings, judged: Judged, k: int) -> None:
    """A pair in a sentence, or without a denominator nearby: any printed N of its arm may be meant, and a subset that no N tells."""
    count, percent = judged.count[k], judged.percent[k]
    published = f"{e.printed[count]} ({e.shown(percent)})"
    if judged.source[k] == "own" and judged.gap[k] in (1, 2):
        recomputed = 100 * e.value[count] / judged.size[k]
        ratio = min(e.value[percent], recomputed) / max(e.value[percent], recomputed, 1e-9)
        if ratio < 0.5:
            found.add((percent, count, judged.position[k]), "not_checkable", "info", f"{e.where(count)}: {e.printed[count]} of {judged.size[k]:.0f} are {recomputed:.1f}%, far from "
                      f"{e.shown(percent)}: the percent is probably of something else.", published=published)  # fmt: skip
            return
        severity = "major" if judged.gap[k] == 2 and ratio > 0.8 else "minor"
        found.add((percent, count, judged.position[k]), "inconsistent", severity, f"{e.where(count)} says {e.printed[count]} of "
                  f"{judged.size[k]:.0f} are {e.shown(percent)}; they are {recomputed:.2f}%.", published=published, low=recomputed, high=recomputed,
                  suspects=(count, percent))  # fmt: skip
        return
    for size, words in _sorted_sizes(e, count):
        if _fits(e, count, percent, size):
            found.add((percent, count), "consistent", "info", f"{e.printed[count]} of {words} is {100 * e.value[count] / size:.2f}%.",
                      published=published, low=100 * e.value[count] / size, high=100 * e.value[count] / size, method="N: chosen among those printed",
                      confidence=0.8)  # fmt: skip
            return
    if e.who[count] < 0 and e.source[count] != "table":
        fitting = [(arm, n) for (article, arm), n in e.randomized.items() if article == e.article[count] and _fits(e, count, percent, n)]
        if len(fitting) == 1:
            arm, size = fitting[0]
            found.add((percent, count), "consistent", "info", f"{e.printed[count]} of the {size:.0f} randomized to {e.arm_label.get((e.article[count], arm), arm)} is "
                      f"{100 * e.value[count] / size:.2f}%; which arm is meant is not told.", published=published, low=100 * e.value[count] / size,
                      high=100 * e.value[count] / size, method="N: chosen among those printed", confidence=0.6)  # fmt: skip
            return
    needed = common_size(e, np.array([count]), np.array([percent]))
    would = f"it would need one of {needed[0]} to {needed[1]}" if needed else "no denominator gives it"
    found.add((percent, count), "not_checkable", "info", f"{published}: no denominator printed for {e.arm_name(count)} gives this percent; {would}.",
              published=published, low=needed[0] if needed else None, high=needed[1] if needed else None)  # fmt: skip


def _sorted_sizes(e: Evidence, count: int) -> list[tuple[float, str]]:
    sizes = [(float(n), f"{n} ({where})") for n, where in e.arm_sizes.get(int(e.who[count]), {}).items() if n >= e.value[count]]
    randomized = e.randomized_size[count]
    return ([(randomized, f"{randomized:.0f} (the number randomized)")] if np.isfinite(randomized) else []) + sizes


def _fits(e: Evidence, count: int, percent: int, size: float, gap: int = 0) -> bool:
    if not size > 0:  # unknown too
        return False
    scale = 10 ** int(e.decimals[percent])
    off = abs(200 * int(e.value[count]) * scale - 2 * round(float(e.value[percent]) * scale) * int(size))
    return off <= (1 if gap == 0 else 3) * int(size)


def _table_pairs(e: Evidence, found: Findings, judged: Judged, failing: np.ndarray) -> None:
    """Pairs that their nearest denominator does not give, column by column: another printed denominator, another N behind the column, or wrong."""
    if not len(failing):
        return
    alternatives = Alternatives(e, np.unique(e.article_code[judged.percent[failing]]))
    places = Places(e, judged, failing)
    left: list[int] = []
    for key, members in places.failing.items():
        if _no_patients(e, found, judged, members, places.column[key], places.table[key[0]]):
            continue
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
                _wrong_pair(e, found, judged, k, alternatives)


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
    telling = [k for k in table if e.value[judged.count[k]] > 0]
    mostly = len(telling) >= 4 and sum(judged.gap[k] == 2 for k in telling) > 0.5 * len(telling)
    shared = common_size(e, judged.count[members], judged.percent[members]) if len(members) > 2 else None
    mostly = mostly and (shared is None or shared[0] > 2 * judged.size[members[0]])
    if not len(events) > 1 and not mostly:
        return False
    first = judged.percent[members[0]]
    why = (f"{e.printed[judged.count[events[0]]]} are counted of {judged.size[events[0]]:.0f} patients, so events and not patients" if events
           else "most percents of this table are not shares of its N")  # fmt: skip
    found.add(tuple(judged.percent[members]), "not_checkable", "info", f"{_table(e, first)}, {e.arm_name(first)}: {why}; what the percents are of is not told.",
              published=f"{len(members)} percents")  # fmt: skip
    return True


def _by_alternative(e: Evidence, found: Findings, judged: Judged, k: int, alternatives: Alternatives, column: list[int]) -> bool:
    """Whether another printed denominator gives this pair and all pairs beside it in its block."""
    count, percent = judged.count[k], judged.percent[k]
    if judged.source[k] == "own":
        return False
    block = [j for j in column if e.path[judged.count[j]][:-1] == e.path[count][:-1]] if len(e.path[count]) > 1 else [k]
    for size, words in alternatives.of(count):
        across = words.startswith("all ")
        peers = [k] if across or "counts" in words else block
        if all(_fits(e, judged.count[j], judged.percent[j], size, gap=1) for j in peers) and _fits(e, count, percent, size):
            if across and not _percents_across(e, judged, block, column, alternatives):
                continue
            _explain(e, found, judged, k, size, words)
            return True
    for size, words in alternatives.printed(count):
        fitting = [j for j in block if _fits(e, judged.count[j], judged.percent[j], size, gap=1)]
        if len(fitting) == len(block) > 1 and _fits(e, count, percent, size):
            _explain(e, found, judged, k, size, words)
            return True
    return False


def _percents_across(e: Evidence, judged: Judged, block: list[int], column: list[int], alternatives: Alternatives) -> bool:
    """Whether the block's (or column's) percents are shares of their rows."""

    def across(j: int) -> bool:
        size = sum(alternatives.across.get((e.table[judged.count[j]], e.row[judged.count[j]]), {}).values())
        return _fits(e, judged.count[j], judged.percent[j], size)

    return (len(block) > 1 and all(across(j) for j in block)) or sum(across(j) for j in column) >= max(2, len(column) / 2)


def _explain(e: Evidence, found: Findings, judged: Judged, k: int, size: float, words: str) -> None:
    count, percent = judged.count[k], judged.percent[k]
    recomputed = 100 * e.value[count] / size
    found.add((percent, count), "explained", "minor", f"{e.where(count)} ({e.arm_name(count)}): {e.printed[count]} ({e.shown(percent)}) is not of "
              f"{judged.size[k]:.0f} ({_SOURCE[judged.source[k]]}; {100 * e.value[count] / judged.size[k]:.1f}%) but of {words}.",
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
        if _fits(e, judged.count[k], judged.percent[k], judged.size[j]) and _fits(e, judged.count[j], judged.percent[j], judged.size[k]):
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
              f"{judged.size[k]:.0f} ({_SOURCE[judged.source[k]]}) but of {_range(n)}; {why}.", published=f"{e.printed[count]} ({e.shown(percent)})",
              low=n[0], high=n[1], method="N: a part of the patients", confidence=0.7)  # fmt: skip
    return True


def _same_way(judged: Judged, members: tuple[int, ...], sizes: list[tuple[int, int] | None], most: float) -> bool:
    """All need fewer patients than the denominator, or all more (but no more than the article prints for the arm)."""
    if any(s is None for s in sizes):
        return False
    less = all(s[0] < judged.size[j] for j, s in zip(members, sizes, strict=True))
    more = all(s[1] > judged.size[j] for j, s in zip(members, sizes, strict=True)) and sizes[0][0] <= most
    return less or more


def _other_size(e: Evidence, found: Findings, judged: Judged, members: list[int], column: list[int]) -> list[int]:
    """Several percents of a column that one other N gives: the header is contradicted, once. Returns the pairs that this leaves."""
    at = np.array(members)
    needed = common_size(e, judged.count[at], judged.percent[at])
    if needed is None and len(members) > 3:
        needed, at = _largest_agreement(e, judged, at)
    sharp = needed is not None and needed[1] - needed[0] <= max(2, 0.05 * needed[0])
    enough = len(at) >= 3 or (len(at) == 2 and sharp and not _same_row(e, judged, at))
    if needed is None or not sharp or not enough:
        return members
    size, source = judged.size[members[0]], judged.source[members[0]]
    n = f"{needed[0]}" if needed[0] == needed[1] else f"{needed[0]} to {needed[1]}"
    first = judged.percent[at[0]]
    examples = ", ".join(f"{e.printed[judged.count[k]]} ({e.shown(judged.percent[k])})" for k in at[:4])
    more = needed[0] > size
    printed_n = [words for number, words in _sorted_sizes(e, judged.count[at[0]]) if needed[0] <= number <= needed[1]]
    verdict = "explained" if printed_n else "inconsistent"
    severity = "minor" if printed_n or not more else "major"
    tail = f", which the article prints elsewhere: {printed_n[0]}" if printed_n else "; the denominator of these rates is in doubt" if more else ", as if a few patients had no value"
    head = int(judged.position[members[0]])
    values = tuple(judged.percent[at]) + tuple(judged.count[at]) + ((head,) if head >= 0 else ())
    rule_id, found.rule_id = found.rule_id, "denominators"
    found.add(values, verdict, severity, f"{_table(e, first)}, {e.arm_name(first)}: {len(at)} percents ({examples}{', …' if len(at) > 4 else ''}) are not of "
              f"{size:.0f} ({_SOURCE[source]}) but of {n}{tail}.", published=f"N={size:.0f}", low=needed[0], high=needed[1],
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


def _same_row(e: Evidence, judged: Judged, at: np.ndarray) -> bool:
    return len(set(e.row[judged.percent[at]].tolist())) == 1


def _table(e: Evidence, i: int) -> str:
    return str(e.table_label.get((e.article[i], e.table_id[i]), e.table_id[i]))


def _wrong_pair(e: Evidence, found: Findings, judged: Judged, k: int, alternatives: Alternatives) -> None:
    count, percent, size = judged.count[k], judged.percent[k], judged.size[k]
    recomputed = 100 * e.value[count] / size
    other = next((words for n, words in alternatives.printed(count) if n != size and _fits(e, count, percent, n)), None)
    loose = judged.source[k] == "randomized"
    needed = common_size(e, judged.count[[k]], judged.percent[[k]])
    few = needed is not None and judged.source[k] != "own" and 0.97 * size <= needed[1] < size  # as if a few patients had no value
    severity = "minor" if other or loose or few else "major"
    fitting = _implied(e.value[percent], e.decimals[percent], size)
    gives = f"{e.shown(percent)} would be {_range(fitting)} patients" if fitting else f"no count of {size:.0f} gives {e.shown(percent)}"
    hint = f" It would fit {other}." if other else f" It would fit {_range(needed)} patients, as if a few had no value." if few else ""
    head = judged.position[k]
    values = (percent, count) if head < 0 else (percent, count, head)
    found.add(values, "inconsistent", severity, f"{e.where(count)} ({e.arm_name(count)}) prints {e.printed[count]} ({e.shown(percent)}); {e.printed[count]} of "
              f"{size:.0f} ({_SOURCE[judged.source[k]]}) is {recomputed:.1f}%, and {gives}.{hint}",
              published=f"{e.printed[count]} ({e.shown(percent)})", low=recomputed, high=recomputed, suspects=(count, percent),
              implied=_range(fitting) if fitting else None, confidence=0.7 if loose else 0.95)  # fmt: skip


def _one_unit_off(e: Evidence, found: Findings, judged: Judged, members: np.ndarray) -> None:
    """Percents one unit of the last place beyond rounding; many in one table are one finding."""
    tables: dict[int, list[int]] = defaultdict(list)
    for k in members:
        tables[int(e.table[judged.percent[k]])].append(int(k))
    for pairs in tables.values():
        chunks = [pairs] if len(pairs) > 3 else [[k] for k in pairs]
        for chunk in chunks:
            first = judged.percent[chunk[0]]
            texts = [f"{e.printed[judged.count[k]]} ({e.shown(judged.percent[k])}) is {100 * e.value[judged.count[k]] / judged.size[k]:.2f}%" for k in chunk]
            place = e.where(first) + f" ({e.arm_name(first)})" if len(chunk) == 1 else f"{_table(e, first)}, {len(chunk)} cells"
            values = tuple(int(judged.percent[k]) for k in chunk) + tuple(int(judged.count[k]) for k in chunk)
            found.add(values, "inconsistent", "minor", f"{place}: {'; '.join(texts[:5])}{'; …' if len(texts) > 5 else ''}: one unit of the last place off, as "
                      "double rounding or truncation leaves it.", published=f"{e.printed[judged.count[chunk[0]]]} ({e.shown(first)})",
                      low=100 * e.value[judged.count[chunk[0]]] / judged.size[chunk[0]], high=100 * e.value[judged.count[chunk[0]]] / judged.size[chunk[0]],
                      suspects=values)  # fmt: skip


# percents without a count


def _implied(percent: float, decimals: int, size: float, slack: int = 1) -> tuple[int, int] | None:
    """The fewest and most patients of `size` that give the printed percent; None where no whole number does. Whole-number arithmetic.

    slack: half units of the last place that the percent may be off: 1 is rounding, 3 also double rounding and truncation.
    """
    scale = 10 ** max(int(decimals), 0)
    printed, total = round(percent * scale), int(size)
    fewest = -((-(2 * printed - slack) * total) // (200 * scale))
    most = ((2 * printed + slack) * total) // (200 * scale)
    fewest, most = max(fewest, 0), min(most, total)
    return (fewest, most) if fewest <= most else None


def _range(counts: tuple[int, int]) -> str:
    return str(counts[0]) if counts[0] == counts[1] else f"{counts[0]} to {counts[1]}"


def implied_count(e: Evidence, i: int) -> tuple[float, tuple[int, int] | None] | None:
    """The denominator of a percent without a count and the counts that it allows; None where no denominator is known.

    A sentence's percent has the denominator of the table place that prints the same figure.
    """
    if not e.in_table[i]:
        there = e.table_place.get(int(i))
        if there is not None:
            return implied_count(e, there)
    for name in ("own", "row", "block", "header"):
        at = e.sizes[name][i]
        if at >= 0:
            return e.value[at], _implied(e.value[i], e.decimals[i], e.value[at])
    beside = e.row_counts.get((int(e.table[i]), int(e.row[i]), int(e.who[i])), ()) if e.in_table[i] else ()
    if len(beside) == 1 and e.value[beside[0]] > 0:  # a lone number beside a percent: its patients
        return e.value[beside[0]], _implied(e.value[i], e.decimals[i], e.value[beside[0]])
    size = e.randomized_size[i]
    return (size, _implied(e.value[i], e.decimals[i], size)) if np.isfinite(size) and size > 0 else None


@rule("percent_possible", needs=("percent",))
def percents_that_some_count_gives(e: Evidence, found: Findings) -> None:
    """A percent without a count: some whole number of the patients gives it; the counts that do are recorded.

    Source: the GRIM test for percents, Brown & Heathers 2017 (doi:10.1177/1948550616673876). Judged only where the denominator is known
    and small enough to tell (N < 100·10ᵈ), and where the figures of the same table show that they are shares of patients.
    """
    alone = e.of("percent") & np.isfinite(e.value) & (e.comparator == "=") & ~e.assumed & (e.who >= 0)
    alone[e.pairs.percent] = False
    tables: dict[tuple[int, int], list[tuple[int, float, tuple[int, int] | None]]] = defaultdict(list)
    for i in np.flatnonzero(alone & (e.value >= 0) & (e.value <= 100)):
        known = implied_count(e, i)
        if known is None or NO_SHARE.search(f"{e.endpoint[i] or ''} {' '.join(e.path[i])} {e.timepoint[i] or ''}"):
            continue
        tables[int(e.article_code[i]), int(e.table[i])].append((int(i), *known))
    for (_, table), members in tables.items():
        telling = [m for m in members if m[1] < 100 * 10 ** e.decimals[m[0]]]
        columns: dict[tuple[int, int], list[int]] = defaultdict(list)
        for i, _, _ in telling:
            columns[int(e.who[i]), int(e.column[i])].append(i)
        settled = {i for column in columns.values() if table >= 0 for i in _other_size_of_percents(e, found, column)}
        left = [m for m in telling if m[0] not in settled]
        impossible = [m for m in left if m[2] is None]
        shares = len(impossible) <= (0.15 if len(impossible) > 2 else 0.25) * len(left) or (len(left) < 3 and len(impossible) == 1)
        for i, size, counts in members:
            if i not in settled:
                _judge_alone(e, found, i, size, counts, shares, table >= 0)


def _other_size_of_percents(e: Evidence, found: Findings, column: list[int]) -> list[int]:
    """Percents of a column of which several fit no count of its N but all fit another: one finding. Returns the percents that it settles."""
    known = {i: implied_count(e, i) for i in column}
    size = next(iter(known.values()))[0] if known else 0
    off = [i for i in column if known[i][1] is None]
    if len(off) < 2 or len(column) < 3 or any(k[0] != size for k in known.values()):
        return []
    fits = [n for n in range(max(int(0.6 * size), 2), int(1.2 * size) + 1) if n != size and all(_implied(e.value[i], e.decimals[i], n) for i in column)]
    first = off[0]
    if not fits or len(fits) > 0.1 * size:
        if len(off) <= 0.25 * len(column):
            return []
        found.add(tuple(off), "not_checkable", "info", f"{_table(e, first)}, {e.arm_name(first)}: {len(off)} of {len(column)} percents are no shares of {size:.0f}; what they are "
                  "of is not told.", published=f"{len(off)} percents")  # fmt: skip
        return column
    examples = ", ".join(e.shown(i) for i in off[:4])
    rule_id, found.rule_id = found.rule_id, "denominators"
    found.add(tuple(off), "explained", "minor", f"{_table(e, first)}, {e.arm_name(first)}: {len(off)} percents ({examples}{', …' if len(off) > 4 else ''}) are no shares of {size:.0f}; all "
              f"of the column are shares of {_range((fits[0], fits[-1])) if len(fits) > 1 else fits[0]}, so other patients than the header's are meant.",
              published=f"N={size:.0f}", low=fits[0], high=fits[-1], method="the N that gives all of them", confidence=0.7)  # fmt: skip
    found.rule_id = rule_id
    return column


def _judge_alone(e: Evidence, found: Findings, i: int, size: float, counts: tuple[int, int] | None, shares: bool, in_table: bool) -> None:
    if counts is not None:
        found.add((i,), "consistent", "info", f"{e.shown(i)} of {size:.0f} is {_range(counts)} patients.", low=100 * counts[0] / size,
                  high=100 * counts[1] / size, implied=_range(counts), method="implied count")  # fmt: skip
        return
    others = [(n, w) for n, w in e.arm_sizes.get(int(e.who[i]), {}).items() if n != size and _implied(e.value[i], e.decimals[i], n)]
    below = int(np.floor(e.value[i] * size / 100))
    near = f"{below} would be {100 * below / size:.1f}%, {below + 1} {100 * (below + 1) / size:.1f}%"
    whole = e.population[i] in ("ITT", "as_treated") and e.subgroup[i] is None
    if not shares or (not in_table and not (whole and e.dependents.get(i))):
        found.add((i,), "not_checkable", "info", f"{e.shown(i)} ({e.fact(i)}) is no share of {size:.0f} patients ({near}); what it is of is not told.")
    elif others and not (whole and not in_table):
        found.add((i,), "explained", "minor", f"{e.where(i)} ({e.arm_name(i)}): {e.shown(i)} is no share of {size:.0f} ({near}) but one of "
                  f"{others[0][0]} ({others[0][1]}).", method="N: another one that is printed", confidence=0.6)  # fmt: skip
    else:
        loose = _implied(e.value[i], e.decimals[i], size, slack=3) or any(_implied(e.value[i], e.decimals[i], n) for n in range(int(np.ceil(0.97 * size)), int(size)))
        found.add((i,), "impossible", "minor" if loose else "major", f"{e.where(i)} gives {e.shown(i)} for {e.fact(i)}, but no count of "
                  f"{size:.0f} patients gives it: {near}.", low=100 * below / size, high=100 * (below + 1) / size, suspects=(i,), confidence=0.8)  # fmt: skip


# sums of levels


@rule("levels_sum", needs=("count",))
def levels_add_up(e: Evidence, found: Findings) -> None:
    """Exclusive levels of a characteristic sum to the patients of the column, a `Total` row is the sum of the rows above it, and arms add up
    to the total column. Levels that overlap (they sum to more in most columns) are not summed."""
    blocks: dict[tuple, dict[tuple[int, int], list[int]]] = defaultdict(lambda: defaultdict(list))
    for i in e.counts.tolist():
        blocks[int(e.table[i]), e.path[i][:-1], e.timepoint[i]][int(e.who[i]), int(e.column[i])].append(int(i))
    for (_, parents, _), columns in blocks.items():
        totals = {key: _split_total(e, members) for key, members in columns.items()}
        if any(total is not None for total, _ in totals.values()):
            _against_total(e, found, totals)
        elif parents:
            _against_size(e, found, columns)
    _percents_to_hundred(e, found)
    _across_arms(e, found)


def _percents_to_hundred(e: Evidence, found: Findings) -> None:
    """Percents printed without counts: where the levels of a characteristic come to 100 in the other columns, they do in this one."""
    alone = e.of("percent") & e.in_table & ~e.is_header & np.isfinite(e.value) & (e.who >= 0)
    alone[e.pairs.percent] = False
    blocks: dict[tuple, dict[tuple[int, int], list[int]]] = defaultdict(lambda: defaultdict(list))
    for i in np.flatnonzero(alone):
        if len(e.path[i]) > 1:
            blocks[int(e.table[i]), e.path[i][:-1], e.timepoint[i]][int(e.who[i]), int(e.column[i])].append(int(i))
    for columns in blocks.values():
        judged = [(m, sum(e.value[i] for i in m), sum(0.5 * 10.0 ** -e.decimals[i] for i in m)) for m in columns.values() if len(m) > 1]
        judged = [(m, s, slack) for m, s, slack in judged if len({e.row[i] for i in m}) == len(m)]
        if len(judged) < 2:
            continue
        good = [abs(s - 100) <= slack + 1e-9 for _, s, slack in judged]
        if sum(good) < max(1, len(judged) / 2):
            continue
        for (members, summed, slack), fits in zip(judged, good, strict=True):
            if fits:
                continue
            severity = "minor" if abs(summed - 100) <= 2 * slack + 1 else "major"
            found.add(tuple(members), "inconsistent", severity, f"{_table(e, members[0])}, “{e.path[members[0]][-2]}” ({e.arm_name(members[0])}): the percents sum to {summed:g}, "
                      f"in the other columns to 100 within rounding.", published=" + ".join(str(e.printed[i]) for i in members[:6]), low=summed, high=summed,
                      confidence=0.7)  # fmt: skip


def _split_total(e: Evidence, members: list[int]) -> tuple[int | None, list[int]]:
    """A column's `Total` row and the rows above it that it sums."""
    total = next((i for i in members if e.path[i] and _TOTAL.search(e.path[i][-1])), None)
    return total, [i for i in members if total is None or e.row[i] < e.row[total]]


def _against_total(e: Evidence, found: Findings, totals: dict[tuple[int, int], tuple[int | None, list[int]]]) -> None:
    judged = [(total, members, sum(e.value[i] for i in members)) for total, members in totals.values() if total is not None and len(members) > 1]
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


def _against_size(e: Evidence, found: Findings, columns: dict[tuple[int, int], list[int]]) -> None:
    sizes = []
    for members in columns.values():
        at = [next((e.sizes[name][i] for name in ("block", "header") if e.sizes[name][i] >= 0), -1) for i in members]
        rows = {e.row[i] for i in members}
        if len(members) < 2 or len(rows) < len(members) or len(set(at)) != 1 or at[0] < 0:
            continue
        sizes.append((members, at[0], sum(e.value[i] for i in members) - e.value[at[0]]))
    if not sizes:
        return
    if len(sizes) == 2 and sizes[0][2] == -sizes[1][2] != 0 and abs(sizes[0][2]) < 0.5 * min(e.value[size] for _, size, _ in sizes):
        _exchanged_levels(e, found, sizes)
        return
    equal = sum(off == 0 for _, _, off in sizes)
    judged = equal >= max(1, len(sizes) / 2) and len(sizes) > 1 or (equal == 1 and len(sizes) == 1)
    near = all(-0.1 * e.value[size] <= off < 0 for _, size, off in sizes)
    close = not near and all(abs(off) <= max(0.03 * e.value[size], 1) for _, size, off in sizes)
    if near:
        _missing_levels(e, found, sizes)
        return
    for members, size, off in sizes:
        terms = " + ".join(str(e.printed[i]) for i in members[:8]) + (" + …" if len(members) > 8 else "")
        summed, name = e.value[size] + off, e.path[members[0]][-2]
        if judged and off == 0:
            found.add((*members, size), "consistent", "info", f"{terms} = {summed:.0f}, all patients of the column.", low=summed, high=summed)
        elif judged:
            severity = "major" if off > 0 and off > 0.02 * e.value[size] else "minor"
            found.add((*members, size), "inconsistent", severity, f"{_table(e, members[0])}, “{name}” ({e.arm_name(members[0])}): the levels sum to {summed:.0f} "
                      f"({terms}), but the column holds {e.printed[size]} patients; in the other columns they agree.", published=f"N={e.printed[size]}",
                      low=summed, high=summed, confidence=0.8)  # fmt: skip
        elif close and off > 0:
            found.add((*members, size), "inconsistent", "minor", f"{_table(e, members[0])}, “{name}” ({e.arm_name(members[0])}): the levels sum to {summed:.0f} ({terms}), "
                      f"more than the {e.printed[size]} patients of the column.", published=f"N={e.printed[size]}", low=summed, high=summed, confidence=0.7)  # fmt: skip


def _exchanged_levels(e: Evidence, found: Findings, sizes: list[tuple[list[int], int, float]]) -> None:
    """One arm's levels exceed its patients by as many as the other's fall short: a level's two counts are exchanged."""
    first = sizes[0][0][0]
    told = ", ".join(f"{e.value[size] + off:.0f} for {e.printed[size]} patients ({e.arm_name(members[0])})" for members, size, off in sizes)
    found.add(tuple(v for members, size, _ in sizes for v in (*members, size)), "inconsistent", "major", f"{_table(e, first)}, “{e.path[first][-2]}”: the levels sum to {told}: too many in one "
              "arm by as many as too few in the other, as if a level's counts were exchanged.", published=f"N={e.printed[sizes[0][1]]}", confidence=0.8)  # fmt: skip


def _missing_levels(e: Evidence, found: Findings, sizes: list[tuple[list[int], int, float]]) -> None:
    """Levels that fall a little short of the column's patients in every arm: values are missing."""
    first = sizes[0][0][0]
    told = ", ".join(f"{e.value[size] + off:.0f} of {e.printed[size]} ({e.arm_name(members[0])})" for members, size, off in sizes)
    values = tuple(v for members, size, _ in sizes for v in (*members, size))
    found.add(values, "explained", "minor", f"{_table(e, first)}, “{e.path[first][-2]}”: the levels sum to {told}; the others probably have no value.",
              published=f"N={e.printed[sizes[0][1]]}", method="missing values", confidence=0.7)  # fmt: skip


def _across_arms(e: Evidence, found: Findings) -> None:
    """Counts of the arms against the total column of the same row, where the table's totals are sums of its arms."""
    rows: dict[tuple[int, int, str | None], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    has_total = {int(t) for t in np.unique(e.table[e.in_table & (e.scope == "total") & e.of("count")])}
    if not has_total:
        return
    for i in e.counts[np.isin(e.table[e.counts], list(has_total))].tolist():
        if (e.article[i], e.arm_id[i]) not in e.members:
            rows[int(e.table[i]), int(e.row[i]), e.grade[i]][int(e.who[i]) if e.scope[i] == "arm" else -1].append(int(i))
    by_table: dict[int, list[tuple[int, list[int], float]]] = defaultdict(list)
    for (table, _, _), columns in rows.items():
        parts = [members[0] for who, members in columns.items() if who != -1]
        if len(columns.get(-1, ())) == 1 and len(parts) > 1 and all(len(m) == 1 for m in columns.values()):
            total = columns[-1][0]
            by_table[table].append((total, parts, sum(e.value[i] for i in parts) - e.value[total]))
    for judged in by_table.values():
        telling = [off for _, parts, off in judged if sum(e.value[i] > 0 for i in parts) > 1]  # one arm alone adds up to anything
        good = sum(off == 0 for off in telling)
        if good < 3 or good < 0.8 * len(telling):
            continue
        for total, parts, off in judged:
            terms = " + ".join(str(e.printed[i]) for i in parts)
            summed = e.value[total] + off
            if off == 0:
                found.add((total, *parts), "consistent", "info", f"{terms} = {summed:.0f}, as the total column prints.", low=summed, high=summed)
            else:
                found.add((total, *parts), "inconsistent", "major", f"{e.where(total)}: the arms sum to {summed:.0f} ({terms}), the total column prints "
                          f"{e.printed[total]}.", low=summed, high=summed, confidence=0.9)  # fmt: skip
