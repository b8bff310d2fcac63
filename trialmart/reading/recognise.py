"""What a file is, from its content alone, and whether it can be an article at all.

Belongs here: decoding, the format, the reasons for turning a file away. Does not: reading a format.
"""

from __future__ import annotations

import codecs
import re

from trialmart.document import Unreadable

SIGNATURES = (
    (b"%PDF-", "a PDF: save its text or get the article's XML"),
    (b"PK\x03\x04", "a zip archive or an Office document, not text"),
    (b"\x1f\x8b", "gzip-compressed: unpack it first"),
    (b"BZh", "bzip2-compressed: unpack it first"),
    (b"\xfd7zXZ\x00", "xz-compressed: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive, not text"),
    (b"\x89PNG\r\n", "an image (PNG), not text"),
    (b"\xff\xd8\xff", "an image (JPEG), not text"),
    (b"GIF8", "an image (GIF), not text"),
    (b"II*\x00", "an image (TIFF), not text"),
    (b"MM\x00*", "an image (TIFF), not text"),
    (b"\xd0\xcf\x11\xe0", "an old Office document, not text"),
    (b"{\\rtf", "an RTF document: save it as plain text"),
    (b"\x7fELF", "a program, not text"),
)

HTML = re.compile(r"<(?:!doctype )?html\b")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
ROOT = re.compile(r"<(?:[\w-]+:)?([A-Za-z][\w-]*)")
ARTICLES = frozenset(("article", "pmc-articleset", "pmc-articles", "records", "oai-pmh"))  # roots of a journal's XML
SIGNS = re.compile(
    r"\*\*\S|\]\([^\s)]|\]\[\w|</?su[pb]>|\\[*_<|#\[]|^ {0,3}(?:[-*+]|>) \S|(?<![\w*])[*_]\w[^*_\n]*[*_](?!\w)|^ {0,3}#{1,6} \S",
    re.MULTILINE,
)
CONTROLS = bytes([*range(9), *range(14, 32)])


def decode(data: bytes) -> str:
    """The text of a file: by its byte order mark, else UTF-8, else Windows-1252. Raises Unreadable where it is no text."""
    if not data:
        raise Unreadable("the file is empty")
    for signature, what in SIGNATURES:
        if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(signature) or data.startswith(signature):
            raise Unreadable(f"not an article: {what}")
    text = _decoded(data)
    if not text.strip("\ufeff\u200b \t\r\n\f\v\u00a0"):
        raise Unreadable("the file holds nothing but white space")
    return text


def _decoded(data: bytes) -> str:
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = data.decode("utf-16")
        else:
            text = data.decode("utf-8-sig")
            if len(data.translate(None, CONTROLS)) == len(data):  # in UTF-8 no byte of a longer character looks like one
                return text
    except UnicodeDecodeError as error:
        if error.encoding.startswith("utf-16"):
            raise Unreadable("undecodable text: it begins as UTF-16 and does not go on as such") from None
        text = _western(data)
    if "\x00" in text or _control_share(text) > 0.01:
        raise Unreadable("not text: the file holds binary data")
    return text


def _western(data: bytes) -> str:
    """Windows-1252, the usual encoding of older files; only where nearly all of it is readable as words."""
    text = data.decode("cp1252", errors="replace")
    odd = sum(character == "\ufffd" or ord(character) > 127 for character in text[:200_000])
    if b"\x00" in data or "\ufffd" in text or odd > 0.1 * min(len(text), 200_000):
        raise Unreadable("undecodable text: neither UTF-8, UTF-16 nor Windows-1252")
    return text


def _control_share(text: str) -> float:
    sample = text[:200_000]
    return len(re.findall(r"[\x01-\x08\x0e-\x1f]", sample)) / max(len(sample), 1)


def recognise(data: bytes) -> str:
    """The format of a file's content: jats, html, markdown or text. Raises Unreadable with one line that says why."""
    # a journal's XML is told by its beginning; its parser decodes it, by the encoding that it declares
    beginning = data[:4000].removeprefix(codecs.BOM_UTF8).lstrip()
    if beginning.startswith(b"<") and _root(beginning.decode("latin-1")) in ARTICLES:
        return "jats"
    text = decode(data)
    head = text.lstrip("\ufeff \t\r\n")[:4000]
    return _of_text(text, head)


def _root(head: str) -> str:
    """The local name of a document's first element, in lower case; empty where there is none."""
    head = head.lower()
    if HTML.search(head):
        return "html"
    root = ROOT.search(COMMENT.sub("", head) if "<!--" in head else head)
    return root.group(1) if root else ""


def _of_text(text: str, head: str) -> str:
    if re.match(r"<[?!A-Za-z]", head):  # a text may begin with `<65 years`
        name = _root(head)
        if name == "html":
            return "html"
        if name in ARTICLES or "<article" in text[:100_000] and head.startswith("<?xml"):
            return "jats"
        if name in ("body", "head", "div", "table", "section", "main", "p", "h1", "meta"):
            return "html"
        raise Unreadable(f"XML that is no article: its root is <{name}>" if name else "markup that is no article")
    return "markdown" if _is_markdown(text) else "text"


def _is_markdown(text: str) -> bool:
    # `# P < 0.05` is a footnote of plain text: a title stands first, or there are headings of lower levels
    headings = (
        re.match(r"\s*(?:---\r?\n.*?\n---\s*)?#{1,2} \S", text, re.DOTALL)
        or len(re.findall(r"^ {0,3}#{2,6} \S[^\n]*[^.\s]\s*$", text, re.MULTILINE)) >= 2
    )
    # a header with a bar above a row of dashes with a bar
    tables = re.search(r"^[^\n]*\|[^\n]*\r?\n {0,3}(?=[^\n]*\|)\|?[ :]*-+[ :]*\|?[-:| ]*$", text, re.MULTILINE)
    if headings or not tables:
        return bool(headings)
    # scrapers set the tables of their plain text so too: then nothing else in it is set as Markdown
    return not tables.group().lstrip().startswith("|") or SIGNS.search(text) is not None
