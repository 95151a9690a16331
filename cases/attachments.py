"""The files of a case: which of them somebody may know of, which they may open, and how a file is kept. Reads, and the vault; rows are written by actions."""

import hashlib
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.urls import reverse

from agencies.gate import Refused
from agencies.models import Membership
from agencies.roles import roles_holding
from cases.access import readable
from cases.extensions import NextAction
from cases.models import Attachment
from cases.protected_places import places_hidden_from
from cases.reading.apart import Found, read_apart
from cases.rules.closing import InTheWay
from cases.rules.file_types import TYPES, clean_name
from cases.rules.named_places import names_a_place
from vault import files as vault

DECIDES = "see_protected_address"  # whoever may see such places decides who may open what names one
PROTECTED, WITHDRAWN, OPEN = "protected", "withdrawn", "open"


@dataclass(frozen=True)
class Kept:
    """A file that lies in the vault and waits for its row. `words` are what was read in it: for the search for protected places, and for nothing else."""

    stored_as: str
    name: str
    kind: str
    size: int
    digest: str
    words: str
    is_read_whole: bool


@dataclass(frozen=True)
class FileRow:
    """A file as a list shows it to one reader."""

    one: Attachment
    state: str  # open | protected | withdrawn: what the reader may not open says why
    title: str
    is_ours: bool
    # Whoever added it takes it back or puts another in its place, unread where they may not see such places: they know what they sent.
    is_mine: bool = False

    @property
    def may_open(self):
        return self.state == OPEN or (self.state == WITHDRAWN and self.is_ours)

    @property
    def kilobytes(self):
        return max(1, self.one.size // 1024)

    @property
    def facts(self):
        size = f"{self.kilobytes:,} kB" if self.kilobytes < 1024 else f"{self.one.size / 1_048_576:.1f} MB"
        return f"{TYPES[self.one.kind].label}, {size}"


def of_case(actor, case):
    """The files of a case that this actor may know of, newest first."""
    return _known(actor, case).select_related("agency", "added_by", "withdrawn_by", "shared_by", "replaced_by")


def ids_of_case(actor, case, at):
    """The same for the case page, which says how many there are and which of them wait for a decision."""
    return _known(actor, case).values("id", "waits")


def _known(actor, case):
    of_case = Attachment.objects.filter(case=case)
    return readable(actor, of_case) | handed_over(actor, of_case)


def handed_over(actor, files):
    """Of these files, those of other agencies where nobody may see protected places: the agency that leads the case decides on them, while they wait (docs/adr/0029)."""
    return files.filter(~Exists(_deciders(OuterRef("agency"))), waits=True, case__lead_agency=actor.agency_id)


def _deciders(agency):
    return Membership.objects.filter(agency=agency, ended_at=None, user__is_active=True, role__in=roles_holding("add_entry", DECIDES))


def waiting(actor):
    """The files of one's own agency of which somebody has to decide who else may open them, and those that were handed over to it."""
    return Attachment.objects.filter(agency=actor.agency_id, waits=True) | handed_over(actor, Attachment.objects.all())


def next_actions(page, may):
    """The files that wait for somebody like this reader. Nothing here asks the database."""
    if not {"add_entry", DECIDES} <= may:
        return []
    why = "It was meant for partners, and it names a protected place."
    return [NextAction("Decide who may open a file", reverse("file_share", args=[page.case.reference, pk]), why) for pk in page.files_waiting]


def is_author(actor, one):
    """Did this person add it, for the agency for which they act now?"""
    return one.agency_id == actor.agency_id and one.added_by_id == actor.user_id


def can_be_decided_by(agency_id):
    """May anybody of this agency see protected places at all?"""
    return _deciders(agency_id).exists()


def reasons_cannot_close(actor, case):
    """Why a case cannot close: nobody could decide afterwards. What waits with another agency stays with it, and is not for this one to know.

    Where nobody of this agency could decide at all, a case would never close: there it stays with its agency too.
    """
    words = "A file waits for somebody to decide who may open it."
    is_in_the_way = waiting(actor).filter(case=case).exists() and can_be_decided_by(actor.agency_id)
    return [InTheWay(words, reverse("file_list", args=[case.reference]), "See the files")] if is_in_the_way else []


def rows(actor, case, may, found):
    """How each of these files stands to the reader. Of one that is protected or withdrawn, who may not open it learns that it is there."""
    hidden = places_hidden_from(case, may)
    return [_row(actor, one, may, hidden) for one in found]


def _row(actor, one, may, hidden):
    is_ours = one.agency_id == actor.agency_id
    if "see_protected_address" not in may and (one.is_protected or names_a_place(f"{one.title} {one.name}", hidden)):
        return FileRow(one, PROTECTED, "A file that shows a protected place", is_ours, is_author(actor, one))
    if one.is_withdrawn:
        return FileRow(one, WITHDRAWN, one.title if is_ours else "A file that was withdrawn", is_ours)
    return FileRow(one, OPEN, one.title, is_ours)


def shows_hidden_place(one, hidden):
    """Does the file itself name one of these places? Asked at each look, because where somebody lives changes after a file was added.

    A file that cannot be read again now, or only in part, counts as one that does.
    """
    if not hidden:
        return False
    found = read_apart(vault.content_of(one.stored_as))
    return bool(found.reason) or (one.is_read_whole and not found.is_whole) or names_a_place(found.words, hidden)


def words_of(one):
    """The words in a kept file, for a check before it is shared. Raises Refused where it cannot be read again now."""
    found = read_apart(vault.content_of(one.stored_as))
    if found.reason:
        raise Refused("This file could not be read again to look for protected places. Try again in a moment.", code="unread")
    return found.words


def keep(name, content, found: Found):
    """Put a file that was read and found fit into the vault; the caller gives it a row, or takes it back."""
    digest, size = hashlib.sha256(), 0

    def passing():
        nonlocal size
        for piece in [found.changed] if found.changed else content:
            digest.update(piece)
            size += len(piece)
            yield piece

    stored_as = vault.put(passing())
    return Kept(stored_as, clean_name(name), found.kind, size, digest.hexdigest(), found.words, found.is_whole)
