"""Telling people that a protective order ends: 28, 14 and 7 days before, each once (domain section 11).

The alerts are planned as rows when an order's last day is written down, under the settings of then. Each minute's sweep tells what has
come due: one transaction over rows that it has locked, so that nobody, one worker or twelve may run it, and be killed in it. What a page
says of an order follows from its days (cases/orders.py) and never from whether anybody was told.
"""

from django.db import transaction
from django.utils import timezone

from agencies import policies
from agencies.actors import system
from agencies.gate import Change, inside, register_verb, system_changes
from agencies.models import Membership, User
from cases.access import agencies_seeing, people_seeing
from cases.models import Notification, OrderAlert
from cases.rules import orders as rules
from cases.rules.clocks import LONDON
from ui.times import start_of_day

THRESHOLDS = ("orders.first_alert_days", "orders.second_alert_days", "orders.last_alert_days")
ENDS, ENDED = "order.ends", "order.ended"

register_verb("order.alert", "", "The sweep told people that a protective order ends.", "cases.order_alerts.tell")


def plan(act, order, wording):
    """Plan the alerts for the last day that a wording sets, inside a gate; those planned for another wording are dropped."""
    assert inside(), "alerts are planned inside a gate"
    drop(act, order)
    if order.state != rules.MADE:
        return
    thresholds = [policies.in_force(key, order.agency_id, act.at).whole for key in THRESHOLDS]
    OrderAlert.objects.bulk_create(
        OrderAlert(case_id=order.case_id, order=order, wording=wording, days=days, due_at=start_of_day(rules.alert_day(wording.ends_on, days)))
        for days in rules.alerts(wording.ends_on, thresholds, act.at.astimezone(LONDON).date())
    )


def drop(act, order):
    """Nobody is to be told any more of the end that was planned, inside a gate."""
    assert inside(), "alerts are dropped inside a gate"
    OrderAlert.objects.filter(order=order, told_at=None, dropped_at=None).update(dropped_at=act.at)


def tell(at=None, batch=200):
    """Tell people of each order whose alert has come due, once. Returns how many alerts were settled.

    Where several of one order came due unseen, the last is told and the rest are dropped: the same news twice is noise (docs/adr/0006).
    """
    at = at or timezone.now()
    settled = 0
    while True:
        with transaction.atomic():
            done = _tell_batch(at, batch)
        settled += done
        if done < batch:
            return settled


def _tell_batch(at, batch):
    found = list(
        OrderAlert.objects.filter(told_at=None, dropped_at=None, due_at__lte=at)
        .select_related("case", "order", "wording")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("due_at", "id")[:batch]
    )
    newest = {alert.order_id: alert for alert in found}  # the last to come due of each order
    today = at.astimezone(LONDON).date()
    told, changes = [], []
    for alert in newest.values():
        kind = ENDED if alert.wording.ends_on < today else ENDS
        told += [Notification(user=user, case=alert.case, order_alert=alert, kind=kind, at=at) for user in recipients(alert, at)]
        changes.append((alert.case.reference, Change(subject=f"order:{alert.order_id}", after={"days": alert.days, "kind": kind})))
    Notification.objects.bulk_create(told, ignore_conflicts=True)
    OrderAlert.objects.filter(pk__in=[alert.pk for alert in newest.values()]).update(told_at=at)
    OrderAlert.objects.filter(pk__in=[alert.pk for alert in found if newest[alert.order_id] is not alert]).update(dropped_at=at)
    if changes:
        system_changes("order.alert", system("sweep"), at, changes)
    return len(found)


def recipients(alert, at):
    """Who is told: the lead agency's worker on the case, and the worker (or else the writer) of the agency that recorded the order.

    Where none of them may still see the case, those who lead their agencies; at the last, anybody of the lead agency who may.
    """
    case = alert.case
    workers = {grant.agency_id: grant.worker for grant in agencies_seeing(case, at) if grant.worker_id}
    members = list(
        Membership.objects.filter(agency__in={case.lead_agency_id, alert.order.agency_id}, ended_at=None, user__is_active=True).select_related("user").order_by("id")
    )
    working = {member.user_id for member in members}
    writer = workers.get(alert.order.agency_id) or User.objects.get(pk=alert.order.recorded_by_id)
    first = [user for user in (workers.get(case.lead_agency_id), writer) if user and user.pk in working]
    leading = [member.user for member in members if member.role in ("housing_manager", "team_manager", "agency_lead")]
    for rung in (first, leading, [member.user for member in members if member.agency_id == case.lead_agency_id]):
        if allowed := people_seeing(case, list({user.pk: user for user in rung}.values()), at, "see_case"):
            return allowed
    return []
