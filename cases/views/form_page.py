"""One form on one case: shows it, hands what was typed to the action, and puts a refusal beside the question with nothing lost."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse

from agencies.gate import AlreadyDone, Refused
from cases.access import visible_cases
from cases.forms.places import must_ask, offer_again
from ui import held_forms

REFUSED = 422


def case_url(case):
    """Where a case is read."""
    return reverse("case", args=[case.reference])


def form_page(
    request, case, *, form, save, heading, page_title="", template="ui/question_page.html", done=None, as_it_is=None, submit="Save", back=None,
    said="Saved.", **context,
):
    """Answer a request for a form. `form(**kwargs)` makes it, `save(form)` calls the action.

    `done(result)` says where it leads; `as_it_is()` gives the facts as they are now, for whoever was overtaken by somebody else.
    """
    held = held_forms.take(request)
    filled = form(data=request.POST, files=request.FILES) if request.method == "POST" else form(data=held) if held else form()
    offer_again(filled)
    overtaken = False
    if request.method == "POST" and filled.is_valid() and not must_ask(filled, case):
        try:
            result = save(filled)
        except Refused as refusal:
            overtaken = refusal.code == "stale"
            show_refusal(filled, refusal)
        except AlreadyDone as done_before:
            return redirect(done_before.led_to or case_url(case))
        else:
            if said:
                messages.success(request, said)
            return redirect(done(result) if done else case_url(case))
    if overtaken and "revision" in filled.fields:
        filled = _on_the_newest(request, case, filled)
    context |= {
        "form": filled, "case": case, "heading": heading, "page_title": page_title or heading, "submit_label": submit,
        "caption": f"Case {case.reference}", "back_url": back or case_url(case), "cancel_url": back or case_url(case),
        "as_it_is": as_it_is() if overtaken and as_it_is else None,
    }
    return render(request, template, context, status=REFUSED if filled.errors else 200)


def revision_of(case):
    """What a form that edits starts from."""
    return {"revision": case.revision}


def show_refusal(form, refusal):
    """Put the reasons beside the question that they concern, or at the top where it is not on the page."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.reasons)


def _on_the_newest(request, case, form):
    """The same form with the same words, ready to be saved over the change that overtook it."""
    newest = visible_cases(request.actor).filter(pk=case.pk).values_list("revision", flat=True).first()
    form.data = form.data.copy()
    form.data[form.add_prefix("revision")] = str(newest)
    return form
