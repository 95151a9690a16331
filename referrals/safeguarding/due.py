"""Safeguarding referrals on the page of everything that is due: those that wait for a decision. What was sent, and a school to be told, run as promises."""

from django.db.models import F
from django.urls import reverse

from cases.due_kinds import columns, rank_of
from cases.extensions import DueKind
from referrals.models import OnwardState, SafeguardingReferral
from referrals.safeguarding import rules


def _rows(reach):
    """Those of one's own agency on the cases that these people hold; a call that has to be made within a day stands beside the promises."""
    waiting = SafeguardingReferral.objects.filter(agency=reach.actor.agency_id, state=OnwardState.PROPOSED, case__in=reach.held("add_entry"))
    return [columns(waiting.exclude(route=rules.SCHOOL), F("due_at"), rank=rank_of(reach), note=F("route"))]


def _words(item):
    if item.note == rules.EMERGENCY:
        return "Ring the emergency duty team, or 999"
    return f"Send a referral, or decide against it: {rules.ROUTES[item.note].label}"


DUE = DueKind("onward", "Safeguarding referrals", "add_entry", _rows, _words, lambda item: reverse("onward", args=[item.reference, item.place]))
