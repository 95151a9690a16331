"""Fixtures of the case file's tests."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from cases.actions.contact import record_contact
from cases.actions.orders import add_order
from cases.models import SafeContact
from tests.cases import ordering


@pytest.fixture
def a_wednesday_afternoon():
    """Safe times are hours of the week: tests of them must not depend on the hour at which they run."""
    with time_machine.travel(datetime(2026, 3, 18, 14, 20, tzinfo=UTC)):
        yield


@pytest.fixture
def attempt(people):
    """Records an attempt as a persona, on the case's telephone unless told otherwise."""

    def recorded(case, persona="housing_officer", **facts):
        facts = {"at": timezone.now(), "outcome": "no_answer", "audience": "agency"} | facts
        if "channel" not in facts and "contact_id" not in facts:
            facts["contact_id"] = SafeContact.objects.get(case=case, ended_at=None, channel="phone").pk
        return record_contact(people.actor(persona), case, **facts)

    return recorded


@pytest.fixture
def an_order(people):
    """Records an order as a persona: a non-molestation order, served, from today for a year, unless told otherwise."""

    def recorded(case, persona="housing_officer", **facts):
        today = timezone.localdate()
        facts = {
            "kind": "non_molestation", "state": "made", "respondent": case.parties.get(role="perpetrator").pk, "protected": [case.parties.get(role="victim").pk],
            "court": "Vale Family Court", "case_number": "ZZ26F00123", "terms": ordering.TERMS, "starts_on": today, "ends_on": today + timedelta(days=364),
            "served_at": timezone.now(), "police_informed": True,
        } | facts
        return add_order(people.actor(persona), case, **facts)

    return recorded
