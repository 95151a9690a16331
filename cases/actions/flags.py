"""Raising a safety flag, reviewing it, and taking it away, which takes two people. What everybody on the case must know is for its partners, always."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.urls import reverse

from agencies.models import User
from cases import chronology, second_person
from cases.access import capabilities_on, people_seeing
from cases.flags import kinds_now
from cases.gate import Change, Refused, case_action
from cases.models import ContactAttempt, FlagRemoval, FlagReview, Grant, Notification, SafetyFlag
from cases.models.flag import Decision
from cases.rules import flags as rules
from cases.rules.clocks import LONDON
from cases.rules.closing import reasons_closed


@case_action("flag.raise", "add_entry", counts=False)
def raise_flag(act, case, *, kind, reason, review_on):
    """Raise a safety flag on a case; whoever works on it is told."""
    _refuse(reasons_closed(case.is_open), "closed")
    _refuse(rules.reasons_stands_already(kind, kinds_now(case)), "stands", "kind")
    _check(act, reason, review_on)
    flag = SafetyFlag.objects.create(
        case=case, kind=kind, agency_id=act.actor.agency_id, reason=reason, raised_at=act.at, raised_by_id=act.actor.user_id, review_on=review_on
    )
    _write_down(act, case, f"Safety flag raised: {rules.KINDS[kind].label}", reason)
    told = _tell(act, case, "flag.raised")
    return Change(
        subject=_subject(flag), case=case, result=flag, led_to=_led_to(case), after={"kind": kind, "review_on": review_on.isoformat(), "told": told}
    )


@case_action("flag.review", "add_entry")
def review_flag(act, case, *, flag_id, note, review_on):
    """Look whether a flag still holds: it does, until the next review."""
    _refuse(reasons_closed(case.is_open), "closed")
    flag = _standing(case, flag_id)
    _check(act, note, review_on, field="note")
    FlagReview.objects.create(
        case=case, flag=flag, at=act.at, by_id=act.actor.user_id, agency_id=act.actor.agency_id, note=note, review_on=review_on
    )
    before, flag.review_on = flag.review_on, review_on
    flag.save(update_fields=["review_on"])
    _write_down(act, case, f"Safety flag reviewed: {flag.get_kind_display()}", note)
    return Change(
        subject=_subject(flag), case=case, result=flag, led_to=_led_to(case), before={"review_on": before.isoformat()}, after={"review_on": review_on.isoformat()}
    )


@case_action("flag.propose_removal", "add_entry")
def propose_removal(act, case, *, flag_id, reason):
    """Propose that a flag be removed. It stands until a second person has approved that."""
    _refuse(reasons_closed(case.is_open), "closed")
    flag = _flag(case, flag_id)
    waiting = FlagRemoval.objects.filter(flag=flag, decided_at=None).exists()
    _refuse(rules.reasons_cannot_propose(flag.removed_at is not None, waiting), "stale")
    _refuse(rules.reasons_says_too_little(reason), "reason", "reason")
    removal = FlagRemoval.objects.create(
        case=case, flag=flag, agency_id=act.actor.agency_id, reason=reason, proposed_at=act.at, proposed_by_id=act.actor.user_id
    )
    _write_down(act, case, f"Removal proposed, a second person decides: {flag.get_kind_display()}", reason)
    return Change(subject=_subject(flag), case=case, result=removal, led_to=_led_to(case), after={"removal": removal.pk})


@case_action("flag.decide_removal", "add_entry")
def decide_removal(act, case, *, removal_id, decision, reason):
    """A second person approves that a flag is removed, or does not."""
    if not second_person.may_decide(capabilities_on(act.actor, case, act.at)):
        raise PermissionDenied("not a second person")
    _refuse(reasons_closed(case.is_open), "closed")
    removal = FlagRemoval.objects.filter(pk=removal_id, case=case).select_related("flag").first()
    if removal is None:
        raise Http404
    reasons = rules.reasons_cannot_decide(is_decided=removal.decided_at is not None, proposed_by=removal.proposed_by_id, decider=act.actor.user_id)
    _refuse(reasons, "unfit")
    _refuse(rules.reasons_says_too_little(reason), "reason", "reason")
    flag = removal.flag
    removal.decided_at, removal.decided_by_id, removal.decision, removal.decision_reason = act.at, act.actor.user_id, decision, reason
    removal.save(update_fields=["decided_at", "decided_by", "decision", "decision_reason"])
    is_removed = decision == Decision.APPROVED
    if is_removed:
        flag.removed_at = act.at
        flag.save(update_fields=["removed_at"])
    _write_down(act, case, f"Safety flag {'removed by two people' if is_removed else 'stays'}: {flag.get_kind_display()}", reason)
    told = _tell(act, case, "flag.removed") if is_removed else []
    return Change(subject=_subject(flag), case=case, result=flag, led_to=_led_to(case), after={"removal": removal.pk, "decision": decision, "told": told})


def _flag(case, flag_id):
    flag = SafetyFlag.objects.filter(pk=flag_id, case=case).first()
    if flag is None:
        raise Http404
    return flag


def _standing(case, flag_id):
    flag = _flag(case, flag_id)
    if flag.removed_at:
        raise Refused("This flag has been removed meanwhile.", code="stale")
    return flag


def _check(act, reason, review_on, field="reason"):
    _refuse(rules.reasons_says_too_little(reason), "reason", field)
    _refuse(rules.reasons_review_impossible(review_on, act.at.astimezone(LONDON).date()), "review", "review_on")


def _tell(act, case, kind):
    """Tell whoever holds the case for their agency, and whoever has tried to reach them: it is they who go there. The log keeps who was told."""
    held = Grant.objects.filter(content_object=case, worker__isnull=False).values("worker")
    tried = ContactAttempt.objects.filter(case=case).values("by")
    users = User.objects.filter(Q(pk__in=held) | Q(pk__in=tried), is_active=True).exclude(pk=act.actor.user_id)
    told = people_seeing(case, users, act.at)
    Notification.objects.bulk_create([Notification(user=user, case=case, kind=kind, at=act.at) for user in told])
    return sorted(user.pk for user in told)


def _write_down(act, case, title, text):
    chronology.record(act, case, "risk", title, text=text)


def _subject(flag):
    return f"flag:{flag.pk}"


def _led_to(case):
    return reverse("case_flags", args=[case.reference])


def _refuse(reasons, code, field=None):
    if reasons:
        raise Refused(reasons, code=code, field=field)
