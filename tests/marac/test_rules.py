"""MARAC's rules: every step in every state, what a referral must say, repeat to the day, the deadline, the order of reasons."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.calendar import is_working_day
from marac import rules
from marac.models import ReferralState

VERBS = {"submit", "accept", "return", "decline", "list", "unlist", "withdraw"}
# Written by hand from the process (domain 2.3, 2.11), not from the table.
ALLOWED = {
    ("draft", "submit"), ("draft", "withdraw"),
    ("submitted", "accept"), ("submitted", "return"), ("submitted", "decline"), ("submitted", "withdraw"),
    ("returned", "submit"), ("returned", "withdraw"),
    ("not_accepted", "submit"),
    ("accepted", "list"), ("accepted", "return"), ("accepted", "withdraw"),
    ("listed", "unlist"),
}  # fmt: skip

READY = rules.Facts(
    professional_judgement=False, judgement_rationale="", visible_high_risk=True, potential_escalation=False, repeat_criterion=False,
    background="What happened", victim_aware=True, not_aware_reason="", consent="given", basis="", necessity="", risk_believed="", perpetrators_named=1,
    perpetrator_unknown_reason="", has_assessment=True, no_assessment_reason="", children_without_age=0,
)


@pytest.mark.parametrize("state", ReferralState.values)
@pytest.mark.parametrize("verb", sorted(VERBS))
def test_each_step_is_allowed_where_the_process_says_and_refused_with_a_reason_elsewhere(state, verb):
    reasons = rules.reasons_cannot(verb, state)
    if (state, verb) in ALLOWED:
        assert reasons == []
    else:
        assert len(reasons) == 1
        assert reasons[0].startswith("This referral is ")


def test_the_table_speaks_of_every_state_and_leads_only_to_known_ones():
    assert set(rules.TRANSITIONS) == set(ReferralState.values) == set(rules.IN_WORDS)
    assert {state for verbs in rules.TRANSITIONS.values() for state in verbs.values()} <= set(ReferralState.values)


def test_a_listed_referral_says_whom_to_ask():
    assert rules.reasons_cannot("withdraw", "listed") == ["This referral is listed on a meeting. Ask the coordinator to take it off the list first."]


@pytest.mark.parametrize("state", ReferralState.values)
def test_words_change_only_while_the_referrer_holds_the_referral(state):
    assert (rules.reasons_cannot_edit(state) == []) is (state in {"draft", "returned", "not_accepted"})


def test_a_complete_referral_lacks_nothing():
    assert rules.missing(READY) == {}
    assert rules.reasons_cannot_submit("draft", READY, False) == []


@pytest.mark.parametrize(
    ("change", "page", "words"),
    [
        ({"visible_high_risk": False}, "criteria", "Choose at least one reason"),
        ({"professional_judgement": True}, "criteria", "Say what your professional judgement rests on"),
        ({"visible_high_risk": False, "professional_judgement": True, "judgement_rationale": "x" * 49}, "criteria", "at least 50 characters"),
        ({"background": " \n"}, "criteria", "Say what has happened"),
        ({"victim_aware": None}, "sharing", "Say whether the victim/survivor knows"),
        ({"victim_aware": False}, "sharing", "Say why the victim/survivor does not know"),
        ({"victim_aware": False, "not_aware_reason": "Not safe"}, "sharing", "choose another lawful basis"),
        ({"consent": ""}, "sharing", "Say whether the victim/survivor has agreed"),
        ({"consent": "refused"}, "sharing", "choose another lawful basis"),
        ({"consent": "refused", "basis": "consent"}, "sharing", "choose another lawful basis"),
        ({"consent": "refused", "basis": "vital_interests"}, "sharing", "Say why sharing is necessary"),
        ({"consent": "refused", "basis": "vital_interests", "necessity": "n"}, "sharing", "Say what risk you believe"),
        ({"perpetrators_named": 0}, "unknowns", "Name the alleged perpetrator"),
        ({"has_assessment": False}, "unknowns", "Sign a DASH"),
        ({"children_without_age": 1}, "people", "date of birth or the approximate age"),
    ],
)
def test_what_is_missing_is_said_with_its_page(change, page, words):
    missing = rules.missing(replace(READY, **change))
    assert any(words in reason for reason in missing[page])
    assert rules.reasons_cannot_submit("draft", replace(READY, **change), False)


@pytest.mark.parametrize(
    "change",
    [
        {"visible_high_risk": False, "professional_judgement": True, "judgement_rationale": "x" * 50},
        {"professional_judgement": True, "judgement_rationale": "short, but the score stands beside it"},
        {"visible_high_risk": False, "repeat_criterion": True},
        {"visible_high_risk": False, "potential_escalation": True},
        {"consent": "refused", "basis": "safeguarding", "necessity": "n", "risk_believed": "r"},
        {"victim_aware": False, "not_aware_reason": "x", "consent": "not_asked_unsafe", "basis": "crime_prevention", "necessity": "n", "risk_believed": "r"},
        {"perpetrators_named": 0, "perpetrator_unknown_reason": "She will not say"},
        {"has_assessment": False, "no_assessment_reason": "She left before it could be done"},
    ],
)
def test_what_is_enough_is_enough(change):
    assert rules.missing(replace(READY, **change)) == {}


def test_a_second_referral_of_a_case_on_its_way_is_refused_before_anything_else():
    assert rules.reasons_cannot_submit("draft", replace(READY, background=""), True) == ["Another MARAC referral of this case is on its way already."]
    assert rules.reasons_cannot_submit("listed", READY, True)[0].startswith("This referral is listed")


@pytest.mark.parametrize(
    ("verb", "length", "refused"),
    [
        ("decline", 29, True), ("decline", 30, False), ("return", 9, True), ("return", 10, False), ("unlist", 9, True), ("unlist", 10, False),
        ("withdraw", 9, True), ("withdraw", 10, False), ("cancel", 9, True), ("cancel", 10, False), ("accept", 0, False), ("submit", 0, False),
    ],
)  # fmt: skip
def test_nothing_comes_back_or_is_refused_in_silence(verb, length, refused):
    assert bool(rules.reasons_not_given(verb, "x" * length)) is refused
    assert bool(rules.reasons_not_given(verb, "x" * length + " " * 40)) is refused


def test_a_coordinator_who_says_otherwise_says_why():
    assert rules.reasons_repeat_unexplained(True, True, "") == []
    assert rules.reasons_repeat_unexplained(True, False, "Heard elsewhere in May") == []
    assert rules.reasons_repeat_unexplained(False, True, " ")


# --- repeat


@pytest.mark.parametrize(
    ("incident", "repeat"),
    [
        (date(2026, 1, 9), True),  # F7
        (date(2026, 1, 11), False),  # F7
        (date(2026, 1, 10), True),  # the corresponding day is still within the twelve months
        (date(2025, 1, 11), True),
        (date(2025, 1, 10), False),  # the day of the referral itself: what it was about
        (date(2025, 1, 9), False),
    ],
)
def test_f7_repeat_to_the_day(incident, repeat):
    last = rules.last_referral_before(incident, [date(2025, 1, 10)])
    assert rules.is_repeat(incident, last, 12) is repeat


@pytest.mark.parametrize(
    ("last", "incident", "repeat"),
    [
        (date(2024, 2, 29), date(2025, 2, 28), True),  # 29 February has no corresponding day: the month's last
        (date(2024, 2, 29), date(2025, 3, 1), False),
        (date(2023, 2, 28), date(2024, 2, 28), True),
        (date(2023, 2, 28), date(2024, 2, 29), False),
        (date(2024, 12, 31), date(2025, 12, 31), True),
    ],
)
def test_repeat_over_leap_days_and_the_turn_of_the_year(last, incident, repeat):
    assert rules.is_repeat(incident, last, 12) is repeat


def test_months_count_as_agreed():
    assert rules.months_after(date(2025, 8, 31), 6) == date(2026, 2, 28)
    assert rules.months_after(date(2025, 1, 31), 1) == date(2025, 2, 28)
    assert rules.is_repeat(date(2025, 7, 11), date(2025, 1, 10), 6) is False
    assert rules.is_repeat(date(2025, 7, 10), date(2025, 1, 10), 6) is True


def test_the_last_referral_is_the_last_one_before_the_incident():
    days = [date(2025, 1, 10), date(2025, 3, 5)]
    assert rules.last_referral_before(date(2025, 3, 1), days) == date(2025, 1, 10)
    assert rules.last_referral_before(date(2025, 4, 1), days) == date(2025, 3, 5)
    assert rules.last_referral_before(date(2025, 1, 10), days) is None
    assert rules.is_repeat(date(2025, 4, 1), None, 12) is False


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 60))
def test_a_longer_span_never_makes_fewer_repeats(last, months):
    assert rules.months_after(last, months) < rules.months_after(last, months + 1)
    incident = rules.months_after(last, months)
    assert rules.is_repeat(incident, last, months)
    assert rules.is_repeat(incident, last, months + 1)


# --- meetings


def test_the_deadline_is_the_end_of_the_eighth_working_day_before():
    # Thursday 12 March 2026, 10:00: eight working days before is Monday 2 March; it is over at midnight.
    starts = datetime(2026, 3, 12, 10, tzinfo=UTC)
    assert rules.referral_deadline(starts, 8, is_working_day) == datetime(2026, 3, 3, 0, tzinfo=UTC)


def test_the_deadline_steps_over_easter_and_a_clock_change():
    # Tuesday 7 April 2026 at 10:00 BST: back over Easter Monday and Good Friday to Thursday; a midnight of summer time is 23:00 UTC.
    starts = datetime(2026, 4, 7, 9, tzinfo=UTC)
    assert rules.referral_deadline(starts, 1, is_working_day) == datetime(2026, 4, 2, 23, tzinfo=UTC)
    assert rules.referral_deadline(starts, 4, is_working_day) == datetime(2026, 3, 30, 23, tzinfo=UTC)
    assert rules.referral_deadline(starts, 5, is_working_day) == datetime(2026, 3, 28, tzinfo=UTC)  # before the clocks went forward


def test_with_no_days_a_referral_is_in_time_until_the_meeting():
    starts = datetime(2026, 3, 12, 10, tzinfo=UTC)
    assert rules.referral_deadline(starts, 0, is_working_day) == starts


def test_late_is_from_the_deadline_on():
    due = datetime(2026, 3, 3, tzinfo=UTC)
    assert rules.is_late(due, due)
    assert not rules.is_late(datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC), due)


def _list(**change):
    facts = {"meeting_is_open": True, "late": False, "leave_note": "", "same_pair_listed": False} | change
    return rules.reasons_cannot_list(facts.pop("state", "accepted"), **facts)


def test_listing_needs_an_accepted_referral_an_open_meeting_a_new_pair_and_leave_when_late():
    assert _list() == []
    assert "returned" in _list(state="returned")[0]
    assert "closed" in _list(meeting_is_open=False)[0]
    assert "on the list of this meeting already" in _list(same_pair_listed=True)[0]
    assert "who gave leave" in _list(late=True)[0]
    assert "who gave leave" in _list(late=True, leave_note="the chair")[0]
    assert _list(late=True, leave_note="The chair: threat to kill") == []


def test_a_meeting_that_has_started_or_is_not_planned_stays_as_it_is():
    assert rules.reasons_cannot_change_meeting("planned", False) == []
    assert "started" in rules.reasons_cannot_change_meeting("planned", True)[0]
    assert "cancelled" in rules.reasons_cannot_change_meeting("cancelled", False)[0]
    assert rules.reasons_cannot_cancel("planned") == []  # also once its time has passed: it may not have taken place
    assert "held already" in rules.reasons_cannot_cancel("held")[0] and "cancelled already" in rules.reasons_cannot_cancel("cancelled")[0]
    assert rules.reasons_cannot_hold("planned", True) == []
    assert "not started" in rules.reasons_cannot_hold("planned", False)[0]
    assert "held already" in rules.reasons_cannot_hold("held", True)[0]


def test_waiting_is_counted_in_working_days():
    friday = date(2026, 4, 17)
    assert rules.working_days_since(friday, friday, is_working_day) == 0
    assert rules.working_days_since(friday, date(2026, 4, 19), is_working_day) == 0
    assert rules.working_days_since(friday, date(2026, 4, 20), is_working_day) == 1
    assert rules.working_days_since(date(2026, 4, 2), date(2026, 4, 7), is_working_day) == 1
