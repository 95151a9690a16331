"""The pages of a homeless application: what was decided by which rule, the duties, the Personalised Housing Plan and its paper."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.doors import needs
from cases import clocks, safe_contact
from cases.access import capabilities_on, open_case
from cases.models import Clock
from cases.rules.clocks import LONDON
from cases.views.form_page import case_url, form_page, revision_of
from referrals.homeless import actions, forms, reading, rules
from referrals.homeless.models import HousingStep, Side
from ui.pdf import render_pdf


def _url(case):
    return reverse("housing", args=[case.reference])


def _rows(decided, writes):
    found = []
    for code, topic in rules.TOPICS.items():
        one = decided.get(code)
        found.append({"code": code, "topic": topic, "one": one, "may_decide": writes and all(before in decided for before in topic.after)})
    return found


@needs("see_case")
@require_safe
def housing(request, reference):
    """Everything about the application on one page, with the rules beside what was decided."""
    case = open_case(request.actor, reference, "see_case", part="housing")
    at, may = timezone.now(), capabilities_on(request.actor, case)
    decided, found = reading.decisions(case), reading.steps(case)
    writes = case.is_open and "edit_people" in may
    answers = {code: one.answer for code, one in decided.items()}
    main = decided.get(rules.MAIN)
    duties = [{"clock": one, "label": clocks.KINDS[one.kind].label, "may_end": writes and one.is_running and one.kind in rules.DUTIES} for one in reading.duties(case)]
    return render(request, "referrals/homeless/housing.html", {
        "case": case, "back_url": case_url(case), "now": at, "rows": _rows(decided, writes), "advice": rules.advice(answers), "writes": writes,
        "duties": duties, "sides": [(side.label, [step for step in found if step.side == side]) for side in Side], "agreement": reading.agreement(case),
        "may_print": "record_contact" in may and any(step.ending != "dropped" for step in found),
        "review_until": rules.last_day_for_review(main.given_at.astimezone(LONDON).date()) if main else None,
    })


def _form(request, case, heading, form, save, **context):
    return form_page(request, case, save=save, heading=heading, template="cases/case/form.html", back=_url(case), done=lambda made: _url(case), form=form, **context)


@needs("edit_people")
def housing_decide(request, reference, topic):
    """One decision, with the rule that it rests on above it."""
    if topic not in rules.TOPICS:
        raise Http404
    case = open_case(request.actor, reference, "edit_people", part=f"housing:{topic}")
    spec = rules.TOPICS[topic]

    def save(form):
        return actions.decide(request.actor, case, topic=topic, **form.facts())

    return _form(
        request, case, spec.label, lambda **data: forms.DecideForm(**data, topic=topic, initial=revision_of(case)), save, page_title="Decide", said="Decided.",
        intro=f"{spec.rule} ({spec.law})",
    )


@needs("edit_people")
def housing_end_duty(request, reference, number):
    """How a duty ended."""
    case = open_case(request.actor, reference, "edit_people", part=f"clock:{number}")
    clock = Clock.objects.filter(pk=number, case=case, kind__in=rules.DUTIES).first()
    if clock is None:
        raise Http404
    if not clock.is_running:
        return redirect(_url(case))

    def save(form):
        return actions.end_duty(request.actor, case, clock_id=number, **form.cleaned_data)

    return _form(
        request, case, f"End the {clocks.KINDS[clock.kind].label.lower()}", lambda **data: forms.EndDutyForm(**data, kind=clock.kind, initial=revision_of(case)), save,
        said="Ended.", intro=f"{clock.basis}.",
    )


@needs("edit_people")
def housing_review(request, reference):
    """They asked for a review of the decision on the main duty."""
    case = open_case(request.actor, reference, "edit_people", part="housing:review")

    def save(form):
        return actions.ask_review(request.actor, case, **form.cleaned_data)

    return _form(
        request, case, "A review was asked for", lambda **data: forms.ReviewForm(**data, initial=revision_of(case)), save, intro="It is decided within eight weeks.",
    )


@needs("edit_people")
def housing_step(request, reference):
    """A step of the plan."""
    case = open_case(request.actor, reference, "edit_people", part="housing:plan")

    def save(form):
        return actions.add_step(request.actor, case, **form.cleaned_data)

    return _form(request, case, "Add a step to the plan", lambda **data: forms.StepForm(**data), save, said="Added.")


@needs("edit_people")
def housing_step_end(request, reference, number):
    """What became of a step."""
    case = open_case(request.actor, reference, "edit_people", part="housing:plan")
    step = HousingStep.objects.filter(pk=number, case=case).first()
    if step is None:
        raise Http404
    if step.ended_at:
        return redirect(_url(case))

    def save(form):
        return actions.end_step(request.actor, case, step_id=number, **form.cleaned_data)

    return _form(request, case, "What has become of this step?", lambda **data: forms.EndStepForm(**data), save, page_title="One step", intro=step.words)


@needs("edit_people")
def housing_agree(request, reference):
    """The plan was gone through with them."""
    case = open_case(request.actor, reference, "edit_people", part="housing:plan")

    def save(form):
        return actions.agree_plan(request.actor, case, **form.cleaned_data)

    return _form(request, case, "Go through the plan with them", lambda **data: forms.AgreeForm(**data, initial=revision_of(case)), save)


@needs("record_contact")
@require_safe
def housing_copy(request, reference):
    """Before the paper: by which way it can reach them, and what stands on it."""
    case = open_case(request.actor, reference, "record_contact", part="housing:copy")
    states = safe_contact.channels(case, timezone.now())
    return render(request, "referrals/homeless/copy.html", {"case": case, "states": states, "back_url": _url(case), "steps": _printed(case)})


@needs("record_contact")
@require_safe
def housing_copy_file(request, reference):
    """The paper: our steps and theirs in neutral words, no name, no address, no word of why."""
    case = open_case(request.actor, reference, "record_contact", part="housing:file")
    steps = _printed(case)
    if not steps:
        raise Http404
    sides = [(side.label.replace("they do", "you do"), [step for step in steps if step.side == side]) for side in Side]
    response = HttpResponse(render_pdf("referrals/homeless/paper.html", {"sides": sides, "made_at": timezone.now()}), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="notes-{timezone.localdate():%Y-%m-%d}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def _printed(case):
    return [step for step in reading.steps(case) if step.ending != "dropped"]
