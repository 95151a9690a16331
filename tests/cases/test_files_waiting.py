"""A file that was meant for partners and names a protected place: who is told that it waits, who decides, and that no case closes over it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from audit.models import Event
from cases import due
from cases.actions.attachments import keep_file, share_file, withdraw_file
from cases.models import Address, Attachment, Entry
from tests.cases.attaching import PLACE, POSTCODE, added
from tests.cases.ends import close

WORDS, DUE = "Decide who may open a file", "Decide who may open a file that names a protected place"
# Whose agency added it and whose role may see such places: everybody else is told of nothing.
TOLD = {"housing_officer", "other_housing_officer", "specialist_da_officer", "housing_manager", "agency_lead"}
OTHERS = ["outsider", "superuser", "commissioner", "auditor", "administrator", "idva", "idva_manager", "health_visitor", "marac_representative", "outreach_worker"]


@pytest.fixture
def case(a_case, share):
    case = a_case(clock=None)
    for slug in ("harbour_idva", "valley_health", "vale_probation"):
        share(case, slug)
    share(case, "lantern_outreach", "summary")
    Address.objects.create(case=case, party=case.parties.get(role="victim"), lines=PLACE, postcode=POSTCODE, visibility="confidential", from_at=timezone.now())
    return case


@pytest.fixture
def one(people, case):
    return added(people, case, "other_housing_officer", content=f"She moved to {PLACE}".encode(), title="CANARY")


def due_for(people, persona, whose="mine"):
    return [item for item in due.everything_due(people.actor(persona), timezone.now(), whose=whose).items if item.kind.code == "file"]


def on_the_page(client, case):
    answer = client.get(reverse("case", args=[case.reference]))
    return answer.status_code == 200 and WORDS in answer.content.decode()


def share_url(case, one):
    return reverse("file_share", args=[case.reference, one.pk])


# --- from the outside


def test_nobody_else_learns_of_it_or_decides(people, case, one, client_for):
    for persona in OTHERS:
        assert due_for(people, persona) == [] and not on_the_page(client_for(persona), case), persona
        assert client_for(persona).post(share_url(case, one), {"for_whom": "own"}).status_code in (403, 404), persona
        with pytest.raises((Http404, PermissionDenied)):
            keep_file(people.actor(persona), case, attachment_id=one.pk)
    one.refresh_from_db()
    assert one.waits
    assert "CANARY" not in client_for("housing_officer").get("/work/due/").content.decode()


def test_whoever_may_decide_is_told_on_both_pages(people, case, one, client_for):
    for persona in TOLD:
        (item,) = due_for(people, persona)
        client = client_for(persona)
        assert item.words == DUE and item.reference == case.reference and on_the_page(client, case), persona
        page = client.get(item.url).content.decode()
        assert "Who may open this file?" in page and "Nobody else: it stays with my agency" in page
    assert due_for(people, "housing_manager", "team")
    assert "file" not in {kind.code for kind in due.kinds_of(people.actor("health_visitor"))}


# --- what ends it


@pytest.mark.parametrize("decision", ["own", "protected", "withdrawn"])
def test_a_decision_ends_it(people, case, one, client_for, decision):
    officer = people.actor("housing_officer")
    if decision == "withdrawn":
        withdraw_file(officer, case, attachment_id=one.pk, reason="The wrong family")
    else:
        assert client_for("housing_officer").post(share_url(case, one), {"for_whom": decision}).status_code == 302
    one.refresh_from_db()
    assert not one.waits and one.audience == ("partners" if decision == "protected" else "agency") and one.is_protected
    assert due_for(people, "housing_officer") == [] and not on_the_page(client_for("housing_officer"), case)


def test_that_it_stays_is_kept_for_its_agency_and_decided_once(people, case, one, client_for):
    officer = people.actor("housing_officer")
    keep_file(officer, case, attachment_id=one.pk)
    entry = Entry.objects.filter(kind="file").latest("id")
    assert entry.audience == "agency" and "stays with our agency" in entry.title and "CANARY" not in entry.title + entry.text
    assert Event.objects.get(verb="file.keep", outcome="done").after == {"waits": False}
    with pytest.raises(Refused, match="decided this already"):
        keep_file(officer, case, attachment_id=one.pk)
    # It can still be shared later; then it is no decision that waits.
    page = client_for("housing_officer").get(share_url(case, one)).content.decode()
    assert "Share a file with partners" in page and "Nobody else" not in page
    share_file(officer, case, attachment_id=one.pk, for_whom="protected")


def test_what_takes_its_place_ends_it(people, case, one):
    added(people, case, title="Without the address", replaces=one.pk, why="The address was taken out.")
    one.refresh_from_db()
    assert not one.waits and due_for(people, "housing_officer") == []


def test_what_was_never_meant_for_partners_waits_for_nobody(people, case):
    content = f"She moved to {PLACE}".encode()
    assert not added(people, case, content=content, audience="agency").waits
    assert not added(people, case, content=content, shows_place=True).waits
    assert not added(people, case).waits
    assert due_for(people, "housing_officer") == []


def test_a_file_that_partners_have_never_waits(people, case):
    one = added(people, case)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.filter(pk=one.pk).update(waits=True)


# --- a case that would close over it


def test_a_case_does_not_close_over_it_and_another_agencys_is_not_said(people, case, one, client_for):
    page = client_for("housing_officer").get(reverse("case_close", args=[case.reference])).content.decode()
    assert "A file waits for somebody to decide who may open it." in page and f'href="{reverse("file_list", args=[case.reference])}">See the files</a>' in page
    with pytest.raises(Refused, match="A file waits"):
        close(people, case)
    keep_file(people.actor("housing_officer"), case, attachment_id=one.pk)
    theirs = added(people, case, "idva", content=PLACE.encode())
    assert theirs.waits and due_for(people, "idva_manager") and due_for(people, "housing_officer") == []
    assert close(people, case)
    assert due_for(people, "idva_manager") == []
