"""Each kind of answer: what it takes, what it makes of it, and the plain words with which it refuses."""

import datetime as dt

import pytest
import time_machine
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from ui import fields, phones, postcodes


def form_of(**questions):
    return type("AForm", (forms.Form,), questions)


def date_parts(name, day, month, year, time=None):
    parts = {f"{name}_day": day, f"{name}_month": month, f"{name}_year": year}
    return parts | ({f"{name}_time": time} if time is not None else {})


def errors_of(form):
    return {name: list(messages) for name, messages in form.errors.items()}


Born = form_of(born=fields.DateField(label="Date of birth", not_future=True))
Heard = form_of(heard=fields.DateTimeField(label="When did you hear this?", not_future=True))


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        (("27", "3", "1991"), dt.date(1991, 3, 27)),
        ((" 01", "Mar", "1991 "), dt.date(1991, 3, 1)),
        (("29", "february", "2024"), dt.date(2024, 2, 29)),
        (("9", "Sept.", "1950"), dt.date(1950, 9, 9)),
    ],
)
def test_dates_are_taken(typed, day):
    form = Born(date_parts("born", *typed))
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"born": day}


@time_machine.travel("2026-03-20T10:20:00Z", tick=False)
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("31", "2", "2001"), "Date of birth must be a real date"),
        (("29", "2", "2023"), "Date of birth must be a real date"),
        (("0", "1", "2001"), "Date of birth must be a real date"),
        (("x", "1", "2001"), "Date of birth must be a real date"),
        (("1", "1", "0000"), "Date of birth must be a real date"),
        (("1", "1", "91"), "Year must include 4 numbers"),
        (("", "2", "2001"), "Date of birth must include a day"),
        (("", "", "2001"), "Date of birth must include a day and month"),
        (("1", "2", ""), "Date of birth must include a year"),
        (("", "", ""), "Enter date of birth"),
        (("21", "3", "2026"), "Date of birth must be today or in the past"),
        (("1", "1", "1899"), "Date of birth must be on or after 1 January 1900"),
        (("١", "1", "2001"), "Date of birth must be a real date"),
        (("1" * 5000, "1", "2001"), "Date of birth must be a real date"),
        (("1\x00", "1", "2001"), "Date of birth must be a real date"),
    ],
)
def test_impossible_dates_are_refused_in_words(typed, words):
    assert errors_of(Born(date_parts("born", *typed))) == {"born": [words]}


@time_machine.travel("2026-03-31T23:30:00Z", tick=False)
def test_today_is_todays_date_in_london():
    """It is already 1 April in London."""
    assert Born(date_parts("born", "1", "4", "2026")).is_valid()
    assert not Born(date_parts("born", "2", "4", "2026")).is_valid()


@given(st.dates(min_value=fields.EARLIEST, max_value=dt.date(2026, 1, 1)))
def test_what_a_date_shows_it_also_takes(day):
    shown = Born(initial={"born": day})["born"].boxes
    form = Born({box["name"]: box["value"] for box in shown})
    assert form.is_valid()
    assert form.cleaned_data["born"] == day


@given(st.integers(min_value=0, max_value=6 * 365 * 24 * 60))
def test_what_an_instant_shows_it_also_takes(minutes):
    at = dt.datetime(2020, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
    shown = Heard(initial={"heard": at})["heard"].boxes
    form = Heard({box["name"]: box["value"] for box in shown})
    assert form.is_valid(), form.errors
    # Of the hour that comes twice the page cannot tell which was meant: the earlier.
    assert at - form.cleaned_data["heard"] in (dt.timedelta(0), dt.timedelta(hours=1))
    if at.month != 10:
        assert form.cleaned_data["heard"] == at


@time_machine.travel("2026-04-20T10:20:30Z", tick=False)
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("29", "3", "2026", "1:30am"), "There was no 1:30am on Sunday 29 March 2026: the clocks went forward from 1am to 2am. Check the time"),
        (("20", "4", "2026", "11:21"), "The date and time must be now or in the past"),
        (("20", "4", "2026", ""), "The date and time must include a time, like 14:30 or 2:30pm"),
        (("", "", "", "10:00"), "The date and time must include a day, month and year"),
        (("20", "4", "2026", "later"), "Enter the time like 14:30 or 2:30pm"),
        (("", "", "", ""), "Answer “When did you hear this?”"),
    ],
)
def test_impossible_moments_are_refused_in_words(typed, words):
    assert errors_of(Heard(date_parts("heard", *typed))) == {"heard": [words]}


def marked(form, name):
    """The boxes that are drawn as wrong."""
    return [box["name"].rsplit("_", 1)[1] for box in form[name].boxes if box["is_wrong"]]


DAY, ALL = ["day", "month", "year"], ["day", "month", "year", "time"]


@time_machine.travel("2026-04-20T10:20:30Z", tick=False)
@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        (("20", "4", "2026", "later"), ["time"]),
        (("20", "4", "2026", ""), ["time"]),
        (("20", "4", "2026", "11:21"), ["time"]),  # today, and not yet
        (("29", "3", "2026", "1:30am"), ["time"]),  # the clocks went forward
        (("20", "4", "26", "10:00"), ["year"]),
        (("20", "4", "2099", "10:00"), ["year"]),
        (("20", "4", "1826", "10:00"), ["year"]),
        (("21", "4", "2026", "10:00"), DAY),
        (("31", "2", "2026", "10:00"), DAY),
        (("31", "2", "2026", "later"), ALL),
        (("32", "4", "2026", "10:00"), ["day"]),
        (("20", "13", "26", "10:00"), ["month", "year"]),
        (("20", "4", "26", "later"), ["year", "time"]),
        (("", "4", "2026", "10:00"), ["day"]),
        (("", "", "", "10:00"), DAY),
        (("", "", "", ""), ALL),
    ],
)
def test_only_the_boxes_that_are_wrong_are_marked(typed, wrong):
    form = Heard(date_parts("heard", *typed))
    assert marked(form, "heard") == wrong
    assert form["heard"].error_anchor == f"id_heard_{wrong[0]}"


@time_machine.travel("2026-04-20T10:20:30Z", tick=False)
@pytest.mark.parametrize(
    ("field", "typed", "wrong"),
    [
        (fields.DateField(not_future=True), ("1", "1", "91"), ["year"]),
        (fields.DateField(not_future=True), ("21", "4", "2026"), DAY),
        (fields.DateField(not_past=True), ("19", "4", "2025"), ["year"]),
        (fields.DateField(not_past=True), ("19", "4", "2026"), DAY),
        (fields.DateField(max_value=dt.date(2026, 6, 30)), ("1", "1", "2027"), ["year"]),
        (fields.DateField(max_value=dt.date(2026, 6, 30)), ("1", "7", "2026"), DAY),
        (fields.DateField(), ("29", "2", "2023"), DAY),
        (fields.DateTimeField(not_past=True), ("20", "4", "2026", "11:19"), ["time"]),
    ],
)
def test_the_same_for_days_and_for_what_lies_ahead(field, typed, wrong):
    form = form_of(due=field)(date_parts("due", *typed))
    assert marked(form, "due") == wrong


def test_what_a_rule_refuses_as_a_whole_is_marked_as_a_whole_and_what_is_right_is_not():
    right, form = (Heard(date_parts("heard", "20", "4", "2025", "10:00")) for _ in range(2))
    assert marked(right, "heard") == []
    form.add_error("heard", "This was before the case began")
    assert marked(form, "heard") == ALL


@time_machine.travel("2026-04-20T10:20:30Z", tick=False)
def test_this_minute_is_not_the_future():
    form = Heard(date_parts("heard", "20", "4", "2026", "11:20"))
    assert form.is_valid()
    assert form.cleaned_data["heard"] == dt.datetime(2026, 4, 20, 10, 20, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("de12qy", "DE1 2QY"),
        ("SW1A 1AA", "SW1A 1AA"),
        ("m1 1ae", "M1 1AE"),
        ("ec1a1bb", "EC1A 1BB"),
        ("zz99 3vz", "ZZ99 3VZ"),
        ("ZZ993WZ", "ZZ99 3WZ"),
        ("bfpo 57", "BFPO 57"),
        ("BFPO c/o 1234", "BFPO 1234"),
        ("BF1 0AX", "BF1 0AX"),
        ("gir 0aa", "GIR 0AA"),
        ("DE1-2QY", "DE1 2QY"),
    ],
)
def test_postcodes_in_every_shape(typed, kept):
    assert postcodes.normalise(typed) == kept


@pytest.mark.parametrize("typed", ["", "DE1", "DE1 2Q", "12345", "DE1 2QYX", "D1E2 2QY", "DE1 2CI", "ＤＥ１ ２ＱＹ", "no fixed abode"])
def test_what_is_no_postcode(typed):
    assert postcodes.normalise(typed) is None


def test_a_postcode_is_refused_in_words_and_kept_in_its_usual_spelling():
    Where = form_of(postcode=fields.PostcodeField(label="Postcode"))
    assert errors_of(Where({"postcode": "XX"})) == {"postcode": ["Enter a full UK postcode, like DE1 2QY. Use ZZ99 3VZ for no fixed address"]}
    form = Where({"postcode": " zz993vz "})
    assert form.is_valid()
    assert form.cleaned_data["postcode"] == "ZZ99 3VZ"


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("01632 960001", "+441632960001", "01632 960001"),
        ("07700 900 982", "+447700900982", "07700 900982"),
        ("0808 157 0192", "+448081570192", "0808 157 0192"),
        ("+44 (0)20 7946 0018", "+442079460018", "020 7946 0018"),
        ("0044 1632 960001", "+441632960001", "01632 960001"),
        ("+353 1 555 0100", "+35315550100", "+35315550100"),
    ],
)
def test_phone_numbers(typed, kept, shown):
    assert phones.normalise(typed) == kept
    assert phones.shown(kept) == shown


@pytest.mark.parametrize("typed", ["", "12", "999", "01632 96", "07700 900982 77", "call me", "+0 123456789", "0123x456789"])
def test_what_is_no_phone_number(typed):
    assert phones.normalise(typed) is None


Text = form_of(
    name=forms.CharField(label="Full name", max_length=200),
    notes=fields.Notes(label="Notes", required=False),
    email=forms.EmailField(label="Email address", required=False),
    born=fields.DateField(label="Date of birth", required=False),
)


@pytest.mark.parametrize("name", ["O’Brien", "O'Brien", "Zoë Ünal", "Ольга", "محمد علي", "王小明", "ਗੁਰਪ੍ਰੀਤ", "Nguyễn Thị", "D\u200cK", "<b>Ada</b>", "👩🏽"])
def test_names_in_any_script(name):
    form = Text({"name": name})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["name"] == name


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800"])
@pytest.mark.parametrize("question", ["name", "notes"])
def test_unprintable_characters_are_refused_in_words_and_taken_out(character, question):
    form = Text({"name": "Ada", question: f"Ada{character} L"})
    assert errors_of(form)[question] == ["Some characters that cannot be printed were taken out. Check what is left and save it again"]
    assert form[question].value() == "Ada L"


def test_long_notes_fit_and_longer_ones_are_told_by_how_much():
    assert Text({"name": "Ada", "notes": "é" * 10_000}).is_valid()
    assert errors_of(Text({"name": "Ada", "notes": "x" * 10_001})) == {"notes": ["Notes must be 10,000 characters or fewer. You typed 10,001"]}


def test_line_ends_count_once_as_the_browser_counts_them():
    form = Text({"name": "Ada", "notes": "a\r\n" * 5_000})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["notes"] == ("a\n" * 5_000).strip()


@pytest.mark.parametrize("question", ["name", "notes", "email", "born"])
def test_a_file_where_text_belongs_is_an_error_beside_the_question(question):
    part = question + "_day" if question == "born" else question
    form = Text(QueryDict("name=Ada" if question != "name" else ""), {part: SimpleUploadedFile("a.exe", b"MZ\x00")})
    assert errors_of(form) == {question: ["Type your answer here. A file cannot be read as an answer"]}
    assert "cannot be read" in str(form)


def test_emails_are_refused_in_words():
    assert errors_of(Text({"name": "Ada", "email": "nobody"})) == {"email": ["Enter an email address in the correct format, like name@example.org"]}


def test_yes_and_no_are_true_and_false():
    Safe = form_of(safe=fields.YesNoField(label="Is it safe?", required=False))
    for typed, meant in (("yes", True), ("no", False), ("", None)):
        form = Safe({"safe": typed})
        assert form.is_valid()
        assert form.cleaned_data["safe"] is meant
    assert errors_of(Safe({"safe": "maybe"})) == {"safe": ["Choose one of the answers listed"]}
    assert [option["is_chosen"] for option in Safe(initial={"safe": False})["safe"].options] == [False, True]
