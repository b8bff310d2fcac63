"""p values: `P<0.001`, `p = 0.04 by the log-rank test`, `one-sided p 0.02`.

Belongs here: the value, its sign, its sides and its test. Does not: what it compares (prose_attribution).
"""

from __future__ import annotations

import re

from trialmart.extraction.prose_scan import Scan

_P = re.compile(
    r"""(?P<name>(?<![\w.])(?:[Pp]|\b[Pp]rob(?:ability)?)(?:\s?-?\s?(?:values?|trend|interaction|heterogeneity))?(?:\s?\(?for\s+(?:the\s+)?(?:[\w-]+\s){0,4}?(?:interaction|trend|heterogeneity|superiority|non-?inferiority|difference|comparison)\)?|\s+for\s+(?:the\s+)?[\w\u03c7^-]+\s+test)?|\b[Ss]ignificance|\bP\s?(?:int|trend|het)\b)
    (?:\s?[(\[][^()\[\]\d]{0,30}[)\]])?\s*(?:of\s*|was\s*|were\s*|is\s*|:\s*|,\s*)?(?P<sign>=|<\s?=|>\s?=|<|>|\u2264|\u2265|\bless\s+than\b|\bgreater\s+than\b|\\leq?|\\geq?|\b(?=\d?\.\d))\s*(?P<value>0?\.\d+(?:\s?[x\u00d7]\s?10[\s^-]*\d+)?|[01](?:\.\d+)?(?![\w%])|(?:NS|n\.s\.)\b)""",
    re.VERBOSE,
)  # fmt: skip
_P_LETTER = re.compile(r"[Pp](?=[\s=<>\u2264\u2265\\v(_-]|rob|int|trend|het)|[Ss]ignificance")
_TESTS = re.compile(
    r"(log-?rank|fisher(?:'s)?(?:\s+exact)?|chi-?squared?|\u03c72|mann-?whitney|wilcoxon|cox|t-?test|anova|ancova|mcnemar|cochran\w*(?:-mantel-haenszel)?|mantel-?haenszel|kruskal-?wallis|interaction|trend|heterogeneity|non-?inferiority|superiority|gray)",
    re.IGNORECASE,
)


def read_p_values(scan: Scan) -> None:
    last = 0
    for candidate in _P_LETTER.finditer(scan.text):
        m = _P.match(scan.text, candidate.start()) if candidate.start() >= last else None
        if m is None:
            continue
        start, end = m.span("value")
        if not scan.free(start, end):
            continue
        last = end
        words = scan.text[max(0, m.start() - 60) : m.start()].lower() + m["name"].lower()
        sides = (
            1
            if re.search(r"one[\s-](?:sided|tailed)|1[\s-]sided", words[-75:])
            else 2
            if re.search(r"two[\s-](?:sided|tailed)|2[\s-]sided", words[-75:])
            else None
        )
        value = m["value"]
        if value[0].isalpha():
            scan.add(start, end, "p_value", comparator=None, missing_reason="not_significant", sides=sides, opens=m.start())
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
        scan.add(start, end, "p_value", value=number, comparator=sign, sides=sides, method=_test(scan.text, m), opens=m.start())
        scan.take(m.start(), m.end())
        for more in re.finditer(r"\s*(?:,\s*(?:and\s+)?|and\s+)(?P<value>0?\.\d+)(?![\d%]|\s*%)", scan.text[end:]):
            if more.start() > 0 and not scan.taken[end + more.start() - 1]:
                break
            if not re.search(r"respectively|\bvs\b|\bfor\b", scan.text[end:]) or sign not in ("=",):
                break
            scan.add(end + more.start("value"), end + more.end("value"), "p_value", comparator=sign, sides=sides)
            scan.take(end + more.start(), end + more.end())


_TO_THE_TEST = re.compile(r"\s*[,)]?\s*(?:at|by|for|from|using|in|on)?\s*(?:the\s+|an?\s+)?(?:[\w-]+\s+)?")


def _test(text: str, m: re.Match[str]) -> str | None:
    """The test that a p value names: right before it, in its name, or behind it."""
    before = _TESTS.findall(text[max(0, m.start() - 45) : m.end()])
    after = _TO_THE_TEST.match(text, m.end())
    behind = _TESTS.match(text, after.end()) if after else None
    name = behind.group(1) if behind else before[-1] if before else None
    return name.lower() if name else None
