"""Is this person known already? For whoever asks: cases that they may see, with why. For the others: whoever holds the case is told, and the asker learns nothing."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from itertools import chain
from operator import or_

from django.db.models import Q, QuerySet

from agencies.gate import Change, inside
from cases.access import carried, people_seeing, victims_elsewhere, victims_seen
from cases.compiled import Rows
from cases.few import Among, few_or_all, listed, people_with
from cases.models import Address, Grant, Notification, SafeContact, Task
from cases.models.case import CaseStatus
from cases.models.people import Visibility
from cases.rules import matching as rules
from cases.rules import spelling
from cases.rules.people import called
from vault.tokens import any_to_find

AT_MOST = 5
_LOOKED_AT = 60
ELSEWHERE = "match.elsewhere"  # the kind of the task and of the notice
TIME_TO_COMPARE = timedelta(days=1)  # ASSUME: by the same hour of the next day


@dataclass(frozen=True)
class Candidate:
    """A case whose victim/survivor may be the same person, and why."""

    reference: str
    name: str
    lead_agency: str
    closed_at: datetime | None
    is_open: bool
    why: list[str]


def candidates(actor, profile, at):
    """The cases that this person may see whose victim/survivor is likely to be the one described, the likeliest first."""
    victims = [_Victim(*row) for row in _victims_seen(actor, profile, at)]
    kept = _kept([one.party for one in victims], numbers=bool(profile.called), places=bool(profile.postcodes))
    scored = [(rules.reasons(profile, _profile(one, one.party, kept, one.as_far_as(actor))), one) for one in victims]
    likely = sorted(((found, one) for found, one in scored if found), key=lambda each: (-rules.weight(each[0]), not each[1].is_open, -each[1].opened_at.timestamp()))
    return [one.candidate([reason.words for reason in found]) for found, one in likely[:AT_MOST]]


def profile_of(party):
    """What its case knows of somebody, but for protected places: whoever is told "the same postcode" would know where those are. Inside a gate."""
    assert inside(), "a profile is made inside a gate"
    return _profile(party.person, party.pk, _kept([party.pk]), (True, True, False))


def tell_holders(act, case, profile, same=None):
    """Whoever leads another open case of the same victim/survivor, which the actor may not see, is asked to compare: once for each two cases.

    Inside the act that opened the case, added to it or said anew who it is about. The cases of the record `same` know already.
    """
    assert inside(), "holders are told inside a gate"
    victims = victims_elsewhere(act.actor, _among(*_alike(profile)), act.at, leave_out=case, at_most=_LOOKED_AT)
    kept = _kept([party.pk for party in victims])
    for party in victims:
        if same is not None and party.person_id == same:
            continue
        if found := rules.reasons(profile, _profile(party.person, party.pk, kept)):
            _ask(act, party.case, case, [reason.words for reason in found])


def _ask(act, case, about, why):
    assert inside(), "holders are told inside a gate"
    grant = Grant.objects.filter(content_object=case, agency=case.lead_agency_id, level="lead").select_related("worker").first()
    worker = grant.worker if grant else None
    task, is_new = Task.objects.get_or_create(
        case=case, agency_id=case.lead_agency_id, kind=ELSEWHERE, origin=f"case:{about.pk}",
        defaults={
            "owner": worker, "title": f"Compare with a case of {act.actor.agency_name}", "due_at": act.at + TIME_TO_COMPARE, "raised_at": act.at,
            "why": f"It may be about the same victim/survivor. {'. '.join(why)}. They were told nothing of this case.",
        },
    )
    if is_new:
        Notification.objects.bulk_create(Notification(user=user, case=case, kind=ELSEWHERE, at=act.at) for user in people_seeing(case, [worker] if worker else [], act.at))
        act.also("match.tell", Change(subject=f"task:{task.pk}", case=case, after={"agency": case.lead_agency_id}))


def untell(act, case, agencies):
    """Who has just been shut out of a case is not asked any more to compare with it."""
    assert inside(), "holders are told inside a gate"
    for task in Task.objects.filter(kind=ELSEWHERE, origin=f"case:{case.pk}", agency__in=agencies, done_at=None).select_related("case"):
        # Nobody there did it, and whoever shut them out has no name there: the log alone keeps that they were asked.
        act.also("match.tell", Change(subject=f"task:{task.pk}", case=task.case, after={"agency": task.agency_id, "is_needed": False}))
        task.delete()


# --- who is like the one described


def _alike(profile):
    """People who share a whole name, or every word of it as it sounds or a letter away; parties who share a number; parties who share a postcode and a birth.

    Each a list of keys where they are few, else a question.
    """
    each = [any_to_find(spelling.alike(word)) for word in spelling.words(profile.given_name, profile.family_name)]
    people = people_with(each, any_to_find(spelling.whole_name(profile.given_name, profile.family_name))) if each else []
    called_so = few_or_all(SafeContact.objects.filter(tokens__overlap=any_to_find(profile.called)), "party") if profile.called else []
    lived_there = []
    if profile.postcodes and profile.date_of_birth:
        born = any_to_find(spelling.birth(profile.date_of_birth))
        lived_there = few_or_all(Address.objects.filter(tokens__overlap=any_to_find(profile.postcodes), party__person__tokens__overlap=born), "party")
    return people, called_so, lived_there


def _among(people, *parties):
    return reduce(or_, (Q(pk__in=found) for found in parties), Q(person__in=people))


# --- and what the one who asks may know of them


@dataclass(frozen=True)
class _Victim:
    """A victim/survivor on a case that the one who asks may see, and the level at which they do."""

    party: int
    given_name: str
    family_name: str
    also_known_as: str
    date_of_birth: date | None
    reference: str
    lead_agency: str
    status: str
    opened_at: datetime
    closed_at: datetime | None
    level: str

    @property
    def is_open(self):
        return self.status == CaseStatus.OPEN

    def as_far_as(self, actor):
        """Whether they may see numbers, open addresses and protected ones there."""
        may = carried(actor, [self.level])
        return "see_contact_number" in may, "see_case" in may, "see_protected_address" in may

    def candidate(self, why):
        return Candidate(self.reference, called(self.given_name, self.family_name), self.lead_agency, self.closed_at, self.is_open, why)


def _facts(victims):
    person = ("person__given_name", "person__family_name", "person__also_known_as", "person__date_of_birth")
    case = ("case__reference", "case__lead_agency__short_name", "case__status", "case__opened_at", "case__closed_at")
    return victims.order_by("-case__opened_at", "id").values_list("pk", *person, *case, "level")[:_LOOKED_AT]


# Made once, as in cases/search.py.
_few = Rows(
    lambda actor, case, at, people, parties: _facts(victims_seen(actor, at).filter(Q(Among("person", people)) | Q(Among("pk", parties)))), "people", "parties",
)
_values = Rows(lambda actor, case, at, parties: SafeContact.objects.filter(Among("party", parties)).order_by().values_list("party", "value"), "parties")
_places = Rows(lambda actor, case, at, parties: Address.objects.filter(Among("party", parties)).order_by().values_list("party", "postcode", "visibility"), "parties")


def _victims_seen(actor, profile, at):
    found = _alike(profile)
    if not actor.may("see_summary") or not any(isinstance(keys, QuerySet) or keys for keys in found):
        return []
    if all(isinstance(keys, list) for keys in found):
        people, *parties = found
        return _few(actor, at, people=listed(people), parties=listed(chain(*parties)))
    return _facts(victims_seen(actor, at).filter(_among(*found)))


def _kept(parties, *, numbers=True, places=True):
    """What is kept of these parties beside their names, by party: marks of numbers, of open postcodes, of protected ones. Only what there is something to compare with."""
    called_so, lived, hidden = defaultdict(set), defaultdict(set), defaultdict(set)
    if parties and numbers:
        for party, value in _values(None, None, parties=listed(parties)):
            called_so[party] |= spelling.called(value)
    if parties and places:
        for party, postcode, visibility in _places(None, None, parties=listed(parties)):
            (lived if visibility == Visibility.NORMAL else hidden)[party] |= spelling.postal(postcode)
    return called_so, lived, hidden


def _profile(who, party, kept, as_far_as=(True, True, True)):
    """Somebody with what is kept of them: `who` has the names."""
    called_so, lived, hidden = (marks[party] if may else set() for marks, may in zip(kept, as_far_as, strict=True))
    return rules.Profile(who.given_name, who.family_name, who.also_known_as, who.date_of_birth, frozenset(called_so), frozenset(lived | hidden))
