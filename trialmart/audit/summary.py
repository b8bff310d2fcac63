"""The findings as a person reads them: gravest first, one line each.

Belongs here: order, counts and lines. Does not: printing or colours (the command line, the report).
"""

from __future__ import annotations

import pandas as pd

from trialmart.audit.findings import SEVERITIES, VERDICTS

_RANK = {severity: -i for i, severity in enumerate(SEVERITIES)}


def rules_page() -> str:
    """The rules as a page of the documentation, from their own docstrings (docs/number-audit.md)."""
    from trialmart import audit

    parts = [
        "# Number audit: the rules",
        "Written by `trialmart.audit.summary.rules_page()` from the rules' docstrings; a test keeps the two alike. Verdicts: " + ", ".join(VERDICTS) + ". "
        "Severities: " + ", ".join(SEVERITIES) + ". A rule whose inputs an article does not print says nothing; one whose inputs cannot be told apart says `not_checkable` and why.",
    ]
    for each in sorted(audit.RULES, key=lambda r: r.rule_id):
        module = each.judge.__module__.rpartition(".")[2]
        needs = f"needs {', '.join(each.needs)}; " if each.needs else ""
        text = "\n\n".join(" ".join(line.strip() for line in part.splitlines()) for part in each.reference.split("\n\n"))
        parts.append(f"## {each.rule_id}\n\n({needs}`trialmart/audit/{module}.py`)\n\n{text}")
    return "\n\n".join(parts) + "\n"


def open_findings(checks: pd.DataFrame, at_least: str = "minor") -> pd.DataFrame:
    """Findings that someone should look at (inconsistent or impossible), gravest first, then by article and rule."""
    wanted = SEVERITIES[SEVERITIES.index(at_least) :]
    findings = checks[checks["verdict"].isin(["inconsistent", "impossible"]) & checks["severity"].isin(wanted)]
    order = findings.assign(rank=findings["severity"].map(_RANK)).sort_values(["rank", "article_id", "rule_id", "check_id"], kind="stable")
    return order.drop(columns="rank").reset_index(drop=True)


def lines(checks: pd.DataFrame, at_least: str = "minor") -> list[str]:
    """One line a finding: severity, article, rule, and the sentence."""
    return [f"{f.severity:8} {f.article_id}  {f.rule_id}: {f.explanation}" for f in open_findings(checks, at_least).itertuples(index=False)]


def counts(checks: pd.DataFrame) -> pd.DataFrame:
    """Checks by article and verdict, and open findings by severity: one row an article."""
    verdicts = pd.crosstab(checks["article_id"], checks["verdict"]).reindex(columns=list(VERDICTS), fill_value=0)
    findings = checks[checks["verdict"].isin(["inconsistent", "impossible"])]
    severities = pd.crosstab(findings["article_id"], findings["severity"]).reindex(columns=list(SEVERITIES), fill_value=0)
    return verdicts.join(severities, how="left").fillna(0).astype(int).rename_axis(None, axis="columns")
