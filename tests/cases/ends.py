"""What the tests of how things end share: sending a form, an action to do, an attempt, a closing."""

from datetime import timedelta
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from cases.actions.closing import close_case
from cases.actions.contact import record_contact
from cases.models import SafeContact, Task

HOUR = timedelta(hours=1)
WHY = "The family asked us to wait until they had moved"


def send(client, case, name, *ids, **facts):
    case.refresh_from_db()
    return client.post(reverse(name, args=[case.reference, *ids]), {"once": str(uuid4()), "revision": case.revision} | facts)


def a_task(case, agency=None, **facts):
    now = timezone.now()
    return Task.objects.create(case=case, agency=agency or case.lead_agency, kind="x", origin=f"x:{uuid4()}", title="Ring the school", due_at=now, raised_at=now, **facts)


# What came of a case, as the action takes it and as a form sends it.
OUTCOMES = {"abuse": "ceased", "safer": "yes", "confident": "yes", "life": "same", "contact": "none", "home": "yes", "children": "none"}
SAID = {"is_planned": True, "housing": "stayed", "safeguarding": "not_needed", "onward": ["none"], "no_exit_dash_reason": "She did not want to go through it again", "survey": "no"}
TYPED = SAID | OUTCOMES | {"is_planned": "yes"}
ENDED = SAID | {"outcomes": OUTCOMES}


def close(people, case, persona="housing_officer", **facts):
    return close_case(people.actor(persona), case, **{"closing_reason": "needs_met", "summary": "All done", "audience": "partners"} | ENDED | facts)


def tried(people, case, at, **facts):
    contact = SafeContact.objects.get(case=case, ended_at=None)
    return record_contact(people.actor("housing_officer"), case, at=at, outcome="no_answer", audience="agency", contact_id=contact.pk, **facts)
