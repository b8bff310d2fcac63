"""evidence.comparison and evidence.subgroup_effect: one arm against another, as printed."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from trialmart.facts import routing, terms
from trialmart.facts.assemble import assemble
from trialmart.facts.factors import resolve_factors
from trialmart.facts.keys import codes, mapped, positions, union_of_lists
from trialmart.facts.labels import key

COMPARISON, SUBGROUP = "evidence.comparison", "evidence.subgroup_effect"
_ARM_NS = ("arm_n", "arm_n_source", "arm_n_value_id", "reference_n", "reference_n_source", "reference_n_value_id")
_ESTIMATE = ("ci_lower", "ci_upper", "ci_level", "p_value")
_CONTRAST = ("arm_id", "reference_arm_id")
_KEEP = {
    "estimate_missing_reason": "estimate.missing_reason", "p_value_comparator": "p_value.comparator",
}  # fmt: skip
_INTERACTION = re.compile(r"interaction|heterogeneity", re.I)


def comparisons(values: pd.DataFrame, arms: set[tuple[str, str]], kind: pd.Series) -> pd.DataFrame:
    """Rows of evidence.comparison. `values`: those routed there, with their outcomes; `kind`: the kind of the table of each, empty for prose."""
    values = _measured(values)
    values["domain"] = _domain(values, kind.reindex(values.index))
    values["subgroup"] = _without_own_label(values, kind.reindex(values.index))
    by_row = values["domain"].isin(("baseline", "adverse_events")).to_numpy()
    rows = values[by_row]
    labels = [terms.joined(label) for label in terms.named(rows, arms, terms.event)]
    said = [label or (own if isinstance(own, str) else None) for own, label in zip(rows["said"], labels, strict=True)]
    rows = rows.assign(endpoint=pd.Series(said, index=rows.index, dtype=object))
    values.loc[by_row, "endpoint"] = terms.told_apart(rows, labels)
    values = values[values["endpoint"].notna()].copy()
    values["endpoint_key"] = mapped(values["endpoint"], key)
    keys = ("domain", "endpoint_key", "assessor", "population", "timepoint", "subgroup", "measure", "method_key", *_CONTRAST)
    keep = _KEEP | {
        "estimate_comparator": "estimate.comparator", "unit": "estimate.unit",
        "ci_lower_missing_reason": "ci_lower.missing_reason", "ci_upper_missing_reason": "ci_upper.missing_reason",
    }  # fmt: skip
    carried = ("endpoint", "method", "adjusted", "sides", *_ARM_NS)
    return assemble(values, COMPARISON, keys, ("estimate", *_ESTIMATE), carried, keep).drop(columns=["endpoint_key", "method_key"])


def _without_own_label(values: pd.DataFrame, kind: pd.Series) -> pd.Series:
    """Subgroups, without those that are the row's own label in a subgroup table's rows for all patients or for further endpoints."""
    own = (kind == "subgroup").to_numpy() & values["subgroup"].notna().to_numpy()
    rows = values[own]
    own[own] = (rows["subgroup"] == rows["row_path"].map(" > ".join)).to_numpy() & (routing.whole_trial(rows) | routing.of_endpoints(rows))
    return values["subgroup"].mask(own, None)


def _measured(values: pd.DataFrame) -> pd.DataFrame:
    """The values with `figure`, the column that each fills, and `measure`, what they say something about."""
    statistic, method = values["statistic"].to_numpy(object), values["method"].to_numpy(object)
    at = positions(values["value_id"].to_numpy(object), values["estimate_id"].to_numpy(object))
    is_measure = values["statistic"].isin(routing.MEASURES).to_numpy()
    of_measure = ~is_measure & (at >= 0) & is_measure[at]
    figure = np.where(is_measure, "estimate", np.where(values["statistic"].isin(_ESTIMATE), statistic, None))
    measure = np.where(is_measure, statistic, np.where(of_measure, statistic[at], "p_value"))
    method = np.where(of_measure, method[at], method)
    values = values.assign(figure=figure, measure=measure, method_key=np.where(pd.notna(method), method, None))
    # A lone limit without an estimate says nothing about a contrast.
    return values[pd.notna(figure) & ~((measure == "p_value") & (figure != "p_value"))].copy()


def _domain(values: pd.DataFrame, kind: pd.Series) -> np.ndarray:
    grouped = mapped(values["endpoint"], routing.endpoint_class)
    by_name = np.select([grouped == routing.ADVERSE, pd.notna(grouped)], ["adverse_events", "efficacy"], "other")
    return np.where(kind.fillna("").isin(("", "other")), by_name, kind.to_numpy(object))


def subgroup_effects(values: pd.DataFrame, arms: set[tuple[str, str]], baseline: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """Rows of evidence.subgroup_effect: the estimates with the patients, events and shares that stand beside them.

    `values`: those routed there; `shares`: all percents of the prose that are about a subgroup, wherever they were routed. A level that the prose names without its factor gets the factor of a baseline row where label and
    shares leave one possibility.
    """
    values = pd.concat([values, shares[~shares["value_id"].isin(values["value_id"])]])
    in_table = (values["source_kind"] == "table").to_numpy()
    read = terms.named(values, arms, lambda path: terms.characteristic(path, continuous=False))
    own_label = values["subgroup"].to_numpy(object) == values["row_path"].map(" > ".join).to_numpy(object)
    shared = [_level(label, None if own else said) for label, said, own in zip(read, values["subgroup"], own_label, strict=True)]
    values["level"] = [own[0] if table else said for own, said, table in zip(shared, values["subgroup"], in_table, strict=True)]
    values["factor"] = [own[1] if table else None for own, table in zip(shared, in_table, strict=True)]
    under_heading = in_table & ~own_label & values["subgroup"].notna().to_numpy()  # there the row's label is the outcome
    rows = [(label.name or "").lower() or None for label in terms.named(values, arms, terms.outcome)]
    values["endpoint"] = (
        values["endpoint"].astype(object).mask(under_heading & values["endpoint"].isna(), pd.Series(rows, index=values.index))
    )
    values = values[values["level"].notna()]
    values["level_key"], values["factor_key"] = values["level"].map(key), values["factor"].map(key, na_action="ignore")
    contrast = values["scope"] == "contrast"
    estimates = _measured(values[contrast])
    interaction = (estimates["measure"] == "p_value") | estimates["method"].str.contains(_INTERACTION, na=False)
    keys = ("endpoint", "assessor", "population", "timepoint", "factor_key", "level_key", "measure", *_CONTRAST)
    carried = ("factor", "level", "row_index", "subgroup")
    effects = assemble(estimates[~interaction], SUBGROUP, keys, ("estimate", *_ESTIMATE), carried, _KEEP)
    effects = _without_prognostic(_with_interaction(effects, estimates[interaction]))
    effects = _with_arms(effects, values[~contrast])
    effects["level_order"] = effects.groupby([effects["article_id"], effects["table_id"].fillna(""), effects["factor_key"].fillna("")])[
        "row_index"
    ].rank(method="dense") - 1 if len(effects) else None  # fmt: skip
    effects["factor_source"] = np.where(effects["factor"].notna(), "printed", None)
    return resolve_factors(effects, baseline).drop(
        columns=["factor_key", "level_key", "row_index", "subgroup", "loose_percent", "loose_value_id"]
    )


def _level(label: terms.Named, heading: str | None) -> tuple[str | None, str | None]:
    """(level, factor) as a heading over rows or columns says, else the row's own labels."""
    if isinstance(heading, str):
        factor, _, level = heading.rpartition(" > ")
        return level, factor or None
    return label.level or label.name, label.name if label.level else None


def _without_prognostic(effects: pd.DataFrame) -> pd.DataFrame:
    """Leaves out factors with a reference level (`1.00`, no limits): such ratios compare levels with each other, not arms within a level."""
    reference = effects["estimate_missing_reason"].eq("reference") | (effects["estimate"].eq(1) & effects["ci_lower"].isna())
    reference &= effects["factor_key"].notna()
    group = codes(effects["article_id"], effects["table_id"], effects["factor_key"])
    return effects[~np.isin(group, group[reference.to_numpy(bool)])].reset_index(drop=True)


def _with_interaction(effects: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """The interaction p of a factor on each of its levels: printed in the factor's own row or in one of its levels'."""
    effects = effects.copy()
    named = pd.concat([tests.assign(of=tests["factor_key"]), tests.assign(of=tests["level_key"])]) if len(tests) else tests.assign(of=None)
    named = named[named["of"].notna()].drop_duplicates(["article_id", "table_id", "of"]).set_index(["article_id", "table_id", "of"])
    factor = effects["factor_key"].where(effects["factor_key"].notna(), "\x00")
    found = named.reindex(pd.MultiIndex.from_arrays([effects["article_id"], effects["table_id"], factor])) if len(named) else None
    for name, column in (
        ("interaction_p_value", "value"),
        ("interaction_p_value_value_id", "value_id"),
        ("interaction_p_comparator", "comparator"),
    ):
        effects[name] = found[column].to_numpy() if found is not None else None
    extra = effects["interaction_p_value_value_id"].map(lambda value: [value] if isinstance(value, str) else [])
    effects["value_ids"] = union_of_lists(effects["value_ids"], extra)
    return effects


def _with_unattributed(effects: pd.DataFrame, beside: pd.DataFrame) -> pd.DataFrame:
    """The one share of a level whose arm the sentence does not tell (or names an arm that does not exist); factors.py may know whose it is."""
    loose = beside[(beside["statistic"] == "percent") & beside["arm_id"].isna() & (beside["scope"] == "arm") & beside["value"].notna()]
    loose = loose[~loose.duplicated(["article_id", "level_key"], keep=False)].set_index(["article_id", "level_key"])
    found = loose.reindex(pd.MultiIndex.from_arrays([effects["article_id"], effects["level_key"]]))
    ids = found["value_id"].astype(object)
    return effects.assign(loose_percent=found["value"].to_numpy(float), loose_value_id=ids.where(ids.notna(), None).to_numpy(object))


_BESIDE = {"n": "n", "denominator": "n", "count": "n_events", "n_events": "n_events", "percent": "percent"}


def _with_arms(effects: pd.DataFrame, beside: pd.DataFrame) -> pd.DataFrame:
    """Each arm's patients, events and share in the level: from the same grid row, or from the same words of the prose."""
    effects = _with_unattributed(effects, beside)
    beside = beside[beside["statistic"].isin(_BESIDE) & beside["arm_id"].notna()]
    beside = beside.assign(what=beside["statistic"].map(_BESIDE), row_index=beside["row_index"].astype(float))
    spot = ["article_id", "table_id", "row_index", "level_key"]
    told = [beside[name].astype(object).where(beside[name].notna(), "") for name in spot]
    beside = beside.set_index(pd.MultiIndex.from_arrays([*told, beside["arm_id"], beside["what"]]))
    beside = beside[~beside.index.duplicated()]
    here = [effects[name].astype(object).where(effects[name].notna(), "") for name in spot]
    names = {("arm_id", "n"): "arm_n", ("reference_arm_id", "n"): "reference_n", ("arm_id", "n_events"): "n_events", ("reference_arm_id", "n_events"): "reference_n_events",
             ("arm_id", "percent"): "percent", ("reference_arm_id", "percent"): "reference_percent"}  # fmt: skip
    ids = [effects["value_ids"]]
    for (side, what), column in names.items():
        index = pd.MultiIndex.from_arrays([*here, effects[side].fillna(""), [what] * len(effects)])
        found = beside.reindex(index)
        effects[column] = found["value"].to_numpy(float)
        value_id = found["value_id"].astype(object).where(found["value_id"].notna(), None).to_numpy(object)
        effects[f"{column}_value_id"] = value_id
        ids.append(pd.Series([[value] if value else [] for value in value_id], index=effects.index))
        if what == "n":
            effects[f"{column}_source"] = np.where(pd.notna(effects[column]), "row", None)
    effects["value_ids"] = union_of_lists(*ids)
    return effects
