"""Somebody in danger when it was reported: what the case page says first, until it is known to have been dealt with, and when that is."""

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from agencies.gate import Change, inside
from cases import chronology
from cases.compiled import Objects
from cases.extensions import Banner, NextAction
from cases.models import ContactAttempt
from cases.models.contact import AttemptOutcome, Channel
from referrals import rules
from referrals.models import Disclosure
from referrals.safeguarding import proposing
from ui import times

IF_NOW = "If anyone is in danger now, call 999."


def report(act, case, reported_at):
    """Somebody was in danger, or 999 was called: the case says so from now on, also where an earlier danger had been dealt with."""
    assert inside(), "danger is reported inside a gate"
    case.danger_reported_at, case.danger_settled_at = reported_at, None
    case.save(update_fields=["danger_reported_at", "danger_settled_at"])
    proposing.after_danger(act, case)


def settle_if_done(act, case, number):
    """Once the police have a number for it and somebody has spoken safely with the victim/survivor, it no longer stands at the top."""
    has_spoken = case.is_danger_unsettled and _safe_contacts(case, case.danger_reported_at).exists()
    if case.is_danger_unsettled and rules.danger_is_settled(number, has_spoken):
        settle(act, case)
        title = "The danger when this was reported no longer stands at the top of the case"
        chronology.record(act, case, "risk", title, text="The police have a number for it, and somebody has spoken safely with the victim/survivor.")
        act.also("danger.settle", Change(subject="case", case=case, after={"basis": "number_and_contact"}))


def settle(act, case):
    """From now on it counts as dealt with."""
    assert inside(), "danger is settled inside a gate"
    case.danger_settled_at = act.at
    case.save(update_fields=["danger_settled_at"])


def after_contact(act, case, attempt):
    """A safe contact was recorded: was it what was missing?"""
    if case.is_danger_unsettled:
        settle_if_done(act, case, Disclosure.objects.filter(case=case).values_list("police_incident_number", flat=True).first())


def _safe_contacts(case, reported_at):
    """Who was spoken to safely since it was reported. Where they called us at that very time, that was the report."""
    reached = ContactAttempt.objects.filter(case=case, outcome=AttemptOutcome.REACHED, was_safe_route=True, at__gte=reported_at)
    return reached.filter(~Q(channel=Channel.FROM_THEM) | Q(at__gt=reported_at))


_of_case = Objects(
    lambda actor, case, at: Disclosure.objects.filter(case=case)
    .annotate(has_spoken=Exists(_safe_contacts(OuterRef("case"), OuterRef("case__danger_reported_at"))))
    .select_related("agency").order_by("pk")[:1]
)


def banner(actor, case, capabilities, at):
    """What stands first on the case page. It asks the database only while there is something to say."""
    if not (case.is_open and case.is_danger_unsettled):
        return None
    if "see_case" not in capabilities:
        # The fact, without what only partners read: whoever goes there, or rings, has to know it.
        return Banner("Someone may have been in danger when this was reported", (IF_NOW, f"Reported on {times.local_time(case.danger_reported_at)}."))
    disclosure = next(iter(_of_case(actor, at, case=case)), None)
    number = disclosure.police_incident_number if disclosure else ""
    heading = "Someone was in danger when this was reported"
    by = "Reported"
    if disclosure:
        by = f"Logged by {disclosure.agency.name}, received"
        if disclosure.immediate_danger is None:
            heading = "Someone may have been in danger when this was reported: whoever logged it could not tell"
    lines = [
        IF_NOW,
        f"{by} on {times.local_time(case.danger_reported_at)}.",
        f"Police incident number: {number}." if number else "No police incident number is recorded.",
        "Somebody has spoken safely with the victim/survivor since." if disclosure and disclosure.has_spoken
        else "Nobody has recorded that they have spoken safely with the victim/survivor since.",
    ]
    links = []
    if disclosure and not number and "record_contact" in capabilities:
        links.append(("Add the police incident number", reverse("incident_number", args=[case.reference])))
    if "edit_people" in capabilities:
        links.append(("Say that this has been dealt with", reverse("danger_settled", args=[case.reference])))
    return Banner(heading, tuple(lines), tuple(links))


def next_actions(actor, case, capabilities, at):
    """The police incident number, as long as it is wanted. Asks the database only then."""
    if not (case.is_open and case.is_danger_unsettled and "record_contact" in capabilities):
        return []
    disclosure = next(iter(_of_case(actor, at, case=case)), None)
    if disclosure is None or disclosure.police_incident_number:
        return []
    why = "None is recorded, and someone was in danger when this was reported."
    return [NextAction("Add the police incident number", reverse("incident_number", args=[case.reference]), why, is_urgent=True)]


def reasons_before_closing(case, at):
    """A case is not closed over a danger that nobody has said the end of."""
    return ["Somebody was in danger when this was reported. Say how that was dealt with first, on the case page."] if case.is_danger_unsettled else []
