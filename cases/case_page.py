"""What the case page shows one person: the facts that they may read, in a number of queries that does not grow with the case.

At level summary: who, how to contact them safely, the risk and the lead worker. With `see_case`: all that partners share, and what
the person's own agency wrote for itself.
"""

from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cached_property

from cases import case_entries, case_people, case_reads, children, clocks, flags, orders, plans, repeats, safe_contact, schemes, talking
from cases.access import capabilities_on
from cases.compiled import instant
from cases.dash import FOLLOW_ON, RIC24, TOOLS
from cases.models import Case, SafeContact
from cases.models.assessment import LevelBasis
from cases.models.case import ClosingReason, RiskLevel
from cases.models.clock import ClockOutcome
from cases.models.people import ConsentState
from cases.models.task import COUNTERSIGN
from cases.next_actions import proposed
from cases.reassessing import REASSESS
from cases.rules.children import should_ask
from cases.rules.clocks import FIVE_SIXTHS, stage_times
from cases.work import RISK_COLOURS
from ui.times import local_time


@dataclass(frozen=True)
class ClockRow:
    """A promise and what has become of it, as things stand at the instant of the page."""

    id: int
    promise: str
    agency: str
    owner: str
    started_at: datetime
    due_at: datetime
    basis: str
    stopped_at: datetime | None
    outcome: str
    is_missed: bool
    breach_reason: str
    is_ours: bool
    kind: str
    about: str

    @property
    def is_contact(self):
        return self.kind in clocks.CONTACT

    @property
    def is_running(self):
        return self.stopped_at is None

    @property
    def warn_at(self):
        return stage_times(self.started_at, self.due_at)[FIVE_SIXTHS]

    @property
    def needs_reason(self):
        return self.is_missed and not self.breach_reason

    @property
    def may_explain(self):
        return self.is_ours and self.needs_reason

    @property
    def may_stop(self):
        return self.is_ours and self.is_running


@dataclass(frozen=True)
class AssessmentRow:
    """An assessment, as the page lists it."""

    id: int
    agency_id: int
    agency: str
    started_at: datetime
    signed_at: datetime | None
    signed_by_id: int | None
    signed_by: str
    level: str
    basis: str
    awaits_second_person: bool
    tool: str

    @property
    def gives_level(self):
        return self.tool not in FOLLOW_ON

    @property
    def name(self):
        """What it is called on the page: a DASH needs no name."""
        return "" if self.tool == RIC24 else TOOLS[self.tool].label


@dataclass(frozen=True)
class TaskRow:
    """Something that the reader's own agency has to do."""

    id: int
    kind: str
    title: str
    why: str
    owner: str
    due_at: datetime


@dataclass(frozen=True)
class GrantRow:
    """An agency that sees the case."""

    agency_id: int
    agency: str
    level: str
    ends_at: datetime | None
    worker: str


@dataclass
class CasePage:
    """Everything that the page draws."""

    case: Case
    at: datetime
    capabilities: frozenset[str]
    channels: list = field(default_factory=list)
    talking: list = field(default_factory=list)
    flags: list = field(default_factory=list)
    plan: plans.PlanRow = field(default_factory=plans.PlanRow)
    people: list[case_people.PersonRow] = field(default_factory=list)
    clocks: list[ClockRow] = field(default_factory=list)
    consent: dict | None = None
    entries: list[case_entries.EntryRow] = field(default_factory=list)
    older: str = ""
    assessments: list[AssessmentRow] = field(default_factory=list)
    tasks: list[TaskRow] = field(default_factory=list)
    grants: list[GrantRow] = field(default_factory=list)
    orders: list = field(default_factory=list)
    requests: list = field(default_factory=list)
    markers: list = field(default_factory=list)
    closings: list = field(default_factory=list)
    earlier: list = field(default_factory=list)
    children: list = field(default_factory=list)
    children_asked: str = ""
    files: int = 0
    files_waiting: list[int] = field(default_factory=list)
    merges: list[int] = field(default_factory=list)
    undoings: list[int] = field(default_factory=list)
    next_actions: list = field(default_factory=list)
    # For who sees the summary alone, to whom an alleged perpetrator has no name here: what they are marked as.
    unnamed_marks: list = field(default_factory=list)

    @property
    def sees_case(self):
        return "see_case" in self.capabilities

    @property
    def risk_colour(self):
        return RISK_COLOURS.get(self.case.risk_level, "grey")

    @property
    def latest_assessment(self):
        return next((one for one in self.assessments if one.signed_at and one.gives_level), None)

    @property
    def other_tasks(self):
        """What is to be done besides assessing again, which whoever may do something about it reads among the next actions."""
        return [task for task in self.tasks if task.kind != REASSESS or not self.capabilities & {"add_entry", "assess_risk"}]

    @cached_property
    def running(self):
        return [row for row in self.clocks if row.is_running or row.needs_reason]

    @cached_property
    def stopped(self):
        return [row for row in self.clocks if not (row.is_running or row.needs_reason)]

    @property
    def undecided(self):
        return [row for row in self.children if row.needs_decision]

    @property
    def should_ask_about_children(self):
        return should_ask(len(self.children), self.children_asked)

    @cached_property
    def missed(self):
        return [row for row in self.clocks if row.is_missed and row.is_running]

    @cached_property
    def channel_warning(self):
        """What the clock says about the channels: little safe time left before a promise falls due."""
        return channel_warning(self.channels, self.at, [row.due_at for row in self.clocks if row.is_running and row.is_contact])

    @property
    def lead_worker(self):
        return next((grant.worker for grant in self.grants if grant.agency_id == self.case.lead_agency_id and grant.worker), "")

    @staticmethod
    def in_words(at):
        """An instant as the page says it."""
        return local_time(at)


def case_page_facts(actor, case, at):
    """The facts of the case page for one reader. What somebody may not read is not asked for."""
    page = CasePage(case, at, capabilities_on(actor, case, at))
    read = (case_reads.WHOLE if page.sees_case else case_reads.SUMMARY)(actor, case, at)
    page.flags = flags.rows(read["flags"], at)
    page.channels = _channels(case, at, read)
    page.talking = [line for row in read["talking"] for line in talking.in_words(row)]
    page.grants = [GrantRow(row["agency_id"], row["agency__name"], row["level"], instant(row["ends_at"]), row["worker__full_name"] or "") for row in read["grants"]]
    page.earlier = [
        {"reference": row["earlier__reference"], "closed_at": instant(row["earlier__closed_at"]), "reason": _reason(row["earlier__closing_reason"])} for row in read["earlier"]
    ]
    marks = repeats.markers(actor, case, at)
    page.people = case_people.people(at, read, marks)
    if not page.sees_case:
        page.unnamed_marks = sorted({mark for each in marks.values() for mark in each})
        return page
    page.clocks = sorted((_clock(actor, at, page.capabilities, row) for row in read["clocks"]), key=_urgency)
    page.plan = plans.row(read["plan"], read["plan_draft"], at)
    page.consent = _consent(read["consent"])
    page.entries, page.older = case_entries.rows_of(actor, page.capabilities if case.is_open else page.capabilities - {"add_entry"}, read["entries"], case_entries.ENTRIES_SHOWN)
    page.assessments = [_assessment(row) for row in read["assessments"]]
    page.tasks = [TaskRow(row["id"], row["kind"], row["title"], row["why"], row["owner__full_name"] or "", instant(row["due_at"])) for row in read["tasks"]]
    page.orders = orders.rows(read["orders"], at)
    page.requests = schemes.request_rows(read["requests"], at)
    page.markers = schemes.marker_rows(read["markers"], at)
    page.closings = [row | {"closed_at": instant(row["closed_at"]), "reason": _reason(row["reason"])} for row in read["closings"]]
    page.children = children.rows(read["people"], read["child_decisions"], at)
    page.children_asked = read["children_asked"][0]["answer"] if read["children_asked"] else ""
    page.files, page.files_waiting = len(read["files"]), [row["id"] for row in read["files"] if row["waits"]]
    page.merges, page.undoings = ([row["id"] for row in read[name]] for name in ("merges", "undoings"))
    page.next_actions = proposed(actor, page)
    # Whoever may be the second person reads that among the next actions; for anybody else it is not to be done.
    page.tasks = [row for row in page.tasks if row.kind not in {COUNTERSIGN, *(action.covers for action in page.next_actions)}]
    return page


def channel_warning(states, at, due_ats):
    """What to say above the channels before anybody uses one; "" when there is room."""
    if not states:
        return "How to contact them safely is not recorded yet. Treat every way as not safe."
    due = min((due_at for due_at in due_ats if due_at > at), default=None)
    return safe_contact.warning_before(states, at, due) if due else ""


def _channels(case, at, read):
    contacts = [
        (
            SafeContact(
                id=row["id"], channel=row["channel"], is_safe=row["is_safe"], times=row["times"], voicemail=row["voicemail"], how=row["how"],
                code_word=row["code_word"], duress_word=row["duress_word"], may_take=row["may_take"], must_not=row["must_not"], style=row["style"],
                recorded_at=instant(row["recorded_at"]), verified_at=instant(row["verified_at"]),
            ),
            row,
        )
        for row in read["channels"]
    ]
    windows = [(row["contact_id"], row["weekday"], time.fromisoformat(row["starts"]), time.fromisoformat(row["ends"])) for row in read["windows"]]
    said = [(contact, row["verified_by__full_name"] or "", row["has_value"]) for contact, row in contacts]
    changes = [instant(row["at"]) for row in read["access"]]
    return safe_contact.states(case, at, said, windows, flagged=[row["kind"] for row in read["flags"]], changes=changes)


def _clock(actor, at, capabilities, row):
    due_at, stopped_at = instant(row["due_at"]), instant(row["stopped_at"])
    return ClockRow(
        row["id"], clocks.KINDS[row["kind"]].promise, row["agency__short_name"], row["owner__full_name"] or "", instant(row["started_at"]), due_at,
        row["basis"], stopped_at, ClockOutcome(row["outcome"]).label if row["outcome"] else "", (stopped_at or at) > due_at, row["breach_reason"],
        row["agency_id"] == actor.agency_id and "explain_breach" in capabilities, row["kind"], row["about"],
    )


def _urgency(row):
    """Overdue first, then what runs by when it is due, then what wants a reason, then what is over."""
    if row.is_running:
        return 0, row.due_at.timestamp()
    return (1 if row.needs_reason else 2), -row.due_at.timestamp()


def _consent(rows):
    return rows[0] | {"label": ConsentState(rows[0]["state"]).label, "at": instant(rows[0]["recorded_at"]), "by": rows[0]["recorded_by__full_name"]} if rows else None


def _reason(code):
    return ClosingReason(code).label if code else ""


def _assessment(row):
    return AssessmentRow(
        row["id"], row["agency_id"], row["agency__short_name"], instant(row["started_at"]), instant(row["signed_at"]), row["signed_by_id"],
        row["signed_by__full_name"] or "", RiskLevel(row["final_level"]).label if row["final_level"] else "",
        LevelBasis(row["level_basis"]).label if row["level_basis"] else "", bool(row["proposed_level"]) and row["decided_at"] is None,
        row["tool"],
    )
