"""The pages for anybody: how to get help, what happens then, languages and formats, the device, a word to who harms; and the form. Nothing is read back here."""

import re
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.doors import public
from agencies.gate import AlreadyDone
from referrals.asking import flood, forms, reading, rules
from referrals.asking.actions import send_request
from referrals.calls import hours
from referrals.calls.forms import WEEK
from ui.times import LONDON, clock_time

REFUSED, TOO_MANY = 422, 429
LEAVE_FOR = "https://www.bbc.co.uk/weather"  # the same for everybody who opens it (domain 8.2)
WORDS = "general words, the same for everybody; nothing of any case"


def _page(request, template, status=200, **context):
    agency, number = reading.receiver(), settings.PUBLIC_LINE
    context |= {"leave_for": LEAVE_FOR, "line_number": number, "line_dial": re.sub(r"[^0-9+]", "", number), "line_hours": _hours(agency) if agency else None}
    return render(request, f"referrals/asking/{template}.html", context, status=status)


def _hours(agency):
    """When the line is answered, in one sentence's words."""
    now = hours.in_force(agency.pk, timezone.now())
    return {"days": _days(sorted(now.hours.days)), "opens": clock_time(_at(now.hours.opens)), "closes": clock_time(_at(now.hours.closes)), "other_line": now.other_line,
            "on_bank_holidays": now.hours.on_bank_holidays, "all_day": now.hours.opens == now.hours.closes}


def _at(time):
    return timezone.now().astimezone(LONDON).replace(hour=time.hour, minute=time.minute, second=0, microsecond=0, fold=0)


def _days(days):
    names = [dict(WEEK)[str(day)] for day in days]
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return "every day" if len(days) == 7 else f"{names[0]} to {names[-1]}"
    return ", ".join(names)


@public(WORDS)
@require_safe
def info(request):
    """How to get help: 999 first, then the line, then in writing."""
    return _page(request, "info")


@public(WORDS)
@require_safe
def info_next(request):
    """What happens after somebody asks."""
    return _page(request, "next")


@public(WORDS)
@require_safe
def info_formats(request):
    """Languages and formats (SEED-097)."""
    return _page(request, "formats")


@public(WORDS)
@require_safe
def info_device(request):
    """What a telephone or computer keeps of these pages, and what to do about it."""
    return _page(request, "device")


@public(WORDS)
@require_safe
def info_change(request):
    """For somebody who harms. Nothing here leads to where others get help."""
    return _page(request, "change")


@public("anybody may ask for help, for themselves or another, without an account; it writes and shows nothing back")
@require_http_methods(["GET", "POST"])
def info_ask(request):
    """The form. What was wrong stands beside its question, with nothing lost; what was sent is never shown again."""
    agency = reading.receiver()
    if agency is None:
        return _page(request, "nobody")
    if request.method != "POST":
        return _page(request, "ask", form=forms.AskForm(), agency=agency)
    if flood.is_too_many(request):
        answer = _page(request, "too_many", TOO_MANY)
        answer.headers["Retry-After"] = str(int(timedelta(hours=1).total_seconds()))
        return answer
    form = forms.AskForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, "ask", REFUSED, form=form, agency=agency)
    facts = form.facts()
    with suppress(AlreadyDone):  # the same form twice: it made one, and leads to the same words
        send_request(agency, **facts)
    return redirect("info_sent", rules.way_on(facts["reach_by"], facts["safe"]))


@public("the same words for everybody who may be answered, and for everybody who may not; nothing that was sent")
@require_safe
def info_sent(request, way):
    """What happens next: 1 they hear from the line, 2 at the times that they named, 3 nobody contacts them."""
    if way not in (1, 2, 3):
        raise Http404
    return _page(request, "sent", way=way)
