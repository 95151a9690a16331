"""The list of a meeting and the meeting itself: places, deadlines, leave, moving, cancelling, holding."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from agencies.gate import Refused
from audit.models import Event
from cases.models import Exclusion, Notification, Person
from marac.actions import listing, meeting
from marac.models import Listing, Referral, Step

pytestmark = pytest.mark.django_db


# --- the list


def test_listing_takes_the_next_place_and_tells_the_referrer(a_case, desk, people):
    planned = desk.meeting()
    for number in range(3):
        desk.listed(a_case(family_name=f"Name{number}"), on=planned)
    assert list(planned.listings.values_list("position", flat=True)) == [1, 2, 3]
    assert Referral.objects.filter(state="listed").count() == 3
    assert Notification.objects.filter(kind="marac.listed", user=people.specialist_da_officer).count() == 3
    assert Step.objects.filter(verb="list", meeting=planned).count() == 3


def test_after_the_deadline_only_with_the_chairs_leave(a_case, desk):
    case = a_case()
    accepted = desk.accepted(case)
    soon = desk.meeting(days=3)
    with pytest.raises(Refused, match="Say who gave leave") as refusal:
        listing.list_referral(desk.coordinator, case, referral_id=accepted.pk, meeting_id=soon.pk)
    assert refusal.value.field == "leave_note"
    listing.list_referral(desk.coordinator, case, referral_id=accepted.pk, meeting_id=soon.pk, leave_note="The chair: he is out on Friday")
    assert Listing.objects.get().leave_note == "The chair: he is out on Friday"


def test_in_time_no_leave_is_kept(a_case, desk):
    case = a_case()
    accepted = desk.accepted(case)
    listing.list_referral(desk.coordinator, case, referral_id=accepted.pk, meeting_id=desk.meeting(days=60).pk, leave_note="not needed at all")
    assert Listing.objects.get().leave_note == ""


def test_the_same_pair_stands_once_on_a_meeting(a_case, desk, same_people):
    planned = desk.meeting()
    first = a_case()
    desk.listed(first, on=planned)
    twin = same_people(first)
    accepted = desk.accepted(twin, persona="idva")
    with pytest.raises(Refused, match="same victim/survivor and alleged perpetrator"):
        listing.list_referral(desk.coordinator, twin, referral_id=accepted.pk, meeting_id=planned.pk)
    other_pair = same_people(first, perpetrator="another")
    desk.listed(other_pair, on=planned, persona="idva")
    assert planned.listings.count() == 2


def test_the_same_pair_written_down_anew_stands_once_too(a_case, desk, people):
    planned = desk.meeting()
    first, second = a_case(), a_case("idva")  # the same names, other rows
    desk.listed(first, on=planned)
    accepted = desk.accepted(second, persona="idva")
    Person.objects.filter(parts__case=second, parts__role="victim").update(family_name="THISTLE WOOD")
    with pytest.raises(Refused, match="same victim/survivor and alleged perpetrator"):
        listing.list_referral(desk.coordinator, second, referral_id=accepted.pk, meeting_id=planned.pk)
    # A case that the coordinator may not see does not speak through a refusal.
    Exclusion.objects.create(case=first, user=people.marac_coordinator, reason="A friend", made_at=timezone.now(), made_by=people.housing_manager)
    listing.list_referral(desk.coordinator, second, referral_id=accepted.pk, meeting_id=planned.pk)
    assert planned.listings.count() == 2


def test_the_same_victim_with_another_perpetrator_is_another_pair_on_the_list(a_case, desk):
    planned = desk.meeting()
    desk.listed(a_case(), on=planned)
    second = a_case("idva")
    Person.objects.filter(parts__case=second, parts__role="perpetrator").update(given_name="Cuthbert", family_name="Marlow")
    desk.listed(second, on=planned, persona="idva")
    assert planned.listings.count() == 2


def test_a_meeting_that_started_was_cancelled_or_is_anothers_takes_no_case(a_case, desk, people, enrolled_coordinator):
    case = a_case()
    accepted = desk.accepted(case)
    planned = desk.meeting(days=60)
    with time_machine.travel(planned.starts_at), pytest.raises(Refused, match="list of this meeting is closed"):
        listing.list_referral(desk.coordinator, case, referral_id=accepted.pk, meeting_id=planned.pk)
    meeting.cancel_meeting(desk.coordinator, meeting_id=planned.pk, reasons="The chair is not free")
    with pytest.raises(Refused, match="list of this meeting is closed"):
        listing.list_referral(desk.coordinator, case, referral_id=accepted.pk, meeting_id=planned.pk)
    enrolled_coordinator("stranger", "vale_probation")
    theirs = desk.meeting(days=60, persona="stranger")
    with pytest.raises(PermissionDenied):
        listing.list_referral(desk.coordinator, case, referral_id=accepted.pk, meeting_id=theirs.pk)


def _order(planned):
    return list(planned.listings.order_by("position").values_list("case__reference", flat=True))


def test_moving_up_and_down_changes_two_places_and_a_stale_press_changes_nothing(a_case, desk):
    planned = desk.meeting()
    a, b, c = (a_case(family_name=f"Name{number}") for number in range(3))
    for case in (a, b, c):
        desk.listed(case, on=planned)
    press = lambda case, direction, position: listing.move_listing(  # noqa: E731
        desk.coordinator, meeting_id=planned.pk, listing_id=case.marac_listings.get().pk, direction=direction, from_position=position
    )
    press(c, "up", 3)
    assert _order(planned) == [a.reference, c.reference, b.reference]
    with pytest.raises(Refused, match="has changed since you opened it"):
        press(c, "up", 3)  # the same press twice moves one place
    press(a, "down", 1)
    assert _order(planned) == [c.reference, a.reference, b.reference]
    for case, direction, position, end in ((c, "up", 1, "first"), (b, "down", 3, "last")):
        with pytest.raises(Refused, match=f"{end} already"):
            press(case, direction, position)


def test_a_hidden_case_keeps_its_place_when_others_move(a_case, desk, people):
    planned = desk.meeting()
    a, hidden, c = (a_case(family_name=f"Name{number}") for number in range(3))
    for case in (a, hidden, c):
        desk.listed(case, on=planned)
    Exclusion.objects.create(case=hidden, user=people.marac_coordinator, reason="A friend", made_at=timezone.now(), made_by=people.housing_manager)
    listing.move_listing(desk.coordinator, meeting_id=planned.pk, listing_id=c.marac_listings.get().pk, direction="up", from_position=3)
    assert _order(planned) == [c.reference, hidden.reference, a.reference]
    with pytest.raises(PermissionDenied):
        listing.move_listing(desk.coordinator, meeting_id=planned.pk, listing_id=hidden.marac_listings.get().pk, direction="up", from_position=2)


def test_taking_off_closes_the_ranks_and_leaves_the_case_waiting(a_case, desk):
    planned = desk.meeting()
    a, b, c = (a_case(family_name=f"Name{number}") for number in range(3))
    for case in (a, b, c):
        desk.listed(case, on=planned)
    listing.unlist_referral(desk.coordinator, b, referral_id=b.marac_referrals.get().pk, reasons="The family has moved away")
    assert list(planned.listings.values_list("case__reference", "position")) == [(a.reference, 1), (c.reference, 2)]
    assert b.marac_referrals.get().state == "accepted"
    step = b.marac_referrals.get().steps.last()
    assert (step.verb, step.meeting, step.reasons) == ("unlist", planned, "The family has moved away")
    assert Notification.objects.filter(case=b, kind="marac.unlisted").count() == 1


def test_cancelling_sends_every_case_back_to_waiting(a_case, desk):
    planned = desk.meeting()
    cases = [a_case(family_name=f"Name{number}") for number in range(2)]
    for case in cases:
        desk.listed(case, on=planned)
    with pytest.raises(Refused, match="at least 10 characters"):
        meeting.cancel_meeting(desk.coordinator, meeting_id=planned.pk, reasons="snow")
    meeting.cancel_meeting(desk.coordinator, meeting_id=planned.pk, reasons="Snow: nobody can come")
    planned.refresh_from_db()
    assert (planned.state, planned.state_reason) == ("cancelled", "Snow: nobody can come")
    assert not planned.listings.exists()
    assert set(Referral.objects.values_list("state", flat=True)) == {"accepted"}
    assert Event.objects.filter(verb="listing.remove").count() == 2


def test_a_meeting_is_frozen_with_its_deadline_and_moves_with_its_time(desk, people):
    from agencies.models import Policy

    with time_machine.travel("2026-02-01T09:00:00+00:00", tick=False):
        planned = meeting.plan_meeting(desk.coordinator, area="Derby City", starts_at=datetime(2026, 3, 12, 10, tzinfo=UTC))
        assert planned.referrals_due_at.isoformat() == "2026-03-03T00:00:00+00:00"
        assert planned.deadline_basis.startswith("8 working days before (")
        Policy.objects.create(
            key="marac.referral_deadline_days", value="5", effective_from=timezone.now(), reason="Agreed", set_by=people.partnership_administrator,
            set_at=timezone.now(),
        )
        planned.refresh_from_db()
        assert planned.referrals_due_at.isoformat() == "2026-03-03T00:00:00+00:00"
        meeting.change_meeting(desk.coordinator, meeting_id=planned.pk, area="Derby", starts_at=planned.starts_at, opened_at_revision=0)
        planned.refresh_from_db()
        assert (planned.area, planned.referrals_due_at.isoformat()) == ("Derby", "2026-03-03T00:00:00+00:00")
        with pytest.raises(Refused, match="Somebody else changed this meeting"):
            meeting.change_meeting(desk.coordinator, meeting_id=planned.pk, area="Late", starts_at=planned.starts_at, opened_at_revision=0)
        meeting.change_meeting(desk.coordinator, meeting_id=planned.pk, area="Derby", starts_at=planned.starts_at + timedelta(days=1), opened_at_revision=1)
        planned.refresh_from_db()
        assert planned.referrals_due_at.isoformat() == "2026-03-07T00:00:00+00:00"  # five working days before Friday 13 March


def test_a_meeting_is_held_once_it_has_started_and_changes_no_more(a_case, desk):
    planned = desk.meeting()
    listed = desk.listed(a_case(), on=planned)
    with pytest.raises(Refused, match="not started yet"):
        meeting.hold_meeting(desk.coordinator, meeting_id=planned.pk)
    with time_machine.travel(planned.starts_at + timedelta(hours=3)):
        meeting.hold_meeting(desk.coordinator, meeting_id=planned.pk)
        with pytest.raises(Refused, match="held"):
            meeting.cancel_meeting(desk.coordinator, meeting_id=planned.pk, reasons="Too late for this")
        with pytest.raises(Refused, match="held"):
            listing.unlist_referral(desk.coordinator, listed.case, referral_id=listed.pk, reasons="Too late for this")
    planned.refresh_from_db()
    assert planned.state == "held"


def test_a_past_or_second_meeting_is_not_planned(desk):
    planned = desk.meeting()
    with pytest.raises(Refused, match="planned already"):
        meeting.plan_meeting(desk.coordinator, area=planned.area, starts_at=planned.starts_at)
    with pytest.raises(Refused, match="must be in the future"):
        meeting.plan_meeting(desk.coordinator, area="x", starts_at=timezone.now() - timedelta(minutes=1))


def test_the_database_refuses_two_cases_in_one_place_and_a_half_sent_referral(a_case, desk):
    planned = desk.meeting()
    a, b = (desk.listed(a_case(family_name=f"Name{number}"), on=planned) for number in range(2))
    from django.db import IntegrityError

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        Listing.objects.filter(referral=b).update(position=1)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=a.pk).update(submitted_by=None)


@pytest.mark.parametrize("act", ["hold", "cancel"])
def test_a_meeting_is_held_or_cancelled_beside_a_row_that_merely_points_to_its_case(a_case, desk, act):
    from django.test.utils import CaptureQueriesContext

    planned = desk.meeting()
    desk.listed(a_case(), on=planned)
    with time_machine.travel(planned.starts_at + timedelta(hours=3 if act == "hold" else -3)), CaptureQueriesContext(connection) as asked:
        if act == "hold":
            meeting.hold_meeting(desk.coordinator, meeting_id=planned.pk)
        else:
            meeting.cancel_meeting(desk.coordinator, meeting_id=planned.pk, reasons="Snow: nobody can come")
    locks = [query["sql"] for query in asked if "FOR " in query["sql"] and ("UPDATE OF" in query["sql"] or query["sql"].rstrip().endswith("UPDATE"))]
    assert len(locks) == 2
    assert all("FOR NO KEY UPDATE" in lock for lock in locks)


def test_a_meeting_that_did_not_take_place_sends_its_cases_back_although_its_time_has_passed(a_case, desk):
    planned, case = desk.meeting(), a_case()
    desk.listed(case, on=planned)
    with time_machine.travel(planned.starts_at + timedelta(days=1)):
        with pytest.raises(Refused, match="has started"):
            listing.unlist_referral(desk.coordinator, case, referral_id=case.marac_referrals.get().pk, reasons="Too late for this")
        meeting.cancel_meeting(desk.coordinator, meeting_id=planned.pk, reasons="The chair was taken ill")
        with pytest.raises(Refused, match="cancelled already"):
            meeting.hold_meeting(desk.coordinator, meeting_id=planned.pk)
        with pytest.raises(Refused, match="cancelled already"):
            meeting.cancel_meeting(desk.coordinator, meeting_id=planned.pk, reasons="The chair was taken ill")
    planned.refresh_from_db()
    assert (planned.state, case.marac_referrals.get().state) == ("cancelled", "accepted")
    assert not planned.listings.exists()
