"""The figures beside the report: drawn for articles with a survival curve, when what they show has changed.

Belongs here: which figures there are, and that none is drawn twice. Does not: the drawing (trialmart/figures). An article without a
curve has its forest plot in the page itself: importing matplotlib would cost a run on one article more than all its stops.
"""

from __future__ import annotations

import importlib
import inspect
import os
import pathlib

from dagster_project.evidence import Evidence

FIGURES = {  # module of trialmart.figures: the figure's title
    "kaplan_meier": "Kaplan–Meier curves of the reconstructed patients",
    "cumulative_hazard": "Log cumulative hazard",
    "extrapolation": "Extrapolation",
    "forest": "Forest plot",
    "adverse_events": "Adverse events",
}
MOST = 12  # articles


def draw_all(evidence: Evidence, folder: pathlib.Path) -> dict[str, str]:
    """Draws what is missing into `folder` and takes away what is outdated. Returns title -> file name, article by article."""
    curves = evidence.rows(
        "SELECT article_id, to_hex(bit_xor(hash(c))) AS state FROM mart.survival_curve c GROUP BY article_id ORDER BY article_id LIMIT ?",
        MOST,
    )
    wanted = {}
    for row in curves:
        for name, title in FIGURES.items():
            file = folder / f"{row['article_id']}-{name}-{row['state']}.svg"
            if file.exists() or _draw(evidence, row["article_id"], name, file):
                wanted[f"{row['article_id']}: {title}"] = file.name
    if folder.exists():
        for file in folder.glob("*.svg"):
            if file.name not in wanted.values():
                file.unlink()
    return wanted


def _draw(evidence: Evidence, article_id: str, name: str, file: pathlib.Path) -> bool:
    """Draws one figure from the tables that its `draw` names as parameters; False where there is nothing to show."""
    from trialmart.figures.canvas import to_bytes

    draw = importlib.import_module(f"trialmart.figures.{name}").draw
    tables = {parameter: table for parameter in inspect.signature(draw).parameters if (table := _TABLES.get(parameter))}
    frames = {
        parameter: evidence.connection.sql(f"SELECT * FROM {table} WHERE article_id = ?", params=[article_id]).to_arrow_table().to_pandas()
        for parameter, table in tables.items()
    }
    figure = draw(**frames, article_id=article_id)
    if figure is None:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_bytes(to_bytes(figure))
    os.replace(part, file)
    return True


_TABLES = {
    "arm": "evidence.arm",
    **{
        name: f"mart.{name}"
        for name in ("efficacy", "safety", "subgroup", "survival_curve", "survival_contrast", "survival_model", "reconstruction_check")
    },
}
