"""What a landlord does on a case, as its pages show it; and what a pathway may ask of it. Reads only."""

from dataclasses import dataclass

from django.db.models import Exists

from cases import plans
from cases.access import readable
from cases.models import Answer, Assessment, SafetyFlag
from cases.models.chronology import Audience
from cases.models.people import Visibility
from cases.rules.plan import may_read
from referrals.landlord import rules
from referrals.models import LandlordAction, RepairWaiver, SecurityMeasure, SecurityOrder
from ui.times import local_time

TAGS = {
    "ordered": ("Ordered, not fitted yet", "orange"), "fitted": ("Fitted, not checked yet", "blue"), "checked": ("Fitted and checked", "green"),
    "cancelled": ("Cancelled", "grey"), "considered": ("Considered", "grey"), "decided": ("Decided", "blue"), "under_way": ("Under way", "blue"), "done": ("Done", "green"),
    "not_pursued": ("Not pursued", "grey"),
}


def pounds(pence):
    """A sum as a page says it: £1,204.50."""
    return f"{'−' if pence < 0 else ''}£{abs(pence) / 100:,.2f}"


@dataclass(frozen=True)
class MeasureRow:
    """One kind of measure in an order; what it costs is for the agency that pays."""

    one: SecurityMeasure
    sees_cost: bool

    @property
    def words(self):
        return self.one.words

    @property
    def tag(self):
        return TAGS[self.one.state]

    @property
    def cost(self):
        return pounds(self.one.cost_pence) if self.sees_cost else ""

    @property
    def told(self):
        """What has become of it, in a line."""
        one = self.one
        if one.state == rules.CANCELLED:
            return f"{local_time(one.cancelled_at)}, {one.cancelled_by.full_name}. {one.cancel_reason}"
        parts = [f"Fitted {local_time(one.fitted_at)} by {one.fitter}."] if one.fitted_at else []
        parts += [f"Checked {local_time(one.checked_at)} by {one.checked_by.full_name}."] if one.checked_at else []
        return " ".join([*parts, *([f"Ordered again: {one.fault}"] if one.fault else [])])


@dataclass(frozen=True)
class OrderRow:
    """An order with its measures, and the visit that is planned."""

    order: SecurityOrder
    measures: list
    visits: list
    is_ours: bool

    @property
    def is_open(self):
        return any(row.one.state == rules.ORDERED for row in self.measures)

    @property
    def awaits_check(self):
        return any(row.one.state == rules.FITTED for row in self.measures)

    @property
    def visit(self):
        return self.visits[0] if self.visits else None

    @property
    def total(self):
        if not any(row.sees_cost for row in self.measures):
            return ""
        return pounds(sum(row.one.cost_pence for row in self.measures if row.one.state != rules.CANCELLED))


def orders(actor, case):
    """The orders of a case, the newest first; a constant number of queries."""
    return [_row(actor, order) for order in _orders(case)]


def order_of(actor, case, order_id):
    """One order; None where the case has no such order."""
    found = _orders(case).filter(pk=order_id).first()
    return _row(actor, found) if found else None


def _orders(case):
    found = SecurityOrder.objects.filter(case=case).select_related("agency", "ordered_by", "case", "payer")
    return found.prefetch_related("measures__checked_by", "measures__cancelled_by", "visits__planned_by")


def _row(actor, order):
    measures = [MeasureRow(one, order.payer_id == actor.agency_id) for one in order.measures.all()]
    return OrderRow(order, measures, list(order.visits.all()), order.agency_id == actor.agency_id)


def fire_is_spoken_of(case, may):
    """Where something that this reader may read lets somebody fear arson: the names of the places, without their words."""
    plan = plans.newest(case)
    said = {
        "the safety plan": [text for code, text in plan.texts.items() if may_read(code, may)] if plan else [],
        "a safety flag": SafetyFlag.objects.filter(case=case, removed_at=None).values_list("reason", flat=True),
    }
    latest = Assessment.objects.filter(case=case, signed_at__isnull=False).order_by("-signed_at", "-pk").first()
    said["the risk assessment"] = Answer.objects.filter(assessment=latest).exclude(comment="").values_list("comment", flat=True) if latest else []
    return [where for where, texts in said.items() if rules.speaks_of_fire(texts)]


def home_of(victim):
    """(the lines of the home, is it protected): of a protected one no line. None where no address is recorded."""
    address = victim.addresses.filter(until_at=None).order_by("-from_at", "-pk").first()
    if address is None:
        return None
    is_hidden = address.visibility != Visibility.NORMAL
    return ("" if is_hidden else "\n".join(filter(None, [address.lines, address.postcode])), is_hidden)


def waivers(actor, case):
    """The decisions about charges, the newest first. Sums are for the agency that decided, words for whom it chose."""
    return [
        {
            "one": one, "reads": one.audience == Audience.PARTNERS or one.agency_id == actor.agency_id, "asked": pounds(one.asked_pence), "charged": pounds(one.charged_pence),
            "is_ours": one.agency_id == actor.agency_id,
        }
        for one in RepairWaiver.objects.filter(case=case).select_related("agency", "decided_by")
    ]


@dataclass(frozen=True)
class ActionRow:
    """Something about the tenancy, with its steps; their words only for whom the agency chose."""

    one: LandlordAction
    steps: list  # (a step, may its words be read), the newest first
    is_ours: bool

    @property
    def tag(self):
        """How far it is, as far as this reader may know."""
        return TAGS[self.steps[0][0].state]

    @property
    def rule(self):
        return rules.KINDS[self.one.kind].rule


def actions(actor, case, side):
    """What is done about the tenancy; about the alleged perpetrator only what this reader's agency wrote, or was shown."""
    found = LandlordAction.objects.filter(case=case, side=side)
    if side == rules.PERPETRATOR:
        found = readable(actor, found)
    found = found.select_related("agency", "recorded_by", "party__person", "order").prefetch_related("steps__recorded_by")
    return [_action(actor, one) for one in found]


def action_of(actor, case, action_id):
    """One of them; None where this reader may not know of it."""
    one = LandlordAction.objects.filter(case=case, pk=action_id).select_related("agency", "recorded_by", "party__person", "order").first()
    row = _action(actor, one) if one else None
    return row if row and row.steps else None


def _action(actor, one):
    is_ours = one.agency_id == actor.agency_id
    steps = [(step, is_ours or step.audience == Audience.PARTNERS) for step in one.steps.all()]
    # Of what is done about the alleged perpetrator a step that was not shared is not there.
    return ActionRow(one, [(step, reads) for step, reads in steps if reads or one.side == rules.SURVIVOR], is_ours)


def _has(rows):
    return lambda case: Exists(rows.filter(case=case))


# For a query over cases: FACTS["security_order"](OuterRef("pk")).
FACTS = {
    "security_order": _has(SecurityOrder.objects.all()),
    "security_fitted": lambda case: Exists(SecurityMeasure.objects.filter(case=case, state__in=[rules.FITTED, rules.CHECKED]))
    & ~Exists(SecurityMeasure.objects.filter(case=case, state=rules.ORDERED)),
    "waiver_decided": _has(RepairWaiver.objects.all()),
    "tenancy_action": _has(LandlordAction.objects.filter(side=rules.SURVIVOR)),
    "perpetrator_action": _has(LandlordAction.objects.filter(side=rules.PERPETRATOR)),
}
