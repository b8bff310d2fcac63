"""Which typed table a published value belongs in.

Belongs here: the reading of table kind, scope, statistic and endpoint. Does not: how a table's rows are keyed (the modules beside it).
A value that no rule claims stays in evidence.published_value only (`python -m benchmarks.facts` counts them).
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pandas as pd

from trialmart.facts.keys import codes, mapped, of_table, positions
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


def route(values: pd.DataFrame, kind: np.ndarray, fact: pd.Series) -> pd.Series:
    """The typed table of each value, None where none takes it. `kind`: table_kind of each; `fact`: its fact key (trialmart/facts/matching)."""
    statistic, scope = values["statistic"].to_numpy(object), values["scope"].to_numpy(object)
    grouped = mapped(values["endpoint"], endpoint_class)
    in_table = (values["source_kind"] == "table").to_numpy()
    arm = np.isin(scope, ("arm", "total"))
    contrast = scope == "contrast"
    shares = np.isin(statistic, ("count", "percent", "n_events", "denominator"))
    measure = np.isin(statistic, MEASURES)
    subgroup = (kind == "subgroup") | values["subgroup"].notna().to_numpy()
    graded = values["grade"].notna().to_numpy()
    timed = np.isin(statistic, ("median", "km_percent", "n_events", "mean"))
    outcome = np.isin(kind, ("efficacy", "survival", "other", ""))
    named = outcome & ((grouped == RESPONSE) | (np.isin(kind, ("efficacy", "survival")) & (grouped == None)))  # noqa: E711
    known = known_terms(values, kind)
    contrast_of_part = contrast & subgroup & (np.isin(statistic, RATIOS) | ((kind == "subgroup") & (measure | (statistic == "p_value"))))
    part = values[contrast_of_part]
    contrast_of_part[contrast_of_part] = ~whole_trial(part) & ~of_endpoints(part)
    share = arm & ~in_table & (statistic == "percent") & _of_subgroup_effect(values, contrast & np.isin(statistic, RATIOS))
    rules = [
        (share, SUBGROUP),
        (arm & np.isin(kind, ("baseline",)) & (shares | np.isin(statistic, (*_CONTINUOUS, "ci_lower", "ci_upper"))), BASELINE),
        (arm & (kind == "adverse_events") & shares, ADVERSE),
        (arm & ~in_table & shares & (graded | known | (grouped == ADVERSE) | (_told(values) & (grouped != RESPONSE))), ADVERSE),
        (contrast_of_part, SUBGROUP),
        (contrast & (measure | (statistic == "p_value")), COMPARISON),
        (arm & (kind == "subgroup") & np.isin(statistic, ("n", "count", "n_events", "percent", "denominator")), SUBGROUP),
        (arm & outcome & (grouped == TIME) & (timed | (shares & _until(values))), TIME),
        (arm & named & shares, RESPONSE),
    ]
    home = np.select([rule for rule, _ in rules], [table for _, table in rules], default=None).astype(object)
    home = _follow(values, home)
    # A sentence that repeats a table's figure goes where that figure went.
    own, said = values["value_id"].to_numpy(object), fact.to_numpy(object)
    repeated = said != own
    at = positions(own, said[repeated])
    home[repeated] = np.where(at >= 0, home[at], None)
    home = np.where(~in_table & ~repeated & _without_name(values) & (home != SUBGROUP), None, home)
    assumed = values["is_assumption"].fillna(False).astype(bool).to_numpy()
    return pd.Series(np.where(assumed, None, home), index=values.index, dtype=object)


def _without_name(values: pd.DataFrame) -> np.ndarray:
    """Whether the endpoint is told by words that are a piece of a clause: what they are about is not known."""
    said, place = pd.factorize(values["endpoint"].to_numpy(object))
    names = np.array([is_name(text) for text in place] + [True], bool)
    return ~names[said]


def _follow(values: pd.DataFrame, home: np.ndarray) -> np.ndarray:
    """Limits, p values and the like go where the estimate that they belong to went."""
    estimate, own = values["estimate_id"].to_numpy(object), values["value_id"].to_numpy(object)
    dependent = np.flatnonzero(values["estimate_id"].notna().to_numpy() & (estimate != own) & values["statistic"].isin(DEPENDENT).to_numpy())
    at = positions(own, estimate[dependent])
    theirs = np.where(at >= 0, home[at], None)
    # A p value may be tied to one arm's count; it is still a comparison.
    lone_p = (values["statistic"] == "p_value").to_numpy()[dependent] & ~np.isin(theirs.astype(str), (COMPARISON, SUBGROUP))
    moved = pd.notna(theirs) & ~lone_p
    home = home.copy()
    home[dependent[moved]] = theirs[moved]
    return home


def _told(values: pd.DataFrame) -> np.ndarray:
    """Whether a result's endpoint names a disorder or a death, as reports of harm do."""
    told = mapped(values["endpoint"], lambda text: _EVENT.search(text) is not None, False).astype(bool) & values["subgroup"].isna().to_numpy()
    return told & values["section"].isin(("abstract", "results")).to_numpy() & (values["statistic"] != "denominator").to_numpy()


def _until(values: pd.DataFrame) -> np.ndarray:
    """Whether patients counted under an endpoint are those with its event: `progression-free survival`, and not `disease progression`,
    which may as well be a reason to stop treatment."""
    return mapped(values["endpoint"], lambda text: _UNTIL.search(text) is not None, False).astype(bool)


def _of_subgroup_effect(values: pd.DataFrame, ratio: np.ndarray) -> np.ndarray:
    """Whether a value's subgroup is one that the article gives a ratio for."""
    pairs = codes(values["article_id"], values["subgroup"])
    told = np.zeros(int(pairs.max(initial=-1)) + 1, bool)
    told[pairs[ratio & values["subgroup"].notna().to_numpy()]] = True
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


def known_terms(values: pd.DataFrame, kind: np.ndarray) -> np.ndarray:
    """Whether a value's endpoint is an adverse event elsewhere in the same article: a term of a table, or graded in a sentence."""
    adverse = kind == "adverse_events"
    terms = mapped(values["endpoint"], key, "")
    prose = (kind == "") & (values["grade"].notna().to_numpy() | (mapped(values["endpoint"], endpoint_class) == ADVERSE))
    articles = values["article_id"].to_numpy(object)
    leaves = [key(path[-1]) if len(path) else "" for path in values["row_path"].to_numpy(object)[adverse].tolist()]
    known = {*zip(articles[adverse].tolist(), leaves, strict=True), *zip(articles[prose].tolist(), terms[prose].tolist(), strict=True)}
    pairs = codes(articles, terms)
    firsts = np.unique(pairs, return_index=True)[1]
    told = np.array([bool(term) and (article, term) in known for article, term in zip(articles[firsts], terms[firsts], strict=True)], bool)
    return told[pairs] if len(pairs) else np.empty(0, bool)


def by_kind(values: pd.DataFrame, article_table: pd.DataFrame) -> pd.DataFrame:
    """How many values there are of each source, table kind, scope and statistic: what rules for further tables would be worth."""
    rows = values.assign(kind=table_kind(values, article_table)).groupby(["source_kind", "kind", "scope", "statistic"], dropna=False).size()
    return rows.rename("values").reset_index().sort_values("values", ascending=False, ignore_index=True)
