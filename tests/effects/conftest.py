"""Marts of PALOMA-2's figures, made once."""

import pandas as pd
import pytest

from tests.facts.page import frames
from tests.facts.paloma import paloma
from trialmart.effects import marts
from trialmart.facts import typed_tables


@pytest.fixture(scope="session")
def inputs() -> dict[str, pd.DataFrame]:
    """Published frames and typed tables under their own names."""
    published = frames(paloma())
    return published | {name.removeprefix("evidence."): frame for name, frame in typed_tables(**published).items()}


@pytest.fixture(scope="session")
def made(inputs) -> dict[str, pd.DataFrame]:
    """The marts."""
    values, arm = inputs["published_value"], inputs["arm"]
    article = inputs["article"].assign(title=None, journal=None, year=2016, nct_id="NCT1", doi=None)
    found = {
        "safety": marts.safety(inputs["adverse_event"], arm, values),
        "efficacy": marts.efficacy(inputs["comparison"], inputs["response"], inputs["time_to_event"], values, arm),
        "subgroup": marts.subgroup(inputs["subgroup_effect"], values),
    }
    checks = pd.DataFrame({"article_id": ["p2", "p2"], "verdict": ["impossible", "consistent"], "severity": ["critical", "info"]})
    frames_of = {name: frame for name, (frame, _) in found.items()}
    found["study_summary"] = marts.study_summary(article, arm, values, frames_of["efficacy"], frames_of["safety"], checks)
    return {name: frame.assign(**{"_derivation": len(link)}) for name, (frame, link) in found.items()} | {
        "links": pd.concat(link for _, link in found.values())
    }
