"""From evidence to marts: contracts kept, every figure checked, foreign coordinates shown as such."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import schemas
from benchmarks.survival_coordinates import DATA, clicks
from tests.survival.test_inputs import PFS, frame, median
from trialmart.figures import canvas, cumulative_hazard, extrapolation, kaplan_meier
from trialmart.survival import tables
from trialmart.survival.patients import Patients
from trialmart.survival.published import Arm, Figure, PublishedCurve


def run(times: list[dict], **options) -> dict:
    base = {"article_id": "x", "study_id": "NCT1", "scope": "arm", "endpoint": PFS, "unit": "months"}
    arms = [
        {"article_id": "x", "arm_id": a, "label": a.upper(), "aliases": [], "role": "unknown", "members": [], "n_randomized": 80}
        for a in "ab"
    ]
    ratio = {
        **base,
        "measure": "hazard_ratio",
        "domain": "efficacy",
        "arm_id": "a",
        "reference_arm_id": "b",
        "estimate": 0.7,
        "estimate_value_id": "v-hr",
    }
    return tables.survival_tables(
        frame(schemas.TimeToEvent, [base | row for row in times]), frame(schemas.Comparison, [ratio] if times else []),
        frame(schemas.PublishedValue, []), frame(schemas.Arm, arms), frame(schemas.Article, [{"article_id": "x", "study_id": "NCT1"}]), None, **options,
    )  # fmt: skip


@pytest.fixture(scope="module")
def made() -> dict:
    seen: list[tuple[int, int, str]] = []
    found = run([median("a", 9.0), median("b", 6.1)], draws=2, workers=1, progress=lambda *step: seen.append(step))
    return found | {"seen": seen}


def test_every_row_keeps_its_contract(made):
    for name in tables.COLUMNS:
        good, failures = schemas.TABLES[name].split(made[name])
        assert not len(failures), failures
        assert len(good) == len(made[name])


def test_reference_and_further_draws_are_told_apart_and_synthetic(made):
    patients = made["mart.reconstructed_patient"]
    assert patients.groupby(["draw", "arm_id"]).size().tolist() == [80] * 4
    assert patients.groupby("draw").seed.first().tolist() == [tables.SEED, tables.SEED + 1]
    assert patients.synthetic.all() and (patients.method == "summaries").all()


def test_every_published_figure_is_checked_and_traced(made):
    checks = made["mart.reconstruction_check"]
    figures = checks[(checks.draw == 0) & (checks.statistic != "n")]
    assert dict(zip(figures.statistic + figures.arm_id, figures.agrees, strict=True)) == {
        "mediana": True,
        "medianb": True,
        "hazard_ratioa": True,
    }
    links = made["lineage.derivation"]
    assert set(links.value_id) == {"v-a", "v-b", "v-hr"}
    assert set(links.table_name) >= {"mart.reconstructed_patient", "mart.survival_estimate", "mart.survival_contrast"}


def test_what_was_not_fitted_carries_ensemble_and_bounds(made):
    open_ones = made["mart.survival_estimate"].query("measure in ('rmst', 'survival')")
    assert len(open_ones)
    assert (open_ones.bound_low <= open_ones.ensemble_low).all() and (open_ones.ensemble_high <= open_ones.bound_high).all()
    assert (open_ones.bound_high > open_ones.bound_low).all()


def test_progress_reaches_its_end(made):
    assert made["seen"][-1][:2] == (3, 3)


def test_all_seven_models_of_both_arms(made):
    assert made["mart.survival_model"].groupby("arm_id").model.nunique().tolist() == [7, 7]


def test_nothing_to_reconstruct_gives_typed_empty_frames():
    empty = run([])
    for name in tables.COLUMNS:
        assert not len(empty[name])
        assert not len(schemas.TABLES[name].coerce(empty[name]))


def test_foreign_coordinates_are_shown_as_such_and_not_bent(shared):
    # kmdata's PALOMA2_1A holds 159 and 97 events: it agrees with the blinded central review, not with the investigators' figures
    rows = pd.read_csv(DATA).query("dataset == 'PALOMA2_1A'")
    arms, points = [], []
    printed = {"palbociclib_letrozole": (194, "24.8", "22.1", "NE"), "placebo_letrozole": (137, "14.5", "12.9", "17.1")}
    for name, (events, *figures) in printed.items():
        own = rows[rows.arm == name]
        patients = Patients(own.time.to_numpy(float), own.event.to_numpy() == 1)
        ticks = np.arange(0, 34, 3.0)
        points.append([tuple(map(float, p)) for p in zip(*clicks(patients, 0.002, np.random.default_rng(1)), strict=True)])
        arms.append(Arm(name, len(own), events=Figure.exact(events), median=Figure.of(figures[0]), lower=Figure.of(figures[1]),
                        upper=Figure.of(figures[2]), risk_times=tuple(ticks), at_risk=tuple(map(int, patients.at_risk(ticks)))))  # fmt: skip
    curve = PublishedCurve(tuple(arms), *(Figure.of(t) for t in ("0.58", "0.46", "0.72")))
    found, messages = tables.run(tables.with_clicks(curve, points))
    assert found is not None and found.method == "coordinates"
    assert sum("can't be its total" in message for message in messages) == 2
    checks = tables.frames(found)["mart.reconstruction_check"].set_index(["arm_id", "statistic"]).sort_index()
    for arm in printed:
        assert not checks.loc[(arm, "n_events"), "agrees"].any() and not checks.loc[(arm, "median"), "agrees"].any()
        assert checks.loc[(arm, "n_at_risk"), "agrees"].all()
    assert not checks.loc[("palbociclib_letrozole", "hazard_ratio"), "agrees"].any()
    assert not checks[~checks.index.get_level_values(1).isin(["n", "n_at_risk"])].fitted.any()


def test_coordinates_that_contradict_the_risk_table_are_refused_and_summaries_used():
    falling = tuple((t / 2, 1 - t / 60) for t in range(50))
    arm = Arm("a", 100, label="A", median=Figure.of("9.0"), risk_times=(0.0, 6.0, 12.0), at_risk=(100, 99, 40), clicks=falling)
    found, messages = tables.run(PublishedCurve((arm,)), draws=1)
    assert found is not None and found.method == "summaries"
    assert any("coordinates refused" in m and "between times 0 and 6" in m for m in messages)


def test_figures_draw_what_the_marts_hold(made):
    arm = pd.DataFrame({"article_id": "x", "arm_id": ["a", "b"], "label": ["Arm A", "Arm B"]})
    drawn = kaplan_meier.draw(made["mart.survival_curve"], made["mart.survival_contrast"], made["mart.reconstruction_check"], arm, "x")
    words = " ".join(text.get_text() for text in drawn.findobj(lambda artist: hasattr(artist, "get_text")))
    assert "Arm A: 9\nArm B: 6.1" in words and "published HR 0.7" in words and "Synthetic" in words
    assert words.count("80") >= 2  # both arms' numbers at risk at time 0
    assert cumulative_hazard.draw(made["mart.survival_curve"], made["mart.survival_contrast"], arm, "x") is not None
    png = canvas.to_bytes(extrapolation.draw(made["mart.survival_curve"], made["mart.survival_model"], arm, "x"), "png")
    assert png.startswith(b"\x89PNG")
    assert (
        kaplan_meier.draw(made["mart.survival_curve"], made["mart.survival_contrast"], made["mart.reconstruction_check"], arm, "y") is None
    )


def test_a_draw_does_not_depend_on_the_number_of_draws():
    one, two = (run([median("a", 9.0)], draws=n, workers=1)["mart.reconstructed_patient"].query("draw == 0") for n in (1, 2))
    assert one.time_months.tolist() == two.time_months.tolist()
    assert replace(Figure.of("9.0"), printed="").value == 9


def test_no_draws_no_reconstruction():
    none = run([median("a", 9.0), median("b", 6.1)], draws=0)
    assert all(not len(none[name]) for name in tables.COLUMNS)
    assert none["messages"] == [f"x: {tables.NOT_ASKED}"]


def test_no_draws_imports_nothing_heavy():
    import subprocess
    import sys

    code = (
        "import sys; from tests.survival.test_tables import run; from tests.survival.test_inputs import median; run([median('a', 9.0)], draws=0); "
        "print([m for m in ('lifelines', 'statsmodels', 'scipy.stats', 'scipy.optimize') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
