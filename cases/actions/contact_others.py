"""Recording an attempt to reach a child or another adult at risk: held to the same rules of safety. It keeps no promise to the victim/survivor."""

from django.urls import reverse

from cases.actions.contact import examined, lose, write_down
from cases.actions.safe_contact import note_check, reachable
from cases.gate import Change, case_action, refuse_closed
from cases.models import ContactAttempt
from cases.models.contact import AnsweredBy, AttemptOutcome, Channel


@case_action("contact.record_other", "record_contact")
def record_contact_with(
    act, case, *, party_id, at, outcome, audience, contact_id=None, channel="", answered_by="", still_safe=False, note="", override_reason="",
):
    """Record an attempt to reach somebody at risk who is not the victim/survivor. What came of it stands in the chronology."""
    refuse_closed(case)
    party = reachable(case, party_id)
    tried = examined(act, case, party, at, contact_id, channel, outcome, override_reason)
    at, contact, channel, not_safe = tried.at, tried.contact, tried.channel, tried.not_safe
    lines = [f"Used although it was not safe: {override_reason}"] if not_safe else []
    if still_safe and tried.may_be_checked(act, case):
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

