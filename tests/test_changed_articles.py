"""A changed copy of an article gives a correspondingly changed extraction: the reading hangs on no name, order or figure."""

import re
from collections import Counter

import pytest

from trialmart.document import Unreadable
from trialmart.extraction import extract
from trialmart.reading import read


def extracted(text):
    return extract(read(text.encode(), "copy.txt", "copy"))


def figures(extraction, kinds=("table",)):
    """Every figure with its meaning, without what a renamed arm changes."""
    kind_of = {t.table_id: t.kind for t in extraction.tables}
    ordinal = {arm.arm_id: i for i, arm in enumerate(sorted(extraction.arms, key=lambda a: -(a.n_randomized or 0)))}
    return Counter(
        (kind_of.get(v.table_id), v.statistic, v.value, v.comparator, v.grade, v.population, v.scope, ordinal.get(v.arm_id))
        for v in extraction.values
        if v.source_kind in kinds
    )


@pytest.fixture(scope="module")
def text(shared):
    return (shared / "articles" / "paloma2.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def original(text):
    return extracted(text)


def block(text, first, last):
    """The lines from the one that matches `first` to the one that matches `last`, and the text without them."""
    match = re.search(rf"^{first}$.*?^{last}$\n", text, re.M | re.S)
    return match.group(), text[: match.start()] + text[match.end() :]


TABLE_3 = ("TABLE 3", r"Best Overall Response in the Intention-to-Treat Population\.")


def test_renamed_arms_change_names_and_nothing_else(text, original):
    renamed = text
    for old, new in (("palbociclib", "zorvatinib"), ("letrozole", "quelestrant")):
        renamed = renamed.replace(old, new).replace(old.capitalize(), new.capitalize())
    copy = extracted(renamed)
    assert figures(copy, ("table", "prose", "footnote")) == figures(original, ("table", "prose", "footnote"))
    assert all(re.search("zorvatinib|quelestrant|placebo", arm.label, re.I) for arm in copy.arms)


def test_reordered_tables_give_the_same_tables(text, original):
    moved, rest = block(text, *TABLE_3)
    copy = extracted(rest.replace("\nTABLE 1\n", f"\n{moved}\nTABLE 1\n", 1))
    assert figures(copy) == figures(original)


def test_a_removed_table_is_gone_and_the_others_stay(text, original):
    _, rest = block(text, *TABLE_3)
    copy = extracted(rest)
    assert [t.kind for t in copy.tables] == ["baseline", "adverse_events"]
    kept = Counter({k: n for k, n in figures(original).items() if k[0] in {"baseline", "adverse_events"}})
    assert figures(copy) == kept


def test_changed_figures_are_the_only_change(text, original):
    old, new = "166 (37.4)", "173 (39.0)"
    copy = extracted(text.replace(f"Fatigue\t{old}", f"Fatigue\t{new}"))
    gone, came = figures(original) - figures(copy), figures(copy) - figures(original)
    assert sorted(k[2] for k in gone.elements()) == [37.4, 166.0]
    assert sorted(k[2] for k in came.elements()) == [39.0, 173.0]


def test_a_file_that_ends_within_a_table_is_refused_with_the_reason(text):
    with pytest.raises(Unreadable, match="cut off"):
        extracted(text[: text.index("Dizziness\t")])


def test_swapped_arm_columns_swap_the_arms(text, original):
    lines = []
    for line in text.split("\n"):
        cells = line.split("\t")
        if len(cells) == 7:
            cells = [cells[0], *cells[4:], *cells[1:4]]
        lines.append("\t".join(cells))
    copy = extracted("\n".join(lines))
    assert figures(copy) == figures(original)
