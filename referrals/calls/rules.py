"""When a line is open, when a message must be returned by, and what a call must say before it is logged. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
MIDNIGHT = time(0)
LONGEST_CALL = timedelta(hours=12)
SHORTEST_REASON = 10
SEARCH_DAYS = 400
ANSWERED, MESSAGE, ABANDONED = "answered", "message", "abandoned"


@dataclass(frozen=True)
class Hours:
    """When somebody answers a line. Closing at midnight is 00:00; open round the clock is from 00:00 to 00:00."""

    days: frozenset[int]
    opens: time
    closes: time
    on_bank_holidays: bool = False


# SEED-044: 08:00 to 18:00, Monday to Friday, not on bank holidays.
STAFFED = Hours(frozenset(range(5)), time(8), time(18))


def is_open(at: datetime, hours: Hours, is_bank_holiday: Callable[[date], bool]) -> bool:
    """Does somebody of the line answer at this instant? From the opening on, and no more at the closing."""
    local = at.astimezone(LONDON)
    if local.weekday() not in hours.days or (not hours.on_bank_holidays and is_bank_holiday(local.date())):
        return False
    now = local.time().replace(fold=0)
    return hours.opens <= now and (hours.closes == MIDNIGHT or now < hours.closes)


def next_opening(at: datetime, hours: Hours, is_bank_holiday: Callable[[date], bool]) -> datetime | None:
    """The first instant from `at` on at which the line is open: `at` itself where it is. None where it never opens."""
    if is_open(at, hours, is_bank_holiday):
        return at
    day = at.astimezone(LONDON).date()
    for _ in range(SEARCH_DAYS):
        # Through UTC, so that an opening that a clock change skips becomes a real instant.
        opening = datetime.combine(day, hours.opens, LONDON).astimezone(UTC)
        if opening >= at and is_open(opening, hours, is_bank_holiday):
            return opening
        day += timedelta(days=1)
    return None


def reasons_hours(days: Sequence[int], opens: time, closes: time) -> dict[str, str]:
    """Why these cannot be the hours of a line."""
    if not days:
        return {"days": "Choose at least one day"}
    if closes != MIDNIGHT and closes <= opens:
        return {"closes": "The line must close later on the same day than it opens. For midnight enter 00:00"}
    return {}


def reasons_log(
    result: str, caller: str, danger: str, opened_at: datetime, at: datetime, left_at: datetime | None, has_number: bool, has_no_number: bool, opens_notes: bool,
) -> dict[str, str]:
    """Why a call cannot be logged as it is: which question is still open."""
    if not at - LONGEST_CALL <= opened_at <= at:
        return {"": "This page was opened too long ago to tell when the call began. Copy what you need and open a new one."}
    found = {}
    if result == ANSWERED and not danger:
        found["danger"] = "Say whether anyone is in danger right now, or that you cannot tell"
    if result == ANSWERED and not caller:
        found["caller"] = "Say who rang"
    if result == MESSAGE:
        if left_at is None:
            found["left_at"] = "Enter when the message was left"
        elif left_at > at:
            found["left_at"] = "The message must have been left now or in the past"
        if not has_number and not has_no_number:
            found["number"] = "Enter the number to ring back, or say that none was left"
    if opens_notes and result != ANSWERED:
        found["result"] = "Notes are opened when you have talked. Log this one, and return it first"
    return found


def reasons_open_notes(is_quiet: bool, is_answered: bool, is_finished: bool, has_notes: bool) -> list[str]:
    """Why no notes can be opened from a call. Of a call of the alleged perpetrator, or of somebody who fished for whereabouts, never."""
    if is_quiet:
        return ["Nothing is opened or attached from this call."]
    if not is_answered:
        return ["Nobody has talked with them yet."]
    if not is_finished:
        return ["Log the call first."]
    return ["Notes were opened from this call already."] if has_notes else []


def reasons_number_hidden(is_quiet: bool, safe: str, is_waiting: bool) -> list[str]:
    """Why nobody needs to read the number of a call."""
    if is_quiet:
        return ["Nobody rings this caller back."]
    if not is_waiting:
        return ["No message waits to be returned."]
    return ["They said that it is not safe to ring this number. Do not ring it."] if safe == "no" else []


def reasons_attempt(
    outcome: str, voicemail: str, safe: str, happened_at: datetime, left_at: datetime, at: datetime, due_at: datetime, is_waiting: bool, why_late: str,
) -> dict[str, str]:
    """Why an attempt to return a message cannot be recorded so."""
    if not is_waiting:
        return {"": "This message waits no more."}
    if happened_at > at:
        return {"happened_at": "This must be now or in the past"}
    if happened_at < left_at:
        return {"happened_at": "This is before the message was left"}
    if safe == "no":
        return {"outcome": "They said that it is not safe to ring this number. End it with the reason instead"}
    if outcome == "voicemail" and voicemail != "yes":
        return {"outcome": "Nobody has said that a voicemail is safe. If one was left all the same, record “No answer”, say so in the note and tell your manager"}
    if outcome == "reached" and happened_at > due_at and len(why_late.strip()) < SHORTEST_REASON:
        return {"why_late": f"The promise was missed. Say why, in {SHORTEST_REASON} characters or more"}
    return {}


def reasons_end(how: str, reason: str, attempts: int, fewest: int, due_at: datetime, at: datetime, is_waiting: bool) -> dict[str, str]:
    """Why a message cannot be given up. That somebody could not be reached never counts before the promise itself is missed."""
    if not is_waiting:
        return {"": "This message waits no more."}
    if how == "unreached" and attempts < fewest:
        return {"how": f"Try {fewest} times before you give up. {attempts} recorded so far"}
    if how == "unreached" and at <= due_at:
        return {"how": "There is still time to reach them. Try again before you give up"}
    if len(reason.strip()) < SHORTEST_REASON:
        return {"reason": f"Say why, in {SHORTEST_REASON} characters or more"}
    return {}


def callback_state(due_at: datetime | None, ended_at: datetime | None, end: str, at: datetime) -> str:
    """Where a message stands: exactly on time is kept; what was missed stays missed however it ended."""
    if due_at is None:
        return ""
    if ended_at is None:
        return "overdue" if at > due_at else "waiting"
    if end == "returned":
        return "late" if ended_at > due_at else "kept"
    return end


def share(part: int, whole: int) -> str:
    """A share in whole per cent, rounded half up; a dash of nothing."""
    return f"{(200 * part + whole) // (2 * whole)}%" if whole else "–"


def six_months(day: date) -> list[date]:
    """The first day of this month and of the five before, the earliest first."""
    months, year, month = [], day.year, day.month
    for _ in range(6):
        months.append(date(year, month, 1))
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return months[::-1]
