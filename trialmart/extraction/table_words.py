"""What the words around figures tell of how these were got: who assessed, which test, how many sides, adjusted or not.

Belongs here: wording that governs no statistic. Does not: which statistic a text names (labels), which words are near which figure
(table_values).
"""

from __future__ import annotations

import re
from functools import lru_cache

from trialmart.extraction import vocabulary

ASSESSORS = (
    ("blinded independent central review", re.compile(r"\b(?:BICR|IRC|IDMC|IRRC|ICR|independent(?:ly)?(?:\s\w+){0,3}\s(?:review|committee|assess|radiolog|monitoring)\w*|central(?:ly)?\s(?:review|assess)\w*|blinded\sindependent\w*)", re.IGNORECASE)),
    ("investigator", re.compile(r"\binvestigators?\b", re.IGNORECASE)),
)  # fmt: skip
ASSESSED = re.compile(r"bicr|irc|idmc|irrc|icr|independent|central|blinded|investigator")
#: A response in short with words of counting alone: `PR (cases)`, `CR, n (%)`, not `PR (bpm)`
RESPONSE = re.compile(r"(CR|PR|SD|PD|ORR|DCR|CBR|pCR)(?:[\s,;:()\[\]/%–—-]|\b(?:[nN]|[nN]o|cases?|patients?|pts|numbers?|of|rates?)\b\.?)*")
NOT_ASSESSED = re.compile(
    r"(?:not?[\s‐-]?(?:response[\s-])?(?:evalua(?:ble|ted)|assess(?:able|ed|ment)|determined|available)|non[\s‐-]?(?:evalua|assess)(?:ble|able)"
    r"|(?:un|in)(?:evalua|assess)(?:ble|able)|missing|unknown|NE|NA)\b",
    re.IGNORECASE,
)
METHOD = re.compile(
    r"fisher(?:'s|’s)?(?:\sexact)?(?:\stest)?|(?:stratified\s|unstratified\s)?log[- ]?rank(?:\stest)?|cochran[-–]mantel[-–]haenszel(?:\stest)?|mantel[-–]haenszel(?:\stest)?|pearson(?:'s|’s)?\s?(?:χ\^?2|chi[- ]squared?)?(?:\stest)?"
    r"|(?:χ\^?2|χ²|chi[- ]squared?)(?:\stest)?|wilcoxon(?:[\s-]+(?:rank[- ]sum|signed[- ]rank|mann[-–]whitney))*(?:\stest)?|mann[-–]whitney(?:\su)?(?:\stest)?|rank[- ]sum\stests?|kruskal[-–]wallis(?:\stest)?|student(?:'s|’s)?\st[- ]?test|(?:paired|unpaired|independent|two-sample)\st[- ]?test|\bt[- ]test"
    r"|anco?va|cox(?:\s(?:proportional|regression|model))*|logistic\sregression|mixed\smodel\w*|clopper[-–]pearson|\bWMW\b|\bexact\b|mcnemar(?:'s|’s)?(?:\stest)?",
    re.IGNORECASE,
)
SIDES = re.compile(r"\b(one|two|1|2)[-\s‐]?(?:sided|tailed)\b", re.IGNORECASE)
ADJUSTED = re.compile(r"(?<!un)\badjust(?:ed|ment)\b|\bmultivaria\w+", re.IGNORECASE)
UNADJUSTED = re.compile(r"\bunadjusted\b|\bcrude\b|\bunivaria\w+", re.IGNORECASE)
SIDE_BY_SIDE = re.compile(
    r"\b[a-z]+\.?\s?[/:]\s?[a-z]+\b|[(\[][^()\[\]/]+/[^()\[\]/]+/[^()\[\]]+[)\]]", re.IGNORECASE
)  # `Attempts (1/2/3)`
OF_N = re.compile(r"\bn\s?/\s?N\b|\bno\.?/total|\bnumber/total|/\s?total", re.IGNORECASE)
KM_RATES = re.compile(
    r"(?:kaplan[-–‐\s]meier|\bKM\b)[^.;]{0,40}\b(?:rates?|estimates?|percent\w*|incidence|probabilit\w+|%)|(?:rates?|estimates?|percentages?)[^.;]{0,50}kaplan[-–‐\s]meier",
    re.IGNORECASE,
)
FREE_AT = re.compile(
    r"(?:surviv\w*|\b(?:OS|PFS|DFS|EFS|RFS)\b|[\s-]free\b)[^;]{0,40}\b(?:at\s)?\d+(?:\.\d+)?[\s‐-]?(?:years?|yrs?|months?|mo)\b|\b\d+[\s‐-](?:year|yr|month|mo)s?\b[^;]{0,40}(?:surviv|\b(?:OS|PFS|DFS|EFS|RFS)\b)",
    re.IGNORECASE,
)


@lru_cache(maxsize=20_000)
def assessor(text: str) -> str | None:
    if not ASSESSED.search(text.lower()):
        return None
    return next((name for name, pattern in ASSESSORS if pattern.search(text)), None)


def first_assessor(path: tuple[str, ...]) -> str | None:
    return next((found for label in reversed(path) if (found := assessor(label))), None)


@lru_cache(maxsize=20_000)
def endpoint(path: tuple[str, ...], spread: bool = False) -> str | None:
    """The endpoint that a row tells of: the nearest label that names one, by words or as a short form with unit and format (`PR, n (%)`).

    spread: the row's figures are standard deviations, so that SD is no stable disease.
    """
    if path and NOT_ASSESSED.match(path[-1]):
        return None
    for label in reversed(path):
        found = vocabulary.known_endpoint(label)
        if not found and (short := RESPONSE.fullmatch(label)) and not (spread and short[1] == "SD"):
            found = vocabulary.known_endpoint(short[1])
        if found:
            return found
    return None


@lru_cache(maxsize=20_000)
def adjusted(text: str) -> bool | None:
    low = text.lower()
    if "just" not in low and "varia" not in low and "crude" not in low:
        return None
    if UNADJUSTED.search(text):
        return False
    return True if ADJUSTED.search(text) else None


@lru_cache(maxsize=5_000)
def sides(text: str) -> int | None:
    found = SIDES.search(text)
    return None if not found else 1 if found.group(1).lower() in ("one", "1") else 2


@lru_cache(maxsize=5_000)
def method(text: str) -> str | None:
    found = METHOD.search(text)
    return " ".join(found.group().split()) if found else None


@lru_cache(maxsize=20_000)
def is_side_by_side(label: str) -> bool:
    return ("/" in label or ":" in label) and SIDE_BY_SIDE.search(label) is not None and not OF_N.search(label)


def tells_km_rates(text: str) -> bool:
    """Whether a caption or note says that percentages are Kaplan-Meier estimates."""
    low = text.lower()
    return ("kaplan" in low or "km" in low) and KM_RATES.search(text) is not None


@lru_cache(maxsize=20_000)
def is_free_at(label: str) -> bool:
    return FREE_AT.search(label) is not None


@lru_cache(maxsize=20_000)
def difference(label: str, header: str) -> str:
    """A difference of means, unless the words speak of percentages."""
    said = f"{label} {header}".replace("95%", "").replace("95 %", "")
    percents = re.search(r"%|percent|proportion|rate difference|risk difference", said) and not re.search(r"mean|LS", said)
    return "percent_difference" if percents else "mean_difference"
