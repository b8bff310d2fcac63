"""Row ids and the link from a row to the printed values behind it.

Belongs here: ids that are the same in every run, order and number of workers. Does not: which columns make a row what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from itertools import chain

import numpy as np
import pandas as pd

DERIVATION = ("article_id", "row_id", "table_name", "value_id")


def codes(*columns: Sequence | pd.Series) -> np.ndarray:
    """A number for each distinct combination of the columns' values, from 0 in order of appearance; missing values are alike."""
    number = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        array = column.to_numpy() if isinstance(column, pd.Series) else np.asarray(column)
        own = pd.factorize(array)[0].astype(np.int64) + 1  # a missing value is -1
        number = pd.factorize(number * (int(own.max(initial=0)) + 1) + own)[0].astype(np.int64)
    return number


def nth(code: np.ndarray) -> np.ndarray:
    """0, 1, 2, ... within equal codes, in order."""
    order = np.argsort(code, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(code[order]) != 0])
    result = np.empty(len(code), np.int64)
    result[order] = np.arange(len(code)) - np.repeat(starts, np.diff(np.r_[starts, len(code)]))
    return result


def row_ids(frame: pd.DataFrame, table: str, key_columns: Sequence[str]) -> pd.Series:
    """`article:table:12 hex digits` of each row's key. Rows that agree in all key columns get one id."""
    articles = frame["article_id"].to_numpy(object).tolist()
    name = table.rpartition(".")[2]
    rows = zip(articles, *(mapped(frame[column], _text, "\x00").tolist() for column in key_columns), strict=True)
    ids = [f"{row[0]}:{name}:{blake2b(chr(31).join(row).encode(), digest_size=6).hexdigest()}" for row in rows]
    return pd.Series(ids, index=frame.index, dtype=object)


def mapped(column: pd.Series | np.ndarray, read: Callable[..., object], missing: object = None) -> np.ndarray:
    """What `read` says of each value, asked once for each distinct one; `missing` where there is none. Shape (rows,), objects."""
    array = column.to_numpy() if isinstance(column, pd.Series) else column
    try:
        code, told = pd.factorize(array)
    except TypeError:  # lists: each for itself
        code, told = np.arange(len(array)), array
    found: np.ndarray = np.empty(len(told) + 1, object)
    found[:] = [*map(read, told.tolist()), missing]
    return found[code]


def positions(ids: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Where each of the wanted ids stands among `ids` (the first time); -1 where it does not, or is missing."""
    index = pd.Index(ids)
    if index.is_unique:
        return index.get_indexer(wanted)
    where = {own: at for at, own in reversed(list(enumerate(ids.tolist())))}
    return np.array([where.get(each, -1) if isinstance(each, str) else -1 for each in wanted.tolist()], np.int64)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple, np.ndarray)):
        return "\x1e".join(map(str, value))
    if value is None or value != value:
        return "\x00"
    return str(int(value)) if isinstance(value, (float, np.floating)) and value == int(value) else str(value)


def of_table(values: pd.DataFrame, article_table: pd.DataFrame, name: str) -> np.ndarray:
    """What a column of `article_table` says of the table that each value is printed in; None where it says nothing."""
    code = values["table_code"].to_numpy() if "table_code" in values else codes(values["article_id"], values["table_id"])
    keys = zip(article_table["article_id"].tolist(), article_table["table_id"].tolist(), strict=True)
    told = dict(zip(keys, article_table[name].tolist(), strict=True))
    firsts = np.unique(code, return_index=True)
    tables = zip(*(values[column].to_numpy(object)[firsts[1]].tolist() for column in ("article_id", "table_id")), strict=True)
    found: np.ndarray = np.full(int(code.max(initial=-1)) + 1, None, object)
    found[firsts[0]] = [told.get(table) for table in tables]
    return found[code]


def derivation(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """One row for each printed value behind a row: article_id, row_id, table_name, value_id. `frame` has row_id and value_ids."""
    rows = frame[["article_id", "row_id", "value_ids"]].explode("value_ids").dropna(subset="value_ids")
    rows = rows.rename(columns={"value_ids": "value_id"}).drop_duplicates()
    rows.insert(2, "table_name", table)
    return rows.reset_index(drop=True)[list(DERIVATION)]


def union_of_lists(*columns: Iterable) -> list[list[str]]:
    """Row by row the values of several list columns, each once, in order. A missing list counts as empty."""
    lists = ([value if isinstance(value, (list, tuple, np.ndarray)) else () for value in column] for column in columns)
    return [list(dict.fromkeys(chain.from_iterable(row))) for row in zip(*lists, strict=True)]
