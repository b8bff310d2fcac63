"""The audit on all articles: how often each rule finds something, how long it takes, and findings drawn at random for the eye.

    python -m benchmarks.audit_corpus [FOLDER ...] [--draw 20] [--seed 1] [--key] [--save FRAMES.pickle] [--load FRAMES.pickle]

Reads and extracts every article (that is the long part; --save keeps the frames), audits them in one batch, and prints the rate of findings by
rule and severity. With --key the known problems of the keyed articles are scored too.
"""

from __future__ import annotations

import argparse
import pathlib
import time

import pandas as pd

from trialmart import audit

SHARED = pathlib.Path(__file__).resolve().parents[2] / "shared"
NAMES = ("evidence.published_value", "evidence.arm", "evidence.article_table", "evidence.text_observation")


def frames(paths: list[pathlib.Path]) -> list[pd.DataFrame]:
    """published_value, arm, article_table and text_observation of these articles; what cannot be read is named and left out."""
    from trialmart.document import Unreadable
    from trialmart.extraction import extract
    from trialmart.frames import to_tables
    from trialmart.reading import read

    articles, extractions = [], []
    for path in paths:
        try:
            article = read(path.read_bytes(), str(path), path.stem.lower())
            extractions.append(extract(article))
            articles.append(article)
        except Unreadable as reason:
            print(f"{path.name}: {reason}")
        except Exception as problem:  # a benchmark goes on where a run would quarantine
            print(f"{path.name}: {type(problem).__name__} {problem}")
    tables = to_tables(articles, extractions)
    return [tables[name].to_pandas() for name in NAMES]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folders", nargs="*", type=pathlib.Path, default=[SHARED / "corpus"])
    options.add_argument("--draw", type=int, default=20)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--key", action="store_true")
    options.add_argument("--save", type=pathlib.Path)
    options.add_argument("--load", type=pathlib.Path)
    given = options.parse_args()
    if given.load:
        evidence = pd.read_pickle(given.load)
    else:
        paths = sorted(p for f in given.folders for p in (f.iterdir() if f.is_dir() else [f]) if p.suffix in (".nxml", ".xml", ".txt", ".md", ".html"))
        evidence = frames(paths)
    if given.save:
        pd.to_pickle(evidence, given.save)
    audit.check(*(frame.iloc[:0] if k == 0 else frame for k, frame in enumerate(evidence)))
    import scipy.special  # noqa: F401  its import is not the audit's time

    started, busy = time.perf_counter(), time.process_time()
    checks = audit.check(*evidence)
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    n = evidence[0]["article_id"].nunique()
    print(f"{n} articles, {len(evidence[0])} values, {len(checks)} checks in {seconds:.2f} s: {1000 * seconds / n:.1f} ms an article ({1000 * busy / n:.1f} ms of processor)")
    print(checks.groupby(["rule_id", "verdict"]).size().unstack(fill_value=0).to_string())
    findings = checks[checks["verdict"].isin(["inconsistent", "impossible"])]
    rate = findings.groupby(["rule_id", "severity"]).agg(findings=("check_id", "size"), articles=("article_id", "nunique"))
    print(rate.assign(per_article=(rate["findings"] / n).round(2)).to_string())
    if given.key:
        from benchmarks.audit_key import KEY, problems, report

        report(checks, evidence[0], problems(sorted(f for f in KEY.iterdir() if f.is_dir())))
    grave = findings[findings["severity"].isin(["major", "critical"])]
    for finding in grave.sample(min(given.draw, len(grave)), random_state=given.seed).itertuples():
        print(f"[{finding.severity}] {finding.article_id} {finding.rule_id} {finding.value_ids[:2]}: {finding.explanation}")


if __name__ == "__main__":
    main()
