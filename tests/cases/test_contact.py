"""Recording an attempt: who may, what stops a promise and what does not, and whose promise it is."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from agencies.gate import Refused
from audit.models import Event
from cases import clocks
from cases.models import Clock, ContactAttempt, Entry, SafeContact
from tests.cases.contacting import HOUR, LONG_REASON, running, windows_around

pytestmark = pytest.mark.usefixtures("a_wednesday_afternoon")


# --- who may


@pytest.mark.parametrize(("persona", "refusal"), [("outsider", Http404), ("superuser", Http404), ("commissioner", Http404), ("idva", Http404)])
def test_nobody_without_a_grant_may_record(a_case, attempt, persona, refusal):
    case = a_case()
    with pytest.raises(refusal):
        attempt(case, persona)
    assert not ContactAttempt.objects.exists()
    assert Event.objects.filter(verb="contact.record", outcome="denied", case_reference=case.reference).count() == 1


def test_a_summary_grant_or_a_role_without_the_capability_may_not(a_case, attempt, share):
    case = a_case()
    share(case, "harbour_idva", "summary")
    share(case, "vale_probation", "partner")
    for persona in ("idva", "marac_representative"):
        with pytest.raises(PermissionDenied):
            attempt(case, persona)


# --- what stops a promise


@pytest.mark.parametrize("outcome", ["no_answer", "someone_else", "unsafe_to_talk", "message_sent", "unobtainable"])
def test_an_attempt_stops_nothing(a_case, attempt, outcome):
    case = a_case()
    attempt(case, outcome=outcome, answered_by="adult")
    assert running(case) == ["contact"]


def test_reaching_them_and_talking_it_through_stops_both(a_case, attempt, inside_gate):
    case = a_case()
    with inside_gate() as act:
        clocks.start(act, case, "discussion", agency=case.lead_agency)
    done = attempt(case, outcome="reached", talked_it_through=True)
    assert running(case) == []
    assert set(Clock.objects.filter(case=case).values_list("outcome", "stopped_at")) == {("met", done.at)}


def test_reaching_them_without_talking_it_through_promises_the_discussion_from_then(a_case, attempt, people):
    case = a_case(received_ago=10 * HOUR)
    at = timezone.now() - 3 * HOUR
    attempt(case, outcome="reached", at=at)
    assert running(case) == ["discussion"]
    discussion = Clock.objects.get(case=case, kind="discussion")
    assert discussion.started_at == at and discussion.due_at == at + 48 * HOUR
    assert discussion.owner == people.housing_officer and discussion.basis.startswith("48 elapsed hours from ")
    attempt(case, outcome="reached", talked_it_through=True)
    assert running(case) == []


def test_reaching_them_by_an_unsafe_route_is_marked_and_keeps_no_promise(a_case, attempt):
    case = a_case()
    SafeContact.objects.filter(case=case).update(is_safe="unknown", verified_at=None, verified_by=None)
    with pytest.raises(Refused) as refusal:
        attempt(case, outcome="reached", talked_it_through=True)
    assert refusal.value.field == "override_reason"
    with pytest.raises(Refused):
        attempt(case, outcome="reached", talked_it_through=True, override_reason="x" * 19)
    done = attempt(case, outcome="reached", talked_it_through=True, override_reason=LONG_REASON)
    assert not done.was_safe_route and done.override_reason == LONG_REASON
    assert running(case) == ["contact"]
    assert LONG_REASON in Entry.objects.get(case=case, kind="contact").text


def test_the_window_is_judged_at_the_time_of_the_attempt_not_of_the_record(a_case, attempt):
    at = timezone.now() - 5 * HOUR
    case = a_case(received_ago=6 * HOUR, windows=windows_around(at, inside=True))
    assert attempt(case, outcome="reached", at=at).was_safe_route
    other = a_case(received_ago=6 * HOUR, windows=windows_around(at, inside=False))
    with pytest.raises(Refused, match="outside the safe times"):
        attempt(other, outcome="reached", at=at)


def test_a_voicemail_that_nobody_agreed_to_wants_a_reason(a_case, attempt):
    case = a_case()
    with pytest.raises(Refused, match="voicemail"):
        attempt(case, outcome="voicemail_left")
    SafeContact.objects.filter(case=case).update(voicemail="yes")
    assert attempt(case, outcome="voicemail_left").was_safe_route


def test_a_way_that_is_not_written_down_is_not_safe_but_meeting_alone_is(a_case, attempt):
    case = a_case()
    with pytest.raises(Refused):
        attempt(case, channel="visit", outcome="reached")
    assert running(case) == ["contact"]
    assert attempt(case, channel="in_person", outcome="reached", talked_it_through=True).was_safe_route
    assert running(case) == []


def test_at_high_risk_details_that_nobody_checked_for_a_month_are_not_safe(a_case, attempt):
    case = a_case()
    type(case).objects.filter(pk=case.pk).update(risk_level="high", risk_level_at=timezone.now())
    attempt(case)
    SafeContact.objects.filter(case=case).update(verified_at=timezone.now() - timedelta(days=31))
    with pytest.raises(Refused, match="too long"):
        attempt(case, outcome="reached")


def test_checking_on_the_call_verifies_the_channel(a_case, attempt, people):
    case = a_case()
    SafeContact.objects.filter(case=case).update(verified_at=timezone.now() - timedelta(days=20))
    attempt(case, "other_housing_officer", outcome="reached", talked_it_through=True, still_safe=True)
    contact = SafeContact.objects.get(case=case)
    assert timezone.now() - contact.verified_at < timedelta(minutes=1) and contact.verified_by == people.other_housing_officer


def test_times_that_cannot_be_are_refused_beside_the_time(a_case, attempt):
    case = a_case(received_ago=2 * HOUR)
    for at in (timezone.now() + timedelta(minutes=5), timezone.now() - 3 * HOUR):
        with pytest.raises(Refused) as refusal:
            attempt(case, at=at)
        assert refusal.value.field == "at"
    # Before the case was logged but after the report: somebody rang first and logged after.
    assert attempt(case, at=timezone.now() - HOUR).at < case.opened_at


def test_a_contact_before_the_discussion_was_promised_does_not_keep_that_promise(a_case, attempt, inside_gate):
    case = a_case(received_ago=5 * HOUR)
    with inside_gate() as act:
        clocks.start(act, case, "discussion", agency=case.lead_agency, started_at=act.at - HOUR)
    attempt(case, outcome="reached", talked_it_through=True, at=timezone.now() - 2 * HOUR)
    assert running(case) == ["discussion"]


def test_a_closed_case_takes_no_attempt(a_case, attempt, people):
    case = a_case(clock=None)
    type(case).objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer)
    with pytest.raises(Refused, match="closed"):
        attempt(case)


def test_an_ended_channel_is_refused_in_words_and_another_cases_too(a_case, attempt):
    case, other = a_case(), a_case()
    theirs = SafeContact.objects.get(case=other)
    with pytest.raises(Refused):
        attempt(case, contact_id=theirs.pk)
    mine = SafeContact.objects.get(case=case)
    SafeContact.objects.filter(pk=mine.pk).update(ended_at=timezone.now())
    with pytest.raises(Refused, match="Somebody changed") as refusal:
        attempt(case, contact_id=mine.pk)
    assert refusal.value.field == "route"


def test_times_are_written_to_the_minute(a_case, attempt):
    case = a_case(received_ago=timedelta(seconds=0))
    clock = Clock.objects.get(case=case)
    Clock.objects.filter(pk=clock.pk).update(started_at=clock.started_at.replace(second=0, microsecond=900) - timedelta(minutes=2))
    SafeContact.objects.filter(case=case).update(recorded_at=clock.started_at - HOUR, verified_at=clock.started_at - HOUR)
    clock.refresh_from_db()
    attempt(case, outcome="reached", talked_it_through=True, at=clock.started_at.replace(microsecond=0))
    clock.refresh_from_db()
    assert clock.stopped_at == clock.started_at


# --- late


def test_a_late_success_waits_for_the_reason(a_case, attempt, people):
    case = a_case(received_ago=50 * HOUR)
    with pytest.raises(Refused) as refusal:
        attempt(case, outcome="reached", talked_it_through=True)
    assert refusal.value.field == "breach_reason" and running(case) == ["contact"] and not ContactAttempt.objects.exists()
    attempt(case, outcome="reached", talked_it_through=True, breach_reason="She was in hospital until today.")
    clock = Clock.objects.get(case=case)
    assert (clock.outcome, clock.breach_reason, clock.breach_explained_by) == ("met", "She was in hospital until today.", people.housing_officer)
    assert clock.breached_at == clock.due_at
    assert "kept late" in Entry.objects.get(case=case, kind="contact").text


def test_a_contact_in_time_that_is_written_down_late_is_in_time(a_case, attempt):
    case = a_case(received_ago=50 * HOUR)
    attempt(case, outcome="reached", talked_it_through=True, at=timezone.now() - 3 * HOUR)
    clock = Clock.objects.get(case=case)
    assert clock.outcome == "met" and not clock.is_breached(timezone.now())


def test_an_explained_miss_needs_no_second_reason(a_case, attempt, people):
    case = a_case(received_ago=50 * HOUR)
    Clock.objects.filter(case=case).update(breach_reason="Known already", breach_explained_at=timezone.now(), breach_explained_by=people.housing_manager)
    attempt(case, outcome="reached", talked_it_through=True)
    assert Clock.objects.get(case=case).breach_reason == "Known already"


# --- several agencies


def test_another_agencys_promise_runs_on_unless_the_person_says_that_it_is_kept(a_case, attempt, share):
    case = a_case()
    share(case, "harbour_idva", worker="idva")
    attempt(case, "idva", outcome="reached", talked_it_through=True)
    assert running(case) == ["contact"]
    attempt(case, "idva", outcome="reached", talked_it_through=True, keeps_promise_of_others=True)
    clock = Clock.objects.get(case=case)
    assert (clock.outcome, clock.outcome_reason) == ("met", "Contact by Harbour IDVAs")


def test_another_agencys_missed_promise_stays_theirs_to_explain(a_case, attempt, share):
    case = a_case(received_ago=50 * HOUR)
    share(case, "harbour_idva", worker="idva")
    attempt(case, "idva", outcome="reached", talked_it_through=True, keeps_promise_of_others=True, breach_reason="Not ours to say")
    clock = Clock.objects.get(case=case)
    assert clock.is_running and not clock.is_explained
