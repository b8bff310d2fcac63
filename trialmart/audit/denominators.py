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
_ORDER = ("own", "row", "block", "header")


@dataclass
class Judged:
    """Pairs of count and percent with what they were compared with."""

    count: np.ndarray
    percent: np.ndarray
    gap: np.ndarray  # 0 fits, 1 one unit of the last place off, 2 beyond, 3 nothing to compare with
    size: np.ndarray  # the denominator that was taken
    source: np.ndarray  # own, row, block, header, randomized, or the words of an alternative
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
    return Judged(count, percent, gaps[chosen, every], sizes[chosen, every], names[chosen], positions[chosen, every])


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
