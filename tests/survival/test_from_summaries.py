"""Summaries to patients: every printed figure met, judged by lifelines; what can't be met is said."""

import pathlib
from dataclasses import replace

import numpy as np
import pytest

from trialmart.survival import check, from_summaries, sidecar
from trialmart.survival.estimates import kaplan_meier, median
from trialmart.survival.from_summaries import Estimand
from trialmart.survival.patients import DAYS_PER_MONTH
from trialmart.survival.published import Arm, Figure, Landmark, PublishedCurve
from trialmart.survival.whole import allocate

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def published() -> PublishedCurve:
    """PALOMA-2's progression-free survival by investigators, numbers at risk from the shipped sidecar."""
    points = sidecar.parse((ROOT / "articles" / "paloma2.curves.csv").read_text(encoding="utf-8"), "paloma2.curves.csv", "paloma2")
    risk = {str(arm): (tuple(rows.time_months), tuple(rows.value.astype(int))) for arm, rows in points.groupby("arm_id")}
    one = Arm(
        "palbociclib_letrozole", 444, events=Figure.exact(194), median=Figure.of("24.8"), lower=Figure.of("22.1"), upper=Figure.of("NE")
    )
    two = Arm(
        "placebo_letrozole", 222, events=Figure.exact(137), median=Figure.of("14.5"), lower=Figure.of("12.9"), upper=Figure.of("17.1")
    )
    arms = tuple(replace(arm, risk_times=risk[arm.arm_id][0], at_risk=risk[arm.arm_id][1]) for arm in (one, two))
    ratio = [Figure.of(text) for text in ("0.58", "0.46", "0.72")]
    return PublishedCurve(arms, *ratio, p_value=Figure(0.001, 0.0, 0.001, "<0.001"))


@pytest.fixture(scope="module")
def reference(published) -> from_summaries.Reconstruction:
    return from_summaries.one_draw(published, 20161117)


def test_all_figures_of_paloma2_at_once_judged_by_lifelines(published, reference):
    assert not reference.missed
    rows = check.judge(published, reference.arms, frozenset({"n_events", "median", "ci_lower", "ci_upper", "n_at_risk", "hazard_ratio"}))
    assert all(row["agrees"] for row in rows), [row for row in rows if not row["agrees"]]
    counted = [row["statistic"] for row in rows]
    # 2 N, 2 events, 24 numbers at risk; medians with two limits in each arm, the hazard ratio with two; the log-rank p
    assert [counted.count(name) for name in ("n", "n_events", "n_at_risk", "median", "ci_lower", "ci_upper", "hazard_ratio", "p_value")] == [
        2, 2, 24, 2, 3, 3, 1, 1,
    ]  # fmt: skip
    assert not next(row for row in rows if row["statistic"] == "p_value")["fitted"]


def test_the_seed_alone_decides(published, reference):
    again = from_summaries.one_draw(published, 20161117)
    other = from_summaries.one_draw(published, 1, draw=1, weeks=(0,))
    assert all((a.time == b.time).all() and (a.event == b.event).all() for a, b in zip(again.arms, reference.arms, strict=True))
    assert not np.array_equal(other.arms[0].time, reference.arms[0].time)


def test_times_are_whole_days_and_none_is_a_printed_time(published, reference):
    for arm, patients in zip(published.arms, reference.arms, strict=True):
        days = patients.time * DAYS_PER_MONTH
        assert days == pytest.approx(np.round(days), abs=1e-6)
        assert not np.isin(patients.time, arm.risk_times).any()


def test_bounds_hold_the_draw_and_widen_without_a_risk_table(published, reference):
    wanted = [Estimand("rmst", 24.0, 1)]
    (tight,) = from_summaries.bounds(published, wanted, [reference]).values()
    assert tight.low <= wanted[0].of_patients(reference.arms) <= tight.high
    loose_curve = replace(published, arms=tuple(replace(arm, risk_times=(), at_risk=()) for arm in published.arms))
    (loose,) = from_summaries.bounds(loose_curve, wanted).values()
    assert loose.high - loose.low > tight.high - tight.low


@pytest.mark.parametrize(
    "curve",
    [
        PublishedCurve((Arm("a", 90, median=Figure.of("10.2")),)),
        PublishedCurve((Arm("a", 60, events=Figure.exact(40), median=Figure.of("8.1"), lower=Figure.of("6.0"), upper=Figure.of("11.5")),)),
        PublishedCurve((Arm("a", 80, median=Figure.of("9.0")), Arm("b", 80, median=Figure.of("6.1"))), Figure.of("0.70")),
        PublishedCurve(
            (
                Arm(
                    "a",
                    120,
                    events=Figure.exact(30),
                    landmarks=(Landmark(12.0, Figure.of("80", 0.01)), Landmark(24.0, Figure.of("71", 0.01))),
                ),
            )
        ),
        PublishedCurve((Arm("a", 80, median=Figure.of("9.0")), Arm("b", 80, median=Figure.of("6.1"))), total_events=Figure.exact(120)),
    ],
    ids=["median alone", "median with limits", "no events", "landmarks", "events of both arms together"],
)
def test_fewer_figures_are_enough(curve):
    made = from_summaries.one_draw(curve, 3, weeks=(0,))
    assert not made.missed
    assert [len(arm) for arm in made.arms] == [arm.n for arm in curve.arms]
    if curve.total_events is not None:
        assert sum(arm.n_events for arm in made.arms) == curve.total_events.value


def test_what_cannot_be_met_is_named_with_its_distance(monkeypatch):
    # 110 events in each arm leave the log hazard ratio a standard error of 0.14 whatever the curves: limits of 0.10 and 0.90 can't be
    monkeypatch.setattr(from_summaries, "ATTEMPTS", 1)
    monkeypatch.setattr("trialmart.survival.whole.MOVES", 300)
    arms = tuple(Arm(name, 150, events=Figure.exact(110), median=Figure.of(m)) for name, m in (("a", "15.0"), ("b", "10.0")))
    made = from_summaries.one_draw(PublishedCurve(arms, *(Figure.of(text) for text in ("0.30", "0.10", "0.90"))), 1, weeks=(0,))
    assert any("limit of the hazard ratio" in name for name in made.missed)
    assert made.missed
    assert all(by > 0 for by in made.missed.values())
    assert "not met" in made.note


def test_nothing_to_reconstruct_from():
    with pytest.raises(ValueError, match="neither a median"):
        from_summaries.reconstruct(PublishedCurve((Arm("a", 100), Arm("b", 100)), Figure.of("0.65")), 1)


def test_medians_in_narrow_cells_use_finer_steps_than_days():
    curve = PublishedCurve((Arm("a", 60, median=Figure.of("4.37")),))
    made = from_summaries.one_draw(curve, 1, weeks=(0,))
    assert median(kaplan_meier(made.arms[0])).value == pytest.approx(4.37, abs=0.005)


def test_allocation_is_by_largest_remainder_within_its_limits():
    assert list(allocate(np.array([1.6, 2.3, 0.1]), np.array([2, 9, 9]), 4)) == [2, 2, 0]
    assert list(allocate(np.array([5.0, 1.0]), np.array([3, 4]), 6)) == [3, 3]
    assert allocate(np.array([1.0, 1.0]), np.array([1, 1]), 9).sum() == 2  # no more than there are


def test_contradicting_arms_are_refused_at_once():
    with pytest.raises(ValueError, match="rises"):
        Arm("a", 10, risk_times=(0.0, 3.0), at_risk=(10, 11))
    with pytest.raises(ValueError, match="events"):
        Arm("a", 10, events=Figure.exact(11))
