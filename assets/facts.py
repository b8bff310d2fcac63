"""Third stop: published values as typed tables, one row a fact.

Belongs here: what is read and which tables come of it. Does not: how facts are matched and placed (trialmart/facts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import schemas
from assets.contract import contract_asset
from assets.library import facts

if TYPE_CHECKING:
    import pandas as pd

TABLES = (
    schemas.BaselineCharacteristic, schemas.AdverseEvent, schemas.Response, schemas.TimeToEvent, schemas.SubgroupEffect, schemas.Comparison,
)  # fmt: skip


@contract_asset(
    *TABLES,
    group="facts",
    code=["trialmart/facts", "trialmart/corrections"],
    lineage={
        "study_id": ["evidence.article.study_id"],
        "arm_n": ["evidence.published_value.value", "evidence.arm.n_randomized"],
        "value_ids": ["evidence.published_value.value_id"],
        **{
            figure: ["evidence.published_value.value", "evidence.published_value.statistic"]
            for figure in ("n", "percent", "mean", "sd", "se", "median", "minimum", "maximum", "q1", "q3", "ci_lower", "ci_upper", "ci_level",
                           "n_events", "km_percent", "estimate", "p_value")
        },
        "characteristic": ["evidence.published_value.row_path", "evidence.published_value.endpoint"],
        "level": ["evidence.published_value.row_path", "evidence.published_value.subgroup"],
        "term": ["evidence.published_value.row_path", "evidence.published_value.endpoint"],
    },
)  # fmt: skip
def typed_tables(
    published_value: pd.DataFrame, arm: pd.DataFrame, article: pd.DataFrame, article_table: pd.DataFrame
) -> tuple[pd.DataFrame, ...]:
    """Each fact once: baseline, adverse events, response, time to event, subgroups and comparisons, with the denominator that each rests on.

    A fact that is printed several times is one row (table before results before abstract) with all its values.
    """
    tables = facts.typed_tables(published_value, arm, article, article_table)
    return tuple(tables[model.name] for model in TABLES)
