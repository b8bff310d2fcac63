"""Which baseline factor a subgroup level of the prose belongs to.

Belongs here: the one rule that finds it. Does not: subgroup tables, which print the factor beside the level.

A sentence says `patients with visceral disease (48.2 % vs. 49.5 %)` and not that this is a level of `Disease site`. The baseline table
knows: its row `Visceral` has these shares. A factor is set only where shares and words leave one possibility; the note says how.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from trialmart.facts.matching import words

_NEAR = 0.05 + 1e-9  # half a unit of a percent printed with one decimal


def resolve_factors(effects: pd.DataFrame, baseline: pd.DataFrame) -> pd.DataFrame:
    """The effects with factor, factor_source, level_order and note filled for levels of the prose that one baseline factor fits."""
    effects = effects.copy()
    open_rows = effects[effects["factor"].isna() & effects["subgroup"].notna()]
    levels = baseline[baseline["level"].notna() & baseline["arm_id"].notna() & baseline["percent"].notna()] if len(baseline) else baseline
    if not len(open_rows) or not len(levels):
        return effects
    candidates = _candidates(levels)
    columns = ("article_id", "subgroup", "arm_id", "percent", "reference_arm_id", "reference_percent", "loose_percent")
    for row, article, phrase, arm, percent, reference, reference_percent, loose in zip(
        open_rows.index, *(open_rows[name] for name in columns), strict=True
    ):
        lost = [side for side, share in (("percent", percent), ("reference_percent", reference_percent)) if not np.isfinite(share)]
        shares = [loose if not np.isfinite(share) and len(lost) == 1 else share for share in (percent, reference_percent)]
        found = _find(candidates.get(article, []), phrase, arm, shares[0], reference, shares[1])
        if found is None:
            continue
        notes = [effects.at[row, "note"], found.note]
        if lost:
            notes.append(_take_share(effects, row, lost[0], arm if lost[0] == "percent" else reference))
        note = "; ".join(text for text in notes if isinstance(text, str))
        effects.loc[row, ["factor", "factor_source", "level_order", "note"]] = [found.factor, "resolved", found.order, note]
        _take_patients(effects, row, found.patients, arm, reference)
    return effects


def _take_share(effects: pd.DataFrame, row: int, side: str, arm: str) -> str:
    """Gives a share without an arm to the only arm that it can be of."""
    effects.loc[row, [side, f"{side}_value_id"]] = effects.loc[row, ["loose_percent", "loose_value_id"]].to_numpy()
    effects.at[row, "value_ids"] = [*effects.at[row, "value_ids"], effects.at[row, "loose_value_id"]]
    return f"the sentence does not tell an arm of the trial for {float(effects.at[row, side]):g} %; that row has it for {arm}"


class _Found(NamedTuple):
    factor: str
    order: float
    note: str
    patients: dict[str, tuple[float, str]]  # arm: its patients in the level, and the value that prints them; empty for a complement


def _take_patients(effects: pd.DataFrame, row: int, patients: dict[str, tuple[float, str]], arm: str, reference: str) -> None:
    """The level's patients in both arms from the baseline table, where the sentence prints none."""
    for side, name in (("arm_n", arm), ("reference_n", reference)):
        if name in patients and pd.isna(effects.at[row, side]):
            n, value_id = patients[name]
            effects.loc[row, [side, f"{side}_source", f"{side}_value_id"]] = [n, "table", value_id]


def _candidates(levels: pd.DataFrame) -> dict[str, list[tuple]]:
    """By article: (characteristic, level, order, exclusive, table, {arm: (percent, n, n_value_id)}) of every level of the baseline."""
    found: dict[tuple, dict[str, tuple]] = {}
    columns = ("article_id", "characteristic", "level", "level_order", "levels_exclusive", "table_id")
    figures = zip(levels["arm_id"], levels["percent"], levels["n"], levels["n_value_id"], strict=True)
    for named, (arm, *figure) in zip(zip(*(levels[name] for name in columns), strict=True), figures, strict=True):
        found.setdefault(named, {})[arm] = tuple(figure)
    by_article: dict[str, list[tuple]] = {}
    for (article, *rest), shares in found.items():
        by_article.setdefault(article, []).append((*rest, shares))
    return by_article


def _find(levels: list[tuple], phrase: str, arm: str, percent: float, reference: str, reference_percent: float) -> _Found | None:
    """The only level that the phrase and its shares fit, or whose complement they fit."""
    told = words(phrase)
    if not (np.isfinite(percent) and np.isfinite(reference_percent)):
        return None
    fits = []
    for characteristic, level, order, exclusive, table, shares in levels:
        ours, theirs = (shares.get(name, (np.nan,))[0] for name in (arm, reference))
        same = abs(ours - percent) <= _NEAR and abs(theirs - reference_percent) <= _NEAR
        rest = abs(100 - ours - percent) <= 2 * _NEAR and abs(100 - theirs - reference_percent) <= 2 * _NEAR
        common = len(told & (words(level) | words(characteristic)))
        if (same or rest) and common:
            fits.append((same, common, characteristic, level, order, bool(exclusive), table, shares))
    fits = [fit for fit in fits if fit[0]] or fits
    if len(fits) > 1:
        most = max(fit[1] for fit in fits)
        fits = [fit for fit in fits if fit[1] == most]
    if len(fits) != 1:
        return None
    same, _, characteristic, level, order, exclusive, table, shares = fits[0]
    of = "" if same else "the patients outside "
    note = f"factor from table {table}: {percent:g} % and {reference_percent:g} % are the shares of {of}`{characteristic} > {level}`"
    patients = {name: (n, value_id) for name, (_, n, value_id) in shares.items() if pd.notna(n)} if same else {}
    if exclusive and same:
        return _Found(characteristic, order, note, patients)
    return _Found(level, float(not same), note, patients)
