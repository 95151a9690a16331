"""The pages of a line: its board, the call screen, one call, what is tried to return a message, figures and hours."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.doors import needs
from agencies.gate import AlreadyDone, Refused
from cases.access import record_look
from referrals.asking.reading import waiting_count
from referrals.calls import actions, codes, forms, hours, reading, rules
from referrals.calls.filling import REFUSED, TITLE, fill
from referrals.models import OpeningHours
from ui import held_forms
from ui.times import LONDON, local_time

MOST_REFRESHES = 60  # half an hour: a board that nobody looks at lets its session end


@needs("take_calls")
@require_safe
def line(request):
    """The board: what waits to be returned, the calls of a day and its figures. It draws itself anew every half minute."""
    at = timezone.now()
    day, is_today = _day(request.GET.get("day", ""), at)
    drawn = request.GET.get("drawn", "")
    drawn = int(drawn) if drawn.isascii() and drawn.isdigit() and len(drawn) < 4 else 0
    is_part = bool(request.headers.get("HX-Request")) and drawn > 0
    found = reading.of_day(request.actor, day)
    context = {
        "at": at, "day": day, "is_today": is_today, "waiting": reading.waiting(request.actor, at), "rows": reading.on_day(request.actor, day, at), "found": found,
        "hours": hours.in_force(request.actor.agency_id, at), "is_open": hours.in_force(request.actor.agency_id, at).series(at)[0],
        "chart": reading.who_rang(found, "Who rang"), "before": day - timedelta(days=1), "after": None if is_today else day + timedelta(days=1),
        "drawn": drawn + 1, "goes_on": drawn < MOST_REFRESHES, "leads": request.actor.may("see_team"), "sets": request.actor.may("set_policies"),
        "page_title": TITLE, "asked": waiting_count(request.actor),
    }
    if not is_part:
        record_look(request.actor, "line", count=len(context["waiting"]) + len(context["rows"]))
    return render(request, "referrals/calls/live.html" if is_part else "referrals/calls/board.html", context)


@needs("take_calls")
@require_http_methods(["GET", "POST"])
def line_new(request):
    """The call screen. The call counts from when this page was opened."""
    returned = _returned(request)
    if request.method == "POST" and "quiet" in request.POST:
        return _quiet(request)
    held = held_forms.take(request)
    if request.method == "POST":
        form = forms.CallForm(request.POST, request.FILES)
    else:
        form = forms.CallForm(held) if held else forms.CallForm(initial=forms.again(returned) if returned else None)
    if request.method == "POST" and form.is_valid():
        opens = "open" in request.POST
        try:
            call = actions.log_call(
                request.actor, once=form.cleaned_data["once"], opens_notes=opens, returns=returned.pk if returned else None, **form.facts(),
            )
        except AlreadyDone as done:
            return redirect(done.led_to or reverse("line"))
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.reasons)
        else:
            if opens:
                messages.success(request, "The call is logged. What was said stands in the notes already.")
                return redirect(actions.notes_url(call.disclosure))
            messages.success(request, f"The call is logged.{f' Return it by {local_time(call.callback_due_at)}.' if call.callback_due_at else ''}")
            return redirect("line_call", call.pk) if call.danger == "yes" else redirect("line")
    context = {"form": form, "page_title": TITLE, "returned": returned, "may_open": request.actor.may("log_disclosure")}
    return render(request, "referrals/calls/screen.html", context, status=REFUSED if form.errors else 200)


@needs("take_calls")
@require_http_methods(["GET", "POST"])
def line_quiet(request, number):
    """A call from which nothing can leak: no menu, no search, nothing that was typed before; only what to say, and where to write down what they say."""
    call = reading.open_call(request.actor, number, "quiet")
    if not call.is_quiet:
        raise Http404
    if call.ended_at:
        return redirect("line")
    form = forms.QuietForm(request.POST, request.FILES) if request.method == "POST" else forms.QuietForm(held_forms.take(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.finish_quiet_call(request.actor, number=number, **form.facts())
        except AlreadyDone as done:
            return redirect(done.led_to)
        messages.success(request, "The call is logged. It is attached to nothing.")
        return redirect("line")
    context = {"form": form, "page_title": TITLE, "is_fishing": call.is_fishing}
    return render(request, "referrals/calls/quiet.html", context, status=REFUSED if form.errors else 200)


@needs("take_calls")
@require_safe
def line_call(request, number):
    """One call: what was said, how to ring back safely, what was tried. The number itself is a page further."""
    call, at = reading.open_call(request.actor, number), timezone.now()
    open_reasons = rules.reasons_open_notes(call.is_quiet, call.result == rules.ANSWERED, call.ended_at is not None, call.disclosure_id is not None)
    context = {
        "call": call, "row": reading.row_of(call, at), "at": at, "page_title": TITLE, "said": call.said, "attempts": call.attempts.select_related("made_by", "call"),
        "may_open": not open_reasons and request.actor.may("log_disclosure"), "safe": reading.safe_way(call.said.get("reach", {})), "facts": _facts(call),
        "hidden": rules.reasons_number_hidden(call.is_quiet, call.said.get("reach", {}).get("safe", ""), call.is_waiting),
        "has_number": bool(call.said.get("caller", {}).get("number")), "answered_in": call.returned_in.first() if call.callback_end == codes.RETURNED else None,
    }
    return render(request, "referrals/calls/call.html", context)


@needs("take_calls")
@require_safe
def line_number(request, number):
    """The number to ring back: a page of its own, after what is safe was shown, so that each look is kept."""
    call = reading.open_call(request.actor, number, "number")
    value = call.said.get("caller", {}).get("number", "")
    reach = call.said.get("reach", {})
    if not value or rules.reasons_number_hidden(call.is_quiet, reach.get("safe", ""), call.is_waiting):
        raise Http404
    context = {
        "value": value, "safe": reading.safe_way(reach), "page_title": TITLE, "at": timezone.now(), "due_at": call.callback_due_at, "heading": "Ring back",
        "back_url": reverse("line_call", args=[call.pk]), "tried_url": reverse("line_attempt", args=[call.pk]),
    }
    return render(request, "referrals/calls/number.html", context)


@needs("take_calls")
@require_http_methods(["GET", "POST"])
def line_attempt(request, number):
    """Record an attempt to return a message."""
    call = reading.open_call(request.actor, number, "attempt")
    if not call.is_waiting:
        return _waits_no_more(request, call)

    def save(form):
        return actions.record_attempt(request.actor, number=number, once=form.cleaned_data["once"], **form.facts())

    def done(saved):
        return f"{reverse('line_new')}?returns={saved.pk}" if saved.callback_end == codes.RETURNED else reverse("line_call", args=[number])

    return _form(
        request, call, forms.AttemptForm, save, "Record what happened", done, safe=reading.safe_way(call.said.get("reach", {})), now_at=timezone.now(), due_at=call.callback_due_at,
        template="referrals/calls/attempt.html",
    )


@needs("take_calls")
@require_http_methods(["GET", "POST"])
def line_end(request, number):
    """A message is not returned, and why."""
    call = reading.open_call(request.actor, number, "end")
    if not call.is_waiting:
        return _waits_no_more(request, call)

    def save(form):
        return actions.end_callback(request.actor, number=number, once=form.cleaned_data["once"], **form.facts())

    return _form(request, call, forms.EndForm, save, "Do not return this call", lambda saved: reverse("line_call", args=[number]))


@needs("take_calls")
@require_POST
def line_open(request, number):
    """Open notes from a call that was logged."""
    reading.open_call(request.actor, number, "open")
    try:
        draft = actions.open_notes(request.actor, number=number)
    except AlreadyDone as done:
        return redirect(done.led_to)
    except Refused as refusal:
        messages.error(request, " ".join(refusal.reasons))
        return redirect("line_call", number)
    messages.success(request, "What was said stands in the notes already.")
    return redirect(actions.notes_url(draft))


@needs("see_team")
@require_safe
def line_figures(request):
    """Six months of the line, for whoever leads it (SEED-175 to SEED-177)."""
    if not request.actor.may("take_calls"):
        raise Http404
    rows, total = reading.by_month(request.actor, timezone.localdate(timezone=LONDON))
    record_look(request.actor, "line:figures")
    context = {"rows": rows, "total": total, "chart": reading.calls_by_month(rows), "callers": reading.who_rang(total, "Who rang in six months"), "page_title": TITLE}
    return render(request, "referrals/calls/figures.html", context)


@needs("set_policies")
@require_http_methods(["GET", "POST"])
def line_hours(request):
    """The hours of the line: what holds now, what was set, and setting others."""
    at = timezone.now()
    now = hours.in_force(request.actor.agency_id, at)
    initial = {
        "days": [str(day) for day in sorted(now.hours.days)], "opens": now.hours.opens, "closes": now.hours.closes, "on_bank_holidays": now.hours.on_bank_holidays,
        "other_line": now.other_line, "counts_from": now.counts_from,
    }

    def make(**data):
        return forms.HoursForm(**data, initial=initial)

    def save(form):
        return actions.set_hours(request.actor, once=form.cleaned_data["once"], **form.facts())

    days = dict(forms.WEEK)
    held = [
        {"row": row, "days": ", ".join(days[str(day)] for day in row.days), "is_ahead": row.effective_from > at}
        for row in OpeningHours.objects.filter(agency=request.actor.agency_id).select_related("set_by")
    ]
    return _form(
        request, None, make, save, "Hours of the line", lambda saved: reverse("line_hours"), template="referrals/calls/hours.html", now=now, rows=held,
        days=", ".join(days[str(day)] for day in sorted(now.hours.days)),
    )


def _form(request, call, form, save, heading, done, template="referrals/calls/form.html", **context):
    back = reverse("line_call", args=[call.pk]) if call else reverse("line") if request.actor.may("take_calls") else reverse("policies")
    return fill(request, form, save, heading, done, back, template, call=call, **context)


def _quiet(request):
    form = forms.OpenedForm(request.POST)
    if not form.is_valid():
        messages.error(request, "This page was opened too long ago. It is open anew.")
        return redirect("line_new")
    try:
        call = actions.begin_quiet_call(
            request.actor, opened_at=form.cleaned_data["opened"], is_fishing=request.POST["quiet"] == "fishing", said=forms.as_typed(request.POST),
            once=form.cleaned_data["once"],
        )
    except AlreadyDone as done:
        return redirect(done.led_to or reverse("line"))
    except Refused as refusal:
        messages.error(request, " ".join(refusal.reasons))
        return redirect("line_new")
    return redirect("line_quiet", call.pk)


def _waits_no_more(request, call):
    messages.info(request, "No message waits here. This is how it stands.")
    return redirect("line_call", call.pk)


def _returned(request):
    """The message that this call returns, named in the address by the page that led here."""
    typed = request.GET.get("returns", "")
    if not typed:
        return None
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    found = reading.calls_of(request.actor).filter(pk=number, callback_end=codes.RETURNED).first()
    if found is None:
        raise Http404
    return found


def _day(typed, at):
    today = at.astimezone(LONDON).date()
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return today, True
    return (day, False) if date(2000, 1, 1) <= day < today else (today, True)


def _facts(call):
    """A call in rows for reading."""
    said = call.said
    caller, victim = said.get("caller", {}), said.get("victim", {})
    found = [
        ("When", local_time(call.received_at)), ("Counted in", call.series), ("Taken by", call.taken_by.full_name), ("Result", codes.CAME_OF_IT[call.result]),
        ("In danger now", call.get_danger_display()), ("Who rang", call.get_caller_display()), ("Name", caller.get("name", "")),
        ("Agency", ", ".join(part for part in (call.get_professional_type_display(), caller.get("organisation", "")) if part)),
        ("Could have been an e-mail", {True: "Yes", False: "No"}.get(call.could_be_mail, "")),
        ("About", " ".join(part for part in (victim.get("given_name", ""), victim.get("family_name", "")) if part)),
        ("What they said", said.get("account", {}).get("text", "")), ("Also", said.get("quiet", {}).get("words", "")),
        ("Threats", said.get("quiet", {}).get("threats", "")), ("Where they said they are", said.get("quiet", {}).get("whereabouts", "")),
        ("Concern", call.get_concern_display()), ("Advice", ", ".join(codes.ADVICE[code] for code in call.advice)), ("Advice in words", said.get("advice", {}).get("text", "")),
        ("Sent on to", ", ".join(codes.SIGNPOSTS[code] for code in call.signposts)), ("Outcome", call.get_outcome_display()),
    ]
    notes = {"What they said", "Also", "Threats", "Where they said they are"}
    return [{"key": key, "value": value, "is_notes": key in notes} for key, value in found if value]
