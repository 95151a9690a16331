"""What is done about security measures: order, plan the fitter's visit, record what was fitted, look whether it works, cancel (SEED-082, SEED-083)."""

from django.http import Http404

from agencies.models import Agency, User
from cases import chronology, clocks
from cases.gate import Change, Refused, case_action, refuse_closed
from cases.models import Clock
from cases.models.clock import ClockOutcome
from cases.protected_places import places_of
from cases.rules.children import reasons_names_place
from cases.rules.contact import not_before
from referrals.landlord import rules
from referrals.landlord.visiting import reasons_not_safe
from referrals.landlord.whose import refuse_foreign, refuse_others
from referrals.models import SecurityMeasure, SecurityOrder, SecurityVisit
from ui.times import local_time

URGENT, ORDINARY = "security_urgent", "security"


@case_action("security.order", "add_entry")
def order_security(act, case, *, lines, is_urgent, fears_fire=False, no_letterbox=""):
    """Order security measures. `lines`: {measure: (how many, pence)}. The time to fit them runs from now."""
    refuse_others(act.actor)
    refuse_closed(case)
    before = SecurityMeasure.objects.filter(case=case, kind=rules.LETTERBOX).exclude(state=rules.CANCELLED).exists()
    _check(rules.reasons_order(lines, fears_fire, before, no_letterbox) | reasons_names_place({"no_letterbox": no_letterbox}, places_of(case)))
    order = SecurityOrder(
        case=case, agency_id=act.actor.agency_id, payer_id=act.actor.agency_id, is_urgent=is_urgent, fears_fire=fears_fire, ordered_at=act.at,
        ordered_by_id=act.actor.user_id, due_at=act.at, no_letterbox=no_letterbox if fears_fire and rules.LETTERBOX not in lines else "",
    )
    order.save()
    _promise(act, case, order)
    made = SecurityMeasure.objects.bulk_create(
        SecurityMeasure(case=case, order=order, kind=kind, quantity=lines[kind][0], cost_pence=lines[kind][1]) for kind in rules.MEASURES if kind in lines
    )
    chronology.record(
        act, case, "task", f"Security measures ordered{', urgent' if is_urgent else ''}", text=f"{_words(made)}. To be fitted by {local_time(order.due_at)}.",
    )
    after = {"is_urgent": is_urgent, "due_at": order.due_at.isoformat(), "measures": {one.kind: [one.quantity, one.cost_pence] for one in made}}
    return Change(subject=_subject(order), case=case, after=after, result=order, led_to=_url(order))


@case_action("security.visit", "add_entry")
def plan_visit(act, case, *, order_id, visit_at, override_reason=""):
    """Say when a fitter comes: at a time at which a visit is recorded as safe, or with the reason why at another."""
    order = _own(act, case, order_id)
    if not order.measures.filter(state=rules.ORDERED).exists():
        raise Refused("Nothing of this order is left to fit.", code="security:fitted")
    not_safe = reasons_not_safe(case, visit_at)
    _check(rules.reasons_visit(not_safe, override_reason, visit_at, act.at) | reasons_names_place({"override_reason": override_reason}, places_of(case)))
    visit = SecurityVisit.objects.create(
        case=case, order=order, visit_at=visit_at, was_safe=not not_safe, override_reason=override_reason if not_safe else "", planned_at=act.at,
        planned_by_id=act.actor.user_id,
    )
    text = f"{local_time(visit_at)}." + (f" Not known to be safe then: {override_reason}" if not_safe else "")
    chronology.record(act, case, "task", "A fitter’s visit is planned", text=text)
    return Change(subject=_subject(order), case=case, after={"visit_at": visit_at.isoformat(), "was_safe": visit.was_safe}, result=visit, led_to=_url(order))


@case_action("security.fit", "add_entry")
def fit_security(act, case, *, order_id, measures, fitted_at, fitter, costs=None):
    """Record what was fitted, when and by whom, and what it came to cost. Once nothing is left to fit, the promise is kept."""
    order = _own(act, case, order_id)
    found, fitted_at = _measures(order, measures), not_before(fitted_at, order.ordered_at)
    _check(rules.reasons_fitted([one.state for one in found], fitted_at, order.ordered_at, act.at, fitter))
    for one in found:
        one.state, one.fitted_at, one.fitter, one.cost_pence = rules.FITTED, fitted_at, fitter, (costs or {}).get(one.pk, one.cost_pence)
        one.save()
    _stop_when_done(act, order)
    chronology.record(act, case, "task", "Security measures fitted", text=f"{_words(found)}.", happened_at=fitted_at)
    after = {"fitted": {one.kind: one.cost_pence for one in found}, "fitted_at": fitted_at.isoformat()}
    return Change(subject=_subject(order), case=case, after=after, result=order, led_to=_url(order))


@case_action("security.check", "add_entry")
def check_security(act, case, *, order_id, measures, checked_at, is_sound, fault=""):
    """Record that somebody looked whether what was fitted works. What does not is ordered again, with a time of its own."""
    order = _own(act, case, order_id)
    found = _measures(order, measures)
    checked_at = not_before(checked_at, max([one.fitted_at for one in found if one.fitted_at], default=checked_at))
    reasons = rules.reasons_checked([one.state for one in found], is_sound, fault, checked_at, [one.fitted_at for one in found if one.fitted_at], act.at)
    _check(reasons | reasons_names_place({"fault": fault}, places_of(case)))
    for one in found:
        if is_sound:
            one.state, one.checked_at, one.checked_by_id, one.fault = rules.CHECKED, checked_at, act.actor.user_id, ""
        else:
            one.state, one.fitted_at, one.fitter, one.fault = rules.ORDERED, None, "", fault
        one.save()
    if not is_sound and not _running(order):
        _promise(act, case, order)
    title = "Security measures checked" if is_sound else "Security measures do not work, and are ordered again"
    chronology.record(act, case, "task", title, text=f"{_words(found)}.{'' if is_sound else f' {fault}'}", happened_at=checked_at)
    after = {"checked": [one.kind for one in found], "is_sound": is_sound, "checked_at": checked_at.isoformat()}
    return Change(subject=_subject(order), case=case, after=after, result=order, led_to=_url(order))


@case_action("security.cancel", "add_entry")
def cancel_security(act, case, *, order_id, measures, reason):
    """Cancel what was ordered and is not fitted, with a reason."""
    order = _own(act, case, order_id)
    found = _measures(order, measures)
    _check(rules.reasons_cancel([one.state for one in found], reason) | reasons_names_place({"reason": reason}, places_of(case)))
    for one in found:
        one.state, one.cancelled_at, one.cancelled_by_id, one.cancel_reason = rules.CANCELLED, act.at, act.actor.user_id, reason
        one.save()
    _stop_when_done(act, order)
    chronology.record(act, case, "task", "Security measures cancelled", text=f"{_words(found)}. {reason}")
    return Change(subject=_subject(order), case=case, after={"cancelled": [one.kind for one in found]}, result=order, led_to=_url(order))


def _promise(act, case, order):
    """The time in which it is fitted runs from now."""
    clock = clocks.start(
        act, case, URGENT if order.is_urgent else ORDINARY, agency=Agency.objects.get(pk=order.agency_id), owner=User.objects.get(pk=act.actor.user_id), about=_subject(order),
    )
    order.due_at, order.basis = clock.due_at, clock.basis
    order.save(update_fields=["due_at", "basis"])


def _running(order):
    return list(Clock.objects.filter(case=order.case_id, about=_subject(order), stopped_at=None).select_related("case"))


def _stop_when_done(act, order):
    """Nothing is left to fit: kept when the last was fitted; not needed where all of it was cancelled."""
    states = list(order.measures.values_list("state", "fitted_at"))
    if any(state == rules.ORDERED for state, _ in states):
        return
    fitted = [moment for _, moment in states if moment]
    for clock in _running(order):
        if fitted:
            clocks.stop(act, clock, ClockOutcome.MET, at=max(*fitted, clock.started_at))
        else:
            clocks.stop(act, clock, ClockOutcome.NOT_NEEDED, reason="All of it was cancelled")


def _own(act, case, order_id):
    order = SecurityOrder.objects.filter(pk=order_id, case=case).select_related("case").first()
    if order is None:
        raise Http404
    refuse_foreign(act.actor, order.agency_id)
    refuse_closed(case)
    return order


def _measures(order, ids):
    found = list(order.measures.filter(pk__in=ids))
    if len(found) != len(set(ids)):
        raise Http404
    return found


def _words(measures):
    return ", ".join(one.words for one in measures)


def _check(reasons):
    for field, reason in reasons.items():
        raise Refused(reason, code=f"security:{field}"[:40], field=field or None)


def _subject(order):
    return f"security:{order.pk}"


def _url(order):
    return f"/cases/{order.case.reference}/security/{order.pk}/"
