"""Curve coordinates to patients: exact where it must be, near where it can be, refused where it makes no sense."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.survival_coordinates import DATA, arms_of, clicks, one
from trialmart.survival.estimates import kaplan_meier, rmst
from trialmart.survival.from_coordinates import Contradiction, clean, event_range, reconstruct
from trialmart.survival.patients import Patients


def truth(seed: int, n: int = 300, rate: float = 0.05) -> Patients:
    rng = np.random.default_rng(seed)
    event, censored = rng.exponential(1 / rate, n), rng.uniform(12, 36, n)
    return Patients(np.round(np.minimum(event, censored), 3), event <= censored)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(20, 800), st.floats(0.005, 0.3), st.booleans())
def test_numbers_at_risk_and_events_are_exact(seed, n, rate, with_events):
    arm = truth(seed, n, rate)
    ticks = np.arange(0, 36, 4.0)
    t, s = clicks(arm, 0.003, np.random.default_rng(seed))
    made = reconstruct(t, s, ticks, arm.at_risk(ticks), arm.n_events if with_events else None)
    assert len(made) == n
    assert (made.at_risk(ticks) == arm.at_risk(ticks)).all()
    assert made.n_events == arm.n_events or not with_events


def test_ticks_behind_the_last_patient_add_none():
    t, s = np.array([0.0, 1.0, 1.0, 5.0, 5.0]), np.array([1.0, 1.0, 0.5, 0.5, 0.0])
    made = reconstruct(t, s, np.array([0.0, 4.0, 8.0, 12.0]), np.array([2, 1, 0, 0]))
    assert len(made) == 2 and made.event.all()
    assert made.time == pytest.approx([1, 5], abs=0.5)


def test_the_curve_comes_back():
    arm = truth(1)
    ticks = np.arange(0, 36, 4.0)
    t, s = clicks(arm, 0.002, np.random.default_rng(1))
    made = reconstruct(t, s, ticks, arm.at_risk(ticks), arm.n_events)
    areas = [rmst(kaplan_meier(p), 30).value for p in (arm, made)]
    assert areas[1] == pytest.approx(areas[0], rel=0.005)


def test_events_do_not_sit_on_the_clicks():
    arm = truth(2)
    t, s = clicks(arm, 0.0, np.random.default_rng(0))
    made = reconstruct(t, s, np.array([0.0, 12.0]), arm.at_risk(np.array([0.0, 12.0])))
    assert not np.isin(made.time[made.event], t).any()


def test_clicks_in_any_order_with_small_rises_are_cleaned():
    t, s = clean(np.array([3.0, 1.0, 2.0]), np.array([0.7, 0.9, 0.91]))
    assert t[0] == 0 and s[0] == 1
    assert (np.diff(t) >= 0).all() and (np.diff(s) <= 0).all()


TICKS, NUMBERS = np.array([0.0, 6, 12]), np.array([100.0, 80, 60])
LINE = (np.linspace(0, 18, 60), np.linspace(1, 0.75, 60))


@pytest.mark.parametrize(
    ("times", "survival", "ticks", "numbers", "events", "words"),
    [
        (*LINE, TICKS, np.array([100.0, 80, 90]), None, "rises from 80"),
        (LINE[0], np.linspace(1, 0.2, 60), TICKS, NUMBERS, None, "can't fall below"),
        (LINE[0], np.where(np.arange(60) == 30, 0.4, LINE[1]), TICKS, NUMBERS, None, "curve rises"),
        (*LINE, TICKS, NUMBERS, 70, "can't be its total"),
        (*LINE, TICKS, NUMBERS, 0, "can't be its total"),
    ],
)
def test_contradictions_are_refused_with_their_place(times, survival, ticks, numbers, events, words):
    with pytest.raises(Contradiction, match=words):
        reconstruct(times, survival, ticks, numbers, events)


@pytest.mark.parametrize(
    ("times", "survival", "ticks", "numbers"),
    [
        ([1, 2], [0.9], TICKS, NUMBERS),
        ([1, np.nan], [0.9, 0.8], TICKS, NUMBERS),
        ([1, 2], [90, 80], TICKS, NUMBERS),
        (*LINE, TICKS + 1, NUMBERS),
        (*LINE, TICKS, NUMBERS + 0.5),
    ],
)
def test_malformed_input_is_an_error(times, survival, ticks, numbers):
    with pytest.raises(ValueError):
        reconstruct(np.array(times), np.array(survival), ticks, numbers)


def test_range_of_events_holds_the_truth():
    for seed in range(10):
        arm = truth(seed)
        ticks = np.arange(0, 36, 4.0)
        low, high = event_range(*clicks(arm, 0.0, np.random.default_rng(seed)), ticks, arm.at_risk(ticks))
        assert low - 3 <= arm.n_events <= high + 3


def test_round_trip_on_public_data(shared):
    """A sample of the benchmark: the medians of its errors, with room for a sample of thirty."""
    assert DATA.is_relative_to(shared)
    rng = np.random.default_rng(5)
    sets = list(arms_of(DATA))[::5]
    rows = [one(arms, 0.005, True, rng, 10) for _, arms in sets]
    assert all(row["at_risk"] == 0 and row["events"] == 0 for row in rows)
    assert np.median([row["log_hr"] for row in rows]) < 0.012
    assert np.median(np.concatenate([row["rmst"] for row in rows])) < 0.002
