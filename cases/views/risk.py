"""The pages on which the risk of a case is read over time, and on which somebody says what has changed it."""

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.doors import needs
from cases import reassessing, risk_over_time
from cases.access import capabilities_on, open_case
from cases.actions.risk import record_risk_event
from cases.dash import RIC24, TOOLS
from cases.forms.risk import RiskEventForm
from cases.views.form_page import case_url, form_page


@needs("see_case")
@require_safe
def over_time(request, reference):
    """Score and level over time, drawn and as a table: who judged, on what basis, with which tool; what happened; when it is due again."""
    case = open_case(request.actor, reference, "see_case", part="risk")
    at = timezone.now()
    signed = risk_over_time.signed_of(case)
    steps = risk_over_time.steps_of(signed)
    events = risk_over_time.events_of(request.actor, case)
    grids = risk_over_time.grids_of(request.actor, case)
    return render(request, "cases/risk/over_time.html", {
        "grids": [(grid, risk_over_time.heading_of(grid)) for grid in grids], "grid_rows": risk_over_time.grid_rows(grids),
        "further": risk_over_time.further(request.actor, case), "tools": [(code, tool.label) for code, tool in TOOLS.items() if code != RIC24],
        "case": case, "may": capabilities_on(request.actor, case, at), "back_url": case_url(case), "rows": risk_over_time.rows_of(signed, steps), "now": at,
        "chart": risk_over_time.chart_of(signed, steps, at, events), "level": case.get_risk_level_display(), "events": events,
        "colour": risk_over_time.RISK_COLOURS.get(case.risk_level, "grey"), "due": list(reassessing.due(request.actor, case)), "today": timezone.localdate(),
    })


@needs("add_entry")
def event_add(request, reference):
    """Something has happened, or will, that can change the risk."""
    case = open_case(request.actor, reference, "add_entry", part="risk")

    def save(form):
        return record_risk_event(request.actor, case, **form.cleaned_data)

    return form_page(
        request, case, save=save, heading="Something has changed", template="cases/case/form.html", back=reverse("risk_over_time", args=[reference]),
        form=lambda **data: RiskEventForm(**data, initial={"happened_on": timezone.localdate()}), done=lambda event: reverse("risk_over_time", args=[reference]),
        said="Kept. The risk is to be assessed again.", submit="Save",
        intro="The risk is to be assessed again because of it. If somebody is in danger now, ring 999 first.",
    )
