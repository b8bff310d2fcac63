"""PALOMA-2's figures as published values, from tests/scenario.py: what extraction lands when all goes well."""

from __future__ import annotations

from tests import scenario
from tests.facts.page import Page

ARMS = ("pal", "pbo")
PFS = {"endpoint": "progression-free survival"}


def paloma() -> Page:
    page = Page("p2", "NCT1")
    page.arm("pal", "Palbociclib–Letrozole", 444, "experimental")
    page.arm("pbo", "Placebo–Letrozole", 222, "control")
    _baseline(page)
    _adverse_events(page)
    _response(page)
    _progression(page)
    _subgroups(page)
    return page


def _baseline(page: Page) -> None:
    page.table("t1", "baseline", "Patient Demographic and Clinical Characteristics.")
    page.header("t1", pal=444, pbo=222)
    for column, arm in enumerate(ARMS, start=1):
        median, low, high = scenario.AGE[column - 1]
        where = {"table_id": "t1", "row_index": 2, "column_index": column, "arm_id": arm, "row_path": ("Age", "Median (range) — yr")}
        of = page.value("median", str(median), **where)
        page.value("minimum", str(low), estimate_id=of, **where)
        page.value("maximum", str(high), estimate_id=of, **where)
    for row, (parent, level, *figures) in enumerate(scenario.BASELINE_COUNTS, start=3):
        for column, arm in enumerate(ARMS, start=1):
            n, percent = figures[2 * column - 2 : 2 * column]
            path = (f"{parent} — no. (%)", level)
            page.share(str(n), str(percent), table_id="t1", row_index=row, column_index=column, arm_id=arm, population="ITT", row_path=path)


def _adverse_events(page: Page) -> None:
    page.table("t2", "adverse_events", "Adverse Events from Any Cause in the As-Treated Population.", n_header_rows=2)
    page.header("t2", pal=444, pbo=222)
    for row, (term, cells) in enumerate(scenario.ADVERSE_EVENTS.items(), start=2):
        for column, (n, percent) in enumerate(cells):
            where = {"table_id": "t2", "row_index": row, "column_index": 1 + column, "arm_id": ARMS[column // 3], "row_path": (term,)}
            page.share(
                str(n), None if percent is None else str(percent), grade=("any", "3", "4")[column % 3], population="as_treated", **where
            )
    page.share(None, "79.5", endpoint="neutropenia", grade="any", arm_id="pal")  # the table's own figure again
    for term, *percents in (("neutropenia", "66.4", "1.4"), ("leukopenia", "24.8", "0")):  # the text's own sums of grades 3 and 4
        for arm, percent in zip(ARMS, percents, strict=True):
            page.share(None, percent, endpoint=term, grade="3-4", arm_id=arm)
    page.share("8", "1.8", endpoint="febrile neutropenia", grade="3-4", arm_id="pal")


def _response(page: Page) -> None:
    page.table("t3", "efficacy", "Best Overall Response.")
    page.header("t3", pal=444, pbo=222)
    blocks = {"ITT": (1, "All randomly assigned patients — no.", scenario.ARM_N),
              "measurable": (5, "Patients with measurable disease — no.", scenario.MEASURABLE_N)}  # fmt: skip
    for population, (row, label, ns) in blocks.items():
        for column, (arm, n) in enumerate(zip(ARMS, ns, strict=True), start=1):
            page.value("n", str(n), table_id="t3", row_index=row, column_index=column, arm_id=arm, population=population, row_path=(label,))
    offsets = {"objective response": 1, "clinical benefit response": 2, "duration of response": 3}
    for (population, endpoint), (ours, theirs, ratio) in scenario.RESPONSES.items():
        where = {"table_id": "t3", "row_index": blocks[population][0] + offsets[endpoint], "population": population, "endpoint": endpoint}
        where["row_path"] = (f"Rate of {endpoint} — % (95% CI)",)
        statistic = "median" if endpoint == "duration of response" else "percent"
        for column, (arm, figures) in enumerate(zip(ARMS, (ours, theirs), strict=True), start=1):
            page.estimate(
                statistic, *map(str, figures), arm_id=arm, column_index=column, unit="months" if statistic == "median" else "%", **where
            )
        if ratio:
            figures = [f"{figure:.2f}" for figure in ratio]
            page.estimate("odds_ratio", *figures, arm_id="pal", reference_arm_id="pbo", scope="contrast", column_index=3, **where)
    figures = map(str, scenario.MISPRINTED_RESPONSE)
    page.estimate("percent", *figures, endpoint="objective response", population="ITT", arm_id="pbo")


def _progression(page: Page) -> None:
    seen = PFS | {"population": "ITT", "assessor": "investigator"}
    contrast = {"arm_id": "pal", "reference_arm_id": "pbo", "scope": "contrast"}
    for section in ("abstract", "results"):
        for arm, figures, events in zip(ARMS, scenario.PFS_MEDIANS, scenario.PFS_EVENTS, strict=True):
            page.estimate("median", *("NE" if f is None else str(f) for f in figures), arm_id=arm, unit="months", section=section, **seen)
            if section == "results":
                page.value("n_events", str(events), arm_id=arm, **seen)
        page.estimate("hazard_ratio", "0.58", "0.46", "0.72", "<0.001", section=section, **contrast, **seen)
    page.estimate(
        "hazard_ratio", "0.65", "0.51", "0.84", "0.001", **contrast, **(seen | {"assessor": "blinded independent central review"})
    )
    page.value("hazard_ratio", "0.69", scope="contrast", is_assumption=True, section="methods", **PFS)  # planned, no result


def _subgroups(page: Page) -> None:
    for level, (*figures, share, reference_share) in scenario.SUBGROUP_HAZARD_RATIOS.items():
        for arm, percent in zip(ARMS, (share, reference_share), strict=True):
            page.value("percent", str(percent), unit="%", arm_id=arm, subgroup=level, **(PFS | {"endpoint": level}))
        printed = [f"{figure:.2f}" for figure in figures]
        page.estimate("hazard_ratio", *printed, arm_id="pal", reference_arm_id="pbo", scope="contrast", subgroup=level, **PFS)
