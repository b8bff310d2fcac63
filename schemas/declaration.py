"""How a table is declared: column(), figure(), rule() and the class Declaration.

Belongs here: the declaration and plain-data views of it. Does not: what is made of it (storage.py: DDL, comments, types of a frame;
validation.py: the Pandera model and which rows may land; contract.py: all of it as one class), nor any one table.

Nothing but a declaration, so `import schemas` costs milliseconds: pandas and Pandera are imported when a frame is first checked, which a
run with nothing to do never does (docs/adr/0007-contracts-declare-pandera-follows.md).
"""

import datetime
import types
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = "1.0"

SQL_TYPES = {
    str: "VARCHAR",
    int: "BIGINT",
    float: "DOUBLE",
    bool: "BOOLEAN",
    datetime.date: "DATE",
    datetime.datetime: "TIMESTAMP",
    list[str]: "VARCHAR[]",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column as declared. `kind` is a key of SQL_TYPES."""

    description: str
    name: str = ""
    kind: Any = str
    nullable: bool = False
    unit: str | None = None
    isin: tuple[Any, ...] | None = None
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    matches: str | None = None
    references: str | None = None  # "evidence.arm", or "evidence.published_value.value_id" where the names differ
    example: str | None = None
    last: bool = False
    with_value_id: bool = False

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.kind]

    @property
    def constraints(self) -> list[str]:
        """What a value must satisfy, in words."""
        words = [] if self.nullable else ["not null"]
        bounds = (("≥", self.ge), (">", self.gt), ("≤", self.le), ("<", self.lt))
        words += [f"{sign} {bound:g}" for sign, bound in bounds if bound is not None]
        if self.isin is not None:
            words.append("one of " + ", ".join(map(str, self.isin)))
        if self.matches is not None:
            words.append(f"matches {self.matches}")
        if self.references is not None:
            words.append(f"references {self.references}")
        return words


@dataclass(frozen=True, slots=True)
class Rule:
    """A check between columns. `holds(rows)` gives a boolean Series: True where the row may land."""

    name: str
    description: str
    holds: Callable[["pd.DataFrame"], "pd.Series"]


def column(
    description: str,
    *,
    unit: str | None = None,
    isin: Sequence[Any] | None = None,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
    matches: str | None = None,
    references: str | None = None,
    example: str | None = None,
    last: bool = False,
) -> Any:
    """A column. Its type is the annotation: str, int, float, bool, date, datetime or list[str]; `| None` where it may be NULL.

    last: stands after the columns of the classes that inherit it.
    """
    choices = None if isin is None else tuple(isin)
    return Column(
        description, unit=unit, isin=choices, ge=ge, gt=gt, le=le, lt=lt, matches=matches, references=references, example=example, last=last
    )


def figure(description: str, **constraints: Any) -> Any:
    """A column that holds a printed figure, and beside it `<name>_value_id`, the published value that it was taken from."""
    return replace(column(description, **constraints), with_value_id=True)


def rule(description: str) -> Callable[[Callable[..., Any]], Any]:
    """Marks a method `name(cls, rows)` of a contract as a check between columns."""

    def mark(function: Callable[..., Any]) -> Any:
        function.rule_description = description  # type: ignore[attr-defined]
        return classmethod(function)

    return mark


def _typed(declared: Column, name: str, annotation: Any) -> Column:
    kinds = typing.get_args(annotation) if isinstance(annotation, types.UnionType) else (annotation,)
    (kind,) = [one for one in kinds if one is not type(None)]
    if kind not in SQL_TYPES:
        raise TypeError(f"column {name}: no such type {kind}")
    return replace(declared, name=name, kind=kind, nullable=type(None) in kinds)


class Declaration:
    """A table: its columns in order, its key, its rules. Inherit from it and give `class Config` a name to declare one."""

    name: ClassVar[str] = ""  # "evidence.adverse_event"; empty for groups of columns that tables share
    unique: ClassVar[tuple[str, ...]] = ()
    schema_version: ClassVar[str] = SCHEMA_VERSION
    columns: ClassVar[dict[str, Column]] = {}
    rules: ClassVar[tuple[Rule, ...]] = ()

    def __init_subclass__(cls) -> None:
        own: dict[str, Column] = {}
        for name, annotation in cls.__dict__.get("__annotations__", {}).items():
            declared = cls.__dict__.get(name)
            if not isinstance(declared, Column):
                continue
            own[name] = typed = _typed(declared, name, annotation)
            delattr(cls, name)  # a column may be called `model` or `rule` without hiding what a contract can do
            if typed.with_value_id:
                own[f"{name}_value_id"] = Column(
                    f"Published value that {name} was taken from",
                    name=f"{name}_value_id",
                    nullable=True,
                    references="evidence.published_value.value_id",
                )
        merged = {one.name: one for base in reversed(cls.__bases__) for one in getattr(base, "columns", {}).values()} | own
        in_order = sorted(merged.values(), key=lambda one: one.last)  # stable: only the last ones move
        cls.columns = {one.name: one for one in in_order}
        marked = [
            Rule(name, member.__func__.rule_description, getattr(cls, name))
            for name, member in cls.__dict__.items()
            if isinstance(member, classmethod) and hasattr(member.__func__, "rule_description")
        ]
        cls.rules = (*(one for base in cls.__bases__ for one in getattr(base, "rules", ())), *marked)
        config = cls.__dict__.get("Config")
        cls.name = getattr(config, "name", "")
        cls.unique = tuple(getattr(config, "unique", ()))

    @classmethod
    def table_name(cls) -> str:
        return cls.name

    @classmethod
    def description(cls) -> str:
        """The class's docstring on one line."""
        return " ".join((cls.__doc__ or "").split())

    @classmethod
    def column_rows(cls) -> list[tuple[str, str, bool, str, list[str]]]:
        """(name, SQL type, nullable, description with its unit, constraints in words) of each column."""
        return [
            (one.name, one.sql_type, one.nullable, one.description + (f" ({one.unit})" if one.unit else ""), one.constraints)
            for one in cls.columns.values()
        ]
