"""Assessing the risk again: who may say what has changed, what the case file notices by itself, who has it to do and is told, what settles it."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from agencies.models import Policy
from audit.models import Event
from cases import reassessing
from cases.actions import orders
from cases.actions import people as of_people
from cases.actions.case_file import finish_task
from cases.actions.closing import close_case, reopen_case
from cases.actions.risk import record_risk_event
from cases.models import Case, Notification, RiskEvent, Task
from cases.work import tasks_due
from tests.cases.dash.acts import LONG, decide, text_of, url
from tests.cases.ends import ENDED

pytestmark = pytest.mark.django_db


def open_tasks(**facts):
    return Task.objects.filter(kind="reassess", done_at=None, **facts).order_by("due_at")


def awake():
    return open_tasks(raised_at__lte=timezone.now())


@pytest.fixture
def say(people):
    def said(case, kind="incident", day=None, persona="housing_officer"):
        return record_risk_event(people.actor(persona), case, kind=kind, happened_on=day or timezone.localdate())

    return said


# --- from outside


def test_it_is_closed_from_outside_and_below_partner_level(client_for, a_signed, say, share):
    case = a_signed().case
    share(case, "harbour_idva", "summary")
    path = url("risk_event_add", case)
    for persona in ("outsider", "superuser", "health_visitor", "commissioner", "auditor"):
        assert client_for(persona).get(path).status_code == 404, persona
        assert client_for(persona).post(path).status_code == 404, persona
    assert client_for("idva").post(path).status_code == 403
    for persona, problem in (("outsider", Http404), ("idva", PermissionDenied), ("superuser", Http404)):
        with pytest.raises(problem):
            say(case, persona=persona)
    assert not RiskEvent.objects.exists() and not awake().exists()


# --- said by a person


def sent(**facts):
    today = timezone.localdate()
    return {"kind": "incident", "happened_on_day": today.day, "happened_on_month": today.month, "happened_on_year": today.year, "once": uuid4()} | facts


def test_one_click_and_it_is_due(client_for, a_signed, people):
    case = a_signed().case
    client = client_for("housing_officer")
    facts = sent()
    assert client.post(url("risk_event_add", case), facts)["Location"] == url("risk_over_time", case)
    assert client.post(url("risk_event_add", case), facts).status_code == 302
    task = awake().get()
    assert (task.agency, task.owner, task.due_at - task.raised_at) == (case.lead_agency, None, timedelta(hours=24))
    assert task.title == "Assess the risk again: a new incident"
    page = text_of(client.get(url("risk_over_time", case)))
    assert page.count("<polygon") == 1
    assert "A new incident" in page and "Said" in page and "When it is assessed again" in page and "It is not needed" not in page
    assert Event.objects.get(verb="risk.event", outcome="done").after == {"kind": "incident", "happened_on": timezone.localdate().isoformat()}
    assert "The risk is to be assessed again: A new incident" in text_of(client.get(url("case", case)))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"kind": ""}, "Choose what has happened"), ({"kind": "breach"}, "There is a problem"), ({"happened_on_day": ""}, "There is a problem"),
        ({"happened_on_year": "2020"}, "more than a year ago"), ({"happened_on_year": "2031"}, "in the future"),
        ({"kind": "court", "happened_on_year": "2031"}, "more than a year ahead"),
    ],
)
def test_what_is_wrong_is_said_beside_the_question(client_for, a_signed, facts, words):
    response = client_for("housing_officer").post(url("risk_event_add", a_signed().case), sent(**facts))
    assert response.status_code == 422 and words in text_of(response) and not RiskEvent.objects.exists()


def test_it_is_said_once_a_day_on_an_open_case_that_was_assessed(a_case, a_signed, say, people):
    with pytest.raises(Refused, match="Nobody has assessed"):
        say(a_case(given_name="Ottilie"))
    case = a_signed(a_case(clock=None)).case
    say(case)
    with pytest.raises(Refused, match="said so already"):
        say(case)
    with pytest.raises(Refused, match="Choose what"):
        say(case, "breach")
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer, closing_reason="needs_met")
    with pytest.raises(Refused, match="closed"):
        say(case, "release")


def test_nothing_changes_what_was_said(a_signed, say):
    event = say(a_signed().case)
    for sql in ("UPDATE cases_riskevent SET kind = 'court' WHERE id = %s", "DELETE FROM cases_riskevent WHERE id = %s"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [event.pk])


# --- who has it to do, who is told


def test_who_may_assess_has_it_to_do_and_urgent_news_reach_everybody_who_holds_the_case(a_signed, say, share, people):
    case = a_signed().case
    share(case, "harbour_idva", "partner", worker="idva")
    share(case, "lantern_outreach", "summary", worker="outreach_worker")
    say(case, persona="idva")
    assert (awake().get().agency.slug, awake().get().owner) == ("harbour_idva", people.idva)
    told = Notification.objects.filter(kind="risk.changed")
    assert {one.user for one in told} == {people.housing_officer}
    say(case, "court", persona="housing_officer")
    # Not urgent: told to nobody but whoever has it to do, and that is who said it.
    assert told.count() == 1


def test_two_things_on_a_day_are_one_thing_to_do(a_signed, say):
    case = a_signed().case
    say(case)
    say(case, "court")
    assert awake().count() == 1 and RiskEvent.objects.count() == 2
    assert Event.objects.filter(verb="risk.event", outcome="done").count() == 2


def test_another_agency_reads_what_was_said_and_when_others_assess(client_for, a_signed, say, share):
    case = a_signed().case
    share(case, "harbour_idva", "partner", worker="idva")
    say(case, "release")
    page = text_of(client_for("idva").get(url("risk_over_time", case)))
    assert "Release of the alleged perpetrator from custody" in page and "regular review" in page and "Northvale Housing" in page
    assert "Assess the risk again: release" not in page


# --- what is ahead


def test_what_is_ahead_rests_until_a_week_before_and_is_due_before_its_day(a_signed, say, people):
    case = a_signed().case
    day = timezone.localdate() + timedelta(days=20)
    say(case, "court", day)
    task = open_tasks(origin__startswith="risk_event").get()
    assert timezone.localtime(task.due_at).date() == day and task.due_at - task.raised_at == timedelta(days=7)
    assert not [one for one in tasks_due(people.actor("housing_officer")) if one.title.startswith("Assess")]
    with time_machine.travel(task.raised_at + timedelta(minutes=1)):
        assert [one for one in tasks_due(people.actor("housing_officer")) if one.title.startswith("Assess the risk again: a court date or outcome (")]


def test_signing_leaves_what_is_ahead(a_signed, say):
    case = a_signed().case
    say(case)
    say(case, "court", timezone.localdate() + timedelta(days=20))
    signed = a_signed(case)
    assert [task.origin.split(":")[0] for task in open_tasks()] == ["risk_event", "review"]
    assert open_tasks().last().origin == f"review:{signed.pk}"


# --- each so many weeks


@pytest.mark.parametrize(("yes", "level", "weeks"), [(range(1, 15), "high", 4), (range(1, 11), "medium", 8), ([1], "standard", 12)])
def test_an_assessment_holds_for_some_weeks(a_signed, yes, level, weeks):
    signed = a_signed(yes=yes, final=level)
    task = open_tasks().get()
    assert (timezone.localdate(task.due_at) - timezone.localdate(signed.signed_at)).days == weeks * 7
    assert task.why == f"At {level} risk an assessment holds for {weeks} weeks (Waymark’s default)."
    assert not awake().exists()


def test_an_agencys_own_number_holds_from_its_day_and_never_backwards(a_signed, people):
    a_signed()
    before = open_tasks().get().due_at
    now = timezone.now()
    Policy.objects.create(
        key="dash.review_weeks_standard", value="1", agency=people.agency("northvale_housing"), effective_from=now, reason="Agreed", set_by=people.agency_lead, set_at=now
    )
    assert open_tasks().get().due_at == before
    a_signed()
    task = Task.objects.filter(kind="reassess").latest("pk")
    assert "holds for 1 week (Northvale Housing setting from" in task.why and task.due_at - timezone.now() < timedelta(days=8)


def test_a_lower_level_that_was_approved_holds_for_longer(a_signed, people):
    lowered = a_signed(yes=range(1, 15), final="standard", basis="judgement", rationale=LONG)
    assert "At high risk" in open_tasks().get().why
    decide(people, lowered)
    task = open_tasks().get()
    assert "At standard risk" in task.why and (timezone.localdate(task.due_at) - timezone.localdate(lowered.signed_at)).days == 84


def test_a_review_that_comes_due_stands_on_the_lists(a_signed, client_for, people):
    case = a_signed(yes=range(1, 15), final="high").case
    task = open_tasks().get()
    with time_machine.travel(task.due_at + timedelta(hours=2)):
        page = text_of(client_for("housing_manager").get(url("case", case)))
        assert "Assess the risk again: regular review" in page and url("assessment_start", case) in page and f"/actions/{task.pk}/" not in page
        page = text_of(client_for("housing_officer").get(url("case", case)))
        assert "Ask a colleague. Assess the risk again" in page and url("assessment_ask", case) in page
        assert "Assess the risk again: regular review" in text_of(client_for("specialist_da_officer").get(reverse("work") + "?whose=agency"))
    # Nobody was told: it stands on the lists, and no manager is rung because of it.
    assert not Notification.objects.filter(kind="risk.changed").exists()


# --- not needed, closed, opened again


def test_only_who_may_assess_says_that_it_is_not_needed_and_then_it_holds_on(a_signed, say, people):
    case = a_signed().case
    say(case)
    task = awake().get()
    with pytest.raises(Refused, match="A signed assessment finishes this"):
        finish_task(people.actor("specialist_da_officer"), case, task_id=task.pk, was_needed=True, outcome="Done")
    with pytest.raises(Refused, match="Ask a colleague"):
        finish_task(people.actor("housing_officer"), case, task_id=task.pk, was_needed=False, outcome="No")
    finish_task(people.actor("specialist_da_officer"), case, task_id=task.pk, was_needed=False, outcome="It was the same incident.")
    assert not awake().exists() and open_tasks().count() == 1
    review = open_tasks().get()
    with time_machine.travel(review.due_at):
        finish_task(people.actor("specialist_da_officer"), case, task_id=review.pk, was_needed=False, outcome="Assessed with the police today.")
        assert open_tasks().get().origin == f"review:after:{review.pk}"


def test_a_case_closes_over_what_rests_and_not_over_what_is_due(a_case, a_signed, say, people):
    case = a_signed(a_case(clock=None, with_child=False)).case
    facts = {"closing_reason": "needs_met", "summary": "Settled.", "audience": "partners"} | ENDED
    say(case)
    with pytest.raises(Refused, match="Finish each action"):
        close_case(people.actor("housing_officer"), case, **facts)
    a_signed(case)
    close_case(people.actor("housing_officer"), case, **facts)
    assert not open_tasks().exists()
    reopen_case(people.actor("housing_manager"), case, reason="He came back.", audience="partners")
    assert awake().get().title == "Assess the risk again: the case was opened again"


# --- what the case file notices by itself


def test_moves_orders_and_a_pregnancy_are_noticed(a_signed, people):
    case = a_signed().case
    officer, now = people.actor("housing_officer"), timezone.now()
    victim, him = case.parties.get(role="victim"), case.parties.get(role="perpetrator")
    for number, party in enumerate((victim, him, case.parties.get(role="child"))):
        of_people.change_address(officer, case, party_id=party.pk, lines=f"{number + 1} Plover Court", postcode="ZZ99 1AB", visibility="confidential", from_at=now)
    of_people.change_person(officer, case, party_id=him.pk, lives_with_victim=not him.lives_with_victim)
    of_people.change_person(officer, case, party_id=victim.pk, also_known_as="Mari")
    of_people.add_person(officer, case, role="child", given_name="", family_name="", is_unborn=True, expected_on=timezone.localdate() + timedelta(days=60))
    order = orders.add_order(
        officer, case, kind="non_molestation", state="applied", respondent=him.pk, protected=[victim.pk],
    )
    orders.decide_order(officer, case, order_id=order.pk, outcome="made", heard_at=now, starts_on=timezone.localdate())
    orders.end_order(officer, case, order_id=order.pk, ended_on=timezone.localdate(), because="discharged", note="x")
    assert sorted(RiskEvent.objects.values_list("kind", flat=True)) == ["access", "access", "court", "court", "move", "pregnancy"]
    assert all(event.origin for event in RiskEvent.objects.all()) and awake().count() == 1
    assert "Plover" not in str(list(Task.objects.values())) + str(list(RiskEvent.objects.values()))


def test_before_anybody_has_assessed_nothing_is_due_again(a_case, people):
    case = a_case()
    victim = case.parties.get(role="victim")
    of_people.change_address(
        people.actor("housing_officer"), case, party_id=victim.pk, lines="1 Plover Court", postcode="ZZ99 1AB", visibility="normal", from_at=timezone.now()
    )
    assert not RiskEvent.objects.exists() and not Task.objects.filter(kind="reassess").exists()


def test_what_was_called_off_is_not_done(a_signed, inside_gate):
    case = a_signed().case
    with inside_gate() as act:
        reassessing.happened(act, case, "marac", timezone.localdate() + timedelta(days=3), origin="listing:7")
        assert awake().count() == 1
        reassessing.is_over(act, case, "listing:7")
    assert not awake().exists() and RiskEvent.objects.count() == 1


def test_summer_time(a_signed, say):
    with time_machine.travel(datetime(2026, 3, 20, 12, tzinfo=UTC)):
        case = a_signed().case
        say(case, "release", date(2026, 3, 30))
        assert open_tasks().first().due_at == datetime(2026, 3, 29, 23, tzinfo=UTC)


def test_cases_from_before_reviews_were_planned_get_theirs(a_case, a_signed, share, people):
    from importlib import import_module

    from django.apps import apps

    plan_reviews = import_module("cases.migrations.0022_risk_events").plan_reviews
    own, shared, unshared = a_signed(yes=range(1, 15), final="high"), a_case(given_name="Ottilie"), a_case(given_name="Perdita")
    share(shared, "harbour_idva")
    a_signed(shared, persona="idva")
    grant = share(unshared, "harbour_idva")
    a_signed(unshared, persona="idva")
    grant.ends_at = timezone.now() - timedelta(minutes=1)
    grant.save()
    a_case(given_name="Quenby")
    Task.objects.filter(kind="reassess").delete()
    plan_reviews(apps, None)
    plan_reviews(apps, None)
    planned = {task.case_id: task for task in open_tasks()}
    assert {pk: task.agency.slug for pk, task in planned.items()} == {
        own.case_id: "northvale_housing", shared.pk: "harbour_idva", unshared.pk: "northvale_housing",
    }
    assert planned[own.case_id].due_at == own.signed_at + timedelta(weeks=4)
