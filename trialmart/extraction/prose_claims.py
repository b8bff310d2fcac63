"""What sentences claim in words, to be held against the figures later: most common, higher, significantly longer, no difference.

Belongs here: finding claims. Does not: judging them (trialmart/audit).
"""

from __future__ import annotations

import json
import re

from trialmart.extraction import vocabulary
from trialmart.extraction.mentions import Mention
from trialmart.extraction.prose_sentences import Sentence, holds
from trialmart.extraction.values import Observation

_MOST_COMMON = re.compile(
    r"\bmost\s+(?:common(?:ly)?|frequent(?:ly)?)\s+(?:(?:reported|occurring|observed)\s+)?(?P<kind>(?:[\w/-]+\s+){0,5}?)(?P<what>adverse\s+(?:events?|reactions?|effects?)|AEs?|SAEs?|toxicit(?:y|ies)|side[\s-]effects?|complications?|events?|symptoms?)\b"
    r"(?P<middle>[^.;:]{0,120}?)\b(?:were|was|included|are|is|being)\s+(?P<terms>(?:[^.;]|\.(?=\d))+)", re.IGNORECASE
)  # fmt: skip
_NO_DIFFERENCE = re.compile(
    r"\bno\s+(?:statistically\s+|clinically\s+|substantial\s+|meaningful\s+|other\s+)*(?:significant\s+|marked\s+|relevant\s+|major\s+)?(?:between-group\s+|statistical\s+)*differences?\b"
    r"|\bnot\s+(?:statistically\s+)?significantly\s+(?:different|differ|longer|shorter|higher|lower|better|improve\w*|greater)|\b(?:did|does)\s+not\s+(?:differ|(?:significantly\s+)?(?:improve|increase|reduce|affect))|\bnot\s+(?:statistically\s+)?significant(?:ly)?\b|\b(?:was|were)\s+not\s+(?:significantly\s+)?(?:different|improved)\b",
    re.IGNORECASE,
)
_DIFFERENCE = re.compile(
    r"\bsignificantly\s+(?:more\s+)?(?P<how>longer|shorter|higher|lower|greater|smaller|better|worse|superior|inferior|more|less|fewer|improved?s?|improves|increased?|reduced?|decreased?|different|prolonged|differ(?:ed)?)\b"
    r"|\b(?:statistically\s+)?significant\s+(?P<noun>(?:improvement|increase|reduction|decrease|difference|prolongation|benefit)s?)\b", re.IGNORECASE
)  # fmt: skip
_DIRECTION = re.compile(
    r"\b(?P<how>longer|shorter|higher|lower|greater|smaller|better|worse|more\s+(?:common|frequent(?:ly)?)|less\s+(?:common|frequent(?:ly)?)|fewer)\b(?P<rest>[^.;]{0,120}?)\b(?:than|compared|relative\s+to)\b",
    re.IGNORECASE,
)
_UP = ("longer", "higher", "greater", "better", "superior", "more", "improve", "increase", "prolong", "benefit")
_DOWN = ("shorter", "lower", "smaller", "worse", "inferior", "less", "fewer", "reduc", "decreas")
_ARMS = re.compile(r"\b(?:groups?|arms?)\b", re.IGNORECASE)
_SPLIT = re.compile(r"\s*(?:,\s*and\s+|,\s*|\band\b|;)\s*")
_TABLE = re.compile(r"\bTables?\s*(\d+)", re.IGNORECASE)


_SERIOUS_FIRST = re.compile(
    r"\b(?P<kind>(?:[\w/-]+\s+){0,3}?)(?P<what>adverse\s+(?:events?|reactions?|effects?)|AEs?|SAEs?|toxicit(?:y|ies)|side[\s-]effects?|complications?)\s+(?:that\s+)?(?:(?:were|was|occurred|reported)\s+)*"
    r"most\s+(?:often|commonly|frequently|common|frequent)\b(?P<middle>[^.;:]{0,90}?)\b(?:were|was|included|are|is)\s+(?P<terms>(?:[^.;]|\.(?=\d))+)", re.IGNORECASE
)  # fmt: skip


def claims(sentence: Sentence, mentions: list[Mention], defined: dict[str, str]) -> list[Observation]:
    """The sentence's claims, each with its place and a JSON detail."""
    text, found = sentence.text, []
    low = text.lower()
    for m in (_MOST_COMMON.search(text) or _SERIOUS_FIRST.search(text),) if "most " in low else ():
        if m is None:
            break
        terms = _terms(m["terms"], mentions, m.start("terms"))
        if terms:
            serious = "serious" in m["kind"].lower() or m["what"].upper().startswith("SAE")
            arm = next((x.arm_id for x in mentions if x.kind == "arm" and m.start() <= x.start < m.start("terms")), None)
            found.append(_observe(sentence, m, claim="most_common", qualifier="serious" if serious else None, terms=terms, endpoint=None, arm_id=arm,
                                  reference_arm_id=None, direction=None, table=_table(text)))  # fmt: skip
    negative = "no " in low or "not " in low
    none = list(_NO_DIFFERENCE.finditer(text)) if negative else []
    for m in none[:2]:
        arm, reference = _pair(mentions, m.start())
        found.append(_observe(sentence, m, claim="no_difference", qualifier="significant" if "signific" in m.group().lower() else None, terms=[], endpoint=_about(text, m, defined),
                              arm_id=arm, reference_arm_id=reference, direction=None, table=_table(text)))  # fmt: skip
    for m in _DIFFERENCE.finditer(text) if "significant" in low else ():
        if any(n.start() <= m.start() < n.end() for n in none) or re.search(
            r"\b(?:no|not|nor|neither|without)\b[\w\s,]{0,25}$", text[: m.start()], re.IGNORECASE
        ):
            continue
        arm, reference = _pair(mentions, m.start())
        found.append(_observe(sentence, m, claim="difference", qualifier="significant", terms=[], endpoint=_about(text, m, defined), arm_id=arm, reference_arm_id=reference,
                              direction=_direction(m.group()), table=_table(text)))  # fmt: skip
    if not found:
        compared = ("than" in low or "compared" in low or "relative" in low) and sum(x.kind == "arm" for x in mentions) >= 2
        m = _DIRECTION.search(text) if compared else None
        if m:
            arm, reference = _pair(mentions, m.start())
            found.append(_observe(sentence, m, claim="direction", qualifier=None, terms=[], endpoint=_about(text, m, defined, True), arm_id=arm, reference_arm_id=reference,
                                  direction=_direction(m["how"]), table=_table(text)))  # fmt: skip
    return found


def _observe(sentence: Sentence, m: re.Match[str], **detail: object) -> Observation:
    start, end = sentence.place(m.start(), m.end())
    return Observation(
        "claim", start, end, table_id=sentence.table_id, arm_id=detail.get("arm_id"), detail=json.dumps(detail, ensure_ascii=False)
    )  # type: ignore[arg-type]


def _terms(words: str, mentions: list[Mention], offset: int) -> list[str]:
    cut = re.search(
        r"\b(?:in\s+(?:the|both|arm|group|\d)|which|with|while|whereas|that|among|occurring\s+in|compared|but|each|for)\b",
        re.sub(r"\([^)]*\)", lambda m: " " * len(m.group()), words),
    )
    words = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", words[: cut.start()] if cut else words)
    terms = [" ".join(t.split()).strip(" .,:;()").lower() for t in _SPLIT.split(words)]
    terms = [re.sub(r"^(?:were|was|the|mainly|also)\s+", "", t) for t in terms]
    return [t for t in terms if 2 < len(t) < 60 and re.search(r"[a-z]{3}", t) and not re.search(r"\d|\bsimilar\b|\bmild\b", t)]


def _pair(mentions: list[Mention], at: int) -> tuple[str | None, str | None]:
    arms = [m for m in mentions if m.kind == "arm" and m.arm_id]
    ids = list(dict.fromkeys(m.arm_id for m in arms))
    if len(ids) != 2:
        return (ids[0] if len(ids) == 1 else None), None
    return ids[0], ids[1]


def _about(text: str, m: re.Match[str], defined: dict[str, str], how: bool = False) -> str | None:
    endpoints = vocabulary.endpoints_in(text, defined)
    if endpoints:
        return min(endpoints, key=lambda e: min(abs(e[0] - m.end()), abs(m.start() - e[1])))[2]
    subject = re.match(
        r"^(?:\s*(?:the|a|an|in|and|but|however|similarly|also|there|overall)\b[\s,]*)*(?:(?:rates?|incidences?|frequenc(?:y|ies)|occurrence|number|mean|median|proportions?|percentages?)\s+of\s+)?(?P<words>[^,;(]{3,80}?)\s+(?:was|were|is|are|did|in|between|occurred)\b",
        text[: m.start()].lstrip() + " was",
        re.IGNORECASE,
    )
    if how:  # `the incidence of x was lower in A than in B`: what stands before the comparing word
        return " ".join(subject["words"].split()).lower() if subject and not _ARMS.search(subject["words"]) else None
    behind = re.match(
        r"\s*(?:between\s+[^.;]{0,60}?\s+)?(?:in|with\s+respect\s+to|with\s+regard\s+to|for|regarding|in\s+terms\s+of)\s+(?:the\s+)?(?P<words>[^.,;(]{3,70})",
        text[m.end() :],
    )
    words = behind["words"] if behind else subject["words"] if subject else None
    return " ".join(words.split()).lower() if words else None


def _direction(words: str) -> str | None:
    low = words.lower()
    return "lower" if holds(low, _DOWN) else "higher" if holds(low, _UP) else None


def _table(text: str) -> str | None:
    m = _TABLE.search(text)
    return f"Table {m.group(1)}" if m else None
