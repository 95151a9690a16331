"""How long the listing stays in sight: while a referral needs it, then the agreed days after its meeting, and not longer."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from audit.models import Event
from cases.access import can
from cases.models import Grant
from marac.actions import meeting, referral, triage
from marac.models import Referral
from tests.cases.ends import ENDED

pytestmark = pytest.mark.django_db
WHY_NOT = "The pattern is known elsewhere and a meeting adds nothing now."


def _sight(case, slug="vale_police"):
    return Grant.objects.get(content_object=case, agency__slug=slug, level="meeting").ends_at


def test_not_accepting_ends_sight_and_the_appeal_gives_it_anew(a_case, desk):
    case = a_case()
    sent = desk.sent(case)
    triage.decline_referral(desk.coordinator, case, referral_id=sent.pk, reasons=WHY_NOT)
    assert not can(desk.coordinator, "see_listing", case)
    assert Event.objects.filter(verb="grant.end_meeting", case_reference=case.reference).count() == 1
    desk.send(Referral.objects.get())
    assert can(desk.coordinator, "see_listing", case)
    assert _sight(case) is None


def test_a_returned_or_accepted_referral_keeps_sight_and_its_withdrawal_ends_it(a_case, desk, people):
    for step in (triage.accept_referral, lambda *args, **facts: triage.return_referral(*args, reasons="Which school does the child go to?", **facts)):
        case = a_case()
        sent = desk.sent(case)
        step(desk.coordinator, case, referral_id=sent.pk)
        assert can(desk.coordinator, "see_listing", case)
        referral.withdraw_referral(people.actor("specialist_da_officer"), case, referral_id=sent.pk, reasons="She has moved to another country")
        assert not can(desk.coordinator, "see_listing", case)


def test_sent_on_to_another_marac_the_first_keeps_only_what_it_still_has_of_its_own(a_case, desk, people, enrolled_coordinator):
    enrolled_coordinator("stranger", "vale_probation")
    planned, heard, fresh = desk.meeting(), a_case(), a_case(family_name="Fresh")
    desk.listed(heard, on=planned)
    held_at = planned.starts_at + timedelta(hours=3)
    with time_machine.travel(held_at, tick=False):
        meeting.hold_meeting(desk.coordinator, meeting_id=planned.pk)
    with time_machine.travel(held_at + timedelta(days=2), tick=False):
        for case in (heard, fresh):
            again = desk.sent(case)
            triage.return_referral(desk.coordinator, case, referral_id=again.pk, reasons="Please send it to the city")
            desk.send(Referral.objects.get(pk=again.pk), receiver="vale_probation")
        assert can(people.actor("stranger"), "see_listing", fresh) and can(people.actor("stranger"), "see_listing", heard)
        assert not can(desk.coordinator, "see_listing", fresh)
        assert can(desk.coordinator, "see_listing", heard)  # for the actions of the meeting that it held
    assert [_sight(heard), _sight(fresh)] == [held_at + timedelta(days=28), held_at + timedelta(days=2)]
    assert [_sight(heard, "vale_probation"), _sight(fresh, "vale_probation")] == [None, None]


def test_withdrawing_ends_the_sight_of_those_who_were_to_attend(a_case, desk, people, share):
    case = a_case()
    sent = desk.sent(case)
    share(case, "vale_probation", "meeting")
    representative = people.actor("marac_representative")
    triage.return_referral(desk.coordinator, case, referral_id=sent.pk, reasons="Which school does the child go to?")
    assert can(representative, "see_listing", case)
    referral.withdraw_referral(people.actor("specialist_da_officer"), case, referral_id=sent.pk, reasons="She has moved to another country")
    assert not can(representative, "see_listing", case)


def test_an_older_refusal_keeps_nothing_open_and_another_open_referral_does(a_case, desk, people, share):
    case = a_case()
    share(case, "harbour_idva", worker="idva")
    refused = desk.sent(case)
    triage.decline_referral(desk.coordinator, case, referral_id=refused.pk, reasons=WHY_NOT)
    second = desk.sent(case, "idva")
    referral.withdraw_referral(people.actor("idva"), case, referral_id=second.pk, reasons="She has moved to another country")
    assert not can(desk.coordinator, "see_listing", case)


def test_after_the_meeting_was_held_sight_ends_when_the_agreed_days_have_passed(a_case, desk, share, people):
    planned, case, waiting = desk.meeting(), a_case(), a_case(family_name="Waiting")
    desk.listed(case, on=planned)
    desk.accepted(waiting)
    share(case, "vale_probation", "meeting")
    representative = people.actor("marac_representative")
    held_at = planned.starts_at + timedelta(hours=3)
    with time_machine.travel(held_at, tick=False):
        meeting.hold_meeting(desk.coordinator, meeting_id=planned.pk)
    assert [_sight(case), _sight(case, "vale_probation"), _sight(waiting)] == [held_at + timedelta(days=28), held_at + timedelta(days=28), None]
    for days, seen in ((27, True), (28, False)):
        with time_machine.travel(held_at + timedelta(days=days), tick=False):
            assert [can(actor, "see_listing", case) for actor in (desk.coordinator, representative)] == [seen, seen]
            assert can(desk.coordinator, "see_listing", waiting)


def test_a_partnership_that_agreed_seven_days_gets_seven(a_case, desk, people):
    from agencies.models import Policy

    Policy.objects.create(
        key="marac.sight_days_after_meeting", value="7", effective_from=timezone.now(), reason="Agreed", set_by=people.partnership_administrator,
        set_at=timezone.now(),
    )
    planned, case = desk.meeting(), a_case()
    desk.listed(case, on=planned)
    with time_machine.travel(planned.starts_at, tick=False):
        meeting.hold_meeting(desk.coordinator, meeting_id=planned.pk)
    assert _sight(case) == planned.starts_at + timedelta(days=7)


def test_a_new_referral_after_the_meeting_opens_sight_and_its_refusal_leaves_what_was_agreed(a_case, desk):
    planned, case = desk.meeting(), a_case()
    desk.listed(case, on=planned)
    with time_machine.travel(planned.starts_at, tick=False):
        meeting.hold_meeting(desk.coordinator, meeting_id=planned.pk)
    with time_machine.travel(planned.starts_at + timedelta(days=3), tick=False):
        again = desk.sent(case)
        assert _sight(case) is None
        triage.decline_referral(desk.coordinator, case, referral_id=again.pk, reasons=WHY_NOT)
    assert _sight(case) == planned.starts_at + timedelta(days=28)


def test_closing_the_case_ends_every_sight_of_its_listing(a_case, desk, share, people):
    from cases.actions.closing import close_case

    planned, case = desk.meeting(), a_case(clock=None)
    desk.listed(case, on=planned)
    share(case, "vale_probation", "meeting")
    with time_machine.travel(planned.starts_at + timedelta(hours=3), tick=False):
        close_case(people.actor("housing_manager"), case, closing_reason="needs_met", summary="Safe and settled for now.", audience="partners", **ENDED)
        assert not can(desk.coordinator, "see_listing", case)
        assert not can(people.actor("marac_representative"), "see_listing", case)
