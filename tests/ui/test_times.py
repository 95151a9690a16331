"""Times as people write and read them, over both changes of the clocks."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import times

UTC = dt.UTC


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14:30", dt.time(14, 30)),
        ("1430", dt.time(14, 30)),
        ("2.30pm", dt.time(14, 30)),
        ("2:30 PM", dt.time(14, 30)),
        ("2pm", dt.time(14)),
        ("2 p.m.", dt.time(14)),
        ("12am", dt.time(0)),
        ("12:15pm", dt.time(12, 15)),
        ("midday", dt.time(12)),
        ("Midnight", dt.time(0)),
        (" 09:05 ", dt.time(9, 5)),
        ("0:00", dt.time(0)),
    ],
)
def test_times_are_read_as_people_write_them(typed, meant):
    assert times.parse_time(typed) == meant


@pytest.mark.parametrize("typed", ["", "soon", "25:00", "14:60", "13pm", "0am", "14", "14m", "2:30x", "1:2", "12:345", "-1:00", "１４：３０ x"])
def test_what_is_no_time_is_refused(typed):
    assert times.parse_time(typed) is None


@given(st.times(timezones=st.none()))
def test_every_minute_of_the_day_can_be_typed(time):
    assert times.parse_time(f"{time:%H:%M}") == time.replace(second=0, microsecond=0)


def test_summer_and_winter():
    assert times.instant(dt.date(2026, 7, 1), dt.time(10, 20)) == dt.datetime(2026, 7, 1, 9, 20, tzinfo=UTC)
    assert times.instant(dt.date(2026, 1, 1), dt.time(10, 20)) == dt.datetime(2026, 1, 1, 10, 20, tzinfo=UTC)


@pytest.mark.parametrize("minute", [0, 30, 59])
def test_the_hour_that_never_was_is_refused(minute):
    with pytest.raises(times.NoSuchLocalTime):
        times.instant(dt.date(2026, 3, 29), dt.time(1, minute))


def test_the_edges_of_the_missing_hour_exist():
    assert times.instant(dt.date(2026, 3, 29), dt.time(0, 59)) == dt.datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    assert times.instant(dt.date(2026, 3, 29), dt.time(2, 0)) == dt.datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_of_the_hour_that_comes_twice_the_earlier_is_meant():
    assert times.instant(dt.date(2026, 10, 25), dt.time(1, 30)) == dt.datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_shown_in_london_words():
    at = dt.datetime(2026, 3, 20, 10, 20, tzinfo=UTC)
    assert times.local_time(at) == "Friday 20 March 2026 at 10:20am"
    assert times.local_time(dt.datetime(2026, 6, 30, 23, 5, tzinfo=UTC)) == "Wednesday 1 July 2026 at 12:05am"
    assert times.local_time(dt.datetime(2026, 7, 1, 11, 0, tzinfo=UTC)) == "Wednesday 1 July 2026 at midday"
    assert times.local_time(dt.datetime(2026, 1, 1, 0, 0, tzinfo=UTC)) == "Thursday 1 January 2026 at midnight"
    assert times.short_time(at) == "20 Mar 2026, 10:20am"
    assert times.local_date(dt.date(2026, 3, 1)) == "Sunday 1 March 2026"


def test_the_hour_that_comes_twice_says_which():
    assert times.clock_time(dt.datetime(2026, 10, 25, 0, 30, tzinfo=UTC)) == "1:30am BST"
    assert times.clock_time(dt.datetime(2026, 10, 25, 1, 30, tzinfo=UTC)) == "1:30am GMT"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (19 * 3600, "19 hours left"),
        (19 * 3600 + 20 * 60 + 59, "19 hours 20 minutes left"),
        (3661, "1 hour 1 minute left"),
        (59, "less than a minute left"),
        (0, "less than a minute overdue"),
        (-(2 * 3600 + 5 * 60), "2 hours 5 minutes overdue"),
        (47 * 3600 + 3599, "47 hours left"),
        (72 * 3600, "3 days left"),
        (-(75 * 3600), "3 days 3 hours overdue"),
    ],
)
def test_time_left_in_words(seconds, words):
    now = dt.datetime(2026, 3, 28, 20, 0, tzinfo=UTC)
    assert times.time_left(now + dt.timedelta(seconds=seconds), now) == words
