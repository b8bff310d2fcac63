"""Row paths as characteristics, levels and adverse events: the cleaned words that typed tables hold.

Belongs here: which labels of a path name the thing itself. Does not: labels' own cleaning (labels.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

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
