"""evidence.response and evidence.time_to_event: what happened to each arm, as printed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trialmart.facts.assemble import assemble
from trialmart.facts.keys import mapped

RESPONSE, TIME = "evidence.response", "evidence.time_to_event"
_ARM_N = ("arm_n", "arm_n_source", "arm_n_value_id")
_KEY = ("endpoint", "assessor", "population", "timepoint", "subgroup", "scope", "arm_id")


def responses(values: pd.DataFrame) -> pd.DataFrame:
    """Rows of evidence.response. `values`: the published values routed there, named, with `fact` and arm_n columns."""
    figures = {"count": "n", "n_events": "n", "percent": "percent", "ci_lower": "ci_lower", "ci_upper": "ci_upper", "ci_level": "ci_level"}
    values = values[values["statistic"].isin(figures) & values["endpoint"].notna()]
    values = values.assign(figure=mapped(values["statistic"], figures.__getitem__))
    rows = assemble(
        values, RESPONSE, _KEY, ("n", "percent", "ci_lower", "ci_upper", "ci_level"), _ARM_N, {"percent_comparator": "percent.comparator"}
    )
    return rows[rows[["n", "percent", "ci_lower"]].notna().any(axis=1)]


def times_to_event(values: pd.DataFrame) -> pd.DataFrame:
    """Rows of evidence.time_to_event. Medians and events have no timepoint there; a share free of the event stands at one."""
    figures = {
        "count": "n_events", "n_events": "n_events", "percent": "percent", "median": "median", "mean": "mean", "km_percent": "km_percent",
        "ci_lower": "ci_lower", "ci_upper": "ci_upper", "ci_level": "ci_level",
    }  # fmt: skip
    values = values[values["statistic"].isin(figures) & values["endpoint"].notna()]
    values = values.assign(figure=mapped(values["statistic"], figures.__getitem__))
    at_a_time = (values["figure"] == "percent") & values["timepoint"].notna() & values["endpoint"].str.contains("survival")
    values.loc[at_a_time, "figure"] = "km_percent"
    values["unit"] = values["unit"].where(values["figure"].isin(("median", "mean")))
    keep = {
        "median_missing_reason": "median.missing_reason", "ci_lower_missing_reason": "ci_lower.missing_reason",
        "ci_upper_missing_reason": "ci_upper.missing_reason",
    }  # fmt: skip
    values["spread"] = _spread(values)
    rows = assemble(
        values, TIME, (*_KEY, "spread"), ("n_events", "percent", "median", "mean", "km_percent", "ci_lower", "ci_upper", "ci_level"),
        (*_ARM_N, "unit"), keep,
    )  # fmt: skip
    return rows.drop(columns="spread")


def _spread(values: pd.DataFrame) -> np.ndarray:
    """`mean` for a mean and its limits: they may not share a row with the median and its own."""
    means = set(values.loc[values["statistic"] == "mean", "value_id"])
    return np.where(values["value_id"].isin(means) | values["estimate_id"].isin(means), "mean", "")
