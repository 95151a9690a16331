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
from marac.actions.referral import begin_referral
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


def a_breach(people, case, days, *, audience="agency", is_reported=True):
    officer, at = people.actor("housing_officer"), timezone.now() - days * DAY
    him, her = case.parties.get(role="perpetrator").pk, case.parties.get(role="victim").pk
    order = case.orders.first() if hasattr(case, "orders") else None
    order = order or add_order(
        officer, case, kind="non_molestation", state="made", respondent=him, protected=[her], starts_on=timezone.localdate() - 60 * DAY,
        ends_on=timezone.localdate() + 90 * DAY, served_at=timezone.now() - 59 * DAY,
    )
    log_breach(officer, case, order_id=order.pk, happened_at=at, what="He rang her", audience=audience, is_reported=is_reported, done_about_it="Told the police")


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


@given(st.lists(st.integers(-40, 800), max_size=12))
def test_a_day_counts_once_and_only_within_the_year(ago):
    at = datetime(2026, 3, 18, 14, 20, tzinfo=UTC)
    days = rules.days_within_a_year((at - one * DAY for one in ago), at)
    assert len(days) == len({one for one in ago if 0 <= one <= 365})


def test_the_last_day_of_the_year_still_counts():
    at = datetime(2028, 2, 29, 12, tzinfo=UTC)
    assert rules.days_within_a_year([datetime(2027, 2, 28, 12, tzinfo=UTC)], at) == set()
    assert rules.days_within_a_year([datetime(2027, 3, 1, 12, tzinfo=UTC)], at)


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
    Case.objects.filter(pk=case.pk).update(risk_level="high", risk_level_at=timezone.now())
    assert not is_proposed(client, case)
    Case.objects.filter(pk=case.pk).update(risk_level="medium")
    draft = begin_referral(people.actor("housing_officer"), case)
    assert draft.potential_escalation
    assert not is_proposed(client, case)


def test_a_referral_takes_nothing_from_fewer(people, case, visit):
    visit(case, 1)
    assert not begin_referral(people.actor("housing_officer"), case).potential_escalation
