"""My work: the cases and everything that is due, for me, my team or my agency."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.doors import needs
from agencies.models import Agency
from cases import due, reach, work
from cases.access import record_look
from cases.compiled import Rows

TABS = {work.MINE: "My cases", work.TEAM: "My team", work.AGENCY: "All of my agency"}
DUE_TABS = {work.MINE: "Mine", work.TEAM: "My team"}
FILTERS = {"risk": "Risk", "clock": "Promise", "lead": "Lead agency"}


DUE_FILTERS = {"kind": "Kind", "when": "When"}
PLACES = [("work", "Cases", "search_cases"), ("work_due", "Everything due", "search_cases"), ("team", "Team", "see_team")]


def places(actor, here):
    """The pages of a person's work, one beside the other."""
    return [{"label": label, "url": reverse(name), "is_here": name == here} for name, label, capability in PLACES if actor.may(capability)]


@needs("search_cases")
@require_safe
def everything_due(request):
    """Everything that is due by me, or by my team, most urgent first, 25 lines a page."""
    actor, at = request.actor, timezone.now()
    tabs = due.choices(actor)
    whose = request.GET.get("whose")
    whose = whose if whose in tabs else tabs[-1]
    choices = {"kind": {one.code: one.label for one in due.kinds_of(actor)}, "when": due.WHEN}
    chosen = {name: request.GET[name] for name in DUE_FILTERS if request.GET.get(name) in choices[name]}
    page = due.everything_due(actor, at, whose=whose, after=request.GET.get("after"), **chosen)
    record_look(actor, f"due:{whose}", count=len(page.items))
    return render(
        request,
        "cases/work/due.html",
        {
            "places": places(actor, "work_due"),
            "tabs": [{"label": DUE_TABS[one], "url": _address(whose=one), "is_here": one == whose} for one in tabs] if len(tabs) > 1 else [],
            "whose": whose,
            "items": page.items,
            "now": at,
            "lists": [{"name": name, "label": label, "choices": choices[name].items(), "chosen": chosen.get(name, "")} for name, label in DUE_FILTERS.items()],
            "selected": [
                {"text": f"{DUE_FILTERS[name]}: {choices[name][value]}", "remove_url": _address(whose=whose, **chosen | {name: None})} for name, value in chosen.items()
            ],
            "clear_url": _address(whose=whose),
            "first_url": _address(whose=whose, **chosen) if request.GET.get("after") else "",
            "next_url": _address(whose=whose, **chosen, after=page.after) if page.after else "",
        },
    )


@needs("search_cases")
def my_work(request):
    """The worklist, 25 cases a page, with the missed promises counted and the tasks that are due."""
    actor, at = request.actor, timezone.now()
    tabs = work.choices(actor)
    whose = request.GET.get("whose")
    whose = whose if whose in tabs else work.TEAM if work.TEAM in tabs else work.MINE
    choices = {
        "risk": work.RISK_FILTERS, "clock": work.CLOCK_FILTERS,
        "lead": {str(pk): name for pk, name in _agencies(actor, at)},
    }
    # A choice that makes no sense narrows nothing.
    chosen = {name: request.GET[name] for name in FILTERS if request.GET.get(name) in choices[name]}
    filters = work.Filters(chosen.get("risk", ""), chosen.get("clock", ""), int(chosen["lead"]) if "lead" in chosen else None)
    team = work.team_of(actor) if whose == work.TEAM else None
    page = work.worklist(actor, whose=whose, filters=filters, after=request.GET.get("after"), at=at, team=team)
    tasks = work.tasks_due(actor, whose=whose, at=at, team=team)
    record_look(actor, f"work:{whose}", count=len(page.rows))
    return render(
        request,
        "cases/work/work.html",
        {
            "tabs": [{"label": TABS[one], "url": _address(whose=one), "is_here": one == whose} for one in tabs],
            "whose": whose,
            "places": places(actor, "work"),
            "rows": page.rows,
            "safe_times": reach.safe_times(actor, at, [row.case for row in page.rows]),
            "now": at,
            "missed": work.missed(actor, whose=whose, at=at, team=team),
            "missed_cap": work.COUNT_UP_TO,
            "overdue": [task for task in tasks if task.due_at < at],
            "tasks": [task for task in tasks if task.due_at >= at],
            "lists": [{"name": name, "label": label, "choices": choices[name].items(), "chosen": chosen.get(name, "")} for name, label in FILTERS.items()],
            "selected": [
                {"text": f"{FILTERS[name]}: {choices[name][value]}", "remove_url": _address(whose=whose, **chosen | {name: None})} for name, value in chosen.items()
            ],
            "clear_url": _address(whose=whose),
            "missed_url": _address(whose=whose, clock="missed"),
            "first_url": _address(whose=whose, **chosen) if request.GET.get("after") else "",
            "next_url": _address(whose=whose, **chosen, after=page.after) if page.after else "",
        },
    )


_agencies = Rows(lambda actor, case, at: Agency.objects.filter(is_active=True).order_by("name").values_list("pk", "name"))


def _address(**wanted):
    return "?" + urlencode({name: value for name, value in wanted.items() if value})
