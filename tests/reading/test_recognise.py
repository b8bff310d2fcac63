"""Formats from content alone, and every reason for turning a file away in one line."""

import gzip
import io
import pathlib
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialmart.document import Unreadable
from trialmart.reading import read
from trialmart.reading.recognise import decode, recognise
from trialmart.reading.trial import is_trial

from .pages import HTML, MARKDOWN, TEXT

ROOT = pathlib.Path(__file__).resolve().parents[2]
JATS = '<?xml version="1.0"?>\n<!DOCTYPE article PUBLIC "-//NLM//DTD" "x.dtd">\n<!-- a comment --><article><front/><body><p>Patients.</p></body></article>'


def zipped(name):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(name, "x")
    return data.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (TEXT, "text"),
        (MARKDOWN, "markdown"),
        ("# Title\n\n## Methods\n\nWe did.\n", "markdown"),
        ("<65 years or older: a trial\n\nMethods\n", "text"),
        ("One # sign\n\n| a bar | in a text\n", "text"),
        (HTML, "html"),
        ("\n <HTML><body><p>x</p></body></HTML>", "html"),
        ("<div><table><tr><td>1</td></tr></table></div>", "html"),
        ('<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', "html"),
        (JATS, "jats"),
        (JATS.split("-->")[1], "jats"),
        ('<pmc-articleset><article xmlns:xlink="http://x"><front/></article></pmc-articleset>', "jats"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_format(content, kind, encoding):
    assert recognise(content.encode(encoding)) == kind


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b" \r\n\t\xc2\xa0\n", "nothing but white space"),
        (b"\xef\xbb\xbf\n", "nothing but white space"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"\n%PDF-1.7\n", "PDF"),
        (zipped("word/document.xml"), "zip archive or an Office document"),
        (gzip.compress(b"text", mtime=0), "gzip"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "PNG"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        (b"{\\rtf1\\ansi text}", "RTF"),
        (bytes(range(256)) * 20, "undecodable|binary"),
        (b"text with \x00 zeros " * 20, "binary"),
        (b"\xff\xfeodd number of bytes", "undecodable"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "its root is <svg>"),
        (b"<?xml version='1.0'?>", "markup that is no article"),
    ],
)
def test_what_cannot_be_read_says_why_in_one_line(data, reason):
    with pytest.raises(Unreadable, match=reason) as error:
        read(data, "source", "x")
    assert "\n" not in str(error.value) and len(str(error.value)) < 200


def test_the_content_of_a_truncated_xml_is_not_taken_for_the_whole():
    with pytest.raises(Unreadable):
        read(JATS[:-30].encode(), "x", "x")


def test_encodings():
    text = "Fièvre: 5 ± 2 – “high”" + " in most of the patients" * 3
    assert decode(text.encode("cp1252")) == decode(text.encode("utf-16")) == decode(text.encode("utf-8-sig")) == text


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=300).map(str.encode), st.text("<>/!?-article body\n|#", max_size=80).map(str.encode)
    )
)
def test_no_content_breaks_a_reader(data):
    """Whatever the bytes are: an article or one line."""
    try:
        is_trial(read(data, "x", "x"))
    except Unreadable as error:
        assert "\n" not in str(error)


# -- what is no trial ------------------------------------------------------------------------------------------------------------------

RECIPE = """Chocolate cake

Ingredients

200 g flour (50%), 3 eggs, 100% cocoa

Method

Mix flour and eggs in two groups of bowls. Bake for 30 minutes at 180 degrees. It serves 8 adults and 4 children; women and men like it.
"""
REVIEW = """# Alphadrug in Gout: a Systematic Review and Meta-Analysis

## Methods

We searched MEDLINE and EMBASE for randomized trials. Study selection and data extraction were done twice.

## Results

Of 12 included trials, 9 had patients randomized to alphadrug (n = 1200). The pooled estimate was 0.8 (95% CI, 0.7-0.9; P < 0.001), 20% less.

| Trial | Alpha | Placebo |
|---|---|---|
| One | 3 (30) | 4 (40) |

## Discussion

Heterogeneity was low.
"""
COHORT = "A cohort of 1200 patients with gout\n\nResults\n\nWe followed 1200 patients; 12% died (P = 0.03), 20% of men and 15% of women.\n"
LETTER = "# Alpha in gout\n\nWe randomly assigned 30 patients to alpha or placebo. Flares: 20% and 50% (P=0.03), n=15 each.\n\n## References\n\n1. A.\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (RECIPE, "randomized or controlled comparison"),
        ("Lorem ipsum dolor sit amet, consectetur adipiscing elit. " * 30, "randomized or controlled comparison"),
        (REVIEW, "review of trials"),
        (COHORT, "randomized or controlled comparison"),
        ((ROOT / "trialmart" / "reading" / "trial.py").read_text(), "source file"),
        ((ROOT / "trialmart" / "document.py").read_text(), "source file"),
        ("We randomized our patients and then wrote a poem about the patients.", "no results"),
    ],
)
def test_what_is_no_trial(content, reason):
    assert reason in is_trial(read(content.encode(), "x", "x"))


@pytest.mark.parametrize("content", [TEXT, MARKDOWN, HTML, LETTER])
def test_what_is_a_trial(content):
    assert is_trial(read(content.encode(), "x", "x")) is None


def test_the_real_articles_are_trials(shared):
    paths = [shared / "articles" / "paloma2.txt", ROOT / "articles" / "paloma2.md", *sorted((shared / "corpus").glob("*.nxml"))[::10]]
    for path in paths:
        assert is_trial(read(path.read_bytes(), path.name, "x")) is None, path.name
