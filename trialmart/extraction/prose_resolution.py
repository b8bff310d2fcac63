"""What a sentence does not tell and a table does: the arm or population of a figure that stands at exactly one place of the tables.

Belongs here: looking a sentence's figures up in the tables. Does not: reading either. A field that is filled here says so in `note`; where
two places fit, it stays None.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from trialmart.extraction import vocabulary
from trialmart.extraction.values import Arm, Observation, PublishedValue

_DIGITS = re.compile(r"\D+")
_SIGNS = re.compile(r"\W+")
_WORD = re.compile(r"[a-z]{4,}")
#: How the note begins of a value whose statistic the sentence does not say.
LEFT_OUT = "the sentence leaves out"
_PAIRED = ("percent", "km_percent", "median", "mean", "mean_change")
_COMMON = {"patients", "disease", "adverse", "events", "event", "rate", "group", "with", "treatment", "study", "more", "than"}


def resolve(
    values: list[PublishedValue], table_values: Iterable[PublishedValue], arms: list[Arm], observations: list[Observation]
) -> list[Observation]:
    """Fills arm and population in place. Returns no new observations, but gives those on unknown arms the arm that fits."""
    table_values = list(table_values)
    places: dict[tuple[str, float], list[PublishedValue]] = defaultdict(list)
    limits: dict[str, dict[str, float | None]] = defaultdict(dict)
    printed = {(v.statistic, v.value) for v in values} | {("mean", v.value) for v in values if v.statistic == "median"}
    for v in table_values:
        if (v.statistic, v.value) in printed and v.value is not None and v.scope in ("arm", "contrast"):
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
    unknown = {value_id for o in observations if o.kind == "unknown_arm" for value_id in o.value_ids}
    known = [v for v in values if v.value_id not in unknown]
    _means_left_out(known, places)
    _pairs_of_a_row(known, table_values)
    _distinct_figures(known, dependants, places)
    return []


def _open(v: PublishedValue) -> bool:
    return v.arm_id is None and v.scope == "arm" and v.value is not None and not v.is_assumption and v.section != "discussion"


def _means_left_out(values: list[PublishedValue], places: dict[tuple[str, float], list[PublishedValue]]) -> None:
    """A time whose statistic the sentence leaves out is what the tables call it, where they print it for the same arm."""
    for v in values:
        if v.statistic != "median" or v.value is None or not v.note or not v.note.startswith(LEFT_OUT):
            continue
        if any(p.arm_id == v.arm_id for p in places.get(("median", v.value), ())):
            continue
        if v.arm_id and any(p.arm_id == v.arm_id for p in places.get(("mean", v.value), ())):
            v.statistic = "mean"
            v.note = f"{LEFT_OUT} `mean`, which the tables tell"


def _pairs_of_a_row(values: list[PublishedValue], table_values: list[PublishedValue]) -> None:
    """Two figures side by side of which no arm is told, where every table row that prints both prints them for the same two arms."""
    if not any(_open(v) and v.statistic in _PAIRED for v in values):
        return
    told = [v for v in sorted(values, key=lambda v: v.start) if v.statistic in _PAIRED]
    pairs = [
        (first, second)
        for first, second in zip(told, told[1:], strict=False)
        if first.statistic == second.statistic and second.start - first.end <= 40 and _open(first) and _open(second)
    ]
    sought = {(v.statistic, v.value) for pair in pairs for v in pair}
    rows: dict[tuple[str, float], list[PublishedValue]] = defaultdict(list)
    for p in table_values if sought else ():
        if (p.statistic, p.value) in sought and p.scope == "arm" and p.arm_id and p.value is not None:
            rows[p.statistic, p.value].append(p)
    for first, second in pairs:
        if not (_open(first) and _open(second)):  # one of them has been told as the second of the pair before
            continue
        if first.value == second.value or _digits(first) + _digits(second) < 5:
            continue
        arms = {
            (p.arm_id, q.arm_id)
            for p in rows.get((first.statistic, first.value or 0.0), ())
            for q in rows.get((second.statistic, second.value or 0.0), ())
            if p.table_id == q.table_id and p.row_index == q.row_index and p.arm_id != q.arm_id
        }
        if len(arms) == 1:
            for v, arm_id in zip((first, second), next(iter(arms)), strict=True):
                _tell(v, arm_id, "arm from the one table row that prints this figure beside the next to it", values)


def _distinct_figures(
    values: list[PublishedValue], dependants: dict[str, list[PublishedValue]], places: dict[tuple[str, float], list[PublishedValue]]
) -> None:
    """A count with its percent, or a percent of three digits, that the tables print for one arm only, in a row on the same subject."""
    for v in values:
        if not _open(v) or v.estimate_id not in (None, v.value_id) or v.statistic not in ("percent", "count"):
            continue
        figures = [v, *(d for d in dependants[v.value_id] if d.statistic == "percent")]
        best = max(figures, key=_digits)
        if _digits(best) < 3 or best.value is None:
            continue
        found = [p for p in places.get((best.statistic, best.value), ()) if p.scope == "arm"]
        arms = {p.arm_id for p in found}
        if len(arms) == 1 and None not in arms and all(_shares_word(v, p) for p in found):
            _tell(v, next(iter(arms)), "arm from the one arm for which the tables print this figure", values)


def _tell(v: PublishedValue, arm_id: str | None, note: str, values: list[PublishedValue]) -> None:
    for x in values:
        if x is v or v.estimate_id is not None and x.estimate_id == v.estimate_id:
            x.arm_id = arm_id
            x.note = f"{x.note}; {note}" if x.note else note


def _digits(v: PublishedValue) -> int:
    """Significant digits, 0 for a number in words."""
    return len(_DIGITS.sub("", v.printed).lstrip("0"))


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
    return _letters(label) == _letters(endpoint)


@lru_cache(maxsize=4096)
def _letters(label: str) -> str:
    return _SIGNS.sub("", label.lower())


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
