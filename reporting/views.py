"""The pages of the returns: which there are, how far one is, what it says, its document. No case is reachable from any of them."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.doors import needs
from agencies.gate import AlreadyDone, Refused
from cases import access
from reporting import actions, rules
from reporting.forms import QuarterForm
from reporting.models import ReturnRun, RunState
from reporting.publication import words
from reporting.quarters import quarter_of, quarters_between

LISTED = 50
FAILURES = {
    "counting": "The numbers could not be taken. Nothing was lost: you can try again.",
    "drawing": "The document could not be made. Nothing was lost: you can try again.",
}
TAG_COLOURS = {RunState.QUEUED: "grey", RunState.RUNNING: "blue", RunState.READY: "green", RunState.FAILED: "red"}


@needs("prepare_return")
@require_http_methods(["GET", "HEAD", "POST"])
def returns(request):
    """The returns of one's own agency, the question which quarter to prepare next, and for an auditor what other agencies have."""
    at = timezone.now()
    began, running = access.first_opened_at(request.actor), quarter_of(at)
    quarters = [one for one in quarters_between(began or at, at) if not rules.reasons_cannot_ask(one.ends_at, at)]
    form = QuarterForm(request.POST if request.method == "POST" else None, quarters=quarters, running=running)
    if form.is_valid():
        try:
            run = actions.ask_for_return(request.actor, quarter=form.cleaned_data["quarter"], once=form.cleaned_data["once"])
        except AlreadyDone as done:
            return redirect(done.led_to or "returns")
        except Refused as refusal:
            form.add_error(refusal.field, refusal.reasons)
        else:
            return redirect("return_run", run.pk)
    runs = actions.readable(request.actor).select_related("asked_by", "agency").defer("pdf", "published")
    own = runs.filter(agency=request.actor.agency_id)[:LISTED]
    others = runs.exclude(agency=request.actor.agency_id)[:LISTED] if request.actor.may("read_returns") else []
    context = {
        "form": form,
        "rows": [{"run": run, "colour": TAG_COLOURS[run.state]} for run in own],
        "reads_others": request.actor.may("read_returns"),
        "others": others,
        "has_quarters": bool(quarters),
        "has_begun": began is not None,
        "running": running,
    }
    return render(request, "reporting/returns.html", context, status=422 if form.is_bound else 200)


@needs("prepare_return")
@require_safe
def return_run(request, run):
    """What a return says; while it is being prepared, the way to how far it is."""
    if not _found(request, run).is_ready:
        return redirect("return_progress", run)
    found = actions.read_return(request.actor, run=run)
    return render(request, "reporting/return.html", words(found) | {"run": found})


@needs("prepare_return")
@require_safe
def return_progress(request, run):
    """How far a return is. Once it is ready, a page that waited is told so and the person opens it; who comes anew is led there."""
    found = _found(request, run)
    return _progress(request, found) if request.htmx or not found.is_ready else redirect("return_run", run)


def _found(request, run):
    found = actions.readable(request.actor).filter(pk=run).defer("pdf", "published").first()
    if found is None:
        raise Http404
    return found


def _progress(request, run, *, reasons=(), status=200):
    at = timezone.now()
    is_failed = run.state == RunState.FAILED
    is_stalled = rules.is_stalled(run.state, run.asked_at, run.claimed_at, at)
    context = {
        "run": run,
        "heading": f"Return for {run.period.label}",
        "page_title": "Return",
        "status_text": FAILURES.get(run.error, "The return could not be prepared.") if is_failed else run.get_stage_display(),
        "percent": run.percent,
        "is_finished": run.is_ready,
        "finished_url": reverse("return_run", args=[run.pk]),
        "finished_label": "Open the return",
        "is_failed": is_failed,
        "is_stalled": is_stalled,
        "may_ask_again": is_failed or is_stalled,
        "reasons": reasons,
        "status_url": reverse("return_progress", args=[run.pk]),
        "back_url": reverse("returns"),
    }
    return render(request, "reporting/progress.html", context, status=status)


@needs("prepare_return")
@require_POST
def return_again(request, run):
    """Send a return that failed, or that nobody is working on, to a worker again."""
    try:
        actions.ask_again(request.actor, run=run)
    except Refused as refusal:
        found = ReturnRun.objects.defer("pdf", "published").get(pk=run)
        if found.is_ready:
            return redirect("return_run", run)
        return _progress(request, found, reasons=refusal.reasons, status=422)
    return redirect("return_progress", run)


@needs("prepare_return")
@require_safe
def return_pdf(request, run):
    """The document of a return: the bytes that were made once, never made again."""
    found = actions.download_return(request.actor, run=run)
    response = HttpResponse(bytes(found.pdf), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="return-{found.quarter}.pdf"'
    return response
