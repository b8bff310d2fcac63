"""Which typed table a published value belongs in.

Belongs here: the reading of table kind, scope, statistic and endpoint. Does not: how a table's rows are keyed (the modules beside it).
A value that no rule claims stays in evidence.published_value only (`python -m benchmarks.facts` counts them).
"""

from __future__ import annotations

import re
from functools import lru_cache, partial

import numpy as np
import pandas as pd

from trialmart.facts.columns import Columns
from trialmart.facts.keys import of_table, positions
from trialmart.facts.labels import is_name, key

BASELINE, ADVERSE, RESPONSE, TIME, SUBGROUP, COMPARISON = (
    "baseline_characteristic", "adverse_event", "response", "time_to_event", "subgroup_effect", "comparison",
)  # fmt: skip
RATIOS = ("hazard_ratio", "odds_ratio", "risk_ratio", "ratio")
MEASURES = (*RATIOS, "risk_difference", "mean_difference", "percent_difference", "mean_change")
DEPENDENT = ("ci_lower", "ci_upper", "ci_level", "p_value", "sd", "se", "minimum", "maximum", "q1", "q3", "denominator")
_CONTINUOUS = ("mean", "median", "sd", "se", "minimum", "maximum", "q1", "q3")
_TIME = re.compile(
    r"survival|(?<!stable )(?:disease )?progression(?!-free rate)\b|time (?:to|until)|duration of (?:\w+ )?(?:response|remission|disease control)"
    r"|\b(?:pfs|os|dfs|rfs|efs|ttp|dor)\b|relapse|recurrence|death from any cause|mortality"
)
_RESPONSE = re.compile(
    r"respon[sd]|remission|clinical benefit|disease control|stable disease|progressive disease|\b(?:orr|cbr|dcr|pcr)\b|cure|success|remitters"
)
_ENDPOINTS = re.compile(r"\b(?:end[ -]?points?|outcomes?|efficacy|safety)\b", re.I)
_EVENT = re.compile(
    r"(?i:\b(?:\w+(?:penia|aemia|emia|algia|rrh[o]?ea)|\w*thrombo(?:sis|ses|embol\w+|tic\b.*)|(?:pulmonary |lung )?embol(?:ism|i|us)|"
    r"(?:neuropath|myopath)(?:y|ies)|h[a]?emorrhages?|bleeding|infections?|sepsis|pneumoni(?:a|tis)|mucositis|stomatitis|hepatitis|colitis|nausea|"
    r"vomiting|fatigue|rash|alopecia|dyspn[o]?ea|pyrexia|hypotension|myocardial infarctions?|strokes?|heart failure|fractures?|deaths?)$)"
)
_UNTIL = re.compile(r"survival|time (?:to|until)|duration of|-free", re.I)
_WHOLE = re.compile(
    r"^\W*(?:(?:all|overall|total|entire|whole|itt|intention-to-treat|intent-to-treat)\b[\s,-]*(?:(?:itt|randomi[sz]ed|study|treated|enrolled|patients|subjects|"
    r"participants|women|men|population|cohort|trial|group|analysis|effect|randomly assigned|no\.?|n)\b[\s,-]*)*)(?:[(\[].*)?\W*\d*\W*$", re.I,
)  # fmt: skip
_ADVERSE = re.compile(r"adverse|toxicit|side[- ]effect|\bae\b|\bsae\b|tolerab")


@lru_cache(maxsize=100_000)
def endpoint_class(endpoint: str | None) -> str | None:
    """adverse_event, time_to_event or response where the name of an endpoint tells; None where it does not."""
    if not endpoint:
        return None
    lowered = endpoint.lower()
    if _ADVERSE.search(lowered):
        return ADVERSE
    if _TIME.search(lowered):
        return TIME
    return RESPONSE if _RESPONSE.search(lowered) else None


def route(columns: Columns, kind: np.ndarray) -> pd.Series:
    """The typed table of each value, None where none takes it. `columns`: those of the published values with `fact`, the fact key of each
    (trialmart/facts/matching); `kind`: table_kind of each."""
    c, values = columns, columns.frame
    of, told = partial(c.is_in, "statistic"), partial(c.is_in, "scope")
    grouped = c.each("endpoint", endpoint_class, None)
    in_table = c.is_in("source_kind", ("table",))
    arm, contrast = told(("arm", "total")), told(("contrast",))
    shares, measure, ratio, p_value = of(("count", "percent", "n_events", "denominator")), of(MEASURES), of(RATIOS), of(("p_value",))
    of_subgroups = kind == "subgroup"
    timed = of(("median", "km_percent", "n_events", "mean"))
    results = (kind == "efficacy") | (kind == "survival")
    outcome = results | (kind == "other") | (kind == "")
    named = outcome & ((grouped == RESPONSE) | (results & (grouped == None)))  # noqa: E711
    harm = (c.code("grade") > 0) | known_terms(c, kind) | (grouped == ADVERSE) | (_told(c) & (grouped != RESPONSE))
    contrast_of_part = contrast & (of_subgroups | (c.code("subgroup") > 0)) & (ratio | (of_subgroups & (measure | p_value)))
    part = values[contrast_of_part]
    contrast_of_part[contrast_of_part] = ~whole_trial(part) & ~of_endpoints(part)
    share = arm & ~in_table & of(("percent",)) & (c.text("endpoint") == c.text("subgroup")) & _of_subgroup_effect(c, contrast & ratio)
    rules = [
        (share, SUBGROUP),
        (arm & (kind == "baseline") & (shares | of((*_CONTINUOUS, "ci_lower", "ci_upper"))), BASELINE),
        (arm & (kind == "adverse_events") & shares, ADVERSE),
        (arm & ~in_table & shares & harm, ADVERSE),
        (contrast_of_part, SUBGROUP),
        (contrast & (measure | p_value), COMPARISON),
        (arm & of_subgroups & of(("n", "count", "n_events", "percent", "denominator")), SUBGROUP),
        (arm & outcome & (grouped == TIME) & (timed | (shares & _until(c))), TIME),
        (arm & named & shares, RESPONSE),
    ]
    home = np.select([rule for rule, _ in rules], [table for _, table in rules], default=None).astype(object)
    home = _follow(c, home)
    # A sentence that repeats a table's figure goes where that figure went.
    own, said = c.text("value_id"), c.text("fact")
    repeated = said != own
    at = positions(own, said[repeated])
    home[repeated] = np.where(at >= 0, home[at], None)
    nameless = ~c.each("endpoint", is_name, True).astype(bool)  # a piece of a clause: what the figure is about is not known
    home = np.where(~in_table & ~repeated & nameless & (home != SUBGROUP), None, home)
    assumed = values["is_assumption"].fillna(False).astype(bool).to_numpy()
    return pd.Series(np.where(assumed, None, home), index=values.index, dtype=object)


def _follow(c: Columns, home: np.ndarray) -> np.ndarray:
    """Limits, p values and the like go where the estimate that they belong to went."""
    estimate, own = c.text("estimate_id"), c.text("value_id")
    dependent = np.flatnonzero(np.not_equal(estimate, own) & c.is_in("statistic", DEPENDENT))
    dependent = dependent[np.not_equal(estimate[dependent], None)]
    at = positions(own, estimate[dependent])
    theirs = np.where(at >= 0, home[at], None)
    # A p value may be tied to one arm's count; it is still a comparison.
    lone_p = c.is_in("statistic", ("p_value",))[dependent] & (theirs != COMPARISON) & (theirs != SUBGROUP)
    moved = pd.notna(theirs) & ~lone_p
    home = home.copy()
    home[dependent[moved]] = theirs[moved]
    return home


def _told(c: Columns) -> np.ndarray:
    """Whether a result's endpoint names a disorder or a death, as reports of harm do."""
    told = c.each("endpoint", lambda text: _EVENT.search(text) is not None, False).astype(bool) & (c.code("subgroup") == 0)
    return told & c.is_in("section", ("abstract", "results")) & ~c.is_in("statistic", ("denominator",))


def _until(c: Columns) -> np.ndarray:
    """Whether patients counted under an endpoint are those with its event: `progression-free survival`, and not `disease progression`,
    which may as well be a reason to stop treatment."""
    return c.each("endpoint", lambda text: _UNTIL.search(text) is not None, False).astype(bool)


def _of_subgroup_effect(c: Columns, ratio: np.ndarray) -> np.ndarray:
    """Whether a value's subgroup is one that the article gives a ratio for."""
    pairs = c.combined("article_id", "subgroup")
    told = np.zeros(int(pairs.max(initial=-1)) + 1, bool)
    told[pairs[ratio & (c.code("subgroup") > 0)]] = True
    return told[pairs]


def of_endpoints(values: pd.DataFrame) -> np.ndarray:
    """Whether a row of a subgroup table stands under a heading such as `Efficacy endpoints`: its labels are endpoints, not levels."""
    above = ["\n".join(path[:-1]) for path in values["row_path"].tolist()]
    return np.fromiter((bool(_ENDPOINTS.search(text)) for text in above), bool, len(above))


def whole_trial(values: pd.DataFrame) -> np.ndarray:
    """Whether a row of a subgroup table is about all patients: `Overall`, `All patients (N = 666)`."""
    said = [path[-1] if len(path) else "" for path in values["row_path"].tolist()]
    return np.fromiter((bool(_WHOLE.match(text)) for text in said), bool, len(said))


def table_kind(values: pd.DataFrame, article_table: pd.DataFrame) -> np.ndarray:
    """Kind of the table that each value is printed in or under; empty for prose."""
    kind = of_table(values, article_table, "kind")
    return np.where(values["table_id"].notna().to_numpy() & pd.notna(kind), kind, "").astype(object)


def known_terms(c: Columns, kind: np.ndarray) -> np.ndarray:
    """Whether a value's endpoint is an adverse event elsewhere in the same article: a term of a table, or graded in a sentence."""
    adverse = kind == "adverse_events"
    terms, articles = c.each("endpoint", key, ""), c.text("article_id")
    prose = (kind == "") & ((c.code("grade") > 0) | (c.each("endpoint", endpoint_class, None) == ADVERSE))
    leaves = [key(path[-1]) if len(path) else "" for path in c.frame["row_path"].to_numpy(object)[adverse].tolist()]
    known = {*zip(articles[adverse].tolist(), leaves, strict=True), *zip(articles[prose].tolist(), terms[prose].tolist(), strict=True)}
    pairs = c.combined("article_id", "endpoint")
    firsts = np.unique(pairs, return_index=True)[1]
    told = np.array([bool(term) and (article, term) in known for article, term in zip(articles[firsts], terms[firsts], strict=True)], bool)
    return told[pairs] if len(pairs) else np.empty(0, bool)


def by_kind(values: pd.DataFrame, article_table: pd.DataFrame) -> pd.DataFrame:
    """How many values there are of each source, table kind, scope and statistic: what rules for further tables would be worth."""
    rows = values.assign(kind=table_kind(values, article_table)).groupby(["source_kind", "kind", "scope", "statistic"], dropna=False).size()
    return rows.rename("values").reset_index().sort_values("values", ascending=False, ignore_index=True)
