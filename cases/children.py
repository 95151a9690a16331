"""The children of a case as pages show them: who waits for a decision, what is known of each, what they said. Reads only."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from cases import extensions
from cases.access import readable
from cases.compiled import instant
from cases.extensions import NextAction
from cases.models import ChildDecision, ChildDetails, ChildNote, ChildrenAsked, ChildRisk, Party
from cases.models.children import PLACES, Decision
from cases.models.people import Role
from cases.rules import children as rules
from cases.rules.clocks import LONDON
from cases.rules.people import called


@dataclass(frozen=True)
class ChildRow:
    """A child as the top of the case and the list of children say it."""

    party_id: int
    name: str
    decision: str
    is_under_age: bool
    is_unborn: bool
    expected_on: date | None

    @property
    def needs_decision(self):
        return rules.needs_decision(self.is_under_age, self.decision)

    @property
    def tag(self):
        if self.needs_decision:
            return "No decision yet", "red"
        return {Decision.VICTIM: ("A victim in their own right", "purple"), Decision.NOT_AFFECTED: ("Not affected", "grey")}.get(self.decision, ("18 or over", "grey"))


def asked_of_case(actor, case, at):
    """What was last answered when somebody asked about children, for the case page's one statement."""
    return ChildrenAsked.objects.filter(case=case).values("answer")[:1]


def decisions_of_case(actor, case, at):
    """The latest decision about each child, for the case page's one statement."""
    return ChildDecision.objects.filter(case=case).order_by("party_id", "-id").distinct("party_id").values("party_id", "decision")


def rows(people, decisions, at):
    """The children among the people of a case, as a statement or `.values()` gave them (case_reads), with what was decided."""
    decided = {row["party_id"]: row["decision"] for row in decisions}
    today = at.astimezone(LONDON).date()
    return [_row(row, decided.get(row["id"], ""), today) for row in people if row["role"] == Role.CHILD]


def _row(row, decision, today):
    born, expected_on = _day(row["person__date_of_birth"]), _day(row["expected_on"])
    recorded_at = row["person__recorded_at"]
    age = rules.age_known(born, row["person__approximate_age"], instant(recorded_at) if isinstance(recorded_at, str) else recorded_at, today)
    name = called(row["person__given_name"], row["person__family_name"], row["is_unborn"])
    return ChildRow(row["id"], name, decision, rules.is_child(age, row["is_unborn"]), row["is_unborn"], expected_on)


def _day(value):
    return date.fromisoformat(value) if isinstance(value, str) else value


def next_actions(page, may):
    """What waits to be done about the children. Nothing here asks the database."""
    actions, reference = [], page.case.reference
    waiting = [row for row in page.children if row.needs_decision]
    if "add_entry" in may and rules.should_ask(len(page.children), page.children_asked):
        why = "Of either of them; living elsewhere, away, or not yet born too."
        why = why if page.children_asked else f"Nobody has asked yet. {why}"
        actions.append(NextAction("Ask about children", reverse("children_ask", args=[reference]), why))
    if "edit_people" in may and rules.should_add(len(page.children), page.children_asked):
        actions.append(NextAction("Add each child", f"{reverse('person_add', args=[reference])}?role=child", "There are children, and none is on the case yet."))
    if "add_entry" in may and waiting:
        first = reverse("child_decide", args=[reference, waiting[0].party_id]) if len(waiting) == 1 else reverse("children", args=[reference])
        why = f"No decision yet: {', '.join(row.name for row in waiting)}."
        actions.append(NextAction("Decide whether each child is a victim in their own right", first, why, is_urgent=bool(page.case.risk_level)))
    today = page.at.astimezone(LONDON).date()
    for row in page.children if "edit_people" in may else []:
        if row.is_unborn and row.expected_on and row.expected_on < today:
            actions.append(NextAction("Has the child been born?", reverse("person_change", args=[reference, row.party_id]), "The day on which they were expected has passed."))
    return actions


@dataclass(frozen=True)
class Life:
    """What is known of a child, for one reader: the places are there only for who may read them."""

    details: ChildDetails | None
    shows_places: bool

    @property
    def places(self):
        if not (self.details and self.shows_places):
            return []
        labels = {"school": "School or nursery", "gp": "GP", "health_visitor": "Health visitor", "lives_where": "Where they live"}
        return [(labels[name], getattr(self.details, name)) for name in PLACES if getattr(self.details, name)]

    @property
    def has_hidden_places(self):
        return bool(self.details and not self.shows_places and any(getattr(self.details, name) for name in PLACES))


def child_on(case, party_id):
    """A child of a case; None where the case has no such child."""
    return Party.objects.filter(pk=party_id, case=case, role=Role.CHILD).select_related("person").first()


def details_of(party):
    """What is recorded last of a child's life; None where nothing is."""
    return ChildDetails.objects.filter(party=party).select_related("recorded_by", "agency").first()


def life_of(party, *, with_places):
    """A child's life for a reader; `with_places` where they have opened the page of protected places."""
    details = details_of(party)
    return Life(details, shows_places=bool(details) and (with_places or not details.is_protected))


def decisions_about(party):
    """Every decision about a child, the latest first."""
    return list(ChildDecision.objects.filter(party=party).select_related("decided_by", "agency"))


def risk_of(party, at):
    """The latest judgement of a child's own risk with the step that counts today: (row, threshold); None where nobody has judged it."""
    row = ChildRisk.objects.filter(party=party).select_related("judged_by", "agency").first()
    if row is None:
        return None
    person = party.person
    age = rules.age_known(person.date_of_birth, person.approximate_age, person.recorded_at, at.astimezone(LONDON).date())
    return row, rules.threshold(row.scale, age, party.is_unborn, row.has_special_needs)


def notes_about(actor, party):
    """What was written about a child, or by them, as far as this reader may read it; the latest first."""
    return list(readable(actor, ChildNote.objects.filter(party=party)).select_related("recorded_by", "agency").order_by("kind", "-id"))


def is_place_hidden(party, place):
    """Is a place of a child for those alone who may see protected addresses, as it stands now? So it is until somebody has made that very place open."""
    newest = details_of(party)
    return newest is None or newest.is_protected or place not in {getattr(newest, name) for name in PLACES}


def hidden_among(cases):
    """The protected places of the children of these cases, as (lines, postcode): what no text for every partner may name.

    They are those that are, or were, protected, and those that another app keeps of a child (the school of a notice), where nobody has made them open since.
    """
    rows = list(ChildDetails.objects.filter(case__in=cases).order_by("id").values("party", "is_protected", *PLACES))
    newest = {row["party"]: row for row in rows}.values()
    shown = {row[name] for row in newest if not row["is_protected"] for name in PLACES}
    kept = [row[name] for row in rows if row["is_protected"] for name in PLACES] + [place for places in extensions.CHILD_PLACES for place in places(cases)]
    return [(place, "") for place in dict.fromkeys(kept) if place and place not in shown]
