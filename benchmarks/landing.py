"""What it costs to check, land, read, expect and publish printed values: `python -m benchmarks.landing [ARTICLES]`.

The rows are made up: 600 printed values an article, about what the corpus gives. Times are of one process.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd

import schemas
from dagster_project import expectations
from dagster_project.warehouse import Warehouse

PER_ARTICLE = 600
BATCH = 250


def values(first: int, articles: int) -> pd.DataFrame:
    """Printed values of some articles, in the types that a stop hands over."""
    n = articles * PER_ARTICLE
    article = np.repeat([f"pmc{first + i}" for i in range(articles)], PER_ARTICLE)
    number = np.tile(np.arange(PER_ARTICLE), articles)
    ids = pd.Series(article) + ":t1:r" + pd.Series(number // 6).astype(str) + "c" + pd.Series(number % 6).astype(str) + ":0"
    value = np.random.default_rng(first).integers(0, 500, n).astype(float)
    return schemas.PublishedValue.coerce(
        pd.DataFrame(
            {"value_id": ids, "article_id": article, "source_kind": "table", "table_id": "t1", "row_index": number // 6, "column_index": number % 6,
             "span_id": pd.Series(article) + "@" + pd.Series(number).astype(str), "row_path": [["Age", "65 or older"]] * n, "scope": "arm",
             "arm_id": "x", "statistic": "count", "value": value, "value_low": value, "value_high": value, "printed": "12", "is_assumption": False,
             "comparator": "="}
        )
    )  # fmt: skip


@contextmanager
def timed(times: dict[str, float], name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    times[name] = times.get(name, 0.0) + time.perf_counter() - start


def main(articles: int) -> None:
    times: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as home, Warehouse(home) as warehouse:
        with timed(times, "open a new warehouse"):
            warehouse.count(schemas.PublishedValue)
        with timed(times, "first Pandera model"):
            schemas.PublishedValue.split(values(0, 1))
        for first in range(0, articles, BATCH):
            frame = values(first, min(BATCH, articles - first))
            with timed(times, "check"):
                good, _ = schemas.PublishedValue.split(frame)
            with timed(times, "land"), warehouse.transaction() as transaction:
                transaction.replace(schemas.PublishedValue, good, list(good.article_id.unique()))
        with timed(times, "replace one article"), warehouse.transaction() as transaction:
            transaction.replace(schemas.PublishedValue, values(0, 1), ["pmc0"])
        with timed(times, "read one article"):
            warehouse.read(schemas.PublishedValue, ["pmc0"])
        with timed(times, "read all"):
            warehouse.read(schemas.PublishedValue)
        with timed(times, "frames for expectations"):
            expectations.gather(warehouse)
        with timed(times, "publish"):
            warehouse.publish("benchmark")
        with timed(times, "publish unchanged"):
            warehouse.publish("benchmark")
    rows = articles * PER_ARTICLE
    print(f"{articles} articles, {rows:,} values")
    for name, seconds in times.items():
        print(f"  {name:<26}{seconds:8.3f} s{seconds / rows * 1e6:10.2f} µs a value")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 250)
