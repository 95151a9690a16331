"""When a referral out may be made, and what may become of it: values in, reasons out."""

from datetime import datetime

# state: {what is done: the state after it}. Nobody has to take each step: a service may accept what it has just opened.
TRANSITIONS = {
    "sent": {"receive": "received", "triage": "triaged", "accept": "accepted", "decline": "declined", "withdraw": "withdrawn"},
    "received": {"triage": "triaged", "accept": "accepted", "decline": "declined", "withdraw": "withdrawn"},
    "triaged": {"accept": "accepted", "decline": "declined", "withdraw": "withdrawn"},
    "accepted": {"report": "reported", "withdraw": "withdrawn"},
    "reported": {"report": "reported", "close": "closed"},
}
WAITING = ("sent", "received", "triaged")  # for their answer
UNDER_WAY = (*WAITING, "accepted", "reported", "closed")  # what makes another referral of the kind needless
ANSWERS = {"receive": "Received", "triage": "Being looked at", "accept": "Accepted", "decline": "Declined", "report": "What became of it"}
DECLINED = {
    "full": "No room at present",
    "level": "Outside the levels of risk that it takes",
    "area": "Outside its area",
    "age": "Outside the ages that it takes",
    "gender": "Outside whom it takes",
    "needs": "Needs that it cannot meet",
    "conflict": "Conflict of interest",
    "unwilling": "The person does not want it",
    "unreachable": "The person could not be reached",
    "known": "Known there already",
    "unclear": "Not enough was said",
    "other": "Another reason",
}
OUTCOMES = {
    "working": "Support has begun",
    "finished": "Support is finished, as planned",
    "stepped_down": "Risk has fallen; stepped down",
    "passed_on": "Passed on to another service",
    "stopped": "The person stopped coming",
    "unwilling": "The person did not take it up",
    "unreachable": "The person could not be reached",
    "moved": "The person moved away",
    "other": "Something else",
}
# Those two have pages of their own, with what the law asks there.
ELSEWHERE = {
    "safeguarding_children": "Refer a child under “Children and referrals” on the case.",
    "safeguarding_adults": "Refer an adult at risk under “Children and referrals” on the case.",
    "programme": "An alleged perpetrator is referred from the page of programmes, so that nothing of this case goes with it.",
}


def reasons_not_referred_here(kind: str) -> list[str]:
    """Why a kind of service is not referred to in this way."""
    return [ELSEWHERE[kind]] if kind in ELSEWHERE else []


def reasons_cannot_send(
    *, is_inside: bool, channel: str, asked_for: str, misfits: list[str], despite: str, is_under_way: bool, sent_at: datetime, at: datetime
) -> dict[str, str]:
    """Why a referral cannot be made like this, by the question that the reason belongs to."""
    reasons = {}
    if is_under_way:
        reasons[""] = "This person has been referred to this service already, and it is not settled yet."
    if not asked_for.strip():
        reasons["asked_for"] = "Say what you ask of them."
    if misfits and not despite.strip():
        reasons["despite"] = "They do not usually take this person. Say why you refer all the same."
    if not is_inside and not channel:
        reasons["channel"] = "Say how you made the referral."
    if sent_at > at:
        reasons["sent_at"] = "This must be now or in the past."
    return reasons


def reasons_step(state: str, step: str, sent_at: datetime, happened_at: datetime, at: datetime, reason: str, outcome: str) -> dict[str, str]:
    """Why what somebody did about a referral cannot be recorded like this."""
    if step not in TRANSITIONS.get(state, {}):
        return {"": "The referral has moved on since. Read where it stands."}
    reasons = {}
    if happened_at < sent_at or happened_at > at:
        reasons["happened_at"] = "This must be after the referral was made, and now or in the past."
    if step == "decline" and reason not in DECLINED:
        reasons["reason"] = "Choose why it is declined."
    if step == "report" and outcome not in OUTCOMES:
        reasons["outcome"] = "Choose what became of it."
    return reasons


def reasons_chase(state: str, sent_at: datetime, happened_at: datetime, at: datetime) -> dict[str, str]:
    """Why a chase cannot be recorded."""
    if state not in WAITING:
        return {"": "They have answered already."}
    return {} if sent_at <= happened_at <= at else {"happened_at": "This must be after the referral was made, and now or in the past."}


def level_then(wanted: str, held: str, is_consent_basis: bool, is_consent_given: bool) -> str:
    """At which level a service that accepts sees the case: as was decided when it was sent, unless the consent that it rested on is gone, and never less than it held."""
    if held == "partner" or (is_consent_basis and not is_consent_given):
        return held
    return wanted


def steps_for(state: str, *, is_receiver: bool) -> list[str]:
    """What those who received it, or those who write down what they were told, may do next."""
    possible = TRANSITIONS.get(state, {})
    return [step for step in ANSWERS if step in possible and (is_receiver or step not in ("receive", "triage"))]
