"""What a landlord may do on a case, and what stands in its way: security measures, charges for repairs, the tenancy, the alleged perpetrator (SEED-082 to SEED-091)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

SHORTEST_REASON = 20
MOST_OF_ONE = 20
LETTERBOX = "letterbox"
# The six of the policy (SEED-082), in the order in which it names them.
MEASURES = {
    "door_chain": "Door chain",
    "window_alarm": "Window alarm",
    "window_restraint": "Window restraint strap",
    "broken_window": "Broken window made secure",
    "smoke_alarm": "Smoke alarm fitted or checked",
    LETTERBOX: "Fireproof letterbox",
}
ORDERED, FITTED, CHECKED, CANCELLED = "ordered", "fitted", "checked", "cancelled"
OPEN = (ORDERED, FITTED)
# A plan that says "fire door" says nothing of arson; these words do.
_FIRE = re.compile(r"\b(arson\w*|petrol|alight|on fire|set(ting)? fire|fire[- ]?(setting|bomb\w*|rais\w*)|burn\w*|lighter fluid)\b", re.I)


def speaks_of_fire(texts: Iterable[str]) -> bool:
    """Does anything that was written down let somebody fear arson? Then the fireproof letterbox is proposed; a person decides."""
    return any(_FIRE.search(text) for text in texts if text)


def reasons_order(lines: Mapping[str, tuple[int, int]], fears_fire: bool, has_letterbox: bool, no_letterbox: str) -> dict[str, str]:
    """Why measures cannot be ordered. `lines`: how many of each, and what they cost in pence; `has_letterbox`: one was ordered before."""
    if not lines:
        return {"": "Enter how many of at least one measure."}
    reasons = {}
    for kind, (quantity, pence) in lines.items():
        if not 1 <= quantity <= MOST_OF_ONE:
            reasons[f"quantity_{kind}"] = f"Enter a number from 1 to {MOST_OF_ONE}."
        if pence < 0:
            reasons[f"cost_{kind}"] = "A cost cannot be below nothing."
    if fears_fire and LETTERBOX not in lines and not has_letterbox and len(no_letterbox.strip()) < SHORTEST_REASON:
        reasons["no_letterbox"] = f"Arson is feared. Order a fireproof letterbox, or say why not in {SHORTEST_REASON} characters or more."
    return reasons


def reasons_visit(not_safe: list[str], override: str, visit_at: datetime, at: datetime) -> dict[str, str]:
    """Why a fitter's visit cannot be planned for then: only a time that is recorded as safe, or a reason why all the same (domain 8.1)."""
    if visit_at <= at:
        return {"visit_at": "This must be in the future."}
    if not_safe and len(override.strip()) < SHORTEST_REASON:
        return {"override_reason": f"{' '.join(not_safe)} Choose another time, or say why all the same, in {SHORTEST_REASON} characters or more."}
    return {}


def reasons_fitted(states: Iterable[str], fitted_at: datetime, ordered_at: datetime, at: datetime, fitter: str) -> dict[str, str]:
    """Why it cannot be recorded that measures were fitted."""
    states = list(states)
    if not states:
        return {"measures": "Select what was fitted."}
    if any(state != ORDERED for state in states):
        return {"measures": "Somebody has recorded one of these already. Look again at what is left."}
    if fitted_at > at:
        return {"fitted_at": "This must be now or in the past."}
    if fitted_at < ordered_at:
        return {"fitted_at": "This is before it was ordered."}
    return {} if fitter.strip() else {"fitter": "Enter who fitted it."}


def reasons_checked(states: Iterable[str], is_sound: bool, fault: str, checked_at: datetime, fitted_at: Iterable[datetime], at: datetime) -> dict[str, str]:
    """Why it cannot be recorded that what was fitted was looked at."""
    states = list(states)
    if not states:
        return {"measures": "Select what was checked."}
    if any(state != FITTED for state in states):
        return {"measures": "Only what was fitted and not checked yet can be checked."}
    if checked_at > at:
        return {"checked_at": "This must be now or in the past."}
    if any(checked_at < moment for moment in fitted_at):
        return {"checked_at": "This is before it was fitted."}
    if not is_sound and len(fault.strip()) < SHORTEST_REASON:
        return {"fault": f"Say what is wrong, in {SHORTEST_REASON} characters or more. It is ordered again."}
    return {}


def reasons_cancel(states: Iterable[str], reason: str) -> dict[str, str]:
    """Why measures cannot be cancelled."""
    states = list(states)
    if not states:
        return {"measures": "Select what is cancelled."}
    if any(state != ORDERED for state in states):
        return {"measures": "Only what was ordered and not fitted yet can be cancelled."}
    if len(reason.strip()) < SHORTEST_REASON:
        return {"reason": f"Say why, and what keeps them safe instead, in {SHORTEST_REASON} characters or more."}
    return {}


def left_of(budget: int, ordered: int, spent: int) -> int:
    """What is left of a budget in pence; below nothing where it is overspent."""
    return budget - ordered - spent


def financial_year(day: date) -> int:
    """The year in which a financial year begins: April to March."""
    return day.year if day.month >= 4 else day.year - 1


# --- damage


WAIVED, PART, CHARGED = "waived", "part", "charged"
CAUSED = {
    "perpetrator": "The alleged perpetrator, or somebody for them",
    "police": "The police or the fire service, who had to get in",
    "survivor": "The victim/survivor, getting away or getting in",
    "unknown": "Not known",
    "other": "Something else: it has nothing to do with the abuse",
}
_NEVER_HERS = ("perpetrator", "police", "survivor", "unknown")


def advice_on_charge(caused: str) -> str:
    """What the rule advises about a charge, and why (SEED-088, and SEED-080: no proof is asked for). A person decides."""
    if caused == "other":
        return "The damage has nothing to do with the abuse, so the rechargeable repairs policy holds as for any tenant."
    if caused == "unknown":
        return "Waive it. Nobody has to prove what was done to them, so damage that may come of abuse counts as that."
    if caused in _NEVER_HERS:
        return "Waive it. Damage that comes of abuse is not charged to whoever suffered it; the repair is made as the landlord’s own duty."
    raise ValueError(f"unknown cause {caused}")


def reasons_charge(caused: str, decision: str, asked: int, charged: int | None, why: str) -> dict[str, str]:
    """Why a decision about a charge cannot stand: against the advice, and for a part, it needs its reason and its sum."""
    reasons = {}
    if asked <= 0:
        reasons["asked"] = "Enter what the repair costs."
    if decision == PART and (charged is None or not 0 < charged < asked):
        reasons["charged"] = "Enter the part that is charged: more than nothing, less than the repair costs."
    against = decision != WAIVED and caused in _NEVER_HERS
    if (against or decision == PART) and len(why.strip()) < SHORTEST_REASON:
        reasons["why"] = f"Say why, in {SHORTEST_REASON} characters or more." + (" The rule advises to waive it." if against else "")
    return reasons


def charged_in_full(decision: str, asked: int, charged: int | None) -> int:
    """The sum that is charged after all, in pence."""
    return {WAIVED: 0, CHARGED: asked}.get(decision, charged or 0)


# --- the tenancy, and whoever caused it


SURVIVOR, PERPETRATOR = "survivor", "perpetrator"
CONSIDERED, DECIDED, UNDER_WAY, DONE, NOT_PURSUED = "considered", "decided", "under_way", "done", "not_pursued"
GOING = (CONSIDERED, DECIDED, UNDER_WAY)
_NEXT = {
    CONSIDERED: (CONSIDERED, DECIDED, UNDER_WAY, DONE, NOT_PURSUED),
    DECIDED: (DECIDED, UNDER_WAY, DONE, NOT_PURSUED),
    UNDER_WAY: (UNDER_WAY, DONE, NOT_PURSUED),
    DONE: (),
    NOT_PURSUED: (CONSIDERED,),
}
SAID, NOT_SAFE, NOT_ASKED = "said", "not_safe", "not_asked"
LIFETIME, NOT_SECURE = "lifetime", "not_secure"


@dataclass(frozen=True)
class Kind:
    """One thing that a landlord can do. `rule` is what whoever does it reads first."""

    label: str
    side: str
    rule: str
    wants_wishes: bool = False  # nothing is done before they have said what they want
    wants_weighing: bool = False


# Where they come from: SEED-084 for staying or moving, 085 for advice and ending a joint tenancy, 086 for a new sole one, 087 for the orders of a court, 089 for the breach,
# 090 for possession, 091 for possession after a conviction; domain 13.1, T10 and T13.
KINDS = {
    "legal_advice": Kind("Legal advice about the tenancy", SURVIVOR, "Before anything else: what they may lose, what they keep, what it means for the rent."),
    "end_joint": Kind(
        "Joint tenancy ended", SURVIVOR,
        "A valid notice to quit by one joint tenant ends the tenancy for both, and cannot be taken back. Legal advice comes first, and where they will live next.",
        wants_wishes=True,
    ),
    "sole_tenancy": Kind(
        "New sole tenancy", SURVIVOR,
        "They keep what they had. To somebody who was a secure tenant for life, also as a joint tenant, a new secure tenancy that is granted for reasons connected "
        "with the abuse may not be flexible (Housing Act 1985, section 81ZA).",
        wants_wishes=True,
    ),
    "injunction": Kind(
        "Support with a court order", SURVIVOR,
        "Non-molestation, occupation or restraining order, with those who help them to apply. The order itself is recorded among the orders of the case.",
        wants_wishes=True,
    ),
    "transfer": Kind(
        "Management transfer", SURVIVOR, "Where staying is not safe. The new address is protected from the day on which it is offered.", wants_wishes=True,
    ),
    "kept": Kind("Tenancy kept", SURVIVOR, "They stay where that is safe, with what makes it safe.", wants_wishes=True),
    "warning": Kind("Warning", PERPETRATOR, "Only where the victim/survivor has said that it does not put them at risk.", wants_wishes=True),
    "breach": Kind("Breach of tenancy", PERPETRATOR, "It covers the tenant, their family, household and visitors.", wants_wishes=True),
    "possession": Kind(
        "Possession action", PERPETRATOR, "The wishes of the victim/survivor are recorded, and weighed, before it is begun.", wants_wishes=True, wants_weighing=True,
    ),
    "possession_convicted": Kind(
        "Possession action after a conviction", PERPETRATOR,
        "The policy says that it is taken against a tenant who is convicted of an offence connected with domestic abuse. Where it is not, the reason is recorded.",
        wants_weighing=True,
    ),
    "police": Kind("Work with the police", PERPETRATOR, "What was passed to them, and what they ask for."),
}
NEVER_REVEAL = (
    "Waymark writes nothing to the alleged perpetrator. Nothing that anybody says or sends may let them learn where the victim/survivor is, that anybody has spoken, or that this "
    "record is here. Act only on what they could know from somewhere else."
)


def kinds_of(side: str) -> dict[str, Kind]:
    """What can be done about the tenancy of the victim/survivor, or about the alleged perpetrator."""
    return {code: kind for code, kind in KINDS.items() if kind.side == side}


def states_after(state: str) -> tuple[str, ...]:
    """What can become of something that stands here; "" for what is only now written down."""
    return _NEXT[state] if state else (CONSIDERED, DECIDED, UNDER_WAY, DONE, NOT_PURSUED)


def reasons_step(
    code: str, before: str, state: str, *, wishes: str, wishes_said: str, weighing: str = "", why_not: str = "", has_advice: bool = False, without_advice: str = "",
    protection: str = "", no_protection: str = "", happened_on: date, today: date,
) -> dict[str, str]:
    """Why something cannot be recorded as this far along. `has_advice`: legal advice is arranged on the case."""
    kind, reasons = KINDS[code], {}
    if state not in states_after(before):
        return {"state": "It cannot go from where it stands to there."}
    if happened_on > today:
        reasons["happened_on"] = "This must be today or in the past."
    if wishes == SAID and not wishes_said.strip():
        reasons["wishes_said"] = "Write down what they want, in their words."
    if state == NOT_PURSUED:
        return reasons | ({"why_not": f"Say why, in {SHORTEST_REASON} characters or more."} if len(why_not.strip()) < SHORTEST_REASON else {})
    if state == CONSIDERED:
        return reasons
    if kind.wants_wishes and wishes != SAID:
        reasons["wishes"] = "It is decided with them. Record what they want first; until then it is only considered."
    elif kind.wants_weighing and wishes == NOT_ASKED:
        reasons["wishes"] = "Ask what they want first, or say that it is not safe to ask."
    if kind.wants_weighing and len(weighing.strip()) < SHORTEST_REASON:
        reasons["weighing"] = f"Say how what they want was weighed, in {SHORTEST_REASON} characters or more."
    if code == "end_joint" and not has_advice and len(without_advice.strip()) < SHORTEST_REASON:
        reasons["without_advice"] = f"No legal advice is arranged. Arrange it first, or say why not in {SHORTEST_REASON} characters or more."
    if code == "sole_tenancy":
        reasons |= _reasons_protection(protection, no_protection)
    return reasons


def _reasons_protection(protection, no_protection):
    if not protection:
        return {"protection": "Select which tenancy they get."}
    if protection == NOT_SECURE and len(no_protection.strip()) < SHORTEST_REASON:
        return {"no_protection": f"Say why section 81ZA does not apply, in {SHORTEST_REASON} characters or more."}
    return {}
