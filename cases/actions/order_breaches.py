"""Logging that a protective order was breached. A breach is a reason to assess the risk again (domain 1.5): it raises the action to do so."""

from django.http import Http404

from cases import chronology, reassessing
from cases.actions.orders import current_wording
from cases.gate import Change, Refused, case_action
from cases.models import Order, OrderBreach
from cases.rules import orders as rules
from cases.rules.clocks import LONDON
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
    day = happened_at.astimezone(LONDON).date()
    reassessing.happened(act, case, "breach", day, origin=f"breach:{breach.pk}", audience=audience)
    return Change(
        subject=f"order:{order.pk}", case=case, result=breach, led_to=f"/cases/{case.reference}/orders/{order.pk}/",
        after={"breach": breach.pk, "happened_at": happened_at.isoformat(), "is_reported": is_reported, "audience": audience},
    )
