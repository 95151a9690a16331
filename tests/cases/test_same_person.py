"""Who is likely to be the same: names however they were typed, dates that may be missing and never differ."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.gate import Change, run
from cases.access import parties_to_match
from cases.models import Person
from cases.rules.same_person import Known, is_likely_same
from cases.rules.spelling import folded

BORN, OTHER_DAY = date(1994, 5, 17), date(1994, 5, 18)
names = st.text("abcéÉøñZŁ'’ -.", max_size=12)
dates = st.none() | st.sampled_from([BORN, OTHER_DAY])
people_known = st.builds(Known, names, names, dates)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Thistlewood", "THISTLEWOOD"), ("Zoë", "zoe"), ("O’Dwyer", "O\u02bcDwyer"), ("O'Dwyer", "o dwyer"), ("Anne-Marie", "Anne Marie"),
        ("Łucja", "lucja"), ("Søren", "Soren"), ("Strauß", "Strauss"), ("İnci", "inci"), ("J\u0065\u0301", "jé"), ("St. Clair", "St Clair"),
    ],
)
def test_a_name_is_the_same_however_it_was_typed(one, other):
    assert folded(one) == folded(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Marigold", "Marygold"), ("किरण", "करण"), ("佐々木", "佐木"), ("Анна", "Анны")])
def test_what_belongs_to_a_name_is_kept(one, other):
    assert folded(one) != folded(other)


@given(st.text())
def test_folding_twice_is_folding_once_for_marks_and_spaces(name):
    assert folded(f" {name}’") == folded(name)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Known("Marigold", "Thistlewood", BORN), Known("MARIGOLD", "Thistle-Wood", BORN), True),
        (Known("Marigold", "Thistlewood", BORN), Known("Marigold", "Thistlewood", OTHER_DAY), False),
        (Known("Marigold", "Thistlewood", BORN), Known("Marigold", "Thistlewood", None), True),
        (Known("Marigold", "Thistlewood", None), Known("Marigold", "Thistlewood", None), True),
        (Known("Marigold", "", BORN), Known("Marigold", "", BORN), True),
        (Known("Marigold", "", BORN), Known("Marigold", "", None), False),  # half a name and no date: nobody in particular
        (Known("", "Thistlewood", None), Known("", "Thistlewood", None), False),
        (Known("Ann Marie", "Smythe", None), Known("Ann", "Marie Smythe", None), True),
        (Known("", "", BORN), Known("", "", BORN), False),
        (Known("’", "-", None), Known("’", "-", None), False),
        (Known("Marigold", "Thistlewood", BORN), Known("Marigold", "Thistle", BORN), False),
    ],
)
def test_who_is_likely_the_same(one, other, same):
    assert is_likely_same(one, other) is same


@given(people_known, people_known)
def test_it_is_the_same_both_ways_and_never_with_another_date_or_no_name(one, other):
    assert is_likely_same(one, other) is is_likely_same(other, one)
    if one.date_of_birth and other.date_of_birth and one.date_of_birth != other.date_of_birth:
        assert not is_likely_same(one, other)
    if not folded(one.given_name + one.family_name):
        assert not is_likely_same(one, other)


# --- the wide read


def born(person_id, day):
    person = Person.objects.get(pk=person_id)
    person.date_of_birth = day
    person.save()


@pytest.mark.django_db
def test_people_of_other_cases_are_compared_inside_a_gate_only(a_case):
    with pytest.raises(AssertionError):
        parties_to_match(list(a_case().parties.all()), Person.objects.values("pk"))


@pytest.mark.django_db
def test_the_wide_read_gives_ids_of_those_it_was_given_and_asks_twice(a_case, people, django_assert_num_queries):
    first, second, third = a_case(), a_case(), a_case(given_name="Ottilie")
    victims = [case.parties.select_related("person").get(role="victim") for case in (first, second, third)]
    among = [victim.person_id for victim in victims]

    def body(act):
        with django_assert_num_queries(2):  # which records were put together, and the people
            found = parties_to_match(victims[:1], among)
        assert parties_to_match(victims[:1], []) == {victims[0].person_id}
        born(victims[1].person_id, None)
        assert parties_to_match(victims[:1], among) == found
        born(victims[1].person_id, OTHER_DAY)
        assert parties_to_match(victims[:1], among) == {victims[0].person_id}
        return Change(subject="test", result=found)

    assert run("test.arrange", people.actor("idva"), body) == {victims[0].person_id, victims[1].person_id}
