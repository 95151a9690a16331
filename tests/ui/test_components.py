"""The tags that pages are made of, drawn outside a browser: their words, their escaping, their cost."""

import datetime as dt
import time

import pytest
from django.template import TemplateSyntaxError, engines

NOW = dt.datetime(2026, 3, 20, 10, 20, tzinfo=dt.UTC)
HTML = "<i>x</i>"


def drawn(template, **context):
    return engines["django"].from_string("{% load ui %}" + template).render(context)


@pytest.mark.parametrize(
    ("hours", "urgency", "words"),
    [(19, "calm", "19 hours left"), (3, "soon", "3 hours left"), (0, "overdue", "less than a minute overdue"), (-2, "overdue", "2 hours overdue")],
)
def test_time_left_says_in_words_what_its_colour_says(hours, urgency, words):
    html = drawn("{% time_left due now %}", due=NOW + dt.timedelta(hours=hours), now=NOW)
    assert html == f'<span class="waymark-time-left waymark-time-left--{urgency}">{words}</span>'


def test_when_it_becomes_urgent_can_be_said():
    due = NOW + dt.timedelta(hours=19)
    assert "--soon" in drawn("{% time_left due now warn_at %}", due=due, now=NOW, warn_at=NOW)


def test_tags_know_their_colours():
    assert drawn('{% tag text "red" %}', text=HTML) == '<strong class="govuk-tag govuk-tag--red">&lt;i&gt;x&lt;/i&gt;</strong>'
    with pytest.raises(TemplateSyntaxError):
        drawn('{% tag "x" "taupe" %}')


def test_times_and_numbers_in_words():
    assert drawn("{{ at|local_time }}; {{ at|local_date }}; {{ at|short_time }}; {{ at|short_date }}; {{ at|clock_time }}", at=NOW) == (
        "Friday 20 March 2026 at 10:20am; Friday 20 March 2026; 20 Mar 2026, 10:20am; 20 Mar 2026; 10:20am"
    )
    assert drawn("{{ none|local_time }}{{ none|phone }}{{ none|local_date }}", none=None) == ""
    assert drawn("{{ number|phone }}", number="+441632960001") == "01632 960001"


@pytest.mark.parametrize(
    "template",
    [
        "{% banner x 'warning' %}",
        "{% banner x 'success' x %}",
        "{% panel x x %}",
        "{% task_list tasks %}",
        "{% summary_list facts x %}",
        "{% timeline entries %}",
        "{% table x head rows %}",
        "{% table x head none x %}",
        "{% pagination x x %}",
    ],
)
def test_nothing_that_people_type_becomes_markup(template):
    html = drawn(
        template,
        x=HTML,
        tasks=[{"title": HTML, "url": HTML, "hint": HTML, "status": HTML, "colour": "blue"}],
        facts=[{"key": HTML, "value": HTML, "actions": [{"text": HTML, "url": HTML, "about": HTML}]}],
        entries=[{"title": HTML, "by": HTML, "at": NOW, "text": HTML, "tag": HTML, "url": HTML}],
        head=[HTML, {"text": HTML, "is_number": True}],
        rows=[[HTML, HTML]],
        none=[],
    )
    assert HTML not in html
    assert "&lt;i&gt;x" in html


def test_an_empty_list_says_so():
    assert "There is nothing to show." in drawn("{% table 'My work' head rows %}", head=["A"], rows=[])
    assert "Nothing is recorded yet." in drawn("{% timeline entries %}", entries=[])
    assert drawn("{% pagination %}").strip() == ""


def test_a_list_page_costs_a_few_milliseconds():
    rows = [[f"AB{number}", "High", "Zoë O’Brien", "19 hours left", "Housing", "12"] for number in range(25)]
    template = engines["django"].from_string(
        "{% load ui %}{% table 'My work' head rows %}{% for row in rows %}{% time_left due now %}{% tag 'High' 'red' %}{% endfor %}"
    )
    context = {"head": ["A", "B", "C", "D", "E", "F"], "rows": rows, "due": NOW + dt.timedelta(hours=1), "now": NOW}
    template.render(context)
    spent = []
    for _ in range(5):
        start = time.perf_counter()
        template.render(context)
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.025
