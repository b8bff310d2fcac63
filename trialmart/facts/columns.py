"""A frame's text columns, each looked through once: as objects, and as whole numbers that are equal where the text is.

Belongs here: what several readers of one frame need of its text columns. Does not: what a column means.

Comparing text a hundred times over costs more than all the work that follows; numbers compare in a thousandth of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property

import numpy as np
import pandas as pd

_TOLD_ONCE = frozenset({"value_id", "estimate_id", "fact", "span_id", "printed", "note"})  # nearly each row has its own: codes would tell nothing
_DENSE = 8  # codes below so many times the rows are made dense by counting


class Columns:
    """Text columns of a frame by name; a column that the frame lacks is missing throughout."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self._texts: dict[str, np.ndarray] = {}
        self._codes: dict[str, np.ndarray] = {}
        self._names: dict[str, list[str]] = {}
        self._combined: dict[tuple[str, ...], np.ndarray] = {}

    def __len__(self) -> int:
        return len(self.frame)

    def text(self, name: str) -> np.ndarray:
        """The column as objects, None for whatever stands for missing."""
        if name not in self._texts:
            self._texts[name] = objects(self.frame, name, None if name in _TOLD_ONCE else self.code(name) == 0)
        return self._texts[name]

    @cached_property
    def paths(self) -> list[tuple[str, ...]]:
        """Each row's labels, outermost first; empty where it stands in no table."""
        column = self.frame["row_path"].tolist()
        if all(map(_is_array, column)):
            return list(map(tuple, map(np.ndarray.tolist, column)))
        return [() if path is None or isinstance(path, float) else tuple(path) for path in column]

    def code(self, name: str) -> np.ndarray:
        """A whole number for each text, from 1 in order of appearance; 0 where it is missing."""
        if name not in self._codes:
            if name in self.frame:
                found, names = pd.factorize(self.frame[name].to_numpy(object))
            else:
                found, names = np.full(len(self.frame), -1), np.empty(0, object)
            self._codes[name], self._names[name] = found.astype(np.int64) + 1, names.tolist()
        return self._codes[name]

    def names(self, name: str) -> list[str]:
        """The distinct texts of a column: the one that `code` calls 1 first."""
        self.code(name)
        return self._names[name]

    def add(self, name: str, code: np.ndarray, names: list[str]) -> None:
        """A column that is worked out from others; `code` as above."""
        self._codes[name], self._names[name] = code, names

    def each(self, name: str, read: Callable[[str], object], missing: object) -> np.ndarray:
        """What `read` says of each row's text, asked once for each distinct text."""
        found: np.ndarray = np.empty(len(self.names(name)) + 1, object)
        found[:] = [missing, *map(read, self.names(name))]
        return found[self.code(name)]

    def is_in(self, name: str, wanted: Collection[str]) -> np.ndarray:
        """Which rows have one of these texts."""
        return np.array([False, *(text in wanted for text in self.names(name))])[self.code(name)]

    def forget(self, *names: str) -> None:
        """Columns that the frame now holds otherwise."""
        for known in (self._texts, self._codes, self._names):
            for name in names:
                known.pop(name, None)
        self._combined = {combination: code for combination, code in self._combined.items() if not set(names) & set(combination)}
        if "row_path" in names:
            self.__dict__.pop("paths", None)

    def combined(self, *names: str) -> np.ndarray:
        """A whole number for each combination of several columns' texts, dense from 0."""
        if names not in self._combined:
            self._combined[names] = dense(*(self.code(name) for name in names))
        return self._combined[names]


def _is_array(path: object) -> bool:
    return type(path) is np.ndarray


def dense(*codes: np.ndarray) -> np.ndarray:
    """A whole number for each combination of codes (none below 0), dense from 0."""
    result = codes[0]
    for code in codes[1:]:
        size = int(code.max(initial=0)) + 1
        if int(result.max(initial=0)) * size > 2**60:
            result = pd.factorize(result)[0].astype(np.int64)
        result = result * size + code
    highest = int(result.max(initial=0))
    if highest < _DENSE * len(result):  # counting them is quicker than a hash table
        seen = np.zeros(highest + 1, bool)
        seen[result] = True
        return (np.cumsum(seen) - 1)[result]
    return pd.factorize(result)[0].astype(np.int64)


def objects(frame: pd.DataFrame, name: str, missing: np.ndarray | None = None) -> np.ndarray:
    """A column as objects with None for whatever stands for missing. `missing`: which rows those are, where the caller knows."""
    if name not in frame:
        return np.full(len(frame), None, object)
    column = frame[name].to_numpy(object)
    missing = pd.isna(column) if missing is None else missing
    told = column[missing].tolist()
    if told.count(None) < len(told):
        column = column.copy()
        column[missing] = None
    return column
