"""The printed DASH: who may print it, that it is tagged and neutral, that no protected address is on it, and that the blank form carries nothing."""

import re

import pypdfium2
import pytest
from django.utils import timezone

from audit.models import Event
from cases import dash
from cases.models import Address
from tests.cases.dash.acts import LONG, text_of, url

pytestmark = pytest.mark.django_db
NAMES = ("assessment_copy", "assessment_file", "assessment_blank")


def paths(signed):
    return [url(name, signed.case, *(["ric24"] if name == "assessment_blank" else [signed.pk])) for name in NAMES]


def words_of(response):
    assert response.status_code == 200 and response["Content-Type"] == "application/pdf"
    with pypdfium2.PdfDocument(response.content) as document:
        assert document.is_tagged()
        text = " ".join(page.get_textpage().get_text_range() for page in document)
    return re.sub(r"\s+", " ", text)


def test_it_is_closed_from_outside_and_to_who_only_reads(a_signed, client_for, share):
    signed = a_signed()
    share(signed.case, "lantern_outreach", "summary")
    share(signed.case, "vale_probation")
    for path in paths(signed):
        for persona in ("outsider", "superuser", "commissioner", "auditor", "idva", "marac_coordinator"):
            assert client_for(persona).get(path).status_code == 404, (persona, path)
        for persona in ("outreach_worker", "marac_representative"):
            assert client_for(persona).get(path).status_code == 403, (persona, path)
        assert client_for("housing_manager").get(path).status_code == 200
        assert client_for("housing_manager").post(path).status_code == 405
    # Whoever may not assess has no use for the blank form.
    assert client_for("housing_officer").get(paths(signed)[2]).status_code == 403
    assert client_for("housing_officer").get(paths(signed)[1]).status_code == 200


def test_a_draft_is_not_printed(a_case, start, client):
    draft = start(a_case())
    assert client.get(url("assessment_file", draft.case, draft.pk)).status_code == 404
    assert client.get(url("assessment_copy", draft.case, draft.pk))["Location"] == url("assessment", draft.case, draft.pk)


def test_the_paper_says_what_was_signed_and_names_nobody(a_case, start, answer, sign, a_signed, client):
    first = a_signed(yes=[1])
    Address.objects.create(
        case=first.case, party=first.case.parties.get(role="victim"), lines="19 Plover Court", postcode="ZZ99 2CD", visibility="confidential", from_at=timezone.now()
    )
    draft = start(first.case)
    answer(draft, yes=[1, 15], dont_know=[7], comments={15: "In the kitchen of 19 Plover Court, zz992cd", 7: "She is not sure"})
    signed = sign(draft, "high", "judgement", LONG)
    response = client.get(url("assessment_file", signed.case, signed.pk))
    text = words_of(response)
    assert response["Content-Disposition"] == f'attachment; filename="notes-{timezone.localdate():%Y-%m-%d}.pdf"' and response["Cache-Control"] == "no-store"
    told = ("High risk", "2 of 24", LONG[:30], "Ingrid Vasquez-Lunn", "Strangulation or suffocation", "now yes (before: no)", "She is not sure", "Don’t know")
    for said in (*told, signed.case.reference):
        assert said in text, said
    assert "In the kitchen of (address), (address)" in text
    for hidden in ("Plover", "zz992cd", "Marigold", "Thistlewood", "Rufus", "Blackwater", "Juniper"):
        assert hidden not in text, hidden
    with pypdfium2.PdfDocument(response.content) as document:
        assert document.get_metadata_value("Title") == "Notes"
    assert Event.objects.filter(verb="case.read", subject=f"assessment.print:{signed.pk}", outcome="read").count() == 1


def test_the_paper_tells_of_the_second_person(a_signed, client, people):
    from tests.cases.dash.acts import decide

    lowered = a_signed(yes=range(1, 15), final="medium", basis="judgement", rationale=LONG)
    assert "until a second person has decided on medium" in words_of(client.get(url("assessment_file", lowered.case, lowered.pk)))
    decide(people, lowered)
    assert "Medium: approved by Dorian Whitlock" in words_of(client.get(url("assessment_file", lowered.case, lowered.pk)))


def test_the_blank_form_has_every_item_and_nothing_of_the_case(a_case, client):
    case = a_case()
    response = client.get(url("assessment_blank", case, "ric24"))
    text = words_of(response)
    for item in dash.latest().items.values():
        assert re.sub(r"\s+", " ", item.label) in text, item.number
    for hidden in (case.reference, "Marigold", "Thistlewood", "Northvale", "Ingrid", "Waymark"):
        assert hidden not in text + response["Content-Disposition"], hidden
    assert "Strangulation: do this now" in text and "forced marriage" in text
    assert Event.objects.filter(verb="case.read", subject="assessment.blank:ric24", case_reference=case.reference).exists()
    assert client.get(url("assessment_blank", case, "other")).status_code == 404


def test_where_it_is_offered(a_signed, client_for, share):
    signed = a_signed()
    share(signed.case, "vale_probation")
    read = url("assessment", signed.case, signed.pk)
    assert url("assessment_copy", signed.case, signed.pk) in text_of(client_for("housing_officer").get(read))
    assert url("assessment_copy", signed.case, signed.pk) not in text_of(client_for("marac_representative").get(read))
    assert url("assessment_blank", signed.case, "ric24") in text_of(client_for("specialist_da_officer").get(url("assessment_start", signed.case)))
