"""Fifth stop: effects, ready for analysis.

Belongs here: which tables each mart rests on. Does not: its arithmetic (trialmart/effects).

A mart uses the figure that the audit finds trustworthy where two disagree, and says so in its row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import schemas
from assets.contract import contract_asset
from assets.library import audit, marts

if TYPE_CHECKING:
    import pandas as pd

CODE = ["trialmart/effects", "trialmart/audit", "trialmart/facts/keys"]
ESTIMATE = "evidence.comparison.estimate"
LIMITS = ["evidence.comparison.ci_lower", "evidence.comparison.ci_upper", "evidence.comparison.ci_level"]
COUNTS = ["evidence.adverse_event.n", "evidence.adverse_event.arm_n"]
SUBGROUP_LIMITS = ["evidence.subgroup_effect.ci_lower", "evidence.subgroup_effect.ci_upper", "evidence.subgroup_effect.ci_level"]


@contract_asset(
    schemas.Efficacy,
    group="efficacy",
    code=CODE,
    derives=True,
    lineage={
        "log_estimate": [ESTIMATE],
        "log_se": LIMITS,
        "log_se_low": LIMITS,
        "log_se_high": LIMITS,
        "events": ["evidence.response.n", "evidence.time_to_event.n_events"],
        "n": ["evidence.response.arm_n", "evidence.time_to_event.arm_n"],
        "reference_events": ["evidence.response.n", "evidence.time_to_event.n_events"],
        "reference_n": ["evidence.response.arm_n", "evidence.time_to_event.arm_n"],
        "arm_value": ["evidence.response.percent", "evidence.time_to_event.median"],
        "reference_value": ["evidence.response.percent", "evidence.time_to_event.median"],
        "recomputed_estimate": ["evidence.response.n", "evidence.response.arm_n"],
        "recomputed_lower": ["evidence.response.n", "evidence.response.arm_n"],
        "recomputed_upper": ["evidence.response.n", "evidence.response.arm_n"],
        "trusted": ["quality.number_check.verdict"],
    },
)
def efficacy(
    comparison: pd.DataFrame, response: pd.DataFrame, time_to_event: pd.DataFrame, published_value: pd.DataFrame, arm: pd.DataFrame,
    number_check: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Each efficacy result on the scale on which it can be pooled, beside what the printed counts give."""
    return marts.efficacy(comparison, response, time_to_event, published_value, arm, audit.trust(published_value, number_check))


@contract_asset(
    schemas.Safety,
    group="safety",
    code=CODE,
    derives=True,
    lineage={
        **{
            column: COUNTS
            for column in ("events", "n", "reference_events", "reference_n", "percent", "reference_percent", "risk_difference", "rd_lower",
                           "rd_upper", "rd_newcombe_lower", "rd_newcombe_upper", "risk_ratio", "rr_lower", "rr_upper", "odds_ratio", "or_lower",
                           "or_upper", "or_conditional", "or_exact_lower", "or_exact_upper", "zero_cell", "fisher_p", "p_adjusted", "nnt",
                           "nnt_lower", "nnt_upper", "nnth_limit", "nntb_limit")
        },
        "trusted": ["quality.number_check.verdict"],
    },
)  # fmt: skip
def safety(
    adverse_event: pd.DataFrame, arm: pd.DataFrame, published_value: pd.DataFrame, number_check: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """How much more often each adverse event occurred in one arm than in the other."""
    return marts.safety(adverse_event, arm, published_value, audit.trust(published_value, number_check))


@contract_asset(
    schemas.Subgroup,
    group="efficacy",
    code=CODE,
    derives=True,
    lineage={
        "log_estimate": ["evidence.subgroup_effect.estimate"],
        "log_se": SUBGROUP_LIMITS,
        "log_se_low": SUBGROUP_LIMITS,
        "log_se_high": SUBGROUP_LIMITS,
        "interaction_p": ["evidence.subgroup_effect.estimate", *SUBGROUP_LIMITS],
        "trusted": ["quality.number_check.verdict"],
    },
)
def subgroup(subgroup_effect: pd.DataFrame, published_value: pd.DataFrame, number_check: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Effects in subgroups with their standard errors, and whether they differ between the levels of a factor."""
    return marts.subgroup(subgroup_effect, published_value, audit.trust(published_value, number_check))


@contract_asset(
    schemas.StudySummary,
    group="summary",
    code=CODE,
    derives=True,
    lineage={
        "n_findings": ["quality.number_check.check_id"],
        "top_rd": ["mart.safety.risk_difference"],
        "estimate": ["mart.efficacy.estimate"],
    },
)
def study_summary(
    article: pd.DataFrame, arm: pd.DataFrame, published_value: pd.DataFrame, efficacy: pd.DataFrame, safety: pd.DataFrame,
    number_check: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """The numbers that stand on a study's first page."""
    return marts.study_summary(article, arm, published_value, efficacy, safety, number_check)
