"""The printed copy of a safety plan: neutral, tagged, without what the victim/survivor or the reader's role keeps off it, and kept in the log."""

import re

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.capabilities import CAPABILITIES
from audit.models import Event
from cases.models import Address
from cases.rules import plan as rules
from tests.cases.planning import begun, finished, planned

TEXTS = {
    "danger": "Marigold rings 999. The police know Rufus Blackwater.", "phone": "canary-phone under the flour", "safe_place": "canary-aunt in Buxton",
    "money": "canary-account at another bank", "transport": "Bus from 19 Plover Court, zz992cd", "coping": "Tamsin of Northvale Borough Council Housing",
}


def copy_of(client, case, which, number=1):
    response = client.get(reverse("plan_copy_file", args=[case.reference, number, which]))
    assert response.status_code == 200, response.status_code
    return response


def text_of(response):
    with pypdfium2.PdfDocument(response.content) as document:
        words = " ".join(page.get_textpage().get_text_range() for page in document)
    return re.sub(r"\s+", " ", words)


@pytest.fixture
def case(people, a_case):
    case = a_case()
    Address.objects.create(
        case=case, party=case.parties.get(role="victim"), lines="19 Plover Court", postcode="ZZ99 2CD", visibility="confidential", from_at=timezone.now()
    )
    return case


@pytest.mark.parametrize(("name", "ids"), [("plan_copy", []), ("plan_copy_file", [1, "full"]), ("plan_copy_file", [1, "pocket"])])
def test_it_is_closed_from_outside_and_to_who_only_reads(people, client_for, case, share, name, ids):
    planned(people, case)
    share(case, "lantern_outreach", "summary")
    share(case, "vale_probation")
    share(case, "vale_police", "meeting")
    url = reverse(name, args=[case.reference, *ids])
    for persona in ("outsider", "superuser", "commissioner", "auditor", "idva"):
        assert client_for(persona).get(url).status_code == 404, persona
    for persona in ("outreach_worker", "marac_coordinator", "marac_representative"):
        assert client_for(persona).get(url).status_code == 403, persona
    assert client_for("housing_officer").get(url).status_code == 200
    assert client_for("housing_officer").post(url).status_code == 405


def test_the_paper_is_tagged_and_says_nothing_of_what_it_is(people, client_for, case):
    planned(people, case, **TEXTS)
    response = copy_of(client_for("housing_officer"), case, "full")
    assert response["Content-Type"] == "application/pdf" and "no-store" in response["Cache-Control"]
    assert re.fullmatch(r'attachment; filename="notes-\d{4}-\d\d-\d\d\.pdf"', response["Content-Disposition"])
    with pypdfium2.PdfDocument(response.content) as document:
        assert document.get_metadata_value("Title") == "Notes" and document.is_tagged()
    text = text_of(response)
    for said in ("My notes", "If I need help at once", "Rufus Blackwater", "canary-phone", "canary-account"):
        assert said in text
    for telling in ("Waymark", "Harbour", "IDVA", "abuse", "perpetrator", "survivor", "Safety plan", case.reference, "Thistlewood", "Okonedo"):
        assert telling.lower() not in text.lower(), telling
    kept = Event.objects.get(subject="plan.copy:1:full", outcome="read")
    assert kept.case_reference == case.reference


def test_no_place_stands_on_it_unless_they_want_it_and_the_reader_may_see_it(people, client_for, case, share):
    share(case, "valley_health")
    planned(people, case, **TEXTS)
    client, visitor = client_for("housing_officer"), client_for("health_visitor")
    for which in ("full", "pocket"):
        text = text_of(copy_of(client, case, which))
        assert "canary-aunt" not in text and "Plover" not in text and "ZZ99" not in text.upper() and "Bus from (address)" in text
    assert "Left out: Safe place" in client.get(reverse("plan_copy", args=[case.reference])).content.decode()
    begun(people, case)
    finished(people, case, wants_address=True)
    text = text_of(copy_of(client, case, "full", 2))
    assert "canary-aunt" in text and "Where I am 19 Plover Court ZZ99 2CD" in text and "Bus from 19 Plover Court" in text
    text = text_of(copy_of(client, case, "pocket", 2))
    assert "canary-aunt" in text and "Plover" not in text and "Where I am" not in text
    for which in ("full", "pocket"):
        text = text_of(copy_of(visitor, case, which, 2))
        assert "canary-aunt" not in text and "Plover" not in text and "canary-phone" in text
    Address.objects.update(visibility="normal")
    assert "Where I am 19 Plover Court" in text_of(copy_of(visitor, case, "full", 2))


def test_the_pocket_names_nobody_and_holds_what_is_needed_in_a_hurry(people, client_for, case, share):
    share(case, "harbour_idva", worker="idva")
    texts = TEXTS | {"children": "Juniper goes to Imogen of Harbour IDVA Service", "escape": f"Say {case.reference}"}
    planned(people, case, **texts, finish={"agreed_with": "Tamsin Okonedo-Reyes"})
    response = copy_of(client_for("housing_officer"), case, "pocket")
    text = text_of(response)
    assert "M. rings 999. The police know R. B." in text and "J. goes to I. of H." in text
    for named in ("Marigold", "Rufus", "Blackwater", "Juniper", "Imogen", "Harbour", "Tamsin", "Northvale", case.reference, "canary-account"):
        assert named not in text, named
    with pypdfium2.PdfDocument(response.content) as document:
        width, height = document[0].get_size()
        assert len(document) == 1 and (round(width), round(height)) == (298, 420) and document.is_tagged()


def test_a_link_from_before_the_next_version_leads_to_the_newest(people, client_for, case):
    client = client_for("housing_officer")
    assert client.get(reverse("plan_copy", args=[case.reference]))["Location"] == reverse("plan", args=[case.reference])
    assert client.get(reverse("plan_copy_file", args=[case.reference, 1, "full"])).status_code == 404
    planned(people, case, **TEXTS)
    planned(people, case, danger="Another")
    url = reverse("plan_copy_file", args=[case.reference, 1, "full"])
    assert client.get(url)["Location"] == reverse("plan_copy", args=[case.reference])
    assert client.get(reverse("plan_copy_file", args=[case.reference, 2, "else"])).status_code == 404


def test_where_nothing_may_be_printed_nothing_is_offered(people, client_for, case):
    planned(people, case, safe_place="canary-aunt")
    text = client_for("housing_officer").get(reverse("plan_copy", args=[case.reference])).content.decode()
    assert text.count("Nothing of the plan belongs on it.") == 2 and "Before you print" in text and "canary" not in text


@pytest.mark.parametrize("is_pocket", [True, False])
@pytest.mark.parametrize("wants_address", [True, False])
def test_which_sections_are_printed(wants_address, is_pocket):
    everything = rules.printed(rules.SECTIONS, CAPABILITIES, wants_address=wants_address, is_pocket=is_pocket)
    assert ("safe_place" in everything) is wants_address and ("money" in everything) is not is_pocket
    assert not {"phone", "safe_place"} & set(rules.printed(rules.SECTIONS, {"see_case"}, wants_address=wants_address, is_pocket=is_pocket))


def test_an_agency_is_a_name_as_a_whole_and_its_words_are_not():
    assert rules.without_names("Ring the police, or Vale  Police", [], ["Vale Police"]) == "Ring the police, or V."
