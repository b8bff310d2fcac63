"""Which published values reach a typed table, and what the way there costs. `python -m benchmarks.facts [FOLDER]`

Belongs here: shares and times over a folder of articles (default ../shared/corpus, else the shipped article). Does not: whether the rows are
right (tests/facts).
"""

from __future__ import annotations

import pathlib
import sys
import time

import pandas as pd

ROOT = pathlib.Path(__file__).resolve().parents[1]


def frames(paths: list[pathlib.Path]) -> dict[str, pd.DataFrame]:
    """Everything that these articles yield, by table name without its schema."""
    from trialmart.document import Unreadable
    from trialmart.extraction import extract
    from trialmart.frames import to_tables
    from trialmart.reading import read

    articles = []
    for path in paths:
        try:
            articles.append(read(path.read_bytes(), path.name, path.stem.lower()))
        except Unreadable as reason:
            print(f"{path.name}: {reason}")
    tables = to_tables(articles, [extract(article) for article in articles])
    return {name.split(".")[1]: table.to_pandas() for name, table in tables.items()}


def main(folder: str | None = None) -> None:
    import scipy.special  # noqa: F401  its import is not the marts' time

    from trialmart.effects import marts
    from trialmart.facts import routing, typed_tables

    source = pathlib.Path(folder) if folder else ROOT.parent / "shared" / "corpus"
    paths = sorted(
        path for path in (source if source.is_dir() else ROOT / "articles").iterdir() if path.suffix in (".nxml", ".xml", ".md", ".txt")
    )
    found = frames(paths)
    values, arm, tables = found["published_value"], found["arm"], found["article_table"]
    start = time.process_time()
    typed = {name.split(".")[1]: frame for name, frame in typed_tables(values, arm, found["article"], tables).items()}
    between = time.process_time()
    marts.safety(typed["adverse_event"], arm, values)
    marts.subgroup(typed["subgroup_effect"], values)
    marts.efficacy(typed["comparison"], typed["response"], typed["time_to_event"], values, arm)
    end = time.process_time()
    n = len(found["article"])
    print(
        f"{n} articles, {len(values):,} values; typed tables {1e3 * (between - start) / n:.1f} ms, marts {1e3 * (end - between) / n:.1f} ms an article\n"
    )
    print(f"{'table':28}{'rows':>8}{'values':>9}{'arm not told':>14}{'same key':>10}{'without N':>11}")
    reached: set[str] = set()
    for name, frame in typed.items():
        ids = {value for row in frame["value_ids"] for value in row}
        reached |= ids
        untold = (frame["note"] == "the text does not tell the arm").mean() if len(frame) else 0.0
        again = frame["note"].fillna("").str.contains("under the same labels").mean() if len(frame) else 0.0
        without = frame["arm_n"].isna().mean() if len(frame) else 0.0
        print(f"{name:28}{len(frame):8,}{len(ids):9,}{untold:14.1%}{again:10.1%}{without:11.1%}")
    left = values[~values["value_id"].isin(reached)]
    print(f"\n{1 - len(left) / max(len(values), 1):.1%} of the values reach a typed table. Most frequent of those that do not:")
    print(routing.by_kind(left, tables).head(20).to_string(index=False))


if __name__ == "__main__":
    main(*sys.argv[1:2])
