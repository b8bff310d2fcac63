"""How well tables and prose are extracted, against hand-made keys, without the pipeline: seconds instead of a run.

python -m benchmarks.extraction_score [--shared ../shared] [--misses N] [--tables-only]
"""

from __future__ import annotations

import argparse
import importlib.util
import pathlib
import sys
import time
from types import ModuleType

import duckdb

from trialmart.extraction import arms, extract, tables
from trialmart.extraction.values import Extraction
from trialmart.reading import read

VALUE = (
    "article_id VARCHAR, value_id VARCHAR, source_kind VARCHAR, table_id VARCHAR, row_index BIGINT, column_index BIGINT, row_path VARCHAR[], scope VARCHAR, arm_id VARCHAR, grade VARCHAR, "
    "statistic VARCHAR, value DOUBLE, comparator VARCHAR, printed VARCHAR, span_id VARCHAR"
)


def scorer(shared: pathlib.Path) -> ModuleType:
    """The acceptance scorer as a module."""
    spec = importlib.util.spec_from_file_location("score_extraction", shared / "tools" / "score_extraction.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def database(path: pathlib.Path, found: dict[str, Extraction]) -> None:
    """A database with just what the scorer reads."""
    db = duckdb.connect(str(path))
    db.execute("create schema evidence; create schema lineage")
    db.execute(f"create table evidence.published_value ({VALUE})")
    db.execute("create table evidence.arm (article_id VARCHAR, arm_id VARCHAR, label VARCHAR, aliases VARCHAR[])")
    db.execute("create table lineage.source_span (span_id VARCHAR, char_start BIGINT, char_end BIGINT)")
    values, spans, named = [], {}, []
    for article_id, extraction in found.items():
        named += [(article_id, arm.arm_id, arm.label, list(arm.aliases)) for arm in extraction.arms]
        for v in extraction.values:
            span = f"{article_id}@{v.start}-{v.end}"
            spans[span] = (span, v.start, v.end)
            values.append((article_id, v.value_id, v.source_kind, v.table_id, v.row_index, v.column_index, list(v.row_path), v.scope, v.arm_id, v.grade, v.statistic, v.value,
                           v.comparator, v.printed, span))  # fmt: skip
    import pandas as pd

    frame = pd.DataFrame(values, columns=[part.split()[0] for part in VALUE.split(", ")])
    for column in ("row_index", "column_index"):
        frame[column] = frame[column].astype("Int64")
    where = pd.DataFrame(list(spans.values()), columns=["span_id", "char_start", "char_end"])
    arm_frame = pd.DataFrame(named, columns=["article_id", "arm_id", "label", "aliases"])
    db.register("v", frame)
    db.register("s", where)
    db.register("a", arm_frame)
    db.execute(
        "insert into evidence.published_value select * from v; insert into lineage.source_span select * from s; insert into evidence.arm select * from a"
    )
    db.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=pathlib.Path, default=pathlib.Path("../shared"))
    parser.add_argument("--misses", type=int, default=0)
    parser.add_argument("--tables-only", action="store_true")
    options = parser.parse_args()
    key = options.shared / "corpus_key"
    found = {}
    started = time.perf_counter()
    for folder in sorted(p for p in key.iterdir() if (p / "cells.csv").exists()):
        source = options.shared / "corpus" / f"{folder.name}.nxml"
        article = read(source.read_bytes(), str(source), folder.name.lower())
        if options.tables_only:
            known = arms.find_arms(article)
            records, values, observations = tables.extract_tables(article, known)
            found[article.article_id] = Extraction(known, records, values, observations)
        else:
            found[article.article_id] = extract(article)
    print(f"{len(found)} articles read and extracted in {time.perf_counter() - started:.2f} s")
    import tempfile

    with tempfile.TemporaryDirectory() as folder_name:
        path = pathlib.Path(folder_name) / "score.duckdb"
        database(path, found)
        sys.argv = ["score_extraction", str(path), str(key), "--misses", str(options.misses)]
        scorer(options.shared).main()


if __name__ == "__main__":
    main()
