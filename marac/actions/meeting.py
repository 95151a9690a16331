"""Plan a meeting, change its time, cancel it, record that it was held."""

from django.urls import reverse

from agencies import policies
from agencies.gate import Change, Refused, agency_action
from cases.calendar import is_working_day
from cases.models import Case
from marac import reassess, rules, steps
from marac.actions.listing import _own_meeting
from marac.models import Listing, Meeting, MeetingState


def _frozen(starts_at, at):
    """What follows from a meeting's time, under the settings in force now: the deadline with its basis, and the minutes for each case."""
    days = policies.in_force("marac.referral_deadline_days", None, at)
    minutes = policies.in_force("marac.minutes_per_case", None, at)
    return {
        "starts_at": starts_at,
        "referrals_due_at": rules.referral_deadline(starts_at, days.whole, is_working_day),
        "deadline_basis": f"{days.whole} working day{'' if days.whole == 1 else 's'} before ({days.basis})",
        "minutes_per_case": minutes.whole,
    }


def _check_future(starts_at, at):
    if starts_at <= at:
        raise Refused("The meeting must be in the future.", code="past", field="starts_at")


@agency_action("meeting.plan", "run_marac")
def plan_meeting(act, *, area, starts_at):
    """Plan a MARAC meeting; the deadline for referrals follows from its time."""
    _check_future(starts_at, act.at)
    if Meeting.objects.filter(agency=act.actor.agency_id, area=area, starts_at=starts_at, state=MeetingState.PLANNED).exists():
        raise Refused("This meeting is planned already.", code="twice", field="starts_at")
    meeting = Meeting.objects.create(
        agency_id=act.actor.agency_id, area=area, state_at=act.at, created_at=act.at, created_by_id=act.actor.user_id, **_frozen(starts_at, act.at)
    )
    return Change(
        subject=f"meeting:{meeting.pk}", after={"starts_at": starts_at.isoformat(), "due_at": meeting.referrals_due_at.isoformat()}, result=meeting,
        led_to=reverse("marac_meeting", args=[meeting.pk]),
    )


def _changeable(act, meeting_id):
    meeting = _own_meeting(act, meeting_id)
    if refused := rules.reasons_cannot_change_meeting(meeting.state, act.at >= meeting.starts_at):
        raise Refused(refused, code="meeting")
    return meeting


@agency_action("meeting.change", "run_marac")
def change_meeting(act, *, meeting_id, area, starts_at, opened_at_revision):
    """Change the area or the time of a MARAC meeting; a new time brings a new deadline."""
    _lock_cases(act, meeting_id)
    meeting = _changeable(act, meeting_id)
    if meeting.revision != opened_at_revision:
        raise Refused("Somebody else changed this meeting after you opened the page. Check what they changed, then save again.", code="stale")
    _check_future(starts_at, act.at)
    starts_before = meeting.starts_at
    before = {"starts_at": meeting.starts_at.isoformat(), "due_at": meeting.referrals_due_at.isoformat()}
    facts = {"area": area} | (_frozen(starts_at, act.at) if starts_at != meeting.starts_at else {})
    for name, value in facts.items():
        setattr(meeting, name, value)
    meeting.revision += 1
    meeting.save(update_fields=[*facts, "revision"])
    reassess.moved(act, meeting, starts_before)
    after = {"starts_at": meeting.starts_at.isoformat(), "due_at": meeting.referrals_due_at.isoformat()}
    return Change(subject=f"meeting:{meeting.pk}", before=before, after=after, result=meeting)


def _lock_cases(act, meeting_id):
    """The ids of the cases on the list, locked before the meeting is, as every other action locks them."""
    listed = Listing.objects.filter(meeting=meeting_id, meeting__agency=act.actor.agency_id).values_list("case_id", flat=True)
    # NO KEY UPDATE: the sweep's notices, which merely point to a case, do not wait for this.
    return set(Case.objects.filter(pk__in=list(listed)).order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))


@agency_action("meeting.cancel", "run_marac")
def cancel_meeting(act, *, meeting_id, reasons):
    """Cancel a MARAC meeting, or record that it did not take place; its cases wait for another one."""
    locked = _lock_cases(act, meeting_id)
    meeting = _own_meeting(act, meeting_id)
    if refused := rules.reasons_cannot_cancel(meeting.state):
        raise Refused(refused, code="meeting")
    if refused := rules.reasons_not_given("cancel", reasons):
        raise Refused(refused, code="reasons", field="reasons")
    # Every case, also one that is hidden from the person who cancels: none may stay behind on a meeting that will not be.
    for listing in Listing.objects.filter(meeting=meeting).select_related("referral", "referral__case").order_by("case_id"):
        if listing.case_id not in locked:
            raise Refused("A case was listed while you cancelled the meeting. Look at the list, then cancel it again.", code="stale")
        act.also("listing.remove", steps.move(act, listing.referral, "unlist", reasons=f"The meeting was cancelled: {reasons}", meeting=meeting))
        reassess.taken_off(act, listing)
        listing.delete()
    before = meeting.state
    meeting.state, meeting.state_at, meeting.state_reason = MeetingState.CANCELLED, act.at, reasons[:500]
    meeting.revision += 1
    meeting.save(update_fields=["state", "state_at", "state_reason", "revision"])
    return Change(subject=f"meeting:{meeting.pk}", before={"state": before}, after={"state": meeting.state})


@agency_action("meeting.hold", "run_marac")
def hold_meeting(act, *, meeting_id):
    """Record that a MARAC meeting was held; sight of its listings ends so many days later."""
    locked = _lock_cases(act, meeting_id)
    meeting = _own_meeting(act, meeting_id)
    if refused := rules.reasons_cannot_hold(meeting.state, act.at >= meeting.starts_at):
        raise Refused(refused, code="meeting")
    before = meeting.state
    meeting.state, meeting.state_at = MeetingState.HELD, act.at
    meeting.revision += 1
    meeting.save(update_fields=["state", "state_at", "revision"])
    for listing in meeting.listings.select_related("case").order_by("case_id"):
        if listing.case_id not in locked:
            raise Refused("A case was listed at this moment. Look at the list, then record it again.", code="stale")
        steps.settle_sight(act, listing.case)
    return Change(subject=f"meeting:{meeting.pk}", before={"state": before}, after={"state": meeting.state})
