"""The list of repeat and serial alleged perpetrators, for those whose work it is."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies import policies
from agencies.doors import needs
from cases import repeats
from cases.access import record_look
from cases.work import RISK_COLOURS, RISK_TAGS

ON_A_PAGE = 25


@needs("see_repeats")
@require_safe
def repeat_list(request):
    """Who is repeat or serial across all cases, twenty-five a page. Of cases that the reader may not open, numbers and a day alone."""
    at = timezone.now()
    rows = repeats.list_of(request.actor, at)
    page = _page(request.GET.get("page"), len(rows))
    here = rows[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    record_look(request.actor, "repeats", count=len(here))
    months, years = (policies.in_force(key, None, at) for key in (repeats.MONTHS, repeats.YEARS))
    context = {
        "rows": [(row, RISK_TAGS[row.risk], RISK_COLOURS.get(row.risk, "grey")) for row in repeats.shown(request.actor, here, at)],
        "count": len(rows), "months": months, "years": years, "previous_url": f"?page={page - 1}" if page > 1 else "",
        "next_url": f"?page={page + 1}" if page * ON_A_PAGE < len(rows) else "",
    }
    return render(request, "cases/repeats/list.html", context)


def _page(typed, count):
    """The page that was asked for; one that does not exist is the nearest that does."""
    last = max(1, -(-count // ON_A_PAGE))
    return min(max(int(typed), 1), last) if typed and typed.isascii() and typed.isdigit() and len(typed) < 6 else 1
