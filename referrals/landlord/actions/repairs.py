"""Deciding whether damage is charged to the victim/survivor (SEED-088)."""

from cases import chronology
from cases.gate import Change, Refused, case_action, refuse_closed
from cases.models.chronology import Audience
from cases.protected_places import places_of
from cases.rules.children import reasons_names_place
from referrals.landlord import rules
from referrals.landlord.whose import refuse_others
from referrals.models import RepairWaiver


@case_action("repair.decide", "add_entry")
def decide_repair(act, case, *, damage, caused, asked, decision, audience, charged=None, why=""):
    """Decide whether a repair is charged: the rule advises, a person decides."""
    refuse_others(act.actor)
    refuse_closed(case)
    shared = {"damage": damage, "why": why} if audience == Audience.PARTNERS else {}
    for field, reason in (rules.reasons_charge(caused, decision, asked, charged, why) | reasons_names_place(shared, places_of(case))).items():
        raise Refused(reason, code=f"repair:{field}", field=field)
    sum_charged = rules.charged_in_full(decision, asked, charged)
    made = RepairWaiver.objects.create(
        case=case, agency_id=act.actor.agency_id, damage=damage, caused=caused, asked_pence=asked, decision=decision, charged_pence=sum_charged, waiver_why=why,
        audience=audience, decided_at=act.at, decided_by_id=act.actor.user_id,
    )
    chronology.record(act, case, "task", f"Charge for a repair: {made.get_decision_display().lower()}", text=f"Damage by: {made.get_caused_display().lower()}.")
    after = {"decision": decision, "caused": caused, "asked_pence": asked, "charged_pence": sum_charged}
    return Change(subject=f"repair:{made.pk}", case=case, after=after, result=made, led_to=f"/cases/{case.reference}/repairs/")
