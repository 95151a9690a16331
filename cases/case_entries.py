"""The chronology of a case as its page shows it: newest first, a page at a time."""

from dataclasses import dataclass
from datetime import datetime

from cases import case_reads
from cases.chronology import KINDS
from cases.compiled import instant
from cases.models.chronology import Audience

ENTRIES_SHOWN = case_reads.ENTRIES_SHOWN
# Kinds of entry that a person words; what Waymark words itself, or a signature stands under, is not corrected.
CORRECTABLE = ("note", "contact", "disclosure")


@dataclass(frozen=True)
class EntryRow:
    """An entry of the chronology."""

    id: int
    at: datetime
    title: str
    text: str
    by: str
    is_private: bool
    is_correction: bool
    may_correct: bool
    may_share: bool
    shared_at: datetime | None
    kind: str


def entries(actor, case, capabilities, *, before=None, count=ENTRIES_SHOWN, narrowed=None):
    """A page of the chronology, newest first, and the key of the older ones ("" where there are none). `narrowed` leaves out what is not looked for."""
    found = case_reads.newest_entries(actor, case)
    found = narrowed(found) if narrowed else found
    if before:
        found = found.filter(happened_at__lte=before[0]).exclude(happened_at=before[0], id__gte=before[1])
    return rows_of(actor, capabilities, list(found[: count + 1]), count)


def read_key(key):
    """The place in the chronology that a key stands for; None for one that makes no sense."""
    at, _, entry_id = (key or "").partition("~")
    try:
        happened_at = datetime.fromisoformat(at.replace(" ", "+"))
    except ValueError:
        return None
    if happened_at.tzinfo is None or not (entry_id.isascii() and entry_id.isdigit() and len(entry_id) < 19):
        return None
    return happened_at, int(entry_id)


def rows_of(actor, capabilities, rows, count):
    """The first `count` of what was read, and the key of the rest."""
    shown = [
        EntryRow(
            row["id"], instant(row["happened_at"]) if isinstance(row["happened_at"], str) else row["happened_at"], row["title"], row["text"],
            f"{row['author__full_name']}, {row['agency__short_name']}" if row["author__full_name"] else row["agency__short_name"],
            row["audience"] == Audience.AGENCY, row["supersedes_id"] is not None,
            "add_entry" in capabilities and row["agency_id"] == actor.agency_id and row["kind"] in CORRECTABLE,
            "add_entry" in capabilities and row["agency_id"] == actor.agency_id and row["audience"] == Audience.AGENCY and row["kind"] != "file",
            instant(row["shared_at"]) if isinstance(row["shared_at"], str) else row["shared_at"], KINDS.get(row["kind"], ""),
        )
        for row in rows[:count]
    ]
    return shown, f"{shown[-1].at.isoformat()}~{shown[-1].id}" if len(rows) > count else ""
