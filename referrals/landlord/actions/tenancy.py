"""What is done about the tenancy with the victim/survivor, and about the alleged perpetrator (SEED-085 to SEED-091). Nothing here is ever sent to anybody."""

from django.http import Http404

from agencies import policies
from cases import chronology
from cases.gate import Change, Refused, case_action, refuse_closed
from cases.models import Order, Party
from cases.models.chronology import Audience
from cases.models.people import Role
from cases.protected_places import places_of
from cases.rules.children import reasons_names_place
from cases.rules.clocks import LONDON
from referrals.landlord import rules
from referrals.landlord.whose import refuse_foreign, refuse_others
from referrals.models import LandlordAction, LandlordStep

WRITTEN = ("wishes_said", "weighing", "what_happened", "why_not", "without_advice", "no_protection")
CLAUSE = "tenancy.breach_clause"


@case_action("tenancy.add", "add_entry")
def add_action(act, case, *, kind, audience, party_id=None, order_id=None, next_on=None, **says):
    """Write down something that the landlord does or considers."""
    refuse_others(act.actor)
    refuse_closed(case)
    about, of = rules.KINDS[kind], None
    if about.side == rules.PERPETRATOR:
        of = Party.objects.filter(pk=party_id, case=case, role=Role.PERPETRATOR).first()
        if of is None:
            raise Refused("Select whom it concerns.", code="tenancy:party", field="party_id")
    order = Order.objects.filter(pk=order_id, case=case).first() if order_id else None
    if order_id and order is None:
        raise Http404
    clause = policies.in_force(CLAUSE, act.actor.agency_id, act.at).value if kind == "breach" else ""
    made = LandlordAction(
        case=case, agency_id=act.actor.agency_id, side=about.side, kind=kind, party=of, order=order, clause=clause, state=says["state"], audience=audience,
        recorded_at=act.at, recorded_by_id=act.actor.user_id,
    )
    _fits(act, case, made, "", next_on, audience, says)
    made.save()
    step = _take(act, made, next_on, audience, says)
    return _change(act, case, made, step, {})


@case_action("tenancy.step", "add_entry")
def take_step(act, case, *, action_id, audience, next_on=None, **says):
    """Write down how far something is now, and what the victim/survivor wants."""
    one = LandlordAction.objects.filter(pk=action_id, case=case).first()
    if one is None:
        raise Http404
    refuse_foreign(act.actor, one.agency_id)
    refuse_closed(case)
    before = {"state": one.state}
    _fits(act, case, one, one.state, next_on, audience, says)
    one.state = says["state"]
    if audience == Audience.PARTNERS:
        one.audience = audience
    step = _take(act, one, next_on, audience, says)
    return _change(act, case, one, step, before)


def _fits(act, case, one, before, next_on, audience, says):
    today = act.at.astimezone(LONDON).date()
    steps = LandlordAction.objects.filter(case=case, kind="legal_advice", state__in=[rules.UNDER_WAY, rules.DONE])
    reasons = rules.reasons_step(
        one.kind, before, says["state"], wishes=says["wishes"], wishes_said=says.get("wishes_said", ""), weighing=says.get("weighing", ""), why_not=says.get("why_not", ""),
        has_advice=one.kind == "end_joint" and steps.exists(), without_advice=says.get("without_advice", ""), protection=says.get("protection", ""),
        no_protection=says.get("no_protection", ""), happened_on=says["happened_on"], today=today,
    )
    if next_on and next_on <= today:
        reasons["next_on"] = "This must be after today."
    if audience == Audience.PARTNERS:
        reasons |= reasons_names_place({name: says.get(name, "") for name in WRITTEN}, places_of(case))
    for field, reason in reasons.items():
        raise Refused(reason, code=f"tenancy:{field}", field=field)


def _take(act, one, next_on, audience, says):
    one.next_on = next_on if one.state in rules.GOING else None
    one.save()
    return LandlordStep.objects.create(
        case=one.case, action=one, recorded_at=act.at, recorded_by_id=act.actor.user_id, state=says["state"], happened_on=says["happened_on"], wishes=says["wishes"],
        audience=audience, protection=says.get("protection", ""), **{name: says.get(name, "") for name in WRITTEN},
    )


def _change(act, case, one, step, before):
    """The chronology says that it was done; about the alleged perpetrator to the readers whom the agency chose, and without a word of what the victim/survivor wants."""
    audience = step.audience if one.side == rules.PERPETRATOR else Audience.PARTNERS
    chronology.record(act, case, "task", f"{one.get_kind_display()}: {one.get_state_display().lower()}", audience=audience)
    page = "tenancy" if one.side == rules.SURVIVOR else "tenancy/other"
    after = {"kind": one.kind, "state": one.state, "wishes": step.wishes, "audience": step.audience, "happened_on": step.happened_on.isoformat()}
    return Change(subject=f"tenancy:{one.pk}", case=case, before=before, after=after, result=one, led_to=f"/cases/{case.reference}/{page}/")
