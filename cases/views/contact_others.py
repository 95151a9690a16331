"""Reaching a child or another adult at risk: their ways of contact on a page of their own, and an attempt by one of them."""

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.doors import needs
from cases import flags, safe_contact
from cases.access import capabilities_on, open_case
from cases.actions.contact_others import record_contact_with
from cases.actions.safe_contact import add_safe_contact, reachable
from cases.audiences import readers_by_name
from cases.forms.contact import OtherContactForm
from cases.forms.people import SafeContactForm
from cases.views.form_page import form_page, revision_of


@needs("see_case")
@require_safe
def contact_with(request, reference, party_id):
    """How somebody at risk may be reached, each way with its state; the number is on its own page."""
    case = open_case(request.actor, reference, "see_case", part=f"contact_of:{party_id}")
    party = reachable(case, party_id)
    at = timezone.now()
    context = {
        "case": case, "party": party, "states": safe_contact.channels(case, at, party), "may": capabilities_on(request.actor, case, at),
        "flags": flags.shown_before_contact(case),
    }
    return render(request, "cases/case/contact_with.html", context)


@needs("edit_people")
def contact_with_add(request, reference, party_id):
    """A way of reaching somebody at risk."""
    case = open_case(request.actor, reference, "edit_people", part=f"contact_of:{party_id}")
    party, page = reachable(case, party_id), reverse("contact_with", args=[reference, party_id])

    def save(form):
        return add_safe_contact(request.actor, case, party_id=party.pk, **form.facts())

    return form_page(
        request, case, save=save, heading=f"Add a way of contact: {party.name}", page_title="Contact details", template="cases/case/form.html", back=page,
        form=lambda **data: SafeContactForm(**data, initial=revision_of(case)), done=lambda contact: page,
    )


@needs("record_contact")
def contact_with_record(request, reference, party_id):
    """An attempt to reach somebody at risk: what is safe is read before anything is recorded."""
    case = open_case(request.actor, reference, "record_contact", part=f"contact_of:{party_id}")
    party, page = reachable(case, party_id), reverse("contact_with", args=[reference, party_id])
    at = timezone.now()
    states = safe_contact.channels(case, at, party)
    readers = readers_by_name(case, at)

    def form(**data):
        filled = OtherContactForm(**data, states=states, readers=readers)
        if request.GET.get("by") in filled.contacts:
            filled.initial["route"] = request.GET["by"]
        return filled

    def save(filled):
        return record_contact_with(request.actor, case, party_id=party.pk, **filled.facts())

    return form_page(
        request, case, form=form, save=save, heading=f"Record a contact attempt: {party.name}", page_title="Record a contact attempt",
        template="cases/case/contact.html", back=page, done=lambda _: page, states=states, flags=flags.shown_before_contact(case),
        warning="" if any(state.is_safe_now for state in states) else "No way of contact is safe to use now.", may=capabilities_on(request.actor, case, at),
    )
