"""Requests under the disclosure scheme and MAPPA markers on a case: who may, what is kept, the 28 days, what stays with one agency."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from audit.models import Event
from cases.actions import schemes as actions
from cases.models import Case, Clock, DvdsRequest, DvdsStep, Marker

TOLD = {"told": "The victim/survivor", "safe_way": "At the library, alone", "confidentiality_signed": True}


@pytest.fixture
def case(a_case):
    return a_case()


@pytest.fixture
def request_on(people):
    def recorded(case, persona="housing_officer", **facts):
        given = {
            "route": "victim", "at_risk": case.parties.get(role="victim").pk, "subject": case.parties.get(role="perpetrator").pk, "asked_at": timezone.now(),
        }
        return actions.add_request(people.actor(persona), case, **given | facts)

    return recorded


@pytest.fixture
def step(people):
    def recorded(one, code, persona="housing_officer", **facts):
        return actions.record_step(
            people.actor(persona), one.case, request_id=one.pk, step=code, **{"happened_at": timezone.now(), "audience": "partners", **facts}
        )

    return recorded


def moment(name, at):
    local = timezone.localtime(at)
    return {f"{name}_day": local.day, f"{name}_month": local.month, f"{name}_year": local.year, f"{name}_time": f"{local:%H:%M}"}


def send(client, case, name, *ids, **facts):
    case.refresh_from_db()
    return client.post(reverse(name, args=[case.reference, *ids]), {"once": str(uuid4()), "revision": case.revision} | facts)


def text_of(client, case, name, *ids):
    response = client.get(reverse(name, args=[case.reference, *ids]))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", ["dvds", "dvds_add", "dvds_step", "marker_set"])
def test_the_pages_are_closed_from_outside_and_below_partner_level(client_for, case, share, request_on, name):
    one = request_on(case)
    share(case, "lantern_outreach", "summary")
    share(case, "harbour_idva", "partner")
    ids = {"dvds_add": [], "marker_set": [case.parties.get(role="perpetrator").pk]}.get(name, [one.pk])
    url = reverse(name, args=[case.reference, *ids])
    for persona in ("outsider", "superuser", "commissioner", "auditor", "health_visitor"):
        assert client_for(persona).get(url).status_code == 404, persona
    assert client_for("outreach_worker").get(url).status_code == 403
    assert client_for("idva").get(url).status_code == 200
    assert "Clare" not in text_of(client_for("outreach_worker"), case, "case")


def test_the_actions_refuse_whoever_may_not(people, case, share, request_on, step, a_case):
    one, party = request_on(case), case.parties.get(role="perpetrator")
    share(case, "lantern_outreach", "summary")
    marker = {"party_id": party.pk, "mappa_category": "2", "mappa_level": "1", "is_iom": None, "review_on": None, "source": "Police"}
    for persona, problem in (("outsider", Http404), ("outreach_worker", PermissionDenied)):
        for call in (lambda who: request_on(case, who), lambda who: step(one, "checks", who), lambda who: actions.set_marker(people.actor(who), case, **marker)):
            with pytest.raises(problem):
                call(persona)
    other = a_case()
    with pytest.raises(Http404):
        actions.record_step(people.actor("housing_officer"), other, request_id=one.pk, step="checks", happened_at=timezone.now(), audience="partners")
    with pytest.raises(Http404):
        actions.set_marker(people.actor("housing_officer"), other, **marker)
    with pytest.raises(Http404):
        request_on(case, subject=other.parties.get(role="perpetrator").pk)
    assert DvdsRequest.objects.count() == 1 and not DvdsStep.objects.exists() and not Marker.objects.exists()


def test_other_cases_requests_and_victims_are_not_there(client_for, case, a_case, request_on):
    client, one = client_for("housing_officer"), request_on(a_case())
    for name in ("dvds", "dvds_step"):
        assert client.get(reverse(name, args=[case.reference, one.pk])).status_code == 404
    assert client.get(reverse("marker_set", args=[case.reference, case.parties.get(role="victim").pk])).status_code == 404


def test_a_closed_case_refuses(people, case, request_on, step):
    one = request_on(case)
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer, closing_reason="needs_met")
    for call in (lambda: request_on(case), lambda: step(one, "checks")):
        with pytest.raises(Refused, match="closed"):
            call()


def test_a_request_from_the_first_word_to_the_disclosure(client_for, case):
    client = client_for("housing_officer")
    response = send(
        client, case, "dvds_add", route="third_party", applicant="her mother", at_risk=case.parties.get(role="victim").pk,
        subject=case.parties.get(role="perpetrator").pk, **moment("asked_at", timezone.now() - timedelta(days=20)),
    )
    assert response.status_code == 302, response.content.decode()
    one = DvdsRequest.objects.get()
    clock = Clock.objects.get(about=f"dvds:{one.pk}")
    assert (clock.due_at - clock.started_at).days == 28 and clock.basis.startswith("28 days from")
    page = text_of(client, case, "case")
    assert "8 of 28 days left" in page and "Finish the request under Clare" in page and "Record the next step under Clare" in page
    now = moment("happened_at", timezone.now() - timedelta(minutes=2))
    assert send(client, case, "dvds_step", one.pk, step="checks", audience="agency", text="CANARY-CHECKS", **now).status_code == 302
    wanting = send(client, case, "dvds_step", one.pk, step="decision", audience="agency", text="kept-as-typed", **now)
    assert wanting.status_code == 422 and "Select what the forum decided." in wanting.content.decode() and "kept-as-typed" in wanting.content.decode()
    assert send(client, case, "dvds_step", one.pk, step="decision", decision="partial", audience="agency", text="", **now).status_code == 302
    last = {"told": "The victim/survivor", "safe_way": "At the library, alone", "confidentiality_signed": "yes", "text": "CANARY-DISCLOSED"}
    assert send(client, case, "dvds_step", one.pk, step="told", audience="agency", **now, **last).status_code == 302
    clock.refresh_from_db()
    assert clock.outcome == "met" and clock.breached_at is None
    page = text_of(client, case, "dvds", one.pk)
    assert "Took 20 of 28 days" in page and "CANARY-DISCLOSED" in page and "her mother" in page and "At the library, alone" in page
    assert "Record the next step" not in page and "Clare’s Law (DVDS)</a>" not in text_of(client, case, "case")
    assert not any("CANARY" in str(event.after) for event in Event.objects.all())


def test_what_one_agency_keeps_to_itself_no_other_reads(client_for, case, share, request_on, step):
    share(case, "harbour_idva", "partner")
    one = request_on(case)
    step(one, "checks", audience="agency", text="CANARY-CHECKS")
    step(one, "decision", decision="disclose", audience="partners", text="Shared words")
    step(one, "told", audience="agency", text="CANARY-DISCLOSED", **TOLD)
    idva = client_for("idva")
    page = text_of(idva, case, "dvds", one.pk)
    assert "CANARY" not in page and "library" not in page and "keeps this to itself" in page and "Shared words" in page
    for name in ("case", "case_chronology", "order_list"):
        assert "CANARY" not in text_of(idva, case, name)


def test_past_28_days_the_page_says_so_with_no_worker(client_for, case, request_on):
    request_on(case)
    with time_machine.travel(timezone.now() + timedelta(days=30), tick=True):
        assert "2 days over the 28 days" in text_of(client_for("housing_officer"), case, "case")


def test_a_withdrawn_request_needs_no_more(case, request_on, step):
    one = request_on(case)
    with pytest.raises(Refused, match="Say why"):
        step(one, "withdrawn")
    step(one, "withdrawn", text="She does not want to know")
    assert Clock.objects.get(about=f"dvds:{one.pk}").outcome == "not_needed"
    with pytest.raises(Refused, match="recorded this step already"):
        step(one, "checks")


@pytest.mark.parametrize(
    ("facts", "words"),
    [({"route": ""}, "Who asked, or what raised it?"), ({"route": "third_party"}, "Enter what they are to the person at risk"), ({"asked_at_year": "2999"}, "There is a problem")],
)
def test_what_is_wrong_is_said(client_for, case, facts, words):
    given = {"route": "victim", "at_risk": case.parties.get(role="victim").pk, "subject": case.parties.get(role="perpetrator").pk, **moment("asked_at", timezone.now())}
    response = send(client_for("housing_officer"), case, "dvds_add", **given | facts)
    assert response.status_code == 422 and words in response.content.decode() and not DvdsRequest.objects.exists()


# --- MAPPA and IOM


def test_a_marker_is_kept_with_those_before_it(client_for, case, people):
    client, party = client_for("housing_officer"), case.parties.get(role="perpetrator")
    review = timezone.localdate() + timedelta(days=30)
    facts = {
        "mappa_category": "2", "mappa_level": "", "is_iom": "yes", "source": "Probation, case manager", "review_on_day": review.day, "review_on_month": review.month,
        "review_on_year": review.year,
    }
    wanting = send(client, case, "marker_set", party.pk, **facts)
    assert wanting.status_code == 422 and "Select the level" in wanting.content.decode()
    assert send(client, case, "marker_set", party.pk, **facts | {"mappa_level": "2"}).status_code == 302
    page = text_of(client, case, "case")
    assert "Rufus Blackwater: MAPPA category 2, level 2; IOM. Review" in page and "Review overdue" not in page
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=True):
        assert "Review overdue" in text_of(client_for("housing_officer"), case, "case")
    none = {"mappa_category": "none", "mappa_level": "", "is_iom": "no", "source": "Probation", "review_on_day": "", "review_on_month": "", "review_on_year": ""}
    assert send(client, case, "marker_set", party.pk, **none).status_code == 302
    assert "MAPPA category 2, level 2; IOM" not in text_of(client, case, "case") and Marker.objects.count() == 2
    assert Event.objects.filter(verb="marker.set", outcome="done").count() == 2


def test_the_number_of_queries_does_not_grow(client_for, a_case, request_on, step, people):
    client = client_for("housing_officer")

    def cost(case, name, *ids):
        text_of(client, case, name, *ids)
        with CaptureQueriesContext(connection) as spent:
            text_of(client, case, name, *ids)
        return len(spent)

    small, large = a_case(), a_case()
    one, two = request_on(small), request_on(large)
    for code, facts in (("checks", {}), ("meeting", {}), ("decision", {"decision": "not"}), ("told", TOLD)):
        step(two, code, **facts)
    for _ in range(3):
        request_on(large)
        actions.set_marker(
            people.actor("housing_officer"), large, party_id=large.parties.get(role="perpetrator").pk, mappa_category="3", mappa_level="1", is_iom=True, review_on=None,
            source="Police",
        )
    assert cost(small, "case") == cost(large, "case") <= 25
    assert cost(small, "order_list") == cost(large, "order_list")
    assert cost(small, "dvds", one.pk) == cost(large, "dvds", two.pk)
