"""What is to be done now that a DASH is signed: said to whoever signed it, for a day. Later readers came for the answers."""

from datetime import timedelta

from django.urls import reverse

from cases import clocks, extensions
from cases.extensions import NextAction
from cases.models import Task

# Own choice (docs/dash.md): as long as the first of what signing sets off may take.
STAYS = timedelta(hours=24)


def to_do(actor, case, assessment, may, at):
    """The next actions of the person who signed: the meeting, their safety, the children, the promise to reach them."""
    if not (case.is_open and assessment.is_signed and assessment.gives_level and assessment.signed_by_id == actor.user_id and at - assessment.signed_at < STAYS):
        return []
    proposed = [action for propose in extensions.NEXT_ACTIONS for action in propose(actor, case, may, at) if action.is_urgent or action.covers]
    covered = {action.covers for action in proposed}
    return [*proposed, *_safety(case, assessment, may), *_children(actor, case, may, covered), *_promise(case, may)]


def _safety(case, assessment, may):
    if "add_entry" not in may:
        return []
    why = "Where they could go, whom they can ring, what they keep ready, what the children know to do. Write down what you agreed."
    if not assessment.with_victim:
        why = f"As soon as they can be reached safely. {why}"
    return [NextAction("Plan with them how they stay safe", reverse("plan", args=[case.reference]), why, is_urgent=True)]


def _children(actor, case, may, covered):
    tasks = Task.objects.filter(case=case, agency=actor.agency_id, done_at=None, kind__startswith="children.").exclude(kind__in=covered).order_by("due_at", "id")
    return [NextAction(task.title, reverse("task_finish", args=[case.reference, task.pk]), task.why, task.due_at) for task in tasks if "add_entry" in may]


def _promise(case, may):
    first = clocks.running(case).filter(kind__in=clocks.CONTACT).first() if "record_contact" in may else None
    if first is None:
        return []
    return [NextAction(clocks.KINDS[first.kind].promise, reverse("case_contact", args=[case.reference]), f"{first.agency.short_name} promised it.", first.due_at)]
