"""A page's published values, written down by hand: frames as extraction lands them, without an extractor.

Belongs here: the shape of the frames. Does not: any article's figures.
"""

from __future__ import annotations

import pandas as pd

from trialmart.numbers import parse

EXACT = ("count", "denominator", "n", "n_events")
COLUMNS = (
    "value_id", "article_id", "source_kind", "table_id", "row_index", "column_index", "section", "span_id", "row_path", "scope", "arm_id",
    "reference_arm_id", "population", "endpoint", "assessor", "subgroup", "grade", "timepoint", "statistic", "unit", "estimate_id", "method",
    "sides", "adjusted", "value", "comparator", "missing_reason", "printed", "decimals", "value_low", "value_high", "is_assumption", "note",
)  # fmt: skip


class Page:
    """An article under construction."""

    def __init__(self, article_id: str = "trial", study_id: str | None = None):
        self.article_id, self.study_id = article_id, study_id or article_id
        self.values, self.arms, self.tables, self.at = [], [], [], 0

    def arm(self, arm_id: str, label: str, n: int | None = None, role: str = "unknown", members: tuple[str, ...] = ()) -> None:
        self.arms.append((self.article_id, arm_id, label, [], role, list(members), n))

    def table(self, table_id: str, kind: str, caption: str = "", n_header_rows: int = 1) -> None:
        self.tables.append((self.article_id, table_id, "", caption, kind, n_header_rows))

    def value(self, statistic: str, printed: str, **fields) -> str:
        """One printed number; returns its id. Without `table_id` it stands in the results' prose."""
        self.at += 10
        in_table = fields.get("table_id") is not None
        row = dict.fromkeys(COLUMNS) | {
            "value_id": f"{self.article_id}:{self.at}", "article_id": self.article_id, "source_kind": "table" if in_table else "prose",
            "section": "results", "span_id": f"{self.article_id}@{self.at}-{self.at + len(printed)}", "row_path": (), "scope": "arm",
            "statistic": statistic, "printed": printed, "comparator": "=", "is_assumption": False,
        }  # fmt: skip
        if fields.get("missing_reason") is None:
            number = parse(printed, exact=statistic in EXACT)
            row |= {"value": number.value, "decimals": number.decimals, "value_low": number.low, "value_high": number.high}
        self.values.append(row | fields)
        return row["value_id"]

    def share(self, count: str | None, percent: str | None, **fields) -> None:
        """`n (%)`: a count and its percent."""
        of = self.value("count", count, **fields) if count is not None else None
        if percent is not None:
            self.value("percent", percent, unit="%", estimate_id=of, **fields)

    def estimate(
        self, statistic: str, printed: str, lower: str | None = None, upper: str | None = None, p: str | None = None, **fields
    ) -> str:
        """An estimate with its limits and p value."""
        of = self.value(statistic, printed, **fields)
        self.values[-1]["estimate_id"] = of
        for name, text in (("ci_lower", lower), ("ci_upper", upper)):
            if text == "NE":
                self.value(name, text, estimate_id=of, missing_reason="not_estimable", **fields)
            elif text is not None:
                self.value(name, text, estimate_id=of, **fields)
        if p is not None:
            sign = p[0] if p[0] in "<>" else "="
            self.value("p_value", p.lstrip("<>="), comparator=sign, estimate_id=of, **fields)
        return of

    def header(self, table_id: str, **ns: int) -> None:
        """`(N=444)` in the header of each arm's column."""
        for column, (arm_id, n) in enumerate(ns.items(), start=1):
            self.value("n", str(n), table_id=table_id, row_index=0, column_index=column, arm_id=arm_id)


def frames(*pages: Page) -> dict[str, pd.DataFrame]:
    """published_value, arm, article and article_table of some pages."""
    rows = [row for page in pages for row in page.values]
    arms = [row for page in pages for row in page.arms]
    tables = [row for page in pages for row in page.tables]
    values = pd.DataFrame(rows, columns=COLUMNS)
    values["value"] = values["value"].astype(float)
    return {
        "published_value": values,
        "arm": pd.DataFrame(arms, columns=["article_id", "arm_id", "label", "aliases", "role", "members", "n_randomized"]),
        "article": pd.DataFrame([(p.article_id, p.study_id) for p in pages], columns=["article_id", "study_id"]),
        "article_table": pd.DataFrame(tables, columns=["article_id", "table_id", "label", "caption", "kind", "n_header_rows"]),
    }
