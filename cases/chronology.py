"""Writing the chronology: one function, called by actions inside a gate."""

from agencies.gate import inside
from cases.models import Entry
from cases.models.chronology import Audience

# What an entry can be about; the timeline draws its heading from here.
KINDS = {
    "disclosure": "Disclosure",
    "contact": "Contact",
    "clock": "Promise",
    "risk": "Risk",
    "people": "People",
    "sharing": "Sharing",
    "order": "Order",
    "marac": "MARAC",
    "note": "Note",
    "task": "Action",
    "case": "Case",
    "file": "File",
}


def record(act, case, kind, title, *, text="", audience=Audience.PARTNERS, happened_at=None, supersedes=None, why=""):
    """Add an entry to a case's chronology, in the name of the actor and their agency; what Waymark does by itself stands in the lead agency's."""
    assert inside(), "an entry is written inside a gate"
    if kind not in KINDS:
        raise ValueError(f"unknown kind of entry {kind}")
    return Entry.objects.create(
        case=case, agency_id=act.actor.agency_id or case.lead_agency_id, author_id=act.actor.user_id, audience=audience, kind=kind, title=title, text=text,
        happened_at=happened_at or act.at, recorded_at=act.at, supersedes=supersedes, why=why,
    )
