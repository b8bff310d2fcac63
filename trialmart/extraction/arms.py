"""The treatment arms of an article: one identity each, however many names the tables and sentences give it.

Belongs here: which names are arms, which names are the same arm, pooled arms, roles, numbers randomized. Does not: how like two
names are (arm_names), mentions in prose (mentions), columns that are no arm (headers).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

from trialmart.document import Article
from trialmart.extraction.arm_names import WORD, bag, expand, is_named, match_names, members_of, tokens
from trialmart.extraction.arm_sentences import named_in_sentences
from trialmart.extraction.headers import ARM_WORD, NOT_ARMS, Column, Layout, lay_out
from trialmart.extraction.values import Arm

GENERIC = re.compile(
    r"(?:the\s)?(?:treatments?|study|randomi[sz]ed|trial|intervention|patient|allocated|assigned|allocation|therapy|comparison)?[\s-]*(?:groups?|arms?|allocation|assignments?|treatments?|cohorts?|regimens?|phase|sequence)"
    r"|groups?|arms?|treatments?|interventions?",
    re.IGNORECASE,
)
CONTROL = re.compile(
    r"\b(?:placebo|controls?|sham|usual|standard|conventional|comparators?|comparison|observation|no treatment|untreated|best supportive|routine|waiting|wait-?list|dummy|vehicle|saline|attention)\b",
    re.IGNORECASE,
)
VERSUS = re.compile(r"\b(?:versus|vs\.?|compared (?:with|to)|in comparison (?:with|to)|as compared with|relative to|or)\b", re.IGNORECASE)
VERSUS_WORD = re.compile(r"\b(?:vs\.?|versus)\b", re.IGNORECASE)
GROUP = re.compile(r"\b(?:group|arm)\b", re.IGNORECASE)
GROUPS = re.compile(r"\b(?:groups?|arms?)\b", re.IGNORECASE)
GROUP_WORDS = re.compile(r"\s*\b(?:treatment\s)?(?:groups?|arms?)$", re.IGNORECASE)
NUMBER = re.compile(r"\d+(?:\.\d+)?")
ANY_GROUP = re.compile(r"\b(?:group|arm|cohort|regimen)\b", re.IGNORECASE)
BASELINE = re.compile(r"baseline|characteristic|demographic", re.IGNORECASE)
OTHER_STUDIES = re.compile(r"published|previous|studies|literature", re.IGNORECASE)
NOT_IN_ID = re.compile(r"[^a-z0-9]+")
ABBREVIATION = re.compile(r"\b\w*[A-Z][\w+]*[A-Z][\w+]*")
POOLED = re.compile(r"^(?:combined|pooled|all|any|both|total)\b\s*|\s*\b(?:combined|pooled|overall|total)$", re.IGNORECASE)
LETTERED = re.compile(r"(?:arm|group|sequence|cohort|regimen)\s(?:[A-Z]|\d{1,2}|I{1,3}|IV)", re.IGNORECASE)
LETTER = re.compile(r"\(?\b(?:arm|group)\s(?:[A-Z]|\d)\b\)?[:,]?", re.IGNORECASE)
DOSE = re.compile(r"\d\s?(?:mg|µg|μg|mcg|g|IU|kg|mL)\b")
JOINING = frozenset(("plus", "alone", "combined", "then"))
COMPARES = re.compile(r"\b(?:versus|vs\.?|compared (?:with|to)|in comparison (?:with|to)|over)\b")
COMPARING = ("versus", "vs", "compar", "over")  # one of these stands in all that COMPARES finds
SENTENCE_END = re.compile(r"\s(?<=[.?!]\s)")
RESULT = re.compile(r"%|\bmonths?\b|\bp\s?[=<]|\b95\b|median|hazard|odds|\d\.\d|respectively|significant")
WHOLE = re.compile(r"\d(?<!\w\d)(?:\d{0,2}(?:,\d{3})+|\d*)")  # a whole number that is no part of a word
RANDOMIZED = re.compile(r"randomi[sz]|randomly|allocated|assigned", re.IGNORECASE)


@dataclass(slots=True)
class _Name:
    """A name in a header, where it stands and what N stands with it."""

    text: str
    words: tuple[str, ...]
    n: int | None
    columns: list[int]
    start: int
    end: int
    is_total: bool = False
    ns: list[int | None] = field(default_factory=list)  # by column: N anywhere below the name


@dataclass(slots=True)
class _Level:
    """A row of headers whose names may be arms."""

    layout: Layout
    row: int
    names: list[_Name] = field(default_factory=list)
    score: float = 0.0


def find_arms(article: Article, layouts: Sequence[Layout] | None = None) -> list[Arm]:
    """The arms of an article. Empty where neither tables nor sentences name two."""
    if layouts is None:
        layouts = [lay_out(table) for table in article.tables if table.grid]
    finder = _Finder(article, layouts)
    return finder.find()


class _Finder:
    """Collects names from headers, chooses the set that is the arms, and joins the other sets to it."""

    def __init__(self, article: Article, layouts: Sequence[Layout]) -> None:
        self.article = article
        self.layouts = layouts
        self.at: dict[tuple[int, tuple[int, ...]], Arm] = {}  # by layout and columns: the arm that a header names there
        front = [p.passage.text for p in article.paragraphs if p.section in ("title", "abstract")]
        self.title = next((p.passage.text for p in article.paragraphs if p.section == "title"), "")
        self.front = " ".join(front).lower()
        self.title_words = frozenset(WORD.findall(self.title.lower()))

    def find(self) -> list[Arm]:
        levels = [level for layout in self.layouts for level in self._levels(layout)]
        if not levels:
            return self._from_rows() or from_sentences(self.article)
        repeated = self._repeated(levels)
        for level in levels:
            level.score += min(sum(repeated[name.words] > 1 for name in level.names) / len(level.names), 1.0)
        best = max(levels, key=lambda level: level.score)
        if best.score < (1.4 if RANDOMIZED.search(self.front) else 2.0):
            return self._from_rows() or from_sentences(self.article)
        arms = self._base(self._with_doses(best, levels))
        for level in levels:
            if level is not best:
                self._join(level, arms)
            self._totals(level, arms)
        self._pool(arms)
        self._randomized(best, arms)
        self._roles(arms)
        return arms

    @staticmethod
    def _repeated(levels: list[_Level]) -> dict[tuple[str, ...], int]:
        counts: dict[tuple[str, ...], int] = {}
        for level in levels:
            for name in level.names:
                counts[name.words] = counts.get(name.words, 0) + 1
        return counts

    # -- names in headers ----------------------------------------------------------------------------------------------------------

    def _levels(self, layout: Layout) -> list[_Level]:
        rows: dict[int, _Level] = {}
        for column in layout.columns:
            for position, (part, cell) in enumerate(zip(column.parts, column.cells, strict=True)):
                is_total = part.kind == "total" and bool(re.match(r"combined|pooled", part.name, re.IGNORECASE))
                spanning = part.name.lower().endswith("s") or cell.column_span > len(layout.columns) / 2
                if part.kind != "name" and not is_total or GENERIC.fullmatch(part.name) and spanning:
                    continue
                level = rows.setdefault(cell.row, _Level(layout, cell.row))
                words, whole = tokens(part.name), bag(part.name)
                name = next((name for name in level.names if name.text == part.name or bag(name.text) == whole), None)
                if name is None:
                    start, end = cell.passage.place(0, len(cell.passage.text))
                    name = _Name(part.name, words, None, [], start, end, is_total)
                    level.names.append(name)
                name.ns.append(next((p.n for p in column.parts[position:] if p.n is not None), None))
                name.columns.append(column.index)
                if name.n is None:
                    name.n = part.n if part.n is not None else _n_below(column, position)
        found = [level for level in rows.values() if len(level.names) >= 2]
        for level in found:
            level.score = self._score(level)
        return found

    def _score(self, level: _Level) -> float:
        """How much a set of names looks like arms: N, words of arms, drugs that title and abstract name."""
        if len(level.names) > 8:
            return -5.0
        total = 0.0
        for name in level.names:
            score = 1.5 * (name.n is not None) + 1.0 * bool(ARM_WORD.search(name.text))
            letters = [word for word in name.words if word.isalpha() and len(word) > 1]
            if letters:
                score += sum(2.0 if word in self.title_words else 1.4 * self._in_front(word) for word in letters) / len(letters)
            elif ANY_GROUP.search(name.text):
                score += 1.0
            if GROUPS.search(name.text):
                score = max(score, 2.0)
            if NOT_ARMS.search(name.text) and not GROUP.search(name.text):
                score -= 3.0
            if len(name.text) > 60:
                score -= 1.0
            total += score
        mean = total / len(level.names)
        caption = level.layout.table.caption.label
        if BASELINE.search(caption):
            mean += 1.0
        if OTHER_STUDIES.search(caption):
            mean -= 2
        return mean - 0.15 * max(len(level.names) - 4, 0)

    def _in_front(self, word: str) -> bool:
        """Whether title or abstract has a word; a longer one may be part of another."""
        return word in self.front and (len(word) >= 4 or word in self.front_words)

    @cached_property
    def front_words(self) -> frozenset[str]:
        return frozenset(WORD.findall(self.front))

    def _base(self, level: _Level) -> list[Arm]:
        arms: list[Arm] = []
        for name in level.names:
            if name.is_total or NOT_ARMS.fullmatch(name.text) or self._is_contrast(name):
                continue
            arms.append(_new_arm(name.text, name, arms))
            self.at[id(level.layout), tuple(name.columns)] = arms[-1]
        return arms

    @staticmethod
    def _with_doses(level: _Level, levels: list[_Level]) -> _Level:
        """The names with those that span several doses of one drug parted: `Drug` over `5 mg` and `10 mg` is two arms."""
        names: list[_Name] = []
        for name in level.names:
            below = [other for other in levels if other.layout is level.layout and other.row > level.row]
            inner = (
                [part for part in min(below, key=lambda other: other.row).names if set(part.columns) < set(name.columns)] if below else []
            )
            doses = [part for part in inner if DOSE.search(part.text) and not NOT_ARMS.search(part.text)]
            if len(doses) < 2 or len(doses) < len(inner) or sum(len(part.columns) for part in inner) < len(name.columns):
                names.append(name)
                continue
            stem = GROUP_WORDS.sub("", name.text).strip()
            names += [replace(part, text=f"{stem} {part.text}".strip(), words=tokens(f"{stem} {part.text}")) for part in inner]
        return replace(level, names=names)

    @staticmethod
    def _of_doses(arm: Arm, arms: list[Arm]) -> list[str]:
        """The arms whose doses a name like `Drug 5/10 mg pooled` lists."""
        doses = {other.arm_id: set(NUMBER.findall(other.label)) for other in arms if DOSE.search(other.label)}
        own = doses.pop(arm.arm_id, set())
        members = [arm_id for arm_id, said in doses.items() if len(said) == 1 and said <= own]
        return members if len(own) > 1 and len(members) == len(own) else []

    @staticmethod
    def _is_contrast(name: _Name) -> bool:
        return VERSUS_WORD.search(name.text) is not None

    # -- the same arm under other names ------------------------------------------------------------------------------------------------

    def _join(self, level: _Level, arms: list[Arm]) -> None:
        if level.score < 1.2 and not any(is_named(name.text, arm) for name in level.names for arm in arms):
            return
        single = [arm for arm in arms if not arm.members]
        pooled_names = {id(name) for name in level.names if members_of(name.text, single)}
        plain = [name for name in level.names if id(name) not in pooled_names and not name.is_total]
        matched = match_names([name.text for name in plain], [name.n for name in plain], single, self.article)
        stacked = [self.at.get((id(level.layout), tuple(name.columns))) for name in plain]
        if all(stacked) and not any(matched):
            matched = stacked  # other names for the arms above or below which they stand
        unmatched = [name for name in level.names if id(name) in pooled_names]
        for name, arm in zip(plain, matched, strict=True):
            if arm is not None:
                _add_alias(arm, name.text)
                self.at[id(level.layout), tuple(name.columns)] = arm
            else:
                unmatched.append(name)
        for name in unmatched:
            members = members_of(name.text, single) or self._by_sum(name, level, single)
            if members:
                known = next((arm for arm in arms if arm.members and set(arm.members) == set(members)), None)
                if known:
                    _add_alias(known, name.text)
                else:
                    pooled = _new_arm(name.text, name, arms)
                    pooled.role, pooled.members = "pooled", tuple(members)
                    _add_alias(pooled, " + ".join(arm.label for member in members for arm in single if arm.arm_id == member))
                    arms.append(pooled)
            elif self._is_new(name, level, any(arm is not None for arm in matched)):
                arms.append(_new_arm(name.text, name, arms))
                arms[-1].n_randomized = None

    @staticmethod
    def _is_new(name: _Name, level: _Level, beside_known: bool) -> bool:
        """Whether a name that is no known arm's is an arm of its own: lettered or numbered as arms are, or a treatment beside a known arm."""
        if name.is_total or NOT_ARMS.search(name.text) or _Finder._is_contrast(name):
            return False
        counted = name.n is not None or any(name.ns)
        if LETTERED.fullmatch(name.text):
            return counted
        return beside_known and counted and bool(ARM_WORD.search(name.text) or DOSE.search(name.text))

    def _totals(self, level: _Level, arms: list[Arm]) -> None:
        """A column `Combined` whose N is the sum of some of the other columns' N, in one way only, pools those arms."""
        single = [arm for arm in arms if not arm.members]
        known = [(name, arm) for name in level.names if not name.is_total for arm in single if is_named(name.text, arm)]
        for name in level.names:
            if not name.is_total:
                continue
            ways = [
                way
                for size in range(2, len(known))
                for way in combinations(known, size)
                if any(
                    n is not None and all(i < len(o.ns) and o.ns[i] for o, _ in way) and sum(o.ns[i] or 0 for o, _ in way) == n
                    for i, n in enumerate(name.ns)
                )
            ]
            if len(ways) == 1:
                members = tuple(arm.arm_id for _, arm in ways[0])
                if not any(set(arm.members) == set(members) for arm in arms):
                    pooled = _new_arm(name.text, name, arms)
                    pooled.role, pooled.members = "pooled", members
                    arms.append(pooled)

    @staticmethod
    def _by_sum(name: _Name, level: _Level, arms: list[Arm]) -> list[str]:
        """A name like `Combined` whose N is the sum of two or more other columns' N in one way only."""
        if name.n is None or not POOLED.search(name.text):
            return []
        parts = [(other, arm) for other in level.names if other is not name and other.n for arm in arms if is_named(other.text, arm)]
        ways = [
            combination
            for size in range(2, len(parts))
            for combination in combinations(parts, size)
            if sum(other.n or 0 for other, _ in combination) == name.n
        ]
        return [arm.arm_id for _, arm in ways[0]] if len(ways) == 1 else []

    def _pool(self, arms: list[Arm]) -> None:
        """Arms of the base set that pool others."""
        for arm in arms:
            others = [other for other in arms if other is not arm and not other.members]
            members = members_of(arm.label, others)
            if not members and POOLED.search(arm.label) and arm.n_randomized:
                ways = [
                    c
                    for size in range(2, len(others))
                    for c in combinations(others, size)
                    if sum(o.n_randomized or 0 for o in c) == arm.n_randomized
                ]
                members = [other.arm_id for other in ways[0]] if len(ways) == 1 else []
            members = members or (self._of_doses(arm, arms) if POOLED.search(arm.label) else [])
            if len(members) >= 2:
                arm.role, arm.members = "pooled", tuple(members)

    # -- numbers and roles -------------------------------------------------------------------------------------------------------------

    def _randomized(self, level: _Level, arms: list[Arm]) -> None:
        """N of the base table is the number randomized where its caption says so or a sentence gives their sum or each of them."""
        counts = [arm.n_randomized for arm in arms if not arm.members]
        if not all(counts):
            for arm in arms:
                arm.n_randomized = None
            return
        caption = level.layout.table.caption.label
        told = bool(re.search(r"intent(?:ion)?[- ]to[- ]treat|\bITT\b|randomi[sz]ed", caption, re.IGNORECASE))
        if not told:
            total = sum(count or 0 for count in counts)
            text = " ".join(
                p.passage.words
                for p in self.article.paragraphs
                if p.section in ("abstract", "results", "methods")
                and ("andom" in p.passage.text or "ssigned" in p.passage.text or "llocated" in p.passage.text)
            )
            figures = {int(found.replace(",", "")) for found in WHOLE.findall(text)}
            told = total in figures and bool(text) or set(counts) <= figures and bool(text)
        if not told:
            for arm in arms:
                arm.n_randomized = None

    def _roles(self, arms: list[Arm]) -> None:
        single = [arm for arm in arms if not arm.members]
        names = {arm.arm_id: self._spelled(arm) for arm in single}
        controls = [arm for arm in single if CONTROL.search(names[arm.arm_id])]
        pure = [
            arm
            for arm in controls
            if re.search(r"\b(?:placebo|controls?|sham|usual|no treatment|observation)\b", names[arm.arm_id], re.IGNORECASE)
        ]
        if len(controls) > 1 and len(pure) == 1:
            controls = pure
        if not controls or len(controls) == len(single):
            controls = self._named_after_versus(single)
        if len(controls) == 1 or controls and len(controls) < len(single):
            for arm in single:
                arm.role = "control" if arm in controls else "experimental"

    def _named_after_versus(self, arms: list[Arm]) -> list[Arm]:
        """The one arm that the title, or a sentence of the abstract on the trial's aim, names after `versus` or `compared with`, the others
        standing before; else the arm to which the other only adds (A against A plus B). Sentences with results put arms in any order."""
        words = {arm.arm_id: self._telling(arm) for arm in arms}
        common = set.intersection(*(set(w) for w in words.values())) if words else set()
        own_words = {arm_id: [w for w in said if w not in common] for arm_id, said in words.items()}
        own_words = {arm_id: own if any(map(str.isalpha, own)) else [] for arm_id, own in own_words.items()}  # a dose alone is no name
        for text in (self.title.lower(), *self._aims()):
            for found in COMPARES.finditer(text):
                before, after = text[max(0, found.start() - 120) : found.start()], text[found.end() : found.end() + 80]
                after_arms = [arm for arm in arms if (own := own_words[arm.arm_id]) and all(w in after for w in own)]
                before_arms = [arm for arm in arms if (own := own_words[arm.arm_id]) and all(w in before for w in own)]
                only_after = [arm for arm in after_arms if arm not in before_arms]
                if len(only_after) == 1 and before_arms:
                    return only_after
        spelled = {arm.arm_id: _words(self._spelled(arm)) for arm in arms}
        for arm in arms:
            others = [other for other in arms if other is not arm]
            if core := LETTER.sub("", arm.label).strip():
                if others and all(
                    LETTER.sub("", other.label).strip().startswith((f"{core}-", f"{core}+", f"{core} +")) for other in others
                ):
                    return [arm]  # PCR beside PCR-B
            if any(_words(other.label) == _words(arm.label) for other in others):
                continue  # arms that differ by dose or letter
            for own, holds in (
                (_words(arm.label), True),
                (_words(" ".join(self._expansions(arm))) - JOINING, all(_adds(other.label, arm.label) for other in others)),
            ):
                if holds and own and others and all(own < spelled[other.arm_id] for other in others):
                    return [arm]
        return []

    def _aims(self) -> list[str]:
        """The sentences of title and abstract that compare treatments and tell no result."""
        sentences = [sentence for sentence in SENTENCE_END.split(self.front) if any(map(sentence.__contains__, COMPARING))]
        return [sentence for sentence in sentences if not RESULT.search(sentence)]

    def _expansions(self, arm: Arm) -> list[str]:
        """What the abbreviations in an arm's names stand for."""
        shorts = dict.fromkeys(word for name in (arm.label, *arm.aliases) for word in ABBREVIATION.findall(name))
        return [found for short in shorts if (found := expand(short, self.article))]

    def _spelled(self, arm: Arm) -> str:
        return " ".join((arm.label, *arm.aliases, *self._expansions(arm)))

    @staticmethod
    def _telling(arm: Arm) -> list[str]:
        return [word for word in tokens(arm.label) if len(word) > 2]

    # -- arms in rows ------------------------------------------------------------------------------------------------------------------

    def _from_rows(self) -> list[Arm]:
        """Arms that stand in a label column: few names that repeat, each with a word of an arm or a drug of the title."""
        best: list[_Name] = []
        best_score = 1.9
        for layout in self.layouts:
            for column in range(layout.n_labels):
                cells = [
                    row[column]
                    for r, row in enumerate(layout.table.grid)
                    if r >= layout.n_head and row[column].row == r and row[column].label
                ]
                names: dict[tuple[str, ...], _Name] = {}
                for cell in cells:
                    name = names.get(tokens(cell.label))
                    if name is None:
                        start, end = cell.passage.place(0, len(cell.passage.text))
                        name = names[tokens(cell.label)] = _Name(cell.label, tokens(cell.label), None, [], start, end)
                    name.columns.append(cell.row)
                if 2 <= len(names) <= 6 and all(len(name.columns) >= (1 if len(cells) <= 4 else 2) for name in names.values()):
                    level = _Level(layout, 0, list(names.values()))
                    score = self._score(level)
                    if score > best_score:
                        best, best_score = level.names, score
        arms: list[Arm] = []
        for name in best:
            arms.append(_new_arm(name.text, name, arms))
        self._roles(arms)
        return arms


def _n_below(column: Column, position: int) -> int | None:
    """N in a header cell of its own under the name."""
    for part in column.parts[position + 1 :]:
        if part.kind in ("n", "stat") and part.n is not None:
            return part.n
        if part.kind in ("name", "total"):
            return None
    return None


def _words(text: str) -> set[str]:
    """The words of a name that name a treatment: no letters of arms, no doses."""
    return {
        word
        for word in tokens(text)
        if word.isalpha() and len(word) > 1 and word not in ("mg", "kg", "day", "week", "daily", "twice", "once")
    }


def _adds(label: str, other: str) -> bool:
    """Whether a short name is another with something more: `mEOC+P` and `EOC`, `TEL` and `TE`."""
    core = re.sub(r"\b(?:group|arm|\d+)\b|\W", "", other, flags=re.IGNORECASE).lower()
    return len(core) > 1 and core in re.sub(r"\W", "", label).lower() or "+" in label and "+" not in other


def _new_arm(label: str, name: _Name, arms: Iterable[Arm]) -> Arm:
    taken = {arm.arm_id for arm in arms}
    stem = NOT_IN_ID.sub("_", label.lower().replace("α", "alpha").replace("β", "beta")).strip("_") or "arm"
    arm_id, number = stem, 2
    while arm_id in taken:
        arm_id, number = f"{stem}_{number}", number + 1
    return Arm(arm_id, label, (), "unknown", (), name.n, name.start, name.end)


def _add_alias(arm: Arm, name: str) -> None:
    if name != arm.label and name not in arm.aliases:
        arm.aliases = (*arm.aliases, name)


def from_sentences(article: Article) -> list[Arm]:
    """Arms from the sentence on allocation or the title, where no table names them."""
    arms: list[Arm] = []
    for named in named_in_sentences(article):
        arms.append(_new_arm(named.text, _Name(named.text, tokens(named.text), named.n, [], named.start, named.end), arms))
        if named.short:
            _add_alias(arms[-1], named.short)
    controls = [bool(CONTROL.search(arm.label)) for arm in arms]
    if sum(controls) == 1:
        for arm, is_control in zip(arms, controls, strict=True):
            arm.role = "control" if is_control else "experimental"
    return arms
