"""Imports point one way, and loading the definitions costs little."""

from __future__ import annotations

import ast
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
ENGINES = {"dagster", "duckdb"}
#: package -> what it must not import
FORBIDDEN = {
    "trialmart": {"schemas", "assets", "dagster_project", "benchmarks", "tests"} | ENGINES,
    "schemas": {"assets", "dagster_project", "benchmarks", "tests"} | ENGINES,
    "assets": {"dagster_project", "duckdb", "benchmarks", "tests"},
    "dagster_project": {"benchmarks", "tests"},
}
HEAVY = {"great_expectations", "lifelines", "matplotlib", "scipy", "statsmodels", "distributed", "pandas", "pandera", "pyarrow", "lxml", "duckdb"}


def imported(path: pathlib.Path) -> set[str]:
    """Top-level names of every module that the file imports, also inside functions."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("package", FORBIDDEN)
def test_imports_point_one_way(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    wrong = {str(path.relative_to(ROOT)): found for path in files if (found := imported(path) & FORBIDDEN[package])}
    assert not wrong


def test_loading_the_definitions_imports_nothing_heavy_and_stays_within_its_budget() -> None:
    command = [sys.executable, "-X", "importtime", "-c", "import dagster_project.definitions"]
    # the best of three: the machine may be busy, the import can't be faster than it is
    runs = [subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True).stderr for _ in range(3)]
    lines = [re.findall(r"import time:\s+(\d+) \|\s+(\d+) \| ( *)(\S+)", run) for run in runs]
    loaded = {name.split(".")[0] for _, _, _, name in lines[0]}
    assert not loaded & HEAVY
    ours = [sum(int(own) for own, _, _, name in run if name.split(".")[0] in FORBIDDEN) for run in lines]
    theirs = [sum(int(own) for own, _, _, name in run if name.split(".")[0] not in FORBIDDEN) for run in lines]
    # our own modules, building the graph included, beside all that Dagster imports: a ratio, since the machine may be busy
    assert min(own / other for own, other in zip(ours, theirs, strict=True)) < 0.8
