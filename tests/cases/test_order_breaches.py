"""The breach log of an order: who reads what, what it raises, and that assessing the risk settles it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from audit.models import Event
from cases.actions import orders as actions
from cases.actions.order_breaches import log_breach
from cases.models import Case, Entry, OrderBreach, Task

FACTS = {"what": "He waited outside the school. CANARY-BREACH", "audience": "partners", "is_reported": True, "done_about_it": "Rang the police", "police_reference": "26-1234"}


@pytest.fixture
def case(a_case):
    return a_case()


@pytest.fixture
def order(case, people):
    return actions.add_order(
        people.actor("housing_officer"), case, kind="non_molestation", state="made", respondent=case.parties.get(role="perpetrator").pk,
        protected=[case.parties.get(role="victim").pk], starts_on=timezone.localdate() - timedelta(days=5), served_at=timezone.now(),
    )


@pytest.fixture
def log(people, case, order):
    def logged(persona="housing_officer", **facts):
        return log_breach(people.actor(persona), case, order_id=order.pk, **{"happened_at": timezone.now(), **FACTS, **facts})

    return logged


def send(client, case, order, **facts):
    local = timezone.localtime(timezone.now() - timedelta(minutes=2))
    when = {"happened_at_day": local.day, "happened_at_month": local.month, "happened_at_year": local.year, "happened_at_time": f"{local:%H:%M}"}
    given = {"what": FACTS["what"], "audience": "partners", "is_reported": "no", "done_about_it": "Talked it over", "police_reference": ""}
    return client.post(reverse("order_breach", args=[case.reference, order.pk]), {"once": str(uuid4()), **when, **given, **facts})


def test_it_is_closed_from_outside_and_below_partner_level(client_for, people, case, order, share, log):
    share(case, "lantern_outreach", "summary")
    url = reverse("order_breach", args=[case.reference, order.pk])
    for persona in ("outsider", "superuser", "commissioner", "auditor", "idva"):
        assert client_for(persona).get(url).status_code == 404, persona
    assert client_for("outreach_worker").get(url).status_code == 403
    for persona, problem in (("outsider", Http404), ("outreach_worker", PermissionDenied)):
        with pytest.raises(problem):
            log(persona)
    with pytest.raises(Http404):
        log_breach(people.actor("housing_officer"), case, order_id=order.pk + 999, happened_at=timezone.now(), **FACTS)
    assert not OrderBreach.objects.exists()


def test_a_breach_is_logged_shown_and_told_without_narrative_in_the_log(client_for, case, order):
    client = client_for("housing_officer")
    response = send(client, case, order, is_reported="yes", police_reference="26-1234")
    assert response.status_code == 302, response.content.decode()
    page = client.get(reverse("order", args=[case.reference, order.pk])).content.decode()
    assert "CANARY-BREACH" in page and "incident 26-1234" in page and "Breached 1 time" in page
    assert "Breached 1 time" in client.get(reverse("case", args=[case.reference])).content.decode()
    event = Event.objects.get(verb="order.breach")
    assert "CANARY" not in str(event.after) and "26-1234" not in str(event.after)
    assert Entry.objects.get(case=case, title__startswith="Breach:").text.startswith("He waited")


def test_an_agencys_own_breach_is_invisible_to_every_other(client_for, case, order, log, share):
    share(case, "harbour_idva", "partner")
    log(audience="agency")
    idva = client_for("idva")
    for name, ids in (("order", [order.pk]), ("case", []), ("order_list", []), ("case_chronology", [])):
        text = idva.get(reverse(name, args=[case.reference, *ids])).content.decode()
        assert "CANARY-BREACH" not in text and "Breached" not in text and "Breach:" not in text, name
    assert not Task.objects.exclude(agency=case.lead_agency).exists()
    assert "CANARY-BREACH" in client_for("other_housing_officer").get(reverse("order", args=[case.reference, order.pk])).content.decode()


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"what": ""}, "What happened?"), ({"is_reported": ""}, "Was it reported to the police?"), ({"done_about_it": ""}, "What has been done about it?"),
        ({"audience": ""}, "Who may read this?"), ({"happened_at_year": "2020"}, "was not yet in force on this day"), ({"happened_at_time": "late"}, "There is a problem"),
        ({"police_reference": "9" * 61, "is_reported": "yes"}, "60 characters or fewer"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(client_for, case, order, facts, words):
    response = send(client_for("housing_officer"), case, order, **{"done_about_it": "kept-as-typed", **facts})
    text = response.content.decode()
    assert response.status_code == 422 and words in text and ("kept-as-typed" in text or "done_about_it" in facts) and not OrderBreach.objects.exists()


def test_a_number_of_a_report_that_was_not_made_is_not_kept(client_for, case, order):
    assert send(client_for("housing_officer"), case, order, is_reported="no", police_reference="typed before").status_code == 302
    assert OrderBreach.objects.get().police_reference == ""


def test_what_happened_before_the_end_may_be_logged_after_it_and_nothing_later(people, case, order, log):
    actions.end_order(people.actor("housing_officer"), case, order_id=order.pk, ended_on=timezone.localdate() - timedelta(days=1), because="discharged", note="x")
    with pytest.raises(Refused, match="no longer in force"):
        log()
    assert log(happened_at=timezone.now() - timedelta(days=2))


def test_a_closed_case_refuses(people, case, log):
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer, closing_reason="needs_met")
    with pytest.raises(Refused, match="closed"):
        log()


# --- the risk is to be assessed again


def test_who_may_assess_has_it_to_do_within_a_day(case, log, share, people):
    share(case, "harbour_idva", "partner")
    log("idva")
    task = Task.objects.get(kind="reassess")
    assert (task.agency.slug, task.owner, task.due_at - task.raised_at) == ("harbour_idva", people.idva, timedelta(hours=24))
    log("idva")
    assert Task.objects.filter(kind="reassess").count() == 1


def test_who_may_not_assess_leaves_it_to_the_lead_agency(case, log, share, people):
    share(case, "vale_probation", "partner")
    log("marac_representative")
    task = Task.objects.get(kind="reassess")
    assert task.agency == case.lead_agency and task.owner is None


def test_a_signed_assessment_settles_it_for_everybody(case, log, share, people):
    from cases.actions.assessment import save_answers, sign_assessment, start_assessment
    from cases.dash import latest
    from cases.dash.reading import Given, mark_of

    share(case, "harbour_idva", "partner")
    log("idva")
    log("housing_officer")
    assert Task.objects.filter(kind="reassess", done_at=None).count() == 2
    actor = people.actor("idva")
    draft = start_assessment(actor, case, with_victim=True)
    given = {item: Given("no") for item in latest().items}
    draft = save_answers(actor, case, assessment_id=draft.pk, given=given, opened_with=mark_of(draft.answers.all()))
    sign_assessment(actor, case, assessment_id=draft.pk, assessment_revision=draft.revision, final_level="standard", level_basis="score", rationale="")
    # What is left is the next time that it is due anyway.
    assert [task.origin for task in Task.objects.filter(kind="reassess", done_at=None)] == [f"review:{draft.pk}"]
