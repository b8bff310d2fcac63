"""Percents that stand without a count: `66.4% vs. 1.4%`, `less than 5%`, `a reduction of 31%`, `10-20%`.

Belongs here: the percent and whether it is a rate, a change or a difference. Does not: percents beside their counts (prose_counts).
"""

from __future__ import annotations

import re

from trialmart.extraction.prose_figures import CHANGE, DIGITS, NOUNS, TIME, number_of
from trialmart.extraction.prose_scan import Scan

_SHARED = re.compile(
    rf"(?<![\w.%/])(?P<value>(?:-\s?)?(?:{DIGITS}))(?=\s*(?:vs\.?|versus|and|or|,|,\s*and|compared\s+(?:with|to)|as\s+compared\s+with|/)\s*(?:(?:-\s?)?(?:{DIGITS})\s*(?:,|and|,\s*and|/)\s*)*(?:-\s?)?(?:{DIGITS})\s?%)",
    re.IGNORECASE,
)
_PERCENT_RANGE = re.compile(rf"(?<![\w.])(?P<low>{DIGITS})\s?%?\s?-\s?(?P<high>{DIGITS})\s?%")
_COUNTED_OR_TIME = re.compile(rf"\s*(?:{TIME}|{NOUNS})", re.IGNORECASE)
_DIFFERENCE_IS = re.compile(
    r"\s*[;:,=(]?\s*(?:\([^()]*\)\s*)?(?:(?:[^();]|\([^()]*\)){0,120}\b(?:of|was|were|is|be|by)\s*(?:only\s+|approximately\s+|about\s+)?)?[(\[]?",
    re.IGNORECASE,
)


def read_percents(scan: Scan) -> None:
    found = []
    ranges = (_PERCENT_RANGE.match(scan.text, n.start()) for n in scan.numbers) if "-" in scan.text else ()
    for m in ranges:
        if m and scan.free(*m.span("low")) and scan.free(*m.span("high")):
            scan.add(*m.span("low"), "minimum", unit="%", keep={"range": True})
            scan.add(*m.span("high"), "maximum", unit="%", keep={"range": True})
    for number in scan.numbers:
        behind = scan.text[number.end() : number.end() + 10].lstrip()
        if behind.startswith("%") or behind.startswith(("percent", "per cent")) and not behind.startswith(("percentag", "percentil")):
            start, end = scan.with_sign(*number.span())
            if scan.free(start, end):
                found.append((start, end))
        elif _SHARED.match(scan.text, number.start()):
            start, end = scan.with_sign(*number.span())
            if scan.free(start, end) and not _COUNTED_OR_TIME.match(scan.text, end):
                found.append((start, end))
    for start, end in sorted(set(found)):
        if not scan.free(start, end):
            continue
        before = scan.text[max(0, start - 30) : start]
        compared = re.search(
            r"([<>\u2264\u2265]|\b(?:lower|less|fewer)\s+than|\b(?:more|higher|greater|over)\s+than|\bat\s+least|\bup\s+to|\bat\s+most|\bmore\s+than|\bover|\bnearly|\babout|\bapproximately|~)\s*$",
            before,
            re.IGNORECASE,
        )
        _percent(scan, start, end, compared.group(1).lower() if compared else "")


def _percent(scan: Scan, start: int, end: int, compared: str) -> None:
    text = scan.text
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
    if span_end and scan.free(end + span_end.start("value"), end + span_end.end("value")) and text[start] != "-":
        scan.add(start, end, "minimum", unit="%", keep={"range": True})
        scan.add(end + span_end.start("value"), end + span_end.end("value"), "maximum", unit="%", keep={"range": True})
        return
    governor = scan.governor(start)
    statistic = "percent"
    if governor:
        kind = governor.lastgroup
        if kind in ("median", "mean") and not re.search(r"\brates?\b|\bof\s+(?:the\s+)?patients", text[governor.end() : start]):
            statistic = kind
            if kind == "mean" and re.search(r"\bdifferences?\b", text[governor.start() : start]):
                statistic = "mean_difference"
            elif kind == "mean" and CHANGE.search(text[max(0, governor.start() - 25) : start]):
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
            statistic = "percent_difference" if re.search(r"risk|hazard", text[max(0, governor.start() - 40) : start]) else "mean_change"
        elif kind == "sd_stat":
            statistic = "percent"
    if re.search(
        r"\brisk\s+differences?\b|\bRDs?\b|\babsolute\s+(?:risk\s+)?(?:difference|reduction)", text[max(0, start - 60) : start]
    ) and not re.search(r"%", text[max(0, start - 25) : start]):
        statistic = "risk_difference"
    scan.add(start, end, statistic, value=value, unit="%", comparator=comparator, governor=governor.span() if governor else None)
