"""What follows from an attempt: who is told when nobody answers, what a wrong voice costs, what is written down."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.gate import AlreadyDone
from agencies.models import Policy
from audit.models import Event
from cases.models import ContactAttempt, Entry, Notification, SafeContact, SafeWindow, Task
from tests.cases.contacting import HOUR, LONG_REASON, way

pytestmark = pytest.mark.usefixtures("a_wednesday_afternoon")


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
    assert (new.replaces, new.times, new.recorded_at) == (old, "windows", old.ended_at)
    assert SafeWindow.objects.filter(contact=new).count() == 7
    assert Event.objects.filter(verb="safe_contact.lost").count() == 1


@pytest.mark.parametrize("answered_by", ["perpetrator", "unknown"])
def test_every_channel_with_the_number_that_somebody_answered_is_lost(a_case, attempt, answered_by):
    case = a_case()
    phone = SafeContact.objects.get(case=case)
    for channel, value in (("text", "+447700900123"), ("voicemail", "(07700) 900 123"), ("phone", "07700 900456")):
        way(case, channel, value, voicemail="yes")
    attempt(case, contact_id=phone.pk, outcome="someone_else", answered_by=answered_by)
    now = SafeContact.objects.filter(case=case, ended_at=None)
    assert sorted(now.values_list("channel", "is_safe", "voicemail")) == [
        ("phone", "unknown", "unknown"), ("phone", "yes", "yes"), ("text", "unknown", "unknown"), ("voicemail", "unknown", "unknown"),
    ]
    assert Event.objects.filter(verb="safe_contact.lost").count() == 3


def test_somebody_who_answers_another_way_takes_every_channel_of_that_kind(a_case, attempt):
    case = a_case()
    way(case, "text", "07700 900456")
    way(case, "email", "mari@example.org")
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
