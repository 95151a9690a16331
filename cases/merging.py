"""Two records of one person, as the pages show them: who may be the same as whom here, both records side by side, and what they would become."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from agencies.actors import actor_for
from cases import second_person
from cases.access import are_read_by_the_same, merges_seen, sees_every_case_of, visible_cases
from cases.extensions import NextAction
from cases.models import Alike, MergeUndo, Party, PersonMerge
from cases.models.flag import Decision
from cases.models.people import Sex
from cases.rules import merging as rules
from cases.rules.closing import InTheWay
from ui.times import local_date

MADE = Q(decision=Decision.APPROVED, undone_at=None)
LABELS = {
    "given_name": "First name", "family_name": "Family name", "also_known_as": "Also known as", "date_of_birth": "Date of birth",
    "approximate_age": "Age, where the date of birth is not known", "sex": "Sex",
}


@dataclass(frozen=True)
class Pair:
    """Two records, in the order in which they would be put together: the parts of `absorbed` go to `kept`."""

    kept: object
    absorbed: object

    def facts(self):
        return facts_of(self.kept), facts_of(self.absorbed)

    def mark(self):
        """A short mark of what both say: a form carries it, so that a decision is about what was read."""
        return hashlib.sha256(json.dumps([self.kept.pk, self.absorbed.pk, *(as_text(facts) for facts in self.facts())]).encode()).hexdigest()[:20]


def facts_of(person):
    """What a record says of somebody."""
    return {name: getattr(person, name) for name in rules.FACTS}


def as_text(facts):
    """Facts as they are kept sealed."""
    return {name: value.isoformat() if isinstance(value, date | datetime) else value for name, value in facts.items()}


def from_text(facts):
    """Facts as they were kept sealed."""
    return facts | {
        "date_of_birth": date.fromisoformat(facts["date_of_birth"]) if facts["date_of_birth"] else None, "recorded_at": datetime.fromisoformat(facts["recorded_at"]),
    }


def pair_of(person, other):
    """Which of two records is kept: the one to which others came already, or else the first."""
    taken = set(PersonMerge.objects.filter(MADE, kept__in=[person.pk, other.pk]).values_list("kept", flat=True))
    return Pair(other, person) if other.pk in taken and person.pk not in taken else Pair(person, other)


def reasons_not(pair, actors, at):
    """Why these two records cannot become one, in words that tell nobody of a case that they may not see."""
    people = [pair.kept.pk, pair.absorbed.pk]
    if pair.kept.pk == pair.absorbed.pk:
        return ["This is one record already."]
    busy = PersonMerge.objects.filter(Q(MADE, kept=pair.absorbed.pk) | Q(MADE, absorbed__in=people))
    if not all(sees_every_case_of(actor, people, at) for actor in actors) or busy.exists() or not are_read_by_the_same(people, at):
        return [rules.NOT_HERE]
    parts = list(Party.objects.filter(person__in=people).values_list("person", "role", "case"))
    roles, cases = ({pk: [row[column] for row in parts if row[0] == pk] for pk in people} for column in (1, 2))
    return rules.reasons_not_one_person(roles[people[0]], roles[people[1]], cases[people[0]], cases[people[1]])


def proposer(proposal):
    """Whoever proposed it, as they may act now: what they may not see any more, nobody decides on their word."""
    return actor_for(proposal.proposed_by)


def of_case(actor, case, at):
    """The merges of the people of a case that this reader may know of, the latest first."""
    here = Party.objects.filter(Q(person=OuterRef("kept")) | Q(person=OuterRef("absorbed")), case=case)
    return (
        merges_seen(actor, at).filter(Exists(here)).select_related("kept", "absorbed", "proposed_by", "decided_by", "agency", "case")
        .prefetch_related("undoings__proposed_by", "undoings__decided_by", "undoings__case").order_by("-proposed_at", "-pk")
    )


def may_be_parted(merge, waiting):
    """Is it one record now, with nobody who has proposed otherwise and waits where somebody can decide? `waiting`: the undoings of it."""
    return merge.decision == Decision.APPROVED and merge.undone_at is None and not any(undo.decided_at is None and undo.case.is_open for undo in waiting)


def undoings_of_case(actor, case, at):
    """The proposals to undo one of those merges."""
    return MergeUndo.objects.filter(merge__in=of_case(actor, case, at).order_by().values("pk")).select_related("merge__kept", "merge__absorbed", "proposed_by", "agency")


def waiting_here(actor, case, at):
    """The proposals on a case that wait for a reader like this one, for the case page's one statement."""
    return merges_seen(actor, at).filter(case=case, decided_at=None).exclude(proposed_by=actor.user_id).values("id")


def undoings_waiting_here(actor, case, at):
    """The same of proposals to undo a merge."""
    seen = merges_seen(actor, at).order_by().values("pk")
    return MergeUndo.objects.filter(case=case, decided_at=None, merge__in=seen).exclude(proposed_by=actor.user_id).values("id")


def next_actions(page, may):
    """What waits for the reader as a second person. Nothing here asks the database."""
    if not second_person.may_decide(may):
        return []
    why, case = "Somebody proposed it. Nothing changes until a second person has decided.", page.case.reference
    return [
        NextAction("Decide whether two records are of one person", reverse("merge_decide", args=[case, pk]), why) for pk in page.merges
    ] + [NextAction("Decide whether one record is of two people after all", reverse("merge_undo_decide", args=[case, pk]), why) for pk in page.undoings]


def reasons_cannot_close(actor, case, at):
    """Why a case cannot close over a proposal that this person knows of: it would wait where nobody looks. Of any other nothing is said (docs/adr/0029)."""
    waiting = merges_seen(actor, at).filter(case=case, decided_at=None).exists() or MergeUndo.objects.filter(
        case=case, decided_at=None, merge__in=merges_seen(actor, at).values("pk")
    ).exists()
    words = "A proposal about two records of one person waits for a second person, who was not the one to propose it."
    return [InTheWay(words, reverse("people_same", args=[case.reference]), "See the proposal")] if waiting else []


def left_waiting(case):
    """Who proposed what nobody has decided on this case."""
    merges, undoings = (kind.objects.filter(case=case, decided_at=None).order_by().values_list("proposed_by", flat=True) for kind in (PersonMerge, MergeUndo))
    return {*merges, *undoings}


def likely(actor, case, at):
    """Pairs of a person of this case and their likely other record on a case that this reader reads: (party, other party). Two queries."""
    parties = {party.person_id: party for party in Party.objects.filter(case=case).select_related("person")}
    pairs = dict.fromkeys(Alike.objects.filter(person__in=parties).exclude(other__in=parties).values_list("person", "other"))
    others = Party.objects.filter(person__in=[other for _, other in pairs], case__in=visible_cases(actor, "see_case", at)).select_related("person", "case").order_by("case", "pk")
    return [(parties[mine], other) for mine, pk in pairs for other in others if other.person_id == pk and _may_be(parties[mine].role, other.role)]


def _may_be(role, other):
    return {role, other} != {"victim", "perpetrator"}


def said(name, value):
    """A fact as a page says it."""
    if name == "date_of_birth" and value:
        return local_date(value)
    if name == "sex":
        return Sex(value).label
    return "" if value is None else str(value)


def side_by_side(pair, becomes=None):
    """Rows of the comparison: the label, what each record says, whether they differ, and what the one would say."""
    kept, absorbed = pair.facts()
    return [
        {
            "label": label, "kept": said(name, kept[name]), "absorbed": said(name, absorbed[name]), "differs": kept[name] != absorbed[name],
            "becomes": said(name, becomes[name]) if becomes else "",
        }
        for name, label in LABELS.items()
    ]
