"""p values: `P<0.001`, `p = 0.04 by the log-rank test`, `one-sided p 0.02`.

Belongs here: the value, its sign, its sides and its test. Does not: what it compares (prose_attribution).
"""

from __future__ import annotations

import re

from trialmart.extraction.prose_scan import Scan
from trialmart.extraction.prose_sentences import holds
from trialmart.extraction.prose_words import places

_P = re.compile(
    r"""(?P<name>(?<![\w.])(?:[Pp]|\b[Pp]rob(?:ability)?)(?:\s?-?\s?(?:values?|trend|interaction|heterogeneity))?(?:\s?\(?for\s+(?:the\s+)?(?:[\w-]+\s){0,4}?(?:interaction|trend|heterogeneity|superiority|non-?inferiority|difference|comparison)\)?|\s+for\s+(?:the\s+)?[\w\u03c7^-]+\s+test)?|\b[Ss]ignificance|\bP\s?(?:int|trend|het)\b)
    (?:\s?[(\[][^()\[\]\d]{0,30}[)\]])?\s*(?:of\s*|was\s*|were\s*|is\s*|:\s*|,\s*)?(?P<sign>=|<\s?=|>\s?=|<|>|\u2264|\u2265|\bless\s+than\b|\bgreater\s+than\b|\\leq?|\\geq?|\b(?=\d?\.\d))\s*(?P<value>0?\.\d+(?:\s?[x\u00d7]\s?10[\s^-]*\d+)?|[01](?:\.\d+)?(?![\w%])|(?:NS|n\.s\.)\b)""",
    re.VERBOSE,
)  # fmt: skip
_P_LETTER = re.compile(r"[Pp](?<!\w.)(?=[\s=<>\u2264\u2265\\v(_-]|rob|int|trend|het)")
#: A sentence without one of these words gives no p value.
_P_WORDS = frozenset("p pvalue pvalues prob probability pint ptrend phet pinteraction pheterogeneity significance".split())
_TEST_STEMS = (
    "rank", "fisher", "chi", "\u03c7", "mann", "wilcoxon", "cox", "test", "anova", "ancova", "mcnemar", "cochran", "mantel", "kruskal", "interaction", "trend",
    "heterogeneity", "inferiority", "superiority", "gray",
)  # fmt: skip
_TESTS = re.compile(
    r"(log-?rank|fisher(?:'s)?(?:\s+exact)?|chi-?squared?|\u03c72|mann-?whitney|wilcoxon|cox|t-?test|anova|ancova|mcnemar|cochran\w*(?:-mantel-haenszel)?|mantel-?haenszel|kruskal-?wallis|interaction|trend|heterogeneity|non-?inferiority|superiority|gray)",
    re.IGNORECASE,
)


_SET_AT = re.compile(
    r"(?:\bset|cut-?\s?off|cut-?\s?points?)\s+(?:value\s+)?(?:at|to|of|for)\s+(?:an?\s+)?$"
)  # what was asked for, no result
_ONE_SIDED = re.compile(r"one[\s-](?:sided|tailed)|1[\s-]sided")
_TWO_SIDED = re.compile(r"two[\s-](?:sided|tailed)|2[\s-]sided")
_POWER = re.compile(r"([\d.]+)\s?[x\u00d7]\s?10[\s^-]*(\d+)")
_SIGNS = {
    "": "=",
    "lessthan": "<",
    "greaterthan": ">",
    "\u2264": "<=",
    "\u2265": ">=",
    "\\le": "<=",
    "\\leq": "<=",
    "\\ge": ">=",
    "\\geq": ">=",
}
_NEXT_VALUE = re.compile(r"\s*(?:,\s*(?:and\s+)?|and\s+)(?P<value>0?\.\d+)(?![\d%]|\s*%)")
_EACH_ITS_OWN = re.compile(r"respectively|\bvs\b|\bfor\b")
_LISTING = frozenset(("respectively", "vs", "for"))
_TO_THE_TEST = re.compile(r"\s*[,)]?\s*(?:at|by|for|from|using|in|on)?\s*(?:the\s+|an?\s+)?(?:[\w-]+\s+)?")


def read_p_values(scan: Scan) -> None:
    if _P_WORDS.isdisjoint(scan.words):
        return
    text, last, tested = scan.text, 0, holds(scan.low, _TEST_STEMS)
    for start in _candidates(scan):
        m = _P.match(text, start) if start >= last else None
        if m is None or not scan.free(*m.span("value")):
            continue
        last = m.end("value")
        if ("set" in scan.words or "cut" in scan.low) and _SET_AT.search(scan.low, max(0, start - 40), start):
            scan.take(m.start(), m.end())
            continue
        _p_value(scan, m, tested)


def _candidates(scan: Scan) -> list[int]:
    found = [m.start() for m in _P_LETTER.finditer(scan.text)]
    return sorted(found + places(scan.low, "significance")) if "significance" in scan.words else found


def _p_value(scan: Scan, m: re.Match[str], tested: bool) -> None:
    text, (start, end), value, sides = scan.text, m.span("value"), m["value"], None
    if "sided" in scan.words or "tailed" in scan.words:
        words = (text[max(0, m.start() - 60) : m.start()].lower() + m["name"].lower())[-75:]
        sides = 1 if _ONE_SIDED.search(words) else 2 if _TWO_SIDED.search(words) else None
    if value[0].isalpha():
        scan.add(start, end, "p_value", comparator=None, missing_reason="not_significant", sides=sides, opens=m.start())
        return
    sign = m["sign"].replace(" ", "")
    sign = _SIGNS.get(sign, sign)
    power = _POWER.match(value) if "10" in value else None
    number = float(power[1]) * 10.0 ** -int(power[2]) if power else float(value)
    test = _test(text, m) if tested else None
    scan.add(start, end, "p_value", value=number, comparator=sign, sides=sides, method=test, opens=m.start())
    scan.take(m.start(), m.end())
    if sign != "=" or _LISTING.isdisjoint(scan.words):
        return
    for more in _NEXT_VALUE.finditer(text, end):  # `P = .02, .04, and .3 for a, b, and c`
        if more.start() > end and not scan.taken[more.start() - 1] or not _EACH_ITS_OWN.search(text, end):
            break
        scan.add(*more.span("value"), "p_value", comparator=sign, sides=sides)
        scan.take(*more.span())


def _test(text: str, m: re.Match[str]) -> str | None:
    """The test that a p value names: right before it, in its name, or behind it."""
    before = _TESTS.findall(text[max(0, m.start() - 45) : m.end()])
    after = _TO_THE_TEST.match(text, m.end())
    behind = _TESTS.match(text, after.end()) if after else None
    name = behind.group(1) if behind else before[-1] if before else None
    return name.lower() if name else None
