"""What a person may see of the coordinator's desk: the referrals that came in, the meetings, and the list of each.

Everything starts from the cases whose listing the person may see; a case that is barred from them is in no list, no count and no copy.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, Exists, OuterRef, Prefetch, Q, When

from cases.access import visible_cases
from cases.calendar import is_working_day
from cases.models import Exclusion, Party
from cases.models.people import Role
from marac import rules
from marac.models import Listing, Meeting, MeetingState, Referral

# One section of the desk shows so many; the page says so when there are more.
MOST = 100

_PEOPLE = Prefetch("case__parties", queryset=Party.objects.select_related("person").order_by("id"), to_attr="people")


@dataclass(frozen=True)
class Row:
    """One case on a meeting's list, with its time."""

    listing: Listing
    starts_at: datetime
    children: int
    is_late: bool
    is_first: bool
    is_last: bool
    is_repeat: bool

    @property
    def referral(self):
        return self.listing.referral

    @property
    def reference(self):
        return self.listing.case.reference

    @property
    def victim(self):
        return victim_of(self.listing.case)


@dataclass(frozen=True)
class Incoming:
    """One referral on the coordinator's desk, with how long it has waited."""

    referral: Referral
    working_days: int
    is_repeat: bool

    @property
    def victim(self):
        return victim_of(self.referral.case)

    @property
    def is_slow(self):
        return self.working_days > 1


def victim_of(case):
    """The name of the victim/survivor among the people that were fetched with the case."""
    return next((party.person.name for party in case.people if party.role == Role.VICTIM), "Name not known")


def _rests_on_barred(actor, column=""):
    """For a query: does the repeat of this referral rest on a case that is barred from this person?"""
    return Exists(Exclusion.objects.filter(Q(user=actor.user_id) | Q(agency=actor.agency_id), case=OuterRef(f"{column}last_referral__case"), lifted_at=None))


def _tells_repeat(actor, column=""):
    return Case(When(Q(**{f"{column}is_repeat": True}) & (~Q(**{f"{column}repeat_reason": ""}) | ~_rests_on_barred(actor, column)), then=True), default=False)


def found_repeat(actor, referral):
    """Did Waymark find a repeat, as far as this person may know? What rests on a case that is barred from them was not found."""
    return referral.is_repeat_computed and not Referral.objects.filter(_rests_on_barred(actor), pk=referral.pk).exists()


def referrals_in(actor, state):
    """The referrals that the actor's agency received and that stand in this state, longest waiting first. One more than MOST tells that there are more."""
    if not actor.may("run_marac"):
        return Referral.objects.none()
    return (
        _received(actor, state)
        .annotate(tells_repeat=_tells_repeat(actor))
        .select_related("case", "agency")
        .prefetch_related(_PEOPLE)
        .order_by("state_at", "id")[: MOST + 1]
    )


def _received(actor, state):
    return Referral.objects.filter(coordinating_agency=actor.agency_id, state=state, case__in=visible_cases(actor, "see_listing"))


def waiting_count(actor):
    """How many referrals wait for this coordinator's decision, counted up to MOST; nought for everybody else."""
    return _received(actor, "submitted")[:MOST].count() if actor.may("run_marac") else 0


def incoming(actor, state, at):
    """The same as rows of the desk: at most MOST, and whether there are more."""
    today = at.astimezone(rules.LONDON).date()
    found = list(referrals_in(actor, state))
    rows = [
        Incoming(
            referral, rules.working_days_since(referral.state_at.astimezone(rules.LONDON).date(), today, is_working_day), is_repeat=referral.tells_repeat
        )
        for referral in found[:MOST]
    ]
    return rows, len(found) > MOST


def meetings_for(actor, *, past=False, at=None):
    """For a coordinator the meetings of their own agency, for others those with a case on the list that they may see; each with `cases`, the count of what is seen."""
    seen = visible_cases(actor, "see_listing", at)
    meetings = Meeting.objects.annotate(cases=Count("listings", filter=Q(listings__case__in=seen), distinct=True)).select_related("agency")
    meetings = meetings.filter(Q(agency=actor.agency_id) if actor.may("run_marac") else Q(listings__case__in=seen)).distinct()
    if past:
        return meetings.filter(starts_at__lte=at).order_by("-starts_at", "-id")
    return meetings.filter(starts_at__gt=at).exclude(state=MeetingState.CANCELLED).order_by("starts_at", "id")


def unrecorded_meetings(actor, at):
    """The meetings of the coordinator's agency whose time has passed and of which nobody has said whether they were held, the oldest first."""
    if not actor.may("run_marac"):
        return Meeting.objects.none()
    return meetings_for(actor, past=True, at=at).filter(state=MeetingState.PLANNED).order_by("starts_at", "id")


def open_meetings(actor, at):
    """The meetings of the actor's agency on which a case can still be listed."""
    return Meeting.objects.filter(agency=actor.agency_id, state=MeetingState.PLANNED, starts_at__gt=at).order_by("starts_at", "id")


def rows_of(actor, meeting):
    """The list of a meeting in its order, as far as the actor may see it. The times count every case, so that they hold for all copies.

    A coordinator reads the lists of the own agency's meetings only; a representative any list, limited to the cases that they see.
    """
    if actor.may("run_marac") and meeting.agency_id != actor.agency_id:
        return []
    listings = list(
        Listing.objects.filter(meeting=meeting, case__in=visible_cases(actor, "see_listing"))
        .annotate(tells_repeat=_tells_repeat(actor, "referral__"))
        .select_related("case", "referral__agency")
        .prefetch_related(_PEOPLE)
        .order_by("position")
    )
    slot = timedelta(minutes=meeting.minutes_per_case)
    return [
        Row(
            listing=listing,
            starts_at=meeting.starts_at + slot * (listing.position - 1),
            children=sum(party.role == Role.CHILD for party in listing.case.people),
            is_late=bool(listing.leave_note),
            is_first=number == 0,
            is_last=number == len(listings) - 1,
            is_repeat=listing.tells_repeat,
        )
        for number, listing in enumerate(listings)
    ]
