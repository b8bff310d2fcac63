"""Checks as they are collected, and how those with one cause become one.

Belongs here: the shape of a check and the order of verdicts and severities. Does not: any rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

import numpy as np
import pandas as pd

from trialmart.audit.evidence import Evidence

VERDICTS = ("consistent", "explained", "inconsistent", "impossible", "not_checkable")
SEVERITIES = ("info", "minor", "major", "critical")
COLUMNS = ["check_id", "article_id", "rule_id", "value_ids", "published", "recomputed_low", "recomputed_high", "verdict", "severity",
           "explanation", "method", "confidence", "table_id", "implied_counts"]  # fmt: skip
#: Where two rules find the same figure wrong, the one that says most about the cause leads; the other becomes a sentence of it.
_LEADS = ("text_table", "denominators", "count_percent", "percent_possible", "levels_sum", "grades_within", "ci_symmetry", "rate_ci")


_NUMBERS = ("recomputed_low", "recomputed_high", "confidence")
_COPIED = ("article_id", "rule_id", "published", "recomputed_low", "recomputed_high", "verdict", "severity", "method", "confidence", "table_id", "implied_counts")
_FIELDS = attrgetter("article_id", "rule_id", "published", "low", "high", "verdict", "severity", "method", "confidence", "table_id", "implied")


@dataclass(slots=True)
class Check:
    """One rule applied to printed figures. `suspects` are the values that the finding calls wrong: two findings that share one are one."""

    article_id: str
    rule_id: str
    values: tuple[int, ...]
    published: str
    verdict: str
    severity: str
    explanation: str
    low: float | None = None
    high: float | None = None
    method: str | None = None
    confidence: float = 1.0
    table_id: str | None = None
    implied: str | None = None
    suspects: tuple[int, ...] = ()
    also: list[Check] = field(default_factory=list)


class Findings:
    """The checks of all rules. A rule calls `add`; `frame` merges what has one cause and gives the table."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.rule_id = ""
        self.checks: list[Check] = []
        self._by_rule: dict[str, list[Check]] = defaultdict(list)
        self._wrong: set[int] = set()

    def add(
        self, values: tuple[int, ...], verdict: str, severity: str, explanation: str, *, published: str | None = None, low: float | None = None,
        high: float | None = None, method: str | None = None, confidence: float = 1.0, implied: str | None = None, suspects: tuple[int, ...] = (),
        article_id: str | None = None, table_id: str | None = None,
    ) -> None:  # fmt: skip
        e = self.evidence
        first = values[0] if values else None
        if first is not None:
            article_id, table_id = e.article[first], table_id or e.table_id[first]
            published = published if published is not None else e.shown(first)
        explanation = explanation[:1].upper() + explanation[1:]
        check = Check(article_id or "", self.rule_id, tuple(map(int, values)), published or "", verdict, severity, explanation, low, high, method, confidence,
                      table_id, implied, tuple(map(int, suspects)))  # fmt: skip
        self.checks.append(check)
        self._by_rule[self.rule_id].append(check)
        if verdict in ("inconsistent", "impossible"):
            self._wrong.update(check.suspects)

    def agreeing(self, cases: Iterable[tuple[tuple[int, ...], str, str, float, str]]) -> None:
        """Checks that agree, for rules with very many: (values, explanation, published, recomputed, method), plain ints and floats only."""
        article, table, rule_id = self.evidence.article, self.evidence.table_id, self.rule_id
        checks = [
            Check(article[values[0]], rule_id, values, published, "consistent", "info", explanation, exact, exact, method, 1.0, table[values[0]])
            for values, explanation, published, exact, method in cases
        ]
        self.checks += checks
        self._by_rule[rule_id] += checks

    def of(self, *rule_ids: str) -> list[Check]:
        """What these rules have found so far."""
        return [check for rule_id in rule_ids for check in self._by_rule[rule_id]]

    def wrong(self) -> set[int]:
        """Values that a finding so far calls wrong: later rules need not build on them."""
        return set(self._wrong)

    def frame(self) -> pd.DataFrame:
        checks = _merged(self.checks)
        seen: dict[str, int] = {}
        ids = self.evidence.id.tolist()
        names, values, explanations = [], [], []
        for check in checks:
            involved, explanation = check.values, check.explanation
            if check.also:
                involved = tuple(dict.fromkeys([*involved, *(v for other in check.also for v in other.values)]))
                explanation = " ".join([explanation, *(other.explanation for other in check.also)])
            stem = f"{check.rule_id}:{ids[involved[0]] if involved else check.article_id}"
            times = seen[stem] = seen.get(stem, 0) + 1
            names.append(stem if times == 1 else f"{stem}#{times}")
            values.append([ids[v] for v in involved])
            explanations.append(explanation)
        rest = zip(*map(_FIELDS, checks), strict=True) if checks else [()] * (len(COLUMNS) - 3)
        columns = {"check_id": names, "value_ids": values, "explanation": explanations, **dict(zip(_COPIED, rest, strict=True))}
        columns = {name: columns[name] for name in COLUMNS}
        frame = pd.DataFrame({name: _column(values, float if name in _NUMBERS else object) for name, values in columns.items()})
        # the recomputed range in order; an end that is not finite is not told
        low, high = (frame[name].where(np.isfinite(frame[name])) for name in ("recomputed_low", "recomputed_high"))
        turned = low > high
        frame["recomputed_low"], frame["recomputed_high"] = low.where(~turned, high), high.where(~turned, low)
        return frame


def _merged(checks: list[Check]) -> list[Check]:
    """Findings about the same suspect value become one, led by the gravest and most telling; all other checks stay as they are."""
    lead = {rule_id: i for i, rule_id in enumerate(_LEADS)}
    findings = [c for c in checks if c.verdict in ("inconsistent", "impossible")]
    findings.sort(key=lambda c: (-SEVERITIES.index(c.severity), lead.get(c.rule_id, len(lead))))
    by_suspect: dict[int, Check] = {}
    merged: set[int] = set()
    for check in findings:
        leader = next((by_suspect[s] for s in (*check.suspects, *check.values) if s in by_suspect and _gives_way(check, s)), None)
        if leader is not None:
            leader.also.append(check)
            merged.add(id(check))
            continue
        for suspect in check.suspects:
            by_suspect.setdefault(suspect, check)
    return [c for c in checks if id(c) not in merged]


def _gives_way(check: Check, shared: int) -> bool:
    """A finding joins another where the shared value is its own suspect, or where it suspects none in particular (a sum, a limit)."""
    return shared in check.suspects or len(check.suspects) != 1


def _column(values: Sequence, kind: type) -> np.ndarray:
    """Values as an array of one dimension, lists in it as they are."""
    column: np.ndarray = np.empty(len(values), kind)
    column[:] = values
    return column
