"""evidence.adverse_event: patients with an event, by term, grade, arm, population and time; tables and prose in one table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trialmart.facts import terms
from trialmart.facts.assemble import assemble
from trialmart.facts.keys import mapped, of_table
from trialmart.facts.labels import ANY_CAUSE, RELATED, SERIOUS, key

TABLE = "evidence.adverse_event"
_FIGURES = {"count": "n", "percent": "percent", "n_events": "n_events"}
_KEY = ("parent_key", "term_key", "grade", "scope", "arm_id", "population", "timepoint", "causality", "seriousness")


def adverse_events(values: pd.DataFrame, arms: set[tuple[str, str]], article_table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table. `values`: the published values routed here, with `fact` and arm_n columns."""
    values = values[values["statistic"].isin(_FIGURES)].copy()
    events = (values["unit"] == "events") & (values["statistic"] == "count")
    values["figure"] = np.where(events, "n_events", mapped(values["statistic"], _FIGURES.__getitem__))
    read = terms.named(values, arms, terms.event, "grade")
    prose = (values["source_kind"] != "table").to_numpy()
    endpoint = values["endpoint"].to_numpy(object)
    values["term"] = [said if free or not label.name else label.name for label, said, free in zip(read, endpoint, prose, strict=True)]
    values["parent_path"] = terms.above([() if free else label.parents for label, free in zip(read, prose, strict=True)], values)
    values = values[values["term"].notna()]
    values["parent_key"] = ["\x1f".join(map(key, path)) for path in values["parent_path"].tolist()]
    values["term_key"] = mapped(values["term"], key)
    values["causality"], values["seriousness"] = _said(values, article_table)
    carried = ("parent_path", "term", "arm_n", "arm_n_source", "arm_n_value_id", "row_index")
    keep = {"n_comparator": "n.comparator", "percent_comparator": "percent.comparator"}
    rows = assemble(values, TABLE, _KEY, ("n", "percent", "n_events"), carried, keep)
    if len(rows):
        rows["term_order"] = rows.groupby([rows["article_id"], rows["table_id"].fillna("")])["row_index"].rank(method="dense") - 1
    return rows


def _said(values: pd.DataFrame, article_table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Causality and seriousness as the labels, the table's caption or the sentence's term say; NULL where none does."""
    by_caption = mapped(of_table(values, article_table, "caption"), _cause, (None, None))
    labels = [f"{' | '.join(path)} | {term}" for path, term in zip(values["row_path"].tolist(), values["term"].tolist(), strict=True)]
    by_label = mapped(np.array(labels, object), _cause)
    pick = [(own[0] or table[0], own[1] or table[1]) for own, table in zip(by_label.tolist(), by_caption.tolist(), strict=True)]
    causality, seriousness = (np.array(part, dtype=object) for part in zip(*pick, strict=True)) if pick else (np.array([]), np.array([]))
    return pd.Series(causality, index=values.index), pd.Series(seriousness, index=values.index)


def _cause(text: str) -> tuple[str | None, str | None]:
    causality = "any" if ANY_CAUSE.search(text) else "related" if RELATED.search(text) else None
    return causality, "serious" if SERIOUS.search(text) else None
