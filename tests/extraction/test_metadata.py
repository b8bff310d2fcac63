"""What the article says of itself, where the format does not mark it up."""

from trialmart.document import Article, Metadata, Paragraph, Passage, Piece
from trialmart.extraction import metadata


def article(text: str, *sections: tuple[str, str], **known) -> Article:
    made = Article("x", "x.txt", "text", "0" * 64, text, Metadata(**known))
    for section, words in sections:
        at = text.index(words)
        made.paragraphs.append(Paragraph(Passage(words, (Piece(0, at, len(words)),)), section))
    return made


def test_fills_what_is_missing():
    words = "A Trial of Zelotin\nN Engl J Med 2016;375:1925-36 DOI: 10.1000/xyz123. PMID: 12345678\nRegistered as NCT00000001."
    made = article(words, ("title", "A Trial of Zelotin"), ("abstract", "Registered as NCT00000001."))
    metadata.complete(made)
    meta = made.metadata
    assert (meta.title, meta.doi, meta.pmid, meta.nct_id, meta.year) == (
        "A Trial of Zelotin",
        "10.1000/xyz123",
        "12345678",
        "NCT00000001",
        2016,
    )


def test_keeps_what_the_format_marked_up():
    made = article("doi: 10.1000/other Published 2012", doi="10.1000/own", year=2010)
    metadata.complete(made)
    assert (made.metadata.doi, made.metadata.year) == ("10.1000/own", 2010)


def test_numbers_of_other_trials_are_not_its_own():
    made = article("Earlier trials were NCT00000002 and NCT00000003.", ("introduction", "Earlier trials were NCT00000002 and NCT00000003."))
    metadata.complete(made)
    assert made.metadata.nct_id is None
