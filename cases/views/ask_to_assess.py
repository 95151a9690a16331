"""The page on which somebody who may not assess asks a colleague who may."""

from django.shortcuts import render
from django.urls import reverse

from agencies.doors import needs
from cases.access import capabilities_on, open_case
from cases.actions.ask_to_assess import ask_to_assess, assessors_for
from cases.forms.assessment import AskForm
from cases.views.form_page import form_page


@needs("add_entry")
def ask(request, reference):
    """Choose the colleague; where an agency has nobody trained, say what to do instead."""
    case = open_case(request.actor, reference, "add_entry", part="assessment-asked")
    people = assessors_for(case, request.actor.agency_id)
    if not people:
        may_share = "share_case" in capabilities_on(request.actor, case)
        return render(request, "cases/assessment/nobody_to_ask.html", {
            "case": case, "back_url": reverse("case", args=[reference]), "share_url": reverse("share_give", args=[reference]) if may_share else "",
        })
    return form_page(
        request, case, form=lambda **data: AskForm(people, **data), save=lambda form: ask_to_assess(request.actor, case, **form.cleaned_data),
        heading="Ask a colleague to assess the risk", page_title="Ask a colleague", submit="Ask them", said="They have been asked, and told.",
        intro="Only people trained for it complete a DASH. They see it in their work today.",
    )
