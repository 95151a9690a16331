"""How the forms of the line are filled in: shown, held, saved once, and shown again with what is wrong beside it."""

from django.contrib import messages
from django.shortcuts import redirect, render

from agencies.gate import AlreadyDone, Refused
from ui import held_forms

TITLE = "Line"  # in the title bar, which anybody may see from across a room
REFUSED = 422


def fill(request, form, save, heading, done, back, template="referrals/calls/form.html", **context):
    """One form on one page. `save(form)` acts, `done(saved)` says where that leads."""
    filled = form(data=request.POST, files=request.FILES) if request.method == "POST" else form(data=held_forms.take(request))
    if request.method == "POST" and filled.is_valid():
        try:
            saved = save(filled)
        except AlreadyDone as before:
            return redirect(before.led_to or back)
        except Refused as refusal:
            filled.add_error(refusal.field if refusal.field in filled.fields else None, refusal.reasons)
        else:
            messages.success(request, "Saved.")
            return redirect(done(saved))
    context |= {"form": filled, "heading": heading, "page_title": TITLE, "submit_label": "Save", "back_url": back, "cancel_url": back}
    return render(request, template, context, status=REFUSED if filled.errors else 200)
