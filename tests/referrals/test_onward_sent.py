"""Safeguarding referrals on their way: sent or decided against, chased and answered, a school told; what no reader may read; the list of an agency."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from agencies.models import Policy
from audit.models import Event
from cases import clocks, due
from cases.actions.children import change_child, note_child
from cases.actions.clock import stop_promise
from cases.actions.people import add_person
from cases.models import Clock, Notification, Task
from cases.protected_places import names_protected_place
from cases.rules.clocks import LONDON
from referrals.models import OnwardStep, SafeguardingReferral
from referrals.safeguarding import actions
from tests.referrals.onward import LONG, answered, moment, of, send, sent, signed, text_of

SCHOOL = "CANARY Heron Lane Primary"


@pytest.fixture
def case(a_case):
    return a_case()


@pytest.fixture
def officer(people):
    return people.actor("specialist_da_officer")


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
    assert "Record what Children’s Social Care decided" in page and "Hear what Children’s Social Care decided" in page
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


def test_whether_the_school_of_a_notice_is_hidden_is_what_holds_of_the_child_now(people, client_for, case, share, officer):
    """They fled after the notice was written: the school gives the new home away from then on."""
    share(case, "valley_health", "partner")
    child, now = case.parties.get(role="child"), timezone.now()

    def reads_it():
        return SCHOOL in text_of(client_for("health_visitor"), case, "onward", one.pk)

    def said(**facts):
        change_child(people.actor("housing_officer"), case, party_id=child.pk, **facts)

    one = actions.add_notice(people.actor("housing_officer"), case, party_id=child.pk, incident_at=now, is_attended=True, school=SCHOOL)
    assert not reads_it()  # nobody has said that it may be known
    said(school=SCHOOL, is_protected=False)
    assert reads_it()
    said(school=SCHOOL, is_protected=True)
    assert not reads_it()
    facts = {"referral_id": one.pk, "told_at": timezone.now(), "method": "phone", "key_adult": "Lead"}
    with pytest.raises(Refused, match="names a protected place"):
        actions.tell_school(people.actor("housing_officer"), case, follow_up=f"Watch at {SCHOOL}", **facts)
    said(school="Heron Lane Primary", is_protected=False)
    assert not reads_it()  # another school is open, this one never was since
    said(school=SCHOOL, is_protected=False)
    assert reads_it()


def test_a_school_that_nobody_made_open_is_read_nowhere_whatever_else_is_said_of_the_child(people, client_for, case, share):
    """Their doctor may be known, and nobody has said a word of the school: then it stays hidden, on the notice and in every text of the case."""
    share(case, "valley_health", "partner")
    child, lead = case.parties.get(role="child"), people.actor("housing_officer")
    one = actions.add_notice(lead, case, party_id=child.pk, incident_at=timezone.now(), is_attended=True, school=SCHOOL)
    for known in (False, True):
        if known:
            change_child(lead, case, party_id=child.pk, gp="Dr Quillfeather", is_protected=False)
        for name, ids in (("onward", [one.pk]), ("child", [child.pk]), ("case", [])):
            assert "CANARY" not in text_of(client_for("health_visitor"), case, name, *ids), (name, known)
        with pytest.raises(Refused, match="names a protected place"):
            note_child(lead, case, party_id=child.pk, kind="account", text=f"Likes {SCHOOL}", audience="partners")
        assert names_protected_place(case, f"Seen outside {SCHOOL}")
    change_child(lead, case, party_id=child.pk, school=SCHOOL)
    assert SCHOOL in text_of(client_for("health_visitor"), case, "onward", one.pk)
    note_child(lead, case, party_id=child.pk, kind="account", text=f"Likes {SCHOOL}", audience="partners")


def test_a_text_that_named_the_school_before_the_notice_is_read_without_it(people, client_for, case, share):
    share(case, "valley_health", "partner")
    child, lead = case.parties.get(role="child"), people.actor("housing_officer")
    note_child(lead, case, party_id=child.pk, kind="account", text=f"Likes {SCHOOL}", audience="partners")
    assert SCHOOL in text_of(client_for("health_visitor"), case, "child", child.pk)
    actions.add_notice(lead, case, party_id=child.pk, incident_at=timezone.now(), is_attended=True, school=SCHOOL)
    page = text_of(client_for("health_visitor"), case, "child", child.pk)
    assert "CANARY" not in page and "[protected place]" in page
    assert SCHOOL in text_of(client_for("housing_officer"), case, "child", child.pk)


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


# --- what does not fit


def test_what_does_not_belong_together_is_not_there(people, case, officer, a_case):
    signed(officer, case, "standard")
    one, child = of(case, "early_help"), case.parties.get(role="child").pk
    with pytest.raises(Http404):
        actions.add_referral(officer, case, party_id=0, route="adult", why=LONG)
    other = actions.add_referral(officer, case, party_id=child, route="social_care", why=LONG)
    with pytest.raises(Http404):  # one form covers people of one route
        sent(officer, one, consent="given", also=[other.pk])
    notice = actions.add_notice(officer, case, party_id=child, incident_at=timezone.now(), is_attended=False)
    for call in (
        lambda: sent(officer, notice),
        lambda: answered(officer, notice, "told"),
        lambda: actions.tell_school(officer, case, referral_id=other.pk, told_at=timezone.now(), method="phone", key_adult="Lead"),
        lambda: actions.add_notice(officer, case, party_id=case.parties.get(role="victim").pk, incident_at=timezone.now(), is_attended=True),
    ):
        with pytest.raises(Http404):
            call()
    sent(officer, other)
    with pytest.raises(Refused, match="decided about this already"):
        sent(officer, other)
    with pytest.raises(Refused, match="after the incident"):
        actions.tell_school(officer, case, referral_id=notice.pk, told_at=timezone.now() - timedelta(days=1), method="phone", key_adult="Lead")
    actions.tell_school(officer, case, referral_id=notice.pk, told_at=timezone.now(), method="phone", key_adult="Lead")
    with pytest.raises(Refused, match="decided about this already"):
        actions.tell_school(officer, case, referral_id=notice.pk, told_at=timezone.now(), method="phone", key_adult="Lead")


def test_an_answer_that_came_late_says_why_the_promise_was_missed(case, officer):
    signed(officer, case, "medium")
    one = sent(officer, of(case))
    Clock.objects.filter(about=f"onward:{one.pk}").update(started_at=timezone.now() - timedelta(days=5), due_at=timezone.now() - timedelta(days=2))
    SafeguardingReferral.objects.filter(pk=one.pk).update(sent_at=timezone.now() - timedelta(days=5))
    answered(officer, one, "no_further_action")
    clock = Clock.objects.get(about=f"onward:{one.pk}")
    assert clock.breached_at == clock.due_at and "answered on" in clock.breach_reason


def test_a_referral_that_is_under_way_is_not_sent_again_from_its_page(client_for, case, officer):
    signed(officer, case, "medium")
    one = sent(officer, of(case))
    response = client_for("housing_officer").get(reverse("onward_send", args=[case.reference, one.pk]))
    assert response.status_code == 302 and response["Location"].endswith(f"/onward/{one.pk}/")
    assert client_for("housing_officer").get(reverse("onward", args=[case.reference, 0])).status_code == 404
    assert client_for("housing_officer").get(reverse("notice_school", args=[case.reference, one.pk])).status_code == 404


# --- on the page of everything that is due


def test_it_is_due_for_whoever_holds_the_case_until_it_is_answered(people, case, officer):
    def words(persona="housing_officer"):
        return [item.words for item in due.everything_due(people.actor(persona), timezone.now()).items if item.kind.code == "onward"]

    signed(officer, case, "medium")
    one = of(case)
    assert words() == ["Send a referral, or decide against it: Children’s Social Care"]
    assert words("outsider") == words("idva") == words("other_housing_officer") == []
    sent(officer, one)
    assert words() == []
    (promise,) = (item for item in due.everything_due(officer, timezone.now()).items if "onward:" in item.code)
    assert promise.url == reverse("onward", args=[case.reference, one.pk])


def test_the_promise_of_an_answer_is_not_stopped_by_hand(people, case, officer):
    signed(officer, case, "medium")
    one = of(case)
    sent(officer, one)
    clock = Clock.objects.get(case=case, about=f"onward:{one.pk}")
    with pytest.raises(Refused) as refused:
        stop_promise(officer, case, clock_id=clock.pk, outcome="not_needed", reason="They will ring us some day.")
    assert refused.value.code == "kept_elsewhere"
