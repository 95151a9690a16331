"""Whether somebody who asked in writing may be answered, and what an answer or an end must say. Pure."""

from datetime import datetime

from referrals.calls.rules import SHORTEST_REASON, reasons_attempt

WRITTEN_WAYS = ("text", "email")


def may_answer(by: str, safe: str) -> bool:
    """May anybody reach them? What is written stays on a telephone or in a shared mailbox: where they are not sure, nobody writes."""
    if by == "none" or safe == "no":
        return False
    return safe in ("any", "windows") if by in WRITTEN_WAYS else True


def reasons_hidden(by: str, safe: str, is_waiting: bool) -> list[str]:
    """Why nobody needs to read the number or address."""
    if by == "none":
        return ["They asked not to be contacted. Nobody rings or writes: write down what they said."]
    if safe == "no":
        return ["They said that a reply is not safe. Nobody rings or writes: write down what they said."]
    if not may_answer(by, safe):
        return ["They are not sure that a reply is safe, and what is written stays. Nobody writes: write down what they said."]
    return [] if is_waiting else ["This waits no more."]


def reasons_tried(
    outcome: str, by: str, voicemail: str, safe: str, happened_at: datetime, asked_at: datetime, at: datetime, due_at: datetime, is_waiting: bool, is_answered: bool,
    why_late: str,
) -> dict[str, str]:
    """Why an attempt to answer cannot be recorded so."""
    if hidden := reasons_hidden(by, safe, is_waiting):
        return {"": hidden[0]}
    if outcome == "written" and by not in WRITTEN_WAYS:
        return {"outcome": "They asked to be rung. Nobody said that writing to them is safe"}
    answers = outcome in ("reached", "written") and not is_answered
    return reasons_attempt("reached" if answers else outcome, voicemail, safe, happened_at, asked_at, at, due_at if answers else at, is_waiting, why_late)


def reasons_end(how: str, reason: str, attempts: int, fewest: int, can_answer: bool, is_answered: bool, due_at: datetime, at: datetime, is_waiting: bool) -> dict[str, str]:
    """Why a request cannot be closed so. Giving up never hides that nobody tried."""
    if not is_waiting:
        return {"": "This waits no more."}
    if how == "advised" and not is_answered:
        return {"how": "Nobody has answered them yet. Record that first"}
    if how == "noted" and can_answer:
        return {"how": "A reply is safe and wanted. Answer them first"}
    if how == "unreached" and not can_answer:
        return {"how": "No reply is safe or wanted: it is read and written down"}
    if how == "unreached" and is_answered:
        return {"how": "They were reached"}
    if how == "unreached" and attempts < fewest:
        return {"how": f"Try {fewest} times before you give up. {attempts} recorded so far"}
    if how == "unreached" and at <= due_at:
        return {"how": "There is still time to reach them. Try again before you give up"}
    if len(reason.strip()) < SHORTEST_REASON:
        return {"reason": f"Say why, in {SHORTEST_REASON} characters or more"}
    return {}


def reasons_open(is_waiting: bool, has_notes: bool) -> list[str]:
    """Why no notes can be opened from a request."""
    if has_notes:
        return ["Notes were opened from this already."]
    return [] if is_waiting else ["This was closed."]


def state(due_at: datetime, answered_at: datetime | None, end: str, at: datetime) -> str:
    """Where a request stands: exactly on time is in time."""
    if end:
        return end
    if answered_at:
        return "answered"
    return "overdue" if at > due_at else "waiting"


def way_on(by: str, safe: str) -> int:
    """Which words the page after sending shows: 1 they will hear from the line, 2 only at the times that they named, 3 nobody contacts them."""
    if not may_answer(by, safe):
        return 3
    return 2 if safe == "windows" else 1
