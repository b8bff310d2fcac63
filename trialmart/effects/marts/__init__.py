"""The marts: typed tables with the statistics that an analyst needs beside them.

Belongs here: which rows are compared with which, which of two printed figures is used, what is said about it. Does not: the statistics
(trialmart/effects) and the facts (trialmart/facts). Each function returns (frame, derivation).
"""

from trialmart.effects.marts.efficacy import efficacy
from trialmart.effects.marts.safety import safety
from trialmart.effects.marts.study_summary import study_summary
from trialmart.effects.marts.subgroup import subgroup

__all__ = ["efficacy", "safety", "study_summary", "subgroup"]
