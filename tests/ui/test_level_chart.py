"""The drawing of a level over time: every point in its row with its number, nothing on top of another, words for whoever listens."""

import itertools
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.level_chart import GAP, LEFT, RIGHT, LevelChart, Point, spread

SVG = "{http://www.w3.org/2000/svg}"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def drawn(points, marks=()):
    until = max(point.at for point in points) + timedelta(days=3)
    chart = LevelChart("levels", "Title", "Said in words", ("Low", "Middle", "High"), tuple(points), until, tuple(marks))
    return ElementTree.fromstring(chart.svg), chart


points = st.lists(st.tuples(st.integers(0, 400), st.none() | st.integers(0, 2), st.sampled_from(["", "7", "24"])), min_size=1, max_size=12).map(
    lambda rows: [Point(START + timedelta(days=day), row, number) for day, row, number in sorted(rows, key=lambda one: one[0])]
)


@given(points)
def test_every_point_is_drawn_once_in_its_row_and_inside(given_points):
    svg, chart = drawn(given_points)
    shown = [point for point in given_points if point.row is not None]
    circles = svg.findall(f"{SVG}circle")
    assert [float(circle.get("cy")) for circle in circles] == [chart._y(point.row) for point in shown]
    assert all(0 <= float(circle.get("cx")) <= RIGHT for circle in circles)
    assert len(svg.findall(f"{SVG}path")) == (1 if shown else 0)


@given(st.lists(st.floats(LEFT, RIGHT), max_size=15).map(sorted))
def test_points_keep_their_order_and_their_distance(places):
    found = spread(places, GAP, RIGHT)
    assert len(found) == len(places)
    assert all(later - earlier >= GAP - 1e-6 for earlier, later in itertools.pairwise(found))
    assert not found or found[-1] <= RIGHT


def test_numbers_rows_and_days_are_text():
    svg, _ = drawn([Point(START, 0, "3"), Point(START + timedelta(days=200), 2, "15")])
    texts = [element.text for element in svg.iter(f"{SVG}text")]
    assert {"3", "15", "Low", "Middle", "High", "2 Mar 2026"} <= set(texts)
    assert svg.find(f"{SVG}desc").text == "Said in words" and svg.get("role") == "img"


def test_what_happened_is_marked_under_the_line_also_before_the_first_point():
    svg, _ = drawn([Point(START, 1, "3")], marks=[START - timedelta(days=9), START + timedelta(days=1)])
    assert len(svg.findall(f"{SVG}polygon")) == 2


def test_a_drawing_of_nothing_is_refused():
    with pytest.raises(ValueError, match="needs a point"):
        LevelChart("levels", "T", "D", ("Low",), (), START)
    with pytest.raises(ValueError, match="one plain word"):
        LevelChart("two words", "T", "D", ("Low",), (Point(START, 0),), START)
