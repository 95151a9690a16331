"""How a level came about and what changed between two assessments, as a rule: told again from what was signed, nothing lost."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules import dash
from cases.rules import risk_history as rules

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def day(number):
    return START + timedelta(days=number)


def levels(*signed):
    return [(step.before, step.level, step.is_decision) for step in rules.steps(signed)]


def test_nothing_signed_is_no_step():
    assert rules.steps([]) == []


def test_each_signature_sets_the_level():
    found = rules.steps([rules.Signed(day(0), "standard", "standard"), rules.Signed(day(9), "medium", "high"), rules.Signed(day(12), "high", "high")])
    assert [(step.at, step.place, step.level, step.is_change) for step in found] == [
        (day(0), 0, "standard", True), (day(9), 1, "high", True), (day(12), 2, "high", False),
    ]


def test_a_lower_level_waits_and_then_holds_where_it_was_approved():
    first = rules.Signed(day(0), "high", "high")
    lower = rules.Signed(day(9), "standard", "standard", "standard", day(10), True)
    assert levels(first, lower) == [("", "high", False), ("high", "high", False), ("high", "standard", True)]


def test_what_was_not_approved_moves_nothing():
    first = rules.Signed(day(0), "high", "high")
    lower = rules.Signed(day(9), "medium", "high", "medium", day(10), False)
    assert levels(first, lower)[1:] == [("high", "high", False), ("high", "high", True)]


def test_a_decision_on_an_assessment_that_another_followed_moves_nothing():
    first = rules.Signed(day(0), "high", "medium", "medium", day(20), True)
    later = rules.Signed(day(9), "high", "high")
    assert levels(first, later) == [("", "high", False), ("high", "high", False), ("high", "high", True)]


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("no", "yes", "new_yes"), ("dont_know", "yes", "new_yes"), ("yes", "no", "no_longer_yes"), ("yes", "dont_know", "yes_not_known"),
        ("dont_know", "no", "now_known"), ("no", "dont_know", "not_known_now"), ("yes", "yes", ""), ("no", "no", ""), ("", "yes", ""), ("yes", "", ""),
    ],
)
def test_what_became_of_an_item(before, after, what):
    assert rules.change(before, after) == what
    assert what == "" or what in rules.IN_WORDS


said = st.dictionaries(st.integers(1, 24), st.sampled_from(["", *dash.SAID]))


@given(said, said)
def test_every_difference_is_told_once_and_danger_first(before, after):
    found = rules.changes(before, after)
    assert set(found) == {number for number in after if before.get(number) in dash.SAID and after[number] in dash.SAID and before[number] != after[number]}
    kinds = [list(rules.IN_WORDS).index(what) for what in found.values()]
    assert kinds == sorted(kinds)


@given(said, said)
def test_the_score_moves_by_what_is_told(before, after):
    both = {number for number in before if before[number] in dash.SAID and after.get(number) in dash.SAID}
    found = rules.changes(before, after)
    up = sum(what == rules.NEW_YES for what in found.values())
    down = sum(what in (rules.NO_LONGER_YES, rules.YES_NOT_KNOWN) for what in found.values())
    assert dash.score({n: after[n] for n in both}) - dash.score({n: before[n] for n in both}) == up - down


def test_factors_that_came_and_went():
    assert rules.new_and_gone(["stalking", "own_view"], ["own_view", "strangulation"]) == (["strangulation"], ["stalking"])


LEVELS = st.sampled_from(dash.LEVELS)


@given(st.lists(st.tuples(LEVELS, LEVELS, st.booleans(), st.booleans()), max_size=6))
def test_the_level_told_again_is_the_one_that_signing_set(acts):
    """Whatever is signed and decided, one after the other: the last step says what the case says."""
    signed, level = [], ""
    for number, (suggested, chosen, is_decided, is_approved) in enumerate(acts):
        holds, proposed = dash.level_at_signing(chosen, suggested, level)
        level = proposed if proposed and is_decided and is_approved else holds
        decided_at = day(number) + timedelta(hours=1) if proposed and is_decided else None
        signed.append(rules.Signed(day(number), suggested, level, proposed, decided_at, bool(decided_at) and is_approved))
    steps = rules.steps(signed)
    assert (steps[-1].level if steps else "") == level
    assert all(earlier.level == later.before for earlier, later in itertools.pairwise(steps))
