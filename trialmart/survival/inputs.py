"""Evidence tables and curve sidecars -> what is published of each endpoint, ready to be reconstructed.

Belongs here: which rows speak of one curve. Does not: reading articles, or the reconstruction. Nothing is typed in here.

An article rarely repeats the assessor with each figure. Figures without one belong to the only assessor of the endpoint that has medians;
where there is none such, they stand for themselves. A hazard ratio without anything that tells where the curves lie gives no input.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from trialmart.survival.patients import month_factor
from trialmart.survival.published import NOT_REACHED, Arm, Figure, Landmark, PublishedCurve

AMONG_RESPONDERS = re.compile(r"\bduration of\b|\btime to (?:objective |first )?response\b", re.I)
TIME = re.compile(r"(\d+(?:\.\d+)?)[\s-]*(days?|weeks?|months?|mo|years?|yr)\b", re.I)
ITT = {"", "itt", "intention-to-treat", "intent-to-treat", "all randomized patients"}


def from_evidence(
    time_to_event: pd.DataFrame,
    comparison: pd.DataFrame,
    published_value: pd.DataFrame,
    arm: pd.DataFrame,
    article: pd.DataFrame,
    curve_point: pd.DataFrame | None = None,
) -> tuple[list[PublishedCurve], list[str]]:
    """(inputs, messages). A message says why an endpoint with medians, events or hazard ratio has no reconstruction.

    All frames as in the schemas of the same names; curve_point with arms resolved (sidecar.resolve).
    """
    printed = {row["value_id"]: row for row in published_value.to_dict("records")}
    curves, messages = [], []
    for one in article.to_dict("records"):
        mine = [
            frame[frame.article_id == one["article_id"]] if frame is not None else None
            for frame in (time_to_event, comparison, arm, curve_point)
        ]
        found, said = _Article(one, *mine, printed).curves()  # type: ignore[arg-type]
        curves += found
        messages += [f"{one['article_id']}: {text}" for text in said]
    return curves, messages


class _Article:
    """One article's rows, grouped by endpoint, population and assessor."""

    def __init__(
        self, article: dict, times: pd.DataFrame, ratios: pd.DataFrame, arms: pd.DataFrame, points: pd.DataFrame | None, printed: dict
    ) -> None:
        whole = times[times.subgroup.isna()] if len(times) else times
        self.article, self.printed = article, printed
        self.times = whole.to_dict("records")
        kept = ratios[(ratios.measure == "hazard_ratio") & ratios.subgroup.isna()] if len(ratios) else ratios
        self.ratios = kept.to_dict("records")
        self.arms = {row["arm_id"]: row for row in arms.to_dict("records")}
        self.points = points.to_dict("records") if points is not None and len(points) else []
        self.messages: list[str] = []

    def curves(self) -> tuple[list[PublishedCurve], list[str]]:
        with_arms = [row for row in self.times + self.ratios + self.points if _text(row.get("arm_id"))]
        endpoints = list(dict.fromkeys((row["endpoint"], _population(row)) for row in with_arms if row["endpoint"]))
        found = [curve for key in endpoints for curve in self._endpoint(*key)]
        return found, self.messages

    def _endpoint(self, endpoint: str, population: str) -> Iterator[PublishedCurve]:
        def mine(rows: list[dict]) -> list[dict]:
            return [row for row in rows if row["endpoint"] == endpoint and _population(row) == population]

        times, ratios, points = mine(self.times), mine(self.ratios), mine(self.points)
        if not any(_has(row, "median", "n_events", "km_percent") for row in times) and not points:
            for row in ratios:
                if row.get("domain") in ("efficacy", "survival"):
                    self._say(endpoint, _text(row["assessor"]), "only a hazard ratio is published: it stays an effect without a curve")
            return
        if AMONG_RESPONDERS.search(endpoint):
            self._say(endpoint, None, "those at risk are the responders, not the arms: no curve is reconstructed")
            return
        assessors = list(dict.fromkeys(_text(row["assessor"]) for row in times + ratios + points))
        owner = self._owner(times, assessors)
        for assessor in dict.fromkeys(owner if a is None else a for a in assessors):

            def of(rows: list[dict], assessor: str | None = assessor) -> list[dict]:
                return [row for row in rows if _text(row["assessor"]) == assessor or (_text(row["assessor"]) is None and owner == assessor)]

            known = of(points)
            if (
                not known
                and assessor is None
                and len({_text(p["assessor"]) for p in points}) == 1
                and not self._named(points, times + ratios)
            ):
                known = points  # the article names no assessor, the sidecar does
                yield from self._assessed(endpoint, population, _text(points[0]["assessor"]), of(times), of(ratios), known)
                continue
            if (
                assessor is not None
                and not of(times)
                and not of(ratios)
                and points
                and None in assessors
                and not self._named(points, times + ratios)
            ):
                continue  # these are the points that the line above has given away
            yield from self._assessed(endpoint, population, assessor, of(times), of(ratios), known)

    @staticmethod
    def _owner(times: list[dict], assessors: list[str | None]) -> str | None:
        """The assessor that figures without one belong to; None where they stand for themselves."""
        with_median = {_text(row["assessor"]) for row in times if _has(row, "median")}
        return next(iter(with_median)) if len(with_median) == 1 and None not in with_median else None

    @staticmethod
    def _named(points: list[dict], rows: list[dict]) -> bool:
        return bool({_text(p["assessor"]) for p in points} & {_text(row["assessor"]) for row in rows})

    def _say(self, endpoint: str, assessor: str | None, why: str) -> None:
        self.messages.append(f"{endpoint}{f' by {assessor}' if assessor else ''}: {why}")

    def _assessed(
        self, endpoint: str, population: str, assessor: str | None, times: list[dict], ratios: list[dict], points: list[dict]
    ) -> Iterator[PublishedCurve]:
        summaries = {arm_id: self._arm(arm_id, times, points) for arm_id in self._arm_ids(times, points, ratios)}
        usable = {arm_id: one for arm_id, one in summaries.items() if one is not None and _tells(one)}
        ratio = next((row for row in ratios if _has(row, "estimate") and {row["arm_id"], row["reference_arm_id"]} <= set(usable)), None)
        lone = next((row for row in ratios if _has(row, "estimate")), None)
        if not usable:
            why = "no median, number at risk with events, or survival at a time is published for an arm whose size is known"
            self._say(endpoint, assessor, f"{why}: the hazard ratio stays an effect without a curve" if lone is not None else why)
            return
        shared = {
            "article_id": self.article["article_id"], "study_id": _text(self.article.get("study_id")) or self.article["article_id"],
            "endpoint": endpoint, "assessor": assessor, "population": next((_text(r["population"]) for r in times + ratios if _text(r["population"])), None),
        }  # fmt: skip
        pair: list[str] = []
        if ratio is not None:
            pair = [ratio["arm_id"], ratio["reference_arm_id"]]
        elif len(usable) == 2:
            pair = sorted(usable, key=lambda a: self.arms[a].get("role") == "control")
        if pair:
            yield self._pair([usable[a] for a in pair], ratio, times, shared)
        for arm_id, one in usable.items():
            if arm_id not in pair:
                yield PublishedCurve((one,), **shared)

    def _arm_ids(self, *groups: list[dict]) -> list[str]:
        ids = dict.fromkeys(_text(row.get("arm_id")) for rows in groups for row in rows)
        return [a for a in ids if a is not None and a in self.arms and not len(_list(self.arms[a].get("members")))]

    def _pair(self, arms: list[Arm], ratio: dict | None, times: list[dict], shared: dict) -> PublishedCurve:
        notes: list[str] = []
        figures: dict[str, Figure | None] = {}
        if ratio is not None:
            figures["hazard_ratio"] = self._figure(ratio, "estimate")
            level = ratio.get("ci_level")
            if level is None or level != level or level == 95:
                figures |= {"hr_lower": self._figure(ratio, "ci_lower"), "hr_upper": self._figure(ratio, "ci_upper")}
            else:
                notes.append(f"limits of the hazard ratio are for {level:g} %, not 95 %, and are not used")
            figures["p_value"] = self._figure(ratio, "p_value")
            notes.append(
                "the published hazard ratio may be stratified or adjusted; the fitted one is neither, since pseudo patients have no strata"
            )
        totals = [row for row in times if row["scope"] == "total" and _has(row, "n_events")]
        if totals and any(arm.events is None for arm in arms):
            figures["total_events"] = self._figure(totals[0], "n_events")
        return PublishedCurve(tuple(arms), notes=tuple(notes), **figures, **shared)  # type: ignore[arg-type]

    def _arm(self, arm_id: str, times: list[dict], points: list[dict]) -> Arm | None:
        rows = [row for row in times if row["arm_id"] == arm_id and row["scope"] == "arm"]
        mine = sorted((p for p in points if p["arm_id"] == arm_id), key=lambda p: p["time_months"])
        risk = [(float(p["time_months"]), int(p["value"])) for p in mine if p["kind"] == "number_at_risk"]
        n = self.arms[arm_id].get("n_randomized")
        n_id = None
        if n is None or n != n:
            n, n_id = next(((row["arm_n"], _text(row.get("arm_n_value_id"))) for row in rows if _has(row, "arm_n")), (None, None))
        if n is None and risk and risk[0][0] == 0:
            n = risk[0][1]
        if n is None or n != n or n < 1:
            return None
        one = Arm(arm_id, int(n), label=str(self.arms[arm_id].get("label") or arm_id), n_id=n_id, landmarks=tuple(self._landmarks(rows)),
                  clicks=tuple((float(p["time_months"]), float(p["value"])) for p in mine if p["kind"] == "survival"),
                  curve_source=next((_text(p.get("source")) or "sidecar" for p in mine), None))  # fmt: skip
        one = self._with_median(one, rows)
        events = next((self._figure(row, "n_events") for row in rows if _has(row, "n_events") and _text(row["timepoint"]) is None), None)
        told = next((Figure.exact(p["value"], source="sidecar") for p in mine if p["kind"] == "total_events"), None)
        one = self._try(one, events=events or told)
        return self._with_risk(one, risk)

    def _with_median(self, one: Arm, rows: list[dict]) -> Arm:
        row = next(
            (
                r
                for r in rows
                if (_has(r, "median") or _text(r.get("median_missing_reason")) in NOT_REACHED) and _text(r["timepoint"]) is None
            ),
            None,
        )
        if row is None:
            return one
        factor = month_factor(_text(row.get("unit")))
        if factor is None:
            self.messages.append(f"median of {one.label}: unit {row.get('unit')!r} is none of time")
            return one
        figures = {"median": self._figure(row, "median", factor)}
        level = row.get("ci_level")
        if level is None or level != level or level == 95:
            figures |= {"lower": self._figure(row, "ci_lower", factor), "upper": self._figure(row, "ci_upper", factor)}
        return replace(one, **figures)

    def _with_risk(self, one: Arm, risk: list[tuple[float, int]]) -> Arm:
        if not risk:
            return one
        if risk[0][0] > 0:
            risk = [(0.0, one.n), *risk]
        while len(risk) > 1 and risk[-1][1] == 0 and risk[-2][1] == 0:
            risk.pop()
        return self._try(one, risk_times=tuple(t for t, _ in risk), at_risk=tuple(n for _, n in risk))

    def _try(self, one: Arm, **changes: object) -> Arm:
        """The arm with these figures, or without them and with a message where they contradict the others."""
        try:
            return replace(one, **changes)  # type: ignore[arg-type]
        except ValueError as contradiction:
            self.messages.append(f"not used: {contradiction}")
            return one

    def _landmarks(self, rows: list[dict]) -> Iterator[Landmark]:
        for row in rows:
            when = TIME.search(_text(row["timepoint"]) or "")
            if when is None or not _has(row, "km_percent"):
                continue
            unit = when.group(2).lower().rstrip("s")
            factor = month_factor(unit)
            figure = self._figure(row, "km_percent", 0.01)
            if factor is not None and figure is not None:
                yield Landmark(float(when.group(1)) * factor, figure)

    def _figure(self, row: dict, name: str, factor: float = 1.0) -> Figure | None:
        """The figure with what its digits stand for. None where the row has none; a reason where it is not estimable."""
        value, value_id = row.get(name), _text(row.get(f"{name}_value_id"))
        value_row = self.printed.get(value_id, {})
        if value is None or value != value:
            reason = _text(row.get(f"{name}_missing_reason"))
            return (
                Figure(None, printed=_text(value_row.get("printed")) or "", value_id=value_id, reason=reason)
                if reason in NOT_REACHED
                else None
            )
        low, high = value_row.get("value_low"), value_row.get("value_high")
        if low is None or high is None or low != low or high != high:
            figure = Figure.exact(value) if name == "n_events" else Figure.of(f"{value:g}")
            low, high = figure.low, figure.high
        printed = _text(value_row.get("printed")) or f"{value:g}"
        sign = _text(row.get(f"{name}_comparator"))
        return Figure(
            float(value) * factor, float(low) * factor, float(high) * factor, (sign if sign and sign != "=" else "") + printed, value_id
        )


def _tells(arm: Arm) -> bool:
    return bool(
        (arm.median is not None and arm.median.value is not None) or arm.landmarks or arm.clicks or (arm.at_risk and arm.events is not None)
    )


def _population(row: dict) -> str:
    text = (_text(row.get("population")) or "").lower()
    return "" if text in ITT else text


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, str) and value else None


def _list(value: object) -> list:
    return list(value) if value is not None and not isinstance(value, (str, float)) else []  # type: ignore[call-overload]


def _has(row: dict, *names: str) -> bool:
    return any(row.get(name) is not None and row.get(name) is not pd.NA and row.get(name) == row.get(name) for name in names)
