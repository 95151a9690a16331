"""Logging that a protective order was breached. A breach is a reason to assess the risk again (domain 1.5): it raises the action to do so."""

from django.http import Http404

from agencies import policies
from agencies.gate import inside
from cases import chronology
from cases.actions.orders import current_wording
from cases.calendar import is_working_day
from cases.gate import Change, Refused, case_action
from cases.models import Order, OrderBreach, Task
from cases.models.chronology import Audience
from cases.reassessing import REASSESS
from cases.rules import orders as rules
from cases.rules.clocks import deadline
from cases.rules.closing import reasons_closed


@case_action("order.breach", "add_entry", counts=False)
def log_breach(act, case, *, order_id, happened_at, what, audience, is_reported, done_about_it, police_reference=""):
    """Log that an order was breached, for the audience that its writer chose, and raise the action to assess the risk again."""
    if reasons := reasons_closed(case.is_open):
        raise Refused(reasons, code="closed")
    order = Order.objects.filter(pk=order_id, case=case).first()
    if order is None:
        raise Http404
    said = current_wording(order)
    last_day = min((day for day in (said.ends_on, order.ended_on) if day), default=None)
    for field, reason in rules.reasons_breach(order.state, said.starts_on, last_day, happened_at, act.at).items():
        raise Refused(reason, code=f"breach:{field}", field=field or None)
    breach = OrderBreach.objects.create(
        case=case, order=order, agency_id=act.actor.agency_id, audience=audience, happened_at=happened_at, what=what, is_reported=is_reported,
        police_reference=police_reference, done_about_it=done_about_it, recorded_at=act.at, recorded_by_id=act.actor.user_id,
    )
    chronology.record(
        act, case, "order", f"Breach: {order.get_kind_display()}", text=f"{what}\nWhat was done: {done_about_it}", audience=audience, happened_at=happened_at,
    )
    _ask_to_assess_again(act, case, breach)
    return Change(
        subject=f"order:{order.pk}", case=case, result=breach, led_to=f"/cases/{case.reference}/orders/{order.pk}/",
        after={"breach": breach.pk, "happened_at": happened_at.isoformat(), "is_reported": is_reported, "audience": audience},
    )


def _ask_to_assess_again(act, case, breach):
    """For the agency that logged it, or for the lead agency where that cannot assess and may know of it. Once, until somebody has assessed."""
    assert inside(), "an action is raised inside a gate"
    may_assess = act.actor.may("assess_risk")
    agency = act.actor.agency_id if may_assess or breach.audience == Audience.AGENCY else case.lead_agency_id
    if Task.objects.filter(case=case, agency=agency, kind=REASSESS, done_at=None).exists():
        return
    within = policies.in_force("orders.reassess_within", agency, act.at).allowance
    Task.objects.create(
        case=case, agency_id=agency, owner_id=act.actor.user_id if may_assess else None, kind=REASSESS, origin=f"breach:{breach.pk}",
        title="Assess the risk again: an order was breached", raised_at=act.at, due_at=deadline(act.at, within.amount, within.unit, is_working_day),
        why="A breach can mean that the danger is growing. Go through the safety plan with them as well.",
    )
