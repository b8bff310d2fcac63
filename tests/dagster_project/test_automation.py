"""Schedules and sensors, evaluated as the daemon does; the definitions as the UI loads them."""

from __future__ import annotations

import datetime
import os

import dagster as dg
import pytest

from dagster_project.build import build_defs
from dagster_project.schedules import daily
from dagster_project.sensors import article_folder, failed_run


@pytest.fixture
def watched(tmp_path, monkeypatch):
    monkeypatch.setenv("TRIALMART_ARTICLES", str(tmp_path))
    return tmp_path


def tick(cursor):
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance, cursor=cursor, definitions=build_defs())
        data = article_folder.evaluate_tick(context)
    return data.run_requests, data.skip_message, data.cursor


def test_the_sensor_asks_for_a_run_when_an_article_is_new_or_changed(watched):
    requests, message, cursor = tick(None)
    assert not requests and message
    article = watched / "new.md"
    article.write_text("one")
    (watched / "new.curves.csv").write_text("beside it")
    requests, _, cursor = tick(cursor)
    assert len(requests) == 1 and requests[0].tags["trialmart/articles"] == "new.md"
    assert requests[0].run_config["resources"]["pipeline"]["config"]["sources"] == [str(watched)]
    first = requests[0].run_key
    requests, message, cursor = tick(cursor)
    assert not requests and message
    article.write_text("another")
    os.utime(article, ns=(1, 1))
    requests, _, cursor = tick(cursor)
    assert len(requests) == 1 and requests[0].run_key != first


def test_the_sensor_says_so_when_the_folder_is_missing(watched, monkeypatch):
    monkeypatch.setenv("TRIALMART_ARTICLES", str(watched / "nowhere"))
    requests, message, _ = tick(None)
    assert not requests and "nowhere" in message


def test_the_schedule_asks_for_the_whole_graph_every_morning():
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_schedule_context(
            instance=instance, scheduled_execution_time=datetime.datetime(2026, 1, 2, 5, tzinfo=datetime.UTC)
        )
        data = daily.evaluate_tick(context)
    assert len(data.run_requests) == 1
    assert (daily.job_name, daily.cron_schedule, daily.default_status) == ("everything", "0 5 * * *", dg.DefaultScheduleStatus.RUNNING)


def test_the_failure_sensor_tells_run_and_step(capfd):
    @dg.op
    def breaks():
        raise RuntimeError("no paper in the tray")

    @dg.job
    def broken():
        breaks()

    with dg.DagsterInstance.ephemeral() as instance:
        result = broken.execute_in_process(instance=instance, raise_on_error=False)
        context = dg.build_run_status_sensor_context(
            "failed_run", result.get_run_failure_event(), instance, result.dagster_run
        ).for_run_failure()
        capfd.readouterr()
        failed_run(context)
    told = capfd.readouterr().err.splitlines()
    assert len(told) == 2
    assert result.run_id in told[0] and "step breaks: RuntimeError: no paper in the tray" in told[1]


def test_the_definitions_load_and_one_pool_keeps_writers_apart():
    definitions = build_defs()
    dg.Definitions.validate_loadable(definitions)
    assert {each.name for each in definitions.sensors} == {"article_folder", "failed_run"}
    for asset in definitions.resolve_asset_graph().asset_nodes:
        assert asset.pools == {"warehouse"} or asset.key == dg.AssetKey(["published", "report"])


def test_a_production_run_without_any_config_materializes_the_folder(tmp_path, monkeypatch):
    from tests.dagster_project.small import _NoChecker, article, rows

    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "alpha.md").write_text(article("Alphadrug"))
    monkeypatch.setenv("TRIALMART_ARTICLES", str(articles))
    monkeypatch.setenv("TRIALMART_HOME", str(tmp_path / "home"))
    from dagster_project import expectations

    monkeypatch.setattr(expectations, "start", _NoChecker)
    monkeypatch.setattr(expectations, "check", lambda warehouse, handle: expectations.contract_results(warehouse))
    with dg.DagsterInstance.ephemeral() as instance:
        job = build_defs().resolve_job_def("without_survival")
        assert job.execute_in_process(instance=instance).success
    assert rows(tmp_path / "home", "evidence.article").article_id.tolist() == ["alpha"]
