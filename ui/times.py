"""Owns how instants are read from people and shown to them: local time of London, words for time left."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_TIME = re.compile(r"(\d{1,2})(?:[:.\s]?([0-5]\d))?\s*([ap])?\.?\s?(?:m\.?)?", re.IGNORECASE)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)
_NAMED_TIMES = {"midday": dt.time(12), "noon": dt.time(12), "midnight": dt.time(0)}


def parse_time(text: str) -> dt.time | None:
    """A time of day as people write it: 14:30, 1430, 2.30pm, 2pm, midday. None where it is not one."""
    text = text.strip().lower()
    if text in _NAMED_TIMES:
        return _NAMED_TIMES[text]
    found = _TIME.fullmatch(text)
    if not found:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half is None and (found[2] is None or text.endswith("m")):
        return None  # "14" alone could be a slip of the hand
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    return dt.time(hour, minute) if hour < 24 else None


class NoSuchLocalTime(ValueError):
    """The clocks went forward over this time: it never was."""


def instant(day: dt.date, time: dt.time) -> dt.datetime:
    """The UTC instant of a London day and time. Of a time that came twice, the earlier."""
    local = dt.datetime.combine(day, time.replace(fold=0), tzinfo=LONDON)
    utc = local.astimezone(dt.UTC)
    if utc.astimezone(LONDON).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchLocalTime
    return utc


def start_of_day(day: dt.date) -> dt.datetime:
    """The instant with which a day begins in London."""
    return instant(day, dt.time(0))


def clock_time(at: dt.datetime) -> str:
    """The time of day: "10:20am", "midday", "midnight"; with GMT or BST in the hour that comes twice in October."""
    local = at.astimezone(LONDON)
    if (local.hour, local.minute) == (0, 0):
        return "midnight"
    if (local.hour, local.minute) == (12, 0):
        return "midday"
    shown = f"{local.hour % 12 or 12}:{local.minute:02d}{'am' if local.hour < 12 else 'pm'}"
    # Clocks change in the small hours; a page shows scores of times, and asking twice for each offset costs more than all the rest.
    twice = local.hour < 4 and local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{shown} {local.tzname()}" if twice else shown


def time_of_day(time: dt.time) -> str:
    """A time of any day, as clock_time says it: "3:00pm", "midday"."""
    return clock_time(dt.datetime.combine(dt.date(2000, 1, 1), time, tzinfo=LONDON))


def local_date(day: dt.date | dt.datetime) -> str:
    """The day in full: "Friday 20 March 2026". An instant is taken to its London day first."""
    if isinstance(day, dt.datetime):
        day = day.astimezone(LONDON)
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def since_when(at: dt.datetime, today: dt.datetime) -> str:
    """An instant within a sentence, with the year only where it is another: "3:00pm on 5 March"."""
    local = at.astimezone(LONDON)
    year = "" if local.year == today.astimezone(LONDON).year else f" {local.year}"
    return f"{clock_time(local)} on {local.day} {_MONTHS[local.month - 1]}{year}"


def short_date(day: dt.date | dt.datetime) -> str:
    """The day for a narrow column: "20 Mar 2026"."""
    if isinstance(day, dt.datetime):
        day = day.astimezone(LONDON).date()
    return f"{day.day} {day:%b} {day.year}"


def local_time(at: dt.datetime) -> str:
    """Day and time in full: "Friday 20 March 2026 at 10:20am"."""
    local = at.astimezone(LONDON)
    return f"{local_date(local)} at {clock_time(local)}"


def short_time(at: dt.datetime) -> str:
    """Day and time for a narrow column: "20 Mar 2026, 10:20am"."""
    return f"{short_date(at)}, {clock_time(at)}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def duration(length: dt.timedelta) -> str:
    """A length of time in words, never longer than it is: minutes up to a day, hours up to three, then days."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        parts = [(hours, "hour"), (minutes, "minute")]
    elif hours < 72:
        parts = [(hours, "hour")]
    else:
        parts = [(hours // 24, "day"), (hours % 24, "hour")]
    return " ".join(_count(number, noun) for number, noun in parts if number)


def time_left(due: dt.datetime, now: dt.datetime) -> str:
    """What is left until something is due, or by how much it is late: "19 hours left", "2 hours 5 minutes overdue"."""
    return f"{duration(due - now)} left" if due > now else f"{duration(now - due)} overdue"
