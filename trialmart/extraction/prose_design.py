"""How the trial was set up, as its prose says: how many were randomized, where, when, in what ratio, under which number, and what was planned.

Belongs here: facts of the trial and planning figures. Does not: results.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialmart.extraction.prose_numbers import DIGITS, NOUNS, WORD, Figure, number_of
from trialmart.extraction.prose_sentences import holds

_PLANNED = re.compile(
    r"\b(?:would\s+(?:be\s+(?:required|needed|necessary|performed|considered)|provide|require|need|have|allow|give|result)|(?:required|needed|necessary)\s+to\s+(?:detect|show|demonstrate|achieve|provide|observe)|power(?:ed)?\b(?!\s+(?:doppler|output|spectr))|"
    r"sample\s+size|to\s+detect\s+(?:an?|the)|assum(?:ed|ing|ption|ptions)\b|alpha\b|\u03b1\s*=|type\s+(?:ii?|1|2)\s+error|hypothesi[sz]ed\s+that|(?:target|planned|projected)\s+(?:accrual|enrol\w+|sample|number|recruitment|total)|planned\s+(?:to\s+(?:enrol|recruit|random|include)|sample|number|at|for|after|when|\d+)|"
    r"significance\s+level|level\s+of\s+significance|(?:attrition|drop-?out|withdrawal|loss\s+to\s+follow-?up)\s+rates?\s+of|calculated\s+(?:that|to|as|based)|expected\s+(?:to|rate|that|number|median|incidence)|anticipat\w+|inflat(?:ed|ion)|non-?inferiority\s+(?:margin|criterion|limit|bound)|"
    r"(?:stopping|efficacy|futility)\s+bound\w+|one\s+interim|interim\s+analys[ie]s\s+(?:was\s+planned|after|when|at)|considered\s+(?:to\s+be\s+)?(?:statistically\s+)?significant|will\s+be\s+(?:performed|conducted|analysed|analyzed|done))",
)
_ALPHA = re.compile(
    r"(?:\balpha(?:\s+(?:level|error|value|spend\w*))?|\u03b1(?:\s+level)?|type\s+(?:I|1)\s+error(?:\s+rate)?|significance\s+level|level\s+of\s+significance|significance\s+(?:was\s+)?(?:set|defined|considered|accepted|declared))[^.;\d]{0,60}?(?P<value>0?\.\d+|\d+(?:\.\d+)?(?=\s?%))",
    re.IGNORECASE,
)
_POWER = re.compile(
    r"(?P<before>\d+(?:\.\d+)?)\s?%\s+(?:statistical\s+|study\s+)?power|power\b[^.;\d]{0,40}?(?P<after>\d+(?:\.\d+)?)\s?%|power\b[^.;\d]{0,30}?(?P<fraction>0?\.\d+)|\bbeta\s*(?:=|of)\s*(?P<beta>0?\.\d+)",
    re.IGNORECASE,
)
_THRESHOLD = re.compile(
    r"\bp\s?-?\s?(?:values?)?\s*(?:of\s+)?(?:less\s+than|<|\u2264|was\s+set\s+at|=)\s*(?:or\s+equal\s+to\s+)?(?P<value>0?\.\d+)",
    re.IGNORECASE,
)
_EVENTS_PLANNED = re.compile(
    rf"(?P<value>{DIGITS})\s+(?:(?:[\w-]+\s+){{0,3}}?)(?:events|deaths|progressions|relapses|recurrences|PFS\s+events)\b", re.IGNORECASE
)
_SAMPLE = re.compile(
    rf"(?P<value>{DIGITS})\s+(?:(?:[\w-]+\s+){{0,3}}?){NOUNS}\b(?P<per>\s+(?:per|in\s+each|for\s+each|/)\s*(?:treatment\s+|study\s+)?(?:group|arm))?",
    re.IGNORECASE,
)
_SAMPLE_AFTER = re.compile(rf"sample\s+size[^.;\d]{{0,40}}?(?P<value>{DIGITS})(?!\s?%|\.\d)", re.IGNORECASE)
_BOUNDARY = re.compile(
    r"Haybittle-?\s?-?Peto|Peto-?Haybittle|O['’]?\s?Brien\s?-?(?:and\s+)?-?\s?Fleming|Pocock|Lan\s?-?(?:and\s+)?-?\s?De\s?Mets",
    re.IGNORECASE,
)
_FRACTION = re.compile(
    r"(?P<value>\d+(?:\.\d+)?)\s?%\s+of\s+(?:the\s+)?(?:(?:total|planned|expected|required|target|number|of|the|maximum|all|\d+)\s+)*(?:(?:[\w-]+\s+){0,2}?)(?:events|deaths|information|patients|PFS)",
    re.IGNORECASE,
)
_RATIO = re.compile(r"(?<![\d:.])(?P<value>\d{1,2}\s?:\s?\d{1,2}(?:\s?:\s?\d{1,2})*)(?![\d:])")
_RANDOM = re.compile(r"\brandomi[sz]|\brandom(?:ly)?\b|\ballocat|\bassign", re.IGNORECASE)
_SITES = re.compile(
    rf"(?P<value>{DIGITS}|\b{WORD})\s+(?:(?!patients\b|women\b|men\b|participants\b|subjects\b|of\b|in\b|at\b|from\b|and\b|weeks\b|months\b)[A-Za-z,-]+\s+){{0,3}}?(?P<what>sites|cent(?:er|re)s|hospitals|institutions|clinics|countries|practices|schools)\b",
    re.IGNORECASE,
)
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?"
_DATE = rf"(?:{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+(?:19|20)\d\d|{_MONTH},?\s+(?:of\s+)?(?:19|20)\d\d|(?:19|20)\d\d)"
_PERIOD = re.compile(
    rf"\b(?:from|between)\s+(?P<start>{_DATE}|{_MONTH}(?:\s+\d{{1,2}})?)\s*,?\s*(?:to|through|until|and|-|till|up\s+to)\s+(?P<end>{_DATE})",
    re.IGNORECASE,
)
_CUTOFF = re.compile(
    rf"(?:cut-?\s?off|data\s+lock|database\s+lock|clinical\s+cut)[^.;]{{0,80}}?(?P<value>{_DATE})|(?P<before>{_DATE})[^.;]{{0,40}}?(?:data\s+)?cut-?\s?off",
    re.IGNORECASE,
)
_ENROLLED = re.compile(
    r"\benrol|\brecruit|\brandomi[sz]|\brandomly|\bassigned|\bincluded|\bentered|\bscreened|\badmitted|\battended|\bpresented",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
REGISTRY = re.compile(
    r"\b(?:NCT\s?\d{8}|ISRCTN\s?\d{8}|ACTRN\s?\d{14}|ChiCTR[-\w]{6,20}|EUCTR\d{4}-\d{6}-\d{2}|(?<=EudraCT )\d{4}-\d{6}-\d{2}|(?<=EudraCT number )\d{4}-\d{6}-\d{2}|\d{4}-\d{6}-\d{2}(?=[^\d])|UMIN0{2,4}\d{4,6}|JPRN-\w+|CTRI/\d{4}/\d{2,3}/\d+|IRCT\d{10,}N?\d*|NTR\s?\d{3,5}|DRKS\d{8}|KCT\d{7}|TCTR\d{11}|PACTR\d{12,})\b"
)


_PLANNING_STEMS = (
    "would", "needed", "required", "necessary", "power", "sample size", "detect", "assum", "alpha", "\u03b1", "type i", "type 1", "type 2", "hypothes",
    "target", "planned", "projected", "significan", "attrition", "drop", "withdrawal", "loss to", "calculat", "expected", "anticipat", "inflat", "inferiority",
    "bound", "interim", "considered", "will be",
)  # fmt: skip


_OUTRIGHT_STEMS = ("would", "will", "planned", "power", "sample", "required", "bound")  # outside methods and abstract only these tell


def is_planning(text: str, section: str) -> bool:
    """Whether a sentence speaks of what was planned or assumed, not of what was found."""
    low = text.lower()
    designing = section in ("methods", "abstract")
    if not holds(low, _PLANNING_STEMS if designing else _OUTRIGHT_STEMS):
        return False
    m = _PLANNED.search(low)
    if not m:
        return False
    if designing:
        return True
    return not re.match(
        r"non-?inferiority|assum|expected|anticipat|considered|alpha|calculated|attrition|drop", m.group(), re.IGNORECASE
    ) and bool(re.search(r"\bwould\b|\bwill\b|\bplanned\b|\bpower|\bsample\s+size|required\s+to|bound\w+", m.group(), re.IGNORECASE))


def planning(text: str) -> Iterator[Figure]:
    """The planning figures whose meaning the sentence gives: power, alpha, events, sample size, interim fraction."""
    boundary = _BOUNDARY.search(text)
    for m in _POWER.finditer(text):
        group = m.lastgroup or "before"
        yield _figure(
            m,
            group,
            "percent" if group in ("before", "after") else "threshold",
            "power" if group != "beta" else "beta",
            unit="%" if group in ("before", "after") else None,
        )
    for m in _ALPHA.finditer(text):
        near = boundary is not None and boundary.start() < m.start() < boundary.end() + 80
        percent = text[m.end("value") : m.end("value") + 2].strip().startswith("%")
        sides = _sides(text[max(0, m.start() - 40) : m.end("value") + 40])
        method = _boundary_name(boundary.group()) if near and boundary else f"{'one' if sides == 1 else 'two'}-sided" if sides else None
        yield _figure(
            m, "value", "threshold", "interim alpha" if near else "alpha", unit="%" if percent else None, sides=sides, method=method
        )
    if re.search(r"significan|considered|threshold|defined|set\s+at|bound", text, re.IGNORECASE):
        for m in _THRESHOLD.finditer(text):
            yield _figure(m, "value", "threshold", "alpha", comparator="<", sides=_sides(text), method=None)
    for m in _FRACTION.finditer(text):
        if re.search(r"interim|analys", text, re.IGNORECASE):
            yield _figure(m, "value", "percent", "interim fraction", unit="%")
    for m in _EVENTS_PLANNED.finditer(text):
        yield _figure(m, "value", "n_events", "planned events", unit="events", exact=True)
    for pattern in (_SAMPLE_AFTER, _SAMPLE):
        for m in pattern.finditer(text):
            if "." not in m["value"]:
                per = "per" in m.re.groupindex and m["per"]
                yield _figure(m, "value", "n", "planned sample size per arm" if per else "planned sample size", unit="patients", exact=True)


def _figure(m: re.Match[str], group: str, statistic: str, endpoint: str, **more: object) -> Figure:
    start, end = m.span(group)
    return Figure(start, end, statistic, number_of(m[group]), endpoint=endpoint, opens=start, closes=end, **more)  # type: ignore[arg-type]


def _sides(text: str) -> int | None:
    return (
        1
        if re.search(r"one[\s-](?:sided|tailed)|1-sided", text, re.IGNORECASE)
        else 2
        if re.search(r"two[\s-](?:sided|tailed)|2-sided", text, re.IGNORECASE)
        else None
    )


def _boundary_name(words: str) -> str:
    low = words.lower()
    return "Haybittle-Peto" if "peto" in low else "Pocock" if "pocock" in low else "Lan-DeMets" if "lan" in low else "O'Brien-Fleming"


_SITE_STEMS = (" site", " cent", "hospital", "institution", "clinics", "countr", "practices", "schools")
_REGISTRIES = (
    "NCT",
    "ISRCTN",
    "ACTRN",
    "ChiCTR",
    "EUCTR",
    "EudraCT",
    "UMIN",
    "JPRN",
    "CTRI",
    "IRCT",
    "NTR",
    "DRKS",
    "KCT",
    "TCTR",
    "PACTR",
)


def facts(text: str, section: str) -> Iterator[Figure]:
    """Sites, countries, dates, randomization ratio and registry numbers."""
    low = text.lower()
    if ":" in text and _RANDOM.search(text):
        for m in _RATIO.finditer(text):
            parts = [int(p) for p in re.findall(r"\d+", m["value"])]
            if all(0 < p < 11 for p in parts):
                start, end = m.span("value")
                yield Figure(
                    start, end, "ratio", parts[0] / parts[1], endpoint="randomization ratio", opens=start, closes=end, keep={"trial": True}
                )
    for m in _SITES.finditer(text) if holds(low, _SITE_STEMS) else ():
        if "." in m["value"] or re.search(r"\b(?:stage|disease|metastatic|involved|tumou?r|injection|lesion)\b", m.group(), re.IGNORECASE):
            continue
        what = m["what"].lower()
        start, end = m.span("value")
        name = "countries" if what == "countries" else "sites"
        if (
            name == "sites"
            and what == "sites"
            and not re.search(r"study|trial|cent|investigat|clinical|countr|random|enrol|recruit|conducted", text, re.IGNORECASE)
        ):
            continue
        yield Figure(
            start, end, "count", number_of(m["value"]), endpoint=name, unit=name, exact=True, opens=start, closes=end, keep={"trial": True}
        )
    dated = " 19" in text or " 20" in text
    for m in _PERIOD.finditer(text) if dated else ():
        if _ENROLLED.search(text):
            for group, name in (("start", "enrolment start"), ("end", "enrolment end")):
                yield _date(m, group, name, m["end"])
    for m in _CUTOFF.finditer(text) if dated and ("cut" in low or "lock" in low) else ():
        yield _date(m, "value" if m["value"] else "before", "data cutoff", "")
    for m in REGISTRY.finditer(text) if holds(text, _REGISTRIES) else ():
        digits = re.sub(r"\D", "", m.group())
        yield Figure(
            m.start(),
            m.end(),
            "identifier",
            float(digits) if digits and len(digits) < 15 else None,
            endpoint="registry number",
            opens=m.start(),
            closes=m.end(),
            keep={"trial": True},
        )


def _date(m: re.Match[str], group: str, name: str, other: str) -> Figure:
    start, end = m.span(group)
    value, unit = date_number(m[group], other)
    return Figure(start, end, "date", value, endpoint=name, unit=unit, opens=start, closes=end, keep={"trial": True, "date": True})


def iso_date(number: float | None) -> str | None:
    """20160226 -> 2016-02-26, 201302 -> 2013-02, 2013 -> 2013."""
    digits = str(int(number)) if number else ""
    return "-".join(part for part in (digits[:4], digits[4:6], digits[6:8]) if part) or None


def date_number(printed: str, other: str = "") -> tuple[float | None, str | None]:
    """A date as the number yyyymmdd, yyyymm or yyyy, and which of these. A year left out is taken from the other end of the period."""
    year = re.search(r"(?:19|20)\d\d", printed) or re.search(r"(?:19|20)\d\d", other)
    word = re.search(r"[A-Za-z]{3,}", re.sub(r"\bof\b", "", printed))
    day = re.search(r"(?<!\d)\d{1,2}(?!\d)", printed)
    if not year:
        return None, None
    if not word or word.group().lower()[:3] not in _MONTHS:
        return float(year.group()), "yyyy"
    month = _MONTHS.index(word.group().lower()[:3]) + 1
    if not day:
        return float(int(year.group()) * 100 + month), "yyyymm"
    return float(int(year.group()) * 10000 + month * 100 + int(day.group())), "yyyymmdd"
