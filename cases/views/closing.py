"""Closing a case and opening it again; and what people do about its promises."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.doors import needs
from cases import clocks, closings, risk_over_time
from cases.access import open_case
from cases.actions.clock import explain_breach, stop_promise
from cases.actions.closing import close_case, exit_dash, reasons_cannot_close, reopen_case, safe_ways
from cases.audiences import readers_by_name
from cases.forms.case_file import BreachReasonForm, ReopenForm, StopPromiseForm
from cases.forms.closing import CloseForm
from cases.models import Clock
from cases.rules import closing as rules
from cases.views.form_page import case_url, form_page, revision_of

FORM = "cases/case/form.html"


@needs("close_case")
def case_close(request, reference):
    """Close the case, or say what stands in the way."""
    case = open_case(request.actor, reference, "close_case", part="close")
    reasons = rules.reasons_closed(case.is_open) or reasons_cannot_close(case, request.actor, timezone.now())
    if reasons and request.method != "POST":
        return render(request, "cases/case/cannot_close.html", {"case": case, "reasons": reasons, "back_url": case_url(case)})
    readers = readers_by_name(case)

    at = timezone.now()
    dash, ways = exit_dash(case, request.actor.agency_id, at), safe_ways(case, at)

    def save(form):
        return close_case(request.actor, case, **form.facts())

    return form_page(
        request, case, save=save, heading="Close this case", template="cases/closing/close.html", submit="Close the case", said="The case is closed.", dash=dash,
        may_assess=request.actor.may("assess_risk"), intro=_grid_wanting(request.actor, case),
        form=lambda **data: CloseForm(**data, readers=readers, dash=dash, ways=ways, initial=revision_of(case)),
    )


@needs("see_case")
@require_safe
def closing(request, reference, closing_id):
    """How a case ended, as it was written down then."""
    case = open_case(request.actor, reference, "see_case", part=f"closing:{closing_id}")
    found = closings.of_case(case).filter(pk=closing_id).first()
    if found is None:
        raise Http404
    context = {"case": case, "closing": found, "back_url": case_url(case), **closings.in_words(request.actor, found)}
    return render(request, "cases/closing/closing.html", context)


@needs("close_case")
def case_reopen(request, reference):
    """Open a closed case again, within a year."""
    case = open_case(request.actor, reference, "close_case", part="reopen")
    if case.is_open:
        return redirect("case", reference)
    reasons = rules.reasons_cannot_reopen(case.closed_at, timezone.now())
    if reasons and request.method != "POST":
        return render(request, "cases/case/cannot_close.html", {"case": case, "reasons": reasons, "back_url": case_url(case), "is_reopening": True})
    readers = readers_by_name(case)

    def save(form):
        facts = dict(form.cleaned_data)
        facts.pop("is_new_report")
        return reopen_case(request.actor, case, **facts)

    return form_page(
        request, case, save=save, heading="Open this case again", template=FORM, submit="Open the case again", said="The case is open again.",
        form=lambda **data: ReopenForm(**data, readers=readers, initial=revision_of(case)),
    )


@needs("explain_breach")
def clock_reason(request, reference, clock_id):
    """Why a promise was missed."""
    case = open_case(request.actor, reference, "explain_breach", part=f"clock:{clock_id}")
    clock = _own_clock(request.actor, case, clock_id)
    if not clock.is_breached(timezone.now()) or clock.is_explained:
        return redirect(case_url(case))

    def save(form):
        return explain_breach(request.actor, case, clock_id=clock_id, **form.cleaned_data)

    return form_page(
        request, case, form=BreachReasonForm, save=save, heading="Say why a promise was missed", template="cases/case/promise.html", clock=clock,
        promise=clocks.KINDS[clock.kind].promise, at=timezone.now(),
    )


@needs("explain_breach")
def clock_stop(request, reference, clock_id):
    """Stop a promise that need not, or cannot, be kept."""
    case = open_case(request.actor, reference, "explain_breach", part=f"clock:{clock_id}")
    clock = _own_clock(request.actor, case, clock_id)
    if not clock.is_running:
        return redirect(case_url(case))

    def save(form):
        return stop_promise(request.actor, case, clock_id=clock_id, **form.cleaned_data)

    return form_page(
        request, case, form=StopPromiseForm, save=save, heading="Stop a promise", template="cases/case/promise.html", submit="Stop it", clock=clock,
        promise=clocks.KINDS[clock.kind].promise, at=timezone.now(),
    )


def _grid_wanting(actor, case):
    """Where the severity grid was taken at all, it is taken at the end too (domain 1.6): its change is what came of the work."""
    grids = [risk_over_time.point_of(grid) for grid in risk_over_time.grids_of(actor, case)]
    return "The severity grid has not been taken at the end yet." if grids and "exit" not in grids else ""


def _own_clock(actor, case, clock_id):
    clock = Clock.objects.filter(pk=clock_id, case=case).select_related("agency").first()
    if clock is None:
        raise Http404
    if clock.agency_id != actor.agency_id:
        raise PermissionDenied("another agency's promise")
    return clock
