"""A homeless application on a case: who reads it, what a decision starts and ends, the plan and its paper, what is never on it."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdfium2 import PdfDocument

from agencies.gate import Refused
from audit.models import Event
from cases.models import Address, Clock
from referrals.homeless import actions
from referrals.homeless.models import HousingDecision, HousingStep
from referrals.pathways import reading as pathways
from referrals.pathways import rules as steps

LONG = "Long enough to be understood by anybody."
PLACED = {"areas_checked": True, "is_safe": True, "is_suitable": True, "is_affordable": True}
URLS = [
    ("housing", ()), ("housing_decide", ("eligible",)), ("housing_review", ()), ("housing_step", ()), ("housing_agree", ()), ("housing_copy", ()), ("housing_copy_file", ()),
    ("housing_step_end", (1,)), ("housing_end_duty", (1,)),
]


@pytest.fixture
def case(a_case):
    return a_case(pathway="homeless", clock=None)


@pytest.fixture
def officer(people):
    return people.actor("housing_officer")


def decide(actor, case, topic, answer, **facts):
    case.refresh_from_db()
    return actions.decide(actor, case, topic=topic, answer=answer, **facts)


def found_homeless(actor, case):
    decide(actor, case, "eligible", "yes")
    decide(actor, case, "homeless", "homeless")
    decide(actor, case, "priority", "abuse")


def duty(case):
    return {clock.kind: clock for clock in Clock.objects.filter(case=case, kind__in=("prevention", "relief"))}


@pytest.mark.parametrize("persona", ["outsider", "superuser", "commissioner", "auditor", "administrator", "marac_coordinator", "idva", "call_handler"])
@pytest.mark.parametrize(("name", "more"), URLS, ids=[name for name, _ in URLS])
def test_without_a_grant_there_is_nothing(persona, name, more, case, client_for):
    assert client_for(persona).get(reverse(name, args=[case.reference, *more])).status_code == 404
    assert client_for(persona).post(reverse(name, args=[case.reference, *more])).status_code in (404, 405)
    assert not HousingDecision.objects.exists()


def test_a_partner_reads_the_answer_and_not_why_and_changes_nothing(case, officer, share, people, client_for):
    decide(officer, case, "eligible", "no", why="Her visa says so, as she told us in tears.")
    share(case, "harbour_idva", worker="idva")
    shown = client_for("idva").get(reverse("housing", args=[case.reference])).content.decode()
    assert "Not eligible" in shown and "in tears" not in shown and "Decide again" not in shown
    with pytest.raises(PermissionDenied):
        decide(people.actor("idva"), case, "eligible", "yes")
    assert "in tears" in client_for("housing_officer").get(reverse("housing", args=[case.reference])).content.decode()
    assert "tears" not in str(list(Event.objects.filter(verb="housing.decide").values()))


@pytest.mark.parametrize("level", ["summary", "meeting"])
def test_who_holds_less_reads_nothing(level, case, share, client_for):
    share(case, "harbour_idva", level)
    assert client_for("idva").get(reverse("housing", args=[case.reference])).status_code == 403


def test_a_duty_begins_with_what_was_decided_and_ends_by_law_after_56_days(case, officer):
    found_homeless(officer, case)
    clock = duty(case)["relief"]
    assert clock.due_at.date() - clock.started_at.date() == timedelta(days=56) and "s189B" in clock.basis
    with pytest.raises(Refused, match="not over"):
        actions.end_duty(officer, case, clock_id=clock.pk, ending="days")
    with pytest.raises(Refused, match="relief duty still runs"):
        decide(officer, case, "main", "owed", given_how="handed", given_at=timezone.now())
    with time_machine.travel(clock.due_at + timedelta(days=1), tick=False):
        actions.end_duty(officer, case, clock_id=clock.pk, ending="days")
        clock.refresh_from_db()
        assert clock.stopped_at == clock.due_at and not clock.is_breached(timezone.now())
        decide(officer, case, "main", "owed", given_how="handed", given_at=timezone.now())
        actions.ask_review(officer, case, asked_on=timezone.localdate())
    assert Clock.objects.get(case=case, kind="housing_review").is_running


def test_prevention_turns_into_relief_and_deciding_again_starts_nothing_twice(case, officer):
    decide(officer, case, "eligible", "yes")
    decide(officer, case, "homeless", "threatened")
    decide(officer, case, "homeless", "homeless")
    decide(officer, case, "homeless", "homeless")
    found = duty(case)
    assert not found["prevention"].is_running and found["prevention"].outcome_reason == "Became homeless" and found["relief"].is_running
    assert Clock.objects.filter(case=case, kind="relief").count() == 1
    decide(officer, case, "eligible", "no", why=LONG)
    assert not duty(case)["relief"].is_running


def test_the_steps_of_the_pathway_complete_themselves(case, officer):
    def state(step):
        return pathways.of_case(officer, case).standing(step)

    assert state("A4").state == steps.DUE
    found_homeless(officer, case)
    assert state("A4").state == state("A5").state == steps.DONE
    assert state("A6").missing == ("Find somewhere to stay",) and state("A10").state == steps.DUE and state("A10").due_at == duty(case)["relief"].due_at
    decide(officer, case, "interim", "none")
    assert state("A6").state != steps.DONE
    decide(officer, case, "interim", "placed", **PLACED)
    assert state("A6").state == steps.DONE
    actions.end_duty(officer, case, clock_id=duty(case)["relief"].pk, ending="secured")
    assert state("A10").state == steps.DONE


def test_the_plan_is_agreed_with_steps_of_both_sides_and_its_paper_says_nothing_else(case, officer, client_for):
    with pytest.raises(Refused, match="at least one step"):
        actions.agree_plan(officer, case, is_agreed=True)
    actions.add_step(officer, case, side="council", words="Look at two flats by Friday", by_on=timezone.localdate())
    dropped = actions.add_step(officer, case, side="council", words="Ask the old landlord")
    actions.add_step(officer, case, side="applicant", words="Bring the birth certificates")
    actions.end_step(officer, case, step_id=dropped.pk, ending="dropped")
    with pytest.raises(Refused, match="already"):
        actions.end_step(officer, case, step_id=dropped.pk, ending="done")
    actions.agree_plan(officer, case, is_agreed=True)
    client = client_for("housing_officer")
    offered = client.get(reverse("housing_copy", args=[case.reference])).content.decode()
    assert "Telephone call" in offered and "2 steps" in offered and "07700" not in offered
    response = client.get(reverse("housing_copy_file", args=[case.reference]))
    words = "".join(page.get_textpage().get_text_bounded() for page in PdfDocument(BytesIO(response.content)))
    assert "Look at two flats" in words and "Bring the birth certificates" in words and "What you do" in words
    for never in ("Ask the old landlord", case.reference, "Marigold", "Northvale", "Waymark", "Housing", "abuse"):
        assert never not in words
    assert response["Cache-Control"] == "no-store" and "notes-" in response["Content-Disposition"]
    assert Event.objects.filter(verb="case.read", case_reference=case.reference, subject__contains="housing:file").exists()


def test_a_step_does_not_name_a_protected_place(case, officer):
    Address.objects.create(
        case=case, party=case.parties.get(role="victim"), lines="17 Nightjar Close", postcode="ZZ99 3VZ", visibility="confidential", from_at=timezone.now()
    )
    with pytest.raises(Refused, match="protected place"):
        actions.add_step(officer, case, side="council", words="Move her things to 17 Nightjar Close")
    assert not HousingStep.objects.exists()


@pytest.mark.parametrize(
    ("name", "more", "sent", "said"),
    [
        ("housing_decide", ("eligible",), {}, "Choose an answer"),
        ("housing_decide", ("eligible",), {"answer": "no"}, "Say why"),
        ("housing_decide", ("interim",), {"answer": "placed", "is_safe": "yes"}, "areas that are unsafe"),
        ("housing_decide", ("main",), {"answer": "owed"}, "Say how they got the letter safely"),
        ("housing_decide", ("connection",), {"answer": "referred"}, "Decide first on: homelessness"),
        ("housing_step", (), {}, "Choose whose step it is"),
        ("housing_agree", (), {"is_agreed": "yes"}, "at least one step of ours"),
        ("housing_review", (), {"asked_on_day": "1", "asked_on_month": "1", "asked_on_year": "2026"}, "no decision on the main duty"),
    ],
)
def test_bad_input_is_said_in_plain_words_and_nothing_is_lost(name, more, sent, said, case, client_for):
    sent = sent | {"why": "<b>Kept words</b>", "revision": case.revision}
    response = client_for("housing_officer").post(reverse(name, args=[case.reference, *more]), sent)
    shown = response.content.decode()
    assert response.status_code == 422 and said in shown and "<b>Kept" not in shown
    assert not HousingDecision.objects.exists()


def test_a_topic_and_a_step_that_are_not_there(case, client_for):
    client = client_for("housing_officer")
    for name, more in (("housing_decide", ("colour",)), ("housing_step_end", (999_999,)), ("housing_end_duty", (999_999,)), ("housing_copy_file", ())):
        assert client.get(reverse(name, args=[case.reference, *more])).status_code == 404


def test_the_case_does_not_close_while_a_duty_runs_and_a_closed_case_takes_nothing(case, officer, people):
    from cases.actions.closing import close_case
    from tests.cases.ends import ENDED

    found_homeless(officer, case)
    with pytest.raises(Refused):
        close_case(people.actor("housing_manager"), case, closing_reason="needs_met", summary="Safe.", audience="partners", **ENDED)
    case.refresh_from_db()
    case.status, case.closed_at, case.closed_by, case.closing_reason = "closed", timezone.now(), people.housing_officer, "needs_met"
    case.save()
    with pytest.raises(Refused):
        decide(officer, case, "eligible", "yes")


def test_the_page_costs_the_same_however_long_the_plan_is(case, officer, client_for):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("housing", args=[case.reference])).status_code == 200
        return len(asked)

    client = client_for("housing_officer")
    actions.add_step(officer, case, side="council", words="One")
    cost()
    few = cost()
    for number in range(6):
        actions.add_step(officer, case, side="applicant", words=f"Step {number}")
    found_homeless(officer, case)
    assert cost() <= few + 1  # the people who decided are read with the decisions, however many there are
