"""What PALOMA-2's sentences state, figure by figure: (line of the text, printed, statistic, arm, endpoint). Facts, read from the article by eye.

D is palbociclib plus letrozole, C placebo plus letrozole, DC their contrast, T both together, X not told, S the trial.
"""

import collections

import pytest

from trialmart.extraction import extract
from trialmart.reading import read

PFS, ORR, CBR = "progression-free survival", "objective response", "clinical benefit response"

ABSTRACT = [
    (25, "666", "n", "T", "randomized"), (25, "2:1", "ratio", "S", "randomization ratio"),
    (30, "24.8", "median", "D", PFS), (30, "22.1", "ci_lower", "D", PFS), (30, "not estimable", "ci_upper", "D", PFS),
    (30, "14.5", "median", "C", PFS), (30, "12.9", "ci_lower", "C", PFS), (30, "17.1", "ci_upper", "C", PFS),
    (30, "0.58", "hazard_ratio", "DC", PFS), (30, "0.46", "ci_lower", "DC", PFS), (30, "0.72", "ci_upper", "DC", PFS), (30, "0.001", "p_value", "DC", PFS),
    (30, "66.4", "percent", "D", "neutropenia"), (30, "1.4", "percent", "C", "neutropenia"), (30, "24.8", "percent", "D", "leukopenia"),
    (30, "0", "percent", "C", "leukopenia"), (30, "5.4", "percent", "D", "anemia"), (30, "1.8", "percent", "C", "anemia"),
    (30, "1.8", "percent", "D", "fatigue"), (30, "0.5", "percent", "C", "fatigue"),
    (30, "1.8", "percent", "D", "febrile neutropenia"), (30, "none", "count", "C", "febrile neutropenia"),
    (30, "43", "count", "D", "discontinuation"), (30, "9.7", "percent", "D", "discontinuation"),
    (30, "13", "count", "C", "discontinuation"), (30, "5.9", "percent", "C", "discontinuation"),
    (34, "NCT01740427", "identifier", "S", "registry number"),
]  # fmt: skip
PLANNED = [
    (88, "347", "n_events", "S", "planned events"), (88, "90", "percent", "S", "power"), (88, "0.69", "hazard_ratio", "DC", PFS),
    (88, "13", "median", "D", PFS), (88, "9", "median", "C", PFS), (88, "0.025", "threshold", "S", "alpha"), (88, "650", "n", "S", "planned sample size"),
    (88, "65", "percent", "S", "interim fraction"), (88, "0.000013", "threshold", "S", "interim alpha"), (251, "390", "n_events", "S", "planned events"),
]  # fmt: skip
CONDUCT = [
    (98, "February 2013", "date", "S", "enrolment start"), (98, "July 2014", "date", "S", "enrolment end"), (98, "666", "n", "T", "randomized"),
    (98, "186", "count", "S", "sites"), (98, "17", "count", "S", "countries"), (98, "2:1", "ratio", "S", "randomization ratio"),
    (98, "444", "n", "D", "randomized"), (98, "222", "n", "C", "randomized"), (98, "62", "median", "D", "age"), (98, "61", "median", "C", "age"),
    (98, "48.6", "percent", "T", "visceral disease"), (98, "62.8", "percent", "T", "prior systemic therapy"), (98, "37.2", "percent", "T", "newly diagnosed"),
    (98, "40.7", "percent", "T", "more than 12 months"), (98, "22.1", "percent", "T", "12 months or less"), (98, "56.3", "percent", "T", "adjuvant endocrine therapy"),
    (98, "22.7", "percent", "T", "bone-only disease"),
    (102, "February 26, 2016", "date", "S", "data cutoff"), (102, "331", "n_events", "T", PFS), (102, "194", "count", "D", PFS), (102, "43.7", "percent", "D", PFS),
    (102, "137", "count", "C", PFS), (102, "61.7", "percent", "C", PFS), (102, "199", "count", "D", "still receiving"), (102, "44.8", "percent", "D", "still receiving"),
    (102, "61", "count", "C", "still receiving"), (102, "27.5", "percent", "C", "still receiving"), (102, "93", "median", "D", "relative dose intensity"),
    (102, "100", "median", "D", "relative dose intensity"), (102, "100", "median", "C", "relative dose intensity"),
    (102, "160", "count", "D", "reduced"), (102, "444", "denominator", "D", "reduced"), (102, "36.0", "percent", "D", "reduced"),
    (102, "3", "count", "C", "reduced"), (102, "222", "denominator", "C", "reduced"), (102, "1.4", "percent", "C", "reduced"),
    (102, "172", "count", "D", "disease progression"), (102, "38.7", "percent", "D", "disease progression"), (102, "125", "count", "C", "disease progression"),
    (102, "56.3", "percent", "C", "disease progression"), (102, "43", "count", "D", "discontinuation"), (102, "9.7", "percent", "D", "discontinuation"),
    (102, "13", "count", "C", "discontinuation"), (102, "5.9", "percent", "C", "discontinuation"), (102, "33", "count", "D", "discontinuation"),
    (102, "7.4", "percent", "D", "discontinuation"), (102, "10", "count", "C", "discontinuation"), (102, "4.5", "percent", "C", "discontinuation"),
]  # fmt: skip
SAFETY = [
    (106, "57.0", "percent", "X", "adverse event"), (106, "39.2", "percent", "X", "event"),
    (106, "79.5", "percent", "D", "neutropenia"), (106, "6.3", "percent", "C", "neutropenia"), (106, "39.0", "percent", "D", "leukopenia"),
    (106, "2.3", "percent", "C", "leukopenia"), (106, "24.1", "percent", "D", "anemia"), (106, "9.0", "percent", "C", "anemia"),
    (106, "15.5", "percent", "D", "thrombocytopenia"), (106, "1.4", "percent", "C", "thrombocytopenia"), (106, "66.4", "percent", "D", "neutropenia"),
    (106, "1.4", "percent", "C", "neutropenia"), (106, "24.8", "percent", "D", "leukopenia"), (106, "0", "percent", "C", "leukopenia"),
    (106, "5.4", "percent", "D", "anemia"), (106, "1.8", "percent", "C", "anemia"), (106, "1.6", "percent", "D", "thrombocytopenia"),
    (106, "0", "percent", "C", "thrombocytopenia"), (106, "eight", "count", "D", "febrile neutropenia"), (106, "1.8", "percent", "D", "febrile neutropenia"),
    (106, "no", "count", "C", "febrile neutropenia"), (108, "37.4", "percent", "D", "fatigue"), (108, "27.5", "percent", "C", "fatigue"),
    (108, "33.3", "percent", "D", "arthralgia"), (108, "33.8", "percent", "C", "arthralgia"), (108, "30.2", "percent", "D", "alopecia"),
    (108, "2.7", "percent", "D", "alopecia"), (108, "14.9", "percent", "X", "alopecia"), (108, "0.9", "percent", "X", "alopecia"),
    (165, "0.004", "p_value", "DC", "performance status"),
    (178, "26.1", "percent", "D", "diarrhea"), (178, "19.4", "percent", "C", "diarrhea"), (178, "25.0", "percent", "D", "cough"), (178, "18.9", "percent", "C", "cough"),
    (178, "15.3", "percent", "D", "stomatitis"), (178, "5.9", "percent", "C", "stomatitis"), (178, "21.4", "percent", "D", "headache"),
    (178, "26.1", "percent", "C", "headache"), (178, "20.9", "percent", "D", "hot flush"), (178, "30.6", "percent", "C", "hot flush"),
    (178, "2.5", "percent", "D", "nonhematologic"), (180, "19.6", "percent", "D", "serious adverse events"), (180, "12.6", "percent", "C", "serious adverse events"),
    (180, "seven", "count", "D", "febrile neutropenia"), (180, "1.6", "percent", "D", "febrile neutropenia"), (180, "1.0", "percent", "D", "other serious adverse events"),
    (180, "0.9", "percent", "D", "pulmonary embolism"), (180, "1.4", "percent", "C", "pulmonary embolism"), (180, "10", "count", "D", "death"),
    (180, "2.3", "percent", "D", "death"), (180, "4", "count", "C", "death"), (180, "1.8", "percent", "C", "death"), (180, "One", "count", "C", "death"),
    (231, "One", "count", "C", "death"), (232, "one", "count", "D", "sepsis"), (232, "two", "count", "D", "increased lipase level"),
    (233, "1.8", "percent", "D", "febrile neutropenia"), (233, "no", "count", "C", "febrile neutropenia"), (234, "30.2", "percent", "D", "alopecia"),
    (234, "2.7", "percent", "D", "alopecia"), (234, "14.9", "percent", "C", "alopecia"), (234, "0.9", "percent", "C", "alopecia"),
]  # fmt: skip
EFFICACY = [
    (184, "24.8", "median", "D", PFS), (184, "14.5", "median", "C", PFS), (184, "0.58", "hazard_ratio", "DC", PFS), (184, "0.65", "hazard_ratio", "DC", PFS),
    (184, "0.51", "ci_lower", "DC", PFS), (184, "0.84", "ci_upper", "DC", PFS), (184, "23", "median", "T", "duration of follow-up"),
    (188, "42.1", "percent", "D", ORR), (188, "37.5", "ci_lower", "D", ORR), (188, "46.9", "ci_upper", "D", ORR),
    (188, "21.1", "percent", "C", ORR), (188, "17.5", "ci_lower", "C", ORR), (188, "24.7", "ci_upper", "C", ORR),
    (188, "55.3", "percent", "D", ORR), (188, "49.9", "ci_lower", "D", ORR), (188, "60.7", "ci_upper", "D", ORR),
    (188, "34.7", "percent", "C", ORR), (251, "28.4", "ci_lower", "C", ORR), (251, "41.3", "ci_upper", "C", ORR),
    (251, "44.4", "percent", "C", ORR), (251, "36.9", "ci_lower", "C", ORR), (251, "52.2", "ci_upper", "C", ORR),
    (251, "84.9", "percent", "D", CBR), (251, "81.2", "ci_lower", "D", CBR), (251, "88.1", "ci_upper", "D", CBR),
    (251, "70.3", "percent", "C", CBR), (251, "63.8", "ci_lower", "C", CBR), (251, "76.2", "ci_upper", "C", CBR),
    (282, "79.5", "percent", "D", "neutropenia"), (282, "2", "percent", "X", "febrile neutropenia"), (284, "14.5", "median", "C", PFS),
]  # fmt: skip
# subgroup, shares of D and C, hazard ratio and limits: the first four name an arm that does not exist, which Table 1 resolves
SUBGROUPS = [
    ("visceral disease", "48.2", "49.5", "0.63", "0.47", "0.85"), ("nonvisceral disease", "51.8", "50.5", "0.50", "0.36", "0.70"),
    ("received prior hormonal therapy", "56.1", "56.8", "0.53", "0.40", "0.70"), ("not received prior hormonal therapy", "43.9", "43.2", "0.63", "0.44", "0.90"),
    ("disease-free interval of 12 months or less", "22.3", "21.6", "0.50", "0.33", "0.76"),
    ("disease-free interval of more than 12 months", "40.1", "41.9", "0.52", "0.36", "0.73"), ("newly metastatic disease", "37.6", "36.5", "0.67", "0.46", "0.99"),
]  # fmt: skip


@pytest.fixture(scope="module")
def page(shared):
    path = shared / "articles" / "paloma2.txt"
    article = read(path.read_bytes(), str(path), "paloma2")
    return article, extract(article)


@pytest.fixture(scope="module")
def told(page):
    article, extraction = page
    drug = next(a.arm_id for a in extraction.arms if "palbociclib" in a.label.lower())
    control = next(a.arm_id for a in extraction.arms if a.arm_id != drug and not a.members)
    names = {
        ("arm", drug): "D",
        ("arm", control): "C",
        ("contrast", drug): "DC",
        ("total", None): "T",
        ("arm", None): "X",
        ("trial", None): "S",
    }
    at = collections.defaultdict(list)
    for v in extraction.values:
        if v.source_kind != "table":
            line = article.text.count("\n", 0, v.start) + 1
            at[line, v.printed, v.statistic].append((names.get((v.scope, v.arm_id)), v))
    return at


@pytest.mark.parametrize(
    "facts", [ABSTRACT, PLANNED, CONDUCT, SAFETY, EFFICACY], ids=["abstract", "planned", "conduct", "safety", "efficacy"]
)
def test_every_figure_is_read_at_its_line(told, facts):
    wanted = collections.Counter((line, printed, statistic, arm) for line, printed, statistic, arm, _ in facts)
    found = {key: sum(arm == key[3] for arm, _ in told[key[:3]]) for key in wanted}
    assert {k: n for k, n in wanted.items() if found[k] < n} == {}


@pytest.mark.parametrize(
    "facts", [ABSTRACT, PLANNED, CONDUCT, SAFETY, EFFICACY], ids=["abstract", "planned", "conduct", "safety", "efficacy"]
)
def test_every_figure_has_its_endpoint(told, facts):
    wrong = [f for f in facts if not any(arm == f[3] and f[4] in (v.endpoint or "") for arm, v in told[f[:3]])]
    assert wrong == []


def test_planning_figures_alone_are_assumptions(told):
    planned = {(line, printed) for line, printed, *_ in PLANNED}
    assumed = {(line, printed) for (line, printed, _), found in told.items() for _, v in found if v.is_assumption}
    assert assumed == planned


@pytest.mark.parametrize("subgroup", SUBGROUPS, ids=lambda s: s[0])
def test_subgroups(told, subgroup):
    name, share, reference_share, *estimate = subgroup
    for printed, statistic, arm in zip(
        (share, reference_share, *estimate),
        ("percent", "percent", "hazard_ratio", "ci_lower", "ci_upper"),
        ("D", "C", "DC", "DC", "DC"),
        strict=True,
    ):
        assert [v.subgroup for a, v in told[186, printed, statistic] if a == arm].count(name) == 1


def test_the_arm_that_does_not_exist_is_observed(page):
    article, extraction = page
    unknown = [o for o in extraction.observations if o.kind == "unknown_arm"]
    assert [o.detail for o in unknown] == ["palbociclib–placebo group"]
    drug = next(a.arm_id for a in extraction.arms if "palbociclib" in a.label.lower())
    assert unknown[0].arm_id == drug and len(extraction.arms) == 2


def test_populations_of_response(told):
    def population(line, printed):
        return {v.population for _, v in told[line, printed, "percent"]}

    assert population(188, "42.1") == population(188, "34.7") == population(251, "84.9") == {"ITT"}
    assert population(188, "55.3") == population(251, "44.4") == {"measurable"}


def test_grades(told):
    def grade(line, printed):
        return [v.grade for _, v in told[line, printed, "percent"]]

    assert (
        grade(106, "79.5") == ["any"] and grade(106, "24.8") == ["3-4"] and grade(106, "39.2") == [">=3"] and grade(106, "57.0") == ["1-2"]
    )
    assert grade(108, "30.2") == ["1"] and grade(108, "2.7") == ["2"] and grade(178, "26.1") == [None, None]


def test_only_the_review_has_an_assessor(told):
    ratios = [(v.printed, v.assessor) for key, found in told.items() if key[0] == 184 and key[2] == "hazard_ratio" for _, v in found]
    assert ratios == [("0.58", None), ("0.65", "blinded independent central review")]


def test_nothing_is_invented(told):
    """Every value outside planning is one of the facts above, a confidence level, or a repeated statement of one."""
    known = {(line, printed) for facts in (ABSTRACT, PLANNED, CONDUCT, SAFETY, EFFICACY) for line, printed, *_ in facts}
    known |= {(186, printed) for s in SUBGROUPS for printed in s[1:]}
    known |= {
        (184, p) for p in ("22.1", "not estimable", "12.9", "17.1", "0.46", "0.72", "0.001")
    }  # limits and p of line 184, as in the abstract
    known |= {(62, "2:1"), (102, "2:1"), (271, "One"), (284, "24.8")}  # the ratio again, a note on one patient, the median again
    assert {
        (line, printed) for line, printed, statistic in told if statistic != "ci_level" and told[line, printed, statistic]
    } - known == set()


def test_spans_are_exact(page):
    article, extraction = page
    assert all(article.text[v.start : v.end] == v.printed for v in extraction.values)
