"""When a disclosure may be logged, which promise and pathway it starts, and what a careful reader would check again. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

A_YEAR = timedelta(days=365)
ADULT_FROM = 16  # domestic abuse in law is between people aged 16 or over; below that it is abuse of a child
CHILD_UNTIL = 18
LONGEST_INCIDENT_NUMBER = 40
LONGEST_WAIT = timedelta(days=300)  # until a birth


@dataclass(frozen=True)
class Check:
    """Something that is possible but unlikely: the person is asked whether it is right."""

    code: str
    page: str
    words: str


def reasons_received_impossible(received_at: datetime, logged_at: datetime, now: datetime) -> list[str]:
    """Why a disclosure cannot have been received at this time."""
    if received_at > now:
        return ["The time it was received must be now or in the past"]
    if received_at > logged_at:
        return ["It cannot have been received after it was logged"]
    return []


def reasons_logged_impossible(logged_at: datetime, now: datetime) -> list[str]:
    """Why a disclosure cannot have been logged at this time."""
    return ["The time it was logged must be now or in the past"] if logged_at > now else []


def check_received(received_at: datetime, now: datetime) -> list[Check]:
    """Is the time it was received unlikely?"""
    if now - received_at > A_YEAR:
        return [Check("received_long_ago", "received", "This is more than a year ago")]
    return []


def is_danger(immediate_danger: bool | None, incident_number: str) -> bool:
    """Does the case begin with a danger? It does where somebody said so, and where nobody could tell but the police were called."""
    return immediate_danger is True or (immediate_danger is None and bool(incident_number))


def danger_is_settled(incident_number: str | None, has_spoken: bool) -> bool:
    """Is a danger dealt with, as far as the case can know? The police have a number for it, and somebody has spoken safely with them since."""
    return bool(incident_number) and has_spoken


def reasons_not_settled_by_hand(is_unsettled: bool) -> list[str]:
    """Why nobody need say that the danger has been dealt with."""
    return [] if is_unsettled else ["This case says already that it has been dealt with."]


def is_incident_number(text: str) -> bool:
    """Is this a number and no sentence? It is kept in the log, which takes no words about anybody."""
    has_only_marks = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ./#:-]*", text) is not None
    words = [word for word in text.split() if word.isalpha()]
    return has_only_marks and any(mark.isdigit() for mark in text) and len(words) <= 2 and len(text) <= LONGEST_INCIDENT_NUMBER


def reasons_incident_number(text: str, recorded: str) -> list[str]:
    """Why this cannot be the police incident number of the case."""
    if not is_incident_number(text):
        return ["Enter the number only, as the police gave it, like INC-0420-7 or 123 of 22/11/2026"]
    return ["This number is recorded already"] if text == recorded else []


CLOCK_KINDS = ("contact", "discussion")  # what logging can promise


def clock_kind(has_talked: bool | None) -> str:
    """The promise that starts: SEED-067 once a first discussion has happened, SEED-066 for a report or where nobody knows yet."""
    return "discussion" if has_talked else "contact"


def clock_rule(has_talked: bool | None) -> str:
    """Which rule decided the promise, in words for the chronology."""
    if has_talked is None:
        return "How this came is not recorded yet, so the rule for a report holds: contact counts from when it was received."
    if has_talked:
        return "A first discussion has happened, so talking it through counts from that discussion."
    return "This is a report, so contact counts from when it was received."


def pathway_for(route: str, role: str) -> str:
    """The pathway of the case: the helpline's own, the homeless applicant's, else the tenant's."""
    if role == "call_handler":
        return "helpline"
    return "homeless" if route == "homeless" else "tenant"


def age_on(born: date | None, approximate: int | None, day: date) -> int | None:
    """How old somebody is on a day, as well as it is known."""
    if born is None:
        return approximate
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def reasons_birth_unclear(born: date | None, approximate: int | None) -> list[str]:
    """Why a date of birth and an age cannot both stand."""
    if born is not None and approximate is not None:
        return ["Give the date of birth or an age, not both"]
    return []


def check_victim(age: int | None) -> list[Check]:
    """Is the age of the victim/survivor unlikely?"""
    if age is not None and age < ADULT_FROM:
        words = "The victim/survivor is under 16. Abuse of a child goes to Children’s Social Care as well"
        return [Check("victim_under_16", "victim", words)]
    return []


def check_perpetrator(victim_name: str, name: str) -> list[Check]:
    """Do the victim/survivor and the alleged perpetrator seem to be one person?"""
    if name and _folded(victim_name) == _folded(name):
        return [Check("same_name", "perpetrator", "The alleged perpetrator has the same name as the victim/survivor")]
    return []


def check_children(ages: list[int | None], victim_age: int | None) -> list[Check]:
    """Is a child older than the victim/survivor, or grown up?"""
    known = [age for age in ages if age is not None]
    checks = []
    if victim_age is not None and any(age >= victim_age for age in known):
        checks.append(Check("child_older", "children", "A child is as old as the victim/survivor, or older"))
    if any(age >= CHILD_UNTIL for age in known):
        checks.append(Check("child_grown_up", "children", "A child is 18 or older"))
    return checks


def reasons_expected_impossible(expected_on: date, today: date) -> list[str]:
    """Why a birth cannot be expected on this day."""
    if expected_on > today + LONGEST_WAIT:
        return ["The expected date must be within the next 10 months"]
    if expected_on < today - timedelta(days=42):
        return ["The expected date is long past. Choose “Born” and give an age"]
    return []


def reasons_window_impossible(days: list, starts, ends) -> list[str]:
    """Why this is not a safe time of the week: it needs its days, a start, and a later end on the same day."""
    if not days and starts is None and ends is None:
        return []
    if not days:
        return ["Choose the days for these times"]
    if starts is None or ends is None:
        return ["Give both a start and an end for these days"]
    if ends <= starts:
        return ["The end must be later than the start. For a time over midnight, give two times"]
    return []


def reasons_cannot_submit(unanswered: list[str]) -> list[str]:
    """Why a disclosure cannot be logged yet: the pages that must be answered first."""
    return [f"Answer “{heading}” first" for heading in unanswered]


def opens_missed(due_at: datetime, at: datetime) -> bool:
    """Was the promise missed before the disclosure was even logged?"""
    return at > due_at


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
