"""Small frames as extraction would give them, for tests of the audit and of matching. Facts and figures are PALOMA-2's (NEJM 2016)
unless a test says otherwise."""

from __future__ import annotations

import pandas as pd

from trialmart.numbers import parse

EXACT = {"count", "denominator", "n", "n_events"}
COLUMNS = {
    "article_id": "a1", "source_kind": "table", "table_id": None, "row_index": None, "column_index": None, "row_path": (),
    "scope": "arm", "arm_id": None, "reference_arm_id": None, "population": None, "endpoint": None, "assessor": None, "subgroup": None,
    "grade": None, "timepoint": None, "unit": None, "estimate_id": None, "method": None, "sides": None, "adjusted": None,
    "comparator": "=", "missing_reason": None, "section": "results", "is_assumption": False, "note": None,
}  # fmt: skip


def value(statistic: str, printed: str, **known) -> dict:
    """One published value. `at` (a prose value's character) gives its value_id and span."""
    at = known.pop("at", None)
    row = {**COLUMNS, **known, "statistic": statistic, "printed": printed}
    number = parse(printed, exact=statistic in EXACT)
    low = 0.0 if row["comparator"] == "<" else number.low
    row |= {"value": number.value, "decimals": number.decimals, "value_low": low, "value_high": number.value if row["comparator"] == "<" else number.high}
    if at is not None:
        row["source_kind"] = "prose" if row["source_kind"] == "table" else row["source_kind"]
        row.setdefault("value_id", f"{row['article_id']}:text:{at}")
        row["span_id"] = f"{row['article_id']}@{at}-{at + len(printed)}"
    return row


def cell(table: str, row: int, column: int, statistics: str, printed: str, **known) -> list[dict]:
    """The values of one cell: `cell("t1", 2, 1, "count percent", "35 (15.8)")`; the first is the estimate of the others."""
    import re

    numbers = re.findall(r"[-<]?\d+(?:\.\d+)?", printed)
    first = None
    made = []
    for ordinal, (statistic, text) in enumerate(zip(statistics.split(), numbers, strict=True)):
        made.append(value(statistic, text, table_id=table, row_index=row, column_index=column, **known))
        made[-1]["value_id"] = f"{made[-1]['article_id']}:{table}:r{row}c{column}:{ordinal}"
        made[-1]["span_id"] = f"{made[-1]['article_id']}@{10_000 + row * 100 + column * 10 + ordinal}-0"
        first = first or made[-1]["value_id"]
        made[-1]["estimate_id"] = first if len(numbers) > 1 else None
    return made


def values(*rows: dict | list[dict]) -> pd.DataFrame:
    flat = [r for row in rows for r in (row if isinstance(row, list) else [row])]
    return pd.DataFrame(flat).reset_index(drop=True)


def arms(**n_randomized: int) -> pd.DataFrame:
    return pd.DataFrame([
        {"article_id": "a1", "arm_id": arm, "label": arm, "aliases": (), "role": role, "members": (), "n_randomized": n}
        for (arm, n), role in zip(n_randomized.items(), ["experimental", "control", "unknown", "unknown"], strict=False)
    ])  # fmt: skip


def tables(**kinds: str) -> pd.DataFrame:
    return pd.DataFrame([
        {"article_id": "a1", "table_id": t, "label": t, "caption": "", "kind": kind, "n_rows": 50, "n_columns": 9, "n_header_rows": 1,
         "status": "extracted", "message": None}
        for t, kind in kinds.items()
    ])  # fmt: skip


NO_OBSERVATIONS = pd.DataFrame(columns=["article_id", "kind", "start", "end", "table_id", "value_ids", "arm_id", "detail"])
PAIR = {"active": 444, "placebo": 222}


def two_arms(table: str, row: int, statistics: str, active: str, placebo: str, **known) -> list[dict]:
    return cell(table, row, 1, statistics, active, arm_id="active", **known) + cell(table, row, 2, statistics, placebo, arm_id="placebo", **known)


def header(table: str, active: int = 444, placebo: int = 222) -> list[dict]:
    return cell(table, 0, 1, "n", str(active), arm_id="active") + cell(table, 0, 2, "n", str(placebo), arm_id="placebo")


def responses() -> list[dict]:
    """The response table (t3) and the two sentences on it, of which one misprints the placebo group's rate."""
    rate = "percent ci_lower ci_upper"
    table = header("t3")
    table += two_arms("t3", 1, "n", "444", "222", row_path=("All randomly assigned patients",))
    table += two_arms("t3", 2, rate, "42.1 (37.5 46.9)", "34.7 (28.4 41.3)", row_path=("Rate of objective response",), endpoint="objective response")
    table += two_arms("t3", 5, "n", "338", "171", row_path=("Patients with measurable disease",))
    table += two_arms("t3", 6, rate, "55.3 (49.9 60.7)", "44.4 (36.9 52.2)", row_path=("Rate of objective response",), endpoint="objective response",
                      population="measurable")  # fmt: skip
    said = []
    for start, arm, texts in ((100, "active", ("42.1", "37.5", "46.9")), (250, "placebo", ("21.1", "17.5", "24.7"))):
        for k, (statistic, text) in enumerate(zip(rate.split(), texts, strict=True)):
            said.append(value(statistic, text, at=start + 10 * k, arm_id=arm, endpoint="objective response", population="ITT",
                              estimate_id=f"a1:text:{start}", unit="%"))  # fmt: skip
    return table + said
