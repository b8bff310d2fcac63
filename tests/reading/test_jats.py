"""The JATS reader: what markup says, and that every passage stands in the text where it says."""

import pytest

from trialmart.document import Unreadable
from trialmart.reading.jats import read_jats

TABLE = """<table-wrap id="T1"><label>Table 1</label><caption><p>Toxicity<sup>a</sup></p></caption><table>
<thead><tr><th rowspan="2">Event</th><th colspan="2">Drug (<italic>N</italic> = 10)</th><th colspan="2">Control (N = 12)</th></tr>
<tr><th>Any</th><th>Grade 3</th><th>Any</th><th>Grade 3</th></tr></thead>
<tbody><tr><td colspan="5"><bold>Blood</bold></td></tr>
<tr><td>\u2003Platelets &lt; 100 \u00d7 10<sup>9</sup>/L</td><td>5 (50)<xref ref-type="table-fn" rid="fn1">b</xref></td><td>1 (10)</td><td>2 (17)</td><td>0</td></tr>
<tr><td>\u2003\u2003Severe<hr/></td><td>1<break/>(10)</td><td/><td>\u00b7\u00b7</td><td>12<sup>c</sup></td></tr></tbody></table>
<table-wrap-foot><fn id="fn1"><p><sup>a</sup>Worst grade. <sup>b</sup>One died.</p></fn><p>CI, confidence interval.</p></table-wrap-foot></table-wrap>"""


def article(body: str, front: str = "") -> bytes:
    return f"""<!DOCTYPE article PUBLIC "-//NLM//DTD JATS" "x.dtd"><article xmlns:xlink="http://www.w3.org/1999/xlink"><front><journal-meta>
<journal-title-group><journal-title>A Journal</journal-title></journal-title-group></journal-meta><article-meta><article-id pub-id-type="pmc">123</article-id>
<article-id pub-id-type="doi">10.1/x</article-id><title-group><article-title>A against B</article-title></title-group><pub-date pub-type="pmc-release"><year>2020</year></pub-date>
<pub-date pub-type="epub"><year>2012</year></pub-date><abstract><sec><title>Results</title><p>Registered as NCT00000001.</p></sec></abstract>{front}</article-meta></front>
<body>{body}</body></article>""".encode()


@pytest.fixture(scope="module")
def read():
    body = f"""<sec sec-type="methods"><title>Methods</title><p>As before [<xref ref-type="bibr">1</xref>,<xref ref-type="bibr">2</xref>]
    the area was 5 m<sup>2</sup> and the half-life 2.5 &#215; 10<sup>-3</sup>.<sup><xref ref-type="bibr">12</xref></sup></p><sec><title>Dose</title><p>Text.</p>{TABLE}</sec></sec>"""
    return read_jats(article(body), "a.xml", "a")


def test_every_passage_stands_in_the_text(read):
    table = read.tables[0]
    passages = (
        [p.passage for p in read.paragraphs] + [cell.passage for row in table.grid for cell in row] + [note.passage for note in table.notes]
    )
    for passage in [*passages, table.caption]:
        if passage.text:
            start, end = passage.place(0, len(passage.text))
            assert read.text[start:end] == passage.text


def test_exponents_stay_figures_and_references_are_marks(read):
    methods = next(p.passage for p in read.paragraphs if p.section == "methods")
    assert "5 m^2" in methods.words and "10^-3." in methods.words
    assert [(mark.kind, methods.text[mark.start : mark.end]) for mark in methods.marks] == [("reference", "[1,2]"), ("reference", "12")]


def test_a_raised_space_is_no_mark():
    found = read_jats(article("<p>It was so<sup>\u00a0</sup>[<xref ref-type='bibr'>8</xref>].</p>"), "a.xml", "a").paragraphs[-1].passage
    assert [(mark.kind, mark.symbol) for mark in found.marks] == [("reference", "8")]


def test_grid_is_spread_and_knows_its_header(read):
    table = read.tables[0]
    assert (table.table_id, table.label, table.n_rows, table.n_columns, table.n_header_rows) == ("T1", "Table 1", 5, 5, 2)
    assert table.grid[0][0] is table.grid[1][0] and table.grid[0][1] is table.grid[0][2]
    assert [cell.label for cell in table.grid[1]] == ["Event", "Any", "Grade 3", "Any", "Grade 3"]
    assert table.grid[0][1].label == "Drug (N = 10)"


def test_labels_keep_indentation_and_lose_marks(read):
    grid = read.tables[0].grid
    assert [row[0].indent for row in grid[2:]] == [0, 1, 2]
    assert grid[2][0].emphasis == "bold" and grid[2][0].column_span == 5
    assert grid[3][0].label == "Platelets < 100 × 10^9/L"
    assert grid[3][1].label == "5 (50)" and grid[3][1].passage.marks[0].symbol == "b"
    assert grid[4][4].label == "12" and grid[4][1].label == "1 (10)" and grid[4][2].text == ""


def test_notes_are_told_apart_by_their_marks(read):
    notes = read.tables[0].notes
    assert [(note.symbol, note.passage.label) for note in notes] == [
        ("a", "Worst grade."),
        ("b", "One died."),
        (None, "CI, confidence interval."),
    ]


def test_metadata_and_sections(read):
    found = read.metadata
    assert (found.title, found.journal, found.year, found.doi, found.pmcid, found.nct_id) == (
        "A against B",
        "A Journal",
        2012,
        "10.1/x",
        "PMC123",
        "NCT00000001",
    )
    assert [p.section for p in read.paragraphs] == ["title", "abstract", "methods", "methods"]
    assert read.paragraphs[1].heading == "Results" and read.paragraphs[3].heading == "Dose"


def test_locator_is_an_xpath_of_the_cell(read):
    from lxml import etree

    cell = read.tables[0].grid[3][2]
    tree = etree.fromstring(article("<sec/>"))  # the expression itself must be valid
    assert cell.passage.locator.endswith("/tbody[1]/tr[2]/td[3]") and tree.xpath(cell.passage.locator) == []


def test_two_tables_in_one_wrap_and_a_table_that_is_a_picture():
    body = """<table-wrap id="T9"><table><tr><td>a</td><td>1</td></tr></table><table><tr><td>b</td><td>2</td></tr></table></table-wrap>
    <table-wrap><label>Table IV</label><graphic xlink:href="p4.jpg"/></table-wrap>"""
    tables = read_jats(article(body), "a.xml", "a").tables
    assert [table.table_id for table in tables] == ["T9", "T9#2", "tiv"]
    assert tables[2].grid == [] and "image (p4.jpg)" in tables[2].message


def test_ragged_rows_and_row_spans_past_the_end():
    body = """<table-wrap id="T"><table><tbody><tr><td rowspan="9">a</td><td>1</td><td>2</td></tr><tr><td>3</td></tr></tbody></table></table-wrap>"""
    grid = read_jats(article(body), "a.xml", "a").tables[0].grid
    assert [[cell.text for cell in row] for row in grid] == [["a", "1", "2"], ["a", "3", ""]]


def test_namespaced_article_inside_a_record():
    inner = (
        article("<p>Text.</p>")
        .split(b"?>")[-1]
        .split(b'dtd">')[-1]
        .replace(b"<article ", b'<article xmlns="https://jats.nlm.nih.gov/ns/archiving/1.3/" ')
    )
    read = read_jats(b"<record>" + inner + b"</record>", "a.xml", "a")
    assert read.metadata.title == "A against B" and read.paragraphs[-1].passage.text == "Text."


@pytest.mark.parametrize(
    "data, reason",
    [
        (b"<article><body><p>cut", "broken XML"),
        (b"<html><p>x</p></html>", "root is <html>"),
        (b"<article><front/></article>", "neither an abstract nor a body"),
    ],
)
def test_what_cannot_be_read_says_why(data, reason):
    with pytest.raises(Unreadable, match=reason) as error:
        read_jats(data, "a.xml", "a")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("told", "section"), [("main", "abstract"), ("normal", "abstract"), ("teaser", "other"), ("executive-summary", "other")]
)
def test_type_of_an_abstract_tells_whether_it_is_the_abstract(told, section):
    front = f'<abstract abstract-type="{told}"><p>Half of the women answered.</p></abstract>'
    read = read_jats(article("<p>Text.</p>", front), "a.xml", "a")
    assert next(p.section for p in read.paragraphs if p.passage.text.startswith("Half")) == section


@pytest.mark.parametrize(
    "references",
    [
        "<ref-list><ref><mixed-citation>Smith A. Of <p and more. 2001</mixed-citation></ref></ref-list>",
        "<ref-list id='a'><ref-list><ref/></ref-list><ref-list/></ref-list>",
        "<ref-list/>",
        "<ref-list><title>More</title></ref-list><ref-list/>",
    ],
)
def test_references_are_not_read_whatever_is_in_them(references):
    data = article("<p>Text.</p>").replace(
        b"</body>", f"</body><back>{references}<fn-group><fn><p>A note.</p></fn></fn-group></back>".encode()
    )
    read = read_jats(data, "a.xml", "a")
    assert [p.passage.text for p in read.paragraphs][-2:] == ["Text.", "A note."]
    assert read.paragraphs[-1].passage.locator == "/article/back/fn-group/fn/p"


def test_a_file_cut_off_in_its_references_is_broken():
    data = article("<p>Text.</p>").replace(b"</body>", b"</body><back><ref-list><ref><mixed-citation>Smith</mixed-")
    with pytest.raises(Unreadable, match="broken XML"):
        read_jats(data[: data.index(b"Smith") + 3], "a.xml", "a")
