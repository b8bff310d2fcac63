"""The names that articles give to the same thing: endpoints, populations, assessors, and the abbreviations an article defines itself.

Belongs here: words and what they stand for. Does not: where in a sentence or table they stand, and what a figure beside them means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from trialmart.extraction.lazy import lazy
from trialmart.extraction.prose_words import in_order, lower, words_of

#: Canonical endpoint, the phrases that name it (lower case, `-` for any dash or space), the abbreviations (exact case).
_ENDPOINTS: tuple[tuple[str, str, str], ...] = (
    ("invasive disease-free survival", r"invasive[- ]disease[- ]free[- ]survival", "IDFS|iDFS"),
    ("distant disease-free survival", r"distant[- ](?:disease|recurrence|relapse)[- ]free[- ]survival", "DDFS|DRFS"),
    ("distant metastasis-free survival", r"(?:distant[- ])?metastas[ei]s[- ]free[- ]survival", "DMFS|MFS"),
    ("progression-free survival", r"progression[- ]free[- ](?:survival|interval)|survival[- ](?:without|free of)[- ]progression|"
     r"(?:disease )?progression or death|time (?:to|until) (?:disease )?progression or death", "PFS|rPFS"),
    ("disease-free survival", r"disease[- ]free[- ]survival|survival free of disease", "DFS"),
    ("relapse-free survival", r"(?:relapse|recurrence)[- ]free[- ]survival", "RFS"),
    ("event-free survival", r"event[- ]free[- ]survival|failure[- ]free[- ]survival", "EFS|FFS"),
    ("cancer-specific survival", r"(?:cancer|disease|cause)[- ]specific[- ](?:survival|mortality|deaths?)", "CSS|DSS"),
    ("time to treatment failure", r"time[- ]to[- ](?:treatment[- ])?failure", "TTF"),
    ("time to progression", r"time[- ](?:to|until)[- ](?:disease[- ]|tumou?r[- ])?progression|progression time", "TTP"),
    ("time to next treatment", r"time[- ]to[- ]next[- ]treatment", "TTNT"),
    ("time to response", r"time[- ]to[- ](?:first[- ]|initial[- ]|best[- ])?response", "TTR"),
    ("duration of response", r"duration[- ]of[- ](?:(?:the|overall|objective|complete|tumou?r)[- ])?response|response[- ]durations?", "DOR|DoR"),
    ("duration of follow-up", r"(?:duration[- ]of[- ])?follow[- ]?up(?:[- ](?:time|duration|period))?", ""),
    ("total pathological complete response", r"total[- ]patholog(?:ic|ical)[- ]complete[- ](?:response|remission)", "tpCR|TpCR"),
    ("pathological complete response", r"patholog(?:ic|ical)(?:ly)?[- ](?:complete|complete clinical)[- ](?:response|remission)", "pCR|PCR"),
    ("complete response", r"(?:(?:clinical|confirmed|endoscopic|tumou?r)[- ])?complete[- ](?:response|remission|responders?)s?", "CR"),
    ("partial response", r"partial[- ](?:response|remission|responder)s?", "PR"),
    ("clinical benefit response", r"clinical[- ]benefit(?:[- ](?:response|rate)s?)?", "CBR"),
    ("disease control", r"disease[- ]control(?:[- ]rates?)?", "DCR"),
    ("stable disease", r"stable[- ]disease", "SD"),
    ("progressive disease", r"progressive[- ]disease", "PD"),
    ("objective response", r"(?:objective|overall|tumou?r|radiologic(?:al)?|confirmed|best overall)[- ](?:(?:tumou?r|clinical)[- ])?(?:response|remission)"
     r"(?:[- ]rates?)?s?|(?:complete|partial)[- ](?:(?:response|remission)[- ])?or[- ](?:a[- ])?(?:partial|complete)[- ](?:response|remission)s?|response[- ]rates?|rates?[- ]of[- ](?:tumou?r[- ])?response", "ORR|OR rate|RR rate"),
    ("overall survival", r"overall[- ]survival|median survival(?:[- ]times?)?|survival[- ]times?|"
     r"(?:one|two|three|four|five|\d+)[- ]?(?:-?\s?)(?:year|yr|month)[- ](?:overall[- ])?survival|risk of death|survival[- ]rates?", "OS"),
    ("death from any cause", r"(?:death|mortality)[- ](?:from|of|due to)[- ](?:any|all)[- ]causes?|all[- ]cause[- ](?:mortality|deaths?)|overall[- ]mortality", ""),
)  # fmt: skip

#: The words that each of these phrases may begin with, in the order above; a number of years may open the one before the last as well.
_FIRST_WORDS = (
    "invasive", "distant", "distant metastasis metastases", "progression survival disease", "disease survival", "relapse recurrence", "event failure",
    "cancer disease cause", "time", "time progression", "time", "time", "duration response", "duration follow followup", "total",
    "pathologic pathological pathologically", "clinical confirmed endoscopic tumor tumour complete", "partial", "clinical", "disease", "stable", "progressive",
    "objective overall tumor tumour radiologic radiological confirmed best clinical complete partial response rate rates",
    "overall median survival one two three four five risk", "death mortality all overall",
)  # fmt: skip
_BY_FIRST_WORD: dict[str, tuple[int, ...]] = {
    word: tuple(i for i, words in enumerate(_FIRST_WORDS) if word in words.split()) for word in " ".join(_FIRST_WORDS).split()
}
_OPENING = frozenset(_BY_FIRST_WORD)
#: A word before `response rate` that says a response to what: `virologic response rate` is no objective response.
_QUALIFIED = re.compile(
    r"(?<![a-z])(?!(?:the|a|an|of|in|and|or|for|with|on|to|by|both|their|its|higher|highest|lower|better|similar|estimated|observed|respective|corresponding|total|local|first|best|week|month|year|day|between|as|that|this|these|such|whose|at|is|was|were|had|vs|versus|than|median)\b)[a-z]*[a-z]{2}\d*[- ]$|[a-z]\d+[- ]$"
)
_YEARS = re.compile(r"(?<!\w)\d+(?=[- ]*(?:year|yr|month)[- ](?:overall|survival))")
_OF_YEARS = tuple(i for i, (name, _, _) in enumerate(_ENDPOINTS) if name == "overall survival")


@cache
def _phrases(entries: tuple[int, ...]) -> re.Pattern[str]:
    """Matches, in lower-case text, the phrases of some endpoints; the name of the group tells which."""
    return re.compile("|".join(rf"(?P<e{i}>(?:{_ENDPOINTS[i][1]})(?!\w))" for i in entries))


def _phrases_in(low: str, words: set[str]) -> list[tuple[int, int, str]]:
    """Every phrase that names an endpoint, looked for only where one of their first words stands."""
    starts = [(at, _BY_FIRST_WORD[word]) for at, word in in_order(low, _OPENING & words)]
    if "survival" in words and ("year" in low or "month" in low or "yr" in low):
        starts = sorted(starts + [(m.start(), _OF_YEARS) for m in _YEARS.finditer(low)])
    found: list[tuple[int, int, str]] = []
    done = 0
    for at, entries in starts:
        m = _phrases(entries).match(low, at) if at >= done else None
        if m and not (
            m.group().startswith("response")
            and _QUALIFIED.search(low, max(0, at - 30), at)
            or m.group().startswith("follow")
            and low.endswith(("lost to ", "loss to "), 0, at)
        ):
            done = m.end()
            found.append((at, done, _ENDPOINTS[int((m.lastgroup or "e0")[1:])][0]))
    return found


_ABBREVIATED = {short: name for name, _, shorts in _ENDPOINTS for short in shorts.split("|") if short}
#: Abbreviations with a more common second meaning: an endpoint only where the article defines them or nothing else is in the label.
_AMBIGUOUS = {"CR", "PR", "SD", "PD", "CSS", "PCR", "MFS", "FFS", "OR rate", "RR rate"}
_UNAMBIGUOUS = _ABBREVIATED.keys() - _AMBIGUOUS
_DASHES = str.maketrans({c: "-" for c in "‐‑‒–—−"})

_STATISTIC_WORDS = re.compile(
    r"\b(?:median|mean|estimated|rates? of|incidence of|proportion of (?:patients )?(?:with )?|percentage of|number of|no\. of|kaplan[- ]meier|"
    r"(?:95|90|99)\s*%\s*(?:ci|confidence intervals?)|hazard ratios?|odds ratios?|relative risks?|p[- ]?values?)\b",
    re.IGNORECASE,
)
_UNITS = re.compile(
    r"[\s,;:–—-]*\b(?:mo|months?|yrs?|years?|wk|weeks?|days?|no\.?|n|%|percent|patients)\b[\s.%]*$|\s*[(\[][^()\[\]]*[)\]]|[%*†‡§¶‖#]+",
    re.IGNORECASE,
)


def known_endpoint(text: str, defined: dict[str, str] | None = None) -> str | None:
    """The canonical name of the first known endpoint in a label or phrase, None where it names none.

    `defined`: what the article itself defines (`abbreviations`).
    """
    found = endpoints_in(text, defined)
    if found:
        return found[0][2]
    bare = text.strip(" .,:;*%()[]")
    return _ABBREVIATED.get(bare) if defined is None or bare in _UNAMBIGUOUS and bare not in defined else None


@lru_cache(maxsize=4096)
def canonical_endpoint(text: str) -> str:
    """One name for an endpoint: the canonical one where it is known, else the noun phrase in lower case without statistic and units."""
    known = known_endpoint(text)
    if known:
        return known
    rest = _STATISTIC_WORDS.sub(" ", _UNITS.sub(" ", text.translate(_DASHES)))
    rest = _UNITS.sub(" ", rest)
    return " ".join(rest.split()).strip(" -,:;.").lower() or " ".join(text.split()).lower()


def endpoints_in(
    text: str, defined: dict[str, str] | None = None, low: str | None = None, words: set[str] | None = None
) -> list[tuple[int, int, str]]:
    """Every known endpoint in a text: (start, end, canonical name), in order, longest first where two overlap.

    `low`, `words`: the text in lower case with plain hyphens, and its words, where the caller has them (prose_words).
    """
    flat = text if low is not None or text.isascii() else text.translate(_DASHES)
    low = lower(flat) if low is None else low
    words = words_of(low) if words is None else words
    found = _phrases_in(low, words) if not _OPENING.isdisjoint(words) or "survival" in words else []
    for m in _CAPITALS.finditer(flat) if not _SHORT_WORDS.isdisjoint(words) else ():
        short = m.group().rstrip("s") if m.group() not in _ABBREVIATED else m.group()
        if short in _UNAMBIGUOUS and not (defined and short in defined) and _stands_alone(flat, m.start(), m.end()):
            found.append((m.start(), m.end(), _ABBREVIATED[short]))
    if defined:
        own = defined.endpoints if isinstance(defined, Abbreviations) else _defined_endpoints(defined)
        for short, known in own:
            if short in flat:
                found += [(at, at + len(short), known) for at in _places(flat, short)]
    if found and ("mean" in words or "\u00b1" in text) and _OF_DISEASE.isdisjoint(words):
        found = [f for f in found if text[f[0] : f[1]] != "SD"]  # `mean (SD) change`
    if len(found) < 2:
        return found
    found.sort(key=lambda f: (f[0], -f[1]))
    kept: list[tuple[int, int, str]] = []
    for f in found:
        if not kept or f[0] >= kept[-1][1]:
            kept.append(f)
    return kept


_OF_DISEASE = frozenset("disease response responses responders cr pr pd stable progressive".split())
_CAPITALS = re.compile(r"[A-Zir][A-Za-z]*[A-Z]s?")
_SHORT_WORDS = frozenset(short.lower() + s for short in _ABBREVIATED for s in ("", "s"))


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() or before == "-") and not after.isalnum()


def _places(text: str, short: str) -> Iterator[int]:
    """Where an abbreviation stands on its own."""
    at = text.find(short)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(short) : at + len(short) + 1]
        if not (before.isalnum() or before in ("-", "_") or after.isalnum() or after == "_"):
            yield at
        at = text.find(short, at + 1)


class Abbreviations(dict[str, str]):
    """What an article abbreviates: short form -> long form."""

    @lazy
    def endpoints(self) -> tuple[tuple[str, str], ...]:
        return _defined_endpoints(self)


def _defined_endpoints(defined: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The article's own abbreviations that stand for a known endpoint."""
    return tuple((s, known) for s, name in defined.items() if (s not in _ABBREVIATED or s in _AMBIGUOUS) and (known := _known_phrase(name)))


@lru_cache(maxsize=4096)
def _known_phrase(name: str) -> str | None:
    low = lower(name.translate(_DASHES))
    found = _phrases_in(low, words_of(low))
    return found[0][2] if found else None


#: A pattern a bracket: one that begins with a character finds it much faster than one that begins with a choice.
_DEFINITIONS = [re.compile(opening + r"\s*([A-Za-z][A-Za-z0-9+/&-]{1,9}?)s?\s*[)\],;]") for opening in (r"\(", r"\[")]
_WORD = re.compile(r"[A-Za-z0-9]+")


def abbreviations(text: str) -> Abbreviations:
    """What the text defines as `long form (SF)`: short form -> long form.

    The long form is the shortest run of words before the bracket whose letters hold the short form's in order, the first letter at the
    start of a word. Source: Schwartz & Hearst 2003 (doi:10.1142/9789812776303_0042).
    """
    found = Abbreviations()
    for m in sorted((m for pattern in _DEFINITIONS for m in pattern.finditer(text)), key=re.Match.start):
        short = m.group(1)
        if short.islower() or short in found or sum(map(str.isupper, short)) < 2:
            continue
        before = text[max(0, m.start() - 12 * (len(short) + 3)) : m.start()]
        for stop in (". ", "; ", "(", ")"):
            before = before[before.rfind(stop) + len(stop) :] if stop in before else before
        long = _long_form(short, before.rstrip())
        if long:
            found[short] = long
    return found


def _long_form(short: str, before: str) -> str | None:
    letters = [c.lower() for c in short if c.isalnum()]
    low, at = before.lower(), len(before) - 1
    for index in range(len(letters) - 1, -1, -1):
        at = low.rfind(letters[index], 0, at + 1)
        while index == 0 and at > 0 and low[at - 1].isalnum():
            at = low.rfind(letters[0], 0, at)
        if at < 0:
            return None
        at -= 1
    long = before[at + 1 :]
    words = _WORD.findall(long)
    return long if len(long) > len(short) and 1 <= len(words) <= len(letters) * 2 + 2 else None


#: The population, the words of which a text must have one to name it, and how it is named.
_POPULATIONS = tuple(
    (name, frozenset(words.split()), re.compile(phrase, re.IGNORECASE))
    for name, words, phrase in (
        ("modified ITT", "modified mitt", r"\bmodified (?:intention|intent)[- ]to[- ]treat|\bmITT\b"),
        ("ITT", "intention intent itt randomized randomised randomly",
         r"\b(?:intention|intent)[- ]to[- ]treat|\bITT\b|\ball (?:the )?(?:patients|participants|women|men|subjects) who had been randomly assigned|"
         r"\ball (?:the )?(?:randomi[sz]ed|randomly assigned) (?:patients|participants|women|men|subjects)"),
        ("as_treated", "as safety", r"\bas[- ]treated|\bsafety (?:population|analysis set|set|analysis population)"),
        ("per_protocol", "protocol", r"\bper[- ]protocol\b"),
        ("measurable", "measurable", r"\b(?:with|had) measurable (?:disease|lesions?)|\bmeasurable[- ](?:disease )?(?:population|patients)"),
    )
)  # fmt: skip
_POPULATION_WORDS = frozenset(word for _, words, _ in _POPULATIONS for word in words)


def populations(text: str, words: set[str] | None = None) -> list[tuple[str, list[tuple[int, int]]]]:
    """The analysis populations that a text names and where, in the order in which one is preferred. A modified ITT is not the ITT.

    `words`: those of the text, where the caller has them (prose_words).
    """
    words = words_of(text.lower()) if words is None else words
    if _POPULATION_WORDS.isdisjoint(words):
        return []
    flat = text if text.isascii() else text.translate(_DASHES)
    found = [(name, [m.span() for m in phrase.finditer(flat)]) for name, own, phrase in _POPULATIONS if not own.isdisjoint(words)]
    return [(name, spans) for name, spans in found if spans]


def population(text: str) -> str | None:
    """The analysis population that a phrase names, None where it names none."""
    found = populations(text)
    return found[0][0] if found else None


_ASSESSORS = (
    ("blinded independent central review", re.compile(
        r"\b(?:blinded|masked|independent|central)\b[- ,]*(?:(?:blinded|masked|independent|central|radiolog(?:y|ical|ic)|imaging|data|endpoint)[- ,]*)*"
        r"(?:review(?:ers?|ed)?|assess(?:ment|ed|ors?)|committee|evaluation)|\bBICR\b|\bIRC\b|\bICR\b|\bIDMC\b", re.IGNORECASE)),
    ("investigator", re.compile(r"\binvestigators?['’]?s?[- ](?:assess(?:ed|ment)|reported|review|judg\w+)|\b(?:assess(?:ed|ment)|judged|determined|reported) by "
                                r"(?:the )?(?:local )?(?:site )?investigators?|\blocal (?:assessment|review)|\binvestigators?\b(?=['’]? assess)", re.IGNORECASE)),
)  # fmt: skip


_ASSESSOR_STEMS = ("investigator", "review", "blinded", "independent", "central", "masked", "local", "bicr", "irc", "icr", "idmc")


def assessor(text: str) -> str | None:
    """Who judged the outcome, where the phrase tells."""
    flat = text if text.isascii() else text.translate(_DASHES)
    low = flat.lower()
    if not any(map(low.__contains__, _ASSESSOR_STEMS)):
        return None
    return next((name for name, phrase in _ASSESSORS if phrase.search(flat)), None)
