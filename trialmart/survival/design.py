"""What a trial's methods promise, recomputed: events and power by Schoenfeld's formula, the interim boundary, the power in the end.

Belongs here: the formulas and which printed figures they need. Does not: reading the methods (trialmart/extraction).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

NORMAL = NormalDist()


def schoenfeld_events(hazard_ratio: float, power: float, alpha: float, sides: int, share: float) -> float:
    """Events needed. share: of patients in one arm (2:1 is 2/3). Schoenfeld 1983 (doi:10.2307/2531021)."""
    z = NORMAL.inv_cdf(1 - alpha / sides) + NORMAL.inv_cdf(power)
    return float(z**2 / (share * (1 - share) * np.log(hazard_ratio) ** 2))


def schoenfeld_power(hazard_ratio: float, events: float, alpha: float, sides: int, share: float) -> float:
    """Power at a number of events, by the same formula."""
    return float(NORMAL.cdf(abs(np.log(hazard_ratio)) * np.sqrt(events * share * (1 - share)) - NORMAL.inv_cdf(1 - alpha / sides)))


def haybittle_peto(alpha: float, sides: int = 1) -> float:
    """The normal deviate of an interim boundary: 3 in the classical rule. Haybittle 1971 (doi:10.1259/0007-1285-44-526-793); Peto 1976."""
    return float(NORMAL.inv_cdf(1 - alpha / sides))


def checks(published_value: pd.DataFrame, arm: pd.DataFrame, article: pd.DataFrame, time_to_event: pd.DataFrame) -> pd.DataFrame:
    """Rows of mart.design_check without row_id: what each article's planning figures imply. Where one is missing there is no row."""
    plans = published_value[published_value.is_assumption.astype(bool) & published_value.value.notna()]
    studies = dict(zip(article.article_id, article.study_id, strict=True))
    rows: list[dict[str, Any]] = []
    for article_id, own in plans.groupby("article_id", sort=False):
        if article_id not in studies:
            continue
        arms = arm[arm.article_id == article_id]
        times = time_to_event[time_to_event.article_id == article_id]
        found = _article(own, arms, times)
        rows += [{"article_id": article_id, "study_id": studies[article_id] or article_id, **row} for row in found]
    return pd.DataFrame(rows)


def _article(plans: pd.DataFrame, arms: pd.DataFrame, times: pd.DataFrame) -> Iterator[dict[str, Any]]:
    def planned(statistic: str, endpoint: str | None = None) -> pd.Series | None:
        rows = plans[plans.statistic == statistic]
        rows = rows[rows.endpoint.eq(endpoint)] if endpoint is not None else rows
        return rows.iloc[0] if len(rows) and rows.value.nunique() == 1 else None if len(rows) else None

    yield from _boundary(planned("threshold", "interim alpha"))
    ratio, power, alpha = planned("hazard_ratio"), planned("percent", "power"), planned("threshold", "alpha")
    if ratio is None or power is None or alpha is None or not 0 < ratio.value < 10 or ratio.value == 1:
        return
    sizes = [float(n) for n in arms.n_randomized if n is not None and n == n]
    if len(sizes) != 2:
        return
    share, sides = _share(sizes), _sides(alpha)
    given = {"hazard_ratio": ratio.value, "power": power.value / 100, "alpha": alpha.value, "sides": sides, "share": round(share, 4)}
    ids = [ratio.value_id, power.value_id, alpha.value_id]
    endpoint = ratio.endpoint if isinstance(ratio.endpoint, str) else "planned analysis"
    needed = schoenfeld_events(ratio.value, power.value / 100, alpha.value, sides, share)
    events = _planned_events(plans, needed)
    note = f"randomization ratio taken as {_words(share)} from the arms' sizes; {sides}-sided alpha"
    yield _row(
        endpoint, "schoenfeld_events", events, float(np.ceil(needed)), given, ids, note, "Schoenfeld 1983 (doi:10.2307/2531021)", _close
    )
    if events is not None:
        at = schoenfeld_power(ratio.value, events.value, alpha.value, sides, share)
        yield _row(endpoint, "power_at_planned_events", power, 100 * at, given | {"events": events.value}, [*ids, events.value_id], note,
                   "Schoenfeld 1983 (doi:10.2307/2531021)", lambda p, r: abs(p - r) <= 1.0)  # fmt: skip
    seen = _observed(times, endpoint)
    if seen is not None:
        number, value_ids = seen
        at = schoenfeld_power(ratio.value, number, alpha.value, sides, share)
        yield _row(endpoint, "power_at_observed_events", None, 100 * at, given | {"events": number}, [*ids, *value_ids],
                   "power for the planned hazard ratio, not for the one found", "Schoenfeld 1983 (doi:10.2307/2531021)", None)  # fmt: skip


def _boundary(interim: pd.Series | None) -> Iterator[dict[str, Any]]:
    if interim is None or not 0 < interim.value < 0.5:
        return
    z = {f"{sides}-sided": haybittle_peto(interim.value, sides) for sides in (1, 2)}
    note = "Haybittle and Peto use a deviate of 3 (two-sided p about 0.0027), later users 3.29 (0.001); the printed level is stricter" if min(z.values()) > 3.35 \
        else "Haybittle and Peto use a deviate of 3 (two-sided p about 0.0027), later users 3.29 (0.001)"  # fmt: skip
    yield {
        "endpoint": "interim analysis", "assessor": None, "population": None, "measure": "interim_boundary_z", "published": float(interim.value),
        "recomputed": z["1-sided"], "agrees": None, "inputs": json.dumps({"alpha": interim.value, "z": {k: round(v, 3) for k, v in z.items()}}),
        "method": "normal deviate of the printed level; Haybittle 1971 (doi:10.1259/0007-1285-44-526-793)", "value_ids": [interim.value_id], "note": note,
    }  # fmt: skip


def _share(sizes: list[float]) -> float:
    """The planned share of the larger arm: the small-number ratio that the sizes are nearest to."""
    share = max(sizes) / sum(sizes)
    usual = [k / (k + 1) for k in (1, 1.5, 2, 3, 4)]
    nearest = min(usual, key=lambda s: abs(s - share))
    return nearest if abs(nearest - share) < 0.03 else share


def _words(share: float) -> str:
    return f"{share / (1 - share):.3g}:1"


def _sides(alpha: pd.Series) -> int:
    """As told; else 2 from 0.05 on, 1 below: the usual pair."""
    return int(alpha.sides) if alpha.sides is not None and alpha.sides == alpha.sides else (2 if alpha.value >= 0.05 else 1)


def _planned_events(plans: pd.DataFrame, needed: float) -> pd.Series | None:
    """The planned events of this analysis: the printed number nearest to what the formula gives, if it is near at all."""
    rows = plans[(plans.statistic == "n_events") & plans.endpoint.eq("planned events")]
    if not len(rows):
        return None
    row = rows.loc[(rows.value - needed).abs().idxmin()]
    return row if 0.5 < row.value / needed < 2 else None


def _observed(times: pd.DataFrame, endpoint: str) -> tuple[float, list[str]] | None:
    """Events that had occurred, with their value_ids: both arms' own, or else their total."""
    rows = times[times.endpoint.eq(endpoint) & times.n_events.notna() & times.subgroup.isna() & times.timepoint.isna()]
    by_arm = rows[(rows.scope == "arm") & rows.arm_id.notna()].drop_duplicates("arm_id")
    if len(by_arm) == 2:
        return float(by_arm.n_events.sum()), [v for v in by_arm.n_events_value_id if isinstance(v, str)]
    total = rows[rows.scope == "total"]
    return (float(total.iloc[0].n_events), [v for v in total.n_events_value_id[:1] if isinstance(v, str)]) if len(total) else None


def _close(published: float, recomputed: float) -> bool:
    return abs(published - recomputed) <= 0.02 * recomputed  # formulas in use differ by about that much


def _row(
    endpoint: str,
    measure: str,
    published: pd.Series | None,
    recomputed: float,
    given: dict,
    ids: list[str],
    note: str,
    method: str,
    agrees: Any,
) -> dict[str, Any]:
    value = None if published is None else float(published.value)
    ids = [*ids, published.value_id] if published is not None and published.value_id not in ids else ids
    return {
        "endpoint": endpoint, "assessor": None, "population": None, "measure": measure, "published": value, "recomputed": recomputed,
        "agrees": None if value is None or agrees is None else bool(agrees(value, recomputed)), "inputs": json.dumps(given),
        "method": method, "value_ids": ids, "note": note,
    }  # fmt: skip
