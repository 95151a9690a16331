"""Whom a service takes, when it is open, and why it takes nobody: values in, reasons and words out (SEED-040 to 064)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
DAY = 24 * 60

KINDS = {
    "idva": "IDVA",
    "outreach": "Outreach",
    "standard_support": "Support at standard risk",
    "safeguarding_children": "Safeguarding of children",
    "safeguarding_adults": "Safeguarding of adults",
    "refuge": "Refuge",
    "sanctuary": "Sanctuary: safety at home",
    "legal": "Legal advice",
    "health": "Health",
    "children": "Children and young people",
    "sexual_violence": "ISVA or SARC",
    "programme": "Behaviour change programme",
    "specialist": "Specialist, by and for",
    "other": "Another service",
}
LEVELS = {"standard": "Standard", "medium": "Medium", "high": "High"}
GENDERS = {"female": "Women", "male": "Men", "other": "People who describe themselves in another way"}
# What SEED-053 and SEED-064 find missing, so that it can be looked for.
NEEDS = {
    "no_public_funds": "No recourse to public funds",
    "complex_needs": "Drink, drugs or mental health",
    "disability": "Disabled people",
    "lgbt": "LGBT+ people",
    "male_victims": "Male victims/survivors",
    "ethnic_minority": "Black and minority ethnic people",
    "south_asian": "South Asian women and children",
    "rural": "People in the country",
    "older": "Older people",
    "large_family": "Families with four children or more",
    "pets": "People with pets",
}
ACCESS = {
    "bsl": "British Sign Language", "relay": "Relay service", "large_print": "Large print", "easy_read": "Easy read", "step_free": "Step-free",
    "interpreters": "Interpreters", "text": "Text or web chat",
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Criteria:
    """Whom a service takes. What is empty takes everybody."""

    levels: tuple = ()
    genders: tuple = ()
    age_from: int | None = None
    age_to: int | None = None
    areas: tuple = ()


@dataclass(frozen=True)
class Somebody:
    """What is known of the person to be referred; empty where it is not known, which rules nobody out."""

    level: str = ""
    gender: str = ""
    age: int | None = None
    area: str = ""


def misfits(criteria: Criteria, one: Somebody, areas: dict[str, str]) -> dict[str, str]:
    """Why a service does not take somebody, by what it is about; empty where it does, as far as anybody knows."""
    found = {}
    if criteria.levels and one.level and one.level not in criteria.levels:
        found["level"] = f"It takes {_either(criteria.levels, LEVELS).lower()} risk, and this is {LEVELS[one.level].lower()}."
    if criteria.genders and one.gender in GENDERS and one.gender not in criteria.genders:
        found["gender"] = f"It takes {_either(criteria.genders, GENDERS, 'and').lower()}."
    if one.age is not None and criteria.age_from is not None and one.age < criteria.age_from:
        found["age"] = f"It takes people from {criteria.age_from} years on."
    if one.age is not None and criteria.age_to is not None and one.age > criteria.age_to:
        found["age"] = f"It takes people up to {criteria.age_to} years."
    if criteria.areas and one.area and one.area not in criteria.areas:
        found["area"] = f"It works in {_either(criteria.areas, areas, 'and')}."
    return found


def takes_in_words(criteria: Criteria, areas: dict[str, str]) -> list[str]:
    """Whom a service takes, a line for each thing that it asks."""
    lines = [f"{_either(criteria.levels, LEVELS)} risk" if criteria.levels and len(criteria.levels) < len(LEVELS) else "Any level of risk"]
    if criteria.genders and len(criteria.genders) < len(GENDERS):
        lines.append(_either(criteria.genders, GENDERS, "and").capitalize())
    if criteria.age_from is not None and criteria.age_to is not None:
        lines.append(f"Aged {criteria.age_from} to {criteria.age_to}")
    elif criteria.age_from is not None:
        lines.append(f"Aged {criteria.age_from} and over")
    elif criteria.age_to is not None:
        lines.append(f"Aged up to {criteria.age_to}")
    lines.append(_either(criteria.areas, areas, "and") if criteria.areas else "Any area")
    return lines


def reasons_takes_nobody(opened_on: date, closed_on: date | None, why: str, today: date) -> list[str]:
    """Why a service takes no new referral today."""
    if closed_on is not None and closed_on <= today:
        return [f"This service has taken nobody since {_day(closed_on)}: {why}"]
    if opened_on > today:
        return [f"This service opens on {_day(opened_on)}."]
    return []


def reasons_not_kept(is_partnership: bool, own_agency: int | None, agency: int | None) -> list[str]:
    """Why somebody who keeps the directory may not change this service: its own agency does, and the partnership's office."""
    if is_partnership or (agency is not None and agency == own_agency):
        return []
    return ["Another agency provides this service. Ask them, or the partnership office, to change it."]


def reasons_ages(age_from: int | None, age_to: int | None) -> list[str]:
    """Why two ages do not go together."""
    return ["The highest age must not be below the lowest."] if age_from is not None and age_to is not None and age_to < age_from else []


def reasons_closing(opened_on: date, closed_on: date, why: str, is_closed: bool) -> dict[str, str]:
    """Why a service cannot be marked as closed like this."""
    if is_closed:
        return {"": "This service is marked as closed already."}
    if closed_on < opened_on:
        return {"closed_on": f"It opened on {_day(opened_on)}: enter that day or a later one."}
    return {} if why.strip() else {"closed_reason": "Say why it closes, so that whoever would refer knows."}


# --- hours


_SPAN = re.compile(r"^\s*(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?\s*(?:-|–|to|until)\s*(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?\s*$", re.I)
UNREADABLE = "Enter times like 9am to 5pm, or 09:00 to 17:00. Write “all day”, or leave it empty where it is closed"


def read_hours(weekday: int, text: str) -> list[tuple[int, int, int]]:
    """The times of one day as people write them, several with commas between; raises ValueError. A time that ends before it begins goes on past midnight."""
    text = text.strip().lower()
    if text in ("", "closed"):
        return []
    if text in ("all day", "24 hours", "24h"):
        return [(weekday, 0, DAY)]
    spans = []
    for part in re.split(r"[,;&]| and ", text):
        match = _SPAN.match(part)
        if match is None:
            raise ValueError(UNREADABLE)
        first, last = _minute(*match.group(1, 2, 3)), _minute(*match.group(4, 5, 6))
        spans.append((weekday, first, last if last > first else last + DAY))
    return spans


def write_hours(spans: tuple, weekday: int) -> str:
    """The times of one day as the form shows them again."""
    return ", ".join("all day" if (first, last) == (0, DAY) else f"{_clock(first)} to {_clock(last)}" for day, first, last in sorted(spans) if day == weekday)


def hours_in_words(spans: tuple, is_open_on_holidays: bool) -> list[str]:
    """The week in words, days with the same times together."""
    if not spans:
        return ["Hours not known"]
    if sorted(spans) == [(day, 0, DAY) for day in range(7)] and is_open_on_holidays:
        return ["Day and night, every day"]
    lines, days = [], [(write_hours(spans, day)) for day in range(7)]
    first = 0
    for day in range(1, 8):
        if day == 7 or days[day] != days[first]:
            name = WEEKDAYS[first] if day - first == 1 else f"{WEEKDAYS[first]} {'and' if day - first == 2 else 'to'} {WEEKDAYS[day - 1]}"
            if days[first]:
                lines.append(f"{name}: {days[first]}")
            first = day
    return [*lines, "Open on bank holidays too" if is_open_on_holidays else "Closed on bank holidays"]


def open_until(spans: tuple, is_open_on_holidays: bool, is_holiday: Callable[[date], bool], at: datetime) -> datetime | None:
    """Until when a service is open that is open at `at`; None where it is not."""
    until = None
    for starts, ends in sorted(_around(spans, is_open_on_holidays, is_holiday, at, days=3)):
        # One time that goes on where another ends is one time: a service that is open day and night does not close at midnight.
        if starts <= at < ends or (until is not None and starts <= until < ends):
            until = max(ends, until or ends)
    return until


def opens_at(spans: tuple, is_open_on_holidays: bool, is_holiday: Callable[[date], bool], at: datetime) -> datetime | None:
    """When a service opens next, within a fortnight; None where it does not."""
    return min((starts for starts, _ in _around(spans, is_open_on_holidays, is_holiday, at, days=15) if starts > at), default=None)


def _around(spans, is_open_on_holidays, is_holiday, at, *, days):
    today = at.astimezone(LONDON).date()
    for ahead in range(-1, days):
        day = today + timedelta(days=ahead)
        if is_holiday(day) and not is_open_on_holidays:
            continue
        for weekday, first, last in spans:
            if weekday == day.weekday():
                yield _instant(day, first), _instant(day, last)


def _instant(day, minute):
    """So many minutes on the wall after a midnight in London."""
    day, minute = day + timedelta(days=minute // DAY), minute % DAY
    return datetime.combine(day, time(minute // 60, minute % 60), LONDON).astimezone(UTC)


def _minute(hour, minute, half):
    hour, minute = int(hour), int(minute or 0)
    if (half and not 1 <= hour <= 12) or hour > 24 or minute > 59 or (hour == 24 and minute):
        raise ValueError(UNREADABLE)
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return hour * 60 + minute


def _clock(minute):
    minute %= DAY
    hour, rest = divmod(minute, 60)
    return f"{hour % 12 or 12}{f':{rest:02}' if rest else ''}{'am' if hour < 12 else 'pm'}"


def _day(day):
    return f"{day.day} {day:%B} {day.year}"


def _either(codes, words, between="or"):
    """Words in the order of their table: "Standard or medium"."""
    names = [words[code] for code in words if code in codes]
    names = [names[0], *(name if between == "and" and words is not GENDERS else name[:1].lower() + name[1:] for name in names[1:])]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {between} {names[-1]}"
