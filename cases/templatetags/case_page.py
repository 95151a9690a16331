"""Draws the long lists of the case page, entries and earlier promises, in one go: a template would take longer than the database."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from ui.times import local_time

register = template.Library()

_PRIVATE = mark_safe('<span class="govuk-tag govuk-tag--purple">My agency only</span>')
_PARTNERS = mark_safe('<span class="govuk-tag govuk-tag--blue">Partners</span>')
_MISSED = mark_safe(' <strong class="govuk-tag govuk-tag--red">Missed</strong>')
_ENTRY = (
    '<li class="moj-timeline__item"><div class="moj-timeline__header"><h3 class="moj-timeline__title">{}</h3> <p class="moj-timeline__byline">by {}</p></div>'
    '<p class="moj-timeline__date">{} {}</p>{}{}{}</li>\n'
)
_TEXT = '<div class="moj-timeline__description waymark-notes">{}</div>'
_EARLIER = '<p class="govuk-body-s"><a class="govuk-link" href="{}chronology/{}/">Corrected: read the earlier wording</a></p>'
_CORRECT = (
    '<p class="govuk-body-s"><a class="govuk-link" href="{}chronology/{}/correct/">Correct'
    '<span class="govuk-visually-hidden"> this entry ({}, {})</span></a></p>'
)


@register.simple_tag
def timeline_entries(entries, base):
    """The entries of a chronology; `base` is the address of their case."""
    return format_html_join("", _ENTRY, (_entry(entry, base) for entry in entries))


def _entry(entry, base):
    when = local_time(entry.at)
    return (
        entry.title, entry.by, when, _PRIVATE if entry.is_private else _PARTNERS,
        format_html(_TEXT, entry.text) if entry.text else "",
        format_html(_EARLIER, base, entry.id) if entry.is_correction else "",
        format_html(_CORRECT, base, entry.id, entry.title, when) if entry.may_correct else "",
    )


@register.simple_tag
def earlier_promises(clocks):
    """The promises that are over."""
    return format_html_join(
        "", "<li>{}, {}: {} {}, due {}{} {}. {}</li>\n",
        (
            (
                clock.promise, clock.agency, clock.outcome, local_time(clock.stopped_at), local_time(clock.due_at), _MISSED if clock.is_missed else "",
                clock.breach_reason, clock.basis,
            )
            for clock in clocks
        ),
    )
