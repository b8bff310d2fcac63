"""The words of a sentence: which it holds, and where one stands.

Belongs here: cutting a text into words, and looking around a place in it without a pattern. Does not: what any word means.

A sentence is cut into words once. What looks for certain words asks first whether the sentence has them, then goes to where they stand: a
pattern that tries every place of every sentence costs more than all else that is done with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"\w+")
#: For bytes.translate: all that is no part of a word becomes a space.
_SPACED = bytes(c if chr(c).isalnum() or c == ord("_") else 32 for c in range(128)) + bytes([32] * 128)


def lower(text: str) -> str:
    """The text in lower case, every character at its place."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c if len(c.lower()) > 1 else c.lower() for c in text)


def words_of(low: str) -> set[str]:
    r"""The words (`\w+`) of a text in lower case."""
    if low.isascii():
        return set(low.encode().translate(_SPACED).decode().split())
    return set(_WORD.findall(low))


def places(low: str, word: str) -> list[int]:
    """Where a word stands on its own."""
    found = []
    at = low.find(word)
    while at >= 0:
        end = at + len(word)
        before, after = low[at - 1 : at], low[end : end + 1]
        if not (before.isalnum() or before == "_" or after.isalnum() or after == "_"):
            found.append(at)
        at = low.find(word, end)
    return found


def in_order(low: str, words: Iterable[str]) -> list[tuple[int, str]]:
    """Every place of every one of the words, from left to right."""
    if not words:
        return []
    found = [(at, word) for word in words for at in places(low, word)]
    if len(found) > 1:
        found.sort()
    return found


def word_before(text: str, at: int) -> str:
    r"""The word (`\w+`) that ends before a place, whatever signs and spaces stand between."""
    end = at
    while end and not (text[end - 1].isalnum() or text[end - 1] == "_"):
        end -= 1
    start = end
    while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    return text[start:end]


def behind_of(text: str, at: int, count: int) -> int:
    """Where the `count`-th run of characters without space before a place begins."""
    for _ in range(count):
        while at and text[at - 1].isspace():
            at -= 1
        at = text.rfind(" ", 0, at) + 1
    return at


def last_word(text: str) -> str:
    r"""The word (`\w+`) that a text ends with, empty where it ends with a sign."""
    token = text[text.rfind(" ") + 1 :]
    if token.isalnum():
        return token
    end = at = len(text)
    while at and (text[at - 1].isalnum() or text[at - 1] == "_"):
        at -= 1
    return text[at:end]
