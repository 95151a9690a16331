"""The referrer's side, on the case: begin a referral, its pages, the check, sending and withdrawing it."""

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from agencies.doors import needs
from agencies.gate import AlreadyDone, Refused
from cases.access import capabilities_on, open_case
from cases.forms.places import is_sound
from cases.models import Party
from marac import consequences, referring, repeat, rules
from marac.actions.referral import begin_referral, edit_referral, submit_referral, withdraw_referral
from marac.forms.referral import FORMS, Reason, Send
from marac.models import Listing, Referral
from marac.reading import referral_rows
from marac.views.typed import typed

UNPROCESSABLE = 422
TITLE = "Referral"


@needs("refer_to_marac")
def new(request, reference):
    """Say what a referral will carry, then begin it."""
    case = open_case(request.actor, reference, "refer_to_marac", part="referral")
    refusal = None
    if request.method == "POST":
        try:
            referral = begin_referral(request.actor, case)
            return redirect("marac_referral", reference, referral.pk)
        except Refused as refused:
            refusal = refused
    return render(
        request, "marac/new.html", {"case": case, "reasons": refusal.reasons if refusal else [], "page_title": TITLE}, status=UNPROCESSABLE if refusal else 200
    )


def _own(request, reference, number):
    """The case and this agency's own referral on it, for writing."""
    case = open_case(request.actor, reference, "refer_to_marac", part=f"referral:{number}")
    referral = Referral.objects.filter(pk=number, case=case).select_related("agency", "assessment").first()
    if referral is None:
        raise Http404
    if referral.agency_id != request.actor.agency_id:
        raise PermissionDenied("another agency's referral")
    return case, referral


@needs("see_case")
def read(request, reference, number):
    """One referral: its text for the agency that refers, in short for the case's other partners; what it lacks, and the way to send it."""
    case = open_case(request.actor, reference, "see_case", part=f"referral:{number}")
    referral = (
        Referral.objects.filter(pk=number, case=case).select_related("agency", "assessment", "coordinating_agency", "last_referral").first()
    )
    if referral is None:
        raise Http404
    if not consequences.may_open(request.actor, referral):
        raise PermissionDenied("another agency's draft")
    return _show(request, case, referral)


def _show(request, case, referral, form=None):
    is_own = referral.agency_id == request.actor.agency_id
    may_refer = is_own and "refer_to_marac" in capabilities_on(request.actor, case)
    parties = list(Party.objects.filter(case=case).select_related("person"))
    facts = referring.facts_from(referral, parties)
    is_open = may_refer and referral.state in rules.EDITABLE
    missing = rules.missing(facts) if is_open else {}
    receivers = list(referring.receivers(case)) if is_open else []
    if is_open and form is None:
        form = Send(receivers=receivers, initial={"once": uuid4()})
    listings = Listing.objects.filter(referral=referral).select_related("meeting").order_by("-meeting__starts_at")
    listing = listings.first() if referral.state == "listed" else None
    steps = list(referral.steps.select_related("by", "agency", "meeting"))
    context = {
        "case": case,
        "referral": referral,
        "sections": referral_rows(referral, parties, change=_change_url(case, referral) if is_open else None) if is_own else [],
        "is_own": is_own,
        "is_editable": is_open,
        "is_appeal": referral.state == "not_accepted",
        "missing": [(_missing_url(case, referral, page), reason) for page, reasons in missing.items() for reason in reasons],
        "receivers": receivers,
        "form": form,
        "is_told_repeat": repeat.may_be_told(referral),
        "meeting": listing.meeting if listing else None,
        "steps": [step for step in steps if step.verb != "prepare" or is_own],
        "last_reasons": next((step for step in reversed(steps) if step.reasons), None) if referral.state in ("returned", "not_accepted") else None,
        "may_withdraw": may_refer and "withdraw" in rules.TRANSITIONS[referral.state],
    }
    return render(request, "marac/referral.html", context, status=UNPROCESSABLE if form is not None and form.is_bound else 200)


def _change_url(case, referral):
    return lambda page: reverse("marac_referral_page", args=[case.reference, referral.pk, page])


def _missing_url(case, referral, page):
    if page == "people":
        return reverse("case", args=[case.reference])
    return reverse("marac_referral_page", args=[case.reference, referral.pk, page]) + "?from=check"


@needs("refer_to_marac")
def page(request, reference, number, page):
    """One page of the referral, saved however much of it is answered."""
    case, referral = _own(request, reference, number)
    if refused := rules.reasons_cannot_edit(referral.state):
        messages.warning(request, refused[0])
        return redirect("marac_referral", reference, number)
    kind = FORMS[page]
    form = _fitted(kind(*typed(request), initial=kind.start_from(referral)), referral)
    saved_now = []
    if request.method == "POST" and is_sound(form, case):
        try:
            edit_referral(
                request.actor, case, referral_id=referral.pk, page=page, said=form.said(), opened_at_revision=form.cleaned_data["opened_at_revision"]
            )
        except Refused as refusal:
            if refusal.code == "state":
                messages.warning(request, refusal.reasons[0])
                return redirect("marac_referral", reference, number)
            form, saved_now = _beside_what_is_saved(request, kind, referral)
            form.add_error(None, refusal.reasons)
        else:
            return redirect(_after(request, case, referral, page))
    names = list(FORMS)
    before = names[names.index(page) - 1] if page != names[0] else None
    return render(
        request,
        "marac/page.html",
        {
            "form": form, "heading": kind.heading, "caption": f"MARAC referral, case {reference}", "page_title": TITLE, "may_come_back": True,
            "back_url": _change_url(case, referral)(before) if before else reverse("marac_referral", args=[reference, number]), "saved_now": saved_now,
        },
        status=UNPROCESSABLE if form.is_bound and form.errors and request.method == "POST" else 200,
    )


def _fitted(form, referral):
    """Questions that the case answers already are left out."""
    if form.page == "unknowns":
        facts = referring.facts_of(referral)
        form.leave_out(
            [name for name, known in (("perpetrator_unknown_reason", facts.perpetrators_named), ("no_assessment_reason", facts.has_assessment)) if known]
        )
    return form


def _beside_what_is_saved(request, kind, referral):
    """What this person typed, to be saved over what somebody else saved meanwhile only after both were seen."""
    referral.refresh_from_db()
    data = request.POST.copy()
    data["opened_at_revision"] = referral.revision
    rows = [row for section in referral_rows(referral, [], only=kind.page) for row in section["rows"]]
    form = _fitted(kind(data), referral)
    form.full_clean()
    return form, rows


def _after(request, case, referral, page):
    names = list(FORMS)
    following = names[names.index(page) + 1] if page != names[-1] else None
    if following and "come_back_later" not in request.POST and request.GET.get("from") != "check":
        return _change_url(case, referral)(following)
    return reverse("marac_referral", args=[case.reference, referral.pk])


@needs("refer_to_marac")
def send(request, reference, number):
    """Send it, once; what is missing is said on the page of the referral."""
    case, referral = _own(request, reference, number)
    if request.method != "POST":
        return redirect("marac_referral", reference, number)
    receivers = list(referring.receivers(case))
    form = Send(request.POST, receivers=receivers)
    if form.is_valid():
        try:
            submit_referral(request.actor, case, once=form.cleaned_data["once"], referral_id=referral.pk, receiver_id=int(form.cleaned_data["receiver"]))
        except AlreadyDone:
            return redirect("marac_referral", reference, number)
        except Refused as refusal:
            if refusal.code == "incomplete" and referral.state not in rules.EDITABLE:
                messages.warning(request, refusal.reasons[0])
                return redirect("marac_referral", reference, number)
            form.add_error(refusal.field, refusal.reasons)
        else:
            messages.success(request, "The referral is sent.")
            return redirect("marac_referral", reference, number)
    return _show(request, case, referral, form)


@needs("refer_to_marac")
def withdraw(request, reference, number):
    """Withdraw a referral, saying why."""
    case, referral = _own(request, reference, number)
    if refused := rules.reasons_cannot("withdraw", referral.state):
        messages.warning(request, refused[0])
        return redirect("marac_referral", reference, number)
    form = Reason(*typed(request), label="Why is it withdrawn?")
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_referral(request.actor, case, referral_id=referral.pk, reasons=form.cleaned_data["reasons"])
        except Refused as refusal:
            form.add_error(refusal.field, refusal.reasons)
        else:
            messages.success(request, "The referral is withdrawn.")
            return redirect("marac_referral", reference, number)
    return render(
        request,
        "ui/confirm.html",
        {
            "form": form, "heading": "Withdraw this referral", "page_title": TITLE, "confirm_label": "Withdraw it", "is_grave": True,
            "back_url": reverse("marac_referral", args=[reference, number]),
            "consequences": ["The case’s partners will read the reason in the chronology."]
            + (["The coordinator will no longer see this case."] if referral.submitted_at else ["Nothing has been sent to anybody."]),
        },
        status=UNPROCESSABLE if form.is_bound and form.errors else 200,
    )
