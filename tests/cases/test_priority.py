"""The priority of a case: who may not set it, what is asked, where it is said."""

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from audit.models import Event
from cases.actions.case_file import set_priority
from cases.due import everything_due
from cases.models import Case, Entry
from tests.cases.ends import close, send

WHY = "He waited outside her work this morning"


def test_who_may_not(people, a_case, share, client_for):
    case = a_case()
    share(case, "lantern_outreach", "summary")
    url = reverse("case_priority", args=[case.reference])
    for persona in ("outsider", "superuser", "commissioner", "idva"):
        assert client_for(persona).get(url).status_code == 404, persona
        with pytest.raises(Http404):
            set_priority(people.actor(persona), case, priority="A", why=WHY)
    assert client_for("outreach_worker").get(url).status_code == 403
    with pytest.raises(PermissionDenied):
        set_priority(people.actor("outreach_worker"), case, priority="A", why=WHY)
    assert "priority" not in client_for("outreach_worker").get(reverse("case", args=[case.reference])).content.decode().lower()


def test_it_is_said_on_the_case_and_in_what_is_due(people, a_case, client_for):
    case, client = a_case(), client_for("housing_officer")
    assert "No priority is set." in client.get(reverse("case", args=[case.reference])).content.decode()
    answer = send(client, case, "case_priority", why="too short")
    assert answer.status_code == 422 and "too short" in answer.content.decode()
    once = str(uuid4())
    for _ in range(2):
        assert send(client, case, "case_priority", priority="A", why=WHY, once=once).status_code == 302
    assert "Priority A: visible risk" in client.get(reverse("case", args=[case.reference])).content.decode()
    assert "Priority A" in client.get("/work/due/").content.decode()
    assert everything_due(people.actor("housing_officer"), timezone.now()).items[0].priority == "A"
    event = Event.objects.get(verb="case.prioritise", outcome="done")
    assert (event.before, event.after) == ({"priority": ""}, {"priority": "A"}) and WHY not in str(event.__dict__)
    assert Entry.objects.filter(case=case, title__startswith="Priority A", text=WHY).count() == 1


def test_the_same_again_and_a_closed_case_are_refused(people, a_case):
    case, actor = a_case(clock=None), people.actor("housing_officer")
    set_priority(actor, case, priority="C", why=WHY)
    with pytest.raises(Refused, match="already"):
        set_priority(actor, case, priority="C", why=WHY)
    close(people, case)
    with pytest.raises(Refused, match="closed"):
        set_priority(actor, case, priority="A", why=WHY)
    assert Case.objects.get(pk=case.pk).priority == "C"
