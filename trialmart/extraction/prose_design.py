"""How the trial was set up, as its prose says: how many were randomized, where, when, in what ratio, under which number, and what was planned.

Belongs here: facts of the trial and planning figures. Does not: results.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trialmart.extraction.prose_numbers import COUNTING, DIGITS, NOUNS, WORD, Figure, number_of
from trialmart.extraction.prose_sentences import Sentence, holds
from trialmart.extraction.prose_words import in_order

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
_ALPHA_BEFORE = re.compile(
    r"(?P<value>\d+(?:\.\d+)?)\s?%\s+(?:(?:two|one)-?\s?(?:sided|tailed)\s+)?(?:significance\s+level|level\s+of\s+significance)",
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
_RANDOM = re.compile(r"\brandomi[sz]|\brandom(?:ly)?\b|\ballocat|\bassign")
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


#: The words that what is planned begins with. `\u03b1 = 0.05` too.
_PLANNING = frozenset(
    "would required needed necessary power powered sample to assumed assuming assumption assumptions alpha \u03b1 type hypothesized hypothesised target planned projected significance level "
    "attrition drop dropout withdrawal loss calculated expected anticipate anticipates anticipated anticipating anticipation inflated inflation non noninferiority stopping efficacy "
    "futility one interim considered will".split()
)
_OUTRIGHT = frozenset("would will planned power powered sample required".split())  # outside methods and abstract only these tell
_NO_PLAN = re.compile(r"non-?inferiority|assum|expected|anticipat|considered|alpha|calculated|attrition|drop")
_PLAN = re.compile(r"\bwould\b|\bwill\b|\bplanned\b|\bpower|\bsample\s+size|required\s+to|bound\w+")


def is_planning(sentence: Sentence) -> bool:
    """Whether a sentence speaks of what was planned or assumed, not of what was found."""
    low, words = sentence.low, sentence.words
    designing = sentence.section in ("methods", "abstract")
    if not designing and _OUTRIGHT.isdisjoint(words) and "bound" not in low:
        return False
    for at, word in in_order(low, _PLANNING & words):
        if word == "to" and "detect" not in words:
            continue
        m = _PLANNED.match(low, at)
        if m:
            return designing or not _NO_PLAN.match(m.group()) and _PLAN.search(m.group()) is not None
    return False


_BOUNDARIES = frozenset("haybittle peto brien pocock lan demets".split())
_ALPHA_WORDS = frozenset("alpha \u03b1 type significance level".split())
_P_VALUES = frozenset("p pvalue pvalues".split())
_EVENT_WORDS = frozenset("events deaths progressions relapses recurrences".split())
_MEANS_SIGNIFICANT = ("significan", "considered", "threshold", "defined", "set at", "bound")


def planning(sentence: Sentence) -> Iterator[Figure]:
    """The planning figures whose meaning the sentence gives: power, alpha, events, sample size, interim fraction."""
    text, low, words = sentence.text, sentence.low, sentence.words
    boundary = None if _BOUNDARIES.isdisjoint(words) else _BOUNDARY.search(text)
    for m in _POWER.finditer(text) if "power" in low or "beta" in words else ():
        group = m.lastgroup or "before"
        yield _figure(
            m,
            group,
            "percent" if group in ("before", "after") else "threshold",
            "power" if group != "beta" else "beta",
            unit="%" if group in ("before", "after") else None,
        )
    for m in () if _ALPHA_WORDS.isdisjoint(words) else _alphas(text):
        near = boundary is not None and boundary.start() < m.start() < boundary.end() + 80
        percent = text[m.end("value") : m.end("value") + 2].strip().startswith("%")
        sides = _sides(low[max(0, m.start() - 40) : m.end("value") + 40])
        method = _boundary_name(boundary.group()) if near and boundary else f"{'one' if sides == 1 else 'two'}-sided" if sides else None
        yield _figure(
            m, "value", "threshold", "interim alpha" if near else "alpha", unit="%" if percent else None, sides=sides, method=method
        )
    if not _P_VALUES.isdisjoint(words) and holds(low, _MEANS_SIGNIFICANT):
        for m in _THRESHOLD.finditer(text):
            yield _figure(m, "value", "threshold", "alpha", comparator="<", sides=_sides(low), method=None)
    for m in _at_numbers(_FRACTION, sentence) if "%" in text and ("interim" in low or "analys" in low) else ():
        yield _figure(m, "value", "percent", "interim fraction", unit="%")
    for m in () if _EVENT_WORDS.isdisjoint(words) else _at_numbers(_EVENTS_PLANNED, sentence):
        yield _figure(m, "value", "n_events", "planned events", unit="events", exact=True)
    for m in _SAMPLE_AFTER.finditer(text) if "sample" in low else ():
        if "." not in m["value"]:
            yield _figure(m, "value", "n", "planned sample size", unit="patients", exact=True)
    for m in _at_numbers(_SAMPLE, sentence):
        if "." not in m["value"]:
            yield _figure(
                m, "value", "n", "planned sample size per arm" if m["per"] else "planned sample size", unit="patients", exact=True
            )


def _figure(m: re.Match[str], group: str, statistic: str, endpoint: str, **more: object) -> Figure:
    start, end = m.span(group)
    return Figure(start, end, statistic, number_of(m[group]), endpoint=endpoint, opens=start, closes=end, **more)  # type: ignore[arg-type]


_ONE_SIDED = re.compile(r"one[\s-](?:sided|tailed)|1-sided")
_TWO_SIDED = re.compile(r"two[\s-](?:sided|tailed)|2-sided")


def _sides(low: str) -> int | None:
    return 1 if _ONE_SIDED.search(low) else 2 if _TWO_SIDED.search(low) else None


def _boundary_name(words: str) -> str:
    low = words.lower()
    return "Haybittle-Peto" if "peto" in low else "Pocock" if "pocock" in low else "Lan-DeMets" if "lan" in low else "O'Brien-Fleming"


_SITE_WORDS = frozenset("sites centers centres hospitals institutions clinics countries practices schools".split())
_NO_SITES = re.compile(r"\b(?:stage|disease|metastatic|involved|tumou?r|injection|lesion)\b", re.IGNORECASE)
_STUDY_SITES = ("study", "trial", "cent", "investigat", "clinical", "countr", "random", "enrol", "recruit", "conducted")
_FROM = frozenset(("from", "between"))
_INTEGER = re.compile(r"[0-9]+")
_NO_DIGITS = re.compile(r"\D")
_REGISTRIES = ("NCT", "CTR", "RCT", "aCT", "a-CT", "KCT", "UDRA", "UMIN", "JPRN", "NTR", "DRKS")  # each number's letters hold one of these
_ASSIGNING = ("random", "allocat", "assign")


def facts(sentence: Sentence) -> Iterator[Figure]:
    """Sites, countries, dates, randomization ratio and registry numbers."""
    text, low, words = sentence.text, sentence.low, sentence.words
    if ":" in text and holds(low, _ASSIGNING) and _RANDOM.search(low):
        for m in _RATIO.finditer(text):
            parts = [int(p) for p in _INTEGER.findall(m["value"])]
            if all(0 < p < 11 for p in parts):
                start, end = m.span("value")
                yield Figure(
                    start, end, "ratio", parts[0] / parts[1], endpoint="randomization ratio", opens=start, closes=end, keep={"trial": True}
                )
    for m in () if _SITE_WORDS.isdisjoint(words) else _sites(sentence):
        if "." in m["value"] or _NO_SITES.search(m.group()):
            continue
        what = m["what"].lower()
        start, end = m.span("value")
        name = "countries" if what == "countries" else "sites"
        if what == "sites" and not holds(low, _STUDY_SITES):
            continue
        yield Figure(
            start, end, "count", number_of(m["value"]), endpoint=name, unit=name, exact=True, opens=start, closes=end, keep={"trial": True}
        )
    dated = " 19" in text or " 20" in text
    for at, _ in in_order(low, _FROM & words) if dated else ():
        m = _PERIOD.match(text, at)
        if m and _ENROLLED.search(text):
            for group, name in (("start", "enrolment start"), ("end", "enrolment end")):
                yield _date(m, group, name, m["end"])
    for m in _CUTOFF.finditer(text) if dated and ("cut" in low or "lock" in low) else ():
        yield _date(m, "value" if m["value"] else "before", "data cutoff", "")
    for m in REGISTRY.finditer(text) if holds(text, _REGISTRIES) else ():
        digits = _NO_DIGITS.sub("", m.group())
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


def _alphas(text: str) -> Iterator[re.Match[str]]:
    """Levels of significance: `alpha = 0.05`, `at the 5% significance level`."""
    before = list(_ALPHA_BEFORE.finditer(text)) if "%" in text else []
    yield from before
    for m in _ALPHA.finditer(text):
        if not any(b.start() < m.start() < b.end() for b in before):
            yield m


def _sites(sentence: Sentence) -> Iterator[re.Match[str]]:
    """Numbers, in digits or words, of places where the trial was run."""
    return _at_numbers(_SITES, sentence, [at for at, _ in in_order(sentence.low, COUNTING & sentence.words)])


def _at_numbers(pattern: re.Pattern[str], sentence: Sentence, more: Sequence[int] = ()) -> Iterator[re.Match[str]]:
    """The matches of a pattern that begins with a number."""
    last = 0
    for start in sorted([*(m.start() for m in _INTEGER.finditer(sentence.text)), *more]):
        m = pattern.match(sentence.text, start) if start >= last else None
        if m:
            last = m.end()
            yield m


def _date(m: re.Match[str], group: str, name: str, other: str) -> Figure:
    start, end = m.span(group)
    value, unit = date_number(m[group], other)
    return Figure(start, end, "date", value, endpoint=name, unit=unit, opens=start, closes=end, keep={"trial": True, "date": True})


def iso_date(number: float | None) -> str | None:
    """20160226 -> 2016-02-26, 201302 -> 2013-02, 2013 -> 2013."""
    digits = str(int(number)) if number else ""
    return "-".join(part for part in (digits[:4], digits[4:6], digits[6:8]) if part) or None


_YEAR = re.compile(r"(?:19|20)\d\d")
_MONTH_WORD = re.compile(r"[A-Za-z]{3,}")
_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)")


def date_number(printed: str, other: str = "") -> tuple[float | None, str | None]:
    """A date as the number yyyymmdd, yyyymm or yyyy, and which of these. A year left out is taken from the other end of the period."""
    year = _YEAR.search(printed) or _YEAR.search(other)
    word = _MONTH_WORD.search(printed)
    day = _DAY.search(printed)
    if not year:
        return None, None
    if not word or word.group().lower()[:3] not in _MONTHS:
        return float(year.group()), "yyyy"
    month = _MONTHS.index(word.group().lower()[:3]) + 1
    if not day:
        return float(int(year.group()) * 100 + month), "yyyymm"
    return float(int(year.group()) * 10000 + month * 100 + int(day.group())), "yyyymmdd"
