"""What makes an alleged perpetrator repeat or serial: days at their boundary, who counts as one victim/survivor, and who is compared with whom."""

from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.repeats import Incident, certainly_different, marks, months_earlier, pairs
from cases.rules.same_person import Known, is_likely_same

TODAY = date(2026, 3, 18)
ANNA, BETH, CARO = 1, 2, 3


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (TODAY, 12, date(2025, 3, 18)),
        (TODAY, 3, date(2025, 12, 18)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 12, 31), 12, date(2025, 12, 31)),
    ],
)
def test_the_same_day_some_months_before(day, months, expected):
    assert months_earlier(day, months) == expected


@pytest.mark.parametrize(
    ("incidents", "same", "months", "years", "expected"),
    [
        ([], {}, 12, 0, []),
        ([(ANNA, TODAY)], {}, 12, 0, []),
        ([(ANNA, TODAY), (ANNA, date(2025, 3, 18))], {}, 12, 0, ["repeat"]),
        ([(ANNA, TODAY), (ANNA, date(2025, 3, 17))], {}, 12, 0, []),
        ([(ANNA, TODAY), (ANNA, date(2025, 3, 17))], {}, 13, 0, ["repeat"]),
        ([(ANNA, date(2020, 1, 1)), (ANNA, date(2020, 1, 2))], {}, 12, 0, []),  # long ago, against one: neither
        ([(ANNA, TODAY), (BETH, TODAY)], {}, 12, 0, ["serial"]),
        ([(ANNA, TODAY), (BETH, TODAY)], {ANNA: {BETH}, BETH: {ANNA}}, 12, 0, ["repeat"]),  # one woman on record twice
        ([(ANNA, TODAY), (BETH, date(2001, 1, 1))], {}, 12, 0, ["serial"]),
        ([(ANNA, TODAY), (BETH, date(2023, 3, 18))], {}, 12, 3, ["serial"]),
        ([(ANNA, TODAY), (BETH, date(2023, 3, 17))], {}, 12, 3, []),
        ([(ANNA, TODAY), (ANNA, TODAY), (BETH, TODAY)], {}, 12, 0, ["repeat", "serial"]),
        # A record without a date of birth may be either of two women, who are certainly two.
        ([(ANNA, TODAY), (BETH, TODAY), (CARO, TODAY)], {ANNA: {BETH, CARO}, BETH: {ANNA}, CARO: {ANNA}}, 12, 0, ["repeat", "serial"]),
    ],
)
def test_the_table(incidents, same, months, years, expected):
    assert marks([Incident(*one) for one in incidents], same, TODAY, months, years) == expected


names = st.sampled_from(["Rufus", "rufus", "Silas", ""])
known = st.builds(Known, names, st.sampled_from(["Blackwater", "Black-Water", "Ash", ""]), st.none() | st.sampled_from([date(1980, 1, 1), date(1981, 1, 1), date(1982, 1, 1)]))
people_on_record = st.lists(known, max_size=7).map(lambda some: dict(enumerate(some)))


@given(people_on_record)
def test_everybody_is_compared_with_everybody_both_ways(people):
    expected = {(one, other) for one in people for other in people if one != other and is_likely_same(people[one], people[other])}
    assert pairs(people) == expected


@given(people_on_record)
def test_no_more_can_be_certainly_different_and_nobody_is_left_out(people):
    same = {}
    for one, other in pairs(people):
        same.setdefault(one, set()).add(other)
    taken = certainly_different(people, same)
    most = max(
        (size for size in range(len(people) + 1) for some in combinations(people, size) if all(other not in same.get(one, set()) for one, other in combinations(some, 2))),
        default=0,
    )
    assert len(taken) == most
    assert all(one in taken or same.get(one, set()) & set(taken) for one in people)


@given(st.lists(st.builds(Incident, st.sampled_from([ANNA, BETH, CARO]), st.dates(date(2015, 1, 1), TODAY)), max_size=6), st.integers(1, 60), st.integers(1, 30))
def test_a_longer_time_and_another_incident_never_take_a_marker_away(incidents, months, years):
    found = set(marks(incidents, {}, TODAY, months, years))
    assert found <= set(marks(incidents, {}, TODAY, months + 1, years + 1))
    assert found <= set(marks(incidents, {}, TODAY, months, 0))
    assert found <= set(marks([*incidents, Incident(ANNA, TODAY)], {}, TODAY, months, years))
