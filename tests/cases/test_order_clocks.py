"""The time in which a court must hear a notice of the police: it starts with service, stops with the decision, and is nobody's contact."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from cases import clocks
from cases.actions import orders as actions
from cases.actions.clock import stop_promise
from cases.models import Clock, Notification, Order
from cases.rules.order_types import TYPES

LONDON = ZoneInfo("Europe/London")
SATURDAY = datetime(2026, 3, 7, 14, 0, tzinfo=LONDON)


@pytest.fixture
def notice(people):
    """Records a notice of the police on a case as a persona, served at an instant."""

    def given(case, served_at, persona="housing_officer", kind="dvpn"):
        return actions.add_order(
            people.actor(persona), case, kind=kind, state="made", respondent=case.parties.get(role="perpetrator").pk, is_from_elsewhere=kind == "dapn",
            protected=[case.parties.get(role="victim").pk], starts_on=timezone.localdate(served_at), served_at=served_at, terms="To leave the home",
        )

    return given


def hearing(one):
    return Clock.objects.get(about=f"order:{one.pk}")


@pytest.mark.parametrize("kind", ["dvpn", "dapn"])
def test_f6_a_notice_served_on_saturday_is_to_be_heard_by_tuesday(a_case, notice, client_for, kind):
    with time_machine.travel(SATURDAY + timedelta(hours=1)):
        case = a_case(clock=None)
        clock = hearing(notice(case, SATURDAY, kind=kind))
        assert clock.due_at.astimezone(LONDON) == datetime(2026, 3, 10, 14, 0, tzinfo=LONDON)
        assert clock.basis.startswith("48 hours without Sundays, Christmas Day, Good Friday and bank holidays from Saturday 7 March 2026 at 2:00pm")
        assert "s27" in clock.basis or "s29" in clock.basis
        text = client_for("housing_officer").get(reverse("case", args=[case.reference])).content.decode()
        assert "Court to hear the protection notice" in text and "without Sundays" in text and "Record what the court decided" in text
        own = client_for("housing_officer").get(reverse("order", args=[case.reference, Order.objects.get().pk])).content.decode()
        assert "The court has to hear it by <strong>Tuesday 10 March 2026 at 2:00pm</strong>" in own and clock.basis in own
        assert "Record a contact attempt" not in text.split("What is next")[1].split("</ul>")[0]


def test_with_a_bank_holiday_on_monday_by_wednesday(a_case, notice):
    served = datetime(2026, 5, 2, 14, 0, tzinfo=LONDON)
    with time_machine.travel(served + timedelta(minutes=5)):
        assert hearing(notice(a_case(), served)).due_at.astimezone(LONDON) == datetime(2026, 5, 6, 14, 0, tzinfo=LONDON)


@pytest.mark.parametrize("outcome", ["made", "refused", "adjourned"])
def test_the_clock_stops_when_what_the_court_decided_is_recorded(a_case, notice, people, outcome):
    with time_machine.travel(SATURDAY + timedelta(hours=1)):
        case = a_case()
        one = notice(case, SATURDAY)
    heard = datetime(2026, 3, 9, 11, 0, tzinfo=LONDON)
    with time_machine.travel(heard + timedelta(days=2)):
        # Written down late, but heard in time: the promise was kept.
        actions.decide_order(people.actor("housing_officer"), case, order_id=one.pk, outcome=outcome, heard_at=heard)
        clock = hearing(one)
        assert (clock.stopped_at, clock.outcome, clock.breached_at) == (heard, "met", None)
        if outcome == "adjourned":
            # Decided later: there is no second clock to stop.
            actions.decide_order(people.actor("housing_officer"), case, order_id=one.pk, outcome="made", heard_at=heard + timedelta(days=1))
            assert Clock.objects.filter(about=f"order:{one.pk}").count() == 1


def test_a_hearing_that_was_late_is_a_miss_that_waits_for_its_reason(a_case, notice, people):
    with time_machine.travel(SATURDAY + timedelta(hours=1)):
        case = a_case()
        one = notice(case, SATURDAY)
    with time_machine.travel(SATURDAY + timedelta(days=5)):
        clocks.sweep()
        clocks.deliver()
        assert Notification.objects.filter(clock=hearing(one), kind="clock.breach").count() == 1
        actions.decide_order(people.actor("housing_officer"), case, order_id=one.pk, outcome="refused", heard_at=SATURDAY + timedelta(days=4))
        clock = hearing(one)
        assert clock.breached_at == clock.due_at and not clock.is_explained


def test_ending_a_notice_stops_its_clock_as_not_needed(a_case, notice, people):
    with time_machine.travel(SATURDAY + timedelta(hours=1)):
        case = a_case()
        one = notice(case, SATURDAY)
        actions.end_order(people.actor("housing_officer"), case, order_id=one.pk, ended_on=timezone.localdate(), because="withdrawn", note="The police took it back")
        assert hearing(one).outcome == "not_needed"


def test_two_notices_run_two_clocks(a_case, notice):
    case, at = a_case(), timezone.now()
    first, second = notice(case, at), notice(case, at)
    assert hearing(first) != hearing(second)


def test_it_is_no_promise_to_reach_anybody(a_case, notice, people, client_for, attempt):
    case = a_case(clock=None)
    one = notice(case, timezone.now())
    with pytest.raises(Refused, match="Only a promise to reach somebody"):
        stop_promise(people.actor("housing_manager"), case, clock_id=hearing(one).pk, outcome="unable", reason="Nobody could be reached at all")
    attempt(case, outcome="reached", talked_it_through=True)
    assert hearing(one).is_running
    page = client_for("housing_officer").get(reverse("case_contact", args=[case.reference])).content.decode()
    assert "protection notice" not in page


def test_it_is_shown_on_the_worklist_and_holds_the_case_open(a_case, notice, client_for):
    case = a_case(clock=None)
    notice(case, timezone.now())
    client = client_for("housing_officer")
    assert "Court to hear the protection notice" in client.get("/work/").content.decode()
    case.refresh_from_db()
    answer = client.get(reverse("case_close", args=[case.reference])).content.decode()
    assert "A promise on this case is still running" in answer


def test_every_notice_has_a_clock_of_its_own_kind():
    assert {one.hearing for one in TYPES.values() if one.is_notice} <= set(clocks.KINDS) - clocks.CONTACT
    assert all(bool(one.hearing) is one.is_notice for one in TYPES.values())


def test_when_sharing_ends_the_lead_agency_has_the_hearing_to_watch(a_case, notice, share, people, client_for):
    from cases.actions.sharing import end_share

    case = a_case()
    grant = share(case, "harbour_idva", "partner")
    theirs, ours = notice(case, timezone.now(), "idva"), notice(case, timezone.now())
    end_share(people.actor("housing_officer"), case, grant=grant.pk, reason="The work is done")
    assert hearing(theirs).agency_id == hearing(ours).agency_id == case.lead_agency_id and hearing(theirs).is_running
