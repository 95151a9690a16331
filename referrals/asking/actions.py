"""What is done with a request in writing: sent by anybody; tried, opened as notes and closed by the line."""

import json
from uuid import uuid5

from django.http import Http404
from django.urls import reverse

from agencies import policies
from agencies.gate import AlreadyDone, Change, Refused, agency_action, public_action
from cases.models.clock import ClockOutcome
from referrals import promises
from referrals.asking import codes, rules
from referrals.asking.carrying import carried
from referrals.asking.reading import requests_of
from referrals.calls import hours
from referrals.calls.actions import begin_notes
from referrals.models import AnswerAttempt, PublicRequest

ASKED = "asked"


@public_action("asked.send")
def send_request(act, *, form_token, said, **facts):
    """Somebody without an account asked in writing; the promise to answer starts."""
    agency_id = act.actor.agency_id
    # Sent twice it makes one; but what was changed before it was sent again is new, and is never dropped.
    token = uuid5(form_token, json.dumps([said, facts], sort_keys=True))
    due_at, basis = hours.due(agency_id, act.at, "asking.answer_within")
    found, is_new = PublicRequest.objects.get_or_create(
        token=token,
        defaults={
            "agency_id": agency_id, "asked_at": act.at, "is_in_hours": hours.in_force(agency_id, act.at).series(act.at)[0], "said": said, "due_at": due_at, "basis": basis,
            **facts,
        },
    )
    if not is_new:
        raise AlreadyDone("")
    promises.start(act, ASKED, about=found.about, agency=agency_id, started_at=act.at, due=(due_at, basis))
    return Change(subject=found.about, result=found, after={"who": found.who, "danger": found.danger, "by": found.reach_by, "safe": found.safe})


@agency_action("asked.attempt", "take_calls")
def record_answer(act, *, number, happened_at, outcome, note="", why_late=""):
    """Somebody tried to answer a request; reaching them keeps the promise, late with its reason where it is late."""
    found = _lock(act, number)
    if happened_at >= found.asked_at.replace(second=0, microsecond=0):
        happened_at = max(happened_at, found.asked_at)  # people enter minutes: the minute in which it was sent is not before it
    reach, is_answered = found.said.get("reach", {}), found.answered_at is not None
    _check(
        rules.reasons_tried(
            outcome, found.reach_by, reach.get("voicemail", ""), found.safe, happened_at, found.asked_at, act.at, found.due_at, found.is_waiting, is_answered, why_late
        ),
        "asked:attempt",
    )
    AnswerAttempt.objects.create(request=found, happened_at=happened_at, outcome=outcome, note=note, made_by_id=act.actor.user_id, recorded_at=act.at)
    if outcome in codes.ANSWERS and not is_answered:
        found.answered_at, found.late_reason = happened_at, why_late if happened_at > found.due_at else ""
        found.save(update_fields=["answered_at", "late_reason"])
        _stop(act, found, ClockOutcome.MET, happened_at)
        if found.disclosure_id:
            _end(act, found, codes.OPENED)
    return Change(subject=found.about, result=found, led_to=reverse("asked_one", args=[found.pk]), after={"outcome": outcome, "happened_at": happened_at.isoformat()})


@agency_action("asked.open", "take_calls")
def open_asked(act, *, number):
    """Notes were opened from a request, with everything that was written carried over."""
    found = _lock(act, number)
    if reasons := rules.reasons_open(found.is_waiting, found.disclosure_id is not None):
        if found.disclosure_id:
            raise AlreadyDone(found.disclosure.get_absolute_url())
        raise Refused(reasons, code="asked:open")
    draft = begin_notes(act, found.about, *carried(found))
    found.disclosure = draft
    found.save(update_fields=["disclosure"])
    # Who can be answered and was not still waits for an answer: notes are no answer.
    if found.answered_at or not rules.may_answer(found.reach_by, found.safe):
        _end(act, found, codes.OPENED)
    return Change(subject=found.about, result=draft)


@agency_action("asked.end", "take_calls")
def end_request(act, *, number, how, reason):
    """A request was closed, and why. What was missed stays missed."""
    found = _lock(act, number)
    fewest = policies.in_force("contact.attempt_limit", act.actor.agency_id, act.at).whole
    can_answer = rules.may_answer(found.reach_by, found.safe)
    _check(rules.reasons_end(how, reason, found.attempts.count(), fewest, can_answer, found.answered_at is not None, found.due_at, act.at, found.is_waiting), "asked:end")
    _end(act, found, how, reason)
    return Change(subject=found.about, result=found, led_to=reverse("asked_one", args=[found.pk]), after={"end": how})


_STOPS = {codes.OPENED: ClockOutcome.MET, "noted": ClockOutcome.MET, "unreached": ClockOutcome.UNABLE}


def _end(act, found, how, reason=""):
    _stop(act, found, _STOPS.get(how, ClockOutcome.NOT_NEEDED), act.at)
    found.end, found.ended_at, found.ended_by_id, found.end_reason = how, act.at, act.actor.user_id, reason
    found.save(update_fields=["end", "ended_at", "ended_by", "end_reason"])


def _stop(act, found, outcome, at):
    for promise in promises.of(found.about).filter(stopped_at=None):
        promises.stop(act, promise, outcome, at=at)


def _check(reasons, code):
    if reasons:
        field, words = next(iter(reasons.items()))
        raise Refused(words, code=code, field=field or None)


def _lock(act, number):
    found = requests_of(act.actor).select_for_update(of=("self",)).filter(pk=number).first()
    if found is None:
        raise Http404
    return found
