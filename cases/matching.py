"""Is this person known already? For whoever asks: cases that they may see, with why. For the others: whoever holds the case is told, and the asker learns nothing."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from agencies.gate import Change, inside
from cases.access import people_seeing, victims_elsewhere, visible_cases
from cases.few import few_or_all
from cases.models import Address, Grant, Notification, Party, Person, SafeContact, Task
from cases.models.people import Role, Visibility
from cases.rules import matching as rules
from cases.rules import spelling
from vault.tokens import tokens_to_find

AT_MOST = 5
_LOOKED_AT = 60
ELSEWHERE = "match.elsewhere"  # the kind of the task and of the notice
TIME_TO_COMPARE = timedelta(days=1)  # ASSUME: by the same hour of the next day


@dataclass(frozen=True)
class Candidate:
    """A case whose victim/survivor may be the same person, and why."""

    case: object
    name: str
    why: list[str]


def candidates(actor, profile, at):
    """The cases that this person may see whose victim/survivor is likely to be the one described, the likeliest first."""
    victims = Party.objects.filter(_like(profile), role=Role.VICTIM, case__in=visible_cases(actor, at=at)).select_related("person", "case__lead_agency")
    victims = list(victims.order_by("-case__opened_at", "id")[:_LOOKED_AT])
    known = _known(victims, **_as_far_as(actor, [party.case_id for party in victims], at))
    scored = [(rules.reasons(profile, known[party.pk]), party) for party in victims]
    likely = sorted(((found, party) for found, party in scored if found), key=lambda one: (-rules.weight(one[0]), not one[1].case.is_open, -one[1].case.opened_at.timestamp()))
    return [Candidate(party.case, party.person.name, [reason.words for reason in found]) for found, party in likely[:AT_MOST]]


def profile_of(party):
    """All that its case knows of somebody. Inside a gate: it goes to nobody who may not see all of it."""
    assert inside(), "a profile is made inside a gate"
    return _known([party])[party.pk]


def tell_holders(act, case, profile, same=None):
    """Whoever leads another open case of the same victim/survivor, which the actor may not see, is asked to compare: once for each two cases.

    Inside the act that opened the case, added to it or said anew who it is about. Where `same` stands as this one record, its cases are told otherwise.
    """
    assert inside(), "holders are told inside a gate"
    victims = victims_elsewhere(act.actor, _like(profile), act.at, leave_out=case, at_most=_LOOKED_AT)
    known = _known(victims)
    for party in victims:
        if same is not None and party.person_id == same.pk:
            continue
        if found := rules.reasons(profile, known[party.pk]):
            _ask(act, party.case, case, [reason.words for reason in found])


def _ask(act, case, about, why):
    assert inside(), "holders are told inside a gate"
    grant = Grant.objects.filter(content_object=case, agency=case.lead_agency_id, level="lead").select_related("worker").first()
    worker = grant.worker if grant else None
    task, is_new = Task.objects.get_or_create(
        case=case, agency_id=case.lead_agency_id, kind=ELSEWHERE, origin=f"case:{about.pk}",
        defaults={
            "owner": worker, "title": f"Compare with what {act.actor.agency_name} logged", "due_at": act.at + TIME_TO_COMPARE, "raised_at": act.at,
            "why": f"It may be about the same victim/survivor. {'. '.join(why)}. They were told nothing of this case.",
        },
    )
    if is_new:
        Notification.objects.bulk_create(Notification(user=user, case=case, kind=ELSEWHERE, at=act.at) for user in people_seeing(case, [worker] if worker else [], act.at))
        act.also("match.tell", Change(subject=f"task:{task.pk}", case=case, after={"agency": case.lead_agency_id}))


def _like(profile):
    """Parties who share a whole name, every word of it as it sounds or a letter away, a number or a postcode with what is described."""
    words = spelling.words(profile.given_name, profile.family_name)
    named = Q(pk__in=[])
    if words:
        every = Q()
        for word in words:
            every &= Q(tokens__overlap=_tokens(spelling.alike(word)))
        named |= every
    if whole := _tokens(spelling.whole_name(profile.given_name, profile.family_name)):
        named |= Q(tokens__overlap=whole)
    like = Q(person__in=few_or_all(Person.objects.filter(named)))
    if profile.called:
        like |= Q(pk__in=few_or_all(SafeContact.objects.filter(tokens__overlap=_tokens(profile.called)), "party"))
    if profile.postcodes and profile.date_of_birth:
        lived = Address.objects.filter(tokens__overlap=_tokens(profile.postcodes), party__person__tokens__overlap=_tokens(spelling.birth(profile.date_of_birth)))
        like |= Q(pk__in=few_or_all(lived, "party"))
    return like


def _tokens(marks):
    return [token for mark in sorted(marks) for token in tokens_to_find(mark)]


def _as_far_as(actor, cases, at):
    """Of these cases, those of which the person may see numbers, open addresses and protected ones: nothing else may be a reason for them."""

    def seen(capability):
        return set(visible_cases(actor, capability, at).filter(pk__in=cases).values_list("pk", flat=True)) if actor.may(capability) else set()

    return {"numbers": seen("see_contact_number"), "places": seen("see_case"), "protected": seen("see_protected_address")}


def _known(parties, numbers=None, places=None, protected=None):
    """What is known of each of these parties, by party; of the cases named alone, or of all where none are."""
    called, postcodes = defaultdict(set), defaultdict(set)
    for party, case, value in SafeContact.objects.filter(party__in=parties).order_by().values_list("party", "case", "value"):
        if numbers is None or case in numbers:
            called[party] |= spelling.called(value)
    for party, case, postcode, visibility in Address.objects.filter(party__in=parties).order_by().values_list("party", "case", "postcode", "visibility"):
        if places is None or case in (places if visibility == Visibility.NORMAL else protected):
            postcodes[party] |= spelling.postal(postcode)
    return {
        party.pk: rules.Profile(
            party.person.given_name, party.person.family_name, party.person.also_known_as, party.person.date_of_birth, frozenset(called[party.pk]),
            frozenset(postcodes[party.pk]),
        )
        for party in parties
    }
