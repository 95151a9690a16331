"""Printing the safety plan: first what is on the paper and what is not, then the paper."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.doors import needs
from cases import plan_copy, plans
from cases.access import capabilities_on, open_case
from ui.pdf import render_pdf


@needs("record_contact")
@require_safe
def offer(request, reference):
    """What would be printed, what is left out, and where a copy is a danger."""
    case = open_case(request.actor, reference, "record_contact", part="plan.copy")
    found = plan_copy.newest_with(case, capabilities_on(request.actor, case))
    if found is None:
        return redirect("plan", reference)
    plan, copies = found
    return render(request, "cases/plan/copy.html", {"case": case, "plan": plan, "copies": copies, "back_url": reverse("plan", args=[reference])})


@needs("record_contact")
@require_safe
def file(request, reference, number, which):
    """The paper: tagged, with neutral words, named after nothing but the day. Each print is kept with the number of the version."""
    case = open_case(request.actor, reference, "record_contact", part=f"plan.copy:{number}:{which}"[:80])
    plan = plans.newest(case)
    if plan is None or which not in plan_copy.COPIES:
        raise Http404
    if plan.number != number:
        return redirect("plan_copy", reference)  # a link from before the next version
    at = timezone.now()
    copy = plan_copy.copy_of(case, plan, capabilities_on(request.actor, case, at), which)
    pdf = render_pdf("cases/plan/paper.html", {"copy": copy, "plan": plan, "is_pocket": which == plan_copy.POCKET, "made_at": at})
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="notes-{timezone.localdate():%Y-%m-%d}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
