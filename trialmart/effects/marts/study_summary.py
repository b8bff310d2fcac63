"""mart.study_summary: the page-one numbers of each article."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trialmart.facts.keys import derivation, row_ids, union_of_lists
from trialmart.facts.labels import key

TABLE = "mart.study_summary"
_EFFECT = ["endpoint", "arm_id", "reference_arm_id", "measure", "estimate", "ci_lower", "ci_upper", "p_value", "p_value_comparator",
           "arm_value", "reference_value", "unit", "events", "reference_events"]  # fmt: skip


def study_summary(
    article: pd.DataFrame, arm: pd.DataFrame, published_value: pd.DataFrame, efficacy: pd.DataFrame, safety: pd.DataFrame,
    number_check: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """One row for each article, and the values that it rests on. What the article does not say stays NULL."""
    names = ["article_id", "study_id", "title", "journal", "year", "nct_id", "doi"]
    frame = article[names].drop_duplicates("article_id").reset_index(drop=True)
    parts = [
        _arms(arm, published_value),
        _effect(efficacy, published_value),
        _design(published_value),
        _safety(safety),
        _severe(safety),
        _findings(number_check),
    ]
    ids = []
    for part in parts:
        part = part.reindex(frame["article_id"]).reset_index(drop=True)
        ids.append(part.pop("value_ids")) if "value_ids" in part else None
        frame = pd.concat([frame, part], axis=1)
    frame["value_ids"] = union_of_lists(*ids)
    frame["n_published_values"] = frame["article_id"].map(published_value.groupby("article_id").size())
    for name in ("n_arms", "n_adverse_event_terms", "n_published_values", "n_findings", "n_critical", "n_major", "n_minor"):
        frame[name] = frame[name].fillna(0).astype(int)
    frame["arms"] = [list(labels) if isinstance(labels, (list, np.ndarray)) else [] for labels in frame["arms"]]
    frame["row_id"] = row_ids(frame, TABLE, [])
    return frame, derivation(frame, TABLE)


def _arms(arm: pd.DataFrame, published_value: pd.DataFrame) -> pd.DataFrame:
    """Arms and patients randomized: the total that the text prints, as far as it fits the arms' own numbers, which may leave out some that
    were never treated; else their sum where all are known, or the only total that is printed."""
    own = arm[arm["role"] != "pooled"]
    own = own.iloc[np.argsort((own["role"] == "control").to_numpy(), kind="stable")]  # what is compared with goes last
    by = own.groupby("article_id")
    total = by["n_randomized"].agg(lambda n: n.sum() if n.notna().all() else np.nan) if len(own) else pd.Series(dtype=float)
    found = pd.DataFrame({"n_arms": by.size(), "arms": by["label"].agg(list), "n_randomized": total.astype("Float64")})
    told = published_value[
        (published_value["endpoint"] == "randomized") & published_value["statistic"].isin(("n", "count", "denominator"))
        & published_value["scope"].isin(("total", "trial")) & ~published_value["is_assumption"].fillna(False).astype(bool)
    ]  # fmt: skip
    printed = {article: sorted(set(values.dropna())) for article, values in told.groupby("article_id")["value"]}
    ids: list[list[str]] = []
    for article, of_arms in found["n_randomized"].items():
        totals = printed.get(article, [])
        fitting = [n for n in totals if of_arms <= n <= 1.1 * of_arms] if pd.notna(of_arms) else totals if len(totals) == 1 else []
        if fitting:
            found.loc[article, "n_randomized"] = fitting[0]
        here = told[(told["article_id"] == article) & (told["value"] == (fitting[0] if fitting else np.nan))]
        ids.append(here["value_id"].head(1).tolist())
    return found.assign(value_ids=pd.Series(ids, index=found.index, dtype=object))


def _effect(efficacy: pd.DataFrame, published_value: pd.DataFrame) -> pd.DataFrame:
    """The published effect that the article puts first: of two arms, in its abstract, of time to event, as its text goes."""
    rows = efficacy[(efficacy["source"] == "published") & efficacy["subgroup"].isna() & efficacy["estimate"].notna()]
    rows = rows[rows["arm_id"].notna()]
    start = published_value.drop_duplicates("value_id").set_index("value_id")["span_id"].str.extract(r"@(\d+)-", expand=False)
    place = start.reindex([ids[0] if len(ids) else None for ids in rows["value_ids"]]).astype(float).to_numpy()
    abstract = set(published_value.loc[published_value["section"] == "abstract", "value_id"])
    in_abstract = [any(value in abstract for value in ids) for ids in rows["value_ids"]]
    ranks = [~np.array(in_abstract, bool), rows["measure"] != "hazard_ratio", rows["ci_lower"].isna()]
    order = np.lexsort([place, *(np.asarray(rank, dtype=bool) for rank in ranks[::-1])])
    first = rows.iloc[order].drop_duplicates("article_id")
    return first.set_index("article_id")[[*_EFFECT, "value_ids"]]


def _design(published_value: pd.DataFrame) -> pd.DataFrame:
    """Follow-up, sites, countries, data cutoff: the first print of each about the whole trial."""
    own = published_value[published_value["scope"].isin(("trial", "total")) & ~published_value["is_assumption"].fillna(False).astype(bool)]
    endpoint, unit, statistic = own["endpoint"].fillna(""), own["unit"].fillna(""), own["statistic"]
    follow_up = own[(statistic == "median") & endpoint.str.contains(r"follow[- ]?up")].drop_duplicates("article_id").set_index("article_id")
    sites = own[
        statistic.isin(("count", "n", "other")) & (unit.isin(("sites", "centers", "centres")) | endpoint.isin(("sites", "study sites")))
    ]
    sites = sites.drop_duplicates("article_id").set_index("article_id")
    countries = own[statistic.isin(("count", "n", "other")) & ((unit == "countries") | (endpoint == "countries"))]
    countries = countries.drop_duplicates("article_id").set_index("article_id")
    cutoff = own[(statistic == "date") & endpoint.str.contains("cut")].drop_duplicates("article_id").set_index("article_id")
    found = pd.DataFrame({
        "median_follow_up": follow_up["value"], "follow_up_unit": follow_up["unit"], "n_sites": sites["value"], "n_countries": countries["value"],
        "data_cutoff": cutoff["printed"],
    })  # fmt: skip
    ids = [
        part["value_id"].reindex(found.index).map(lambda v: [v] if isinstance(v, str) else [])
        for part in (follow_up, sites, countries, cutoff)
    ]
    return found.assign(value_ids=pd.Series(union_of_lists(*ids), index=found.index, dtype=object))


def _safety(safety: pd.DataFrame) -> pd.DataFrame:
    """The term of any grade (or of no told grade) with the largest difference in risk."""
    terms = safety["term"].map(key).groupby(safety["article_id"]).nunique().rename("n_adverse_event_terms")
    sums = safety["term"].str.contains(_SUM, case=False, regex=True)
    rows = safety[safety["grade"].fillna("any").eq("any") & safety["risk_difference"].notna() & ~sums]
    top = (
        rows.assign(size=rows["risk_difference"].abs())
        .sort_values(["size", "term", "row_id"], ascending=[False, True, True])
        .drop_duplicates("article_id")
        .set_index("article_id")
    )
    found = top.rename(
        columns={"term": "top_adverse_event", "risk_difference": "top_rd", "rd_lower": "top_rd_lower", "rd_upper": "top_rd_upper"}
    )
    return pd.concat([terms, found[["top_adverse_event", "top_rd", "top_rd_lower", "top_rd_upper", "value_ids"]]], axis=1)


_SUM = (
    r"^(?:any|all|total|overall|at least one|\u2265\s*1|one or more)\b|adverse (?:events?|reactions?)$|toxicit(?:y|ies)$|\b(?:ADR|S?AE|TEAE)s?$"
    r"|discontinu|withdr[ae]w"
)


def _severe(safety: pd.DataFrame) -> pd.DataFrame:
    """The grade 3-4 term that most patients of the arm have; rows that sum up all events are none."""
    rows = safety[safety["grade"].isin(("3-4", ">=3", "3-5")) & ~safety["term"].str.contains(_SUM, case=False, regex=True)]
    first = rows.sort_values(["percent", "term", "row_id"], ascending=[False, True, True])  # one of equals, the same wherever it stands
    top = first.drop_duplicates("article_id").set_index("article_id")
    names = {"term": "top_severe_adverse_event", "percent": "top_severe_percent", "reference_percent": "top_severe_reference_percent"}
    return top.rename(columns=names)[[*names.values(), "value_ids"]]


def _findings(number_check: pd.DataFrame) -> pd.DataFrame:
    """Open findings by severity: what is inconsistent or impossible."""
    rows = number_check[number_check["verdict"].isin(("inconsistent", "impossible"))]
    counted = pd.crosstab(rows["article_id"], rows["severity"]).reindex(columns=["critical", "major", "minor"], fill_value=0)
    return counted.rename(columns=lambda name: f"n_{name}").assign(n_findings=rows.groupby("article_id").size())
