"""Asking a trained colleague for the DASH: whoever heard it is often not the one who may assess (domain 13.1, T7)."""

from agencies import policies
from agencies.gate import inside
from agencies.roles import roles_holding
from cases import chronology
from cases.calendar import is_working_day
from cases.gate import Change, Refused, case_action
from cases.models import Notification, Task
from cases.rules.clocks import deadline
from cases.rules.closing import reasons_closed
from cases.sharing import workers_for

ASKED = "assessment.asked"


def assessors_for(case, agency_id):
    """The people of an agency who may complete a DASH on this case."""
    return [person for person, _ in workers_for(case, agency_id, roles=roles_holding("see_case", "assess_risk"))]


def is_asked_for(case, agency_id):
    """Has somebody of this agency been asked, and not signed one yet?"""
    return Task.objects.filter(case=case, agency=agency_id, kind=ASKED, done_at=None).exists()


@case_action("assessment.ask", "add_entry")
def ask_to_assess(act, case, *, colleague, why=""):
    """A trained colleague was asked to complete a DASH, by a day that the agency has agreed. `colleague` is their id."""
    if reasons := reasons_closed(case.is_open):
        raise Refused(reasons, code="closed")
    if is_asked_for(case, act.actor.agency_id):
        raise Refused("Somebody at your agency has been asked already. It stands under what is next on the case.", code="asked")
    asked = next((person for person in assessors_for(case, act.actor.agency_id) if person.pk == int(colleague)), None)
    if asked is None:
        raise Refused("This person cannot assess. Choose somebody from the list.", code="whom", field="colleague")
    within = policies.in_force("dash.asked_within", act.actor.agency_id, act.at).allowance
    task = Task.objects.create(
        case=case, agency_id=act.actor.agency_id, owner=asked, kind=ASKED, origin=f"asked:{act.at.isoformat()}", title="Complete a DASH with the victim/survivor",
        why=why, raised_at=act.at, due_at=deadline(act.at, within.amount, within.unit, is_working_day),
    )
    if asked.pk != act.actor.user_id:
        Notification.objects.create(user=asked, case=case, kind=ASKED, at=act.at)
    chronology.record(act, case, "risk", f"{asked.full_name} was asked to assess the risk", text="")
    return Change(subject=f"task:{task.pk}", case=case, result=task, after={"asked": asked.pk, "due_at": task.due_at.isoformat()})


def answer_asked(act, case, agency_id):
    """A DASH was signed: whoever was asked for it has done it."""
    assert inside(), "what was asked for is answered inside the gate that signs"
    Task.objects.filter(case=case, agency=agency_id, kind=ASKED, done_at=None).update(done_at=act.at, done_by=act.actor.user_id, outcome="The DASH was signed.")
