"""The list of a meeting: put a case on it, take it off, move it."""

from django.core.exceptions import PermissionDenied
from django.urls import reverse

from agencies.gate import Change, Refused, agency_action
from cases.access import visible_cases
from cases.gate import case_action
from marac import reassess, repeat, rules, steps
from marac.actions.triage import _received
from marac.models import Listing, Meeting, Referral


def _own_meeting(act, meeting_id):
    """The meeting, locked, if the actor's agency coordinates it. Its list changes under this lock only."""
    meeting = Meeting.objects.select_for_update(no_key=True).filter(pk=meeting_id, agency=act.actor.agency_id).first()
    if meeting is None:
        raise PermissionDenied("not this agency's meeting")
    return meeting


@case_action("listing.add", "see_listing")
def list_referral(act, case, *, referral_id, meeting_id, leave_note=""):
    """List an accepted case on a MARAC meeting; after the deadline only with the chair's leave (coordinator)."""
    referral = _received(act, case, referral_id)
    meeting = _own_meeting(act, meeting_id)
    late = rules.is_late(referral.submitted_at, meeting.referrals_due_at)
    refused = rules.reasons_cannot_list(
        referral.state, meeting_is_open=meeting.is_open(act.at), late=late, leave_note=leave_note, same_pair_listed=_same_pair_listed(act, case, meeting)
    )
    if refused:
        raise Refused(refused, code="listing", field="leave_note" if late and "leave" in refused[0] else "meeting")
    last = meeting.listings.order_by("-position").values_list("position", flat=True).first() or 0
    listing = Listing.objects.create(
        meeting=meeting, referral=referral, case=case, position=last + 1, listed_at=act.at, listed_by_id=act.actor.user_id,
        leave_note=leave_note.strip() if late else "",
    )
    reassess.listed(act, listing, meeting)
    change = steps.move(act, referral, "list", meeting=meeting)
    return Change(
        subject=change.subject, case=case, before=change.before, after=change.after | {"position": listing.position, "late": late}, result=listing,
        led_to=reverse("marac_meeting", args=[meeting.pk]),
    )


def _same_pair_listed(act, case, meeting):
    """Is the pair on this list already? Only among cases that the actor may see: a bar must not speak through a refusal."""
    listed = Listing.objects.filter(meeting=meeting, case__in=visible_cases(act.actor, "see_listing", act.at))
    return listed.filter(case=case).exists() or repeat.is_among(case, Referral.objects.filter(listings__in=listed))


@case_action("listing.remove", "see_listing")
def unlist_referral(act, case, *, referral_id, reasons):
    """Take a case off the list of a MARAC meeting that has not started, with the reason (coordinator)."""
    referral = _received(act, case, referral_id)
    if refused := rules.reasons_cannot("unlist", referral.state):
        raise Refused(refused, code="state")
    found = Listing.objects.filter(referral=referral).order_by("-listed_at").first()
    meeting = _own_meeting(act, found.meeting_id)
    if refused := rules.reasons_cannot_change_meeting(meeting.state, act.at >= meeting.starts_at):
        raise Refused(refused, code="meeting")
    change = steps.move(act, referral, "unlist", reasons=reasons, meeting=meeting)
    reassess.taken_off(act, found)
    found.delete()
    _close_ranks(meeting)
    return change


def _close_ranks(meeting):
    """After a case has left, the others follow each other without a gap."""
    rows = list(meeting.listings.order_by("position"))
    for position, row in enumerate(rows, start=1):
        row.position = position
    Listing.objects.bulk_update(rows, ["position"])


@agency_action("listing.move", "run_marac")
def move_listing(act, *, meeting_id, listing_id, direction, from_position):
    """Move a case one place up or down on the list of a MARAC meeting (coordinator)."""
    meeting = _own_meeting(act, meeting_id)
    if refused := rules.reasons_cannot_change_meeting(meeting.state, act.at >= meeting.starts_at):
        raise Refused(refused, code="meeting")
    # Among the cases that the actor sees: one that is hidden from them keeps its place.
    rows = list(meeting.listings.filter(case__in=visible_cases(act.actor, "see_listing", act.at)).select_related("case").order_by("position"))
    place = next((number for number, row in enumerate(rows) if row.pk == listing_id), None)
    if place is None:
        raise PermissionDenied("not on this list")
    moved = rows[place]
    if moved.position != from_position:
        raise Refused("The list has changed since you opened it. Check the order, then move the case again.", code="stale")
    other_place = place + (-1 if direction == "up" else 1)
    if not 0 <= other_place < len(rows):
        raise Refused(f"This case is the {'first' if direction == 'up' else 'last'} already.", code="end")
    other = rows[other_place]
    moved.position, other.position = other.position, moved.position
    Listing.objects.bulk_update([moved, other], ["position"])
    return Change(subject=f"listing:{moved.pk}", case=moved.case, before={"position": from_position}, after={"position": moved.position, "meeting": meeting.pk})
