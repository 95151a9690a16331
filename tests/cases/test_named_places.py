"""Texts and protected places: what counts as naming one, and what is left of a text without it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cases.middleware import MARK, page_without
from cases.rules.named_places import names_a_place, without_places

PLACES = [("Flat 2, 17 Nightjar Close", "ZZ99 3VZ"), ("St Mary’s Row\nNorthvale", "")]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("She is at 17 Nightjar Close, ZZ99 3VZ now.", f"She is at {MARK}, {MARK} now."), ("flat 2, 17 NIGHTJAR  close", MARK), ("zz993vz", MARK), ("ZZ99-3.VZ!", f"{MARK}!"),
        ("Nightjar Close is quiet", f"{MARK} is quiet"), ("by St Mary's Row", f"by {MARK}"),
        ("Nightjar Closely watched", "Nightjar Closely watched"), ("a nightjar", "a nightjar"), ("", ""),
    ],
)
def test_what_is_left(text, left):
    assert without_places(text, PLACES, MARK) == left


@pytest.mark.parametrize("postcode", ["", "-", "n/a", "...", "DE1", "unknown"])
def test_what_is_no_postcode_is_found_nowhere(postcode):
    assert not names_a_place("DE1 made unknown - n/a ...", [("", postcode)])


@pytest.mark.parametrize(
    "lines", ["", "Refuge", "not known", "Unknown", "With her mother", "Flat 2", "Safe house", "Derby", "c/o", "No fixed abode", "7", "B&B", "The Refuge,\nDerby", "Room 4"]
)
def test_what_people_write_instead_of_an_address_names_nothing(lines):
    page = '<input value="unknown"><p>Not known. Flat. The refuge in Derby, 7, with her mother, no fixed abode, safe house, B&amp;B.</p>'
    assert page_without(page, [(lines, "")]) == page


@pytest.mark.parametrize(
    ("lines", "text"),
    [("12 Broadway", "on broadway"), ("Rose House", "at Rose House"), ("Flat 2\n9 Mill Lane", "Mill  Lane"), ("The Old Mill", "the old mill"), ("14 New Street", "new street")],
)
def test_a_house_by_name_and_a_street_of_one_word_are_places(lines, text):
    assert names_a_place(text, [(lines, "")])


@given(st.text(), st.sampled_from(["17 Nightjar Close", "nightjar–close", "ZZ99 3VZ", "z z 9 9 3 v z", "St Mary's Row"]), st.text())
@example("", "ZZ99 3VZ", "")
def test_nothing_that_names_a_place_is_ever_left(before, place, after):
    text = before + place + after
    assert not names_a_place(without_places(text, PLACES, MARK), PLACES)


@given(st.lists(st.sampled_from(["Nightjar", "Close", " ", "-", "17", "ZZ99", "3VZ", "\n", "St", "Mary’s", "Row", "ß", "İ", "_", "."]), max_size=12).map("".join))
def test_nor_of_pieces_put_together(text):
    assert not names_a_place(without_places(text, PLACES, MARK), PLACES)


@pytest.mark.parametrize(
    ("page", "left"),
    [
        ("<p>She is at 17 Nightjar Close.</p>", f"<p>She is at {MARK}.</p>"), ("<p>a &lt;b&gt; &amp; ZZ99 3VZ</p>", f"<p>a &lt;b&gt; &amp; {MARK}</p>"),
        ("<p>St Mary&#x27;s Row</p>", f"<p>{MARK}</p>"), ("<textarea>Nightjar Close</textarea>", None), ('<input value="ZZ99 3VZ">', None), ("<b>Nightjar</b> <i>Close</i>", None),
        ("<textarea>x</textarea><p>Nightjar Close</p>", f"<textarea>x</textarea><p>{MARK}</p>"), ("<p>nothing &nbsp; here</p>", "<p>nothing &nbsp; here</p>"),
        ('<a aria-label="To Nightjar Close" href="/x">y</a>', f'<a aria-label="To {MARK}" href="/x">y</a>'), ("<option>ok</option>", "<option>ok</option>"),
    ],
)
def test_pages(page, left):
    assert page_without(page, PLACES) == left
