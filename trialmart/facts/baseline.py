"""evidence.baseline_characteristic: what the patients were like, by characteristic, level, arm and population."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trialmart.facts import terms
from trialmart.facts.assemble import assemble
from trialmart.facts.keys import codes, mapped
from trialmart.facts.labels import key

TABLE = "evidence.baseline_characteristic"
_CONTINUOUS = ("mean", "sd", "se", "median", "minimum", "maximum", "q1", "q3", "ci_lower", "ci_upper")
_FIGURES = {"count": "n", "n_events": "n", "percent": "percent", **{name: name for name in _CONTINUOUS}}
_KEY = ("parent_key", "characteristic_key", "level_key", "scope", "arm_id", "population", "timepoint")


def baseline_characteristics(values: pd.DataFrame, arms: set[tuple[str, str]]) -> pd.DataFrame:
    """Rows of the table. `values`: the published values routed here, with `fact` and arm_n columns."""
    values = values[values["statistic"].isin(_FIGURES)].copy()
    values["figure"] = mapped(values["statistic"], _FIGURES.__getitem__)
    values["continuous"] = _is_continuous(values)
    read = terms.named(values, arms, terms.characteristic, "continuous")
    endpoint = values["endpoint"].to_numpy(object)
    values["characteristic"] = [label.name or said for label, said in zip(read, endpoint, strict=True)]
    values["level"] = [label.level for label in read]
    values["parent_path"] = terms.above([label.parents for label in read], values)
    told = [label.unit for label in read]
    values["unit"] = values["unit"].where(
        values["unit"].notna() & ~values["unit"].isin(("%", "patients")), pd.Series(told, index=values.index)
    )
    values = values[values["characteristic"].notna()]
    values["parent_key"] = ["\x1f".join(map(key, path)) for path in values["parent_path"].tolist()]
    values["characteristic_key"] = mapped(values["characteristic"], key)
    values["level_key"] = mapped(values["level"], lambda text: key(text) or text)
    carried = ("parent_path", "characteristic", "level", "unit", "arm_n", "arm_n_source", "arm_n_value_id", "row_index")
    rows = assemble(values, TABLE, _KEY, list(dict.fromkeys(_FIGURES.values())), carried)
    if len(rows):
        rows["level_order"] = _level_order(rows)
        rows["levels_exclusive"] = _exclusive(rows)
    return rows


def _is_continuous(values: pd.DataFrame) -> np.ndarray:
    """Whether a value is, or belongs to, a summary of a continuous characteristic: a limit of a percent does not."""
    summary = values["statistic"].isin(_CONTINUOUS).to_numpy()
    shares = set(values.loc[values["statistic"].isin(("percent", "count")), "value_id"])
    of_share = values["estimate_id"].isin(shares).to_numpy()
    return summary & ~of_share


def _level_order(rows: pd.DataFrame) -> pd.Series:
    """Levels of a characteristic numbered from 0 as they stand; NULL where a row is no level."""
    levels = rows[rows["level"].notna()]
    group = [levels[name].fillna("") for name in ("article_id", "table_id", "parent_key", "characteristic_key")]
    order = levels.groupby(group)["row_index"].rank(method="dense") - 1
    return order.reindex(rows.index)


def _exclusive(rows: pd.DataFrame) -> pd.Series:
    """True for levels that share out all patients in every arm, False for levels that some patient has beside another, else NULL.

    The first levels of a characteristic whose counts add up to N in all arms at once are a partition; what stands after them is a
    part of one of them (`Bone only` under `Nonvisceral`). More than N without that: they overlap. Less: patients are missing, or not.
    """
    counted = rows[rows["level"].notna() & rows["n"].notna() & rows["arm_n"].notna()].sort_values("row_index", kind="stable")
    names = ["article_id", "table_id", "parent_key", "characteristic_key", "population", "timepoint"]
    group = codes(*(counted[name].fillna("") for name in names))
    counted = counted.assign(group=group, who=counted["arm_id"].fillna("(total)"))
    counted["sum"] = counted.groupby(["group", "who"])["n"].cumsum()
    counted["full"] = counted["sum"] == counted["arm_n"].astype(float)
    counted["over"] = counted["sum"] > counted["arm_n"].astype(float)
    by_row = counted.groupby(["group", "row_index"]).agg(full=("full", "all"), place=("row_index", "first")).reset_index()
    size = counted.groupby("group")["row_index"].nunique()
    complete = by_row[by_row["full"] & by_row["group"].map(size).gt(1)].groupby("group")["place"].max()
    over = counted.groupby("group")["over"].any()
    last = counted["group"].map(complete)
    inside, after = counted["row_index"] <= last, counted["row_index"] > last
    exclusive = np.select([inside, after, last.isna() & counted["group"].map(over)], [True, False, False], default=None)
    return pd.Series(exclusive, index=counted.index, dtype=object).reindex(rows.index).where(lambda s: s.notna(), None)
