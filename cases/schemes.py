"""Requests under the disclosure scheme and MAPPA markers as pages show them. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from cases.access import readable
from cases.compiled import instant
from cases.extensions import NextAction
from cases.models import Clock, DvdsRequest, DvdsStep, Marker, Party
from cases.models.people import Role
from cases.models.schemes import MappaCategory
from cases.rules import schemes as rules
from cases.rules.clocks import AHEAD_DAYS, LONDON, end_of

DAYS = 28  # the statutory guidance's limit for the whole of a request (domain section 11)


@dataclass(frozen=True)
class RequestRow:
    """A request as the case page shows it."""

    id: int
    subject: str
    is_finished: bool
    days: int
    due_at: datetime
    is_over: bool  # the promise that runs was missed; without one, the last day has passed

    @property
    def in_words(self):
        if self.is_finished:
            return f"Finished. Took {self.days} of {DAYS} days"
        left = DAYS - self.days
        if left == 0:
            return f"The {DAYS} days are over" if self.is_over else f"Today is the last of the {DAYS} days"
        plural = "" if abs(left) == 1 else "s"
        return f"{left} of {DAYS} days left" if left > 0 else f"{-left} day{plural} over the {DAYS} days"

    @property
    def is_late(self):
        return self.days > DAYS or self.is_over


@dataclass(frozen=True)
class MarkerRow:
    """How an alleged perpetrator is managed, as the case page shows it."""

    party_id: int
    name: str
    words: str
    review_on: date | None
    is_review_due: bool


def next_actions(page, may):
    """The requests that are under way, by the day on which the scheme wants them finished, and the reviews that come. Nothing here asks the database."""
    if "add_entry" not in may:
        return []
    actions = []
    for one in page.requests:
        if not one.is_finished:
            url = reverse("dvds", args=[page.case.reference, one.id])
            actions.append(NextAction("Record the next step under Clare’s Law", url, f"{one.subject}. {one.in_words}.", one.due_at, is_urgent=one.is_late))
    today = page.at.astimezone(LONDON).date()
    for one in page.markers:
        if one.review_on and one.review_on <= today + timedelta(days=AHEAD_DAYS):
            url, why = reverse("marker_set", args=[page.case.reference, one.party_id]), f"{one.name}: {one.words}."
            actions.append(NextAction("Review how the alleged perpetrator is managed", url, why, end_of(one.review_on), is_urgent=one.is_review_due))
    return actions


def requests_of_case(actor, case, at):
    """The requests of a case, for the case page's one statement."""
    about = Concat(Value("dvds:"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    promised = Clock.objects.filter(case=case, kind="dvds", about=about, stopped_at=None).values("due_at")[:1]
    return DvdsRequest.objects.filter(case=case).values(
        "id", "asked_at", "finished_at", "subject__person__given_name", "subject__person__family_name", promised_at=Subquery(promised)
    )


def markers_of_case(actor, case, at):
    """The latest marker of each alleged perpetrator of a case, for the case page's one statement."""
    return (
        Marker.objects.filter(case=case)
        .order_by("party_id", "-recorded_at", "-id")
        .distinct("party_id")
        .values("party_id", "mappa_category", "mappa_level", "is_iom", "review_on", "party__person__given_name", "party__person__family_name")
    )


def request_rows(found, at):
    """The requests for a page: those that run first."""
    return sorted((_request(row, at) for row in found), key=lambda one: (one.is_finished, one.id))


def marker_rows(found, at):
    """The markers for a page; whoever is under neither scheme is left out."""
    today = at.astimezone(LONDON).date()
    return [_marker(row, today) for row in found if row["mappa_category"] != MappaCategory.NONE or row["is_iom"]]


def of_each(actor, case, at):
    """Each alleged perpetrator of a case with how they are managed, or None where nothing is recorded: (party, row)."""
    managed = {row.party_id: row for row in marker_rows(markers_of_case(actor, case, at), at)}
    return [(party, managed.get(party.pk)) for party in Party.objects.filter(case=case, role=Role.PERPETRATOR).select_related("person")]


def _request(row, at):
    asked_at, finished_at, promised_at = (instant(value) if isinstance(value, str) else value for value in (row["asked_at"], row["finished_at"], row["promised_at"]))
    # One deadline, that of the promise, for as long as it runs: else the page would say that it was missed and that a day is left.
    due_at = promised_at or end_of(asked_at.astimezone(LONDON).date() + timedelta(days=DAYS))
    is_finished = finished_at is not None
    return RequestRow(row["id"], _name(row, "subject"), is_finished, rules.days_taken(asked_at, finished_at or at), due_at, not is_finished and at > due_at)


def _marker(row, today):
    review_on = date.fromisoformat(row["review_on"]) if isinstance(row["review_on"], str) else row["review_on"]
    words = [f"MAPPA category {row['mappa_category']}, level {row['mappa_level']}"] if row["mappa_category"] != MappaCategory.NONE else []
    words += ["IOM"] if row["is_iom"] else []
    return MarkerRow(row["party_id"], _name(row, "party"), "; ".join(words), review_on, review_on is not None and review_on < today)


def _name(row, who):
    return " ".join(filter(None, (row[f"{who}__person__given_name"], row[f"{who}__person__family_name"]))) or "Name not known"


def steps(actor, one):
    """The steps of a request in the order in which they happened; `may_read` says whether this reader may read what each found."""
    found = list(DvdsStep.objects.filter(request=one).select_related("agency", "recorded_by"))
    may = set(readable(actor, DvdsStep.objects.filter(request=one)).values_list("pk", flat=True))
    for step in found:
        step.may_read = step.pk in may
    return found


def request_of(case, request_id):
    """A request of a case; None where the case has no such request."""
    return DvdsRequest.objects.filter(pk=request_id, case=case).select_related("at_risk__person", "subject__person", "agency", "recorded_by").first()
