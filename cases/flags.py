"""Safety flags as they stand: what each asks of whoever works on the case, which ways of contact they bar, and what waits to be done about them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from cases import second_person
from cases.compiled import instant
from cases.extensions import NextAction
from cases.models import FlagRemoval, SafetyFlag
from cases.rules import flags as rules
from cases.rules.clocks import LONDON, end_of
from cases.rules.contact import not_before

AHEAD = timedelta(days=7)  # a flag is reviewed every few weeks: shown for longer, its review would never leave the page


@dataclass(frozen=True)
class FlagRow:
    """One flag that stands, as the case page says it. At level summary the id, the reason and the day of the review are left out."""

    kind: str
    id: int = 0
    reason: str = ""
    by: str = ""
    raised_at: datetime | None = None
    review_on: date | None = None
    is_overdue: bool = False
    removal_proposed_by: int | None = None

    @property
    def label(self):
        return rules.KINDS[self.kind].label

    @property
    def what_to_do(self):
        return rules.KINDS[self.kind].what_to_do


def standing(case):
    """The flags that stand on a case."""
    return SafetyFlag.objects.filter(case=case, removed_at=None)


def kinds_only(actor, case, at):
    """What everybody learns who knows of the case, for their safety: the kinds that stand. Why stays in the database."""
    return standing(case).values("kind")


def in_full(actor, case, at):
    """The flags that stand with why, since when and until when: for who reads what partners share."""
    waiting = FlagRemoval.objects.filter(flag=OuterRef("pk"), decided_at=None).values("proposed_by")[:1]
    return standing(case).values(
        "id", "kind", "reason", "raised_at", "review_on", "raised_by__full_name", "agency__short_name", removal_proposed_by=waiting,
    )


def rows(read, at):
    """The rows that a statement gave of one of the two queries above, in the order in which they are to be read."""
    today = at.astimezone(LONDON).date()
    order = rules.in_order(row["kind"] for row in read)
    return sorted((_row(row, today) for row in read), key=lambda flag: order.index(flag.kind))


def _row(row, today):
    if "id" not in row:
        return FlagRow(row["kind"])
    review_on = date.fromisoformat(row["review_on"])
    return FlagRow(
        row["kind"], row["id"], row["reason"], f"{row['raised_by__full_name']}, {row['agency__short_name']}", instant(row["raised_at"]), review_on,
        rules.is_review_overdue(review_on, today), row["removal_proposed_by"],
    )


def kinds_now(case):
    """The kinds that stand on a case now."""
    return list(standing(case).values_list("kind", flat=True))


def kinds_at(case, at):
    """The kinds that stood at an instant, which may be past: what an attempt of that time is judged by."""
    flags = SafetyFlag.objects.filter(case=case).values_list("kind", "raised_at", "removed_at")
    return [kind for kind, raised_at, removed_at in flags if raised_at <= not_before(at, raised_at) and (removed_at is None or at < removed_at)]


def shown_before_contact(case):
    """The flags that stand, by kind alone: what is read before somebody tries to reach the victim/survivor."""
    return [FlagRow(kind) for kind in rules.in_order(kinds_now(case))]


def next_actions(actor, page, may):
    """What waits to be done about the flags: a second person decides, a review is due. Nothing here asks the database."""
    actions, soon = [], page.at.astimezone(LONDON).date() + AHEAD
    for flag in page.flags:
        if second_person.is_for(flag.removal_proposed_by, actor.user_id) and second_person.may_decide(may):
            why = f"{flag.label}: somebody proposed to remove it. It stands until a second person has decided."
            actions.append(NextAction("Decide on removing a flag", _url(page), why))
        if flag.review_on and flag.review_on <= soon and "add_entry" in may:
            actions.append(NextAction("Review a safety flag", _url(page), flag.label, end_of(flag.review_on), is_urgent=flag.is_overdue))
    return actions


def _url(page):
    return reverse("case_flags", args=[page.case.reference])


def with_history(case):
    """Every flag that ever stood on a case, those that stand first, each with its reviews and what was proposed and decided."""
    proposed = FlagRemoval.objects.filter(flag=OuterRef("pk"), decided_at=None)
    return (
        SafetyFlag.objects.filter(case=case)
        .annotate(is_proposed=Exists(proposed), is_gone=Q(removed_at__isnull=False))
        .select_related("raised_by", "agency")
        .prefetch_related("reviews__by", "reviews__agency", "removals__proposed_by", "removals__decided_by", "removals__agency")
        .order_by("is_gone", "raised_at", "id")
    )
