"""Telling people that an order ends: 28, 14 and 7 days before, each once, to who works on the case; none of it needed for a page to be true."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from agencies.models import Membership, Policy
from audit.models import Event
from cases import order_alerts
from cases.actions import orders as actions
from cases.models import Exclusion, Grant, Notification, OrderAlert


@pytest.fixture
def order_ending(people):
    """Records an order on a case that ends in some days, as a persona."""

    def recorded(case, days, persona="housing_officer", **facts):
        today = timezone.localdate()
        return actions.add_order(
            people.actor(persona), case, **{
                "kind": "non_molestation", "state": "made", "respondent": case.parties.get(role="perpetrator").pk,
                "protected": [case.parties.get(role="victim").pk], "starts_on": today, "ends_on": None if days is None else today + timedelta(days=days),
                "served_at": timezone.now(), **facts,
            },
        )

    return recorded


def told():
    return sorted(Notification.objects.filter(order_alert__isnull=False).values_list("user__full_name", "order_alert__days", "kind"))


def days_on(days):
    """Some days from now, a little after midnight in London."""
    return order_alerts.start_of_day(timezone.localdate() + timedelta(days=days)) + timedelta(minutes=1)


@pytest.mark.django_db
def test_each_threshold_is_told_once_to_who_holds_the_case(a_case, order_ending, people):
    order_ending(a_case(), 40)
    officer, expected = people.housing_officer.full_name, []
    assert order_alerts.tell() == 0
    for ahead, days in ((12, 28), (26, 14), (33, 7)):
        order_alerts.tell(days_on(ahead) - timedelta(minutes=2))
        assert told() == sorted(expected), f"not before the day {days} days before the last"
        for _ in range(3):
            order_alerts.tell(days_on(ahead))
        expected.append((officer, days, "order.ends"))
        assert told() == sorted(expected)
    order_alerts.tell(days_on(300))
    assert len(told()) == 3 and Event.objects.filter(verb="order.alert").count() == 3


def test_nobody_ran_for_weeks_the_last_is_told_and_the_others_are_dropped(a_case, order_ending):
    order_ending(a_case(), 40)
    order_alerts.tell(days_on(34))
    assert [row[1:] for row in told()] == [(7, "order.ends")]
    assert OrderAlert.objects.filter(dropped_at__isnull=False).count() == 2


def test_nobody_ran_until_it_was_over(a_case, order_ending, client_for):
    case = a_case()
    order_ending(case, 40)
    order_alerts.tell(days_on(41))
    assert [row[1:] for row in told()] == [(7, "order.ended")]
    page = client_for("housing_officer").get("/notices/").content.decode()
    assert "An order ended on" in page and "Urgent" in page
    notice = Notification.objects.get(kind="order.ended")
    assert reverse("notice", args=[notice.pk]) in page
    assert client_for("housing_officer").get(reverse("notice", args=[notice.pk]))["Location"] == reverse("order_list", args=[case.reference])


def test_what_is_written_down_late_is_told_at_once(a_case, order_ending):
    order_ending(a_case(), 3)
    order_alerts.tell()
    assert [row[1] for row in told()] == [7]


def test_no_alert_without_an_end_before_it_is_made_or_once_it_is_over(a_case, order_ending):
    case = a_case()
    order_ending(case, None)
    order_ending(case, 50, state="applied", served_at=None)
    order_ending(case, -1, starts_on=timezone.localdate() - timedelta(days=9))
    assert not OrderAlert.objects.exists()


def test_an_extension_drops_what_was_planned_and_plans_anew(a_case, order_ending, people, client_for):
    case = a_case()
    one, actor, today = order_ending(case, 40), people.actor("housing_officer"), timezone.localdate()
    order_alerts.tell(days_on(12))
    facts = {"protected": [case.parties.get(role="victim").pk], "starts_on": today, "ends_on": today + timedelta(days=100)}
    actions.change_order(actor, case, order_id=one.pk, why="Extended", **facts)
    assert sorted(OrderAlert.objects.filter(told_at=None, dropped_at=None).values_list("days", flat=True)) == [7, 14, 28]
    order_alerts.tell(days_on(60))
    assert len(told()) == 1
    order_alerts.tell(days_on(72))
    assert [row[1] for row in told()] == [28, 28]
    assert "It has been changed or ended since" in client_for("housing_officer").get("/notices/").content.decode()
    actions.end_order(actor, case, order_id=one.pk, ended_on=today, because="discharged", note="x")
    order_alerts.tell(days_on(400))
    assert len(told()) == 2 and not OrderAlert.objects.filter(told_at=None, dropped_at=None).exists()


def test_an_application_that_is_granted_has_its_alerts(a_case, order_ending, people):
    case = a_case()
    one, today = order_ending(case, None, state="applied", served_at=None, starts_on=None), timezone.localdate()
    actions.decide_order(
        people.actor("housing_officer"), case, order_id=one.pk, outcome="made", heard_at=timezone.now(), starts_on=today, ends_on=today + timedelta(days=60)
    )
    assert OrderAlert.objects.count() == 3


def test_the_thresholds_are_settings_with_a_date_and_are_frozen(a_case, order_ending, people):
    at = timezone.now()
    Policy.objects.create(
        key="orders.first_alert_days", value="42", effective_from=at - timedelta(hours=1), agency=people.agency("northvale_housing"), set_at=at,
        set_by=people.agency_lead, reason="r",
    )
    order_ending(a_case(), 90)
    Policy.objects.update(value="21")
    assert sorted(OrderAlert.objects.values_list("days", flat=True)) == [7, 14, 42]


# --- who is told


def test_the_worker_of_the_agency_that_recorded_it_is_told_as_well(a_case, order_ending, share, people):
    case = a_case()
    share(case, "harbour_idva", "partner", worker="other_idva")
    order_ending(case, 20, "idva")
    order_alerts.tell(days_on(6))
    assert {name for name, *_ in told()} == {people.housing_officer.full_name, people.other_idva.full_name}


def test_without_a_worker_the_one_who_wrote_it_down_is_told(a_case, order_ending, share, people):
    case = a_case()
    share(case, "harbour_idva", "partner")
    order_ending(case, 20, "idva")
    order_alerts.tell(days_on(6))
    assert {name for name, *_ in told()} == {people.housing_officer.full_name, people.idva.full_name}


def test_nobody_is_told_of_a_case_that_they_may_not_see(a_case, order_ending, share, people):
    case = a_case()
    share(case, "harbour_idva", "partner", worker="idva")
    order_ending(case, 20, "idva")
    Exclusion.objects.create(case=case, user=people.idva, reason="r", made_at=timezone.now(), made_by=people.housing_manager)
    Exclusion.objects.create(case=case, user=people.housing_officer, reason="r", made_at=timezone.now(), made_by=people.housing_manager)
    order_alerts.tell(days_on(6))
    names = {name for name, *_ in told()}
    assert names and not names & {people.idva.full_name, people.housing_officer.full_name} and people.housing_manager.full_name in names


def test_when_nobody_who_leads_is_left_anybody_of_the_lead_agency_is_told(a_case, order_ending, people):
    case = a_case()
    order_ending(case, 20)
    gone = Membership.objects.filter(role__in=["housing_manager", "team_manager", "agency_lead"]) | Membership.objects.filter(user=people.housing_officer)
    gone.update(ended_at=timezone.now())
    order_alerts.tell(days_on(6))
    assert people.other_housing_officer.full_name in {name for name, *_ in told()}


def test_where_nobody_may_see_it_nobody_is_told(a_case, order_ending):
    case = a_case()
    order_ending(case, 20)
    Grant.objects.filter(content_object=case).delete()
    order_alerts.tell(days_on(6))
    assert told() == [] and OrderAlert.objects.filter(told_at__isnull=False).count() == 1


# --- twelve at once


@pytest.mark.django_db(transaction=True)
def test_twelve_sweeps_at_once_tell_once(a_case, order_ending):
    case = a_case()
    for _ in range(5):
        order_ending(case, 20)
    at, problems = days_on(6), []

    def sweep():
        try:
            order_alerts.tell(at, batch=2)
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    order_alerts.tell(at)
    assert problems == [] and len(told()) == 5


@pytest.mark.django_db(transaction=True)
def test_killed_half_way_it_leaves_the_alert_for_the_next(a_case, order_ending, monkeypatch):
    order_ending(a_case(), 20)

    class KilledError(BaseException):
        pass

    def die(*args):
        raise KilledError

    with monkeypatch.context() as patched, pytest.raises(KilledError):
        patched.setattr(order_alerts, "system_changes", die)
        order_alerts.tell(days_on(6))
    assert told() == [] and not OrderAlert.objects.filter(told_at__isnull=False).exists()
    order_alerts.tell(days_on(6))
    assert len(told()) == 1


def test_the_number_of_queries_of_the_notices_does_not_grow(a_case, order_ending, client_for, django_assert_max_num_queries):
    from django.test.utils import CaptureQueriesContext

    client = client_for("housing_officer")
    order_ending(a_case(), 3)
    order_alerts.tell()
    client.get("/notices/")
    with CaptureQueriesContext(connection) as few:
        client.get("/notices/")
    for _ in range(4):
        order_ending(a_case(), 3)
    order_alerts.tell()
    with CaptureQueriesContext(connection) as many:
        assert client.get("/notices/").content.decode().count("An order ends on") >= 5
    assert len(few) == len(many)


def test_the_day_ends_at_midnight_in_london_in_summer_too(a_case, order_ending):
    with time_machine.travel("2026-06-01T12:00:00Z"):
        order_ending(a_case(), 30)
        due = OrderAlert.objects.get(days=28).due_at
    assert due.isoformat() == "2026-06-02T23:00:00+00:00"
