"""What the tests of contact arrange with: safe times around an instant, another way of contact, what is typed into the form."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from cases.models import Clock, SafeContact
from ui.times import LONDON

HOUR = timedelta(hours=1)
LONG_REASON = "The police were with her and asked us to ring at once"


def windows_around(at, *, inside):
    """One safe hour of the week: round about this instant, or twelve hours away from it."""
    local = (at if inside else at + 12 * HOUR).astimezone(LONDON)
    return [(local.weekday(), min(local.hour, 22), min(local.hour, 22) + 1)]


def way(case, channel, value="", **facts):
    """One more way of contact, safe at any time since now and checked by whoever opened the case, unless told otherwise."""
    now = timezone.now()
    party = facts.pop("party", None) or case.parties.get(role="victim")
    facts = {"is_safe": "yes", "times": "any", "recorded_at": now, "verified_at": now, "verified_by": case.opened_by} | facts
    return SafeContact.objects.create(case=case, party=party, channel=channel, value=value, **facts)


def running(case):
    """The kinds of the promises that run."""
    return sorted(Clock.objects.filter(case=case, stopped_at=None).values_list("kind", flat=True))


def typed(case, **facts):
    """A filled form for an attempt on the only way that is in use."""
    at = timezone.localtime()
    return {
        "route": str(SafeContact.objects.get(case=case, ended_at=None).pk), "outcome": "no_answer", "audience": "agency", "once": str(uuid4()),
        "at_day": at.day, "at_month": at.month, "at_year": at.year, "at_time": f"{at:%H:%M}",
    } | facts
