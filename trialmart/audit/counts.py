"""P values that printed counts should give.

Belongs here: fisher_p (outcomes) and baseline_p (characteristics). Does not: p values of ratios (ratios.py).
"""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from trialmart.audit import statistics as s
from trialmart.audit.evidence import Evidence
from trialmart.audit.findings import Findings
from trialmart.audit.ratios import RATIOS, arm_counts
from trialmart.audit.registry import rule
from trialmart.facts.matching import words

_MAX_CELLS = 40


def _tests(table: np.ndarray) -> dict[str, float]:
    """P of the usual tests on an r×2 (or r×c) table of counts, by name."""
    found = {"Pearson chi-square": s.chi_square(table)}
    if table.shape == (2, 2):
        (a, c), (b, d) = table.astype(int)
        two, less, greater = s.fisher(a, a + b, c, c + d)
        found |= {"Fisher, two-sided": two, "chi-square with Yates' correction": s.chi_square(table, yates=True),
                  "Fisher, one-sided": min(less, greater)}  # fmt: skip
    elif table.shape[1] == 2:
        found["linear trend (Mantel)"] = s.trend(table)
    return {name: p for name, p in found.items() if np.isfinite(p)}


def _range(e: Evidence, i: int) -> tuple[float, float]:
    """The p values that a printed one may stand for."""
    if e.comparator[i] in (">", ">="):
        return e.value[i], 1.0
    return e.low[i], e.high[i]


def _reproduced(e: Evidence, i: int, tests: dict[str, float]) -> str | None:
    least, most = _range(e, i)
    return next((name for name, p in tests.items() if least - 1e-12 <= p <= most + 1e-12), None)


def _told(tests: dict[str, float]) -> str:
    return ", ".join(f"{name} P = {p:.4f}" if p < 0.01 else f"{name} P = {p:.3f}" for name, p in tests.items())


def _apart(e: Evidence, i: int, tests: dict[str, float]) -> float:
    """How far the printed p is from the nearest test, in units of z."""
    least, most = _range(e, i)
    low, high = float(s.z_of_p(most)), float(s.z_of_p(max(least, 1e-12)))
    return min(max(low - z, z - high, 0.0) for z in s.z_of_p(np.array(list(tests.values()))).tolist())


@rule("fisher_p", needs=("p_value", "count"))
def p_of_two_proportions(e: Evidence, found: Findings) -> None:
    """The p printed in a row of two arms' counts: Fisher's exact (both tails), Pearson, Yates; the one that gives it is named.

    Source: Fisher 1935 (doi:10.2307/2342435). A p that none gives is explained (adjusted, stratified, log-rank) unless it says that there
    is a difference where the counts show none, or the reverse.
    """
    counts = arm_counts(e)
    for i in np.flatnonzero(e.of("p_value") & e.in_table & np.isfinite(e.value) & (e.kind != "baseline") & ~e.is_header):
        owner = e.estimate[i]
        if owner != i and e.statistic[owner] not in ("count", "percent", "odds_ratio", "risk_ratio", "risk_difference", "percent_difference"):
            continue
        arms = counts.of(int(i))
        if arms is None or not all(x[0] == x[1] or x[1] - x[0] < 4 for _, _, x in arms) or not e.is_exact_row(i):
            continue
        (_, n1, x1), (_, n2, x2) = arms
        options = [_tests(np.array([[a, c], [n1 - a, n2 - c]])) for a in range(x1[0], x1[1] + 1) for c in range(x2[0], x2[1] + 1)]
        options = [o for o in options if o]
        if not options:
            continue
        values = (int(i), arms[0][0], arms[1][0])
        data = " against ".join(f"{x[0]}/{n:.0f}" for _, n, x in arms)
        p = [v for o in options for v in o.values()]
        known = {"low": min(p), "high": max(p), "published": f"{e.shown(i)}"}
        name = next((n for o in options if (n := _reproduced(e, i, o))), None)
        if name:
            found.add(values, "consistent", "info", f"{data}: {e.shown(i)} is {name}.", method=name, **known)
            continue
        apart = min(_apart(e, i, o) for o in options)
        least, most = _range(e, i)
        flips = (least > 0.05 and max(p) < 0.01) or (most < 0.05 and min(p) > 0.2)
        if apart > 1.0 and flips and owner == i:
            found.add(values, "inconsistent", "minor", f"{e.where(i)}: {e.shown(i)} is printed, but {data} give {_told(options[0])}; the counts and the p value tell "
                      "different stories unless another test or model was used.", suspects=(int(i),), confidence=0.6, **known)  # fmt: skip
        else:
            found.add(values, "explained", "info", f"{e.where(i)}: {e.shown(i)} is none of the common tests on {data} ({_told(options[0])}); adjusted, stratified "
                      "or a test over time.", method="another test", confidence=0.6, **known)  # fmt: skip


@rule("baseline_p", needs=("p_value", "count"))
def p_of_a_characteristic(e: Evidence, found: Findings) -> None:
    """A printed baseline p against chi-square, Fisher and trend on the printed counts, also with neighbouring levels taken together.

    Where only fewer levels give the printed p, the finding says which; where nothing does, the test is not told and nothing is claimed,
    unless p and counts tell opposite stories.
    """
    blocks = _blocks(e)
    by_table: dict[int, list[tuple]] = defaultdict(list)
    for key in blocks:
        by_table[key[0]].append(key)
    several = Counter((int(e.table[i]), e.path[i][:-1]) for i in np.flatnonzero(e.of("p_value") & e.in_table) if len(e.path[i]) > 1)
    for i in np.flatnonzero(e.of("p_value") & np.isfinite(e.value) & (e.table >= 0)):
        if e.statistic[e.estimate[i]] in RATIOS or not (e.kind[i] == "baseline" or e.source[i] == "footnote"):
            continue
        block = _block_of(e, i, blocks, by_table[int(e.table[i])])
        if block is None:
            continue
        levels, cells = block
        if len(levels) > 1 and e.in_table[i] and several[int(e.table[i]), e.path[i][:-1]] > 1 and (int(e.table[i]), e.path[i]) not in blocks:
            own = [k for k, row in enumerate(cells) if e.row[row[0]] == e.row[i]]
            if len(own) != 1 or not _sizes_known(e, cells[own[0]]):
                continue
            levels, cells = [levels[own[0]]], cells[own]  # each level has a p of its own: it against the rest
        if len(set(levels)) < len(levels):
            continue  # rows that cannot be told apart
        table = e.value[cells]
        _judge_levels(e, found, int(i), levels, table, cells)


def _blocks(e: Evidence) -> dict[tuple, tuple[list[str], np.ndarray]]:
    """Counts of each characteristic by level and arm: (table, path) -> (levels, positions of shape (levels, arms))."""
    cells: dict[tuple, dict[int, dict[int, list[int]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    has_p = {int(t) for t in np.unique(e.table[e.of("p_value") & (e.table >= 0)])}
    wanted = e.of("count") & e.in_table & (e.scope == "arm") & np.isfinite(e.value) & ~e.is_header & np.isin(e.table, list(has_p))
    at = np.flatnonzero(wanted)
    for i, table, row, who in zip(at.tolist(), *(x[at].tolist() for x in (e.table, e.row, e.who)), strict=True):
        path = e.path[i]
        if path and (e.article[i], e.arm_id[i]) not in e.members:
            cells[table, path[:-1] if len(path) > 1 else path][row][who].append(i)
    blocks = {}
    for key, rows in cells.items():
        arms = list(dict.fromkeys(who for r in sorted(rows) for who in rows[r]))  # as they stand on the page
        complete = [r for r in sorted(rows) if all(len(rows[r].get(w, ())) == 1 for w in arms)]
        if len(arms) < 2 or len(complete) < len(rows) or len(rows) * len(arms) > _MAX_CELLS:
            continue
        grid = np.array([[rows[r][w][0] for w in arms] for r in complete])
        blocks[key] = ([e.path[row[0]][-1] for row in grid], grid)
    return blocks


def _block_of(e: Evidence, p: int, blocks: dict, of_table: list[tuple]) -> tuple[list[str], np.ndarray] | None:
    """The counts that a p is about: of its own row, of the characteristic that its row heads, or that a note names."""
    table, path = int(e.table[p]), e.path[p]
    if e.source[p] == "footnote" or not path:
        asked = words(f"{e.endpoint[p] or ''} {e.subgroup[p] or ''}")
        named = [key for key in of_table if asked and (words(" ".join(key[1])) <= asked or asked <= words(" ".join(key[1])))]
        block = blocks.get(named[0]) if len(named) == 1 else None
    else:
        block = blocks.get((table, path)) or (blocks.get((table, path[:-1])) if len(path) > 1 else None)
    if block is None:
        return None
    levels, cells = block
    if len(levels) > 1:
        return block
    return (levels, cells) if _sizes_known(e, cells[0]) else None


def _sizes_known(e: Evidence, cells: np.ndarray) -> bool:
    sizes = np.array([next((e.value[e.sizes[n][i]] for n in ("own", "row", "block", "header") if e.sizes[n][i] >= 0), np.nan) for i in cells])
    return bool(np.isfinite(sizes).all() and (sizes >= e.value[cells]).all())


def _judge_levels(e: Evidence, found: Findings, i: int, levels: list[str], table: np.ndarray, cells: np.ndarray) -> None:
    if len(levels) == 1:
        sizes = np.array([next(e.value[e.sizes[n][j]] for n in ("own", "row", "block", "header") if e.sizes[n][j] >= 0) for j in cells[0]])
        table = np.vstack([table[0], sizes - table[0]])
    values = (i, *cells.ravel().tolist())
    name = " > ".join(e.path[cells[0, 0]][:-1]) or levels[0]
    full = _tests(table)
    if not full:
        return
    printed = f"{e.shown(i)}"
    method = _reproduced(e, i, full)
    p = list(full.values())
    known = {"published": printed, "low": min(p), "high": max(p)}
    if method:
        found.add(values, "consistent", "info", f"“{name}”: {printed} is {method} on the printed counts.", method=method, **known)
        return
    sharp = e.high[i] - e.low[i] <= 0.0011 or e.value[i] < 0.05  # among several tests a p of 0.4 would be met by chance
    collapsed = _collapsed(e, i, levels, table) if 2 < len(levels) <= 5 and sharp and e.comparator[i] == "=" else None
    if collapsed:
        words_, method, tests = collapsed
        found.add(values, "explained", "minor", f"{e.where(i)}: {printed} for “{name}” is given by {words_} ({method}), not by the {len(levels)} levels printed ({_told(full)}).",
                  method=f"{method}, levels taken together", **known)  # fmt: skip
        return
    least, most = _range(e, i)
    opposite = (most < 0.05 and min(p) > 0.3) or (least > 0.2 and max(p) < 0.01)
    if opposite and _apart(e, i, full) > 1.0:
        found.add(values, "inconsistent", "minor", f"{e.where(i)}: {printed} for “{name}”, but the printed counts give {_told(full)}.", suspects=(i,), confidence=0.6, **known)
    else:
        found.add(values, "explained" if _apart(e, i, full) < 0.5 else "not_checkable", "info", f"{e.where(i)}: {printed} for “{name}”; the printed counts give {_told(full)}. "
                  "Which test was used, and whether missing values count, is not told.", method="test not told", confidence=0.6, **known)  # fmt: skip


def _collapsed(e: Evidence, i: int, levels: list[str], table: np.ndarray) -> tuple[str, str, dict[str, float]] | None:
    """A split of the levels in two (neighbours together) that gives the printed p, in words; also with the last level left out."""
    for cut in range(1, len(levels)):
        two = np.vstack([table[:cut].sum(axis=0), table[cut:].sum(axis=0)])
        tests = _tests(two)
        method = _reproduced(e, i, tests)
        if method:
            return f"“{_joined(levels[:cut])}” against “{_joined(levels[cut:])}”", method, tests
    tests = _tests(table[:-1])
    method = _reproduced(e, i, tests)
    return (f"all levels but “{levels[-1]}”", method, tests) if method else None


def _joined(levels: list[str]) -> str:
    return levels[0] if len(levels) == 1 else f"{levels[0]}–{levels[-1]}" if len(levels) > 2 else " or ".join(levels)
