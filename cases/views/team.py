"""The team: who holds how much, the cases of each, and handing cases to somebody else."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.doors import needs
from agencies.gate import Refused
from agencies.models import User
from cases import reach, team, work
from cases.access import record_look
from cases.actions.handing_over import hand_over
from cases.forms.team import HandOverForm
from cases.views.work import places
from ui import held_forms
from ui.times import time_left

TABS = {team.TEAM: "My team", team.AGENCY: "All of my agency"}


@needs("see_team")
@require_safe
def overview(request):
    """Who holds how many open cases against the limit, what nobody holds, and what was missed."""
    at, tabs = timezone.now(), team.tabs(request.actor)
    whose = request.GET.get("whose")
    whose = whose if whose in tabs else tabs[0]
    shown, limit = team.loads(request.actor, at, whose=whose)
    record_look(request.actor, f"team:{whose}", count=len(shown))
    return render(
        request, "cases/team/overview.html",
        {
            "places": places(request.actor, "team"), "tabs": [{"label": TABS[one], "url": f"?whose={one}", "is_here": one == whose} for one in tabs],
            "loads": shown, "limit": limit, "chart": team.chart(shown), "overloaded": [one for one in shown if not one.is_with_nobody and one.standing == "over"],
            "lately": team.LATELY.days,
        },
    )


@needs("see_team")
@require_safe
def worker(request, whom):
    """The open cases of one worker, or those that nobody holds, what is due first at the top."""
    at, (pk, name) = timezone.now(), _worker(request.actor, whom)
    page = work.cases_held(request.actor, pk, after=request.GET.get("after"), at=at)
    record_look(request.actor, f"team:worker:{pk or 'nobody'}", count=len(page.rows))
    return render(
        request, "cases/team/worker.html",
        {
            "name": name, "is_nobody": pk is None, "rows": page.rows, "now": at, "safe_times": reach.safe_times(request.actor, at, [row.case for row in page.rows]),
            "back_url": reverse("team"), "hand_over_url": reverse("team_hand_over", args=[whom]), "after": request.GET.get("after", ""),
            "first_url": "?" if request.GET.get("after") else "", "next_url": f"?after={page.after}" if page.after else "",
        },
    )


@needs("see_team")
def hand(request, whom):
    """Tick cases, choose who should hold them, say why. What cannot move stays ticked and says why."""
    at, (pk, name) = timezone.now(), _worker(request.actor, whom)
    typed = request.POST if request.method == "POST" else held_forms.take(request)
    people = team.who_could_hold(request.actor, at, but=pk)
    page = work.cases_held(request.actor, pk, after=request.GET.get("after"), at=at)
    form = _form(typed, page.rows, people, at)
    if request.method == "POST" and form.is_valid():
        chosen = User.objects.get(pk=int(form.cleaned_data["worker"]))
        try:
            went, stayed = hand_over(
                request.actor, form.cleaned_data["cases"], worker=chosen, was=pk, reason=form.cleaned_data["reason"], once=form.cleaned_data["once"],
            )
        except Refused as refusal:
            form.add_error(refusal.field, refusal.reasons)
        else:
            if went:
                messages.success(request, f"{chosen.full_name} now holds {len(went)} case{'' if len(went) == 1 else 's'} more: {', '.join(went)}.")
            if not stayed:
                return redirect("team_worker", whom)
            people = team.who_could_hold(request.actor, at, but=pk)
            form = _form(typed, work.cases_held(request.actor, pk, after=request.GET.get("after"), at=at).rows, people, at, stayed)
            for reference, reason in stayed.items():
                form.add_error("cases", f"{reference} stays: {reason}")
    return render(
        request, "cases/team/hand_over.html",
        {
            "form": form, "heading": "Hand cases to somebody else", "caption": name, "back_url": reverse("team_worker", args=[whom]),
            "cancel_url": reverse("team_worker", args=[whom]), "submit_label": "Hand over", "has_cases": bool(page.rows), "has_people": bool(people),
        },
        status=422 if form.errors else 200,
    )


def _form(typed, rows, people, at, stayed=()):
    """The form over the cases that are still there; of those that were ticked, what stayed remains ticked."""
    cases = [(row.reference, f"{row.name}, {row.reference}", _hint(row, at)) for row in rows]
    cases += [(reference, reference, "It is not with them any more.") for reference in stayed if reference not in {row.reference for row in rows}]
    if stayed:
        typed = typed.copy()
        typed.setlist("cases", list(stayed))
    form = HandOverForm(typed, cases=cases, people=people)
    form.is_valid()
    return form


def _hint(row, at):
    promise = f"{row.promise.label}: {time_left(row.promise.due_at, at)}" if row.promise else "No promise is running"
    return f"{'In danger when reported. ' if row.is_in_danger else ''}{row.risk}. {promise}"


def _worker(actor, whom):
    found = team.worker_of(actor, whom)
    if found is None:
        raise Http404
    return found
