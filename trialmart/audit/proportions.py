"""Counts and percents.

Belongs here: count_percent and percent_possible. Does not: what a failing percent of a table may be of (shares.py), sums (levels.py),
intervals around a rate (rates.py).
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

import numpy as np

from trialmart.audit.denominators import Judged, common_size, judge_pairs
from trialmart.audit.evidence import Evidence
from trialmart.audit.findings import Findings
from trialmart.audit.percents import SOURCE, counts_text, fits, gives, implied, printed_sizes, table_name
from trialmart.audit.registry import rule
from trialmart.audit.shares import judge_one_unit_off, judge_tables

#: Percents of something else than patients, or estimated by a model: no whole number of patients need give them.
_NO_SHARE = re.compile(r"surviv|free|percent(?:age)? of|proportion of|days|actuarial|kaplan|cumulative|estimat|adjusted|\bmean\b|median|change|complian|intensity|variation|index|fraction"
                       r"|concentration|ratio|reduction|increase|decrease|decline|difference|score|hba1c|adheren|power|inhibition|rate at|-year|-month"
                       r"|hazard|weight|volume|lvef|ejection|hematocrit|haematocrit|saturation|predicted|fev")  # fmt: skip


@lru_cache(maxsize=50_000)
def is_no_share(label: str | None) -> bool:
    """Whether a label says that its percents are none of patients. Rows share most labels, so that each is looked through once."""
    return label is not None and _NO_SHARE.search(label.lower()) is not None


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
    judge_tables(e, found, judged, open_pairs)
    judge_one_unit_off(e, found, judged, np.flatnonzero((judged.gap == 1) & in_table))
    for k in np.flatnonzero((judged.gap > 0) & ~in_table | (judged.gap == 3) & in_table):
        _elsewhere(e, found, judged, k)


def _consistent(e: Evidence, found: Findings, judged: Judged, members: np.ndarray) -> None:
    """The many pairs that agree: a line each."""
    counts, percents, sizes = judged.count[members], judged.percent[members], judged.size[members]
    rows = zip(counts.tolist(), percents.tolist(), judged.position[members].tolist(), sizes.tolist(), judged.source[members].tolist(),
               (100 * e.value[counts] / sizes).tolist(), e.printed[counts].tolist(), e.printed[percents].tolist(), strict=True)  # fmt: skip
    found.agreeing(
        ((percent, count) if at < 0 else (percent, count, at), f"{n} of {size:.0f} is {exact:.2f}% ({SOURCE[source]}).", f"{n} ({share}%)", exact, f"N: {source}")
        for count, percent, at, size, source, exact, n, share in rows
    )


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
    if e.in_table[count] and e.value[count] == 0 < e.low[percent]:
        found.add((percent, count), "inconsistent", "major", f"{e.where(count)} ({e.arm_name(count)}) prints {published}; none of any number of patients are 0%.", published=published,
                  low=0.0, high=0.0, suspects=(count, percent))  # fmt: skip
        return
    for size, words in printed_sizes(e, count):
        if fits(e, count, percent, size):
            found.add((percent, count), "consistent", "info", f"{e.printed[count]} of {words} is {100 * e.value[count] / size:.2f}%.",
                      published=published, low=100 * e.value[count] / size, high=100 * e.value[count] / size, method="N: chosen among those printed",
                      confidence=0.8)  # fmt: skip
            return
    if e.who[count] < 0 and e.source[count] != "table":
        fitting = [(arm, n) for arm, n in e.arms_randomized.get(e.article[count], {}).items() if fits(e, count, percent, n)]
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
            return e.value[at], implied(e.value[i], e.decimals[i], e.value[at])
    beside = e.row_counts.get((int(e.table[i]), int(e.row[i]), int(e.who[i])), ()) if e.in_table[i] else ()
    if len(beside) == 1 and e.value[beside[0]] > 0:  # a lone number beside a percent: its patients
        return e.value[beside[0]], implied(e.value[i], e.decimals[i], e.value[beside[0]])
    size = e.randomized_size[i]
    printed = e.arm_sizes.get(int(e.who[i]), ()) if e.in_table[i] and not np.isfinite(size) else ()
    if len(printed) == 1:
        size = float(next(iter(printed)))
    return (size, implied(e.value[i], e.decimals[i], size)) if np.isfinite(size) and size > 0 else None


@rule("percent_possible", needs=("percent",))
def percents_that_some_count_gives(e: Evidence, found: Findings) -> None:
    """A percent without a count: some whole number of the patients gives it; the counts that do are recorded.

    Source: the GRIM test for percents, Brown & Heathers 2017 (doi:10.1177/1948550616673876). Judged only where the denominator is known
    and small enough to tell (N < 100·10ᵈ), and where the figures of the same table show that they are shares of patients.
    """
    alone = e.of("percent") & np.isfinite(e.value) & (e.comparator == "=") & ~e.assumed & (e.who >= 0) & ~e.measured
    alone[e.pairs.percent] = False
    tables: dict[tuple[int, int], list[tuple[int, float, tuple[int, int] | None]]] = defaultdict(list)
    for i in np.flatnonzero(alone & (e.value >= 0)):
        known = implied_count(e, i)
        if known is None or any(map(is_no_share, (e.endpoint[i], *e.path[i], e.timepoint[i]))):
            continue
        tables[int(e.article_code[i]), int(e.table[i])].append((int(i), *known))
    for (_, table), members in tables.items():
        telling = [m for m in members if m[1] < 100 * 10.0 ** e.decimals[m[0]]]
        columns: dict[tuple[int, int], dict[int, tuple[float, tuple[int, int] | None]]] = defaultdict(dict)
        for i, *known in telling:
            columns[int(e.who[i]), int(e.column[i])][i] = (known[0], known[1])
        settled = {i for column in columns.values() if table >= 0 for i in _other_size_of_percents(e, found, column)}
        left = [m for m in telling if m[0] not in settled]
        impossible = [m for m in left if m[2] is None]
        limit = 0.15 if len(impossible) > 2 else 0.4 if all("%" in " ".join(e.path[m[0]]) for m in impossible) else 0.25
        shares = len(impossible) <= limit * len(left) or (len(left) < 3 and len(impossible) == 1)
        guessed = {m[0] for m in left if table >= 0 and all(e.sizes[name][m[0]] < 0 for name in ("own", "row", "block", "header"))}
        guess_holds = sum(m[0] in guessed and m[2] is not None for m in left) >= 3  # of a number beside it, or of the arm's
        for i, size, counts in members:
            if i not in settled:
                _judge_alone(e, found, i, size, counts, shares and (i not in guessed or guess_holds), table >= 0)


def _other_size_of_percents(e: Evidence, found: Findings, known: dict[int, tuple[float, tuple[int, int] | None]]) -> list[int]:
    """Percents of a column of which several fit no count of its N but all fit another: one finding. Returns the percents that it settles.
    `known`: of each the N that it is compared with, and the counts that give it."""
    column = list(known)
    size = known[column[0]][0]
    off = [i for i in column if known[i][1] is None]
    if len(off) < 2 or len(column) < 3 or any(k[0] != size for k in known.values()):
        return []
    others = np.arange(max(int(0.6 * size), 2), int(1.2 * size) + 1)
    given = np.array([gives(others, e.value[i], e.decimals[i]) for i in column]) & (others != size)
    fits = others[given.all(axis=0)].tolist()
    first = off[0]
    if not fits and _all_but_one(e, found, column, others, given):
        return column
    if not fits or len(fits) > 0.1 * size:
        if len(off) <= 0.25 * len(column):
            return []
        found.add(tuple(off), "not_checkable", "info", f"{table_name(e, first)}, {e.arm_name(first)}: {len(off)} of {len(column)} percents are no shares of {size:.0f}; what they are "
                  "of is not told.", published=f"{len(off)} percents")  # fmt: skip
        return column
    examples = ", ".join(e.shown(i) for i in off[:4])
    rule_id, found.rule_id = found.rule_id, "denominators"
    found.add(tuple(off), "explained", "minor", f"{table_name(e, first)}, {e.arm_name(first)}: {len(off)} percents ({examples}{', …' if len(off) > 4 else ''}) are no shares of {size:.0f}; all "
              f"of the column are shares of {counts_text((fits[0], fits[-1])) if len(fits) > 1 else fits[0]}, so other patients than the header's are meant.",
              published=f"N={size:.0f}", low=fits[0], high=fits[-1], method="the N that gives all of them", confidence=0.7)  # fmt: skip
    found.rule_id = rule_id
    return column


def _all_but_one(e: Evidence, found: Findings, column: list[int], others: np.ndarray, given: np.ndarray) -> bool:
    """Whether another N than the header's gives all percents of a column but one, which then is wrong."""
    fitting = given.sum(axis=0) == len(column) - 1
    telling = len({e.value[i] for i in column if e.value[i] > 0})
    outliers = {column[k] for k in given[:, fitting].argmin(axis=0).tolist()} if fitting.any() else set()
    if telling < 5 or len(outliers) != 1 or np.count_nonzero(fitting) > max(1, 0.03 * others[-1]):
        return False
    outlier, size = outliers.pop(), int(others[fitting][0])
    found.add((outlier,), "impossible", "major", f"{e.where(outlier)} gives {e.shown(outlier)} for {e.fact(outlier)}, but no count of {size} patients gives it, and the column's other percents are "
              f"all shares of {size}.", low=size, high=size, suspects=(outlier,), confidence=0.8)  # fmt: skip
    return True


def _judge_alone(e: Evidence, found: Findings, i: int, size: float, counts: tuple[int, int] | None, shares: bool, in_table: bool) -> None:
    if counts is not None:
        found.add((i,), "consistent", "info", f"{e.shown(i)} of {size:.0f} is {counts_text(counts)} patients.", low=100 * counts[0] / size,
                  high=100 * counts[1] / size, implied=counts_text(counts), method="implied count")  # fmt: skip
        return
    others = [(n, w) for n, w in e.arm_sizes.get(int(e.who[i]), {}).items() if n != size and implied(e.value[i], e.decimals[i], n)]
    below = int(np.floor(min(e.value[i], 100) * size / 100))
    near = "more than all" if e.value[i] > 100 else f"{below} would be {100 * below / size:.1f}%, {below + 1} {100 * (below + 1) / size:.1f}%"
    whole = e.population[i] in ("ITT", "as_treated") and e.subgroup[i] is None
    if not shares or (not in_table and not (whole and e.dependents.get(i))):
        found.add((i,), "not_checkable", "info", f"{e.shown(i)} ({e.fact(i)}) is no share of {size:.0f} patients ({near}); what it is of is not told.")
    elif others and not (whole and not in_table):
        found.add((i,), "explained", "minor", f"{e.where(i)} ({e.arm_name(i)}): {e.shown(i)} is no share of {size:.0f} ({near}) but one of "
                  f"{others[0][0]} ({others[0][1]}).", method="N: another one that is printed", confidence=0.6)  # fmt: skip
    else:
        loose = implied(e.value[i], e.decimals[i], size, slack=3) or any(implied(e.value[i], e.decimals[i], n) for n in range(int(np.ceil(0.97 * size)), int(size)))
        found.add((i,), "impossible", "minor" if loose else "major", f"{e.where(i)} gives {e.shown(i)} for {e.fact(i)}, but no count of "
                  f"{size:.0f} patients gives it: {near}.", low=100 * below / size, high=100 * (below + 1) / size, suspects=(i,), confidence=0.8)  # fmt: skip
