"""What the words of a label, header, caption or footnote say about figures: statistic, unit, grade, time, population.

Belongs here: wording shared by rows, columns, captions and notes. Does not: which of them governs a cell (statistics, tables).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_CI = r"(?:9[059](?:\.\d+)?|80)\s?%\s?[-–]?\s?(?:exact\s|credible\s|BCa\s|bootstrap\s|wald\s)?(?:C\.?I\.?s?\b|CL\b|CrI\b|confidence|conf\.|interval|limits?)"
# each begins with a look at the first character: most alternatives end there
_WORDS = rf"""
    (?P<lower>^\W*(?:lower|LCL|LL)\W*(?:bound|limit|95\s?%\s?CI|CI|CL)?\W*$)|(?P<upper>^\W*(?:upper|UCL|UL)\W*(?:bound|limit|95\s?%\s?CI|CI|CL)?\W*$)
    |(?=[98Ccul])(?P<ci>{_CI}|\bC\.?I\.?s?\b|\bCrI\b|confidence\s(?:intervals?|limits?)|(?:upper|lower)\s(?:9\d\s?%|limit|bound))
    |(?=[hHa])(?P<hr>hazards?[\s-]ratios?|\bH\.R\.|\ba?HR\b(?!QoL|-?QOL|QL)|\bHRs\b)
    |(?=[oOa])(?P<or>odds[\s-]ratios?|\bO\.R\.|\ba?ORs?\b)
    |(?=[rRapiI])(?P<rr>(?:relative|risk|rate|response(?=.ratio)|prevalence|incidence)[\s-](?:risks?|ratios?|rate\sratios?)(?!\sreduction)|\ba?RRs?\b|\bIRR\b)
    |(?=[raAR])(?P<reduction>(?:relative|absolute)\srisk\sreductions?|\bARR\b|\bRRR\b|risk\sdifferences?|\bRD\b)
    |(?=[dtMbE])(?P<diff>differences?|\bdiff\b\.?|treatment\seffects?|\bMDs?\b|between[\s-]group|\bESs?\b(?=$|\W*\())
    |(?=f)(?P<fold>\bfold[\s-]changes?\b)
    |(?=[mLsaprcdi(:,%Δ])(?P<change>\b(?:mean|median|LS|squares|absolute|adjusted|percent(?:age)?|relative)\b(?:\s(?!differ)\w+){{0,2}}?\s(?:changes?|reduction|decrease|increase|improvement|gain|loss)\b|(?:^|[(:,]\s?)(?:LS\s|%\s)?changes?\b|\bchanges?\s(?:from|in|at|over|to|between|\()|Δ|\bchanges?$|\b(?:reduction|decrease|increase|improvement)\sfrom\sbaseline)
    |(?=[pPsS\W])(?P<pvalue>\b[pP][\s-]*(?:-|–|‐)?\s?(?:values?\b|val\b)|^\W*[pP]\W*$|[\s(),/;-][pP]\W*$|\b[pP](?=\s*(?:\(|for\b|interaction|trend|\*|†|[=<]|vs\b))|\bp-?interaction|\bsignificance$|\bSig\.)
    |(?=[±Ss])(?P<sd>±\s?[Ss]\.?[Dd]\.?s?\b|\b(?:S\.?D\.?s?|sd|SDs)\b|standard\sdeviations?|\bstd\.?\s?(?:dev\w*)?\b|\bs\.d\.)
    |(?=[±Ss(,])(?P<se>±\s?[Ss]\.?[Ee]\.?[Mm]?\.?(?!\w)|\b(?:S\.?E\.?M?|sem)\b\.?|\(se\)|,\sse\b|\bs\.e\.m?\.?|standard\serrors?(?:\sof\s(?:the\s)?means?)?)
    |(?=[1fl2\W])(?P<q1>\b(?:1st|first|lower)\squartile\b|^\W*25th\spercentile\W*$)|(?=[3tu7\W])(?P<q3>\b(?:3rd|third|upper)\squartile\b|^\W*75th\spercentile\W*$)
    |(?=[IiQ2qP1])(?P<iqr>\bI\.?Q\.?R\.?\b|inter-?\s?quartiles?(?:\sranges?)?|\bQ1\s?[-–,;/to ]+\s?Q3|25(?:th)?\s?%?\s?(?:percentiles?)?\s?(?:[-–,;/]|to|and)\s?75(?:th)?\s?(?:%|percentiles?)?|quartiles?|\bP25\s?[-–,]\s?P75|10th\s?[-–]\s?90th)
    |(?=[rm])(?P<range>\branges?\b|\bmin(?:imum)?\.?\s?(?:[-–,;:/]|to|and)\s?max(?:imum)?\b\.?)
    |(?=[m\W])(?P<minimum>^\W*min(?:imum)?\.?\W*$)|(?=[m\W])(?P<maximum>^\W*max(?:imum)?\.?\W*$)
    |(?=m)(?P<median>\bmedians?\b|\bmed\.|\bmdn\b)
    |(?=[mMaLG])(?P<mean>\bmeans?\b|\bM(?=\s?(?:±|[(,]\s?(?:SD|SE)))|^averages?\b|\bLSM(?:eans?)?\b|\bGM[TC]s?\b)
    |(?=[Kkac])(?P<km>\bKM\b|kaplan|actuarial|cumulative\sincidence)
    |(?=[pwmscPy])(?P<person_time>(?:person|patient|wom[ae]n|m[ae]n|subject|participant|child)[\s-]?(?:years|months|days)(?:\sat\srisk|\sof\s\w+)?(?!\)?\s*\()|\bPYO?\b|years\sat\srisk)
    |(?=[p/ie])(?P<incidence>(?:per|/)\s?1?[\s,]?\d*0+\s?(?:person|patient|wom[ae]n|subject|participant|child)[\s-]?(?:years|months|days)?|incidence\srates?|event\srates?\sper)
    |(?=[tneA-Z])(?P<events>^(?:total\s)?(?:(?:no\.?|numbers?|n)\s(?:of\s)?)?(?:[A-Z]{{2,4}}\s)?events?\b(?!-)|\bn(?:o\.|umber)?\sof\sevents?\b)
    |(?=[\s%p])(?P<percent>(?<!\d)\s?%(?!\s?(?:C\.?I|confid|exact\sCI))|\bper\s?cent(?:age)?s?\b|\bpct\b)
    |(?=[nN\#fc])(?P<count>\b[nN]\b(?!\s?=)(?![-–]\w)|\bnos?\.|\bN°|\bnumbers?\b(?=\s?(?:\(|of\s(?:patients|subjects|participants|women|men|children|persons|people|cases|events|eyes|infants|individuals|pts)|$))|\bno\b(?=\s\(%)|\bfreq(?:uency)?\b|\bcounts?\b|\#)
"""
# nothing begins inside a word, nor at a space or full stop unless P or % follows: most places are passed over by this alone
_BEGIN = r"^|(?<![A-Za-z])(?=[A-Za-z])|(?=[^A-Za-z\s.)\-–;])|(?=[\s.)\-–;][pP%])"
WORDS = re.compile(rf"(?:{_BEGIN})(?:{_WORDS})", re.VERBOSE)
#: Without one of these a label (in lower case) names no statistic: most labels are turned away by this one pass.
TRIGGER = re.compile(
    r"%|±|δ|#|[ho]\.r|/ ?1|\b(?:m(?:ean|edian|ed\b|dn|in\b|in[i.]|ax|ds?\b|an|en|\b)|n(?:o?s?\b|um|°)|c(?:\.?i|ri\b|onf|hang|um|hild|ount)|u(?:pper|c?l\b)"
    r"|l(?:ower|c?l\b|s)|h(?:az|rs?\b)|a(?:hrs?\b|ors?\b|rr|bs|ctu|verage)|o(?:dds|rs?\b)|r(?:el|isk|ate|rs?\b|rr|d\b|educ|ange)|p(?:rev|\b|val|ati|art|y|er|ct|25)"
    r"|i(?:nc|rr|mpr|\.?q|nter)|d(?:iff|ecr)|t(?:reat|hird|otal)|between|e(?:ss?\b|vent)|s(?:ig|\.?d|\.?e|td|tand|ubj)|q(?:1|3|uart)|[27]5|1st|3rd|10th|f(?:irst|req)"
    r"|gm|k(?:m|ap)|wom|year)",
)
LEVEL = re.compile(r"(\d{2}(?:\.\d+)?)\s?%\s?[-–]?\s?(?:exact\s|credible\s|wald\s)?(?:C\.?I|CL\b|CrI|conf|interval|limit)", re.IGNORECASE)


class Features(NamedTuple):
    """The statistics that a text names, in the order in which it names them, without doubles."""

    named: tuple[str, ...] = ()
    level: float | None = None  # of a confidence interval
    versus: bool = False

    def __contains__(self, name: object) -> bool:
        return name in self.named


NOTHING = Features()
VERSUS = re.compile(r"\b(?:vs?\.?|versus|relative to|compared (?:with|to)|against|over)\s", re.IGNORECASE)


@lru_cache(maxsize=20_000)
def features(text: str) -> Features:
    """The statistics that a label or header names."""
    if not TRIGGER.search(text.lower()):
        return NOTHING
    names: list[str] = []
    for found in WORDS.finditer(_lowered(text)):
        name = found.lastgroup
        if name == "change":  # `mean change` names both
            names.extend(which for which in ("mean", "median") if which in found.group().lower().split() and which not in names)
        if name and name not in names:
            names.append(name)
    if not names and not VERSUS.search(text):
        return NOTHING
    level = LEVEL.search(text)
    return Features(tuple(names), float(level.group(1)) if level else None, bool(VERSUS.search(text)))


def _lowered(text: str) -> str:
    """Words in lower case; what is short and in capitals (OR, SD, CI) stays."""
    if not CAPITALS.search(text):
        return text.lower() if not LONE_CAPITAL.search(text) else LONG_WORD.sub(lambda m: m.group().lower(), text)
    return LONG_WORD.sub(
        lambda m: m.group() if m.group().isupper() and len(m.group()) <= 4 or m.group() in _MIXED else m.group().lower(), text
    )


CAPITALS = re.compile(r"[A-Z][A-Z]|[A-Z]Rs|CrI|[A-Z]s\b|[A-Z]\.")
LONE_CAPITAL = re.compile(r"\b[A-Z](?![a-z])|Δ")
LONG_WORD = re.compile(r"[A-Za-z][A-Za-z]+")
_MIXED = frozenset(("ORs", "HRs", "RRs", "CIs", "CrI", "SDs", "aHR", "aOR", "aRR", "PYs"))

#: In lower case, a caption's or note's sentence that tells how the table's figures are set; lists of abbreviations do not.
FORMAT_SENTENCE = re.compile(
    r"(?:(?:data|values?|results?|numbers?|figures?|entries|variables|characteristics|measurements?|percentages?|parenthes[ei]s|brackets|continuous|categorical)\b"
    r"[^.;]{0,80}?\b(?:are|is|were|was|as|represents?|indicates?|denotes?|given|shown|presented|expressed|reported|in|for)\b[^.;]*)"
    r"|(?:^|[.;]\s*)(?:\W*(?:means?|medians?|n|no\.?|number)\s?(?:\(|\[|±|,|and|with)[^.;]*)|(?:expressed|presented|reported|shown|given) as [^.;]*"
    r"|unless otherwise[^.;]*|(?<![\w(])(?:mean|median)\s?(?:±|\()[^.;]*|\(\s?(?:n|no\.)\s?[(,;]?\s?%\s?\)?\)?",
)
SHORT_POINTS = re.compile(r"\b(?:s\.d\.|s\.e\.m?\.?|c\.i\.|i\.q\.r\.)", re.IGNORECASE)
EXCEPTION = re.compile(r"\b(?:except|unless|other than|apart from)\b.*", re.IGNORECASE)


@lru_cache(maxsize=5_000)
def format_features(text: str) -> tuple[Features, Features]:
    """What a caption or note says of the format of figures: the rule, and what holds for the exceptions that it names."""
    rule: list[str] = []
    other: list[str] = []
    low = text.lower()
    if not TRIGGER.search(low):
        return NOTHING, NOTHING
    if any(map(low.__contains__, (".d.", ".e.", ".i.", ".q."))):
        text = SHORT_POINTS.sub(lambda found: found.group().replace(".", "").upper(), text)
        low = text.lower()
    for found in FORMAT_SENTENCE.finditer(low if len(low) == len(text) else text):
        sentence = text[found.start() : found.end()]
        exception = EXCEPTION.search(sentence)
        head = sentence[: exception.start()] if exception else sentence
        rule.extend(name for name in features(head).named if name not in rule)
        if exception:
            other.extend(name for name in features(exception.group()).named if name not in other)
    return Features(tuple(rule)), Features(tuple(other))


#: How an article says that it gives its figures, in the part on statistics. In lower case; the reader looks that a word begins there.
CONVENTION = re.compile(
    r"(?:expressed|presented|reported|given|shown|summari[sz]ed|described|displayed|listed|written)\s(?:here\s)?(?:as|using|by|in|with|in\sterms\sof)\s(?:the\s)?(?P<how>[^.;]{0,110})"
)
CONVENTION_SPREAD = re.compile(r"SD|SE|deviation|error|±|IQR|inter-?quartile|range|percentile")


@lru_cache(maxsize=2_000)
def convention_of(text: str) -> Features:
    """The formats that a paragraph says all figures have: `continuous variables are expressed as mean (SD)`."""
    named: list[str] = []
    if not ("mean" in text or "median" in text) or not CONVENTION_SPREAD.search(text):
        return NOTHING
    low = text.lower()
    for found in CONVENTION.finditer(low if len(low) == len(text) else text):
        begin = found.start()
        if begin and (low[begin - 1].isalnum() or low[begin - 1] == "_"):
            continue
        said = centre_and_spread(features(text[found.start("how") : found.end("how")]).named)
        named.extend(name for name in said if name not in named)
    return Features(tuple(named))


def centre_and_spread(named: tuple[str, ...]) -> tuple[str, ...]:
    """Of the statistics that a text names, a mean with its deviation or error, a median with its range; nothing where it has one only."""
    if "mean" in named and ("sd" in named or "se" in named) or "median" in named and ("iqr" in named or "range" in named):
        return tuple([name for name in named if name in ("mean", "sd", "se", "median", "iqr", "range")])
    return ()


# -- grade -------------------------------------------------------------------------------------------------------------------------

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_ONE = r"(?:[0-5]|IV|I{1,3}|V)"
GRADE = re.compile(
    rf"\b(?:(?:CTCAE?|NCI|WHO|maximum|worst|toxicity)\s)*(?:(?:grades?|gr\.?)\s?(?:of\s)?|G(?=[\s≥]?[0-5]))(?P<over>[≥⩾≧>]\s?=?|>=)?\s?\(?(?P<low>{_ONE})(?![\w%.])"
    rf"(?:\s?(?:[-–−/+&,]|to|or|and|through|or\sgrade|and\sgrade)\s?(?:grade\s|G)?(?P<high>{_ONE})(?![\w%.]))?(?P<more>\s?(?:\+|or\s(?:higher|greater|above|more|worse|over)|and\s(?:higher|above|over)))?"
    rf"|(?P<over2>[≥⩾≧]|>=)\s?(?:grade|G)\s?(?P<low2>{_ONE})\b",
    re.IGNORECASE,
)
GRADE_HINT = re.compile(r"[Gg≥⩾≧](?:(?<=[≥⩾≧])|[Rr]|(?<=G)(?<!\wG)\s?[≥0-5])")
ANY_GRADE = re.compile(r"\b(?:any|all)[\s-]*(?:grades?|causality grades?)\b|\bgrades?\s(?:any|all)\b|\boverall\sgrades?", re.IGNORECASE)
BARE_GRADE = re.compile(rf"(?P<over>[≥⩾≧]\s?)?(?P<low>{_ONE})(?:\s?(?:[-–−/+&,]|to|or|and)\s?(?P<high>{_ONE}))?(?P<more>\+)?")
BARE_ANY = re.compile(r"any|all|total|overall|all grades?|any grades?", re.IGNORECASE)


def _digit(text: str) -> int:
    return int(text) if text.isdigit() else _ROMAN[text.lower()]


def _band(low: str, high: str | None, over: str | None, more: str | None) -> str:
    first = _digit(low)
    if over or more:
        return f">={first + 1}" if over and over.strip() == ">" else f">={first}"
    if high:
        last = _digit(high)
        return f"{first}-{last}" if last > first else str(first)
    return str(first)


@lru_cache(maxsize=20_000)
def grade_of(text: str) -> str | None:
    """The grade that a text names with the word grade: `any`, `3`, `3-4`, `>=3`."""
    found = GRADE.search(text) if GRADE_HINT.search(text) else None
    if found:
        if found.group("low2"):
            return f">={_digit(found.group('low2'))}"
        return _band(found.group("low"), found.group("high"), found.group("over"), found.group("more"))
    return "any" if "grade" in text.lower() and ANY_GRADE.search(text) else None


@lru_cache(maxsize=20_000)
def bare_grade(text: str) -> str | None:
    """The grade that a header or label is when something above it says that these are grades."""
    text = text.strip(" ()")
    if BARE_ANY.fullmatch(text):
        return "any"
    found = BARE_GRADE.fullmatch(text)
    return _band(found.group("low"), found.group("high"), found.group("over"), found.group("more")) if found else None


# -- time, population, unit ---------------------------------------------------------------------------------------------------------

_NUMBERED = r"(?:\d+(?:\.\d+)?(?:st|nd|rd|th)?|one|two|three|four|five|six|twelve)"
_TIME = r"(?:minutes?|mins?|hours?|hrs?|h|days?|weeks?|wks?|months?|mos?|years?|yrs?|y|cycles?)"
TIME = re.compile(
    rf"\b(?:at\s|after\s|by\s|to\s)?(?:(?:week|month|day|year|cycle|visit)s?\s?(?:\d+(?:\s?[-–]\s?\d+)?)\b|(?:{_NUMBERED})[\s‐-]?{_TIME}\b(?!\s+(?:or\solder|of\sage|old))"
    r"|baseline|pre-?treatment|post-?treatment|end\sof\s(?:study|treatment|trial|follow-?up)|follow-?up|endpoint|pre-?test|post-?test|pre\b-?|post\b-?|before\b|after\b|screening|pre-?operative(?:ly)?|post-?operative(?:ly)?|discharge)",
    re.IGNORECASE,
)
AT_TIME = re.compile(
    rf"\b(?:at|after|by|through|over|within)\s(?P<time>(?:the\s)?(?:(?:week|month|day|year|cycle)s?\s?\d+\b|{_NUMBERED}[\s‐-]?{_TIME}\b|baseline\b|follow-?up\b))|^\W*(?P<alone>(?:week|month|day|year|cycle)\s?\d+)\W*$|(?P<hyphen>\b\d+[\s‐-](?:year|month|week|day))\b",
    re.IGNORECASE,
)
TIME_HINT = re.compile(
    r"w(?:eek|k)|m(?:onth|os|o\b|in)|d(?:ay|(?<=[\s\d‐-]d)\b)|y(?:ear|r|(?<=[\s\d‐-]y)\b)|h(?:ou)?r|h(?<=[\s\d‐-]h)\b|cycle|baseline|follow"
)
POPULATIONS = (
    ("ITT", re.compile(r"\b(?:modified\s)?intent(?:ion)?[\s‐-]to[\s‐-]treat\b|\bm?ITT\b", re.IGNORECASE)),
    ("per_protocol", re.compile(r"\bper[\s‐-]protocol\b|\bPP\s(?:population|set|analysis)", re.IGNORECASE)),
    ("as_treated", re.compile(r"\bas[\s‐-]treated\b|\bsafety\s(?:population|analysis|set|evaluable)", re.IGNORECASE)),
    ("measurable", re.compile(r"\bmeasurable[\s-]disease\b", re.IGNORECASE)),
)
POPULATION_HINT = re.compile(r"in?t(?:en|t)|protocol|pp|treated|safety|measurable|random")
RANDOMIZED = re.compile(r"\ball[\s-](?:randomly[\s-]assigned|randomi[sz]ed)\b", re.IGNORECASE)


@lru_cache(maxsize=20_000)
def population_of(text: str) -> str | None:
    if not POPULATION_HINT.search(text.lower()):
        return None
    for name, pattern in POPULATIONS:
        if pattern.search(text):
            return name
    return "ITT" if RANDOMIZED.search(text) else None


def sole_population(text: str) -> str | None:
    """The population that a caption names, where it names one only."""
    if not POPULATION_HINT.search(text.lower()):
        return None
    named = {name for name, pattern in POPULATIONS if pattern.search(text)} | ({"ITT"} if RANDOMIZED.search(text) else set())
    return named.pop() if len(named) == 1 else None


@lru_cache(maxsize=20_000)
def timepoint_in(text: str) -> str | None:
    """The time that a caption or label tells with `at`, `after` and the like, or a hyphen: `week 52`, `3 years`."""
    found = AT_TIME.search(text) if TIME_HINT.search(text.lower()) else None
    if not found:
        return None
    time = found.group("time") or found.group("alone")
    if time is None:
        number, unit = re.split(r"[\s‐-]", found.group("hyphen"), maxsplit=1)
        time = f"{number} {unit}" + ("s" if number != "1" else "")
    return " ".join(time.lower().replace("‐", "-").split()).removeprefix("the ")


UNITS = {
    "yr": "years", "yrs": "years", "year": "years", "years": "years", "y": "years", "mo": "months", "mos": "months", "month": "months",
    "months": "months", "wk": "weeks", "wks": "weeks", "week": "weeks", "weeks": "weeks", "day": "days", "days": "days", "d": "days",
    "h": "hours", "hr": "hours", "hrs": "hours", "hour": "hours", "hours": "hours", "min": "minutes", "minutes": "minutes", "mins": "minutes",
}  # fmt: skip
UNIT_TAIL = re.compile(
    r"(?:[,(\[—–-]|^)\s*(?:in\s)?(?P<unit>[A-Za-zµμ°/%][\w/µμ²³^·.×*°-]*(?:\s?/\s?[\w.]+(?:\s?m\^?2)?)?)\s*[)\]]?\s*(?=$|[,;(\[—–±])"
)


@lru_cache(maxsize=20_000)
def unit_of(label: str) -> str | None:
    """The unit that a row label ends with: `Age, years`, `BMI (kg/m^2)`, `Median — mo`. None where what stands there is no unit."""
    best = None
    for found in UNIT_TAIL.finditer(label):
        word = found.group("unit").strip(" .")
        if word.lower() in UNITS:
            return UNITS[word.lower()]
        if UNIT_LIKE.fullmatch(word):
            best = word
    return best


UNIT_LIKE = re.compile(
    r"(?:[kmcµμnpdf]?(?:g|l|L|m|mol|M|Pa|cal|J|IU|U|eq|Eq|s)|mmHg|bpm|kg|cm|mm|points?|score|IU|U|copies|cells|beats|kcal|°C|ppm|units?)"
    r"(?:\s?[/·.]\s?[\w.^²³×]+)*|[\w.]+/[\w.^²³]+(?:/[\w.^²³]+)*",
)
