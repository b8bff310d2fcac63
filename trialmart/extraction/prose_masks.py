"""Numbers that are no results: names (PALOMA-1), labels (Table 2), doses, dates, thresholds, citations.

Belongs here: telling them by what stands right beside them. Does not: any figure that is read.
"""

from __future__ import annotations

import re

from trialmart.extraction.prose_figures import EVENTS, NOUNS, TIME, UNIT
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
_MONTH_NAMES = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
_DOSE_UNIT = re.compile(
    r"[\s-]?(?!m?g/d?l\b)(?:mg|\u00b5g|\u03bcg|mcg|ug|gy|mbq|iu|units?|ml|g|cgy|mmol|tablets?|capsules?|fold|times|points?\b(?=\s+(?:scale|likert))|item|gauge|x\s?10|\u00d7)(?![a-z])",
    re.IGNORECASE,
)
_DOSE_PER = re.compile(r"\s?(?:mg|[\u00b5\u03bc]g|mcg)/(?!d?[lL]\b)")
_MEASURE = re.compile(rf"[\s-]?(?:{TIME}|mg|kg|cm|mm\b|m2|yrs?|mmhg|points?|cycles?|courses?|doses?|old|mmol)", re.IGNORECASE)
_JOINERS = re.compile(r"\s*(?:,|-|/|&|\band\b|\bor\b|\bto\b|,\s*and|,\s*or|through)\s*(?:[a-z]+\s+)?", re.IGNORECASE)
_PERCENT_AFTER = re.compile(r"[.\d]*\s?%")
_OF_LABELS = frozenset("grade grades score status level stage class ps".split())
_RESULT_AFTER = re.compile(rf"[.\d]*\s?(?:%|[(\[]|(?:[\w-]+\s+){{0,2}}?(?:{NOUNS}|{EVENTS})\b)", re.IGNORECASE)


def mask(scan: Scan) -> None:
    """Takes the numbers that are names, labels, doses, dates or thresholds, told by what stands right beside them."""
    text, labelled, last_end, label = scan.text, False, 0, ""
    for number in scan.numbers:
        start, end = number.span()
        if scan.taken[start]:
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
        if labelled or _is_name(scan, number) or _is_date(scan, number, word) or _is_threshold(scan, number, word):
            scan.take(start, end)
        last_end = end


def _is_name(scan: Scan, number: re.Match[str]) -> bool:
    """Part of a name (PALOMA-1, CDK4/6, 4-week, 3rd), a ratio (2:1), a citation ([12]) or an address."""
    text, (start, end) = scan.text, number.span()
    before = text[start - 1] if start else " "
    if before.isalpha() or (before in "-/." and start > 1 and (text[start - 2].isalpha() or text[start - 2] == "/")):
        return True
    after = text[end : end + 2]
    if after[:1].isalpha() and not UNIT.match(text, end):
        return True
    if after[:1] == "-" and after[1:].isalpha():
        return True
    if after[:1] == ":" and after[1:].isdigit() or before == ":" and start > 1 and text[start - 2].isdigit():
        return True
    if before == "/" and start > 1 and text[start - 2].isdigit():  # CDK4/6: the word that the first digit belongs to
        head = text[:start].rstrip("0123456789/")
        if head[-1:].isalpha() or (head[-1:] == "-" and head[-2:-1].isalpha()):
            return True
    if before == "[" and end < len(text) and text[end] in "],-" and re.match(r"\[\s?\d{1,3}(?:\s?[,-]\s?\d{1,3})*\s?\]", text[start - 1 :]):
        behind_figure = scan.spread in ("ci", "iqr", "range") and re.search(
            r"[\d%]\s?(?:[a-zA-Z/]{1,9}\s?)?$", text[max(0, start - 14) : start - 1]
        )
        return not behind_figure and not _word_percent(scan, start)
    return bool(_DOSE_UNIT.match(text, end)) and scan.governor(start) is None or _DOSE_PER.match(text, end) is not None


def _word_percent(scan: Scan, start: int) -> bool:
    return "%" in scan.text[start : start + 8]


def _is_date(scan: Scan, number: re.Match[str], word: str) -> bool:
    text, (start, end) = scan.text, number.span()
    day = end - start <= 2 or end - start == 4 and text[start : start + 2] in ("19", "20")  # `July 2014, 666 women`: no day
    if day and word.rstrip(".,") in _MONTH_NAMES and number.group().isdigit():
        return word != "may" or text[start - 4 : start - 3] == "M"
    if end - start <= 2 and _word_after(text, end) in _MONTH_NAMES and not text.startswith(" may", end):
        return True
    year = end - start == 4 and text[start:end].isdigit() and text[start : start + 2] in ("19", "20")
    return year and not _RESULT_AFTER.match(text, end)


def _is_threshold(scan: Scan, number: re.Match[str], word: str) -> bool:
    """`>=65 years`, `within 4 weeks`, `at least 6 months`: limits of a definition, no results."""
    if word not in _THRESHOLD_WORDS:
        return False
    if word in "<>\u2265\u2264":
        return not re.match(r"\s?%", scan.text[number.end() :])
    return bool(_MEASURE.match(scan.text, number.end()))


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


_WORD_AFTER = re.compile(r"\s+([A-Za-z]+)")


def _word_after(text: str, end: int) -> str:
    m = _WORD_AFTER.match(text, end, end + 14) if text[end : end + 1].isspace() else None
    return m.group(1).lower() if m else ""
