"""What is done about the children of a case: asking, deciding about each, writing down what is known of them and what they said.

Whoever adds to the case may ask, decide and write: the one who hears it is often a health visitor or a school, not the lead agency.
"""

from django.http import Http404

from cases import chronology, extensions
from cases.children import child_on, details_of, risk_of
from cases.gate import Change, Refused, case_action, refuse_closed
from cases.models import ChildDecision, ChildDetails, ChildNote, ChildrenAsked, ChildRisk
from cases.models.children import PLACES, Asked, Decision, NoteKind
from cases.models.chronology import Audience
from cases.protected_places import places_of
from cases.rules import children as rules
from cases.rules.clocks import LONDON

# What partners read without any protection: none of it may name a protected place.
OPEN_TEXTS = ("in_whose_care", "parental_responsibility", "court_orders", "own_worker", "contact_arrangement")
FACTS = ("to_perpetrator", "lives_with", "at_incident", "seen_on", "contact", "consent", "is_protected", *OPEN_TEXTS, *PLACES)


@case_action("children.ask", "add_entry")
def ask_about_children(act, case, *, answer):
    """Record what was answered about the children of either party, wherever they live."""
    refuse_closed(case)
    row = ChildrenAsked.objects.create(case=case, answer=answer, agency_id=act.actor.agency_id, asked_at=act.at, asked_by_id=act.actor.user_id)
    chronology.record(act, case, "people", f"Children: {Asked(answer).label[:1].lower()}{Asked(answer).label[1:]}")
    return Change(subject="case", case=case, after={"answer": answer}, result=row)


@case_action("child.decide", "add_entry")
def decide_child(act, case, *, party_id, decision, effects=(), reason=""):
    """Decide whether a child is a victim in their own right; what was decided before is kept."""
    refuse_closed(case)
    party = _child(case, party_id)
    _check(rules.reasons_decision(decision, len(effects), reason, _is_under_age(party, act.at)))
    _check(rules.reasons_names_place({"reason": reason}, places_of(case)))
    before = ChildDecision.objects.filter(party=party).values_list("decision", flat=True).first()
    row = ChildDecision.objects.create(
        case=case, party=party, decision=decision, reason=reason, agency_id=act.actor.agency_id, decided_at=act.at, decided_by_id=act.actor.user_id,
        **{name: name in effects for name in ("saw", "heard", "felt_effects")},
    )
    chronology.record(act, case, "people", f"Decided about a child: {Decision(decision).label[:1].lower()}{Decision(decision).label[1:]}", text=reason)
    return Change(
        subject=f"party:{party.pk}", case=case, result=row, before={"decision": before} if before else {}, after={"decision": decision, "effects": sorted(effects)},
        led_to=f"/cases/{case.reference}/children/{party.pk}/",
    )


@case_action("child.judge", "assess_risk")
def judge_risk(act, case, *, party_id, scale, has_special_needs, reason, protective=""):
    """Judge how serious it is for a child (DVRIM); what was judged before is kept."""
    refuse_closed(case)
    party = _child(case, party_id)
    _check(rules.reasons_risk(scale, reason, _is_under_age(party, act.at)) | rules.reasons_names_place({"reason": reason, "protective": protective}, places_of(case)))
    row = ChildRisk.objects.create(
        case=case, party=party, scale=scale, has_special_needs=has_special_needs, protective=protective, reason=reason, agency_id=act.actor.agency_id,
        judged_at=act.at, judged_by_id=act.actor.user_id,
    )
    _, threshold = risk_of(party, act.at)
    chronology.record(act, case, "risk", f"A child’s own risk: {rules.SCALE[threshold]}", text=reason)
    for consequence in extensions.ON_CHILD_RISK:
        consequence(act, case, party, threshold)
    return Change(
        subject=f"party:{party.pk}", case=case, result=row, after={"scale": scale, "threshold": threshold, "special_needs": has_special_needs},
        led_to=f"/cases/{case.reference}/children/{party.pk}/",
    )


@case_action("child.change", "edit_people")
def change_child(act, case, *, party_id, **facts):
    """Change what is known of a child's life; what was recorded before is kept. Facts that are left out stay as they are."""
    refuse_closed(case)
    party, before = _child(case, party_id), None
    before = details_of(party)
    held = {name: getattr(before, name) for name in FACTS} if before else {}
    facts = held | {name: value for name, value in facts.items() if name in FACTS}
    _check(rules.reasons_seen_impossible(facts.get("seen_on"), act.at.astimezone(LONDON).date()))
    hidden = [(facts[name], "") for name in PLACES if facts.get(name) and facts.get("is_protected", True)]
    _check(rules.reasons_names_place({name: facts.get(name, "") for name in OPEN_TEXTS}, hidden + places_of(case)))
    changed = sorted(name for name, value in facts.items() if value != held.get(name, ""))
    row = ChildDetails.objects.create(
        case=case, party=party, agency_id=act.actor.agency_id, recorded_at=act.at, recorded_by_id=act.actor.user_id, **facts,
    )
    # Which child, and never a word of it: the chronology goes to people who may not see a school.
    chronology.record(act, case, "people", "Details of a child changed")
    return Change(subject=f"party:{party.pk}", case=case, after={"changed": changed}, result=row, led_to=f"/cases/{case.reference}/children/{party.pk}/")


@case_action("child.note", "add_entry", counts=False)
def note_child(act, case, *, party_id, kind, text, audience):
    """Write down what a child said, what they need, or their own safety plan, for the audience that its writer chose."""
    refuse_closed(case)
    party = _child(case, party_id)
    if audience == Audience.PARTNERS:
        _check(rules.reasons_names_place({"text": text}, places_of(case)))
    row = ChildNote.objects.create(
        case=case, party=party, kind=kind, text=text, agency_id=act.actor.agency_id, audience=audience, recorded_at=act.at, recorded_by_id=act.actor.user_id,
    )
    chronology.record(act, case, "people", f"Written on a child’s own page: {NoteKind(kind).label[:1].lower()}{NoteKind(kind).label[1:]}", audience=audience)
    return Change(
        subject=f"party:{party.pk}", case=case, after={"kind": kind, "audience": audience}, result=row, led_to=f"/cases/{case.reference}/children/{party.pk}/",
    )


def _child(case, party_id):
    party = child_on(case, party_id)
    if party is None:
        raise Http404
    return party


def _is_under_age(party, at):
    person = party.person
    return rules.is_child(rules.age_known(person.date_of_birth, person.approximate_age, person.recorded_at, at.astimezone(LONDON).date()), party.is_unborn)


def _check(reasons):
    for field, reason in reasons.items():
        raise Refused(reason, code=f"child:{field}", field=field)
