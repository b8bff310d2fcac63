"""Prose cut into sentences, each with its characters evened out but none moved: offsets in a sentence are offsets in its passage.

Belongs here: what print does to characters (dashes, dots, LaTeX dollars) and where a sentence ends. Does not: what it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trialmart.document import Passage
from trialmart.extraction.prose_words import lower, words_of

#: Each to one character, so that offsets stay. Dashes of all kinds become the hyphen, the middle dots of some journals the full stop.
EVEN = str.maketrans(
    {**{c: "-" for c in "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"}, **{c: "." for c in "\u00b7\u2219\u22c5\u2027\uff0e"},
     **{c: " " for c in "$\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u200a\u200b\n\r\t"}, "\u2264": "\u2264", "\u2a7d": "\u2264", "\u2266": "\u2264", "\u2a7e": "\u2265", "\u2267": "\u2265",
     "\uff1c": "<", "\uff1e": ">", "\uff1d": "=", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\uff05": "%", "\u223c": "~"}
)  # fmt: skip
_END = re.compile(r"[.?!][\"')\]]*\s+(?=[\"'(\[]?\s*[A-Z0-9\u0370-\u03ff-])")
#: A full stop after one of these ends no sentence.
_SHORT = frozenset(
    "vs v fig figs tab ref refs eq no nos dr prof e.g i.e cf ca approx al st inc ltd resp sec suppl vol pp ed eds viz etc".split()
)
_OPENING_WORD = re.compile(
    r"\s*(?:The|For|In|At|After|Among|All|Both|Of|No|There|This|These|We|Patients|Participants|Subjects|However|Overall|During|Compared)\s"
)
_NAMED_BY_LETTER = re.compile(r"\b(?:arm|group|cohort|arms|groups|and)\s+[A-Z]$")
_DIGIT = re.compile(r"[0-9]")
_MAY_COUNT = re.compile(
    r"\b(?:none|no|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|neither|all|significan|similar|higher|lower|most common)"
)
#: What a sentence without digits must hold to be read: a count in words, or a claim.
_WORTH_READING = re.compile(
    r"[Nn]one\b|\b[Nn]o\s|\b(?:[Oo]ne|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|[Tt]en|[Ee]leven|[Tt]welve)\b|teen\b|nty\b|rty\b|fty\b|ety\b|hty\b|signific|differ|most\s|than\b|compared"
)
_CLAIMING = ("most ", "no ", "not ", "significant", "than", "compared", "relative")
#: Words that are numbers, and the number that each is.
NUMBER_WORDS = {"none": 0, "no": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
                "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
                "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100}  # fmt: skip
_COUNTING = frozenset(NUMBER_WORDS)


@dataclass(slots=True)
class Sentence:
    """`text` is the evened sentence; its first character stands at `start` in the passage. `digits`: whether it holds any.

    `low` is the text in lower case, `words` what `words_of` makes of it: most readers ask it first whether the sentence concerns them.
    """

    text: str
    start: int
    passage: Passage
    section: str
    heading: str
    table_id: str | None
    digits: bool
    low: str
    words: set[str]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the article's text of the sentence's characters [start, end)."""
        return self.passage.place(self.start + start, self.start + end)


_ODD = {chr(odd): plain for odd, plain in EVEN.items()}


def even(text: str) -> str:
    """The text with the characters of EVEN replaced, none moved."""
    if text.isascii() and "$" not in text and "\n" not in text and "\t" not in text and "\r" not in text:
        return text
    for odd, plain in _ODD.items():  # one search each: most texts hold few of them
        if odd in text:
            text = text.replace(odd, plain)
    return text


#: A comma that may be a decimal one (`5,24`), and the prints that cannot be read otherwise: `0,02`, `67,9%`, `SD 5,75`.
_DECIMAL_COMMA = re.compile(r",(?<=\d,)(?<!\d{4},)(?<!\[\d,)(?<!\[\d\d,)(?=\d{1,2}(?![\d,\]]))")
_PLAINLY_DECIMAL = re.compile(r"(?<![\d.,])(?:0,\d{2,3}(?![\d,])|\d{1,3},\d{1,2}\s?%)|\b(?:SD|sd|\u00b1)\s?=?\s?\d{1,3},\d{1,2}(?![\d,])")


def with_points(text: str) -> str:
    """The text with its decimal commas as points, where it plainly uses such."""
    if "," not in text or not _DECIMAL_COMMA.search(text) or not _PLAINLY_DECIMAL.search(text):
        return text
    return _DECIMAL_COMMA.sub(".", text)


def holds(text: str, words: Iterable[str]) -> bool:
    """Whether any of the words stands in the text: a cheap test before a costly pattern."""
    return any(map(text.__contains__, words))


def sentences(passage: Passage, section: str, heading: str = "", table_id: str | None = None) -> Iterator[Sentence]:
    """The sentences that may hold a figure or a claim about one."""
    text = with_points(even(passage.words))
    start, digit = 0, -1  # where the next digit stands
    for end in _ends(text):
        if digit < start:
            m = _DIGIT.search(text, start)
            digit = m.start() if m else len(text)
        digits = digit < end
        if digits or section != "methods":
            piece = text[start:end]
            low = lower(piece)
            words = words_of(low)
            if digits or _may_tell(piece, low, words, section):
                yield Sentence(piece, start, passage, section, heading, table_id, digits, low, words)
        start = end


def _ends(text: str) -> list[int]:
    """Where the sentences of a text end, the spaces behind them included."""
    ends = [
        m.end()
        for m in _END.finditer(text)
        if text[at := m.start()] != "." or text[at - 6 : at].isalpha() or not _is_short(text, at) or _ends_anyway(text, at)
    ]
    ends.append(len(text))
    return ends


def _may_tell(piece: str, low: str, words: set[str], section: str) -> bool:
    """Whether a sentence without digits may hold a count in words or, outside the discussion, a claim."""
    if _COUNTING.isdisjoint(words) and (section == "discussion" or not holds(low, _CLAIMING)):
        return False
    return _MAY_COUNT.search(low) is not None and _WORTH_READING.search(piece) is not None


def _is_short(text: str, stop: int) -> bool:
    """Whether the word before a full stop is one that is written with it, or an initial."""
    last = text[stop - 1 : stop]
    if not last.isalpha() and not last.isspace() and text[stop - 2 : stop - 1] != ".":
        return False
    words = text[max(0, stop - 10) : stop].rsplit(None, 1)
    word = words[-1].lstrip("([\"'") if words else ""
    if len(word) > 5:
        return False
    return word.lower() in _SHORT or len(word) == 1 and word.isalpha() or len(word) == 3 and word[1] == "." and word[0].isalpha()


def _ends_anyway(text: str, stop: int) -> bool:
    """A lone capital is an abbreviation in `J. Smith` and the end of a name in `arm B. The` and `vitamin D. For each`."""
    return _NAMED_BY_LETTER.search(text[max(0, stop - 10) : stop]) is not None or (
        text[stop - 2 : stop - 1] == " " and _OPENING_WORD.match(text, stop + 1) is not None
    )
