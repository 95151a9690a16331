"""What a mistake costs on the pages (nothing), and what is pressed twice."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from marac.models import Meeting, Referral
from tests.marac.pages import page_of

pytestmark = pytest.mark.django_db


def test_a_page_half_filled_is_saved_and_leads_on(client_for, draft):
    client = client_for("specialist_da_officer")
    answers = {"opened_at_revision": draft.revision, "fears": "Him and <b>his brother</b>", "wants": "Ça suffit, O’Neill! \u4f60\u597d"}
    response = client.post(page_of(draft, "voice"), answers)
    assert response["Location"] == page_of(draft, "sharing")
    draft.refresh_from_db()
    assert draft.wants == "Ça suffit, O’Neill! 你好"
    page = client.get(reverse("marac_referral", args=[draft.case.reference, draft.pk])).content.decode()
    assert "Him and &lt;b&gt;his brother&lt;/b&gt;" in page
    assert "<b>his brother" not in page
    later = client.post(page_of(draft, "voice"), answers | {"opened_at_revision": draft.revision, "come_back_later": "yes"})
    assert later["Location"] == reverse("marac_referral", args=[draft.case.reference, draft.pk])


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"background": "x" * 10_001}, "10,000 characters or fewer"),
        ({"background": "nul \x00 byte"}, "that cannot be"),
        ({"incident_on_day": "31", "incident_on_month": "2", "incident_on_year": "2026"}, "must be a real date"),
        ({"incident_on_day": "1", "incident_on_month": "1", "incident_on_year": "2199"}, "today or in the past"),
        ({"criteria": "made_up"}, "Choose one of the answers listed"),
        ({"background": SimpleUploadedFile("a.txt", b"text")}, "A file cannot be read as an answer"),
    ],
)
def test_bad_answers_are_said_in_words_and_what_was_typed_stays(client_for, draft, answers, words):
    response = client_for("specialist_da_officer").post(
        page_of(draft, "criteria"), {"opened_at_revision": draft.revision, "judgement_rationale": "Typed before the mistake"} | answers
    )
    assert response.status_code == 422
    page = response.content.decode()
    if words != "that cannot be":
        assert words in page
    assert "govuk-error-summary" in page
    assert "Typed before the mistake" in page
    assert Referral.objects.get().background == "It is getting worse."


def test_ten_thousand_characters_are_fine(client_for, draft):
    text = "Übel\n" * 2000
    answers = {"opened_at_revision": draft.revision, "background": text.replace("\n", "\r\n")}
    response = client_for("specialist_da_officer").post(page_of(draft, "criteria"), answers)
    assert response.status_code == 302
    assert len(Referral.objects.get().background) == len(text.strip())


def test_the_later_of_two_editors_is_told_sees_both_and_can_save(client_for, draft):
    client_for("housing_officer").post(page_of(draft, "voice"), {"opened_at_revision": draft.revision, "fears": "Saved by the first"})
    second = client_for("specialist_da_officer")
    response = second.post(page_of(draft, "voice"), {"opened_at_revision": draft.revision, "fears": "Typed by the second"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "Somebody else changed this referral" in page
    assert "Saved by the first" in page
    assert "Typed by the second" in page
    revision = re.search(r'name="opened_at_revision" value="(\d+)"', page)[1]
    assert second.post(page_of(draft, "voice"), {"opened_at_revision": revision, "fears": "Both: hers and his"}).status_code == 302
    draft.refresh_from_db()
    assert draft.fears == "Both: hers and his"


def test_what_is_missing_is_listed_with_links_and_sending_is_not_offered(client_for, a_case, desk):
    draft = desk.draft(a_case(), visible_high_risk=False)
    url = reverse("marac_referral", args=[draft.case.reference, draft.pk])
    client = client_for("specialist_da_officer")
    page = client.get(url).content.decode()
    assert "Choose at least one reason for the referral." in page
    assert "Send the referral" not in page
    # Sent all the same, by a form from an earlier time: refused in words.
    receiver = desk.people.agency("vale_police").pk
    response = client.post(url + "send/", {"once": uuid4(), "receiver": receiver})
    assert response.status_code == 422
    assert "Choose at least one reason for the referral." in response.content.decode()


def test_sent_twice_or_from_the_back_button_it_is_sent_once(client_for, draft, desk):
    client = client_for("specialist_da_officer")
    url = reverse("marac_referral_send", args=[draft.case.reference, draft.pk])
    form = {"once": uuid4(), "receiver": desk.people.agency("vale_police").pk}
    read = reverse("marac_referral", args=[draft.case.reference, draft.pk])
    assert client.post(url, form)["Location"] == read
    assert client.post(url, form)["Location"] == read
    assert client.post(url, form | {"once": uuid4()})["Location"] == read
    assert draft.steps.filter(verb="submit").count() == 1
    assert client.get(page_of(draft, "voice"))["Location"] == read
    assert client.get(url)["Location"] == read


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({}, "Answer “What do you decide?”"),
        ({"decision": "return"}, "Say which information is needed"),
        ({"decision": "decline", "decline_reasons": "No."}, "at least 30 characters"),
        ({"decision": "burn it"}, "Choose one of the answers listed"),
        ({"decision": "accept", "once": "not a token"}, "There is a problem"),
    ],
)
def test_a_decision_without_its_reasons_is_asked_for_them(client_for, draft, desk, answers, words):
    desk.send(draft)
    client = client_for("marac_coordinator")
    response = client.post(reverse("marac_decide", args=[draft.case.reference, draft.pk]), {"once": uuid4()} | answers)
    assert response.status_code == 422
    assert words in response.content.decode()
    draft.refresh_from_db()
    assert draft.state == "submitted"


def test_a_decision_made_by_somebody_else_meanwhile_is_said(client_for, draft, desk):
    from marac.actions import triage

    desk.send(draft)
    triage.return_referral(desk.coordinator, draft.case, referral_id=draft.pk, reasons="Which school does the child go to?")
    response = client_for("marac_coordinator").post(
        reverse("marac_decide", args=[draft.case.reference, draft.pk]), {"once": uuid4(), "decision": "accept"}
    )
    assert response.status_code == 422
    assert "This referral is returned for information, so this cannot be done now." in response.content.decode()


def test_the_order_buttons_move_a_case_and_garbage_moves_nothing(client_for, a_case, desk):
    meeting = desk.meeting()
    first, second = a_case(family_name="First"), a_case(family_name="Last")
    for case in (first, second):
        desk.listed(case, on=meeting)
    client, url = client_for("marac_coordinator"), reverse("marac_meeting_move", args=[meeting.pk])
    listing = second.marac_listings.get()
    press = {"listing": listing.pk, "direction": "up", "from_position": 2}
    assert client.post(url, press)["Location"].endswith(f"#case-{listing.pk}")
    assert client.post(url, press).status_code == 302  # pressed twice: said on the list, moved once
    order = lambda: list(meeting.listings.order_by("position").values_list("case__reference", flat=True))  # noqa: E731
    assert order() == [second.reference, first.reference]
    for garbage in ({}, {"listing": "x"}, press | {"direction": "sideways"}, press | {"from_position": 99}):
        assert client.post(url, garbage).status_code == 302
    assert client.post(url, press | {"listing": 10**30, "from_position": 1}).status_code in (302, 403)
    assert client.get(url).status_code == 302
    assert order() == [second.reference, first.reference]


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (("1", "3", "2020", "10:00"), "must be today or in the future"),
        (("29", "3", "2026", "01:30"), "There was no 01:30"),
        (("1", "13", "2026", "10:00"), "must be a real date"),
        (("1", "3", "2031", ""), "must include a time"),
    ],
)
def test_an_impossible_time_for_a_meeting_is_refused_in_words(client_for, when, words):
    import time_machine

    parts = dict(zip(("starts_at_day", "starts_at_month", "starts_at_year", "starts_at_time"), when, strict=True))
    with time_machine.travel("2026-03-01T09:00:00+00:00", tick=False):
        response = client_for("marac_coordinator").post(reverse("marac_meeting_new"), parts | {"area": "Derby City", "once": uuid4()})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Meeting.objects.exists()


def test_a_meeting_is_planned_once_changed_and_cancelled_by_its_pages(client_for, desk):
    client, once = client_for("marac_coordinator"), uuid4()
    day = timezone.localdate() + timedelta(days=40)
    form = {
        "area": "Derby City", "starts_at_day": day.day, "starts_at_month": day.month, "starts_at_year": day.year, "starts_at_time": "10:00", "once": once,
        "opened_at_revision": 0,
    }
    first = client.post(reverse("marac_meeting_new"), form)
    assert client.post(reverse("marac_meeting_new"), form)["Location"] == first["Location"]
    meeting = Meeting.objects.get()
    edit = reverse("marac_meeting_edit", args=[meeting.pk])
    assert client.post(edit, form | {"area": "Derby"}).status_code == 302
    stale = client.post(edit, form | {"area": "Second thoughts"})
    assert stale.status_code == 422
    assert "Second thoughts" in stale.content.decode()
    assert "Saved now: Derby," in stale.content.decode()
    cancel = reverse("marac_meeting_cancel", args=[meeting.pk])
    assert client.post(cancel, {"reasons": "no"}).status_code == 422
    assert client.post(cancel, {"reasons": "The chair is not free"}).status_code == 302
    meeting.refresh_from_db()
    assert meeting.state == "cancelled"


def test_a_meeting_on_a_bank_holiday_is_asked_about(client_for):
    form = {"area": "Derby City", "starts_at_day": 25, "starts_at_month": 12, "starts_at_year": timezone.localdate().year + 1, "starts_at_time": "10:00"}
    page = client_for("marac_coordinator").post(reverse("marac_meeting_new"), form | {"once": uuid4()}, follow=True).content.decode()
    assert "This is a weekend or a bank holiday." in page
    assert Meeting.objects.count() == 1


def test_the_case_page_shows_where_the_referral_stands_and_what_to_do(client_for, a_case, signed):
    case = a_case()
    client = client_for("specialist_da_officer")
    assert "Referral by" not in client.get(reverse("case", args=[case.reference])).content.decode()
    signed(case)
    draft = Referral.objects.get()
    page = client.get(reverse("case", args=[case.reference])).content.decode()
    assert "Check and send the MARAC referral" in page
    assert reverse("marac_referral", args=[case.reference, draft.pk]) in page
    assert "Being prepared" in page


def test_not_accepted_leads_back_to_the_desk_however_often_it_is_pressed(client_for, a_case, desk):
    case = a_case()
    sent = desk.sent(case)
    client, url = client_for("marac_coordinator"), reverse("marac_decide", args=[case.reference, sent.pk])
    form = {"once": uuid4(), "decision": "decline", "decline_reasons": "The pattern is known elsewhere and a meeting adds nothing."}
    for _ in range(2):
        assert client.post(url, form)["Location"] == reverse("marac")
    assert "Not accepted. The referrer is told why." in client.get(reverse("marac")).content.decode()
    assert client.post(url, form | {"once": uuid4()}).status_code == 404
    assert client_for("outsider").post(url, form).status_code in (403, 404)


def test_the_reason_for_cancelling_is_asked_for_without_names(client_for, desk):
    page = client_for("marac_coordinator").get(reverse("marac_meeting_cancel", args=[desk.meeting().pk])).content.decode()
    assert "No names: this goes into every case on the list." in page
