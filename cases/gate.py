"""The gate for everything that is done to a case: the agencies' gate, with the case locked and the right to act checked under the lock."""

import functools

from django.db.models import F

from agencies.gate import Change, Refused, register, run
from cases.access import refusal, visible_cases
from cases.models import Case
from cases.rules.closing import reasons_closed


def case_action(verb, capability, *, counts=True):
    """Make a function the action `verb` on a case: called as `action(actor, case, **facts)`, written `def action(act, case, **facts) -> Change`.

    `case` may be a Case or a reference. Facts: `once` (a form's token: the same form twice is `AlreadyDone`), `revision` (the case's
    revision when the form was opened: a form older than somebody else's change is refused, nothing of it lost). An action that no
    form of the case can clash with (a note, an answer of a DASH) does not count as a change of it: `counts=False`.
    """

    def decorate(function):
        register(verb, capability, function)

        @functools.wraps(function)
        def action(actor, case, *, once=None, revision=None, **facts):
            reference = case if isinstance(case, str) else case.reference

            def body(act):
                # NO KEY UPDATE: it holds back other acts on the case, and not a row elsewhere that merely points to it (the sweep's notices).
                locked = visible_cases(actor, capability, act.at).filter(reference=reference).select_for_update(of=("self",), no_key=True).first()
                if locked is None:
                    raise refusal(actor, reference, act.at)
                if revision is not None and revision != locked.revision:
                    raise Refused(
                        "Somebody else changed this case after you opened the page. Check what they changed, then save again.", code="stale"
                    )
                change = function(act, locked, **facts)
                if counts:
                    Case.objects.filter(pk=locked.pk).update(revision=F("revision") + 1)
                return change

            return run(verb, actor, body, case_reference=reference, once=once)

        action.verb, action.capability = verb, capability
        return action

    return decorate


def refuse_closed(case):
    """Nothing is changed on a closed case: said once here for every action of which that is true."""
    if reasons := reasons_closed(case.is_open):
        raise Refused(reasons, code="closed")


__all__ = ["Change", "Refused", "case_action", "refuse_closed"]
