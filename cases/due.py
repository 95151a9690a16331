"""Everything that is due by one person or by a team: promises that press, then whatever has a day or waits, then unread notices.

One statement asks for all kinds (cases/due_kinds.py, and what the apps above register), each among the cases that cases/access.py lets
this person see and each with its own end, so that nothing is counted or sorted as a whole; a second one asks whose cases they are.
"""

import functools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import FilteredRelation, IntegerField, Q, Value

from agencies.models import Membership, User
from agencies.roles import ROLES
from cases import extensions
from cases.access import worklist_grants
from cases.compiled import Rows
from cases.due_kinds import KINDS
from cases.levels import levels_granting
from cases.models import Person
from cases.models.case import CaseStatus
from cases.models.people import Role
from cases.work import MINE, RISK_COLOURS, RISK_TAGS, TEAM, end_of_day

PAGE = 25
WHEN = {"overdue": "Overdue or waiting", "today": "Due today", "week": "Due within 7 days"}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Reach:
    """Among which cases a kind may look, for one reader: those that their agency's people may use, and of these the ones held by whom it is about."""

    actor: object
    at: datetime
    may: frozenset[str]
    others: tuple[int, ...] | None = None  # for a team: the colleagues whom it is not about; None where it is about oneself

    @property
    def is_team(self):
        return self.others is not None

    def who(self, column):
        """The rows that are these people's, by the column that names somebody."""
        return Q(**{column: self.actor.user_id}) if self.others is None else ~Q(**{f"{column}__in": self.others})

    def seen(self, capability, either=()):
        """Every open case on which the reader has this capability, and one of the others where several would do."""
        grants = self._grants(capability)
        if either:
            grants = grants.filter(level__in=sorted({level for one in self.may.intersection(either) for level in levels_granting(one)}))
        return grants.values("content_object")

    def held(self, capability):
        """Those of them that these people hold; for a team also those that nobody holds, or somebody who has left."""
        return self._grants(capability).filter(self.who("worker")).values("content_object")

    def _grants(self, capability):
        return worklist_grants(self.actor, self.at, capability=capability).filter(content_object__status=CaseStatus.OPEN)


@dataclass(frozen=True)
class Item:
    """One thing that is due, as its kind words it and as the page shows it."""

    kind: extensions.DueKind
    rank: int
    due_at: datetime
    row: int
    place: int
    code: str
    note: str
    reference: str
    name: str
    risk: str
    risk_colour: str
    priority: str
    owner: str
    may: frozenset[str]  # the ceiling of the reader's role

    @property
    def words(self):
        return self.kind.words(self)

    @property
    def url(self):
        return self.kind.place(self)


@dataclass(frozen=True)
class Page:
    """One page, and the key after which the next begins (None at the end)."""

    items: list[Item]
    after: str | None


def kinds():
    """Every kind there is, in the order in which a page lists them."""
    return [*KINDS, *extensions.DUE]


def kinds_of(actor):
    """The kinds that this person could do anything about."""
    return [kind for kind in kinds() if kind.is_for(actor.capabilities)]


def choices(actor):
    """Whose work this person may look at here: their own, and their team's if they lead one."""
    return [MINE, *([TEAM] if actor.may("see_team") else [])]


def everything_due(actor, at, *, whose=MINE, kind="", when="", after=None):
    """A page of what is due. `after` is the key that the page before handed out."""
    if whose not in choices(actor):
        raise PermissionDenied(whose)
    chosen = [one for one in kinds_of(actor) if kind in ("", one.code)]
    if not chosen:
        return Page([], None)
    place = _read_key(after)
    if whose == MINE and not (kind or when or place):
        found = _first_page(actor.role)(actor, at)
    else:
        others = others_than_team(actor) if whose == TEAM else None
        found = list(_asked(Reach(actor, at, actor.capabilities, others), chosen, when, place) or [])
    shown = found[:PAGE]
    return Page(_items(actor, at, shown), _key(shown[-1]) if len(found) > PAGE else None)


def others_than_team(actor):
    """The colleagues in one's agency whom one does not manage; nobody, where somebody who sees teams manages nobody: then it is the whole agency's.

    What those hold who have left stays with whoever answers for the team: it would be on nobody's page.
    """
    colleagues = list(Membership.objects.filter(agency=actor.agency_id, ended_at=None, user__is_active=True).values_list("user_id", "manager_id"))
    if all(manager != actor.user_id for _, manager in colleagues):
        return ()
    return tuple(user for user, manager in colleagues if actor.user_id not in (user, manager))


# --- the question


def _asked(reach, chosen, when="", place=None):
    """All kinds in one statement; None where nothing is to be asked."""
    branches = [
        _after(_narrowed(rows, when, reach.at), number, place).annotate(due_kind=Value(number, IntegerField())).values_list(*_COLUMNS)[: PAGE + 1]
        for number, kind in enumerate(kinds())
        if kind in chosen
        for rows in kind.rows(reach)
    ]
    if not branches:
        return None
    first, *rest = branches
    if not rest:
        return first
    return first.union(*rest, all=True).order_by("due_rank", "due", "due_kind", "due_row")[: PAGE + 1]


_COLUMNS = ("due_rank", "due", "due_kind", "due_row", "due_case", "due_owner", "due_place", "due_code", "due_note")


@functools.cache
def _first_page(role):
    """What every visit asks alike, made once for each role: which kinds there are to ask for depends on it."""
    may = ROLES[role].capabilities
    chosen = [kind for kind in kinds() if kind.is_for(may)]
    return Rows(lambda actor, case, at: _asked(Reach(actor, at, may), chosen))


def _narrowed(rows, when, at):
    if when == "overdue":
        return rows.filter(due__lt=at)
    if when == "today":
        return rows.filter(due__gte=at, due__lt=end_of_day(at))
    return rows.filter(due__lt=end_of_day(at) + timedelta(days=7)) if when == "week" else rows


def _after(rows, number, place):
    """What stands behind a place in the list: of a kind that is listed later, also what is due at the very same instant."""
    if place is None:
        return rows
    rank, due, kind, row = place
    alike = Q(due_rank=rank, due=due)
    if number == kind:
        alike &= Q(due_row__gt=row)
    later = Q(due_rank__gt=rank) | Q(due_rank=rank, due__gt=due)
    return rows.filter(later | alike if number >= kind else later)


# --- what was found, in the page's words


def _items(actor, at, found):
    if not found:
        return []
    cases = {
        pk: facts
        for pk, *facts in worklist_grants(actor, at)
        .filter(content_object__in={row[4] for row in found})
        .annotate(victim=FilteredRelation("content_object__parties", condition=Q(content_object__parties__role=Role.VICTIM)))
        .values_list(
            "content_object_id", "content_object__reference", "content_object__risk_level", "content_object__priority", "victim__person__given_name",
            "victim__person__family_name", "worker__full_name",
        )
    }
    owners = dict(User.objects.filter(pk__in={row[5] for row in found if row[5]}).values_list("pk", "full_name"))
    listed = kinds()
    items = []
    for rank, due, kind, row, case, owner, place, code, note in found:
        reference, risk, priority, given_name, family_name, worker = cases[case]
        name = Person(given_name=given_name or "", family_name=family_name or "").name
        items.append(
            Item(
                listed[kind], rank, due, row, place, code, note, reference, name, RISK_TAGS[risk], RISK_COLOURS.get(risk, "grey"), priority,
                owners.get(owner) or worker or "", actor.capabilities,
            )
        )
    return items


def _key(row):
    rank, due, kind, number = row[:4]
    return f"{rank}.{(due - _EPOCH) // timedelta(microseconds=1)}.{kind}.{number}"


def _read_key(key):
    """The place in the list that a key stands for; a key that makes no sense stands for the start."""
    parts = (key or "").split(".")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and len(part) < 18 for part in parts):
        return None
    rank, due, kind, row = map(int, parts)
    try:
        return min(rank, 9), _EPOCH + timedelta(microseconds=due), min(kind, 99), row
    except OverflowError:
        return None
