"""Where each role lands after signing in (docs/adr/0030): a page that it may open."""

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Membership
from agencies.roles import ROLES

pytestmark = pytest.mark.django_db
WORK = [
    "housing_officer", "specialist_da_officer", "housing_manager", "idva", "outreach_worker", "team_manager", "refuge_worker", "call_handler", "practitioner", "agency_lead",
]
LANDS = dict.fromkeys(WORK, "work") | {
    "marac_coordinator": "marac", "marac_representative": "marac", "police_lead": "repeats", "administrator": "policies", "partnership_administrator": "policies",
    "commissioner": "returns", "auditor": "returns", "information_governance": "home", "programme_worker": "programme_desk",
}


def test_every_role_has_its_line():
    assert set(LANDS) == set(ROLES)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_lands_on_a_page_that_it_may_open(people, client_for, role):
    Membership.objects.filter(user=people.outsider).update(ended_at=timezone.now())
    Membership.objects.create(user=people.outsider, agency=people.agency("northvale_housing"), role=role, started_at=timezone.now())
    client = client_for("outsider")
    answer = client.get(reverse("home"))
    if LANDS[role] == "home":
        assert answer.status_code == 200 and "has no page yet for what that role does" in answer.content.decode()
    else:
        assert (answer.status_code, answer.headers.get("Location")) == (302, reverse(LANDS[role]))
        assert client.get(answer.headers["Location"]).status_code == 200


def test_who_has_no_role_is_told_whom_to_ask(people, client_for):
    Membership.objects.filter(user=people.outsider).update(ended_at=timezone.now())
    answer = client_for("outsider").get(reverse("home"))
    assert answer.status_code == 200 and "Ask your agency’s administrator" in answer.content.decode()


@pytest.mark.parametrize(("role", "lands"), [("call_handler", "line"), ("team_manager", "line"), ("agency_lead", "line")])
def test_whoever_takes_calls_for_a_helpline_lands_on_its_board(people, client_for, role, lands):
    Membership.objects.filter(user=people.outsider).update(ended_at=timezone.now())
    Membership.objects.create(user=people.outsider, agency=people.agency("county_helpline"), role=role, started_at=timezone.now())
    client = client_for("outsider")
    answer = client.get(reverse("home"))
    assert answer.url == reverse(lands) and client.get(answer.url).status_code == 200
