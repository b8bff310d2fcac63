"""Changes, differences and standard errors: what a figure is when the words around it say more than the word that governs it.

Belongs here: figures of a scanned sentence that `change`, `difference`, `SE`, a currency sign or a bare interval tell apart, and those that
only such words make readable. Does not: the first reading of the sentence (prose_numbers), arms (prose_attribution).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialmart.extraction.mentions import Mention
from trialmart.extraction.prose_limits import OF_A_SCALE
from trialmart.extraction.prose_numbers import DIGITS, WORD, Figure, Scan, number_of
from trialmart.extraction.prose_sentences import holds

_STANDARD_ERROR = re.compile(
    r"(?:\u00b1|\+/-)\s*(?:SEM?\b|standard\s+errors?)|[(\[]\s*(?:SEM?|standard\s+errors?(?:\s+of\s+the\s+mean)?)\s*[)\],]|[(\[,]\s*SEM?\s*[=:,]?\s*\d"
)
_STANDARD_DEVIATION = re.compile(r"\bSDs?\b|\bS\.D\.|standard\s+deviation")
_CHANGED = re.compile(r"\b(?:chang|increas|decreas|reduc|reduction|declin|improve|gain|loss|rose|fell|worsen)\w*", re.IGNORECASE)
_CHANGE_NOUN = re.compile(r"\bchanges?\b", re.IGNORECASE)
_COMPARES = re.compile(
    r"\bdifferences?\b|\btreatment\s+effects?\b|\bin\s+favou?r\s+of\b|\bcompared\s+(?:with|to)\b|\bthan\b|\bversus\b|\bvs\b|\bbetween[\s-](?:group|the)",
    re.IGNORECASE,
)
_DIFFERENCE_BEFORE = re.compile(
    r"(?:\bRDs?\b|\b(?:risk|absolute|percentage|rate)\s+(?:risk\s+)?differences?\b)(?:\s*[(\[][A-Z]{2,4}[)\]])?\s*(?:of|was|were|[:=,])?\s*-?\s*$"
)
_DIFFERENCE_WAS = re.compile(r"\bdifferences?\b(?:[^.;()]{0,90}\b(?:was|were|of)|\s*[:=,]?)\s*\(?\s*$", re.IGNORECASE)
_NO_DIFFERENCE = re.compile(r"\b(?:no|not|without|any)\b[^.;]{0,50}\bdiffer", re.IGNORECASE)
_NO_CHANGE = re.compile(r"\b(?:no|not|without|any)\b[^.;()]{0,40}\bchange", re.IGNORECASE)
_FROM_TO = re.compile(
    rf"\bfrom\s+(?:-\s?)?$|\bfrom\s+(?:-\s?)?(?:{DIGITS})[^.;\d]{{0,25}}(?:[(\[][^()\[\]]*[)\]])?[^.;\d]{{0,25}}\bto\s+(?:-\s?)?$"
)
_SET_AGAINST = re.compile(r"[\s)\]]*(?:[a-zA-Z/]{1,9}\s*)?(?:vs\.?|versus|compared)\b")
_LIMITS_BEHIND_DIFFERENCE = re.compile(
    rf"(?P<value>(?:{DIGITS}))\s?(?:%|[a-zA-Z/]{{1,8}})?\s+difference\s*[(\[]{{1,2}}\s*(?P<lower>(?:-\s?)?(?:{DIGITS}))\s?%?\s*(?:;|,|\bto\b)\s*(?P<upper>(?:-\s?)?(?:{DIGITS}))\s?%?\s*[)\]]"
)
_DIFFERENCE_BRACKET = re.compile(r"difference\s*[(\[]")
_BY = re.compile(
    r"\b(?:increased|decreased|higher|lower|reduced|greater|improved|rose|fell)\s+by\s+(?:approximately\s+|about\s+)?$", re.IGNORECASE
)
_COMPARED_WITH = re.compile(r"\bcompared\s+(?:with|to)\b|\bthan\b|\brelative\s+to\b|\bversus\b", re.IGNORECASE)
_AND_NEXT = re.compile(r"\s?%?\s*(?:[(\[][^()\[\]]*[)\]])?\s*(?:,|and|,\s*and)\s*")
#: The estimate that stands right before its limits. Its unit may be a word or two (`6.6 (95% CI ...) points` has none).
_ESTIMATE = re.compile(
    rf"(?P<value>(?:(?<![\w)\]\-])-\s?)?(?<![\w.])(?:{DIGITS}))\s*(?P<unit>%|[a-zA-Z/]{{1,9}}(?:\s+[a-z]+)?)?\s*[(\[,;]?\s*$"
)
_SPEAKS_OF_RATIOS = re.compile(r"\b(?:ratios?|factor|fold|odds|hazards?|survival|mortality|PFS|OS|[a-z]?[HORI]Rs?|MRR|IRR)\b")
_RATIO_WORD = re.compile(
    r"(?P<hazard_ratio>\b[Hh]azards?[\s-]+[Rr]atios?\b|\ba?HRs?\b(?=.{0,60}95))|(?P<odds_ratio>\b[Oo]dds[\s-]+[Rr]atios?\b)|(?P<risk_ratio>\b(?:[Rr]elative|[Rr]isk)[\s-]+(?:risks?|ratios?)\b)"
)
_LEVEL_BEHIND = re.compile(r"\s*[,;]\s*\d{2}(?:\.\d+)?\s?%[\s-]*(?:CI\b|C\.I|[Cc]onfiden|[Cc]redib)")  # `0.66, 95% CI`: no percent
_DIFFERENCE_SAID = re.compile(r"\bdifferen|\beffects?\b|\bfavou?r|\badjust|\bdeclin|\bincreas|\bdecreas|\bchange", re.IGNORECASE)
_MEAN_OF = re.compile(r"\bmean\b[^.;()\d]{0,25}\bof\s*$", re.IGNORECASE)
_IN_ARM = re.compile(r"[\s)\]]*(?:[a-zA-Z/]{1,9}\s+)?(?:in|for|with|among|on)\s+(?:the\s+)?")
_PLAIN_PAIR = re.compile(
    rf"(?P<first>(?:(?<=[(\[\s])-\s?)?(?:{DIGITS}))\s*(?P<unit>[a-zA-Z/]{{1,8}}|%)?\s+(?:vs\.?|versus)\s+(?P<second>(?:-\s?)?(?:{DIGITS}))\s*(?:[a-zA-Z/]{{1,8}}|%)?\s*[;,]\s*(?:(?:the|LS|least[\s-]squares?|adjusted|mean|treatment)\s+)*difference",
)
_VARIES = re.compile(
    rf"\b(?:ranged|varied|ranging|varying|range)\b[^;.]{{0,60}}?\bfrom\s+(?P<low>(?:-\s?)?(?:{DIGITS}))\s?%?\s+to\s+(?P<high>(?:-\s?)?(?:{DIGITS}))\s?(?P<percent>%)?"
)
_AND_FROM = re.compile(rf"\band\s+from\s+(?P<low>(?:-\s?)?(?:{DIGITS}))\s?%?\s+to\s+(?P<high>(?:-\s?)?(?:{DIGITS}))\s?(?P<percent>%)?")
_SPREAD_ALONE = re.compile(rf"\s?%?\s*(?:[a-zA-Z/]{{1,8}}\s*)?[(\[]\s*(?P<spread>{DIGITS})\s*[)\]]")
_MEDIAN_CHANGES = re.compile(r"\bmedian\b[^.;]{0,140}?\b(?:change\w*|reduced|increased|decreased|rose|fell)\b", re.IGNORECASE)
_ALONE = re.compile(
    rf"(?:[(\[]\s*(?P<alone>(?:-\s?)?(?:{DIGITS}))|\b(?:increased|reduced|decreased|rose|fell)\s+by\s+(?P<by>{DIGITS}))\s*(?P<unit>[a-zA-Z\u00b5\u03bc]{{1,5}}/[a-zA-Z]{{1,4}})\s*(?:[)\]]|(?=\s))"
)
_FIRST_OF_TWO = re.compile(rf"(?:^|(?<=[\s(]))(?P<first>\d{{1,5}}|{WORD})\s+and\s+$")
_OF_BOTH = re.compile(r"\s+(?:[a-z]+\s+)?(?:patients|participants|subjects|women|men|children|cases)\b")
_PRESSURES = re.compile(
    r"(?P<systolic>(?:(?<![\w)\]])-\s?)?(?<![\w./])\d{1,3}(?:\.\d+)?)\s?/\s?(?P<diastolic>(?:-\s?)?\d{1,3}(?:\.\d+)?)(?!\s?/)(?=\s?mm\s?Hg\b)",
    re.IGNORECASE,
)
_N_OF_M = re.compile(rf"[(\[]\s*(?P<count>\d+|{WORD})\s+(?:out\s+)?of\s+(?:the\s+)?(?P<total>\d+)\s*[)\]]", re.IGNORECASE)
_ADVERSE = re.compile(r"(?<![\d.,/%])(?P<value>\d{1,5})\s+(?:(?:serious|severe|non-?serious|treatment-emergent|related|drug-related)\s+){0,2}(?:AEs?|SAEs?|TEAEs?|ADRs?)\b")  # fmt: skip
_AGE = re.compile(rf"\b(?P<kind>mean|median|average)\s+age\s*(?:[,:=]|was|of)?\s*(?P<value>{DIGITS})(?!\s?-\s?\d)\s*(?P<unit>years?|yrs?|y\b|months?)?", re.IGNORECASE)  # fmt: skip
_SEX_AFTER = re.compile(r"\s?%\s+(?:were\s+|was\s+)?(?:fe)?(?:male|men|women|boys|girls|smokers|white|black|asian)s?\b|\s?%\s+of\s+(?:the\s+)?(?:patients|participants|subjects|women|men)\b", re.IGNORECASE)  # fmt: skip
_STEP_AFTER = re.compile(r"\s+(?:were|was)\s+(?:included|randomi[sz]ed|analy[sz]ed|excluded|assigned|allocated|enrolled|withdrawn|lost)\b")
_DID = re.compile(
    r"(?:^|(?<=[,;(]\s)|(?<=\band\s))(?P<value>\d{1,6})\s+(?:attended|completed|discontinued|withdrew|declined|refused|entered|died|dropped\s+out)\b"
)
_DOINGS = frozenset("attended completed discontinued withdrew declined refused entered died dropped".split())
_HELD_IN_PERCENT = re.compile(
    r"\b(?:increases?|decreases?|changes?|reductions?)\s+(?:in|of)\s+(?:the\s+)?(?:mean\s+)?(?:HbA1c|A1C|h(?:a)?ematocrit|LVEF)\b",
    re.IGNORECASE,
)


_RATIO_RIGHT_BEFORE = re.compile(r"\bratio\W{1,3}$")
_INCREMENTAL = re.compile(r"\bincremental\b|\bdifferences?\b", re.IGNORECASE)
_AVERAGE = re.compile(r"\b(?:mean|average)\b", re.IGNORECASE)
_PERCENT_SCALES = frozenset("hba1c a1c hematocrit haematocrit lvef".split())  # a change of them in % is a change, no share
_CHANGING = ("chang", "improve", "reduc", "creas", "difference")
_OF = frozenset(("of", "the"))
_PAIRING = frozenset(("vs", "versus"))


def read(scan: Scan, mentions: Sequence[Mention]) -> None:
    """Corrects and completes the figures of a scanned sentence, in place."""
    if not scan.numbers:
        return
    text, low, words = scan.text, scan.low, scan.words
    before = len(scan.figures)
    if "SE" in text or "standard error" in low:
        _standard_errors(scan)
    if "difference" in low and not _PAIRING.isdisjoint(words):
        _plain_pairs(scan)
    if scan.figures:
        _mean_changes(scan)
        if "difference" in low or "RD" in text or "by" in words:
            _differences(scan, mentions)
    if "difference" in words and _DIFFERENCE_BRACKET.search(text):
        _limits_behind_difference(scan)
    if "from" in words and "to" in words and ("rang" in low or "var" in low):
        _ranges(scan)
    if "$" in text or "\u00a3" in text or "\u20ac" in text:
        _costs(scan)
    if "/" in text and ("mmhg" in words or "hg" in words):
        _pressures(scan)
    if "age" in words:
        _ages(scan)
    if scan.figures and "(" in text:
        _bracket_spreads(scan)
    if "median" in words:
        _changes_of_medians(scan)
    if scan.figures:
        _hidden_counts(scan)
    if scan.left:
        _counts(scan)
    if scan.figures:
        _estimates_of_limits(scan, mentions)
    if len(scan.figures) != before:
        scan.figures.sort(key=lambda f: f.start)


def _standard_errors(scan: Scan) -> None:
    """`adjusted mean \u00b1 SE`, `LS mean (standard error)`: the spreads of the sentence are standard errors."""
    if not _STANDARD_ERROR.search(scan.text) or _STANDARD_DEVIATION.search(scan.text):
        return
    for figure in scan.figures:
        if figure.statistic == "sd":
            figure.statistic = "se"


def _plain_pairs(scan: Scan) -> None:
    """`(180 mL vs 130 mL; LS mean difference ...)`."""
    text = scan.text
    for m in _PLAIN_PAIR.finditer(text):
        kind = "mean_change" if _CHANGED.search(text) else "mean" if "mean" in scan.low else None
        for group in ("first", "second"):
            if kind and m["unit"] != "%" and scan.free(*m.span(group)):
                _signed(scan, *m.span(group), kind, unit=m["unit"])


def _mean_changes(scan: Scan) -> None:
    """Means of a change: `adjusted mean change ... was`, `improved in A (-2.5 \u00b1 0.2)`; changes of what is held in percent."""
    text = scan.text
    means = [f for f in scan.figures if f.statistic == "mean"]
    if means and holds(scan.low, _CHANGING):
        negative = any(f.value is not None and f.value < 0 for f in means)
        for figure in means:
            figure.statistic = _kind_of_mean(text, figure, negative)
    held = None if _PERCENT_SCALES.isdisjoint(scan.words) else _HELD_IN_PERCENT.search(text)
    if held:
        for figure in scan.figures:
            if figure.statistic == "percent" and figure.start > held.start() and figure.owner is None:
                figure.statistic = "mean_change"


def _kind_of_mean(text: str, figure: Figure, negative: bool) -> str:
    told = figure.governor[0] if figure.governor else 0
    clause = text[max(told, text.rfind(";", 0, figure.start)) : figure.start]
    if (
        _DIFFERENCE_WAS.search(clause)
        and not _NO_DIFFERENCE.search(clause)
        and not _SET_AGAINST.match(text, max(figure.end, figure.closes))
    ):
        return "mean_difference"
    if _FROM_TO.search(clause) or _NO_CHANGE.search(clause) and (figure.value or 0) > 0:
        return "mean"  # `changed from 16.3 to 16.9`, `no change (93.9 vs 93.8)`: levels
    if _CHANGE_NOUN.search(clause) and "baseline score" not in clause or negative and _CHANGED.search(text, 0, figure.start):
        return "mean_change"
    return "mean"


def _differences(scan: Scan, mentions: Sequence[Mention]) -> None:
    """`RD: 3.3%`, `compared with B, the rate with A increased by 10.9% (95% CI ...) and 65.6% (...)`."""
    text, last = scan.text, None
    arms = any(m.kind in ("arm", "pool") for m in mentions)
    for figure in sorted(scan.figures, key=lambda f: f.start):
        if figure.unit != "%" or figure.statistic not in ("percent", "mean_change", "mean", "km_percent") or figure.owner is not None:
            continue
        ahead = text[max(0, figure.start - 60) : figure.start]
        if _DIFFERENCE_BEFORE.search(ahead):
            figure.statistic, last = "risk_difference", figure
        elif arms and _BY.search(ahead) and _COMPARED_WITH.search(text):
            figure.statistic, last = "percent_difference", figure
        elif last is not None and last.statistic == "percent_difference" and _AND_NEXT.fullmatch(text, last.end, figure.start):
            figure.statistic, last = "percent_difference", figure


def _limits_behind_difference(scan: Scan) -> None:
    """`a 17% difference ([2; 32], p = 0.02)`: two figures in the bracket behind a difference are its limits."""
    for m in _LIMITS_BEHIND_DIFFERENCE.finditer(scan.text):
        estimate = next((f for f in scan.figures if f.start == m.start("value")), None)
        if estimate is None or estimate.owner is not None:
            continue
        scan.figures = [f for f in scan.figures if f is estimate or not m.start("value") <= f.start < m.end()]
        estimate.statistic = "risk_difference" if estimate.unit == "%" else "mean_difference"
        estimate.closes = m.end()
        for group, statistic in (("lower", "ci_lower"), ("upper", "ci_upper")):
            _signed(scan, *m.span(group), statistic, owner=estimate, unit=estimate.unit)


def _ranges(scan: Scan) -> None:
    """`ranged from -1.79 to -1.61 in A and from -1.72 to -1.31 in B`."""
    at = _VARIES.search(scan.text)
    while at and not OF_A_SCALE.search(scan.low, max(0, at.start() - 14), at.start()):
        taken = [f for f in scan.figures if at.start("low") <= f.start < at.end("high")]
        if taken and all(f.statistic in ("minimum", "maximum") for f in taken) and not _spread_of_estimate(scan, at.start()):
            for figure in taken:
                figure.keep["range"] = True
        elif all(f.statistic in ("percent", "mean", "mean_change", "median") for f in taken):
            unit = next((f.unit for f in taken if f.unit), None) or ("%" if at["percent"] else None)
            scan.figures = [f for f in scan.figures if f not in taken]
            for group, statistic in (("low", "minimum"), ("high", "maximum")):
                _signed(scan, *at.span(group), statistic, unit=unit, keep={"range": True})
        at = _AND_FROM.search(scan.text, at.end())


def _spread_of_estimate(scan: Scan, at: int) -> bool:
    """Whether a range that begins at a place is the spread of a median or mean before it."""
    return any(f.statistic in ("median", "mean") and 0 <= at - f.end < 80 for f in scan.figures)


def _costs(scan: Scan) -> None:
    """A number behind a currency sign counts no patients."""
    for number in scan.numbers:
        start, end = number.start, number.end
        sign = scan.text[start - 1 : start]
        if sign not in ("\u00a3", "$", "\u20ac"):
            continue
        figure = next((f for f in scan.figures if f.start == start), None)
        kind = _cost_kind(scan.text[max(0, start - 140) : start])
        if figure is not None:
            for other in scan.figures:
                if other.owner is figure:
                    other.owner = None
            scan.figures.remove(figure)
        if kind is not None:
            scan.add(start, end, kind, unit=sign)


def _cost_kind(ahead: str) -> str | None:
    return "mean_difference" if _INCREMENTAL.search(ahead) else "mean" if _AVERAGE.search(ahead) else None


def _pressures(scan: Scan) -> None:
    """`reductions in blood pressure (-31.1/-18.3 mmHg)`: what one of the two is, the other is too."""
    for m in _PRESSURES.finditer(scan.text):
        spans = m.span("systolic"), m.span("diastolic")
        known = [f for f in scan.figures if (f.start, f.end) in spans]
        if any(f.start < m.end() and m.start() < f.end and f not in known for f in scan.figures):
            continue
        kinds = {f.statistic for f in known}
        signed = "-" in m["systolic"] and "-" in m["diastolic"]
        if not kinds and signed and _CHANGED.search(scan.text, 0, m.start()):
            kinds = {"mean_change"}
        if len(kinds) != 1 or kinds.isdisjoint(("mean", "mean_change", "mean_difference", "median")):
            continue
        unit = known[0].unit if known else "mmHg"
        governor = known[0].governor if known else None
        for start, end in spans:
            if not any(f.start == start for f in known):
                known.append(_signed(scan, start, end, next(iter(kinds)), unit=unit, governor=governor))
        systolic, diastolic = sorted(known, key=lambda f: f.start)
        diastolic.keep["beside"] = systolic
        diastolic.unit = systolic.unit = systolic.unit or diastolic.unit
        systolic.closes = diastolic.end


def _ages(scan: Scan) -> None:
    """`(mean age 63 years, 58% male)`."""
    for m in _AGE.finditer(scan.text):
        if not any(f.start < m.end("value") and m.start("value") < f.end for f in scan.figures):
            kind = "median" if m["kind"].lower() == "median" else "mean"
            scan.add(*m.span("value"), kind, unit="years" if m["unit"] and m["unit"][0] in "yY" else m["unit"], governor=m.span("kind"))


def _bracket_spreads(scan: Scan) -> None:
    """`-15.1% (SE 2.1) for A and -14.6% (2.0) for B`: a spread that is named once in the sentence."""
    named = {f.statistic for f in scan.figures if f.statistic in ("sd", "se")}
    if len(named) != 1:
        return
    for figure in [f for f in scan.figures if f.statistic in ("mean", "mean_change")]:
        m = _SPREAD_ALONE.match(scan.text, figure.end)
        if m and scan.free(*m.span("spread")) and not any(f.owner is figure for f in scan.figures):
            scan.add(*m.span("spread"), next(iter(named)), owner=figure, closes=m.end())


def _changes_of_medians(scan: Scan) -> None:
    """`the median concentration was reduced (-6.5 mg/kg) in A, while it was increased by 2.1 mg/kg in B`."""
    told = _MEDIAN_CHANGES.search(scan.text)
    for m in _ALONE.finditer(scan.text, told.end()) if told else ():
        group = "by" if m["by"] else "alone"
        if not any(f.start < m.end(group) and m.start(group) < f.end for f in scan.figures):
            _signed(scan, *m.span(group), "median", unit=m["unit"], governor=(told.start(), told.start() + 6))  # type: ignore[union-attr]


def _hidden_counts(scan: Scan) -> None:
    """Counts and shares that the words around a mean hid, and the first of `12 and 14 patients`."""
    text, paired = scan.text, "and" in scan.words
    for figure in list(scan.figures):
        if figure.statistic == "mean":
            if figure.unit == "%" and _SEX_AFTER.match(text, figure.end):
                figure.statistic = "percent"
            elif figure.unit is None and _STEP_AFTER.match(text, figure.end) and "." not in text[figure.start : figure.end]:
                figure.statistic, figure.unit, figure.exact = "count", "patients", True
        if figure.statistic == "count" and paired and scan.low[max(0, figure.start - 6) : figure.start].rstrip().endswith("and"):
            first = _FIRST_OF_TWO.search(scan.low, max(0, figure.start - 32), figure.start)
            if first and _OF_BOTH.match(scan.low, figure.end) and scan.free(*first.span("first")):
                scan.add(*first.span("first"), "count", exact=True, unit=figure.unit)


def _counts(scan: Scan) -> None:
    """Counts of events in short, of those who did something, and `(12 of 40)`."""
    text = scan.text
    for m in _N_OF_M.finditer(text) if "(" in text and any(n.word in _OF for n in scan.left) else ():
        if scan.free(*m.span("count")) and scan.free(*m.span("total")) and number_of(m["count"]) <= number_of(m["total"]):
            counted = scan.add(*m.span("count"), "count", exact=True, unit="patients", closes=m.end())
            scan.add(*m.span("total"), "denominator", owner=counted, exact=True, unit="patients")
    for m in _ADVERSE.finditer(text) if "AE" in text or "ADR" in text else ():
        if scan.free(*m.span("value")):
            scan.add(*m.span("value"), "n_events", exact=True, unit="events")
    for m in () if _DOINGS.isdisjoint(scan.words) else _DID.finditer(text):
        if scan.free(*m.span("value")):
            scan.add(*m.span("value"), "count", exact=True, unit="patients")


def _estimates_of_limits(scan: Scan, mentions: Sequence[Mention]) -> None:
    """`the adjusted estimate of treatment effect was 6.8 (95% CI 1.7 to 12.0)`: a bare number before limits, in a comparison."""
    text = scan.text
    if not any(f.statistic == "ci_lower" for f in scan.figures) or not _COMPARES.search(text) and not _RATIO_WORD.search(text):
        return
    scan.figures = [f for f in scan.figures if not (f.statistic == "percent" and f.owner is None and _LEVEL_BEHIND.match(text, f.end))]
    bare: list[tuple[re.Match[str], Figure]] = []
    for limit in [f for f in scan.figures if f.statistic == "ci_lower"]:
        m = _ESTIMATE.search(text, max(0, limit.opens - 40), limit.opens)
        if m is None or any(f.start < m.end("value") and m.start("value") < f.end for f in scan.figures):
            continue
        if m["unit"] != "%":
            bare.append((m, limit))
    listed = len(bare) > 1 and "mean" in scan.low and _NO_DIFFERENCE.search(text) is not None
    if len(bare) > 1 and not listed and not _DIFFERENCE_SAID.search(text) and not _RATIO_WORD.search(text):
        return  # `lower for A (6.1 s; CI ...), B (7.9 s; CI ...) than C`: figures of several, not told what
    for m, limit in bare:
        if _MEAN_OF.search(text, max(0, m.start() - 40), m.start()):
            _signed(scan, *m.span("value"), "mean", unit=m["unit"])
            continue
        kind = _ratio_before(scan, m.start()) or _kind_of_estimate(text, m.start(), limit.closes, mentions, listed)
        if kind is not None and kind != "none":
            _signed(scan, *m.span("value"), kind, unit=m["unit"])


def _ratio_before(scan: Scan, at: int) -> str | None:
    """The ratio that the sentence gave before, `none` where it speaks of ratios or survival and gives no value of one."""
    words = [m for m in _RATIO_WORD.finditer(scan.text, max(0, at - 90), at)]
    if words and not any(words[-1].end() <= f.start < at for f in scan.figures) and ";" not in scan.text[words[-1].end() : at]:
        return words[-1].lastgroup or "none"
    ratios = [f for f in scan.figures if f.statistic in ("hazard_ratio", "odds_ratio", "risk_ratio") and f.start < at]
    if _RATIO_RIGHT_BEFORE.search(scan.text[max(0, at - 12) : at]):
        return "none"
    if ratios:
        return max(ratios, key=lambda f: f.start).statistic
    return "none" if _SPEAKS_OF_RATIOS.search(scan.text) else None


def _kind_of_estimate(text: str, start: int, end: int, mentions: Sequence[Mention], listed: bool) -> str | None:
    """A difference between arms; a change within the one arm that is named right beside it; None where neither is told."""
    own = next((m for m in mentions if m.kind == "arm" and end <= m.start < end + 60), None)
    within = own is not None and _IN_ARM.fullmatch(text, end, own.start) and not _SET_AGAINST.match(text, own.end)
    within = within or any(m.kind == "arm" and m.end <= start and not text[m.end : start].strip(" (+") for m in mentions)
    if within or listed or _SET_AGAINST.match(text, end):
        return "mean_change" if _CHANGED.search(text) else None
    return "mean_difference"


def _signed(scan: Scan, start: int, end: int, statistic: str, **more: object) -> Figure:
    printed = scan.text[start:end]
    value = number_of(printed.replace("-", "").strip()) * (-1 if printed.startswith("-") else 1)
    return scan.add(start, end, statistic, value=value, **more)
