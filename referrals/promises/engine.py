"""How a promise before a case starts, is kept, and is noticed: the rules of the case file's clocks (cases/rules/clocks.py), on rows that have no case.

`start` and `stop` run inside a gate. `sweep` and `deliver` are the system's own: each batch is one transaction over rows that it has
locked, so that they may be run by nobody, by one worker or by twelve, and be killed at any point.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from agencies.actors import system
from agencies.gate import Change, Refused, inside, register_verb, system_changes
from agencies.models import Agency
from agencies.roles import ROLES
from cases import notices
from cases.clocks import due_for, ladder
from cases.models import Notification
from cases.rules import clocks as rules
from referrals.promises.models import Promise, PromiseNotice

register_verb("promise.start", "", "A promise about what has no case yet started.", "referrals.promises.engine.start")
register_verb("promise.stop", "", "A promise about what has no case yet was kept or ended.", "referrals.promises.engine.stop")
register_verb("promise.stage", "", "The sweep noticed that such a promise reached a stage (warning, breach, a day after).", "referrals.promises.engine.sweep")

_WORDS = {
    rules.HALF: "Half the time has gone: {promise}", rules.FIVE_SIXTHS: "Little time is left: {promise}",
    rules.BREACH: "A promise was missed: {promise}", rules.DAY_AFTER: "A promise was missed a day ago: {promise}",
}


@dataclass(frozen=True)
class Kind:
    """A kind of promise before a case, as the table of clocks shows it."""

    label: str
    promise: str  # what is promised, in words that carry nobody's name
    policy: str  # the agreed time, among agencies.policies.KEYS
    starts: str
    stops: str
    source: str
    needs: str  # the capability without which nobody sees what it is about, so that nobody is told
    place: Callable  # (about) -> where it is kept
    by_law: None = None


KINDS: dict[str, Kind] = {}


def add_kind(code, kind):
    """Enter a kind, and the words of what its notices say. Entering the same kind again changes nothing. Raises ValueError for another of the same name."""
    if code in KINDS and KINDS[code].label != kind.label:
        raise ValueError(f"{code} is already the kind {KINDS[code].label}")
    KINDS[code] = kind
    told = kind.promise[:1].lower() + kind.promise[1:]
    for stage, words in _WORDS.items():
        notices.BEFORE_A_CASE[f"{code}.{stage}"] = notices.BeforeACase(
            words.format(promise=told), kind.needs, kind.place, is_alert=stage in (rules.BREACH, rules.DAY_AFTER)
        )


def start(act, kind, *, about, agency, owner=None, started_at=None, due=None):
    """Start a promise, inside a gate: due time and basis are frozen here.

    `about` names its subject ("call:12"). `due` is (when, on what basis) where that is not so much time after the start.
    """
    assert inside(), "a promise starts inside a gate"
    started_at = started_at or act.at
    agency = agency if isinstance(agency, Agency) else Agency.objects.get(pk=agency)
    due_at, basis = due or due_for(KINDS[kind], agency, started_at)
    stage, stage_at = rules.first_stage(started_at, due_at)
    promise = Promise.objects.create(
        kind=kind, about=about, agency=agency, owner=owner, started_at=started_at, due_at=due_at, basis=basis, next_stage=stage, next_stage_at=stage_at
    )
    act.also("promise.start", Change(subject=f"promise:{promise.pk}", after={"kind": kind, "about": about, "due_at": due_at.isoformat()}))
    return promise


def stop(act, promise, outcome, *, at=None, reason=""):
    """Stop a promise, inside a gate. Raises Refused where it stopped already, or `at` is before its start or in the future."""
    assert inside(), "a promise stops inside a gate"
    at = at or act.at
    promise = Promise.objects.select_for_update().get(pk=promise.pk)
    if not promise.is_running:
        raise Refused("This has been answered already.", code="stopped")
    if reasons := rules.reasons_cannot_stop(promise.started_at, at, act.at):
        raise Refused(reasons, code="time", field="at")
    promise.stopped_at, promise.outcome, promise.outcome_reason = at, outcome, reason
    # A sweep may have stamped it before something was written down that was in time after all.
    promise.breached_at = promise.due_at if promise.is_breached(at) else None
    if promise.breached_at:
        # Kept late before any sweep saw the miss (no worker ran): the manager hears of it all the same.
        PromiseNotice.objects.get_or_create(promise=promise, stage=rules.BREACH, defaults={"became_true_at": promise.due_at, "noticed_at": act.at})
    promise.next_stage, promise.next_stage_at = "", None
    promise.save(update_fields=["stopped_at", "outcome", "outcome_reason", "breached_at", "next_stage", "next_stage_at"])
    act.also("promise.stop", Change(subject=f"promise:{promise.pk}", after={"outcome": outcome, "stopped_at": at.isoformat()}))
    return promise


def running(agency_id, kind):
    """The promises of a kind that an agency has not kept yet, the most urgent first."""
    return Promise.objects.filter(agency=agency_id, kind=kind, stopped_at=None).select_related("owner").order_by("due_at", "id")


def of(about):
    """Every promise about one thing, the first first."""
    return Promise.objects.filter(about=about).order_by("started_at", "id")


def sweep(at=None, batch=500):
    """Notice every promise that has reached a stage: stamp breaches with the time they became true, write the notices, log it. Returns how many moved."""
    at = at or timezone.now()
    moved = 0
    while True:
        with transaction.atomic():
            claimed = _sweep_batch(at, batch)
        moved += claimed
        if claimed < batch:
            return moved


def _sweep_batch(at, batch):
    due = Promise.objects.filter(stopped_at=None, next_stage_at__lte=at).order_by("next_stage_at", "id")
    claimed = list(due.select_for_update(skip_locked=True)[:batch])
    owed, changes = [], []
    for promise in claimed:
        now, promise.next_stage, promise.next_stage_at = rules.reached(promise.started_at, promise.due_at, promise.next_stage, at)
        times = rules.stage_times(promise.started_at, promise.due_at)
        if rules.BREACH in now:
            promise.breached_at = promise.due_at
        for stage in now:
            owed.append(PromiseNotice(promise=promise, stage=stage, became_true_at=times[stage], noticed_at=at))
            changes.append(("", Change(subject=f"promise:{promise.pk}", after={"stage": stage, "became_true_at": times[stage].isoformat()})))
    Promise.objects.bulk_update(claimed, ["next_stage", "next_stage_at", "breached_at"])
    PromiseNotice.objects.bulk_create(owed, ignore_conflicts=True)
    system_changes("promise.stage", system("sweep"), at, changes)
    return len(claimed)


def deliver(at=None, batch=500):
    """Tell the people that each notice is for, once each: of its agency only, and only who may see what it is about. Returns how many were delivered."""
    at = at or timezone.now()
    delivered = 0
    while True:
        with transaction.atomic():
            waiting = PromiseNotice.objects.filter(delivered_at=None).select_related("promise").order_by("id")
            owed = list(waiting.select_for_update(of=("self",), skip_locked=True)[:batch])
            told = []
            for notice in owed:
                # Kept in the meantime: nobody needs to hear of a warning any more, but a breach remains a breach.
                if notice.promise.stopped_at and not notice.promise.is_breached(at):
                    continue
                told += [
                    Notification(
                        user=user, agency_id=notice.promise.agency_id, about=f"{notice.promise.about}/{notice.promise_id}",
                        kind=f"{notice.promise.kind}.{notice.stage}", at=at,
                    )
                    for user in recipients(notice.promise, notice.stage)
                ]
            Notification.objects.bulk_create(told, ignore_conflicts=True)
            PromiseNotice.objects.filter(pk__in=[notice.pk for notice in owed]).update(delivered_at=at)
        delivered += len(owed)
        if len(owed) < batch:
            return delivered


def recipients(promise, stage):
    """The people to tell, falling upwards, as far as their role may see what the promise is about."""
    needs = KINDS[promise.kind].needs
    for rung in ladder(promise, stage):
        allowed = [member.user for member in rung if needs in ROLES[member.role].capabilities]
        if allowed:
            return allowed
    return []
