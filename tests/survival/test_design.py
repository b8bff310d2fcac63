"""Planning figures recomputed, against figures in print."""

import pandas as pd
import pytest

from trialmart.survival import design


def test_schoenfeld_events_of_a_known_trial():
    # PALOMA-2 prints 347 events for a hazard ratio of 0.69, power 90 %, one-sided 0.025, 2:1; the formula gives 344 when rounded up
    assert design.schoenfeld_events(0.69, 0.9, 0.025, 1, 2 / 3) == pytest.approx(343.4, abs=0.05)


def test_schoenfeld_events_of_a_textbook():
    # Collett, Modelling Survival Data in Medical Research, chronic active hepatitis: hazard ratio 0.57, two-sided 5 %, power 90 %: 133 deaths
    assert design.schoenfeld_events(0.57, 0.9, 0.05, 2, 0.5) == pytest.approx(133, abs=0.5)


def test_power_and_events_are_inverse():
    events = design.schoenfeld_events(0.7, 0.8, 0.05, 2, 0.5)
    assert design.schoenfeld_power(0.7, events, 0.05, 2, 0.5) == pytest.approx(0.8)


def test_boundary_is_three_standard_errors():
    assert design.haybittle_peto(0.0027, 2) == pytest.approx(3, abs=1e-3)


def plans(**values: float) -> pd.DataFrame:
    meaning = {"hr": ("hazard_ratio", "progression-free survival"), "power": ("percent", "power"), "alpha": ("threshold", "alpha"),
               "events": ("n_events", "planned events"), "interim": ("threshold", "interim alpha")}  # fmt: skip
    return pd.DataFrame([{"article_id": "x", "value_id": name, "statistic": meaning[name][0], "endpoint": meaning[name][1], "value": value,
                          "is_assumption": True, "sides": None} for name, value in values.items()])  # fmt: skip


ARMS = pd.DataFrame({"article_id": "x", "n_randomized": [444, 222]})
ARTICLE = pd.DataFrame({"article_id": ["x"], "study_id": ["NCT1"]})


def times(**events: int) -> pd.DataFrame:
    rows = [{"article_id": "x", "endpoint": "progression-free survival", "scope": "arm", "arm_id": a, "n_events": n, "n_events_value_id": a,
             "subgroup": None, "timepoint": None} for a, n in events.items()]  # fmt: skip
    columns = ["article_id", "endpoint", "scope", "arm_id", "n_events", "n_events_value_id", "subgroup", "timepoint"]
    return pd.DataFrame(rows, columns=columns)


def test_all_checks_of_a_design():
    rows = design.checks(plans(hr=0.69, power=90, alpha=0.025, events=347, interim=0.000013), ARMS, ARTICLE, times(a=194, b=137)).set_index(
        "measure"
    )
    assert list(rows.agrees.loc[["schoenfeld_events", "power_at_planned_events"]]) == [True, True]
    assert rows.recomputed["power_at_observed_events"] == pytest.approx(88.9, abs=0.05)
    assert rows.recomputed["interim_boundary_z"] == pytest.approx(4.21, abs=0.005)
    assert rows.value_ids["power_at_observed_events"] == ["hr", "power", "alpha", "a", "b"]


def test_a_number_of_events_that_does_not_fit_is_said():
    rows = design.checks(plans(hr=0.69, power=90, alpha=0.025, events=250), ARMS, ARTICLE, times()).set_index("measure")
    assert not rows.agrees["schoenfeld_events"] and not rows.agrees["power_at_planned_events"]


def test_nothing_is_checked_where_a_figure_is_missing():
    assert design.checks(plans(hr=0.69, power=90), ARMS, ARTICLE, times()).empty
