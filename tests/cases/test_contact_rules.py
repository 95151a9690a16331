"""When a channel may be used: over midnight, over both clock changes, and with nothing left of the time."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules import contact as rules
from cases.rules.clocks import LONDON
from cases.rules.contact import Mark, Window
from ui.times import since_when

NOON = datetime(2026, 3, 18, 12, 0, tzinfo=UTC)  # a Wednesday
WEDNESDAY_LUNCH = [Window(2, time(12), time(13))]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def reasons(is_safe, agreed, at, *, times=None, recorded_at=LONG_AGO, checked_at=LONG_AGO, is_lapsed=False):
    """Why a way must not be used, that was recorded and checked long ago unless told otherwise."""
    mark = Mark(is_safe, times or ("windows" if agreed else "any"), agreed, recorded_at, checked_at)
    return rules.reasons_not_now(mark, at, since_when=since_when, is_lapsed=is_lapsed)


times = st.times().map(lambda value: value.replace(second=0, microsecond=0))
windows = st.lists(
    st.tuples(st.integers(0, 6), times, times).filter(lambda row: row[1] < row[2]).map(lambda row: Window(*row)), min_size=1, max_size=6
)
# Anywhere in two years, and often in the hours around the four clock changes of them.
CHANGES = [datetime(2025, 3, 30, 1, tzinfo=UTC), datetime(2025, 10, 26, 1, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)]
instants = st.one_of(
    st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
    st.tuples(st.sampled_from(CHANGES), st.integers(-48 * 60, 48 * 60)).map(lambda row: row[0] + timedelta(minutes=row[1])),
)


@given(windows, instants, st.integers(0, 60 * 24 * 15))
def test_an_instant_is_safe_exactly_when_it_lies_in_an_opening(agreed, start, minutes):
    at = start + timedelta(minutes=minutes)
    inside = any(opens <= at < closes for opens, closes in rules.openings(agreed, start, start + timedelta(days=16)))
    assert inside == (reasons("yes", agreed, at) == [])


@given(windows, instants, st.integers(1, 20))
def test_openings_stand_in_order_apart_and_within_what_was_asked(agreed, now, days):
    until = now + timedelta(days=days)
    spans = rules.openings(agreed, now, until)
    assert all(now <= opens < closes <= until for opens, closes in spans)
    assert all(first[1] < second[0] for first, second in pairwise(spans))


@given(instants, st.integers(1, 400))
def test_without_windows_any_time_is_one_opening(now, hours):
    until = now + timedelta(hours=hours)
    assert rules.openings([], now, until) == [(now, until)]
    assert rules.openings([], until, now) == []


def test_an_hour_that_comes_twice_is_safe_twice_and_one_that_never_comes_is_not():
    sunday_night = [Window(6, time(1, 15), time(1, 45))]
    autumn = rules.openings(sunday_night, datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC))
    assert autumn == [
        (datetime(2026, 10, 25, 0, 15, tzinfo=UTC), datetime(2026, 10, 25, 0, 45, tzinfo=UTC)),
        (datetime(2026, 10, 25, 1, 15, tzinfo=UTC), datetime(2026, 10, 25, 1, 45, tzinfo=UTC)),
    ]
    assert rules.openings(sunday_night, datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC)) == []


def test_a_window_across_a_clock_change_is_as_long_as_the_wall_clock_says():
    sunday = [Window(6, time(0, 30), time(3, 0))]
    (opens, closes), = rules.openings(sunday, datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC))
    assert closes - opens == timedelta(hours=1, minutes=30)
    (opens, closes), = rules.openings(sunday, datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC))
    assert closes - opens == timedelta(hours=3, minutes=30)


@pytest.mark.parametrize("is_safe", ["no", "unknown", "", "yes!"])
def test_anything_but_a_plain_yes_is_not_safe(is_safe):
    assert reasons(is_safe, [], NOON)


def test_a_window_includes_its_start_and_not_its_end():
    assert reasons("yes", WEDNESDAY_LUNCH, NOON) == []
    assert reasons("yes", WEDNESDAY_LUNCH, NOON + timedelta(minutes=59, seconds=59)) == []
    assert reasons("yes", WEDNESDAY_LUNCH, NOON + timedelta(hours=1)) == ["This is outside the safe times."]


def test_in_summer_the_window_follows_the_wall_clock():
    assert reasons("yes", WEDNESDAY_LUNCH, datetime(2026, 7, 15, 11, 30, tzinfo=UTC)) == []
    assert reasons("yes", WEDNESDAY_LUNCH, datetime(2026, 7, 15, 12, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("level", "checked_days_ago", "lapsed"),
    [("high", 30, False), ("high", 30.01, True), ("high", None, True), ("medium", 300, False), ("standard", None, False), ("", None, False)],
)
def test_at_high_risk_a_safe_mark_lapses(level, checked_days_ago, lapsed):
    checked = None if checked_days_ago is None else NOON - timedelta(days=checked_days_ago)
    assert rules.is_lapsed(level, checked, NOON, 30) is lapsed


def test_lapsed_is_not_safe_however_good_the_time_is():
    assert reasons("yes", [], NOON, is_lapsed=True)


def test_little_safe_time_left_is_said():
    thursday_too = [*WEDNESDAY_LUNCH, Window(3, time(12), time(13))]
    assert rules.few_openings_left(thursday_too, NOON, NOON + timedelta(days=2)) == ""
    assert rules.few_openings_left(WEDNESDAY_LUNCH, NOON, NOON + timedelta(days=2)) == "Only one safe time is left before the promise is due."
    assert rules.few_openings_left(WEDNESDAY_LUNCH, NOON + timedelta(hours=1), NOON + timedelta(days=2)) == "No safe time is left before the promise is due."
    assert rules.few_openings_left([], NOON, NOON + timedelta(days=2)) == ""
    assert rules.few_openings_left(WEDNESDAY_LUNCH, NOON, NOON - timedelta(days=2)) == ""


@pytest.mark.parametrize(("reason", "refused"), [("", True), ("x" * 19, True), (" " * 30, True), ("x" * 20, False)])
def test_an_unsafe_route_wants_a_reason_of_some_length(reason, refused):
    assert bool(rules.reasons_route_unsafe(["This channel is marked not safe."], reason)) is refused
    assert rules.reasons_route_unsafe([], reason) == []


@given(st.booleans(), st.booleans())
def test_only_reaching_them_by_a_safe_route_keeps_a_promise(reached, safe):
    assert rules.keeps_promise(reached, safe) is (reached and safe)


def test_times_that_cannot_be():
    assert rules.reasons_attempt_impossible(NOON, NOON, NOON) == []
    assert rules.reasons_attempt_impossible(NOON + timedelta(seconds=1), NOON, NOON) == ["The attempt cannot be in the future."]
    assert rules.reasons_attempt_impossible(NOON - timedelta(seconds=1), NOON, NOON) == ["The attempt cannot be before the report that this case began with."]


def test_giving_up_only_after_enough_attempts():
    hours = [NOON + timedelta(hours=number) for number in range(3)]
    assert rules.reasons_cannot_give_up(hours[:2], 3) and not rules.reasons_cannot_give_up(hours, 3)
    assert rules.reasons_cannot_give_up([NOON, NOON, NOON + timedelta(minutes=59)], 3) and not rules.reasons_cannot_give_up([NOON, NOON, hours[1]], 3)
    assert rules.reasons_own_promise({7, None}, 7) and not rules.reasons_own_promise({7, None}, 8)
    assert not rules.limit_reached(2, 3) and rules.limit_reached(3, 3) and rules.limit_reached(4, 3)


def test_a_night_typed_as_two_times_is_one_opening():
    night = [Window(2, time(20), time(23, 59)), Window(3, time(), time(7))]
    last_minute = datetime(2026, 3, 18, 23, 59, 30, tzinfo=UTC)
    assert reasons("yes", night, last_minute) == []
    assert rules.openings(night, NOON, NOON + timedelta(days=2)) == [(datetime(2026, 3, 18, 20, tzinfo=UTC), datetime(2026, 3, 19, 7, tzinfo=UTC))]
    assert reasons("yes", night[:1], last_minute + timedelta(seconds=30)) != []


def test_every_local_minute_of_a_change_day_agrees_with_the_wall_clock():
    window = Window(6, time(1, 0), time(2, 0))
    start = datetime(2026, 10, 25, tzinfo=LONDON).astimezone(UTC)
    safe = [minute for minute in range(25 * 60) if not reasons("yes", [window], start + timedelta(minutes=minute))]
    assert len(safe) == 120


# --- as of an instant

FIFTH = datetime(2026, 3, 5, 15, 0, tzinfo=UTC)


@given(instants, st.integers(-10 * 24 * 60, 10 * 24 * 60))
def test_a_mark_says_nothing_of_the_time_before_it(recorded_at, minutes):
    recorded_at = recorded_at.replace(second=0, microsecond=0)
    at = recorded_at + timedelta(minutes=minutes)
    found = reasons("yes", [], at, recorded_at=recorded_at, checked_at=recorded_at)
    assert bool(found) == (at < recorded_at)


@pytest.mark.parametrize(("at", "why"), [
    (FIFTH - timedelta(days=70), ["This way was not recorded as safe until 3:00pm on 5 March 2026."]),
    (FIFTH - timedelta(minutes=1), ["This way was not recorded as safe until 3:00pm on 5 March."]),
    # Times are written to the minute: what happened in the minute of the record, happened after it.
    (FIFTH, []), (FIFTH + timedelta(seconds=40), []), (FIFTH + timedelta(days=1), []),
])
def test_the_reason_says_since_when(at, why):
    recorded_at = FIFTH + timedelta(seconds=40)
    assert reasons("yes", [], at, recorded_at=recorded_at, checked_at=recorded_at) == why


def test_a_mark_that_somebody_else_gave_is_not_safe_before_it_is_checked():
    assert reasons("yes", [], NOON, checked_at=None) == ["Said by someone else, not checked with them yet."]
    later = Mark("yes", "any", [], LONG_AGO, None, checked_after=FIFTH)
    assert rules.reasons_not_now(later, FIFTH - timedelta(hours=1), since_when=since_when) == ["Said by someone else, and not checked with them until 3:00pm on 5 March."]


@pytest.mark.parametrize("times", ["unknown", "always"])
def test_a_way_of_which_nobody_asked_when_is_not_safe_and_opens_never(times):
    assert reasons("yes", WEDNESDAY_LUNCH, NOON, times=times) == ["Nobody has asked when it is safe. Ask them before you use it."]
    assert Mark("yes", times, WEDNESDAY_LUNCH, LONG_AGO, LONG_AGO).openings(NOON, NOON + timedelta(days=7)) == []


def test_only_at_these_times_without_any_is_never():
    assert reasons("yes", [], NOON, times="windows") == ["This is outside the safe times."]
    assert Mark("yes", "windows", [], LONG_AGO, LONG_AGO).openings(NOON, NOON + timedelta(days=7)) == []
    until = NOON + timedelta(days=7)
    assert Mark("yes", "any", WEDNESDAY_LUNCH, LONG_AGO, LONG_AGO).openings(NOON, until) == [(NOON, until)]


@pytest.mark.parametrize(("outcome", "fits"), [
    ("reached", True), ("unsafe_to_talk", True), ("no_answer", False), ("someone_else", False), ("voicemail_left", False), ("message_sent", False),
    ("unobtainable", False),
])
def test_where_they_made_the_contact_they_were_there(outcome, fits):
    assert (rules.reasons_not_by_them(True, outcome) == []) is fits
    assert rules.reasons_not_by_them(False, outcome) == []


@pytest.mark.parametrize(("is_by_them", "minutes", "is_report", "keeps"), [
    (True, 0, True, False), (True, 1, False, True), (True, -1, False, False), (False, 0, False, True), (False, -1, False, False),
])
def test_their_call_in_the_minute_of_the_report_is_the_report(is_by_them, minutes, is_report, keeps):
    began = datetime(2026, 3, 18, 14, 20, 40, tzinfo=UTC)
    at = began.replace(second=0) + timedelta(minutes=minutes)
    assert bool(rules.reasons_is_report(is_by_them, at, [began])) is is_report
    assert rules.may_keep(is_by_them, at, began) is keeps
