"""Which typed table a published value belongs in.

Belongs here: the reading of table kind, scope, statistic and endpoint. Does not: how a table's rows are keyed (the modules beside it).
A value that no rule claims stays in evidence.published_value only (`python -m benchmarks.facts` counts them).
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pandas as pd

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


def route(values: pd.DataFrame, article_table: pd.DataFrame, fact: pd.Series) -> pd.Series:
    """The typed table of each value, None where none takes it. `fact`: each value's fact key (trialmart/facts/matching)."""
    kind = table_kind(values, article_table)
    statistic, scope = values["statistic"].to_numpy(object), values["scope"].to_numpy(object)
    grouped = values["endpoint"].map(endpoint_class, na_action=None).to_numpy(object)
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
    share = arm & ~in_table & (statistic == "percent") & _of_subgroup_effect(values, contrast & np.isin(statistic, RATIOS))
    rules = [
        (share, SUBGROUP),
        (arm & np.isin(kind, ("baseline",)) & (shares | np.isin(statistic, (*_CONTINUOUS, "ci_lower", "ci_upper"))), BASELINE),
        (arm & (kind == "adverse_events") & shares, ADVERSE),
        (arm & ~in_table & shares & (graded | known | (grouped == ADVERSE) | (_told(values) & (grouped != RESPONSE))), ADVERSE),
        (
            contrast
            & subgroup
            & ~whole_trial(values)
            & ~of_endpoints(values)
            & (np.isin(statistic, RATIOS) | ((kind == "subgroup") & (measure | (statistic == "p_value")))),
            SUBGROUP,
        ),
        (contrast & (measure | (statistic == "p_value")), COMPARISON),
        (arm & (kind == "subgroup") & np.isin(statistic, ("n", "count", "n_events", "percent", "denominator")), SUBGROUP),
        (arm & outcome & (grouped == TIME) & (timed | (shares & _until(values))), TIME),
        (arm & named & shares, RESPONSE),
    ]
    home = np.select([rule for rule, _ in rules], [table for _, table in rules], default=None).astype(object)
    home = _follow(values, home)
    # A sentence that repeats a table's figure goes where that figure went.
    homes = pd.Series(home, index=values["value_id"])
    homes = homes[~homes.index.duplicated()]
    repeated = fact.to_numpy(object) != values["value_id"].to_numpy(object)
    home = np.where(repeated, homes.reindex(fact).to_numpy(object), home)
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
    estimate = values["estimate_id"].to_numpy(object)
    own = values["value_id"].to_numpy(object)
    dependent = values["estimate_id"].notna().to_numpy() & (estimate != own) & values["statistic"].isin(DEPENDENT).to_numpy()
    homes = pd.Series(home, index=own)
    homes = homes[~homes.index.duplicated()]
    theirs = homes.reindex(estimate).to_numpy(object)
    # A p value may be tied to one arm's count; it is still a comparison.
    lone_p = (values["statistic"] == "p_value").to_numpy() & ~np.isin(theirs, (COMPARISON, SUBGROUP))
    return np.where(dependent & pd.notna(theirs) & ~lone_p, theirs, home)


def _told(values: pd.DataFrame) -> np.ndarray:
    """Whether a result's endpoint names a disorder or a death, as reports of harm do."""
    told = values["endpoint"].fillna("").str.contains(_EVENT).to_numpy() & values["subgroup"].isna().to_numpy()
    return told & values["section"].isin(("abstract", "results")).to_numpy() & (values["statistic"] != "denominator").to_numpy()


def _until(values: pd.DataFrame) -> np.ndarray:
    """Whether patients counted under an endpoint are those with its event: `progression-free survival`, and not `disease progression`,
    which may as well be a reason to stop treatment."""
    return values["endpoint"].fillna("").str.contains(r"survival|time (?:to|until)|duration of|-free", case=False).to_numpy()


def _of_subgroup_effect(values: pd.DataFrame, ratio: np.ndarray) -> np.ndarray:
    """Whether a value's subgroup is one that the article gives a ratio for."""
    pairs = pd.MultiIndex.from_arrays([values["article_id"], values["subgroup"].fillna("")])
    return pairs.isin(pairs[ratio & values["subgroup"].notna().to_numpy()])


def of_endpoints(values: pd.DataFrame) -> np.ndarray:
    """Whether a row of a subgroup table stands under a heading such as `Efficacy endpoints`: its labels are endpoints, not levels."""
    above = ["\n".join(path[:-1]) for path in values["row_path"]]
    return np.fromiter((bool(_ENDPOINTS.search(text)) for text in above), bool, len(above))


def whole_trial(values: pd.DataFrame) -> np.ndarray:
    """Whether a row of a subgroup table is about all patients: `Overall`, `All patients (N = 666)`."""
    said = [path[-1] if len(path) else "" for path in values["row_path"]]
    return np.fromiter((bool(_WHOLE.match(text)) for text in said), bool, len(said))


def table_kind(values: pd.DataFrame, article_table: pd.DataFrame) -> np.ndarray:
    """Kind of the table that each value is printed in or under; empty for prose."""
    kinds = article_table.set_index(["article_id", "table_id"])["kind"]
    index = pd.MultiIndex.from_arrays([values["article_id"], values["table_id"]])
    return pd.Series(kinds.reindex(index).to_numpy(object)).where(values["table_id"].notna().to_numpy(), "").fillna("").to_numpy(object)


def known_terms(values: pd.DataFrame, kind: np.ndarray) -> np.ndarray:
    """Whether a value's endpoint is an adverse event elsewhere in the same article: a term of a table, or graded in a sentence."""
    adverse = kind == "adverse_events"
    prose = (kind == "") & (values["grade"].notna() | values["endpoint"].map(endpoint_class).eq(ADVERSE)).to_numpy()
    named = zip(values["article_id"].to_numpy(object)[prose], values["endpoint"].fillna("").map(key).to_numpy(object)[prose], strict=True)
    leaves = [key(path[-1]) if len(path) else "" for path in values["row_path"].to_numpy(object)[adverse]]
    known = set(zip(values["article_id"].to_numpy(object)[adverse], leaves, strict=True)) | set(named)
    known = {pair for pair in known if pair[1]}
    pairs = zip(values["article_id"].to_numpy(object), values["endpoint"].to_numpy(object), strict=True)
    return np.fromiter(((a, key(e)) in known if isinstance(e, str) else False for a, e in pairs), bool, len(values))


def by_kind(values: pd.DataFrame, article_table: pd.DataFrame) -> pd.DataFrame:
    """How many values there are of each source, table kind, scope and statistic: what rules for further tables would be worth."""
    rows = values.assign(kind=table_kind(values, article_table)).groupby(["source_kind", "kind", "scope", "statistic"], dropna=False).size()
    return rows.rename("values").reset_index().sort_values("values", ascending=False, ignore_index=True)
