"""The lines of the worklist and its lists to choose from, drawn in one go each: as template nodes they would cost more than all the rest of the page."""

import functools

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from cases.rules.flags import KINDS
from ui.templatetags.ui import tag, time_left
from ui.times import duration, short_time

register = template.Library()

_ROW = (
    '<tr class="govuk-table__row"><th scope="row" class="govuk-table__header"><a class="govuk-link" href="{}{}/">{}</a>'
    '<br><span class="govuk-!-font-weight-regular">{}</span><br>{}{}</th>'
    '<td class="govuk-table__cell" data-label="Promise and safe times">{}{}</td>'
    '<td class="govuk-table__cell" data-label="Held by">{}<br><span class="govuk-!-font-size-16">{} leads</span></td></tr>'
)


@register.simple_tag
def worklist_rows(rows, now, safe_times):
    """One line for each case: who, which promise, who holds it."""
    cases = _cases()
    return format_html_join(
        "\n",
        _ROW,
        (
            (
                cases, row.reference, row.name, row.reference, _danger() if row.is_in_danger else "", tag(row.risk, row.risk_colour),
                _promise(row.promise, now), _safe_time(safe_times.get(row.case)), row.worker or "Nobody yet", row.lead_agency,
            )
            for row in rows
        ),
    )


_DUE = (
    '<tr class="govuk-table__row"><th scope="row" class="govuk-table__header"><a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden">, case {}</span></a></th>'
    '<td class="govuk-table__cell" data-label="Case"><a class="govuk-link govuk-link--no-visited-state" href="{}{}/">{}</a><br>{}<br>{}</td>'
    '<td class="govuk-table__cell" data-label="When">{}</td>{}</tr>'
)


@register.simple_tag
def due_rows(items, now, whose):
    """One line for each thing that is due: what, on which case, by when; for a team by whom. It leads to where it is done."""
    cases = _cases()
    return format_html_join(
        "\n",
        _DUE,
        (
            (
                item.url, item.words, item.reference, cases, item.reference, item.name, item.reference, _risk(item), _due(item, now),
                format_html('<td class="govuk-table__cell" data-label="By">{}</td>', item.owner or "Nobody yet") if whose == "team" else "",
            )
            for item in items
        ),
    )


def _risk(item):
    risk = tag(item.risk, item.risk_colour)
    return format_html("{} {}", risk, tag(f"Priority {item.priority}", "purple" if item.priority == "A" else "grey")) if item.priority else risk


def _due(item, now):
    if item.kind.is_waiting:
        return format_html('{}<br><span class="govuk-!-font-size-16">Waiting for {}</span>', tag("Waiting", "blue"), duration(now - item.due_at))
    return format_html('{}<br><span class="govuk-!-font-size-16">{} {}</span>', time_left(item.due_at, now), "Was due" if item.due_at <= now else "Due", short_time(item.due_at))


@register.simple_tag
def options(choices, chosen):
    """The choices of a list, the chosen one marked."""
    return format_html_join("", '<option value="{}"{}>{}</option>', ((value, " selected" if value == chosen else "", text) for value, text in choices))


def _safe_time(known):
    """Nothing for a reader who may not record contact."""
    if known is None:
        return ""
    said = format_html('<br><span class="govuk-!-font-size-16">{}</span>', tag(known.words, known.colour) if known.colour else known.words)
    return said + _flags(known.flags) if known.flags else said


@functools.cache
def _flags(kinds):
    """What must be known before somebody goes there; what to do about it stands on the case."""
    return format_html_join("", "<br>{}", ((tag(f"Flag: {KINDS[kind].label.lower()}", "red"),) for kind in kinds))


@functools.cache
def _danger():
    return format_html("{}<br>", tag("In danger when reported", "red"))


def _promise(promise, now):
    if promise is None:
        return "No promise is running"
    return format_html(
        '{}<br>{}<br><span class="govuk-!-font-size-16">{} {}</span>', promise.label, time_left(promise.due_at, now, promise.warn_at),
        "Missed: was due" if promise.is_missed else "Due", short_time(promise.due_at),
    )


@functools.cache
def _cases():
    return reverse("case", args=["0"]).removesuffix("0/")
