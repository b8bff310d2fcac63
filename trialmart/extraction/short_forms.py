"""Short forms and words in row labels that are no statistic in this table: SD beside CR and PR, HR in bpm, RR that a note spells otherwise.

Belongs here: second meanings of short forms. Does not: the statistics that labels name by themselves (labels).
"""

from __future__ import annotations

import re

from trialmart.document import Table
from trialmart.extraction.headers import Column
from trialmart.extraction.labels import Features, features
from trialmart.extraction.rows import Row, is_statistic_label

SHORT_FORMS = {
    "SD": "sd",
    "SE": "se",
    "HR": "hr",
    "OR": "or",
    "RR": "rr",
    "RD": "reduction",
    "MD": "diff",
    "ARR": "reduction",
    "ES": "diff",
}
SHORT_NAMES = frozenset(SHORT_FORMS.values())
SPOKEN = re.compile(r"(?:mean|average|median)\b", re.IGNORECASE)
RESPONSES = frozenset(("CR", "PR", "PD", "ORR", "CRR", "SD+PD", "CR+PR", "NC", "NE", "uCR"))
UNIT_OR_FORMAT = re.compile(r"\s*[,(\[]|\s+(?:n|no|%)(?!\w)")
VITAL = re.compile(r"\b(?:bpm|beats|breaths|mm\s?Hg|/\s?min|per min)", re.IGNORECASE)


def unmask(table: Table, kind: str, rows: list[Row]) -> set[int]:
    """Takes from the rows' names the short forms and words that are no statistics here. Returns the rows whose RR is a response rate."""
    response_rates: set[int] = set()
    said: str | None = None
    labels: set[str] = set()
    for row in rows:
        if not row.chain or not row.chain[0].named:
            continue
        own, label = row.chain[0].named, row.path[-1]
        if kind == "adverse_events" and not is_statistic_label(label):
            spoken = SPOKEN.match(label)
            own = tuple([name for name in own if name not in ("change", "diff", "reduction") and (name != "mean" or spoken)])
        for short, name in SHORT_FORMS.items() if not SHORT_NAMES.isdisjoint(own) else ():
            if name not in own or short not in label:
                continue
            if said is None:
                labels = {_short_of(row.path[-1]) for row in rows if row.path}
                said = " ".join((table.caption.label, *(note.passage.words for note in table.notes)))
            if re.search(rf"\b{short}\b", label) and _other_meaning(short, label, labels, said, kind):
                own = tuple(other for other in own if other != name)
                if short == "RR" and _is_response_rate(label, labels):
                    own = own or ("percent",)
                    response_rates.add(row.index)
        if own != row.chain[0].named:
            row.chain = (row.chain[0]._replace(named=own), *row.chain[1:])
    return response_rates


def unmask_columns(columns: list[Column]) -> None:
    """Columns headed CR, PR, SD, PD count patients with these responses: there SD is no standard deviation."""
    headed = {column.index: _short_of(column.parts[-1].text) for column in columns if column.parts}
    if len({short for short in headed.values() if short in RESPONSES}) < 2:
        return
    for column in columns:
        if headed.get(column.index) in RESPONSES | {"SD"}:
            named = tuple([name for name in column.chain[0].named if name != "sd"]) if column.chain else ()
            column.chain = (Features(named or ("count", "percent")), *column.chain[1:])


def _short_of(label: str) -> str:
    """A label without unit and format: `CR (cases)`, `CR, n (%)` -> `CR`."""
    return UNIT_OR_FORMAT.split(label.strip(), maxsplit=1)[0]


def _is_response_rate(label: str, labels: set[str]) -> bool:
    """Whether RR in a row label is a response rate: in percent, or below rows of responses; RR with a confidence interval or a p value
    is a risk ratio unless responses stand around it."""
    if _short_of(label) != "RR":
        return False
    return len(labels & (RESPONSES | {"SD"})) >= 2 or "%" in label and not {"ci", "pvalue"} & set(features(label).named)


def _other_meaning(short: str, label: str, labels: set[str], said: str, kind: str) -> bool:
    """Whether a short form that may be a statistic stands for something else in this table."""
    if short in ("SD", "OR") and len(labels & RESPONSES) >= 2 or short == "RR" and _is_response_rate(label, labels):
        return True
    if short not in ("SD", "SE") and (kind == "baseline" or VITAL.search(label)):
        return True
    found = re.search(rf"\b{short}\b\s?(?:=|,|:|;|indicates|denotes|stands for)?\s(?P<long>[a-z][\w-]+(?:\s[\w-]+){{0,2}})", said)
    return bool(found) and not re.search(
        r"hazard|odds|risk|ratio|rate|differ|standard|deviation|error|relative|effect|mean|reduc|95", found.group("long"), re.IGNORECASE
    )
