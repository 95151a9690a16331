"""Potential escalation: who reads that police incidents are adding up, what counts as one, the year, the partnership's number, and what a referral takes from it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from agencies.models import Policy
from cases.actions.order_breaches import log_breach
from cases.actions.orders import add_order
from cases.models import Case
from marac import escalation, rules
from marac.actions.referral import begin_referral, withdraw_referral
from marac.models import Meeting, Referral, Step
from referrals.models import Disclosure, SchoolNotice
from referrals.safeguarding.actions import add_notice

DAY = timedelta(days=1)
WORDS = "Refer to MARAC: potential escalation"


@pytest.fixture
def case(a_case, share):
    case = a_case()
    share(case, "harbour_idva")
    share(case, "lantern_outreach", "summary")
    share(case, "vale_probation")
    return case


@pytest.fixture
def visit(people):
    """The police came to an incident, so many days ago."""

    def came(case, days=0, is_attended=True):
        child = case.parties.get(role="child")
        made = add_notice(people.actor("housing_officer"), case, party_id=child.pk, incident_at=timezone.now(), is_attended=is_attended)
        SchoolNotice.objects.filter(referral=made).update(incident_at=timezone.now() - days * DAY)

    return came


def counted(people, case, persona="housing_officer"):
    found = escalation.of_case(people.actor(persona), case, timezone.now())
    return found.incidents if found else 0


def is_proposed(client, case):
    answer = client.get(reverse("case", args=[case.reference]))
    return answer.status_code == 200 and WORDS in answer.content.decode()


def a_breach(people, case, days, *, audience="agency", is_reported=True, number=""):
    officer, at = people.actor("housing_officer"), timezone.now() - days * DAY
    him, her = case.parties.get(role="perpetrator").pk, case.parties.get(role="victim").pk
    order = case.orders.first() if hasattr(case, "orders") else None
    order = order or add_order(
        officer, case, kind="non_molestation", state="made", respondent=him, protected=[her], starts_on=timezone.localdate() - 60 * DAY,
        ends_on=timezone.localdate() + 90 * DAY, served_at=timezone.now() - 59 * DAY,
    )
    log_breach(
        officer, case, order_id=order.pk, happened_at=at, what="He rang her", audience=audience, is_reported=is_reported, police_reference=number,
        done_about_it="Told the police",
    )


# --- from the outside


def test_nobody_outside_reads_of_it_and_who_cannot_refer_is_not_asked_to(people, case, visit, client_for):
    for days in (1, 40, 300):
        visit(case, days)
    for persona in ("outsider", "superuser", "commissioner", "auditor", "outreach_worker", "marac_representative"):
        assert not is_proposed(client_for(persona), case), persona
    for persona in ("housing_officer", "idva"):
        assert is_proposed(client_for(persona), case), persona
    page = client_for("housing_officer").get(reverse("case", args=[case.reference])).content.decode()
    assert "The police know of 3 incidents in the last 12 months. From 3 on MARAC can hear it whatever the score (Waymark’s default)." in page


def test_a_breach_that_an_agency_keeps_to_itself_counts_for_it_alone(people, case, visit, client_for):
    visit(case, 1)
    visit(case, 40)
    a_breach(people, case, 10)
    assert counted(people, case) == 3 and counted(people, case, "idva") == 2
    assert is_proposed(client_for("housing_officer"), case) and not is_proposed(client_for("idva"), case)


# --- what counts


def test_what_the_police_do_not_know_of_and_what_is_the_same_day_count_for_nothing_more(people, case, visit):
    assert counted(people, case) == 0
    visit(case, 5)
    visit(case, 5)
    visit(case, 9, is_attended=False)
    a_breach(people, case, 5, audience="partners")
    a_breach(people, case, 12, audience="partners", is_reported=False)
    visit(case, 400)
    assert counted(people, case) == 1


def test_a_disclosure_with_a_number_of_the_police_counts(people, case):
    now, officer = timezone.now(), people.housing_officer
    facts = {
        "agency": case.lead_agency, "author": officer, "state": "submitted", "case": case, "started_at": now, "saved_at": now, "saved_by": officer, "submitted_at": now,
        "submitted_by": officer, "received_at": now - DAY, "logged_at": now,
    }
    one = Disclosure.objects.create(reference="D-1", police_incident_number="", **facts)
    assert counted(people, case) == 0
    Disclosure.objects.filter(pk=one.pk).update(police_incident_number="INC-0420-7")
    assert counted(people, case) == 1


def a_disclosure(people, case, number, days, *, is_joined=False):
    """Something that was told so many days ago, with the number that the police gave; `is_joined` where the case was open already."""
    at, officer = timezone.now() - days * DAY, people.housing_officer
    opened = {"state": "submitted", "case": case, "submitted_at": at, "submitted_by": officer}
    joined = {"state": "joined", "joined_to": case, "joined_at": at, "joined_by": officer}
    return Disclosure.objects.create(
        reference=f"D-{days}", pathway="tenant", agency=case.lead_agency, author=officer, started_at=at, saved_at=at, saved_by=officer, received_at=at, logged_at=at,
        police_incident_number=number, **(joined if is_joined else opened),
    )


def test_one_number_of_the_police_is_one_incident_however_often_it_was_told(people, case, client_for):
    """What is told again later, or by somebody else, with the same number is no further incident."""
    a_disclosure(people, case, "INC-0420-7", 60)
    a_disclosure(people, case, "inc-0420-7", 30, is_joined=True)
    a_disclosure(people, case, " INC-0420-7 ", 2, is_joined=True)
    a_disclosure(people, case, "INC/0420.7", 3, is_joined=True)
    a_disclosure(people, case, "Inc 04207", 4, is_joined=True)
    assert counted(people, case) == 1 and not is_proposed(client_for("housing_officer"), case)
    a_disclosure(people, case, "INC-0511-1", 20, is_joined=True)
    a_breach(people, case, 10, number="INC-0511-1")
    assert counted(people, case) == 2
    a_disclosure(people, case, "INC-0602-3", 1, is_joined=True)
    assert counted(people, case) == 3 and is_proposed(client_for("housing_officer"), case)
    assert counted(people, case, "idva") == 1  # what was joined is for who took it and who leads, a breach for its agency
    assert not any(is_proposed(client_for(persona), case) for persona in ("outsider", "superuser", "idva"))


@given(st.lists(st.tuples(st.integers(-40, 800), st.sampled_from(["", "", "INC 1", "inc1", "in/c.1", "INC-2", "inc 2"])), max_size=12))
def test_a_day_and_a_number_count_once_and_only_within_the_year(told):
    at = datetime(2026, 3, 18, 14, 20, tzinfo=UTC)
    found = rules.incidents_within_a_year([(at - ago * DAY, number) for ago, number in told], at)
    unnumbered = [ago for ago, number in told if not number]
    numbered = [max(agos) for spelt in (("INC 1", "inc1", "in/c.1"), ("INC-2", "inc 2")) if (agos := [ago for ago, number in told if number in spelt])]
    assert found == sorted(at - ago * DAY for ago in {*unnumbered, *numbered} if 0 <= ago <= 365)


def test_the_last_day_of_the_year_still_counts():
    at = datetime(2028, 2, 29, 12, tzinfo=UTC)
    assert rules.incidents_within_a_year([(datetime(2027, 2, 28, 12, tzinfo=UTC), "")], at) == []
    assert rules.incidents_within_a_year([(datetime(2027, 3, 1, 12, tzinfo=UTC), "")], at)


# --- what follows


def test_the_number_is_the_partnerships_from_a_day_on(people, case, visit, client_for):
    for days in (1, 40, 300):
        visit(case, days)
    Policy.objects.create(
        key="marac.escalation_incidents", value="5", agency=None, effective_from=timezone.now() - DAY, set_at=timezone.now(), set_by=people.partnership_administrator,
    )
    assert not is_proposed(client_for("housing_officer"), case)


def test_a_high_risk_a_referral_and_a_closed_case_ask_for_nothing_more(people, case, visit, client_for):
    for days in (1, 40, 300):
        visit(case, days)
    client = client_for("housing_officer")
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer, closing_reason="needs_met")
    assert not is_proposed(client, case)
    Case.objects.filter(pk=case.pk).update(status="open", closed_at=None, closed_by=None, closing_reason="")
    assert is_proposed(client, case)
    Case.objects.filter(pk=case.pk).update(risk_level="high", risk_level_at=timezone.now())
    assert not is_proposed(client, case)
    Case.objects.filter(pk=case.pk).update(risk_level="medium")
    draft = begin_referral(people.actor("housing_officer"), case)
    assert draft.potential_escalation
    assert not is_proposed(client, case)


def test_a_draft_from_before_the_third_incident_is_not_the_last_word(people, case, visit, client_for):
    visit(case, 300)
    visit(case, 40)
    lead, client = people.actor("housing_officer"), client_for("housing_officer")
    assert not begin_referral(lead, case).potential_escalation
    assert not is_proposed(client, case)
    visit(case, 1)
    assert is_proposed(client, case)
    assert not any(is_proposed(client_for(persona), case) for persona in ("outsider", "superuser", "outreach_worker"))
    assert client.post(reverse("marac_referral_new", args=[case.reference])).status_code == 302
    assert Referral.objects.get(case=case).potential_escalation
    assert not is_proposed(client, case)


def test_a_referral_that_was_withdrawn_or_heard_before_is_not_the_last_word(people, case, visit, client_for, desk):
    for days in (300, 40, 1):
        visit(case, days)
    client = client_for("housing_officer")
    draft = begin_referral(people.actor("housing_officer"), case)
    withdraw_referral(people.actor("housing_officer"), case, referral_id=draft.pk, reasons="It was begun by mistake.")
    assert is_proposed(client, case)
    listed = desk.listed(case, potential_escalation=True)
    assert not is_proposed(client, case)  # on its way to a meeting
    Meeting.objects.update(starts_at=timezone.now() - timedelta(hours=5), referrals_due_at=timezone.now() - 8 * DAY)
    assert not is_proposed(client, case)  # and it was sent after the last incident
    for rows in (Referral.objects.filter(pk=listed.pk).update, lambda **at: Step.objects.filter(referral=listed, verb="submit").update(at=at["submitted_at"])):
        rows(submitted_at=timezone.now() - 300 * DAY)
    assert is_proposed(client, case)
    assert not any(is_proposed(client_for(persona), case) for persona in ("outsider", "superuser", "outreach_worker"))


@pytest.mark.parametrize(
    ("state", "says_so", "is_heard", "tells"),
    [
        ("draft", True, False, True), ("draft", False, False, False), ("submitted", False, False, True), ("returned", False, False, True), ("listed", False, False, True),
        ("listed", True, True, False), ("not_accepted", True, False, False), ("withdrawn", True, False, False),
    ],
)
def test_which_referral_is_about_to_tell_marac(state, says_so, is_heard, tells):
    assert rules.tells_of_escalation(state, says_so=says_so, is_heard=is_heard) is tells


@pytest.mark.parametrize(
    ("state", "sent", "told"), [("listed", 1, True), ("listed", 0, True), ("listed", -1, False), ("not_accepted", 1, True), ("withdrawn", 1, False), ("draft", None, False)],
)
def test_what_was_sent_since_the_last_incident_told_of_all(state, sent, told):
    last_at = datetime(2026, 3, 18, 14, 20, tzinfo=UTC)
    assert rules.told_of_all(state, None if sent is None else last_at + sent * timedelta(minutes=1), last_at) is told


def test_a_referral_takes_nothing_from_fewer(people, case, visit):
    visit(case, 1)
    assert not begin_referral(people.actor("housing_officer"), case).potential_escalation
