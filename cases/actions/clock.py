"""What people do about a promise: say why it was missed, or stop it because it cannot or need not be kept."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from agencies import policies
from agencies.gate import inside
from cases import chronology, clocks, extensions
from cases.access import capabilities_on
from cases.attempts import tries_since
from cases.gate import Change, Refused, case_action
from cases.models import Clock
from cases.models.clock import ClockOutcome
from cases.rules.clocks import reasons_cannot_move_on
from cases.rules.contact import reasons_cannot_give_up, reasons_own_promise


@case_action("clock.explain", "explain_breach")
def explain_breach(act, case, *, clock_id, reason):
    """Say why a promise of one's own agency was missed."""
    clock = _own_clock(act, case, clock_id)
    explain(act, case, clock, reason)
    return Change(subject=f"clock:{clock.pk}", case=case, result=clock)


def explain(act, case, clock, reason):
    """Keep the reason for a missed promise, inside a gate, once. Raises Refused where it was kept, or explained already."""
    assert inside(), "a reason is kept inside a gate"
    if not clock.is_breached(act.at):
        raise Refused("This promise was not missed.", code="not_missed")
    if clock.is_explained:
        raise Refused("Somebody has said already why this promise was missed.", code="explained")
    clock.breach_reason, clock.breach_explained_at, clock.breach_explained_by_id = reason, act.at, act.actor.user_id
    clock.save(update_fields=["breach_reason", "breach_explained_at", "breach_explained_by"])
    promise = clocks.KINDS[clock.kind].promise
    chronology.record(act, case, "clock", f"Why a promise was missed: {promise}", text=reason)


@case_action("clock.give_up", "explain_breach")
def stop_promise(act, case, *, clock_id, outcome, reason):
    """Stop a promise of one's own agency that need not, or cannot, be kept."""
    clock = _own_clock(act, case, clock_id)
    if clock.about.partition(":")[0] in extensions.KEPT_ON:
        raise Refused("This promise ends with what is recorded about it on its own page, not by hand.", code="kept_elsewhere")
    if outcome == ClockOutcome.UNABLE and clock.kind not in clocks.CONTACT:
        raise Refused("Only a promise to reach somebody can stop because nobody can be reached.", code="not_contact", field="outcome")
    if outcome == ClockOutcome.UNABLE:
        if "countersign" not in capabilities_on(act.actor, case, act.at):
            raise Refused("A manager must decide that nobody can be reached. Ask yours.", code="needs_manager", field="outcome")
        if reasons := reasons_own_promise({clock.owner_id}, act.actor.user_id):
            raise Refused(reasons, code="own_promise", field="outcome")
        limit = policies.in_force("contact.attempt_limit", clock.agency_id, act.at).whole
        if reasons := reasons_cannot_give_up(tries_since(case, clock.agency_id, clock.started_at), limit):
            raise Refused(reasons, code="too_few_attempts", field="outcome")
    elif outcome != ClockOutcome.NOT_NEEDED:
        raise ValueError(f"a promise cannot be stopped as {outcome}")
    if clock.is_breached(act.at) and not clock.is_explained:
        raise Refused(reasons_cannot_move_on(1), code="unexplained")
    clocks.stop(act, clock, outcome, reason=reason)
    chronology.record(
        act, case, "clock", f"Promise stopped: {clocks.KINDS[clock.kind].promise}", text=f"{ClockOutcome(outcome).label}. {reason}",
    )
    return Change(subject=f"clock:{clock.pk}", case=case, after={"outcome": outcome}, result=clock)


def _own_clock(act, case, clock_id):
    clock = Clock.objects.filter(pk=clock_id, case=case).first()
    if clock is None:
        raise Http404
    if clock.agency_id != act.actor.agency_id:
        raise PermissionDenied("another agency's promise")
    clock.case = case
    return clock
