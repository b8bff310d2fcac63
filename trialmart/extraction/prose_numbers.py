"""The figures of a sentence, read by how they are set: `160 of the 444 patients (36.0%)`, `HR 0.58 (95% CI, 0.46 to 0.72)`, `8.2% [n = 36]`.

Belongs here: which characters are figures, what kind of figure each is, which belong together. Does not: which arm, endpoint or
population they speak of (prose_attribution, prose_meaning), and what the article planned (prose_design).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from trialmart.extraction.prose_sentences import NUMBER_WORDS as WORDS
from trialmart.extraction.prose_sentences import Sentence, holds

_TENS = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
_ONES = r"(?:one|two|three|four|five|six|seven|eight|nine)"
WORD = rf"(?:one\s+hundred(?:\s+and\s+(?:{_TENS}(?:[\s-]{_ONES})?|{_ONES}))?|{_TENS}(?:[\s-]{_ONES})?|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|{_ONES})"
_THIN = "\u2009\u202f\u00a0,"
DIGITS = rf"(?:\d{{1,3}}(?:[{_THIN}]\d{{3}})+(?![\d])|\d{{1,3}}(?: \d{{3}})+(?=\s+(?:patients|participants|women|men|subjects|children)\b)|\d+)(?:\.\d+)?|\.\d+"
SIGNED = rf"(?:-\s?)?(?:{DIGITS})"
MISSING = (
    r"(?:(?:(?:upper|lower)\s+(?:limit|bound)\s+)?not?\s+(?:yet\s+)?(?:been\s+)?(?:reached|estimable|evaluable|calculable|available|reported|determined|defined|computable)|inestimable|non-?estimable|"
    r"unreached|undefined|infinity|\u221e|N\.?[RE]\.?(?![A-Za-z])|NA(?![A-Za-z])|NC(?![A-Za-z]))"
)
_REASONS = (
    ("reach", "not_reached"),
    ("NR", "not_reached"),
    ("N.R", "not_reached"),
    ("available", "not_reported"),
    ("reported", "not_reported"),
    ("determined", "not_determined"),
)

NOUNS = (
    r"(?:(?:[a-zA-Z]+-)?(?:patients?|participants?|subjects?|women|men|children|adults|infants|individuals|persons|people|volunteers|boys|girls|cases?|"
    r"recipients|females?|males?|responders?|survivors|mothers|adolescents|students|controls|residents|smokers))"
)
EVENTS = r"(?:events?|deaths?|relapses?|recurrences?|progressions?|episodes?|failures?|withdrawals?|discontinuations?|infections?|fractures?|complications?|responses?|dropouts?)"
_TIME = r"(?:months?|mo|years?|yrs?|weeks?|wks?|days?|hours?|hrs?|minutes?|mins?|seconds?|h)\b"
_UNIT = re.compile(
    rf"[\s-]?(?P<time>{_TIME})|\s?(?P<other>(?:mm\s?Hg|mmHg|kg/m2|kg|mg/dl|mg/L|g/dl|g/L|g/dL|mg/dL|mmol/mol|mmol/l|mmol/L|\u00b5mol/[lL]|\u03bcmol/[lL]|ng/ml|ng/mL|pg/mL|pg/ml|IU/[lLmM]+|U/L|"
    r"cm|mm|ml/min(?:/1\.73 m2)?|mL/min(?:/1\.73 m2)?|ml|mL|points?|bpm|beats/min|kcal/day|kcal|g|mg|m/s|score points|units?|cells/[\w\u00b5\u03bc]+|log10|logs?)(?![\w]))"
)  # fmt: skip


@dataclass(slots=True, eq=False)
class Figure:
    """One printed number of a sentence. `owner` is the figure that it belongs to (a limit's estimate, a percent's count)."""

    start: int
    end: int
    statistic: str
    value: float | None
    comparator: str | None = "="
    unit: str | None = None
    owner: Figure | None = None
    missing_reason: str | None = None
    sides: int | None = None
    method: str | None = None
    endpoint: str | None = None
    exact: bool = False
    governor: tuple[int, int] | None = None  # where the word stands that told the statistic
    closes: int = 0  # end of what is set together with it, its bracket included
    opens: int = 0  # start of the same
    keep: dict[str, object] = field(default_factory=dict)


_NUMBER = re.compile(DIGITS)
_LABELS = frozenset(
    "table tables tab tab. figure figures fig fig. figs figs. appendix ref refs ref. reference references section sections chapter eq equation box panel file files grade grades "
    "ctc ctcae recist version v v. spss sas stata icd dsm nyha class type types phase stage stages level levels model protocol visit visits question item items step steps part "
    "cycle cycles course courses day days week weeks month year hour arm arms group groups cohort trial study no. number numbers ps ecog kps karnofsky who eortc "
    "appendix supplement s release edition line lines axis chapter status exon codon chromosome interleukin vitamin score".split()
)
_THRESHOLD_WORDS = frozenset(
    "< > \u2265 \u2264 least than over under above below aged age within every first last next previous past prior after before during until for".split()
)
_MONTH_NAMES = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
_DOSE_UNIT = re.compile(
    r"[\s-]?(?!m?g/d?l\b)(?:mg|\u00b5g|\u03bcg|mcg|ug|gy|mbq|iu|units?|ml|g|cgy|mmol|tablets?|capsules?|fold|times|points?\b(?=\s+(?:scale|likert))|item|gauge|x\s?10|\u00d7)(?![a-z])",
    re.IGNORECASE,
)
_DOSE_PER = re.compile(r"\s?(?:mg|[\u00b5\u03bc]g|mcg)/(?!d?[lL]\b)")
_MEASURE = re.compile(rf"[\s-]?(?:{_TIME}|mg|kg|cm|mm\b|m2|yrs?|mmhg|points?|cycles?|courses?|doses?|old|mmol)", re.IGNORECASE)
_JOINERS = re.compile(r"\s*(?:,|-|/|&|\band\b|\bor\b|\bto\b|,\s*and|,\s*or|through)\s*(?:[a-z]+\s+)?", re.IGNORECASE)
_PERCENT_AFTER = re.compile(r"[.\d]*\s?%")
_OF_LABELS = frozenset("grade grades score status level stage class ps".split())
_RESULT_AFTER = re.compile(rf"[.\d]*\s?(?:%|[(\[]|(?:[\w-]+\s+){{0,2}}?(?:{NOUNS}|{EVENTS})\b)", re.IGNORECASE)

_CI = re.compile(
    r"""(?:(?P<level>\d{2}(?:\.\d+)?)\s?%[\s-]*(?:two-sided\s+|one-sided\s+|exact\s+|Bayesian\s+)?)?
    (?P<name>\bC\.?I\.?s?\b(?![a-z])|\b(?:confiden\w+|credible|credibility)\s+(?:intervals?|limits?|bounds?)(?:\s*[(\[]\s*(?:CI|CrI|CL)s?\s*[)\]])?|\bCrIs?\b)\s?(?:[(\[]?(?P<after>\d{2})\s?%[)\]]?)?""",
    re.VERBOSE | re.IGNORECASE,
)
_TO = r"\s?%?\s*(?:\bto\b|-|,|;|/|\band\b|\.\.\.|~)\s*"
_LIMITS = re.compile(
    rf"\s*(?:[:,;=]|of|was|were|is|from|between|ranged?|ranging|for\s+[\w\s]{{1,40}})?\s*(?:from\s+|between\s+)?[(\[]?\s*(?P<lower>{SIGNED}|{MISSING})\s?%?(?:\s?(?:{_TIME}))?{_TO}(?P<upper>{SIGNED}|{MISSING})",
    re.IGNORECASE,
)
_BARE_PAIR = re.compile(rf"\s?%?(?:\s(?:{_TIME}))?,\s*(?P<lower>{DIGITS})\s?-\s?(?P<upper>{DIGITS})(?=\s*[;,)\]])")
_PAIR_TO = r"\s?%?\s*(?:\bto\b|-|,|;|\band\b|~)\s*"
_PAIR = re.compile(
    rf"\s?%?(?:\s?[a-zA-Z/]{{1,9}}\.?)?\s*[(\[]{{1,2}}\s*(?P<lower>{SIGNED}|{MISSING}){_PAIR_TO}(?P<upper>{SIGNED}|{MISSING})\s?%?(?:\s?[a-zA-Z/]{{1,8}})?\s*(?P<close>[)\]]|[,;])",
    re.IGNORECASE,
)
_SPREAD = re.compile(
    rf"""(?P<name>\bI\.?Q\.?R\.?\b|\binter-?quartile(?:\s+range)?s?(?:\s*[(\[]IQR[)\]])?|\b(?:observed\s+|age\s+|total\s+)?range(?:d|s|\sof)?\b|\branging\b|\bSD\b|\bS\.D\.|\bstandard\s+deviations?(?:\s*[(\[]SD[)\]])?|\bSEM?\b|\bstandard\s+errors?)
    \s*(?:[:,;=]|of|was|from|between|is|\u00b1)?\s*(?:from\s+|between\s+)?[(\[]?\s*(?P<lower>{SIGNED}|{WORD}|{MISSING})(?![\w%]*\s*[(\[])(?:\s?%|\s?(?!to\b|and\b)[a-z/]{{1,6}}\b)?(?:\s*(?:\bto\b|-|,|;|\band\b)\s*(?P<upper>{SIGNED}|{WORD}|{MISSING}))?""",
    re.VERBOSE | re.IGNORECASE,
)
_P = re.compile(
    r"""(?P<name>(?<![\w.])(?:[Pp]|\b[Pp]rob(?:ability)?)(?:\s?-?\s?(?:values?|trend|interaction|heterogeneity))?(?:\s?\(?for\s+(?:the\s+)?(?:[\w-]+\s){0,4}?(?:interaction|trend|heterogeneity|superiority|non-?inferiority|difference|comparison)\)?|\s+for\s+(?:the\s+)?[\w\u03c7^-]+\s+test)?|\b[Ss]ignificance|\bP\s?(?:int|trend|het)\b)
    (?:\s?[(\[][^()\[\]\d]{0,30}[)\]])?\s*(?:of\s*|was\s*|were\s*|is\s*|:\s*|,\s*)?(?P<sign>=|<\s?=|>\s?=|<|>|\u2264|\u2265|\bless\s+than\b|\bgreater\s+than\b|\\leq?|\\geq?|\b(?=\d?\.\d))\s*(?P<value>0?\.\d+(?:\s?[x\u00d7]\s?10[\s^-]*\d+)?|[01](?:\.\d+)?(?![\w%])|(?:NS|n\.s\.)\b)""",
    re.VERBOSE,
)  # fmt: skip
_PLUS_MINUS = re.compile(rf"(?P<mean>(?:-\s?)?(?:{DIGITS}))\s?%?(?:\s?[a-zA-Z/]{{1,8}})?\s*(?:\u00b1|\+/-|\+-|\\pm)\s*(?P<sd>{DIGITS})")
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
_SHARED = re.compile(
    rf"(?<![\w.%/])(?P<value>(?:-\s?)?(?:{DIGITS}))(?=\s*(?:vs\.?|versus|and|or|,|,\s*and|compared\s+(?:with|to)|as\s+compared\s+with|/)\s*(?:(?:-\s?)?(?:{DIGITS})\s*(?:,|and|,\s*and|/)\s*)*(?:-\s?)?(?:{DIGITS})\s?%)",
    re.IGNORECASE,
)
_RATIO = re.compile(
    r"(?P<hazard_ratio>\b(?:(?:[Aa]djusted|unadjusted|stratified|crude|pooled|multivariate|multivariable)\s+)?[Hh]azards?[\s-]+[Rr]atios?\b|\ba?HRs?\b(?![-+])(?!QoL))"
    r"|(?P<odds_ratio>\b[Oo]dds[\s-]+[Rr]atios?\b|\ba?ORs?\b(?![-+]))"
    r"|(?P<risk_ratio>\b(?:[Rr]elative|[Rr]isk)[\s-]+(?:risks?|ratios?)(?:\s+reduction)?\b|\brelative\s+rates?\b|\b(?:incidence\s+)?rate\s+ratios?\b|\bRRs?\b(?![-+\s]?int)|\bIRRs?\b)"
)
_TEST_STATISTIC = re.compile(r"\b[tFzr]\s?[=(]|\bchi|\u03c72?\b|\bdf\b|\bCohen", re.IGNORECASE)
#: The words that tell what the number behind them is.
_GOVERNING = {
    word: kind
    for kind, words in {
        "median": "median medians",
        "mean": "mean means average averages averaged",
        "difference": "difference differences increment increments",
        "change": "change changes reduction reductions decrease decreases decreased decline declines declined increase increases increased improve improved improvement improvements",
        "rate": "rate rates incidence incidences proportion proportions percentage percentages prevalence frequency frequencies",
        "sd_stat": "kappa icc correlation correlations correlated coefficient coefficients auc cohen",
    }.items()
    for word in words.split()
}  # fmt: skip


class Governor(NamedTuple):
    """A word that tells the statistic of the figures behind it."""

    lastgroup: str
    first: int
    last: int

    def start(self) -> int:
        return self.first

    def end(self) -> int:
        return self.last

    def span(self) -> tuple[int, int]:
        return self.first, self.last


_COUNT_WORDS = re.compile(
    rf"(?<![\w-])(?P<value>{WORD}|no|none)(?P<rest>\s+(?:(?!of\b|and\b|or\b|in\b|the\b|to\b|had\b|have\b|has\b|with\b|populations?\b|studies\b|other\b|significant\w*\b|statistical\w*\b|difference\w*\b|evidence\b|further\b|additional\b|longer\b|more\b|previous\b|prior\b|clear\b|such\b|treatment\b)[\w'/-]+\s+){{0,3}}?(?P<noun>{NOUNS}|{EVENTS}|CRs?|PRs?)\b|\s+of\s+(?:the\s+)?(?:{WORD}\s+|{DIGITS}\s+)?(?:[\w-]+\s+){{0,2}}?{NOUNS})",
)  # fmt: skip
_NONE = re.compile(
    r"(?<=[\s(])none\b(?!\s+of\s+(?:the\s+)?(?!(?:[\w-]+\s+){0,3}?(?:patients|participants|subjects|women|men|children|acetylators))\w+)",
    re.IGNORECASE,
)


def number_of(text: str) -> float:
    """The value of printed digits or of a count in words."""
    word = text.strip().lower()
    if word[:1].isalpha():
        return float(sum(WORDS.get(part, 0) for part in re.split(r"[\s-]+", word) if part not in ("and",)) if not word.startswith("one hundred")
                     else 100 + sum(WORDS.get(part, 0) for part in re.split(r"[\s-]+", word[11:])))  # fmt: skip
    return float(re.sub(rf"[{_THIN} ]", "", text))


def missing_reason(text: str) -> str:
    """Which missing reason a word in a number's place stands for."""
    return next((reason for sign, reason in _REASONS if sign.lower() in text.lower()), "not_estimable")


_DIGIT = re.compile(r"\d")


def _find_numbers(text: str) -> list[re.Match[str]]:
    """Every number of a text. Looks for digits first: the full pattern is slow where there are none."""
    found: list[re.Match[str]] = []
    at = 0
    while m := _DIGIT.search(text, at):
        start = m.start()
        if start and text[start - 1] == "." and not text[start - 2 : start - 1].isdigit():
            start -= 1
        number = _NUMBER.match(text, start) or _NUMBER.match(text, m.start())
        if number is None:
            break
        found.append(number)
        at = number.end()
    return found


ALL_RATIOS = frozenset(("hazard_ratio", "odds_ratio", "risk_ratio"))


def ratios_of(body: str) -> frozenset[str]:
    """Which ratios an article speaks of by their full names."""
    low = body.lower()
    named = {
        "hazard_ratio": ("hazard",),
        "odds_ratio": ("odds",),
        "risk_ratio": ("relative risk", "risk ratio", "relative rate", "rate ratio"),
    }
    return frozenset(ratio for ratio, words in named.items() if holds(low, words))


class Scan:
    """Reads one sentence. `figures` holds what was understood, in order of print."""

    def __init__(
        self,
        sentence: Sentence,
        masked: list[tuple[int, int]] | None = None,
        known_spread: str | None = None,
        ratios: frozenset[str] = ALL_RATIOS,
    ) -> None:
        self.text = text = sentence.text
        low = text.lower()
        self.low = low if len(low) == len(text) else text  # patterns without capitals run on it, much faster than with IGNORECASE
        self.ratios = ratios  # those that the article speaks of: HR is a heart rate in an article without hazards
        self.figures: list[Figure] = []
        self._taken = bytearray(len(self.text))
        self._words = set(_ALPHA.findall(self.low))
        self._count_starts: list[int] | None = None
        self._governors: list[Governor] | None = None
        self.spread = known_spread  # what a bare bracket after an estimate holds: ci, iqr, range, sd
        for start, end in masked or ():
            self._take(start, end)
        self._numbers = _find_numbers(self.text)
        if self._numbers:
            self._read()
        self._read_words()
        self.figures.sort(key=lambda f: f.start)

    # -- order of reading: what is set unmistakably first -----------------------------------------------------------------------

    def _read(self) -> None:
        text = self.text
        if "CI" in text or "onfidence" in text or "redib" in text or "C.I" in text:
            self._read_limits()
        if ("p" in text or "P" in text or "ignificance" in text) and _SIGNS.search(text):
            self._read_p_values()
        if (
            "rang" in text
            or "SD" in text
            or "IQR" in text
            or "quartile" in text
            or "tandard" in text
            or "SE" in text
            or "S.D" in text
            or "Q.R" in text
            or "Rang" in text
        ):
            self._read_spreads()
        named = _SPREAD_NAMED.search(text) if self.spread is None and "(" in text else None
        if named:
            self.spread = "sd" if named.group(1).upper().startswith("SD") else "se"
        self._mask()
        if "\u00b1" in text or "+/-" in text or "pm" in text:
            self._read_plus_minus()
        if "R" in text or "atio" in text or "elative" in text:
            self._read_ratios()
        self._read_bracket_pairs()
        self._read_counts()
        if "%" in text or "percent" in text or "per cent" in text:
            self._read_percents()
        self._read_governed()

    def _free(self, start: int, end: int) -> bool:
        return self._taken.find(1, start, end) < 0

    def _take(self, start: int, end: int) -> None:
        self._taken[start:end] = b"\x01" * (end - start)

    def _add(self, start: int, end: int, statistic: str, **more: object) -> Figure:
        printed = self.text[start:end]
        value = more.pop("value", None)
        if value is None and "missing_reason" not in more:
            value = number_of(printed)
        figure = Figure(start, end, statistic, value, **more)  # type: ignore[arg-type]
        figure.opens = figure.opens or start
        figure.closes = figure.closes or end
        self.figures.append(figure)
        self._take(start, end)
        return figure

    def _signed(self, m: re.Match[str], group: str, statistic: str, **more: object) -> Figure | None:
        """A number that may carry a minus, or a word in its place."""
        start, end = m.span(group)
        printed = self.text[start:end]
        if printed[:1].isalpha() or printed[:1] == "\u221e":
            if re.fullmatch(WORD, printed, re.IGNORECASE):
                return self._add(start, end, statistic, **more)
            return self._add(start, end, statistic, comparator=None, missing_reason=missing_reason(printed), **more)
        return self._add(
            start, end, statistic, value=number_of(printed.replace("-", "").strip()) * (-1 if printed.startswith("-") else 1), **more
        )

    # -- limits, p values, spreads ----------------------------------------------------------------------------------------------

    def _read_limits(self) -> None:
        for m in _CI.finditer(self.text):
            if not self._free(m.start("name"), m.end("name")):
                continue
            limits = _LIMITS.match(self.text, m.end())
            level = self._level(m)
            self._take(m.start(), m.end())
            if limits is None or not self._free(*limits.span("lower")):
                self.spread = "ci"
                continue
            lower = self._signed(limits, "lower", "ci_lower")
            upper = self._signed(limits, "upper", "ci_upper")
            for figure in (level, lower, upper):
                if figure:
                    figure.opens, figure.closes = m.start(), limits.end()
            self.spread = "ci"

    def _level(self, m: re.Match[str]) -> Figure | None:
        group = "level" if m["level"] else "after" if m["after"] else None
        return self._add(*m.span(group), "ci_level", unit="%", exact=True) if group and self._free(*m.span(group)) else None

    def _read_p_values(self) -> None:
        last = 0
        for candidate in _P_LETTER.finditer(self.text):
            m = _P.match(self.text, candidate.start()) if candidate.start() >= last else None
            if m is None:
                continue
            start, end = m.span("value")
            if not self._free(start, end):
                continue
            last = end
            words = self.text[max(0, m.start() - 60) : m.start()].lower() + m["name"].lower()
            sides = (
                1
                if re.search(r"one[\s-](?:sided|tailed)|1[\s-]sided", words[-75:])
                else 2
                if re.search(r"two[\s-](?:sided|tailed)|2[\s-]sided", words[-75:])
                else None
            )
            value = m["value"]
            if value[0].isalpha():
                self._add(start, end, "p_value", comparator=None, missing_reason="not_significant", sides=sides, opens=m.start())
                continue
            sign = m["sign"].replace(" ", "")
            sign = {
                "": "=",
                "less than": "<",
                "lessthan": "<",
                "greaterthan": ">",
                "\u2264": "<=",
                "\u2265": ">=",
                "\\le": "<=",
                "\\leq": "<=",
                "\\ge": ">=",
                "\\geq": ">=",
            }.get(sign, sign)
            power = re.match(r"([\d.]+)\s?[x\u00d7]\s?10[\s^-]*(\d+)", value)
            number = float(power[1]) * 10.0 ** -int(power[2]) if power else float(value)
            self._add(start, end, "p_value", value=number, comparator=sign, sides=sides, method=_test(self.text, m), opens=m.start())
            self._take(m.start(), m.end())
            for more in re.finditer(r"\s*(?:,\s*(?:and\s+)?|and\s+)(?P<value>0?\.\d+)(?![\d%]|\s*%)", self.text[end:]):
                if more.start() > 0 and not self._taken[end + more.start() - 1]:
                    break
                if not re.search(r"respectively|\bvs\b|\bfor\b", self.text[end:]) or sign not in ("=",):
                    break
                self._add(end + more.start("value"), end + more.end("value"), "p_value", comparator=sign, sides=sides)
                self._take(end + more.start(), end + more.end())

    def _read_spreads(self) -> None:
        for m in _SPREAD.finditer(self.text):
            start, end = m.span("lower")
            name = m["name"].lower()
            kind = (
                "iqr"
                if name[:1] == "i"
                else "range"
                if "rang" in name
                else "sd"
                if "sd" in name or "s.d" in name or "deviation" in name
                else "se"
            )
            if not self._free(start, end) or (kind in ("iqr", "range") and not m["upper"]):
                self.spread = kind if kind != "range" and self._free(m.start(), m.end("name")) else self.spread
                continue
            low, high = {"iqr": ("q1", "q3"), "range": ("minimum", "maximum"), "sd": ("sd", "sd"), "se": ("se", "se")}[kind]
            first = self._signed(m, "lower", low)
            second = self._signed(m, "upper", high) if kind in ("iqr", "range") and m["upper"] else None
            stop = m.end() if second else end
            for figure in (first, second):
                if figure:
                    figure.opens, figure.closes = m.start(), stop
            self._take(m.start(), stop)
            self.spread = kind

    def _mask(self) -> None:
        """Takes the numbers that are names, labels, doses, dates or thresholds, told by what stands right beside them."""
        text, labelled, last_end, label = self.text, False, 0, ""
        for number in self._numbers:
            start, end = number.span()
            if self._taken[start]:
                labelled, last_end = False, end
                continue
            word = _word_before(text, start)
            joined = labelled and _JOINERS.fullmatch(text, last_end, start) is not None
            if joined:
                graded = label.startswith("grade")
                joined = not (_PERCENT_AFTER if graded else _RESULT_AFTER).match(text, end)
            else:
                label = _label_before(text, start, word)
            labelled = joined or bool(label) and not _PERCENT_AFTER.match(text, end)
            if labelled or self._is_name(number) or self._is_date(number, word) or self._is_threshold(number, word):
                self._take(start, end)
            last_end = end

    def _is_name(self, number: re.Match[str]) -> bool:
        """Part of a name (PALOMA-1, CDK4/6, 4-week, 3rd), a ratio (2:1), a citation ([12]) or an address."""
        text, (start, end) = self.text, number.span()
        before = text[start - 1] if start else " "
        if before.isalpha() or (before in "-/." and start > 1 and (text[start - 2].isalpha() or text[start - 2] == "/")):
            return True
        after = text[end : end + 2]
        if after[:1].isalpha() and not _UNIT.match(text, end):
            return True
        if after[:1] == "-" and after[1:].isalpha():
            return True
        if after[:1] == ":" and after[1:].isdigit() or before == ":" and start > 1 and text[start - 2].isdigit():
            return True
        if before == "/" and start > 1 and text[start - 2].isdigit():  # CDK4/6: the word that the first digit belongs to
            head = text[:start].rstrip("0123456789/")
            if head[-1:].isalpha() or (head[-1:] == "-" and head[-2:-1].isalpha()):
                return True
        if (
            before == "["
            and end < len(text)
            and text[end] in "],-"
            and re.match(r"\[\s?\d{1,3}(?:\s?[,-]\s?\d{1,3})*\s?\]", text[start - 1 :])
        ):
            behind_figure = self.spread in ("ci", "iqr", "range") and re.search(
                r"[\d%]\s?(?:[a-zA-Z/]{1,9}\s?)?$", text[max(0, start - 14) : start - 1]
            )
            return not behind_figure and not self._word_percent(start)
        return bool(_DOSE_UNIT.match(text, end)) and self._governor(start) is None or _DOSE_PER.match(text, end) is not None

    def _word_percent(self, start: int) -> bool:
        return "%" in self.text[start : start + 8]

    def _is_date(self, number: re.Match[str], word: str) -> bool:
        text, (start, end) = self.text, number.span()
        if word.rstrip(".,") in _MONTH_NAMES and number.group().isdigit():
            return word != "may" or text[start - 4 : start - 3] == "M"
        if end - start <= 2 and _word_after(text, end) in _MONTH_NAMES and not text.startswith(" may", end):
            return True
        year = end - start == 4 and text[start:end].isdigit() and text[start : start + 2] in ("19", "20")
        return year and not _RESULT_AFTER.match(text, end)

    def _is_threshold(self, number: re.Match[str], word: str) -> bool:
        """`>=65 years`, `within 4 weeks`, `at least 6 months`: limits of a definition, no results."""
        if word not in _THRESHOLD_WORDS:
            return False
        if word in "<>\u2265\u2264":
            return not re.match(r"\s?%", self.text[number.end() :])
        return bool(_MEASURE.match(self.text, number.end()))

    def _read_plus_minus(self) -> None:
        for m in _PLUS_MINUS.finditer(self.text):
            if not self._free(*m.span("sd")) or not self._free(*m.span("mean")):
                continue
            mean = self._signed(m, "mean", "mean", unit=self._unit(m.end("sd")) or self._unit(m.end("mean")), closes=m.end())
            self._add(*m.span("sd"), "sd", owner=mean, unit=mean.unit if mean else None)

    def _read_bracket_pairs(self) -> None:
        """`8.8 months (7.7-9.8)`: limits named once in the sentence, or a range behind a median."""
        if "(" not in self.text and "[" not in self.text:
            return
        for number in self._numbers:
            m = _PAIR.match(self.text, number.end()) or (
                _BARE_PAIR.match(self.text, number.end()) if self.spread == "ci" or self._is_ratio(number.end()) else None
            )
            if not m or not self._free(*m.span("lower")) or not self._free(*m.span("upper")):
                continue
            kind = self.spread
            if kind not in ("ci", "iqr", "range"):
                before = self.figures and max((f for f in self.figures if f.end <= number.end()), key=lambda f: f.end, default=None)
                if not before or before.end != number.end() or before.statistic not in _HAS_LIMITS:
                    governor = self._governor(number.start())
                    if governor is None or governor.lastgroup != "difference":
                        self._take(m.start(), m.end())  # two figures in a bracket that nothing names
                        continue
                kind = "ci"
            low, high = {"ci": ("ci_lower", "ci_upper"), "iqr": ("q1", "q3"), "range": ("minimum", "maximum")}[kind]
            for figure in (self._signed(m, "lower", low), self._signed(m, "upper", high)):
                if figure:
                    figure.opens, figure.closes = m.start(), m.end()

    # -- ratios -----------------------------------------------------------------------------------------------------------------

    def _is_ratio(self, end: int) -> bool:
        return any(f.end == end and f.statistic in _HAS_LIMITS for f in self.figures)

    def _read_ratios(self) -> None:
        text = self.text
        for m in _RATIO.finditer(text) if self.ratios else ():
            if m.lastgroup not in self.ratios:
                continue
            if (
                m.lastgroup == "odds_ratio"
                and m.group() == "OR"
                and re.search(r"[A-Z]\s*$|^\s*[A-Z]{2}", text[: m.start()][-2:] + text[m.end() :][:3])
            ):
                continue
            figure = self._ratio_value(m)
            while figure:  # several values of one word: `HRs were 0.93 (...) and 0.96 (...), respectively`
                n = _NEXT_RATIO.match(text[figure.end :])
                if not n or not self._free(figure.end + n.start("value"), figure.end + n.end("value")):
                    break
                figure = self._add(figure.end + n.start("value"), figure.end + n.end("value"), figure.statistic, governor=m.span())

    def _ratio_value(self, m: re.Match[str]) -> Figure | None:
        text, at = self.text, m.end()
        limit = min(len(text), at + 150)
        for number in self._numbers:
            if number.start() < at:
                continue
            if number.start() >= limit:
                return None
            gap = text[at : number.start()]
            if ";" in gap.strip(" ;:,") or re.search(r"\.\s|\bp\s?[=<]", gap):
                return None
            if not self._free(number.start(), number.end()):
                continue
            if _RATIO.search(gap) and not re.fullmatch(r"\s*[(\[]\s*[\w]+\s*[)\]].*", gap, re.DOTALL):
                return None  # a nearer word governs it
            after = text[number.end() : number.end() + 3]
            if (
                after.lstrip().startswith("%")
                or re.match(rf"\s*{_TIME}", text[number.end() : number.end() + 10])
                or not _plausible_ratio(number.group())
            ):
                return None
            if len(gap) > 25 and not re.search(r"\b(?:was|were|of|is|[=:,;(])\s*(?:also\s+)?$|[=:,;(\[]\s*$|\b(?:was|were|of)\b", gap):
                return None
            sign = re.search(r"[<>\u2264\u2265]\s*$", gap)
            return self._add(
                number.start(),
                number.end(),
                m.lastgroup or "ratio",
                governor=m.span(),
                comparator=_sign(sign.group().strip()) if sign else "=",
            )
        return None

    # -- counts and percents ----------------------------------------------------------------------------------------------------

    def _read_counts(self) -> None:
        text = self.text
        if "%" not in text:
            self._read_of_totals()
            self._read_n()
            return
        for number in self._numbers if "(" in text or "[" in text or ";" in text or "," in text else ():
            m = _PERCENT_COUNT.match(text, number.start())
            if m and self._free(*m.span("percent")) and self._free(*m.span("count")) and _whole(m["count"]):
                percent = self._add(*m.span("percent"), "percent", unit="%", closes=m.end("total") if m["total"] else m.end("count"))
                count = self._add(*m.span("count"), "count", exact=True, unit="patients")
                percent.owner = count
                count.keep["behind"] = percent
                if m["total"] and _whole(m["total"]):
                    self._add(*m.span("total"), "denominator", owner=count, exact=True, unit="patients")
        for number in self._numbers if "/" in text else ():
            m = _COUNT_SLASH_PERCENT.match(text, number.start())
            if m and self._free(*m.span("count")) and self._free(*m.span("percent")) and number_of(m["percent"]) <= 100:
                counted = self._add(*m.span("count"), "count", exact=True, unit="patients", closes=m.end())
                self._add(*m.span("percent"), "percent", owner=counted, unit="%")
        self._read_of_totals()
        if "(" in text or "[" in text:
            for start in self._starts():
                m = _COUNT_PERCENT.match(text, start)
                if m:
                    self._count_percent(m)
        self._read_n()

    def _starts(self) -> list[int]:
        """Where a count may begin: at every number, and at every number word."""
        if self._count_starts is None:
            starts = [m.start() for m in self._numbers]
            if not _COUNTING.isdisjoint(self._words):
                starts += [m.start() for m in _NUMBER_WORD.finditer(self.low)]
            self._count_starts = sorted(starts)
        return self._count_starts

    def _read_of_totals(self) -> None:
        if "/" in self.text or " of " in self.text or " from " in self.text or " among " in self.text or " in " in self.text:
            for start in self._starts():
                m = _OF_TOTAL.match(self.text, start)
                if m:
                    self._of_total(m)

    def _of_total(self, m: re.Match[str]) -> None:
        if not (self._free(*m.span("count")) and self._free(*m.span("total")) and _whole(m["count"]) and _whole(m["total"])):
            return
        count, total = number_of(m["count"]), number_of(m["total"])
        percents = [g for g in ("percent1", "percent2") if m[g]]
        slash = "/" in self.text[m.end("count") : m.start("total")]
        in_only = (
            bool(
                re.fullmatch(
                    r"\s+in\s+(?:the\s+)?",
                    self.text[m.end("percent1") if m["percent1"] else m.end("count") : m.start("total")].strip(")] ") + " ",
                )
            )
            and not percents
        )
        noun = re.match(rf"\s+(?:[\w-]+\s+){{0,3}}?(?:{NOUNS}|acetylators)\b", self.text[m.end("total") :])
        if (
            count > total
            or in_only
            or (slash and total < 5 and not percents and not noun)
            or (not slash and not percents and not noun and not re.search(r"out\s+of", m.group()))
        ):
            return
        if slash and not percents and not noun and (total == 12 or re.search(r"\b(?:at|by)\s*$", self.text[: m.start()])):
            return  # 6/12: the sixth month
        if slash and re.match(r"\s?/\s?\d|\s?(?:mm|cm|kg|m2)", self.text[m.end("total") :]):
            return
        if m["percent2"] and re.search(r"\d", m["words"] or ""):
            percents = [p for p in percents if p != "percent2"]
        counted = self._add(
            *m.span("count"), "count", exact=True, unit="patients", closes=m.end(percents[-1]) if percents else m.end("total")
        )
        self._add(*m.span("total"), "denominator", owner=counted, exact=True, unit="patients")
        for group in percents:
            if self._free(*m.span(group)):
                self._add(*m.span(group), "percent", owner=counted, unit="%")

    def _count_percent(self, m: re.Match[str]) -> bool:
        if not (self._free(*m.span("count")) and self._free(*m.span("percent")) and _whole(m["count"])):
            return False
        between = self.text[m.end("count") : m.start("percent")]
        if (
            re.search(r"\d", between)
            or re.match(r"\s?%|\.\d", between)
            or (
                m["count"][0].isalpha()
                and not (re.search(rf"{NOUNS}|{EVENTS}", m["words"] or "", re.IGNORECASE) or not (m["words"] or "").strip())
            )
        ):
            return False
        if re.match(rf"[\s-]?(?:{_TIME})|\s?(?:mg|kg|g|cm|mm)\b", between) or number_of(m["percent"]) > 100:
            return False
        noun = re.search(rf"({EVENTS})", m["words"] or "", re.IGNORECASE)
        counted = self._add(*m.span("count"), "count", exact=True, unit="patients", closes=m.end())
        if noun:
            counted.keep["noun"] = noun.group(1).lower()
        comparator = _sign(m["comparator"]) if m["comparator"] else "="
        self._add(*m.span("percent"), "percent", owner=counted, unit="%", comparator=comparator)
        if m["total"] and _whole(m["total"]) and self._free(*m.span("total")):
            self._add(*m.span("total"), "denominator", owner=counted, exact=True, unit="patients")
        return True

    def _read_n(self) -> None:
        if "n=" not in self.low and "n =" not in self.low and "n\u2009" not in self.low and "n\u00a0" not in self.low:
            return
        for m in _N.finditer(self.text):
            if self._free(*m.span("value")) and _whole(m["value"]):
                self._add(
                    *m.span("value"),
                    "n" if self.text[m.start()] == "N" else "count",
                    exact=True,
                    unit="patients",
                    opens=m.start(),
                    keep={"n": True},
                )
                self._take(m.start(), m.end())

    def _read_percents(self) -> None:
        found = []
        ranges = (_PERCENT_RANGE.match(self.text, n.start()) for n in self._numbers) if "-" in self.text else ()
        for m in ranges:
            if m and self._free(*m.span("low")) and self._free(*m.span("high")):
                self._add(*m.span("low"), "minimum", unit="%", keep={"range": True})
                self._add(*m.span("high"), "maximum", unit="%", keep={"range": True})
        for number in self._numbers:
            behind = self.text[number.end() : number.end() + 10].lstrip()
            if behind.startswith("%") or behind.startswith(("percent", "per cent")) and not behind.startswith(("percentag", "percentil")):
                start, end = self._with_sign(*number.span())
                if self._free(start, end):
                    found.append((start, end))
            elif _SHARED.match(self.text, number.start()):
                start, end = self._with_sign(*number.span())
                if self._free(start, end) and not _COUNTED_OR_TIME.match(self.text, end):
                    found.append((start, end))
        for start, end in sorted(set(found)):
            if not self._free(start, end):
                continue
            before = self.text[max(0, start - 30) : start]
            compared = re.search(
                r"([<>\u2264\u2265]|\b(?:lower|less|fewer)\s+than|\b(?:more|higher|greater|over)\s+than|\bat\s+least|\bup\s+to|\bat\s+most|\bmore\s+than|\bover|\bnearly|\babout|\bapproximately|~)\s*$",
                before,
                re.IGNORECASE,
            )
            self._percent(start, end, compared.group(1).lower() if compared else "")

    def _percent(self, start: int, end: int, compared: str) -> None:
        text = self.text
        printed = text[start:end].replace("-", "").strip()
        value = number_of(printed) * (-1 if text[start] == "-" else 1)
        comparator = {"<": "<", ">": ">", "\u2264": "<=", "\u2265": ">=", "at least": ">=", "up to": "<=", "at most": "<="}.get(compared)
        if comparator is None:
            comparator = (
                "<" if re.match(r"(?:lower|less|fewer)", compared) else ">" if re.match(r"(?:more|higher|greater|over)", compared) else "="
            )
        if comparator == ">" and re.search(r"\b(?:no|none|never|not|neither)\b", text[max(0, start - 140) : start], re.IGNORECASE):
            comparator = "<="
        span_end = re.match(rf"\s?%?\s*-\s*(?P<value>{DIGITS})\s?%", text[end:])
        if span_end and self._free(end + span_end.start("value"), end + span_end.end("value")) and text[start] != "-":
            self._add(start, end, "minimum", unit="%", keep={"range": True})
            self._add(end + span_end.start("value"), end + span_end.end("value"), "maximum", unit="%", keep={"range": True})
            return
        governor = self._governor(start)
        statistic = "percent"
        if governor:
            kind = governor.lastgroup
            if kind in ("median", "mean") and not re.search(r"\brates?\b|\bof\s+(?:the\s+)?patients", text[governor.end() : start]):
                statistic = kind
                if kind == "mean" and re.search(r"\bdifferences?\b", text[governor.start() : start]):
                    statistic = "mean_difference"
                elif kind == "mean" and _CHANGE.search(text[max(0, governor.start() - 25) : start]):
                    statistic = "mean_change"
            elif kind == "difference" and _DIFFERENCE_IS.fullmatch(text, governor.end(), start):
                statistic = (
                    "risk_difference"
                    if not re.search(r"\bmean\b|\bHbA1c\b|change", text[max(0, governor.start() - 30) : start])
                    else "mean_difference"
                )
            elif (
                kind == "change"
                and re.search(r"\bby\s*$|\b(?:of|was|by)\s*(?:approximately\s+|about\s+)?$", text[:start])
                and not re.search(r"\bin\s*$", text[:start])
            ):
                statistic = (
                    "percent_difference" if re.search(r"risk|hazard", text[max(0, governor.start() - 40) : start]) else "mean_change"
                )
            elif kind == "sd_stat":
                statistic = "percent"
        if re.search(
            r"\brisk\s+differences?\b|\bRDs?\b|\babsolute\s+(?:risk\s+)?(?:difference|reduction)", text[max(0, start - 60) : start]
        ) and not re.search(r"%", text[max(0, start - 25) : start]):
            statistic = "risk_difference"
        self._add(start, end, statistic, value=value, unit="%", comparator=comparator, governor=governor.span() if governor else None)

    # -- figures told by a word before them ---------------------------------------------------------------------------------------

    def _read_governed(self) -> None:
        for number in self._numbers:
            if not self._free(number.start(), number.end()):
                continue
            start, end = self._with_sign(number.start(), number.end())
            unit = self._unit(end)
            statistic, governor = self._told(start, end, unit)
            if statistic is None:
                continue
            value = number_of(number.group()) * (-1 if start < number.start() else 1)
            self._add(
                start,
                end,
                statistic,
                value=value,
                unit=unit,
                governor=governor,
                exact=statistic in ("count", "n", "n_events", "denominator"),
            )
            self._bracket_sd(end, statistic)
            self._take(start, end)

    def _told(self, start: int, end: int, unit: str | None) -> tuple[str | None, tuple[int, int] | None]:
        text = self.text
        whole = _whole(text[start:end])
        following = _FOLLOWING_NOUN.match(text, end) if whole else None
        if following and whole and text[start] != "-":
            noun = following["noun"].lower()
            if noun.startswith(("center", "centre", "site", "hospital", "countr")):
                return None, None  # design, read elsewhere
            if re.fullmatch(EVENTS, noun) and not noun.startswith("death"):
                return "n_events", None
            return ("count", None) if not re.search(r"\bper\s*$", text[max(0, start - 6) : start]) else (None, None)
        if re.match(r"\s*(?:-|to)\s*\d", text[end : end + 6]) or re.search(r"\d\s?-\s?$", text[max(0, start - 4) : start]):
            return None, None  # a range of values, of which neither is the mean
        if _SPREAD_BEHIND.match(text, end):
            return "mean", None
        if _IN_BRACKET_OF_NUMBER.search(text, max(0, start - 5), start):
            return None, None
        if whole and _STEP.match(text, end):
            return "count", None
        governor = self._governor(start)
        if (
            unit
            and _TIME_RE.match(unit)
            and (governor is None or governor.lastgroup not in ("median", "mean"))
            and self._is_survival_time(start, end)
        ):
            return "median", None
        if governor is None:
            return None, None
        kind, gap = governor.lastgroup, text[governor.end() : start]
        if kind == "sd_stat" or kind == "rate":
            return None, None
        if re.search(r"\b(?:median|mean)\b", gap) or len(gap) > 220:
            return None, None
        near = re.search(
            r"(?:\b(?:was|were|of|is|at|by|to|from|vs\.?|versus|against|and|or|with|than|for|in|only|being|about|reached)|[,:;=(\[/-])\s*(?:approximately\s+|about\s+|also\s+)?$",
            text[max(0, start - 45) : start],
            re.IGNORECASE,
        )
        listed = kind == "mean" and self.spread in ("sd", "se") and _SPREAD_IN_BRACKET.match(text, end) and "(" in gap
        if not near and not listed and not re.fullmatch(r"[\s\w-]{0,25}", gap):
            return None, None
        if re.search(
            r"\b(?:aged?|older|years\s+old|week|day|month|year|item|question|step|visit)\s*$",
            text[max(0, start - 14) : start],
            re.IGNORECASE,
        ):
            return None, None
        if kind in ("median", "mean"):
            if _TIME_RE.match(unit or "") is None and whole and not unit and kind == "median" and not near:
                return None, None
            statistic = kind
            words = text[max(0, governor.start() - 25) : start].lower()
            if kind == "mean" and re.search(r"\bdifferences?\b", words):
                statistic = "mean_difference"
            elif kind == "mean" and _CHANGE.search(words):
                statistic = "mean_change"
            elif kind == "median" and re.search(r"\bdifferences?\b", words):
                return None, None
            return statistic, governor.span()
        if kind in ("difference", "change") and _PAIRING.search(text, max(0, start - 12), start):
            last = max((f for f in self.figures if f.end <= start), key=lambda f: f.end, default=None)
            if last is None or not last.statistic.endswith(("_change", "_difference")) and last.owner is None:
                return None, None
        if (
            kind in ("difference", "change")
            and not _SAYS_HOW_MUCH.search(text, max(0, start - 24), start)
            and not re.fullmatch(r"\s*[(\[]?\s*", gap)
        ):
            return None, None
        if kind == "difference":
            return "mean_difference", governor.span()
        if kind == "change" and (unit or "." in text[start:end]):
            return (
                ("mean_change", governor.span())
                if re.search(r"\b(?:of|by|was|were|vs\.?|versus|and|[,(])\s*$", text[:start])
                else (None, None)
            )
        return None, None

    def read_after_arms(self, arms: list[tuple[int, int]]) -> None:
        """`Based on 251 events (A 110, B 141)`: bare whole numbers behind arms in a bracket count what the number before them counts."""
        added = False
        for start, _ in arms:  # `(140 in the A group and 136 in the B group)`, `(134 A, 135 B)`
            m = _BEFORE_ARM.search(self.text, max(0, start - 36), start)
            if m and self._free(*m.span("value")):
                before = [f for f in self.figures if f.end <= m.start() and f.statistic in ("n_events", "count", "n")]
                if before:
                    self._add(*m.span("value"), before[-1].statistic, exact=True, unit=before[-1].unit, keep={"listed": True})
                    added = True
        for _, end in arms:
            m = _AFTER_ARM.match(self.text, end)
            if not m or not self._free(*m.span("value")) or "(" not in self.text[:end]:
                continue
            before = [f for f in self.figures if f.end <= end and f.statistic in ("n_events", "count", "n")]
            if before and self.text.rfind("(", 0, end) > self.text.rfind(")", 0, end):
                self._add(*m.span("value"), before[-1].statistic, exact=True, unit=before[-1].unit, keep={"listed": True})
                added = True
        if added:
            self.figures.sort(key=lambda f: f.start)

    def _is_survival_time(self, start: int, end: int) -> bool:
        """A time with limits beside a time-to-event endpoint: sentences leave `median` out there."""
        limits = re.match(r"\s*\w+\s*[;,]?\s*[(\[]?\s*(?:9\d%|CI)", self.text[end:])
        listed = re.match(rf"\s*(?:vs\.?|versus|and|compared\s+with)\s+{DIGITS}\s*(?:{_TIME})", self.text[end:]) or re.search(
            rf"{DIGITS}\s*(?:{_TIME})?\s*(?:vs\.?|versus|and)\s*$", self.text[:start]
        )
        return bool((limits or listed) and _SURVIVAL.search(self.text[:start]))

    def _bracket_sd(self, end: int, statistic: str) -> None:
        """`15.6 (6.9) days`: the spread of a mean."""
        if statistic not in ("mean", "mean_change"):
            return
        m = re.match(rf"\s?(?:%|[a-zA-Z/]{{1,8}})?\s*[(\[]\s*(?P<sd>{DIGITS})\s*[)\]]", self.text[end:])
        if m and self._free(end + m.start("sd"), end + m.end("sd")) and (self.spread in ("sd", "se", None)):
            self._add(end + m.start("sd"), end + m.end("sd"), "se" if self.spread == "se" else "sd", owner=self.figures[-1])

    def _governor(self, at: int) -> Governor | None:
        """The last word before `at` that tells a statistic, in the same part of the sentence."""
        if self._governors is None:
            told = _GOVERNING.keys().isdisjoint(self._words)
            self._governors = (
                []
                if told
                else [Governor(kind, m.start(), m.end()) for m in _ALPHA.finditer(self.low) if (kind := _GOVERNING.get(m.group()))]
            )
            if "=" in self.text or "\u03c7" in self.low or "chi" in self.low:
                self._governors += [Governor("sd_stat", m.start(), m.end()) for m in _TEST_STATISTIC.finditer(self.text)]
                self._governors.sort(key=lambda g: g.first)
        last = None
        for m in self._governors:
            if m.start() >= at:
                break
            if m.lastgroup == "rate" and last is not None and last.lastgroup in ("median", "mean") and m.start() - last.end() < 60:
                continue
            if (
                m.lastgroup == "change"
                and last is not None
                and last.lastgroup in ("mean", "median", "difference")
                and m.start() - last.end() < 60
            ):
                continue
            if m.lastgroup == "difference" and last is not None and last.lastgroup == "mean" and m.start() - last.end() < 40:
                continue
            last = m
        if last is not None and _NEW_CLAUSE.search(self.text, last.end(), at):
            return None
        return last

    def _unit(self, end: int) -> str | None:
        """The unit behind a number, or behind the last number of its list (`2.8 vs. 4.2 months`, `-7.0 (-7.9, -6.0), ... mmol/mol`)."""
        text = self.text
        m = _UNIT.match(text, end)
        if m:
            return m["time"] and _time_unit(m["time"]) or m["other"]
        listed = _LISTED_NUMBER.match(text, end)
        if listed and listed.end() < len(text):
            return self._unit(listed.end())
        bracket = re.match(r"\s*[(\[][^()\[\]]{0,60}[)\]]", text[end:])
        if bracket:
            m = _UNIT.match(text, end + bracket.end())
            return (m["time"] and _time_unit(m["time"]) or m["other"]) if m else None
        return None

    def _with_sign(self, start: int, end: int) -> tuple[int, int]:
        if "-" not in self.text[max(0, start - 2) : start]:
            return start, end
        m = re.search(r"(?:^|(?<=[\s(\[,;=:/]))-\s?$", self.text[:start])
        if (
            m
            and not re.search(r"[\w)\]]\s-\s$", self.text[:start])
            or m
            and re.search(r"\b(?:of|was|were|by|to|and|is|vs\.?|versus)\s-\s?$", self.text[:start])
        ):
            return m.start(), end
        return start, end

    # -- counts in words ----------------------------------------------------------------------------------------------------------

    def _read_words(self) -> None:
        if _COUNTING.isdisjoint(self._words):
            return
        for m in _COUNT_WORDS.finditer(self.low):
            start, end = m.span("value")
            word = m["value"].lower()
            if not word[0].isalpha() or not self._free(start, end):
                continue
            noun = (m["noun"] or "patients").lower()
            if word == "no" and (
                not re.fullmatch(NOUNS, noun)
                and noun not in ("deaths", "events", "cases")
                or re.search(r"\bwith\s*$|\bof\s*$", self.text[:start])
            ):
                continue
            if word in ("one", "two") and re.match(r"\s+of\s+the\s+(?:authors|main|most|study|primary|two|three)", self.text[end:]):
                continue
            if re.match(r"\s+(?:study|treatment|parallel|independent|different|main|types?|kinds?)\b", m["rest"]) and not re.search(
                NOUNS, m["rest"]
            ):
                continue
            statistic = "n_events" if re.fullmatch(EVENTS, noun) and not noun.startswith("death") else "count"
            self._add(
                start, end, statistic, exact=True, unit="patients" if statistic == "count" else "events", keep={"noun": noun, "word": True}
            )
        if "none" in self.text or "None" in self.text:
            for m in _NONE.finditer(self.text):
                if self._free(m.start(), m.end()):
                    self._add(m.start(), m.end(), "count", exact=True, unit="patients", keep={"word": True})
        for m in _WORD_IN.finditer(self.text) if "group" in self.low or "arm" in self.low else ():
            start, end = m.span("value")
            if self._free(start, end):
                self._add(start, end, "count", exact=True, unit="patients", keep={"word": True})
        for m in _WORD_PERCENT.finditer(self.text) if "cent" in self.low else ():
            if self._free(*m.span("value")):
                self._add(*m.span("value"), "percent", unit="%")


_HAS_LIMITS = ("hazard_ratio", "odds_ratio", "risk_ratio", "ratio", "mean_difference", "risk_difference")
_SAYS_HOW_MUCH = re.compile(
    r"(?:\b(?:of|was|were|is|by|vs\.?|versus|and|to)|[:=;,]|[)\]])\s*(?:approximately\s+|about\s+|only\s+|-\s?)?$", re.IGNORECASE
)
_BEFORE_ARM = re.compile(
    r"(?:(?<=[(,;] )|(?<=[(,;])|(?<=and ))(?P<value>\d{1,5})\s+(?:(?:in|on|to|from|for|to\s+receive|received|receiving|who\s+received|assigned(?:\s+to)?|allocated(?:\s+to)?)\s+(?:the\s+)?)?$"
)
_SPREAD_BEHIND = re.compile(r"\s?(?:[a-zA-Z/%]{1,8}\s?)?(?:[(\[]|,)\s*(?:SD|S\.D\.|SEM|SE|standard\s+deviation)\b")
_PERCENT_RANGE = re.compile(rf"(?<![\w.])(?P<low>{DIGITS})\s?%?\s?-\s?(?P<high>{DIGITS})\s?%")
_PAIRING = re.compile(r"\b(?:vs\.?|versus|and)\s+(?:-\s?)?$", re.IGNORECASE)
_SIGNS = re.compile(r"[=<>\u2264\u2265]|less|greater|value|\\[lg]e|of")
_NUMBER_WORD = re.compile(rf"\b{WORD}\b")
_P_LETTER = re.compile(r"[Pp](?=[\s=<>\u2264\u2265\\v(_-]|rob|int|trend|het)|[Ss]ignificance")
_COUNTED_OR_TIME = re.compile(rf"\s*(?:{_TIME}|{NOUNS})", re.IGNORECASE)
_NEW_CLAUSE = re.compile(r";[^;]*\b(?:was|were|is|are)\b")
_SPREAD_IN_BRACKET = re.compile(rf"\s*\(\s*(?:{DIGITS})\s*\)")
_SPREAD_NAMED = re.compile(r"[(\[\u00b1]\s*(?:\u00b1\s*)?(SD|SEM|SE)\s*[)\]]")
_IN_BRACKET_OF_NUMBER = re.compile(r"\d\s?%?\s*[(\[]\s*$")
_STEP = re.compile(r"\s+(?:were|was)\s+(?:then\s+)?(?:randomi[sz]ed|randomly|assigned|allocated|enrol+ed|recruited|excluded|screened)\b")
_COUNT_SLASH_PERCENT = re.compile(rf"(?P<count>\d+)\s?/\s?(?P<percent>{DIGITS})\s?%")
_NEXT_RATIO = re.compile(
    rf"\s*(?:[(\[][^()\[\]]*[)\]])?(?:\s+for\s+[\w\s-]{{1,40}}?)?\s*(?:,\s*and|,|and|vs\.?|versus)\s+(?P<value>{DIGITS})(?!\d|\.\d|\s?%|\s?-\s?\d|\s*(?:{_TIME}|{NOUNS}))",
    re.IGNORECASE,
)
_FOLLOWING_NOUN = re.compile(
    rf"\s+(?:(?!and\b|or\b|vs\b|versus\b|of\b|in\b|to\b)[\w'/-]+\s+){{0,4}}?(?P<noun>{NOUNS}|{EVENTS}|centers|centres|sites|hospitals|countries)\b",
    re.IGNORECASE,
)
_LISTED_NUMBER = re.compile(
    rf"(?:\s*[(\[][^()\[\]]{{0,60}}[)\]])?\s*(?:,\s*and|,|and|or|vs\.?|versus|compared\s+with|as\s+compared\s+with|to|/|-)\s*(?:-\s?)?(?:{DIGITS})",
    re.IGNORECASE,
)
_ALPHA = re.compile(r"[a-z]+")
_COUNTING = frozenset(WORDS)
_AFTER_ARM = re.compile(r"\s*[,:]?\s*(?P<value>\d{1,5})(?=\s*[,;)\]])")
_SURVIVAL = re.compile(r"\b(?:PFS|OS|DFS|TTP|EFS|RFS|TTF|DO[Rr])\b|\b(?i:survival|duration\s+of\s+response|time\s+to)\b")
_DIFFERENCE_IS = re.compile(
    r"\s*[;:,=(]?\s*(?:\([^()]*\)\s*)?(?:(?:[^();]|\([^()]*\)){0,120}\b(?:of|was|were|is|be|by)\s*(?:only\s+|approximately\s+|about\s+)?)?[(\[]?",
    re.IGNORECASE,
)
_WORD_PERCENT = re.compile(rf"\b(?P<value>{WORD})\s+per\s?cent\b", re.IGNORECASE)
_WORD_IN = re.compile(rf"(?<=[\s(,])(?P<value>{WORD})(?=\s+in\s+(?:the\s+)?(?:\S+\s+){{0,4}}?(?:group|arm)\b)", re.IGNORECASE)
_CHANGE = re.compile(r"\bchanges?\b|\b(?:increases?|decreases?|reductions?|declines?|improvements?|loss|gain)\b", re.IGNORECASE)
_TIME_RE = re.compile(r"(?:months|years|weeks|days|hours|minutes|seconds)$")


def _word_before(text: str, start: int) -> str:
    """The word right before a place in lower case; a sign where one stands there."""
    at = start
    while at > 0 and text[at - 1] in " \u00a0\u2009\u202f":
        at -= 1
    if at and text[at - 1] in "<>\u2265\u2264":
        return text[at - 1]
    stop = at
    while at > 0 and (text[at - 1].isalpha() or text[at - 1] == "." and stop - at < 1):
        at -= 1
    if at == stop and at and text[at - 1] == ",":  # `February 26, 2016`, `July, 2014`
        at -= 1
        stop = at
        while at > 0 and text[at - 1].isalnum():
            at -= 1
        if text[at:stop].isdigit():
            return _word_before(text, at)
        return text[at:stop].lower() if text[at:stop].lower() in _MONTH_NAMES else ""
    return text[at:stop].lower()


def _label_before(text: str, start: int, word: str) -> str:
    """The label that a number follows: `Table 2`, `grade of 3`. Empty where there is none."""
    if word in _LABELS:
        return word
    if word == "of":
        before = _word_before(text, text.rfind("of", 0, start))
        return before if before in _OF_LABELS else ""
    return ""


def _word_after(text: str, end: int) -> str:
    m = re.match(r"\s+([A-Za-z]+)", text[end : end + 14])
    return m.group(1).lower() if m else ""


def _time_unit(word: str) -> str:
    letter = word.lower()
    for start, unit in (
        ("mo", "months"),
        ("mi", "minutes"),
        ("y", "years"),
        ("w", "weeks"),
        ("d", "days"),
        ("h", "hours"),
        ("s", "seconds"),
    ):
        if letter.startswith(start):
            return unit
    return word


def _plausible_ratio(printed: str) -> bool:
    return "." in printed or number_of(printed) < 20


def _whole(printed: str) -> bool:
    return "." not in printed


def _sign(sign: str) -> str:
    return {"\u2264": "<=", "\u2265": ">=", "~": "="}.get(sign, sign)


_TESTS = re.compile(
    r"(log-?rank|fisher(?:'s)?(?:\s+exact)?|chi-?squared?|\u03c72|mann-?whitney|wilcoxon|cox|t-?test|anova|ancova|mcnemar|cochran\w*(?:-mantel-haenszel)?|mantel-?haenszel|kruskal-?wallis|interaction|trend|heterogeneity|non-?inferiority|superiority|gray)",
    re.IGNORECASE,
)


def _test(text: str, m: re.Match[str]) -> str | None:
    """The test that a p value names: right before it, in its name, or behind it."""
    before = _TESTS.findall(text[max(0, m.start() - 45) : m.end()])
    after = re.match(r"\s*[,)]?\s*(?:at|by|for|from|using|in|on)?\s*(?:the\s+|an?\s+)?(?:[\w-]+\s+)?", text[m.end() :])
    behind = _TESTS.match(text, m.end() + (after.end() if after else 0)) if after else None
    name = behind.group(1) if behind else before[-1] if before else None
    return name.lower() if name else None
