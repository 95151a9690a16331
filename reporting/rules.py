"""When a return can be asked for, and when one that is being prepared is no longer in anybody's hands."""

from datetime import datetime, timedelta

# A worker that was killed says nothing: after this long without a word its run may be taken over. Drawing takes seconds.
LEASE = timedelta(minutes=5)
# A run that no worker has picked up for so long may be put in the queue again; two workers cannot both have it.
PATIENCE = timedelta(minutes=1)


def reasons_cannot_ask(ends_at: datetime, at: datetime) -> list[str]:
    """Why no return can be prepared for a quarter that is over at `ends_at`.

    Of a quarter that runs, two returns would differ by what happened between them: by a single person, perhaps.
    """
    if ends_at > at:
        return ["This quarter is not over."]
    return []


def may_be_claimed(state: str, claimed_at: datetime | None, at: datetime) -> bool:
    """May a worker take this run? One that waits, or one whose worker has not been heard of for a whole lease."""
    return state == "queued" or (state == "running" and claimed_at is not None and claimed_at + LEASE <= at)


def is_stalled(state: str, asked_at: datetime, claimed_at: datetime | None, at: datetime) -> bool:
    """Is nobody working on it, although it is not finished? Then a person may send it to a worker again."""
    return may_be_claimed(state, claimed_at, at) and (state == "running" or asked_at + PATIENCE <= at)


def reasons_cannot_ask_again(state: str, asked_at: datetime, claimed_at: datetime | None, at: datetime) -> list[str]:
    """Why a run cannot be sent to a worker again."""
    if state == "ready":
        return ["This return is ready."]
    if state != "failed" and not is_stalled(state, asked_at, claimed_at, at):
        return ["This return is being prepared."]
    return []
