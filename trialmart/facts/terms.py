"""Row paths as characteristics, levels and adverse events: the cleaned words that typed tables hold.

Belongs here: which labels of a path name the thing itself. Does not: labels' own cleaning (labels.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
import pandas as pd

from trialmart.facts.keys import codes
from trialmart.facts.labels import clean, is_grade, key, says_grade

T = TypeVar("T")


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


def event(path: tuple[str, ...], grade: str | None = None) -> Named:
    """An adverse-event row: the innermost label that is no grade band. `grade`: the figure's own, where it is told."""
    words, unit = path_words(tuple(item for item in path if not (says_grade(item, grade) if isinstance(grade, str) else is_grade(item))))
    return Named(words[:-1], words[-1], None, unit) if words else Named((), None, None, unit)


#: Labels over outcomes that name none: `Primary endpoint`, `Secondary efficacy outcomes, n (%)`.
_HEADING = re.compile(
    r"^(?:(?:co-?primary|primary|(?:key|other|main)|secondary|tertiary|exploratory|composite|clinical|additional|efficacy|safety|study|and|or|/)[\s-]*)*"
    r"(?:end[\s-]?points?|outcomes?|variables?|parameters?|results?)(?:\s+(?:measures?|variables?|parameters?|events?))?$", re.I,
)  # fmt: skip
#: Labels that name an effect and nothing that it is on: `Hazard ratio vs. placebo`, `LS mean difference (95% CI)`, `P value`.
_EFFECT = re.compile(
    r"^(?:(?:ls|least[\s-]squares?|adjusted|unadjusted|crude|estimated|mean|median|treatment|between[\s-]group|group|absolute|risk|rate)\s+)*"
    r"(?:hazards?\s+ratio|effects?(?:\s+size)?|odds\s+ratio|risk\s+ratio|rate\s+ratio|relative\s+risk|hr|or|rr|differences?|p(?:[\s-]?values?)?)"
    r"(?:\s+(?:vs\.?|versus|from|to|compared|relative|between|in|for)\b.*)?(?:\s*[(\[,].*)?$", re.I,
)  # fmt: skip
#: Labels that only say when, or how the figures beside them are expressed: `Week 12`, `Baseline`, `LS mean change from baseline`.
_WHEN = re.compile(
    r"^(?:at\s+|by\s+|after\s+|until\s+)?(?:baseline|end\s?-?point|follow-?\s?up|final|pre|post|(?:the\s+)?end\s+of\s+\w+|"
    r"(?:day|week|month|year|visit|cycle|hour|wk)s?\s*[-\u2013]?\s*\d+(?:\.\d+)?|\d+(?:\.\d+)?[\s-]*(?:days?|weeks?|wks?|months?|mos?|years?|yrs?|hours?|hrs?|h|minutes?|min))"
    r"(?:\s*[(\[].*)?$", re.I,
)  # fmt: skip
_CHANGE = re.compile(
    r"^(?:(?:ls|least[\s-]squares?|adjusted|mean|median|absolute|percent(?:age)?|%|total|final|average)\s+)*(?:changes?|reductions?|improvements?|decreases?|increases?)"
    r"(?:\s+(?:from|over|vs\.?|versus|to|at|after|in|since)\s+(?:baseline|week\s+\d+|day\s+\d+|month\s+\d+|the\s+end.*))*(?:\s+(?:to|at))?(?:\s*[(\[,].*)?$", re.I,
)  # fmt: skip
#: Labels that only name the patients analysed.
_ANALYSIS = re.compile(
    r"^(?:modified\s+|full\s+)?(?:m?itt|intention[\s-]to[\s-]treat|intent[\s-]to[\s-]treat|per[\s-]protocol|pp|analysis\s+set|completers?|observed\s+cases?|locf|"
    r"complete[\s-]cases?)\b.*$", re.I,
)  # fmt: skip
_NO_NAMES = (_EFFECT, _WHEN, _CHANGE, _ANALYSIS)
_PRESENT, _ABSENT = frozenset({"yes", "present"}), frozenset({"no", "absent"})


def spelled_out(paths: list[tuple[str, ...]], of: np.ndarray) -> pd.Series:
    """Row paths with `Y` and `N` as `Yes` and `No` where a table (`of`) has both below one label: alone an N is a number of patients."""
    words = {"Y": "Yes", "N": "No"}
    asked = [at for at, path in enumerate(paths) if len(path) > 1 and path[-1] in words]
    ends = {(of[at], paths[at][:-1]) for at in asked if paths[at][-1] == "Y"}
    told = pd.Series(paths, dtype=object)
    for at in asked:
        path = paths[at]
        if (of[at], path[:-1]) in ends:
            told.at[at] = (*path[:-1], words[path[-1]])
    return told


def path_codes(paths: Iterable[tuple[str, ...]]) -> list[int]:
    """A number for each distinct path."""
    known: dict[tuple[str, ...], int] = {}
    return [known.setdefault(path, len(known)) for path in paths]


def outcome(path: tuple[str, ...]) -> Named:
    """A row of results: the innermost label that names an outcome, not a time, an effect or a way to express it.

    `Death > Yes` is death. `Death > No` counts those without: its level is `No`, and it names no outcome.
    """
    words, unit = path_words(tuple(item for item in path if not is_grade(item)))
    while len(words) > 1 and (words[-1].lower() in _PRESENT or any(only.match(words[-1]) for only in _NO_NAMES)):
        words = words[:-1]
    if len(words) > 1 and words[-1].lower() in _ABSENT:
        return Named(words[:-1], None, words[-1], unit)
    words = (*(word for word in words[:-1] if not _HEADING.match(word)), *words[-1:])
    return Named(words[:-1], words[-1], None, unit) if words else Named((), None, None, unit)


def _time(path: tuple[str, ...]) -> str | None:
    """The innermost label below an outcome that only says when."""
    times = [item for item in path[1:] if _WHEN.match(item.strip())]
    return key(re.sub(r"^(?:at|by)\s+|\s*[(\[].*", "", times[-1].strip(), flags=re.I)) if times else None


def _full(path: tuple[str, ...]) -> str | None:
    """All of a row's words but headings, outermost first."""
    words = path_words(tuple(item for item in path if not is_grade(item)))[0]
    return " > ".join((*(word for word in words[:-1] if not _HEADING.match(word)), *words[-1:])) or None


def with_outcomes(values: pd.DataFrame, arms: set[tuple[str, str]]) -> pd.DataFrame:
    """The values with their outcome as `endpoint`, lower case: the one that the text gives (kept as `said`), else the row's label, else None.

    Named once for everything that stands in a row, so that an effect meets the patients it was computed from.
    """
    read = named(values, arms, outcome)
    when = pd.Series(named(values, arms, _time), index=values.index, dtype=object)
    values = values.assign(timepoint=values["timepoint"].astype(object).where(values["timepoint"].notna(), when))
    said = [
        None if label.level else own if isinstance(own, str) else (label.name or "").lower() or None
        for own, label in zip(values["endpoint"], read, strict=True)
    ]
    values = values.assign(said=values["endpoint"], endpoint=pd.Series(said, index=values.index, dtype=object), figure=values["statistic"])
    return values.assign(endpoint=told_apart(values, named(values, arms, _full)))


def joined(label: Named) -> str | None:
    """The whole of a row's words, outermost first."""
    return " > ".join((*label.parents, label.name)) if label.name else None


def above(parents: list[tuple[str, ...]], values: pd.DataFrame) -> list[tuple[str, ...]]:
    """Parents with the group that a column header names (`Second chemotherapy cycle`) in front, where the row's own labels do not say it."""
    rows = zip(parents, *(values[name].tolist() for name in ("subgroup", "row_path", "source_kind")), strict=True)
    return [
        own if not isinstance(group, str) or source != "table" or any(part in path for part in group.split(" > ")) else (group, *own)
        for own, group, path, source in rows
    ]


def told_apart(values: pd.DataFrame, labels: Sequence[str | None]) -> pd.Series:
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
    found = [_with_label(own, label) if apart and label and isinstance(own, str) else own for own, label, apart in said]
    return pd.Series(found, index=values.index, dtype=object)


def _with_label(endpoint: str, label: str) -> str:
    """The label alone where it holds the endpoint's words."""
    return label.lower() if key(endpoint) in map(key, label.split(" > ")) else f"{endpoint}: {label.lower()}"


def named(values: pd.DataFrame, arms: set[tuple[str, str]], read: Callable[..., T], *columns: str) -> list[T]:
    """`read` applied to each value's path without the labels that name arms, once for each distinct path."""
    paths = values["path_code"] if "path_code" in values else pd.Series(path_codes(map(tuple, values["row_path"])), index=values.index)
    code = codes(values["article_id"], paths, *(values[name] for name in columns))
    firsts = np.unique(code, return_index=True)[1]
    rows = zip(*(values[name].to_numpy(object)[firsts].tolist() for name in ("article_id", "row_path", *columns)), strict=True)
    found: np.ndarray = np.empty(len(firsts), object)
    for at, (article, path, *more) in enumerate(rows):
        found[at] = read(tuple(item for item in path if (article, key(item)) not in arms), *more)
    return found[code].tolist()
