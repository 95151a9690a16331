"""The other question sets: whole, ours, mapped to the checklist where they map; offered by the answers; none sets a level by itself."""

import re

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from cases import dash
from cases.dash.questions import ANSWERS
from cases.rules import dash as rules
from cases.rules import follow_on

ALL = {tool: dash.latest(tool) for tool in dash.TOOLS}
POLICE = (dash.HERE / "pol27-2026.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("tool", "many"), [("ric24", 24), ("pol27", 27), ("s11", 11), ("h10", 10), ("grid4", 13)])
def test_each_has_its_items_and_says_nothing_in_its_addresses(tool, many):
    questions = ALL[tool]
    assert list(questions.items) == list(range(1, many + 1)) and questions.tool == tool
    assert all(re.fullmatch(r"part-\d", section.code) for section in questions.sections)
    assert not re.search(r"dash|abuse|risk", tool)
    assert questions.rules or tool == "ric24"


def test_only_the_checklists_lead_to_a_level():
    assert {tool for tool, questions in ALL.items() if questions.gives_level} == {"ric24", "pol27"}
    assert set(dash.FOLLOW_ON) == {"s11", "h10", "grid4"}


def test_the_police_items_are_those_of_the_checklist_by_the_published_map():
    """Domain 1.3: 1 to 9 are the same, 13 to 27 are three further on, 10 to 12 have no counterpart."""
    for number, item in ALL["pol27"].items.items():
        expected = number if number <= 9 else None if number <= 12 else number - 3
        assert item.common == expected
        if expected:
            ours = dash.latest().items[expected]
            assert (item.label, item.help, item.ask, item.prompt) == (ours.label, ours.help, ours.ask, ours.prompt)
    assert ALL["pol27"].most_points == 24


@given(st.dictionaries(st.integers(1, 27), st.sampled_from(rules.SAID)))
def test_what_the_police_sent_scores_as_the_checklist_would(answers):
    police, ours = ALL["pol27"], dash.latest()
    assert police.points(answers) == ours.points(police.in_common(answers)) <= 24
    assert police.points({**answers, 10: "yes", 11: "yes", 12: "yes"}) == police.points(answers)


@given(st.dictionaries(st.integers(1, 27), st.sampled_from(rules.SAID)))
def test_the_same_critical_factors_are_seen_and_none_is_lost(answers):
    police, ours = ALL["pol27"], dash.latest()
    seen = {factor.code for factor in rules.present(police.critical_factors, answers)}
    assert {factor.code for factor in rules.present(ours.critical_factors, police.in_common(answers))} <= seen


def test_which_items_say_that_there_is_a_child():
    assert {tool: questions.about_children for tool, questions in ALL.items()} == {
        "ric24": {9}, "pol27": {9, 10, 11, 12}, "s11": set(), "h10": set(), "grid4": set(),
    }


def test_the_rules_of_honour_are_there():
    said = " ".join(ALL["h10"].rules)
    assert "Never use relatives" in said and "Never contact the family" in said


def test_the_grid_grades_four_kinds_with_two_flags_each():
    kinds = [item.answers for item in ALL["grid4"].items.values()]
    assert kinds == ["moment"] + ["grade", "said", "said"] * 4
    assert {grade for _, grade, _, _ in follow_on.ROWS.values()} == {number for number, item in ALL["grid4"].items.items() if item.answers == "grade"}
    assert tuple(ANSWERS["grade"]) == rules.GRADES and tuple(ANSWERS["moment"]) == rules.MOMENTS


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("number = 27\nric = 24", "number = 27\nric = 99", "not there"), ("number = 27\nric = 24", 'number = 27\nric = 24\nlabel = "x"', "none of its own"),
        ("number = 27\nric = 24", "number = 28\nric = 24", "1 to 27"), ("about_children = [9, 10, 11, 12]", "about_children = [99]", "about_children"),
        ('ric_version = "2026"\n', "", "which is not there"),
    ],
)
def test_a_map_that_is_not_whole_is_refused(before, after, words):
    assert POLICE.count(before) == 1
    with pytest.raises(ImproperlyConfigured, match=words):
        dash.parse(POLICE.replace(before, after))


def test_an_answer_that_nobody_can_give_is_refused():
    text = (dash.HERE / "grid4-2026.toml").read_text(encoding="utf-8")
    with pytest.raises(ImproperlyConfigured, match="cannot be answered with colour"):
        dash.parse(text.replace('answers = "moment"', 'answers = "colour"'))


# --- offered


@pytest.mark.parametrize(
    ("yes", "stalking", "tools", "words"),
    [
        ([], None, [], ""), ([], False, [], ""), ([8], None, ["s11"], "Item 8 is Yes. Ask these where there were two or more"),
        ([], True, ["s11"], "The case has a stalking element."), ([2, 8], None, ["s11"], "Ask these now: they are very frightened."),
        ([2, 8, 10], None, ["s11"], "there was more than one incident and they are very frightened"), ([12], None, ["h10"], "Item 12 is Yes."),
        ([12, 17], None, ["h10"], "Items 12 and 17 are Yes."), ([8, 17], None, ["s11", "h10"], "two or more"), ([1, 2, 3], None, [], ""),
    ],
)
def test_what_the_answers_call_for(yes, stalking, tools, words):
    found = follow_on.offered(dict.fromkeys(range(1, 25), "dont_know") | dict.fromkeys(yes, "yes"), stalking)
    assert [offer.tool for offer in found] == tools
    assert words in " ".join(offer.why for offer in found)


def test_a_count_grades_nothing():
    said = follow_on.words_for_count(7, 11)
    assert said.startswith("7 of 11 answered Yes.") and "sets no level" in said


# --- the grid over time


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [("high", "none", "Less severe"), ("standard", "standard", "As severe"), ("none", "standard", "More severe"), ("", "high", ""), ("high", "yes", "")],
)
def test_how_severe_it_is_beside_before(before, after, words):
    assert follow_on.direction(before, after) == words


@given(st.sampled_from(rules.GRADES), st.sampled_from(rules.GRADES))
def test_back_again_is_the_opposite(before, after):
    opposite = {follow_on.BETTER: follow_on.WORSE, follow_on.WORSE: follow_on.BETTER, follow_on.SAME: follow_on.SAME}
    assert follow_on.direction(after, before) == opposite[follow_on.direction(before, after)]


def test_the_outcome_is_from_the_first_to_the_last():
    assert follow_on.outcome([{2: "high"}]) == {} and follow_on.outcome([]) == {}
    found = follow_on.outcome([{2: "high", 5: "none"}, {2: "none", 5: "none"}, {2: "moderate", 5: "standard", 8: "high"}])
    assert found == {"physical": "Less severe", "sexual": "More severe", "stalking": "", "control": ""}
