"""The coordinator's decision: once, with its reasons, told to the referrer; by nobody else; and closing waits for it."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from agencies.gate import Refused
from audit.models import Event
from cases import notices
from cases.access import can
from cases.extensions import BEFORE_CLOSING
from cases.models import Entry, Exclusion, Grant, Notification
from marac.actions import listing, meeting, referral, triage
from marac.models import Meeting, Referral

pytestmark = pytest.mark.django_db
WHY_NOT = "The pattern is known elsewhere and a meeting adds nothing now."


# --- the decision


@pytest.mark.parametrize(
    ("action", "facts", "state", "kind"),
    [
        (triage.accept_referral, {}, "accepted", "marac.accepted"),
        (triage.return_referral, {"reasons": "Which school does the child go to?"}, "returned", "marac.returned"),
        (triage.decline_referral, {"reasons": WHY_NOT}, "not_accepted", "marac.not_accepted"),
    ],
)
def test_each_decision_is_kept_entered_and_told_to_the_referrer(a_case, desk, people, action, facts, state, kind):
    case = a_case()
    sent = desk.sent(case)
    action(desk.coordinator, case, referral_id=sent.pk, **facts)
    sent.refresh_from_db()
    assert sent.state == state
    step = sent.steps.last()
    assert (step.to_state, step.by, step.reasons) == (state, people.marac_coordinator, facts.get("reasons", ""))
    entry = Entry.objects.filter(case=case, kind="marac").first()
    assert (entry.audience, entry.text) == ("partners", facts.get("reasons", ""))
    assert list(Notification.objects.exclude(kind="marac.received").values_list("user", "kind")) == [(people.specialist_da_officer.pk, kind)]
    assert kind in notices.WORDS


def test_who_cannot_be_told_any_more_is_not_and_the_manager_is(a_case, desk, people):
    case = a_case()
    sent = desk.sent(case)
    Exclusion.objects.create(case=case, user=people.specialist_da_officer, reason="A neighbour", made_at=timezone.now(), made_by=people.housing_manager)
    people.specialist_da_officer.memberships.update(ended_at=timezone.now())
    Grant.objects.filter(content_object=case, level="lead").update(worker=None)
    triage.return_referral(desk.coordinator, case, referral_id=sent.pk, reasons="Which school does the child go to?")
    told = set(Notification.objects.exclude(kind="marac.received").values_list("user__email", flat=True))
    assert told == {"housing_manager@example.org", "agency_lead@example.org"}


@pytest.mark.parametrize(("action", "reasons"), [(triage.return_referral, "what"), (triage.decline_referral, "Below our threshold, sorry.")])
def test_a_referral_never_comes_back_or_is_refused_in_silence(a_case, desk, action, reasons):
    case = a_case()
    sent = desk.sent(case)
    with pytest.raises(Refused):
        action(desk.coordinator, case, referral_id=sent.pk, reasons=reasons)
    assert Referral.objects.get().state == "submitted"
    assert not Notification.objects.exclude(kind="marac.received").exists()


def test_two_coordinators_decide_once(a_case, desk):
    case = a_case()
    sent = desk.sent(case)
    triage.accept_referral(desk.coordinator, case, referral_id=sent.pk)
    with pytest.raises(Refused, match="This referral is accepted"):
        triage.decline_referral(desk.coordinator, case, referral_id=sent.pk, reasons=WHY_NOT)
    assert Referral.objects.get().state == "accepted"


def test_returned_and_not_accepted_can_be_completed_and_sent_again(a_case, desk):
    case = a_case()
    sent = desk.sent(case)
    first_sent_at = sent.submitted_at
    triage.decline_referral(desk.coordinator, case, referral_id=sent.pk, reasons=WHY_NOT)
    again = desk.send(Referral.objects.get())
    assert (again.state, again.submitted_at) == ("submitted", first_sent_at)
    triage.return_referral(desk.coordinator, case, referral_id=sent.pk, reasons="Which school does the child go to?")
    assert desk.send(Referral.objects.get()).state == "submitted"


def test_withdrawing_ends_the_coordinators_sight(a_case, desk, people):
    case = a_case()
    sent = desk.sent(case)
    referral.withdraw_referral(people.actor("specialist_da_officer"), case, referral_id=sent.pk, reasons="She has moved to another country")
    assert Referral.objects.get().state == "withdrawn"
    assert not can(desk.coordinator, "see_listing", case)
    assert Event.objects.filter(verb="grant.end_meeting", case_reference=case.reference).count() == 1
    with pytest.raises(Refused, match="This referral is withdrawn"):
        referral.withdraw_referral(people.actor("specialist_da_officer"), case, referral_id=sent.pk, reasons="She has moved to another country")


def test_a_prepared_draft_is_withdrawn_with_the_reason_for_all_partners_to_read(a_case, signed, people):
    case = a_case()
    signed(case)
    draft = Referral.objects.get()
    with pytest.raises(Refused, match="at least 10 characters"):
        referral.withdraw_referral(people.actor("housing_officer"), case, referral_id=draft.pk, reasons="no")
    referral.withdraw_referral(people.actor("housing_officer"), case, referral_id=draft.pk, reasons="The level was lowered by a second person")
    entry = Entry.objects.filter(case=case, kind="marac").first()
    assert (entry.title, entry.text) == ("MARAC referral withdrawn before it was sent", "The level was lowered by a second person")


# --- who may decide


@pytest.mark.parametrize("persona", ["housing_officer", "specialist_da_officer", "idva", "idva_manager", "marac_representative", "agency_lead"])
def test_nobody_but_the_coordinator_decides_even_who_sees_the_listing(a_case, desk, share, people, persona):
    case = a_case()
    sent = desk.sent(case)
    for slug in ("harbour_idva", "vale_probation"):
        share(case, slug, "meeting")
    with pytest.raises((PermissionDenied, Http404)):
        triage.accept_referral(people.actor(persona), case, referral_id=sent.pk)
    assert Referral.objects.get().state == "submitted"
    assert Event.objects.filter(verb="referral.accept", outcome="denied").count() == 1


@pytest.mark.parametrize("persona", ["outsider", "superuser", "commissioner", "auditor", "administrator", "call_handler"])
def test_outsiders_reach_no_action(a_case, desk, people, persona):
    case = a_case()
    sent = desk.sent(case)
    actor = people.actor(persona)
    for action, facts in (
        (referral.begin_referral, {}),
        (referral.edit_referral, {"referral_id": sent.pk, "page": "voice", "said": {}, "opened_at_revision": 0}),
        (referral.submit_referral, {"referral_id": sent.pk, "receiver_id": 1}),
        (referral.withdraw_referral, {"referral_id": sent.pk, "reasons": WHY_NOT}),
        (triage.accept_referral, {"referral_id": sent.pk}),
        (triage.return_referral, {"referral_id": sent.pk, "reasons": WHY_NOT}),
        (triage.decline_referral, {"referral_id": sent.pk, "reasons": WHY_NOT}),
        (triage.say_repeat, {"referral_id": sent.pk, "is_repeat": True, "reason": "x"}),
        (listing.list_referral, {"referral_id": sent.pk, "meeting_id": 1}),
        (listing.unlist_referral, {"referral_id": sent.pk, "reasons": WHY_NOT}),
    ):
        with pytest.raises((Http404, PermissionDenied)):
            action(actor, case.reference, **facts)
    for action, facts in (
        (meeting.plan_meeting, {"area": "x", "starts_at": timezone.now() + timedelta(days=9)}),
        (meeting.change_meeting, {"meeting_id": 1, "area": "x", "starts_at": timezone.now(), "opened_at_revision": 0}),
        (meeting.cancel_meeting, {"meeting_id": 1, "reasons": WHY_NOT}),
        (meeting.hold_meeting, {"meeting_id": 1}),
        (listing.move_listing, {"meeting_id": 1, "listing_id": 1, "direction": "up", "from_position": 1}),
    ):
        with pytest.raises(PermissionDenied):
            action(actor, **facts)
    assert Referral.objects.get().state == "submitted"
    assert not Meeting.objects.exists()


def test_a_coordinator_of_another_marac_decides_nothing(a_case, desk, people, enrolled_coordinator, share):
    case = a_case()
    sent = desk.sent(case)
    enrolled_coordinator("stranger", "vale_probation")
    share(case, "vale_probation", "meeting")
    with pytest.raises(PermissionDenied):
        triage.accept_referral(people.actor("stranger"), case, referral_id=sent.pk)
    planned = desk.meeting()
    with pytest.raises(PermissionDenied):
        meeting.cancel_meeting(people.actor("stranger"), meeting_id=planned.pk, reasons=WHY_NOT)


def test_an_excluded_coordinator_decides_nothing(a_case, desk, people):
    case = a_case()
    sent = desk.sent(case)
    Exclusion.objects.create(case=case, user=people.marac_coordinator, reason="A friend", made_at=timezone.now(), made_by=people.housing_manager)
    with pytest.raises(Http404):
        triage.accept_referral(desk.coordinator, case, referral_id=sent.pk)


# --- closing


def test_a_case_does_not_close_over_a_referral_that_waits(a_case, desk, signed, people):
    case = a_case()
    reasons = lambda: [reason for check in BEFORE_CLOSING for reason in check(case, timezone.now()) if "MARAC" in reason]  # noqa: E731
    assert reasons() == []
    signed(case)
    assert "being prepared" in reasons()[0]
    referral.withdraw_referral(people.actor("housing_officer"), case, referral_id=Referral.objects.get().pk, reasons="Prepared by mistake here")
    assert reasons() == []
    desk.listed(case)
    assert "listed on a meeting" in reasons()[0]
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        assert reasons() == []
