"""The library, imported when a stop first calls it.

Belongs here: one name for each part of trialmart/ that stops call. Does not: anything else. Loading the definitions, and a run with
nothing to do, must not pay for pandas and scipy.
"""

from __future__ import annotations

import importlib
from typing import Any


class Part:
    """Stands for a module until one of its names is asked for."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self._module), name)


audit = Part("trialmart.audit")
corrections = Part("trialmart.corrections")
facts = Part("trialmart.facts")
marts = Part("trialmart.effects.marts")
sidecar = Part("trialmart.survival.sidecar")
survival = Part("trialmart.survival.tables")
