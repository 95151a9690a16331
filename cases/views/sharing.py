"""Who sees a case: the page that says so, sharing it, ending that, barring from it, and saying who holds it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from agencies.doors import needs
from agencies.gate import AlreadyDone, Refused
from cases import sharing
from cases.access import capabilities_on, open_case
from cases.actions.sharing import allocate, bar, bar_warnings, end_share, level_name, lift_bar, share
from cases.forms.sharing import AllocateForm, BarForm, EndShare, LiftBar, ShareWhy, ShareWith, Understood
from cases.models import Exclusion, SharingDecision
from cases.views.carried import carried
from ui import held_forms


@needs("see_case")
def case_sharing(request, reference):
    """Which agencies see the case, how much, since when and why; and who is barred, for those who may bar."""
    case = open_case(request.actor, reference, "see_case", part="sharing")
    at = timezone.now()
    capabilities = capabilities_on(request.actor, case, at)
    may_share, may_bar = "share_case" in capabilities, "exclude" in capabilities
    rows = [
        {"grant": grant, "level": level_name(grant.level), "is_own": grant.agency_id == request.actor.agency_id, "can_end": may_share and grant.level in sharing.SHOWS}
        for grant in sharing.standing(case, at)
    ]
    decisions = SharingDecision.objects.filter(case=case).select_related("recipient", "deciding_agency", "decided_by") if may_share else []
    return render(
        request,
        "cases/sharing/case_sharing.html",
        {
            "case": case, "rows": rows, "may_share": may_share, "may_bar": may_bar, "may_allocate": "allocate" in capabilities,
            "bars": sharing.bars(case) if may_bar else [], "decisions": decisions,
        },
    )


@needs("share_case")
def share_give(request, reference):
    """Share the case with an agency: with whom and how much, why (where there is no consent), check, done."""
    case = open_case(request.actor, reference, "share_case", part="share")
    typed = request.POST if request.method == "POST" else held_forms.take(request)
    if typed is None:
        return _question(request, case, ShareWith(case), "Share this case", "with")
    step = typed.get("step")
    who, why = ShareWith(case, typed, request.FILES), ShareWhy(typed, request.FILES)
    if typed.get("change") or not who.is_valid():
        return _question(request, case, who, "Share this case", "with", keep=carried(typed, ShareWhy), status=422 if who.errors else 200)
    if not who.is_consent and (step == "with" or not why.is_valid()):
        if step == "with" and not any(name in typed for name in ShareWhy.base_fields):
            why = ShareWhy()
        status = 422 if step == "why" else 200
        return _question(request, case, why, "Sharing without consent", "why", keep=carried(typed, ShareWith), status=status)
    facts = {name: who.cleaned_data[name] for name in ("agency", "level", "basis")} | {"ends_at": who.ends_at}
    if not who.is_consent:
        facts |= why.cleaned_data
    problem = ""
    if step == "check" and request.method == "POST":
        here = reverse("case_sharing", args=[case.reference])
        try:
            share(request.actor, case, once=who.cleaned_data["once"], led_to=here, **facts)
        except AlreadyDone as done:
            return redirect(done.led_to or here)
        except Refused as refusal:
            if refusal.field in who.fields:
                who.add_error(refusal.field, refusal.reasons)
                return _question(request, case, who, "Share this case", "with", keep=carried(typed, ShareWhy), status=422)
            problem = " ".join(refusal.reasons)
        else:
            messages.success(request, f"{facts['agency'].name} now sees this case at {level_name(facts['level']).lower()} level.")
            return redirect(here)
    return render(
        request,
        "cases/sharing/share_check.html",
        {
            "case": case, "agency": facts["agency"], "level": level_name(facts["level"]), "shows": sharing.SHOWS[facts["level"]],
            "readers": sharing.readers(case, facts["agency"], facts["level"]), "ends_on": who.cleaned_data["ends_on"],
            "basis": dict(who.fields["basis"].choices)[facts["basis"]], "why": None if who.is_consent else why.cleaned_data, "problem": problem,
            "keep": carried(typed, ShareWith, ShareWhy), "step": "check", "is_addressed": sharing.addressed_already(case, facts["agency"]),
        },
        status=422 if problem else 200,
    )


@needs("share_case")
def share_end(request, reference, grant):
    """End what an agency sees of the case."""
    case = open_case(request.actor, reference, "share_case", part="share")
    held = next((one for one in sharing.standing(case, timezone.now()) if one.pk == grant and one.level in sharing.SHOWS), None)
    if held is None:
        raise Http404
    name = held.agency.name
    return _two_step(
        request, case, EndShare, heading=f"End sharing with {name}", label="End sharing",
        consequences=[
            f"{name} loses the case with their next click.",
            "What they have written stays on the case.",
            "A promise or an action that they still had passes to the lead agency.",
        ],
        act=lambda form, here: end_share(
            request.actor, case, grant=held.pk, reason=form.cleaned_data["reason"], once=form.cleaned_data["once"], led_to=here
        ),
        done=f"{name} no longer sees this case.",
    )


@needs("exclude")
def bar_make(request, reference):
    """Bar a person, or a whole agency, from the case."""
    case = open_case(request.actor, reference, "exclude", part="bars")
    typed = request.POST if request.method == "POST" else held_forms.take(request)
    if typed is None:
        return _question(request, case, BarForm(), "Bar somebody from this case", "with")
    form = BarForm(typed, request.FILES)
    if typed.get("change") or not form.is_valid():
        return _question(request, case, form, "Bar somebody from this case", "with", status=422 if form.errors else 200)
    user, agency = form.cleaned_data["user"], form.cleaned_data["agency"]
    warnings = bar_warnings(request.actor, case, user=user)
    is_confirmed = typed.get("step") == "check" and request.method == "POST"
    ask = Understood(typed if is_confirmed else None) if warnings else None
    if is_confirmed and (ask is None or ask.is_valid()):
        here = reverse("case_sharing", args=[case.reference])
        try:
            bar(
                request.actor, case, user=user, agency=agency, reason=form.cleaned_data["reason"], understood=ask is not None,
                once=form.cleaned_data["once"], led_to=here,
            )
        except AlreadyDone as done:
            return redirect(done.led_to or here)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.reasons)
            return _question(request, case, form, "Bar somebody from this case", "with", status=422)
        messages.success(request, f"{user.full_name if user else agency.name} is barred from the case {case.reference}.")
        return redirect("work" if user and user.pk == request.actor.user_id else here)
    return render(
        request,
        "cases/sharing/bar_check.html",
        {
            "case": case, "whom": user.full_name if user else agency.name, "is_agency": agency is not None, "reason": form.cleaned_data["reason"],
            "warnings": warnings, "form": ask, "keep": carried(typed, BarForm), "step": "check",
        },
        status=422 if ask is not None and ask.errors else 200,
    )


@needs("exclude")
def bar_lift(request, reference, exclusion):
    """Lift a bar from the case, with a reason."""
    case = open_case(request.actor, reference, "exclude", part="bars")
    held = Exclusion.objects.filter(pk=exclusion, case=case, lifted_at=None).select_related("user", "agency").first()
    if held is None:
        raise Http404
    whom = held.user.full_name if held.user else held.agency.name
    return _two_step(
        request, case, LiftBar, heading=f"Lift the bar on {whom}", label="Lift the bar",
        consequences=["They see the case again wherever their role and their agency’s level allow it.", f"The bar was made because: {held.reason}"],
        act=lambda form, here: lift_bar(
            request.actor, case, exclusion=held.pk, reason=form.cleaned_data["reason"], once=form.cleaned_data["once"], led_to=here
        ),
        done=f"The bar on {whom} is lifted.",
    )


@needs("allocate")
def case_allocate(request, reference):
    """Say who in one's own agency holds the case."""
    case = open_case(request.actor, reference, "allocate", part="allocate")
    own = next((grant for grant in sharing.standing(case, timezone.now()) if grant.agency_id == request.actor.agency_id and grant.level != "meeting"), None)
    if own is None:
        raise PermissionDenied
    here = reverse("case", args=[case.reference])
    typed = request.POST if request.method == "POST" else held_forms.take(request)
    initial = {"was": own.worker_id, "worker": str(own.worker_id or "")}
    form = AllocateForm(case, request.actor.agency_id, typed, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        worker = form.cleaned_data["worker"]
        try:
            allocate(request.actor, case, worker=worker, was=form.cleaned_data["was"], once=form.cleaned_data["once"], led_to=here)
        except AlreadyDone as done:
            return redirect(done.led_to or here)
        except Refused as refusal:
            form.add_error(refusal.field, refusal.reasons)
        else:
            messages.success(request, f"{worker.full_name} now holds this case.")
            return redirect(here)
    return render(
        request,
        "cases/sharing/allocate.html",
        {
            "case": case, "form": form, "heading": "Who holds this case", "caption": case.reference, "back_url": here, "cancel_url": here,
            "submit_label": "Save", "holder": own.worker, "agency": own.agency,
        },
        status=422 if form.errors else 200,
    )


def _question(request, case, form, heading, step, *, keep=(), status=200):
    here = reverse("case_sharing", args=[case.reference])
    return render(
        request,
        "cases/sharing/question.html",
        {"case": case, "form": form, "heading": heading, "caption": case.reference, "step": step, "keep": keep, "submit_label": "Continue", "back_url": here, "cancel_url": here},
        status=status,
    )


def _two_step(request, case, form_class, *, heading, label, consequences, act, done):
    """A page that says what will happen and asks why, before it happens."""
    here = reverse("case_sharing", args=[case.reference])
    typed = request.POST if request.method == "POST" else held_forms.take(request)
    form = form_class(typed, request.FILES or None) if typed is not None else form_class()
    if request.method == "POST" and form.is_valid():
        try:
            act(form, here)
        except AlreadyDone as again:
            return redirect(again.led_to or here)
        except Refused as refusal:
            form.add_error(refusal.field, refusal.reasons)
        else:
            messages.success(request, done)
            return redirect(here)
    return render(
        request,
        "ui/confirm.html",
        {"form": form, "heading": heading, "consequences": consequences, "confirm_label": label, "is_grave": True, "back_url": here},
        status=422 if form.errors else 200,
    )
