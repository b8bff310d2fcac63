"""From published values to typed tables: one row a fact, as printed.

Belongs here: which values are one fact, what a fact is called, whose N it has. Does not: reading the page (trialmart/extraction), judging
it (trialmart/audit), computing from it (trialmart/effects). Nothing is computed here: a count that only a percent implies stays NULL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from trialmart.facts.columns import Columns

TABLES = ("baseline_characteristic", "adverse_event", "response", "time_to_event", "subgroup_effect", "comparison")
_OF_OUTCOMES = ("response", "time_to_event", "comparison")
#: What a limit, p value or spread takes from the estimate that it belongs to where it says nothing itself.
_INHERITED = (
    "endpoint", "assessor", "population", "timepoint", "subgroup", "grade", "arm_id", "reference_arm_id", "unit", "row_path", "row_index",
)  # fmt: skip


def typed_tables(
    published_value: pd.DataFrame, arm: pd.DataFrame, article: pd.DataFrame, article_table: pd.DataFrame
) -> dict[str, pd.DataFrame]:  # fmt: skip
    """The six typed tables, as `evidence.NAME`, from all published values of any number of articles.

    Frames have the columns of their contracts in schemas/facts.py, in no certain order and with more beside them. One pass: which
    prints are the same fact and which N a figure has is worked out once for all tables.
    """
    from trialmart.facts import adverse_events, baseline, contrasts, denominators, directions, outcomes, routing, terms

    values, columns = _prepare(published_value, article_table)
    kind = pd.Series(routing.table_kind(values, article_table), index=values.index)
    home = routing.route(columns, kind.to_numpy(object))
    values = pd.concat([values, denominators.arm_ns(columns, arm, article_table)], axis=1)
    arms = terms.arm_labels(arm)
    counted = values["statistic"].isin(("count", "n_events", "n", "denominator")).to_numpy()
    broken = counted & (values["value"].to_numpy(float) % 1 != 0) & values["value"].notna().to_numpy()  # no count of patients: misread
    part = {name: values[(home == name).to_numpy() & ~broken] for name in TABLES if name not in _OF_OUTCOMES}
    outcome = terms.with_outcomes(values[home.isin(_OF_OUTCOMES).to_numpy() & ~broken], arms)
    part |= {name: outcome[(home[outcome.index] == name).to_numpy()] for name in _OF_OUTCOMES}
    characteristics = baseline.baseline_characteristics(part["baseline_characteristic"], arms)
    found = {
        "baseline_characteristic": characteristics,
        "adverse_event": adverse_events.adverse_events(part["adverse_event"], arms, article_table),
        "response": outcomes.responses(part["response"]),
        "time_to_event": outcomes.times_to_event(part["time_to_event"]),
        "subgroup_effect": contrasts.subgroup_effects(part["subgroup_effect"], arms, characteristics, _shares(values)),
        "comparison": contrasts.comparisons(directions.turned(part["comparison"], values), arms, kind),
    }
    study = {own: said for own, said in zip(article["article_id"], article["study_id"], strict=True) if isinstance(said, str)}
    return {f"evidence.{name}": _finish(frame, study) for name, frame in found.items()}


def _shares(values: pd.DataFrame) -> pd.DataFrame:
    """Percents of the prose that tell how many of an arm are in a subgroup; a table may print them too. An outcome within a subgroup has
    an endpoint of its own."""
    told = (values["source_kind"] != "table") & values["subgroup"].notna() & (values["scope"] == "arm") & (values["statistic"] == "percent")
    return values[told & (values["endpoint"].to_numpy(object) == values["subgroup"].to_numpy(object))]


def _prepare(published_value: pd.DataFrame, article_table: pd.DataFrame) -> tuple[pd.DataFrame, Columns]:
    """The values with their fact keys and what they inherit from their estimates, and their columns."""
    from trialmart.facts import terms
    from trialmart.facts.columns import Columns
    from trialmart.facts.matching import fact_keys

    values = published_value.reset_index(drop=True)
    columns = Columns(values)
    values["table_code"] = columns.combined("article_id", "table_id")
    values["row_path"] = terms.spelled_out(columns.paths, values["table_code"].to_numpy())
    values["subgroup"] = _without_names_of_arms(values, article_table)
    columns.forget("row_path", "subgroup")
    values["fact"] = fact_keys(values, columns).to_numpy(object)
    values = _inherit(values, columns)
    values["path_code"] = terms.path_codes(values["row_path"])
    columns.forget("row_path", "fact", *_INHERITED)
    return values, columns


def _without_names_of_arms(values: pd.DataFrame, article_table: pd.DataFrame) -> pd.Series:
    """Subgroups, without those of tables in which they only divide the arms: `Aripiprazole` over two doses, `Group A` over its one drug.

    There each arm stands under one header and not all under the same; kept, no two arms would ever have a row in common.
    """
    from trialmart.facts.keys import codes, of_table

    result = values["subgroup"].astype(object).where(values["subgroup"].notna(), None)
    of = of_table(values, article_table, "kind")
    told = (values["source_kind"] == "table") & values["scope"].isin(("arm", "contrast")) & values["arm_id"].notna() & (of != "subgroup")
    own = values[told]
    if not own["subgroup"].notna().any():
        return result
    table = own["table_code"]
    pairs = pd.DataFrame({"table": table, "arm": codes(own["arm_id"]), "group": codes(own["subgroup"])})
    pairs = pairs[((own["scope"] == "arm") & ~own["statistic"].isin(("n", "denominator"))).to_numpy()].drop_duplicates()
    size = pairs.groupby("table").agg(pairs=("arm", "size"), arms=("arm", "nunique"), groups=("group", "nunique"))
    divided = size.index[(size["pairs"] == size["arms"]) & (size["groups"] > 1)]
    result.loc[own.index[np.isin(table, divided)]] = None
    return result


def _inherit(values: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """Dependents with the place and the meaning of their estimate where they have none of their own."""
    from trialmart.facts.keys import positions

    own, estimate = columns.text("value_id"), columns.text("estimate_id")
    theirs = np.flatnonzero(np.not_equal(estimate, own) & np.not_equal(estimate, None))
    at = positions(own, estimate[theirs])
    theirs, at = theirs[at >= 0], at[at >= 0]
    for name in _INHERITED:
        column = values[name].to_numpy()
        take = np.ones(len(theirs), bool) if name in ("row_path", "row_index") else pd.isna(column[theirs])
        if take.any():
            filled = column.copy()
            filled[theirs[take]] = column[at[take]]
            values[name] = filled
    return values


def _finish(frame: pd.DataFrame, study: dict[str, str]) -> pd.DataFrame:
    """A typed table with its study, denominators among its values, and plain lists."""
    from trialmart.facts.keys import mapped, union_of_lists

    frame = _without_too_small_n(frame.reset_index(drop=True))
    frame["study_id"] = mapped(frame["article_id"], lambda article: study.get(article, article))
    ids = [frame["value_ids"]]
    for name in ("arm_n_value_id", "reference_n_value_id"):
        if name in frame:
            ids.append([(value,) if isinstance(value, str) else () for value in frame[name].tolist()])
    frame["value_ids"] = union_of_lists(*ids)
    if "parent_path" in frame:
        frame["parent_path"] = [list(path) for path in frame["parent_path"]]
    return frame


def _without_too_small_n(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows whose count exceeds an N that is not printed with it are about other patients: the N goes, and the note says so."""
    for side, count in (("arm_n", "n"), ("arm_n", "n_events"), ("reference_n", "reference_n_events")):
        if side not in frame or count not in frame or not len(frame) or (count == "n_events" and "term_order" in frame):
            continue
        over = frame[count].astype(float) > frame[side].astype(float)
        wrong = over & (frame[f"{side}_source"] != "row")
        said = [f"{int(n)} is no denominator of {int(of)}" for n, of in zip(frame.loc[wrong, side], frame.loc[wrong, count], strict=True)]
        notes = frame.loc[wrong, "note"].astype(object)
        frame.loc[wrong, "note"] = [f"{old}; {new}" if isinstance(old, str) else new for old, new in zip(notes, said, strict=True)]
        frame.loc[wrong, [side, f"{side}_source", f"{side}_value_id"]] = None
    return frame
