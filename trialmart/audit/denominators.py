"""What a percent is of: the denominators an article prints, and headers that their own columns contradict.

Belongs here: the choice among printed denominators, and the rule `denominators`. Does not: whether a count and its percent agree
(proportions.py).
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from trialmart.audit.evidence import Evidence, share_gap
from trialmart.audit.findings import Findings
from trialmart.audit.registry import rule

_UNKNOWN = re.compile(r"\b(unknown|missing|not (?:known|reported|available|recorded|evaluable|assessed|done|determined|specified)|n/?a|nd|unspecified)\b", re.I)
_FEWEST = 4  # percents that make a column's N known
_ORDER = ("own", "row", "block", "header")


@dataclass
class Judged:
    """Pairs of count and percent with what they were compared with."""

    count: np.ndarray
    percent: np.ndarray
    gap: np.ndarray  # 0 fits, 1 one unit of the last place off, 2 beyond, 3 nothing to compare with
    size: np.ndarray  # the denominator that was taken
    source: np.ndarray  # own, row, block, header, randomized, or column: worked out
    position: np.ndarray  # the position of the value that prints it; -1 where none does


def judge_pairs(e: Evidence) -> Judged:
    """Each count and percent against the nearest printed denominator: its own, else the row's, block's or header's whichever fits, else the arm's."""
    count, percent = e.pairs.count, e.pairs.percent
    n = len(count)
    gaps, sizes, positions = (np.full((5, n), fill) for fill in (3, np.nan, -1))
    for k, name in enumerate(_ORDER):
        at = np.where(e.sizes[name][percent] >= 0, e.sizes[name][percent], e.sizes[name][count])
        at = np.where(at == count, -1, at)
        sizes[k] = np.where(at >= 0, e.value[np.maximum(at, 0)], np.nan)
        positions[k] = at
    sizes[4] = np.where(np.isnan(sizes[:4]).all(axis=0), e.randomized_size[percent], np.nan)
    for k in range(5):
        gaps[k] = share_gap(e.value[count], sizes[k], e.value[percent], e.decimals[percent])
    gaps[1:, gaps[0] < 3] = 3  # a denominator in the cell itself is what the cell means
    # the first that fits; where none does, the nearest of the best kind
    rank = np.where(gaps == 3, 99, gaps * 10 + np.arange(5)[:, None])
    rank = np.where((gaps == 1) | (gaps == 2), 20 + np.where(gaps == 1, 0, 10) + np.arange(5)[:, None], rank)
    chosen = rank.argmin(axis=0)
    every = np.arange(n)
    names = np.array([*_ORDER, "randomized"], object)
    judged = Judged(count, percent, gaps[chosen, every], sizes[chosen, every], names[chosen], positions[chosen, every])
    _of_columns(e, judged)
    return judged


def _of_columns(e: Evidence, judged: Judged) -> None:
    """Where a table prints no N for a column, or the arm's number gives few of its percents: the one N that gives nearly all of them, else
    another column whose counts do, row by row (`% of those included`)."""
    loose = np.isin(np.where(judged.gap == 3, "none", judged.source), ("none", "randomized"))
    columns: dict[tuple[int, int], list[int]] = defaultdict(list)
    open_pairs = np.flatnonzero(e.in_table[judged.percent] & loose)
    for k, table, column in zip(open_pairs.tolist(), e.table[judged.percent[open_pairs]].tolist(), e.column[judged.percent[open_pairs]].tolist(), strict=True):
        columns[table, column].append(k)
    beside: dict[int, dict[int, dict[int, float]]] = {}
    for (table, column), members in columns.items():
        at = np.array(members)
        telling = at[e.value[judged.count[at]] > 0]
        if len(telling) < _FEWEST - 1 or 2 * np.count_nonzero(judged.gap[telling] == 0) >= len(telling):
            continue
        size = _shared_size(e, judged.count[telling], judged.percent[telling])
        if size is None:
            beside = beside or _counts_beside(e, {t for t, _ in columns})
            sizes = _row_sizes(e, judged, telling, at, {c: rows for c, rows in beside.get(table, {}).items() if c != column})
        else:
            sizes = np.full(len(at), float(size))
        if sizes is not None:
            judged.size[at], judged.source[at], judged.position[at] = sizes, "column" if size is not None else "beside", -1
            judged.gap[at] = share_gap(e.value[judged.count[at]], judged.size[at], e.value[judged.percent[at]], e.decimals[judged.percent[at]])


def _counts_beside(e: Evidence, tables: set[int]) -> dict[int, dict[int, dict[int, float]]]:
    """The counts of these tables: table -> column -> row -> count."""
    found: dict[int, dict[int, dict[int, float]]] = {}
    at = np.flatnonzero(e.of("count", "n") & e.in_table & ~e.is_header & (e.value > 0) & np.isin(e.table, list(tables)))
    for table, column, row, value in zip(*(x[at].tolist() for x in (e.table, e.column, e.row, e.value)), strict=True):
        found.setdefault(table, {}).setdefault(column, {}).setdefault(row, value)
    return found


def _row_sizes(e: Evidence, judged: Judged, telling: np.ndarray, at: np.ndarray, columns: dict[int, dict[int, float]]) -> np.ndarray | None:
    """The counts of another column that these percents are of, row by row; None where no column gives nearly all of them."""
    for rows in columns.values():
        sizes = np.array([rows.get(row, np.nan) for row in e.row[judged.percent[telling]].tolist()])
        gap = share_gap(e.value[judged.count[telling]], sizes, e.value[judged.percent[telling]], e.decimals[judged.percent[telling]])
        if np.count_nonzero(gap == 0) >= max(_FEWEST, 0.75 * len(telling)) and len(set(sizes[gap == 0].tolist())) > 2:
            return np.array([rows.get(row, np.nan) for row in e.row[judged.percent[at]].tolist()])
    return None


def _shared_size(e: Evidence, counts: np.ndarray, percents: np.ndarray) -> int | None:
    """The N that at least three in four of these percents are of, and no fewer than four (three, where the article prints it for the arm);
    None where there is none, or not one in particular."""
    n, p, half = e.value[counts], e.value[percents], 0.5 * 10.0 ** -e.decimals[percents]
    low, high = np.ceil(100 * n / (p + half) - 1e-9), np.floor(100 * n / np.maximum(p - half, 1e-9) + 1e-9)
    inside = (low[:, None] <= low) & (low <= high[:, None])  # column j: which pairs the smallest N of pair j gives
    best = int(inside.sum(axis=0).argmax())
    fits = inside[:, best]
    if fits.sum() < max(_FEWEST - 1, 0.75 * len(n)):
        return None
    smallest, largest = int(low[fits].max()), int(high[fits].min())
    if largest - smallest > max(2, 0.03 * smallest):
        return None
    printed = [size for size in e.arm_sizes.get(int(e.who[counts[0]]), {}) if smallest <= size <= largest]
    if printed:
        return printed[0]
    # unprinted, it is the column's own only where no row counts more
    return (smallest + largest) // 2 if fits.sum() >= _FEWEST and n.max() <= largest else None


class Alternatives:
    """Other denominators that the article prints and that a percent may be of."""

    def __init__(self, e: Evidence, articles: np.ndarray) -> None:
        self.e = e
        self.by_path: dict[tuple, list[int]] = defaultdict(list)
        self.levels: dict[tuple, list[int]] = defaultdict(list)
        self.same_label: dict[tuple, list[int]] = defaultdict(list)
        self.across: dict[tuple, dict[int, float]] = defaultdict(dict)
        at = np.flatnonzero(e.of("count", "n") & e.in_table & np.isfinite(e.value) & (e.who >= 0) & np.isin(e.article_code, articles))
        for i, table, row, column, who, value in zip(at.tolist(), *(x[at].tolist() for x in (e.table, e.row, e.column, e.who, e.value)), strict=True):
            path = e.path[i]
            if not path:
                continue
            self.by_path[table, column, path].append(i)
            self.levels[table, column, path[:-1]].append(i)
            self.same_label[who, path[-1].lower()].append(i)
            if e.scope[i] == "arm":
                self.across[table, row][who] = value

    def of(self, count: int) -> list[tuple[float, str]]:
        """Denominators (N, in words) that this count's percent may be of, the likeliest first."""
        e = self.e
        path, table, column = e.path[count], e.table[count], e.column[count]
        found: list[tuple[float, str]] = []
        if len(path) > 1:
            above = [i for i in self.by_path.get((table, column, path[:-1]), ()) if e.row[i] < e.row[count]]
            found += [(e.value[i], f"the {e.printed[i]} patients of “{path[-2]}”") for i in above[-1:]]
            levels = self.levels[table, column, path[:-1]]
            if len(levels) > 1:
                known = sum(e.value[i] for i in levels if not _UNKNOWN.search(e.path[i][-1]))
                found.append((known, f"the {known:.0f} patients whose “{path[-2]}” is known"))
                every = sum(e.value[i] for i in levels)
                if every != known:
                    found.append((every, f"the {every:.0f} patients of “{path[-2]}”"))
        if path:
            for i in self.same_label.get((e.who[count], path[-1].lower()), ()):
                if e.table[i] != table and e.value[i] > e.value[count]:
                    found.append((e.value[i], f"the {e.printed[i]} patients that {e.where(i)} counts"))
        across = self.across.get((table, e.row[count]), {})
        if len(across) > 1:
            total = sum(across.values())
            found.append((total, f"all {total:.0f} patients of the row, so that it is a percent across arms"))
        return [(n, words) for n, words in found if n >= e.value[count] and n > 0]

    def printed(self, count: int) -> list[tuple[float, str]]:
        """Every other N that the article prints for the arm."""
        return [(float(n), f"{n} ({where})") for n, where in self.e.arm_sizes.get(int(self.e.who[count]), {}).items() if n >= self.e.value[count]]


def common_size(e: Evidence, counts: np.ndarray, percents: np.ndarray, slack: float = 0.5) -> tuple[int, int] | None:
    """The range of whole N that gives every one of these percents; None where no N does. `slack` in units of the last place."""
    if len(counts) == 1:  # the usual case, without the arrays
        one, percent, off = e.plain.value[counts[0]], e.plain.value[percents[0]], slack * 10.0 ** -e.plain.decimals[percents[0]]
        if one <= 0:
            return None
        fewest, most = math.ceil(100 * one / (percent + off) - 1e-9), math.floor(100 * one / max(percent - off, 1e-9) + 1e-9)
        return (fewest, most) if fewest <= most else None
    n, p = e.value[counts], e.value[percents]
    half = slack * 10.0 ** -e.decimals[percents]
    use = n > 0
    if not use.any():
        return None
    n, low, high = n[use], np.maximum((p - half)[use], 1e-9), (p + half)[use]
    smallest, largest = np.ceil(100 * n / high - 1e-9).max(), np.floor(100 * n / low + 1e-9).min()
    return (int(smallest), int(largest)) if smallest <= largest else None


@rule("denominators", needs=("denominator", "n"))
def headers_against_arms(e: Evidence, found: Findings) -> None:
    """A table header's N against the numbers randomized, and against the N of the blocks below it.

    More patients in a header than were randomized is a conflict; fewer are those treated, evaluable or measurable.
    """
    headers = np.flatnonzero(e.of("n", "denominator") & e.is_header & (e.who >= 0) & np.isfinite(e.value))
    seen: set[tuple] = set()
    printed: dict[int, set[float]] = defaultdict(set)
    lowest: dict[tuple[int, int], int] = {}
    for i in headers:
        at = (int(e.table[i]), int(e.column[i]))
        lowest[at] = max(lowest.get(at, -1), int(e.row[i]))
    # Of two N above a column the upper one is of all columns below its header.
    headers = [i for i in headers if e.row[i] == lowest[int(e.table[i]), int(e.column[i])]]
    for i in headers:
        printed[int(e.who[i])].add(float(e.value[i]))
    for i in headers:
        randomized = e.randomized_size[i]
        key = (e.table[i], e.who[i], e.value[i])
        if not np.isfinite(randomized) or key in seen:
            continue
        seen.add(key)
        label = e.table_label.get((e.article[i], e.table_id[i]), e.table_id[i])
        n = f"{e.printed[i]}"
        if e.value[i] == randomized:
            found.add((i,), "consistent", "info", f"{label} counts the {n} patients randomized to {e.arm_name(i)}.", low=randomized, high=randomized)
        elif e.value[i] < randomized:
            found.add((i,), "explained", "info", f"{label} counts {n} of the {randomized:.0f} patients randomized to {e.arm_name(i)}: "
                      f"{randomized - e.value[i]:.0f} were not treated, not evaluable or left out.", low=randomized, high=randomized)  # fmt: skip
        elif e.scope[i] != "total" and (e.article[i], e.arm_id[i]) not in e.members:
            if randomized not in printed[int(e.who[i])]:
                found.add((i,), "not_checkable", "info", f"{label} gives N={n} for {e.arm_name(i)}, more than the {randomized:.0f} that the text seems to randomize; no other "
                          "table confirms that number.", low=randomized, high=randomized)  # fmt: skip
                continue
            beside = [j for j in headers if e.table[j] == e.table[i] and e.who[j] != e.who[i] and e.value[j] > e.randomized_size[j]]
            if beside or e.value[i] > 1.2 * randomized:
                found.add((i,), "not_checkable", "info", f"{label} gives N={n} for {e.arm_name(i)}, more than the {randomized:.0f} randomized, and for other arms alike: it counts "
                          "other patients.", low=randomized, high=randomized)  # fmt: skip
                continue
            found.add((i,), "inconsistent", "major", f"{label} gives N={n} for {e.arm_name(i)}, but {randomized:.0f} patients were randomized to it: "
                      "patients were moved between arms, or one of the two is wrong; rates of this table rest on it.",
                      low=randomized, high=randomized, confidence=0.8, suspects=(i,))  # fmt: skip
    _blocks(e, found)
    _own_sizes(e, found)


def _blocks(e: Evidence, found: Findings) -> None:
    """A row in the body that sets another N than its column's header: what stands below is of that N."""
    block, header = e.sizes["block"], e.sizes["header"]
    users = np.flatnonzero((block >= 0) & (header >= 0) & e.of("count", "percent"))
    different = users[e.value[block[users]] != e.value[header[users]]]
    tables: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i in different:
        tables[int(e.table[i]), int(e.row[block[i]])].append(int(i))
    for members in tables.values():
        sizes = list(dict.fromkeys(int(block[i]) for i in members))
        heads = list(dict.fromkeys(int(header[i]) for i in members))
        first = sizes[0]
        values = ", ".join(f"{e.printed[s]} against N={e.printed[header[m]]} ({e.arm_name(s)})"
                           for s, m in {int(block[i]): i for i in members}.items())  # fmt: skip
        more = [s for s, m in {int(block[i]): i for i in members}.items() if e.value[s] > e.value[header[m]]]
        label = e.table_label.get((e.article[first], e.table_id[first]), e.table_id[first])
        row = e.path[first][-1] if e.path[first] else "a row of sizes"
        if more:
            found.add((*more, *heads), "inconsistent", "minor", f"{label}: the row “{row}” counts more patients than the column header: {values}.",
                      confidence=0.7, suspects=tuple(more))  # fmt: skip
        else:
            found.add((*sizes, *heads), "explained", "info", f"{label}: the rows below “{row}” are of its own numbers, not of those in the column header: "
                      f"{values}.", method="block denominator")  # fmt: skip


def _own_sizes(e: Evidence, found: Findings) -> None:
    """A denominator printed in a cell that exceeds the N of its column."""
    own, header = e.sizes["own"], e.sizes["header"]
    counts = np.flatnonzero(e.of("count") & (own >= 0) & (header >= 0))
    excess = counts[e.value[own[counts]] > e.value[header[counts]]]
    for i in excess:
        d, h = own[i], header[i]
        found.add((d, i, h), "inconsistent", "major", f"{e.where(i)} is given as {e.printed[i]} of {e.printed[d]}, but the column holds "
                  f"{e.printed[h]} patients ({e.arm_name(i)}).", published=f"{e.printed[i]}/{e.printed[d]}", low=e.value[h], high=e.value[h],
                  confidence=0.85, suspects=(d,))  # fmt: skip
