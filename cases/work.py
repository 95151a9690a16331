"""The worklist: the cases of a person, a team or an agency, and the tasks that are due.

Somebody in danger stands first, then what is due first, then what no promise runs for, the highest risk before the rest.

Its first page is one walk along an index of the grants (grant_caseload, grant_worklist): nothing is counted or sorted as a whole.
What every visit asks alike is a compiled query (cases/compiled.py); a filter, a team or a later page is asked as it comes.
"""

import functools
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from agencies.models import Membership
from cases import clocks
from cases.access import visible_cases, worklist_grants
from cases.compiled import Rows, instant
from cases.models import Clock, Grant, Person, Task
from cases.models.case import CaseStatus, RiskLevel
from cases.models.people import Role
from cases.models.sharing import Standing
from cases.models.task import COUNTERSIGN
from cases.rules.clocks import LONDON

PAGE = 25
COUNT_UP_TO = 100
TASKS_SHOWN = 10

MINE, TEAM, AGENCY = "mine", "team", "agency"
CLOCK_FILTERS = {"missed": "Missed", "today": "Due today", "running": "A promise is running", "none": "No promise is running"}
RISK_FILTERS = {**dict(RiskLevel.choices), "none": "Not assessed yet"}
RISK_TAGS = {**{level: f"{label} risk" for level, label in RiskLevel.choices}, "": "Not assessed yet"}
RISK_COLOURS = {RiskLevel.HIGH: "red", RiskLevel.MEDIUM: "orange", RiskLevel.STANDARD: "green"}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Filters:
    """What a worklist is narrowed down to; empty means everything."""

    risk: str = ""
    clock: str = ""
    lead_agency: int | None = None


@dataclass(frozen=True)
class Promise:
    """The most urgent running clock of a case, in words."""

    label: str
    due_at: datetime
    started_at: datetime
    is_missed: bool

    @property
    def warn_at(self):
        return self.started_at + (self.due_at - self.started_at) * 5 / 6


@dataclass(frozen=True)
class Row:
    """One case on a worklist."""

    case: int
    reference: str
    name: str
    risk: str
    risk_colour: str
    is_in_danger: bool
    promise: Promise | None
    worker: str
    lead_agency: str


@dataclass(frozen=True)
class TaskDue:
    """Something to do, as a worklist shows it."""

    title: str
    due_at: datetime
    reference: str
    owner: str | None


@dataclass(frozen=True)
class Page:
    """One page of a worklist, and the key after which the next begins (None at the end)."""

    rows: list[Row]
    after: str | None


def choices(actor):
    """Whose work this person may look at: their own, their team's if they lead one, their agency's."""
    return [MINE, *([TEAM] if actor.may("see_team") else []), AGENCY]


def team_of(actor):
    """The people whom this person manages, and the person."""
    members = Membership.objects.filter(manager=actor.user_id, agency=actor.agency_id, ended_at=None).values_list("user_id", flat=True)
    return [actor.user_id, *members]


def worklist(actor, *, whose=MINE, filters=Filters(), after=None, at=None, team=None):
    """A page of cases, what is due first at the top. `after` is the key that the page before handed out; `team`, if it is known already."""
    at = at or timezone.now()
    _check(actor, whose)
    if not actor.may("see_summary"):
        walked = []
    elif whose != TEAM and filters == Filters() and _read_key(after) is None:
        walked = _first_page(whose, PAGE + 1)(actor, at)
    else:
        walked = _walk(_narrowed(_whose(actor, whose, at, team), filters, at), after, PAGE + 1)
    shown = walked[:PAGE]
    return Page([_row(found, at) for found in shown], _key(shown[-1]) if len(walked) > PAGE else None)


def cases_held(actor, worker, *, after=None, at=None):
    """A page of the open cases that one worker of one's own agency holds, or nobody (None), for those who see the work of a team."""
    at = at or timezone.now()
    _check(actor, TEAM)
    walked = _walk(worklist_grants(actor, at).filter(content_object__status=CaseStatus.OPEN, worker=worker), after, PAGE + 1)
    shown = walked[:PAGE]
    return Page([_row(found, at) for found in shown], _key(shown[-1]) if len(walked) > PAGE else None)


def missed(actor, *, whose=MINE, at=None, team=None):
    """How many promises on this worklist are missed, counted up to a hundred, as things stand now whatever the sweep has noticed."""
    at = at or timezone.now()
    _check(actor, whose)
    if not actor.may("see_summary"):
        return 0
    return len(_missed(actor, whose, at, team) if whose == TEAM else _all_missed(whose)(actor, at))


def tasks_due(actor, *, whose=MINE, at=None, team=None):
    """The open tasks that fall due first, ten at most."""
    at = at or timezone.now()
    _check(actor, whose)
    if not actor.may("see_case"):
        return []
    rows = _tasks(actor, whose, at, team) if whose == TEAM else _all_tasks(whose)(actor, at)
    return [TaskDue(*row) for row in rows]


def end_of_day(at):
    """The midnight, London time, with which the day of an instant ends."""
    local = at.astimezone(LONDON)
    return (local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0) + timedelta(days=1)).astimezone(UTC)


def _check(actor, whose):
    if whose not in choices(actor):
        raise PermissionDenied(whose)


# --- the questions to the database

_ORDER = ("standing", F("next_due_at").asc(nulls_last=True), "content_object_id")
_RUNNING = Clock.objects.filter(case=OuterRef("content_object"), stopped_at=None).order_by("due_at")
_COLUMNS = (
    "standing", "next_due_at", "content_object_id", "content_object__reference", "content_object__risk_level", "content_object__lead_agency__short_name",
    "worker__full_name", "victim__person__given_name", "victim__person__family_name", "running",
)


def _whose(actor, whose, at, team=None):
    grants = worklist_grants(actor, at).filter(content_object__status=CaseStatus.OPEN)
    if whose == MINE:
        return grants.filter(worker=actor.user_id)
    if whose == TEAM:
        return grants.filter(worker__in=team or team_of(actor))
    return grants


def _listed(grants):
    """The grants in order, each with what its line on the page says: the victim/survivor (one a case) and the clock that is due first."""
    return (
        grants.annotate(
            victim=FilteredRelation("content_object__parties", condition=Q(content_object__parties__role=Role.VICTIM)),
            running=Subquery(_RUNNING.values(said=JSONObject(kind="kind", started_at="started_at", due_at="due_at"))[:1]),
        )
        .order_by(*_ORDER)
        .values_list(*_COLUMNS)
    )


@functools.cache
def _first_page(whose, wanted):
    return Rows(lambda actor, case, at: _listed(_whose(actor, whose, at))[:wanted])


def _missed(actor, whose, at, team=None):
    late = _promised(_whose(actor, whose, at, team)).filter(next_due_at__lt=at).order_by(*_ORDER)[:COUNT_UP_TO]
    return Clock.objects.filter(case__in=late.values("content_object"), stopped_at=None, due_at__lt=at).order_by().values_list("pk")[: COUNT_UP_TO + 1]


@functools.cache
def _all_missed(whose):
    return Rows(lambda actor, case, at: _missed(actor, whose, at))


def _tasks(actor, whose, at, team=None):
    tasks = Task.objects.filter(agency=actor.agency_id, done_at=None, raised_at__lte=at, case__in=visible_cases(actor, "see_case", at))
    if whose != AGENCY:
        people = (team or team_of(actor)) if whose == TEAM else [actor.user_id]
        # What waits for a second person is not for whoever holds the case: it stands with those who may decide, in everything that is due.
        tasks = tasks.exclude(kind=COUNTERSIGN)
        # A task that nobody owns falls to whoever holds the case.
        held = Grant.objects.filter(content_object=OuterRef("case"), agency=actor.agency_id, worker__in=people)
        tasks = tasks.filter(Q(owner__in=people) | Q(owner=None) & Exists(held))
    return tasks.order_by("due_at", "id").values_list("title", "due_at", "case__reference", "owner__full_name")[:TASKS_SHOWN]


@functools.cache
def _all_tasks(whose):
    return Rows(lambda actor, case, at: _tasks(actor, whose, at))


def _narrowed(grants, filters, at):
    if filters.risk:
        grants = grants.filter(content_object__risk_level="" if filters.risk == "none" else filters.risk)
    if filters.lead_agency:
        grants = grants.filter(content_object__lead_agency=filters.lead_agency)
    if filters.clock == "missed":
        return _promised(grants).filter(next_due_at__lt=at)
    if filters.clock == "today":
        return _promised(grants).filter(next_due_at__gte=at, next_due_at__lt=end_of_day(at))
    if filters.clock == "running":
        return _promised(grants).filter(next_due_at__isnull=False)
    if filters.clock == "none":
        return grants.filter(next_due_at=None)
    return grants


def _promised(grants):
    """Those for which a promise runs stand in two groups: said here, so that the index leaves the rest out."""
    return grants.filter(standing__lte=Standing.PROMISED)


def _walk(grants, after, wanted):
    rows = _listed(grants)
    place = _read_key(after)
    if place is None:
        return list(rows[:wanted])
    standing, due, case = place
    alike = rows.filter(standing=standing)
    # Spans of the index, one after the other, instead of one condition that no index can start from.
    spans = [alike.filter(next_due_at=None, content_object_id__gt=case)]
    if due is not None:
        spans = [alike.filter(next_due_at__gte=due).exclude(next_due_at=due, content_object_id__lte=case), alike.filter(next_due_at=None)]
    found = []
    for span in [*spans, rows.filter(standing__gt=standing)]:
        if len(found) < wanted:
            found += span[: wanted - len(found)]
    return found


# --- what was found, in the page's words


def _row(found, at):
    standing, due_at, case, reference, risk, lead_agency, worker, given_name, family_name, running = found
    return Row(
        case, reference, Person(given_name=given_name or "", family_name=family_name or "").name, RISK_TAGS[risk], RISK_COLOURS.get(risk, "grey"),
        standing == Standing.IN_DANGER,
        # No due time on the grant: nothing is running, or this agency holds a summary, which does not carry promises.
        _promise(running, at) if due_at else None, worker or "", lead_agency,
    )


def _promise(running, at):
    if not running:
        return None
    clock = json.loads(running) if isinstance(running, str) else running
    due_at = instant(clock["due_at"])
    return Promise(clocks.KINDS[clock["kind"]].promise, due_at, instant(clock["started_at"]), at > due_at)


def _key(row):
    standing, due, case = row[:3]
    return f"{standing}.{'none' if due is None else (due - _EPOCH) // timedelta(microseconds=1)}.{case}"


def _read_key(key):
    """The place in the list that a key stands for; a key that makes no sense stands for the start."""
    parts = (key or "").split(".")
    if len(parts) != 3:
        return None
    standing, due, case = parts
    if not all(part.isascii() and part.isdigit() and len(part) < 18 for part in (standing, case, "0" if due == "none" else due)) or len(standing) > 1:
        return None
    return int(standing), None if due == "none" else _EPOCH + timedelta(microseconds=int(due)), int(case)
