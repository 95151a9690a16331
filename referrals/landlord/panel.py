"""A landlord's work on the case page and on the page of everything that is due: one line, what is next, why a case cannot close yet."""

from django.db.models import Count, F, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone

from cases.access import visible_cases
from cases.compiled import Objects, Rows
from cases.due_kinds import EndOfDay, columns
from cases.extensions import DueKind, NextAction, Panel
from referrals.landlord import rules
from referrals.models import LandlordAction, SecurityMeasure, SecurityVisit
from ui.times import local_time

_states = Rows(
    lambda actor, case, at: SecurityMeasure.objects.filter(case=case, case__in=visible_cases(actor, "see_case", at)).order_by().values_list("state").annotate(Count("pk"))
)
_open = Objects(
    lambda actor, case, at: SecurityMeasure.objects.filter(case=case, order__agency=actor.agency_id, state__in=rules.OPEN)
    .annotate(visit_at=Subquery(SecurityVisit.objects.filter(order=OuterRef("order")).order_by("-pk").values("visit_at")[:1]))
    .select_related("order").order_by("order__due_at", "pk")
)
_WORDS = {rules.ORDERED: "ordered, not fitted yet", rules.FITTED: "fitted, not checked yet", rules.CHECKED: "fitted and checked", rules.CANCELLED: "cancelled"}


def context(actor, case):
    """The line on the case page: how the security measures stand, and the way to each page. One query."""
    if actor.agency_id is None or not actor.may("see_case"):
        return None
    counts = dict(_states(actor, timezone.now(), case=case))
    return {"case": case, "measures": [f"{counts[state]} {words}" for state, words in _WORDS.items() if counts.get(state)]}


PANEL = Panel("landlord", "referrals/landlord/panel.html", context)


def next_actions(actor, case, capabilities, at):
    """What the case page proposes to whoever ordered: plan the visit, record it, look whether it works. One query."""
    if not (case.is_open and "add_entry" in capabilities):
        return []
    found = _open(actor, at, case=case)
    by_order = {}
    for one in found:
        by_order.setdefault(one.order_id, []).append(one)
    return [step for group in by_order.values() for step in _next(case, group, at)]


def _next(case, group, at):
    order = group[0].order
    left = [one for one in group if one.state == rules.ORDERED]
    url = reverse("security_order", args=[case.reference, order.pk])
    if left:
        words = ", ".join(one.words for one in left)
        if at > order.due_at:
            yield NextAction("Have the security measures fitted: the time is over", url, words, order.due_at, is_urgent=True)
        else:
            visit_at = left[0].visit_at
            label = "Plan the fitter’s visit" if visit_at is None else f"The fitter comes {local_time(visit_at)}" if visit_at > at else "Record what the fitter did"
            yield NextAction(label, url, words, order.due_at, is_urgent=order.is_urgent)
    if len(left) < len(group):
        yield NextAction("Check that the security measures work", url, ", ".join(one.words for one in group if one not in left))


def reasons_cannot_close(case, at):
    """Why a case cannot close: nobody has fitted what was ordered, or looked whether it works."""
    states = set(SecurityMeasure.objects.filter(case=case, state__in=rules.OPEN).values_list("state", flat=True))
    return [
        words
        for state, words in (
            (rules.ORDERED, "Security measures are ordered and not fitted. Record that they were, or cancel them with a reason, first."),
            (rules.FITTED, "Security measures were fitted, and nobody has checked that they work."),
        )
        if state in states
    ]


def _checks(reach):
    waiting = SecurityMeasure.objects.filter(order__agency=reach.actor.agency_id, state=rules.FITTED, case__in=reach.held("add_entry"))
    return [columns(waiting, F("fitted_at"), place="order_id", code=F("kind"))]


def _looks(reach):
    waiting = LandlordAction.objects.filter(agency=reach.actor.agency_id, next_on__isnull=False, state__in=rules.GOING, case__in=reach.held("add_entry"))
    return [columns(waiting, EndOfDay("next_on"), code=F("kind"))]


def _check_words(item):
    return f"Check that it works: {rules.MEASURES[item.code].lower()}"


def _look_words(item):
    return f"See how far it is: {rules.KINDS[item.code].label.lower()}"


CHECKS = DueKind(
    "security_check", "Security measures to check", "add_entry", _checks, _check_words, lambda item: reverse("security_order", args=[item.reference, item.place]), is_waiting=True,
)
LOOKS = DueKind("tenancy", "Tenancy actions", "add_entry", _looks, _look_words, lambda item: reverse("tenancy_step", args=[item.reference, item.place]))
