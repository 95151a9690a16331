"""What the tests of safety flags arrange with: raise one, propose that it goes, decide, and what is typed into the forms."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from cases.actions.flags import decide_removal, propose_removal, raise_flag

WHY = "The neighbour saw a machete in the hall"


def flagged(people, case, kind="no_home_visits", persona="housing_officer", *, reason=WHY, in_days=28):
    """A flag on a case."""
    return raise_flag(people.actor(persona), case, kind=kind, reason=reason, review_on=timezone.localdate() + timedelta(days=in_days))


def proposed(people, flag, persona="housing_officer", reason="He has moved to Scotland"):
    """Somebody proposes that it goes."""
    return propose_removal(people.actor(persona), flag.case, flag_id=flag.pk, reason=reason)


def removed(people, flag, by="housing_officer", and_by="housing_manager"):
    """Two people took it away."""
    removal = proposed(people, flag, by)
    decide_removal(people.actor(and_by), flag.case, removal_id=removal.pk, decision="approved", reason="The police confirmed it")


def typed(in_days=28, **facts):
    """A filled form about a flag."""
    day = timezone.localdate() + timedelta(days=in_days)
    return {"once": str(uuid4()), "review_on_day": day.day, "review_on_month": day.month, "review_on_year": day.year} | facts
