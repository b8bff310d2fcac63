"""Which rows may land. Belongs here: the Pandera model of a contract, and the division of a frame into rows that keep it and failures.
Does not: types alone (storage.py), what has landed as a whole (suites.py).

Every check sees whole columns; nothing is called per row. The Pandera models are built when first used, since Pandera's import and its
first schema cost about a second, which a run with nothing new must not pay.
"""

import functools
import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from schemas.declaration import Column, Declaration, Rule
from schemas.storage import align, arrow, as_declared, coerce, dtype, empty, from_arrow

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

CHUNK = 200_000  # rows that Pandera sees at once: its copies stay small beside the frame itself
LONGEST_CASE = 200

Case = tuple[int, str | None, str, Any]  # row, column (None for a rule between columns), check, value that failed


@functools.cache
def model(contract: type[Declaration]) -> Any:
    """The contract as a `pandera.pandas.DataFrameModel` subclass: strict, coercing, ordered, with its key and rules."""
    import pandera.pandas as pa

    config = type(
        "Config",
        (),
        {
            "name": contract.name,
            "title": contract.name,
            "description": contract.description(),
            "strict": True,
            "coerce": True,
            "ordered": True,
            "unique": list(contract.unique) or None,
        },
    )
    body: dict[str, Any] = {"__annotations__": {}, "__module__": contract.__module__, "__doc__": contract.__doc__, "Config": config}
    for declared in contract.columns.values():
        body["__annotations__"][declared.name] = _pandera_type(declared)
        body[declared.name] = _field(declared)
    for one in contract.rules:
        body[one.name] = pa.dataframe_check(name=one.description, error=one.description)(_as_check(one))
    return type(contract.__name__, (pa.DataFrameModel,), body)


def _field(declared: Column) -> Any:
    import pandera.pandas as pa

    return pa.Field(
        nullable=declared.nullable,
        ge=declared.ge,
        gt=declared.gt,
        le=declared.le,
        lt=declared.lt,
        isin=declared.isin,
        str_matches=declared.matches,
        description=declared.description,
        metadata={"unit": declared.unit, "references": declared.references},
    )


def _pandera_type(declared: Column) -> Any:
    """The type that validation sees: integers and booleans nullable, so that a missing one is a failure of its row, not of the frame."""
    import typing

    import pandas as pd

    named = {"int64": pd.Int64Dtype, "Int64": pd.Int64Dtype, "bool": pd.BooleanDtype, "boolean": pd.BooleanDtype, "string": pd.StringDtype}
    wanted = dtype(declared)
    if wanted in named:
        return named[wanted]
    if wanted == "datetime64[us, UTC]":
        return typing.Annotated[pd.DatetimeTZDtype, "us", "UTC"]
    return {"float64": float, "object": object, "datetime64[s]": "datetime64[s]"}[wanted]


def _as_check(one: Rule) -> Any:
    def holds(cls: Any, rows: "pd.DataFrame") -> "pd.Series":
        return one.holds(rows).fillna(False).astype(bool)

    holds.__name__ = one.name
    return holds


def check(contract: type[Declaration], frame: Any) -> "tuple[pa.Table, pd.DataFrame]":
    """(rows that keep the contract, failures). The failures are rows of quality.quarantine, one for each row and check that failed.

    frame: a pandas frame or Arrow table. Raises ValueError for an unknown or missing required column: that is a fault of the code, not of
    a row.

    Pandera first sees all columns at once, which says whether a row fails; only then it goes column by column, which says what failed.
    """
    try:
        table = arrow(contract, frame)
        rows = from_arrow(table, strings="pyarrow")
        fits = all(table.column(one.name).null_count == 0 for one in contract.columns.values() if not one.nullable)
    except (ValueError, TypeError, OverflowError):
        fits = False  # a value is not of its column's type
    if fits and not _repeated(contract, rows) and all(_holds(contract, rows.iloc[i : i + CHUNK]) for i in range(0, len(rows), CHUNK)):
        return table, _no_failures()
    typed, cases = _typed(contract, frame)
    for start in range(0, len(typed), CHUNK):
        cases += _broken(contract, typed.iloc[start : start + CHUNK])
    cases += _repeated(contract, typed)
    if not cases:
        return arrow(contract, typed), _no_failures()
    each_once = {case[:3]: case for case in reversed(cases)}
    listed = _listed(contract, typed, sorted(each_once.values(), key=lambda case: case[0]))
    broken = sorted({case[0] for case in cases})
    return arrow(contract, typed.drop(index=broken).reset_index(drop=True)), listed


def _typed(contract: type[Declaration], frame: Any) -> "tuple[pd.DataFrame, list[Case]]":
    """The frame in the types that validation sees, and the cases where a single value does not fit its type."""
    import pandas as pd

    frame = frame if isinstance(frame, pd.DataFrame) else from_arrow(frame)
    align(contract, list(frame.columns))
    frame = frame.reset_index(drop=True)
    columns: dict[str, pd.Series] = {}
    cases: list[Case] = []
    for name, declared in contract.columns.items():
        if name not in frame:
            columns[name] = pd.Series([[] for _ in range(len(frame))] if declared.kind == list[str] else None, dtype=_loose(declared))
            continue
        try:
            columns[name] = as_declared(frame[name], declared, _loose(declared))
        except (ValueError, TypeError, OverflowError):
            columns[name], misfits = _one_by_one(frame[name], declared)
            cases += misfits
    return pd.DataFrame(columns, index=frame.index), cases


def _loose(declared: Column) -> str:
    return {"int64": "Int64", "bool": "boolean"}.get(dtype(declared), dtype(declared))


def _one_by_one(values: "pd.Series", declared: Column) -> "tuple[pd.Series, list[Case]]":
    """Each value in its type where it fits, else NULL and a case. Only for a column that does not fit as a whole."""
    import pandas as pd

    kept: list[Any] = []
    misfits: list[Case] = []
    for place, value in enumerate(values):
        try:
            kept.append(as_declared(pd.Series([value], dtype=object), declared, _loose(declared)).iloc[0])
        except (ValueError, TypeError, OverflowError):
            kept.append(None)
            misfits.append((place, declared.name, f"is {declared.sql_type}", value))
    return pd.Series(kept, index=values.index, dtype=_loose(declared)), misfits


@functools.cache
def _at_once(contract: type[Declaration]) -> Any:
    """The contract as a Pandera schema that looks at all columns in one check, and at each rule: says whether a row fails, not which. Going
    column by column costs Pandera ten times as much as the looking."""
    import pandera.pandas as pa

    rules = [pa.Check(functools.partial(_as_check(one), contract), error=one.description) for one in contract.rules]
    return pa.DataFrameSchema(
        checks=[pa.Check(functools.partial(_allowed, contract), error="only values that their column allows"), *rules]
    )


def _allowed(contract: type[Declaration], rows: "pd.DataFrame") -> bool:
    """Whether every value is one that its column allows; that none is missing where one must be is known by then."""
    return all(_column_allows(one, rows[one.name]) for one in contract.columns.values())


def _column_allows(declared: Column, values: "pd.Series") -> bool:
    import pandas as pd

    if declared.isin is not None and not set(values.dropna().unique()) <= set(declared.isin):
        return False
    if declared.matches is not None and not values.dropna().str.match(declared.matches).all():
        return False
    if (declared.ge, declared.gt, declared.le, declared.lt) == (None, None, None, None):
        return True
    low, high = values.min(), values.max()
    return pd.isna(low) or not (
        (declared.ge is not None and low < declared.ge)
        or (declared.gt is not None and low <= declared.gt)
        or (declared.le is not None and high > declared.le)
        or (declared.lt is not None and high >= declared.lt)
    )


def _holds(contract: type[Declaration], rows: "pd.DataFrame") -> bool:
    import pandera.errors

    try:
        _at_once(contract).validate(rows, inplace=True)
    except pandera.errors.SchemaError:
        return False
    return True


def warm(contracts: Iterable[type[Declaration]]) -> None:
    """Imports and builds all that checking takes, for a process whose children are to share it."""
    for contract in contracts:
        _holds(contract, from_arrow(arrow(contract, empty(contract)), strings="pyarrow"))


@functools.cache
def _by_column(contract: type[Declaration]) -> Any:
    """The contract as a Pandera schema that names what failed. Types are already right and the key is checked over all chunks, so neither is done
    again. Not made from the model, whose first use imports dask (2.4 s)."""
    import pandera.pandas as pa

    columns = {
        one.name: pa.Column(
            nullable=one.nullable,
            checks=[
                make(bound)
                for make, bound in ((pa.Check.ge, one.ge), (pa.Check.gt, one.gt), (pa.Check.le, one.le), (pa.Check.lt, one.lt),
                                    (pa.Check.isin, one.isin), (pa.Check.str_matches, one.matches))
                if bound is not None
            ],
        )
        for one in contract.columns.values()
    }  # fmt: skip
    rules = [pa.Check(functools.partial(_as_check(one), contract), name=one.description, error=one.description) for one in contract.rules]
    return pa.DataFrameSchema(columns, checks=rules)


def _broken(contract: type[Declaration], rows: "pd.DataFrame") -> list[Case]:
    """What Pandera finds. Raises ValueError where a check could not run: then no row is at fault."""
    import pandera.errors

    try:
        _by_column(contract).validate(rows, lazy=True, inplace=True)
    except pandera.errors.SchemaErrors as found:
        cases = found.failure_cases
        whole = cases["index"].isna()
        if whole.any():
            first = cases[whole].iloc[0]
            raise ValueError(f"{contract.name}: {first['column'] or ''} {first['check']}: {first['failure_case']}") from None
        return [
            (int(place), None, str(check), None) if context == "DataFrameSchema" else (int(place), column, str(check), case)
            for place, context, column, check, case in zip(
                cases["index"], cases["schema_context"], cases["column"], cases["check"], cases["failure_case"], strict=True
            )
        ]
    return []


def _repeated(contract: type[Declaration], rows: "pd.DataFrame") -> list[Case]:
    """Rows whose key an earlier row has. NULL equals NULL here, as it does to a reader."""
    if not contract.unique or not len(rows):
        return []
    check = f"unique {', '.join(contract.unique)}"
    return [(int(place), None, check, None) for place in rows.index[rows.duplicated(list(contract.unique))]]


def _no_failures() -> "pd.DataFrame":
    return empty(_FAILURES[0])


def lists_failures(contract: type[Declaration]) -> Any:
    """Class decorator: marks the table that failures are rows of. It is declared beside the other tables, which need this module."""
    _FAILURES[:] = [contract]
    return contract


_FAILURES: list[type[Declaration]] = []


def _listed(contract: type[Declaration], rows: "pd.DataFrame", cases: list[Case]) -> "pd.DataFrame":
    """The cases as rows of quality.quarantine."""
    import pandas as pd

    failed = rows.loc[[case[0] for case in cases]].to_dict("records")
    keys = [_key(contract, row) for row in failed]
    listed = [_as_row(contract, row, key, case) for row, key, case in zip(failed, keys, cases, strict=True)]
    for row, repeat in zip(listed, _repeats(listed), strict=True):
        identity = repr((row["row_key"], row["column_name"], row["rule"], repeat)).encode()
        row["quarantine_id"] = f"{row['article_id']}:{contract.name}:{hashlib.blake2b(identity, digest_size=6).hexdigest()}"
    return coerce(_FAILURES[0], pd.DataFrame(listed))


def _as_row(contract: type[Declaration], row: dict[str, Any], key: str, case: Case) -> dict[str, Any]:
    import pandas as pd

    _, column, check, value = case
    rule = _in_words(contract, column, check)
    value = value if column else _looked_at(contract, check, row)
    told = None if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)) else str(value)[:LONGEST_CASE]
    article = row.get("article_id")
    return {
        "article_id": article if isinstance(article, str) else "",
        "kind": "row",
        "table_name": contract.name,
        "row_key": key,
        "column_name": column,
        "rule": rule,
        "failure_case": told,
        "reason": f"{contract.name}: {column + ' ' if column else ''}must hold: {rule}{'; found ' + told if told else ''} ({key})",
    }


def _looked_at(contract: type[Declaration], check: str, row: dict[str, Any]) -> str | None:
    """What the row has in the columns that a rule looks at: the names in the rule's code that are columns."""
    for one in contract.rules:
        if one.description == check:
            names = [name for name in one.holds.__code__.co_names if name in contract.columns]
            return ", ".join(f"{name}={row[name]}" for name in names)
    return None


def _key(contract: type[Declaration], row: dict[str, Any]) -> str:
    names = contract.unique or tuple(contract.columns)[:3]
    return ", ".join(f"{name}={row[name]}" for name in names)[:LONGEST_CASE]


def _repeats(listed: list[dict[str, Any]]) -> list[int]:
    """How often each entry has been there before: two rows with the same key need two ids."""
    seen: dict[tuple[Any, ...], int] = {}
    order = []
    for row in listed:
        entry = (row["article_id"], row["row_key"], row["column_name"], row["rule"])
        seen[entry] = seen.get(entry, -1) + 1
        order.append(seen[entry])
    return order


def _in_words(contract: type[Declaration], column: str | None, check: str) -> str:
    """A check's name as a reader would say it; Pandera's own for what has no better one."""
    if column not in contract.columns:
        return check
    declared = contract.columns[column]
    words = {
        "not_nullable": "not null",
        "greater_than_or_equal_to": f"≥ {declared.ge}",
        "greater_than": f"> {declared.gt}",
        "less_than_or_equal_to": f"≤ {declared.le}",
        "less_than": f"< {declared.lt}",
        "isin": "one of " + ", ".join(map(str, declared.isin or ())),
        "str_matches": f"matches {declared.matches}",
    }
    return words.get(check.split("(")[0], check)[:LONGEST_CASE]
