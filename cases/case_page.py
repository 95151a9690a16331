"""What the case page shows one person: the facts that they may read, gathered in a fixed number of queries.

At level summary: who, how to contact them safely, the risk and the lead worker. With `see_case`: all that partners share, and what
the person's own agency wrote for itself.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Case as Choose
from django.db.models import CharField, F, Q, Value, When
from django.db.models.functions import Concat

from cases import clocks, safe_contact
from cases.access import agencies_seeing, capabilities_on, chronology
from cases.models import Address, Assessment, Case, Clock, Consent, Party, Task
from cases.models.assessment import LevelBasis
from cases.models.case import RiskLevel
from cases.models.chronology import Audience
from cases.models.clock import ClockOutcome
from cases.models.people import ConsentState, Relationship, Role, Visibility
from cases.next_actions import proposed
from cases.rules.clocks import LONDON, stage_times
from cases.rules.people import age_on
from ui.times import local_time

ENTRIES_SHOWN = 20
RISK_COLOURS = {RiskLevel.HIGH: "red", RiskLevel.MEDIUM: "orange", RiskLevel.STANDARD: "green"}
_ROLE_ORDER = {Role.VICTIM: 0, Role.CHILD: 1, Role.ADULT: 2, Role.PERPETRATOR: 3}


@dataclass(frozen=True)
class PersonRow:
    """A person on the case, with the address that this reader may see."""

    party_id: int
    role: str
    role_label: str
    name: str
    also_known_as: str
    age: str
    relationship: str
    address: str = ""
    is_address_hidden: bool = False
    has_address: bool = False


@dataclass(frozen=True)
class ClockRow:
    """A promise and what has become of it, as things stand at the instant of the page."""

    id: int
    promise: str
    agency: str
    owner: str
    started_at: datetime
    due_at: datetime
    warn_at: datetime
    basis: str
    stopped_at: datetime | None
    outcome: str
    is_missed: bool
    breach_reason: str
    may_explain: bool
    may_stop: bool

    @property
    def is_running(self):
        return self.stopped_at is None

    @property
    def needs_reason(self):
        return self.is_missed and not self.breach_reason


@dataclass(frozen=True)
class EntryRow:
    """An entry of the chronology."""

    id: int
    at: datetime
    title: str
    text: str
    by: str
    kind: str
    is_private: bool
    is_correction: bool
    may_correct: bool


@dataclass
class CasePage:
    """Everything that the page draws."""

    case: Case
    at: datetime
    capabilities: frozenset[str]
    channels: list = field(default_factory=list)
    people: list[PersonRow] = field(default_factory=list)
    clocks: list[ClockRow] = field(default_factory=list)
    consent: tuple | None = None
    consent_state: str = ""
    entries: list[EntryRow] = field(default_factory=list)
    older: str = ""
    assessments: list[Assessment] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    grants: list = field(default_factory=list)
    next_actions: list = field(default_factory=list)

    @property
    def sees_case(self):
        return "see_case" in self.capabilities

    @property
    def risk_colour(self):
        return RISK_COLOURS.get(self.case.risk_level, "grey")

    @property
    def latest_assessment(self):
        return next((one for one in self.assessments if one.is_signed), None)

    @property
    def running(self):
        return [row for row in self.clocks if row.is_running or row.needs_reason]

    @property
    def stopped(self):
        return [row for row in self.clocks if not (row.is_running or row.needs_reason)]

    @property
    def missed(self):
        return [row for row in self.clocks if row.is_missed and row.is_running]

    @property
    def channel_warning(self):
        """What the clock says about the channels: little safe time left before a promise falls due."""
        due = min((row.due_at for row in self.clocks if row.is_running and row.due_at > self.at), default=None)
        if not self.channels:
            return "How to contact them safely is not recorded yet. Treat every way as not safe."
        return safe_contact.warning_before(self.channels, self.at, due) if due else ""

    @staticmethod
    def in_words(at):
        """An instant as the page says it."""
        return local_time(at)

    @property
    def lead_worker(self):
        lead = next((grant for grant in self.grants if grant.agency_id == self.case.lead_agency_id and grant.worker_id), None)
        return lead.worker.full_name if lead else ""


def case_page_facts(actor, case, at):
    """The facts of the case page for one reader: a number of queries that does not grow with the case."""
    page = CasePage(case, at, capabilities_on(actor, case, at))
    page.channels = safe_contact.channels(case, at)
    page.grants = list(agencies_seeing(case, at))
    page.people = _people(case, at, page)
    if not page.sees_case:
        return page
    page.clocks = _clocks(actor, case, at, page.capabilities)
    page.consent_state, page.consent = _consent(case)
    page.entries, page.older = entries(actor, case, page.capabilities)
    page.assessments = _assessments(actor, case)
    page.tasks = list(Task.objects.filter(case=case, agency=actor.agency_id, done_at=None).select_related("owner"))
    page.next_actions = proposed(actor, page)
    return page


def entries(actor, case, capabilities, *, before=None, count=ENTRIES_SHOWN):
    """A page of the chronology, newest first, and the key of the older ones ("" where there are none). Corrected wordings stand behind their correction."""
    found = chronology(actor, case).filter(superseded_by=None)
    if before:
        happened_at, entry_id = before
        found = found.filter(Q(happened_at__lt=happened_at) | Q(happened_at=happened_at, id__lt=entry_id))
    rows = list(
        found.values_list(
            "id", "happened_at", "title", "text", "kind", "audience", "agency_id", "supersedes_id", "author__full_name", "agency__short_name"
        )[: count + 1]
    )
    shown = [
        EntryRow(
            id, at, title, text, f"{author}, {agency}" if author else agency, kind, audience == Audience.AGENCY, supersedes is not None,
            "add_entry" in capabilities and agency_id == actor.agency_id and kind in ("note", "contact", "disclosure"),
        )
        for id, at, title, text, kind, audience, agency_id, supersedes, author, agency in rows[:count]
    ]
    return shown, f"{shown[-1].at.isoformat()}~{shown[-1].id}" if len(rows) > count else ""


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


def age_in_words(born, approximate_age, recorded_at, is_unborn, expected_on, day):
    """How old somebody is, as far as it is known."""
    if is_unborn:
        return f"Not yet born, expected {expected_on.day} {expected_on:%B %Y}" if expected_on else "Not yet born"
    if born:
        years = age_on(born, day)
        if years >= 2:
            return f"{years} years old"
        months = (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)
        return f"{months} month{'' if months == 1 else 's'} old"
    if approximate_age is not None:
        local = recorded_at.astimezone(LONDON)
        return f"About {approximate_age} years old on {local.day} {local:%B %Y}"
    return "Age not known"


_SHOWN_ADDRESS = Choose(
    When(visibility=Visibility.NORMAL, then=Concat(F("lines"), Value("\n"), F("postcode"), output_field=CharField())), default=Value(""),
    output_field=CharField(),
)


def _people(case, at, page):
    """At level summary the victim/survivor only. An address that is protected is not even fetched: it has a page of its own."""
    parties = Party.objects.filter(case=case)
    addresses = {}
    if page.sees_case:
        current = Address.objects.filter(case=case, until_at=None).values_list("party_id", "visibility", _SHOWN_ADDRESS)
        addresses = {party: (visibility != Visibility.NORMAL, ", ".join(shown.split("\n")).strip(", ")) for party, visibility, shown in current}
    else:
        parties = parties.filter(role=Role.VICTIM)
    day = at.astimezone(LONDON).date()
    rows = []
    for party, role, relationship, is_unborn, expected_on, given, family, known_as, born, approximate, recorded_at in parties.values_list(
        "id", "role", "relationship", "is_unborn", "expected_on", "person__given_name", "person__family_name", "person__also_known_as",
        "person__date_of_birth", "person__approximate_age", "person__recorded_at",
    ):
        is_hidden, address = addresses.get(party, (False, ""))
        rows.append(
            PersonRow(
                party, role, Role(role).label, " ".join(filter(None, (given, family))) or "Name not known", known_as,
                age_in_words(born, approximate, recorded_at, is_unborn, expected_on, day),
                Relationship(relationship).label if role != Role.VICTIM and relationship != Relationship.UNKNOWN else "", address, is_hidden,
                party in addresses,
            )
        )
    return sorted(rows, key=lambda row: (_ROLE_ORDER[row.role], row.party_id))


def _clocks(actor, case, at, capabilities):
    """Overdue first, then what runs by when it is due, then what wants a reason, then what is over."""
    rows = []
    for clock in Clock.objects.filter(case=case).select_related("agency", "owner"):
        is_missed, own = clock.is_breached(at), clock.agency_id == actor.agency_id and "explain_breach" in capabilities
        rows.append(
            ClockRow(
                clock.pk, clocks.KINDS[clock.kind].promise, clock.agency.short_name, clock.owner.full_name if clock.owner else "",
                clock.started_at, clock.due_at, stage_times(clock.started_at, clock.due_at)["five_sixths"], clock.basis, clock.stopped_at,
                ClockOutcome(clock.outcome).label if clock.outcome else "", is_missed, clock.breach_reason,
                own and is_missed and not clock.is_explained, own and clock.is_running,
            )
        )
    return sorted(rows, key=_urgency)


def _urgency(row):
    if row.is_running:
        return 0, row.due_at.timestamp()
    return (1 if row.needs_reason else 2), -row.due_at.timestamp()


def _consent(case):
    row = Consent.objects.filter(case=case).values_list("state", "scope", "reason", "recorded_at", "recorded_by__full_name").first()
    return (row[0], (ConsentState(row[0]).label, *row[1:])) if row else ("", None)


def _assessments(actor, case):
    """The signed ones, and the drafts of one's own agency."""
    return list(
        Assessment.objects.filter(case=case)
        .filter(Q(signed_at__isnull=False) | Q(agency=actor.agency_id))
        .select_related("agency", "signed_by")
        .order_by(F("signed_at").desc(nulls_first=True), "-id")
    )


def basis_in_words(assessment):
    """Why the final level is what it is."""
    return LevelBasis(assessment.level_basis).label if assessment.level_basis else ""
