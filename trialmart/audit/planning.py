"""How a trial was planned, against the arithmetic of its plan.

Belongs here: planned_events, interim_alpha. Does not: results.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from trialmart.audit import statistics as s
from trialmart.audit.evidence import Evidence
from trialmart.audit.findings import Findings
from trialmart.audit.registry import rule


def _planned(e: Evidence, assumed: np.ndarray, test: Callable[[int], bool]) -> list[int]:
    return [i for i in assumed.tolist() if test(i)]


def _word(e: Evidence, i: int) -> str:
    return f"{e.endpoint[i] or ''} {e.columns.text('method')[i] or ''} {e.columns.text('note')[i] or ''}".lower()


@rule("planned_events", needs=("hazard_ratio", "n_events"))
def events_that_the_plan_needs(e: Evidence, found: Findings) -> None:
    """Planned events against (z₁₋α + z₁₋β)²/[(ln HR)²·p(1−p)], p the share of one arm; within 5 % is consistent.

    Source: Schoenfeld 1983 (doi:10.2307/2531021). Interim looks and non-inferiority margins change it, which is said. Fewer or more events
    observed than planned is no conflict.
    """
    assumed = np.flatnonzero(e.assumed & np.isfinite(e.value))
    for code in np.unique(e.article_code[assumed]):
        article = assumed[e.article_code[assumed] == code]
        ratios = _planned(e, article, lambda i: e.statistic[i] in ("hazard_ratio", "ratio") and 0 < e.value[i] != 1)
        events = _planned(e, article, lambda i: e.statistic[i] in ("n_events", "count") and e.value[i] >= 20 and "interim" not in _word(e, i))
        power = _planned(e, article, lambda i: "power" in _word(e, i) and 50 <= e.value[i] < 100)
        alpha = _planned(e, article, lambda i: ("alpha" in _word(e, i) or "significance" in _word(e, i)) and "interim" not in _word(e, i) and 0 < e.value[i] < 20
                         and not (e.value[i] < 0.005 and "peto" in _word(e, i)))  # fmt: skip
        if len(ratios) != 1 or not events or len(power) != 1:
            continue
        _judge_events(e, found, ratios[0], events[0], power[0], alpha)


def _judge_events(e: Evidence, found: Findings, ratio: int, events: int, power: int, alpha: list[int]) -> None:
    share, allocation = _allocation(e, ratio)
    options = []
    for a in alpha or [-1]:
        level = 0.05 if a < 0 else e.value[a] * (0.01 if e.value[a] >= 0.5 else 1)
        sided = e.sided[a] if a >= 0 else np.nan
        sides = [int(sided)] if np.isfinite(sided) else [2, 1]
        options += [(a, level, n) for n in sides]
    needed = [(s.required_events(e.value[ratio], level / n, e.value[power] / 100, share), a, level, n) for a, level, n in options]
    best = min(needed, key=lambda x: abs(np.log(x[0] / e.value[events])))
    off = e.value[events] / best[0] - 1
    values = tuple(v for v in (events, ratio, power, best[1]) if v >= 0)
    assumed = "" if best[1] >= 0 else " (5% assumed)"
    told = (f"{np.ceil(best[0]):.0f} events by Schoenfeld's formula (hazard ratio {e.printed[ratio]}, power {e.printed[power]}%, {'one' if best[3] == 1 else 'two'}-sided alpha "
            f"{best[2]:g}{assumed}, allocation {allocation})")  # fmt: skip
    observed = _observed(e, events)
    tail = f" Observed were {e.printed[observed]}: a plan met or not, no conflict." if observed is not None else ""
    known = {"low": float(np.ceil(best[0])), "high": float(np.ceil(best[0])), "method": "Schoenfeld"}
    if abs(off) <= 0.05:
        found.add(values, "consistent", "info", f"{e.printed[events]} planned events against {told}: within 5%.{tail}", **known)
    elif 0.05 < off <= 0.3:
        found.add(values, "explained", "info", f"{e.printed[events]} planned events are {100 * off:.0f}% more than {told}: an allowance for interim looks, loss or "
                  f"another formula.{tail}", confidence=0.6, **known)  # fmt: skip
    else:
        found.add(values, "not_checkable", "info", f"{e.printed[events]} planned events against {told}: the plan holds more than the text tells.{tail}", confidence=0.5, **known)


def _allocation(e: Evidence, i: int) -> tuple[float, str]:
    """The share of patients in one arm, and the ratio in words: from the numbers randomized where there are two arms, else 1:1."""
    sizes = sorted((n for arm, n in e.arms_randomized.get(e.article[i], {}).items() if (e.article[i], arm) not in e.members), reverse=True)
    if len(sizes) != 2 or min(sizes) == 0:
        return 0.5, "1:1 assumed"
    ratio = round(sizes[0] / sizes[1])
    if abs(sizes[0] / sizes[1] - ratio) < 0.12 * ratio:
        return ratio / (ratio + 1), f"{ratio}:1"
    return sizes[0] / sum(sizes), f"{sizes[0]}:{sizes[1]}"


def _observed(e: Evidence, planned: int) -> int | None:
    """The total of events observed, where the results print one that could be the same kind."""
    here = e.by_article[e.article[planned]]
    here = here[e.of("n_events", "count")[here] & ~e.assumed[here] & (e.section[here] == "results") & (e.scope[here] == "total")]
    near = [i for i in here.tolist() if 0.5 <= e.value[i] / e.value[planned] <= 1.5 and re.search("event|progression|death", _word(e, i) + str(e.columns.text("unit")[i]))]
    return near[0] if near else None


@rule("interim_alpha")
def alpha_of_an_interim_look(e: Evidence, found: Findings) -> None:
    """A Haybittle–Peto boundary as a z value, against its printed alpha.

    Source: Haybittle 1971 (doi:10.1259/0007-1285-44-526-793), Peto et al. 1976 (doi:10.1038/bjc.1976.220): a boundary of |z| = 3 or stricter
    leaves the final level nearly whole.
    """
    for i in np.flatnonzero(e.assumed & np.isfinite(e.value) & (e.value > 0) & (e.value < 0.01)):
        if "peto" not in _word(e, i):
            continue
        one, two = float(s.normal_quantile(1 - e.value[i])), float(s.normal_quantile(1 - e.value[i] / 2))
        verdict = "consistent" if two >= 2.9 else "explained"
        found.add((i,), verdict, "info", f"The interim alpha of {e.printed[i]} is |z| = {two:.2f} two-sided or {one:.2f} one-sided; a Haybittle–Peto boundary is at least 3, so the "
                  f"final level stays as planned.", low=one, high=two, method="Haybittle–Peto")  # fmt: skip
