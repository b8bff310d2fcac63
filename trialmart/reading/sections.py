"""Headings and the part of an article that they open.

Belongs here: the words that journals print above sections, for every format that has no markup of section types. Does not: how a
format sets a heading.
"""

from __future__ import annotations

import functools
import re

ABSTRACT, INTRODUCTION, METHODS, RESULTS, DISCUSSION, NOTES, OTHER = (
    "abstract",
    "introduction",
    "methods",
    "results",
    "discussion",
    "notes",
    "other",
)

_WORDS = {
    ABSTRACT: "abstract|summary|synopsis|structured abstract",
    INTRODUCTION: "introduction|background|background and (?:aims?|objectives?|purpose)|rationale|introduction and (?:aims?|objectives?)",
    METHODS: r"(?:(?:materials?|patients?|subjects?|participants|study population|design|experimental design|research design) and )?"
    r"methods?(?: and (?:materials?|patients|analysis|design|findings))?|methodology|study design and methods|methods/design"
    r"|experimental procedures|trial design and methods",
    RESULTS: "results?|findings|results and discussion|main results",
    DISCUSSION: "discussion|conclusions?|comments?|interpretation|discussion and conclusions?|limitations|strengths and limitations"
    "|concluding remarks|discussion/conclusion",
    NOTES: r"notes|acknowledge?ments?|funding|funding sources?|disclosures?|supplementary (?:materials?|information|data)|data sharing(?: statement)?"
    r"|supporting information|author(?:s['’]?)? contributions?|contributors|competing interests|(?:declaration of )?conflicts? of interests?"
    r"|declarations?|ethics(?: statement| approval.*)?|footnotes|abbreviations|role of the funding source|pre-publication history"
    r"|availability of data.*|source of funding|financial (?:support|disclosure)s?|additional information|trial registration|key words|keywords"
    r"|authors?['’]? affiliations?",
    OTHER: r"references?|bibliography|literature cited|works cited|related (?:articles?|content|reading|links)|more like this|more from .*"
    r"|recommended(?: articles| reading| for you)?|you may also like|cited by|citing articles?|similar articles?|article categories|resources"
    r"|about(?: us)?|subscriptions?|stay connected|follow us|publications|most (?:read|cited|popular).*|trending(?: now)?|.{0,40}\bjobs|careers?"
    r"|advertisements?|sponsored(?: content)?|comments? \(\d+\)|share(?: this)?(?: article)?|metrics|citations?|download (?:pdf|citation)|quick take"
    r"|editorial|newsletters?|sign up.*|permissions|contents|table of contents|author info(?:rmation)?.*",
}
_KNOWN = {section: re.compile(rf"(?:{words})", re.IGNORECASE) for section, words in _WORDS.items()}

# what a structured abstract calls its parts
ABSTRACT_PART = re.compile(
    r"(?:background|context|importance|introduction|purpose|aims?|objectives?|hypothesis|rationale|patients?|participants|(?:study )?design"
    r"|setting|interventions?|(?:patients|materials|subjects) and methods|methods?|methodology|methodology/principal findings|methods and findings|methods?/(?:design|principal findings)"
    r"|main outcomes?(?: and)?(?: measures?)?|outcome measures?|measurements?|results?|principal findings|main results|findings"
    r"|conclusions?(?:s? and relevance)?|conclusions?/significance|interpretation|trial registration(?: number)?|clinical trials? registration"
    r"|registration|funding|level of evidence|significance|limitations|discussion|keywords?|key words)"
    r"(?: (?:and|&) (?:aims?|objectives?|purpose|design|setting|methods|patients|participants|interventions?|measurements?|(?:main )?results|findings|relevance))*",
    re.IGNORECASE,
)
CLOSING_PART = re.compile(r"(?:conclusions?.*|interpretation|significance|discussion)", re.IGNORECASE)

_NUMBERING = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})*\.?|[IVX]{1,5}\.)\s+")
_SMALL = frozenset("a an and as at by for from in into of on or the to with versus vs vs. per plus".split())


def bare(heading: str) -> str:
    """A heading without its number, emphasis and end colon, spaces collapsed."""
    heading = " ".join(heading.replace("*", "").replace("_", " ").strip("# ").split())
    return _NUMBERING.sub("", heading).rstrip(":. ")


@functools.lru_cache(maxsize=4096)  # the same headings come in every article
def section_of(heading: str) -> str | None:
    """The section that a heading opens by its words; None where they do not tell (a subheading)."""
    if len(heading) > 110:
        return None
    words = bare(heading)
    for section, pattern in _KNOWN.items():
        if pattern.fullmatch(words):
            return section
    return None


def looks_like_heading(line: str) -> bool:
    """Whether a line by itself is set as a heading: short, starts big, no end of a sentence."""
    if len(line) > 110:
        return False
    words = bare(line).split()
    if not words or len(words) > 14 or line.rstrip()[-1:] in ".,;!?)]" or not words[0][:1].isalpha():
        return False
    if section_of(line):
        return True
    if not words[0][:1].isupper() or re.search(r"[;@=]|https?:|\bdoi\b|\.gov\b|\d{5}", line, re.IGNORECASE):
        return False
    letters = [word for word in words if word[:1].isalpha()]
    titled = sum(word[:1].isupper() or word.lower() in _SMALL for word in letters)
    return titled == len(letters) or len(words) <= 5


class Outline:
    """Where a reader stands in an article while it goes down the page: the section and the nearest heading.

    `later` tells whether a heading's words occur again further down, which decides whether `Methods` below an abstract is its part.
    """

    def __init__(self) -> None:
        self.section = OTHER
        self.heading = ""
        self._seen: set[str] = set()
        self._abstract_parts: set[str] = set()
        self._run_in = False
        self._closing = False
        self._paragraphs = 0
        self._chrome = False
        self._abstract_left = False
        self._abstract_level = 0

    def open(self, heading: str, later: bool = False, level: int = 0) -> None:
        """level: of a heading that is marked up; one as high as the abstract's own ends the abstract."""
        words = bare(heading).lower()
        section = section_of(heading)
        below = level > self._abstract_level > 0 and words not in self._abstract_parts
        below = below and not (self._closing and section in (INTRODUCTION, METHODS, RESULTS))
        if self.section == ABSTRACT and (below or (not level and self._is_abstract_part(words, section, later))):
            self._abstract_parts.add(words)
            self._closing |= bool(CLOSING_PART.fullmatch(words))
            self._paragraphs = 0
            self.heading = heading
            return
        self.heading = heading
        if section is None:
            if self.section in (ABSTRACT, "title"):
                self.section = INTRODUCTION if self.section == ABSTRACT else OTHER
            elif self.section == NOTES and METHODS in self._seen and not self._seen & {RESULTS, DISCUSSION}:
                self.section = METHODS  # a statement on ethics among the methods
            return
        if self._chrome and not (section in (METHODS, RESULTS, DISCUSSION) and section not in self._seen):
            self.section = OTHER if section != NOTES else NOTES
            return
        if section == OTHER and self.section in (ABSTRACT, INTRODUCTION):
            self._abstract_left = True  # an advert between abstract and introduction
        # what stands below a reference list is the site, not the article
        self._chrome = section == OTHER and bool({METHODS, RESULTS, DISCUSSION} & self._seen)
        self._seen.add(section)
        self.section = section
        self._abstract_level = level if section == ABSTRACT else self._abstract_level
        self._abstract_parts, self._closing, self._paragraphs = set(), False, 0

    def open_part(self, part: str, text: str) -> None:
        """A part of the abstract that is named at the start of its paragraph; several parts may run on in one."""
        self.heading = part
        self._abstract_parts.add(bare(part).lower())
        self._run_in = True
        self._closing |= bool(CLOSING_PART.fullmatch(part)) or re.search(r"\b(?:Conclusions?|Interpretation)[.:]\s", text) is not None
        self._paragraphs = 0

    def paragraph(self, introduction_follows: bool = True, long: bool = True) -> str:
        """The section of the next paragraph. An abstract ends below its conclusions, an unstructured one after its first paragraph,
        unless an introduction has a heading of its own (`introduction_follows`). A long one below an advert there is the introduction."""
        if self._abstract_left and self.section == OTHER and long and not self._seen & {METHODS, RESULTS, DISCUSSION}:
            self.section, self.heading = INTRODUCTION, ""
        if self.section == ABSTRACT and not introduction_follows:
            over = self._paragraphs >= 1 and (self._closing or not self._abstract_parts)
            if over:
                self.section, self.heading = INTRODUCTION, ""
        self._paragraphs += 1
        return self.section

    def _is_abstract_part(self, words: str, section: str | None, later: bool) -> bool:
        if not ABSTRACT_PART.fullmatch(words) or words in self._abstract_parts or self._closing and section not in (NOTES, None):
            return False
        if self._run_in and section is not None:
            return False  # parts that are named in their paragraphs have no headings
        if self._abstract_parts or not self._paragraphs:
            return True
        return later
