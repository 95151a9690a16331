"""Referrals that came in, on the page of everything that is due; and what passes to the lead agency when an agency may not see the case any more."""

from django.db.models import F
from django.urls import reverse

from agencies.gate import inside
from cases import chronology
from cases.due_kinds import columns, rank_of
from cases.extensions import DueKind, Work
from cases.models.chronology import Audience
from referrals.models import ReferralOut
from referrals.onward import rules


def _rows(reach):
    """Nobody holds a case that has only just come in, so that everybody of the service who may answer sees it."""
    waiting = ReferralOut.objects.filter(receiver=reach.actor.agency_id, state__in=rules.WAITING, case__in=reach.seen("receive_referrals"))
    return [columns(waiting, F("due_at"), rank=rank_of(reach), note=F("version__name"))]


DUE = DueKind(
    "incoming", "Referrals that came in", "receive_referrals", _rows, lambda item: f"Answer the referral to {item.note}",
    lambda item: reverse("referral_out", args=[item.reference, item.place]),
)


def left_to_do():
    """The referrals for which whoever made them has something to do: chase, read what became of it."""
    return ReferralOut.objects.filter(state__in=[*rules.WAITING, "accepted", "reported"])


def pass_on(act, case, agency_id):
    """An agency that may not see the case any more can chase nobody: the lead agency does it. What was said stays the words of who said it. Inside a gate."""
    assert inside(), "referrals are passed on inside a gate"
    found = list(left_to_do().filter(case=case, agency=agency_id).values_list("pk", flat=True))
    if found:
        ReferralOut.objects.filter(pk__in=found).update(agency=case.lead_agency_id)
        chronology.record(act, case, "sharing", f"Referrals out pass to {case.lead_agency.name}", audience=Audience.AGENCY)
    return found


WORK = Work("referrals_out", left_to_do, pass_on)
