"""Fixtures that every test may use. Belongs here: what several test modules share. Does not: golden values."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

# a slow machine is no failure; CI draws the same cases each time, so that a commit is judged by what it changes. Locally they are drawn anew.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

ROOT = pathlib.Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> pathlib.Path:
    """The folder beside the project with the real articles. They are not ours to ship, so elsewhere these tests skip."""
    folder = ROOT.parent / "shared"
    if not (folder / "articles").is_dir():
        pytest.skip("needs ../shared with the real articles, which cannot be shipped")
    return folder


@pytest.fixture(scope="session")
def trialmart() -> Callable[..., subprocess.CompletedProcess[str]]:
    """The real command in a process of its own: `trialmart("run", path, home=...)`."""

    def call(*arguments: object, home: pathlib.Path | None = None, **options: object) -> subprocess.CompletedProcess[str]:
        words = [str(word) for word in arguments] + (["--home", str(home)] if home is not None else [])
        return subprocess.run(
            [sys.executable, "-m", "dagster_project.cli", *words], capture_output=True, text=True, cwd=ROOT, timeout=300, **options  # type: ignore[call-overload]
        )  # fmt: skip

    return call


@pytest.fixture(scope="session")
def finished_home(tmp_path_factory: pytest.TempPathFactory, trialmart: Callable[..., subprocess.CompletedProcess[str]]) -> Iterator[pathlib.Path]:
    """A home after one run on the shipped article. Read it, don't write to it."""
    home = tmp_path_factory.mktemp("home")
    done = trialmart("run", ROOT / "articles", "--draws", "1", home=home)
    assert done.returncode in (0, 3), done.stderr
    yield home
