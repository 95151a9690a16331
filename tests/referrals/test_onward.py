"""Safeguarding referrals on a case: who may see and decide, and what is proposed by a signature, a child added later, a danger."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.gate import Refused
from audit.models import Event
from cases.actions.assessment import decide_downgrade
from cases.actions.case_file import finish_task
from cases.actions.children import judge_risk
from cases.actions.people import add_person, change_person
from cases.models import Case, Clock, Notification, Party, Task
from referrals import danger
from referrals.models import SafeguardingReferral
from referrals.safeguarding import actions, rules
from tests.referrals.onward import LONG, answered, moment, of, proposals, send, sent, signed, text_of

PAGES = ["onward", "onward_send", "onward_against", "onward_chase", "onward_answer"]


@pytest.fixture
def case(a_case):
    return a_case()


@pytest.fixture
def officer(people):
    return people.actor("specialist_da_officer")


# --- from the outside


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_are_closed_from_outside_and_below_partner_level(client_for, case, share, officer, name):
    signed(officer, case, "medium")
    share(case, "lantern_outreach", "summary")
    share(case, "harbour_idva", "partner")
    url = reverse(name, args=[case.reference, of(case).pk])
    for persona in ("outsider", "superuser", "commissioner", "auditor", "health_visitor"):
        assert client_for(persona).get(url).status_code == 404, persona
    assert client_for("outreach_worker").get(url).status_code == 403
    assert client_for("idva").get(url).status_code == 200
    # Deciding against one takes somebody who may assess the risk.
    assert client_for("housing_officer").get(url).status_code == (403 if name == "onward_against" else 200)


def test_pages_by_hand_and_of_a_notice_are_closed_too(client_for, case, share, people, a_case):
    share(case, "lantern_outreach", "summary")
    child, victim = case.parties.get(role="child"), case.parties.get(role="victim")
    for name, party in (("onward_add", victim), ("onward_add", child), ("school_notice", child)):
        url = reverse(name, args=[case.reference, party.pk])
        assert client_for("outsider").get(url).status_code == 404
        assert client_for("outreach_worker").get(url).status_code == 403
        assert client_for("housing_officer").get(url).status_code == 200
    assert client_for("housing_officer").get(reverse("onward_add", args=[case.reference, case.parties.get(role="perpetrator").pk])).status_code == 404
    assert client_for("housing_officer").get(reverse("school_notice", args=[case.reference, victim.pk])).status_code == 404
    assert client_for("housing_officer").get(reverse("onward_add", args=[a_case().reference, child.pk])).status_code == 404


def test_the_actions_refuse_whoever_may_not(people, case, share, officer, a_case):
    signed(officer, case, "medium")
    one = of(case)
    share(case, "lantern_outreach", "summary")
    for persona, problem in (("outsider", Http404), ("outreach_worker", PermissionDenied)):
        actor = people.actor(persona)
        for call in (
            lambda who: sent(who, one),
            lambda who: actions.override_referral(who, case, referral_id=one.pk, reason=LONG),
            lambda who: actions.add_referral(who, case, party_id=one.party_id, route="early_help", why=LONG),
            lambda who: actions.add_notice(who, case, party_id=one.party_id, incident_at=timezone.now(), is_attended=True),
        ):
            with pytest.raises(problem):
                call(actor)
    with pytest.raises(PermissionDenied):
        actions.override_referral(people.actor("housing_officer"), case, referral_id=one.pk, reason=LONG)
    with pytest.raises(Http404):
        actions.send_referral(officer, a_case(), referral_id=one.pk, sent_at=timezone.now(), method="phone", audience="agency")
    one.refresh_from_db()
    assert one.state == "proposed"


def test_a_closed_case_refuses(people, case, officer):
    signed(officer, case, "medium")
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer, closing_reason="needs_met")
    for call in (lambda: sent(officer, of(case)), lambda: actions.override_referral(officer, case, referral_id=of(case).pk, reason=LONG)):
        with pytest.raises(Refused, match="closed"):
            call()


# --- what is proposed, and when


@pytest.mark.parametrize(("level", "route"), [("standard", "early_help"), ("medium", "social_care"), ("high", "social_care")])
def test_a_signature_proposes_by_the_level(client_for, case, officer, level, route):
    signed(officer, case, level)
    assert proposals(case) == [route]
    one = of(case, route)
    assert one.party.role == "child" and f"assessed as {level}" in one.why and one.agency_id == officer.agency_id and one.assessment_id
    page = text_of(client_for("specialist_da_officer"), case)
    assert f"Decide on a referral to {rules.ROUTES[route].to}" in page and "Juniper" in page and one.why in page.replace("&#x27;", "'")
    # The action that waits stands in My work, and once on the case.
    assert Task.objects.get(case=case, kind=f"children.{route}").due_at == one.due_at
    assert "Decide on a referral of the children" not in page and "Decide on Early Help or universal" not in page
    assert Event.objects.filter(verb="onward.propose", subject=f"onward:{one.pk}").count() == 1


def test_a_higher_level_takes_the_place_of_early_help(case, officer):
    signed(officer, case, "standard")
    signed(officer, case, "high")
    assert proposals(case) == ["social_care"]
    assert of(case, "early_help").state == "replaced"
    assert not Task.objects.filter(kind="children.early_help", done_at=None).exists()


def test_a_new_assessment_asks_again_what_was_decided_against_or_answered(case, officer):
    signed(officer, case, "medium")
    actions.override_referral(officer, case, referral_id=of(case).pk, reason=LONG)
    assert proposals(case) == []
    signed(officer, case, "medium")
    assert proposals(case) == ["social_care"]
    sent(officer, of(case))
    signed(officer, case, "high")
    assert proposals(case) == []  # one is under way
    answered(officer, of(case), "no_further_action")
    signed(officer, case, "high")
    assert proposals(case) == ["social_care"]


def test_a_child_added_later_is_proposed_at_once_and_only_once(people, case, officer):
    actor = people.actor("housing_officer")
    add_person(actor, case, role="child", given_name="Early", approximate_age=2)
    assert not SafeguardingReferral.objects.exists()  # nobody has signed a level yet
    signed(officer, case, "medium")
    late = add_person(actor, case, role="child", is_unborn=True, expected_on=timezone.localdate() + timedelta(days=60))
    grown = add_person(actor, case, role="child", given_name="Grown", date_of_birth=date(1997, 3, 3), age_is_right=True)
    assert proposals(case) == ["social_care"] * 3 and not grown.onward.exists()
    change_person(actor, case, party_id=late.pk, given_name="Changed", is_unborn=True)
    assert late.onward.count() == 1
    change_person(actor, case, party_id=grown.pk, date_of_birth=timezone.localdate() - timedelta(days=4000))
    assert grown.onward.get().route == "social_care"


def test_danger_brings_the_emergency_duty_team_at_any_level(people, case, officer, inside_gate):
    with inside_gate() as act:
        danger.report(act, case, timezone.now())
    assert proposals(case) == ["emergency"]
    signed(officer, case, "standard")
    assert proposals(case) == ["early_help", "emergency"]
    one = of(case, "emergency")
    with pytest.raises(Refused, match="Ring them first"):
        sent(officer, one, method="portal")
    sent(officer, one, method="phone")
    assert Clock.objects.get(about=f"onward:{one.pk}").kind == "social_care"
    answered(officer, one, "section_47")
    case.refresh_from_db()
    with inside_gate() as act:
        danger.report(act, case, timezone.now())
    assert proposals(case) == ["early_help", "emergency"]  # a new danger, so they are rung again


def test_a_child_whose_own_risk_is_serious_is_referred_whatever_the_level(people, case, officer):
    child = case.parties.get(role="child").pk
    judge = {"party_id": child, "has_special_needs": False, "reason": "Long enough to be understood."}
    judge_risk(officer, case, scale=1, **judge)
    assert proposals(case) == ["early_help"]  # three years old, so step 2 counts; nobody has signed a level yet
    signed(officer, case, "standard")
    assert proposals(case) == ["early_help"]
    judge_risk(officer, case, scale=2, **judge)
    assert proposals(case) == ["social_care"] and "step 3 of 4" in of(case).why
    actions.override_referral(officer, case, referral_id=of(case).pk, reason=LONG)
    signed(officer, case, "standard")
    assert proposals(case) == ["social_care"]  # the level alone would have asked for less
    actions.override_referral(officer, case, referral_id=of(case).pk, reason=LONG)
    judge_risk(officer, case, scale=1, **judge)
    assert proposals(case) == []
    judge_risk(officer, case, scale=4, **judge)
    assert proposals(case) == ["social_care"]


def test_an_adult_at_risk_is_proposed_for_adult_safeguarding(people, case, officer):
    grandmother = add_person(people.actor("housing_officer"), case, role="adult", given_name="Aurelia", date_of_birth=date(1944, 2, 2))
    signed(officer, case, "standard")
    assert grandmother.onward.get().route == "adult"
    aunt = add_person(people.actor("housing_officer"), case, role="adult", given_name="Later", date_of_birth=date(1950, 2, 2))
    assert aunt.onward.get().route == "adult"


def test_somebody_under_18_who_is_harmed_or_harms_is_referred_too(people, case, officer, client_for):
    young = timezone.localdate() - timedelta(days=17 * 365)
    for role in ("victim", "perpetrator"):
        party = case.parties.get(role=role)
        type(party.person).objects.filter(pk=party.person_id).update(date_of_birth=young)
    signed(officer, case, "high")
    assert sorted(SafeguardingReferral.objects.filter(case=case).values_list("party__role", flat=True)) == ["child", "perpetrator", "victim"]
    assert set(proposals(case)) == {"social_care"}
    text = text_of(client_for("housing_officer"), case, "children")
    assert "Refer Rufus Blackwater, who is under 18" in text


def test_an_agency_that_receives_it_in_waymark_is_told_if_it_sees_the_case(people, client_for, case, officer, share, inside_gate):
    agency = people.agency("valley_health")
    type(agency).objects.filter(pk=agency.pk).update(type="childrens_social_care")
    signed(officer, case, "medium")
    client, one = client_for("housing_officer"), of(case)
    facts = {"method": "waymark", "audience": "agency", "is_told": "no", "not_told_reason": "He reads her post and her messages.", **moment("sent_at", timezone.now())}
    assert send(client, case, "onward_send", one.pk, receiver_id="999999", **facts).status_code == 422
    assert send(client, case, "onward_send", one.pk, receiver_id=agency.pk, **facts).status_code == 302
    assert not Notification.objects.filter(user=people.health_visitor).exists()  # nobody is told of a case that they may not see
    page = text_of(client, case, "onward", one.pk)
    assert "does not see this case in Waymark" in page and "He reads her post" in page and "Share it with them" in page
    answered(officer, one, "known")
    share(case, "valley_health", "partner")
    signed(officer, case, "high")
    sent(officer, of(case), receiver_id=agency.pk, receiver_name="")
    assert Notification.objects.filter(user=people.health_visitor, kind="onward.sent").exists()
    assert "does not see this case" not in text_of(client, case, "onward", of(case).pk)


def test_the_action_that_waits_is_not_ticked_off_without_a_decision(people, case, officer):
    signed(officer, case, "medium")
    task = Task.objects.get(kind="children.social_care")
    with pytest.raises(Refused, match="A referral waits for this decision"):
        finish_task(officer, case, task_id=task.pk, was_needed=False, outcome="Not needed")
    actions.override_referral(officer, case, referral_id=of(case).pk, reason=LONG)
    task.refresh_from_db()
    assert task.done_at and "Decided against" in task.outcome


def test_a_level_that_is_lowered_later_takes_nothing_away(people, case, officer):
    signed(officer, case, "high", yes=16)
    lower = signed(officer, case, "medium", yes=12)
    if lower.awaits_second_person:
        decide_downgrade(people.actor("housing_manager"), case, assessment_id=lower.pk, decision="approved", reason="He has moved abroad for good.")
    assert proposals(case) == ["social_care"]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.sampled_from(["standard", "medium", "high", "child", "send", "against", "answer", "danger"]), min_size=1, max_size=6))
def test_whatever_happens_no_child_is_left_with_nothing(people, a_case, officer, inside_gate, steps):
    case = a_case(clock=None, with_phone=False)
    last = ""
    for number, step in enumerate(steps):
        waiting = SafeguardingReferral.objects.filter(case=case, state="proposed").exclude(route="early_help").first()
        going = SafeguardingReferral.objects.filter(case=case, state="sent").first()
        if step == "child":
            add_person(people.actor("housing_officer"), case, role="child", given_name=f"Child {number}")
        elif step == "danger":
            case.refresh_from_db()
            with inside_gate() as act:
                danger.report(act, case, timezone.now())
        elif step == "send" and waiting:
            sent(officer, waiting, method="phone")
        elif step == "against" and waiting:
            actions.override_referral(officer, case, referral_id=waiting.pk, reason=LONG)
        elif step == "answer" and going:
            answered(officer, going, "no_further_action")
        elif step in ("standard", "medium", "high"):
            # A level below the one before waits for a second person; the one that holds is the case's own.
            is_afresh = signed(officer, case, step).level_basis != "held"
            case.refresh_from_db()
            last = case.risk_level
        for child in Party.objects.filter(case=case, role="child"):
            held = {one.route for one in child.onward.exclude(state="replaced")}
            if last:
                assert "social_care" in held or (last == "standard" and "early_help" in held), (steps, step)
            # One that leaves the level as it was asks nobody again what was decided against.
            if step in ("standard", "medium", "high") and is_afresh:
                under_way = {one.route for one in child.onward.filter(state__in=["proposed", "sent"])}
                assert "social_care" in under_way or (last == "standard" and "early_help" in under_way), (steps, step)
