"""How a case begins: its reference, its lead agency's grant, its victim. Called by the pathways inside a gate."""

import secrets

from django.contrib.auth.models import Permission

from agencies.gate import Change, inside, register_verb
from agencies.models import Agency
from cases import alike, extensions
from cases.clocks import carry_next_due
from cases.models import Case, Grant, Party, Person, SharingDecision
from cases.models.sharing import LawfulBasis

register_verb("case.open", "log_disclosure", "A case was opened.", "cases.opening.open_new_case")
register_verb("grant.give", "share_case", "An agency received a grant on a case.", "cases.opening.give_grant")

# No vowels and nothing that is misheard or misread: a reference is read out on the telephone and says nothing.
_ALPHABET = "23456789CDFGHJKLMNPQRTVWXY"


def new_reference():
    """A case reference such as K7Q4-M9XD: not a sequence, so that one reference leads to no other."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def open_new_case(act, *, pathway, area="", has_stalking_element=None, opened_at=None):
    """Open a case led by the actor's agency, held by the actor. The caller adds the people."""
    assert inside(), "a case opens inside a gate"
    agency = Agency.objects.get(pk=act.actor.agency_id)
    case = Case.objects.create(
        reference=new_reference(), lead_agency=agency, pathway=pathway, area=area, has_stalking_element=has_stalking_element,
        opened_at=opened_at or act.at, opened_by_id=act.actor.user_id,
    )
    act.also("case.open", Change(subject="case", case=case, after={"pathway": pathway, "lead_agency": agency.pk}))
    decision = SharingDecision.objects.create(
        case=case, recipient=agency, level="lead", basis=LawfulBasis.LEAD, decided_at=act.at, decided_by_id=act.actor.user_id, deciding_agency=agency,
    )
    give_grant(act, case, agency, "lead", decision, worker_id=act.actor.user_id)
    return case


def give_grant(act, case, agency, level, decision, *, ends_at=None, worker_id=None):
    """Give an agency its grant on a case, inside a gate, under a recorded decision; an existing one of the same kind is replaced."""
    assert inside(), "a grant is given inside a gate"
    kept = Grant.objects.filter(content_object=case, agency=agency)
    kept = kept.filter(level="meeting") if level == "meeting" else kept.exclude(level="meeting")
    before = list(kept.values_list("level", "worker_id"))
    kept.delete()
    grant = Grant.objects.create(
        content_object=case, agency=agency, group=agency.group, permission=_permission(level), level=level, decision=decision,
        started_at=act.at, ends_at=ends_at, worker_id=worker_id or (before[0][1] if before else None),
    )
    carry_next_due(case)
    act.also(
        "grant.give",
        Change(subject=f"agency:{agency.pk}", case=case, before={"level": before[0][0]} if before else {}, after={"level": level, "decision": decision.pk}),
    )
    return grant


def add_party(act, case, role, *, person=None, relationship="unknown", lives_with_victim=None, is_unborn=False, expected_on=None, **facts):
    """Add a person to a case in a role. `facts` are the Person's own (given_name, family_name, date_of_birth ...); `person` reuses one."""
    assert inside(), "a person is added inside a gate"
    person = person or Person.objects.create(recorded_at=act.at, **facts)
    party = Party.objects.create(
        case=case, person=person, role=role, relationship=relationship, lives_with_victim=lives_with_victim, is_unborn=is_unborn,
        expected_on=expected_on, added_at=act.at,
    )
    for consequence in extensions.ON_PEOPLE:
        consequence(act, case, party)
    if role in alike.COMPARED:
        alike.remember(person)
    return party


def _permission(level):
    return Permission.objects.get(content_type__app_label="cases", content_type__model="case", codename=f"{level}_case")
