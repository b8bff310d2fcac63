"""Typed tables and marts of both PALOMA-2 texts, through the real readers and extractors."""

import pathlib

import pandas as pd
import pytest

from tests import scenario
from tests.conftest import ROOT
from tests.facts.test_typed_tables import one


@pytest.fixture(scope="module", params=["shipped", "real"])
def article(request) -> dict[str, pd.DataFrame]:
    """All frames of one text, by table name without its schema; marts under their own names."""
    from trialmart.effects import marts
    from trialmart.extraction import extract
    from trialmart.facts import typed_tables
    from trialmart.frames import to_tables
    from trialmart.reading import read

    path: pathlib.Path = ROOT / "articles" / "paloma2.md"
    if request.param == "real":
        path = request.getfixturevalue("shared") / "articles" / "paloma2.txt"
    text = read(path.read_bytes(), path.name, "paloma2")
    frames = {name.split(".")[1]: table.to_pandas() for name, table in to_tables([text], [extract(text)]).items()}
    values, arm = frames["published_value"], frames["arm"]
    frames |= {name.split(".")[1]: frame for name, frame in typed_tables(values, arm, frames["article"], frames["article_table"]).items()}
    frames["safety"] = marts.safety(frames["adverse_event"], arm, values)[0]
    frames["subgroup"] = marts.subgroup(frames["subgroup_effect"], values)[0]
    frames["efficacy"] = marts.efficacy(frames["comparison"], frames["response"], frames["time_to_event"], values, arm)[0]
    return frames


@pytest.fixture(scope="module")
def arms(article) -> list[str]:
    """Treatment, then control."""
    return list(article["arm"].sort_values("n_randomized", ascending=False).arm_id)


def test_baseline_has_every_printed_row_and_no_other(article, arms):
    rows = article["baseline_characteristic"]
    rows = rows[rows.table_id.notna() & rows.level.notna()]
    for column, arm in enumerate(arms):
        found = {(row.level, row.n, row.percent) for row in rows[rows.arm_id == arm].itertuples()}
        wanted = {(level, *figures[2 * column : 2 * column + 2]) for _, level, *figures in scenario.BASELINE_COUNTS}
        assert found == wanted
        assert (rows.arm_id == arm).sum() == len(scenario.BASELINE_COUNTS)
    assert set(rows.arm_n) == set(scenario.ARM_N)


def test_adverse_events_have_every_printed_cell(article, arms):
    rows = article["adverse_event"]
    rows = rows[rows.term_order.notna()]  # in a row of the grid; a note under the table has none
    for term, cells in scenario.ADVERSE_EVENTS.items():
        for place, (n, percent) in enumerate(cells):
            row = one(rows, term=term, grade=("any", "3", "4")[place % 3], arm_id=arms[place // 3])
            assert row.n == n and (row.percent == percent or percent is None and pd.isna(row.percent))
    assert len(rows) == 6 * len(scenario.ADVERSE_EVENTS)


@pytest.mark.parametrize("population, ns", [("ITT", scenario.ARM_N), ("measurable", scenario.MEASURABLE_N)])
def test_responses_in_both_populations(article, arms, population, ns):
    for endpoint in ("objective response", "clinical benefit response"):
        for arm, n, figures in zip(arms, ns, scenario.RESPONSES[population, endpoint], strict=False):
            row = one(article["response"], endpoint=endpoint, population=population, arm_id=arm)
            assert (row.percent, row.ci_lower, row.ci_upper, row.arm_n) == (*figures, n)


def test_the_misprinted_rate_is_in_a_note_and_nowhere_else(article):
    printed = scenario.MISPRINTED_RESPONSE[0]
    assert printed not in set(article["response"].percent)
    assert article["response"].note.fillna("").str.contains(f"printed as {printed}").sum() == 1


def test_all_subgroups_have_their_factor_and_interaction(article):
    rows = article["subgroup"]
    found = {(row.estimate, row.ci_lower, row.ci_upper): row for row in rows.itertuples()}
    assert set(found) == {figures[:3] for figures in scenario.SUBGROUP_HAZARD_RATIOS.values()}
    by_factor = rows.groupby("factor").interaction_p.first().round(2).to_dict()
    assert by_factor == {"Disease site": 0.31, "Adjuvant hormonal therapy": 0.46, "Disease-free interval": 0.52}
    assert set(rows.endpoint) == {"progression-free survival"}


def test_neutropenia_and_the_sums_of_worst_grades(article):
    row = one(article["safety"], term="Neutropenia", grade="any")
    assert (round(row.rd_lower, 3), round(row.rd_upper, 3)) == (0.678, 0.777)
    severe = article["safety"][article["safety"].grade == "3-4"]
    severe = severe.set_index(severe.term.str.lower())
    assert (severe.events["neutropenia"], severe.events["leukopenia"], severe.events["anemia"]) == (295, 110, 24)


def test_the_main_result_with_what_stands_beside_it(article):
    rows = article["efficacy"]
    row = one(rows[rows.measure == "hazard_ratio"], estimate=0.58)
    assert (row.arm_value, row.reference_value, row.events, row.reference_events) == (24.8, 14.5, *scenario.PFS_EVENTS)
    assert (row.n, row.reference_n, row.p_value, row.p_value_comparator) == (*scenario.ARM_N, 0.001, "<")
