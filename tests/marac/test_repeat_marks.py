"""The coordinator reads on a listing that the alleged perpetrator is repeat or serial; a representative of the same meeting does not."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", ["sent", "returned"])
def test_the_listing_says_it_to_the_coordinator_alone(a_case, desk, client_for, share, state):
    case = a_case()
    sent = desk.sent(case)
    other = a_case("outsider", given_name="Ottilie", clock=None)
    if state == "returned":
        from marac.actions import triage

        triage.return_referral(desk.coordinator, case, referral_id=sent.pk, reasons="Which school does the child go to?")
    share(case, "vale_probation", "meeting")
    url = reverse("marac_listing", args=[case.reference, sent.pk])
    text = client_for("marac_coordinator").get(url).content.decode()
    # While the referrer writes, nobody reads along.
    assert ("across all cases" in text) is (state == "sent")
    assert ("Serial" in text) is (state == "sent")
    assert other.reference not in text and "Ottilie" not in text
    response = client_for("marac_representative").get(url)
    assert "across all cases" not in response.content.decode()
