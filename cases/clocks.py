"""Every promise: what kinds there are, how one starts and stops, and the sweep that notices what is due.

`start` freezes the due time and its basis; `stop` keeps the promise; `sweep` claims what has come due and `deliver` tells each
person once. The first two run inside a gate; the other two are the system's own set-based gate. All are safe to run by nobody, by
one worker, or by twelve, and to be killed at any point: each pass is one transaction over rows that it has locked.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from agencies import policies
from agencies.actors import system
from agencies.gate import Change, Refused, inside, register_verb, system_changes
from agencies.models import Membership
from cases.access import people_seeing
from cases.calendar import is_court_day, is_working_day
from cases.levels import levels_granting
from cases.models import Clock, ClockNotice, Grant, Notification
from cases.rules import clocks as rules
from ui.times import local_time

register_verb("clock.start", "", "A clock started.", "cases.clocks.start")
register_verb("clock.stop", "", "A clock stopped.", "cases.clocks.stop")
register_verb("clock.stage", "", "The sweep noticed that a clock reached a stage (warning, breach, a day after).", "cases.clocks.sweep")


@dataclass(frozen=True)
class Kind:
    """A kind of promise, as the table of clocks shows it."""

    label: str
    promise: str
    policy: str
    starts: str
    stops: str
    source: str
    by_law: policies.Allowance | None = None  # what a statute fixes instead of a policy
    law: str = ""
    is_contact: bool = False  # is it kept by reaching the victim/survivor?


KINDS = {
    "contact": Kind(
        "Contact after a report", "Contact the victim/survivor", "clock.contact",
        "when the report was received", "a successful contact by a safe route", "SEED-066", is_contact=True,
    ),
    "discussion": Kind(
        "Talk it through", "Talk the situation through together", "clock.discussion",
        "at the initial discussion", "a successful contact by a safe route in which it was talked through", "SEED-067", is_contact=True,
    ),
    "hearing_dvpn": Kind(
        "Hearing of a DVPN", "Court to hear the protection notice", "", "when the notice was served", "what the court decided is recorded", "domain 11, F6",
        policies.Allowance(48, "ch"), "Crime and Security Act 2010, s27",
    ),
    "hearing_dapn": Kind(
        "Hearing of a DAPN", "Court to hear the protection notice", "", "when the notice was served", "what the court decided is recorded", "domain 11, F6",
        policies.Allowance(48, "ch"), "Domestic Abuse Act 2021, s29",
    ),
    "dvds": Kind(
        "Disclosure scheme (Clare’s Law)", "Finish the request under Clare’s Law", "", "when the request was made",
        "a disclosure, or that there is none to make, or the withdrawal is recorded", "domain 11", policies.Allowance(28, "d"), "DVDS statutory guidance, April 2023",
    ),
    "social_care": Kind(
        "Answer of Children’s Social Care", "Hear what Children’s Social Care decided", "safeguarding.social_care_answers",
        "when the referral was sent", "what they decided is recorded", "domain 12 (Working Together)",
    ),
    "early_help": Kind(
        "Answer of Early Help", "Hear what Early Help decided", "safeguarding.early_help_answers",
        "when the referral was sent", "what they decided is recorded", "SEED-153, domain 12",
    ),
    "adult_safeguarding": Kind(
        "Answer of adult safeguarding", "Hear what adult safeguarding decided", "safeguarding.adult_answers",
        "when the referral was sent", "what they decided is recorded", "SEED-157",
    ),
    "service_answer": Kind(
        "Answer to a referral out", "Hear from the service whether it takes the referral", "onward.answer_within",
        "when the referral was made; the service’s own time goes first", "that they accept or decline is recorded, or it is taken back", "domain 6",
    ),
    "encompass": Kind(
        "Operation Encompass", "Tell the school before its next day", "encompass.school_days",
        "at the incident", "the school was told", "domain 12 (Victims and Prisoners Act 2024)",
    ),
    "security_urgent": Kind(
        "Urgent security measures", "Have the security measures fitted", "security.urgent_within", "when they were ordered",
        "all of them are fitted or cancelled", "domain 13.1 T11",
    ),
    "security": Kind(
        "Security measures", "Have the security measures fitted", "security.within", "when they were ordered", "all of them are fitted or cancelled", "domain 13.1 T11",
    ),
}
KINDS |= {
    "prevention": Kind(
        "Prevention duty", "End the prevention duty, with how it ended", "", "when they were found to be threatened with homelessness", "how it ended is recorded",
        "domain 5.1, SEED-100", policies.Allowance(56, "d"), "Housing Act 1996, s195",
    ),
    "relief": Kind(
        "Relief duty", "End the relief duty, with how it ended", "", "when they were found to be homeless", "how it ended is recorded", "domain 5.1, SEED-100",
        policies.Allowance(56, "d"), "Housing Act 1996, s189B",
    ),
    "housing_review": Kind(
        "Review of a housing decision", "Decide on the review of the housing decision", "", "when the review was asked for", "what was decided is recorded",
        "domain 5.1", policies.Allowance(56, "d"), "Homelessness (Review Procedure etc.) Regulations 2018",
    ),
}
CONTACT = frozenset(code for code, kind in KINDS.items() if kind.is_contact)

# Who hears of each stage: the owner of the clock, the owner's manager, the lead of the agency.
TOLD = {rules.HALF: "owner", rules.FIVE_SIXTHS: "owner", rules.BREACH: "manager", rules.DAY_AFTER: "agency_lead"}


def start(act, case, kind, *, agency, owner=None, started_at=None, about="", due=None):
    """Start a clock on a case, inside a gate. The due time and its basis are frozen here: a later change of policy never rewrites them.

    `about` names what a promise of this kind speaks of where a case may have several ("order:12"). `due` is (when, on what basis) where
    that is not so much time after the start, but before something begins.
    """
    assert inside(), "a clock starts inside a gate"
    started_at = started_at or act.at
    due_at, basis = due or due_for(KINDS[kind], agency, started_at)
    stage, stage_at = rules.first_stage(started_at, due_at)
    clock = Clock.objects.create(
        case=case, kind=kind, agency=agency, owner=owner, started_at=started_at, due_at=due_at, about=about,
        basis=basis,
        next_stage=stage, next_stage_at=stage_at,
    )
    carry_next_due(case)
    act.also("clock.start", Change(subject=f"clock:{clock.pk}", case=case, after={"kind": kind, "due_at": due_at.isoformat()}))
    return clock


def due_for(kind, agency, started_at):
    """When a promise of this kind, started then, is due, and on what basis."""
    allowance, source = _allowance(kind, agency, started_at)
    due_at = rules.deadline(started_at, allowance.amount, allowance.unit, is_working_day, is_court_day)
    return due_at, f"{allowance.words} from {local_time(started_at)} ({source})"


def _allowance(kind, agency, started_at):
    """How long a promise may take, and where that comes from: a statute, or what was agreed."""
    if kind.by_law:
        return kind.by_law, kind.law
    policy = policies.in_force(kind.policy, agency.pk, started_at)
    return policy.allowance, policy.basis


def stop(act, clock, outcome, *, at=None, reason=""):
    """Stop a clock, inside a gate. Raises Refused where it stopped already, or `at` is before its start or in the future."""
    assert inside(), "a clock stops inside a gate"
    at = at or act.at
    if not clock.is_running:
        raise Refused("This clock has stopped already.", code="stopped")
    reasons = rules.reasons_cannot_stop(clock.started_at, at, act.at)
    if reasons:
        raise Refused(reasons, code="time", field="at")
    clock.stopped_at, clock.outcome, clock.outcome_reason = at, outcome, reason
    # A sweep may have stamped it before a contact was recorded that was in time after all.
    clock.breached_at = clock.due_at if clock.is_breached(at) else None
    if clock.breached_at:
        # Kept late before any sweep saw the miss (no worker ran): the manager hears of it all the same.
        ClockNotice.objects.get_or_create(
            clock=clock, stage=rules.BREACH, defaults={"case": clock.case, "became_true_at": clock.due_at, "noticed_at": act.at}
        )
    clock.next_stage, clock.next_stage_at = "", None
    clock.save(update_fields=["stopped_at", "outcome", "outcome_reason", "breached_at", "next_stage", "next_stage_at"])
    carry_next_due(clock.case)
    act.also("clock.stop", Change(subject=f"clock:{clock.pk}", case=clock.case, after={"outcome": outcome, "stopped_at": at.isoformat()}))


def carry_next_due(case):
    """Keep the grants' copy of the earliest running clock right, so that every worklist shows it.

    Promises are the partners' (levels.py): a grant that does not carry `see_case` has no copy, so its worklist cannot even be sorted by one.
    """
    due = Clock.objects.filter(case=case, stopped_at=None).aggregate(first=Min("due_at"))["first"]
    Grant.objects.filter(content_object=case, level__in=levels_granting("see_case")).update(next_due_at=due)


def running(case):
    """The running clocks of a case, the most urgent first."""
    return Clock.objects.filter(case=case, stopped_at=None).select_related("agency", "owner").order_by("due_at")


def missed_without_reason(case, at):
    """The missed promises of a case that nobody has explained yet, running or stopped."""
    return [clock for clock in Clock.objects.filter(case=case, breach_explained_at=None).select_related("agency") if clock.is_breached(at)]


_CLAIM = """
    SELECT c.id, c.case_id, k.reference, c.agency_id, c.started_at, c.due_at, c.next_stage
      FROM cases_clock c JOIN cases_case k ON k.id = c.case_id
     WHERE c.stopped_at IS NULL AND c.next_stage_at <= %s
     ORDER BY c.next_stage_at, c.id LIMIT %s FOR UPDATE OF c SKIP LOCKED
"""
# Compare-and-set: only a row that is still at the stage that we read moves on.
_ADVANCE = """
    UPDATE cases_clock c
       SET next_stage = n.next_stage, next_stage_at = n.next_stage_at,
           breached_at = CASE WHEN n.breach THEN c.due_at ELSE c.breached_at END
      FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::boolean[]) AS n(id, stage, next_stage, next_stage_at, breach)
     WHERE c.id = n.id AND c.next_stage = n.stage AND c.stopped_at IS NULL
    RETURNING c.id
"""


def sweep(at=None, batch=1000):
    """Notice every clock that has reached a stage: stamp breaches with the time they became true, write the notices, log it. Returns how many rows moved.

    Each batch is one transaction; a worker killed inside one leaves its rows as they were, for the next sweep.
    """
    at = at or timezone.now()
    moved = 0
    while True:
        with transaction.atomic():
            claimed = _sweep_batch(at, batch)
        moved += claimed
        if claimed < batch:
            return moved


def _sweep_batch(at, batch):
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [at, batch])
        rows = cursor.fetchall()
        if not rows:
            return 0
        plans = [(row, *rules.reached(row[4], row[5], row[6], at)) for row in rows]
        cursor.execute(
            _ADVANCE,
            [
                [row[0] for row, *_ in plans],
                [row[6] for row, *_ in plans],
                [following for _, _, following, _ in plans],
                [following_at for *_, following_at in plans],
                [rules.BREACH in now for _, now, *_ in plans],
            ],
        )
        advanced = {row[0] for row in cursor.fetchall()}
    notices, changes = [], []
    for (clock_id, case_id, reference, _, started_at, due_at, _), now, *_ in plans:
        if clock_id not in advanced:
            continue
        times = rules.stage_times(started_at, due_at)
        for stage in now:
            notices.append(ClockNotice(clock_id=clock_id, case_id=case_id, stage=stage, became_true_at=times[stage], noticed_at=at))
            changes.append((reference, Change(subject=f"clock:{clock_id}", after={"stage": stage, "became_true_at": times[stage].isoformat()})))
    ClockNotice.objects.bulk_create(notices, batch_size=2000, ignore_conflicts=True)
    system_changes("clock.stage", system("sweep"), at, changes)
    return len(rows)


def deliver(at=None, batch=500):
    """Tell the people that each notice is for, once each. Returns how many notices were delivered.

    Nobody is told about a case that they may not see. Where the person meant is missing, the next one up is told instead.
    """
    at = at or timezone.now()
    delivered = 0
    while True:
        with transaction.atomic():
            notices = list(
                ClockNotice.objects.filter(delivered_at=None)
                .select_related("clock", "case")
                .select_for_update(of=("self",), skip_locked=True)
                .order_by("id")[:batch]
            )
            told = []
            for notice in notices:
                # Kept in the meantime: nobody needs to hear of a warning any more, but a breach remains a breach.
                if notice.clock.stopped_at and not notice.clock.is_breached(at):
                    continue
                for user in recipients(notice, at):
                    told.append(Notification(user=user, case=notice.case, clock=notice.clock, kind=f"clock.{notice.stage}", at=at))
            Notification.objects.bulk_create(told, ignore_conflicts=True)
            ClockNotice.objects.filter(pk__in=[notice.pk for notice in notices]).update(delivered_at=at)
        delivered += len(notices)
        if len(notices) < batch:
            return delivered


def recipients(notice, at: datetime):
    """The people to tell at a stage, falling upwards: owner, then managers, then the agency's lead, then anyone of the agency who may see the case."""
    for rung in ladder(notice.clock, notice.stage):
        allowed = people_seeing(notice.case, [member.user for member in rung], at)
        if allowed:
            return allowed
    return []


def ladder(promise, stage):
    """Whom a promise's agency tells of a stage, as memberships: the people meant, and who stands in for them, rung by rung."""
    members = list(Membership.objects.filter(agency=promise.agency_id, ended_at=None, user__is_active=True).select_related("user"))
    owner = [member for member in members if member.user_id == promise.owner_id]
    by_role = lambda *roles: [member for member in members if member.role in roles]  # noqa: E731
    managers = [member for member in members if owner and member.user_id == owner[0].manager_id] if owner and owner[0].manager_id else by_role("housing_manager", "team_manager")
    rungs = {
        "owner": [owner, managers, by_role("agency_lead")],
        "manager": [managers, by_role("agency_lead"), owner],
        "agency_lead": [by_role("agency_lead"), managers, owner],
    }[TOLD[stage]]
    # At the last, anyone of the agency: a missed promise is never told to nobody.
    return [*rungs, members]
