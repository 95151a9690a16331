"""Adding a file to a case, putting another in its place, sharing it later, withdrawing it. Nothing of its name, title or content enters the log."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from agencies.actors import actor_for
from agencies.gate import inside
from cases import chronology
from cases.access import can, people_seeing
from cases.attachments import handed_over, is_author, words_of
from cases.gate import Change, Refused, case_action, refuse_closed
from cases.models import Attachment, Notification
from cases.models.chronology import Audience
from cases.protected_places import names_protected_place

SHOWS_PLACE = "file_shows_place"
DECIDED = "Somebody has decided this already."


@case_action("file.add", "add_entry", counts=False)
def add_file(act, case, *, kept, title, audience, shows_place, replaces=None, why=""):
    """Add a file that lies in the vault, for the audience that was chosen; one that names a protected place waits with its agency for a decision."""
    refuse_closed(case)
    first = _own(act, case, replaces, unread=True) if replaces else None
    if first and Attachment.objects.filter(replaces=first).exists():
        raise Refused("Somebody has put another file in its place already. Replace the newest.", code="stale")
    names_place = names_protected_place(case, kept.words, kept.name, title)
    # Until somebody has decided who may open it: its own agency, and of that who may see such a place.
    waits = names_place and not shows_place and audience == Audience.PARTNERS
    one = Attachment.objects.create(
        case=case, agency_id=act.actor.agency_id, audience=Audience.AGENCY if waits else audience, title=title, name=kept.name, kind=kept.kind, size=kept.size,
        digest=kept.digest, stored_as=kept.stored_as, is_read_whole=kept.is_read_whole, is_protected=shows_place or names_place, waits=waits, added_at=act.at,
        added_by_id=act.actor.user_id, replaces=first, why=why,
    )
    if first and first.waits:
        # What takes its place is what partners may have instead.
        first.waits = False
        first.save(update_fields=["waits"])
    # Neither its title nor its name: the chronology stays when a file is withdrawn, and is read by people who may not see a protected place.
    words = f"{one.get_kind_display()}{', in the place of an earlier one' if first else ''}."
    chronology.record(act, case, "file", "File replaced" if first else "File added", text=words, audience=one.audience)
    after = {"kind": one.kind, "audience": one.audience, "is_protected": one.is_protected, "waits": waits, **({"replaces": first.pk} if first else {})}
    return Change(subject=_subject(one), case=case, after=after, result=(one, waits), led_to=_led_to(case, one))


@case_action("file.share", "add_entry", counts=False)
def share_file(act, case, *, attachment_id, for_whom, waited=False):
    """Share a file of one's own agency with the case's partners: with all of them, or with those alone who may see protected places.

    `waited`: whoever decides was asked while it waited; somebody who has decided since that it stays is not overruled unread.
    """
    refuse_closed(case)
    one = _own(act, case, attachment_id, or_handed_over=True)
    if one.is_withdrawn or one.audience == Audience.PARTNERS:
        raise Refused("This file is no longer your agency’s alone.", code="stale")
    if waited and not one.waits:
        raise Refused(DECIDED, code="stale")
    is_for_all = for_whom == "all"
    if is_for_all and (one.is_protected or names_protected_place(case, words_of(one), one.name, one.title)):
        raise Refused("This file shows a protected place. Only those who may see protected addresses can have it.", code=SHOWS_PLACE, field="for_whom")
    if one.waits:
        _tell_author(act, case, one, "file.shared")
    one.audience, one.is_protected, one.waits = Audience.PARTNERS, one.is_protected or not is_for_all, False
    one.shared_at, one.shared_by_id = act.at, act.actor.user_id
    one.save(update_fields=["audience", "is_protected", "waits", "shared_at", "shared_by"])
    chronology.record(act, case, "file", "File shared", text=f"{one.get_kind_display()}.")
    return Change(
        subject=_subject(one), case=case, before={"audience": "agency"}, after={"audience": "partners", "is_protected": one.is_protected}, result=one, led_to=_led_to(case, one),
    )


@case_action("file.keep", "add_entry", counts=False)
def keep_file(act, case, *, attachment_id):
    """Decide that a file which was meant for partners stays with the agency that added it, because of the protected place that it names."""
    refuse_closed(case)
    one = _own(act, case, attachment_id, or_handed_over=True)
    if not one.waits:
        raise Refused(DECIDED, code="stale")
    one.waits = False
    one.save(update_fields=["waits"])
    _tell_author(act, case, one, "file.kept")
    whose = "our agency" if one.agency_id == act.actor.agency_id else one.agency.short_name
    chronology.record(act, case, "file", f"A file stays with {whose}: it shows a protected place", text=f"{one.get_kind_display()}.", audience=Audience.AGENCY)
    return Change(subject=_subject(one), case=case, before={"waits": True}, after={"waits": False}, result=one, led_to=_led_to(case, one))


@case_action("file.withdraw", "add_entry", counts=False)
def withdraw_file(act, case, *, attachment_id, reason):
    """Withdraw a file that one's own agency added: from then on nobody else can open it."""
    refuse_closed(case)
    one = _own(act, case, attachment_id, unread=True)
    if one.is_withdrawn:
        raise Refused("Somebody has withdrawn this file already.", code="stale")
    one.withdrawn_at, one.withdrawn_by_id, one.withdrawn_reason, one.waits = act.at, act.actor.user_id, reason, False
    one.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason", "waits"])
    chronology.record(act, case, "file", "File withdrawn", text=f"{one.get_kind_display()}.", audience=one.audience)
    return Change(subject=_subject(one), case=case, before={"audience": one.audience}, after={"withdrawn": True}, result=one, led_to=f"/cases/{case.reference}/files/")


def _tell_author(act, case, one, kind):
    """Whoever added a file that waited hears what somebody else decided of it, if they still see the case for the agency for which they added it."""
    assert inside(), "the author of a file is told inside a gate"
    author = one.added_by
    if author.pk == act.actor.user_id or not author.is_active or actor_for(author).agency_id != one.agency_id:
        return
    Notification.objects.bulk_create(Notification(user=user, case=case, kind=kind, at=act.at) for user in people_seeing(case, [author], act.at, "see_case"))


def _own(act, case, attachment_id, *, unread=False, or_handed_over=False):
    """A file of the actor's own agency; of one that only another agency may know of, nothing is said.

    `unread`: whoever added one that shows a protected place may take it back without reading it, though they may not see such places.
    `or_handed_over`: the agency that leads the case decides where nobody of the other may see such places.
    """
    one = Attachment.objects.filter(pk=attachment_id, case=case).first()
    is_handed_over = or_handed_over and one is not None and handed_over(act.actor, Attachment.objects.filter(pk=one.pk)).exists()
    if one is None or (not is_handed_over and one.agency_id != act.actor.agency_id and one.audience == Audience.AGENCY):
        raise Http404
    if one.agency_id != act.actor.agency_id and not is_handed_over:
        raise PermissionDenied("another agency’s file")
    if one.is_protected and not (unread and is_author(act.actor, one)) and not _may_see_places(act, case):
        raise PermissionDenied("it shows a protected place")
    return one


def _may_see_places(act, case):
    return can(act.actor, "see_protected_address", case, act.at)


def _led_to(case, one):
    return f"/cases/{case.reference}/files/{one.pk}/"


def _subject(one):
    return f"file:{one.pk}"
