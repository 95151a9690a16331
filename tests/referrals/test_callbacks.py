"""A message is returned within the hour (SEED-176, F5): counted from when it was left, truthful however it ends, and rung only as it is safe."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from agencies.models import Policy
from cases.models import Notification
from referrals import promises
from referrals.calls import actions, reading
from referrals.models import Call, OpeningHours, Promise
from tests.referrals import calling

pytestmark = pytest.mark.django_db
LEFT = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
DUE = LEFT + timedelta(hours=1)


@pytest.fixture(autouse=True)
def friday():
    with time_machine.travel(LEFT + timedelta(minutes=5), tick=False) as clock:
        yield clock


@pytest.fixture
def client(client_for):
    return client_for("call_handler")


@pytest.fixture
def call(client):
    return calling.left(client)


def tried(people, call, outcome="reached", at=None, **facts):
    return actions.record_attempt(people.actor("call_handler"), number=call.pk, happened_at=at or timezone.now(), outcome=outcome, **facts)


def test_the_hour_counts_from_when_the_message_was_left(people, call):
    promise = Promise.objects.get()
    assert (call.received_at, call.callback_due_at, promise.started_at, promise.due_at) == (LEFT, DUE, LEFT, DUE)
    assert promise.about == call.about and promise.owner == people.call_handler and promise.agency.slug == "county_helpline"
    assert call.callback_basis == promise.basis == "1 hour from Friday 20 March 2026 at 10:00am (Waymark’s default)"


@pytest.mark.parametrize(("returned", "late"), [(DUE - timedelta(minutes=1), False), (DUE, False), (DUE + timedelta(seconds=1), True)])
def test_f5_exactly_on_the_hour_is_met_and_a_second_later_is_missed(people, call, friday, returned, late):
    friday.move_to(returned)
    if late:
        with pytest.raises(Refused) as refused:
            tried(people, call)
        assert refused.value.field == "why_late"
    saved = tried(people, call, why_late="Both of us were on other calls." if late else "")
    promise = Promise.objects.get()
    assert (promise.outcome, promise.stopped_at, promise.is_breached(timezone.now()), promise.breached_at) == ("met", returned, late, DUE if late else None)
    assert bool(saved.callback_reason) is late
    assert reading.row_of(saved, timezone.now()).words == ("Returned late" if late else "Returned in time")


def test_written_down_later_it_counts_from_when_they_talked(people, call, friday):
    friday.move_to(DUE + timedelta(hours=3))
    tried(people, call, at=DUE)
    assert not Promise.objects.get().is_breached(timezone.now())


@pytest.mark.parametrize(("left", "due", "since"), [
    (datetime(2026, 3, 20, 18, 30, tzinfo=UTC), datetime(2026, 3, 23, 9, 0, tzinfo=UTC), "Monday 23 March 2026 at 8:00am, the next opening"),
    (datetime(2026, 3, 20, 17, 50, tzinfo=UTC), datetime(2026, 3, 20, 18, 50, tzinfo=UTC), "Friday 20 March 2026 at 5:50pm"),
])
def test_out_of_hours_the_hour_runs_from_the_next_opening_and_says_so(client, friday, left, due, since):
    friday.move_to(left + timedelta(minutes=1))
    call = calling.left(client, f"{left:%H:%M}")
    assert call.callback_due_at == due and since in call.callback_basis
    assert since.split(",")[0] in client.get(reverse("line")).content.decode()


def test_an_agency_may_let_it_run_at_any_hour_and_take_less_or_more(people, client, friday):
    helpline, who = people.agency("county_helpline"), people.agency_lead
    OpeningHours.objects.create(
        agency=helpline, effective_from=LEFT, days=[0, 1, 2, 3, 4], opens="08:00", closes="18:00", other_line="County line", counts_from="left", reason="Agreed",
        set_at=LEFT, set_by=who,
    )
    Policy.objects.create(key="calls.callback_within", agency=helpline, value="2h", effective_from=LEFT, reason="Agreed", set_by=who, set_at=LEFT)
    friday.move_to(datetime(2026, 3, 20, 19, 0, tzinfo=UTC))
    call = calling.left(client, "18:30")
    assert call.callback_due_at == datetime(2026, 3, 20, 20, 30, tzinfo=UTC)
    assert call.callback_basis.startswith("2 elapsed hours from Friday 20 March 2026 at 6:30pm (Helpline setting from")


def test_before_the_opening_it_can_be_returned_all_the_same(people, client, friday):
    friday.move_to(datetime(2026, 3, 20, 19, 0, tzinfo=UTC))
    call = calling.left(client, "18:30")
    tried(people, call)
    assert Promise.objects.get().outcome == "met"


def test_what_is_safe_stands_before_the_number_and_each_look_is_kept(client, people, call):
    from audit.models import Event

    page = client.get(reverse("line_call", args=[call.pk])).content.decode()
    assert "900456" not in page and "900 456" not in page and "Leave no voicemail." in page and "Yes, at any time" in page
    number = client.get(reverse("line_number", args=[call.pk])).content.decode()
    assert number.index("Leave no voicemail.") < number.index("07700 900456")
    assert Event.objects.filter(subject=f"call:{call.pk}:number", outcome="read").count() == 1


def test_a_number_that_is_not_safe_is_shown_to_nobody(client, people):
    call = calling.left(client, safe="no")
    page = client.get(reverse("line_call", args=[call.pk])).content.decode()
    assert "Do not ring this number" in page and "Show the number" not in page
    assert client.get(reverse("line_number", args=[call.pk])).status_code == 404
    with pytest.raises(Refused):
        tried(people, call, "no_answer")


@pytest.mark.parametrize(("voicemail", "may"), [("yes", True), ("no", False), ("unknown", False), ("", False)])
def test_never_a_voicemail_unless_they_said_that_it_is_safe(client, people, voicemail, may):
    call = calling.left(client, voicemail=voicemail)
    if may:
        tried(people, call, "voicemail")
    else:
        with pytest.raises(Refused) as refused:
            tried(people, call, "voicemail")
        assert refused.value.field == "outcome"
    assert call.attempts.count() == may and Promise.objects.get().is_running


def test_an_attempt_that_reaches_nobody_leaves_it_waiting(client, people, call):
    response = calling.fill(client, reverse("line_attempt", args=[call.pk]), {"outcome": "no_answer", "note": "Rang for a minute."})
    assert response.url == reverse("line_call", args=[call.pk])
    page = client.get(response.url).content.decode()
    assert "Rang for a minute." in page and "To be returned" in page
    assert "1 time" in client.get(reverse("line")).content.decode()


def test_giving_up_takes_several_attempts_and_stays_missed(people, call, friday):
    actor, reason = people.actor("call_handler"), "Rang three times; the telephone is off."
    for minutes in (10, 30):
        tried(people, call, "no_answer", at=LEFT + timedelta(minutes=5))
        friday.move_to(LEFT + timedelta(minutes=minutes))
    for _ in range(2):
        with pytest.raises(Refused) as refused:  # twice is not three times; and there is time left
            actions.end_callback(actor, number=call.pk, how="unreached", reason=reason)
        assert refused.value.field == "how"
        tried(people, call, "no_answer")
    friday.move_to(DUE + timedelta(minutes=5))
    actions.end_callback(actor, number=call.pk, how="unreached", reason=reason)
    promise = Promise.objects.get()
    assert promise.is_breached(timezone.now()) and promise.breached_at == DUE and promise.outcome == "unable"


def test_not_needed_wants_its_reason_and_hides_no_miss(client, people, call, friday):
    url = reverse("line_end", args=[call.pk])
    assert calling.fill(client, url, {"how": "not_needed", "reason": "no"}).status_code == 422
    friday.move_to(DUE + timedelta(minutes=1))
    assert calling.fill(client, url, {"how": "not_needed", "reason": "She rang again and was answered."}).status_code == 302
    promise = Promise.objects.get()
    assert promise.outcome == "not_needed" and promise.is_breached(timezone.now())
    assert client.get(url).url == client.post(url).url == reverse("line_call", args=[call.pk])


def test_a_returned_message_goes_on_in_a_call_of_its_own_with_what_is_known(client, people, call):
    response = calling.fill(client, reverse("line_attempt", args=[call.pk]), {"outcome": "reached"})
    assert response.url == f"{reverse('line_new')}?returns={call.pk}"
    page = client.get(response.url).content.decode()
    assert 'value="Mari"' in page and "07700 900456" in page
    assert calling.send(client, {"result": "answered", "danger": "no", "caller": "victim", "name": "Mari"}, returns=call.pk).status_code == 302
    later = Call.objects.latest("pk")
    assert later.returns == call and "2</strong> calls" not in client.get(reverse("line")).content.decode()
    assert "What was said then" in client.get(reverse("line_call", args=[call.pk])).content.decode()


def test_a_miss_is_told_once_and_to_nobody_elsewhere(client_for, call, friday):
    friday.move_to(DUE + timedelta(minutes=2))
    promises.sweep()
    promises.deliver()
    told = Notification.objects.filter(kind="callback.breach")
    assert {one.agency.slug for one in told} == {"county_helpline"} and told.count() == 1
    assert "A promise was missed: return the call" in client_for("helpline_lead").get(reverse("notices")).content.decode()
