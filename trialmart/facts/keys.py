"""Row ids and the link from a row to the printed values behind it.

Belongs here: ids that are the same in every run, order and number of workers. Does not: which columns make a row what it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

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


def row_ids(frame: pd.DataFrame, table: str, key_columns: Sequence[str]) -> pd.Series:
    """`article:table:12 hex digits` of each row's key. Rows that agree in all key columns get one id."""
    columns = [[_text(value) for value in frame[name]] for name in key_columns]
    articles = frame["article_id"].to_numpy(object)
    name = table.rpartition(".")[2]
    rows = zip(articles, *columns, strict=True)
    ids = [f"{row[0]}:{name}:{blake2b(chr(31).join(row).encode(), digest_size=6).hexdigest()}" for row in rows]
    return pd.Series(ids, index=frame.index, dtype=object)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple, np.ndarray)):
        return "\x1e".join(map(str, value))
    if value is None or value != value:
        return "\x00"
    return str(int(value)) if isinstance(value, (float, np.floating)) and value == int(value) else str(value)


def derivation(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """One row for each printed value behind a row: article_id, row_id, table_name, value_id. `frame` has row_id and value_ids."""
    rows = frame[["article_id", "row_id", "value_ids"]].explode("value_ids").dropna(subset="value_ids")
    rows = rows.rename(columns={"value_ids": "value_id"}).drop_duplicates()
    rows.insert(2, "table_name", table)
    return rows.reset_index(drop=True)[list(DERIVATION)]


def union_of_lists(*columns: pd.Series) -> list[list[str]]:
    """Row by row the values of several list columns, each once, in order. A missing list counts as empty."""
    lists = [[value if isinstance(value, (list, tuple, np.ndarray)) else () for value in column] for column in columns]
    return [list(dict.fromkeys(item for part in row for item in part)) for row in zip(*lists, strict=True)]
