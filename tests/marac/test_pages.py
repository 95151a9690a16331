"""The pages of both sides, from the outsider's side first: who gets nothing, who gets the listing and no more, what a mistake costs (nothing)."""

import re
from datetime import timedelta
from uuid import uuid4

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Change, run
from audit.models import Event
from cases.models import Address, Exclusion
from marac.models import Listing, Meeting, Referral
from ui.times import clock_time

pytestmark = pytest.mark.django_db
CANARY = "Nine Acre Cottages"
AT_THE_DESK = ["marac_listing", "marac_decide", "marac_repeat", "marac_list", "marac_unlist"]


@pytest.fixture
def listed(a_case, desk):
    """A case on a meeting, with an address and a telephone number that must never reach the desk."""
    case = a_case(given_name="Zoë", family_name="O’Hara-Quill")
    victim = case.parties.get(role="victim")
    Address.objects.create(case=case, party=victim, lines=CANARY, postcode="ZZ99 3VZ", from_at=timezone.now())
    desk.listed(case)
    return case


def _urls(case):
    referral, meeting = case.marac_referrals.get(), Meeting.objects.get()
    on_case = ["marac_referral", "marac_referral_send", "marac_referral_withdraw", *AT_THE_DESK]
    on_meeting = ["marac_meeting", "marac_meeting_pdf", "marac_meeting_edit", "marac_meeting_move", "marac_meeting_cancel", "marac_meeting_held"]
    return [
        reverse("marac_referral_new", args=[case.reference]),
        *(reverse("marac_referral_page", args=[case.reference, referral.pk, page]) for page in ("criteria", "voice", "sharing", "unknowns")),
        *(reverse(name, args=[case.reference, referral.pk]) for name in on_case),
        *(reverse(name, args=[meeting.pk]) for name in on_meeting),
    ]


def _text(pdf):
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


# --- nobody gets in


@pytest.mark.parametrize("persona", ["outsider", "superuser", "commissioner", "auditor", "information_governance", "administrator", "health_visitor"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_people_without_the_case_get_nothing_from_any_page(client_for, listed, persona, method):
    client = client_for(persona)
    for url in _urls(listed):
        response = getattr(client, method)(url, {"decision": "accept", "reasons": "x" * 40, "once": uuid4()} if method == "post" else {})
        assert response.status_code in (403, 404), url
        assert "O’Hara" not in response.content.decode()
        assert listed.reference not in response.content.decode()
    for url in (reverse("marac"), reverse("marac_meeting_new")):
        assert client.get(url).status_code == 403
    assert Referral.objects.get().state == "listed"


def test_signed_out_means_the_sign_in_page(client, listed):
    for url in [*_urls(listed), reverse("marac"), reverse("marac_meeting_new")]:
        response = client.get(url)
        assert (response.status_code, response["Location"].startswith("/sign-in/")) == (302, True)


def test_a_representative_without_a_grant_sees_no_meeting_and_with_one_sees_it(client_for, listed, share):
    client, meeting = client_for("marac_representative"), Meeting.objects.get()
    assert client.get(reverse("marac_meeting", args=[meeting.pk])).status_code == 404
    assert client.get(reverse("marac_meeting_pdf", args=[meeting.pk])).status_code == 404
    assert str(meeting.area) not in client.get(reverse("marac")).content.decode()
    share(listed, "vale_probation", "meeting")
    assert listed.reference in client.get(reverse("marac_meeting", args=[meeting.pk])).content.decode()
    assert meeting.area in client.get(reverse("marac")).content.decode()
    listing = reverse("marac_listing", args=[listed.reference, listed.marac_referrals.get().pk])
    page = client.get(listing).content.decode()
    assert "Zoë O’Hara-Quill" in page
    assert "Decide" not in page
    assert client.get(listing + "decision/").status_code == 403
    assert client.post(listing + "unlist/", {"reasons": "x" * 40}).status_code == 403


def test_the_meeting_grant_opens_the_listing_and_nothing_behind_it(client_for, listed, people):
    client, referral = client_for("marac_coordinator"), listed.marac_referrals.get()
    page = client.get(reverse("marac_listing", args=[listed.reference, referral.pk])).content.decode()
    assert "Zoë O’Hara-Quill" in page
    for hidden in (CANARY, "ZZ99", "07700", "900123", "bluebell", "Ask for Mari"):
        assert hidden not in page
    assert client.get(reverse("case", args=[listed.reference])).status_code == 403
    assert client.get(reverse("marac_referral", args=[listed.reference, referral.pk])).status_code in (403, 404)
    other = Referral.objects.create(
        case=listed, agency=people.agency("northvale_housing"), prepared_at=timezone.now(), prepared_by=people.housing_officer, state_at=timezone.now()
    )
    assert client.get(reverse("marac_listing", args=[listed.reference, other.pk])).status_code == 404  # a draft is not at the desk


def test_partners_of_the_case_read_that_it_was_sent_and_not_the_text(client_for, a_case, desk, share):
    case = a_case()
    share(case, "harbour_idva", worker="idva")
    draft = desk.draft(case, background="Between the two of us")
    url = reverse("marac_referral", args=[case.reference, draft.pk])
    assert client_for("idva").get(url).status_code == 403
    desk.send(draft)
    page = client_for("idva").get(url).content.decode()
    assert "Visible high risk" in page
    assert "Between the two of us" not in page
    assert "Between the two of us" in client_for("housing_officer").get(url).content.decode()
    for name in ("marac_referral_send", "marac_referral_withdraw"):
        assert client_for("idva").post(reverse(name, args=[case.reference, draft.pk]), {"reasons": "x" * 20}).status_code == 403


def test_an_excluded_coordinator_has_no_trace_of_the_case_anywhere(client_for, a_case, desk, listed, people):
    meeting = Meeting.objects.get()
    desk.listed(a_case(family_name="Visible"), on=meeting)
    waiting = a_case(family_name="Waiting")
    desk.sent(waiting)
    for case in (listed, waiting):
        Exclusion.objects.create(case=case, user=people.marac_coordinator, reason="A friend", made_at=timezone.now(), made_by=people.housing_manager)
    client = client_for("marac_coordinator")
    pages = [client.get(reverse("marac")), client.get(reverse("marac_meeting", args=[meeting.pk]))]
    for response in pages:
        for hidden in (listed.reference, waiting.reference, "O’Hara", "Waiting,", "Marigold Waiting"):
            assert hidden not in response.content.decode()
    assert "1 case," in pages[1].content.decode()
    text = _text(client.get(reverse("marac_meeting_pdf", args=[meeting.pk])).content)
    assert listed.reference not in text
    assert "1 case," in text
    for case in (listed, waiting):
        referral = case.marac_referrals.get()
        for name in AT_THE_DESK:
            assert client.get(reverse(name, args=[case.reference, referral.pk])).status_code == 404


def test_a_repeat_found_on_an_unseen_case_is_not_shown_to_the_referrer(client_for, a_case, desk, same_people):
    import time_machine

    with time_machine.travel(timezone.now() - timedelta(days=60), tick=False):
        first = a_case()
        desk.sent(first)
    second = same_people(first)
    sent = desk.sent(second, "idva")
    own = client_for("idva").get(reverse("marac_referral", args=[second.reference, sent.pk])).content.decode()
    assert "epeat" not in own
    assert first.reference not in own
    at_the_desk = client_for("marac_coordinator").get(reverse("marac_listing", args=[second.reference, sent.pk])).content.decode()
    assert "Repeat" in at_the_desk
    assert first.reference in at_the_desk


# --- the papers


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
    text = _text(pdf)
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
    assert "No case is listed" in _text(client_for("marac_coordinator").get(reverse("marac_meeting_pdf", args=[meeting.pk])).content)


# --- counts of queries


@pytest.fixture
def many(a_case, people):
    """Cases straight onto the list or the desk, as many as wanted, by rows: thirty through the actions would take minutes."""
    from cases.models import SharingDecision
    from cases.opening import give_grant

    def made(number, *, meeting=None, state="submitted"):
        for _ in range(number):
            case = a_case(clock=None)

            def body(act, case=case):
                decision = SharingDecision.objects.create(
                    case=case, recipient=people.agency("vale_police"), level="meeting", basis="consent", decided_at=act.at, decided_by_id=act.actor.user_id,
                    deciding_agency_id=act.actor.agency_id,
                )
                give_grant(act, case, people.agency("vale_police"), "meeting", decision)
                referral = Referral.objects.create(
                    case=case, agency=case.lead_agency, prepared_at=act.at, prepared_by=people.housing_officer, state=state, state_at=act.at,
                    visible_high_risk=True, coordinating_agency=people.agency("vale_police"), submitted_at=act.at, submitted_by=people.housing_officer,
                    is_repeat=False, is_repeat_computed=False,
                )
                if meeting:
                    Listing.objects.create(
                        meeting=meeting, referral=referral, case=case, position=meeting.listings.count() + 1, listed_at=act.at,
                        listed_by=people.marac_coordinator,
                    )
                return Change(subject="test", case=case)

            run("test.arrange", people.actor("housing_officer"), body)

    return made


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
        assert "30 cases" in re.sub(r"\s+", " ", _text(response.content))
    else:
        assert response.content.decode().count("Marigold Thistlewood") == 30


# --- bad input


@pytest.fixture
def draft(a_case, desk):
    return desk.draft(a_case())


def _page(draft, page):
    return reverse("marac_referral_page", args=[draft.case.reference, draft.pk, page])


def test_a_page_half_filled_is_saved_and_leads_on(client_for, draft):
    client = client_for("specialist_da_officer")
    answers = {"opened_at_revision": draft.revision, "fears": "Him and <b>his brother</b>", "wants": "Ça suffit, O’Neill! \u4f60\u597d"}
    response = client.post(_page(draft, "voice"), answers)
    assert response["Location"] == _page(draft, "sharing")
    draft.refresh_from_db()
    assert draft.wants == "Ça suffit, O’Neill! 你好"
    page = client.get(reverse("marac_referral", args=[draft.case.reference, draft.pk])).content.decode()
    assert "Him and &lt;b&gt;his brother&lt;/b&gt;" in page
    assert "<b>his brother" not in page
    later = client.post(_page(draft, "voice"), answers | {"opened_at_revision": draft.revision, "come_back_later": "yes"})
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
        _page(draft, "criteria"), {"opened_at_revision": draft.revision, "judgement_rationale": "Typed before the mistake"} | answers
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
    response = client_for("specialist_da_officer").post(_page(draft, "criteria"), answers)
    assert response.status_code == 302
    assert len(Referral.objects.get().background) == len(text.strip())


def test_the_later_of_two_editors_is_told_sees_both_and_can_save(client_for, draft):
    client_for("housing_officer").post(_page(draft, "voice"), {"opened_at_revision": draft.revision, "fears": "Saved by the first"})
    second = client_for("specialist_da_officer")
    response = second.post(_page(draft, "voice"), {"opened_at_revision": draft.revision, "fears": "Typed by the second"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "Somebody else changed this referral" in page
    assert "Saved by the first" in page
    assert "Typed by the second" in page
    revision = re.search(r'name="opened_at_revision" value="(\d+)"', page)[1]
    assert second.post(_page(draft, "voice"), {"opened_at_revision": revision, "fears": "Both: hers and his"}).status_code == 302
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
    assert client.get(_page(draft, "voice"))["Location"] == read
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


def test_titles_and_addresses_say_nothing_of_what_they_are_about(client_for, listed):
    coordinator, officer = client_for("marac_coordinator"), client_for("specialist_da_officer")
    seen = 0
    for url in [*_urls(listed), reverse("marac"), reverse("marac_meeting_new")]:
        assert not re.search("marac|abuse|dash|risk|victim", url, re.IGNORECASE)
        for client in (coordinator, officer):
            response = client.get(url)
            if response.status_code == 200 and "html" in response["Content-Type"]:
                title = re.search(r"<title>(.*?)</title>", response.content.decode(), re.DOTALL)[1]
                assert not re.search("marac|abuse|dash|risk|victim|hara", title, re.IGNORECASE)
                seen += 1
    assert seen >= 8


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


# --- each page's own way through, with its refusals


def test_a_referral_is_begun_decided_listed_and_taken_off_by_its_pages(client_for, a_case, desk):
    case, meeting = a_case(), desk.meeting()
    officer, coordinator = client_for("specialist_da_officer"), client_for("marac_coordinator")
    new = reverse("marac_referral_new", args=[case.reference])
    assert "Prepare the referral" in officer.get(new).content.decode()
    officer.post(new)
    referral = Referral.objects.get()
    assert officer.post(new)["Location"] == reverse("marac_referral", args=[case.reference, referral.pk])  # begun twice: the same draft
    desk.send(desk.draft(case))
    refused = officer.post(new)
    assert (refused.status_code, "on its way already" in refused.content.decode()) == (422, True)

    args = [case.reference, referral.pk]
    listing = reverse("marac_listing", args=args)
    early = coordinator.get(reverse("marac_list", args=args), follow=True).content.decode()
    assert "This referral is with the coordinator, so this cannot be done now." in early
    once = uuid4()
    for _ in range(2):
        response = coordinator.post(reverse("marac_decide", args=args), {"once": once, "decision": "accept"})
        assert response["Location"] == listing
    assert "Decide again" in coordinator.get(listing).content.decode()

    assert coordinator.post(reverse("marac_repeat", args=args), {"is_repeat": "yes"}).status_code == 422
    assert coordinator.post(reverse("marac_repeat", args=args), {"is_repeat": "yes", "reason": "Heard in another county"})["Location"] == listing
    assert "Heard in another county" in coordinator.get(listing).content.decode()

    form = {"once": uuid4(), "meeting": meeting.pk}
    for bad in ({"meeting": 10**30}, {"meeting": "x"}, {}):
        assert coordinator.post(reverse("marac_list", args=args), {"once": uuid4()} | bad).status_code == 422
    for _ in range(2):
        assert coordinator.post(reverse("marac_list", args=args), form)["Location"] == reverse("marac_meeting", args=[meeting.pk])
    assert meeting.listings.count() == 1
    decided = coordinator.get(reverse("marac_decide", args=args), follow=True).content.decode()
    assert "This referral is listed on a meeting, so this cannot be done now." in decided

    withdraw = officer.get(reverse("marac_referral_withdraw", args=args), follow=True).content.decode()
    assert "Ask the coordinator to take it off the list first." in withdraw
    assert coordinator.post(reverse("marac_unlist", args=args), {"reasons": "short"}).status_code == 422
    assert coordinator.post(reverse("marac_unlist", args=args), {"reasons": "The family has moved away"}).status_code == 302
    assert coordinator.get(reverse("marac_unlist", args=args))["Location"] == listing
    assert officer.post(reverse("marac_referral_withdraw", args=args), {"reasons": "short"}).status_code == 422
    assert officer.post(reverse("marac_referral_withdraw", args=args), {"reasons": "The family has moved away"}).status_code == 302
    assert coordinator.get(listing).status_code == 404
    referral.refresh_from_db()
    assert referral.state == "withdrawn"


def test_a_late_referral_is_asked_whose_leave_it_has(client_for, a_case, desk):
    case, soon = a_case(), desk.meeting(days=3)
    accepted = desk.accepted(case)
    client, url = client_for("marac_coordinator"), reverse("marac_list", args=[case.reference, accepted.pk])
    assert "The referral came after the deadline" in client.get(url).content.decode()
    response = client.post(url, {"once": uuid4(), "meeting": soon.pk})
    assert (response.status_code, "Say who gave leave" in response.content.decode()) == (422, True)
    assert client.post(url, {"once": uuid4(), "meeting": soon.pk, "leave_note": "The chair: he is out on Friday"}).status_code == 302
    assert "The chair: he is out on Friday" in client.get(reverse("marac_listing", args=[case.reference, accepted.pk])).content.decode()


def test_without_a_planned_meeting_the_way_to_plan_one_is_shown(client_for, a_case, desk):
    case = a_case()
    accepted = desk.accepted(case)
    page = client_for("marac_coordinator").get(reverse("marac_list", args=[case.reference, accepted.pk])).content.decode()
    assert "No meeting is planned." in page
    assert reverse("marac_meeting_new") in page


def test_a_meeting_that_was_is_recorded_as_held_and_changes_no_more(client_for, desk):
    import time_machine

    meeting = desk.meeting()
    client = client_for("marac_coordinator")
    show, held = reverse("marac_meeting", args=[meeting.pk]), reverse("marac_meeting_held", args=[meeting.pk])
    assert "This meeting has not started yet." in client.post(held, follow=True).content.decode()
    with time_machine.travel(meeting.starts_at + timedelta(hours=3)):
        client = client_for("marac_coordinator")
        assert "Record that the meeting was held" in client.get(show).content.decode()
        assert "Recorded as held." in client.post(held, follow=True).content.decode()
        edit = client.get(reverse("marac_meeting_edit", args=[meeting.pk]), follow=True).content.decode()
        assert "This meeting is held, so it cannot be changed." in edit
        assert "North" in client.get(reverse("marac")).content.decode()


def test_an_unborn_child_a_nameless_man_and_a_guessed_age_are_read_as_they_are(client_for, a_case, desk, inside_gate):
    from cases.opening import add_party

    case = a_case(with_child=False)
    with inside_gate() as act:
        add_party(act, case, "child", is_unborn=True, expected_on=timezone.localdate() + timedelta(days=60))
        add_party(act, case, "child", given_name="Clover", approximate_age=6)
        add_party(act, case, "child", given_name="Sorrel", date_of_birth=timezone.localdate() - timedelta(days=400))
        add_party(act, case, "perpetrator", also_known_as="Badger")
    sent = desk.sent(case, consent="given")
    page = client_for("marac_coordinator").get(reverse("marac_listing", args=[case.reference, sent.pk])).content.decode()
    for words in ("Unborn child; expected", "Clover; about 6 when recorded", "13 months old", "Name not known; also known as Badger; age not known"):
        assert words in page


def test_next_steps_for_the_referrer_follow_the_referral(client_for, a_case, desk, signed, people):
    from marac.actions import referral as actions
    from marac.actions import triage

    case = a_case()
    client, url = client_for("specialist_da_officer"), reverse("case", args=[case.reference])
    type(case).objects.filter(pk=case.pk).update(risk_level="high", risk_level_at=timezone.now())
    assert "Refer to MARAC" in client.get(url).content.decode()
    sent = desk.sent(case)
    assert "MARAC referral</a>" not in client.get(url).content.decode()
    triage.return_referral(desk.coordinator, case, referral_id=sent.pk, reasons="Which school does the child go to?")
    assert "Answer the MARAC coordinator" in client.get(url).content.decode()
    desk.send(Referral.objects.get())
    triage.decline_referral(desk.coordinator, case, referral_id=sent.pk, reasons="The pattern is known elsewhere and a meeting adds nothing.")
    assert "Read why the MARAC referral was not accepted" in client.get(url).content.decode()
    actions.begin_referral(people.actor("specialist_da_officer"), case)
    assert "Read why the MARAC referral was not accepted" not in client.get(url).content.decode()  # a new one is being prepared


def test_what_was_typed_when_the_session_ended_is_there_after_signing_in(client, client_for, people, draft):
    from ui.held_forms import owner_token

    withdraw = reverse("marac_referral_withdraw", args=[draft.case.reference, draft.pk])
    for url, typed in ((_page(draft, "voice"), {"fears": "Typed just in time"}), (withdraw, {"reasons": "Also typed"})):
        token = owner_token(people.specialist_da_officer, url)
        assert client.post(url, typed | {"form_owner": token, "opened_at_revision": draft.revision}).status_code == 302
        assert next(iter(typed.values())) not in client_for("housing_officer").get(url).content.decode()
        assert next(iter(typed.values())) in client_for("specialist_da_officer").get(url).content.decode()
    assert Referral.objects.get().fears == ""


# --- what the desk must not show


def test_a_coordinator_of_another_marac_opens_neither_the_referral_nor_the_meeting(client_for, listed, people, share):
    from agencies.founding import enrol

    enrol("stranger@example.org", "Stranger", people.agency("vale_probation"), "marac_coordinator", password="x")
    people.stranger = type(people.marac_coordinator).objects.get(email="stranger@example.org")
    share(listed, "vale_probation", "meeting")
    client, meeting, referral = client_for("stranger"), Meeting.objects.get(), listed.marac_referrals.get()
    for name in AT_THE_DESK:
        assert client.get(reverse(name, args=[listed.reference, referral.pk])).status_code == 404
    for name in ("marac_meeting", "marac_meeting_pdf"):
        assert client.get(reverse(name, args=[meeting.pk])).status_code == 404
    desk = client.get(reverse("marac")).content.decode()
    assert meeting.area not in desk
    assert listed.reference not in desk


def test_nobody_reads_along_while_the_referrer_writes(client_for, a_case, desk, inside_gate, share):
    from cases.opening import add_party
    from marac.actions import referral as actions
    from marac.actions import triage

    case = a_case()
    sent = desk.sent(case, background="As it was sent")
    share(case, "harbour_idva", worker="idva")
    coordinator, url = client_for("marac_coordinator"), reverse("marac_listing", args=[case.reference, sent.pk])
    assert "As it was sent" in coordinator.get(url).content.decode()
    triage.return_referral(desk.coordinator, case, referral_id=sent.pk, reasons="Which school does the child go to?")
    said = {
        "professional_judgement": False, "judgement_rationale": "", "visible_high_risk": False, "potential_escalation": True, "repeat_criterion": False,
        "incident_on": None, "background": "Half written, not meant for",
    }
    sent = Referral.objects.get(pk=sent.pk)
    actions.edit_referral(desk.people.actor("specialist_da_officer"), case, referral_id=sent.pk, page="criteria", said=said, opened_at_revision=sent.revision)
    with inside_gate() as act:
        add_party(act, case, "child", given_name="Addedsince", approximate_age=6)
    page = coordinator.get(url).content.decode()
    for hidden in ("Half written", "As it was sent", "Addedsince", "Potential escalation"):
        assert hidden not in page
    for shown in ("Visible high risk", "Which school does the child go to?", "Returned for information"):
        assert shown in page
    assert "Potential escalation" not in coordinator.get(reverse("marac")).content.decode()
    assert "Potential escalation" not in client_for("idva").get(reverse("marac_referral", args=[case.reference, sent.pk])).content.decode()
    desk.send(Referral.objects.get(pk=sent.pk))
    page = coordinator.get(url).content.decode()
    for shown in ("Half written", "Addedsince", "Potential escalation"):
        assert shown in page


def test_a_barred_coordinator_learns_nothing_of_the_earlier_case_from_a_repeat(client_for, a_case, desk, same_people, people):
    import time_machine

    from ui.times import short_date

    with time_machine.travel(timezone.now() - timedelta(days=60), tick=False):
        first = a_case()
        earlier = desk.sent(first)
    second = same_people(first)
    listed = desk.listed(second, persona="idva")
    client, meeting = client_for("marac_coordinator"), Meeting.objects.get()
    urls = [reverse(name, args=[second.reference, listed.pk]) for name in ("marac_listing", "marac_repeat")] + [reverse("marac_meeting", args=[meeting.pk])]
    first_day = short_date(earlier.submitted_at)
    seen = [client.get(url).content.decode() for url in urls]
    assert first.reference in seen[0]
    assert "Yes: the same people were referred on" in seen[0]
    assert "Waymark found: a repeat." in seen[1]
    assert ">Repeat<" in re.sub(r"\s*([<>])\s*", r"\1", seen[2])
    Exclusion.objects.create(case=first, user=people.marac_coordinator, reason="A friend", made_at=timezone.now(), made_by=people.housing_manager)
    barred = [client.get(url).content.decode() for url in urls]
    for page in barred:
        assert first.reference not in page
        assert first_day not in page
        assert "the same people were referred" not in page
    assert "None found among the cases that you may see" in barred[0]
    assert "Waymark found: no repeat among the cases that you may see." in barred[1]
    assert ">Repeat<" not in re.sub(r"\s*([<>])\s*", r"\1", barred[2])


def test_where_sight_of_the_earlier_case_has_ended_a_repeat_is_told_without_its_date(client_for, a_case, desk, same_people):
    import time_machine

    from cases.models import Grant

    with time_machine.travel(timezone.now() - timedelta(days=60), tick=False):
        first = a_case()
        desk.sent(first)
    second = same_people(first)
    sent = desk.sent(second, "idva")
    Grant.objects.filter(content_object=first, level="meeting").update(ends_at=timezone.now())
    page = client_for("marac_coordinator").get(reverse("marac_listing", args=[second.reference, sent.pk])).content.decode()
    assert "Repeat" in page
    assert "None found" not in page
    assert first.reference not in page
    assert "the same people were referred" not in page


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
