"""Risk over time: who may read it, what the table and the drawing say, and what whoever signs sees of the assessment before."""

from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from tests.cases.dash.acts import LONG, decide, text_of, url

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("persona", ["outsider", "superuser", "idva", "marac_coordinator", "commissioner", "auditor", "administrator"])
def test_it_is_not_there_from_outside(a_signed, client_for, persona):
    signed = a_signed(yes=[1], rationale="canary")
    assert client_for(persona).get(url("risk_over_time", signed.case)).status_code == 404


def test_a_summary_is_not_enough(a_signed, client_for, share):
    signed = a_signed()
    share(signed.case, "harbour_idva", "summary")
    assert client_for("idva").get(url("risk_over_time", signed.case)).status_code == 403


def test_every_moment_stands_in_the_table_and_in_the_drawing(a_signed, people, client_for):
    first = a_signed(yes=range(1, 15), final="high")
    lowered = a_signed(first.case, yes=[1], final="standard", rationale="He has moved abroad.")
    decide(people, lowered)
    response = client_for("housing_officer").get(url("risk_over_time", first.case))
    page = text_of(response)
    assert page.count('<th scope="row"') == 3
    assert "14 of 24" in page and "1 of 24" in page and "A lower level waits for a second person" in page
    assert "Second person: a lower level approved" in page and "Dorian Whitlock" in page and "Ingrid Vasquez-Lunn, Northvale Housing" in page
    assert "was high" in page and url("assessment_start", first.case) not in page
    svg = ElementTree.fromstring(response.content.decode().split("<figure")[1].split(">", 1)[1].split("</figure>")[0].strip())
    texts = [element.text for element in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert {"14", "1", "High", "Medium", "Standard"} <= set(texts)
    assert "high from" in svg.find("{http://www.w3.org/2000/svg}desc").text
    assert Event.objects.filter(verb="case.read", subject="risk", outcome="read").exists()


def test_a_case_that_nobody_assessed_says_so(a_case, client_for):
    case = a_case()
    page = text_of(client_for("specialist_da_officer").get(url("risk_over_time", case)))
    assert "Nobody has signed an assessment yet." in page and "<svg" not in page and url("assessment_start", case) in page


def test_it_takes_the_same_queries_however_long_it_went(a_case, a_signed, client_for):
    client, case = client_for("housing_officer"), a_case()

    def queries():
        client.get(url("risk_over_time", case))
        with CaptureQueriesContext(connection) as made:
            client.get(url("risk_over_time", case))
        return len(made)

    a_signed(case)
    before = queries()
    for _ in range(3):
        a_signed(case, yes=range(1, 15), final="high")
    assert queries() == before <= 14


def test_whoever_signs_sees_what_has_changed(a_signed, start, answer, client_for):
    case = a_signed(yes=[1, 4, 8]).case
    draft = start(case)
    answer(draft, yes=[1, 15], dont_know=[8], comments={15: "In the kitchen"})
    page = text_of(client_for("specialist_da_officer").get(url("assessment_sign", case, draft.pk)))
    assert "What has changed since" in page and "3 before, 2 now: 1 fewer" in page and "Standard before." in page
    assert "New critical factors" in page and "Critical factors no longer there" in page and "Stalking or harassment" in page
    for words in ("15. Strangled", "Now Yes", "In the kitchen", "No longer Yes", "Was Yes, not known now"):
        assert words in page
    assert page.index("Now Yes") < page.index("No longer Yes") < page.index("Was Yes, not known now")


def test_the_signed_one_says_what_changed_and_the_first_has_nothing_to_compare(a_signed, client_for):
    client = client_for("housing_officer")
    first = a_signed(yes=[1])
    second = a_signed(first.case, yes=[1, 15], final="high", basis="judgement", rationale=LONG)
    page = text_of(client.get(url("assessment", first.case, second.pk)))
    assert "1 before, 2 now: 1 more" in page and "Standard before, high now." in page and url("assessment", first.case, first.pk) in page
    assert "What has changed" not in text_of(client.get(url("assessment", first.case, first.pk)))
    same = a_signed(first.case, yes=[1, 15], final="high", basis="judgement", rationale=LONG)
    page = text_of(client.get(url("assessment", first.case, same.pk)))
    assert "Every item that both asked for is answered as it was before." in page and "2 before, 2 now: the same" in page


def test_the_case_page_leads_there(a_signed, client_for, share):
    signed = a_signed()
    path = url("risk_over_time", signed.case)
    assert path in client_for("housing_officer").get(url("case", signed.case)).content.decode()
    share(signed.case, "harbour_idva", "summary")
    assert path not in client_for("idva").get(url("case", signed.case)).content.decode()
