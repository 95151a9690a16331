"""A referral that waits to be sent stands in the list of everything that is due, for the agency that refers and for nobody else."""

import pytest
from django.utils import timezone

from cases.due import everything_due
from cases.models import Grant

pytestmark = pytest.mark.django_db


def due(people, persona, **facts):
    return everything_due(people.actor(persona), timezone.now(), kind="marac_referral", **facts).items


def test_it_waits_for_whoever_holds_the_case_in_the_agency_that_refers(people, a_case, share, desk, client_for):
    case = a_case()
    Grant.objects.filter(content_object=case).update(worker=people.specialist_da_officer)
    share(case, "harbour_idva", worker="idva")
    draft = desk.draft(case)
    (item,) = due(people, "specialist_da_officer")
    assert (item.words, item.reference, item.place) == ("Check and send the MARAC referral", case.reference, draft.pk)
    assert client_for("specialist_da_officer").get(item.url).status_code == 200
    assert due(people, "idva") == due(people, "housing_officer") == due(people, "marac_coordinator") == []
    assert len(due(people, "housing_manager", whose="team")) == 1
    desk.send(draft)
    assert due(people, "specialist_da_officer") == []
