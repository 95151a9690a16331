"""The rules of a line: values in, reasons out."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.calendar import is_bank_holiday
from referrals.calls import rules
from referrals.calls.carrying import ROUTES
from referrals.calls.codes import CALLERS, PERPETRATOR
from ui.times import LONDON

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
AT = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)  # a Friday


def london(*parts):
    return datetime(*parts, tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(("at", "is_open"), [
    (london(2026, 3, 20, 7, 59, 59), False), (london(2026, 3, 20, 8), True), (london(2026, 3, 20, 17, 59, 59), True), (london(2026, 3, 20, 18), False),
    (london(2026, 3, 21, 10), False), (london(2026, 3, 22, 10), False),  # the weekend
    (london(2026, 12, 25, 10), False), (london(2026, 4, 3, 10), False), (london(2026, 5, 4, 10), False),  # Christmas, Good Friday, a Monday
    (london(2026, 7, 20, 8), True), (datetime(2026, 7, 20, 7, 30, tzinfo=UTC), True), (datetime(2026, 1, 20, 7, 30, tzinfo=UTC), False),  # summer time
])
def test_a_line_is_open_from_eight_to_six_on_working_days(at, is_open):
    assert rules.is_open(at, rules.STAFFED, is_bank_holiday) is is_open


def test_a_line_may_be_open_round_the_clock_or_on_bank_holidays():
    always = rules.Hours(frozenset(range(7)), time(0), time(0), on_bank_holidays=True)
    assert all(rules.is_open(london(2026, 12, day, hour, 30), always, is_bank_holiday) for day in range(24, 29) for hour in (0, 12, 23))
    evening = rules.Hours(frozenset({4}), time(18), time(0))
    assert rules.is_open(london(2026, 3, 20, 23, 59), evening, is_bank_holiday) and not rules.is_open(london(2026, 3, 20, 17, 59), evening, is_bank_holiday)


@pytest.mark.parametrize(("left", "opening"), [
    (london(2026, 3, 20, 10), london(2026, 3, 20, 10)), (london(2026, 3, 20, 18), london(2026, 3, 23, 8)), (london(2026, 3, 20, 6), london(2026, 3, 20, 8)),
    (london(2026, 4, 2, 19), london(2026, 4, 7, 8)),  # over Easter
    (london(2026, 3, 27, 22), london(2026, 3, 30, 8)),  # the clocks go forward that Sunday
])
def test_the_next_opening(left, opening):
    assert rules.next_opening(left, rules.STAFFED, is_bank_holiday) == opening


def test_a_line_that_never_opens_has_no_opening():
    assert rules.next_opening(AT, rules.Hours(frozenset(), time(8), time(18)), is_bank_holiday) is None


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 3 * 365 * 24 * 60))
def test_the_next_opening_is_the_first_open_instant(minutes):
    at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    opening = rules.next_opening(at, rules.STAFFED, is_bank_holiday)
    assert opening >= at and rules.is_open(opening, rules.STAFFED, is_bank_holiday)
    assert opening == at or not rules.is_open(opening - SECOND, rules.STAFFED, is_bank_holiday)


def test_hours_that_cannot_be():
    assert "days" in rules.reasons_hours([], time(8), time(18))
    assert "closes" in rules.reasons_hours([0], time(18), time(8))
    assert rules.reasons_hours([0], time(8), time(0)) == rules.reasons_hours([0], time(8), time(18)) == {}


def log(**changed):
    facts = {
        "result": "answered", "caller": "victim", "danger": "no", "opened_at": AT - HOUR, "at": AT, "left_at": None, "has_number": False, "has_no_number": False,
        "opens_notes": False,
    }
    return set(rules.reasons_log(**facts | changed))


@pytest.mark.parametrize(("changed", "fields"), [
    ({}, set()), ({"caller": ""}, {"caller"}), ({"danger": ""}, {"danger"}), ({"opened_at": AT - 13 * HOUR}, {""}), ({"opened_at": AT + SECOND}, {""}),
    ({"result": "abandoned", "caller": "", "danger": ""}, set()), ({"result": "abandoned", "opens_notes": True}, {"result"}),
    ({"result": "message", "left_at": AT, "has_number": True}, set()), ({"result": "message", "has_number": True}, {"left_at"}),
    ({"result": "message", "left_at": AT + SECOND, "has_number": True}, {"left_at"}), ({"result": "message", "left_at": AT}, {"number"}),
    ({"result": "message", "left_at": AT, "has_no_number": True}, set()), ({"result": "message", "left_at": AT, "has_number": True, "opens_notes": True}, {"result"}),
    ({"opens_notes": True}, set()),
])
def test_what_a_call_must_say(changed, fields):
    assert log(**changed) == fields


@pytest.mark.parametrize(("facts", "may"), [
    ((False, True, True, False), True),
    ((True, True, True, False), False), ((False, False, True, False), False), ((False, True, False, False), False), ((False, True, True, True), False),
])
def test_from_which_call_notes_are_opened(facts, may):
    assert (rules.reasons_open_notes(*facts) == []) is may


@pytest.mark.parametrize(("facts", "may"), [
    ((False, "any", True), True), ((False, "", True), True), ((False, "no", True), False), ((True, "any", True), False), ((False, "any", False), False),
])
def test_which_number_may_be_read(facts, may):
    assert (rules.reasons_number_hidden(*facts) == []) is may


def attempt(**changed):
    facts = {
        "outcome": "reached", "voicemail": "no", "safe": "any", "happened_at": AT, "left_at": AT - HOUR, "at": AT, "due_at": AT, "is_waiting": True, "why_late": "",
    }
    return set(rules.reasons_attempt(**facts | changed))


@pytest.mark.parametrize(("changed", "fields"), [
    ({}, set()), ({"is_waiting": False}, {""}), ({"happened_at": AT + SECOND}, {"happened_at"}), ({"left_at": AT + SECOND}, {"happened_at"}), ({"safe": "no"}, {"outcome"}),
    ({"outcome": "voicemail"}, {"outcome"}), ({"outcome": "voicemail", "voicemail": ""}, {"outcome"}), ({"outcome": "voicemail", "voicemail": "yes"}, set()),
    ({"due_at": AT - SECOND}, {"why_late"}), ({"due_at": AT - SECOND, "why_late": "Too few of us on the line."}, set()), ({"due_at": AT - SECOND, "outcome": "no_answer"}, set()),
])
def test_an_attempt_to_return_a_message(changed, fields):
    assert attempt(**changed) == fields


def end(**changed):
    facts = {"how": "unreached", "reason": "Rang at three times of the day.", "attempts": 3, "fewest": 3, "due_at": AT - SECOND, "at": AT, "is_waiting": True}
    return set(rules.reasons_end(**facts | changed))


@pytest.mark.parametrize(("changed", "fields"), [
    ({}, set()), ({"attempts": 2}, {"how"}), ({"due_at": AT}, {"how"}), ({"reason": "no"}, {"reason"}), ({"is_waiting": False}, {""}),
    ({"how": "not_needed", "attempts": 0, "due_at": AT}, set()), ({"how": "not_needed", "reason": " "}, {"reason"}),
])
def test_a_message_is_given_up(changed, fields):
    assert end(**changed) == fields


DUE = london(2026, 3, 20, 11)


@pytest.mark.parametrize(("ended", "how", "state"), [
    # F5: left at 10:00.
    (london(2026, 3, 20, 10, 59), "returned", "kept"), (london(2026, 3, 20, 11), "returned", "kept"), (london(2026, 3, 20, 11, 0, 1), "returned", "late"),
    (london(2026, 3, 20, 12), "unreached", "unreached"), (london(2026, 3, 20, 10, 30), "not_needed", "not_needed"), (None, "", "waiting"),
])
def test_where_a_message_stands(ended, how, state):
    assert rules.callback_state(DUE, ended, how, london(2026, 3, 20, 11)) == state


def test_a_message_is_overdue_without_any_sweep():
    assert rules.callback_state(DUE, None, "", DUE + SECOND) == "overdue"
    assert rules.callback_state(None, None, "", DUE) == ""


def test_shares_and_months():
    assert [rules.share(*pair) for pair in ((0, 0), (73, 100), (1, 3), (2, 3), (1, 200))] == ["–", "73%", "33%", "67%", "1%"]
    assert rules.six_months(date(2026, 2, 28)) == [date(2025, month, 1) for month in (9, 10, 11, 12)] + [date(2026, 1, 1), date(2026, 2, 1)]


def test_no_kind_of_caller_is_forgotten_when_notes_are_opened():
    assert set(ROUTES) == set(CALLERS) - {PERPETRATOR}
