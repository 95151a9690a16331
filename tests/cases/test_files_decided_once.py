"""A decision on a file that is sent twice, or by two colleagues at once: it is taken once, and whoever comes second is led to the file and told."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from cases.actions.attachments import keep_file, share_file, withdraw_file
from cases.models import Address, Attachment, Entry
from tests.cases.attaching import PLACE, POSTCODE, added

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(a_case, share):
    case = a_case(clock=None)
    share(case, "harbour_idva")
    share(case, "valley_health")
    Address.objects.create(case=case, party=case.parties.get(role="victim"), lines=PLACE, postcode=POSTCODE, visibility="confidential", from_at=timezone.now())
    return case


@pytest.fixture
def one(people, case):
    return added(people, case, "other_housing_officer", content=f"She moved to {PLACE}".encode(), title="CANARY")


def url(name, case, one):
    return reverse(name, args=[case.reference, one.pk])


@pytest.mark.parametrize("persona", ["outsider", "superuser", "commissioner", "idva", "health_visitor"])
def test_whose_file_it_is_not_is_led_nowhere_even_when_it_was_decided(people, case, one, client_for, persona):
    keep_file(people.actor("housing_officer"), case, attachment_id=one.pk)
    for name in ("file_share", "file_withdraw"):
        for answer in (client_for(persona).get(url(name, case, one)), client_for(persona).post(url(name, case, one), {"for_whom": "own", "reason": "x", "waited": "yes"})):
            assert answer.status_code in (403, 404) and "decided" not in answer.content.decode()


@pytest.mark.parametrize("decision", ["own", "protected"])
def test_sent_twice_it_is_decided_once(case, one, client_for, decision):
    client, typed = client_for("housing_officer"), {"for_whom": decision, "once": str(uuid4()), "waited": "yes"}
    entries = Entry.objects.count()
    for _ in range(2):
        answer = client.post(url("file_share", case, one), typed)
        assert (answer.status_code, answer.url) == (302, url("file_page", case, one))
    assert Entry.objects.count() == entries + 1


def test_withdrawn_twice_it_is_withdrawn_once(case, one, client_for):
    client, typed = client_for("housing_officer"), {"reason": "The wrong family", "once": str(uuid4())}
    for _ in range(2):
        answer = client.post(url("file_withdraw", case, one), typed)
        assert (answer.status_code, answer.url) == (302, reverse("file_list", args=[case.reference]))


@pytest.mark.parametrize("second", ["own", "protected"])
@pytest.mark.parametrize("first", ["own", "protected", "withdrawn"])
def test_a_colleague_who_comes_second_is_led_to_the_file_and_undoes_nothing(people, case, one, client_for, first, second):
    """Both opened the page while the file waited: what the first decided stays, whatever the second chose."""
    client, officer = client_for("housing_manager"), people.actor("housing_officer")
    assert 'name="waited"' in client.get(url("file_share", case, one)).content.decode()
    if first == "withdrawn":
        withdraw_file(officer, case, attachment_id=one.pk, reason="The wrong family")
    elif first == "own":
        keep_file(officer, case, attachment_id=one.pk)
    else:
        share_file(officer, case, attachment_id=one.pk, for_whom="protected")
    as_it_is = Attachment.objects.filter(pk=one.pk).values().get()
    answer = client.post(url("file_share", case, one), {"for_whom": second, "once": str(uuid4()), "waited": "yes"}, follow=True)
    assert answer.redirect_chain == [(url("file_page", case, one), 302)]
    page = answer.content.decode()
    assert "Somebody has decided this already" in page or "no longer your agency’s alone" in page
    assert Attachment.objects.filter(pk=one.pk).values().get() == as_it_is


def test_the_page_of_what_was_decided_leads_to_the_file(people, case, one, client_for):
    share_file(people.actor("housing_officer"), case, attachment_id=one.pk, for_whom="protected")
    client = client_for("housing_manager")
    assert client.get(url("file_share", case, one)).url == url("file_page", case, one)
    withdraw_file(people.actor("housing_officer"), case, attachment_id=one.pk, reason="The wrong family")
    for name in ("file_share", "file_withdraw"):
        assert client.get(url(name, case, one)).url == url("file_page", case, one)


def test_a_decision_for_a_file_that_waited_is_not_taken_once_it_does_not(people, case, one):
    officer = people.actor("housing_officer")
    keep_file(officer, case, attachment_id=one.pk)
    with pytest.raises(Refused, match="decided this already"):
        share_file(officer, case, attachment_id=one.pk, for_whom="protected", waited=True)
    share_file(officer, case, attachment_id=one.pk, for_whom="protected")  # from its own page it can be shared later
