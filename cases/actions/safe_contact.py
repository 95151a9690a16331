"""Changing how somebody may be reached: the old row is ended and kept, the new one stands beside it."""

from django.http import Http404

from agencies.gate import inside
from cases import chronology, perpetrator_access
from cases.access import can
from cases.gate import Change, Refused, case_action, refuse_closed
from cases.models import EarlierCheck, Party, SafeContact, SafeWindow
from cases.models.contact import PLACES, Channel, Safe
from cases.models.people import Role
from cases.rules import contact as rules
from cases.safe_contact import REACHABLE, is_protected_place

# What goes on holding when a way of contact is said anew, unless it is said otherwise.
CARRIED = ("duress_word", "may_take", "must_not", "style")


@case_action("safe_contact.add", "edit_people")
def add_safe_contact(act, case, *, party_id=None, windows=(), is_checked=False, **facts):
    """Add a way of reaching the victim/survivor, or another person of the case who is at risk. `windows` are (weekday, starts, ends)."""
    refuse_closed(case)
    party = reachable(case, party_id) if party_id else Party.objects.get(case=case, role=Role.VICTIM)
    _refuse_one_word_for_two(case, **facts)
    _refuse_perpetrators_door(act, case, **facts)
    contact = _create(act, case, party.pk, windows, is_checked=is_checked, **facts)
    chronology.record(act, case, "people", f"Way of contact added{of_whom(contact)}: {contact.get_channel_display()}", text=contact.get_is_safe_display())
    return Change(subject=f"safe_contact:{contact.pk}", case=case, after=_codes(contact, windows), result=contact)


@case_action("safe_contact.change", "edit_people")
def change_safe_contact(act, case, *, contact_id, windows=(), is_checked=False, **facts):
    """Change how somebody may be reached; what was agreed before stays on record."""
    refuse_closed(case)
    old = current(case, contact_id)
    before = _codes(old, old.windows.values_list("weekday", "starts", "ends"))
    _refuse_one_word_for_two(case, but=old, **{"duress_word": old.duress_word} | facts)
    _refuse_perpetrators_door(act, case, **{"channel": old.channel, "value": old.value, "is_safe": old.is_safe} | facts)
    contact = replace(act, case, old, windows, is_checked=is_checked, **facts)
    chronology.record(act, case, "people", f"Way of contact changed{of_whom(contact)}: {contact.get_channel_display()}", text=contact.get_is_safe_display())
    return Change(subject=f"safe_contact:{contact.pk}", case=case, before={"id": old.pk, **before}, after=_codes(contact, windows), result=contact)


@case_action("safe_contact.end", "edit_people")
def end_safe_contact(act, case, *, contact_id, reason):
    """Take a way of contact out of use; it stays on record."""
    refuse_closed(case)
    old = current(case, contact_id)
    _end(act, old)
    chronology.record(act, case, "people", f"Way of contact ended{of_whom(old)}: {old.get_channel_display()}", text=reason)
    return Change(subject=f"safe_contact:{old.pk}", case=case, after={"ended_at": act.at.isoformat()})


@case_action("safe_contact.verify", "record_contact")
def verify_safe_contact(act, case, *, contact_id, times="", windows=()):
    """Say that a way of contact was checked with the victim/survivor and still holds; `times`, where they said when it is safe and nobody knew."""
    refuse_closed(case)
    contact = current(case, contact_id)
    if not may_see_place(act, case, contact):
        raise Refused("This leads to a protected place. Somebody who may see it checks it with them.", code="place")
    _refuse_perpetrators_door(act, case, channel=contact.channel, value=contact.value, is_safe=contact.is_safe)
    if times and times != contact.times:
        kept = {name: getattr(contact, name) for name in ("value", "is_safe", "voicemail", "how", "code_word")}
        contact = replace(act, case, contact, windows, is_checked=True, times=times, **kept)
    else:
        note_check(contact, act.at, act.actor.user_id)
    chronology.record(act, case, "people", f"Way of contact checked{of_whom(contact)}: {contact.get_channel_display()}", text=contact.get_is_safe_display())
    return Change(subject=f"safe_contact:{contact.pk}", case=case, after={"verified_at": act.at.isoformat()})


def end_marks_at_their_door(act, case):
    """The alleged perpetrator lives somewhere else from now on: a letter or a visit that was safe there is not safe any more, for whoever may know of it."""
    safe = SafeContact.objects.filter(case=case, ended_at=None, channel__in=PLACES).exclude(is_safe=Safe.NO)
    for one in safe:
        if may_see_place(act, case, one) and perpetrator_access.leads_to_them(case, one, as_seen_by=act.actor):
            windows = list(one.windows.values_list("weekday", "starts", "ends"))
            replace(act, case, one, windows, value=one.value, how=one.how, code_word=one.code_word, times=one.times, is_safe=Safe.NO)
            chronology.record(act, case, "people", f"No longer safe{of_whom(one)}: {one.get_channel_display()}", text="The alleged perpetrator lives there now.")


def may_vouch(act, case, contact):
    """May this actor say that a way still is safe? Not for a place that they may not see, else they could find it by guessing; and not for his own door."""
    return may_see_place(act, case, contact) and not perpetrator_access.leads_to_them(case, contact, as_seen_by=act.actor)


def may_see_place(act, case, contact):
    """Where a way leads to a protected place: may this actor see it?"""
    return not is_protected_place(contact) or can(act.actor, "see_protected_address", case, act.at)


def reachable(case, party_id):
    """Somebody on a case whom we may call or write to: never an alleged perpetrator, nor a child not yet born."""
    party = Party.objects.filter(pk=party_id, case=case, role__in=REACHABLE, is_unborn=False).select_related("person").first()
    if party is None:
        raise Http404
    return party


def of_whom(contact):
    """Whose it is, for the chronology: of anybody but the victim/survivor."""
    return "" if contact.party.role == Role.VICTIM else f" ({contact.party.get_role_display().lower()})"


def current(case, contact_id):
    """A channel that is in use. One that somebody ended meanwhile is refused in words, one of another case does not exist."""
    contact = SafeContact.objects.filter(pk=contact_id, case=case).first()
    if contact is None:
        raise Http404
    if contact.ended_at:
        raise Refused("Somebody else changed this way of contact after you opened the page. Go back to the case to see it as it is.", code="stale")
    return contact


def note_check(contact, at, user_id):
    """It was checked with them at `at`. The check before it is kept: what was tried before this one is judged by that."""
    assert inside(), "a check is noted inside a gate"
    if contact.verified_at:
        if at <= contact.verified_at:
            return
        EarlierCheck.objects.create(case_id=contact.case_id, contact=contact, verified_at=contact.verified_at, verified_by_id=contact.verified_by_id)
    contact.verified_at, contact.verified_by_id = at, user_id
    contact.save(update_fields=["verified_at", "verified_by"])


def replace(act, case, old, windows, **facts):
    """End a way of contact and put another in its place, from now on."""
    _end(act, old)
    return _create(act, case, old.party_id, windows, replaces=old, **{"channel": old.channel} | {name: getattr(old, name) for name in CARRIED} | facts)


def _create(act, case, party_id, windows, *, is_checked=False, **facts):
    """A way of contact that begins to hold now: never before somebody had written it down, whatever time it was heard at."""
    contact = SafeContact.objects.create(
        case=case, party_id=party_id, recorded_at=act.at, verified_at=act.at if is_checked else None,
        verified_by_id=act.actor.user_id if is_checked else None, **facts,
    )
    SafeWindow.objects.bulk_create(
        SafeWindow(case=case, contact=contact, weekday=weekday, starts=starts, ends=ends) for weekday, starts, ends in windows
    )
    return contact


def _refuse_one_word_for_two(case, but=None, *, code_word="", duress_word="", **facts):
    others = SafeContact.objects.filter(case=case, ended_at=None).exclude(pk=but and but.pk).values_list("code_word", "duress_word")
    for field, reason in rules.reasons_words_alike(code_word, duress_word, list(others)).items():
        raise Refused(reason, code="words", field=field)


def _refuse_perpetrators_door(act, case, *, channel, value="", is_safe="", **facts):
    """A letter or a visit that leads to the alleged perpetrator can be written down as not safe, so that everybody knows, and no other way."""
    if channel in PLACES and value and is_safe != Safe.NO and perpetrator_access.lives_there(case, Role.PERPETRATOR, value, as_seen_by=act.actor):
        raise Refused("The alleged perpetrator lives there, as far as this case says. Choose that it is not safe, or leave it out.", code="door", field="is_safe")


def _end(act, contact):
    contact.ended_at = act.at
    contact.save(update_fields=["ended_at"])


def _codes(contact, windows):
    """For the log: never the number itself, nor what to say."""
    return {
        "channel": Channel(contact.channel).value, "is_safe": contact.is_safe, "voicemail": contact.voicemail, "times": contact.times, "style": str(contact.style),
        "windows": [f"{weekday} {starts:%H:%M}-{ends:%H:%M}" for weekday, starts, ends in windows],
    }
