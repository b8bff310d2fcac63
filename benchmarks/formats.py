"""How much of what an article's XML yields is found again when the same article comes in another format.

python -m benchmarks.formats [--articles N] [--folder ../shared/corpus]

Belongs here: turning JATS into pages, Markdown and text as converters and browsers leave them, and counting equal values. Does not:
whether the XML's own values are right (extraction_score). found: printed in the same table (or in prose). equal: with the same statistic,
arms, endpoint, subgroup, grade, time point and unit. other arm: given to an arm that the XML does not give it to.
"""

from __future__ import annotations

import argparse
import pathlib
import sys
from collections import Counter
from collections.abc import Callable, Iterator

from tests.reading.to_html import to_html
from tests.reading.to_markdown import to_markdown
from tests.reading.to_text import to_text
from trialmart.document import Article, Unreadable
from trialmart.extraction import extract
from trialmart.extraction.values import Extraction
from trialmart.reading import read

ROOT = pathlib.Path(__file__).resolve().parents[1]
FORMATS: dict[str, Callable[[bytes], bytes]] = {
    "HTML": to_html,
    "Markdown": to_markdown,
    "text, tabs": lambda data: to_text(data, "tabs"),
    "text, bars": lambda data: to_text(data, "bars"),
    "text, copied from a browser": lambda data: to_text(data, "copied"),
    "text, a cell a line": lambda data: to_text(data, "lines"),
}
Read = tuple[Article, Extraction]


def normal(text: str | None) -> str:
    return " ".join((text or "").lower().replace(".", "").split())


def keys(read_as: Read, xml: Read) -> Iterator[tuple[str, tuple[str, ...], str, tuple[object, ...]]]:
    """Of each value: table or prose, what is found, its arm, and what is equal. Arms are the same where they share a name."""
    article, extraction = read_as
    labels = {table.table_id: normal(table.label or table.table_id) for table in article.tables}
    names = {arm.arm_id: {normal(name) for name in (arm.label, *arm.aliases)} for arm in extraction.arms}
    of_xml = {arm.arm_id: {normal(name) for name in (arm.label, *arm.aliases)} for arm in xml[1].arms}
    same = {arm_id: next((other for other, theirs in of_xml.items() if theirs & own), arm_id) for arm_id, own in names.items()}
    for value in extraction.values:
        kind = "table" if value.source_kind == "table" else "prose"
        found = (labels.get(value.table_id or "", "") if kind == "table" else "", value.printed)
        arm, reference = same.get(value.arm_id or "", ""), same.get(value.reference_arm_id or "", "")
        meaning = (value.statistic, arm, reference, normal(value.endpoint), normal(value.subgroup), value.grade, normal(value.timepoint))
        yield kind, found, arm, (*found, *meaning, value.unit, value.scope, value.comparator)


def compare(xml: Read, other: Read | None) -> Counter[tuple[str, str]]:
    """Counts by (table or prose, what): values of the XML, found, equal, with an arm that the XML does not give."""
    counts: Counter[tuple[str, str]] = Counter()
    told = list(keys(xml, xml))
    again = list(keys(other, xml)) if other else []
    for kind in ("table", "prose"):
        ours, theirs = ([key for key in side if key[0] == kind] for side in (told, again))
        counts[kind, "values"] = len(ours)
        counts[kind, "found"] = sum((Counter(k[1] for k in ours) & Counter(k[1] for k in theirs)).values())
        counts[kind, "equal"] = sum((Counter(k[3] for k in ours) & Counter(k[3] for k in theirs)).values())
        armed = Counter((k[1], k[2]) for k in theirs if k[2]) - Counter((k[1], k[2]) for k in ours)
        counts[kind, "other arm"] = sum(armed.values())
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.formats")
    parser.add_argument("--articles", type=int, default=12)
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT.parent / "shared" / "corpus")
    options = parser.parse_args()
    paths = sorted(options.folder.glob("*.nxml"))
    if not paths:
        print(f"no .nxml files in {options.folder}")
        return 1
    totals: dict[str, Counter[tuple[str, str]]] = {name: Counter() for name in FORMATS}
    count = 0
    for path in paths[3 :: max(len(paths) // options.articles, 1)]:
        data = path.read_bytes()
        try:
            xml = _read(data)
        except Unreadable:
            continue
        count += 1
        for name, convert in FORMATS.items():
            try:
                other = _read(convert(data))
            except Unreadable as reason:
                print(f"{path.stem} as {name}: {reason}")
                other = None
            totals[name] += compare(xml, other)
    some = next(iter(totals.values()))
    print(f"{count} articles; from their XML {some['table', 'values']:,} values in tables, {some['prose', 'values']:,} in prose\n")
    print(f"{'':30}{'tables: found':>14}{'equal':>8}{'other arm':>11}{'prose: found':>15}{'equal':>8}{'other arm':>11}")
    for name, total in totals.items():
        cells = "".join(f"{share(total, kind, what):>{width}.3f}" for kind, what, width in COLUMNS)
        print(f"{name:30}{cells}")
    return 0


COLUMNS = (
    ("table", "found", 14), ("table", "equal", 8), ("table", "other arm", 11), ("prose", "found", 15), ("prose", "equal", 8), ("prose", "other arm", 11),
)  # fmt: skip


def share(total: Counter[tuple[str, str]], kind: str, what: str) -> float:
    return total[kind, what] / max(total[kind, "values"], 1)


def _read(data: bytes) -> Read:
    article = read(data, "x", "x")
    return article, extract(article)


if __name__ == "__main__":
    sys.exit(main())
