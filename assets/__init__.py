"""The stops: one module each, in the order in which the data travel.

Belongs here: what each stop reads, which library function it calls, what it returns. Does not: arithmetic (trialmart/), table
declarations (schemas/), storage and runs (dagster_project/).
"""

from __future__ import annotations

from typing import Any


def all_assets() -> tuple[list[Any], list[Any]]:
    """Every stop in the order in which the data travel, and the checks that stand beside them."""
    from assets import acceptance, articles, audit, effects, extraction, facts, publication, survival

    stops = [
        articles.articles,
        extraction.extraction,
        audit.correction,
        facts.typed_tables,
        audit.number_check,
        effects.efficacy,
        effects.safety,
        effects.subgroup,
        effects.study_summary,
        survival.curves,
        survival.survival,
        acceptance.acceptance(),
    ]
    return [*stops, *publication.publication_assets()], []
