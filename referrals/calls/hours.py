"""The hours of a line in force at an instant, and what follows from them: the series a call counts in, and when a message must be returned by."""

from dataclasses import dataclass
from datetime import datetime

from agencies import policies
from cases.calendar import is_bank_holiday, is_working_day
from cases.rules.clocks import deadline
from referrals.calls import codes, rules
from referrals.models import OpeningHours
from ui.times import local_time

OTHER_LINE = "Out-of-hours line"  # where an agency has named none (SEED-044: the council's own line answers then)
IN_HOURS = "Line hours"


@dataclass(frozen=True)
class InForce:
    """The hours of a line at an instant, with where they come from."""

    hours: rules.Hours
    other_line: str
    counts_from: str
    basis: str

    def series(self, at: datetime) -> tuple[bool, str]:
        """Is this in hours, and under which name does a call then count?"""
        is_in = rules.is_open(at, self.hours, is_bank_holiday)
        return is_in, IN_HOURS if is_in else self.other_line


def in_force(agency_id, at: datetime) -> InForce:
    """What an agency has set for this instant, else Waymark's default (SEED-044)."""
    row = OpeningHours.objects.filter(agency=agency_id, effective_from__lte=at).order_by("-effective_from", "-id").first()
    if row is None:
        return InForce(rules.STAFFED, OTHER_LINE, codes.FROM_OPENING, policies.DEFAULT)
    return InForce(
        rules.Hours(frozenset(row.days), row.opens, row.closes, row.on_bank_holidays), row.other_line, row.counts_from, f"set from {local_time(row.effective_from)}",
    )


def due(agency_id, left_at: datetime) -> tuple[datetime, str]:
    """When a message that was left then must be returned by, and on what basis (SEED-176)."""
    line, allowed = in_force(agency_id, left_at), policies.in_force("calls.callback_within", agency_id, left_at)
    opening = rules.next_opening(left_at, line.hours, is_bank_holiday) if line.counts_from == codes.FROM_OPENING else left_at
    counts = opening or left_at
    due_at = deadline(counts, allowed.allowance.amount, allowed.allowance.unit, is_working_day)
    words = "1 hour" if allowed.value == "1h" else allowed.allowance.words
    since = f"{local_time(counts)}, the next opening (hours {line.basis})" if counts != left_at else local_time(left_at)
    return due_at, f"{words} from {since} ({allowed.basis})"[:200]
