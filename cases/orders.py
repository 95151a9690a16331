"""Protective orders as pages show them: what is in force on a day, what is left of it, what waits to be done. Reads only.

What is said follows from the days of an order and the day of the page, never from whether anything has run in the night.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse

from agencies import policies
from cases.access import readable
from cases.compiled import instant
from cases.extensions import NextAction
from cases.models import Order, OrderBreach, OrderProtects, OrderWording
from cases.protected_places import places_of
from cases.rules import orders as rules
from cases.rules.clocks import AHEAD_DAYS, LONDON, end_of
from cases.rules.named_places import names_a_place
from cases.rules.order_types import TYPES

TAGS = {
    rules.APPLIED: ("Applied for", "blue"),
    rules.REFUSED: ("Refused", "grey"),
    rules.ENDED: ("Ended", "grey"),
    rules.OVER: ("Time ran out", "orange"),
    rules.NOT_YET: ("Not yet in force", "blue"),
    rules.IN_FORCE: ("In force", "green"),
    rules.NOT_SERVED: ("Not served", "red"),
    rules.SOON: ("Ends soon", "orange"),
}
LAST_DAYS = timedelta(days=7)  # a court takes days to extend one: from here on it presses
_ROW = (
    "starts_on", "ends_on", "order_id", "order__kind", "order__state", "order__served_at", "order__heard_at", "order__respondent__person__given_name",
    "order__respondent__person__family_name",
)


@dataclass(frozen=True)
class OrderRow:
    """An order as a list shows it, on the day of the page."""

    id: int
    kind: str
    label: str
    respondent: str
    starts_on: date | None
    ends_on: date | None
    served_at: datetime | None
    stands: tuple[str, ...]
    left: str
    breaches: int

    @property
    def tags(self):
        found = [TAGS[code] for code in self.stands]
        return [*found, (f"Breached {self.breaches} time{'' if self.breaches == 1 else 's'}", "red")] if self.breaches else found

    @property
    def is_current(self):
        return self.stands[0] in (rules.IN_FORCE, rules.NOT_YET, rules.APPLIED)

    @property
    def is_made(self):
        return self.stands[0] in (rules.IN_FORCE, rules.NOT_YET)

    @property
    def is_not_served(self):
        return rules.NOT_SERVED in self.stands

    @property
    def is_over_unsaid(self):
        """Its last day has passed, and nobody has written down that it ended."""
        return self.stands[0] == rules.OVER

    @property
    def is_notice(self):
        return TYPES[self.kind].is_notice

    @property
    def breach(self):
        return TYPES[self.kind].breach


def next_actions(page, may):
    """The orders that end within the days in which it is due, whenever an agency is alerted, and those whose last day has passed unsaid. Nothing here asks the database."""
    if "add_entry" not in may:
        return []
    actions, ahead = [], page.at.astimezone(LONDON).date() + timedelta(days=AHEAD_DAYS)
    for one in page.orders:
        url = reverse("order", args=[page.case.reference, one.id])
        if one.is_over_unsaid:
            actions.append(NextAction("Say what has become of an order", url, f"{one.label}: its last day has passed.", end_of(one.ends_on), is_urgent=True))
        elif one.is_made and one.ends_on and one.ends_on <= ahead and not one.is_notice:  # of a notice the court's decision is asked for
            last_days = end_of(one.ends_on) - page.at <= LAST_DAYS
            actions.append(NextAction("Check whether an order is extended", url, f"{one.label} against {one.respondent}.", end_of(one.ends_on), is_urgent=last_days))
    return actions


def of_case(actor, case, at):
    """The newest wording of each order of a case, for the case page's one statement."""
    return OrderWording.objects.filter(case=case, replaced_by=None).values(
        *_ROW, soon_days=policies.subquery("orders.first_alert_days", "order__agency", at), breaches=Subquery(_breaches(actor))
    )


def _breaches(actor):
    """How many breaches of an order this reader may read of."""
    logged = readable(actor, OrderBreach.objects.filter(order=OuterRef("order")))
    return logged.order_by().values("order").annotate(count=Count("pk")).values("count")


def rows(found, at):
    """The orders of a case for a page: what is in force first, by when it ends; what is over last."""
    today = at.astimezone(LONDON).date()
    shown = [_row(row, today) for row in found]
    return sorted(shown, key=lambda one: (not one.is_current, one.is_over_unsaid is False, one.ends_on or date.max, one.id))


def list_of(actor, case, at):
    """Every order of a case, for its own page."""
    return rows(of_case(actor, case, at), at)


def _row(row, today):
    served_at, ends_on, starts_on = row["order__served_at"], row["ends_on"], row["starts_on"]
    served_at = instant(served_at) if isinstance(served_at, str) else served_at
    starts_on, ends_on = (date.fromisoformat(day) if isinstance(day, str) else day for day in (starts_on, ends_on))
    stands = tuple(rules.standing(row["order__state"], starts_on, ends_on, served_at is not None, int(row["soon_days"]), today))
    name = " ".join(filter(None, (row["order__respondent__person__given_name"], row["order__respondent__person__family_name"]))) or "Name not known"
    one = TYPES[row["order__kind"]]
    left = rules.days_left(ends_on, today) if stands[0] in (rules.IN_FORCE, rules.NOT_YET, rules.OVER) else ""
    if one.is_notice and left and ends_on is None:
        left = "Until the court has decided"
    return OrderRow(row["order_id"], row["order__kind"], one.label, name, starts_on, ends_on, served_at, stands, left, row["breaches"] or 0)


@dataclass(frozen=True)
class Wording:
    """What an order said from one time on; `terms` is None for a reader who may not see the protected place that they name."""

    row: OrderWording
    protects: list[str]
    terms: str | None


def wordings(order, may):
    """What an order says now, and before that: newest first, in two queries, with one more for who may not see protected places."""
    found = list(OrderWording.objects.filter(order=order).select_related("agency", "recorded_by").order_by("-id"))
    people = {}
    for one in OrderProtects.objects.filter(wording__order=order).select_related("party__person"):
        people.setdefault(one.wording_id, []).append(f"{one.party.person.name} ({one.party.get_role_display().lower()})")
    places = [] if "see_protected_address" in may else places_of(order.case_id)
    return [Wording(one, people.get(one.pk, []), None if places and names_a_place(one.terms, places) else one.terms) for one in found]


def breaches(actor, order):
    """The breaches of an order that this reader may read of, the latest first."""
    return list(readable(actor, OrderBreach.objects.filter(order=order)).select_related("agency", "recorded_by"))


def order_of(case, order_id):
    """An order of a case with its people; None where the case has no such order."""
    return (
        Order.objects.filter(pk=order_id, case=case)
        .select_related("respondent__person", "agency", "recorded_by", "ended_by", "follows", "case")
        .first()
    )

