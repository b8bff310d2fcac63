"""The names of a trial's groups as its sentences give them, where no table does.

Belongs here: the sentence that tells between what patients were randomized, groups that go by a letter, a title with `versus`. Does not:
names in tables, roles and identity (arms). A sentence that only looks like one of these gives nothing: no arm is better than a scrap.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from trialmart.document import Article, Passage


class Named(NamedTuple):
    """A group's name and where it stands in the article's text."""

    text: str
    short: str  # what a bracket right behind it calls it; empty where none does
    n: int | None  # patients, where a bracket behind it says `n = 30`
    start: int
    end: int


def named_in_sentences(article: Article) -> list[Named]:
    """Two groups or more, or nothing: by the sentence on allocation, else by letters, else by the title."""
    told = [p for p in article.paragraphs if p.section in ("abstract", "methods")]
    for paragraph in told:
        low = paragraph.passage.words.lower()
        if "random" in low or "allocated" in low or "assigned" in low:
            for allocated in ALLOCATED.finditer(paragraph.passage.words):
                if named := _listed(paragraph.passage, allocated):
                    return named
    for paragraph in article.paragraphs:
        if paragraph.section == "title" and (named := _versus(paragraph.passage)):
            return named
    return _lettered([p.passage for p in told])


#: Patients are put into groups. `a randomized trial to evaluate` and `randomly selected from` say nothing about groups.
ALLOCATED = re.compile(
    r"\b(?:randomi[sz]ed|randomly\s(?:be\s|been\s)?(?:assigned|allocated|divided|distributed|split|placed|grouped|randomi[sz]ed|to)|(?:assigned|allocated|divided)(?:\s(?:at\s)?random(?:ly)?)?)\b"
    r"(?P<between>[^.;]{0,70}?)\b(?P<into>to|into|in|between|receive|receiving)\s",
    re.IGNORECASE,
)
NO_GROUPS = re.compile(
    r"\b(?:treatment|intervention|trial|study|studies|stud|design|order|sequence|sample|block|list|number|fashion|manner|population|analysis|participated|according)\b",
    re.IGNORECASE,
)
#: What stands before the names: `one of two groups:`, `either`, `receive`.
BEFORE = re.compile(
    r"\s*(?:(?:either|receive|receiving|be|equally|a|an|the|treatment\swith|undergo|assume|into|to|in|between|of|from|"
    r"(?:one\sof\s)?(?:the\s)?(?:\d|two|three|four|five)\s(?:equal\s|parallel\s|study\s|treatment\s|different\s)*(?:groups?|arms?|regimens?|treatments?)"
    r"(?:\sto\sreceive|\sreceiving|\sof\s\d+\s(?:patients|subjects|participants)\seach|\sas)?|\d+\s(?:patients\s|subjects\s|participants\s)?(?:to|in|into))\s*[:,]?\s+|\(?\d:\d(?::\d)*\)?[,:]?\s+)+",
    re.IGNORECASE,
)
#: Where the list of names is over.
AFTER = re.compile(
    r"[.;]\s|[.;]$|:|\s(?:for|by|using|at|once|twice|daily|every|before|after|during|when|where|while|which|that|as|according|through|stratified|"
    r"followed|performed|each|groups?\sby|on\s(?:the|a|an|day|week|\d)|(?P<verb>was|were|is|are|will)|in\s(?!the\b)|in\sthe\s(?!form)|with\s(?:a|an|the|\w+-generated)\b)"
)
JOINS = re.compile(r"\s*,?\s+(?:or|versus|vs\.?)\s+|\s*,\s+(?!(?:and|or)\b)")
EITHER = re.compile(r"\s*,?\s+or\s+")
JOINS_AND = re.compile(r"\s*,?\s+(?:and|or|versus|vs\.?)\s+|\s*,\s+(?!(?:and|or)\b)")
GROUP_WORD = re.compile(r"\b(?:groups?|arms?)\b", re.IGNORECASE)
LEADING = re.compile(
    r"(?:(?:either|to|to\sreceive|receive|receiving|a|an|the|into|in|of|with|and|\d+(?:\s(?:in|to))?(?!\s?(?:mg|g|kg|ml|mcg|IU|%|h|min)\b)|treatment\swith)\s+)+",
    re.IGNORECASE,
)
TRAILING = re.compile(r"(?:\s+(?:groups?|arms?|study|condition|conditions|treatment|alone\sgroup))+$", re.IGNORECASE)
BRACKET = re.compile(r"\s?[(\[]([^()\[\]]*)[)\]]")
SHORT = re.compile(r"[A-Z][\w+/-]{0,11}|[Gg]roup\s\w{1,3}|[Aa]rm\s\w{1,3}")
N = re.compile(r"\bn\s?=\s?(\d{1,3}(?:,\d{3})+|\d+)\b", re.IGNORECASE)
#: Words that are in no group's name: verbs, and nouns that tell how many groups there are instead of naming one.
NO_NAME = re.compile(
    r"\b(?:is|are|was|were|be|been|being|had|has|have|that|which|who|whom|whose|will|than|then|evaluate|assess|determine|optimi[sz]e|compare[sd]?|examine|"
    r"improve|reduce|lower|higher|one\sof|two|three|both|each|types?|kinds?|various|different|particular|following|same|effects?|efficacy|effectiveness|"
    r"safety|influence|role|use|comparison|study|trial|respectively|ratio|containing|cent(?:er|re)s?|hospitals?|department|university|schools?|"
    r"(?:groups?|arms?)\sof|random\w*|patients|participants|subjects|equal|years?|weeks?|months?|days?)\b",
    re.IGNORECASE,
)
GENERIC = re.compile(r"(?:treatments?|study|therapy|groups?|arms?|allocation|first|second|other|another)", re.IGNORECASE)


def _listed(passage: Passage, allocated: re.Match[str]) -> list[Named]:
    """The names that follow an allocation: `to A or B`, `into an A group (n = 20) and a B group (n = 21)`."""
    between = allocated.group("between")
    if NO_GROUPS.search(between) or "random" not in allocated.group().lower() and len(between) > 25:
        return []  # `the assigned treatment`, not patients who were assigned
    words = passage.words
    blank = _without_brackets(words)
    start = allocated.end()
    before = BEFORE.match(blank, start)
    start = before.end() if before else start
    stop = AFTER.search(blank, start)
    end = min(stop.start() if stop else len(blank), start + 220)
    listed = blank[start:end]
    # `A and B` may be one treatment; between groups, and after `between`, they are two
    of_groups = (
        allocated.group("into").lower() in ("into", "between")
        or bool(GROUP_WORD.search(blank[allocated.end() : end + 8]))
        or len(N.findall(words[start : end + 20])) >= 2
    )
    either = "either" in blank[allocated.start("into") : start].lower()
    joins = EITHER if either else JOINS if " or " in listed or not of_groups else JOINS_AND
    cuts = [0, *(at for found in joins.finditer(listed) for at in found.span()), len(listed)]
    if stop and stop.group("verb"):
        cuts = cuts[:-2]  # the subject of a clause of its own
    return _names(passage, words, [(start + a, start + b) for a, b in zip(cuts[::2], cuts[1::2], strict=True)])


def _names(passage: Passage, words: str, ranges: list[tuple[int, int]]) -> list[Named]:
    """The ranges as names; nothing where one of them is no name, or two are the same."""
    if not 2 <= len(ranges) <= 6:
        return []
    blank = _without_brackets(words)
    named: list[Named] = []
    for begin, end in ranges:
        start, stop = _trimmed(blank, begin, end)
        text = words[start:stop]
        if not _is_name(text):
            return []
        behind = BRACKET.match(words, stop) or BRACKET.match(words, _skipped(blank, stop, end))
        short, n = _told(behind.group(1)) if behind else ("", None)
        named.append(Named(text, short, n, *passage.place(start, stop)))
    return named if len({name.text.lower() for name in named}) == len(named) else []


def _is_name(text: str) -> bool:
    return (
        2 <= len(text) < 60
        and len(text.split()) <= 8
        and text[0].isalnum()
        and any(map(str.isalpha, text))
        and not NO_NAME.search(text)
        and not GENERIC.fullmatch(text)
        and not BRACKET.search(text)
        and ", " not in text
    )


def _trimmed(blank: str, start: int, end: int) -> tuple[int, int]:
    """A name without the articles before it and the word `group` behind it; a letter keeps that word."""
    start += len(blank[start:end]) - len(blank[start:end].lstrip(" ,"))
    if leading := LEADING.match(blank, start, end):
        start = leading.end()
    end = start + len(blank[start:end].rstrip(" ,"))
    if (trailing := TRAILING.search(blank, start, end)) and trailing.start() - start > 2:
        end = trailing.start()
    return start, end


def _skipped(blank: str, at: int, end: int) -> int:
    """Behind the word `group` that follows a name: where its bracket may begin."""
    found = TRAILING.match(blank[:end], at) if at < end else None
    return found.end() if found else at


def _told(bracket: str) -> tuple[str, int | None]:
    """What a bracket calls the group, and its patients."""
    n = N.search(bracket)
    first = re.split(r"[,;:]\s|=", bracket)[0].strip(" '\"“”‘’")
    short = first if SHORT.fullmatch(first) and first.lower() not in ("n", "figure", "fig", "table") else ""
    return short, int(n.group(1).replace(",", "")) if n else None


def _without_brackets(words: str) -> str:
    """The words with brackets and what is in them blanked: offsets stay."""
    return re.sub(r"\([^()]*\)|\[[^\[\]]*\]", lambda found: " " * len(found.group()), words) if "(" in words or "[" in words else words


VERSUS = re.compile(r"\s(?:versus|vs\.?|compared\s(?:with|to))\s", re.IGNORECASE)
TITLE_BEFORE = re.compile(r"^.*(?:\b(?:of|comparing|between|using|with|from)|:|,|-\s)\s", re.IGNORECASE)
TITLE_AFTER = re.compile(r"\s(?:in|for|as|on|among|after|during|to|by|and)\b|[:.,;(?]|\s[-–]\s")


def _versus(passage: Passage) -> list[Named]:
    """`Efficacy of A versus B in ...`: the two names of a title."""
    words = passage.words
    versus = VERSUS.search(words)
    if versus is None or VERSUS.search(words, versus.end()):
        return []
    before = TITLE_BEFORE.match(words[: versus.start()])
    after = TITLE_AFTER.search(words, versus.end())
    return _names(passage, words, [(before.end() if before else 0, versus.start()), (versus.end(), after.start() if after else len(words))])


LETTERED = re.compile(r"\b(?:[Gg]roup|GROUP|[Aa]rm|ARM)\s(?:[A-Z]{1,2}|\d|I{1,3}|IV)\b|\b[A-Z]{1,2}[- ][Gg]roup\b")

SIGN = re.compile(r"\b(?:[A-Z]{1,2}|\d|I{1,3}|IV)\b", re.IGNORECASE)


def _lettered(passages: list[Passage]) -> list[Named]:
    """Groups that go by a letter or a number, where each is named twice or more and all in the same way."""
    counts: Counter[str] = Counter()
    first: dict[str, Named] = {}
    for passage in passages:
        for name, start, end in _letters(passage.words):
            counts[name] += 1
            if name not in first:
                behind = BRACKET.match(passage.words, end)
                first[name] = Named(passage.words[start:end], "", _told(behind.group(1))[1] if behind else None, *passage.place(start, end))
    kinds = {SIGN.sub("", name) for name in first}
    signs = [found.group().upper() for name in first.values() if (found := SIGN.search(name.text))]
    if not 2 <= len(first) <= 6 or len(kinds) != 1 or sum(count >= 2 for count in counts.values()) < 2:
        return []
    if any(sign in ("B", "2", "II") for sign in signs) and not any(sign in ("A", "1", "I", "0") for sign in signs):
        return []  # the first of them goes by another name
    return list(first.values())


def _letters(words: str) -> Iterator[tuple[str, int, int]]:
    for found in LETTERED.finditer(words):
        yield found.group().lower().replace("-", " "), *found.span()
