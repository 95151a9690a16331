"""What a landlord's work says of a pathway's steps (referrals/pathways/facts.py): when each became true."""

from django.db.models import Exists, OuterRef

from cases.access import readable
from referrals.landlord import rules
from referrals.models import LandlordAction, RepairWaiver, SecurityMeasure
from referrals.pathways.facts import Fact

_LEFT = SecurityMeasure.objects.filter(case=OuterRef("case"), state=rules.ORDERED)


def _fitted(actor, case, at):
    """Nothing is left to fit: since the last of it was."""
    found = SecurityMeasure.objects.filter(case=case, fitted_at__isnull=False).exclude(Exists(_LEFT))
    return found.order_by("-fitted_at").values("fitted_at")


def _taken(side):
    return lambda actor, case, at: LandlordAction.objects.filter(case=case, side=side).order_by("recorded_at").values("recorded_at")


def _about_perpetrator(actor, case, at):
    """What an agency keeps to itself is a fact for that agency alone."""
    return readable(actor, LandlordAction.objects.filter(case=case, side=rules.PERPETRATOR)).order_by("recorded_at").values("recorded_at")


PATHWAY = {
    "security_fitted": Fact("Order security measures and have them fitted", _fitted),
    "waiver_decided": Fact("Decide whether damage is charged", lambda actor, case, at: RepairWaiver.objects.filter(case=case).order_by("decided_at").values("decided_at")),
    "tenancy_action": Fact("Record what is done about the tenancy", _taken(rules.SURVIVOR)),
    "perpetrator_action": Fact("Record what is done about the alleged perpetrator", _about_perpetrator),
}
