"""Prose cut into sentences, each with its characters evened out but none moved: offsets in a sentence are offsets in its passage.

Belongs here: what print does to characters (dashes, dots, LaTeX dollars) and where a sentence ends. Does not: what it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trialmart.document import Passage

#: Each to one character, so that offsets stay. Dashes of all kinds become the hyphen, the middle dots of some journals the full stop.
EVEN = str.maketrans(
    {**{c: "-" for c in "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"}, **{c: "." for c in "\u00b7\u2219\u22c5\u2027\uff0e"},
     **{c: " " for c in "$\u2007\u2008\u200a\u200b\n\r\t"}, "\u2264": "\u2264", "\u2a7d": "\u2264", "\u2266": "\u2264", "\u2a7e": "\u2265", "\u2267": "\u2265",
     "\uff1c": "<", "\uff1e": ">", "\uff1d": "=", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\uff05": "%", "\u223c": "~"}
)  # fmt: skip
_END = re.compile(r"[.?!][\"')\]]*\s+(?=[\"'(\[]?\s*[A-Z0-9\u0370-\u03ff-])")
#: A full stop after one of these ends no sentence.
_SHORT = frozenset(
    "vs v fig figs tab ref refs eq no nos dr prof e.g i.e cf ca approx al st inc ltd resp sec suppl vol pp ed eds viz etc".split()
)
_DIGIT = re.compile(r"\d")
_MAY_COUNT = re.compile(
    r"\d|\b(?:none|no|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|neither|all|significan|similar|higher|lower|most common)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Sentence:
    """`text` is the evened sentence; its first character stands at `start` in the passage."""

    text: str
    start: int
    passage: Passage
    section: str
    heading: str = ""
    table_id: str | None = None

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the article's text of the sentence's characters [start, end)."""
        return self.passage.place(self.start + start, self.start + end)


_ODD = re.compile("[" + "".join(re.escape(chr(c)) for c in EVEN) + "]")


def even(text: str) -> str:
    """The text with the characters of EVEN replaced, none moved."""
    return _ODD.sub(lambda m: EVEN[ord(m.group())], text)


def sentences(passage: Passage, section: str, heading: str = "", table_id: str | None = None) -> Iterator[Sentence]:
    """The sentences that may hold a figure or a claim about one."""
    text = even(passage.words)
    start = 0
    for m in _END.finditer(text):
        if text[m.start()] == "." and _is_short(text, m.start()) and not _ends_anyway(text, m):
            continue
        piece = text[start : m.end()]
        if _DIGIT.search(piece) or _MAY_COUNT.search(piece):
            yield Sentence(piece, start, passage, section, heading, table_id)
        start = m.end()
    piece = text[start:]
    if _DIGIT.search(piece) or _MAY_COUNT.search(piece):
        yield Sentence(piece, start, passage, section, heading, table_id)


def _is_short(text: str, stop: int) -> bool:
    """Whether the word before a full stop is one that is written with it, or an initial."""
    words = text[max(0, stop - 10) : stop].split()
    word = words[-1].lstrip("([\"'") if words else ""
    return word.lower() in _SHORT or len(word) == 1 and word.isalpha() or len(word) == 3 and word[1] == "." and word[0].isalpha()


def _ends_anyway(text: str, m: re.Match[str]) -> bool:
    """A lone capital is an abbreviation in `J. Smith` and the name of a group in `arm B. The`."""
    before = text[max(0, m.start() - 10) : m.start()]
    return bool(re.search(r"\b(?:arm|group|cohort|arms|groups|and)\s+[A-Z]$", before))
