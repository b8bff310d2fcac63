"""Printed row labels as terms: without units and statistics, and what those said.

Belongs here: the words of labels. Does not: where a label stands, and what a figure under it means (trialmart/extraction).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_STATISTIC = (
    r"(?:no\.?|nos\.?|n|number|numbers|%|percent|per\s?cent|pct|mean|median|average|range|ranges|iqr|interquartile\s+ranges?|i\.?q\.?r\.?|"
    r"inter-quartile\s+ranges?|quartiles?|q1|q3|25th|75th|percentiles?|sd|s\.d\.|standard\s+deviation|std\.?\s*dev\.?|se|sem|s\.e\.m?\.?|"
    r"standard\s+error|min|max|minimum|maximum|min\.|max\.|95\s?%\s?ci|95\s?%\s?c\.i\.|ci|cl|confidence\s+intervals?|"
    r"of\s+(?:patients|women|men|subjects|participants|events|persons|individuals)|patients|subjects|participants|"
    r"events?|cases|and|or|\u00b1|\+/?-|to|by|value|values|total|n/n|freq(?:uency|\.)?)"
)
_JOIN = r"[\s,;:/&()\[\]{}\u00b1\u2013\u2014\u2212+-]*"
#: Only statistic words, joined by anything: `Median (range)`, `no. (%)`, `n (%)`, `Mean \u00b1 SD`
_ONLY_STATISTIC = re.compile(rf"{_JOIN}(?:{_STATISTIC}(?=$|[\s,;:/&()\[\]{{}}\u00b1\u2013\u2014\u2212+-]|%){_JOIN})+$", re.I)
UNITS = {
    "yr": "years", "yrs": "years", "year": "years", "years": "years", "y": "years", "mo": "months", "mos": "months", "month": "months",
    "months": "months", "wk": "weeks", "wks": "weeks", "week": "weeks", "weeks": "weeks", "d": "days", "day": "days", "days": "days",
    "h": "hours", "hr": "hours", "hours": "hours", "minutes": "minutes", "cm": "cm", "mm": "mm", "kg": "kg", "g": "g",
    "mg": "mg", "mg/day": "mg/day", "kg/m2": "kg/m2", "kg/m\u00b2": "kg/m2", "kg m-2": "kg/m2", "m2": "m2", "m\u00b2": "m2", "mmhg": "mmHg", "mm hg": "mmHg",
    "mg/dl": "mg/dL", "g/dl": "g/dL", "g/l": "g/L", "mmol/l": "mmol/L", "\u00b5mol/l": "\u00b5mol/L", "\u03bcmol/l": "\u00b5mol/L", "umol/l": "\u00b5mol/L", "ng/ml": "ng/mL", "u/l": "U/L",
    "iu/l": "IU/L", "ml": "mL", "l": "L", "ml/min": "mL/min", "%": "%", "score": "score", "points": "points", "cells/mm3": "cells/mm3",
}  # fmt: skip
_TAIL = re.compile(r"^(?P<head>.*)\s*(?:[\u2014\u2013]\s*|\s-\s*|,\s*|;\s*|:\s*|\s(?=[(\[])|(?<=\w)(?=[(\[]))(?P<tail>[^,;\u2014]*)$", re.S)
#: Alone these name something, and `No` without a point is the answer, not a number.
_KEPT = frozenset({"total", "patients", "subjects", "participants", "event", "events", "cases", "case", "value", "values", "no"})
_HEAD = re.compile(r"^(?:(?:median|mean|average)(?: \((?:range|sd|iqr|se)\))?,? )(?=\S)", re.I)
_SPACE = re.compile(r"\s+")
#: A label that only names a grade band.
GRADE_LABEL = re.compile(
    r"^(?:(?:ctc(?:ae)?|who|nci)?[\s-]*)*(?:any|all|total|max(?:imum)?)?\s*(?:toxicity\s*)?(?:grades?|gr\.?)?\s*"
    r"(?:any|all|[\u2265\u2264<>]=?\s*)?(?:grades?)?\s*"
    r"(?:[0-5](?:\s*(?:[-\u2013\u2014/,+]|to|or|and)\s*[0-5])*|i{1,3}|iv|v|i{1,3}\s*[-\u2013/]\s*i?v|any|all)?\s*(?:or\s+(?:higher|more|worse|above|greater))?$",
    re.I,
)
_SAYS_GRADE = re.compile(r"grade|any|all|\bgr\b", re.I)
_ONE_GRADE = r"(?:[0-5]|i{1,3}|iv|v)"
_BARE_GRADE = re.compile(rf"(?:[\u2265\u2264<>]=?\s*)?{_ONE_GRADE}(?:\s*(?:[-\u2013\u2014/,+]|to|or|and)\s*{_ONE_GRADE})*", re.I)
SERIOUS = re.compile(r"\bserious\b|\bSAEs?\b")
RELATED = re.compile(
    r"(?:treatment|drug|medication|study|therapy|regimen)[\s-]*(?:drug|treatment|medication)?[\s-]*related|related to\b|attribut", re.I
)
ANY_CAUSE = re.compile(r"any[\s-]+caus|all[\s-]+caus|regardless of (?:caus|attribution|relat)|irrespective of (?:caus|relat)", re.I)


class Label(NamedTuple):
    """A label without what it says about units and statistics. `text` is empty where it says nothing else."""

    text: str
    unit: str | None


@lru_cache(maxsize=100_000)
def clean(printed: str) -> Label:
    """`Age, median (range) \u2014 yr` is Label('Age', 'years'); `Median (range)` is Label('', None); `\u2265 65 yr` stays: it names a level."""
    text, unit = _SPACE.sub(" ", printed).strip(), None
    for _ in range(6):
        text = text.rstrip(" ,;:\u2014\u2013-").strip()
        if text.lower() not in _KEPT and _ONLY_STATISTIC.fullmatch(text) and not text.isdigit():
            return Label("", unit)
        split = _TAIL.match(text)
        if split is None:
            break
        tail = split["tail"].strip()
        bare = tail.strip("()[] ").strip()
        found = UNITS.get(bare.lower().rstrip(".")) or UNITS.get(bare.lower())
        if found is not None:
            unit = unit or (found if found != "%" else None)
        elif not _ONLY_STATISTIC.fullmatch(bare):
            break
        text = split["head"]
    return Label(_HEAD.sub("", text), unit)


@lru_cache(maxsize=100_000)
def is_grade(label: str) -> bool:
    """Whether a row label names a grade band and nothing else. A bare number is none: it can be a level of anything."""
    text = clean(label).text.strip(" :")
    return bool(text) and bool(_SAYS_GRADE.search(text)) and GRADE_LABEL.match(text) is not None


@lru_cache(maxsize=100_000)
def says_grade(label: str, grade: str) -> bool:
    """Whether a label of a figure that has a grade says no more than that: `3`, `III–IV`, `Grade 3`, `Mild` for mild."""
    text = label.strip(" :")
    return is_grade(label) or text.lower() == grade or _BARE_GRADE.fullmatch(text) is not None


@lru_cache(maxsize=100_000)
def key(term: str) -> str:
    """A term as it is compared: case folded, white space and dashes alike, no final colon."""
    folded = re.sub(r"[\u2010-\u2015\u2212]", "-", term.casefold())
    return _SPACE.sub(" ", folded).strip(" :.,;*")


#: Words that a clause has and a name has not, and those on which no name ends.
_CLAUSE = re.compile(
    r"\b(?:was|were|is|are|had|have|has|did|whom|which|who|that|there|than|except(?:ion|ing)?|similar|significantly|respectively|both|each|versus|vs|compared|"
    r"occurred|reported|observed)\b|(?<!^)\bdied\b|[%=<>;]|\b(?:the|and|of|in|to|a|with|or|for|by|at)$|\bthe and\b|"
    r"^(?:in|of|at|by|for|among|affecting|the difference|we|after|during|when|found|received|significant|statistically|highly|generally|between|either|"
    r"more likely)\b", re.I,
)  # fmt: skip


@lru_cache(maxsize=100_000)
def is_name(said: str) -> bool:
    """Whether words taken from a sentence can name an outcome: no part of a clause (`most toxicities were similar, except there`), no
    unclosed bracket."""
    return (
        said.count("(") == said.count(")")
        and said.count("[") == said.count("]")
        and not _CLAUSE.search(said.strip())
        and len(said.split()) <= 16
    )
