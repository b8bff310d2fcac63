"""What reading and extraction cost, as a ratio to a pass that only parses the XML and pulls every table cell; and what came out, by status and kind.

python -m benchmarks.extraction_speed [--shared ../shared] [--rounds 3]
"""

from __future__ import annotations

import argparse
import collections
import gc
import pathlib
import time
from collections.abc import Callable

from lxml import etree

from trialmart.document import Article, Unreadable
from trialmart.extraction import arms, extract, headers, tables
from trialmart.extraction.values import Extraction
from trialmart.reading import read


def floor(files: list[tuple[str, bytes]]) -> None:
    """The least that any reader does: parse, and the text of each cell."""
    for _, data in files:
        root = etree.fromstring(data)
        for cell in root.iter("td", "th"):
            "".join(cell.itertext())


def read_all(files: list[tuple[str, bytes]]) -> list[Article]:
    articles = []
    for name, data in files:
        try:
            articles.append(read(data, name, name))
        except Unreadable as reason:
            print(f"{name}: {reason}")
    return articles


def extract_tables(articles: list[Article]) -> None:
    for article in articles:
        layouts = [headers.lay_out(table) for table in article.tables if table.grid]
        tables.extract_tables(article, arms.find_arms(article, layouts), layouts)


def timed(work: Callable[[], object]) -> float:
    gc.collect()
    started = time.process_time()
    work()
    return time.process_time() - started


def shares(extractions: list[Extraction]) -> None:
    """Tables by kind and status, and figures understood."""
    status: collections.Counter[tuple[str, str]] = collections.Counter()
    figures: collections.Counter[tuple[str, bool]] = collections.Counter()
    for extraction in extractions:
        kinds = {record.table_id: record.kind for record in extraction.tables}
        for record in extraction.tables:
            status[record.kind, record.status] += 1
        for value in extraction.values:
            if value.table_id and value.value is not None and value.source_kind == "table":
                figures[kinds[value.table_id], value.statistic != "other"] += 1
    print(f"{'kind':<16}{'tables':>8}{'extracted':>11}{'partial':>9}{'quarantined':>13}{'figures':>9}{'understood':>12}")
    for kind in sorted({kind for kind, _ in status}):
        counts = [status[kind, name] for name in ("extracted", "partial", "quarantined")]
        all_figures = figures[kind, True] + figures[kind, False]
        print(
            f"{kind:<16}{sum(counts):>8}{counts[0]:>11}{counts[1]:>9}{counts[2]:>13}{all_figures:>9}{figures[kind, True] / max(all_figures, 1):>12.1%}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=pathlib.Path, default=pathlib.Path("../shared"))
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    files = [(path.stem.lower(), path.read_bytes()) for path in sorted((options.shared / "corpus").glob("*.nxml"))]
    articles = read_all(files)
    best = dict.fromkeys(("floor", "read", "tables", "all"), float("inf"))
    extractions: list[Extraction] = []
    for _ in range(options.rounds):
        best["floor"] = min(best["floor"], timed(lambda: floor(files)))
        best["read"] = min(best["read"], timed(lambda: read_all(files)))
        best["tables"] = min(best["tables"], timed(lambda: extract_tables(articles)))
        best["all"] = min(best["all"], timed(lambda: extractions.extend(map(extract, articles))))
    shares(extractions[: len(articles)])
    print()
    each = 1000 / max(len(files), 1)
    for name, what in (
        ("floor", "parse and pull cells"),
        ("read", "reading"),
        ("tables", "tables and arms"),
        ("all", "tables, arms and prose"),
    ):
        print(f"{what:<26}{best[name] * each:>8.2f} ms an article{best[name] / best['floor']:>8.1f} x")
    total = best["read"] + best["all"]
    print(f"{'reading and extraction':<26}{total * each:>8.2f} ms an article{total / best['floor']:>8.1f} x")


if __name__ == "__main__":
    main()
