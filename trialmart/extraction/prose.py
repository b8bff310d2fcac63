"""Results and design facts that an article states in sentences and in the notes under its tables.

Belongs here: the order in which a sentence is understood, and the published values that come of it. Does not: how figures are read
(prose_numbers), tied to arms (prose_attribution), given a meaning (prose_meaning), facts of the trial (prose_design), claims in words
(prose_claims), what a table then resolves (prose_resolution).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from trialmart import numbers
from trialmart.document import Article
from trialmart.extraction import prose_attribution, prose_changes, prose_claims, prose_design, prose_numbers, prose_resolution, vocabulary
from trialmart.extraction.mentions import Mention, Mentions
from trialmart.extraction.prose_attribution import CONTRAST, Unit
from trialmart.extraction.prose_meaning import Reading
from trialmart.extraction.prose_numbers import NOUNS, Figure, ratios_of
from trialmart.extraction.prose_sentences import Sentence, holds, sentences
from trialmart.extraction.prose_words import last_word, lower, words_of
from trialmart.extraction.values import Arm, Observation, PublishedValue

_DIGIT = re.compile(r"\d")
_NUMBERS = re.compile(r"\d+(?:[.\u00b7]\d+)?")
_READ = ("abstract", "methods", "results", "discussion", "other")
_NAMING = ("arm", "unknown", "pool")  # kinds of mentions that name arms
_LETTERED = re.compile(r"\((?:arm|group) |\b(?:arm|group)\s+(?-i:[A-Z0-9])\w?\b", re.IGNORECASE)
_RATES = re.compile(r"\bHRs?\b|hazard|Kaplan|event\s+rate")
_RATES_OR_P = re.compile(r"\bHRs?\b|hazard|Kaplan|event\s+rate|\b[Pp]\s?[=<>]")
_OWN_STUDY = re.compile(
    r"\b(?:this|our|the\s+present|the\s+current|present|current)\s+(?:study|trial|analysis|series|cohort)|\bwe\s+(?:found|observed|showed|report)",
)
_OTHER_STUDY = re.compile(r"\b(?:other|previous|earlier|another)\s+(?:studies|study|trials?|reports?)|\bet\s+al")
_OWN_WORDS = frozenset("study trial analysis series cohort we".split())
_OWN = frozenset("this our present current we".split())
_GRADED = re.compile(r"\b[Gg]rades?\b|toxicit|adverse")  # shares of patients with an adverse event are no event rates
_KAPLAN_MEIER_RATES = re.compile(
    r"Kaplan\W{1,3}Meier\s+(?:(?:\d+-year|cumulative|event|failure|estimated)\s+)*(?:rates|percentages|event)|event\s+rates?[^.]{0,80}Kaplan\W{1,3}Meier|\bKM\s+(?:rates?|%|estimates?\s+of)",
    re.IGNORECASE,
)
_KAPLAN_MEIER = re.compile(r"Kaplan|KM\b")
_RANDOMIZED = re.compile(r"\brandomly\s+(?:assigned|allocated|divided)|\brandomi[sz]ed\b|\bassigned\b|\ballocated\b", re.IGNORECASE)
_ENROLLED = re.compile(r"\benrol+ed\b|\brecruited\b|\bentered\b", re.IGNORECASE)
_SCREENED = re.compile(r"\bscreened\b|\bassessed\s+for\s+eligibility\b|\bsurveyed\b", re.IGNORECASE)
_ANALYSED = re.compile(
    r"\banaly[sz]ed\b|\bincluded\s+in\b[^.]{0,40}\banalys[ie]s|\bevaluable\b|\bassessable\b|\bpopulation\s+(?:comprised|included|consisted)",
    re.IGNORECASE,
)
_TOTAL_WORDS = re.compile(
    r"\b(?:a\s+total\s+of|in\s+total,?|overall,?|in\s+all,?|altogether,?|all\s+(?:of\s+the\s+)?|total\s+of|the\s+overall\b[^.;,]{0,60})\s*$",
    re.IGNORECASE,
)
_TOTAL_LAST = frozenset("of total all altogether the overall".split())
_ADJUSTING = frozenset("adjusted adjustment adjusting multivariate multivariable unadjusted crude univariate univariable".split())
_ADJUSTED = re.compile(r"\badjust(?:ed|ment|ing)\b|\bmultivari(?:ate|able)\b", re.IGNORECASE)
_UNADJUSTED = re.compile(r"\bunadjusted\b|\bcrude\b|\bunivari(?:ate|able)\b", re.IGNORECASE)
_EACH_LIST = re.compile(
    r"\b(?:in|of|by)\s+(?P<count>one|two|three|\d+)\s+(?P<noun>patients?|participants?|subjects?|case)\s+each\b|\beach\s+(?:in|of)\s+(?P<count2>one|two|three|\d+)\s+(?:patients?|participants?)",
    re.IGNORECASE,
)


def extract_prose(
    article: Article, arms: Sequence[Arm], table_values: Iterable[PublishedValue] = ()
) -> tuple[list[PublishedValue], list[Observation]]:
    """Every result and design fact that the sentences and table notes of the article state, and what else was seen in them."""
    return Prose(article, arms, list(table_values)).read()


_BY_SEX = re.compile(r"\s*(?:wom[ae]n|m[ae]n|(?:fe)?males?|girls?|boys?)\b", re.IGNORECASE)  # `75 patients (26 women) were randomized`


class Prose:
    """One article's sentences, read in order. Keeps what later sentences lean on: the article's abbreviations and lists' arm order."""

    def __init__(self, article: Article, arms: Sequence[Arm], table_values: list[PublishedValue]) -> None:
        self.article, self.arms, self.table_values = article, list(arms), table_values
        body = "\n".join(p.passage.text for p in article.paragraphs)
        self.defined = vocabulary.abbreviations(body)
        self.mentions = Mentions(arms, self.defined)
        for paragraph in article.paragraphs:
            words = paragraph.passage.text
            if paragraph.section in ("abstract", "methods") and _LETTERED.search(words):
                self.mentions.learn_letters(words)
        self.ratios = ratios_of(article.text)
        self.roles = {a.arm_id: a.role for a in arms if not a.members}
        told = _tells_rates(body)
        self.km = told or any(v.statistic == "km_percent" for v in table_values)
        # what ties a percent to the article's event rates: a P value alone does so only where the text itself calls its rates Kaplan-Meier
        self.km_words = _RATES_OR_P if told else _RATES
        self.values: list[PublishedValue] = []
        self.observations: list[Observation] = []
        self._starts: set[int] = set()
        self._printed: set[str] | None = None
        self._unknown: list[tuple[Mention, Observation]] = []
        self.topic = _topic(article, self.defined)
        self.sexes = holds(body, _MEN) and holds(body, _WOMEN)
        self._last_endpoint: str | None = None
        self._read_before: list[Reading] = []  # the paragraph's sentences with figures, for the last endpoint that has a name of its own
        self._spread: str | None = None

    def read(self) -> tuple[list[PublishedValue], list[Observation]]:
        order: dict[int, list[Mention]] = {}
        previous = None
        for sentence in self._sentences():
            if sentence.passage is not previous:
                order, previous, self._spread, self._last_endpoint, self._read_before = {}, sentence.passage, None, None, []
            self._sentence(sentence, order)
        self._keep_repeated_facts()
        self.observations += prose_resolution.resolve(self.values, self.table_values, self.arms, self.observations)
        self.values.sort(key=lambda v: (v.start, v.end))
        return self.values, self.observations

    def _sentences(self) -> Iterator[Sentence]:
        has_results = any(p.section == "results" for p in self.article.paragraphs)
        for paragraph in self.article.paragraphs:
            section = paragraph.section
            if section == "other" and not has_results:
                section = "results"
            if section in ("methods", "discussion") and not _DIGIT.search(paragraph.passage.text):
                continue
            if section in _READ and section != "other":
                yield from sentences(paragraph.passage, section, paragraph.heading)
        for table in self.article.tables:
            for note in table.notes:
                yield from sentences(note.passage, "results", "", table.table_id)

    # -- one sentence -----------------------------------------------------------------------------------------------------------------

    def _sentence(self, sentence: Sentence, order: dict[int, list[Mention]]) -> None:
        section = sentence.section
        if section == "discussion" and not self._may_repeat(sentence):
            return
        planning = sentence.digits and prose_design.is_planning(sentence)
        designed = list(prose_design.facts(sentence)) if sentence.digits else []
        if section == "methods" and not planning:
            self._land_design(sentence, designed)
            return
        if planning:
            plans = list(prose_design.planning(sentence))
            self._land_design(sentence, designed + _first_of_each(plans), True)
            self._land_results(sentence, order, [(f.start, f.end) for f in designed + plans], True)
            return
        self._land_design(sentence, designed)
        self._land_results(sentence, order, [(f.start, f.end) for f in designed], False)

    def _may_repeat(self, sentence: Sentence) -> bool:
        """Whether a sentence of the discussion can hold a fact of this study: a number printed before, or words that call it its own."""
        if self._printed is None:
            self._printed = {v.printed.replace("\u00b7", ".") for v in (*self.values, *self.table_values) if len(v.printed) > 1}
        text = sentence.text
        return (
            sentence.digits
            and not self._printed.isdisjoint(_NUMBERS.findall(text))
            or not _OWN_WORDS.isdisjoint(sentence.words)
            and not _OWN.isdisjoint(sentence.words)
            and _OWN_STUDY.search(sentence.low) is not None
        )

    def _land_design(self, sentence: Sentence, figures: list[Figure], assumption: bool = False) -> None:
        for figure in figures:
            value = self._value(sentence, figure, is_assumption=assumption and not figure.keep.get("trial"))
            if value:
                if figure.statistic in ("date", "identifier"):  # no quantities: a date stands in timepoint, as ISO 8601 writes it
                    value.value = value.comparator = value.unit = value.value_low = value.value_high = value.decimals = None
                    value.timepoint = prose_design.iso_date(figure.value) if figure.statistic == "date" else None
                value.endpoint = figure.endpoint
                value.scope = "trial"

    def _land_results(self, sentence: Sentence, order: dict[int, list[Mention]], taken: list[tuple[int, int]], planned: bool) -> None:
        text = sentence.text
        mentions: list[Mention] | None = None  # looked for where there is something that they may govern, or a digit of theirs to pass over
        masked = taken
        if sentence.digits and self.mentions.numbered:
            mentions = self._arms_of(sentence)
            masked = taken + [(m.start, m.end) for m in mentions if m.kind in _NAMING and _DIGIT.search(text, m.start, m.end)]
        scan = prose_numbers.read(sentence, masked, self._spread, self.ratios)
        self._spread = scan.spread if scan.spread in ("ci",) else None
        if sentence.section != "discussion" and not planned and prose_claims.may_claim(sentence):
            mentions = self._arms_of(sentence) if mentions is None else mentions
            self.observations += prose_claims.claims(sentence, mentions, self.defined)
        if not scan.figures:
            prose_changes.read(scan, ())
        else:
            mentions = self._arms_of(sentence) if mentions is None else mentions
            prose_numbers.read_after_arms(scan, [(m.start, m.end) for m in mentions if m.kind == "arm"])
            prose_changes.read(scan, mentions)
        figures = scan.figures
        if not figures:
            return
        mentions = self._arms_of(sentence) if mentions is None else mentions
        prose_attribution.attach(figures, text)
        found = prose_attribution.units(figures, text)
        if sentence.section == "discussion":
            order = {}  # other studies and other orders are discussed between two sentences
        attribution = prose_attribution.Attribution(text, found, mentions, list(self.roles), order, sentence.words)
        attribution.run()
        reading = Reading(
            text, mentions, self.defined, sentence.section, sentence.heading, self._last_endpoint, sentence.low, sentence.words, self.topic
        )
        values: dict[int, PublishedValue] = {}
        self._land_units(sentence, reading, found, mentions, values, planned)
        if any(f.statistic in CONTRAST for f in figures):
            self._land_contrasts(sentence, reading, figures, mentions, values, planned, attribution.within)
        self._read_before.append(reading)
        self._link(figures, values)
        self._each_list(sentence, found, values)
        self._observe_unknown(sentence, found, values)

    def _arms_of(self, sentence: Sentence) -> list[Mention]:
        return self.mentions.scan(sentence.text, sentence.low, sentence.words)

    def _land_units(
        self,
        sentence: Sentence,
        reading: Reading,
        found: list[Unit],
        mentions: list[Mention],
        values: dict[int, PublishedValue],
        planned: bool,
    ) -> None:
        text, inherited, inherited_step = sentence.text, None, None
        shared = reading.shared_predicates([(u.start, u.end) for u in found if u.figure.statistic in ("count", "percent", "n_events")])
        rates = self._tells_rates(text, found)
        self._last_size(found, reading.words)
        for unit in found:
            figure = unit.figure
            endpoint = shared.get(unit.start) or reading.endpoint(figure, unit.start, unit.end, inherited)
            inherited = endpoint or inherited
            statistic, of_step = self._statistic(figure, unit, text, reading.words, rates), False
            scope = unit.scope
            if unit.mention is None and _is_total(text, unit.start, reading.words):
                scope = "total"
            if endpoint == "duration of follow-up" and unit.mention is None:
                scope = "total"
            if statistic == "n":
                endpoint = _population_step(text, figure, reading.words) or inherited_step
                inherited_step = endpoint
                of_step = endpoint in ("randomized", "enrolled", "screened")
                if unit.mention is not None and (not _beside(unit, text) or _is_divided(unit, mentions, text)):
                    unit.mention, unit.arm_id = None, None
                scope = "total" if unit.mention is None else scope
            if planned:
                scope = "trial" if unit.mention is None else scope
            if figure.owner is not None and figure.statistic == "percent" and id(figure.owner) in values:
                endpoint = values[id(figure.owner)].endpoint
            if endpoint:
                endpoint = reading.component(unit.end, endpoint)
            if planned and not _plans_result(figure, text):
                continue
            if reading.grades:
                around = (
                    max((u.end for u in found if u.end <= unit.start), default=0),
                    min((u.start for u in found if u.start >= unit.end), default=len(text)),
                )
            else:
                around = (0, 0)
            population, timepoint = None if of_step else reading.population(unit.start), reading.timepoint(unit.start, unit.end)
            subgroup = None if planned or statistic == "n" else self._setting(reading, unit.start, unit.end)
            if statistic == "median" and figure.unit in _TIMES and endpoint and ("survival" in endpoint or endpoint.startswith("time to")):
                timepoint = None  # `the median 6-month survival was 99 days`: a time until an event is taken at no time
            for part in unit.parts:
                name = statistic if part is figure else part.statistic
                value = self._value(sentence, part, name, is_assumption=planned)
                if value is None:
                    continue
                values[id(part)] = value
                value.scope, value.arm_id = scope, unit.arm_id
                value.endpoint = endpoint
                value.note = unit.note
                if part is figure and statistic == "median" and figure.governor is None:
                    value.note = "the sentence leaves out `median`: a survival time beside its limits or another arm's"
                value.population, value.timepoint, value.subgroup = population, timepoint, subgroup
                self._describe(value, reading, unit.start, unit.end, around)
            self._last_endpoint = endpoint
        self._mark_totals(found, values)
        self._share_settings(found, values, text)

    def _last_size(self, found: list[Unit], words: set[str]) -> None:
        """`randomized to open (OA, n = 50) and closed repair (CR, n = 50)`: of as many sizes as arms, the one left is the arm's left."""
        sizes = [u for u in found if u.figure.keep.get("n")]
        if len(sizes) != 2 or len(self.roles) != 2 or _FLOW.isdisjoint(words):
            return
        left = [u for u in sizes if u.arm_id is None and u.mention is None]
        left += [
            u for u, v in zip(sizes, sizes[1:], strict=False) if u.mention is not None and u.arm_id == v.arm_id and u.mention.start >= u.end
        ]
        arms = set(self.roles) - {u.arm_id for u in sizes}
        if len(left) == 1 and len(arms) == 1:
            left[0].arm_id = arms.pop()
            left[0].mention = Mention(left[0].start, left[0].start, left[0].arm_id)
            left[0].note = "the arm that the sentence's other sizes leave"

    def _share_settings(self, found: list[Unit], values: dict[int, PublishedValue], text: str) -> None:
        """`4.9 versus 3.8 months for men`: the patients named behind the last of several figures are those of all of them."""
        for first, second in zip(found[-2::-1], found[:0:-1], strict=False):
            a, b = values.get(id(first.figure)), values.get(id(second.figure))
            if a is None or b is None or not b.subgroup or a.subgroup or a.endpoint != b.endpoint:
                continue
            if _JOINED.fullmatch(text, first.end, second.start):
                for part in first.parts:
                    if id(part) in values:
                        values[id(part)].subgroup = b.subgroup

    def _mark_totals(self, found: list[Unit], values: dict[int, PublishedValue]) -> None:
        """`331 events: 194 in the A group and 137 in the B group`: a count that those of all arms behind it add up to is of all arms."""
        counts = [u for u in found if u.figure.statistic in ("count", "n_events") and u.figure.value]
        for index, unit in enumerate(counts):
            of_arms = counts[index + 1 : index + 1 + len(self.roles)]
            if unit.mention is not None or len(of_arms) < 2 or {u.arm_id for u in of_arms} != set(self.roles):
                continue
            if sum(u.figure.value or 0 for u in of_arms) == unit.figure.value:
                for part in unit.parts:
                    if id(part) in values:
                        values[id(part)].scope = "total"

    def _statistic(self, figure: Figure, unit: Unit, text: str, words: set[str], rates: bool) -> str:
        if figure.statistic == "count" and not any(p.statistic in ("percent", "denominator") for p in unit.parts):
            if (
                figure.keep.get("n")
                and unit.mention is not None
                and unit.mention.end <= figure.start
                and unit.mention.end + 12 > figure.start
            ):
                return "n"
            if (
                figure.keep.get("noun") not in ("deaths", "events")
                and not (text[figure.start - 1 : figure.start] == "(" and _BY_SEX.match(text, figure.end))
                and (not figure.keep.get("word") or (figure.value or 0) >= 20)
                and not _FLOW.isdisjoint(words)
                and (_population_step(text, figure, words) or _arm_size(text, figure, unit))
            ):
                return "n"
        if rates and figure.statistic == "percent" and not any(p.statistic == "count" for p in unit.parts):
            return "km_percent"
        return figure.statistic

    def _tells_rates(self, text: str, found: list[Unit]) -> bool:
        """Whether the percents of a sentence without counts are event rates."""
        if not self.km or not any(u.figure.statistic == "percent" for u in found):
            return False
        return not _GRADED.search(text) and self.km_words.search(text) is not None

    def _describe(self, value: PublishedValue, reading: Reading, start: int, end: int, around: tuple[int, int]) -> None:
        if value.endpoint and _judged(value.endpoint):
            value.assessor = reading.assessor(start)
        elif value.statistic in ("percent", "count", "km_percent", "denominator", "minimum", "maximum") and reading.grades:
            value.grade = reading.grade(start, end, *around)

    def _land_contrasts(
        self,
        sentence: Sentence,
        reading: Reading,
        figures: list[Figure],
        mentions: list[Mention],
        values: dict[int, PublishedValue],
        planned: bool,
        within: list[tuple[int, int, str | None]],
    ) -> None:
        text, inherited = sentence.text, None
        comparison = prose_attribution.Comparison(text, mentions, self.roles, within, sentence.words)
        for figure in figures:
            root = figure
            while root.owner is not None and root.owner is not root:
                root = root.owner
            if root.statistic not in CONTRAST or id(figure) in values:
                continue
            value = self._value(sentence, figure, is_assumption=planned)
            if value is None:
                continue
            values[id(figure)] = value
            value.scope = "contrast"
            value.arm_id, value.reference_arm_id = comparison.arms(root.start)
            inside = comparison.within_arm(root.start) if root.statistic == "p_value" else None
            if inside is not None:
                value.scope, value.arm_id, value.reference_arm_id = "arm", inside, None
            elif root.statistic == "p_value" and comparison.is_of_everyone(root.start):
                value.scope, value.arm_id, value.reference_arm_id = "total", None, None
            if id(root) in values and root is not figure:
                first = values[id(root)]
                value.endpoint, value.population, value.assessor, value.subgroup, value.timepoint = (
                    first.endpoint,
                    first.population,
                    first.assessor,
                    first.subgroup,
                    first.timepoint,
                )
                value.arm_id, value.reference_arm_id, value.adjusted = first.arm_id, first.reference_arm_id, first.adjusted
                continue
            limited = reading.subgroup(root.start)
            end = max([root.end, *(f.end for f in figures if f.owner is root)])
            value.subgroup = limited or self._setting(reading, root.start, end)
            near = [v.endpoint for v in values.values() if v.scope == "arm" and v.end <= value.start and v.endpoint and not limited]
            value.endpoint = reading.compared(root) or reading.endpoint(
                root, root.start, root.end, inherited or (near[-1] if near else self._own_outcome(reading, root) or self._last_known())
            )
            if root.statistic == "p_value" and near:
                value.endpoint = near[-1]
            inherited = value.endpoint
            value.population, value.timepoint = reading.population(root.start), reading.timepoint(root.start, root.end)
            self._describe(value, reading, root.start, root.end, (0, len(text)))
            if not _ADJUSTING.isdisjoint(reading.words):
                before = max(0, root.start - 200)
                crude = _UNADJUSTED.search(text, before, root.start)
                value.adjusted = False if crude else True if _ADJUSTED.search(text, before, root.start) else None
            self._share_subgroup(value, values, text, sentence)
        self._last_endpoint = inherited or self._last_endpoint

    def _own_outcome(self, reading: Reading, figure: Figure) -> str | None:
        return reading.outcome(figure.start) if figure.statistic in ("hazard_ratio", "odds_ratio", "risk_ratio") else None

    def _setting(self, reading: Reading, start: int, end: int) -> str | None:
        """The patients that a result is limited to. Men are a subgroup only where the article has women too."""
        setting = reading.setting(start, end)
        return None if setting in _SEXES and not self.sexes else setting

    def _last_known(self) -> str | None:
        known = (e[2] for reading in reversed(self._read_before) for e in reversed(reading.endpoints))
        return next((name for name in known if name != "duration of follow-up"), None)

    def _share_subgroup(self, value: PublishedValue, values: dict[int, PublishedValue], text: str, sentence: Sentence) -> None:
        """The percents that stand in one bracket with a subgroup's ratio are the subgroup's shares of the arms."""
        if not value.subgroup:
            return
        for other in values.values():
            if (
                other.scope == "arm"
                and other.statistic == "percent"
                and other.end <= value.start
                and value.start - other.end < 160
                and other.subgroup in (None, value.subgroup)
            ):
                between = self.article.text[other.end : value.start]
                if between.count(")") <= between.count("(") and other.end > value.start - 160:
                    other.subgroup = other.endpoint = value.subgroup

    def _link(self, figures: list[Figure], values: dict[int, PublishedValue]) -> None:
        for figure in figures:
            value = values.get(id(figure))
            owner = values.get(id(figure.owner)) if figure.owner is not None else None
            if value is None or owner is None:
                continue
            if figure.statistic == "denominator" and owner.statistic != "count":
                continue
            value.estimate_id = owner.value_id
            owner.estimate_id = owner.estimate_id or owner.value_id
            if value.unit is None and figure.statistic in ("ci_lower", "ci_upper", "q1", "q3", "minimum", "maximum", "sd", "se"):
                value.unit = owner.unit

    def _each_list(self, sentence: Sentence, found: list[Unit], values: dict[int, PublishedValue]) -> None:
        """`A, B and C; these were reported in one patient each, except for C`: one printed number, its terms listed."""
        m = _EACH_LIST.search(sentence.text) if " each" in sentence.text else None
        if not m:
            return
        listed = re.search(
            r"\b(?:were|was|included)\s+(?!not\b|reported\b|observed\b|shown\b)(?P<terms>(?:[^.;:]+,\s*)+(?:and\s+)?[^.;:]+?)\s*[;:]",
            sentence.text[: m.start()],
        )
        arms = {x.arm_id for x in self.mentions.scan(sentence.text) if x.kind == "arm"}
        only = next(iter(arms)) if len(arms) == 1 else None
        if listed is None:
            listed = re.search(r":\s*(?P<terms>(?:[^.;:]+,\s*)+(?:and\s+)?[^.;:]+?)\s*,?\s*(?:in\s*)?$", sentence.text[: m.start()])
        excepted = re.match(r"\s*,?\s*and\s+(?P<term>[^,;.]+?),?\s+in\s+(?:two|three|four|\d+)\s", sentence.text[m.end() :]) or re.search(
            r"\bexcept(?:\s+for)?\s+(?P<term>[^,;]+?),?\s+which\b", sentence.text[m.end() :]
        )
        terms = [t.strip().lower() for t in re.split(r",\s*(?:and\s+)?", listed["terms"])] if listed else []
        if excepted:
            terms = [t for t in terms if t != excepted["term"].strip().lower()]
        at = m.start("count") if m["count"] else m.start("count2")
        for unit in found:
            value = values.get(id(unit.figure))
            if value is None:
                continue
            if unit.figure.start == at:
                value.endpoint = "; ".join(terms) or value.endpoint
                value.note = f"holds for each of {len(terms)} listed terms" if terms else "holds for each listed item"
            elif excepted and unit.figure.start > m.end():
                value.endpoint = excepted["term"].strip().lower()
            else:
                continue
            value.arm_id = value.arm_id or only
            value.grade = value.grade or next((v.grade for u in found if (v := values.get(id(u.figure))) and v.grade), None)

    def _observe_unknown(self, sentence: Sentence, found: list[Unit], values: dict[int, PublishedValue]) -> None:
        for unit in found:
            mention = unit.mention
            if mention is None or mention.kind != "unknown":
                continue
            governed = tuple(v.value_id for p in unit.parts if (v := values.get(id(p))))
            seen = next((o for m, o in self._unknown if m is mention), None)
            if seen is None:
                start, end = sentence.place(mention.start, mention.end)
                seen = Observation("unknown_arm", start, end, sentence.table_id, (), None, self.article.text[start:end])
                self._unknown.append((mention, seen))
                self.observations.append(seen)
            seen.value_ids += governed

    # -- values -----------------------------------------------------------------------------------------------------------------------

    def _value(
        self, sentence: Sentence, figure: Figure, statistic: str | None = None, is_assumption: bool = False
    ) -> PublishedValue | None:
        start, end = sentence.place(figure.start, figure.end)
        if start in self._starts:
            return None
        self._starts.add(start)
        printed = self.article.text[start:end]
        statistic = statistic or figure.statistic
        value = PublishedValue(
            f"{self.article.article_id}:text:{start}", "footnote" if sentence.table_id else "prose", start, end, printed, statistic, figure.value,
            section=sentence.section, table_id=sentence.table_id, unit=_unit(figure, statistic), method=figure.method, sides=figure.sides,
            comparator=figure.comparator if figure.value is not None else None, missing_reason=figure.missing_reason, is_assumption=is_assumption,
            locator=sentence.passage.locator,
        )  # fmt: skip
        _bounds(value, figure)
        self.values.append(value)
        return value

    def _keep_repeated_facts(self) -> None:
        """A discussion speaks of other studies too: it holds figures that the article printed before, or that it calls its own."""
        if not any(v.section == "discussion" for v in self.values):
            return
        known = {(v.statistic, v.value) for v in self.values if v.section != "discussion"}
        known.update((v.statistic, v.value) for v in self.table_values)
        own: set[str] = set()
        dependants: dict[str, list[PublishedValue]] = {}
        for v in self.values:
            if v.section == "discussion" and v.estimate_id:
                dependants.setdefault(v.estimate_id, []).append(v)
        for v in self.values:
            if v.section != "discussion":
                own.add(v.value_id)
            elif (v.statistic, v.value) in known and v.statistic not in ("ci_level",) and v.value not in (0, 1, 2, 3) or self._says_own(v):
                own.add(v.value_id)
                if v.estimate_id == v.value_id:
                    own.update(d.value_id for d in dependants[v.value_id])
        self.values = [
            v for v in self.values if v.value_id in own and (v.section != "discussion" or v.estimate_id in own or v.estimate_id is None)
        ]

    def _says_own(self, value: PublishedValue) -> bool:
        start = max(self.article.text.rfind(". ", 0, value.start), value.start - 220)
        stop = self.article.text.find(". ", value.end)
        near = self.article.text[start : value.end + 90 if stop < 0 else min(stop, value.end + 90)]
        return _OWN_STUDY.search(near.lower()) is not None and not _OTHER_STUDY.search(near)


_MEN, _WOMEN = (" men", " male", " boys"), ("women", "female", " girls")
_SEXES = ("men", "women", "males", "females", "boys", "girls")


def _topic(article: Article, defined: dict[str, str]) -> frozenset[str]:
    """The words of the article's title, and the abbreviations of what it names."""
    words = words_of(lower(article.metadata.title or ""))
    for short, long in defined.items():
        if words_of(lower(long)) <= words:
            words.add(short.lower())
    return frozenset(words | _EVERYDAY)


#: Words that say of patients what the patients of any trial may be.
_EVERYDAY = frozenset(
    "with and the who not for had moderate severe mild active advanced early stage disease patients newly diagnosed untreated previously adult adults chronic acute type".split()
)


def _tells_rates(body: str) -> bool:
    """Whether the article says that its event rates are Kaplan-Meier estimates."""
    return any(_KAPLAN_MEIER_RATES.search(body, max(0, m.start() - 110), m.start() + 110) for m in _KAPLAN_MEIER.finditer(body))


def _is_total(text: str, start: int, words: set[str]) -> bool:
    """Whether the words right before a figure say that it counts all arms together."""
    if last_word(text[max(0, start - 20) : start].rstrip(" ,")).lower() not in _TOTAL_LAST and "overall" not in words:
        return False
    return _TOTAL_WORDS.search(text, 0, start) is not None


_BY = re.compile(r"\bby\s*$")
_RELATIVE_CHANGE = re.compile(
    r"\s*(?:%|percent)?\s*(?:relative\s+|absolute\s+)?(?:reduction|longer|increase|improvement|power|lower|higher|decrease|of\s+the\s+(?:total|planned|expected))"
)


def _plans_result(figure: Figure, text: str) -> bool:
    """Whether a figure of a planning sentence is an assumed result, not `a 31% reduction` that says another figure in other words."""
    if _BY.search(text, max(0, figure.start - 20), figure.start):
        return False
    if figure.statistic in ("median", "mean", "mean_change", "sd"):
        return figure.unit != "%"
    return figure.statistic == "percent" and not _RELATIVE_CHANGE.match(text, figure.end)


def _first_of_each(figures: Iterable[Figure]) -> list[Figure]:
    seen: set[int] = set()
    return [f for f in figures if not (f.start in seen or seen.add(f.start))]  # type: ignore[func-returns-value]


def _unit(figure: Figure, statistic: str) -> str | None:
    if statistic == "n_events":
        return "events"
    return figure.unit


_COUNTS_PATIENTS = re.compile(rf"\s+(?:[\w-]+\s+){{0,6}}?(?:{NOUNS})\b|\s*[)\],;]|\s+(?:were|to|in|and|patients)\b")
_LEFT = re.compile(
    r"\b(?:withdrew|discontinued|excluded|died|lost|not\s+(?:eligible|receive)|withdrawn|ineligible|dropped|deaths?|did\s+not)\b"
)


_STEPS = tuple(
    (name, frozenset(words.split()), pattern)
    for name, words, pattern in (
        ("randomized", "randomly randomized randomised assigned allocated", _RANDOMIZED),
        ("enrolled", "enrolled enroled recruited entered", _ENROLLED),
        ("screened", "screened assessed surveyed", _SCREENED),
        ("analysed", "analysed analyzed included evaluable assessable population", _ANALYSED),
    )
)
#: The words of which a sentence must have one to tell a step of the flow of patients.
_FLOW = frozenset(word for _, words, _ in _STEPS for word in words)
_LEAVING = frozenset("withdrew discontinued excluded died lost not withdrawn ineligible dropped death deaths did".split())
_OTHER_CLAUSE = re.compile(r"[;.]\s|\bwho\b(?!\s+were)")
_OTHER_COUNT = re.compile(
    rf"\b\d[\d,]*\s+(?:[(\[]\d[\d.]*\s?%[)\]]\s+)?(?:were|was|{NOUNS})\b"
)  # `3089 patients screened, 797 were randomized`
_LEADS_TO_COUNT = re.compile(
    r".*[(\[,:]\s*|.*\b(?:total\s+of|enrol+ed|randomi[sz]ed|assigned|allocated|recruited|included|and|analy[sz]ed)\s+(?:a\s+total\s+of\s+)?",
    re.DOTALL,
)


def _population_step(text: str, figure: Figure, words: set[str]) -> str | None:
    """Which step of the flow of patients a bare count of patients counts: randomized, enrolled, analysed, screened."""
    if not _COUNTS_PATIENTS.match(text, figure.end):
        return None
    if not _LEAVING.isdisjoint(words) and _LEFT.search(text[max(0, figure.start - 120) : figure.end + 140]):
        return None
    behind = text[figure.end : figure.end + 140]
    ahead = text[max(0, figure.start - 100) : figure.start]
    for name, own, pattern in _STEPS:
        if own.isdisjoint(words):
            continue
        m = pattern.search(behind)
        if m and not _OTHER_CLAUSE.search(behind, 0, m.start()) and not _OTHER_COUNT.search(behind, 0, m.end()):
            return name
        if pattern.search(ahead) and _LEADS_TO_COUNT.fullmatch(ahead):
            return name
    return None


_JUDGED = ("survival", "response", "progress", "remission", "benefit", "relapse", "recurrence", "control", "disease")


_PATIENTS_CLOSE = re.compile(rf"\s*(?:{NOUNS})?\s*\)")


def _arm_size(text: str, figure: Figure, unit: Unit) -> bool:
    """`the A group (200 patients)` in a sentence on randomization."""
    if unit.mention is None or unit.mention.end > figure.start or not _RANDOMIZED.search(text):
        return False
    return text[unit.mention.end : figure.start].strip() == "(" and _PATIENTS_CLOSE.match(text, figure.end) is not None


def _is_divided(unit: Unit, mentions: list[Mention], text: str) -> bool:
    """`120 patients were given either A or B`: arms named together behind a number of patients, without numbers of their own, share it."""
    first = unit.mention
    if first is None or first.start < unit.end:
        return False
    second = next((m for m in mentions if m.start >= first.end and m.kind == "arm" and m.arm_id != first.arm_id), None)
    return second is not None and _OR_OTHER.fullmatch(text, first.end, second.start) is not None


_OR_OTHER = re.compile(r"(?:[^\d;.()]|\([^()]*\)){0,40}\b(?:or|versus|vs\.?)\b[^\d;.()]{0,30}")
_TIMES = ("days", "weeks", "months", "years")
_JOINED = re.compile(r"[\s)\]%]*(?:months|years|weeks|days)?[\s)\]]*(?:and|versus|vs\.?|compared\s+with)\s+", re.IGNORECASE)
_SIZE_OF = re.compile(r"\s*[,:]?\s*[(\[]?\s*(?:[nN]\s*=\s*)?")
_ANOTHER = re.compile(r"[,;]|(?<!were )(?<!was )\brandomi[sz]|\bor\b")


def _beside(unit: Unit, text: str) -> bool:
    """Whether the arm that a number of patients was given stands right beside it."""
    mention = unit.mention
    if mention is None:
        return False
    gap = text[unit.end : mention.start] if mention.start >= unit.end else text[mention.end : unit.start]
    if mention.end <= unit.start and _SIZE_OF.fullmatch(gap):
        return True
    return len(gap) < 75 and not _ANOTHER.search(gap)


def _judged(endpoint: str) -> bool:
    return holds(endpoint, _JUDGED)


_DECIMALS = re.compile(r"(?:[.\u00b7\u2219\u22c5]|,(?=\d{1,2}$))(\d+)")


def _bounds(value: PublishedValue, figure: Figure) -> None:
    """Decimals and the interval that the printed digits may stand for."""
    if value.value is None or value.statistic in ("date", "identifier"):
        return
    whole = value.printed.isdigit()
    digits = None if whole else _DECIMALS.search(value.printed)
    value.decimals = len(digits.group(1)) if digits else 0
    if (
        figure.exact
        or not whole
        and value.printed[:1].isalpha()
        or value.statistic in ("count", "denominator", "n", "n_events", "ci_level")
    ):
        low = high = value.value
    elif not whole and ":" in value.printed:
        low = high = value.value
    else:
        low, high = numbers.rounding_interval(value.value, value.decimals)
    if value.comparator in ("<", "<="):
        low = 0.0 if value.value > 0 else None  # type: ignore[assignment]
        high = value.value
    elif value.comparator in (">", ">="):
        low, high = value.value, 1.0 if value.statistic == "p_value" else 100.0 if value.unit == "%" else None  # type: ignore[assignment]
    elif value.statistic == "p_value":
        low, high = max(low, 0.0), min(high, 1.0)
    value.value_low, value.value_high = low, high
