"""The one writer of the log. Only the gates and the door that opens a case call it (tests/guards/test_audit.py)."""

from dataclasses import dataclass, field
from datetime import datetime

from audit.models import Event


@dataclass(frozen=True)
class Line:
    """One line for the log, as the gate hands it over."""

    at: datetime
    verb: str
    outcome: str
    actor: str
    channel: str
    role: str = ""
    agency: int | None = None
    case_reference: str = ""
    subject: str = ""
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)
    reason: str = ""
    request_id: str = ""


def write(*lines: Line) -> None:
    """Add lines to the log, in the transaction that is open."""
    events = [Event(**line.__dict__) for line in lines]
    if len(events) == 1:
        events[0].save(force_insert=True)
    else:
        Event.objects.bulk_create(events, batch_size=2000)
