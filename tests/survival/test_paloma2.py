"""The shipped article and its sidecar, from text to the reconstruction's input: nothing is typed in between."""

import pathlib

import pytest

from trialmart import facts, frames
from trialmart.extraction import extract
from trialmart.reading import read
from trialmart.survival import inputs, sidecar

ARTICLES = pathlib.Path(__file__).resolve().parents[2] / "articles"


@pytest.fixture(scope="module")
def found():
    path = ARTICLES / "paloma2.md"
    article = read(path.read_bytes(), str(path), "paloma2")
    evidence = {name: table.to_pandas() for name, table in frames.to_tables([article], [extract(article)]).items()}
    names = ("evidence.published_value", "evidence.arm", "evidence.article", "evidence.article_table")
    evidence |= facts.typed_tables(*(evidence[name] for name in names))
    text = (ARTICLES / "paloma2.curves.csv").read_text(encoding="utf-8")
    points = sidecar.resolve(sidecar.parse(text, "paloma2.curves.csv", "paloma2"), evidence["evidence.arm"])
    wanted = ("time_to_event", "comparison", "published_value", "arm", "article")
    return inputs.from_evidence(*(evidence[f"evidence.{name}"] for name in wanted), points)


def test_all_figures_of_the_investigators_curve_come_from_the_evidence(found):
    (curve,), _ = found
    assert (curve.endpoint, curve.assessor) == ("progression-free survival", "investigator")
    assert [(arm.n, arm.events.value, arm.median.printed, arm.lower.printed, arm.upper.value) for arm in curve.arms] == [
        (444, 194, "24.8", "22.1", None),
        (222, 137, "14.5", "12.9", 17.1),
    ]
    assert [figure.printed for figure in (curve.hazard_ratio, curve.hr_lower, curve.hr_upper, curve.p_value)] == [
        "0.58",
        "0.46",
        "0.72",
        "<0.001",
    ]
    assert [len(arm.at_risk) for arm in curve.arms] == [12, 12]
    assert all(f.value_id for arm in curve.arms for f in (arm.events, arm.median, arm.lower, arm.upper))


def test_blinded_review_stays_an_effect_without_a_curve(found):
    _, messages = found
    assert any("blinded independent central review" in message and "effect without a curve" in message for message in messages)
