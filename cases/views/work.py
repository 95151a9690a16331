"""My work: what is due first, for me, my team or my agency."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.utils import timezone

from agencies.doors import needs
from cases import work
from cases.access import record_look
from cases.forms.work import WorkFilters

TABS = {work.MINE: "My cases", work.TEAM: "My team", work.AGENCY: "All of my agency"}


@needs("search_cases")
def my_work(request):
    """The worklist, 25 cases a page, with the missed promises counted and the tasks that are due."""
    actor, at = request.actor, timezone.now()
    choices = work.choices(actor)
    whose = request.GET.get("whose")
    whose = whose if whose in choices else work.TEAM if work.TEAM in choices else work.MINE
    form = WorkFilters(request.GET)
    filters = form.chosen()
    team = work.team_of(actor) if whose == work.TEAM else None
    page = work.worklist(actor, whose=whose, filters=filters, after=request.GET.get("after"), at=at, team=team)
    record_look(actor, f"work:{whose}", count=len(page.rows))
    return render(
        request,
        "cases/work/work.html",
        {
            "tabs": [{"label": TABS[one], "url": _address(whose=one), "is_here": one == whose} for one in choices],
            "whose": whose,
            "rows": page.rows,
            "now": at,
            "missed": work.missed(actor, whose=whose, at=at, team=team),
            "missed_cap": work.COUNT_UP_TO,
            "tasks": work.tasks_due(actor, whose=whose, at=at, team=team),
            "filter_form": WorkFilters(initial={"risk": filters.risk, "clock": filters.clock, "lead": filters.lead_agency, "whose": whose}),
            "selected": _selected(form, whose, filters),
            "clear_url": _address(whose=whose),
            "missed_url": _address(whose=whose, clock="missed"),
            "first_url": _address(whose=whose, **_chosen(filters)) if request.GET.get("after") else "",
            "next_url": _address(whose=whose, **_chosen(filters), after=page.after) if page.after else "",
        },
    )


def _chosen(filters):
    return {"risk": filters.risk, "clock": filters.clock, "lead": filters.lead_agency}


def _address(**wanted):
    return "?" + urlencode({name: value for name, value in wanted.items() if value})


def _selected(form, whose, filters):
    """What the list is narrowed to now, each with the address that undoes it."""
    chosen = _chosen(filters)
    texts = {
        "risk": f"Risk: {work.RISK_FILTERS.get(filters.risk, '')}",
        "clock": f"Promise: {work.CLOCK_FILTERS.get(filters.clock, '')}",
        "lead": f"Lead agency: {form.cleaned_data.get('lead')}",
    }
    return [
        {"text": texts[name], "remove_url": _address(whose=whose, **{**chosen, name: None})} for name, value in chosen.items() if value
    ]
