"""Whether what was read is a trial at all.

Belongs here: that one question. Does not: whether the trial was read well (status and message of article and tables).
"""

from __future__ import annotations

import re

from trialmart.document import Article
from trialmart.extraction.values import Extraction

_TOLD = re.compile(r"random|placebo|\btrial|double[- ]blind|crossover|cross-over|\barms?\b|control(?:led)? group", re.IGNORECASE)


def why_no_trial(article: Article, extraction: Extraction) -> str | None:
    """One line that says why the text is no trial article; None where it may be one.

    Lenient on purpose: a text is refused only if it names no arms and has none of the words that every report of a trial uses, or if it
    prints no figure at all. A wrong refusal loses an article, a wrong admission only adds rows that say little.
    """
    if not extraction.values and not article.tables:
        return "no trial article: the text prints no results"
    if len(extraction.arms) < 2 and not _TOLD.search(article.text):
        return "no trial article: the text names no arms and no randomization"
    return None
