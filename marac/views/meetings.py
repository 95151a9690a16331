"""The meetings: plan, change, cancel, record as held; the list in its order; the papers as a PDF."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from agencies.doors import needs
from agencies.gate import AlreadyDone, Refused
from cases.access import record_look
from cases.calendar import is_working_day
from marac import agenda, rules
from marac.actions.listing import move_listing
from marac.actions.meeting import cancel_meeting, change_meeting, hold_meeting, plan_meeting
from marac.forms.desk import Moved, Planned
from marac.forms.referral import Reason
from marac.models import Meeting
from marac.views.typed import typed
from ui.pdf import render_pdf
from ui.times import local_time

UNPROCESSABLE = 422
TITLE = "Meeting"


def _own(request, number):
    """The coordinator's own meeting; another agency's is not there."""
    meeting = Meeting.objects.filter(pk=number, agency=request.actor.agency_id).select_related("agency").first()
    if meeting is None:
        raise Http404
    return meeting


def _to_read(request, number):
    """A meeting with the rows of its list that this person may see. Without one, only the agency that coordinates it knows of the meeting."""
    meeting = Meeting.objects.filter(pk=number).select_related("agency").first()
    if meeting is None:
        raise Http404
    rows = agenda.rows_of(request.actor, meeting)
    is_own = request.actor.may("run_marac") and meeting.agency_id == request.actor.agency_id
    if not rows and not is_own:
        raise Http404
    return meeting, rows, is_own


@needs("see_listing")
def show(request, number):
    """The list of a meeting in its order; for its coordinator with buttons that move a case."""
    meeting, rows, is_own = _to_read(request, number)
    at = timezone.now()
    record_look(request.actor, f"marac.list:{meeting.pk}", count=len(rows))
    return render(
        request,
        "marac/meeting.html",
        {
            "meeting": meeting, "rows": rows, "is_own": is_own, "may_change": is_own and meeting.is_open(at),
            "may_hold": is_own and not rules.reasons_cannot_hold(meeting.state, at >= meeting.starts_at), "now": at,
        },
    )


@needs("see_listing")
def papers(request, number):
    """The list as a tagged PDF: this person's own copy, with the cases that they may see and no others."""
    meeting, rows, _ = _to_read(request, number)
    at = timezone.now()
    record_look(request.actor, f"marac.papers:{meeting.pk}", count=len(rows))
    pdf = render_pdf("marac/papers.html", {"meeting": meeting, "rows": rows, "actor": request.actor, "made_at": at})
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="papers-{meeting.starts_at.astimezone(rules.LONDON):%Y-%m-%d}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@needs("run_marac")
def move(request, number):
    """Move a case one place; the list says what happened."""
    if request.method != "POST":
        return redirect("marac_meeting", number)
    form = Moved(request.POST)
    anchor = ""
    if form.is_valid():
        facts = form.cleaned_data
        try:
            move_listing(
                request.actor, meeting_id=_own(request, number).pk, listing_id=facts["listing"], direction=facts["direction"],
                from_position=facts["from_position"],
            )
        except Refused as refusal:
            messages.warning(request, refusal.reasons[0])
        anchor = f"#case-{facts['listing']}"
    return redirect(reverse("marac_meeting", args=[number]) + anchor)


@needs("run_marac")
def plan(request):
    """Plan a meeting."""
    form = Planned(*typed(request), initial={"once": uuid4()})
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            meeting = plan_meeting(request.actor, once=facts["once"], area=facts["area"], starts_at=facts["starts_at"])
        except AlreadyDone as done:
            return redirect(done.led_to or "marac")
        except Refused as refusal:
            form.add_error(refusal.field, refusal.reasons)
        else:
            _ask_twice(request, meeting.starts_at)
            return redirect("marac_meeting", meeting.pk)
    return _ask(request, form, heading="Plan a meeting", back_url=reverse("marac"), submit_label="Plan it")


def _ask_twice(request, starts_at):
    """A meeting may be on any day, but a weekend or a bank holiday is more often a slip."""
    if not is_working_day(starts_at.astimezone(rules.LONDON).date()):
        messages.warning(request, "This is a weekend or a bank holiday. Check that the day is right.")


def _ask(request, form, template="ui/question_page.html", **context):
    return render(request, template, context | {"form": form, "page_title": TITLE}, status=UNPROCESSABLE if form.is_bound and form.errors else 200)


@needs("run_marac")
def change(request, number):
    """Change a meeting's area or time."""
    meeting = _own(request, number)
    if refused := rules.reasons_cannot_change_meeting(meeting.state, timezone.now() >= meeting.starts_at):
        messages.warning(request, refused[0])
        return redirect("marac_meeting", number)
    start = {"area": meeting.area, "starts_at": meeting.starts_at, "opened_at_revision": meeting.revision}
    form = Planned(*typed(request), initial=start)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            change_meeting(
                request.actor, meeting_id=meeting.pk, area=facts["area"], starts_at=facts["starts_at"], opened_at_revision=facts["opened_at_revision"]
            )
        except Refused as refusal:
            if refusal.code == "stale":
                meeting.refresh_from_db()
                data = request.POST.copy()
                data["opened_at_revision"] = meeting.revision
                form = Planned(data)
                form.full_clean()
            form.add_error(refusal.field, refusal.reasons)
        else:
            messages.success(request, "Saved. The deadline for referrals follows from the time.")
            _ask_twice(request, facts["starts_at"])
            return redirect("marac_meeting", number)
    return _ask(
        request, form, heading="Change the meeting", back_url=reverse("marac_meeting", args=[number]), submit_label="Save",
        intro=f"Saved now: {meeting.area}, {_when(meeting)}.",
    )


def _when(meeting):
    return local_time(meeting.starts_at)


@needs("run_marac")
def cancel(request, number):
    """Cancel a meeting, saying why."""
    meeting = _own(request, number)
    if refused := rules.reasons_cannot_cancel(meeting.state):
        messages.warning(request, refused[0])
        return redirect("marac_meeting", number)
    is_over = timezone.now() >= meeting.starts_at
    question = "Why did it not take place?" if is_over else "Why is it cancelled?"
    heading = f"The meeting of {_when(meeting)} did not take place" if is_over else f"Cancel the meeting of {_when(meeting)}"
    form = Reason(*typed(request), label=question, hint="No names: this goes into every case on the list.")
    if request.method == "POST" and form.is_valid():
        try:
            cancel_meeting(request.actor, meeting_id=meeting.pk, reasons=form.cleaned_data["reasons"])
        except Refused as refusal:
            form.add_error(refusal.field, refusal.reasons)
        else:
            messages.success(request, f"{'Recorded: the meeting did not take place' if is_over else 'The meeting is cancelled'}. Its cases wait for another one.")
            return redirect("marac")
    return _ask(
        request, form, "ui/confirm.html", heading=heading, back_url=reverse("marac_meeting", args=[number]),
        consequences=["Every case on its list waits for another meeting.", "Each referrer is told."], confirm_label="It did not take place" if is_over else "Cancel the meeting",
        is_grave=True,
    )


@needs("run_marac")
def hold(request, number):
    """Record that a meeting was held."""
    meeting = _own(request, number)
    if request.method == "POST":
        try:
            hold_meeting(request.actor, meeting_id=meeting.pk)
        except Refused as refusal:
            messages.warning(request, refusal.reasons[0])
        else:
            messages.success(request, "Recorded as held.")
    return redirect("marac_meeting", number)
