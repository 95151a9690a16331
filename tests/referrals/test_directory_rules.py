"""Whom a service takes and when it is open: tables, the two nights on which the clocks change, and anything people may type for hours."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.types import AREAS
from referrals.directory import rules
from referrals.directory.rules import Criteria, Somebody

WEEK = tuple((day, 480, 1080) for day in range(5))
NEVER = lambda day: False  # noqa: E731


@pytest.mark.parametrize(
    ("criteria", "one", "about"),
    [
        (Criteria(), Somebody("high", "male", 17, "derby"), set()),
        (Criteria(levels=("high",)), Somebody("medium"), {"level"}),
        (Criteria(levels=("high",)), Somebody(), set()),
        (Criteria(levels=("standard", "medium")), Somebody("medium"), set()),
        (Criteria(genders=("female",)), Somebody(gender="male"), {"gender"}),
        (Criteria(genders=("female",)), Somebody(gender="unknown"), set()),
        (Criteria(genders=("female",)), Somebody(gender="female"), set()),
        (Criteria(age_from=18), Somebody(age=17), {"age"}),
        (Criteria(age_from=18), Somebody(age=18), set()),
        (Criteria(age_to=25), Somebody(age=26), {"age"}),
        (Criteria(age_to=25), Somebody(age=25), set()),
        (Criteria(age_from=18), Somebody(), set()),
        (Criteria(areas=("derby", "bolsover")), Somebody(area="erewash"), {"area"}),
        (Criteria(areas=("derby",)), Somebody(area="derby"), set()),
        (Criteria(("high",), ("female",), 18, 25, ("derby",)), Somebody("standard", "male", 30, "bolsover"), {"level", "gender", "age", "area"}),
    ],
)
def test_who_is_taken(criteria, one, about):
    assert set(rules.misfits(criteria, one, AREAS)) == about


def test_whom_it_takes_in_words():
    said = rules.takes_in_words(Criteria(("medium", "standard"), ("female", "other"), 16, 25, ("derby", "bolsover")), AREAS)
    assert said == ["Standard or medium risk", "Women and people who describe themselves in another way", "Aged 16 to 25", "Bolsover and Derby City"]
    assert rules.takes_in_words(Criteria(), AREAS) == ["Any level of risk", "Any area"]
    assert rules.takes_in_words(Criteria(age_from=18), AREAS)[1] == "Aged 18 and over"
    assert rules.takes_in_words(Criteria(age_to=18, levels=tuple(rules.LEVELS), genders=tuple(rules.GENDERS)), AREAS) == ["Any level of risk", "Aged up to 18", "Any area"]


def test_when_it_takes_nobody():
    day = date(2026, 3, 2)
    assert rules.reasons_takes_nobody(date(2026, 1, 1), None, "", day) == []
    assert rules.reasons_takes_nobody(date(2026, 1, 1), date(2026, 3, 3), "Money", day) == []
    assert "since 2 March 2026: Money" in rules.reasons_takes_nobody(date(2026, 1, 1), day, "Money", day)[0]
    assert "opens on 3 March 2026" in rules.reasons_takes_nobody(date(2026, 3, 3), None, "", day)[0]


def test_who_keeps_it_and_how_it_closes():
    assert rules.reasons_not_kept(True, 1, None) == [] == rules.reasons_not_kept(False, 1, 1)
    assert rules.reasons_not_kept(False, 1, 2) and rules.reasons_not_kept(False, None, None)
    day = date(2026, 3, 2)
    assert "" in rules.reasons_closing(day, day, "Money", True)
    assert "closed_on" in rules.reasons_closing(day, date(2026, 3, 1), "Money", False)
    assert "closed_reason" in rules.reasons_closing(day, day, " ", False)
    assert rules.reasons_closing(day, day, "Money", False) == {}
    assert rules.reasons_ages(18, 17) and not rules.reasons_ages(18, 18) and not rules.reasons_ages(None, 17) and not rules.reasons_ages(18, None)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", []), ("closed", []), ("All day", [(0, 0, 1440)]), ("9am to 5pm", [(0, 540, 1020)]), ("09:00-17:30", [(0, 540, 1050)]),
        ("9.30am until 12pm, 1pm to 5pm", [(0, 570, 720), (0, 780, 1020)]), ("10pm to 6am", [(0, 1320, 1800)]), ("12am to 24:00", [(0, 0, 1440)]),
    ],
)
def test_hours_as_people_type_them(text, spans):
    assert rules.read_hours(0, text) == spans


@pytest.mark.parametrize("text", ["nine to five", "9", "25:00 to 26:00", "9:75 to 10", "13pm to 2pm", "0am to 2am", "24:30 to 25:00", "9 to 5 to 6"])
def test_hours_that_nobody_can_read(text):
    with pytest.raises(ValueError, match="Enter times"):
        rules.read_hours(0, text)


@given(st.text(max_size=30))
def test_anything_typed_is_hours_or_refused_in_words(text):
    try:
        spans = rules.read_hours(2, text)
    except ValueError as problem:
        assert str(problem) == rules.UNREADABLE
    else:
        assert all(0 <= first < last <= first + 1440 for _, first, last in spans)
        if all(last - first < 1440 or first == 0 for _, first, last in spans):
            assert sorted(rules.read_hours(2, rules.write_hours(tuple(spans), 2))) == sorted(spans)


def test_the_week_in_words():
    assert rules.hours_in_words(WEEK, False) == ["Monday to Friday: 8am to 6pm", "Closed on bank holidays"]
    assert rules.hours_in_words((), False) == ["Hours not known"]
    assert rules.hours_in_words(tuple((day, 0, 1440) for day in range(7)), True) == ["Day and night, every day"]
    assert rules.hours_in_words(((5, 600, 720), (6, 600, 720), (0, 570, 600)), True) == [
        "Monday: 9:30am to 10am", "Saturday and Sunday: 10am to 12pm", "Open on bank holidays too",
    ]


def test_open_now_and_when_next():
    monday = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert rules.open_until(WEEK, False, NEVER, monday) == datetime(2026, 3, 2, 18, tzinfo=UTC)
    assert rules.open_until(WEEK, False, NEVER, datetime(2026, 3, 2, 18, tzinfo=UTC)) is None
    assert rules.open_until(WEEK, False, lambda day: True, monday) is None
    assert rules.open_until(WEEK, True, lambda day: True, monday) is not None
    assert rules.opens_at(WEEK, False, NEVER, datetime(2026, 3, 6, 19, tzinfo=UTC)) == datetime(2026, 3, 9, 8, tzinfo=UTC)
    assert rules.opens_at((), False, NEVER, monday) is None
    assert rules.open_until(tuple((day, 0, 1440) for day in range(7)), True, NEVER, monday) >= datetime(2026, 3, 5, tzinfo=UTC)
    assert rules.open_until(((0, 540, 720), (0, 780, 1020)), False, NEVER, monday) == datetime(2026, 3, 2, 12, tzinfo=UTC)
    night = ((0, 1320, 1800),)
    assert rules.open_until(night, False, NEVER, datetime(2026, 3, 3, 5, 59, tzinfo=UTC)) == datetime(2026, 3, 3, 6, tzinfo=UTC)


@pytest.mark.parametrize(("day", "utc_hour"), [(date(2026, 3, 30), 7), (date(2026, 10, 26), 8)])
def test_the_hour_on_the_wall_holds_over_a_change_of_the_clocks(day, utc_hour):
    before = datetime.combine(day, datetime.min.time(), UTC)
    assert rules.opens_at(WEEK, False, NEVER, before) == datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)
