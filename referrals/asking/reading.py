"""Who receives what is asked in writing, which requests a person may see, and what waits."""

from dataclasses import dataclass

from django.db.models import Count
from django.http import Http404

from agencies.models import Agency
from cases.access import record_look
from referrals.asking import codes, rules
from referrals.models import PublicRequest

SHOWN = 100
WORDS = {"waiting": "To be answered", "overdue": "Overdue", "answered": "Answered, still open"} | codes.ALL_ENDINGS
COLOURS = {"waiting": "yellow", "overdue": "red", "answered": "green"}


def receiver():
    """The agency that runs the line of the partnership: of several the one that was founded first. None where nobody does."""
    return Agency.objects.filter(type="helpline", is_active=True).order_by("pk").first()


def requests_of(actor):
    """The requests of one's own agency, for whoever takes its calls. Nobody else's, whatever cases they see."""
    if actor is None or actor.agency_id is None or not actor.may("take_calls"):
        return PublicRequest.objects.none()
    return PublicRequest.objects.filter(agency=actor.agency_id)


def open_request(actor, number, part=""):
    """The request, if this person may see it; each opening is kept in the log. Anything else is Http404."""
    found = requests_of(actor).filter(pk=number).select_related("disclosure__case", "ended_by").first()
    if found is None:
        raise Http404
    record_look(actor, f"asked:{found.pk}:{part}" if part else f"asked:{found.pk}")
    return found


def waiting_count(actor):
    """How many requests wait for this person's line."""
    return requests_of(actor).filter(ended_at=None).count()


@dataclass(frozen=True)
class Row:
    """One request as the list shows it: nothing in it names or reaches anybody."""

    request: PublicRequest
    state: str

    @property
    def words(self):
        if self.state == "waiting" and not rules.may_answer(self.request.reach_by, self.request.safe):
            return "To be read and written down"
        return WORDS[self.state]

    @property
    def colour(self):
        return COLOURS.get(self.state, "grey")


def row_of(request, at):
    """A request with where it stands."""
    return Row(request, rules.state(request.due_at, request.answered_at, request.end, at))


def waiting(actor, at):
    """What waits: danger first, then the most urgent."""
    found = requests_of(actor).filter(ended_at=None).annotate(tried=Count("attempts")).order_by("due_at", "pk")[:SHOWN]
    return sorted((row_of(one, at) for one in found), key=lambda row: row.request.danger != "yes")


def lately(actor, at):
    """What was closed, the latest first."""
    return [row_of(one, at) for one in requests_of(actor).filter(ended_at__isnull=False).select_related("ended_by").order_by("-ended_at")[:25]]
