"""The action to assess a risk again: what raises it (domain 1.5), and that a signed assessment settles it for every agency that had it to do."""

from agencies.gate import inside
from cases.models import Task

REASSESS = "reassess"


def settle(act, case):
    """The risk was assessed: whoever was asked to do so need not, inside the gate that signs."""
    assert inside(), "an action is settled inside a gate"
    Task.objects.filter(case=case, kind=REASSESS, done_at=None).update(done_at=act.at, done_by_id=act.actor.user_id, outcome="The risk was assessed again.")
