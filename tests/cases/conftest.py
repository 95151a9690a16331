"""Fixtures of the case file's tests."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone

from cases.actions.contact import record_contact
from cases.models import SafeContact


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
