"""The directory as pages show it: what is in force now, found by words and by whom it has to take. One query, however many services there are."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils import timezone

from agencies.types import AREAS
from cases.calendar import is_working_day
from referrals.directory import rules
from referrals.models import DirectoryVersion
from ui.times import LONDON, clock_time, local_date

PAGE = 50


@dataclass
class Row:
    """One service for a list, at the instant of the page."""

    version: DirectoryVersion
    at: datetime

    @property
    def entry(self):
        return self.version.entry

    @property
    def kind(self):
        return self.entry.get_kind_display()

    @cached_property
    def takes_nobody(self):
        return rules.reasons_takes_nobody(self.entry.opened_on, self.entry.closed_on, self.entry.closed_reason, timezone.localdate(self.at, LONDON))

    @property
    def takes(self):
        return rules.takes_in_words(self.version.criteria, AREAS)

    @property
    def hours(self):
        return rules.hours_in_words(self.version.spans, self.version.is_open_on_holidays)

    @cached_property
    def until(self):
        return rules.open_until(*self._week)

    @cached_property
    def now_in_words(self):
        """(words, colour) of whether somebody would answer now."""
        if self.takes_nobody:
            return ("Closed", "grey")
        if not self.version.hours:
            return ("Hours not known", "grey")
        if self.until:
            is_soon = (self.until - self.at).days < 1
            return (f"Open now, until {clock_time(self.until)}" if is_soon else "Open now", "green")
        opens = rules.opens_at(*self._week)
        if opens is None:
            return ("Closed now", "orange")
        day = opens.astimezone(LONDON).date()
        return (f"Closed now, opens {'' if day == timezone.localdate(self.at, LONDON) else local_date(day).split()[0] + ' '}{clock_time(opens)}", "orange")

    @property
    def needs(self):
        return [words for code, words in rules.NEEDS.items() if code in self.version.needs]

    @property
    def access(self):
        return [words for code, words in rules.ACCESS.items() if code in self.version.access]

    @property
    def _week(self):
        return self.version.spans, self.version.is_open_on_holidays, is_holiday, self.at

    @cached_property
    def words(self):
        """All that can be looked for, in small letters."""
        said = self.version
        areas = [AREAS[area] for area in said.areas if area in AREAS]
        return " ".join([said.name, said.summary, self.kind, self.entry.provided_by, *areas, *said.languages, *self.needs, *self.access, *self.takes]).casefold()


def is_holiday(day):
    """A bank holiday that is no weekend."""
    return day.weekday() < 5 and not is_working_day(day)


def in_force(at):
    """What each service says of itself at an instant: one query."""
    return (
        DirectoryVersion.objects.filter(effective_from__lte=at).order_by("entry_id", "-effective_from", "-id").distinct("entry_id").select_related("entry__agency")
    )


def rows(at):
    """Every service, open ones first, each kind together, by name."""
    order = list(rules.KINDS)
    found = [Row(version, at) for version in in_force(at)]
    return sorted(found, key=lambda row: (bool(row.takes_nobody), order.index(row.entry.kind), row.version.name.casefold()))


def find(at, *, words="", kind="", level="", gender="", age=None, area="", need="", access="", open_now=False):
    """The services that fit what was asked; closed ones stand at the end."""
    somebody = rules.Somebody(level, gender, age, area)
    asked = words.casefold().split()
    return [
        row for row in rows(at)
        if all(word in row.words for word in asked)
        and kind in ("", row.entry.kind)
        and (not need or need in row.version.needs)
        and (not access or access in row.version.access)
        and not rules.misfits(row.version.criteria, somebody, AREAS)
        and (not open_now or (row.until and not row.takes_nobody))
    ]


def row_of(entry_id, at):
    """One service as it stands now, also one whose first words hold only later; None where there is none."""
    versions = DirectoryVersion.objects.filter(entry=entry_id).select_related("entry__agency")
    version = versions.filter(effective_from__lte=at).order_by("-effective_from", "-id").first() or versions.order_by("effective_from", "id").first()
    return Row(version, at) if version else None


def instead_of(row, somebody, at):
    """Services of the same kind that take referrals and would take somebody, where this one does not."""
    return [
        other for other in rows(at)
        if other.entry.kind == row.entry.kind and other.entry.pk != row.entry.pk and not other.takes_nobody and not rules.misfits(other.version.criteria, somebody, AREAS)
    ][:5]
