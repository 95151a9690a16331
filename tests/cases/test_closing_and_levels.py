"""A case that would close over a lower risk level that waits: whoever reads that it cannot, reads where it waits."""

import pytest
from django.urls import reverse

from agencies.gate import Refused
from cases.actions.closing import reasons_cannot_close
from cases.models import Clock, Task
from cases.models.task import COUNTERSIGN
from cases.rules.closing import InTheWay
from tests.cases.dash.acts import lowered
from tests.cases.ends import close

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(people, a_case):
    case = a_case(clock=None)
    lowered(people, case)
    Clock.objects.all().delete()
    Task.objects.exclude(kind=COUNTERSIGN).delete()
    case.refresh_from_db()
    return case


@pytest.mark.parametrize("persona", ["housing_officer", "specialist_da_officer", "housing_manager"])
def test_it_is_said_in_its_own_words_with_a_way_to_it(people, case, client_for, persona):
    client, waits = client_for(persona), Task.objects.get(kind=COUNTERSIGN)
    page = client.get(reverse("case_close", args=[case.reference])).content.decode()
    url = reverse("assessment", args=[case.reference, waits.origin.removeprefix("assessment:")])
    assert "A lower risk level waits for a second person" in page and f'href="{url}">See the assessment</a>' in page
    assert "Finish each action" not in page
    assert client.get(url).status_code == 200
    with pytest.raises(Refused, match="A lower risk level waits"):
        close(people, case, persona)


def test_another_agencys_is_said_in_the_same_words(people, case, share):
    share(case, "harbour_idva")
    Task.objects.filter(kind=COUNTERSIGN).update(agency=people.agency("harbour_idva"))
    found = reasons_cannot_close(case, people.actor("housing_officer"), case.opened_at.replace(year=case.opened_at.year + 1))
    assert [reason for reason in found if "agencies" in reason] == []
    assert [reason for reason in found if isinstance(reason, InTheWay) and "lower risk level" in reason]


@pytest.mark.parametrize("persona", ["outsider", "outreach_worker", "superuser"])
def test_from_outside_nothing_of_it_is_read(case, client_for, persona):
    answer = client_for(persona).get(reverse("case_close", args=[case.reference]))
    assert answer.status_code in (403, 404) and "risk level" not in answer.content.decode()
