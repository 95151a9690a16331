"""Asking a trained colleague for a DASH: who may be asked, by when, what they are told, and that signing one answers it."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from agencies.gate import Refused
from agencies.models import Policy
from audit.models import Event
from cases.actions.ask_to_assess import ask_to_assess, assessors_for
from cases.actions.sharing import allocate, bar, end_share
from cases.models import Exclusion, Notification, Task
from tests.cases.ends import close

pytestmark = pytest.mark.django_db
THURSDAY = datetime(2026, 4, 2, 15, 0, tzinfo=UTC)  # before Easter


def url(case):
    return reverse("assessment_ask", args=[case.reference])


def ask(people, case, colleague="specialist_da_officer", persona="housing_officer", **facts):
    return ask_to_assess(people.actor(persona), case, colleague=getattr(people, colleague).pk, **facts)


def offered(client, case):
    return client.get(reverse("case", args=[case.reference])).content.decode().count("Ask a colleague to assess the risk")


def test_an_officer_asks_and_is_not_told_to_ask_again(a_case, people, client_for):
    case, client = a_case(), client_for("housing_officer")
    assert offered(client, case) == 1
    page = client.get(url(case)).content.decode()
    assert "Ingrid Vasquez-Lunn" in page and "Piers Adeyemi-Holt" not in page
    answer = client.post(url(case), {"once": str(uuid4()), "colleague": people.specialist_da_officer.pk, "why": "Meets us on Thursdays only."})
    assert answer.status_code == 302
    task = Task.objects.get(kind="assessment.asked")
    assert (task.owner, task.agency, task.why) == (people.specialist_da_officer, case.lead_agency, "Meets us on Thursdays only.")
    assert Notification.objects.get(kind="assessment.asked").user == people.specialist_da_officer
    assert offered(client, case) == 0
    notices = client_for("specialist_da_officer").get(reverse("notices")).content.decode()
    assert "You were asked to complete a DASH" in notices
    told = reverse("notice", args=[Notification.objects.get(kind="assessment.asked").pk])
    assert told in notices and client_for("specialist_da_officer").get(told)["Location"] == reverse("assessment_start", args=[case.reference])
    assert "Thursdays" not in str(Event.objects.filter(verb="assessment.ask").values())


def test_five_working_days_leave_out_easter_and_an_agency_may_agree_fewer(a_case, people):
    with time_machine.travel(THURSDAY, tick=False):
        # Good Friday and Easter Monday fall between: 7, 8, 9, 10 and 13 April are the five.
        assert ask(people, a_case()).due_at == datetime(2026, 4, 13, 15, 0, tzinfo=UTC)
        Policy.objects.create(
            agency=people.agency("northvale_housing"), key="dash.asked_within", value="24h", effective_from=THURSDAY, set_at=THURSDAY, set_by=people.agency_lead, reason="r"
        )
        assert ask(people, a_case()).due_at == datetime(2026, 4, 3, 15, 0, tzinfo=UTC)


def test_signing_answers_it(a_case, people, start, answer, sign):
    case = a_case()
    task = ask(people, case)
    draft = start(case)
    answer(draft, yes=[1])
    sign(draft)
    task.refresh_from_db()
    assert task.done_at and task.done_by == people.specialist_da_officer


def test_another_agencys_dash_leaves_it_open(a_case, people, share, start, answer, sign):
    case = a_case()
    share(case, "harbour_idva")
    task = ask(people, case)
    draft = start(case, persona="idva")
    answer(draft, yes=[1], persona="idva")
    sign(draft, persona="idva")
    task.refresh_from_db()
    assert task.done_at is None


def test_asked_twice_is_refused_and_the_draft_of_a_colleague_needs_no_asking(a_case, people, start, client_for):
    case = a_case()
    ask(people, case)
    with pytest.raises(Refused, match="asked already"):
        ask(people, case)
    begun = a_case()
    start(begun)
    assert offered(client_for("housing_officer"), begun) == 0


@pytest.mark.parametrize("colleague", ["other_housing_officer", "idva", "administrator", "outsider"])
def test_only_a_trained_colleague_of_ones_own_agency(a_case, people, colleague):
    with pytest.raises(Refused, match="cannot assess"):
        ask(people, a_case(), colleague)


def test_nobody_who_is_barred_is_offered_or_taken(a_case, people):
    case = a_case()
    Exclusion.objects.create(case=case, user=people.specialist_da_officer, reason="r", made_at=case.opened_at, made_by=people.housing_manager)
    assert people.specialist_da_officer not in assessors_for(case, case.lead_agency_id)
    with pytest.raises(Refused, match="cannot assess"):
        ask(people, case)


@pytest.mark.parametrize("given", [{}, {"colleague": ""}, {"colleague": "999999"}, {"colleague": "x"}])
def test_a_wrong_choice_is_told_beside_the_question_and_keeps_what_was_typed(a_case, client_for, given):
    case = a_case()
    answer = client_for("housing_officer").post(url(case), {"once": str(uuid4()), "why": "Only at school times"} | given)
    assert answer.status_code == 422 and "Only at school times" in answer.content.decode()
    assert not Task.objects.exists()


def test_where_nobody_may_assess_the_page_says_what_to_do_instead(a_case, client_for):
    case = a_case(persona="outsider")
    page = client_for("outsider").get(url(case)).content.decode()
    assert "Nobody at your agency may assess the risk" in page and reverse("share_give", args=[case.reference]) in page


def test_a_closed_case_is_not_asked_about(a_case, people):
    case = a_case(clock=None)
    close(people, case, persona="housing_manager")
    with pytest.raises(Refused, match="closed"):
        ask(people, case)


@pytest.mark.parametrize("persona", ["outsider", "idva", "superuser", "commissioner", "administrator"])
def test_who_may_not(a_case, people, client_for, persona):
    case = a_case()
    client = client_for(persona)
    assert client.get(url(case)).status_code == 404
    assert client.post(url(case), {"once": str(uuid4()), "colleague": people.specialist_da_officer.pk}).status_code == 404
    assert not Task.objects.exists()


def test_a_summary_is_not_enough(a_case, share, client_for):
    case = a_case()
    share(case, "harbour_idva", "summary")
    assert client_for("idva").get(url(case)).status_code == 403


def test_what_a_colleague_was_told_ends_with_the_sharing_and_reaches_nobody_else(a_case, people, share, client_for):
    case = a_case()
    grant = share(case, "harbour_idva")
    ask(people, case, colleague="other_idva", persona="idva", why="CANARY her new place")
    end_share(people.actor("housing_officer"), case, grant=grant.pk, reason="No longer needed")
    assert Task.objects.get(kind="assessment.asked").done_at
    page = client_for("housing_officer").get(reverse("case", args=[case.reference])).content.decode()
    assert "CANARY" not in page and "Ask a colleague to assess the risk" in page


def test_where_whoever_was_asked_is_barred_somebody_else_can_be_asked(a_case, people, client_for):
    case = a_case()
    first = ask(people, case)
    bar(people.actor("agency_lead"), case, user=people.specialist_da_officer, reason="Related to the alleged perpetrator", understood=True)
    assert offered(client_for("housing_officer"), case) == 1
    second = ask(people, case, colleague="housing_manager")
    first.refresh_from_db()
    assert first.done_at and second.owner == people.housing_manager


def test_allocating_the_case_leaves_it_with_whoever_was_asked(a_case, people):
    case = a_case(persona="specialist_da_officer")
    task = ask(people, case, persona="specialist_da_officer")
    allocate(people.actor("housing_manager"), case, worker=people.housing_officer, was=people.specialist_da_officer.pk)
    task.refresh_from_db()
    assert task.owner == people.specialist_da_officer
