"""When a promise falls due: F4, both clock changes, bank holidays, midnight."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.calendar import is_court_day, is_working_day
from cases.rules import clocks as rules

LONDON = ZoneInfo("Europe/London")
instants = st.integers(0, 6 * 365 * 86400).map(lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))


def london(*parts, fold=0):
    return datetime(*parts, tzinfo=LONDON, fold=fold)


def due(start, amount, unit):
    return rules.deadline(start, amount, unit, is_working_day).astimezone(LONDON)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "expected"),
    [
        # F4: Friday 17:30
        (london(2026, 3, 6, 17, 30), 48, "h", london(2026, 3, 8, 17, 30)),
        (london(2026, 3, 6, 17, 30), 2, "wd", london(2026, 3, 10, 17, 30)),
        # Monday 4 May 2026 is a bank holiday: Tuesday is the first working day, Wednesday the second
        (london(2026, 5, 1, 17, 30), 2, "wd", london(2026, 5, 6, 17, 30)),
        # Easter: Good Friday and Easter Monday 2026
        (london(2026, 4, 2, 9, 0), 1, "wd", london(2026, 4, 7, 9, 0)),
        # Christmas 2026: the 28th stands in for Boxing Day on a Saturday
        (london(2026, 12, 24, 10, 0), 1, "wd", london(2026, 12, 29, 10, 0)),
        # clocks go forward on 29 March 2026: 48 elapsed hours read an hour later
        (london(2026, 3, 27, 17, 30), 48, "h", london(2026, 3, 29, 18, 30)),
        (london(2026, 3, 27, 17, 30), 2, "wd", london(2026, 3, 31, 17, 30)),
        # clocks go back on 25 October 2026: 48 elapsed hours read an hour earlier
        (london(2026, 10, 23, 17, 30), 48, "h", london(2026, 10, 25, 16, 30)),
        (london(2026, 10, 23, 17, 30), 2, "wd", london(2026, 10, 27, 17, 30)),
        # inside the repeated hour, first and second time round
        (london(2026, 10, 25, 1, 30, fold=0), 24, "h", london(2026, 10, 26, 0, 30)),
        (london(2026, 10, 25, 1, 30, fold=1), 24, "h", london(2026, 10, 26, 1, 30)),
        # midnight belongs to the day that it begins
        (london(2026, 3, 6, 0, 0), 1, "wd", london(2026, 3, 9, 0, 0)),
        (london(2026, 3, 5, 23, 59), 1, "wd", london(2026, 3, 6, 23, 59)),
        # a report in the weekend: Monday is the first working day
        (london(2026, 3, 7, 3, 0), 2, "wd", london(2026, 3, 10, 3, 0)),
    ],
)
def test_it_falls_due(start, amount, unit, expected):
    assert due(start, amount, unit) == expected


def test_an_unknown_unit_is_an_error():
    with pytest.raises(ValueError, match="unknown unit"):
        rules.deadline(datetime(2026, 1, 1, tzinfo=UTC), 2, "weeks", is_working_day)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        # F6: a notice given on a Saturday at 14:00 is heard by Tuesday 14:00; where Monday is a bank holiday, by Wednesday
        (london(2026, 3, 7, 14, 0), london(2026, 3, 10, 14, 0)),
        (london(2026, 5, 2, 14, 0), london(2026, 5, 6, 14, 0)),
        # a Saturday counts, and so does Easter Saturday between two days that do not
        (london(2026, 3, 5, 9, 0), london(2026, 3, 7, 9, 0)),
        (london(2026, 4, 2, 9, 0), london(2026, 4, 7, 9, 0)),
        # over Christmas 2026: Thursday 24th at 10:00, then not the 25th, the 26th (Boxing Day), Sunday the 27th nor Monday the 28th (the substitute)
        (london(2026, 12, 24, 10, 0), london(2026, 12, 30, 10, 0)),
        # served on a day that does not count: the time begins with the next midnight and ends with one
        (london(2026, 3, 8, 14, 0), london(2026, 3, 11, 0, 0)),
        (london(2026, 3, 7, 0, 0), london(2026, 3, 10, 0, 0)),
        # both clock changes fall on Sundays, which are left out
        (london(2026, 3, 28, 14, 0), london(2026, 3, 31, 14, 0)),
        (london(2026, 10, 24, 14, 0), london(2026, 10, 27, 14, 0)),
    ],
)
def test_the_court_hears_a_notice_by(start, expected):
    assert rules.deadline(start, 48, "ch", is_working_day, is_court_day).astimezone(LONDON) == expected


@given(start=instants, hours=st.integers(1, 100))
def test_hours_of_court_days_pass_on_court_days_alone(start, hours):
    end = rules.deadline(start, hours, "ch", is_working_day, is_court_day)
    # A day at a time, in parts of an hour: what lies on a court day adds up to the time that was given.
    assert end - start >= timedelta(hours=hours)
    counted, at = timedelta(0), start
    while at < end:
        step = min(timedelta(minutes=30) - timedelta(seconds=at.timestamp() % 1800), end - at)
        counted += step if is_court_day(at.astimezone(LONDON).date()) else timedelta(0)
        at += step
    assert counted == timedelta(hours=hours)


def test_hours_of_court_days_need_to_know_them():
    with pytest.raises(ValueError, match="unknown unit"):
        rules.deadline(datetime(2026, 1, 1, tzinfo=UTC), 48, "ch", is_working_day)


@given(start=instants, days=st.integers(1, 40))
def test_days_keep_the_wall_clock(start, days):
    local = rules.deadline(start, days, "d", is_working_day).astimezone(LONDON)
    began = start.astimezone(LONDON)
    assert local.date() == began.date() + timedelta(days=days)
    assert local.time() == began.time() or abs(local.hour - began.hour) == 1  # a wall time that a clock change skips


@given(start=instants, hours=st.integers(1, 240))
def test_elapsed_hours_are_elapsed_whatever_the_clocks_do(start, hours):
    assert rules.deadline(start, hours, "h", is_working_day) - start == timedelta(hours=hours)


@given(start=instants, days=st.integers(1, 15))
def test_working_days_end_on_a_working_day_at_the_same_wall_time_and_never_before_the_start(start, days):
    end = rules.deadline(start, days, "wd", is_working_day)
    local, began = end.astimezone(LONDON), start.astimezone(LONDON)
    assert end > start
    assert is_working_day(local.date())
    assert local.time() == began.time()
    between = [began.date() + timedelta(days=n) for n in range(1, (local.date() - began.date()).days + 1)]
    assert sum(map(is_working_day, between)) == days


def test_bank_holidays_are_those_of_england():
    assert not is_working_day(date(2026, 8, 31))
    assert is_working_day(date(2026, 8, 3))  # Scotland's summer bank holiday
    assert not is_working_day(date(2026, 3, 7))


@given(start=instants, at=instants, stage=st.sampled_from(["", *rules.STAGES]))
def test_what_a_sweep_does_next(start, at, stage):
    end = start + timedelta(hours=48)
    now, following, following_at = rules.reached(start, end, stage, at)
    times = rules.stage_times(start, end)
    assert all(times[one] <= at for one in now)
    assert (following_at is None) == (following == "")
    assert not following or times[following] == following_at > at
    # A breach or what follows it is never dropped; warnings are, when there is something more urgent to say.
    passed = [one for one in rules.STAGES[rules.STAGES.index(stage):] if times[one] <= at] if stage else []
    assert [one for one in passed if one in ("breach", "day_after")] == [one for one in now if one in ("breach", "day_after")]
    assert bool(now) == bool(passed)


def test_a_case_with_an_unexplained_miss_cannot_move_on():
    assert rules.reasons_cannot_move_on(0) == []
    assert rules.reasons_cannot_move_on(1)


def test_stopping_has_its_bounds():
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert rules.reasons_cannot_stop(start, start, start) == []
    assert rules.reasons_cannot_stop(start, start - timedelta(seconds=1), start)
    assert rules.reasons_cannot_stop(start, start + timedelta(seconds=1), start)


@pytest.mark.parametrize(
    ("day", "over"),
    [
        (date(2026, 1, 14), datetime(2026, 1, 15, tzinfo=UTC)),
        (date(2026, 7, 14), datetime(2026, 7, 14, 23, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 23, tzinfo=UTC)),  # 23 hours long
        (date(2026, 10, 25), datetime(2026, 10, 26, tzinfo=UTC)),  # 25 hours long
    ],
)
def test_a_day_is_over_at_midnight_in_london(day, over):
    assert rules.end_of(day) == over
