"""What a sentence does not tell and a table does: the arm or population of a figure that stands at exactly one place of the tables.

Belongs here: looking a sentence's figures up in the tables. Does not: reading either. A field that is filled here says so in `note`; where
two places fit, it stays None.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from trialmart.extraction import vocabulary
from trialmart.extraction.values import Arm, Observation, PublishedValue

_WORD = re.compile(r"[a-z]{4,}")
_COMMON = {"patients", "disease", "adverse", "events", "event", "rate", "group", "with", "treatment", "study", "more", "than"}


def resolve(
    values: list[PublishedValue], table_values: Iterable[PublishedValue], arms: list[Arm], observations: list[Observation]
) -> list[Observation]:
    """Fills arm and population in place. Returns no new observations, but gives those on unknown arms the arm that fits."""
    places: dict[tuple[str, float], list[PublishedValue]] = defaultdict(list)
    limits: dict[str, dict[str, float | None]] = defaultdict(dict)
    for v in table_values:
        if v.value is not None and v.scope in ("arm", "contrast"):
            places[v.statistic, v.value].append(v)
        if v.estimate_id and v.statistic in ("ci_lower", "ci_upper"):
            limits[v.estimate_id][v.statistic] = v.value
    own_limits: dict[str, dict[str, float | None]] = defaultdict(dict)
    dependants: dict[str, list[PublishedValue]] = defaultdict(list)
    for v in values:
        if v.estimate_id and v.estimate_id != v.value_id:
            dependants[v.estimate_id].append(v)
            if v.statistic in ("ci_lower", "ci_upper"):
                own_limits[v.estimate_id][v.statistic] = v.value
    for v in values:
        if v.value is None or v.is_assumption or v.scope not in ("arm", "contrast") or v.estimate_id not in (None, v.value_id):
            continue
        if v.arm_id is not None and v.population is not None:
            continue
        found = [p for p in places.get((v.statistic, v.value), ()) if _same_place(v, p, own_limits.get(v.value_id), limits.get(p.value_id))]
        if v.arm_id is not None:
            found = [p for p in found if p.arm_id == v.arm_id]
        if len(found) == 1:
            _fill(v, found[0], dependants[v.value_id])
    _unknown_arms(values, places, observations)
    return []


def _same_place(v: PublishedValue, p: PublishedValue, own: dict[str, float | None] | None, printed: dict[str, float | None] | None) -> bool:
    if v.scope != p.scope or v.grade is not None and p.grade is not None and v.grade != p.grade:
        return False
    if own and len(own) == 2:
        return printed == own
    return bool(v.endpoint) and _same_subject(v.endpoint or "", p)


def _same_subject(endpoint: str, p: PublishedValue) -> bool:
    label = p.row_path[-1] if p.row_path else p.endpoint or ""
    if vocabulary.canonical_endpoint(label) == endpoint or p.endpoint == endpoint:
        return True
    return re.sub(r"\W+", "", label.lower()) == re.sub(r"\W+", "", endpoint)


def _fill(v: PublishedValue, p: PublishedValue, dependants: list[PublishedValue]) -> None:
    told = []
    if v.arm_id is None and p.arm_id is not None:
        told.append("arm")
    if v.population is None and p.population is not None:
        told.append("population")
    if not told:
        return
    note = f"{' and '.join(told)} from {p.table_id}, the one place of the tables that prints this figure"
    for x in (v, *dependants):
        if "arm" in told:
            x.arm_id, x.reference_arm_id = p.arm_id, p.reference_arm_id
        if "population" in told:
            x.population = p.population
        x.note = f"{x.note}; {note}" if x.note else note


def _unknown_arms(
    values: list[PublishedValue], places: dict[tuple[str, float], list[PublishedValue]], observations: list[Observation]
) -> None:
    by_id = {v.value_id: v for v in values}
    for o in observations:
        if o.kind != "unknown_arm":
            continue
        fits: set[str] | None = None
        for value_id in o.value_ids:
            v = by_id.get(value_id)
            if v is None or v.value is None or v.statistic not in ("percent", "count", "median", "mean"):
                continue
            # a share that no table prints (a complement) says nothing
            here = {p.arm_id for p in places.get((v.statistic, v.value), ()) if p.arm_id and _shares_word(v, p)}
            if here:
                fits = here if fits is None else fits & here
        if fits and len(fits) == 1:
            o.arm_id = next(iter(fits))
            for value_id in o.value_ids:
                v = by_id.get(value_id)
                if v is not None and v.arm_id is None:
                    v.arm_id = o.arm_id
                    v.note = f"the text names an arm that there is not ({o.detail}); a table prints this figure for this arm only"


def _shares_word(v: PublishedValue, p: PublishedValue) -> bool:
    own = {w for w in _WORD.findall(f"{v.endpoint or ''} {v.subgroup or ''}")} - _COMMON
    theirs = {w for label in (*p.row_path, p.endpoint or "") for w in _WORD.findall(label.lower())}
    return bool(own & theirs)
