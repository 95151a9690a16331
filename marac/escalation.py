"""Potential escalation: incidents that the police know of are adding up (domain 1.5, the third criterion). Counted whenever it is read, and stored nowhere."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, Value

from agencies import policies
from cases.access import readable
from cases.compiled import Rows
from cases.models import OrderBreach
from marac import rules
from referrals.models import Disclosure, SchoolNotice


@dataclass(frozen=True)
class Escalation:
    """How many incidents there were, and how many make the criterion, with what that rests on."""

    incidents: int
    enough: int
    basis: str
    last_at: datetime

    @property
    def is_reached(self):
        return self.incidents >= self.enough


def _known_to_police(actor, case, at):
    """When each incident was and the police's number of it, as far as this reader may read of it: a disclosure with a number, a breach that was reported, a visit that a
    school was told of."""
    told = Disclosure.objects.filter(
        Q(case=case) | Q(joined_to=case, agency=actor.agency_id) | Q(joined_to=case, joined_to__lead_agency=actor.agency_id), received_at__isnull=False,
    ).exclude(police_incident_number="")
    breaches = readable(actor, OrderBreach.objects.filter(case=case, is_reported=True))
    visits = SchoolNotice.objects.filter(case=case, is_attended=True)
    found = ((told, "received_at", F("police_incident_number")), (breaches, "happened_at", F("police_reference")), (visits, "incident_at", Value("")))
    first, *rest = (rows.order_by().annotate(was_at=F(name), number=number).values_list("was_at", "number") for rows, name, number in found)
    return first.union(*rest)


_told = Rows(_known_to_police)


def of_case(actor, case, at):
    """Where a case stands against the criterion; None where the police know of nothing. One query, and one more where they do."""
    incidents = rules.incidents_within_a_year(_told(actor, at, case=case), at)
    if not incidents:
        return None
    setting = policies.in_force("marac.escalation_incidents", None, at)
    return Escalation(len(incidents), setting.whole, setting.basis, incidents[-1])
