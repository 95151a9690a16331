"""The work of a team as whoever leads it sees it: who holds how much, against what was agreed, and what was missed. Reads only.

Counted among the cases that the reader may see: a case from which they are barred is not in their numbers either.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import BigIntegerField, Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from agencies import policies
from agencies.models import Membership, User
from agencies.roles import ROLES, roles_holding
from cases.access import worklist_grants
from cases.models import Clock, Grant, Task
from cases.models.case import CaseStatus, RiskLevel
from cases.models.sharing import Standing
from cases.rules import caseload as rules
from ui.charts import BarChart, Series

LATELY = timedelta(days=28)
TEAM, AGENCY = "team", "agency"
NOBODY = "Nobody yet"
# Who could hold a case: the roles that read it and record contact.
HOLDERS = roles_holding("see_case", "record_contact")


@dataclass(frozen=True)
class Load:
    """What one worker holds; `user` is None for what nobody holds."""

    user: int | None
    name: str
    role: str
    open: int
    high: int
    in_danger: int
    missed: int
    missed_lately: int
    overdue: int
    limit: int
    has_left: bool = False

    @property
    def is_with_nobody(self):
        """Is there nobody who works on these?"""
        return self.user is None or self.has_left

    @property
    def standing(self):
        return rules.standing(self.open, self.limit)

    @property
    def words(self):
        if self.user is None:
            return "Allocate these first" if self.open else "Nothing waits to be allocated"
        return "Has left: hand these over" if self.has_left else rules.in_words(self.open, self.limit)

    @property
    def danger_words(self):
        return f"{self.in_danger} in danger when reported"

    @property
    def colour(self):
        if self.is_with_nobody:
            return "red" if self.open else "green"
        return {rules.OVER: "red", rules.FULL: "orange", rules.ROOM: "green"}[self.standing]


def tabs(actor):
    """Whether this person leads people of their own; else the whole agency is their team."""
    return [TEAM, AGENCY] if _members(actor).filter(manager=actor.user_id).exists() else [AGENCY]


def loads(actor, at, *, whose=AGENCY):
    """What nobody holds, then what somebody holds who has left, then each worker, who holds most first."""
    limit = policies.in_force("caseload.limit", actor.agency_id, at)
    members = {user: (name, ROLES[role].label, manager, role) for user, name, role, manager in _members(actor).values_list("user_id", "user__full_name", "role", "manager_id")}
    grants = worklist_grants(actor, at).filter(content_object__status=CaseStatus.OPEN)
    held = {
        user: counts
        for user, *counts in grants.order_by().values_list("worker").annotate(
            open=Count("pk"), high=Count("pk", filter=Q(content_object__risk_level=RiskLevel.HIGH)), danger=Count("pk", filter=Q(standing=Standing.IN_DANGER)),
        )
    }
    clocks = Clock.objects.filter(Q(stopped_at=None, due_at__lt=at) | Q(breached_at__gt=at - LATELY), agency=actor.agency_id, case__in=_seen(actor, at))
    missed = {
        user: counts
        for user, *counts in _by_whom(actor, clocks).annotate(
            now=Count("pk", filter=Q(stopped_at=None, due_at__lt=at)), lately=Count("pk", filter=Q(due_at__gt=at - LATELY)),
        )
    }
    tasks = Task.objects.filter(agency=actor.agency_id, done_at=None, due_at__lt=at, case__in=_seen(actor, at))
    overdue = dict(_by_whom(actor, tasks).annotate(count=Count("pk")))
    left = dict(User.objects.filter(pk__in=[user for user in held if user is not None and user not in members]).values_list("pk", "full_name"))
    shown = [user for user, (*_, manager, role) in members.items() if whose == AGENCY or actor.user_id in (user, manager) if role in HOLDERS or user in held]

    def load(user, name, role, **more):
        return Load(user, name, role, *held.get(user, (0, 0, 0)), *missed.get(user, (0, 0)), overdue.get(user, 0), limit.whole, **more)

    workers = sorted((load(user, *members[user][:2]) for user in shown), key=lambda one: (-one.open, one.name))
    return [load(None, NOBODY, ""), *(load(user, name, "", has_left=True) for user, name in sorted(left.items(), key=lambda pair: pair[1])), *workers], limit


def chart(shown):
    """Open cases of each worker, the high-risk ones among them, and the promises that are missed now."""
    people = [one for one in shown if not one.is_with_nobody]
    if not people:
        return None
    return BarChart(
        "caseload", "Open cases of each worker", f"{len(people)} workers; who holds most stands first.", "Worker", tuple(one.name for one in people),
        (
            Series("Open cases", tuple(one.open for one in people)),
            Series("High risk among them", tuple(one.high for one in people)),
            Series("Promises missed now", tuple(one.missed for one in people)),
        ),
    )


def worker_of(actor, whom):
    """Somebody whose cases the reader may look at: (id, name). "nobody" is (None, ...); None for somebody of another agency, or nobody at all."""
    if whom == "nobody":
        return None, NOBODY
    if not (whom.isascii() and whom.isdigit() and len(whom) < 10):
        return None
    return User.objects.filter(memberships__agency=actor.agency_id, pk=int(whom)).distinct().values_list("pk", "full_name").first()


def who_could_hold(actor, at, *, but):
    """The people of the agency who could take cases over, the one with most room first: (id, name, what they hold)."""
    shown, _ = loads(actor, at)
    roles = dict(_members(actor).values_list("user_id", "role"))
    people = [one for one in shown if not one.is_with_nobody and one.user != but and roles[one.user] in HOLDERS]
    return [(one.user, one.name, f"{one.open} open. {one.words}") for one in sorted(people, key=lambda one: (one.open, one.name))]


def _by_whom(actor, rows):
    """By whom something is due: what was given to nobody falls to whoever holds the case."""
    holder = Grant.objects.filter(content_object=OuterRef("case"), agency=actor.agency_id).exclude(level="meeting").values("worker")[:1]
    return rows.order_by().annotate(whom=Coalesce("owner_id", Subquery(holder), output_field=BigIntegerField())).values_list("whom")


def _members(actor):
    return Membership.objects.filter(agency=actor.agency_id, ended_at=None, user__is_active=True)


def _seen(actor, at):
    return worklist_grants(actor, at, capability="see_case").filter(content_object__status=CaseStatus.OPEN).values("content_object")
