"""Promises before there is a case: frozen when they start, true without a sweep, noticed and told exactly once, and only to their agency."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Change, Refused, run
from audit.models import Event
from cases import notices
from cases.models import Notification
from referrals import promises
from referrals.models import Promise, PromiseNotice

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@pytest.fixture
def kind():
    """A kind of the test's own, which leaves again."""
    promises.add_kind(
        "tried", promises.Kind("Tried", "Try it", "dash.reassess_urgent_within", "at once", "when it was tried", "a test", "see_team", lambda about: reverse("team"))
    )
    yield "tried"
    del promises.KINDS["tried"]
    for name in [name for name in notices.BEFORE_A_CASE if name.startswith("tried.")]:
        del notices.BEFORE_A_CASE[name]


@pytest.fixture
def promise(people, inside_gate, kind):
    """Makes a promise of Northvale Housing that started so long ago."""

    def make(ago=timedelta(0), owner=None, about="thing:1", **facts):
        with inside_gate() as act:
            return promises.start(act, kind, about=about, agency=people.agency("northvale_housing"), owner=owner, started_at=act.at - ago, **facts)

    return make


def told():
    return sorted(Notification.objects.values_list("user__email", "kind"))


def test_it_freezes_its_due_time_and_says_which_rule_applied(promise):
    made = promise()
    assert made.due_at - made.started_at == 24 * HOUR
    assert made.basis.startswith("24 elapsed hours from ") and made.basis.endswith("(Waymark’s default)")


def test_starting_and_stopping_stand_in_the_log_with_codes_and_dates_only(people, kind):
    def body(act):
        made = promises.start(act, kind, about="thing:1", agency=people.agency("northvale_housing").pk)
        promises.stop(act, made, "met", reason="Words that somebody wrote")
        return Change(subject="thing:1")

    run("test.promise", people.actor("housing_officer"), body)
    started, stopped = Event.objects.filter(verb__startswith="promise.").order_by("id")
    assert started.after["kind"] == "tried" and started.after["about"] == "thing:1"
    assert stopped.after["outcome"] == "met" and "Words" not in str((stopped.after, stopped.reason))


def test_a_due_time_of_its_own_is_taken_with_its_basis(promise):
    at = timezone.now() + 3 * HOUR
    made = promise(due=(at, "an hour from opening"))
    assert (made.due_at, made.basis) == (at, "an hour from opening")


@pytest.mark.parametrize(("after", "is_kept"), [(-SECOND, True), (timedelta(0), True), (SECOND, False)])
def test_on_time_to_the_second_is_kept(after, is_kept, promise, inside_gate):
    made = promise(ago=30 * HOUR)
    with inside_gate() as act:
        stopped = promises.stop(act, made, "met", at=made.due_at + after)
    assert stopped.is_breached(timezone.now()) is not is_kept
    assert (stopped.breached_at is None) is is_kept


def test_what_a_page_says_does_not_depend_on_the_sweep(promise):
    late, early = promise(ago=25 * HOUR), promise(ago=HOUR, about="thing:2")
    assert late.is_breached(timezone.now()) and not early.is_breached(timezone.now())
    assert late.breached_at is None
    assert list(promises.running(late.agency_id, late.kind)) == [late, early]
    assert list(promises.of("thing:2")) == [early]


def test_each_stage_is_noticed_and_told_once_however_often_it_is_swept(promise, people):
    made = promise(ago=13 * HOUR)
    for _ in range(2):
        promises.sweep()
        promises.deliver()
    assert told() == [("housing_manager@example.org", "tried.half")]
    for hours in (21, 25, 49):
        for _ in range(2):
            at = made.started_at + hours * HOUR
            promises.sweep(at)
            promises.deliver(at)
    assert sorted(kind for _, kind in told()) == ["tried.breach", "tried.day_after", "tried.five_sixths", "tried.half"]
    made.refresh_from_db()
    assert made.breached_at == made.due_at and made.next_stage == ""
    assert Event.objects.filter(verb="promise.stage").count() == 4


def test_a_worker_that_stops_between_claim_and_telling_loses_nothing(promise):
    promise(ago=25 * HOUR)
    promises.sweep()
    assert told() == [] and PromiseNotice.objects.get().delivered_at is None
    assert promises.deliver() == 1
    assert promises.deliver() == 0
    assert [kind for _, kind in told()] == ["tried.breach"]


def test_kept_late_before_any_sweep_is_told_all_the_same(promise, inside_gate):
    made = promise(ago=25 * HOUR)
    with inside_gate() as act:
        promises.stop(act, made, "met")
    promises.sweep()
    promises.deliver()
    assert [kind for _, kind in told()] == ["tried.breach"]


def test_kept_in_time_nobody_hears_of_a_warning_any_more(promise, inside_gate):
    made = promise(ago=13 * HOUR)
    promises.sweep()
    with inside_gate() as act:
        promises.stop(act, made, "met")
    promises.deliver()
    assert told() == []


def test_what_was_written_down_late_but_done_in_time_is_kept(promise, inside_gate):
    made = promise(ago=25 * HOUR)
    promises.sweep()
    with inside_gate() as act:
        stopped = promises.stop(act, made, "met", at=made.due_at - HOUR)
    promises.deliver()
    assert stopped.breached_at is None and told() == []


def test_it_stops_once_and_within_its_time(promise, inside_gate):
    made = promise(ago=2 * HOUR)
    for wrong in (made.started_at - SECOND, timezone.now() + HOUR):
        with pytest.raises(Refused), inside_gate() as act:
            promises.stop(act, made, "met", at=wrong)
    with inside_gate() as act:
        promises.stop(act, made, "met")
    with pytest.raises(Refused), inside_gate() as act:
        promises.stop(act, made, "met")


def test_one_runs_at_a_time_about_one_thing(promise):
    promise()
    with pytest.raises(IntegrityError), transaction.atomic():
        promise()


def test_outside_a_gate_nothing_starts(people, kind):
    with pytest.raises(AssertionError):
        promises.start(None, kind, about="thing:1", agency=people.agency("northvale_housing"))


def test_only_who_may_see_it_is_told_and_the_owner_first(promise, people):
    """A housing officer's role may not see what this kind is about: the manager hears of it in their place."""
    promise(ago=13 * HOUR, owner=people.housing_officer)
    promises.sweep()
    promises.deliver()
    assert told() == [("housing_manager@example.org", "tried.half")]


def test_the_notice_stands_on_the_page_and_leads_to_where_it_is_kept(promise, people, client_for):
    promise(ago=25 * HOUR)
    promises.sweep()
    promises.deliver()
    client = client_for("housing_manager")
    page = client.get("/notices/").content.decode()
    assert "A promise was missed: try it" in page and "Case " not in page.split("<main")[1]
    one = Notification.objects.get()
    assert notices.unread_count(people.actor("housing_manager")) == 1
    response = client.get(reverse("notice", args=[one.pk]))
    assert response.status_code == 302 and response.url == reverse("team")
    assert notices.unread_count(people.actor("housing_manager")) == 0


@pytest.mark.parametrize("persona", ["housing_officer", "other_housing_officer", "idva", "marac_coordinator", "agency_lead"])
def test_nobody_else_reads_or_opens_it(persona, promise, people, client_for):
    promise(ago=25 * HOUR)
    promises.sweep()
    promises.deliver()
    one = Notification.objects.get()
    client = client_for(persona)
    assert "try it" not in client.get("/notices/").content.decode()
    assert client.get(reverse("notice", args=[one.pk])).status_code == 404


def test_who_has_left_the_agency_or_the_role_does_not_open_it_any_more(promise, people, client_for):
    from agencies.models import Membership

    promise(ago=25 * HOUR)
    promises.sweep()
    promises.deliver()
    one = Notification.objects.get()
    Membership.objects.filter(user=people.housing_manager, ended_at=None).update(role="housing_officer")
    assert client_for("housing_manager").get(reverse("notice", args=[one.pk])).status_code == 404
    Membership.objects.filter(user=people.housing_manager, ended_at=None).update(role="housing_manager", agency=people.agency("eastmoor_housing"))
    assert notices.unread_count(people.actor("housing_manager")) == 0
    assert "try it" not in client_for("housing_manager").get("/notices/").content.decode()


def test_the_page_costs_the_same_however_many_there_are(promise, people, client_for):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            client.get("/notices/")
        return len(asked)

    client = client_for("housing_manager")
    promise(ago=25 * HOUR, about="thing:1")
    promises.sweep()
    promises.deliver()
    client.get("/notices/")
    few = cost()
    for number in range(2, 9):
        promise(ago=25 * HOUR, about=f"thing:{number}")
    promises.sweep()
    promises.deliver()
    assert Promise.objects.count() == 8 and cost() == few
