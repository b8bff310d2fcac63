"""Stops worked out behind the reading: which they are, and that their rows are those of the stops' own turn."""

from __future__ import annotations

import pytest

import schemas
from assets import ahead, all_assets
from assets.batches import Result, of_articles, one_batch
from assets.frames import Frames
from assets.stop import STOPS
from dagster_project.extractor import Source, extract_chunk
from tests.dagster_project.small import article


@pytest.fixture(scope="module", autouse=True)
def graph():
    all_assets()


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """(rows by table, articles) of three small articles."""
    folder = tmp_path_factory.mktemp("ahead")
    sources = []
    for name, nausea in (("c", 30), ("a", 41), ("b", 12)):
        (folder / f"{name}.md").write_text(article(f"Drug{name}", nausea=nausea), encoding="utf-8")
        sources.append(Source(name, str(folder / f"{name}.md")))
    told: list = []
    list(extract_chunk(sources, str(folder), 60.0, follow=lambda rows, articles, prefix: told.append((rows, articles)) or {}))
    return told[0]


def test_every_stop_whose_sources_the_reading_gives_comes_after_what_it_reads(read):
    rows, _ = read
    names = [stop.name for stop in ahead.stops(rows.keys() | {ahead.CORRECTIONS})]
    assert set(names) == {"number_check", "typed_tables", "efficacy", "safety", "subgroup", "study_summary"}
    assert names.index("typed_tables") < names.index("efficacy") < names.index("study_summary")


def test_survival_waits_for_its_turn_since_a_person_asks_for_it(read):
    rows, _ = read
    assert "survival" not in {stop.name for stop in ahead.stops(set(rows) | {"evidence.curve_point", ahead.CORRECTIONS})}


def test_the_rows_are_those_of_one_article_at_a_time(read, tmp_path):
    import pyarrow.parquet as pq

    rows, articles = read
    made = ahead.follow(rows, articles, str(tmp_path / "x"))
    by_article = Result.empty(STOPS["typed_tables"])
    corrections = schemas.Correction.arrow(schemas.Correction.empty())
    for name in sorted(articles):
        frames = Frames(lambda table, wanted: of_articles((rows | {ahead.CORRECTIONS: corrections})[table], wanted))
        by_article.merge(one_batch(frames, STOPS["typed_tables"], [name], {}))
    worked_on, result = made["typed_tables"]
    assert worked_on == ["a", "b", "c"]
    for model, files, parts in zip(STOPS["typed_tables"].models, result.frames, by_article.frames, strict=True):
        ours = [row for file in files for row in pq.read_table(file).to_pylist()]
        assert sorted(map(repr, ours)) == sorted(repr(row) for part in parts for row in part.to_pylist()), model.name
    assert result.checked == by_article.checked and sum(result.checked) > 0


def test_articles_with_corrections_wait_for_their_stops_turn(read, tmp_path):
    rows, articles = read
    made = ahead.follow(rows, articles, str(tmp_path / "x"), apart={"a", "c"})
    assert {name: articles for name, (articles, _) in made.items()} == dict.fromkeys(made, ["b"]) and made
    assert ahead.follow(rows, articles, str(tmp_path / "y"), apart=set(articles)) == {}
