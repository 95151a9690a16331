"""What the coordinator does with a referral: accept it, return it, not accept it, say whether it is a repeat.

The case must be seen through its listing; besides, the role must run MARAC, and the referral must be with the coordinator's own agency.
"""

from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.urls import reverse

from agencies.gate import Change, Refused
from cases.gate import case_action
from marac import agenda, rules, steps
from marac.models import Referral


def _received(act, case, referral_id):
    """The referral, if the actor coordinates the MARAC that received it."""
    if not act.actor.may("run_marac"):
        raise PermissionDenied("run_marac")
    received = Referral.objects.filter(pk=referral_id, case=case, coordinating_agency=act.actor.agency_id).exclude(state="draft")
    referral = received.select_for_update(of=("self",), no_key=True).first()
    if referral is None:
        raise PermissionDenied("not with this agency")
    referral.case = case
    return referral


def _decided(act, case, referral_id, verb, reasons=""):
    steps.untell_coordinators(act, case)
    change = steps.move(act, _received(act, case, referral_id), verb, reasons=reasons)
    return Change(
        subject=change.subject, case=case, before=change.before, after=change.after, led_to=reverse("marac_listing", args=[case.reference, referral_id])
    )


@case_action("referral.accept", "see_listing")
def accept_referral(act, case, *, referral_id):
    """Accept a MARAC referral (coordinator)."""
    return _decided(act, case, referral_id, "accept")


@case_action("referral.return", "see_listing")
def return_referral(act, case, *, referral_id, reasons):
    """Return a MARAC referral for information, saying which (coordinator)."""
    return _decided(act, case, referral_id, "return", reasons)


@case_action("referral.decline", "see_listing")
def decline_referral(act, case, *, referral_id, reasons):
    """Not accept a MARAC referral, saying why to the referrer; sight of the listing ends, and an appeal gives it anew (coordinator)."""
    change = _decided(act, case, referral_id, "decline", reasons)
    steps.settle_sight(act, case, act.actor.agency_id)
    return replace(change, led_to=reverse("marac"))


@case_action("referral.say_repeat", "see_listing")
def say_repeat(act, case, *, referral_id, is_repeat, reason):
    """Say whether a MARAC referral is a repeat, with the reason where Waymark found otherwise (coordinator)."""
    referral = _received(act, case, referral_id)
    if referral.state == "withdrawn":
        raise Refused("This referral is withdrawn, so it cannot be changed.", code="state")
    found, reason = agenda.found_repeat(act.actor, referral), reason.strip()
    if refused := rules.reasons_repeat_unexplained(is_repeat, found, reason):
        raise Refused(refused, code="reasons", field="reason")
    before = referral.is_repeat
    # Somebody barred from the earlier case, who agrees with what they can see, changes nothing: they know of nothing to disagree with.
    if is_repeat == referral.is_repeat_computed or reason:
        referral.is_repeat = is_repeat
        referral.repeat_reason = reason if is_repeat != found or is_repeat != referral.is_repeat_computed else ""
    referral.revision += 1
    referral.save(update_fields=["is_repeat", "repeat_reason", "revision"])
    return Change(subject=f"referral:{referral.pk}", case=case, before={"is_repeat": before}, after={"is_repeat": referral.is_repeat})
