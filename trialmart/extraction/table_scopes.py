"""Whose a figure is: an arm's, a contrast of two arms, or of both together.

Belongs here: arms that stand in rows, rows that compare arms, and what column and row together make of it. Does not: which arm a column
is (table_columns).
"""

from __future__ import annotations

import re

from trialmart.document import Cell
from trialmart.extraction.arm_names import Roster, best_match, starts
from trialmart.extraction.headers import Column, Layout, read_header
from trialmart.extraction.labels import NOTHING, Features
from trialmart.extraction.rows import Row
from trialmart.extraction.values import Arm

RATIO_NAMES = frozenset(("hr", "or", "rr", "diff", "reduction"))
COMPARING = RATIO_NAMES | {"pvalue"}
VERSUS = re.compile(r"\s(?:vs\.?|versus)\s")
AGAINST = re.compile(r"\b(?:vs\.?|versus|relative to|compared (?:with|to)|against|over|from|minus)\s(?P<rest>.*)")
IN_BRACKETS = re.compile(r"\(.*")

Scope = tuple[str, str | None, str | None]  # scope, arm, reference arm


class Scopes:
    """A table's arms, in columns or in rows."""

    def __init__(self, layout: Layout, rows: list[Row], roster: Roster, arm: Arm | None) -> None:
        self.layout, self.roster, self.single = layout, roster, roster.single
        self.arm_id = arm.arm_id if arm is not None else None  # of the caption
        self.rows = self._row_arms(rows)
        self.pair = self._default_pair()

    def of(self, row: Row, column: Column, cell: Cell, above: tuple[str, ...] | None) -> Scope:
        """Whose the figures of a cell are. `above`: what a cell of words above this one names, where the row goes on with that one."""
        role = column.role
        if row.index in self.rows:
            arm_id = self.rows[row.index][0].arm_id
            return ("contrast", arm_id, self._other_arm(arm_id)) if role in ("p", "contrast") else ("arm", arm_id, column.reference_arm_id)
        if role == "arm":
            own = Features(above) if above is not None else row.chain[0] if row.chain else NOTHING
            if not own.named or COMPARING.isdisjoint(own.named):
                return "arm", column.arm_id, None
            return self._comparing(row, column, cell, own)
        if role in ("p", "contrast"):
            arm_id = column.arm_id or self.arm_id
            return "arm" if arm_id and column.reference_arm_id is None else "contrast", arm_id, column.reference_arm_id
        if compares(row):
            return "contrast", *self._named_pair(row)
        if role != "total" and self.arm_id is not None:
            return "arm", self.arm_id, column.reference_arm_id
        return "total", column.arm_id, column.reference_arm_id

    def path(self, row: Row) -> tuple[str, ...]:
        """A row's labels without the arm's, where that has a label column of its own."""
        if row.index not in self.rows or self.layout.n_labels == 1:
            return row.path
        return tuple([label for label in row.path if label != self.rows[row.index][1]]) or row.path

    # -- rows of arms ----------------------------------------------------------------------------------------------------------------------

    def _row_arms(self, rows: list[Row]) -> dict[int, tuple[Arm, str]]:
        """Arms that stand in rows: by row, the arm and the label that names it."""
        if any(column.role == "arm" for column in self.layout.columns) or len(self.single) < 2:
            return {}
        matched: dict[str, Arm] = {}
        begin = self.roster.begin
        for label in dict.fromkeys([label for row in rows for label in row.path]):
            if not begin.isdisjoint(starts(label)) and (arm := self._arm_named(label)) is not None:
                matched[label] = arm
        if len({arm.arm_id for arm in matched.values()}) < 2:
            return {}
        found = {}
        for row in rows:
            label = next((label for label in reversed(row.path) if label in matched), None)
            if label is not None:
                found[row.index] = (matched[label], label)
        return found

    def _arm_named(self, label: str) -> Arm | None:
        name = read_header(label).name
        arm = self.roster.known(name) if name else None
        if arm is None and name and len(name) < 60:
            arm, score = best_match(name, self.single)
            arm = arm if score >= 0.6 else None
        return arm

    def _other_arm(self, arm_id: str) -> str | None:
        """The arm that a row of one arm is compared with: the only other, else the control."""
        others = [arm for arm in self.single if arm.arm_id != arm_id]
        if len(others) == 1:
            return others[0].arm_id
        return next((arm.arm_id for arm in others if arm.role == "control"), None)

    # -- rows that compare arms ------------------------------------------------------------------------------------------------------------

    def _comparing(self, row: Row, column: Column, cell: Cell, own: Features) -> Scope:
        """A figure in an arm's column whose row names a ratio, a difference or a p value."""
        filled = [c for c in self.layout.columns if c.role == "arm" and self.layout.table.grid[row.index][c.index].label]
        if cell.column_span > 1 or len({c.arm_id for c in filled}) == 1 and len(self.single) > 1:
            return "contrast", *self.pair
        ratio = own.named != ("pvalue",) and not RATIO_NAMES.isdisjoint(own.named)
        if not ratio and not own.versus:
            return "arm", column.arm_id, None
        return "contrast", column.arm_id, self._reference_of(row)

    def _named_pair(self, row: Row) -> tuple[str | None, str | None]:
        """The arms of a row `A vs B`; else experimental against control."""
        sides = VERSUS.split(row.path[-1], maxsplit=1) if row.path else []
        if len(sides) == 2:
            left, right = (best_match(side, self.single)[0] for side in sides)
            if left is not None and right is not None and left is not right:
                return left.arm_id, right.arm_id
        return self.pair

    def _default_pair(self) -> tuple[str | None, str | None]:
        """Experimental and control arm where this table has one of each."""
        here = {column.arm_id for column in self.layout.columns}
        arms = [arm for arm in self.single if arm.arm_id in here] or self.single
        controls = [arm.arm_id for arm in arms if arm.role == "control"]
        others = [arm.arm_id for arm in arms if arm.role == "experimental"]
        return (others[0], controls[0]) if len(controls) == len(others) == 1 else (None, None)

    def _reference_of(self, row: Row) -> str | None:
        found = AGAINST.search(row.path[-1].lower() if row.path else "")
        if found:
            arm, score = best_match(IN_BRACKETS.sub("", found.group("rest")), self.single)
            if arm is not None and score >= 0.4:
                return arm.arm_id
        controls = [arm for arm in self.single if arm.role == "control"]
        return controls[0].arm_id if len(controls) == 1 else None


def compares(row: Row) -> bool:
    """Whether a row's own label, or the heading right above it, names a ratio, a difference or a p value."""
    return any(features.named and not COMPARING.isdisjoint(features.named) for features in row.chain[:2])
