"""Recording an attempt: what stops a promise, what does not, who is told when nobody answers."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from agencies.gate import AlreadyDone, Refused
from agencies.models import Policy
from audit.models import Event
from cases import clocks
from cases.actions.contact import record_contact
from cases.models import Address, Clock, ContactAttempt, Entry, Notification, SafeContact, SafeWindow, Task
from ui.times import LONDON

HOUR = timedelta(hours=1)
LONG_REASON = "The police were with her and asked us to ring at once"


@pytest.fixture(autouse=True)
def _a_wednesday_afternoon():
    """Safe times are hours of the week: these tests must not depend on the hour at which they run."""
    with time_machine.travel(datetime(2026, 3, 18, 14, 20, tzinfo=UTC)):
        yield


def windows_around(at, *, inside):
    """One safe hour of the week: round about this instant, or twelve hours away from it."""
    local = (at if inside else at + 12 * HOUR).astimezone(LONDON)
    return [(local.weekday(), min(local.hour, 22), min(local.hour, 22) + 1)]


@pytest.fixture
def attempt(people):
    """Records an attempt as a persona, on the case's telephone unless told otherwise."""

    def recorded(case, persona="housing_officer", **facts):
        facts = {"at": timezone.now(), "outcome": "no_answer", "audience": "agency"} | facts
        if "channel" not in facts and "contact_id" not in facts:
            facts["contact_id"] = SafeContact.objects.get(case=case, ended_at=None, channel="phone").pk
        return record_contact(people.actor(persona), case, **facts)

    return recorded


def running(case):
    return sorted(Clock.objects.filter(case=case, stopped_at=None).values_list("kind", flat=True))


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


# --- the limit


def test_three_failed_attempts_tell_others_once_and_three_more_again(a_case, attempt, people):
    case = a_case("other_housing_officer")
    for number in range(1, 8):
        attempt(case)
        assert Task.objects.filter(case=case, kind="attempts.limit").count() == number // 3, number
    task = Task.objects.filter(case=case).first()
    assert task.title == "Consider a MARAC referral or a police welfare check" and task.agency == people.agency("northvale_housing")
    assert task.owner == people.other_housing_officer
    told = Notification.objects.filter(case=case, kind="attempts.limit")
    assert sorted(told.values_list("user__email", flat=True)) == sorted(["housing_manager@example.org", "other_housing_officer@example.org"] * 2)
    assert Event.objects.filter(verb="attempts.limit", case_reference=case.reference).count() == 2


def test_reaching_them_starts_the_count_again(a_case, attempt):
    case = a_case()
    attempt(case)
    attempt(case)
    attempt(case, outcome="reached", talked_it_through=True)
    attempt(case)
    attempt(case)
    assert not Task.objects.filter(case=case).exists()
    attempt(case)
    assert Task.objects.filter(case=case).count() == 1


def test_the_limit_is_the_agencys_own_and_counts_its_own_attempts(a_case, attempt, share, people):
    case = a_case()
    share(case, "harbour_idva", worker="idva")
    Policy.objects.create(
        key="contact.attempt_limit", agency=people.agency("harbour_idva"), value="2", effective_from=timezone.now() - HOUR, reason="agreed",
        set_by=people.idva_manager, set_at=timezone.now(),
    )
    attempt(case)
    attempt(case)
    attempt(case, "idva")
    assert not Task.objects.filter(case=case).exists()
    attempt(case, "idva")
    assert Task.objects.get(case=case).agency == people.agency("harbour_idva")
    assert Task.objects.get(case=case).owner == people.idva
    # Whoever logged the case is the referrer, and is told too.
    assert sorted(Notification.objects.values_list("user__email", flat=True)) == ["housing_officer@example.org", "idva_manager@example.org"]


def test_nobody_is_told_about_a_case_from_which_they_are_barred(a_case, attempt, people):
    case = a_case()
    case.exclusions.create(user=people.housing_manager, reason="A neighbour", made_at=timezone.now(), made_by=people.agency_lead)
    for _ in range(3):
        attempt(case)
    assert list(Notification.objects.values_list("user", flat=True)) == [people.housing_officer.pk]


# --- who answered


def test_an_alleged_perpetrator_who_answers_has_the_channel(a_case, attempt):
    case = a_case(windows=[(day, 0, 23) for day in range(7)])
    attempt(case, outcome="someone_else", answered_by="perpetrator")
    old, new = SafeContact.objects.filter(case=case).order_by("id")
    assert old.ended_at and old.is_safe == "yes"
    assert (new.is_safe, new.verified_at, new.value, new.ended_at) == ("unknown", None, old.value, None)
    assert SafeWindow.objects.filter(contact=new).count() == 7
    assert Event.objects.filter(verb="safe_contact.lost").count() == 1


@pytest.mark.parametrize("answered_by", ["perpetrator", "unknown"])
def test_every_channel_with_the_number_that_somebody_answered_is_lost(a_case, attempt, answered_by):
    case = a_case()
    phone = SafeContact.objects.get(case=case)
    for channel, value in (("text", "+447700900123"), ("voicemail", "(07700) 900 123"), ("phone", "07700 900456")):
        SafeContact.objects.create(case=case, party=phone.party, channel=channel, value=value, is_safe="yes", voicemail="yes")
    attempt(case, contact_id=phone.pk, outcome="someone_else", answered_by=answered_by)
    now = SafeContact.objects.filter(case=case, ended_at=None)
    assert sorted(now.values_list("channel", "is_safe", "voicemail")) == [
        ("phone", "unknown", "unknown"), ("phone", "yes", "yes"), ("text", "unknown", "unknown"), ("voicemail", "unknown", "unknown"),
    ]
    assert Event.objects.filter(verb="safe_contact.lost").count() == 3


def test_somebody_who_answers_another_way_takes_every_channel_of_that_kind(a_case, attempt):
    case = a_case()
    party = SafeContact.objects.get(case=case).party
    SafeContact.objects.create(case=case, party=party, channel="text", value="07700 900456", is_safe="yes")
    SafeContact.objects.create(case=case, party=party, channel="email", value="mari@example.org", is_safe="yes")
    attempt(case, channel="phone", outcome="someone_else", answered_by="perpetrator", override_reason=LONG_REASON)
    now = SafeContact.objects.filter(case=case, ended_at=None)
    assert sorted(now.values_list("channel", "is_safe")) == [("email", "yes"), ("phone", "unknown"), ("text", "unknown")]


def test_somebody_else_who_answers_leaves_the_channel_as_it_is(a_case, attempt):
    case = a_case()
    attempt(case, outcome="someone_else", answered_by="child")
    assert SafeContact.objects.get(case=case).is_safe == "yes"


# --- what is written down


def test_that_somebody_tried_is_shared_and_a_private_note_is_not(a_case, attempt):
    case = a_case()
    attempt(case, note="canary-note", audience="agency")
    shared, private = Entry.objects.filter(case=case).order_by("audience").reverse()
    assert (shared.audience, shared.kind, shared.title, "canary-note" in shared.text) == ("partners", "contact", "Telephone call: No answer", False)
    assert (private.audience, private.text) == ("agency", "canary-note")


def test_the_log_holds_no_narrative_and_no_number(a_case, attempt):
    case = a_case()
    attempt(case, note="canary-note", outcome="someone_else", answered_by="perpetrator")
    for event in Event.objects.filter(case_reference=case.reference):
        assert "canary" not in str((event.before, event.after, event.reason)) and "900123" not in str((event.before, event.after))


def test_the_same_form_twice_records_once(a_case, attempt):
    case, token = a_case(), uuid4()
    done = attempt(case, once=token)
    with pytest.raises(AlreadyDone) as again:
        attempt(case, once=token)
    assert again.value.led_to == reverse("case_contact_saved", args=[case.reference, done.pk])
    assert ContactAttempt.objects.count() == 1


# --- the pages


def typed(case, **facts):
    at = timezone.localtime()
    return {
        "route": str(SafeContact.objects.get(case=case, ended_at=None).pk), "outcome": "no_answer", "audience": "agency", "once": str(uuid4()),
        "at_day": at.day, "at_month": at.month, "at_year": at.year, "at_time": f"{at:%H:%M}",
    } | facts


def test_the_state_of_a_channel_is_read_before_it_is_chosen(client_for, a_case):
    case = a_case()
    SafeContact.objects.filter(case=case).update(is_safe="no", how="Never ring in the evening")
    text = client_for("housing_officer").get(reverse("case_contact", args=[case.reference])).content.decode()
    assert text.index("This channel is marked not safe.") < text.index("How did you try?")
    assert text.count("Never ring in the evening") >= 2 and "No way of contact is known to be safe." in text
    assert "End the call. Do not say who you are" in text
    assert re.search(r"<h3 [^>]*>Telephone call ", text)


def test_a_failed_attempt_offers_the_next_safe_times_and_warns(client_for, a_case):
    now = timezone.now()
    case = a_case(windows=windows_around(now, inside=False))
    client = client_for("housing_officer")
    response = client.post(reverse("case_contact", args=[case.reference]), typed(case, override_reason=LONG_REASON))
    assert response.status_code == 302
    text = client.get(response["Location"]).content.decode()
    assert "When to try next" in text and "safe time is left before the promise is due." in text
    assert "That is marked, with your reason" in text


def test_the_third_failure_says_who_was_told_and_someone_elses_voice_says_end_the_call(client_for, a_case, attempt):
    case = a_case()
    attempt(case)
    attempt(case)
    client = client_for("housing_officer")
    response = client.post(reverse("case_contact", args=[case.reference]), typed(case, outcome="someone_else", answered_by="adult"), follow=True)
    text = response.content.decode()
    assert "End the call" in text and "police welfare check" in text
    other = a_case()
    response = client.post(reverse("case_contact", args=[other.reference]), typed(other, outcome="someone_else", answered_by="unknown"), follow=True)
    assert "do not try it again" in response.content.decode()


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"outcome": ""}, "What happened?"),
        ({"outcome": "reached"}, "Did you talk the situation through?"),
        ({"outcome": "someone_else"}, "Who answered?"),
        ({"route": ""}, "How did you try?"),
        ({"route": "other"}, "Which way?"),
        ({"route": "999999"}, "Choose one of the answers listed"),
        ({"at_day": "31", "at_month": "2"}, "must be a real date"),
        ({"at_year": "2999"}, "in the past"),
        ({"note": "x" * 10_001}, "10,000 characters or fewer"),
        ({"note": "a\x00b"}, "cannot be printed"),
    ],
)
def test_a_wrong_answer_is_said_in_words_and_nothing_is_lost(client_for, a_case, facts, words):
    case = a_case()
    response = client_for("housing_officer").post(reverse("case_contact", args=[case.reference]), typed(case, **{"note": "kept as typed", **facts}))
    text = response.content.decode()
    assert response.status_code == 422 and "There is a problem" in text and "<title>Error: " in text
    assert words.lower() in text.lower() or f"Answer “{words}”" in text
    assert "note" in facts or "kept as typed" in text
    assert not ContactAttempt.objects.exists()


def test_ten_thousand_characters_are_kept(client_for, a_case):
    case = a_case()
    assert client_for("housing_officer").post(reverse("case_contact", args=[case.reference]), typed(case, note="é" * 10_000)).status_code == 302
    assert Entry.objects.filter(case=case, text="é" * 10_000).exists()


def test_a_refusal_stands_beside_its_question_and_nothing_is_lost(client_for, a_case):
    case = a_case(received_ago=50 * HOUR)
    response = client_for("housing_officer").post(
        reverse("case_contact", args=[case.reference]), typed(case, outcome="reached", talked_it_through="yes", still_safe="yes", note="kept as typed")
    )
    text = response.content.decode()
    assert response.status_code == 422 and 'href="#id_breach_reason"' in text and "kept as typed" in text
    assert Clock.objects.get(case=case).is_running


def test_sending_the_form_twice_leads_to_the_same_page(client_for, a_case):
    case = a_case()
    client, facts = client_for("housing_officer"), typed(a_case())
    facts["route"] = str(SafeContact.objects.get(case=case).pk)
    first = client.post(reverse("case_contact", args=[case.reference]), facts)
    second = client.post(reverse("case_contact", args=[case.reference]), facts)
    assert first["Location"] == second["Location"]
    assert ContactAttempt.objects.filter(case=case).count() == 1


@pytest.mark.parametrize("name", ["case_contact", "case_contact_saved", "contact_number", "safe_contact_verify"])
def test_the_pages_are_closed_from_outside(client_for, a_case, attempt, share, name):
    case = a_case()
    done = attempt(case)
    share(case, "vale_probation", "partner")
    share(case, "lantern_outreach", "summary")
    ids = {"case_contact": [], "case_contact_saved": [done.pk]}.get(name, [SafeContact.objects.get(case=case).pk])
    url = reverse(name, args=[case.reference, *ids])
    for persona in ("outsider", "superuser", "commissioner", "auditor", "idva"):
        assert client_for(persona).get(url).status_code == 404, persona
        assert client_for(persona).post(url).status_code in ((404, 405) if name == "case_contact_saved" else (404,)), persona
    assert client_for("marac_representative").get(url).status_code in (403, 404)
    assert client_for("outreach_worker").get(url).status_code == (200 if name == "contact_number" else 403)


def test_the_number_comes_after_its_safety_and_each_look_is_kept(client_for, a_case):
    case = a_case()
    contact = SafeContact.objects.get(case=case)
    url = reverse("contact_number", args=[case.reference, contact.pk])
    client = client_for("housing_officer")
    before = client.get(url)
    assert "900123" not in before.content.decode().replace(" ", "") and "Ask for Mari" in before.content.decode()
    assert not Event.objects.filter(subject=f"number:{contact.pk}").exists()
    shown = client.post(url)
    assert "07700 900123" in shown.content.decode() and shown["Cache-Control"].find("no-store") >= 0
    event = Event.objects.get(subject=f"number:{contact.pk}")
    assert (event.outcome, event.case_reference) == ("read", case.reference)


def test_a_number_that_is_not_safe_now_wants_a_yes_first(client_for, a_case):
    case = a_case()
    SafeContact.objects.filter(case=case).update(is_safe="no")
    url = reverse("contact_number", args=[case.reference, SafeContact.objects.get(case=case).pk])
    client = client_for("housing_officer")
    refused = client.post(url)
    assert refused.status_code == 422 and "900123" not in refused.content.decode().replace(" ", "")
    assert "07700 900123" in client.post(url, {"understood": "on"}).content.decode()


def test_another_cases_channel_or_an_ended_one_shows_nothing(client_for, a_case):
    case, other = a_case(), a_case()
    client = client_for("housing_officer")
    theirs = SafeContact.objects.get(case=other)
    assert client.post(reverse("contact_number", args=[case.reference, theirs.pk])).status_code == 404
    SafeContact.objects.filter(case=case).update(ended_at=timezone.now())
    assert client.post(reverse("contact_number", args=[case.reference, SafeContact.objects.get(case=case).pk])).status_code == 404


def test_a_visit_to_a_protected_address_is_as_protected_as_the_address(client_for, a_case, share):
    case = a_case()
    victim = case.parties.get(role="victim")
    visit = SafeContact.objects.create(case=case, party=victim, channel="visit", value="17 Nightjar Close", is_safe="yes")
    share(case, "valley_health", "partner")
    url = reverse("contact_number", args=[case.reference, visit.pk])
    client = client_for("health_visitor")
    assert "17 Nightjar Close" in client.post(url).content.decode()
    Address.objects.create(case=case, party=victim, lines="17 Nightjar Close", visibility="confidential", from_at=timezone.now())
    response = client.post(url)
    assert response.status_code == 403 and "Nightjar" not in response.content.decode()
    assert "17 Nightjar Close" in client_for("housing_officer").post(url).content.decode()
