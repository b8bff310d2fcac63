"""A reviewer's corrections of printed figures.

Belongs here: what a correction is, how it is written on one line, and how corrections are applied to published values. Does not: where the
file stands and who writes it (the command line).

The original is kept: the value's row says what the page prints in the correction, and a later run applies it again only where the page still
prints the same. Corrections are never changed or removed; a later one of the same value counts.
"""

from __future__ import annotations

import json

import pandas as pd

from trialmart.numbers import parse

COLUMNS = ["value_id", "article_id", "original_printed", "printed", "reason", "reviewer", "recorded_at", "status"]
STATUSES = ("applied", "changed", "missing", "superseded")
_EXACT = ("count", "denominator", "n", "n_events")
_GIVEN = ("value_id", "original_printed", "printed", "reason", "reviewer", "recorded_at")


def line(value_id: str, original_printed: str, printed: str, reason: str, recorded_at: str, reviewer: str | None = None) -> str:
    """A correction as one line of the corrections file. Raises ValueError where `printed` is no number or the reason is empty."""
    parse(printed)
    if not reason.strip():
        raise ValueError("a correction needs a reason")
    given = dict(zip(_GIVEN, (value_id, original_printed, printed, reason.strip(), reviewer, recorded_at), strict=True))
    return json.dumps(given, ensure_ascii=False)


def read(text: str) -> pd.DataFrame:
    """The corrections of a file's text, one JSON object a line, in their order. Raises ValueError with the line's number where one is broken."""
    rows = []
    for number, written in enumerate(text.splitlines(), start=1):
        if not written.strip():
            continue
        try:
            given = json.loads(written)
            rows.append({name: given.get(name) for name in _GIVEN} | {"value_id": given["value_id"], "printed": given["printed"]})
        except (ValueError, KeyError, AttributeError, TypeError) as problem:
            raise ValueError(f"line {number} of the corrections is broken: {problem}") from problem
    frame = pd.DataFrame(rows, columns=list(_GIVEN))
    return frame.assign(article_id=[str(v).partition(":")[0] for v in frame["value_id"]], status=None)[COLUMNS]


def apply(values: pd.DataFrame, corrections: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Published values with the corrections in, and the corrections with what became of each.

    applied; changed: the page no longer prints the original, so the correction is reported and not applied; missing: no such value among
    these articles; superseded: a later correction of the same value counts. The frames given are left as they are.
    """
    values, corrections = values.copy(), corrections.copy().reset_index(drop=True)
    if corrections.empty:
        return values, corrections
    at = {value_id: i for i, value_id in enumerate(values["value_id"])}
    last = corrections.groupby("value_id", sort=False).tail(1).index
    status = ["superseded"] * len(corrections)
    article: list[str | None] = list(corrections.get("article_id", pd.Series([None] * len(corrections))))
    changes: dict[int, tuple[str, str]] = {}
    for k in last:
        value_id, original, printed = corrections.loc[k, ["value_id", "original_printed", "printed"]]
        i = at.get(value_id)
        if i is None:
            status[k] = "missing"
            continue
        article[k] = values["article_id"].iloc[i]
        status[k] = "applied" if values["printed"].iloc[i] == original else "changed"
        if status[k] == "applied":
            changes[i] = (original, printed)
    _write(values, changes)
    return values, corrections.assign(status=status, article_id=article)


def _write(values: pd.DataFrame, changes: dict[int, tuple[str, str]]) -> None:
    columns = {name: values.columns.get_loc(name) for name in ("printed", "value", "decimals", "value_low", "value_high", "statistic")}
    for i, (original, printed) in changes.items():
        number = parse(printed, exact=values.iat[i, columns["statistic"]] in _EXACT)
        for name, new in (("printed", printed), ("value", number.value), ("decimals", number.decimals), ("value_low", number.low), ("value_high", number.high)):
            values.iat[i, columns[name]] = new
        if "note" in values:
            values.iat[i, values.columns.get_loc("note")] = f"corrected by a reviewer; the page prints {original}"
        if "missing_reason" in values:
            values.iat[i, values.columns.get_loc("missing_reason")] = None
