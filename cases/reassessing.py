"""Assessing the risk again (domain 1.5): what makes it due, who has it to do and is told, and that a signed assessment settles it.

It is something to do (a Task), not a promise to somebody (a Clock): docs/adr/0022. One that is due later rests until its
`raised_at`; nobody is shown it before, and it stands in no way.
"""

from django.db.models import Q

from agencies import policies
from agencies.gate import inside
from agencies.models import User
from cases.access import people_seeing
from cases.calendar import is_working_day
from cases.models import Grant, Notification, RiskEvent, Task
from cases.models.chronology import Audience
from cases.rules import reassessment as rules
from cases.rules.clocks import LONDON, deadline
from ui.times import local_date

REASSESS = "reassess"
TOLD = "risk.changed"
REVIEW = "review:"
SETTLED = "The risk was assessed again."


def happened(act, case, kind, day, *, origin="", audience=Audience.PARTNERS):
    """Something that can change the risk: it is kept, the risk is to be assessed again, and whoever works on the case is told. Once for each.

    Returns the event; None where it is known already, or where nobody has assessed the risk for a first time.
    """
    assert inside(), "what happened is kept inside a gate"
    facts = {"case": case, "agency_id": act.actor.agency_id, "kind": kind, "happened_on": day, "origin": origin}
    # Where nobody has assessed yet, that stands first on the case page anyway; a breach asks for it even so.
    is_too_early = not case.risk_level and kind != "breach"
    if not case.is_open or is_too_early or RiskEvent.objects.filter(**facts).exists():
        return None
    event = RiskEvent.objects.create(**facts, audience=audience, recorded_at=act.at, recorded_by_id=act.actor.user_id)
    task = _raise(act, case, event)
    _tell(act, case, event, task)
    return event


def is_over(act, case, origin):
    """What the case file had noticed will not happen after all: nothing is to be done because of it."""
    assert inside(), "an action is ended inside a gate"
    events = RiskEvent.objects.filter(case=case, origin=origin).values_list("pk", flat=True)
    _end(act, Task.objects.filter(case=case, kind=REASSESS, done_at=None, origin__in=[f"risk_event:{pk}" for pk in events]), "Not needed: it was called off.")


def settle(act, case):
    """The risk was assessed: whoever was asked to do so need not. What is known ahead and not due yet still is."""
    assert inside(), "an action is settled inside a gate"
    _end(act, _open(case).filter(Q(raised_at__lte=act.at) | Q(origin__startswith=REVIEW)), SETTLED)


def plan_next(act, case, assessment):
    """An assessment holds for some weeks, fewer the higher the level: then it is made again though nothing happened."""
    assert inside(), "an action is raised inside a gate"
    _review(act, case, f"{REVIEW}{assessment.pk}", assessment.signed_at)


def replan(act, case, assessment):
    """A second person decided on its level: the time for which it holds follows."""
    assert inside(), "an action is changed inside a gate"
    for task in _open(case).filter(origin=f"{REVIEW}{assessment.pk}"):
        task.due_at, task.why = _review_due(task.agency_id, case.risk_level, assessment.signed_at, act.at)
        task.raised_at = rules.shown_from(task.due_at, assessment.signed_at)
        task.save(update_fields=["due_at", "raised_at", "why"])


def plan_after(act, case, finished):
    """Somebody who may assess said that it is not needed: then it holds on, for as long as an assessment of this level does."""
    assert inside(), "an action is raised inside a gate"
    if case.risk_level and not _open(case).filter(origin__startswith=REVIEW).exists():
        _review(act, case, f"{REVIEW}after:{finished.pk}", act.at)


def let_rest(act, case):
    """The case closes: what was due later is not due any more."""
    assert inside(), "an action is ended inside a gate"
    _end(act, _open(case).filter(raised_at__gt=act.at), "Not needed: the case was closed.")


def due(actor, case):
    """What is due and what rests, as this reader may know of it: all of their own agency, of the others only when each assesses again."""
    return _open(case).filter(Q(agency=actor.agency_id) | Q(origin__startswith=REVIEW)).select_related("agency", "owner").order_by("due_at", "id")


def _open(case):
    return Task.objects.filter(case=case, kind=REASSESS, done_at=None)


def _end(act, tasks, outcome):
    tasks.update(done_at=act.at, done_by_id=act.actor.user_id, outcome=outcome)


def _raise(act, case, event):
    """For the agency that said it, or for the lead agency where that cannot assess and may know of it. Once, until somebody has assessed."""
    may_assess = act.actor.may("assess_risk")
    agency = act.actor.agency_id if may_assess or event.audience == Audience.AGENCY else case.lead_agency_id
    cause = rules.CAUSES[event.kind]
    within = policies.in_force(rules.within_setting(event.kind), agency, act.at)
    due_at = rules.due_at(event.happened_on, act.at, deadline(act.at, within.allowance.amount, within.allowance.unit, is_working_day))
    shown_from = rules.shown_from(due_at, act.at)
    if shown_from <= act.at and _open(case).filter(agency=agency, raised_at__lte=act.at, due_at__lte=due_at).exists():
        return None
    day = f" ({local_date(event.happened_on)})" if event.happened_on != act.at.astimezone(LONDON).date() else ""
    return Task.objects.create(
        case=case, agency_id=agency, owner_id=act.actor.user_id if may_assess else None, kind=REASSESS, origin=f"risk_event:{event.pk}",
        title=f"Assess the risk again: {cause.label[:1].lower()}{cause.label[1:]}{day}", why=cause.why, raised_at=shown_from, due_at=due_at,
    )


def _review(act, case, origin, begins_at):
    due_at, why = _review_due(act.actor.agency_id, case.risk_level, begins_at, act.at)
    Task.objects.create(
        case=case, agency_id=act.actor.agency_id, owner_id=_who_assesses_again(case, act), kind=REASSESS, origin=origin, title="Assess the risk again: regular review",
        why=why, raised_at=rules.shown_from(due_at, begins_at), due_at=due_at,
    )


def _review_due(agency_id, level, begins_at, at):
    weeks = policies.in_force(rules.review_setting(level), agency_id, at)
    return rules.review_at(begins_at, weeks.whole), f"At {level} risk an assessment holds for {weeks.whole} week{'' if weeks.whole == 1 else 's'} ({weeks.basis})."


def _who_assesses_again(case, act):
    """Whoever holds the case for the agency, so that it moves with the case; whoever assessed now where nobody does."""
    is_held = Grant.objects.filter(content_object=case, agency=act.actor.agency_id, worker__isnull=False).exists()
    return None if is_held else act.actor.user_id


def _tell(act, case, event, task):
    """What is urgent is told to whoever holds the case for their agency; anything else to whoever has it to do. Nobody is told what they said themselves."""
    held = Grant.objects.filter(content_object=case, worker__isnull=False)
    if event.audience == Audience.AGENCY or not rules.CAUSES[event.kind].is_urgent:
        held = held.filter(agency=task.agency_id if task and event.audience != Audience.AGENCY else act.actor.agency_id)
    if task is None and not rules.CAUSES[event.kind].is_urgent:
        return
    users = User.objects.filter(pk__in=held.values("worker"), is_active=True).exclude(pk=act.actor.user_id)
    told = people_seeing(case, users, act.at, "see_case")
    Notification.objects.bulk_create([Notification(user=user, case=case, kind=TOLD, at=act.at) for user in told])

