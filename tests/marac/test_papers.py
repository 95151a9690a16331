"""The papers of a meeting, and what thirty cases cost."""

import re
from datetime import timedelta

import pypdfium2
import pytest
from django.urls import reverse

from audit.models import Event
from marac.models import Meeting, Referral
from tests.marac.pages import CANARY, text_of
from ui.times import clock_time

pytestmark = pytest.mark.django_db


def test_the_papers_are_a_tagged_copy_in_order_without_names_addresses_or_numbers(client_for, a_case, desk, listed):
    meeting = Meeting.objects.get()
    second = a_case(family_name="Second")
    desk.listed(second, on=meeting, professional_judgement=True, judgement_rationale="He has said that he will find her wherever she goes, again and again.")
    Referral.objects.filter(case=second).update(is_repeat=True, repeat_reason="Heard elsewhere")
    response = client_for("marac_coordinator").get(reverse("marac_meeting_pdf", args=[meeting.pk]))
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert re.search(r'filename="papers-\d{4}-\d\d-\d\d\.pdf"$', response["Content-Disposition"])
    assert "no-store" in response["Cache-Control"]
    pdf = response.content
    text = text_of(pdf)
    assert text.index(listed.reference) < text.index(second.reference)
    flat = re.sub(r"\s+", " ", text)
    assert "Northvale Borough Council Housing" in flat
    assert "Professional judgement, Visible high risk" in flat
    assert re.search(rf"{second.reference}.*Repeat", flat)
    slots = [listing.meeting.starts_at + timedelta(minutes=15 * (listing.position - 1)) for listing in meeting.listings.order_by("position")]
    assert all(clock_time(slot) in flat for slot in slots)
    assert "This copy is for Ottoline Brackenridge, MARAC coordinator, Vale Police. It holds 2 cases" in flat
    for hidden in ("O’Hara", "Zoë", "Second", "Rufus", CANARY, "ZZ99", "07700", "900123", "bluebell"):
        assert hidden not in text
    with pypdfium2.PdfDocument(pdf) as document:
        assert document.get_metadata_value("Title") == "Papers"
        assert document.is_tagged()
    looked = Event.objects.get(subject=f"marac.papers:{meeting.pk}")
    assert (looked.outcome, looked.after) == ("read", {"count": 2})


def test_an_empty_meeting_prints_too(client_for, desk):
    meeting = desk.meeting()
    assert "No case is listed" in text_of(client_for("marac_coordinator").get(reverse("marac_meeting_pdf", args=[meeting.pk])).content)


@pytest.mark.parametrize("which", ["desk", "list", "papers"])
def test_thirty_cases_cost_as_many_queries_as_two(client_for, desk, many, django_assert_num_queries, which):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    meeting = desk.meeting()
    on_list = {"meeting": meeting, "state": "listed"} if which != "desk" else {}
    many(2, **on_list)
    client = client_for("marac_coordinator")
    url = reverse("marac") if which == "desk" else reverse("marac_meeting" if which == "list" else "marac_meeting_pdf", args=[meeting.pk])
    client.get(url)
    with CaptureQueriesContext(connection) as two:
        client.get(url)
    many(28, **on_list)
    with django_assert_num_queries(len(two)):
        response = client.get(url)
    assert len(two) <= 22
    if which == "papers":
        assert "30 cases" in re.sub(r"\s+", " ", text_of(response.content))
    else:
        assert response.content.decode().count("Marigold Thistlewood") == 30
