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
from functools import cached_property, lru_cache
from itertools import chain

import numpy as np
import pandas as pd

from trialmart.facts.columns import Columns, dense

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
#: What a label says about its figures and not about its row: `(95% CI)`, `— no. (%)`, `(months)`.
_UNITS = re.compile(r"\([^()]*(?:%|\bci\b|\bno\b|\bn\b|\byears?|\bmonths?|\bsd\b|\brange\b|\biqr\b)[^()]*\)|\[[^\]]*\]|[—–]\s*(?:no\.|%|n\b|mo\b|yr\b|months?|years?).*$|,\s*n\s*\(?%?\)?$", re.I)
_UNITS_BEGIN = re.compile(r"[(\[—–,]")
_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[<>≤≥]=?")
_ALIKE = {
    "km_percent": "percent", "n_events": "count", "n": "count", "ratio": "hazard_ratio", "odds_ratio": "odds_ratio",
    "percent_difference": "risk_difference",
}  # fmt: skip
#: What a result is held against, and is none: `minimal clinically important difference`, `non-inferiority margin`.
_YARDSTICK = re.compile(r"\bmargin\b|\bmcid\b|\b(?:important|relevant|meaningful|worthwhile)\s+(?:clinical\s+)?(?:difference|change|improvement|effect)", re.I)
#: What an estimate carries with it: these follow their estimate's match.
DEPENDENT = frozenset({"ci_lower", "ci_upper", "ci_level", "p_value", "sd", "se", "minimum", "maximum", "q1", "q3", "denominator"})
_CARRIED = DEPENDENT - {"p_value"}
_NO_RESULTS = ("identifier", "date", "other", "threshold", "duration", "dose")
#: Kinds that sentences repeat from tables; means and the like are given at many times and for many groups in the same words.
_PRINTED_TWICE = ("count", "percent", "hazard_ratio", "risk_ratio", "risk_difference", "median", "p_value", "n_events")
_DIFFERENCES = ("mean_difference", "risk_difference", "hazard_ratio", "risk_ratio", "odds_ratio")
_SECTION_ORDER = {"results": 0, "discussion": 1, "abstract": 2}
_NEAR = 400  # characters within which two figures stand in one statement


@lru_cache(maxsize=200_000)
def words(text: str) -> frozenset[str]:
    """The words that tell a term from another: lower case, one spelling, no plural, no filler."""
    return frozenset(chain.from_iterable(map(_forms, _WORD.findall(text.lower().replace("non-", "non")))))


@lru_cache(maxsize=200_000)
def _forms(word: str) -> tuple[str, ...]:
    """What a word counts as: nothing, itself in one spelling and number, or the words that it abbreviates."""
    word = word.replace("≥=", "≥").replace("≤=", "≤").replace("≥", ">=").replace("≤", "<=")
    for british, american in _SPELLING:
        word = word.replace(british, american)
    if word in _ABBREVIATIONS:
        return _ABBREVIATIONS[word]
    if len(word) > 4 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return () if word in _STOP else (word,)


def fact_keys(values: pd.DataFrame, columns: Columns | None = None) -> pd.Series:
    """A key for each value: equal for the places that print the same fact, its own value_id where no other place does.

    Only confident matches share a key; `match` tells how confident.
    """
    matched = match(values, columns=columns)
    return matched["fact_key"].where(matched["confidence"] >= CONFIDENT, values["value_id"])


def match(values: pd.DataFrame, estimates: np.ndarray | None = None, columns: Columns | None = None) -> pd.DataFrame:
    """For each value the value_id that stands for its fact (fact_key) and the confidence that it is the same fact.

    Index as `values`. A table value is its own key with confidence 1. A prose or footnote value gets the key of the best table value, else of
    the first prose value (results before abstract) that says the same; a weak candidate is given with its low confidence. `estimates`: what
    estimate_positions gives; `columns`: the columns of `values`, both where the caller has them already.
    """
    columns = columns or Columns(values)
    ids = values["value_id"].to_numpy(object)
    keys, confidence = ids.copy(), np.ones(len(values))
    facts = _Facts(values, estimate_positions(values, columns) if estimates is None else estimates, columns)
    pairs = _candidates(facts)
    if len(pairs):
        best = _best(pairs)
        here, there, sure = (best[name].to_numpy() for name in ("here", "there", "confidence"))
        # a prose value that leans on another prose value takes the key which that one got
        for k in np.argsort(~facts.in_table[there], kind="stable"):
            h, t = here[k], there[k]
            keys[h] = keys[t] if confidence[t] >= CONFIDENT else ids[t]
            confidence[h] = sure[k]
        heirs = _heirs(facts, best)
        for h, t, s in heirs:
            keys[h], confidence[h] = ids[t], s
        here, there = np.r_[here, [h for h, _, _ in heirs]].astype(int), np.r_[there, [t for _, t, _ in heirs]].astype(int)
        _follow(facts, here, there, np.r_[sure, [s for *_, s in heirs]], keys, confidence)
    return pd.DataFrame({"fact_key": keys, "confidence": confidence}, index=values.index)


_CONTRASTS = ("hazard_ratio", "odds_ratio", "risk_ratio", "ratio", "risk_difference", "mean_difference", "percent_difference")


def estimate_positions(values: pd.DataFrame, columns: Columns | None = None, where: dict[str, int] | None = None) -> np.ndarray:
    """For each value the position of the estimate that it belongs to; its own where it belongs to none.

    By estimate_id; a table's limits and p of a contrast that have none belong to the nearest contrast on their left in the row, as where
    estimate, interval and p stand in columns of their own. `where`: each value_id's position, where the caller has it already.
    """
    columns = columns or Columns(values)
    n = len(values)
    positions = np.arange(n)
    ids, estimates = columns.text("value_id"), columns.text("estimate_id")
    theirs = np.flatnonzero(estimates != ids)
    theirs = theirs[np.not_equal(estimates[theirs], None)]
    where = dict(zip(ids.tolist(), range(n), strict=True)) if where is None else where
    positions[theirs] = np.fromiter(map(where.get, estimates[theirs], theirs.tolist()), np.int64, len(theirs))
    row = pd.to_numeric(values["row_index"]).astype(float).to_numpy()
    contrast = columns.is_in("scope", ("contrast",)) & np.isfinite(row)
    loose = np.flatnonzero(contrast & columns.is_in("statistic", ("ci_lower", "ci_upper", "p_value")))
    loose = loose[np.equal(estimates[loose], None)]
    if len(loose):
        _to_the_left(values, positions, loose, np.flatnonzero(contrast & columns.is_in("statistic", _CONTRASTS)), columns)
    return positions


def _to_the_left(values: pd.DataFrame, positions: np.ndarray, loose: np.ndarray, contrasts: np.ndarray, columns: Columns) -> None:
    wanted = np.r_[loose, contrasts]
    line = pd.to_numeric(values["row_index"]).to_numpy()[wanted].astype(np.int64)
    place = dense(columns.combined("article_id", "table_id")[wanted], line - line.min()).tolist()
    column = pd.to_numeric(values["column_index"]).astype(float).to_numpy()
    statistic, figures = columns.code("statistic"), pd.to_numeric(values["value"]).to_numpy(float)
    rows: dict[int, list[int]] = {}
    for i, at in zip(contrasts.tolist(), place[len(loose) :], strict=True):
        rows.setdefault(at, []).append(i)
    asked = np.zeros(len(positions), bool)
    asked[contrasts] = True
    of_others = np.flatnonzero(asked[positions] & (positions != np.arange(len(positions))))
    taken = set(zip(positions[of_others].tolist(), statistic[of_others].tolist(), strict=True))
    for i, at, kind in zip(loose.tolist(), place, statistic[loose].tolist(), strict=False):
        left = [j for j in rows.get(at, ()) if column[j] < column[i] and np.isfinite(figures[j])]
        nearest = max(left, key=lambda j: column[j], default=None)
        if nearest is not None and (nearest, kind) not in taken and column[i] - column[nearest] <= 3:
            positions[i] = nearest
            taken.add((nearest, kind))


class _Facts:
    """The columns that matching compares, as codes: equal text, equal code; missing is 0."""

    def __init__(self, values: pd.DataFrame, estimate: np.ndarray, columns: Columns) -> None:
        self.values, self.columns = values, columns
        self.in_table, self.footnote = (columns.is_in("source_kind", (kind,)) for kind in ("table", "footnote"))
        self.value = pd.to_numeric(values["value"]).to_numpy(float)
        low, high = (pd.to_numeric(values[name]).to_numpy(float) for name in ("value_low", "value_high"))
        self.low, self.high = (np.where(np.isnan(end), self.value, end) for end in (low, high))
        self.decimals = pd.to_numeric(values["decimals"]).astype(float).to_numpy()
        self.plain = columns.is_in("comparator", ("=",))
        self.assumed = values["is_assumption"].fillna(False).to_numpy(bool) if "is_assumption" in values else np.zeros(len(values), bool)
        kinds = [_ALIKE.get(name, name) for name in columns.names("statistic")]
        names = list(dict.fromkeys(kinds))
        columns.add("kind", np.array([0, *(names.index(kind) + 1 for kind in kinds)])[columns.code("statistic")], names)
        # arms and the other scopes as one column: whose figure it is
        arms, scopes = columns.names("arm_id"), columns.names("scope")
        columns.add("who", np.where(self.is_of("scope", "arm"), columns.code("arm_id"), len(arms) + 1 + columns.code("scope")), [*arms, "", *scopes])
        row = pd.to_numeric(values["row_index"]).to_numpy(float)
        self.row = np.where(np.isnan(row), -1, row).astype(np.int64)
        self.ids = values["value_id"].to_numpy(object)
        self.estimate = estimate
        self.at = _starts(values, ~self.in_table)

    def code(self, name: str) -> np.ndarray:
        """Codes of a text column; 0 where it is missing."""
        return self.columns.code(name)

    def is_of(self, name: str, *texts: str) -> np.ndarray:
        """Which values have one of these texts in a column."""
        return self.columns.is_in(name, texts)

    def combined(self, *names: str) -> np.ndarray:
        return self.columns.combined(*names)

    @cached_property
    def belongs(self) -> np.ndarray:
        """Which values belong to another, their estimate."""
        return self.estimate != np.arange(len(self.estimate))

    def words(self, places: np.ndarray) -> tuple[np.ndarray, list[frozenset[str]], list[frozenset[str]]]:
        """Which of these values have the same words (a number each), and for each number the words of the leaf label (or term) and of everything
        around it."""
        row = np.where(self.in_table, self.combined("article_id", "table_id") * 100_000 + self.row + 1, 0)[places]
        codes = dense(row, self.code("endpoint")[places], self.code("subgroup")[places])
        firsts = places[np.unique(codes, return_index=True)[1]]
        leaf, full = [], []
        terms, groups = (self.columns.each(name, lambda text: words(text.lower()), frozenset()) for name in ("endpoint", "subgroup"))
        paths = self.columns.paths
        for i, in_table, term, group in zip(firsts.tolist(), *(x[firsts].tolist() for x in (self.in_table, terms, groups)), strict=True):
            if in_table:
                own, all_words = _row_words(paths[i], term, group)
            else:
                own = all_words = term | group
            leaf.append(own)
            full.append(all_words)
        return codes, leaf, full

    @cached_property
    def cluster(self) -> np.ndarray:
        """A number for each statement: values of the same words that stand near each other."""
        statement = self.combined("article_id", "section", "endpoint", "grade", "subgroup")
        order = np.lexsort((self.at, statement))
        breaks = np.r_[True, (np.diff(statement[order]) != 0) | (np.diff(self.at[order]) > _NEAR)]
        cluster = np.empty(len(order), np.int64)
        cluster[order] = np.cumsum(breaks)
        return cluster


@lru_cache(maxsize=200_000)
def _step_words(step: str) -> frozenset[str]:
    """The words of one step of a row's path, without what says only how its figures are given."""
    return words((_UNITS.sub(" ", step) if _UNITS_BEGIN.search(step) else step).lower())


def _row_words(path: tuple[str, ...], term: frozenset[str], group: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The words of a table row's own label and of everything that stands above it. Words do not reach over spaces, so that a row has those of
    its steps, which many rows share."""
    steps = list(map(_step_words, path))
    label = steps[-1] if steps else term
    return term if term and (term <= label or not label) else label, term.union(*steps, group)


def _starts(values: pd.DataFrame, wanted: np.ndarray) -> np.ndarray:
    """Where each of the wanted values stands in its article's text: from its span_id (`article@start-end`)."""
    at = np.zeros(len(values), np.int64)
    if "span_id" in values:
        places = np.flatnonzero(wanted)
        spans = values["span_id"].to_numpy(object)[places].tolist()
        at[places] = [int(span.rpartition("@")[2].partition("-")[0]) if isinstance(span, str) else 0 for span in spans]
    return at


def _candidates(facts: _Facts) -> pd.DataFrame:
    """Pairs (here: a prose value, there: a table or earlier prose value) that share a word and contradict each other in nothing."""
    usable = np.isfinite(facts.value) & ~facts.assumed & ~facts.is_of("statistic", *_CARRIED, *_NO_RESULTS)
    usable &= ~(facts.is_of("scope", "arm") & (facts.code("arm_id") == 0))
    usable &= ~facts.columns.each("endpoint", lambda text: _YARDSTICK.search(text) is not None, False).astype(bool)
    usable &= ~(facts.is_of("kind", "p_value") & facts.belongs & ~facts.in_table)  # a sentence's p follows its estimate; a table's may be the one that a sentence gives alone
    grade = np.where(facts.is_of("grade", "any"), 0, facts.code("grade"))
    group = dense(facts.combined("article_id", "kind", "who"), grade)
    told = np.zeros(group.max(initial=0) + 1, bool)
    told[group[usable & ~facts.in_table]] = True
    places = np.flatnonzero(usable & told[group])
    if not len(places):
        return pd.DataFrame()
    row, leaf, full = facts.words(places)
    n_words = np.fromiter(map(len, full), np.int64, len(full))
    word = pd.factorize(np.array(list(chain.from_iterable(full)), object))[0]
    first, lengths = (np.cumsum(n_words) - n_words)[row], n_words[row]  # a row's words stand once in `word`, however many values it has
    at = np.repeat(np.arange(len(places)), lengths)
    word = word[np.arange(len(at)) + np.repeat(first - (np.cumsum(lengths) - lengths), lengths)]
    key = group[places][at] * (int(word.max(initial=0)) + 1) + word
    spoken = ~facts.in_table[places][at]
    a, b = _same_key(at[spoken], key[spoken], at, key)
    sections = [3, *(_SECTION_ORDER.get(name, 3) for name in facts.columns.names("section"))]
    rank = np.where(facts.in_table[places], -1.0, np.array(sections)[facts.code("section")[places]] * 1e9 + facts.at[places])
    earlier = rank[b] < rank[a]
    both, shared = np.unique(a[earlier] * len(places) + b[earlier], return_counts=True)
    a, b = both // len(places), both % len(places)
    fits = np.ones(len(a), bool)
    for name in ("population", "timepoint", "assessor", "arm_id"):
        x, y = facts.code(name)[places[a]], facts.code(name)[places[b]]
        fits &= (x == y) | (x == 0) | (y == 0)
    a, b, shared = a[fits], b[fits], shared[fits]
    return _judge(facts, places[a], places[b], row[a], row[b], shared, leaf, full) if len(a) else pd.DataFrame()


def _same_key(a: np.ndarray, key_of_a: np.ndarray, b: np.ndarray, key_of_b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every pair of an a and a b whose keys are equal."""
    order = np.argsort(key_of_b)
    b, keys = b[order], key_of_b[order]
    first, last = np.searchsorted(keys, key_of_a), np.searchsorted(keys, key_of_a, side="right")
    times = last - first
    at = np.arange(times.sum()) + np.repeat(first - (np.cumsum(times) - times), times)
    return np.repeat(a, times), b[at]


def _judge(
    facts: _Facts, here: np.ndarray, there: np.ndarray, a: np.ndarray, b: np.ndarray, shared: np.ndarray, leaf: list[frozenset[str]],
    full: list[frozenset[str]],
) -> pd.DataFrame:  # fmt: skip
    """Each pair's confidence. a, b: where in `leaf` and `full` the words of the sentence's value and of the other place are."""
    n_words, n_label = (np.fromiter(map(len, sets), np.int64, len(sets)) for sets in (full, leaf))
    both, which = np.unique(a * len(full) + b, return_inverse=True)
    extra = np.array([len(leaf[k] - full[j]) for j, k in zip(*(x.tolist() for x in np.divmod(both, len(full))), strict=True)])[which]  # words of the label that the sentence lacks
    has_label = n_label[b] > 0
    covered = shared / n_words[a]  # of the sentence's words, those that the other place has
    alike = shared / (n_words[a] + extra)
    same = has_label & (extra == 0) & (covered == 1)
    pairs = pd.DataFrame({"here": here, "there": there, "alike": alike, "table": facts.in_table[there]})
    meets = _meets(facts, here, there)
    agreeing, contradicting = _limits(facts, here, there)
    alone = (agreeing == 0) & (contradicting == 0)
    neighbour = _support(facts, here, there, meets & (covered >= 0.5)) & facts.in_table[there]
    like_neighbour = _support(facts, here, there, meets & (agreeing == 2)) & facts.in_table[there] & (agreeing + contradicting == 2)
    telling = np.abs(facts.value[here]) >= 1  # a lone 0 or 0.5 meets too much to tell anything
    beside = _near(facts, here, there)
    near = beside & ~_said_beside(facts, here, there) & ~_confirmed(facts, here, there, meets & (covered >= 0.5)) & ~_elsewhere(facts, here, there)
    backed = (neighbour | (agreeing > 0)) & near & (facts.in_table[there] | (facts.code("section")[here] != facts.code("section")[there]))
    pairs["meets"] = meets
    bounded = ~facts.is_of("kind", "p_value")[here] & ~(facts.plain[here] & facts.plain[there])  # `more than 10%` holds for many figures
    pairs["confidence"] = np.select(
        [
            bounded,
            meets & (agreeing == 2) & (covered >= 0.3),
            meets & (contradicting == 2),
            same & meets,
            meets & (alike >= 0.6),
            meets & (covered >= 0.5) & telling & (alike >= 0.34),
            ~meets & (agreeing == 2) & (covered >= 0.5) & backed,
            (alike >= 0.75) & ~meets & like_neighbour & (beside | ~facts.is_of("kind", *_DIFFERENCES)[here]),
            same & ~meets & backed & facts.is_of("kind", *_PRINTED_TWICE)[here],
            same & ~meets & alone & near & _only_ones(facts, here, there),
            same & ~meets,
        ],
        [0.5, 0.98, 0.5, 0.97, 0.9, 0.85, 0.9, 0.9, 0.9, 0.8, 0.6],
        0.3,
    )
    return pairs


def _near(facts: _Facts, here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Whether one figure may be a misprint of the other: figures that are far apart are more often two facts in the same words."""
    a, b = np.abs(facts.value[here]), np.abs(facts.value[there])
    ratio = np.minimum(a, b) / np.maximum(np.maximum(a, b), 1e-12)
    p_value, size, total = facts.is_of("kind", "p_value")[here], facts.is_of("statistic", "n")[here], facts.is_of("scope", "total")[here]
    return np.where(p_value, ratio >= 0.3, np.where(size, (ratio >= 0.9) & total, ratio >= 0.65))


def _elsewhere(facts: _Facts, here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Whether the other place's table (or section) prints the sentence's very figure somewhere else: then that is what it speaks of."""
    place = np.where(facts.in_table, facts.code("table_id") + 10_000, facts.code("section"))
    group = facts.combined("article_id", "kind", "who") * 100_000 + place
    figure = pd.factorize(facts.value)[0].astype(np.int64)
    printed = group * (int(figure.max(initial=0)) + 2) + figure
    wanted = group[there] * (int(figure.max(initial=0)) + 2) + figure[here]
    return pd.Series(wanted).isin(printed).to_numpy()


def _said_beside(facts: _Facts, here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Of two sentences: whether the first one's section gives the second one's figure too; then the first speaks of something else."""
    prose = ~facts.in_table
    place = dense(facts.combined("article_id", "kind", "who"), facts.code("section"))
    figure = pd.factorize(facts.value)[0].astype(np.int64) + 1
    size = int(figure.max(initial=0)) + 1
    said = (place * size + figure)[prose & facts.is_of("kind", *_DIFFERENCES)]
    return prose[there] & pd.Series(place[here] * size + figure[there]).isin(said).to_numpy()


def _confirmed(facts: _Facts, here: np.ndarray, there: np.ndarray, agreeing: np.ndarray) -> np.ndarray:
    """Whether another figure of the same section repeats the other place rightly: then this one is probably about something else."""
    section = facts.code("section")[here]
    group = pd.factorize(there * (int(section.max(initial=0)) + 1) + section)[0]
    return np.bincount(group, weights=agreeing, minlength=group.max(initial=0) + 1)[group] - agreeing > 0


def _only_ones(facts: _Facts, here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Whether abstract and results each give one figure of that kind in the same words: then it is the same fact, whatever the figures."""
    code = facts.combined("article_id", "kind", "who", "endpoint", "subgroup", "grade", "timepoint", "population", "assessor", "section")
    outside = ~facts.in_table & ~facts.footnote & (facts.code("endpoint") > 0)
    alone = outside & (np.bincount(code[outside], minlength=code.max(initial=0) + 1)[code] == 1)
    abstract, results = (facts.is_of("section", name) for name in ("abstract", "results"))
    endpoint = facts.code("endpoint")
    return (alone & abstract)[here] & (alone & results)[there] & (endpoint[here] == endpoint[there])


def _meets(facts: _Facts, here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Whether two figures may be one number: equal where both have the same decimals, else one rounds to the other."""
    overlap = (facts.low[here] <= facts.high[there] + 1e-9) & (facts.low[there] <= facts.high[here] + 1e-9)
    alike = facts.plain[here] & facts.plain[there] & (facts.decimals[here] == facts.decimals[there])
    return np.where(alike, facts.value[here] == facts.value[there], overlap)


def _limits(facts: _Facts, here: np.ndarray, there: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of the two limits, how many of each pair's estimates agree and how many contradict each other."""
    agreeing, contradicting = np.zeros(len(here), int), np.zeros(len(here), int)
    for kind in ("ci_lower", "ci_upper"):
        limit = np.full(len(facts.value), -1)
        mine = np.flatnonzero(facts.is_of("kind", kind) & facts.belongs)
        limit[facts.estimate[mine]] = mine
        a, b = limit[here], limit[there]
        both = (a >= 0) & (b >= 0)
        meets = _meets(facts, np.maximum(a, 0), np.maximum(b, 0))
        agreeing += both & meets
        contradicting += both & ~meets
    return agreeing, contradicting


def _support(facts: _Facts, here: np.ndarray, there: np.ndarray, agreeing: np.ndarray) -> np.ndarray:
    """Whether another figure of the same statement agrees with the same row: the other arm's, or one with the same words."""
    row = facts.combined("article_id", "table_id") * (int(facts.row.max(initial=0)) + 2) + facts.row + 1
    place = np.where(facts.in_table, row, -1 - np.arange(len(row)))
    group = pd.factorize(facts.cluster[here] * (int(place.max()) + len(place) + 2) + place[there] + len(place))[0]
    n_agreeing = np.bincount(group, weights=agreeing, minlength=group.max(initial=0) + 1)
    return (n_agreeing[group] - agreeing) > 0


def _best(pairs: pd.DataFrame) -> pd.DataFrame:
    """The best candidate of each prose value; where two that disagree are as good, none is confident."""
    ordered = pairs.sort_values(["here", "confidence", "table", "alike", "there"], ascending=[True, False, False, False, True])
    first = ordered.drop_duplicates("here").copy()
    rivals = ordered[ordered.duplicated("here")].drop_duplicates("here").set_index("here")
    rival = first["here"].map(rivals["confidence"]).fillna(0).to_numpy()
    unsure = (rival >= first["confidence"].to_numpy() - 1e-9) & ~first["meets"].to_numpy()
    differing = first[~first["meets"] & (first["confidence"] >= CONFIDENT)]
    several = differing["there"].value_counts()
    unsure |= ~first["meets"].to_numpy() & (first["there"].map(several).fillna(0).to_numpy() > 1)  # one place cannot be misprinted in two ways
    first["confidence"] = np.where(unsure, np.minimum(first["confidence"], 0.5), first["confidence"])
    return first


def _heirs(facts: _Facts, best: pd.DataFrame) -> list[tuple[int, int, float]]:
    """Values of a sentence that name no term of their own ("… and among those in the other group was 35%"): the same table row as the figure
    of the other arm just before, where both are estimates with limits in the same population."""
    sure = best["confidence"].to_numpy() >= CONFIDENT
    row_of = {h: t for h, t in zip(best["here"].to_numpy()[sure].tolist(), best["there"].to_numpy()[sure].tolist(), strict=True) if facts.in_table[t]}
    if not row_of:
        return []
    known = set(best["here"][best["confidence"] >= 0.5].tolist())
    limited = np.zeros(len(facts.value), bool)
    limited[facts.estimate[facts.is_of("kind", "ci_lower") & facts.belongs]] = True
    usable = limited & facts.is_of("scope", "arm") & (facts.code("arm_id") > 0) & np.isfinite(facts.value) & ~facts.assumed
    prose = np.flatnonzero(usable & ~facts.in_table & ~facts.footnote)
    article, table, arm, population, kind = (facts.code(name) for name in ("article_id", "table_id", "arm_id", "population", "kind"))
    cells = {(article[i], table[i], facts.row[i], kind[i], arm[i]): int(i) for i in np.flatnonzero(usable & facts.in_table)}
    prose = prose[np.lexsort((facts.at[prose], article[prose]))]
    found = []
    for before, i in zip(prose[:-1].tolist(), prose[1:].tolist(), strict=True):
        t = row_of.get(before)
        if i in known or t is None or article[before] != article[i] or facts.at[i] - facts.at[before] > _NEAR / 2:
            continue
        if arm[i] == arm[before] or kind[i] != kind[before] or population[i] != population[before]:
            continue
        there = cells.get((article[i], table[t], facts.row[t], kind[i], arm[i]))
        if there is not None:
            found.append((i, there, 0.85))
    return found


def _follow(facts: _Facts, here: np.ndarray, there: np.ndarray, sure: np.ndarray, keys: np.ndarray, confidence: np.ndarray) -> None:
    """Limits, p values and the like take the match of the estimate that they belong to."""
    dependents: dict[int, dict[int, int]] = {}
    wanted = np.zeros(len(facts.value), bool)
    wanted[here] = wanted[there] = True
    theirs = np.flatnonzero(facts.belongs & wanted[facts.estimate])
    for i, estimate, kind in zip(theirs.tolist(), *(x[theirs].tolist() for x in (facts.estimate, facts.code("kind"))), strict=True):
        dependents.setdefault(estimate, {})[kind] = i
    for k in np.argsort(sure, kind="stable").tolist():  # the surest last, so that it counts
        of_there = dependents.get(int(there[k]), {})
        for kind, i in dependents.get(int(here[k]), {}).items():
            if kind in of_there:
                keys[i], confidence[i] = facts.ids[of_there[kind]], sure[k]
