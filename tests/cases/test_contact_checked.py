"""A way that somebody else called safe: the panel says so, offers to check it, and asks when it is safe where nobody knows."""

from uuid import uuid4

import pytest
from django.urls import reverse

from cases.models import SafeContact
from tests.cases.contacting import way

pytestmark = pytest.mark.usefixtures("a_wednesday_afternoon")


@pytest.fixture
def unchecked(a_case):
    """A case with one telephone that nobody has checked with them."""
    case = a_case()
    SafeContact.objects.filter(case=case).update(verified_at=None, verified_by=None)
    return case


def page_of(client, case):
    return client.get(reverse("case", args=[case.reference])).content.decode()


def verify(client, case, **facts):
    contact = SafeContact.objects.get(case=case, ended_at=None)
    return client.post(reverse("safe_contact_verify", args=[case.reference, contact.pk]), {"once": str(uuid4())} | facts)


def test_the_panel_says_who_said_it_and_offers_to_check_it(client_for, unchecked):
    client = client_for("housing_officer")
    text = page_of(client, unchecked)
    assert text.count("Said by someone else, not checked with them yet.") == 2  # on the panel and with what is next
    assert "I have checked this with them" in text and "Check with them: telephone call" in text
    assert "Safe now" not in text and "No way of contact is known to be safe." in text
    assert verify(client, unchecked).status_code == 302
    text = page_of(client, unchecked)
    assert "Said by someone else" not in text and "Check with them: " not in text and "Safe now" in text


def test_checking_is_offered_only_to_those_who_may_record_a_contact(client_for, unchecked, share):
    share(unchecked, "harbour_idva", "partner")
    share(unchecked, "lantern_outreach", "summary")
    assert "Check with them: telephone call" in page_of(client_for("idva"), unchecked)
    summary = page_of(client_for("outreach_worker"), unchecked)
    assert "Said by someone else, not checked with them yet." in summary and "I have checked this" not in summary and "Check with them: " not in summary
    assert verify(client_for("outreach_worker"), unchecked).status_code == 403
    assert not SafeContact.objects.filter(case=unchecked, verified_at__isnull=False).exists()


def test_it_can_wait_where_another_way_is_safe(client_for, unchecked):
    urgent = '<strong class="govuk-tag govuk-tag--orange">Now</strong>'
    client = client_for("housing_officer")
    before = page_of(client, unchecked).count(urgent)
    way(unchecked, "email", "mari@example.org")
    assert page_of(client, unchecked).count(urgent) == before - 1


def test_checking_asks_when_it_is_safe_where_nobody_knows(client_for, a_case, people):
    case = a_case()
    SafeContact.objects.filter(case=case).update(times="unknown")
    old = SafeContact.objects.get(case=case)
    client = client_for("housing_officer")
    assert "Nobody has asked when it is safe." in page_of(client, case) and "Check with them: telephone call" in page_of(client, case)
    assert "When is it safe?" in client.get(reverse("safe_contact_verify", args=[case.reference, old.pk])).content.decode()
    for facts, words in (
        ({}, "Answer “When is it safe?”"), ({"times": "windows"}, "Enter at least one safe time"),
        ({"times": "windows", "days_1": ["2"], "from_1": "15:00"}, "Enter the time until which it is safe"),
    ):
        response = verify(client, case, **facts)
        assert response.status_code == 422 and words in response.content.decode(), words
    assert SafeContact.objects.get(case=case) == old
    assert verify(client, case, times="windows", days_1=["0", "2"], from_1="2pm", to_1="15:30").status_code == 302
    new = SafeContact.objects.get(case=case, ended_at=None)
    assert (new.replaces, new.value, new.code_word, new.times, new.verified_by) == (old, old.value, old.code_word, "windows", people.housing_officer)
    text = page_of(client, case)
    assert "Agreed times: Monday, Wednesday 2:00pm to 3:30pm" in text and "Safe until Wednesday 18 March 2026 at 3:30pm." in text


def test_times_under_another_answer_were_not_given(client_for, a_case):
    case = a_case()
    client, contact = client_for("housing_officer"), SafeContact.objects.get(case=case)
    url = reverse("safe_contact_change", args=[case.reference, contact.pk])
    typed = {"once": str(uuid4()), "revision": case.revision, "value": "", "voicemail": "no", "is_checked": "yes", "days_1": ["1"], "from_1": "nonsense", "to_1": ""}
    assert client.post(url, typed | {"is_safe": "yes", "times": "any"}).status_code == 302
    now = SafeContact.objects.get(case=case, ended_at=None)
    assert now != contact and (now.times, now.windows.count()) == ("any", 0)
    case.refresh_from_db()
    url = reverse("safe_contact_change", args=[case.reference, now.pk])
    typed |= {"once": str(uuid4()), "revision": case.revision, "is_safe": "no", "times": "windows"}
    assert client.post(url, typed).status_code == 302
    now = SafeContact.objects.get(case=case, ended_at=None)
    assert (now.is_safe, now.times, now.windows.count()) == ("no", "unknown", 0)
