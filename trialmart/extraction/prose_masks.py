"""Numbers that are no results: names (TRIAL-1), labels (Table 2), doses, dates, thresholds, citations.

Belongs here: telling them by what stands right beside them. Does not: any figure that is read.
"""

from __future__ import annotations

import re

from trialmart.extraction.prose_figures import EVENTS, MONTH_NAMES, NOUNS, TIME, UNIT, Number, word_before
from trialmart.extraction.prose_scan import Scan

_LABELS = frozenset(
    "table tables tab tab. figure figures fig fig. figs figs. appendix ref refs ref. reference references section sections chapter eq equation box panel file files grade grades "
    "ctc ctcae recist version v v. spss sas stata icd dsm nyha class type types phase stage stages level levels model protocol visit visits question item items step steps part "
    "cycle cycles course courses day days week weeks month year hour arm arms group groups cohort trial study no. number numbers ps ecog kps karnofsky who eortc "
    "appendix supplement s release edition line lines axis chapter status exon codon chromosome interleukin vitamin score".split()
)
_THRESHOLD_WORDS = frozenset(
    "< > \u2265 \u2264 least than over under above below aged age within every first last next previous past prior after before during until for".split()
)
_DOSE_UNIT = re.compile(
    r"[\s-]?(?!m?g/d?l\b)(?:mg|\u00b5g|\u03bcg|mcg|ug|gy|mbq|iu|units?|ml|g|cgy|mmol|tablets?|capsules?|fold|times|points?\b(?=\s+(?:scale|likert))|item|gauge|x\s?10|\u00d7)(?![a-z])"
)
_DOSE_PER = re.compile(r"\s?(?:mg|[\u00b5\u03bc]g|mcg)/(?!d?[lL]\b)")
#: What a number with a sign is the limit of, before it and behind it: `HbA1c levels >=6.5%`, `defined as less than 10%`, `a >=50% reduction`.
_LIMIT_OF = re.compile(
    r"\b(?:defin(?:ed|ition)|cut-?\s?offs?|threshold|criteri(?:on|a)|levels?|hb\s?a1c|a1c|lvef|ejection\s+fraction|h(?:a)?ematocrit|fev1)\b[^.;:()\d]{0,40}$"
    r"|\b(?:loss|lost|reductions?|improvements?|decreases?|increases?)\s+(?:of\s+)?(?:an?\s+)?[<>\u2264\u2265]\s*$"
)
_LIMIT_FOR = re.compile(
    r"\s?%\s+(?:or\s+(?:more|greater)\s+)?(?:[a-z-]+\s+)?(?:reduction|improvement|decrease|increase|decline|loss|stenosis|adherence|compliance)\b"
)
_NAMED_LIMIT = re.compile(
    r"\s?%\s+(?:(?:non-?inferiority|significance|confidence)\s+)?(?:threshold|cut-?\s?off|margin|significance|level)\b"
)
_ARMS_BEHIND = re.compile(r"\s+(?:groups|arms)\b(?!\s+of)")
_OR_MORE = re.compile(
    r"\s?(?:%|[a-zA-Z/]{1,10})?\s+or\s+(?:more|less|fewer|older|younger|over|above|below|higher|lower|greater)\b(?!\s+of\s+(?:the\s+|all\s+)*(?:[\w-]+\s+)?(?:patients|participants|subjects|women|men|children)\b)"
)
_DILUTED = re.compile(r"\d\s?m[lL]\s+(?:of\s+)?$")  # `30 ml 0.75% ropivacaine`
#: A sentence without one of these words holds no number of `_is_design`, but for doses in mg.
_OF_DESIGNS = frozenset(
    "or groups arms ml mcg \u00b5g \u03bcg gy iu threshold thresholds cut cutoff cutoffs margin significance level".split()
)
_NEXT_LIMIT = re.compile(r"\s?%?\s*(?:,\s*and|,\s*or|,|and|or)\s*(?:an?\s+)?[<>\u2264\u2265]\s*")
_LISTED_DOSE = re.compile(r"(?:\s*(?:,\s*and|,\s*or|,|and|or|to|-)\s*\d+(?:\.\d+)?)+[\s-]?(?:mg|[\u00b5\u03bc]g|mcg|gy|iu)(?![a-z/])")
_LISTING = frozenset(",aot-")
_MEASURE = re.compile(rf"[\s-]?(?:{TIME}|mg|kg|cm|mm\b|m2|yrs?|mmhg|points?|cycles?|courses?|doses?|old|mmol)", re.IGNORECASE)
_JOINERS = re.compile(r"\s*(?:,|-|/|&|\band\b|\bor\b|\bto\b|,\s*and|,\s*or|through)\s*(?:[a-z]+\s+)?", re.IGNORECASE)
_PERCENT_AFTER = re.compile(r"[.\d]*\s?%")
_WORD_AFTER = re.compile(r"\s+([A-Za-z]+)")
_CITATION = re.compile(r"\[\s?\d{1,3}(?:\s?[,-]\s?\d{1,3})*\s?\]")
_FIGURE_AHEAD = re.compile(r"[\d%]\s?(?:[a-zA-Z/]{1,9}\s?)?$")
_PAIRED_AHEAD = re.compile(r"\d\s?/-$")  # the second of `-31.1/-18.0 mmHg`
_CITING = frozenset("],-")
_CENTURIES = ("19", "20")
_DOSING = frozenset("-\u00d7")  # what a dose's unit begins with, but for letters
_OF_LABELS = frozenset("grade grades score status level stage class ps".split())
_RESULT_AFTER = re.compile(rf"[.\d]*\s?(?:%|[(\[]|(?:[\w-]+\s+){{0,2}}?(?:{NOUNS}|{EVENTS})\b)", re.IGNORECASE)


def mask(scan: Scan) -> None:
    """Takes the numbers that are names, labels, doses, dates or thresholds, told by what stands right beside them, and tells which are left."""
    text, labelled, limited, last_end, label = scan.text, False, False, 0, ""
    dated = not MONTH_NAMES.isdisjoint(scan.words)
    designed = not _OF_DESIGNS.isdisjoint(scan.words) or "mg" in scan.low
    for number in scan.numbers:
        start, end, printed, word, behind = number
        if scan.taken[start]:
            labelled, limited, last_end = False, False, end
            continue
        joined = limit = False
        if labelled and _JOINERS.fullmatch(text, last_end, start):
            joined = not (_PERCENT_AFTER if label.startswith("grade") else _RESULT_AFTER).match(text, end)
        else:
            label = word if word in _LABELS else _label_before_of(scan.low, start) if word == "of" else ""
        labelled = joined or label != "" and not _PERCENT_AFTER.match(text, end)
        if (
            labelled
            or _is_name(scan, start, end, behind)
            or (dated or end - start == 4)
            and _is_date(text, number, dated)
            or (
                limit := word in _THRESHOLD_WORDS
                and (limited and _NEXT_LIMIT.fullmatch(text, last_end, start) is not None or _is_threshold(scan, start, end, word, behind))
            )
            or designed
            and _is_design(scan, start, end, behind)
        ):  # `>=65 years`, `within 4 weeks`, `at least 6 months`: limits of a definition, no results
            scan.take(start, end)
        else:
            scan.left.append(number)
        last_end, limited = end, limit


def _is_name(scan: Scan, start: int, end: int, behind: str) -> bool:
    """Part of a name (TRIAL-1, IL4/6, 4-week, 3rd), a ratio (2:1), a citation ([12]) or an address."""
    text = scan.text
    before = text[start - 1] if start else " "
    if before != " ":
        if (
            before.isalpha()
            or before in "-/."
            and start > 1
            and (text[start - 2].isalpha() or text[start - 2] == "/" and not _PAIRED_AHEAD.search(text[max(0, start - 4) : start]))
        ):
            return True
        if before == ":" and start > 1 and text[start - 2].isdigit():
            return True
        if before == "/" and start > 1 and text[start - 2].isdigit():  # CDK4/6: the word that the first digit belongs to
            head = text[:start].rstrip("0123456789/")
            if head[-1:].isalpha() or (head[-1:] == "-" and head[-2:-1].isalpha()):
                return True
        if before == "[" and text[end : end + 1] in _CITING and _CITATION.match(text, start - 1):
            return not _is_limit(scan, start) and "%" not in text[start : start + 8]
    after = text[end : end + 2]
    if after[:1] != " ":
        if after[:1].isalpha():
            if not UNIT.match(text, end):
                return True
        elif after[:1] == "-" and after[1:].isalpha() or after[:1] == ":" and after[1:].isdigit():
            return True
    if not behind.isalpha() and behind not in _DOSING:
        return False
    return _DOSE_UNIT.match(scan.low, end) is not None and scan.governor(start) is None or _DOSE_PER.match(text, end) is not None


def _is_design(scan: Scan, start: int, end: int, behind: str) -> bool:
    """A limit told behind its number, a concentration, a number of groups, or a dose whose unit stands behind the last of its list."""
    if behind == "%" and (_NAMED_LIMIT.match(scan.low, end) or _DILUTED.search(scan.text, max(0, start - 8), start)):
        return True
    if _OR_MORE.match(scan.text, end) or _ARMS_BEHIND.match(scan.text, end):
        return True
    return behind in _LISTING and _LISTED_DOSE.match(scan.low, end) is not None and scan.governor(start) is None


def _is_threshold(scan: Scan, start: int, end: int, word: str, behind: str) -> bool:
    """Whether a number behind a word or sign of comparison is the limit of a definition."""
    if (_MEASURE.match(scan.text, end) if word.isalpha() else behind != "%") or _LIMIT_OF.search(scan.low, max(0, start - 70), start):
        return True
    return behind == "%" and _LIMIT_FOR.match(scan.low, end) is not None


def _is_limit(scan: Scan, start: int) -> bool:
    """Whether a square bracket stands right behind a figure whose limits or spread such brackets hold."""
    return scan.spread in ("ci", "iqr", "range") and _FIGURE_AHEAD.search(scan.text[max(0, start - 14) : start - 1]) is not None


def _is_date(text: str, number: Number, dated: bool) -> bool:
    start, end, printed, word, _ = number
    length = end - start
    year = length == 4 and printed[:2] in _CENTURIES and printed.isdigit()
    if dated and (length <= 2 or year):  # `July 2014, 666 women`: no day
        if word.rstrip(".,") in MONTH_NAMES and printed.isdigit():
            return word != "may" or text[start - 4 : start - 3] == "M"
        if length <= 2 and _word_after(text, end) in MONTH_NAMES and not text.startswith(" may", end):
            return True
    return year and not _RESULT_AFTER.match(text, end)


def _label_before_of(low: str, start: int) -> str:
    """The label that a number follows in `grade of 3`. Empty where there is none."""
    before = word_before(low, low.rfind("of", 0, start))
    return before if before in _OF_LABELS else ""


def _word_after(text: str, end: int) -> str:
    m = _WORD_AFTER.match(text, end, end + 14) if text[end : end + 1].isspace() else None
    return m.group(1).lower() if m else ""
