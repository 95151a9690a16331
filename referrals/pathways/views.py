"""The pages of a case's pathway: its steps, one step by hand, a change of pathway."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.doors import needs
from agencies.gate import Refused
from cases.access import capabilities_on, open_case
from cases.views.form_page import case_url, form_page, revision_of
from referrals.pathways import reading, rules
from referrals.pathways.actions import change_pathway, record_pathway_step, withdraw_pathway_step
from referrals.pathways.forms import PathwayForm, StepForm


def _url(case):
    return reverse("pathway", args=[case.reference])


@needs("see_case")
@require_safe
def pathway(request, reference):
    """The steps as a list of tasks: done, due, overdue, not needed with the reason, each with its basis."""
    case = open_case(request.actor, reference, "see_case", part="pathway")
    at = timezone.now()
    on_case, may = reading.of_case(request.actor, case, at), capabilities_on(request.actor, case, at)
    may_record = case.is_open and "add_entry" in may
    rows = [
        {
            "standing": one, "tag": reading.STATE_TAGS[one.state], "place": "" if one.is_settled else reading.place_of(one.step, case, may),
            "may_record": may_record and not one.is_settled and one.step.hand != "no", "may_withdraw": may_record and bool(one.by),
        }
        for one in (on_case.steps if on_case else ())
    ]
    return render(request, "referrals/pathways/pathway.html", {
        "case": case, "on_case": on_case, "rows": rows, "counts": on_case.counts if on_case else None, "now": at, "back_url": case_url(case),
        "may_change": case.is_open and "edit_people" in may,
    })


@needs("add_entry")
def step(request, reference, step):
    """One step by hand: done, or not needed with the reason."""
    case = open_case(request.actor, reference, "add_entry", part=f"pathway:{step[:6]}")
    on_case = reading.of_case(request.actor, case)
    standing = on_case.standing(step) if on_case else None
    if standing is None:
        raise Http404
    if standing.is_settled or standing.step.hand == "no" or not case.is_open:
        return redirect(_url(case))

    def save(form):
        return record_pathway_step(request.actor, case, step=step, **form.cleaned_data)

    return form_page(
        request, case, save=save, heading=standing.step.title, page_title="One step", template="cases/case/form.html", back=_url(case), done=lambda made: _url(case), said="Kept.",
        form=lambda **data: StepForm(**data, hand=standing.step.hand, initial={} if standing.step.hand == "yes" else {"state": rules.NOT_NEEDED}),
        intro=f"{standing.step.words} {standing.step.basis_words}.",
    )


@needs("add_entry")
def step_withdraw(request, reference, step):
    """What was recorded of a step is taken back, after a page that says so."""
    case = open_case(request.actor, reference, "add_entry", part=f"pathway:{step[:6]}")
    on_case = reading.of_case(request.actor, case)
    standing = on_case.standing(step) if on_case else None
    if standing is None:
        raise Http404
    if not standing.by or not case.is_open:
        return redirect(_url(case))
    problem = ""
    if request.method == "POST":
        try:
            withdraw_pathway_step(request.actor, case, step=step)
        except Refused as refusal:
            problem = " ".join(refusal.reasons)
        else:
            messages.success(request, "Taken back. The step is to be done again.")
            return redirect(_url(case))
    return render(
        request, "referrals/pathways/withdraw.html", {"case": case, "standing": standing, "problem": problem, "back_url": _url(case)}, status=422 if problem else 200
    )


@needs("edit_people")
def pathway_change(request, reference):
    """The case goes over to another pathway, with the reason."""
    case = open_case(request.actor, reference, "edit_people", part="pathway")
    if not case.is_open:
        return redirect(_url(case))

    def save(form):
        return change_pathway(request.actor, case, **form.cleaned_data)

    return form_page(
        request, case, save=save, heading="Change the pathway", template="cases/case/form.html", back=_url(case), done=lambda made: _url(case),
        said="The case goes on by the other pathway.",
        form=lambda **data: PathwayForm(**data, initial=revision_of(case)),
        intro="What was recorded under the pathway so far is kept. What the case file knows already counts under the other one too.",
    )
