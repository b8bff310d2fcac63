"""Both PALOMA-2 texts, the real one and the one that ships, yield what the article prints: no figure missed, none invented."""

import pathlib
from collections import Counter

import pytest

from tests import scenario
from trialmart.extraction import extract
from trialmart.reading import read

ROOT = pathlib.Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module", params=["shipped", "real"])
def article(request):
    if request.param == "real":
        path = request.getfixturevalue("shared") / "articles" / "paloma2.txt"
    else:
        path = ROOT / "articles" / "paloma2.md"
    return read(path.read_bytes(), str(path), "paloma2")


@pytest.fixture(scope="module")
def extraction(article):
    return extract(article)


@pytest.fixture(scope="module")
def arms(extraction):
    """arm_ids in the order palbociclib-letrozole, placebo-letrozole."""
    by_n = {arm.n_randomized: arm.arm_id for arm in extraction.arms}
    return tuple(by_n[n] for n in scenario.ARM_N)


def table(extraction, kind):
    (record,) = [t for t in extraction.tables if t.kind == kind]
    body = [v for v in extraction.values if v.table_id == record.table_id and v.source_kind == "table"]
    return [v for v in body if v.row_index >= record.n_header_rows]


def test_two_arms_and_no_third(extraction):
    assert sorted(arm.role for arm in extraction.arms) == ["control", "experimental"]


def test_every_count_and_percent_of_table_1(extraction, arms):
    found = Counter()
    for value in table(extraction, "baseline"):
        if value.statistic in {"count", "percent"}:
            found[value.row_path[-1].split(" — ")[0], value.arm_id, value.statistic, value.value] += 1
    wanted = Counter()
    for _, level, *figures in scenario.BASELINE_COUNTS:
        for arm, (count, percent) in zip(arms, (figures[:2], figures[2:]), strict=True):
            wanted[level, arm, "count", count] += 1
            wanted[level, arm, "percent", percent] += 1
    assert found == wanted


def test_levels_that_are_numbers_or_repeat_stand_under_their_own_parent(extraction):
    paths = {tuple(part.split(" — ")[0] for part in v.row_path) for v in table(extraction, "baseline")}
    for parent, level, *_ in scenario.BASELINE_COUNTS:
        assert any(path[0] == parent and path[-1] == level for path in paths), (parent, level)


def test_age(extraction, arms):
    for arm, (median, low, high) in zip(arms, scenario.AGE, strict=True):
        values = {v.statistic: v.value for v in table(extraction, "baseline") if v.arm_id == arm and v.statistic not in {"count", "percent"}}
        assert values == {"median": median, "minimum": low, "maximum": high}


def test_every_figure_of_table_2(extraction, arms):
    found = Counter((v.row_path[-1], v.grade, v.arm_id, v.statistic, v.value) for v in table(extraction, "adverse_events"))
    wanted = Counter()
    for term, figures in scenario.ADVERSE_EVENTS.items():
        for i, (count, percent) in enumerate(figures):
            place = (term, ("any", "3", "4")[i % 3], arms[i // 3])
            wanted[*place, "count", count] += 1
            if percent is not None:
                wanted[*place, "percent", percent] += 1
    assert found == wanted


def test_table_3_in_both_populations(extraction, arms):
    found = {}
    for v in table(extraction, "efficacy"):
        if v.statistic == "ci_level":  # stands in row labels and headers
            continue
        found[v.population, v.endpoint, v.arm_id if v.scope == "arm" else "contrast", v.statistic] = v.value
    for (population, endpoint), (*by_arm, ratio) in scenario.RESPONSES.items():
        statistic = "median" if endpoint == "duration of response" else "percent"
        for arm, (estimate, low, high) in zip(arms, by_arm, strict=True):
            at = (population, endpoint, arm)
            assert [found[*at, s] for s in (statistic, "ci_lower", "ci_upper")] == [estimate, low, high]
        if ratio:
            at = (population, endpoint, "contrast")
            assert tuple(found[*at, s] for s in ("odds_ratio", "ci_lower", "ci_upper")) == ratio
    numbers = [n for p, n in (("ITT", scenario.ARM_N), ("measurable", scenario.MEASURABLE_N))]
    in_blocks = sorted(v.value for v in table(extraction, "efficacy") if v.statistic in {"n", "denominator"})
    assert in_blocks == sorted(float(n) for pair in numbers for n in pair)
    assert len(found) == 2 * 2 * 9 + 2 * 2 * 3 + 4  # each population: 9 figures an arm, 2 odds ratios with limits, 2 block N


def results(extraction, **wanted):
    """Values outside tables whose fields are as wanted."""
    return [v for v in extraction.values if v.source_kind != "table" and all(getattr(v, k) == x for k, x in wanted.items())]


def limits(extraction, estimate):
    """Printed limits of an estimate; None where they are not estimable."""
    mine = [v for v in extraction.values if v.estimate_id == estimate.value_id]
    low, high = ([v for v in mine if v.statistic == s] for s in ("ci_lower", "ci_upper"))
    assert len(low) == len(high) == 1, estimate
    return low[0].value, high[0].value


def test_median_survival_times_are_tied_to_their_arms_wherever_they_are_printed(extraction, arms):
    for arm, (median, low, high) in zip(arms, scenario.PFS_MEDIANS, strict=True):
        told = results(extraction, statistic="median", endpoint="progression-free survival", arm_id=arm, value=median)
        assert {"abstract", "results"} <= {v.section for v in told}
        for value in (v for v in told if v.section != "discussion"):
            assert limits(extraction, value) == (low, high)
            assert value.unit == "months"


def test_hazard_ratios_of_both_assessors(extraction, arms):
    for assessor, (ratio, low, high) in scenario.PFS_HAZARD_RATIOS.items():
        told = [v for v in results(extraction, statistic="hazard_ratio", value=ratio, subgroup=None) if v.assessor in {assessor, None}]
        assert told, assessor
        for value in told:
            assert (value.arm_id, value.reference_arm_id) == arms
            assert value.endpoint == "progression-free survival"
            assert limits(extraction, value) == (low, high)


def test_all_seven_subgroups_with_their_shares(extraction, arms):
    ratios = [v for v in results(extraction, statistic="hazard_ratio", is_assumption=False) if v.subgroup]
    found = {(v.value, *limits(extraction, v)) for v in ratios}
    assert found == {figures[:3] for figures in scenario.SUBGROUP_HAZARD_RATIOS.values()}
    assert len({v.subgroup for v in ratios}) == len(scenario.SUBGROUP_HAZARD_RATIOS)
    for ratio in ratios:
        figures = next(f for f in scenario.SUBGROUP_HAZARD_RATIOS.values() if f[:3] == (ratio.value, *limits(extraction, ratio)))
        for arm, share in zip(arms, figures[3:], strict=True):
            assert results(extraction, statistic="percent", subgroup=ratio.subgroup, arm_id=arm, value=share)


def test_events_in_each_arm(extraction, arms):
    for arm, events in zip(arms, scenario.PFS_EVENTS, strict=True):
        assert [v for v in results(extraction, arm_id=arm, value=events) if v.statistic in {"count", "n_events"}]


def test_planning_figures_are_no_results(extraction):
    assumed = [v.value for v in extraction.values if v.is_assumption]
    for figure in scenario.PLANNING.values():
        assert figure in assumed
    assert not [v for v in results(extraction, statistic="hazard_ratio", is_assumption=False) if v.value == scenario.PLANNING["hazard_ratio"]]


def test_the_misprinted_response_rate_is_landed_as_printed(extraction, arms):
    percent, low, high = scenario.MISPRINTED_RESPONSE
    (value,) = results(extraction, statistic="percent", value=percent)
    assert (value.arm_id, value.endpoint, *limits(extraction, value)) == (arms[1], "objective response", low, high)


def test_every_span_quotes_what_is_printed(article, extraction):
    for value in extraction.values:
        assert article.quote(value.start, value.end) == value.printed


def test_value_ids_are_unique(extraction):
    ids = [v.value_id for v in extraction.values]
    assert len(ids) == len(set(ids))
