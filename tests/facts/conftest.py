"""Typed tables of PALOMA-2's figures, made once."""

import pytest

from tests.facts.page import frames
from tests.facts.paloma import paloma


@pytest.fixture(scope="session")
def published() -> dict:
    return frames(paloma())


@pytest.fixture(scope="session")
def typed(published) -> dict:
    from trialmart.facts import typed_tables

    return {name.removeprefix("evidence."): frame for name, frame in typed_tables(**published).items()}
