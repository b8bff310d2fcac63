"""Counts of patients and events: `160 of the 444 patients (36.0%)`, `8.2% [n = 36]`, `none`, `two deaths`, `n = 222`.

Belongs here: counts with the percents and denominators set together with them. Does not: percents without a count (prose_percents).
"""

from __future__ import annotations

import re

from trialmart.extraction.prose_figures import COUNTING, DIGITS, EVENTS, NOUNS, TIME, WORD, comparing_sign, number_of, whole
from trialmart.extraction.prose_scan import Scan

_N = re.compile(rf"(?<![\w])[nN]\s?=\s?(?P<value>{DIGITS})(?![.\d]*\s?%)")
_QUANTITY = rf"(?:{DIGITS}|\b{WORD}\b)"
_OF_TOTAL = re.compile(
    rf"""(?P<count>{_QUANTITY})\s*(?:{NOUNS}\s+)?(?:[(\[]\s*(?P<percent1>{DIGITS})\s?%\s*[)\]]\s*)?(?:\s(?:of|out\s+of(?:\s+a)?|from(?:\s+a)?|among|in)\s+(?:(?:the|a|these|those|all)\s+)*(?:total\s+of\s+|remaining\s+)?|\s?/\s?)(?P<total>{DIGITS}|\b{WORD}\b)
    (?![.\d]*\s?%)(?:(?P<words>(?:\s+(?!and\b|or\b|vs\b|versus\b|to\b)[\w'-]+){{0,5}}?)\s*[(\[;,=]\s*(?P<percent2>{DIGITS})\s?%)?""",
    re.VERBOSE | re.IGNORECASE,
)
_COUNT_PERCENT = re.compile(
    rf"""(?P<count>{_QUANTITY})(?P<words>(?:\s+(?!and\b|or\b|vs\b|versus\b|to\b|than\b)[\w'/-]+){{0,6}}?)\s*[(\[]\s*(?P<comparator>[<>\u2264\u2265~])?\s*(?P<percent>{DIGITS})\s?%(?:\s+of\s+(?:the\s+)?(?P<total>{DIGITS})(?!\s?%))?""", re.VERBOSE | re.IGNORECASE,
)  # fmt: skip
_PERCENT_COUNT = re.compile(
    rf"""(?P<percent>{DIGITS})\s?%\s*(?:(?:of\s+)?(?:the\s+)?{NOUNS}\s*)?[(\[;,]\s*(?:[nN]\s?=\s?)?(?P<count>{DIGITS}|\b{WORD}\b)(?:\s?(?:/|of|out\s+of)\s?(?:the\s+)?(?P<total>{DIGITS}))?(?P<tail>\s*(?:{NOUNS}|{EVENTS})?\s*[)\]:;,]|\s+{NOUNS}|\s+{EVENTS})""",
    re.VERBOSE | re.IGNORECASE,
)  # fmt: skip
_COUNT_WORDS = re.compile(
    rf"(?<![\w-])(?P<value>{WORD}|no|none)(?P<rest>\s+(?:(?!of\b|and\b|or\b|in\b|the\b|to\b|had\b|have\b|has\b|with\b|populations?\b|studies\b|other\b|significant\w*\b|statistical\w*\b|difference\w*\b|evidence\b|further\b|additional\b|longer\b|more\b|previous\b|prior\b|clear\b|such\b|treatment\b)[\w'/-]+\s+){{0,3}}?(?P<noun>{NOUNS}|{EVENTS}|CRs?|PRs?)\b|\s+of\s+(?:the\s+)?(?:{WORD}\s+|{DIGITS}\s+)?(?:[\w-]+\s+){{0,2}}?{NOUNS})",
)  # fmt: skip
_NONE = re.compile(
    r"(?<=[\s(])none\b(?!\s+of\s+(?:the\s+)?(?!(?:[\w-]+\s+){0,3}?(?:patients|participants|subjects|women|men|children|acetylators))\w+)",
    re.IGNORECASE,
)
_BEFORE_ARM = re.compile(
    r"(?:(?<=[(,;] )|(?<=[(,;])|(?<=and ))(?P<value>\d{1,5})\s+(?:(?:in|on|to|from|for|to\s+receive|received|receiving|who\s+received|assigned(?:\s+to)?|allocated(?:\s+to)?)\s+(?:the\s+)?)?$"
)
_COUNT_SLASH_PERCENT = re.compile(rf"(?P<count>\d+)\s?/\s?(?P<percent>{DIGITS})\s?%")
_AFTER_ARM = re.compile(r"\s*[,:]?\s*(?P<value>\d{1,5})(?=\s*[,;)\]])")
_WORD_PERCENT = re.compile(rf"\b(?P<value>{WORD})\s+per\s?cent\b", re.IGNORECASE)
_WORD_IN = re.compile(rf"(?<=[\s(,])(?P<value>{WORD})(?=\s+in\s+(?:the\s+)?(?:\S+\s+){{0,4}}?(?:group|arm)\b)", re.IGNORECASE)


def read_counts(scan: Scan) -> None:
    text = scan.text
    if "%" not in text:
        _read_of_totals(scan)
        _read_n(scan)
        return
    for number in scan.numbers if "(" in text or "[" in text or ";" in text or "," in text else ():
        m = None if scan.taken[number.start()] else _PERCENT_COUNT.match(text, number.start())
        if m and scan.free(*m.span("percent")) and scan.free(*m.span("count")) and whole(m["count"]):
            percent = scan.add(*m.span("percent"), "percent", unit="%", closes=m.end("total") if m["total"] else m.end("count"))
            count = scan.add(*m.span("count"), "count", exact=True, unit="patients")
            percent.owner = count
            count.keep["behind"] = percent
            if m["total"] and whole(m["total"]):
                scan.add(*m.span("total"), "denominator", owner=count, exact=True, unit="patients")
    for number in scan.numbers if "/" in text else ():
        m = None if scan.taken[number.start()] else _COUNT_SLASH_PERCENT.match(text, number.start())
        if m and scan.free(*m.span("count")) and scan.free(*m.span("percent")) and number_of(m["percent"]) <= 100:
            counted = scan.add(*m.span("count"), "count", exact=True, unit="patients", closes=m.end())
            scan.add(*m.span("percent"), "percent", owner=counted, unit="%")
    _read_of_totals(scan)
    if "(" in text or "[" in text:
        for start in scan.count_starts():
            m = None if scan.taken[start] else _COUNT_PERCENT.match(text, start)
            if m:
                _count_percent(scan, m)
    _read_n(scan)


def _read_of_totals(scan: Scan) -> None:
    if "/" in scan.text or " of " in scan.text or " from " in scan.text or " among " in scan.text or " in " in scan.text:
        for start in scan.count_starts():
            m = None if scan.taken[start] else _OF_TOTAL.match(scan.text, start)
            if m:
                _of_total(scan, m)


def _of_total(scan: Scan, m: re.Match[str]) -> None:
    if not (scan.free(*m.span("count")) and scan.free(*m.span("total")) and whole(m["count"]) and whole(m["total"])):
        return
    count, total = number_of(m["count"]), number_of(m["total"])
    percents = [g for g in ("percent1", "percent2") if m[g]]
    slash = "/" in scan.text[m.end("count") : m.start("total")]
    in_only = (
        bool(
            re.fullmatch(
                r"\s+in\s+(?:the\s+)?",
                scan.text[m.end("percent1") if m["percent1"] else m.end("count") : m.start("total")].strip(")] ") + " ",
            )
        )
        and not percents
    )
    noun = re.match(rf"\s+(?:[\w-]+\s+){{0,3}}?(?:{NOUNS}|acetylators)\b", scan.text[m.end("total") :])
    if (
        count > total
        or in_only
        or (slash and total < 5 and not percents and not noun)
        or (not slash and not percents and not noun and not re.search(r"out\s+of", m.group()))
    ):
        return
    if slash and not percents and not noun and (total == 12 or re.search(r"\b(?:at|by)\s*$", scan.text[: m.start()])):
        return  # 6/12: the sixth month
    if slash and re.match(r"\s?/\s?\d|\s?(?:mm|cm|kg|m2)", scan.text[m.end("total") :]):
        return
    if m["percent2"] and re.search(r"\d", m["words"] or ""):
        percents = [p for p in percents if p != "percent2"]
    counted = scan.add(*m.span("count"), "count", exact=True, unit="patients", closes=m.end(percents[-1]) if percents else m.end("total"))
    scan.add(*m.span("total"), "denominator", owner=counted, exact=True, unit="patients")
    for group in percents:
        if scan.free(*m.span(group)):
            scan.add(*m.span(group), "percent", owner=counted, unit="%")


def _count_percent(scan: Scan, m: re.Match[str]) -> bool:
    if not (scan.free(*m.span("count")) and scan.free(*m.span("percent")) and whole(m["count"])):
        return False
    between = scan.text[m.end("count") : m.start("percent")]
    if (
        re.search(r"\d", between)
        or re.match(r"\s?%|\.\d", between)
        or (
            m["count"][0].isalpha()
            and not (re.search(rf"{NOUNS}|{EVENTS}", m["words"] or "", re.IGNORECASE) or not (m["words"] or "").strip())
        )
    ):
        return False
    if re.match(rf"[\s-]?(?:{TIME})|\s?(?:mg|kg|g|cm|mm)\b", between) or number_of(m["percent"]) > 100:
        return False
    noun = re.search(rf"({EVENTS})", m["words"] or "", re.IGNORECASE)
    counted = scan.add(*m.span("count"), "count", exact=True, unit="patients", closes=m.end())
    if noun:
        counted.keep["noun"] = noun.group(1).lower()
    comparator = comparing_sign(m["comparator"]) if m["comparator"] else "="
    scan.add(*m.span("percent"), "percent", owner=counted, unit="%", comparator=comparator)
    if m["total"] and whole(m["total"]) and scan.free(*m.span("total")):
        scan.add(*m.span("total"), "denominator", owner=counted, exact=True, unit="patients")
    return True


def _read_n(scan: Scan) -> None:
    if "n=" not in scan.low and "n =" not in scan.low and "n\u2009" not in scan.low and "n\u00a0" not in scan.low:
        return
    for m in _N.finditer(scan.text):
        if scan.free(*m.span("value")) and whole(m["value"]):
            scan.add(
                *m.span("value"),
                "n" if scan.text[m.start()] == "N" else "count",
                exact=True,
                unit="patients",
                opens=m.start(),
                keep={"n": True},
            )
            scan.take(m.start(), m.end())


def read_words(scan: Scan) -> None:
    if COUNTING.isdisjoint(scan.words):
        return
    for m in _COUNT_WORDS.finditer(scan.low):
        start, end = m.span("value")
        word = m["value"].lower()
        if not word[0].isalpha() or not scan.free(start, end):
            continue
        noun = (m["noun"] or "patients").lower()
        if word == "no" and (
            not re.fullmatch(NOUNS, noun)
            and noun not in ("deaths", "events", "cases")
            or re.search(r"\bwith\s*$|\bof\s*$", scan.text[:start])
        ):
            continue
        if word in ("one", "two") and re.match(r"\s+of\s+the\s+(?:authors|main|most|study|primary|two|three)", scan.text[end:]):
            continue
        if re.match(r"\s+(?:study|treatment|parallel|independent|different|main|types?|kinds?)\b", m["rest"]) and not re.search(
            NOUNS, m["rest"]
        ):
            continue
        statistic = "n_events" if re.fullmatch(EVENTS, noun) and not noun.startswith("death") else "count"
        scan.add(
            start, end, statistic, exact=True, unit="patients" if statistic == "count" else "events", keep={"noun": noun, "word": True}
        )
    if "none" in scan.text or "None" in scan.text:
        for m in _NONE.finditer(scan.text):
            if scan.free(m.start(), m.end()):
                scan.add(m.start(), m.end(), "count", exact=True, unit="patients", keep={"word": True})
    for m in _WORD_IN.finditer(scan.text) if "group" in scan.low or "arm" in scan.low else ():
        start, end = m.span("value")
        if scan.free(start, end):
            scan.add(start, end, "count", exact=True, unit="patients", keep={"word": True})
    for m in _WORD_PERCENT.finditer(scan.text) if "cent" in scan.low else ():
        if scan.free(*m.span("value")):
            scan.add(*m.span("value"), "percent", unit="%")


def read_after_arms(scan: Scan, arms: list[tuple[int, int]]) -> None:
    """`Based on 251 events (A 110, B 141)`: bare whole numbers behind arms in a bracket count what the number before them counts."""
    added = False
    for start, _ in arms:  # `(140 in the A group and 136 in the B group)`, `(134 A, 135 B)`
        m = _BEFORE_ARM.search(scan.text, max(0, start - 36), start)
        if m and scan.free(*m.span("value")):
            before = [f for f in scan.figures if f.end <= m.start() and f.statistic in ("n_events", "count", "n")]
            if before:
                scan.add(*m.span("value"), before[-1].statistic, exact=True, unit=before[-1].unit, keep={"listed": True})
                added = True
    for _, end in arms:
        m = _AFTER_ARM.match(scan.text, end)
        if not m or not scan.free(*m.span("value")) or "(" not in scan.text[:end]:
            continue
        before = [f for f in scan.figures if f.end <= end and f.statistic in ("n_events", "count", "n")]
        if before and scan.text.rfind("(", 0, end) > scan.text.rfind(")", 0, end):
            scan.add(*m.span("value"), before[-1].statistic, exact=True, unit=before[-1].unit, keep={"listed": True})
            added = True
    if added:
        scan.figures.sort(key=lambda f: f.start)
