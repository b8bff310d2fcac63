"""Bytes of an article in any format -> Article.

Belongs here: recognising a format and one reader a format. Does not: what figures mean (trialmart/extraction). This is the only part of
the library that may touch files or the network (identifier).
"""

from __future__ import annotations

from trialmart.document import Article, Unreadable
from trialmart.reading.recognise import recognise


def read(data: bytes, source_path: str, article_id: str) -> Article:
    """Read an article. Raises document.Unreadable, with a reason of one line, where the content is no article that can be read."""
    kind = recognise(data)
    # each reader is imported when the first file of its kind comes: text needs no lxml
    if kind == "jats":
        from trialmart.reading.jats import read_jats as reader
    elif kind == "html":
        from trialmart.reading.html import read_html as reader
    elif kind == "markdown":
        from trialmart.reading.markdown import read_markdown as reader
    else:
        from trialmart.reading.plain_text import read_plain_text as reader
    try:
        return reader(data, source_path, article_id)
    except RecursionError:
        raise Unreadable("elements in it are nested too deep") from None
