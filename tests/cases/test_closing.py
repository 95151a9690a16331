"""Ends: an action finished, a case closed and opened again, and who may not."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from audit.models import Event
from cases import clocks, extensions
from cases.actions.case_file import finish_task
from cases.actions.clock import explain_breach, stop_promise
from cases.actions.closing import close_case, reopen_case
from cases.models import Case, Clock, Grant, Task
from cases.rules import closing as rules
from tests.cases.ends import HOUR, TYPED, WHY, a_task, close, send, tried


@pytest.fixture
def officer(client_for):
    return client_for("housing_officer")


# --- from the outside


@pytest.mark.parametrize("name", ["case_close", "case_reopen", "clock_reason", "clock_stop", "note_add", "task_finish", "entry", "entry_correct", "case_chronology"])
def test_the_pages_are_closed_from_outside(client_for, a_case, share, inside_gate, name):
    from cases import chronology

    case = a_case(received_ago=60 * HOUR)
    share(case, "lantern_outreach", "summary")
    with inside_gate() as act:
        entry = chronology.record(act, case, "note", "A note")
    clock = Clock.objects.get(case=case)
    ids = {"clock_reason": clock.pk, "clock_stop": clock.pk, "task_finish": a_task(case).pk, "entry": entry.pk, "entry_correct": entry.pk}
    url = reverse(name, args=[case.reference, *([ids[name]] if name in ids else [])])
    for persona in ("outsider", "superuser", "commissioner", "auditor", "idva"):
        assert client_for(persona).get(url).status_code == 404, persona
    assert client_for("outreach_worker").get(url).status_code == 403
    assert client_for("housing_officer").get(url).status_code in (200, 302)


def test_the_actions_refuse_whoever_may_not(people, a_case, share):
    case = a_case(received_ago=60 * HOUR)
    share(case, "harbour_idva", "partner")
    clock = Clock.objects.get(case=case)
    for persona, refusal in (("outsider", Http404), ("superuser", Http404), ("idva", PermissionDenied)):
        actor = people.actor(persona)
        with pytest.raises(refusal):
            close_case(actor, case, closing_reason="needs_met", summary="x", audience="partners")
        with pytest.raises(refusal):
            reopen_case(actor, case, reason="x", audience="partners")
        with pytest.raises(refusal):
            explain_breach(actor, case, clock_id=clock.pk, reason=WHY)
        with pytest.raises(refusal):
            stop_promise(actor, case, clock_id=clock.pk, outcome="not_needed", reason=WHY)
    clock.refresh_from_db()
    assert clock.is_running and not clock.is_explained


# --- actions to do


def test_an_action_is_done_or_not_needed_by_its_own_agency(officer, a_case, people, share):
    case = a_case()
    share(case, "harbour_idva", "partner")
    one, two, theirs = a_task(case), a_task(case), a_task(case, people.agency("harbour_idva"))
    assert send(officer, case, "task_finish", one.pk, was_needed="yes", outcome="Rang them").status_code == 302
    assert send(officer, case, "task_finish", two.pk, was_needed="no", outcome="They rang us").status_code == 302
    assert send(officer, case, "task_finish", theirs.pk, was_needed="yes", outcome="x").status_code == 404
    assert list(Task.objects.exclude(done_at=None).order_by("id").values_list("outcome", flat=True)) == ["Rang them", "Not needed: They rang us"]
    with pytest.raises(Refused, match="already"):
        finish_task(people.actor("housing_officer"), case, task_id=one.pk, was_needed=True, outcome="x")
    assert send(officer, case, "task_finish", one.pk, was_needed="", outcome="").status_code == 422


# --- closing


def test_a_case_cannot_close_while_anything_is_left(people, a_case, share, officer, monkeypatch):
    case = a_case(received_ago=60 * HOUR)
    share(case, "harbour_idva", "partner")
    clock = Clock.objects.get(case=case)
    own, theirs = a_task(case), a_task(case, people.agency("harbour_idva"))
    monkeypatch.setattr(extensions, "BEFORE_CLOSING", [lambda closing, at: ["A listing waits for its meeting."]])
    with pytest.raises(Refused) as refusal:
        close(people, case)
    assert len(refusal.value.reasons) == 5
    page = officer.get(reverse("case_close", args=[case.reference])).content.decode()
    for words in ("still running", "Say why before", "Finish each action", "Harbour IDVAs", "A listing waits"):
        assert words in page
    explain_breach(people.actor("housing_officer"), case, clock_id=clock.pk, reason=WHY)
    stop_promise(people.actor("housing_officer"), case, clock_id=clock.pk, outcome="not_needed", reason=WHY)
    finish_task(people.actor("housing_officer"), case, task_id=own.pk, was_needed=True, outcome="x")
    share(case, "harbour_idva", "partner")
    finish_task(people.actor("idva"), case, task_id=theirs.pk, was_needed=True, outcome="x")
    with pytest.raises(Refused, match="A listing waits"):
        close(people, case)
    monkeypatch.setattr(extensions, "BEFORE_CLOSING", [])
    close(people, case)
    case.refresh_from_db()
    assert (case.status, case.closing_reason, case.closed_by) == ("closed", "needs_met", people.housing_officer)


def test_a_promise_that_was_kept_late_and_never_explained_blocks_closing(people, a_case, inside_gate):
    case = a_case(received_ago=60 * HOUR)
    clock = Clock.objects.get(case=case)
    with inside_gate() as act:
        clocks.stop(act, clock, "met")
    with pytest.raises(Refused, match="Say why"):
        close(people, case)


def test_unable_to_contact_needs_a_manager(people, a_case, officer):
    case = a_case(clock=None, received_ago=10 * HOUR)
    Case.objects.filter(pk=case.pk).update(opened_at=timezone.now() - 10 * HOUR)
    case.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        close(people, case, closing_reason="unable_to_contact")
    assert refusal.value.field == "closing_reason"
    response = send(officer, case, "case_close", closing_reason="unable_to_contact", summary="kept as typed", audience="agency", **TYPED)
    assert response.status_code == 422 and "A manager must close" in response.content.decode() and "kept as typed" in response.content.decode()
    with pytest.raises(Refused, match="So far: 0"):
        close(people, case, "housing_manager", closing_reason="unable_to_contact")
    for number in range(3):
        tried(people, case, timezone.now() - number * HOUR)
    Task.objects.filter(case=case).update(done_at=timezone.now(), done_by=people.housing_officer)
    Grant.objects.filter(content_object=case).update(worker=people.housing_manager)
    with pytest.raises(Refused, match="promise is yours"):
        close(people, case, "housing_manager", closing_reason="unable_to_contact")
    Grant.objects.filter(content_object=case).update(worker=people.housing_officer)
    close(people, case, "housing_manager", closing_reason="unable_to_contact")
    assert Case.objects.get(pk=case.pk).closing_reason == "unable_to_contact"


def test_closing_through_the_page_keeps_the_summary_for_its_audience(officer, a_case, share, client_for):
    case = a_case(clock=None)
    share(case, "harbour_idva", "partner")
    assert send(officer, case, "case_close", closing_reason="needs_met", summary="canary-summary", audience="agency", **TYPED).status_code == 302
    idva, own = (client.get(reverse("case", args=[case.reference])).content.decode() for client in (client_for("idva"), officer))
    assert "Case closed: Needs met" in idva and "canary-summary" not in idva and "canary-summary" in own
    assert "This case was closed on" in own and "Open it again" in own and "Open it again" not in idva
    assert "Record a contact attempt" not in own and "Change<" not in own


def test_closing_twice_and_after_somebody_else_changed_it(officer, client_for, a_case):
    case = a_case(clock=None)
    case.refresh_from_db()
    opened_on = case.revision
    assert send(client_for("other_housing_officer"), case, "case_consent", state="not_asked", scope="", reason="").status_code == 302
    facts = TYPED | {"closing_reason": "needs_met", "summary": "kept as typed", "audience": "agency", "once": str(uuid4()), "revision": opened_on}
    stale = officer.post(reverse("case_close", args=[case.reference]), facts)
    assert stale.status_code == 422 and "Somebody else changed" in stale.content.decode() and "kept as typed" in stale.content.decode()
    case.refresh_from_db()
    facts |= {"once": str(uuid4()), "revision": case.revision}
    assert send(officer, case, "case_close", **facts).status_code == 302
    assert send(officer, case, "case_close", **facts).status_code == 302  # the same form again: it leads to the case
    case.refresh_from_db()
    again = send(officer, case, "case_close", **facts | {"once": str(uuid4()), "revision": case.revision})
    assert again.status_code == 422 and "This case is closed" in again.content.decode()
    assert Event.objects.filter(verb="case.close", outcome="done").count() == 1


# --- opening again


def test_a_case_opens_again_with_a_new_promise_from_the_new_report(officer, a_case, people):
    case = a_case(clock=None)
    close(people, case)
    Case.objects.filter(pk=case.pk).update(closed_at=timezone.now() - timedelta(days=30))
    at = timezone.localtime() - 3 * HOUR
    received = {"received_at_day": at.day, "received_at_month": at.month, "received_at_year": at.year, "received_at_time": f"{at:%H:%M}"}
    assert send(officer, case, "case_reopen", reason="She rang", audience="partners", is_new_report="yes").status_code == 422
    assert send(officer, case, "case_reopen", reason="She rang", audience="partners", is_new_report="yes", **received).status_code == 302
    case.refresh_from_db()
    assert case.is_open and case.closing_reason == "" and case.closed_by is None
    clock = Clock.objects.get(case=case)
    assert clock.is_running and clock.started_at == at.replace(second=0, microsecond=0) and clock.owner == people.housing_officer
    assert officer.get(reverse("case_reopen", args=[case.reference])).status_code == 302


def test_opening_again_without_a_report_starts_nothing(people, a_case):
    case = a_case(clock=None)
    close(people, case)
    reopen_case(people.actor("housing_officer"), case, reason="Closed by mistake", audience="agency")
    assert Case.objects.get(pk=case.pk).is_open and not Clock.objects.exists()


def test_a_report_from_before_the_closing_or_from_tomorrow_is_refused(people, a_case):
    case = a_case(clock=None)
    close(people, case)
    for at in (timezone.now() - HOUR, timezone.now() + HOUR):
        with pytest.raises(Refused) as refusal:
            reopen_case(people.actor("housing_officer"), case, reason="x", audience="agency", received_at=at)
        assert refusal.value.field == "received_at"


def test_after_a_year_it_stays_closed(people, a_case, officer):
    case = a_case(clock=None)
    close(people, case)
    Case.objects.filter(pk=case.pk).update(closed_at=timezone.now() - timedelta(days=367))
    with pytest.raises(Refused, match="Log a new disclosure"):
        reopen_case(people.actor("housing_officer"), case, reason="x", audience="agency")
    assert "Log a new disclosure" in officer.get(reverse("case_reopen", args=[case.reference])).content.decode()
    assert "Open it again" not in officer.get(reverse("case", args=[case.reference])).content.decode()


def test_a_year_ends_on_the_anniversary_by_the_clock_on_the_wall():
    # Closed in winter time, the anniversary of a day in summer time: the wall clock counts.
    assert rules.reopen_until(datetime(2026, 3, 29, 0, 30, tzinfo=UTC)) == datetime(2027, 3, 28, 23, 30, tzinfo=UTC)
    assert rules.reopen_until(datetime(2028, 2, 29, 12, 0, tzinfo=UTC)) == datetime(2029, 3, 1, 12, 0, tzinfo=UTC)
    closed = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
    until = rules.reopen_until(closed)
    assert rules.reasons_cannot_reopen(closed, until) == [] and rules.reasons_cannot_reopen(closed, until + timedelta(seconds=1))
    assert rules.reasons_cannot_reopen(None, closed) == ["This case is open already."]


def test_the_rules_of_closing():
    nothing = {"running_clocks": 0, "missed_without_reason": 0, "own_open_tasks": 0, "others_with_open_tasks": [], "others": []}
    assert rules.reasons_cannot_close(**nothing) == []
    for name, value in (("running_clocks", 1), ("missed_without_reason", 2), ("own_open_tasks", 1), ("others_with_open_tasks", ["A"]), ("others", ["B"])):
        assert len(rules.reasons_cannot_close(**{**nothing, name: value})) == 1
    assert rules.reasons_reason_needs_manager("needs_met", False) == [] == rules.reasons_reason_needs_manager("unable_to_contact", True)
    assert rules.reasons_reason_needs_manager("unable_to_contact", False) and rules.reasons_closed(False) and not rules.reasons_closed(True)
