"""Who counts as a child, what a decision needs, what is asked twice: tables, and properties where a mistake would hide a child."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules import children as rules

AT = datetime(2026, 3, 18, 12, tzinfo=UTC)
DAY = AT.date()
LONG = "Grown up in another country since birth."


@pytest.mark.parametrize(
    ("born", "approximate", "recorded", "age"),
    [
        (date(2008, 3, 18), None, AT, 18),
        (date(2008, 3, 19), None, AT, 17),
        (None, None, AT, None),
        (None, 3, AT, 3),
        (None, 3, AT - timedelta(days=800), 5),
        (None, 3, AT + timedelta(days=1), 3),
    ],
)
def test_age_as_well_as_it_is_known(born, approximate, recorded, age):
    assert rules.age_known(born, approximate, recorded, DAY) == age


@pytest.mark.parametrize(("age", "is_unborn", "answer"), [(17, False, True), (18, False, False), (None, False, True), (0, False, True), (None, True, True)])
def test_who_may_be_a_child_is_treated_as_one(age, is_unborn, answer):
    assert rules.is_child(age, is_unborn) is answer


@pytest.mark.parametrize(
    ("role", "is_unborn", "age", "victim", "words"),
    [
        ("child", False, 3, 30, ""),
        ("child", False, None, 30, ""),
        ("child", False, 17, None, ""),
        ("child", True, None, 17, ""),
        ("child", False, 30, 30, "as old as the victim/survivor"),
        ("child", False, 17, 16, "as old as the victim/survivor"),
        ("child", False, 18, 40, "18 or over"),
        ("child", False, 18, None, "18 or over"),
        ("adult", False, 50, 30, ""),
    ],
)
def test_an_unlikely_age_is_asked_about(role, is_unborn, age, victim, words):
    found = rules.reasons_age_unlikely(role, is_unborn, age, victim)
    assert (words in found[0]) if words else found == []


@pytest.mark.parametrize(
    ("decision", "effects", "reason", "is_under_age", "fields"),
    [
        ("victim", 1, "", True, []),
        ("victim", 3, "", True, []),
        ("victim", 0, LONG, True, ["effects"]),
        ("victim", 1, "", False, ["decision"]),
        ("not_affected", 0, LONG, True, []),
        ("not_affected", 0, "  short  ", True, ["reason"]),
        ("not_affected", 1, LONG, True, ["effects"]),
    ],
)
def test_what_a_decision_needs(decision, effects, reason, is_under_age, fields):
    assert list(rules.reasons_decision(decision, effects, reason, is_under_age)) == fields


@given(st.integers(0, 5), st.sampled_from(["", "yes", "no", "not_known"]))
def test_a_case_without_a_child_asks_until_somebody_has_answered(children, answer):
    asks, adds = rules.should_ask(children, answer), rules.should_add(children, answer)
    assert not (asks and adds)
    assert (asks or adds) is (children == 0 and answer != "no")


@given(st.one_of(st.none(), st.integers(0, 40)), st.booleans(), st.sampled_from(["", "victim", "not_affected"]))
def test_nobody_under_18_goes_without_a_decision(age, is_unborn, decision):
    is_under_age = rules.is_child(age, is_unborn)
    assert rules.needs_decision(is_under_age, decision) is (is_under_age and decision == "")
    if age is None or age < 18:
        assert is_under_age


@pytest.mark.parametrize(
    ("scale", "age", "is_unborn", "special", "step"),
    [
        (1, 9, False, False, 1), (1, 6, False, False, 2), (2, 7, False, False, 2), (3, None, True, False, 4), (4, 2, False, True, 4), (2, None, False, True, 3),
        (2, None, False, False, 2),
    ],
)
def test_the_youngest_and_those_with_special_needs_are_a_step_more_at_risk(scale, age, is_unborn, special, step):
    assert rules.threshold(scale, age, is_unborn, special) == step


@pytest.mark.parametrize(
    ("scale", "reason", "is_under_age", "fields"), [(3, LONG, True, []), (3, "short", True, ["reason"]), (5, LONG, True, ["scale"]), (3, LONG, False, ["scale"])]
)
def test_a_childs_own_risk_needs_its_reason(scale, reason, is_under_age, fields):
    assert list(rules.reasons_risk(scale, reason, is_under_age)) == fields


def test_a_protected_place_is_not_named_in_what_everybody_reads():
    places = [("Heron Lane Primary School", ""), ("Flat 2, 17 Nightjar Close", "ZZ99 3VZ")]
    assert list(rules.reasons_names_place({"reason": "Seen at heron lane primary school on Friday", "note": "At home"}, places)) == ["reason"]
    assert list(rules.reasons_names_place({"reason": "zz993vz"}, places)) == ["reason"]
    assert rules.reasons_names_place({"reason": "", "note": "At school"}, places) == {}


def test_nobody_is_seen_in_the_future():
    assert rules.reasons_seen_impossible(DAY, DAY) == rules.reasons_seen_impossible(None, DAY) == {}
    assert list(rules.reasons_seen_impossible(DAY + timedelta(days=1), DAY)) == ["seen_on"]
