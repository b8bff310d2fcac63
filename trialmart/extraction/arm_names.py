"""The names of arms: how like two names are, and which arm a name is.

Belongs here: words of names, likeness, abbreviations, names that pool arms. Does not: which names are arms at all (arms).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from trialmart.document import Article
from trialmart.extraction.headers import NOT_ARMS
from trialmart.extraction.values import Arm

STOP = frozenset(
    "group groups arm arms patients patient treated treatment therapy the of with and in n no receiving received regimen subjects participants women cohort for to by on a only mg kg g ml mcg iu".split()
)
LETTER_A = re.compile(r"\b(?:arm|group|regimen|cohort|sequence)\s+a\b|^a$", re.IGNORECASE)
WORD = re.compile(r"[a-z]+(?:\d+[a-z]*)?|\d+(?:\.\d+)?[a-z]?")
SEPARATORS = tuple(re.compile(pattern) for pattern in (r"\s\+\s", r"\s(?:and|&)\s", r"\s?/\s?"))
WORDED = re.compile(r"[\w/+-]+")
STANDS_FOR = re.compile(r"\s?(?:=|,|:)\s?([^;,.=]{4,60})")


@lru_cache(maxsize=20_000)
def tokens(name: str) -> tuple[str, ...]:
    """What a name is made of, without the words that any arm may have."""
    found = WORD.findall(name.lower().replace("α", "alpha").replace("β", "beta"))
    kept = tuple(dict.fromkeys(word for word in found if word not in STOP or (word == "a" and LETTER_A.search(name))))
    return kept or tuple(dict.fromkeys(found))


@lru_cache(maxsize=20_000)
def bag(name: str) -> tuple[str, ...]:
    """The words of a name in order of the alphabet, doubles kept: `A/B + A` is not `A/B`."""
    found = WORD.findall(name.lower().replace("α", "alpha").replace("β", "beta"))
    kept = sorted(word for word in found if word in tokens(name))
    return tuple(kept or sorted(found))


@lru_cache(maxsize=20_000)
def similarity(first: tuple[str, ...], second: tuple[str, ...]) -> float:
    """0 to 1: the share of words that two names have in common, where a word may be cut short."""
    if not first or not second:
        return 0.0
    matched = 0.0
    free = list(second)
    for word in first:
        best, at = 0.0, -1
        for index, other in enumerate(free):
            score = _alike(word, other)
            if score > best:
                best, at = score, index
        if at >= 0:
            matched += best
            free.pop(at)
    return 0.5 * (matched / len(first) + matched / len(second))


def _alike(word: str, other: str) -> float:
    if word == other:
        return 1.0
    short, long = (word, other) if len(word) <= len(other) else (other, word)
    if len(short) < 3 or short[0].isdigit():
        return 0.0
    if long.startswith(short):
        return 0.85
    if len(short) >= 6 and _one_slip(short, long):
        return 0.8
    return 0.0


def _one_slip(short: str, long: str) -> bool:
    """Whether two long words differ by one or two letters, as misprints do."""
    if len(long) - len(short) > 1:
        return False
    head = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    tail = next((i for i, (a, b) in enumerate(zip(short[::-1], long[::-1], strict=False)) if a != b), len(short))
    return head + tail >= len(short) - 2


def is_named(name: str, arm: Arm) -> bool:
    """Whether a name has the words of one of an arm's names, in any order."""
    words = bag(name)
    return words == bag(arm.label) or words in [bag(alias) for alias in arm.aliases]


def starts(text: str) -> frozenset[str]:
    """How the words of a text begin: names that share none of these are not alike."""
    return frozenset([word[:3] for word in WORD.findall(text.lower().replace("α", "alpha").replace("β", "beta"))])


def best_match(name: str, arms: Sequence[Arm]) -> tuple[Arm | None, float]:
    """The arm whose names are most like this one, and how much; None where two are as like."""
    words = tokens(name)
    scores = [(max(similarity(words, tokens(alias)) for alias in (arm.label, *arm.aliases)), arm) for arm in arms]
    scores.sort(key=lambda pair: -pair[0])
    if not scores or scores[0][0] < 0.34 or len(scores) > 1 and scores[1][0] > scores[0][0] - 1e-9:
        return None, scores[0][0] if scores else 0.0
    return scores[0][1], scores[0][0]


def match_names(names: Sequence[str], ns: Sequence[int | None], arms: Sequence[Arm], article: Article | None = None) -> list[Arm | None]:
    """The arm of each of several names that stand side by side: no arm twice. By words, then by what abbreviations stand for, then by N."""
    words = [tokens(name) for name in names]
    pairs = sorted(
        (
            (max(similarity(w, tokens(alias)) for alias in (arm.label, *arm.aliases)), i, j)
            for i, w in enumerate(words)
            for j, arm in enumerate(arms)
        ),
        key=lambda t: (-t[0], t[1], t[2]),
    )
    matched: list[Arm | None] = [None] * len(names)
    taken: set[int] = set()
    for score, i, j in pairs:
        if score < 0.34 or matched[i] is not None or j in taken:
            continue
        rivals = [s for s, a, b in pairs if a == i and b != j and b not in taken and s >= score - 1e-9]
        if rivals:
            continue
        matched[i] = arms[j]
        taken.add(j)
    free = [j for j in range(len(arms)) if j not in taken]
    open_names = [i for i in range(len(names)) if matched[i] is None and not members_of(names[i], arms)]
    if article is not None and free and open_names:
        for i in list(open_names):
            expansion = expand(names[i], article)
            if not expansion:
                continue
            arm, score = best_match(expansion, [arms[j] for j in free])
            if arm is not None and score >= 0.5:
                matched[i] = arm
                free = [j for j in free if arms[j] is not arm]
                open_names.remove(i)
    if open_names and free and len(names) == len(arms):
        by_n = {i: [j for j in free if ns[i] is not None and arms[j].n_randomized == ns[i]] for i in open_names}
        for i, found in by_n.items():
            if len(found) == 1 and sum(found == other for other in by_n.values()) == 1:
                matched[i] = arms[found[0]]
        rest = [i for i in open_names if matched[i] is None]
        left = [j for j in free if arms[j] not in matched]
        if len(rest) == 1 and len(left) == 1 and len(names) > 1 and not NOT_ARMS.search(names[rest[0]]):
            matched[rest[0]] = arms[left[0]]
    return matched


def expand(name: str, article: Article) -> str | None:
    """What an abbreviation stands for, where the article says it: `full name (ABC)`, `ABC = full name`, `ABC, full name`."""
    short = re.sub(r"\b(?:group|arm)\b", "", name, flags=re.IGNORECASE).strip()
    if not short or not re.fullmatch(r"\w*[A-Z][\w+/-]{1,11}", short):
        return None
    at = -1
    while (at := article.text.find(f"({short}", at + 1)) >= 0:
        behind = article.text[at + 1 + len(short) : at + 2 + len(short)]
        if not behind.isalnum():
            near = re.split(r"[().;]|\b(?:or|versus|vs|and either)\b", article.text[max(0, at - 90) : at])[-1]
            last = WORDED.findall(near.rpartition(",")[2])
            if "".join([word[0] for word in last]).lower() == short.lower():
                return " ".join(last)  # of a list: `placebo, low dose (LD)`
            return " ".join(WORDED.findall(near)[-6:])
    at = -1
    while (at := article.text.find(short, at + 1)) >= 0:
        before = article.text[at - 1 : at]
        found = None if before.isalnum() or before == "_" else STANDS_FOR.match(article.text, at + len(short))
        if found:
            return found.group(1)
    return None


def members_of(name: str, arms: Sequence[Arm]) -> list[str]:
    """The arms that a name like `A + B` or `A/B` pools: each part must be all of an arm's words, and the whole no arm's."""
    split = [[part for part in separator.split(name) if part.strip()] for separator in SEPARATORS]
    if max(len(parts) for parts in split) < 2 or any(is_named(name, arm) for arm in arms):
        return []
    for parts in split:
        if len(parts) < 2:
            continue
        members = [next((arm.arm_id for arm in arms if is_named(part, arm)), None) for part in parts]
        if all(members) and len(set(members)) == len(parts):
            return [member for member in members if member]
    return []


class Roster:
    """An article's arms, asked for by name. A name is matched once, however many tables print it."""

    def __init__(self, arms: Sequence[Arm]) -> None:
        self.arms = arms
        self.single = [arm for arm in arms if not arm.members]
        self.by_id = {arm.arm_id: arm for arm in arms}
        self.begin = frozenset().union(*[starts(name) for arm in self.single for name in (arm.label, *arm.aliases)])
        self._known: dict[str, Arm | None] = {}

    def known(self, name: str) -> Arm | None:
        """The arm that has just this name, its words in any order; the pooled arm whose members the name lists."""
        if name not in self._known:
            self._known[name] = self._match(name)
        return self._known[name]

    def _match(self, name: str) -> Arm | None:
        for arm in self.arms:
            if name == arm.label or name in arm.aliases:
                return arm
        for arm in self.arms:
            if is_named(name, arm):
                return arm
        members = members_of(name, self.single)
        return next((arm for arm in self.arms if members and set(arm.members) == set(members)), None)
