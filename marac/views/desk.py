"""The coordinator's side of a referral: what came in, one listing, the decision, the repeat, putting it on a meeting and taking it off.

`marac_listing` is all that a grant of level meeting opens of a case.
"""

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from agencies.doors import needs
from agencies.gate import AlreadyDone, Refused
from agencies.models import Submission
from cases import repeats
from cases.access import can, open_case, record_look
from cases.models import Party
from cases.models.people import Role
from marac import agenda, rules
from marac.actions.listing import list_referral, unlist_referral
from marac.actions.triage import accept_referral, decline_referral, return_referral, say_repeat
from marac.forms.desk import Decision, Listed, Pressed, Repeat
from marac.forms.referral import Reason
from marac.models import Listing, Referral
from marac.reading import referral_rows
from marac.views.typed import typed

UNPROCESSABLE = 422
TITLE = "Referral"
_DECIDED = {
    "accept": "Accepted. You can list it on a meeting now.",
    "return": "Returned. The referrer is told.",
    "decline": "Not accepted. The referrer is told why.",
}


@needs("see_listing")
def home(request):
    """The desk: for a coordinator the referrals that came in, waiting first, and the meetings; for others the meetings with a case that they see."""
    actor, at = request.actor, timezone.now()
    sections = []
    if actor.may("run_marac"):
        for state, title, empty in (
            ("submitted", "Waiting for your decision", "Nothing is waiting."),
            ("accepted", "Accepted, waiting for a meeting", "Every accepted case is listed."),
            ("returned", "Returned to the referrer", "Nothing is with a referrer."),
            ("not_accepted", "Not accepted", "None."),
        ):
            rows, has_more = agenda.incoming(actor, state, at)
            sections.append({"title": title, "state": state, "rows": rows, "has_more": has_more, "empty": empty})
        record_look(actor, "marac.desk", count=sum(len(section["rows"]) for section in sections))
    coming = list(agenda.meetings_for(actor, at=at)[: agenda.MOST])
    unrecorded = list(agenda.unrecorded_meetings(actor, at)[: agenda.MOST])
    past = list(agenda.meetings_for(actor, past=True, at=at).exclude(pk__in=[meeting.pk for meeting in unrecorded])[:10])
    return render(
        request, "marac/home.html",
        {"sections": sections, "coming": coming, "unrecorded": unrecorded, "past": past, "now": at, "may_plan": actor.may("run_marac"), "most": agenda.MOST},
    )


@needs("see_listing")
def received(request, reference):
    """From a notice to the referral of a case that was sent last."""
    case = open_case(request.actor, reference, "see_listing", part="listing")
    referral = _sent(request.actor, case).order_by("-state_at", "-pk").first()
    if referral is None:
        raise Http404
    return redirect("marac_listing", reference, referral.pk)


def _sent(actor, case):
    """The referrals of a case that were sent, as far as this person may read them."""
    sent = Referral.objects.filter(case=case, submitted_at__isnull=False).exclude(state="withdrawn")
    # A coordinator reads what their own MARAC received, and no other's.
    return sent.filter(coordinating_agency=actor.agency_id) if actor.may("run_marac") else sent


def _open(request, reference, number):
    """The case by its listing, and the referral in it that was sent."""
    case = open_case(request.actor, reference, "see_listing", part=f"listing:{number}")
    referral = (
        _sent(request.actor, case).filter(pk=number).select_related("agency", "assessment", "coordinating_agency", "submitted_by", "last_referral__case", "last_referral__agency")
        .first()
    )
    if referral is None:
        raise Http404
    return case, referral


def _open_to_decide(request, reference, number):
    case, referral = _open(request, reference, number)
    if not (request.actor.may("run_marac") and referral.coordinating_agency_id == request.actor.agency_id):
        raise PermissionDenied("run_marac")
    return case, referral


def _listing_of(referral):
    if referral.state != "listed":
        return None
    return Listing.objects.filter(referral=referral).select_related("meeting").order_by("-meeting__starts_at").first()


@needs("see_listing")
def listing(request, reference, number):
    """The listing of a case: what was referred, where it stands, and for the coordinator what can be done."""
    case, referral = _open(request, reference, number)
    is_coordinator = request.actor.may("run_marac") and referral.coordinating_agency_id == request.actor.agency_id
    listed = _listing_of(referral)
    verbs = rules.TRANSITIONS[referral.state] if is_coordinator else {}
    # While the referrer writes, nobody reads along: neither words that were not sent nor people who were added since.
    sections = [] if referral.is_being_written else referral_rows(referral, list(Party.objects.filter(case=case).select_related("person")))
    marked = {} if referral.is_being_written else repeats.markers(request.actor, case, timezone.now())
    sees_earlier = is_coordinator and _sees_earlier(request.actor, referral)
    context = {
        "case": case,
        "referral": referral,
        "sections": sections,
        "is_repeat": _is_repeat(request.actor, referral),
        "listed": listed,
        "marks": sorted({mark for each in marked.values() for mark in each}),
        "is_coordinator": is_coordinator,
        "may_decide": bool({"accept", "return", "decline"} & set(verbs)),
        "may_list": "list" in verbs,
        "may_unlist": "unlist" in verbs and listed is not None and listed.meeting.is_open(timezone.now()),
        "steps": [step for step in referral.steps.select_related("by", "agency", "meeting") if step.verb != "prepare"],
        # The date and the case of the earlier referral only for those who may see that listing too.
        "sees_earlier": sees_earlier,
        "earlier_url": _earlier_url(request.actor, referral.last_referral) if sees_earlier else "",
    }
    return render(request, "marac/listing.html", context)


def _is_repeat(actor, referral):
    return referral.is_repeat and (bool(referral.repeat_reason) or agenda.found_repeat(actor, referral))


def _sees_earlier(actor, referral):
    return referral.last_referral is not None and can(actor, "see_listing", referral.last_referral.case)


def _earlier_url(actor, earlier):
    was_received_here = earlier.coordinating_agency_id == actor.agency_id and earlier.state != "withdrawn"
    return reverse("marac_listing", args=[earlier.case.reference, earlier.pk]) if was_received_here else ""


def _back(reference, number):
    return reverse("marac_listing", args=[reference, number])


def _decided_already(request):
    """Where this person's same form led before: pressed twice, a refusal ends their sight of the case before the second press is read."""
    form = Pressed(request.POST)
    if request.method != "POST" or not form.is_valid():
        return ""
    first = Submission.objects.filter(token=form.cleaned_data["once"], user=request.actor.user_id, verb="referral.decline").first()
    return first.led_to if first else ""


@needs("see_listing")
def decide(request, reference, number):
    """Accept, return or not accept."""
    if led_to := _decided_already(request):
        return redirect(led_to)
    case, referral = _open_to_decide(request, reference, number)
    verbs = rules.TRANSITIONS[referral.state]
    if request.method != "POST" and not {"accept", "return", "decline"} & set(verbs):
        messages.warning(request, rules.reasons_cannot("accept", referral.state)[0])
        return redirect("marac_listing", reference, number)
    # A form from before somebody else's decision still offers what it offered: the refusal says what happened meanwhile.
    form = Decision(*typed(request), verbs=("accept", "return", "decline") if request.method == "POST" else verbs, initial={"once": uuid4()})
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            if facts["decision"] == "accept":
                accept_referral(request.actor, case, once=facts["once"], referral_id=referral.pk)
            else:
                action = return_referral if facts["decision"] == "return" else decline_referral
                action(request.actor, case, once=facts["once"], referral_id=referral.pk, reasons=facts[form.reasons_field])
        except AlreadyDone as done:
            return redirect(done.led_to or _back(reference, number))
        except Refused as refusal:
            form.add_error(form.reasons_field if refusal.field == "reasons" else None, refusal.reasons)
        else:
            messages.success(request, _DECIDED[facts["decision"]])
            # Not accepted, it is out of the coordinator's sight, unless another referral of the case is still before them.
            return redirect(_back(reference, number) if facts["decision"] != "decline" or can(request.actor, "see_listing", case) else "marac")
    return _ask(
        request, form, reference, number, heading=f"Decide on case {reference}", intro=_about(case, referral), submit_label="Save the decision"
    )


def _about(case, referral):
    """Whom it is about and who asks, so that nobody decides on the wrong case."""
    victim = Party.objects.filter(case=case, role=Role.VICTIM).select_related("person").first()
    return f"{victim.person.name if victim else 'Name not known'}, referred by {referral.agency.short_name}: {', '.join(referral.criteria_for_others)}."


def _ask(request, form, reference, number, **context):
    context |= {"form": form, "page_title": TITLE, "back_url": _back(reference, number)}
    return render(request, context.pop("template", "ui/question_page.html"), context, status=UNPROCESSABLE if form.is_bound and form.errors else 200)


@needs("see_listing")
def repeat(request, reference, number):
    """Say whether it is a repeat."""
    case, referral = _open_to_decide(request, reference, number)
    form = Repeat(*typed(request), initial={"is_repeat": _is_repeat(request.actor, referral), "reason": referral.repeat_reason})
    if request.method == "POST" and form.is_valid():
        try:
            say_repeat(request.actor, case, referral_id=referral.pk, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field, refusal.reasons)
        else:
            messages.success(request, "Saved.")
            return redirect("marac_listing", reference, number)
    found = "a repeat" if agenda.found_repeat(request.actor, referral) else "no repeat among the cases that you may see"
    intro = f"{_about(case, referral)} Waymark found: {found}."
    return _ask(request, form, reference, number, heading=f"Case {reference}: repeat or not", intro=intro, submit_label="Save")


@needs("see_listing")
def put_on(request, reference, number):
    """List it on a meeting."""
    case, referral = _open_to_decide(request, reference, number)
    meetings = list(agenda.open_meetings(request.actor, timezone.now()))
    if request.method != "POST" and (refused := rules.reasons_cannot("list", referral.state)):
        messages.warning(request, refused[0])
        return redirect("marac_listing", reference, number)
    form = Listed(*typed(request), meetings=meetings, submitted_at=referral.submitted_at, initial={"once": uuid4()})
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            list_referral(
                request.actor, case, once=facts["once"], referral_id=referral.pk, meeting_id=int(facts["meeting"]), leave_note=facts["leave_note"]
            )
        except AlreadyDone as done:
            return redirect(done.led_to or _back(reference, number))
        except Refused as refusal:
            form.add_error(refusal.field, refusal.reasons)
        else:
            messages.success(request, f"Case {reference} is listed.")
            return redirect("marac_meeting", facts["meeting"])
    return _ask(
        request, form, reference, number, template="marac/put_on.html", heading=f"List case {reference} on a meeting", intro=_about(case, referral), meetings=meetings,
        submit_label="List it",
    )


@needs("see_listing")
def take_off(request, reference, number):
    """Take it off the list of its meeting."""
    case, referral = _open_to_decide(request, reference, number)
    listed = _listing_of(referral)
    if listed is None:
        messages.warning(request, rules.reasons_cannot("unlist", referral.state)[0])
        return redirect("marac_listing", reference, number)
    form = Reason(*typed(request), label="Why does it leave the list?")
    if request.method == "POST" and form.is_valid():
        try:
            unlist_referral(request.actor, case, referral_id=referral.pk, reasons=form.cleaned_data["reasons"])
        except Refused as refusal:
            form.add_error(refusal.field, refusal.reasons)
        else:
            messages.success(request, f"Case {reference} is off the list and waits for a meeting.")
            return redirect("marac_meeting", listed.meeting_id)
    return _ask(
        request, form, reference, number, template="ui/confirm.html", heading=f"Take case {reference} off the list", text=_about(case, referral),
        consequences=["The referrer is told.", "The case waits for another meeting."], confirm_label="Take it off", is_grave=True,
    )
