"""All tables of an article -> their records and published values.

Belongs here: bringing together what columns, rows, captions and notes say of each cell, and landing every number of the grid. Does not:
reading any of these (headers, rows, labels, cells) or deciding a statistic (statistics).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from trialmart.document import Article, Cell, Note, Table
from trialmart.extraction import statistics, vocabulary
from trialmart.extraction.arms import bag, best_match, find_arms, match_names, members_of, starts, tokens
from trialmart.extraction.cells import Atom, Parsed, parsed_from
from trialmart.extraction.headers import Column, Layout, lay_out, read_header
from trialmart.extraction.kinds import kind_of
from trialmart.extraction.labels import NOTHING, Features, convention_of, features, format_features, grade_of, sole_population, timepoint_in
from trialmart.extraction.rows import N_ROW, Row, grade_rows, hang_parts, is_statistic_label, read_rows
from trialmart.extraction.values import Arm, Observation, Place, PublishedValue, TableRecord
from trialmart.numbers import rounding_interval

EXACT = frozenset(("count", "denominator", "n", "n_events"))
SIDE_BY_SIDE = re.compile(r"\b[a-z]+\.?\s?[/:]\s?[a-z]+\b", re.IGNORECASE)
OF_N = re.compile(r"\bn\s?/\s?N\b|\bno\.?/total|\bnumber/total|/\s?total", re.IGNORECASE)
ASSESSORS = (
    ("blinded independent central review", re.compile(r"\b(?:BICR|IRC|IDMC|IRRC|ICR|independent(?:ly)?(?:\s\w+){0,3}\s(?:review|committee|assess|radiolog|monitoring)\w*|central(?:ly)?\s(?:review|assess)\w*|blinded\sindependent\w*)", re.IGNORECASE)),
    ("investigator", re.compile(r"\binvestigators?\b", re.IGNORECASE)),
)  # fmt: skip
METHOD = re.compile(
    r"fisher(?:'s|’s)?(?:\sexact)?(?:\stest)?|(?:stratified\s|unstratified\s)?log[- ]?rank(?:\stest)?|cochran[-–]mantel[-–]haenszel(?:\stest)?|mantel[-–]haenszel(?:\stest)?|pearson(?:'s|’s)?\s?(?:χ\^?2|chi[- ]squared?)?(?:\stest)?"
    r"|(?:χ\^?2|χ²|chi[- ]squared?)(?:\stest)?|wilcoxon(?:[\s-]+(?:rank[- ]sum|signed[- ]rank|mann[-–]whitney))*(?:\stest)?|mann[-–]whitney(?:\su)?(?:\stest)?|rank[- ]sum\stests?|kruskal[-–]wallis(?:\stest)?|student(?:'s|’s)?\st[- ]?test|(?:paired|unpaired|independent|two-sample)\st[- ]?test|\bt[- ]test"
    r"|anco?va|cox(?:\s(?:proportional|regression|model))*|logistic\sregression|mixed\smodel\w*|clopper[-–]pearson|\bWMW\b|\bexact\b|mcnemar(?:'s|’s)?(?:\stest)?",
    re.IGNORECASE,
)
SIDES = re.compile(r"\b(one|two|1|2)[-\s‐]?(?:sided|tailed)\b", re.IGNORECASE)
ADJUSTED = re.compile(r"(?<!un)\badjust(?:ed|ment)\b|\bmultivaria\w+", re.IGNORECASE)
UNADJUSTED = re.compile(r"\bunadjusted\b|\bcrude\b|\bunivaria\w+", re.IGNORECASE)


def extract_tables(
    article: Article, arms: list[Arm], layouts: Sequence[Layout] | None = None
) -> tuple[list[TableRecord], list[PublishedValue], list[Observation]]:
    """Every table's record, every number in a grid as a value, and what the tables show of themselves."""
    if layouts is None:
        layouts = [lay_out(table) for table in article.tables if table.grid]
    by_table = {id(layout.table): layout for layout in layouts}
    records: list[TableRecord] = []
    values: list[PublishedValue] = []
    observations: list[Observation] = []
    convention = _convention(article)
    first_of_wrap: dict[str, Layout] = {}
    for table in article.tables:
        layout = by_table.get(id(table))
        if layout is None:
            records.append(
                TableRecord(
                    table.table_id,
                    table.label,
                    table.caption.label,
                    "other",
                    0,
                    0,
                    0,
                    "quarantined",
                    table.message or "the table has no cells",
                )
            )
            continue
        work = _TableWork(article, arms, layout, convention, first_of_wrap.get(table.table_id.partition("#")[0]))
        first_of_wrap.setdefault(table.table_id.partition("#")[0], layout)
        values.extend(work.extract())
        observations.extend(work.observations)
        records.append(work.record())
    return records, values, observations


@dataclass(slots=True)
class _Context:
    """What is true of a whole table."""

    rule: Features = NOTHING
    exception: Features = NOTHING
    grade: str | None = None
    time: str | None = None
    population: str | None = None
    assessor: str | None = None
    arm: Arm | None = None
    notes: dict[str, list[Note]] = field(default_factory=dict)
    kaplan_meier: bool = False  # its percentages are Kaplan-Meier estimates


@dataclass(slots=True)
class _RowFacts:
    """What a row tells of all its figures, worked out once a row."""

    path: tuple[str, ...]
    own: tuple[str, ...]
    parents: tuple[tuple[str, ...], ...]
    noted: tuple[tuple[str, ...], ...]
    places: tuple[Place, ...]
    adjusted: bool | None
    endpoint: str | None
    assessor: str | None
    side_by_side: bool


@dataclass(slots=True)
class _ColumnFacts:
    """What a column tells of all its figures."""

    heads: tuple[tuple[str, ...], ...]
    noted: tuple[tuple[str, ...], ...]
    places: tuple[Place, ...]
    adjusted: bool | None
    grade: str | None
    text: str


class _Shared(NamedTuple):
    """The fields that all figures of a cell share, in the order of PublishedValue."""

    path: tuple[str, ...]
    scope: str
    arm_id: str | None
    reference_arm_id: str | None
    population: str | None
    endpoint: str | None
    assessor: str | None
    subgroup: str | None
    grade: str | None
    time: str | None


class _TableWork:
    """One table on its way from grid to values."""

    def __init__(self, article: Article, arms: list[Arm], layout: Layout, convention: tuple[str, ...], above: Layout | None = None) -> None:
        self.article, self.arms, self.layout, self.convention = article, arms, layout, convention
        self.forms: dict[object, set[tuple[str, ...]]] = {}  # what figures of a form are where the table tells
        self.untold: list[tuple[object, str, list[PublishedValue]]] = []  # figures that nothing accounts for, by form
        self.table: Table = layout.table
        self.single = [arm for arm in arms if not arm.members]
        self.values: list[PublishedValue] = []
        self.observations: list[Observation] = []
        self.n_other = 0
        self.n_figures = 0
        self.other_at: list[str] = []
        self.context = self._context()
        self._resolve_columns()
        if above is not None:
            self._take_headers(above)
        self.kind = kind_of(layout, any(column.arm_id for column in layout.columns))
        self.rows = read_rows(layout)
        hang_parts(layout, self.rows)
        if self.kind == "adverse_events":
            heads = " ".join(part.text for column in layout.columns for part in column.parts)
            grade_rows(self.rows, " ".join((self.table.caption.label, heads, *(note.passage.text for note in self.table.notes))))
        self.response_rates: set[int] = set()  # rows whose RR is a response rate
        self._unmask()
        self.head_endpoints = self._head_endpoints() if self.kind in ("efficacy", "survival", "subgroup") else {}
        self.row_arms = self._row_arms()
        self.n_now: dict[int, int | None] = {column.index: column.n for column in layout.columns}
        self.above: dict[int, tuple[str, ...]] = {}  # by column: statistics that a cell of words names for the figures below it
        self.sub_heads: dict[int, tuple[str, ...]] = {}  # by column: what a row of headers in mid-table names
        self.in_row: dict[int, PublishedValue] = {}  # by column: the first figure of the row's cell
        self.hints: dict[object, tuple[tuple[str, ...], ...]] = {}
        self.column_facts: dict[int, _ColumnFacts] = {}
        self.stem = f"{article.article_id}:{layout.table.table_id}:"
        self.estimates: dict[int, str] = {}  # by column: the value that limits in a row of their own belong to

    # -- what the table says of itself -------------------------------------------------------------------------------------------------

    def _context(self) -> _Context:
        context = _Context()
        caption = self.table.caption.label
        general: list[str] = []
        for note in self.table.notes:
            if note.symbol:
                context.notes.setdefault(note.symbol, []).append(note)
            else:
                general.append(note.passage.words)
        if context.notes:
            in_caption = {mark.symbol for mark in self.table.caption.marks}
            in_cells = {mark.symbol for row in self.table.grid for cell in row for mark in cell.passage.marks}
            for symbol, notes in context.notes.items():
                if symbol in in_caption or symbol not in in_cells:
                    general.extend(note.passage.words for note in notes)
        rule, exception = _rule(caption, tuple(general))
        context.rule, context.exception = rule if rule.named else self._label_rule(), exception
        context.kaplan_meier = any(KM_RATES.search(text) for text in (caption, *general))
        context.grade, context.time, context.population = grade_of(caption), timepoint_in(caption), sole_population(caption)
        context.assessor = _assessor(caption)
        return context

    def _label_rule(self) -> Features:
        """The format of figures that the label column's header tells: `Characteristic, n (%)`."""
        if not self.layout.n_head or 0 not in self.layout.label_columns:
            return NOTHING
        named = features(self.table.grid[self.layout.n_head - 1][0].label).named
        return (
            Features(named)
            if "percent" in named and {"count", "percent", "mean", "sd", "median", "iqr", "range"}.issuperset(named)
            else NOTHING
        )

    def _resolve_columns(self) -> None:
        """Which arm each column is: names that stand side by side are matched together."""
        levels: dict[int, dict[int, tuple[str, int | None, list[tuple[Column, int]]]]] = {}
        for column in self.layout.columns:
            for position, (part, cell) in enumerate(zip(column.parts, column.cells, strict=True)):
                if (
                    part.kind in ("name", "contrast", "p", "grade", "time")
                    and part.name
                    or part.kind == "total"
                    and self._pooled(part.name)
                ):
                    n = part.n if part.n is not None else next((p.n for p in column.parts[position + 1 :] if p.kind == "n"), None)
                    entry = levels.setdefault(cell.row, {}).setdefault(id(cell), (part.name, n, []))
                    entry[2].append((column, position))
        sure = {row for row, entries in levels.items() if sum(self._known(name) is not None for name, _, _ in entries.values()) >= 2}
        for row in sorted(levels, key=lambda row: (row not in sure, row)):
            self._match_level(list(levels[row].values()), not sure or row in sure)
        self._finish_columns()

    def _take_headers(self, above: Layout) -> None:
        """A further table of the same wrap goes under the first one's headers where it has as many columns and names no arm itself."""
        if above.table.n_columns != self.table.n_columns or any(column.arm_id for column in self.layout.columns):
            return
        known = {column.index: column for column in above.columns}
        for column in self.layout.columns:
            if other := known.get(column.index):
                column.role, column.arm_id, column.reference_arm_id = other.role, other.arm_id, other.reference_arm_id
                column.grade, column.time, column.population = (
                    column.grade or other.grade,
                    column.time or other.time,
                    column.population or other.population,
                )
                column.chain = (*column.chain, *other.chain)
                column.n = column.n if column.n is not None else other.n

    def _match_level(self, entries: list[tuple[str, int | None, list[tuple[Column, int]]]], loosely: bool) -> None:
        names = list(dict.fromkeys(name for name, _, _ in entries))
        ns = [next((n for other, n, _ in entries if other == name), None) for name in names]
        known = [self._known(name) for name in names]
        rest = [i for i, arm in enumerate(known) if arm is None and not re.search(r"\b(?:vs\.?|versus)\b", names[i], re.IGNORECASE)]
        if rest and loosely and len(self.single) > 1:
            taken = {arm.arm_id for arm in known if arm}
            free = [arm for arm in self.single if arm.arm_id not in taken]
            if not taken and not any(best_match(names[i], free)[1] >= 0.5 for i in rest) and any(n is None for n in ns):
                rest = []
            for i, arm in zip(rest, match_names([names[i] for i in rest], [ns[i] for i in rest], free), strict=True):
                known[i] = arm
        by_name = dict(zip(names, known, strict=True))
        for name, _, places in entries:
            arm = by_name[name]
            for column, position in places:
                if (
                    arm is not None
                    and column.parts[position].kind in ("name", "grade", "time", "total")
                    or arm is not None
                    and column.role == "value"
                ):
                    column.arm_id, column.arm_cell = arm.arm_id, position

    def _names_arm(self, name: str, column: Column, position: int) -> bool:
        """Whether a header beside the one that names a column's arm is another name of that arm, or that of several arms that have
        no columns elsewhere (one over arms that do tells them apart)."""
        if column.arm_id is None or column.arm_cell is None:
            return False
        known = self._known(name)
        if known is not None and known.arm_id == column.arm_id:
            return True
        cell = column.cells[position]
        over = range(cell.column, cell.column + cell.column_span)
        elsewhere = {other.arm_id for other in self.layout.columns if other.index not in over and other.arm_id}
        return (
            bool(elsewhere)
            and self._spans_arms(cell)
            and not any(other.arm_id in elsewhere for other in self.layout.columns if other.index in over)
        )

    def _spans_arms(self, cell: Cell) -> bool:
        """Whether a header cell stands over columns of more than one arm."""
        if cell.column_span < 2:
            return False
        over = range(cell.column, cell.column + cell.column_span)
        return len({column.arm_id for column in self.layout.columns if column.index in over and column.arm_id}) > 1

    def _pooled(self, name: str) -> bool:
        return any(arm.members and name == arm.label for arm in self.arms)

    def _known(self, name: str) -> Arm | None:
        for arm in self.arms:
            if name == arm.label or name in arm.aliases:
                return arm
        words = bag(name)
        for arm in self.arms:
            if words == bag(arm.label) or words in [bag(alias) for alias in arm.aliases]:
                return arm
        members = members_of(name, self.single)
        return next((arm for arm in self.arms if members and set(arm.members) == set(members)), None)

    def _finish_columns(self) -> None:
        by_id = {arm.arm_id: arm for arm in self.arms}
        present = [arm_id for arm_id in dict.fromkeys(column.arm_id for column in self.layout.columns) if arm_id]
        for column in self.layout.columns:
            leftover = [
                part
                for position, part in enumerate(column.parts)
                if part.kind == "name" and position != column.arm_cell and part.name and not self._names_arm(part.name, column, position)
            ]
            if column.arm_id is None and len(leftover) > 1 and self.single:
                arm, score = best_match(" ".join(part.name for part in leftover), self.single)
                if arm is not None and score > 0.7:
                    column.arm_id, leftover = arm.arm_id, []
            if column.arm_id and by_id[column.arm_id].members and not set(by_id[column.arm_id].members) <= set(present):
                column.arm_id = next(
                    (
                        arm.arm_id
                        for arm in self.arms
                        if arm.members and set(arm.members) <= set(present) and arm.label == by_id[column.arm_id].label
                    ),
                    column.arm_id,
                )
            if column.role in ("p", "contrast"):
                self._contrast(column, present, by_id)
            elif column.arm_id:
                column.role = "arm"
            elif column.role == "total" and not present and not self.single:
                column.role = "value"
            column.subgroup = next(
                (part.text for part in leftover if not _generic(part.name) and not part.features.named and not part.population), None
            )
            if column.n is None and column.arm_id and column.role == "arm":
                column.n = next((other.n for other in self.layout.columns if other.arm_id == column.arm_id and other.n is not None), None)
            self._inherit(column)
        self._patients_columns()
        if not present and len(self.single) > 1:
            self.context.arm = self._arm_of_caption()

    def _patients_columns(self) -> None:
        """Columns headed N or Number: of the arm beside them. Their whole numbers are patients where the arm has a column of figures too."""
        columns = self.layout.columns
        headed = [column for column in columns if column.parts and N_HEADER.fullmatch(column.parts[-1].text)]
        first_arm = next((column.index for column in columns if column.role == "arm" and column not in headed), None)
        for column in headed:
            before = next((other for other in columns if other.index == column.index - 1), None)
            after = next((other for other in columns if other.index == column.index + 1), None)
            if (
                column.role in ("value", "arm")
                and len(column.parts) == 1
                and after is not None
                and after.role == "arm"
                and first_arm is not None
                and column.index < first_arm
            ):
                column.role, column.arm_id = "arm", after.arm_id
            elif (
                len(column.parts) == 1
                and headed[0].index < (first_arm or 0)
                and after is not None
                and after.role == "arm"
                and after not in headed
            ):
                column.role, column.arm_id = "arm", after.arm_id
            beside = [
                other
                for other in (before, after)
                if other is not None and other not in headed and other.arm_id == column.arm_id and other.role == column.role
            ]
            column.counts_patients = any(not other.parts or set(other.parts[-1].features.named) != {"percent"} for other in beside)

    def _inherit(self, column: Column) -> None:
        """A column headed only by a statistic (95% CI, SD), or by nothing, goes with the column of figures to its left."""
        if column.role != "value" or column.arm_id or column.parts and column.parts[-1].kind not in ("stat", "empty", "n"):
            return
        before = next((other for other in self.layout.columns if other.index == column.index - 1), None)
        named = column.parts[-1].features.named if column.parts else ()
        if before is None or before.role == "value" or before.role == "p" or any(name in ("mean", "median", "change") for name in named):
            return
        if column.parts and not named and column.parts[-1].kind != "n" or before.cells[:-1] != column.cells[:-1] and column.cells:
            return
        column.role, column.arm_id, column.reference_arm_id = before.role, before.arm_id, before.reference_arm_id
        column.n = column.n if column.n is not None else before.n
        if before.role == "contrast":
            column.chain = (*column.chain, *before.chain)

    def _contrast(self, column: Column, present: list[str], by_id: dict[str, Arm]) -> None:
        """Numerator and comparator of a column of contrasts: as named, else experimental against control where the table has one of each."""
        if column.arm_id and column.arm_cell is not None and column.cells[column.arm_cell].column_span > 1:
            tested = {other.arm_id for other in self.layout.columns if other.role == column.role and other.arm_id}
            if len(tested) > 1 or len(present) < 2:
                return  # within an arm: before against after
        for part in column.parts:
            sides = re.split(r"\s(?:vs\.?|versus|compared with|over)\s|(?<=\w)\s?/\s?(?=\w)", part.name, maxsplit=1)
            if len(sides) == 2:
                left, right = (best_match(side, self.single)[0] for side in sides)
                if left is not None and right is not None and left is not right:
                    column.arm_id, column.reference_arm_id = left.arm_id, right.arm_id
                    return
        column.arm_id = None
        candidates = [by_id[arm_id] for arm_id in present if not by_id[arm_id].members]
        controls = [arm for arm in candidates if arm.role == "control"]
        others = [arm for arm in candidates if arm.role == "experimental"]
        if len(controls) == 1 and len(others) == 1:
            column.arm_id, column.reference_arm_id = others[0].arm_id, controls[0].arm_id

    def _arm_of_caption(self) -> Arm | None:
        """The one arm that a caption names when no header does: `in placebo-treated patients`."""
        caption = self.table.caption.label
        words = set(tokens(caption))
        more = [arm for arm in self.single if any(word in words for word in tokens(arm.label) if len(word) > 3)]
        if len(more) != 1:
            return None
        name = re.escape(re.sub(r"\s+(?:group|arm)$", "", more[0].label, flags=re.IGNORECASE))
        alone = (
            rf"(?<!\bby )(?<!\bbetween ){name}[\s‐-]*(?:treated|treatment\b|group\b|arm\b|patients|recipients|participants|subjects|only)"
        )
        return more[0] if re.search(alone, caption, re.IGNORECASE) else None

    def _unmask(self) -> None:
        """Words and short forms in row labels that are no statistics here: SD beside CR and PR, HR in bpm, RR that a note spells otherwise."""
        labels = {_short_of(row.path[-1]) for row in self.rows if row.path}
        said = " ".join((self.table.caption.label, *(note.passage.words for note in self.table.notes)))
        for row in self.rows:
            own = row.chain[0].named if row.chain else ()
            if self.kind == "adverse_events" and own and not is_statistic_label(row.path[-1]):
                spoken = re.match(r"(?:mean|average|median)\b", row.path[-1], re.IGNORECASE)
                own = tuple(name for name in own if name not in ("change", "diff", "reduction") and (name != "mean" or spoken))
                row.chain = (row.chain[0]._replace(named=own), *row.chain[1:])
            for short, name in SHORT_FORMS.items() if own else ():
                if (
                    name in own
                    and short in row.path[-1]
                    and re.search(rf"\b{short}\b", row.path[-1])
                    and _other_meaning(short, row.path[-1], labels, said, self.kind)
                ):
                    own = tuple(other for other in own if other != name)
                    if short == "RR" and _is_response_rate(row.path[-1], labels):
                        own = own or ("percent",)
                        self.response_rates.add(row.index)
                    row.chain = (row.chain[0]._replace(named=own), *row.chain[1:])

    def _head_endpoints(self) -> dict[int, str | None]:
        """By column: the endpoint that its headers name. Where headers name several, a column of their row that names none we know has
        its own phrase or nothing, never the caption's endpoint; a p value or limits go with the column to their left."""
        found: dict[int, str | None] = {}
        rows: set[int] = set()
        for column in self.layout.columns:
            for position in reversed(range(len(column.parts))):
                part, cell = column.parts[position], column.cells[position]
                if position == column.arm_cell or part.kind == "time" or "sd" in part.features.named:
                    continue
                known = vocabulary.known_endpoint(part.text)
                if known and known != "duration of follow-up":
                    found[column.index] = known
                    rows.add(cell.row)
                    break
        if len(set(found.values())) < 2:
            return found
        for column in self.layout.columns:
            if column.index in found or column.arm_cell is not None or not column.parts:
                continue
            over = next((part for part, cell in zip(column.parts, column.cells, strict=True) if cell.row in rows), None)
            if over is not None and over.kind == "name":
                spans = any(cell.row in rows and cell.column_span > 1 for cell in column.cells)
                found[column.index] = vocabulary.canonical_endpoint(over.text) if spans else None
            elif over is not None:
                found[column.index] = found.get(column.index - 1) if over.kind in ("p", "stat", "contrast") else None
        return found

    def _row_arms(self) -> dict[int, tuple[Arm, str]]:
        """Arms that stand in rows: by row, the arm and the label that names it."""
        if any(column.role == "arm" for column in self.layout.columns) or len(self.single) < 2:
            return {}
        labels = list(dict.fromkeys(label for row in self.rows for label in row.path))
        matched: dict[str, Arm] = {}
        begin = frozenset().union(*[starts(name) for arm in self.single for name in (arm.label, *arm.aliases)])
        for label in labels:
            if begin.isdisjoint(starts(label)):
                continue
            name = read_header(label).name
            arm = self._known(name) if name else None
            if arm is None and name and len(name) < 60:
                arm, score = best_match(name, self.single)
                arm = arm if score >= 0.6 else None
            if arm is not None:
                matched[label] = arm
        if len({arm.arm_id for arm in matched.values()}) < 2:
            return {}
        found = {}
        for row in self.rows:
            label = next((label for label in reversed(row.path) if label in matched), None)
            if label is not None:
                found[row.index] = (matched[label], label)
        return found

    # -- values ------------------------------------------------------------------------------------------------------------------------

    def extract(self) -> list[PublishedValue]:
        self._header_values()
        for row in self.rows:
            if row.is_data or row.path or row.continues:
                self._row_values(row)
        self._by_form()
        self._marks()
        return self.values

    def _by_form(self) -> None:
        """Figures that nothing accounts for are what all the table's other figures of their form are, where these agree."""
        for form, fits, landed in self.untold:
            known = self.forms.get(form, set())
            if landed[0].decimals:
                known = {meant for meant in known if meant[0] not in EXACT}
            if len(known) != 1:
                continue
            meant = next(iter(known))
            if (fits == "percent") != (meant[0] in ("count", "n_events")):
                continue
            for value, statistic in zip(landed, meant, strict=True):
                self.n_other -= value.statistic == "other" and value.missing_reason is None
                value.statistic = statistic
                value.note = "as the table's other figures of this form"
                value.estimate_id = landed[0].value_id
                value.unit = "%" if statistic in ("percent", "km_percent") else value.unit

    def record(self) -> TableRecord:
        table = self.table
        status, message = "extracted", None
        if self.n_other:
            status = "partial"
            message = f"{self.n_other} of {self.n_figures} figures are not understood: {', '.join(self.other_at[:3])}{' ...' if len(self.other_at) > 3 else ''}"
        elif not self.n_figures:
            message = "the table holds no figures"
        if table.message:
            status, message = "partial", "; ".join(filter(None, (table.message, message)))
        return TableRecord(
            table.table_id, table.label, table.caption.label, self.kind, table.n_rows, table.n_columns, self.layout.n_head, status, message
        )

    def _header_values(self) -> None:
        """N and confidence levels that header cells print."""
        done: set[int] = set()
        for column in self.layout.columns:
            for part, cell in zip(column.parts, column.cells, strict=True):
                if id(cell) in done:
                    continue
                done.add(id(cell))
                ordinal = 0
                if part.n_at:
                    arm = column.arm_id if column.role == "arm" and not self._spans_arms(cell) else None
                    scope = "arm" if arm else "total"
                    self._land(cell, cell.row, cell.column, ordinal, part.n_at[0], part.n_at[1], "n", float(part.n or 0), scope=scope, arm_id=arm,
                               population=column.population or self.context.population, subgroup=column.subgroup, unit="patients")  # fmt: skip
                    ordinal += 1
                if part.features.level is not None:
                    self._level(cell, cell.row, cell.column, ordinal, part.features.level)

    def _level(self, cell: Cell, row: int, column: int, ordinal: int, level: float) -> None:
        found = re.search(r"\d{2}(?:\.\d+)?(?=\s?%)", cell.passage.words)
        if found and float(found.group()) == level:
            self._land(cell, row, column, ordinal, found.start(), found.end(), "ci_level", level, scope="trial", unit="%")

    def _land(
        self, cell: Cell, row: int, column: int, ordinal: int, start: int, end: int, statistic: str, value: float, **fields: object
    ) -> None:
        """A number that stands in a header or label."""
        first, last = cell.passage.place(start, end)
        printed = self.article.text[first:last]
        low, high = (value, value) if statistic in EXACT or statistic == "ci_level" else rounding_interval(value, 0)
        landed = PublishedValue(f"{self.article.article_id}:{self.table.table_id}:r{row}c{column}:{ordinal}", "table", first, last, printed, statistic, value,
                                "results", self.table.table_id, row, column, decimals=0, value_low=low, value_high=high, locator=cell.passage.locator)  # fmt: skip
        for name, content in fields.items():
            setattr(landed, name, content)
        self.values.append(landed)

    def _row_values(self, row: Row) -> None:
        grid = self.table.grid[row.index]
        is_n = row.is_n or bool(row.path and N_ROW.fullmatch(row.path[-1]))
        facts: _RowFacts | None = None
        self.in_row = {}
        row_arm = self.row_arms.get(row.index)
        level = row.chain[0].level if row.chain else None
        if level is not None and row.cells and row.cells[-1].row == row.index:
            self._level(row.cells[-1], row.index, row.cells[-1].column, 0, level)
        words: dict[int, tuple[str, ...]] = {}
        for column in self.layout.columns:
            cell = grid[column.index]
            if cell.row != row.index or cell.column != column.index or not cell.passage.text:
                continue
            parsed = self.layout.read(cell)
            if not parsed.atoms and not parsed.missing:
                if named := features(cell.label).named:
                    self.above[column.index] = words[column.index] = named
                continue
            if facts is None:
                facts = self._row_facts(row)
            if parsed.missing:
                self._missing(row, column, cell, parsed, facts, row_arm)
            else:
                self._figures(row, column, cell, parsed, facts, row_arm, is_n)
        if facts is None and row.continues and len(words) > 1:
            self.sub_heads = words

    def _place(self, role: str, cell: Cell) -> Place:
        start, end = cell.passage.place(0, len(cell.passage.text))
        return Place(role, start, end, cell.row, cell.column)

    def _row_facts(self, row: Row) -> _RowFacts:
        path, context = row.path, self.context
        endpoint = assessor = None
        if self.kind in ("efficacy", "survival", "subgroup"):
            endpoint = "objective response" if row.index in self.response_rates else _endpoint(path)
            assessor = _first_assessor(path) or context.assessor
        return _RowFacts(
            path,
            row.chain[0].named if row.chain else (),
            tuple(f.named for f in row.chain[1:] if f.named),
            self._noted(row.cells[-1:]),
            tuple(self._place("row_label", cell) for cell in row.cells),
            _adjusted(path[-1]) if path else None,
            endpoint,
            assessor,
            bool(path) and _is_side_by_side(path[-1]),
        )

    def _column_facts(self, column: Column) -> _ColumnFacts:
        found = self.column_facts.get(column.index)
        if found is None:
            text = " ".join(part.text for part in column.parts)
            found = self.column_facts[column.index] = _ColumnFacts(
                tuple(f.named for f in column.chain),
                self._noted(column.cells),
                tuple(self._place("column_header", cell) for cell in column.cells),
                _adjusted(text),
                column.grade or self._noted_grade(column),
                text,
            )
        return found

    # -- one cell ------------------------------------------------------------------------------------------------------------------------

    def _figures(
        self, row: Row, column: Column, cell: Cell, parsed: Parsed, facts: _RowFacts, row_arm: tuple[Arm, str] | None, is_n: bool
    ) -> None:
        atoms = parsed.atoms
        is_contrast = column.role == "p" or column.role == "contrast"
        fits = _fits(atoms, self.n_now.get(column.index))
        slots = statistics.assign(parsed, self._hints(row, column, cell, facts, fits), column.role, self.kind, fits)
        told = True
        if len(slots) > 1 and not is_contrast:
            told = "other" not in [slot.statistic for slot in slots]
            if told:
                self.forms.setdefault(parsed.form, set()).add(tuple([slot.statistic for slot in slots]))
            elif self.convention and fits != "percent":
                slots = statistics.assign(
                    parsed, (*self._hints(row, column, cell, facts, fits), self.convention), column.role, self.kind, fits
                )
        elif (is_n or column.counts_patients) and not is_contrast and len(atoms) == 1 and atoms[0].decimals == 0:
            slots = (statistics.Slot("n", 0),)
            if atoms[0].value is not None:
                self._compare_n(row, column, cell, atoms[0])
                self.n_now[column.index] = int(atoms[0].value)
        columns = self._column_facts(column)
        shared = self._shared(row, column, cell, facts, columns, row_arm)
        stem = f"{self.stem}r{row.index}c{column.index}:"
        places = facts.places + columns.places
        adjusted = columns.adjusted if columns.adjusted is not None else facts.adjusted
        landed: list[PublishedValue] = []
        main = stem + "0"
        with_p = False
        for ordinal, (atom, slot) in enumerate(zip(atoms, slots, strict=True)):
            statistic = slot.statistic
            if statistic == "mean_difference":
                statistic = _difference(facts.path[-1] if facts.path else "", columns.text)
            statistic = _possible(statistic, atom)
            if (
                statistic == "percent"
                and fits != "percent"
                and self._is_km(row, column, any(other.statistic in COUNTED for other in slots))
            ):
                statistic = "km_percent"
            value_id = stem + str(ordinal)
            estimate = None
            if slot.estimate != ordinal:
                estimate = stem + str(slot.estimate)
                landed[slot.estimate].estimate_id = estimate
            elif ordinal == 0 and statistic in BESIDE:
                estimate = self._beside(column, statistic) or (self.estimates.get(column.index) if statistic in DEPENDENT else None)
            elif statistic in DEPENDENT:
                estimate = landed[0].estimate_id
            value = self._value(value_id, atom, statistic, row, column, cell, shared, estimate, places, adjusted)
            landed.append(value)
            with_p = with_p or statistic == "p_value"
            if statistic == "other" and atom.missing is None:
                self.n_other += 1
                if len(self.other_at) < 4:
                    self.other_at.append(f"row {row.index} column {column.index}: {cell.label[:40]}")
        self.n_figures += len(slots)
        if with_p:
            self._p_details(column, cell, row, landed)
        if not told and any(value.statistic == "other" for value in landed):
            self.untold.append((parsed.form, fits, landed))
        self.values.extend(landed)
        if slots[0].statistic not in NO_ESTIMATE:
            self.estimates[column.index] = main
            self.in_row[column.index] = landed[0]

    def _is_km(self, row: Row, column: Column, counted: bool) -> bool:
        """Whether percentages are Kaplan-Meier estimates: the table says so, or row or headers tell who is free of an event at a time."""
        if self.context.kaplan_meier and self.kind != "baseline":
            return True
        if counted or self.kind not in ("efficacy", "survival", "subgroup"):
            return False
        endpoint = self.head_endpoints.get(column.index) or ""
        headed = endpoint.endswith("survival") and re.match(r"\d+(?:\.\d+)?\s(?:year|month)", column.time or "") is not None
        return headed or any(_is_free_at(label) for label in row.path)

    def _compare_n(self, row: Row, column: Column, cell: Cell, atom: Atom) -> None:
        """A row that counts patients and differs from its column's header resets the denominator of what follows."""
        if column.n is not None and atom.value != column.n:
            start, end = cell.passage.place(atom.start, atom.end)
            told = f"{atom.text} in row {row.index}, {column.n} in the header"
            value_id = f"{self.stem}r{row.index}c{column.index}:0"
            self.observations.append(Observation("header_denominator", start, end, self.table.table_id, (value_id,), column.arm_id, told))

    def _beside(self, column: Column, statistic: str) -> str | None:
        """The estimate in the same row to which a column of limits, percentages or p values belongs: the nearest to the left of its arm or contrast."""
        for index in range(column.index - 1, -1, -1):
            left = self.in_row.get(index)
            if left is None:
                continue
            if statistic == "p_value":
                if left.scope != "contrast":
                    return None
            elif index < column.index - 2 or not _goes_with(statistic, left.statistic):
                return None
            other = next(c for c in self.layout.columns if c.index == index)
            if statistic != "p_value" and (other.arm_id != column.arm_id or other.role != column.role):
                return None
            left.estimate_id = left.value_id
            return left.value_id
        return None

    def _value(
        self, value_id: str, atom: Atom, statistic: str, row: Row, column: Column, cell: Cell, shared: _Shared, estimate: str | None,
        places: tuple[Place, ...], adjusted: bool | None,
    ) -> PublishedValue:  # fmt: skip
        passage = cell.passage
        first, last = passage.place(atom.start, atom.end)
        missing, number = atom.missing, atom.value
        unit: str | None = row.unit
        if number is None:
            low = high = None
            if missing == "nr":
                missing = "not_reached" if statistic in ("median", "ci_lower", "ci_upper", "other") else "not_reported"
        elif statistic in EXACT:
            low = high = number
            unit = "patients"
        elif statistic == "p_value":
            low, high = (0.0, number) if atom.comparator == "<" else _interval(number, atom.decimals)
            unit = None
        else:
            low, high = _interval(number, atom.decimals)
            if statistic in ("percent", "km_percent"):
                unit = "%"
        return PublishedValue(
            value_id, "table", first, last, self.article.text[first:last], statistic, number, "results", self.table.table_id, row.index, column.index,
            *shared, unit, estimate, None, None, adjusted, atom.comparator, missing, atom.decimals, low, high, False, None, passage.locator, places,
        )  # fmt: skip

    def _missing(self, row: Row, column: Column, cell: Cell, parsed: Parsed, facts: _RowFacts, row_arm: tuple[Arm, str] | None) -> None:
        slot = statistics.assign(_ONE, self._hints(row, column, cell, facts, ""), column.role, self.kind, "whole")[0]
        columns = self._column_facts(column)
        shared = self._shared(row, column, cell, facts, columns, row_arm)
        text = cell.passage.words
        reason = parsed.missing
        if reason == "dash" and shared.scope == "contrast" and shared.arm_id is not None and shared.arm_id == shared.reference_arm_id:
            reason = "reference"
        atom = Atom(len(text) - len(text.lstrip()), len(text.rstrip()), text.strip(), None, 0, "=", reason, 0, "", False, "", "")
        value_id = f"{self.stem}r{row.index}c{column.index}:0"
        value = self._value(
            value_id, atom, slot.statistic, row, column, cell, shared, None, facts.places + columns.places, columns.adjusted
        )
        value.decimals = None
        self.values.append(value)

    # -- meaning -------------------------------------------------------------------------------------------------------------------------

    def _hints(self, row: Row, column: Column, cell: Cell, facts: _RowFacts, fits: str) -> tuple[tuple[str, ...], ...]:
        """What is named for a cell, the strongest first."""
        above = self.above.get(column.index) if row.continues else None
        cell_noted = (
            tuple(names for names in self._noted((cell,)) if not COMPARING.isdisjoint(names))
            if cell.passage.marks and self.context.notes
            else ()
        )
        if cell_noted and (fits == "percent" or column.role in ("arm", "total")):
            cell_noted = ()  # a remark on a difference, not on what the figure is
        sub_head = None if above else self.sub_heads.get(column.index)
        key = (facts.own, facts.parents, facts.noted, facts.side_by_side, column.index, fits == "percent", above, sub_head, cell_noted)
        found = self.hints.get(key)
        if found is None:
            found = self.hints[key] = self._ordered(column, facts, fits, above, sub_head, cell_noted)
        return found

    def _ordered(
        self,
        column: Column,
        facts: _RowFacts,
        fits: str,
        above: tuple[str, ...] | None,
        sub_head: tuple[str, ...] | None,
        cell_noted: tuple[tuple[str, ...], ...],
    ) -> tuple[tuple[str, ...], ...]:
        own, parents, columns = facts.own, facts.parents, self._column_facts(column)
        heads = list(columns.heads)
        if sub_head:
            heads.insert(0, sub_head)
        if above:
            heads.insert(0, above)
            own = ()
        if (
            own in ((), ("change",))  # `minimally improved to no change`
            and fits == "percent"
            and column.role not in ("p", "contrast")
            and not any("km" in names for names in (*parents, *heads))
        ):
            own = ("count", "percent")
        moved = next((name for name in ("diff", "change") if name in own), None)
        if moved and heads and "mean" in heads[0] and moved not in heads[0]:
            heads[0] = (moved, *heads[0])
        rule = (statistics.RULE, self.context.rule.named, self.context.exception.named)
        noted = (*facts.noted, *columns.noted)
        if column.role in ("p", "contrast"):
            ordered = [*cell_noted, *heads, own, *noted, *parents, *rule]
        else:
            rows = [own, *parents] if own else list(parents)
            first = rows[0] if rows else ()
            same = heads and (
                not first or _family(heads[0]) == _family(first) != frozenset() or first == ("percent",) and "mean" in _family(heads[0])
            )
            ordered = [*cell_noted, heads[0], *rows, *heads[1:], *noted, *rule] if same else [*cell_noted, *rows, *heads, *noted, *rule]
        if facts.side_by_side:
            ordered.append(("side",))
        return tuple(names for names in ordered if names)

    def _noted(self, cells: Sequence[Cell]) -> tuple[tuple[str, ...], ...]:
        """What the notes say to which these cells' marks point."""
        if not self.context.notes:
            return ()
        found = []
        for cell in cells:
            for mark in cell.passage.marks:
                for note in self.context.notes.get(mark.symbol, ()):
                    if named := _note_features(note.passage.words):
                        found.append(named)
        return tuple(found)

    def _shared(
        self, row: Row, column: Column, cell: Cell, facts: _RowFacts, columns: _ColumnFacts, row_arm: tuple[Arm, str] | None
    ) -> _Shared:
        """The fields that all numbers of a cell share."""
        path, arm_id, reference, scope = row.path, column.arm_id, column.reference_arm_id, "total"
        context = self.context
        if row_arm is not None:
            if self.layout.n_labels > 1:  # the arm has a label column of its own
                path = tuple(label for label in path if label != row_arm[1]) or path
            arm_id = row_arm[0].arm_id
            scope = "arm"
            if column.role in ("p", "contrast"):
                scope, reference = "contrast", self._other_arm(arm_id)
        elif column.role == "arm":
            scope, arm_id, reference = self._scope_in_arm(row, column, cell)
        elif column.role in ("p", "contrast"):
            arm_id = arm_id or (context.arm.arm_id if context.arm is not None else None)
            scope = "arm" if arm_id and reference is None else "contrast"
        elif column.role in ("total", "value") and self._compares(row):
            scope, (arm_id, reference) = "contrast", self._named_pair(row)
        elif column.role == "total":
            scope = "total"
        elif context.arm is not None:
            scope, arm_id = "arm", context.arm.arm_id
        grade = (columns.grade or row.grade or context.grade) if self.kind == "adverse_events" else None
        subgroup = " > ".join(path) if self.kind == "subgroup" and path else column.subgroup
        population = row.population or column.population or context.population
        return _Shared(
            path,
            scope,
            arm_id,
            reference,
            population,
            facts.endpoint or self._endpoint_beside(row, column),
            facts.assessor,
            subgroup,
            grade,
            column.time or row.time or context.time,
        )

    def _endpoint_beside(self, row: Row, column: Column) -> str | None:
        """The endpoint of a figure whose row names none: its header's, else the caption's."""
        if self.kind not in ("efficacy", "survival", "subgroup"):
            return None
        if row.path and NOT_ASSESSED.match(row.path[-1]):
            return None
        if column.index in self.head_endpoints:
            return self.head_endpoints[column.index]
        return vocabulary.known_endpoint(self.table.caption.label)

    def _other_arm(self, arm_id: str) -> str | None:
        """The arm that a row of one arm is compared with: the only other, else the control."""
        others = [arm for arm in self.single if arm.arm_id != arm_id]
        if len(others) == 1:
            return others[0].arm_id
        return next((arm.arm_id for arm in others if arm.role == "control"), None)

    def _scope_in_arm(self, row: Row, column: Column, cell: Cell) -> tuple[str, str | None, str | None]:
        """A figure in an arm's column is the arm's, unless its row compares arms: scope, arm, reference arm."""
        own = Features(self.above[column.index]) if row.continues and column.index in self.above else row.chain[0] if row.chain else NOTHING
        if not own.named or COMPARING.isdisjoint(own.named):
            return "arm", column.arm_id, None
        ratio = own.named != ("pvalue",) and not RATIO_NAMES.isdisjoint(own.named)
        filled = [c for c in self.layout.columns if c.role == "arm" and self.table.grid[row.index][c.index].label]
        alone = cell.column_span > 1 or len({c.arm_id for c in filled}) == 1 and len(self.single) > 1
        if alone:
            numerator, reference = self._default_pair()
            return "contrast", numerator, reference
        if not ratio and not own.versus:
            return "arm", column.arm_id, None
        return "contrast", column.arm_id, self._reference_of(row, column.arm_id)

    def _compares(self, row: Row) -> bool:
        """Whether a row's own label, or the heading right above it, names a ratio, a difference or a p value."""
        return any(features.named and not COMPARING.isdisjoint(features.named) for features in row.chain[:2])

    def _named_pair(self, row: Row) -> tuple[str | None, str | None]:
        """The arms of a row `A vs B`; else experimental against control."""
        sides = re.split(r"\s(?:vs\.?|versus)\s", row.path[-1], maxsplit=1) if row.path else []
        if len(sides) == 2:
            left, right = (best_match(side, self.single)[0] for side in sides)
            if left is not None and right is not None and left is not right:
                return left.arm_id, right.arm_id
        return self._default_pair()

    def _default_pair(self) -> tuple[str | None, str | None]:
        """Experimental and control arm where this table has one of each."""
        here = {column.arm_id for column in self.layout.columns}
        arms = [arm for arm in self.single if arm.arm_id in here] or self.single
        controls = [arm.arm_id for arm in arms if arm.role == "control"]
        others = [arm.arm_id for arm in arms if arm.role == "experimental"]
        return (others[0], controls[0]) if len(controls) == len(others) == 1 else (None, None)

    def _reference_of(self, row: Row, arm_id: str | None) -> str | None:
        label = row.path[-1].lower() if row.path else ""
        found = re.search(r"\b(?:vs\.?|versus|relative to|compared (?:with|to)|against|over|from|minus)\s(?P<rest>.*)", label)
        if found:
            arm, score = best_match(re.sub(r"\(.*", "", found.group("rest")), self.single)
            if arm is not None and score >= 0.4:
                return arm.arm_id
        controls = [arm for arm in self.single if arm.role == "control"]
        return controls[0].arm_id if len(controls) == 1 else None

    def _noted_grade(self, column: Column) -> str | None:
        for cell in column.cells:
            for mark in cell.passage.marks:
                for note in self.context.notes.get(mark.symbol, ()):
                    if grade := grade_of(note.passage.words):
                        return grade
        return None

    def _p_details(self, column: Column, cell: Cell, row: Row, landed: list[PublishedValue]) -> None:
        """Sides and test of p values: from the cell's own marks, one a number, else from header and notes."""
        marked = [self._said_by_note(mark.symbol) for mark in cell.passage.marks] if self.context.notes else []
        if not marked or len(marked) < len(landed):
            around = (
                [self._said_by_note(mark.symbol) for c in (*column.cells, *row.cells[-1:]) for mark in c.passage.marks]
                if self.context.notes
                else []
            )
            marked = [" ".join((self._column_facts(column).text, *marked, *around))] * len(landed)
        for value, text in zip(landed, marked, strict=False):
            if value.statistic == "p_value":
                value.sides, value.method = _sides(text), _method(text)

    def _said_by_note(self, symbol: str) -> str:
        return " ".join(note.passage.words for note in self.context.notes.get(symbol, ()))

    def _marks(self) -> None:
        """Marks without a note, and notes without a mark."""
        if not self.table.notes:
            return
        used: set[str] = set()
        seen: set[int] = set()
        cells = [cell for row in self.table.grid for cell in row if cell.passage.marks]
        for passage in [self.table.caption, *(cell.passage for cell in cells)]:
            if id(passage) in seen:
                continue
            seen.add(id(passage))
            for mark in passage.marks:
                if mark.kind == "reference":
                    continue
                symbols = {mark.symbol, *re.split(r"[\s,]+", mark.symbol)}
                used |= symbols
                if mark.kind == "note" and not any(symbol in self.context.notes for symbol in symbols):
                    start, end = passage.place(mark.start, mark.end)
                    self.observations.append(Observation("mark_without_note", start, end, self.table.table_id, detail=mark.symbol))
        for symbol, notes in self.context.notes.items():
            if symbol not in used:
                start, end = notes[0].passage.place(0, min(len(notes[0].passage.text), 80))
                self.observations.append(Observation("note_without_mark", start, end, self.table.table_id, detail=symbol))


SHORT_FORMS = {
    "SD": "sd",
    "SE": "se",
    "HR": "hr",
    "OR": "or",
    "RR": "rr",
    "RD": "reduction",
    "MD": "diff",
    "ARR": "reduction",
    "ES": "diff",
}
RESPONSES = frozenset(("CR", "PR", "PD", "ORR", "CRR", "SD+PD", "CR+PR", "NC", "NE", "uCR"))
VITAL = re.compile(r"\b(?:bpm|beats|breaths|mm\s?Hg|/\s?min|per min)", re.IGNORECASE)


NOT_ASSESSED = re.compile(
    r"(?:not?[\s‐-]?(?:response[\s-])?(?:evalua(?:ble|ted)|assess(?:able|ed|ment)|determined|available)|non[\s‐-]?(?:evalua|assess)(?:ble|able)"
    r"|(?:un|in)(?:evalua|assess)(?:ble|able)|missing|unknown|NE|NA)\b",
    re.IGNORECASE,
)


def _short_of(label: str) -> str:
    """A label without unit and format: `CR (cases)`, `CR, n (%)` -> `CR`."""
    return re.split(r"\s*[,(\[]|\s+(?:n|no|%)(?!\w)", label.strip(), maxsplit=1)[0]


def _is_response_rate(label: str, labels: set[str]) -> bool:
    """Whether RR in a row label is a response rate: in percent, or below rows of responses; RR with a confidence interval or a p value
    is a risk ratio unless responses stand around it."""
    if _short_of(label) != "RR":
        return False
    return len(labels & (RESPONSES | {"SD"})) >= 2 or "%" in label and not {"ci", "pvalue"} & set(features(label).named)


def _other_meaning(short: str, label: str, labels: set[str], said: str, kind: str) -> bool:
    """Whether a short form that may be a statistic stands for something else in this table."""
    if short in ("SD", "OR") and len(labels & RESPONSES) >= 2 or short == "RR" and _is_response_rate(label, labels):
        return True
    if short not in ("SD", "SE") and (kind == "baseline" or VITAL.search(label)):
        return True
    found = re.search(rf"\b{short}\b\s?(?:=|,|:|;|indicates|denotes|stands for)?\s(?P<long>[a-z][\w-]+(?:\s[\w-]+){{0,2}})", said)
    return bool(found) and not re.search(
        r"hazard|odds|risk|ratio|rate|differ|standard|deviation|error|relative|effect|mean|reduc|95", found.group("long"), re.IGNORECASE
    )


_ONE = parsed_from((Atom(0, 1, "0", 0.0, 0, "=", None, 0, "", False, "", ""),), "#")


def _convention(article: Article) -> tuple[str, ...]:
    """How the article says that it gives all its figures; nothing where it says so twice and differently."""
    said = [found for p in article.paragraphs if p.section in ("methods", "results") and (found := convention_of(p.passage.text).named)]
    return said[0] if said and all(set(other) == set(said[0]) for other in said) else ()


@lru_cache(maxsize=5_000)
def _rule(caption: str, notes: tuple[str, ...]) -> tuple[Features, Features]:
    """How a table's figures are set, from its caption and its notes without mark."""
    rule: list[str] = []
    exception: list[str] = []
    for text in (caption, *notes):
        named, other = format_features(text)
        rule.extend(name for name in named.named if name not in rule)
        exception.extend(name for name in other.named if name not in exception)
    for found in re.finditer(r"[(\[]([^()\[\]]{1,40}(?:\([^()]*\))?)[)\]]", caption):
        rule.extend(name for name in features(found.group(1)).named if name not in rule and name not in ("pvalue", "ci"))
    if "ci" not in rule and any(CI_BRACKETED.search(text) for text in (caption, *notes)):
        rule.append("ci")
    ratios = [name for name in features(caption).named if name in ("hr", "or", "rr")]
    if ratios and re.search(r"hazard|odds|relative|risk ratio|rate ratio", caption, re.IGNORECASE):
        rule.extend((*ratios, "ci"))
    if re.match(r"(?:mean|median)s?\b", caption, re.IGNORECASE):
        rule.extend(name for name in features(caption[:60]).named if name not in rule)
    return Features(tuple(rule)), Features(tuple(exception))


@lru_cache(maxsize=5_000)
def _note_features(text: str) -> tuple[str, ...]:
    """What a marked note says of the figures beside its mark: a short note that names a statistic, or a sentence on format."""
    named = tuple(name for name in format_features(text)[0].named if name != "pvalue")
    if named:
        return named
    if len(text) < 90 and PARENTHESES.search(text):
        return tuple(name for name in features(text).named if name not in ("pvalue", "diff"))
    return tuple(name for name in features(text).named if name != "pvalue") if len(text) < 60 and is_statistic_label(text) else ()


_interval = lru_cache(maxsize=50_000)(rounding_interval)
CI_BRACKETED = re.compile(
    r"\bconfidence (?:intervals?|limits?)\b[^.;]{0,20}\b(?:in|within|between) (?:parenthes[ei]s|brackets)", re.IGNORECASE
)
PARENTHESES = re.compile(r"\b(?:in|within|between) (?:parenthes[ei]s|brackets)\b", re.IGNORECASE)
N_HEADER = re.compile(
    r"(?:(?:total\s)?(?:no\.?|numbers?|n|#)|total(?=\s))(?:\s(?:of\s)?(?:patients|subjects|participants|samples|women|children|men|cases|eyes|observations|individuals|evaluable))?",
    re.IGNORECASE,
)
KM_RATES = re.compile(
    r"(?:kaplan[-–‐\s]meier|\bKM\b)[^.;]{0,40}\b(?:rates?|estimates?|percent\w*|incidence|probabilit\w+|%)|(?:rates?|estimates?|percentages?)[^.;]{0,50}kaplan[-–‐\s]meier",
    re.IGNORECASE,
)
FREE_AT = re.compile(
    r"(?:surviv\w*|\b(?:OS|PFS|DFS|EFS|RFS)\b|[\s-]free\b)[^;]{0,40}\b(?:at\s)?\d+(?:\.\d+)?[\s‐-]?(?:years?|yrs?|months?|mo)\b|\b\d+[\s‐-](?:year|yr|month|mo)s?\b[^;]{0,40}(?:surviv|\b(?:OS|PFS|DFS|EFS|RFS)\b)",
    re.IGNORECASE,
)
COUNTED = frozenset(("count", "n_events", "n"))
PARTS_OF_ONE = frozenset(("hazard_ratio", "odds_ratio", "risk_ratio"))


def _possible(statistic: str, atom: Atom) -> str:
    """The statistic, unless the number can't be one: half a patient, a ratio below zero, a p value above one."""
    value = atom.value
    if value is None:
        return statistic
    if statistic in EXACT:
        return statistic if value >= 0 and value == int(value) else "other"
    if statistic in PARTS_OF_ONE:
        return statistic if value >= 0 else "other"
    return "other" if statistic == "p_value" and not 0 <= value <= 1 else statistic


RATIO_NAMES = frozenset(("hr", "or", "rr", "diff", "reduction"))
COMPARING = RATIO_NAMES | {"pvalue"}
DEPENDENT = frozenset(("ci_lower", "ci_upper", "minimum", "maximum", "q1", "q3", "sd", "se"))
BESIDE = DEPENDENT | {"percent", "km_percent", "p_value"}


def _goes_with(statistic: str, left: str) -> bool:
    """Whether a column of this statistic can belong to the estimate in the column to its left."""
    if statistic in ("percent", "km_percent"):
        return left in ("count", "n_events")
    return left not in ("count", "n_events", "n", "denominator", "other")


NO_ESTIMATE = frozenset(("ci_lower", "minimum", "q1", "sd", "se", "p_value", "n", "other"))


def _fits(atoms: tuple[Atom, ...], n: int | None) -> str:
    """What arithmetic with N says of the first two numbers: which is a count of N, which its percentage."""
    first = atoms[0]
    if len(atoms) == 1:
        return "whole" if n and first.value is not None and first.decimals == 0 and 0 <= first.value <= n else ""
    second = atoms[1]
    if first.value is None or second.value is None:
        return ""
    if second.link == "/":
        if n and first.value + second.value == n:
            return "both"
        if n and second.value == n:
            return "over_n"
        return "over" if first.value <= second.value and not (n and second.value > n) else "no"
    if second.link or not n:
        return ""
    for part, share, name in ((first, second, "percent"), (second, first, "count")):
        if part.decimals == 0 and 0 <= part.value <= n and abs(100 * part.value / n - share.value) <= 0.5 * 10.0**-share.decimals + 0.55:  # type: ignore[operator]
            return name
    return "no"


@lru_cache(maxsize=20_000)
def _difference(label: str, header: str) -> str:
    """A difference of means, unless the words speak of percentages."""
    said = f"{label} {header}".replace("95%", "").replace("95 %", "")
    percents = re.search(r"%|percent|proportion|rate difference|risk difference", said) and not re.search(r"mean|LS", said)
    return "percent_difference" if percents else "mean_difference"


_MEAN, _MEDIAN, _COUNT = (
    frozenset(("mean", "sd", "se", "change")),
    frozenset(("median", "iqr", "range", "minimum", "maximum")),
    frozenset(("count", "percent", "events", "km")),
)


@lru_cache(maxsize=20_000)
def _family(names: tuple[str, ...]) -> frozenset[str]:
    said = set(names)
    return frozenset(name for name, members in (("mean", _MEAN), ("median", _MEDIAN), ("count", _COUNT)) if said & members)


@lru_cache(maxsize=20_000)
def _is_side_by_side(label: str) -> bool:
    return ("/" in label or ":" in label) and SIDE_BY_SIDE.search(label) is not None and not OF_N.search(label)


@lru_cache(maxsize=20_000)
def _is_free_at(label: str) -> bool:
    return FREE_AT.search(label) is not None


ASSESSED = re.compile(r"bicr|irc|idmc|irrc|icr|independent|central|blinded|investigator")


@lru_cache(maxsize=20_000)
def _assessor(text: str) -> str | None:
    if not ASSESSED.search(text.lower()):
        return None
    return next((name for name, pattern in ASSESSORS if pattern.search(text)), None)


def _first_assessor(path: tuple[str, ...]) -> str | None:
    return next((found for label in reversed(path) if (found := _assessor(label))), None)


@lru_cache(maxsize=20_000)
def _endpoint(path: tuple[str, ...]) -> str | None:
    """The endpoint that a row tells of: the nearest label that names one."""
    if path and NOT_ASSESSED.match(path[-1]):
        return None
    for label in reversed(path):
        if found := vocabulary.known_endpoint(label):
            return found
    return None


@lru_cache(maxsize=20_000)
def _adjusted(text: str) -> bool | None:
    low = text.lower()
    if "just" not in low and "varia" not in low and "crude" not in low:
        return None
    if UNADJUSTED.search(text):
        return False
    return True if ADJUSTED.search(text) else None


@lru_cache(maxsize=5_000)
def _sides(text: str) -> int | None:
    found = SIDES.search(text)
    return None if not found else 1 if found.group(1).lower() in ("one", "1") else 2


@lru_cache(maxsize=5_000)
def _method(text: str) -> str | None:
    found = METHOD.search(text)
    return " ".join(found.group().split()) if found else None


def _generic(name: str) -> bool:
    return bool(
        re.fullmatch(
            r"(?:treatment|study|patient)?\s?(?:groups?|arms?|treatments?|values?|results?|number|patients|cohort)", name, re.IGNORECASE
        )
    )


__all__ = ["extract_tables", "find_arms"]
