"""Safety flags as a rule: which ways they bar, when they are reviewed, and that one person never takes one away."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.models.contact import Channel
from cases.rules import flags as rules

TODAY = date(2026, 3, 18)
codes = st.lists(st.sampled_from(list(rules.KINDS)))


@pytest.mark.parametrize(
    ("standing", "channel", "barred"),
    [
        (["no_home_visits"], "visit", ["no home visits"]),
        (["staff_risk"], "visit", ["risk to staff"]),
        (["weapons"], "visit", ["weapons"]),
        (["no_home_visits", "staff_risk"], "visit", ["risk to staff", "no home visits"]),
        (["no_letters"], "letter", ["do not send letters"]),
        (["no_letters"], "visit", []),
        (["stalking", "pairs", "dogs", "others_present"], "visit", []),
        (["no_home_visits", "staff_risk", "weapons"], "phone", []),
        ([], "visit", []),
    ],
)
def test_which_flags_bar_which_ways(standing, channel, barred):
    said = rules.reasons_barred(standing, channel)
    assert len(said) == len(barred)
    assert all(line.startswith(f"Flag: {word}. ") for line, word in zip(said, barred, strict=True))


def test_a_flag_bars_ways_that_exist_and_says_what_to_do():
    for kind in rules.KINDS.values():
        assert kind.bars <= set(Channel.values)
        assert kind.label and kind.what_to_do.endswith(".") and "client" not in kind.what_to_do


@given(codes, codes, st.sampled_from(Channel.values))
def test_more_flags_never_allow_more(standing, more, channel):
    assert set(rules.reasons_barred(standing, channel)) <= set(rules.reasons_barred([*standing, *more], channel))


@given(codes)
def test_each_kind_is_read_once_and_in_the_order_of_the_table(standing):
    ordered = rules.in_order(standing)
    assert set(ordered) == set(standing) and len(ordered) == len(set(ordered))
    assert ordered == [code for code in rules.KINDS if code in standing]


@pytest.mark.parametrize(("days", "words"), [(-1, "after today"), (0, "after today"), (1, ""), (366, ""), (367, "within a year")])
def test_the_day_of_a_review(days, words):
    said = rules.reasons_review_impossible(TODAY + timedelta(days=days), TODAY)
    assert (words in said[0]) if words else said == []


@pytest.mark.parametrize(("days", "due", "overdue"), [(1, False, False), (0, True, False), (-1, True, True)])
def test_due_on_its_day_and_overdue_after_it(days, due, overdue):
    day = TODAY + timedelta(days=days)
    assert (rules.is_review_due(day, TODAY), rules.is_review_overdue(day, TODAY)) == (due, overdue)


def test_a_reason_says_something():
    assert rules.reasons_says_too_little(" a b      ") and not rules.reasons_says_too_little("He has a knife")


def test_a_kind_stands_once():
    assert rules.reasons_stands_already("dogs", ["dogs"]) and not rules.reasons_stands_already("dogs", ["weapons"])


def test_a_removal_is_proposed_once():
    assert rules.reasons_cannot_propose(True, False) and rules.reasons_cannot_propose(False, True) and not rules.reasons_cannot_propose(False, False)


@given(st.integers(1, 3), st.integers(1, 3), st.booleans())
def test_nobody_decides_on_what_they_proposed(proposer, decider, is_decided):
    said = rules.reasons_cannot_decide(is_decided=is_decided, proposed_by=proposer, decider=decider)
    assert bool(said) == (is_decided or proposer == decider)
