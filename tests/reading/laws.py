"""What holds for every article, whatever the reader."""

from trialmart.document import Article, Passage


def passages(article: Article) -> list[Passage]:
    found = [p.passage for p in article.paragraphs]
    for table in article.tables:
        found += [table.caption, *(note.passage for note in table.notes), *(cell.passage for row in table.grid for cell in row)]
    return found


def check(article: Article) -> None:
    """Every piece stands where it says, pieces do not overlap, marks lie inside, grids are rectangles."""
    for passage in passages(article):
        end = 0
        for piece in passage.pieces:
            assert piece.offset >= end and piece.length > 0
            assert article.text[piece.start : piece.start + piece.length] == passage.text[piece.offset : piece.offset + piece.length]
            end = piece.offset + piece.length
        assert end <= len(passage.text)
        assert len(passage.words) == len(passage.text)
        last = 0
        for mark in passage.marks:
            assert last <= mark.start < mark.end <= len(passage.text) and mark.symbol
            last = mark.end
    ids = [table.table_id for table in article.tables]
    assert len(ids) == len(set(ids))
    for table in article.tables:
        assert len({len(row) for row in table.grid}) <= 1
        for r, row in enumerate(table.grid):
            for c, cell in enumerate(row):
                assert cell.row <= r < cell.row + cell.row_span and cell.column <= c < cell.column + cell.column_span
