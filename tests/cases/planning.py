"""What the tests of the safety plan arrange with: begin, write, finish a version, and what is typed when it is finished."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from cases.actions.plan import finish_plan, save_plan, start_plan
from cases.models import SafetyPlan
from cases.plans import mark_of

KEPT = "In her locker at work, which only she opens"


def begun(people, case, persona="housing_officer", **texts):
    """A draft of the persona's agency with these sections written."""
    actor = people.actor(persona)
    draft = start_plan(actor, case)
    return write(people, case, persona, **texts) if texts else draft


def write(people, case, persona="housing_officer", **texts):
    """Write sections of one's own draft."""
    actor = people.actor(persona)
    draft = SafetyPlan.objects.get(case=case, agency=actor.agency_id, finished_at=None)
    stored = {code: getattr(draft, code) for code in texts}
    return save_plan(actor, case, texts=texts, opened_with=mark_of(stored))


def finished(people, case, persona="housing_officer", **facts):
    """One's own draft as the next version, agreed today, with no copy."""
    actor = people.actor(persona)
    draft = SafetyPlan.objects.get(case=case, agency=actor.agency_id, finished_at=None)
    newest = SafetyPlan.objects.filter(case=case).exclude(number=None).order_by("-number").first()
    given = {
        "draft_revision": draft.revision, "newest_seen": newest.number if newest else 0, "is_agreed": True, "agreed_on": timezone.localdate(),
        "agreed_with": "Tamsin", "has_copy": False, "review_on": timezone.localdate() + timedelta(days=28),
    }
    return finish_plan(actor, case, **given | facts)


def planned(people, case, persona="housing_officer", *, finish=(), **texts):
    """A finished version that says this."""
    begun(people, case, persona, **(texts or {"danger": "Ring 999 and go to the neighbour"}))
    return finished(people, case, persona, **dict(finish))


def typed(draft, newest=0, in_days=28, **facts):
    """A filled form that finishes a draft."""
    today, day = timezone.localdate(), timezone.localdate() + timedelta(days=in_days)
    return {
        "once": str(uuid4()), "draft_revision": draft.revision, "newest_seen": newest, "is_agreed": "yes", "agreed_on_day": today.day, "agreed_on_month": today.month,
        "agreed_on_year": today.year, "agreed_with": "Tamsin", "has_copy": "no", "wants_address": "no", "review_on_day": day.day, "review_on_month": day.month,
        "review_on_year": day.year,
    } | facts
