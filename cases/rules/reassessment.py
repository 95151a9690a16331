"""When the risk of a case is to be assessed again: what makes it so (domain 1.5), by when, and from when anybody is shown that it is due."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from cases.rules.clocks import LONDON, deadline

# What is due later than this rests: a line about something in three months hides what is due today.
SHOWN_BEFORE = timedelta(days=7)
# The longest that something can be known ahead; a date further off is a slip of the hand.
FURTHEST = timedelta(days=366)
# The longest ago that something still makes an assessment due because of it.
OLDEST = timedelta(days=366)


@dataclass(frozen=True)
class Cause:
    """Something for which the risk is assessed again: what people call it, why it matters, whether it can wait and be known ahead."""

    label: str
    why: str
    is_urgent: bool = False
    may_be_ahead: bool = True
    is_by_hand: bool = True  # else the case file itself notices it


CAUSES = {
    "incident": Cause("A new incident", "What happened last is the best sign of what may come next.", is_urgent=True, may_be_ahead=False),
    "separation": Cause("A separation, or that they want to leave", "Leaving is a time of more danger, not less.", is_urgent=True),
    "release": Cause("Release of the alleged perpetrator from custody", "They can come back from that hour.", is_urgent=True),
    "pregnancy": Cause("A pregnancy or a birth", "Abuse often begins or gets worse then.", may_be_ahead=False),
    "court": Cause("A court date or outcome", "What a court decides can make somebody angry, or free."),
    "contact": Cause("A change in contact with the children", "Handovers are where they meet."),
    "move": Cause("The victim/survivor has moved or will", "Who knows the new place, and what protects it?"),
    "access": Cause("The alleged perpetrator is nearer or further away", "Who lives where has changed."),
    "marac": Cause("A MARAC meeting", "The meeting plans on what is true that day."),
    "move_on": Cause("A move-on from refuge", "What protected them stays behind."),
    "closure": Cause("The case is about to close", "Nobody looks again after that."),
    "breach": Cause(
        "An order was breached", "A breach can mean that the danger is growing. Go through the safety plan with them as well.", True, False, is_by_hand=False,
    ),
    "reopened": Cause("The case was opened again", "Something brought them back.", is_urgent=True, may_be_ahead=False, is_by_hand=False),
}


def due_at(day: date, at: datetime, allowed: datetime) -> datetime:
    """By when: before a day that is still ahead begins, else by the time that is allowed from now."""
    begins = datetime.combine(day, time(0), LONDON).astimezone(UTC)
    return begins if begins > at else allowed


def review_at(signed_at: datetime, weeks: int) -> datetime:
    """When the risk is assessed again though nothing has happened: so many weeks on, at the same time of day."""
    return deadline(signed_at, weeks * 7, "d", lambda day: True)


def shown_from(due: datetime, at: datetime) -> datetime:
    """From when it stands on anybody's list."""
    return max(at, due - SHOWN_BEFORE)


def review_setting(level: str) -> str:
    """The setting that says how many weeks an assessment holds at a level."""
    return f"dash.review_weeks_{level or 'high'}"


def within_setting(kind: str) -> str:
    """The setting that says how soon the risk is assessed after something happened."""
    if kind == "breach":
        return "orders.reassess_within"
    return "dash.reassess_urgent_within" if CAUSES[kind].is_urgent else "dash.reassess_within"


def reasons_day_impossible(kind: str, day: date, today: date) -> list[str]:
    """Why this cannot be the day of it."""
    if day > today and not CAUSES[kind].may_be_ahead:
        return ["This cannot have happened in the future."]
    if day - today > FURTHEST:
        return ["This is more than a year ahead. Check the date."]
    if today - day > OLDEST:
        return ["This is more than a year ago. Check the date."]
    return []


def reasons_cannot_finish(was_needed: bool, may_assess: bool) -> list[str]:
    """Why the action to assess again cannot be ticked off: a signature does that, and that it need not be is for somebody who may assess."""
    if was_needed:
        return ["A signed assessment finishes this. Assess the risk, or say why it is not needed."]
    return [] if may_assess else ["Somebody who may assess the risk decides that this is not needed. Ask a colleague."]
