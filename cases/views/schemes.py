"""The pages of the schemes round an alleged perpetrator: a request under Clare's Law and its steps, MAPPA and IOM markers."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.doors import needs
from cases import schemes
from cases.access import capabilities_on, open_case
from cases.actions.schemes import add_request, record_step, set_marker
from cases.audiences import readers_by_name
from cases.forms.orders import known
from cases.forms.schemes import MarkerForm, RequestForm, StepForm
from cases.models import Marker, Party
from cases.models.people import Role
from cases.rules import schemes as rules
from cases.views.form_page import form_page, revision_of

FORM = "cases/case/form.html"


@needs("see_case")
@require_safe
def dvds(request, reference, request_id):
    """One request: how many of the 28 days are gone, and each step with what this reader may read of it."""
    case = open_case(request.actor, reference, "see_case", part=f"dvds:{request_id}")
    at = timezone.now()
    one, may = _request(case, request_id), capabilities_on(request.actor, case, at)
    row = next(row for row in schemes.request_rows(schemes.requests_of_case(request.actor, case, at), at) if row.id == one.pk)
    steps = schemes.steps(request.actor, one)
    may_write = "add_entry" in may and case.is_open and bool(rules.open_steps([step.step for step in steps]))
    return render(request, "cases/orders/request.html", {"case": case, "one": one, "row": row, "steps": steps, "may_write": may_write})


@needs("add_entry")
def dvds_add(request, reference):
    """A request under the disclosure scheme."""
    case = open_case(request.actor, reference, "add_entry", part="dvds")
    parties = list(Party.objects.filter(case=case).select_related("person"))
    if not any(party.role == Role.PERPETRATOR for party in parties):
        return render(request, "cases/orders/nobody.html", {"case": case, "may": capabilities_on(request.actor, case)})

    def save(filled):
        return add_request(request.actor, case, **filled.facts())

    return form_page(
        request, case, save=save, heading="Record a request under Clare’s Law (DVDS)", page_title="Record a request", template=FORM, back=_list(case),
        form=lambda **data: RequestForm(**data, parties=parties, initial=revision_of(case)), done=lambda one: _page(case, one),
        intro="The disclosure scheme: the police may tell somebody of a partner’s violent past. The whole of it takes at most 28 days.",
    )


@needs("add_entry")
def dvds_step(request, reference, request_id):
    """What was done about a request."""
    case = open_case(request.actor, reference, "add_entry", part=f"dvds:{request_id}")
    one = _request(case, request_id)
    done = dict(one.steps.values_list("step", "decision"))
    readers = readers_by_name(case)

    def form(**data):
        return StepForm(**data, steps=rules.open_steps(list(done)), decided=done.get("decision", ""), readers=readers, initial=revision_of(case))

    def save(filled):
        return record_step(request.actor, case, request_id=request_id, **filled.facts())

    return form_page(
        request, case, form=form, save=save, heading="What happened next?", page_title="Next step", template=FORM, back=_page(case, one),
        done=lambda saved: _page(case, saved), intro="Clare’s Law (DVDS). Never tell the person whom it is about that it was asked.",
    )


@needs("add_entry")
def marker_set(request, reference, party_id):
    """MAPPA and IOM of an alleged perpetrator; what was recorded before is kept."""
    case = open_case(request.actor, reference, "add_entry", part=f"party:{party_id}")
    party = Party.objects.filter(pk=party_id, case=case, role=Role.PERPETRATOR).select_related("person").first()
    if party is None:
        raise Http404
    latest = Marker.objects.filter(party=party).first()
    initial = revision_of(case)
    if latest:
        initial |= {name: getattr(latest, name) for name in ("mappa_category", "mappa_level", "review_on", "source")} | {"is_iom": known(latest.is_iom)}

    def save(filled):
        return set_marker(request.actor, case, party_id=party_id, **filled.facts())

    return form_page(
        request, case, save=save, heading=f"How is {party.person.name} managed?", page_title="Change details", template=FORM, back=_list(case),
        form=lambda **data: MarkerForm(**data, initial=initial), done=lambda row: _list(case),
    )


def _request(case, request_id):
    found = schemes.request_of(case, request_id)
    if found is None:
        raise Http404
    return found


def _list(case):
    return reverse("order_list", args=[case.reference])


def _page(case, one):
    return reverse("dvds", args=[case.reference, one.pk])
