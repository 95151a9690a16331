"""The team: who may look, what is counted, and cases that change hands one by one with a reason, each told to both workers."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from agencies.gate import Refused
from agencies.models import Membership, Policy
from audit.models import Event
from cases import team
from cases.actions.handing_over import NOT_YOURS, hand_over
from cases.models import Case, Clock, Entry, Exclusion, Grant, Notification, Task
from cases.rules import caseload as rules

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHY = "Tamsin is off sick until the end of the month"
PAGES = [("team", []), ("team_worker", ["nobody"]), ("team_hand_over", ["nobody"])]


def bar(case, user):
    return Exclusion.objects.create(case=case, user=user, reason="r", made_at=timezone.now(), made_by_id=case.opened_by_id)


def move(people, cases, *, to="other_housing_officer", frm="housing_officer", persona="housing_manager", reason=WHY, once=None):
    was = getattr(people, frm).pk if frm else None
    return hand_over(
        people.actor(persona), [getattr(case, "reference", case) for case in cases], worker=getattr(people, to), was=was, reason=reason, once=once or uuid4()
    )


def holder(case, people, agency="northvale_housing"):
    return Grant.objects.get(content_object=case, agency=people.agency(agency)).worker


def row(people, name, persona="housing_manager", **facts):
    return next(one for one in team.loads(people.actor(persona), timezone.now(), **facts)[0] if one.name == name)


# --- from the outside


@pytest.mark.parametrize(("name", "ids"), PAGES)
@pytest.mark.parametrize("persona", ["housing_officer", "outsider", "idva", "superuser", "commissioner", "auditor", "administrator", "marac_coordinator"])
def test_the_pages_are_for_those_who_lead_a_team(name, ids, persona, client_for, a_case):
    a_case()
    assert client_for(persona).get(reverse(name, args=ids)).status_code == 403
    assert client_for(persona).post(reverse(name, args=ids), {}).status_code in (403, 405)


def test_another_agencys_people_and_their_cases_are_not_there(people, client_for, a_case, share):
    case = a_case()
    client = client_for("idva_manager")
    for whom in (people.housing_officer.pk, 99_999_999, "nobody-at-all", "1" * 12):
        for name in ("team_worker", "team_hand_over"):
            assert client.get(reverse(name, args=[whom])).status_code == 404, whom
    assert "Tamsin" not in client.get("/work/team/").content.decode()
    assert case.reference not in client.get("/work/team/nobody/").content.decode()
    went, stayed = move(people, [case], to="idva", persona="idva_manager")
    assert (went, stayed) == ([], {case.reference: NOT_YOURS})
    assert holder(case, people) == people.housing_officer


def test_a_case_from_which_the_manager_is_barred_is_neither_counted_nor_listed_nor_moved(people, client_for, a_case):
    case = a_case()
    bar(case, people.housing_manager)
    assert row(people, "Tamsin Okonedo-Reyes").open == 0
    client = client_for("housing_manager")
    for name in ("team_worker", "team_hand_over"):
        assert case.reference not in client.get(reverse(name, args=[people.housing_officer.pk])).content.decode()
    assert move(people, [case]) == ([], {case.reference: NOT_YOURS})


# --- the rules


@given(st.integers(0, 300), st.integers(1, 200))
def test_the_words_say_what_the_standing_says(open_cases, limit):
    words = rules.in_words(open_cases, limit)
    expected = {rules.OVER: "Overloaded", rules.FULL: "At the limit", rules.ROOM: "Room for"}[rules.standing(open_cases, limit)]
    assert words.startswith(expected)
    assert (rules.standing(open_cases, limit) == rules.OVER) is (open_cases > limit)
    assert (rules.standing(open_cases, limit) == rules.ROOM) is (open_cases < limit)


@pytest.mark.parametrize(("reason", "is_enough"), [("", False), ("   short   ", False), ("Off sick today", True)])
def test_a_reason_says_something(reason, is_enough):
    assert (rules.reasons_says_too_little(reason) == []) is is_enough


# --- what is counted


def test_who_holds_what_and_what_was_missed(people, a_case):
    missed, high, nobodys = a_case(received_ago=50 * HOUR), a_case(), a_case()
    a_case("other_housing_officer", clock=None)
    Case.objects.filter(pk=high.pk).update(risk_level="high", danger_reported_at=timezone.now())
    Grant.objects.filter(content_object=nobodys).update(worker=None)
    Clock.objects.filter(case=nobodys).update(owner=None)
    now = timezone.now()
    Task.objects.create(case=missed, agency=missed.lead_agency, owner=people.housing_officer, kind="x", origin="x:1", title="x", due_at=now - HOUR, raised_at=now - DAY)
    tamsin = row(people, "Tamsin Okonedo-Reyes")
    assert (tamsin.open, tamsin.high, tamsin.in_danger, tamsin.missed, tamsin.missed_lately, tamsin.overdue) == (2, 1, 1, 1, 1, 1)
    Clock.objects.filter(case=missed).update(stopped_at=now, outcome="met", breached_at=Clock.objects.get(case=missed).due_at)
    tamsin = row(people, "Tamsin Okonedo-Reyes")
    assert (tamsin.missed, tamsin.missed_lately) == (0, 1)
    Task.objects.create(case=high, agency=high.lead_agency, kind="x", origin="x:2", title="given to nobody", due_at=now - HOUR, raised_at=now - DAY)
    assert row(people, "Tamsin Okonedo-Reyes").overdue == 2
    shown, limit = team.loads(people.actor("housing_manager"), now)
    assert [one.name for one in shown[:3]] == ["Nobody yet", "Tamsin Okonedo-Reyes", "Piers Adeyemi-Holt"]
    assert (shown[0].open, shown[0].words, limit.value, limit.is_default) == (1, "Allocate these first", "25", True)
    assert {one.name for one in shown} >= {"Dorian Whitlock", "Ingrid Vasquez-Lunn"} and "Lysander Moakes" not in {one.name for one in shown}


def test_the_limit_is_a_dated_setting_and_overloaded_is_said_in_words(people, a_case, client_for):
    for _ in range(2):
        a_case()
    now = timezone.now()
    for value, agency in (("1", "northvale_housing"), ("9", "harbour_idva")):
        Policy.objects.create(key="caseload.limit", agency=people.agency(agency), value=value, effective_from=now - DAY, reason="r", set_by=people.agency_lead, set_at=now)
    page = client_for("housing_manager").get("/work/team/").content.decode()
    assert "Overloaded: 1 over the limit of 1" in page and "1 worker holds more open cases than the limit of 1." in page
    assert "Northvale Housing setting from" in page
    assert "Nothing waits to be allocated" in page and "<svg" in page


def test_ones_team_or_the_whole_agency(people, a_case, client_for):
    a_case("agency_lead")
    names = [one.name for one in team.loads(people.actor("housing_manager"), timezone.now(), whose="team")[0]]
    assert "Tamsin Okonedo-Reyes" in names and "Morwenna Fairbairn" not in names
    assert team.tabs(people.actor("agency_lead")) == ["agency"]
    page = client_for("housing_manager").get("/work/team/?whose=agency").content.decode()
    assert "Morwenna Fairbairn" in page and "My team" in page
    assert "My team" not in client_for("agency_lead").get("/work/team/").content.decode()


def test_what_somebody_held_who_left_stands_with_what_nobody_holds(people, a_case, client_for):
    case = a_case("other_housing_officer")
    Membership.objects.filter(user=people.other_housing_officer).update(ended_at=timezone.now(), started_at=timezone.now() - DAY)
    left = row(people, "Piers Adeyemi-Holt")
    assert (left.words, left.colour, left.open) == ("Has left: hand these over", "red", 1)
    address = reverse("team_worker", args=[people.other_housing_officer.pk])
    assert case.reference in client_for("housing_manager").get(address).content.decode()
    assert move(people, [case], to="housing_officer", frm="other_housing_officer") == ([case.reference], {})


def test_an_agency_without_workers_draws_no_chart(people):
    Membership.objects.filter(agency=people.agency("harbour_idva")).exclude(user=people.idva_manager).update(ended_at=timezone.now(), started_at=timezone.now() - DAY)
    assert team.chart([one for one in team.loads(people.actor("idva_manager"), timezone.now())[0] if one.user is None]) is None


# --- cases change hands


def test_each_case_moves_by_itself_with_its_own_line_and_both_workers_are_told(people, a_case):
    one, two = a_case(), a_case()
    assert move(people, [one, two]) == ([one.reference, two.reference], {})
    for case in (one, two):
        assert holder(case, people) == people.other_housing_officer
        assert Clock.objects.get(case=case).owner == people.other_housing_officer
        (event,) = Event.objects.filter(verb="case.allocate", case_reference=case.reference, outcome="done")
        assert (event.before, event.after) == ({"worker": people.housing_officer.pk}, {"worker": people.other_housing_officer.pk})
        assert WHY not in str(event.reason)
        assert Entry.objects.get(case=case, kind="note").audience == "agency"
    told = set(Notification.objects.values_list("user", "kind", "case"))
    assert told == {
        (people.other_housing_officer.pk, "case.allocated", one.pk), (people.other_housing_officer.pk, "case.allocated", two.pk),
        (people.housing_officer.pk, "case.handed_over", one.pk), (people.housing_officer.pk, "case.handed_over", two.pk),
    }


def test_what_cannot_move_stays_and_says_why_and_the_rest_goes(people, a_case, client_for):
    going, missed, barred, gone = a_case(), a_case(received_ago=50 * HOUR), a_case(), a_case()
    bar(barred, people.other_housing_officer)
    Grant.objects.filter(content_object=gone).update(worker=people.specialist_da_officer)
    went, stayed = move(people, [going, missed, barred, gone, "ZZZZ-ZZZZ"])
    assert went == [going.reference]
    assert "missed" in stayed[missed.reference] and "cannot hold" in stayed[barred.reference] and "Somebody else changed" in stayed[gone.reference]
    assert stayed["ZZZZ-ZZZZ"] == NOT_YOURS
    assert holder(barred, people) == people.housing_officer
    assert Event.objects.filter(verb="case.allocate", outcome="refused").count() == 3


def test_without_a_reason_nothing_moves(people, a_case):
    case = a_case()
    with pytest.raises(Refused):
        move(people, [case], reason="because")
    assert holder(case, people) == people.housing_officer


def test_the_same_form_sent_twice_moves_each_case_once(people, a_case):
    case, once = a_case(), uuid4()
    assert move(people, [case], once=once) == move(people, [case], once=once) == ([case.reference], {})
    assert Notification.objects.count() == 2


def test_the_form_keeps_what_was_typed_and_says_what_is_missing(people, a_case, client_for):
    going, missed = a_case(), a_case(received_ago=50 * HOUR)
    client, url = client_for("housing_manager"), reverse("team_hand_over", args=[people.housing_officer.pk])
    page = client.get(url).content.decode()
    assert going.reference in page and "Room for 25 more" in page
    answer = client.post(url, {"once": str(uuid4())})
    assert answer.status_code == 422
    for words in ("Tick the cases that change hands", "Choose who should hold them", "Say why they change hands"):
        assert words in answer.content.decode()
    typed = {"once": str(uuid4()), "cases": [going.reference, missed.reference], "worker": str(people.other_housing_officer.pk), "reason": "short"}
    answer = client.post(url, typed)
    assert "10 characters" in answer.content.decode() and answer.status_code == 422
    answer = client.post(url, typed | {"reason": WHY})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"Piers Adeyemi-Holt now holds 1 case more: {going.reference}." in page and f"{missed.reference} stays:" in page and WHY in page
    assert page.count("checked") == 2  # the case that stays, and the worker
    assert "1 open. Room for 24 more" in page
    assert holder(missed, people) == people.housing_officer
    other = a_case()
    answer = client.post(url, typed | {"cases": [other.reference], "reason": WHY, "once": str(uuid4())})
    assert answer.status_code == 302 and answer["Location"] == reverse("team_worker", args=[people.housing_officer.pk])


def test_unallocated_cases_are_given_out_from_their_own_list(people, a_case, client_for):
    case = a_case()
    Grant.objects.filter(content_object=case).update(worker=None)
    client = client_for("housing_manager")
    assert case.reference in client.get("/work/team/nobody/").content.decode()
    answer = client.post(
        "/work/team/nobody/hand-over/", {"once": str(uuid4()), "cases": [case.reference], "worker": str(people.housing_officer.pk), "reason": WHY},
    )
    assert answer.status_code == 302 and holder(case, people) == people.housing_officer
    assert "Every open case is held by somebody." in client.get("/work/team/nobody/").content.decode()
    assert "There is no open case to hand over." in client.get("/work/team/nobody/hand-over/").content.decode()


@pytest.mark.parametrize("name", ["team", "team_worker", "team_hand_over"])
def test_the_number_of_queries_is_constant(name, people, a_case, client_for):
    client = client_for("housing_manager")
    url = reverse(name, args=[] if name == "team" else [people.housing_officer.pk])

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len([query for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    a_case(received_ago=50 * HOUR)
    queries()
    first = queries()
    for _ in range(9):
        a_case(received_ago=50 * HOUR)
        a_case("other_housing_officer")
    assert queries() == first <= 16
