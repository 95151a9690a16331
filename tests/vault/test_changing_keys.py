"""Changing keys while people work: nothing is lost, nobody is hidden meanwhile, and nothing is left behind."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from audit.models import Event
from cases.models import Address, Person, SafeContact
from cases.search import find
from config.database_roles import become_owner
from referrals.models import Disclosure
from tests.referrals import walk
from vault import changing_keys

BEFORE, AFTER = b"b" * 32, b"a" * 32
OLD = {"FIELD_KEYS": {1: BEFORE}, "INDEX_KEYS": {1: b"i" * 32}}
BOTH = {"FIELD_KEYS": {2: AFTER, 1: BEFORE}, "INDEX_KEYS": {2: b"j" * 32, 1: b"i" * 32}}
NEW = {"FIELD_KEYS": {2: AFTER}, "INDEX_KEYS": {2: b"j" * 32}}

pytestmark = pytest.mark.django_db(transaction=True)


def change_keys(*options):
    told = StringIO()
    call_command("change_keys", *options, stdout=told)
    return told.getvalue()


def facts(case):
    victim = case.parties.select_related("person").get(role="victim")
    return (
        victim.person.name, victim.person.date_of_birth, SafeContact.objects.filter(case=case).values_list("value", "code_word").first(),
        list(Address.objects.filter(case=case).values_list("lines", "postcode")), dict(Disclosure.objects.get(case=case).answers),
    )


def test_everything_moves_and_everybody_is_found_at_each_step(people, client_for):
    with override_settings(**OLD):
        case = walk.log(client_for("housing_officer")).case
        before = facts(case)
    with override_settings(**BOTH):
        assert facts(case) == before
        assert [hit.reference for hit in find(people.actor("housing_officer"), "Sersha Nwosu")] == [case.reference]
        with pytest.raises(SystemExit):
            change_keys("--check")
        told = change_keys()
        assert "No other key is needed any more" in told and "cases_person [##############################]" in told
        assert facts(case) == before
        assert "all under the current key" in change_keys("--check")
    with override_settings(**NEW):
        assert facts(case) == before
        for typed in ("Sersha Nwosu", "07700 900123", "ZZ99 3VZ"):
            assert [hit.reference for hit in find(people.actor("housing_officer"), typed)] == [case.reference], typed
    changed = {event.subject: event.after["rows"] for event in Event.objects.filter(verb="keys.change")}
    assert changed["cases_person"] > 0 and changed["referrals_disclosure"] == 1


def test_what_somebody_saves_meanwhile_stays_as_they_saved_it(people, client_for, monkeypatch):
    with override_settings(**OLD):
        case = walk.log(client_for("housing_officer")).case
    again = changing_keys._again

    def somebody_is_quicker(field, raw):
        new = again(field, raw)
        if field.name == "family_name":
            person = Person.objects.get(parts__case=case, parts__role="victim")
            person.family_name = "Saved meanwhile"
            person.save()
        return new

    monkeypatch.setattr(changing_keys, "_again", somebody_is_quicker)
    with override_settings(**BOTH):
        list(changing_keys.move(Person))
        assert changing_keys.left(Person) == 0
    with override_settings(**NEW):
        assert Person.objects.get(parts__case=case, parts__role="victim").family_name == "Saved meanwhile"
        assert [hit.reference for hit in find(people.actor("housing_officer"), "Meanwhile")] == [case.reference]


def test_stopped_half_way_it_goes_on(people, client_for, monkeypatch):
    monkeypatch.setattr(changing_keys, "BATCH", 1)
    with override_settings(**OLD):
        walk.log(client_for("housing_officer"))
    with override_settings(**BOTH):
        to_move, steps = changing_keys.left(Person), changing_keys.move(Person)
        first = next(steps)
        steps.close()
        assert first.done == 1 < first.of and changing_keys.left(Person) == to_move - 1 > 0
        list(changing_keys.move(Person))
        assert changing_keys.left(Person) == 0


def test_the_owner_may_exchange_a_seal_and_nothing_beside_it(client_for):
    disclosure = walk.log(client_for("housing_officer"), walk.SHORT)
    give_back = become_owner(connection)
    try:
        with pytest.raises(Exception, match="cannot be changed"):
            Disclosure.objects.filter(pk=disclosure.pk).update(answers={}, received_at="2020-01-01T00:00Z")
    finally:
        give_back()
