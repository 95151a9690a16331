"""A visit or a letter to a home that the alleged perpetrator shares is never called safe, whatever was ticked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.gate import Refused
from cases import safe_contact
from cases.actions.people import change_person
from cases.actions.safe_contact import verify_safe_contact
from cases.models import Party, SafeContact
from tests.cases.contacting import HOUR, LONG_REASON, running, way


@pytest.mark.parametrize("channel", ["visit", "letter"])
def test_it_is_not_safe_at_any_time(a_case, people, client_for, channel):
    case = a_case(with_phone=False)
    SafeContact.objects.create(
        case=case, party=case.parties.get(role="victim"), channel=channel, is_safe="yes", times="any", recorded_at=timezone.now(),
        verified_at=timezone.now(), verified_by=people.housing_officer,
    )
    assert safe_contact.channels(case, timezone.now())[0].is_safe_now
    Party.objects.filter(case=case, role="perpetrator").update(lives_with_victim=True)
    state = safe_contact.channels(case, timezone.now())[0]
    assert (state.is_safe_now, state.headline, state.not_now) == (False, "Not safe", [safe_contact.SHARED_HOME])
    page = client_for("housing_officer").get(f"/cases/{case.reference}/").content.decode()
    assert "Safe now" not in page and safe_contact.SHARED_HOME in page


def test_a_telephone_is_judged_by_itself(a_case):
    case = a_case()
    Party.objects.filter(case=case, role="perpetrator").update(lives_with_victim=True)
    assert safe_contact.channels(case, timezone.now())[0].is_safe_now


def lives_there(people, case, answer):
    """Somebody changes the answer on the page of the alleged perpetrator."""
    party = Party.objects.get(case=case, role="perpetrator")
    return change_person(people.actor("housing_officer"), case, party_id=party.pk, lives_with_victim=answer)


@pytest.mark.parametrize("channel", ["visit", "letter"])
@pytest.mark.parametrize("answer", [False, None])
@pytest.mark.usefixtures("a_wednesday_afternoon")
def test_saying_that_they_moved_out_makes_no_earlier_visit_safe(a_case, people, attempt, channel, answer):
    case = a_case(received_ago=6 * HOUR)
    then = timezone.now() - 6 * HOUR
    home = way(case, channel, "4 Plover Court", recorded_at=then, verified_at=then)
    lives_there(people, case, True)
    lives_there(people, case, answer)
    reached = {"contact_id": home.pk, "outcome": "reached", "talked_it_through": True}
    with pytest.raises(Refused, match=r"was recorded as living in the same home until 2:20pm on 18 March\.") as refusal:
        attempt(case, **reached, at=timezone.now() - HOUR)
    assert refusal.value.field == "override_reason"
    assert not attempt(case, **reached, at=timezone.now() - timedelta(minutes=1), override_reason=LONG_REASON).was_safe_route
    assert running(case) == ["contact"]
    # That the home changed is one more reason to ask them first; then the visit is safe again.
    with pytest.raises(Refused, match="What the alleged perpetrator can reach changed"):
        attempt(case, **reached)
    verify_safe_contact(people.actor("housing_officer"), case, contact_id=home.pk)
    assert attempt(case, **reached).was_safe_route


@pytest.mark.usefixtures("a_wednesday_afternoon")
def test_where_they_were_never_said_to_live_there_an_earlier_visit_stays_safe(a_case, people, attempt):
    case = a_case(received_ago=6 * HOUR)
    then = timezone.now() - 6 * HOUR
    home = way(case, "visit", recorded_at=then, verified_at=then)
    lives_there(people, case, None)
    lives_there(people, case, False)
    assert Party.objects.get(case=case, role="perpetrator").moved_out_said_at is None
    assert attempt(case, contact_id=home.pk, at=timezone.now() - HOUR).was_safe_route


@pytest.mark.usefixtures("a_wednesday_afternoon")
def test_another_change_leaves_the_hour_as_it_was_said(a_case, people):
    case, before = a_case(), timezone.now()
    lives_there(people, case, True)
    lives_there(people, case, False)
    said = Party.objects.get(case=case, role="perpetrator").moved_out_said_at
    assert before < said < timezone.now()
    party = Party.objects.get(case=case, role="perpetrator")
    change_person(people.actor("housing_officer"), case, party_id=party.pk, relationship="ex_partner")
    lives_there(people, case, None)
    assert Party.objects.get(pk=party.pk).moved_out_said_at == said
    lives_there(people, case, True)
    assert safe_contact.is_home_shared(case)
