"""Which evidence rows become which curve: rows as the typed tables have them, cut to what the question needs."""

import pandas as pd
import pytest

import schemas
from trialmart.survival.inputs import from_evidence

PFS = "progression-free survival"


def frame(model: type[schemas.Contract], rows: list[dict]) -> pd.DataFrame:
    """Plain pandas as the stops hand over: object columns with None, floats with NaN."""
    full = [{name: row.get(name) for name in model.columns} for row in rows]
    out = pd.DataFrame(full, columns=list(model.columns)).astype(object)
    for name, column in model.columns.items():
        if column.kind in (int, float):
            out[name] = pd.to_numeric(out[name])
    return out.where(out.notna(), None) if not len(out) else out


def evidence(times: list[dict], ratios: list[dict] = (), points: list[dict] = (), values: list[dict] = (), n: tuple[int, ...] = (100, 50)):
    arms = [{"article_id": "x", "arm_id": a, "label": a.upper(), "aliases": [], "role": r, "members": [], "n_randomized": size}
            for a, r, size in zip("ab", ("experimental", "control"), n, strict=False)]  # fmt: skip
    base = {"article_id": "x", "study_id": "NCT1", "scope": "arm", "endpoint": PFS}
    return from_evidence(
        frame(schemas.TimeToEvent, [base | {"unit": "months"} | row for row in times]),
        frame(
            schemas.Comparison,
            [base | {"measure": "hazard_ratio", "domain": "efficacy", "arm_id": "a", "reference_arm_id": "b"} | r for r in ratios],
        ),
        frame(schemas.PublishedValue, [{"article_id": "x", **v} for v in values]),
        frame(schemas.Arm, arms),
        frame(schemas.Article, [{"article_id": "x", "study_id": "NCT1"}]),
        frame(schemas.CurvePoint, [{"article_id": "x", "endpoint": PFS, "source": "figure 1", **p} for p in points]),
    )


def median(arm: str, value: float, **more) -> dict:
    return {"arm_id": arm, "median": value, "median_value_id": f"v-{arm}"} | more


def test_figures_come_with_what_their_digits_stand_for():
    values = [{"value_id": "v-a", "printed": "24.80", "value_low": 24.795, "value_high": 24.805}]
    (curve,), _ = evidence([median("a", 24.8), median("b", 14.5)], values=values)
    assert [(arm.median.low, arm.median.high) for arm in curve.arms] == [(24.795, 24.805), pytest.approx((14.45, 14.55))]
    assert curve.arms[0].median.printed == "24.80" and curve.arms[0].median.value_id == "v-a"


def test_figures_without_an_assessor_belong_to_the_only_one_with_medians():
    times = [median("a", 9, assessor="investigator"), median("b", 6, assessor="investigator"), {"arm_id": "a", "n_events": 60}]
    ratios = [{"estimate": 0.6, "assessor": "investigator"}, {"estimate": 0.7, "assessor": "blinded independent central review"}]
    (curve,), messages = evidence(times, ratios)
    assert curve.assessor == "investigator" and curve.hazard_ratio.value == 0.6 and curve.arms[0].events.value == 60
    assert any("central review" in m and "effect without a curve" in m for m in messages)


def test_numbers_at_risk_of_a_sidecar_join_figures_whose_assessor_is_not_told():
    points = [
        {"arm_id": "a", "assessor": "investigator", "kind": "number_at_risk", "time_months": t, "value": v} for t, v in ((0, 100), (6, 60))
    ]
    (curve,), _ = evidence([median("a", 9), median("b", 6)], points=points)
    assert curve.arms[0].at_risk == (100, 60) and curve.assessor == "investigator" and curve.arms[1].at_risk == ()


def test_numbers_at_risk_that_contradict_the_arm_are_left_out_with_a_message():
    points = [{"arm_id": "a", "kind": "number_at_risk", "time_months": t, "value": v} for t, v in ((0, 99), (6, 60))]
    (curve,), messages = evidence([median("a", 9), median("b", 6)], points=points)
    assert curve.arms[0].at_risk == ()
    assert any("99 at risk at time 0 but 100 patients" in m for m in messages)


def test_units_become_months():
    (curve,), _ = evidence([median("a", 2, unit="years"), median("b", 26, unit="weeks")])
    assert [arm.median.value for arm in curve.arms] == pytest.approx([24, 26 * 7 / 30.4375])


def test_an_unknown_unit_gives_no_median_and_a_message():
    curves, messages = evidence([median("a", 9, unit="cycles"), median("b", 6)])
    assert [arm.arm_id for curve in curves for arm in curve.arms] == ["b"]
    assert any("cycles" in m for m in messages)


def test_a_limit_that_is_not_estimable_is_a_figure_and_one_that_is_not_told_is_none():
    times = [
        median("a", 9, ci_lower=7.0, ci_upper_missing_reason="not_estimable"),
        median("b", 6, ci_lower=5.0, ci_upper_missing_reason="not_reported"),
    ]
    (curve,), _ = evidence(times)
    assert curve.arms[0].upper.value is None and curve.arms[0].upper.reason == "not_estimable"
    assert curve.arms[1].upper is None


def test_limits_of_another_level_are_not_used():
    (curve,), _ = evidence(
        [median("a", 9, ci_lower=7.0, ci_level=90.0), median("b", 6)], [{"estimate": 0.6, "ci_lower": 0.4, "ci_level": 99.0}]
    )
    assert curve.arms[0].lower is None and curve.hr_lower is None
    assert any("99 %" in note for note in curve.notes)


def test_landmarks():
    times = [{"arm_id": "a", "km_percent": 80.0, "timepoint": "12 months"}, {"arm_id": "a", "km_percent": 60.0, "timepoint": "at 2 years"}]
    (curve,), _ = evidence(times)
    assert [(mark.time, mark.survival.value) for mark in curve.arms[0].landmarks] == [(12, 0.8), (24, 0.6)]


@pytest.mark.parametrize("endpoint", ["duration of response", "median duration of response"])
def test_responders_are_not_the_arm(endpoint):
    curves, messages = evidence([median("a", 9, endpoint=endpoint)])
    assert not curves and any("responders" in m for m in messages)


def test_subgroups_make_no_curve():
    assert evidence([median("a", 9, subgroup="women")])[0] == []


def test_no_size_no_curve():
    curves, messages = evidence([median("a", 9), median("b", 6)], n=(None, None))
    assert not curves and messages


def test_nothing_in_nothing_out():
    assert evidence([]) == ([], [])
