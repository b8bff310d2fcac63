"""The sidecar's format, its refusals, and how its names become arms."""

import pathlib

import pandas as pd
import pytest

import schemas
from trialmart.survival import sidecar

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEAD = "endpoint,arm,time_months,n_risk,survival\n"


def arms(*rows: tuple[str, str, list[str]]) -> pd.DataFrame:
    return pd.DataFrame([{"article_id": "x", "arm_id": i, "label": label, "aliases": aliases} for i, label, aliases in rows])


def test_the_shipped_sidecar():
    text = (ROOT / "articles" / "paloma2.curves.csv").read_text(encoding="utf-8")
    points = sidecar.parse(text, "paloma2.curves.csv", "paloma2")
    good, failures = schemas.CurvePoint.split(points)
    assert (len(good), len(failures)) == (24, 0)
    assert points.source.str.contains("10.1056/NEJMoa1607303").all()
    assert dict(points[points.time_months == 0].set_index("arm_id").value) == {"palbociclib_letrozole": 444, "placebo_letrozole": 222}


def test_a_line_may_hold_several_figures():
    points = sidecar.parse(HEAD + "overall survival,a,0,100,1\noverall survival,a,2.5,,0.93\n", "f.csv", "x")
    assert list(zip(points.kind, points.value, strict=True)) == [("number_at_risk", 100), ("survival", 1), ("survival", 0.93)]
    assert not points.duplicated(["article_id", "source_path", "line"]).any()
    assert len(schemas.CurvePoint.split(points)[1]) == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no figures"),
        (HEAD, "no figures"),
        ("endpoint,arm\n", "no column time_months"),
        ("endpoint,arm,time_months,n_risk,colour\n", "unknown column colour"),
        (HEAD + "os,a,0,100\n", "line 2: 4 cells"),
        (HEAD + "os,a,zero,100,\n", "line 2: 'zero' is not a number"),
        (HEAD + "os,a,0,,\n", "line 2: none of"),
        (HEAD + "os,a,0,100,\nos,a,3,101,\n", "line 3: 101 at risk"),
        (HEAD + "os,a,0,,93\n", "line 2: survival 93"),
        (HEAD + "os,a,0,99.5,\n", "line 2: n_risk 99.5"),
        (HEAD + "os,,0,100,\n", "line 2: endpoint, arm"),
        (HEAD + "os,a,nan,100,\n", "line 2: nan"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(text, words):
    with pytest.raises(ValueError, match=words):
        sidecar.parse(text, "f.csv", "x")


def test_names_become_arms_however_spelled():
    known = arms(("palbociclib_letrozole", "Palbociclib–Letrozole", []), ("placebo", "Placebo", ["Placebo-Letrozole"]))
    lines = [f"pfs,{name},0,100," for name in ("Palbociclib-letrozole", "placebo_letrozole", "fulvestrant")]
    found = sidecar.resolve(sidecar.parse(HEAD + "\n".join(lines), "f.csv", "x"), known)
    assert list(found.arm_id) == ["palbociclib_letrozole", "placebo"]
    assert found.attrs["unmatched"] == ["x: fulvestrant"]


def test_a_name_that_fits_two_arms_fits_none():
    known = arms(("low", "drug low", []), ("high", "drug high", []))
    assert sidecar.resolve(sidecar.parse(HEAD + "pfs,drug,0,100,\n", "f.csv", "x"), known).empty
