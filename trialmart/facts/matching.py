"""The same fact, printed in several places: which published values say the same thing.

Belongs here: how a sentence's figure finds the table place that prints it too, and how sure that is. Does not: what to do where the two
disagree (trialmart/audit/repeats.py) or how a typed table keeps them in one row (trialmart/facts).

A figure of the prose and one of a table are the same fact when arm, kind of statistic, grade, population and time do not contradict each
other and the words agree. Agreement of the figures themselves is the strongest sign; where the figures differ, it takes the same words, no
other table place that could be meant, and a neighbour (the other arm in the same sentence, the limits of the same estimate) that the same
table row confirms.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pandas as pd

#: Below this a match is no more than a candidate.
CONFIDENT = 0.8

_STOP = frozenset(
    "a all an and any are as at between by case confirmed during event for from group had has have in incidence is no number occurrence of "
    "on or other patient per percent percentage proportion rate reported study the to treatment trial was were who with within women men "
    "subject participant n event-free adverse reaction median mean estimated overall-rate related due".split()
)
_SPELLING = (("aemi", "emi"), ("oea", "ea"), ("oede", "ede"), ("oeso", "eso"), ("haem", "hem"), ("tumour", "tumor"), ("paed", "ped"),
             ("leuco", "leuko"), ("neutropaen", "neutropen"))  # fmt: skip
_ABBREVIATIONS = {
    "os": ("overall", "survival"), "pfs": ("progression", "free", "survival"), "dfs": ("disease", "free", "survival"),
    "ttp": ("time", "progression"), "orr": ("objective", "response"), "cr": ("complete", "response"), "pr": ("partial", "response"),
    "sd": ("stable", "disease"), "pd": ("progressive", "disease"), "efs": ("event", "free", "survival"),
    "cbr": ("clinical", "benefit", "response"),
}  # fmt: skip
_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[<>≤≥]=?")
_ALIKE = {
    "km_percent": "percent", "n_events": "count", "n": "count", "ratio": "hazard_ratio", "odds_ratio": "odds_ratio",
    "percent_difference": "risk_difference",
}  # fmt: skip
#: What an estimate carries with it: these follow their estimate's match.
DEPENDENT = frozenset({"ci_lower", "ci_upper", "ci_level", "p_value", "sd", "se", "minimum", "maximum", "q1", "q3", "denominator"})
_SECTION_ORDER = {"results": 0, "discussion": 1, "abstract": 2}
_NEAR = 400  # characters within which two figures stand in one statement


@lru_cache(maxsize=200_000)
def words(text: str) -> frozenset[str]:
    """The words that tell a term from another: lower case, one spelling, no plural, no filler."""
    lowered = text.lower().replace("non-", "non").replace("≥", " >= ").replace("≤", " <= ")
    for british, american in _SPELLING:
        lowered = lowered.replace(british, american)
    found: set[str] = set()
    for word in _WORD.findall(lowered):
        if word in _ABBREVIATIONS:
            found.update(_ABBREVIATIONS[word])
            continue
        if len(word) > 4 and word.endswith("ies"):
            word = word[:-3] + "y"
        elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
            word = word[:-1]
        if word not in _STOP:
            found.add(word)
    return frozenset(found)


def fact_keys(values: pd.DataFrame) -> pd.Series:
    """A key for each value: equal for the places that print the same fact, its own value_id where no other place does.

    Only confident matches share a key; `match` tells how confident.
    """
    matched = match(values)
    return matched["fact_key"].where(matched["confidence"] >= CONFIDENT, values["value_id"])


def match(values: pd.DataFrame) -> pd.DataFrame:
    """For each value the value_id that stands for its fact (fact_key) and the confidence that it is the same fact.

    Index as `values`. A table value is its own key with confidence 1. A prose or footnote value gets the key of the best table value, else of
    the first prose value (results before abstract) that says the same; a weak candidate is given with its low confidence.
    """
    facts = _prepare(values)
    result = pd.DataFrame({"fact_key": facts["value_id"].to_numpy(object), "confidence": 1.0}, index=values.index)
    pairs = _candidates(facts)
    if len(pairs):
        best = _best(pairs)
        result_key, result_confidence = result["fact_key"].to_numpy(object), result["confidence"].to_numpy(float).copy()
        ids = facts["value_id"].to_numpy(object)
        # a prose value that leans on another prose value takes the key which that one got
        order = np.argsort(~facts["in_table"].to_numpy()[best["there"].to_numpy()], kind="stable")
        for here, there, confidence in best[["here", "there", "confidence"]].to_numpy()[order]:
            here, there = int(here), int(there)
            target = result_key[there] if result_confidence[there] >= CONFIDENT else ids[there]
            result_key[here], result_confidence[here] = target, confidence
        _follow(facts, best, result_key, result_confidence)
        result["fact_key"], result["confidence"] = result_key, result_confidence
    return result


def _prepare(values: pd.DataFrame) -> pd.DataFrame:
    """The columns that matching compares, cleaned once: words as sets, missing as the empty string."""
    text = {name: _text(values, name) for name in ("article_id", "arm_id", "reference_arm_id", "population", "assessor", "grade", "timepoint",
                                                   "endpoint", "subgroup", "section", "table_id", "estimate_id", "scope", "statistic", "unit")}  # fmt: skip
    frame = pd.DataFrame({"value_id": values["value_id"].astype(object).to_numpy(), **text})
    frame["in_table"] = (values["source_kind"] == "table").to_numpy()
    frame["footnote"] = (values["source_kind"] == "footnote").to_numpy()
    frame["value"] = values["value"].to_numpy(float)
    frame["low"] = values["value_low"].fillna(values["value"]).to_numpy(float)
    frame["high"] = values["value_high"].fillna(values["value"]).to_numpy(float)
    frame["decimals"] = pd.to_numeric(values["decimals"]).astype(float).to_numpy()
    frame["plain"] = _text(values, "comparator") == "="
    frame["assumed"] = values["is_assumption"].fillna(False).astype(bool).to_numpy() if "is_assumption" in values else False
    frame["row"] = values["row_index"].astype(float).fillna(-1).astype(int).to_numpy()
    frame["column"] = values["column_index"].astype(float).fillna(-1).astype(int).to_numpy()
    frame["at"] = _starts(values)
    frame["kind"] = [_ALIKE.get(s, s) for s in text["statistic"]]
    frame["who"] = np.where(frame["scope"] == "arm", frame["arm_id"], frame["scope"])
    paths = values["row_path"].to_numpy(object)
    leaf: list[frozenset[str]] = []
    full: list[frozenset[str]] = []
    for path, endpoint, subgroup, table in zip(paths, text["endpoint"], text["subgroup"], frame["in_table"], strict=True):
        if table:
            steps = tuple(path) if path is not None and len(path) else (endpoint,)
            leaf.append(words(steps[-1]))
            full.append(words(" ".join((*steps, endpoint, subgroup))))
        else:
            leaf.append(words(f"{endpoint} {subgroup}"))
            full.append(leaf[-1])
    frame["leaf"], frame["words"] = leaf, full
    return frame


def _text(values: pd.DataFrame, name: str) -> np.ndarray:
    if name not in values:
        return np.full(len(values), "", object)
    return values[name].astype(object).where(values[name].notna(), "").to_numpy(object)


def _starts(values: pd.DataFrame) -> np.ndarray:
    """Where each value stands in its article's text: from its span_id (`article@start-end`)."""
    if "span_id" not in values:
        return np.zeros(len(values), int)
    spans = values["span_id"].astype(object).where(values["span_id"].notna(), "@0-0").to_numpy(object)
    return np.fromiter((int(s.rpartition("@")[2].partition("-")[0]) for s in spans), int, len(spans))


def _candidates(facts: pd.DataFrame) -> pd.DataFrame:
    """Pairs (here: a prose value, there: a table or earlier prose value) that share a word and contradict each other in nothing."""
    usable = facts["value"].notna() & ~facts["assumed"] & ~facts["kind"].isin(DEPENDENT - {"p_value"}) & (facts["who"] != "")
    usable &= ~((facts["scope"] == "arm") & (facts["arm_id"] == ""))
    carried = (facts["kind"] == "p_value") & (facts["estimate_id"] != "") & (facts["estimate_id"] != facts["value_id"])
    usable &= ~(carried & ~facts["in_table"])  # a sentence's p follows its estimate; a table's may be the one that a sentence gives alone
    places = np.flatnonzero(usable.to_numpy())
    if not len(places):
        return pd.DataFrame()
    kept = facts.iloc[places]
    key = kept["article_id"] + "\x1f" + kept["kind"] + "\x1f" + kept["who"]
    codes = pd.factorize(key)[0]
    lengths = [len(w) for w in kept["words"]]
    tokens = pd.DataFrame({
        "at": np.repeat(places, lengths),
        "group": np.repeat(codes, lengths),
        "word": [w for ws in kept["words"] for w in ws],
        "prose": np.repeat(~kept["in_table"].to_numpy(), lengths),
    })  # fmt: skip
    tokens["word"] = pd.factorize(tokens["word"])[0]
    prose = tokens[tokens["prose"]].drop(columns="prose").rename(columns={"at": "here"})
    pairs = prose.merge(tokens.drop(columns="prose").rename(columns={"at": "there"}), on=["group", "word"])
    rank = np.where(facts["in_table"], -1, facts["section"].map(_SECTION_ORDER).fillna(3)) * 1e9 + np.where(facts["in_table"], 0, facts["at"])
    here, there = pairs["here"].to_numpy(), pairs["there"].to_numpy()
    pairs = pairs[np.asarray(rank)[there] < np.asarray(rank)[here]]
    pairs = pairs.groupby(["here", "there"], sort=False).size().rename("shared").reset_index()
    return _judge(facts, pairs) if len(pairs) else pairs


def _judge(facts: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Each pair's confidence; pairs that contradict each other in grade, population, time, assessor or contrast are dropped."""
    here, there = pairs["here"].to_numpy(), pairs["there"].to_numpy()

    def of(name: str) -> tuple[np.ndarray, np.ndarray]:
        column = facts[name].to_numpy()
        return column[here], column[there]

    fits = np.ones(len(pairs), bool)
    for name in ("population", "timepoint", "assessor", "arm_id"):
        a, b = of(name)
        fits &= (a == b) | (a == "") | (b == "")
    a, b = of("grade")
    any_grade = np.isin(a, ["", "any"]) & np.isin(b, ["", "any"])
    fits &= (a == b) | any_grade
    pairs, here, there = pairs[fits].copy(), here[fits], there[fits]
    size = facts["words"].map(len).to_numpy()
    leaf_sets, word_sets = facts["leaf"].to_numpy(object), facts["words"].to_numpy(object)
    leaf_in = np.fromiter((leaf_sets[t] <= word_sets[h] and bool(leaf_sets[t]) for h, t in zip(here, there, strict=True)), bool, len(pairs))
    pairs["covered"] = pairs["shared"] / size[here]  # of the sentence's words, those that the other place has
    pairs["same_words"] = leaf_in & (pairs["covered"] == 1)
    pairs["alike"] = pairs["shared"] / (size[here] + np.fromiter((len(leaf_sets[t] - word_sets[h]) for h, t in zip(here, there, strict=True)), int, len(pairs)))
    pairs["meets"] = _meets(facts, here, there)
    pairs["table"] = facts["in_table"].to_numpy()[there]
    agreeing, contradicting = _limits(facts, here, there)
    _support(facts, pairs)
    same, meets, neighbour = (pairs[name].to_numpy() for name in ("same_words", "meets", "neighbour"))
    covered, alike = pairs["covered"].to_numpy(), pairs["alike"].to_numpy()
    telling = np.abs(facts["value"].to_numpy()[here]) >= 1  # a lone 0 or 0.5 meets too much to tell anything
    backed = neighbour | (agreeing > 0) | _only_ones(facts, here, there)
    pairs["confidence"] = np.select(
        [
            meets & (agreeing == 2) & (covered >= 0.3),
            meets & (contradicting == 2) & (alike < 1),
            same & meets,
            meets & (alike >= 0.6),
            meets & (covered >= 0.5) & telling & (alike >= 0.34),
            ~meets & (agreeing == 2) & (covered >= 0.5),
            same & ~meets & backed,
            (alike >= 0.75) & ~meets & backed,
            same & ~meets,
        ],
        [0.98, 0.5, 0.97, 0.9, 0.85, 0.9, 0.9, 0.8, 0.6],
        0.3,
    )
    return pairs


def _only_ones(facts: pd.DataFrame, here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Whether abstract and results each give one figure of that kind in the same words: then it is the same fact, whatever the figures."""
    said = facts["article_id"] + "\x1f" + facts["kind"] + "\x1f" + facts["who"] + "\x1f" + facts["endpoint"]
    for name in ("subgroup", "grade", "timepoint", "population", "assessor", "section"):
        said = said + "\x1f" + facts[name]
    outside = ~facts["in_table"].to_numpy() & (facts["endpoint"] != "").to_numpy() & ~facts["footnote"].to_numpy()
    code = pd.factorize(said)[0]
    alone = outside & (np.bincount(code[outside], minlength=code.max() + 1)[code] == 1)
    section, words_here = facts["section"].to_numpy(), facts["endpoint"].to_numpy()
    return alone[here] & alone[there] & (section[here] == "abstract") & (section[there] == "results") & (words_here[here] == words_here[there])


def _meets(facts: pd.DataFrame, here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Whether two figures may be one number: equal where both have the same decimals, else one rounds to the other."""
    low, high, value, places = (facts[name].to_numpy(float) for name in ("low", "high", "value", "decimals"))
    plain = facts["plain"].to_numpy()
    overlap = (low[here] <= high[there] + 1e-9) & (low[there] <= high[here] + 1e-9)
    return np.where(plain[here] & plain[there] & (places[here] == places[there]), value[here] == value[there], overlap)


def _limits(facts: pd.DataFrame, here: np.ndarray, there: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of the two limits, how many of each pair's estimates agree and how many contradict each other."""
    where = {value_id: i for i, value_id in enumerate(facts["value_id"])}
    estimates, kinds, ids = (facts[name].to_numpy(object) for name in ("estimate_id", "kind", "value_id"))
    agreeing, contradicting = np.zeros(len(here), int), np.zeros(len(here), int)
    for kind in ("ci_lower", "ci_upper"):
        limit = np.full(len(facts), -1)
        for i in np.flatnonzero(kinds == kind):
            if estimates[i] in where and estimates[i] != ids[i]:
                limit[where[estimates[i]]] = i
        a, b = limit[here], limit[there]
        both = (a >= 0) & (b >= 0)
        meets = _meets(facts, np.maximum(a, 0), np.maximum(b, 0))
        agreeing += both & meets
        contradicting += both & ~meets
    return agreeing, contradicting


def _support(facts: pd.DataFrame, pairs: pd.DataFrame) -> None:
    """Whether another figure of the same statement agrees with the same row: the other arm's, or one with the same words."""
    here, there = pairs["here"].to_numpy(), pairs["there"].to_numpy()
    statement = pd.factorize(facts["article_id"] + "\x1f" + facts["section"] + "\x1f" + facts["endpoint"] + "\x1f" + facts["grade"]
                             + "\x1f" + facts["subgroup"])[0]  # fmt: skip
    at = facts["at"].to_numpy()
    order = np.lexsort((at, statement))
    breaks = np.r_[True, (np.diff(statement[order]) != 0) | (np.diff(at[order]) > _NEAR)]
    cluster = np.empty(len(facts), int)
    cluster[order] = np.cumsum(breaks)
    place = pd.factorize(facts["article_id"] + "\x1f" + facts["table_id"] + "\x1f" + facts["row"].astype(str)
                         + np.where(facts["in_table"], "", facts["value_id"]))[0]  # fmt: skip
    group = pd.factorize(cluster[here] * (place.max() + 1) + place[there])[0]
    agreeing = pairs["meets"].to_numpy() & (pairs["covered"].to_numpy() >= 0.5)
    n_agreeing = np.bincount(group, weights=agreeing, minlength=group.max() + 1 if len(group) else 0)
    pairs["neighbour"] = (n_agreeing[group] - agreeing) > 0


def _best(pairs: pd.DataFrame) -> pd.DataFrame:
    """The best candidate of each prose value; where two that disagree are as good, none is confident."""
    ordered = pairs.sort_values(["here", "confidence", "table", "alike", "there"], ascending=[True, False, False, False, True])
    first = ordered.drop_duplicates("here").copy()
    rivals = ordered[ordered.duplicated("here")].drop_duplicates("here").set_index("here")
    rival = first["here"].map(rivals["confidence"]).fillna(0).to_numpy()
    unsure = (rival >= first["confidence"].to_numpy() - 1e-9) & ~first["meets"].to_numpy()
    first["confidence"] = np.where(unsure, np.minimum(first["confidence"], 0.5), first["confidence"])
    return first


def _follow(facts: pd.DataFrame, best: pd.DataFrame, keys: np.ndarray, confidence: np.ndarray) -> None:
    """Limits, p values and the like take the match of the estimate that they belong to."""
    where = {value_id: i for i, value_id in enumerate(facts["value_id"])}
    kinds, estimates, ids = facts["kind"].to_numpy(object), facts["estimate_id"].to_numpy(object), facts["value_id"].to_numpy(object)
    dependents = {}
    for i in np.flatnonzero((estimates != "") & (estimates != ids)):
        if estimates[i] in where:
            dependents.setdefault(where[estimates[i]], {})[kinds[i]] = i
    for here, there, sure in best[["here", "there", "confidence"]].to_numpy():
        theirs = dependents.get(int(there), {})
        for kind, i in dependents.get(int(here), {}).items():
            if kind in theirs and confidence[i] == 1.0 and keys[i] == ids[i]:
                keys[i], confidence[i] = ids[theirs[kind]], sure
