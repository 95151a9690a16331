"""The pages from the outsider's side: who gets nothing, who gets the listing and no more, what the desk must not show."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Exclusion
from marac.models import Meeting, Referral
from tests.marac.pages import AT_THE_DESK, CANARY, text_of, urls_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("persona", ["outsider", "superuser", "commissioner", "auditor", "information_governance", "administrator", "health_visitor"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_people_without_the_case_get_nothing_from_any_page(client_for, listed, persona, method):
    client = client_for(persona)
    for url in urls_of(listed):
        response = getattr(client, method)(url, {"decision": "accept", "reasons": "x" * 40, "once": uuid4()} if method == "post" else {})
        assert response.status_code in (403, 404), url
        assert "O’Hara" not in response.content.decode()
        assert listed.reference not in response.content.decode()
    for url in (reverse("marac"), reverse("marac_meeting_new")):
        assert client.get(url).status_code == 403
    assert Referral.objects.get().state == "listed"


def test_signed_out_means_the_sign_in_page(client, listed):
    for url in [*urls_of(listed), reverse("marac"), reverse("marac_meeting_new")]:
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
    text = text_of(client.get(reverse("marac_meeting_pdf", args=[meeting.pk])).content)
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


def test_titles_and_addresses_say_nothing_of_what_they_are_about(client_for, listed):
    coordinator, officer = client_for("marac_coordinator"), client_for("specialist_da_officer")
    seen = 0
    for url in [*urls_of(listed), reverse("marac"), reverse("marac_meeting_new")]:
        assert not re.search("marac|abuse|dash|risk|victim", url, re.IGNORECASE)
        for client in (coordinator, officer):
            response = client.get(url)
            if response.status_code == 200 and "html" in response["Content-Type"]:
                title = re.search(r"<title>(.*?)</title>", response.content.decode(), re.DOTALL)[1]
                assert not re.search("marac|abuse|dash|risk|victim|hara", title, re.IGNORECASE)
                seen += 1
    assert seen >= 8
