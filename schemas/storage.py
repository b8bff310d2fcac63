"""What a contract is as a database table and as a typed frame. Belongs here: DDL, comments, the types of frames and Arrow tables. Does not:
which rows may land (validation.py), nor any connection (dagster_project/warehouse)."""

import datetime
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from schemas.declaration import Column, Declaration

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def ddl(model: type[Declaration], if_not_exists: bool = True) -> str:
    """The CREATE TABLE statement. Keys are not declared to the database: DuckDB checks them too early within a transaction that replaces
    rows, and its indexes cost more than the check before landing."""
    columns = ", ".join(f'"{one.name}" {one.sql_type}{"" if one.nullable else " NOT NULL"}' for one in model.columns.values())
    return f"CREATE TABLE {'IF NOT EXISTS ' if if_not_exists else ''}{model.name} ({columns})"


def comments(model: type[Declaration]) -> list[str]:
    """COMMENT ON for the table, then for each of its columns."""
    statements = [f"COMMENT ON TABLE {model.name} IS {_quoted(model.description())}"]
    for name, _, _, description, _ in model.column_rows():
        statements.append(f'COMMENT ON COLUMN {model.name}."{name}" IS {_quoted(description)}')
    return statements


def dtype(declared: Column) -> str:
    """The pandas dtype of a column. NULL is pd.NA, NaN in floats (so that numpy and scipy take them as they are), NaT in times."""
    if declared.kind is int:
        return "Int64" if declared.nullable else "int64"
    if declared.kind is bool:
        return "boolean" if declared.nullable else "bool"
    if declared.kind is float:
        return "float64"
    if declared.kind is str:
        return "string"
    if declared.kind is datetime.datetime:
        return "datetime64[us, UTC]"
    if declared.kind is datetime.date:
        return "datetime64[s]"
    return "object"  # list[str]: a list per row


def arrow_schema(model: type[Declaration]) -> "pa.Schema":
    """The contract's columns as Arrow types."""
    import pyarrow as pa

    kinds = {
        str: pa.string(),
        int: pa.int64(),
        float: pa.float64(),
        bool: pa.bool_(),
        datetime.datetime: pa.timestamp("us"),  # UTC without a zone: every client shows the same
        datetime.date: pa.date32(),
        list[str]: pa.list_(pa.string()),
    }
    return pa.schema([pa.field(one.name, kinds[one.kind], nullable=one.nullable) for one in model.columns.values()])


def empty(model: type[Declaration]) -> "pd.DataFrame":
    """A frame with no rows and every column typed."""
    import pandas as pd

    return pd.DataFrame({one.name: pd.Series([], dtype=dtype(one)) for one in model.columns.values()})


def align(model: type[Declaration], names: list[str]) -> list[str]:
    """The nullable columns that `names` lacks. Raises ValueError for columns that the contract lacks and for missing required ones:
    a misspelt column must not become a column of NULLs."""
    unknown = [name for name in names if name not in model.columns]
    missing = [name for name in model.columns if name not in names]
    required = [name for name in missing if not model.columns[name].nullable and model.columns[name].kind != list[str]]
    if unknown or required:
        parts = [f"has no column {', '.join(unknown)}"] * bool(unknown) + [f"needs {', '.join(required)}"] * bool(required)
        raise ValueError(f"{model.name} {' and '.join(parts)}")
    return missing


def _lists(values: "pd.Series") -> "pd.Series":
    """Lists of strings from whatever holds several: tuples, arrays, lists; NULL is the empty list."""
    import numpy as np
    import pandas as pd

    held = values.to_numpy(dtype=object)
    if all(type(one) is list for one in held):
        return values
    lists = [one if type(one) is list else one.tolist() if type(one) is np.ndarray else _list(one) for one in held]
    return pd.Series(lists, index=values.index, name=values.name, dtype=object)


def _list(held: object) -> list[str]:
    if held is None or not isinstance(held, Iterable):  # NaN and pd.NA are no iterables
        return []
    if isinstance(held, str):
        raise TypeError(f"{held!r} is one string, not several")
    return list(held)


def coerce(model: type[Declaration], frame: "pd.DataFrame | pa.Table", columns: Sequence[str] | None = None) -> "pd.DataFrame":
    """The frame with the contract's columns (or those of `columns`), in that order and their types, its own index kept.

    Raises ValueError naming the column where a value does not fit its type, a column is unknown, or a required one is missing.
    """
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        frame = from_arrow(frame)
    if columns is None:
        align(model, list(frame.columns))
    typed = {}
    for declared in [model.columns[name] for name in columns or model.columns]:
        name = declared.name
        if name not in frame:
            blank: list[list[str]] | None = [[] for _ in range(len(frame))] if declared.kind == list[str] else None
            typed[name] = pd.Series(blank, index=frame.index, dtype=dtype(declared))
            continue
        try:
            typed[name] = as_declared(frame[name], declared)
        except (ValueError, TypeError, OverflowError) as reason:
            raise ValueError(f"{model.name}.{name} is not {declared.sql_type}: {reason}") from None
    return pd.DataFrame(typed, index=frame.index)


def from_arrow(table: "pa.Table", strings: str | None = None) -> "pd.DataFrame":
    """The table as a frame in which integers and booleans with NULLs have not passed through floats or objects. strings: `pyarrow` leaves them
    where they are, which is quicker where they are only looked at."""
    import pandas as pd
    import pyarrow as pa

    kinds = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype(), pa.string(): pd.StringDtype(strings)}
    return table.to_pandas(types_mapper=kinds.get)


def as_declared(values: "pd.Series", declared: Column, wanted: str | None = None) -> "pd.Series":
    """The values in the column's type (or in `wanted`). Raises ValueError or TypeError where one does not fit."""
    import pandas as pd

    wanted = wanted or dtype(declared)
    if declared.kind == list[str]:
        return _lists(values)
    if str(values.dtype) == wanted:
        return values
    if declared.kind is str:
        return values.astype(object).where(values.notna(), None).astype(wanted)
    if declared.kind is float:
        return values.astype("Float64").astype("float64")
    if declared.kind in (int, bool):
        return values.astype("Int64" if declared.kind is int else "boolean").astype(wanted)
    if declared.kind is datetime.datetime:
        return pd.to_datetime(values, utc=True).astype(wanted)
    return values.astype(wanted)


def arrow(model: type[Declaration], frame: "pd.DataFrame | pa.Table") -> "pa.Table":
    """The frame as an Arrow table with the contract's columns, order and types. Raises ValueError as `coerce` does."""
    import pyarrow as pa

    schema = arrow_schema(model)
    if isinstance(frame, pa.Table):
        missing = align(model, frame.column_names)
        for name in missing:
            frame = frame.append_column(name, _blank(frame.num_rows, schema.field(name).type))
        return _without_nan(frame.select(schema.names).cast(schema))
    direct = _direct(model, frame, schema)
    if direct is not None:
        return direct
    typed = coerce(model, frame)
    for one in model.columns.values():
        if one.kind is datetime.datetime:
            typed[one.name] = typed[one.name].dt.tz_localize(None)
    return pa.Table.from_pandas(typed, schema=schema, preserve_index=False)


def _direct(model: type[Declaration], frame: "pd.DataFrame", schema: "pa.Schema") -> "pa.Table | None":
    """The table without a typed frame on the way, which costs several times as much. None where a column is not at once of its type."""
    import pyarrow as pa

    align(model, list(frame.columns))
    columns = []
    for field, declared in zip(schema, model.columns.values(), strict=True):
        if field.name not in frame:
            columns.append(_blank(len(frame), field.type))
            continue
        if declared.kind in (datetime.datetime, datetime.date) or str(frame[field.name].dtype) == "category":
            return None
        values = _lists(frame[field.name]) if declared.kind == list[str] else frame[field.name]
        try:
            columns.append(pa.array(values, field.type, from_pandas=True))
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, ValueError, TypeError):
            return None
    return pa.table(columns, schema)


def _without_nan(table: "pa.Table") -> "pa.Table":
    """NULL for NaN, which a frame's NULL is."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for place, field in enumerate(table.schema):
        if pa.types.is_floating(field.type) and pc.any(pc.is_nan(table.column(place))).as_py():
            values = table.column(place)
            table = table.set_column(place, field, pc.if_else(pc.is_nan(values), pa.scalar(None, field.type), values))
    return table


def _blank(rows: int, kind: "pa.DataType") -> "pa.Array":
    """A column that nobody has filled: NULL, or no strings."""
    import pyarrow as pa

    return pa.array([[]] * rows, kind) if pa.types.is_list(kind) else pa.nulls(rows, kind)


def plain(model: type[Declaration], table: "pa.Table") -> "pd.DataFrame":
    """The contract's rows as the library takes them: strings, lists and truth values as they are, None for NULL; numbers with NaN. pd.NA, which
    has no truth value, stays out."""
    import pandas as pd

    columns = {}
    for one in model.columns.values():
        values = table.column(one.name)
        if one.kind == list[str]:
            columns[one.name] = pd.Series(_slices(values), dtype=object)
        elif one.kind in (datetime.datetime, datetime.date):
            columns[one.name] = as_declared(values.to_pandas(), one)
        elif one.kind is bool and one.nullable:
            columns[one.name] = values.to_pandas().astype(object)
        else:
            columns[one.name] = values.to_pandas()
    return pd.DataFrame(columns, copy=False)


def _slices(values: "pa.ChunkedArray") -> list[list[str]]:
    """A list of strings for each row; NULL is the empty list. Equal strings are one object."""
    found: list[list[str]] = []
    for chunk in values.chunks:
        words = chunk.values.to_pandas().tolist()
        ends = chunk.offsets.to_numpy().tolist()
        found += [words[start:end] for start, end in zip(ends, ends[1:], strict=False)]
    if values.null_count:
        for row, there in enumerate(values.is_valid().to_pylist()):
            if not there:
                found[row] = []
    return found
