"""Runs on small articles: what is read again, what stays, what bad input does."""

from __future__ import annotations

import json
import os
import pathlib
import shutil

import pytest

from dagster_project.evidence import Evidence
from dagster_project.warehouse import Warehouse
from tests.dagster_project.small import BINARY, NO_TRIAL, article, everything, rows, run, write_two


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """(home, folder, outcome) of the one run on two articles that most tests go on from."""
    place = tmp_path_factory.mktemp("first")
    write_two(place / "articles")
    return place / "home", place / "articles", run(place / "home", place / "articles")


@pytest.fixture
def folder(first) -> pathlib.Path:
    """The folder as it was at the first run: ids belong to paths, so it is one for all tests."""
    write_two(first[1])
    return first[1]


@pytest.fixture
def home(first, folder, tmp_path: pathlib.Path) -> pathlib.Path:
    """A copy of the home as the first run left it."""
    return pathlib.Path(shutil.copytree(first[0], tmp_path / "home", symlinks=True))


def published(home: pathlib.Path) -> str:
    return os.readlink(home / "evidence.duckdb")


def test_two_articles_land_with_values_that_stand_where_they_say(first):
    home, _, outcome = first
    assert (outcome.exit_code, outcome.given, outcome.read) == (0, ["alpha", "beta"], 2), outcome.failure or outcome.refused
    told = json.loads(json.dumps(outcome.as_dict(), default=str))
    assert told["status"] == "success" and told["articles"] == 2 and told["database"].endswith("evidence.duckdb")
    values = rows(home, "evidence.published_value").merge(rows(home, "lineage.source_span"), on="span_id", suffixes=("", "_span"))
    texts = rows(home, "evidence.article_text").set_index("article_id").text
    assert len(values) > 20
    for value in values.itertuples():
        assert texts[value.article_id][value.char_start : value.char_end] == value.quote
        assert value.printed in value.quote
    nausea = rows(home, "evidence.adverse_event", "beta").query("term.str.lower() == 'nausea' and n == 41")
    assert len(nausea) == 1


def test_an_unchanged_run_reads_and_publishes_nothing(home, folder):
    before, runs = published(home), len(rows(home, "lineage.run"))
    outcome = run(home, folder)
    assert (outcome.exit_code, outcome.read) == (0, 0)
    assert published(home) == before
    assert len(rows(home, "lineage.run")) == runs


def test_a_changed_article_changes_its_own_rows_only(home, folder):
    beta = everything(home, "beta")
    (folder / "alpha.md").write_text(article("Alphadrug", nausea=33), encoding="utf-8")
    outcome = run(home, folder)
    assert outcome.read == 1
    assert everything(home, "beta") == beta
    alpha = rows(home, "evidence.published_value", "alpha")
    assert 33 in set(alpha.value) and 30 not in set(alpha.value[alpha.statistic == "count"])


def test_a_file_that_is_gone_keeps_its_rows_and_remove_takes_them_out_until_it_is_named(home, folder):
    from dagster_project import run as engine

    beta = everything(home, "beta")
    text = (folder / "alpha.md").read_text(encoding="utf-8")
    (folder / "alpha.md").unlink()
    assert run(home, folder).given == ["beta"]
    assert len(rows(home, "evidence.article")) == 2  # what a reader cited yesterday does not vanish with a file

    with Warehouse(home) as warehouse:
        engine._mark_removed(warehouse, "alpha")
    (folder / "alpha.md").write_text(text, encoding="utf-8")
    assert run(home, folder).exit_code == 0  # the folder alone does not bring it back
    assert set(rows(home, "evidence.article").article_id) == {"beta"}
    assert set(rows(home, "evidence.published_value").article_id) == {"beta"}
    assert everything(home, "beta") == beta
    with Warehouse(home) as warehouse:
        assert {file["article_id"]: file["status"] for file in warehouse.rows("pipeline.source_file")}["alpha"] == "removed"

    run(home, folder / "alpha.md")
    assert set(rows(home, "evidence.article").article_id) == {"alpha", "beta"}


BAD = {
    "missing": (None, "no such file"),
    "empty": (b"", "empty"),
    "binary": (BINARY, "neither UTF-8"),
    "no trial": (NO_TRIAL.encode(), "trial"),
}


@pytest.fixture(scope="module")
def bad_run(tmp_path_factory):
    """One run on all bad inputs, after a good one."""
    place = tmp_path_factory.mktemp("bad")
    home, good = place / "home", place / "good.md"
    good.write_text(article("Alphadrug"), encoding="utf-8")
    assert run(home, good).exit_code == 0
    before = everything(home)
    paths = {}
    for name, (content, _) in BAD.items():
        paths[name] = place / f"{name.replace(' ', '_')}.txt"
        if content is not None:
            paths[name].write_bytes(content)
    return home, before, paths, run(home, *paths.values())


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_with_one_line(bad_run, name):
    _, _, paths, outcome = bad_run
    reasons = {each["source_path"]: each["reason"] for each in outcome.refused}
    reason = reasons[str(paths[name])]
    assert BAD[name][1] in reason and "\n" not in reason


def test_bad_input_adds_its_quarantine_row_and_nothing_else(bad_run):
    home, before, paths, outcome = bad_run
    assert outcome.exit_code == 3
    after = everything(home)
    assert set(rows(home, "quality.quarantine").article_id) == {path.stem for path in paths.values()}
    assert {name for name in after if after[name] != before[name]} == {"quality.quarantine"}


def test_a_file_that_becomes_unreadable_keeps_its_earlier_rows(home, folder):
    before = everything(home)
    (folder / "alpha.md").write_bytes(b"")
    outcome = run(home, folder)
    assert outcome.exit_code == 3 and [each["article_id"] for each in outcome.refused] == ["alpha"]
    after = everything(home)
    assert {name for name in after if after[name] != before[name]} == {"quality.quarantine"}
    # it is not tried again until it changes, but the run still says so
    again = run(home, folder)
    assert again.exit_code == 3 and again.read == 0
    (folder / "alpha.md").write_text(article("Alphadrug"), encoding="utf-8")
    assert run(home, folder).exit_code == 0
    assert rows(home, "quality.quarantine").empty


def test_two_files_of_one_stem_get_ids_that_last(home, folder, tmp_path):  # alpha is known already
    other = tmp_path / "other" / "alpha.txt"
    other.parent.mkdir()
    other.write_text(article("Gammadrug"), encoding="utf-8")
    run(home, folder / "alpha.md", other)
    assert set(rows(home, "evidence.article").article_id) == {"alpha", "alpha-2", "beta"}
    assert run(home, other).given == ["alpha-2"]


def test_a_correction_is_applied_and_shown_with_the_original(home, folder):
    from dagster_project.run import record_correction

    values = rows(home, "evidence.published_value", "alpha").query("statistic == 'count' and value == 30 and source_kind == 'table'")
    value_id = values.value_id.iloc[0]
    record_correction(home, value_id, "31", "misprint, see the registry", "A. Reviewer")
    beta = everything(home, "beta")
    run(home, folder)
    assert rows(home, "quality.correction").status.tolist() == ["applied"]
    kept = rows(home, "evidence.published_value", "alpha").set_index("value_id")
    assert kept.printed[value_id] == "30"
    assert 31 in set(rows(home, "evidence.adverse_event", "alpha").n)
    with Evidence(home) as evidence:
        place = evidence.trace(value_id)[0]
    assert (place["printed"], place["corrected_to"], place["reviewer"]) == ("30", "31", "A. Reviewer")
    assert everything(home, "beta") == beta


def test_a_stop_that_breaks_on_one_article_spares_the_others(folder, tmp_path, monkeypatch):
    from trialmart import audit

    real = audit.check

    def check(published_value, *others):
        if (published_value.article_id == "alpha").any():
            raise ZeroDivisionError("made up")
        return real(published_value, *others)

    monkeypatch.setattr(audit, "check", check)
    home = tmp_path / "new"
    outcome = run(home, folder)
    assert outcome.exit_code == 3
    assert [(each["article_id"], each["reason"]) for each in outcome.refused] == [
        ("alpha", "number_check failed: ZeroDivisionError: made up")
    ]
    assert set(rows(home, "quality.number_check").article_id) == {"beta"}
    assert set(rows(home, "evidence.article").article_id) == {"alpha", "beta"}


def test_other_processes_make_the_same_rows(first, folder, tmp_path, monkeypatch):
    from assets import batches

    monkeypatch.setattr(batches, "SPREAD", 1)
    monkeypatch.setattr(batches, "SHARE", 1)
    other = tmp_path / "other"
    assert run(other, folder, workers=2).exit_code == 0
    assert everything(other) == everything(first[0])
    assert not (other / "batches").exists()
