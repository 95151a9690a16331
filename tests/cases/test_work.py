"""The worklist: what is due first, whose, narrowed how; true without a sweep; the same queries for one case and for thirty."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from cases import work
from cases.models import Case, Exclusion, Grant, Notification, Task

HOUR = timedelta(hours=1)


def references(actor, **facts):
    return [row.reference for row in work.worklist(actor, **facts).rows]


def close(case, user):
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=user)


def bar(case, **whom):
    return Exclusion.objects.create(case=case, reason="conflict", made_at=timezone.now(), made_by_id=case.opened_by_id, **whom)


def test_what_is_due_first_stands_first_and_what_has_no_promise_last(people, a_case):
    calm = a_case(clock=None)
    later = a_case(received_ago=HOUR)
    missed = a_case(received_ago=50 * HOUR)
    sooner = a_case(received_ago=40 * HOUR)
    page = work.worklist(people.actor("housing_officer"))
    assert [row.reference for row in page.rows] == [case.reference for case in (missed, sooner, later, calm)]
    assert [row.promise and row.promise.is_missed for row in page.rows] == [True, False, False, None]
    assert page.after is None


def in_danger(case, *, settled=False):
    Case.objects.filter(pk=case.pk).update(danger_reported_at=timezone.now() - HOUR, danger_settled_at=timezone.now() if settled else None)


def assessed(case, level):
    Case.objects.filter(pk=case.pk).update(risk_level=level, risk_level_at=timezone.now())


def test_without_a_promise_the_highest_risk_stands_first_and_the_unknown_above_standard(people, a_case):
    cases = {level: a_case(clock=None) for level in ("standard", "", "medium", "high")}
    for level in ("standard", "medium", "high"):
        assessed(cases[level], level)
    promised = a_case(received_ago=HOUR)
    assessed(promised, "standard")
    actor = people.actor("housing_officer")
    expected = [promised, cases["high"], cases["medium"], cases[""], cases["standard"]]
    assert references(actor) == [case.reference for case in expected]
    assessed(cases["standard"], "high")
    assert references(actor)[-1] == cases[""].reference


def test_danger_stands_first_of_all_until_it_is_dealt_with(people, a_case, client_for):
    missed, quiet, calm = a_case(received_ago=50 * HOUR), a_case(clock=None), a_case(clock=None)
    assessed(calm, "high")
    in_danger(quiet)
    actor = people.actor("housing_officer")
    page = work.worklist(actor)
    assert [(row.reference, row.is_in_danger) for row in page.rows] == [(quiet.reference, True), (missed.reference, False), (calm.reference, False)]
    assert client_for("housing_officer").get("/work/").content.decode().count("In danger when reported") == 1
    # With a promise running it is still first, and still among what is missed.
    due = a_case(received_ago=60 * HOUR)
    in_danger(due)
    assert references(actor)[:2] == [due.reference, quiet.reference]
    assert set(references(actor, filters=work.Filters(clock="missed"))) == {due.reference, missed.reference}
    assert work.missed(actor) == 2
    in_danger(quiet, settled=True)
    in_danger(due, settled=True)
    assert references(actor) == [case.reference for case in (due, missed, calm, quiet)]
    assert "In danger when reported" not in client_for("housing_officer").get("/work/").content.decode()


def test_danger_is_said_to_a_summary_too_as_whoever_rings_has_to_know_it(people, a_case, share, client_for):
    first, case = a_case(clock=None), a_case(clock=None)
    for one in (first, case):
        share(one, "harbour_idva", "summary", worker="idva")
    in_danger(case)
    assert references(people.actor("idva")) == [case.reference, first.reference]
    assert "In danger when reported" in client_for("idva").get("/work/").content.decode()
    assert case.reference not in client_for("outsider").get("/work/?whose=agency").content.decode()


def test_a_new_grant_stands_where_its_case_does(people, a_case, share):
    case, other = a_case(clock=None), a_case(clock=None)
    assessed(case, "high")
    for one in (other, case):
        share(one, "harbour_idva", worker="idva")
    assert references(people.actor("idva")) == [case.reference, other.reference]


def test_a_missed_promise_is_missed_though_no_sweep_has_run(people, a_case):
    a_case(received_ago=49 * HOUR)
    a_case(received_ago=47 * HOUR)
    assert work.missed(people.actor("housing_officer")) == 1
    assert work.missed(people.actor("housing_officer"), at=timezone.now() + 2 * HOUR) == 2


def test_the_most_urgent_promise_of_a_case_is_the_one_shown_and_both_are_counted(people, a_case, inside_gate):
    from cases import clocks

    case = a_case(received_ago=50 * HOUR)
    with inside_gate() as act:
        clocks.start(act, case, "discussion", agency=case.lead_agency, started_at=act.at - 60 * HOUR)
    (row,) = work.worklist(people.actor("housing_officer")).rows
    assert row.promise.label == "Talk the situation through together"
    assert work.missed(people.actor("housing_officer")) == 2


def test_mine_my_team_and_my_agency(people, a_case):
    mine = a_case("housing_officer")
    colleagues = a_case("other_housing_officer")
    leads = a_case("agency_lead")
    assert references(people.actor("housing_officer")) == [mine.reference]
    assert set(references(people.actor("housing_manager"), whose="team")) == {mine.reference, colleagues.reference}
    assert set(references(people.actor("housing_officer"), whose="agency")) == {mine.reference, colleagues.reference, leads.reference}


def test_a_team_is_for_those_who_lead_one(people, a_case, client_for):
    a_case()
    with pytest.raises(PermissionDenied):
        work.worklist(people.actor("housing_officer"), whose="team")
    # Asked for by address, it is not refused but simply not there.
    assert b"My team" not in client_for("housing_officer").get("/work/?whose=team").content
    assert b"My team" in client_for("housing_manager").get("/work/").content


def test_closed_barred_ended_meeting_and_other_agencies_cases_are_not_there(people, a_case, share):
    shown = a_case()
    closed, barred, agency_barred, ended, meeting, theirs = (a_case() for _ in range(6))
    for case in (shown, closed, barred, agency_barred):
        share(case, "harbour_idva", worker="idva")
    share(ended, "harbour_idva", worker="idva", ends_at=timezone.now() + HOUR)
    Grant.objects.filter(content_object=ended, agency=people.agency("harbour_idva")).update(ends_at=timezone.now())
    share(meeting, "harbour_idva", "meeting", worker="idva")
    close(closed, people.housing_officer)
    bar(barred, user=people.idva)
    bar(agency_barred, agency=people.agency("harbour_idva"))
    for whose in ("mine", "agency"):
        assert references(people.actor("idva"), whose=whose) == [shown.reference]
    assert theirs.reference not in references(people.actor("idva"), whose="agency")
    # The bar on one person leaves the others' list alone.
    assert barred.reference in references(people.actor("other_idva"), whose="agency")


@pytest.mark.parametrize("persona", ["outsider", "superuser", "commissioner", "auditor", "information_governance", "administrator", "marac_coordinator"])
def test_nobody_without_a_grant_or_a_role_has_a_worklist(persona, people, a_case):
    a_case()
    for whose in ("mine", "agency"):
        assert references(people.actor(persona), whose=whose) == []
    assert work.missed(people.actor(persona), whose="agency") == 0


def test_filters(people, a_case, share):
    calm, missed, today, high = a_case(clock=None), a_case(received_ago=50 * HOUR), a_case(received_ago=47 * HOUR), a_case("idva", received_ago=HOUR)
    Case.objects.filter(pk=high.pk).update(risk_level="high")
    share(high, "northvale_housing", persona="idva")
    actor = people.actor("housing_officer")

    def found(**filters):
        return set(references(actor, whose="agency", filters=work.Filters(**filters), at=at))

    at = timezone.now()
    everything = {case.reference for case in (calm, missed, today, high)}
    assert found() == everything
    assert found(risk="high") == {high.reference}
    assert found(risk="none") == everything - {high.reference}
    assert found(clock="missed") == {missed.reference}
    assert found(clock="none") == {calm.reference}
    assert found(clock="running") == everything - {calm.reference}
    assert found(lead_agency=people.agency("harbour_idva").pk) == {high.reference}
    assert found(lead_agency=people.agency("harbour_idva").pk, clock="missed") == set()
    at = today.grants.first().next_due_at - timedelta(microseconds=1)
    assert today.reference in found(clock="today")
    at += timedelta(microseconds=2)
    assert today.reference in found(clock="missed")


def test_today_ends_at_midnight_in_london_also_when_the_clocks_change(people):
    from datetime import UTC, datetime

    assert work.end_of_day(datetime(2026, 3, 29, 0, 30, tzinfo=UTC)) == datetime(2026, 3, 29, 23, tzinfo=UTC)
    assert work.end_of_day(datetime(2026, 10, 25, 0, 30, tzinfo=UTC)) == datetime(2026, 10, 26, 0, tzinfo=UTC)
    assert work.end_of_day(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == datetime(2026, 7, 2, 23, tzinfo=UTC)


def test_pages_follow_each_other_without_gap_or_repeat(people, a_case, monkeypatch):
    monkeypatch.setattr(work, "PAGE", 3)
    cases = [a_case(received_ago=n % 4 * HOUR, clock="contact" if n < 7 else None) for n in range(11)]
    # Two in danger, one of them with no promise; two more levels among those without one.
    for case in (cases[6], cases[7]):
        in_danger(case)
    assessed(cases[8], "high")
    assessed(cases[10], "standard")
    # Two with the very same due time: the second key decides.
    due = Grant.objects.get(content_object=cases[0]).next_due_at
    Grant.objects.filter(content_object__in=[cases[1], cases[2]]).update(next_due_at=due)
    actor, seen, after = people.actor("housing_officer"), [], None
    for _ in range(5):
        page = work.worklist(actor, after=after)
        seen += [row.reference for row in page.rows]
        after = page.after
        if after is None:
            break
    assert sorted(seen) == sorted(case.reference for case in cases)
    assert len(seen) == len(set(seen)) == 11
    monkeypatch.setattr(work, "PAGE", 25)
    assert seen == references(actor)


@pytest.mark.parametrize(
    "key", ["", "x", "1.x", "none.", "none.-1", ".5", "1.5.5", "٣.٣", "9" * 40 + ".1", "1." + "9" * 40,
            "none.\0", "1.none", "9.9.x", "12.none.1", "1.-5.1", "1.none.\0", "1.1.1.1"],
)
def test_a_key_that_makes_no_sense_starts_at_the_top(key, people, a_case, client_for):
    case = a_case()
    assert references(people.actor("housing_officer"), after=key) == [case.reference]
    assert client_for("housing_officer").get("/work/", {"after": key, "risk": key, "clock": key, "lead": key, "whose": key}).status_code == 200


def a_task(case, people, *, owner=None, due_in=HOUR, agency="northvale_housing", title="Ring the school"):
    return Task.objects.create(
        case=case, agency=people.agency(agency), owner=owner, kind="test", origin=f"test:{uuid4()}", title=title, due_at=timezone.now() + due_in, raised_at=timezone.now()
    )


def test_tasks_due_first_ten_of_mine_and_of_nobody_where_i_hold_the_case(people, a_case):
    mine, other = a_case("housing_officer"), a_case("other_housing_officer")
    a_task(mine, people, owner=people.housing_officer, title="mine")
    a_task(mine, people, due_in=2 * HOUR, title="nobody’s, mine")
    a_task(other, people, owner=people.other_housing_officer, due_in=3 * HOUR, title="theirs")
    a_task(other, people, due_in=4 * HOUR, title="nobody’s, theirs")
    done = a_task(mine, people, owner=people.housing_officer)
    Task.objects.filter(pk=done.pk).update(done_at=timezone.now(), done_by=people.housing_officer)
    a_task(mine, people, agency="harbour_idva")

    def due(persona, whose="mine"):
        return [task.title for task in work.tasks_due(people.actor(persona), whose=whose)]

    everything = ["mine", "nobody’s, mine", "theirs", "nobody’s, theirs"]
    assert due("housing_officer") == everything[:2]
    assert due("housing_officer", "agency") == due("housing_manager", "team") == everything
    assert due("outsider", "agency") == due("administrator", "agency") == due("superuser") == []
    bar(mine, user=people.housing_officer)
    assert due("housing_officer") == []
    assert due("housing_officer", "agency") == everything[2:]
    for n in range(12):
        a_task(other, people, owner=people.other_housing_officer, due_in=(n + 5) * HOUR)
    assert len(work.tasks_due(people.actor("other_housing_officer"))) == 10


def test_the_page(people, a_case, client_for):
    case = a_case(received_ago=50 * HOUR, given_name="<b>Bryony</b>", family_name="O’Malley")
    a_task(case, people, owner=people.housing_officer, title="<i>Ring</i>")
    Notification.objects.create(user=people.housing_officer, case=case, kind="attempts.limit", at=timezone.now())
    answer = client_for("housing_officer").get("/work/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<title>My work - Waymark</title>" in page
    assert "&lt;b&gt;Bryony&lt;/b&gt; O’Malley" in page and "<b>Bryony" not in page and "<i>Ring" not in page
    assert "1 promise missed" in page and "1 notice that you have not read" in page
    assert "2 hours overdue" in page and "Missed: was due" in page
    assert case.reference in page
    event = Event.objects.filter(verb="case.list").get()
    assert (event.subject, event.after, event.actor) == ("work:mine", {"count": 1}, f"user:{people.housing_officer.pk}")


def test_what_is_overdue_stands_above_the_cases_and_the_rest_below(people, a_case, client_for):
    case = a_case()
    a_task(case, people, owner=people.housing_officer, due_in=-HOUR, title="Ring the school")
    a_task(case, people, owner=people.housing_officer, due_in=HOUR, title="Ask the landlord")
    client = client_for("housing_officer")
    page = client.get("/work/").content.decode()
    places = [page.index(words) for words in ("Actions overdue", "Ring the school", "<table", "Actions due", "Ask the landlord")]
    assert places == sorted(places) and page.count("Ring the school") == 1
    Task.objects.filter(title="Ask the landlord").update(due_at=timezone.now() - HOUR)
    page = client.get("/work/").content.decode()
    assert "Actions due" not in page and "No action is waiting" not in page
    Task.objects.update(done_at=timezone.now(), done_by=people.housing_officer)
    page = client.get("/work/").content.decode()
    assert "Actions overdue" not in page and "No action is waiting." in page


def test_an_empty_page_says_so(people, client_for):
    page = client_for("idva").get("/work/").content.decode()
    assert "No open case is allocated to you." in page and "No action is waiting." in page and "missed" not in page.split("<table")[0].split("Filter")[0]
    assert "No open case here matches the filter." in client_for("idva").get("/work/?clock=missed").content.decode()


@pytest.mark.parametrize(
    ("persona", "status"),
    [("commissioner", 403), ("auditor", 403), ("administrator", 403), ("superuser", 403), ("information_governance", 403), ("outsider", 200)],
)
def test_who_may_open_the_page(persona, status, client_for):
    assert client_for(persona).get("/work/").status_code == status


def test_signed_out_is_sent_to_sign_in(client, db):
    answer = client.get("/work/")
    assert answer.status_code == 302 and "/sign-in/" in answer["Location"]


@pytest.mark.parametrize(
    ("persona", "address"),
    [("housing_officer", "/work/"), ("housing_manager", "/work/?whose=team&clock=missed"), ("idva_manager", "/work/?whose=agency&lead=1")],
)
def test_the_number_of_queries_is_constant_and_at_most_twelve(persona, address, people, a_case, share, client_for):
    client = client_for(persona)

    def filled(count):
        for n in range(count):
            case = a_case("housing_officer", received_ago=(49 + n) * HOUR)
            share(case, "harbour_idva", worker="idva")
            for owner in (people.housing_officer, people.housing_manager):
                a_task(case, people, owner=owner)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]

    filled(1)
    queries()
    first = queries()
    filled(28)
    assert len(queries()) == len(first)
    assert len(first) <= 12, "\n".join(sql[:140] for sql in first)


@pytest.mark.parametrize(("whose", "index"), [("mine", "grant_caseload"), ("agency", "grant_worklist")])
def test_the_first_page_comes_out_of_the_index_in_order(whose, index, people, a_case):
    """With so few rows the planner would rather sort; forbidden to, it must find the order in the index (at 50,000 grants it does so by itself)."""
    a_case()
    actor = people.actor("housing_officer")
    with CaptureQueriesContext(connection) as captured:
        work.worklist(actor, whose=whose)
    assert len(captured) == 1
    with connection.cursor() as cursor:
        for habit in ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{habit} = off")
        cursor.execute("EXPLAIN " + captured[0]["sql"])
        plan = "\n".join(line for line, in cursor.fetchall())
    assert "Sort" not in plan and ("grant_worklist" in plan or index in plan), plan


def test_a_summary_shows_no_promise_however_it_is_asked_for(people, a_case, share, client_for):
    case = a_case(received_ago=timedelta(hours=60))
    share(case, "harbour_idva", "summary", worker="idva")
    client = client_for("idva")
    page = client.get("/work/").content.decode()
    assert case.reference in page
    assert "overdue" not in page and "Was due" not in page and "Contact the victim/survivor" not in page
    assert "1 promise missed" not in page
    for clock, listed in (("missed", False), ("running", False), ("none", True)):
        assert (case.reference in client.get(f"/work/?clock={clock}").content.decode()) is listed
