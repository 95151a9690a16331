"""Notices: what the clocks and limits told me."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.doors import needs
from cases.access import record_look
from cases.actions.work import read_notices
from cases.notices import notices_of, place_of


@needs("search_cases")
def notices(request):
    """The list, newest first; POST marks one notice, or all, as read."""
    if request.method == "POST":
        which = _whole(request.POST.get("notice"))
        if which or request.POST.get("notice") == "all":
            read_notices(request.actor, notice=which)
        return redirect("notices")
    shown, before = notices_of(request.actor, _whole(request.GET.get("before")))
    record_look(request.actor, "notices", count=len(shown))
    return render(
        request,
        "cases/work/notices.html",
        {"notices": shown, "now": timezone.now(), "next_url": f"?before={before}" if before else "", "has_unread": any(not one.is_read for one in shown)},
    )


@needs("search_cases")
@require_safe
def notice(request, notice_id):
    """The way from a notice to what it speaks of; whoever has opened that has read it: a person, not a browser that looks ahead or another site."""
    place = place_of(request.actor, notice_id)
    if place is None:
        raise Http404
    headers = request.headers
    if request.method == "GET" and "prefetch" not in headers.get("Sec-Purpose", "") and headers.get("Sec-Fetch-Site") != "cross-site":
        read_notices(request.actor, notice=notice_id)
    return redirect(place)


def _whole(text):
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
