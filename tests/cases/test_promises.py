"""A promise at its end: a missed one explained, one not needed, and giving up only after enough tries."""

from datetime import timedelta

import pytest
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from cases.actions.clock import explain_breach, stop_promise
from cases.models import Clock
from tests.cases.ends import HOUR, WHY, send, tried


@pytest.fixture
def officer(client_for):
    return client_for("housing_officer")


def test_a_missed_promise_is_explained_once(officer, a_case, people):
    case = a_case(received_ago=60 * HOUR)
    clock = Clock.objects.get(case=case)
    assert send(officer, case, "clock_reason", clock.pk, reason="too short").status_code == 422
    assert send(officer, case, "clock_reason", clock.pk, reason=WHY).status_code == 302
    clock.refresh_from_db()
    assert (clock.breach_reason, clock.breach_explained_by, clock.is_running) == (WHY, people.housing_officer, True)
    with pytest.raises(Refused, match="already"):
        explain_breach(people.actor("housing_officer"), case, clock_id=clock.pk, reason="Another reason")
    assert officer.get(reverse("clock_reason", args=[case.reference, clock.pk])).status_code == 302
    text = officer.get(reverse("case", args=[case.reference])).content.decode()
    assert WHY in text and "Say why a promise was missed" not in text


def test_a_promise_that_was_not_missed_needs_no_reason(people, a_case):
    case = a_case()
    with pytest.raises(Refused, match="not missed"):
        explain_breach(people.actor("housing_officer"), case, clock_id=Clock.objects.get(case=case).pk, reason=WHY)


def test_a_promise_that_is_not_needed_stops_with_its_reason(officer, a_case):
    case = a_case()
    clock = Clock.objects.get(case=case)
    assert send(officer, case, "clock_stop", clock.pk, outcome="not_needed", reason="short").status_code == 422
    assert send(officer, case, "clock_stop", clock.pk, outcome="not_needed", reason=WHY).status_code == 302
    clock.refresh_from_db()
    assert (clock.outcome, clock.outcome_reason) == ("not_needed", WHY)


def test_a_missed_promise_cannot_be_waved_away_without_its_reason(people, a_case):
    case = a_case(received_ago=60 * HOUR)
    clock = Clock.objects.get(case=case)
    with pytest.raises(Refused, match="Say why"):
        stop_promise(people.actor("housing_officer"), case, clock_id=clock.pk, outcome="not_needed", reason=WHY)
    explain_breach(people.actor("housing_officer"), case, clock_id=clock.pk, reason=WHY)
    stop_promise(people.actor("housing_officer"), case, clock_id=clock.pk, outcome="not_needed", reason=WHY)
    clock.refresh_from_db()
    assert clock.breached_at == clock.due_at


def test_unable_needs_a_manager_and_enough_attempts(people, a_case):
    case = a_case(received_ago=10 * HOUR)
    clock = Clock.objects.get(case=case)
    stop = {"clock_id": clock.pk, "outcome": "unable", "reason": WHY}
    with pytest.raises(Refused, match="manager"):
        stop_promise(people.actor("housing_officer"), case, **stop)
    for number in range(3):
        with pytest.raises(Refused, match=f"So far: {number}"):
            stop_promise(people.actor("housing_manager"), case, **stop)
        tried(people, case, timezone.now() - number * HOUR)
    with pytest.raises(Refused, match="manager"):
        stop_promise(people.actor("housing_officer"), case, **stop)
    Clock.objects.filter(pk=clock.pk).update(owner=people.housing_manager)
    with pytest.raises(Refused, match="promise is yours"):
        stop_promise(people.actor("housing_manager"), case, **stop)
    stop_promise(people.actor("agency_lead"), case, **stop)
    clock.refresh_from_db()
    assert clock.outcome == "unable"


def test_unsafe_old_and_hasty_attempts_do_not_add_up_to_giving_up(people, a_case):
    case = a_case(received_ago=10 * HOUR)
    clock = Clock.objects.get(case=case)
    stop = {"clock_id": clock.pk, "outcome": "unable", "reason": WHY}
    now = timezone.now()
    for _ in range(3):
        tried(people, case, now)
    with pytest.raises(Refused, match="same hour"):
        stop_promise(people.actor("housing_manager"), case, **stop)
    # Before the promise began.
    Clock.objects.filter(pk=clock.pk).update(started_at=now + timedelta(microseconds=1))
    with pytest.raises(Refused, match="So far: 0"):
        stop_promise(people.actor("housing_manager"), case, **stop)
    Clock.objects.filter(pk=clock.pk).update(started_at=clock.started_at)
    case.attempts.update(was_safe_route=False)
    tried(people, case, now - 2 * HOUR)
    with pytest.raises(Refused, match="So far: 1"):
        stop_promise(people.actor("housing_manager"), case, **stop)


def test_a_clock_of_another_case_does_not_exist_here(people, officer, a_case):
    case, other = a_case(), a_case(received_ago=60 * HOUR)
    clock = Clock.objects.get(case=other)
    assert officer.get(reverse("clock_reason", args=[case.reference, clock.pk])).status_code == 404
    with pytest.raises(Http404):
        explain_breach(people.actor("housing_officer"), case, clock_id=clock.pk, reason=WHY)
