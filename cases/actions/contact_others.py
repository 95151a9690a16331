"""Recording an attempt to reach a child or another adult at risk: held to the same rules of safety. It keeps no promise to the victim/survivor."""

from django.urls import reverse

from cases import safe_contact
from cases.actions.contact import chosen_way, earliest, lose, reasons_route_not_safe, write_down
from cases.actions.safe_contact import may_vouch, note_check, reachable
from cases.gate import Change, Refused, case_action, refuse_closed
from cases.models import ContactAttempt
from cases.models.contact import AnsweredBy, AttemptOutcome, Channel
from cases.rules import contact as rules


@case_action("contact.record_other", "record_contact")
def record_contact_with(
    act, case, *, party_id, at, outcome, audience, contact_id=None, channel="", answered_by="", still_safe=False, note="", override_reason="",
):
    """Record an attempt to reach somebody at risk who is not the victim/survivor. What came of it stands in the chronology."""
    refuse_closed(case)
    party = reachable(case, party_id)
    at = rules.not_before(at, earliest(case))
    _refuse(rules.reasons_attempt_impossible(at, earliest(case), act.at), "time", "at")
    chosen = chosen_way(party, contact_id, at) if contact_id else None
    contact = safe_contact.held_at(chosen, at) if chosen else None
    channel = contact.channel if contact else channel
    _refuse(rules.reasons_not_by_them(channel == Channel.FROM_THEM, outcome), "outcome", "outcome")
    not_safe = reasons_route_not_safe(case, contact, channel, outcome, at)
    _refuse(rules.reasons_route_unsafe(not_safe, override_reason), "unsafe", "override_reason")
    lines = [f"Used although it was not safe: {override_reason}"] if not_safe else []
    if outcome == AttemptOutcome.REACHED and still_safe and contact == chosen is not None and contact.ended_at is None and may_vouch(act, case, contact):
        note_check(contact, at, act.actor.user_id)
    if outcome == AttemptOutcome.SOMEONE_ELSE:
        # Kept as a row too: who answered there says something of every way that leads to the same, the victim/survivor's as well.
        attempt = ContactAttempt(
            case=case, agency_id=act.actor.agency_id, by_id=act.actor.user_id, at=at, recorded_at=act.at, contact=contact, channel=channel, outcome=outcome,
            answered_by=answered_by, was_safe_route=not not_safe, override_reason=override_reason if not_safe else "",
        )
        if contact:
            attempt.save()
        lines = [f"Who answered: {AnsweredBy(answered_by).label}", *lines, *lose(act, case, attempt)]
    title = f"{Channel(channel).label} ({party.get_role_display().lower()}): {AttemptOutcome(outcome).label}"
    write_down(act, case, title, at, lines, note, audience)
    return Change(
        subject=f"party:{party.pk}", case=case, led_to=reverse("contact_with", args=[case.reference, party.pk]),
        after={"channel": Channel(channel).value, "outcome": AttemptOutcome(outcome).value, "was_safe_route": not not_safe, "at": at.isoformat()},
    )


def _refuse(reasons, code, field):
    if reasons:
        raise Refused(reasons, code=code, field=field)
