"""What can be true of a protective order, what may be done with it next, and where it stands on a day. Days are those of London."""

from datetime import date, datetime, timedelta

from cases.rules.clocks import LONDON
from cases.rules.order_types import OrderType
from cases.rules.people import age_on

APPLIED, MADE, REFUSED, ENDED = "applied", "made", "refused", "ended"
# Where an order stands on a day: more than one may be true of one that is in force.
NOT_YET, OVER, IN_FORCE, NOT_SERVED, SOON = "not_yet", "over", "in_force", "not_served", "soon"
ADULT = 18


def reasons_facts(
    one: OrderType, state: str, starts_on: date | None, ends_on: date | None, served_at: datetime | None, born: date | None, at: datetime
) -> dict[str, str]:
    """Why an order cannot be as it is said to be, by the question that the reason belongs to."""
    reasons = _reasons_days(one, starts_on, ends_on)
    if state == APPLIED and one.is_notice:
        reasons["state"] = "A notice is given, not applied for. Record it once it has been served."
    if state == MADE and starts_on is None:
        reasons["starts_on"] = "Enter the day on which it begins."
    if state == MADE and ends_on is None and not one.may_be_open:
        reasons["ends_on"] = f"Enter the last day. This type lasts from {one.at_least_days} to {one.at_most_days} days."
    if state == MADE and one.is_notice and served_at is None:
        reasons["served_at"] = "Enter when it was served. A notice binds from then, and the court must hear it within 48 hours of then."
    if served_at is not None and (unfit := reasons_served(state, starts_on, served_at, at)):
        reasons["served_at"] = unfit[0]
    if one.adults_only and born and age_on(born, starts_on or at.astimezone(LONDON).date()) < ADULT:
        reasons["respondent"] = f"This type can be made only against somebody of {ADULT} or over."
    return reasons


def _reasons_days(one, starts_on, ends_on):
    if starts_on is None or ends_on is None:
        return {}
    if ends_on < starts_on:
        return {"ends_on": "The last day cannot be before the day on which it begins."}
    days = (ends_on - starts_on).days + 1
    if one.at_least_days and not one.at_least_days <= days <= one.at_most_days:
        return {"ends_on": f"This type lasts from {one.at_least_days} to {one.at_most_days} days. These days are {days}."}
    if one.at_least_years and age_on(starts_on, ends_on + timedelta(days=1)) < one.at_least_years:  # the last day belongs to it
        return {"ends_on": f"This type lasts at least {one.at_least_years} years, or has no end."}
    return {}


def reasons_not_given_here(label: str, is_available: bool, is_from_elsewhere: bool) -> dict[str, str]:
    """Why a type cannot have been given in the partnership's area; one that was given elsewhere comes with whoever moves here."""
    if is_available or is_from_elsewhere:
        return {}
    return {"kind": f"{label}: it could not be given in this area on that day. If it comes from another area, say so below."}


def reasons_people(respondent_role: str, respondent: int, protected: list[int]) -> dict[str, str]:
    """Why these people cannot stand in an order in these parts."""
    reasons = {}
    if respondent_role != "perpetrator":
        reasons["respondent"] = "An order is recorded against an alleged perpetrator of this case."
    if not protected:
        reasons["protected"] = "Select who it protects."
    elif respondent in protected:
        reasons["protected"] = "It cannot protect the person whom it is against."
    return reasons


def reasons_served(state: str, starts_on: date | None, served_at: datetime, at: datetime) -> list[str]:
    """Why an order cannot have been served at this time."""
    if state == APPLIED:
        return ["It has not been made yet, so it cannot have been served. Record first what the court decided."]
    if state in (REFUSED, ENDED):
        return ["It is no longer in force, so it cannot be served."]
    if served_at > at:
        return ["The time of service cannot be in the future."]
    if starts_on and served_at.astimezone(LONDON).date() < starts_on:
        return ["It cannot have been served before the day on which it begins."]
    return []


def reasons_cannot_decide(one: OrderType, state: str) -> list[str]:
    """Why no decision of a court can be recorded: only an application waits for one, or a notice that is in force."""
    if state == APPLIED or (state == MADE and one.is_notice):
        return []
    return ["No decision of a court is awaited for this."]


def reasons_cannot_end(state: str, ended_on: date, starts_on: date | None, at: datetime) -> dict[str, str]:
    """Why an order cannot be ended as of a day."""
    if state in (REFUSED, ENDED):
        return {"": "It has ended already."}
    if ended_on > at.astimezone(LONDON).date():
        return {"ended_on": "This day is in the future. If a court has set a new last day, change the order instead."}
    if starts_on and ended_on < starts_on:
        return {"ended_on": "It cannot have ended before the day on which it began."}
    return {}


def reasons_cannot_change(state: str) -> list[str]:
    """Why what an order says cannot be changed."""
    return ["It is no longer in force. Record a new order instead."] if state in (REFUSED, ENDED) else []


def standing(state: str, starts_on: date | None, ends_on: date | None, is_served: bool, soon_days: int, today: date) -> list[str]:
    """Where an order stands on a day, most basic first. Nothing has to run in the night for this to be true."""
    if state != MADE:
        return [state]
    if ends_on and ends_on < today:
        return [OVER]
    found = [NOT_YET if starts_on and starts_on > today else IN_FORCE]
    if not is_served:
        found.append(NOT_SERVED)
    if ends_on and (ends_on - today).days <= soon_days:
        found.append(SOON)
    return found


def days_left(ends_on: date | None, today: date) -> str:
    """What is left of an order, in words. The last day belongs to it."""
    if ends_on is None:
        return "No end date"
    left = (ends_on - today).days
    if left < 0:
        return f"Ended {-left} day{'' if left == -1 else 's'} ago"
    return "Today is the last day" if left == 0 else f"{left} day{'' if left == 1 else 's'} left"


def alerts(ends_on: date | None, thresholds: list[int], today: date) -> list[int]:
    """How many days before its last day somebody is to be told that an order ends.

    What lies behind on the day on which it is written down is left out; where all of it does, the last one is due at once.
    """
    if ends_on is None or ends_on < today:
        return []
    left = (ends_on - today).days
    return sorted({days for days in thresholds if days < left}, reverse=True) or [min(thresholds)]


def alert_day(ends_on: date, days: int) -> date:
    """The day with whose beginning an alert is due."""
    return ends_on - timedelta(days=days)


def reasons_breach(state: str, starts_on: date | None, last_day: date | None, happened_at: datetime, at: datetime) -> dict[str, str]:
    """Why an order cannot have been breached at a time. `last_day`: by its wording, or the day on which it ended if that came first."""
    if state in (APPLIED, REFUSED):
        return {"": "It was not in force, so it cannot have been breached. Add a note to the chronology instead."}
    day = happened_at.astimezone(LONDON).date()
    if happened_at > at:
        return {"happened_at": "This cannot have happened in the future."}
    if starts_on and day < starts_on:
        return {"happened_at": "It was not yet in force on this day. Add a note to the chronology instead."}
    if last_day and day > last_day:
        return {"happened_at": "It was no longer in force on this day. Add a note to the chronology instead."}
    return {}
