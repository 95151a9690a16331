"""Owns the pages that show every component in its states, for those who build and test (never served in production)."""

import datetime as dt
import functools

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import format_html

from ui import fields, held_forms
from ui.charts import BarChart, Series

NOW = dt.datetime(2026, 3, 20, 10, 20, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


class EveryField(forms.Form):
    """One of each question."""

    full_name = forms.CharField(label="Full name", max_length=200, help_text="As they say it, in any script")
    born = fields.DateField(label="Date of birth", not_future=True, help_text="For example, 27 3 1991")
    heard_at = fields.DateTimeField(label="When did you hear this?", not_future=True, help_text="For example, 20 3 2026 and 14:30 or 2:30pm")
    call_after = fields.TimeField(label="Earliest time to call", required=False)
    how = fields.ChoiceField(
        label="How did it come to you?",
        choices=[("told", "They told us"), ("seen", "We saw signs"), ("other", "Another way")],
        hints={"seen": "During a repair, a visit or a call"},
        reveals={"other": "how_other"},
        divider="or",
    )
    how_other = forms.CharField(label="Tell us how", max_length=100, required=False)
    safe_now = fields.YesNoField(label="Is it safe to talk now?")
    ways = fields.MultipleChoiceField(
        label="Which ways are safe?",
        choices=[("text", "Text message"), ("call", "Call"), ("email", "Email")],
        hints={"text": "No names in the message"},
        reveals={"call": "phone"},
        required=False,
    )
    phone = fields.PhoneField(label="Number to call", required=False)
    email = forms.EmailField(label="Email address", required=False)
    postcode = fields.PostcodeField(label="Postcode", required=False)
    district = forms.ChoiceField(label="District", choices=[("", "Choose one"), ("n", "North"), ("s", "South")], required=False)
    notes = fields.Notes(label="Notes", required=False, help_text="What was said, in their words")
    agreed = forms.BooleanField(label="They agreed to this being written down")
    step = forms.CharField(widget=forms.HiddenInput, initial="1", required=False)


class OneQuestion(forms.Form):
    """A page with one question."""

    danger = fields.YesNoField(label="Is anyone in danger now?", help_text="If so, the rest can wait")


class FilterForm(forms.Form):
    """How a list is narrowed down."""

    level = fields.MultipleChoiceField(label="Level", choices=[("high", "High"), ("medium", "Medium"), ("standard", "Standard")], required=False)
    area = forms.ChoiceField(label="Area", choices=[("", "All"), ("n", "North"), ("s", "South")], required=False)


WRONG = {
    "full_name": "O’Brien\x07" + "a" * 200,
    "born_day": "31",
    "born_month": "2",
    "born_year": "2001",
    "heard_at_day": "29",
    "heard_at_month": "3",
    "heard_at_year": "2026",
    "heard_at_time": "1:30am",
    "call_after": "soon",
    "how": "other",
    "ways": ["call"],
    "phone": "12",
    "email": "nobody",
    "postcode": "XX",
    "notes": "What was said. " * 700,
}


def _querydict(values: dict):
    from django.http import QueryDict

    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def chart(is_empty: bool = False) -> BarChart:
    """A chart with a second series and a number that may not be shown."""
    return BarChart(
        name="example",
        title="Contacts in the quarter",
        description="Bars for three districts, this year and last year. North has most. The number for West is too small to show.",
        category_heading="District",
        categories=("North", "South, with the villages along the river", "West"),
        series=(
            Series("This year", (0, 0, 0) if is_empty else (42, 17, None), ("0", "0", "0") if is_empty else ("42", "17", "fewer than 5")),
            Series("Last year", (0, 0, 0) if is_empty else (38, 21, 9)),
        ),
    )


def _for_builders(view):
    """Open to anyone, because it shows invented examples only and is never served in production."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, **kwargs) -> HttpResponse:
        return view(request, **kwargs)

    wrapped.public_reason = "Invented examples of components; not served in production."
    return wrapped


@_for_builders
def components(request: HttpRequest, state: str = "normal") -> HttpResponse:
    """Every component in its normal, error or empty state."""
    full, wrong = state != "empty", state == "error"
    form = EveryField(_querydict(WRONG)) if wrong else EveryField(initial={"heard_at": NOW, "safe_now": True, "ways": ["call"]} if full else None)
    context = {
        "form": form,
        "now": NOW,
        "is_full": full,
        "clocks": [NOW + 19 * HOUR, NOW + 3 * HOUR, NOW - 2 * HOUR - dt.timedelta(minutes=5)],
        "tasks": [
            {"title": "Say how to reach them safely", "url": "#a", "status": "Completed"},
            {"title": "Talk it through", "url": "#b", "hint": "By Friday 20 March 2026 at 10:20am", "status": "Not yet started", "colour": "blue"},
            {"title": "Close", "status": "Cannot start yet"},
        ]
        if full
        else [],
        "facts": [
            {"key": "Name", "value": "Zoë O’Brien-Ünal", "actions": [{"text": "Change", "url": "#c", "about": "name"}]},
            {"key": "Notes", "value": "First line.\nSecond line with <b>no markup</b>.", "is_notes": True},
            {"key": "Clock", "value": format_html("<strong>{}</strong>", "stopped")},
        ]
        if full
        else [],
        "entries": [
            {"title": "Reached by text message", "by": "A. Worker, Housing", "at": NOW, "text": "Safe to talk at midday.", "tag": "Contact", "colour": "green"},
            {"title": "No answer", "at": NOW - HOUR, "url": "#d"},
        ]
        if full
        else [],
        "rows": [["AB1234", "High", "12"], ["CD5678", "Medium", "9"]] if full else [],
        "head": ["Reference", "Level", {"text": "Entries", "is_number": True}],
        "filter_form": FilterForm(request.GET or {"level": ["high"]}),
        "selected": [{"text": "High", "remove_url": "?"}] if full else [],
        "chart": chart(is_empty=not full),
        "state": state,
        "navigation": [{"label": "My work", "url": "#w", "is_here": True, "count": 3}, {"label": "Returns", "url": "#r"}],
    }
    return render(request, "ui/examples.html", context)


@_for_builders
def question(request: HttpRequest) -> HttpResponse:
    """One question a page; what was typed before an ended session comes back once."""
    form = OneQuestion(request.POST) if request.method == "POST" else OneQuestion(held_forms.take(request))
    context = {"form": form, "caption": "Visit notes", "page_title": "Visit notes", "back_url": "/ui/examples/", "may_come_back": True}
    if request.method == "POST" and form.is_valid():
        return JsonResponse({"danger": form.cleaned_data["danger"]})
    return render(request, "ui/question_page.html", context)


@_for_builders
def many_questions(request: HttpRequest) -> HttpResponse:
    """Several questions under one heading."""
    form = EveryField(request.POST, request.FILES) if request.method == "POST" else EveryField(held_forms.take(request))
    return render(request, "ui/question_page.html", {"form": form, "heading": "Visit notes", "cancel_url": "/ui/examples/"})


@_for_builders
def confirm(request: HttpRequest) -> HttpResponse:
    """Are you sure?"""
    context = {
        "heading": "Close this piece of work?",
        "consequences": ["Nobody can add to it", "It stays readable for those who can read it now"],
        "confirm_label": "Close it",
        "is_grave": True,
        "back_url": "/ui/examples/",
    }
    return render(request, "ui/confirm.html", context)


@_for_builders
def progress(request: HttpRequest, state: str) -> HttpResponse:
    """Something is being prepared, is ready, or went wrong."""
    words = {"running": "Counting contacts", "finished": "Ready", "failed": "It could not be prepared. Try again in a few minutes."}
    context = {
        "heading": "Preparing your document",
        "status_text": words[state],
        "percent": 40 if state == "running" else None,
        "is_finished": state == "finished",
        "is_failed": state == "failed",
        "status_url": "/ui/examples/progress/finished/" if state == "running" else request.path,
        "finished_url": "/ui/examples/",
        "finished_label": "Download",
    }
    return render(request, "ui/progress.html", context)


@_for_builders
def done(request: HttpRequest) -> HttpResponse:
    """It is done."""
    return render(request, "ui/examples_done.html")
