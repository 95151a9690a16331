"""Safeguarding referrals on a case: proposed by the signature, sent or decided against, chased and answered; and what no reader may read."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.gate import Refused
from agencies.models import Policy
from audit.models import Event
from cases import clocks
from cases.actions.assessment import decide_downgrade
from cases.actions.children import change_child
from cases.actions.people import add_person, change_person
from cases.models import Case, Clock, Notification, Party, Task
from cases.rules.clocks import LONDON
from referrals import danger
from referrals.models import OnwardStep, SafeguardingReferral
from referrals.safeguarding import actions, rules
from tests.referrals.onward import LONG, answered, of, sent, signed

PAGES = ["onward", "onward_send", "onward_against", "onward_chase", "onward_answer"]
SCHOOL = "CANARY Heron Lane Primary"


@pytest.fixture
def case(a_case):
    return a_case()


@pytest.fixture
def officer(people):
    return people.actor("specialist_da_officer")


def send(client, case, name, *ids, **facts):
    case.refresh_from_db()
    return client.post(reverse(name, args=[case.reference, *ids]), {"once": str(uuid4()), "revision": case.revision} | facts)


def moment(name, at):
    local = timezone.localtime(at)
    return {f"{name}_day": local.day, f"{name}_month": local.month, f"{name}_year": local.year, f"{name}_time": f"{local:%H:%M}"}


def text_of(client, case, name="case", *ids):
    response = client.get(reverse(name, args=[case.reference, *ids]))
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def proposals(case):
    return sorted(SafeguardingReferral.objects.filter(case=case, state="proposed").values_list("route", flat=True))


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


def test_an_adult_at_risk_is_proposed_for_adult_safeguarding(people, case, officer):
    grandmother = add_person(people.actor("housing_officer"), case, role="adult", given_name="Aurelia", date_of_birth=date(1944, 2, 2))
    signed(officer, case, "standard")
    assert grandmother.onward.get().route == "adult"
    aunt = add_person(people.actor("housing_officer"), case, role="adult", given_name="Later", date_of_birth=date(1950, 2, 2))
    assert aunt.onward.get().route == "adult"


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
            signed(officer, case, step)
            case.refresh_from_db()
            last = case.risk_level
        for child in Party.objects.filter(case=case, role="child"):
            held = {one.route for one in child.onward.exclude(state="replaced")}
            if last:
                assert "social_care" in held or (last == "standard" and "early_help" in held), (steps, step)
            if step in ("standard", "medium", "high"):
                under_way = {one.route for one in child.onward.filter(state__in=["proposed", "sent"])}
                assert "social_care" in under_way or (last == "standard" and "early_help" in under_way), (steps, step)


# --- sending, chasing, the answer


def test_from_the_proposal_to_the_answer_on_the_pages(client_for, people, case, officer):
    add_person(people.actor("housing_officer"), case, role="child", given_name="Rowan", approximate_age=9)
    signed(officer, case, "medium")
    first = SafeguardingReferral.objects.filter(case=case).first()
    other = SafeguardingReferral.objects.filter(case=case).last()
    client = client_for("housing_officer")
    page = text_of(client, case, "onward", first.pk)
    assert "Record that it was made" in page and "Decide against it" not in page
    assert "Decide against it" in text_of(client_for("specialist_da_officer"), case, "onward", first.pk)
    now = timezone.now() - timedelta(minutes=1)
    wanting = send(client, case, "onward_send", first.pk, method="portal", audience="agency", concern="kept-as-typed", **moment("sent_at", now))
    assert wanting.status_code == 422 and "Enter which team or person received it." in wanting.content.decode() and "kept-as-typed" in wanting.content.decode()
    facts = {"method": "portal", "audience": "agency", "receiver_name": "First contact team", "is_told": "yes", "also": [other.pk], "concern": "CANARY-CONCERN"}
    response = send(client, case, "onward_send", first.pk, **facts, **moment("sent_at", now))
    assert response.status_code == 302, response.content.decode()
    for one in (first, other):
        one.refresh_from_db()
        clock = Clock.objects.get(about=f"onward:{one.pk}")
        assert (one.state, clock.kind, one.due_at) == ("sent", "social_care", clock.due_at)
        assert clock.basis.startswith("1 working day from") and "Waymark’s default" in clock.basis
    assert not Task.objects.filter(kind="children.social_care", done_at=None).exists()
    page = text_of(client, case)
    assert "Record what Children’s Social Care decided" in page and "Children’s Social Care to decide on the referral" in page
    assert send(client, case, "onward_answer", first.pk, outcome="section_47", who="Duty manager", note="Visit today", **moment("happened_at", timezone.now())).status_code == 302
    clock = Clock.objects.get(about=f"onward:{first.pk}")
    assert clock.outcome == "met" and clock.breached_at is None
    page = text_of(client, case, "onward", first.pk)
    assert "Enquiry (section 47)" in page and "Visit today" in page and "CANARY-CONCERN" in page
    # An enquiry becomes a plan: what was answered before is kept.
    assert send(client, case, "onward_answer", first.pk, outcome="protection_plan", who="Chair", **moment("happened_at", timezone.now())).status_code == 302
    assert list(OnwardStep.objects.filter(referral=first).values_list("outcome", flat=True)) == ["section_47", "protection_plan"]
    assert not any("CANARY" in f"{event.before}{event.after}" for event in Event.objects.all())


def test_the_time_for_an_answer_is_a_setting_with_a_date(people, case, officer):
    Policy.objects.create(
        key="safeguarding.social_care_answers", value="4h", agency=people.agency("northvale_housing"), effective_from=timezone.now() - timedelta(days=1),
        set_at=timezone.now(), set_by=people.agency_lead,
    )
    signed(officer, case, "medium")
    sent(officer, of(case))
    clock = Clock.objects.get(about=f"onward:{of(case).pk}")
    assert clock.due_at - clock.started_at == timedelta(hours=4) and "4 elapsed hours" in clock.basis and "setting from" in clock.basis


def test_a_late_answer_is_chased_and_the_chase_says_why_the_promise_was_missed(client_for, case, officer):
    signed(officer, case, "high")
    one = sent(officer, of(case))
    client = client_for("specialist_da_officer")
    Clock.objects.filter(about=f"onward:{one.pk}").update(started_at=timezone.now() - timedelta(days=5), due_at=timezone.now() - timedelta(days=2))
    SafeguardingReferral.objects.filter(pk=one.pk).update(sent_at=timezone.now() - timedelta(days=5), due_at=timezone.now() - timedelta(days=2))
    page = text_of(client, case)
    assert "Chase the answer of Children’s Social Care" in page
    assert "No answer: chase it" in text_of(client, case, "onward", one.pk)
    assert send(client, case, "onward_chase", one.pk, who="Duty desk", **moment("happened_at", timezone.now())).status_code == 302
    clock = Clock.objects.get(about=f"onward:{one.pk}")
    assert clock.is_running and "Chased" in clock.breach_reason
    answered(officer, one, "child_in_need")
    clock.refresh_from_db()
    assert clock.outcome == "met" and clock.breached_at == clock.due_at


def test_the_sweep_tells_of_an_answer_that_is_late(people, case, officer):
    signed(officer, case, "high")
    one = sent(officer, of(case))
    at = Clock.objects.get(about=f"onward:{one.pk}").due_at + timedelta(minutes=1)
    clocks.sweep(at)
    clocks.deliver(at)
    assert Notification.objects.filter(clock__about=f"onward:{one.pk}", kind="clock.breach", user=people.housing_manager).exists()


def test_deciding_against_takes_a_reason_and_the_manager_hears(people, client_for, case, officer):
    signed(officer, case, "medium")
    one, client = of(case), client_for("specialist_da_officer")
    short = send(client, case, "onward_against", one.pk, reason="kept short")
    assert short.status_code == 422 and "what is done for them instead" in short.content.decode() and "kept short" in short.content.decode()
    assert send(client, case, "onward_against", one.pk, reason="Already with the same team since Tuesday, who know of this.").status_code == 302
    one.refresh_from_db()
    assert (one.state, one.decided_by) == ("overridden", people.specialist_da_officer)
    assert set(Notification.objects.filter(kind="onward.overridden").values_list("user", flat=True)) == {people.housing_manager.pk, people.housing_officer.pk}
    assert "who know of this" in text_of(client, case, "onward", one.pk)
    assert not Task.objects.filter(kind="children.social_care", done_at=None).exists()
    again = send(client, case, "onward_against", one.pk, reason=LONG)
    assert again.status_code == 422 and "decided about this already" in again.content.decode()


def test_early_help_needs_agreement_and_an_adult_agreement_or_a_ground(people, client_for, case, officer):
    signed(officer, case, "standard")
    client, one = client_for("housing_officer"), of(case, "early_help")
    facts = {"method": "phone", "audience": "partners", "receiver_name": "Multi-agency team", "is_told": "yes", **moment("sent_at", timezone.now())}
    refused = send(client, case, "onward_send", one.pk, consent="refused", **facts)
    assert refused.status_code == 422 and "Early Help needs agreement" in refused.content.decode()
    assert send(client, case, "onward_send", one.pk, consent="given", **facts).status_code == 302
    victim = case.parties.get(role="victim")
    hand = send(client, case, "onward_add", victim.pk, route="adult", why="She cannot leave the house alone, and is afraid.", tests=["needs_care"])
    assert hand.status_code == 422 and "acts where both are so" in hand.content.decode()
    hand = send(client, case, "onward_add", victim.pk, route="adult", why="She cannot leave the house alone, and is afraid.", tests=["needs_care", "cannot_protect"])
    assert hand.status_code == 302
    adult = of(case, "adult")
    lacking = send(client, case, "onward_send", adult.pk, consent="refused", **facts)
    assert lacking.status_code == 422 and "on what ground" in lacking.content.decode()
    given = {"consent": "refused", "consent_basis": "coercion", "necessity": "He answers for her and takes her telephone."}
    assert send(client, case, "onward_send", adult.pk, **given, **facts).status_code == 302
    page = text_of(client, case, "onward", adult.pk)
    assert "Did not agree" in page and "somebody controls what they say" in page and "takes her telephone" in page


def test_what_one_agency_told_them_no_other_reads(people, client_for, case, officer, share):
    share(case, "harbour_idva", "partner", worker="idva")
    signed(officer, case, "medium")
    # Another agency takes the proposal on: what it tells is its own.
    sent(people.actor("idva"), of(case), concern="CANARY-CONCERN")
    assert "CANARY-CONCERN" in text_of(client_for("idva"), case, "onward", of(case).pk)
    for name, ids in (("onward", [of(case).pk]), ("children", []), ("case", []), ("case_chronology", [])):
        assert "CANARY" not in text_of(client_for("housing_officer"), case, name, *ids)
    assert Notification.objects.filter(kind="onward.sent", user=people.housing_officer).exists()


def test_the_case_cannot_close_over_a_child_that_waits(client_for, case, officer, people):
    signed(officer, case, "medium")
    Clock.objects.all().update(stopped_at=timezone.now(), outcome="met")
    Task.objects.all().update(done_at=timezone.now(), done_by=people.housing_officer)
    text = client_for("housing_manager").get(reverse("case_close", args=[case.reference])).content.decode()
    assert "A safeguarding referral waits for a decision" in text


# --- Operation Encompass


def test_a_school_is_told_before_its_next_day_and_stays_hidden(people, client_for, case, share, officer):
    share(case, "valley_health", "partner")
    child = case.parties.get(role="child")
    change_child(people.actor("housing_officer"), case, party_id=child.pk, school=SCHOOL)
    incident = timezone.now() - timedelta(hours=2)
    client = client_for("housing_officer")
    assert SCHOOL in text_of(client, case, "school_notice", child.pk)
    assert "CANARY" not in text_of(client_for("health_visitor"), case, "school_notice", child.pk)
    assert send(client, case, "school_notice", child.pk, is_attended="yes", school=SCHOOL, **moment("incident_at", incident)).status_code == 302
    one = of(case, "school")
    clock = Clock.objects.get(about=f"onward:{one.pk}")
    assert clock.due_at == one.due_at and one.due_at.astimezone(LONDON).hour == 8 and "as term dates are not known" in clock.basis
    assert "Tell the school before its next day" in text_of(client, case)
    for persona in ("health_visitor", "housing_officer"):
        for name, ids in (("onward", [one.pk]), ("case", []), ("children", []), ("child", [child.pk]), ("case_chronology", [])):
            assert "CANARY" not in text_of(client_for(persona), case, name, *ids), (persona, name)
    assert client_for("health_visitor").get(reverse("notice_school", args=[case.reference, one.pk])).status_code == 403
    assert client_for("outsider").get(reverse("notice_school", args=[case.reference, one.pk])).status_code == 404
    assert SCHOOL in text_of(client, case, "notice_school", one.pk)
    facts = {"method": "phone", "key_adult": "Designated safeguarding lead", **moment("told_at", timezone.now())}
    named = send(client, case, "onward_send", one.pk, follow_up=f"Watch at {SCHOOL}", **facts)
    assert named.status_code == 422 and "names a protected place" in named.content.decode()
    assert send(client, case, "onward_send", one.pk, follow_up="A quiet word each morning", **facts).status_code == 302
    clock.refresh_from_db()
    assert clock.outcome == "met" and clock.breached_at is None
    page = text_of(client, case, "onward", one.pk)
    assert "The school was told" in page and "A quiet word each morning" in page and "CANARY" not in page
    assert not any("CANARY" in f"{event.before}{event.after}{event.subject}" for event in Event.objects.all())


# --- the list of an agency


def test_the_list_holds_ones_own_open_referrals_the_most_overdue_first(people, client_for, a_case, officer):
    url, cases = reverse("onward_list"), [a_case(given_name=f"Person {number}", clock=None) for number in range(3)]
    for days, case in zip((1, 3, 2), cases, strict=True):
        signed(officer, case, "medium")
        SafeguardingReferral.objects.filter(case=case).update(due_at=timezone.now() - timedelta(days=days))
    text = client_for("housing_officer").get(url).content.decode()
    places = [text.index(case.reference) for case in cases]
    assert places[1] < places[2] < places[0]
    for persona in ("outsider", "idva"):
        assert not any(case.reference in client_for(persona).get(url).content.decode() for case in cases)
    assert client_for("commissioner").get(url).status_code == 403
    actions.override_referral(officer, cases[0], referral_id=of(cases[0]).pk, reason=LONG)
    assert cases[0].reference not in client_for("housing_officer").get(url).content.decode()


def test_the_pages_cost_the_same_with_many_referrals(people, client_for, case, officer):
    client, counts = client_for("housing_officer"), []
    signed(officer, case, "medium")
    for more in (0, 5):
        for number in range(more):
            add_person(people.actor("housing_officer"), case, role="child", given_name=f"Sibling {number}")
        found = []
        here = [case.reference]
        for name, ids in (("onward_list", []), ("case", here), ("children", here), ("onward", [*here, of(case).pk])):
            url = reverse(name, args=ids)
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            found.append(len(queries))
        counts.append(found)
    assert counts[0] == counts[1]
