"""A file that names a protected place, added where nobody of the agency may see such places: what its author is told, and that a wrong file can be taken back unread."""

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from agencies.models import Membership
from cases.actions.attachments import keep_file, share_file, withdraw_file
from cases.models import Address, Attachment, Entry, Notification
from tests.cases.attaching import PLACE, POSTCODE, added, sent
from tests.cases.ends import close
from tests.cases.test_files_waiting import due_for, on_the_page

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


def test_where_the_lead_has_nobody_either_its_author_is_told_so(people, case, client_for):
    Membership.objects.filter(agency=people.agency("northvale_housing")).update(role="marac_representative")
    assert "Nobody can open it or decide who may." in add(client_for("health_visitor"), case)


# --- the agency that leads the case decides for them


DECIDES = {"housing_officer", "other_housing_officer", "specialist_da_officer", "housing_manager", "agency_lead"}
NOT_TOLD = ["outsider", "superuser", "commissioner", "idva", "idva_manager", "health_visitor"]


def test_nobody_but_the_lead_is_handed_it(people, case, one, client_for):
    for persona in NOT_TOLD:
        assert due_for(people, persona) == [] and not on_the_page(client_for(persona), case), persona
        for answer in (client_for(persona).get(url("file_share", case, one)), client_for(persona).post(url("file_share", case, one), {"for_whom": "own"})):
            assert answer.status_code in (403, 404), persona
        assert client_for(persona).get(url("file_content", case, one)).status_code in (403, 404), persona
        with pytest.raises((Http404, PermissionDenied)):
            keep_file(people.actor(persona), case, attachment_id=one.pk)
    # What an agency keeps to itself, and what one decides for itself, is handed to nobody.
    own, theirs = added(people, case, "health_visitor", content=PLACE.encode(), audience="agency"), added(people, case, "idva", content=PLACE.encode())
    for other in (own, theirs):
        assert client_for("housing_officer").get(url("file_page", case, other)).status_code == 404
        with pytest.raises(Http404):
            share_file(people.actor("housing_officer"), case, attachment_id=other.pk, for_whom="protected")
    case.exclusions.create(reason="Her cousin.", made_at=timezone.now(), made_by=people.agency_lead, user=people.housing_officer)
    assert due_for(people, "housing_officer") == [] and client_for("housing_officer").get(url("file_share", case, one)).status_code == 404


def test_the_lead_reads_it_decides_and_keeps_it_open_until_then(people, case, one, client_for):
    for persona in DECIDES:
        (item,) = due_for(people, persona)
        client = client_for(persona)
        assert on_the_page(client, case) and item.url == url("file_share", case, one), persona
        page = client.get(item.url).content.decode()
        assert "Nobody else: it stays with Valley Health" in page and "your agency leads the case and decides" in page and "put that in its place" not in page
        page = client.get(url("file_page", case, one)).content.decode()
        assert item.url in page and "Withdraw it" not in page and "My agency only" not in page
        assert client.get(url("file_content", case, one)).status_code == 200
    with pytest.raises(Refused, match="A file waits"):
        close(people, case)


def author_told(kind):
    return [(notice.user.full_name, notice.case.reference) for notice in Notification.objects.filter(kind=kind)]


@pytest.mark.parametrize(("decision", "kind", "words"), [("own", "file.kept", "stays with your agency"), ("protected", "file.shared", "was shared with partners")])
def test_whoever_added_it_is_told_what_the_lead_decided(people, case, one, client_for, decision, kind, words):
    officer = people.actor("housing_officer")
    keep_file(officer, case, attachment_id=one.pk) if decision == "own" else share_file(officer, case, attachment_id=one.pk, for_whom="protected")
    assert author_told(kind) == [(people.health_visitor.full_name, case.reference)] and Notification.objects.count() == 1
    page = client_for("health_visitor").get(reverse("notices")).content.decode()
    assert words in page and "CANARY" not in page and PLACE not in page
    notice = Notification.objects.get()
    assert client_for("health_visitor").get(reverse("notice", args=[notice.pk])).url == reverse("file_list", args=[case.reference])
    assert words not in client_for("housing_officer").get(reverse("notices")).content.decode()


@pytest.mark.parametrize("gone", ["barred", "left", "elsewhere"])
def test_who_may_not_see_the_case_for_that_agency_any_more_is_told_nothing(people, case, one, gone):
    if gone == "barred":
        case.exclusions.create(reason="Her cousin.", made_at=timezone.now(), made_by=people.agency_lead, user=people.health_visitor)
    else:
        Membership.objects.filter(user=people.health_visitor).update(ended_at=timezone.now())
    if gone == "elsewhere":
        Membership.objects.create(user=people.health_visitor, agency=people.agency("harbour_idva"), role="practitioner", started_at=timezone.now())
    keep_file(people.actor("housing_officer"), case, attachment_id=one.pk)
    assert not Notification.objects.exists()


def test_what_somebody_decides_of_their_own_file_or_shares_later_is_no_news(people, case):
    own = added(people, case, "idva", content=PLACE.encode())
    keep_file(people.actor("idva"), case, attachment_id=own.pk)
    share_file(people.actor("idva_manager"), case, attachment_id=own.pk, for_whom="protected")
    assert not Notification.objects.exists()


@pytest.mark.parametrize("decision", ["own", "protected"])
def test_what_the_lead_decides_holds_and_is_decided_once(people, case, one, client_for, decision):
    client, typed = client_for("housing_officer"), {"for_whom": decision, "once": str(uuid4()), "waited": "yes"}
    after = reverse("file_list", args=[case.reference]) if decision == "own" else url("file_page", case, one)
    for _ in range(2):
        assert client.post(url("file_share", case, one), typed).url == after
    one.refresh_from_db()
    assert not one.waits and one.is_protected and one.audience == ("agency" if decision == "own" else "partners")
    assert due_for(people, "housing_officer") == [] and not on_the_page(client, case)
    assert client.get(url("file_content", case, one)).status_code == (404 if decision == "own" else 200)
    assert client_for("health_visitor").get(url("file_content", case, one)).status_code == 403
    entry = Entry.objects.filter(kind="file").latest("id")
    assert entry.audience == ("agency" if decision == "own" else "partners") and PLACE not in entry.title + entry.text
    assert decision == "protected" or entry.title == "A file stays with Valley Health: it shows a protected place"


def test_once_somebody_there_may_see_such_places_it_is_theirs_again(people, case, one, client_for):
    Membership.objects.filter(user=colleague(people), ended_at=None).update(role="specialist_da_officer")
    assert due_for(people, "housing_officer") == [] and client_for("housing_officer").get(url("file_share", case, one)).status_code == 404
    assert due_for(people, "outsider")
    assert close(people, case)


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

