"""A visit or a letter to a home that the alleged perpetrator shares is never called safe, whatever was ticked."""

import pytest
from django.utils import timezone

from cases import safe_contact
from cases.models import Party, SafeContact


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
