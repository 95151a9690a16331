"""My work: what is due first, for me, my team or my agency."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.utils import timezone

from agencies.doors import needs
from agencies.models import Agency
from cases import reach, work
from cases.access import record_look
from cases.compiled import Rows

TABS = {work.MINE: "My cases", work.TEAM: "My team", work.AGENCY: "All of my agency"}
FILTERS = {"risk": "Risk", "clock": "Promise", "lead": "Lead agency"}


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
