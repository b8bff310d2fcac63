"""Words that figures contradict, and marks that point nowhere.

Belongs here: arm_label, claim_scope, footnote_marks. Does not: finding such words in the text (extraction leaves observations).
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from typing import Any, NamedTuple

import numpy as np

from trialmart.audit.evidence import Evidence
from trialmart.audit.findings import Findings
from trialmart.audit.ratios import RATIOS
from trialmart.audit.registry import rule
from trialmart.facts.columns import objects
from trialmart.facts.matching import words

_OUTCOME = re.compile(r"survival|response|progression|mortality|death|relapse|recurrence|remission|failure", re.I)


_NAME = re.compile(r"[A-Za-z][^%;=]*$")  # words, not a run of figures


class Seen(NamedTuple):
    """An observation on the text, its values as positions."""

    article_id: str
    table_id: str | None
    values: tuple[int, ...]
    arm_id: str | None
    detail: str


def _observed(e: Evidence, kind: str) -> list[Seen]:
    frame = e.observations
    if not len(frame):
        return []
    seen = frame[frame["kind"] == kind]
    columns = (objects(seen, name).tolist() for name in ("article_id", "table_id", "value_ids", "arm_id", "detail"))
    return [
        Seen(article, table, tuple(e.position[i] for i in (() if ids is None else ids) if i in e.position), arm, detail or "")
        for article, table, ids, arm, detail in zip(*columns, strict=True)
    ]


@rule("arm_label")
def arms_that_do_not_exist(e: Evidence, found: Findings) -> None:
    """An arm named in the text that no table or randomization knows; its figures tell which arm is meant."""
    names: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    for seen in _observed(e, "unknown_arm"):
        if not _NAME.match(seen.detail):
            continue
        names[seen.article_id, seen.detail.lower()].append(seen)
    for members in names.values():
        seen = members[0]._replace(values=tuple(v for m in members for v in m.values), arm_id=next((m.arm_id for m in members if m.arm_id), None))
        here = e.by_article.get(seen.article_id, np.array([], int))
        here = here[e.in_table[here]]
        counts: Counter[str] = Counter()
        for i in seen.values:
            same = here[(e.value[here] == e.value[i]) & (e.decimals[here] == e.decimals[i]) & (e.statistic[here] == e.statistic[i])]
            counts.update({arm for arm in e.arm_id[same] if arm is not None})
        fits = seen.arm_id or (counts.most_common(1)[0][0] if counts and (len(counts) == 1 or counts.most_common(2)[0][1] > counts.most_common(2)[1][1]) else None)
        name = e.arm_label.get((seen.article_id, fits), fits) if fits else None
        figures = ", ".join(e.shown(i) for i in seen.values[:4])
        tail = f"; its figures ({figures}) are those of {name}" if name and figures else f"; {name} is probably meant" if name else "; which arm is meant is not clear"
        found.add(seen.values, "inconsistent", "minor", f"The text names “{seen.detail}”, an arm that no table and no randomization knows{tail}. A slip of the pen, as long as "
                  "the figures are given to the arm that they fit.", published=seen.detail, method=f"arm: {fits}" if fits else None, article_id=seen.article_id,
                  confidence=0.9 if fits else 0.6)  # fmt: skip


@rule("footnote_marks")
def marks_and_notes(e: Evidence, found: Findings) -> None:
    """Every mark of a table has its note, every note its mark; where they do not, notes may explain the wrong rows."""
    groups: dict[tuple[str, str | None, str], list[Seen]] = defaultdict(list)
    for kind in ("mark_without_note", "note_without_mark"):
        for seen in _observed(e, kind):
            groups[seen.article_id, seen.table_id, kind].append(seen)
    for (article, table, kind), members in groups.items():
        label = e.table_label.get((article, table), table or "the text")
        symbols = ", ".join(dict.fromkeys(m.detail for m in members if m.detail)) or "a mark"
        text = (f"{label}: {symbols} marks a cell but no note explains it." if kind == "mark_without_note"
                else f"{label}: the note {symbols} is marked nowhere in the table; notes and marks may be shifted.")  # fmt: skip
        found.add(tuple(v for m in members for v in m.values), "inconsistent", "minor", text, published=symbols, article_id=article, table_id=table, method=kind)


@rule("claim_scope")
def claims_against_figures(e: Evidence, found: Findings) -> None:
    """What a sentence claims against the figures: `serious` for events that more patients had than had any serious event; a difference
    that its interval does not show, or the reverse."""
    estimates = e.of(*RATIOS, "risk_difference", "mean_difference") & (e.scope == "contrast") & np.isfinite(e.value) & ~e.assumed
    for seen in _observed(e, "claim"):
        try:
            claim = json.loads(seen.detail)
        except (TypeError, ValueError):
            continue
        if not isinstance(claim, dict):
            continue
        claim["arm_id"] = claim.get("arm_id") or seen.arm_id
        if claim.get("claim") == "most_common":
            _most_common(e, found, seen, claim)
        elif claim.get("claim") in ("difference", "no_difference"):
            _difference(e, found, seen, claim, estimates)


def _most_common(e: Evidence, found: Findings, seen: Seen, claim: dict[str, Any]) -> None:
    if claim.get("qualifier") != "serious" or not claim.get("terms"):
        return
    here = e.by_article.get(seen.article_id, np.array([], int))
    here = here[np.isfinite(e.value[here]) & (e.statistic[here] == "percent") & (e.scope[here] == "arm")]
    arm = claim["arm_id"]
    totals = [i for i in here.tolist() if arm in (None, e.arm_id[i]) and _is_serious_total(e, i)]
    if not totals:
        found.add(seen.values, "not_checkable", "info", f"“Serious” is said of {', '.join(claim['terms'])}, and how many patients had a serious event is not printed.",
                  article_id=seen.article_id, published=", ".join(claim["terms"]))  # fmt: skip
        return
    total = totals[0]
    arm = arm or e.arm_id[total]
    asked = {words(t): t for t in claim["terms"]}
    rows = {i: asked[w] for i in here[e.in_table[here] & (e.arm_id[here] == arm) & (e.kind[here] == "adverse_events")].tolist()
            if e.path[i] and (w := words(e.path[i][-1])) in asked and e.grade[i] in (None, "any")}  # fmt: skip
    over = sorted((i for i in rows if e.low[i] > e.high[total]), key=lambda i: -e.value[i])
    if not over:
        found.add((total,), "consistent", "info", f"The events called serious ({', '.join(claim['terms'])}) do not exceed the {e.shown(total)} with a serious event.",
                  article_id=seen.article_id)  # fmt: skip
        return
    names = ", ".join(f"{e.path[i][-1].lower()} {e.shown(i)}" for i in over[:3])
    table = e.where(over[0]).split(", row")[0]
    found.add((total, *over, *seen.values), "inconsistent", "major", f"The text calls {', '.join(claim['terms'])} the most common serious adverse events in {e.arm_name(over[0])}, but only "
              f"{e.shown(total)} of that arm had any serious event, while {table} has {names} of any grade: the list is of the most common events, serious or not. Read as "
              "printed it overstates serious harm.", published=f"most common serious: {', '.join(claim['terms'])}", low=e.low[total], high=e.high[total],
              confidence=0.9)  # fmt: skip


def _is_serious_total(e: Evidence, i: int) -> bool:
    term = (e.endpoint[i] or (e.path[i][-1] if e.path[i] else "") or "").lower()
    return words(term) <= words("serious adverse events from any cause of any grade treatment emergent") and "serious" in term


def _difference(e: Evidence, found: Findings, seen: Seen, claim: dict[str, Any], estimates: np.ndarray) -> None:
    endpoint = claim.get("endpoint")
    if not endpoint or not _OUTCOME.search(endpoint):
        return  # a phrase that names no outcome cannot be matched with a figure
    asked = words(endpoint)
    here = e.by_article.get(seen.article_id, np.array([], int))
    cases = [i for i in here[estimates[here]].tolist() if e.endpoint[i] and words(e.endpoint[i]) == asked and e.subgroup[i] is None and _same_contrast(e, i, claim)]
    results = [(i, r) for i in cases if (r := _shows(e, i)) is not None]
    if not results:
        return
    shows = {r for _, r in results}
    values = tuple(i for i, _ in results)
    first = results[0][0]
    if len(shows) > 1:
        return
    claimed = claim["claim"] == "difference"
    printed = "a difference" if claimed else "no difference"
    if shows == {claimed}:
        found.add((*values, *seen.values), "consistent", "info", f"The text claims {printed} in {endpoint}; {e.shown(first)} and its limits show it.", article_id=seen.article_id)
    else:
        found.add((*values, *seen.values), "inconsistent", "minor", f"The text claims {printed} in {endpoint}, but {e.where(first)} prints {e.shown(first)} with limits or P that show "
                  f"{'none' if claimed else 'one'}.", published=f"claim: {printed}", confidence=0.6, article_id=seen.article_id, suspects=values)  # fmt: skip


def _same_contrast(e: Evidence, i: int, claim: dict[str, Any]) -> bool:
    asked = {claim.get("arm_id"), claim.get("reference_arm_id")} - {None}
    mine = {e.arm_id[i], e.reference[i]} - {None}
    return asked <= mine or not mine or not asked


def _shows(e: Evidence, i: int) -> bool | None:
    """Whether an estimate's limits (else its p) show a difference; None where neither is printed, or where they disagree."""
    linked = e.dependents.get(int(i), {})
    lower, upper, p = linked.get("ci_lower"), linked.get("ci_upper"), linked.get("p_value")
    null = 1.0 if e.statistic[i] in RATIOS else 0.0
    by_limits = None
    if lower is not None and upper is not None and np.isfinite(e.value[lower]) and np.isfinite(e.value[upper]):
        by_limits = bool(e.value[lower] > null or e.value[upper] < null)
    by_p = None if p is None or not np.isfinite(e.value[p]) else bool(e.value[p] < 0.05 or (e.comparator[p] == "<" and e.value[p] <= 0.05))
    if by_limits is not None and by_p is not None:
        return by_limits if by_limits == by_p else None
    return by_limits if by_limits is not None else by_p


