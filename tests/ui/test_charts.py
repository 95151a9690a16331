"""Charts: bars as long as their numbers, the numbers as text, and the same numbers in a table."""

import re
from xml.etree import ElementTree

import pytest
from django.template import engines
from hypothesis import given
from hypothesis import strategies as st

from ui.charts import LABEL_WIDTH, VALUE_WIDTH, WIDTH, BarChart, Series
from ui.examples import chart

SVG = "{http://www.w3.org/2000/svg}"


def bars(svg):
    """The bars in order of drawing: those of the legend are 18 wide and left out."""
    root = ElementTree.fromstring(svg)
    return [float(rect.get("width")) for rect in root.findall(f"{SVG}rect") if rect.get("width") != "18"]


def one_series(values):
    names = tuple(f"Place {number}" for number in range(len(values)))
    return BarChart("c", "Title", "Description", "Place", names, (Series("All", tuple(values)),))


@given(st.lists(st.integers(min_value=1, max_value=10**6), min_size=1, max_size=12))
def test_bars_are_as_long_as_their_numbers(values):
    longest = WIDTH - LABEL_WIDTH - VALUE_WIDTH
    for length, value in zip(bars(one_series(values).svg), values, strict=False):
        # a bar shorter than a tenth of a unit is not drawn; none is here, since equal lists keep their order
        assert length == pytest.approx(value / max(values) * longest, abs=0.06) or min(values) / max(values) * longest < 0.05


def test_every_number_is_written():
    drawing = chart()
    texts = [element.text for element in ElementTree.fromstring(drawing.svg).iter(f"{SVG}text")]
    for series in drawing.series:
        for index in range(len(drawing.categories)):
            assert series.written(index) in texts
    assert "fewer than 5" in texts


def test_a_suppressed_number_has_no_bar_to_measure():
    drawing = BarChart("c", "T", "D", "Place", ("North", "West"), (Series("All", (40, None), ("40", "fewer than 5")),))
    assert len(bars(drawing.svg)) == 1


def test_nothing_at_all_draws_no_bars():
    assert bars(one_series([0, 0]).svg) == []
    assert one_series([]).svg


def test_read_aloud_it_has_a_title_and_a_description():
    root = ElementTree.fromstring(chart().svg)
    assert root.get("role") == "img"
    named = [root.find(f".//*[@id='{name}']").text for name in root.get("aria-labelledby").split()]
    assert named[0] == "Contacts in the quarter"
    assert named[1].startswith("Bars for three districts")


def test_words_stay_words():
    drawing = BarChart("c", "<T>", "D & E", "Place", ("<script>",), (Series("<b>", (1,)), Series("x", (2,))))
    assert "<script>" not in drawing.svg
    ElementTree.fromstring(drawing.svg)


def test_the_table_has_the_same_numbers():
    html = engines["django"].from_string("{% load ui %}{% chart c %}").render({"c": chart()})
    table = html.split("<table")[1]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in table.split("<tr")[1:]]
    assert rows == [
        ["District", "This year", "Last year"],
        ["North", "42", "38"],
        ["South, with the villages along the river", "17", "21"],
        ["West", "fewer than 5", "9"],
    ]


def test_numbers_and_names_must_match():
    with pytest.raises(ValueError, match="a value for every category"):
        BarChart("c", "T", "D", "Place", ("North",), (Series("All", (1, 2)),))
    with pytest.raises(ValueError, match="one plain word"):
        BarChart('c" onload="x', "T", "D", "Place", ("North",), (Series("All", (1,)),))
