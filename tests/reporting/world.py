"""A small world whose numbers are known: what happened is written down twice, in the database and in a ledger that is added up by hand."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from agencies.models import Agency, User
from cases.models import Assessment, Case, Clock
from cases.opening import new_reference
from marac.models import Listing, Meeting, Referral
from referrals.models import Disclosure

LONDON = ZoneInfo("Europe/London")


def london(text):
    """An instant from the wall clock of London: "2026-03-31 23:59:59"."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@dataclass
class World:
    """Makes things happen at given moments. `ledger` holds (London month, code, code ...) for each."""

    people: object
    ledger: list = field(default_factory=list)

    def note(self, at, *codes):
        self.ledger.append((at.astimezone(LONDON).strftime("%Y-%m"), codes))

    @property
    def officer(self) -> User:
        return self.people.housing_officer

    @property
    def housing(self) -> Agency:
        return self.people.agency("northvale_housing")

    def case(self, opened="2026-02-01 09:00", *, stalking=None):
        case = Case.objects.create(
            reference=new_reference(), lead_agency=self.housing, pathway="tenant", opened_at=london(opened), opened_by=self.officer,
            has_stalking_element=stalking,
        )
        word = {True: "yes", False: "no", None: "unknown"}[stalking]
        self.note(london(opened), "stalking.cases", f"stalking.{word}")
        return case

    def promise(self, due, stopped=None, *, kind="contact", outcome="met", explained=False, case=None):
        """A promise of 48 hours. Running where `stopped` is not given; `breached_at` stays empty, as if no sweep had ever run."""
        due = london(due)
        stopped = london(stopped) if stopped else None
        row = Clock.objects.create(
            case=case or self.case(), kind=kind, agency=self.housing, owner=self.officer, started_at=due - timedelta(hours=48), due_at=due,
            basis="48 elapsed hours", stopped_at=stopped, outcome=outcome if stopped else "",
            outcome_reason="" if outcome == "met" else "Arranged by a test",
        )
        if explained:
            Clock.objects.filter(pk=row.pk).update(breach_reason="No officer on duty", breach_explained_at=timezone.now(), breach_explained_by=self.officer)
        if stopped is None and due >= timezone.now():
            return row
        in_time = stopped is not None and stopped <= due
        said = {"met": "kept"}.get(outcome, "ended") if in_time else "missed"
        codes = [f"{kind}.due", "promises.due", f"{kind}.{said}", f"promises.{said}", f"months.{said}"]
        self.note(due, *codes, *([f"breaches.{'explained' if explained else 'unexplained'}"] if said == "missed" else []))
        return row

    def disclosure(self, at, route="direct", *, state="submitted", submitted=None):
        """A disclosure logged `at`; it may have been submitted here later, where it was written down elsewhere first."""
        at = london(at)
        logged = state == "submitted"
        row = Disclosure.objects.create(
            reference=f"T-{Disclosure.objects.count():06}", agency=self.housing, author=self.officer, state=state, started_at=at, saved_at=at,
            saved_by=self.officer, case=self.case(at.strftime("%Y-%m-%d %H:%M:%S")) if logged else None, submitted_at=(london(submitted) if submitted else at) if logged else None,
            submitted_by=self.officer if logged else None, route=route, received_at=at, logged_at=at, pathway="tenant",
        )
        if logged:
            self.note(at, "disclosures.total", f"disclosures.{route or 'other'}")
        return row

    def assessment(self, at, level="high", *, case=None):
        row = Assessment.objects.create(
            case=case or self.case(), agency=self.housing, tool="ric24", version="2026", started_at=london(at), started_by=self.officer,
            signed_at=london(at), signed_by=self.officer, score=14, suggested_level=level, bands="test", final_level=level, level_basis="score",
        )
        self.note(london(at), "assessments.total", f"assessments.{level}")
        return row

    def referral(self, at, *, repeat=False, state="submitted", case=None):
        at = london(at) if at else None
        sent = {} if state == "draft" else {
            "submitted_at": at, "submitted_by": self.officer, "coordinating_agency": self.people.agency("vale_police"), "is_repeat": repeat,
            "is_repeat_computed": repeat,
        }
        row = Referral.objects.create(
            case=case or self.case(), agency=self.housing, prepared_at=timezone.now(), prepared_by=self.officer, state=state, state_at=timezone.now(), **sent
        )
        if sent:
            self.note(at, "referrals.total", f"referrals.{'repeat' if repeat else 'new'}")
        return row

    def meeting(self, at, *, state="planned"):
        at = london(at)
        return Meeting.objects.create(
            agency=self.people.agency("vale_police"), area="North Vale", starts_at=at, referrals_due_at=at - timedelta(days=8), deadline_basis="test",
            minutes_per_case=15, state=state, state_at=timezone.now(), created_at=timezone.now(), created_by=self.people.marac_coordinator,
        )

    def listing(self, meeting, referral):
        Listing.objects.create(
            meeting=meeting, referral=referral, case=referral.case, position=meeting.listings.count() + 1, listed_at=timezone.now(),
            listed_by=self.people.marac_coordinator,
        )
        if meeting.state != "cancelled":
            self.note(meeting.starts_at, "listings.total", f"listings.{'repeat' if referral.is_repeat else 'new'}")

    def adds_up_to(self, *months):
        """What the ledger says of these London months ("2026-01"): {code: count}, noughts left out."""
        found = Counter()
        for month, codes in self.ledger:
            if month in months:
                found.update(codes)
                found.update(f"{code}.{months.index(month) + 1}" for code in codes if code.startswith("months."))
        months_shown = ("months.kept.", "months.missed.")
        return {code: count for code, count in found.items() if not code.startswith("months.") or code.startswith(months_shown)}
