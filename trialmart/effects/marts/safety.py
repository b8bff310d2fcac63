"""mart.safety: how much more often each adverse event occurred in one arm than in the other."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trialmart.effects import exact, harm, proportions
from trialmart.effects.marts.pairs import IMPLIED, PRINTED, side_by_side, trusted_figures, with_implied_counts
from trialmart.effects.multiplicity import benjamini_hochberg
from trialmart.facts.keys import codes, derivation, nth, row_ids, union_of_lists
from trialmart.facts.labels import key

TABLE = "mart.safety"
_SUMMED = "sum of worst grades"
_ASSUMPTION = "each patient stands in the column of the worst grade only: grade 3 + grade 4 is nowhere in the table above any grade"
_NEAR = 0.1  # percentage points by which a share printed with one decimal may miss, rounded twice
_TERM = ["article_id", "table_id", "parent_key", "term_key", "population", "timepoint", "causality", "seriousness"]
_KEY = [*_TERM, "grade", "grade_basis"]


def safety(
    adverse_event: pd.DataFrame, arm: pd.DataFrame, published_value: pd.DataFrame, trust: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Effects for every term, grade band and contrast that both arms have patients for, and what they rest on.

    Adverse events are bad: more of them is harm (NNTH). Grade 3-4 is summed from 3 and 4 where the table shows that its columns hold each
    patient's worst grade and the article prints no 3-4 itself; the assumption is stored with the row. Grade 0 (and bands from 0) count
    patients without the event: they stay in evidence.adverse_event.
    """
    without_event = adverse_event["grade"].str.startswith("0", na=False)  # grade 0 counts those who did not have it
    rows = adverse_event[(adverse_event["scope"] == "arm") & ~without_event].reset_index(drop=True)
    rows = rows.assign(parent_key=["\x1f".join(map(key, path)) for path in rows["parent_path"]], term_key=rows["term"].map(key))
    rows = trusted_figures(rows, ["n", "percent"], trust, published_value)
    rows = with_implied_counts(_at_home(rows), published_value)
    n, arm_n = rows["n"].astype(float), rows["arm_n"].astype(float)
    rows = rows[(arm_n > 0) & ~(n > arm_n) & ~(n < 0)]
    rows["grade_basis"], rows["assumption"] = "printed", None
    rows = _with_severe(rows)
    carried = ["n", "arm_n", "percent", "value_ids", "counts_basis", "trusted", "flag", "note"]
    pairs = side_by_side(rows, arm, _KEY, carried)
    frame = _effects(pairs)
    times = nth(codes(*(frame[name] for name in (*_KEY[:1], *_KEY[2:], "arm_id", "reference_arm_id"))))
    frame["row_id"] = row_ids(frame.assign(nth=times), TABLE,
        ["parent_key", "term_key", "population", "timepoint", "causality", "seriousness", "grade", "arm_id", "reference_arm_id", "nth"])  # fmt: skip
    return frame, derivation(frame, TABLE)


def _at_home(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the prose that do not tell their population take labels and population of the table row with their term, if it is the only one."""
    table = rows[rows["table_id"].notna()].drop_duplicates(_TERM)
    only = table[~table.duplicated(["article_id", "term_key"], keep=False)].set_index(["article_id", "term_key"])
    stray = rows["table_id"].isna() & rows["population"].isna()
    home = only.reindex(pd.MultiIndex.from_frame(rows[["article_id", "term_key"]]))
    fits = stray.to_numpy() & home["table_id"].notna().to_numpy()
    compatible = rows["seriousness"].isna().to_numpy() & rows["timepoint"].isna().to_numpy()
    rows = rows.copy()
    for name in ("table_id", "parent_key", "parent_path", "population", "timepoint", "causality", "seriousness", "term"):
        own, theirs = rows[name].to_numpy(object), home[name].to_numpy(object)
        rows[name] = pd.Series(
            [b if fit else a for a, b, fit in zip(own, theirs, fits & compatible, strict=True)], index=rows.index, dtype=object
        )
    return rows


def _with_severe(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with patients, and for grade 3-4 either all printed ones of a term or, where they are fewer, all summed ones."""
    sums = _sums(rows)
    rows = rows[rows["n"].notna()]
    if not len(sums):
        return rows
    severe = rows["grade"] == "3-4"
    both = pd.concat([rows[severe], sums])
    term = codes(*(both[name].fillna("\x00") for name in _TERM))
    summed = (both["grade_basis"] == _SUMMED).to_numpy()
    arms = [both["arm_id"].where(part).groupby(term).transform("nunique").to_numpy() for part in (~summed, summed)]
    use_printed = arms[0] >= arms[1]
    return pd.concat([rows[~severe], both[np.where(summed, ~use_printed, use_printed)]], ignore_index=True)


def _sums(rows: pd.DataFrame) -> pd.DataFrame:
    """Grade 3-4 rows from rows of grade 3 and of grade 4, in tables whose columns hold each patient's worst grade.

    They do where grade 3 + grade 4 is nowhere above any grade, and where no printed share of grade 3-4 contradicts the sum.
    """
    wanted = rows[rows["grade"].isin(("any", "3", "4", "3-4")) & rows["table_id"].notna()]
    spot = [wanted[name].fillna("\x00") for name in [*_TERM, "arm_id"]]
    wanted = wanted.assign(spot=codes(*spot, nth(codes(*spot, wanted["grade"]))))
    grades = ["any", "3", "4", "3-4"]
    n, percent = (
        wanted.pivot(index="spot", columns="grade", values=name).reindex(columns=grades).astype(float) for name in ("n", "percent")
    )
    heads = wanted[(wanted["grade"] == "3") & wanted["n"].notna()].set_index("spot")
    heads = heads[n.loc[heads.index, "4"].notna()]
    n, percent, arm_n = n.loc[heads.index], percent.loc[heads.index], heads["arm_n"].astype(float)
    total = n["3"] + n["4"]
    contradicted = (total > n["any"]) | ((100 * total / arm_n - percent["3-4"]).abs() > _NEAR)
    table = [heads["article_id"], heads["table_id"]]
    use = n["any"].notna().groupby(table).transform("any") & ~contradicted.groupby(table).transform("any") & (total <= arm_n)
    found = heads[use].copy()
    fours = wanted[wanted["grade"] == "4"].set_index("spot").reindex(found.index)
    found["n"], found["percent"] = total[use], np.nan
    found["value_ids"] = union_of_lists(found["value_ids"], fours["value_ids"])
    found["trusted"] = found["trusted"].astype(bool) & fours["trusted"].astype(bool)
    found["flag"] = _both(found["flag"], fours["flag"])
    both_printed = (found["counts_basis"] == PRINTED) & (fours["counts_basis"] == PRINTED)
    found["counts_basis"] = np.where(both_printed, PRINTED, IMPLIED)
    return found.assign(grade="3-4", grade_basis=_SUMMED, assumption=_ASSUMPTION).reset_index(drop=True)


def _both(first: pd.Series, second: pd.Series) -> pd.Series:
    texts = [
        "; ".join(dict.fromkeys(text for text in pair if isinstance(text, str))) or None
        for pair in zip(first.to_numpy(object), second.to_numpy(object), strict=True)
    ]
    return pd.Series(texts, index=first.index, dtype=object)


def _effects(pairs: pd.DataFrame) -> pd.DataFrame:
    """The statistics of each pair of arms."""
    frame = pairs.rename(columns={"n": "events", "arm_n": "n", "reference_n": "reference_events", "reference_arm_n": "reference_n"})
    cells = [frame[name].astype(float).to_numpy() for name in ("events", "n", "reference_events", "reference_n")]
    frame["percent"], frame["reference_percent"] = 100 * cells[0] / cells[1], 100 * cells[2] / cells[3]
    for name, value in zip(("events", "n", "reference_events", "reference_n"), cells, strict=True):
        frame[name] = value.astype(int)
    table, back = np.unique(np.column_stack(cells), axis=0, return_inverse=True) if len(frame) else (np.empty((0, 4)), np.empty(0, int))
    for name, value in _statistics(table).items():
        frame[name] = value[back.ravel()]
    family = [frame[name].fillna("\x00") for name in ("article_id", "grade", "grade_basis", "arm_id", "reference_arm_id")]
    family[2] = family[1]  # printed and summed bands of one grade are one family
    frame["p_adjusted"] = benjamini_hochberg(frame["fisher_p"], codes(*family))
    frame["value_ids"] = union_of_lists(frame["value_ids"], frame["reference_value_ids"])
    frame["trusted"] = frame["trusted"].astype(bool) & frame["reference_trusted"].astype(bool)
    frame["flag"], frame["note"] = _both(frame["flag"], frame["reference_flag"]), _both(frame["note"], frame["reference_note"])
    frame["counts_basis"] = np.where(
        (frame["counts_basis"] == PRINTED) & (frame["reference_counts_basis"] == PRINTED), PRINTED, "implied by percent"
    )
    return frame


def _statistics(cells: np.ndarray) -> dict[str, np.ndarray]:
    """Everything that follows from the counts of a 2 x 2 table; arrays of one value a row of `cells` (events, n, events_ref, n_ref)."""
    columns = tuple(cells.T)
    difference = proportions.risk_difference(*columns)
    lower, upper = proportions.miettinen_nurminen(*columns)
    newcombe = proportions.newcombe(*columns)
    risk, odds = proportions.risk_ratio(*columns), proportions.odds_ratio(*columns)
    conditional = [np.where(np.isinf(part), np.nan, part) for part in exact.conditional_odds_ratio(*columns)]
    needed = harm.number_needed(difference, lower, upper)
    return {
        "risk_difference": difference, "rd_lower": lower, "rd_upper": upper,
        "rd_newcombe_lower": newcombe[0], "rd_newcombe_upper": newcombe[1],
        "risk_ratio": risk[0], "rr_lower": risk[1], "rr_upper": risk[2],
        "odds_ratio": odds[0], "or_lower": odds[1], "or_upper": odds[2],
        "or_conditional": conditional[0], "or_exact_lower": conditional[1], "or_exact_upper": conditional[2],
        "zero_cell": proportions.zero_cells(*columns)[0], "fisher_p": exact.fisher_p(*columns),
        "nnt": needed.number, "nnt_kind": needed.kind, "nnt_lower": needed.lower, "nnt_upper": needed.upper,
        "nnth_limit": needed.harm_limit, "nntb_limit": needed.benefit_limit, "nnt_text": needed.text,
    }  # fmt: skip
