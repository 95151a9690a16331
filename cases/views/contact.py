"""Reaching the victim/survivor: uncovering a number after its safety was shown, and recording an attempt."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.doors import needs
from cases import attempts, clocks, flags, safe_contact, talking
from cases.access import can, capabilities_on, open_case
from cases.actions.contact import record_contact
from cases.attempts import LIMIT
from cases.audiences import readers_by_name
from cases.case_page import channel_warning
from cases.forms.contact import ContactForm
from cases.models import SafeContact, Task
from cases.models.people import Role
from cases.views.form_page import form_page
from ui import phones


class ShowNumberForm(forms.Form):
    """Pressing the button is enough where the channel is safe now; where it is not, somebody must say that they know."""

    def __init__(self, *args, is_safe_now, **kwargs):
        super().__init__(*args, **kwargs)
        if not is_safe_now:
            self.fields["understood"] = forms.BooleanField(
                label="I have read that this is not safe to use now", error_messages={"required": "Confirm that you have read why this is not safe to use now"},
            )


@needs("see_contact_number")
def contact_number(request, reference, contact_id):
    """First how it may be used, then, when the person has pressed the button, the number. Each look is kept."""
    case = open_case(request.actor, reference, "see_contact_number", part=f"number:{contact_id}" if request.method == "POST" else f"channel:{contact_id}")
    contact = SafeContact.objects.filter(pk=contact_id, case=case, party__role__in=safe_contact.REACHABLE).select_related("verified_by", "party__person").first()
    is_other = contact is not None and contact.party.role != Role.VICTIM
    # A summary tells of nobody but the victim/survivor.
    if contact is None or not contact.value or (is_other and not can(request.actor, "see_case", case)):
        raise Http404
    if contact.ended_at:
        return out_of_use(request, case, contact)
    if safe_contact.is_protected_place(contact) and not can(request.actor, "see_protected_address", case):
        raise PermissionDenied("a protected address")
    at = timezone.now()
    state = safe_contact.state_of(contact, case, at)
    form = ShowNumberForm(request.POST or None, is_safe_now=state.is_safe_now) if request.method == "POST" else ShowNumberForm(is_safe_now=state.is_safe_now)
    is_shown = request.method == "POST" and (state.is_safe_now or form.is_valid())
    may = capabilities_on(request.actor, case, at)
    context = {
        "case": case, "state": state, "form": form, "may": may, "value": phones.shown(contact.value) if is_shown else "", "other": contact.party if is_other else None,
        "talking": [] if is_other else talking.of_case(case),
    }
    return render(request, "cases/case/number.html", context, status=422 if request.method == "POST" and not is_shown else 200)


def out_of_use(request, case, contact):
    """A link to a way of contact from before it was changed: said in words, with the way back and nothing of what it led to."""
    is_replaced = SafeContact.objects.filter(replaces=contact).exists()
    return render(request, "cases/case/out_of_use.html", {"case": case, "contact": contact, "is_replaced": is_replaced}, status=410)


@needs("record_contact")
def case_contact(request, reference):
    """An attempt to reach the victim/survivor: what is safe is read before anything is recorded."""
    case = open_case(request.actor, reference, "record_contact", part="contact")
    at = timezone.now()
    states = safe_contact.channels(case, at)
    ended = list(safe_contact.lately_ended(case, at))
    running = list(clocks.running(case).filter(kind__in=clocks.CONTACT))
    own = [clock for clock in running if clock.agency_id == request.actor.agency_id]
    others = [(clocks.KINDS[clock.kind].promise, clock.agency.short_name) for clock in running if clock not in own and not clock.is_breached(at)]
    missed = [f"{clocks.KINDS[clock.kind].promise}: missed" for clock in own if clock.is_breached(at) and not clock.is_explained]
    readers = readers_by_name(case, at)

    def form(**data):
        filled = ContactForm(
            **data, states=states, ended=ended, readers=readers, others_promises=others, missed_promises=missed,
            asks_if_report=bool(running) or case.is_danger_unsettled,
        )
        if request.GET.get("by") in filled.contacts:
            filled.initial["route"] = request.GET["by"]
        return filled

    def save(filled):
        return record_contact(request.actor, case, **filled.facts())

    return form_page(
        request, case, form=form, save=save, heading="Record a contact attempt", template="cases/case/contact.html", said="",
        done=lambda attempt: reverse("case_contact_saved", args=[reference, attempt.pk]), states=states, running=running, at=at,
        flags=flags.shown_before_contact(case), talking=talking.of_case(case),
        warning=channel_warning(states, at, [clock.due_at for clock in running]), may=capabilities_on(request.actor, case, at),
    )


@needs("record_contact")
@require_safe
def case_contact_saved(request, reference, attempt_id):
    """What became of the attempt: the promises kept, or when to try next and how little time is left for it."""
    case = open_case(request.actor, reference, "record_contact", part=f"attempt:{attempt_id}")
    attempt = attempts.to_victim(case).filter(pk=attempt_id, agency=request.actor.agency_id).first()
    if attempt is None:
        raise Http404
    at = timezone.now()
    states = safe_contact.channels(case, at)
    running = list(clocks.running(case).filter(kind__in=clocks.CONTACT))
    for clock in running:
        clock.promise = clocks.KINDS[clock.kind].promise
    openings = sorted((span[0], span[1], state.label) for state in states for span in state.next_openings)[:3]
    raised = Task.objects.filter(case=case, agency=request.actor.agency_id, kind=LIMIT, origin=f"attempt:{attempt.pk}").first()
    context = {
        "case": case, "attempt": attempt, "running": running, "at": at, "openings": openings, "safe_now": [state for state in states if state.is_safe_now],
        "warning": "" if attempt.reached else channel_warning(states, at, [clock.due_at for clock in running]), "raised": raised,
    }
    return render(request, "cases/case/contact_saved.html", context)
