"""Plain text: a made-up page with every nuisance, the real article, and pages that a machine makes up."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialmart.document import Unreadable
from trialmart.reading import read

from .laws import check
from .pages import TEXT


def read_text(text):
    article = read(text.encode(), "page.txt", "page")
    assert article.format == "text" and article.text == text
    check(article)
    return article


@pytest.fixture(scope="module")
def page():
    return read_text(TEXT)


def words(table):
    return [[cell.label for cell in row] for row in table.grid]


def symbols(passage):
    return [(mark.kind, mark.symbol) for mark in passage.marks]


def paragraphs(article, section):
    return [p.passage.text for p in article.paragraphs if p.section == section]


def test_metadata(page):
    m = page.metadata
    assert (m.title, m.journal, m.year, m.doi, m.nct_id) == (
        "Alphadrug against Placebo in Early Gout", "J Test Med", 2019, "10.1234/jtm.5678", "NCT00000001")  # fmt: skip


def test_grids_and_captions(page):
    first, second = page.tables
    assert (first.table_id, first.label, first.caption.text) == ("t1", "TABLE 1", "Baseline Characteristics of the Patients.")
    assert (second.table_id, second.label, second.caption.text) == ("t2", "Table 2", "Adverse Events According to Grade.")
    assert words(first) == [
        ["Characteristic", "Alphadrug (N=15)", "Placebo (N=15)"],
        ["Age — yr", "61", "60"],
        ["Sex — no. (%)", "", ""],
        ["Male", "9 (60.0)", "10 (66.7)"],
        ["Female", "6 (40.0)", "5 (33.3)"],
    ]
    assert first.n_header_rows == 1 and first.message is None


def test_merged_headers_spread_over_their_columns(page):
    table = page.tables[1]
    assert table.n_header_rows == 2
    assert words(table)[0] == ["Event", "Alphadrug (N=15)", "Alphadrug (N=15)", "Placebo (N=15)", "Placebo (N=15)"]
    assert words(table)[1] == ["Event", "Any Grade", "Grade 3", "Any Grade", "Grade 3"]
    assert table.grid[0][1] is table.grid[0][2] and table.grid[0][1].column_span == 2
    assert table.grid[0][0] is table.grid[1][0] and table.grid[0][0].row_span == 2
    assert words(table)[2] == ["Nausea", "3 (20.0)", "0", "2 (13.3)", "1 (6.7)"]


def test_notes_and_marks_in_all_styles(page):
    first, second = page.tables
    assert [(n.symbol, n.passage.text) for n in first.notes] == [("†", "Median."), ("‡", "One man withdrew.")]
    assert [n.symbol for n in second.notes] == ["a", "*", "**"]
    assert symbols(first.grid[1][0].passage) == [("note", "†")] and symbols(first.grid[3][2].passage) == [("note", "‡")]
    assert symbols(second.grid[0][3].passage) == [("note", "a")]
    assert symbols(second.grid[1][2].passage) == [("note", "*")]
    assert symbols(second.grid[2][0].passage) == [("note", "**")]


def test_sections(page):
    assert paragraphs(page, "abstract") == [
        "Gout hurts.",
        "We randomly assigned 30 patients to alphadrug or placebo.",
        "Flares occurred in 20.0% of the patients (P=0.03).",
        "Alphadrug prevented flares. (ClinicalTrials.gov number, NCT00000001.)",
    ]
    assert [p.heading for p in page.paragraphs if p.section == "abstract"] == ["BACKGROUND", "METHODS", "RESULTS", "CONCLUSIONS"]
    assert len(paragraphs(page, "introduction")) == 1 and paragraphs(page, "introduction")[0].startswith("Gout has been treated")
    assert len(paragraphs(page, "results")) == 2 and len(paragraphs(page, "discussion")) == 1


def test_what_is_not_the_article_is_no_section_of_it(page):
    told = [p.passage.text for p in page.paragraphs if p.section not in ("other", "title")]
    for noise in ("12.5%", "99%", "unlimited access", "Writer"):
        assert not any(noise in text for text in told)


def test_a_repeated_caption_is_told_once(page):
    assert not any("Adverse Events According to Grade" in p.passage.text for p in page.paragraphs if p.section != "other")


def test_a_sentence_cut_by_a_banner_is_one_passage(page):
    (text,) = paragraphs(page, "methods")
    assert text == (
        "Adults with one flare or more were eligible, as the protocol that had been approved by the "
        "board demanded, and a body-mass index below 40 kg/m² was needed."
    )


def test_an_interval_cut_by_two_tables_is_one_passage(page):
    passage = next(p.passage for p in page.paragraphs if "relative risk" in p.passage.text)
    assert passage.text.endswith("0.40 (95% CI, 0.17 to 0.93) with alphadrug as compared with placebo.")
    assert len(passage.pieces) == 2
    start = passage.text.index("0.93")
    first, last = passage.place(start, start + 4)
    assert page.text[first:last] == "0.93"


def test_a_banner_inside_a_paragraph_is_left_out(page):
    assert "The rates of pain were alike." in paragraphs(page, "results")


def test_reference_marks_are_marks_and_exponents_are_figures(page):
    introduction = next(p.passage for p in page.paragraphs if p.section == "introduction")
    assert symbols(introduction) == [("reference", "1"), ("reference", "2,3")]
    discussion = next(p.passage for p in page.paragraphs if p.section == "discussion")
    assert symbols(discussion) == [("reference", "4")]
    assert "10⁹" in discussion.words and "R²" in discussion.words and "⁴" not in discussion.words


# -- how a page may be set otherwise -------------------------------------------------------------------------------------------------

ROWS = "Event\tAlpha (N=10)\tBeta (N=12)\nNausea\t3 (30.0)\t2 (16.7)\nRash\t1 (10.0)\t0\n"
HEAD = "A Trial of Alpha and Beta in Gout\n\nResults\n\nPatients were randomized to alpha or to beta.\n\n"
TAIL = "\nDiscussion\n\nAlpha was better than beta.\n"


@pytest.mark.parametrize(
    ("around", "label", "caption"),
    [
        ("Table 4. Adverse events in both groups.\n\n@\n", "Table 4", "Adverse events in both groups."),
        ("Table 4\n\nAdverse Events in Both Groups\n\n@\n", "Table 4", "Adverse Events in Both Groups"),
        (
            "Table 4\n\nThe events of all patients who took a drug are given by group and by term.\n\n@\n",
            "Table 4",
            "The events of all patients who took a drug are given by group and by term.",
        ),
        ("TABLE IV: Adverse events\n@\n", "TABLE IV", "Adverse events"),
        ("@\nTable 4. Adverse events in both groups.\n", "Table 4", "Adverse events in both groups."),
        ("Adverse Events in Both Groups\n\n@\n", "", "Adverse Events in Both Groups"),
        ("Table 4 shows the events that were seen most often.\n\n@\n", "", ""),
    ],
)
def test_where_captions_stand(around, label, caption):
    article = read_text(HEAD + around.replace("@", ROWS) + TAIL)
    (table,) = article.tables
    assert (table.label, table.caption.text) == (label, caption)
    assert words(table)[1] == ["Nausea", "3 (30.0)", "2 (16.7)"]
    assert table.table_id == f"t{label.split()[-1].lower()}" if label else table.table_id == "t1"


def test_what_a_page_sets_to_be_clicked_on_parts_no_note_from_its_table():
    article = read_text(
        HEAD + "Table 1. Events.\n\n" + ROWS + "\nOpen in a new tab\n\nValues are n (%).\n\nOpen-label phase\n\nAll went on.\n" + TAIL
    )
    assert [note.passage.text for note in article.tables[0].notes] == ["Values are n (%)."]
    assert [p.heading for p in article.paragraphs if p.passage.text == "All went on."] == ["Open-label phase"]


@pytest.mark.parametrize("rule", ["", "|---|---|---|\n"])
def test_tables_that_a_scraper_set_with_bars(rule):
    rows = [line.split("\t") for line in ROWS.splitlines()]
    bars = [f"| {' | '.join(row)} | \n" for row in rows]
    article = read_text(HEAD + "Table 1\n" + bars[0] + rule + "".join(bars[1:]) + "Values are n (%).\n" + TAIL)
    assert words(article.tables[0]) == rows and article.tables[0].label == "Table 1"
    assert [note.passage.text for note in article.tables[0].notes] == ["Values are n (%)."]
    assert [p.section for p in article.paragraphs] == ["title", "results", "discussion"]


def test_a_general_note_stands_above_a_marked_one():
    below = "\nThe rates of all patients who took a drug are shown.\n\n* Worst grade.\n\nThe median was 5 months.\n"
    article = read_text(HEAD + "Table 1. Events.\n\n" + ROWS.replace("Rash", "Rash*") + below + TAIL)
    assert [(note.symbol, note.passage.text[:9]) for note in article.tables[0].notes] == [(None, "The rates"), ("*", "Worst gra")]


def test_parts_of_an_abstract_behind_its_conclusions_open_no_section():
    parts = "Abstract\n\nBackground\n\nGout hurts.\n\nMethods and Results\n\nWe randomized 20.\n\nConclusions\n\nAlpha was better.\n\n"
    article = read_text(
        "A Trial of Alpha in Gout\n\n"
        + parts
        + "Trial Registration\n\nIt has a number of its own here.\n\nIntroduction\n\nGout is old.\n\nMethods\n\nWe did it.\n"
    )
    assert [p.section for p in article.paragraphs] == ["title", *["abstract"] * 4, "introduction", "methods"]


def test_words_around_a_banner_are_kept():
    banner = "Continue to read this story here"
    body = f"{banner}\n\nThe median was 5 months with alpha {banner} and 4 months with beta.\n\n{banner}\n\nAll else was as before.\n\n{banner}\n"
    article = read_text(HEAD + body + TAIL)
    assert [p.passage.text for p in article.paragraphs if "median" in p.passage.text] == [
        "The median was 5 months with alpha and 4 months with beta."
    ]


def test_the_name_of_a_section_is_no_banner():
    body = "Supplementary material\n\nThe rate was 5% (Supplementary material online).\n\nSupplementary material\n\nIt is online.\n\nSupplementary material\n"
    article = read_text(HEAD + body + TAIL)
    assert "The rate was 5% (Supplementary material online)." in [p.passage.text for p in article.paragraphs]


def test_captions_below_several_tables():
    article = read_text(HEAD + ROWS + "\nTable 1. First Table.\n\n" + ROWS.replace("Rash", "Pain") + "\nTable 2. Second Table.\n" + TAIL)
    assert [(t.label, t.caption.text, t.grid[2][0].label) for t in article.tables] == [
        ("Table 1", "First Table.", "Rash"), ("Table 2", "Second Table.", "Pain")]  # fmt: skip


def test_a_label_without_its_grid_is_told():
    article = read_text(HEAD + "Table 1. Events.\n\n" + ROWS + "\nTable 2. Response in both groups.\n" + TAIL)
    assert article.tables[1].table_id == "t2" and article.tables[1].grid == [] and "no grid" in article.tables[1].message


def test_rows_that_lost_their_tabs_and_rows_of_another_width():
    stripped = read_text(HEAD + ROWS.replace("Rash", "Skin\nRash") + TAIL).tables[0]
    assert words(stripped)[2] == ["Skin", "", ""] and stripped.message is None
    ragged = read_text(HEAD + ROWS.replace("Rash\t1 (10.0)\t0", "Rash\t1 (10.0)\t0\t9") + TAIL).tables[0]
    assert words(ragged)[2] == ["Rash", "1 (10.0)", "0", "9"] and "ragged" in ragged.message


@pytest.mark.parametrize("lost", [4, 8, 12])
def test_a_file_that_ends_within_a_table_is_unreadable(lost):
    with pytest.raises(Unreadable, match="cut off"):
        read_text((HEAD + "Table 1. Events.\n\n" + ROWS.rstrip())[:-lost])


def test_a_file_that_ends_between_two_rows_is_told_by_what_it_lacks():
    """Marks without their notes and no section behind the results; or a table that the text names and the file does not hold."""
    marked = ROWS.replace("Rash", "Rash†")
    with pytest.raises(Unreadable, match="cut off"):
        read_text(
            "A Trial of Alpha in Gout\n\nAbstract\n\nCONCLUSIONS\n\nWell.\n\n" + HEAD.split("\n\n", 1)[1] + "Table 1. Events.\n\n" + marked
        )
    with pytest.raises(Unreadable, match="cut off"):
        read_text(HEAD + "Response is shown in Table 2.\n\nTable 1. Events.\n\n" + ROWS)


def test_a_table_at_the_end_of_a_whole_file_is_read():
    article = read_text(
        HEAD + "Discussion\n\nAll was well, as Table 1 shows.\n\nReferences\n\n1. Old A. Kings.\n\nTable 1. Events.\n\n" + ROWS
    )
    assert words(article.tables[0])[2] == ["Rash", "1 (10.0)", "0"]


def test_letters_and_digits_glued_to_figures_are_marks_only_with_a_note():
    rows = ROWS.replace("2 (16.7)", "2 (16.7)b").replace("30.0)", "30.0)1")
    noted = read_text(HEAD + rows + "\nb One patient twice.\n1 Mostly mild.\n" + TAIL).tables[0]
    assert [words(noted)[1], [n.symbol for n in noted.notes]] == [["Nausea", "3 (30.0)", "2 (16.7)"], ["b", "1"]]
    plain = read_text(HEAD + rows + TAIL).tables[0]
    assert words(plain)[1] == ["Nausea", "3 (30.0)1", "2 (16.7)b"]


def test_notes_that_run_on_in_one_line():
    rows = ROWS.replace("Nausea", "Nausea†").replace("Rash", "Rash‡")
    table = read_text(HEAD + rows + "\n† Any grade. ‡ Not hives; ** unused.\n" + TAIL).tables[0]
    assert [(n.symbol, n.passage.text) for n in table.notes] == [("†", "Any grade."), ("‡", "Not hives; ** unused.")]


def test_hard_wrapped_lines_are_one_paragraph():
    sentence = "Patients were randomized to alpha or to beta, and all of them were followed for exactly twelve months after that. "
    lines = []
    for start in range(0, len(sentence * 6), 60):
        lines.append((sentence * 6)[start : start + 60])
    article = read_text("A Trial of Alpha and Beta in Gout\n\nResults\n\n" + "\n".join(lines).strip() + "\n" + TAIL)
    (text,) = paragraphs(article, "results")
    assert len(text) > 600 and "\n" not in text


def test_two_open_ends_that_fit_one_continuation_stay_apart():
    head = HEAD + "The first of two sentences was cut when it came to the\n\nThe second sentence was cut as well on its way to the\n\n"
    article = read_text(head + ROWS + "\nend of the page, where it goes on.\n" + TAIL)
    assert all(len(p.passage.pieces) == 1 for p in article.paragraphs)


def test_a_bracket_decides_between_two_open_ends():
    head = HEAD + "The ratio of the two rates was found to be 0.80 (95% CI,\n\nA second sentence was cut as well on its way to the\n\n"
    article = read_text(head + ROWS + "\n0.60 to 0.95) after a year.\n\nend of the page, where it goes on.\n" + TAIL)
    results = paragraphs(article, "results")
    assert "The ratio of the two rates was found to be 0.80 (95% CI, 0.60 to 0.95) after a year." in results
    assert "A second sentence was cut as well on its way to the end of the page, where it goes on." in results


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_do_not_matter(newline):
    page = read_text(TEXT.replace("\n", newline))
    assert [t.caption.text for t in page.tables] == ["Baseline Characteristics of the Patients.", "Adverse Events According to Grade."]


def test_encodings_give_the_same_article():
    plain = HEAD + "The patient’s risk was 5 ± 2 – not more.\n\n" + ROWS + TAIL
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        assert read(plain.encode(encoding), "x", "x").text == plain


# -- the real one --------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(shared):
    article = read((shared / "articles" / "paloma2.txt").read_bytes(), "paloma2.txt", "paloma2")
    check(article)
    return article


def test_the_real_article_has_its_three_tables(real):
    assert [(t.table_id, t.n_header_rows, t.n_rows, t.n_columns, len(t.notes), t.message) for t in real.tables] == [
        ("t1", 1, 52, 3, 6, None), ("t2", 2, 37, 7, 8, None), ("t3", 1, 9, 4, 4, None)]  # fmt: skip
    assert [len(t.caption.text.split()) for t in real.tables] == [5, 22, 7]
    assert [[n.symbol for n in t.notes] for t in real.tables] == [
        ["*", "†", "‡", "§", "¶", "||"], ["a", "†", "‡", "§", "¶", "||", "**", "††"], ["*", "†", "‡", "§"]]  # fmt: skip


def test_the_real_article_has_no_mark_left_in_its_labels(real):
    for table in real.tables:
        for row in table.grid:
            assert not set(row[0].label) & set("†‡§¶*^[]{}|")


def test_the_real_article_has_its_interval_whole(real):
    text = next(p.passage.text for p in real.paragraphs if "34.7%" in p.passage.text)
    assert "34.7% (95% CI, 28.4 to 41.3) and 44.4% (95% CI, 36.9 to 52.2)" in text


def test_the_real_article_joins_three_cut_paragraphs_and_no_more(real):
    # a link's target left out also makes pieces; a cut is a gap of more than that
    cut = [p for p in real.paragraphs if any(b.start - (a.start + a.length) > 60 for a, b in zip(p.passage.pieces, p.passage.pieces[1:], strict=False))
           and p.section != "other"]  # fmt: skip
    assert len(cut) == 3
    assert all(p.passage.text.endswith(".") for p in cut)


def test_the_site_of_the_real_article_is_no_section(real):
    told = " ".join(p.passage.text for p in real.paragraphs if p.section not in ("other",))
    for noise in ("AI companion", "Obstetrics", "Ribociclib", "Crossref", "Download", "Copyright", "Maximov"):
        assert noise not in told


# -- pages that a machine makes up ---------------------------------------------------------------------------------------------------

word = st.text(string.ascii_letters + "0123456789.,;%()–†‡*^{}[]⁰¹²³$|", min_size=1, max_size=10)
phrase = st.lists(word, min_size=1, max_size=12).map(" ".join)
cell = st.one_of(
    st.just(""),
    phrase,
    st.floats(0, 100).map(lambda x: f"{x:.1f}"),
    st.tuples(st.integers(0, 99), st.integers(0, 99)).map("{0[0]} ({0[1]})".format),
)


@st.composite
def grids(draw):
    width = draw(st.integers(2, 5))
    rows = draw(st.lists(st.lists(cell, min_size=width, max_size=width), min_size=2, max_size=6))
    return "\n".join("\t".join(["row", *row[1:-1], "9"]) for row in rows)


documents = st.lists(
    st.one_of(phrase, grids(), st.sampled_from(["Methods", "RESULTS", "TABLE 1", "Table 2. Events.", "Subscribe to this journal now."])),
    max_size=20,
)


@settings(max_examples=80, deadline=None)
@given(documents, st.sampled_from(["\n\n", "\n", "\r\n\r\n"]))
def test_every_page_keeps_the_laws(blocks, between):
    text = between.join(blocks)
    try:
        read_text(text)
    except Unreadable as error:
        assert "\n" not in str(error)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 999).map(str), min_size=3, max_size=3), min_size=2, max_size=8))
def test_every_cell_of_a_grid_is_read(rows):
    body = "\n".join("\t".join([f"Row {i}", *row]) for i, row in enumerate(rows))
    article = read_text(f"{HEAD}Label\tA\tB\tC\n{body}\n{TAIL}")
    assert words(article.tables[0])[1:] == [[f"Row {i}", *row] for i, row in enumerate(rows)]
