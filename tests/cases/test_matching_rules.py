"""Whether two descriptions are likely to be of one person, and why: each thing that speaks for it, and what speaks against it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.matching import LIKELY_FROM, Profile, reasons, weight

BORN = date(1994, 5, 17)
MARI = Profile("Marigold", "Thistlewood", "", BORN, frozenset({("called", "700900123")}), frozenset({("postcode", "ZZ993VZ")}))


def words(one, other):
    return [reason.words for reason in reasons(one, other)]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Profile("Marigold", "Thistlewood"), ["The same name"]),
        (Profile("marigold", "THISTLE-WOOD", "", BORN), ["The same name", "The same date of birth"]),
        (Profile("Marygold", "Thistlewood", "", BORN), ["The same date of birth", "A name that is spelt alike or sounds alike"]),
        (Profile("Marygold", "Thistelwood", "", date(1994, 5, 18)), ["A name that is spelt alike or sounds alike", "A date of birth that differs by a slip"]),
        (Profile("Marygold", "Thistelwood"), []),
        (Profile("Marigold", "Thistlewood", "", date(1971, 1, 2)), []),
        (Profile("Perdita", "Quorn", "", BORN), []),
        (Profile("Perdita", "Quorn", "", BORN, frozenset({("called", "700900123")})), ["The same date of birth", "The same telephone number or e-mail address"]),
        (Profile("", "", "", BORN, frozenset(), frozenset({("postcode", "ZZ993VZ")})), ["The same date of birth", "The same postcode"]),
        (Profile("", "", "Marigold", None, frozenset({("called", "700900123")})), ["The same telephone number or e-mail address", "A name that is spelt alike or sounds alike"]),
        (Profile(), []),
    ],
)
def test_what_speaks_for_it(other, expected):
    assert words(MARI, other) == words(other, MARI) == expected


def test_day_and_month_exchanged_is_a_slip():
    assert "differs by a slip" in " ".join(words(Profile("Mary", "Thistlewood", "", date(1994, 5, 7)), Profile("Mari", "Thistlewood", "", date(1994, 7, 5))))


people = st.builds(Profile, st.sampled_from(["", "Mari", "Mary", "Ann"]), st.sampled_from(["", "Quorn", "Quorne"]), st.just(""), st.sampled_from([None, BORN, date(1971, 1, 2)]))


@given(people, people)
def test_it_is_the_same_from_both_sides_and_never_likely_without_enough(one, other):
    assert words(one, other) == words(other, one)
    assert not reasons(one, other) or weight(reasons(one, other)) >= LIKELY_FROM
