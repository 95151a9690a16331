"""From a signed assessment to a sent referral: what is prepared, what it must say, who receives it, and what stays out of the log."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from agencies.gate import AlreadyDone, Refused
from audit.models import Event
from cases.access import can
from cases.models import Entry, Exclusion, Grant, SharingDecision
from marac import consequences, referring
from marac.actions import referral
from marac.models import Referral, Step

pytestmark = pytest.mark.django_db


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


def test_a_closed_case_is_not_referred(a_case, desk, people):
    case = a_case()
    draft = desk.draft(case)
    type(case).objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer)
    with pytest.raises(Refused, match="closed"):
        desk.send(draft)


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
