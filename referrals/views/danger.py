"""Somebody in danger when it was reported: the police incident number, and saying that it has been dealt with."""

from django.http import Http404

from agencies.doors import needs
from cases.access import open_case
from cases.views.form_page import form_page, revision_of
from referrals import actions
from referrals.forms.danger import IncidentNumberForm, SettledForm
from referrals.models import Disclosure


@needs("record_contact")
def incident_number(request, reference):
    """The police incident number, added or corrected."""
    case = open_case(request.actor, reference, "record_contact", part="number")
    recorded = _recorded(case)
    if recorded is None:
        raise Http404

    def save(form):
        return actions.set_incident_number(request.actor, case, **form.cleaned_data)

    return form_page(
        request, case, form=lambda **data: IncidentNumberForm(**data, initial={**revision_of(case), "number": recorded}), save=save,
        heading="Correct the police incident number" if recorded else "Add the police incident number", page_title="Change details",
        template="cases/case/form.html", intro="The number before stays in the chronology." if recorded else "",
        as_it_is=lambda: [{"key": "Police incident number", "value": _recorded(case) or "None is recorded"}],
    )


@needs("edit_people")
def danger_settled(request, reference):
    """It has been dealt with: why."""
    case = open_case(request.actor, reference, "edit_people", part="dealt-with")

    def save(form):
        return actions.settle_danger(request.actor, case, **form.cleaned_data)

    return form_page(
        request, case, form=SettledForm, save=save, heading="Has this been dealt with?", page_title="Change details", template="cases/case/form.html",
        submit="Yes, it has been dealt with",
        intro="The notice at the top of the case goes away. That someone was in danger when this was reported stays in the chronology.",
    )


def _recorded(case):
    """The number as it is now; None where the case did not begin with a disclosure."""
    return Disclosure.objects.filter(case=case).values_list("police_incident_number", flat=True).first()
