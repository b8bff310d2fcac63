"""Where a text speaks of an arm."""

import pytest

from trialmart.extraction.mentions import Mentions
from trialmart.extraction.values import Arm

PLUS = (
    Arm("zelotin_letrozole", "Zelotin–Letrozole", (), "experimental"),
    Arm("placebo_letrozole", "Placebo–Letrozole", ("Placebo",), "control"),
)
FACTORIAL = tuple(Arm(name.lower().replace("+", "_"), name) for name in ("FM+DTIC", "FM+DTIC+IFN", "DTIC", "DTIC+IFN"))
LETTERED = (Arm("a", "Arm A FOLFOX4"), Arm("b", "Arm B cisplatin/ fluorouracil"))
DOSES = (Arm("g15", "Gliform 15 mg"), Arm("g5", "Gliform 5 mg"), Arm("old", "Oldimide", (), "control"))


def named(arms, text, **more):
    return [arm for _, _, arm in Mentions(arms, **more).find(text)]


@pytest.mark.parametrize(
    "words", ["zelotin–letrozole", "zelotin-letrozole", "zelotin plus letrozole", "zelotin and letrozole", "Zelotin + letrozole"]
)
def test_dashes_and_joining_words(words):
    assert named(PLUS, f"given to the {words} group") == ["zelotin_letrozole"]


def test_the_longest_name_wins():
    assert named(FACTORIAL, "FM + DTIC, FM + DTIC + IFN and DTIC alone or DTIC+IFN") == ["fm_dtic", "fm_dtic_ifn", "dtic", "dtic_ifn"]


def test_letters_of_arms():
    assert named(LETTERED, "in arms A and B") == ["a", "b"]
    assert named(LETTERED, "the FOLFOX4 arm and cisplatin/fluorouracil") == ["a", "b"]


def test_arms_taken_together_are_no_arm():
    assert [m.kind for m in Mentions(LETTERED).scan("in groups A + B")] == ["pool"]


def test_a_dose_stands_for_its_arm_beside_a_full_name():
    assert named(DOSES, "for gliform 15 mg and 5 mg versus oldimide") == ["g15", "g5", "old"]
    assert named(DOSES, "a tablet of 5 mg") == []


def test_an_arm_that_does_not_exist():
    assert named(PLUS, "in the zelotin–placebo group") == [None]


def test_one_drug_of_a_combination_only_hints():
    mentions = Mentions(PLUS)
    assert mentions.find("the dose of zelotin was reduced") == []
    assert [m.arm_id for m in mentions.scan("the dose of zelotin was reduced")] == ["zelotin_letrozole"]


def test_roles_where_only_one_arm_can_be_meant():
    assert named(DOSES, "in the control group") == ["old"]
    assert named(DOSES, "in the experimental group") == []  # two arms are experimental


def test_abbreviations_that_the_article_defines():
    arms = (Arm("eoc", "EOC"), Arm("other", "mEOC+P"))
    assert named(
        arms, "epirubicin, oxaliplatin, and capecitabine was given", defined={"EOC": "epirubicin, oxaliplatin, and capecitabine"}
    ) == ["eoc"]


def test_all_and_each():
    scan = Mentions(PLUS).scan
    assert [m.kind for m in scan("Among all patients, few died")] == ["all"]
    assert [m.kind for m in scan("equal in both groups")] == ["each"]
    assert [m.kind for m in scan("all the patients who had been assigned to the zelotin–letrozole group")] == ["arm"]
    assert [m.kind for m in scan("in the screening group")] == ["other"]


def test_words_that_arms_share_are_said_once():
    doses = Mentions([Arm("low", "Low dose"), Arm("high", "High dose"), Arm("placebo", "Placebo", (), "control")])
    assert [m[2] for m in doses.find("in the low-dose, high-dose, and placebo groups")] == ["low", "high", "placebo"]
    assert [m[2] for m in doses.find("in the high-dose group than in the low-dose group")] == ["high", "low"]
    starts = Mentions([Arm("early", "Early zelotin group"), Arm("delayed", "Delayed zelotin group")])
    assert [m[2] for m in starts.find("between early and delayed zelotin")] == ["early", "delayed"]
    assert [m[2] for m in starts.find("an early and good sign")] == []


def test_numbers_that_share_a_unit_name_arms():
    found = Mentions([Arm("a", "20 mg"), Arm("b", "30 mg"), Arm("p", "Placebo", (), "control")])
    assert [m[2] for m in found.find("in the 20, 30 mg and placebo groups")] == ["a", "b", "p"]
    assert [m[2] for m in found.find("at 20 sites, 30 mg and placebo were given")] == ["b", "p"]


def test_two_words_of_everyday_name_an_arm_beside_another_arm():
    found = Mentions([Arm("low_dose", "Low dose"), Arm("high_dose", "High dose"), Arm("placebo", "Placebo", role="control")])
    text = "Sedation was seen with low-dose zelotin (n = 44), high-dose zelotin (n = 45) and placebo."
    assert [m[2] for m in found.find(text)] == ["low_dose", "high_dose", "placebo"]
    assert found.find("A low dose was enough.") == []


def test_a_letter_that_a_sentence_gives_to_what_a_group_receives():
    found = Mentions([Arm("mask", "Laryngeal mask"), Arm("ett", "ETT")])
    found.learn_letters("Patients in group P were to receive a laryngeal mask and patients in group E were to undergo tracheal intubation.")
    assert [m[2] for m in found.find("It took 9.8 s in group P and 11.5 s in group E.")] == ["mask", "ett"]


def test_a_label_whose_bracket_lost_its_end_has_both_names():
    found = Mentions(
        [Arm("a", "Limited feeds (Intervention group"), Arm("b", "Standard approach (Control group")], {"SA": "standard approach"}
    )
    assert [m[2] for m in found.find("7.3% with limited feeds, 8.4% in the SA group")] == ["a", "b"]


def test_roles_before_a_colon():
    found = Mentions([Arm("a", "Earplugs", role="experimental"), Arm("b", "Usual sleep", role="control")])
    assert [m[2] for m in found.find("Noise did not differ (intervention: 69.8 dB; controls: 69.6 dB).")] == ["a", "b"]
