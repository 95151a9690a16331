"""Writing in the case file: notes and their corrections, actions done, the stalking element."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from cases import chronology, extensions, reassessing
from cases.access import capabilities_on
from cases.case_entries import CORRECTABLE
from cases.gate import Change, Refused, case_action
from cases.models import Entry, Task
from cases.models.case import Priority
from cases.models.chronology import Audience
from cases.models.task import COUNTERSIGN
from cases.protected_places import PLACE, names_protected_place
from cases.rules.closing import reasons_closed
from cases.rules.reassessment import reasons_cannot_finish


@case_action("note.add", "add_entry", counts=False)
def add_note(act, case, *, title, text, audience, happened_at):
    """Add a note to the chronology, for the audience that its writer chose."""
    if happened_at > act.at:
        raise Refused("This cannot have happened in the future.", code="time", field="happened_at")
    entry = chronology.record(act, case, "note", title, text=text, audience=audience, happened_at=happened_at)
    return Change(subject=f"entry:{entry.pk}", case=case, after={"audience": audience}, result=entry, led_to=f"/cases/{case.reference}/")


@case_action("note.correct", "add_entry")
def correct_entry(act, case, *, entry_id, title, text, happened_at, why=""):
    """Correct an entry by a new one that stands in its place; the first wording is kept, and whoever read it reads the correction."""
    first = Entry.objects.filter(pk=entry_id, case=case).first()
    if first is None:
        raise Http404
    if first.agency_id != act.actor.agency_id or first.kind not in CORRECTABLE:
        raise PermissionDenied("not theirs to correct")
    if Entry.objects.filter(supersedes=first).exists():
        raise Refused("Somebody has corrected this entry already. Correct the newest wording.", code="stale")
    if happened_at > act.at:
        raise Refused("This cannot have happened in the future.", code="time", field="happened_at")
    entry = chronology.record(
        act, case, first.kind, title, text=text, audience=first.audience, happened_at=happened_at, supersedes=first, why=why,
    )
    return Change(subject=f"entry:{entry.pk}", case=case, before={"entry": first.pk}, after={"audience": entry.audience}, result=entry)


@case_action("entry.share", "add_entry", counts=False)
def share_entry(act, case, *, entry_id, names_place=False):
    """Share an entry that one's own agency had kept to itself with the case's partners: its newest wording, and no earlier one."""
    if reasons := reasons_closed(case.is_open):
        raise Refused(reasons, code="closed")
    entry = Entry.objects.filter(pk=entry_id, case=case).first()
    if entry is None or (entry.agency_id != act.actor.agency_id and entry.audience == Audience.AGENCY):
        raise Http404
    if entry.agency_id != act.actor.agency_id or entry.kind == "file":  # a file is shared itself, and says so
        raise PermissionDenied("not theirs to share")
    if entry.audience == Audience.PARTNERS or Entry.objects.filter(supersedes=entry).exists():
        raise Refused("Somebody has shared or corrected this entry already. Look at the newest.", code="stale")
    if not names_place and names_protected_place(case, entry.title, entry.text):
        raise Refused("This entry names a protected place of this case. Say below that it must stand there, or correct the entry first.", code=PLACE)
    entry.audience, entry.shared_at, entry.shared_by_id = Audience.PARTNERS, act.at, act.actor.user_id
    entry.save(update_fields=["audience", "shared_at", "shared_by"])
    return Change(subject=f"entry:{entry.pk}", case=case, before={"audience": "agency"}, after={"audience": "partners"}, result=entry)


@case_action("task.finish", "add_entry")
def finish_task(act, case, *, task_id, was_needed, outcome):
    """Finish an action of one's own agency, or say why it is not needed."""
    task = Task.objects.filter(pk=task_id, case=case, agency=act.actor.agency_id).first()
    if task is None:
        raise Http404
    if task.done_at:
        raise Refused("Somebody has finished this action already.", code="stale")
    if reasons := [reason for check in extensions.BEFORE_FINISHING for reason in check(case, task)]:
        raise Refused(reasons, code="waits")
    if task.kind == COUNTERSIGN:
        raise Refused("A second person decides on the level: nobody can tick this off.", code="waits")
    if task.kind == reassessing.REASSESS and (reasons := reasons_cannot_finish(was_needed, "assess_risk" in capabilities_on(act.actor, case, act.at))):
        raise Refused(reasons, code="assess")
    task.done_at, task.done_by_id = act.at, act.actor.user_id
    task.outcome = outcome if was_needed else f"Not needed: {outcome}"
    task.save(update_fields=["done_at", "done_by", "outcome"])
    if task.kind == reassessing.REASSESS:
        reassessing.plan_after(act, case, task)
    chronology.record(
        act, case, "task", f"{'Done' if was_needed else 'Not needed'}: {task.title}"[:200], text=outcome, audience=Audience.AGENCY
    )
    return Change(subject=f"task:{task.pk}", case=case, after={"was_needed": was_needed}, result=task)


@case_action("case.stalking", "edit_people")
def set_stalking_element(act, case, *, has_stalking_element):
    """Record whether the case has a stalking element (SEED-092)."""
    before = case.has_stalking_element
    case.has_stalking_element = has_stalking_element
    case.save(update_fields=["has_stalking_element"])
    words = {True: "Yes", False: "No", None: "Not known"}[has_stalking_element]
    chronology.record(act, case, "risk", f"Stalking element: {words}")
    return Change(subject="case", case=case, before={"has_stalking_element": before}, after={"has_stalking_element": has_stalking_element})


@case_action("case.prioritise", "add_entry")
def set_priority(act, case, *, priority, why):
    """Say how soon a case must be worked on, and why; it is no level of risk."""
    if reasons := reasons_closed(case.is_open):
        raise Refused(reasons, code="closed")
    if priority == case.priority:
        raise Refused("The case has this priority already.", code="same", field="priority")
    before, case.priority = case.priority, priority
    case.save(update_fields=["priority"])
    chronology.record(act, case, "risk", f"Priority {Priority(priority).label}", text=why)
    return Change(subject="case", case=case, before={"priority": before}, after={"priority": priority})
