"""Small articles for tests of the engine, and a run without the parts that have tests of their own.

Every article is a made-up trial of two arms with one table: enough for every stop to have something to do, quick to read. The counts differ
so that a row of one article can't be taken for another's.
"""

from __future__ import annotations

import pathlib
from typing import Any

import dagster as dg
import pandas as pd
import pytest

ARTICLE = """# {drug} or Placebo in Chronic Cough: a Randomized Trial

## Abstract

We randomly assigned {total} patients with chronic cough to receive {drug} or placebo.

## Methods

In this double-blind trial, {total} patients were randomly assigned, in a 1:1 ratio, to receive {drug} ({n} patients) or placebo ({n} patients).

## Results

Nausea was reported in {nausea} patients ({percent}%) in the {drug} group.

Table 1. Adverse Events.

| Event | {drug} (N={n}) | Placebo (N={n}) |
|---|---|---|
| | n (%) | n (%) |
| Nausea | {nausea} ({percent}) | 10 (10) |
| Headache | 20 (20) | 15 (15) |
"""

BINARY = bytes(range(256)) * 40
NO_TRIAL = "Pancakes\n\nMix two eggs with 200 g of flour and 300 ml of milk. Bake for 3 minutes on each side. Serves 4.\n" * 8


def article(drug: str, nausea: int = 30) -> str:
    return ARTICLE.format(drug=drug, n=100, total=200, nausea=nausea, percent=nausea)


def write_two(folder: pathlib.Path) -> None:
    """Two articles, and nothing else, in the folder."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    (folder / "alpha.md").write_text(article("Alphadrug"), encoding="utf-8")
    (folder / "beta.md").write_text(article("Betadrug", nausea=41), encoding="utf-8")


def run(home: pathlib.Path, *sources: object, **asked: Any) -> Any:
    """A run in this process on an instance in memory, without Great Expectations and survival unless asked."""
    from dagster_project import expectations
    from dagster_project import run as engine

    options = engine.options(home, [str(source) for source in sources], **{"workers": 1, "survival": False, **asked})
    with pytest.MonkeyPatch.context() as patch, dg.DagsterInstance.ephemeral() as instance:
        patch.setattr(expectations, "start", lambda: _NoChecker())
        patch.setattr(expectations, "check", lambda warehouse, handle: expectations.contract_results(warehouse))
        return engine.run(options, instance=instance)


class _NoChecker:
    def close(self) -> None:
        return None


def rows(home: pathlib.Path, table: str, article: str | None = None) -> pd.DataFrame:
    """A published table, or an article's part of it, in a fixed order."""
    from dagster_project.evidence import Evidence

    with Evidence(home) as evidence:
        where = "" if article is None else f" WHERE article_id = '{article}'"
        return evidence.connection.execute(f"FROM {table}{where} ORDER BY ALL").df()


def everything(home: pathlib.Path, article: str | None = None) -> dict[str, str]:
    """Every published table that is about articles, as text, to compare two runs by."""
    import schemas

    return {name: rows(home, name, article).to_csv() for name, model in schemas.PUBLISHED.items() if "article_id" in model.columns}
