"""Somebody else answered: what that says of every way that leads to the same telephone or door, until the victim/survivor was asked again."""

from cases.models import ContactAttempt
from cases.models.contact import AnsweredBy, AttemptOutcome, Channel
from cases.rules import contact as rules
from ui import phones
from ui.times import since_when

# A child or another adult of the household who answers does not have the telephone (domain 8.1).
NO_DANGER = (AnsweredBy.CHILD, AnsweredBy.ADULT)
_NUMBERS = {Channel.PHONE, Channel.TEXT, Channel.VOICEMAIL}


def way(used):
    """What an attempt, or a channel, leads to: its kind and, where it is written down, its number or place."""
    value = getattr(used, "value", "")
    return used.channel, phones.normalise(value) or value.strip().casefold()


def reasons_answered(contact, case, at, checks):
    """Why this way was not safe at an instant: somebody else had answered it, and nobody had asked the victim/survivor since. `checks` are those until then."""
    by_others = ContactAttempt.objects.filter(case=case, outcome=AttemptOutcome.SOMEONE_ELSE).exclude(answered_by__in=NO_DANGER).select_related("contact")
    for one in by_others:
        had_answered = rules.not_before(at, one.at) >= one.at
        if had_answered and _same(contact, one) and not rules.is_checked_since(one.at, one.recorded_at, checks):
            return [f"Somebody else answered {'this number' if contact.channel in _NUMBERS else 'here'} at {since_when(one.at, at)}."]
    return []


def counted_since(case, attempt):
    """The contacts by a way that leads to the same which stand recorded as safe, though somebody else had answered it before them."""
    later = ContactAttempt.objects.filter(case=case, outcome=AttemptOutcome.REACHED, was_safe_route=True, at__gte=attempt.at).order_by("at")
    return [one for one in later.select_related("contact") if one.contact and _same(one.contact, attempt)]


def _same(contact, attempt):
    return rules.leads_to_same(way(contact), way(attempt.contact or attempt))
