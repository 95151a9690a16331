"""Quarters of the reporting year (1 April to 31 March), as instants: midnight in London, whatever the clocks do."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_CODE = re.compile(r"([0-9]{4})-q([1-4])")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # not strftime: the words on a return never depend on the machine's locale


@dataclass(frozen=True)
class Month:
    """One month of a quarter: from its first instant up to, not including, `ends_at`."""

    label: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, order=True)
class Quarter:
    """Quarter `number` (1 is April to June) of the reporting year that begins in April of `year`."""

    year: int
    number: int

    def __post_init__(self):
        if not 1 <= self.number <= 4 or not 1900 <= self.year <= 9000:
            raise ValueError(f"no quarter {self.number} of {self.year}")

    @property
    def code(self):
        """How an address and the database name it: 2025-q4."""
        return f"{self.year}-q{self.number}"

    @property
    def label(self):
        """January to March 2026."""
        return f"{self.months[0].label} to {self.months[2].label} {self._first[0]}"

    @property
    def reporting_label(self):
        """Quarter 4 of 2025-26."""
        return f"Quarter {self.number} of {self.year}-{(self.year + 1) % 100:02d}"

    @property
    def _first(self):
        """Calendar year and month in which the quarter begins."""
        return (self.year, self.number * 3 + 1) if self.number < 4 else (self.year + 1, 1)

    @property
    def starts_at(self):
        return _midnight(*self._first)

    @property
    def ends_at(self):
        """The first instant that no longer belongs to the quarter."""
        return self.next.starts_at

    @property
    def months(self):
        year, first = self._first
        starts = [*(_midnight(year, month) for month in range(first, first + 3)), self.ends_at]
        return [Month(_MONTHS[first + n - 1], starts[n], starts[n + 1]) for n in range(3)]

    @property
    def next(self):
        return Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(self.year + 1, 1)

    @property
    def previous(self):
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

    @property
    def year_before(self):
        return Quarter(self.year - 1, self.number)

    def is_complete(self, at):
        """Is the whole quarter in the past?"""
        return self.ends_at <= at


def quarter_of(at: datetime) -> Quarter:
    """The quarter to which an instant belongs, by the London calendar."""
    local = at.astimezone(LONDON)
    return Quarter(local.year - 1, 4) if local.month < 4 else Quarter(local.year, (local.month - 1) // 3)


def parse_quarter(code: str) -> Quarter:
    """The quarter of a code such as 2025-q4. Raises ValueError on anything else."""
    found = _CODE.fullmatch(code)
    if not found:
        raise ValueError(f"no quarter is called {code[:20]!r}")
    return Quarter(int(found[1]), int(found[2]))


def quarters_between(first: datetime, last: datetime) -> list[Quarter]:
    """Every quarter from the one of `first` to the one of `last`, the newest first."""
    quarter, oldest, found = quarter_of(last), quarter_of(first), []
    while quarter >= oldest:
        found.append(quarter)
        quarter = quarter.previous
    return found


def _midnight(year, month):
    # Through UTC, so that comparing and adding never meet a wall clock.
    return datetime(year, month, 1, tzinfo=LONDON).astimezone(UTC)
