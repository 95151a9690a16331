"""Who may see a case. Three questions, one predicate: `visible_cases` (the list), `can` (a filter of it), `open_case` (fetch and
authorise in one act, audited). Two keys are needed, the role's ceiling and the agency's grant; an exclusion beats both.

Superusers get nothing here: guardian's own shortcuts say yes to every superuser, so nobody calls them; this file asks the table.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import CharField, Exists, ExpressionWrapper, Min, OuterRef, Q, Subquery
from django.http import Http404
from django.utils import timezone

from agencies.capabilities import CAPABILITIES
from agencies.gate import Change, inside, line, register_verb
from agencies.models import Membership
from audit.models import Outcome
from audit.writer import write
from cases.compiled import Objects, Rows
from cases.levels import LEVELS, levels_granting
from cases.models import Case, Entry, Exclusion, Grant, Party, Person, PersonMerge
from cases.models.case import CaseStatus
from cases.models.chronology import Audience
from cases.models.flag import Decision
from cases.models.people import Role
from cases.rules import spelling
from cases.rules.repeats import pairs
from cases.rules.same_person import Known, is_likely_same
from vault.tokens import any_to_find

register_verb("case.read", "see_summary", "Opened a case, or part of it.", "cases.access.open_case")
register_verb("case.list", "see_summary", "Looked at a list of cases, a search or an export.", "cases.access.record_look")
# Whose records are compared with those of other cases: an incident has these two.
COMPARED = (Role.VICTIM, Role.PERPETRATOR)
_WHO = ("given_name", "family_name", "date_of_birth")
_MERGED = Q(decision=Decision.APPROVED, undone_at=None)
register_verb("case.count", "prepare_return", "Counted cases for a return.", "cases.access.cases_to_count")


def visible_cases(actor, capability="see_summary", at=None):
    """The cases on which this actor may use this capability now, as a queryset."""
    return Case.objects.filter(_may(actor, capability, "pk", at))


def count_visible(actor, capability="see_summary", at=None):
    """How many cases `visible_cases` holds, asked of the grants alone: no case needs to be touched to be counted."""
    if CAPABILITIES[capability].scope != "case":
        raise ValueError(f"{capability} is not a capability on a case")
    # An agency holds one grant of the kind on a case (one_grant_an_agency), so a grant is a case.
    return worklist_grants(actor, at, capability=capability).count()


def can(actor, capability, case, at=None):
    """May this actor use this capability on this case? A filter of the list, so that the two cannot disagree."""
    return visible_cases(actor, capability, at).filter(pk=case.pk).exists()


def open_case(actor, reference, capability="see_summary", *, part=""):
    """The case, if this actor may use this capability on it; each opening is kept in the log.

    Unseen is Http404, the same as a reference that does not exist; seen but not allowed is PermissionDenied.
    """
    at, reference = timezone.now(), str(reference).replace("\x00", "")
    case = _found(actor, reference, capability, at)
    if case is None:
        write(line(actor, "case.read", Outcome.DENIED, at, Change(subject=part), case_reference=reference[:20], reason=capability))
        raise refusal(actor, reference, at)
    write(line(actor, "case.read", Outcome.READ, at, Change(subject=part, case=case)))
    return case


def refusal(actor, reference, at=None):
    """403 for a case that the actor can see in some way, 404 for any other: existence is itself sensitive."""
    sees = any(
        visible_cases(actor, capability, at).filter(reference=reference).exists() for capability in ("see_summary", "see_listing")
    )
    return PermissionDenied() if sees else Http404()


def refuse_look(actor, reference, capability):
    """What somebody hears whose role stops them at the door of a case; that they tried is kept."""
    at = timezone.now()
    write(line(actor, "case.read", Outcome.DENIED, at, Change(subject="door"), case_reference=str(reference)[:20], reason=capability))
    return refusal(actor, reference, at)


def record_look(actor, what, *, count=None):
    """Keep in the log that a list, a search or an export was looked at. `what` is a code, never what was typed."""
    after = {} if count is None else {"count": count}
    write(line(actor, "case.list", Outcome.READ, timezone.now(), Change(subject=what, after=after)))


def capabilities_on(actor, case, at=None):
    """Every capability that this actor has on this case now: one query, for a page that draws many buttons."""
    if actor is None or actor.agency_id is None:
        return frozenset()
    return carried(actor, [level for level, in _levels_held(actor, at or timezone.now(), case=case)])


def readable(actor, entries):
    """Of these records with an agency and an audience, those that this actor may read: partners', and their own agency's."""
    return entries.filter(Q(audience=Audience.PARTNERS) | Q(agency=actor.agency_id))


def chronology(actor, case):
    """The entries of a case that this actor may read."""
    return readable(actor, Entry.objects.filter(case=case))


def worklist_grants(actor, at=None, *, capability="see_summary"):
    """The grants behind a worklist: this agency's, live, not barred, in the order of what is due first.

    A grant, not a case, is the row, because it carries this agency's worker and the due date that the index is sorted by.
    """
    at = at or timezone.now()
    if actor is None or actor.agency_id is None or not actor.may(capability):
        return Grant.objects.none()
    return _live_grants(actor, at).filter(level__in=levels_granting(capability)).exclude(Exists(_bars(actor, "content_object")))


def agencies_seeing(case, at=None):
    """The agencies that hold a live grant on a case, with the grant: who will see what is written for partners."""
    at = at or timezone.now()
    return (
        Grant.objects.filter(content_object=case, started_at__lte=at)
        .filter(Q(ends_at=None) | Q(ends_at__gt=at))
        .exclude(Exists(Exclusion.objects.filter(case=OuterRef("content_object"), agency=OuterRef("agency"), lifted_at=None)))
        .select_related("agency", "decision", "worker")
        .order_by("started_at", "id")
    )


def people_seeing(case, users, at=None, capability="see_summary"):
    """Of these people, those who may see this case (or that much of it) now: nobody is told about a case that they may not see."""
    from agencies.actors import actor_for

    return [user for user in users if can(actor_for(user), capability, case, at)]


def cases_to_count(actor):
    """The first of the two wide reads: every case, for aggregates in a return and for nothing else.

    Raises PermissionDenied unless the actor may prepare returns. The caller counts; it never hands a row on.
    """
    if not actor.may("prepare_return"):
        raise PermissionDenied("prepare_return")
    write(line(actor, "case.count", Outcome.READ, timezone.now()))
    return Case.objects.all()


def first_opened_at(actor):
    """When the first case of all was opened, so that a return can be asked for from then on; None before there is one.

    A date for the list of quarters to begin with, and no count: the log of counting keeps no line of it. Raises PermissionDenied
    unless the actor may prepare returns.
    """
    if not actor.may("prepare_return"):
        raise PermissionDenied("prepare_return")
    return Case.objects.aggregate(first=Min("opened_at"))["first"]


def parties_to_match(parties, among):
    """The second of the two wide reads: the ids of those `among` people, of whatever case, who are likely to be one of these parties.

    It tells the asker nothing: ids alone, and only inside an act that the log keeps; what is made of them is for the caller to keep
    from whoever may not see the other case (docs/adr/0012).
    """
    assert inside(), "people of other cases are compared inside a gate"
    people = [party.person_id for party in parties]
    absorbed = dict(PersonMerge.objects.filter(_MERGED, Q(kept__in=people) | Q(kept__in=among)).values_list("absorbed", "kept"))
    own = {*people, *(one for one, kept in absorbed.items() if kept in people)}
    mine = [Known(party.person.given_name, party.person.family_name, party.person.date_of_birth) for party in parties]
    if len(own) > len(set(people)):
        mine += [Known(*facts) for facts in Person.objects.filter(pk__in=own.difference(people)).values_list(*_WHO)]
    # A record that was put together with one of those `among` answers for it.
    others = Person.objects.filter(Q(pk__in=among) | Q(pk__in=[one for one in absorbed if one not in own]))
    # A short cut, not the rule: without the same whole name nobody is the same, and its token finds those few.
    others = others.filter(tokens__overlap=_names(mine))
    found = {pk for pk, *facts in others.values_list("pk", *_WHO) if any(is_likely_same(one, Known(*facts)) for one in mine)}
    return found | {absorbed[pk] for pk in found if pk in absorbed} | own


def people_like(person):
    """The second wide read again, for somebody who comes or changes: the ids of those who are likely to be this person, of whatever case."""
    assert inside(), "people of other cases are compared inside a gate"
    if not _compared().filter(pk=person.pk).exists():
        return set()
    mine = [known for pk, known in _known_as(person)]
    others = list(Person.objects.filter(tokens__overlap=_names(mine)).values_list("pk", *_WHO))
    found = {pk for pk, *facts in others if any(is_likely_same(one, Known(*facts)) for one in mine)}
    merged = PersonMerge.objects.filter(_MERGED, absorbed__in=found).values("kept")
    return set(_compared().filter(Q(pk__in=found) | Q(pk__in=merged)).exclude(pk=person.pk).values_list("pk", flat=True))


def names_of(person):
    """Every name under which a record is compared: its own, and those of the records that were put together with it."""
    assert inside(), "people of other cases are compared inside a gate"
    return [(known.given_name, known.family_name) for _, known in _known_as(person)]


def everybody_compared():
    """The second wide read over everybody at once: who is likely to be whom, as pairs of ids."""
    assert inside(), "people of other cases are compared inside a gate"
    merged = dict(PersonMerge.objects.filter(_MERGED).values_list("absorbed", "kept"))
    compared = set(_compared().values_list("pk", flat=True))
    everybody = {pk: Known(*facts) for pk, *facts in Person.objects.values_list("pk", *_WHO).iterator() if merged.get(pk, pk) in compared}
    found = {(merged.get(one, one), merged.get(other, other)) for one, other in pairs(everybody)}
    return {(one, other) for one, other in found if one != other}


def sees_every_case_of(actor, people, at=None):
    """Does this actor read every case in which these people stand? Yes or no, and never which one is missing."""
    return not Party.objects.filter(person__in=people).exclude(case__in=visible_cases(actor, "see_case", at)).exists()


def are_read_by_the_same(people, at):
    """Do the same agencies hold every case in which these people stand, and is nobody barred from one of them? Else one record would carry words across."""
    cases = Party.objects.filter(person__in=people).values("case")
    if Exclusion.objects.filter(case__in=cases, lifted_at=None).exists():
        return False
    live = Grant.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), content_object__in=cases, started_at__lte=at)
    held = {}
    for case, agency in live.values_list("content_object", "agency"):
        held.setdefault(case, set()).add(agency)
    return len({frozenset(agencies) for agencies in held.values()}) <= 1


def is_read_where_it_is_led(person, at):
    """May one record still stand for somebody in all these cases? Nobody is barred from one, and whoever leads one reads all of them."""
    cases = Party.objects.filter(person=person).values("case")
    if Exclusion.objects.filter(case__in=cases, lifted_at=None).exists():
        return False
    leads = dict(Case.objects.filter(pk__in=cases).values_list("pk", "lead_agency"))
    live = Grant.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), content_object__in=cases, started_at__lte=at, level__in=levels_granting("see_case"))
    held = set(live.values_list("content_object", "agency"))
    return all((case, lead) in held for case in leads for lead in leads.values())


def merges_seen(actor, at=None):
    """The merges of records, proposed and made, all of whose cases this actor reads: the others do not exist for them. A part that has its own record since counts."""
    # A record that has become part of another since stands where that one stands: what was proposed of it earlier is not for more people than before.
    into = PersonMerge.objects.filter(Q(absorbed=OuterRef(OuterRef("kept"))) | Q(absorbed=OuterRef(OuterRef("absorbed"))), decision="approved", undone_at=None).values("kept")
    stands = Party.objects.filter(
        Q(person=OuterRef("kept")) | Q(person=OuterRef("absorbed")) | Q(parted_from=OuterRef("kept")) | Q(parted_from=OuterRef("absorbed")) | Q(person__in=into)
    )
    return PersonMerge.objects.exclude(Exists(stands.exclude(case__in=visible_cases(actor, "see_case", at))))


def parts_to_count(actor):
    """The third wide read: the parts of alleged perpetrators in every case but those from which this actor is barred, seen or not.

    For the markers of repeat and serial and their list (cases/repeats.py, docs/adr/0026) and for nothing else. Of a case that the
    actor may not see, numbers and days go on from there, and the alleged perpetrator's name; never the case, its victim/survivor or its
    agency. A case from which they are barred counts for nothing, so that no number gives it away.
    """
    if not actor.may("see_repeats"):
        raise PermissionDenied("see_repeats")
    return Party.objects.filter(role=Role.PERPETRATOR).exclude(Exists(_bars(actor, "case")))


def _names(known):
    return any_to_find({mark for one in known for mark in spelling.whole_name(one.given_name, one.family_name)})


def _known_as(person):
    merged = PersonMerge.objects.filter(_MERGED, kept=person).values("absorbed")
    own = (person.pk, Known(person.given_name, person.family_name, person.date_of_birth))
    return [own, *((pk, Known(*facts)) for pk, *facts in Person.objects.filter(pk__in=merged).values_list("pk", *_WHO))]


def _compared():
    return Person.objects.filter(Exists(Party.objects.filter(person=OuterRef("pk"), role__in=COMPARED)))


def victims_elsewhere(actor, like, at, *, leave_out, at_most):
    """The second wide read again: victims/survivors of open cases that this person may not see, so that those who hold the cases can be told.

    Only inside an act that the log keeps; what is found never reaches the one who asked (design 3, docs/adr/0027). Nor does any agency in which somebody is
    barred from `leave_out`: to ask it to compare would say that this case exists.
    """
    assert inside(), "people of other cases are looked at inside a gate"
    unseen = Party.objects.filter(like, role=Role.VICTIM, case__status=CaseStatus.OPEN).exclude(case=leave_out).exclude(case__in=visible_cases(actor, at=at))
    if shut_out := agencies_shut_out(leave_out):
        live = Grant.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), content_object=OuterRef("case"), agency__in=shut_out)
        unseen = unseen.exclude(Exists(live))
    return list(unseen.select_related("person", "case__lead_agency").order_by("-case__opened_at", "id")[:at_most])


def agencies_shut_out(case):
    """The agencies that are barred from a case, and those in which somebody works who is: what is told there, they would read."""
    bars = list(Exclusion.objects.filter(case=case, lifted_at=None).values_list("agency", "user"))
    users = [user for _, user in bars if user]
    theirs = Membership.objects.filter(user__in=users, ended_at=None).values_list("agency", flat=True) if users else []
    return {agency for agency, _ in bars if agency} | set(theirs)


def parties_seen(actor, at=None):
    """Everybody on a case of whom this person may know there: the victim/survivor from a summary on, the others where the case itself is open to them."""
    # One question of the grants with the role in it, and not two of which one holds: a search asks it of many.
    opens = Q(pk__in=[])
    for capability, who in (("see_summary", Q(role=Role.VICTIM)), ("see_case", ~Q(role=Role.VICTIM))):
        if actor.may(capability):
            opens |= Q(level__in=levels_granting(capability)) & who
    role = ExpressionWrapper(OuterRef("role"), CharField())
    grants = _live_grants(actor, at or timezone.now()).filter(content_object=OuterRef("case")).annotate(role=role).filter(opens)
    return Party.objects.alias(held=Subquery(grants.values("level"))).filter(held__isnull=False).exclude(case__in=_all_bars(actor).values("case"))


def victims_seen(actor, at=None):
    """The victims/survivors of whom this person may know, each with the `level` at which their agency holds the case (see `carried`)."""
    if not actor.may("see_summary"):
        return Party.objects.none()
    held = _live_grants(actor, at or timezone.now()).filter(content_object=OuterRef("case"), level__in=levels_granting("see_summary"))
    # The level and the bars asked apart, not joined: the database takes longer to plan the joins than to answer.
    victims = Party.objects.filter(role=Role.VICTIM).annotate(level=Subquery(held.values("level")))
    return victims.filter(level__isnull=False).exclude(case__in=_all_bars(actor).values("case"))


def carried(actor, levels):
    """What these levels of grants open to this actor: their ceiling still applies."""
    return frozenset().union(*(LEVELS[level][1] for level in levels)) & actor.capabilities


def _may(actor, capability, column, at):
    """The predicate: ceiling, live grant at a level that carries the capability, no bar."""
    if CAPABILITIES[capability].scope != "case":
        raise ValueError(f"{capability} is not a capability on a case")
    if actor is None or actor.agency_id is None or not actor.may(capability):
        return Q(pk__in=[])
    grants = _live_grants(actor, at or timezone.now()).filter(
        content_object=OuterRef(column), level__in=levels_granting(capability)
    )
    return Q(Exists(grants)) & ~Q(Exists(_bars(actor, column)))


def _live_grants(actor, at):
    return Grant.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), agency=actor.agency_id, started_at__lte=at)


def _all_bars(actor):
    return Exclusion.objects.filter(Q(user=actor.user_id) | Q(agency=actor.agency_id), lifted_at=None)


def _bars(actor, column):
    return _all_bars(actor).filter(case=OuterRef(column))


def _found(actor, reference, capability, at):
    """The case behind a reference, with its lead agency: the query of `visible_cases`, whose SQL is made once for each capability."""
    if actor is None or actor.agency_id is None or not actor.may(capability):
        return None
    if capability not in _by_reference:
        _by_reference[capability] = Objects(
            lambda actor, case, at, reference: visible_cases(actor, capability, at).filter(reference=reference).select_related("lead_agency"), "reference"
        )
    return next(iter(_by_reference[capability](actor, at, reference=reference)), None)


_by_reference = {}
_levels_held = Rows(
    lambda actor, case, at: _live_grants(actor, at).filter(content_object=case.pk).exclude(Exists(_bars(actor, "content_object"))).values_list("level")
)
