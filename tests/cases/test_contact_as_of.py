"""An attempt is judged by what was recorded, checked and assessed when it was made, never by what somebody has written since."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.gate import Refused
from cases import attempts, safe_contact
from cases.actions.safe_contact import change_safe_contact, verify_safe_contact
from cases.models import Assessment, Case, Clock, EarlierCheck, SafeContact
from tests.cases.contacting import HOUR, LONG_REASON, running, way

pytestmark = pytest.mark.usefixtures("a_wednesday_afternoon")
DAY = timedelta(days=1)


def phone_of(case):
    return SafeContact.objects.get(case=case, ended_at=None, channel="phone")


def known_since(case, ago, checked=True):
    at = timezone.now() - ago
    by = case.opened_by_id if checked else None
    SafeContact.objects.filter(case=case).update(recorded_at=at, verified_at=at if checked else None, verified_by=by)


def changed(people, case, **facts):
    """The telephone, said anew by the housing officer."""
    facts = {"value": "07700 900123", "is_safe": "yes", "times": "any", "voicemail": "no", "is_checked": True} | facts
    return change_safe_contact(people.actor("housing_officer"), case, contact_id=phone_of(case).pk, channel="phone", **facts)


# --- before, at and after


@pytest.mark.parametrize(("ago", "is_safe"), [
    (5 * HOUR, False), (2 * HOUR, False), (HOUR + timedelta(minutes=1), False), (HOUR, True), (timedelta(minutes=59), True), (timedelta(), True),
])
def test_a_way_marked_safe_since_was_not_known_to_be_safe_before(a_case, attempt, ago, is_safe):
    case = a_case(received_ago=6 * HOUR)
    known_since(case, HOUR)
    at = timezone.now() - ago
    facts = {"outcome": "reached", "talked_it_through": True, "at": at}
    if is_safe:
        assert attempt(case, **facts).was_safe_route
        assert running(case) == []
        return
    with pytest.raises(Refused, match=r"This way was not recorded as safe until 1:20pm on 18 March\.") as refusal:
        attempt(case, **facts)
    assert refusal.value.field == "override_reason"
    assert not attempt(case, **facts, override_reason=LONG_REASON).was_safe_route
    assert running(case) == ["contact"]


def test_what_stood_before_a_change_is_judged_by_that(a_case, attempt, people):
    case = a_case(received_ago=6 * HOUR)
    old = phone_of(case)
    new = changed(people, case, is_safe="no", times="unknown", is_checked=False)
    before = attempt(case, contact_id=new.pk, outcome="no_answer", at=timezone.now() - HOUR)
    assert (before.was_safe_route, before.contact) == (True, old)
    with pytest.raises(Refused, match="marked not safe"):
        attempt(case, contact_id=new.pk, outcome="no_answer")


def test_a_change_for_the_better_does_not_reach_back(a_case, attempt, people):
    case = a_case(received_ago=6 * HOUR)
    SafeContact.objects.filter(case=case).update(is_safe="no")
    first, second = changed(people, case), changed(people, case, how="Ask for Mari")
    assert second.replaces == first
    with pytest.raises(Refused, match="marked not safe"):
        attempt(case, outcome="reached", at=timezone.now() - HOUR)
    assert attempt(case, outcome="reached").contact == second


def test_a_way_that_was_ended_before_is_not_taken(a_case, attempt):
    case = a_case(received_ago=6 * HOUR)
    gone = way(case, "text", "07700 900456", recorded_at=timezone.now() - 5 * HOUR, verified_at=timezone.now() - 5 * HOUR, ended_at=timezone.now() - HOUR)
    assert attempt(case, contact_id=gone.pk, at=timezone.now() - 2 * HOUR).was_safe_route
    with pytest.raises(Refused, match="took it out of use") as refusal:
        attempt(case, contact_id=gone.pk, at=timezone.now() - HOUR)
    assert refusal.value.field == "route"


# --- checked with them


def test_what_somebody_else_said_is_not_safe_until_it_is_checked_and_not_before_that(a_case, attempt, people):
    case = a_case(received_ago=6 * HOUR)
    known_since(case, 5 * HOUR, checked=False)
    with pytest.raises(Refused, match="Said by someone else, not checked with them yet"):
        attempt(case, outcome="reached")
    SafeContact.objects.filter(case=case).update(verified_at=timezone.now() - HOUR, verified_by=people.housing_officer)
    with pytest.raises(Refused, match=r"not checked with them until 1:20pm on 18 March\."):
        attempt(case, outcome="reached", at=timezone.now() - 2 * HOUR)
    assert attempt(case, outcome="reached", at=timezone.now() - HOUR / 2).was_safe_route


def test_checking_again_moves_nothing_in_the_past(a_case, attempt, people):
    case = a_case(received_ago=6 * HOUR)
    first = phone_of(case).verified_at
    verify_safe_contact(people.actor("other_housing_officer"), case, contact_id=phone_of(case).pk)
    assert EarlierCheck.objects.get().verified_at == first
    assert attempt(case, at=timezone.now() - 3 * HOUR).was_safe_route
    with pytest.raises(Refused, match="cannot be before"):
        attempt(case, at=timezone.now() - 7 * HOUR)


def test_at_high_risk_a_check_since_does_not_undo_that_it_had_lapsed(a_case, attempt, people):
    case = a_case(received_ago=40 * DAY)
    known_since(case, 40 * DAY)
    Case.objects.filter(pk=case.pk).update(risk_level="high", risk_level_at=timezone.now() - 39 * DAY)
    assert attempt(case, at=timezone.now() - 11 * DAY).was_safe_route
    verify_safe_contact(people.actor("housing_officer"), case, contact_id=phone_of(case).pk)
    with pytest.raises(Refused, match="too long"):
        attempt(case, at=timezone.now() - 5 * DAY)
    assert attempt(case).was_safe_route


def test_the_level_is_the_one_of_that_time_too(a_case, attempt, people):
    case = a_case(received_ago=60 * DAY)
    known_since(case, 60 * DAY)
    raised, lowered = timezone.now() - 20 * DAY, timezone.now() - DAY
    Assessment.objects.create(
        case=case, agency=case.lead_agency, tool="ric24", version="2026", started_at=raised, started_by=people.housing_officer, signed_at=raised,
        signed_by=people.housing_officer, score=16, suggested_level="high", final_level="high", level_basis="score",
    )
    Case.objects.filter(pk=case.pk).update(risk_level="medium", risk_level_at=lowered)
    case.refresh_from_db()
    assert attempt(case, at=raised - DAY).was_safe_route
    with pytest.raises(Refused, match="too long"):
        attempt(case, at=lowered - DAY)
    assert attempt(case).was_safe_route


def test_their_word_on_the_call_counts_from_the_call_and_keeps_no_promise_by_itself(a_case, attempt):
    case = a_case(received_ago=6 * HOUR)
    known_since(case, 5 * HOUR, checked=False)
    at = timezone.now() - 2 * HOUR
    done = attempt(case, outcome="reached", talked_it_through=True, still_safe=True, at=at, override_reason=LONG_REASON)
    contact = phone_of(case)
    assert (done.was_safe_route, contact.verified_at, running(case)) == (False, at, ["contact"])
    attempt(case, outcome="reached", talked_it_through=True, at=timezone.now() - HOUR)
    assert running(case) == []
    # An older call cannot take the newer check away.
    attempt(case, outcome="reached", still_safe=True, at=timezone.now() - 3 * HOUR, override_reason=LONG_REASON)
    assert phone_of(case).verified_at == at


# --- they made the contact


def test_where_they_called_us_the_route_was_safe_and_the_promise_is_kept(a_case, attempt):
    case = a_case(with_phone=False, received_ago=3 * HOUR)
    done = attempt(case, channel="from_them", outcome="reached", talked_it_through=True, at=timezone.now() - HOUR)
    assert (done.was_safe_route, done.contact, running(case)) == (True, None, [])


def test_a_call_of_theirs_cut_short_is_no_try_of_ours(a_case, attempt):
    case = a_case(received_ago=3 * HOUR)
    start = Clock.objects.get(case=case).started_at
    attempt(case, channel="from_them", outcome="unsafe_to_talk")
    assert attempts.tries_since(case, case.lead_agency_id, start) == [] and attempts.failed_since_raised(case, case.lead_agency_id) == 0
    assert running(case) == ["contact"]
    with pytest.raises(Refused, match="They called you or came to you") as refusal:
        attempt(case, channel="from_them", outcome="no_answer")
    assert refusal.value.field == "outcome"


# --- as it stands now


@pytest.mark.parametrize(("facts", "headline", "is_safe"), [
    ({}, "Safe now", True),
    ({"verified_at": None, "verified_by": None}, "Check first", False),
    ({"times": "unknown"}, "Ask first", False),
    ({"times": "windows"}, "Not now", False),
    ({"is_safe": "unknown"}, "Not known", False),
    ({"is_safe": "no", "times": "any"}, "Not safe", False),
])
def test_the_state_of_a_way_in_two_words(a_case, facts, headline, is_safe):
    case = a_case()
    SafeContact.objects.filter(case=case).update(**facts)
    state = safe_contact.channels(case, timezone.now())[0]
    assert (state.headline, state.is_safe_now) == (headline, is_safe)
    assert state.next_openings == []
    assert safe_contact.warning_before([state], timezone.now(), timezone.now() + DAY) == ("" if is_safe else "No way of contact is known to be safe.")
