"""When a referral may move on, what it still lacks, whether it is a repeat, and when it has to be in. Values in, reasons out."""

import calendar
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cases.rules.spelling import incident_code

LONDON = ZoneInfo("Europe/London")

# state -> {verb: the state that it leads to}. The diagram in the documentation is drawn from this table.
TRANSITIONS = {
    "draft": {"submit": "submitted", "withdraw": "withdrawn"},
    "submitted": {"accept": "accepted", "return": "returned", "decline": "not_accepted", "withdraw": "withdrawn"},
    "returned": {"submit": "submitted", "withdraw": "withdrawn"},
    "not_accepted": {"submit": "submitted"},  # the appeal: the referrer sends it again, saying more
    "accepted": {"list": "listed", "return": "returned", "withdraw": "withdrawn"},
    "listed": {"unlist": "accepted"},  # a listed case leaves the list through the coordinator, never in silence
    "withdrawn": {},
}
IN_WORDS = {
    "draft": "being prepared",
    "submitted": "with the coordinator",
    "returned": "returned for information",
    "not_accepted": "not accepted",
    "accepted": "accepted",
    "listed": "listed on a meeting",
    "withdrawn": "withdrawn",
}
# What the referrer may still change, and what counts as on its way (a second referral would say the same thing twice).
EDITABLE = {state for state, verbs in TRANSITIONS.items() if "submit" in verbs}
ON_ITS_WAY = {"submitted", "returned", "accepted", "listed"}

RATIONALE_LEAST = 50
REFUSAL_LEAST = 30
REASON_LEAST = 10


def reasons_cannot(verb: str, state: str) -> list[str]:
    """Why a referral in this state cannot take this step."""
    if verb in TRANSITIONS[state]:
        return []
    if state == "listed" and verb == "withdraw":
        return ["This referral is listed on a meeting. Ask the coordinator to take it off the list first."]
    return [f"This referral is {IN_WORDS[state]}, so this cannot be done now."]


def reasons_cannot_edit(state: str) -> list[str]:
    """Why the words of a referral cannot be changed."""
    return [] if state in EDITABLE else [f"This referral is {IN_WORDS[state]}, so it cannot be changed."]


# --- what a referral must say before it is sent (domain 2.3)


@dataclass(frozen=True)
class Facts:
    """What a referral and its case say, as far as sending it depends on it."""

    professional_judgement: bool
    judgement_rationale: str
    visible_high_risk: bool
    potential_escalation: bool
    repeat_criterion: bool
    background: str
    victim_aware: bool | None
    not_aware_reason: str
    consent: str
    basis: str
    necessity: str
    risk_believed: str
    perpetrators_named: int
    perpetrator_unknown_reason: str
    has_assessment: bool
    no_assessment_reason: str
    children_without_age: int


def needs_record(facts: Facts) -> bool:
    """Must the decision to share be recorded in full? Yes unless the victim/survivor knows of it and has agreed."""
    return not (facts.victim_aware and facts.consent == "given")


def missing(facts: Facts) -> dict[str, list[str]]:
    """What a referral still lacks before it can be sent, by the page on which it is said. Empty means that it can be sent."""
    found = {
        "criteria": _missing_criteria(facts),
        "sharing": _missing_sharing(facts),
        "unknowns": _missing_unknowns(facts),
        "people": ["Give the date of birth or the approximate age of each child."] if facts.children_without_age else [],
    }
    return {page: reasons for page, reasons in found.items() if reasons}


def _missing_criteria(facts):
    reasons = []
    others = facts.visible_high_risk or facts.potential_escalation or facts.repeat_criterion
    if not (facts.professional_judgement or others):
        reasons.append("Choose at least one reason for the referral.")
    said = len(facts.judgement_rationale.strip())
    if facts.professional_judgement and not said:
        reasons.append("Say what your professional judgement rests on.")
    elif facts.professional_judgement and not others and said < RATIONALE_LEAST:
        reasons.append(f"Professional judgement is the only reason: say what it rests on in at least {RATIONALE_LEAST} characters.")
    if not facts.background.strip():
        reasons.append("Say what has happened, and why now.")
    return reasons


def _missing_sharing(facts):
    reasons = []
    if facts.victim_aware is None:
        reasons.append("Say whether the victim/survivor knows about the referral.")
    elif not facts.victim_aware and not facts.not_aware_reason.strip():
        reasons.append("Say why the victim/survivor does not know about the referral.")
    if not facts.consent:
        reasons.append("Say whether the victim/survivor has agreed to the referral.")
    if needs_record(facts):
        if facts.basis in ("", "consent"):
            reasons.append("Without agreement that was given knowingly, choose another lawful basis for sharing.")
        if not facts.necessity.strip():
            reasons.append("Say why sharing is necessary.")
        if not facts.risk_believed.strip():
            reasons.append("Say what risk you believe there is, and whom sharing protects.")
    return reasons


def _missing_unknowns(facts):
    reasons = []
    if not facts.perpetrators_named and not facts.perpetrator_unknown_reason.strip():
        reasons.append("Name the alleged perpetrator on the case, or say why the name is not known.")
    if not facts.has_assessment and not facts.no_assessment_reason.strip():
        reasons.append("Sign a DASH on the case, or say why there is none.")
    return reasons


def reasons_cannot_submit(state: str, facts: Facts, another_on_its_way: bool) -> list[str]:
    """Why a referral cannot be sent."""
    reasons = reasons_cannot("submit", state)
    if not reasons and another_on_its_way:
        reasons = ["Another MARAC referral of this case is on its way already."]
    return reasons or [reason for page in missing(facts).values() for reason in page]


# --- the coordinator's decision


def reasons_not_given(verb: str, reasons: str) -> list[str]:
    """Why a step cannot be taken without (more) reasons: nobody's referral comes back, or is refused, in silence."""
    said = len(reasons.strip())
    if verb == "decline" and said < REFUSAL_LEAST:
        return [f"Say why it is not accepted in at least {REFUSAL_LEAST} characters. The referrer will read it."]
    if verb == "return" and said < REASON_LEAST:
        return [f"Say which information is needed in at least {REASON_LEAST} characters. The referrer will read it."]
    if verb in ("unlist", "withdraw", "cancel") and said < REASON_LEAST:
        return [f"Say why in at least {REASON_LEAST} characters."]
    return []


def reasons_repeat_unexplained(said: bool, computed: bool, reason: str) -> list[str]:
    """Why a coordinator cannot say otherwise than Waymark computed."""
    if said != computed and not reason.strip():
        return ["Say why this is different from what Waymark found."]
    return []


# --- listing


def is_late(submitted_at: datetime, referrals_due_at: datetime) -> bool:
    """Did the referral come in after the meeting's deadline?"""
    return submitted_at >= referrals_due_at


def reasons_cannot_list(
    state: str, *, meeting_is_open: bool, late: bool, leave_note: str, same_pair_listed: bool
) -> list[str]:
    """Why a referral cannot be put on a meeting's list."""
    reasons = reasons_cannot("list", state)
    if reasons:
        return reasons
    if not meeting_is_open:
        return ["The list of this meeting is closed: the meeting has started or is not planned any more."]
    if same_pair_listed:
        return ["The same victim/survivor and alleged perpetrator are on the list of this meeting already."]
    if late and len(leave_note.strip()) < REASON_LEAST:
        return ["This referral came after the deadline of the meeting. Say who gave leave to list it, and why."]
    return []


def reasons_cannot_change_meeting(state: str, started: bool) -> list[str]:
    """Why a meeting, or its list, cannot be changed."""
    if state != "planned":
        return [f"This meeting is {state}, so it cannot be changed."]
    return ["This meeting has started, so it cannot be changed."] if started else []


def reasons_cannot_cancel(state: str) -> list[str]:
    """Why a meeting cannot be cancelled. One whose time has passed can: it may not have taken place."""
    return [] if state == "planned" else [f"This meeting is {state} already."]


def reasons_cannot_hold(state: str, started: bool) -> list[str]:
    """Why a meeting cannot be recorded as held."""
    if state != "planned":
        return [f"This meeting is {state} already."]
    return [] if started else ["This meeting has not started yet."]


def sight_ends_at(held_at: datetime, days: int) -> datetime:
    """When those who were at a meeting stop seeing a listing that nothing else keeps open."""
    return held_at + timedelta(days=days)


def referral_deadline(starts_at: datetime, days: int, is_working_day: Callable[[date], bool]) -> datetime:
    """The instant before which a referral has to be in: the end of the working day that is `days` working days before the meeting.

    With no days to spare, until the meeting starts.
    """
    day = starts_at.astimezone(LONDON).date()
    left = days
    while left:
        day -= timedelta(days=1)
        if is_working_day(day):
            left -= 1
    end_of_day = datetime.combine(day + timedelta(days=1), time(0), LONDON).astimezone(UTC)
    return min(end_of_day, starts_at)


def working_days_since(since: date, until: date, is_working_day: Callable[[date], bool]) -> int:
    """How many working days have passed: the day itself does not count, the last one does."""
    return sum(is_working_day(since + timedelta(days=step)) for step in range(1, (until - since).days + 1))


# --- potential escalation (domain 1.5)


def incidents_within_a_year(told: Iterable[tuple[datetime, str]], at: datetime) -> list[datetime]:
    """When each incident of the last twelve months was, the earliest first, from what was told of them: (when, the police's number or nothing).

    One number is one incident, which was when it was first told of. One day counts once: what was recorded twice was one incident.
    """
    first, days, today = {}, {}, at.astimezone(LONDON).date()
    for when, number in sorted(told):
        code = incident_code(number)
        when = first.setdefault(code, when) if code else when
        day = when.astimezone(LONDON).date()
        if day <= today <= months_after(day, 12):
            days.setdefault(day, when)
    return sorted(days.values())


def tells_of_escalation(state: str, *, says_so: bool, is_heard: bool) -> bool:
    """Is MARAC about to be told, whatever happened since: by a referral on its way to a meeting, or by a draft that says so?"""
    return says_so if state == "draft" else state in ON_ITS_WAY and not is_heard


def told_of_all(state: str, sent_at: datetime | None, last_at: datetime) -> bool:
    """Was MARAC told after the last incident, by a referral that nobody withdrew?"""
    return state != "withdrawn" and sent_at is not None and sent_at >= last_at


# --- repeat (domain 2.4)


def months_after(day: date, months: int) -> date:
    """The corresponding day so many months later; where that month is shorter, its last day (29 February 2024 -> 28 February 2025)."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def last_referral_before(incident_on: date, referred_on: Iterable[date]) -> date | None:
    """The last referral before the day of the incident. One on that day or after it was about this incident, or about nothing newer."""
    return max((day for day in referred_on if day < incident_on), default=None)


def is_repeat(incident_on: date, last_referral_on: date | None, months: int) -> bool:
    """Is an incident between the same people a repeat? Yes up to and including the corresponding day (F7: 10 January is still within)."""
    return last_referral_on is not None and last_referral_on < incident_on <= months_after(last_referral_on, months)
