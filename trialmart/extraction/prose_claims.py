"""What sentences claim in words, to be held against the figures later: most common, higher, significantly longer, no difference.

Belongs here: finding claims. Does not: judging them (trialmart/audit).
"""

from __future__ import annotations

import json
import re

from trialmart.extraction import vocabulary
from trialmart.extraction.mentions import Mention
from trialmart.extraction.prose_sentences import Sentence, holds
from trialmart.extraction.prose_words import in_order
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
_JSON = json.JSONEncoder(ensure_ascii=False).encode
_TABLE = re.compile(r"\bTables?\s*(\d+)", re.IGNORECASE)


_SERIOUS_FIRST = re.compile(
    r"\b(?P<kind>(?:[\w/-]+\s+){0,3}?)(?P<what>adverse\s+(?:events?|reactions?|effects?)|AEs?|SAEs?|toxicit(?:y|ies)|side[\s-]effects?|complications?)\s+(?:that\s+)?(?:(?:were|was|occurred|reported)\s+)*"
    r"most\s+(?:often|commonly|frequently|common|frequent)\b(?P<middle>[^.;:]{0,90}?)\b(?:were|was|included|are|is)\s+(?P<terms>(?:[^.;]|\.(?=\d))+)", re.IGNORECASE
)  # fmt: skip


#: The words that the patterns above begin with, and those that they cannot do without.
_NEGATIONS = frozenset("no not did does was were".split())
_SIGNIFICANCE = frozenset("significantly significant statistically".split())
_COMPARATIVES = frozenset("longer shorter higher lower greater smaller better worse more less fewer".split())
_COMPARING = frozenset("than compared relative".split())
_DENIED = ("significant", "differ", "improve", "increase", "reduce", "affect")
_DENIAL = frozenset("no not nor neither without".split())
_DENIED_BEFORE = re.compile(r"\b(?:no|not|nor|neither|without)\b[\w\s,]{0,25}$", re.IGNORECASE)


def may_claim(sentence: Sentence) -> bool:
    """Whether `claims` can find any: a few words tell, before anybody looks for arms."""
    words = sentence.words
    return (
        "most" in words
        or "no" in words
        or "not" in words
        or "significant" in sentence.low
        or not (_COMPARING.isdisjoint(words) or _COMPARATIVES.isdisjoint(words))
    )


def claims(sentence: Sentence, mentions: list[Mention], defined: dict[str, str]) -> list[Observation]:
    """The sentence's claims, each with its place and a JSON detail."""
    text, words = sentence.text, sentence.words
    found: list[Observation] = []
    if "most" in words:
        _most_common(sentence, mentions, found)
    none = _no_differences(sentence)
    for m in none[:2]:
        arm, reference = _pair(mentions)
        found.append(_observe(sentence, m, claim="no_difference", qualifier="significant" if "signific" in m.group().lower() else None, terms=[], endpoint=_about(text, m, defined),
                              arm_id=arm, reference_arm_id=reference, direction=None, table=_table(text)))  # fmt: skip
    for m in _matches(_DIFFERENCE, sentence, _SIGNIFICANCE) if "significant" in sentence.low else ():
        if any(n.start() <= m.start() < n.end() for n in none) or (
            not _DENIAL.isdisjoint(words) and _DENIED_BEFORE.search(text, max(0, m.start() - 40), m.start())
        ):
            continue
        arm, reference = _pair(mentions)
        found.append(_observe(sentence, m, claim="difference", qualifier="significant", terms=[], endpoint=_about(text, m, defined), arm_id=arm, reference_arm_id=reference,
                              direction=_direction(m.group()), table=_table(text)))  # fmt: skip
    if (
        not found
        and not _COMPARING.isdisjoint(words)
        and not _COMPARATIVES.isdisjoint(words)
        and sum(x.kind == "arm" for x in mentions) >= 2
    ):
        for m in _matches(_DIRECTION, sentence, _COMPARATIVES)[:1]:
            arm, reference = _pair(mentions)
            found.append(_observe(sentence, m, claim="direction", qualifier=None, terms=[], endpoint=_about(text, m, defined, True), arm_id=arm, reference_arm_id=reference,
                                  direction=_direction(m["how"]), table=_table(text)))  # fmt: skip
    return found


def _matches(pattern: re.Pattern[str], sentence: Sentence, beginnings: frozenset[str]) -> list[re.Match[str]]:
    """All matches of a pattern that begins with one of certain words."""
    found: list[re.Match[str]] = []
    for at, _ in in_order(sentence.low, beginnings & sentence.words):
        m = pattern.match(sentence.text, at) if not found or at >= found[-1].end() else None
        if m:
            found.append(m)
    return found


def _most_common(sentence: Sentence, mentions: list[Mention], found: list[Observation]) -> None:
    m = _MOST_COMMON.search(sentence.text) or _SERIOUS_FIRST.search(sentence.text)
    terms = _terms(m["terms"]) if m else []
    if m and terms:
        serious = "serious" in m["kind"].lower() or m["what"].upper().startswith("SAE")
        arm = next((x.arm_id for x in mentions if x.kind == "arm" and m.start() <= x.start < m.start("terms")), None)
        found.append(_observe(sentence, m, claim="most_common", qualifier="serious" if serious else None, terms=terms, endpoint=None, arm_id=arm,
                              reference_arm_id=None, direction=None, table=_table(sentence.text)))  # fmt: skip


def _no_differences(sentence: Sentence) -> list[re.Match[str]]:
    """Where the sentence denies a difference."""
    low, words = sentence.low, sentence.words
    if "no" in words and "difference" in low or "not" in words and holds(low, _DENIED):
        return _matches(_NO_DIFFERENCE, sentence, _NEGATIONS)
    return []


def _observe(sentence: Sentence, m: re.Match[str], **detail: object) -> Observation:
    start, end = sentence.place(m.start(), m.end())
    return Observation("claim", start, end, table_id=sentence.table_id, arm_id=detail.get("arm_id"), detail=_JSON(detail))  # type: ignore[arg-type]


_BEHIND_TERMS = re.compile(
    r"\b(?:in\s+(?:the|both|arm|group|\d)|which|with|while|whereas|that|among|occurring\s+in|compared|but|each|for)\b"
)
_BRACKETS = re.compile(r"\([^)]*\)")
_ALL_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_LEADING = re.compile(r"^(?:were|was|the|mainly|also)\s+")
_LETTERS = re.compile(r"[a-z]{3}")
_NO_TERM = re.compile(r"\d|\bsimilar\b|\bmild\b")


def _terms(words: str) -> list[str]:
    cut = _BEHIND_TERMS.search(_BRACKETS.sub(lambda m: " " * len(m.group()), words))
    words = _ALL_BRACKETS.sub(" ", words[: cut.start()] if cut else words)
    terms = [_LEADING.sub("", " ".join(t.split()).strip(" .,:;()").lower()) for t in _SPLIT.split(words)]
    return [t for t in terms if 2 < len(t) < 60 and _LETTERS.search(t) and not _NO_TERM.search(t)]


def _pair(mentions: list[Mention]) -> tuple[str | None, str | None]:
    arms = [m for m in mentions if m.kind == "arm" and m.arm_id]
    ids = list(dict.fromkeys(m.arm_id for m in arms))
    if len(ids) != 2:
        return (ids[0] if len(ids) == 1 else None), None
    return ids[0], ids[1]


_SUBJECT = re.compile(
    r"(?:\s*(?:the|a|an|in|and|but|however|similarly|also|there|overall)\b[\s,]*)*(?:(?:rates?|incidences?|frequenc(?:y|ies)|occurrence|number|mean|median|proportions?|percentages?)\s+of\s+)?(?P<words>[^,;(]{3,80}?)\s+(?:was|were|is|are|did|in|between|occurred)\b",
    re.IGNORECASE,
)
_WITH_RESPECT_TO = re.compile(
    r"\s*(?:between\s+[^.;]{0,60}?\s+)?(?:in|with\s+respect\s+to|with\s+regard\s+to|for|regarding|in\s+terms\s+of)\s+(?:the\s+)?(?P<words>[^.,;(]{3,70})"
)


def _about(text: str, m: re.Match[str], defined: dict[str, str], how: bool = False) -> str | None:
    """What a claim speaks of: the endpoint next to it, else the phrase behind it or the sentence's subject."""
    endpoints = vocabulary.endpoints_in(text, defined)
    if endpoints:
        return min(endpoints, key=lambda e: min(abs(e[0] - m.end()), abs(m.start() - e[1])))[2]
    subject = _SUBJECT.match(text[: m.start()].lstrip() + " was")
    if how:  # `the incidence of x was lower in A than in B`: what stands before the comparing word
        return " ".join(subject["words"].split()).lower() if subject and not _ARMS.search(subject["words"]) else None
    behind = _WITH_RESPECT_TO.match(text, m.end())
    words = behind["words"] if behind else subject["words"] if subject else None
    return " ".join(words.split()).lower() if words else None


def _direction(words: str) -> str | None:
    low = words.lower()
    return "lower" if holds(low, _DOWN) else "higher" if holds(low, _UP) else None


def _table(text: str) -> str | None:
    m = _TABLE.search(text)
    return f"Table {m.group(1)}" if m else None
