"""Adverse events: grades within each other, terms within the total.

Belongs here: grades_within. Does not: whether an event is graded rightly (extraction).
"""

from __future__ import annotations

import re
from collections import defaultdict

import numpy as np

from trialmart.audit.evidence import Evidence
from trialmart.audit.findings import Findings
from trialmart.audit.registry import rule

_GRADE = re.compile(r"^[\W_]*(?:(?:ctc(?:ae)?|nci|who|toxicity)\W*)*(?:(?:any|all|overall)\s*(?:grades?)?|grades?\s*)?[\s≥>=<≤0-5ivIV–\-/,and+or]*$", re.I)
_ANY_EVENT = re.compile(r"^(?:any|all|total|overall|at least one|≥\s*1|one or more|patients with (?:any|at least one|≥\s*1))\b.*\b(?:adverse (?:event|reaction)s?|aes?|toxicit(?:y|ies)"
                        r"|teaes?|events?|side.effects?)\b", re.I)  # fmt: skip
_KINDS = re.compile(r"serious|related|discontinu|fatal|leading|death|severe", re.I)


def grade_set(grade: str | None) -> frozenset[int] | None:
    """The single grades that a band holds: `3-4` is {3, 4}, `>=3` is {3, 4, 5}, `any` is {1..5}; None where it can't be told."""
    if grade is None:
        return None
    if grade == "any":
        return frozenset(range(1, 6))
    if m := re.fullmatch(r"([0-5])", grade):
        return frozenset({int(m[1])})
    if m := re.fullmatch(r"([0-5])-([0-5])", grade):
        return frozenset(range(int(m[1]), int(m[2]) + 1))
    if m := re.fullmatch(r">=([0-5])", grade):
        return frozenset(range(int(m[1]), 6))
    return None


@rule("grades_within", needs=("count",))
def grades_lie_within_each_other(e: Evidence, found: Findings) -> None:
    """Grade 3 + grade 4 (+ 5) ≤ any grade, a band ≤ the band that holds it, a term ≤ any adverse event.

    Each patient is taken to stand at the worst grade; where a table's grades exceed their band in several rows, patients stand in several
    columns and nothing is said.
    """
    wanted = e.of("count", "percent") & e.in_table & (e.who >= 0) & np.isfinite(e.value) & (e.scope == "arm")
    wanted &= (e.columns.code("grade") > 0) & ~e.is_header
    wanted[e.pairs.percent] = False  # their counts say the same, exactly
    terms: dict[tuple, dict[frozenset[int], int]] = defaultdict(dict)
    bands: dict[str | None, frozenset[int] | None] = {}
    for i in np.flatnonzero(wanted):
        grade = e.grade[i]
        if grade not in bands:
            bands[grade] = grade_set(grade)
        if bands[grade] is None:
            continue
        path = e.path[i]
        term = path[:-1] if len(path) > 1 and _GRADE.match(path[-1]) else (*path, int(e.row[i]))
        terms[int(e.table[i]), int(e.who[i]), e.timepoint[i], e.statistic[i], term].setdefault(bands[grade], int(i))
    broken: dict[int, list[tuple]] = defaultdict(list)
    for (table, *_, statistic, _), members in terms.items():
        if len(members) > 1:
            for result in _judge(e, members, statistic == "count"):
                broken[table].append((*result, statistic))
                if result[0] == "consistent":
                    _say_consistent(e, found, *result[1:])
    for findings in broken.values():
        bad = [f for f in findings if f[0] != "consistent"]
        judged = len(findings)
        if bad and (len(bad) <= max(2, 0.1 * judged)):
            for kind, parts, whole, summed, _ in bad:
                _say_broken(e, found, kind, parts, whole, summed)
    _within_any_event(e, found, terms)


def _judge(e: Evidence, members: dict[frozenset[int], int], exact: bool):
    """Each band against the disjoint bands inside it."""
    for band, whole in members.items():
        inside = sorted((b for b in members if b < band and 0 not in b), key=len, reverse=True)
        parts: list[int] = []
        covered: frozenset[int] = frozenset()
        for b in sorted(inside, key=lambda b: (len(b), min(b))):
            if not covered & b:
                parts.append(members[b])
                covered |= b
        if not parts:
            continue
        summed = sum(e.value[i] if exact else e.low[i] for i in parts)
        limit = e.value[whole] if exact else e.high[whole]
        yield ("consistent" if summed <= limit + 1e-9 else "sum", parts, whole, sum(e.value[i] for i in parts))


def _say_consistent(e: Evidence, found: Findings, parts: list[int], whole: int, summed: float) -> None:
    if e.statistic[whole] == "count":
        found.add((whole, *parts), "consistent", "info", f"{' + '.join(str(e.printed[i]) for i in parts)} at grade {', '.join(str(e.grade[i]) for i in parts)} lie "
                  f"within {e.printed[whole]} at grade {e.grade[whole]}.", low=summed)  # fmt: skip


def _say_broken(e: Evidence, found: Findings, kind: str, parts: list[int], whole: int, summed: float) -> None:
    terms = " + ".join(f"{e.shown(i)} (grade {e.grade[i]})" for i in parts)
    suspects = (whole, parts[0]) if len(parts) == 1 else (whole,)
    found.add((whole, *parts), "inconsistent", "major", f"{e.where(whole)} ({e.arm_name(whole)}): {terms} come to {summed:g}, more than the {e.shown(whole)} printed for "
              f"grade {e.grade[whole]}; in the table's other rows they do not.", low=summed, suspects=suspects, confidence=0.85)  # fmt: skip


def _within_any_event(e: Evidence, found: Findings, terms: dict[tuple, dict[frozenset[int], int]]) -> None:
    """No event in more patients than have any event, in the same arm, grade and table."""
    limits: dict[tuple, int] = {}
    rows: dict[tuple, list[int]] = defaultdict(list)
    for (table, who, time, statistic, term), members in terms.items():
        if statistic != "count":
            continue
        names = [step for step in term if isinstance(step, str)]
        if not names or _KINDS.search(" ".join(names)):
            continue
        for band, i in members.items():
            key = (table, who, time, band)
            if _ANY_EVENT.search(names[-1]):
                limits.setdefault(key, i)
            elif key in limits:
                rows[key].append(i)
    for key, members in rows.items():
        whole = limits[key]
        over = [i for i in members if e.value[i] > e.value[whole]]
        if len(over) > max(1, 0.05 * len(members)):
            continue  # the total counts something else
        for i in over:
            found.add((i, whole), "inconsistent", "major", f"{e.where(i)} ({e.arm_name(i)}, grade {e.grade[i]}) counts {e.printed[i]} patients, more than the "
                      f"{e.printed[whole]} with “{e.path[whole][-1]}”.", high=e.value[whole], confidence=0.85)  # fmt: skip
        if not over and members:
            top = max(members, key=lambda i: e.value[i])
            found.add((top, whole), "consistent", "info", f"No term exceeds the {e.printed[whole]} of “{e.path[whole][-1]}” ({e.arm_name(whole)}, grade "
                      f"{e.grade[whole]}).", high=e.value[whole])  # fmt: skip
