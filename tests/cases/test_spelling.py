"""What two people type differently, and what they do not: the marks by which names, numbers and postcodes are looked up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules import spelling

names = st.text(max_size=30)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("O'Dálaigh-Nwosu", ["odalaigh", "nwosu"]), ("  Mary  Ann ", ["mary", "ann"]), ("Smith, Jo/Joanne", ["smith", "jo", "joanne"]), ("", []), ("-–-", []),
        ("Østergård", ["ostergard"]), ("李 美玲", ["李", "美玲"]), ("Ann Ann", ["ann"]), ("Zoë", ["zoe"]),
    ],
)
def test_words(typed, expected):
    assert spelling.words(typed) == expected


@pytest.mark.parametrize(("one", "other"), [("saoirse", "sersha"), ("smith", "smythe"), ("catherine", "katherine"), ("mohammed", "muhamad")])
def test_words_that_sound_the_same(one, other):
    assert spelling.sounds(one) & spelling.sounds(other)


@pytest.mark.parametrize("word", ["", "jo", "li", "жанна", "x1"])
def test_what_has_no_sound_of_its_own(word):
    assert spelling.sounds(word) == set()


def test_different_names_do_not_sound_the_same():
    assert not spelling.sounds("quorn") & spelling.sounds("thistlewood")


@given(names, names)
def test_likeness_is_between_nothing_and_the_same_and_does_not_care_for_the_order(one, other):
    one, other = (set(spelling.trigrams(word)) for word in (one, other))
    assert 0 <= spelling.likeness(one, other) == spelling.likeness(other, one) <= 1
    assert spelling.likeness(one, one) == 1


@given(st.text(alphabet=[chr(code) for code in range(128)]))
def test_a_plain_name_is_folded_as_one_with_an_accent_is(name):
    assert spelling.folded(name) == spelling.folded(f"{name}\u0301")


@given(names)
def test_folding_twice_changes_nothing_more(name):
    assert spelling.folded(spelling.folded(name)) == spelling.folded(name)


@given(st.text(alphabet="abcdefghij", min_size=5, max_size=12), st.data())
def test_one_letter_wrong_missing_too_many_or_exchanged_is_near(word, data):
    place = data.draw(st.integers(0, len(word) - 2))
    before, after = word[:place], word[place + 1 :]
    for typed in (f"{before}z{after}", before + after, f"{before}z{word[place]}{after}", before + after[0] + word[place] + after[1:]):
        assert spelling.near(word) & spelling.near(typed), typed


def test_short_words_have_no_neighbours():
    assert spelling.near("ann") == {"ann"}
    assert spelling.near("anna") == {"anna", "nna", "ana", "ann"}


@pytest.mark.parametrize("typed", ["07700 900123", "+44 7700 900123", "0044 (0)7700-900123", "(07700) 900 123", "00447700900123"])
def test_a_number_by_its_last_nine_digits(typed):
    assert spelling.called(typed) == {("called", "700900123")}


@pytest.mark.parametrize(("typed", "marks"), [("Mari@Example.org ", {("called", "mari@example.org")}), ("at the library", set()), ("900123", set()), ("", set())])
def test_addresses_and_places(typed, marks):
    assert spelling.called(typed) == marks


@pytest.mark.parametrize("typed", ["INC-0420-7", "inc 0420 7", "INC/0420/7", "inc.0420.7", " Inc–0420‐7 ", "INC04207", "ＩＮＣ-0420-7"])
def test_one_police_number_however_it_is_written(typed):
    assert spelling.incident_code(typed) == "inc04207"


@pytest.mark.parametrize("typed", ["", " ", "-", "n/a", "not known"])
def test_what_has_no_figure_is_no_police_number(typed):
    assert spelling.incident_code(typed) == ""


@pytest.mark.parametrize(("typed", "marks"), [("zz99 3vz", {("postcode", "ZZ993VZ")}), (" ", set())])
def test_postcodes(typed, marks):
    assert spelling.postal(typed) == marks


def test_a_name_as_one_and_a_day():
    assert spelling.whole_name("Mary-Ann", "O'Neill") == spelling.whole_name("Maryann", "ONeill") == {("name", "maryannoneill")}
    assert spelling.whole_name("", " ") == spelling.birth(None) == set()
    assert spelling.birth(date(1994, 5, 17)) == {("born", "1994-05-17")}
