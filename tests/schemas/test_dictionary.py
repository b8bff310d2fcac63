"""The data dictionary in docs/ is the one that the contracts give."""

import schemas
from schemas.dictionary import PAGE, dictionary


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == dictionary(), "run: python -m schemas.dictionary"


def test_every_published_column_is_on_it():
    page = dictionary()
    for name, model in schemas.PUBLISHED.items():
        section = page.split(f"### {name}\n")[1].split("\n### ")[0]
        assert all(f"| `{column}` |" in section for column in model.columns)
