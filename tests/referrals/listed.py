"""Quick ways to put a service into the directory in tests."""

from datetime import timedelta

from django.utils import timezone

from referrals.directory.actions import add_service

OFFICE = [[day, 540, 1020] for day in range(5)]


def service(people, name="Lantern by day", kind="outreach", *, provider="", agency=None, persona="partnership_administrator", **said):
    """A service of the directory, outside Waymark unless an agency is named."""
    facts = {"summary": "Invented for a test.", "hours": OFFICE, "opened_on": timezone.localdate() - timedelta(days=90)} | said
    if agency:
        facts["agency_id"] = people.agency(agency).pk
    else:
        facts["provider"] = provider or "Somebody Else"
    return add_service(people.actor(persona), name=name, kind=kind, **facts)
