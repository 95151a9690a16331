"""Notices: what a person was told inside Waymark, in words, as far as they may still see the case that it is about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from cases import clocks
from cases.access import capabilities_on, visible_cases
from cases.compiled import Rows
from cases.models import Notification
from cases.models.orders import OrderState
from ui.times import short_date

PAGE = 25
COUNT_UP_TO = 99

# kind: what happened. `{promise}` is the clock's own promise. Apps above add their kinds in AppConfig.ready().
WORDS = {
    "clock.half": "Half the time has gone: {promise}",
    "clock.five_sixths": "Little time is left: {promise}",
    "clock.breach": "A promise was missed: {promise}",
    "clock.day_after": "A promise was missed a day ago: {promise}",
    "attempts.limit": "Several attempts to reach the victim/survivor have failed. Consider a MARAC referral or a police welfare check",
    "flag.raised": "A safety flag was raised. Read it before you go near",
    "flag.removed": "A safety flag was removed by two people",
    "assessment.asked": "You were asked to complete a DASH",
    "match.elsewhere": "Another case may be about the victim/survivor of this one. Compare with whoever holds it",
    "disclosure.joined": "Another disclosure was added to this case. Compare it with what the case holds",
    "person.changed": "Details of somebody on this case were changed. Check that they hold",
    "risk.changed": "Something has changed that can change the risk. It is to be assessed again",
    "merge.left": "This case was closed while what you proposed about two records of one person waits. Open it again, or propose it on the other case",
    "merge.settled": "What you proposed about two records of one person waits no longer: one of the records has changed. Compare them anew if they are still one person",
    "file.shared": "A file that you added, and that names a protected place, was shared with partners. The file says with whom",
    "file.kept": "A file that you added stays with your agency, because it names a protected place. Add one that does not name it, if partners need it",
    "case.allocated": "This case was allocated to you",
    "case.handed_over": "This case was handed to a colleague, and is not yours any more",
    "order.ends": "An order ends on {day}. Check whether it has to be extended",
    "order.ended": "An order ended on {day}. Check whether a court has set a new last day",
}
_ALERTS = {"clock.breach", "clock.day_after", "attempts.limit", "flag.raised", "order.ended", "risk.changed"}
# kind: the page of a case that it leads to, where that is not the case itself. Apps above add theirs.
PLACES = {
    "disclosure.joined": "further_notes", "risk.changed": "risk_over_time", "assessment.asked": "assessment_start", "order.ends": "order_list", "merge.left": "people_same",
    "merge.settled": "people_same", "file.shared": "file_list", "file.kept": "file_list",
    "order.ended": "order_list",
}
# What opens those pages, where it is not that one may read the case.
NEEDS = {"assessment_start": "assess_risk"}


@dataclass(frozen=True)
class BeforeACase:
    """What is told of something that has no case yet: its words, who may open it, and where `about` leads."""

    words: str
    needs: str
    place: Callable
    is_alert: bool


# kind: what is told to the people of one agency before there is a case. Apps above add theirs.
BEFORE_A_CASE: dict[str, BeforeACase] = {}
# Kinds that speak of a listing: who sees no more of the case than that reads them too.
OF_A_LISTING = set()


@dataclass(frozen=True)
class Notice:
    """One notice as the page shows it."""

    id: int
    text: str
    reference: str
    url: str
    at: datetime
    is_read: bool
    is_alert: bool
    due_at: datetime | None
    since: str  # what has become of the promise


def notices_of(actor, before=None):
    """A page of notices, newest first, and the id before which the next page begins (None at the end)."""
    mine = _still_visible(actor, with_listings=actor.may("see_listing")).select_related("case", "clock", "order_alert__order", "order_alert__wording__replaced_by")
    mine = mine.order_by("-at", "-id")
    # By when it became true, and not by when it was written: a missed promise may be noticed late.
    if last := Notification.objects.filter(user=actor.user_id, pk=before).first() if before else None:
        mine = mine.filter(Q(at__lt=last.at) | Q(at=last.at, id__lt=last.pk))
    found = list(mine[: PAGE + 1])
    return [_worded(one) for one in found[:PAGE]], found[PAGE - 1].pk if len(found) > PAGE else None


def place_of(actor, notice_id):
    """Where one of a person's own notices leads; None where they may not see any more what it speaks of."""
    found = _still_visible(actor, with_listings=actor.may("see_listing")).filter(pk=notice_id).select_related("case").first()
    if found is None:
        return None
    if found.case_id is None:
        kind = BEFORE_A_CASE.get(found.kind)
        return kind.place(_subject(found)) if kind and actor.may(kind.needs) else None
    place = PLACES.get(found.kind, "case")
    # Who may see less by now than when they were told is led to the case, which they still see, and not to a page that refuses them.
    if place != "case" and found.kind not in OF_A_LISTING and NEEDS.get(place, "see_case") not in capabilities_on(actor, found.case):
        place = "case"
    return reverse(place, args=[found.case.reference])


def unread_count(actor):
    """How many notices a person has not read, counted up to 99."""
    if actor is None or actor.agency_id is None or not (actor.may("see_summary") or any(actor.may(kind.needs) for kind in BEFORE_A_CASE.values())):
        return 0
    # The SQL of each is made once and asks the same of everybody, so the ceiling of the role is asked here.
    unread = _unread_with_listings if actor.may("see_listing") else _unread
    return len(unread(actor, timezone.now()))


def _still_visible(actor, at=None, *, with_listings):
    # Without a case it is the agency's own, and told only to whoever may open it; a colleague who changes agency leaves it behind.
    seen = Q(case__in=visible_cases(actor, at=at)) | Q(case=None, agency=actor.agency_id)
    if with_listings:
        seen |= Q(kind__in=sorted(OF_A_LISTING), case__in=visible_cases(actor, "see_listing", at))
    return Notification.objects.filter(seen, user=actor.user_id)


def _not_read(mine):
    return mine.filter(read_at=None).order_by().values_list("pk")[:COUNT_UP_TO]


_unread = Rows(lambda actor, case, at: _not_read(_still_visible(actor, at, with_listings=False)))
_unread_with_listings = Rows(lambda actor, case, at: _not_read(_still_visible(actor, at, with_listings=True)))


def _subject(one):
    """What a notice without a case speaks of, as kind:id."""
    return one.about.rpartition("/")[0] or one.about


def _worded(one):
    if one.case_id is None:
        kind = BEFORE_A_CASE.get(one.kind)
        words = kind.words if kind else "Something needs you"
        return Notice(one.pk, words, "", reverse("notice", args=[one.pk]), one.at, one.read_at is not None, bool(kind and kind.is_alert), None, "")
    clock = one.clock
    promise = clocks.KINDS[clock.kind].promise[:1].lower() + clocks.KINDS[clock.kind].promise[1:] if clock else ""
    alert = one.order_alert
    text = WORDS.get(one.kind, "Something on this case needs you").format(promise=promise, day=short_date(alert.wording.ends_on) if alert else "")
    if alert and (alert.order.state == OrderState.ENDED or hasattr(alert.wording, "replaced_by")):
        text = f"{text}. It has been changed or ended since"
    since = "" if clock is None else "still open" if clock.is_running else "kept since" if clock.outcome == "met" else "stopped since"
    return Notice(
        one.pk, text, one.case.reference, reverse("notice", args=[one.pk]), one.at,
        one.read_at is not None, one.kind in _ALERTS, clock.due_at if clock else None, since,
    )
