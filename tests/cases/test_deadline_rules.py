"""When a promise falls due: F4, both clock changes, bank holidays, midnight."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.calendar import is_working_day
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
