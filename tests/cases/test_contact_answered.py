"""Somebody else had answered: the telephone was not safe from then on, whenever that was written down, until the victim/survivor was asked again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.gate import Refused
from cases.actions.safe_contact import change_safe_contact, note_check
from cases.models import Entry, SafeContact
from cases.rules.contact import is_checked_since
from tests.cases.contacting import HOUR, LONG_REASON, running, way

pytestmark = pytest.mark.usefixtures("a_wednesday_afternoon")
MINUTE = timedelta(minutes=1)
REACHED = {"outcome": "reached", "talked_it_through": True}


def phone_of(case):
    return SafeContact.objects.get(case=case, ended_at=None, channel="phone")


def answered(attempt, case, ago, **facts):
    return attempt(case, **{"outcome": "someone_else", "answered_by": "perpetrator", "at": timezone.now() - ago, **facts})


@pytest.mark.parametrize("answered_by", ["perpetrator", "unknown"])
@pytest.mark.parametrize("ago", [4 * HOUR, 3 * HOUR, timedelta()])
def test_a_call_after_somebody_else_had_answered_was_not_safe_and_keeps_nothing(a_case, attempt, answered_by, ago):
    case = a_case(received_ago=6 * HOUR)
    answered(attempt, case, 4 * HOUR, answered_by=answered_by)
    with pytest.raises(Refused, match=r"Somebody else answered this number at 10:20am on 18 March\." if ago else "Nobody has confirmed") as refusal:
        attempt(case, **REACHED, at=timezone.now() - ago)
    assert refusal.value.field == "override_reason"
    made = attempt(case, **REACHED, at=timezone.now() - ago, override_reason=LONG_REASON)
    assert (made.was_safe_route, running(case)) == (False, ["contact"])


def test_a_call_before_somebody_else_answered_was_safe(a_case, attempt):
    case = a_case(received_ago=6 * HOUR)
    answered(attempt, case, 3 * HOUR)
    assert attempt(case, **REACHED, at=timezone.now() - 3 * HOUR - MINUTE).was_safe_route
    assert running(case) == []


@pytest.mark.parametrize("answered_by", ["child", "adult"])
def test_a_child_or_another_adult_takes_nothing(a_case, attempt, answered_by):
    case = a_case(received_ago=6 * HOUR)
    answered(attempt, case, 4 * HOUR, answered_by=answered_by)
    assert attempt(case, **REACHED, at=timezone.now() - 3 * HOUR).was_safe_route


def test_a_text_to_the_telephone_that_he_answered_was_not_safe_and_one_to_another_was(a_case, attempt):
    case = a_case(received_ago=6 * HOUR)
    then = timezone.now() - 6 * HOUR
    same, other = way(case, "text", "07700 900123", recorded_at=then, verified_at=then), way(case, "text", "07700 900456", recorded_at=then, verified_at=then)
    answered(attempt, case, 4 * HOUR)
    assert attempt(case, contact_id=other.pk, at=timezone.now() - 3 * HOUR).was_safe_route
    with pytest.raises(Refused, match="Somebody else answered this number"):
        attempt(case, contact_id=same.replaced_by.pk, at=timezone.now() - 3 * HOUR)


def test_a_check_with_them_in_between_makes_it_safe_again(a_case, attempt, people, inside_gate):
    case = a_case(received_ago=6 * HOUR)
    phone = phone_of(case)
    with inside_gate():
        note_check(phone, timezone.now() - 2 * HOUR, people.housing_officer.pk)
    answered(attempt, case, 4 * HOUR)
    with pytest.raises(Refused, match="Somebody else answered"):
        attempt(case, at=timezone.now() - 3 * HOUR)
    assert attempt(case, **REACHED, at=timezone.now() - HOUR).was_safe_route


def test_a_number_that_they_confirm_afterwards_is_safe_from_then_on_only(a_case, attempt, people):
    case = a_case(received_ago=6 * HOUR)
    answered(attempt, case, 4 * HOUR)
    facts = {"value": "07700 900123", "is_safe": "yes", "times": "any", "voicemail": "no", "how": "", "code_word": "", "is_checked": True}
    change_safe_contact(people.actor("housing_officer"), case, contact_id=phone_of(case).pk, channel="phone", **facts)
    with pytest.raises(Refused, match="Somebody else answered"):
        attempt(case, **REACHED, at=timezone.now() - 3 * HOUR)
    assert attempt(case, **REACHED).was_safe_route


def test_what_was_already_counted_as_safe_is_named_where_he_turns_out_to_have_answered_before_it(a_case, attempt):
    case = a_case(received_ago=6 * HOUR)
    attempt(case, outcome="no_answer", at=timezone.now() - 2 * HOUR)
    kept = attempt(case, **REACHED, at=timezone.now() - 3 * HOUR)
    answered(attempt, case, 4 * HOUR)
    kept.refresh_from_db()
    assert kept.was_safe_route  # history is not rewritten
    text = Entry.objects.get(case=case, title__contains="Someone else answered").text
    assert "Recorded as a safe contact before this was known: 11:20am on 18 March." in text


@pytest.mark.parametrize(("check", "is_since"), [(-MINUTE, False), (timedelta(), False), (timedelta(seconds=30), False), (MINUTE, True)])
def test_only_a_check_after_the_minute_of_the_answer_counts(check, is_since):
    at = timezone.now().replace(second=0, microsecond=0)
    assert is_checked_since(at, at + HOUR, [at + check]) is is_since
    assert is_checked_since(at, at + timedelta(seconds=20), [at + timedelta(seconds=30)])
    assert not is_checked_since(at, at, [])
