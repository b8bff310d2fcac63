"""The audit on whole articles: the shipped one, with misprints made on purpose, and the real one where it is at hand."""

import functools
import pathlib
import random

import pandas as pd
import pytest

import schemas
from benchmarks.audit_mutation import extracted, run, single_digits, structural, through_the_reader
from trialmart import audit
from trialmart.audit import summary

SHIPPED = pathlib.Path(__file__).resolve().parents[2] / "articles" / "paloma2.md"


@functools.cache
def frames(path: pathlib.Path):
    return extracted(path)


@functools.cache
def checks(path: pathlib.Path) -> pd.DataFrame:
    return audit.check(*frames(path))


def findings(path: pathlib.Path, *severities: str) -> pd.DataFrame:
    every = checks(path)
    return every[every["verdict"].isin(["inconsistent", "impossible"]) & every["severity"].isin(severities)]


@pytest.fixture
def real(shared) -> pathlib.Path:
    return shared / "articles" / "paloma2.txt"


def test_checks_fit_their_contract():
    landed, failures = schemas.NumberCheck.split(checks(SHIPPED))
    assert len(failures) == 0
    assert len(landed) == len(checks(SHIPPED))


def test_the_one_critical_finding_of_the_shipped_article():
    critical = findings(SHIPPED, "critical")
    assert len(critical) == 1
    assert "No count of 222 gives 21.1%; 34.7% is 77 of 222" in critical.iloc[0]["explanation"]
    untrusted = audit.trust(frames(SHIPPED)[0], checks(SHIPPED))
    replaced = frames(SHIPPED)[0].set_index("value_id")["printed"].reindex(untrusted["replaced_by"].dropna()).tolist()
    assert replaced == ["34.7", "28.4", "41.3"]


def test_every_count_and_percent_of_paloma2_agrees(real):
    pairs = checks(real).query("rule_id == 'count_percent'")
    assert pairs["verdict"].tolist() == ["consistent"] * 213


def test_what_paloma2_must_show_and_nothing_graver(real):
    assert findings(real, "critical")["rule_id"].tolist() == ["text_table"]
    assert findings(real, "major")["rule_id"].tolist() == ["claim_scope"]
    every = checks(real).set_index("rule_id")
    assert "Palbociclib–Letrozole" in every.loc["arm_label", "explanation"]
    assert every.loc["planned_events", "verdict"] == "consistent" and "347" in every.loc["planned_events", "explanation"]
    assert "“0” against “1 or 2”" in every.loc["baseline_p", "explanation"]
    assert "explained" in every.loc[["odds_ratio"], "verdict"].tolist()
    assert "338 against N=444" in every.loc[["denominators"]].query("verdict == 'explained'")["explanation"].iloc[0]


def test_misprints_of_the_shipped_article_are_found():
    rng = random.Random(1)
    article = frames(SHIPPED)
    results = run(article, single_digits(article, 40, rng) + structural(article, 9, rng))
    wanted = results[results["detectable"]]
    assert len(wanted) > 20
    assert wanted["found"].mean() >= 0.95


def test_a_misprint_in_the_file_is_found_through_the_reader(real):
    article = frames(real)
    results = through_the_reader(real, single_digits(article, 6, random.Random(5)), article)
    assert len(results) >= 4
    assert results[results["detectable"]]["found"].all()


def test_lines_come_gravest_first():
    lines = summary.lines(checks(SHIPPED))
    assert lines[0].startswith("critical")
    assert summary.counts(checks(SHIPPED)).loc["paloma2", "critical"] == 1
    assert len(summary.open_findings(checks(SHIPPED), "critical")) == 1


def test_the_page_of_rules_is_up_to_date():
    page = pathlib.Path(__file__).resolve().parents[2] / "docs" / "number-audit.md"
    assert page.read_text(encoding="utf-8") == summary.rules_page()


def test_every_rule_of_the_audit_is_there():
    wanted = """count_percent percent_possible levels_sum grades_within text_table rate_ci ci_symmetry ratio_p ratio_events odds_ratio fisher_p baseline_p
        planned_events interim_alpha subgroup_coherence median_ratio denominators arm_label claim_scope footnote_marks"""
    assert {rule.rule_id for rule in audit.RULES} == set(wanted.split())
