"""The safety plan as a rule: its sections, what changed, what is unclear, and what a printed copy leaves out."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.capabilities import CAPABILITIES
from agencies.policies import KEYS
from cases.models import SafetyPlan
from cases.models.case import RiskLevel
from cases.plans import mark_of
from cases.rules import plan as rules

texts = st.dictionaries(st.sampled_from(list(rules.SECTIONS)), st.sampled_from(["", "one thing", "another"]))


def test_every_field_of_the_table_is_a_section_and_the_other_way_round():
    columns = {field.name for field in SafetyPlan._meta.concrete_fields if field.get_internal_type() == "TextField"}
    assert columns == set(rules.SECTIONS)
    assert {section.part for section in rules.SECTIONS.values()} == set(rules.PARTS)
    assert [code for part in rules.PARTS for code in rules.sections_of(part)] == list(rules.SECTIONS)
    assert {section.needs for section in rules.SECTIONS.values() if section.needs} <= set(CAPABILITIES)


def test_a_heading_on_paper_says_little():
    telling = re.compile(r"abuse|violen|victim|survivor|perpetrator|risk|safe|danger|refuge|police|order", re.I)
    assert [section.printed for section in rules.SECTIONS.values() if telling.search(section.printed)] == []


def test_numbers_and_places_are_for_those_who_may_see_them():
    for code, needed in (("phone", "see_contact_number"), ("safe_place", "see_protected_address")):
        assert not rules.may_read(code, {"see_case"}) and rules.may_read(code, {needed})
    assert rules.may_read("pets", set())


@given(texts, texts)
def test_what_changed_is_every_section_that_differs_and_no_other(before, after):
    found = rules.changes(before, after)
    assert {code for code in rules.SECTIONS if before.get(code, "") != after.get(code, "")} == set(found)
    for code, what in found.items():
        assert what == ("changed" if before.get(code) and after.get(code) else "added" if after.get(code) else "taken out")


@given(texts, texts)
def test_a_mark_tells_two_drafts_apart(first, second):
    assert (mark_of(first) == mark_of(second)) == (first == second)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ((True, "Tamsin", True, ""), ""), ((True, "", True, ""), "who went through it"), ((True, "Tamsin", False, ""), "when they agreed"),
        ((False, "", False, "She wants to think about it"), ""), ((False, "", False, "no"), "why it is not agreed"),
    ],
)
def test_agreed_or_why_not(facts, words):
    said = rules.reasons_agreement_unclear(*facts)
    assert (words in said[0]) if words else said == []


def test_a_copy_has_a_place_and_a_plan_says_something():
    assert rules.reasons_copy_unclear(True, "bag") and not rules.reasons_copy_unclear(True, "In her locker at work") and not rules.reasons_copy_unclear(False, "")
    assert rules.reasons_says_nothing({"pets": " \n"}) and not rules.reasons_says_nothing({"pets": "The cat"})


@pytest.mark.parametrize(("level", "has_plan", "wanted"), [("high", False, True), ("medium", False, True), ("standard", False, False), ("", False, False), ("high", True, False)])
def test_where_a_plan_is_wanted(level, has_plan, wanted):
    assert rules.wants_plan(level, has_plan) is wanted


def test_each_level_has_its_setting_and_where_nobody_assessed_the_shortest_holds():
    assert {rules.review_setting(level) for level in [*RiskLevel.values, ""]} == {key for key in KEYS if key.startswith("plan.review_days_")}
    assert rules.review_setting("") == "plan.review_days_high"


NAMES = ["Marigold Thistlewood", "Rufus", "Ó’Súilleabháin", "Ann", ""]


@given(st.lists(st.sampled_from([*NAMES, "marigold", "RUFUS", "anniversary", "goes", "to", "Rufus’s", "(Ann)", "thistlewood."]), max_size=12), st.sampled_from([" ", ", ", "\n"]))
def test_no_name_is_left_and_other_words_are(words, between):
    text = between.join(words)
    left = rules.without_names(text, NAMES)
    for name in ("marigold", "thistlewood", "rufus", "ann", "súilleabháin"):
        assert not re.search(rf"(?<!\w){name}(?!\w)", left, re.I)
    assert left.count("anniversary") == text.count("anniversary") and left.count("goes") == text.count("goes")


def test_names_become_letters():
    assert rules.without_names("Marigold rings Rufus’s mother", NAMES) == "M. rings R.’s mother"
    assert rules.without_names("Nobody", []) == "Nobody" and rules.without_names("A b", ["A"]) == "A b"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Go to 19 Plover Court, ZZ99 2CD, by bus", "Go to (address), (address), by bus"),
        ("19  plover\ncourt zz992cd", "(address) (address)"),
        ("Flat 2 and nothing else", "(address) and nothing else"),
        ("The court sits at ten", "The court sits at ten"),
    ],
)
def test_places_are_left_out_however_they_are_spaced(text, left):
    assert rules.without_places(text, ["19 Plover Court", "Flat 2", "ZZ99 2CD", "x", ""]) == left
