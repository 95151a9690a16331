"""Sealed fields on real rows: nothing in clear in the database, nothing compared there, and a logged disclosure that stays as it was."""

from datetime import date

import pytest
from django.core.exceptions import FieldError
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Upper
from django.test import override_settings
from django.utils import timezone

from cases.models import Person
from vault.cipher import Unreadable

NEW = b"n" * 32


@pytest.fixture
def person(db):
    return Person.objects.create(given_name="Saoirse", family_name="O’Dálaigh", date_of_birth=date(1994, 5, 17), recorded_at=timezone.now())


def raw(person, column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM cases_person WHERE id = %s", [person.pk])
        return cursor.fetchone()[0]


def test_a_row_comes_back_as_it_was(person):
    again = Person.objects.get(pk=person.pk)
    assert (again.given_name, again.family_name, again.also_known_as, again.date_of_birth) == ("Saoirse", "O’Dálaigh", "", date(1994, 5, 17))
    assert Person.objects.values_list("family_name", "date_of_birth").get(pk=person.pk) == ("O’Dálaigh", date(1994, 5, 17))
    assert (again.birth_year, raw(person, "birth_year")) == (1994, 1994)


def test_the_database_holds_none_of_it_in_clear(person):
    for column in ("given_name", "family_name", "date_of_birth"):
        assert not any(part in bytes(raw(person, column)) for part in (b"Saoirse", "Dálaigh".encode(), b"1994"))
    assert bytes(raw(person, "also_known_as")) == b""


@pytest.mark.parametrize("lookup", ["family_name", "family_name__iexact", "family_name__icontains", "family_name__in", "date_of_birth__year", "date_of_birth__gt"])
def test_it_cannot_be_compared_in_the_database(person, lookup):
    with pytest.raises(FieldError):
        list(Person.objects.filter(**{lookup: ["O’Dálaigh"] if lookup.endswith("__in") else "O’Dálaigh"}))


def test_it_cannot_be_computed_in_the_database(person):
    with pytest.raises(FieldError):
        Person.objects.filter(pk=person.pk).update(family_name=Upper(F("given_name")))


def test_whether_it_is_empty_can_be_asked(person):
    nobody = Person.objects.create(recorded_at=timezone.now())
    assert Person.objects.filter(family_name="").get() == nobody
    assert Person.objects.filter(date_of_birth=None).get() == nobody
    assert Person.objects.exclude(date_of_birth__isnull=True).get() == person


@pytest.mark.parametrize("place", [1, 20, -1])
def test_a_flipped_bit_is_an_error_and_not_garbage(person, place):
    held = bytearray(raw(person, "family_name"))
    held[place] ^= 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_person SET family_name = %s WHERE id = %s", [bytes(held), person.pk])
    with pytest.raises(Unreadable, match=r"cases_person\.family_name"):
        Person.objects.get(pk=person.pk)


def test_a_name_put_in_the_place_of_another_field_is_an_error(person):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_person SET given_name = family_name WHERE id = %s", [person.pk])
    with pytest.raises(Unreadable):
        Person.objects.get(pk=person.pk)


def test_tokens_follow_at_each_save(person):
    before = raw(person, "tokens")
    person.family_name, person.date_of_birth = "Quorn", None
    person.save(update_fields=[*Person.IDENTIFYING, *Person.READ_OFF])
    assert raw(person, "tokens") != before and raw(person, "birth_year") is None
    with override_settings(INDEX_KEYS={2: NEW}):
        made = Person._meta.get_field("tokens").pre_save(Person.objects.get(pk=person.pk), add=False)
    assert not set(made) & set(raw(person, "tokens"))


def test_no_token_says_whose_it_is(person):
    twin = Person.objects.create(given_name="Saoirse", family_name="O’Dálaigh", recorded_at=timezone.now())
    assert set(raw(twin, "tokens")) < set(raw(person, "tokens"))  # the twin's date of birth is not known


@pytest.mark.django_db
def test_a_logged_page_cannot_be_exchanged_but_one_can_be_added(client_for):
    from django.db import ProgrammingError

    from referrals.models import Disclosure
    from tests.referrals import walk

    disclosure = walk.log(client_for("housing_officer"), walk.SHORT)
    held = Disclosure.objects.get(pk=disclosure.pk)
    held.answers["extra"] = {"said": "later"}
    held.save(update_fields=["answers"])
    held = Disclosure.objects.get(pk=disclosure.pk)
    assert held.answers["extra"] == {"said": "later"} and held.answers["victim"]["given_name"] == "Saoirse"
    held.answers["victim"] = {"given_name": "Somebody else"}
    with pytest.raises(ProgrammingError, match="cannot be changed"), transaction.atomic():
        held.save(update_fields=["answers"])
    # The same words sealed anew are another ciphertext: only the owner of the table may exchange those.
    with pytest.raises(ProgrammingError, match="cannot be changed"), transaction.atomic():
        Disclosure.objects.filter(pk=disclosure.pk).update(answers=dict(Disclosure.objects.get(pk=disclosure.pk).answers))
