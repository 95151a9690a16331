"""The pages of the line for what was asked in writing: the list, one request with what is safe first, the number, what was tried, notes and the end."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.doors import needs
from agencies.gate import AlreadyDone, Refused
from cases.access import record_look
from referrals.asking import actions, codes, forms, reading, rules
from referrals.calls.actions import notes_url
from referrals.calls.filling import TITLE, fill
from referrals.calls.reading import safe_way
from ui.times import local_time


@needs("take_calls")
@require_safe
def asked(request):
    """What waits for an answer, danger first, and what was closed lately."""
    at = timezone.now()
    context = {"waiting": reading.waiting(request.actor, at), "closed": reading.lately(request.actor, at), "at": at, "page_title": TITLE}
    record_look(request.actor, "asked", count=len(context["waiting"]) + len(context["closed"]))
    return render(request, "referrals/asking/asked.html", context)


@needs("take_calls")
@require_safe
def asked_one(request, number):
    """One request: what is safe, then what was written. The number or address itself is a page further."""
    found, at = reading.open_request(request.actor, number), timezone.now()
    hidden = rules.reasons_hidden(found.reach_by, found.safe, found.is_waiting)
    context = {
        "asked": found, "row": reading.row_of(found, at), "at": at, "page_title": TITLE, "safe": _safe(found), "facts": _facts(found), "hidden": hidden,
        "can_answer": rules.may_answer(found.reach_by, found.safe), "attempts": found.attempts.select_related("made_by"),
        "reasons": [words for words in (found.late_reason, found.end_reason) if words],
        "may_open": not rules.reasons_open(found.is_waiting, found.disclosure_id is not None) and request.actor.may("log_disclosure"),
    }
    return render(request, "referrals/asking/one.html", context)


@needs("take_calls")
@require_safe
def asked_number(request, number):
    """The number or address: a page of its own, after what is safe was shown, so that each look is kept. Never where no reply is safe."""
    found = reading.open_request(request.actor, number, "number")
    value = found.said.get("caller", {}).get("value", "")
    if not value or rules.reasons_hidden(found.reach_by, found.safe, found.is_waiting):
        raise Http404
    context = {
        "value": value, "safe": _safe(found), "page_title": TITLE, "at": timezone.now(), "due_at": found.due_at, "heading": codes.BY_READ[found.reach_by],
        "back_url": reverse("asked_one", args=[found.pk]), "tried_url": reverse("asked_attempt", args=[found.pk]),
    }
    return render(request, "referrals/calls/number.html", context)


@needs("take_calls")
@require_http_methods(["GET", "POST"])
def asked_attempt(request, number):
    """Record an attempt to answer."""
    found = reading.open_request(request.actor, number, "attempt")
    if reasons := rules.reasons_hidden(found.reach_by, found.safe, found.is_waiting):
        messages.info(request, reasons[0])
        return redirect("asked_one", found.pk)
    back = reverse("asked_one", args=[found.pk])

    def save(form):
        return actions.record_answer(request.actor, number=number, once=form.cleaned_data["once"], **form.facts())

    return fill(
        request, forms.AnswerForm, save, "Record what happened", lambda saved: back, back, "referrals/calls/attempt.html", safe=_safe(found), now_at=timezone.now(),
        due_at=found.due_at,
    )


@needs("take_calls")
@require_http_methods(["GET", "POST"])
def asked_end(request, number):
    """Close a request, and why."""
    found = reading.open_request(request.actor, number, "end")
    back = reverse("asked_one", args=[found.pk])
    if not found.is_waiting:
        messages.info(request, "This waits no more. This is how it stands.")
        return redirect(back)

    def save(form):
        return actions.end_request(request.actor, number=number, once=form.cleaned_data["once"], **form.facts())

    return fill(request, forms.CloseForm, save, "Close this", lambda saved: back, back)


@needs("take_calls")
@require_POST
def asked_open(request, number):
    """Open notes from a request."""
    reading.open_request(request.actor, number, "open")
    try:
        draft = actions.open_asked(request.actor, number=number)
    except AlreadyDone as done:
        return redirect(done.led_to)
    except Refused as refusal:
        messages.error(request, " ".join(refusal.reasons))
        return redirect("asked_one", number)
    messages.success(request, "What was written stands in the notes already.")
    return redirect(notes_url(draft))


def _safe(found):
    """What is safe, in the words of the line; how they want to hear from us stands first."""
    safe = safe_way(found.said.get("reach", {}))
    rows = [{"key": "How to reach them", "value": codes.BY_READ[found.reach_by]}, *safe["rows"]]
    rows[1]["key"] = "Safe to reply"
    is_written = found.reach_by in codes.WRITTEN  # they asked for no call: nothing here may sound as if one were safe
    return safe | {"is_written": is_written, "rows": rows[:-1] if is_written else rows}


def _facts(found):
    """A request in rows for reading."""
    said = found.said
    caller, needs_ = said.get("caller", {}), said.get("needs", {})
    rows = [
        ("Sent", local_time(found.asked_at)),
        ("In danger now", {"not_known": "Not sure"}.get(found.danger, found.get_danger_display())), ("Asks", codes.WHO_READ[found.who]), ("Name", caller.get("name", "")),
        ("Where they work", caller.get("organisation", "")), ("About", said.get("about", {}).get("name", "")),
        ("Do they know?", {"unknown": "Not sure"}.get(found.they_know, found.get_they_know_display())),
        ("Needs", ", ".join(codes.FORMATS[code] for code in found.formats)), ("Language", needs_.get("language", "")), ("Area", needs_.get("area", "")),
        ("What they wrote", said.get("account", {}).get("text", "")),
    ]
    return [{"key": key, "value": value, "is_notes": key == "What they wrote"} for key, value in rows if value]
