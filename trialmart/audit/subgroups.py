"""Subgroups against the whole.

Belongs here: subgroup_coherence. Does not: interaction tests for analysis (trialmart/effects).
"""

from __future__ import annotations

import re
from collections import defaultdict

import numpy as np

from trialmart.audit.evidence import Evidence
from trialmart.audit.findings import Findings
from trialmart.audit.ratios import RATIOS, _level_z, _with_limits
from trialmart.audit.registry import rule

_OVERALL = re.compile(r"^(?:overall|all|total|itt|intention|intent|entire|whole)\b", re.I)


@rule("subgroup_coherence", needs=("hazard_ratio", "ci_lower"))
def levels_against_the_whole(e: Evidence, found: Findings) -> None:
    """Disjoint levels of a factor: their patients sum to all, and their pooled log ratio is near the overall one; Cochran's Q tells how much
    they differ.

    Source: Altman & Bland 2003 (doi:10.1136/bmj.326.7382.219) for the interaction, inverse-variance pooling for the whole. Rounding and
    adjustment leave a gap of up to one standard error, which is information.
    """
    limits = _with_limits(e)
    factors: dict[tuple, list[tuple[int, int, int]]] = defaultdict(list)
    overall: dict[tuple, tuple[int, int, int]] = {}
    for case in limits:
        i = case[0]
        if not e.in_table[i] or e.kind[i] not in ("subgroup", "efficacy", "survival") or e.value[case[1]] <= 0:
            continue
        key = (int(e.table[i]), e.statistic[i], e.endpoint[i], e.arm_id[i], e.reference[i], int(e.column[i]))
        path = e.path[i]
        if path and _OVERALL.search(path[-1]):
            overall.setdefault(key, case)
        elif len(path) > 1:
            factors[*key, path[:-1]].append(case)
    for (*key, path), levels in factors.items():
        whole = overall.get(tuple(key))
        if len(levels) >= 2 and whole is not None and e.kind[levels[0][0]] == "subgroup" and levels[0][0] not in whole:
            _judge(e, found, path, levels, whole)
    _sizes(e, found)


def _logs(e: Evidence, cases: list[tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray]:
    i, lower, upper = (np.array(x) for x in zip(*cases, strict=True))
    z = np.array([_level_z(e, k) for k in i])
    return np.log(e.value[i]), np.maximum((np.log(e.value[upper]) - np.log(e.value[lower])) / 2 / z, 1e-6)


def _judge(e: Evidence, found: Findings, path: tuple[str, ...], levels: list[tuple[int, int, int]], whole: tuple[int, int, int]) -> None:
    from scipy.special import chdtrc

    log, se = _logs(e, levels)
    overall, error = _logs(e, [whole])
    weight = 1 / se**2
    pooled, spread = float((weight * log).sum() / weight.sum()), float(np.sqrt(1 / weight.sum()))
    q = float((weight * (log - pooled) ** 2).sum())
    p = float(chdtrc(len(levels) - 1, q))
    off = abs(pooled - overall[0]) / max(spread, error[0])
    values = tuple(case[0] for case in levels) + (whole[0],)
    exceeds = np.exp(log).min() > np.exp(overall[0]) * 1.02 or np.exp(log).max() < np.exp(overall[0]) / 1.02
    told = (f"the levels of “{' > '.join(path)}” pool to {np.exp(pooled):.2f} against {e.printed[whole[0]]} overall ({off:.1f} standard errors); interaction P = {p:.2f} "
            f"(Q = {q:.1f})")  # fmt: skip
    verdict, severity = ("consistent", "info") if off <= 1 else ("explained", "info") if off <= 2 or not exceeds else ("inconsistent", "minor")
    tail = "" if off <= 1 else "; adjustment, missing values or another population may explain it." if verdict == "explained" else "; no average of the levels can give the whole."
    found.add(values, verdict, severity, f"{e.where(levels[0][0])}: {told}{tail}", published=e.shown(whole[0]), low=float(np.exp(pooled - 1.96 * spread)),
              high=float(np.exp(pooled + 1.96 * spread)), method="inverse variance", confidence=0.6)  # fmt: skip


def _sizes(e: Evidence, found: Findings) -> None:
    """Patients of the levels of each factor: all factors of a table sum to the same number, or less where values are missing."""
    rows: dict[tuple, dict[tuple, list[int]]] = defaultdict(lambda: defaultdict(list))
    for i in np.flatnonzero(e.of("n", "denominator") & e.in_table & ~e.is_header & np.isfinite(e.value) & (e.kind == "subgroup")):
        if len(e.path[i]) > 1 and e.statistic[e.estimate[i]] not in RATIOS:
            rows[int(e.table[i]), int(e.who[i]), int(e.column[i])][e.path[i][:-1]].append(int(i))
    for factors in rows.values():
        sums = {path: sum(e.value[i] for i in members) for path, members in factors.items() if len(members) > 1}
        if len(sums) < 3:
            continue
        usual = max(set(sums.values()), key=lambda x: list(sums.values()).count(x))
        if list(sums.values()).count(usual) < 2:
            continue
        for path, summed in sums.items():
            members = tuple(factors[path])
            terms = " + ".join(str(e.printed[i]) for i in members)
            if summed > usual:
                found.add(members, "inconsistent", "minor", f"{e.where(members[0])}: the levels of “{' > '.join(path)}” hold {summed:.0f} patients ({terms}), more than the {usual:.0f} of "
                          "the other factors.", low=usual, high=usual, confidence=0.7)  # fmt: skip
            elif summed == usual:
                found.add(members, "consistent", "info", f"{terms} = {summed:.0f}, as in the other factors.", low=usual, high=usual)
            else:
                found.add(members, "explained", "info", f"{e.where(members[0])}: the levels of “{' > '.join(path)}” hold {summed:.0f} of {usual:.0f} patients; the others are missing.",
                          low=usual, high=usual, method="missing values")  # fmt: skip


