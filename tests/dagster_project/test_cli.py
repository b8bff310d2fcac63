"""The real command on the shipped article, in a temporary home."""

from __future__ import annotations

import csv
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_status_tells_what_is_published(finished_home, trialmart):
    told = json.loads(trialmart("status", "--json", home=finished_home).stdout)
    assert told["articles"] == 1 and told["tables_found"] == told["tables_extracted"] == 3
    assert told["values"] > 500 and told["last_run"]["run_id"]
    plain = trialmart("status", home=finished_home).stdout
    assert "paloma2" in plain and "\x1b[" not in plain  # colours only on a terminal


def test_summary_of_a_run_is_json_where_asked(finished_home, trialmart):
    done = trialmart("run", ROOT / "articles" / "paloma2.md", "--draws", "1", "--json", home=finished_home)
    told = json.loads(done.stdout)
    assert told["exit_code"] == done.returncode == 0
    assert told["read"] == 0  # nothing has changed since the fixture's run
    assert pathlib.Path(told["database"]).exists() and pathlib.Path(told["report"]).exists()


def test_trace_leads_to_the_printed_characters(finished_home, trialmart):
    (row,) = query(finished_home, trialmart, "SELECT row_id FROM mart.safety ORDER BY risk_difference DESC LIMIT 1")
    places = json.loads(trialmart("trace", row["row_id"], "--json", home=finished_home).stdout)
    text = (ROOT / "articles" / "paloma2.md").read_text(encoding="utf-8")
    assert len({place["value_id"] for place in places}) >= 2  # a count from each arm at least
    for place in places:
        assert text[place["char_start"] : place["char_end"]] == place["quote"]
        assert text.split("\n")[place["line"] - 1].find(place["quote"].split("\n")[0]) >= 0
    shown = trialmart("trace", row["row_id"], home=finished_home)
    assert shown.returncode == 0 and f"line {places[0]['line']}" in shown.stdout


def query(home, trialmart, text):
    done = trialmart("sql", text, home=home)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_sql_reads_and_cannot_write(finished_home, trialmart):
    assert query(finished_home, trialmart, "SELECT count(*) AS n FROM evidence.arm")[0]["n"] == "2"
    written = trialmart("sql", "DELETE FROM evidence.arm", home=finished_home)
    assert written.returncode == 1 and "read-only" in written.stderr and "Traceback" not in written.stderr


def test_the_shell_goes_on_after_an_error(finished_home, trialmart):
    done = trialmart("sql", home=finished_home, input="SELEKT 1;\nSELECT 6 * 7 AS answer;\n\\q\n")
    assert "42" in done.stdout and done.stderr.count("\n") == 1


@pytest.mark.parametrize("form", ["csv", "parquet", "metafor", "ard", "xlsx"])
def test_exports_can_be_read_back(finished_home, trialmart, tmp_path, form):
    import pandas as pd

    done = trialmart("export", "--format", form, "--out", tmp_path, home=finished_home)
    assert done.returncode == 0, done.stderr
    files = {pathlib.Path(line).name: pathlib.Path(line) for line in done.stdout.splitlines()}
    n_safety = int(query(finished_home, trialmart, "SELECT count(*) AS n FROM mart.safety")[0]["n"])
    if form == "csv":
        assert len(pd.read_csv(files["mart.safety.csv"])) == n_safety
    elif form == "parquet":
        assert len(pd.read_parquet(files["mart.safety.parquet"])) == n_safety
    elif form == "xlsx":
        assert len(pd.read_excel(files["marts.xlsx"], sheet_name="safety")) == n_safety
    elif form == "metafor":
        effects = pd.read_csv(files["effects.csv"])
        assert {"yi", "vi", "sei", "slab"} <= set(effects) and ((effects.sei**2 - effects.vi).abs() < 1e-12).all() and len(effects)
        assert len(pd.read_csv(files["events.csv"])) == n_safety
    else:
        ard = pd.read_csv(files["ard.csv"])
        assert {"group1", "group1_level", "variable", "variable_level", "stat_name", "stat_label", "stat"} <= set(ard)
        assert (ard[ard.context == "mart.safety"].stat_name == "events").sum() == n_safety


@pytest.mark.parametrize(
    "words",
    [
        ["run", "--draws", "0"],
        ["run", "--workers", "x"],
        ["run", "--workers", "2", "--cluster", "tcp://127.0.0.1:1"],
        ["export"],
        ["nonsense"],
        [],
    ],
)
def test_wrong_options_are_status_2(trialmart, words):
    done = trialmart(*words)
    assert done.returncode == 2 and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [["status"], ["trace", "x"], ["sql", "SELECT 1"], ["export", "--format", "csv"], ["remove", "x"], ["run", "--curves", "nowhere.csv"],
     ["correct", "x", "--to", "1", "--reason", "y"]],
)  # fmt: skip
def test_trouble_is_one_line(trialmart, tmp_path, words):
    done = trialmart(*words, home=tmp_path / "new")
    assert done.returncode == 1
    assert done.stderr.startswith("trialmart: ") and done.stderr.count("\n") == 1


def test_the_published_file_cannot_be_written_to_and_a_reader_keeps_its_own(finished_home):
    link = finished_home / "evidence.duckdb"
    assert link.is_symlink() and not os.access(os.path.realpath(link), os.W_OK) or os.geteuid() == 0
    assert os.stat(link).st_mode & 0o222 == 0


def test_the_ui_shows_the_run(finished_home):
    import dagster as dg

    with dg.DagsterInstance.from_config(str(finished_home / "dagster")) as instance:
        assert not instance.telemetry_enabled
        run = instance.get_runs()[-1]
        assert run.job_name == "everything" and run.status == dg.DagsterRunStatus.SUCCESS
        first = instance.fetch_materializations(dg.AssetKey(["mart", "safety"]), limit=1, ascending=True).records[0]
        metadata = first.asset_materialization.metadata
        assert metadata["dagster/row_count"].value > 0 and "preview" in metadata and "dagster/column_lineage" in metadata


def test_remove_takes_an_article_out(finished_home, trialmart, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(finished_home, home, symlinks=True)
    done = trialmart("remove", "paloma2", home=home)
    assert done.returncode == 0, done.stderr
    assert query(home, trialmart, "SELECT count(*) AS n FROM mart.safety")[0]["n"] == "0"
    assert trialmart("remove", "paloma2", home=home).returncode == 1


def test_dg_and_the_workspace_know_one_code_location():
    listed = subprocess.run(
        [str(pathlib.Path(sys.executable).with_name("dg")), "list", "defs", "--json"], capture_output=True, text=True, cwd=ROOT
    )
    assert listed.returncode == 0, listed.stderr[-500:]
    assert "everything" in listed.stdout
    import tomllib

    import yaml

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["dg"]["project"]
    (location,) = yaml.safe_load((ROOT / "workspace.yaml").read_text())["load_from"]
    assert location["python_module"]["location_name"] == project["code_location_name"] == "trialmart"
    assert location["python_module"]["module_name"] == project["code_location_target_module"]
