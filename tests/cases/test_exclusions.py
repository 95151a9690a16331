"""A bar beats everything: made with a reason, lifted with a reason, never by accident against oneself."""

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from agencies.gate import Refused
from audit.models import Event
from cases import access, work
from cases.actions.sharing import bar, bar_warnings, lift_bar
from cases.models import Clock, Entry, Exclusion, Grant


def answers(**changed):
    return {"step": "with", "whom": "person", "person": "", "agency": "", "reason": "She is a cousin", "once": str(uuid4())} | changed


def address(case, rest="bar/"):
    return f"/cases/{case.reference}/sharing/{rest}"


@pytest.mark.parametrize("named", ["cosmo nwachukwu", "OTHER_IDVA@example.org"])
def test_a_person_is_barred_by_name_or_address_after_a_check(named, people, a_case, share, client_for):
    case = a_case()
    share(case, "harbour_idva")
    client, theirs = client_for("housing_manager"), client_for("other_idva")
    assert theirs.get(f"/cases/{case.reference}/sharing/").status_code == 200
    check = client.post(address(case), answers(person=named)).content.decode()
    assert "Bar Cosmo Nwachukwu from this case?" in check and "She is a cousin" in check
    assert not Exclusion.objects.exists()
    assert client.post(address(case), answers(person=named, step="check")).url == f"/cases/{case.reference}/sharing/"
    assert theirs.get(f"/cases/{case.reference}/sharing/").status_code == 404
    assert client_for("idva").get(f"/cases/{case.reference}/sharing/").status_code == 200
    # Nobody but those who may bar reads of it: not in the chronology, not in the log's words.
    assert not Entry.objects.filter(case=case, kind="sharing").exists()
    event = Event.objects.get(verb="bar.make", outcome="done")
    assert event.subject == f"user:{people.other_idva.pk}" and "cousin" not in str(event.__dict__)
    assert "She is a cousin" in client.get(f"/cases/{case.reference}/sharing/").content.decode()


def test_a_whole_agency_is_barred_and_its_promise_passes_on(people, a_case, share, inside_gate, client_for):
    from cases import clocks

    case = a_case(clock=None)
    share(case, "harbour_idva", worker="idva")
    with inside_gate("idva") as act:
        clocks.start(act, case, "contact", agency=people.agency("harbour_idva"), owner=people.idva)
    sent = answers(whom="agency", agency=people.agency("harbour_idva").pk, step="check")
    assert client_for("housing_manager").post(address(case), sent).status_code == 302
    for persona in ("idva", "other_idva", "idva_manager"):
        assert not access.can(people.actor(persona), "see_summary", case)
    assert Clock.objects.get(case=case).agency == people.agency("northvale_housing")
    assert "harbour" not in str([grant.agency.slug for grant in access.agencies_seeing(case)])


def test_the_lead_agency_as_a_whole_cannot_be_barred(people, a_case, client_for):
    case = a_case()
    sent = answers(whom="agency", agency=people.agency("northvale_housing").pk, step="check")
    answer = client_for("housing_manager").post(address(case), sent)
    assert answer.status_code == 422 and "This agency leads the case" in answer.content.decode()
    assert not Exclusion.objects.exists()


def test_barring_the_worker_warns_asks_and_takes_the_case_off_them(people, a_case, client_for):
    case = a_case()
    client = client_for("housing_manager")
    sent = answers(person="housing_officer@example.org", step="check")
    check = client.post(address(case), sent)
    assert check.status_code == 422 and "They hold this case for Northvale Borough Council Housing" in check.content.decode()
    assert not Exclusion.objects.exists()
    assert client.post(address(case), sent | {"understood": "on"}).status_code == 302
    assert Grant.objects.get(content_object=case).worker is None
    assert Clock.objects.get(case=case).owner is None
    assert work.worklist(people.actor("housing_officer"), whose="agency").rows == []
    (row,) = work.worklist(people.actor("housing_manager"), whose="agency").rows
    assert row.worker == ""


def test_nobody_bars_themselves_in_silence(people, a_case, client_for):
    case = a_case()
    client = client_for("housing_manager")
    sent = answers(person="housing_manager@example.org", step="check")
    first = client.post(address(case), sent)
    assert first.status_code == 422 and "This is you." in first.content.decode()
    with pytest.raises(Refused, match="read what this does"):
        bar(people.actor("housing_manager"), case, user=people.housing_manager, reason="r")
    assert client.post(address(case), sent | {"understood": "on"}).url == "/work/"
    assert client.get(f"/cases/{case.reference}/sharing/").status_code == 404


def test_the_last_one_who_could_lift_it_is_warned(people, a_case):
    case = a_case()
    manager = people.actor("housing_manager")
    assert len(bar_warnings(manager, case, user=people.housing_manager)) == 1
    bar(manager, case, user=people.agency_lead, reason="r")
    assert bar_warnings(manager, case, user=people.housing_manager)[-1] == "After this nobody in the lead agency may lift a bar on this case."


def test_lifting_needs_a_reason_and_gives_back_what_the_grants_allow(people, a_case, share, client_for):
    case = a_case()
    share(case, "harbour_idva", "summary")
    made = bar(people.actor("housing_manager"), case, user=people.idva, reason="friend")
    client, page = client_for("housing_manager"), address(case, f"bars/{made.pk}/lift/")
    assert b"The bar was made because: friend" in client.get(page).content
    assert client.post(page, {"reason": " ", "once": str(uuid4())}).status_code == 422
    assert not access.can(people.actor("idva"), "see_summary", case)
    assert client.post(page, {"reason": "It was another person", "once": str(uuid4())}).status_code == 302
    assert access.can(people.actor("idva"), "see_summary", case) and not access.can(people.actor("idva"), "see_case", case)
    made.refresh_from_db()
    assert (made.reason, made.lifted_reason, made.lifted_by) == ("friend", "It was another person", people.housing_manager)
    assert client.post(page, {"reason": "again", "once": str(uuid4())}).status_code == 404
    # Barred again later: a second bar, the first stays on record.
    bar(people.actor("housing_manager"), case, user=people.idva, reason="friend after all")
    assert Exclusion.objects.filter(case=case, user=people.idva).count() == 2


def test_another_cases_bar_is_not_lifted_here(people, a_case):
    case, other = a_case(), a_case()
    made = bar(people.actor("housing_manager"), other, user=people.idva, reason="friend")
    with pytest.raises(Refused):
        lift_bar(people.actor("housing_manager"), case, exclusion=made.pk, reason="x")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"person": "Nobody Atall"}, "Nobody here has this name"), ({"person": ""}, "Enter their name"),
        ({"person": "superuser@example.org"}, "Nobody here has this name"),
        ({"whom": "agency"}, "Choose an agency"), ({"whom": ""}, "Choose a person or a whole agency"),
        ({"person": "idva@example.org", "reason": ""}, "Say why they must not see it"),
        ({"person": "idva@example.org", "reason": "x" * 501}, "500 characters"), ({"person": "a\0b"}, "cannot be printed"),
    ],
)
def test_wrong_answers_are_told_and_kept(wrong, words, people, a_case, client_for):
    answer = client_for("housing_manager").post(address(a_case()), answers(**wrong))
    assert answer.status_code == 422 and words in answer.content.decode()


def test_two_people_of_one_name_are_told_apart_by_address(people, a_case, client_for):
    people.other_idva.full_name = people.idva.full_name
    people.other_idva.save()
    answer = client_for("housing_manager").post(address(a_case()), answers(person=people.idva.full_name))
    assert "More than one person has this name" in answer.content.decode()


def test_barring_twice_is_refused_in_words(people, a_case):
    case = a_case()
    bar(people.actor("housing_manager"), case, user=people.idva, reason="r")
    with pytest.raises(Refused, match="barred from this case already"):
        bar(people.actor("housing_manager"), case, user=people.idva, reason="r")


@pytest.mark.parametrize(
    ("persona", "problem"),
    [("housing_officer", PermissionDenied), ("idva_manager", PermissionDenied), ("outsider", Http404), ("superuser", Http404), ("commissioner", Http404)],
)
def test_who_may_bar_and_lift(persona, problem, people, a_case, share):
    case = a_case()
    share(case, "harbour_idva", "partner")
    made = bar(people.actor("housing_manager"), case, user=people.refuge_worker, reason="r")
    with pytest.raises(problem):
        bar(people.actor(persona), case, user=people.other_idva, reason="r")
    with pytest.raises(problem):
        lift_bar(people.actor(persona), case, exclusion=made.pk, reason="r")


def test_a_person_or_an_agency_never_both_nor_neither(people, a_case):
    case = a_case()
    for whom in ({}, {"user": people.idva, "agency": people.agency("harbour_idva")}):
        with pytest.raises(Refused, match="Choose a person or an agency"):
            bar(people.actor("housing_manager"), case, reason="r", **whom)
        with pytest.raises(IntegrityError), transaction.atomic():
            Exclusion.objects.create(case=case, reason="r", made_at=timezone.now(), made_by=people.idva, **whom)
