"""Which statistic each number of a cell is, from the cell's shape and from what row, header, caption and notes name.

Belongs here: the decision, from shapes and names alone. Does not: reading words (labels) or cells (cells). A number that nothing
accounts for is `other`: it is landed as such and the table says so.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from trialmart.extraction.cells import Parsed, Sign

Names = tuple[str, ...]
SINGLE = {
    "hr": "hazard_ratio", "or": "odds_ratio", "rr": "risk_ratio", "fold": "ratio", "reduction": "risk_difference", "diff": "mean_difference",
    "change": "mean_change", "incidence": "incidence_rate", "person_time": "person_time", "median": "median", "mean": "mean",
    "pvalue": "p_value", "km": "km_percent", "sd": "sd", "se": "se", "minimum": "minimum", "maximum": "maximum", "lower": "ci_lower", "upper": "ci_upper", "q1": "q1", "q3": "q3",
}  # fmt: skip
ORDER = (
    "lower",
    "upper",
    "q1",
    "q3",
    "hr",
    "or",
    "rr",
    "fold",
    "reduction",
    "diff",
    "change",
    "incidence",
    "person_time",
    "median",
    "mean",
    "pvalue",
    "sd",
    "se",
    "minimum",
    "maximum",
)
CONTRASTS = frozenset(("hr", "or", "rr", "reduction", "diff"))
CENTRES = frozenset(("mean", "change", "diff"))
RULE: Names = ("rule",)  # what follows it in the hints holds for the whole table, not for the row or column
INTERVALS = {"ci": ("ci_lower", "ci_upper"), "iqr": ("q1", "q3"), "range": ("minimum", "maximum")}
RATIOS = frozenset(
    ("hazard_ratio", "odds_ratio", "risk_ratio", "ratio", "risk_difference", "mean_difference", "percent_difference", "mean_change")
)


class Slot(NamedTuple):
    """What one atom is: its statistic, and the atom that is its estimate (its own index where it has none)."""

    statistic: str
    estimate: int


class Item(NamedTuple):
    """Atoms that are one figure or one interval."""

    kind: str  # one, pair (an interval), pm (figure ± figure), over (count / denominator)
    first: int
    last: int
    group: int


def assign(parsed: Parsed, hints: tuple[Names, ...], role: str, kind: str, fits: str) -> tuple[Slot, ...]:
    """The statistic of every atom of a cell.

    hints: what is named, the strongest first. role: the column's. kind: the table's. fits: `percent` where the bracketed number is the
    percentage that the first is of N, `count` where it is the other way round, `no` where neither, `` where N is not known.
    """
    return _assign(parsed.signs, hints, role, kind, fits)


@lru_cache(maxsize=20_000)
def _assign(signs: tuple[Sign, ...], hints: tuple[Names, ...], role: str, kind: str, fits: str) -> tuple[Slot, ...]:
    slots: list[Slot] = [Slot("other", index) for index in range(len(signs))]
    lone = len(signs) == 2 and signs[1].link in (",", ";", ":") and not signs[1].group and bool(hints) and hints[0][0] in INTERVALS
    if len(signs) > 2 and all(sign.link == "/" and not sign.group for sign in signs[1:]):  # `64/8/9`: several groups side by side
        counted = (fits == "both" or ("side",) in hints) and all(sign.whole and not sign.percent for sign in signs)
        return tuple([Slot("count" if counted else "other", index) for index in range(len(signs))])
    items = [Item("pair", 0, 1, 0)] if lone else _items(signs)  # `19.0, 64.0` under `Min, Max`
    unit = _Unit(signs, hints, role, kind, fits, slots)
    mains = [item for item in items if item.group == 0] or items[:1]
    used: list[str] = []
    with_p = any("pvalue" in names and names[0] != "pvalue" for names in hints)
    for position, item in enumerate(items):
        if with_p and item in mains[1:] and item.kind == "one" and slots[mains[0].first].statistic in RATIOS:
            slots[item.first] = Slot("p_value", mains[0].first)  # `difference (95% CI); p value`
        elif item in mains:
            inner = [other for other in items[position + 1 :] if other.group != 0]
            following = next((i for i, other in enumerate(items[position + 1 :]) if other in mains), None)
            unit.main(item, inner if following is None else items[position + 1 : position + 1 + following])
            used = []
        else:
            used.append(unit.inner(item, used))
    return tuple(slots)


def _items(signs: tuple[Sign, ...]) -> list[Item]:
    items: list[Item] = []
    index = 0
    while index < len(signs):
        sign = signs[index]
        after = signs[index + 1] if index + 1 < len(signs) else None
        if after is not None and after.link == "±":
            items.append(Item("pm", index, index + 1, sign.group))
        elif after is not None and after.link == "-":
            items.append(Item("pair", index, index + 1, sign.group))
        elif after is not None and after.link == "/" and after.group == sign.group:
            items.append(Item("over", index, index + 1, sign.group))
        elif (
            after is not None
            and sign.group
            and after.link in (",", ";", ":", "/")
            and after.group == sign.group
            and not after.word
            and _two_in_group(signs, index)
        ):
            items.append(Item("pair", index, index + 1, sign.group))
        else:
            items.append(Item("one", index, index, sign.group))
            index += 1
            continue
        index += 2
    return items


def _two_in_group(signs: tuple[Sign, ...], index: int) -> bool:
    group = signs[index].group
    members = [i for i, sign in enumerate(signs) if sign.group == group]
    return members[:2] == [index, index + 1] and (len(members) == 2 or bool(signs[members[2]].word) or len(members) == 4)


class _Unit:
    """A main figure and what hangs on it."""

    def __init__(self, signs: tuple[Sign, ...], hints: tuple[Names, ...], role: str, kind: str, fits: str, slots: list[Slot]) -> None:
        self.signs, self.hints, self.role, self.kind, self.fits, self.slots = signs, hints, role, kind, fits, slots
        self.estimate = 0
        self.statistic = "other"

    def _set(self, index: int, statistic: str, estimate: int | None = None) -> None:
        self.slots[index] = Slot(statistic, index if estimate is None else estimate)

    # -- the main figure ---------------------------------------------------------------------------------------------------------

    def main(self, item: Item, inner: list[Item]) -> None:
        first, last = item.first, item.last
        self.estimate = first
        if item.kind == "pair":
            self._lone_interval(item)
            return
        if item.kind == "pm":
            self.statistic = self._mean_like()
            self._set(first, self.statistic)
            self._set(last, self._spread(), first)
            return
        if item.kind == "over":
            self._fraction(item)
            return
        sign = self.signs[first]
        self.statistic = self._single(sign, [i for i in inner if i.kind == "one"], bool([i for i in inner if i.kind == "pair"]))
        self._set(first, self.statistic)

    def _single(self, sign: Sign, ones: list[Item], interval: bool) -> str:
        if sign.word == "n":
            return "n"
        if sign.word == "test":  # F = 19.68, Z = -0.13
            return "other"
        if sign.word in SINGLE:
            return SINGLE[sign.word]
        if ones and not interval and self.signs[ones[0].first].word in ("", "n"):
            return self._before_bracket(sign, self.signs[ones[0].first])
        for at, names in enumerate(self.hints):
            if names == ("percent",) and not sign.share and not sign.percent and RULE in self.hints[:at]:
                continue  # more than a hundred, in a table of percentages
            if ones and interval and "mean" in names and "median" in names and names.index("mean") < names.index("median"):
                return "mean"  # mean (median [IQR])
            found = self._by_names(names, sign)
            if found:
                return found
        return self._by_default(sign)

    def _by_names(self, names: Names, sign: Sign) -> str | None:
        if not names:
            return None
        if names[0] == "pvalue":
            return "p_value"
        if names[0] == "test":
            return "other"
        if "change" in names and "diff" in names:
            return "mean_difference"
        if (
            ("count" in names or "percent" in names)
            and ("mean" in names or "median" in names)
            and sign.whole
            and self.fits == "whole"
            and len(names) > 2
        ):
            return "count"
        if "percent" in names and "diff" in names:
            return "percent_difference"
        if "change" in names and "median" in names:
            return "median"
        for name in (*(name for name in names if name in CONTRASTS), *ORDER):
            if name in names and name != "pvalue":
                if name in ("mean", "median", "change") and sign.percent and "percent" in names and "count" in names:
                    continue
                return SINGLE[name]
        if "km" in names:
            return (
                "count"
                if ("count" in names or "events" in names) and not sign.percent and sign.whole and names.index("km") > 0
                else "km_percent"
            )
        counts, percents = "count" in names or "events" in names, "percent" in names
        if counts and percents:
            if sign.percent or sign.group and sign.share:
                return "percent"
            return self._count(names) if sign.whole else ("percent" if sign.share else "other")
        if counts and (sign.whole or sign.percent):
            return "percent" if sign.percent else self._count(names)
        if percents:
            return "percent"
        return None

    def _count(self, names: Names) -> str:
        return "n_events" if "events" in names else "count"

    def _by_default(self, sign: Sign) -> str:
        if self.role == "p":
            return "p_value"
        if sign.percent:
            return "percent"
        if self.role == "contrast":
            return "other"
        if sign.whole and self.kind == "adverse_events":
            return "count"
        if sign.whole and self.fits == "whole":
            return "count"
        return "other"

    def _before_bracket(self, sign: Sign, other: Sign) -> str:
        """The first of `# (#)`: count, percentage, mean. Arithmetic decides where the words leave it open."""
        told = self.hints[: self.hints.index(RULE)] if RULE in self.hints else self.hints
        if other.percent and sign.whole and self.fits != "no" and not any("mean" in names or "median" in names for names in told):
            return "count" if not any("events" in names for names in told) else "n_events"
        for names in self.hints:
            if not names:
                continue
            counts, percents, spread = (
                "count" in names or "events" in names,
                "percent" in names or "km" in names,
                "mean" in names or "sd" in names or "se" in names,
            )
            if (counts or percents) and spread:
                if self.fits == "percent" or other.percent:
                    return self._count(names)
                first = (
                    percents
                    and counts
                    and names.index("percent" if "percent" in names else "km") < names.index("count" if "count" in names else "events")
                )
                return "percent" if percents and self.fits == "count" or first and other.whole and not sign.whole and sign.share else "mean"
            if percents and counts:
                first_percent = names.index("percent" if "percent" in names else "km") < min(
                    names.index(n) for n in ("count", "events") if n in names
                )
                if first_percent and (self.fits == "count" or sign.percent or not sign.whole) and not other.percent:
                    return "km_percent" if "km" in names else "percent"
                return self._count(names)
            if counts and sign.whole:
                return self._count(names)
            if not percents and ("sd" in names or "se" in names) and not CENTRES.isdisjoint(names) or names in (("sd",), ("se",)):
                return "mean_difference" if "diff" in names else "mean_change" if "change" in names else "mean"
            if "percent" in names and names[0] == "percent" and len(names) == 1:
                if (
                    self.fits == "percent"
                    or other.percent
                    or sign.whole
                    and (not other.whole or self.fits == "" and self.role == "arm" and other.share)
                ):
                    return "count"
                if self.fits == "count" or sign.percent:
                    return "percent"
                if not sign.share:
                    return "count"
                continue
            found = self._by_names(names, sign)
            if found:
                if found in ("mean", "median") and other.percent and self.fits == "percent":
                    return "count"
                return found
        if self.fits == "percent" or other.percent and sign.whole:
            return "count"
        if sign.percent or self.fits == "count":
            return "percent"
        return self._by_default(sign) if self.kind == "adverse_events" and other.share else "other"

    def _mean_like(self) -> str:
        for names in self.hints:
            if "diff" in names:
                return "mean_difference"
            if "change" in names:
                return "mean_change"
            if "median" in names and "mean" not in names:
                return "median"
            if "mean" in names:
                return "mean"
        return "mean"

    def _spread(self) -> str:
        for names in self.hints:
            if "se" in names and ("sd" not in names or names.index("se") < names.index("sd")):
                return "se"
            if "sd" in names:
                return "sd"
        return "sd"

    def _lone_interval(self, item: Item) -> None:
        kind = self._interval_kind((), lone=True)
        low, high = INTERVALS.get(kind, ("other", "other"))
        self.statistic = low
        self._set(item.first, low)
        self._set(item.last, high)

    def _fraction(self, item: Item) -> None:
        """`#/#`: patients of patients, or two groups side by side (men/women)."""
        if self.fits == "both" or self.fits != "over_n" and ("side",) in self.hints:
            self.statistic = "count" if self.signs[item.first].whole and not self.signs[item.last].percent else "percent"
            self._set(item.first, self.statistic)
            self._set(item.last, self.statistic)
            return
        known = (
            any(name in names for names in self.hints for name in ("count", "percent", "events", "km"))
            or self.kind == "adverse_events"
            or self.fits in ("over", "over_n")
        )
        spread = any(
            name in names and not {"count", "percent", "events"} & set(names)
            for names in self.hints[:1]
            for name in ("mean", "median", "sd", "range")
        )
        self.statistic = "count" if known and not spread else "other"
        self._set(item.first, self.statistic)
        self._set(item.last, "denominator" if self.statistic == "count" else "other", item.first)

    # -- what stands in brackets behind it ---------------------------------------------------------------------------------------

    def inner(self, item: Item, used: list[str]) -> str:
        sign = self.signs[item.first]
        if item.kind == "pair" and self._is_median_and_width(item):
            self._set(item.first, "median")
            self._set(item.last, "other", item.first)
            return "median"
        if item.kind == "pair":
            kind = self._interval_kind(tuple(used))
            low, high = INTERVALS.get(kind, ("other", "other"))
            self._set(item.first, low, self.estimate)
            self._set(item.last, high, self.estimate)
            return kind
        if item.kind == "pm":
            self._set(item.first, self._mean_like())
            self._set(item.last, self._spread(), item.first)
            return "pm"
        if item.kind == "over":
            self._set(item.first, "count", self.estimate)
            self._set(item.last, "denominator", self.estimate)
            return "over"
        statistic = self._inner_single(sign, used)
        self._set(item.first, statistic, None if statistic in ("n",) else self.estimate)
        return statistic

    def _is_median_and_width(self, item: Item) -> bool:
        """Whether two figures in brackets are a median and the width of its range: `mean ± SD (median, IQR)`."""
        if self.statistic != "mean" or self.signs[item.last].link not in (",", ";"):
            return False
        return any("mean" in names and "median" in names and ("iqr" in names or "range" in names) for names in self.hints)

    def _inner_single(self, sign: Sign, used: list[str]) -> str:
        if sign.word == "test":  # degrees of freedom
            return "other"
        if sign.word == "n":
            return "denominator" if self.statistic in ("percent", "km_percent") else "n"
        if sign.word in SINGLE:
            return SINGLE[sign.word]
        if self.statistic in ("count", "n_events", "n", "denominator"):
            if used and used[-1] in ("percent", "count") and not sign.percent:
                return "count"  # `8 (6%; 2 of this, 1 of that)`
            if any("km" in names for names in self.hints):
                return "km_percent"
            return "percent" if sign.share else "other"
        if self.statistic in ("percent", "km_percent"):
            return "count" if sign.whole and not sign.percent else "other"
        if self.statistic in ("mean", "mean_change", "mean_difference", "other"):
            for names in self.hints:
                for name in names:
                    if name in ("sd", "se"):
                        return name
            if sign.percent and self.fits != "no":
                return "percent"
            if self.statistic == "mean" and any("median" in names for names in self.hints[:1]):
                return "median"
        if self.statistic in RATIOS and any("pvalue" in names for names in self.hints):
            return "p_value"
        return "other"

    def _interval_kind(self, used: tuple[str, ...], lone: bool = False) -> str:
        """ci, iqr or range: what the words say, in their order; limits of ratios and differences are confidence limits."""
        for sign in self.signs:
            if sign.word in INTERVALS and sign.word not in used:
                return sign.word
        for names in self.hints:
            for name in names:
                if name in INTERVALS and name not in used:
                    return name
        if not lone and self.statistic in RATIOS and self.role != "p":
            return "ci"
        if lone and any(name in names for names in self.hints[:1] for name in ("hr", "or", "rr", "diff")):
            return "ci"
        return ""
