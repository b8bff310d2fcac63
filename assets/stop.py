"""A stop as declared, and every stop by its name.

Belongs here: what the other modules beside this one know a stop by. Does not: the decorator that declares one (contract.py), its
articles (staleness.py), its rows (batches.py). No import of Dagster: processes that only compute need none.
"""

from __future__ import annotations

import functools
import hashlib
import pathlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import schemas

_ROOT = pathlib.Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Stop:
    """A stop as declared."""

    name: str
    models: tuple[type[schemas.Contract], ...]
    reads: tuple[str, ...]  # tables, as "evidence.arm"
    code_version: str
    lineage: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)  # table -> column -> source columns
    options: tuple[str, ...] = ()  # what it is told of the run
    derives: bool = False  # whether it gives rows of lineage.derivation
    varies: str = ""  # the option, if any, that is a number of its own for each article; 0: what was made before may stay
    by_content: bool = False  # rows are made again where the rows read differ, not wherever other code might have made other ones
    function: Callable[..., Any] | None = None

    @property
    def settings(self) -> tuple[str, ...]:
        """The options that change its rows; how many processes make them does not."""
        return tuple(name for name in self.options if name not in ("workers", "progress", self.varies))

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(model.name for model in self.models)


#: Every stop by its name, and the stop that fills each table. Filled as the modules beside this one are imported.
STOPS: dict[str, Stop] = {}
FILLED_BY: dict[str, str] = {}


def table_named(name: str) -> str:
    """The full name of the table that a parameter is named after. Raises KeyError where there is none or more than one."""
    found = [table for table in schemas.TABLES if table.split(".")[1] == name]
    if len(found) != 1:
        raise KeyError(f"{len(found)} tables are called {name}")
    return found[0]


@functools.cache
def _digest(path: pathlib.Path) -> bytes:
    return hashlib.blake2b(path.read_bytes(), digest_size=16).digest()


def code_version(*parts: str) -> str:
    """A version that changes with the code: of these modules or packages, each as a path below the project (`trialmart/facts`)."""
    digest = hashlib.blake2b(digest_size=6)
    for part in parts:
        path = _ROOT / part
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]:
            digest.update(_digest(file))
    return digest.hexdigest()


def code_of(models: tuple[type[schemas.Contract], ...]) -> list[str]:
    """The modules, as `code_version` takes them, that say which rows of these tables may land."""
    return sorted(
        {model.__module__.replace(".", "/") for model in models}
        | {"schemas/declaration", "schemas/contract", "schemas/storage", "schemas/validation"}
    )
