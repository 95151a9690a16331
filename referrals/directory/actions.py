"""Keeping the directory: a service is added, says something new of itself, closes, opens again. What was said before stays to be read."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Change, Refused, agency_action
from agencies.models import Agency
from agencies.policies import parse_allowance
from referrals.directory import rules
from referrals.models import DirectoryEntry, DirectoryVersion

SAID = (
    "name", "summary", "levels", "genders", "age_from", "age_to", "areas", "needs", "languages", "access", "hours", "is_open_on_holidays", "phone", "email",
    "how_to_refer", "answers_within",
)


@agency_action("directory.add", "keep_directory")
def add_service(act, *, kind, agency_id=None, provider="", opened_on=None, why="Added to the directory", effective_from=None, **said):
    """Add a service to the directory, with what it says of itself."""
    agency = Agency.objects.filter(pk=agency_id, is_active=True).first() if agency_id else None
    if agency_id and agency is None:
        raise Refused("Choose one of the agencies listed.", code="directory:agency", field="agency_id")
    if not (agency or provider.strip()):
        raise Refused("Say who provides it.", code="directory:provider", field="provider")
    if reasons := _not_kept(act.actor, agency.pk if agency else None):
        raise Refused(reasons, code="directory:agency", field="agency_id")
    _check(said)
    entry = DirectoryEntry.objects.create(
        kind=kind, agency=agency, provider="" if agency else provider, opened_on=opened_on or timezone.localdate(act.at), added_at=act.at, added_by_id=act.actor.user_id,
    )
    version = _write(act, entry, said, effective_from or act.at, why)
    return Change(subject=_subject(entry), after={"kind": kind, "agency": agency.pk if agency else None, "version": version.pk}, result=entry, led_to=_url(entry))


@agency_action("directory.change", "keep_directory")
def change_service(act, *, entry_id, was, why, effective_from=None, **said):
    """Write a new version of what a service says of itself, from now or from a later instant on; `was` is the version that the form was opened on."""
    entry = _kept(act, entry_id)
    newest = entry.versions.order_by("-id").first()
    if newest.pk != was:
        raise Refused("Somebody else changed this service after you opened the page. Check what they changed, then save again.", code="stale")
    effective_from = effective_from or act.at
    if effective_from < act.at:
        raise Refused("It can take effect now or later, not in the past.", code="directory:past", field="from_day")
    _check(said)
    version = _write(act, entry, said, effective_from, why)
    changed = sorted(name for name in SAID if getattr(newest, name) != getattr(version, name))
    return Change(
        subject=_subject(entry), before={"version": newest.pk}, after={"version": version.pk, "changed": changed, "effective_from": effective_from.isoformat()}, result=entry,
        led_to=_url(entry),
    )


@agency_action("directory.close", "keep_directory")
def close_service(act, *, entry_id, closed_on, closed_reason):
    """Say from which day on a service takes nobody, and why. It stays to be read, and what was referred before goes on."""
    entry = _kept(act, entry_id)
    for field, reason in rules.reasons_closing(entry.opened_on, closed_on, closed_reason, entry.closed_on is not None).items():
        raise Refused(reason, code="directory:close", field=field or None)
    entry.closed_on, entry.closed_reason = closed_on, closed_reason
    entry.save(update_fields=["closed_on", "closed_reason"])
    return Change(subject=_subject(entry), after={"closed_on": closed_on.isoformat()}, result=entry, led_to=_url(entry))


@agency_action("directory.reopen", "keep_directory")
def reopen_service(act, *, entry_id):
    """Say that a service which had closed takes people again."""
    entry = _kept(act, entry_id)
    if entry.closed_on is None:
        raise Refused("This service is not marked as closed.", code="directory:open")
    before, entry.closed_on, entry.closed_reason = entry.closed_on, None, ""
    entry.save(update_fields=["closed_on", "closed_reason"])
    return Change(subject=_subject(entry), before={"closed_on": before.isoformat()}, after={"closed_on": None}, result=entry, led_to=_url(entry))


def may_keep(actor, entry):
    """May this person change this service?"""
    return actor.may("keep_directory") and not _not_kept(actor, entry.agency_id)


def _not_kept(actor, agency_id):
    return rules.reasons_not_kept(actor.may("set_partnership_policies"), actor.agency_id, agency_id)


def _kept(act, entry_id):
    entry = DirectoryEntry.objects.select_for_update(of=("self",)).filter(pk=entry_id).first()
    if entry is None:
        raise Http404
    if _not_kept(act.actor, entry.agency_id):
        raise PermissionDenied("another agency's service")
    return entry


def _check(said):
    if reasons := rules.reasons_ages(said.get("age_from"), said.get("age_to")):
        raise Refused(reasons, code="directory:ages", field="age_to")
    if within := said.get("answers_within"):
        try:
            parse_allowance(within)
        except ValueError as problem:
            raise Refused(str(problem), code="directory:within", field="answers_within") from None


def _write(act, entry, said, effective_from, why):
    unknown = set(said) - set(SAID)
    if unknown:
        raise TypeError(f"a service says nothing of {unknown}")
    version = DirectoryVersion.objects.create(entry=entry, effective_from=effective_from, why=why, written_at=act.at, written_by_id=act.actor.user_id, **said)
    version.refresh_from_db()
    return version


def _subject(entry):
    return f"directory:{entry.pk}"


def _url(entry):
    return reverse("directory_entry", args=[entry.pk])
