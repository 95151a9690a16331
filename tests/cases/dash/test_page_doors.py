"""Who opens the pages of a DASH, and that no title or address says what they are about."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import Event
from cases.models import Assessment, Exclusion
from tests.cases.dash.acts import LONG, paths_of, text_of, url
from tests.personas import PERSONAS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "persona", ["outsider", "superuser", "idva", "idva_manager", "health_visitor", "marac_coordinator", "commissioner", "auditor", "administrator"]
)
def test_without_a_grant_there_is_nothing(a_signed, client_for, persona, method):
    lowered = a_signed(yes=range(1, 15), final="medium", basis="judgement", rationale="canary rationale")
    stranger = client_for(persona)
    before = Assessment.objects.values().get()
    for name, path in paths_of(lowered).items():
        response = getattr(stranger, method)(path)
        assert response.status_code == 404, name
        assert "canary" not in response.content.decode()
    assert Assessment.objects.values().get() == before


def test_without_signing_in_there_is_only_the_sign_in_page(a_signed):
    for path in paths_of(a_signed()).values():
        assert Client().get(path)["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_grant_without_the_capability_is_not_enough(a_signed, client_for, share, method):
    lowered = a_signed(yes=range(1, 15), final="medium", basis="judgement", rationale=LONG)
    share(lowered.case, "harbour_idva", "summary")
    for client in (client_for("idva"), client_for("idva_manager")):
        for name, path in paths_of(lowered).items():
            refused = getattr(client, method)(path).status_code
            assert refused == 403 or (name == "assessment_decide" and refused == 404), name  # an IDVA's role can never countersign


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_officer_of_the_same_agency_reads_but_does_not_assess(a_signed, client_for, method):
    lowered = a_signed(yes=range(1, 15), final="medium", basis="judgement", rationale=LONG)
    officer = client_for("housing_officer")
    for name, path in paths_of(lowered).items():
        if name != "assessment":
            assert getattr(officer, method)(path).status_code in {403, 404}, name
    assert officer.get(paths_of(lowered)["assessment"]).status_code == 200


def test_an_excluded_person_sees_nothing(a_signed, client_for, people):
    signed = a_signed()
    Exclusion.objects.create(
        case=signed.case, user=people.housing_manager, reason="Knows the family", made_at=timezone.now(), made_by=people.agency_lead
    )
    for path in paths_of(signed).values():
        assert client_for("housing_manager").get(path).status_code == 404


def test_a_draft_is_seen_by_its_agency_only(a_case, start, share, client_for):
    case = a_case()
    share(case, "harbour_idva")
    draft = start(case)
    for name, path in paths_of(draft).items():
        if name != "assessment_start":
            # An IDVA may decide on nobody's level, whatever there is to decide; everything else is not there for her.
            assert client_for("idva").get(path).status_code == (403 if name == "assessment_decide" else 404), name
    assert "A draft, not signed" in text_of(client_for("housing_officer").get(url("assessment", case, draft.pk)))
    assert client_for("housing_manager").get(url("assessment", case, draft.pk))["Location"] == url("assessment_check", case, draft.pk)


def test_a_signed_one_is_read_by_a_partner(a_signed, share, client_for):
    signed = a_signed(yes=[15], final="high", basis="judgement", rationale=LONG)
    share(signed.case, "harbour_idva")
    page = text_of(client_for("idva").get(url("assessment", signed.case, signed.pk)))
    assert "Professional judgement</strong>, not the score" in page
    assert LONG in page and "Ingrid Vasquez-Lunn, Northvale Housing" in page
    assert Event.objects.filter(verb="case.read", subject=f"assessment:{signed.pk}", outcome="read").exists()


def test_only_who_may_assess_is_offered_to_assess_again(a_signed, client, client_for):
    signed = a_signed()
    path, again = url("assessment", signed.case, signed.pk), url("assessment_start", signed.case)
    assert again in text_of(client.get(path))
    assert again not in text_of(client_for("housing_officer").get(path))


def test_another_cases_reference_does_not_open_it(a_signed, a_case, client):
    signed, other = a_signed(), a_case(given_name="Ottilie")
    assert client.get(url("assessment", other, signed.pk)).status_code == 404


def test_titles_and_addresses_say_nothing(a_signed, client):
    signed = a_signed(yes=range(1, 15), final="medium", basis="judgement", rationale=LONG)
    for path in paths_of(signed).values():
        response = client.get(path, follow=True)
        title = re.search(r"<title>(.*?)</title>", response.content.decode())[1]
        assert not re.search(r"abuse|victim|risk|DASH|Marigold|Thistlewood", title + response.request["PATH_INFO"], re.I)


def test_every_persona_has_an_answer(a_signed, client_for):
    """Nobody gets a 500 from any of the pages, by GET or by an empty POST."""
    paths = paths_of(a_signed())
    for persona in PERSONAS:
        one = client_for(persona)
        for path in paths.values():
            assert one.get(path).status_code in {200, 302, 403, 404}
            assert one.post(path).status_code in {302, 403, 404, 405, 422}
