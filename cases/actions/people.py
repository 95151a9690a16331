"""Changing who is on a case, where they live and what they agreed to: what was recorded before is kept."""

from django.http import Http404

from cases import alike, chronology, extensions, matching, merging, one_record, perpetrator_access, reassessing, repeat_victims, talking
from cases.actions.safe_contact import end_marks_at_their_door
from cases.gate import Change, Refused, case_action
from cases.models import Address, Consent, Party, Person
from cases.models.people import Role
from cases.opening import add_party
from cases.rules import children as child_rules
from cases.rules import contact as contact_rules
from cases.rules import people as rules
from cases.rules.clocks import LONDON
from cases.rules.closing import reasons_closed

# What the log says of a person: which facts changed, never what they are.
PERSON_FACTS = (*Person.IDENTIFYING, "approximate_age", "sex")
# Whose new address makes the risk another one, and how (domain 1.5).
_MOVES = {Role.VICTIM: "move", Role.PERPETRATOR: "access"}
_ACROSS = {Role.VICTIM: Role.PERPETRATOR, Role.PERPETRATOR: Role.VICTIM}
SAME_DOOR = (
    "The victim/survivor and the alleged perpetrator would live at the same address. Check it. If they do live together, "
    "say so first in the details of the alleged perpetrator."
)
PART_FACTS = ("relationship", "lives_with_victim", "is_unborn", "expected_on")


@case_action("person.add", "edit_people")
def add_person(act, case, *, role, age_is_right=False, **facts):
    """Add a person to a case in a role."""
    _refuse(reasons_closed(case.is_open), "closed")
    _refuse(rules.reasons_role_taken(role, Party.objects.filter(case=case, role=Role.VICTIM).exists()), "role", "role")
    _check(act, facts)
    if not age_is_right:
        _check_age(act, case, role, facts)
    party = add_party(act, case, role, **facts)
    chronology.record(act, case, "people", f"Added: {party.get_role_display()}")
    if party.role == Role.PERPETRATOR and party.lives_with_victim:
        perpetrator_access.changed(act, case, "home")
    if role == Role.VICTIM:
        repeat_victims.link(act, case)
        matching.tell_holders(act, case, matching.profile_of(party))
    if party.is_unborn:
        _happened(act, case, "pregnancy", party)
    return Change(subject=f"party:{party.pk}", case=case, after={"role": role}, result=party)


@case_action("person.change", "edit_people")
def change_person(act, case, *, party_id, age_is_right=False, **facts):
    """Change what is recorded about a person on a case."""
    _refuse(reasons_closed(case.is_open), "closed")
    party = party_on(case, party_id)
    _check(act, facts)
    person, changed = party.person, []
    if not age_is_right and any(name in facts and facts[name] != getattr(person, name) for name in ("date_of_birth", "approximate_age")):
        _check_age(act, case, party.role, facts)
    was = person.pk
    elsewhere = one_record.hold(person, case) if any(name in facts and getattr(person, name) != facts[name] for name in PERSON_FACTS) else []
    is_parted = one_record.part_from(act, party, elsewhere)
    for name in PERSON_FACTS:
        if name in facts and getattr(person, name) != facts[name]:
            setattr(person, name, facts[name])
            changed.append(name)
    if "approximate_age" in changed:
        person.recorded_at = act.at
    person.save(update_fields=[*PERSON_FACTS, *Person.READ_OFF, "recorded_at"])
    if is_parted or set(changed) & set(Person.IDENTIFYING):
        alike.remember(person)
    if elsewhere and not is_parted:
        one_record.changed(act, elsewhere, list(changed), [merging.LABELS[name] for name in changed])
    # A visit before this was a visit to a home they shared, whatever is said of it from now on.
    if party.lives_with_victim and not facts.get("lives_with_victim", True):
        party.moved_out_said_at = act.at
    # That they never did is what we learnt; everything else is nearer or further than what was known.
    is_nearness = party.lives_with_victim is not None or facts.get("lives_with_victim") is not False
    moves = party.role == Role.PERPETRATOR and "lives_with_victim" in facts and facts["lives_with_victim"] != party.lives_with_victim
    for name in PART_FACTS:
        if name in facts and getattr(party, name) != facts[name]:
            setattr(party, name, facts[name])
            changed.append(name)
    party.save(update_fields=[*PART_FACTS, "moved_out_said_at"])
    chronology.record(act, case, "people", f"Details changed: {party.get_role_display()}")
    if party.role == Role.VICTIM and {"given_name", "family_name", "date_of_birth"} & set(changed):
        repeat_victims.link(act, case)
    if party.role == Role.VICTIM and set(Person.IDENTIFYING) & set(changed):
        matching.tell_holders(act, case, matching.profile_of(party), same=was)
    for consequence in extensions.ON_PEOPLE:
        consequence(act, case, party)
    if moves:
        if is_nearness:
            perpetrator_access.changed(act, case, "home")
        _happened(act, case, "access", party)
    return Change(subject=f"party:{party.pk}", case=case, after={"changed": changed} | ({"parted": True} if is_parted else {}), result=party)


@case_action("person.talking", "edit_people")
def change_talking(act, case, *, speaks="", interpreter="unknown", interpreter_note="", worker_gender="unknown"):
    """Record how the victim/survivor wants to be talked with. The log keeps what is needed, never the language nor who must not interpret."""
    _refuse(reasons_closed(case.is_open), "closed")
    _refuse(contact_rules.reasons_no_language(interpreter, speaks), "language", "speaks")
    party = Party.objects.get(case=case, role=Role.VICTIM)
    before = {"interpreter": party.interpreter, "worker_gender": party.worker_gender}
    party.speaks, party.interpreter, party.interpreter_note, party.worker_gender = speaks, interpreter, interpreter_note, worker_gender
    party.save(update_fields=[*talking.FACTS])
    chronology.record(act, case, "people", "How they want to be talked with was written down")
    after = {"interpreter": interpreter, "worker_gender": worker_gender, "has_language": bool(speaks)}
    return Change(subject=f"party:{party.pk}", case=case, before=before, after=after, result=party)


@case_action("address.change", "edit_people")
def change_address(act, case, *, party_id, lines, postcode, visibility, from_at):
    """Record a new address; the one before it is kept with the day on which it ended."""
    _refuse(reasons_closed(case.is_open), "closed")
    party = party_on(case, party_id)
    if from_at > act.at:
        raise Refused("The day of the move cannot be in the future.", code="time", field="from_on")
    other = _ACROSS.get(party.role)
    # Whoever may not see where somebody hides does not learn it by guessing: to them every address is as good as another.
    if other and not _live_together(case, party) and perpetrator_access.lives_there(case, other, lines, postcode, as_seen_by=act.actor):
        raise Refused(SAME_DOOR, code="door", field="lines")
    before = list(Address.objects.filter(party=party, until_at=None))
    for old in before:
        # The day of the first address is often only the day on which somebody wrote it down.
        old.until_at = max(from_at, old.from_at)
        old.save(update_fields=["until_at"])
    address = Address.objects.create(case=case, party=party, lines=lines, postcode=postcode, visibility=visibility, from_at=from_at)
    # Not a word of the address itself: the chronology goes to people who may not see it.
    chronology.record(act, case, "people", f"New address: {party.get_role_display()}", text=address.get_visibility_display())
    # The first one is what we learnt, not what they did; who hides is asked all the same, since it may be round the corner.
    if party.role == Role.PERPETRATOR and (before or perpetrator_access.is_hiding(case)):
        perpetrator_access.changed(act, case, "address")
    if party.role == Role.PERPETRATOR:
        end_marks_at_their_door(act, case)
    if kind := _MOVES.get(party.role):
        reassessing.happened(act, case, kind, from_at.astimezone(LONDON).date(), origin=f"address:{address.pk}")
    return Change(subject=f"address:{address.pk}", case=case, after={"party": party.pk, "visibility": visibility}, result=address)


@case_action("consent.record", "edit_people")
def record_consent(act, case, *, state, scope="", reason=""):
    """Record what the victim/survivor said about sharing; what they said before is kept."""
    _refuse(reasons_closed(case.is_open), "closed")
    before = Consent.objects.filter(case=case).first()
    victim = Party.objects.get(case=case, role=Role.VICTIM)
    consent = Consent.objects.create(
        case=case, party=victim, state=state, scope=scope, reason=reason, recorded_at=act.at, recorded_by_id=act.actor.user_id
    )
    chronology.record(
        act, case, "sharing", f"Consent to sharing: {consent.get_state_display()}", text="\n".join(part for part in (scope, reason) if part)
    )
    return Change(subject=f"consent:{consent.pk}", case=case, before={"state": before.state} if before else {}, after={"state": state})


def _live_together(case, party):
    """Has somebody said that the alleged perpetrator lives in the home of the victim/survivor?"""
    if party.role == Role.PERPETRATOR:
        return bool(party.lives_with_victim)
    return Party.objects.filter(case=case, role=Role.PERPETRATOR, lives_with_victim=True).exists()


def party_on(case, party_id):
    """A person on this case; one of another case does not exist."""
    party = Party.objects.filter(pk=party_id, case=case).select_related("person").first()
    if party is None:
        raise Http404
    return party


def _happened(act, case, kind, party):
    reassessing.happened(act, case, kind, act.at.astimezone(LONDON).date(), origin=f"party:{party.pk}")


def _check(act, facts):
    today = act.at.astimezone(LONDON).date()
    born, is_unborn, expected_on = facts.get("date_of_birth"), facts.get("is_unborn", False), facts.get("expected_on")
    _refuse(rules.reasons_birth_impossible(born, today), "birth", "date_of_birth")
    _refuse(rules.reasons_unborn_impossible(is_unborn, born, expected_on, today), "unborn", "expected_on")


AGE = "age_unlikely"  # the refusal that a form answers by asking


def _check_age(act, case, role, facts):
    """A child older than the victim/survivor, or of age: possible, and more often a slip, so whoever writes it says that it is right."""
    victim = Party.objects.filter(case=case, role=Role.VICTIM).select_related("person").first()
    if role != Role.CHILD or victim is None:
        return
    today, person = act.at.astimezone(LONDON).date(), victim.person
    age = child_rules.age_known(facts.get("date_of_birth"), facts.get("approximate_age"), act.at, today)
    theirs = child_rules.age_known(person.date_of_birth, person.approximate_age, person.recorded_at, today)
    field = "date_of_birth" if facts.get("date_of_birth") else "approximate_age"
    _refuse(child_rules.reasons_age_unlikely(role, facts.get("is_unborn", False), age, theirs), AGE, field)


def _refuse(reasons, code, field=None):
    if reasons:
        raise Refused(reasons, code=code, field=field)
