"""Fixtures that every test may use."""

import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> pathlib.Path:
    """The folder beside the project with the real articles. They are not ours to ship, so elsewhere these tests skip."""
    folder = ROOT.parent / "shared"
    if not (folder / "articles").is_dir():
        pytest.skip("needs ../shared with the real articles, which cannot be shipped")
    return folder
