"""When a promise falls due, when it warns, and when it was missed."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

# From how many days before its day a review, a check or the end of an order is shown, on the case and in everything that is due: it is no work before then.
AHEAD_DAYS = 28

# The stages of a promise, in order: half and five sixths of the time, the moment it is missed, a day after that.
HALF, FIVE_SIXTHS, BREACH, DAY_AFTER = "half", "five_sixths", "breach", "day_after"
STAGES = (HALF, FIVE_SIXTHS, BREACH, DAY_AFTER)


def end_of(day: date) -> datetime:
    """The instant at which a day in London is over."""
    return datetime.combine(day + timedelta(days=1), time(), LONDON).astimezone(UTC)


def deadline(
    started_at: datetime, amount: int, unit: str, is_working_day: Callable[[date], bool], is_court_day: Callable[[date], bool] | None = None
) -> datetime:
    """When `amount` hours ("h", elapsed: a clock change does not stretch them) or working days ("wd") after the start are over.

    Working days keep the wall clock: the first one is the first working day after the day of the start (F4). So do days ("d").
    Hours of court days ("ch") pass on those days alone: what falls on any other day is left out (F6).
    """
    # In UTC: adding hours to a London time would add them to the wall clock, not to the time that passes.
    started_at = started_at.astimezone(UTC)
    if unit == "h":
        return started_at + timedelta(hours=amount)
    if unit == "ch" and is_court_day is not None:
        return _hours_of_days(started_at, timedelta(hours=amount), is_court_day)
    if unit not in ("wd", "d"):
        raise ValueError(f"unknown unit {unit}")
    local = started_at.astimezone(LONDON)
    day = local.date()
    left = amount
    while left:
        day += timedelta(days=1)
        if unit == "d" or is_working_day(day):
            left -= 1
    # Through UTC and back, so that a wall time that a clock change skips becomes a real instant (an hour later on the clock).
    return datetime.combine(day, local.time().replace(fold=0), LONDON).astimezone(UTC)


def _hours_of_days(at: datetime, left: timedelta, counts: Callable[[date], bool]) -> datetime:
    """When this much time has passed on the days that count, from midnight to midnight in London."""
    while True:
        day = at.astimezone(LONDON).date()
        end_of_day = datetime.combine(day + timedelta(days=1), datetime.min.time(), LONDON).astimezone(UTC)
        if counts(day):
            if at + left <= end_of_day:
                return at + left
            left -= end_of_day - at
        at = end_of_day


def stage_times(started_at: datetime, due_at: datetime) -> dict[str, datetime]:
    """The instant of each stage of a promise."""
    started_at, due_at = started_at.astimezone(UTC), due_at.astimezone(UTC)
    span = due_at - started_at
    return {
        HALF: started_at + span / 2,
        FIVE_SIXTHS: started_at + span * 5 / 6,
        BREACH: due_at,
        DAY_AFTER: due_at + timedelta(hours=24),
    }


def reached(started_at: datetime, due_at: datetime, next_stage: str, at: datetime) -> tuple[list[str], str, datetime | None]:
    """The stages that a sweep at `at` must act on, starting from `next_stage`, and then the next stage with its time ("" and None at the end).

    A warning whose moment passed unseen is dropped once the promise is already missed: a warning after the fact is noise.
    """
    times = stage_times(started_at, due_at)
    ahead = STAGES[STAGES.index(next_stage):] if next_stage else ()
    now = [stage for stage in ahead if times[stage] <= at]
    if BREACH in now:
        now = [stage for stage in now if stage in (BREACH, DAY_AFTER)]
    elif now:
        now = now[-1:]
    later = [stage for stage in ahead if times[stage] > at]
    return now, later[0] if later else "", times[later[0]] if later else None


def first_stage(started_at: datetime, due_at: datetime) -> tuple[str, datetime]:
    """The stage with which a new clock begins."""
    return HALF, stage_times(started_at, due_at)[HALF]


def reasons_cannot_stop(started_at: datetime, at: datetime, now: datetime) -> list[str]:
    """Why a clock cannot be stopped at `at`."""
    if at < started_at:
        return ["This is before the clock started."]
    if at > now:
        return ["This is in the future."]
    return []


def reasons_cannot_move_on(missed_without_reason: int) -> list[str]:
    """Why a case with missed promises cannot be closed, handed over or have its missed promise kept late: each miss needs its reason first."""
    if missed_without_reason:
        return ["A promise on this case was missed. Say why before the case moves on."]
    return []
