"""Before a MARAC meeting the risk is assessed again: listing makes it due, moving moves it, taking off and cancelling end it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import Case, RiskEvent, Task
from marac.actions import listing, meeting

pytestmark = pytest.mark.django_db


@pytest.fixture
def an_assessed(a_case):
    """A case whose risk somebody has assessed."""

    def made(**facts):
        case = a_case(**facts)
        Case.objects.filter(pk=case.pk).update(risk_level="high", risk_level_at=timezone.now())
        return case

    return made


def due():
    return Task.objects.filter(kind="reassess", done_at=None, origin__startswith="risk_event")


def test_a_listed_case_is_assessed_before_the_meeting(an_assessed, desk):
    case, planned = an_assessed(), desk.meeting()
    desk.listed(case, on=planned)
    task = due().get()
    assert (task.agency, task.owner) == (case.lead_agency, None)
    assert timezone.localdate(task.due_at) == timezone.localdate(planned.starts_at) and task.due_at <= planned.starts_at
    assert RiskEvent.objects.get().kind == "marac"


def test_moved_it_is_due_before_the_new_day_and_moved_within_the_day_nothing_changes(an_assessed, desk):
    planned = desk.meeting()
    desk.listed(an_assessed(), on=planned)
    first = due().get()
    same_day = planned.starts_at + timedelta(minutes=30)
    meeting.change_meeting(desk.coordinator, meeting_id=planned.pk, area=planned.area, starts_at=same_day, opened_at_revision=planned.revision)
    assert due().get() == first
    planned.refresh_from_db()
    later = planned.starts_at + timedelta(days=7)
    meeting.change_meeting(desk.coordinator, meeting_id=planned.pk, area=planned.area, starts_at=later, opened_at_revision=planned.revision)
    task = due().get()
    assert task != first and timezone.localdate(task.due_at) == timezone.localdate(later)


def test_taken_off_it_is_not_due_because_of_that(an_assessed, desk):
    case, planned = an_assessed(), desk.meeting()
    desk.listed(case, on=planned)
    listing.unlist_referral(desk.coordinator, case, referral_id=case.marac_referrals.get().pk, reasons="Heard in another area.")
    assert not due().exists()


def test_a_cancelled_meeting_ends_it_for_every_case(an_assessed, desk):
    planned = desk.meeting()
    for number in range(2):
        desk.listed(an_assessed(family_name=f"Name{number}"), on=planned)
    assert due().count() == 2
    meeting.cancel_meeting(desk.coordinator, meeting_id=planned.pk, reasons="Nobody could come.")
    assert not due().exists()
