"""Notices: what a person was told inside Waymark, in words, as far as they may still see the case that it is about."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from cases import clocks
from cases.access import visible_cases
from cases.compiled import Rows
from cases.models import Notification

PAGE = 25
COUNT_UP_TO = 99

# kind: what happened. `{promise}` is the clock's own promise. Apps above add their kinds in AppConfig.ready().
WORDS = {
    "clock.half": "Half the time has gone: {promise}",
    "clock.five_sixths": "Little time is left: {promise}",
    "clock.breach": "A promise was missed: {promise}",
    "clock.day_after": "A promise was missed a day ago: {promise}",
    "attempts.limit": "Several attempts to reach the victim/survivor have failed. Consider a MARAC referral or a police welfare check",
    "case.allocated": "This case was allocated to you",
}
_ALERTS = {"clock.breach", "clock.day_after", "attempts.limit"}


@dataclass(frozen=True)
class Notice:
    """One notice as the page shows it."""

    id: int
    text: str
    reference: str
    at: datetime
    is_read: bool
    is_alert: bool
    due_at: datetime | None
    since: str  # what has become of the promise


def notices_of(actor, before=None):
    """A page of notices, newest first, and the id before which the next page begins (None at the end)."""
    mine = _still_visible(actor).select_related("case", "clock").order_by("-id")
    if before:
        mine = mine.filter(id__lt=before)
    found = list(mine[: PAGE + 1])
    return [_worded(one) for one in found[:PAGE]], found[PAGE - 1].pk if len(found) > PAGE else None


def unread_count(actor):
    """How many notices a person has not read, counted up to 99."""
    if actor is None or actor.agency_id is None or not actor.may("see_summary"):
        return 0
    return len(_unread(actor, timezone.now()))


def _still_visible(actor, at=None):
    return Notification.objects.filter(user=actor.user_id, case__in=visible_cases(actor, at=at))


_unread = Rows(lambda actor, case, at: _still_visible(actor, at).filter(read_at=None).order_by().values_list("pk")[:COUNT_UP_TO])


def _worded(one):
    clock = one.clock
    promise = clocks.KINDS[clock.kind].promise[:1].lower() + clocks.KINDS[clock.kind].promise[1:] if clock else ""
    text = WORDS.get(one.kind, "Something on this case needs you").format(promise=promise)
    since = "" if clock is None else "still open" if clock.is_running else "kept since" if clock.outcome == "met" else "stopped since"
    return Notice(
        one.pk, text, one.case.reference, one.at, one.read_at is not None, one.kind in _ALERTS, clock.due_at if clock else None, since,
    )
