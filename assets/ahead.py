"""Stops worked out right behind the reading, in the process that has the rows in memory.

Belongs here: which stops can be, and how one's rows reach the next. Does not: a stop's work (batches.py), which articles are read
(extraction.py), landing (contract.py): each stop still plans what is stale, and lands these rows as its own when its turn comes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import schemas
from assets.batches import Result, concat, of_articles, one_batch
from assets.frames import Frames
from assets.stop import STOPS, Stop

if TYPE_CHECKING:
    import pyarrow as pa

CORRECTIONS = "quality.correction"
Made = dict[str, tuple[list[str], Result]]  # by stop: the articles, and what it made of them


def follow(read: Mapping[str, pa.Table], articles: Sequence[str], prefix: str, apart: Collection[str] = ()) -> Made:
    """What the stops make of articles just read; rows go into files whose names begin with `prefix`.

    read: the rows that will land, by table. apart: articles that wait for their stops' turn, since reviewers have corrected their values.
    """
    mine = sorted(article for article in articles if article not in apart)
    if not mine:
        return {}
    rows = {table: _sorted(part) for table, part in read.items()} | {CORRECTIONS: _nothing(schemas.TABLES[CORRECTIONS])}
    frames = Frames(lambda table, wanted: of_articles(rows[table], wanted))
    made = {}
    for stop in stops(rows):
        result = one_batch(frames, stop, mine, {})
        for model, parts in zip(stop.models, result.frames, strict=True):
            rows[model.name] = _sorted(concat(parts)) if any(map(len, parts)) else _nothing(model)
        made[stop.name] = mine, result.put_down(stop, f"{prefix}.{stop.name}")
    return made


def stops(tables: Collection[str]) -> Iterator[Stop]:
    """The stops that read nothing but these tables and each other's, in order. One that is told of the run, or that a person must ask for, is
    not among them."""
    there, left = set(tables), list(_declared().values())
    while ready := [stop for stop in left if _alone(stop) and there.issuperset(stop.reads)]:
        left = [stop for stop in left if stop not in ready]
        for stop in ready:
            there.update(stop.tables)
            yield stop


def _alone(stop: Stop) -> bool:
    return stop.function is not None and not stop.options and not stop.varies


def _declared() -> Mapping[str, Stop]:
    """Every stop: also in a process that has only been told to read articles."""
    if not STOPS:
        from assets import all_assets

        all_assets()
    return STOPS


def _sorted(rows: pa.Table) -> pa.Table:
    """In the order in which the warehouse gives rows back: by article, within it as they were made (Arrow's sort is stable)."""
    return rows.sort_by("article_id")


def _nothing(model: type[schemas.Contract]) -> pa.Table:
    return model.arrow(model.empty())
