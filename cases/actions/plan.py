"""Writing a safety plan: begin a draft, save a page of it, finish it as the next version, or throw the draft away."""

from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.urls import reverse

from cases import chronology, plans
from cases.access import capabilities_on
from cases.gate import Change, Refused, case_action
from cases.models import SafetyPlan
from cases.rules import plan as rules
from cases.rules.clocks import LONDON
from cases.rules.closing import reasons_closed
from cases.rules.flags import reasons_review_impossible

STALE = "Somebody else changed this after you opened the page. Check what they wrote, then save again."
OVERTAKEN = "Somebody else finished a version after this draft was begun. Check what differs, then finish yours if it should stand."


@case_action("plan.start", "record_contact", counts=False)
def start_plan(act, case):
    """Begin the next version of a safety plan, from the newest one. One draft an agency."""
    _refuse(reasons_closed(case.is_open), "closed")
    if SafetyPlan.objects.filter(case=case, agency=act.actor.agency_id, finished_at=None).exists():
        raise Refused("Your agency has begun a version already. Go on with that.", code="begun")
    newest = plans.newest(case)
    draft = SafetyPlan.objects.create(
        case=case, agency_id=act.actor.agency_id, started_at=act.at, started_by_id=act.actor.user_id, based_on=newest, **(newest.texts if newest else {})
    )
    return Change(
        subject=_subject(draft), case=case, result=draft, led_to=_led_to(case, "plan_draft"), after={"based_on": newest.number if newest else None}
    )


@case_action("plan.save", "record_contact", counts=False)
def save_plan(act, case, *, texts, opened_with):
    """Save a page of a draft. `texts` are its sections, `opened_with` the mark of what they said when the form was opened."""
    _refuse(reasons_closed(case.is_open), "closed")
    draft, may = _own_draft(act, case), capabilities_on(act.actor, case, act.at)
    if not all(code in rules.SECTIONS and rules.may_read(code, may) for code in texts):
        raise PermissionDenied("a section that they may not read")
    stored = {code: getattr(draft, code) for code in texts}
    changed = [code for code, text in texts.items() if text != stored[code]]
    if changed and plans.mark_of(stored) != opened_with:
        raise Refused(STALE, code="stale")
    for code in changed:
        setattr(draft, code, texts[code])
    if changed:
        draft.revision += 1
        draft.save(update_fields=[*changed, "revision"])
    return Change(subject=_subject(draft), case=case, result=draft, led_to=_led_to(case, "plan_draft"), after={"changed": changed, "revision": draft.revision})


@case_action("plan.finish", "record_contact")
def finish_plan(
    act, case, *, draft_revision, newest_seen, is_agreed, has_copy, review_on, agreed_on=None, agreed_with="", not_agreed_reason="", copy_kept="",
    wants_address=False,
):
    """Finish a draft: it is the next version of the case's plan, and never changes again. `newest_seen` is the number of the version last read."""
    _refuse(reasons_closed(case.is_open), "closed")
    draft = _own_draft(act, case)
    if draft_revision != draft.revision:
        raise Refused(STALE, code="stale")
    last = SafetyPlan.objects.filter(case=case).aggregate(last=Max("number"))["last"] or 0
    if newest_seen != last:
        raise Refused(OVERTAKEN, code="overtaken")
    _refuse(rules.reasons_says_nothing(draft.texts), "empty")
    _refuse(rules.reasons_agreement_unclear(is_agreed, agreed_with, agreed_on is not None, not_agreed_reason), "agreed", "is_agreed")
    _refuse(rules.reasons_copy_unclear(has_copy, copy_kept), "copy", "copy_kept")
    today = act.at.astimezone(LONDON).date()
    _refuse(reasons_review_impossible(review_on, today), "review", "review_on")
    if is_agreed and agreed_on > today:
        raise Refused("They cannot have agreed to it in the future.", code="time", field="agreed_on")
    draft.number, draft.finished_at, draft.finished_by_id, draft.review_on = last + 1, act.at, act.actor.user_id, review_on
    draft.is_agreed, draft.has_copy, draft.wants_address = is_agreed, has_copy, wants_address
    draft.agreed_on, draft.agreed_with = (agreed_on, agreed_with) if is_agreed else (None, "")
    draft.not_agreed_reason, draft.copy_kept = "" if is_agreed else not_agreed_reason, copy_kept if has_copy else ""
    draft.save()
    # Not a word of what it says: the chronology is read, printed and exported by more people than the plan is.
    agreed = "Agreed with the victim/survivor." if is_agreed else "Not agreed with the victim/survivor yet."
    chronology.record(act, case, "risk", f"Safety plan: version {draft.number} finished", text=agreed)
    after = {"number": draft.number, "is_agreed": is_agreed, "has_copy": has_copy, "review_on": review_on.isoformat(), "wants_address": wants_address}
    return Change(subject=_subject(draft), case=case, result=draft, led_to=_led_to(case, "plan"), after=after)


@case_action("plan.discard", "record_contact", counts=False)
def discard_draft(act, case):
    """Throw a draft away. Versions that were finished stay."""
    draft = _own_draft(act, case)
    subject = _subject(draft)
    draft.delete()
    return Change(subject=subject, case=case, led_to=_led_to(case, "plan"))


def _own_draft(act, case):
    draft = SafetyPlan.objects.filter(case=case, agency=act.actor.agency_id, finished_at=None).first()
    if draft is None:
        raise Refused("This draft was finished or thrown away meanwhile. Copy what you typed if you need it, and begin the next version.", code="gone")
    return draft


def _subject(plan):
    return f"plan:{plan.pk}"


def _led_to(case, name):
    return reverse(name, args=[case.reference])


def _refuse(reasons, code, field=None):
    if reasons:
        raise Refused(reasons, code=code, field=field)
