"""Owns the words and components that templates may call: times, tags, time left, lists, banners, charts."""

import datetime as dt

from django import template
from django.utils.html import format_html

from ui import forms, held_forms, phones, times

register = template.Library()

TAG_COLOURS = {"grey", "green", "teal", "blue", "purple", "magenta", "red", "orange", "yellow"}


@register.filter
def top_questions(form):
    """The questions of a form that stand at its top level (a question inside a choice is drawn by that choice)."""
    return forms.top_questions(form)


@register.filter
def local_time(at) -> str:
    """Friday 20 March 2026 at 10:20am."""
    return times.local_time(at) if at else ""


@register.filter
def local_date(day) -> str:
    """Friday 20 March 2026."""
    return times.local_date(day) if day else ""


@register.filter
def short_time(at) -> str:
    """20 Mar 2026, 10:20am."""
    return times.short_time(at) if at else ""


@register.filter
def short_date(day) -> str:
    """20 Mar 2026."""
    return times.short_date(day) if day else ""


@register.filter
def clock_time(at) -> str:
    """10:20am."""
    return times.clock_time(at) if at else ""


@register.filter
def phone(number) -> str:
    """A kept number as people read it."""
    return phones.shown(str(number)) if number else ""


@register.simple_tag
def time_left(due: dt.datetime, now: dt.datetime, warn_at: dt.datetime | None = None):
    """What is left of a promise, in words with an edge whose colour says the same: calm, soon, overdue."""
    words = times.time_left(due, now)
    soon_from = warn_at or due - dt.timedelta(hours=8)
    urgency = "overdue" if now >= due else "soon" if now >= soon_from else "calm"
    return format_html('<span class="waymark-time-left waymark-time-left--{}">{}</span>', urgency, words)


@register.simple_tag
def tag(text, colour: str = "grey"):
    """A status tag. Its text always says what its colour says."""
    if colour not in TAG_COLOURS:
        raise template.TemplateSyntaxError(f"no tag colour {colour!r}")
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, text)


@register.simple_tag(takes_context=True)
def form_owner(context, page: str | None = None):
    """A hidden answer that ties a form to who filled it in, so that nothing is lost when their session has ended."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return ""
    token = held_forms.owner_token(request.user, page or request.get_full_path())
    return format_html('<input type="hidden" name="{}" value="{}">', held_forms.FIELD, token)


@register.simple_tag
def as_page_heading(form, caption: str = "") -> str:
    """Makes the label of a form's first question the heading of the page. Call it before the form is drawn."""
    question = forms.top_questions(form)[0]
    question.is_page_heading, question.caption = True, caption
    return ""


@register.inclusion_tag("ui/error_summary.html")
def error_summary(*all_forms):
    """What is wrong, at the top of the page, each line leading to its question."""
    errors = []
    for form in all_forms:
        if not form or not form.is_bound:
            continue
        first = next((question.error_anchor for question in forms.top_questions(form)), "main-content")
        errors += [{"href": f"#{first}", "text": text} for text in form.non_field_errors()]
        for name in form.fields:
            errors += [{"href": f"#{form[name].error_anchor}", "text": text} for text in form[name].errors]
    return {"errors": errors}


@register.inclusion_tag("ui/banner.html")
def banner(text, kind: str = "information", title: str = ""):
    """A message across the page: information, success, warning or error."""
    kind = {"info": "information", "debug": "information"}.get(kind, kind)  # as django.contrib.messages names them
    titles = {"information": "Important", "success": "Done", "warning": "Warning", "error": "Problem"}
    return {"text": text, "kind": kind, "title": title or titles[kind]}


@register.inclusion_tag("ui/task_list.html")
def task_list(tasks):
    """Things to do: each has a title, and may have url, hint, status and colour (no colour: done, in plain text)."""
    return {"tasks": tasks}


@register.inclusion_tag("ui/summary_list.html")
def summary_list(rows, card: str = ""):
    """Facts: each row has key, value and may have actions, a list of text, url and about (hidden words)."""
    return {"rows": rows, "card": card}


@register.inclusion_tag("ui/timeline.html")
def timeline(entries, level: int = 3, empty: str = "Nothing is recorded yet."):
    """What happened, newest first: each entry has title and at, and may have by, text, tag, colour and url."""
    return {"entries": entries, "heading": f"h{level}", "empty": empty}


@register.inclusion_tag("ui/panel.html")
def panel(title, text: str = ""):
    """It is done: the page after something was finished."""
    return {"title": title, "text": text}


@register.inclusion_tag("ui/pagination.html")
def pagination(previous_url: str = "", next_url: str = ""):
    """Newer and older pages of a long list."""
    return {"previous_url": previous_url, "next_url": next_url}


@register.inclusion_tag("ui/filter.html")
def filter_panel(form, selected=(), clear_url: str = ""):
    """Narrow a list down: a form that is sent by GET, and what is chosen now (each has text and remove_url)."""
    return {"form": form, "selected": selected, "clear_url": clear_url}


@register.inclusion_tag("ui/table.html")
def table(caption, head, rows, empty: str = "There is nothing to show.", caption_size: str = "m"):
    """Rows and columns. A head cell is text, or a dict with text and is_number; the first cell of a row names it."""
    columns = [cell if isinstance(cell, dict) else {"text": cell, "is_number": False} for cell in head]
    return {
        "caption": caption,
        "caption_size": caption_size,
        "columns": columns,
        "rows": [list(zip(row, columns, strict=True)) for row in rows],
        "empty": empty,
    }


@register.inclusion_tag("ui/chart.html")
def chart(drawing):
    """A chart with its table under it (ui.charts.BarChart)."""
    return {"chart": drawing}
