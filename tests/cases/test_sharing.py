"""Sharing a case and saying who holds it: decided, recorded, in force at the next request, over at the next request."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.gate import Refused
from audit.models import Event
from cases import access, clocks
from cases.actions.sharing import allocate, end_share
from cases.actions.sharing import share as share_case
from cases.models import Clock, Consent, Entry, Grant, Notification, SharingDecision, Task
from cases.rules import sharing as rules

HOUR = timedelta(hours=1)
WHY = {
    "necessity": "They speak for her at MARAC", "risk_believed": "Serious harm to her and the child", "restrictions": "Do not pass it on", "victim_told": "no",
    "victim_not_told_reason": "Not safe to ring today",
}


def consent(case, state="given"):
    victim = case.parties.get(role="victim")
    return Consent.objects.create(case=case, party=victim, state=state, recorded_at=timezone.now(), recorded_by_id=case.opened_by_id)


def answers(people, **changed):
    return {"step": "with", "agency": people.agency("harbour_idva").pk, "level": "partner", "basis": "consent", "once": str(uuid4())} | changed


def sees(client, case):
    return client.get(f"/cases/{case.reference}/sharing/").status_code == 200


# --- the pages, as a person goes through them


def test_with_consent_it_takes_one_page_and_a_check(people, a_case, client_for):
    case = a_case()
    consent(case)
    client, idva = client_for("housing_officer"), client_for("idva")
    address = f"/cases/{case.reference}/sharing/give/"
    assert not sees(idva, case)
    check = client.post(address, answers(people)).content.decode()
    # By name, who will see what, before anything is saved.
    assert "Check before you share" in check and "Harbour IDVA Service" in check and "Imogen Takahashi-Bell" in check and "Cosmo Nwachukwu" in check
    assert "each agency’s private notes" in check
    assert not SharingDecision.objects.filter(recipient=people.agency("harbour_idva")).exists()
    assert client.post(address, answers(people, step="check")).url == f"/cases/{case.reference}/sharing/"
    assert sees(idva, case)
    decision = SharingDecision.objects.get(recipient=people.agency("harbour_idva"))
    assert (decision.basis, decision.level, decision.decided_by, decision.deciding_agency) == (
        "consent", "partner", people.housing_officer, people.agency("northvale_housing")
    )
    entry = Entry.objects.get(case=case, kind="sharing")
    assert entry.title == "Shared with Harbour IDVA Service: partner level" and entry.audience == "partners"
    logged = Event.objects.filter(case_reference=case.reference, verb__in=["share.give", "grant.give"], outcome="done")
    assert set(logged.values_list("verb", flat=True)) == {"share.give", "grant.give"}
    page = client.get(f"/cases/{case.reference}/sharing/").content.decode()
    assert "Harbour IDVA Service" in page and "With the person’s consent" in page.replace("&#x27;", "’").replace("'", "’")


def test_without_consent_more_is_asked_and_nothing_is_lost_on_the_way(people, a_case, client_for):
    case = a_case()
    client, address = client_for("housing_officer"), f"/cases/{case.reference}/sharing/give/"
    sent = answers(people, basis="safeguarding", ends_on_day="1", ends_on_month="2", ends_on_year="2099")
    second = client.post(address, sent)
    assert second.status_code == 200 and b"Why does this agency need it?" in second.content and b"There is a problem" not in second.content
    assert f'name="once" value="{sent["once"]}"' in second.content.decode() and 'name="ends_on_year" value="2099"' in second.content.decode()
    short = client.post(address, sent | WHY | {"step": "why", "victim_not_told_reason": "", "necessity": "Kept <b>words</b>"})
    assert short.status_code == 422 and b"Say why they have not been told" in short.content and b"Kept &lt;b&gt;words" in short.content
    check = client.post(address, sent | WHY | {"step": "why"}).content.decode()
    assert "Not safe to ring today" in check and "Serious harm to her and the child" in check and "Friday" not in check and "1 February 2099" in check
    changed = client.post(address, sent | WHY | {"step": "check", "change": "yes"}).content.decode()
    assert "Which agency?" in changed and 'name="necessity" value="They speak for her at MARAC"' in changed
    assert not SharingDecision.objects.filter(recipient=people.agency("harbour_idva")).exists()
    assert client.post(address, sent | WHY | {"step": "check"}).status_code == 302
    decision = SharingDecision.objects.get(recipient=people.agency("harbour_idva"))
    assert (decision.victim_told, decision.victim_not_told_reason, decision.restrictions) == (False, "Not safe to ring today", "Do not pass it on")
    grant = Grant.objects.get(content_object=case, agency=people.agency("harbour_idva"))
    assert grant.ends_at.isoformat() == "2099-02-02T00:00:00+00:00"
    # What was believed and why is for those who decide; what they may not do is for them.
    theirs = client_for("idva").get(f"/cases/{case.reference}/sharing/").content.decode()
    assert "Do not pass it on" in theirs and "Serious harm" not in theirs and "They speak for her" not in theirs


@pytest.mark.parametrize("state", [None, "refused", "withdrawn", "not_asked"])
def test_consent_is_no_basis_where_none_is_recorded(state, people, a_case, client_for):
    case = a_case()
    if state:
        consent(case, "given")
        consent(case, state)
    answer = client_for("housing_officer").post(f"/cases/{case.reference}/sharing/give/", answers(people, step="check"))
    assert answer.status_code == 422 and "does not record that the victim/survivor agreed" in answer.content.decode()
    assert not SharingDecision.objects.filter(recipient=people.agency("harbour_idva")).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"agency": ""}, {"agency": "x"}, {"agency": "999999"}, {"level": "lead"}, {"level": "meeting"}, {"basis": "lead"}, {"basis": ""}, {"once": ""}, {"once": "x"},
        {"ends_on_day": "31", "ends_on_month": "2", "ends_on_year": "2099"}, {"ends_on_day": "1", "ends_on_month": "2", "ends_on_year": "2020"},
    ],
)
def test_wrong_answers_are_told_beside_the_question(wrong, people, a_case, client_for):
    case = a_case()
    consent(case)
    answer = client_for("housing_officer").post(f"/cases/{case.reference}/sharing/give/", answers(people, step="check", **wrong))
    assert answer.status_code == 422
    assert not SharingDecision.objects.filter(case=case).exclude(level="lead").exists()


def test_the_same_form_twice_shares_once(people, a_case, client_for):
    case = a_case()
    consent(case)
    sent, address = answers(people, step="check"), f"/cases/{case.reference}/sharing/give/"
    client = client_for("housing_officer")
    assert [client.post(address, sent).url for _ in range(2)] == [f"/cases/{case.reference}/sharing/"] * 2
    assert SharingDecision.objects.filter(case=case, recipient=people.agency("harbour_idva")).count() == 1


def test_ending_takes_effect_at_the_next_request_and_hands_back_what_was_left(people, a_case, share, inside_gate, client_for):
    case = a_case(clock=None)
    grant = share(case, "harbour_idva", worker="idva")
    with inside_gate("idva") as act:
        clocks.start(act, case, "contact", agency=people.agency("harbour_idva"), owner=people.idva)
    task = Task.objects.create(
        case=case, agency=people.agency("harbour_idva"), owner=people.idva, kind="k", origin="o", title="t", due_at=timezone.now(), raised_at=timezone.now()
    )
    idva, client = client_for("idva"), client_for("housing_officer")
    assert sees(idva, case)
    address = f"/cases/{case.reference}/sharing/{grant.pk}/end/"
    assert b"loses the case with their next click" in client.get(address).content
    assert client.post(address, {"once": str(uuid4()), "reason": ""}).status_code == 422
    assert sees(idva, case)
    assert client.post(address, {"once": str(uuid4()), "reason": "She asked us to"}).status_code == 302
    assert idva.get(f"/cases/{case.reference}/sharing/").status_code == 404
    clock, task = Clock.objects.get(case=case), Task.objects.get(pk=task.pk)
    assert (clock.agency, clock.owner) == (people.agency("northvale_housing"), people.housing_officer)
    assert (task.agency, task.owner) == (people.agency("northvale_housing"), people.housing_officer)
    assert client.post(address, {"once": str(uuid4()), "reason": "again"}).status_code == 404
    # The reason stays inside the agency that gave it.
    assert Entry.objects.get(case=case, title__startswith="No longer").audience == "agency"


def test_a_promise_that_the_lead_agency_runs_already_stops_instead(people, a_case, share, inside_gate):
    case = a_case()
    grant = share(case, "harbour_idva", worker="idva")
    with inside_gate("idva") as act:
        theirs = clocks.start(act, case, "contact", agency=people.agency("harbour_idva"), owner=people.idva)
    end_share(people.actor("housing_officer"), case, grant=grant.pk, reason="x")
    theirs.refresh_from_db()
    assert theirs.outcome == "not_needed"
    assert Clock.objects.filter(case=case, stopped_at=None).count() == 1


def test_the_lead_and_a_meeting_cannot_be_ended_here(people, a_case, share):
    case = a_case()
    lead = Grant.objects.get(content_object=case)
    meeting = share(case, "vale_police", "meeting")
    other = Grant.objects.get(content_object=a_case())
    for grant in (lead, meeting, other):
        with pytest.raises(Refused):
            end_share(people.actor("housing_officer"), case, grant=grant.pk, reason="x")
    assert access.visible_cases(people.actor("housing_officer")).filter(pk=case.pk).exists()


def test_a_new_decision_replaces_the_old_one_and_an_ended_one_can_come_back(people, a_case, share):
    case = a_case()
    consent(case)
    grant = share(case, "harbour_idva", "partner", worker="idva")
    share_case(people.actor("housing_officer"), case, agency=people.agency("harbour_idva"), level="summary", basis="consent")
    assert not access.can(people.actor("idva"), "see_case", case) and access.can(people.actor("idva"), "see_summary", case)
    grant = Grant.objects.get(content_object=case, agency=people.agency("harbour_idva"))
    assert grant.worker == people.idva
    end_share(people.actor("housing_officer"), case, grant=grant.pk, reason="x")
    assert not access.can(people.actor("idva"), "see_summary", case)
    share_case(people.actor("housing_officer"), case, agency=people.agency("harbour_idva"), level="partner", basis="consent")
    assert access.can(people.actor("idva"), "see_case", case)


def test_the_lead_agency_cannot_receive_and_a_barred_one_neither(people, a_case):
    from cases.models import Exclusion

    case = a_case()
    consent(case)
    Exclusion.objects.create(case=case, agency=people.agency("harbour_idva"), reason="r", made_at=timezone.now(), made_by=people.housing_manager)
    for persona, slug, words in (
        ("housing_officer", "northvale_housing", "leads this case"),
        ("housing_manager", "harbour_idva", "Lift the bar first"),
        # Who may not read bars does not learn of one.
        ("housing_officer", "harbour_idva", "^This case cannot be shared with this agency. Ask your manager.$"),
    ):
        with pytest.raises(Refused) as refusal:
            share_case(people.actor(persona), case, agency=people.agency(slug), level="partner", basis="consent")
        assert re.search(words, refusal.value.reasons[0])


@pytest.mark.parametrize("page", ["sharing/", "sharing/give/", "sharing/{grant}/end/", "sharing/bar/", "sharing/bars/1/lift/", "allocate/"])
@pytest.mark.parametrize(("persona", "status"), [("outsider", 404), ("superuser", 404), ("commissioner", 404), ("auditor", 404), ("administrator", 404), ("health_visitor", 404)])
def test_for_the_outsider_nothing_is_there(page, persona, status, people, a_case, client_for):
    case = a_case()
    address = f"/cases/{case.reference}/" + page.format(grant=Grant.objects.get(content_object=case).pk)
    client = client_for(persona)
    assert client.get(address).status_code == status
    assert client.post(address, answers(people, step="check", reason="x")).status_code == status


@pytest.mark.parametrize(
    ("level", "persona", "page", "status"),
    [
        ("summary", "idva", "sharing/", 403), ("summary", "idva", "allocate/", 403), ("partner", "idva", "sharing/", 200), ("partner", "idva", "sharing/give/", 403),
        ("partner", "idva_manager", "sharing/bar/", 403), ("partner", "idva", "allocate/", 200), ("meeting", "idva", "sharing/", 403), ("meeting", "idva", "allocate/", 403),
    ],
)
def test_seen_but_not_allowed_is_403(level, persona, page, status, people, a_case, share, client_for):
    case = a_case()
    share(case, "harbour_idva", level)
    assert client_for(persona).get(f"/cases/{case.reference}/{page}").status_code == status


def test_the_page_shows_what_the_person_may_do_in_a_constant_number_of_queries(people, a_case, share, client_for):
    case = a_case()
    client = client_for("housing_manager")

    def page():
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(f"/cases/{case.reference}/sharing/")
        return answer.content.decode(), len(captured)

    page()
    shown, first = page()
    assert "Share this case" in shown and "Bar somebody" in shown and "Nobody is barred." in shown
    for slug in ("harbour_idva", "lantern_outreach", "valley_health", "vale_police"):
        share(case, slug, worker="idva" if slug == "harbour_idva" else None)
    assert page()[1] == first
    officer = client_for("housing_officer").get(f"/cases/{case.reference}/sharing/").content.decode()
    assert "Bar somebody" not in officer and "Barred from this case" not in officer
    partner = client_for("idva").get(f"/cases/{case.reference}/sharing/").content.decode()
    assert "Share this case" not in partner and "Every decision" not in partner and "Change who holds it" in partner


# --- who holds it


def test_allocating_moves_the_promise_and_tells_the_new_worker(people, a_case, client_for):
    case = a_case()
    a_case("other_housing_officer")
    client, address = client_for("housing_officer"), f"/cases/{case.reference}/allocate/"
    page = client.get(address).content.decode()
    assert "Piers Adeyemi-Holt" in page and "1 open case" in page and "Imogen" not in page
    assert "Lysander Moakes" not in page  # sees no case
    sent = {"worker": people.other_housing_officer.pk, "was": people.housing_officer.pk, "once": str(uuid4())}
    assert [client.post(address, sent).url for _ in range(2)] == [f"/cases/{case.reference}/"] * 2
    assert Grant.objects.get(content_object=case).worker == people.other_housing_officer
    assert Clock.objects.get(case=case).owner == people.other_housing_officer
    assert list(Notification.objects.filter(kind="case.allocated").values_list("user", flat=True)) == [people.other_housing_officer.pk]


def test_a_missed_promise_without_a_reason_holds_the_case_where_it_is(people, a_case, share, client_for):
    case = a_case(received_ago=49 * HOUR)
    sent = {"worker": people.other_housing_officer.pk, "was": people.housing_officer.pk, "once": str(uuid4())}
    answer = client_for("housing_officer").post(f"/cases/{case.reference}/allocate/", sent)
    assert answer.status_code == 422 and "Say why before the case moves on" in answer.content.decode()
    assert Grant.objects.get(content_object=case).worker == people.housing_officer
    # Another agency's miss does not hold ours.
    share(case, "harbour_idva")
    allocate(people.actor("idva"), case, worker=people.other_idva)
    Clock.objects.filter(case=case).update(breach_explained_at=timezone.now(), breach_explained_by=people.housing_officer, breach_reason="No answer at the door")
    allocate(people.actor("housing_officer"), case, worker=people.other_housing_officer, was=people.housing_officer.pk)
    assert Grant.objects.get(content_object=case, level="lead").worker == people.other_housing_officer


def test_two_people_allocating_at_once_the_later_is_told(people, a_case, client_for):
    case = a_case()
    first = {"worker": people.other_housing_officer.pk, "was": people.housing_officer.pk, "once": str(uuid4())}
    second = {"worker": people.specialist_da_officer.pk, "was": people.housing_officer.pk, "once": str(uuid4())}
    address = f"/cases/{case.reference}/allocate/"
    assert client_for("housing_manager").post(address, first).status_code == 302
    answer = client_for("agency_lead").post(address, second)
    assert answer.status_code == 422 and "Piers Adeyemi-Holt holds the case now" in answer.content.decode()
    assert Grant.objects.get(content_object=case).worker == people.other_housing_officer


@pytest.mark.parametrize("persona", ["idva", "administrator", "outsider", "superuser"])
def test_only_ones_own_agencys_people_who_may_work_can_hold_it(persona, people, a_case, client_for):
    case = a_case()
    with pytest.raises(Refused, match="cannot hold the case"):
        allocate(people.actor("housing_officer"), case, worker=getattr(people, persona), was=people.housing_officer.pk)
    sent = {"worker": getattr(people, persona).pk, "was": people.housing_officer.pk, "once": str(uuid4())}
    assert client_for("housing_officer").post(f"/cases/{case.reference}/allocate/", sent).status_code == 422


def test_a_barred_colleague_is_not_offered(people, a_case):
    from cases.models import Exclusion

    case = a_case()
    Exclusion.objects.create(case=case, user=people.other_housing_officer, reason="r", made_at=timezone.now(), made_by=people.housing_manager)
    with pytest.raises(Refused, match="cannot hold the case"):
        allocate(people.actor("housing_officer"), case, worker=people.other_housing_officer, was=people.housing_officer.pk)


# --- the rules

FINE = {
    "agency": "A", "level": "partner", "is_lead": False, "is_barred": False, "may_know_bars": True, "is_active": True, "basis": "consent", "consent_given": True,
    "ends_at": None,
}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({}, None), ({"is_lead": True}, "agency"), ({"is_barred": True}, "agency"), ({"is_active": False}, "agency"), ({"level": "meeting"}, "level"),
        ({"level": "lead"}, "level"), ({"basis": "lead"}, "basis"), ({"consent_given": False}, "basis"), ({"consent_given": False, "basis": "public_task"}, None),
        ({"ends_at": timezone.now() - HOUR}, "ends_on"), ({"ends_at": timezone.now() + HOUR}, None),
    ],
)
def test_reasons_cannot_share(changed, field):
    reasons = rules.reasons_cannot_share(**FINE | changed, at=timezone.now())
    assert list(reasons) == ([field] if field else [])


WHOLE = {"basis": "safeguarding", "necessity": "n", "risk_believed": "r", "restrictions": "x", "victim_told": True, "not_told_reason": ""}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({}, None), ({"necessity": " "}, "necessity"), ({"risk_believed": ""}, "risk_believed"), ({"restrictions": ""}, "restrictions"), ({"victim_told": None}, "victim_told"),
        ({"victim_told": False}, "victim_not_told_reason"), ({"victim_told": False, "not_told_reason": "why"}, None), ({"basis": "consent", "necessity": ""}, None),
    ],
)
def test_reasons_decision_incomplete(changed, field):
    assert list(rules.reasons_decision_incomplete(**WHOLE | changed)) == ([field] if field else [])


def test_the_action_itself_asks_for_the_whole_decision(people, a_case):
    with pytest.raises(Refused, match="Say why this agency needs it"):
        share_case(people.actor("housing_officer"), a_case(), agency=people.agency("harbour_idva"), level="partner", basis="vital_interests")


def test_what_an_agency_still_had_to_do_when_its_sharing_lapsed_passes_to_the_lead(people, a_case, share):
    from cases import lapses

    case = a_case()
    at = timezone.now()
    share(case, "harbour_idva", ends_at=at + timedelta(hours=1), worker="idva")
    task = Task.objects.create(
        case=case, agency=people.agency("harbour_idva"), owner=people.idva, kind="t", origin="o", title="Ring the school", due_at=at, raised_at=at
    )
    assert lapses.pass_on_lapsed(at) == 0
    assert lapses.pass_on_lapsed(at + timedelta(hours=2)) == 1
    task.refresh_from_db()
    assert (task.agency, task.owner) == (people.agency("northvale_housing"), people.housing_officer)
    assert lapses.pass_on_lapsed(at + timedelta(hours=2)) == 0
