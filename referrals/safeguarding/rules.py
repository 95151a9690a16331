"""Where a child or an adult at risk is referred, what stands in the way of sending, and when a school has to know (domain section 12, SEED-152 to SEED-157)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from cases.rules.clocks import LONDON

SOCIAL_CARE, EARLY_HELP, EMERGENCY, ADULT, SCHOOL = "social_care", "early_help", "emergency", "adult", "school"
PROPOSED, SENT, ANSWERED, OVERRIDDEN, REPLACED = "proposed", "sent", "answered", "overridden", "replaced"
OPEN = (PROPOSED, SENT)
SHORTEST_REASON = 20
ADULT_FROM = 18
OWN_SERIOUS = 3


@dataclass(frozen=True)
class Route:
    """Somebody who must act: who they are, by when we send, by when they answer, and what they can answer."""

    label: str
    to: str
    task: str  # the kind of action that waits for the decision; "" where there is none
    send_within: str  # settings with a date (agencies/policies.py)
    clock: str  # cases/clocks.py KINDS: what runs until they have answered
    outcomes: tuple[tuple[str, str], ...]
    note: str = ""


_CHILD_OUTCOMES = (
    ("no_further_action", "No further action"), ("early_help", "Early help"), ("child_in_need", "Child in need (section 17)"),
    ("section_47", "Enquiry (section 47)"), ("protection_plan", "Child protection plan"), ("looked_after", "Looked after"),
    ("known", "Already known: passed to their own social worker"),
)
ROUTES = {
    EMERGENCY: Route(
        "Emergency duty team or 999", "the emergency duty team", "", "safeguarding.emergency_within", "social_care", _CHILD_OUTCOMES,
        "Ring, and do not write first. In immediate danger ring 999. Out of hours ring the children’s emergency duty team.",
    ),
    SOCIAL_CARE: Route(
        "Children’s Social Care", "Children’s Social Care", "children.social_care", "safeguarding.send_within", "social_care", _CHILD_OUTCOMES,
        "Ring first where a child may be harmed soon.",
    ),
    EARLY_HELP: Route(
        "Early Help", "Early Help", "children.early_help", "safeguarding.early_help_within", "early_help",
        (
            ("no_further_action", "No further action"), ("universal", "Universal services, with advice"), ("early_help", "Early help assessment"),
            ("stepped_up", "Passed on to Children’s Social Care"), ("family_declined", "The family declined"),
        ),
        "Multi-agency team or universal services. Needs the agreement of somebody with parental responsibility.",
    ),
    ADULT: Route(
        "Adult safeguarding", "adult safeguarding", "", "safeguarding.send_within", "adult_safeguarding",
        (
            ("no_further_action", "No further action"), ("enquiry", "Enquiry (Care Act 2014, section 42)"), ("care_assessment", "Assessment of care and support"),
            ("other_help", "Other help or advice"), ("known", "Already known: passed to their own worker"),
        ),
        "For an adult with needs for care and support who cannot protect themselves because of them.",
    ),
    SCHOOL: Route("School (Operation Encompass)", "the school", "", "", "encompass", (("told", "The school was told"),)),
}
CHILD_ROUTES = (SOCIAL_CARE, EARLY_HELP, EMERGENCY)
# What also does what a route is there for.
_COVERED_BY = {SOCIAL_CARE: {SOCIAL_CARE}, EARLY_HELP: {EARLY_HELP, SOCIAL_CARE}, EMERGENCY: {EMERGENCY}, ADULT: {ADULT}}
BY_PHONE = "phone"


def routes_for(level: str, in_danger: bool, own: int = 0) -> list[str]:
    """Where a child linked to a case is referred: medium and high to Children's Social Care, standard to Early Help, danger at once (SEED-152, SEED-153).

    `own`: the step of the child's own risk (DVRIM, SEED-156), 0 where nobody has judged it. It can ask for more than the level does, never for less.
    """
    found = [EMERGENCY] if in_danger else []
    if level in ("medium", "high") or own >= OWN_SERIOUS:
        found.append(SOCIAL_CARE)
    elif level == "standard" or own:
        found.append(EARLY_HELP)
    return found


def counts_as_child(role: str, age: int | None, is_unborn: bool) -> bool:
    """Is this person a child to be referred? A child of the case while nobody knows otherwise; anybody else on it who is known to be under 18.

    A victim/survivor of 16 or 17 is a child too, and so is somebody under 18 who harms: they are referred, and not to MARAC alone (domain 12).
    """
    if role == "child":
        return is_unborn or age is None or age < ADULT_FROM
    return age is not None and age < ADULT_FROM


def to_propose(wanted: list[str], held: list[tuple[str, str]], *, is_afresh: bool) -> list[str]:
    """Of the routes wanted, those to propose now. `held`: (route, state) of each referral of that person.

    After a new assessment only what is under way counts: what was answered or decided against before is asked again.
    """
    counting = OPEN if is_afresh else (PROPOSED, SENT, ANSWERED, OVERRIDDEN)
    there = {route for route, state in held if state in counting}
    return [route for route in wanted if not _COVERED_BY[route] & there]


def is_replaced(route: str, state: str, new: list[str]) -> bool:
    """Is this proposal overtaken by one that asks for more?"""
    return state == PROPOSED and route == EARLY_HELP and SOCIAL_CARE in new


def why_words(route: str, level: str, own: int = 0) -> str:
    """Why Waymark proposes it: the rule, without anybody's name."""
    if route == EMERGENCY:
        return "Somebody is in danger and a child is linked to the case."
    if own and (not level or (route == SOCIAL_CARE and level == "standard")):
        return f"The child’s own risk was judged as step {own} of 4."
    rule = "so the child is referred to Children’s Social Care" if route == SOCIAL_CARE else "so Early Help or universal services are considered"
    more = " A MARAC referral does not replace it." if level == "high" else ""
    return f"The risk was assessed as {level} and a child is linked to the case, {rule}.{more}"


def reasons_by_hand(route: str, role: str, is_child: bool, needs_care: bool, cannot_protect: bool, why: str, held: list[tuple[str, str]]) -> dict[str, str]:
    """Why somebody cannot be proposed for a referral by hand."""
    if route in CHILD_ROUTES and not is_child:
        return {"route": "This is for somebody under 18."}
    if route == ADULT and (role == "perpetrator" or is_child):
        return {"route": "Adult safeguarding is for the victim/survivor, or another adult at risk."}
    if route == ADULT and not (needs_care and cannot_protect):
        return {"tests": "Adult safeguarding acts where both are so. Where they are not, refer to support instead."}
    if (route, PROPOSED) in held or (route, SENT) in held:
        return {"route": "Such a referral is under way already."}
    if len(why.strip()) < SHORTEST_REASON:
        return {"why": f"Say what worries you, in {SHORTEST_REASON} characters or more."}
    return {}


def reasons_not_waiting(state: str) -> list[str]:
    """Why nothing can be decided about a proposal."""
    return [] if state == PROPOSED else ["Somebody has decided about this already."]


def reasons_send(
    route: str, method: str, has_receiver: bool, is_told: bool | None, not_told_reason: str, consent: str, basis: str, necessity: str, sent_at: datetime, at: datetime
) -> dict[str, str]:
    """What still lacks before a referral counts as sent. Children's Social Care needs nobody's consent; Early Help does; an adult's can be overridden by law."""
    reasons = {}
    if sent_at > at:
        reasons["sent_at"] = "This must be now or in the past."
    if not has_receiver:
        reasons["receiver_name"] = "Enter which team or person received it."
    if route == EMERGENCY and method != BY_PHONE:
        reasons["method"] = "Ring them first: nobody reads a form at once. Record the call here."
    if is_told is None:
        reasons["is_told"] = "Select whether the family, or the adult, was told."
    if is_told is False and len(not_told_reason.strip()) < SHORTEST_REASON:
        reasons["not_told_reason"] = f"Say why telling them was not safe, in {SHORTEST_REASON} characters or more."
    if route == EARLY_HELP and consent != "given":
        reasons["consent"] = "Early Help needs agreement. Without it decide against it with a reason, or refer to Children’s Social Care."
    if route == ADULT and not consent:
        reasons["consent"] = "Select what the adult said."
    if route == ADULT and consent and consent != "given":
        if not basis:
            reasons["basis"] = "Select on what ground you refer without their agreement."
        if len(necessity.strip()) < SHORTEST_REASON:
            reasons["necessity"] = f"Say why it is needed, in {SHORTEST_REASON} characters or more."
    return reasons


def reasons_override(state: str, reason: str) -> dict[str, str]:
    """Why somebody cannot decide against a referral."""
    if waiting := reasons_not_waiting(state):
        return {"": waiting[0]}
    if len(reason.strip()) < SHORTEST_REASON:
        return {"reason": f"Say why it is not made, and what is done for them instead, in {SHORTEST_REASON} characters or more."}
    return {}


def reasons_step(route: str, state: str, sent_at: datetime | None, happened_at: datetime, at: datetime, outcome: str | None) -> dict[str, str]:
    """Why a chase (`outcome` None) or an answer cannot be recorded. An answer may be followed by another: an enquiry becomes a plan."""
    if sent_at is None or state not in (SENT, ANSWERED):
        return {"": "It has not been sent, so nothing can have been answered."}
    if outcome is None and state == ANSWERED:
        return {"": "They have answered. There is nothing to chase."}
    if outcome is not None and outcome not in dict(ROUTES[route].outcomes):
        return {"outcome": "Choose one of the answers listed."}
    if happened_at > at:
        return {"happened_at": "This must be now or in the past."}
    if happened_at < sent_at:
        return {"happened_at": "This is before it was sent."}
    return {}


def school_starts(after: datetime, days: int, hour: int, is_school_day: Callable[[date], bool], first: date | None = None) -> datetime:
    """The instant before which a school has to know: the start of its next day, or of the `days`-th. `first`: the next school day, where it is known."""
    day = after.astimezone(LONDON).date()
    if first is not None and first >= day:
        at = _opens(first, hour)
        if at > after:
            return at
    while True:
        if is_school_day(day) and _opens(day, hour) > after:
            days -= 1
            if days <= 0:
                return _opens(day, hour)
        day += timedelta(days=1)


def _opens(day, hour):
    return datetime.combine(day, time(hour), LONDON).astimezone(UTC)


def reasons_notice(incident_at: datetime, at: datetime, is_under_age: bool, age: int | None, first: date | None) -> dict[str, str]:
    """Why a notice to a school cannot be as it is said to be: reception to the age of 17."""
    if incident_at > at:
        return {"incident_at": "This must be now or in the past."}
    if not is_under_age:
        return {"": "Operation Encompass is for children and young people up to the age of 17."}
    if age is not None and age < 3:
        return {"": "This child is too young for school or nursery class. Tell the health visitor instead."}
    if first is not None and first < incident_at.astimezone(LONDON).date():
        return {"next_school_day": "This is before the incident."}
    return {}
