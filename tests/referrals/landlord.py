"""Quick ways to arrange a landlord's work in tests."""

from datetime import timedelta

from django.utils import timezone

from referrals.landlord.actions import repairs, security, tenancy

LONG = "Long enough to be understood by anybody who reads it years from now."


def ordered(actor, case, *, urgent=False, lines=None, **facts):
    return security.order_security(actor, case, lines=lines or {"door_chain": (1, 2500), "window_alarm": (3, 4500)}, is_urgent=urgent, **facts)


def fitted(actor, order, *kinds, **facts):
    pks = list(order.measures.filter(**({"kind__in": kinds} if kinds else {})).values_list("pk", flat=True))
    return security.fit_security(actor, order.case, order_id=order.pk, measures=pks, **{"fitted_at": timezone.now(), "fitter": "Joiner, Vale Repairs"} | facts)


def checked(actor, order, **facts):
    pks = list(order.measures.filter(state="fitted").values_list("pk", flat=True))
    return security.check_security(actor, order.case, order_id=order.pk, measures=pks, **{"checked_at": timezone.now(), "is_sound": True} | facts)


def cancelled(actor, order, **facts):
    pks = list(order.measures.filter(state="ordered").values_list("pk", flat=True))
    return security.cancel_security(actor, order.case, order_id=order.pk, measures=pks, **{"reason": LONG} | facts)


def visit(actor, order, **facts):
    return security.plan_visit(actor, order.case, order_id=order.pk, **{"visit_at": timezone.now() + timedelta(hours=3), "override_reason": LONG} | facts)


def decided(actor, case, **facts):
    given = {"damage": "The back door was kicked in.", "caused": "perpetrator", "asked": 18000, "decision": "waived", "audience": "agency"} | facts
    return repairs.decide_repair(actor, case, **given)


def added(actor, case, kind="legal_advice", **facts):
    given = {"state": "considered", "audience": "agency", "wishes": "not_asked", "happened_on": timezone.localdate()} | facts
    return tenancy.add_action(actor, case, kind=kind, **given)


def stepped(actor, one, state, **facts):
    given = {"wishes": "said", "wishes_said": "To stay.", "happened_on": timezone.localdate(), "audience": "agency"} | facts
    return tenancy.take_step(actor, one.case, action_id=one.pk, state=state, **given)


def him(case):
    return case.parties.get(role="perpetrator").pk
