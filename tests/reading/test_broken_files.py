"""Files as they come: what is set in places of its own, half wrong or cut off. Never an error of ours, never a table without a word."""

import re
from html.entities import html5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from trialmart.document import Article, Unreadable
from trialmart.reading import read

from .laws import check
from .pages import HTML

GRID = "<table><thead><tr><th>Event</th><th>A</th><th>B</th></tr></thead><tbody><tr><td>Rash</td><td>1</td><td>2</td></tr>@</tbody></table>"
WRAP = f'<table-wrap id="T1"><label>Table 1</label><caption><p>Events</p></caption>{GRID}</table-wrap>'
WHOLE = WRAP.replace("@", "")


def xml(body: str = "", row: str = "", declaration: str = "", encoding: str = "utf-8", after: str = "", front: str = "") -> bytes:
    title = "<title-group><article-title>Alpha against beta</article-title></title-group>"
    text = f"<sec><title>Results</title><p>Patients were randomized.</p>{body or WRAP.replace('@', row)}</sec>"
    return (f"{declaration}<article><front><article-meta>{title}</article-meta>{front}</front><body>{text}</body>{after}</article>").encode(
        encoding
    )


def table(article: Article, number: int = 0) -> list[list[str]]:
    check(article)
    return [[cell.label for cell in row] for row in article.tables[number].grid]


# -- characters --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        xml(row="<tr><td>Caf&eacute;&nbsp;x</td><td>1&plusmn;2</td><td>3</td></tr>"),
        xml(row="<tr><td>Caf&eacute;&nbsp;x</td><td>1&plusmn;2</td><td>3</td></tr>", declaration='<!DOCTYPE article PUBLIC "-//NLM//DTD" "a.dtd">'),
        xml(row="<tr><td>&own; x</td><td>1±2</td><td>3</td></tr>", declaration='<!DOCTYPE article [<!ENTITY own "Café">]>'),
        xml(row="<tr><td>Café x</td><td>1±2</td><td>3</td></tr>", declaration='<?xml version="1.0" encoding="ISO-8859-1"?>'),
        xml(row="<tr><td>Café x</td><td>1±2</td><td>3</td></tr>", declaration='<?xml version="1.0" encoding="UTF-8"?>', encoding="latin-1"),
        xml(row="<tr><td>Café x</td><td>1±2</td><td>3</td></tr>", declaration='<?xml version="1.0" encoding="ISO-8859-1"?>', encoding="latin-1"),
        xml(row="<tr><td>Café x</td><td>1±2</td><td>3</td></tr>", declaration='<?xml version="1.0" encoding="UTF-16"?>', encoding="utf-16"),
        b"\xef\xbb\xbf" + xml(row="<tr><td>Café x</td><td>1±2</td><td>3</td></tr>"),
        xml(row="<tr><td>Caf<!-- 7 -->é x</td><td>1<?break 8?>±2</td><td>3<!----></td></tr>").replace(b"><", b">\r\n<"),
    ],
)  # fmt: skip
def test_entities_and_encodings(data):
    assert table(read(data, "x", "x"))[2] == ["Café x", "1±2", "3"]


def test_nothing_outside_the_file_is_loaded(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    data = xml(row="<tr><td>&a;x</td><td>1</td><td>2</td></tr>", declaration=f'<!DOCTYPE article [<!ENTITY a SYSTEM "{secret.as_uri()}">]>')
    assert table(read(data, "x", "x"))[2] == ["x", "1", "2"]


def test_entities_that_grow_without_end_are_told():
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 9))
    with pytest.raises(Unreadable, match="broken XML"):
        read(xml("<p>&e8;</p>", declaration=f'<!DOCTYPE article [<!ENTITY e0 "aaaaaaaaaa">{bomb}]>'), "x", "x")


@pytest.mark.parametrize("named", sorted(name for name in html5 if name.endswith(";"))[::40])
def test_every_named_character_is_that_character(named):
    row = f"<tr><td>x&{named}x</td><td>1</td><td>2</td></tr>"
    read_back = read(xml(row=row), "x", "x").tables[0].grid[2][0].text
    assert read_back == re.sub(r"[ \t\r\n]+", " ", f"x{html5[named]}x")


# -- cells -------------------------------------------------------------------------------------------------------------------------------

MATH = '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML">{}</mml:math>'


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ('<td rowspan="0">a</td><td>1</td><td>2</td>', ["a", "1", "2"]),
        ('<td rowspan="999999999999">a</td><td>1</td><td>2</td>', ["a", "1", "2"]),
        ('<td colspan="1000">a</td>', ["a", "a", "a"]),
        ('<td colspan="1000">a</td><td>2</td>', ["a", "a", "2"]),
        ('<td colspan=" 2 ">a</td><td>2</td>', ["a", "a", "2"]),
        ('<td colspan="-2">a</td><td>1</td><td>2</td>', ["a", "1", "2"]),
        ('<td colspan="²" rowspan="two">a</td><td>1</td><td>2</td>', ["a", "1", "2"]),
        ("<td/><td>1</td><td/>", ["", "1", ""]),
        ("<td>a<table><tr><td>7</td></tr></table></td><td>1</td><td>2</td>", ["a", "1", "2"]),
        (f"<td>{MATH.format('<mml:msup><mml:mn>10</mml:mn><mml:mn>9</mml:mn></mml:msup>')}</td><td>1</td><td>2</td>", ["10^9", "1", "2"]),
        (f"<td>{MATH.format('<mml:mfrac><mml:mn>1</mml:mn><mml:mn>2</mml:mn></mml:mfrac>')}</td><td>1</td><td>2</td>", ["1/2", "1", "2"]),
        ('<td><alternatives><graphic/><textual-form>a</textual-form></alternatives></td><td>1</td><td>2</td>', ["a", "1", "2"]),
    ],
)  # fmt: skip
def test_cells(row, cells):
    assert table(read(xml(row=f"<tr>{row}</tr>"), "x", "x"))[2] == cells


def test_a_table_within_a_cell_is_a_table_of_its_own():
    article = read(xml(row="<tr><td>a<table><tr><td>7</td><td>8</td></tr></table></td><td>1</td><td>2</td></tr>"), "x", "x")
    assert [t.table_id for t in article.tables] == ["T1", "T1#2"] and table(article, 1) == [["7", "8"]]


# -- places ------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "@", "<p>See @ here.</p>", "<p>See <bold><italic>@</italic></bold>.</p>", "<boxed-text><sec><title>Box</title>@</sec></boxed-text>",
        "<supplementary-material><caption><p>More @</p></caption></supplementary-material>", "<list><list-item><p>x @</p></list-item></list>",
        "<p>x<fn><p>y @</p></fn></p>", "<fig><caption><p>A figure.</p></caption>@</fig>", "<fig><caption><p>A figure. @</p></caption></fig>",
        "<disp-quote><p>@</p></disp-quote>", "<def-list><def-item><term>t</term><def><p>@</p></def></def-item></def-list>",
        "<sec><title>More @</title></sec>", "<table-wrap-group>@</table-wrap-group>", "<fig-group>@</fig-group>", "<statement><p>@</p></statement>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("what", [WHOLE, GRID.replace("@", ""), f"<alternatives><graphic/>{WHOLE}</alternatives>"])
def test_a_table_is_read_wherever_it_stands(body, what):
    article = read(xml(body.replace("@", what)), "x", "x")
    assert len(article.tables) == 1 and table(article) == [["Event", "A", "B"], ["Rash", "1", "2"]]


@pytest.mark.parametrize(
    "place",
    [
        {"after": f"<back><app-group><app><title>A</title>{WHOLE}</app></app-group></back>"},
        {"after": f"<floats-group>{WHOLE}</floats-group>"},
        {"after": f"<back><fn-group><fn>{WHOLE}</fn></fn-group></back>"},
        {"front": f"<notes>{WHOLE}</notes>"},
    ],
)
def test_a_table_outside_the_body_is_read(place):
    assert table(read(xml("<p>Text.</p>", **place), "x", "x")) == [["Event", "A", "B"], ["Rash", "1", "2"]]


def test_what_is_not_read_is_told():
    after = f'<sub-article article-type="translation"><body>{WHOLE}</body></sub-article>'
    tables = read(xml(after=after), "x", "x").tables
    assert [t.table_id for t in tables] == ["T1", "T1#2"] and tables[1].grid == [] and "<sub-article>" in tables[1].message


@pytest.mark.parametrize("empty", ["<table/>", "<table><tbody/></table>", "<table><tr/></table>", ""])
def test_a_table_without_cells_says_so(empty):
    (found,) = read(xml(f"<table-wrap><label>Table 2</label>{empty}</table-wrap>"), "x", "x").tables
    assert found.message and not any(found.grid)


# -- what is around the article ------------------------------------------------------------------------------------------------------------


def wrapped(before: str, after: str) -> bytes:
    return before.encode() + xml() + after.encode()


@pytest.mark.parametrize(
    "data",
    [
        wrapped("<pmc-articleset>", "</pmc-articleset>"),
        wrapped('<?xml version="1.0"?><!DOCTYPE r><responseWrapper>', "</responseWrapper>"),
        wrapped('<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><GetRecord><record><metadata>', "</metadata></record></GetRecord></OAI-PMH>"),
        xml().replace(b"<article>", b'<article xmlns="https://jats.nlm.nih.gov/ns/archiving/1.3/">'),
        re.sub(rb"<(/?)(\w)", rb"<\1jats:\2", xml()).replace(b"<jats:article>", b'<jats:article xmlns:jats="http://jats.nlm.nih.gov">'),
        re.sub(rb"<(/?)(\w)", rb"<\1jats:\2", xml()),
        xml().replace(b"<label>", b'<graphic xlink:href="a.jpg"/><label>'),
    ],
)  # fmt: skip
def test_wrappers_and_namespaces(data):
    assert table(read(data, "x", "x")) == [["Event", "A", "B"], ["Rash", "1", "2"]]


def test_several_articles_in_one_file_are_not_read_as_one():
    with pytest.raises(Unreadable, match="holds 2 articles"):
        read(b"<pmc-articleset>" + xml() + xml() + b"</pmc-articleset>", "x", "x")


@pytest.mark.parametrize(
    "data",
    [
        xml("<sec>" * 3000 + "</sec>" * 3000),
        b"<!doctype html><body>" + b"<div>" * 5000 + b"x",
        b"<!doctype html><body><p>" + b"<span>" * 5000 + b"x",
        b"<!doctype html>",
        b"<html><!-- --></html>",
        b"<article/>",
        b"<article><body>",
        b"<?xml version='1.0'?>",
        b"<!-- -->",
    ],
)
def test_what_can_not_be_read_says_why_in_one_line(data):
    with pytest.raises(Unreadable) as error:
        read(data, "x", "x")
    assert "\n" not in str(error.value) and len(str(error.value)) < 250


# -- anything ------------------------------------------------------------------------------------------------------------------------------

SOURCES = [xml(row="<tr><td>Café&nbsp;x<sup>a</sup></td><td colspan='2'>10<sup>9</sup></td></tr>", after="<back><ref-list><ref/></ref-list></back>"), HTML.encode()]  # fmt: skip


@settings(max_examples=200)
@given(
    source=st.sampled_from(SOURCES), start=st.integers(0, 3000), length=st.integers(0, 200), put=st.binary(max_size=4), cut=st.booleans()
)
def test_a_damaged_file_is_read_or_told(source, start, length, put, cut):
    start %= len(source)
    data = source[:start] + put + (b"" if cut else source[start + length :])
    try:
        article = read(data, "x", "x")
    except Unreadable as reason:
        assert "\n" not in str(reason)
        return
    check(article)
    if article.format == "jats":
        root = etree.fromstring(data, etree.XMLParser(recover=True))
        assert len(article.tables) >= sum(1 for _ in root.iter("{*}table-wrap"))


inside = st.recursive(
    st.sampled_from(["1.5", "a", "&nbsp;", "<sup>a</sup>", "<xref ref-type='bibr'>3</xref>", "<break/>", WHOLE, "<hr/>", "<graphic/>"]),
    lambda inner: st.tuples(
        st.sampled_from(["p", "sec", "title", "list", "list-item", "bold", "td", "tr", "tbody", "table", "table-wrap", "caption", "fig", "fn",
                         "boxed-text", "alternatives", "array", "disp-formula", "label", "table-wrap-foot", "td colspan='3'", "td rowspan='2'"]),
        st.lists(inner, max_size=4),
    ).map(lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0].split()[0]}>"),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=200)
@given(st.lists(inside, min_size=1, max_size=5).map("".join))
def test_any_nesting_keeps_the_laws_and_tells_of_every_table(body):
    data = xml(f"<p>Text.</p>{body}")
    article = read(data, "x", "x")
    check(article)
    root = etree.fromstring(data.replace(b"&nbsp;", b" "))
    outer = [e for e in root.iter("table", "table-wrap") if next(e.iterancestors("table", "table-wrap", "ref-list"), None) is None]
    grids = sum(1 for e in root.iter("table"))
    assert len(article.tables) >= max(len(outer), grids)
