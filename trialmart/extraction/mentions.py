"""Where a sentence speaks of an arm: by its label, an alias, its group letter, its role, a drug that only it has, or all arms at once.

Belongs here: finding such words in a text. Does not: which figure they govern (prose_attribution) and what arms there are (arms).
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from typing import NamedTuple

from trialmart.extraction.prose_words import behind_of, in_order, lower, places, word_before, words_of
from trialmart.extraction.values import Arm

FULL, PART = 2, 1  # strength: a name of the arm, or a word that only hints at it (one drug of a combination)


class Mention(NamedTuple):
    """A place in a text that speaks of an arm. `arm_id` is None for all arms and for an arm that does not exist."""

    start: int
    end: int
    arm_id: str | None
    strength: int = FULL
    kind: str = "arm"  # arm, all (all arms together), each (holds in every arm), pool (some arms), unknown (an arm that there is not)


_DASH = r"\-‐‑‒–—−"
_TOKEN = re.compile(r"[A-Za-z\u0370-\u03ff0-9]+(?:[.·]\d+)?%?")
_GROUP = r"(?:study\s+|treatment\s+|treated\s+|therapy\s+)?(?:groups?|arms?|cohorts?|recipients|patients|participants|subjects|women|men|children|volunteers)"
_AFTER = re.compile(
    rf"\s*(?:[{_DASH}]\s*)?(?:treated\s+|assigned\s+|allocated\s+|treatment[{_DASH}\s]+|alone\s+|therapy\s+|regimen\s+)*{_GROUP}\b",
    re.IGNORECASE,
)
_COUNT = re.compile(r"[(\[]\s*n\s*=.*?[)\]]|[,;]?\s*\bn\s*=\s*[\d,.\s]+|\bno\.\s*=\s*\d+", re.IGNORECASE)
_EDGE = re.compile(
    r"^(?:the|patients|receiving|treated with|treatment with)\s+|\s+(?:groups?|arms?|patients|treatment|therapy|regimen|cohort)$",
    re.IGNORECASE,
)
_LETTERED = re.compile(
    rf"^(?P<kind>arm|group|cohort|gr\.?)\s*(?P<letter>[A-Z]|\d{{1,2}}|I{{1,3}}V?|IV)(?:\b|(?=[A-Z]))[\s:,.({_DASH}]*(?P<rest>.*?)\)?$",
    re.IGNORECASE,
)
_TRAILING = re.compile(rf"^(?P<rest>.+?)[\s,({_DASH}]+(?P<kind>arm|group)\s+(?P<letter>[A-Z]|\d{{1,2}}|I{{1,3}}V?|IV)\)?$", re.IGNORECASE)
_STOP = {"group", "arm", "patients", "plus", "and", "with", "or", "alone", "the", "of", "treatment", "therapy", "regimen", "mg", "kg", "day", "week", "weeks",
         "months", "standard", "dose", "high", "low", "daily", "once", "twice", "study", "drug", "total", "all", "no", "non", "without", "in", "for", "care", "usual",
         "combination", "conventional", "modified", "early", "late", "acute", "group 1", "years", "oral", "intervention", "control", "mono", "risk", "normal"}  # fmt: skip
_NO_NAME = frozenset("group groups arm arms patients the of and or in for total all n no study treatment therapy value p".split())
_SHORT_ROLES = {
    "exp": "experimental",
    "cont": "control",
    "con": "control",
    "contr": "control",
    "ctrl": "control",
    "ctl": "control",
    "int": "intervention",
    "interv": "intervention",
    "tx": "treatment",
}
_PREPOSITIONS = frozenset("in for across of".split())
_EACH = re.compile(
    r"(?:both|each|either|all(?:\s+(?:three|four))?|the\s+(?:two|three|four)|two)\s+(?:of\s+the\s+)?"
    r"(?:study\s+|treatment\s+|trial\s+|randomi[sz]ed\s+|therapy\s+)*(?:groups?|arms?|regimens?|treatments)\b"
)
_ALL = re.compile(
    r"(?:all\s+(?:of\s+)?(?:the\s+)?(?:\d[\d,\s]*\s+)?(?:study\s+|enrolled\s+|randomi[sz]ed\s+|treated\s+|evaluable\s+|eligible\s+)*"
    r"(?:patients|participants|subjects|women|men|children)|overall|the\s+(?:entire|whole|total|overall)\s+(?:study\s+)?(?:population|cohort|group|sample)|"
    r"the\s+study\s+(?:patients|participants|population)|(?:both|the two|all|all three|all four|the three|the four)\s+(?:groups|arms)\s+combined|in\s+total)\b"
)
_ALL_PREPOSITIONS = frozenset("among of for in across from".split())
_OTHER = re.compile(
    r"\b(?:the\s+|in\s+)?(?!(?:two|three|four|both|between|within|treatment|study|all|each|either|age|these|other|the|of|in|per|and|by|sub|patient|or|among|across)\b)[A-Za-z][\w+-]*[\s-]+(?-i:group|arm)\b|\b(?:the\s+)?(?:study|treatment)\s+(?:group|arm)\b|\bcontrols\b",
    re.IGNORECASE,
)
_ROLE = {
    "control": re.compile(rf"\b(?:controls?|comparator|reference|standard(?:[{_DASH}\s]+(?:treatment|therapy|care|of[\s-]care|dose))?|usual[{_DASH}\s]care|no[{_DASH}\s]treatment|observation)[{_DASH}\s]+{_GROUP}\b|\bthe\s+controls\b|\bcontrol\s+(?:treatment|therapy)\b|\bcontrols?(?=\s*[:=])", re.IGNORECASE),
    "placebo": re.compile(rf"\b(?:matching\s+)?placebo(?:[{_DASH}\s]+(?:control\s+)?{_GROUP}\b|[{_DASH}]treated\b|\b)", re.IGNORECASE),
    "experimental": re.compile(rf"\b(?:experiment(?:al)?|intervention|investigational|active(?:[{_DASH}\s]treatment)?|study[{_DASH}\s]drug|treatment|treated|test)[{_DASH}\s]+(?:group|arm)\b|\b(?:experimental|intervention|treatment)(?=\s*[:=])", re.IGNORECASE),
    "combination": re.compile(rf"\b(?:combination|combined)[{_DASH}\s]+(?:(?:therapy|treatment)[{_DASH}\s]+)?(?:group|arm)\b", re.IGNORECASE),
    "monotherapy": re.compile(rf"\b(?:monotherapy|single[{_DASH}\s]agent)[{_DASH}\s]+(?:group|arm)\b", re.IGNORECASE),
}  # fmt: skip
#: The words that each of these may begin with.
_ROLE_WORDS = {
    "control": "control controls comparator reference standard usual no observation", "placebo": "placebo",
    "experimental": "experiment experimental intervention investigational active study treatment treated test",
    "combination": "combination combined", "monotherapy": "monotherapy single",
}  # fmt: skip
_ROLE_HEADS = {"controls": ("the",), "placebo": ("matching",)}  # words that may stand before
_GROUP_WORDS = frozenset("group groups arm arms".split())
_ONE_GROUP = ("group", "arm")
_LETTER_GIVEN = re.compile(r"\((?:arm|group)\s+(?P<letter>[A-Z]|\d|I{1,3}|IV)[);,:]", re.IGNORECASE)
_LETTER_RECEIVES = re.compile(
    r"\b(?i:group|arm)\s+(?P<letter>[A-Z]|\d|I{1,3}|IV)\b\s*(?:(?:patients|subjects|who|were|was|to|would|will|had|be)\s+)*"
    r"(?:receiv\w*|treated\s+with|under(?:went|go)|given|used|got)\s+(?=(?P<what>[^.;]{2,80}))"
)
_NEGATED = re.compile(
    rf"(?:\bwithout|\bno|\bnon[{_DASH}]?|\bnot\s+(?:receiv\w+|treated\s+with|given|assigned\s+to)|\bdid\s+not\s+receive)\s*$", re.IGNORECASE
)

_JOINED = re.compile(r"\s*(?:and|or)\b")
_SEPARATOR = re.compile(rf"\s*[{_DASH}+/&,]+\s*|\s+")
_JOINING_WORD = re.compile(r"(?:plus|and|with|in\s+combination\s+with|combined\s+with|followed\s+by|then|versus)\s+")
_FIRST_WORD = re.compile(r"(?<![\w+])(?<!\w\+\s)\w+")
_NO_MORE = re.compile(
    rf"(?!\w|\s?\+\s?\w|[{_DASH}](?:controlled|matched|naive|na\u00efve|resistant|refractory|free|based)\b)"
)  # behind a name: it is no part of a longer word or combination
_GROUP_BEHIND = re.compile(rf"[{_DASH}\s]+(?:treatment\s+|therapy\s+|dose\s+)?(?:group|arm|cohort)s?\b")
_SHARED_GROUP = re.compile(
    r"(?:\s*,\s*(?:and\s+)?|\s+(?:and|or|versus|vs\.?)\s+)(?:the\s+)?(?:[A-Za-z][\w-]*(?:\s+|,\s*)){1,6}?(?:groups|arms)\b"
)  # `low-dose, high-dose and placebo groups`
_PAIR = re.compile(rf"\b(\w+(?:[.·]\d+)?%?)(?:\s*[{_DASH}+/]\s*|\s+plus\s+)(\w+(?:[.·]\d+)?%?)[{_DASH}\s]+(?:group|arm)\b", re.IGNORECASE)
_LETTER_NAME = re.compile(r"(arm|group|cohort) (\w+)")
_SPACES = re.compile(r"\s+")
_WORDS = re.compile(r"\w+")
_EACH_WORDS = frozenset("both each either all two three four".split())
_EACH_OF = frozenset("group groups arm arms regimen regimens treatments".split())
_ALL_WORDS = frozenset("all overall entire whole total combined".split())
_NEGATIONS = frozenset("without no non not".split())


class _Name(NamedTuple):
    """A wording that names an arm, as the words that stand in a row: any dash, sign or joining word may stand between them.

    Compared word by word: an article has its own names, and compiling a pattern of them takes longer than all its sentences.
    """

    arm_id: str
    strength: int
    words: tuple[tuple[str, bool, bool], ...]  # the word without its %, whether its case counts, whether a % follows
    needs_group: bool  # made of everyday words: an arm only with `group` or `arm` behind it
    lettered: bool  # `arm A`

    @classmethod
    def of(cls, name: str, arm_id: str, strength: int) -> _Name:
        letter = _LETTER_NAME.fullmatch(name)
        if letter:
            return cls(arm_id, strength, ((letter[1], False, False), (letter[2], True, False)), _is_common(name), True)
        words = []
        for token in _TOKEN.findall(name):
            if token.lower() in ("plus", "and", "with"):
                continue
            keep_case = (len(token) <= 4 or sum(c.isupper() for c in token) > 1) and not token.islower()
            keep_case = keep_case and not (token.istitle() and token.lower() in _STOP)  # High dose, Once daily
            bare = token.rstrip("%")
            words.append((bare if keep_case else bare.lower(), keep_case, bare != token))
        return cls(arm_id, strength, tuple(words), _is_common(name), False)

    def first_words(self) -> tuple[str, ...]:
        """The words of a text, in lower case, at which this name may begin."""
        if not self.words:
            return ()
        head = _FIRST_WORD.match(self.words[0][0].lower())
        word = head.group() if head else ""
        return (word, word + "s") if self.lettered else (word,)

    def end(self, text: str, start: int) -> int | None:
        """Where the name ends that begins at `start`, None where another wording stands there."""
        if self.lettered:
            behind = start + len(self.words[0][0])
            space = _SPACES.match(text, behind + (text[behind : behind + 1] in ("s", "S")))
            at = _word_end(text, space.end(), self.words[1]) if space else None
        else:
            at = _word_end(text, start, self.words[0])
            for word in self.words[1:]:
                gap = _SEPARATOR.match(text, at) if at is not None else None
                if gap is None:
                    return None
                joining = _JOINING_WORD.match(text, gap.end())
                at = _word_end(text, joining.end(), word) if joining else None
                at = at if at is not None else _word_end(text, gap.end(), word)
        return at

    def stands_alone(self, text: str, end: int) -> bool:
        """Whether it names an arm here without another arm beside it: everyday words do so with `group` or `arm` behind them."""
        return not self.needs_group or bool(_GROUP_BEHIND.match(text, end) or _SHARED_GROUP.match(text, end))


def _word_end(text: str, start: int, word: tuple[str, bool, bool]) -> int | None:
    bare, keep_case, percent = word
    end = start + len(bare)
    printed = text[start:end]
    if printed != bare and (keep_case or printed.lower() != bare):
        return None
    if not percent:
        return end
    end += text[end : end + 1].isspace()
    return end + 1 if text[end : end + 1] == "%" else None


class Mentions:
    """Finds what a text says of the given arms. Built once an article; `defined` is what it abbreviates (vocabulary.abbreviations)."""

    def __init__(self, arms: Iterable[Arm], defined: dict[str, str] | None = None) -> None:
        self.arms = [arm for arm in arms]
        own = [arm for arm in self.arms if not arm.members] or self.arms
        self._own = own
        names = _names(self.arms, defined or {})
        parts = _parts(own, names)
        entries = [(name, arm_id, FULL) for name, arm_id in names.items()] + [(p, a, PART) for p, a in parts.items() if p not in names]
        entries.sort(key=lambda e: (-len(e[0]), e[0]))
        self._by_word: dict[str, list[_Name]] = {}  # the names that may begin with a word, longest first
        for entry in entries:
            name = _Name.of(*entry)
            for word in name.first_words():
                self._by_word.setdefault(word, []).append(name)
        tokens = {t.lower() for name in names for t in _TOKEN.findall(name)} | {p.lower() for p in parts}
        self._known = frozenset(t for t in tokens if len(t) > 2 and not t.isdigit())
        self._known_words = frozenset(w for t in self._known for w in _WORDS.findall(t))
        self._letters = _letters(own)
        #: Whether a name of an arm may hold a digit, which is then no figure.
        self.numbered = any(c.isdigit() for name in (*names, *parts) for c in name)
        self._pools = {frozenset(arm.members): arm.arm_id for arm in self.arms if arm.members}
        self._roles = _roles(own)
        self._role_words = frozenset(word for role in self._roles for word in _ROLE_FIRST[role])
        self._doses = _doses(own)
        self._durations, self._duration_unit = _durations(own)
        self._adjectives = _adjectives(own)
        self._combined = _combined(self.arms, own)
        self._dose_words = (
            re.compile("|".join(re.escape(d).replace(r"\ ", r"\s*") for d in sorted(self._doses, key=len, reverse=True)))
            if self._doses
            else None
        )

    def learn_letters(self, text: str) -> None:
        """`zelotin 20 ml daily (arm A) or placebo (arm B)`, `patients in group P received a mask`: letters that a text gives to arms.

        Of two arms and two letters the second follows from the first.
        """
        if self._letters:
            return
        told: dict[str, set[str]] = {}
        for m in _LETTER_GIVEN.finditer(text):
            before = [x for x in self.scan(text[max(0, m.start() - 160) : m.start()]) if x.kind == "arm" and x.arm_id]
            if before:
                told.setdefault(m["letter"], set()).add(before[-1].arm_id or "")
        if not told:
            for m in _LETTER_RECEIVES.finditer(text):
                behind = [x for x in self.scan(m["what"]) if x.kind == "arm" and x.arm_id]
                told.setdefault(m["letter"], set()).update(x.arm_id or "" for x in behind[:1])
            ids = {letter: next(iter(known)) for letter, known in told.items() if len(known) == 1}
            untold = [letter for letter, known in told.items() if not known]
            if len(told) == len(self._own) == 2 and len(ids) == len(untold) == 1:
                told[untold[0]] = {arm.arm_id for arm in self._own} - set(ids.values())
        given = {letter: next(iter(known)) for letter, known in told.items() if len(known) == 1}
        if len(given) == len(told) > 1 and len(set(given.values())) == len(given):
            self._letters = given
            self.numbered = self.numbered or any(map(str.isdigit, given))

    def find(self, text: str) -> list[tuple[int, int, str | None]]:
        """Every place that names one arm: (start, end, arm_id), arm_id None for an arm that does not exist."""
        return [(m.start, m.end, m.arm_id) for m in self.scan(text) if m.kind in ("arm", "unknown") and m.strength == FULL]

    def scan(self, text: str, low: str | None = None, words: set[str] | None = None) -> list[Mention]:
        """Everything that the text says of arms, in order, without overlaps. `low`, `words`: the text in lower case, and its words."""
        low = lower(text) if low is None else low
        words = words_of(low) if words is None else words
        grouped = not _GROUP_WORDS.isdisjoint(words)
        groups = sorted(at for word in _ONE_GROUP if word in words for at in places(low, word) if low[at - 1 : at] in _BEFORE_GROUP)
        found = self._pairs(text, groups) if groups else []
        found += self._named(text, low, words)
        if self._letters and (grouped or "cohort" in low):
            found += self._by_letter(text)
        if not self._role_words.isdisjoint(words):
            found += self._by_role(text, low, words, grouped)
        if not _EACH_WORDS.isdisjoint(words) and not _EACH_OF.isdisjoint(words):
            found += _each(low, words)
        if not _ALL_WORDS.isdisjoint(words):
            found += _all(low, words)
        if self._dose_words and any(m.kind == "arm" for m in found):
            found += [
                Mention(m.start(), m.end(), self._doses[" ".join(m.group().split())])
                for m in self._dose_words.finditer(text)
                if _is_alone(text, m)
            ]
        if self._doses:
            found += self._shared_units(text, found)
        if self._adjectives and found:
            found += self._by_adjective(text, low, found)
        if self._durations and not self._durations.keys().isdisjoint(words):
            found += self._by_duration(text)
        if groups or "controls" in words:
            found += _others(text, groups, places(low, "controls") if "controls" in words else [])
        if len(found) < 2:
            return found
        found = _without_overlap(found)
        return [m for i, m in enumerate(found) if m.kind != "all" or not _narrowed(text, m, found[i + 1 : i + 2])]

    def _pairs(self, text: str, groups: list[int]) -> list[Mention]:
        """`the zelotin-trevalin group` where no arm has both: an arm that there is not."""
        found, done = [], 0
        for at in groups:
            if word_before(text, at).lower() not in self._known_words:
                continue
            end = at + (5 if text[at] in "gG" else 3)
            m = _PAIR.search(text, max(done, behind_of(text, at, 4)), end)
            if m:
                done = m.end()
                if {m[1].lower(), m[2].lower()} <= self._known and not self._is_name(text, m.start(), m.end()):
                    found.append(Mention(m.start(), m.end(), None, FULL, "unknown"))
        return found

    def _named(self, text: str, low: str, words: set[str]) -> list[Mention]:
        found: list[Mention] = []
        beside: list[Mention] = []  # everyday words, which name an arm only beside another arm's name: `low dose, 8/44; high dose, 4/45`
        negated = not _NEGATIONS.isdisjoint(words)
        done = 0
        for start, word in in_order(low, self._by_word.keys() & words):
            if start < done or _in_combination(text, start):
                continue
            name, end = self._name_at(text, start, self._by_word[word])
            if name is None:
                continue
            if not name.stands_alone(text, end):
                if len(name.words) > 1:
                    beside.append(Mention(start, end, name.arm_id, name.strength))
                continue
            done = end
            arm_id, strength, stop = name.arm_id, name.strength, done
            after = _AFTER.match(text, stop)
            end = after.end() if after else stop
            if after and strength == PART and not _JOINED.match(text, stop):
                strength = FULL
            if negated and _NEGATED.search(text, max(0, start - 30), start):
                other = self._other(arm_id) if strength == FULL or after else None
                if other:
                    found.append(Mention(start, end, other, strength))
                continue
            found.append(Mention(start, end, arm_id, strength))
        if beside and len({m.arm_id for m in (*found, *beside) if m.strength == FULL}) > 1:
            found += [m for m in beside if not any(m.start < other.end and other.start < m.end for other in found)]
        return found

    def _name_at(self, text: str, start: int, names: list[_Name]) -> tuple[_Name | None, int]:
        """The longest name that stands at a place, one that stands alone before others, and where it ends."""
        found: tuple[_Name | None, int] = (None, start)
        for name in names:
            end = name.end(text, start)
            if end is not None and _NO_MORE.match(text, end):
                if name.stands_alone(text, end):
                    return name, end
                found = found if found[0] else (name, end)
        return found

    def _is_name(self, text: str, start: int, end: int) -> bool:
        word = _FIRST_WORD.match(text, start)
        name, stop = self._name_at(text, start, self._by_word.get(word.group().lower(), [])) if word else (None, start)
        return name is not None and name.strength == FULL and name.stands_alone(text, stop) and stop + 1 >= end - 6

    def _by_letter(self, text: str) -> list[Mention]:
        """`arms A and B`, `groups A+B` (arms taken together), `arm A/B`."""
        found: list[Mention] = []
        if not self._letters:
            return found
        for run in _LETTER_RUN.finditer(text):
            letters = [(m.start() + run.start(2), m.group()) for m in _LETTER.finditer(run.group(2))]
            if not all(letter in self._letters for _, letter in letters):
                continue
            if "+" in run.group(2):
                members = frozenset(self._letters[letter] for _, letter in letters)
                found.append(Mention(run.start(), run.end(), self._pools.get(members), FULL, "pool"))
                continue
            starts = [run.start(), *(at for at, _ in letters[1:])]
            found += [Mention(start, at + len(letter), self._letters[letter]) for start, (at, letter) in zip(starts, letters, strict=True)]
        return found

    def _by_role(self, text: str, low: str, words: set[str], grouped: bool) -> list[Mention]:
        found = []
        listed = ":" in text or "=" in text  # `(intervention: 69.8; control: 69.6)`
        for role, arm_id in self._roles.items():
            if not grouped and role not in ("control", "placebo") and not (role == "experimental" and listed):
                continue
            done = 0
            for at, word in in_order(low, _ROLE_FIRST[role] & words):
                head = _start_with(low, at, _ROLE_HEADS[word]) if word in _ROLE_HEADS else at
                m = _ROLE[role].match(text, head) if head >= done else None
                if m is None and at >= done and at != head:
                    m = _ROLE[role].match(text, at)
                if m:
                    done = m.end()
                    found.append(Mention(m.start(), done, arm_id, FULL if role != "placebo" or _AFTER.search(m.group()) else PART))
        return found

    def _shared_units(self, text: str, found: list[Mention]) -> list[Mention]:
        """`40, 60 mg and placebo groups`: numbers that share the unit of the dose behind them; `combined` for all doses together."""
        shared: list[Mention] = []
        for m in found:
            at, unit = m.start, _UNIT_OF.search(" ".join(text[m.start : m.end].split()))
            while unit and (before := _LISTED_BEFORE.search(text, max(0, at - 24), at)):
                arm_id = self._doses.get(f"{before['number']} {unit.group()}")
                if arm_id is None:
                    break
                shared.append(Mention(before.start("number"), before.end("number"), arm_id))
                at = before.start("number")
        if self._combined and len({m.arm_id for m in (*found, *shared) if m.kind == "arm"}) > 1:
            shared += [Mention(m.start(), m.end(), self._combined) for m in _COMBINED.finditer(text)]
        return shared

    def _by_adjective(self, text: str, low: str, found: list[Mention]) -> list[Mention]:
        """`between early and delayed zelotin`, `-15% for early and -14% for delayed zelotin`: the words that follow are shared."""
        shared = []
        for word, arm_id in self._adjectives.items():
            for m in re.finditer(rf"(?<![\w-]){re.escape(word)}(?=-?\s+(?:and|or|versus|vs|compared|than)\b)", low) if word in low else ():
                if any(x.kind == "arm" and x.arm_id not in (arm_id, None) and m.end() < x.start < m.end() + 60 for x in found):
                    shared.append(Mention(m.start(), m.end(), arm_id))
        return shared

    def _by_duration(self, text: str) -> list[Mention]:
        """Arms that differ in how long they are treated: `48-week therapy`, `patients treated for 24 weeks`, `48 (n = 94) or 24 weeks of therapy`."""
        found = []
        for m in _DURATION.finditer(text):
            arm_id = self._durations.get(m["number"])
            unit = (m["unit"] or "")[:1].lower()
            if arm_id is None or unit != self._duration_unit:
                continue
            treated = m["joined"] or _TREATED.match(text, m.end()) or _TREATED_FOR.search(text, max(0, m.start() - 40), m.start())
            if treated and not _FOLLOWED.match(text, m.end()):
                after = _AFTER_DURATION.match(text, m.end())
                end = m.end("number") if m["n"] else after.end() if after else m.end()
                found.append(Mention(m.start("number"), end, arm_id))
        for m in list(found):
            before = _LISTED_BEFORE_BRACKET.search(text, max(0, m.start - 40), m.start)
            arm_id = self._durations.get(before["number"]) if before else None
            if before and arm_id and arm_id != m.arm_id:
                found.append(Mention(before.start("number"), before.end("number"), arm_id))
        return found

    def _other(self, arm_id: str) -> str | None:
        rest = [arm.arm_id for arm in self._own if arm.arm_id != arm_id]
        return rest[0] if len(rest) == 1 else None


_ROLE_FIRST = {role: frozenset(words.split()) for role, words in _ROLE_WORDS.items()}
_BEFORE_GROUP = frozenset("- \u00a0\u2009\u202f")


def _in_combination(text: str, start: int) -> bool:
    """Whether a word is a later part of a combination: `x+y`, `x+ y`."""
    before = text[start - 1 : start]
    return (
        before == "+" or before.isspace() and start > 2 and text[start - 2] == "+" and (text[start - 3].isalnum() or text[start - 3] == "_")
    )


def _start_with(low: str, at: int, heads: Container[str]) -> int:
    """Where the word before a place begins if it is one of these and nothing but space stands between, else the place."""
    end = len(low[:at].rstrip())
    if end == at or not end:
        return at
    start = low.rfind(" ", 0, end) + 1
    while start < end and not (low[start].isalnum() or low[start] == "_"):
        start += 1
    return start if low[start:end] in heads else at


def _each(low: str, words: set[str]) -> list[Mention]:
    """`in both groups`, `the three arms`: what holds in every arm."""
    found, done = [], 0
    for at, word in in_order(low, _EACH_WORDS & words):
        start = _start_with(low, at, ("the",)) if word in ("two", "three", "four") else at
        m = _EACH.match(low, start) if at >= done else None
        if m is None and start < at >= done:
            m = _EACH.match(low, at)
        if m:
            done = m.end()
            found.append(Mention(_start_with(low, m.start(), _PREPOSITIONS), done, None, FULL, "each"))
    return found


def _all(low: str, words: set[str]) -> list[Mention]:
    """`all patients`, `in the whole population`, `in total`: all arms together."""
    found, done = [], 0
    triggers = (_ALL_WORDS | _BESIDE_ALL if "combined" in words else _ALL_WORDS_OR_STUDY) & words
    for at, word in in_order(low, triggers):
        start = _start_with(low, at, _ALL_HEADS.get(word, ()))
        m = _ALL.match(low, start) if at >= done else None
        if m is None and start < at >= done:
            m = _ALL.match(low, at)
        if m is None:
            continue
        done, start = m.end(), m.start()
        head = _start_with(low, start, _ALL_PREPOSITIONS)
        if head == start:  # the space behind a word belongs to the mention
            end = len(low[:start].rstrip())
            head = end if end and (low[end - 1].isalnum() or low[end - 1] == "_") else start
        found.append(Mention(head, done, None, FULL, "all"))
    return found


_ALL_WORDS_OR_STUDY = _ALL_WORDS | {"study"}
_BESIDE_ALL = frozenset("study both two three four".split())
_ALL_HEADS = {"total": ("the", "in"), **dict.fromkeys("overall entire whole study two three four".split(), ("the",))}


def _others(text: str, groups: list[int], controls: list[int]) -> list[Mention]:
    """Groups by whatever name."""
    found: list[Mention] = []
    done = 0
    for at in sorted(groups + controls):
        end = at + (5 if text[at] in "gG" else 3 if text[at] in "aA" else 8)
        m = _OTHER.search(text, max(done, behind_of(text, at, 2)), end)
        if m:
            done = m.end()
            found.append(Mention(m.start(), done, None, PART, "other"))
    return found


def _narrowed(text: str, everyone: Mention, following: list[Mention]) -> bool:
    """`all the patients who had been assigned to the A group` are the patients of one arm."""
    if not following or following[0].kind != "arm":
        return False
    gap = text[everyone.end : following[0].start]
    return len(gap) < 70 and bool(re.fullmatch(r"[\s\w-]*\b(?:in|to|with|receiving|on|from|of|given)\s+(?:the\s+)?", gap))


def _without_overlap(found: list[Mention]) -> list[Mention]:
    found.sort(key=lambda m: (m.start, -(m.end - m.start), -m.strength))
    kept: list[Mention] = []
    for mention in found:
        if kept and mention.start < kept[-1].end:
            last = kept[-1]
            if mention.kind == "unknown" and last.strength == PART:
                kept[-1] = mention
            elif mention.kind != last.kind and last.kind in ("all", "other") and mention.kind not in ("all", "other"):
                kept[-1] = mention
            continue
        kept.append(mention)
    return kept


def _names(arms: list[Arm], defined: dict[str, str]) -> dict[str, str]:
    """Each wording that names exactly one arm -> its arm_id."""
    claims: dict[str, set[str]] = {}
    for arm in arms:
        for printed in (arm.label, *arm.aliases):
            for name in _variants(printed):
                claims.setdefault(name, set()).add(arm.arm_id)
    flat = {_flat(name): ids for name, ids in claims.items()}
    for short, long in defined.items():
        long_ids, short_ids = flat.get(_flat(long)), flat.get(_flat(short))
        if long_ids and len(long_ids) == 1 and not short_ids:
            claims.setdefault(short, set()).update(long_ids)
        elif short_ids and len(short_ids) == 1 and not long_ids and len(long) > 8:
            claims.setdefault(long, set()).update(short_ids)
    return {name: next(iter(ids)) for name, ids in claims.items() if len(ids) == 1 and _is_name(name)}


def _variants(printed: str) -> list[str]:
    name = " ".join(_COUNT.sub(" ", printed).split()).strip(" ,;:")
    if name.count("(") > name.count(")"):  # `Standard approach (control group, n = 50)` without its number
        name += ")"
    for _ in range(2):
        name = _EDGE.sub("", name).strip(" ,;:")
    variants = [name]
    if name.lower().rstrip(".") in _SHORT_ROLES:
        variants.append(_SHORT_ROLES[name.lower().rstrip(".")])
    lettered = _LETTERED.match(name) or _TRAILING.match(name)
    if lettered:
        variants = [f"{k} {lettered['letter']}" for k in ("arm", "group", "cohort")]
        rest = _EDGE.sub("", lettered["rest"].strip(" ()[],:;"))
        if len(rest) > 1:
            variants.append(rest)
    bracket = re.fullmatch(r"(.+?)\s*[(\[]([^()\[\]]+)[)\]]", name)
    if bracket and not lettered:
        variants += [v.strip() for v in bracket.groups() if len(v.strip()) > 1]
    return variants


def _is_name(name: str) -> bool:
    tokens = [t.lower() for t in _TOKEN.findall(name)]
    return bool(tokens) and not _NO_NAME.issuperset(tokens)


def _is_common(name: str) -> bool:
    """Made of everyday words only (`twice-daily`, `control`): names an arm only with `group` or `arm` behind it."""
    tokens = _TOKEN.findall(name)
    return all(t.lower() in _STOP or t.isdigit() or len(t) == 1 for t in tokens) and not re.match(r"(?:arm|group|cohort) \w", name)


def _flat(name: str) -> str:
    return "".join(
        t.lower() for t in _TOKEN.findall(name) if t.lower() not in ("plus", "and", "with", "group", "arm", "treatment", "therapy")
    )


_LETTER = re.compile(r"[A-Z]\b|\d{1,2}\b|I{1,3}V?\b|IV\b")
_LETTER_RUN = re.compile(
    r"\b(?i:(arms?|groups?|cohorts?))\s+((?:[A-Z]|\d{1,2}|I{1,3}|IV)(?:(?:\s*(?:,|/|\+|&|and|or|versus|vs\.?|,\s*and)\s*)(?:[A-Z]|\d{1,2}|I{1,3}|IV)(?![\w.%]))*)(?![\w%]|[.·]\d)"
)


def _letters(arms: list[Arm]) -> dict[str, str]:
    """The letter or number of each arm that has one: Arm A, Group 2."""
    found: dict[str, set[str]] = {}
    for arm in arms:
        for printed in (arm.label, *arm.aliases):
            name = " ".join(_COUNT.sub(" ", printed).split()).strip(" ,;:")
            m = _LETTERED.match(name) or _TRAILING.match(name)
            if m:
                found.setdefault(m["letter"], set()).add(arm.arm_id)
    return {letter: next(iter(ids)) for letter, ids in found.items() if len(ids) == 1}


def _parts(arms: list[Arm], names: dict[str, str]) -> dict[str, str]:
    """Words that stand in the names of one arm only: they hint at it where nothing names it."""
    owners: dict[str, set[str]] = {}
    for name, arm_id in names.items():
        for token in _TOKEN.findall(name):
            if token.lower() not in _STOP and not token[0].isdigit() and (len(token) > 3 or _tells(token)):
                owners.setdefault(token, set()).add(arm_id)
    lower: dict[str, set[str]] = {}
    for token, ids in owners.items():
        lower.setdefault(token.lower(), set()).update(ids)
    real = {arm.arm_id for arm in arms}
    return {token: next(iter(ids)) for token, ids in owners.items() if len(lower[token.lower()]) == 1 and ids <= real}


def _tells(token: str) -> bool:
    """Whether a short word is a name: `EA`, `q8w`."""
    return len(token) > 1 and token.isupper() or len(token) > 2 and any(c.isdigit() for c in token)


def _roles(arms: list[Arm]) -> dict[str, str]:
    """Which arm a role word means, where only one arm can be meant."""
    roles: dict[str, str] = {}
    controls = [a.arm_id for a in arms if a.role == "control"]
    experimental = [a.arm_id for a in arms if a.role == "experimental"]
    if len(controls) == 1:
        roles["control"] = controls[0]
    if len(experimental) == 1:
        roles["experimental"] = experimental[0]
    placebo = [a.arm_id for a in arms if any("placebo" in n.lower() for n in (a.label, *a.aliases))]
    if len(placebo) == 1:
        roles["placebo"] = placebo[0]
    if len(arms) == 2:
        sizes = [len({t.lower() for t in _TOKEN.findall(a.label)} - _STOP) for a in arms]
        if sizes[0] != sizes[1]:
            roles["combination"] = arms[sizes.index(max(sizes))].arm_id
            if min(sizes) == 1:
                roles["monotherapy"] = arms[sizes.index(1)].arm_id
    return roles


_DOSE = re.compile(
    r"\b\d+(?:[.·,]\d+)?\s*(?:mg|µg|μg|mcg|g|Gy|IU|U|mL|ml|%|weeks?|months?|days?|cycles?|h|hours?|min)(?:/\w+)*\b|\b\d+(?:[.·]\d+)?\s*%"
)


def _doses(arms: list[Arm]) -> dict[str, str]:
    """Doses that tell arms of the same drug apart: `5 mg` where the labels differ in nothing else."""
    doses: dict[str, set[str]] = {}
    for arm in arms:
        for dose in _DOSE.findall(arm.label):
            doses.setdefault(" ".join(dose.split()), set()).add(arm.arm_id)
    own = {dose: next(iter(ids)) for dose, ids in doses.items() if len(ids) == 1}
    return own if len(set(own.values())) > 1 else {}


_LABEL_DURATION = re.compile(r"(?<![\d.])(\d{1,3})[\s-]?(w|wk|wks|weeks?|mo|months?|d|days?|h|hours?|y|years?)\b", re.IGNORECASE)
_DURATION = re.compile(
    r"(?<![\w.,/-])(?P<number>\d{1,3})(?P<n>\s*[(\[]\s*n\s*=\s*\d+\s*[)\]])?(?P<joined>-)?\s*(?P<unit>weeks?|wks?|months?|days?|hours?|years?|h)\b",
    re.IGNORECASE,
)
_TREATED = re.compile(
    r"\s+of\s+(?:\w+\s+)?(?:treatment|therapy)\b|\s+(?:treatment|therapy|arm|group|regimen|course|schedule)s?\b", re.IGNORECASE
)
_TREATED_FOR = re.compile(
    r"\b(?:treated\s+for|receiving|received|assigned\s+to|allocated\s+to|(?:treatment|therapy)\s+(?:for|of))\s+(?:a\s+total\s+(?:duration\s+)?of\s+)?$",
    re.IGNORECASE,
)
_AFTER_DURATION = re.compile(
    r"\s+(?:of\s+(?:\w+\s+)?(?:treatment|therapy)|(?:treatment|therapy|regimen)s?(?:\s+(?:arm|group)s?)?|(?:arm|group)s?)\b", re.IGNORECASE
)
_FOLLOWED = re.compile(r"\s+(?:of\s+)?(?:post|follow|after|old|later|interval|period|study|time|visit|from|before|prior)", re.IGNORECASE)
_LISTED_BEFORE = re.compile(r"(?<![\w.,-])(?P<number>\d+(?:\.\d+)?)\s*(?:,|and|or|/|versus|vs\.?|,\s*and)\s*(?:\w{3,20}\s+)?$")
_LISTED_BEFORE_BRACKET = re.compile(r"(?<![\w.,-])(?P<number>\d{1,3})\s*(?:[(\[][^()\[\]]{0,16}[)\]])?\s*(?:,|and|or|versus|vs\.?)\s*$")
_UNIT_OF = re.compile(r"(?<=\d )[^\d\s]+|(?<=\d)(?:mg|g|\u00b5g|\u03bcg|mcg|IU|ml|mL)(?:/\w+)*")
_COMBINED = re.compile(r"\b(?:combined|pooled)(?=\s*,|\s+and\b)|\b(?<!combined )(?<!pooled )\w+\s+(?:overall|combined)(?=\s*,\s*\d)")


def _durations(arms: list[Arm]) -> tuple[dict[str, str], str]:
    """Number -> arm where the labels of all arms tell different durations in one unit (SD24W, 48 weeks), and the unit's letter."""
    told: dict[str, str] = {}
    units: set[str] = set()
    for arm in arms:
        durations = {(m[1], m[2][:1].lower()) for label in (arm.label, *arm.aliases) for m in _LABEL_DURATION.finditer(label)}
        if len(durations) != 1:
            return {}, ""
        number, unit = durations.pop()
        told[number] = arm.arm_id
        units.add(unit)
    return (told, units.pop()) if len(units) == 1 and len(told) == len(arms) > 1 else ({}, "")


def _adjectives(arms: list[Arm]) -> dict[str, str]:
    """First word -> arm, where the labels differ in nothing but their first word: Early X, Delayed X."""
    names = {arm.arm_id: [t.lower() for t in _TOKEN.findall(_variants(arm.label)[0])] for arm in arms}
    tails: dict[tuple[str, ...], list[str]] = {}
    for arm_id, tokens in names.items():
        if len(tokens) > 1 and tokens[0].isalpha() and len(tokens[0]) > 2:
            tails.setdefault(tuple(tokens[1:]), []).append(arm_id)
    return {names[arm_id][0]: arm_id for ids in tails.values() if len(ids) > 1 for arm_id in ids}


def _combined(arms: list[Arm], own: list[Arm]) -> str | None:
    """The one pooled arm, if its label says that it is one."""
    pooled = [a for a in arms if a.members and re.match(r"(?:combined|pooled|all|total)\b", a.label, re.IGNORECASE)]
    return pooled[0].arm_id if len(pooled) == 1 and len(own) > len(pooled[0].members) else None


def _is_alone(text: str, m: re.Match[str]) -> bool:
    before, after = text[max(0, m.start() - 1) : m.start()], text[m.end() : m.end() + 1]
    return not (before.isalnum() or before in ".·/<>≥≤") and not (after.isalnum() or after in "/")
