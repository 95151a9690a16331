"""Founding a partnership from the command line: agencies, people, roles, and no weak password."""

from unittest import mock

import pytest
from django.core.management import CommandError, call_command

from agencies.actors import actor_for
from agencies.founding import enrol, found_agency
from agencies.models import Agency, Membership, User

pytestmark = pytest.mark.django_db


def test_an_agency_is_founded_once_with_the_group_that_carries_its_grants():
    agency = found_agency("Ferndale Council", "housing", short_name="Ferndale")
    assert found_agency("Ferndale Council", "housing") == agency
    assert (agency.slug, agency.group.name) == ("ferndale", "agency:ferndale")


def test_a_person_is_enrolled_once_and_keeps_the_role_they_have():
    agency = found_agency("Ferndale Council", "housing")
    user = enrol("Una@example.org", "Una Trewin", agency, "idva", password="a long enough secret")
    assert enrol("una@example.org", "Somebody Else", agency, "agency_lead") == user
    assert Membership.objects.get(user=user).role == "idva"
    assert user.check_password("a long enough secret")


def test_the_commands_found_and_enrol(capsys):
    call_command("add_agency", "Ferndale Council", "housing", "--short-name", "Ferndale", "--area", "bolsover")
    with mock.patch("agencies.management.commands.add_person.getpass", return_value="seventeen green kettles"):
        call_command("add_person", "una@example.org", "Una Trewin", "ferndale", "housing_officer")
    assert actor_for(User.objects.get(email="una@example.org")).agency_name == Agency.objects.get(slug="ferndale").short_name


@pytest.mark.parametrize(("agency", "password", "words"), [("nowhere", "seventeen green kettles", "no such agency"), ("ferndale", "password", "too short|too common")])
def test_the_command_refuses_in_words(agency, password, words):
    found_agency("Ferndale Council", "housing", short_name="Ferndale")
    with mock.patch("agencies.management.commands.add_person.getpass", return_value=password), pytest.raises(CommandError, match=words):
        call_command("add_person", "una@example.org", "Una Trewin", agency, "housing_officer")
    assert not User.objects.exists()
