"""Each page's own way through, with its refusals."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from marac.models import Meeting, Referral
from tests.marac.pages import page_of

pytestmark = pytest.mark.django_db


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
    for url, typed in ((page_of(draft, "voice"), {"fears": "Typed just in time"}), (withdraw, {"reasons": "Also typed"})):
        token = owner_token(people.specialist_da_officer, url)
        assert client.post(url, typed | {"form_owner": token, "opened_at_revision": draft.revision}).status_code == 302
        assert next(iter(typed.values())) not in client_for("housing_officer").get(url).content.decode()
        assert next(iter(typed.values())) in client_for("specialist_da_officer").get(url).content.decode()
    assert Referral.objects.get().fears == ""


def test_a_meeting_of_which_nobody_has_said_whether_it_was_held_is_asked_about(client_for, desk, a_case, share):
    planned, case = desk.meeting(), a_case()
    desk.listed(case, on=planned)
    share(case, "vale_probation", "meeting")
    client, question = client_for("marac_coordinator"), "Were these meetings held?"
    assert question not in client.get(reverse("marac")).content.decode()
    Meeting.objects.update(starts_at=timezone.now() - timedelta(days=200), referrals_due_at=timezone.now() - timedelta(days=210))
    for days in range(1, 12):  # later ones, recorded: the one that is forgotten must not fall off the end of a list
        Meeting.objects.create(
            agency=planned.agency, area="Elsewhere", starts_at=timezone.now() - timedelta(days=days), referrals_due_at=timezone.now() - timedelta(days=30),
            deadline_basis="test", minutes_per_case=15, state="held", state_at=timezone.now(), created_at=timezone.now(), created_by=planned.created_by,
        )
    page = client.get(reverse("marac")).content.decode()
    assert question + " (1)" in page and page.count(reverse("marac_meeting", args=[planned.pk])) == 1
    assert question not in client_for("marac_representative").get(reverse("marac")).content.decode()
    shown = client.get(reverse("marac_meeting", args=[planned.pk])).content.decode()
    assert "It did not take place" in shown and "Change the meeting" not in shown
    cancel = reverse("marac_meeting_cancel", args=[planned.pk])
    assert "Why did it not take place?" in client.get(cancel).content.decode()
    assert client.post(cancel, {"reasons": "ill"}).status_code == 422
    assert client.post(cancel, {"reasons": "The chair was taken ill"}).status_code == 302
    assert client.get(cancel)["Location"] == reverse("marac_meeting", args=[planned.pk])
    page = client.get(reverse("marac")).content.decode()
    assert question not in page and "Accepted, waiting for a meeting (1)" in page


@pytest.mark.parametrize("name", ["marac_decide", "marac_repeat", "marac_list"])
def test_a_question_about_a_case_says_whose_it_is_on_the_page_and_not_in_the_title(client_for, desk, a_case, name):
    accepted = desk.accepted(a_case(given_name="Zoë", family_name="O’Hara"))
    page = client_for("marac_coordinator").get(reverse(name, args=[accepted.case.reference, accepted.pk])).content.decode()
    assert "Zoë O’Hara, referred by Northvale Housing: Visible high risk." in page
    assert "O’Hara" not in page[: page.index("</title>")]
