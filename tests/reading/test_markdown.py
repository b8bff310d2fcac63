"""Markdown: a made-up page with what GitHub's flavour offers, the shipped article, and pages that a machine makes up."""

import pathlib
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialmart.document import Unreadable
from trialmart.reading import read
from trialmart.reading.markdown import inline

from .laws import check
from .pages import MARKDOWN

SHIPPED = pathlib.Path(__file__).resolve().parents[2] / "articles" / "paloma2.md"


def read_markdown(text):
    article = read(text.encode(), "page", "page")
    assert article.text == text
    check(article)
    return article


@pytest.fixture(scope="module")
def page():
    article = read_markdown(MARKDOWN)
    assert article.format == "markdown"
    return article


def words(table):
    return [[cell.label for cell in row] for row in table.grid]


def test_metadata(page):
    m = page.metadata
    assert (m.title, m.journal, m.year, m.doi) == ("Alphadrug against Placebo in Early Gout", "J Test Med", 2019, "10.1234/jtm.5678")


def test_emphasis_links_escapes_and_entities_break_no_word(page):
    text = next(p.passage.text for p in page.paragraphs if p.section == "results")
    assert text == (
        "Flares were fewer (P < 0.05;[^2] relative risk, 0.40) at 5 * 3 sites; see Table 1 and the drug_code A_1. Counts were 10^9/L.4"
    )


def test_a_superscript_is_a_mark_and_a_power_is_a_figure(page):
    passage = next(p.passage for p in page.paragraphs if p.section == "results")
    assert [(m.kind, m.symbol) for m in passage.marks] == [("reference", "2"), ("reference", "4")]
    assert passage.words.rstrip().endswith("10^9/L.")


def test_the_place_of_a_figure_is_its_place_in_the_source(page):
    passage = next(p.passage for p in page.paragraphs if p.section == "results")
    start = passage.text.index("0.40")
    first, last = passage.place(start, start + 4)
    assert (page.text[first:last], first) == ("0.40", MARKDOWN.index("0.40"))


def test_tables_and_captions_above_and_below(page):
    first, second = page.tables
    assert (first.table_id, first.label, first.caption.text) == ("t1", "Table 1", "Baseline characteristics | all patients.")
    assert (second.table_id, second.label, second.caption.text) == ("t2", "Table 2", "Adverse events")
    assert words(first) == [
        ["Characteristic", "Alphadrug (N=15)", "Alphadrug (N=15)", "Placebo (N=15)", "Placebo (N=15)"],
        ["Characteristic", "n", "%", "n", "%"],
        ["Sex", "", "", "", ""],
        ["Male | man", "9", "60.0", "10", "66.7"],
        ["Female", "6 (six)", "40.0", "5", "33.3"],
    ]
    assert first.n_header_rows == 2 and [row[0].indent for row in first.grid] == [0, 0, 0, 1, 1]


def test_notes_under_the_table_and_at_the_end_of_the_file(page):
    assert [(n.symbol, n.passage.text) for n in page.tables[0].notes] == [
        ("a", "Once daily."), ("*", "As stated."), ("†", "One man withdrew."), ("1", "One man withdrew later.")]  # fmt: skip
    assert [m.symbol for m in page.tables[0].grid[3][3].passage.marks] == ["1"]


def test_sections(page):
    told = [(p.section, p.heading) for p in page.paragraphs]
    assert ("abstract", "Background") in told and ("abstract", "Methods") in told
    assert [p.section for p in page.paragraphs if "kings" in p.passage.text] == ["other"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("**bold** and *italic* and ***both***", "bold and italic and both"),
        ("a_b_c and _it_ and __bo__", "a_b_c and it and bo"),
        ("CI)* and 5*3 and P*", "CI)* and 5*3 and P*"),
        (r"\* \_ \| \[x\] \\", r"* _ | [x] \ ".rstrip()),
        ("[text](http://a.b/c_d) and [ref][1] and ![img](x.png)!", "text and ref and !"),
        ("&lt;0.001 &plusmn; 2&nbsp;mg &unknown;", "<0.001 ± 2 mg &unknown;"),
        ("H<sub>2</sub>O, m<sup>2</sup>, 5<br/>6, p<0.05 and x>3", "H2O, m^2, 5 6, p<0.05 and x>3"),
        (
            "as before.[[6]](#b6) and Score[‡](#fn3), the 25<sup>th</sup> and HER2<sup>+</sup>",
            "as before.[6] and Score‡, the 25th and HER2+",
        ),
        ("**Alpha (*****n*****=12)** and **a**", "Alpha (n=12) and a"),
        ("`code` ~~old~~ new <!-- gone -->", "code old new "),
    ],
)
def test_inline(source, words):
    assert inline(source, 0, len(source)).text == words


def test_only_marks_are_blanked():
    source = "25<sup>th</sup> of 10<sup>a</sup>"
    assert inline(source, 0, len(source)).words == "25th of 10 "


def test_setext_headings_quotes_fences_and_bold_headings():
    article = read_markdown(
        "Alpha in Gout: a Trial\n=====\n\nMethods\n---\n\n> Patients were *randomized*\n> to alpha.\n\n```\ncode 12%\n```\n\n**Results**\n\nAll was well.\n"
        "\n| a | b |\n|---|---|\n| 1 | 2 |\n\nThe end of the article.\n"
    )
    assert [(p.section, p.passage.text) for p in article.paragraphs] == [
        ("title", "Alpha in Gout: a Trial"),
        ("methods", "Patients were randomized to alpha."),
        ("results", "All was well."),
        ("results", "The end of the article."),
    ]


def test_a_ragged_table_says_so():
    article = read_markdown("# T\n\n## Results\n\n| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 |\n| 4 | 5 |\n\nThe text goes on.\n")
    assert words(article.tables[0])[2] == ["4", "5", ""] and "ragged" in article.tables[0].message


def test_a_file_that_ends_within_a_table_is_unreadable():
    with pytest.raises(Unreadable, match="cut off"):
        read_markdown("# T\n\n## Results\n\n**Table 1.** Events\n\n| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 |\n| 4 | 5")


HEADED = "# A Trial of Alpha in Gout\n\n## Results\n\nPatients were randomized.\n\n#### Table 1\n\n@\n\n## Discussion\n\nAll was well.\n"


@pytest.mark.parametrize(
    "rows",
    [
        # an empty header above the table's own
        "|  |  |  |\n| --- | --- | --- |\n| Event | Alpha | Beta |\n| Sex |  |  |\n| Male | 1 (5) | 2 (6) |",
        # no bars at the ends, and none in a row of one cell
        "Event| Alpha| Beta\n---|---|---\nSex  \nMale| 1 (5)| 2 (6)",
        # no row of dashes
        "| Event | Alpha | Beta |\n| Sex |  |  |\n| Male | 1 (5) | 2 (6) |",
    ],
)
def test_tables_as_converters_set_them(rows):
    table = read_markdown(HEADED.replace("@", rows)).tables[0]
    assert words(table) == [["Event", "Alpha", "Beta"], ["Sex", "", ""], ["Male", "1 (5)", "2 (6)"]]
    assert table.label == "Table 1" and table.n_header_rows == 1 and table.message is None


def test_an_open_row_may_begin_with_an_empty_cell():
    table = read_markdown(HEADED.replace("@", "| Alpha| Beta\n---|---|---\nMale| 1 (5)| 2 (6)\nFemale| 3 (5)| ")).tables[0]
    assert words(table) == [["", "Alpha", "Beta"], ["Male", "1 (5)", "2 (6)"], ["Female", "3 (5)", ""]]


# -- the shipped article -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped():
    return read_markdown(SHIPPED.read_text(encoding="utf-8"))


def test_the_shipped_article(shipped):
    assert [(t.table_id, t.n_header_rows, t.n_rows, t.n_columns, len(t.notes), t.message) for t in shipped.tables] == [
        ("t1", 1, 52, 3, 6, None), ("t2", 2, 37, 7, 7, None), ("t3", 1, 9, 4, 3, None)]  # fmt: skip
    assert shipped.metadata.nct_id == "NCT01740427" and shipped.metadata.year == 2016 and shipped.metadata.journal == "N Engl J Med"
    assert {p.section for p in shipped.paragraphs} == {
        "title",
        "other",
        "abstract",
        "introduction",
        "methods",
        "results",
        "discussion",
        "notes",
    }


def test_the_shipped_article_has_the_figures_of_the_real_one(shipped, shared):
    """Cell by cell: the same figures in the same order, whatever the labels and dashes."""
    real = read((shared / "articles" / "paloma2.txt").read_bytes(), "x", "x")
    for ours, theirs in zip(shipped.tables, real.tables, strict=True):
        figures = [
            [[cell.label.replace("-", "–") for cell in row[1:]] for row in table.grid[table.n_header_rows :]] for table in (ours, theirs)
        ]
        assert figures[0] == figures[1]


def test_the_shipped_article_prints_every_figure_of_the_real_prose(shipped, shared):
    """Every decimal figure of the real article's own sections stands in ours too, and none that it does not print."""
    import re

    real = read((shared / "articles" / "paloma2.txt").read_bytes(), "x", "x")

    def figures(article):
        prose = " ".join(p.passage.words for p in article.paragraphs if p.section in ("abstract", "methods", "results", "discussion"))
        return set(re.findall(r"(?<![\w.-])\d+\.\d+(?![\w.]*\d)", prose))

    assert figures(real) - figures(shipped) == set()
    assert figures(shipped) - figures(real) == set()


# -- pages that a machine makes up ---------------------------------------------------------------------------------------------------

piece = st.one_of(
    st.text(string.ascii_letters + "0123456789 .,;%()", min_size=1, max_size=12),
    st.sampled_from(["**", "*", "_", "`", "[a](b)", "[^1]", "<sup>a</sup>", "<br>", "&lt;", "\\|", "\\*", "†", "|", "\n", "\n\n", "# ", "| a | b |\n|---|---|\n| 1 | 2 |\n",
                     "[^1]: note", "Table 1. x", "> ", "```", "- ", "<!-- ", "-->", "---\n"]),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(piece, max_size=40).map("".join))
def test_every_page_keeps_the_laws(text):
    source = f"# Title\n\n## Results\n\n{text}\n\nThe end.\n"
    try:
        read_markdown(source)
    except Unreadable as error:
        assert "\n" not in str(error)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(string.ascii_letters + "0123456789.%*|_", max_size=8), min_size=2, max_size=2), min_size=1, max_size=6))
def test_every_cell_is_read_back(rows):
    escape = str.maketrans({c: "\\" + c for c in "|*_"})
    body = "\n".join(f"| Row {i} | {a.translate(escape)} | {b.translate(escape)} |" for i, (a, b) in enumerate(rows))
    article = read_markdown(f"# T\n\n## Results\n\n| L | A | B |\n|---|---|---|\n{body}\n\nThe end.\n")
    got = [[cell.text.strip() for cell in row][1:] for row in article.tables[0].grid][1:]
    assert got == rows
