"""What is done with a call: logged, written down apart, opened as notes; and a message tried, returned or given up. And the hours of a line, set."""

from django.http import Http404
from django.urls import reverse

from agencies import policies
from agencies.gate import AlreadyDone, Change, Refused, agency_action
from agencies.models import Agency, User
from agencies.rules import reasons_not_from
from cases.models.clock import ClockOutcome
from cases.opening import new_reference
from referrals import pages, promises
from referrals.calls import codes, hours, rules
from referrals.calls.carrying import carried
from referrals.calls.reading import calls_of
from referrals.models import Call, CallbackAttempt, Disclosure, OpeningHours

CALLBACK = "callback"


@agency_action("call.log", "take_calls")
def log_call(act, *, opened_at, result, said, caller="", danger="", left_at=None, has_no_number=False, opens_notes=False, returns=None, **facts):
    """A call to the line was logged; a message that was left starts the promise to return it."""
    number = said.get("caller", {}).get("number", "")
    _check(rules.reasons_log(result, caller, danger, opened_at, act.at, left_at, bool(number), has_no_number, opens_notes), "call:log")
    if caller == codes.PERPETRATOR:
        raise Http404  # that call has a page of its own, on which nothing can be opened
    received_at = left_at if result == rules.MESSAGE else opened_at
    returned = _returned(act, returns)
    call = _new_call(act, received_at, opened_at, result=result, said=said, caller=caller, danger=danger, returns=returned, ended_at=act.at, **facts)
    if result == rules.MESSAGE:
        call.outcome = codes.TO_RETURN if number else codes.NO_NUMBER
        if number:
            call.callback_due_at, call.callback_basis = hours.due(act.actor.agency_id, left_at)
        call.save(update_fields=["outcome", "callback_due_at", "callback_basis"])
        if number:
            promises.start(
                act, CALLBACK, about=call.about, agency=act.actor.agency_id, owner=User.objects.get(pk=act.actor.user_id), started_at=left_at,
                due=(call.callback_due_at, call.callback_basis),
            )
    draft = _open_notes(act, call) if opens_notes else None
    return Change(
        subject=call.about, result=call, led_to=notes_url(draft) if draft else reverse("line"),
        after={"result": result, "caller": caller, "danger": danger, "series": "in" if call.is_in_hours else "out", "received_at": received_at.isoformat()},
    )


@agency_action("call.quiet", "take_calls")
def begin_quiet_call(act, *, opened_at, is_fishing, said):
    """The alleged perpetrator, or somebody who wants to learn where a person is, is on the line: recorded, and what was typed is out of sight."""
    _check(rules.reasons_log(rules.ABANDONED, "", "", opened_at, act.at, None, False, True, False), "call:log")
    caller = "" if is_fishing else codes.PERPETRATOR
    call = _new_call(act, opened_at, opened_at, result=rules.ANSWERED, said=said, caller=caller, is_fishing=is_fishing)
    return Change(subject=call.about, result=call, led_to=reverse("line_quiet", args=[call.pk]), after={"caller": caller, "fishing": is_fishing})


@agency_action("call.finish", "take_calls")
def finish_quiet_call(act, *, number, danger, words, threats, whereabouts, gave_programme):
    """What was said on such a call was written down. It is attached to nothing."""
    call = _lock(act, number)
    if not call.is_quiet or call.ended_at:
        raise AlreadyDone(reverse("line"))
    call.said["quiet"] = {name: text for name, text in {"words": words, "threats": threats, "whereabouts": whereabouts}.items() if text}
    call.danger, call.ended_at = danger, act.at
    call.signposts, call.outcome = (["programme"], "signposted") if gave_programme else ([], "information")
    call.save(update_fields=["said", "danger", "ended_at", "signposts", "outcome"])
    return Change(subject=call.about, result=call, led_to=reverse("line"), after={"danger": danger, "threats": bool(threats), "whereabouts": bool(whereabouts)})


@agency_action("call.open", "take_calls")
def open_notes(act, *, number):
    """Notes were opened from a call, with everything that was said carried over."""
    call = _lock(act, number)
    draft = _open_notes(act, call)
    return Change(subject=call.about, result=draft, led_to=notes_url(draft))


@agency_action("call.attempt", "take_calls")
def record_attempt(act, *, number, happened_at, outcome, note="", why_late=""):
    """Somebody tried to return a message; talking with them keeps the promise, late with its reason where it is late."""
    call = _lock(act, number)
    reach = call.said.get("reach", {})
    _check(
        rules.reasons_attempt(
            outcome, reach.get("voicemail", ""), reach.get("safe", ""), happened_at, call.received_at, act.at, call.callback_due_at or act.at, call.is_waiting, why_late
        ),
        "call:attempt",
    )
    CallbackAttempt.objects.create(call=call, happened_at=happened_at, outcome=outcome, note=note, made_by_id=act.actor.user_id, recorded_at=act.at)
    if outcome == codes.REACHED:
        _end(act, call, codes.RETURNED, ClockOutcome.MET, happened_at, why_late if happened_at > call.callback_due_at else "")
    return Change(subject=call.about, result=call, led_to=reverse("line_call", args=[call.pk]), after={"outcome": outcome, "happened_at": happened_at.isoformat()})


@agency_action("call.end", "take_calls")
def end_callback(act, *, number, how, reason):
    """A message will not be returned: not needed, or nobody could be reached. What was missed stays missed."""
    call = _lock(act, number)
    fewest = policies.in_force("contact.attempt_limit", act.actor.agency_id, act.at).whole
    _check(rules.reasons_end(how, reason, call.attempts.count(), fewest, call.callback_due_at or act.at, act.at, call.is_waiting), "call:end")
    _end(act, call, how, ClockOutcome.UNABLE if how == codes.UNREACHED else ClockOutcome.NOT_NEEDED, act.at, reason)
    return Change(subject=call.about, result=call, led_to=reverse("line_call", args=[call.pk]), after={"end": how})


@agency_action("line.hours", "set_policies")
def set_hours(act, *, days, opens, closes, on_bank_holidays, other_line, counts_from, reason, effective_from=None):
    """The hours of a line were set, from now or from a later instant on."""
    effective_from = effective_from or act.at
    _check(rules.reasons_hours(days, opens, closes), "line:hours")
    if reasons := reasons_not_from(effective_from, act.at):
        raise Refused(reasons, code="line:past", field="from_day")
    row = OpeningHours.objects.create(
        agency_id=act.actor.agency_id, effective_from=effective_from, days=sorted(days), opens=opens, closes=closes, on_bank_holidays=on_bank_holidays,
        other_line=other_line, counts_from=counts_from, reason=reason, set_at=act.at, set_by_id=act.actor.user_id,
    )
    return Change(
        subject=f"opening_hours:{row.pk}", result=row, led_to=reverse("line_hours"),
        after={"days": row.days, "opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}", "counts_from": counts_from, "effective_from": effective_from.isoformat()},
    )


def notes_url(draft):
    """Where the handler goes on: the first page of the notes that still asks something."""
    page = pages.to_go_on_with(draft.answers, draft.unfinished)
    return reverse("disclosure_page", args=[draft.reference, page.slug]) if page else reverse("disclosure_check", args=[draft.reference])


def _check(reasons, code):
    if reasons:
        field, words = next(iter(reasons.items()))
        raise Refused(words, code=code, field=field or None)


def _new_call(act, received_at, opened_at, **facts):
    is_in, series = hours.in_force(act.actor.agency_id, received_at).series(received_at)
    return Call.objects.create(
        agency=Agency.objects.get(pk=act.actor.agency_id), taken_by_id=act.actor.user_id, started_at=opened_at, received_at=received_at, is_in_hours=is_in, series=series,
        **facts,
    )


def _returned(act, number):
    """The message of one's own agency that this call returns."""
    if not number:
        return None
    found = calls_of(act.actor).filter(pk=number, callback_end=codes.RETURNED).first()
    if found is None:
        raise Http404
    return found


def _lock(act, number):
    found = calls_of(act.actor).select_for_update(of=("self",)).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _open_notes(act, call):
    if reasons := rules.reasons_open_notes(call.is_quiet, call.result == rules.ANSWERED, call.ended_at is not None, call.disclosure_id is not None):
        if call.disclosure_id and not call.is_quiet:
            raise AlreadyDone(call.disclosure.get_absolute_url())
        raise Refused(reasons, code="call:open")
    if not act.actor.may("log_disclosure"):
        raise Refused("Your role opens no notes. Ask a colleague who logs disclosures.", code="call:role")
    answers, unfinished = carried(call)
    draft = Disclosure.objects.create(
        reference=new_reference(), agency_id=act.actor.agency_id, author_id=act.actor.user_id, answers=answers, unfinished=unfinished, started_at=act.at,
        saved_at=act.at, saved_by_id=act.actor.user_id,
    )
    call.disclosure, call.outcome = draft, codes.OPENED
    call.save(update_fields=["disclosure", "outcome"])
    act.also("disclosure.start", Change(subject=f"disclosure:{draft.pk}", after={"call": call.pk}))
    return draft


def _end(act, call, how, outcome, at, reason):
    for promise in promises.of(call.about).filter(stopped_at=None):
        promises.stop(act, promise, outcome, at=at)
    call.callback_end, call.callback_ended_at, call.callback_ended_by_id, call.callback_reason = how, at, act.actor.user_id, reason
    call.save(update_fields=["callback_end", "callback_ended_at", "callback_ended_by", "callback_reason"])
