"""Counts of patients and events: `160 of the 400 patients (40.0%)`, `8.2% [n = 36]`, `none`, `two deaths`, `n = 200`.

Belongs here: counts with the percents and denominators set together with them. Does not: percents without a count (prose_percents).
"""

from __future__ import annotations

import re

from trialmart.extraction.prose_figures import COUNTING, DIGITS, EVENTS, NOUNS, TIME, WORD, comparing_sign, number_of, whole
from trialmart.extraction.prose_scan import Scan
from trialmart.extraction.prose_words import places

_N = re.compile(rf"[nN]\s?=\s?(?P<value>{DIGITS})(?![.\d]*\s?%)")
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
_WORD_PERCENT = re.compile(rf"(?P<value>{WORD})\s+per\s?cent\b")
_WORD_IN = re.compile(rf"(?<=[\s(,])(?P<value>{WORD})(?=\s+in\s+(?:the\s+)?(?:\S+\s+){{0,4}}?(?:group|arm)\b)")
#: What is counted that is no patient, right behind the number.
_THINGS = re.compile(
    r"\s+(?:(?!with\b|of\b|in\b|had\b|who\b|were\b|patients\b)[a-z-]+\s+){0,2}?(?P<noun>eyes|teeth|limbs|legs|knees|hips|feet|hands|fingers|toes|joints|"
    r"samples|specimens|biopsies|slides|lesions|tumou?rs|nodes|polyps|ulcers|wounds|cycles|courses|embryos|oocytes|follicles|blastocysts|implants|restorations|"
    r"surfaces|isolates|strains|schools|farms|households|homes|clusters|clinics|practices|villages|pharmacies|shops|visits|animals|rats|mice|cows|calves|pigs|"
    r"herds|vessels|arteries|segments|grafts|stents|procedures|operations|injections|doses|tablets|sessions|pregnancies|deliveries|items|questions|articles|"
    r"trials|scans|images|tests|measurements|calls|genes|proteins|cells|sites|countries)\b"
)
#: Before a total: `12 of 40`, `12 among these 40`.
_LINKS = frozenset("of from a among in the these those all remaining".split())
_DIGIT = re.compile(r"\d")
_PERSONS, _EVENTS, _COUNTED = re.compile(NOUNS), re.compile(EVENTS), re.compile(rf"{NOUNS}|{EVENTS}")
_IN_ONLY = re.compile(r"\s+in\s+(?:the\s+)?")
_NOUN_BEHIND = re.compile(rf"\s+(?:[\w-]+\s+){{0,3}}?(?:{NOUNS}|acetylators)\b")
_OUT_OF = re.compile(r"out\s+of")
_AT_OR_BY = re.compile(r"\b(?:at|by)\s*$")
_NO_TOTAL = re.compile(r"\s?/\s?\d|\s?(?:mm|cm|kg|m2)|\s+(?:on\s+)?(?:the\s+)?(?:VAS|NRS|pain|points?|scores?|scale)\b")
_NO_COUNT = re.compile(rf"\s?%|\.\d|[\s-]?(?:{TIME})|\s?(?:mg|kg|g|cm|mm)\b")
_WITH_OR_OF = re.compile(r"\bwith\s*$|\bof\s*$")
_GROUPS_OF = re.compile(r"\b(?:groups|blocks|pairs|sets)\s+of\s+$")
_HALF_LIFE = re.compile(r"(?<!\w)t\s$")
_OF_THE_SUCH = re.compile(r"\s+of\s+the\s+(?:authors|main|most|study|primary|two|three)")
_KIND_OF_STUDY = re.compile(r"\s+(?:study|treatment|parallel|independent|different|main|types?|kinds?)\b")


def read_counts(scan: Scan) -> None:
    text = scan.text
    bracketed = "(" in text or "[" in text
    if "%" in text:
        if bracketed or ";" in text or "," in text:
            _read_percents_of_counts(scan)
        if "/" in text:
            _read_slashed_percents(scan)
    if len(scan.quantities()) > 1:
        _read_of_totals(scan)
        if bracketed and "%" in text:
            _read_counts_with_percents(scan)
    if "n" in scan.words and "=" in text:
        _read_n(scan)


def _read_percents_of_counts(scan: Scan) -> None:
    """`8.2% [n = 36]`, `8.2% (36/440)`."""
    for number in scan.left:
        m = _PERCENT_COUNT.match(scan.text, number.start) if number.behind == "%" and not scan.taken[number.start] else None
        if m and scan.free(*m.span("percent")) and scan.free(*m.span("count")) and whole(m["count"]):
            percent = scan.add(*m.span("percent"), "percent", unit="%", closes=m.end("total") if m["total"] else m.end("count"))
            unit = _unit_of(scan.low, number.end + 1)  # `75% of eyes (33/44)`
            count = scan.add(*m.span("count"), "count", exact=True, unit=unit)
            percent.owner = count
            count.keep["behind"] = percent
            if m["total"] and whole(m["total"]):
                scan.add(*m.span("total"), "denominator", owner=count, exact=True, unit=unit)


def _read_slashed_percents(scan: Scan) -> None:
    """`36/8.2%`."""
    for number in scan.left:
        m = _COUNT_SLASH_PERCENT.match(scan.text, number.start) if number.behind == "/" and not scan.taken[number.start] else None
        if m and scan.free(*m.span("count")) and scan.free(*m.span("percent")) and number_of(m["percent"]) <= 100:
            counted = scan.add(*m.span("count"), "count", exact=True, unit="patients", closes=m.end())
            scan.add(*m.span("percent"), "percent", owner=counted, unit="%")


def _read_of_totals(scan: Scan) -> None:
    """`12 of the 40 patients`, `12 (30%) of 40`, `12/40`: one or two places behind the count stands a number that such a word links."""
    text, slashed = scan.text, "/" in scan.text
    linked = [word in _LINKS or slashed and "/" in text[start - 2 : start] for start, word in scan.quantities()]
    if True not in linked:
        return
    for index, (start, _) in enumerate(scan.quantities()):
        m = _OF_TOTAL.match(text, start) if True in linked[index + 1 : index + 3] and not scan.taken[start] else None
        if m:
            _of_total(scan, m)


def _read_counts_with_percents(scan: Scan) -> None:
    """`12 patients (30%)`: one or two places behind the count stands a percent."""
    percents = {n.start for n in scan.left if n.behind == "%"}
    starts = [start for start, _ in scan.quantities()] if percents else []
    for index, start in enumerate(starts):
        m = None
        if not scan.taken[start] and not percents.isdisjoint(starts[index + 1 : index + 3]):
            m = _COUNT_PERCENT.match(scan.text, start)
        if m:
            _count_percent(scan, m)


def _of_total(scan: Scan, m: re.Match[str]) -> None:
    if not (scan.free(*m.span("count")) and scan.free(*m.span("total")) and whole(m["count"]) and whole(m["total"])):
        return
    count, total = number_of(m["count"]), number_of(m["total"])
    percents = [g for g in ("percent1", "percent2") if m[g]]
    slash = "/" in scan.text[m.end("count") : m.start("total")]
    in_only = not percents and _IN_ONLY.fullmatch(scan.text[m.end("count") : m.start("total")].strip(")] ") + " ") is not None
    noun = _NOUN_BEHIND.match(scan.text, m.end("total"))
    if (
        count > total
        or in_only
        or (slash and total < 5 and not percents and not noun)
        or (not slash and not percents and not noun and not _OUT_OF.search(m.group()))
    ):
        return
    if slash and not percents and not noun and (total == 12 or _AT_OR_BY.search(scan.text[max(0, m.start() - 12) : m.start()])):
        return  # 6/12: the sixth month
    if slash and (_NO_TOTAL.match(scan.text, m.end("total")) or _HALF_LIFE.search(scan.low, max(0, m.start() - 3), m.start())):
        return
    if m["percent2"] and _DIGIT.search(m["words"] or ""):
        percents = [p for p in percents if p != "percent2"]
    unit = _unit_of(scan.low, m.end("total"), m.end("count"))
    counted = scan.add(*m.span("count"), "count", exact=True, unit=unit, closes=m.end(percents[-1]) if percents else m.end("total"))
    scan.add(*m.span("total"), "denominator", owner=counted, exact=True, unit=unit)
    for group in percents:
        if scan.free(*m.span(group)):
            scan.add(*m.span(group), "percent", owner=counted, unit="%")


def _count_percent(scan: Scan, m: re.Match[str]) -> bool:
    if not (scan.free(*m.span("count")) and scan.free(*m.span("percent")) and whole(m["count"])):
        return False
    between = scan.text[m.end("count") : m.start("percent")]
    words = (m["words"] or "").lower()
    if scan.text[m.start() - 2 : m.start()].strip().endswith("-") and scan.text[m.start() - 3 : m.start()].strip(" -").isdigit():
        return False  # `1-2 injections (30%)`
    if _DIGIT.search(between) or _NO_COUNT.match(between) or number_of(m["percent"]) > 100:
        return False
    if m["count"][0].isalpha() and words.strip() and not _COUNTED.search(words):
        return False
    noun = _EVENTS.search(words)
    unit = _unit_of(scan.low, m.end("count"))
    counted = scan.add(*m.span("count"), "count", exact=True, unit=unit, closes=m.end())
    if noun:
        counted.keep["noun"] = noun.group()
    comparator = comparing_sign(m["comparator"]) if m["comparator"] else "="
    scan.add(*m.span("percent"), "percent", owner=counted, unit="%", comparator=comparator)
    if m["total"] and whole(m["total"]) and scan.free(*m.span("total")):
        scan.add(*m.span("total"), "denominator", owner=counted, exact=True, unit=unit)
    return True


def _unit_of(low: str, *ends: int) -> str:
    """What is counted: the things named behind the number (or its total), else patients."""
    return next((m["noun"] for end in ends if (m := _THINGS.match(low, end))), "patients")


def _read_n(scan: Scan) -> None:
    for at in places(scan.low, "n"):
        m = _N.match(scan.text, at)
        if m and scan.free(*m.span("value")) and whole(m["value"]):
            kind = "n" if scan.text[m.start()] == "N" else "count"
            unit = _unit_of(scan.low, m.end())
            scan.add(*m.span("value"), kind, exact=True, unit=unit, opens=m.start(), keep={"n": True})
            scan.take(m.start(), m.end())


def read_words(scan: Scan) -> None:
    """Counts in words: `two deaths`, `none of the patients`, `ten in the X group`, `five per cent`."""
    if COUNTING.isdisjoint(scan.words):
        return
    text, low, last = scan.text, scan.low, 0
    for at in scan.number_words():
        m = _COUNT_WORDS.match(low, at) if at >= last else None
        if m:
            last = m.end()
            _count_in_words(scan, m)
    if "none" in scan.words:
        for m in _NONE.finditer(text):
            if scan.free(m.start(), m.end()):
                scan.add(m.start(), m.end(), "count", exact=True, unit="patients", keep={"word": True})
    if "group" in scan.words or "arm" in scan.words:
        for at in scan.number_words():
            m = _WORD_IN.match(low, at)
            if m and scan.free(*m.span("value")):
                scan.add(*m.span("value"), "count", exact=True, unit="patients", keep={"word": True})
    if "cent" in scan.words or "percent" in scan.words:
        for at in scan.number_words():
            m = _WORD_PERCENT.match(low, at)
            if m and scan.free(*m.span("value")):
                scan.add(*m.span("value"), "percent", unit="%")


def _count_in_words(scan: Scan, m: re.Match[str]) -> None:
    start, end = m.span("value")
    if not scan.free(start, end):
        return
    word, noun, rest = m["value"], m["noun"] or "patients", m["rest"]
    if word == "no" and (
        noun not in ("deaths", "events", "cases")
        and not _PERSONS.fullmatch(noun)
        or _WITH_OR_OF.search(scan.text[max(0, start - 12) : start])
    ):
        return
    if _GROUPS_OF.search(scan.low, max(0, start - 12), start):
        return
    if word in ("one", "two") and _OF_THE_SUCH.match(scan.text, end):
        return
    if _KIND_OF_STUDY.match(rest) and not _PERSONS.search(rest):
        return
    statistic = "n_events" if _EVENTS.fullmatch(noun) and not noun.startswith("death") else "count"
    unit = "patients" if statistic == "count" else "events"
    scan.add(start, end, statistic, exact=True, unit=unit, keep={"noun": noun, "word": True})


def read_after_arms(scan: Scan, arms: list[tuple[int, int]]) -> None:
    """`Based on 251 events (A 110, B 141)`: bare whole numbers behind arms in a bracket count what the number before them counts."""
    counts = [f for f in scan.figures if f.statistic in ("n_events", "count", "n")]
    if not counts or not arms:
        return
    added = False
    for start, _ in arms:  # `(140 in the A group and 136 in the B group)`, `(134 A, 135 B)`
        m = _BEFORE_ARM.search(scan.text, max(0, start - 36), start)
        if m and scan.free(*m.span("value")):
            before = [f for f in counts if f.end <= m.start()]
            if before:
                counts.append(scan.add(*m.span("value"), before[-1].statistic, exact=True, unit=before[-1].unit, keep={"listed": True}))
                added = True
    for _, end in arms:
        m = _AFTER_ARM.match(scan.text, end)
        if not m or not scan.free(*m.span("value")) or "(" not in scan.text[:end]:
            continue
        before = [f for f in counts if f.end <= end]
        if before and scan.text.rfind("(", 0, end) > scan.text.rfind(")", 0, end):
            counts.append(scan.add(*m.span("value"), before[-1].statistic, exact=True, unit=before[-1].unit, keep={"listed": True}))
            added = True
    if added:
        scan.figures.sort(key=lambda f: f.start)
