"""Which arm, or which two, the figures of a sentence speak of.

Belongs here: the patterns by which sentences tie figures to arms (`66.4% in A vs. 1.4% in B`, `in A and B, respectively`, `A (19%)`,
a list whose first item sets the order). Does not: finding the arms' names (mentions) and the figures (prose_numbers).

What the patterns leave open stays None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from trialmart.extraction.lazy import lazy
from trialmart.extraction.mentions import FULL, Mention
from trialmart.extraction.prose_numbers import Figure
from trialmart.extraction.prose_sentences import holds
from trialmart.extraction.prose_words import lower, words_of

DEPENDENT = {"ci_lower", "ci_upper", "ci_level", "sd", "se", "q1", "q3", "minimum", "maximum", "denominator"}
CONTRAST = {"hazard_ratio", "odds_ratio", "risk_ratio", "ratio", "risk_difference", "mean_difference", "percent_difference", "p_value"}
_COORDINATION = re.compile(
    r"[\s)\],;]*(?:%|months?|mo|years?|yrs?|weeks?|days?|patients|events|hours?|kg|mL|ml|L|mg|g|cm|mm|points?|units?|mm\s?Hg|minutes?|mins?|seconds?|s|ms|mmol|IU|[µμnp]g|°C|kJ|kcal|[^\W\d_]{1,5}(?:/[^\W\d_]{1,5}[2²]?){1,2})?[\s)\],;]*(?:vs\.?|versus|and|or|to|,|/|;|compared\s+(?:with|to)|as\s+compared\s+(?:with|to)|against|,\s*and)[\s(\[]*(?:only\s+|in\s+)?(?:n\s*=\s*)?(?:[<>≤≥~]\s?|(?:about|approximately)\s+)?",
    re.IGNORECASE,
)
_LIST_JOINT = re.compile(
    r"[\s)\]%]*(?:(?:for|of)\s+[\w-]+(?:\s[\w-]+)?\s*)?(?:(?P<grade>and\s+grade\s+\d\s+in\b)|(?:,\s*and|,|;|and|or)\s+(?:with\s+|for\s+)?)",
    re.IGNORECASE,
)
_NOT_IN_ITEM = frozenset("was were had occurred while whereas but compared than in".split())
_PAIRED = re.compile(
    r"[^;]{0,12}?\b(?:than|vs\.?|versus|and|or|to|compared|relative|/)\b[^;,]{0,60}|\s*/\s*|[^;,]{0,90}\b(?:than|versus|vs\.?|compared\s+(?:with|to))\b[^;,]{0,40}|[^;,]{0,90}\b(?:superior|inferior|noninferior|similar|comparable|equivalent)\b[^;,]{0,90}\bto\b[^;,]{0,30}|[^;,]{0,45}",
    re.IGNORECASE,
)
_OTHER_ARM = re.compile(
    r"[\s)\]]*(?:(?:of\s+)?(?:the\s+)?(?:patients|participants|subjects)\s+)?in\s+(?:the\s+)?(?:[\w-]+\s+){1,3}?(?:group|arm|therapy|treatment|regimen)\b",
    re.IGNORECASE,
)
_IS_WHAT = re.compile(r"\s*(?:was|were|are|is|:)\s*", re.IGNORECASE)
_PAIRED_BEFORE = re.compile(r"\b(?:and|or|vs\.?|versus|than|with)\s+(?:the\s+)?$|,\s*(?:and\s+)?(?:the\s+)?$", re.IGNORECASE)
_VERSUS = re.compile(r"\bvs\b|\bversus\b|\bcompared\s+(?:with|to)\b")
_BREAK = re.compile(r";|\bwhile\b|\bwhereas\b|\bbut\b|\balthough\b", re.IGNORECASE)
_ADJACENT = re.compile(
    r"[\s'\"]*(?:groups?|arms?|patients|treatment|therapy|alone|cohort|recipients|regimen|participants)?[\s\"']*(?:[(\[,:=-]|\bwas\b|\bwere\b)?[\s(\[]*(?:n\s*=\s*|median,?\s+|mean,?\s+|was\s+|were\s+|:\s*)?",
    re.IGNORECASE,
)
_HELD = re.compile(
    r"[^;:]{0,110}?\b(?:in|with|for|on|among|of|receiving|received|who|allocated|assigned|given|treated|under|by|from|after|during|to)\s+[^;:.]{0,50}$|[\s)\]]*(?:the\s+)?$|[^;:]{0,60}$",
    re.IGNORECASE,
)
#: Words that part a figure from the arm behind it.
_PARTING = frozenset("that which might could because due owing when although use".split())
_PARTED = re.compile(r"\b(?:that|which|might|could|because|due|owing|when|although|use\s+of)\b", re.IGNORECASE)
_BREAKING = frozenset("while whereas but although".split())
_BRACKET = re.compile(r"[()\[\]]")
_OPENING = re.compile(
    r"\s*(?:in|on|among|for|within|with|of)\s+(?:(?:the|all|patients|participants|subjects|those|\d+|in|on|receiving|assigned|allocated|to)\s+)*",
    re.IGNORECASE,
)
_OF_THE = re.compile(r"[\s)\]%]*(?:of|in|for|with|among|on|by)\s+[\w\s-]{0,50}", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\s+$", re.IGNORECASE)
_TO = re.compile(r"[\s)\]]*(?:%|[a-zA-Z/]{1,9})?\s*to\s+", re.IGNORECASE)
_DIRECTION = re.compile(
    r"\b(?:(?P<more>higher|greater|more|longer|larger|better|increased?|superior)|(?:lower|fewer|less|shorter|smaller|reduced?|decreased?|worse))\b",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?:\s*-?\s*treated)?-?\s*")
_CORRELATION = re.compile(r"[(\[]\s*(?:Pearson|Spearman)?(?:'s)?\s*(?:r|rho|\u03c1)2?\s?=", re.IGNORECASE)
_AGAINST_IT = re.compile(
    r"\b(?:than|vs\.?|versus|compared\s+(?:with|to)|over)\b[^.;,()]{0,45}$|\bto\s+(?:the\s+|in\s+|with\s+)*$", re.IGNORECASE
)
_NOT_SO = re.compile(r"[\s)\]%]*(?:had|did|have|were|was|has)(?:\s+not)?\s*(?=[.;,]|$)", re.IGNORECASE)
_AGAINST = re.compile(r"\bvs\b|\bversus\b|\brespectively\b|\bcompared\b")
_COLON = re.compile(r"\s*:\s*")
_SENTENCE_JOINT = re.compile(r"[;:]|,\s|\b(?:and|or|but|while|whereas)\b")
_COMPARING = frozenset("vs versus compared".split())
_COUNTS = frozenset(("count", "percent", "n_events", "n"))
_VS = re.compile(r"\bvs\b|\bversus\b")
_COMPARED = re.compile(r"\bvs\b|\bversus\b|\bcompared\b")
_THAN = re.compile(r"\bthan\b|\bvs\b|\bversus\b|\bcompared\b")
_COMPARED_BEHIND = re.compile(r"\bthan\s*(?:the\s+|in\s+|with\s+)*$|\bcompared\s+(?:with|to)|\bversus\b|\bvs\b")
_IN_TIME = re.compile(r"\b(?:before|after)\b")
_JOINT_AT_END = re.compile(r"(?:[;,]|\band)\s*$")
_SIZE_BEHIND = re.compile(r"\s*[(\[,:]?\s*(?:n\s?=\s?)?$")
_NO_LIST_SIGN = re.compile(r"[^\w\s/,'-]")
_NEW_SENTENCE = re.compile(r"\.\s+[A-Z]")
_TOTAL_BEFORE = re.compile(r"\b(?:total|overall|altogether|in\s+all)\b", re.IGNORECASE)
_IN_PATIENTS = re.compile(r"(?:\s+[\w-]+){0,5}?\s*[(\[]?\s*(?:in|among|from|by)\s+(?:the\s+)?", re.IGNORECASE)
_ALLOCATED_TO = re.compile(r"\b(?:randomi[sz]ed|assigned|allocated)\b[^.;]*\b(?:to|into|between)\b", re.IGNORECASE)
_RESPECTIVE = re.compile(r"\brespectively|\breceptively|\brespectivly", re.IGNORECASE)


@dataclass(slots=True, eq=False)
class Unit:
    """Figures that state one result of one arm: a count with its percent and denominator, a median with its limits."""

    figure: Figure
    start: int
    end: int
    parts: list[Figure] = field(default_factory=list)
    arm_id: str | None = None
    scope: str = "arm"
    mention: Mention | None = None
    note: str | None = None


def attach(figures: list[Figure], text: str) -> None:
    """Gives limits, spreads and p values their estimates: the nearest one before them that can have such."""
    last: Figure | None = None
    level: Figure | None = None
    estimates: list[Figure] = []
    for figure in figures:
        kind = figure.statistic
        if figure.owner is not None:
            continue
        if kind == "ci_level":
            level = figure
            following = next((f for f in figures if f.start > figure.end and f.statistic in ("ci_lower",)), None)
            figure.owner = _before(estimates, figure, text) if following and following.start - figure.end < 60 else None
        elif kind in ("ci_lower", "ci_upper", "sd", "se", "q1", "q3", "minimum", "maximum") and not figure.keep.get("range"):
            figure.owner = last if kind in ("ci_upper", "q3", "maximum") and last is not None else _before(estimates, figure, text)
            last = figure.owner
            if figure.owner is not None:
                figure.owner.closes = max(figure.owner.closes, figure.closes)
                if level is not None and level.owner is None and kind == "ci_lower":
                    level.owner = figure.owner
            continue
        elif kind == "p_value":
            figure.owner = _tested(estimates, figure, text)
        else:
            estimates.append(figure)
        last = None


def _before(estimates: list[Figure], figure: Figure, text: str) -> Figure | None:
    can = [e for e in estimates if e.statistic not in ("denominator", "n")]
    if not can:
        return None
    estimate = can[-1]
    if estimate.statistic == "count" and figure.statistic.startswith("ci") and len(can) > 1 and can[-2].owner is estimate:
        estimate = can[-2]
    if figure.statistic.startswith("ci"):
        behind = estimate.keep.get("behind")
        if isinstance(behind, Figure):
            estimate = behind
        percent = next((e for e in estimates if e.owner is estimate and e.statistic == "percent"), None)
        estimate = percent or estimate
    gap = text[estimate.end : figure.opens]
    return estimate if len(gap) < 160 and not _NEW_SENTENCE.search(gap) else None


def _tested(estimates: list[Figure], figure: Figure, text: str) -> Figure | None:
    """The ratio or difference that a p value stands beside. A p that compares two printed figures belongs to neither."""
    for estimate in reversed(estimates):
        if estimate.statistic in CONTRAST:
            gap = text[estimate.end : figure.start]
            return estimate if len(gap) < 170 and ". " not in gap else None
        if estimate.statistic in ("median", "mean", "percent", "count", "n_events", "mean_change"):
            return None
    return None


def units(figures: list[Figure], text: str) -> list[Unit]:
    """The results of single arms in print order."""
    found: list[Unit] = []
    for figure in figures:
        kind = figure.statistic
        if kind in CONTRAST or figure.keep.get("trial"):
            continue
        if figure.owner is None and (kind not in DEPENDENT or figure.keep.get("range")):
            previous = found[-1] if found else None
            ranged = figure.keep.get("range") and kind == "maximum" and previous and previous.figure.keep.get("range")
            if previous and (ranged or figure.keep.get("beside") is previous.figure):  # `-31/-18 mmHg` is one result of two parts
                previous.end = figure.end
                previous.parts.append(figure)
                continue
            found.append(Unit(figure, figure.start, max(figure.end, figure.closes), [figure]))
    by_figure = {id(u.figure): u for u in found}
    for figure in figures:
        owner = figure.owner
        while owner is not None and owner.owner is not None:
            owner = owner.owner
        unit = by_figure.get(id(owner)) if owner is not None else None
        if unit:
            unit.parts.append(figure)
            unit.start, unit.end = min(unit.start, figure.start), max(unit.end, figure.end, figure.closes)
    found.sort(key=lambda u: u.start)
    return found


class Attribution:
    """Ties the units of one sentence to its mentions. `order` is the arm order that lists in this paragraph follow."""

    def __init__(
        self,
        text: str,
        found: list[Unit],
        mentions: list[Mention],
        arm_ids: list[str],
        order: dict[int, list[Mention]] | None = None,
        words: set[str] | None = None,
    ) -> None:
        self.text, self.units, self.arm_ids, self.n_arms, self.everyone = text, found, arm_ids, len(arm_ids), mentions
        full = [m for m in mentions if m.strength == FULL or m.kind == "other"]
        named = {m.arm_id for m in full if m.kind == "arm"}
        self.words = words_of(lower(text)) if words is None else words
        self.mentions = full if len(named) > 1 or (named and len(found) < 2) else _with_parts(full, mentions)
        if (
            len(named) > 1 and self.n_arms > 2
        ):  # `with A 90 mg q8w (67%) than with q12w (56%)`: a part names the arm that nothing else names
            self.mentions = [m for m in mentions if m in full or m.kind == "arm" and m.arm_id not in named]
        self.arms = [m for m in self.mentions if m.kind == "arm"]
        self.order = order if order is not None else {}
        self.fresh: set[int] = set()  # sizes of the orders that this sentence told itself
        self.pairs: set[tuple[int, int]] = set()  # units that tell two times of one arm
        self.within: list[tuple[int, int, str | None]] = []  # brackets whose comparisons are made within one arm
        self.settled: set[int] = set()  # units that a bracket or colon has tied for good

    def run(self) -> None:
        if not self.units:
            self._correlations()
            return
        self.outer = {id(u): self._outer_end(u) if self.brackets else u.end for u in self.units}
        several = len(self.units) > 1
        if several:
            self._join_split_units()
        self._opened_by_one_arm()
        if several:
            self._from_to()
        groups = self._groups() if several else [self.units]
        self._assign_brackets(groups)
        for group in groups:
            if len(group) > 1 and not any(id(u) in self.settled for u in group):
                self._assign_list(group, groups)
        self._assign_single([g[0] for g in groups if len(g) == 1])
        if several:
            self._assign_heads()

    # -- brackets ---------------------------------------------------------------------------------------------------------------------

    @lazy
    def brackets(self) -> list[tuple[int, int]]:
        """(start, end) of every bracket; one that is never closed ends with the sentence."""
        if "(" not in self.text and "[" not in self.text:
            return []
        found: list[tuple[int, int]] = []
        stack: list[int] = []
        for m in _BRACKET.finditer(self.text):
            if m.group() in "([":
                stack.append(m.start())
            elif stack:
                found.append((stack.pop(), m.end()))
        found += [(start, len(self.text)) for start in stack]
        return sorted(found)

    def _outer_end(self, unit: Unit) -> int:
        """Where the bracket ends that a unit leaves open: `57.3% (98/171 patients; P < 0.001 vs placebo)`."""
        for start, end in self.brackets:
            if unit.start < start < unit.end < end and not any(start < u.start < end for u in self.units if u is not unit):
                return end
        return unit.end

    def _opened_by_one_arm(self) -> None:
        """`On the A arm, all 33 patients had a response`: what opens a sentence on one arm alone narrows `all`."""
        first = self.arms[0] if self.arms else None
        if first is None or first.start > 40:
            return
        arms = {m.arm_id for m in self.mentions if m.kind in ("arm", "unknown", "pool")}
        if len(arms) != 1 or not _OPENING.fullmatch(self.text, 0, first.start):
            return
        if self.text[first.end : first.end + 1] == ",":
            self.mentions = [m for m in self.mentions if m.kind != "all"]

    def _from_to(self) -> None:
        """`from 40 (SD 20) to 60 (25) in the A group and from 38 to 52 in the B group`: two times of one arm."""
        for first, second in zip(self.units, self.units[1:], strict=False):
            start = first.start
            if not _FROM.search(self.text, max(0, start - 8), start) or first.figure.statistic != second.figure.statistic:
                continue
            between = self.text[self.outer[id(first)] : second.start]
            if not _TO.fullmatch(between) or any(first.start <= m.start < second.start and m.kind == "arm" for m in self.mentions):
                continue
            self.pairs.add((id(first), id(second)))
            following = min((u.start for u in self.units if u.start > second.start), default=len(self.text))
            behind = next((m for m in self.mentions if m.kind == "arm" and second.end <= m.start < following), None)
            if behind and _OF_THE.fullmatch(self.text, self.outer[id(second)], behind.start):
                self._settle([first, second], behind)

    def _assign_brackets(self, groups: list[list[Unit]]) -> None:
        """What brackets and colons tell without doubt: `A group (...)`, `(A: ..., ...; B: ..., ...)`, `46 patients (29 in A, 17 in B)`."""
        arms = [m for m in self.mentions if m.kind in ("arm", "pool")]
        grouped = {id(u) for g in groups if len(g) > 1 for u in g}
        for start, end in self.brackets:
            units = [u for u in self.units if start < u.start and u.end <= end]
            if len(units) < 2:
                continue
            inside = [m for m in arms if start < m.start and m.end < end]
            if not inside:
                self._behind_one_arm(start, end, units, arms, grouped)
            elif len({m.arm_id for m in inside}) > 1:
                self._sum_before(start, units)
        for mention in arms if ":" in self.text else ():
            self._after_colon(mention, arms)
        self._pairs_within_arms(arms)
        self._correlations()

    def _correlations(self) -> None:
        """`correlated for A (r = 0.5, P = 0.03)`: a correlation is found within the arm that stands right before it."""
        if "r=" not in self.text and "r =" not in self.text:
            return
        for start, end in self.brackets:
            before = next(
                (m for m in self.mentions if m.kind == "arm" and m.end <= start and _BARE.fullmatch(self.text, m.end, start)), None
            )
            if before is not None and _CORRELATION.match(self.text, start):
                self.within.append((start, end, before.arm_id))

    def _pairs_within_arms(self, arms: list[Mention]) -> None:
        """`x was rarer with y in the A group (70% vs 40%) and in the B group (50% vs 10%)`: each pair compares within its arm."""
        if _COMPARING.isdisjoint(self.words):
            return
        found: list[tuple[int, int, Mention]] = []
        for start, end in self.brackets:
            before = next((m for m in arms if m.end <= start and not self.text[m.end : start].strip()), None)
            if before is not None and _VERSUS.search(self.text, start, end) and not any(start < m.start < end for m in arms):
                found.append((start, end, before))
        if len({m.arm_id for _, _, m in found}) < 2:
            return
        for start, end, mention in found:
            self._settle([u for u in self.units if start < u.start and u.end <= end], mention)
            self.within.append((start, end, mention.arm_id))

    def _behind_one_arm(self, start: int, end: int, units: list[Unit], arms: list[Mention], grouped: set[int]) -> None:
        before = next((m for m in arms if m.end <= start and not self.text[m.end : start].strip()), None)
        if before is None or any(id(u) in grouped for u in units) or _AGAINST.search(self.text, start, end):
            return
        held = max((self.outer[id(u)] for u in self.units if u.end <= before.start), default=None)
        if held is not None and _OF_THE.fullmatch(self.text, held, before.start):
            return  # `(grade 1 in 30%) among the patients in the A group (grade 1 in 15%)`: the arm has its figures before it
        self._settle(units, before)

    def _sum_before(self, start: int, parts: list[Unit]) -> None:
        """The number right before a bracket that tells it arm by arm counts all arms together."""
        unit = max((u for u in self.units if u.end <= start), key=lambda u: u.end, default=None)
        if unit is None or id(unit) in self.settled:
            return
        gap = self.text[self.outer[id(unit)] : start]
        if (
            len(gap) < 60
            and not _SENTENCE_JOINT.search(gap)
            and not any(unit.start <= m.start < start for m in self.mentions if m.kind != "all")
        ):
            opening = self.text[max(0, unit.start - 60) : unit.start]
            adds_up = len(parts) > 1 and unit.figure.value == sum(u.figure.value or 0 for u in parts)
            if any(m.end <= unit.start and m.kind == "arm" for m in self.mentions) and not adds_up and not _TOTAL_BEFORE.search(opening):
                return
            unit.scope = "total"
            self.settled.add(id(unit))

    def _after_colon(self, mention: Mention, arms: list[Mention]) -> None:
        """`A: 5 deaths, 7 relapses; B: ...`: a label governs up to the next arm or the end of its bracket."""
        colon = _COLON.match(self.text, mention.end)
        if colon is None:
            return
        stop = min((m.start for m in arms if m.start > mention.end), default=len(self.text))
        stop = min([stop, *(end for start, end in self.brackets if start < mention.start < end)])
        units = [u for u in self.units if colon.end() <= u.start and u.end <= stop and id(u) not in self.settled]
        if units and units[0].start - colon.end() < 60:
            self._settle(units, mention)

    def _settle(self, units: list[Unit], mention: Mention) -> None:
        for unit in units:
            if id(unit) not in self.settled:
                self._set(unit, mention)
                unit.scope = "arm"
                self.settled.add(id(unit))

    def _assign_heads(self) -> None:
        """`90 events (in 60 [50%] of 120 patients) in the A group`: events have the arm of the patients that had them."""
        for head, patients in zip(self.units, self.units[1:], strict=False):
            if (
                patients.mention is not None
                and patients.arm_id is not None
                and head.figure.statistic in ("count", "n_events")
                and patients.figure.statistic == "count"
                and (head.mention is None or head.mention.kind == "all" or head.mention.end <= head.start)
                and id(head) not in self.settled
                and _IN_PATIENTS.fullmatch(self.text, self.outer[id(head)], patients.start)
            ):
                self._set(head, patients.mention)
                head.scope = "arm"

    # -- lists: several figures in a row ------------------------------------------------------------------------------------------

    def _groups(self) -> list[list[Unit]]:
        groups: list[list[Unit]] = []
        for unit in self.units:
            previous = groups[-1][-1] if groups else None
            if previous is not None and self._coordinated(previous, unit):
                groups[-1].append(unit)
            else:
                groups.append([unit])
        return groups

    def _coordinated(self, a: Unit, b: Unit) -> bool:
        if (id(a), id(b)) in self.pairs or id(a) in self.settled or id(b) in self.settled:
            return False
        if a.figure.statistic != b.figure.statistic and not {a.figure.statistic, b.figure.statistic} <= _COUNTS:
            return False
        end = self.outer[id(a)]
        gap = self.text[end : b.start]
        if not _COORDINATION.fullmatch(gap):
            return False
        for m in self.arms:
            if end <= m.start < b.start or a.start < m.start and m.end < a.end or b.start < m.start and m.end < b.end:
                return False
        if self.text[a.end : end].strip(" )]%") and not _RESPECTIVE.search(self.text, b.end):
            return False
        if "," not in gap or _VS.search(gap) or "vs" not in self.words and "versus" not in self.words:
            return True
        before = next((x for x, y in zip(self.units, self.units[1:], strict=False) if y is a), None)
        return before is None or not _VS.search(self.text, self.outer[id(before)], a.start)  # `4.5% vs 0.7%, 3.0% vs 0%`: pairs

    def _assign_list(self, group: list[Unit], groups: list[list[Unit]]) -> bool:
        size, start, end = len(group), group[0].start, group[-1].end
        arms = [m for m in self.mentions if m.kind in ("arm", "unknown", "pool")]
        named = [m for m in arms if m.end <= start]
        if (
            named
            and _IS_WHAT.fullmatch(self.text, named[-1].end, start)
            and not _PAIRED_BEFORE.search(self.text, max(0, named[-1].start - 12), named[-1].start)
        ):
            for unit in group:  # `the rates in the A group were 34% and 44%`
                self._set(unit, named[-1])
            if not _RESPECTIVE.search(self.text, end):
                return True
        next_start = min((g[0].start for g in groups if g[0].start > start), default=len(self.text))
        run_after = self._run(arms, end, size, forward=True)
        run_before = self._run(arms, start, size, forward=False)
        if run_after and run_after[0].start < next_start < run_after[-1].start:
            run_after = []  # `67 and 81% of A, and 61 and 74% of B`: the other arm has figures of its own
        close_after = run_after and run_after[0].start < next_start and self._held(self.text[end : run_after[0].start])
        used = run_before and any(u.mention in run_before and u.end <= run_before[0].start for u in self.units)
        if used and close_after:  # `1 vs. 2 for A and B, and 3 vs. 4 for C and D`
            return self._give(group, run_after)
        if (
            run_before
            and not self._between(groups, run_before[-1].end, start)
            and not (close_after and _RESPECTIVE.search(self.text, run_after[-1].end))
        ):
            return self._give(group, run_before)
        if close_after:
            return self._give(group, run_after)
        behind = [m for m in arms if end <= m.start < next_start]
        joined = self.text[end : behind[0].start] if behind else ""
        if (
            len(behind) == 1
            and not run_after
            and _tight(joined)
            and not _COMPARED.search(self.text, start, end)
            and ("," not in self.text[start:end] or size > self.n_arms)
        ):
            for unit in group:  # `14.9% and 0.9% in the B group`; `88%, 82% and 75% for arm A` where there are two arms
                self._set(unit, behind[0])
            return True
        later = run_after
        if later and _RESPECTIVE.search(self.text, later[-1].end, later[-1].end + 40):
            return self._give(group, later)
        said = size > 2 and _RESPECTIVE.search(self.text, end, end + 40) is not None
        if size in self.order and self._may_inherit(size, start) and (size in self.fresh or said or self._is_pair(group)):
            return self._give(group, self.order[size])
        if run_before:
            return self._give(group, run_before)
        if size == 2 and self.n_arms == 2 and self._compared_with_the_other(group, arms):
            return True
        if len({m.arm_id for m in arms}) == 1 and _is_within(self.text, arms):
            for unit in group:
                self._set(unit, arms[0])
            return True
        each = [m for m in self.mentions if m.kind == "each"]
        near = [m for m in arms if m.end <= start]
        versus = _VS.search(self.text, group[0].end, group[-1].start)
        if (
            not versus
            and not _RESPECTIVE.search(self.text, end)
            and near
            and not each
            and size < self.n_arms + 1
            and len({m.arm_id for m in arms}) == 1
        ):
            for unit in group:
                self._set(unit, near[-1])
            return True
        return False

    def _compared_with_the_other(self, group: list[Unit], arms: list[Mention]) -> bool:
        """`A had a higher rate (54% vs. 31%)`: one of two arms is named, and the figures go the way that the sentence says."""
        named = [m for m in arms if m.end <= group[0].start and m.kind == "arm"]
        first, second = (u.figure.value for u in group)
        if len({m.arm_id for m in arms}) != 1 or not named or first is None or second is None or first == second:
            return False
        if not _VERSUS.search(self.text, group[0].end, group[1].start) or _AGAINST_IT.search(
            self.text, max(0, named[-1].start - 60), named[-1].start
        ):
            return False
        told = list(_DIRECTION.finditer(self.text, 0, group[0].start))
        other = self._remaining(named[-1])
        if other is None or not told or len({bool(m["more"]) for m in told}) != 1 or bool(told[-1]["more"]) != (first > second):
            return False
        self._set(group[0], named[-1])
        self._set(group[1], other)
        group[1].note = "an arm that the sentence does not name, compared with the one that it names"
        return True

    def _is_pair(self, group: list[Unit]) -> bool:
        """Set against each other (`5% vs. 6%`) or together in brackets: not `had been given to 56%, and 22% had`."""
        start, end = group[0].end, group[-1].start
        return (
            self.text.find("/", start, end) >= 0
            or _COMPARED.search(self.text, start, end) is not None
            or self.text[: group[0].start].rstrip().endswith(("(", "["))
        )

    def _may_inherit(self, size: int, start: int) -> bool:
        """An order told in this sentence holds in it. One from an earlier sentence holds where this one names no group, or only, once, the
        arm that the order begins with (`A reduced x (5% vs. 6%)`)."""
        own = [
            m.arm_id
            for m in self.everyone
            if m.end <= start and (m.kind in ("unknown", "other", "pool") or m.kind == "arm" and m.strength == FULL)
        ]
        return not own or len(set(own) - {None}) > 1 or own == [self.order[size][0].arm_id]

    def _between(self, groups: list[list[Unit]], start: int, end: int) -> bool:
        return any(start <= g[0].start and g[-1].end <= end and len(g) == 1 and g[0].arm_id is None for g in groups)

    def _run(self, arms: list[Mention], at: int, size: int, forward: bool) -> list[Mention]:
        """`size` different arms named in a row after or before a place."""
        pool = [m for m in arms if m.start >= at] if forward else [m for m in arms if m.end <= at][::-1]
        run: list[Mention] = []
        for m in pool:
            if run and (m.arm_id == run[-1].arm_id and m.kind != "unknown"):
                if not forward:
                    continue
                break
            if any(m.arm_id == r.arm_id for r in run):
                break
            run.append(m)
            if len(run) == size:
                break
        if len(run) < size:
            return []
        run = run if forward else run[::-1]
        if not forward and size == 2 and not _PAIRED.fullmatch(self.text, run[0].end, run[1].start):
            # `... than with B, resulting in more x with A (66 vs. 51%)`: the figures begin with the arm right before them
            return run[::-1] if _ADJACENT.fullmatch(self.text[run[1].end : at]) and self.n_arms == 2 else []
        return run

    def _give(self, group: list[Unit], run: list[Mention]) -> bool:
        for unit, mention in zip(group, run, strict=False):
            self._set(unit, mention)
        self.order[len(group)] = list(run)
        self.fresh.add(len(group))
        return True

    def _set(self, unit: Unit, mention: Mention) -> None:
        unit.mention = mention
        unit.arm_id = mention.arm_id
        if mention.kind == "all":
            unit.scope = "total"
        elif mention.kind == "each":
            unit.note = "the sentence gives one figure for each arm"

    # -- single figures -------------------------------------------------------------------------------------------------------------

    def _assign_single(self, singles: list[Unit]) -> None:
        singles = [u for u in singles if u.arm_id is None and id(u) not in self.settled]
        for unit in singles:
            before, after = self._neighbours(unit)
            either = after and (unit.figure.statistic not in _COUNTS or self.text.startswith(" or ", after.end))
            if after and either and _ALLOCATED_TO.search(self.text, unit.end, after.start):
                after = None  # `patients with a mean age of 62 years were randomized to A or B`: of all of them
            mention = self._choose(unit, before, after)
            if mention is not None:
                self._set(unit, mention)
        if len(self.units) > 1:
            self._spread_over_lists(singles)
        self._spread_over_clauses(singles)
        if len(self.units) > 1:
            self._learn_order()

    def _neighbours(self, unit: Unit) -> tuple[Mention | None, Mention | None]:
        previous, following = 0, len(self.text)
        for u in self.units:
            if u.end <= unit.start:
                previous = max(previous, u.end)
            elif u.start >= unit.end:
                following = min(following, u.start)
        before = after = None
        for m in self.mentions:
            if m.end <= unit.start:
                if m.start >= previous:
                    before = m
            elif m.start >= unit.end:
                after = m if m.start < following else None
                break
        return before, after

    def _choose(self, unit: Unit, before: Mention | None, after: Mention | None) -> Mention | None:
        text = self.text
        inside = [m for m in self.mentions if m.kind == "arm" and unit.start < m.start and m.end < unit.end]
        if len(inside) == 1:  # `10 deaths occurred in the A group (2.3%)`
            return inside[0]
        if (
            before is not None
            and before.kind != "all"
            and _ADJACENT.fullmatch(text[before.end : unit.start])
            and before.end + 25 > unit.start
        ):
            if not (
                after is not None
                and after.kind == "arm"
                and self._style == "after"
                and not text[before.end : unit.start].strip().startswith(("(", "["))
            ):
                return before
        if before is not None and before.kind == "arm" and self._bracket_behind(before, unit):
            return before
        gap_after = text[unit.end : after.start] if after is not None else None
        held = gap_after is not None and self._held(gap_after) and not _COMPARED_BEHIND.search(gap_after)
        if held and len(gap_after or "") > 40 and _IN_TIME.search(gap_after or ""):
            held = False
        if not held and before is not None and before.kind == "arm" and _VERSUS.search(text, before.end, unit.start):
            return None  # the mention belongs to the figure on the other side of `versus`
        if held and before is None:
            return after if after is not None and (len(gap_after or "") < 120) else None
        if held and before is not None:
            style = self._style
            if style == "before" and before.kind == "arm" and not _tight(gap_after or ""):
                return before
            if style == "after" or _tight(gap_after or "") or before.kind == "all":
                return after
            return before
        if (
            before is not None
            and before.kind == "arm"
            and after is None
            and self.n_arms == 2
            and _OTHER_ARM.match(text, unit.end)
            and self._style == "after"
        ):
            other = [m for m in self.everyone if m.kind == "arm" and m.arm_id != before.arm_id]
            unit.note = None if other else "an arm named otherwise beside the one that the sentence names"
            return other[0] if other else self._remaining(before)
        if before is not None and ";" not in text[before.end : unit.start]:
            rest = [m for m in self.mentions if m.kind == "arm" and m.end <= before.start]
            if (
                before.kind == "arm"
                and rest
                and rest[-1].arm_id != before.arm_id
                and _THAN.search(text, rest[-1].end, before.start)
                and not _ADJACENT.fullmatch(text[before.end : unit.start])
            ):
                return None  # `higher in A than in B ... 12%`: not told which
            return before
        return None

    def _bracket_behind(self, before: Mention, unit: Unit) -> bool:
        """`than A (adjusted mean change -28.0)`: whether the figure stands alone in a bracket right behind the arm, compared with nothing."""
        found = next(((start, end) for start, end in self.brackets if before.end <= start < unit.start and unit.end <= end), None)
        if found is None or self.text[before.end : found[0]].strip() or _NOT_ITS_OWN.search(self.text, found[0], unit.start):
            return False
        start, end = found
        return not any(start < m.start < end for m in self.mentions) and not any(start < u.start < end for u in self.units if u is not unit)

    def _held(self, gap: str) -> bool:
        """Whether what stands between a figure and an arm behind it ties the two."""
        if ";" in gap or not _BREAKING.isdisjoint(self.words) and _BREAK.search(gap):
            return False
        return _HELD.match(gap) is not None and (_PARTING.isdisjoint(self.words) or not _PARTED.search(gap))

    def _remaining(self, named: Mention) -> Mention | None:
        rest = [arm_id for arm_id in self.arm_ids if arm_id != named.arm_id]
        return Mention(named.start, named.end, rest[0]) if len(rest) == 1 else None

    @lazy
    def _style(self) -> str:
        """Whether the sentence puts arms behind their figures or before them."""
        order = sorted([(u.start, "e") for u in self.units] + [(m.start, "m") for m in self.arms])
        marks = "".join(mark for _, mark in order)
        behind, ahead = marks.count("em"), marks.count("me")
        if marks.startswith("e") and marks.endswith("m"):
            return "after"
        if marks.startswith("m") and marks.endswith("e"):
            return "before"
        return "after" if behind > ahead else "before" if ahead > behind else "after" if marks.startswith("e") else "before"

    def _spread_over_lists(self, singles: list[Unit]) -> None:
        """`neutropenia (11%), rash (8%) in the A arm and ...`; `in the A arm, neutropenia (11%), rash (8%)`."""
        in_order = self.units
        if not singles:
            return
        for previous, unit in zip(in_order, in_order[1:], strict=False):
            if (
                unit.mention is None
                and unit in singles
                and previous.mention is not None
                and self._item(previous, unit)
                and not any(previous.end <= m.start < unit.start for m in self.mentions)
            ):
                if previous.mention.end <= previous.start or previous.mention.kind == "all" or not self._owned_behind(previous):
                    self._set(unit, previous.mention)
        for unit, following in zip(reversed(in_order[:-1]), reversed(in_order[1:]), strict=False):
            if (
                unit.mention is None
                and unit in singles
                and following.mention is not None
                and following.mention.start >= following.end
                and self._item(unit, following)
            ):
                self._set(unit, following.mention)

    def _spread_over_clauses(self, singles: list[Unit]) -> None:
        """`In the A group, 30% had x and 3% had y`; `Among all patients, 48% had x, 62% had y`: what opens a sentence holds in it."""
        arms = {m.arm_id for m in self.mentions if m.kind in ("arm", "unknown", "pool")}
        for unit in singles:
            if unit.mention is not None:
                continue
            before = [m for m in self.mentions if m.end <= unit.start]
            last = before[-1] if before else None
            if last is None or ";" in self.text[last.end : unit.start] and not (len(arms) == 1 and self._elliptic(unit)):
                continue
            if last.kind == "all" or (last.kind == "arm" and len(arms) == 1 and (last.start < 40 or self._elliptic(unit))):
                self._set(unit, last)

    def _elliptic(self, unit: Unit) -> bool:
        """`; 27 (16%) had not.`: a clause whose verb and patients are those of the clause before it."""
        return (
            _NOT_SO.match(self.text, unit.end) is not None
            and _JOINT_AT_END.search(self.text, max(0, unit.start - 20), unit.start) is not None
        )

    def _owned_behind(self, unit: Unit) -> bool:
        return unit.mention is not None and unit.mention.start >= unit.end

    def _item(self, a: Unit, b: Unit) -> bool:
        """Whether b is the list item behind a: a joint, a term of a few words, perhaps an opening bracket."""
        gap = self.text[a.end : b.start]
        joint = _LIST_JOINT.match(gap) if len(gap) < 110 else None
        if joint is None or any(a.end <= m.start < b.start and m.kind == "arm" for m in self.mentions):
            return False
        rest = _SIZE_BEHIND.sub("", gap[joint.end() :], 1)
        words = rest.replace(",", " ").split()
        return len(words) <= 9 and _NOT_IN_ITEM.isdisjoint(words) and not _NO_LIST_SIGN.search(rest)

    def _learn_order(self) -> None:
        """The first pair `x in A vs. y in B` sets the order of the bare pairs that follow it."""
        told = [u for u in self.units if u.mention is not None and u.mention.kind in ("arm", "unknown")]
        self._learn_long_order(told)
        for first, second in zip(told, told[1:], strict=False):
            if first.arm_id == second.arm_id or first.mention is None or second.mention is None:
                continue
            alike = first.figure.statistic == second.figure.statistic and second.start - first.start < 120
            if alike or _COMPARED.search(self.text, first.start, second.start):
                self.order[2] = [first.mention, second.mention]
                self.fresh.add(2)

    def _learn_long_order(self, told: list[Unit]) -> None:
        """`(A, n = 29; B, n = 13; C, n = 16)`: one figure for each of three or more arms sets their order."""
        for start, end in self.brackets if len(told) > 2 else ():
            run = [u for u in told if start < u.start and u.end <= end]
            ids = [u.arm_id for u in run]
            if len(run) > 2 and len(set(ids)) == len(ids) and len({u.figure.statistic for u in run}) == 1:
                self.order[len(run)] = [u.mention for u in run if u.mention is not None]

    def _join_split_units(self) -> None:
        """`10 deaths occurred in the A group (2.3%)`: the percent in brackets behind the arm belongs to the count before it."""
        for count, percent in zip(self.units, self.units[1:], strict=False):
            if count.figure.statistic not in ("count", "n_events") or percent.figure.statistic != "percent":
                continue
            between = [m for m in self.mentions if count.end <= m.start and m.end <= percent.start]
            if len(between) != 1:
                continue
            if len(count.parts) == 1 and self.text[between[0].end : percent.start].strip() in ("(", "[") and count.figure.value:
                percent.figure.owner = count.figure
                self._set(count, between[0])
                self._set(percent, between[0])


_TIGHT = re.compile(r"[\s)\]%]*(?:receiving|$|[a-z/]+\b)", re.IGNORECASE)
_AND = re.compile(r"\band\b")


def _tight(gap: str) -> bool:
    """Words that bind a figure to the arm right behind it."""
    return len(gap) < 60 and "," not in gap and _TIGHT.match(gap.strip()) is not None and not _AND.search(gap)


def _with_parts(full: list[Mention], every: list[Mention]) -> list[Mention]:
    return (
        every
        if not any(m.kind == "arm" for m in full)
        or len({m.arm_id for m in every if m.kind == "arm"}) > len({m.arm_id for m in full if m.kind == "arm"})
        else full
    )


#: What a sentence must hold for any of _OTHER_COMPARISON: one of these words, or a word with one of these stems.
_OTHERS = frozenset(
    "prognostic factor factors associated association mutation mutations baseline before paired within per those without did".split()
)
_OTHER_STEMS = ("predict", "independent", "correlat", "multivaria", "univaria", " pre")
_OTHER_COMPARISON = re.compile(
    r"\b(?:prognostic|predict\w*|independent(?:ly)?\s+(?:\w+\s+)?(?:factors?|associated)|factors?|associat(?:ed|ion)|correlat\w+|multivaria\w+|univaria\w+|mutations?|"
    r"(?:from|with|to|versus|vs\.?|than)\s+(?:the\s+)?(?:baseline|before|pre-?\w+)|paired|within[\s-]groups?|per\s+(?:unit|year)|those\s+(?:who|with|without)|patients\s+without|did\s+not\s+(?:develop|have))\b",
)
_WITHIN = re.compile(
    r"\b(?:fe)?males?\b[^.;]{0,40}\b(?:compared\s+(?:with|to)|than|versus|vs\.?)\b[^.;]{0,30}\b(?:fe)?males?\b"
    r"|\b(?:women|men)\b[^.;]{0,40}\b(?:compared\s+(?:with|to)|than|versus|vs\.?)\b[^.;]{0,30}\b(?:women|men)\b"
    r"|\b(?:patients|those|participants|subjects)\s+(?:who|with|that|without)\b[^.;]{0,80}\b(?:than|vs\.?|versus|compared\s+(?:with|to))\s+(?:in\s+)?(?:those|patients)\s+(?:who|with|that|without)\b",
    re.IGNORECASE,
)
_FROM_BASELINE = re.compile(r"\bcompared\s+(?:with|to)\s+(?:the\s+)?baseline\b|\bfrom\s+baseline\b[^.;]{0,60}\bwithin\b", re.IGNORECASE)
_LIMITED_TO = re.compile(
    r"\b(?:among|within|in|for)\s+(?:(?:the|all|those|patients|women|men|participants|subjects|who|were|assigned|allocated|receiving|received|treated|with|to|given|in|a)\s+)*$",
    re.IGNORECASE,
)
_CONTRASTED = re.compile(r"\b(?:vs\.?|versus|compared\s+(?:with|to)|than|relative\s+to|against|over|from|minus|and)\b", re.IGNORECASE)


_NOT_ITS_OWN = re.compile(r"\bvs\b|\bversus\b|\bcompared\b|\bby\b|\bdifference|\bof\s+the\s+whole\b|\bin\s+total\b", re.IGNORECASE)
_CLAUSE_BREAK = re.compile(r"[;.]\s|\b(?:while|whereas|but)\b")
_BETWEEN_ARMS = re.compile(
    r"\b(?:than|versus|vs\.?|between|differen\w+|superior\w*|relative\s+to|against|over|(?:compared|comparison)\s+(?:with|to)(?!\s+(?:the\s+)?(?:baseline|pre|before|their|initial)))\b",
    re.IGNORECASE,
)
_OWN_TEST = re.compile(
    r"[+\s]*(?::|(?:group|arm)?\s*(?:did|had|showed|changed|improved|increased|decreased)?)\s*[(\[]?\s*(?:Z|t|W|z)\s*(?:\(\s*\d+\s*\)\s*)?=\s*-?\s?[\d.]+\s*[;,]\s*(?:[pP]\s*[=<>]?\s*)?"
)
_TEST_BEFORE = re.compile(r"\b(?:Z|t|W|z)\s*(?:\(\s*\d+\s*\)\s*)?=[^()]*\)")
_FROM_START = re.compile(
    r"\b(?:from|to|with)\s+(?:the\s+|their\s+)?(?:baseline|pre-?\s?(?:test|treatment|intervention)?\b|before\s+treatment|initial\s+values?)|\bbefore\s+and\s+after\b|\bover\s+time\b",
    re.IGNORECASE,
)
_ONE_MEAN = re.compile(r"\(\s*-?\s?[\d.]+\s*(?:\u00b1|\+/-)\s*[\d.]+\s*[A-Za-z/%]{0,9}\s*[,;]\s*[pP][\s-]*(?:values?)?\s*[=<>\u2264]?\s*")
_CHANGED = re.compile(r"\b(?:loss|lost|decreas\w+|increas\w+|reduc\w+|improv\w+|chang\w+|gain\w*)\b", re.IGNORECASE)


def _is_within(text: str, mentions: list[Mention]) -> bool:
    """Whether a sentence compares patients by something else than their arm: neither side of the comparison names one."""
    m = _WITHIN.search(text)
    return m is not None and not any(m.start() < x.start < m.end() + 40 and x.kind in ("arm", "unknown", "pool") for x in mentions)


class Comparison:
    """What the ratios, differences and p values of one sentence compare. `roles` is arm_id -> role.

    `within`: brackets whose comparisons are made within one arm (Attribution.within).
    """

    def __init__(
        self, text: str, mentions: list[Mention], roles: dict[str, str], within: list[tuple[int, int, str | None]], words: set[str]
    ) -> None:
        self.text, self.mentions, self.roles, self.within, self.words = text, mentions, roles, within, words
        self._arms = [m for m in mentions if m.kind == "arm" and m.arm_id]

    def within_arm(self, at: int) -> str | None:
        """The arm inside which a p value compares times, sexes or patients with and without something; None where it compares arms."""
        for start, end, arm_id in self.within:
            if start < at < end:
                return arm_id
        return self._one_arm or self._tested_alone(at)

    def _tested_alone(self, at: int) -> str | None:
        """The arm whose own change a clause tests: `A: Z = -2.3; P = 0.01`, `improved from baseline in the A group (P < 0.001)`."""
        last = next((m for m in reversed(self._arms) if m.end <= at), None)
        if last is not None and _OWN_TEST.fullmatch(self.text, last.end, at):
            before = max((m.end() for m in _TEST_BEFORE.finditer(self.text, 0, last.start)), default=0)
            others = any(before <= m.start and m.arm_id != last.arm_id for m in self._arms if m.end <= at)
            labelled = self.text[last.end : at].lstrip("+ ").startswith(":")
            return last.arm_id if labelled or not others and not _BETWEEN_ARMS.search(self.text, before, at) else None
        if last is None or not _FROM_START.search(self.text, 0, at):
            return None
        begin = max((m.end() for m in _CLAUSE_BREAK.finditer(self.text, 0, at)), default=0)
        named = [m for m in self._arms if begin <= m.start and m.end <= at]
        stop = _CLAUSE_BREAK.search(self.text, at)
        if len({m.arm_id for m in named}) != 1 or _BETWEEN_ARMS.search(self.text, begin, stop.start() if stop else len(self.text)):
            return None
        return named[-1].arm_id if _FROM_START.search(self.text, begin, at) else None

    def is_of_everyone(self, at: int) -> bool:
        """`participants lost weight (2.9 kg, P < 0.001)`: a change of all patients, tested before any arm is named."""
        opening = self.text.rfind("(", 0, at)
        if opening < 0 or ")" in self.text[opening:at] or not _ONE_MEAN.fullmatch(self.text, opening, at):
            return False
        if any(m.end <= at and m.kind in ("arm", "unknown", "pool", "other") for m in self.mentions):
            return False
        return _CHANGED.search(self.text, 0, opening) is not None and not _BETWEEN_ARMS.search(self.text, 0, at)

    @lazy
    def _one_arm(self) -> str | None:
        named = {m.arm_id for m in self.mentions if m.kind in ("arm", "unknown", "pool")}
        if len(named) != 1 or any(m.kind == "other" for m in self.mentions):
            return None
        return next(iter(named)) if _is_within(self.text, self.mentions) or _FROM_BASELINE.search(self.text) else None

    def arms(self, at: int) -> tuple[str | None, str | None]:
        """(arm, reference) that the figure at a place compares, (None, None) where the sentence leaves it open.

        Two arms in all are compared with each other, experimental against control where roles are known.
        """
        if self._between_others:
            return None, None
        if len(self.roles) == 2:
            return _by_role(list(self.roles), self.roles) or self._said
        near = [m for m in self._arms if m.end <= at]
        return near and _as_said(self.text, near) or self._said

    @lazy
    def _between_others(self) -> bool:
        """Whether the comparison is one within one arm, of times, or by a characteristic."""
        if len({m.arm_id for m in self.mentions if m.kind in ("arm", "unknown")}) >= 2:
            return False
        low = self.text.lower()
        if (not _OTHERS.isdisjoint(self.words) or holds(low, _OTHER_STEMS)) and _OTHER_COMPARISON.search(low):
            return True
        return any(_LIMITED_TO.search(self.text, max(0, m.start - 60), m.start) for m in self._arms)

    @lazy
    def _said(self) -> tuple[str | None, str | None]:
        return _as_said(self.text, self._arms) or (None, None)


def _by_role(pair: list[str], roles: dict[str, str]) -> tuple[str, str] | None:
    a, b = pair
    if roles[a] == "control" and roles[b] != "control":
        return b, a
    if roles[b] == "control" and roles[a] != "control":
        return a, b
    if roles[a] == "experimental" and roles[b] != "experimental":
        return a, b
    if roles[b] == "experimental" and roles[a] != "experimental":
        return b, a
    return None


def _as_said(text: str, arms: list[Mention]) -> tuple[str, str] | None:
    """The last two arms that a comparing word stands between, in that order."""
    for a, b in zip(reversed(arms[:-1]), reversed(arms[1:]), strict=False):
        if a.arm_id != b.arm_id and _CONTRASTED.search(text, a.end, b.start) and a.arm_id and b.arm_id:
            return a.arm_id, b.arm_id
    return None
