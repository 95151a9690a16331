"""How a case ended: who may read it, what is refused beside which question, what is kept and for whom, that it was opened again; and who was here before."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from agencies.models import Policy
from audit.models import Event
from cases.actions.assessment import decide_downgrade, save_answers, sign_assessment, start_assessment
from cases.actions.closing import exit_dash, reopen_case
from cases.actions.people import change_person
from cases.dash import latest
from cases.dash.reading import Given, mark_of
from cases.models import Case, Closing, EarlierCase, Exclusion, SafeContact
from tests.cases.ends import HOUR, TYPED, close, send

DAY = timedelta(days=1)
CANARY = "canary-summary"


def signed(people, case, *, yes, level, persona="specialist_da_officer", basis="score", rationale=""):
    actor = people.actor(persona)
    draft = start_assessment(actor, case, with_victim=True)
    given = {item: Given("yes" if item <= yes else "no") for item in latest().items}
    draft = save_answers(actor, case, assessment_id=draft.pk, given=given, opened_with=mark_of(draft.answers.all()))
    return sign_assessment(
        actor, case, assessment_id=draft.pk, assessment_revision=draft.revision, final_level=level, level_basis=basis, rationale=rationale
    )


def settle(case, people):
    """What a signature raised is done, so that the case can close."""
    case.tasks.update(done_at=timezone.now(), done_by=people.housing_officer)


@pytest.fixture
def case(a_case):
    return a_case(clock=None, with_child=False)


@pytest.fixture
def officer(client_for):
    return client_for("housing_officer")


# --- from the outside


def test_how_it_ended_is_for_who_may_read_the_case(people, case, share, client_for):
    share(case, "lantern_outreach", "summary")
    share(case, "harbour_idva", "partner")
    closing = close(people, case, summary=CANARY, audience="agency", onward=["other"], onward_note="canary-note")
    url = reverse("closing", args=[case.reference, closing.pk])
    for persona in ("outsider", "superuser", "commissioner", "auditor", "refuge_worker"):
        assert client_for(persona).get(url).status_code == 404, persona
    assert client_for("outreach_worker").get(url).status_code == 403
    partner = client_for("idva").get(url).content.decode()
    assert "Needs met" in partner and "canary" not in partner and "Written for one agency only." in partner
    own = client_for("other_housing_officer").get(url).content.decode()
    assert CANARY in own and "canary-note" in own and "It has stopped" in own and "<title>How this case ended - Waymark</title>" in own
    Exclusion.objects.create(case=case, user=people.other_housing_officer, reason="r", made_at=timezone.now(), made_by=people.housing_manager)
    assert client_for("other_housing_officer").get(url).status_code == 404


def test_a_closing_is_read_on_its_own_case_only(people, case, a_case, officer):
    closing = close(people, case)
    assert officer.get(reverse("closing", args=[a_case().reference, closing.pk])).status_code == 404


# --- what must be said


def test_each_thing_that_is_missing_is_asked_for_beside_its_question_and_nothing_typed_is_lost(officer, case):
    answer = send(officer, case, "case_close", closing_reason="needs_met", summary=CANARY, audience="partners", housing="stayed")
    page = answer.content.decode()
    assert answer.status_code == 422 and CANARY in page
    for words in ("Say whether it was planned.", "Say what came of safeguarding.", "Assess the risk before closing", "Say whether they may be asked", "“Not known” is one."):
        assert words in page
    assert "Say what came of the help with housing." not in page
    assert Case.objects.get(pk=case.pk).is_open


def test_the_action_refuses_what_the_page_would_have_asked(people, case):
    for field, facts in (("is_planned", {"is_planned": None}), ("abuse", {"outcomes": {}}), ("survey", {"survey": ""}), ("no_exit_dash_reason", {"no_exit_dash_reason": ""})):
        with pytest.raises(Refused) as refusal:
            close(people, case, **facts)
        assert refusal.value.field == field
    assert Event.objects.filter(verb="case.close", outcome="refused").count() == 4


def test_a_duplicate_asks_for_nothing_but_the_summary(officer, case):
    assert send(officer, case, "case_close", closing_reason="duplicate", summary="The same as another", audience="agency").status_code == 302
    assert Closing.objects.get(case=case).outcomes == {}


def test_only_a_way_that_is_safe_may_be_used_to_ask_afterwards(people, case, officer):
    phone = SafeContact.objects.get(case=case)
    page = officer.get(reverse("case_close", args=[case.reference])).content.decode()
    assert "Yes, by a way that is safe" in page and "Telephone call" in page and "07700" not in page
    SafeContact.objects.filter(pk=phone.pk).update(is_safe="no")
    assert "Yes, by a way that is safe" not in officer.get(reverse("case_close", args=[case.reference])).content.decode()
    with pytest.raises(Refused, match="not known to be safe"):
        close(people, case, survey="yes", survey_contact=phone.pk)
    SafeContact.objects.filter(pk=phone.pk).update(is_safe="yes")
    assert send(officer, case, "case_close", closing_reason="needs_met", summary="x", audience="agency", **TYPED | {"survey": "yes"}).status_code == 422
    facts = TYPED | {"survey": "yes", "survey_contact": str(phone.pk)}
    assert send(officer, case, "case_close", closing_reason="needs_met", summary="x", audience="agency", **facts).status_code == 302
    assert Closing.objects.get(case=case).survey_contact == phone


def test_the_dash_at_exit_is_the_latest_if_it_is_recent_and_decided(people, case):
    at, agency = timezone.now(), case.lead_agency_id
    assert exit_dash(case, agency, at) is None
    first = signed(people, case, yes=12, level="medium")
    assert exit_dash(case, agency, at + DAY) == first and exit_dash(case, agency, at + 29 * DAY) is None
    lower = signed(people, case, yes=4, level="standard", rationale="He has moved abroad, and she is sure of it")
    assert lower.awaits_second_person and exit_dash(case, agency, at + DAY) is None
    decide_downgrade(people.actor("housing_manager"), case, assessment_id=lower.pk, decision="approved", reason="He has moved abroad, and she is sure of it")
    case.refresh_from_db()
    settle(case, people)
    closing = close(people, case, no_exit_dash_reason="")
    assert (closing.exit_assessment, closing.level_at_start, closing.level_at_exit, closing.no_exit_dash_reason) == (lower, "medium", "standard", "")


def test_the_page_says_which_dash_it_takes_and_that_the_risk_fell(people, case, officer):
    assert "No DASH was signed lately" in officer.get(reverse("case_close", args=[case.reference])).content.decode()
    signed(people, case, yes=4, level="standard")
    case.refresh_from_db()
    settle(case, people)
    page = officer.get(reverse("case_close", args=[case.reference])).content.decode()
    assert "The DASH at exit: signed on" in page and "Why is there no DASH" not in page
    closing = close(people, case)
    page = officer.get(reverse("closing", args=[case.reference, closing.pk])).content.decode()
    assert "Read the DASH at exit" in page and "Has it fallen?" in page


def test_how_many_days_a_dash_counts_is_a_dated_setting(people, case):
    signed(people, case, yes=4, level="standard")
    now = timezone.now()
    Policy.objects.create(key="closing.exit_dash_days", agency=case.lead_agency, value="1", effective_from=now - DAY, reason="r", set_by=people.agency_lead, set_at=now)
    assert exit_dash(case, case.lead_agency_id, now + 2 * DAY) is None


# --- what is kept


def test_the_log_holds_codes_and_no_words(people, case):
    closing = close(people, case, summary=CANARY, onward=["other"], onward_note=CANARY, no_exit_dash_reason=CANARY)
    event = Event.objects.get(verb="case.close", outcome="done")
    assert event.after == {"closing_reason": "needs_met", "closing": closing.pk, "is_planned": True, "onward": ["other"]}
    assert CANARY not in str(event.__dict__)


def test_nobody_changes_how_it_ended(people, case):
    closing = close(people, case)
    for change in ({"reason": "withdrew"}, {"outcomes": {}}, {"closed_at": timezone.now()}):
        with pytest.raises(DatabaseError, match="not changed"), transaction.atomic():
            Closing.objects.filter(pk=closing.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        closing.delete()


def test_opened_again_it_says_when_and_why_and_the_next_closing_counts_from_there(people, case, officer):
    opened = timezone.now()
    first = close(people, case)
    with time_machine.travel(opened + 30 * DAY, tick=False):
        reopen_case(people.actor("housing_officer"), case, reason=CANARY, audience="agency")
        case.refresh_from_db()
        page = officer.get(reverse("case", args=[case.reference])).content.decode()
        assert "Closed before" in page and reverse("closing", args=[case.reference, first.pk]) in page
    with time_machine.travel(opened + 50 * DAY, tick=False):
        second = close(people, case)
    first.refresh_from_db()
    assert first.reopened_by == people.housing_officer and first.days == 0 and second.days == 20
    page = officer.get(reverse("closing", args=[case.reference, first.pk])).content.decode()
    assert "Opened again on" in page and CANARY in page
    with pytest.raises(DatabaseError, match="not changed"), transaction.atomic():
        Closing.objects.filter(pk=first.pk).update(reopened_at=timezone.now())


def test_a_closed_case_leads_to_how_it_ended_and_one_closed_before_there_were_endings_does_not(people, case, a_case, officer):
    closing = close(people, case)
    assert reverse("closing", args=[case.reference, closing.pk]) in officer.get(reverse("case", args=[case.reference])).content.decode()
    old = a_case(clock=None)
    Case.objects.filter(pk=old.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer, closing_reason="needs_met")
    assert "Read how it ended" not in officer.get(reverse("case", args=[old.reference])).content.decode()
    reopen_case(people.actor("housing_officer"), old, reason="She rang", audience="agency")
    assert not Closing.objects.filter(case=old).exists()


# --- who was here before


@pytest.fixture
def logged(people):
    """Opens a case through a disclosure of the persona, of a victim/survivor of this name."""
    from referrals.actions import log_disclosure

    def opened(persona="housing_officer", **victim):
        received = timezone.now() - HOUR
        answers = {
            "danger": {"danger": "yes"}, "emergency": {"pace": "log_now"}, "received": {"received_at": received.isoformat()},
            "victim": {"given_name": "Marigold", "family_name": "Thistlewood", "date_of_birth": "1994-05-17", "sex": "female"} | victim,
        }
        return log_disclosure(people.actor(persona), answers=answers).case

    return opened


def here_before(client, case):
    return "Here before." in client.get(reverse("case", args=[case.reference])).content.decode()


def test_the_same_person_again_is_said_at_the_top_to_who_may_see_both(people, case, logged, officer, client_for):
    close(people, case)
    again = logged()
    assert EarlierCase.objects.get().earlier == case
    page = officer.get(reverse("case", args=[again.reference])).content.decode()
    assert "Here before." in page and case.reference in page and "Needs met" in page
    Exclusion.objects.create(case=case, user=people.housing_officer, reason="r", made_at=timezone.now(), made_by=people.housing_manager)
    assert not here_before(officer, again) and here_before(client_for("housing_manager"), again)


def test_another_agency_learns_nothing_of_the_earlier_case(people, case, logged, share, client_for):
    close(people, case)
    theirs = logged("idva")
    assert EarlierCase.objects.get(case=theirs).earlier == case
    page = client_for("idva").get(reverse("case", args=[theirs.reference])).content.decode()
    assert "Here before" not in page and case.reference not in page
    share(theirs, "northvale_housing", "summary", persona="idva")
    assert here_before(client_for("housing_officer"), theirs)
    assert case.reference not in str(list(Event.objects.filter(verb="case.link").values()))


def test_what_is_no_repeat(people, case, a_case, logged):
    logged()  # while the first is still open
    assert not EarlierCase.objects.exists()
    close(people, case)
    logged(given_name="Perdita", family_name="Quorn")
    logged(date_of_birth="1960-01-01")
    logged(given_name="", family_name="", date_of_birth="", description="A woman in a blue coat")
    assert not EarlierCase.objects.exists()
    Case.objects.filter(pk=case.pk).update(closed_at=timezone.now() - 367 * DAY)
    logged()
    assert not EarlierCase.objects.exists()
    now = timezone.now()
    Policy.objects.create(key="repeat.victim_months", value="24", effective_from=now - DAY, reason="r", set_by=people.agency_lead, set_at=now)
    logged()
    assert EarlierCase.objects.count() == 1


def test_whoever_is_named_later_is_found_then(people, case, logged, officer):
    close(people, case)
    again = logged(given_name="", family_name="", date_of_birth="", description="A woman in a blue coat")
    facts = {"given_name": "Marigold", "family_name": "Thistlewood", "date_of_birth": case.parties.get(role="victim").person.date_of_birth}
    change_person(people.actor("housing_officer"), again, party_id=again.parties.get(role="victim").pk, **facts)
    assert here_before(officer, again)
    change_person(people.actor("housing_officer"), again, party_id=again.parties.get(role="victim").pk, **facts | {"given_name": "Mari"})
    assert EarlierCase.objects.count() == 1


def test_an_earlier_case_that_is_open_again_says_so(people, case, logged, officer):
    close(people, case)
    again = logged()
    reopen_case(people.actor("housing_officer"), case, reason="She rang", audience="agency")
    assert "and is open again" in officer.get(reverse("case", args=[again.reference])).content.decode()


def test_endings_cost_the_case_page_no_query(people, case, logged, officer):
    def queries(one):
        with CaptureQueriesContext(connection) as captured:
            officer.get(reverse("case", args=[one.reference]))
        return len(captured)

    queries(case)
    before = queries(case)
    close(people, case)
    again = logged()
    reopen_case(people.actor("housing_officer"), case, reason="She rang", audience="agency")
    assert queries(case) == before
    assert here_before(officer, again)


def test_the_same_form_sent_twice_closes_once(officer, case):
    facts = TYPED | {"closing_reason": "needs_met", "summary": "x", "audience": "agency", "once": str(uuid4())}
    assert send(officer, case, "case_close", **facts).status_code == 302
    assert send(officer, case, "case_close", **facts).status_code == 302
    assert Closing.objects.count() == 1
