"""What is done with a return: it is asked for, prepared step by step by a worker, read and downloaded. Each passes the gate.

The worker acts for the person who asked, so that somebody who may no longer prepare returns gets none. Every step of the worker is a
compare-and-set on its claim: of two workers one goes on, and one that was thought dead and comes back changes nothing.
"""

import hashlib
from datetime import datetime
from uuid import uuid4

from celery import current_app
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.urls import reverse

from agencies.gate import Change, Refused, agency_action
from reporting import rules
from reporting.indicators import IN_FORCE
from reporting.models import PublishedQuarter, ReturnRun, RunState, Stage

UNDER_WAY = (RunState.QUEUED, RunState.RUNNING)


@agency_action("return.ask", "prepare_return")
def ask_for_return(act, *, quarter):
    """Ask for the return of a quarter. Where the agency's own is being prepared already, that one."""
    reasons = rules.reasons_cannot_ask(quarter.ends_at, act.at)
    if reasons:
        raise Refused(reasons, code="early", field="quarter")
    agency = act.actor.agency_id
    # The table lets one return of a quarter be in preparation at a time: who asks second, even at the same moment, gets the first.
    run, is_new = ReturnRun.objects.get_or_create(
        agency_id=agency, quarter=quarter.code, state__in=UNDER_WAY,
        defaults={"state": RunState.QUEUED, "edition": IN_FORCE, "asked_at": act.at, "asked_by_id": act.actor.user_id},
    )
    if is_new or rules.is_stalled(run.state, run.asked_at, run.claimed_at, act.at):
        _send(run.pk)
    return Change(subject=f"return:{run.pk}", after={"quarter": quarter.code, "is_new": is_new}, result=run, led_to=reverse("return_run", args=[run.pk]))


@agency_action("return.again", "prepare_return")
def ask_again(act, *, run):
    """Send a return that failed, or that nobody is working on, to a worker again; from now on it is prepared for who asks now."""
    found = _own(act, run)
    reasons = rules.reasons_cannot_ask_again(found.state, found.asked_at, found.claimed_at, act.at)
    if reasons:
        raise Refused(reasons, code="under_way")
    if found.state == RunState.FAILED and ReturnRun.objects.filter(agency=found.agency_id, quarter=found.quarter, state__in=UNDER_WAY).exists():
        raise Refused("Another return of this quarter is being prepared.", code="another")
    before = {"state": found.state, "asked_by": found.asked_by_id}
    ReturnRun.objects.filter(pk=found.pk).update(
        state=RunState.QUEUED, stage=Stage.WAITING, error="", claim=None, claimed_at=None, taken_at=None, published=None,
        asked_at=act.at, asked_by_id=act.actor.user_id, edition=IN_FORCE,
    )
    _send(found.pk)
    return Change(subject=f"return:{found.pk}", before=before, after={"state": "queued", "asked_by": act.actor.user_id})


@agency_action("return.claim", "prepare_return")
def claim_return(act, *, run):
    """A worker takes a return that waits, or one whose worker was not heard of for a whole lease. Gives the token of its claim."""
    token = uuid4()
    free = Q(state=RunState.QUEUED) | Q(state=RunState.RUNNING, claimed_at__lte=act.at - rules.LEASE)
    claimed = ReturnRun.objects.filter(free, pk=run).update(
        state=RunState.RUNNING, stage=Stage.COUNTING, claim=token, claimed_at=act.at, taken_at=None, published=None
    )
    if not claimed:
        raise Refused("Another worker has this return, or it is finished.", code="taken")
    return Change(subject=f"return:{run}", after={"state": "running"}, result=token)


@agency_action("return.count", "prepare_return")
def keep_numbers(act, *, run, claim, counted_as, columns, about):
    """A worker keeps the numbers of a return as they will be printed.

    `about` is what else the document says of itself. Gives what is kept: of a quarter that was published before, the numbers of that
    time, whatever the worker counted now.
    """
    # In the order of the quarters, so that two workers who publish the same ones wait for one another instead of each for the other.
    kept = {one["quarter"]: _publish_once(counted_as, one) for one in sorted(columns, key=lambda one: one["quarter"])}
    published = about | {"quarters": [kept[one["quarter"]] for one in columns]}
    first = published["quarters"][0]
    _advance(run, claim, stage=Stage.DRAWING, claimed_at=act.at, taken_at=datetime.fromisoformat(first["taken_at"]), published=published)
    return Change(subject=f"return:{run}", after={"taken_at": first["taken_at"], "below": first["below"]}, result=published)


@agency_action("return.finish", "prepare_return")
def keep_document(act, *, run, claim, pdf):
    """A worker keeps the finished document of a return: all of it, or nothing."""
    digest = hashlib.sha256(pdf).hexdigest()
    _advance(run, claim, state=RunState.READY, stage=Stage.DONE, finished_at=act.at, pdf=pdf, sha256=digest)
    return Change(subject=f"return:{run}", after={"state": "ready", "sha256": digest})


@agency_action("return.fail", "prepare_return")
def give_up(act, *, run, claim, error):
    """A worker says that it could not prepare a return."""
    _advance(run, claim, state=RunState.FAILED, error=error)
    return Change(subject=f"return:{run}", after={"state": "failed", "error": error})


@agency_action("return.read", "prepare_return")
def read_return(act, *, run):
    """Read the numbers of a return."""
    found = _finished(act, run, "pdf")
    return Change(subject=f"return:{found.pk}", after={"quarter": found.quarter}, result=found)


@agency_action("return.download", "prepare_return")
def download_return(act, *, run):
    """Download the document of a return."""
    found = _finished(act, run)
    return Change(subject=f"return:{found.pk}", after={"quarter": found.quarter, "sha256": found.sha256}, result=found)


def _own(act, run):
    """A return of the actor's own agency, locked, or Http404: another agency's does not exist."""
    found = ReturnRun.objects.filter(pk=run, agency=act.actor.agency_id).defer("pdf").select_for_update().first()
    if found is None:
        raise Http404
    return found


def _finished(act, run, *unread):
    """A finished return that the actor may look at, without the columns that are not needed, or Http404."""
    found = readable(act.actor).filter(pk=run, state=RunState.READY).defer(*unread).first()
    if found is None:
        raise Http404
    return found


def readable(actor):
    """The returns that this actor may look at: those of the own agency, and for an auditor what any other has finished."""
    finished_elsewhere = Q(state=RunState.READY) if actor.may("read_returns") else Q(pk__in=[])
    return ReturnRun.objects.filter(Q(agency=actor.agency_id) | finished_elsewhere)


def _publish_once(counted_as, column):
    """The numbers of a quarter as they were published first, by whichever agency's return; these here, where it was by none."""
    if column["counts"] is None:
        return column
    facts = {name: column[name] for name in ("below", "basis", "counts")}
    row, _ = PublishedQuarter.objects.get_or_create(
        quarter=column["quarter"], edition=counted_as, defaults={**facts, "taken_at": datetime.fromisoformat(column["taken_at"])}
    )
    return {"quarter": row.quarter, "taken_at": row.taken_at.isoformat(), "below": row.below, "basis": row.basis, "counts": row.counts}


def _advance(run, claim, **columns):
    """Compare and set: only the worker whose claim still stands moves a return on."""
    if not ReturnRun.objects.filter(pk=run, claim=claim, state=RunState.RUNNING).update(**columns):
        raise Refused("This worker no longer has this return.", code="lost")


def _send(run):
    """To the workers, once it is committed. A queue that cannot be reached loses nothing: the run waits, and the page offers to ask again."""
    transaction.on_commit(lambda: current_app.send_task("reporting.prepare_return", [str(run)]), robust=True)
