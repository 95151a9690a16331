"""Saying that something has happened, or will, for which the risk of a case is assessed again (domain 1.5)."""

from django.urls import reverse

from cases import chronology, perpetrator_access, reassessing
from cases.gate import Change, Refused, case_action
from cases.models import RiskEvent
from cases.rules import reassessment as rules
from cases.rules.clocks import LONDON
from cases.rules.closing import reasons_closed
from ui.times import local_date

NOT_YET = "Nobody has assessed the risk of this case yet. Do that first; then say what changes it."
KNOWN = "Your agency has said so already for this day."


@case_action("risk.event", "add_entry", counts=False)
def record_risk_event(act, case, *, kind, happened_on):
    """Something happened, or will on a day, that can change the risk: it is to be assessed again. Whoever hears of it says so."""
    if reasons := reasons_closed(case.is_open):
        raise Refused(reasons, code="closed")
    if kind not in rules.CAUSES or not rules.CAUSES[kind].is_by_hand:
        raise Refused("Choose what has happened.", code="kind", field="kind")
    is_access = kind in perpetrator_access.EVENTS
    if not case.risk_level and not is_access:
        raise Refused(NOT_YET, code="not_assessed")
    if reasons := rules.reasons_day_impossible(kind, happened_on, act.at.astimezone(LONDON).date()):
        raise Refused(reasons, code="day", field="happened_on")
    event = reassessing.happened(act, case, kind, happened_on)
    # Said twice of one day, he may have come out only now: what was checked in between does not hold.
    is_new = perpetrator_access.changed(act, case, kind, on=happened_on) if is_access else False
    if event is None and not is_new:
        raise Refused(KNOWN, code="known", field="kind")
    if event is None:
        chronology.record(act, case, "risk", RiskEvent(kind=kind).get_kind_display(), text=local_date(happened_on))
        return Change(
            subject="access", case=case, led_to=reverse("risk_over_time", args=[case.reference]), after={"kind": kind, "happened_on": happened_on.isoformat()},
        )
    chronology.record(act, case, "risk", f"The risk is to be assessed again: {RiskEvent(kind=kind).get_kind_display()}", text=local_date(happened_on))
    return Change(
        subject=f"risk_event:{event.pk}", case=case, result=event, led_to=reverse("risk_over_time", args=[case.reference]),
        after={"kind": kind, "happened_on": happened_on.isoformat()},
    )
