"""Survival stops: curve sidecars, then patient data reconstructed from what is published.

Belongs here: which tables the reconstruction rests on. Does not: the reconstruction (trialmart/survival), finding the sidecar files
(dagster_project/resources.py).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import dagster as dg

import schemas
from assets.batches import Result
from assets.contract import Verdict, contract_asset, define, land
from assets.library import sidecar
from assets.library import survival as library
from assets.stop import Stop, code_version

if TYPE_CHECKING:
    import pandas as pd

CURVES = Stop("curves", (schemas.CurvePoint,), ("evidence.arm",), code_version("trialmart/survival/sidecar"))
FITTED = ["evidence.time_to_event.n_events", "evidence.time_to_event.median", "evidence.comparison.estimate", "evidence.curve_point.value"]
PATIENTS = ["mart.reconstructed_patient.time_months", "mart.reconstructed_patient.event"]


def _work(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Coordinates and numbers at risk from the sidecar files beside articles, since articles hold them only in figures."""
    pipeline, started = context.resources.pipeline, time.time()
    read, have = pipeline.keys.get("extraction", {}), pipeline.keys.get(CURVES.name, {})
    files = {article: found for article, found in pipeline.sidecars().items() if article in read}
    wanted = {
        article: hashlib.blake2b(repr((CURVES.code_version, read[article], text)).encode(), digest_size=12).hexdigest()
        for article, (_, text) in files.items()
    }
    stale = sorted(article for article, key in wanted.items() if have.get(article) != key)
    gone = sorted(article for article in have if article not in wanted)
    result = Result.empty(CURVES)
    for article in stale:
        path, text = files[article]
        try:
            points = sidecar.parse(text, path, article)
        except ValueError as error:
            result.failures.append(pipeline.quarantine_rows([(article, schemas.CurvePoint.name, " ".join(str(error).split()))]))
        else:
            result.add(CURVES, (sidecar.resolve(points, pipeline.frame("evidence.arm", [article])),))
    yield from land(context, CURVES, result, stale, gone, {**dict.fromkeys(gone), **{a: wanted[a] for a in stale}}, started)


curves = define(CURVES, _work, group="survival", kinds=("csv", "duckdb"), description=_work.__doc__)

TABLES = (
    schemas.ReconstructedPatient, schemas.ReconstructionCheck, schemas.SurvivalCurve, schemas.SurvivalEstimate, schemas.SurvivalContrast,
    schemas.SurvivalModel, schemas.DesignCheck,
)  # fmt: skip

MET = "fitted_figures_are_met"
LISTED = 20  # unmet figures that the UI shows


def _met(pipeline: Any) -> list[Verdict]:
    """Whether every figure that a reconstruction was made to meet is met; which is not, and by how much."""
    unmet = pipeline.unmet_figures()
    told = [
        f"{row['article_id']}, {row['endpoint']}, {row['arm_id'] or 'contrast'}, draw {row['draw']}: {row['statistic']} printed "
        f"{row['printed']}, reconstructed {row['reconstructed']:.4g}, off by {row['distance']:.3g}"
        for row in unmet[:LISTED]
        if row["reconstructed"] is not None and row["distance"] is not None
    ]
    return [Verdict(MET, not unmet, {"unmet": len(unmet), "which": dg.MetadataValue.md("\n".join(f"- {line}" for line in told) or "none")})]


@contract_asset(
    *TABLES,
    group="survival",
    verdicts=[MET],
    judge=_met,
    code=["trialmart/survival"],
    derives=True,
    batch=25,
    varies="draws",
    by_content=True,  # seconds an article
    kinds=("lifelines", "duckdb"),
    lineage={
        "time_months": FITTED,
        "event": FITTED,
        "published": ["evidence.published_value.value"],
        "reconstructed": PATIENTS,
        "survival": PATIENTS,
        "estimate": PATIENTS,
        "ci_lower": PATIENTS,
        "ci_upper": PATIENTS,
        "n_at_risk": PATIENTS,
        "aic": PATIENTS,
        "bic": PATIENTS,
    },
)
def survival(
    time_to_event: pd.DataFrame, comparison: pd.DataFrame, published_value: pd.DataFrame, arm: pd.DataFrame, article: pd.DataFrame,
    curve_point: pd.DataFrame, *, draws: int, workers: int | None, progress: Callable[..., None],
) -> tuple[pd.DataFrame, ...]:  # fmt: skip
    """Synthetic patient data that meet every published figure at its printed precision, and what they say.

    Draw 0 is the reference; the other draws and the bounds carry the uncertainty of all that was not fitted. Where the article gives too
    little, there are no rows.
    """
    tables = library.survival_tables(
        time_to_event, comparison, published_value, arm, article, curve_point, draws=draws, workers=workers or 2, progress=progress
    )
    for message in tables["messages"] if draws else ():  # why an article that was asked for has no curve
        dg.get_dagster_logger("survival").info(message)
    return *(tables[model.name] for model in TABLES), tables["lineage.derivation"]
