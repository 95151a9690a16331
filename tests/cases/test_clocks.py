"""The clocks: frozen when they start, true without a sweep, noticed and told exactly once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from agencies.gate import Refused
from agencies.models import Policy
from cases import clocks
from cases.models import Clock, ClockNotice, Grant, Notification

HOUR = timedelta(hours=1)


@pytest.fixture
def clock(a_case):
    return Clock.objects.get(case=a_case())


def kinds_told(user):
    return sorted(Notification.objects.filter(user=user).values_list("kind", flat=True))


def test_it_freezes_its_due_time_and_says_which_rule_applied(clock):
    assert clock.due_at - clock.started_at == 48 * HOUR
    assert clock.basis.startswith("48 elapsed hours from ")
    assert clock.basis.endswith("(Waymark’s default)")


def test_a_dated_setting_of_the_agency_applies_to_what_starts_after_it_and_rewrites_nothing(people, a_case, clock):
    Policy.objects.create(
        key="clock.contact", agency=people.agency("northvale_housing"), value="24h", effective_from=clock.started_at + timedelta(microseconds=1), reason="agreed",
        set_by=people.agency_lead, set_at=timezone.now(),
    )
    due_before = clock.due_at
    later = Clock.objects.get(case=a_case())
    clock.refresh_from_db()
    assert later.due_at - later.started_at == 24 * HOUR
    assert "Northvale Housing setting from" in later.basis
    assert clock.due_at == due_before


def test_another_agencys_setting_changes_nothing(people, a_case):
    Policy.objects.create(
        key="clock.contact", agency=people.agency("eastmoor_housing"), value="24h", effective_from=timezone.now() - HOUR, reason="theirs",
        set_by=people.agency_lead, set_at=timezone.now(),
    )
    clock = Clock.objects.get(case=a_case())
    assert clock.due_at - clock.started_at == 48 * HOUR


def test_every_grant_carries_the_earliest_running_clock(people, a_case, share, inside_gate):
    case = a_case()
    share(case, "harbour_idva")
    first = Clock.objects.get(case=case)
    assert set(Grant.objects.filter(content_object=case).values_list("next_due_at", flat=True)) == {first.due_at}
    with inside_gate() as act:
        earlier = clocks.start(act, case, "discussion", agency=case.lead_agency, started_at=act.at - 5 * HOUR)
    assert set(Grant.objects.filter(content_object=case).values_list("next_due_at", flat=True)) == {earlier.due_at}
    with inside_gate() as act:
        clocks.stop(act, earlier, "met")
        clocks.stop(act, first, "met")
    assert set(Grant.objects.filter(content_object=case).values_list("next_due_at", flat=True)) == {None}


def test_the_sweep_warns_breaches_and_escalates_once_each_and_tells_the_right_people(people, clock):
    start, due = clock.started_at, clock.due_at
    for at in (start + 23 * HOUR, start + 24 * HOUR, start + 24 * HOUR, start + 40 * HOUR, start + 41 * HOUR, due, due + HOUR, due + 24 * HOUR, due + 90 * HOUR):
        clocks.sweep(at)
        clocks.deliver(at)
    assert list(ClockNotice.objects.order_by("id").values_list("stage", flat=True)) == ["half", "five_sixths", "breach", "day_after"]
    assert kinds_told(people.housing_officer) == ["clock.five_sixths", "clock.half"]
    assert kinds_told(people.housing_manager) == ["clock.breach"]
    assert kinds_told(people.agency_lead) == ["clock.day_after"]
    clock.refresh_from_db()
    assert clock.breached_at == due
    assert (clock.next_stage, clock.next_stage_at) == ("", None)


def test_a_sweep_that_comes_late_stamps_when_it_became_true_and_drops_warnings_that_are_no_use_any_more(people, clock):
    late = clock.due_at + 30 * HOUR
    assert clocks.sweep(late) == 1
    assert list(ClockNotice.objects.order_by("id").values_list("stage", "became_true_at")) == [
        ("breach", clock.due_at),
        ("day_after", clock.due_at + 24 * HOUR),
    ]
    clock.refresh_from_db()
    assert clock.breached_at == clock.due_at


def test_the_truth_does_not_wait_for_a_sweep(clock):
    assert not clock.is_breached(clock.due_at)
    assert clock.is_breached(clock.due_at + timedelta(microseconds=1))
    assert clock.breached_at is None


def test_a_promise_kept_in_time_owes_nothing(people, clock, inside_gate):
    with inside_gate() as act:
        clocks.stop(act, clock, "met")
    assert clocks.sweep(clock.due_at + 50 * HOUR) == 0
    assert clocks.deliver() == 0


def test_a_warning_that_was_noticed_but_not_told_before_the_promise_was_kept_is_not_told(people, clock, inside_gate):
    with inside_gate() as act:
        clocks.sweep(act.at + 25 * HOUR)
        clocks.stop(act, clock, "met")
    clocks.deliver()
    assert kinds_told(people.housing_officer) == []


def test_it_stops_once_and_never_before_it_started_nor_in_the_future(clock, inside_gate):
    with inside_gate() as act:
        with pytest.raises(Refused, match="before the clock started"):
            clocks.stop(act, clock, "met", at=clock.started_at - HOUR)
        with pytest.raises(Refused, match="in the future"):
            clocks.stop(act, clock, "met", at=act.at + HOUR)
        clocks.stop(act, clock, "met")
        with pytest.raises(Refused, match="stopped already"):
            clocks.stop(act, clock, "met")


def test_a_late_stop_leaves_the_breach_with_the_time_when_it_became_true(people, a_case, inside_gate):
    clock = Clock.objects.get(case=a_case(received_ago=50 * HOUR))
    with inside_gate() as act:
        clocks.stop(act, clock, "met")
    clock.refresh_from_db()
    assert clock.breached_at == clock.due_at


def test_nobody_is_told_about_a_case_that_they_may_not_see(people, clock, inside_gate):
    from cases.models import Exclusion

    Exclusion.objects.create(case=clock.case, user=people.housing_manager, reason="neighbour", made_at=timezone.now(), made_by=people.agency_lead)
    clocks.sweep(clock.due_at)
    clocks.deliver(clock.due_at)
    assert kinds_told(people.housing_manager) == []
    assert kinds_told(people.agency_lead) == ["clock.breach"]


def test_without_an_owner_the_next_one_up_is_told(people, a_case, inside_gate):
    case = a_case(clock=None)
    with inside_gate() as act:
        clock = clocks.start(act, case, "contact", agency=case.lead_agency, owner=None)
    clocks.sweep(clock.started_at + 25 * HOUR)
    clocks.deliver(clock.started_at + 25 * HOUR)
    assert kinds_told(people.housing_manager) == ["clock.half"]


def test_the_database_refuses_a_second_running_clock_of_the_kind(a_case, inside_gate):
    case = a_case()
    with inside_gate() as act, pytest.raises(IntegrityError), transaction.atomic():
        clocks.start(act, case, "contact", agency=case.lead_agency)


def test_the_sweep_leaves_a_batch_that_dies_half_way_as_it_was(clock, monkeypatch):
    def die(*args, **kwargs):
        raise RuntimeError("killed")

    monkeypatch.setattr(clocks, "system_changes", die)
    with pytest.raises(RuntimeError), transaction.atomic():
        clocks.sweep(clock.due_at)
    monkeypatch.undo()
    assert ClockNotice.objects.count() == 0
    assert clocks.sweep(clock.due_at) == 1
    assert ClockNotice.objects.count() == 1


def test_delivery_that_dies_half_way_tells_everybody_once_the_next_time(people, clock, monkeypatch):
    clocks.sweep(clock.due_at)
    before = clocks.recipients

    def die(*args):
        raise RuntimeError("killed")

    monkeypatch.setattr(clocks, "recipients", die)
    with pytest.raises(RuntimeError), transaction.atomic():
        clocks.deliver(clock.due_at)
    monkeypatch.setattr(clocks, "recipients", before)
    assert clocks.deliver(clock.due_at) == 1
    assert clocks.deliver(clock.due_at) == 0
    assert kinds_told(people.housing_manager) == ["clock.breach"]


def test_the_number_of_queries_of_a_sweep_does_not_grow_with_its_rows(a_case, django_assert_max_num_queries):
    cases = [a_case(received_ago=47 * HOUR) for _ in range(6)]
    at = timezone.now() + 10 * HOUR
    with django_assert_max_num_queries(7):
        assert clocks.sweep(at) == len(cases)


def test_a_clock_is_stamped_in_utc_to_the_microsecond(clock):
    with connection.cursor() as cursor:
        cursor.execute("SELECT due_at AT TIME ZONE 'UTC' FROM cases_clock WHERE id = %s", [clock.pk])
        assert cursor.fetchone()[0].replace(tzinfo=UTC) == clock.due_at
    assert isinstance(clock.due_at, datetime)


def test_a_promise_kept_late_before_any_sweep_saw_it_is_still_told_to_the_manager(people, a_case, inside_gate):
    clock = Clock.objects.get(case=a_case(received_ago=50 * HOUR))
    with inside_gate() as act:
        clocks.stop(act, clock, "met")
    clocks.sweep()
    clocks.deliver()
    assert kinds_told(people.housing_manager) == ["clock.breach"]


def test_a_contact_recorded_after_the_sweep_but_made_in_time_leaves_no_breach(people, a_case, inside_gate):
    clock = Clock.objects.get(case=a_case(received_ago=50 * HOUR))
    clocks.sweep()
    clock.refresh_from_db()
    assert clock.breached_at == clock.due_at
    with inside_gate() as act:
        clocks.stop(act, clock, "met", at=clock.due_at - HOUR)
    clock.refresh_from_db()
    assert clock.breached_at is None


def test_an_agency_without_managers_is_told_all_the_same(people, a_case):
    clock = Clock.objects.get(case=a_case("health_visitor"))
    clocks.sweep(clock.due_at + 25 * HOUR)
    clocks.deliver(clock.due_at + 25 * HOUR)
    assert kinds_told(people.health_visitor) == ["clock.breach", "clock.day_after"]
