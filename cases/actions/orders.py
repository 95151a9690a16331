"""What people do about a protective order: record it, say that it was served or what the court decided, change what it says, end it.

Any partner who adds to the case may do it: whoever hears first that an order was served or has ended writes it down.
"""

from datetime import time

from django.http import Http404

from agencies import policies
from agencies.gate import inside
from agencies.models import User
from cases import chronology, clocks, order_alerts, perpetrator_access, reassessing
from cases.gate import Change, Refused, case_action, refuse_closed
from cases.models import Clock, Order, OrderProtects, OrderWording, Party
from cases.models.clock import ClockOutcome
from cases.models.orders import EndedBecause, OrderState
from cases.protected_places import places_of
from cases.rules import orders as rules
from cases.rules.clocks import LONDON
from cases.rules.named_places import names_a_place
from cases.rules.order_types import TYPES
from ui.times import instant, local_date, local_time

_NOON = time(12)
# What one wording says, as the forms send it.
SAYS = ("court", "case_number", "terms", "starts_on", "ends_on", "power_of_arrest")
PLACE = "protected_place"
PLACE_NAMED = "The terms name a protected place of this case. Leave it out, or say below that it must stand there."


@case_action("order.add", "add_entry")
def add_order(
    act, case, *, kind, state, respondent, protected, served_at=None, police_informed=None, is_from_elsewhere=False, follows=None, names_place=False, **says
):
    """Record a protective order, or that one has been applied for."""
    refuse_closed(case)
    one, against = TYPES[kind], _party(case, respondent)
    notice = _order(case, follows) if follows else None
    _check_people(case, against, protected)
    _check(rules.reasons_not_given_here(one.label, is_available(one, says.get("starts_on"), act.at), is_from_elsewhere))
    _check(rules.reasons_facts(one, state, says.get("starts_on"), says.get("ends_on"), served_at, against.person.date_of_birth, act.at))
    _check_place(case, says.get("terms", ""), names_place)
    order = Order.objects.create(
        case=case, kind=kind, respondent=against, agency_id=act.actor.agency_id, state=state, is_from_elsewhere=is_from_elsewhere, follows=notice,
        served_at=served_at, police_informed=police_informed, recorded_at=act.at, recorded_by_id=act.actor.user_id,
    )
    wording = _write(act, order, protected, says)
    if one.hearing:
        clocks.start(act, case, one.hearing, agency=order.agency, owner=User.objects.get(pk=act.actor.user_id), started_at=served_at, about=_subject(order))
    title = "Applied for" if state == OrderState.APPLIED else "Given" if one.is_notice else "Made"
    _tell(act, case, f"{title}: {one.label}", _days(wording))
    return Change(subject=_subject(order), case=case, after={"kind": kind, "state": state, **_codes(wording)}, result=order, led_to=_url(order))


@case_action("order.change", "add_entry")
def change_order(act, case, *, order_id, why, protected, police_informed=None, names_place=False, **says):
    """Put another wording in the place of what an order says; the one before is kept."""
    refuse_closed(case)
    order = _order(case, order_id)
    before = current_wording(order)
    if reasons := rules.reasons_cannot_change(order.state):
        raise Refused(reasons, code="order:over")
    _check_people(case, order.respondent, protected)
    facts = (says.get("starts_on"), says.get("ends_on"), order.served_at, order.respondent.person.date_of_birth, act.at)
    _check(rules.reasons_facts(TYPES[order.kind], order.state, *facts))
    _check_place(case, says.get("terms", ""), names_place)
    wording = _write(act, order, protected, says, why=why, replaces=before)
    if police_informed is not None:
        order.police_informed = police_informed
        order.save(update_fields=["police_informed"])
    _tell(act, case, f"Changed: {order.get_kind_display()}", "\n".join((why, _days(wording))))
    return Change(
        subject=_subject(order), case=case, before={"wording": before.pk, **_codes(before)}, after={"wording": wording.pk, **_codes(wording)}, result=order,
    )


@case_action("order.serve", "add_entry")
def serve_order(act, case, *, order_id, served_at, police_informed=None):
    """Record that an order was served on the person whom it is against."""
    refuse_closed(case)
    order = _order(case, order_id)
    if order.served_at:
        raise Refused("Somebody has recorded already when it was served.", code="order:served")
    if reasons := rules.reasons_served(order.state, current_wording(order).starts_on, served_at, act.at):
        raise Refused(reasons, code="order:served_at", field="served_at")
    order.served_at, order.police_informed = served_at, police_informed
    order.save(update_fields=["served_at", "police_informed"])
    _tell(act, case, f"Served: {order.get_kind_display()}", f"{local_time(served_at)}.")
    return Change(subject=_subject(order), case=case, after={"served_at": served_at.isoformat(), "police_informed": police_informed}, result=order)


@case_action("order.decide", "add_entry")
def decide_order(act, case, *, order_id, outcome, heard_at, note="", starts_on=None, ends_on=None):
    """Record what the court decided: on an application, or on a notice of the police.

    `outcome` is made, refused or adjourned. A notice ends with the decision; what was made of it is recorded as an order of its own.
    """
    refuse_closed(case)
    order = _order(case, order_id)
    one, before = TYPES[order.kind], current_wording(order)
    if reasons := rules.reasons_cannot_decide(one, order.state):
        raise Refused(reasons, code="order:not_awaited")
    if heard_at > act.at:
        raise Refused("The hearing cannot have been in the future.", code="order:heard_at", field="heard_at")
    if one.is_notice and order.served_at and heard_at < order.served_at:
        raise Refused("The court cannot have heard it before it was served.", code="order:heard_at", field="heard_at")
    state = order.state
    if outcome == "adjourned":
        words = "adjourned"
    elif one.is_notice:
        words = "an order was made" if outcome == "made" else "no order was made"
        _close(act, order, heard_at.astimezone(LONDON).date(), EndedBecause.REPLACED if outcome == "made" else EndedBecause.DISCHARGED, note)
    elif outcome == "made":
        words = "made"
        _check(rules.reasons_facts(one, OrderState.MADE, starts_on, ends_on, None, order.respondent.person.date_of_birth, act.at))
        order.state = OrderState.MADE
        says = {name: getattr(before, name) for name in SAYS} | {"starts_on": starts_on, "ends_on": ends_on}
        _write(act, order, list(before.protects.values_list("party_id", flat=True)), says, why="The court made the order.", replaces=before)
    else:
        words = "refused"
        order.state = OrderState.REFUSED
    if outcome != "adjourned":
        order.heard_at = heard_at
    order.save()
    # Put off, it was heard all the same: the time that the law sets for the first hearing is over.
    _stop_hearing(act, order, ClockOutcome.MET, at=heard_at)
    _tell(act, case, f"Court: {order.get_kind_display()}, {words}", note)
    reassessing.happened(act, case, "court", heard_at.astimezone(LONDON).date(), origin=_subject(order))
    return Change(
        subject=_subject(order), case=case, before={"state": state}, after={"outcome": outcome, "state": order.state, "heard_at": heard_at.isoformat()}, result=order,
    )


@case_action("order.end", "add_entry")
def end_order(act, case, *, order_id, ended_on, because, note):
    """Record that an order has ended, and why; it stays on record."""
    refuse_closed(case)
    order = _order(case, order_id)
    _check(rules.reasons_cannot_end(order.state, ended_on, current_wording(order).starts_on, act.at))
    before = order.state
    _close(act, order, ended_on, because, note)
    order.save()
    _stop_hearing(act, order, ClockOutcome.NOT_NEEDED, reason=f"The notice ended: {order.get_ended_because_display()}")
    reassessing.happened(act, case, "court", ended_on, origin=f"{_subject(order)}:ended")
    _tell(act, case, f"Ended: {order.get_kind_display()}", f"{order.get_ended_because_display()}. {note}")
    return Change(subject=_subject(order), case=case, before={"state": before}, after={"ended_on": ended_on.isoformat(), "because": because}, result=order)


def is_available(one, starts_on, at):
    """Could an order of this type be given in the partnership's area on a day?"""
    if not one.availability:
        return True
    return policies.in_force(one.availability, None, instant(starts_on, _NOON) if starts_on else at).whole == 1


def current_wording(order):
    """What an order says now."""
    return OrderWording.objects.get(order=order, replaced_by=None)


def _write(act, order, protected, says, *, why="", replaces=None):
    assert inside(), "an order is written inside a gate"
    wording = OrderWording.objects.create(
        case_id=order.case_id, order=order, why=why, replaces=replaces, agency_id=act.actor.agency_id, recorded_at=act.at, recorded_by_id=act.actor.user_id,
        **{name: says[name] for name in SAYS if name in says},
    )
    OrderProtects.objects.bulk_create(OrderProtects(case_id=order.case_id, wording=wording, party_id=party) for party in protected)
    order_alerts.plan(act, order, wording)
    return wording


def _stop_hearing(act, order, outcome, **facts):
    for clock in Clock.objects.filter(case=order.case_id, about=_subject(order), stopped_at=None).select_related("case"):
        clocks.stop(act, clock, outcome, **facts)


def _close(act, order, ended_on, because, note):
    if order.state == OrderState.MADE and because != EndedBecause.REPLACED:
        perpetrator_access.changed(act, order.case, "order")
    order.state, order.ended_on, order.ended_because, order.ended_note = OrderState.ENDED, ended_on, because, note[:500]
    order.ended_at, order.ended_by_id = act.at, act.actor.user_id
    order_alerts.drop(act, order)


def _order(case, order_id):
    order = Order.objects.filter(pk=order_id, case=case).select_related("respondent__person").first()
    if order is None:
        raise Http404
    return order


def _party(case, party_id):
    party = Party.objects.filter(pk=party_id, case=case).select_related("person").first()
    if party is None:
        raise Http404
    return party


def _check_people(case, respondent, protected):
    if Party.objects.filter(case=case, pk__in=protected).count() != len(set(protected)):
        raise Http404
    _check(rules.reasons_people(respondent.role, respondent.pk, protected))


def _check(reasons):
    for field, reason in reasons.items():
        raise Refused(reason, code=f"order:{field}"[:40], field=field or None)


def _check_place(case, terms, names_place):
    """The terms go to every partner, and a protected address does not (domain 8.3): whoever writes it there says that it must be."""
    if names_place or not terms:
        return
    if names_a_place(terms, places_of(case)):
        raise Refused(PLACE_NAMED, code=PLACE, field="terms")


def _tell(act, case, title, text):
    # Never the terms: the chronology is read by people who may not see a protected place.
    chronology.record(act, case, "order", title, text=text)


def _days(wording):
    starts = f"From {local_date(wording.starts_on)}" if wording.starts_on else ""
    ends = f"{'until' if starts else 'Until'} {local_date(wording.ends_on)}" if wording.ends_on else ""
    return " ".join(filter(None, (starts, ends)))


def _codes(wording):
    """For the log: dates, never terms or names."""
    return {name: day.isoformat() if (day := getattr(wording, name)) else None for name in ("starts_on", "ends_on")}


def _subject(order):
    return f"order:{order.pk}"


def _url(order):
    return f"/cases/{order.case.reference}/orders/{order.pk}/"
