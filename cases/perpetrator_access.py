"""What the alleged perpetrator can reach has changed: every way of contact is to be checked with the victim/survivor again (domain 8.1)."""

from datetime import UTC, datetime, time

from agencies.gate import inside
from cases import chronology
from cases.access import can
from cases.models import AccessChange, Address, Party, SafeContact
from cases.models.contact import PLACES, Safe
from cases.models.people import Role, Visibility
from cases.rules.clocks import LONDON
from cases.rules.same_door import same_door
from ui.times import local_date

# Of what somebody says that changes the risk, what changes this.
EVENTS = ("access", "release")
_TO_CHECK = "Every way of contact is to be checked with the victim/survivor again"


def changed(act, case, kind, *, on=None):
    """It changed now, or will `on` a day that is still ahead: from its first minute nothing that was checked before counts as safe. Once for each instant: was it new?"""
    assert inside(), "a change of access is kept inside a gate"
    at = max(act.at, datetime.combine(on, time(0), LONDON).astimezone(UTC)) if on else act.at
    _, is_new = AccessChange.objects.get_or_create(case=case, at=at, defaults={"kind": kind, "recorded_at": act.at})
    if is_new and SafeContact.objects.filter(case=case, ended_at=None, is_safe=Safe.YES).exists():
        day = f" ({local_date(on)})" if at > act.at else ""
        chronology.record(act, case, "people", _TO_CHECK, text=f"{AccessChange(kind=kind).get_kind_display()}{day}.")
    return is_new


def moved_in(act, case, parties):
    """Somebody said that these live in the home of the victim/survivor: new, of those of whom nobody had said so."""
    moved = [party.pk for party in parties if not party.lives_with_victim]
    if moved:
        Party.objects.filter(pk__in=moved).update(lives_with_victim=True)
        changed(act, case, "home")


def is_hiding(case):
    """Is the address of the victim/survivor a protected one?"""
    return Address.objects.filter(case=case, party__role=Role.VICTIM, until_at=None).exclude(visibility=Visibility.NORMAL).exists()


def lives_there(case, role, lines, postcode="", *, as_seen_by):
    """Does the victim/survivor, or an alleged perpetrator, live at this door, as far as this actor may know?"""
    theirs = Address.objects.filter(case=case, party__role=role, until_at=None)
    if not can(as_seen_by, "see_protected_address", case):
        theirs = theirs.filter(visibility=Visibility.NORMAL)
    return any(same_door((lines, postcode), place) for place in theirs.values_list("lines", "postcode"))


def leads_to_them(case, contact, *, as_seen_by):
    """Does this letter or visit lead to the door of an alleged perpetrator, as far as this actor may know?"""
    return contact.channel in PLACES and bool(contact.value) and lives_there(case, Role.PERPETRATOR, contact.value, as_seen_by=as_seen_by)


def instants(case):
    """When it changed, and when it will."""
    return list(of_case(None, case, None).values_list("at", flat=True))


def of_case(actor, case, at):
    """The changes of a case, the earliest first."""
    return AccessChange.objects.filter(case=case).order_by("at")
