"""What can be true of a request under the disclosure scheme, which step may follow, and of MAPPA markers (domain section 11)."""

from datetime import date, datetime

from cases.rules.clocks import LONDON

CHECKS, MEETING, DECISION, TOLD, WITHDRAWN = "checks", "meeting", "decision", "told", "withdrawn"


def open_steps(done: list[str]) -> list[str]:
    """The steps that may be recorded next. Checks and the meeting may come in either order, or not at all; telling follows a decision."""
    if TOLD in done or WITHDRAWN in done:
        return []
    if DECISION in done:
        return [TOLD, WITHDRAWN]
    return [step for step in (CHECKS, MEETING, DECISION) if step not in done] + [WITHDRAWN]


def reasons_asked(route: str, applicant: str, at_risk_role: str, subject_role: str, asked_at: datetime, at: datetime) -> dict[str, str]:
    """Why a request cannot be as it is said to be."""
    reasons = {}
    if asked_at > at:
        reasons["asked_at"] = "This cannot be in the future."
    if subject_role != "perpetrator":
        reasons["subject"] = "The request is about an alleged perpetrator of this case."
    if at_risk_role == "perpetrator":
        reasons["at_risk"] = "Select the person at risk."
    if route == "third_party" and not applicant:
        reasons["applicant"] = "Enter what they are to the person at risk, like “her mother”, without a name."
    return reasons


def reasons_step(step: str, done: list[tuple[str, datetime]], asked_at: datetime, happened_at: datetime, at: datetime) -> dict[str, str]:
    """Why a step cannot be recorded at a time. `done` are the steps so far with when each was."""
    if step not in open_steps([code for code, _ in done]):
        return {"step": "Somebody has recorded this step already, or it cannot come next."}
    if happened_at > at:
        return {"happened_at": "This cannot be in the future."}
    if happened_at < asked_at:
        return {"happened_at": "This is before the request was made."}
    decided = next((when for code, when in done if code == DECISION), None)
    if step == TOLD and decided and happened_at < decided:
        return {"happened_at": "This is before the forum decided."}
    return {}


def reasons_step_lacks(step: str, decision: str, text: str, told: str, safe_way: str, confidentiality_signed: bool | None, decided: str) -> dict[str, str]:
    """What the record of a step still lacks. `decided` is what the forum decided, for the step that follows it."""
    if step == DECISION:
        return {} if decision else {"decision": "Select what the forum decided."}
    if step == WITHDRAWN and not text:
        return {"text": "Say why it was withdrawn or could not go on."}
    if step != TOLD:
        return {}
    reasons = {} if told else {"told": "Enter who was told."}
    if not safe_way:
        reasons["safe_way"] = "Say how they were told safely."
    if decided != "not":
        if not text:
            reasons["text"] = "Say what was disclosed."
        if confidentiality_signed is None:
            reasons["confidentiality_signed"] = "Select whether they signed that they will keep it confidential."
    return reasons


def days_taken(asked_at: datetime, until: datetime) -> int:
    """Days of the calendar from the request until an instant: the scheme's 28 days are counted like this."""
    return (until.astimezone(LONDON).date() - asked_at.astimezone(LONDON).date()).days


def reasons_marker(role: str, category: str, level: str, review_on: date | None, today: date) -> dict[str, str]:
    """Why a marker cannot be as it is said to be."""
    reasons = {}
    if role != "perpetrator":
        reasons[""] = "Only an alleged perpetrator is under MAPPA or IOM."
    if category != "none" and not level:
        reasons["mappa_level"] = "Select the level at which they are managed."
    if review_on and review_on < today:
        reasons["review_on"] = "The date of the review must be today or in the future."
    return reasons
