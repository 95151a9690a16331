"""Printing a DASH: the blank form, and a signed one. First what to think of, then the paper; each print is kept in the log."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.doors import needs
from cases.access import open_case
from cases.dash import TOOLS
from cases.dash.copy import copy_of
from cases.dash.reading import assessment_to_read
from cases.dash.wording import questions_now
from cases.rules.critical import FACTORS
from ui.pdf import render_pdf


@needs("record_contact")
@require_safe
def offer(request, reference, number):
    """Before the paper of a signed assessment: whom it is for, and where it is a danger."""
    case = open_case(request.actor, reference, "record_contact", part=f"assessment.copy:{number}")
    assessment = assessment_to_read(request.actor, case, number)
    if not assessment.is_signed:
        return redirect("assessment", reference, number)
    return render(request, "cases/assessment/copy.html", {"case": case, "assessment": assessment, "back_url": reverse("assessment", args=[reference, number])})


@needs("record_contact")
@require_safe
def file(request, reference, number):
    """The paper of a signed assessment: tagged, named after nothing but the day."""
    case = open_case(request.actor, reference, "record_contact", part=f"assessment.print:{number}")
    assessment = assessment_to_read(request.actor, case, number)
    if not assessment.is_signed:
        raise Http404
    context = {"case": case, "made_at": timezone.now(), "actor": request.actor, **copy_of(assessment)}
    return _paper("cases/assessment/paper.html", context, "notes")


@needs("assess_risk")
@require_safe
def blank(request, reference, tool):
    """The form without answers, for where no screen can be used. It carries nothing of the case; that it was printed here is kept."""
    open_case(request.actor, reference, "assess_risk", part=f"assessment.blank:{tool}"[:80])
    if tool not in TOOLS:
        raise Http404
    at = timezone.now()
    return _paper("cases/assessment/blank.html", {"questions": questions_now(tool, at), "made_at": at, "critical": FACTORS}, "form")


def _paper(template, context, name):
    response = HttpResponse(render_pdf(template, context), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate():%Y-%m-%d}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
