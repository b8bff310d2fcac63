"""Fourth stop: corrections that reviewers recorded, and the audit of every printed number.

Belongs here: what the audit gets to see. Does not: its rules (trialmart/audit), the recording of a correction (dagster_project/cli).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import dagster as dg

import schemas
from assets.batches import Result
from assets.contract import Verdict, contract_asset, define, land
from assets.library import audit, corrections
from assets.stop import Stop, code_version

if TYPE_CHECKING:
    import pandas as pd

CORRECTION = Stop("correction", (schemas.Correction,), ("evidence.published_value",), code_version("trialmart/corrections"))


def _work(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Reviewers' corrections, and whether each still applies to what the page prints. What was printed stays as it is."""
    pipeline, started = context.resources.pipeline, time.time()
    text = pipeline.corrections_text()
    recorded = corrections.read(text) if text.strip() else None
    wanted = _keys(pipeline, recorded)
    have = pipeline.keys.get(CORRECTION.name, {})
    stale = sorted(article for article, key in wanted.items() if have.get(article) != key)
    gone = sorted(article for article in have if article not in wanted)
    result = Result.empty(CORRECTION)
    if stale or gone:
        pipeline.prepare()
    if recorded is not None and stale:
        values = pipeline.frame("evidence.published_value", stale)
        mine = recorded[recorded.article_id.isin(stale)]
        result.add(CORRECTION, (corrections.apply(values, mine)[1],))
    yield from land(context, CORRECTION, result, stale, gone, {**dict.fromkeys(gone), **{a: wanted[a] for a in stale}}, started)


def _keys(pipeline: Any, recorded: pd.DataFrame | None) -> dict[str, str]:
    """The key of each article with corrections: only these have one, so that a library without any has nothing to do."""
    if recorded is None:
        return {}
    read, keys = pipeline.keys.get("extraction", {}), {}
    for article, mine in recorded.groupby("article_id"):
        if article in read:
            told = (CORRECTION.code_version, read[article], mine.to_csv(index=False))
            keys[str(article)] = hashlib.blake2b(repr(told).encode(), digest_size=12).hexdigest()
    return keys


correction = define(CORRECTION, _work, group="audit", kinds=("pandas", "duckdb"), description=_work.__doc__)


def _findings(pipeline: Any) -> list[Verdict]:
    """Open findings that would change a conclusion, as warnings: an article's own errors fail no run."""
    open_findings = pipeline.open_findings()
    return [
        Verdict(f"no_{severity}_findings", not open_findings.get(severity), {"findings": open_findings.get(severity, 0)})
        for severity in GRAVE
    ]


GRAVE = ("critical", "major")


@contract_asset(
    schemas.NumberCheck,
    group="audit",
    verdicts=[f"no_{severity}_findings" for severity in GRAVE],
    judge=_findings,
    code=["trialmart/audit", "trialmart/facts/matching", "trialmart/corrections"],
    lineage={
        "value_ids": ["evidence.published_value.value_id"],
        "published": ["evidence.published_value.printed"],
        "recomputed_low": ["evidence.published_value.value_low", "evidence.published_value.value_high"],
        "recomputed_high": ["evidence.published_value.value_low", "evidence.published_value.value_high"],
        "verdict": ["evidence.published_value.value_low", "evidence.published_value.value_high"],
        "severity": ["evidence.published_value.statistic"],
        "explanation": ["evidence.published_value.printed", "evidence.text_observation.detail"],
    },
)
def number_check(
    published_value: pd.DataFrame, arm: pd.DataFrame, article_table: pd.DataFrame, text_observation: pd.DataFrame
) -> pd.DataFrame:
    """Every printed number against every other that it must agree with; one row a finding, with its sentence."""
    return audit.check(published_value, arm, article_table, text_observation)
