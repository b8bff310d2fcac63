"""Number audit: every printed figure checked against the others, every finding explained.

Belongs here: running the rules over a batch of articles, and which of two contradicting figures to use. Does not: a rule. The rules are in one
file a family; each is a function with `@rule` (registry.py), and a new one needs nothing else. A rule sees published values and the
structure around them, never an article's name.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd

from trialmart.audit import counts, denominators, grades, levels, planning, proportions, rates, ratios, repeats, subgroups, wording
from trialmart.audit.evidence import Evidence
from trialmart.audit.findings import COLUMNS, SEVERITIES, VERDICTS, Findings
from trialmart.audit.registry import RULES, Rule

__all__ = ["COLUMNS", "RULES", "SEVERITIES", "VERDICTS", "Rule", "check", "trust"]

_log = logging.getLogger(__name__)

#: Families in the order in which they run: repeats build on what the figures of one place say about each other.
FAMILIES = (denominators, proportions, levels, grades, rates, ratios, counts, planning, subgroups, repeats, wording)


#: Rules whose findings say that a figure itself is wrong, and how many of a finding's first values that are.
_SUSPECTS = {"count_percent": 2, "percent_possible": 1, "ci_symmetry": 3, "grades_within": 1}


def check(values: pd.DataFrame, arms: pd.DataFrame, tables: pd.DataFrame, observations: pd.DataFrame) -> pd.DataFrame:
    """Every rule on every article of the batch: a frame with the columns of quality.number_check, one row a check.

    values, arms, tables, observations: evidence.published_value, .arm, .article_table and .text_observation of the same articles. Findings
    with one cause are one row that holds all their value_ids.
    """
    with _without_collector():
        try:
            return _check(values, arms, tables, observations)
        except Exception as problem:  # one article that breaks a rule must not cost the others their audit
            _log.warning("The audit of a batch broke (%s: %s); its articles are audited one by one.", type(problem).__name__, problem)
            articles = values["article_id"].drop_duplicates().tolist()
            frames = (values, arms, tables, observations)
            parts = [_check(*(f[f["article_id"] == article] for f in frames), one_by_one=True) for article in articles]
            return pd.concat(parts, ignore_index=True)


def _check(values: pd.DataFrame, arms: pd.DataFrame, tables: pd.DataFrame, observations: pd.DataFrame, one_by_one: bool = False) -> pd.DataFrame:
    """All rules on a batch; `one_by_one` lets a rule that breaks say so and the others go on."""
    evidence = Evidence(values, arms, tables, observations)
    found = Findings(evidence)
    if not len(evidence) and not len(observations):
        return found.frame()
    present = set(evidence.statistic)
    for each in RULES:
        if each.needs and not present.issuperset(each.needs) and not present.intersection(each.needs).intersection(("denominator", "n")):
            continue
        found.rule_id = each.rule_id
        try:
            each.judge(evidence, found)
        except Exception as problem:
            if not one_by_one:
                raise
            _log.warning("Rule %s broke on article %s: %s: %s", each.rule_id, values["article_id"].iloc[0], type(problem).__name__, problem)
            found.add((), "not_checkable", "info", f"The rule could not be applied to this article: {type(problem).__name__}: {problem}.",
                      article_id=str(values["article_id"].iloc[0]), published="", confidence=0.0)  # fmt: skip
    return found.frame()


@contextmanager
def _without_collector() -> Iterator[None]:
    """No cyclic garbage collection meanwhile: nothing here is cyclic, and walking all live records again and again costs a fifth of the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.collect(0)  # else all that is new would call for a walk through everything that is not
            gc.enable()


def trust(values: pd.DataFrame, checks: pd.DataFrame) -> pd.DataFrame:
    """Which published values not to use, and what to use in their place: columns value_id, trusted, reason, replaced_by.

    Only values that a major or critical finding holds against each other are listed. Of a fact printed twice the place that its other
    figures confirm is used; where nothing decides, the table before the sentence. Nothing is averaged: a value without a better one keeps
    its place and a flag (replaced_by is missing).
    """
    findings = checks[checks["verdict"].isin(["inconsistent", "impossible"]) & checks["severity"].isin(["major", "critical"])]
    confirmed = _confirmed(checks)
    known = values.set_index("value_id")[["source_kind", "statistic", "article_id"]]
    source, statistic = known["source_kind"].to_dict(), known["statistic"].to_dict()
    rows: dict[str, tuple[str, bool, str, str | None]] = {}
    for finding in findings[findings["rule_id"].isin(_SUSPECTS) | (findings["rule_id"] == "text_table")].to_dict("records"):
        ids = [v for v in finding["value_ids"] if v in source]
        if finding["rule_id"] == "text_table":
            _of_two(ids, source, statistic, confirmed, finding["check_id"], rows)
        else:
            for v in ids[: _SUSPECTS[finding["rule_id"]]]:
                rows.setdefault(v, (v, False, f"{finding['rule_id']}: contradicted, and nothing printed tells the right figure", None))
    return pd.DataFrame(list(rows.values()), columns=["value_id", "trusted", "reason", "replaced_by"])


def _confirmed(checks: pd.DataFrame) -> dict[str, int]:
    """How many checks of its own place confirm each value."""
    agreeing = checks[(checks["verdict"] == "consistent") & checks["rule_id"].isin(["count_percent", "rate_ci", "ci_symmetry", "levels_sum"])]
    counts: dict[str, int] = {}
    for ids in agreeing["value_ids"]:
        for v in ids:
            counts[v] = counts.get(v, 0) + 1
    return counts


def _of_two(ids: list[str], source: dict, statistic: dict, confirmed: dict[str, int], check_id: str, rows: dict) -> None:
    """Of the places that a text_table finding sets against each other: the confirmed one stays, the other is replaced by it."""
    in_table = [v for v in ids if source[v] == "table"]
    in_text = [v for v in ids if source[v] != "table"]
    for said in in_text:
        same = [t for t in in_table if statistic[t] == statistic[said]]
        if not same:
            continue
        table = same[0]
        worse, better = (table, said) if confirmed.get(said, 0) > confirmed.get(table, 0) else (said, table)
        reason = "the other place fits its own figures" if confirmed.get(better, 0) > confirmed.get(worse, 0) else "the table is preferred to a sentence"
        rows.setdefault(worse, (worse, False, f"{check_id}: two places disagree; {reason}", better))
