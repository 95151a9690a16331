"""Safeguarding referrals on the page of everything that is due: to be decided, to be sent, or to be chased."""

from django.db.models import F
from django.urls import reverse

from cases.due_kinds import columns
from cases.extensions import DueKind
from referrals.models import OnwardState, SafeguardingReferral
from referrals.safeguarding import rules


def _rows(reach):
    """Those of one's own agency on the cases that these people hold. What is due next, and when, is on the row."""
    open_ones = SafeguardingReferral.objects.filter(agency=reach.actor.agency_id, state__in=[OnwardState.PROPOSED, OnwardState.SENT], case__in=reach.held("add_entry"))
    return [columns(open_ones, F("due_at"), code=F("state"), note=F("route"))]


def _words(item):
    if item.note == rules.SCHOOL and item.code == OnwardState.PROPOSED:
        return "Tell the school (Operation Encompass)"
    label = rules.ROUTES[item.note].label
    return f"Send a referral, or decide against it: {label}" if item.code == OnwardState.PROPOSED else f"Answer wanted: {label}"


DUE = DueKind("onward", "Safeguarding referrals", "add_entry", _rows, _words, lambda item: reverse("onward", args=[item.reference, item.place]))
