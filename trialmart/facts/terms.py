"""Row paths as characteristics, levels and adverse events: the cleaned words that typed tables hold.

Belongs here: which labels of a path name the thing itself. Does not: labels' own cleaning (labels.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from trialmart.facts.keys import codes
from trialmart.facts.labels import clean, is_grade, key


class Named(NamedTuple):
    """A path read: labels above, the thing, its level, and the unit that a label told."""

    parents: tuple[str, ...]
    name: str | None
    level: str | None
    unit: str | None


def arm_labels(arm: pd.DataFrame) -> set[tuple[str, str]]:
    """(article, label) of everything that names an arm: a path item that does so is a column turned into a row, not a term."""
    return {
        (article, key(label))
        for article, own, aliases in zip(arm["article_id"], arm["label"], arm["aliases"], strict=True)
        for label in (own, *(aliases if aliases is not None else ()))
    }


def path_words(path: tuple[str, ...]) -> tuple[tuple[str, ...], str | None]:
    """Labels of a path that say more than a statistic, cleaned, and the innermost unit that any told."""
    labels = [clean(item) for item in path]
    units = [label.unit for label in labels if label.unit]
    return tuple(label.text for label in labels if label.text), units[-1] if units else None


def characteristic(path: tuple[str, ...], continuous: bool) -> Named:
    """A baseline row: `Disease site > Visceral` is a level; `Age > Median (range) - yr` and `Male` name a characteristic themselves."""
    words, unit = path_words(path)
    if not words:
        return Named((), path[-1] if path else None, None, unit)
    if continuous or len(words) == 1:
        return Named(words[:-1], words[-1], None, unit)
    return Named(words[:-2], words[-2], words[-1], unit)


def event(path: tuple[str, ...]) -> Named:
    """An adverse-event row: the innermost label that is no grade band."""
    words, unit = path_words(tuple(item for item in path if not is_grade(item)))
    return Named(words[:-1], words[-1], None, unit) if words else Named((), None, None, unit)


def joined(label: Named) -> str | None:
    """The whole of a row's words, outermost first."""
    return " > ".join((*label.parents, label.name)) if label.name else None


def above(parents: list[tuple[str, ...]], values: pd.DataFrame) -> list[tuple[str, ...]]:
    """Parents with the group that a column header names (`Second chemotherapy cycle`) in front, where the row's own labels do not say it."""
    return [
        own if not isinstance(group, str) or source != "table" or any(part in path for part in group.split(" > ")) else (group, *own)
        for own, group, path, source in zip(parents, values["subgroup"], values["row_path"], values["source_kind"], strict=True)
    ]


def told_apart(values: pd.DataFrame, labels: list[str | None]) -> pd.Series:
    """Endpoints, with the row's label behind (`overall survival: women vs men`) where one table has several rows for an endpoint.

    A canonical name is right for the one row that it stands for; under it, rows of a table that say more would become one.
    """
    columns = ("article_id", "table_id", "endpoint", "figure", "scope", "arm_id", "reference_arm_id", "population", "timepoint", "subgroup", "assessor",
               "grade", "column_index")  # fmt: skip
    in_table = (values["source_kind"] == "table").to_numpy()
    group = codes(*(values[name] for name in columns))
    label = codes(pd.Series(labels, index=values.index, dtype=object))
    rows = np.unique(np.column_stack([group[in_table], label[in_table]]), axis=0)[:, 0]
    several = np.bincount(rows, minlength=int(group.max(initial=-1)) + 1)[group] > 1 if len(group) else np.empty(0, bool)
    row = codes(values["article_id"], values["table_id"], values["endpoint"], label)
    several = np.isin(row, row[several & in_table]) & in_table  # with all that stands in such a row
    said = zip(values["endpoint"], labels, several, strict=True)
    found = [f"{own}: {label.lower()}" if apart and label and key(label) != key(own) else own for own, label, apart in said]
    return pd.Series(found, index=values.index, dtype=object)


def named(values: pd.DataFrame, arms: set[tuple[str, str]], read: Callable[..., Named], *columns: str) -> list[Named]:
    """`read` applied to each value's path without the labels that name arms, once for each distinct path."""
    seen: dict[tuple, Named] = {}
    result = []
    for article, path, *more in zip(values["article_id"], values["row_path"], *(values[name] for name in columns), strict=True):
        known = (article, tuple(path), *more)
        if known not in seen:
            own = tuple(item for item in path if (article, key(item)) not in arms)
            seen[known] = read(own, *more)
        result.append(seen[known])
    return result
