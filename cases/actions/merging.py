"""Putting two records of one person together, and taking them apart again: one proposes, another decides, and both must read every case concerned.

The words of a proposal and of its decision stay with it, for whoever reads every case concerned at that moment; the chronology, which everybody
reads who reads one of the cases, has "Details changed" and no more.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.http import Http404
from django.urls import reverse

from agencies.gate import inside
from cases import alike, chronology, merging, second_person
from cases.access import capabilities_on, merges_seen, people_seeing, visible_cases
from cases.actions.people import party_on
from cases.gate import Change, Refused, case_action
from cases.models import Case, MergeUndo, Notification, Party, Person, PersonMerge
from cases.models.case import CaseStatus
from cases.models.flag import Decision
from cases.models.merging import ProposalEnd
from cases.rules import merging as rules
from cases.rules.closing import reasons_closed

STALE = "Somebody has changed one of the records since you opened this page. Read both again before you go on."
PART_OF_ANOTHER = "One of the two records has become part of another record."
CHANGED = "The two records have changed since this was proposed. Do not approve it, and propose it anew."


@case_action("merge.propose", "edit_people", counts=False)
def propose_merge(act, case, *, party_id, other_id, holds, reason, opened_with):
    """Propose that two records are of one person. Nothing changes until a second person has approved it."""
    _refuse(reasons_closed(case.is_open), "closed")
    party, other = party_on(case, party_id), _other(act, other_id)
    pair = merging.pair_of(party.person, other.person)
    _refuse(merging.reasons_not(pair, [act.actor], act.at), "unfit")
    _refuse([STALE] if opened_with != pair.mark() else [], "stale")
    earlier = _waiting_for(pair)
    _refuse_proposed(earlier)
    _refuse(rules.reasons_says_too_little(reason), "reason", "reason")
    asked = rules.to_ask(*pair.facts())
    if set(holds) != set(asked):
        raise Refused("Say for each fact in which they differ whose is right.", code="holds")
    _settle(act, "merge.propose", earlier)
    merge = PersonMerge.objects.create(
        case=case, kept=pair.kept, absorbed=pair.absorbed, holds=holds, agency_id=act.actor.agency_id, reason=reason, proposed_at=act.at, proposed_by_id=act.actor.user_id,
    )
    return Change(subject=_subject(merge), case=case, result=merge, led_to=_led_to(case), after={"kept": pair.kept.pk, "absorbed": pair.absorbed.pk, "holds": holds})


@case_action("merge.decide", "add_entry")
def decide_merge(act, case, *, merge_id, decision, reason, opened_with):
    """A second person approves that two records become one, or does not."""
    _second_person(act, case)
    _refuse(reasons_closed(case.is_open), "closed")
    merge = merges_seen(act.actor, act.at).filter(pk=merge_id, case=case).select_related("proposed_by").first()
    if merge is None:
        raise Http404
    _refuse(rules.reasons_cannot_decide(merge.decided_at is not None, merge.proposed_by_id, act.actor.user_id), "unfit")
    _refuse(rules.reasons_says_too_little(reason), "reason", "reason")
    people = _lock(merge)
    merge.refresh_from_db(fields=["decided_at"])  # what was decided of one of the two records while this waited for it may have settled this
    _refuse(rules.reasons_cannot_decide(merge.decided_at is not None, merge.proposed_by_id, act.actor.user_id), "unfit")
    pair = merging.Pair(people[merge.kept_id], people[merge.absorbed_id])
    is_made = decision == Decision.APPROVED
    if is_made:
        _refuse([STALE] if opened_with != pair.mark() else [], "stale")
        _refuse(merging.reasons_not(pair, [act.actor, merging.proposer(merge)], act.at), "unfit")
        _refuse([CHANGED] if set(merge.holds) != set(rules.to_ask(*pair.facts())) else [], "changed")
    _decided(act, merge, decision, reason)
    after = {"kept": merge.kept_id, "absorbed": merge.absorbed_id, "decision": decision}
    if is_made:
        _make(merge, pair)
        _follow(act, case, pair, merge, "merge.decide", after)
        after = after | {"moved": merge.moved}
    else:
        merge.save()
    _settle(act, "merge.decide", _waiting_for(pair))
    if is_made:
        _tell_proposers(act, _settle(act, "merge.decide", _waiting_for_any(pair.absorbed), PART_OF_ANOTHER))
    return Change(subject=_subject(merge), case=case, result=merge, led_to=_led_to(case), after=after)


@case_action("merge.propose_undo", "edit_people", counts=False)
def propose_undo(act, case, *, merge_id, reason):
    """Propose that two records that became one are two again."""
    _refuse(reasons_closed(case.is_open), "closed")
    merge = _made(act, case, merge_id)
    earlier = merge.undoings.filter(decided_at=None)
    _refuse_proposed(earlier)
    _refuse(_reasons_not_undone(merge), "later")
    _refuse(rules.reasons_says_too_little(reason), "reason", "reason")
    _settle(act, "merge.propose_undo", earlier)
    undo = MergeUndo.objects.create(case=case, merge=merge, agency_id=act.actor.agency_id, reason=reason, proposed_at=act.at, proposed_by_id=act.actor.user_id)
    return Change(subject=_subject(merge), case=case, result=undo, led_to=_led_to(case), after={"undo": undo.pk})


@case_action("merge.decide_undo", "add_entry")
def decide_undo(act, case, *, undo_id, decision, reason):
    """A second person approves that two records are two again, or does not."""
    _second_person(act, case)
    _refuse(reasons_closed(case.is_open), "closed")
    undo = MergeUndo.objects.filter(pk=undo_id, case=case).select_related("proposed_by").first()
    if undo is None:
        raise Http404
    merge = merges_seen(act.actor, act.at).filter(pk=undo.merge_id).first()
    if merge is None:
        raise Http404
    _refuse(rules.reasons_cannot_decide(undo.decided_at is not None, undo.proposed_by_id, act.actor.user_id), "unfit")
    _refuse(rules.reasons_says_too_little(reason), "reason", "reason")
    people = _lock(merge)
    is_undone = decision == Decision.APPROVED
    if is_undone and not merging.sees_every_case_of(merging.proposer(undo), people, act.at):
        raise Refused(rules.NOT_HERE, code="unfit")
    _refuse(_reasons_not_undone(merge) if is_undone else [], "later")
    _decided(act, undo, decision, reason)
    undo.save()
    after = {"undo": undo.pk, "decision": decision}
    if is_undone:
        pair = merging.Pair(people[merge.kept_id], people[merge.absorbed_id])
        _unmake(act, merge, pair)
        _follow(act, case, pair, merge, "merge.decide_undo", after)
    return Change(subject=_subject(merge), case=case, result=merge, led_to=_led_to(case), after=after)


@case_action("merge.withdraw", "add_entry", counts=False)
def withdraw_merge(act, case, *, merge_id, reason):
    """Take back one's own proposal that two records are of one person, before anybody has decided on it."""
    merge = merges_seen(act.actor, act.at).filter(pk=merge_id, case=case).first()
    return _withdraw(act, case, merge, merge, {"kept": merge.kept_id, "absorbed": merge.absorbed_id} if merge else {}, reason)


@case_action("merge.withdraw_undo", "add_entry", counts=False)
def withdraw_undo(act, case, *, undo_id, reason):
    """Take back one's own proposal that two records are two again, before anybody has decided on it."""
    undo = MergeUndo.objects.filter(pk=undo_id, case=case, merge__in=merges_seen(act.actor, act.at).values("pk")).select_related("merge").first()
    return _withdraw(act, case, undo, undo.merge if undo else None, {"undo": undo_id}, reason)


def _withdraw(act, case, proposal, merge, after, reason):
    _refuse(reasons_closed(case.is_open), "closed")
    if proposal is None:
        raise Http404
    _refuse(rules.reasons_cannot_withdraw(proposal.decided_at is not None, proposal.proposed_by_id, act.actor.user_id), "unfit")
    _decided(act, proposal, ProposalEnd.WITHDRAWN, reason)
    proposal.save()
    return Change(subject=_subject(merge), case=case, result=merge, led_to=_led_to(case), after=after | {"decision": ProposalEnd.WITHDRAWN})


def _make(merge, pair):
    assert inside(), "records are put together inside a gate"
    kept, absorbed = pair.facts()
    becomes = rules.merged(kept, absorbed, merge.holds)
    merge.before, merge.written = merging.as_text(kept), merging.as_text(becomes)
    merge.moved = sorted(Party.objects.filter(person=pair.absorbed).values_list("pk", flat=True))
    merge.save()
    _write(pair.kept, becomes)
    Party.objects.filter(pk__in=merge.moved).update(person=pair.kept)
    alike.remember(pair.absorbed)
    alike.remember(pair.kept)


def _unmake(act, merge, pair):
    assert inside(), "records are taken apart inside a gate"
    PersonMerge.objects.filter(pk=merge.pk).update(undone_at=act.at)
    written, before = merging.from_text(merge.written), merging.from_text(merge.before)
    _write(pair.kept, rules.restored(merging.facts_of(pair.kept), written, before))
    Party.objects.filter(pk__in=merge.moved, person=pair.kept).update(person=pair.absorbed)
    alike.remember(pair.absorbed)
    alike.remember(pair.kept)


def _write(person, facts):
    for name, value in facts.items():
        setattr(person, name, value)
    person.save(update_fields=[*rules.FACTS, *Person.READ_OFF])


def _follow(act, case, pair, merge, verb, after):
    """Every case concerned: the log of each, and for its partners what they would read of any change. That another case exists stands nowhere."""
    parts = Party.objects.filter(person__in=[pair.kept, pair.absorbed]).select_related("case").order_by("case")
    for part in parts:
        chronology.record(act, part.case, "people", f"Details changed: {part.get_role_display()}")
        if part.case_id != case.pk:
            act.also(verb, Change(subject=_subject(merge), case=part.case, after=after))
    Case.objects.filter(pk__in=[part.case_id for part in parts if part.case_id != case.pk]).update(revision=F("revision") + 1)


def _lock(merge):
    """Both records, held until the act is over, and with them every case in which they stand."""
    people = {person.pk: person for person in Person.objects.filter(pk__in=[merge.kept_id, merge.absorbed_id]).order_by("pk").select_for_update()}
    list(Case.objects.filter(parties__person__in=people).order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))
    return people


def _waiting_for(pair):
    """The proposals about these two records that nobody has decided, wherever they wait."""
    either = [pair.kept, pair.absorbed]
    return PersonMerge.objects.filter(decided_at=None, kept__in=either, absorbed__in=either)


def _waiting_for_any(person):
    """The proposals about this record and any other that nobody has decided: once it is part of another record, nobody could approve them."""
    return PersonMerge.objects.filter(Q(kept=person) | Q(absorbed=person), decided_at=None)


def _refuse_proposed(waiting):
    # On a case that was closed nobody can decide: what waits there does not keep it from being proposed on another.
    is_open = waiting.filter(case__status=CaseStatus.OPEN).exists()
    _refuse(["Somebody has proposed this already. A second person decides."] if is_open else [], "waiting")


def _settle(act, verb, proposals, reason=""):
    """What waits of the same on another case waits no longer: opened again, that case would ask for a decision that has been taken here."""
    settled = list(proposals.select_related("case", "proposed_by").select_for_update(of=("self",)))
    for one in settled:
        _decided(act, one, ProposalEnd.OVERTAKEN, reason)
        one.save()
        act.also(verb, Change(subject=_subject(getattr(one, "merge", one)), case=one.case, after={"settled": one.pk}))
    return settled


def _tell_proposers(act, settled):
    """Whoever proposed something else of a record that is part of another now, as far as they still see the case; in words that tell of no other case."""
    Notification.objects.bulk_create(
        Notification(user=user, case=one.case, kind="merge.settled", at=act.at) for one in settled if one.proposed_by_id != act.actor.user_id and one.proposed_by.is_active
        for user in people_seeing(one.case, [one.proposed_by], act.at)
    )


def _decided(act, proposal, decision, reason):
    proposal.decided_at, proposal.decided_by_id, proposal.decision, proposal.decision_reason = act.at, act.actor.user_id, decision, reason


def _reasons_not_undone(merge):
    later = PersonMerge.objects.filter(merging.MADE, kept=merge.kept_id, decided_at__gt=merge.decided_at)
    return ["Another record came to this one later. Undo that first."] if later.exists() else []


def _made(act, case, merge_id):
    merge = merges_seen(act.actor, act.at).filter(merging.MADE, pk=merge_id, kept__parts__case=case).first()
    if merge is None:
        raise Http404
    return merge


def _other(act, party_id):
    """A part in a case that this person reads; any other does not exist."""
    other = Party.objects.filter(pk=party_id, case__in=visible_cases(act.actor, "see_case", act.at)).select_related("person").first()
    if other is None:
        raise Http404
    return other


def _second_person(act, case):
    if not second_person.may_decide(capabilities_on(act.actor, case, act.at)):
        raise PermissionDenied("not a second person")


def _subject(merge):
    return f"merge:{merge.pk}"


def _led_to(case):
    return reverse("people_same", args=[case.reference])


def _refuse(reasons, code, field=None):
    if reasons:
        raise Refused(reasons, code=code, field=field)
