"""The contracts: one class per table, and everything that follows from it. Belongs here: names, types, units, ranges, keys and rules,
each written once. Does not: how a table is filled (trialmart, assets) or stored (dagster_project/warehouse)."""

from schemas.contract import SCHEMA_VERSION, Contract
from schemas.evidence import Arm, Article, ArticleTable, ArticleText, CurvePoint, PublishedValue, TextObservation
from schemas.facts import AdverseEvent, BaselineCharacteristic, Comparison, Response, SubgroupEffect, TimeToEvent
from schemas.lineage import ColumnLineage, Derivation, Meta, Run, SourceSpan, ValueSpan
from schemas.mart import Efficacy, Safety, StudySummary, Subgroup
from schemas.pipeline import SourceFile, StopKey
from schemas.quality import Correction, NumberCheck, Quarantine, ValidationResult
from schemas.survival import (
    DesignCheck,
    ReconstructedPatient,
    ReconstructionCheck,
    SurvivalContrast,
    SurvivalCurve,
    SurvivalEstimate,
    SurvivalModel,
)

IN_ORDER: tuple[type[Contract], ...] = (
    Article, ArticleText, Arm, ArticleTable, SourceSpan, PublishedValue, ValueSpan, TextObservation, CurvePoint,
    BaselineCharacteristic, AdverseEvent, Response, TimeToEvent, SubgroupEffect, Comparison,
    NumberCheck, Correction, Quarantine, ValidationResult,
    Efficacy, Safety, Subgroup, ReconstructedPatient, ReconstructionCheck, SurvivalCurve, SurvivalEstimate, SurvivalContrast,
    SurvivalModel, DesignCheck, StudySummary,
    Derivation, ColumnLineage, Run, Meta,
    SourceFile, StopKey,
)  # fmt: skip

TABLES: dict[str, type[Contract]] = {table.name: table for table in IN_ORDER}
PUBLISHED: dict[str, type[Contract]] = {name: table for name, table in TABLES.items() if not name.startswith("pipeline.")}

__all__ = ["IN_ORDER", "PUBLISHED", "SCHEMA_VERSION", "TABLES", "Contract", *(table.__name__ for table in IN_ORDER)]
