"""An article in, its published values out.

Belongs here: the order of the work. Does not: how an arm, a table or a sentence is understood; each has a module of its own.
"""

from __future__ import annotations

from trialmart.document import Article
from trialmart.extraction import arms, headers, metadata, prose, tables
from trialmart.extraction.values import Extraction

__all__ = ["Extraction", "extract"]


def extract(article: Article) -> Extraction:
    """Everything that the article prints, with the place of each figure. What is not understood is in the result as such, not left out.

    Arms come first since tables and sentences both speak of them; tables come before prose since a sentence that does not name its arm may
    be resolved by the one table place that prints the same figures.
    """
    metadata.complete(article)
    layouts = [headers.lay_out(table) for table in article.tables if table.grid]
    found = arms.find_arms(article, layouts)
    records, values, observations = tables.extract_tables(article, found, layouts)
    told, remarks = prose.extract_prose(article, found, values)
    messages = [f"{record.table_id}: {record.message}" for record in records if record.message]
    return Extraction(found, records, values + told, observations + remarks, messages)
