"""Rows of tables as stops read them.

Belongs here: what every stop's frames have in common, wherever it runs: plain types, corrections applied. Does not: where rows come
from (the warehouse, or files for a process that has no warehouse).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import schemas

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

CACHED = 40  # frames of the current batch; one article's are small, a large batch's are dropped when the next comes


class Frames:
    """Frames of the articles at hand, kept since several stops read the same."""

    def __init__(self, read: Callable[[str, Sequence[str]], pa.Table]) -> None:
        self._read = read
        self._kept: dict[tuple[str, tuple[str, ...]], Any] = {}

    def frame(self, table: str, articles: Sequence[str], stop: str | None = None) -> pd.DataFrame:
        """The rows of these articles, for a stop to read. Printed values come with the reviewers' corrections applied."""
        key = (table, tuple(articles))
        if key not in self._kept:
            if len(self._kept) >= CACHED or any(kept[1] != key[1] for kept in self._kept):
                self._kept.clear()
            self._kept[key] = schemas.TABLES[table].plain(self._read(table, articles))
        frame = self._kept[key]
        if table == "evidence.published_value" and stop not in (None, "correction"):
            recorded = self.frame("quality.correction", articles)
            if len(recorded):
                from trialmart import corrections

                return corrections.apply(frame, recorded)[0]
        return frame.copy()

    def forget(self, tables: Iterable[str]) -> None:
        """These tables have changed."""
        gone = set(tables)
        self._kept = {key: frame for key, frame in self._kept.items() if key[0] not in gone}
