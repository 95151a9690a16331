"""Security measures that are left to see to pass to the lead agency when whoever ordered them may not see the case any more; who pays stays."""

from agencies.gate import inside
from cases import chronology
from cases.extensions import Work
from cases.models.chronology import Audience
from referrals.landlord import rules
from referrals.models import SecurityMeasure, SecurityOrder


def left_to_do():
    """The orders of which something waits to be fitted or checked."""
    waiting = SecurityMeasure.objects.filter(state__in=rules.OPEN).values("order")
    return SecurityOrder.objects.filter(pk__in=waiting)


def pass_on(act, case, agency_id):
    """The lead agency sees to what is left, and its time goes on. Inside a gate."""
    assert inside(), "orders are passed on inside a gate"
    found = list(left_to_do().filter(case=case, agency=agency_id).values_list("pk", flat=True))
    if found:
        SecurityOrder.objects.filter(pk__in=found).update(agency=case.lead_agency_id)
        # For the lead alone, who has to act on it: to partners it would say that an agency was shut out.
        chronology.record(
            act, case, "task", f"Security measures pass to {case.lead_agency.name}", text="The time in which they are due goes on.", audience=Audience.AGENCY,
        )
    return found


WORK = Work("security", left_to_do, pass_on)
