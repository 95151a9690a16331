"""The numbers of a quarter, against a ledger that shares no code with them; at the edges of the quarter, over both clock changes."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils import timezone

from audit.models import Event
from cases import access, clocks
from cases.models import Clock
from reporting import quarterly
from reporting.indicators import IN_FORCE, edition
from reporting.quarters import Quarter
from tests.reporting.world import london

pytestmark = pytest.mark.django_db
WINTER = Quarter(2025, 4)
MONTHS = ("2026-01", "2026-02", "2026-03")
LATER = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def later():
    """Summer 2026: the winter quarter is long over."""
    with time_machine.travel(LATER, tick=False):
        yield


def counted(people, quarter=WINTER, persona="commissioner"):
    """The counts of one quarter, noughts left out, so that they compare with a ledger."""
    found = quarterly.numbers(people.actor(persona), quarter, timezone.now())[quarter]
    assert set(found) == edition(IN_FORCE).codes
    return {code: count for code, count in found.items() if count}


def test_a_full_quarter_agrees_with_the_ledger(people, world):
    for day in range(5, 12):
        world.promise(f"2026-01-{day:02} 10:00", f"2026-01-{day - 1:02} 15:00")
    world.promise("2026-02-03 10:00", "2026-02-03 10:00")  # to the second: kept
    world.promise("2026-02-04 10:00", "2026-02-04 10:00:01")  # a second late: missed
    world.promise("2026-02-05 10:00", "2026-02-06 10:00", explained=True)
    world.promise("2026-02-06 10:00")  # never kept, still running
    world.promise("2026-02-07 10:00", "2026-02-06 09:00", outcome="not_needed")
    world.promise("2026-02-08 10:00", "2026-02-09 09:00", outcome="unable", explained=True)  # ended, but too late: missed
    for day in range(1, 7):
        world.promise(f"2026-03-{day:02} 10:00", f"2026-03-{day:02} 09:00", kind="discussion")
    world.promise("2026-03-09 10:00", kind="discussion", explained=True)
    for number, route in enumerate(["direct", "direct", "signs", "repairs", "antisocial_behaviour", "abandoned", "partner", "homeless", ""]):
        world.disclosure(f"2026-01-{number + 10} 09:00", route)
    world.disclosure("2026-02-20 09:00", "repairs", state="draft")
    world.case("2026-03-03 09:00", stalking=True)
    world.case("2026-03-04 09:00", stalking=False)
    for level in ("high", "high", "medium", "standard"):
        world.assessment("2026-02-11 11:00", level)
    first, second = world.referral("2026-02-12 11:00", repeat=True, state="listed"), world.referral("2026-02-12 12:00", state="listed")
    world.referral("2026-02-13 12:00", state="withdrawn")
    world.referral(None, state="draft")
    march, cancelled = world.meeting("2026-03-12 09:30"), world.meeting("2026-03-19 09:30", state="cancelled")
    world.listing(march, first)
    world.listing(march, second)
    world.listing(cancelled, first)
    found = counted(people)
    assert found == world.adds_up_to(*MONTHS)
    # And a few by eye, so that ledger and count cannot be wrong together.
    assert (found["contact.due"], found["contact.kept"], found["contact.missed"], found["contact.ended"]) == (13, 8, 4, 1)
    assert (found["breaches.explained"], found["breaches.unexplained"], found["months.missed.2"], found["months.missed.3"]) == (3, 2, 4, 1)
    assert (found["listings.total"], found["listings.repeat"], found["referrals.total"]) == (2, 1, 3)


def test_the_edges_of_the_quarter_are_midnights_in_london(people, world):
    """1 January is winter time, 1 April summer time: the last hour of 31 March in UTC belongs to April."""
    for moment in ("2025-12-31 23:59:59", "2026-01-01 00:00", "2026-03-29 00:59:59", "2026-03-29 02:00", "2026-03-31 23:59:59", "2026-04-01 00:00"):
        world.promise(moment, moment)
        world.disclosure(moment)
        world.assessment(moment)
        referral = world.referral(moment, state="listed")
        world.listing(world.meeting(moment), referral)
    found = counted(people)
    assert found == world.adds_up_to(*MONTHS)
    assert found["disclosures.total"] == found["contact.due"] == found["assessments.total"] == found["referrals.total"] == found["listings.total"] == 4
    assert counted(people, WINTER.previous) == world.adds_up_to("2025-10", "2025-11", "2025-12")
    assert counted(people, WINTER.next) == world.adds_up_to("2026-04", "2026-05", "2026-06")


def test_a_disclosure_counts_in_the_quarter_in_which_it_was_logged_not_submitted(people, world):
    world.disclosure("2026-03-31 23:59:59", submitted="2026-04-02 09:00")
    world.disclosure("2025-12-31 12:00", submitted="2026-01-02 09:00")
    world.disclosure("2026-02-02 12:00", submitted="2026-02-03 09:00")
    assert counted(people) == world.adds_up_to(*MONTHS)
    assert counted(people)["disclosures.total"] == 2
    assert counted(people, WINTER.previous)["disclosures.total"] == 1 and "disclosures.total" not in counted(people, WINTER.next)


def test_the_hour_that_comes_twice_in_october_is_one_month(people, world):
    case = world.case()
    for at in (datetime(2025, 10, 26, 0, 30, tzinfo=UTC), datetime(2025, 10, 26, 1, 30, tzinfo=UTC)):  # 01:30 in summer and in winter time
        Clock.objects.create(
            case=case, kind="contact", agency=world.housing, started_at=at - timedelta(hours=48), due_at=at, basis="test", stopped_at=at, outcome="met"
        )
    assert counted(people, Quarter(2025, 3))["months.kept.1"] == 2


def test_a_promise_that_is_not_due_yet_is_not_counted_and_the_sweep_changes_nothing(people, world):
    with time_machine.travel(london("2026-02-10 10:00"), tick=False):
        world.promise("2026-02-10 09:59:59")
        world.promise("2026-02-10 10:00")  # due now: not missed before the moment is past
        world.promise("2026-02-10 10:00:01")
        world.promise("2026-02-11 10:00", "2026-02-10 09:00")  # kept, ahead of its time
        before = counted(people)
        assert (before["contact.due"], before["contact.missed"], before["contact.kept"]) == (2, 1, 1)
        Clock.objects.filter(stopped_at=None).update(next_stage="breach", next_stage_at=F("due_at"))
        clocks.sweep()
        assert Clock.objects.filter(breached_at__isnull=False).exists()
        assert counted(people) == before
    with time_machine.travel(london("2026-02-10 10:00:02"), tick=False):
        after = counted(people)
        assert (after["contact.due"], after["contact.missed"]) == (4, 3)


def test_a_stamp_that_lies_is_not_believed(people, world):
    clock = world.promise("2026-02-10 10:00", "2026-02-10 09:00")
    Clock.objects.filter(pk=clock.pk).update(breached_at=clock.due_at)
    assert counted(people)["contact.kept"] == 1
    assert "contact.missed" not in counted(people)


def test_the_quarter_before_and_the_one_of_a_year_ago_stand_beside_it(people, world):
    for at in ("2025-02-14 09:00", "2025-11-14 09:00", "2025-11-15 09:00", "2026-02-14 09:00", "2026-02-15 09:00", "2026-02-16 09:00"):
        world.disclosure(at)
    found = quarterly.numbers(people.actor("commissioner"), WINTER, timezone.now())
    assert list(found) == [WINTER, Quarter(2025, 3), Quarter(2024, 4)]
    assert [counts["disclosures.total"] for counts in found.values()] == [3, 2, 1]


def test_a_quarter_before_the_first_case_has_no_numbers_rather_than_noughts(people, world):
    world.disclosure("2026-02-14 09:00")
    found = quarterly.numbers(people.actor("commissioner"), WINTER, timezone.now())
    assert [counts is None for counts in found.values()] == [False, True, True]


def test_with_no_case_at_all_everything_is_nought(people):
    found = quarterly.numbers(people.actor("commissioner"), WINTER, timezone.now())
    assert set(found[WINTER].values()) == {0}
    assert access.first_opened_at(people.actor("commissioner")) is None


@pytest.mark.parametrize("persona", ["outsider", "superuser", "housing_officer", "agency_lead", "marac_coordinator", "information_governance", "idva"])
def test_who_may_not_prepare_returns_gets_no_number(people, world, persona):
    with pytest.raises(PermissionDenied):
        quarterly.numbers(people.actor(persona), WINTER, timezone.now())
    with pytest.raises(PermissionDenied):
        access.first_opened_at(people.actor(persona))


def test_counting_is_kept_in_the_log_once_and_names_no_case(people, world):
    world.disclosure("2026-02-14 09:00")
    before = Event.objects.count()
    counted(people)
    new = list(Event.objects.order_by("id")[before:])
    assert [(event.outcome, event.case_reference, event.actor) for event in new] == [("read", "", f"user:{people.commissioner.pk}")]


def test_looking_for_the_first_quarter_is_no_counting(people, world):
    world.disclosure("2026-02-14 09:00")
    before = Event.objects.count()
    assert access.first_opened_at(people.actor("commissioner")) is not None
    assert Event.objects.count() == before


def test_the_number_of_queries_does_not_grow_with_the_world(people, world, django_assert_num_queries):
    def fill(times):
        for number in range(times):
            moment = f"2026-02-{number % 28 + 1:02} 09:00"
            case = world.case(moment)
            world.promise(moment, moment, case=case)
            world.disclosure(moment)
            world.assessment(moment, case=case)
            world.listing(world.meeting(moment), world.referral(moment, state="listed", case=case))

    actor = people.actor("commissioner")
    world.case("2024-06-01 09:00")  # so that all three quarters are counted
    for times in (1, 12):
        fill(times)
        with django_assert_num_queries(20):  # the audit line, the first case, and six for each of three quarters
            quarterly.numbers(actor, WINTER, timezone.now())
