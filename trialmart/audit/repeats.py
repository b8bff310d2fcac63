"""The same fact printed twice.

Belongs here: text_table, whether repeats agree and which of two to believe. Does not: which values are the same fact (facts/matching.py).
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from trialmart.audit.evidence import Evidence
from trialmart.audit.findings import Findings
from trialmart.audit.grades import grade_set
from trialmart.audit.percents import counts_text, implied
from trialmart.audit.proportions import implied_count
from trialmart.audit.ratios import RATIOS, _with_limits
from trialmart.audit.registry import rule
from trialmart.facts.matching import CONFIDENT, words

_EFFICACY = ("efficacy", "subgroup", "survival")
_EFFECTS = (*RATIOS, "percent", "km_percent", "median", "risk_difference", "mean_difference")


@rule("text_table")
def repeats_agree(e: Evidence, found: Findings) -> None:
    """A fact that the article prints in several places (abstract, results, tables, footnotes, discussion) is the same in all.

    Only confident matches are judged (facts/matching.py), and no discussion, which speaks of other trials too. Figures that round to each other agree; one unit of the last place is minor; a
    different rate, ratio or median of an efficacy outcome is critical, since a reader may take either.
    """
    matched = e.matched
    keys, sure = matched["fact_key"].to_numpy(object), matched["confidence"].to_numpy(float)
    disagreeing: dict[int, list[tuple[int, int]]] = defaultdict(list)
    where = e.position
    for i in np.flatnonzero((keys != e.id) & (sure >= CONFIDENT)):
        there = where[keys[i]]
        if not (np.isfinite(e.value[i]) and np.isfinite(e.value[there])) or e.assumed[i] != e.assumed[there]:
            continue
        if _agree(e, i, there):
            found.add((i, there), "consistent", "info", f"{e.shown(i)} in {e.where(i)} is {e.shown(there)} in {e.where(there)}.", low=e.low[there],
                      high=e.high[there], confidence=float(sure[i]))  # fmt: skip
        elif e.section[i] != "discussion" and (e.in_table[there] or e.section[i] != e.section[there]) and e.statistic[i] not in ("sd", "se", "minimum", "maximum", "q1", "q3", "denominator", "ci_level"):
            disagreeing[int(e.estimate[i])].append((int(i), int(there)))
    wrong = found.wrong()
    followed = {v for c in found.of("ratio_p") if c.verdict in ("consistent", "explained") for v in c.values}
    good = {v for c in found.of("count_percent", "rate_ci", "percent_possible") if c.verdict == "consistent" for v in c.values}
    for pairs in disagreeing.values():
        # a table's p that stands in a column of its own and does not follow from the limits may be an interaction's
        pairs = [(i, t) for i, t in pairs if e.statistic[i] != "p_value" or e.estimate_id[t] is not None or t in followed or e.estimate[t] == t]
        pairs = [(i, t) for i, t in pairs if not _other_sides(e, found, i, t)]
        if pairs:
            _disagree(e, found, pairs, wrong, good, min(float(sure[i]) for i, _ in pairs))
    handled = {i for pairs in disagreeing.values() for i, _ in pairs} | set(np.flatnonzero((keys != e.id) & (sure >= CONFIDENT)).tolist())
    _nearly_the_same(e, found, handled)
    _sums_of_grades(e, found, handled)


def _other_sides(e: Evidence, found: Findings, i: int, there: int) -> bool:
    """Whether two p values are the one-sided and the two-sided p of one test."""
    if e.statistic[i] != "p_value" or e.comparator[i] != "=" or e.comparator[there] != "=":
        return False
    for one, two in ((i, there), (there, i)):
        for low, high in ((2 * e.low[one], 2 * e.high[one]), (2 * (1 - e.high[one]), 2 * (1 - e.low[one]))):
            if low <= e.high[two] + 1e-12 and e.low[two] - 1e-12 <= high:
                found.add((i, there), "explained", "info", f"{e.shown(i)} in {e.where(i)} and {e.shown(there)} in {e.where(there)} are the two-sided and the one-sided p of one test.",
                          low=low, high=high, method="one- and two-sided")  # fmt: skip
                return True
    return False


def _agree(e: Evidence, i: int, there: int) -> bool:
    if e.comparator[i] not in (None, "=") or e.comparator[there] not in (None, "="):
        return _bounds(e, i)[0] <= _bounds(e, there)[1] + 1e-9 and _bounds(e, there)[0] <= _bounds(e, i)[1] + 1e-9
    if e.decimals[i] == e.decimals[there]:
        return bool(e.value[i] == e.value[there])
    return bool(e.low[i] <= e.high[there] + 1e-9 and e.low[there] <= e.high[i] + 1e-9)


def _bounds(e: Evidence, i: int) -> tuple[float, float]:
    if e.comparator[i] in (">", ">="):
        return e.value[i], np.inf
    if e.comparator[i] in ("<", "<="):
        return -np.inf, e.value[i]
    return e.low[i], e.high[i]


def _one_unit(e: Evidence, i: int, there: int) -> bool:
    if e.comparator[i] != "=" or e.comparator[there] != "=":
        return False
    unit = 10.0 ** -min(e.decimals[i], e.decimals[there])
    exact = e.statistic[i] in ("count", "denominator", "n", "n_events")
    return not exact and abs(e.value[i] - e.value[there]) <= 1.001 * unit


def _same_story(e: Evidence, i: int, there: int) -> bool:
    """Whether two p values that differ say the same: no difference, and nearly as clearly."""
    least, most = sorted((e.value[i], e.value[there]))
    return bool(e.statistic[i] == "p_value" and least >= 0.1 and least >= 0.8 * most)


def _disagree(e: Evidence, found: Findings, pairs: list[tuple[int, int]], wrong: set[int], good: set[int], sure: float) -> None:
    """One finding for an estimate with all of its figures that differ."""
    pairs = sorted(pairs, key=lambda p: p[0] != e.estimate[p[0]])
    first, there = pairs[0]
    fine = e.statistic[e.estimate[first]] in RATIOS and e.decimals[first] >= 2  # a hundredth of a ratio is no rounding
    severity = "minor" if all(_one_unit(e, i, t) or _same_story(e, i, t) for i, t in pairs) and not fine else _severity(e, first, there)
    said = ", ".join(e.shown(i) for i, _ in pairs)
    printed = ", ".join(e.shown(t) for _, t in pairs)
    believed = _believed(e, first, there, wrong, good)
    count = _counts(e, first, there)
    change = " Whoever takes the other figure changes the result." if severity == "critical" else ""
    found.add(tuple(v for pair in pairs for v in pair), "inconsistent", severity,
              f"{e.where(first)} gives {said} for {e.fact(first)}; {e.where(there)} prints {printed}.{count}{believed}{change}",
              published=f"{said} against {printed}", low=e.low[there], high=e.high[there], suspects=tuple(v for pair in pairs for v in pair),
              confidence=sure)  # fmt: skip


def _severity(e: Evidence, i: int, there: int) -> str:
    if i != e.estimate[i] and e.statistic[i] not in _EFFECTS:
        return "major"
    effect = e.statistic[i] in _EFFECTS and (e.kind[there] in _EFFICACY if e.in_table[there] else e.statistic[i] != "percent")
    far = abs(e.value[i] - e.value[there]) > 0.05 * max(abs(e.value[i]), abs(e.value[there]))
    limited = "ci_lower" in e.dependents.get(int(i), {})  # a rate without limits is more often of another time or group
    return "critical" if effect and far and limited else "major"


def _counts(e: Evidence, i: int, there: int) -> str:
    """What whole numbers say about two percents."""
    if e.statistic[i] != "percent" or e.who[there] < 0:
        return ""
    known = implied_count(e, there)
    if known is None:
        return ""
    size = known[0]
    mine, theirs = (implied(e.value[k], e.decimals[k], size) for k in (i, there))
    if mine is None and theirs is not None:
        return f" No count of {size:.0f} gives {e.shown(i)}; {e.shown(there)} is {counts_text(theirs)} of {size:.0f}."
    if mine is not None and theirs is None:
        return f" No count of {size:.0f} gives {e.shown(there)}; {e.shown(i)} is {counts_text(mine)} of {size:.0f}."
    if mine is not None and theirs is not None:
        return f" Of {size:.0f} patients that is {counts_text(mine)} against {counts_text(theirs)}."
    return ""


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _believed(e: Evidence, i: int, there: int, wrong: set[int], good: set[int]) -> str:
    mine, theirs = ((k in good) - (k in wrong) for k in (i, there))
    if theirs > mine:
        return f" {_upper(e.where(there))} fits its other figures and is to be believed."
    if mine > theirs:
        return f" {_upper(e.where(i))} fits the other figures and is to be believed."
    return ""


def _nearly_the_same(e: Evidence, found: Findings, handled: set[int]) -> None:
    """Estimates with limits that agree in all printed figures but one or two: the same estimate, misprinted in one place.

    This needs no words. At least two of estimate, limits and p are equal to the digit, no other place prints the sentence's figures, and
    nothing that is told (arm, endpoint's statistic) contradicts.
    """
    value = e.plain.value
    per_article: dict[int, tuple[list, list]] = defaultdict(lambda: ([], []))
    for case in [*_with_limits(e), *_rates_with_limits(e)]:
        per_article[int(e.article_code[case[0]])][0 if e.in_table[case[0]] else 1].append(case)
    for tables, prose in per_article.values():
        printed = {tuple(value[k] for k in case) for case in tables}
        for case in prose if tables else ():
            if tuple(value[k] for k in case) in printed:
                continue
            near = [(n, other) for other in tables if (n := _same_figures(e, case, other)) >= 2]
            near = [other for n, other in near if n == max(n for n, _ in near)]
            if len(near) == 1:
                _misprint(e, found, case, near[0], handled)


def _rates_with_limits(e: Evidence) -> list[tuple[int, int, int]]:
    rates = np.flatnonzero(e.of("percent", "median", "risk_difference", "mean_difference") & e.limited & np.isfinite(e.value)).tolist()
    return [(i, e.dependents[i]["ci_lower"], e.dependents[i]["ci_upper"]) for i in rates]


def _same_figures(e: Evidence, case: tuple[int, int, int], other: tuple[int, int, int]) -> int:
    """How many figures agree to the digit (0 where something contradicts)."""
    i, t = case[0], other[0]
    ratio = e.statistic[i] in RATIOS
    if ratio != (e.statistic[t] in RATIOS) or (not ratio and e.statistic[i] != e.statistic[t]):
        return 0
    if e.scope[i] == "arm" and e.scope[t] == "arm" and e.arm_id[i] is not None and e.arm_id[i] != e.arm_id[t]:
        return 0
    value, decimals = e.plain.value, e.plain.decimals
    if not all(abs(value[a] - value[b]) <= 0.35 * max(abs(value[a]), abs(value[b])) for a, b in zip(case, other, strict=True)):
        return 0
    equal = [value[a] == value[b] and decimals[a] == decimals[b] for a, b in zip(case, other, strict=True)]
    p_here, p_there = (e.dependents.get(k, {}).get("p_value") for k in (i, t))
    same_p = p_here is not None and p_there is not None and e.value[p_here] == e.value[p_there] and e.value[p_here] > 0.001
    shared = bool(words(f"{e.endpoint[i] or ''} {e.subgroup[i] or ''}") & words(f"{e.endpoint[t] or ''} {' '.join(e.path[t])}"))
    return sum(equal) + (1 if same_p else 0) if shared or sum(equal) + same_p >= 3 or (sum(equal) == 2 and e.decimals[i] >= 2) else 0


def _misprint(e: Evidence, found: Findings, case: tuple[int, int, int], other: tuple[int, int, int], handled: set[int]) -> None:
    pairs = [(a, b) for a, b in zip(case, other, strict=True) if not _agree(e, a, b)]
    if not pairs or any(a in handled for a, _ in pairs):
        return
    minor = all(_one_unit(e, a, b) for a, b in pairs) and e.decimals[case[0]] < 2
    said, printed = (f"{e.shown(c[0])} ({e.printed[c[1]]}–{e.printed[c[2]]})" for c in (case, other))
    symmetric = [_centred(e, c) for c in (case, other)] if e.statistic[case[0]] in RATIOS else [False, False]
    believed = ""
    if symmetric[0] != symmetric[1]:
        right = case if symmetric[0] else other
        believed = f" The limits in {e.where(right[0])} lie around their estimate and are to be believed."
    found.add((*case, *other), "inconsistent", "minor" if minor else "major", f"{e.where(case[0])} gives {said} for {e.fact(case[0])}; {e.where(other[0])} prints {printed}, "
              f"alike in all but {' and '.join(e.shown(b) for _, b in pairs)}.{believed}", published=f"{said} against {printed}",
              low=e.low[pairs[0][1]], high=e.high[pairs[0][1]], suspects=tuple(v for p in pairs for v in p), confidence=0.85)  # fmt: skip


def _centred(e: Evidence, case: tuple[int, int, int]) -> bool:
    i, lower, upper = case
    if e.low[lower] <= 0:
        return False
    low, high = np.sqrt(e.low[lower] * e.low[upper]), np.sqrt(e.high[lower] * e.high[upper])
    return bool(low <= e.high[i] and e.low[i] <= high)


def _sums_of_grades(e: Evidence, found: Findings, handled: set[int]) -> None:
    """A sentence's share of patients at grade 3 or 4 against the table's grade 3 and grade 4 columns, each patient at the worst grade."""
    asked = [i for i in np.flatnonzero(e.of("percent", "count") & ~e.in_table & np.isfinite(e.value) & (e.who >= 0) & (e.scope == "arm"))
             if i not in handled and e.grade[i] not in (None, "any") and e.endpoint[i] and e.section[i] != "discussion"]  # fmt: skip
    if not asked:
        return
    rows: dict[tuple, dict[frozenset[int], list[int]]] = defaultdict(lambda: defaultdict(list))
    graded = (e.columns.code("grade") > 0) & ~e.columns.is_in("grade", ("any",))
    for i in np.flatnonzero(e.of("count") & e.in_table & graded & np.isfinite(e.value) & np.isin(e.who, e.who[asked])).tolist():
        band = grade_set(e.grade[i])
        if band and e.path[i]:
            rows[int(e.who[i]), words(e.path[i][-1])][band].append(i)
    for i in asked:
        band = grade_set(e.grade[i])
        members = rows.get((int(e.who[i]), words(e.endpoint[i])))
        if not band or len(band) < 2 or not members or frozenset(band) in members:
            continue
        parts = [members.get(frozenset({g}), []) for g in sorted(band - {5})]
        if any(len(p) != 1 for p in parts):
            continue
        _judge_sum(e, found, int(i), [p[0] for p in parts])


def _judge_sum(e: Evidence, found: Findings, i: int, parts: list[int]) -> None:
    summed = sum(e.value[p] for p in parts)
    size = next((e.value[e.sizes["header"][p]] for p in parts if e.sizes["header"][p] >= 0), np.nan)
    if e.statistic[i] == "percent":
        if not np.isfinite(size):
            return
        recomputed = 100 * summed / size
        half = 0.5 * 10.0 ** -e.decimals[i]
        agree, near = abs(recomputed - e.value[i]) <= half + 1e-9, abs(recomputed - e.value[i]) <= 3 * half + 1e-9
    else:
        recomputed = summed
        agree = near = summed == e.value[i]
    terms = " + ".join(f"{e.printed[p]}" for p in parts)
    told = f"{e.where(parts[0])}: {terms} at grade {' and '.join(str(e.grade[p]) for p in parts)}" + (f" of {size:.0f} is {recomputed:.2f}%" if e.statistic[i] == "percent" else "")
    values = (i, *parts)
    if agree:
        found.add(values, "consistent", "info", f"{e.shown(i)} at grade {e.grade[i]} in {e.where(i)}; {told}.", low=recomputed, high=recomputed, method="grades summed")
    elif min(recomputed, e.value[i]) >= 0.65 * max(recomputed, e.value[i]):  # further apart it is another event or group
        found.add(values, "inconsistent", "minor" if near else "major", f"{e.where(i)} gives {e.shown(i)} for {e.fact(i)}; {told}.", low=recomputed, high=recomputed,
                  method="grades summed", suspects=(i,), confidence=0.8)  # fmt: skip
