"""What the referrer does: begin a referral, fill it in, send it, withdraw it."""

from django.core.exceptions import PermissionDenied
from django.urls import reverse

from agencies.gate import Change, Refused
from cases.gate import case_action
from cases.models import SharingDecision
from cases.models.sharing import LawfulBasis
from cases.opening import give_grant
from marac import referring, repeat, rules, steps
from marac.models import Referral

# What each page of the referral may change; a page changes nothing else.
PAGES = {
    "criteria": (
        "professional_judgement", "judgement_rationale", "visible_high_risk", "potential_escalation", "repeat_criterion", "incident_on", "background",
    ),
    "voice": ("fears", "safe_to_talk_to", "not_safe_to_talk_to", "wants", "risk_to_professionals"),
    "sharing": ("victim_aware", "not_aware_reason", "consent", "basis", "necessity", "risk_believed", "restrictions"),
    "unknowns": ("perpetrator_unknown_reason", "no_assessment_reason", "referred_elsewhere"),
}


def _own(act, case, referral_id):
    """The referral, if it is one of the actor's agency on this case."""
    referral = Referral.objects.select_for_update(of=("self",), no_key=True).filter(pk=referral_id, case=case, agency=act.actor.agency_id).first()
    if referral is None:
        raise PermissionDenied("not this agency's referral")
    referral.case = case
    return referral


def _page(name, case, referral):
    return reverse(name, args=[case.reference, referral.pk])


@case_action("referral.begin", "refer_to_marac")
def begin_referral(act, case):
    """Begin a MARAC referral of a case, filled with what the case says already."""
    waiting = referring.another_on_its_way(case, act.at)
    if waiting is not None:
        raise Refused(f"A MARAC referral of this case is on its way already: it is {rules.IN_WORDS[waiting.state]}.", code="on_its_way")
    if not case.is_open:
        raise Refused("This case is closed. Open it again before referring it.", code="closed")
    referral, change = steps.begin(act, case, act.actor.agency_id)
    return Change(subject=change.subject, case=case, after=change.after, result=referral, led_to=_page("marac_referral", case, referral))


@case_action("referral.edit", "refer_to_marac")
def edit_referral(act, case, *, referral_id, page, said, opened_at_revision):
    """Save one page of a MARAC referral that has not been sent."""
    referral = _own(act, case, referral_id)
    if refused := rules.reasons_cannot_edit(referral.state):
        raise Refused(refused, code="state")
    if referral.revision != opened_at_revision:
        raise Refused("Somebody else changed this referral after you opened the page. Compare what is saved now with yours, then save again.", code="stale")
    changed = [name for name in PAGES[page] if getattr(referral, name) != said[name]]
    for name in changed:
        setattr(referral, name, said[name])
    referral.revision += 1
    referral.save(update_fields=[*changed, "revision"])
    return Change(subject=f"referral:{referral.pk}", case=case, after={"page": page, "changed": changed}, result=referral)


@case_action("referral.submit", "refer_to_marac")
def submit_referral(act, case, *, referral_id, receiver_id):
    """Send a MARAC referral: record the decision to share and give the coordinating agency sight of the listing."""
    referral = _own(act, case, referral_id)
    if not case.is_open:
        raise Refused("This case is closed. Open it again before referring it.", code="closed")
    facts = referring.facts_of(referral)
    another = referring.another_on_its_way(case, act.at, leave_out=referral.pk)
    if refused := rules.reasons_cannot_submit(referral.state, facts, another is not None):
        raise Refused(refused, code="incomplete")
    receiver = referring.receivers(case).filter(pk=receiver_id).first()
    if receiver is None:
        raise Refused("Choose who receives the referral.", code="receiver", field="receiver")
    before, is_first = referral.coordinating_agency_id, referral.submitted_at is None
    referral.coordinating_agency = receiver
    referral.submitted_at = referral.submitted_at or act.at
    referral.submitted_by_id = act.actor.user_id
    referral.victim_ids, referral.perpetrator_ids = repeat.people_of(case)
    if not referral.repeat_reason:  # a coordinator who said otherwise has had the last word
        found = repeat.look(case, referral.incident_on, act.at, leave_out=referral.pk)
        referral.is_repeat = referral.is_repeat_computed = found.is_repeat
        referral.last_referral_id, referral.last_referral_on = found.last_referral_id, found.last_referral_on
    change = steps.move(act, referral, "submit")
    if before and before != receiver.pk:
        steps.settle_sight(act, case, before, was_receiver=True)
    decision = _decide(act, case, referral, receiver, facts)
    give_grant(act, case, receiver, "meeting", decision)
    steps.tell_coordinators(act, referral, is_first=is_first or before != receiver.pk)
    return Change(
        subject=change.subject, case=case, before=change.before,
        after=change.after | {"receiver": receiver.pk, "decision": decision.pk, "is_repeat": referral.is_repeat, "criteria": referral.criteria},
        result=referral, led_to=_page("marac_referral", case, referral),
    )


def _decide(act, case, referral, receiver, facts):
    with_consent = not rules.needs_record(facts)
    return SharingDecision.objects.create(
        case=case, recipient=receiver, level="meeting", basis=LawfulBasis.CONSENT if with_consent else referral.basis,
        necessity=referral.necessity or "Referral to MARAC", risk_believed=referral.risk_believed, restrictions=referral.restrictions,
        victim_told=referral.victim_aware, victim_not_told_reason=referral.not_aware_reason if not referral.victim_aware else "",
        decided_at=act.at, decided_by_id=act.actor.user_id, deciding_agency_id=act.actor.agency_id,
    )


@case_action("referral.withdraw", "refer_to_marac")
def withdraw_referral(act, case, *, referral_id, reasons):
    """Withdraw a MARAC referral that is not listed, with the reason."""
    referral = _own(act, case, referral_id)
    change = steps.move(act, referral, "withdraw", reasons=reasons)
    if referral.coordinating_agency_id:
        steps.settle_sight(act, case)  # also of those who were to attend: there is nothing to hear any more
    return change
