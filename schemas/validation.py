"""Which rows may land. Belongs here: the Pandera model of a contract, and the division of a frame into rows that keep it and failures.
Does not: types alone (storage.py), what has landed as a whole (suites.py).

Every check sees whole columns; nothing is called per row. The Pandera models are built when first used, since Pandera's import and its
first schema cost about a second, which a run with nothing new must not pay.
"""

import functools
import hashlib
from typing import TYPE_CHECKING, Any

from schemas.contract import Column, Contract, Rule
from schemas.storage import align, coerce, dtype

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 200_000  # rows that Pandera sees at once: its copies stay small beside the frame itself
LONGEST_CASE = 200


@functools.cache
def model(contract: type[Contract]) -> Any:
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


def split(contract: type[Contract], frame: Any) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """(rows that keep the contract, failures). The failures are rows of quality.quarantine, one for each row and check that failed.

    frame: a pandas frame or Arrow table. Raises ValueError for an unknown or missing required column: that is a fault of the code, not of
    a row.
    """
    import pandas as pd

    typed, failures = _typed(contract, frame)
    typed = typed.reset_index(drop=True)
    for start in range(0, len(typed), CHUNK):
        failures.append(_broken(contract, typed.iloc[start : start + CHUNK], unique=False))
    if contract.unique and len(typed):
        failures.append(_repeated(contract, typed))
    cases = pd.concat([one for one in failures if len(one)], ignore_index=True) if any(map(len, failures)) else None
    if cases is None:
        return coerce(contract, typed), _no_failures()
    listed = _listed(contract, typed, cases.drop_duplicates(["index", "column", "check"]).sort_values("index", kind="stable"))
    return coerce(contract, typed.drop(index=cases["index"].unique()).reset_index(drop=True)), listed


def _typed(contract: type[Contract], frame: Any) -> "tuple[pd.DataFrame, list[pd.DataFrame]]":
    """The frame in the types that validation sees, and the cases where a single value does not fit its type."""
    import pandas as pd

    from schemas.storage import as_declared, from_arrow

    frame = frame if isinstance(frame, pd.DataFrame) else from_arrow(frame)
    align(contract, list(frame.columns))
    frame = frame.reset_index(drop=True)
    columns, failures = {}, []
    for name, declared in contract.columns.items():
        if name not in frame:
            columns[name] = pd.Series([[] for _ in range(len(frame))] if declared.kind == list[str] else None, dtype=_loose(declared))
            continue
        try:
            columns[name] = as_declared(frame[name], declared, _loose(declared))
        except (ValueError, TypeError, OverflowError):
            columns[name], misfits = _one_by_one(frame[name], declared)
            failures.append(misfits)
    return pd.DataFrame(columns, index=frame.index), failures


def _loose(declared: Column) -> str:
    return {"int64": "Int64", "bool": "boolean"}.get(dtype(declared), dtype(declared))


def _one_by_one(values: "pd.Series", declared: Column) -> "tuple[pd.Series, pd.DataFrame]":
    """Each value in its type where it fits, else NULL and a failure. Only for a column that does not fit as a whole."""
    import pandas as pd

    from schemas.storage import as_declared

    kept: list[Any] = []
    misfits = []
    for place, value in values.items():
        try:
            kept.append(as_declared(pd.Series([value], dtype=object), declared, _loose(declared)).iloc[0])
        except (ValueError, TypeError, OverflowError):
            kept.append(None)
            misfits.append({"index": place, "column": declared.name, "check": f"is {declared.sql_type}", "failure_case": str(value)})
    return pd.Series(kept, index=values.index, dtype=_loose(declared)), pd.DataFrame(misfits)


def _schema(contract: type[Contract]) -> Any:
    """The model as Pandera runs it here: types are already right and the key is checked over all chunks, so neither is done again."""
    schema = model(contract).to_schema()
    schema.coerce = False
    schema.unique = None
    for one in schema.columns.values():
        one.coerce = False
    return schema


_schema = functools.cache(_schema)  # type: ignore[assignment]


def _broken(contract: type[Contract], rows: "pd.DataFrame", unique: bool) -> "pd.DataFrame":
    import pandas as pd
    import pandera.errors

    try:
        _schema(contract).validate(rows, lazy=True, inplace=True)
    except pandera.errors.SchemaErrors as found:
        cases = found.failure_cases
        whole = cases["index"].isna()
        if whole.any():  # a check that could not run, a wrong type: no row is at fault
            first = cases[whole].iloc[0]
            raise ValueError(f"{contract.name}: {first['column'] or ''} {first['check']}: {first['failure_case']}") from None
        rules = cases["schema_context"] == "DataFrameSchema"
        return pd.DataFrame(
            {
                "index": cases["index"].astype("int64"),
                "column": cases["column"].where(~rules, None),
                "check": cases["check"].astype(str),
                "failure_case": cases["failure_case"].where(~rules, None),
            }
        )
    return pd.DataFrame()


def _repeated(contract: type[Contract], rows: "pd.DataFrame") -> "pd.DataFrame":
    """Rows whose key an earlier row has. NULL equals NULL here, as it does to a reader."""
    import pandas as pd

    again = rows.index[rows.duplicated(list(contract.unique))]
    return pd.DataFrame({"index": again, "column": None, "check": f"unique {', '.join(contract.unique)}", "failure_case": None})


def _no_failures() -> "pd.DataFrame":
    from schemas.quality import Quarantine

    return Quarantine.empty()


def _listed(contract: type[Contract], rows: "pd.DataFrame", cases: "pd.DataFrame") -> "pd.DataFrame":
    """The cases as rows of quality.quarantine."""
    import pandas as pd

    from schemas.quality import Quarantine

    failed = rows.loc[cases["index"]]
    keys = [_key(contract, row) for row in failed.to_dict("records")]
    rules = [_in_words(contract, column, check) for column, check in zip(cases["column"], cases["check"], strict=True)]
    values = [None if pd.api.types.is_scalar(one) and pd.isna(one) else str(one)[:LONGEST_CASE] for one in cases["failure_case"]]
    articles = failed["article_id"].fillna("").tolist() if "article_id" in failed else [""] * len(cases)
    columns = [None if column is None or column is pd.NA else column for column in cases["column"]]
    listed = pd.DataFrame(
        {
            "article_id": articles,
            "kind": "row",
            "table_name": contract.name,
            "row_key": keys,
            "column_name": columns,
            "rule": rules,
            "failure_case": values,
            "reason": [
                f"{contract.name}: {column + ' ' if column else ''}must hold: {rule}{'; found ' + value if value else ''} ({key})"
                for column, rule, value, key in zip(columns, rules, values, keys, strict=True)
            ],
        }
    )
    listed["quarantine_id"] = [
        f"{article}:{contract.name}:{hashlib.blake2b(repr((key, column, rule, place)).encode(), digest_size=6).hexdigest()}"
        for article, key, column, rule, place in zip(articles, keys, columns, rules, _repeats(keys, columns, rules), strict=True)
    ]
    return coerce(Quarantine, listed)


def _key(contract: type[Contract], row: dict[str, Any]) -> str:
    names = contract.unique or tuple(contract.columns)[:3]
    return ", ".join(f"{name}={row[name]}" for name in names)[:LONGEST_CASE]


def _repeats(*parts: list[Any]) -> list[int]:
    """How often each entry has been there before: two rows with the same key need two ids."""
    seen: dict[tuple[Any, ...], int] = {}
    order = []
    for entry in zip(*parts, strict=True):
        seen[entry] = seen.get(entry, -1) + 1
        order.append(seen[entry])
    return order


def _in_words(contract: type[Contract], column: str | None, check: str) -> str:
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
