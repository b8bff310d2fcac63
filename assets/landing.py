"""What a stop hands to the I/O manager.

Belongs here: the plain record between a stop and storage. Does not: how rows are written (dagster_project/io_manager.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

WHOLE = "*"  # stands for the article in the key of a stop that works on the library as a whole


class Part(NamedTuple):
    """Rows of one table. Earlier rows of `articles` (None: of all) that match `where` go, `data` comes.

    data: a frame, an Arrow table or a list of Parquet files. articles = () only adds.
    """

    model: Any
    data: Any
    articles: Sequence[str] | None
    where: Mapping[str, Any] = {}


@dataclass(slots=True)
class Landing:
    """Everything that one asset lands, in one transaction.

    `parts` is consumed once, batch by batch, so that a large library is never in memory as a whole. `keys` say what the rows were made
    from, by stop and article (None forgets it); they land with the rows, or not at all.
    """

    table: str
    parts: Iterable[Part]
    keys: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)  # filled while parts are consumed, shown with the materialization

    def land(self, transaction: Any) -> dict[str, int]:
        """Writes all parts and the keys. Returns rows landed by table."""
        rows: dict[str, int] = {}
        for part in self.parts:
            if part.articles == ():
                landed = transaction.append(part.model, part.data)
            else:
                landed = transaction.replace(part.model, part.data, part.articles, **part.where)
            rows[part.model.name] = rows.get(part.model.name, 0) + (landed or 0)
        for stop, keys in self.keys.items():
            if keys:
                transaction.set_keys(stop, dict(keys))
        return rows


def batches(article_ids: Sequence[str], size: int) -> Iterator[list[str]]:
    """The articles in slices of at most `size`."""
    for start in range(0, len(article_ids), size):
        yield list(article_ids[start : start + size])
