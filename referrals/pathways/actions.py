"""What people do with a pathway: record a step by hand, take that back, and change the pathway."""

from django.http import Http404
from django.urls import reverse

from cases import chronology
from cases.gate import Change, Refused, case_action, refuse_closed
from referrals.pathways import reading, rules
from referrals.pathways.models import PathwayChange, StepRecord
from referrals.routes import PATHWAYS


@case_action("pathway.step", "add_entry", counts=False)
def record_pathway_step(act, case, *, step, state, reason):
    """A step of the pathway was recorded by hand: done, or not needed with the reason."""
    refuse_closed(case)
    on_case = reading.of_case(act.actor, case, act.at)
    standing = on_case.standing(step) if on_case else None
    if state not in (rules.DONE, rules.NOT_NEEDED):
        raise Refused("Choose what has become of this step.", code="state", field="state")
    if reasons := rules.reasons_cannot_record(standing, state, reason):
        raise Refused(reasons, code="step", field="reason" if state == rules.NOT_NEEDED and not reason.strip() else "state")
    made = StepRecord.objects.create(
        case=case, pathway=on_case.pathway.code, version=on_case.pathway.version, step=step, state=state, reason=reason.strip(),
        agency_id=act.actor.agency_id, recorded_at=act.at, recorded_by_id=act.actor.user_id,
    )
    return Change(
        subject=f"step_record:{made.pk}", case=case, result=made, led_to=reverse("pathway", args=[case.reference]),
        after={"pathway": made.pathway, "version": made.version, "step": step, "state": state},
    )


@case_action("pathway.step_withdraw", "add_entry", counts=False)
def withdraw_pathway_step(act, case, *, step):
    """What was recorded of a step by hand was taken back: it is to be done again."""
    refuse_closed(case)
    record = StepRecord.objects.filter(case=case, pathway=case.pathway, step=step, withdrawn_at=None).first()
    if record is None:
        raise Http404
    if record.agency_id not in (act.actor.agency_id,) and case.lead_agency_id != act.actor.agency_id:
        raise Refused("Only the agency that recorded it, or the one that runs the case, can take it back.", code="agency")
    record.withdrawn_at, record.withdrawn_by_id = act.at, act.actor.user_id
    record.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return Change(subject=f"step_record:{record.pk}", case=case, before={"state": record.state}, after={"withdrawn": True}, led_to=reverse("pathway", args=[case.reference]))


@case_action("pathway.change", "edit_people")
def change_pathway(act, case, *, pathway, reason):
    """The case went over to another pathway, or to the newest version of its own, with the reason. What was recorded under the one before is kept."""
    refuse_closed(case)
    if pathway not in PATHWAYS:
        raise Refused("Choose a pathway.", code="pathway", field="pathway")
    on_case = reading.of_case(act.actor, case, act.at)
    current, newest = on_case.pathway if on_case else None, reading.newest(pathway, act.at)
    if current == newest:
        raise Refused("The case is on this pathway already.", code="same", field="pathway")
    before = f"{current.code}.{current.version}" if current else ""
    made = PathwayChange.objects.create(
        case=case, before=before, after=pathway, reason=reason, agency_id=act.actor.agency_id, changed_at=act.at, changed_by_id=act.actor.user_id,
    )
    case.pathway = pathway
    case.save(update_fields=["pathway"])
    chronology.record(act, case, "case", f"Pathway: {PATHWAYS[pathway].lower()}", text=reason)
    return Change(
        subject=f"pathway_change:{made.pk}", case=case, result=made, before={"pathway": before}, after={"pathway": f"{newest.code}.{newest.version}"},
        led_to=reverse("pathway", args=[case.reference]),
    )
