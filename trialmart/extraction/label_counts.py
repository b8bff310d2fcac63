"""Numbers of patients that a row label prints for each arm: `Toxicity (n=266 in the drug group; n=263 in the placebo group)`.

Belongs here: labels that give a number of patients to two arms or more. Does not: N in headers (headers), rows that count patients (rows).
"""

from __future__ import annotations

import re

from trialmart.extraction.arm_names import Roster, best_match

#: `n=266 in the drug group`, and `drug group: 266`, `drug, n = 266`
FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"\bn\s?=\s?(?P<n>\d[\d,]*)\s(?:in|for|with|on|receiving)\s(?:the\s)?(?P<name>[^;,()\[\]]+?)(?=\s*(?:[;,)\]]|\sand\s|$))",
        r"(?P<name>[^;,:()=\[\]\d][^;,:()=\[\]]*?)\s?(?:[:=]\s?|,?\sn\s?=\s?)(?P<n>\d[\d,]*)(?=\s*(?:[;,)\]]|\sand\s|$))",
    )
)


def arm_counts(words: str, roster: Roster) -> list[tuple[int, int, int, str]]:
    """(start, end, number, arm) for each arm; nothing unless every number has an arm of its own and there are two."""
    if "=" not in words and ":" not in words or len(roster.single) < 2:
        return []
    for form in FORMS:
        found = [(*m.span("n"), int(m.group("n").replace(",", "")), _arm(m.group("name"), roster)) for m in form.finditer(words)]
        arms = [arm for *_, arm in found if arm is not None]
        if len(arms) >= 2 and len(set(arms)) == len(found):
            return [(start, end, n, arm) for start, end, n, arm in found if arm is not None]
    return []


def _arm(name: str, roster: Roster) -> str | None:
    arm = roster.known(name.strip())
    if arm is None:
        arm, score = best_match(name, roster.single)
        arm = arm if score >= 0.6 else None
    return arm.arm_id if arm is not None else None
