"""Which arm, contrast or total each column of a table is, and the endpoint that its headers name.

Belongs here: matching header names with the article's arms, side by side; columns that go with the one to their left. Does not: reading
a header cell (headers), arms in rows (table_scopes).
"""

from __future__ import annotations

import re

from trialmart.document import Cell
from trialmart.extraction import vocabulary
from trialmart.extraction.arm_names import Roster, best_match, match_names, tokens
from trialmart.extraction.headers import Column, Layout
from trialmart.extraction.values import Arm

N_HEADER = re.compile(
    r"(?:(?:total\s)?(?:no\.?|numbers?|n|#)|total(?=\s))(?:\s(?:of\s)?(?:patients|subjects|participants|samples|women|children|men|cases|eyes|observations|individuals|evaluable))?",
    re.IGNORECASE,
)
VERSUS = re.compile(r"\b(?:vs\.?|versus)\b", re.IGNORECASE)
SIDES = re.compile(r"\s(?:vs\.?|versus|compared with|over)\s|(?<=\w)\s?/\s?(?=\w)")
GENERIC = re.compile(r"(?:treatment|study|patient)?\s?(?:groups?|arms?|treatments?|values?|results?|number|patients|cohort)", re.IGNORECASE)


def resolve_columns(layout: Layout, roster: Roster) -> Arm | None:
    """Sets role and arms of all columns. Returns the arm that the caption names where no header names one."""
    columns = _Columns(layout, roster)
    columns.resolve()
    named = any(column.arm_id for column in layout.columns)
    columns.finish()
    return None if named else _arm_of_caption(layout, roster)


def take_headers(layout: Layout, above: Layout) -> None:
    """A further table of the same wrap goes under the first one's headers where it has as many columns and names no arm itself."""
    if above.table.n_columns != layout.table.n_columns or any(column.arm_id for column in layout.columns):
        return
    known = {column.index: column for column in above.columns}
    for column in layout.columns:
        if other := known.get(column.index):
            column.role, column.arm_id, column.reference_arm_id = other.role, other.arm_id, other.reference_arm_id
            column.grade, column.time, column.population = (
                column.grade or other.grade,
                column.time or other.time,
                column.population or other.population,
            )
            column.chain = (*column.chain, *other.chain)
            column.n = column.n if column.n is not None else other.n


class _Columns:
    """A table's headers on their way to arms."""

    def __init__(self, layout: Layout, roster: Roster) -> None:
        self.layout, self.roster = layout, roster
        self.arms, self.single = roster.arms, roster.single

    def resolve(self) -> None:
        """Which arm each column's headers name: names that stand side by side are matched together."""
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
        sure = {row for row, entries in levels.items() if sum(self.roster.known(name) is not None for name, _, _ in entries.values()) >= 2}
        for row in sorted(levels, key=lambda row: (row not in sure, row)):
            self._match_level(list(levels[row].values()), not sure or row in sure)

    def _match_level(self, entries: list[tuple[str, int | None, list[tuple[Column, int]]]], loosely: bool) -> None:
        names = list(dict.fromkeys(name for name, _, _ in entries))
        ns = [next((n for other, n, _ in entries if other == name), None) for name in names]
        known = [self.roster.known(name) for name in names]
        rest = [i for i, arm in enumerate(known) if arm is None and not VERSUS.search(names[i])]
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
        known = self.roster.known(name)
        if known is not None and known.arm_id == column.arm_id:
            return True
        cell = column.cells[position]
        over = range(cell.column, cell.column + cell.column_span)
        elsewhere = {other.arm_id for other in self.layout.columns if other.index not in over and other.arm_id}
        return (
            bool(elsewhere)
            and spans_arms(self.layout, cell)
            and not any(other.arm_id in elsewhere for other in self.layout.columns if other.index in over)
        )

    def _pooled(self, name: str) -> bool:
        return any(arm.members and name == arm.label for arm in self.arms)

    def finish(self) -> None:
        by_id = self.roster.by_id
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
                (part.text for part in leftover if not GENERIC.fullmatch(part.name) and not part.features.named and not part.population),
                None,
            )
            if column.role == "contrast" and column.parts and N_HEADER.fullmatch(column.parts[-1].text):
                column.role, column.counts_patients, column.arm_id, column.reference_arm_id = "total", True, None, None
            if column.n is None and column.arm_id and column.role == "arm":
                column.n = next((other.n for other in self.layout.columns if other.arm_id == column.arm_id and other.n is not None), None)
            self._inherit(column)
            self._limits(column)
        self._patients_columns()

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
            column.counts_patients = column.counts_patients or any(
                not other.parts or set(other.parts[-1].features.named) != {"percent"} for other in beside
            )

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

    def _limits(self, column: Column) -> None:
        """Columns headed only by confidence limits go with the nearest contrast to their left, past p values and other limits."""
        if column.role != "value" or column.arm_id or not _only_limits(column):
            return
        for other in [c for c in self.layout.columns if c.index < column.index][::-1]:
            if other.role == "contrast":
                column.role, column.arm_id, column.reference_arm_id = other.role, other.arm_id, other.reference_arm_id
                return
            if other.role != "p" and not _only_limits(other):
                return

    def _contrast(self, column: Column, present: list[str], by_id: dict[str, Arm]) -> None:
        """Numerator and comparator of a column of contrasts: as named, else experimental against control where the table has one of each."""
        if column.arm_id and column.arm_cell is not None and column.cells[column.arm_cell].column_span > 1:
            tested = {other.arm_id for other in self.layout.columns if other.role == column.role and other.arm_id}
            if len(tested) > 1 or len(present) < 2:
                return  # within an arm: before against after
        for part in column.parts:
            sides = SIDES.split(part.name, maxsplit=1)
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


def _only_limits(column: Column) -> bool:
    named = {name for features in column.chain for name in features.named}
    return bool(named) and named <= {"ci", "lower", "upper"}


def spans_arms(layout: Layout, cell: Cell) -> bool:
    """Whether a header cell stands over columns of more than one arm."""
    if cell.column_span < 2:
        return False
    over = range(cell.column, cell.column + cell.column_span)
    return len({column.arm_id for column in layout.columns if column.index in over and column.arm_id}) > 1


def _arm_of_caption(layout: Layout, roster: Roster) -> Arm | None:
    """The one arm that a caption names when no header does: `in placebo-treated patients`."""
    if len(roster.single) < 2:
        return None
    caption = layout.table.caption.label
    words = set(tokens(caption))
    more = [arm for arm in roster.single if any(word in words for word in tokens(arm.label) if len(word) > 3)]
    if len(more) != 1:
        return None
    name = re.escape(re.sub(r"\s+(?:group|arm)$", "", more[0].label, flags=re.IGNORECASE))
    alone = rf"(?<!\bby )(?<!\bbetween ){name}[\s‐-]*(?:treated|treatment\b|group\b|arm\b|patients|recipients|participants|subjects|only)"
    return more[0] if re.search(alone, caption, re.IGNORECASE) else None


def head_endpoints(layout: Layout) -> dict[int, str | None]:
    """By column: the endpoint that its headers name. Where headers name several, a column of their row that names none we know has
    its own phrase or nothing, never the caption's endpoint; a p value or limits go with the column to their left."""
    found: dict[int, str | None] = {}
    rows: set[int] = set()
    for column in layout.columns:
        for position in reversed(range(len(column.parts))):
            part, cell = column.parts[position], column.cells[position]
            if (
                position == column.arm_cell
                or part.kind == "time"
                or "sd" in part.features.named
                and any("sd" in named for named in column.chain)
            ):
                continue
            known = vocabulary.known_endpoint(part.text)
            if known and known != "duration of follow-up":
                found[column.index] = known
                rows.add(cell.row)
                break
    if len(set(found.values())) < 2:
        return found
    for column in layout.columns:
        if column.index in found or column.arm_cell is not None or not column.parts:
            continue
        over = next((part for part, cell in zip(column.parts, column.cells, strict=True) if cell.row in rows), None)
        if over is not None and over.kind == "name":
            spans = any(cell.row in rows and cell.column_span > 1 for cell in column.cells)
            found[column.index] = vocabulary.canonical_endpoint(over.text) if spans else None
        elif over is not None:
            found[column.index] = found.get(column.index - 1) if over.kind in ("p", "stat", "contrast") else None
    return found
