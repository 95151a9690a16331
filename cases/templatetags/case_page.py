"""Draws the long lists of the case page, entries and promises, each in one go: a template would take longer over them than the database."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from ui.templatetags.ui import time_left
from ui.times import local_time

register = template.Library()

_PRIVATE = mark_safe('<span class="govuk-tag govuk-tag--purple">My agency only</span>')
_PARTNERS = mark_safe('<span class="govuk-tag govuk-tag--blue">Partners</span>')
_MISSED = mark_safe(' <strong class="govuk-tag govuk-tag--red">Missed</strong>')
_PROMISE = '<p class="govuk-body govuk-!-margin-bottom-1"><strong>{}</strong>, {}{} {}{}</p>'
_SMALL = '<p class="govuk-body-s govuk-!-margin-bottom-1">{}{}</p>'
_EXPLAIN = '<a class="govuk-link" href="{}clocks/{}/reason/">Say why it was missed</a>'
_STOP = '<a class="govuk-link" href="{}clocks/{}/stop/">Stop this promise<span class="govuk-visually-hidden"> ({})</span></a>'
_ENTRY = (
    '<li class="moj-timeline__item"><div class="moj-timeline__header"><h3 class="moj-timeline__title">{}</h3> <p class="moj-timeline__byline">by {}</p></div>'
    '<p class="moj-timeline__date">{} {}</p>{}{}{}{}</li>\n'
)
_TEXT = '<div class="moj-timeline__description waymark-notes">{}</div>'
_EARLIER = '<p class="govuk-body-s"><a class="govuk-link" href="{}chronology/{}/">Corrected: read the earlier wording</a></p>'
_CORRECT = (
    '<p class="govuk-body-s"><a class="govuk-link" href="{}chronology/{}/correct/">Correct'
    '<span class="govuk-visually-hidden"> this entry ({}, {})</span></a></p>'
)

_SHARE = (
    '<p class="govuk-body-s"><a class="govuk-link" href="{}chronology/{}/share/">Share with partners'
    '<span class="govuk-visually-hidden"> ({}, {})</span></a></p>'
)
_SHARED = '<p class="govuk-body-s">Shared with partners {}</p>'


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
        format_html(_SHARE, base, entry.id, entry.title, when) if entry.may_share else format_html(_SHARED, local_time(entry.shared_at)) if entry.shared_at else "",
    )


@register.simple_tag
def running_promises(clocks, now, base):
    """The promises that run, or were missed and wait for a reason: time left in words, why it was missed, what may be done."""
    return format_html_join("", '<div class="govuk-!-margin-bottom-4">{}{}{}{}</div>\n', (_promise(clock, now, base) for clock in clocks))


def _promise(clock, now, base):
    state = time_left(clock.due_at, now, clock.warn_at) if clock.is_running else format_html("{} {}", clock.outcome, local_time(clock.stopped_at))
    offered = [format_html(_EXPLAIN, base, clock.id)] if clock.may_explain else []
    offered += [format_html(_STOP, base, clock.id, clock.promise)] if clock.may_stop else []
    return (
        format_html(_PROMISE, clock.promise, clock.agency, format_html(", {}", clock.owner) if clock.owner else "", state, _MISSED if clock.is_missed else ""),
        format_html(_SMALL, "Was due" if clock.is_missed else "Due", format_html(" {}: {}", local_time(clock.due_at), clock.basis)),
        format_html(_SMALL, "Why it was missed: ", clock.breach_reason) if clock.breach_reason else "",
        format_html('<p class="govuk-body-s waymark-actions">{}</p>', mark_safe("".join(offered))) if offered else "",  # noqa: S308 escaped above
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
