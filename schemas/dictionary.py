"""The data dictionary. Belongs here: contracts as a page for a reader. Does not: the contracts.

`python -m schemas.dictionary` writes docs/data-dictionary.md; a test keeps it current.
"""

import pathlib
from collections.abc import Iterator

from schemas import PUBLISHED, SCHEMA_VERSION
from schemas.contract import Column, Contract

PAGE = pathlib.Path(__file__).resolve().parents[1] / "docs" / "data-dictionary.md"
GROUPS = {
    "evidence": "As published: what an article prints, with the place of each figure.",
    "mart": "Ready for analysis: effects, subgroups, survival and the page-one numbers.",
    "quality": "What was found about the evidence, what did not land, what was corrected.",
    "lineage": "Where each figure stands and what rests on it.",
    "main": "What this database is.",
}


def dictionary() -> str:
    """The page as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Data dictionary"
    yield ""
    yield f"Made from the contracts in `schemas/` by `python -m schemas.dictionary` (schema version {SCHEMA_VERSION}). Do not edit it by hand."
    yield "The same descriptions are in the database: `SELECT table_name, comment FROM duckdb_tables()`, `duckdb_columns()`."
    yield ""
    yield "Every table exists, typed, when it has no rows. Times are UTC. A list (`VARCHAR[]`) is never NULL but may be empty. A column called"
    yield "`<name>_value_id` holds the published value that `<name>` was taken from."
    for group, words in GROUPS.items():
        tables = [model for name, model in PUBLISHED.items() if name.split(".")[0] == group]
        yield ""
        yield f"## {group}"
        yield ""
        yield words
        yield ""
        for model in tables:
            yield f"- [{model.name}](#{_anchor(model.name)}): {model.description()}"
        for model in tables:
            yield from _table(model)


def _anchor(name: str) -> str:
    return name.lower().replace(".", "")


def _table(model: type[Contract]) -> Iterator[str]:
    yield ""
    yield f"### {model.name}"
    yield ""
    yield model.description()
    if model.unique:
        yield ""
        yield f"Key: {', '.join(f'`{name}`' for name in model.unique)}."
    if model.rules:
        yield ""
        yield "Rules between columns: " + "; ".join(rule.description for rule in model.rules) + "."
    yield ""
    yield "| column | type | unit | meaning |"
    yield "| --- | --- | --- | --- |"
    for one in model.columns.values():
        kind = one.sql_type if one.nullable or one.kind == list[str] else f"{one.sql_type} NOT NULL"
        yield f"| `{one.name}` | {kind} | {one.unit or ''} | {_meaning(one)} |"


def _meaning(one: Column) -> str:
    text = one.description.replace("|", "\\|")
    words = [word for word in one.constraints if word != "not null" and not word.startswith("one of")]
    if one.isin is not None:
        words.append("one of " + ", ".join(f"`{word}`" for word in one.isin))
    if one.example is not None:
        words.append(f"for example `{one.example}`")
    return text + (f" ({'; '.join(words)})".replace("|", "\\|") if words else "")


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(dictionary(), encoding="utf-8")
