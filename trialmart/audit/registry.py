"""Which rules there are. Adding a rule is adding a function with `@rule` in one of this folder's files.

Belongs here: the list of rules and how a rule is declared. Does not: any rule, and what becomes of its findings (findings.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from trialmart.audit.evidence import Evidence
from trialmart.audit.findings import Findings

Judge = Callable[[Evidence, Findings], None]


class Rule(NamedTuple):
    rule_id: str
    needs: tuple[str, ...]  # statistics without which there is nothing to judge
    judge: Judge
    reference: str  # the first line of its docstring says what; its source says why


RULES: list[Rule] = []


def rule(rule_id: str, needs: tuple[str, ...] = ()) -> Callable[[Judge], Judge]:
    """Registers a rule. It gets all evidence and adds its checks to the findings under its own rule_id."""

    def register(judge: Judge) -> Judge:
        RULES.append(Rule(rule_id, needs, judge, (judge.__doc__ or "").strip()))
        return judge

    return register
