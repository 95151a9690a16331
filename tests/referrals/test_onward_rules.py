"""Where a child is referred, and that no child linked to a case with a signed level is ever left with nothing proposed (SEED-152, SEED-153)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.calendar import is_working_day
from referrals.safeguarding import rules
from referrals.safeguarding.rules import ADULT, EARLY_HELP, EMERGENCY, SCHOOL, SOCIAL_CARE

AT = datetime(2026, 3, 18, 12, tzinfo=UTC)
LONG = "Long enough to be understood."
ROUTES = st.sampled_from([SOCIAL_CARE, EARLY_HELP, EMERGENCY, SCHOOL])
STATES = st.sampled_from(["proposed", "sent", "answered", "overridden", "replaced"])
LEVELS = st.sampled_from(["standard", "medium", "high"])


@pytest.mark.parametrize(
    ("level", "in_danger", "routes"),
    [
        ("high", False, [SOCIAL_CARE]), ("medium", False, [SOCIAL_CARE]), ("standard", False, [EARLY_HELP]), ("", False, []),
        ("high", True, [EMERGENCY, SOCIAL_CARE]), ("standard", True, [EMERGENCY, EARLY_HELP]), ("", True, [EMERGENCY]),
    ],
)
def test_the_routes_by_level(level, in_danger, routes):
    assert rules.routes_for(level, in_danger) == routes


@given(st.sampled_from(["", "standard", "medium", "high"]), st.booleans(), st.integers(0, 4))
def test_a_childs_own_risk_can_ask_for_more_and_never_for_less(level, in_danger, own):
    by_level, by_both = rules.routes_for(level, in_danger), rules.routes_for(level, in_danger, own)
    assert (EMERGENCY in by_both) is in_danger
    assert SOCIAL_CARE in by_both or SOCIAL_CARE not in by_level
    assert (SOCIAL_CARE in by_both) is (own >= 3 or level in ("medium", "high"))
    assert bool(set(by_both) - {EMERGENCY}) is (bool(level) or own > 0)
    for route in by_both:
        assert ("step" in rules.why_words(route, level, own)) is (route != EMERGENCY and own > 0 and (not level or (level == "standard" and route == SOCIAL_CARE)))


@given(LEVELS, st.booleans(), st.lists(st.tuples(ROUTES, STATES), max_size=6), st.booleans())
def test_no_child_with_a_signed_level_is_left_with_nothing(level, in_danger, held, is_afresh):
    """Whatever was proposed, sent, answered or decided against before: after a signature something that does at least as much is under way."""
    wanted = rules.routes_for(level, in_danger)
    new = rules.to_propose(wanted, held, is_afresh=is_afresh)
    kept = [one for one in held if not rules.is_replaced(*one, new)]
    there = {route for route, state in kept if state in ("proposed", "sent") or (not is_afresh and state != "replaced")} | set(new)
    assert SOCIAL_CARE in there or (level == "standard" and EARLY_HELP in there)
    assert not in_danger or EMERGENCY in there
    assert len(new) == len(set(new)) and set(new) <= set(wanted)


@given(LEVELS, st.booleans())
def test_nothing_is_proposed_twice(level, in_danger):
    wanted = rules.routes_for(level, in_danger)
    held = [(route, "proposed") for route in wanted]
    assert rules.to_propose(wanted, held, is_afresh=True) == rules.to_propose(wanted, held, is_afresh=False) == []


@pytest.mark.parametrize(
    ("role", "age", "is_unborn", "answer"),
    [
        ("child", None, False, True), ("child", 17, False, True), ("child", 18, False, False), ("child", None, True, True), ("victim", 17, False, True),
        ("victim", None, False, False), ("victim", 18, False, False), ("perpetrator", 15, False, True), ("perpetrator", None, False, False), ("adult", 16, False, True),
    ],
)
def test_whoever_is_known_to_be_under_18_counts_as_a_child(role, age, is_unborn, answer):
    assert rules.counts_as_child(role, age, is_unborn) is answer


def test_an_adult_at_risk_is_proposed_once():
    assert rules.to_propose([ADULT], [], is_afresh=True) == [ADULT]
    assert rules.to_propose([ADULT], [(ADULT, "sent")], is_afresh=True) == []


@pytest.mark.parametrize(
    ("route", "level", "words"),
    [
        (EMERGENCY, "high", "in danger"), (SOCIAL_CARE, "medium", "assessed as medium"), (EARLY_HELP, "standard", "Early Help or universal services"),
        (SOCIAL_CARE, "high", "A MARAC referral does not replace it."),
    ],
)
def test_why_it_is_proposed(route, level, words):
    assert words in rules.why_words(route, level)
    assert ("MARAC" in rules.why_words(route, level)) is (level == "high" and route != EMERGENCY)


@pytest.mark.parametrize(
    ("route", "role", "is_under_age", "care", "cannot", "why", "held", "fields"),
    [
        (SOCIAL_CARE, "child", True, False, False, LONG, [], []),
        (SOCIAL_CARE, "child", False, False, False, LONG, [], ["route"]),
        (EARLY_HELP, "victim", False, False, False, LONG, [], ["route"]),
        (ADULT, "victim", False, True, True, LONG, [], []),
        (ADULT, "child", False, True, True, LONG, [], []),
        (ADULT, "child", True, True, True, LONG, [], ["route"]),
        (ADULT, "perpetrator", False, True, True, LONG, [], ["route"]),
        (ADULT, "adult", False, True, False, LONG, [], ["tests"]),
        (ADULT, "adult", False, False, True, LONG, [], ["tests"]),
        (ADULT, "adult", False, True, True, LONG, [(ADULT, "sent")], ["route"]),
        (ADULT, "adult", False, True, True, LONG, [(ADULT, "proposed")], ["route"]),
        (ADULT, "adult", False, True, True, LONG, [(ADULT, "answered")], []),
        (ADULT, "adult", False, True, True, "short", [], ["why"]),
    ],
)
def test_by_hand(route, role, is_under_age, care, cannot, why, held, fields):
    assert list(rules.reasons_by_hand(route, role, is_under_age, care, cannot, why, held)) == fields


SENT = {
    "route": SOCIAL_CARE, "method": "phone", "has_receiver": True, "is_told": True, "not_told_reason": "", "consent": "", "basis": "", "necessity": "",
    "sent_at": AT, "at": AT,
}


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({}, []),
        ({"sent_at": AT + timedelta(seconds=1)}, ["sent_at"]),
        ({"has_receiver": False}, ["receiver_name"]),
        ({"route": EMERGENCY}, []),
        ({"route": EMERGENCY, "method": "portal"}, ["method"]),
        ({"is_told": None}, ["is_told"]),
        ({"is_told": False}, ["not_told_reason"]),
        ({"is_told": False, "not_told_reason": LONG}, []),
        ({"route": EARLY_HELP}, ["consent"]),
        ({"route": EARLY_HELP, "consent": "refused"}, ["consent"]),
        ({"route": EARLY_HELP, "consent": "given"}, []),
        ({"route": ADULT}, ["consent"]),
        ({"route": ADULT, "consent": "given"}, []),
        ({"route": ADULT, "consent": "refused"}, ["basis", "necessity"]),
        ({"route": ADULT, "consent": "not_asked", "basis": "vital"}, ["necessity"]),
        ({"route": ADULT, "consent": "refused", "basis": "vital", "necessity": LONG}, []),
    ],
)
def test_what_sending_needs(facts, fields):
    assert list(rules.reasons_send(**SENT | facts)) == fields


@pytest.mark.parametrize(
    ("state", "reason", "fields"), [("proposed", LONG, []), ("proposed", " short ", ["reason"]), ("sent", LONG, [""]), ("overridden", LONG, [""])]
)
def test_deciding_against(state, reason, fields):
    assert list(rules.reasons_override(state, reason)) == fields


@pytest.mark.parametrize(
    ("state", "sent_at", "happened_at", "outcome", "fields"),
    [
        ("sent", AT, AT, "section_47", []), ("answered", AT, AT, "protection_plan", []), ("sent", AT, AT, None, []), ("answered", AT, AT, None, [""]),
        ("proposed", None, AT, "section_47", [""]), ("sent", AT, AT, "nonsense", ["outcome"]), ("sent", AT, AT + timedelta(seconds=1), None, ["happened_at"]),
        ("sent", AT, AT - timedelta(seconds=1), None, ["happened_at"]), ("overridden", AT, AT, None, [""]),
    ],
)
def test_chasing_and_answers(state, sent_at, happened_at, outcome, fields):
    assert list(rules.reasons_step(SOCIAL_CARE, state, sent_at, happened_at, AT, outcome)) == fields


def london(text):
    return datetime.fromisoformat(text).replace(tzinfo=rules.LONDON)


@pytest.mark.parametrize(
    ("incident", "days", "first", "due"),
    [
        ("2026-03-18T22:30", 1, None, "2026-03-19T08:00"),  # a Wednesday night
        ("2026-03-19T02:00", 1, None, "2026-03-19T08:00"),  # in the small hours: the same morning
        ("2026-03-19T08:00", 1, None, "2026-03-20T08:00"),
        ("2026-03-20T21:00", 1, None, "2026-03-23T08:00"),  # a Friday
        ("2026-03-28T21:00", 1, None, "2026-03-30T08:00"),  # over the night on which the clocks go forward
        ("2026-04-02T21:00", 1, None, "2026-04-07T08:00"),  # before Good Friday and Easter Monday
        ("2026-03-18T22:30", 2, None, "2026-03-20T08:00"),
        ("2026-03-18T22:30", 1, date(2026, 4, 13), "2026-04-13T08:00"),  # in the holidays, where somebody knows
        ("2026-03-18T22:30", 1, date(2026, 3, 18), "2026-03-19T08:00"),  # school was over for that day
        ("2026-03-18T22:30", 1, date(2026, 3, 1), "2026-03-19T08:00"),
    ],
)
def test_a_school_knows_before_its_next_day(incident, days, first, due):
    assert rules.school_starts(london(incident), days, 8, is_working_day, first) == london(due)


@given(st.integers(0, 1000 * 24 * 60), st.integers(1, 3))
def test_the_school_is_always_told_after_the_incident_and_before_school(minutes, days):
    at = AT - timedelta(days=400) + timedelta(minutes=minutes)
    due = rules.school_starts(at, days, 8, is_working_day)
    assert due > at and due.astimezone(rules.LONDON).hour == 8 and is_working_day(due.astimezone(rules.LONDON).date())


@pytest.mark.parametrize(
    ("incident", "is_under_age", "age", "first", "fields"),
    [
        (AT, True, 9, None, []), (AT, True, None, None, []), (AT + timedelta(minutes=1), True, 9, None, ["incident_at"]), (AT, False, 18, None, [""]),
        (AT, True, 2, None, [""]), (AT, True, 9, date(2026, 3, 17), ["next_school_day"]), (AT, True, 9, date(2026, 3, 18), []),
    ],
)
def test_a_notice(incident, is_under_age, age, first, fields):
    assert list(rules.reasons_notice(incident, AT, is_under_age, age, first)) == fields
