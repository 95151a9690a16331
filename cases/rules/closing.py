"""When a case may be closed, and until when it may be opened again."""

from datetime import UTC, datetime

from cases.rules.clocks import LONDON, reasons_cannot_move_on

REOPEN_MONTHS = 12


class InTheWay(str):
    """A reason why a case cannot be closed, with the page on which that is put right."""

    def __new__(cls, words: str, url: str, link: str) -> "InTheWay":
        made = super().__new__(cls, words)
        made.url, made.link = url, link
        return made


def reasons_cannot_close(
    *, running_clocks: int, missed_without_reason: int, own_open_tasks: int, others_with_open_tasks: list[str], others: list[str]
) -> list[str]:
    """Why a case cannot be closed: a promise still runs, a missed one is unexplained, something is still to be done, or another part of Waymark says so."""
    reasons = []
    if running_clocks:
        reasons.append("A promise on this case is still running. Keep it, or stop it with a reason, first.")
    reasons += reasons_cannot_move_on(missed_without_reason)
    if own_open_tasks:
        reasons.append("Finish each action on this case, or say why it is not needed, first.")
    if others_with_open_tasks:
        reasons.append(f"These agencies still have an action to finish: {', '.join(others_with_open_tasks)}.")
    return reasons + others


def reasons_reason_needs_manager(closing_reason: str, may_countersign: bool) -> list[str]:
    """"Unable to contact" needs a manager: somebody who can stand behind the decision to stop trying (domain 6)."""
    if closing_reason == "unable_to_contact" and not may_countersign:
        return ["A manager must close a case as “unable to contact”. Ask yours."]
    return []


def reopen_until(closed_at: datetime) -> datetime:
    """The last instant at which a closed case may be opened again: twelve months on, by the calendar."""
    local = closed_at.astimezone(LONDON)
    # 29 February has no anniversary: the day after February ends stands in for it.
    day = local.replace(year=local.year + 1) if (local.month, local.day) != (2, 29) else local.replace(year=local.year + 1, month=3, day=1)
    return day.astimezone(UTC)


def reasons_cannot_reopen(closed_at: datetime | None, at: datetime) -> list[str]:
    """Why a case cannot be opened again."""
    if closed_at is None:
        return ["This case is open already."]
    if at > reopen_until(closed_at):
        return [f"This case was closed more than {REOPEN_MONTHS} months ago. Log a new disclosure instead."]
    return []


def reasons_closed(is_open: bool) -> list[str]:
    """Why nothing can be changed on a closed case."""
    return [] if is_open else ["This case is closed. Open it again first."]
