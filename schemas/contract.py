"""A table's contract: its declaration, and all that follows from it, as one class.

Belongs here: the class that tables inherit from. Does not: how a table is declared (declaration.py), what it is as a table and as a frame
(storage.py), which rows may land (validation.py). Imports go from here to these three, never back.
"""

from typing import TYPE_CHECKING, Any

from schemas import storage, validation
from schemas.declaration import SCHEMA_VERSION, Column, Declaration, Rule, column, figure, rule

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["SCHEMA_VERSION", "Column", "Contract", "Rule", "column", "figure", "rule"]


class Contract(Declaration):
    """A table: its columns in order, its key, its rules. Inherit from it and give `class Config` a name to declare one."""

    @classmethod
    def ddl(cls, if_not_exists: bool = True) -> str:
        """The CREATE TABLE statement."""
        return storage.ddl(cls, if_not_exists)

    @classmethod
    def comments(cls) -> list[str]:
        """The COMMENT ON statements for the table and its columns."""
        return storage.comments(cls)

    @classmethod
    def empty(cls) -> "pd.DataFrame":
        """A frame with no rows and every column typed."""
        return storage.empty(cls)

    @classmethod
    def coerce(cls, frame: "pd.DataFrame | pa.Table") -> "pd.DataFrame":
        """The frame with the contract's columns, order and types. Raises ValueError for unknown or missing required columns."""
        return storage.coerce(cls, frame)

    @classmethod
    def arrow(cls, frame: "pd.DataFrame | pa.Table") -> "pa.Table":
        """The frame as an Arrow table with the contract's columns, order and types."""
        return storage.arrow(cls, frame)

    @classmethod
    def plain(cls, table: "pa.Table") -> "pd.DataFrame":
        """The contract's rows as the library takes them: numpy types, None and NaN for NULL."""
        return storage.plain(cls, table)

    @classmethod
    def model(cls) -> Any:
        """The Pandera model (a `pandera.pandas.DataFrameModel` subclass): strict, coercing, ordered."""
        return validation.model(cls)

    @classmethod
    def check(cls, frame: "pd.DataFrame | pa.Table") -> "tuple[pa.Table, pd.DataFrame]":
        """(rows that may land, failures as rows of quality.quarantine)."""
        return validation.check(cls, frame)

    @classmethod
    def split(cls, frame: "pd.DataFrame | pa.Table") -> "tuple[pd.DataFrame, pd.DataFrame]":
        """As `check`, but a typed frame."""
        kept, failures = validation.check(cls, frame)
        return storage.coerce(cls, kept), failures
