"""HTML: a made-up page, and pages made from the corpus, which must give what the XML gives."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import document_fromstring

from trialmart.document import Unreadable
from trialmart.reading import read

from .laws import check, passages
from .pages import HTML
from .to_html import to_html


def read_html(source):
    article = read(source.encode() if isinstance(source, str) else source, "page", "page")
    assert article.format == "html"
    check(article)
    return article


@pytest.fixture(scope="module")
def page():
    return read_html(HTML)


def words(table):
    return [[cell.label for cell in row] for row in table.grid]


def bare_words(table):
    """Without the brackets and commas that stand around reference marks: which of them belong to the mark is a matter of the reader."""
    return [[re.sub(r"\s*\[[\s,;–-]*\]|[\s,]+$", "", label) for label in row] for row in words(table)]


def test_metadata(page):
    m = page.metadata
    assert (m.title, m.journal, m.year, m.doi, m.pmid) == (
        "Alphadrug against Placebo in Early Gout", "J Test Med", 2019, "10.1234/jtm.5678", "12345678")  # fmt: skip


def test_the_site_is_left_out(page):
    for noise in ("12.5% off", "Home", "cookies", "99%", "Copyright", "55.5", "Open in a new tab"):
        assert noise not in page.text


def test_tables_with_spans_captions_and_notes(page):
    first, second = page.tables
    assert (first.table_id, first.label, first.caption.text, first.n_header_rows) == ("T1", "Table 1", "Baseline characteristics.", 2)
    assert words(first) == [
        ["Characteristic", "Alphadrug (N=15)", "Alphadrug (N=15)", "Placebo"],
        ["Characteristic", "n", "%", "n"],
        ["Sex", "", "", ""],
        ["Male", "9", "60.0", "10"],
    ]
    assert first.grid[0][0] is first.grid[1][0] and first.grid[2][1] is first.grid[2][3]
    assert [(n.symbol, n.passage.text) for n in first.notes] == [("a", "Once daily."), ("*", "Rounded."), ("b", "Not used.")]
    assert [row[0].indent for row in first.grid] == [0, 0, 0, 1]
    assert (second.label, second.caption.text, second.n_header_rows) == ("Table 2", "Adverse events", 1)
    assert words(second) == [["Event", "Alphadrug", "Placebo"], ["Nausea", "3 (20.0)", "2"]]
    assert [(n.symbol, n.passage.text) for n in second.notes] == [("†", "Nausea or vomiting.")]


def test_the_text_has_a_row_a_line_and_tabs_between_cells(page):
    assert "Event\tAlphadrug\tPlacebo\t\nNausea\t3 (20.0)\t2\t\n" in page.text


def test_sections_and_marks(page):
    told = {p.passage.text: p for p in page.paragraphs}
    assert told["Gout hurts.1"].section == "abstract" and told["Gout hurts.1"].passage.label == "Gout hurts."
    power = told["The relative risk was 0.40 (P < 0.05) at 10^9 cells."]
    assert (power.section, power.heading, power.passage.marks) == ("abstract", "Results", ())
    bracket = told["We randomized 30 patients [2, 3]."]
    assert bracket.section == "methods" and bracket.passage.label == "We randomized 30 patients ."
    assert [(m.kind, m.symbol) for m in bracket.passage.marks] == [("reference", "2, 3")]
    assert told["Old A. Gout in 12.5% of kings."].section == "other"


def test_a_sentence_cut_by_a_table_is_one_passage(page):
    assert "See Table 1, which shows the baseline." in [p.passage.text for p in page.paragraphs if p.section == "results"]


def test_a_layout_table_is_read_through(page):
    assert "A layout table holds this sentence of the article." in [p.passage.text for p in page.paragraphs]


def test_locators_find_their_elements(page):
    tree = document_fromstring(HTML.encode()).getroottree()
    located = [p for p in passages(page) if p.locator]
    assert len(located) > 25
    for passage in located:
        (element,) = tree.xpath(passage.locator)
        content = " ".join("".join(element.itertext()).replace("\u00a0", " ").split())
        assert passage.text.replace("^", "").split()[0] in content
    for table in page.tables:
        assert tree.xpath(table.locator)[0].tag == "table"


@pytest.mark.parametrize(
    "source",
    [
        "<html><body><h1>T</h1>@</body></html>",
        "<body><div class='content'><h2>Results</h2>@</div>",
        "<!-- saved page -->\n<!DOCTYPE html>\n<html><body><div><table><tr><td><div>@</div></td></tr></table></div></body></html>",
    ],
)
def test_pages_without_the_usual_frame(source):
    article = read_html(
        source.replace(
            "@",
            "<p>Rates were low.</p><table><caption>Table 3: Rates</caption><tr><th>A</th><th>B</th></tr><tr><td>x</td><td>5</td></tr></table>",
        )
    )
    (table,) = article.tables
    assert (table.table_id, table.label, table.caption.text) == ("t3", "Table 3", "Rates")
    assert words(table) == [["A", "B"], ["x", "5"]]


def test_spans_that_reach_too_far_and_ragged_rows():
    article = read_html(
        "<html><body><p>Rates.</p><table><tr><th rowspan='9'>A</th><th colspan='x'>B</th></tr><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table></body></html>"
    )
    (table,) = article.tables
    assert words(table) == [["A", "B", ""], ["A", "1", "2"], ["A", "3", ""]] and "ragged" in table.message


def test_a_page_that_scripts_would_fill_is_unreadable():
    with pytest.raises(Unreadable, match="without text"):
        read_html("<html><body><div id='root'></div><script>load()</script></body></html>")


@pytest.mark.parametrize(("cut", "reason"), [("<td>2</td>", "within a table"), ("<p>Table 2", "names Table 2"), ("</body>", None)])
def test_a_page_that_broke_off_is_unreadable(cut, reason):
    page = (
        "<!doctype html><html><body><p>Patients were randomized; see Table 1 and Table 2.</p><table id='t1'><tr><td>a</td><td>1</td></tr></table>"
        "<table id='t2'><tr><td>b</td><td>2</td></tr></table><p>Table 2 is below.</p></body></html>"
    )
    page = page.replace("<table id='t2'>", "<p>Table 2</p><table id='t2'>") if cut == "<p>Table 2" else page
    source = page[: page.index(cut)]
    if reason is None:
        assert len(read_html(source).tables) == 2
        return
    with pytest.raises(Unreadable, match=reason):
        read_html(source)


# -- the corpus as pages ---------------------------------------------------------------------------------------------------------------


def test_pages_give_the_tables_that_the_xml_gives(shared):
    """Every eighth article: the grids as JATS has them. What differs is formulas and marks that only the XML tells."""
    same = different = 0
    notes = captions = sections = section_of = 0
    for path in sorted((shared / "corpus").glob("*.nxml"))[::8]:
        data = path.read_bytes()
        xml, page = read(data, path.name, "x"), read_html(to_html(data))
        pairs = list(zip([t for t in xml.tables if t.grid], [t for t in page.tables if t.grid], strict=True))
        for ours, theirs in pairs:
            equal = bare_words(ours) == bare_words(theirs)
            same, different = same + equal, different + (not equal)
            notes += len(ours.notes) == len(theirs.notes)
            captions += ours.caption.label == theirs.caption.label
        told = {p.passage.label: p.section for p in page.paragraphs}
        for paragraph in xml.paragraphs:
            if paragraph.section in ("abstract", "methods", "results", "discussion") and paragraph.passage.label in told:
                section_of += 1
                sections += told[paragraph.passage.label] == paragraph.section
    total = same + different
    assert total > 50
    assert same >= 0.93 * total and notes >= 0.9 * total and captions >= 0.93 * total
    assert sections >= 0.97 * section_of > 300


# -- pages that a machine makes up -----------------------------------------------------------------------------------------------------

leaf = st.one_of(
    st.sampled_from(
        ["12.5", "a", "Table 1. X", "†", "", "<b>Results</b>", "<sup>a</sup>", "<br>", "5 (3)", "<a href='#b1'>1</a>", "&nbsp;"]
    ),
    st.text("abc <>&1.", max_size=6),
)
element = st.recursive(
    leaf,
    lambda inner: st.tuples(
        st.sampled_from(["p", "div", "table", "tr", "td colspan=2", "th rowspan=3", "thead", "tfoot", "section class=tw", "figure", "figcaption", "h2", "ul", "li", "sup", "nav"]),
        st.lists(inner, max_size=4),
    ).map(lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0].split()[0]}>"),
    max_leaves=25,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(element, max_size=6).map("".join))
def test_every_page_keeps_the_laws(body):
    try:
        read_html(f"<!DOCTYPE html><html><body><p>Patients were randomized.</p>{body}</body></html>")
    except Unreadable as error:
        assert "\n" not in str(error)
