"""From a signed assessment to a list: what is prepared, sent, decided, listed; who is told; what is refused, and that nothing half happens."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404
from django.utils import timezone

from agencies.gate import AlreadyDone, Refused
from audit.models import Event
from cases import notices
from cases.access import can
from cases.extensions import BEFORE_CLOSING
from cases.models import Entry, Exclusion, Grant, Notification, Person, SharingDecision
from marac import consequences, referring
from marac.actions import listing, meeting, referral, triage
from marac.models import Listing, Meeting, Referral, Step

pytestmark = pytest.mark.django_db
WHY_NOT = "The pattern is known elsewhere and a meeting adds nothing now."


# --- signing prepares


def test_high_by_the_score_prepares_a_draft_with_visible_high_risk(a_case, signed):
    case = a_case()
    assessment = signed(case)
    draft = Referral.objects.get()
    assert (draft.case, draft.assessment, draft.state, draft.agency.slug) == (case, assessment, "draft", "northvale_housing")
    assert draft.criteria == ["visible_high_risk"]
    assert draft.submitted_at is None
    assert [step.verb for step in draft.steps.all()] == ["prepare"]
    assert Event.objects.filter(verb="referral.prepare", case_reference=case.reference, subject=f"referral:{draft.pk}").count() == 1


def test_high_by_judgement_carries_the_rationale(a_case, signed):
    signed(a_case(), basis="judgement", score=6, suggested="standard", rationale="Strangulation last week, and he knows the school.")
    draft = Referral.objects.get()
    assert draft.criteria == ["professional_judgement"]
    assert draft.judgement_rationale.startswith("Strangulation")


@pytest.mark.parametrize(("basis", "criterion"), [("escalation", "potential_escalation"), ("repeat", "repeat_criterion")])
def test_high_by_another_basis_ticks_it(a_case, signed, basis, criterion):
    signed(a_case(), basis=basis, score=9, suggested="standard")
    assert Referral.objects.get().criteria == [criterion]


@pytest.mark.parametrize("level", ["medium", "standard"])
def test_below_high_prepares_nothing(a_case, signed, level):
    signed(a_case(), level=level, score=11, suggested="medium")
    assert not Referral.objects.exists()


def test_the_same_assessment_prepares_once_and_a_second_one_fills_the_open_draft(a_case, signed, inside_gate):
    case = a_case()
    first = signed(case)
    with inside_gate("specialist_da_officer") as act:
        consequences.after_signing(act, case, first)
    assert Referral.objects.count() == 1
    second = signed(case, basis="judgement", score=9, suggested="standard", rationale="He has found her.")
    draft = Referral.objects.get()
    assert draft.assessment == second
    assert draft.criteria == ["professional_judgement"]


def test_a_referral_on_its_way_needs_no_other(a_case, signed, desk):
    case = a_case()
    desk.sent(case)
    signed(case)
    assert Referral.objects.count() == 1


def test_a_role_that_may_not_refer_leaves_the_draft_to_the_lead_agency(a_case, share, signed, people, monkeypatch):
    case = a_case()
    share(case, "county_helpline")
    actor = people.actor("call_handler")
    monkeypatch.setattr(people, "actor", lambda persona: replace(actor, capabilities=actor.capabilities - {"refer_to_marac"}))
    signed(case, "call_handler")
    assert Referral.objects.get().agency.slug == "northvale_housing"


def test_consent_that_the_case_holds_is_not_asked_again(a_case, signed, people):
    case = a_case()
    victim = case.parties.get(role="victim")
    for minutes, state in ((0, "given"), (1, "refused")):
        case.consents.create(party=victim, state=state, recorded_at=timezone.now() + timedelta(minutes=minutes), recorded_by=people.housing_officer)
    signed(case)
    assert Referral.objects.get().consent == "refused"


def test_a_repeat_within_the_case_is_ticked_and_one_of_an_unseen_case_is_not(a_case, desk, same_people, signed, share):
    with time_machine.travel(timezone.now() - timedelta(days=40), tick=False):
        case = a_case()
        desk.listed(case, on=desk.meeting(days=5))
    signed(case)  # the meeting has been: a new referral may be prepared
    assert Referral.objects.get(state="draft").repeat_criterion is True
    other = same_people(case)
    signed(other, "idva")
    assert Referral.objects.get(case=other).repeat_criterion is False


# --- sending


def test_sending_records_the_decision_and_opens_the_listing_to_the_coordinator_alone(a_case, desk, people):
    case = a_case()
    assert not can(desk.coordinator, "see_listing", case)
    sent = desk.sent(case)
    assert (sent.state, sent.coordinating_agency.slug, sent.submitted_by) == ("submitted", "vale_police", people.specialist_da_officer)
    grant = Grant.objects.get(content_object=case, level="meeting")
    assert (grant.agency.slug, grant.decision.basis, grant.decision.victim_told) == ("vale_police", "consent", True)
    assert can(desk.coordinator, "see_listing", case)
    assert not can(desk.coordinator, "see_summary", case)
    assert not can(desk.coordinator, "see_case", case)
    assert Entry.objects.filter(case=case, kind="marac", title="MARAC referral sent", audience="partners").count() == 1


def test_without_consent_the_decision_says_on_which_basis_and_why(a_case, desk):
    case = a_case()
    desk.sent(
        case, victim_aware=False, not_aware_reason="He reads her messages", consent="not_asked_unsafe", basis="vital_interests",
        necessity="The police can act tonight", risk_believed="Threats to kill her", restrictions="Never ring the house",
    )
    decision = SharingDecision.objects.get(case=case, level="meeting")
    assert (decision.basis, decision.necessity, decision.risk_believed) == ("vital_interests", "The police can act tonight", "Threats to kill her")
    assert (decision.restrictions, decision.victim_told, decision.victim_not_told_reason) == ("Never ring the house", False, "He reads her messages")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"visible_high_risk": False}, "Choose at least one reason"),
        ({"visible_high_risk": False, "professional_judgement": True, "judgement_rationale": "Too short"}, "at least 50 characters"),
        ({"consent": "refused"}, "another lawful basis"),
        ({"no_assessment_reason": ""}, "Sign a DASH"),
    ],
)
def test_an_incomplete_referral_is_refused_and_nothing_is_shared(a_case, desk, said, words):
    case = a_case()
    draft = desk.draft(case, **said)
    with pytest.raises(Refused, match=words):
        desk.send(draft)
    assert Referral.objects.get().state == "draft"
    assert not Grant.objects.filter(level="meeting").exists()
    assert Event.objects.filter(verb="referral.submit", outcome="refused", reason="incomplete").count() == 1


def test_a_child_without_an_age_stops_it_and_an_unborn_one_does_not(a_case, desk, inside_gate):
    from cases.opening import add_party

    case = a_case(with_child=False)
    with inside_gate() as act:
        add_party(act, case, "child", is_unborn=True)
        nameless = add_party(act, case, "child", given_name="Clover")
    draft = desk.draft(case)
    with pytest.raises(Refused, match="approximate age of each child"):
        desk.send(draft)
    nameless.person.approximate_age = 6
    nameless.person.save()
    assert desk.send(draft).state == "submitted"


def test_a_nameless_perpetrator_needs_the_reason(a_case, desk):
    case = a_case()
    case.parties.get(role="perpetrator").person.__class__.objects.filter(parts__case=case, parts__role="perpetrator").update(given_name="", family_name="")
    draft = desk.draft(case)
    with pytest.raises(Refused, match="why the name is not known"):
        desk.send(draft)


def test_the_same_form_twice_sends_once(a_case, desk):
    case = a_case()
    draft, once = desk.draft(case), uuid4()
    desk.send(draft, once=once)
    with pytest.raises(AlreadyDone) as done:
        desk.send(draft, once=once)
    assert done.value.led_to.endswith(f"/referrals/{draft.pk}/")
    assert Step.objects.filter(verb="submit").count() == 1
    assert SharingDecision.objects.filter(level="meeting").count() == 1


def test_two_agencies_do_not_refer_the_same_case_twice(a_case, desk, share):
    case = a_case()
    share(case, "harbour_idva", worker="idva")
    draft = desk.draft(case, "idva")
    desk.sent(case)
    with pytest.raises(Refused, match="on its way already"):
        desk.send(draft, "idva")
    with pytest.raises(Refused, match="on its way already"):
        referral.begin_referral(desk.people.actor("idva"), case)


def test_nobody_sends_or_edits_another_agencys_referral(a_case, desk, share, people):
    case = a_case()
    share(case, "harbour_idva", worker="idva")
    draft = desk.draft(case)
    with pytest.raises(PermissionDenied):
        desk.send(draft, "idva")
    with pytest.raises(PermissionDenied):
        referral.edit_referral(people.actor("idva"), case, referral_id=draft.pk, page="voice", said={}, opened_at_revision=draft.revision)
    with pytest.raises(PermissionDenied):
        referral.withdraw_referral(people.actor("idva"), case, referral_id=draft.pk, reasons="Not ours to withdraw")


def test_a_barred_coordinator_is_no_receiver_and_a_free_colleague_makes_the_agency_one(a_case, desk, people, enrolled_coordinator):
    case = a_case()
    draft = desk.draft(case)
    Exclusion.objects.create(case=case, user=people.marac_coordinator, reason="A friend", made_at=timezone.now(), made_by=people.housing_manager)
    assert not referring.receivers(case).exists()
    with pytest.raises(Refused, match="Choose who receives"):
        desk.send(draft)
    enrolled_coordinator("deputy", "vale_police")
    assert [agency.slug for agency in referring.receivers(case)] == ["vale_police"]
    assert desk.send(draft).state == "submitted"


@pytest.fixture
def enrolled_coordinator(people):
    from agencies.founding import enrol

    def enrolled(name, slug):
        user = enrol(f"{name}@example.org", name.title(), people.agency(slug), "marac_coordinator", password="x")
        setattr(people, name, user)
        return user

    return enrolled


def test_a_closed_case_is_not_referred(a_case, desk, people):
    case = a_case()
    draft = desk.draft(case)
    type(case).objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer)
    with pytest.raises(Refused, match="closed"):
        desk.send(draft)


# --- repeat


def test_a_repeat_is_found_across_agencies_and_told_to_the_coordinator_not_to_the_referrer(a_case, desk, same_people):
    from marac import repeat

    with time_machine.travel(timezone.now() - timedelta(days=90), tick=False):
        first = a_case()
        earlier = desk.sent(first)
    second = same_people(first)
    sent = desk.sent(second, "idva", incident_on=timezone.localdate() - timedelta(days=2))
    assert sent.is_repeat is True
    assert sent.last_referral == earlier
    assert sent.last_referral_on == timezone.localdate() - timedelta(days=90)
    assert repeat.may_be_told(sent) is False


def test_another_perpetrator_is_a_new_pair(a_case, desk, same_people):
    with time_machine.travel(timezone.now() - timedelta(days=90), tick=False):
        first = a_case()
        desk.sent(first)
    sent = desk.sent(same_people(first, perpetrator="another"), "idva")
    assert (sent.is_repeat, sent.last_referral) == (False, None)


@pytest.mark.parametrize(
    ("incident", "is_repeat"), [(date(2026, 1, 9), True), (date(2026, 1, 10), True), (date(2026, 1, 11), False)]
)
def test_f7_through_the_process(a_case, desk, same_people, incident, is_repeat):
    with time_machine.travel("2025-01-10T11:00:00+00:00", tick=False):
        first = a_case()
        desk.sent(first)
    with time_machine.travel("2026-01-12T11:00:00+00:00", tick=False):
        sent = desk.sent(same_people(first), "idva", incident_on=incident)
    assert sent.last_referral_on == date(2025, 1, 10)
    assert sent.is_repeat is is_repeat


@pytest.mark.parametrize(
    ("incident", "is_repeat"), [(date(2026, 1, 9), True), (date(2026, 1, 10), True), (date(2026, 1, 11), False)]
)
def test_f7_where_the_second_disclosure_wrote_the_same_people_down_anew(a_case, desk, incident, is_repeat):
    with time_machine.travel("2025-01-10T11:00:00+00:00", tick=False):
        first = a_case()
        earlier = desk.sent(first)
    with time_machine.travel("2026-01-12T11:00:00+00:00", tick=False):
        second = a_case("idva", given_name="MARIGOLD", family_name="Thistle-Wood")
        assert not set(first.parties.values_list("person")) & set(second.parties.values_list("person"))
        sent = desk.sent(second, "idva", incident_on=incident)
    assert (sent.is_repeat, sent.last_referral, sent.last_referral_on) == (is_repeat, earlier, date(2025, 1, 10))


def _people(case, role):
    return Person.objects.filter(parts__case=case, parts__role=role)


@pytest.mark.parametrize(
    ("role", "facts", "is_repeat"),
    [
        ("victim", {"date_of_birth": date(1994, 5, 18)}, False),
        ("victim", {"date_of_birth": None}, True),
        ("victim", {"date_of_birth": None, "family_name": ""}, False),
        ("victim", {"given_name": "Ottilie"}, False),
        ("perpetrator", {"given_name": "Rúfus", "family_name": "Black Water"}, True),
        ("perpetrator", {"given_name": "Another"}, False),
        ("perpetrator", {"family_name": ""}, False),
        ("perpetrator", {"date_of_birth": date(1990, 1, 1)}, True),  # the other case does not know it
    ],
)
def test_who_counts_as_the_same_pair_across_cases(a_case, desk, role, facts, is_repeat):
    with time_machine.travel(timezone.now() - timedelta(days=90), tick=False):
        desk.sent(a_case())
    second = a_case("idva")
    _people(second, role).update(**facts)
    assert desk.sent(second, "idva").is_repeat is is_repeat


def test_a_perpetrator_without_a_name_matches_nobody_on_another_case(a_case, desk):
    why = "She is afraid to say who he is."
    with time_machine.travel(timezone.now() - timedelta(days=90), tick=False):
        first = a_case()
        _people(first, "perpetrator").update(given_name="", family_name="")
        desk.sent(first, perpetrator_unknown_reason=why)
    second = a_case("idva")
    _people(second, "perpetrator").update(given_name="", family_name="")
    assert desk.sent(second, "idva", perpetrator_unknown_reason=why).is_repeat is False


def test_a_case_without_a_perpetrator_is_about_no_pair(a_case, desk):
    case = a_case()
    case.parties.filter(role="perpetrator").delete()
    sent = desk.sent(case, perpetrator_unknown_reason="She is afraid to say who he is.")
    assert (sent.is_repeat, sent.perpetrator_ids) == (False, [])


def test_a_perpetrator_who_came_later_was_never_referred(a_case, desk, inside_gate):
    from cases.opening import add_party

    with time_machine.travel(timezone.now() - timedelta(days=90), tick=False):
        first = a_case()
        sent = desk.sent(first)
    with inside_gate() as act:
        later = add_party(act, first, "perpetrator", given_name="Cuthbert", family_name="Marlow")
    sent.refresh_from_db()
    assert sent.victim_ids == [_people(first, "victim").get().pk]
    assert sent.perpetrator_ids == [_people(first, "perpetrator").exclude(pk=later.person_id).get().pk]
    second = a_case("idva")
    _people(second, "perpetrator").update(given_name="Cuthbert", family_name="Marlow")
    assert desk.sent(second, "idva").is_repeat is False
    with inside_gate("idva") as act:
        add_party(act, second, "perpetrator", given_name="Rufus", family_name="Blackwater")
    referral.withdraw_referral(desk.people.actor("idva"), second, referral_id=Referral.objects.get(case=second).pk, reasons="It lacks a name")
    again = desk.sent(second, "idva")
    assert (again.is_repeat, again.last_referral) == (True, sent)


def test_a_repeat_on_another_case_is_not_told_on_the_referrers_pages(a_case, desk, client_for):
    with time_machine.travel(timezone.now() - timedelta(days=90), tick=False):
        first = a_case()
        desk.sent(first)
    second = a_case("idva")
    sent = desk.sent(second, "idva")
    assert sent.is_repeat is True
    client = client_for("idva")
    for path in (f"/cases/{second.reference}/", f"/cases/{second.reference}/referrals/{sent.pk}/"):
        page = client.get(path).content.decode()
        assert "waiting for the coordinator" in page
        assert first.reference not in page and ">Repeat<" not in page and "Repeat</strong>" not in page
    listing_page = client_for("marac_coordinator").get(f"/meetings/cases/{second.reference}/{sent.pk}/").content.decode()
    assert "the same people were referred on" in listing_page and first.reference in listing_page


def test_looking_for_the_pair_asks_the_same_however_many_cases_there_are(a_case, desk, inside_gate):
    from django.test.utils import CaptureQueriesContext

    from marac import repeat

    mine, counts = a_case("idva"), []
    for _ in range(2):
        with time_machine.travel(timezone.now() - timedelta(days=90), tick=False):
            for _ in range(2):
                desk.sent(a_case())
        with inside_gate("idva"), CaptureQueriesContext(connection) as queries:
            found = repeat.look(mine, None, timezone.now())
        assert found.is_repeat is True
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6


def test_referrals_sent_before_the_pair_was_kept_get_the_people_of_their_case(a_case, desk):
    from importlib import import_module

    sent, draft = desk.sent(a_case()), desk.draft(a_case(given_name="Ottilie"))
    kept = (sent.victim_ids, sent.perpetrator_ids)
    Referral.objects.update(victim_ids=[], perpetrator_ids=[])
    with connection.cursor() as cursor:
        cursor.execute(import_module("marac.migrations.0003_the_pair_as_sent").FROM_THE_CASE)
    sent.refresh_from_db()
    draft.refresh_from_db()
    assert (sent.victim_ids, sent.perpetrator_ids) == kept != ([], [])
    assert (draft.victim_ids, draft.perpetrator_ids) == ([], [])


def test_the_day_of_a_referral_is_its_day_in_london(a_case, desk, same_people):
    with time_machine.travel("2025-07-09T23:30:00+00:00", tick=False):  # 10 July, half past midnight in summer time
        first = a_case()
        desk.sent(first)
    with time_machine.travel("2025-08-01T11:00:00+00:00", tick=False):
        assert desk.sent(same_people(first), "idva", incident_on=date(2025, 7, 20)).last_referral_on == date(2025, 7, 10)


@pytest.mark.parametrize("end", ["withdraw", "decline"])
def test_what_was_taken_back_or_not_accepted_is_repeated_by_nothing(a_case, desk, people, same_people, end):
    with time_machine.travel(timezone.now() - timedelta(days=90), tick=False):
        first = a_case()
        sent = desk.sent(first)
        if end == "withdraw":
            referral.withdraw_referral(people.actor("specialist_da_officer"), first, referral_id=sent.pk, reasons="Sent in error to MARAC")
        else:
            triage.decline_referral(desk.coordinator, first, referral_id=sent.pk, reasons=WHY_NOT)
    assert desk.sent(same_people(first), "idva").is_repeat is False


def test_a_partnership_that_counts_six_months_gets_six(a_case, desk, same_people, people):
    from agencies.models import Policy

    Policy.objects.create(
        key="marac.repeat_months", value="6", effective_from=timezone.now() - timedelta(days=300), reason="Agreed",
        set_by=people.partnership_administrator, set_at=timezone.now() - timedelta(days=300),
    )
    with time_machine.travel(timezone.now() - timedelta(days=200), tick=False):
        first = a_case()
        desk.sent(first)
    assert desk.sent(same_people(first), "idva").is_repeat is False


def test_the_coordinator_says_otherwise_only_with_a_reason(a_case, desk):
    case = a_case()
    sent = desk.sent(case)
    with pytest.raises(Refused, match="different from what Waymark found"):
        triage.say_repeat(desk.coordinator, case, referral_id=sent.pk, is_repeat=True, reason=" ")
    triage.say_repeat(desk.coordinator, case, referral_id=sent.pk, is_repeat=True, reason="Heard in another county in May")
    sent.refresh_from_db()
    assert (sent.is_repeat, sent.is_repeat_computed, sent.repeat_reason) == (True, False, "Heard in another county in May")
    triage.return_referral(desk.coordinator, case, referral_id=sent.pk, reasons="Which incident is it about?")
    assert desk.send(sent).is_repeat is True  # the last word stands when it is sent again
    triage.say_repeat(desk.coordinator, case, referral_id=sent.pk, is_repeat=False, reason="")
    sent.refresh_from_db()
    assert (sent.is_repeat, sent.repeat_reason) == (False, "")


# --- the decision


@pytest.mark.parametrize(
    ("action", "facts", "state", "kind"),
    [
        (triage.accept_referral, {}, "accepted", "marac.accepted"),
        (triage.return_referral, {"reasons": "Which school does the child go to?"}, "returned", "marac.returned"),
        (triage.decline_referral, {"reasons": WHY_NOT}, "not_accepted", "marac.not_accepted"),
    ],
)
def test_each_decision_is_kept_entered_and_told_to_the_referrer(a_case, desk, people, action, facts, state, kind):
    case = a_case()
    sent = desk.sent(case)
    action(desk.coordinator, case, referral_id=sent.pk, **facts)
    sent.refresh_from_db()
    assert sent.state == state
    step = sent.steps.last()
    assert (step.to_state, step.by, step.reasons) == (state, people.marac_coordinator, facts.get("reasons", ""))
    entry = Entry.objects.filter(case=case, kind="marac").first()
    assert (entry.audience, entry.text) == ("partners", facts.get("reasons", ""))
    assert list(Notification.objects.values_list("user", "kind")) == [(people.specialist_da_officer.pk, kind)]
    assert kind in notices.WORDS


def test_who_cannot_be_told_any_more_is_not_and_the_manager_is(a_case, desk, people):
    case = a_case()
    sent = desk.sent(case)
    Exclusion.objects.create(case=case, user=people.specialist_da_officer, reason="A neighbour", made_at=timezone.now(), made_by=people.housing_manager)
    people.specialist_da_officer.memberships.update(ended_at=timezone.now())
    Grant.objects.filter(content_object=case, level="lead").update(worker=None)
    triage.return_referral(desk.coordinator, case, referral_id=sent.pk, reasons="Which school does the child go to?")
    told = set(Notification.objects.values_list("user__email", flat=True))
    assert told == {"housing_manager@example.org", "agency_lead@example.org"}


@pytest.mark.parametrize(("action", "reasons"), [(triage.return_referral, "what"), (triage.decline_referral, "Below our threshold, sorry.")])
def test_a_referral_never_comes_back_or_is_refused_in_silence(a_case, desk, action, reasons):
    case = a_case()
    sent = desk.sent(case)
    with pytest.raises(Refused):
        action(desk.coordinator, case, referral_id=sent.pk, reasons=reasons)
    assert Referral.objects.get().state == "submitted"
    assert not Notification.objects.exists()


def test_two_coordinators_decide_once(a_case, desk):
    case = a_case()
    sent = desk.sent(case)
    triage.accept_referral(desk.coordinator, case, referral_id=sent.pk)
    with pytest.raises(Refused, match="This referral is accepted"):
        triage.decline_referral(desk.coordinator, case, referral_id=sent.pk, reasons=WHY_NOT)
    assert Referral.objects.get().state == "accepted"


def test_returned_and_not_accepted_can_be_completed_and_sent_again(a_case, desk):
    case = a_case()
    sent = desk.sent(case)
    first_sent_at = sent.submitted_at
    triage.decline_referral(desk.coordinator, case, referral_id=sent.pk, reasons=WHY_NOT)
    again = desk.send(Referral.objects.get())
    assert (again.state, again.submitted_at) == ("submitted", first_sent_at)
    triage.return_referral(desk.coordinator, case, referral_id=sent.pk, reasons="Which school does the child go to?")
    assert desk.send(Referral.objects.get()).state == "submitted"


def test_withdrawing_ends_the_coordinators_sight(a_case, desk, people):
    case = a_case()
    sent = desk.sent(case)
    referral.withdraw_referral(people.actor("specialist_da_officer"), case, referral_id=sent.pk, reasons="She has moved to another country")
    assert Referral.objects.get().state == "withdrawn"
    assert not can(desk.coordinator, "see_listing", case)
    assert Event.objects.filter(verb="grant.end_meeting", case_reference=case.reference).count() == 1
    with pytest.raises(Refused, match="This referral is withdrawn"):
        referral.withdraw_referral(people.actor("specialist_da_officer"), case, referral_id=sent.pk, reasons="She has moved to another country")


def test_a_prepared_draft_is_withdrawn_with_the_reason_for_all_partners_to_read(a_case, signed, people):
    case = a_case()
    signed(case)
    draft = Referral.objects.get()
    with pytest.raises(Refused, match="at least 10 characters"):
        referral.withdraw_referral(people.actor("housing_officer"), case, referral_id=draft.pk, reasons="no")
    referral.withdraw_referral(people.actor("housing_officer"), case, referral_id=draft.pk, reasons="The level was lowered by a second person")
    entry = Entry.objects.filter(case=case, kind="marac").first()
    assert (entry.title, entry.text) == ("MARAC referral withdrawn before it was sent", "The level was lowered by a second person")


# --- who may decide


@pytest.mark.parametrize("persona", ["housing_officer", "specialist_da_officer", "idva", "idva_manager", "marac_representative", "agency_lead"])
def test_nobody_but_the_coordinator_decides_even_who_sees_the_listing(a_case, desk, share, people, persona):
    case = a_case()
    sent = desk.sent(case)
    for slug in ("harbour_idva", "vale_probation"):
        share(case, slug, "meeting")
    with pytest.raises((PermissionDenied, Http404)):
        triage.accept_referral(people.actor(persona), case, referral_id=sent.pk)
    assert Referral.objects.get().state == "submitted"
    assert Event.objects.filter(verb="referral.accept", outcome="denied").count() == 1


@pytest.mark.parametrize("persona", ["outsider", "superuser", "commissioner", "auditor", "administrator", "call_handler"])
def test_outsiders_reach_no_action(a_case, desk, people, persona):
    case = a_case()
    sent = desk.sent(case)
    actor = people.actor(persona)
    for action, facts in (
        (referral.begin_referral, {}),
        (referral.edit_referral, {"referral_id": sent.pk, "page": "voice", "said": {}, "opened_at_revision": 0}),
        (referral.submit_referral, {"referral_id": sent.pk, "receiver_id": 1}),
        (referral.withdraw_referral, {"referral_id": sent.pk, "reasons": WHY_NOT}),
        (triage.accept_referral, {"referral_id": sent.pk}),
        (triage.return_referral, {"referral_id": sent.pk, "reasons": WHY_NOT}),
        (triage.decline_referral, {"referral_id": sent.pk, "reasons": WHY_NOT}),
        (triage.say_repeat, {"referral_id": sent.pk, "is_repeat": True, "reason": "x"}),
        (listing.list_referral, {"referral_id": sent.pk, "meeting_id": 1}),
        (listing.unlist_referral, {"referral_id": sent.pk, "reasons": WHY_NOT}),
    ):
        with pytest.raises((Http404, PermissionDenied)):
            action(actor, case.reference, **facts)
    for action, facts in (
        (meeting.plan_meeting, {"area": "x", "starts_at": timezone.now() + timedelta(days=9)}),
        (meeting.change_meeting, {"meeting_id": 1, "area": "x", "starts_at": timezone.now(), "opened_at_revision": 0}),
        (meeting.cancel_meeting, {"meeting_id": 1, "reasons": WHY_NOT}),
        (meeting.hold_meeting, {"meeting_id": 1}),
        (listing.move_listing, {"meeting_id": 1, "listing_id": 1, "direction": "up", "from_position": 1}),
    ):
        with pytest.raises(PermissionDenied):
            action(actor, **facts)
    assert Referral.objects.get().state == "submitted"
    assert not Meeting.objects.exists()


def test_a_coordinator_of_another_marac_decides_nothing(a_case, desk, people, enrolled_coordinator, share):
    case = a_case()
    sent = desk.sent(case)
    enrolled_coordinator("stranger", "vale_probation")
    share(case, "vale_probation", "meeting")
    with pytest.raises(PermissionDenied):
        triage.accept_referral(people.actor("stranger"), case, referral_id=sent.pk)
    planned = desk.meeting()
    with pytest.raises(PermissionDenied):
        meeting.cancel_meeting(people.actor("stranger"), meeting_id=planned.pk, reasons=WHY_NOT)


def test_an_excluded_coordinator_decides_nothing(a_case, desk, people):
    case = a_case()
    sent = desk.sent(case)
    Exclusion.objects.create(case=case, user=people.marac_coordinator, reason="A friend", made_at=timezone.now(), made_by=people.housing_manager)
    with pytest.raises(Http404):
        triage.accept_referral(desk.coordinator, case, referral_id=sent.pk)


# --- closing


def test_a_case_does_not_close_over_a_referral_that_waits(a_case, desk, signed, people):
    case = a_case()
    reasons = lambda: [reason for check in BEFORE_CLOSING for reason in check(case, timezone.now()) if "MARAC" in reason]  # noqa: E731
    assert reasons() == []
    signed(case)
    assert "being prepared" in reasons()[0]
    referral.withdraw_referral(people.actor("housing_officer"), case, referral_id=Referral.objects.get().pk, reasons="Prepared by mistake here")
    assert reasons() == []
    desk.listed(case)
    assert "listed on a meeting" in reasons()[0]
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        assert reasons() == []


# --- the list


def test_listing_takes_the_next_place_and_tells_the_referrer(a_case, desk, people):
    planned = desk.meeting()
    for number in range(3):
        desk.listed(a_case(family_name=f"Name{number}"), on=planned)
    assert list(planned.listings.values_list("position", flat=True)) == [1, 2, 3]
    assert Referral.objects.filter(state="listed").count() == 3
    assert Notification.objects.filter(kind="marac.listed", user=people.specialist_da_officer).count() == 3
    assert Step.objects.filter(verb="list", meeting=planned).count() == 3


def test_after_the_deadline_only_with_the_chairs_leave(a_case, desk):
    case = a_case()
    accepted = desk.accepted(case)
    soon = desk.meeting(days=3)
    with pytest.raises(Refused, match="Say who gave leave") as refusal:
        listing.list_referral(desk.coordinator, case, referral_id=accepted.pk, meeting_id=soon.pk)
    assert refusal.value.field == "leave_note"
    listing.list_referral(desk.coordinator, case, referral_id=accepted.pk, meeting_id=soon.pk, leave_note="The chair: he is out on Friday")
    assert Listing.objects.get().leave_note == "The chair: he is out on Friday"


def test_in_time_no_leave_is_kept(a_case, desk):
    case = a_case()
    accepted = desk.accepted(case)
    listing.list_referral(desk.coordinator, case, referral_id=accepted.pk, meeting_id=desk.meeting(days=60).pk, leave_note="not needed at all")
    assert Listing.objects.get().leave_note == ""


def test_the_same_pair_stands_once_on_a_meeting(a_case, desk, same_people):
    planned = desk.meeting()
    first = a_case()
    desk.listed(first, on=planned)
    twin = same_people(first)
    accepted = desk.accepted(twin, persona="idva")
    with pytest.raises(Refused, match="same victim/survivor and alleged perpetrator"):
        listing.list_referral(desk.coordinator, twin, referral_id=accepted.pk, meeting_id=planned.pk)
    other_pair = same_people(first, perpetrator="another")
    desk.listed(other_pair, on=planned, persona="idva")
    assert planned.listings.count() == 2


def test_a_meeting_that_started_was_cancelled_or_is_anothers_takes_no_case(a_case, desk, people, enrolled_coordinator):
    case = a_case()
    accepted = desk.accepted(case)
    planned = desk.meeting(days=60)
    with time_machine.travel(planned.starts_at), pytest.raises(Refused, match="list of this meeting is closed"):
        listing.list_referral(desk.coordinator, case, referral_id=accepted.pk, meeting_id=planned.pk)
    meeting.cancel_meeting(desk.coordinator, meeting_id=planned.pk, reasons="The chair is not free")
    with pytest.raises(Refused, match="list of this meeting is closed"):
        listing.list_referral(desk.coordinator, case, referral_id=accepted.pk, meeting_id=planned.pk)
    enrolled_coordinator("stranger", "vale_probation")
    theirs = desk.meeting(days=60, persona="stranger")
    with pytest.raises(PermissionDenied):
        listing.list_referral(desk.coordinator, case, referral_id=accepted.pk, meeting_id=theirs.pk)


def _order(planned):
    return list(planned.listings.order_by("position").values_list("case__reference", flat=True))


def test_moving_up_and_down_changes_two_places_and_a_stale_press_changes_nothing(a_case, desk):
    planned = desk.meeting()
    a, b, c = (a_case(family_name=f"Name{number}") for number in range(3))
    for case in (a, b, c):
        desk.listed(case, on=planned)
    press = lambda case, direction, position: listing.move_listing(  # noqa: E731
        desk.coordinator, meeting_id=planned.pk, listing_id=case.marac_listings.get().pk, direction=direction, from_position=position
    )
    press(c, "up", 3)
    assert _order(planned) == [a.reference, c.reference, b.reference]
    with pytest.raises(Refused, match="has changed since you opened it"):
        press(c, "up", 3)  # the same press twice moves one place
    press(a, "down", 1)
    assert _order(planned) == [c.reference, a.reference, b.reference]
    for case, direction, position, end in ((c, "up", 1, "first"), (b, "down", 3, "last")):
        with pytest.raises(Refused, match=f"{end} already"):
            press(case, direction, position)


def test_a_hidden_case_keeps_its_place_when_others_move(a_case, desk, people):
    planned = desk.meeting()
    a, hidden, c = (a_case(family_name=f"Name{number}") for number in range(3))
    for case in (a, hidden, c):
        desk.listed(case, on=planned)
    Exclusion.objects.create(case=hidden, user=people.marac_coordinator, reason="A friend", made_at=timezone.now(), made_by=people.housing_manager)
    listing.move_listing(desk.coordinator, meeting_id=planned.pk, listing_id=c.marac_listings.get().pk, direction="up", from_position=3)
    assert _order(planned) == [c.reference, hidden.reference, a.reference]
    with pytest.raises(PermissionDenied):
        listing.move_listing(desk.coordinator, meeting_id=planned.pk, listing_id=hidden.marac_listings.get().pk, direction="up", from_position=2)


def test_taking_off_closes_the_ranks_and_leaves_the_case_waiting(a_case, desk):
    planned = desk.meeting()
    a, b, c = (a_case(family_name=f"Name{number}") for number in range(3))
    for case in (a, b, c):
        desk.listed(case, on=planned)
    listing.unlist_referral(desk.coordinator, b, referral_id=b.marac_referrals.get().pk, reasons="The family has moved away")
    assert list(planned.listings.values_list("case__reference", "position")) == [(a.reference, 1), (c.reference, 2)]
    assert b.marac_referrals.get().state == "accepted"
    step = b.marac_referrals.get().steps.last()
    assert (step.verb, step.meeting, step.reasons) == ("unlist", planned, "The family has moved away")
    assert Notification.objects.filter(case=b, kind="marac.unlisted").count() == 1


def test_cancelling_sends_every_case_back_to_waiting(a_case, desk):
    planned = desk.meeting()
    cases = [a_case(family_name=f"Name{number}") for number in range(2)]
    for case in cases:
        desk.listed(case, on=planned)
    with pytest.raises(Refused, match="at least 10 characters"):
        meeting.cancel_meeting(desk.coordinator, meeting_id=planned.pk, reasons="snow")
    meeting.cancel_meeting(desk.coordinator, meeting_id=planned.pk, reasons="Snow: nobody can come")
    planned.refresh_from_db()
    assert (planned.state, planned.state_reason) == ("cancelled", "Snow: nobody can come")
    assert not planned.listings.exists()
    assert set(Referral.objects.values_list("state", flat=True)) == {"accepted"}
    assert Event.objects.filter(verb="listing.remove").count() == 2


def test_a_meeting_is_frozen_with_its_deadline_and_moves_with_its_time(desk, people):
    from agencies.models import Policy

    with time_machine.travel("2026-02-01T09:00:00+00:00", tick=False):
        planned = meeting.plan_meeting(desk.coordinator, area="Derby City", starts_at=datetime(2026, 3, 12, 10, tzinfo=UTC))
        assert planned.referrals_due_at.isoformat() == "2026-03-03T00:00:00+00:00"
        assert planned.deadline_basis.startswith("8 working days before (")
        Policy.objects.create(
            key="marac.referral_deadline_days", value="5", effective_from=timezone.now(), reason="Agreed", set_by=people.partnership_administrator,
            set_at=timezone.now(),
        )
        planned.refresh_from_db()
        assert planned.referrals_due_at.isoformat() == "2026-03-03T00:00:00+00:00"
        meeting.change_meeting(desk.coordinator, meeting_id=planned.pk, area="Derby", starts_at=planned.starts_at, opened_at_revision=0)
        planned.refresh_from_db()
        assert (planned.area, planned.referrals_due_at.isoformat()) == ("Derby", "2026-03-03T00:00:00+00:00")
        with pytest.raises(Refused, match="Somebody else changed this meeting"):
            meeting.change_meeting(desk.coordinator, meeting_id=planned.pk, area="Late", starts_at=planned.starts_at, opened_at_revision=0)
        meeting.change_meeting(desk.coordinator, meeting_id=planned.pk, area="Derby", starts_at=planned.starts_at + timedelta(days=1), opened_at_revision=1)
        planned.refresh_from_db()
        assert planned.referrals_due_at.isoformat() == "2026-03-07T00:00:00+00:00"  # five working days before Friday 13 March


def test_a_meeting_is_held_once_it_has_started_and_changes_no_more(a_case, desk):
    planned = desk.meeting()
    listed = desk.listed(a_case(), on=planned)
    with pytest.raises(Refused, match="not started yet"):
        meeting.hold_meeting(desk.coordinator, meeting_id=planned.pk)
    with time_machine.travel(planned.starts_at + timedelta(hours=3)):
        meeting.hold_meeting(desk.coordinator, meeting_id=planned.pk)
        with pytest.raises(Refused, match="held"):
            meeting.cancel_meeting(desk.coordinator, meeting_id=planned.pk, reasons="Too late for this")
        with pytest.raises(Refused, match="held"):
            listing.unlist_referral(desk.coordinator, listed.case, referral_id=listed.pk, reasons="Too late for this")
    planned.refresh_from_db()
    assert planned.state == "held"


def test_a_past_or_second_meeting_is_not_planned(desk):
    planned = desk.meeting()
    with pytest.raises(Refused, match="planned already"):
        meeting.plan_meeting(desk.coordinator, area=planned.area, starts_at=planned.starts_at)
    with pytest.raises(Refused, match="must be in the future"):
        meeting.plan_meeting(desk.coordinator, area="x", starts_at=timezone.now() - timedelta(minutes=1))


def test_the_database_refuses_two_cases_in_one_place_and_a_half_sent_referral(a_case, desk):
    planned = desk.meeting()
    a, b = (desk.listed(a_case(family_name=f"Name{number}"), on=planned) for number in range(2))
    from django.db import IntegrityError

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        Listing.objects.filter(referral=b).update(position=1)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=a.pk).update(submitted_by=None)


def test_what_was_said_meanwhile_is_not_written_over(a_case, desk, people):
    case = a_case()
    draft = desk.draft(case)
    said = {"fears": "Him", "safe_to_talk_to": "", "not_safe_to_talk_to": "", "wants": "", "risk_to_professionals": ""}
    actor = people.actor("housing_officer")
    referral.edit_referral(actor, case, referral_id=draft.pk, page="voice", said=said, opened_at_revision=draft.revision)
    with pytest.raises(Refused, match="Somebody else changed this referral"):
        referral.edit_referral(actor, case, referral_id=draft.pk, page="voice", said=said | {"fears": "His brother"}, opened_at_revision=draft.revision)
    assert Referral.objects.get().fears == "Him"
    desk.send(Referral.objects.get())
    with pytest.raises(Refused, match="cannot be changed"):
        referral.edit_referral(actor, case, referral_id=draft.pk, page="voice", said=said, opened_at_revision=draft.revision)


def test_the_log_carries_codes_never_what_was_written(a_case, desk):
    case = a_case()
    desk.sent(case, background="She said that he would find her")
    for event in Event.objects.all():
        assert "find her" not in f"{event.before}{event.after}{event.reason}"
        assert "Thistlewood" not in f"{event.before}{event.after}{event.reason}{event.subject}"


# --- how long the listing stays in sight


def _sight(case, slug="vale_police"):
    return Grant.objects.get(content_object=case, agency__slug=slug, level="meeting").ends_at


def test_not_accepting_ends_sight_and_the_appeal_gives_it_anew(a_case, desk):
    case = a_case()
    sent = desk.sent(case)
    triage.decline_referral(desk.coordinator, case, referral_id=sent.pk, reasons=WHY_NOT)
    assert not can(desk.coordinator, "see_listing", case)
    assert Event.objects.filter(verb="grant.end_meeting", case_reference=case.reference).count() == 1
    desk.send(Referral.objects.get())
    assert can(desk.coordinator, "see_listing", case)
    assert _sight(case) is None


def test_a_returned_or_accepted_referral_keeps_sight_and_its_withdrawal_ends_it(a_case, desk, people):
    for step in (triage.accept_referral, lambda *args, **facts: triage.return_referral(*args, reasons="Which school does the child go to?", **facts)):
        case = a_case()
        sent = desk.sent(case)
        step(desk.coordinator, case, referral_id=sent.pk)
        assert can(desk.coordinator, "see_listing", case)
        referral.withdraw_referral(people.actor("specialist_da_officer"), case, referral_id=sent.pk, reasons="She has moved to another country")
        assert not can(desk.coordinator, "see_listing", case)


def test_an_older_refusal_keeps_nothing_open_and_another_open_referral_does(a_case, desk, people, share):
    case = a_case()
    share(case, "harbour_idva", worker="idva")
    refused = desk.sent(case)
    triage.decline_referral(desk.coordinator, case, referral_id=refused.pk, reasons=WHY_NOT)
    second = desk.sent(case, "idva")
    referral.withdraw_referral(people.actor("idva"), case, referral_id=second.pk, reasons="She has moved to another country")
    assert not can(desk.coordinator, "see_listing", case)


def test_after_the_meeting_was_held_sight_ends_when_the_agreed_days_have_passed(a_case, desk, share, people):
    planned, case, waiting = desk.meeting(), a_case(), a_case(family_name="Waiting")
    desk.listed(case, on=planned)
    desk.accepted(waiting)
    share(case, "vale_probation", "meeting")
    representative = people.actor("marac_representative")
    held_at = planned.starts_at + timedelta(hours=3)
    with time_machine.travel(held_at, tick=False):
        meeting.hold_meeting(desk.coordinator, meeting_id=planned.pk)
    assert [_sight(case), _sight(case, "vale_probation"), _sight(waiting)] == [held_at + timedelta(days=28), held_at + timedelta(days=28), None]
    for days, seen in ((27, True), (28, False)):
        with time_machine.travel(held_at + timedelta(days=days), tick=False):
            assert [can(actor, "see_listing", case) for actor in (desk.coordinator, representative)] == [seen, seen]
            assert can(desk.coordinator, "see_listing", waiting)


def test_a_partnership_that_agreed_seven_days_gets_seven(a_case, desk, people):
    from agencies.models import Policy

    Policy.objects.create(
        key="marac.sight_days_after_meeting", value="7", effective_from=timezone.now(), reason="Agreed", set_by=people.partnership_administrator,
        set_at=timezone.now(),
    )
    planned, case = desk.meeting(), a_case()
    desk.listed(case, on=planned)
    with time_machine.travel(planned.starts_at, tick=False):
        meeting.hold_meeting(desk.coordinator, meeting_id=planned.pk)
    assert _sight(case) == planned.starts_at + timedelta(days=7)


def test_a_new_referral_after_the_meeting_opens_sight_and_its_refusal_leaves_what_was_agreed(a_case, desk):
    planned, case = desk.meeting(), a_case()
    desk.listed(case, on=planned)
    with time_machine.travel(planned.starts_at, tick=False):
        meeting.hold_meeting(desk.coordinator, meeting_id=planned.pk)
    with time_machine.travel(planned.starts_at + timedelta(days=3), tick=False):
        again = desk.sent(case)
        assert _sight(case) is None
        triage.decline_referral(desk.coordinator, case, referral_id=again.pk, reasons=WHY_NOT)
    assert _sight(case) == planned.starts_at + timedelta(days=28)


def test_closing_the_case_ends_every_sight_of_its_listing(a_case, desk, share, people):
    from cases.actions.closing import close_case

    planned, case = desk.meeting(), a_case(clock=None)
    desk.listed(case, on=planned)
    share(case, "vale_probation", "meeting")
    with time_machine.travel(planned.starts_at + timedelta(hours=3), tick=False):
        close_case(people.actor("housing_manager"), case, closing_reason="needs_met", summary="Safe and settled for now.", audience="partners")
        assert not can(desk.coordinator, "see_listing", case)
        assert not can(people.actor("marac_representative"), "see_listing", case)


@pytest.mark.parametrize("act", ["hold", "cancel"])
def test_a_meeting_is_held_or_cancelled_beside_a_row_that_merely_points_to_its_case(a_case, desk, act):
    from django.test.utils import CaptureQueriesContext

    planned = desk.meeting()
    desk.listed(a_case(), on=planned)
    with time_machine.travel(planned.starts_at + timedelta(hours=3 if act == "hold" else -3)), CaptureQueriesContext(connection) as asked:
        if act == "hold":
            meeting.hold_meeting(desk.coordinator, meeting_id=planned.pk)
        else:
            meeting.cancel_meeting(desk.coordinator, meeting_id=planned.pk, reasons="Snow: nobody can come")
    locks = [query["sql"] for query in asked if "FOR " in query["sql"] and ("UPDATE OF" in query["sql"] or query["sql"].rstrip().endswith("UPDATE"))]
    assert len(locks) == 2
    assert all("FOR NO KEY UPDATE" in lock for lock in locks)


# --- a repeat that rests on a case which is barred from the coordinator


def test_a_barred_coordinator_is_not_asked_why_a_hidden_repeat_is_none(a_case, desk, people, same_people):
    with time_machine.travel(timezone.now() - timedelta(days=60), tick=False):
        first = a_case()
        desk.sent(first)
    second = same_people(first)
    sent = desk.sent(second, "idva")
    Exclusion.objects.create(case=first, user=people.marac_coordinator, reason="A friend", made_at=timezone.now(), made_by=people.housing_manager)
    triage.say_repeat(desk.coordinator, second, referral_id=sent.pk, is_repeat=False, reason="")
    sent.refresh_from_db()
    assert (sent.is_repeat, sent.repeat_reason) == (True, "")
    with pytest.raises(Refused, match="different from what Waymark found"):
        triage.say_repeat(desk.coordinator, second, referral_id=sent.pk, is_repeat=True, reason="")
    triage.say_repeat(desk.coordinator, second, referral_id=sent.pk, is_repeat=True, reason="Told by another county")
    sent.refresh_from_db()
    assert (sent.is_repeat, sent.repeat_reason) == (True, "Told by another county")
