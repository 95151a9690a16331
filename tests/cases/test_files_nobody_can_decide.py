"""A file that names a protected place, added where nobody of the agency may see such places: what its author is told, and that a wrong file can be taken back unread."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from agencies.models import Membership
from cases.actions.attachments import keep_file, share_file, withdraw_file
from cases.models import Address, Attachment
from tests.cases.attaching import PLACE, POSTCODE, added, sent

pytestmark = pytest.mark.django_db
NOBODY = "nobody in your agency may see such places"


@pytest.fixture
def case(a_case, share):
    case = a_case(clock=None)
    for slug in ("harbour_idva", "valley_health"):
        share(case, slug)
    Address.objects.create(case=case, party=case.parties.get(role="victim"), lines=PLACE, postcode=POSTCODE, visibility="confidential", from_at=timezone.now())
    return case


@pytest.fixture
def one(people, case):
    return added(people, case, "health_visitor", content=f"She moved to {PLACE}".encode(), title=f"CANARY {PLACE}")


def url(name, case, one):
    return reverse(name, args=[case.reference, one.pk])


def add(client, case, **typed):
    typed = {"title": "A letter", "audience": "partners", "file": sent(PLACE.encode())} | typed
    return client.post(reverse("file_add", args=[case.reference]), typed, follow=True).content.decode()


def colleague(people):
    """Another worker of the same agency, who did not add it."""
    person = people.outsider
    Membership.objects.filter(user=person).update(ended_at=timezone.now())
    Membership.objects.create(user=person, agency=people.agency("valley_health"), role="practitioner", started_at=timezone.now())
    return person


# --- from the outside


def test_nobody_else_takes_it_back_or_reads_it(people, case, one, client_for):
    colleague(people)
    for persona in ("outsider", "idva", "housing_officer", "housing_manager", "superuser", "commissioner"):
        for name in ("file_withdraw", "file_replace"):
            answer = client_for(persona).get(url(name, case, one))
            assert answer.status_code in (403, 404), (persona, name)
            assert PLACE not in answer.content.decode()
        with pytest.raises((PermissionDenied, Http404)):
            withdraw_file(people.actor(persona), case, attachment_id=one.pk, reason="x")
    # Its author takes it back, and does no more than that.
    author = people.actor("health_visitor")
    for decide, facts in ((keep_file, {}), (share_file, {"for_whom": "protected"})):
        with pytest.raises(PermissionDenied):
            decide(author, case, attachment_id=one.pk, **facts)
    for name in ("file_page", "file_content", "file_share"):
        assert client_for("health_visitor").get(url(name, case, one)).status_code == 403
    one.refresh_from_db()
    assert one.waits and not one.is_withdrawn


# --- what its author reads and does


def test_its_author_is_told_that_nobody_there_can_decide(people, case, client_for):
    page = add(client_for("health_visitor"), case)
    assert NOBODY in page and "Somebody who may see protected addresses decides" not in page
    page = add(client_for("idva"), case)
    assert NOBODY not in page


def test_it_is_withdrawn_unread(people, case, one, client_for):
    client = client_for("health_visitor")
    listed = client.get(reverse("file_list", args=[case.reference])).content.decode()
    assert f'href="{url("file_withdraw", case, one)}"' in listed and f'href="{url("file_replace", case, one)}"' in listed and PLACE not in listed
    page = client.get(url("file_withdraw", case, one))
    assert page.status_code == 200 and "CANARY" not in page.content.decode() and PLACE not in page.content.decode()
    answer = client.post(url("file_withdraw", case, one), {"reason": "The wrong family"})
    assert (answer.status_code, answer.url) == (302, reverse("file_list", args=[case.reference]))
    one.refresh_from_db()
    assert one.is_withdrawn and not one.waits
    listed = client.get(reverse("file_list", args=[case.reference])).content.decode()
    assert url("file_withdraw", case, one) not in listed and "Withdrawn" in listed
    assert client.get(url("file_withdraw", case, one)).url == reverse("file_list", args=[case.reference])


def test_another_takes_its_place_unread(people, case, one, client_for):
    client = client_for("health_visitor")
    page = client.get(url("file_replace", case, one))
    assert page.status_code == 200 and "CANARY" not in page.content.decode()
    typed = {"title": "Without the address", "why": "The address was taken out.", "audience": "partners", "file": sent(b"She is safe.")}
    assert client.post(url("file_replace", case, one), typed).status_code == 302
    one.refresh_from_db()
    now = Attachment.objects.get(replaces=one)
    assert not one.waits and now.audience == "partners" and not now.is_protected
    assert url("file_replace", case, one) not in client.get(reverse("file_list", args=[case.reference])).content.decode()


def test_on_a_closed_case_it_is_left(people, case, one, client_for):
    case.status, case.closed_at, case.closed_by = "closed", timezone.now(), people.housing_officer
    case.save()
    assert url("file_withdraw", case, one) not in client_for("health_visitor").get(reverse("file_list", args=[case.reference])).content.decode()
    with pytest.raises(Refused, match="closed"):
        withdraw_file(people.actor("health_visitor"), case, attachment_id=one.pk, reason="x")

