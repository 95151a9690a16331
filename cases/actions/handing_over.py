"""Handing several cases to somebody else at once: each case by itself, through the gate, with a line of its own in the log.

A case that cannot move stays where it is and says why; the others go. All or nothing would let one unexplained promise hold back the
cases of somebody who is off sick.
"""

from uuid import uuid5

from django.core.exceptions import PermissionDenied
from django.http import Http404

from agencies.gate import AlreadyDone, Refused
from cases.actions.sharing import allocate
from cases.rules.caseload import reasons_says_too_little

NOT_YOURS = "You cannot allocate this case."


def hand_over(actor, references, *, worker, was, reason, once):
    """Give cases that one worker (or nobody) holds to another. Returns the references that went, and why each of the others did not.

    Raises Refused where the reason says too little; then nothing has moved. `once` is the form's token: sent twice, each case moves once.
    """
    if reasons := reasons_says_too_little(reason):
        raise Refused(reasons, code="reason", field="reason")
    went, stayed = [], {}
    for reference in references:
        try:
            allocate(actor, reference, worker=worker, was=was, reason=reason.strip(), once=uuid5(once, reference))
        except AlreadyDone:
            went.append(reference)
        except Refused as refusal:
            stayed[reference] = " ".join(refusal.reasons)
        except (PermissionDenied, Http404):
            # Not allowed and not there are told alike: a reference may have been typed.
            stayed[reference] = NOT_YOURS
        else:
            went.append(reference)
    return went, stayed
